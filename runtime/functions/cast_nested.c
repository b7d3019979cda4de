/* Casts of ROW, ARRAY, MAP and MULTISET to the same kind: field by field, element by element. The elements of all
 * rows of the batch are cast as one column, in slices, since selections count rows in 16 bits. TRY_CAST of a value in
 * which something cannot be cast is NULL as a whole, as in Flink. */
#include "runtime/collection.h"
#include "runtime/functions/cast.h"

enum { SLICE = 32768 }; /* a multiple of 64: slices begin at a word of the bitmap */
_Static_assert(SLICE % 64 == 0 && SLICE <= UINT16_MAX, "slices of a column");

/* Rows [first, ..) of a column, sharing its data. */
static rn_column slice_of(const rn_column *c, uint32_t first, rn_arena *arena) {
  rn_column s = *c;
  size_t width = rn_physical_width(rn_type_physical(c->type));
  if (first == 0) return s;
  if (s.data) s.data = (char *)c->data + width * first;
  if (s.valid) s.valid = c->valid + first / 64;
  s.capacity -= s.capacity < first ? s.capacity : first;
  if (rn_type_physical(c->type) != RN_P_ROW) return s;
  s.children = RN_NEW_N(arena, rn_column, c->child_count);
  for (uint32_t i = 0; i < c->child_count; i++) s.children[i] = slice_of(&c->children[i], first, arena);
  return s;
}

static rn_status cast_child(rn_eval *eval, const rn_column *from, rn_column *to, const rn_sel *sel, bool safe) {
  rn_kernel kernel = rn_cast_kernel(from->type, to->type, safe);
  if (!kernel) return rn_eval_fail(eval, 0, RN_E_CAST, "no cast for a nested value");
  return rn_run_strict(eval, kernel, &from, 1, 0, to, sel);
}

/* NULL that was none before: the cast of `from` failed. */
static bool lost(const rn_column *from, uint32_t from_row, const rn_column *to, uint32_t to_row) {
  return rn_is_null(to, to_row) && from->type->id != RN_T_NULL && rn_is_valid(from, from_row);
}

CAST_BODY(cast_row) {
  (void)arg_count;
  for (uint32_t i = 0; i < out->child_count; i++) {
    rn_column from = args[0]->children[i];
    from.constant = args[0]->constant;
    if (cast_child(eval, &from, &out->children[i], sel, safe) != RN_OK) return RN_FAIL;
    for (uint32_t k = 0; safe && k < sel->count; k++) {
      uint32_t row = rn_sel_row(sel, k);
      if (lost(&from, AT(0, row), &out->children[i], row)) put_null(eval, out, row);
    }
  }
  return RN_OK;
}
CAST_PAIR(cast_row)

/* Casts `count` values of one child into the other, slice by slice. An error's row is the value's number. */
static rn_status cast_values(rn_eval *eval, const rn_column *from, rn_column *to, uint32_t count, bool safe) {
  uint32_t rows_before = eval->rows;
  rn_status status = RN_OK;
  for (uint32_t first = 0; first < count && status == RN_OK; first += SLICE) {
    uint32_t n = count - first < SLICE ? count - first : SLICE;
    rn_column part = slice_of(from, first, eval->arena), result;
    rn_column_init(&result, to->type, n, eval->arena);
    eval->rows = n;
    rn_sel all = {NULL, n};
    status = cast_child(eval, &part, &result, &all, safe);
    if (status == RN_OK) rn_column_copy_range(to, first, &result, 0, n, to->capacity, eval->arena);
    else if (eval->error_row >= 0) eval->error_row += first;
  }
  eval->rows = rows_before;
  return status;
}

/* The error belongs to the row in whose list the value stands. */
static rn_status failed_in(rn_eval *eval, const rn_list *lists, const rn_sel *sel) {
  FOR_ROWS(row) {
    if (eval->error_row < lists[row].offset || eval->error_row >= (int64_t)lists[row].offset + lists[row].length) continue;
    eval->error_row = row;
    break;
  }
  return RN_FAIL;
}

CAST_BODY(cast_list) {
  (void)arg_count;
  rn_list *to = out->data;
  uint32_t total = 0;
  FOR_ROWS(row) {
    to[row] = (rn_list){total, rn_items_at(args[0], row).length};
    total += to[row].length;
  }
  for (uint32_t c = 0; c < out->child_count; c++) {
    const rn_column *child = &args[0]->children[c];
    rn_column gathered;
    rn_column_init(&gathered, child->type, total, eval->arena);
    FOR_ROWS(row) rn_column_copy_range(&gathered, to[row].offset, child, rn_items_at(args[0], row).offset, to[row].length, total, eval->arena);
    rn_column_append(&out->children[c], total, eval->arena);
    if (cast_values(eval, &gathered, &out->children[c], total, safe) != RN_OK) return failed_in(eval, to, sel);
    for (uint32_t k = 0; safe && k < sel->count; k++) {
      uint32_t row = rn_sel_row(sel, k), end = to[row].offset + to[row].length;
      bool failed = false;
      for (uint32_t i = to[row].offset; i < end && !failed; i++) failed = lost(&gathered, i, &out->children[c], i);
      if (failed) put_null(eval, out, row);
    }
  }
  return RN_OK;
}
CAST_PAIR(cast_list)

/* Different keys may become one: the last value stays, as in a constructor. */
CAST_BODY(cast_map) {
  rn_column cast;
  rn_column_init(&cast, out->type, eval->rows, eval->arena);
  if (cast_list(eval, args, arg_count, &cast, sel, safe) != RN_OK) return RN_FAIL;
  FOR_ROWS(row) {
    rn_items_open(out, row);
    if (rn_is_null(&cast, row)) {
      put_null(eval, out, row);
      continue;
    }
    rn_list list = rn_items_at(&cast, row);
    for (uint32_t i = list.offset; i < list.offset + list.length; i++) {
      if (out->type->id == RN_T_MAP) rn_items_put(out, row, &cast.children[0], i, &cast.children[1], i, eval->arena);
      else rn_items_add(out, row, &cast.children[0], i, ((const int32_t *)cast.children[1].data)[i], eval->arena);
    }
  }
  return RN_OK;
}
CAST_PAIR(cast_map)

rn_kernel rn_cast_nested_kernel(const rn_type *from, const rn_type *to, bool safe) {
  if (from->id != to->id || from->child_count != to->child_count || !from->child_count) return NULL;
  for (uint32_t i = 0; i < from->child_count; i++) {
    if (!rn_cast_kernel(from->children[i], to->children[i], safe)) return NULL;
  }
  if (from->id == RN_T_ROW) return safe ? cast_row_safe : cast_row_strict;
  if (from->id == RN_T_ARRAY) return safe ? cast_list_safe : cast_list_strict;
  return safe ? cast_map_safe : cast_map_strict;
}
