/* Functions of MAP (DIALECT 8.6). MAP_KEYS, MAP_VALUES and MAP_ENTRIES share the entries of their argument. */
#include "runtime/functions/list_set.h"

static inline void put_list(rn_column *out, uint32_t row, uint32_t offset, uint32_t length) {
  ((rn_list *)out->data)[row] = (rn_list){offset, length};
}

/* --- parts ----------------------------------------------------------------------------------------------------------- */

static void share(rn_column *to, const rn_column *from) {
  const rn_type *type = to->type;
  *to = *from;
  to->type = type;
}

static inline rn_status part(const rn_column *const *args, rn_column *out, const rn_sel *sel, uint32_t child) {
  share(&out->children[0], &args[0]->children[child]);
  FOR_ROWS(row) ((rn_list *)out->data)[row] = rn_items_at(args[0], row);
  return RN_OK;
}
KERNEL(map_keys) { UNUSED_EVAL; return part(args, out, sel, 0); }
KERNEL(map_values) { UNUSED_EVAL; return part(args, out, sel, 1); }
KERNEL(map_entries) {
  UNUSED_EVAL;
  rn_column *entry = &out->children[0];
  for (uint32_t i = 0; i < 2; i++) share(&entry->children[i], &args[0]->children[i]);
  entry->capacity = entry->children[0].capacity;
  entry->used = entry->children[0].used;
  FOR_ROWS(row) ((rn_list *)out->data)[row] = rn_items_at(args[0], row);
  return RN_OK;
}

static rn_status resolve_part(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  (void)count;
  static const char *const names[] = {"key", "value"};
  if (types[0]->id != RN_T_MAP) return RN_FAIL;
  const rn_type *element = fn->kernel == map_keys     ? types[0]->children[0]
                           : fn->kernel == map_values ? types[0]->children[1]
                                                      : rn_type_row(arena, 2, names, types[0]->children, true);
  out->result = rn_type_array(arena, element, false);
  out->kernel = fn->kernel;
  return RN_OK;
}

/* --- made of others --------------------------------------------------------------------------------------------------- */

/* Entries [list] of (keys, values) behind those the map at `row` has since `at`; a key that is there gets the value. */
static void add_entries(rn_eval *eval, rn_column *out, rn_element_set *set, uint32_t at, const rn_column *keys, rn_list list,
                        const rn_column *values, uint32_t first_value) {
  for (uint32_t i = 0; i < list.length; i++) {
    uint32_t key = list.offset + i, value = first_value + i;
    bool is_new;
    uint32_t *entry = rn_element_set_put(set, keys, key, out->children[0].used - at, &is_new);
    if (is_new) {
      rn_elements_pick(eval, &out->children[0], keys, &key, 0, 1);
      rn_elements_pick(eval, &out->children[1], values, &value, 0, 1);
    } else {
      rn_column *to = &out->children[1];
      rn_column_copy_value(to, at + *entry, values, value, to->capacity, eval->arena);
    }
  }
}

KERNEL(map_from_arrays) {
  (void)arg_count;
  rn_element_set set = {0};
  rn_element_set_reserve(eval, &set, rn_list_longest(args[0], sel));
  FOR_ROWS(row) {
    rn_list keys = rn_items_at(args[0], row), values = rn_items_at(args[1], row);
    if (keys.length != values.length)
      return rn_eval_fail(eval, row, RN_E_VALUE, "MAP_FROM_ARRAYS: %u keys, but %u values", keys.length, values.length);
    uint32_t at = out->children[0].used;
    rn_element_set_clear(&set);
    add_entries(eval, out, &set, at, &args[0]->children[0], keys, &args[1]->children[0], values.offset);
    put_list(out, row, at, out->children[0].used - at);
  }
  return RN_OK;
}
static rn_status resolve_from_arrays(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  (void)count;
  if (types[0]->id != RN_T_ARRAY || types[1]->id != RN_T_ARRAY) return RN_FAIL;
  out->result = rn_type_map(arena, types[0]->children[0], types[1]->children[0], false);
  out->kernel = fn->kernel;
  return RN_OK;
}

KERNEL(map_union) {
  uint32_t most = 0;
  for (uint32_t k = 0; k < arg_count; k++) most += rn_list_longest(args[k], sel);
  rn_element_set set = {0};
  rn_element_set_reserve(eval, &set, most);
  FOR_ROWS(row) {
    uint32_t at = out->children[0].used;
    rn_element_set_clear(&set);
    for (uint32_t k = 0; k < arg_count; k++) {
      rn_list list = rn_items_at(args[k], row);
      add_entries(eval, out, &set, at, &args[k]->children[0], list, &args[k]->children[1], list.offset);
    }
    put_list(out, row, at, out->children[0].used - at);
  }
  return RN_OK;
}
static rn_status resolve_union(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  const rn_type *common = types[0];
  for (uint32_t i = 0; i < count; i++) {
    if (types[i]->id != RN_T_MAP) return RN_FAIL;
    common = rn_type_common(arena, common, types[i]);
    if (!common) return RN_FAIL;
  }
  for (uint32_t i = 0; i < count; i++) out->arg_types[i] = rn_type_with_null(arena, common, types[i]->nullable);
  out->result = common;
  out->kernel = fn->kernel;
  return RN_OK;
}

#define FN(n, sig, lo, hi, f, res, k, h, e, ...)                                                                          \
  {.name = n, .signature = n sig, .min_args = lo, .max_args = hi, .flags = RN_FN_STRICT | (f), .classes = {__VA_ARGS__},   \
   .resolve = res, .kernel = k, .help = h, .example = e}
static const rn_function rows[] = {
  FN("MAP_ENTRIES", "(m MAP<K, V>) -> ARRAY<ROW<key K, value V>>", 1, 1, 0, resolve_part, map_entries, "the entries as rows", "MAP_ENTRIES(MAP['a', 1])[1].`value` = 1", RN_ARG_MAP),
  FN("MAP_FROM_ARRAYS", "(keys ARRAY<K>, values ARRAY<V>) -> MAP<K, V>", 2, 2, RN_FN_MAY_FAIL, resolve_from_arrays, map_from_arrays, "a map of keys and values, which must be as many", "MAP_FROM_ARRAYS(ARRAY['a', 'b'], ARRAY[1, 2])['b'] = 2", RN_ARG_ARRAY, RN_ARG_ARRAY),
  FN("MAP_KEYS", "(m MAP<K, V>) -> ARRAY<K>", 1, 1, 0, resolve_part, map_keys, "the keys", "MAP_KEYS(MAP['a', 1, 'b', 2]) = ARRAY['a', 'b']", RN_ARG_MAP),
  FN("MAP_UNION", "(m MAP<K, V>, ..) -> MAP<K, V>", 1, 255, RN_FN_VARIADIC, resolve_union, map_union, "the entries of all; of a key that comes twice, the last", "MAP_UNION(MAP['a', 1], MAP['a', 2])['a'] = 2", RN_ARG_MAP),
  FN("MAP_VALUES", "(m MAP<K, V>) -> ARRAY<V>", 1, 1, 0, resolve_part, map_values, "the values", "MAP_VALUES(MAP['a', 1, 'b', 2]) = ARRAY[1, 2]", RN_ARG_MAP),
};
RN_FUNCTION_SET(rn_set_map, "Maps", rows);
