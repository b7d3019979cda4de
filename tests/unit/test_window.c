/* Window aggregates against a model that keeps every row of every window: kinds of windows, calls that subtract,
 * that need two stacks and that cannot be shared, late rows, sizes of batches, epochs and restores. */
#include "aggregate_model.h"
#include "base/calendar.h"

typedef struct model_window {
  int64_t end, start;
  RN_VEC(const row *) rows;
} model_window;
static RN_VEC(model_window) windows;
static lines expected;
static uint64_t expected_late;

static const rn_window_spec *spec;
static const rn_agg_call *calls;
static uint32_t call_count;

static int64_t floor_to(int64_t t, int64_t step) { return t - rn_floor_mod(t - spec->offset_us, step); }

/* Ends of the windows a time belongs to (DIALECT 4.4), with their starts. */
static uint32_t assign(int64_t t, int64_t *starts, int64_t *ends) {
  uint32_t n = 0;
  if (spec->kind == RN_WINDOW_CUMULATE) {
    int64_t start = floor_to(t, spec->size_us);
    for (int64_t end = start + spec->slide_us; end <= start + spec->size_us; end += spec->slide_us) {
      if (end > t) starts[n] = start, ends[n++] = end;
    }
  } else {
    int64_t slide = spec->kind == RN_WINDOW_TUMBLE ? spec->size_us : spec->slide_us;
    for (int64_t start = floor_to(t, slide); start > t - spec->size_us; start -= slide) {
      starts[n] = start, ends[n++] = start + spec->size_us;
    }
  }
  return n;
}

static model_window *window_at(int64_t start, int64_t end) {
  for (size_t i = 0; i < windows.len; i++) {
    if (windows.data[i].end == end && windows.data[i].start == start) return &windows.data[i];
  }
  model_window w = {.end = end, .start = start};
  RN_VEC_PUSH(&windows, w);
  return &windows.data[windows.len - 1];
}

static void model_row(const row *r, int64_t watermark) {
  int64_t starts[128], ends[128];
  uint32_t n = assign(r->ts, starts, ends), used = 0;
  for (uint32_t i = 0; i < n; i++) {
    if (ends[i] - 1000 <= watermark) continue;
    used++;
    model_window *w = window_at(starts[i], ends[i]);
    RN_VEC_PUSH(&w->rows, r);
  }
  if (!used) expected_late++;
}

static void model_fire(int64_t watermark) {
  for (size_t i = 0; i < windows.len;) {
    model_window *w = &windows.data[i];
    if (w->end - 1000 > watermark) {
      i++;
      continue;
    }
    for (size_t a = 0; a < w->rows.len; a++) {
      const row *r = w->rows.data[a];
      bool earlier = false;
      for (size_t b = 0; b < a; b++) {
        const row *o = w->rows.data[b];
        if (o->k_null == r->k_null && (o->k_null || o->k == r->k)) earlier = true;
      }
      if (earlier) continue;
      const row **of_key = rn_malloc(w->rows.len * sizeof *of_key);
      size_t n = 0;
      for (size_t b = a; b < w->rows.len; b++) {
        const row *o = w->rows.data[b];
        if (o->k_null == r->k_null && (o->k_null || o->k == r->k)) of_key[n++] = o;
      }
      rn_builder line = {0};
      rn_builder_text(&line, "+I|");
      if (r->k_null) rn_builder_text(&line, "NULL");
      else rn_builder_int(&line, r->k);
      for (uint32_t c = 0; c < call_count; c++) {
        rn_builder_char(&line, '|');
        model_aggregate(&line, &calls[c], of_key, n);
      }
      rn_builder_char(&line, '|');
      model_time(&line, w->start);
      rn_builder_char(&line, '|');
      model_time(&line, w->end);
      rn_builder_char(&line, '|');
      model_time(&line, w->end - 1000);
      RN_VEC_PUSH(&expected, rn_builder_take(&line));
      rn_free(of_key);
    }
    RN_VEC_FREE(&w->rows);
    windows.data[i] = windows.data[--windows.len];
  }
}

/* Windows leave in order of their end: checked on the output before it is sorted. */
static void expect_order(unsigned parallelism) {
  if (parallelism > 1) return;
  char last[64] = "";
  for (size_t i = 0; i < output.len; i++) {
    const char *time = strrchr(output.data[i], '|') + 1;
    assert_true(strcmp(last, time) <= 0);
    (void)snprintf(last, sizeof last, "%s", time);
  }
}

static uint64_t run(const rn_window_spec *window, const rn_agg_call *set, uint32_t count, uint32_t batch_rows, bool epochs,
                uint64_t seed) {
  enum { ROWS = 1500 };
  static const uint32_t keys[] = {COL_K};
  static row rows[ROWS];
  char what[80];
  (void)snprintf(what, sizeof what, "window kind %d, batches of %u, epochs %d, seed %u", window->kind, batch_rows, epochs, (unsigned)seed);
  random_state = seed * 7919 + 13;
  spec = window;
  calls = set;
  call_count = count;
  rn_field fields[16];
  uint32_t f = 0;
  rn_schema in = input_schema();
  fields[f++] = in.fields[COL_K];
  for (uint32_t c = 0; c < count; c++) fields[f++] = (rn_field){"a", set[c].result};
  for (uint32_t i = 0; i < 3; i++) fields[f++] = (rn_field){"w", rn_type_sized(&fixture_arena, RN_T_TIMESTAMP, 3, false)};
  rn_plan_node node = {.kind = RN_NODE_WINDOW_AGG, .path = "w", .fingerprint = "w", .schema = {f, fields}};
  node.u.window_agg.spec = *window;
  node.u.window_agg.key_count = 1;
  node.u.window_agg.keys = keys;
  node.u.window_agg.call_count = count;
  node.u.window_agg.calls = set;
  bench b = {.node = &node, .keys = keys, .key_count = 1, .context = {.hash_seed = 5, .batch_rows = batch_rows}};
  bench_open(&b, 1);
  expected_late = 0;
  uint64_t late = 0;
  int64_t now = 10 * SECOND, watermark = RN_WATERMARK_NONE;
  uint32_t pending = 0;
  for (uint32_t i = 0; i < ROWS; i++) {
    now += pick(40) ? pick(300) * 1000 : pick(30) * SECOND; /* gaps longer than a window too */
    rows[i] = random_row(now - (pick(3) ? 0 : pick(8000) * 1000));
    model_row(&rows[i], watermark);
    pending++;
    bool tick = pick(5) == 0, epoch = epochs && pick(90) == 0;
    if (pending == batch_rows || tick || epoch || i + 1 == ROWS) {
      bench_rows(&b, &rows[i + 1 - pending], pending);
      pending = 0;
    }
    if (tick && now - 2 * SECOND > watermark) {
      watermark = now - 2 * SECOND;
      bench_watermark(&b, watermark);
      model_fire(watermark);
    }
    if (epoch) {
      late += bench_late(&b);
      bench_snapshot(&b);
      bench_restore(&b, 1 + pick(INSTANCES_MAX));
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
  if (!epochs) expect_order(b.count);
  expect_same(&expected, what);
  assert_int_equal(windows.len, 0);
  for (unsigned i = 0; i < b.count; i++) assert_int_equal(rn_state_rows(b.ops[i]->state), 0);
  size_t n = expected.len;
  bench_close(&b);
  bench_forget(&b);
  clear_lines(&output);
  clear_lines(&expected);
  RN_VEC_FREE(&windows);
  return n;
}

static const uint32_t sizes[] = {1, 2, 7, 300};

static void run_all(const rn_window_spec *window, const rn_agg_call *set, uint32_t count) {
  for (uint32_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
    for (uint32_t epochs = 0; epochs < 2; epochs++) {
      for (uint64_t seed = 1; seed <= 2; seed++) assert_true(run(window, set, count, sizes[s], epochs, seed) > 100);
    }
  }
}

static const rn_window_spec tumble = {.kind = RN_WINDOW_TUMBLE, .time_column = COL_TS, .size_us = 5 * SECOND, .slide_us = 5 * SECOND};
static const rn_window_spec tumble_offset = {.kind = RN_WINDOW_TUMBLE, .time_column = COL_TS, .size_us = 5 * SECOND,
                                             .slide_us = 5 * SECOND, .offset_us = -2 * SECOND};
static const rn_window_spec hop = {.kind = RN_WINDOW_HOP, .time_column = COL_TS, .size_us = 10 * SECOND, .slide_us = 2 * SECOND,
                                   .offset_us = SECOND};
static const rn_window_spec hop_long = {.kind = RN_WINDOW_HOP, .time_column = COL_TS, .size_us = 40 * SECOND, .slide_us = SECOND};
static const rn_window_spec hop_odd = {.kind = RN_WINDOW_HOP, .time_column = COL_TS, .size_us = 10 * SECOND, .slide_us = 4 * SECOND};
static const rn_window_spec cumulate = {.kind = RN_WINDOW_CUMULATE, .time_column = COL_TS, .size_us = 20 * SECOND, .slide_us = 5 * SECOND};
static const rn_window_spec hop_gaps = {.kind = RN_WINDOW_HOP, .time_column = COL_TS, .size_us = 2 * SECOND, .slide_us = 5 * SECOND};
static const rn_window_spec *const all_windows[] = {&tumble, &tumble_offset, &hop, &hop_long, &hop_odd, &hop_gaps, &cumulate};
enum { WINDOWS = sizeof all_windows / sizeof all_windows[0] };

static void each_window(const rn_agg_call *set, uint32_t count) {
  for (uint32_t w = 0; w < WINDOWS; w++) run_all(all_windows[w], set, count);
}

static void test_subtracted(void **state) {
  (void)state;
  rn_agg_call set[] = {make_call("COUNT", -1, -1, false), make_call("SUM", COL_V, -1, false),
                       make_call("AVG", COL_V, COL_F, false), make_call("COUNT", COL_S, -1, false), make_call("BIT_XOR", COL_V, -1, false)};
  each_window(set, 5);
}
static void test_no_count(void **state) {
  (void)state;
  rn_agg_call set[] = {make_call("SUM", COL_V, COL_F, false)};
  each_window(set, 1);
}
static void test_two_stacks(void **state) {
  (void)state;
  rn_agg_call set[] = {make_call("MAX", COL_V, -1, false), make_call("MIN", COL_D, COL_F, false),
                       make_call("SUM", COL_D, -1, false), make_call("STDDEV_SAMP", COL_D, -1, false),
                       make_call("MIN", COL_S, -1, false), make_call("MAX", COL_S, COL_F, false),
                       make_call("BIT_AND", COL_V, -1, false), make_call("BIT_OR", COL_V, COL_F, false),
                       make_call("APPROX_COUNT_DISTINCT", COL_S, -1, false)};
  each_window(set, 9);
}
/* Calls over the same values have one counter between them: one that all of them can be subtracted with, or not. */
static void test_shared_counters(void **state) {
  (void)state;
  rn_agg_call counts[] = {make_call("SUM", COL_V, -1, false), make_call("COUNT", -1, -1, false), make_call("COUNT", COL_V, -1, false),
                          make_call("SUM", COL_V, COL_F, false), make_call("AVG", COL_V, COL_F, false)};
  each_window(counts, 5);
  rn_agg_call set[] = {make_call("COUNT", -1, -1, false), make_call("SUM", COL_V, -1, false), make_call("MAX", COL_V, -1, false),
                       make_call("MIN", COL_V, COL_F, false), make_call("MAX", COL_V, COL_F, false), make_call("SUM", COL_D, COL_F, false),
                       make_call("MIN", COL_D, COL_F, false), make_call("SUM", COL_V, -1, true)};
  each_window(set, 7);
  run_all(&tumble, set, 8);
}
static void test_not_shared(void **state) {
  (void)state;
  rn_agg_call set[] = {make_call("COUNT", COL_V, -1, true), make_call("SUM", COL_V, -1, true),
                       make_call("COUNT", COL_S, COL_F, true), make_call("FIRST_VALUE", COL_S, -1, false),
                       make_call("LAST_VALUE", COL_V, COL_F, false), make_call("VAR_POP", COL_D, -1, false),
                       make_call("LISTAGG", COL_S, -1, false), make_call("LISTAGG", COL_S, COL_F, true),
                       make_call("ARRAY_AGG IGNORE NULLS", COL_V, COL_F, false), make_call("FIRST_VALUE RESPECT NULLS", COL_V, -1, false),
                       make_call("LAST_VALUE RESPECT NULLS", COL_V, COL_F, false)};
  run_all(&tumble, set, 11);
  run_all(&hop, set, 11);
  run_all(&hop_gaps, set, 6);
  run_all(&cumulate, set, 6);
}

/* --- processing time, local zones ------------------------------------------------------------------------------- */

static const uint32_t key_k[] = {COL_K};
static rn_field small_fields[5];

static void small_node(rn_plan_node *node, const rn_window_spec *window, const rn_agg_call *set, rn_type_id time_type) {
  rn_schema in = input_schema();
  small_fields[0] = in.fields[COL_K];
  small_fields[1] = (rn_field){"c", set->result};
  for (int i = 2; i < 4; i++) small_fields[i] = (rn_field){"w", rn_type_sized(&fixture_arena, RN_T_TIMESTAMP, 3, false)};
  small_fields[4] = (rn_field){"t", rn_type_sized(&fixture_arena, time_type, 3, false)};
  *node = (rn_plan_node){.kind = RN_NODE_WINDOW_AGG, .path = "w", .fingerprint = "w", .schema = {5, small_fields}};
  node->u.window_agg.spec = *window;
  node->u.window_agg.key_count = 1;
  node->u.window_agg.keys = key_k;
  node->u.window_agg.call_count = 1;
  node->u.window_agg.calls = set;
}

static void expect_output(const char *const *wanted, size_t n) {
  for (size_t i = 0; i < n && i < output.len; i++) {
    if (strncmp(output.data[i], wanted[i], strlen(wanted[i])) != 0) fail_msg("got %s, expected %s", output.data[i], wanted[i]);
  }
  assert_int_equal(output.len, n);
  clear_lines(&output);
}

static row row_of(int64_t k, int64_t ts) {
  row r = random_row(ts);
  r.k = k;
  r.k_null = false;
  return r;
}

static void set_clock(bench *b, rn_clock *clock, int64_t us) {
  rn_error err = {0};
  rn_clock_set_us(clock, us);
  for (unsigned i = 0; i < b->count; i++) assert_int_equal(rn_operator_fire_timer(b->ops[i], us, &err), RN_OK);
}

/* A window of processing time is that of the arrival; it fires by the clock, a restored one too. */
static void test_processing_time(void **state) {
  (void)state;
  static const rn_window_spec ten = {.kind = RN_WINDOW_TUMBLE, .processing_time = true, .size_us = 10 * SECOND, .slide_us = 10 * SECOND};
  static const rn_window_spec twenty = {.kind = RN_WINDOW_HOP, .processing_time = true, .size_us = 20 * SECOND, .slide_us = 10 * SECOND};
  rn_agg_call count = make_call("COUNT", -1, -1, false), first = make_call("COUNT", COL_K, -1, true);
  for (int which = 0; which < 3; which++) { /* TUMBLE, HOP over slices, HOP row by row */
    rn_clock clock = {0};
    rn_clock_set_us(&clock, 1000 * SECOND);
    rn_plan_node node;
    small_node(&node, which ? &twenty : &ten, which == 2 ? &first : &count, RN_T_TIMESTAMP);
    bench b = {.node = &node, .keys = key_k, .key_count = 1, .context = {.hash_seed = 5, .batch_rows = 10, .clock = &clock}};
    bench_open(&b, 1);
    row two[] = {row_of(7, 0), row_of(7, 5000 * SECOND)}; /* their own times mean nothing */
    bench_rows(&b, two, 2);
    assert_int_equal(b.ops[0]->timer_us, 1010 * SECOND);
    set_clock(&b, &clock, 1009 * SECOND);
    assert_int_equal(output.len, 0);
    bench_snapshot(&b);
    bench_restore(&b, 1);
    assert_int_equal(b.ops[0]->timer_us, 1010 * SECOND);
    set_clock(&b, &clock, 1010 * SECOND);
    const char *two_rows = which == 2 ? "+I|7|1" : "+I|7|2";
    expect_output(&two_rows, 1);
    bench_rows(&b, two, 1);
    bench_watermark(&b, 5000 * SECOND); /* watermarks mean nothing either */
    assert_int_equal(output.len, 0);
    set_clock(&b, &clock, 1020 * SECOND);
    const char *second = which == 0 ? "+I|7|1" : which == 1 ? "+I|7|3" : "+I|7|1";
    expect_output(&second, 1);
    bench_rows(&b, two, 1);
    bench_end(&b); /* the end of the input closes what is open */
    assert_int_equal(output.len, which == 0 ? 1 : 2);
    clear_lines(&output);
    bench_close(&b);
    bench_forget(&b);
  }
}

/* Days of Berlin: 23 hours on 2024-03-31, 25 on 2024-10-27; they fire when their last local millisecond is over. */
static void test_local_zone(void **state) {
  (void)state;
  static const rn_window_spec day = {.kind = RN_WINDOW_TUMBLE, .time_column = COL_TS, .local_zone = true,
                                     .size_us = RN_US_PER_DAY, .slide_us = RN_US_PER_DAY};
  rn_agg_call count = make_call("COUNT", -1, -1, false);
  rn_error err = {0};
  rn_zone *zone = NULL;
  if (rn_zone_open("Europe/Berlin", &zone, &err) != RN_OK) fail_msg("%s", err.message);
  static const struct { const char *from, *start, *end; int hours; } days[] = {
      {"2024-03-30 23:00:00", "2024-03-31 00:00:00", "2024-04-01 00:00:00", 23},
      {"2024-10-26 22:00:00", "2024-10-27 00:00:00", "2024-10-28 00:00:00", 25},
      {"2024-07-09 22:00:00", "2024-07-10 00:00:00", "2024-07-11 00:00:00", 24}};
  for (size_t d = 0; d < 3; d++) {
    rn_plan_node node;
    small_node(&node, &day, &count, RN_T_TIMESTAMP);
    bench b = {.node = &node, .keys = key_k, .key_count = 1, .context = {.hash_seed = 5, .batch_rows = 10, .zone = zone}};
    bench_open(&b, 1);
    int64_t from;
    assert_true(rn_parse_timestamp(rn_slice_of(days[d].from), ' ', false, &from, NULL));
    int64_t to = from + days[d].hours * 3600 * SECOND;
    row r[] = {row_of(1, from), row_of(1, to - 1000), row_of(1, from - 1000), row_of(1, to), row_of(1, from + 3 * 3600 * SECOND)};
    bench_rows(&b, r, 5);
    bench_watermark(&b, from - 1000); /* the day before */
    assert_int_equal(output.len, 1);
    clear_lines(&output);
    bench_watermark(&b, to - 2000);
    assert_int_equal(output.len, 0);
    bench_watermark(&b, to - 1000);
    char wanted[120];
    (void)snprintf(wanted, sizeof wanted, "+I|1|3|%s.000|%s.000|", days[d].start, days[d].end);
    const char *line = wanted;
    expect_output(&line, 1);
    bench_close(&b);
  }
  rn_zone_close(zone);
}

/* --until-end closes every open window with this watermark, and no more. */
static void test_horizon(void **state) {
  (void)state;
  rn_agg_call count = make_call("COUNT", -1, -1, false);
  for (size_t w = 0; w < WINDOWS; w++) {
    rn_plan_node node;
    small_node(&node, all_windows[w], &count, RN_T_TIMESTAMP);
    bench b = {.node = &node, .keys = key_k, .key_count = 1, .context = {.hash_seed = 5, .batch_rows = 10}};
    bench_open(&b, 1);
    assert_int_equal(rn_op_window_agg_class.horizon(b.ops[0]), RN_WATERMARK_NONE);
    row r[] = {row_of(1, 100 * SECOND), row_of(2, 106 * SECOND)};
    bench_rows(&b, r, 2);
    int64_t horizon = rn_op_window_agg_class.horizon(b.ops[0]);
    bench_watermark(&b, horizon - 1000);
    size_t before = output.len;
    bench_watermark(&b, horizon);
    assert_true(output.len > before);
    assert_int_equal(rn_state_rows(b.ops[0]->state), 0);
    bench_end(&b);
    clear_lines(&output);
    bench_close(&b);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_subtracted), cmocka_unit_test(test_no_count),
                                     cmocka_unit_test(test_two_stacks), cmocka_unit_test(test_shared_counters), cmocka_unit_test(test_not_shared),
                                     cmocka_unit_test(test_processing_time), cmocka_unit_test(test_local_zone),
                                     cmocka_unit_test(test_horizon)};
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
