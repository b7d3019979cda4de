/* Which casts exist, and which are implicit; common types (DIALECT 2.5, 2.6).
 *
 * Place: the binder asks rn_cast_resolve for every explicit and implicit conversion and writes it into the
 * tree as a call of the rows below. ROW, ARRAY and MAP are cast element by element. */
#include <stdio.h>

#include "runtime/functions/cast.h"
#include "runtime/value_text.h"

/* CAST and TRY_CAST are chosen by rn_cast_resolve, never by argument types alone. */
static rn_status not_by_name(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena,
                             rn_resolution *out) {
  (void)fn, (void)types, (void)count, (void)arena, (void)out;
  return RN_FAIL;
}

enum { ROW_CAST, ROW_CAST_TOTAL, ROW_TRY_CAST, ROW_TRY_CAST_TOTAL };
#define CAST_ROW(n, f, h, e) \
  {.name = n, .signature = n "(x AS type)", .min_args = 1, .max_args = 1, .flags = RN_FN_STRICT | RN_FN_OPERATOR | (f), \
   .resolve = not_by_name, .help = h, .example = e}
static const rn_function rows[] = {
  [ROW_CAST] = CAST_ROW("CAST", RN_FN_MAY_FAIL | RN_FN_ZONE, "x as another type; fails when the value cannot be converted", "CAST('12' AS INT) = 12"),
  [ROW_CAST_TOTAL] = CAST_ROW("CAST", RN_FN_TOTAL, "numbers as another type: narrowing wraps", "CAST(1000 AS TINYINT) = -24"),
  [ROW_TRY_CAST] = CAST_ROW("TRY_CAST", RN_FN_ZONE, "x as another type; NULL when the value cannot be converted", "TRY_CAST('x' AS INT) IS NULL"),
  [ROW_TRY_CAST_TOTAL] = CAST_ROW("TRY_CAST", RN_FN_TOTAL, "numbers as another type: narrowing wraps", "TRY_CAST(3.9 AS INT) = 3"),
};
RN_FUNCTION_SET(rn_set_cast, "Conversion", rows);

rn_status rn_cast_fail(rn_eval *eval, const rn_column *from, uint32_t row, const rn_type *to, const char *why) {
  rn_builder value = {0};
  rn_value_text(&value, from, row, RN_TEXT_CAST, eval->zone);
  enum { SHOWN = 80 };
  bool cut = value.len > SHOWN;
  rn_eval_fail(eval, row, RN_E_CAST_VALUE, "cannot cast '%.*s%s' to %s: %s", cut ? SHOWN : (int)value.len,
               value.data ? value.data : "", cut ? ".." : "", rn_type_name(eval->arena, to), why);
  rn_builder_free(&value);
  if (eval->err && eval->err->code == RN_E_CAST_VALUE) rn_hint(eval->err, "TRY_CAST gives NULL instead of an error");
  return RN_FAIL;
}

KERNEL(same_value) {
  (void)arg_count;
  rn_column_move(eval, out, args[0], sel);
  return RN_OK;
}

/* --- the matrix -------------------------------------------------------------------------------------------------------- */

static rn_kernel find_kernel(const rn_type *from, const rn_type *to, bool safe, bool *total) {
  *total = false;
  if (from->id == RN_T_NULL || rn_type_same(from, to)) return same_value;
  if (rn_type_is_interval(from) && from->id == to->id) return same_value;
  rn_kernel k = rn_cast_number_kernel(from, to, safe, total);
  if (!k) k = rn_cast_from_text_kernel(from, to, safe);
  if (!k) k = rn_cast_to_text_kernel(from, to);
  if (!k) k = rn_cast_time_kernel(from, to);
  if (!k) k = rn_cast_nested_kernel(from, to, safe);
  return k;
}

rn_kernel rn_cast_kernel(const rn_type *from, const rn_type *to, bool safe) {
  bool total;
  return find_kernel(from, to, safe, &total);
}

rn_status rn_cast_resolve(const rn_type *from, const rn_type *to, bool safe, rn_span span, rn_arena *arena,
                          const rn_function **fn, rn_resolution *out, rn_error *err) {
  bool total;
  rn_kernel kernel = find_kernel(from, to, safe, &total);
  if (!kernel) {
    rn_fail_at(err, RN_E_CAST, span, "cannot cast %s to %s", rn_type_name(arena, from), rn_type_name(arena, to));
    if (rn_type_is_numeric(from) && rn_type_is_timestamp(to)) {
      rn_hint(err, "TO_TIMESTAMP_LTZ(n, 3) makes a timestamp of milliseconds");
    } else if (rn_type_is_timestamp(from) && rn_type_is_numeric(to)) {
      rn_hint(err, "EXTRACT(EPOCH FROM t) gives the seconds since 1970");
    }
    return RN_FAIL;
  }
  memset(out, 0, sizeof *out);
  out->arg_types[0] = from;
  out->result = rn_type_with_null(arena, to, from->nullable || from->id == RN_T_NULL || safe);
  out->kernel = kernel;
  *fn = &rows[safe ? (total ? ROW_TRY_CAST_TOTAL : ROW_TRY_CAST) : total ? ROW_CAST_TOTAL : ROW_CAST];
  return RN_OK;
}

/* --- implicit casts and common types -------------------------------------------------------------------------------------- */

/* Order of implicit widening; 0: no number. */
static int width_rank(const rn_type *t) {
  switch (t->id) {
    case RN_T_TINYINT: return 1;
    case RN_T_SMALLINT: return 2;
    case RN_T_INT: return 3;
    case RN_T_BIGINT: return 4;
    case RN_T_DECIMAL: return 5;
    case RN_T_FLOAT: return 6;
    case RN_T_DOUBLE: return 7;
    default: return 0;
  }
}

bool rn_cast_is_implicit(const rn_type *from, const rn_type *to) {
  if (from->id == RN_T_NULL) return true;
  if (width_rank(from)) return width_rank(to) >= width_rank(from);
  if (rn_type_is_timestamp(from)) return rn_type_is_timestamp(to);
  if (from->id == RN_T_CHAR) return rn_type_is_string(to);
  if (from->id == RN_T_BINARY) return rn_type_is_binary(to);
  if (from->id != to->id) return false;
  if (from->child_count != to->child_count) return false;
  for (uint32_t i = 0; i < from->child_count; i++) {
    if (!rn_cast_is_implicit(from->children[i], to->children[i])) return false;
  }
  return true;
}

const rn_type *rn_type_as_decimal(rn_arena *arena, const rn_type *type) {
  static const int digits[] = {[RN_T_TINYINT] = 3, [RN_T_SMALLINT] = 5, [RN_T_INT] = 10, [RN_T_BIGINT] = 19};
  if (type->id == RN_T_DECIMAL) return type;
  return rn_type_decimal(arena, digits[type->id], 0, type->nullable);
}

const rn_type *rn_type_decimal_adjusted(rn_arena *arena, int precision, int scale) {
  if (precision > RN_DECIMAL_DIGITS_MAX) {
    int digits = precision - scale, least = scale < 6 ? scale : 6;
    precision = RN_DECIMAL_DIGITS_MAX;
    scale = precision - digits > least ? precision - digits : least;
  }
  return rn_type_decimal(arena, precision, scale, false);
}

static int larger(int a, int b) { return a > b ? a : b; }

static const rn_type *common_number(rn_arena *arena, const rn_type *a, const rn_type *b, bool nullable) {
  bool real = rn_type_is_approximate(a) || rn_type_is_approximate(b);
  bool decimal = a->id == RN_T_DECIMAL || b->id == RN_T_DECIMAL;
  if (real) {
    bool both_float = (a->id == RN_T_FLOAT || rn_type_is_integer(a)) && (b->id == RN_T_FLOAT || rn_type_is_integer(b));
    return rn_type_basic(both_float ? RN_T_FLOAT : RN_T_DOUBLE, nullable);
  }
  if (!decimal) return rn_type_basic((rn_type_id)larger(a->id, b->id), nullable);
  a = rn_type_as_decimal(arena, a);
  b = rn_type_as_decimal(arena, b);
  int scale = larger(a->scale, b->scale), digits = larger(a->precision - a->scale, b->precision - b->scale);
  if (digits + scale > RN_DECIMAL_DIGITS_MAX) scale = RN_DECIMAL_DIGITS_MAX - digits; /* whole digits are kept */
  return rn_type_decimal(arena, digits + scale, scale, nullable);
}

/* Rows merge by position; objects only with those of their class that have the same fields. */
static bool alike(const rn_type *a, const rn_type *b) {
  if (!a->class_name && !b->class_name) return true;
  if (!a->class_name || !b->class_name || strcmp(a->class_name, b->class_name) != 0) return false;
  for (uint32_t i = 0; i < a->child_count; i++) {
    if (strcmp(a->names[i], b->names[i]) != 0) return false;
  }
  return true;
}

const rn_type *rn_type_common(rn_arena *arena, const rn_type *a, const rn_type *b) {
  if (a->id == RN_T_ERROR || b->id == RN_T_ERROR) return a->id == RN_T_ERROR ? a : b;
  bool nullable = a->nullable || b->nullable || a->id == RN_T_NULL || b->id == RN_T_NULL;
  if (a->id == RN_T_NULL) return rn_type_with_null(arena, b, true);
  if (b->id == RN_T_NULL) return rn_type_with_null(arena, a, true);
  if (rn_type_is_numeric(a) && rn_type_is_numeric(b)) return common_number(arena, a, b, nullable);
  bool strings = rn_type_is_string(a) && rn_type_is_string(b), binaries = rn_type_is_binary(a) && rn_type_is_binary(b);
  if (strings || binaries) {
    bool fixed = a->id == b->id && a->id == (strings ? RN_T_CHAR : RN_T_BINARY) && a->precision == b->precision;
    rn_type_id id = strings ? (fixed ? RN_T_CHAR : RN_T_VARCHAR) : fixed ? RN_T_BINARY : RN_T_VARBINARY;
    return rn_type_sized(arena, id, larger(a->precision, b->precision), nullable);
  }
  if (rn_type_is_timestamp(a) && rn_type_is_timestamp(b)) {
    rn_type_id id = a->id == RN_T_TIMESTAMP_LTZ || b->id == RN_T_TIMESTAMP_LTZ ? RN_T_TIMESTAMP_LTZ : RN_T_TIMESTAMP;
    return rn_type_sized(arena, id, larger(a->precision, b->precision), nullable);
  }
  if (a->id != b->id) return NULL;
  if (a->id == RN_T_TIME) return rn_type_sized(arena, RN_T_TIME, larger(a->precision, b->precision), nullable);
  if (!a->child_count) return rn_type_with_null(arena, rn_type_with_time(arena, a, RN_TIME_NONE), nullable);
  if (a->child_count != b->child_count || !alike(a, b)) return NULL;
  const rn_type **children = rn_arena_alloc(arena, a->child_count * sizeof *children);
  for (uint32_t i = 0; i < a->child_count; i++) {
    children[i] = rn_type_common(arena, a->children[i], b->children[i]);
    if (!children[i]) return NULL;
  }
  switch (a->id) {
    case RN_T_ROW:
      if (a->class_name) return rn_type_structured(arena, a->class_name, a->child_count, a->names, children, nullable);
      return rn_type_row(arena, a->child_count, a->names, children, nullable);
    case RN_T_MAP: return rn_type_map(arena, children[0], children[1], nullable);
    case RN_T_MULTISET: return rn_type_multiset(arena, children[0], nullable);
    default: return rn_type_array(arena, children[0], nullable);
  }
}
