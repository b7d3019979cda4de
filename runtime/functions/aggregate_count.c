/* COUNT(*) and COUNT(x). */
#include "runtime/functions/aggregate_rows.h"

typedef struct count_acc {
  int64_t n;
} count_acc;

static void add_rows(uint8_t *const *slots, uint32_t offset, const rn_column *arg, const rn_sel *sel, int64_t by) {
  if (!arg || !arg->valid) {
    for (uint32_t i = 0; i < sel->count; i++) ((count_acc *)(void *)(slots[i] + offset))->n += by;
  } else {
    for (uint32_t i = 0; i < sel->count; i++) {
      if (rn_is_valid(arg, rn_sel_row(sel, i))) ((count_acc *)(void *)(slots[i] + offset))->n += by;
    }
  }
}
static void count_update(uint8_t *const *slots, uint32_t offset, const rn_column *arg, const rn_sel *sel, rn_state *state) {
  (void)state;
  add_rows(slots, offset, arg, sel, 1);
}
static void count_retract(uint8_t *const *slots, uint32_t offset, const rn_column *arg, const rn_sel *sel, rn_state *state) {
  (void)state;
  add_rows(slots, offset, arg, sel, -1);
}
static void count_merge(void *into, const void *from, rn_state *state) {
  (void)state;
  ((count_acc *)into)->n += ((const count_acc *)from)->n;
}
static void count_subtract(void *from, const void *what, rn_state *state) {
  (void)state;
  ((count_acc *)from)->n -= ((const count_acc *)what)->n;
}
static void count_result(const uint8_t *const *slots, uint32_t count, uint32_t offset, rn_column *out,
                         uint32_t out_first_row, rn_state *state, rn_arena *arena) {
  (void)state, (void)arena;
  int64_t *to = (int64_t *)out->data + out_first_row;
  for (uint32_t i = 0; i < count; i++) to[i] = ((const count_acc *)(const void *)(slots[i] + offset))->n;
}

static const rn_agg_ops count_ops = {.size = sizeof(count_acc), .align = 8, .flags = RN_AGG_INVERTIBLE,
                                     .update = count_update, .merge = count_merge, .subtract = count_subtract,
                                     .retract = count_retract, .result = count_result,
                                     .counter = 1 + offsetof(count_acc, n)};

static rn_status count_resolve(const rn_type *const *types, uint32_t count, rn_arena *arena, const rn_type **arg_type,
                               const rn_type **result, const rn_agg_ops **ops) {
  (void)arena;
  *arg_type = count ? types[0] : NULL;
  *result = rn_type_basic(RN_T_BIGINT, false);
  *ops = &count_ops;
  return RN_OK;
}

const rn_aggregate rn_aggregate_count_rows[] = {
    {.name = "COUNT", .signature = "COUNT(* | [DISTINCT] x)", .min_args = 0, .max_args = 1,
     .flags = RN_AGG_INVERTIBLE | RN_AGG_DISTINCT_OK | RN_AGG_NO_ARGUMENT, .resolve = count_resolve,
     .help = "number of rows, or of rows where x is not NULL", .example = "COUNT(*)"},
    {.name = NULL}};
