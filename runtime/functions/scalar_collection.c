/* ARRAY[..], MAP[..], x[i], CARDINALITY, ELEMENT (DIALECT 8.6). The constructors write the values of all rows of the
 * batch side by side: one growth of the children per batch. */
#include "runtime/functions/scalar.h"
#include "runtime/collection.h"

KERNEL(array_of) {
  rn_column *child = &out->children[0];
  uint32_t at = rn_column_append(child, sel->count * arg_count, eval->arena);
  rn_list *lists = out->data;
  FOR_ROWS(row) {
    lists[row] = (rn_list){at, arg_count};
    for (uint32_t k = 0; k < arg_count; k++) rn_column_copy_value(child, at++, args[k], AT(k, row), child->capacity, eval->arena);
  }
  return RN_OK;
}

/* A key that comes twice has its last value. */
KERNEL(map_of) {
  FOR_ROWS(row) {
    rn_items_open(out, row);
    uint32_t at = rn_items_extend(out, row, arg_count / 2, eval->arena);
    for (uint32_t k = 0; k < arg_count; k++) {
      rn_column *child = &out->children[k % 2];
      rn_column_copy_value(child, at + k / 2, args[k], AT(k, row), child->capacity, eval->arena);
    }
    rn_items_unique(out, row, eval->arena);
  }
  return RN_OK;
}

/* The binder makes the types of these: they take more arguments than calls by name. */
static rn_status by_binder(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  (void)fn, (void)types, (void)count, (void)arena, (void)out;
  return RN_FAIL;
}

/* --- elements ------------------------------------------------------------------------------------------------------- */

/* out[row] = the value of a child: text is shared, the list outlives the result. */
static void take(rn_eval *eval, rn_column *out, uint32_t row, const rn_column *child, uint32_t child_row) {
  if (rn_type_physical(out->type) == RN_P_STR && rn_is_valid(child, child_row)) {
    ((rn_str *)out->data)[row] = ((const rn_str *)child->data)[child_row];
    if (out->valid) rn_set_valid(out, row);
  } else {
    rn_column_copy_value(out, row, child, child_row, eval->rows, eval->arena);
  }
}

static void take_none(rn_eval *eval, rn_column *out, uint32_t row) {
  rn_column none = {.type = rn_type_basic(RN_T_NULL, true), .valid = &(uint64_t){0}, .constant = true};
  rn_column_copy_value(out, row, &none, 0, eval->rows, eval->arena);
}

KERNEL(item_of_array) {
  (void)arg_count;
  const rn_column *child = &args[0]->children[0];
  FOR_ROWS(row) {
    rn_list list = rn_items_at(args[0], row);
    int32_t index = I32(1, row);
    if (index >= 1 && (uint32_t)index <= list.length) take(eval, out, row, child, list.offset + (uint32_t)index - 1);
    else take_none(eval, out, row);
  }
  return RN_OK;
}

/* An integer key of another width than the map's: compared as it is, since narrowing would change it. */
static int64_t find_integer(const rn_column *map, uint32_t row, int64_t key) {
  rn_list list = rn_items_at(map, row);
  const rn_column *keys = &map->children[0];
  for (uint32_t i = list.offset; i < list.offset + list.length; i++) {
    if (rn_is_valid(keys, i) && integer_at(keys, i) == key) return i;
  }
  return -1;
}

KERNEL(item_of_map) {
  (void)arg_count;
  bool other_width = rn_type_is_integer(args[1]->type) && args[1]->type->id != args[0]->children[0].type->id;
  FOR_ROWS(row) {
    int64_t at = other_width ? find_integer(args[0], row, integer_at(args[1], row)) : rn_items_find(args[0], row, args[1], AT(1, row));
    if (at >= 0) take(eval, out, row, &args[0]->children[1], (uint32_t)at);
    else take_none(eval, out, row);
  }
  return RN_OK;
}

static rn_status resolve_item(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  (void)count;
  const rn_type *item = types[0]->children[types[0]->id == RN_T_MAP];
  out->result = rn_type_with_null(arena, item, true);
  out->kernel = fn->kernel;
  return RN_OK;
}

KERNEL(cardinality) {
  UNUSED_EVAL;
  FOR_ROWS(row) put_i32(out, row, (int32_t)rn_items_at(args[0], row).length);
  return RN_OK;
}

/* Every element as often as it is there. */
KERNEL(multiset_cardinality) {
  UNUSED_EVAL;
  const int32_t *counts = args[0]->children[1].data;
  FOR_ROWS(row) {
    rn_list list = rn_items_at(args[0], row);
    int64_t total = 0;
    for (uint32_t i = list.offset; i < list.offset + list.length; i++) total += counts[i];
    put_i32(out, row, total > INT32_MAX ? INT32_MAX : (int32_t)total);
  }
  return RN_OK;
}
static rn_status resolve_multiset_cardinality(const rn_function *fn, const rn_type *const *types, uint32_t count,
                                              rn_arena *arena, rn_resolution *out) {
  (void)count, (void)arena;
  if (types[0]->id != RN_T_MULTISET) return RN_FAIL;
  out->result = rn_type_basic(RN_T_INT, false);
  out->kernel = fn->kernel;
  return RN_OK;
}

/* The only element; NULL when there is none. Not STRICT, since its type is that of the elements. */
KERNEL(element) {
  (void)arg_count;
  FOR_ROWS(row) {
    rn_list list = rn_is_null(args[0], AT(0, row)) ? (rn_list){0, 0} : rn_items_at(args[0], row);
    if (list.length > 1) return rn_eval_fail(eval, row, RN_E_VALUE, "ELEMENT needs an ARRAY of one element, got %u", list.length);
    if (list.length) take(eval, out, row, &args[0]->children[0], list.offset);
    else take_none(eval, out, row);
  }
  return RN_OK;
}

static rn_status resolve_element(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  (void)count;
  const rn_type *item = types[0]->children[0];
  out->result = rn_type_with_null(arena, item, item->nullable || types[0]->nullable);
  out->kernel = fn->kernel;
  return RN_OK;
}

static const rn_function rows[] = {
  {.name = "ARRAY", .signature = "ARRAY[a, ..] -> ARRAY", .min_args = 1, .max_args = 255, .flags = RN_FN_OPERATOR | RN_FN_VARIADIC,
   .classes = {RN_ARG_SAME}, .resolve = by_binder, .kernel = array_of, .help = "an array of values of one type", .example = "ARRAY[1, 2][1] = 1"},
  {.name = "MAP", .signature = "MAP[k, v, ..] -> MAP", .min_args = 2, .max_args = 255, .flags = RN_FN_OPERATOR | RN_FN_VARIADIC,
   .classes = {RN_ARG_ANY}, .resolve = by_binder, .kernel = map_of, .help = "a map of keys to values; a key given twice has its last value",
   .example = "MAP['a', 1, 'b', 2]['b'] = 2"},
  {.name = "ITEM", .signature = "array[i]", .min_args = 2, .max_args = 2, .flags = RN_FN_OPERATOR | RN_FN_STRICT | RN_FN_NULL_RESULT,
   .classes = {RN_ARG_ARRAY, RN_ARG_INT}, .resolve = resolve_item, .kernel = item_of_array,
   .help = "the i-th element, from 1 on; NULL past the end", .example = "ARRAY['a', 'b'][2] = 'b'"},
  {.name = "ITEM", .signature = "map[key]", .min_args = 2, .max_args = 2, .flags = RN_FN_OPERATOR | RN_FN_STRICT | RN_FN_NULL_RESULT,
   .classes = {RN_ARG_MAP, RN_ARG_ANY}, .resolve = resolve_item, .kernel = item_of_map,
   .help = "the value of a key; NULL when it is not there", .example = "MAP['a', 1]['b'] IS NULL"},
  {.name = "CARDINALITY", .signature = "CARDINALITY(x ARRAY) -> INT", .min_args = 1, .max_args = 1, .flags = RN_FN_STRICT,
   .classes = {RN_ARG_ARRAY}, .kernel = cardinality, .result = RN_T_INT, .help = "how many elements", .example = "CARDINALITY(ARRAY[1, 2]) = 2"},
  {.name = "CARDINALITY", .signature = "CARDINALITY(x MAP) -> INT", .min_args = 1, .max_args = 1, .flags = RN_FN_STRICT,
   .classes = {RN_ARG_MAP}, .kernel = cardinality, .result = RN_T_INT, .help = "how many entries", .example = "CARDINALITY(MAP['a', 1]) = 1"},
  {.name = "CARDINALITY", .signature = "CARDINALITY(x MULTISET) -> INT", .min_args = 1, .max_args = 1, .flags = RN_FN_STRICT,
   .classes = {RN_ARG_ANY}, .resolve = resolve_multiset_cardinality, .kernel = multiset_cardinality,
   .help = "how many elements, each as often as it is there",
   .example = "CARDINALITY(CAST(NULL AS MULTISET<INT>)) IS NULL"},
  {.name = "ELEMENT", .signature = "ELEMENT(x ARRAY)", .min_args = 1, .max_args = 1, .flags = RN_FN_MAY_FAIL,
   .classes = {RN_ARG_ARRAY}, .resolve = resolve_element, .kernel = element,
   .help = "the only element; NULL when there is none, an error when there are more", .example = "ELEMENT(ARRAY[7]) = 7"},
};
RN_FUNCTION_SET(rn_set_collection, "Collections", rows);
