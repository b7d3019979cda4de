/* One run of one test: a database of its own in a scratch folder, statements, then steps on a virtual clock. */
#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cli/test.h"

enum { SETTLE_MS = 20000 };
static const long long FIRST_US = 1767225600000000; /* 2026-01-01 00:00:00 */

typedef struct fixture { /* a table in whose place there is one */
  char *name;
  text entries;     /* its file */
  size_t column_count;
  char **columns, **types;
  int *keys, key_count;
} fixture;

typedef struct runner {
  cli *c;
  const test_file *file;
  const test_case *test;
  const test_options *options;
  test_outcome *out;
  char folder[64];
  runnel *db;
  fixture *fixtures;
  size_t fixture_count;
  char **jobs;      /* texts of the INSERTs */
  runnel_job **running;
  bool *finished;
  size_t job_count;
  char *last_query; /* the fixture that the last SELECT goes to */
  const test_step *wanted_error;
  bool error_came;
  int queries;
} runner;

/* --- failing ------------------------------------------------------------------------------------------------------------ */
static bool failed(const runner *r) { return r->out->failure || r->error_came; }
static void fail(runner *r, const char *what) {
  if (!r->out->failure) r->out->failure = cli_copy(what, strlen(what));
}
/* An error of the engine: the one that the test wants, or a failure. */
static void engine_error(runner *r, const char *id, const char *rendered) {
  if (r->wanted_error && text_same_word(r->wanted_error->name, id))
    r->error_came = true;
  else
    fail(r, rendered);
}
static void handle_error(runner *r, const char *name, int base_line) {
  char id[8] = "";
  for (int i = 0; i < runnel_error_count(r->db); i++) {
    runnel_error err = {.struct_size = sizeof err};
    if (runnel_error_at(r->db, i, &err) != RUNNEL_OK || err.is_warning) continue;
    if (!*id || (r->wanted_error && text_same_word(r->wanted_error->name, err.id))) memcpy(id, err.id, sizeof id);
  }
  engine_error(r, id, runnel_error_render(r->db, name, base_line));
}

/* --- small queries --------------------------------------------------------------------------------------------------------- */
/* Two columns of a statement's rows, as texts; -1: it failed. */
static long two_columns(runner *r, const char *sql, int a, int b, char ***out_a, char ***out_b) {
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
static void free_texts(char **texts, size_t count) {
  for (size_t i = 0; i < count; i++) free(texts[i]);
  free(texts);
}
static void quoted(text *out, const char *name) {
  text_char(out, '`');
  for (; *name; name++) {
    if (*name == '`') text_char(out, '`');
    text_char(out, *name);
  }
  text_char(out, '`');
}
static char *statement_about(const char *before, const char *name) {
  text sql = {0};
  text_puts(&sql, before);
  quoted(&sql, name);
  char *result = cli_copy(text_of(&sql), sql.len);
  text_free(&sql);
  return result;
}

/* --- fixtures ------------------------------------------------------------------------------------------------------------------ */
static fixture *find_fixture(runner *r, const char *name) {
  for (size_t i = 0; i < r->fixture_count; i++)
    if (strcmp(r->fixtures[i].name, name) == 0) return &r->fixtures[i];
  return NULL;
}
static bool is_mentioned(const runner *r, const char *table, bool as_changelog) {
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
static fixture *add_fixture(runner *r, const char *name) {
  r->fixtures = cli_grow(r->fixtures, (r->fixture_count + 1) * sizeof *r->fixtures);
  fixture *f = &r->fixtures[r->fixture_count++];
  memset(f, 0, sizeof *f);
  f->name = cli_copy(name, strlen(name));
  char *describe = statement_about("DESCRIBE ", name);
  long n = two_columns(r, describe, 0, 1, &f->columns, &f->types);
  f->column_count = n > 0 ? (size_t)n : 0;
  char **names = NULL, **key = NULL;
  n = two_columns(r, describe, 0, 3, &names, &key);
  for (long i = 0; i < n; i++)
    if (key[i] && strncmp(key[i], "PRI", 3) == 0) {
      f->keys = cli_grow(f->keys, (size_t)(f->key_count + 1) * sizeof *f->keys);
      f->keys[f->key_count++] = (int)i;
    }
  free_texts(names, n > 0 ? (size_t)n : 0);
  free_texts(key, n > 0 ? (size_t)n : 0);
  free(describe);
  return f;
}
static char *fixture_path(const runner *r, const fixture *f) {
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

/* What each connector takes, for the fixture in its place; those that are not here stay as they are. */
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

/* Puts a fixture in the place of the table that was just made, when its rows come from or go to somewhere else. */
static void replace_table(runner *r, const char *name, bool temporary) {
  char **texts = NULL;
  char *show = statement_about("SHOW CREATE TABLE ", name);
  long rows = two_columns(r, show, 0, -1, &texts, NULL);
  free(show);
  const char *create = rows == 1 ? texts[0] : NULL, *with = create ? strstr(create, " WITH (\n") : NULL, *body = create ? strchr(create, '(') : NULL;
  char *connector = with ? option_of(with, "connector") : NULL;
  const char *accepts = NULL;
  for (size_t i = 0; connector && i < sizeof replaced / sizeof replaced[0]; i++)
    if (strcmp(connector, replaced[i].connector) == 0) accepts = replaced[i].accepts;
  bool given = is_mentioned(r, name, false), changelog = is_mentioned(r, name, true);
  if (!accepts && (given || changelog)) accepts = strstr(create ? create : "", "PRIMARY KEY") ? "upsert" : "append";
  if (accepts && body) {
    fixture *f = add_fixture(r, name);
    char *path = fixture_path(r, f), *drop = statement_about(temporary ? "DROP TEMPORARY TABLE " : "DROP TABLE ", name);
    text sql = {0};
    text_printf(&sql, "CREATE %sTABLE ", temporary ? "TEMPORARY " : "");
    quoted(&sql, name);
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
      fail(r, runnel_error_render(r->db, name, 0));
    text_free(&sql);
    free(path);
    free(drop);
  }
  free(connector);
  if (rows > 0) free_texts(texts, (size_t)rows);
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
static bool put_row(runner *r, fixture *f, const test_step *s, size_t row) {
  const test_rows *rows = &s->rows;
  text_char(&f->entries, '{');
  for (size_t i = 0; i < rows->column_count; i++) {
    const char *type = NULL, *cell = rows->cells[row][i];
    for (size_t k = 0; k < f->column_count; k++)
      if (strcmp(f->columns[k], rows->columns[i]) == 0) type = f->types[k];
    if (!type) {
      text what = {0};
      text_printf(&what, "%s:%d: table %s has no column %s\n", r->file->path, rows->first_line, f->name, rows->columns[i]);
      fail(r, text_of(&what));
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

/* Steps with their times: an entry of a fixture each, or none (the clock only turns; something is expected). */
typedef struct moment {
  long long time_us;
  const test_step *expect; /* NULL: input */
  bool end;
} moment;
typedef struct moments {
  moment *items;
  size_t count;
} moments;
static void add_moment(moments *m, long long time_us, const test_step *expect, bool end) {
  m->items = cli_grow(m->items, (m->count + 1) * sizeof *m->items);
  m->items[m->count++] = (moment){time_us, expect, end};
}
static fixture *fixture_of(runner *r, const test_step *s) {
  fixture *f = find_fixture(r, s->name);
  if (f) return f;
  text what = {0};
  text_printf(&what, "%s:%d: there is no table %s\n", r->file->path, s->line, s->name);
  fail(r, text_of(&what));
  text_free(&what);
  return NULL;
}
static void lay_out_step(runner *r, const test_step *s, long long *now, moments *m) {
  fixture *f;
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
static void write_fixtures(runner *r) {
  for (size_t i = 0; i < r->fixture_count; i++) {
    char *path = fixture_path(r, &r->fixtures[i]);
    FILE *file = fopen(path, "we");
    if (!file || fwrite(text_of(&r->fixtures[i].entries), 1, r->fixtures[i].entries.len, file) != r->fixtures[i].entries.len)
      fail(r, "cannot write a scratch file");
    if (file) (void)fclose(file);
    free(path);
  }
}

/* --- statements ---------------------------------------------------------------------------------------------------------------- */
static void add_job(runner *r, const char *sql, size_t len) {
  r->jobs = cli_grow(r->jobs, (r->job_count + 1) * sizeof *r->jobs);
  r->running = cli_grow(r->running, (r->job_count + 1) * sizeof *r->running);
  r->finished = cli_grow(r->finished, (r->job_count + 1) * sizeof *r->finished);
  r->jobs[r->job_count] = cli_copy(sql, len);
  r->running[r->job_count] = NULL;
  r->finished[r->job_count++] = false;
}
/* A query's changes go to a fixture of its own. */
static void add_query(runner *r, runnel_stmt *stmt, const char *sql) {
  text create = {0}, insert = {0};
  char name[32];
  size_t begin, end;
  (void)runnel_stmt_span(stmt, &begin, &end);
  (void)snprintf(name, sizeof name, "query$%d", ++r->queries);
  text_printf(&create, "CREATE TEMPORARY TABLE `%s` (", name);
  for (int i = 0; i < runnel_column_count(stmt); i++) {
    text_puts(&create, i ? ", " : "");
    quoted(&create, runnel_column_name(stmt, i));
    text_printf(&create, " %s", runnel_column_typename(stmt, i));
  }
  text_printf(&create, ") WITH ('connector' = 'fixture', 'changes' = '%s$changes', 'accepts' = 'retract')", name);
  const int *keys;
  int key_count = runnel_key_columns(stmt, &keys);
  text_printf(&insert, "INSERT INTO `%s` %.*s", name, (int)(end - begin), sql + begin);
  int *kept = cli_alloc(sizeof *kept * (size_t)(key_count + 1));
  memcpy(kept, keys ? keys : kept, sizeof *kept * (size_t)key_count);
  if (runnel_exec(r->db, text_of(&create), NULL, NULL) == RUNNEL_OK) {
    fixture *f = add_fixture(r, name);
    free(f->keys);
    f->keys = kept;
    f->key_count = key_count;
    free(r->last_query);
    r->last_query = cli_copy(name, strlen(name));
    add_job(r, text_of(&insert), insert.len);
  } else {
    handle_error(r, r->file->path, 0);
    free(kept);
  }
  text_free(&create);
  text_free(&insert);
}

/* Statements of the test; a query or an INSERT is only noted, the steps start and stop it. */
static void run_statements(runner *r, const char *sql, const char *name, int base_line) {
  const char *line_start = sql, *at = sql;
  while (!failed(r)) {
    const char *begin = text_skip_comments(at), *tail = NULL;
    if (!*begin) break;
    int line = base_line;
    for (const char *p = line_start; p < begin; p++) line += *p == '\n';
    runnel_stmt *stmt = NULL;
    int code = runnel_prepare(r->db, begin, -1, 0, &stmt, &tail);
    if (code == RUNNEL_OK && stmt) {
      size_t from, to;
      (void)runnel_stmt_span(stmt, &from, &to);
      runnel_stmt_kind kind = runnel_stmt_get_kind(stmt);
      char *made = text_created_name(begin);
      if (kind == RUNNEL_STMT_QUERY) {
        add_query(r, stmt, begin);
      } else if (kind == RUNNEL_STMT_INSERT && !made) {
        add_job(r, begin + from, to - from);
      } else {
        do code = runnel_step(stmt, 1000);
        while (code == RUNNEL_ROW || code == RUNNEL_IDLE);
        if (code == RUNNEL_DONE) code = RUNNEL_OK;
      }
      runnel_finalize(stmt);
      stmt = NULL;
      if (code == RUNNEL_OK && made && kind == RUNNEL_STMT_DDL) {
        char *head = cli_copy(begin, (size_t)(text_skip_comments(begin + 6) - begin) + 9);
        replace_table(r, made, strcasestr(head, "TEMPORARY") != NULL);
        free(head);
      }
      free(made);
    }
    if (code != RUNNEL_OK) handle_error(r, name, line);
    runnel_finalize(stmt);
    at = tail && tail > begin ? tail : begin + strlen(begin);
  }
}
static void run_file(runner *r, const test_step *s) {
  text path = {0};
  if (s->name[0] != '/') text_printf(&path, "%s/", r->file->folder);
  text_puts(&path, s->name);
  cli_source source = {.text = text_of(&path)};
  source.kind = SOURCE_FILE;
  int code = EXIT_OK;
  char *sql = cli_read_source(&source, &code);
  if (sql)
    run_statements(r, sql, text_of(&path), 0);
  else
    fail(r, "a file that the test names cannot be read\n");
  free(sql);
  text_free(&path);
}
static void prepare_case(runner *r, const test_case *test) {
  for (size_t i = 0; i < test->step_count && !failed(r); i++) {
    const test_step *s = &test->steps[i];
    if (s->kind == STEP_FILE) run_file(r, s);
    if (s->kind == STEP_SQL) run_statements(r, s->text, r->file->path, s->line - 1);
  }
}

/* --- jobs ------------------------------------------------------------------------------------------------------------------------ */
static void look_for_failures(runner *r) {
  for (size_t i = 0; i < r->job_count && !failed(r); i++) {
    if (!r->running[i] || runnel_job_get_state(r->running[i]) != RUNNEL_JOB_FAILED) continue;
    const char *rendered = runnel_job_error_render(r->running[i], NULL, 0);
    const char *id = strstr(rendered, "[RN");
    char code[8] = "";
    if (id) (void)snprintf(code, sizeof code, "%.6s", id + 1);
    engine_error(r, code, rendered);
  }
}
static void start_jobs(runner *r) {
  for (size_t i = 0; i < r->job_count && !failed(r); i++) {
    if (r->running[i] || r->finished[i]) continue;
    if (runnel_job_start(r->db, r->jobs[i], 0, &r->running[i]) != RUNNEL_OK) handle_error(r, NULL, 0);
    if (!r->running[i]) r->finished[i] = true;
  }
}
static void stop_jobs(runner *r, bool abort) {
  for (size_t i = 0; i < r->job_count; i++) {
    if (!r->running[i]) continue;
    if (runnel_job_get_state(r->running[i]) == RUNNEL_JOB_RUNNING) {
      if (abort)
        (void)runnel_job_abort(r->running[i]);
      else
        (void)runnel_job_stop(r->running[i], SETTLE_MS);
      (void)runnel_job_wait(r->running[i], SETTLE_MS);
    }
    look_for_failures(r);
    r->finished[i] |= runnel_job_get_state(r->running[i]) == RUNNEL_JOB_FINISHED;
    runnel_job_free(r->running[i]);
    r->running[i] = NULL;
  }
}

/* What is staged becomes visible. */
static void commit_jobs(runner *r) {
  for (size_t i = 0; i < r->job_count && !failed(r); i++)
    if (r->running[i] && runnel_job_get_state(r->running[i]) == RUNNEL_JOB_RUNNING && runnel_job_commit(r->running[i], SETTLE_MS) != RUNNEL_OK)
      fail(r, "an epoch was not committed\n");
  look_for_failures(r);
}

/* --- expectations ------------------------------------------------------------------------------------------------------------------ */
/* ["+I","1",null]: cells; NULL where null stands. */
static char **read_change(const char *line, size_t columns) {
  char **cells = cli_alloc((columns + 1) * sizeof *cells);
  const char *at = line + 1;
  for (size_t i = 0; i <= columns && *at && *at != ']'; i++) {
    if (*at == '"') {
      text cell = {0};
      for (at++; *at && *at != '"'; at++) {
        if (*at != '\\') {
          text_char(&cell, *at);
          continue;
        }
        static const char escapes[] = "bfnrt", meant[] = "\b\f\n\r\t";
        const char *known = strchr(escapes, *++at);
        if (*at == 'u') { /* control characters only: others stand as they are */
          text_char(&cell, (char)strtol((char[]){at[1], at[2], at[3], at[4], 0}, NULL, 16));
          at += 4;
        } else {
          text_char(&cell, known ? meant[known - escapes] : *at);
        }
      }
      cells[i] = cli_copy(text_of(&cell), cell.len);
      text_free(&cell);
      at++;
    } else {
      at += 4;
    }
    if (*at == ',') at++;
  }
  return cells;
}
static bool fixture_changes(runner *r, const fixture *f, test_result *out) {
  text sql = {0};
  char **lines = NULL;
  text_puts(&sql, "SELECT change FROM ");
  text name = {0};
  text_printf(&name, "%s$changes", f->name);
  quoted(&sql, text_of(&name));
  long n = two_columns(r, text_of(&sql), 0, -1, &lines, NULL);
  text_free(&sql);
  text_free(&name);
  out->cells = cli_alloc((size_t)(n > 0 ? n + 1 : 1) * sizeof *out->cells);
  for (long i = 0; i < n; i++) out->cells[out->row_count++] = read_change(lines[i], out->column_count);
  if (n > 0) free_texts(lines, (size_t)n);
  return true; /* -1: nothing was written yet */
}
/* Rows of a table of the file: inserts. */
static bool table_rows(runner *r, const char *name, test_result *out) {
  char *sql = statement_about("SELECT * FROM ", name);
  runnel_stmt *stmt = NULL;
  int code = runnel_prepare(r->db, sql, -1, 0, &stmt, NULL);
  free(sql);
  if (code != RUNNEL_OK || !stmt) {
    fail(r, runnel_error_render(r->db, NULL, 0));
    return false;
  }
  out->column_count = (size_t)runnel_column_count(stmt);
  out->columns = cli_alloc((out->column_count + 1) * sizeof *out->columns);
  for (size_t i = 0; i < out->column_count; i++) out->columns[i] = cli_copy(runnel_column_name(stmt, (int)i), strlen(runnel_column_name(stmt, (int)i)));
  while ((code = runnel_step(stmt, -1)) == RUNNEL_ROW) {
    char **row = cli_alloc((out->column_count + 1) * sizeof *row);
    row[0] = cli_copy("+I", 2);
    for (size_t i = 0; i < out->column_count; i++) {
      const char *cell = runnel_column_text(stmt, (int)i);
      row[i + 1] = cell ? cli_copy(cell, strlen(cell)) : NULL;
    }
    out->cells = cli_grow(out->cells, (out->row_count + 1) * sizeof *out->cells);
    out->cells[out->row_count++] = row;
  }
  if (code != RUNNEL_DONE) fail(r, runnel_error_render(r->db, name, 0));
  runnel_finalize(stmt);
  return code == RUNNEL_DONE;
}
static void compare(runner *r, const test_step *s) {
  const char *name = *s->name ? s->name : r->last_query;
  if (!name) {
    fail(r, "--@expect without a table needs a SELECT before it\n");
    return;
  }
  const fixture *f = find_fixture(r, name);
  test_result result = {0};
  bool good;
  if (f) {
    result.column_count = f->column_count;
    result.columns = cli_alloc((f->column_count + 1) * sizeof *result.columns);
    for (size_t i = 0; i < f->column_count; i++) result.columns[i] = cli_copy(f->columns[i], strlen(f->columns[i]));
    good = fixture_changes(r, f, &result);
  } else {
    good = table_rows(r, name, &result);
  }
  /* an aborted job reads its rows again in other batches: what remains is the same, changes on the way need not be */
  bool only_final = s->kind == STEP_EXPECT_CHANGELOG && r->options->chaos == CHAOS_ABORT;
  test_difference *d = good && !only_final ? test_compare(s, &result, f ? f->keys : NULL, f ? f->key_count : 0, r->options) : NULL;
  if (d) {
    test_difference **end = &r->out->differences;
    while (*end) end = &(*end)->next;
    *end = d;
  }
  test_result_free(&result);
}

/* --- the run ---------------------------------------------------------------------------------------------------------------------- */
static void take_steps(runner *r, const moments *m) {
  for (size_t i = 0; i < m->count && !failed(r); i++) {
    const moment *now = &m->items[i];
    if (now->expect) {
      start_jobs(r);
      if (!failed(r) && runnel_settle(r->db, SETTLE_MS) != RUNNEL_OK) fail(r, "the jobs did not come to rest\n");
      commit_jobs(r);
      if (!failed(r)) compare(r, now->expect);
      continue;
    }
    start_jobs(r);
    runnel_set_time(r->db, now->time_us);
    if (!failed(r) && runnel_settle(r->db, SETTLE_MS) != RUNNEL_OK) fail(r, "the jobs did not come to rest\n");
    look_for_failures(r);
    for (size_t k = 0; now->end && k < r->job_count; k++)
      if (r->running[k]) (void)runnel_job_wait(r->running[k], SETTLE_MS);
    if (r->options->chaos != CHAOS_NONE) stop_jobs(r, r->options->chaos == CHAOS_ABORT);
  }
  if (!failed(r)) start_jobs(r); /* a test may have statements and no steps */
  if (!failed(r) && runnel_settle(r->db, SETTLE_MS) != RUNNEL_OK) fail(r, "the jobs did not come to rest\n");
  look_for_failures(r);
  stop_jobs(r, false);
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *place) {
  (void)info, (void)type, (void)place;
  return remove(path);
}

static bool open_database(runner *r) {
  (void)snprintf(r->folder, sizeof r->folder, "%s/runnel-test-XXXXXX", "/tmp");
  if (!mkdtemp(r->folder)) {
    fail(r, "cannot make a scratch folder in /tmp\n");
    r->folder[0] = 0;
    return false;
  }
  char path[96], parallelism[48];
  (void)snprintf(path, sizeof path, "%s/test.db", r->folder);
  (void)snprintf(parallelism, sizeof parallelism, "parallelism.default=%d", r->options->parallelism);
  size_t count = 0, extra = r->c->options->setting_count;
  const char **settings = cli_alloc((extra + 4) * sizeof *settings);
  settings[count++] = parallelism;
  settings[count++] = "pipeline.auto-watermark-interval=0"; /* a watermark after every row, as the steps are taken */
  for (size_t i = 0; i < extra; i++) settings[count++] = r->c->options->settings[i];
  runnel_config config;
  memset(&config, 0, sizeof config);
  config.struct_size = sizeof config;
  config.settings = settings;
  config.virtual_time_us = FIRST_US;
  if (runnel_open(path, &config, &r->db) != RUNNEL_OK) fail(r, runnel_error_render(r->db, NULL, 0));
  free((void *)settings);
  return !failed(r);
}

void test_run(cli *c, const test_file *file, const test_case *test, const test_options *options, test_outcome *out) {
  runner r = {.c = c, .file = file, .test = test, .options = options, .out = out};
  memset(out, 0, sizeof *out);
  for (size_t i = 0; i < test->step_count; i++)
    if (test->steps[i].kind == STEP_EXPECT_ERROR) r.wanted_error = &test->steps[i];
  moments m = {0};
  if (open_database(&r)) {
    prepare_case(&r, &file->cases[0]);
    prepare_case(&r, test);
    long long now = FIRST_US;
    for (size_t i = 0; i < file->cases[0].step_count && !failed(&r); i++) lay_out_step(&r, &file->cases[0].steps[i], &now, &m);
    for (size_t i = 0; i < test->step_count && !failed(&r); i++) lay_out_step(&r, &test->steps[i], &now, &m);
    if (!failed(&r)) write_fixtures(&r);
    if (!failed(&r)) take_steps(&r, &m);
  }
  if (r.wanted_error && !r.error_came && !out->failure) {
    text what = {0};
    text_printf(&what, "%s:%d: error %s did not come\n", file->path, r.wanted_error->line, r.wanted_error->name);
    fail(&r, text_of(&what));
    text_free(&what);
  }
  (void)runnel_close(r.db, -1);
  if (r.folder[0]) (void)nftw(r.folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
  for (size_t i = 0; i < r.fixture_count; i++) {
    fixture *f = &r.fixtures[i];
    free_texts(f->columns, f->column_count);
    free_texts(f->types, f->column_count);
    free(f->keys);
    free(f->name);
    text_free(&f->entries);
  }
  free(r.fixtures);
  for (size_t i = 0; i < r.job_count; i++) free(r.jobs[i]);
  free(r.jobs);
  free(r.running);
  free(r.finished);
  free(r.last_query);
  free(m.items);
}

void test_outcome_free(test_outcome *outcome) {
  free(outcome->failure);
  for (test_difference *d = outcome->differences, *next; d; d = next) {
    next = d->next;
    free(d->text);
    test_rows_free(&d->found);
    free(d);
  }
  memset(outcome, 0, sizeof *outcome);
}
