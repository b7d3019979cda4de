/* The rows of one statement on stdout: json lines, csv, aligned tables, \x records, the live table. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "cli/live.h"

enum { TABLE_ROWS = 1000 }; /* collected before widths are settled */

struct cli_output {
  cli *c;
  runnel_stmt *stmt;
  int columns;
  bool prose; /* one column of lines (EXPLAIN, SHOW CREATE): printed as they are */
  bool op; /* a column with the kind of the change stands first */
  cli_format format;
  table shape;
  live *live;
  text line;
  unsigned long long rows;
};

/* --- stdout ---------------------------------------------------------------------------------------------------- */
static bool gone, lost; /* atomic: the print connector writes from task threads */
bool cli_pipe_gone(void) { return __atomic_load_n(&gone, __ATOMIC_ACQUIRE); }
static void check_write(bool good) {
  if (!good) __atomic_store_n(errno == EPIPE ? &gone : &lost, true, __ATOMIC_RELEASE);
}
bool cli_write_lost(void) { return __atomic_load_n(&lost, __ATOMIC_ACQUIRE); }
void cli_write(const char *data, size_t len) {
  if (cli_pipe_gone() || !len) return;
  cli_status_clear();
  check_write(fwrite(data, 1, len, stdout) == len);
}
void cli_write_flush(void) {
  if (!cli_pipe_gone()) check_write(fflush(stdout) == 0);
  cli_status_restore();
}

/* --- begin ------------------------------------------------------------------------------------------------------- */
static bool is_number(runnel_type type) { return type >= RUNNEL_T_TINYINT && type <= RUNNEL_T_DECIMAL; }

static void csv_cell(text *t, const char *data, size_t len) {
  bool quote = len == 0; /* "" is an empty text, nothing is NULL */
  for (size_t i = 0; i < len && !quote; i++) quote = strchr(",\"\r\n", data[i]) != NULL && data[i];
  if (!quote) {
    text_add(t, data, len);
    return;
  }
  text_char(t, '"');
  for (size_t i = 0; i < len; i++) {
    if (data[i] == '"') text_char(t, '"');
    text_char(t, data[i]);
  }
  text_char(t, '"');
}

cli_output *cli_output_begin(cli *c, runnel_stmt *stmt) {
  cli_output *o = cli_alloc(sizeof *o);
  o->c = c;
  o->stmt = stmt;
  o->format = c->format;
  o->columns = runnel_column_count(stmt);
  o->op = !runnel_is_append_only(stmt);
  bool text_rows = runnel_stmt_get_kind(stmt) == RUNNEL_STMT_TEXT;
  o->prose = text_rows && o->columns == 1 && strcmp(runnel_column_name(stmt, 0), "result") == 0;
  if (o->format == FORMAT_TABLE) {
    bool drawn = o->op && !c->changelog && c->out_tty && !c->expanded;
    int extra = o->op && !drawn ? 1 : 0;
    table_begin(&o->shape, o->columns + extra, c->color, !c->options->no_header);
    if (extra) table_column(&o->shape, 0, "op", "", false);
    for (int i = 0; i < o->columns; i++)
      table_column(&o->shape, i + extra, runnel_column_name(stmt, i), text_rows ? "" : runnel_column_typename(stmt, i),
                   is_number(runnel_column_type(stmt, i)));
    if (drawn) {
      const int *keys = NULL;
      int count = runnel_key_columns(stmt, &keys);
      o->live = live_begin(&o->shape, keys, count);
    }
  } else if (o->format == FORMAT_CSV && !c->options->no_header) {
    if (o->op) text_puts(&o->line, "op,");
    for (int i = 0; i < o->columns; i++) {
      if (i) text_char(&o->line, ',');
      const char *name = runnel_column_name(stmt, i);
      csv_cell(&o->line, name, strlen(name));
    }
    text_char(&o->line, '\n');
    cli_write(text_of(&o->line), o->line.len);
  }
  return o;
}

/* --- rows -------------------------------------------------------------------------------------------------------------- */
static const char *const kinds[] = {"+I", "-U", "+U", "-D"};

static void prose_add(cli_output *o) {
  const char *cell = runnel_column_text(o->stmt, 0);
  text_clear(&o->line);
  for (; cell;) {
    const char *end = strchr(cell, '\n');
    text_safe(&o->line, cell, end ? (size_t)(end - cell) : strlen(cell));
    text_char(&o->line, '\n');
    cell = end && end[1] ? end + 1 : NULL;
  }
  o->shape.header_done = true;
  cli_write(text_of(&o->line), o->line.len);
}
static void table_add(cli_output *o) {
  int extra = o->op ? 1 : 0;
  table_row(&o->shape);
  if (extra) table_cell(&o->shape, 0, kinds[runnel_row_kind(o->stmt)], 2);
  for (int i = 0; i < o->columns; i++) {
    const char *cell = runnel_column_text(o->stmt, i);
    if (cell) table_cell(&o->shape, i + extra, cell, runnel_column_bytes(o->stmt, i));
  }
  if (o->shape.rows >= TABLE_ROWS) cli_output_flush(o, true);
}
static void live_add(cli_output *o) {
  char **cells = cli_alloc((size_t)o->columns * sizeof *cells);
  for (int i = 0; i < o->columns; i++) {
    const char *cell = runnel_column_text(o->stmt, i);
    if (cell) cells[i] = cli_copy(cell, strlen(cell));
  }
  live_change(o->live, runnel_row_kind(o->stmt), cells);
  live_draw(o->live, false);
}

void cli_output_row(cli_output *o) {
  o->rows++;
  if (o->live) {
    live_add(o);
  } else if (o->format == FORMAT_TABLE && o->prose) {
    prose_add(o);
  } else if (o->format == FORMAT_TABLE) {
    table_add(o);
  } else if (o->format == FORMAT_JSON) {
    size_t len;
    const char *json = runnel_row_json(o->stmt, &len);
    cli_write(json, len);
    cli_write("\n", 1);
  } else {
    text_clear(&o->line);
    if (o->op) text_printf(&o->line, "%s,", kinds[runnel_row_kind(o->stmt)]);
    for (int i = 0; i < o->columns; i++) {
      const char *cell = runnel_column_text(o->stmt, i);
      if (i) text_char(&o->line, ',');
      if (cell) csv_cell(&o->line, cell, runnel_column_bytes(o->stmt, i));
    }
    text_char(&o->line, '\n');
    cli_write(text_of(&o->line), o->line.len);
  }
}

static int terminal_columns(const cli *c) {
  struct winsize size;
  return c->out_tty && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}
void cli_output_flush(cli_output *o, bool idle) {
  if (o->live) {
    live_draw(o->live, false);
  } else if (o->format == FORMAT_TABLE && o->shape.rows && idle) {
    text_clear(&o->line);
    if (o->c->expanded)
      table_print_records(&o->shape, &o->line);
    else
      table_print(&o->shape, &o->line, terminal_columns(o->c));
    cli_write(text_of(&o->line), o->line.len);
  }
  cli_write_flush();
}

unsigned long long cli_output_end(cli_output *o) {
  unsigned long long rows = o->rows;
  if (o->live) {
    rows = live_rows(o->live);
    live_draw(o->live, true);
    live_end(o->live);
  } else if (o->format == FORMAT_TABLE && (o->shape.rows || !o->shape.header_done) && !o->c->expanded) {
    text_clear(&o->line);
    table_print(&o->shape, &o->line, terminal_columns(o->c)); /* without rows: the header alone */
    cli_write(text_of(&o->line), o->line.len);
  } else {
    cli_output_flush(o, true);
  }
  cli_write_flush();
  if (o->format == FORMAT_TABLE) table_end(&o->shape);
  text_free(&o->line);
  free(o);
  return rows;
}
