/* What came out: the changes of a test_fixture, or the rows of a table of the file. */
#include <stdlib.h>
#include <string.h>
#include "cli/test_runner.h"

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
/* The table of changes is made by the first of them. */
static bool nothing_written(runnel *db) {
  runnel_error err = {.struct_size = sizeof err};
  return runnel_error_at(db, 0, &err) == RUNNEL_OK && strcmp(err.id, "RN2003") == 0;
}
static bool fixture_changes(test_runner *r, const test_fixture *f, test_result *out) {
  text sql = {0};
  char **lines = NULL;
  text_puts(&sql, "SELECT change FROM ");
  text name = {0};
  text_printf(&name, "%s$changes", f->name);
  text_name(&sql, text_of(&name));
  long n = cli_column(r->db, text_of(&sql), 0, &lines);
  text_free(&sql);
  text_free(&name);
  if (n < 0 && nothing_written(r->db)) return true;
  if (n < 0) test_fail(r, runnel_error_render(r->db, f->name, 0));
  out->cells = cli_alloc((size_t)(n > 0 ? n + 1 : 1) * sizeof *out->cells);
  for (long i = 0; i < n; i++) out->cells[out->row_count++] = read_change(lines[i], out->column_count);
  cli_free_column(lines, n);
  return n >= 0;
}
/* Rows of a table of the file: inserts. */
static bool table_rows(test_runner *r, const char *name, test_result *out) {
  char *sql = test_statement_about("SELECT * FROM ", name);
  runnel_stmt *stmt = NULL;
  int code = runnel_prepare(r->db, sql, -1, 0, &stmt, NULL);
  free(sql);
  if (code != RUNNEL_OK || !stmt) {
    test_fail(r, runnel_error_render(r->db, NULL, 0));
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
  if (code != RUNNEL_DONE) test_fail(r, runnel_error_render(r->db, name, 0));
  runnel_finalize(stmt);
  return code == RUNNEL_DONE;
}
void test_check(test_runner *r, const test_step *s) {
  const char *name = *s->name ? s->name : r->last_query;
  if (!name) {
    test_fail(r, "--@expect without a table needs a SELECT before it\n");
    return;
  }
  const test_fixture *f = test_find_fixture(r, name);
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
