/* GROUP BY, DISTINCT, ORDER BY, LIMIT and WATERMARK operators, driven directly. */
#include "aggregate_model.h"
#include "base/calendar.h"

enum { ROWS = 900 };
static row rows[ROWS];
static lines expected;

static bool same_key(const row *a, const row *b) { return a->k_null == b->k_null && (a->k_null || a->k == b->k); }

static void put_key(rn_builder *b, const row *r) {
  if (r->k_null) rn_builder_text(b, "NULL");
  else rn_builder_int(b, r->k);
}

/* --- GROUP BY ------------------------------------------------------------------------------------------------ */

static char *group_text(const rn_agg_call *calls, uint32_t count, uint32_t upto, const row *key) {
  const row *of_key[ROWS];
  size_t n = 0;
  for (uint32_t i = 0; i <= upto; i++) {
    if (same_key(&rows[i], key)) of_key[n++] = &rows[i];
  }
  if (!n) return NULL;
  rn_builder b = {0};
  rn_builder_char(&b, '|');
  put_key(&b, key);
  for (uint32_t c = 0; c < count; c++) {
    rn_builder_char(&b, '|');
    model_aggregate(&b, &calls[c], of_key, n);
  }
  return rn_builder_take(&b);
}

static void expect_line(const char *kind, const char *text) {
  rn_builder b = {0};
  rn_builder_text(&b, kind);
  rn_builder_text(&b, text);
  RN_VEC_PUSH(&expected, rn_builder_take(&b));
}

enum { BY_RECORD, BY_BATCH, FOLD };

static void run_group(const rn_agg_call *calls, uint32_t count, int mode, bool update_before, uint32_t batch_rows, bool epochs) {
  static const uint32_t keys[] = {COL_K};
  char what[100];
  (void)snprintf(what, sizeof what, "mode %d update_before %d batches of %u epochs %d", mode, update_before, batch_rows, epochs);
  random_state = 5 + batch_rows;
  rn_field fields[16];
  rn_schema in = input_schema();
  fields[0] = in.fields[COL_K];
  for (uint32_t c = 0; c < count; c++) fields[1 + c] = (rn_field){"a", calls[c].result};
  rn_plan_node node = {.kind = RN_NODE_GROUP_AGG, .path = "g", .fingerprint = "g", .schema = {1 + count, fields}};
  node.u.group_agg.key_count = 1;
  node.u.group_agg.keys = keys;
  node.u.group_agg.call_count = count;
  node.u.group_agg.calls = calls;
  node.u.group_agg.fold = mode == FOLD;
  node.u.group_agg.mini_batch = mode == BY_BATCH;
  node.u.group_agg.update_before = update_before;
  bench b = {.node = &node, .keys = keys, .key_count = 1, .context = {.hash_seed = 3, .batch_rows = batch_rows}};
  bench_open(&b, 1);
  uint32_t begun = 0; /* first row of the batch being filled */
  for (uint32_t i = 0; i < ROWS; i++) {
    rows[i] = random_row(SECOND);
    if (mode == BY_RECORD) {
      char *before = i ? group_text(calls, count, i - 1, &rows[i]) : NULL, *after = group_text(calls, count, i, &rows[i]);
      if (!before) {
        expect_line("+I", after);
      } else if (strcmp(before, after) != 0) {
        if (update_before) expect_line("-U", before);
        expect_line("+U", after);
      }
      rn_free(before);
      rn_free(after);
    }
    if (i + 1 - begun < batch_rows && i + 1 < ROWS) continue;
    bench_rows(&b, &rows[begun], i + 1 - begun);
    for (uint32_t r = begun; r <= i && mode == BY_BATCH; r++) { /* one change per key of the batch */
      bool earlier = false;
      for (uint32_t e = begun; e < r; e++) earlier = earlier || same_key(&rows[e], &rows[r]);
      if (earlier) continue;
      char *before = begun ? group_text(calls, count, begun - 1, &rows[r]) : NULL, *after = group_text(calls, count, i, &rows[r]);
      if (!before) {
        expect_line("+I", after);
      } else if (strcmp(before, after) != 0) {
        if (update_before) expect_line("-U", before);
        expect_line("+U", after);
      }
      rn_free(before);
      rn_free(after);
    }
    begun = i + 1;
    if (epochs && pick(10) == 0) {
      bench_snapshot(&b);
      if (pick(2)) bench_restore(&b, 1 + pick(INSTANCES_MAX));
    }
  }
  bench_end(&b);
  for (uint32_t i = 0; i < ROWS && mode == FOLD; i++) {
    bool earlier = false;
    for (uint32_t e = 0; e < i; e++) earlier = earlier || same_key(&rows[e], &rows[i]);
    if (earlier) continue;
    char *text = group_text(calls, count, ROWS - 1, &rows[i]);
    expect_line("+I", text);
    rn_free(text);
  }
  expect_same(&expected, what);
  bench_close(&b);
  bench_forget(&b);
  clear_lines(&output);
  clear_lines(&expected);
}

static void test_group_by(void **state) {
  (void)state;
  rn_agg_call set[] = {make_call("COUNT", COL_V, COL_F, false), make_call("SUM", COL_V, -1, false), make_call("MAX", COL_S, -1, false),
                       make_call("COUNT", COL_V, -1, true), make_call("SUM", COL_D, COL_F, true), make_call("LAST_VALUE", COL_S, -1, false)};
  rn_agg_call steady[] = {make_call("MAX", COL_V, -1, false)}; /* mostly unchanged */
  static const uint32_t sizes[] = {1, 2, 7, 300};
  for (uint32_t s = 0; s < 4; s++) {
    for (int mode = BY_RECORD; mode <= FOLD; mode++) {
      for (int epochs = 0; epochs < 2; epochs++) {
        run_group(set, 6, mode, true, sizes[s], epochs);
        run_group(steady, 1, mode, epochs, sizes[s], epochs);
      }
    }
  }
}

static void run_global(bool fold, uint32_t input_rows, size_t lines_expected, const char *last) {
  rn_agg_call set[] = {make_call("COUNT", -1, -1, false), make_call("SUM", COL_V, -1, false)};
  rn_field fields[] = {{"c", set[0].result}, {"s", set[1].result}};
  rn_plan_node node = {.kind = RN_NODE_GROUP_AGG, .path = "g", .fingerprint = "g", .schema = {2, fields}};
  node.u.group_agg.call_count = 2;
  node.u.group_agg.calls = set;
  node.u.group_agg.fold = fold;
  node.u.group_agg.global = true;
  bench b = {.node = &node, .context = {.hash_seed = 3, .batch_rows = 10}};
  bench_open(&b, 1);
  for (uint32_t i = 0; i < input_rows; i++) {
    row r = random_row(SECOND);
    r.v = 4;
    r.v_null = false;
    bench_rows(&b, &r, 1);
  }
  bench_end(&b);
  assert_int_equal(output.len, lines_expected);
  if (last) assert_string_equal(output.data[output.len - 1], last);
  bench_close(&b);
  clear_lines(&output);
}
/* DIALECT 4.6: a bounded global aggregate of nothing is one row, a streaming one none. */
static void test_global(void **state) {
  (void)state;
  run_global(true, 0, 1, "+I|0|NULL");
  run_global(true, 3, 1, "+I|3|12");
  run_global(false, 0, 0, NULL);
  run_global(false, 3, 3, "+U|3|12");
}

static void test_distinct_rows(void **state) {
  (void)state;
  static const uint32_t keys[] = {COL_K, COL_F};
  rn_schema in = input_schema();
  rn_field fields[] = {in.fields[COL_K], in.fields[COL_F]};
  rn_plan_node node = {.kind = RN_NODE_GROUP_AGG, .path = "g", .fingerprint = "g", .schema = {2, fields}};
  node.u.group_agg.key_count = 2;
  node.u.group_agg.keys = keys;
  bench b = {.node = &node, .keys = keys, .key_count = 2, .context = {.hash_seed = 3, .batch_rows = 10}};
  bench_open(&b, 1);
  random_state = 11;
  for (uint32_t i = 0; i < 200; i++) {
    rows[i] = random_row(SECOND);
    bool earlier = false;
    for (uint32_t e = 0; e < i; e++) {
      earlier = earlier || (same_key(&rows[e], &rows[i]) && rows[e].f_null == rows[i].f_null && (rows[e].f_null || rows[e].f == rows[i].f));
    }
    bench_rows(&b, &rows[i], 1);
    if (i == 90) {
      bench_snapshot(&b);
      bench_restore(&b, 2);
    }
    if (earlier) continue;
    rn_builder line = {0};
    rn_builder_text(&line, "+I|");
    put_key(&line, &rows[i]);
    rn_builder_printf(&line, "|%s", rows[i].f_null ? "NULL" : rows[i].f ? "TRUE" : "FALSE");
    RN_VEC_PUSH(&expected, rn_builder_take(&line));
  }
  bench_end(&b);
  expect_same(&expected, "distinct");
  bench_close(&b);
  bench_forget(&b);
  clear_lines(&output);
  clear_lines(&expected);
}

/* --- ORDER BY ------------------------------------------------------------------------------------------------- */

static const rn_sort_item *sort_items;
static uint32_t sort_count;
static int by_items(const void *x, const void *y) {
  const row *a = x, *b = y;
  for (uint32_t i = 0; i < sort_count; i++) {
    uint32_t c = sort_items[i].column;
    bool an = model_null(a, (int)c), bn = model_null(b, (int)c);
    if (an || bn) {
      if (an && bn) continue;
      return an == sort_items[i].nulls_first ? -1 : 1;
    }
    int by = c == COL_S ? strcmp(a->s, b->s) : c == COL_TS ? (a->ts > b->ts) - (a->ts < b->ts)
           : (model_number(a, (int)c) > model_number(b, (int)c)) - (model_number(a, (int)c) < model_number(b, (int)c));
    if (by) return sort_items[i].descending ? -by : by;
  }
  return 0;
}

static void expect_sorted(row *sorted, size_t n, size_t first, size_t last, const char *what) {
  for (size_t i = 1; i < n; i++) { /* insertion sort: stable */
    row r = sorted[i];
    size_t k = i;
    for (; k && by_items(&sorted[k - 1], &r) > 0; k--) sorted[k] = sorted[k - 1];
    sorted[k] = r;
  }
  if (last > n) last = n;
  if (first > last) first = last;
  if (output.len != last - first) fail_msg("%s: %zu rows, expected %zu", what, output.len, last - first);
  for (size_t i = first; i < last; i++) {
    rn_builder b = {0};
    rn_builder_text(&b, "+I|");
    put_key(&b, &sorted[i]);
    rn_builder_printf(&b, "|%s", sorted[i].v_null ? "NULL" : "");
    if (!sorted[i].v_null) rn_builder_int(&b, sorted[i].v);
    rn_builder_char(&b, '|');
    model_time(&b, sorted[i].ts);
    if (strncmp(output.data[i - first], b.data, b.len) != 0) {
      fail_msg("%s, row %zu: %s, expected %s", what, i, output.data[i - first], b.data);
    }
    rn_builder_free(&b);
  }
  clear_lines(&output);
}

static void test_sort_bounded(void **state) {
  (void)state;
  static const rn_sort_item by_text[] = {{COL_S, true, false}, {COL_V, false, true}};
  static const rn_sort_item by_number[] = {{COL_D, false, false}, {COL_K, true, true}};
  static const rn_sort_item *const sets[] = {by_text, by_number};
  static const int64_t limits[][2] = {{-1, 0}, {10, 0}, {10, 5}, {0, 0}, {5000, 890}, {-1, 7}};
  for (uint32_t set = 0; set < 2; set++) {
    for (uint32_t l = 0; l < 6; l++) {
      random_state = 17 + l;
      sort_items = sets[set];
      sort_count = 2;
      rn_plan_node node = {.kind = RN_NODE_SORT, .path = "s", .fingerprint = "s", .schema = input_schema()};
      node.u.sort.items = sort_items;
      node.u.sort.item_count = 2;
      node.u.sort.limit = limits[l][0];
      node.u.sort.offset = limits[l][1];
      bench b = {.node = &node, .context = {.hash_seed = 3, .batch_rows = 64}};
      bench_open(&b, 1);
      uint32_t passes = limits[l][0] == 10 ? 12 : 1; /* enough rows that the buffer is cut back */
      static row all[12 * ROWS];
      for (uint32_t p = 0; p < passes; p++) {
        for (uint32_t i = 0; i < ROWS; i++) all[p * ROWS + i] = random_row((int64_t)(p * ROWS + i) * 1000);
        for (uint32_t i = 0; i < ROWS; i += 90) {
          bench_rows(&b, &all[p * ROWS + i], 90);
          if (i % 270 == 0) bench_snapshot(&b);
          if (i == 540) bench_restore(&b, 1);
        }
      }
      bench_end(&b);
      int64_t last = limits[l][0] < 0 ? INT32_MAX : limits[l][0] + limits[l][1];
      expect_sorted(all, (size_t)passes * ROWS, (size_t)limits[l][1], (size_t)last, "bounded sort");
      bench_close(&b);
      bench_forget(&b);
    }
  }
}

static void test_sort_temporal(void **state) {
  (void)state;
  static const rn_sort_item items[] = {{COL_TS, false, true}, {COL_V, true, false}};
  sort_items = items;
  sort_count = 2;
  random_state = 23;
  rn_plan_node node = {.kind = RN_NODE_SORT, .path = "s", .fingerprint = "s", .schema = input_schema()};
  node.u.sort.items = items;
  node.u.sort.item_count = 2;
  node.u.sort.temporal = true;
  node.u.sort.limit = -1;
  bench b = {.node = &node, .context = {.hash_seed = 3, .batch_rows = 5}};
  bench_open(&b, 1);
  static row used[ROWS];
  size_t n = 0, sorted_upto = 0;
  uint64_t late = 0, late_seen = 0;
  int64_t now = 100 * SECOND, processed = 0, watermark = RN_WATERMARK_NONE;
  (void)sorted_upto;
  for (uint32_t i = 0; i < ROWS; i++) {
    now += pick(4) * 100000;
    row r = random_row(now - pick(30) * 100000);
    bench_rows(&b, &r, 1);
    if (r.ts <= processed) late++;
    else used[n++] = r;
    if (pick(5) == 0) {
      watermark = now - SECOND > watermark ? now - SECOND : watermark;
      bench_watermark(&b, watermark);
      for (size_t k = 0; k < n; k++) {
        if (used[k].ts <= watermark && used[k].ts > processed) processed = used[k].ts;
      }
    }
    if (pick(50) == 0) {
      late_seen += bench_late(&b);
      bench_snapshot(&b);
      bench_restore(&b, 1);
    }
  }
  bench_end(&b);
  late_seen += bench_late(&b);
  assert_int_equal(late_seen, late);
  assert_true(late > 5);
  expect_sorted(used, n, 0, n, "temporal sort");
  bench_close(&b);
  bench_forget(&b);
}

/* --- LIMIT, WATERMARK ------------------------------------------------------------------------------------------- */

static void test_limit(void **state) {
  (void)state;
  for (uint32_t size = 1; size < 40; size += 6) {
    random_state = size;
    rn_plan_node node = {.kind = RN_NODE_LIMIT, .path = "l", .fingerprint = "l", .schema = input_schema()};
    node.u.limit.limit = 23;
    node.u.limit.offset = 9;
    bench b = {.node = &node, .context = {.hash_seed = 3, .batch_rows = 5}};
    bench_open(&b, 1);
    for (uint32_t i = 0; i < 100; i++) {
      rows[i] = random_row(SECOND);
      rows[i].k = i;
      rows[i].k_null = false;
    }
    for (uint32_t i = 0; i < 100; i += size) {
      bench_rows(&b, &rows[i], i + size < 100 ? size : 100 - i);
      bench_snapshot(&b);
      bench_restore(&b, 1);
    }
    assert_int_equal(output.len, 23);
    for (size_t i = 0; i < 23; i++) assert_int_equal(atoi(output.data[i] + 3), (int)i + 9);
    bench_close(&b);
    bench_forget(&b);
    clear_lines(&output);
  }
}

static void test_watermark(void **state) {
  (void)state;
  rn_schema in = input_schema();
  rn_clock clock = {0};
  rn_clock_set_us(&clock, 5000 * SECOND);
  rn_plan_node node = {.kind = RN_NODE_WATERMARK, .path = "m", .schema = in};
  node.u.watermark.rowtime_column = COL_TS;
  node.u.watermark.expr = rn_expr_column(&fixture_arena, COL_TS, in.fields[COL_TS].type, (rn_span){0, 0});
  rn_zone *zone = NULL;
  rn_error err = {0};
  assert_int_equal(rn_zone_open("UTC", &zone, &err), RN_OK);
  for (int interval = 0; interval < 2; interval++) {
    node.u.watermark.interval_us = interval * 200000;
    bench b = {.node = &node, .context = {.hash_seed = 3, .batch_rows = 100, .clock = &clock, .zone = zone}};
    bench_open(&b, 1);
    const capture *sink = (const capture *)b.sinks[0];
    static const int64_t times[] = {10, 12, 11, 30};
    for (int i = 0; i < 4; i++) rows[i] = random_row(times[i] * SECOND);
    bench_rows(&b, rows, 4);
    assert_int_equal(output.len, 4);
    assert_int_equal(sink->watermark_us, 30 * SECOND);
    /* with interval 0 every row that advances time ends a batch: 10, 12, then 11 and 30 together */
    assert_int_equal(b.sinks[0]->counters.batches_in, interval ? 1 : 3);
    row step = random_row(30 * SECOND + 100000); /* less than the interval: later, by the timer */
    bench_rows(&b, &step, 1);
    assert_int_equal(sink->watermark_us, interval ? 30 * SECOND : 30 * SECOND + 100000);
    if (interval) {
      rn_clock_set_us(&clock, rn_clock_now_us(&clock) + 200000);
      assert_int_equal(rn_operator_fire_timer(b.ops[0], rn_clock_now_us(&clock), &err), RN_OK);
      assert_int_equal(sink->watermark_us, 30 * SECOND + 100000);
    }
    row old = random_row(3 * SECOND); /* never goes back */
    bench_rows(&b, &old, 1);
    assert_int_equal(sink->watermark_us, 30 * SECOND + 100000);
    bench_close(&b);
    clear_lines(&output);
  }
  rn_zone_close(zone);
}

static int set_up(void **state) {
  (void)state;
  rn_arena_init(&fixture_arena);
  return 0;
}
static int tear_down(void **state) {
  (void)state;
  rn_arena_free(&fixture_arena);
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_group_by), cmocka_unit_test(test_global), cmocka_unit_test(test_distinct_rows),
                                     cmocka_unit_test(test_sort_bounded), cmocka_unit_test(test_sort_temporal),
                                     cmocka_unit_test(test_limit), cmocka_unit_test(test_watermark)};
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
