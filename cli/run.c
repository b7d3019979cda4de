/* `runnel run`: a script as a stored run. Bounded INSERTs are awaited one after the other; unbounded ones run side by
 * side until all end, one fails, or a signal or --for stops them with a last epoch. */
#include <inttypes.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cli/cli.h"

enum { WAIT_MS = 100 };

/* Names the run in the database: the scripts' real paths, so that `run x.sql` and `run ./x.sql` are one. */
static char *script_name(const cli_options *o) {
  text name = {0};
  for (size_t i = 0; i < o->source_count; i++) {
    const cli_source *s = &o->sources[i];
    char resolved[PATH_MAX];
    const char *part = s->kind == SOURCE_COMMAND ? "-c" : s->kind == SOURCE_STDIN ? "-" : realpath(s->text, resolved) ? resolved : s->text;
    if (name.len && strcmp(part, "-c") == 0 && strcmp(text_of(&name), "-c") == 0) continue;
    text_printf(&name, "%s%s", name.len ? " " : "", part);
  }
  return name.data;
}

static int run_sources(cli *c) {
  int code = EXIT_OK;
  for (size_t i = 0; i < c->options->source_count && code == EXIT_OK && !cli_stopped(c); i++) {
    const cli_source *source = &c->options->sources[i];
    char *sql = cli_read_source(source, &code);
    if (sql) code = cli_exec(c, sql, source->kind == SOURCE_FILE ? source->text : source->kind == SOURCE_STDIN ? "stdin" : NULL);
    free(sql);
  }
  return code;
}

/* --- jobs ---------------------------------------------------------------------------------------------------------- */
typedef struct jobs {
  int count;
  runnel_job **items;
  bool *told; /* its failure was printed */
} jobs;

static void jobs_open(cli *c, jobs *j) {
  j->count = runnel_job_count(c->db);
  j->items = cli_alloc((size_t)j->count * sizeof *j->items);
  j->told = cli_alloc((size_t)j->count * sizeof *j->told);
  for (int i = 0; i < j->count; i++) {
    j->items[i] = runnel_job_at(c->db, i);
    j->told[i] = i < c->place_count && c->places[i].told;
  }
}
static void jobs_close(jobs *j) {
  for (int i = 0; i < j->count; i++) runnel_job_free(j->items[i]);
  free(j->items);
  free(j->told);
}
static int running(const jobs *j, int *first) {
  int n = 0;
  for (int i = j->count - 1; i >= 0; i--)
    if (runnel_job_get_state(j->items[i]) == RUNNEL_JOB_RUNNING) n++, *first = i;
  return n;
}
/* Prints new failures; the exit code of the first one, EXIT_OK: none failed. */
static int failures(const cli *c, jobs *j) {
  int code = EXIT_OK;
  for (int i = 0; i < j->count; i++) {
    if (runnel_job_get_state(j->items[i]) != RUNNEL_JOB_FAILED) continue;
    if (!j->told[i]) {
      const cli_job_place *place = i < c->place_count ? &c->places[i] : NULL;
      const char *error = runnel_job_error_render(j->items[i], place ? place->source : NULL, place ? place->base_line : 0);
      size_t len = strlen(error);
      cli_message("job %s failed", runnel_job_name(j->items[i]));
      cli_message("%.*s", (int)(len && error[len - 1] == '\n' ? len - 1 : len), error);
      j->told[i] = true;
    }
    if (code == EXIT_OK) code = cli_exit_code_of(runnel_job_error_code(j->items[i]));
  }
  return code;
}
static void progress(const jobs *j) {
  if (!cli_status_due()) return;
  runnel_stats sum;
  memset(&sum, 0, sizeof sum);
  sum.watermark_us = INT64_MAX;
  const char *name = NULL;
  int n = 0;
  for (int i = 0; i < j->count; i++) {
    runnel_stats *s = NULL;
    if (runnel_job_get_state(j->items[i]) != RUNNEL_JOB_RUNNING || runnel_job_stats(j->items[i], &s) != RUNNEL_OK || !s) continue;
    sum.rows_in += s->rows_in;
    sum.rows_out += s->rows_out;
    sum.late += s->late;
    sum.bad += s->bad;
    sum.state_bytes += s->state_bytes;
    sum.lag = s->lag < 0 || sum.lag < 0 ? -1 : sum.lag + s->lag;
    if (s->epoch > sum.epoch) sum.epoch = s->epoch;
    if (s->watermark_us < sum.watermark_us) sum.watermark_us = s->watermark_us;
    name = runnel_job_name(j->items[i]);
    n++;
    runnel_stats_free(s);
  }
  char label[64];
  if (n > 1) (void)snprintf(label, sizeof label, "%d jobs", n);
  if (sum.watermark_us == INT64_MAX) sum.watermark_us = INT64_MIN;
  cli_status_tick(&sum, 0, n > 1 ? label : name);
}
static void stop_all(cli *c, const jobs *j) {
  cli_signal_stopping(cli_signal() != 0); /* only a second signal aborts */
  if (!c->options->quiet) cli_message("stopping: closing an epoch%s", cli_signal() ? " (once more aborts)" : "");
  for (int i = 0; i < j->count; i++)
    if (runnel_job_get_state(j->items[i]) == RUNNEL_JOB_RUNNING) (void)runnel_job_stop(j->items[i], 0);
  for (int i = 0; i < j->count; i++)
    while (runnel_job_wait(j->items[i], WAIT_MS) == RUNNEL_IDLE) progress(j);
}

static int await_jobs(cli *c, jobs *j, int code) {
  int first = 0, failed = EXIT_OK;
  cli_status_begin(true);
  while (running(j, &first)) {
    failed = failures(c, j);
    if (code != EXIT_OK || cli_stopped(c) || (failed != EXIT_OK && !c->options->keep_going)) {
      stop_all(c, j);
      break;
    }
    (void)runnel_job_wait(j->items[first], WAIT_MS);
    progress(j);
  }
  cli_status_end();
  failed = failures(c, j);
  return code != EXIT_OK ? code : failed;
}

static void summarise(const cli *c, const jobs *j) {
  static const char *const words[] = {[RUNNEL_JOB_RUNNING] = "is running", [RUNNEL_JOB_STOPPED] = "stopped; the next run goes on from here",
                                      [RUNNEL_JOB_FINISHED] = "finished", [RUNNEL_JOB_FAILED] = "failed"};
  for (int i = 0; i < j->count && !c->options->quiet; i++) {
    runnel_job_state state = runnel_job_get_state(j->items[i]);
    text line = {0};
    text_printf(&line, "job %s %s", runnel_job_name(j->items[i]), words[state]);
    runnel_stats *s = NULL;
    if (runnel_job_stats(j->items[i], &s) == RUNNEL_OK && s) {
      text_printf(&line, ": %" PRIu64 " in, %" PRIu64 " out", s->rows_in, s->rows_out);
      if (s->late) text_printf(&line, ", %" PRIu64 " late", s->late);
      if (s->bad) text_printf(&line, ", %" PRIu64 " bad", s->bad);
      runnel_stats_free(s);
    }
    cli_message("%s", text_of(&line));
    text_free(&line);
  }
}

int cli_run(cli *c) {
  cli_options *o = c->options;
  if (o->source_count == 0) {
    if (isatty(STDIN_FILENO)) return cli_usage_error("runnel run FILE.sql, or runnel run -c SQL", "nothing to run");
    cli_default_stdin(o);
  }
  if (o->keep_rows && !o->fresh) return cli_usage_error("runnel run --fresh --keep-rows", "--keep-rows goes with --fresh");
  if (o->db) {
    int code = cli_check_database(o->db);
    if (code >= 0) return code;
  }
  c->run = true;
  c->prepare_flags = RUNNEL_PREPARE_RUN | (c->changelog ? RUNNEL_PREPARE_CHANGELOG : 0) | (o->until_end ? RUNNEL_PREPARE_UNTIL_END : 0);
  cli_signals_install(true);
  int code = cli_open(c, o->db);
  if (code >= 0) return code;
  code = EXIT_OK;
  if (!o->db && !o->quiet) cli_message("no --db: nothing is kept when this run ends");
  char *name = script_name(o);
  if (runnel_run_begin(c->db, name, o->fresh, o->keep_rows) != RUNNEL_OK) code = cli_report(c, NULL, 0);
  free(name);
  if (code == EXIT_OK) {
    code = run_sources(c);
    jobs j;
    jobs_open(c, &j);
    bool stopped = cli_stopped(c);
    code = await_jobs(c, &j, code);
    summarise(c, &j);
    bool finished = code == EXIT_OK && !stopped && !cli_stopped(c);
    for (int i = 0; i < j.count; i++) finished &= runnel_job_get_state(j.items[i]) == RUNNEL_JOB_FINISHED;
    jobs_close(&j);
    if (runnel_run_end(c->db, finished) != RUNNEL_OK && code == EXIT_OK) code = cli_report(c, NULL, 0);
  }
  return cli_close(c, code);
}
