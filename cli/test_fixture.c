/* Fixtures: which tables of a test are replaced, and the rows, watermarks and ends that they are given at which time. */
#include <stdlib.h>
#include <string.h>
#include "cli/test_runner.h"

/* --- small queries --------------------------------------------------------------------------------------------------------- */
/* Two columns of a statement's rows, as texts; -1: it failed. */
long test_two_columns(test_runner *r, const char *sql, int a, int b, char ***out_a, char ***out_b) {
  runnel_stmt *stmt = NULL;
  size_t n = 0;
  int code = runnel_prepare(r->db, sql, -1, 0, &stmt, NULL);
  while (code == RUNNEL_OK && stmt && runnel_step(stmt, -1) == RUNNEL_ROW) {
    const char *x = runnel_column_text(stmt, a), *y = b < 0 ? NULL : runnel_column_text(stmt, b);
    *out_a = cli_grow(*out_a, (n + 1) * sizeof **out_a);
    (*out_a)[n] = x ? cli_copy(x, strlen(x)) : NULL;
    if (b >= 0) {
      *out_b = cli_grow(*out_b, (n + 1) * sizeof **out_b);
      (*out_b)[n] = y ? cli_copy(y, strlen(y)) : NULL;
    }
    n++;
  }
  runnel_finalize(stmt);
  return code == RUNNEL_OK ? (long)n : -1;
}
void test_free_texts(char **texts, size_t count) {
  for (size_t i = 0; i < count; i++) free(texts[i]);
  free(texts);
}
void test_quoted(text *out, const char *name) {
  text_char(out, '`');
  for (; *name; name++) {
    if (*name == '`') text_char(out, '`');
    text_char(out, *name);
  }
  text_char(out, '`');
}
char *test_statement_about(const char *before, const char *name) {
  text sql = {0};
  text_puts(&sql, before);
  test_quoted(&sql, name);
  char *result = cli_copy(text_of(&sql), sql.len);
  text_free(&sql);
  return result;
}

/* --- fixtures ------------------------------------------------------------------------------------------------------------------ */
test_fixture *test_find_fixture(test_runner *r, const char *name) {
  for (size_t i = 0; i < r->fixture_count; i++)
    if (strcmp(r->fixtures[i].name, name) == 0) return &r->fixtures[i];
  return NULL;
}
static bool is_mentioned(const test_runner *r, const char *table, bool as_changelog) {
  for (size_t c = 0; c < 2; c++) {
    const test_case *t = c ? r->test : &r->file->cases[0];
    for (size_t i = 0; i < t->step_count; i++) {
      const test_step *s = &t->steps[i];
      bool kind = as_changelog ? s->kind == STEP_EXPECT_CHANGELOG : s->kind == STEP_GIVEN || s->kind == STEP_WATERMARK;
      if (kind && strcmp(s->name, table) == 0) return true;
    }
  }
  return false;
}
test_fixture *test_add_fixture(test_runner *r, const char *name) {
  r->fixtures = cli_grow(r->fixtures, (r->fixture_count + 1) * sizeof *r->fixtures);
  test_fixture *f = &r->fixtures[r->fixture_count++];
  memset(f, 0, sizeof *f);
  f->name = cli_copy(name, strlen(name));
  char *describe = test_statement_about("DESCRIBE ", name);
  long n = test_two_columns(r, describe, 0, 1, &f->columns, &f->types);
  f->column_count = n > 0 ? (size_t)n : 0;
  char **names = NULL, **key = NULL;
  n = test_two_columns(r, describe, 0, 3, &names, &key);
  for (long i = 0; i < n; i++)
    if (key[i] && strncmp(key[i], "PRI", 3) == 0) {
      f->keys = cli_grow(f->keys, (size_t)(f->key_count + 1) * sizeof *f->keys);
      f->keys[f->key_count++] = (int)i;
    }
  test_free_texts(names, n > 0 ? (size_t)n : 0);
  test_free_texts(key, n > 0 ? (size_t)n : 0);
  free(describe);
  return f;
}
static char *fixture_path(const test_runner *r, const test_fixture *f) {
  text path = {0};
  text_printf(&path, "%s/%zu.fixture", r->folder, (size_t)(f - r->fixtures));
  char *result = cli_copy(text_of(&path), path.len);
  text_free(&path);
  return result;
}
/* The value of an option in the text of SHOW CREATE TABLE; freed by the caller. */
static char *option_of(const char *create, const char *key) {
  text wanted = {0};
  text_printf(&wanted, "\n  '%s' = '", key);
  const char *at = strstr(create, text_of(&wanted));
  char *value = at ? cli_copy(at + wanted.len, strcspn(at + wanted.len, "'")) : NULL;
  text_free(&wanted);
  return value;
}

/* What each connector takes, for the test_fixture in its place; those that are not here stay as they are. */
static const struct {
  const char *connector, *accepts;
} replaced[] = {{"kafka", "append"}, {"filesystem", "append"}, {"upsert-kafka", "upsert"}, {"print", "retract"}, {"blackhole", "retract"}};

/* Metadata columns become columns whose values the rows give. */
static void copy_columns(text *out, const char *from, const char *end) {
  for (const char *line = from; line < end;) {
    const char *stop = memchr(line, '\n', (size_t)(end - line));
    if (!stop) stop = end;
    char *one = cli_copy(line, (size_t)(stop - line));
    char *metadata = strstr(one, " METADATA");
    if (metadata && strncmp(one, "  `", 3) == 0) {
      text_add(out, one, (size_t)(metadata - one));
      if (one[strlen(one) - 1] == ',') text_char(out, ',');
    } else {
      text_puts(out, one);
    }
    text_char(out, '\n');
    free(one);
    line = stop + 1;
  }
}

/* Puts a test_fixture in the place of the table that was just made, when its rows come from or go to somewhere else. */
void test_replace_table(test_runner *r, const char *name, bool temporary) {
  char **texts = NULL;
  char *show = test_statement_about("SHOW CREATE TABLE ", name);
  long rows = test_two_columns(r, show, 0, -1, &texts, NULL);
  free(show);
  const char *create = rows == 1 ? texts[0] : NULL, *with = create ? strstr(create, " WITH (\n") : NULL, *body = create ? strchr(create, '(') : NULL;
  char *connector = with ? option_of(with, "connector") : NULL;
  const char *accepts = NULL;
  for (size_t i = 0; connector && i < sizeof replaced / sizeof replaced[0]; i++)
    if (strcmp(connector, replaced[i].connector) == 0) accepts = replaced[i].accepts;
  bool given = is_mentioned(r, name, false), changelog = is_mentioned(r, name, true);
  if (!accepts && (given || changelog)) accepts = strstr(create ? create : "", "PRIMARY KEY") ? "upsert" : "append";
  if (accepts && body) {
    test_fixture *f = test_add_fixture(r, name);
    char *path = fixture_path(r, f), *drop = test_statement_about(temporary ? "DROP TEMPORARY TABLE " : "DROP TABLE ", name);
    text sql = {0};
    text_printf(&sql, "CREATE %sTABLE ", temporary ? "TEMPORARY " : "");
    test_quoted(&sql, name);
    text_char(&sql, ' ');
    copy_columns(&sql, body, with ? with : create + strlen(create));
    sql.len--;
    text_printf(&sql, " WITH ('connector' = 'fixture', 'path' = '%s', 'format' = 'json', 'changes' = '%s$changes', 'accepts' = '%s'", path, name, accepts);
    static const char *const kept[] = {"scan.watermark.emit.strategy", "scan.watermark.idle-timeout", "scan.watermark.emit.on-event.gap", "on-late",
                                       "scan.watermark.max-ahead", "scan.watermark.alignment.group", "scan.watermark.alignment.max-drift",
                                       "scan.watermark.alignment.update-interval"};
    for (size_t i = 0; with && i < sizeof kept / sizeof kept[0]; i++) {
      char *value = option_of(with, kept[i]);
      if (value) text_printf(&sql, ", '%s' = '%s'", kept[i], value);
      free(value);
    }
    text_char(&sql, ')');
    if (runnel_exec(r->db, drop, NULL, NULL) != RUNNEL_OK || runnel_exec(r->db, text_of(&sql), NULL, NULL) != RUNNEL_OK)
      test_fail(r, runnel_error_render(r->db, name, 0));
    text_free(&sql);
    free(path);
    free(drop);
  }
  free(connector);
  if (rows > 0) test_free_texts(texts, (size_t)rows);
}

/* --- the entries of the fixtures --------------------------------------------------------------------------------------------- */
static bool is_bare(const char *type, const char *cell) { /* JSON as it stands */
  static const char *const bare[] = {"BOOLEAN", "TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL", "ROW", "ARRAY", "MAP", "MULTISET"};
  (void)cell;
  for (size_t i = 0; i < sizeof bare / sizeof bare[0]; i++)
    if (strncmp(type, bare[i], strlen(bare[i])) == 0 && strncmp(type, "INTERVAL", 8) != 0) return true;
  return false;
}
static void json_string(text *out, const char *s, bool zulu) {
  text_char(out, '"');
  for (const unsigned char *p = (const unsigned char *)s; *p; p++) {
    if (*p == '"' || *p == '\\') text_char(out, '\\');
    if (*p < ' ')
      text_printf(out, "\\u%04x", *p);
    else
      text_char(out, (char)*p);
  }
  if (zulu && *s && s[strlen(s) - 1] != 'Z') text_char(out, 'Z');
  text_char(out, '"');
}
static bool put_row(test_runner *r, test_fixture *f, const test_step *s, size_t row) {
  const test_rows *rows = &s->rows;
  text_char(&f->entries, '{');
  for (size_t i = 0; i < rows->column_count; i++) {
    const char *type = NULL, *cell = rows->cells[row][i];
    for (size_t k = 0; k < f->column_count; k++)
      if (strcmp(f->columns[k], rows->columns[i]) == 0) type = f->types[k];
    if (!type) {
      text what = {0};
      text_printf(&what, "%s:%d: table %s has no column %s\n", r->file->path, rows->first_line, f->name, rows->columns[i]);
      test_fail(r, text_of(&what));
      text_free(&what);
      return false;
    }
    if (i) text_char(&f->entries, ',');
    json_string(&f->entries, rows->columns[i], false);
    text_char(&f->entries, ':');
    if (!cell)
      text_puts(&f->entries, "null");
    else if (is_bare(type, cell))
      text_puts(&f->entries, cell);
    else
      json_string(&f->entries, cell, strncmp(type, "TIMESTAMP_LTZ", 13) == 0);
  }
  text_char(&f->entries, '}');
  return true;
}

static void add_moment(test_moments *m, long long time_us, const test_step *expect, bool end) {
  m->items = cli_grow(m->items, (m->count + 1) * sizeof *m->items);
  m->items[m->count++] = (test_moment){time_us, expect, end};
}
static test_fixture *fixture_of(test_runner *r, const test_step *s) {
  test_fixture *f = test_find_fixture(r, s->name);
  if (f) return f;
  text what = {0};
  text_printf(&what, "%s:%d: there is no table %s\n", r->file->path, s->line, s->name);
  test_fail(r, text_of(&what));
  text_free(&what);
  return NULL;
}
void test_lay_out(test_runner *r, const test_step *s, long long *now, test_moments *m) {
  test_fixture *f;
  switch (s->kind) {
    case STEP_GIVEN:
      if (!(f = fixture_of(r, s))) return;
      for (size_t i = 0; i < s->rows.row_count; i++) {
        text_printf(&f->entries, "%lld\trow\t", ++*now);
        if (s->rows.json)
          text_puts(&f->entries, s->rows.lines[i]);
        else if (!put_row(r, f, s, i))
          return;
        text_char(&f->entries, '\n');
        add_moment(m, *now, NULL, false);
      }
      break;
    case STEP_WATERMARK:
      if (!(f = fixture_of(r, s))) return;
      text_printf(&f->entries, "%lld\twatermark\t%lld\n", ++*now, s->time_us);
      add_moment(m, *now, NULL, false);
      break;
    case STEP_END:
      ++*now;
      for (size_t i = 0; i < r->fixture_count; i++) text_printf(&r->fixtures[i].entries, "%lld\tend\t\n", *now);
      add_moment(m, *now, NULL, true);
      break;
    case STEP_ADVANCE:
    case STEP_NOW:
      *now = s->kind == STEP_NOW ? s->time_us : *now + s->time_us;
      add_moment(m, *now, NULL, false);
      break;
    case STEP_EXPECT:
    case STEP_EXPECT_CHANGELOG: add_moment(m, *now, s, false); break;
    case STEP_EXPECT_ERROR:
    case STEP_FILE:
    case STEP_SQL: break;
  }
}
void test_write_fixtures(test_runner *r) {
  for (size_t i = 0; i < r->fixture_count; i++) {
    char *path = fixture_path(r, &r->fixtures[i]);
    FILE *file = fopen(path, "we");
    if (!file || fwrite(text_of(&r->fixtures[i].entries), 1, r->fixtures[i].entries.len, file) != r->fixtures[i].entries.len)
      test_fail(r, "cannot write a scratch file");
    if (file) (void)fclose(file);
    free(path);
  }
}
