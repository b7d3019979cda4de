/* Batches: allocation, copying and checking of columns (runtime/batch.h).
 * Copies are column-wise loops over the selected rows; text that is not inline is measured first and copied
 * into one block, so that crossing a thread costs one allocation per column and batch. */
#include "runtime/batch.h"

#include "base/error.h"

const char *rn_row_kind_text(rn_row_kind kind) {
  static const char *const texts[] = {"+I", "-U", "+U", "-D"};
  return texts[kind & 3];
}

int rn_str_compare(const rn_str *a, const rn_str *b) {
  /* Prefixes are padded with zeros, the smallest byte: where they differ they decide. */
  int by_prefix = memcmp(a->prefix, b->prefix, 4);
  if (by_prefix) return by_prefix;
  size_t shorter = a->len < b->len ? a->len : b->len;
  int by_bytes = memcmp(rn_str_ptr(a), rn_str_ptr(b), shorter);
  if (by_bytes) return by_bytes;
  return (a->len > b->len) - (a->len < b->len);
}

rn_str rn_str_copy(rn_arena *arena, rn_str s) {
  if (s.len <= RN_STR_INLINE) return s;
  char *bytes = rn_arena_alloc_aligned(arena, s.len, 1);
  memcpy(bytes, s.u.ptr, s.len);
  s.u.ptr = bytes;
  return s;
}

/* --- allocation ------------------------------------------------------------------------------------- */

void rn_column_init(rn_column *column, const rn_type *type, uint32_t rows, rn_arena *arena) {
  memset(column, 0, sizeof *column);
  column->type = type;
  column->capacity = rows;
  rn_physical physical = rn_type_physical(type);
  size_t width = rn_physical_width(physical);
  if (width && rows) column->data = rn_arena_alloc_aligned(arena, width * rows, 64);
  if (physical == RN_P_ROW || physical == RN_P_LIST) {
    column->child_count = type->id == RN_T_MULTISET ? 2 : type->child_count;
    column->children = RN_NEW_N(arena, rn_column, column->child_count ? column->child_count : 1);
    for (uint32_t i = 0; i < column->child_count; i++) {
      const rn_type *child = i < type->child_count ? type->children[i] : rn_type_basic(RN_T_INT, false); /* the count */
      rn_column_init(&column->children[i], child, physical == RN_P_ROW ? rows : 0, arena);
    }
  }
}

void rn_column_nullable(rn_column *column, uint32_t rows, rn_arena *arena) {
  if (column->valid) return;
  size_t bytes = RN_VALID_WORDS((size_t)rows) * sizeof(uint64_t);
  column->valid = rn_arena_alloc_aligned(arena, bytes ? bytes : sizeof(uint64_t), 64);
  memset(column->valid, 0xff, bytes);
}

void rn_batch_init(rn_batch *batch, const rn_schema *schema, uint32_t capacity, rn_arena *arena) {
  memset(batch, 0, sizeof *batch);
  batch->column_count = schema->count;
  batch->columns = RN_NEW_N(arena, rn_column, schema->count ? schema->count : 1);
  batch->arena = arena;
  for (uint32_t i = 0; i < schema->count; i++) {
    rn_column_init(&batch->columns[i], schema->fields[i].type, capacity, arena);
  }
}

uint32_t rn_column_append(rn_column *child, uint32_t more, rn_arena *arena) {
  uint32_t first = child->used;
  if (first + more > child->capacity) {
    uint32_t capacity = child->capacity ? child->capacity : 16;
    while (capacity < first + more) capacity *= 2;
    size_t width = rn_physical_width(rn_type_physical(child->type));
    if (width) {
      void *data = rn_arena_alloc_aligned(arena, width * capacity, 64);
      if (first) memcpy(data, child->data, width * first);
      child->data = data;
    }
    if (child->valid) {
      uint64_t *old = child->valid;
      child->valid = NULL;
      rn_column_nullable(child, capacity, arena);
      memcpy(child->valid, old, RN_VALID_WORDS((size_t)child->capacity) * sizeof(uint64_t));
    }
    if (rn_type_physical(child->type) == RN_P_ROW) { /* fields grow with their row */
      for (uint32_t i = 0; i < child->child_count; i++) {
        child->children[i].used = first;
        rn_column_append(&child->children[i], capacity - first, arena);
      }
    }
    child->capacity = capacity;
  }
  child->used = first + more;
  return first;
}

/* --- copying ------------------------------------------------------------------------------------------ */

void rn_column_copy_value(rn_column *dst, uint32_t dst_row, const rn_column *src, uint32_t src_row,
                          uint32_t dst_capacity, rn_arena *arena) {
  rn_physical physical = rn_type_physical(dst->type);
  if (src->constant) src_row = 0;
  if (physical == RN_P_NONE || rn_is_null(src, src_row)) {
    rn_column_nullable(dst, dst_capacity, arena);
    rn_set_null(dst, dst_row);
    /* What lies under a NULL stays readable (fixed width) and harmless (an empty string or list). */
    size_t width = rn_physical_width(physical);
    if (width) memset((char *)dst->data + width * dst_row, 0, width);
    if (physical == RN_P_ROW) {
      for (uint32_t i = 0; i < dst->child_count; i++) {
        rn_column none = {.type = rn_type_basic(RN_T_NULL, true), .valid = &(uint64_t){0}, .constant = true};
        rn_column_copy_value(&dst->children[i], dst_row, &none, 0, dst_capacity, arena);
      }
    }
    return;
  }
  if (dst->valid) rn_set_valid(dst, dst_row);
  switch (physical) {
    case RN_P_STR: ((rn_str *)dst->data)[dst_row] = rn_str_copy(arena, ((const rn_str *)src->data)[src_row]); break;
    case RN_P_LIST: {
      rn_list from = ((const rn_list *)src->data)[src_row];
      rn_list to = {0, from.length};
      for (uint32_t c = 0; c < dst->child_count; c++) {
        to.offset = rn_column_append(&dst->children[c], from.length, arena);
        rn_column_copy_range(&dst->children[c], to.offset, &src->children[c], from.offset, from.length,
                             dst->children[c].capacity, arena);
      }
      ((rn_list *)dst->data)[dst_row] = to;
      break;
    }
    case RN_P_ROW:
      for (uint32_t i = 0; i < dst->child_count; i++) {
        rn_column_copy_value(&dst->children[i], dst_row, &src->children[i], src_row, dst_capacity, arena);
      }
      break;
    default: {
      size_t width = rn_physical_width(physical);
      memcpy((char *)dst->data + width * dst_row, (const char *)src->data + width * src_row, width);
    }
  }
}

void rn_column_copy_range(rn_column *dst, uint32_t dst_row, const rn_column *src, uint32_t src_row, uint32_t count,
                          uint32_t dst_capacity, rn_arena *arena) {
  rn_physical physical = rn_type_physical(dst->type);
  size_t width = rn_physical_width(physical);
  bool plain = width && physical != RN_P_STR && physical != RN_P_LIST && rn_type_physical(src->type) == physical && !src->constant;
  if (!plain) {
    for (uint32_t i = 0; i < count; i++) rn_column_copy_value(dst, dst_row + i, src, src_row + i, dst_capacity, arena);
    return;
  }
  if (!count) return;
  memcpy((char *)dst->data + width * dst_row, (const char *)src->data + width * src_row, width * count);
  if (src->valid) rn_column_nullable(dst, dst_capacity, arena);
  for (uint32_t i = 0; i < count && dst->valid; i++) {
    if (rn_is_valid(src, src_row + i)) rn_set_valid(dst, dst_row + i);
    else rn_set_null(dst, dst_row + i);
  }
}

#define GATHER(T)                                                            \
  do {                                                                       \
    const T *from = src->data;                                               \
    T *to = dst->data;                                                       \
    for (uint32_t i = 0; i < count; i++) to[i] = from[rows ? rows[i] : i];   \
  } while (0)

static void gather_strings(rn_column *dst, const rn_column *src, const uint16_t *rows, uint32_t count, rn_arena *arena) {
  const rn_str *from = src->data;
  rn_str *to = dst->data;
  size_t bytes = 0;
  for (uint32_t i = 0; i < count; i++) {
    uint32_t row = rows ? rows[i] : i;
    if (rn_is_valid(src, row)) {
      to[i] = from[row];
      if (to[i].len > RN_STR_INLINE) bytes += to[i].len;
    } else {
      memset(&to[i], 0, sizeof to[i]);
    }
  }
  if (!bytes) return;
  char *room = rn_arena_alloc_aligned(arena, bytes, 1);
  for (uint32_t i = 0; i < count; i++) {
    if (to[i].len <= RN_STR_INLINE) continue;
    memcpy(room, to[i].u.ptr, to[i].len);
    to[i].u.ptr = room;
    room += to[i].len;
  }
}

/* Rows rows[0..count) of src (NULL: the first count) become rows 0..count-1 of dst. */
static void gather(rn_column *dst, const rn_column *src, const uint16_t *rows, uint32_t count, rn_arena *arena) {
  rn_column_init(dst, src->type, count, arena);
  if (src->valid) {
    rn_column_nullable(dst, count, arena);
    if (rows) {
      for (uint32_t i = 0; i < count; i++) {
        if (rn_is_null(src, rows[i])) rn_set_null(dst, i);
      }
    } else {
      memcpy(dst->valid, src->valid, RN_VALID_WORDS((size_t)count) * sizeof(uint64_t));
    }
  }
  switch (rn_type_physical(src->type)) {
    case RN_P_NONE: break;
    case RN_P_BOOL: case RN_P_I8: GATHER(uint8_t); break;
    case RN_P_I16: GATHER(uint16_t); break;
    case RN_P_I32: case RN_P_F32: GATHER(uint32_t); break;
    case RN_P_I64: case RN_P_F64: GATHER(uint64_t); break;
    case RN_P_I128: GATHER(rn_i128); break;
    case RN_P_STR: gather_strings(dst, src, rows, count, arena); break;
    case RN_P_ROW:
      for (uint32_t c = 0; c < src->child_count; c++) {
        gather(&dst->children[c], &src->children[c], rows, count, arena);
      }
      break;
    case RN_P_LIST: {
      uint32_t total = 0; /* so that the children grow once */
      for (uint32_t i = 0; i < count; i++) {
        uint32_t row = rows ? rows[i] : i;
        if (rn_is_valid(src, row)) total += ((const rn_list *)src->data)[row].length;
      }
      for (uint32_t c = 0; c < dst->child_count; c++) {
        (void)rn_column_append(&dst->children[c], total, arena);
        dst->children[c].used = 0;
      }
      for (uint32_t i = 0; i < count; i++) rn_column_copy_value(dst, i, src, rows ? rows[i] : i, count, arena);
      break;
    }
  }
}

/* Compacting breaks "later rows count on by one": a new run begins at every gap. */
static void copy_runs(rn_batch *dst, const rn_batch *src, rn_arena *arena) {
  if (!src->run_count || !dst->rows) return;
  uint32_t limit = src->live ? dst->rows + src->run_count : src->run_count;
  rn_run *runs = RN_NEW_N(arena, rn_run, limit);
  uint32_t count = 0, at = 0, next_row = 0;
  bool at_new = true;
  for (uint32_t i = 0; i < dst->rows; i++) {
    uint32_t row = rn_live(src, i);
    while (at + 1 < src->run_count && src->runs[at + 1].first_row <= row) {
      at++;
      at_new = true;
    }
    const rn_run *run = &src->runs[at];
    if (row < run->first_row) continue; /* rows before the first run have no origin */
    if (at_new || (row != next_row && run->offset >= 0)) {
      runs[count] = *run;
      runs[count].first_row = i;
      if (run->offset >= 0) runs[count].offset = run->offset + (int64_t)(row - run->first_row);
      count++;
    }
    at_new = false;
    next_row = row + 1;
  }
  dst->runs = runs;
  dst->run_count = count;
}

void rn_batch_copy(rn_batch *dst, const rn_batch *src, rn_arena *arena) {
  memset(dst, 0, sizeof *dst);
  uint32_t count = src->live_count;
  dst->rows = count;
  dst->live_count = count;
  dst->arena = arena;
  dst->column_count = src->column_count;
  dst->columns = RN_NEW_N(arena, rn_column, src->column_count ? src->column_count : 1);
  for (uint32_t c = 0; c < src->column_count; c++) gather(&dst->columns[c], &src->columns[c], src->live, count, arena);
  if (src->kinds && count) {
    uint8_t *kinds = rn_arena_alloc(arena, count);
    for (uint32_t i = 0; i < count; i++) kinds[i] = src->kinds[rn_live(src, i)];
    dst->kinds = kinds;
  }
  copy_runs(dst, src, arena);
}

/* --- checking ------------------------------------------------------------------------------------------ */

#ifndef NDEBUG
static void expect(bool fact, const char *why) {
  if (!fact) rn_unreachable(why);
}

static void verify_value(const rn_column *c, uint32_t row) {
  if (rn_is_null(c, row)) return;
  switch (rn_type_physical(c->type)) {
    case RN_P_NONE: expect(false, "batch: a value of type NULL that is not NULL"); break;
    case RN_P_BOOL: expect(((const uint8_t *)c->data)[row] <= 1, "batch: a BOOLEAN that is neither 0 nor 1"); break;
    case RN_P_STR: {
      const rn_str *s = (const rn_str *)c->data + row;
      if (s->len <= RN_STR_INLINE) {
        for (uint32_t i = s->len; i < RN_STR_INLINE; i++) {
          expect(rn_str_ptr(s)[i] == 0, "batch: unused bytes of an inline string are not zero");
        }
      } else {
        expect(s->u.ptr != NULL && memcmp(s->prefix, s->u.ptr, 4) == 0, "batch: prefix of a string is wrong");
      }
      break;
    }
    case RN_P_LIST: {
      rn_list list = ((const rn_list *)c->data)[row];
      for (uint32_t i = 0; i < c->child_count; i++) {
        const rn_column *child = &c->children[i];
        expect(!child->capacity || (uint64_t)list.offset + list.length <= child->capacity, "batch: a list goes beyond its children");
        for (uint32_t k = 0; k < list.length; k++) verify_value(&c->children[i], list.offset + k);
      }
      break;
    }
    case RN_P_ROW:
      for (uint32_t i = 0; i < c->child_count; i++) verify_value(&c->children[i], row);
      break;
    default: break;
  }
}

void rn_batch_verify(const rn_batch *batch, const rn_schema *schema) {
  expect(batch->rows <= RN_BATCH_ROWS_MAX, "batch: too many rows");
  expect(batch->live_count <= batch->rows, "batch: more live rows than rows");
  expect(batch->live || batch->live_count == batch->rows, "batch: no selection, but not all rows are live");
  expect(batch->column_count == schema->count, "batch: number of columns differs from the schema");
  for (uint32_t i = 0; i < batch->live_count && batch->live; i++) {
    expect(batch->live[i] < batch->rows, "batch: selected row is out of range");
    expect(i == 0 || batch->live[i - 1] < batch->live[i], "batch: selection is not ascending");
  }
  for (uint32_t r = 1; r < batch->run_count; r++) {
    expect(batch->runs[r - 1].first_row < batch->runs[r].first_row, "batch: runs are not ascending");
  }
  for (uint32_t i = 0; i < batch->live_count && batch->kinds; i++) {
    expect(batch->kinds[rn_live(batch, i)] <= RN_DELETE, "batch: unknown row kind");
  }
  for (uint32_t c = 0; c < batch->column_count; c++) {
    const rn_column *column = &batch->columns[c];
    expect(rn_type_same(column->type, schema->fields[c].type), "batch: type of a column differs from the schema");
    expect(!column->constant, "batch: a column is constant");
    for (uint32_t i = 0; i < batch->live_count; i++) verify_value(column, rn_live(batch, i));
  }
}
#else
void rn_batch_verify(const rn_batch *batch, const rn_schema *schema) {
  (void)batch;
  (void)schema;
}
#endif

/* --- single values ------------------------------------------------------------------------------------- */

rn_value rn_value_null(const rn_type *type) { return (rn_value){.type = type, .is_null = true}; }

static void put_value(rn_column *column, uint32_t row, uint32_t capacity, const rn_value *value, rn_arena *arena) {
  rn_physical physical = rn_type_physical(column->type);
  if (value->is_null || physical == RN_P_NONE) {
    rn_column none = {.type = rn_type_basic(RN_T_NULL, true), .valid = &(uint64_t){0}, .constant = true};
    rn_column_copy_value(column, row, &none, 0, capacity, arena);
    return;
  }
  if (column->valid) rn_set_valid(column, row);
  switch (physical) {
    case RN_P_NONE: break;
    case RN_P_BOOL: ((uint8_t *)column->data)[row] = value->u.i != 0; break;
    case RN_P_I8: ((int8_t *)column->data)[row] = (int8_t)value->u.i; break;
    case RN_P_I16: ((int16_t *)column->data)[row] = (int16_t)value->u.i; break;
    case RN_P_I32: ((int32_t *)column->data)[row] = (int32_t)value->u.i; break;
    case RN_P_I64: ((int64_t *)column->data)[row] = value->u.i; break;
    case RN_P_F32: ((float *)column->data)[row] = (float)value->u.d; break;
    case RN_P_F64: ((double *)column->data)[row] = value->u.d; break;
    case RN_P_I128: ((rn_i128 *)column->data)[row] = value->u.wide; break;
    case RN_P_STR:
      ((rn_str *)column->data)[row] = rn_str_copy(arena, rn_str_make(value->u.text.ptr ? value->u.text.ptr : "", value->u.text.len));
      break;
    case RN_P_LIST: {
      uint32_t stride = column->child_count ? column->child_count : 1;
      rn_list list = {0, value->item_count / stride};
      for (uint32_t c = 0; c < column->child_count; c++) {
        rn_column *child = &column->children[c];
        list.offset = rn_column_append(child, list.length, arena);
        for (uint32_t i = 0; i < list.length; i++) {
          put_value(child, list.offset + i, child->capacity, &value->u.items[i * stride + c], arena);
        }
      }
      ((rn_list *)column->data)[row] = list;
      break;
    }
    case RN_P_ROW:
      for (uint32_t c = 0; c < column->child_count; c++) {
        put_value(&column->children[c], row, capacity, &value->u.items[c], arena);
      }
      break;
  }
}

void rn_column_from_value(rn_column *column, const rn_value *value, rn_arena *arena) {
  rn_column_init(column, value->type, 1, arena);
  put_value(column, 0, 1, value, arena);
  column->constant = true;
}

rn_value rn_value_from_column(const rn_column *column, uint32_t row, rn_arena *arena) {
  rn_physical physical = rn_type_physical(column->type);
  if (column->constant) row = 0;
  rn_value v = rn_value_null(column->type);
  if (physical == RN_P_NONE || rn_is_null(column, row)) return v;
  v.is_null = false;
  switch (physical) {
    case RN_P_NONE: break;
    case RN_P_BOOL: v.u.i = ((const uint8_t *)column->data)[row]; break;
    case RN_P_I8: v.u.i = ((const int8_t *)column->data)[row]; break;
    case RN_P_I16: v.u.i = ((const int16_t *)column->data)[row]; break;
    case RN_P_I32: v.u.i = ((const int32_t *)column->data)[row]; break;
    case RN_P_I64: v.u.i = ((const int64_t *)column->data)[row]; break;
    case RN_P_F32: v.u.d = (double)((const float *)column->data)[row]; break;
    case RN_P_F64: v.u.d = ((const double *)column->data)[row]; break;
    case RN_P_I128: v.u.wide = ((const rn_i128 *)column->data)[row]; break;
    case RN_P_STR: {
      const rn_str *s = (const rn_str *)column->data + row;
      v.u.text = rn_slice_make(rn_arena_strndup(arena, rn_str_ptr(s), s->len), s->len);
      break;
    }
    case RN_P_LIST: {
      rn_list list = ((const rn_list *)column->data)[row];
      uint32_t stride = column->child_count;
      v.item_count = list.length * stride;
      rn_value *items = RN_NEW_N(arena, rn_value, v.item_count ? v.item_count : 1);
      for (uint32_t i = 0; i < v.item_count; i++) {
        items[i] = rn_value_from_column(&column->children[i % stride], list.offset + i / stride, arena);
      }
      v.u.items = items;
      break;
    }
    case RN_P_ROW: {
      v.item_count = column->child_count;
      rn_value *items = RN_NEW_N(arena, rn_value, v.item_count ? v.item_count : 1);
      for (uint32_t i = 0; i < v.item_count; i++) items[i] = rn_value_from_column(&column->children[i], row, arena);
      v.u.items = items;
      break;
    }
  }
  return v;
}
