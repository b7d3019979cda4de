/* The shell: reads statements of any number of lines, runs them, and survives whatever they do. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "cli/editor.h"

/* --- where the history lies ---------------------------------------------------------------------------------- */
/* $XDG_STATE_HOME/runnel/history; NULL when there is no such place: the shell works without. */
static char *history_file(void) {
  const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
  text path = {0};
  if (state && *state == '/')
    text_puts(&path, state);
  else if (home && *home == '/')
    text_printf(&path, "%s/.local/state", home);
  else
    return NULL;
  text_puts(&path, "/runnel");
  for (char *slash = path.data + 1;; slash++) { /* make the directories, privately */
    if (*slash != '/' && *slash) continue;
    char old = *slash;
    *slash = 0;
    if (mkdir(path.data, 0700) != 0 && errno != EEXIST) {
      text_free(&path);
      return NULL;
    }
    *slash = old;
    if (!old) break;
  }
  text_puts(&path, "/history");
  return path.data;
}

/* --- banner -------------------------------------------------------------------------------------------------- */
void cli_list_jobs(cli *c, text *out) {
  runnel_stmt *stmt = NULL;
  if (runnel_prepare(c->db, "SHOW JOBS", -1, 0, &stmt, NULL) == RUNNEL_OK && stmt) {
    int name = -1, state = -1;
    for (int i = 0; i < runnel_column_count(stmt); i++) {
      if (strcmp(runnel_column_name(stmt, i), "job name") == 0) name = i;
      if (strcmp(runnel_column_name(stmt, i), "status") == 0) state = i;
    }
    while (name >= 0 && state >= 0 && runnel_step(stmt, -1) == RUNNEL_ROW) {
      const char *job = runnel_column_text(stmt, name);
      char *copy = cli_copy(job ? job : "", job ? strlen(job) : 0);
      const char *what = runnel_column_text(stmt, state);
      if (what && !text_same_word(what, "FINISHED")) text_printf(out, "%s%s %s", out->len ? ", " : "", copy, what);
      free(copy);
    }
  }
  runnel_finalize(stmt);
}
static void banner(cli *c) {
  if (c->options->quiet) return;
  const char *path = runnel_path(c->db);
  text jobs = {0};
  if (*path) cli_list_jobs(c, &jobs);
  text line = {0};
  text_printf(&line, "runnel %s · %s", runnel_libversion(), *path ? path : "temporary database: nothing is kept (runnel FILE.db keeps it)");
  long pid = runnel_writer_pid(c->db);
  if (runnel_is_read_only(c->db)) {
    text_puts(&line, pid ? "\nread-only: " : " · read-only");
    if (pid) text_printf(&line, "process %ld writes this file", pid);
  }
  if (jobs.len) text_printf(&line, " · jobs: %s", text_of(&jobs));
  cli_message("%s", text_of(&line));
  cli_message("Type SQL ending with ;   \\? commands   Ctrl-C stops a query, Ctrl-D leaves");
  text_free(&line);
  text_free(&jobs);
}

/* --- the loop --------------------------------------------------------------------------------------------------- */
static const char *prompt(const text *statement) {
  static const char *const prompts[] = {
      [RUNNEL_COMPLETE] = "     -> ",  [RUNNEL_INCOMPLETE] = "     -> ", [RUNNEL_IN_STRING] = "    '-> ", [RUNNEL_IN_NAME] = "    `-> ",
      [RUNNEL_IN_COMMENT] = "   /*-> ", [RUNNEL_IN_PARENS] = "    (-> ",  [RUNNEL_BLANK] = "runnel> "};
  return prompts[statement->len ? runnel_is_complete(text_of(statement)) : RUNNEL_BLANK];
}

/* Takes a line; runs what is complete. */
static void take_line(cli *c, editor *e, text *statement, const char *line) {
  const char *first = text_skip_blank(line);
  if (!statement->len) {
    if (*first == '\\') {
      editor_remember(e, line);
      (void)cli_meta(c, first);
      return;
    }
    if (cli_client_word(c, first, true)) return;
  } else {
    text_char(statement, '\n');
  }
  text_puts(statement, line);
  switch (runnel_is_complete(text_of(statement))) {
    case RUNNEL_BLANK: text_clear(statement); break;
    case RUNNEL_COMPLETE:
      editor_remember(e, text_of(statement));
      (void)cli_exec(c, text_of(statement), NULL);
      text_clear(statement);
      break;
    default: break;
  }
}

/* Jobs that ended since the last prompt say so. */
static void report_jobs(cli *c, int *known, runnel_job_state **states) {
  static const char *const words[] = {[RUNNEL_JOB_STOPPED] = "stopped", [RUNNEL_JOB_FINISHED] = "finished", [RUNNEL_JOB_FAILED] = "failed"};
  int count = runnel_job_count(c->db);
  if (count > *known) {
    *states = cli_grow(*states, (size_t)count * sizeof **states);
    for (int i = *known; i < count; i++) (*states)[i] = RUNNEL_JOB_RUNNING;
    *known = count;
  }
  for (int i = 0; i < count && i < *known; i++) {
    runnel_job *job = runnel_job_at(c->db, i);
    runnel_job_state state = runnel_job_get_state(job);
    if (state != (*states)[i] && state == RUNNEL_JOB_FAILED) cli_message("job %s %s\n%s", runnel_job_name(job), words[state], runnel_job_error(job));
    (*states)[i] = state;
    runnel_job_free(job);
  }
}

int cli_shell(cli *c) {
  char *file = history_file();
  editor *e = editor_open(c, file);
  free(file);
  if (!e) {
    cli_message("runnel: the terminal cannot be used; give SQL with -c, -f or on stdin");
    return EXIT_USAGE;
  }
  banner(c);
  text statement = {0};
  int known = 0;
  runnel_job_state *states = NULL;
  while (!c->leave) {
    cli_signal_reset();
    if (cli_signal()) break; /* SIGTERM */
    report_jobs(c, &known, &states);
    const char *line = NULL;
    editor_result result = editor_line(e, prompt(&statement), text_of(&statement), &line);
    if (result == EDITOR_END) {
      (void)fputc('\n', stdout);
      break;
    }
    if (result == EDITOR_INTERRUPTED) {
      text_clear(&statement);
      continue;
    }
    take_line(c, e, &statement, line);
    if (c->deadline_ms && cli_now_ms() >= c->deadline_ms) c->deadline_ms = 0; /* --for was for one statement */
  }
  text_free(&statement);
  free(states);
  editor_close(e);
  return EXIT_OK;
}
