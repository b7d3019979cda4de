/* STDDEV and VAR: mean and sum of squared deviations, updated as Welford 1962 and merged as Chan 1979, which
 * stays exact where the sum of squares would cancel. Results have the argument's type (integers truncate). */
#include <math.h>

#include "base/decimal.h"
#include "runtime/functions/aggregate_rows.h"

typedef struct moment_acc {
  int64_t n;
  double mean, m2;
} moment_acc;

static inline void add(moment_acc *acc, double x) {
  acc->n++;
  double delta = x - acc->mean;
  acc->mean += delta / (double)acc->n;
  acc->m2 += delta * (x - acc->mean);
}

#define UPDATE(NAME, T, VALUE)                                                                                    \
  static void NAME(uint8_t *const *slots, uint32_t offset, const rn_column *arg, const rn_sel *sel, rn_state *state) { \
    (void)state;                                                                                                  \
    const T *x = arg->data;                                                                                       \
    RN_EACH_VALUE({ add((moment_acc *)(void *)(slots[i] + offset), VALUE); });                                    \
  }
UPDATE(update_i8, int8_t, (double)x[row])
UPDATE(update_i16, int16_t, (double)x[row])
UPDATE(update_i32, int32_t, (double)x[row])
UPDATE(update_i64, int64_t, (double)x[row])
UPDATE(update_f32, float, (double)x[row])
UPDATE(update_f64, double, x[row])
UPDATE(update_decimal, int64_t, rn_decimal_to_double(x[row], arg->type->scale))
UPDATE(update_wide, rn_i128, rn_decimal_to_double(x[row], arg->type->scale))

static void moment_merge(void *into, const void *from, rn_state *state) {
  (void)state;
  moment_acc *a = into;
  const moment_acc *b = from;
  if (!b->n) return;
  if (!a->n) {
    *a = *b;
    return;
  }
  double delta = b->mean - a->mean, n = (double)a->n + (double)b->n;
  a->mean += delta * (double)b->n / n;
  a->m2 += b->m2 + delta * delta * (double)a->n * (double)b->n / n;
  a->n += b->n;
}

static void put(rn_column *out, uint32_t row, double value) {
  switch (rn_type_physical(out->type)) {
    case RN_P_I8: ((int8_t *)out->data)[row] = (int8_t)value; break;
    case RN_P_I16: ((int16_t *)out->data)[row] = (int16_t)value; break;
    case RN_P_I32: ((int32_t *)out->data)[row] = value >= 2147483647.0 ? INT32_MAX : (int32_t)value; break;
    case RN_P_I64: ((int64_t *)out->data)[row] = value >= 9223372036854775807.0 ? INT64_MAX : (int64_t)value; break;
    case RN_P_F32: ((float *)out->data)[row] = (float)value; break;
    case RN_P_F64: ((double *)out->data)[row] = value; break;
    default: {
      rn_i128 *to = (rn_i128 *)out->data + row;
      if (!rn_decimal_from_double(value, out->type->precision, out->type->scale, to)) {
        *to = 0;
        rn_set_null(out, row);
      }
    }
  }
}

static void result(const uint8_t *const *slots, uint32_t count, uint32_t offset, rn_column *out,
                   uint32_t out_first_row, bool sample, bool root) {
  for (uint32_t i = 0; i < count; i++) {
    const moment_acc *a = (const moment_acc *)(const void *)(slots[i] + offset);
    int64_t n = a->n - (sample ? 1 : 0);
    if (n <= 0) {
      put(out, out_first_row + i, 0);
      rn_set_null(out, out_first_row + i);
      continue;
    }
    double variance = fabs(a->m2) / (double)n; /* beyond DOUBLE m2 may be the wrong infinity */
    put(out, out_first_row + i, root ? sqrt(variance) : variance);
  }
}

#define FAMILY(NAME, SAMPLE, ROOT)                                                                                \
  static void NAME##_result(const uint8_t *const *slots, uint32_t count, uint32_t offset, rn_column *out,         \
                            uint32_t out_first_row, rn_state *state, rn_arena *arena) {                           \
    (void)state, (void)arena;                                                                                     \
    result(slots, count, offset, out, out_first_row, SAMPLE, ROOT);                                               \
  }                                                                                                               \
  static const rn_agg_ops NAME##_ops[] = {OPS(update_i8, NAME), OPS(update_i16, NAME), OPS(update_i32, NAME),     \
                                          OPS(update_i64, NAME), OPS(update_f32, NAME), OPS(update_f64, NAME),    \
                                          OPS(update_decimal, NAME), OPS(update_wide, NAME)};                     \
  static rn_status NAME##_resolve(const rn_type *const *types, uint32_t count, rn_arena *arena,                   \
                                  const rn_type **arg_type, const rn_type **out, const rn_agg_ops **ops) {        \
    (void)count;                                                                                                  \
    return resolve(types[0], arena, NAME##_ops, arg_type, out, ops);                                              \
  }
#define OPS(UPDATE_FN, NAME) \
  {.size = sizeof(moment_acc), .align = 8, .update = UPDATE_FN, .merge = moment_merge, .result = NAME##_result}

static rn_status resolve(const rn_type *type, rn_arena *arena, const rn_agg_ops *table, const rn_type **arg_type,
                         const rn_type **out, const rn_agg_ops **ops) {
  *arg_type = type;
  *out = rn_plain_result(type, arena);
  switch ((rn_type_id)type->id) {
    case RN_T_TINYINT: *ops = &table[0]; return RN_OK;
    case RN_T_SMALLINT: *ops = &table[1]; return RN_OK;
    case RN_T_INT: *ops = &table[2]; return RN_OK;
    case RN_T_BIGINT: *ops = &table[3]; return RN_OK;
    case RN_T_FLOAT: *ops = &table[4]; return RN_OK;
    case RN_T_DOUBLE: *ops = &table[5]; return RN_OK;
    case RN_T_DECIMAL:
      *out = rn_type_decimal(arena, RN_DECIMAL_DIGITS_MAX, type->scale < 6 ? 6 : type->scale, true);
      *ops = &table[rn_type_physical(type) == RN_P_I128 ? 7 : 6];
      return RN_OK;
    default: return RN_FAIL;
  }
}
FAMILY(stddev_pop, false, true)
FAMILY(stddev_samp, true, true)
FAMILY(var_pop, false, false)
FAMILY(var_samp, true, false)

#define ROW(NAME, RESOLVE, HELP)                                                                        \
  {.name = NAME, .signature = NAME "([DISTINCT] x NUMERIC)", .min_args = 1, .max_args = 1,              \
   .flags = RN_AGG_DISTINCT_OK, .resolve = RESOLVE, .help = HELP, .example = NAME "(price)"}
const rn_aggregate rn_aggregate_moment_rows[] = {
    ROW("STDDEV_POP", stddev_pop_resolve, "standard deviation of the population"),
    ROW("STDDEV_SAMP", stddev_samp_resolve, "standard deviation of a sample; NULL for fewer than two values"),
    ROW("STDDEV", stddev_samp_resolve, "the same as STDDEV_SAMP"),
    ROW("VAR_POP", var_pop_resolve, "variance of the population"),
    ROW("VAR_SAMP", var_samp_resolve, "variance of a sample; NULL for fewer than two values"),
    ROW("VARIANCE", var_samp_resolve, "the same as VAR_SAMP"),
    {.name = NULL}};
