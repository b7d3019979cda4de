/* BIT_AND, BIT_OR and BIT_XOR of integers; an extension, named as elsewhere. XOR takes back what it was given. */
#include "runtime/functions/aggregate_rows.h"

typedef struct bits_acc {
  int64_t bits, count; /* of values */
} bits_acc;

static inline void and_in(bits_acc *acc, int64_t x) { acc->bits = acc->count ? acc->bits & x : x; }
static inline void or_in(bits_acc *acc, int64_t x) { acc->bits |= x; }
static inline void xor_in(bits_acc *acc, int64_t x) { acc->bits ^= x; }

#define UPDATE(NAME, T, FOLD, BY)                                                                                 \
  static void NAME(uint8_t *const *slots, uint32_t offset, const rn_column *arg, const rn_sel *sel, rn_state *state) { \
    (void)state;                                                                                                  \
    const T *x = arg->data;                                                                                       \
    RN_EACH_VALUE({                                                                                               \
      bits_acc *acc = (bits_acc *)(void *)(slots[i] + offset);                                                    \
      FOLD(acc, x[row]);                                                                                          \
      acc->count += BY;                                                                                           \
    });                                                                                                           \
  }
#define FAMILY(SUFFIX, FOLD, BY)          \
  UPDATE(i8_##SUFFIX, int8_t, FOLD, BY)   \
  UPDATE(i16_##SUFFIX, int16_t, FOLD, BY) \
  UPDATE(i32_##SUFFIX, int32_t, FOLD, BY) \
  UPDATE(i64_##SUFFIX, int64_t, FOLD, BY)
FAMILY(and, and_in, 1)
FAMILY(or, or_in, 1)
FAMILY(xor, xor_in, 1)
FAMILY(back, xor_in, -1)

#define MERGE(NAME, FOLD, SIGN)                                        \
  static void NAME(void *into, const void *from, rn_state *state) {     \
    (void)state;                                                       \
    bits_acc *a = into;                                                \
    const bits_acc *b = from;                                          \
    if (!b->count) return;                                             \
    FOLD(a, b->bits);                                                  \
    a->count += SIGN b->count;                                         \
  }
MERGE(merge_and, and_in, +)
MERGE(merge_or, or_in, +)
MERGE(merge_xor, xor_in, +)
MERGE(subtract_xor, xor_in, -)

static void result(const uint8_t *const *slots, uint32_t count, uint32_t offset, rn_column *out, uint32_t out_first_row,
                   rn_state *state, rn_arena *arena) {
  (void)state, (void)arena;
  for (uint32_t i = 0; i < count; i++) {
    const bits_acc *acc = (const bits_acc *)(const void *)(slots[i] + offset);
    uint32_t row = out_first_row + i;
    switch (rn_type_physical(out->type)) {
      case RN_P_I8: ((int8_t *)out->data)[row] = (int8_t)acc->bits; break;
      case RN_P_I16: ((int16_t *)out->data)[row] = (int16_t)acc->bits; break;
      case RN_P_I32: ((int32_t *)out->data)[row] = (int32_t)acc->bits; break;
      default: ((int64_t *)out->data)[row] = acc->bits;
    }
    if (!acc->count) rn_set_null(out, row);
  }
}

#define OPS(UPDATE_FN, MERGE_FN) \
  {.size = sizeof(bits_acc), .align = 8, .update = UPDATE_FN, .merge = MERGE_FN, .result = result}
#define XOR_OPS(WIDTH)                                                                                  \
  {.size = sizeof(bits_acc), .align = 8, .flags = RN_AGG_INVERTIBLE, .update = WIDTH##_xor, .merge = merge_xor, \
   .subtract = subtract_xor, .retract = WIDTH##_back, .result = result}
static const rn_agg_ops and_ops[] = {OPS(i8_and, merge_and), OPS(i16_and, merge_and), OPS(i32_and, merge_and), OPS(i64_and, merge_and)};
static const rn_agg_ops or_ops[] = {OPS(i8_or, merge_or), OPS(i16_or, merge_or), OPS(i32_or, merge_or), OPS(i64_or, merge_or)};
static const rn_agg_ops xor_ops[] = {XOR_OPS(i8), XOR_OPS(i16), XOR_OPS(i32), XOR_OPS(i64)};

static rn_status resolve(const rn_type *type, rn_arena *arena, const rn_agg_ops *table, const rn_type **arg_type,
                         const rn_type **out, const rn_agg_ops **ops) {
  if (!rn_type_is_integer(type)) return RN_FAIL;
  *arg_type = type;
  *out = rn_plain_result(type, arena);
  *ops = &table[type->id - RN_T_TINYINT];
  return RN_OK;
}
#define RESOLVE(NAME)                                                                                             \
  static rn_status NAME##_resolve(const rn_type *const *types, uint32_t count, rn_arena *arena,                   \
                                  const rn_type **arg_type, const rn_type **out, const rn_agg_ops **ops) {        \
    (void)count;                                                                                                  \
    return resolve(types[0], arena, NAME##_ops, arg_type, out, ops);                                              \
  }
RESOLVE(and)
RESOLVE(or)
RESOLVE(xor)

const rn_aggregate rn_aggregate_bits_rows[] = {
    {.name = "BIT_AND", .signature = "BIT_AND(x INTEGER)", .min_args = 1, .max_args = 1, .flags = RN_AGG_DISTINCT_OK | RN_AGG_SET,
     .resolve = and_resolve, .help = "bits that all values have", .example = "BIT_AND(flags)"},
    {.name = "BIT_OR", .signature = "BIT_OR(x INTEGER)", .min_args = 1, .max_args = 1, .flags = RN_AGG_DISTINCT_OK | RN_AGG_SET,
     .resolve = or_resolve, .help = "bits that a value has", .example = "BIT_OR(flags)"},
    {.name = "BIT_XOR", .signature = "BIT_XOR([DISTINCT] x INTEGER)", .min_args = 1, .max_args = 1, .flags = RN_AGG_DISTINCT_OK,
     .resolve = xor_resolve, .help = "bits that an odd number of values have", .example = "BIT_XOR(flags)"},
    {.name = NULL}};
