/* HOLD driven directly, against a model that keeps a cell per key and window: every mix of early and late delays, results
 * that do not change, late windows, the clock and the watermark in any order, epochs and restores with timers on their way
 * into other numbers of instances. */
#include "operator_fixture.h"

enum { CELLS_MAX = 4000, KEYS = 3 }; /* k, v and ts, which stands for the window's end */
static const uint32_t keys[] = {COL_K, COL_V, COL_TS};

typedef struct setup {
  int64_t early_us, late_us, lateness_us;
  bool update_before;
  uint32_t batch_rows;
} setup;

typedef enum phase { EARLY, ON_TIME, LATE } phase;
typedef struct cell {
  row key;
  phase phase;
  bool has_shown, has_waiting, counting, begun;
  row shown, waiting;
  int64_t first_us, due_us; /* of the phase */
} cell;
static cell cells[CELLS_MAX];
static uint32_t cell_count;
static lines expected;

static char *text_of(const char *kind, const row *r) {
  rn_builder b = {0};
  rn_builder_text(&b, kind);
  put_row_text(&b, r);
  return rn_builder_take(&b);
}

static bool same_row(const row *a, const row *b) {
  char *x = text_of("", a), *y = text_of("", b);
  bool same = strcmp(x, y) == 0;
  rn_free(x);
  rn_free(y);
  return same;
}

static void model_show(const setup *s, cell *c) {
  if (!c->has_waiting) return;
  c->has_waiting = false;
  if (c->has_shown && same_row(&c->shown, &c->waiting)) return;
  if (c->has_shown && s->update_before) RN_VEC_PUSH(&expected, text_of("-U", &c->shown));
  RN_VEC_PUSH(&expected, text_of(c->has_shown ? "+U" : "+I", &c->waiting));
  c->shown = c->waiting;
  c->has_shown = true;
}

static cell *find_cell(const row *r) {
  for (uint32_t i = 0; i < cell_count; i++) {
    const row *k = &cells[i].key;
    if (k->ts == r->ts && k->k_null == r->k_null && (r->k_null || k->k == r->k) && k->v_null == r->v_null && (r->v_null || k->v == r->v))
      return &cells[i];
  }
  assert_true(cell_count < CELLS_MAX);
  cells[cell_count] = (cell){.key = *r};
  return &cells[cell_count++];
}

static void model_row(const setup *s, const row *r, int64_t watermark, int64_t now) {
  cell *c = find_cell(r);
  bool late = r->ts - 1000 <= watermark;
  if (late && c->phase == EARLY) c->phase = LATE;
  c->waiting = *r;
  c->has_waiting = true;
  int64_t delay = late ? s->late_us : s->early_us;
  if (delay == 0 || c->phase == LATE) model_show(s, c);
  else if (delay > 0 && !c->counting) {
    if (!c->begun) c->first_us = now;
    c->begun = c->counting = true;
    c->due_us = c->first_us + delay;
    while (c->due_us <= now) c->due_us += delay;
  }
}

static void model_clock(const setup *s, int64_t now) {
  for (uint32_t i = 0; i < cell_count; i++) {
    cell *c = &cells[i];
    if (!c->counting || c->due_us > now) continue;
    c->counting = false;
    model_show(s, c);
  }
}

static void model_watermark(const setup *s, int64_t watermark) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < cell_count; i++) {
    cell *c = &cells[i];
    bool fires = c->key.ts - 1000 <= watermark, goes = watermark == RN_WATERMARK_END || c->key.ts - 1000 + s->lateness_us <= watermark;
    if (goes || (fires && c->phase == EARLY)) model_show(s, c);
    if (fires && c->phase == EARLY) {
      c->phase = ON_TIME;
      c->begun = c->counting = false;
    }
    if (!goes) cells[kept++] = *c;
  }
  cell_count = kept;
}

static void deliver_clock(bench *b, rn_clock *clock, int64_t now) {
  rn_error err = {0};
  rn_clock_set_us(clock, now);
  for (unsigned i = 0; i < b->count; i++) assert_int_equal(rn_operator_fire_timer(b->ops[i], now, &err), RN_OK);
}

/* Few values: results often do not change. */
static row held_row(int64_t ts) {
  row r = random_row(ts);
  r.v = (int32_t)pick(2);
  r.d_null = true;
  r.f = true;
  if (pick(2)) r.s_null = true;
  return r;
}

static void run(const setup *s) {
  char what[200];
  (void)snprintf(what, sizeof what, "early %lld late %lld lateness %lld -U %d batches of %u", (long long)s->early_us,
                 (long long)s->late_us, (long long)s->lateness_us, s->update_before, s->batch_rows);
  random_state = 77 + s->batch_rows + (uint64_t)s->update_before;
  rn_clock clock = {0};
  int64_t now = 1000 * SECOND, watermark = RN_WATERMARK_NONE, time = 0;
  rn_clock_set_us(&clock, now);
  rn_plan_node node = {.kind = RN_NODE_HOLD, .path = "h", .fingerprint = "h", .schema = input_schema()};
  node.u.hold.window = (rn_window_spec){.kind = RN_WINDOW_TUMBLE, .size_us = 10 * SECOND, .slide_us = 10 * SECOND};
  node.u.hold.key_count = KEYS;
  node.u.hold.end_key = 2;
  node.u.hold.early_us = s->early_us;
  node.u.hold.late_us = s->late_us;
  node.u.hold.lateness_us = s->lateness_us;
  node.u.hold.update_before = s->update_before;
  bench b = {.node = &node, .keys = keys, .key_count = KEYS, .context = {.hash_seed = 3, .batch_rows = s->batch_rows, .clock = &clock}};
  bench_open(&b, 1);
  cell_count = 0;
  for (uint32_t round = 0; round < 300; round++) {
    row rows[32];
    uint32_t n = 0, wanted = pick(s->batch_rows < 24 ? s->batch_rows + 1 : 24);
    while (n < wanted) {
      time += pick(8) == 0 ? SECOND : 0;
      int64_t ts = (time / (10 * SECOND) + 1 - (int64_t)pick(4)) * 10 * SECOND;
      if (watermark != RN_WATERMARK_NONE && ts - 1000 + s->lateness_us <= watermark) ts = (time / (10 * SECOND) + 2) * 10 * SECOND;
      if (watermark != RN_WATERMARK_NONE && ts - 1000 + s->lateness_us <= watermark) break; /* would not come so far */
      rows[n] = held_row(ts);
      model_row(s, &rows[n++], watermark, now);
    }
    if (n) bench_rows(&b, rows, n);
    expect_same(&expected, what);
    clear_lines(&output);
    clear_lines(&expected);
    if (pick(3) == 0) {
      now += (int64_t)pick(4) * SECOND;
      deliver_clock(&b, &clock, now);
      model_clock(s, now);
    }
    if (pick(4) == 0 && time - 5 * SECOND > watermark) {
      watermark = time - 5 * SECOND;
      bench_watermark(&b, watermark);
      model_watermark(s, watermark);
    }
    expect_same(&expected, what);
    clear_lines(&output);
    clear_lines(&expected);
    if (pick(8)) continue;
    bench_snapshot(&b);
    if (pick(2)) bench_restore(&b, 1 + pick(INSTANCES_MAX));
    if (watermark != RN_WATERMARK_NONE) bench_watermark(&b, watermark);
  }
  bench_end(&b);
  model_watermark(s, RN_WATERMARK_END);
  expect_same(&expected, what);
  assert_int_equal(cell_count, 0);
  clear_lines(&output);
  clear_lines(&expected);
  bench_close(&b);
  bench_forget(&b);
}

static void test_delays(void **state) {
  (void)state;
  static const int64_t delays[] = {-1, 0, 3 * SECOND};
  static const uint32_t sizes[] = {1, 2, 7, 300};
  for (int early = 0; early < 3; early++)
    for (int late = 0; late < 3; late++)
      for (unsigned i = 0; i < 8; i++)
        run(&(setup){.early_us = delays[early], .late_us = delays[late], .lateness_us = late ? 20 * SECOND : 0,
                     .update_before = i & 1u, .batch_rows = sizes[i / 2]});
}

/* The clock ends the windows too; a window's last period may end with it or behind it. */
static void test_processing_time(void **state) {
  (void)state;
  rn_clock clock = {0};
  rn_error err = {0};
  int64_t now = 1000 * SECOND, end = 0;
  rn_clock_set_us(&clock, now);
  rn_plan_node node = {.kind = RN_NODE_HOLD, .path = "h", .fingerprint = "h", .schema = input_schema()};
  node.u.hold.window = (rn_window_spec){.kind = RN_WINDOW_TUMBLE, .processing_time = true, .size_us = 10 * SECOND, .slide_us = 10 * SECOND};
  node.u.hold.key_count = KEYS;
  node.u.hold.end_key = 2;
  node.u.hold.early_us = 3 * SECOND;
  node.u.hold.late_us = -1;
  node.u.hold.update_before = true;
  const setup s = {.early_us = 3 * SECOND, .late_us = -1, .update_before = true};
  bench b = {.node = &node, .keys = keys, .key_count = KEYS, .context = {.hash_seed = 3, .batch_rows = 5, .clock = &clock}};
  bench_open(&b, 1);
  cell_count = 0;
  random_state = 5;
  for (uint32_t round = 0; round < 600; round++) {
    row rows[8];
    uint32_t n = pick(8);
    end = (now / (10 * SECOND) + 1) * 10 * SECOND;
    for (uint32_t i = 0; i < n; i++) {
      rows[i] = held_row(end);
      model_row(&s, &rows[i], RN_WATERMARK_NONE, now);
    }
    if (n) bench_rows(&b, rows, n);
    bench_watermark(&b, (int64_t)round * SECOND); /* says nothing here */
    expect_same(&expected, "processing time: rows");
    if (pick(6) == 0) {
      bench_snapshot(&b);
      bench_restore(&b, 1 + pick(INSTANCES_MAX));
    }
    now += (int64_t)pick(3) * SECOND;
    deliver_clock(&b, &clock, now);
    model_clock(&s, now);
    model_watermark(&s, now - 1000); /* windows that end by now */
    expect_same(&expected, "processing time: clock");
    clear_lines(&output);
    clear_lines(&expected);
  }
  for (unsigned i = 0; i < b.count; i++) assert_int_equal(rn_deliver_watermark(b.ops[i], 0, RN_WATERMARK_END, &err), RN_OK);
  model_watermark(&s, RN_WATERMARK_END);
  expect_same(&expected, "processing time: end");
  clear_lines(&output);
  clear_lines(&expected);
  bench_close(&b);
  bench_forget(&b);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_delays), cmocka_unit_test(test_processing_time)};
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
