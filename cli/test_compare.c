/* Rows wanted and rows there are. Cells are compared as texts, times without the zeros at their end. */
#include <stdlib.h>
#include <string.h>
#include "cli/test.h"

/* --- cells -------------------------------------------------------------------------------------------------------------- */
static bool is_time(const char *s) { /* 2026-01-01 00:00:00.. or 00:00:00.. */
  size_t digits = strspn(s, "0123456789-");
  const char *clock = digits == 10 && s[10] == ' ' ? s + 11 : s;
  return strlen(clock) > 8 && clock[2] == ':' && clock[5] == ':' && clock[8] == '.';
}
static char *normal(const char *cell) {
  if (!cell) return NULL;
  size_t len = strlen(cell);
  bool zulu = len && cell[len - 1] == 'Z' && is_time(cell);
  if (zulu) len--;
  if (is_time(cell)) {
    while (cell[len - 1] == '0') len--;
    if (cell[len - 1] == '.') len--;
  }
  return cli_copy(cell, len);
}
static int compare_cells(const char *a, const char *b) { return !a || !b ? (b == NULL) - (a == NULL) : strcmp(a, b); }

/* --- lists of rows ------------------------------------------------------------------------------------------------------- */
typedef struct row_list {
  size_t columns, count;
  char ***rows;
} row_list;

static void push(row_list *list, char **row) {
  list->rows = cli_grow(list->rows, (list->count + 1) * sizeof *list->rows);
  list->rows[list->count++] = row;
}
static void free_row(char **row, size_t columns) {
  for (size_t i = 0; i < columns; i++) free(row[i]);
  free(row);
}
static void drop_row(row_list *list, size_t at) {
  free_row(list->rows[at], list->columns);
  list->count--;
  memmove(&list->rows[at], &list->rows[at + 1], (list->count - at) * sizeof *list->rows);
}
static void free_list(row_list *list) {
  for (size_t i = 0; i < list->count; i++) free_row(list->rows[i], list->columns);
  free(list->rows);
}
static char **copy_row(char **row, size_t columns) {
  char **copy = cli_alloc(columns * sizeof *copy);
  for (size_t i = 0; i < columns; i++) copy[i] = row[i] ? cli_copy(row[i], strlen(row[i])) : NULL;
  return copy;
}
static bool same_row(char **a, char **b, size_t columns) {
  for (size_t i = 0; i < columns; i++)
    if (compare_cells(a[i], b[i]) != 0) return false;
  return true;
}

/* --- what remains of changes --------------------------------------------------------------------------------------------- */
static size_t find_row(const row_list *list, char **row, const int *keys, int key_count) {
  for (size_t i = list->count; i-- > 0;) {
    bool same = key_count || same_row(list->rows[i], row, list->columns);
    for (int k = 0; k < key_count && same; k++) same = compare_cells(list->rows[i][keys[k]], row[keys[k]]) == 0;
    if (same) return i;
  }
  return SIZE_MAX;
}
static row_list final_rows(const test_result *changes, const int *keys, int key_count) {
  row_list list = {.columns = changes->column_count};
  for (size_t i = 0; i < changes->row_count; i++) {
    const char *kind = changes->cells[i][0];
    char **row = changes->cells[i] + 1;
    bool removes = strcmp(kind, "-U") == 0 || strcmp(kind, "-D") == 0;
    if (removes || key_count) {
      size_t at = find_row(&list, row, keys, key_count);
      if (at != SIZE_MAX) drop_row(&list, at);
    }
    if (!removes) push(&list, copy_row(row, list.columns));
  }
  return list;
}

/* --- differences ------------------------------------------------------------------------------------------------------------ */
static int by_cells(const void *a, const void *b, void *columns) {
  char **x = *(char **const *)a, **y = *(char **const *)b;
  for (size_t i = 0; i < *(size_t *)columns; i++) {
    int order = compare_cells(x[i], y[i]);
    if (order) return order;
  }
  return 0;
}
static void sort(row_list *list) {
  if (list->count) qsort_r(list->rows, list->count, sizeof *list->rows, by_cells, &list->columns);
}

typedef struct widths {
  size_t column[64];
} widths;
static size_t width_of(const char *cell) { return cell ? (size_t)runnel_display_width(cell, strlen(cell)) : 4; }
static void measure(widths *w, char **row, size_t columns) {
  for (size_t i = 0; i < columns && i < 64; i++)
    if (width_of(row[i]) > w->column[i]) w->column[i] = width_of(row[i]);
}
static void print_row(text *out, const widths *w, const char *mark, char **row, size_t columns) {
  text line = {0};
  text_printf(&line, "      %s", mark);
  for (size_t i = 0; i < columns; i++) {
    text_puts(&line, i ? "  " : " ");
    text_safe(&line, row[i] ? row[i] : "NULL", row[i] ? strlen(row[i]) : 4);
    if (i + 1 < columns && i < 64) text_pad(&line, ' ', (int)(w->column[i] - width_of(row[i])));
  }
  text_puts(out, text_of(&line));
  text_char(out, '\n');
  text_free(&line);
}

/* Sorted lists: what only one of them has. Number of rows that differ. */
static size_t difference(text *out, char **columns, row_list *wanted, row_list *found) {
  size_t i = 0, k = 0, differ = 0;
  widths w = {{0}};
  measure(&w, columns, wanted->columns);
  for (size_t n = 0; n < wanted->count; n++) measure(&w, wanted->rows[n], wanted->columns);
  for (size_t n = 0; n < found->count; n++) measure(&w, found->rows[n], found->columns);
  print_row(out, &w, " ", columns, wanted->columns);
  while (i < wanted->count || k < found->count) {
    int order = i >= wanted->count ? 1 : k >= found->count ? -1 : by_cells(&wanted->rows[i], &found->rows[k], &wanted->columns);
    if (order) differ++;
    if (order < 0) print_row(out, &w, "-", wanted->rows[i], wanted->columns);
    if (order > 0) print_row(out, &w, "+", found->rows[k], found->columns);
    i += order <= 0;
    k += order >= 0;
  }
  return differ;
}

/* --- the expectation --------------------------------------------------------------------------------------------------------- */
static test_difference *complain(const test_step *step, const char *what, const char *word) {
  test_difference *d = cli_alloc(sizeof *d);
  text t = {0};
  text_printf(&t, "      %s%s\n", what, word);
  d->step = step;
  d->text = cli_copy(text_of(&t), t.len);
  text_free(&t);
  return d;
}
static test_rows as_rows(char **columns, const row_list *list) {
  test_rows rows = {.column_count = list->columns, .row_count = list->count};
  rows.columns = copy_row(columns, list->columns);
  rows.cells = cli_alloc((list->count + 1) * sizeof *rows.cells);
  for (size_t i = 0; i < list->count; i++) rows.cells[i] = copy_row(list->rows[i], list->columns);
  return rows;
}

test_difference *test_compare(const test_step *step, const test_result *changes, const int *keys, int key_count, const test_options *options) {
  const test_rows *rows = &step->rows;
  bool changelog = step->kind == STEP_EXPECT_CHANGELOG;
  char op[] = "op";
  if (rows->json) return complain(step, "write the expected rows as a table: | a | b |", "");
  /* the columns that are compared: those of the header, or all */
  size_t all = changes->column_count + (changelog ? 1 : 0), count = rows->column_count ? rows->column_count : all;
  char **names = cli_alloc((count + 1) * sizeof *names);
  size_t *from = cli_alloc((count + 1) * sizeof *from); /* 0: the kind */
  test_difference *failed = NULL;
  for (size_t i = 0; i < count && !failed; i++) {
    from[i] = rows->column_count ? SIZE_MAX : i + (changelog ? 0 : 1);
    if (!rows->column_count) {
      names[i] = from[i] ? changes->columns[from[i] - 1] : op;
      continue;
    }
    names[i] = rows->columns[i];
    for (size_t k = 0; k < changes->column_count; k++)
      if (strcmp(changes->columns[k], names[i]) == 0) from[i] = k + 1;
    if (from[i] == SIZE_MAX && changelog && strcmp(names[i], "op") == 0) from[i] = 0;
    if (from[i] == SIZE_MAX) failed = complain(step, "the result has no column ", names[i]);
  }
  row_list wanted = {.columns = count}, found = {.columns = count}, last = {0};
  if (!failed) {
    if (!changelog) last = final_rows(changes, keys, key_count);
    for (size_t i = 0; i < (changelog ? changes->row_count : last.count); i++) {
      char **row = cli_alloc((count + 1) * sizeof *row);
      for (size_t k = 0; k < count; k++) row[k] = normal(changelog ? changes->cells[i][from[k]] : last.rows[i][from[k] - 1]);
      push(&found, row);
    }
    for (size_t i = 0; i < rows->row_count; i++) {
      char **row = cli_alloc((count + 1) * sizeof *row);
      for (size_t k = 0; k < count; k++) row[k] = normal(rows->cells[i][k]);
      push(&wanted, row);
    }
    test_rows kept = as_rows(names, &found);
    bool ordered = step->ordered && options->parallelism == 1, in_order = wanted.count == found.count;
    for (size_t i = 0; ordered && in_order && i < wanted.count; i++) in_order = same_row(wanted.rows[i], found.rows[i], count);
    sort(&wanted);
    sort(&found);
    text t = {0};
    size_t differ = difference(&t, names, &wanted, &found);
    if (differ || (ordered && !in_order)) {
      failed = cli_alloc(sizeof *failed);
      failed->step = step;
      text head = {0};
      if (differ)
        text_printf(&head, "%zu %s\n%s", differ, differ == 1 ? "row differs" : "rows differ", text_of(&t));
      else
        text_puts(&head, "the rows are those expected, in another order\n");
      failed->text = cli_copy(text_of(&head), head.len);
      failed->found = kept;
      text_free(&head);
    } else {
      test_rows_free(&kept);
    }
    text_free(&t);
  }
  free_list(&wanted);
  free_list(&found);
  free_list(&last);
  free(names);
  free(from);
  return failed;
}

void test_result_free(test_result *result) {
  for (size_t i = 0; i < result->row_count; i++) free_row(result->cells[i], result->column_count + 1);
  for (size_t i = 0; i < result->column_count; i++) free(result->columns[i]);
  free(result->cells);
  free(result->columns);
  memset(result, 0, sizeof *result);
}

/* A cell as it is written: a bar in it with a backslash. */
static size_t written_width(const char *cell) {
  size_t bars = 0;
  for (const char *p = cell ? cell : ""; *p; p++) bars += *p == '|';
  return width_of(cell) + bars;
}
void test_print_rows(text *out, const test_rows *rows) {
  widths w = {{0}};
  for (size_t i = 0; i <= rows->row_count; i++)
    for (size_t k = 0; k < rows->column_count && k < 64; k++) {
      size_t width = written_width(i ? rows->cells[i - 1][k] : rows->columns[k]);
      if (width > w.column[k]) w.column[k] = width;
    }
  for (size_t i = 0; i <= rows->row_count; i++) {
    char **row = i ? rows->cells[i - 1] : rows->columns;
    for (size_t k = 0; k < rows->column_count; k++) {
      const char *cell = row[k] ? row[k] : "NULL";
      text_puts(out, "| ");
      for (const char *p = cell; *p; p++) {
        if (*p == '|') text_char(out, '\\');
        text_char(out, *p);
      }
      text_pad(out, ' ', (int)((k < 64 ? w.column[k] : 0) - written_width(cell)) + 1);
    }
    text_puts(out, "|\n");
  }
}
