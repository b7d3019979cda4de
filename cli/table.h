/* Aligned tables and \x records: rows are collected, widths grow, what was printed stays. */
#ifndef RUNNEL_CLI_TABLE_H
#define RUNNEL_CLI_TABLE_H
#include "cli/cli.h"

typedef struct table {
  int columns;
  char **names, **types; /* as shown */
  bool *right;           /* numbers */
  int *width;
  char **cells;          /* rows * columns; NULL: SQL NULL */
  size_t rows, room;
  bool color, header, header_done;
  unsigned long long printed;
} table;

void table_begin(table *t, int columns, bool color, bool header);
void table_column(table *t, int column, const char *name, const char *type, bool right);
void table_row(table *t);                                            /* opens a row of NULLs */
void table_cell(table *t, int column, const char *data, size_t len); /* of the last row */
void table_print(table *t, text *out, int most_columns);             /* and forgets the rows; 0: any width */
void table_print_records(table *t, text *out);                       /* \x */
void table_end(table *t);

#endif
