/* Test files: SQL, directives (--@word ..) and rows. */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "cli/test.h"

typedef struct reader {
  const char *path;
  test_file *file;
  char **lines;
  size_t count, at;
  text sql; /* being gathered */
  int sql_line;
  bool ordered;
  int code;
} reader;

static int complain(const reader *r, int line, const char *what, const char *word) {
  cli_message("%s:%d: %s%s%s", r->path, line, what, *word ? ": " : "", word);
  return EXIT_SQL;
}

/* --- growing ------------------------------------------------------------------------------------------------------------ */
static test_step *add_step(reader *r, test_step_kind kind, int line) {
  test_case *c = &r->file->cases[r->file->case_count - 1];
  c->steps = cli_grow(c->steps, (c->step_count + 1) * sizeof *c->steps);
  test_step *s = &c->steps[c->step_count++];
  memset(s, 0, sizeof *s);
  s->kind = kind;
  s->line = line;
  s->name = cli_copy("", 0);
  s->rows.first_line = line + 1;
  s->rows.last_line = line;
  return s;
}
static void add_case(reader *r, const char *name, int line) {
  test_file *f = r->file;
  f->cases = cli_grow(f->cases, (f->case_count + 1) * sizeof *f->cases);
  memset(&f->cases[f->case_count], 0, sizeof *f->cases);
  f->cases[f->case_count].name = cli_copy(name, strlen(name));
  f->cases[f->case_count++].line = line;
}
static void end_sql(reader *r) {
  if (*text_skip_comments(text_of(&r->sql))) add_step(r, STEP_SQL, r->sql_line)->text = cli_copy(text_of(&r->sql), r->sql.len);
  text_clear(&r->sql);
}

/* --- rows --------------------------------------------------------------------------------------------------------------------- */
static char *trimmed(const char *from, const char *to) {
  while (from < to && (*from == ' ' || *from == '\t')) from++;
  while (to > from && (to[-1] == ' ' || to[-1] == '\t' || to[-1] == '\r')) to--;
  return cli_copy(from, (size_t)(to - from));
}
/* The cells of "| a | b |"; a bar in a cell is written \|. */
static size_t split_cells(const char *line, char ***out) {
  size_t count = 0;
  const char *at = strchr(line, '|') + 1;
  for (;;) {
    text cell = {0};
    const char *end = at;
    while (*end && *end != '|') {
      if (end[0] == '\\' && end[1] == '|') end++;
      text_char(&cell, *end++);
    }
    if (!*end) { /* behind the last bar */
      text_free(&cell);
      return count;
    }
    *out = cli_grow(*out, (count + 1) * sizeof **out);
    (*out)[count++] = trimmed(text_of(&cell), text_of(&cell) + cell.len);
    text_free(&cell);
    at = end + 1;
  }
}
static bool is_rule(const char *line) { /* |---|---| between head and rows */
  for (; *line; line++)
    if (!strchr("|-+: \t\r", *line)) return false;
  return true;
}
static int read_rows(reader *r, test_rows *rows) {
  rows->first_line = (int)r->at + 1;
  for (; r->at < r->count; r->at++) {
    const char *line = text_skip_blank(r->lines[r->at]);
    if (*line == '{' && (rows->json || (!rows->column_count && !rows->row_count))) {
      rows->json = true;
      rows->lines = cli_grow(rows->lines, (rows->row_count + 1) * sizeof *rows->lines);
      rows->lines[rows->row_count++] = trimmed(line, line + strlen(line));
    } else if (*line == '|' && !rows->json) {
      if (rows->column_count && is_rule(line)) continue;
      char **cells = NULL;
      size_t count = split_cells(line, &cells);
      if (!rows->column_count) {
        rows->columns = cells;
        rows->column_count = count;
        continue;
      }
      rows->cells = cli_grow(rows->cells, (rows->row_count + 1) * sizeof *rows->cells);
      rows->cells[rows->row_count++] = cells;
      if (count != rows->column_count) {
        for (size_t i = count; i < rows->column_count; i++) {
          cells = cli_grow(cells, (i + 1) * sizeof *cells);
          cells[i] = NULL;
          rows->cells[rows->row_count - 1] = cells;
        }
        for (size_t i = rows->column_count; i < count; i++) free(cells[i]);
        return complain(r, (int)r->at + 1, "this row has another number of cells than its header", "");
      }
      for (size_t i = 0; i < count; i++)
        if (strcmp(cells[i], "NULL") == 0) {
          free(cells[i]);
          cells[i] = NULL;
        }
    } else {
      break;
    }
  }
  rows->last_line = (int)r->at;
  return EXIT_OK;
}

/* --- directives ------------------------------------------------------------------------------------------------------------- */
/* "2026-01-01 00:00:20[.123456]": microseconds; false: no time. */
static bool read_time(const char *s, long long *us) {
  struct tm tm = {.tm_mday = 1};
  const char *rest = strptime(s, "%Y-%m-%d", &tm);
  if (!rest) return false;
  if (*rest == 'T') rest++;
  const char *clock = text_skip_blank(rest);
  if (*clock) rest = strptime(clock, "%H:%M:%S", &tm);
  if (!rest) return false;
  *us = (long long)timegm(&tm) * 1000000;
  if (*rest == '.')
    for (long long unit = 100000; *++rest >= '0' && *rest <= '9'; unit /= 10) *us += (*rest - '0') * unit;
  if (*rest == 'Z') rest++;
  return !*text_skip_blank(rest);
}

typedef enum argument { ARG_NONE, ARG_NAME, ARG_OPTIONAL_NAME, ARG_NAME_TIME, ARG_TIME, ARG_DURATION, ARG_TEXT } argument;
static const struct directive {
  const char *word;
  argument argument;
  test_step_kind kind;
  bool rows;
  const char *usage;
} directives[] = {
    {"test", ARG_TEXT, STEP_SQL, false, "--@test what is tested"},
    {"file", ARG_NAME, STEP_FILE, false, "--@file statements.sql"},
    {"given", ARG_NAME, STEP_GIVEN, true, "--@given table"},
    {"watermark", ARG_NAME_TIME, STEP_WATERMARK, false, "--@watermark table 2026-01-01 00:00:20"},
    {"end", ARG_NONE, STEP_END, false, "--@end"},
    {"advance", ARG_DURATION, STEP_ADVANCE, false, "--@advance 10 s"},
    {"now", ARG_TIME, STEP_NOW, false, "--@now 2026-01-01 00:00:00"},
    {"expect", ARG_OPTIONAL_NAME, STEP_EXPECT, true, "--@expect [table]"},
    {"expect-changelog", ARG_OPTIONAL_NAME, STEP_EXPECT_CHANGELOG, true, "--@expect-changelog [table]"},
    {"expect-error", ARG_NAME, STEP_EXPECT_ERROR, false, "--@expect-error RN2004"},
    {"no-chaos", ARG_NONE, STEP_SQL, false, "--@no-chaos"},
    {"no-kill", ARG_NONE, STEP_SQL, false, "--@no-kill"},
    {"ordered", ARG_NONE, STEP_SQL, false, "--@ordered"},
    {"unordered", ARG_NONE, STEP_SQL, false, "--@unordered"},
};
enum { DIRECTIVES = sizeof directives / sizeof directives[0] };

static int unknown(const reader *r, int line, const char *word) {
  size_t best = 3;
  const char *near = NULL;
  for (size_t i = 0; i < DIRECTIVES; i++)
    if (text_distance(word, directives[i].word) < best) {
      best = text_distance(word, directives[i].word);
      near = directives[i].word;
    }
  char what[128];
  (void)snprintf(what, sizeof what, near ? "unknown directive --@%s, did you mean --@%s" : "unknown directive --@%s", word, near);
  return complain(r, line, what, "");
}
static void set_name(test_step *s, const char *from, size_t len) {
  free(s->name);
  s->name = cli_copy(from, len);
}

static int read_directive(reader *r) {
  int line = (int)r->at + 1;
  const char *at = text_skip_blank(r->lines[r->at++]) + 3;
  size_t len = strcspn(at, " \t\r");
  char *word = cli_copy(at, len), *rest = trimmed(at + len, at + strlen(at));
  const struct directive *d = NULL;
  for (size_t i = 0; i < DIRECTIVES && !d; i++)
    if (strcmp(directives[i].word, word) == 0) d = &directives[i];
  int code = d ? EXIT_OK : unknown(r, line, word);
  /* a comment behind the arguments */
  char *comment = d && d->argument != ARG_TEXT ? strstr(rest, "--") : NULL;
  if (comment) *comment = 0;
  for (size_t n = strlen(rest); n && (rest[n - 1] == ' ' || rest[n - 1] == '\t'); n--) rest[n - 1] = 0;
  if (d) {
    end_sql(r);
    if (strcmp(word, "test") == 0) {
      add_case(r, rest, line);
      r->ordered = false;
    } else if (strcmp(word, "no-chaos") == 0) {
      r->file->cases[r->file->case_count - 1].no_chaos = true;
    } else if (strcmp(word, "no-kill") == 0) {
      r->file->cases[r->file->case_count - 1].no_kill = true;
    } else if (strcmp(word, "ordered") == 0 || strcmp(word, "unordered") == 0) {
      r->ordered = word[0] == 'o';
      test_case *c = &r->file->cases[r->file->case_count - 1]; /* it may stand behind what it is about */
      if (c->step_count) c->steps[c->step_count - 1].ordered = r->ordered;
    } else {
      test_step *s = add_step(r, d->kind, line);
      s->ordered = r->ordered;
      size_t name = strcspn(rest, " \t");
      bool good = true;
      switch (d->argument) {
        case ARG_NONE: good = !*rest; break;
        case ARG_TEXT: break;
        case ARG_NAME: good = *rest && !rest[name]; /* fall through */
        case ARG_OPTIONAL_NAME:
          good &= !rest[name];
          set_name(s, rest, name);
          break;
        case ARG_NAME_TIME:
          set_name(s, rest, name);
          good = name && read_time(text_skip_blank(rest + name), &s->time_us);
          break;
        case ARG_TIME: good = read_time(rest, &s->time_us); break;
        case ARG_DURATION:
          s->time_us = text_duration_ms(rest) * 1000;
          good = s->time_us > 0;
          break;
      }
      if (!good) code = complain(r, line, "write", d->usage);
      if (good && d->rows) code = read_rows(r, &s->rows);
    }
  }
  free(word);
  free(rest);
  return code;
}

/* --- the file --------------------------------------------------------------------------------------------------------------------- */
int test_file_read(const char *path, test_file *out) {
  memset(out, 0, sizeof *out);
  cli_source source = {.text = path};
  source.kind = SOURCE_FILE;
  reader r = {.path = path, .file = out, .code = EXIT_OK};
  char *all = cli_read_source(&source, &r.code);
  if (!all) return r.code;
  out->path = path;
  const char *slash = strrchr(path, '/');
  out->folder = slash ? cli_copy(path, (size_t)(slash - path)) : cli_copy(".", 1);
  for (char *at = all; *at;) {
    char *end = at + strcspn(at, "\n");
    bool last = !*end;
    *end = 0;
    r.lines = cli_grow(r.lines, (r.count + 1) * sizeof *r.lines);
    r.lines[r.count++] = at;
    at = last ? end : end + 1;
  }
  add_case(&r, "", 0);
  while (r.at < r.count && r.code == EXIT_OK) {
    const char *line = text_skip_blank(r.lines[r.at]);
    if (strncmp(line, "--@", 3) == 0) {
      r.code = read_directive(&r);
      continue;
    }
    if (!r.sql.len) r.sql_line = (int)r.at + 1;
    text_puts(&r.sql, r.lines[r.at++]);
    text_char(&r.sql, '\n');
  }
  end_sql(&r);
  text_free(&r.sql);
  free(r.lines);
  free(all);
  return r.code;
}

void test_rows_free(test_rows *rows) {
  for (size_t i = 0; i < rows->row_count; i++) {
    if (rows->json) free(rows->lines[i]);
    for (size_t k = 0; !rows->json && k < rows->column_count; k++) free(rows->cells[i][k]);
    if (!rows->json) free(rows->cells[i]);
  }
  for (size_t k = 0; k < rows->column_count; k++) free(rows->columns[k]);
  free(rows->columns);
  free(rows->cells);
  free(rows->lines);
  memset(rows, 0, sizeof *rows);
}
void test_file_free(test_file *file) {
  for (size_t i = 0; i < file->case_count; i++) {
    test_case *c = &file->cases[i];
    for (size_t k = 0; k < c->step_count; k++) {
      free(c->steps[k].name);
      free(c->steps[k].text);
      test_rows_free(&c->steps[k].rows);
    }
    free(c->steps);
    free(c->name);
  }
  free(file->cases);
  free(file->folder);
}
