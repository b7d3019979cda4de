/* The live table: see live.h. Rows are kept by upsert key (by the whole row where there is none) in a hash table with
 * linear probing; deleted rows leave a tombstone that the next growth drops. The rows changed last are drawn. */
#include "cli/live.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { DRAW_MS = 100, KEPT_ROWS_MAX = 10000 };

typedef struct live_row {
  char *key;
  char **cells; /* NULL: deleted */
  unsigned long long born, changed;
  unsigned copies; /* equal rows of a query without a key */
} live_row;

struct live {
  table *shape;
  int *key_columns, key_count;
  live_row *rows; /* open addressing; key NULL: free */
  size_t room, used, alive;
  unsigned long long changes;
  int drawn_lines;
  long long drawn_ms;
  bool dirty, full;
};

static uint64_t hash(const char *s) { /* FNV-1a */
  uint64_t h = 1469598103934665603u;
  for (; *s; s++) h = (h ^ (unsigned char)*s) * 1099511628211u;
  return h;
}
static live_row *find(live *l, const char *key) {
  for (size_t i = hash(key) & (l->room - 1);; i = (i + 1) & (l->room - 1))
    if (!l->rows[i].key || strcmp(l->rows[i].key, key) == 0) return &l->rows[i];
}
static void grow(live *l) {
  live_row *old = l->rows;
  size_t count = l->room;
  l->room = l->alive * 4 > 256 ? l->room * 2 : 256;
  l->rows = cli_alloc(l->room * sizeof *l->rows);
  l->used = 0;
  for (size_t i = 0; i < count; i++) {
    if (!old[i].key) continue;
    if (!old[i].cells) {
      free(old[i].key);
      continue;
    }
    *find(l, old[i].key) = old[i];
    l->used++;
  }
  free(old);
}
static void free_cells(const live *l, char **cells) {
  if (!cells) return;
  for (int c = 0; c < l->shape->columns; c++) free(cells[c]);
  free(cells);
}

live *live_begin(table *shape, const int *key_columns, int key_count) {
  live *l = cli_alloc(sizeof *l);
  l->shape = shape;
  l->key_count = key_count;
  l->key_columns = cli_alloc((size_t)key_count * sizeof *l->key_columns);
  if (key_count) memcpy(l->key_columns, key_columns, (size_t)key_count * sizeof *l->key_columns);
  grow(l);
  return l;
}

void live_change(live *l, runnel_rowkind kind, char **cells) {
  text key = {0};
  int count = l->key_count ? l->key_count : l->shape->columns;
  for (int i = 0; i < count; i++) {
    const char *cell = cells[l->key_count ? l->key_columns[i] : i];
    text_puts(&key, cell ? cell : "\x02");
    text_char(&key, '\x01');
  }
  if (l->used * 2 >= l->room) grow(l);
  live_row *row = find(l, text_of(&key));
  bool adds = kind == RUNNEL_INSERT || kind == RUNNEL_UPDATE_AFTER;
  l->changes++;
  l->dirty = true;
  if (!row->key && adds && l->alive >= KEPT_ROWS_MAX) { /* more than anyone reads: the count says so */
    l->full = true;
    free_cells(l, cells);
    text_free(&key);
    return;
  }
  if (!row->key && adds) {
    row->key = cli_copy(text_of(&key), key.len);
    l->used++;
  }
  text_free(&key);
  if (adds) {
    if (row->cells && !l->key_count)
      row->copies++;
    else if (!row->cells)
      row->copies = 1, row->born = l->changes, l->alive++;
    free_cells(l, row->cells);
    row->cells = cells;
    row->changed = l->changes;
    return;
  }
  free_cells(l, cells);
  /* -U with a key: its +U follows and replaces the row */
  if (!row->key || !row->cells || (kind == RUNNEL_UPDATE_BEFORE && l->key_count)) return;
  if (--row->copies > 0) return;
  free_cells(l, row->cells);
  row->cells = NULL;
  l->alive--;
}

static int newest_first(const void *a, const void *b) {
  unsigned long long x = (*(live_row *const *)a)->changed, y = (*(live_row *const *)b)->changed;
  return x > y ? -1 : x < y;
}

static int oldest_first(const void *a, const void *b) {
  unsigned long long x = (*(live_row *const *)a)->born, y = (*(live_row *const *)b)->born;
  return x < y ? -1 : x > y;
}

void live_draw(live *l, bool last) {
  long long now = cli_now_ms();
  if (!last && (!l->dirty || now - l->drawn_ms < DRAW_MS)) return;
  struct winsize size;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || !size.ws_row) size.ws_row = 24, size.ws_col = 80;
  size_t most = size.ws_row > 8 ? (size_t)size.ws_row - 6 : 2, n = 0;
  live_row **rows = cli_alloc(l->alive * sizeof *rows);
  for (size_t i = 0; i < l->room; i++)
    if (l->rows[i].key && l->rows[i].cells) rows[n++] = &l->rows[i];
  qsort(rows, n, sizeof *rows, newest_first);
  size_t shown = n < most ? n : most;
  qsort(rows, shown, sizeof *rows, oldest_first); /* rows keep their places while they change */
  table *t = l->shape;
  for (size_t i = 0; i < shown; i++) {
    table_row(t);
    for (int c = 0; c < t->columns; c++)
      if (rows[i]->cells[c]) table_cell(t, c, rows[i]->cells[c], strlen(rows[i]->cells[c]));
  }
  text out = {0};
  if (l->drawn_lines) text_printf(&out, "\033[%dA\033[J", l->drawn_lines);
  size_t before = out.len;
  t->header_done = false;
  table_print(t, &out, size.ws_col);
  if (n > shown || l->full) text_printf(&out, " … %zu more rows%s\n", n - shown, l->full ? " and those that are not kept" : "");
  l->drawn_lines = 0;
  for (size_t i = before; i < out.len; i++) l->drawn_lines += out.data[i] == '\n';
  cli_write(text_of(&out), out.len);
  cli_write_flush();
  text_free(&out);
  free(rows);
  l->dirty = false;
  l->drawn_ms = now;
}
size_t live_rows(const live *l) { return l->alive; }
void live_end(live *l) {
  for (size_t i = 0; i < l->room; i++) {
    free(l->rows[i].key);
    free_cells(l, l->rows[i].cells);
  }
  free(l->rows);
  free(l->key_columns);
  free(l);
}
