/* Backslash commands of the shell: a table. They also work in scripts and -c, at the start of a line. */
#include <stdlib.h>
#include <string.h>
#include "cli/cli.h"

typedef struct meta_command {
  const char *name, *argument, *summary;
  int (*run)(cli *c, const char *argument);
  const char *like; /* the argument is completed as what follows this SQL; NULL: not */
} meta_command;

static int show_commands(cli *c, const char *argument);
static int help_on(cli *c, const char *argument);
static int describe(cli *c, const char *argument);
static int functions(cli *c, const char *argument);
static int include(cli *c, const char *argument);
static int jobs(cli *c, const char *argument);
static int stop(cli *c, const char *argument);
static int timing(cli *c, const char *argument);
static int expanded(cli *c, const char *argument);
static int changes(cli *c, const char *argument);
static int set_format(cli *c, const char *argument);
static int leave(cli *c, const char *argument);

static const meta_command commands[] = {
    {"\\?", "", "this list", show_commands, NULL},
    {"\\h", "[WORD]", "help on a function, clause, statement, connector, format or error code", help_on, "SELECT "},
    {"\\d", "[TABLE]", "tables and views, or the columns of one", describe, "DESCRIBE "},
    {"\\df", "[PATTERN]", "functions", functions, "SELECT "},
    {"\\jobs", "", "jobs", jobs, NULL},
    {"\\stop", "JOB", "stops a job with an epoch", stop, "STOP JOB '"},
    {"\\i", "FILE", "runs a file of statements", include, NULL},
    {"\\format", "table|json|csv", "how rows are printed", set_format, NULL},
    {"\\x", "[on|off]", "one line per column", expanded, NULL},
    {"\\changelog", "[on|off]", "every change with its kind", changes, NULL},
    {"\\timing", "[on|off]", "how long statements take", timing, NULL},
    {"\\q", "", "leaves (also Ctrl-D)", leave, NULL},
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

static int show_commands(cli *c, const char *argument) {
  (void)c;
  (void)argument;
  text out = {0};
  for (size_t i = 0; i < COMMANDS; i++) {
    char left[40];
    (void)snprintf(left, sizeof left, "%s %s", commands[i].name, commands[i].argument);
    text_printf(&out, " %-26s %s\n", left, commands[i].summary);
  }
  text_puts(&out, " SQL ends with ;  Ctrl-C stops a query or clears what was typed, Tab completes, Ctrl-R searches the history\n");
  cli_write(text_of(&out), out.len);
  cli_write_flush();
  text_free(&out);
  return EXIT_OK;
}
/* A statement made of words of ours and an argument. */
static int run_sql(cli *c, const char *before, const char *argument, const char *after) {
  text sql = {0};
  text_printf(&sql, "%s%s%s", before, argument, after);
  int code = cli_exec(c, text_of(&sql), NULL);
  text_free(&sql);
  return code;
}
/* Is the word a function of the catalog? Completion knows those beside the built-in ones. */
typedef struct sought {
  const char *word;
  bool found;
} sought;
static void is_sought(void *ctx, const char *word, const char *kind) {
  sought *s = ctx;
  if (strcmp(kind, "function") == 0 && text_same_word(word, s->word)) s->found = true;
}
static bool own_function(cli *c, const char *word) {
  text sql = {0};
  size_t begin;
  sought s = {word, false};
  text_printf(&sql, "SELECT %s", word);
  (void)runnel_complete(c->db, text_of(&sql), strlen(text_of(&sql)), &begin, is_sought, &s);
  text_free(&sql);
  return s.found;
}
static int help_on(cli *c, const char *argument) {
  if (!*argument) return show_commands(c, argument);
  const char *help = runnel_code_help(argument);
  if (!help) help = runnel_function_help(argument);
  if (!help && own_function(c, argument)) return run_sql(c, "SHOW CREATE FUNCTION ", argument, "");
  if (!help) {
    cli_message("there is no help on %s (SHOW FUNCTIONS lists the functions)", argument);
    return EXIT_USAGE;
  }
  cli_write(help, strlen(help));
  if (*help && help[strlen(help) - 1] != '\n') cli_write("\n", 1);
  cli_write_flush();
  return EXIT_OK;
}

static void quoted(text *out, const char *s) {
  text_char(out, '\'');
  for (; *s; s++) {
    if (*s == '\'') text_char(out, '\'');
    text_char(out, *s);
  }
  text_char(out, '\'');
}
static int describe(cli *c, const char *argument) {
  return *argument ? run_sql(c, "DESCRIBE ", argument, "") : run_sql(c, "SHOW TABLES", "", "");
}
static int functions(cli *c, const char *argument) {
  if (!*argument) return run_sql(c, "SHOW FUNCTIONS", "", "");
  text pattern = {0};
  quoted(&pattern, argument);
  int code = run_sql(c, "SHOW FUNCTIONS ILIKE ", text_of(&pattern), "");
  text_free(&pattern);
  return code;
}
static int jobs(cli *c, const char *argument) {
  (void)argument;
  return run_sql(c, "SHOW JOBS", "", "");
}
static int stop(cli *c, const char *argument) {
  if (!*argument) return cli_message("\\stop wants the name of a job (\\jobs lists them)"), EXIT_USAGE;
  text name = {0};
  quoted(&name, argument);
  int code = run_sql(c, "STOP JOB ", text_of(&name), "");
  text_free(&name);
  return code;
}
static int include(cli *c, const char *argument) {
  enum { DEEPEST = 20 };
  if (!*argument) return cli_message("\\i wants a file"), EXIT_USAGE;
  if (c->include_depth >= DEEPEST) return cli_message("\\i: files include each other more than %d deep", (int)DEEPEST), EXIT_USAGE;
  int code = EXIT_OK;
  cli_source source = {.text = argument};
  source.kind = SOURCE_FILE;
  char *sql = cli_read_source(&source, &code);
  if (!sql) return code;
  c->include_depth++;
  code = cli_exec(c, sql, argument);
  c->include_depth--;
  free(sql);
  return code;
}
static int flag(const char *name, bool *value, const char *argument) {
  if (!*argument)
    *value = !*value;
  else if (text_same_word(argument, "on") || text_same_word(argument, "off"))
    *value = text_same_word(argument, "on");
  else
    return cli_message("%s takes on or off", name), EXIT_USAGE;
  cli_message("%s is %s", name, *value ? "on" : "off");
  return EXIT_OK;
}
static int timing(cli *c, const char *argument) { return flag("\\timing", &c->timing, argument); }
static int expanded(cli *c, const char *argument) { return flag("\\x", &c->expanded, argument); }
static int changes(cli *c, const char *argument) {
  int code = flag("\\changelog", &c->changelog, argument);
  c->prepare_flags = (c->prepare_flags & ~RUNNEL_PREPARE_CHANGELOG) | (c->changelog ? RUNNEL_PREPARE_CHANGELOG : 0);
  return code;
}
static int set_format(cli *c, const char *argument) {
  static const char *const names[] = {[FORMAT_TABLE] = "table", [FORMAT_JSON] = "json", [FORMAT_CSV] = "csv"};
  for (int i = FORMAT_TABLE; i <= FORMAT_CSV; i++)
    if (text_same_word(argument, names[i])) {
      c->format = (cli_format)i;
      return EXIT_OK;
    }
  return cli_message("\\format takes table, json or csv"), EXIT_USAGE;
}
static int leave(cli *c, const char *argument) {
  (void)argument;
  c->leave = true;
  return EXIT_OK;
}

int cli_meta(cli *c, const char *line) {
  char *copy = cli_copy(line, strlen(line));
  size_t len = strlen(copy);
  while (len && (copy[len - 1] == ' ' || copy[len - 1] == '\t' || copy[len - 1] == '\r' || copy[len - 1] == ';')) copy[--len] = 0;
  char *end = copy;
  while (*end && *end != ' ' && *end != '\t') end++;
  const char *argument = text_skip_blank(end);
  *end = 0;
  int code = -1;
  const char *near = NULL;
  size_t best = 3;
  for (size_t i = 0; i < COMMANDS && code < 0; i++) {
    if (text_same_word(copy, commands[i].name)) code = commands[i].run(c, argument);
    size_t distance = text_distance(copy, commands[i].name);
    if (distance < best && strlen(commands[i].name) > 2) best = distance, near = commands[i].name;
  }
  if (code < 0) {
    cli_message("unknown command %s%s%s%s (\\? lists all)", copy, near ? ": did you mean " : "", near ? near : "", near ? "?" : "");
    code = EXIT_USAGE;
  }
  free(copy);
  return code;
}

const char *cli_meta_like(const char *line, size_t *argument) {
  size_t len = strcspn(line, " \t");
  *argument = (size_t)(text_skip_blank(line + len) - line);
  for (size_t i = 0; i < COMMANDS && line[len]; i++)
    if (strlen(commands[i].name) == len && strncmp(commands[i].name, line, len) == 0) return commands[i].like;
  return NULL;
}
void cli_meta_complete(const char *prefix, runnel_complete_cb callback, void *ctx) {
  for (size_t i = 0; i < COMMANDS; i++)
    if (strncmp(commands[i].name, prefix, strlen(prefix)) == 0) callback(ctx, commands[i].name, "command");
}
