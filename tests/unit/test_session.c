/* SESSION windows against a model that keeps every row: sessions of a key are found anew for every row by looking at
 * all of them. Aggregates (merged, DISTINCT) and bare rows, late rows, sizes of batches, epochs and restores into
 * other numbers of instances; processing time by a clock of the test. Shown while they are open (EMIT CHANGES), row by row or
 * batch by batch: what the changes leave is compared with the open sessions whenever rows have come. */
#include "aggregate_model.h"
#include "base/calendar.h"

typedef struct model_session {
  int64_t start, end;
  const row *first; /* any row: its key */
  RN_VEC(const row *) rows;
} model_session;
static RN_VEC(model_session) sessions;
static lines expected;
static uint64_t expected_late;

static int64_t gap;
static bool aggregated, global;
static bool shown, by_batch;
static lines live; /* shown: what the changes left of the open sessions */
static bool scattered; /* rows of many years in any order, no watermark before the end */
static int64_t scattered_around;
static const rn_agg_call *calls;
static uint32_t call_count;
static size_t fired;

static bool same_group(const row *a, const row *b) { return global || same_key(a, b); }

/* Windows that meet become one, whatever the order; then a window that has passed takes its rows as late with it
 * (DIALECT 5.5): only the new row's own can have. */
static void model_row(const row *r, int64_t t, int64_t watermark) {
  model_session mine = {.start = t, .end = t + gap, .first = r};
  bool met = false;
  for (size_t i = 0; i < sessions.len; i++) {
    model_session *s = &sessions.data[i];
    met = met || (same_group(s->first, r) && s->start <= t + gap && s->end >= t);
  }
  if (!met && t + gap - 1000 <= watermark) {
    expected_late++;
    return;
  }
  for (size_t i = 0; i < sessions.len;) {
    model_session *s = &sessions.data[i];
    if (!same_group(s->first, r) || s->start > t + gap || s->end < t) {
      i++;
      continue;
    }
    if (s->start < mine.start) mine.start = s->start;
    if (s->end > mine.end) mine.end = s->end;
    for (size_t k = 0; k < s->rows.len; k++) RN_VEC_PUSH(&mine.rows, s->rows.data[k]);
    RN_VEC_FREE(&s->rows);
    sessions.data[i] = sessions.data[--sessions.len];
  }
  RN_VEC_PUSH(&mine.rows, r);
  RN_VEC_PUSH(&sessions, mine);
}

static void put_bounds(rn_builder *line, const model_session *s) {
  rn_builder_char(line, '|');
  model_time(line, s->start);
  rn_builder_char(line, '|');
  model_time(line, s->end);
  rn_builder_char(line, '|');
  model_time(line, s->end - 1000);
}

static char *result_line(const model_session *s, const char *op) {
  rn_builder line = {0};
  rn_builder_text(&line, op);
  if (!global) {
    rn_builder_char(&line, '|');
    if (s->first->k_null) rn_builder_text(&line, "NULL");
    else rn_builder_int(&line, s->first->k);
  }
  for (uint32_t c = 0; c < call_count; c++) {
    rn_builder_char(&line, '|');
    model_aggregate(&line, &calls[c], s->rows.data, s->rows.len);
  }
  put_bounds(&line, s);
  return rn_builder_take(&line);
}

static void expect_shown(const char *what, bool last) {
  if (!shown || !(last || pick(scattered ? 150 : 3) == 0)) return;
  for (size_t i = 0; i < sessions.len; i++) RN_VEC_PUSH(&expected, result_line(&sessions.data[i], ""));
  expect_live(&live, &expected, what);
}

/* A session that closes stays as it is shown. */
static void forget_shown(const model_session *s) {
  char *line = result_line(s, "");
  size_t at = 0;
  while (at < live.len && strcmp(live.data[at], line) != 0) at++;
  if (at == live.len) fail_msg("not shown: %s", line);
  live.data[at] = live.data[--live.len];
  rn_free(line);
}

static void model_fire(int64_t watermark) {
  for (size_t i = 0; i < sessions.len;) {
    model_session *s = &sessions.data[i];
    if (s->end - 1000 > watermark) {
      i++;
      continue;
    }
    if (shown) forget_shown(s);
    else if (aggregated) RN_VEC_PUSH(&expected, result_line(s, "+I"));
    for (size_t k = 0; !aggregated && k < s->rows.len; k++) {
      rn_builder line = {0};
      rn_builder_text(&line, "+I");
      put_row_text(&line, s->rows.data[k]);
      put_bounds(&line, s);
      RN_VEC_PUSH(&expected, rn_builder_take(&line));
    }
    fired++;
    RN_VEC_FREE(&s->rows);
    sessions.data[i] = sessions.data[--sessions.len];
  }
}

static void expect_order(void) { /* sessions leave in order of their end */
  char last[64] = "";
  for (size_t i = 0; i < output.len; i++) {
    const char *time = strrchr(output.data[i], '|') + 1;
    if (strcmp(last, time) > 0) fail_msg("%s after %s", output.data[i], last);
    (void)snprintf(last, sizeof last, "%s", time);
  }
}

typedef struct plan {
  rn_plan_node node;
  rn_field fields[24];
} plan;

static const uint32_t keys[] = {COL_K};

static void make_plan(plan *p, const rn_agg_call *set, uint32_t count, bool processing_time) {
  rn_window_spec spec = {.kind = RN_WINDOW_SESSION, .time_column = COL_TS, .size_us = gap, .processing_time = processing_time};
  rn_schema in = input_schema();
  uint32_t f = 0;
  aggregated = set != NULL;
  calls = set;
  call_count = count;
  *p = (plan){.node = {.kind = aggregated ? RN_NODE_WINDOW_AGG : RN_NODE_WINDOW, .path = "w", .fingerprint = "w"}};
  if (aggregated) {
    if (!global) p->fields[f++] = in.fields[COL_K];
    for (uint32_t c = 0; c < count; c++) p->fields[f++] = (rn_field){"a", set[c].result};
    p->node.u.window_agg.spec = spec;
    p->node.u.window_agg.key_count = !global;
    p->node.u.window_agg.keys = keys;
    p->node.u.window_agg.call_count = count;
    p->node.u.window_agg.calls = set;
    p->node.u.window_agg.early = p->node.u.window_agg.update_before = shown;
    p->node.u.window_agg.mini_batch = by_batch;
  } else {
    for (uint32_t c = 0; c < INPUT_COLUMNS; c++) p->fields[f++] = in.fields[c];
    p->node.u.window.spec = spec;
    p->node.u.window.key_count = !global;
    p->node.u.window.keys = keys;
  }
  for (uint32_t i = 0; i < 3; i++) p->fields[f++] = (rn_field){"w", rn_type_sized(&fixture_arena, RN_T_TIMESTAMP, 3, false)};
  p->node.schema = (rn_schema){f, p->fields};
}

static void expect_empty(const bench *b) {
  for (unsigned i = 0; i < b->count; i++) assert_int_equal(rn_state_rows(b->ops[i]->state), 0);
}

static size_t run(const rn_agg_call *set, uint32_t count, uint32_t batch_rows, bool epochs, uint64_t seed) {
  enum { ROWS = 1500 };
  static row rows[ROWS];
  char what[80];
  plan p;
  (void)snprintf(what, sizeof what, "gap %lld, batches of %u, epochs %d, seed %u", (long long)gap, batch_rows, epochs, (unsigned)seed);
  random_state = seed * 7919 + 13;
  make_plan(&p, set, count, false);
  bench b = {.node = &p.node, .keys = keys, .key_count = !global, .context = {.hash_seed = 5, .batch_rows = batch_rows}};
  bench_open(&b, 1);
  expected_late = 0;
  fired = 0;
  uint64_t late = 0;
  int64_t now = -20 * SECOND, watermark = RN_WATERMARK_NONE; /* before 1970 too */
  uint32_t pending = 0;
  for (uint32_t i = 0; i < ROWS; i++) {
    now += pick(40) ? pick(4) * 250000 : pick(30) * SECOND; /* equal times, gaps met exactly, long silences */
    int64_t at = scattered ? scattered_around + ((int64_t)pick(6000) - 3000) * RN_US_PER_DAY + pick(4) * 250000 : now - (pick(3) ? 0 : pick(60) * 250000);
    rows[i] = random_row(at);
    model_row(&rows[i], rows[i].ts, watermark);
    pending++;
    bool tick = pick(5) == 0 && !scattered, epoch = epochs && pick(90) == 0;
    if (pending == batch_rows || tick || epoch || i + 1 == ROWS) {
      bench_rows(&b, &rows[i + 1 - pending], pending);
      pending = 0;
      expect_shown(what, tick || i + 1 == ROWS);
    }
    if (tick && now - 2 * SECOND > watermark) {
      watermark = now - 2 * SECOND;
      bench_watermark(&b, watermark);
      model_fire(watermark);
    }
    if (epoch) {
      late += bench_late(&b);
      bench_snapshot(&b);
      bench_restore(&b, global ? 1 : 1 + pick(INSTANCES_MAX));
    } else if (epochs && pick(40) == 0) {
      if (pending) {
        bench_rows(&b, &rows[i + 1 - pending], pending);
        pending = 0;
      }
      bench_snapshot(&b);
    }
  }
  bench_end(&b);
  model_fire(INT64_MAX);
  late += bench_late(&b);
  assert_int_equal(late, expected_late);
  assert_true(scattered ? late == 0 : late > 0 && late < ROWS / 2);
  if (!epochs) expect_order();
  expect_same(&expected, what);
  assert_int_equal(sessions.len, 0);
  assert_int_equal(live.len, 0);
  expect_empty(&b);
  bench_close(&b);
  bench_forget(&b);
  clear_lines(&output);
  clear_lines(&expected);
  RN_VEC_FREE(&sessions);
  RN_VEC_FREE(&live);
  return fired;
}

static const int64_t short_gaps[] = {SECOND / 4, SECOND, 3 * SECOND}, long_gaps[] = {SECOND, 10 * RN_US_PER_DAY};

static void run_all(const rn_agg_call *set, uint32_t count) {
  static const uint32_t sizes[] = {1, 2, 7, 300};
  const int64_t *gaps = scattered ? long_gaps : short_gaps;
  for (uint32_t g = 0; g < (scattered ? 2 : 3); g++) {
    gap = gaps[g];
    for (uint32_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
      for (uint32_t epochs = 0; epochs < 2; epochs++) {
        for (uint64_t seed = 1; seed <= 2; seed++) assert_true(run(set, count, sizes[s], epochs, seed) > (global ? 15 : 60));
      }
    }
  }
}

static void run_both(const rn_agg_call *set, uint32_t count) {
  global = false;
  run_all(set, count);
  global = true;
  run_all(set, count);
  global = false;
}

static void test_merged(void **state) {
  (void)state;
  rn_agg_call set[] = {make_call("COUNT", -1, -1, false), make_call("SUM", COL_V, COL_F, false),
                       make_call("AVG", COL_D, -1, false), make_call("MIN", COL_S, -1, false),
                       make_call("MAX", COL_S, COL_F, false), make_call("STDDEV_POP", COL_D, -1, false),
                       make_call("BIT_OR", COL_V, -1, false), make_call("APPROX_COUNT_DISTINCT", COL_S, COL_F, false)};
  run_both(set, 8);
}
static void test_shared_counters(void **state) {
  (void)state;
  rn_agg_call set[] = {make_call("COUNT", -1, -1, false), make_call("SUM", COL_V, -1, false), make_call("MAX", COL_V, -1, false),
                       make_call("MIN", COL_V, COL_F, false), make_call("AVG", COL_V, COL_F, false), make_call("SUM", COL_V, -1, true)};
  run_both(set, 5);
  run_both(set, 6);
}
static void test_distinct(void **state) {
  (void)state;
  rn_agg_call set[] = {make_call("COUNT", COL_V, -1, true), make_call("SUM", COL_V, -1, true),
                       make_call("COUNT", COL_S, COL_F, true), make_call("COUNT", -1, -1, false)};
  run_both(set, 4);
}
static void test_no_calls(void **state) {
  (void)state;
  rn_agg_call set[] = {make_call("COUNT", -1, -1, false)};
  run_both(set, 0);
}
static void run_shown(const rn_agg_call *set, uint32_t count) {
  shown = true;
  for (int i = 0; i < 2; i++) {
    by_batch = i == 1;
    run_both(set, count);
  }
  shown = false;
}
static void test_shown(void **state) {
  (void)state;
  rn_agg_call set[] = {make_call("COUNT", -1, -1, false), make_call("MAX", COL_S, COL_F, false), make_call("COUNT", COL_S, COL_F, true)};
  run_shown(set, 3);
  run_shown(set, 0);
}
static void test_shown_scattered(void **state) {
  (void)state;
  rn_agg_call set[] = {make_call("COUNT", -1, -1, false), make_call("MIN", COL_S, -1, false), make_call("SUM", COL_V, -1, true)};
  scattered = true;
  scattered_around = 7900 * 365 * RN_US_PER_DAY;
  run_shown(set, 3);
  scattered_around = 0;
  scattered = false;
}
static void test_rows(void **state) {
  (void)state;
  run_both(NULL, 0);
}

static void test_scattered(void **state) {
  (void)state;
  rn_agg_call set[] = {make_call("COUNT", -1, -1, false), make_call("MIN", COL_S, -1, false), make_call("SUM", COL_V, -1, true)};
  scattered = true;
  run_both(set, 3);
  run_both(NULL, 0);
  scattered_around = 7900 * 365 * RN_US_PER_DAY; /* beyond what fits before a slot, as do sessions of weeks */
  run_both(set, 3);
  scattered_around = 0;
  scattered = false;
}

/* The watermark that closes all that is open: the largest end - 1 ms, also when a timer has an older end. */
static void test_horizon(void **state) {
  (void)state;
  plan p;
  gap = 3 * SECOND;
  make_plan(&p, NULL, 0, false);
  bench b = {.node = &p.node, .keys = keys, .key_count = 1, .context = {.hash_seed = 5, .batch_rows = 10}};
  bench_open(&b, 1);
  const rn_operator_class *class = b.ops[0]->op_class;
  assert_true(class->horizon(b.ops[0]) == RN_WATERMARK_NONE);
  row rows[] = {random_row(10 * SECOND), random_row(12 * SECOND), random_row(11 * SECOND)};
  for (unsigned i = 0; i < 3; i++) rows[i].k = 1, rows[i].k_null = false;
  bench_rows(&b, rows, 3);
  assert_true(class->horizon(b.ops[0]) == 15 * SECOND - 1000);
  bench_watermark(&b, 15 * SECOND - 1001);
  assert_int_equal(output.len, 0);
  bench_watermark(&b, 15 * SECOND - 1000);
  assert_int_equal(output.len, 3);
  assert_true(class->horizon(b.ops[0]) == RN_WATERMARK_NONE);
  expect_empty(&b);
  bench_close(&b);
  clear_lines(&output);
}

/* A session with its key (BIGINT), COUNT, SUM and MAX. */
static void test_size(void **state) {
  (void)state;
  enum { SESSIONS = 106200 }; /* fills its last page */
  plan p;
  rn_agg_call set[] = {make_call("COUNT", -1, -1, false), make_call("SUM", COL_V, -1, false), make_call("MAX", COL_V, -1, false)};
  gap = 3 * SECOND;
  make_plan(&p, set, 3, false);
  bench b = {.node = &p.node, .keys = keys, .key_count = 1, .context = {.hash_seed = 5, .batch_rows = 300}};
  bench_open(&b, 1);
  row rows[300];
  for (int64_t i = 0; i < SESSIONS; i++) {
    row *r = &rows[i % 300];
    *r = random_row(i);
    r->k_null = false;
    r->k = i * 7919;
    if (i % 300 == 299) bench_rows(&b, rows, 300);
  }
  assert_int_equal(rn_state_rows(b.ops[0]->state), SESSIONS);
  assert_true(rn_state_bytes(b.ops[0]->state) <= 64 * SESSIONS);
  bench_end(&b);
  bench_close(&b);
  clear_lines(&output);
}

/* Rows belong to the session of their arrival; it closes when the clock reaches its end. */
static void test_processing_time(void **state) {
  (void)state;
  plan p;
  rn_agg_call set[] = {make_call("COUNT", -1, -1, false)};
  gap = 3 * SECOND;
  make_plan(&p, set, 1, true);
  rn_clock clock;
  rn_clock_set_us(&clock, 100 * SECOND);
  bench b = {.node = &p.node, .keys = keys, .key_count = 1, .context = {.hash_seed = 5, .batch_rows = 10, .clock = &clock}};
  bench_open(&b, 1);
  row r = random_row(0);
  r.k = 1, r.k_null = false;
  rn_error err = {0};
  bench_rows(&b, &r, 1);
  assert_true(b.ops[0]->timer_us == 103 * SECOND);
  rn_clock_set_us(&clock, 102 * SECOND);
  bench_rows(&b, &r, 1);
  bench_watermark(&b, 1000 * SECOND); /* of event time: none of its business */
  bench_snapshot(&b);
  bench_restore(&b, 2);
  unsigned owner = b.ops[0]->timer_us < INT64_MAX ? 0 : 1;
  assert_true(b.ops[owner]->timer_us == 105 * SECOND && b.ops[1 - owner]->timer_us == INT64_MAX);
  rn_clock_set_us(&clock, 105 * SECOND - 1);
  for (unsigned i = 0; i < 2; i++) assert_int_equal(rn_operator_fire_timer(b.ops[i], 105 * SECOND - 1, &err), RN_OK);
  assert_int_equal(output.len, 0);
  rn_clock_set_us(&clock, 105 * SECOND);
  for (unsigned i = 0; i < 2; i++) assert_int_equal(rn_operator_fire_timer(b.ops[i], 105 * SECOND, &err), RN_OK);
  assert_int_equal(output.len, 1);
  assert_string_equal(output.data[0], "+I|1|2|1970-01-01 00:01:40.000|1970-01-01 00:01:45.000|1970-01-01 00:01:44.999");
  assert_true(b.ops[owner]->timer_us == INT64_MAX);
  expect_empty(&b);
  bench_rows(&b, &r, 1); /* what is open closes at the end of the input */
  bench_end(&b);
  assert_int_equal(output.len, 2);
  assert_int_equal(bench_late(&b), 0);
  bench_close(&b);
  bench_forget(&b);
  clear_lines(&output);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_merged), cmocka_unit_test(test_shared_counters), cmocka_unit_test(test_distinct),
                                     cmocka_unit_test(test_no_calls), cmocka_unit_test(test_shown), cmocka_unit_test(test_shown_scattered), cmocka_unit_test(test_rows),
                                     cmocka_unit_test(test_scattered), cmocka_unit_test(test_horizon),
                                     cmocka_unit_test(test_size), cmocka_unit_test(test_processing_time)};
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
