/* Aligned tables: see table.h. Widths are display columns; wide characters count two. */
#include "cli/table.h"
#include <stdlib.h>
#include <string.h>

static const char dim[] = "\033[2m", plain[] = "\033[0m", bold[] = "\033[1m";
enum { NARROWEST = 8 };

static int width_of(const char *s) { return runnel_display_width(s, strlen(s)); }

void table_begin(table *t, int columns, bool color, bool header) {
  memset(t, 0, sizeof *t);
  t->columns = columns;
  t->color = color;
  t->header = header;
  t->names = cli_alloc((size_t)columns * sizeof *t->names);
  t->types = cli_alloc((size_t)columns * sizeof *t->types);
  t->right = cli_alloc((size_t)columns * sizeof *t->right);
  t->width = cli_alloc((size_t)columns * sizeof *t->width);
}
static char *safe_copy(const char *data, size_t len) {
  text safe = {0};
  text_safe(&safe, data, len);
  return safe.data ? safe.data : cli_copy("", 0);
}
void table_column(table *t, int column, const char *name, const char *type, bool right) {
  t->names[column] = safe_copy(name, strlen(name));
  t->types[column] = safe_copy(type, strlen(type));
  t->right[column] = right;
  int name_width = t->header ? width_of(t->names[column]) : 0, type_width = t->header ? width_of(t->types[column]) : 0;
  t->width[column] = name_width > type_width ? name_width : type_width;
}
void table_row(table *t) {
  if (t->rows == t->room) {
    t->room = t->room ? t->room * 2 : 64;
    t->cells = cli_grow(t->cells, t->room * (size_t)t->columns * sizeof *t->cells);
  }
  memset(t->cells + t->rows * (size_t)t->columns, 0, (size_t)t->columns * sizeof *t->cells);
  t->rows++;
}
void table_cell(table *t, int column, const char *data, size_t len) {
  t->cells[(t->rows - 1) * (size_t)t->columns + (size_t)column] = safe_copy(data, len);
}

/* s cut to `width` columns with an ellipsis, padded. */
static void put_cell(text *out, const char *s, int width, bool right, bool last) {
  int have = width_of(s);
  size_t len = strlen(s);
  bool cut = have > width;
  while (have > width - cut && len) {
    len--;
    while (len && ((unsigned char)s[len] & 0xC0) == 0x80) len--;
    have = runnel_display_width(s, len);
  }
  int pad = width - have - cut;
  if (right) text_pad(out, ' ', pad);
  text_add(out, s, len);
  if (cut) text_puts(out, "…");
  if (!right && !last) text_pad(out, ' ', pad);
}
static void print_line(const table *t, char *const *cells, const int *width, text *out) {
  for (int c = 0; c < t->columns; c++) {
    text_puts(out, c ? "  " : " ");
    bool null = !cells[c];
    if (null && t->color) text_puts(out, dim);
    put_cell(out, null ? "NULL" : cells[c], width[c], t->right[c], c + 1 == t->columns);
    if (null && t->color) text_puts(out, plain);
  }
  text_char(out, '\n');
}
static void print_header(const table *t, const int *width, text *out) {
  if (t->color) text_puts(out, bold);
  print_line(t, t->names, width, out);
  if (t->color) text_puts(out, plain);
  bool typed = false;
  for (int c = 0; c < t->columns; c++) typed |= t->types[c][0] != 0;
  if (!typed) return;
  if (t->color) text_puts(out, dim);
  print_line(t, t->types, width, out);
  if (t->color) text_puts(out, plain);
}

static int total_width(const table *t) {
  int total = 0;
  for (int c = 0; c < t->columns; c++) total += t->width[c] + (c ? 2 : 1);
  return total;
}

void table_print(table *t, text *out, int most_columns) {
  for (size_t r = 0; r < t->rows; r++)
    for (int c = 0; c < t->columns; c++) {
      const char *cell = t->cells[r * (size_t)t->columns + (size_t)c];
      int width = cell ? width_of(cell) : 4;
      if (width > t->width[c]) t->width[c] = width;
    }
  int *width = cli_alloc((size_t)t->columns * sizeof *width);
  memcpy(width, t->width, (size_t)t->columns * sizeof *width);
  for (int over = most_columns ? total_width(t) - most_columns : 0; over > 0; over--) { /* the widest column gives way */
    int widest = 0;
    for (int c = 1; c < t->columns; c++)
      if (width[c] > width[widest]) widest = c;
    if (width[widest] <= NARROWEST) break;
    width[widest]--;
  }
  if (t->header && !t->header_done) print_header(t, width, out);
  t->header_done = true;
  for (size_t r = 0; r < t->rows; r++) {
    char **cells = t->cells + r * (size_t)t->columns;
    print_line(t, cells, width, out);
    for (int c = 0; c < t->columns; c++) free(cells[c]);
  }
  t->printed += t->rows;
  t->rows = 0;
  free(width);
}

void table_print_records(table *t, text *out) {
  int names = 0;
  for (int c = 0; c < t->columns; c++)
    if (width_of(t->names[c]) > names) names = width_of(t->names[c]);
  for (size_t r = 0; r < t->rows; r++) {
    text_printf(out, "-[ %llu ]-\n", ++t->printed);
    for (int c = 0; c < t->columns; c++) {
      char **cell = &t->cells[r * (size_t)t->columns + (size_t)c];
      text_char(out, ' ');
      put_cell(out, t->names[c], names, false, false);
      text_printf(out, "  %s%s%s\n", !*cell && t->color ? dim : "", *cell ? *cell : "NULL", !*cell && t->color ? plain : "");
      free(*cell);
    }
  }
  t->rows = 0;
}

void table_end(table *t) {
  for (int c = 0; c < t->columns; c++) {
    free(t->names[c]);
    free(t->types[c]);
  }
  for (size_t i = 0; i < t->rows * (size_t)t->columns; i++) free(t->cells[i]);
  free(t->names);
  free(t->types);
  free(t->right);
  free(t->width);
  free(t->cells);
  memset(t, 0, sizeof *t);
}
