/* GROUP BY, DISTINCT, ORDER BY, LIMIT and WATERMARK operators, driven directly. */
#include "aggregate_model.h"
#include "base/calendar.h"

enum { ROWS = 900 };
static row rows[ROWS];
static lines expected;

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

/* What rows[begun..upto] do to the result of a key that is among them. */
static void expect_change(const rn_agg_call *calls, uint32_t count, uint32_t begun, uint32_t upto, const row *key, bool update_before) {
  char *before = begun ? group_text(calls, count, begun - 1, key) : NULL, *after = group_text(calls, count, upto, key);
  if (!before) {
    expect_line("+I", after);
  } else if (strcmp(before, after) != 0) {
    if (update_before) expect_line("-U", before);
    expect_line("+U", after);
  }
  rn_free(before);
  rn_free(after);
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
    if (mode == BY_RECORD) expect_change(calls, count, i, i, &rows[i], update_before);
    if (i + 1 - begun < batch_rows && i + 1 < ROWS) continue;
    bench_rows(&b, &rows[begun], i + 1 - begun);
    for (uint32_t r = begun; r <= i && mode == BY_BATCH; r++) { /* one change per key of the batch */
      bool earlier = false;
      for (uint32_t e = begun; e < r; e++) earlier = earlier || same_key(&rows[e], &rows[r]);
      if (earlier) continue;
      expect_change(calls, count, begun, i, &rows[r], update_before);
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
  rn_agg_call lists[] = {make_call("LISTAGG", COL_S, -1, false), make_call("LISTAGG", COL_S, COL_F, true),
                         make_call("ARRAY_AGG IGNORE NULLS", COL_V, -1, false), make_call("ARRAY_AGG IGNORE NULLS", COL_S, -1, true),
                         make_call("FIRST_VALUE RESPECT NULLS", COL_V, COL_F, false), make_call("LAST_VALUE RESPECT NULLS", COL_V, -1, false),
                         make_call("BIT_AND", COL_V, -1, false), make_call("BIT_XOR", COL_V, -1, true),
                         make_call("APPROX_COUNT_DISTINCT", COL_S, -1, false)};
  rn_agg_call steady[] = {make_call("MAX", COL_V, -1, false)}; /* mostly unchanged */
  static const uint32_t sizes[] = {1, 2, 7, 300};
  for (uint32_t s = 0; s < 4; s++) {
    for (int mode = BY_RECORD; mode <= FOLD; mode++) {
      for (int epochs = 0; epochs < 2; epochs++) {
        run_group(set, 6, mode, true, sizes[s], epochs);
        run_group(steady, 1, mode, epochs, sizes[s], epochs);
        if (sizes[s] != 1) run_group(lists, 9, mode, true, sizes[s], epochs);
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

/* Nested values are kept whole, and a change shows the old one although the state has the new one already. */
static void test_nested_value(void **state) {
  (void)state;
  static const char *const names[] = {"s", "n"};
  const rn_type *parts[] = {rn_type_basic(RN_T_VARCHAR, true), rn_type_basic(RN_T_INT, true)};
  rn_field in[] = {{"r", rn_type_row(&fixture_arena, 2, names, parts, true)}};
  rn_agg_call call;
  rn_error err = {0};
  assert_int_equal(rn_aggregate_resolve(rn_slice_of("LAST_VALUE"), &in[0].type, 1, false, false, (rn_span){0, 0}, &fixture_arena,
                                        &call, &err), RN_OK);
  call.argument = 0;
  rn_field fields[] = {{"l", call.result}};
  rn_plan_node node = {.kind = RN_NODE_GROUP_AGG, .path = "g", .fingerprint = "g", .schema = {1, fields}};
  node.u.group_agg.call_count = 1;
  node.u.group_agg.calls = &call;
  node.u.group_agg.update_before = true;
  bench b = {.node = &node, .context = {.hash_seed = 3, .batch_rows = 10}};
  bench_open(&b, 1);
  static const char *const texts[] = {"the first long text", NULL, "the second long text", "x"};
  rn_arena arena;
  rn_arena_init(&arena);
  rn_batch batch;
  rn_batch_init(&batch, &(rn_schema){1, in}, 4, &arena);
  rn_column_nullable(&batch.columns[0], 4, &arena);
  for (uint32_t i = 0; i < 4; i++) {
    rn_column *c = batch.columns[0].children;
    ((rn_str *)c[0].data)[i] = rn_str_make(texts[i] ? texts[i] : "", texts[i] ? strlen(texts[i]) : 0);
    ((int32_t *)c[1].data)[i] = (int32_t)i;
    if (!texts[i]) rn_set_null(&batch.columns[0], i);
  }
  batch.rows = batch.live_count = 4;
  assert_int_equal(rn_deliver_batch(b.ops[0], 0, &batch, &err), RN_OK);
  static const char *const wanted[] = {"+I|(the first long text, 0)", "-U|(the first long text, 0)", "+U|(the second long text, 2)",
                                       "-U|(the second long text, 2)", "+U|(x, 3)"};
  assert_int_equal(output.len, 5);
  for (size_t i = 0; i < 5; i++) assert_string_equal(output.data[i], wanted[i]);
  bench_close(&b);
  clear_lines(&output);
  rn_arena_free(&arena);
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
  size_t n = 0;
  uint64_t late = 0, late_seen = 0;
  int64_t now = 100 * SECOND, processed = 0, watermark = RN_WATERMARK_NONE;
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

static rn_zone *open_utc(void) {
  rn_zone *zone = NULL;
  rn_error err = {0};
  assert_int_equal(rn_zone_open("UTC", &zone, &err), RN_OK);
  return zone;
}

static void test_watermark(void **state) {
  (void)state;
  rn_schema in = input_schema();
  rn_clock clock = {0};
  rn_clock_set_us(&clock, 5000 * SECOND);
  rn_plan_node node = {.kind = RN_NODE_WATERMARK, .path = "m", .schema = in};
  node.u.watermark.rowtime_column = COL_TS;
  node.u.watermark.expr = rn_expr_column(&fixture_arena, COL_TS, in.fields[COL_TS].type, (rn_span){0, 0});
  rn_zone *zone = open_utc();
  rn_error err = {0};
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

/* --- splits --------------------------------------------------------------------------------------------------------- */

/* A source of three splits (or as many as `count` says) that only says what it is asked. */
enum { SPLITS_MAX = 16 };
struct rn_source {
  bool paused[SPLITS_MAX], ended[SPLITS_MAX];
  uint32_t count;
  int64_t lag, split_lag[SPLITS_MAX];
  char names[SPLITS_MAX][16];
};
static struct rn_source three;
static rn_status three_open(const rn_source_spec *spec, rn_source **out, rn_error *err) {
  (void)spec, (void)err;
  for (int i = 0; i < SPLITS_MAX; i++) (void)snprintf(three.names[i], sizeof three.names[i], "t/%d", i);
  *out = &three;
  return RN_OK;
}
static uint32_t three_splits(rn_source *source) { return source->count; }
static const char *three_name(rn_source *source, uint32_t split) { return source->names[split]; }
static bool three_active(rn_source *source, uint32_t split) { return !source->ended[split]; }
static int64_t three_lag(rn_source *source) { return source->lag; }
static int64_t three_split_lag(rn_source *source, uint32_t split) { return source->split_lag[split]; }
static void three_pause(rn_source *source, uint32_t split, bool paused) { source->paused[split] = paused; }
static void three_close(rn_source *source) { (void)source; }
static const rn_connector three_connector = {.name = "three", .source_open = three_open, .source_splits = three_splits,
                                             .source_split_name = three_name, .split_active = three_active, .lag = three_lag,
                                             .split_lag = three_split_lag, .pause_split = three_pause, .source_close = three_close};

typedef struct split_bench {
  bench b;
  rn_operator *scan;
  rn_plan_node node, scan_node;
  rn_table_spec table;
  rn_clock clock;
} split_bench;

static void split_open(split_bench *s, rn_zone *zone, int64_t idle_us) {
  static uint32_t columns[INPUT_COLUMNS];
  static rn_table_column table_columns[INPUT_COLUMNS];
  rn_schema in = input_schema();
  rn_error err = {0};
  memset(s, 0, sizeof *s);
  memset(&three, 0, sizeof three);
  three.count = 3;
  for (uint32_t c = 0; c < INPUT_COLUMNS; c++) {
    columns[c] = c;
    table_columns[c] = (rn_table_column){.name = in.fields[c].name, .type = in.fields[c].type};
  }
  s->table = (rn_table_spec){.name = "t", .column_count = INPUT_COLUMNS, .columns = table_columns, .connector = &three_connector};
  s->scan_node = (rn_plan_node){.kind = RN_NODE_SCAN, .path = "scan", .schema = in};
  s->scan_node.u.scan.table = &s->table;
  s->scan_node.u.scan.columns = columns;
  s->node = (rn_plan_node){.kind = RN_NODE_WATERMARK, .path = "m", .schema = in};
  s->node.u.watermark.rowtime_column = COL_TS;
  s->node.u.watermark.expr = rn_expr_column(&fixture_arena, COL_TS, in.fields[COL_TS].type, (rn_span){0, 0});
  s->node.u.watermark.interval_us = 200000;
  s->node.u.watermark.idle_timeout_us = idle_us;
  rn_clock_set_us(&s->clock, 5000 * SECOND);
  s->b = (bench){.node = &s->node, .context = {.hash_seed = 3, .batch_rows = 100, .clock = &s->clock, .zone = zone}};
  rn_context context = s->b.context;
  context.parallelism = 1;
  s->scan = rn_operator_new(&rn_op_scan_class, &s->scan_node, &context, 0);
  assert_int_equal(rn_operator_open(s->scan, &err), RN_OK);
  bench_open(&s->b, 1);
  s->b.ops[0]->scan = s->scan;
}
static void split_close(split_bench *s) {
  bench_close(&s->b);
  bench_forget(&s->b);
  rn_operator_free(s->scan);
  clear_lines(&output);
}

/* n rows of one split, all at `ts`. */
static void split_rows(split_bench *s, uint16_t split, int64_t ts, uint32_t n) {
  static row one;
  rn_schema schema = input_schema();
  rn_arena arena;
  rn_error err = {0};
  rn_batch batch;
  rn_arena_init(&arena);
  rn_batch_init(&batch, &schema, n, &arena);
  for (uint32_t c = 0; c < INPUT_COLUMNS; c++) rn_column_nullable(&batch.columns[c], n, &arena);
  one = random_row(ts);
  for (uint32_t i = 0; i < n; i++) put_row(&batch, i, &one);
  rn_run run = {.split = split};
  batch.rows = batch.live_count = n;
  batch.runs = &run;
  batch.run_count = 1;
  assert_int_equal(rn_deliver_batch(s->b.ops[0], 0, &batch, &err), RN_OK);
  rn_arena_free(&arena);
  clear_lines(&output);
}
static void split_pass(split_bench *s, int64_t us) {
  rn_error err = {0};
  rn_clock_set_us(&s->clock, rn_clock_now_us(&s->clock) + us);
  assert_int_equal(rn_operator_fire_timer(s->b.ops[0], rn_clock_now_us(&s->clock), &err), RN_OK);
}
static int64_t split_watermark(const split_bench *s) { return ((const capture *)s->b.sinks[0])->watermark_us; }

static void test_splits(void **state) {
  (void)state;
  rn_zone *zone = open_utc();
  split_bench s;
  split_open(&s, zone, 10 * SECOND);
  ((capture *)s.b.sinks[0])->watermark_us = RN_WATERMARK_NONE;
  split_rows(&s, 0, 100 * SECOND, 1);
  split_rows(&s, 1, 90 * SECOND, 1);
  assert_int_equal(split_watermark(&s), RN_WATERMARK_NONE); /* split 2 has not spoken */
  split_rows(&s, 2, 95 * SECOND, 1);
  assert_int_equal(split_watermark(&s), 90 * SECOND);
  three.ended[1] = true; /* read to its end: does not count any more */
  split_rows(&s, 2, 97 * SECOND, 1);
  assert_int_equal(split_watermark(&s), 97 * SECOND);
  bench_snapshot(&s.b); /* restored: every split stands where it stood */
  bench_restore(&s.b, 1);
  s.b.ops[0]->scan = s.scan;
  ((capture *)s.b.sinks[0])->watermark_us = RN_WATERMARK_NONE;
  split_rows(&s, 0, 99 * SECOND, 1);
  assert_int_equal(split_watermark(&s), 97 * SECOND);
  split_pass(&s, 6 * SECOND);
  split_rows(&s, 0, 101 * SECOND, 1);
  split_pass(&s, 6 * SECOND); /* split 2 has been silent for 12 s: idle */
  assert_int_equal(split_watermark(&s), 101 * SECOND);
  assert_false(s.b.sinks[0]->input_idle[0]);
  split_pass(&s, 20 * SECOND); /* all are */
  assert_true(s.b.sinks[0]->input_idle[0]);
  split_rows(&s, 2, 102 * SECOND, 1);
  assert_false(s.b.sinks[0]->input_idle[0]);
  split_close(&s);
  rn_zone_close(zone);
}

/* Replaying history: the split that is far ahead waits while the slowest sends rows. */
static void test_split_ahead_waits(void **state) {
  (void)state;
  rn_zone *zone = open_utc();
  for (int much_left = 0; much_left < 2; much_left++) {
    split_bench s;
    split_open(&s, zone, 0);
    three.lag = much_left ? 5000000 : 50;
    for (int i = 0; i < 3; i++) split_rows(&s, (uint16_t)i, 100 * SECOND, 1);
    for (int round = 0; round < 300; round++) {
      split_rows(&s, 1, (200 + round) * SECOND, RN_BATCH_ROWS_MAX);
      if (round % 30 == 0) split_rows(&s, 0, (100 + round / 10) * SECOND, 1), split_rows(&s, 2, (150 + round / 10) * SECOND, 1);
      split_pass(&s, 20000);
    }
    assert_int_equal(three.paused[1], much_left);
    assert_false(three.paused[0] || three.paused[2]);
    if (much_left) {
      for (int t = 0; t < 3; t++) { /* the slow ones come near: it goes on */
        split_pass(&s, SECOND);
        split_rows(&s, 0, 495 * SECOND, 1);
        split_rows(&s, 2, 495 * SECOND, 1);
      }
      assert_false(three.paused[1]);
      for (int round = 0; round < 300; round++) {
        split_rows(&s, 1, (900 + round) * SECOND, RN_BATCH_ROWS_MAX);
        if (round % 30 == 0) split_rows(&s, 0, 496 * SECOND, 1), split_rows(&s, 2, 496 * SECOND, 1);
        split_pass(&s, 20000);
      }
      assert_true(three.paused[1]);
      split_pass(&s, 3 * SECOND); /* the slow ones fell silent: waiting for them would gain nothing */
      split_pass(&s, SECOND);
      assert_false(three.paused[1]);
    }
    split_close(&s);
  }
  rn_zone_close(zone);
}

/* Rows that the slowest one has passed are not ahead any more: minutes of a split that are few rows are no reason to wait. */
static void test_few_rows_ahead(void **state) {
  (void)state;
  rn_zone *zone = open_utc();
  split_bench s;
  split_open(&s, zone, 0);
  three.lag = 5000000;
  for (int round = 0; round < 2000; round++) { /* four million rows, 200,000 of them in the 100 s between them */
    split_rows(&s, 1, (200 + round) * SECOND, RN_BATCH_ROWS_MAX);
    split_rows(&s, 0, (100 + round) * SECOND, 1);
    split_rows(&s, 2, (150 + round) * SECOND, 1);
    split_pass(&s, 20000);
    assert_false(three.paused[1]);
  }
  split_close(&s);
  rn_zone_close(zone);
}

/* A broker answers with megabytes of one partition behind those of another: a split whose rows lie far back in the answer is waited
 * for before its first one comes, and while others are read. */
static void test_split_that_comes_late_in_the_answer(void **state) {
  (void)state;
  enum { PIECE = 300 };
  rn_zone *zone = open_utc();
  for (int empty = 0; empty < 2; empty++) {
    split_bench s;
    split_open(&s, zone, 0);
    three.lag = 5000000;
    for (int i = 0; i < 3; i++) three.split_lag[i] = empty && i == 2 ? 0 : 1000000;
    for (uint16_t i = 0; i < 2; i++) {
      for (int n = 0; n < PIECE && !three.paused[i]; n++) {
        split_rows(&s, i, (3600 * i + n) * SECOND, RN_BATCH_ROWS_MAX);
        split_pass(&s, 20000);
      }
    }
    assert_int_equal(three.paused[0], !empty); /* who has no records is not waited for */
    assert_int_equal(three.paused[1], !empty);
    if (!empty) { /* its first row: now split 0 is the slowest, and is heard of again before the others go on */
      split_rows(&s, 2, 7200 * SECOND, 1);
      split_pass(&s, 2 * SECOND);
      assert_false(three.paused[0]);
      assert_true(three.paused[1]);
      for (int n = 0; n < PIECE && !three.paused[2]; n++) {
        split_rows(&s, 2, (7200 + n) * SECOND, RN_BATCH_ROWS_MAX);
        split_pass(&s, 20000);
      }
      assert_true(three.paused[2]); /* although split 0 has been silent for seconds */
      assert_false(three.paused[0]);
      split_pass(&s, 20 * SECOND); /* its partition cannot be read: the others do not wait for ever */
      split_pass(&s, 2 * SECOND);
      assert_false(three.paused[0] || three.paused[1] || three.paused[2]);
    }
    split_close(&s);
  }
  rn_zone_close(zone);
}

/* 16 partitions whose times differ by hours, read in turn a batch at a time: rows that the watermark has not passed (what windows
 * and buffers hold, at 100 bytes a row and more) stay below 64 MB where splits wait, and do not where they cannot. */
static void test_replay_of_16_splits(void **state) {
  (void)state;
  enum { BATCHES = 100, EVERY = 90 };
  static int64_t at[SPLITS_MAX][BATCHES];
  rn_zone *zone = open_utc();
  int64_t most[2] = {0, 0}, passes = 0;
  for (int waits = 0; waits < 2; waits++) {
    split_bench s;
    split_open(&s, zone, 0);
    s.b.ops[0]->edge_count = 0; /* nobody reads the rows: they are counted here */
    three.count = SPLITS_MAX;
    uint32_t given[SPLITS_MAX] = {0}, left = SPLITS_MAX * BATCHES;
    while (left) {
      int64_t least = INT64_MAX, held = 0;
      for (uint16_t i = 0; i < SPLITS_MAX; i++) {
        if (given[i] == BATCHES || three.paused[i]) continue;
        int64_t ts = (i * 3600 + (int64_t)given[i] * EVERY) * SECOND;
        three.lag = waits ? (int64_t)left * RN_BATCH_ROWS_MAX : 0;
        at[i][given[i]++] = ts;
        left--;
        split_rows(&s, i, ts, RN_BATCH_ROWS_MAX);
        if (given[i] == BATCHES) three.ended[i] = true;
      }
      for (uint32_t i = 0; i < SPLITS_MAX; i++)
        if (!three.ended[i] && at[i][given[i] - 1] < least) least = at[i][given[i] - 1];
      for (uint32_t i = 0; i < SPLITS_MAX; i++)
        for (uint32_t k = 0; k < given[i]; k++) held += at[i][k] > least ? RN_BATCH_ROWS_MAX : 0;
      if (held > most[waits]) most[waits] = held;
      split_pass(&s, 1000 * SPLITS_MAX); /* two million rows a second */
      passes++;
      assert_true(passes < 100000); /* nobody waits for ever */
    }
    split_close(&s);
  }
  rn_zone_close(zone);
  print_message("rows ahead of the watermark, at most: %lld; without waiting: %lld\n", (long long)most[1], (long long)most[0]);
  assert_true(most[1] * 100 < 64 << 20);
  assert_true(most[0] * 100 > 64 << 20);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_group_by), cmocka_unit_test(test_global), cmocka_unit_test(test_distinct_rows), cmocka_unit_test(test_nested_value),
                                     cmocka_unit_test(test_sort_bounded), cmocka_unit_test(test_sort_temporal),
                                     cmocka_unit_test(test_limit), cmocka_unit_test(test_watermark),
                                     cmocka_unit_test(test_splits), cmocka_unit_test(test_split_ahead_waits),
                                     cmocka_unit_test(test_few_rows_ahead),
                                     cmocka_unit_test(test_split_that_comes_late_in_the_answer),
                                     cmocka_unit_test(test_replay_of_16_splits)};
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
