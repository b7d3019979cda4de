/* Casts among BOOLEAN, integers, FLOAT, DOUBLE and DECIMAL (DIALECT 2.6): narrowing integers wrap, reals
 * saturate at INT and BIGINT (NaN is 0) and wrap below, DECIMAL that does not fit is NULL. */
#include <math.h>

#include "base/number.h"
#include "runtime/functions/cast.h"

RN_VECTORISE

static inline int32_t real_to_i32(double d) {
  if (!(d == d)) return 0;
  return d >= 2147483647.0 ? INT32_MAX : d <= -2147483648.0 ? INT32_MIN : (int32_t)d;
}
static inline int64_t real_to_i64(double d) {
  if (!(d == d)) return 0;
  return d >= 9223372036854775807.0 ? INT64_MAX : d <= -9223372036854775808.0 ? INT64_MIN : (int64_t)d;
}

#define PAIR(name, TF, TT, expr)        \
  KERNEL(name) {                        \
    UNUSED_EVAL;                        \
    UNARY_LOOP(TF, TT, expr);           \
    return RN_OK;                       \
  }
/* One source type to all targets; `i`, `l` give its value as int32 and int64. */
#define SOURCE(f, TF, i, l)             \
  PAIR(f##_bool, TF, uint8_t, x != 0)   \
  PAIR(f##_i8, TF, int8_t, i)           \
  PAIR(f##_i16, TF, int16_t, i)         \
  PAIR(f##_i32, TF, int32_t, i)         \
  PAIR(f##_i64, TF, int64_t, l)         \
  PAIR(f##_f32, TF, float, x)           \
  PAIR(f##_f64, TF, double, x)
SOURCE(bool, uint8_t, x != 0, x != 0)
SOURCE(i8, int8_t, x, x)
SOURCE(i16, int16_t, x, x)
SOURCE(i32, int32_t, x, x)
SOURCE(i64, int64_t, x, x)
SOURCE(f32, float, real_to_i32((double)x), real_to_i64((double)x))
SOURCE(f64, double, real_to_i32(x), real_to_i64(x))

enum { N_BOOL, N_I8, N_I16, N_I32, N_I64, N_F32, N_F64, N_COUNT };
#define TARGETS(f) {f##_bool, f##_i8, f##_i16, f##_i32, f##_i64, f##_f32, f##_f64}
static const rn_kernel plain[N_COUNT][N_COUNT] = {TARGETS(bool), TARGETS(i8),  TARGETS(i16), TARGETS(i32),
                                                  TARGETS(i64),  TARGETS(f32), TARGETS(f64)};

static int plain_index(const rn_type *t) {
  switch (t->id) {
    case RN_T_BOOLEAN: return N_BOOL;
    case RN_T_TINYINT: return N_I8;
    case RN_T_SMALLINT: return N_I16;
    case RN_T_INT: return N_I32;
    case RN_T_BIGINT: return N_I64;
    case RN_T_FLOAT: return N_F32;
    case RN_T_DOUBLE: return N_F64;
    default: return -1;
  }
}

/* --- DECIMAL ------------------------------------------------------------------------------------------------ */

KERNEL(integer_to_decimal) {
  (void)arg_count;
  const rn_type *t = out->type;
  FOR_ROWS(row) {
    rn_i128 v;
    if (rn_decimal_rescale(integer_at(args[0], row), 0, t->scale, &v) && rn_decimal_fits(v, t->precision)) decimal_put(out, row, v);
    else put_null(eval, out, row);
  }
  return RN_OK;
}

/* Always fits: no check, a dense loop. */
KERNEL(small_integer_to_decimal) {
  UNUSED_EVAL;
  int64_t factor = rn_pow10_64((unsigned)out->type->scale);
  if (args[0]->type->id == RN_T_INT) UNARY_LOOP(int32_t, int64_t, (int64_t)((uint64_t)(int64_t)x * (uint64_t)factor));
  else FOR_ROWS(row) put_i64(out, row, integer_at(args[0], row) * factor);
  return RN_OK;
}

/* Widening among 64-bit DECIMAL. */
KERNEL(small_decimal_widened) {
  UNUSED_EVAL;
  int64_t factor = rn_pow10_64((unsigned)(out->type->scale - args[0]->type->scale));
  UNARY_LOOP(int64_t, int64_t, (uint64_t)x * (uint64_t)factor);
  return RN_OK;
}

KERNEL(decimal_to_decimal) {
  (void)arg_count;
  const rn_type *t = out->type;
  int from = args[0]->type->scale;
  FOR_ROWS(row) {
    rn_i128 v;
    if (rn_decimal_rescale(decimal_at(args[0], row), from, t->scale, &v) && rn_decimal_fits(v, t->precision)) decimal_put(out, row, v);
    else put_null(eval, out, row);
  }
  return RN_OK;
}

CAST_BODY(real_to_decimal) {
  (void)arg_count;
  const rn_type *t = out->type;
  bool single = args[0]->type->id == RN_T_FLOAT;
  FOR_ROWS(row) {
    uint32_t at = AT(0, row);
    double d = single ? (double)((const float *)args[0]->data)[at] : ((const double *)args[0]->data)[at];
    rn_i128 v;
    if (!isfinite(d)) CAST_FAIL(row, "it is no decimal number");
    else if (rn_decimal_from_double(d, t->precision, t->scale, &v)) decimal_put(out, row, v);
    else put_null(eval, out, row);
  }
  return RN_OK;
}
CAST_PAIR(real_to_decimal)

KERNEL(decimal_to_integer) {
  UNUSED_EVAL;
  rn_i128 divisor = rn_pow10_128((unsigned)args[0]->type->scale);
  FOR_ROWS(row) {
    int64_t v = (int64_t)(uint64_t)(rn_u128)(decimal_at(args[0], row) / divisor);
    put_integer(out, row, v);
  }
  return RN_OK;
}

KERNEL(decimal_to_real) {
  UNUSED_EVAL;
  int scale = args[0]->type->scale;
  FOR_ROWS(row) {
    double d = rn_decimal_to_double(decimal_at(args[0], row), scale);
    if (out->type->id == RN_T_FLOAT) ((float *)out->data)[row] = (float)d;
    else ((double *)out->data)[row] = d;
  }
  return RN_OK;
}

KERNEL(decimal_to_bool) {
  UNUSED_EVAL;
  FOR_ROWS(row) put_bool(out, row, decimal_at(args[0], row) != 0);
  return RN_OK;
}

rn_kernel rn_cast_number_kernel(const rn_type *from, const rn_type *to, bool safe, bool *total) {
  int f = plain_index(from), t = plain_index(to);
  if (f >= 0 && t >= 0) {
    *total = true;
    return plain[f][t];
  }
  if (to->id == RN_T_DECIMAL) {
    if (from->id == RN_T_DECIMAL) {
      *total = to->precision <= RN_DECIMAL_SMALL_DIGITS && to->scale >= from->scale &&
               to->precision - to->scale >= from->precision - from->scale;
      return *total ? small_decimal_widened : decimal_to_decimal;
    }
    if (f == N_F32 || f == N_F64) return safe ? real_to_decimal_safe : real_to_decimal_strict;
    if (f < 0) return NULL;
    static const int digits[] = {[N_BOOL] = 1, [N_I8] = 3, [N_I16] = 5, [N_I32] = 10, [N_I64] = 19};
    bool fits = to->precision <= RN_DECIMAL_SMALL_DIGITS && to->precision - to->scale >= digits[f];
    return fits ? small_integer_to_decimal : integer_to_decimal;
  }
  if (from->id == RN_T_DECIMAL) {
    if (t == N_BOOL) return decimal_to_bool;
    if (t == N_F32 || t == N_F64) return decimal_to_real;
    if (t >= 0) return decimal_to_integer;
  }
  return NULL;
}
