/* Operator rows for ROW values and for the difference of two points in time. ROW(a, b) only gathers its
 * arguments as children: a column-wise move, no row is built. */
#include "runtime/functions/scalar.h"

KERNEL(row_kernel) {
  for (uint32_t i = 0; i < arg_count; i++) rn_column_move(eval, &out->children[i], args[i], sel);
  return RN_OK;
}

static rn_status resolve_row(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  for (uint32_t i = 0; i < count; i++) {
    if (types[i]->id == RN_T_NULL) return RN_FAIL; /* a field needs a type */
  }
  const rn_type **fields = rn_arena_alloc(arena, (count ? count : 1) * sizeof *fields);
  for (uint32_t i = 0; i < count; i++) fields[i] = rn_type_with_time(arena, types[i], RN_TIME_NONE);
  out->result = rn_type_row(arena, count, NULL, fields, false);
  out->kernel = fn->kernel;
  return RN_OK;
}

/* --- objects: rows with the name of a class (planner/bind_object.c) ------------------------------------------------------- */

/* (class, name, value, ..) */
KERNEL(object_of) {
  for (uint32_t i = 2; i < arg_count; i += 2) rn_column_move(eval, &out->children[i / 2 - 1], args[i], sel);
  return RN_OK;
}

/* (object, name, value, ..): the fields that are named get their values, NULL stays NULL. */
KERNEL(object_update) {
  for (uint32_t i = 0; i < out->child_count; i++) {
    rn_column own = args[0]->children[i];
    own.constant = args[0]->constant;
    const rn_column *from = &own;
    for (uint32_t k = 1; k < arg_count; k += 2) {
      if (rn_slice_is(TEXT(k, 0), out->type->names[i])) from = args[k + 1];
    }
    rn_column_move(eval, &out->children[i], from, sel);
  }
  FOR_ROWS(row) {
    if (rn_is_null(args[0], AT(0, row))) put_null(eval, out, row);
  }
  return RN_OK;
}

/* The types depend on texts: the binder makes these calls. */
static rn_status not_by_types(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  (void)fn, (void)types, (void)count, (void)arena, (void)out;
  return RN_FAIL;
}

static int64_t milliseconds_at(const rn_column *c, uint32_t row) {
  int64_t v = integer_at(c, row);
  switch (c->type->id) {
    case RN_T_DATE: return v * RN_MS_PER_DAY;
    case RN_T_TIME: return v;
    default: return rn_floor_div(v, RN_US_PER_MS);
  }
}

KERNEL(time_difference) {
  UNUSED_EVAL;
  FOR_ROWS(row) put_i64(out, row, milliseconds_at(args[0], row) - milliseconds_at(args[1], row));
  return RN_OK;
}

static rn_status resolve_difference(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  (void)count, (void)arena;
  if (types[0]->id != types[1]->id) return RN_FAIL;
  out->result = rn_type_basic(RN_T_INTERVAL_MS, false);
  out->kernel = fn->kernel;
  return RN_OK;
}

/* GROUPING(a, b): bits of the set's number, the first argument the most significant (planner/bind_query_sets.c). */
KERNEL(grouping_bits) {
  UNUSED_EVAL;
  FOR_ROWS(row) {
    int64_t set = I64(0, row), bits = 0;
    for (uint32_t k = 1; k < arg_count; k++) bits = bits << 1 | (set >> I64(k, row) & 1);
    put_i64(out, row, bits);
  }
  return RN_OK;
}

static const rn_function rows[] = {
  {.name = "GROUPING", .signature = "GROUPING(key, ..) -> BIGINT", .min_args = 2, .max_args = 33,
   .flags = RN_FN_OPERATOR | RN_FN_STRICT | RN_FN_VARIADIC, .classes = {RN_ARG_BIGINT}, .kernel = grouping_bits,
   .result = RN_T_BIGINT, .help = "a bit per key, 1 where the grouping set leaves it out; GROUPING_ID is the same"},
  {.name = "OBJECT_OF", .signature = "OBJECT_OF('class' [, 'name', value ..]) -> STRUCTURED", .min_args = 1, .max_args = 255,
   .flags = RN_FN_VARIADIC, .classes = {RN_ARG_STRING, RN_ARG_ANY}, .resolve = not_by_types, .kernel = object_of,
   .help = "an object: a row of named values with the name of a class", .example = "OBJECT_OF('Point', 'x', 1, 'y', 2).y = 2"},
  {.name = "OBJECT_UPDATE", .signature = "OBJECT_UPDATE(object STRUCTURED [, 'name', value ..]) -> STRUCTURED", .min_args = 1, .max_args = 255,
   .flags = RN_FN_VARIADIC, .classes = {RN_ARG_ROW, RN_ARG_ANY}, .resolve = not_by_types, .kernel = object_update,
   .help = "the object with other values, which may have other types, in these fields", .example = "OBJECT_UPDATE(OBJECT_OF('Point', 'x', 1), 'x', 5).x = 5"},
  {.name = "ROW", .signature = "ROW(a, ..) -> ROW", .min_args = 1, .max_args = 255, .flags = RN_FN_OPERATOR | RN_FN_VARIADIC,
   .classes = {RN_ARG_ANY}, .resolve = resolve_row, .kernel = row_kernel, .help = "a row of values", .example = "(ROW(1, 'a') = ROW(1, 'a')) = TRUE"},
  {.name = "TIME DIFF", .signature = "(a TEMPORAL - b TEMPORAL) DAY -> INTERVAL", .min_args = 2, .max_args = 2,
   .flags = RN_FN_OPERATOR | RN_FN_STRICT, .classes = {RN_ARG_TEMPORAL, RN_ARG_TEMPORAL}, .resolve = resolve_difference,
   .kernel = time_difference, .help = "difference as a day-time interval",
   .example = "DATE '2024-01-05' + (DATE '2024-01-02' - DATE '2024-01-01') DAY = DATE '2024-01-06'"},
};
RN_FUNCTION_SET(rn_set_row, "Rows and differences", rows);
