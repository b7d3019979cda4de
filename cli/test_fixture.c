/* Fixtures: which tables of a test are replaced, and the rows, watermarks and ends that they are given at which time. */
#include <stdlib.h>
#include <string.h>
#include "cli/test_runner.h"

/* --- small queries --------------------------------------------------------------------------------------------------------- */
char *test_statement_about(const char *before, const char *name) {
  text sql = {0};
  text_puts(&sql, before);
  text_name(&sql, name);
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
  char **key = NULL;
  long n = cli_column(r->db, describe, 0, &f->columns);
  (void)cli_column(r->db, describe, 1, &f->types);
  f->column_count = n > 0 ? (size_t)n : 0;
  n = cli_column(r->db, describe, 3, &key);
  for (long i = 0; i < n; i++)
    if (key[i] && strncmp(key[i], "PRI", 3) == 0) {
      f->keys = cli_grow(f->keys, (size_t)(f->key_count + 1) * sizeof *f->keys);
      f->keys[f->key_count++] = (int)i;
    }
  cli_free_column(key, n);
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
  long rows = cli_column(r->db, show, 0, &texts);
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
    text_name(&sql, name);
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
  cli_free_column(texts, rows);
}

/* --- the entries of the fixtures --------------------------------------------------------------------------------------------- */
/* Is a cell of the type JSON as it stands? Else it is a string. */
static bool is_bare(const char *type) {
  static const char *const bare[] = {"BOOLEAN", "TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL", "ROW", "ARRAY", "MAP", "MULTISET"};
  size_t word = strspn(type, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
  for (size_t i = 0; i < sizeof bare / sizeof bare[0]; i++)
    if (strlen(bare[i]) == word && strncmp(type, bare[i], word) == 0) return true;
  return false;
}
/* A TIMESTAMP_LTZ is an instant: its text ends in Z. */
static void put_text(text *out, const char *type, const char *cell) {
  bool zulu = strncmp(type, "TIMESTAMP_LTZ", 13) == 0 && *cell && cell[strlen(cell) - 1] != 'Z';
  text_json(out, cell);
  if (zulu) {
    out->len--; /* its closing quote */
    text_puts(out, "Z\"");
  }
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
    text_json(&f->entries, rows->columns[i]);
    text_char(&f->entries, ':');
    if (!cell)
      text_puts(&f->entries, "null");
    else if (is_bare(type))
      text_puts(&f->entries, cell);
    else
      put_text(&f->entries, type, cell);
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
