/* + - * / % and unary minus on numbers (DIALECT 2.4).
 *
 * Integers wrap (two's complement), exact division by zero fails, reals follow IEEE, DECIMAL that does not
 * fit is NULL. DECIMAL has three loops per operator: 64-bit and 128-bit ones that cannot overflow by their
 * types, and the general one of base/decimal.c for types that were cut to 38 digits. */
#include "runtime/functions/scalar.h"

RN_VECTORISE

typedef enum arith_op { OP_ADD, OP_SUB, OP_MUL, OP_DIV, OP_MOD, OP_COUNT } arith_op;

/* --- integers and reals ---------------------------------------------------------------------------------------------- */

#define ARITH(f, T, suffix, expr)           \
  KERNEL(f##_##suffix) {                    \
    UNUSED_EVAL;                            \
    BINARY_LOOP(T, T, T, expr);             \
    return RN_OK;                           \
  }
/* U: unsigned type in which the operation wraps. */
#define WRAPPING(f, T, U)                           \
  ARITH(f, T, add, (U)x + (U)y)                     \
  ARITH(f, T, sub, (U)x - (U)y)                     \
  ARITH(f, T, mul, (U)x * (U)y)
WRAPPING(i8, int8_t, uint32_t)
WRAPPING(i16, int16_t, uint32_t)
WRAPPING(i32, int32_t, uint32_t)
WRAPPING(i64, int64_t, uint64_t)
#define REAL(f, T) ARITH(f, T, add, x + y) ARITH(f, T, sub, x - y) ARITH(f, T, mul, x * y) ARITH(f, T, div, x / y)
REAL(f32, float)
REAL(f64, double)

static rn_status zero_divisor(rn_eval *eval, uint32_t row) {
  return rn_eval_fail(eval, row, RN_E_DIVISION, "division by zero");
}

#define DIVIDE(f, T, U)                                               \
  KERNEL(f##_div) {                                                   \
    (void)arg_count;                                                  \
    const T *a = args[0]->data, *b = args[1]->data;                   \
    T *o = out->data;                                                 \
    FOR_ROWS(row) {                                                   \
      T x = a[AT(0, row)], y = b[AT(1, row)];                         \
      if (y == 0) return zero_divisor(eval, row);                     \
      o[row] = y == -1 ? (T)((U)0 - (U)x) : (T)(x / y);               \
    }                                                                 \
    return RN_OK;                                                     \
  }                                                                   \
  KERNEL(f##_mod) { /* the result has the divisor's type */           \
    (void)arg_count;                                                  \
    const T *a = args[0]->data, *b = args[1]->data;                   \
    FOR_ROWS(row) {                                                   \
      T x = a[AT(0, row)], y = b[AT(1, row)];                         \
      if (y == 0) return zero_divisor(eval, row);                     \
      put_integer(out, row, y == -1 ? 0 : x % y);                     \
    }                                                                 \
    return RN_OK;                                                     \
  }
DIVIDE(i8, int8_t, uint32_t)
DIVIDE(i16, int16_t, uint32_t)
DIVIDE(i32, int32_t, uint32_t)
DIVIDE(i64, int64_t, uint64_t)

/* BIGINT by a constant other than 0, 1, -1: a product with the inverse (Granlund and Montgomery 1994, for numerators of
 * up to 2^63). */
typedef struct inverse {
  uint64_t factor;
  unsigned shift;
  int64_t sign; /* -1: of a negative divisor, as a mask */
} inverse;

static bool inverse_of(const rn_column *c, inverse *out) {
  if (!c->constant) return false;
  int64_t y = ((const int64_t *)c->data)[0];
  uint64_t d = y < 0 ? 0 - (uint64_t)y : (uint64_t)y;
  if (d < 2) return false;
  unsigned bits = 64 - (unsigned)__builtin_clzll(d - 1);
  *out = (inverse){(uint64_t)(((rn_u128)1 << (63 + bits)) / d) + 1, bits - 1, y < 0 ? -1 : 0};
  return true;
}
static inline uint64_t quotient(int64_t x, inverse by) {
  uint64_t sign = (uint64_t)(x >> 63), n = ((uint64_t)x ^ sign) - sign;
  uint64_t q = (uint64_t)((rn_u128)n * by.factor >> 64) >> by.shift;
  sign ^= (uint64_t)by.sign;
  return (q ^ sign) - sign;
}
KERNEL(bigint_div) {
  inverse by;
  if (!inverse_of(args[1], &by)) return i64_div(eval, args, arg_count, out, sel);
  UNARY_LOOP(int64_t, int64_t, quotient(x, by));
  return RN_OK;
}
KERNEL(bigint_mod) {
  inverse by;
  rn_type_id id = (rn_type_id)out->type->id; /* the divisor's, before it was widened */
  if ((id != RN_T_BIGINT && id != RN_T_INT) || !inverse_of(args[1], &by)) return i64_mod(eval, args, arg_count, out, sel);
  uint64_t y = (uint64_t)I64(1, 0);
  if (id == RN_T_INT) UNARY_LOOP(int64_t, int32_t, (uint64_t)x - quotient(x, by) * y);
  else UNARY_LOOP(int64_t, int64_t, (uint64_t)x - quotient(x, by) * y);
  return RN_OK;
}

static const rn_kernel plain[][OP_COUNT] = {
  [RN_T_TINYINT] = {i8_add, i8_sub, i8_mul, i8_div, i8_mod},
  [RN_T_SMALLINT] = {i16_add, i16_sub, i16_mul, i16_div, i16_mod},
  [RN_T_INT] = {i32_add, i32_sub, i32_mul, i32_div, i32_mod},
  [RN_T_BIGINT] = {i64_add, i64_sub, i64_mul, bigint_div, bigint_mod},
  [RN_T_FLOAT] = {f32_add, f32_sub, f32_mul, f32_div, NULL},
  [RN_T_DOUBLE] = {f64_add, f64_sub, f64_mul, f64_div, NULL},
};

/* --- DECIMAL ------------------------------------------------------------------------------------------------------------- */

/* Factors that bring both sides to the result's scale. */
#define SCALES                                                                                      \
  int common = args[0]->type->scale > args[1]->type->scale ? args[0]->type->scale : args[1]->type->scale; \
  uint64_t fa = (uint64_t)rn_pow10_64((unsigned)(common - args[0]->type->scale));                   \
  uint64_t fb = (uint64_t)rn_pow10_64((unsigned)(common - args[1]->type->scale))

KERNEL(dec_add_small) { UNUSED_EVAL; SCALES; BINARY_LOOP(int64_t, int64_t, int64_t, (uint64_t)x * fa + (uint64_t)y * fb); return RN_OK; }
KERNEL(dec_sub_small) { UNUSED_EVAL; SCALES; BINARY_LOOP(int64_t, int64_t, int64_t, (uint64_t)x * fa - (uint64_t)y * fb); return RN_OK; }
KERNEL(dec_mul_small) { UNUSED_EVAL; BINARY_LOOP(int64_t, int64_t, int64_t, (uint64_t)x * (uint64_t)y); return RN_OK; }

static bool is_small(const rn_column *c) { return c->type->precision <= RN_DECIMAL_SMALL_DIGITS; }

/* The result has more than 18 digits; either side may have fewer. */
static inline rn_status dec_sum_exact(const rn_column *const *args, rn_column *out, const rn_sel *sel, bool minus) {
  int sa = args[0]->type->scale, sb = args[1]->type->scale, common = sa > sb ? sa : sb;
  if (is_small(args[0]) && is_small(args[1])) {
    int64_t fa = rn_pow10_64((unsigned)(common - sa)), fb = rn_pow10_64((unsigned)(common - sb));
    if (minus) fb = -fb;
    BINARY_LOOP(int64_t, int64_t, rn_i128, (rn_i128)x * fa + (rn_i128)y * fb);
    return RN_OK;
  }
  if (sa == sb && !is_small(args[0]) && !is_small(args[1])) {
    if (minus) BINARY_LOOP(rn_i128, rn_i128, rn_i128, x - y);
    else BINARY_LOOP(rn_i128, rn_i128, rn_i128, x + y);
    return RN_OK;
  }
  rn_i128 fa = rn_pow10_128((unsigned)(common - sa)), fb = rn_pow10_128((unsigned)(common - sb));
  FOR_ROWS(row) {
    rn_i128 x = decimal_at(args[0], row) * fa, y = decimal_at(args[1], row) * fb;
    decimal_put(out, row, minus ? x - y : x + y);
  }
  return RN_OK;
}
KERNEL(dec_add_exact) { UNUSED_EVAL; return dec_sum_exact(args, out, sel, false); }
KERNEL(dec_sub_exact) { UNUSED_EVAL; return dec_sum_exact(args, out, sel, true); }
KERNEL(dec_mul_exact) {
  UNUSED_EVAL;
  if (is_small(args[0]) && is_small(args[1])) {
    BINARY_LOOP(int64_t, int64_t, rn_i128, (rn_i128)x * y);
    return RN_OK;
  }
  FOR_ROWS(row) decimal_put(out, row, decimal_at(args[0], row) * decimal_at(args[1], row));
  return RN_OK;
}

/* Sums whose type was cut to 38 digits: what fits 128 bits (all but the largest values) stays in them. */
static inline rn_status dec_sum(rn_eval *eval, const rn_column *const *args, rn_column *out, const rn_sel *sel, bool minus) {
  int sa = args[0]->type->scale, sb = args[1]->type->scale, common = sa > sb ? sa : sb;
  int p = out->type->precision, s = out->type->scale;
  rn_i128 fa = rn_pow10_128((unsigned)(common - sa)), fb = rn_pow10_128((unsigned)(common - sb));
  rn_i128 limit = rn_pow10_128((unsigned)p);
  FOR_ROWS(row) {
    rn_i128 x = decimal_at(args[0], row), y = decimal_at(args[1], row), a = x, b = y, r;
    if (minus) y = b = -y;
    bool ok = (fa == 1 || !__builtin_mul_overflow(x, fa, &a)) && (fb == 1 || !__builtin_mul_overflow(y, fb, &b)) &&
              !__builtin_add_overflow(a, b, &r);
    if (ok) {
      if (s < common) r = rn_decimal_cut(r, (unsigned)(common - s));
      ok = r < limit && r > -limit;
    } else {
      ok = rn_decimal_add(x, sa, y, sb, p, s, &r);
    }
    if (ok) decimal_put(out, row, r);
    else put_null(eval, out, row);
  }
  return RN_OK;
}

static inline rn_status dec_general(rn_eval *eval, const rn_column *const *args, rn_column *out, const rn_sel *sel, arith_op op) {
  int sa = args[0]->type->scale, sb = args[1]->type->scale;
  bool to_decimal = out->type->id == RN_T_DECIMAL;
  int p = to_decimal ? out->type->precision : RN_DECIMAL_DIGITS_MAX, s = to_decimal ? out->type->scale : 0;
  FOR_ROWS(row) {
    rn_i128 x = decimal_at(args[0], row), y = decimal_at(args[1], row), r = 0;
    bool ok = false;
    if (y == 0 && (op == OP_DIV || op == OP_MOD)) return zero_divisor(eval, row);
    switch (op) {
      case OP_MUL: ok = rn_decimal_mul(x, sa, y, sb, p, s, &r); break;
      case OP_DIV: ok = rn_decimal_div(x, sa, y, sb, p, s, &r); break;
      default: ok = rn_decimal_mod(x, sa, y, sb, p, s, &r); break;
    }
    if (!ok) put_null(eval, out, row);
    else if (out->type->id == RN_T_DECIMAL) decimal_put(out, row, r);
    else put_integer(out, row, (int64_t)r); /* DECIMAL % integer */
  }
  return RN_OK;
}
KERNEL(dec_add) { (void)arg_count; return dec_sum(eval, args, out, sel, false); }
KERNEL(dec_sub) { (void)arg_count; return dec_sum(eval, args, out, sel, true); }
KERNEL(dec_mul) { (void)arg_count; return dec_general(eval, args, out, sel, OP_MUL); }
KERNEL(dec_div) { (void)arg_count; return dec_general(eval, args, out, sel, OP_DIV); }
KERNEL(dec_mod) { (void)arg_count; return dec_general(eval, args, out, sel, OP_MOD); }

enum { SMALL, EXACT, GENERAL };
static const rn_kernel decimal_kernels[OP_COUNT][3] = {
  {dec_add_small, dec_add_exact, dec_add}, {dec_sub_small, dec_sub_exact, dec_sub}, {dec_mul_small, dec_mul_exact, dec_mul},
  {dec_div, dec_div, dec_div}, {dec_mod, dec_mod, dec_mod},
};

static int larger(int a, int b) { return a > b ? a : b; }
static int smaller(int a, int b) { return a < b ? a : b; }

/* Result type of DECIMAL arithmetic before it is cut to 38 digits. */
static void decimal_rule(arith_op op, const rn_type *a, const rn_type *b, int *precision, int *scale) {
  int p1 = a->precision, s1 = a->scale, p2 = b->precision, s2 = b->scale;
  switch (op) {
    case OP_ADD: case OP_SUB:
      *scale = larger(s1, s2);
      *precision = larger(p1 - s1, p2 - s2) + *scale + 1;
      break;
    case OP_MUL:
      *scale = s1 + s2;
      *precision = p1 + p2 + 1;
      break;
    case OP_DIV:
      *scale = larger(6, s1 + p2 + 1);
      *precision = p1 - s1 + s2 + *scale;
      break;
    default:
      *scale = larger(s1, s2);
      *precision = smaller(p1 - s1, p2 - s2) + *scale;
      break;
  }
}

static arith_op op_of(const char *name) {
  switch (name[0]) {
    case '+': return OP_ADD;
    case '-': return OP_SUB;
    case '*': return OP_MUL;
    case '/': return OP_DIV;
    default: return OP_MOD; /* % and MOD */
  }
}

static rn_status resolve_arithmetic(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena,
                                    rn_resolution *out) {
  (void)count;
  arith_op op = op_of(fn->name);
  const rn_type *a = types[0], *b = types[1];
  bool real_a = rn_type_is_approximate(a), real_b = rn_type_is_approximate(b), total;
  if (real_a || real_b) {
    if (op == OP_MOD) return RN_FAIL;
    const rn_type *common = rn_type_common(arena, a, b);
    if (real_a && real_b) common = a; /* the left operand's type */
    out->result = rn_type_basic((rn_type_id)common->id, false);
    out->arg_types[0] = rn_type_basic((rn_type_id)common->id, a->nullable);
    out->arg_types[1] = rn_type_basic((rn_type_id)common->id, b->nullable);
    out->kernel = plain[common->id][op];
    total = true;
  } else if (a->id == RN_T_DECIMAL || b->id == RN_T_DECIMAL) {
    const rn_type *da = rn_type_as_decimal(arena, a), *db = rn_type_as_decimal(arena, b);
    int precision, scale;
    decimal_rule(op, da, db, &precision, &scale);
    out->arg_types[0] = da;
    out->arg_types[1] = db;
    out->result = rn_type_decimal_adjusted(arena, precision, scale);
    /* Whole numbers: the remainder has the divisor's type. */
    if (op == OP_MOD && da->scale == 0 && db->scale == 0) out->result = b;
    int form = precision <= RN_DECIMAL_SMALL_DIGITS ? SMALL : precision <= RN_DECIMAL_DIGITS_MAX ? EXACT : GENERAL;
    out->kernel = decimal_kernels[op][form];
    total = form == SMALL && op <= OP_MUL;
  } else {
    rn_type_id id = (rn_type_id)larger(a->id, b->id);
    out->arg_types[0] = rn_type_basic(id, a->nullable);
    out->arg_types[1] = rn_type_basic(id, b->nullable);
    out->result = rn_type_basic(op == OP_MOD ? (rn_type_id)b->id : id, false);
    out->kernel = plain[id][op];
    total = op <= OP_MUL;
  }
  return total == ((fn->flags & RN_FN_TOTAL) != 0) ? RN_OK : RN_FAIL;
}

/* --- unary minus ------------------------------------------------------------------------------------------------------------ */

#define NEGATE(f, T, expr) KERNEL(f##_neg) { UNUSED_EVAL; UNARY_LOOP(T, T, expr); return RN_OK; }
NEGATE(i8, int8_t, 0u - (uint32_t)x)
NEGATE(i16, int16_t, 0u - (uint32_t)x)
NEGATE(i32, int32_t, 0u - (uint32_t)x)
NEGATE(i64, int64_t, (uint64_t)0 - (uint64_t)x)
NEGATE(f32, float, -x)
NEGATE(f64, double, -x)
NEGATE(i128, rn_i128, (rn_u128)0 - (rn_u128)x)

static rn_status resolve_negate(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena,
                                rn_resolution *out) {
  static const rn_kernel by_physical[] = {
    [RN_P_I8] = i8_neg, [RN_P_I16] = i16_neg, [RN_P_I32] = i32_neg, [RN_P_I64] = i64_neg,
    [RN_P_F32] = f32_neg, [RN_P_F64] = f64_neg, [RN_P_I128] = i128_neg,
  };
  (void)fn, (void)count, (void)arena;
  out->result = types[0];
  out->kernel = by_physical[rn_type_physical(types[0])];
  return RN_OK;
}

/* Two rows each: the first for what is safe on any bytes. */
#define ROW(n, sig, f, h, e)                                                                            \
  {.name = n, .signature = sig, .min_args = 2, .max_args = 2, .flags = (f), .classes = {RN_ARG_NUMERIC, RN_ARG_NUMERIC}, \
   .resolve = resolve_arithmetic, .help = h, .example = e}
enum { OPERATOR = RN_FN_STRICT | RN_FN_OPERATOR };
static const rn_function rows[] = {
  ROW("+", "x + y", OPERATOR | RN_FN_TOTAL, "sum; integers wrap", "1 + 2 = 3"),
  ROW("+", "x + y", OPERATOR, "sum of DECIMAL; NULL when it does not fit", "1.5 + 2.25 = 3.75"),
  ROW("-", "x - y", OPERATOR | RN_FN_TOTAL, "difference; integers wrap", "1 - 2 = -1"),
  ROW("-", "x - y", OPERATOR, "difference of DECIMAL; NULL when it does not fit", "1.5 - 2.25 = -0.75"),
  ROW("*", "x * y", OPERATOR | RN_FN_TOTAL, "product; integers wrap", "6 * 7 = 42"),
  ROW("*", "x * y", OPERATOR, "product of DECIMAL; NULL when it does not fit", "1.5 * 1.5 = 2.25"),
  ROW("/", "x / y", OPERATOR | RN_FN_TOTAL, "quotient of FLOAT or DOUBLE", "CAST(1 AS DOUBLE) / 2 = 0.5E0"),
  ROW("/", "x / y", OPERATOR | RN_FN_MAY_FAIL, "quotient; of integers cut towards zero; fails for y = 0", "5 / 2 = 2"),
  ROW("%", "x % y", OPERATOR | RN_FN_MAY_FAIL, "remainder with the sign of x; fails for y = 0", "-5 % 3 = -2"),
  ROW("MOD", "MOD(x NUMERIC, y NUMERIC) -> type of y", RN_FN_STRICT | RN_FN_MAY_FAIL, "remainder with the sign of x; fails for y = 0", "MOD(7, 3) = 1"),
  {.name = "NEG", .signature = "- x", .min_args = 1, .max_args = 1, .flags = OPERATOR | RN_FN_TOTAL, .classes = {RN_ARG_NUMERIC},
   .resolve = resolve_negate, .help = "the opposite number; integers wrap", .example = "-(3) = 0 - 3"},
  {.name = "NEG", .signature = "- interval", .min_args = 1, .max_args = 1, .flags = OPERATOR | RN_FN_TOTAL, .classes = {RN_ARG_INTERVAL},
   .resolve = resolve_negate, .help = "the opposite interval", .example = "DATE '2024-01-02' + (- INTERVAL '1' DAY) = DATE '2024-01-01'"},
};
RN_FUNCTION_SET(rn_set_arithmetic, "Arithmetic", rows);
