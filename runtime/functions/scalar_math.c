/* Mathematical functions (DIALECT 8.2). */
#include <math.h>

#include "base/alloc.h"
#include "runtime/functions/scalar.h"

RN_VECTORISE

/* --- DOUBLE functions: no errors, IEEE results ------------------------------------------------------------------- */

#define REAL1(name, expr) KERNEL(name) { UNUSED_EVAL; UNARY_LOOP(double, double, expr); return RN_OK; }
#define REAL2(name, expr) KERNEL(name) { UNUSED_EVAL; BINARY_LOOP(double, double, double, expr); return RN_OK; }
REAL1(k_sqrt, sqrt(x))
REAL1(k_exp, exp(x))
REAL1(k_ln, log(x))
REAL1(k_log10, log10(x))
REAL1(k_log2, log(x) / log(2.0))
REAL1(k_sin, sin(x))
REAL1(k_cos, cos(x))
REAL1(k_tan, tan(x))
REAL1(k_cot, 1.0 / tan(x))
REAL1(k_asin, asin(x))
REAL1(k_acos, acos(x))
REAL1(k_atan, atan(x))
REAL1(k_sinh, sinh(x))
REAL1(k_cosh, cosh(x))
REAL1(k_tanh, tanh(x))
REAL1(k_degrees, x * (180.0 / 3.14159265358979323846))
REAL1(k_radians, x * (3.14159265358979323846 / 180.0))
/* As Java: 1 to an infinite power is no number. */
static double java_pow(double x, double y) { return (isinf(y) || isnan(y)) && fabs(x) == 1 ? (double)NAN : pow(x, y); }
REAL2(k_power, java_pow(x, y))
REAL2(k_atan2, atan2(x, y))
REAL2(k_log_base, log(y) / log(x))

KERNEL(k_pi) {
  UNUSED_EVAL, (void)args;
  FOR_ROWS(row) ((double *)out->data)[row] = 3.14159265358979323846;
  return RN_OK;
}
KERNEL(k_e) {
  UNUSED_EVAL, (void)args;
  FOR_ROWS(row) ((double *)out->data)[row] = 2.71828182845904523536;
  return RN_OK;
}

/* --- random numbers: splitmix64 over the task's state; of a seed java.util.Random's, so that they are Flink's ---------- */

static uint64_t next_random(uint64_t *state) {
  uint64_t z = (*state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

/* Linear congruential, 48 bits (Knuth, TAOCP 2, 3.2.1; constants of drand48). */
static const uint64_t LCG_FACTOR = 0x5DEECE66Du, LCG_MASK = ((uint64_t)1 << 48) - 1;
static uint64_t lcg_of_seed(int64_t seed) { return ((uint64_t)seed ^ LCG_FACTOR) & LCG_MASK; }
static uint32_t lcg_bits(uint64_t *state, unsigned bits) {
  *state = (*state * LCG_FACTOR + 11) & LCG_MASK;
  return (uint32_t)(*state >> (48 - bits));
}
static double lcg_double(uint64_t *state) {
  uint64_t high = lcg_bits(state, 26);
  return (double)(high << 27 | lcg_bits(state, 27)) * 0x1p-53;
}
/* Each number below the bound equally often: what lies above the last whole stretch of them is drawn anew. */
static int32_t lcg_below(uint64_t *state, int32_t bound) {
  if ((bound & (bound - 1)) == 0) return (int32_t)((uint64_t)bound * lcg_bits(state, 31) >> 31);
  uint32_t drawn, number;
  do {
    drawn = lcg_bits(state, 31);
    number = drawn % (uint32_t)bound;
  } while (drawn - number + (uint32_t)(bound - 1) > INT32_MAX);
  return (int32_t)number;
}

/* A constant seed begins one sequence for all rows of the call; any other a sequence for each row. */
static rn_status prepare_seed(const rn_value *const *values, bool seeded, void **state) {
  *state = NULL;
  if (!seeded || !values[0] || values[0]->is_null) return RN_OK;
  uint64_t *sequence = rn_malloc(sizeof *sequence);
  *sequence = lcg_of_seed(values[0]->u.i);
  *state = sequence;
  return RN_OK;
}
static rn_status prepare_rand(const rn_value *const *values, uint32_t count, void **state, rn_error *err) {
  (void)err;
  return prepare_seed(values, count > 0, state);
}
static rn_status prepare_rand_integer(const rn_value *const *values, uint32_t count, void **state, rn_error *err) {
  (void)err;
  return prepare_seed(values, count > 1, state);
}

KERNEL(k_rand) {
  uint64_t any = (uint64_t)eval->now_us, *state = eval->random_state ? eval->random_state : &any;
  FOR_ROWS(row) {
    uint64_t own = arg_count && !eval->call_state ? lcg_of_seed(integer_at(args[0], row)) : 0;
    double *to = &((double *)out->data)[row];
    if (arg_count) *to = lcg_double(eval->call_state ? eval->call_state : &own);
    else *to = (double)(next_random(state) >> 11) * 0x1p-53;
  }
  return RN_OK;
}

KERNEL(k_rand_integer) {
  uint64_t any = (uint64_t)eval->now_us, *state = eval->random_state ? eval->random_state : &any;
  FOR_ROWS(row) {
    int32_t bound = I32(arg_count - 1, row);
    if (bound <= 0) return rn_eval_fail(eval, row, RN_E_VALUE, "the bound of RAND_INTEGER must be positive, got %d", bound);
    uint64_t own = arg_count > 1 && !eval->call_state ? lcg_of_seed(integer_at(args[0], row)) : 0;
    put_i32(out, row, arg_count > 1 ? lcg_below(eval->call_state ? eval->call_state : &own, bound)
                                    : (int32_t)(next_random(state) % (uint64_t)bound));
  }
  return RN_OK;
}

/* --- ABS, SIGN, CEIL, FLOOR ------------------------------------------------------------------------------------------ */

enum { F_I8, F_I16, F_I32, F_I64, F_F32, F_F64, F_DEC, FAMILY_COUNT };
static int family_of(const rn_type *t) {
  switch (t->id) {
    case RN_T_TINYINT: return F_I8;
    case RN_T_SMALLINT: return F_I16;
    case RN_T_INT: return F_I32;
    case RN_T_BIGINT: return F_I64;
    case RN_T_FLOAT: return F_F32;
    case RN_T_DOUBLE: return F_F64;
    default: return F_DEC;
  }
}

#define ONE(name, T, expr) KERNEL(name) { UNUSED_EVAL; UNARY_LOOP(T, T, expr); return RN_OK; }
#define ABS_INT(f, T, U) ONE(f##_abs, T, x < 0 ? (U)0 - (U)x : (U)x) ONE(f##_sign, T, (x > 0) - (x < 0)) ONE(f##_same, T, x)
ABS_INT(i8, int8_t, uint32_t)
ABS_INT(i16, int16_t, uint32_t)
ABS_INT(i32, int32_t, uint32_t)
ABS_INT(i64, int64_t, uint64_t)
ONE(f32_abs, float, fabsf(x))
ONE(f64_abs, double, fabs(x))
ONE(f32_sign, float, x != x ? x : x > 0 ? 1.0f : x < 0 ? -1.0f : x)
ONE(f64_sign, double, x != x ? x : x > 0 ? 1.0 : x < 0 ? -1.0 : x)
ONE(f32_floor, float, floorf(x))
ONE(f64_floor, double, floor(x))
ONE(f32_ceil, float, ceilf(x))
ONE(f64_ceil, double, ceil(x))

KERNEL(dec_abs) {
  UNUSED_EVAL;
  FOR_ROWS(row) {
    rn_i128 v = decimal_at(args[0], row);
    decimal_put(out, row, v < 0 ? -v : v);
  }
  return RN_OK;
}
KERNEL(dec_sign) { /* in the argument's type: 1.00; what cannot hold a 1 is NULL */
  (void)arg_count;
  rn_i128 one = rn_pow10_128((unsigned)out->type->scale);
  bool holds_one = out->type->precision > out->type->scale;
  FOR_ROWS(row) {
    rn_i128 v = decimal_at(args[0], row);
    if (v != 0 && !holds_one) put_null(eval, out, row);
    else decimal_put(out, row, v > 0 ? one : v < 0 ? -one : 0);
  }
  return RN_OK;
}

/* To whole numbers, up or down. */
static inline rn_status dec_whole(rn_eval *eval, const rn_column *const *args, rn_column *out, const rn_sel *sel, bool up) {
  rn_i128 unit = rn_pow10_128((unsigned)args[0]->type->scale);
  FOR_ROWS(row) {
    rn_i128 v = decimal_at(args[0], row), whole = v / unit, rest = v % unit;
    if (rest > 0 && up) whole++;
    if (rest < 0 && !up) whole--;
    if (rn_decimal_fits(whole, out->type->precision)) decimal_put(out, row, whole);
    else put_null(eval, out, row);
  }
  return RN_OK;
}
KERNEL(dec_ceil) { (void)arg_count; return dec_whole(eval, args, out, sel, true); }
KERNEL(dec_floor) { (void)arg_count; return dec_whole(eval, args, out, sel, false); }

typedef const rn_kernel family_kernels[FAMILY_COUNT];
static family_kernels abs_kernels = {i8_abs, i16_abs, i32_abs, i64_abs, f32_abs, f64_abs, dec_abs};
static family_kernels sign_kernels = {i8_sign, i16_sign, i32_sign, i64_sign, f32_sign, f64_sign, dec_sign};
static family_kernels floor_kernels = {i8_same, i16_same, i32_same, i64_same, f32_floor, f64_floor, dec_floor};
static family_kernels ceil_kernels = {i8_same, i16_same, i32_same, i64_same, f32_ceil, f64_ceil, dec_ceil};

static rn_status by_family(const rn_type *const *types, rn_resolution *out, family_kernels kernels) {
  out->kernel = kernels[family_of(types[0])];
  out->result = types[0];
  return RN_OK;
}
#define RESOLVE(name)                                                                                              \
  static rn_status name(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena,        \
                        rn_resolution *out)
RESOLVE(resolve_abs) { (void)fn, (void)count, (void)arena; return by_family(types, out, abs_kernels); }
RESOLVE(resolve_sign) { (void)fn, (void)count, (void)arena; return by_family(types, out, sign_kernels); }
static rn_status resolve_whole(const rn_type *const *types, rn_arena *arena, rn_resolution *out, family_kernels kernels) {
  by_family(types, out, kernels);
  if (types[0]->id == RN_T_DECIMAL) out->result = rn_type_decimal(arena, types[0]->precision, 0, types[0]->nullable);
  return RN_OK;
}
RESOLVE(resolve_floor) { (void)fn, (void)count; return resolve_whole(types, arena, out, floor_kernels); }
RESOLVE(resolve_ceil) { (void)fn, (void)count; return resolve_whole(types, arena, out, ceil_kernels); }

/* --- ROUND, TRUNCATE --------------------------------------------------------------------------------------------------- */

static inline int32_t digits_at(const rn_column *const *args, uint32_t arg_count, uint32_t row) {
  return arg_count > 1 ? I32(1, row) : 0;
}

/* An unscaled value cut or rounded so that its last `drop` digits are 0. */
static rn_i128 drop_digits(rn_i128 v, int drop, bool round) {
  if (drop <= 0) return v;
  if (drop > 38) return 0;
  rn_i128 unit = rn_pow10_128((unsigned)drop), rest = v % unit, kept = v - rest;
  if (!round) return kept;
  if (rest >= unit - rest) return kept + unit;
  if (-rest >= unit + rest) return kept - unit;
  return kept;
}

static inline rn_status round_integer(rn_eval *eval, const rn_column *const *args, uint32_t arg_count, rn_column *out,
                                      const rn_sel *sel, bool round) {
  (void)eval;
  FOR_ROWS(row) {
    int32_t digits = digits_at(args, arg_count, row);
    int64_t v = (int64_t)drop_digits(integer_at(args[0], row), digits < 0 ? (digits < -30 ? 39 : -digits) : 0, round);
    put_integer(out, row, v);
  }
  return RN_OK;
}
KERNEL(integer_round) { return round_integer(eval, args, arg_count, out, sel, true); }
KERNEL(integer_truncate) { return round_integer(eval, args, arg_count, out, sel, false); }

static inline rn_status round_decimal(rn_eval *eval, const rn_column *const *args, uint32_t arg_count, rn_column *out,
                                      const rn_sel *sel, bool round) {
  int scale = args[0]->type->scale;
  FOR_ROWS(row) {
    int32_t digits = digits_at(args, arg_count, row);
    if (digits > scale) digits = scale;
    rn_i128 v = drop_digits(decimal_at(args[0], row), digits < -39 ? 39 + scale : scale - digits, round);
    if (rn_decimal_rescale(v, scale, out->type->scale, &v) && rn_decimal_fits(v, out->type->precision)) decimal_put(out, row, v);
    else put_null(eval, out, row);
  }
  return RN_OK;
}
KERNEL(decimal_round) { return round_decimal(eval, args, arg_count, out, sel, true); }
KERNEL(decimal_truncate) { return round_decimal(eval, args, arg_count, out, sel, false); }

/* Through the shortest decimal text, as BigDecimal.valueOf does: ROUND(1.005, 2) = 1.01. */
static double round_real(double d, int32_t digits, bool round) {
  if (!isfinite(d)) return d;
  if (digits >= 0 && digits <= 9) { /* far enough from the tie, the binary value decides as its text would */
    double unit = (double)rn_pow10_64((unsigned)digits), scaled = fabs(d) * unit, whole = floor(scaled), rest = scaled - whole;
    if (scaled < 1e9 && (round ? fabs(rest - 0.5) > 1e-6 : rest > 1e-6 && rest < 1 - 1e-6)) {
      double result = (round && rest > 0.5 ? whole + 1 : whole) / unit;
      return d < 0 && result > 0 ? -result : result; /* a decimal has no -0 */
    }
  }
  rn_i128 v;
  if (fabs(d) < 1e18 && digits < 19 && rn_decimal_from_double(d, 38, 18, &v)) {
    return rn_decimal_to_double(drop_digits(v, digits < -20 ? 38 : 18 - digits, round), 18);
  }
  if (fabs(d) >= 1e18) { /* no fraction; digits left of the point only */
    if (digits >= 0) return d;
    if (digits < -308) return 0; /* no double is as large as its half */
    double unit = pow(10, -digits);
    return (round ? trunc(d / unit + copysign(0.5, d)) : trunc(d / unit)) * unit + 0.0;
  }
  return d;
}
static inline rn_status round_reals(const rn_column *const *args, uint32_t arg_count, rn_column *out, const rn_sel *sel, bool round) {
  bool single = out->type->id == RN_T_FLOAT;
  FOR_ROWS(row) {
    uint32_t at = AT(0, row);
    int32_t digits = digits_at(args, arg_count, row);
    if (single) ((float *)out->data)[row] = (float)round_real((double)((const float *)args[0]->data)[at], digits, round);
    else ((double *)out->data)[row] = round_real(((const double *)args[0]->data)[at], digits, round);
  }
  return RN_OK;
}
KERNEL(real_round) { (void)eval; return round_reals(args, arg_count, out, sel, true); }
KERNEL(real_truncate) { (void)eval; return round_reals(args, arg_count, out, sel, false); }

/* DECIMAL(p, s): r >= s keeps it; r < 0: (min(38, 1 + p - s), 0); else (1 + p - s + r, r). */
static rn_status resolve_round_as(const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out,
                                  rn_kernel integer, rn_kernel decimal, rn_kernel real) {
  const rn_type *t = types[0];
  out->result = t;
  out->kernel = rn_type_is_integer(t) ? integer : rn_type_is_approximate(t) ? real : decimal;
  if (t->id != RN_T_DECIMAL) return RN_OK;
  const rn_value *given = count > 1 && out->constants ? out->constants[1] : NULL;
  int64_t digits = count < 2 ? 0 : given && !given->is_null ? given->u.i : t->scale;
  int p = t->precision, s = t->scale;
  if (digits >= s) return RN_OK;
  int precision = digits < 0 ? 1 + p - s : 1 + p - s + (int)digits;
  out->result = rn_type_decimal(arena, precision < 38 ? precision : 38, digits < 0 ? 0 : (int)digits, t->nullable);
  return RN_OK;
}
RESOLVE(resolve_round) { (void)fn; return resolve_round_as(types, count, arena, out, integer_round, decimal_round, real_round); }
RESOLVE(resolve_truncate) { (void)fn; return resolve_round_as(types, count, arena, out, integer_truncate, decimal_truncate, real_truncate); }

/* --- rows ------------------------------------------------------------------------------------------------------------------ */

#define ROW_REAL1(n, k, h, e) \
  {.name = n, .signature = n "(x NUMERIC) -> DOUBLE", .min_args = 1, .max_args = 1, .flags = RN_FN_STRICT, \
   .classes = {RN_ARG_DOUBLE}, .kernel = k, .result = RN_T_DOUBLE, .help = h, .example = e}
#define ROW_NUM(n, r, h, e) \
  {.name = n, .signature = n "(x NUMERIC) -> type of x", .min_args = 1, .max_args = 1, .flags = RN_FN_STRICT, \
   .classes = {RN_ARG_NUMERIC}, .resolve = r, .help = h, .example = e}
#define ROW_ROUND(n, r, h, e) \
  {.name = n, .signature = n "(x NUMERIC [, digits INT]) -> type of x", .min_args = 1, .max_args = 2, .flags = RN_FN_STRICT, \
   .classes = {RN_ARG_NUMERIC, RN_ARG_INT}, .resolve = r, .help = h, .example = e}
static const rn_function rows[] = {
  ROW_NUM("ABS", resolve_abs, "the number without its sign", "ABS(-5) = 5"),
  ROW_NUM("SIGN", resolve_sign, "-1, 0 or 1", "SIGN(-7) = -1"),
  ROW_NUM("CEIL", resolve_ceil, "smallest whole number not below x", "CEIL(1.2) = 2"),
  ROW_NUM("CEILING", resolve_ceil, "smallest whole number not below x", "CEILING(-1.2) = -1"),
  ROW_NUM("FLOOR", resolve_floor, "largest whole number not above x", "FLOOR(-1.2) = -2"),
  ROW_ROUND("ROUND", resolve_round, "rounded half up to digits after the point; negative: before it", "ROUND(2.345, 2) = 2.35"),
  ROW_ROUND("TRUNCATE", resolve_truncate, "cut to digits after the point; negative: before it", "TRUNCATE(-2.349, 2) = -2.34"),
  {.name = "POWER", .signature = "POWER(x NUMERIC, y NUMERIC) -> DOUBLE", .min_args = 2, .max_args = 2, .flags = RN_FN_STRICT,
   .classes = {RN_ARG_DOUBLE, RN_ARG_DOUBLE}, .kernel = k_power, .result = RN_T_DOUBLE, .help = "x to the power of y", .example = "POWER(2, 10) = 1024"},
  ROW_REAL1("SQRT", k_sqrt, "square root", "SQRT(9) = 3"),
  ROW_REAL1("EXP", k_exp, "e to the power of x", "EXP(0) = 1"),
  ROW_REAL1("LN", k_ln, "natural logarithm", "LN(1) = 0"),
  ROW_REAL1("LOG10", k_log10, "logarithm to base 10", "LOG10(1000) = 3"),
  ROW_REAL1("LOG2", k_log2, "logarithm to base 2", "LOG2(8) = 3"),
  ROW_REAL1("LOG", k_ln, "natural logarithm", "LOG(1) = 0"),
  {.name = "LOG", .signature = "LOG(base NUMERIC, x NUMERIC) -> DOUBLE", .min_args = 2, .max_args = 2, .flags = RN_FN_STRICT,
   .classes = {RN_ARG_DOUBLE, RN_ARG_DOUBLE}, .kernel = k_log_base, .result = RN_T_DOUBLE, .help = "logarithm to a base", .example = "LOG(2, 8) = 3"},
  ROW_REAL1("SIN", k_sin, "sine of an angle in radians", "SIN(0) = 0"),
  ROW_REAL1("COS", k_cos, "cosine", "COS(0) = 1"),
  ROW_REAL1("TAN", k_tan, "tangent", "TAN(0) = 0"),
  ROW_REAL1("COT", k_cot, "cotangent", "ROUND(COT(1), 4) = 0.6421E0"),
  ROW_REAL1("ASIN", k_asin, "arc sine", "ASIN(0) = 0"),
  ROW_REAL1("ACOS", k_acos, "arc cosine", "ACOS(1) = 0"),
  ROW_REAL1("ATAN", k_atan, "arc tangent", "ATAN(0) = 0"),
  {.name = "ATAN2", .signature = "ATAN2(y NUMERIC, x NUMERIC) -> DOUBLE", .min_args = 2, .max_args = 2, .flags = RN_FN_STRICT,
   .classes = {RN_ARG_DOUBLE, RN_ARG_DOUBLE}, .kernel = k_atan2, .result = RN_T_DOUBLE, .help = "angle of the point (x, y)", .example = "ATAN2(0, 1) = 0"},
  ROW_REAL1("SINH", k_sinh, "hyperbolic sine", "SINH(0) = 0"),
  ROW_REAL1("COSH", k_cosh, "hyperbolic cosine", "COSH(0) = 1"),
  ROW_REAL1("TANH", k_tanh, "hyperbolic tangent", "TANH(0) = 0"),
  ROW_REAL1("DEGREES", k_degrees, "radians in degrees", "ROUND(DEGREES(PI()), 6) = 180"),
  ROW_REAL1("RADIANS", k_radians, "degrees in radians", "ROUND(RADIANS(180), 4) = 3.1416E0"),
  {.name = "PI", .signature = "PI() -> DOUBLE", .flags = RN_FN_NO_PARENS, .kernel = k_pi, .result = RN_T_DOUBLE, .help = "3.14159..", .example = "ROUND(PI(), 4) = 3.1416E0"},
  {.name = "E", .signature = "E() -> DOUBLE", .kernel = k_e, .result = RN_T_DOUBLE, .help = "2.71828..", .example = "ROUND(E(), 4) = 2.7183E0"},
  {.name = "RAND", .signature = "RAND([seed INT]) -> DOUBLE", .max_args = 1, .flags = RN_FN_STRICT | RN_FN_VOLATILE, .classes = {RN_ARG_INT},
   .prepare = prepare_rand, .free_state = rn_free, .kernel = k_rand, .result = RN_T_DOUBLE,
   .help = "random number from 0 to below 1; a seed fixes the sequence", .example = "RAND(1) = 0.7308781907032909E0"},
  {.name = "RAND_INTEGER", .signature = "RAND_INTEGER([seed INT,] bound INT) -> INT", .min_args = 1, .max_args = 2,
   .flags = RN_FN_STRICT | RN_FN_VOLATILE | RN_FN_MAY_FAIL, .classes = {RN_ARG_INT, RN_ARG_INT}, .prepare = prepare_rand_integer,
   .free_state = rn_free, .kernel = k_rand_integer, .result = RN_T_INT,
   .help = "random whole number from 0 to below bound; a seed fixes the sequence", .example = "RAND_INTEGER(7, 1000) = 236"},
};
RN_FUNCTION_SET(rn_set_math, "Mathematical functions", rows);
