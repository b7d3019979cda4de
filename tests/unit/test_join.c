/* JOIN and SET driven directly, against a nested loop over the rows that are live: after every few batches what the changes add
 * up to must be the join, with restores into other numbers of instances between. */
#include "operator_fixture.h"

enum { KEPT_MAX = 600, WIDTH = 2 * INPUT_COLUMNS, FIELDS = WIDTH + 1 };
static row kept[2][KEPT_MAX];
static uint32_t kept_count[2];
static lines expected;

static void expect_pair(const row *left, const row *right) {
  rn_builder b = {0};
  put_row_text(&b, left);
  put_row_text(&b, right);
  RN_VEC_PUSH(&expected, rn_builder_take(&b));
}

typedef struct setup {
  rn_join_kind kind;
  bool keyed, null_safe, condition, fold, changes;
  uint32_t batch_rows;
} setup;

static bool pairs_up(const setup *s, const row *l, const row *r) {
  if (s->keyed) {
    if (l->k_null || r->k_null) {
      if (!s->null_safe || l->k_null != r->k_null) return false;
    } else if (l->k != r->k) {
      return false;
    }
  }
  return !s->condition || (!l->f_null && l->f && !r->f_null && r->f);
}

/* SEMI, ANTI, MARK: rows of the left side. */
static void expect_left(const setup *s, const row *l, bool any) {
  if (s->kind == RN_JOIN_KIND_SEMI ? !any : s->kind == RN_JOIN_KIND_ANTI && any) return;
  rn_builder b = {0};
  put_row_text(&b, l);
  if (s->kind == RN_JOIN_KIND_MARK) rn_builder_text(&b, any ? "|TRUE" : "|FALSE");
  RN_VEC_PUSH(&expected, rn_builder_take(&b));
}

static void model_left(const setup *s) {
  for (uint32_t l = 0; l < kept_count[0]; l++) {
    bool any = false;
    for (uint32_t r = 0; r < kept_count[1]; r++) any = any || pairs_up(s, &kept[0][l], &kept[1][r]);
    expect_left(s, &kept[0][l], any);
  }
}

static void model(const setup *s) {
  if (s->kind > RN_JOIN_KIND_FULL) {
    model_left(s);
    return;
  }
  bool left_outer = s->kind == RN_JOIN_KIND_LEFT || s->kind == RN_JOIN_KIND_FULL;
  bool right_outer = s->kind == RN_JOIN_KIND_RIGHT || s->kind == RN_JOIN_KIND_FULL;
  bool met[KEPT_MAX] = {false};
  for (uint32_t l = 0; l < kept_count[0]; l++) {
    bool any = false;
    for (uint32_t r = 0; r < kept_count[1]; r++) {
      if (!pairs_up(s, &kept[0][l], &kept[1][r])) continue;
      any = met[r] = true;
      expect_pair(&kept[0][l], &kept[1][r]);
    }
    if (!any && left_outer) expect_pair(&kept[0][l], NULL);
  }
  for (uint32_t r = 0; r < kept_count[1] && right_outer; r++)
    if (!met[r]) expect_pair(NULL, &kept[1][r]);
}

static void check_against_model(const setup *s, lines *live, const char *what) {
  model(s);
  expect_live(live, &expected, what);
}

static void make_node(rn_plan_node *node, const setup *s, rn_field *fields) {
  static const uint32_t keys[] = {COL_K};
  static rn_plan_node inputs[2];
  static rn_plan_node *input_pointers[2] = {&inputs[0], &inputs[1]};
  static bool null_safe[1];
  rn_schema in = input_schema();
  for (uint32_t i = 0; i < WIDTH; i++) {
    const rn_field *f = &in.fields[i % INPUT_COLUMNS];
    fields[i] = (rn_field){f->name, rn_type_with_time(&fixture_arena, f->type, RN_TIME_NONE)};
  }
  uint32_t width = s->kind <= RN_JOIN_KIND_FULL ? (uint32_t)WIDTH : (uint32_t)INPUT_COLUMNS;
  if (s->kind == RN_JOIN_KIND_MARK) fields[width++] = (rn_field){"mark", rn_type_basic(RN_T_BOOLEAN, false)};
  null_safe[0] = s->null_safe;
  inputs[0].schema = inputs[1].schema = in;
  inputs[0].emits = inputs[1].emits = RN_CHANGE_INSERT | RN_CHANGE_UPDATE_BEFORE | RN_CHANGE_UPDATE_AFTER | RN_CHANGE_DELETE;
  *node = (rn_plan_node){.kind = RN_NODE_JOIN, .path = "j", .fingerprint = "j", .schema = {width, fields}, .input_count = 2, .inputs = input_pointers};
  node->u.join.kind = s->kind;
  node->u.join.key_count = s->keyed ? 1 : 0;
  node->u.join.keys[0] = node->u.join.keys[1] = keys;
  node->u.join.null_safe = null_safe;
  node->u.join.condition = s->condition ? both_flags() : NULL;
  node->u.join.fold = s->fold;
}

static void run_join(const setup *s) {
  char what[200];
  (void)snprintf(what, sizeof what, "%s keyed %d null-safe %d condition %d fold %d changes %d batches of %u", rn_join_kind_name(s->kind),
                 s->keyed, s->null_safe, s->condition, s->fold, s->changes, s->batch_rows);
  random_state = 77 + s->batch_rows;
  rn_field fields[FIELDS];
  rn_plan_node node;
  make_node(&node, s, fields);
  bench b = {.node = &node, .inputs = 2, .keys = node.u.join.keys[0], .key_count = node.u.join.key_count,
             .context = {.hash_seed = 3, .batch_rows = s->batch_rows}};
  bench_open(&b, 1);
  kept_count[0] = kept_count[1] = 0;
  lines live = {0};
  uint32_t most = s->keyed ? 240 : 60;
  for (uint32_t round = 0; round < 60; round++) {
    unsigned side = pick(2);
    row rows[64];
    uint8_t kinds[64];
    uint32_t n = 1 + pick(s->batch_rows < 16 ? s->batch_rows : 16);
    for (uint32_t i = 0; i < n; i++) {
      if (s->changes && kept_count[side] && (pick(3) == 0 || kept_count[side] == most)) {
        uint32_t at = pick(kept_count[side]);
        rows[i] = kept[side][at];
        kinds[i] = pick(2) ? RN_DELETE : RN_UPDATE_BEFORE;
        kept[side][at] = kept[side][--kept_count[side]];
        continue;
      }
      rows[i] = random_row(SECOND);
      if (pick(4) == 0 && kept_count[side]) rows[i] = kept[side][pick(kept_count[side])]; /* equal rows */
      kinds[i] = pick(2) || !s->changes ? RN_INSERT : RN_UPDATE_AFTER;
      kept[side][kept_count[side]++] = rows[i];
    }
    bench_changes(&b, side, rows, s->changes ? kinds : NULL, n);
    if (!s->fold && pick(6) == 0) check_against_model(s, &live, what);
    if (pick(8) == 0) {
      bench_snapshot(&b);
      if (pick(2)) bench_restore(&b, s->keyed ? 1 + pick(INSTANCES_MAX) : 1);
    }
    if (kept_count[0] + 16 > KEPT_MAX || kept_count[1] + 16 > KEPT_MAX) break;
  }
  bench_end(&b);
  check_against_model(s, &live, what);
  RN_VEC_FREE(&live);
  bench_close(&b);
  bench_forget(&b);
}

static void test_against_nested_loop(void **state) {
  (void)state;
  static const uint32_t sizes[] = {1, 2, 7, 300};
  for (int kind = RN_JOIN_KIND_INNER; kind <= RN_JOIN_KIND_MARK; kind++)
    for (unsigned bits = 0; bits < 16; bits++)
      for (unsigned i = 0; i < 4; i++) {
        setup s = {.kind = (rn_join_kind)kind, .keyed = bits & 1u, .null_safe = bits & 2u, .condition = bits & 4u,
                   .fold = bits & 8u && kind != RN_JOIN_KIND_INNER, .changes = !(bits & 8u), .batch_rows = sizes[i]};
        run_join(&s);
      }
}

/* More candidates for one row than a chunk of pairs holds. */
static void test_many_candidates(void **state) {
  (void)state;
  enum { MANY = 1500 };
  setup s = {.kind = RN_JOIN_KIND_LEFT, .keyed = true, .condition = true, .batch_rows = 300};
  rn_field fields[FIELDS];
  rn_plan_node node;
  make_node(&node, &s, fields);
  bench b = {.node = &node, .inputs = 2, .keys = node.u.join.keys[0], .key_count = 1, .context = {.hash_seed = 3, .batch_rows = 300}};
  bench_open(&b, 1);
  random_state = 9;
  row *rows = rn_calloc(MANY, sizeof *rows);
  uint32_t flagged = 0;
  for (uint32_t i = 0; i < MANY; i++) {
    rows[i] = random_row(SECOND);
    rows[i].k = 4;
    rows[i].k_null = false;
    flagged += !rows[i].f_null && rows[i].f;
  }
  bench_changes(&b, 1, rows, NULL, MANY / 2);
  bench_changes(&b, 1, rows + MANY / 2, NULL, MANY - MANY / 2);
  assert_int_equal(output.len, 0);
  row left[2] = {rows[0], rows[1]};
  left[0].f = true;
  left[0].f_null = false;
  left[1].f = false;
  bench_changes(&b, 0, left, NULL, 2);
  assert_int_equal(output.len, flagged + 1); /* the second one stands alone */
  clear_lines(&output);
  bench_close(&b);
  bench_forget(&b);
  rn_free(rows);
}

/* The second row of a scalar sub-query. */
static void test_single(void **state) {
  (void)state;
  for (unsigned first = 0; first < 2; first++) {
    setup s = {.kind = RN_JOIN_KIND_LEFT, .keyed = true, .batch_rows = 300};
    rn_field fields[FIELDS];
    rn_plan_node node;
    make_node(&node, &s, fields);
    node.u.join.single = true;
    bench b = {.node = &node, .inputs = 2, .keys = node.u.join.keys[0], .key_count = 1, .context = {.hash_seed = 3, .batch_rows = 300}};
    bench_open(&b, 1);
    random_state = 5;
    row r = random_row(SECOND);
    r.k = 1;
    r.k_null = false;
    row two[2] = {r, r};
    static const uint8_t replace[] = {RN_UPDATE_BEFORE, RN_UPDATE_AFTER};
    bench_changes(&b, first, &r, NULL, 1);
    bench_changes(&b, !first, &r, NULL, 1);
    bench_changes(&b, 1, two, replace, 2); /* one goes before another comes: fine */
    rn_schema in = input_schema();
    rn_batch batch;
    rn_batch_init(&batch, &in, 1, &fixture_arena);
    for (uint32_t c = 0; c < INPUT_COLUMNS; c++) rn_column_nullable(&batch.columns[c], 1, &fixture_arena);
    put_row(&batch, 0, &r);
    batch.rows = batch.live_count = 1;
    rn_error err;
    rn_error_clear(&err);
    assert_int_equal(rn_deliver_batch(b.ops[0], 1, &batch, &err), RN_FAIL);
    assert_int_equal(err.code, RN_E_SUBQUERY_ROWS);
    clear_lines(&output);
    bench_close(&b);
    bench_forget(&b);
  }
}

/* --- INTERSECT, EXCEPT ----------------------------------------------------------------------------------------- */
static uint32_t count_equal(const lines *all, const char *line) {
  uint32_t n = 0;
  for (size_t i = 0; i < all->len; i++) n += !strcmp(all->data[i], line);
  return n;
}

static void model_set(bool except, bool all) {
  lines sides[2] = {{0}, {0}};
  for (unsigned s = 0; s < 2; s++)
    for (uint32_t i = 0; i < kept_count[s]; i++) {
      rn_builder b = {0};
      put_row_text(&b, &kept[s][i]);
      RN_VEC_PUSH(&sides[s], rn_builder_take(&b));
    }
  for (size_t i = 0; i < sides[0].len; i++) {
    const char *line = sides[0].data[i];
    uint32_t left = count_equal(&sides[0], line), right = count_equal(&sides[1], line), before = 0, times;
    for (size_t k = 0; k < i; k++) before += !strcmp(sides[0].data[k], line);
    if (all) times = except ? (left > right ? left - right : 0) : (left < right ? left : right);
    else times = except ? right == 0 : right > 0;
    if (before < times) RN_VEC_PUSH(&expected, rn_strdup(line));
  }
  for (unsigned s = 0; s < 2; s++) clear_lines(&sides[s]);
}

static void check_set(lines *live, bool except, bool all, const char *what) {
  model_set(except, all);
  expect_live(live, &expected, what);
}

static void run_set(bool except, bool all, bool fold, bool changes) {
  static rn_plan_node inputs[2];
  static rn_plan_node *input_pointers[2] = {&inputs[0], &inputs[1]};
  static uint32_t keys[INPUT_COLUMNS];
  char what[80];
  (void)snprintf(what, sizeof what, "set except %d all %d fold %d changes %d", except, all, fold, changes);
  rn_schema in = input_schema();
  inputs[0].schema = inputs[1].schema = in;
  for (uint32_t i = 0; i < INPUT_COLUMNS; i++) keys[i] = i;
  rn_plan_node node = {.kind = RN_NODE_SET, .path = "s", .fingerprint = "s", .schema = in, .input_count = 2, .inputs = input_pointers};
  node.u.set.except = except;
  node.u.set.all = all;
  node.u.set.fold = fold;
  bench b = {.node = &node, .inputs = 2, .keys = keys, .key_count = INPUT_COLUMNS, .context = {.hash_seed = 3, .batch_rows = 7}};
  bench_open(&b, 1);
  random_state = 31;
  kept_count[0] = kept_count[1] = 0;
  lines live = {0};
  for (uint32_t round = 0; round < 80; round++) {
    unsigned side = pick(2);
    row rows[8];
    uint8_t kinds[8];
    uint32_t n = 1 + pick(7);
    for (uint32_t i = 0; i < n; i++) {
      kinds[i] = RN_INSERT;
      unsigned from = pick(2);
      if (changes && kept_count[side] && pick(3) == 0) {
        uint32_t at = pick(kept_count[side]);
        rows[i] = kept[side][at];
        kinds[i] = RN_DELETE;
        kept[side][at] = kept[side][--kept_count[side]];
        continue;
      }
      rows[i] = pick(3) && kept_count[from] ? kept[from][pick(kept_count[from])] : random_row(SECOND);
      kept[side][kept_count[side]++] = rows[i];
    }
    bench_changes(&b, side, rows, changes ? kinds : NULL, n);
    if (!fold && pick(4) == 0) check_set(&live, except, all, what);
    if (pick(8) == 0) {
      bench_snapshot(&b);
      if (pick(2)) bench_restore(&b, 1 + pick(INSTANCES_MAX));
    }
    if (kept_count[0] + 8 > KEPT_MAX || kept_count[1] + 8 > KEPT_MAX) break;
  }
  bench_end(&b);
  check_set(&live, except, all, what);
  RN_VEC_FREE(&live);
  bench_close(&b);
  bench_forget(&b);
}

static void test_sets(void **state) {
  (void)state;
  for (unsigned bits = 0; bits < 16; bits++) run_set(bits & 1u, bits & 2u, bits & 4u, bits & 8u);
}

/* DIALECT 4.8, word by word. */
static void test_changes_of_a_left_join(void **state) {
  (void)state;
  setup s = {.kind = RN_JOIN_KIND_LEFT, .keyed = true, .batch_rows = 300};
  rn_field fields[FIELDS];
  rn_plan_node node;
  make_node(&node, &s, fields);
  bench b = {.node = &node, .inputs = 2, .keys = node.u.join.keys[0], .key_count = 1, .context = {.hash_seed = 3, .batch_rows = 300}};
  bench_open(&b, 1);
  random_state = 5;
  row l = random_row(SECOND), r = random_row(2 * SECOND);
  l.k = r.k = 1;
  l.k_null = r.k_null = false;
  static const uint8_t deletes[] = {RN_DELETE};
  static const char *const wanted[] = {"+I", "-D", "+I", "+I", "-D", "-D", "+I", "-D"};
  bench_changes(&b, 0, &l, NULL, 1);    /* +I (l, NULL) */
  bench_changes(&b, 1, &r, NULL, 1);    /* -D (l, NULL), +I (l, r) */
  bench_changes(&b, 1, &r, NULL, 1);    /* +I (l, r) */
  bench_changes(&b, 1, &r, deletes, 1); /* -D (l, r) */
  bench_changes(&b, 1, &r, deletes, 1); /* -D (l, r), +I (l, NULL) */
  bench_changes(&b, 0, &l, deletes, 1); /* -D (l, NULL) */
  assert_int_equal(output.len, 8);
  for (size_t i = 0; i < 8; i++) assert_memory_equal(output.data[i], wanted[i], 2);
  assert_string_equal(output.data[0] + 2, output.data[1] + 2);
  assert_string_equal(output.data[0] + 2, output.data[6] + 2);
  assert_string_equal(output.data[2] + 2, output.data[5] + 2);
  assert_int_equal(rn_state_rows(b.ops[0]->state), 0);
  clear_lines(&output);
  bench_close(&b);
  bench_forget(&b);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_against_nested_loop), cmocka_unit_test(test_many_candidates),
                                     cmocka_unit_test(test_changes_of_a_left_join),
                                     cmocka_unit_test(test_single), cmocka_unit_test(test_sets)};
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
