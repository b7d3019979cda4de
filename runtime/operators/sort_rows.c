/* See sort_rows.h.
 *
 * A run of rows gets a word of 64 bits each: as many items as fit, packed from the top, each as narrow as its values
 * in this run ask for (the distance from the smallest; text behind the bytes that all have in common). The words are
 * sorted by radix (most significant digit first until a part fits the cache, then least significant first; both
 * stable), and rows of equal words are a run again, for what the word did not hold: the next bits, bytes or items.
 * After the multikey sort of Bentley and Sedgewick (1997), a word at a time, with normalised keys as in Graefe (2006).
 * Short runs, and values without such words (ARRAY, ROW), are compared. */
#include "runtime/operators/sort_rows.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "runtime/functions/scalar.h"

enum {
  WORD_BITS = 64,
  DIGIT_BITS = 8,
  DIGITS = 1 << DIGIT_BITS,
  SHORT_RUN = 24,       /* rows: cheaper to compare */
  MERGED = 160,         /* entries: cheaper to merge than to count digits */
  CACHED = 1 << 15,     /* entries whose two copies stay in the cache of a core */
  LEAST_BITS = 8,       /* fewer are not worth to split an item for */
  DEPTH_MAX = 64        /* words of one row; texts that are nearly the same for longer are compared */
};

typedef struct entry {
  uint64_t word;
  uint32_t row;
} entry;

typedef struct sorter {
  const rn_column *columns;
  const rn_sort_item *items;
  uint32_t item_count;
} sorter;

/* --- comparing ------------------------------------------------------------------------------------------------------- */

static int compare_from(const sorter *s, uint32_t item, uint32_t a, uint32_t b) {
  for (uint32_t i = item; i < s->item_count; i++) {
    const rn_sort_item *it = &s->items[i];
    const rn_column *c = &s->columns[it->column];
    bool a_null = rn_is_null(c, a), b_null = rn_is_null(c, b);
    if (a_null || b_null) {
      if (a_null && b_null) continue;
      return a_null == it->nulls_first ? -1 : 1;
    }
    int by_value = rn_column_compare(c, a, c, b);
    if (by_value) return it->descending ? -by_value : by_value;
  }
  return (a > b) - (a < b);
}

/* Merge sort; rows come in the order of their numbers. */
static void sort_compared(const sorter *s, entry *e, entry *room, uint32_t n, uint32_t item) {
  enum { INSERTED = 8 };
  if (n <= INSERTED) {
    for (uint32_t i = 1; i < n; i++) {
      entry x = e[i];
      uint32_t k = i;
      for (; k && compare_from(s, item, e[k - 1].row, x.row) > 0; k--) e[k] = e[k - 1];
      e[k] = x;
    }
    return;
  }
  uint32_t half = n / 2;
  sort_compared(s, e, room, half, item);
  sort_compared(s, e + half, room, n - half, item);
  if (compare_from(s, item, e[half - 1].row, e[half].row) < 0) return;
  memcpy(room, e, half * sizeof *e);
  for (uint32_t to = 0, i = 0, k = half; i < half; to++) {
    e[to] = k < n && compare_from(s, item, e[k].row, room[i].row) < 0 ? e[k++] : room[i++];
  }
}

/* --- what a run holds of an item --------------------------------------------------------------------------------------- */

typedef struct field {
  const rn_column *column;
  bool nulls, values;       /* are there any? */
  bool descending, nulls_first;
  rn_u128 least, most;      /* numbers, as unsigned ones in the same order */
  uint32_t common, shortest, longest; /* text: bytes that all have in common; lengths */
  unsigned shift, bits;     /* of the number or text in the word, without the mark of NULL */
} field;

static uint64_t double_word(double d) {
  uint64_t bits;
  if (d != d) return UINT64_MAX;
  if (d == 0) d = 0; /* -0.0 */
  memcpy(&bits, &d, sizeof bits);
  return bits >> 63 ? ~bits : bits | 1ull << 63;
}
#define SIGNED_WORD(x) ((uint64_t)(int64_t)(x) ^ (uint64_t)INT64_MIN)
#define WIDE_WORD(x) ((rn_u128)(x) ^ (rn_u128)1 << 127)
#define PLAIN_WORD(x) ((uint64_t)(x))

/* LOOP(type, unsigned type, conversion) for the column's physical type; false: not a number. */
#define FOR_NUMBERS(c, LOOP)                                                    \
  switch (rn_type_physical((c)->type)) {                                        \
    case RN_P_BOOL: LOOP(uint8_t, uint64_t, PLAIN_WORD); break;                 \
    case RN_P_I8: LOOP(int8_t, uint64_t, SIGNED_WORD); break;                   \
    case RN_P_I16: LOOP(int16_t, uint64_t, SIGNED_WORD); break;                 \
    case RN_P_I32: LOOP(int32_t, uint64_t, SIGNED_WORD); break;                 \
    case RN_P_I64: LOOP(int64_t, uint64_t, SIGNED_WORD); break;                 \
    case RN_P_I128: LOOP(rn_i128, rn_u128, WIDE_WORD); break;                   \
    case RN_P_F32: LOOP(float, uint64_t, double_word); break;                   \
    case RN_P_F64: LOOP(double, uint64_t, double_word); break;                  \
    default: break;                                                             \
  }

#define RANGE(T, U, WORD)                                       \
  do {                                                          \
    U least = (U)-1, most = 0;                                  \
    for (uint32_t i = 0; i < n; i++) {                          \
      if (c->valid && rn_is_null(c, e[i].row)) {                \
        f->nulls = true;                                        \
        continue;                                               \
      }                                                         \
      U w = WORD(((const T *)c->data)[e[i].row]);               \
      f->values = true;                                         \
      least = w < least ? w : least;                            \
      most = w > most ? w : most;                               \
    }                                                           \
    f->least = least;                                           \
    f->most = most;                                             \
  } while (0)

static uint32_t common_bytes(const char *a, const char *b, uint32_t most) {
  uint32_t i = 0;
  for (; i + 8 <= most; i += 8) {
    uint64_t x, y;
    memcpy(&x, a + i, 8);
    memcpy(&y, b + i, 8);
    if (x != y) return i + (uint32_t)__builtin_ctzll(x ^ y) / 8;
  }
  while (i < most && a[i] == b[i]) i++;
  return i;
}

static void look_at_text(field *f, const entry *e, uint32_t n) {
  const rn_column *c = f->column;
  rn_slice first = {0};
  for (uint32_t i = 0; i < n; i++) {
    if (c->valid && rn_is_null(c, e[i].row)) {
      f->nulls = true;
      continue;
    }
    rn_slice s = rn_str_slice((const rn_str *)c->data + e[i].row);
    uint32_t len = (uint32_t)s.len;
    if (!f->values) {
      f->values = true;
      f->common = f->shortest = f->longest = len;
      first = s;
      continue;
    }
    if (len < f->shortest) f->shortest = len;
    if (len > f->longest) f->longest = len;
    f->common = common_bytes(first.ptr, s.ptr, f->common < len ? f->common : len);
  }
}

static unsigned bits_of(rn_u128 v) {
  uint64_t high = (uint64_t)(v >> 64), low = (uint64_t)v;
  return high ? 128 - (unsigned)__builtin_clzll(high) : low ? 64 - (unsigned)__builtin_clzll(low) : 0;
}

/* Chooses what of the item goes into the `room` bits that are left of the word. False: nothing. *whole: all of it. */
static bool choose(field *f, const entry *e, uint32_t n, unsigned room, bool *whole) {
  const rn_column *c = f->column;
  rn_physical physical = rn_type_physical(c->type);
  *whole = true;
  if (physical == RN_P_NONE) { /* always NULL */
    f->nulls = true;
    return true;
  }
  if (physical == RN_P_LIST || physical == RN_P_ROW) return false;
  if (physical == RN_P_STR) look_at_text(f, e, n);
  else FOR_NUMBERS(c, RANGE)
  if (!f->values) return true;
  unsigned mark = f->nulls, wanted;
  if (physical == RN_P_STR) {
    uint32_t rest = f->longest - f->common;
    if (rest) { /* else all are the same */
      wanted = ((room - mark) / 8 < rest ? (room - mark) / 8 : rest) * 8;
      *whole = f->shortest == f->longest && wanted / 8 == rest;
      f->bits = wanted;
    }
  } else {
    wanted = bits_of(f->most - f->least);
    *whole = wanted + mark <= room;
    f->bits = *whole ? wanted : room > mark ? room - mark : 0;
    f->shift = wanted - f->bits;
  }
  return *whole ? mark + f->bits <= room : f->bits >= LEAST_BITS;
}

#define PACK(T, U, WORD)                                                        \
  do {                                                                          \
    U least = (U)f->least, most = (U)f->most;                                   \
    for (uint32_t i = 0; i < n; i++) {                                          \
      uint64_t word = 0;                                                        \
      bool null = c->valid && rn_is_null(c, e[i].row);                          \
      if (!null) {                                                              \
        U w = WORD(((const T *)c->data)[e[i].row]);                             \
        word = (uint64_t)((f->descending ? most - w : w - least) >> f->shift);  \
      }                                                                         \
      put_field(f, &e[i], word, null);                                          \
    }                                                                           \
  } while (0)

static inline void put_field(const field *f, entry *e, uint64_t word, bool null) {
  if (f->nulls && null != f->nulls_first) word |= 1ull << f->bits; /* f->bits < 64 with a mark */
  unsigned width = f->bits + f->nulls;
  e->word = width < WORD_BITS ? e->word << width | word : word;
}

static void pack_text(const field *f, entry *e, uint32_t n) {
  const rn_column *c = f->column;
  uint32_t bytes = f->bits / 8;
  uint64_t mask = bytes < 8 ? (1ull << f->bits) - 1 : UINT64_MAX;
  for (uint32_t i = 0; i < n; i++) {
    uint64_t word = 0;
    bool null = c->valid && rn_is_null(c, e[i].row);
    if (!null && bytes) {
      rn_slice s = rn_str_slice((const rn_str *)c->data + e[i].row);
      size_t left = s.len - f->common;
      memcpy(&word, s.ptr + f->common, left < bytes ? left : bytes);
      word = __builtin_bswap64(word) >> (WORD_BITS - f->bits);
      if (f->descending) word = ~word & mask;
    }
    put_field(f, &e[i], word, null);
  }
}

static void pack(const field *f, entry *e, uint32_t n) {
  const rn_column *c = f->column;
  if (f->bits + (f->nulls && f->values) == 0) return;
  if (rn_type_physical(c->type) == RN_P_STR) pack_text(f, e, n);
  else FOR_NUMBERS(c, PACK)
}

/* --- radix ---------------------------------------------------------------------------------------------------------------- */

static void sort_words_merged(entry *e, entry *room, uint32_t n) {
  enum { INSERTED = 16 };
  if (n <= INSERTED) {
    for (uint32_t i = 1; i < n; i++) {
      entry x = e[i];
      uint32_t k = i;
      for (; k && e[k - 1].word > x.word; k--) e[k] = e[k - 1];
      e[k] = x;
    }
    return;
  }
  uint32_t half = n / 2;
  sort_words_merged(e, room, half);
  sort_words_merged(e + half, room, n - half);
  if (e[half - 1].word <= e[half].word) return;
  memcpy(room, e, half * sizeof *e);
  for (uint32_t to = 0, i = 0, k = half; i < half; to++) e[to] = k < n && e[k].word < room[i].word ? e[k++] : room[i++];
}

static void sort_words_cached(entry *e, entry *room, uint32_t n, unsigned bits) {
  uint32_t counts[WORD_BITS / DIGIT_BITS][DIGITS] = {{0}};
  unsigned digits = (bits + DIGIT_BITS - 1) / DIGIT_BITS;
  for (uint32_t i = 0; i < n; i++) {
    for (unsigned d = 0; d < digits; d++) counts[d][e[i].word >> (d * DIGIT_BITS) & (DIGITS - 1)]++;
  }
  entry *from = e, *to = room;
  for (unsigned d = 0; d < digits; d++) {
    uint32_t *at = counts[d], sum = 0;
    if (at[e[0].word >> (d * DIGIT_BITS) & (DIGITS - 1)] == n) continue; /* all have the same */
    for (unsigned k = 0; k < DIGITS; k++) {
      uint32_t count = at[k];
      at[k] = sum;
      sum += count;
    }
    for (uint32_t i = 0; i < n; i++) to[at[from[i].word >> (d * DIGIT_BITS) & (DIGITS - 1)]++] = from[i];
    entry *swap = from;
    from = to;
    to = swap;
  }
  if (from != e) memcpy(e, from, n * sizeof *e);
}

/* By the lowest `bits` of the words; those above are the same in all. */
static void sort_words(entry *e, entry *room, uint32_t n, unsigned bits) {
  if (n <= MERGED) {
    sort_words_merged(e, room, n);
    return;
  }
  if (n <= CACHED || bits <= DIGIT_BITS) {
    sort_words_cached(e, room, n, bits);
    return;
  }
  uint32_t ends[DIGITS] = {0}, sum = 0;
  unsigned shift = bits - DIGIT_BITS;
  for (uint32_t i = 0; i < n; i++) ends[e[i].word >> shift & (DIGITS - 1)]++;
  for (unsigned k = 0; k < DIGITS; k++) {
    uint32_t count = ends[k];
    ends[k] = sum;
    sum += count;
  }
  for (uint32_t i = 0; i < n; i++) room[ends[e[i].word >> shift & (DIGITS - 1)]++] = e[i];
  for (unsigned k = 0; k < DIGITS; k++) {
    uint32_t begin = k ? ends[k - 1] : 0, count = ends[k] - begin;
    memcpy(e + begin, room + begin, count * sizeof *e);
    if (count > 1) sort_words(e + begin, room + begin, count, shift);
  }
}

/* --- runs ------------------------------------------------------------------------------------------------------------------ */

/* Rows e[0..n), in the order of their numbers and equal in all items before `item`. */
static void sort_run(const sorter *s, entry *e, entry *room, uint32_t n, uint32_t item, unsigned depth) {
  if (n <= SHORT_RUN || depth == DEPTH_MAX) {
    sort_compared(s, e, room, n, item);
    return;
  }
  unsigned used = 0;
  bool whole = true;
  for (uint32_t i = 0; i < n; i++) e[i].word = 0;
  while (item < s->item_count && whole && used < WORD_BITS) {
    const rn_sort_item *it = &s->items[item];
    field f = {.column = &s->columns[it->column], .descending = it->descending, .nulls_first = it->nulls_first};
    if (!choose(&f, e, n, WORD_BITS - used, &whole)) break;
    f.nulls = f.nulls && f.values; /* all NULL: nothing to tell apart */
    pack(&f, e, n);
    used += f.bits + f.nulls;
    item += whole;
  }
  if (!used && item < s->item_count) {
    sort_compared(s, e, room, n, item);
    return;
  }
  if (used) sort_words(e, room, n, used);
  if (item == s->item_count) return;
  for (uint32_t from = 0, to; from < n; from = to) {
    for (to = from + 1; to < n && e[to].word == e[from].word; to++) {}
    if (to - from == n && !whole) sort_compared(s, e, room, n, item); /* texts that differ in zero bytes at their end */
    else if (to - from > 1) sort_run(s, e + from, room + from, to - from, item, depth + 1);
  }
}

void rn_sort_rows(const rn_column *columns, const rn_sort_item *items, uint32_t count, uint32_t n, uint32_t *order) {
  entry *e = rn_malloc(((size_t)n + 1) * sizeof *e), *room = rn_malloc(((size_t)n + 1) * sizeof *room);
  sorter s = {columns, items, count};
  for (uint32_t i = 0; i < n; i++) e[i].row = i;
  sort_run(&s, e, room, n, 0, 0);
  for (uint32_t i = 0; i < n; i++) order[i] = e[i].row;
  rn_free(room);
  rn_free(e);
}
