/* "No rows yet, because ..": a case per reason, on a virtual clock. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "api/runnel.h"

static const int64_t BEGIN_US = 1767225600000000; /* 2026-01-01 00:00:00 */

static void run(runnel *db, const char *sql) {
  if (runnel_exec(db, sql, NULL, NULL) != RUNNEL_OK) fail_msg("%s: %s", sql, runnel_errmsg(db));
}
/* A table whose rows are all due at the start. */
static void make_table(runnel *db, const char *folder, const char *name, const char *rows) {
  char path[128], sql[512];
  (void)snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  for (const char *at = rows; *at;) {
    size_t len = strcspn(at, "\n");
    (void)fprintf(file, "%lld\trow\t%.*s\n", (long long)BEGIN_US, (int)len, at);
    at += len + (at[len] != 0);
  }
  (void)fclose(file);
  (void)snprintf(sql, sizeof sql,
                 "CREATE TABLE %s (id INT, ts TIMESTAMP(3), p AS PROCTIME(), WATERMARK FOR ts AS ts) "
                 "WITH ('connector' = 'fixture', 'path' = '%s', 'format' = 'json', 'on-error' = 'skip')",
                 name, path);
  run(db, sql);
}

static const struct {
  const char *a, *b; /* rows of the two tables */
  const char *query, *wanted; /* wanted NULL: rows came out. What stands before the last ';' runs first */
} cases[] = {
    {"", "", "SELECT id FROM a", "no record of a has been read: there is none now"},
    {"{\"id\":1,\"ts\":\"2026-01-01 00:00:03\"}", "", "SELECT id FROM a", NULL},
    {"{\"id\":\"x\"}\nno json", "", "SELECT id FROM a", "none of the 2 records of a could be read ('on-error' leaves them out)"},
    {"{\"id\":1,\"ts\":\"2026-01-01 00:00:03\"}\n{\"id\":2,\"ts\":\"2026-01-01 00:00:03\"}", "", "SELECT id FROM a WHERE id > 7 AND id <> 3",
     "id > 7 AND id <> 3 lets none of 2 rows through"},
    {"{\"id\":1,\"ts\":\"2026-01-01 00:00:03\"}", "",
     "SELECT COUNT(*) FROM TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end",
     "the window ends at 2026-01-01 00:00:10, the watermark is 7 s before that, and the last row came 20 s ago"},
    {"{\"id\":1,\"ts\":\"2026-01-01 00:00:03\"}", "",
     "SELECT COUNT(*) FROM TUMBLE(TABLE a, DESCRIPTOR(p), INTERVAL '1' HOUR) GROUP BY window_start, window_end",
     "the window ends at 2026-01-01 01:00:00, in 59 min"},
    {"{\"id\":1,\"ts\":\"2026-01-01 00:00:03\"}", "",
     "SELECT COUNT(*) FROM SESSION(TABLE a, DESCRIPTOR(ts), INTERVAL '10' MINUTE) GROUP BY window_start, window_end",
     "no session has ended: a gap of 10 min is needed, and the watermark is at 2026-01-01 00:00:03, and the last row came 20 s ago"},
    /* times as the session sees them */
    {"{\"id\":1,\"ts\":\"2026-01-01 00:00:03\"}", "",
     "SET 'table.local-time-zone' = 'Asia/Tokyo'; CREATE TEMPORARY TABLE l (z AS CAST(ts AS TIMESTAMP_LTZ(3)), WATERMARK FOR z AS z) LIKE a "
     "(EXCLUDING WATERMARKS);"
     "SELECT COUNT(*) FROM SESSION(TABLE l, DESCRIPTOR(z), INTERVAL '10' MINUTE) GROUP BY window_start, window_end",
     "no session has ended: a gap of 10 min is needed, and the watermark is at 2026-01-01 00:00:03, and the last row came 20 s ago"},
    {"{\"id\":1,\"ts\":\"2026-01-01 00:00:03\"}", "",
     "SET 'table.local-time-zone' = 'Asia/Tokyo'; CREATE TEMPORARY TABLE l (z AS CAST(ts AS TIMESTAMP_LTZ(3)), "
     "WATERMARK FOR z AS z - INTERVAL '1' SECOND) LIKE a (EXCLUDING WATERMARKS);"
     "SELECT SUM(id) OVER (ORDER BY z ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM l",
     "OVER waits for the watermark to pass its rows: it is at 2026-01-01 00:00:02, and the last row came 20 s ago"},
    {"{\"id\":1,\"ts\":\"2026-01-01 00:00:03\"}", "",
     "SELECT COUNT(*) FROM SESSION(TABLE a, DESCRIPTOR(p), INTERVAL '10' MINUTE) GROUP BY window_start, window_end",
     "no session has ended: a gap of 10 min is needed"},
    {"{\"id\":1,\"ts\":\"2026-01-01 00:00:03\"}", "",
     "SELECT SUM(id) OVER (ORDER BY ts) FROM a WHERE id > 0 AND ts > TIMESTAMP '2026-01-01 00:00:00'", NULL},
    {"{\"id\":1,\"ts\":\"2026-01-01 00:00:03\"}", "{\"id\":2,\"ts\":\"2026-01-01 00:00:03\"}", "SELECT a.id FROM a JOIN b ON a.id = b.id",
     "no pair of rows has met in the join (rows: 1 on the left, 1 on the right)"},
    {"{\"id\":1,\"ts\":\"2026-01-01 00:00:03\"}", "{\"id\":2,\"ts\":\"2026-01-01 00:00:13\"}",
     "SELECT a.id FROM (SELECT * FROM TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '10' SECOND)) a JOIN (SELECT * FROM TUMBLE(TABLE b, "
     "DESCRIPTOR(ts), INTERVAL '10' SECOND)) b ON a.window_start = b.window_start AND a.window_end = b.window_end",
     "the window ends at 2026-01-01 00:00:10, the watermark is 7 s before that; rows holds it back: its last row came 20 s ago"},
    {"{\"id\":1,\"ts\":\"2026-01-01 00:00:03\"}", "",
     "SELECT a.id FROM (SELECT * FROM TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '10' SECOND)) a JOIN (SELECT * FROM TUMBLE(TABLE b, "
     "DESCRIPTOR(ts), INTERVAL '10' SECOND)) b ON a.window_start = b.window_start AND a.window_end = b.window_end",
     "no pair of rows has met in the join (rows: 1 on the left, 0 on the right)"},
    {"{\"id\":1,\"ts\":\"2026-01-01 00:00:03\"}", "",
     "SELECT id FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY id) AS rn "
     "FROM TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '10' SECOND)) WHERE rn <= 2",
     "the window ends at 2026-01-01 00:00:10, the watermark is 7 s before that, and the last row came 20 s ago"},
    {"{\"id\":1,\"ts\":\"2026-01-01 00:00:03\"}", "",
     "SELECT id FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY id ORDER BY ts) AS rn FROM (SELECT id, ts FROM a UNION ALL "
     "SELECT id, ts FROM b)) WHERE rn = 1",
     "the first row of a key waits for the watermark to pass its rows; rows holds it back: no row of it has come yet "
     "('scan.watermark.idle-timeout' would leave it out)"},
    {"{\"id\":1,\"ts\":\"2026-01-01 00:00:03\"}", "",
     "SELECT COUNT(*) FROM TUMBLE((SELECT id, ts FROM a UNION ALL SELECT id, ts FROM b), DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end",
     "there is no watermark yet, so no window has ended; rows holds it back: no row of it has come yet ('scan.watermark.idle-timeout' would "
     "leave it out)"},
    {"{\"id\":1,\"ts\":\"9999-12-31 00:00:00\"}", "",
     "SELECT COUNT(*) FROM TUMBLE((SELECT id, ts FROM a /*+ OPTIONS('scan.watermark.max-ahead' = '1 h') */), DESCRIPTOR(ts), INTERVAL '10' SECOND) "
     "GROUP BY window_start, window_end",
     "there is no watermark yet, so no window has ended; 1 row is too far ahead of the clock to raise it ('scan.watermark.max-ahead')"},
    {"{\"id\":1,\"ts\":\"2026-01-01 00:00:03\"}", "",
     "SET 'table.exec.emit.early-fire.enabled' = 'true'; SET 'table.exec.emit.early-fire.delay' = '30 min';"
     "SELECT COUNT(*) FROM a GROUP BY TUMBLE(ts, INTERVAL '10' SECOND)",
     "a key is shown 30 min after its first row (table.exec.emit.early-fire.delay)"},
    {"{\"id\":1,\"ts\":\"2026-01-01 00:00:03\"}", "",
     "SET 'table.exec.emit.late-fire.enabled' = 'true'; SET 'table.exec.emit.late-fire.delay' = '0 s';"
     "SET 'table.exec.emit.allow-lateness' = '1 min';"
     "SELECT COUNT(*) FROM a GROUP BY TUMBLE(ts, INTERVAL '10' SECOND)",
     "the window ends at 2026-01-01 00:00:10, the watermark is 7 s before that, and the last row came 20 s ago"},
};

static void reasons(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char folder[] = "/tmp/rn-test-why-XXXXXX", sql[512], name[64];
    assert_non_null(mkdtemp(folder));
    runnel_config config = {.struct_size = sizeof config, .virtual_time_us = BEGIN_US};
    runnel *db = NULL;
    assert_int_equal(runnel_open(NULL, &config, &db), RUNNEL_OK);
    make_table(db, folder, "a", cases[i].a);
    make_table(db, folder, "b", cases[i].b);
    run(db, "SET 'pipeline.auto-watermark-interval' = '0'");
    run(db, "CREATE TEMPORARY TABLE o (x BIGINT) WITH ('connector' = 'blackhole')");
    const char *last = strrchr(cases[i].query, ';');
    (void)snprintf(sql, sizeof sql, "%.*s", last ? (int)(last - cases[i].query) : 0, cases[i].query);
    run(db, sql);
    (void)snprintf(sql, sizeof sql, "INSERT INTO o %s", last ? last + 1 : cases[i].query);
    runnel_job *job = NULL;
    if (runnel_job_start(db, sql, 0, &job) != RUNNEL_OK) fail_msg("%s: %s", sql, runnel_errmsg(db));
    assert_int_equal(runnel_settle(db, 10000), RUNNEL_OK);
    for (int step = 1; step <= 20; step++) { /* what holds a watermark is published now and then */
      runnel_set_time(db, BEGIN_US + step * 1000000);
      assert_int_equal(runnel_settle(db, 10000), RUNNEL_OK);
    }
    runnel_stats *stats = NULL;
    assert_int_equal(runnel_job_stats(job, &stats), RUNNEL_OK);
    if (!cases[i].wanted != !stats->why) print_error("%s: %s\n", cases[i].query, stats->why ? stats->why : "(rows)");
    if (runnel_job_get_state(job) == RUNNEL_JOB_FAILED) fail_msg("%s: %s", cases[i].query, runnel_job_error(job));
    assert_int_equal(!cases[i].wanted, !stats->why);
    if (stats->why) assert_string_equal(stats->why, cases[i].wanted);
    runnel_stats_free(stats);
    runnel_job_free(job);
    assert_int_equal(runnel_close(db, -1), RUNNEL_OK);
    for (int k = 0; k < 2; k++) {
      (void)snprintf(name, sizeof name, "%s/%s", folder, k ? "b" : "a");
      (void)unlink(name);
    }
    assert_int_equal(rmdir(folder), 0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(reasons)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
