/* Choices and identities: IF, IFNULL, NULLIF, GREATEST, LEAST, UUID (DIALECT 8.1, 8.5).
 * IF and IFNULL have no kernel: the program narrows the selection, so only what is chosen is evaluated. */
#include <stdio.h>

#include "runtime/functions/scalar.h"

static rn_status resolve_if(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  (void)fn, (void)count;
  const rn_type *common = rn_type_common(arena, types[1], types[2]);
  if (!common || common->id == RN_T_NULL) return RN_FAIL;
  out->arg_types[1] = rn_type_with_null(arena, common, types[1]->nullable);
  out->arg_types[2] = rn_type_with_null(arena, common, types[2]->nullable);
  out->result = common;
  return RN_OK;
}

static rn_status resolve_ifnull(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  (void)fn, (void)count;
  const rn_type *common = rn_type_common(arena, types[0], types[1]);
  if (!common || common->id == RN_T_NULL) return RN_FAIL;
  out->result = rn_type_with_null(arena, common, types[0]->nullable && types[1]->nullable);
  return RN_OK;
}

/* a where it is not equal to b. */
KERNEL(nullif) {
  (void)arg_count;
  rn_column_move(eval, out, args[0], sel);
  FOR_ROWS(row) {
    if (rn_is_null(args[0], AT(0, row)) || args[1]->type->id == RN_T_NULL || rn_is_null(args[1], AT(1, row))) continue;
    if (rn_column_compare(args[0], row, args[1], row) == 0) put_null(eval, out, row);
  }
  return RN_OK;
}
static rn_status resolve_nullif(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  (void)count;
  const rn_type *common = rn_type_common(arena, types[0], types[1]);
  if (!common || common->id == RN_T_NULL) return RN_FAIL;
  out->arg_types[0] = rn_type_with_null(arena, common, types[0]->nullable);
  out->arg_types[1] = rn_type_with_null(arena, common, types[1]->nullable);
  out->result = rn_type_with_null(arena, common, true);
  out->kernel = fn->kernel;
  return RN_OK;
}

static rn_status resolve_extreme(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  if (types[0]->child_count || !rn_type_is_ordered(types[0])) return RN_FAIL; /* rows and arrays have none here */
  return rn_resolve_first(fn, types, count, arena, out);
}

static inline rn_status extreme(rn_eval *eval, const rn_column *const *args, uint32_t arg_count, rn_column *out, const rn_sel *sel, int sign) {
  (void)eval;
  size_t width = rn_physical_width(rn_type_physical(out->type));
  FOR_ROWS(row) {
    uint32_t best = 0;
    for (uint32_t k = 1; k < arg_count; k++) {
      if (sign * rn_column_compare(args[k], row, args[best], row) > 0) best = k;
    }
    memcpy((char *)out->data + width * row, (const char *)args[best]->data + width * AT(best, row), width);
  }
  return RN_OK;
}
KERNEL(greatest) { return extreme(eval, args, arg_count, out, sel, 1); }
KERNEL(least) { return extreme(eval, args, arg_count, out, sel, -1); }

/* Random UUID of version 4 from the task's generator. */
KERNEL(uuid) {
  (void)args, (void)arg_count;
  uint64_t local = (uint64_t)eval->now_us ^ (uint64_t)(uintptr_t)out;
  uint64_t *state = eval->random_state ? eval->random_state : &local;
  FOR_ROWS(row) {
    uint64_t words[2];
    for (int i = 0; i < 2; i++) {
      uint64_t z = (*state += 0x9e3779b97f4a7c15u);
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
      z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
      words[i] = z ^ (z >> 31);
    }
    words[0] = (words[0] & 0xffffffffffff0fffu) | 0x4000;
    words[1] = (words[1] & 0x3fffffffffffffffu) | 0x8000000000000000u;
    char *room = text_room(eval, 40);
    snprintf(room, 40, "%08llx-%04llx-%04llx-%04llx-%012llx", (unsigned long long)(words[0] >> 32), (unsigned long long)(words[0] >> 16 & 0xffff),
             (unsigned long long)(words[0] & 0xffff), (unsigned long long)(words[1] >> 48), (unsigned long long)(words[1] & 0xffffffffffff));
    put_str(out, row, room, 36);
  }
  return RN_OK;
}
static rn_status resolve_uuid(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  (void)types, (void)count;
  out->result = rn_type_sized(arena, RN_T_CHAR, 36, false);
  out->kernel = fn->kernel;
  return RN_OK;
}

/* Forms that the binder makes something else of (planner/bind_case.c): the row is for SHOW FUNCTIONS and help. */
static rn_status resolve_form(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  (void)fn, (void)types, (void)count, (void)arena, (void)out;
  return RN_FAIL;
}

static const rn_function rows[] = {
  {.name = "COALESCE", .signature = "COALESCE(a, ..)", .min_args = 1, .max_args = 255, .flags = RN_FN_VARIADIC, .classes = {RN_ARG_SAME},
   .resolve = resolve_form, .help = "the first that is not NULL; those behind it are not evaluated", .example = "COALESCE(CAST(NULL AS INT), 5, 1 / 0) = 5"},
  {.name = "TYPEOF", .signature = "TYPEOF(x [, serializable BOOLEAN]) -> STRING", .min_args = 1, .max_args = 2, .classes = {RN_ARG_ANY, RN_ARG_BOOLEAN},
   .resolve = resolve_form, .help = "the type of x", .example = "TYPEOF(CAST(1 AS BIGINT)) = 'BIGINT NOT NULL'"},
  {.name = "CURRENT_DATABASE", .signature = "CURRENT_DATABASE() -> STRING", .resolve = resolve_form, .help = "the database that names without one are in",
   .example = "CURRENT_DATABASE() = 'default_database'"},
  {.name = "IF", .signature = "IF(condition BOOLEAN, a, b)", .min_args = 3, .max_args = 3, .flags = RN_FN_LAZY, .classes = {RN_ARG_BOOLEAN, RN_ARG_ANY, RN_ARG_ANY},
   .resolve = resolve_if, .help = "a where the condition is TRUE, else b; only that one is evaluated", .example = "IF(1 < 2, 'a', 'b') = 'a'"},
  {.name = "IFNULL", .signature = "IFNULL(a, b)", .min_args = 2, .max_args = 2, .flags = RN_FN_LAZY, .classes = {RN_ARG_SAME, RN_ARG_SAME},
   .resolve = resolve_ifnull, .help = "b where a is NULL", .example = "IFNULL(CAST(NULL AS INT), 5) = 5"},
  {.name = "NULLIF", .signature = "NULLIF(a, b)", .min_args = 2, .max_args = 2, .classes = {RN_ARG_ANY, RN_ARG_ANY},
   .resolve = resolve_nullif, .kernel = nullif, .help = "NULL where a equals b, else a", .example = "NULLIF(5, 0) = 5"},
  {.name = "GREATEST", .signature = "GREATEST(a, ..)", .min_args = 1, .max_args = 255, .flags = RN_FN_STRICT | RN_FN_VARIADIC, .classes = {RN_ARG_SAME},
   .resolve = resolve_extreme, .kernel = greatest, .help = "the largest; NULL when one is", .example = "GREATEST(1, 3, 2) = 3"},
  {.name = "LEAST", .signature = "LEAST(a, ..)", .min_args = 1, .max_args = 255, .flags = RN_FN_STRICT | RN_FN_VARIADIC, .classes = {RN_ARG_SAME},
   .resolve = resolve_extreme, .kernel = least, .help = "the smallest; NULL when one is", .example = "LEAST(3, 1, 2) = 1"},
  {.name = "UUID", .signature = "UUID() -> CHAR(36)", .flags = RN_FN_VOLATILE, .resolve = resolve_uuid, .kernel = uuid,
   .help = "a random UUID", .example = "CHAR_LENGTH(UUID()) = 36"},
};
RN_FUNCTION_SET(rn_set_conditional, "Conditional functions", rows);
