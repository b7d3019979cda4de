/* `runnel test`: a file of tests, how one is run, how results are compared.
 *
 *   test.c        the command, reports        test_file.c   directives and rows
 *   test_run.c    one run of one test         test_fixture.c  what tables are given, and when
 *   test_result.c what came out               test_compare.c  rows wanted and rows there are
 *
 * A test's statements are run first; sources and sinks outside the database file are replaced by fixtures
 * (connectors/fixture.c). Then its steps are taken in order, each at its own microsecond of a virtual clock: after every
 * step all jobs have done what there is to do, so nothing sleeps and nothing races. */
#ifndef RUNNEL_CLI_TEST_H
#define RUNNEL_CLI_TEST_H
#include "cli/cli.h"

typedef struct test_rows { /* | a | b | lines, or JSON lines */
  size_t column_count, row_count;
  char **columns;
  char ***cells; /* [row][column]; NULL: SQL NULL, or not in the JSON object */
  bool json;
  char **lines;  /* json: as written */
  int first_line, last_line; /* in the file, 1-based; last < first: none */
} test_rows;

typedef enum test_step_kind {
  STEP_GIVEN, STEP_WATERMARK, STEP_END, STEP_ADVANCE, STEP_NOW, STEP_EXPECT, STEP_EXPECT_CHANGELOG, STEP_EXPECT_ERROR, STEP_FILE, STEP_SQL
} test_step_kind;
typedef struct test_step {
  test_step_kind kind;
  int line;          /* of the directive; SQL: of its first line */
  char *name;        /* table, file, error code; "" for the last query */
  char *text;        /* SQL */
  long long time_us; /* WATERMARK, NOW; ADVANCE: how far */
  bool ordered;
  test_rows rows;
} test_step;

typedef struct test_case {
  char *name;
  int line;
  test_step *steps;
  size_t step_count;
  bool no_chaos;     /* its meaning depends on when the job was started */
  bool no_kill;      /* rows that are read again after a kill mean something else: those of processing time */
} test_case;

typedef struct test_file {
  const char *path;
  char *folder;       /* that --@file is relative to */
  test_case *cases;   /* the first has no name: what stands before every test */
  size_t case_count;
} test_file;

/* Reads the file; 0, or an exit code: what is wrong was said. */
int test_file_read(const char *path, test_file *out);
void test_file_free(test_file *file);

typedef struct test_options {
  int parallelism;
  enum { CHAOS_NONE, CHAOS_STOP, CHAOS_ABORT } chaos; /* after every step the jobs are stopped (aborted) and started again */
} test_options;
/* A row of a result: texts, kind first; NULL cells are SQL NULL. */
typedef struct test_result {
  size_t column_count, row_count;
  char **columns;
  char ***cells; /* [row][0] is the kind */
} test_result;
typedef struct test_difference { /* of one expectation */
  const test_step *step;
  char *text;      /* rows that are missing (-) and too many (+) */
  test_rows found; /* for --update */
  struct test_difference *next;
} test_difference;
typedef struct test_outcome {
  char *failure;   /* an error that was not expected, or one that did not come; NULL: none */
  test_difference *differences;
} test_outcome;
void test_run(cli *c, const test_file *file, const test_case *test, const test_options *options, test_outcome *out);
void test_outcome_free(test_outcome *outcome);

/* test_compare.c: the changes as wanted? NULL: yes. `keys`: columns that updates without -U replace by, 0: whole rows. */
test_difference *test_compare(const test_step *step, const test_result *changes, const int *keys, int key_count, const test_options *options);
void test_rows_free(test_rows *rows);
void test_result_free(test_result *result);
/* Lines of an aligned table: "| a | b |". */
void test_print_rows(text *out, const test_rows *rows);

#endif
