/* Buffers of keyed state: rows that wait for the watermark, in ascending order.
 * Input is nearly ordered, so the entries are an array: a sorted part, and a tail of what came since, which is
 * sorted and merged into the end of the sorted part only when somebody looks (both stable: entries of one order
 * stay as they came). Rows lie side by side in chunks that are freed when their last row was removed. */
#include <stdlib.h>

#include "base/alloc.h"
#include "runtime/state_private.h"

enum { CHUNK = 64 << 10 /* and the alignment of every chunk */ };

/* Merges the sorted stretches [0, middle) and [middle, n) of e; `room` holds `middle` entries. */
static void merge(rn_buffered *e, size_t middle, size_t n, rn_buffered *room) {
  size_t to = 0, i = 0, k = middle;
  memcpy(room, e, middle * sizeof *e);
  while (i < middle) {
    if (k < n && e[k].order < room[i].order) e[to++] = e[k++];
    else e[to++] = room[i++];
  }
}

static bool is_sorted(const rn_buffered *e, size_t n) {
  for (size_t i = 1; i < n; i++) {
    if (e[i].order < e[i - 1].order) return false;
  }
  return true;
}

static void sort(rn_buffered *e, size_t n, rn_buffered *room) {
  enum { SMALL = 12 };
  if (n <= SMALL) {
    for (size_t i = 1; i < n; i++) {
      rn_buffered x = e[i];
      size_t k = i;
      for (; k && e[k - 1].order > x.order; k--) e[k] = e[k - 1];
      e[k] = x;
    }
    return;
  }
  sort(e, n / 2, room);
  sort(e + n / 2, n - n / 2, room);
  if (e[n / 2].order < e[n / 2 - 1].order) merge(e, n / 2, n, room);
}

static void settle(rn_buffer *b) {
  rn_buffered *e = b->entries.data;
  size_t n = b->entries.len, sorted = b->sorted > b->first ? b->sorted : b->first;
  if (sorted == n) return;
  bool ordered = is_sorted(e + sorted, n - sorted), behind = sorted == b->first || e[sorted].order >= e[sorted - 1].order;
  b->sorted = n;
  if (ordered && behind) return;
  rn_buffered *room = rn_malloc((n - b->first + 1) * sizeof *room);
  if (!ordered) sort(e + sorted, n - sorted, room);
  if (sorted > b->first && e[sorted].order < e[sorted - 1].order) {
    size_t low = b->first, high = sorted; /* only what lies behind the tail's first entry has to move */
    while (low < high) {
      size_t middle = (low + high) / 2;
      if (e[middle].order > e[sorted].order) high = middle;
      else low = middle + 1;
    }
    merge(e + low, sorted - low, n - low, room);
  }
  rn_free(room);
}

static chunk *chunk_of(const rn_buffered *e) { return (chunk *)((uintptr_t)e->row & ~(uintptr_t)(CHUNK - 1)); }

static void free_chunk(rn_buffer *b, chunk *c) {
  b->state->bytes -= c->capacity;
  free(c);
}

static char *room_for(rn_buffer *b, uint32_t length) {
  chunk *c = b->current;
  if (!c || c->used + length > c->capacity) {
    size_t size = ((size_t)length + sizeof *c + CHUNK - 1) & ~(size_t)(CHUNK - 1);
    if (c && c->rows == 0) free_chunk(b, c);
    c = aligned_alloc(CHUNK, size);
    if (!c) rn_oom();
    *c = (chunk){.capacity = (uint32_t)(size - sizeof *c)};
    b->state->bytes += c->capacity;
    b->current = c;
  }
  char *at = c->data + c->used;
  c->used += length;
  c->rows++;
  return at;
}

static void give_back(rn_buffer *b, const rn_buffered *e) {
  chunk *c = chunk_of(e);
  if (--c->rows || c == b->current) return;
  free_chunk(b, c);
}

static void add(rn_buffer *b, int64_t order, uint16_t group, const char *row, uint32_t length, bool saved) {
  /* A byte more, so that a row of no bytes lies in its chunk too. */
  char *bytes = room_for(b, length + 1);
  memcpy(bytes, row, length);
  rn_buffered e = {.order = order, .row = bytes, .length = length, .group = group, .saved = saved};
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
  return rn_buffer_count(b) ? b->entries.data[b->first].order : INT64_MAX;
}
int64_t rn_buffer_largest(rn_buffer *b) { return rn_buffer_count(b) ? b->largest : INT64_MIN; }

static size_t end_of(rn_buffer *b, int64_t upto) {
  settle(b);
  size_t low = b->first, high = b->entries.len;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (b->entries.data[middle].order <= upto) low = middle + 1;
    else high = middle;
  }
  return low;
}

size_t rn_buffer_peek(rn_buffer *b, int64_t upto, const rn_buffered **rows) {
  size_t end = end_of(b, upto);
  *rows = b->entries.data + b->first;
  return end - b->first;
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
    const rn_buffered *e = &b->entries.data[i];
    if (e->saved) {
      bit_set(b->cut_groups, e->group);
      if (e->order > b->cut) b->cut = e->order;
    } else {
      b->unsaved_bytes -= e->length + 12u;
    }
    give_back(b, e);
  }
  advance(b, end);
}

void rn_buffer_forget(rn_buffer *b, int64_t upto, unsigned group) {
  size_t to = b->first;
  for (size_t i = b->first; i < b->entries.len; i++) {
    rn_buffered *e = &b->entries.data[i];
    if (e->group == group && e->order <= upto) give_back(b, e);
    else b->entries.data[to++] = *e;
  }
  b->sorted = b->first; /* sorted anew at the next look; stable, so nothing else changes */
  b->entries.len = to;
}

void rn_buffer_close(rn_buffer *b) {
  for (size_t i = b->first; i < b->entries.len; i++) give_back(b, &b->entries.data[i]);
  free(b->current);
  RN_VEC_FREE(&b->entries);
  rn_free(b);
}
