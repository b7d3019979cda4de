/* Late rows that a table keeps: for every kind of operator that drops them, over random streams, rows read = rows used + late, every
 * late row is one dead letter, and what the letters and the results hold together is what was read. And: a row far ahead of the
 * clock is named in the log. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "api/runnel.h"

enum { ROWS = 4000, KEYS = 5 };
static char folder[64], logged[4096];

static void keep_log(void *ctx, int level, const char *text) {
  (void)ctx, (void)level;
  size_t used = strlen(logged);
  (void)snprintf(logged + used, sizeof logged - used, "%s\n", text);
}
static runnel *open_file(const char *parallelism) {
  char path[96], setting[64];
  (void)snprintf(path, sizeof path, "%s/a.db", folder);
  (void)snprintf(setting, sizeof setting, "parallelism.default=%s", parallelism);
  const char *settings[] = {setting, NULL};
  runnel_config config = {.struct_size = sizeof config, .settings = settings, .log = keep_log};
  runnel *db = NULL;
  assert_int_equal(runnel_open(path, &config, &db), RUNNEL_OK);
  return db;
}
static void run(runnel *db, const char *sql) {
  if (runnel_exec(db, sql, NULL, NULL) != RUNNEL_OK) fail_msg("%s: %s", sql, runnel_errmsg(db));
}
static void remove_all(void) {
  static const char *const names[] = {"a.db", "a.db-wal", "a.db-shm", "a.db.lock", "rows.csv"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    char name[96];
    (void)snprintf(name, sizeof name, "%s/%s", folder, names[i]);
    (void)unlink(name);
  }
}

/* Half of the rows in order, others up to a minute behind; ids count from 1. */
static void write_rows(unsigned seed) {
  char path[96];
  (void)snprintf(path, sizeof path, "%s/rows.csv", folder);
  FILE *f = fopen(path, "w");
  assert_non_null(f);
  srand(seed);
  for (int i = 0; i < ROWS; i++) {
    int at = 100 + i / 4 - (rand() % 2 ? rand() % 60 : 0);
    (void)fprintf(f, "%d,k%d,2026-01-01 %02d:%02d:%02d\n", i + 1, rand() % KEYS, at / 3600, at / 60 % 60, at % 60);
  }
  assert_int_equal(fclose(f), 0);
}

static int64_t ask(const char *sql) {
  char path[96];
  sqlite3 *db = NULL;
  sqlite3_stmt *stmt = NULL;
  (void)snprintf(path, sizeof path, "%s/a.db", folder);
  assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
  if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK) fail_msg("%s: %s", sql, sqlite3_errmsg(db));
  assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
  int64_t value = sqlite3_column_int64(stmt, 0);
  (void)sqlite3_finalize(stmt);
  (void)sqlite3_close(db);
  return value;
}

/* n rows and their ids' sum s; weight: how often each row that is used counts there, 0: not the same for all. */
static const struct {
  const char *query;
  int weight;
} kinds[] = {
    {"SELECT COUNT(*), SUM(id) FROM TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end, k", 1},
    {"SELECT COUNT(*), SUM(id) FROM SESSION(TABLE t PARTITION BY k, DESCRIPTOR(ts), INTERVAL '1' SECOND) GROUP BY window_start, window_end, k", 1},
    {"SELECT 1, id FROM SESSION(TABLE t PARTITION BY k, DESCRIPTOR(ts), INTERVAL '1' SECOND)", 1},
    {"SELECT COUNT(*), SUM(id) FROM t GROUP BY TUMBLE(ts, INTERVAL '10' SECOND), k", 1},
    {"SELECT COUNT(*) OVER (PARTITION BY k ORDER BY ts ROWS BETWEEN CURRENT ROW AND CURRENT ROW), id FROM t", 1},
    {"SELECT 1, id FROM (SELECT id, SUM(id) OVER (PARTITION BY k ORDER BY ts) AS x FROM t) WHERE x > 0", 1},
    {"SELECT COUNT(*), SUM(id) FROM HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '20' SECOND) GROUP BY window_start, window_end", 0},
    {"SELECT COUNT(*), SUM(id) FROM CUMULATE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '20' SECOND) GROUP BY window_start, window_end", 0},
    {"SELECT 1, id FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY id) AS r FROM TUMBLE(TABLE t, DESCRIPTOR(ts), "
     "INTERVAL '10' SECOND)) WHERE r <= 1000", 1},
};

static void every_late_row_is_a_letter(void **state) {
  (void)state;
  static const char *const parallelism[] = {"1", "3"};
  for (size_t k = 0; k < 2 * sizeof kinds / sizeof kinds[0]; k++) {
    (void)snprintf(folder, sizeof folder, "/tmp/rn-test-late-XXXXXX");
    assert_non_null(mkdtemp(folder));
    write_rows((unsigned)k);
    runnel *db = open_file(parallelism[k % 2]);
    char sql[1024];
    (void)snprintf(sql, sizeof sql,
                   "CREATE TABLE t (id BIGINT, k STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'filesystem', "
                   "'path' = '%s/rows.csv', 'format' = 'csv', 'scan.watermark.emit.strategy' = 'on-event', 'on-late' = 'dead-letter')",
                   folder);
    run(db, sql);
    run(db, "CREATE TABLE o (n BIGINT, s BIGINT)");
    (void)snprintf(sql, sizeof sql, "INSERT INTO o %s", kinds[k / 2].query);
    runnel_job *job = NULL;
    if (runnel_job_start(db, sql, 0, &job) != RUNNEL_OK) fail_msg("%s: %s", sql, runnel_errmsg(db));
    assert_int_equal(runnel_job_wait(job, 60000), RUNNEL_DONE);
    assert_int_equal(runnel_job_get_state(job), RUNNEL_JOB_FINISHED);
    runnel_stats *stats = NULL;
    assert_int_equal(runnel_job_stats(job, &stats), RUNNEL_OK);
    int64_t late = (int64_t)stats->late;
    runnel_stats_free(stats);
    runnel_job_free(job);
    assert_int_equal(runnel_close(db, 10000), RUNNEL_OK);
    assert_true(late > 50);
    assert_int_equal(ask("SELECT count(*) FROM _rn_dead_letter WHERE reason LIKE 'late: %' AND source = 't'"), late);
    assert_int_equal(ask("SELECT count(DISTINCT json_extract(CAST(raw AS TEXT), '$.id')) FROM _rn_dead_letter"), late);
    if (kinds[k / 2].weight) {
      assert_int_equal(ask("SELECT sum(n) FROM o") + late, ROWS);
      assert_int_equal(ask("SELECT sum(s) FROM o") + ask("SELECT sum(json_extract(CAST(raw AS TEXT), '$.id')) FROM _rn_dead_letter"),
                       (int64_t)ROWS * (ROWS + 1) / 2);
    }
    remove_all();
    assert_int_equal(rmdir(folder), 0);
  }
}

static void a_row_far_ahead_is_named(void **state) {
  (void)state;
  (void)snprintf(folder, sizeof folder, "/tmp/rn-test-late-XXXXXX");
  assert_non_null(mkdtemp(folder));
  write_rows(1);
  char sql[1024];
  (void)snprintf(sql, sizeof sql, "%s/rows.csv", folder);
  FILE *f = fopen(sql, "a");
  assert_non_null(f);
  (void)fputs("4001,k1,9999-12-31 23:59:59\n4002,k1,9999-12-31 23:59:59\n", f);
  assert_int_equal(fclose(f), 0);
  runnel *db = open_file("1");
  (void)snprintf(sql, sizeof sql,
                 "CREATE TABLE t (id BIGINT, k STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'filesystem', "
                 "'path' = '%s/rows.csv', 'format' = 'csv', 'scan.watermark.max-ahead' = '1 d')",
                 folder);
  run(db, sql);
  run(db, "CREATE TABLE o (n BIGINT)");
  logged[0] = 0;
  runnel_job *job = NULL;
  assert_int_equal(runnel_job_start(db, "INSERT INTO o SELECT COUNT(*) FROM TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' DAY) GROUP BY window_start, window_end",
                                    0, &job), RUNNEL_OK);
  assert_int_equal(runnel_job_wait(job, 60000), RUNNEL_DONE);
  runnel_stats *stats = NULL;
  assert_int_equal(runnel_job_stats(job, &stats), RUNNEL_OK);
  assert_int_equal(stats->ahead, 2);
  runnel_stats_free(stats);
  runnel_job_free(job);
  assert_int_equal(runnel_close(db, 10000), RUNNEL_OK);
  assert_non_null(strstr(logged, "table t, "));
  assert_non_null(strstr(logged, "rows.csv, offset 4001: the time 9999-12-31 23:59:59.000 is further ahead of the clock than "
                                 "'scan.watermark.max-ahead' allows (86400 s): the watermark does not follow it; 1 such row so far"));
  assert_null(strstr(logged, "2 such rows")); /* once a minute at most */
  assert_int_equal(ask("SELECT sum(n) FROM o"), ROWS + 2);
  remove_all();
  assert_int_equal(rmdir(folder), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_late_row_is_a_letter), cmocka_unit_test(a_row_far_ahead_is_named)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
