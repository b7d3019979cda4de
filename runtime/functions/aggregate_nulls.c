/* FIRST_VALUE and LAST_VALUE with RESPECT NULLS: the value of the first or last row, whether it is NULL or not. Kept in
 * the heap of the state: a byte (1: NULL), then the encoding. */
#include "runtime/functions/aggregate_rows.h"

typedef struct value_acc {
  rn_ref value; /* 0: no row yet */
} value_acc;

static void update(uint8_t *const *slots, uint32_t offset, const rn_column *arg, const rn_sel *sel, rn_state *state, bool first) {
  rn_builder b = {0};
  for (uint32_t i = 0; i < sel->count; i++) {
    value_acc *acc = (value_acc *)(void *)(slots[i] + offset);
    uint32_t row = rn_sel_row(sel, i);
    if (first && acc->value) continue;
    rn_builder_clear(&b);
    rn_builder_char(&b, rn_is_null(arg, row) ? 1 : 0);
    if (rn_is_valid(arg, row)) rn_value_encode(&b, arg, row);
    acc->value = rn_state_replace(state, acc->value, b.data, b.len);
  }
  rn_builder_free(&b);
}
static void update_first(uint8_t *const *slots, uint32_t offset, const rn_column *arg, const rn_sel *sel, rn_state *state) {
  update(slots, offset, arg, sel, state, true);
}
static void update_last(uint8_t *const *slots, uint32_t offset, const rn_column *arg, const rn_sel *sel, rn_state *state) {
  update(slots, offset, arg, sel, state, false);
}

static void take(value_acc *into, const value_acc *from, rn_state *state) {
  rn_slice s = rn_state_load(state, from->value);
  into->value = rn_state_replace(state, into->value, s.ptr, s.len);
}
static void merge_first(void *into, const void *from, rn_state *state) {
  if (!((value_acc *)into)->value && ((const value_acc *)from)->value) take(into, from, state);
}
static void merge_last(void *into, const void *from, rn_state *state) {
  if (((const value_acc *)from)->value) take(into, from, state);
}

static void result(const uint8_t *const *slots, uint32_t count, uint32_t offset, rn_column *out, uint32_t out_first_row,
                   rn_state *state, rn_arena *arena) {
  for (uint32_t i = 0; i < count; i++) {
    const value_acc *acc = (const value_acc *)(const void *)(slots[i] + offset);
    const char *value = acc->value ? rn_state_load(state, acc->value).ptr : NULL;
    if (value && !*value) (void)rn_value_decode(value + 1, out, out_first_row + i, out->capacity, arena);
    else rn_value_set_null(out, out_first_row + i, out->capacity, arena);
  }
}

static const rn_agg_ops first_ops = {.size = sizeof(value_acc), .align = 8, .flags = RN_AGG_ORDERED | RN_AGG_FIRST | RN_AGG_KEEPS_NULLS, .update = update_first,
                                     .merge = merge_first, .result = result, .ref_count = 1};
static const rn_agg_ops last_ops = {.size = sizeof(value_acc), .align = 8, .flags = RN_AGG_ORDERED | RN_AGG_LAST | RN_AGG_KEEPS_NULLS, .update = update_last,
                                    .merge = merge_last, .result = result, .ref_count = 1};

static rn_status resolve(const rn_type *type, const rn_agg_ops *which, rn_arena *arena, const rn_type **arg_type,
                         const rn_type **out, const rn_agg_ops **ops) {
  if (type->id == RN_T_NULL) return RN_FAIL;
  *arg_type = type;
  *out = rn_plain_result(type, arena);
  *ops = which;
  return RN_OK;
}
static rn_status first_resolve(const rn_type *const *types, uint32_t count, rn_arena *arena, const rn_type **arg_type,
                               const rn_type **out, const rn_agg_ops **ops) {
  (void)count;
  return resolve(types[0], &first_ops, arena, arg_type, out, ops);
}
static rn_status last_resolve(const rn_type *const *types, uint32_t count, rn_arena *arena, const rn_type **arg_type,
                              const rn_type **out, const rn_agg_ops **ops) {
  (void)count;
  return resolve(types[0], &last_ops, arena, arg_type, out, ops);
}

const rn_aggregate rn_aggregate_nulls_rows[] = {
    {.name = "FIRST_VALUE RESPECT NULLS", .signature = "FIRST_VALUE(x) RESPECT NULLS", .min_args = 1, .max_args = 1,
     .flags = RN_AGG_VARIANT, .resolve = first_resolve, .help = "x of the first row", .example = "FIRST_VALUE(status) RESPECT NULLS"},
    {.name = "LAST_VALUE RESPECT NULLS", .signature = "LAST_VALUE(x) RESPECT NULLS", .min_args = 1, .max_args = 1,
     .flags = RN_AGG_VARIANT, .resolve = last_resolve, .help = "x of the last row", .example = "LAST_VALUE(status) RESPECT NULLS"},
    {.name = NULL}};
