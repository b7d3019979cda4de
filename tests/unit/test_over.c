/* OVER against a model that looks at every earlier row of the partition: frames, calls that subtract and calls on
 * two stacks, DISTINCT, positions, late rows, sizes of batches, epochs and restores. */
#include "aggregate_model.h"
#include "base/calendar.h"

enum { ROWS = 1200 };
static row rows[ROWS];
static lines expected;
static uint64_t expected_late;

typedef struct frame_spec {
  bool rows, unbounded;
  int64_t preceding;
} frame_spec;

/* Rows that left, in the order they left. */
static RN_VEC(const row *) done;
static RN_VEC(const row *) waiting;
static bool forgotten[ROWS]; /* rows of partitions whose frame had passed when a row came late */

static void model_line(const frame_spec *frame, const rn_agg_call *calls, uint32_t count, const row *r, size_t position) {
  const row **partition = rn_malloc((done.len + 1) * sizeof *partition);
  size_t n = 0, mine = 0;
  for (size_t i = 0; i < done.len; i++) {
    const row *o = done.data[i];
    if (!same_key(o, r) || forgotten[o - rows]) continue;
    bool seen = i <= position || (!frame->rows && o->ts <= r->ts);
    if (!seen) continue;
    if (i == position) mine = n;
    partition[n++] = o;
  }
  size_t from = 0, last = n - 1;
  if (frame->rows) last = mine;
  if (!frame->unbounded && frame->rows) from = last > (size_t)frame->preceding ? last - (size_t)frame->preceding : 0;
  const row **used = rn_malloc((n + 1) * sizeof *used);
  size_t used_count = 0;
  for (size_t i = from; i <= last; i++) {
    if (!frame->rows && !frame->unbounded && partition[i]->ts < r->ts - frame->preceding) continue;
    used[used_count++] = partition[i];
  }
  rn_builder b = {0};
  rn_builder_text(&b, "+I|");
  if (r->k_null) rn_builder_text(&b, "NULL");
  else rn_builder_int(&b, r->k);
  rn_builder_char(&b, '|');
  if (r->v_null) rn_builder_text(&b, "NULL");
  else rn_builder_int(&b, r->v);
  rn_builder_char(&b, '|');
  model_time(&b, r->ts);
  rn_builder_char(&b, '|');
  if (r->d_null) rn_builder_text(&b, "NULL");
  else put_double(&b, r->d);
  rn_builder_printf(&b, "|%s|%s", r->s_null ? "NULL" : r->s, r->f_null ? "NULL" : r->f ? "TRUE" : "FALSE");
  for (uint32_t c = 0; c < count; c++) {
    rn_builder_char(&b, '|');
    switch (calls[c].ops->over) {
      case RN_OVER_ROW_NUMBER: rn_builder_int(&b, (int64_t)mine + 1); break;
      case RN_OVER_RANK: case RN_OVER_DENSE_RANK: {
        int64_t rank = 1, dense = 1, at = 0;
        for (size_t i = 0; i <= mine; i++) {
          at++;
          if (i && partition[i]->ts != partition[i - 1]->ts) rank = at, dense++;
        }
        rn_builder_int(&b, calls[c].ops->over == RN_OVER_RANK ? rank : dense);
        break;
      }
      case RN_OVER_LAG: {
        if (last >= (size_t)calls[c].extra) {
          const row *o = partition[last - (size_t)calls[c].extra];
          rn_builder_text(&b, o->s_null ? "NULL" : o->s);
        } else {
          rn_builder_text(&b, calls[c].default_column < 0 || r->s_null ? "NULL" : r->s);
        }
        break;
      }
      default: model_aggregate(&b, &calls[c], used, used_count);
    }
  }
  RN_VEC_PUSH(&expected, rn_builder_take(&b));
  rn_free(partition);
  rn_free(used);
}

static int by_time(const void *x, const void *y) {
  const row *a = *(const row *const *)x, *b = *(const row *const *)y;
  if (a->ts != b->ts) return a->ts < b->ts ? -1 : 1;
  return a < b ? -1 : a > b;
}

static void model_watermark(const frame_spec *frame, const rn_agg_call *calls, uint32_t count, int64_t watermark) {
  size_t first = done.len, kept = 0;
  for (size_t i = 0; i < waiting.len; i++) {
    if (waiting.data[i]->ts <= watermark) RN_VEC_PUSH(&done, waiting.data[i]);
    else waiting.data[kept++] = waiting.data[i];
  }
  waiting.len = kept;
  if (done.len > first) qsort(done.data + first, done.len - first, sizeof *done.data, by_time);
  for (size_t i = first; i < done.len; i++) model_line(frame, calls, count, done.data[i], i);
}

/* DIALECT 5.5. A RANGE partition whose frame has passed is forgotten with its largest time. */
static bool model_late(const frame_spec *frame, bool forgets, const row *r, int64_t watermark) {
  if (frame->unbounded) return r->ts <= watermark;
  int64_t largest = INT64_MIN;
  for (size_t i = 0; i < done.len; i++) {
    if (same_key(done.data[i], r) && !forgotten[done.data[i] - rows] && done.data[i]->ts > largest) largest = done.data[i]->ts;
  }
  if (forgets && watermark != INT64_MIN && r->ts <= watermark && largest < watermark - frame->preceding) {
    for (size_t i = 0; i < done.len; i++) {
      if (same_key(done.data[i], r)) forgotten[done.data[i] - rows] = true;
    }
    return false;
  }
  return r->ts <= largest;
}

static void run(const frame_spec *frame, const rn_agg_call *calls, uint32_t count, uint32_t batch_rows, bool epochs, uint64_t seed) {
  static const uint32_t keys[] = {COL_K};
  char what[100];
  (void)snprintf(what, sizeof what, "rows %d unbounded %d preceding %lld, batches of %u, epochs %d, seed %u", frame->rows,
                 frame->unbounded, (long long)frame->preceding, batch_rows, epochs, (unsigned)seed);
  random_state = seed * 104729 + 7;
  rn_field fields[INPUT_COLUMNS + 16];
  rn_schema in = input_schema();
  memcpy(fields, in.fields, INPUT_COLUMNS * sizeof *fields);
  bool forgets = !frame->rows && !frame->unbounded;
  for (uint32_t c = 0; c < count; c++) {
    fields[INPUT_COLUMNS + c] = (rn_field){"a", calls[c].result};
    if (calls[c].distinct || calls[c].ops->over) forgets = false;
  }
  rn_plan_node node = {.kind = RN_NODE_OVER, .path = "o", .fingerprint = "o", .schema = {INPUT_COLUMNS + count, fields}};
  node.u.over.key_count = 1;
  node.u.over.keys = keys;
  node.u.over.order_column = COL_TS;
  node.u.over.rows = frame->rows;
  node.u.over.unbounded = frame->unbounded;
  node.u.over.preceding = frame->preceding;
  node.u.over.call_count = count;
  node.u.over.calls = calls;
  bench b = {.node = &node, .keys = keys, .key_count = 1, .context = {.hash_seed = 9, .batch_rows = batch_rows}};
  bench_open(&b, 1);
  expected_late = 0;
  memset(forgotten, 0, sizeof forgotten);
  uint64_t late = 0;
  int64_t now = -15 * SECOND, watermark = RN_WATERMARK_NONE; /* before 1970 too */
  uint32_t pending = 0;
  for (uint32_t i = 0; i < ROWS; i++) {
    now += pick(60) ? pick(3) * 200000 : pick(40) * SECOND; /* many peers, some gaps */
    rows[i] = random_row(now - (pick(3) ? 0 : pick(50) * 100000));
    if (forgets || !pick(6)) rows[i].ts = now - pick(20) * 200000;
    if (model_late(frame, forgets, &rows[i], watermark)) expected_late++;
    else RN_VEC_PUSH(&waiting, &rows[i]);
    pending++;
    bool tick = pick(6) == 0, epoch = epochs && pick(80) == 0;
    if (pending == batch_rows || tick || epoch || i + 1 == ROWS) {
      bench_rows(&b, &rows[i + 1 - pending], pending);
      pending = 0;
    }
    if (tick && now - SECOND > watermark) {
      watermark = now - SECOND;
      bench_watermark(&b, watermark);
      model_watermark(frame, calls, count, watermark);
    }
    if (epoch) {
      late += bench_late(&b);
      bench_snapshot(&b);
      bench_restore(&b, 1 + pick(INSTANCES_MAX));
    } else if (epochs && !pending && pick(8) == 0) {
      bench_snapshot(&b);
    }
  }
  bench_end(&b);
  model_watermark(frame, calls, count, INT64_MAX);
  late += bench_late(&b);
  expect_same(&expected, what);
  assert_int_equal(late, expected_late);
  bench_close(&b);
  bench_forget(&b);
  clear_lines(&output);
  clear_lines(&expected);
  RN_VEC_FREE(&done);
  RN_VEC_FREE(&waiting);
}

static const frame_spec frames[] = {{true, false, 0}, {true, false, 3}, {true, false, 20}, {true, true, 0},
                                    {false, false, 0}, {false, false, 2 * SECOND}, {false, false, 60 * SECOND}, {false, true, 0}};
static const uint32_t sizes[] = {1, 2, 7, 300};

static void each_frame(const rn_agg_call *calls, uint32_t count) {
  for (uint32_t f = 0; f < sizeof frames / sizeof frames[0]; f++) {
    for (uint32_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
      for (uint32_t epochs = 0; epochs < 2; epochs++) run(&frames[f], calls, count, sizes[s], epochs, 1 + f + 10 * s);
    }
  }
}

static void test_subtracted(void **state) {
  (void)state;
  rn_agg_call set[] = {make_call("COUNT", -1, -1, false), make_call("SUM", COL_V, -1, false), make_call("AVG", COL_V, COL_F, false)};
  each_frame(set, 3);
}
static void test_two_stacks(void **state) {
  (void)state;
  rn_agg_call set[] = {make_call("SUM", COL_V, -1, false), make_call("MAX", COL_V, -1, false), make_call("MIN", COL_S, COL_F, false),
                       make_call("SUM", COL_D, -1, false), make_call("STDDEV_POP", COL_D, -1, false),
                       make_call("FIRST_VALUE", COL_S, -1, false), make_call("LAST_VALUE", COL_D, COL_F, false)};
  each_frame(set, 7);
}
/* Lists: the oldest leaves in front; DISTINCT ones are made anew. */
static void test_lists(void **state) {
  (void)state;
  rn_agg_call set[] = {make_call("LISTAGG", COL_S, -1, false), make_call("LISTAGG", COL_S, COL_F, true),
                       make_call("ARRAY_AGG IGNORE NULLS", COL_V, COL_F, false), make_call("ARRAY_AGG IGNORE NULLS", COL_S, -1, true),
                       make_call("FIRST_VALUE RESPECT NULLS", COL_V, -1, false), make_call("LAST_VALUE RESPECT NULLS", COL_V, COL_F, false),
                       make_call("BIT_XOR", COL_V, -1, false), make_call("BIT_AND", COL_V, COL_F, false), make_call("COUNT", COL_S, COL_F, true)};
  each_frame(set, 9);
}
static void test_distinct(void **state) {
  (void)state;
  rn_agg_call set[] = {make_call("COUNT", COL_V, -1, true), make_call("SUM", COL_V, COL_F, true), make_call("COUNT", COL_S, -1, true),
                       make_call("SUM", COL_D, -1, true), make_call("VAR_SAMP", COL_D, -1, true), make_call("MAX", COL_D, -1, true)};
  each_frame(set, 6);
}
static void test_positions(void **state) {
  (void)state;
  rn_agg_call set[] = {make_call("ROW_NUMBER", -1, -1, false), make_call("RANK", -1, -1, false), make_call("DENSE_RANK", -1, -1, false),
                       make_call("LAG", COL_S, -1, false), make_call("LAG", COL_S, -1, false), make_call("COUNT", COL_V, -1, false)};
  set[4].extra = 3;
  set[4].default_column = COL_S;
  each_frame(set, 6);
}

/* Processing time: rows leave at once; rows of one batch are peers in RANGE. */
static void test_processing_time(void **state) {
  (void)state;
  static const uint32_t keys[] = {COL_K};
  rn_agg_call set[] = {make_call("COUNT", -1, -1, false), make_call("MAX", COL_V, -1, false)};
  rn_field fields[INPUT_COLUMNS + 2];
  rn_schema in = input_schema();
  memcpy(fields, in.fields, INPUT_COLUMNS * sizeof *fields);
  fields[INPUT_COLUMNS] = (rn_field){"c", set[0].result};
  fields[INPUT_COLUMNS + 1] = (rn_field){"m", set[1].result};
  rn_plan_node node = {.kind = RN_NODE_OVER, .path = "o", .fingerprint = "o", .schema = {INPUT_COLUMNS + 2, fields}};
  node.u.over.key_count = 1;
  node.u.over.keys = keys;
  node.u.over.processing_time = true;
  node.u.over.preceding = 5 * SECOND;
  node.u.over.call_count = 2;
  node.u.over.calls = set;
  rn_clock clock = {0};
  rn_clock_set_us(&clock, 1000 * SECOND);
  bench b = {.node = &node, .keys = keys, .key_count = 1, .context = {.hash_seed = 9, .batch_rows = 100, .clock = &clock}};
  bench_open(&b, 1);
  random_state = 3;
  row three[3];
  for (int i = 0; i < 3; i++) {
    three[i] = random_row(SECOND);
    three[i].k = 1;
    three[i].k_null = three[i].v_null = false;
    three[i].v = i == 1 ? 9 : i;
  }
  static const struct { int64_t after; uint32_t rows; const char *tail; size_t lines; } steps[] = {
      {0, 3, "|3|9", 3}, {3 * SECOND, 1, "|4|9", 1}, {3 * SECOND, 1, "|2|0", 1}};
  for (size_t s = 0; s < 3; s++) {
    rn_clock_set_us(&clock, rn_clock_now_us(&clock) + steps[s].after);
    bench_rows(&b, three, steps[s].rows);
    assert_int_equal(output.len, steps[s].lines);
    for (size_t i = 0; i < output.len; i++) {
      size_t len = strlen(output.data[i]), tail = strlen(steps[s].tail);
      assert_string_equal(output.data[i] + len - tail, steps[s].tail);
    }
    clear_lines(&output);
  }
  bench_close(&b);
}

/* Memory follows what frames can see: partitions of a RANGE frame go when it has passed. */
static void test_partitions_are_forgotten(void **state) {
  (void)state;
  static const uint32_t keys[] = {COL_K};
  rn_agg_call set[] = {make_call("COUNT", -1, -1, false)};
  rn_field fields[INPUT_COLUMNS + 1];
  rn_schema in = input_schema();
  memcpy(fields, in.fields, INPUT_COLUMNS * sizeof *fields);
  fields[INPUT_COLUMNS] = (rn_field){"c", set[0].result};
  rn_plan_node node = {.kind = RN_NODE_OVER, .path = "o", .fingerprint = "o", .schema = {INPUT_COLUMNS + 1, fields}};
  node.u.over.key_count = 1;
  node.u.over.keys = keys;
  node.u.over.order_column = COL_TS;
  node.u.over.preceding = 5 * SECOND;
  node.u.over.call_count = 1;
  node.u.over.calls = set;
  bench b = {.node = &node, .keys = keys, .key_count = 1, .context = {.hash_seed = 9, .batch_rows = 100}};
  bench_open(&b, 1);
  size_t most = 0;
  for (int64_t i = 1; i < 20000; i++) { /* every row a key of its own */
    row r = random_row(i * SECOND);
    r.k = i;
    r.k_null = false;
    bench_rows(&b, &r, 1);
    if (i % 20 == 0) bench_watermark(&b, i * SECOND);
    if (rn_state_rows(b.ops[0]->state) > most) most = rn_state_rows(b.ops[0]->state);
  }
  assert_true(most < 1000);
  bench_close(&b);
  clear_lines(&output);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_subtracted), cmocka_unit_test(test_two_stacks), cmocka_unit_test(test_lists),
                                     cmocka_unit_test(test_distinct), cmocka_unit_test(test_positions),
                                     cmocka_unit_test(test_processing_time), cmocka_unit_test(test_partitions_are_forgotten)};
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
