/* Batch: at most RN_BATCH_ROWS_MAX rows in columns (Boncz 2005, MonetDB/X100; layout follows Arrow).
 *
 *   columns[c].data   plain array of the physical type, indexed by row number
 *   columns[c].valid  bitmap, LSB first, 1 = not NULL; NULL pointer: no row is NULL
 *   live[]            row numbers that are selected, strictly ascending; NULL: all rows
 *   kinds[]           row kind per row NUMBER (not per live index); NULL: all +I
 *   runs[]            which source, split and offsets a stretch of rows came from
 *
 * Ownership: a batch is borrowed for the call that receives it. To keep a row is to copy it into
 * state; to cross a thread is rn_batch_copy() into the queue's batch. The arena of the batch holds
 * everything that its columns point to, except text that points into raw messages of the source,
 * which stays valid for the same call.
 * A filter narrows `live` (new array in the arena of its own output batch, sharing the columns); a
 * projection makes a new batch with the same live, kinds and runs. Values at rows that are not live
 * are undefined but readable for fixed-width data; text there must not be dereferenced. */
#ifndef RN_RUNTIME_BATCH_H
#define RN_RUNTIME_BATCH_H
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include "base/arena.h"
#include "base/decimal.h"
#include "base/limits.h"
#include "base/text.h"
#include "runtime/type.h"

typedef enum rn_row_kind { RN_INSERT = 0, RN_UPDATE_BEFORE = 1, RN_UPDATE_AFTER = 2, RN_DELETE = 3 } rn_row_kind;
const char *rn_row_kind_text(rn_row_kind kind); /* "+I" "-U" "+U" "-D" */
static inline bool rn_takes_back(rn_row_kind kind) { return kind == RN_UPDATE_BEFORE || kind == RN_DELETE; }

/* 16-byte string view: up to 12 bytes inline, else a 4-byte prefix and a pointer (Neumann 2020, Umbra).
 * The first 8 bytes (length, prefix) decide most comparisons. Unused inline bytes are zero. */
typedef struct rn_str {
  uint32_t len;
  char prefix[4];
  union {
    char rest[8];    /* len <= 12: bytes 4..11 */
    const char *ptr; /* len > 12: all bytes */
  } u;
} rn_str;
enum { RN_STR_INLINE = 12 };

static inline rn_str rn_str_make(const char *ptr, size_t len) {
  rn_str s;
  memset(&s, 0, sizeof s);
  s.len = (uint32_t)len;
  if (len <= RN_STR_INLINE) {
    memcpy(s.prefix, ptr, len < 4 ? len : 4);
    if (len > 4) memcpy(s.u.rest, ptr + 4, len - 4);
  } else {
    memcpy(s.prefix, ptr, 4);
    s.u.ptr = ptr;
  }
  return s;
}
/* The bytes; for inline strings they lie inside *s, so s must outlive the use. (prefix and rest are
 * contiguous.) */
static inline const char *rn_str_ptr(const rn_str *s) {
  return s->len <= RN_STR_INLINE ? (const char *)s + offsetof(rn_str, prefix) : s->u.ptr;
}
static inline rn_slice rn_str_slice(const rn_str *s) { return (rn_slice){rn_str_ptr(s), s->len}; }
/* Equality and order by loads of 8 bytes that may overlap, without a call up to 20 bytes: the first 4 bytes are known
 * from the prefix, bytes 4..11 and the last 8 are the rest. */
enum { RN_STR_TWO_LOADS = 20 };
static inline uint64_t rn_load64(const void *p) {
  uint64_t v;
  memcpy(&v, p, 8);
  return v;
}
static inline bool rn_str_eq(const rn_str *a, const rn_str *b) {
  if (rn_load64(a) != rn_load64(b)) return false;
  if (a->len <= RN_STR_INLINE) return rn_load64(a->u.rest) == rn_load64(b->u.rest);
  const char *p = a->u.ptr, *q = b->u.ptr;
  if (a->len > RN_STR_TWO_LOADS) return memcmp(p + 4, q + 4, a->len - 4u) == 0;
  uint32_t last = a->len - 8;
  return ((rn_load64(p + 4) ^ rn_load64(q + 4)) | (rn_load64(p + last) ^ rn_load64(q + last))) == 0;
}
int rn_str_compare(const rn_str *a, const rn_str *b); /* < 0, 0, > 0: byte order = code point order */
/* a < b: the prefixes decide, or two words of 8 bytes made into numbers in the order of their bytes; unused bytes are
 * zero, the smallest. No branch on the bytes: data could make it hard to foresee. */
static inline bool rn_str_less(const rn_str *a, const rn_str *b) {
  uint32_t head_a, head_b;
  memcpy(&head_a, a->prefix, 4);
  memcpy(&head_b, b->prefix, 4);
  if (head_a != head_b) return __builtin_bswap32(head_a) < __builtin_bswap32(head_b);
  uint64_t high_a, low_a = a->len, high_b, low_b = b->len;
  if (low_a <= RN_STR_INLINE && low_b <= RN_STR_INLINE) {
    high_a = rn_load64(a->u.rest);
    high_b = rn_load64(b->u.rest);
  } else if (low_a == low_b && low_a <= RN_STR_TWO_LOADS) {
    high_a = rn_load64(a->u.ptr + 4);
    high_b = rn_load64(b->u.ptr + 4);
    low_a = __builtin_bswap64(rn_load64(a->u.ptr + a->len - 8));
    low_b = __builtin_bswap64(rn_load64(b->u.ptr + b->len - 8));
  } else {
    return rn_str_compare(a, b) < 0;
  }
  rn_u128 x = (rn_u128)__builtin_bswap64(high_a) << 64 | low_a, y = (rn_u128)__builtin_bswap64(high_b) << 64 | low_b;
  return x < y;
}
rn_str rn_str_copy(rn_arena *arena, rn_str s);        /* bytes into the arena when not inline */

typedef struct rn_list { /* of an ARRAY, MAP or MULTISET value: rows [offset, offset+length) of the children */
  uint32_t offset, length;
} rn_list;

typedef struct rn_column {
  const rn_type *type;
  void *data;
  uint64_t *valid;            /* NULL: nothing is NULL */
  struct rn_column *children; /* ROW: one per field; ARRAY: element; MAP: key, value; MULTISET: element, count (INT) */
  uint32_t child_count;
  bool constant;              /* expression registers only: row 0 stands for all. Never in a batch. */
  /* Of columns that rn_column_init made: room for `capacity` rows; `used` counts the rows of a list's child
   * that rn_column_copy_value or rn_column_append has filled. Columns made by hand may leave both 0. */
  uint32_t capacity, used;
} rn_column;

#define RN_VALID_WORDS(rows) (((rows) + 63u) / 64u)
static inline bool rn_is_valid(const rn_column *c, uint32_t row) {
  return !c->valid || (c->valid[row >> 6] >> (row & 63) & 1);
}
static inline bool rn_is_null(const rn_column *c, uint32_t row) { return !rn_is_valid(c, row); }
/* The column must have a bitmap (rn_column_nullable). */
static inline void rn_set_null(rn_column *c, uint32_t row) { c->valid[row >> 6] &= ~(1ull << (row & 63)); }
static inline void rn_set_valid(rn_column *c, uint32_t row) { c->valid[row >> 6] |= 1ull << (row & 63); }

typedef struct rn_run {
  uint32_t first_row; /* the run reaches to the next run's first_row */
  uint16_t source;    /* scan number in the plan */
  uint16_t split;     /* index among the source instance's splits (Kafka partition, file ..) */
  int64_t offset;     /* of first_row; later rows count on by one; -1: unknown */
} rn_run;

typedef struct rn_batch {
  uint32_t rows;        /* physical rows */
  uint32_t live_count;  /* rows when live == NULL */
  const uint16_t *live;
  const uint8_t *kinds;
  uint32_t column_count;
  rn_column *columns;
  uint32_t run_count;
  const rn_run *runs;
  rn_arena *arena;
} rn_batch;

/* i-th live row's number. */
static inline uint32_t rn_live(const rn_batch *b, uint32_t i) { return b->live ? b->live[i] : i; }
static inline rn_row_kind rn_kind(const rn_batch *b, uint32_t row) {
  return b->kinds ? (rn_row_kind)b->kinds[row] : RN_INSERT;
}

/* Columns for `rows` rows, uninitialised data, no bitmap. */
void rn_column_init(rn_column *column, const rn_type *type, uint32_t rows, rn_arena *arena);
/* Gives the column a bitmap of `rows` bits, all set (valid); no-op if it has one. */
void rn_column_nullable(rn_column *column, uint32_t rows, rn_arena *arena);
/* A batch with columns of the schema, 0 live rows, capacity rows each. */
void rn_batch_init(rn_batch *batch, const rn_schema *schema, uint32_t capacity, rn_arena *arena);
/* Makes room for `more` rows after child->used in a child of a LIST column (moves data and bitmap); gives
 * the first of them and adds `more` to used. For kernels and decoders that build lists. */
uint32_t rn_column_append(rn_column *child, uint32_t more, rn_arena *arena);
/* Copies one value (deeply into arena, NULL included). dst row must lie within its capacity. */
void rn_column_copy_value(rn_column *dst, uint32_t dst_row, const rn_column *src, uint32_t src_row,
                          uint32_t dst_capacity, rn_arena *arena);
/* The same for `count` rows one after the other. */
void rn_column_copy_range(rn_column *dst, uint32_t dst_row, const rn_column *src, uint32_t src_row, uint32_t count,
                          uint32_t dst_capacity, rn_arena *arena);
/* Compacts the live rows of src into dst (fresh columns in arena); keeps kinds and runs. */
void rn_batch_copy(rn_batch *dst, const rn_batch *src, rn_arena *arena);
/* Checks the invariants of this page against the schema; aborts in debug builds. */
void rn_batch_verify(const rn_batch *batch, const rn_schema *schema);

/* One value outside a column: literals, option defaults, results of folding. */
typedef struct rn_value {
  const rn_type *type;
  bool is_null;
  union {
    int64_t i;      /* BOOLEAN, integers, DATE, TIME, TIMESTAMP.., intervals, DECIMAL p <= 18 */
    double d;       /* FLOAT, DOUBLE */
    rn_i128 wide;   /* DECIMAL p > 18 */
    rn_slice text;  /* CHAR.., BINARY.. */
    const struct rn_value *items; /* ROW, ARRAY; MAP: key, value, key, value ..; MULTISET: element, count .. */
  } u;
  uint32_t item_count; /* of items: ROW fields, ARRAY elements, MAP and MULTISET twice their entries */
} rn_value;
/* A constant column (row 0, column->constant = true) holding the value. */
void rn_column_from_value(rn_column *column, const rn_value *value, rn_arena *arena);
rn_value rn_value_from_column(const rn_column *column, uint32_t row, rn_arena *arena);
rn_value rn_value_null(const rn_type *type);

#endif
