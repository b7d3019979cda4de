/* Buffers of keyed state: rows that wait for the watermark, in ascending order.
 * Input is nearly ordered, so the entries are an array: a sorted part, and a tail of what came since, which is
 * sorted and merged into the end of the sorted part only when somebody looks. Rows lie side by side in chunks
 * that are freed when their last row was removed. */
#include <stdlib.h>

#include "base/alloc.h"
#include "runtime/state_private.h"

enum { CHUNK = 64 << 10 };

static bool before(const buffer_entry *a, const buffer_entry *b) {
  return a->row.order != b->row.order ? a->row.order < b->row.order : a->arrival < b->arrival;
}
static int compare_entries(const void *x, const void *y) {
  const buffer_entry *a = x, *b = y;
  return before(a, b) ? -1 : 1;
}

static void settle(rn_buffer *b) {
  buffer_entry *e = b->entries.data;
  size_t n = b->entries.len, sorted = b->sorted;
  if (sorted == n) return;
  bool ordered = true;
  for (size_t i = sorted + 1; i < n && ordered; i++) ordered = before(&e[i - 1], &e[i]);
  if (!ordered) qsort(e + sorted, n - sorted, sizeof *e, compare_entries);
  if (sorted > b->first && before(&e[sorted], &e[sorted - 1])) {
    size_t low = b->first, high = sorted; /* only what lies behind the tail's first entry has to move */
    while (low < high) {
      size_t middle = (low + high) / 2;
      if (before(&e[sorted], &e[middle])) high = middle;
      else low = middle + 1;
    }
    size_t moved = sorted - low;
    buffer_entry *old = rn_malloc(moved * sizeof *old);
    memcpy(old, e + low, moved * sizeof *old);
    size_t to = low, i = 0, k = sorted;
    while (i < moved) {
      if (k < n && before(&e[k], &old[i])) e[to++] = e[k++];
      else e[to++] = old[i++];
    }
    rn_free(old);
  }
  b->sorted = n;
}

static char *room_for(rn_buffer *b, uint32_t length, chunk **home) {
  chunk *c = b->current;
  if (!c || c->used + length > c->capacity) {
    uint32_t capacity = length > CHUNK ? length : CHUNK;
    if (c && c->rows == 0) {
      b->state->bytes -= c->capacity;
      rn_free(c);
    }
    c = rn_malloc(sizeof *c + capacity);
    *c = (chunk){.capacity = capacity};
    b->state->bytes += capacity;
    b->current = c;
  }
  char *at = c->data + c->used;
  c->used += length;
  c->rows++;
  *home = c;
  return at;
}

static void give_back(rn_buffer *b, chunk *c) {
  if (--c->rows || c == b->current) return;
  b->state->bytes -= c->capacity;
  rn_free(c);
}

static void add(rn_buffer *b, int64_t order, uint16_t group, const char *row, uint32_t length, bool saved) {
  buffer_entry e = {.row = {.order = order, .length = length, .group = group}, .arrival = b->arrivals++, .saved = saved};
  char *bytes = room_for(b, length, &e.home);
  memcpy(bytes, row, length);
  e.row.row = bytes;
  if (order > b->largest) b->largest = order;
  if (!saved) b->unsaved_bytes += length + 12u;
  RN_VEC_PUSH(&b->entries, e);
}

void rn_buffer_add(rn_buffer *b, int64_t order, uint16_t group, const char *row, uint32_t length) {
  add(b, order, group, row, length, false);
}
void rn_buffer_restore(rn_buffer *b, int64_t order, uint16_t group, const char *row, uint32_t length) {
  add(b, order, group, row, length, true);
}

size_t rn_buffer_count(const rn_buffer *b) { return b->entries.len - b->first; }
int64_t rn_buffer_least(rn_buffer *b) {
  settle(b);
  return rn_buffer_count(b) ? b->entries.data[b->first].row.order : INT64_MAX;
}
int64_t rn_buffer_largest(rn_buffer *b) { return rn_buffer_count(b) ? b->largest : INT64_MIN; }

static size_t end_of(rn_buffer *b, int64_t upto) {
  settle(b);
  size_t low = b->first, high = b->entries.len;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (b->entries.data[middle].row.order <= upto) low = middle + 1;
    else high = middle;
  }
  return low;
}

size_t rn_buffer_peek(rn_buffer *b, int64_t upto, const rn_buffered **rows) {
  size_t end = end_of(b, upto), n = end - b->first;
  RN_VEC_RESERVE(&b->view, n + 1);
  for (size_t i = 0; i < n; i++) b->view.data[i] = b->entries.data[b->first + i].row;
  *rows = b->view.data;
  return n;
}

/* Entries [first, end) are gone; the array is moved down when half of it is empty. */
static void advance(rn_buffer *b, size_t end) {
  b->first = end;
  if (b->first == b->entries.len) {
    b->first = b->sorted = b->entries.len = 0;
    b->largest = INT64_MIN;
  } else if (b->first > b->entries.len / 2) {
    size_t left = b->entries.len - b->first;
    memmove(b->entries.data, b->entries.data + b->first, left * sizeof *b->entries.data);
    b->entries.len = left;
    b->sorted -= b->first;
    b->first = 0;
  }
}

void rn_buffer_remove(rn_buffer *b, int64_t upto) {
  size_t end = end_of(b, upto);
  for (size_t i = b->first; i < end; i++) {
    buffer_entry *e = &b->entries.data[i];
    if (e->saved) {
      bit_set(b->cut_groups, e->row.group);
      if (e->row.order > b->cut) b->cut = e->row.order;
    }
    if (!e->saved) b->unsaved_bytes -= e->row.length + 12u;
    give_back(b, e->home);
  }
  advance(b, end);
}

void rn_buffer_forget(rn_buffer *b, int64_t upto, unsigned group) {
  size_t to = b->first;
  for (size_t i = b->first; i < b->entries.len; i++) {
    buffer_entry *e = &b->entries.data[i];
    if (e->row.group == group && e->row.order <= upto) give_back(b, e->home);
    else b->entries.data[to++] = *e;
  }
  if (b->sorted > b->first) b->sorted = b->first; /* sorted anew at the next look */
  b->entries.len = to;
}

void rn_buffer_close(rn_buffer *b) {
  for (size_t i = b->first; i < b->entries.len; i++) give_back(b, b->entries.data[i].home);
  rn_free(b->current);
  RN_VEC_FREE(&b->entries);
  RN_VEC_FREE(&b->view);
  rn_free(b);
}
