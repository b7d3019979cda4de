/* SUM and AVG. Integers add up modulo 2^64 and are cut to the argument's type, as the dialect wants (SUM(INT) is
 * INT and wraps; AVG(INT) truncates). DECIMAL adds in 128 bits and becomes NULL when it does not fit 38 digits.
 * Floating point is never subtracted: one NaN or 1e20 would stay in the sum for ever. */
#include "base/decimal.h"
#include "runtime/functions/aggregate_rows.h"

typedef struct int_acc {
  uint64_t sum; /* two's complement */
  int64_t n;
} int_acc;
typedef struct float_acc { /* SUM(FLOAT) adds in float, as Flink does */
  float sum;
  uint32_t unused;
  int64_t n;
} float_acc;
typedef struct double_acc {
  double sum;
  int64_t n;
} double_acc;
typedef struct wide_acc {
  rn_u128 sum;
  int64_t n, unused;
} wide_acc;
/* Lean ones: another call counts the values. */
typedef struct lean_int {
  uint64_t sum;
} lean_int;
typedef struct lean_double {
  double sum;
} lean_double;
typedef struct lean_wide {
  rn_u128 sum;
} lean_wide;

static inline uint64_t as_int(int64_t v) { return (uint64_t)v; }
static inline rn_u128 as_wide(rn_i128 v) { return (rn_u128)v; }
#define AS_IT_IS(v) (v)

#define UPDATE(NAME, T, VIA, ACC, SUM_T)                                                                          \
  static void NAME(uint8_t *const *slots, uint32_t offset, const rn_column *arg, const rn_sel *sel, rn_state *state) { \
    (void)state;                                                                                                  \
    const T *x = arg->data;                                                                                       \
    RN_EACH_VALUE({                                                                                               \
      ACC *acc = (ACC *)(void *)(slots[i] + offset);                                                              \
      acc->sum += (SUM_T)VIA(x[row]);                                                                             \
      acc->n++;                                                                                                   \
    });                                                                                                           \
  }
#define RETRACT(NAME, T, VIA, ACC, SUM_T)                                                                         \
  static void NAME(uint8_t *const *slots, uint32_t offset, const rn_column *arg, const rn_sel *sel, rn_state *state) { \
    (void)state;                                                                                                  \
    const T *x = arg->data;                                                                                       \
    RN_EACH_VALUE({                                                                                               \
      ACC *acc = (ACC *)(void *)(slots[i] + offset);                                                              \
      acc->sum -= (SUM_T)VIA(x[row]);                                                                             \
      acc->n--;                                                                                                   \
    });                                                                                                           \
  }
#define MERGE(NAME, ACC)                                           \
  static void NAME(void *into, const void *from, rn_state *state) { \
    (void)state;                                                   \
    ACC *a = into;                                                 \
    const ACC *b = from;                                           \
    a->sum += b->sum;                                              \
    a->n += b->n;                                                  \
  }
#define SUBTRACT(NAME, ACC)                                        \
  static void NAME(void *from, const void *what, rn_state *state) { \
    (void)state;                                                   \
    ACC *a = from;                                                 \
    const ACC *b = what;                                           \
    a->sum -= b->sum;                                              \
    a->n -= b->n;                                                  \
  }

UPDATE(update_i8, int8_t, as_int, int_acc, uint64_t)
UPDATE(update_i16, int16_t, as_int, int_acc, uint64_t)
UPDATE(update_i32, int32_t, as_int, int_acc, uint64_t)
UPDATE(update_i64, int64_t, as_int, int_acc, uint64_t)
RETRACT(retract_i8, int8_t, as_int, int_acc, uint64_t)
RETRACT(retract_i16, int16_t, as_int, int_acc, uint64_t)
RETRACT(retract_i32, int32_t, as_int, int_acc, uint64_t)
RETRACT(retract_i64, int64_t, as_int, int_acc, uint64_t)
UPDATE(update_wide_i64, int64_t, as_wide, wide_acc, rn_u128)
UPDATE(update_wide, rn_i128, as_wide, wide_acc, rn_u128)
RETRACT(retract_wide_i64, int64_t, as_wide, wide_acc, rn_u128)
RETRACT(retract_wide, rn_i128, as_wide, wide_acc, rn_u128)
UPDATE(update_f32, float, AS_IT_IS, float_acc, float)
UPDATE(update_f32_wide, float, AS_IT_IS, double_acc, double)
UPDATE(update_f64, double, AS_IT_IS, double_acc, double)
MERGE(merge_int, int_acc)
MERGE(merge_wide, wide_acc)
MERGE(merge_float, float_acc)
MERGE(merge_double, double_acc)
SUBTRACT(subtract_int, int_acc)
SUBTRACT(subtract_wide, wide_acc)

#define LEAN_UPDATE(NAME, T, VIA, ACC, SUM_T)                                                                     \
  static void NAME(uint8_t *const *slots, uint32_t offset, const rn_column *arg, const rn_sel *sel, rn_state *state) { \
    (void)state;                                                                                                  \
    const T *x = arg->data;                                                                                       \
    RN_EACH_VALUE({ ((ACC *)(void *)(slots[i] + offset))->sum += (SUM_T)VIA(x[row]); });                          \
  }
#define LEAN_MERGE(NAME, ACC, OP)                                  \
  static void NAME(void *into, const void *from, rn_state *state) { \
    (void)state;                                                   \
    ((ACC *)into)->sum OP ((const ACC *)from)->sum;                \
  }
LEAN_UPDATE(lean_update_i8, int8_t, as_int, lean_int, uint64_t)
LEAN_UPDATE(lean_update_i16, int16_t, as_int, lean_int, uint64_t)
LEAN_UPDATE(lean_update_i32, int32_t, as_int, lean_int, uint64_t)
LEAN_UPDATE(lean_update_i64, int64_t, as_int, lean_int, uint64_t)
LEAN_UPDATE(lean_update_f64, double, AS_IT_IS, lean_double, double)
LEAN_UPDATE(lean_update_wide_i64, int64_t, as_wide, lean_wide, rn_u128)
LEAN_UPDATE(lean_update_wide, rn_i128, as_wide, lean_wide, rn_u128)
LEAN_MERGE(lean_merge_int, lean_int, +=)
LEAN_MERGE(lean_subtract_int, lean_int, -=)
LEAN_MERGE(lean_merge_double, lean_double, +=)
LEAN_MERGE(lean_merge_wide, lean_wide, +=)
LEAN_MERGE(lean_subtract_wide, lean_wide, -=)

/* Writes VALUE of each accumulator `a`, NULL where no value was seen. */
#define RESULTS(ACC, T, VALUE)                                              \
  do {                                                                      \
    T *to = (T *)out->data + out_first_row;                                 \
    for (uint32_t i = 0; i < count; i++) {                                  \
      const ACC *a = (const ACC *)(const void *)(slots[i] + offset);        \
      if (a->n) {                                                           \
        to[i] = (T)(VALUE);                                                 \
      } else {                                                              \
        to[i] = 0;                                                          \
        rn_set_null(out, out_first_row + i);                                \
      }                                                                     \
    }                                                                       \
  } while (0)
#define RESULT_FUNCTION(NAME)                                                                            \
  static void NAME(const uint8_t *const *slots, uint32_t count, uint32_t offset, rn_column *out,         \
                   uint32_t out_first_row, rn_state *state, rn_arena *arena)

#define INTEGER_RESULTS(VALUE)                                           \
  switch (rn_type_physical(out->type)) {                                 \
    case RN_P_I8: RESULTS(int_acc, int8_t, VALUE); break;                \
    case RN_P_I16: RESULTS(int_acc, int16_t, VALUE); break;              \
    case RN_P_I32: RESULTS(int_acc, int32_t, VALUE); break;              \
    default: RESULTS(int_acc, int64_t, VALUE); break;                    \
  }

RESULT_FUNCTION(sum_int) {
  (void)state, (void)arena;
  INTEGER_RESULTS((int64_t)a->sum)
}
/* INT64_MIN / -1 cannot happen: n is positive. */
RESULT_FUNCTION(avg_int) {
  (void)state, (void)arena;
  INTEGER_RESULTS((int64_t)a->sum / a->n)
}
RESULT_FUNCTION(sum_float) {
  (void)state, (void)arena;
  RESULTS(float_acc, float, a->sum);
}
RESULT_FUNCTION(sum_double) {
  (void)state, (void)arena;
  RESULTS(double_acc, double, a->sum);
}
RESULT_FUNCTION(avg_double) {
  (void)state, (void)arena;
  if (rn_type_physical(out->type) == RN_P_F32) RESULTS(double_acc, float, a->sum / (double)a->n);
  else RESULTS(double_acc, double, a->sum / (double)a->n);
}
#define LEAN_RESULTS(ACC, T)                                                                                          \
  for (uint32_t i = 0; i < count; i++) {                                                                              \
    ((T *)out->data)[out_first_row + i] = (T)((const ACC *)(const void *)(slots[i] + offset))->sum;                   \
  }
RESULT_FUNCTION(lean_sum_int) {
  (void)state, (void)arena;
  switch (rn_type_physical(out->type)) {
    case RN_P_I8: LEAN_RESULTS(lean_int, int8_t) break;
    case RN_P_I16: LEAN_RESULTS(lean_int, int16_t) break;
    case RN_P_I32: LEAN_RESULTS(lean_int, int32_t) break;
    default: LEAN_RESULTS(lean_int, int64_t) break;
  }
}
RESULT_FUNCTION(lean_sum_double) {
  (void)state, (void)arena;
  LEAN_RESULTS(lean_double, double)
}
RESULT_FUNCTION(lean_sum_wide) {
  (void)state, (void)arena;
  LEAN_RESULTS(lean_wide, rn_i128)
  for (uint32_t i = 0; i < count; i++) {
    if (!rn_decimal_fits(((const rn_i128 *)out->data)[out_first_row + i], RN_DECIMAL_DIGITS_MAX)) rn_set_null(out, out_first_row + i);
  }
}
RESULT_FUNCTION(sum_wide) {
  (void)state, (void)arena;
  rn_i128 *to = (rn_i128 *)out->data + out_first_row;
  for (uint32_t i = 0; i < count; i++) {
    const wide_acc *a = (const wide_acc *)(const void *)(slots[i] + offset);
    to[i] = (rn_i128)a->sum;
    if (!a->n || !rn_decimal_fits(to[i], RN_DECIMAL_DIGITS_MAX)) rn_set_null(out, out_first_row + i);
  }
}
RESULT_FUNCTION(avg_wide) {
  (void)state, (void)arena;
  rn_i128 *to = (rn_i128 *)out->data + out_first_row;
  for (uint32_t i = 0; i < count; i++) {
    const wide_acc *a = (const wide_acc *)(const void *)(slots[i] + offset);
    /* The sum's scale is that of the argument: below 6 it was raised in the result's type only. */
    int scale = (int)a->unused;
    to[i] = 0;
    if (!a->n || !rn_decimal_div((rn_i128)a->sum, scale, a->n, 0, RN_DECIMAL_DIGITS_MAX, out->type->scale, &to[i])) {
      rn_set_null(out, out_first_row + i);
    }
  }
}

/* AVG needs the argument's scale at the end: kept in the accumulator's spare word, as the result's type hides it. */
#define AVG_DECIMAL_UPDATE(NAME, INNER)                                                                           \
  static void NAME(uint8_t *const *slots, uint32_t offset, const rn_column *arg, const rn_sel *sel, rn_state *state) { \
    for (uint32_t i = 0; i < sel->count; i++) ((wide_acc *)(void *)(slots[i] + offset))->unused = arg->type->scale; \
    INNER(slots, offset, arg, sel, state);                                                                        \
  }
AVG_DECIMAL_UPDATE(avg_update_wide_i64, update_wide_i64)
AVG_DECIMAL_UPDATE(avg_update_wide, update_wide)
static void avg_merge_wide(void *into, const void *from, rn_state *state) {
  merge_wide(into, from, state);
  if (((const wide_acc *)from)->n) ((wide_acc *)into)->unused = ((const wide_acc *)from)->unused;
}

#define LEAN_INT(W)                                                                                                   \
  {.size = sizeof(lean_int), .align = 8, .flags = RN_AGG_INVERTIBLE, .update = lean_update_##W, .merge = lean_merge_int, \
   .subtract = lean_subtract_int, .result = lean_sum_int}
static const rn_agg_ops lean_ints[] = {LEAN_INT(i8), LEAN_INT(i16), LEAN_INT(i32), LEAN_INT(i64)};
static const rn_agg_ops lean_f64 = {.size = sizeof(lean_double), .align = 8, .update = lean_update_f64,
                                    .merge = lean_merge_double, .result = lean_sum_double};
#define LEAN_WIDE(UPDATE_FN)                                                                                          \
  {.size = sizeof(lean_wide), .align = 16, .flags = RN_AGG_INVERTIBLE, .update = UPDATE_FN, .merge = lean_merge_wide, \
   .subtract = lean_subtract_wide, .result = lean_sum_wide}
static const rn_agg_ops lean_decimals[] = {LEAN_WIDE(lean_update_wide_i64), LEAN_WIDE(lean_update_wide)};

#define INT_OPS(W, RESULT, LEAN)                                                                                        \
  {.size = sizeof(int_acc), .align = 8, .flags = RN_AGG_INVERTIBLE, .update = update_##W, .merge = merge_int,     \
   .subtract = subtract_int, .retract = retract_##W, .result = RESULT, .counter = 1 + offsetof(int_acc, n), .lean = LEAN}
static const rn_agg_ops sum_ints[] = {INT_OPS(i8, sum_int, &lean_ints[0]), INT_OPS(i16, sum_int, &lean_ints[1]),
                                      INT_OPS(i32, sum_int, &lean_ints[2]), INT_OPS(i64, sum_int, &lean_ints[3])};
static const rn_agg_ops avg_ints[] = {INT_OPS(i8, avg_int, NULL), INT_OPS(i16, avg_int, NULL), INT_OPS(i32, avg_int, NULL),
                                      INT_OPS(i64, avg_int, NULL)};
#define WIDE_OPS(UPDATE_FN, RETRACT_FN, MERGE_FN, RESULT, LEAN)                                                   \
  {.size = sizeof(wide_acc), .align = 16, .flags = RN_AGG_INVERTIBLE, .update = UPDATE_FN, .merge = MERGE_FN,     \
   .subtract = subtract_wide, .retract = RETRACT_FN, .result = RESULT, .counter = 1 + offsetof(wide_acc, n), .lean = LEAN}
static const rn_agg_ops sum_decimals[] = {WIDE_OPS(update_wide_i64, retract_wide_i64, merge_wide, sum_wide, &lean_decimals[0]),
                                          WIDE_OPS(update_wide, retract_wide, merge_wide, sum_wide, &lean_decimals[1])};
static const rn_agg_ops avg_decimals[] = {WIDE_OPS(avg_update_wide_i64, retract_wide_i64, avg_merge_wide, avg_wide, NULL),
                                          WIDE_OPS(avg_update_wide, retract_wide, avg_merge_wide, avg_wide, NULL)};
static const rn_agg_ops sum_f32 = {.size = sizeof(float_acc), .align = 8, .update = update_f32, .merge = merge_float, .result = sum_float,
                                   .counter = 1 + offsetof(float_acc, n)};
static const rn_agg_ops sum_f64 = {.size = sizeof(double_acc), .align = 8, .update = update_f64, .merge = merge_double, .result = sum_double,
                                   .counter = 1 + offsetof(double_acc, n), .lean = &lean_f64};
static const rn_agg_ops avg_f32 = {.size = sizeof(double_acc), .align = 8, .update = update_f32_wide, .merge = merge_double, .result = avg_double,
                                   .counter = 1 + offsetof(double_acc, n)};
static const rn_agg_ops avg_f64 = {.size = sizeof(double_acc), .align = 8, .update = update_f64, .merge = merge_double, .result = avg_double,
                                   .counter = 1 + offsetof(double_acc, n)};

static rn_status resolve(const rn_type *type, rn_arena *arena, bool is_avg, const rn_type **arg_type,
                         const rn_type **result, const rn_agg_ops **ops) {
  *arg_type = type;
  *result = rn_plain_result(type, arena);
  switch ((rn_type_id)type->id) {
    case RN_T_TINYINT: *ops = is_avg ? &avg_ints[0] : &sum_ints[0]; return RN_OK;
    case RN_T_SMALLINT: *ops = is_avg ? &avg_ints[1] : &sum_ints[1]; return RN_OK;
    case RN_T_INT: *ops = is_avg ? &avg_ints[2] : &sum_ints[2]; return RN_OK;
    case RN_T_BIGINT: *ops = is_avg ? &avg_ints[3] : &sum_ints[3]; return RN_OK;
    case RN_T_FLOAT: *ops = is_avg ? &avg_f32 : &sum_f32; return RN_OK;
    case RN_T_DOUBLE: *ops = is_avg ? &avg_f64 : &sum_f64; return RN_OK;
    case RN_T_DECIMAL: {
      unsigned wide = rn_type_physical(type) == RN_P_I128;
      int scale = is_avg && type->scale < 6 ? 6 : type->scale;
      *result = rn_type_decimal(arena, RN_DECIMAL_DIGITS_MAX, scale, true);
      *ops = is_avg ? &avg_decimals[wide] : &sum_decimals[wide];
      return RN_OK;
    }
    default: return RN_FAIL;
  }
}
static rn_status sum_resolve(const rn_type *const *types, uint32_t count, rn_arena *arena, const rn_type **arg_type,
                             const rn_type **result, const rn_agg_ops **ops) {
  (void)count;
  return resolve(types[0], arena, false, arg_type, result, ops);
}
static rn_status avg_resolve(const rn_type *const *types, uint32_t count, rn_arena *arena, const rn_type **arg_type,
                             const rn_type **result, const rn_agg_ops **ops) {
  (void)count;
  return resolve(types[0], arena, true, arg_type, result, ops);
}

const rn_aggregate rn_aggregate_sum_rows[] = {
    {.name = "SUM", .signature = "SUM([DISTINCT] x NUMERIC)", .min_args = 1, .max_args = 1,
     .flags = RN_AGG_DISTINCT_OK, .resolve = sum_resolve,
     .help = "sum of x in its own type (DECIMAL: 38 digits); NULL when there is none", .example = "SUM(price)"},
    {.name = "AVG", .signature = "AVG([DISTINCT] x NUMERIC)", .min_args = 1, .max_args = 1,
     .flags = RN_AGG_DISTINCT_OK, .resolve = avg_resolve,
     .help = "average of x in its own type: integers truncate", .example = "AVG(price)"},
    {.name = NULL}};
