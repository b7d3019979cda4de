/* Tests of truth and NULL, NOT, IN. AND and OR are no functions: the program narrows the selection. */
#include <stdlib.h>

#include "base/alloc.h"
#include "runtime/functions/scalar.h"

RN_VECTORISE

KERNEL(logical_not) {
  UNUSED_EVAL;
  UNARY_LOOP(uint8_t, uint8_t, !x);
  return RN_OK;
}

static inline rn_status null_test(const rn_column *const *args, rn_column *out, const rn_sel *sel, bool want_null) {
  bool typed = args[0]->type->id != RN_T_NULL;
  FOR_ROWS(row) put_bool(out, row, (!typed || rn_is_null(args[0], AT(0, row))) == want_null);
  return RN_OK;
}
KERNEL(is_null) { UNUSED_EVAL; return null_test(args, out, sel, true); }
KERNEL(is_not_null) { UNUSED_EVAL; return null_test(args, out, sel, false); }

/* IS TRUE, IS FALSE: never NULL. */
static inline rn_status truth_test(const rn_column *const *args, rn_column *out, const rn_sel *sel, bool value, bool want) {
  const uint8_t *a = args[0]->data;
  FOR_ROWS(row) {
    uint32_t at = AT(0, row);
    bool is = rn_is_valid(args[0], at) && (a[at] != 0) == value;
    put_bool(out, row, is == want);
  }
  return RN_OK;
}
KERNEL(is_true) { UNUSED_EVAL; return truth_test(args, out, sel, true, true); }
KERNEL(is_not_true) { UNUSED_EVAL; return truth_test(args, out, sel, true, false); }
KERNEL(is_false) { UNUSED_EVAL; return truth_test(args, out, sel, false, true); }
KERNEL(is_not_false) { UNUSED_EVAL; return truth_test(args, out, sel, false, false); }

/* --- IN (constants) ------------------------------------------------------------------------------------------------- */

/* The constants sorted, so that a look-up is a binary search; NULL: the list holds no constants (compared
 * one by one). Few values are the rule: up to 8 are searched in order. */
typedef struct in_list {
  rn_arena arena;
  bool has_null;
  uint32_t count;
  rn_physical physical;
  int64_t *integers; /* fixed width up to 64 bits */
  rn_str *texts;
} in_list;

static int by_integer(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}
static int by_text(const void *a, const void *b) { return rn_str_compare(a, b); }

static rn_status prepare_in(const rn_value *const *values, uint32_t count, void **state, rn_error *err) {
  (void)err;
  *state = NULL;
  if (count < 2) return RN_OK;
  const rn_type *type = NULL;
  for (uint32_t i = 1; i < count; i++) {
    if (!values[i]) return RN_OK;
    if (!values[i]->is_null) type = values[i]->type;
  }
  if (!type) return RN_OK;
  rn_physical physical = rn_type_physical(type);
  bool text = physical == RN_P_STR;
  bool integer = physical == RN_P_BOOL || (physical >= RN_P_I8 && physical <= RN_P_I64);
  if (!text && !integer) return RN_OK;
  in_list *list = rn_calloc(1, sizeof *list);
  list->physical = physical;
  list->integers = RN_NEW_N(&list->arena, int64_t, count);
  list->texts = RN_NEW_N(&list->arena, rn_str, count);
  for (uint32_t i = 1; i < count; i++) {
    const rn_value *v = values[i];
    if (v->is_null) list->has_null = true;
    else if (text) list->texts[list->count++] = rn_str_copy(&list->arena, rn_str_make(v->u.text.ptr ? v->u.text.ptr : "", v->u.text.len));
    else list->integers[list->count++] = v->u.i;
  }
  if (text) qsort(list->texts, list->count, sizeof *list->texts, by_text);
  else qsort(list->integers, list->count, sizeof *list->integers, by_integer);
  *state = list;
  return RN_OK;
}

static void free_in(void *state) {
  in_list *list = state;
  rn_arena_free(&list->arena);
  rn_free(list);
}

static bool in_integers(const in_list *list, int64_t v) {
  if (list->count <= 8) {
    for (uint32_t i = 0; i < list->count; i++) {
      if (list->integers[i] == v) return true;
    }
    return false;
  }
  return bsearch(&v, list->integers, list->count, sizeof v, by_integer) != NULL;
}
static bool in_texts(const in_list *list, const rn_str *v) {
  if (list->count <= 8) {
    for (uint32_t i = 0; i < list->count; i++) {
      if (rn_str_eq(&list->texts[i], v)) return true;
    }
    return false;
  }
  return bsearch(v, list->texts, list->count, sizeof *v, by_text) != NULL;
}

KERNEL(in_any) {
  const in_list *list = eval->call_state;
  const rn_column *x = args[0];
  FOR_ROWS(row) {
    uint32_t at = AT(0, row);
    if (x->type->id == RN_T_NULL || rn_is_null(x, at)) {
      put_bool(out, row, false);
      put_null(eval, out, row);
      continue;
    }
    bool found = false, null = false;
    if (list) {
      null = list->has_null;
      found = list->physical == RN_P_STR ? in_texts(list, (const rn_str *)x->data + at) : in_integers(list, integer_at(x, at));
    } else {
      for (uint32_t i = 1; i < arg_count && !found; i++) {
        bool is_null = args[i]->type->id == RN_T_NULL || rn_is_null(args[i], AT(i, row));
        null = null || is_null;
        found = !is_null && rn_column_compare(x, at, args[i], row) == 0;
      }
    }
    put_bool(out, row, found);
    if (!found && null) put_null(eval, out, row);
    else if (out->valid) rn_set_valid(out, row);
  }
  return RN_OK;
}

static rn_status resolve_in(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena,
                            rn_resolution *out) {
  (void)arena;
  bool nullable = false;
  for (uint32_t i = 0; i < count; i++) nullable = nullable || types[i]->nullable;
  out->result = rn_type_basic(RN_T_BOOLEAN, nullable);
  out->kernel = fn->kernel;
  return RN_OK;
}

#define TEST(n, k, c, h, e)                                                                                       \
  {.name = n, .signature = "x " n, .min_args = 1, .max_args = 1, .flags = RN_FN_OPERATOR,                           \
   .classes = {c}, .kernel = k, .result = RN_T_BOOLEAN, .help = h, .example = e}
static const rn_function rows[] = {
  {.name = "NOT", .signature = "NOT x", .min_args = 1, .max_args = 1, .flags = RN_FN_STRICT | RN_FN_OPERATOR | RN_FN_TOTAL,
   .classes = {RN_ARG_BOOLEAN}, .kernel = logical_not, .result = RN_T_BOOLEAN, .help = "the opposite; NULL stays NULL",
   .example = "(NOT TRUE) = FALSE"},
  TEST("IS NULL", is_null, RN_ARG_ANY, "TRUE for NULL", "(1 IS NULL) = FALSE"),
  TEST("IS NOT NULL", is_not_null, RN_ARG_ANY, "FALSE for NULL", "(1 IS NOT NULL) = TRUE"),
  TEST("IS TRUE", is_true, RN_ARG_BOOLEAN, "TRUE only for TRUE", "(1 = 1 IS TRUE) = TRUE"),
  TEST("IS NOT TRUE", is_not_true, RN_ARG_BOOLEAN, "FALSE only for TRUE", "(1 = 1 IS NOT TRUE) = FALSE"),
  TEST("IS FALSE", is_false, RN_ARG_BOOLEAN, "TRUE only for FALSE", "(1 = 1 IS FALSE) = FALSE"),
  TEST("IS NOT FALSE", is_not_false, RN_ARG_BOOLEAN, "FALSE only for FALSE", "(1 = 1 IS NOT FALSE) = TRUE"),
  TEST("IS UNKNOWN", is_null, RN_ARG_BOOLEAN, "TRUE for a BOOLEAN that is NULL", "(1 = 1 IS UNKNOWN) = FALSE"),
  TEST("IS NOT UNKNOWN", is_not_null, RN_ARG_BOOLEAN, "FALSE for a BOOLEAN that is NULL", "(1 = 1 IS NOT UNKNOWN) = TRUE"),
  {.name = "IN", .signature = "x IN (a, b, ..)", .min_args = 2, .max_args = 255, .flags = RN_FN_OPERATOR | RN_FN_VARIADIC,
   .classes = {RN_ARG_SAME, RN_ARG_SAME}, .resolve = resolve_in, .kernel = in_any, .prepare = prepare_in, .free_state = free_in,
   .help = "TRUE when x equals one of the values; UNKNOWN when it equals none and one is NULL", .example = "(2 IN (1, 2)) = TRUE"},
};
RN_FUNCTION_SET(rn_set_logic, "Logic", rows);
