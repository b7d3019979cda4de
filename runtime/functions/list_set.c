/* Picking of elements and sets of elements (list_set.h). */
#include "runtime/functions/list_set.h"

uint32_t rn_list_longest(const rn_column *arg, const rn_sel *sel) {
  uint32_t most = 0;
  FOR_ROWS(row) {
    if (rn_is_null(arg, arg->constant ? 0 : row)) continue;
    uint32_t length = rn_items_at(arg, row).length;
    if (length > most) most = length;
  }
  return most;
}

#define PICK(T)                                                                          \
  do {                                                                                   \
    const T *from_ = from->data;                                                         \
    T *to_ = (T *)dst->data + at;                                                        \
    if (rows) for (uint32_t i = 0; i < count; i++) to_[i] = from_[rows[i]];              \
    else memcpy(to_, from_ + first, count * sizeof *to_);                                \
  } while (0)

static void pick(rn_eval *eval, rn_column *dst, uint32_t at, uint32_t capacity, const rn_column *from, const uint32_t *rows,
                 uint32_t first, uint32_t count) {
  rn_physical physical = rn_type_physical(dst->type);
  if (physical == RN_P_LIST || from->constant || from->type->id == RN_T_NULL) { /* what lies below is copied too */
    for (uint32_t i = 0; i < count; i++)
      rn_column_copy_value(dst, at + i, from, from->constant ? 0 : rows ? rows[i] : first + i, capacity, eval->arena);
    return;
  }
  if (from->valid) {
    rn_column_nullable(dst, capacity, eval->arena);
    for (uint32_t i = 0; i < count; i++) {
      if (rn_is_null(from, rows ? rows[i] : first + i)) rn_set_null(dst, at + i);
      else rn_set_valid(dst, at + i);
    }
  } else if (dst->valid) {
    for (uint32_t i = 0; i < count; i++) rn_set_valid(dst, at + i);
  }
  if (!count) return;
  switch (physical) {
    case RN_P_NONE: case RN_P_LIST: break;
    case RN_P_BOOL: case RN_P_I8: PICK(uint8_t); break;
    case RN_P_I16: PICK(uint16_t); break;
    case RN_P_I32: case RN_P_F32: PICK(uint32_t); break;
    case RN_P_I64: case RN_P_F64: PICK(uint64_t); break;
    case RN_P_I128: PICK(rn_i128); break;
    case RN_P_STR: PICK(rn_str); break;
    case RN_P_ROW:
      for (uint32_t c = 0; c < dst->child_count; c++)
        pick(eval, &dst->children[c], at, capacity, &from->children[c], rows, first, count);
      break;
  }
}

uint32_t rn_elements_pick(rn_eval *eval, rn_column *child, const rn_column *from, const uint32_t *rows, uint32_t first,
                          uint32_t count) {
  uint32_t at = rn_column_append(child, count, eval->arena);
  pick(eval, child, at, child->capacity, from, rows, first, count);
  return at;
}

static bool is_nan(const rn_column *c, uint32_t row) {
  if (c->type->id != RN_T_FLOAT && c->type->id != RN_T_DOUBLE) return false;
  double v = c->type->id == RN_T_FLOAT ? (double)((const float *)c->data)[row] : ((const double *)c->data)[row];
  return v != v;
}

bool rn_elements_equal(const rn_column *a, uint32_t row_a, const rn_column *b, uint32_t row_b) {
  if (a->constant) row_a = 0;
  if (a->type->id != RN_T_NULL && rn_is_valid(a, row_a) && is_nan(a, row_a)) return false;
  return rn_value_same(a, row_a, b, row_b);
}

/* --- sets ---------------------------------------------------------------------------------------------------------- */

void rn_element_set_reserve(rn_eval *eval, rn_element_set *set, uint32_t most) {
  uint32_t slots = 16;
  while (slots / 2 < most) slots *= 2;
  set->stamp++;
  if (set->slots && slots <= set->mask + 1) return;
  *set = (rn_element_set){RN_NEW_N(eval->arena, rn_element_slot, slots), slots - 1, 1};
}

static rn_element_slot *slot_of(rn_element_set *set, const rn_column *column, uint32_t row, uint32_t hash) {
  for (uint32_t i = hash & set->mask;; i = (i + 1) & set->mask) {
    rn_element_slot *s = &set->slots[i];
    if (s->stamp != set->stamp) return s;
    if (s->hash == hash && rn_elements_equal(column, row, s->column, s->row)) return s;
  }
}

uint32_t *rn_element_set_put(rn_element_set *set, const rn_column *column, uint32_t row, uint32_t value, bool *added) {
  uint32_t hash = (uint32_t)rn_value_hash(column, row);
  rn_element_slot *s = slot_of(set, column, row, hash);
  *added = s->stamp != set->stamp;
  /* A NaN equals nothing: were it kept, many of them would make one long chain. */
  if (*added && (rn_is_null(column, row) || !is_nan(column, row))) *s = (rn_element_slot){set->stamp, row, value, hash, column};
  return &s->value;
}

uint32_t *rn_element_set_find(rn_element_set *set, const rn_column *column, uint32_t row) {
  rn_element_slot *s = slot_of(set, column, row, (uint32_t)rn_value_hash(column, row));
  return s->stamp == set->stamp ? &s->value : NULL;
}
