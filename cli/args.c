/* The command line: a table of options. Options may stand anywhere; -c and -f keep their order. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "cli/cli.h"

typedef enum option_kind { FLAG, TEXT, SOURCE_C, SOURCE_F, SETTING, FORMAT, ERROR_FORMAT, DURATION } option_kind;
typedef struct option_row {
  const char *name, *short_name, *value; /* value: what --help calls it */
  option_kind kind;
  size_t offset; /* of the field for FLAG and TEXT */
  unsigned mask;
  const char *help;
} option_row;
#define AT(field) offsetof(cli_options, field)

static const option_row rows[] = {
    {"--command", "-c", "SQL", SOURCE_C, 0, FOR_SHELL | FOR_RUN, "run these statements, then leave (repeatable, in order with -f)"},
    {"--file", "-f", "FILE", SOURCE_F, 0, FOR_SHELL | FOR_RUN, "run a file of statements; - is stdin"},
    {"--db", NULL, "FILE.db", TEXT, AT(db), FOR_SHELL | FOR_RUN | FOR_CHECK, "the database: catalog, sink tables and job state in one SQLite file"},
    {"--until-end", NULL, NULL, FLAG, AT(until_end), FOR_SHELL | FOR_RUN, "read to the ends found at the start, then stop"},
    {"--for", NULL, "TIME", DURATION, 0, FOR_SHELL | FOR_RUN, "stop after a while: 30s, 5min"},
    {"--fresh", NULL, NULL, FLAG, AT(fresh), FOR_RUN, "forget state and offsets, empty the tables that only this job writes"},
    {"--keep-rows", NULL, NULL, FLAG, AT(keep_rows), FOR_RUN, "with --fresh: leave the rows in the tables"},
    {"--keep-going", NULL, NULL, FLAG, AT(keep_going), FOR_RUN, "a failed job does not stop the others"},
    {"--format", NULL, "FORMAT", FORMAT, 0, FOR_SHELL | FOR_RUN, "table, json or csv (default: table on a terminal, else json)"},
    {"--no-header", NULL, NULL, FLAG, AT(no_header), FOR_SHELL | FOR_RUN, "no names above tables and csv"},
    {"--changelog", NULL, NULL, FLAG, AT(changelog), FOR_SHELL | FOR_RUN, "print every change with its kind: +I -U +U -D"},
    {"--set", "-D", "KEY=VALUE", SETTING, 0, FOR_SHELL | FOR_RUN | FOR_CHECK | FOR_TEST, "a setting, as SET 'key' = 'value' would make it"},
    {"--read-only", NULL, NULL, FLAG, AT(read_only), FOR_SHELL, "do not become the writer of the file"},
    {"--quiet", "-q", NULL, FLAG, AT(quiet), FOR_SHELL | FOR_RUN | FOR_CHECK | FOR_FMT | FOR_TEST, "no banner, notices or progress"},
    {"--werror", NULL, NULL, FLAG, AT(werror), FOR_CHECK, "warnings count as errors"},
    {"--error-format", NULL, "FORMAT", ERROR_FORMAT, 0, FOR_CHECK, "text, or json: an object a line"},
    {"--write", "-w", NULL, FLAG, AT(write), FOR_FMT, "write the files instead of printing the result"},
    {"--check", NULL, NULL, FLAG, AT(check), FOR_FMT, "change nothing; exit code 1 and their names if files would change"},
    {"--match", "-k", "TEXT", TEXT, AT(pattern), FOR_TEST, "only tests whose name contains it"},
    {"--update", NULL, NULL, FLAG, AT(update), FOR_TEST, "write what was found in the place of what was expected"},
    {"--parallelism", NULL, "N,..", TEXT, AT(parallelism), FOR_TEST, "run each test with each of them (default: 1)"},
    {"--chaos", NULL, NULL, FLAG, AT(chaos), FOR_TEST, "also stop and restore, and kill and restore, after every step: results may not change"},
    {"--help", "-h", NULL, FLAG, AT(help), FOR_ALL, "this text"},
    {"--version", "-V", NULL, FLAG, AT(version), FOR_ALL, "version, and those of the libraries"},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

int cli_usage_error(const char *hint, const char *format, ...) {
  va_list args;
  va_start(args, format);
  (void)fputs("runnel: ", stderr);
  (void)vfprintf(stderr, format, args);
  (void)fputc('\n', stderr);
  va_end(args);
  (void)fprintf(stderr, "%s\n", hint ? hint : "try: runnel --help");
  return EXIT_USAGE;
}

void cli_print_help(FILE *out, const cli_command *command) {
  const cli_command *c = command ? command : &cli_commands[0];
  (void)fprintf(out, "usage: %s\n", c->usage);
  if (!command)
    for (const cli_command *other = cli_commands + 1; other->name; other++) (void)fprintf(out, "       %s\n", other->usage);
  (void)fprintf(out, "\n%s\n", c->summary);
  if (!command) {
    (void)fprintf(out, "\ncommands:\n");
    for (const cli_command *other = cli_commands + 1; other->name; other++) (void)fprintf(out, "  %-10s %s\n", other->name, other->summary);
  }
  (void)fprintf(out, "\noptions:\n");
  for (size_t i = 0; i < ROWS; i++) {
    if (!(rows[i].mask & c->mask)) continue;
    char left[64];
    (void)snprintf(left, sizeof left, "%s%s%s%s%s", rows[i].short_name ? rows[i].short_name : "", rows[i].short_name ? ", " : "", rows[i].name,
                   rows[i].value ? " " : "", rows[i].value ? rows[i].value : "");
    (void)fprintf(out, "  %-22s %s\n", left, rows[i].help);
  }
  if (!command)
    (void)fprintf(out, "\nexit codes: 0 good, 1 SQL error, 2 data error, 3 connection, 4 state, 5 sink or file in use,\n"
                       "            64 wrong usage, 66 no such input, 70 bug, 130/143 aborted, 141 reader of stdout went away\n");
}

static void push_word(const char ***list, size_t *count, const char *word) {
  *list = cli_grow((void *)*list, (*count + 2) * sizeof **list);
  (*list)[(*count)++] = word;
  (*list)[*count] = NULL;
}
static void push_source(cli_options *o, unsigned kind, const char *value) {
  o->sources = cli_grow(o->sources, (o->source_count + 1) * sizeof *o->sources);
  cli_source source = {.text = value};
  source.kind = kind;
  if (kind == SOURCE_FILE && strcmp(value, "-") == 0) source.kind = SOURCE_STDIN;
  o->sources[o->source_count++] = source;
}

void cli_default_stdin(cli_options *o) {
  if (!o->source_count) push_source(o, SOURCE_STDIN, "-");
}
const char *cli_source_name(const cli_source *source) { return source->kind == SOURCE_STDIN ? "<stdin>" : source->text; }

static const option_row *find(const char *word, size_t len) {
  for (size_t i = 0; i < ROWS; i++)
    if ((strlen(rows[i].name) == len && memcmp(rows[i].name, word, len) == 0) ||
        (rows[i].short_name && strlen(rows[i].short_name) == len && memcmp(rows[i].short_name, word, len) == 0))
      return &rows[i];
  return NULL;
}
static int unknown_option(const char *word, unsigned mask) {
  size_t best = 3;
  char hint[128] = "";
  for (size_t i = 0; i < ROWS; i++) {
    size_t distance = text_distance(word, rows[i].name);
    if ((rows[i].mask & mask) && distance < best) {
      best = distance;
      (void)snprintf(hint, sizeof hint, "did you mean %s?", rows[i].name);
    }
  }
  return cli_usage_error(hint[0] ? hint : NULL, "unknown option %s", word);
}

static int take(cli_options *o, const option_row *row, const char *value) {
  char *base = (char *)o;
  switch (row->kind) {
    case FLAG: *(bool *)(void *)(base + row->offset) = true; break;
    case TEXT: *(const char **)(void *)(base + row->offset) = value; break;
    case SOURCE_C: push_source(o, SOURCE_COMMAND, value); break;
    case SOURCE_F: push_source(o, SOURCE_FILE, value); break;
    case SETTING:
      if (!strchr(value, '=')) return cli_usage_error("write -D key=value", "setting \"%s\" has no value", value);
      push_word(&o->settings, &o->setting_count, value);
      break;
    case FORMAT: {
      static const char *const names[] = {[FORMAT_TABLE] = "table", [FORMAT_JSON] = "json", [FORMAT_CSV] = "csv"};
      for (int i = FORMAT_TABLE; i <= FORMAT_CSV; i++)
        if (strcmp(names[i], value) == 0) {
          o->format = (cli_format)i;
          return -1;
        }
      return cli_usage_error("formats: table, json, csv", "unknown format \"%s\"", value);
    }
    case ERROR_FORMAT:
      o->error_json = strcmp(value, "json") == 0;
      if (!o->error_json && strcmp(value, "text") != 0) return cli_usage_error("formats: text, json", "unknown error format \"%s\"", value);
      break;
    case DURATION:
      o->for_ms = text_duration_ms(value);
      if (o->for_ms < 0) return cli_usage_error("write --for 30s, 5min or 2h", "\"%s\" is not a duration", value);
      break;
  }
  return -1;
}

static const cli_command *find_command(const char *word) {
  for (const cli_command *c = cli_commands + 1; c->name; c++)
    if (strcmp(c->name, word) == 0) return c;
  return NULL;
}

int cli_parse(int argc, char **argv, cli_options *o) {
  memset(o, 0, sizeof *o);
  o->command = &cli_commands[0];
  bool only_words = false;
  for (int i = 1; i < argc; i++) {
    char *word = argv[i];
    if (only_words || word[0] != '-' || !word[1]) {
      const cli_command *command = o->word_count == 0 && o->command == &cli_commands[0] ? find_command(word) : NULL;
      if (command && !only_words)
        o->command = command;
      else if (o->command->mask & (FOR_RUN | FOR_CHECK | FOR_FMT))
        push_source(o, SOURCE_FILE, word);
      else
        push_word(&o->words, &o->word_count, word);
      continue;
    }
    if (strcmp(word, "--") == 0) {
      only_words = true;
      continue;
    }
    const char *equals = word[1] == '-' ? strchr(word, '=') : NULL;
    size_t len = equals ? (size_t)(equals - word) : strlen(word);
    const char *value = equals ? equals + 1 : NULL;
    const option_row *row = find(word, len);
    if (!row && word[1] != '-' && len > 2) { /* -cSQL, -Dkey=value */
      row = find(word, 2);
      if (row && row->kind == FLAG) row = NULL;
      value = word + 2;
    }
    if (!row) return unknown_option(word, o->command->mask);
    if (row->kind == FLAG && value) return cli_usage_error(NULL, "%s takes no value", row->name);
    if (row->kind != FLAG && !value) {
      if (++i >= argc) return cli_usage_error(NULL, "%s wants %s", row->name, row->value);
      value = argv[i];
    }
    int code = take(o, row, value);
    if (code >= 0) return code;
    if (!(row->mask & o->command->mask) && o->command != &cli_commands[0])
      return cli_usage_error(NULL, "runnel %s has no option %s", o->command->name, row->name);
  }
  if (o->help) {
    cli_print_help(stdout, o->command == &cli_commands[0] ? NULL : o->command);
    return EXIT_OK;
  }
  if (o->version) {
    (void)printf("runnel %s (%s)\n", runnel_libversion(), runnel_build_info());
    return EXIT_OK;
  }
  if (o->command == &cli_commands[0] && (o->fresh || o->keep_rows || o->keep_going))
    return cli_usage_error("they belong to: runnel run", "--fresh, --keep-rows and --keep-going are no options of the shell");
  return -1;
}

void cli_free_options(cli_options *o) {
  free((void *)o->settings);
  free(o->sources);
  free((void *)o->words);
}
