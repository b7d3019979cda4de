/* The embedding API: statements that outlive what they name, several at once on one handle, a reader beside the
 * writer, interrupts, misuse. What `runnel run` promises is checked by tests/runs. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "api/api_private.h"

static char path[64];

static int set_up(void **state) {
  (void)state;
  (void)snprintf(path, sizeof path, "/tmp/rn-test-api-XXXXXX");
  if (!mkdtemp(path)) return -1;
  (void)strcat(path, "/a.db");
  return 0;
}
static int tear_down(void **state) {
  (void)state;
  static const char *const suffixes[] = {"", "-wal", "-shm", ".lock"};
  for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
    char name[96];
    (void)snprintf(name, sizeof name, "%s%s", path, suffixes[i]);
    (void)unlink(name);
  }
  *strrchr(path, '/') = 0;
  return rmdir(path);
}

static runnel *open_file(int read_only);

/* Every example of topics.c is a statement that can be prepared. */
static void test_topics_have_examples_that_prepare(void **state) {
  (void)state;
  static const char *const setup[] = {
      "CREATE TABLE orders (id BIGINT, country STRING, price DECIMAL(10, 2), tags ARRAY<STRING>, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) "
      "WITH ('connector' = 'datagen')",
      "CREATE TABLE rates (country STRING, rate DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'datagen')",
      "CREATE TABLE totals (country STRING, total DECIMAL(38, 2), PRIMARY KEY (country) NOT ENFORCED)"};
  runnel *db = open_file(0);
  for (size_t i = 0; i < sizeof setup / sizeof setup[0]; i++) assert_int_equal(runnel_exec(db, setup[i], NULL, NULL), RUNNEL_OK);
  for (size_t i = 0; i < rn_topic_count; i++) {
    runnel_stmt *stmt = NULL;
    int code = runnel_prepare(db, rn_topics[i].example, -1, 0, &stmt, NULL);
    if (code != RUNNEL_OK) print_error("%s: %s\n", rn_topics[i].name, runnel_error_render(db, NULL, 0));
    assert_int_equal(code, RUNNEL_OK);
    assert_non_null(stmt);
    runnel_finalize(stmt);
    const char *help = runnel_function_help(rn_topics[i].name);
    assert_non_null(help);
    assert_non_null(strstr(help, rn_topics[i].help));
  }
  runnel_close(db, -1);
}

static runnel *open_file(int read_only) {
  runnel_config config = {.struct_size = sizeof config, .read_only = read_only};
  runnel *db = NULL;
  assert_int_equal(runnel_open(path, &config, &db), RUNNEL_OK);
  return db;
}
static void run(runnel *db, const char *sql) {
  if (runnel_exec(db, sql, NULL, NULL) != RUNNEL_OK) fail_msg("%s: %s", sql, runnel_errmsg(db));
}
static runnel_stmt *prepare(runnel *db, const char *sql) {
  runnel_stmt *stmt = NULL;
  if (runnel_prepare(db, sql, -1, 0, &stmt, NULL) != RUNNEL_OK) fail_msg("%s: %s", sql, runnel_errmsg(db));
  assert_non_null(stmt);
  return stmt;
}
static int64_t number(runnel *db, const char *sql) {
  runnel_stmt *stmt = prepare(db, sql);
  assert_int_equal(runnel_step(stmt, -1), RUNNEL_ROW);
  int64_t value = runnel_column_int64(stmt, 0);
  assert_int_equal(runnel_step(stmt, -1), RUNNEL_DONE);
  runnel_finalize(stmt);
  return value;
}

/* Nested values: as text they read like CAST AS STRING, as JSON they are arrays and objects. */
static void test_nested_cells(void **state) {
  (void)state;
  runnel *db = open_file(0);
  runnel_stmt *stmt = prepare(db, "SELECT ARRAY[1, CAST(NULL AS INT)], MAP['a', ARRAY['x']], ROW(1, 'b'), MAP[7, DATE '2024-01-31'], CAST(NULL AS ARRAY<INT>), 'q\"'");
  assert_int_equal(runnel_step(stmt, -1), RUNNEL_ROW);
  static const runnel_type types[] = {RUNNEL_T_ARRAY, RUNNEL_T_MAP, RUNNEL_T_ROW, RUNNEL_T_MAP, RUNNEL_T_ARRAY, RUNNEL_T_STRING};
  static const char *const texts[] = {"[1, NULL]", "{a=[x]}", "(1, b)", "{7=2024-01-31}", NULL, "q\""};
  static const char *const jsons[] = {"[1,null]", "{\"a\":[\"x\"]}", "{\"EXPR$0\":1,\"EXPR$1\":\"b\"}", "{\"7\":\"2024-01-31\"}", NULL, "\"q\\\"\""};
  for (int c = 0; c < 6; c++) {
    size_t len = 99;
    assert_int_equal(runnel_column_type(stmt, c), types[c]);
    assert_int_equal(runnel_column_isnull(stmt, c), texts[c] == NULL);
    if (texts[c]) {
      assert_string_equal(runnel_column_text(stmt, c), texts[c]);
      assert_string_equal(runnel_column_json(stmt, c, &len), jsons[c]);
      assert_int_equal(len, strlen(jsons[c]));
    } else {
      assert_null(runnel_column_text(stmt, c));
      assert_null(runnel_column_json(stmt, c, &len));
      assert_int_equal(len, 0);
    }
  }
  runnel_finalize(stmt);
  run(db, "CREATE TEMPORARY TABLE nested (a ARRAY<ROW<x INT NOT NULL> NOT NULL> NOT NULL) WITH ('connector' = 'blackhole')");
  stmt = prepare(db, "DESCRIBE nested"); /* NOT NULL inside is part of the type, outside a column of its own */
  assert_int_equal(runnel_step(stmt, -1), RUNNEL_ROW);
  assert_string_equal(runnel_column_text(stmt, 1), "ARRAY<ROW<`x` INT NOT NULL> NOT NULL>");
  assert_string_equal(runnel_column_text(stmt, 2), "FALSE");
  runnel_finalize(stmt);
  stmt = prepare(db, "SHOW CATALOGS"); /* cells of text */
  assert_int_equal(runnel_step(stmt, -1), RUNNEL_ROW);
  assert_string_equal(runnel_column_json(stmt, 0, NULL), "\"default_catalog\"");
  runnel_finalize(stmt);
  assert_int_equal(runnel_close(db, -1), RUNNEL_OK);
}

/* A plan keeps what it needs of a table that is dropped or altered before it runs. */
static void test_dropped_before_step(void **state) {
  (void)state;
  runnel *db = open_file(0);
  run(db, "CREATE TABLE t (a INT, d DECIMAL(20, 3), r ROW<x INT, y STRING>); INSERT INTO t VALUES (1, 2.5, ROW(3, 'four'))");
  run(db, "CREATE TEMPORARY VIEW v AS SELECT a, d, r FROM t");
  runnel_stmt *select = prepare(db, "SELECT a, d, r, r.y FROM v");
  runnel_stmt *insert = prepare(db, "INSERT INTO t SELECT a + 1, d, r FROM t");
  run(db, "DROP TEMPORARY VIEW v; DROP TABLE t; CREATE TABLE u (a STRING)");
  assert_string_equal(runnel_column_name(select, 1), "d");
  assert_string_equal(runnel_column_typename(select, 1), "DECIMAL(20, 3)");
  int code = runnel_step(select, -1); /* the rows are gone: an empty result or an error, never a crash */
  assert_true(code == RUNNEL_DONE || (code != RUNNEL_ROW && *runnel_errmsg(db)));
  (void)runnel_step(insert, -1);
  runnel_finalize(select);
  runnel_finalize(insert);
  assert_int_equal(runnel_close(db, -1), RUNNEL_OK);
}

static void test_statements_at_once(void **state) {
  (void)state;
  runnel *db = open_file(0);
  run(db, "CREATE TABLE t (a INT); INSERT INTO t VALUES (1), (2), (3)");
  runnel_stmt *one = prepare(db, "SELECT a FROM t ORDER BY a"), *two = prepare(db, "SELECT a * 10 FROM t ORDER BY a");
  for (int i = 1; i <= 3; i++) {
    assert_int_equal(runnel_step(one, -1), RUNNEL_ROW);
    assert_int_equal(runnel_step(two, -1), RUNNEL_ROW);
    assert_int_equal(runnel_column_int64(one, 0), i);
    assert_int_equal(runnel_column_int64(two, 0), i * 10);
    run(db, "INSERT INTO t VALUES (9)"); /* their snapshots do not see it */
  }
  assert_int_equal(runnel_step(one, -1), RUNNEL_DONE);
  assert_int_equal(runnel_step(one, -1), RUNNEL_DONE);
  runnel_finalize(one);
  runnel_finalize(two); /* not stepped to its end */
  assert_int_equal(number(db, "SELECT COUNT(*) FROM t"), 6);
  assert_int_equal(runnel_close(db, -1), RUNNEL_OK);
}

/* A statement that is only checked leaves the rows of the file alone. */
static void test_check_keeps_rows(void **state) {
  (void)state;
  static const char *const checked[] = {"TRUNCATE TABLE t", "DELETE FROM t", "UPDATE t SET a = 1", "INSERT INTO t VALUES (3)",
                                        "INSERT OVERWRITE t VALUES (3)"};
  runnel *db = open_file(0);
  run(db, "CREATE TABLE t (a INT); INSERT INTO t VALUES (1), (2)");
  for (size_t i = 0; i < sizeof checked / sizeof checked[0]; i++) {
    runnel_stmt *stmt = NULL;
    assert_int_equal(runnel_prepare(db, checked[i], -1, RUNNEL_PREPARE_CHECK, &stmt, NULL), RUNNEL_OK);
    assert_int_equal(runnel_step(stmt, -1), RUNNEL_DONE);
    runnel_finalize(stmt);
    assert_int_equal(number(db, "SELECT COUNT(*) FROM t"), 2);
  }
  assert_int_equal(runnel_close(db, -1), RUNNEL_OK);
}

/* The reader's catalog follows the writer's while a query of the reader runs. */
static void test_reader_beside_writer(void **state) {
  (void)state;
  runnel *writer = open_file(0);
  run(writer, "CREATE TABLE g (n BIGINT, s STRING) WITH ('connector' = 'datagen', 'rows-per-second' = '1000'); CREATE TABLE t (a INT)");
  runnel *reader = open_file(1);
  assert_true(runnel_is_read_only(reader));
  runnel_stmt *live = prepare(reader, "SELECT n, s FROM g");
  assert_int_equal(runnel_step(live, 5000), RUNNEL_ROW);
  for (int i = 0; i < 5; i++) {
    char sql[96];
    (void)snprintf(sql, sizeof sql, "CREATE TABLE t%d (a INT); INSERT INTO t%d VALUES (%d)", i, i, i);
    run(writer, sql);
    (void)snprintf(sql, sizeof sql, "SELECT MAX(a) FROM t%d", i);
    assert_int_equal(number(reader, sql), i);
    for (int k = 0; k < 20; k++) {
      assert_int_equal(runnel_step(live, 5000), RUNNEL_ROW);
      assert_non_null(runnel_row_json(live, NULL));
    }
  }
  assert_int_equal(runnel_exec(reader, "INSERT INTO t VALUES (1)", NULL, NULL), RUNNEL_SINK);
  runnel_finalize(live);
  assert_int_equal(runnel_close(reader, -1), RUNNEL_OK);
  assert_int_equal(runnel_close(writer, -1), RUNNEL_OK);
}

static void test_jobs(void **state) {
  (void)state;
  runnel *db = open_file(0);
  run(db, "SET 'execution.checkpointing.interval' = '20 ms'; CREATE TABLE t (n BIGINT);"
          "CREATE TABLE g (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '1000', 'fields.n.kind' = 'sequence',"
          " 'fields.n.start' = '1', 'fields.n.end' = '1000000')");
  runnel_job *job = NULL, *again = NULL;
  assert_int_equal(runnel_job_start(db, "INSERT INTO t SELECT n FROM g", 0, &job), RUNNEL_OK);
  assert_non_null(job);
  assert_int_equal(runnel_job_start(db, "SELECT 1", 0, &again), RUNNEL_MISUSE);
  assert_int_equal(runnel_job_wait(job, 100), RUNNEL_IDLE);
  runnel_stats *stats = NULL;
  assert_int_equal(runnel_job_stats(job, &stats), RUNNEL_OK);
  assert_true(stats->rows_in > 0 && stats->node_count > 0);
  runnel_stats_free(stats);
  (void)runnel_job_stop(job, -1);
  runnel_job_free(job);
  int64_t before = number(db, "SELECT COUNT(*) FROM t");
  assert_true(before > 0);
  assert_int_equal(number(db, "SELECT MAX(n) FROM t"), before);
  assert_int_equal(runnel_job_start(db, "INSERT INTO t SELECT n FROM g", 0, &job), RUNNEL_OK);
  assert_int_equal(runnel_job_wait(job, 200), RUNNEL_IDLE);
  assert_int_equal(runnel_close(db, -1), RUNNEL_OK); /* stops it with an epoch */
  assert_int_equal(runnel_job_get_state(job), RUNNEL_JOB_STOPPED);
  assert_string_equal(runnel_job_name(job), "t");
  assert_int_equal(runnel_job_wait(job, 0), RUNNEL_DONE);
  assert_int_equal(runnel_job_stats(job, &stats), RUNNEL_MISUSE);
  runnel_job_free(job);
  db = open_file(0);
  assert_true(number(db, "SELECT COUNT(*) FROM t") > before);
  assert_int_equal(number(db, "SELECT MAX(n) - COUNT(*) FROM t"), 0);
  assert_int_equal(runnel_close(db, -1), RUNNEL_OK);
}

static void test_interrupt_and_misuse(void **state) {
  (void)state;
  runnel *db = open_file(0);
  run(db, "CREATE TABLE g (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '1')");
  runnel_stmt *stmt = prepare(db, "SELECT n FROM g");
  assert_int_equal(runnel_step(stmt, -1), RUNNEL_ROW);
  assert_int_equal(runnel_step(stmt, 0), RUNNEL_IDLE);
  assert_int_equal(runnel_stmt_interrupt(stmt), RUNNEL_OK);
  assert_int_equal(runnel_step(stmt, -1), RUNNEL_INTERRUPTED);
  runnel_finalize(stmt);
  assert_int_equal(number(db, "SELECT 1"), 1); /* one interrupt ends one call */
  assert_int_equal(runnel_step(NULL, 0), RUNNEL_MISUSE);
  assert_int_equal(runnel_prepare(NULL, "SELECT 1", -1, 0, &stmt, NULL), RUNNEL_MISUSE);
  assert_int_equal(runnel_prepare(db, " -- nothing\n", -1, 0, &stmt, NULL), RUNNEL_OK);
  assert_null(stmt);
  runnel_finalize(NULL);
  stmt = prepare(db, "SELECT 1 AS a");
  assert_int_equal(runnel_column_count(stmt), 1);
  assert_string_equal(runnel_column_name(stmt, 7), "");
  assert_null(runnel_column_text(stmt, 7));
  runnel_finalize(stmt); /* never stepped */
  runnel_error err = {.struct_size = sizeof err};
  assert_int_equal(runnel_prepare(db, "SELECT nope FROM g", -1, 0, &stmt, NULL), RUNNEL_ERROR);
  assert_int_equal(runnel_error_at(db, 0, &err), RUNNEL_OK);
  assert_int_equal(err.line, 1);
  assert_int_equal(err.column, 8);
  assert_string_equal(err.id, "RN2004");
  assert_int_equal(runnel_error_at(db, 9, &err), RUNNEL_RANGE);
  assert_int_equal(runnel_close(db, -1), RUNNEL_OK);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_topics_have_examples_that_prepare, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_nested_cells, set_up, tear_down), cmocka_unit_test_setup_teardown(test_dropped_before_step, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_statements_at_once, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_check_keeps_rows, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_reader_beside_writer, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_jobs, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_interrupt_and_misuse, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
