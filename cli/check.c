/* `runnel check`: all errors and warnings of scripts; nothing is read, written or started. Each file is checked in a
 * database of its own, which with --db knows the tables and views of that one. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "cli/cli.h"

typedef struct checker {
  cli *c;
  const char *name; /* of the file */
  cli_script script;
  char **broken;    /* names whose CREATE failed: that they are not found needs no telling */
  size_t broken_count;
  unsigned long long files, statements, errors, warnings, unchecked;
  int code;
} checker;

/* --- names ----------------------------------------------------------------------------------------------------------- */
static void remember_broken(checker *k, const char *statement) {
  char *name = text_created_name(statement);
  if (!name) return;
  k->broken = cli_grow(k->broken, (k->broken_count + 1) * sizeof *k->broken);
  k->broken[k->broken_count++] = name;
}
/* An error that only repeats that a CREATE above failed: the table or function it does not find is that one. */
static bool follows(const checker *k, const runnel_error *err) {
  if (strcmp(err->id, "RN2003") != 0 && strcmp(err->id, "RN2006") != 0) return false;
  const char *word = k->script.line + err->begin;
  size_t len = err->end - err->begin;
  if (len > 1 && word[0] == '`') word++, len -= 2;
  for (size_t i = 0; i < k->broken_count; i++)
    if (strlen(k->broken[i]) == len && strncasecmp(k->broken[i], word, len) == 0) return true;
  return false;
}

/* --- reports ----------------------------------------------------------------------------------------------------------- */
static void json_error(const checker *k, const runnel_error *err) {
  const cli_script *s = &k->script;
  size_t offset = (size_t)(s->line - s->sql);
  text line = {0};
  text_puts(&line, "{\"file\":");
  text_json(&line, k->name);
  text_printf(&line, ",\"line\":%d,\"column\":%d,\"begin\":%zu,\"end\":%zu,\"severity\":\"%s\",\"code\":\"%s\",\"message\":",
              err->line ? err->line + s->base_line : s->base_line + 1, err->column, offset + err->begin, offset + err->end,
              err->is_warning ? "warning" : "error", err->id);
  text_json(&line, err->message);
  text_puts(&line, ",\"hint\":");
  text_json(&line, err->hint ? err->hint : "");
  text_puts(&line, "}\n");
  cli_write(text_of(&line), line.len);
  text_free(&line);
}

/* What the last call found in the statement at hand. True: it has errors. */
static bool report(checker *k) {
  cli *c = k->c;
  int count = runnel_error_count(c->db), told = 0;
  bool failed = false;
  for (int i = 0; i < count; i++) {
    runnel_error err = {.struct_size = sizeof err};
    if (runnel_error_at(c->db, i, &err) != RUNNEL_OK) continue;
    if (!err.is_warning) failed = true;
    if (follows(k, &err)) continue;
    told++;
    if (err.is_warning)
      k->warnings++;
    else
      k->errors++;
    if (c->options->error_json) json_error(k, &err);
  }
  if (failed && !told) k->unchecked++;
  if (told && !c->options->error_json) {
    /* the library renders all or nothing; a statement that has both kinds is told as a whole */
    const char *rendered = runnel_error_render(c->db, k->name, k->script.base_line);
    cli_write(rendered, strlen(rendered));
  }
  return failed;
}

/* --- statements ----------------------------------------------------------------------------------------------------------- */
/* One statement at `begin`; gives where the next one starts. */
static const char *check_statement(checker *k, const char *begin) {
  cli *c = k->c;
  cli_script_at(&k->script, begin);
  const char *tail = NULL;
  runnel_stmt *stmt = NULL;
  bool failed = false;
  int code = runnel_prepare(c->db, k->script.line, -1, RUNNEL_PREPARE_CHECK, &stmt, &tail);
  if (code != RUNNEL_OK || stmt) {
    k->statements++;
    failed = report(k);
  }
  if (stmt) {
    do code = runnel_step(stmt, 100);
    while (code == RUNNEL_ROW || code == RUNNEL_IDLE);
    failed |= report(k);
  }
  runnel_finalize(stmt);
  if (failed) remember_broken(k, begin);
  return tail && tail > begin ? tail : begin + strlen(begin);
}

static void check_script(checker *k) {
  for (const char *at = k->script.sql; !cli_stopped(k->c);) {
    const char *begin = text_skip_blank(at);
    if (!*begin) break;
    at = *begin == '\\' ? begin + strcspn(begin, "\n") : check_statement(k, begin); /* a command of the shell */
  }
}

/* --- the tables of --db --------------------------------------------------------------------------------------------------- */
typedef struct creates { /* SHOW CREATE statements, one per object */
  char **items;
  size_t count;
} creates;
static void add_creates(creates *all, runnel *from, const char *list, const char *words, const char *place) {
  char **names = NULL;
  long count = cli_column(from, list, 0, &names);
  for (long i = 0; i < count; i++) {
    text sql = {0};
    text_printf(&sql, "SHOW CREATE %s %s%s", words, place, *place ? "." : "");
    text_name(&sql, names[i]);
    all->items = cli_grow(all->items, (all->count + 1) * sizeof *all->items);
    all->items[all->count++] = cli_copy(text_of(&sql), strlen(text_of(&sql)));
    text_free(&sql);
  }
  cli_free_column(names, count);
}
/* Catalogs, their databases, and what is in those. */
static void list_objects(runnel *from, creates *all) {
  char **catalogs = NULL;
  long catalog_count = cli_column(from, "SHOW CATALOGS", 0, &catalogs);
  text list = {0}, place = {0};
  add_creates(all, from, "SHOW CATALOGS", "CATALOG", "");
  for (long c = 0; c < catalog_count; c++) {
    char **databases = NULL;
    text_clear(&place);
    text_name(&place, catalogs[c]);
    text_clear(&list);
    text_printf(&list, "SHOW DATABASES FROM %s", text_of(&place));
    long database_count = cli_column(from, text_of(&list), 0, &databases);
    add_creates(all, from, text_of(&list), "DATABASE", text_of(&place));
    for (long d = 0; d < database_count; d++) {
      static const char *const lists[][2] = {{"USER FUNCTIONS", "FUNCTION"}, {"TABLES", "TABLE"}, {"VIEWS", "VIEW"}};
      text_clear(&place);
      text_name(&place, catalogs[c]);
      text_char(&place, '.');
      text_name(&place, databases[d]);
      for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        text_clear(&list);
        text_printf(&list, "SHOW %s FROM %s", lists[i][0], text_of(&place));
        add_creates(all, from, text_of(&list), lists[i][1], text_of(&place));
      }
    }
    cli_free_column(databases, database_count);
  }
  cli_free_column(catalogs, catalog_count);
  text_free(&list);
  text_free(&place);
}
/* Everything of the file is made anew in the scratch database: CREATE statements without their data. Views may need
 * others: tried again until no more of them can be made. (SHOW TABLES names views too: those have no CREATE TABLE;
 * what the scratch database begins with exists already.) */
static int copy_catalog(cli *c, runnel *from) {
  creates all = {0};
  list_objects(from, &all);
  for (size_t made = 1; made;) {
    made = 0;
    for (size_t i = 0; i < all.count; i++) {
      char **texts = NULL;
      if (!all.items[i]) continue;
      long rows = cli_column(from, all.items[i], 0, &texts);
      bool done = rows <= 0 || !texts[0] || runnel_exec(c->db, texts[0], NULL, NULL) == RUNNEL_OK || strstr(runnel_errmsg(c->db), "already exists");
      cli_free_column(texts, rows);
      if (!done) continue;
      free(all.items[i]);
      all.items[i] = NULL;
      made++;
    }
  }
  for (size_t i = 0; i < all.count; i++) {
    if (all.items[i]) cli_message("%s: %s cannot be read and is not known to the check", runnel_path(from), all.items[i] + strlen("SHOW CREATE "));
    free(all.items[i]);
  }
  free(all.items);
  return -1;
}
static int open_with_catalog(cli *c) {
  int code = cli_open_scratch(c);
  if (code >= 0 || !c->options->db) return code;
  runnel_config config;
  memset(&config, 0, sizeof config);
  config.struct_size = sizeof config;
  config.read_only = 1;
  runnel *scratch = c->db, *from = NULL;
  if (runnel_open(c->options->db, &config, &from) != RUNNEL_OK) {
    c->db = from;
    code = cli_report(c, NULL, 0);
    c->db = scratch;
    (void)runnel_close(scratch, 0);
  } else {
    code = copy_catalog(c, from);
  }
  (void)runnel_close(from, 0);
  return code;
}

static void check_file(checker *k, const cli_source *source) {
  cli *c = k->c;
  int code = EXIT_OK;
  char *sql = cli_read_source(source, &code);
  if (!sql) {
    k->code = code;
    return;
  }
  k->name = cli_source_name(source);
  k->script = (cli_script){.sql = sql, .line = sql};
  code = open_with_catalog(c);
  if (code >= 0) {
    k->code = code;
  } else {
    k->files++;
    check_script(k);
    (void)runnel_close(c->db, 0);
  }
  c->db = NULL;
  for (size_t i = 0; i < k->broken_count; i++) free(k->broken[i]);
  k->broken_count = 0;
  free(sql);
}

static void count_of(text *out, unsigned long long n, const char *what) {
  text_printf(out, "%s%llu %s%s", out->len ? " · " : "", n, what, n == 1 ? "" : "s");
}

int cli_check(cli *c) {
  const cli_options *o = c->options;
  checker k = {.c = c};
  cli_default_stdin(c->options);
  cli_signals_install(false);
  size_t tests = 0;
  for (size_t i = 0; i < o->source_count && !cli_stopped(c); i++) {
    const cli_source *source = &o->sources[i];
    if (source->kind == SOURCE_FILE && cli_is_test_file(source->text))
      tests++;
    else
      check_file(&k, source);
  }
  free(k.broken);
  cli_write_flush();
  if (!o->quiet) {
    text line = {0};
    count_of(&line, k.files, "file");
    count_of(&line, k.statements, "statement");
    count_of(&line, k.errors, "error");
    count_of(&line, k.warnings, "warning");
    if (k.unchecked) text_printf(&line, " · %llu not checked: what they read failed above", k.unchecked);
    if (tests) text_printf(&line, " · %zu left out: runnel test runs .test.sql", tests);
    cli_message("%s", text_of(&line));
    text_free(&line);
  }
  if (k.code) return k.code;
  return k.errors || k.unchecked || (o->werror && k.warnings) ? EXIT_SQL : EXIT_OK;
}
