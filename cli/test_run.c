/* One run of one test: a database of its own in a scratch folder, statements, then steps on a virtual clock. */
#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cli/test_runner.h"

enum { SETTLE_MS = 20000 };
static const long long FIRST_US = 1767225600000000; /* 2026-01-01 00:00:00 */

/* --- failing ------------------------------------------------------------------------------------------------------------ */
bool test_failed(const test_runner *r) { return r->out->failure || r->error_came; }
void test_fail(test_runner *r, const char *what) {
  if (!r->out->failure) r->out->failure = cli_copy(what, strlen(what));
}
/* An error of the engine: the one that the test wants, or a failure. */
static void engine_error(test_runner *r, const char *id, const char *rendered) {
  if (r->wanted_error && text_same_word(r->wanted_error->name, id))
    r->error_came = true;
  else
    test_fail(r, rendered);
}
static void handle_error(test_runner *r, const char *name, int base_line) {
  char id[8] = "";
  for (int i = 0; i < runnel_error_count(r->db); i++) {
    runnel_error err = {.struct_size = sizeof err};
    if (runnel_error_at(r->db, i, &err) != RUNNEL_OK || err.is_warning) continue;
    if (!*id || (r->wanted_error && text_same_word(r->wanted_error->name, err.id))) memcpy(id, err.id, sizeof id);
  }
  engine_error(r, id, runnel_error_render(r->db, name, base_line));
}

/* --- statements ---------------------------------------------------------------------------------------------------------------- */
static void add_job(test_runner *r, const char *sql, size_t len) {
  r->jobs = cli_grow(r->jobs, (r->job_count + 1) * sizeof *r->jobs);
  r->running = cli_grow(r->running, (r->job_count + 1) * sizeof *r->running);
  r->finished = cli_grow(r->finished, (r->job_count + 1) * sizeof *r->finished);
  r->jobs[r->job_count] = cli_copy(sql, len);
  r->running[r->job_count] = NULL;
  r->finished[r->job_count++] = false;
}
/* A query's changes go to a test_fixture of its own. */
static void add_query(test_runner *r, runnel_stmt *stmt, const char *sql) {
  text create = {0}, insert = {0};
  char name[32];
  size_t begin, end;
  (void)runnel_stmt_span(stmt, &begin, &end);
  (void)snprintf(name, sizeof name, "query$%d", ++r->queries);
  text_printf(&create, "CREATE TEMPORARY TABLE `%s` (", name);
  for (int i = 0; i < runnel_column_count(stmt); i++) {
    text_puts(&create, i ? ", " : "");
    text_name(&create, runnel_column_name(stmt, i));
    text_printf(&create, " %s", runnel_column_typename(stmt, i));
  }
  text_printf(&create, ") WITH ('connector' = 'fixture', 'changes' = '%s$changes', 'accepts' = 'retract')", name);
  const int *keys;
  int key_count = runnel_key_columns(stmt, &keys);
  text_printf(&insert, "INSERT INTO `%s` %.*s", name, (int)(end - begin), sql + begin);
  int *kept = cli_alloc(sizeof *kept * (size_t)(key_count + 1));
  memcpy(kept, keys ? keys : kept, sizeof *kept * (size_t)key_count);
  if (runnel_exec(r->db, text_of(&create), NULL, NULL) == RUNNEL_OK) {
    test_fixture *f = test_add_fixture(r, name);
    free(f->keys);
    f->keys = kept;
    f->key_count = key_count;
    free(r->last_query);
    r->last_query = cli_copy(name, strlen(name));
    add_job(r, text_of(&insert), insert.len);
  } else {
    handle_error(r, r->file->path, 0);
    free(kept);
  }
  text_free(&create);
  text_free(&insert);
}

/* Statements of the test; a query or an INSERT is only noted, the steps start and stop it. */
static void run_statements(test_runner *r, const char *sql, const char *name, int base_line) {
  const char *line_start = sql, *at = sql;
  while (!test_failed(r)) {
    const char *begin = text_skip_comments(at), *tail = NULL;
    if (!*begin) break;
    int line = base_line;
    for (const char *p = line_start; p < begin; p++) line += *p == '\n';
    runnel_stmt *stmt = NULL;
    int code = runnel_prepare(r->db, begin, -1, 0, &stmt, &tail);
    if (code == RUNNEL_OK && stmt) {
      size_t from, to;
      (void)runnel_stmt_span(stmt, &from, &to);
      runnel_stmt_kind kind = runnel_stmt_get_kind(stmt);
      char *made = text_created_name(begin);
      if (kind == RUNNEL_STMT_QUERY) {
        add_query(r, stmt, begin);
      } else if (kind == RUNNEL_STMT_INSERT && !made) {
        add_job(r, begin + from, to - from);
      } else {
        do code = runnel_step(stmt, 1000);
        while (code == RUNNEL_ROW || code == RUNNEL_IDLE);
        if (code == RUNNEL_DONE) code = RUNNEL_OK;
      }
      runnel_finalize(stmt);
      stmt = NULL;
      if (code == RUNNEL_OK && made && kind == RUNNEL_STMT_DDL) {
        char *head = cli_copy(begin, (size_t)(text_skip_comments(begin + 6) - begin) + 9);
        test_replace_table(r, made, strcasestr(head, "TEMPORARY") != NULL);
        free(head);
      }
      free(made);
    }
    if (code != RUNNEL_OK) handle_error(r, name, line);
    runnel_finalize(stmt);
    at = tail && tail > begin ? tail : begin + strlen(begin);
  }
}
static void run_file(test_runner *r, const test_step *s) {
  text path = {0};
  if (s->name[0] != '/') text_printf(&path, "%s/", r->file->folder);
  text_puts(&path, s->name);
  cli_source source = {.text = text_of(&path)};
  source.kind = SOURCE_FILE;
  int code = EXIT_OK;
  char *sql = cli_read_source(&source, &code);
  if (sql)
    run_statements(r, sql, text_of(&path), 0);
  else
    test_fail(r, "a file that the test names cannot be read\n");
  free(sql);
  text_free(&path);
}
static void prepare_case(test_runner *r, const test_case *test) {
  for (size_t i = 0; i < test->step_count && !test_failed(r); i++) {
    const test_step *s = &test->steps[i];
    if (s->kind == STEP_FILE) run_file(r, s);
    if (s->kind == STEP_SQL) run_statements(r, s->text, r->file->path, s->line - 1);
  }
}

/* --- jobs ------------------------------------------------------------------------------------------------------------------------ */
static void look_for_failures(test_runner *r) {
  for (size_t i = 0; i < r->job_count && !test_failed(r); i++) {
    if (!r->running[i] || runnel_job_get_state(r->running[i]) != RUNNEL_JOB_FAILED) continue;
    const char *rendered = runnel_job_error_render(r->running[i], NULL, 0);
    const char *id = strstr(rendered, "[RN");
    char code[8] = "";
    if (id) (void)snprintf(code, sizeof code, "%.6s", id + 1);
    engine_error(r, code, rendered);
  }
}
static void start_jobs(test_runner *r) {
  for (size_t i = 0; i < r->job_count && !test_failed(r); i++) {
    if (r->running[i] || r->finished[i]) continue;
    if (runnel_job_start(r->db, r->jobs[i], 0, &r->running[i]) != RUNNEL_OK) handle_error(r, NULL, 0);
    if (!r->running[i]) r->finished[i] = true;
  }
}
static void stop_jobs(test_runner *r, bool abort) {
  for (size_t i = 0; i < r->job_count; i++) {
    if (!r->running[i]) continue;
    if (runnel_job_get_state(r->running[i]) == RUNNEL_JOB_RUNNING) {
      if (abort)
        (void)runnel_job_abort(r->running[i]);
      else
        (void)runnel_job_stop(r->running[i], SETTLE_MS);
      (void)runnel_job_wait(r->running[i], SETTLE_MS);
    }
    look_for_failures(r);
    r->finished[i] |= runnel_job_get_state(r->running[i]) == RUNNEL_JOB_FINISHED;
    runnel_job_free(r->running[i]);
    r->running[i] = NULL;
  }
}

/* What is staged becomes visible. */
static void commit_jobs(test_runner *r) {
  for (size_t i = 0; i < r->job_count && !test_failed(r); i++)
    if (r->running[i] && runnel_job_get_state(r->running[i]) == RUNNEL_JOB_RUNNING && runnel_job_commit(r->running[i], SETTLE_MS) != RUNNEL_OK)
      test_fail(r, "an epoch was not committed\n");
  look_for_failures(r);
}

/* --- the run ---------------------------------------------------------------------------------------------------------------------- */
static void take_steps(test_runner *r, const test_moments *m) {
  for (size_t i = 0; i < m->count && !test_failed(r); i++) {
    const test_moment *now = &m->items[i];
    if (now->expect) {
      start_jobs(r);
      if (!test_failed(r) && runnel_settle(r->db, SETTLE_MS) != RUNNEL_OK) test_fail(r, "the jobs did not come to rest\n");
      commit_jobs(r);
      if (!test_failed(r)) test_check(r, now->expect);
      continue;
    }
    start_jobs(r);
    runnel_set_time(r->db, now->time_us);
    if (!test_failed(r) && runnel_settle(r->db, SETTLE_MS) != RUNNEL_OK) test_fail(r, "the jobs did not come to rest\n");
    look_for_failures(r);
    for (size_t k = 0; now->end && k < r->job_count; k++)
      if (r->running[k]) (void)runnel_job_wait(r->running[k], SETTLE_MS);
    if (r->options->chaos != CHAOS_NONE) stop_jobs(r, r->options->chaos == CHAOS_ABORT);
  }
  if (!test_failed(r)) start_jobs(r); /* a test may have statements and no steps */
  if (!test_failed(r) && runnel_settle(r->db, SETTLE_MS) != RUNNEL_OK) test_fail(r, "the jobs did not come to rest\n");
  look_for_failures(r);
  stop_jobs(r, false);
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *place) {
  (void)info, (void)type, (void)place;
  return remove(path);
}

static bool open_database(test_runner *r) {
  const char *scratch = getenv("TMPDIR");
  int len = snprintf(r->folder, sizeof r->folder, "%s/runnel-test-XXXXXX", scratch && *scratch ? scratch : "/tmp");
  if (len >= (int)sizeof r->folder || !mkdtemp(r->folder)) {
    test_fail(r, "cannot make a scratch folder (TMPDIR)\n");
    r->folder[0] = 0;
    return false;
  }
  char path[224], parallelism[48];
  (void)snprintf(path, sizeof path, "%s/test.db", r->folder);
  (void)snprintf(parallelism, sizeof parallelism, "parallelism.default=%d", r->options->parallelism);
  size_t count = 0, extra = r->c->options->setting_count;
  const char **settings = cli_alloc((extra + 4) * sizeof *settings);
  settings[count++] = parallelism;
  settings[count++] = "pipeline.auto-watermark-interval=0"; /* a watermark after every row, as the steps are taken */
  for (size_t i = 0; i < extra; i++) settings[count++] = r->c->options->settings[i];
  runnel_config config;
  memset(&config, 0, sizeof config);
  config.struct_size = sizeof config;
  config.settings = settings;
  config.virtual_time_us = FIRST_US;
  if (runnel_open(path, &config, &r->db) != RUNNEL_OK) test_fail(r, runnel_error_render(r->db, NULL, 0));
  free((void *)settings);
  return !test_failed(r);
}

void test_run(cli *c, const test_file *file, const test_case *test, const test_options *options, test_outcome *out) {
  test_runner r = {.c = c, .file = file, .test = test, .options = options, .out = out};
  memset(out, 0, sizeof *out);
  for (size_t i = 0; i < test->step_count; i++)
    if (test->steps[i].kind == STEP_EXPECT_ERROR) r.wanted_error = &test->steps[i];
  test_moments m = {0};
  if (open_database(&r)) {
    prepare_case(&r, &file->cases[0]);
    prepare_case(&r, test);
    long long now = FIRST_US;
    for (size_t i = 0; i < file->cases[0].step_count && !test_failed(&r); i++) test_lay_out(&r, &file->cases[0].steps[i], &now, &m);
    for (size_t i = 0; i < test->step_count && !test_failed(&r); i++) test_lay_out(&r, &test->steps[i], &now, &m);
    if (!test_failed(&r)) test_write_fixtures(&r);
    if (!test_failed(&r)) take_steps(&r, &m);
  }
  if (r.wanted_error && !r.error_came && !out->failure) {
    text what = {0};
    text_printf(&what, "%s:%d: error %s did not come\n", file->path, r.wanted_error->line, r.wanted_error->name);
    test_fail(&r, text_of(&what));
    text_free(&what);
  }
  (void)runnel_close(r.db, -1);
  if (r.folder[0]) (void)nftw(r.folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
  for (size_t i = 0; i < r.fixture_count; i++) {
    test_fixture *f = &r.fixtures[i];
    cli_free_column(f->columns, (long)f->column_count);
    cli_free_column(f->types, (long)f->column_count);
    free(f->keys);
    free(f->name);
    text_free(&f->entries);
  }
  free(r.fixtures);
  for (size_t i = 0; i < r.job_count; i++) free(r.jobs[i]);
  free(r.jobs);
  free(r.running);
  free(r.finished);
  free(r.last_query);
  free(m.items);
}

void test_outcome_free(test_outcome *outcome) {
  free(outcome->failure);
  for (test_difference *d = outcome->differences, *next; d; d = next) {
    next = d->next;
    free(d->text);
    test_rows_free(&d->found);
    free(d);
  }
  memset(outcome, 0, sizeof *outcome);
}
