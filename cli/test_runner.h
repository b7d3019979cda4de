/* What the files of one test run share (test_run.c). */
#ifndef RUNNEL_CLI_TEST_RUNNER_H
#define RUNNEL_CLI_TEST_RUNNER_H
#include "cli/test.h"

typedef struct test_fixture { /* a table in whose place there is one */
  char *name;
  text entries;     /* its file */
  size_t column_count;
  char **columns, **types;
  int *keys, key_count;
} test_fixture;

typedef struct test_runner {
  cli *c;
  const test_file *file;
  const test_case *test;
  const test_options *options;
  test_outcome *out;
  char folder[192];
  runnel *db;
  test_fixture *fixtures;
  size_t fixture_count;
  char **jobs;      /* texts of the INSERTs */
  runnel_job **running;
  bool *finished;
  size_t job_count;
  char *last_query; /* the test_fixture that the last SELECT goes to */
  const test_step *wanted_error;
  bool error_came;
  int queries;
} test_runner;

/* Steps with their times: an entry of a test_fixture each, or none (the clock only turns; something is expected). */
typedef struct test_moment {
  long long time_us;
  const test_step *expect; /* NULL: input */
  bool end;
} test_moment;
typedef struct test_moments {
  test_moment *items;
  size_t count;
} test_moments;
/* test_run.c */
bool test_failed(const test_runner *r);
void test_fail(test_runner *r, const char *what); /* the first failure counts */

/* test_fixture.c: fixtures in the place of tables, and what they are given when. */
char *test_statement_about(const char *before, const char *name); /* the name in back-ticks; freed by the caller */
test_fixture *test_find_fixture(test_runner *r, const char *name);
test_fixture *test_add_fixture(test_runner *r, const char *name);
void test_replace_table(test_runner *r, const char *name, bool temporary); /* that was just made, where its rows lie elsewhere */
void test_lay_out(test_runner *r, const test_step *s, long long *now, test_moments *m);
void test_write_fixtures(test_runner *r);

/* test_result.c: is what a table holds, or the changes it got, what the step expects? */
void test_check(test_runner *r, const test_step *s);

#endif
