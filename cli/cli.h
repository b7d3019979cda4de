/* What the files of cli/ share. The program uses api/runnel.h and nothing below it: whatever it can do, an embedding
 * program can do.
 *
 *   main.c      dispatch                  args.c      the command line        commands.c  help, version, default shell
 *   run.c       `runnel run`              exec.c      running statements      shell.c     the interactive loop
 *   editor.c    libedit                   meta.c      backslash commands      output.c    rows: json, csv
 *   table.c     rows: aligned, expanded   live.c      the live table          status.c    status line, progress
 *   signals.c   SIGINT, SIGTERM, SIGPIPE  text.c      growing text, near names   terminal.c  echo while a statement runs
 *   check.c     `runnel check`            fmt.c       `runnel fmt`
 *   test*.c     `runnel test` (test.h)
 *
 * Data goes to stdout, all else to stderr. */
#ifndef RUNNEL_CLI_H
#define RUNNEL_CLI_H
#include <stdbool.h>
#include <stdio.h>
#include "api/runnel.h"
#include "cli/text.h"

/* Exit codes (documented in docs/, tested in tests/cli). 1 to 5 and 70 come from the error itself. */
enum { EXIT_OK = 0, EXIT_SQL = 1, EXIT_RUN_DATA = 2, EXIT_CONNECT = 3, EXIT_STATE = 4, EXIT_SINK = 5, EXIT_USAGE = 64, EXIT_NO_INPUT = 66,
       EXIT_BUG = 70, EXIT_OUTPUT = 74, EXIT_PIPE = 141 };

typedef enum cli_format { FORMAT_AUTO, FORMAT_TABLE, FORMAT_JSON, FORMAT_CSV } cli_format;

typedef struct cli_source { /* in the order of the command line */
  enum { SOURCE_COMMAND, SOURCE_FILE, SOURCE_STDIN } kind;
  const char *text; /* the SQL, or the path */
} cli_source;

typedef struct cli_options {
  const struct cli_command *command;
  const char *db;
  cli_format format;
  bool no_header, changelog, quiet, until_end, fresh, keep_rows, keep_going, read_only, help, version;
  bool werror, write, check; /* runnel check, runnel fmt */
  bool error_json;           /* --error-format json */
  bool update, chaos;        /* runnel test */
  const char *pattern, *parallelism;
  long long for_ms; /* 0: no limit */
  size_t setting_count, source_count, word_count;
  const char **settings; /* "key=value", NULL-terminated */
  cli_source *sources;
  const char **words; /* positionals */
} cli_options;

typedef struct cli_job_place { /* where the statement that started a job stands */
  char *source; /* file; NULL: shell style */
  int base_line;
  bool told; /* its failure was reported with the statement */
} cli_job_place;

typedef struct cli {
  cli_options *options;
  runnel *db;
  bool interactive;      /* the shell on a terminal */
  bool run;              /* `runnel run` */
  bool out_tty, err_tty, color;
  cli_format format;     /* resolved */
  bool expanded, timing; /* \x, \timing */
  bool changelog;        /* --changelog, \changelog */
  bool leave;            /* \q */
  int include_depth;     /* \i */
  long long deadline_ms; /* --for: monotonic; 0: none */
  unsigned prepare_flags;
  cli_job_place *places; /* of the handle's jobs, by their number */
  int place_count;
} cli;

typedef struct cli_command {
  const char *name, *usage, *summary;
  unsigned mask; /* which options it takes */
  int (*run)(cli *c);
} cli_command;
enum { FOR_SHELL = 1, FOR_RUN = 2, FOR_HELP = 4, FOR_VERSION = 8, FOR_CHECK = 16, FOR_FMT = 32, FOR_TEST = 64, FOR_ALL = 127 };
extern const cli_command cli_commands[]; /* ends with name NULL; the first is the shell */

/* args.c: fills options; returns -1 to go on, or the exit code (usage was printed). */
int cli_parse(int argc, char **argv, cli_options *options);
void cli_print_help(FILE *out, const cli_command *command); /* NULL: overview */
void cli_free_options(cli_options *options);
void cli_default_stdin(cli_options *options); /* no source was given: stdin is it */
const char *cli_source_name(const cli_source *source); /* in reports */
int cli_usage_error(const char *hint, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* commands.c */
int cli_check_database(const char *path); /* -1: may be opened, else usage was explained: the exit code */
int cli_open(cli *c, const char *path); /* opens c->db; exit code, -1: opened */
void cli_list_jobs(cli *c, text *out);  /* those that are not FINISHED, with their states */
int cli_close(cli *c, int code);        /* stops jobs, closes; the exit code to end with */
int cli_report(cli *c, const char *source_name, int base_line); /* prints the handle's errors; their exit code */
int cli_exit_code_of(int runnel_code);
/* The text of a source, NUL-terminated, freed by the caller; NULL: message printed, *code set. */
char *cli_read_source(const cli_source *source, int *code);
bool cli_is_test_file(const char *name); /* .test.sql: not SQL alone, for `runnel test` only */

/* exec.c: a script, statement by statement. A statement is prepared from the start of its line, so that columns are those
 * of the file; what stands before it on that line is blanked. */
typedef struct cli_script {
  char *sql;
  char *line;    /* start of the line that the statement at hand starts on; sql at first */
  int base_line; /* lines before it */
} cli_script;
void cli_script_at(cli_script *script, const char *begin); /* the statement at hand begins there; never goes back */
/* Runs a script; returns an exit code, 0: all went well. name: "file.sql" or NULL for shell style. */
int cli_exec(cli *c, const char *script, const char *name);
/* QUIT, EXIT, HELP, CLEAR: does it and gives what stands behind the statement; NULL: it is none of them, or not all of the
 * text (whole). */
const char *cli_client_word(cli *c, const char *at, bool whole);
bool cli_stopped(const cli *c); /* a signal, --for or a gone reader asks to stop */

/* One column of a statement's rows, as texts, NULL for SQL NULL; freed with cli_free_column(). -1: it failed. */
long cli_column(runnel *db, const char *sql, int column, char ***out);
void cli_free_column(char **texts, long count);

/* meta.c: one backslash command, the line without its end. */
int cli_meta(cli *c, const char *line);
void cli_meta_complete(const char *prefix, runnel_complete_cb callback, void *ctx);
/* The SQL after which the argument of the command in `line` could stand, for completion, and where that argument begins.
 * NULL: none. */
const char *cli_meta_like(const char *line, size_t *argument);

/* output.c: the rows of one statement. */
typedef struct cli_output cli_output;
cli_output *cli_output_begin(cli *c, runnel_stmt *stmt);
void cli_output_row(cli_output *out);
void cli_output_flush(cli_output *out, bool idle); /* what is buffered; idle: nothing more came for a while */
unsigned long long cli_output_end(cli_output *out); /* rows written */
void cli_write(const char *text, size_t len);      /* to stdout, below the status line */
void cli_write_flush(void);
bool cli_pipe_gone(void);  /* the reader of stdout went away */
bool cli_write_lost(void); /* stdout could not be written for another reason */

/* status.c: one line at the bottom of a terminal, on stderr; elsewhere a logfmt line every ten seconds. */
void cli_status_init(const cli *c);
void cli_status_begin(bool wanted);
void cli_status_tick(const runnel_stats *stats, unsigned long long rows, const char *what); /* cheap when called often */
bool cli_status_due(void); /* is it worth fetching statistics? */
void cli_status_clear(void); /* before anything else is written to the terminal */
void cli_status_restore(void); /* after it: the line again, below what was written */
void cli_status_end(void);
void cli_message(const char *format, ...) __attribute__((format(printf, 1, 2))); /* a line on stderr */

/* terminal.c: between the two, keys are not shown and wait for the next prompt; nothing happens without a terminal */
void cli_terminal_quiet(void);
void cli_terminal_restore(void);

/* signals.c */
void cli_signals_install(bool run);
int cli_signal(void);        /* the first SIGINT or SIGTERM since the last reset; 0: none */
void cli_signal_reset(void); /* keeps SIGTERM */
void cli_signal_statement(runnel_stmt *stmt); /* what Ctrl-C interrupts; NULL: nothing */
void cli_signal_stopping(bool on); /* `run`: from now on a signal aborts */
bool cli_window_changed(void);

int cli_shell(cli *c);
int cli_run(cli *c);
int cli_check(cli *c); /* check.c */
int cli_fmt(cli *c);   /* fmt.c */
int cli_test(cli *c);  /* test.c */
/* Opens c->db as a database of its own that nothing is kept of and that says nothing; -1: opened. */
int cli_open_scratch(cli *c);
long long cli_now_ms(void); /* monotonic */

#endif
