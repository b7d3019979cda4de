/* The live table: the current rows of an updating query, drawn in place at the bottom of the terminal. */
#ifndef RUNNEL_CLI_LIVE_H
#define RUNNEL_CLI_LIVE_H
#include "cli/table.h"

typedef struct live live;
live *live_begin(table *shape, const int *key_columns, int key_count);
/* One change; cells are taken over (NULL: SQL NULL). */
void live_change(live *l, runnel_rowkind kind, char **cells);
void live_draw(live *l, bool last); /* at most ten times a second unless last */
size_t live_rows(const live *l);
void live_end(live *l);

#endif
