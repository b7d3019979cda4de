/* Running statements: a script is a loop of prepare and step. A statement that fails ends the script. Errors carry
 * the line and column of the script, not of the statement. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "cli/cli.h"

enum { STEP_MS = 100, FLUSH_MS = 100, SETTLE_MS = 1000, CHECK_ROWS = 64 };

bool cli_stopped(const cli *c) {
  return cli_signal() != 0 || cli_pipe_gone() || cli_write_lost() || (c->deadline_ms && cli_now_ms() >= c->deadline_ms);
}

/* --- one statement ---------------------------------------------------------------------------------------------- */
typedef struct execution {
  cli *c;
  runnel_stmt *stmt;
  runnel_stmt_kind kind;
  cli_output *out;
  runnel_job *job; /* of an INSERT */
  bool stopping, bounded;
  long long started_ms, flushed_ms, row_ms;
  unsigned long long rows, shown; /* steps; rows of the result, fewer when it was updated in place */
} execution;

static void show_progress(execution *e) {
  if (!cli_status_due()) return;
  runnel_stats *stats = NULL;
  if (e->kind == RUNNEL_STMT_INSERT) {
    if (!e->job) e->job = runnel_stmt_job(e->stmt);
    if (e->job) (void)runnel_job_stats(e->job, &stats);
  } else if (e->kind == RUNNEL_STMT_QUERY) {
    (void)runnel_stmt_stats(e->stmt, &stats);
  }
  cli_status_tick(stats, e->rows, e->job ? runnel_job_name(e->job) : NULL);
  if (stats) runnel_stats_free(stats);
}

/* Now and then: writes what is buffered, draws the status line, looks for a reason to stop. */
static void breathe(execution *e, bool idle) {
  long long now = cli_now_ms();
  if (e->out && (now - e->flushed_ms >= FLUSH_MS || idle)) {
    /* the widths of a bounded result settle with its last row, unless it takes long */
    cli_output_flush(e->out, !e->bounded ? now - e->row_ms >= STEP_MS || now - e->flushed_ms >= FLUSH_MS : now - e->started_ms >= SETTLE_MS);
    e->flushed_ms = now;
  }
  show_progress(e);
  if (!e->stopping && cli_stopped(e->c)) {
    e->stopping = true;
    (void)runnel_stmt_interrupt(e->stmt);
  }
}

static int step_all(execution *e) {
  for (;;) {
    int code = runnel_step(e->stmt, STEP_MS);
    switch (code) {
      case RUNNEL_ROW:
        if (!e->out) e->out = cli_output_begin(e->c, e->stmt);
        cli_output_row(e->out);
        e->row_ms = e->rows % CHECK_ROWS ? e->row_ms : cli_now_ms();
        if (++e->rows % CHECK_ROWS == 0) breathe(e, false);
        break;
      case RUNNEL_IDLE: breathe(e, true); break;
      default: return code;
    }
  }
}

static const char *rows_word(unsigned long long n) { return n == 1 ? "row" : "rows"; }

static void footer(const execution *e, bool stopped) {
  cli *c = e->c;
  if (c->options->quiet || (!c->interactive && !c->timing)) return;
  double ms = (double)(cli_now_ms() - e->started_ms);
  bool has_rows = e->kind == RUNNEL_STMT_QUERY || e->kind == RUNNEL_STMT_TEXT;
  text line = {0};
  if (has_rows) {
    text_printf(&line, "%s%llu %s", stopped ? "stopped: " : "", e->shown, rows_word(e->shown));
    if (e->shown != e->rows) text_printf(&line, ", %llu changes", e->rows);
    cli_message("%s · %.0f ms", text_of(&line), ms);
    text_free(&line);
  }
  if (!has_rows && c->timing) cli_message("%.0f ms", ms);
}

static int finish(execution *e, int code, const char *name, int base_line) {
  cli *c = e->c;
  bool has_rows = e->kind == RUNNEL_STMT_QUERY || e->kind == RUNNEL_STMT_TEXT;
  if (has_rows && !e->out && code == RUNNEL_DONE) e->out = cli_output_begin(c, e->stmt);
  if (e->out) e->shown = cli_output_end(e->out);
  if (code == RUNNEL_DONE) {
    const char *summary = has_rows ? "" : runnel_stmt_summary(e->stmt);
    bool told = !c->options->quiet && (c->interactive || c->run || c->err_tty);
    if (summary && *summary && told) {
      if (name)
        cli_message("%s:%d: %s", name, base_line + 1, summary);
      else
        cli_message("%s", summary);
    }
    footer(e, false);
    return EXIT_OK;
  }
  if (code == RUNNEL_INTERRUPTED && cli_stopped(c)) {
    if (e->kind == RUNNEL_STMT_INSERT && !c->options->quiet) cli_message("%s", runnel_errmsg(c->db));
    footer(e, true);
    return EXIT_OK;
  }
  return cli_report(c, name, base_line);
}

/* Remembers where jobs come from that this statement started. */
static void place_jobs(cli *c, const char *name, int base_line, bool failed) {
  int count = runnel_job_count(c->db);
  if (count <= c->place_count) return;
  c->places = cli_grow(c->places, (size_t)count * sizeof *c->places);
  while (c->place_count < count)
    c->places[c->place_count++] = (cli_job_place){name ? cli_copy(name, strlen(name)) : NULL, base_line, failed};
}

static int execute(cli *c, runnel_stmt *stmt, const char *name, int base_line, int first_line) {
  execution e = {.c = c, .stmt = stmt, .kind = runnel_stmt_get_kind(stmt), .started_ms = cli_now_ms()};
  e.flushed_ms = e.started_ms;
  e.bounded = runnel_is_bounded(stmt) != 0;
  /* awaited work reports even to a file; a query's rows are progress enough there */
  cli_status_begin(e.kind == RUNNEL_STMT_INSERT || (e.kind == RUNNEL_STMT_QUERY && c->err_tty));
  cli_signal_statement(stmt);
  if (c->interactive || (c->out_tty && e.kind == RUNNEL_STMT_QUERY)) cli_terminal_quiet();
  int code = step_all(&e);
  cli_terminal_restore();
  place_jobs(c, name, base_line, code != RUNNEL_DONE);
  cli_signal_statement(NULL);
  cli_status_end();
  code = finish(&e, code, name, code == RUNNEL_DONE ? first_line : base_line);
  runnel_job_free(e.job);
  return code;
}

long cli_column(runnel *db, const char *sql, int column, char ***out) {
  runnel_stmt *stmt = NULL;
  size_t count = 0;
  int code = runnel_prepare(db, sql, -1, 0, &stmt, NULL);
  while (code == RUNNEL_OK && stmt && (code = runnel_step(stmt, -1)) == RUNNEL_ROW) {
    const char *value = runnel_column_text(stmt, column);
    *out = cli_grow(*out, (count + 1) * sizeof **out);
    (*out)[count++] = value ? cli_copy(value, strlen(value)) : NULL;
    code = RUNNEL_OK;
  }
  runnel_finalize(stmt);
  if (code == RUNNEL_OK || code == RUNNEL_DONE) return (long)count;
  cli_free_column(*out, (long)count);
  *out = NULL;
  return -1;
}
void cli_free_column(char **texts, long count) {
  for (long i = 0; i < count; i++) free(texts[i]);
  free(texts);
}

/* --- scripts ------------------------------------------------------------------------------------------------------ */
static int count_lines(const char *from, const char *to) {
  int n = 0;
  for (; from < to; from++) n += *from == '\n';
  return n;
}

void cli_script_at(cli_script *s, const char *begin) {
  const char *start = begin;
  while (start > s->sql && start[-1] != '\n') start--;
  s->base_line += count_lines(s->line, start);
  s->line = s->sql + (start - s->sql);
  for (char *p = s->line; p < begin; p++)
    if (*p != '\t') *p = ' ';
}

/* Words of the dialect's client, alone in their statement. */
const char *cli_client_word(cli *c, const char *at, bool whole) {
  static const struct {
    const char *word, *command; /* command NULL: the screen is cleared */
  } words[] = {{"quit", "\\q"}, {"exit", "\\q"}, {"help", "\\?"}, {"clear", NULL}};
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
    size_t len = strlen(words[i].word);
    if (strncasecmp(at, words[i].word, len) != 0) continue;
    const char *end = text_skip_blank(at + len);
    if (*end && *end != ';') continue;
    while (*end == ';') end = text_skip_blank(end + 1);
    if (whole && *end) return NULL;
    if (words[i].command) (void)cli_meta(c, words[i].command);
    else if (c->out_tty) cli_write("\033[H\033[2J", 7), cli_write_flush();
    return end;
  }
  return NULL;
}

int cli_exec(cli *c, const char *script, const char *name) {
  char *sql = cli_copy(script, strlen(script));
  cli_script s = {.sql = sql, .line = sql};
  const char *at = sql;
  int code = EXIT_OK;
  while (code == EXIT_OK && !c->leave && !cli_stopped(c)) {
    const char *begin = text_skip_blank(at);
    if (*begin == '\\') { /* a backslash command goes to the end of its line */
      const char *end = strchr(begin, '\n');
      size_t len = end ? (size_t)(end - begin) : strlen(begin);
      char *command = cli_copy(begin, len);
      code = cli_meta(c, command);
      free(command);
      at = begin + len;
      continue;
    }
    if (!*begin) break;
    const char *behind = cli_client_word(c, begin, false);
    if (behind) {
      at = behind;
      continue;
    }
    cli_script_at(&s, begin);
    runnel_stmt *stmt = NULL;
    const char *tail = NULL;
    int prepared = runnel_prepare(c->db, s.line, -1, c->prepare_flags, &stmt, &tail);
    if (prepared != RUNNEL_OK) {
      code = cli_report(c, name, s.base_line);
      runnel_finalize(stmt);
      break;
    }
    if (!stmt) break;
    code = execute(c, stmt, name, s.base_line, s.base_line + count_lines(s.line, begin));
    runnel_finalize(stmt);
    at = tail > at ? tail : begin + strlen(begin);
  }
  free(sql);
  return code;
}
