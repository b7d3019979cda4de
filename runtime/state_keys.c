/* Encoding of keys and rows: see state.h.
 * Fixed-width columns are written column by column at an offset that is the same in every row, so the common
 * key (one BIGINT) is two plain loops: encode, hash. */
#define XXH_INLINE_ALL
#include <stdlib.h>
#include <xxhash.h>

#include "base/alloc.h"
#include "runtime/state.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "encodings are little-endian as they lie in memory");

static bool is_fixed(const rn_type *type) {
  rn_physical p = rn_type_physical(type);
  return p != RN_P_STR && p != RN_P_LIST && p != RN_P_ROW;
}

static uint32_t fixed_width(const rn_type *type) { return (uint32_t)rn_physical_width(rn_type_physical(type)); }

static uint32_t null_bytes(uint32_t count) { return (count + 7) / 8; }

uint32_t rn_key_fixed_size(const rn_type *const *types, uint32_t count) {
  uint32_t size = null_bytes(count);
  for (uint32_t i = 0; i < count; i++) {
    if (!is_fixed(types[i])) return 0;
    size += fixed_width(types[i]);
  }
  return size;
}

static double plain_double(double d) {
  if (d != d) return __builtin_nan("");
  return d == 0 ? 0.0 : d;
}
static float plain_float(float f) {
  if (f != f) return __builtin_nanf("");
  return f == 0 ? 0.0f : f;
}

/* --- one value -------------------------------------------------------------------------------------------- */

static uint32_t varint_size(uint64_t v) {
  uint32_t n = 1;
  for (; v >= 0x80; v >>= 7) n++;
  return n;
}
static char *put_varint(char *to, uint64_t v) {
  for (; v >= 0x80; v >>= 7) *to++ = (char)(v | 0x80);
  *to++ = (char)v;
  return to;
}
static const char *get_varint(const char *from, uint64_t *v) {
  *v = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    uint64_t byte = (unsigned char)*from++;
    *v |= (byte & 0x7f) << shift;
    if (!(byte & 0x80)) break;
  }
  return from;
}

/* Bytes of a value that is not NULL. */
static uint32_t value_size(const rn_column *c, uint32_t row) {
  switch (rn_type_physical(c->type)) {
    case RN_P_STR: {
      uint32_t len = ((const rn_str *)c->data)[row].len;
      return varint_size(len) + len;
    }
    case RN_P_ROW: {
      uint32_t size = null_bytes(c->child_count);
      for (uint32_t i = 0; i < c->child_count; i++) {
        if (rn_is_valid(&c->children[i], row)) size += value_size(&c->children[i], row);
      }
      return size;
    }
    case RN_P_LIST: {
      rn_list list = ((const rn_list *)c->data)[row];
      uint32_t size = varint_size(list.length);
      for (uint32_t i = 0; i < list.length; i++) {
        for (uint32_t k = 0; k < c->child_count; k++) {
          size += 1 + (rn_is_valid(&c->children[k], list.offset + i) ? value_size(&c->children[k], list.offset + i) : 0);
        }
      }
      return size;
    }
    default: return fixed_width(c->type);
  }
}

static char *put_value(char *to, const rn_column *c, uint32_t row);

static char *put_item(char *to, const rn_column *c, uint32_t item) {
  for (uint32_t k = 0; k < c->child_count; k++) {
    bool valid = rn_is_valid(&c->children[k], item);
    *to++ = valid ? 0 : 1;
    if (valid) to = put_value(to, &c->children[k], item);
  }
  return to;
}

static int by_bytes(const void *a, const void *b) {
  const rn_slice *x = a, *y = b;
  int order = memcmp(x->ptr, y->ptr, x->len < y->len ? x->len : y->len);
  return order ? order : (x->len > y->len) - (x->len < y->len);
}

/* Entries of MAP and MULTISET have no order, and equal values must be equal bytes: they are written in the order of
 * their bytes. */
static char *put_entries(char *to, const rn_column *c, rn_list list) {
  enum { FEW = 16 };
  rn_slice on_stack[FEW], *entries = list.length <= FEW ? on_stack : rn_malloc(list.length * sizeof *entries);
  char *begin = to;
  bool sorted = true;
  for (uint32_t i = 0; i < list.length; i++) {
    char *end = put_item(to, c, list.offset + i);
    entries[i] = rn_slice_make(to, (size_t)(end - to));
    sorted = sorted && (i == 0 || by_bytes(&entries[i - 1], &entries[i]) <= 0);
    to = end;
  }
  if (!sorted) {
    size_t bytes = (size_t)(to - begin), at = 0;
    char *copy = rn_malloc(bytes);
    qsort(entries, list.length, sizeof *entries, by_bytes);
    for (uint32_t i = 0; i < list.length; i++) {
      memcpy(copy + at, entries[i].ptr, entries[i].len);
      at += entries[i].len;
    }
    memcpy(begin, copy, bytes);
    rn_free(copy);
  }
  if (entries != on_stack) rn_free(entries);
  return to;
}

static char *put_value(char *to, const rn_column *c, uint32_t row) {
  switch (rn_type_physical(c->type)) {
    case RN_P_STR: {
      const rn_str *s = (const rn_str *)c->data + row;
      to = put_varint(to, s->len);
      memcpy(to, rn_str_ptr(s), s->len);
      return to + s->len;
    }
    case RN_P_ROW: {
      char *nulls = to;
      memset(to, 0, null_bytes(c->child_count));
      to += null_bytes(c->child_count);
      for (uint32_t i = 0; i < c->child_count; i++) {
        if (rn_is_valid(&c->children[i], row)) to = put_value(to, &c->children[i], row);
        else nulls[i / 8] = (char)(nulls[i / 8] | 1 << (i % 8));
      }
      return to;
    }
    case RN_P_LIST: {
      rn_list list = ((const rn_list *)c->data)[row];
      to = put_varint(to, list.length);
      if (c->child_count > 1) return put_entries(to, c, list);
      for (uint32_t i = 0; i < list.length; i++) to = put_item(to, c, list.offset + i);
      return to;
    }
    case RN_P_F64: {
      double d = plain_double(((const double *)c->data)[row]);
      memcpy(to, &d, sizeof d);
      return to + sizeof d;
    }
    case RN_P_F32: {
      float f = plain_float(((const float *)c->data)[row]);
      memcpy(to, &f, sizeof f);
      return to + sizeof f;
    }
    default: {
      uint32_t width = fixed_width(c->type);
      if (width) memcpy(to, (const char *)c->data + (size_t)width * row, width);
      return to + width;
    }
  }
}

void rn_value_encode(rn_builder *out, const rn_column *column, uint32_t row) {
  uint32_t size = value_size(column, row);
  rn_builder_reserve(out, size + 1);
  put_value(out->data + out->len, column, row);
  out->len += size;
  out->data[out->len] = 0;
}

static void set_null_value(rn_column *c, uint32_t row, uint32_t capacity, rn_arena *arena) {
  rn_column_nullable(c, capacity, arena);
  rn_set_null(c, row);
  uint32_t width = fixed_width(c->type);
  if (width) memset((char *)c->data + (size_t)width * row, 0, width);
  if (rn_type_physical(c->type) == RN_P_ROW) {
    for (uint32_t i = 0; i < c->child_count; i++) set_null_value(&c->children[i], row, capacity, arena);
  }
}

static const char *get_value(const char *from, rn_column *c, uint32_t row, uint32_t capacity, rn_arena *arena) {
  if (c->valid) rn_set_valid(c, row);
  switch (rn_type_physical(c->type)) {
    case RN_P_STR: {
      uint64_t len;
      from = get_varint(from, &len);
      ((rn_str *)c->data)[row] = rn_str_make(from, len);
      return from + len;
    }
    case RN_P_ROW: {
      const char *nulls = from;
      from += null_bytes(c->child_count);
      for (uint32_t i = 0; i < c->child_count; i++) {
        if (nulls[i / 8] >> (i % 8) & 1) set_null_value(&c->children[i], row, capacity, arena);
        else from = get_value(from, &c->children[i], row, capacity, arena);
      }
      return from;
    }
    case RN_P_LIST: {
      uint64_t length;
      from = get_varint(from, &length);
      rn_list list = {0, (uint32_t)length};
      for (uint32_t k = 0; k < c->child_count; k++) list.offset = rn_column_append(&c->children[k], (uint32_t)length, arena);
      for (uint32_t i = 0; i < length; i++) {
        for (uint32_t k = 0; k < c->child_count; k++) {
          rn_column *child = &c->children[k];
          if (*from++) set_null_value(child, list.offset + i, child->capacity, arena);
          else from = get_value(from, child, list.offset + i, child->capacity, arena);
        }
      }
      ((rn_list *)c->data)[row] = list;
      return from;
    }
    default: {
      uint32_t width = fixed_width(c->type);
      if (width) memcpy((char *)c->data + (size_t)width * row, from, width);
      return from + width;
    }
  }
}

const char *rn_value_decode(const char *from, rn_column *column, uint32_t row, uint32_t capacity, rn_arena *arena) {
  return get_value(from, column, row, capacity, arena);
}
void rn_value_set_null(rn_column *column, uint32_t row, uint32_t capacity, rn_arena *arena) {
  set_null_value(column, row, capacity, arena);
}

/* --- batches ---------------------------------------------------------------------------------------------- */

/* Writes column `c` of the live rows at `at` + i * stride (cursors NULL) or at cursors[i] + at. */
#define PUT_COLUMN(T, CLEAN)                                        \
  do {                                                              \
    const T *from = c->data;                                        \
    for (uint32_t i = 0; i < n; i++) {                              \
      T v = CLEAN(from[live ? live[i] : i]);                        \
      memcpy((cursors ? cursors[i] : base + (size_t)i * stride) + at, &v, sizeof v); \
    }                                                               \
  } while (0)
#define AS_IT_IS(v) (v)

static void put_fixed_column(const rn_column *c, const uint16_t *live, uint32_t n, char *base, uint32_t stride,
                             char *const *cursors, uint32_t at) {
  switch (rn_type_physical(c->type)) {
    case RN_P_BOOL: case RN_P_I8: PUT_COLUMN(uint8_t, AS_IT_IS); break;
    case RN_P_I16: PUT_COLUMN(uint16_t, AS_IT_IS); break;
    case RN_P_I32: PUT_COLUMN(uint32_t, AS_IT_IS); break;
    case RN_P_I64: PUT_COLUMN(uint64_t, AS_IT_IS); break;
    case RN_P_I128: PUT_COLUMN(rn_i128, AS_IT_IS); break;
    case RN_P_F32: PUT_COLUMN(float, plain_float); break;
    case RN_P_F64: PUT_COLUMN(double, plain_double); break;
    default: break;
  }
}

static bool encode(rn_keys *out, const rn_batch *batch, const uint32_t *key_columns, uint32_t key_count,
                   rn_arena *arena) {
  uint32_t n = batch->live_count;
  const uint16_t *live = batch->live;
  uint32_t nulls = null_bytes(key_count), fixed = 0;
  bool variable = false;
  for (uint32_t k = 0; k < key_count; k++) {
    const rn_column *c = &batch->columns[key_columns ? key_columns[k] : k];
    if (is_fixed(c->type)) fixed += fixed_width(c->type);
    else variable = true;
  }
  const char **keys = rn_arena_alloc(arena, sizeof *keys * (n + 1));
  uint32_t *lengths = rn_arena_alloc(arena, sizeof *lengths * (n + 1));
  uint32_t prefix = nulls + fixed, stride = 0;
  char *base = NULL;
  if (!variable) {
    stride = (prefix + 7) & ~7u;
    base = rn_arena_zalloc(arena, (size_t)stride * n + 8);
    for (uint32_t i = 0; i < n; i++) {
      keys[i] = base + (size_t)i * stride;
      lengths[i] = prefix;
    }
  } else {
    for (uint32_t i = 0; i < n; i++) lengths[i] = prefix;
    for (uint32_t k = 0; k < key_count; k++) {
      const rn_column *c = &batch->columns[key_columns ? key_columns[k] : k];
      if (is_fixed(c->type)) continue;
      for (uint32_t i = 0; i < n; i++) {
        uint32_t row = live ? live[i] : i;
        if (rn_is_valid(c, row)) lengths[i] += value_size(c, row);
      }
    }
    size_t total = 0;
    for (uint32_t i = 0; i < n; i++) total += lengths[i];
    char *at = rn_arena_alloc(arena, total + 8);
    for (uint32_t i = 0; i < n; i++) {
      keys[i] = at;
      memset(at, 0, prefix);
      at += lengths[i];
    }
  }
  char *const *cursors = variable ? (char *const *)(uintptr_t)keys : NULL;
  uint32_t at = nulls;
  for (uint32_t k = 0; k < key_count; k++) {
    const rn_column *c = &batch->columns[key_columns ? key_columns[k] : k];
    bool column_fixed = is_fixed(c->type);
    if (column_fixed) put_fixed_column(c, live, n, base, stride, cursors, at);
    uint32_t width = column_fixed ? fixed_width(c->type) : 0;
    bool untyped = rn_type_physical(c->type) == RN_P_NONE; /* always NULL, with or without a bitmap */
    if (c->valid || untyped) {
      for (uint32_t i = 0; i < n; i++) {
        if (!untyped && rn_is_valid(c, live ? live[i] : i)) continue;
        char *key = (char *)(uintptr_t)keys[i];
        key[k / 8] = (char)(key[k / 8] | 1 << (k % 8));
        if (width) memset(key + at, 0, width);
      }
    }
    at += width;
  }
  if (variable) {
    char **ends = rn_arena_alloc(arena, sizeof *ends * (n + 1));
    for (uint32_t i = 0; i < n; i++) ends[i] = (char *)(uintptr_t)keys[i] + prefix;
    for (uint32_t k = 0; k < key_count; k++) {
      const rn_column *c = &batch->columns[key_columns ? key_columns[k] : k];
      if (is_fixed(c->type)) continue;
      for (uint32_t i = 0; i < n; i++) {
        uint32_t row = live ? live[i] : i;
        if (rn_is_valid(c, row)) ends[i] = put_value(ends[i], c, row);
      }
    }
  }
  *out = (rn_keys){.count = n, .keys = keys, .lengths = lengths, .stride = stride};
  return !variable;
}

void rn_rows_encode(rn_keys *out, const rn_batch *batch, const uint32_t *key_columns, uint32_t key_count, rn_arena *arena) {
  encode(out, batch, key_columns, key_count, arena);
}

void rn_keys_encode(rn_keys *out, const rn_batch *batch, const uint32_t *key_columns, uint32_t key_count,
                    uint64_t seed, rn_arena *arena) {
  bool fixed = encode(out, batch, key_columns, key_count, arena);
  uint64_t *hashes = rn_arena_alloc(arena, sizeof *hashes * (out->count + 1));
  const char *base = out->count ? out->keys[0] : NULL;
  uint32_t length = out->count ? out->lengths[0] : 0, stride = out->stride;
  if (fixed && length == 9) { /* one BIGINT: the constant length picks the hash's short branch at compile time */
    for (uint32_t i = 0; i < out->count; i++) hashes[i] = XXH3_64bits_withSeed(base + (size_t)i * stride, 9, seed);
  } else {
    for (uint32_t i = 0; i < out->count; i++) hashes[i] = XXH3_64bits_withSeed(out->keys[i], out->lengths[i], seed);
  }
  out->hashes = hashes;
}

/* --- decoding --------------------------------------------------------------------------------------------- */

#define GET_COLUMN(T)                                                             \
  do {                                                                            \
    T *to = (T *)c->data + first_row;                                             \
    for (uint32_t i = 0; i < count; i++) memcpy(&to[i], keys[i].ptr + here, sizeof(T)); \
  } while (0)

static const char *skip_value(const char *from, const rn_type *type) {
  uint64_t n;
  switch (rn_type_physical(type)) {
    case RN_P_STR: from = get_varint(from, &n); return from + n;
    case RN_P_ROW: {
      const char *nulls = from;
      from += null_bytes(type->child_count);
      for (uint32_t i = 0; i < type->child_count; i++) {
        if (!(nulls[i / 8] >> (i % 8) & 1)) from = skip_value(from, type->children[i]);
      }
      return from;
    }
    case RN_P_LIST: {
      from = get_varint(from, &n);
      for (uint64_t i = 0; i < n; i++) {
        for (uint32_t k = 0; k < type->child_count; k++) {
          if (!*from++) from = skip_value(from, type->children[k]);
        }
      }
      return from;
    }
    default: return from + fixed_width(type);
  }
}

void rn_keys_decode_some(const rn_slice *keys, uint32_t count, rn_column *columns, uint32_t key_count, const bool *wanted,
                         uint32_t first_row, uint32_t capacity, rn_arena *arena) {
  uint32_t at = null_bytes(key_count), variable_end = 0;
  for (uint32_t k = 0; k < key_count; k++) {
    rn_column *c = &columns[k];
    bool is_wanted = !wanted || wanted[k];
    if (!is_fixed(c->type)) {
      if (is_wanted) variable_end = k + 1;
      continue;
    }
    at += fixed_width(c->type);
    if (!is_wanted) continue;
    uint32_t here = at - fixed_width(c->type);
    switch (fixed_width(c->type)) {
      case 1: GET_COLUMN(uint8_t); break;
      case 2: GET_COLUMN(uint16_t); break;
      case 4: GET_COLUMN(uint32_t); break;
      case 8: GET_COLUMN(uint64_t); break;
      case 16: GET_COLUMN(rn_i128); break;
      default: break;
    }
    for (uint32_t i = 0; i < count; i++) {
      if (keys[i].ptr[k / 8] >> (k % 8) & 1) {
        rn_column_nullable(c, capacity, arena);
        rn_set_null(c, first_row + i);
      } else if (c->valid) {
        rn_set_valid(c, first_row + i);
      }
    }
  }
  for (uint32_t i = 0; i < count && variable_end; i++) {
    const char *from = keys[i].ptr + at;
    for (uint32_t k = 0; k < variable_end; k++) {
      if (is_fixed(columns[k].type)) continue;
      bool null = keys[i].ptr[k / 8] >> (k % 8) & 1, is_wanted = !wanted || wanted[k];
      if (!is_wanted) from = null ? from : skip_value(from, columns[k].type);
      else if (null) set_null_value(&columns[k], first_row + i, capacity, arena);
      else from = get_value(from, &columns[k], first_row + i, capacity, arena);
    }
  }
}

void rn_keys_decode(const rn_slice *keys, uint32_t count, rn_column *columns, uint32_t key_count, uint32_t first_row,
                    uint32_t capacity, rn_arena *arena) {
  rn_keys_decode_some(keys, count, columns, key_count, NULL, first_row, capacity, arena);
}

void rn_key_decode(const char *key, uint32_t length, rn_column *columns, uint32_t key_count, uint32_t row,
                   uint32_t capacity, rn_arena *arena) {
  rn_slice slice = {key, length};
  rn_keys_decode(&slice, 1, columns, key_count, row, capacity, arena);
}
