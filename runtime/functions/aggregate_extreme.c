/* MIN and MAX of everything that has an order. Text is kept in the heap of the state, replaced in place. */
#include "runtime/functions/aggregate_rows.h"

typedef struct int_acc {
  int64_t value, has;
} int_acc;
typedef struct double_acc {
  double value;
  int64_t has;
} double_acc;
typedef struct wide_acc {
  rn_i128 value;
  int64_t has, unused;
} wide_acc;
typedef struct lean_acc { /* another call says whether there was a value; until then the worst one */
  int64_t value;
} lean_acc;
typedef struct text_acc {
  rn_ref value; /* 0: none yet */
} text_acc;

#define UPDATE(NAME, T, ACC, BETTER)                                                                              \
  static void NAME(uint8_t *const *slots, uint32_t offset, const rn_column *arg, const rn_sel *sel, rn_state *state) { \
    (void)state;                                                                                                  \
    const T *x = arg->data;                                                                                       \
    RN_EACH_VALUE({                                                                                               \
      ACC *acc = (ACC *)(void *)(slots[i] + offset);                                                              \
      if (!acc->has || x[row] BETTER acc->value) {                                                                \
        acc->value = x[row];                                                                                      \
        acc->has = 1;                                                                                             \
      }                                                                                                           \
    });                                                                                                           \
  }
#define MERGE(NAME, ACC, BETTER)                                              \
  static void NAME(void *into, const void *from, rn_state *state) {            \
    (void)state;                                                              \
    ACC *a = into;                                                            \
    const ACC *b = from;                                                      \
    if (b->has && (!a->has || b->value BETTER a->value)) *a = *b;             \
  }
#define LEAN_UPDATE(NAME, T, BETTER)                                                                              \
  static void NAME(uint8_t *const *slots, uint32_t offset, const rn_column *arg, const rn_sel *sel, rn_state *state) { \
    (void)state;                                                                                                  \
    const T *x = arg->data;                                                                                       \
    RN_EACH_VALUE({                                                                                               \
      lean_acc *acc = (lean_acc *)(void *)(slots[i] + offset);                                                    \
      if (x[row] BETTER acc->value) acc->value = x[row];                                                          \
    });                                                                                                           \
  }
#define LEAN_FAMILY(SUFFIX, BETTER, WORST)                                          \
  static void lean_init_##SUFFIX(void *acc) { ((lean_acc *)acc)->value = WORST; }   \
  static void lean_merge_##SUFFIX(void *into, const void *from, rn_state *state) {  \
    (void)state;                                                                    \
    int64_t value = ((const lean_acc *)from)->value;                                \
    if (value BETTER ((lean_acc *)into)->value) ((lean_acc *)into)->value = value;  \
  }                                                                                 \
  LEAN_UPDATE(lean_u8_##SUFFIX, uint8_t, BETTER)                                    \
  LEAN_UPDATE(lean_i8_##SUFFIX, int8_t, BETTER)                                     \
  LEAN_UPDATE(lean_i16_##SUFFIX, int16_t, BETTER)                                   \
  LEAN_UPDATE(lean_i32_##SUFFIX, int32_t, BETTER)                                   \
  LEAN_UPDATE(lean_i64_##SUFFIX, int64_t, BETTER)
LEAN_FAMILY(min, <, INT64_MAX)
LEAN_FAMILY(max, >, INT64_MIN)

#define FAMILY(SUFFIX, BETTER)                        \
  UPDATE(update_u8_##SUFFIX, uint8_t, int_acc, BETTER)   \
  UPDATE(update_i8_##SUFFIX, int8_t, int_acc, BETTER)    \
  UPDATE(update_i16_##SUFFIX, int16_t, int_acc, BETTER)  \
  UPDATE(update_i32_##SUFFIX, int32_t, int_acc, BETTER)  \
  UPDATE(update_i64_##SUFFIX, int64_t, int_acc, BETTER)  \
  UPDATE(update_f32_##SUFFIX, float, double_acc, BETTER) \
  UPDATE(update_f64_##SUFFIX, double, double_acc, BETTER) \
  UPDATE(update_wide_##SUFFIX, rn_i128, wide_acc, BETTER) \
  MERGE(merge_int_##SUFFIX, int_acc, BETTER)             \
  MERGE(merge_double_##SUFFIX, double_acc, BETTER)       \
  MERGE(merge_wide_##SUFFIX, wide_acc, BETTER)
FAMILY(min, <)
FAMILY(max, >)

static int compare_text(rn_slice a, rn_slice b) {
  int by_bytes = memcmp(a.ptr, b.ptr, a.len < b.len ? a.len : b.len);
  return by_bytes ? by_bytes : (a.len > b.len) - (a.len < b.len);
}
static void keep_text(text_acc *acc, rn_slice s, int wanted, rn_state *state) {
  if (acc->value && compare_text(s, rn_state_load(state, acc->value)) * wanted <= 0) return;
  acc->value = rn_state_replace(state, acc->value, s.ptr, s.len);
}
static void update_text(uint8_t *const *slots, uint32_t offset, const rn_column *arg, const rn_sel *sel, rn_state *state, int wanted) {
  const rn_str *x = arg->data;
  RN_EACH_VALUE({ keep_text((text_acc *)(void *)(slots[i] + offset), rn_str_slice(&x[row]), wanted, state); });
}
static void update_text_min(uint8_t *const *slots, uint32_t offset, const rn_column *arg, const rn_sel *sel, rn_state *state) {
  update_text(slots, offset, arg, sel, state, -1);
}
static void update_text_max(uint8_t *const *slots, uint32_t offset, const rn_column *arg, const rn_sel *sel, rn_state *state) {
  update_text(slots, offset, arg, sel, state, 1);
}
static void merge_text(text_acc *into, const text_acc *from, rn_state *state, int wanted) {
  if (from->value) keep_text(into, rn_state_load(state, from->value), wanted, state);
}
static void merge_text_min(void *into, const void *from, rn_state *state) { merge_text(into, from, state, -1); }
static void merge_text_max(void *into, const void *from, rn_state *state) { merge_text(into, from, state, 1); }

#define RESULTS(ACC, T)                                              \
  do {                                                               \
    T *to = (T *)out->data + out_first_row;                          \
    for (uint32_t i = 0; i < count; i++) {                           \
      const ACC *a = (const ACC *)(const void *)(slots[i] + offset); \
      to[i] = (T)a->value;                                           \
      if (!a->has) rn_set_null(out, out_first_row + i);              \
    }                                                                \
  } while (0)

static void extreme_result(const uint8_t *const *slots, uint32_t count, uint32_t offset, rn_column *out,
                           uint32_t out_first_row, rn_state *state, rn_arena *arena) {
  (void)arena;
  switch (rn_type_physical(out->type)) {
    case RN_P_BOOL: case RN_P_I8: RESULTS(int_acc, int8_t); break;
    case RN_P_I16: RESULTS(int_acc, int16_t); break;
    case RN_P_I32: RESULTS(int_acc, int32_t); break;
    case RN_P_I64: RESULTS(int_acc, int64_t); break;
    case RN_P_F32: RESULTS(double_acc, float); break;
    case RN_P_F64: RESULTS(double_acc, double); break;
    case RN_P_I128: RESULTS(wide_acc, rn_i128); break;
    default: {
      rn_str *to = (rn_str *)out->data + out_first_row;
      for (uint32_t i = 0; i < count; i++) {
        const text_acc *a = (const text_acc *)(const void *)(slots[i] + offset);
        rn_slice s = rn_state_load(state, a->value);
        to[i] = rn_str_make(s.ptr, s.len);
        if (!a->value) rn_set_null(out, out_first_row + i);
      }
    }
  }
}

#define LEAN_RESULTS(T)                                                                                      \
  for (uint32_t i = 0; i < count; i++) {                                                                     \
    ((T *)out->data)[out_first_row + i] = (T)((const lean_acc *)(const void *)(slots[i] + offset))->value;   \
  }
static void lean_result(const uint8_t *const *slots, uint32_t count, uint32_t offset, rn_column *out, uint32_t out_first_row,
                        rn_state *state, rn_arena *arena) {
  (void)state, (void)arena;
  switch (rn_type_physical(out->type)) {
    case RN_P_BOOL: case RN_P_I8: LEAN_RESULTS(int8_t) break;
    case RN_P_I16: LEAN_RESULTS(int16_t) break;
    case RN_P_I32: LEAN_RESULTS(int32_t) break;
    default: LEAN_RESULTS(int64_t) break;
  }
}

#define LEAN(SUFFIX, T)                                                                              \
  {.size = sizeof(lean_acc), .align = 8, .init = lean_init_##SUFFIX, .update = lean_##T##_##SUFFIX,  \
   .merge = lean_merge_##SUFFIX, .result = lean_result}
#define LEAN_TABLE(SUFFIX)                                                                                          \
  static const rn_agg_ops lean_##SUFFIX##_ops[] = {                                                                 \
      [RN_P_BOOL] = LEAN(SUFFIX, u8), [RN_P_I8] = LEAN(SUFFIX, i8), [RN_P_I16] = LEAN(SUFFIX, i16),                 \
      [RN_P_I32] = LEAN(SUFFIX, i32), [RN_P_I64] = LEAN(SUFFIX, i64)};
LEAN_TABLE(min)
LEAN_TABLE(max)

#define OPS(ACC, ALIGN, UPDATE_FN, MERGE_FN, LEAN_OPS)                                                       \
  {.size = sizeof(ACC), .align = ALIGN, .update = UPDATE_FN, .merge = MERGE_FN, .result = extreme_result,    \
   .counter = 1 + offsetof(ACC, has), .lean = LEAN_OPS}
#define TABLE(SUFFIX)                                                                \
  static const rn_agg_ops SUFFIX##_ops[] = {                                         \
      [RN_P_BOOL] = OPS(int_acc, 8, update_u8_##SUFFIX, merge_int_##SUFFIX, &lean_##SUFFIX##_ops[RN_P_BOOL]),         \
      [RN_P_I8] = OPS(int_acc, 8, update_i8_##SUFFIX, merge_int_##SUFFIX, &lean_##SUFFIX##_ops[RN_P_I8]),           \
      [RN_P_I16] = OPS(int_acc, 8, update_i16_##SUFFIX, merge_int_##SUFFIX, &lean_##SUFFIX##_ops[RN_P_I16]),         \
      [RN_P_I32] = OPS(int_acc, 8, update_i32_##SUFFIX, merge_int_##SUFFIX, &lean_##SUFFIX##_ops[RN_P_I32]),         \
      [RN_P_I64] = OPS(int_acc, 8, update_i64_##SUFFIX, merge_int_##SUFFIX, &lean_##SUFFIX##_ops[RN_P_I64]),         \
      [RN_P_F32] = OPS(double_acc, 8, update_f32_##SUFFIX, merge_double_##SUFFIX, NULL),   \
      [RN_P_F64] = OPS(double_acc, 8, update_f64_##SUFFIX, merge_double_##SUFFIX, NULL),   \
      [RN_P_I128] = OPS(wide_acc, 16, update_wide_##SUFFIX, merge_wide_##SUFFIX, NULL),    \
      [RN_P_STR] = {.size = sizeof(text_acc), .align = 8, .update = update_text_##SUFFIX, \
                    .merge = merge_text_##SUFFIX, .result = extreme_result, .ref_count = 1}};
TABLE(min)
TABLE(max)

static rn_status resolve(const rn_type *type, rn_arena *arena, const rn_agg_ops *table, const rn_type **arg_type,
                         const rn_type **result, const rn_agg_ops **ops) {
  rn_physical p = rn_type_physical(type);
  if (p == RN_P_NONE || p == RN_P_LIST || p == RN_P_ROW || !rn_type_is_ordered(type)) return RN_FAIL;
  *arg_type = type;
  *result = rn_plain_result(type, arena);
  *ops = &table[p];
  return RN_OK;
}
static rn_status min_resolve(const rn_type *const *types, uint32_t count, rn_arena *arena, const rn_type **arg_type,
                             const rn_type **result, const rn_agg_ops **ops) {
  (void)count;
  return resolve(types[0], arena, min_ops, arg_type, result, ops);
}
static rn_status max_resolve(const rn_type *const *types, uint32_t count, rn_arena *arena, const rn_type **arg_type,
                             const rn_type **result, const rn_agg_ops **ops) {
  (void)count;
  return resolve(types[0], arena, max_ops, arg_type, result, ops);
}

const rn_aggregate rn_aggregate_extreme_rows[] = {
    {.name = "MIN", .signature = "MIN(x)", .min_args = 1, .max_args = 1, .flags = RN_AGG_DISTINCT_OK,
     .resolve = min_resolve, .help = "smallest x; NULLs are left out", .example = "MIN(price)"},
    {.name = "MAX", .signature = "MAX(x)", .min_args = 1, .max_args = 1, .flags = RN_AGG_DISTINCT_OK,
     .resolve = max_resolve, .help = "largest x; NULLs are left out", .example = "MAX(price)"},
    {.name = NULL}};
