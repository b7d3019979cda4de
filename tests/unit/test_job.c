/* Jobs over hand-made plans: epochs, stop and resume, failure in the middle, exchanges at parallelism 2 restored
 * into 1, --until-end, queries with a cursor. */
#include "tests/unit/job_fixture.h"

enum { KEYS = 97 };

typedef struct outcome {
  rn_job_state state;
  rn_error err;
  rn_job_stats stats;
} outcome;

static void config_default(rn_job_config *c, rn_store *store) {
  *c = (rn_job_config){.name = "j", .store = store, .epoch_interval_us = 2000};
}

static outcome run(const rn_plan *plan, const rn_job_config *config) {
  outcome o = {0};
  rn_error_clear(&o.err);
  rn_job *job = NULL;
  if (rn_job_open(plan, config, &job, &o.err) != RN_OK) {
    o.state = RN_JOB_FAILED;
    return o;
  }
  assert_int_equal(rn_job_start(job, &o.err), RN_OK);
  assert_true(rn_job_wait(job, PATIENCE_MS));
  o.state = rn_job_get_state(job, &o.err);
  rn_arena arena = {0};
  rn_job_stats_get(job, &arena, &o.stats);
  o.stats.nodes = NULL;
  rn_arena_free(&arena);
  rn_job_close(job);
  return o;
}

/* --- one task -------------------------------------------------------------------------------------------------- */

static void test_bounded_copy(void **state) {
  (void)state;
  fixture f;
  fixture_open(&f);
  rn_store *store = fixture_store(&f);
  counting numbers_source = {.rows_per_split = 5000, .splits = 3, .keys = KEYS, .fail_at = -1, .slow_us = 1000};
  plan_maker m;
  plan_begin(&m);
  add_sink(&m, add_scan(&m, &numbers_source, 1), "copy", 0);
  m.plan->bounded = true;
  rn_job_config config;
  config_default(&config, store);
  outcome o = run(m.plan, &config);
  if (o.state != RN_JOB_FINISHED) fail_msg("%s", o.err.message);
  assert_int_equal(o.stats.rows_in, 15000);
  assert_int_equal(o.stats.rows_out, 15000);
  assert_int_equal(ask(&f, "SELECT count(*) FROM copy"), 15000);
  assert_int_equal(ask(&f, "SELECT sum(v) FROM copy"), 15000ll * 14999 / 2);
  assert_int_equal(ask(&f, "SELECT count(*) FROM _rn_job WHERE state = 'FINISHED'"), 1);
  assert_int_equal(ask(&f, "SELECT sum(CAST(position AS INTEGER)) FROM _rn_offset"), 15000);
  rn_store_close(store);
  plan_end(&m);
  fixture_close(&f);
}

static void test_stop_and_resume(void **state) {
  (void)state;
  fixture f;
  fixture_open(&f);
  rn_store *store = fixture_store(&f);
  counting source = {.rows_per_split = 4000, .splits = 2, .keys = KEYS, .fail_at = -1};
  plan_maker m;
  plan_begin(&m);
  add_sink(&m, add_scan(&m, &source, 1), "copy", 0);
  m.plan->bounded = true;
  rn_job_config config;
  config_default(&config, store);
  for (int64_t want = 1111; want < 8000; want += 1111) {
    config.stop_after_rows = 1111;
    config.batch_rows = 100;
    outcome o = run(m.plan, &config);
    if (o.state != RN_JOB_STOPPED) fail_msg("%s", o.err.message);
    assert_int_equal(ask(&f, "SELECT count(*) FROM copy"), want);
    assert_int_equal(ask(&f, "SELECT count(*) FROM _rn_job WHERE state = 'STOPPED'"), 1);
    rn_store_close(store); /* another process goes on */
    store = fixture_store(&f);
    config.store = store;
  }
  config.stop_after_rows = 0;
  outcome o = run(m.plan, &config);
  assert_int_equal(o.state, RN_JOB_FINISHED);
  assert_int_equal(ask(&f, "SELECT count(*) FROM copy"), 8000);
  assert_int_equal(ask(&f, "SELECT count(DISTINCT id) FROM copy"), 8000);
  rn_store_close(store);
  plan_end(&m);
  fixture_close(&f);
}

static void test_failure_keeps_epochs(void **state) {
  (void)state;
  fixture f;
  fixture_open(&f);
  rn_store *store = fixture_store(&f);
  counting source = {.rows_per_split = 3000, .splits = 1, .keys = KEYS, .fail_at = 2500, .fail_epoch = 3, .slow_us = 500};
  plan_maker m;
  plan_begin(&m);
  add_sink(&m, add_count(&m, add_scan(&m, &source, 1), 1), "counts", 1);
  rn_job_config config;
  config_default(&config, store);
  config.batch_rows = 50;
  outcome o = run(m.plan, &config);
  assert_int_equal(o.state, RN_JOB_FAILED);
  assert_int_equal(o.err.code, RN_E_CONNECT);
  assert_int_equal(ask(&f, "SELECT count(*) FROM _rn_job WHERE state = 'FAILED' AND error LIKE '%broke at 2500'"), 1);
  int64_t epochs = ask(&f, "SELECT epoch FROM _rn_job");
  int64_t position = ask(&f, "SELECT CAST(position AS INTEGER) FROM _rn_offset");
  assert_true(epochs >= 3);
  assert_true(position > 0 && position <= 2500);
  assert_int_equal(ask(&f, "SELECT sum(n) FROM counts"), position); /* rows, state and offsets are of one epoch */
  source.fail_at = -1;
  o = run(m.plan, &config);
  if (o.state != RN_JOB_FINISHED) fail_msg("%s", o.err.message);
  assert_int_equal(ask(&f, "SELECT sum(n) FROM counts"), 3000);
  assert_int_equal(ask(&f, "SELECT sum(total) FROM counts"), 3000ll * 2999 / 2);
  rn_store_close(store);
  plan_end(&m);
  fixture_close(&f);
}

static void test_changed_query_is_refused(void **state) {
  (void)state;
  fixture f;
  fixture_open(&f);
  rn_store *store = fixture_store(&f);
  counting source = {.rows_per_split = 300, .splits = 1, .keys = KEYS, .fail_at = -1};
  plan_maker m;
  plan_begin(&m);
  rn_plan_node *count = add_count(&m, add_scan(&m, &source, 1), 1);
  add_sink(&m, count, "counts", 1);
  rn_job_config config;
  config_default(&config, store);
  config.stop_after_rows = 100;
  assert_int_equal(run(m.plan, &config).state, RN_JOB_STOPPED);
  count->fingerprint = "group k BIGINT: COUNT, SUM(BIGINT), MAX(BIGINT)";
  outcome o = run(m.plan, &config);
  assert_int_equal(o.err.code, RN_E_STATE_CHANGED);
  assert_non_null(strstr(o.err.message, "group-aggregate"));
  assert_non_null(strstr(o.err.message, "MAX(BIGINT)"));
  rn_error err;
  rn_error_clear(&err);
  assert_int_equal(rn_store_forget_job(store, "j", &err), RN_OK);
  config.stop_after_rows = 0;
  assert_int_equal(run(m.plan, &config).state, RN_JOB_FINISHED);
  assert_int_equal(ask(&f, "SELECT sum(n) FROM counts"), 300);
  rn_store_close(store);
  plan_end(&m);
  fixture_close(&f);
}

static void test_damaged_state_is_an_error(void **state) {
  (void)state;
  fixture f;
  fixture_open(&f);
  rn_store *store = fixture_store(&f);
  counting source = {.rows_per_split = 300, .splits = 1, .keys = KEYS, .fail_at = -1};
  plan_maker m;
  plan_begin(&m);
  add_sink(&m, add_count(&m, add_scan(&m, &source, 1), 1), "counts", 1);
  rn_job_config config;
  config_default(&config, store);
  config.stop_after_rows = 200;
  assert_int_equal(run(m.plan, &config).state, RN_JOB_STOPPED);
  tell(&f, "UPDATE _rn_state SET blob = CAST(substr(blob, 1, length(blob) - 1) || x'5a' AS BLOB)"
           " WHERE grp = (SELECT max(grp) FROM _rn_state WHERE grp < 128)");
  outcome o = run(m.plan, &config);
  assert_int_equal(o.err.code, RN_E_STATE_CORRUPT);
  assert_non_null(strstr(o.err.message, "op1"));
  rn_store_close(store);
  plan_end(&m);
  fixture_close(&f);
}

/* --- exchanges -------------------------------------------------------------------------------------------------- */

static void make_counting_plan(plan_maker *m, counting *source, uint32_t parallelism) {
  plan_begin(m);
  rn_plan_node *scan = add_scan(m, source, parallelism);
  rn_plan_node *exchange = add_exchange(m, scan, 1);
  add_sink(m, add_count(m, exchange, parallelism), "counts", 1);
}

static void check_counts(fixture *f, int64_t rows) {
  assert_int_equal(ask(f, "SELECT sum(n) FROM counts"), rows);
  assert_int_equal(ask(f, "SELECT sum(total) FROM counts"), rows * (rows - 1) / 2);
  assert_int_equal(ask(f, "SELECT count(*) FROM counts"), KEYS);
}

static void test_parallel_and_rescaled(void **state) {
  (void)state;
  static const uint32_t parallelism[] = {2, 1, 3, 2, 4, 1};
  fixture f;
  fixture_open(&f);
  rn_store *store = fixture_store(&f);
  counting source = {.rows_per_split = 5000, .splits = 4, .keys = KEYS, .fail_at = -1};
  for (size_t i = 0; i < 6; i++) {
    plan_maker m;
    make_counting_plan(&m, &source, parallelism[i]);
    rn_job_config config;
    config_default(&config, store);
    config.batch_rows = 128;
    config.stop_after_rows = i < 5 ? 3001 : 0;
    outcome o = run(m.plan, &config);
    if (o.state != (i < 5 ? RN_JOB_STOPPED : RN_JOB_FINISHED)) fail_msg("round %zu: %s", i, o.err.message);
    if (i < 5) assert_int_equal(ask(&f, "SELECT sum(n) FROM counts"), 3001 * (int64_t)(i + 1));
    /* global state of instances that are gone must be gone too */
    char sql[160];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM _rn_state WHERE grp >= 128 + %u AND grp < 192 OR grp >= 192 + %u",
             parallelism[i], parallelism[i]);
    assert_int_equal(ask(&f, sql), 0);
    plan_end(&m);
  }
  check_counts(&f, 20000);
  rn_store_close(store);
  fixture_close(&f);
}

static void test_parallel_many_epochs(void **state) {
  (void)state;
  fixture f;
  fixture_open(&f);
  rn_store *store = fixture_store(&f);
  counting source = {.rows_per_split = 5000, .splits = 4, .keys = KEYS, .fail_at = 12345, .fail_epoch = 4, .slow_us = 100};
  plan_maker m;
  make_counting_plan(&m, &source, 2);
  rn_job_config config;
  config_default(&config, store);
  config.epoch_interval_us = 500;
  config.batch_rows = 32;
  outcome o = run(m.plan, &config);
  assert_int_equal(o.state, RN_JOB_FAILED);
  int64_t position = ask(&f, "SELECT sum(CAST(position AS INTEGER)) FROM _rn_offset");
  assert_int_equal(ask(&f, "SELECT sum(n) FROM counts"), position);
  source.fail_at = -1;
  o = run(m.plan, &config);
  if (o.state != RN_JOB_FINISHED) fail_msg("%s", o.err.message);
  check_counts(&f, 20000);
  assert_true(ask(&f, "SELECT epoch FROM _rn_job") > 3);
  rn_store_close(store);
  plan_end(&m);
  fixture_close(&f);
}

/* --- the ways a job ends -------------------------------------------------------------------------------------------- */

static void test_stop_unbounded(void **state) {
  (void)state;
  fixture f;
  fixture_open(&f);
  rn_store *store = fixture_store(&f);
  counting source = {.rows_per_split = -1, .splits = 2, .keys = KEYS, .fail_at = -1, .slow_us = 500};
  plan_maker m;
  make_counting_plan(&m, &source, 2);
  rn_job_config config;
  config_default(&config, store);
  rn_error err;
  rn_error_clear(&err);
  rn_job *job = NULL;
  if (rn_job_open(m.plan, &config, &job, &err) != RN_OK) fail_msg("%s", err.message);
  assert_int_equal(rn_job_start(job, &err), RN_OK);
  until(&f, "SELECT count(*) FROM _rn_offset WHERE CAST(position AS INTEGER) > 0", 2);
  assert_false(rn_job_wait(job, 20));
  rn_job_stop(job);
  assert_true(rn_job_wait(job, PATIENCE_MS));
  assert_int_equal(rn_job_get_state(job, &err), RN_JOB_STOPPED);
  rn_job_close(job);
  int64_t position = ask(&f, "SELECT sum(CAST(position AS INTEGER)) FROM _rn_offset");
  assert_true(position > 0);
  assert_int_equal(ask(&f, "SELECT sum(n) FROM counts"), position);
  rn_job_open(m.plan, &config, &job, &err);
  rn_arena arena = {0};
  assert_non_null(strstr(rn_job_resumed_text(job, &arena), "count/0 at "));
  rn_arena_free(&arena);
  assert_int_equal(rn_job_start(job, &err), RN_OK);
  assert_false(rn_job_wait(job, 20));
  rn_job_abort(job);
  assert_true(rn_job_wait(job, PATIENCE_MS));
  assert_int_equal(rn_job_get_state(job, &err), RN_JOB_STOPPED);
  rn_job_close(job);
  position = ask(&f, "SELECT sum(CAST(position AS INTEGER)) FROM _rn_offset");
  assert_int_equal(ask(&f, "SELECT sum(n) FROM counts"), position);
  rn_store_close(store);
  plan_end(&m);
  fixture_close(&f);
}

/* Nothing comes in: no epochs are written. */
static void test_idle_job_writes_nothing(void **state) {
  (void)state;
  fixture f;
  fixture_open(&f);
  rn_store *store = fixture_store(&f);
  counting source = {.rows_per_split = -1, .splits = 1, .keys = KEYS, .fail_at = -1, .idle_at = 100};
  plan_maker m;
  make_counting_plan(&m, &source, 1);
  rn_job_config config;
  config_default(&config, store);
  rn_error err;
  rn_error_clear(&err);
  rn_job *job = NULL;
  assert_int_equal(rn_job_open(m.plan, &config, &job, &err), RN_OK);
  assert_int_equal(rn_job_start(job, &err), RN_OK);
  until(&f, "SELECT COALESCE(sum(n), 0) FROM counts", 100);
  int64_t epoch = ask(&f, "SELECT epoch FROM _rn_job");
  usleep(100000); /* 50 intervals */
  assert_in_range(ask(&f, "SELECT epoch FROM _rn_job"), epoch, epoch + 1);
  rn_job_stop(job);
  assert_true(rn_job_wait(job, PATIENCE_MS));
  assert_int_equal(ask(&f, "SELECT count(*) FROM _rn_job WHERE state = 'STOPPED'"), 1);
  rn_job_close(job);
  rn_store_close(store);
  plan_end(&m);
  fixture_close(&f);
}

static void test_until_end(void **state) {
  (void)state;
  fixture f;
  fixture_open(&f);
  rn_store *store = fixture_store(&f);
  counting source = {.rows_per_split = -1, .splits = 2, .keys = KEYS, .fail_at = -1, .end_now = 1000};
  plan_maker m;
  make_counting_plan(&m, &source, 2);
  rn_job_config config;
  config_default(&config, store);
  config.until_end = true;
  config.stop_after_rows = 700; /* interrupted: the next run goes on to the same end */
  assert_int_equal(run(m.plan, &config).state, RN_JOB_STOPPED);
  assert_int_equal(ask(&f, "SELECT count(*) FROM _rn_offset WHERE until = '1000'"), 2);
  source.end_now = 5000;
  config.stop_after_rows = 0;
  outcome o = run(m.plan, &config);
  if (o.state != RN_JOB_STOPPED) fail_msg("%s", o.err.message);
  check_counts(&f, 2000);
  assert_int_equal(ask(&f, "SELECT count(*) FROM _rn_offset WHERE until IS NOT NULL"), 0);
  assert_int_equal(run(m.plan, &config).state, RN_JOB_STOPPED);
  check_counts(&f, 10000);
  rn_store_close(store);
  plan_end(&m);
  fixture_close(&f);
}

static void test_query_with_cursor(void **state) {
  (void)state;
  counting source = {.rows_per_split = 30000, .splits = 2, .keys = KEYS, .fail_at = -1};
  plan_maker m;
  plan_begin(&m);
  rn_plan_node *scan = add_scan(&m, &source, 2);
  rn_plan_node *gather = add_exchange(&m, scan, 0);
  gather->u.exchange.gather = true;
  add_node(&m, RN_NODE_COLLECT, gather, 1);
  rn_cursor *cursor = rn_cursor_new(2);
  rn_job_config config = {.cursor = cursor};
  rn_error err;
  rn_error_clear(&err);
  rn_job *job = NULL;
  if (rn_job_open(m.plan, &config, &job, &err) != RN_OK) fail_msg("%s", err.message);
  assert_int_equal(rn_job_start(job, &err), RN_OK);
  const rn_batch *batch;
  int64_t rows = 0, sum = 0;
  rn_cursor_result r;
  while ((r = rn_cursor_next(cursor, PATIENCE_MS, &batch, &err)) == RN_CURSOR_BATCH) {
    rows += batch->live_count;
    for (uint32_t i = 0; i < batch->live_count; i++) sum += ((int64_t *)batch->columns[0].data)[rn_live(batch, i)];
  }
  assert_int_equal(r, RN_CURSOR_DONE);
  assert_int_equal(rows, 60000);
  assert_int_equal(sum, 60000ll * 59999 / 2);
  assert_true(rn_job_wait(job, PATIENCE_MS));
  assert_int_equal(rn_job_get_state(job, &err), RN_JOB_FINISHED);
  rn_job_close(job);
  rn_cursor_free(cursor);
  plan_end(&m);
}

/* A reader that goes away, and one that never reads: both end without a hang. */
static void test_query_abandoned(void **state) {
  (void)state;
  for (int how = 0; how < 3; how++) {
    counting source = {.rows_per_split = -1, .splits = 2, .keys = KEYS, .fail_at = -1};
    plan_maker m;
    plan_begin(&m);
    rn_plan_node *gather = add_exchange(&m, add_scan(&m, &source, 2), 0);
    gather->u.exchange.gather = true;
    add_node(&m, RN_NODE_COLLECT, gather, 1);
    rn_cursor *cursor = rn_cursor_new(2);
    rn_job_config config = {.cursor = cursor};
    rn_error err;
    rn_error_clear(&err);
    rn_job *job = NULL;
    assert_int_equal(rn_job_open(m.plan, &config, &job, &err), RN_OK);
    assert_int_equal(rn_job_start(job, &err), RN_OK);
    assert_false(rn_job_wait(job, 20));
    if (how == 0) rn_cursor_cancel(cursor);
    if (how == 1) rn_job_stop(job);
    if (how == 2) rn_job_abort(job);
    assert_true(rn_job_wait(job, PATIENCE_MS));
    assert_int_equal(rn_job_get_state(job, &err), RN_JOB_STOPPED);
    rn_job_close(job);
    rn_cursor_free(cursor);
    plan_end(&m);
  }
}

static void test_limit_ends_query(void **state) {
  (void)state;
  counting source = {.rows_per_split = -1, .splits = 2, .keys = KEYS, .fail_at = -1};
  plan_maker m;
  plan_begin(&m);
  rn_plan_node *gather = add_exchange(&m, add_scan(&m, &source, 2), 0);
  gather->u.exchange.gather = true;
  rn_plan_node *limit = add_node(&m, RN_NODE_LIMIT, gather, 1);
  limit->u.limit.limit = 5;
  limit->u.limit.stops_query = true;
  add_node(&m, RN_NODE_COLLECT, limit, 1);
  rn_cursor *cursor = rn_cursor_new(4);
  rn_job_config config = {.cursor = cursor};
  rn_error err;
  rn_error_clear(&err);
  rn_job *job = NULL;
  assert_int_equal(rn_job_open(m.plan, &config, &job, &err), RN_OK);
  assert_int_equal(rn_job_start(job, &err), RN_OK);
  assert_true(rn_job_wait(job, PATIENCE_MS));
  assert_int_equal(rn_job_get_state(job, &err), RN_JOB_FINISHED);
  const rn_batch *batch;
  int64_t rows = 0;
  while (rn_cursor_next(cursor, 0, &batch, &err) == RN_CURSOR_BATCH) rows += batch->live_count;
  assert_int_equal(rows, 5);
  rn_job_close(job);
  rn_cursor_free(cursor);
  plan_end(&m);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_bounded_copy),          cmocka_unit_test(test_stop_and_resume),
      cmocka_unit_test(test_failure_keeps_epochs),  cmocka_unit_test(test_changed_query_is_refused),
      cmocka_unit_test(test_damaged_state_is_an_error), cmocka_unit_test(test_parallel_and_rescaled),
      cmocka_unit_test(test_parallel_many_epochs),  cmocka_unit_test(test_stop_unbounded),
      cmocka_unit_test(test_idle_job_writes_nothing),
      cmocka_unit_test(test_until_end),             cmocka_unit_test(test_query_with_cursor),
      cmocka_unit_test(test_query_abandoned),       cmocka_unit_test(test_limit_ends_query),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
