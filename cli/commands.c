/* The table of commands, and what all of them share: opening the database, reading sources, reporting errors. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "cli/cli.h"

static int shell_command(cli *c);
static int help_command(cli *c);
static int version_command(cli *c);

const cli_command cli_commands[] = {
    {"shell", "runnel [OPTIONS] [FILE.db] [-c SQL | -f FILE]...",
     "Opens a database and runs statements: a shell on a terminal, else SQL from -c, -f or stdin.", FOR_SHELL, shell_command},
    {"run", "runnel run [OPTIONS] [--db FILE.db] [FILE.sql | -c SQL | -f FILE | -]...",
     "Runs a script to its end, or until a signal; a later run goes on where this one stopped.", FOR_RUN, cli_run},
    {"check", "runnel check [OPTIONS] [FILE.sql | -]...",
     "Reports all errors and warnings of scripts without running them.", FOR_CHECK, cli_check},
    {"fmt", "runnel fmt [-w | --check] [FILE.sql | -]...", "Lays scripts out in one style; comments stay.", FOR_FMT, cli_fmt},
    {"test", "runnel test [OPTIONS] [FILE.test.sql | FOLDER]...",
     "Runs tests of statements on fixture rows, with a clock of their own; nothing sleeps.", FOR_TEST, cli_test},
    {"help", "runnel help [RN2004 | FUNCTION | COMMAND]", "Explains an error code, a function or a command.", FOR_HELP, help_command},
    {"version", "runnel version", "Prints the version.", FOR_VERSION, version_command},
    {NULL, NULL, NULL, 0, NULL},
};

/* --- errors ------------------------------------------------------------------------------------------------ */
int cli_exit_code_of(int code) {
  static const struct {
    int code, exit_code;
  } rows[] = {{RUNNEL_OK, EXIT_OK},       {RUNNEL_DONE, EXIT_OK},       {RUNNEL_ROW, EXIT_OK},     {RUNNEL_IDLE, EXIT_OK},
              {RUNNEL_ERROR, EXIT_SQL},   {RUNNEL_DATA, EXIT_RUN_DATA}, {RUNNEL_CONNECT, EXIT_CONNECT}, {RUNNEL_STATE, EXIT_STATE},
              {RUNNEL_SINK, EXIT_SINK},   {RUNNEL_INTERRUPTED, 130}};
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    if (rows[i].code == code) return rows[i].exit_code;
  return EXIT_BUG;
}

int cli_report(cli *c, const char *source_name, int base_line) {
  cli_status_clear();
  (void)fputs(runnel_error_render(c->db, source_name, base_line), stderr);
  (void)fflush(stderr);
  int count = runnel_error_count(c->db);
  for (int i = 0; i < count; i++) {
    runnel_error err = {.struct_size = sizeof err};
    if (runnel_error_at(c->db, i, &err) == RUNNEL_OK && !err.is_warning) return err.exit_code ? err.exit_code : EXIT_BUG;
  }
  return cli_exit_code_of(runnel_errcode(c->db));
}

/* --- the database -------------------------------------------------------------------------------------------- */
/* Notices and warnings of the library; from any thread. */
static void on_log(void *ctx, int level, const char *line) {
  const cli *c = ctx;
  static const char *const names[] = {"error: ", "warning: ", ""};
  if (level > 2 || (level == 2 && c->options->quiet)) return;
  bool named = strncmp(line, "warning", 7) == 0 || strncmp(line, "error", 5) == 0;
  cli_message("%s%s", named ? "" : names[level < 0 ? 0 : level], line);
}
/* Rows of the print connector; from task threads, one at a time. */
static void on_output(void *ctx, const char *data, size_t len, int is_error) {
  (void)ctx;
  if (is_error) {
    cli_status_clear();
    (void)fwrite(data, 1, len, stderr);
    return;
  }
  cli_write(data, len);
  cli_write_flush();
}

int cli_open(cli *c, const char *path) {
  runnel_config config;
  memset(&config, 0, sizeof config);
  config.struct_size = sizeof config;
  config.read_only = c->options->read_only;
  config.settings = c->options->settings;
  config.output = on_output;
  config.log = on_log;
  config.output_ctx = config.log_ctx = c;
  int code = runnel_open(path, &config, &c->db);
  if (code == RUNNEL_OK) {
    long pid = runnel_writer_pid(c->db);
    if (pid && !c->interactive && !c->options->quiet) { /* the shell's banner says it */
      text jobs = {0};
      cli_list_jobs(c, &jobs);
      cli_message("read-only: process %ld writes %s%s%s", pid, path, jobs.len ? " · jobs: " : "", jobs.len ? text_of(&jobs) : "");
      text_free(&jobs);
    }
    return -1;
  }
  code = cli_report(c, NULL, 0);
  (void)runnel_close(c->db, 0);
  c->db = NULL;
  return code;
}

int cli_open_scratch(cli *c) {
  runnel_config config;
  memset(&config, 0, sizeof config);
  config.struct_size = sizeof config;
  config.settings = c->options->settings;
  if (runnel_open(NULL, &config, &c->db) == RUNNEL_OK) return -1;
  int code = cli_report(c, NULL, 0);
  (void)runnel_close(c->db, 0);
  c->db = NULL;
  return code;
}

/* A reader of stdout that went away ends us the way it ends other programs. */
static int die_of_pipe(void) {
  (void)signal(SIGPIPE, SIG_DFL);
  (void)raise(SIGPIPE);
  return EXIT_PIPE;
}

int cli_close(cli *c, int code) {
  cli_status_end();
  cli_signal_stopping(true); /* closing may wait for epochs: a second signal in `run` aborts */
  int running = 0;
  for (int i = 0; i < runnel_job_count(c->db); i++) {
    runnel_job *job = runnel_job_at(c->db, i);
    running += runnel_job_get_state(job) == RUNNEL_JOB_RUNNING;
    runnel_job_free(job);
  }
  if (running && !c->options->quiet)
    cli_message("stopping %d %s with an epoch%s", running, running == 1 ? "job" : "jobs",
                c->interactive || c->run ? "" : " (runnel run keeps jobs running)");
  int closed = runnel_close(c->db, -1);
  c->db = NULL;
  for (int i = 0; i < c->place_count; i++) free(c->places[i].source);
  free(c->places);
  c->places = NULL;
  c->place_count = 0;
  if (cli_pipe_gone()) return die_of_pipe();
  return code == EXIT_OK && closed != RUNNEL_OK ? cli_exit_code_of(closed) : code;
}

/* --- sources ---------------------------------------------------------------------------------------------------- */
/* Waits with poll, which a signal ends: it restarts reads. */
static char *read_all(int fd) {
  text all = {0};
  char piece[16384];
  struct pollfd input = {.fd = fd, .events = POLLIN};
  ssize_t n = -1;
  while (poll(&input, 1, -1) >= 0 && (n = read(fd, piece, sizeof piece)) > 0) text_add(&all, piece, (size_t)n);
  if (n != 0) {
    text_free(&all);
    return NULL;
  }
  if (all.len && memchr(all.data, 0, all.len)) { /* a binary file: the text would seem to end there */
    text_free(&all);
    errno = EILSEQ;
    return NULL;
  }
  return all.data ? all.data : cli_copy("", 0);
}
bool cli_is_test_file(const char *name) {
  size_t len = strlen(name);
  return len > 9 && strcmp(name + len - 9, ".test.sql") == 0;
}
char *cli_read_source(const cli_source *source, int *code) {
  if (source->kind == SOURCE_COMMAND) return cli_copy(source->text, strlen(source->text));
  int fd = source->kind == SOURCE_STDIN ? STDIN_FILENO : open(source->text, O_RDONLY | O_CLOEXEC);
  char *sql = fd >= 0 ? read_all(fd) : NULL;
  if (!sql) {
    cli_message("runnel: cannot read %s: %s", source->kind == SOURCE_STDIN ? "stdin" : source->text,
                errno == EILSEQ ? "it is no text" : strerror(errno));
    *code = EXIT_NO_INPUT;
  }
  if (fd > STDIN_FILENO) (void)close(fd);
  return sql;
}

/* --- the default command: a shell or a batch ---------------------------------------------------------------------- */
/* A positional must be a database: an existing SQLite file, or a new name that looks like one. -1: it is. */
int cli_check_database(const char *path) {
  size_t len = strlen(path);
  bool sql = len > 4 && text_same_word(path + len - 4, ".sql");
  struct stat info;
  if (sql || stat(path, &info) != 0) {
    char hint[512];
    if (sql) {
      (void)snprintf(hint, sizeof hint, "did you mean: runnel run %s", path);
      return cli_usage_error(hint, "%s is no database", path);
    }
    if (strchr(path, '.') || strchr(path, '/')) return -1;
    for (const cli_command *command = cli_commands + 1; command->name; command++)
      if (text_distance(command->name, path) <= 2) {
        (void)snprintf(hint, sizeof hint, "did you mean: runnel %s", command->name);
        return cli_usage_error(hint, "unknown command %s", path);
      }
    (void)snprintf(hint, sizeof hint, "a new database needs a name like %s.db; commands: run, check, fmt, test, help, version", path);
    return cli_usage_error(hint, "%s is neither a command nor a database", path);
  }
  if (S_ISDIR(info.st_mode)) return cli_usage_error("name a database file", "%s is a directory", path);
  FILE *file = fopen(path, "re");
  if (!file) return -1; /* the library says why */
  char head[16];
  size_t n = fread(head, 1, sizeof head, file);
  (void)fclose(file);
  if (n == 0 || (n == sizeof head && memcmp(head, "SQLite format 3", 16) == 0)) return -1;
  char hint[512];
  (void)snprintf(hint, sizeof hint, "did you mean: runnel run %s", path);
  return cli_usage_error(hint, "%s is no SQLite database", path);
}

static int batch(cli *c) {
  int code = EXIT_OK;
  cli_default_stdin(c->options);
  for (size_t i = 0; i < c->options->source_count && code == EXIT_OK && !cli_stopped(c) && !c->leave; i++) {
    const cli_source *source = &c->options->sources[i];
    char *sql = cli_read_source(source, &code);
    if (sql) code = cli_exec(c, sql, source->kind == SOURCE_FILE ? source->text : NULL);
    free(sql);
  }
  return code;
}

static int shell_command(cli *c) {
  cli_options *o = c->options;
  const char *path = o->db;
  if (o->word_count > 1 || (o->word_count && path)) return cli_usage_error(NULL, "one database, please: %s", o->words[o->word_count - 1]);
  if (o->word_count) path = o->words[0];
  if (path) {
    int code = cli_check_database(path);
    if (code >= 0) return code;
  }
  c->interactive = o->source_count == 0 && isatty(STDIN_FILENO);
  c->prepare_flags = (c->changelog ? RUNNEL_PREPARE_CHANGELOG : 0) | (o->until_end ? RUNNEL_PREPARE_UNTIL_END : 0);
  cli_signals_install(false);
  int code = cli_open(c, path);
  if (code >= 0) return code;
  code = c->interactive ? cli_shell(c) : batch(c);
  return cli_close(c, code);
}

/* --- help, version -------------------------------------------------------------------------------------------------- */
static int help_command(cli *c) {
  if (c->options->word_count == 0) {
    cli_print_help(stdout, NULL);
    return EXIT_OK;
  }
  int code = EXIT_OK;
  for (size_t i = 0; i < c->options->word_count; i++) {
    const char *word = c->options->words[i];
    const char *help = runnel_code_help(word);
    if (help) {
      (void)printf("%s: %s\n", word, help);
      continue;
    }
    help = runnel_function_help(word);
    if (help) {
      (void)printf("%s\n", help);
      continue;
    }
    const cli_command *command = cli_commands;
    while (command->name && strcmp(command->name, word) != 0) command++;
    if (command->name)
      cli_print_help(stdout, command);
    else
      code = cli_usage_error("error codes are like RN2004; SHOW FUNCTIONS lists the functions", "there is no help on %s", word);
  }
  return code;
}
static int version_command(cli *c) {
  (void)c;
  (void)printf("runnel %s (%s)\n", runnel_libversion(), runnel_build_info());
  return EXIT_OK;
}
