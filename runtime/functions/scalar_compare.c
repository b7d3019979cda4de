/* Comparisons: = <> < <= > >= and IS [NOT] DISTINCT FROM.
 *
 * One loop per type family and operator, made by macros. Fixed-width types go through TOTAL rows (dense
 * loops over the whole batch); text, wide or differently scaled DECIMAL and nested values through others. */
#include "runtime/collection.h"
#include "runtime/functions/scalar.h"

RN_VECTORISE

typedef enum compare_op { OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE, OP_COUNT } compare_op;
enum { F_U8, F_I8, F_I16, F_I32, F_I64, F_I128, F_F32, F_F64, FAMILY_COUNT };

#define COMPARE(f, T, suffix, op)                    \
  KERNEL(f##_##suffix) {                             \
    UNUSED_EVAL;                                     \
    BINARY_LOOP(T, T, uint8_t, x op y);              \
    return RN_OK;                                    \
  }
#define COMPARE_ALL(f, T) \
  COMPARE(f, T, eq, ==) COMPARE(f, T, ne, !=) COMPARE(f, T, lt, <) COMPARE(f, T, le, <=) COMPARE(f, T, gt, >) COMPARE(f, T, ge, >=)
COMPARE_ALL(u8, uint8_t)
COMPARE_ALL(i8, int8_t)
COMPARE_ALL(i16, int16_t)
COMPARE_ALL(i32, int32_t)
COMPARE_ALL(i64, int64_t)
COMPARE_ALL(i128, rn_i128)
COMPARE_ALL(f32, float)
COMPARE_ALL(f64, double)

#define OPS(f) {f##_eq, f##_ne, f##_lt, f##_le, f##_gt, f##_ge}
static const rn_kernel plain[FAMILY_COUNT][OP_COUNT] = {OPS(u8), OPS(i8), OPS(i16), OPS(i32), OPS(i64), OPS(i128), OPS(f32), OPS(f64)};

static int family_of(const rn_type *t) {
  switch (rn_type_physical(t)) {
    case RN_P_BOOL: return F_U8;
    case RN_P_I8: return F_I8;
    case RN_P_I16: return F_I16;
    case RN_P_I32: return F_I32;
    case RN_P_I64: return F_I64;
    case RN_P_I128: return F_I128;
    case RN_P_F32: return F_F32;
    case RN_P_F64: return F_F64;
    default: return -1;
  }
}

/* --- order of any two values ------------------------------------------------------------------------------------ */

static int compare_lists(const rn_column *a, rn_list la, const rn_column *b, rn_list lb) {
  uint32_t shorter = la.length < lb.length ? la.length : lb.length;
  for (uint32_t i = 0; i < shorter; i++) {
    for (uint32_t c = 0; c < a->child_count; c++) {
      const rn_column *ca = &a->children[c], *cb = &b->children[c];
      bool na = rn_is_null(ca, la.offset + i), nb = rn_is_null(cb, lb.offset + i);
      int order = na || nb ? nb - na : rn_column_compare(ca, la.offset + i, cb, lb.offset + i);
      if (order) return order;
    }
  }
  return (la.length > lb.length) - (la.length < lb.length);
}

#define ORDER(T) (((const T *)a->data)[ra] > ((const T *)b->data)[rb]) - (((const T *)a->data)[ra] < ((const T *)b->data)[rb])

/* NaN equals itself and is the largest, so that there is an order. */
static int order_reals(double a, double b) {
  if (a != a || b != b) return (a != a) - (b != b);
  return (a > b) - (a < b);
}

int rn_column_compare(const rn_column *a, uint32_t ra, const rn_column *b, uint32_t rb) {
  if (a->constant) ra = 0;
  if (b->constant) rb = 0;
  if (a->type->id == RN_T_DECIMAL) {
    return rn_decimal_compare(decimal_at(a, ra), a->type->scale, decimal_at(b, rb), b->type->scale);
  }
  switch (rn_type_physical(a->type)) {
    case RN_P_NONE: return 0;
    case RN_P_BOOL: return ORDER(uint8_t);
    case RN_P_I8: return ORDER(int8_t);
    case RN_P_I16: return ORDER(int16_t);
    case RN_P_I32: return ORDER(int32_t);
    case RN_P_I64: return ORDER(int64_t);
    case RN_P_F32: return order_reals((double)((const float *)a->data)[ra], (double)((const float *)b->data)[rb]);
    case RN_P_F64: return order_reals(((const double *)a->data)[ra], ((const double *)b->data)[rb]);
    case RN_P_I128: return ORDER(rn_i128);
    case RN_P_STR: {
      int order = rn_str_compare((const rn_str *)a->data + ra, (const rn_str *)b->data + rb);
      return (order > 0) - (order < 0);
    }
    case RN_P_LIST:
      if (a->type->id != RN_T_ARRAY && rn_value_same(a, ra, b, rb)) return 0; /* entries have no order */
      return compare_lists(a, ((const rn_list *)a->data)[ra], b, ((const rn_list *)b->data)[rb]);
    case RN_P_ROW:
      for (uint32_t c = 0; c < a->child_count; c++) {
        const rn_column *ca = &a->children[c], *cb = &b->children[c];
        bool na = rn_is_null(ca, ra), nb = rn_is_null(cb, rb);
        int order = na || nb ? nb - na : rn_column_compare(ca, ra, cb, rb);
        if (order) return order;
      }
      return 0;
  }
  return 0;
}

static inline bool holds(compare_op op, int order) {
  switch (op) {
    case OP_EQ: return order == 0;
    case OP_NE: return order != 0;
    case OP_LT: return order < 0;
    case OP_LE: return order <= 0;
    case OP_GT: return order > 0;
    default: return order >= 0;
  }
}

static inline bool text_holds(const rn_str *a, const rn_str *b, compare_op op) {
  switch (op) {
    case OP_EQ: return rn_str_eq(a, b);
    case OP_NE: return !rn_str_eq(a, b);
    case OP_LT: return rn_str_less(a, b);
    case OP_LE: return !rn_str_less(b, a);
    case OP_GT: return rn_str_less(b, a);
    default: return !rn_str_less(a, b);
  }
}
/* All in locals that the stores cannot change; a constant is a row that does not move. */
static inline rn_status text_order(const rn_column *const *args, rn_column *out, const rn_sel *sel, compare_op op) {
  const rn_str *restrict a = args[0]->data, *restrict b = args[1]->data;
  uint32_t by_a = !args[0]->constant, by_b = !args[1]->constant;
  const uint16_t *restrict rows = sel->rows;
  uint8_t *restrict to = out->data;
  if (rows) {
    for (const uint16_t *end = rows + sel->count; rows < end; rows++)
      to[*rows] = text_holds(a + *rows * by_a, b + *rows * by_b, op);
  } else {
    for (uint8_t *end = to + sel->count; to < end; to++, a += by_a, b += by_b) *to = text_holds(a, b, op);
  }
  return RN_OK;
}
static inline rn_status any_order(const rn_column *const *args, rn_column *out, const rn_sel *sel, compare_op op) {
  FOR_ROWS(row) put_bool(out, row, holds(op, rn_column_compare(args[0], row, args[1], row)));
  return RN_OK;
}

#define SLOW(suffix, op) \
  KERNEL(text_##suffix) { UNUSED_EVAL; return text_order(args, out, sel, op); } \
  KERNEL(any_##suffix) { UNUSED_EVAL; return any_order(args, out, sel, op); }
SLOW(eq, OP_EQ) SLOW(ne, OP_NE) SLOW(lt, OP_LT) SLOW(le, OP_LE) SLOW(gt, OP_GT) SLOW(ge, OP_GE)
static const rn_kernel text_kernels[OP_COUNT] = OPS(text), any_kernels[OP_COUNT] = OPS(any);

/* --- choice of the kernel ------------------------------------------------------------------------------------------ */

static compare_op op_of(const char *name) {
  if (name[0] == '=') return OP_EQ;
  if (name[0] == '<') return name[1] == '>' ? OP_NE : name[1] == '=' ? OP_LE : OP_LT;
  return name[1] == '=' ? OP_GE : OP_GT;
}

/* The types both sides are cast to; false: they cannot be compared. DECIMAL keeps its own scales, so
 * that nothing is rounded or lost before the comparison. */
static bool compared_types(const rn_type *const *types, rn_arena *arena, const rn_type **arg_types) {
  const rn_type *common = rn_type_common(arena, types[0], types[1]);
  if (!common) return false;
  if (common->id == RN_T_NULL) common = rn_type_basic(RN_T_BOOLEAN, true);
  for (int i = 0; i < 2; i++) {
    if (common->id == RN_T_DECIMAL && types[i]->id != RN_T_NULL) arg_types[i] = rn_type_as_decimal(arena, types[i]);
    else arg_types[i] = rn_type_is_string(common) && rn_type_is_string(types[i]) ? types[i] : rn_type_with_null(arena, common, types[i]->nullable);
  }
  return true;
}

static rn_kernel kernel_for(const rn_type *a, const rn_type *b, compare_op op, bool *total) {
  *total = false;
  if (rn_type_is_string(a) || rn_type_is_binary(a)) return text_kernels[op];
  int family = family_of(a);
  bool same_width = a->id != RN_T_DECIMAL || (a->scale == b->scale && family == family_of(b));
  if (family < 0 || !same_width) return any_kernels[op];
  *total = true;
  return plain[family][op];
}

static rn_status resolve_compare(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena,
                                 rn_resolution *out) {
  (void)count;
  const rn_type *both[2] = {types[0], types[1]};
  if (!compared_types(both, arena, out->arg_types)) return RN_FAIL;
  compare_op op = op_of(fn->name);
  bool unordered = out->arg_types[0]->child_count > 0 || out->arg_types[0]->id == RN_T_VARIANT;
  if (unordered && op != OP_EQ && op != OP_NE) return RN_FAIL;
  bool total;
  out->kernel = kernel_for(out->arg_types[0], out->arg_types[1], op, &total);
  if (total != ((fn->flags & RN_FN_TOTAL) != 0)) return RN_FAIL;
  out->result = rn_type_basic(RN_T_BOOLEAN, false);
  return RN_OK;
}

/* --- IS DISTINCT FROM ------------------------------------------------------------------------------------------------- */

static inline rn_status distinct(rn_eval *eval, const rn_column *const *args, rn_column *out, const rn_sel *sel, bool equal_is) {
  bool total;
  rn_column equal;
  rn_column_init(&equal, out->type, eval->rows, eval->arena);
  rn_kernel kernel = rn_type_is_approximate(args[0]->type) ? any_eq : kernel_for(args[0]->type, args[1]->type, OP_EQ, &total);
  rn_status status = rn_run_strict(eval, kernel, args, 2, 0, &equal, sel);
  if (status != RN_OK) return status;
  FOR_ROWS(row) {
    bool a = rn_is_null(args[0], AT(0, row)), b = rn_is_null(args[1], AT(1, row));
    bool same = a || b ? a && b : ((const uint8_t *)equal.data)[row] != 0;
    put_bool(out, row, same == equal_is);
  }
  return RN_OK;
}
KERNEL(is_distinct) { (void)arg_count; return distinct(eval, args, out, sel, false); }
KERNEL(is_not_distinct) { (void)arg_count; return distinct(eval, args, out, sel, true); }

static rn_status resolve_distinct(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena,
                                  rn_resolution *out) {
  (void)count;
  const rn_type *both[2] = {types[0], types[1]};
  if (!compared_types(both, arena, out->arg_types)) return RN_FAIL;
  out->kernel = fn->kernel;
  out->result = rn_type_basic(RN_T_BOOLEAN, false);
  return RN_OK;
}

#define BOTH(n, h, e)                                                                                                  \
  {.name = n, .signature = "x " n " y", .min_args = 2, .max_args = 2, .flags = RN_FN_STRICT | RN_FN_OPERATOR | RN_FN_TOTAL, \
   .classes = {RN_ARG_ANY, RN_ARG_ANY}, .resolve = resolve_compare, .help = h, .example = e},                           \
  {.name = n, .signature = "x " n " y", .min_args = 2, .max_args = 2, .flags = RN_FN_STRICT | RN_FN_OPERATOR,             \
   .classes = {RN_ARG_ANY, RN_ARG_ANY}, .resolve = resolve_compare, .help = h, .example = e}
#define DISTINCT(n, k, h, e)                                                                                  \
  {.name = n, .signature = "x " n " y", .min_args = 2, .max_args = 2, .flags = RN_FN_OPERATOR,                 \
   .classes = {RN_ARG_ANY, RN_ARG_ANY}, .resolve = resolve_distinct, .kernel = k, .help = h, .example = e}
static const rn_function rows[] = {
  BOTH("=", "equal; UNKNOWN when a side is NULL", "('a' = 'a') = TRUE"),
  BOTH("<>", "not equal", "(1 <> 2) = TRUE"),
  BOTH("<", "less", "(1 < 2) = TRUE"),
  BOTH("<=", "less or equal", "(2 <= 2) = TRUE"),
  BOTH(">", "greater", "('b' > 'a') = TRUE"),
  BOTH(">=", "greater or equal", "(1 >= 2) = FALSE"),
  DISTINCT("IS DISTINCT FROM", is_distinct, "not equal, where NULL equals NULL", "(NULL IS DISTINCT FROM 1) = TRUE"),
  DISTINCT("IS NOT DISTINCT FROM", is_not_distinct, "equal, where NULL equals NULL", "(1 IS NOT DISTINCT FROM 1) = TRUE"),
};
RN_FUNCTION_SET(rn_set_compare, "Comparison", rows);
