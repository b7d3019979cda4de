/* Top-N, deduplication and window joins driven directly, against models that keep every row: windows in any order, late
 * rows, NULLs, equal rows, batches of any size, epochs and restores into other numbers of instances. */
#include "operator_fixture.h"

enum { ROWS_MAX = 4000, WIDTH = 2 * INPUT_COLUMNS };
static const uint32_t window_keys[] = {COL_K, COL_TS}; /* ts stands for the window's end */
static row rows_of[2][ROWS_MAX];
static uint32_t row_count[2];
static bool is_late[2][ROWS_MAX];
static lines expected;
static uint64_t late_count;

/* --- Top-N --------------------------------------------------------------------------------------------------------- */

typedef struct setup {
  rn_rank_mode mode;
  int64_t start, end;
  bool number, latest, by_time;
  uint32_t batch_rows;
} setup;

static const rn_sort_item by_value[] = {{COL_V, true, false}, {COL_S, false, true}, {COL_D, true, true}};
static const rn_sort_item by_time[] = {{COL_TS, false, true}};

static int compare_null(bool a, bool b, bool first) { return a == b ? 0 : a == first ? -1 : 1; }

/* v DESC NULLS LAST, s, d DESC NULLS FIRST */
static int compare_order(const row *a, const row *b) {
  int c = compare_null(a->v_null, b->v_null, false);
  if (!c && !a->v_null) c = (b->v > a->v) - (b->v < a->v);
  if (!c) c = compare_null(a->s_null, b->s_null, true);
  if (!c && !a->s_null) c = strcmp(a->s, b->s);
  if (!c) c = compare_null(a->d_null, b->d_null, true);
  if (!c && !a->d_null) c = (b->d > a->d) - (b->d < a->d);
  return c;
}

/* Ranks of the rows of one group that were not late, by counting those that come before. */
static void expect_group(const setup *s, const row *group, bool windowed, const char *kind) {
  for (uint32_t i = 0; i < row_count[0]; i++) {
    const row *r = &rows_of[0][i];
    if (is_late[0][i] || !same_key(r, group) || (windowed && r->ts != group->ts)) continue;
    int64_t rank = 1;
    for (uint32_t k = 0; k < row_count[0]; k++) {
      const row *o = &rows_of[0][k];
      if (k == i || is_late[0][k] || !same_key(o, group) || (windowed && o->ts != group->ts)) continue;
      int order = s->by_time ? (o->ts > r->ts) - (o->ts < r->ts) : compare_order(o, r);
      rank += order < 0 || (order == 0 && (s->latest ? k > i : k < i));
    }
    if (rank < s->start || rank > s->end) continue;
    rn_builder b = {0};
    rn_builder_text(&b, kind);
    put_row_text(&b, r);
    if (s->number) rn_builder_printf(&b, "|%lld", (long long)rank);
    RN_VEC_PUSH(&expected, rn_builder_take(&b));
  }
}

/* Every group once; windowed: those whose window fires in (before, upto]. */
static void expect_groups(const setup *s, bool windowed, int64_t before, int64_t upto, const char *kind) {
  for (uint32_t i = 0; i < row_count[0]; i++) {
    const row *r = &rows_of[0][i];
    if (is_late[0][i] || (windowed && (r->ts - 1000 <= before || r->ts - 1000 > upto))) continue;
    bool seen = false;
    for (uint32_t k = 0; k < i && !seen; k++)
      seen = !is_late[0][k] && same_key(&rows_of[0][k], r) && (!windowed || rows_of[0][k].ts == r->ts);
    if (!seen) expect_group(s, r, windowed, kind);
  }
}

/* The first by time of every key whose row may leave now; a key leaves once. */
static void expect_first(const setup *s, int64_t before, int64_t upto) {
  for (uint32_t i = 0; i < row_count[0]; i++) {
    const row *r = &rows_of[0][i];
    if (is_late[0][i] || r->ts <= before || r->ts > upto) continue;
    bool first = true;
    for (uint32_t k = 0; k < row_count[0] && first; k++) {
      const row *o = &rows_of[0][k];
      first = k == i || is_late[0][k] || !same_key(o, r) || o->ts > r->ts || (o->ts == r->ts && k > i);
    }
    if (!first) continue;
    rn_builder b = {0};
    rn_builder_text(&b, "+I");
    put_row_text(&b, r);
    if (s->number) rn_builder_text(&b, "|1");
    RN_VEC_PUSH(&expected, rn_builder_take(&b));
  }
}

/* What the changes so far add up to. */
static void check_changes(const setup *s, lines *live, const char *what) {
  expect_groups(s, false, 0, 0, "");
  expect_live(live, &expected, what);
}

static void run_rank(const setup *s) {
  char what[200];
  (void)snprintf(what, sizeof what, "rank %s %lld..%lld number %d latest %d batches of %u", rn_rank_mode_name(s->mode), (long long)s->start,
                 (long long)s->end, s->number, s->latest, s->batch_rows);
  random_state = 991 + s->batch_rows + (uint64_t)s->end;
  bool windowed = s->mode == RN_RANK_WINDOW;
  rn_field fields[INPUT_COLUMNS + 1];
  rn_plan_node input = {.schema = input_schema()}, *inputs[] = {&input};
  for (uint32_t i = 0; i < INPUT_COLUMNS; i++) fields[i] = input.schema.fields[i];
  fields[INPUT_COLUMNS] = (rn_field){"rn", rn_type_basic(RN_T_BIGINT, false)};
  rn_plan_node node = {.kind = RN_NODE_RANK, .path = "r", .fingerprint = "r", .input_count = 1, .inputs = inputs,
                       .schema = {INPUT_COLUMNS + (s->number ? 1u : 0u), fields}};
  node.u.rank.key_count = windowed ? 2 : 1;
  node.u.rank.keys = window_keys;
  node.u.rank.order = s->by_time ? by_time : by_value;
  node.u.rank.order_count = s->by_time ? 1 : 3;
  node.u.rank.start = s->start;
  node.u.rank.end = s->end;
  node.u.rank.number = s->number;
  node.u.rank.latest = s->latest;
  node.u.rank.mode = s->mode;
  node.u.rank.update_before = true;
  node.u.rank.window = (rn_window_spec){.kind = RN_WINDOW_TUMBLE, .size_us = 10 * SECOND, .slide_us = 10 * SECOND};
  node.u.rank.window_end = COL_TS;
  bench b = {.node = &node, .keys = window_keys, .key_count = node.u.rank.key_count, .context = {.hash_seed = 3, .batch_rows = s->batch_rows}};
  bench_open(&b, 1);
  row_count[0] = 0;
  late_count = 0;
  lines live = {0};
  int64_t watermark = RN_WATERMARK_NONE, fired = RN_WATERMARK_NONE, now = 0;
  for (uint32_t round = 0; round < 50; round++) {
    uint32_t n = 1 + pick(s->batch_rows < 40 ? s->batch_rows : 40);
    row rows[64];
    for (uint32_t i = 0; i < n; i++) {
      now += (int64_t)pick(2) * SECOND;
      int64_t ts = windowed ? (now / (10 * SECOND) + 1 - (pick(5) == 0)) * 10 * SECOND : now - (int64_t)pick(4) * SECOND;
      rows[i] = random_row(ts);
      if (pick(6) == 0 && row_count[0]) {
        rows[i] = rows_of[0][pick(row_count[0])]; /* equal rows */
        rows[i].ts = ts;
      }
      bool late = (windowed && ts - 1000 <= watermark) || (s->mode == RN_RANK_FIRST && ts <= watermark);
      is_late[0][row_count[0]] = late;
      late_count += late;
      rows_of[0][row_count[0]++] = rows[i];
    }
    bench_rows(&b, rows, n);
    if (s->mode == RN_RANK_CHANGES && pick(5) == 0) check_changes(s, &live, what);
    if (pick(3) == 0 && now - 5 * SECOND > watermark) {
      watermark = now - 5 * SECOND;
      bench_watermark(&b, watermark);
      if (windowed) expect_groups(s, true, fired, watermark, "+I");
      if (s->mode == RN_RANK_FIRST) expect_first(s, fired, watermark);
      fired = watermark;
    }
    if (pick(8) == 0) {
      bench_snapshot(&b);
      if (pick(2)) {
        uint64_t before = bench_late(&b);
        bench_restore(&b, 1 + pick(INSTANCES_MAX));
        late_count -= before; /* counters begin anew */
        if (watermark != RN_WATERMARK_NONE) bench_watermark(&b, watermark);
      }
    }
  }
  bench_end(&b);
  if (s->mode == RN_RANK_CHANGES) {
    check_changes(s, &live, what);
  } else {
    if (windowed) expect_groups(s, true, fired, INT64_MAX, "+I");
    else if (s->mode == RN_RANK_FIRST) expect_first(s, fired, INT64_MAX);
    else expect_groups(s, false, 0, 0, "+I");
    expect_same(&expected, what);
  }
  assert_int_equal(bench_late(&b), late_count);
  clear_lines(&output);
  clear_lines(&expected);
  RN_VEC_FREE(&live);
  bench_close(&b);
  bench_forget(&b);
}

static void test_ranks(void **state) {
  (void)state;
  static const uint32_t sizes[] = {1, 2, 7, 300};
  static const rn_rank_mode modes[] = {RN_RANK_WINDOW, RN_RANK_FINAL, RN_RANK_CHANGES};
  for (unsigned m = 0; m < 3; m++)
    for (unsigned i = 0; i < 4; i++) {
      run_rank(&(setup){.mode = modes[m], .start = 1, .end = 3, .number = true, .batch_rows = sizes[i]});
      run_rank(&(setup){.mode = modes[m], .start = 1, .end = 4, .batch_rows = sizes[i]});
      run_rank(&(setup){.mode = modes[m], .start = 2, .end = 5, .number = i & 1u, .batch_rows = sizes[i]});
      run_rank(&(setup){.mode = modes[m], .start = 1, .end = 1, .latest = i & 1u, .batch_rows = sizes[i]});
      run_rank(&(setup){.mode = modes[m], .start = 1, .end = 1, .latest = true, .by_time = true, .batch_rows = sizes[i]});
    }
}

static void test_first_by_time(void **state) {
  (void)state;
  static const uint32_t sizes[] = {1, 2, 7, 300};
  for (unsigned i = 0; i < 4; i++) run_rank(&(setup){.mode = RN_RANK_FIRST, .start = 1, .end = 1, .by_time = true, .batch_rows = sizes[i]});
}

/* --- window joins ---------------------------------------------------------------------------------------------------- */

typedef struct join_setup {
  rn_join_kind kind;
  bool null_safe, condition;
  uint32_t batch_rows;
} join_setup;

static bool pairs_up(const join_setup *s, const row *l, const row *r) {
  if (l->ts != r->ts || !same_key(l, r) || (l->k_null && !s->null_safe)) return false;
  return !s->condition || (!l->f_null && l->f && !r->f_null && r->f);
}

static void expect_pair(const row *left, const row *right, bool both) {
  rn_builder b = {0};
  rn_builder_text(&b, "+I");
  put_row_text(&b, left);
  if (both) put_row_text(&b, right);
  RN_VEC_PUSH(&expected, rn_builder_take(&b));
}

static void expect_join(const join_setup *s, int64_t before, int64_t upto) {
  rn_join_kind kind = s->kind;
  bool pairs = kind <= RN_JOIN_KIND_FULL;
  for (int side = 0; side < 2; side++) {
    for (uint32_t i = 0; i < row_count[side]; i++) {
      const row *r = &rows_of[side][i];
      if (is_late[side][i] || r->ts - 1000 <= before || r->ts - 1000 > upto) continue;
      bool met = false;
      for (uint32_t k = 0; k < row_count[!side]; k++) {
        const row *o = &rows_of[!side][k];
        if (is_late[!side][k] || !pairs_up(s, side ? o : r, side ? r : o)) continue;
        met = true;
        if (side == 0 && pairs) expect_pair(r, o, true);
      }
      if (side == 0 && (kind == RN_JOIN_KIND_SEMI ? met : kind == RN_JOIN_KIND_ANTI && !met)) expect_pair(r, NULL, false);
      if (met || !pairs) continue;
      if (side == 0 && (kind == RN_JOIN_KIND_LEFT || kind == RN_JOIN_KIND_FULL)) expect_pair(r, NULL, true);
      if (side == 1 && (kind == RN_JOIN_KIND_RIGHT || kind == RN_JOIN_KIND_FULL)) expect_pair(NULL, r, true);
    }
  }
}

static void run_join(const join_setup *s) {
  char what[200];
  (void)snprintf(what, sizeof what, "window %s null-safe %d condition %d batches of %u", rn_join_kind_name(s->kind), s->null_safe,
                 s->condition, s->batch_rows);
  random_state = 177 + s->batch_rows + (uint64_t)s->kind;
  const bool null_safe[] = {s->null_safe, false};
  rn_field fields[WIDTH];
  rn_plan_node side = {.schema = input_schema()}, other = side, *inputs[] = {&side, &other};
  for (uint32_t i = 0; i < WIDTH; i++) fields[i] = side.schema.fields[i % INPUT_COLUMNS];
  rn_plan_node node = {.kind = RN_NODE_JOIN, .path = "j", .fingerprint = "j", .input_count = 2, .inputs = inputs,
                       .schema = {s->kind <= RN_JOIN_KIND_FULL ? WIDTH : INPUT_COLUMNS, fields}};
  node.u.join.kind = s->kind;
  node.u.join.key_count = 2;
  node.u.join.keys[0] = node.u.join.keys[1] = window_keys;
  node.u.join.null_safe = null_safe;
  node.u.join.condition = s->condition ? both_flags() : NULL;
  node.u.join.windowed = true;
  node.u.join.end_key = 1;
  node.u.join.window = (rn_window_spec){.kind = RN_WINDOW_TUMBLE, .size_us = 10 * SECOND, .slide_us = 10 * SECOND};
  bench b = {.node = &node, .inputs = 2, .keys = window_keys, .key_count = 2, .context = {.hash_seed = 3, .batch_rows = s->batch_rows}};
  bench_open(&b, 1);
  row_count[0] = row_count[1] = 0;
  late_count = 0;
  int64_t marks[2] = {RN_WATERMARK_NONE, RN_WATERMARK_NONE}, fired = RN_WATERMARK_NONE, now[2] = {0, 0};
  for (uint32_t round = 0; round < 80; round++) {
    unsigned in = pick(2);
    uint32_t n = 1 + pick(s->batch_rows < 24 ? s->batch_rows : 24);
    row rows[32];
    for (uint32_t i = 0; i < n; i++) {
      now[in] += (int64_t)pick(2) * SECOND;
      int64_t ts = (now[in] / (10 * SECOND) + 1 - (pick(5) == 0)) * 10 * SECOND;
      rows[i] = random_row(ts);
      bool late = ts - 1000 <= fired;
      is_late[in][row_count[in]] = late;
      late_count += late;
      rows_of[in][row_count[in]++] = rows[i];
    }
    bench_changes(&b, in, rows, NULL, n);
    if (pick(3) == 0 && now[in] - 5 * SECOND > marks[in]) {
      rn_error err = {0};
      marks[in] = now[in] - 5 * SECOND;
      for (unsigned i = 0; i < b.count; i++) assert_int_equal(rn_deliver_watermark(b.ops[i], in, marks[in], &err), RN_OK);
      int64_t combined = marks[0] < marks[1] ? marks[0] : marks[1];
      expect_join(s, fired, combined);
      if (combined > fired) fired = combined;
    }
    if (pick(8) == 0) {
      bench_snapshot(&b);
      if (pick(2)) {
        rn_error err = {0};
        late_count -= bench_late(&b);
        bench_restore(&b, 1 + pick(INSTANCES_MAX));
        for (unsigned k = 0; k < 2; k++)
          for (unsigned i = 0; i < b.count && marks[k] != RN_WATERMARK_NONE; i++)
            assert_int_equal(rn_deliver_watermark(b.ops[i], k, marks[k], &err), RN_OK);
      }
    }
  }
  bench_end(&b);
  expect_join(s, fired, INT64_MAX);
  expect_same(&expected, what);
  assert_int_equal(bench_late(&b), late_count);
  clear_lines(&output);
  clear_lines(&expected);
  bench_close(&b);
  bench_forget(&b);
}

static void test_window_joins(void **state) {
  (void)state;
  static const uint32_t sizes[] = {1, 2, 7, 300};
  for (int kind = RN_JOIN_KIND_INNER; kind <= RN_JOIN_KIND_ANTI; kind++)
    for (unsigned bits = 0; bits < 4; bits++)
      for (unsigned i = 0; i < 4; i++)
        run_join(&(join_setup){.kind = (rn_join_kind)kind, .null_safe = bits & 1u, .condition = bits & 2u, .batch_rows = sizes[i]});
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_ranks), cmocka_unit_test(test_first_by_time),
                                     cmocka_unit_test(test_window_joins)};
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
