/* Functions of ARRAY (DIALECT 8.6). Elements are picked in bulk out of the arguments; what only names a part of an
 * argument (ARRAY_SLICE) shares its elements. DISTINCT, UNION, EXCEPT and INTERSECT use a hash set per kernel call. */
#include "runtime/functions/list_set.h"

/* --- types --------------------------------------------------------------------------------------------------------- */

static rn_status resolve_same(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  if (types[0]->id != RN_T_ARRAY) return RN_FAIL;
  return rn_resolve_first(fn, types, count, arena, out);
}

/* What has an order that sorting and extremes may use. */
static bool has_order(const rn_type *t) {
  return t->id != RN_T_BOOLEAN && t->id != RN_T_NULL && !rn_type_is_interval(t) && !t->child_count && rn_type_is_ordered(t);
}

static rn_status resolve_sort(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  if (types[0]->id != RN_T_ARRAY || !has_order(types[0]->children[0])) return RN_FAIL;
  return rn_resolve_first(fn, types, count, arena, out);
}

static rn_status resolve_extreme(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  (void)count;
  if (types[0]->id != RN_T_ARRAY || !has_order(types[0]->children[0])) return RN_FAIL;
  out->result = rn_type_with_null(arena, types[0]->children[0], true);
  out->kernel = fn->kernel;
  return RN_OK;
}

/* The second argument becomes an element of the first one. */
static bool take_element(const rn_type *const *types, rn_arena *arena, rn_resolution *out) {
  if (types[0]->id != RN_T_ARRAY || !rn_cast_is_implicit(types[1], types[0]->children[0])) return false;
  out->arg_types[1] = rn_type_with_null(arena, types[0]->children[0], types[1]->nullable);
  return true;
}

static rn_status resolve_added(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  (void)count;
  if (!take_element(types, arena, out)) return RN_FAIL;
  const rn_type *element = types[0]->children[0];
  element = rn_type_with_null(arena, element, element->nullable || types[1]->nullable);
  out->result = rn_type_array(arena, element, types[0]->nullable || types[1]->nullable); /* as Flink types it */
  out->kernel = fn->kernel;
  return RN_OK;
}
static rn_status resolve_removed(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  if (!take_element(types, arena, out)) return RN_FAIL;
  return rn_resolve_first(fn, types, count, arena, out);
}
static rn_status resolve_sought(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  (void)count;
  if (!take_element(types, arena, out)) return RN_FAIL;
  out->result = rn_type_basic((rn_type_id)fn->result, types[0]->nullable);
  out->kernel = fn->kernel;
  return RN_OK;
}

/* All arguments become arrays of one type. */
static rn_status resolve_common(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  const rn_type *common = types[0];
  for (uint32_t i = 0; i < count; i++) {
    if (types[i]->id != RN_T_ARRAY) return RN_FAIL;
    common = rn_type_common(arena, common, types[i]);
    if (!common) return RN_FAIL;
  }
  for (uint32_t i = 0; i < count; i++) out->arg_types[i] = rn_type_with_null(arena, common, types[i]->nullable);
  out->result = common;
  out->kernel = fn->kernel;
  return RN_OK;
}

static rn_status resolve_join(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  (void)count, (void)arena;
  if (types[0]->id != RN_T_ARRAY || !rn_type_is_string(types[0]->children[0])) return RN_FAIL;
  out->result = rn_type_basic(RN_T_VARCHAR, false);
  out->kernel = fn->kernel;
  return RN_OK;
}

/* --- elements moved, added, removed ------------------------------------------------------------------------------------ */

static inline void put_list(rn_column *out, uint32_t row, uint32_t offset, uint32_t length) {
  ((rn_list *)out->data)[row] = (rn_list){offset, length};
}
static inline uint32_t *room_for(rn_eval *eval, uint32_t count) { return rn_arena_alloc(eval->arena, sizeof(uint32_t) * (count + 1)); }

static inline rn_status added(rn_eval *eval, const rn_column *const *args, rn_column *out, const rn_sel *sel, bool in_front) {
  rn_column *child = &out->children[0];
  const rn_column *from = &args[0]->children[0];
  FOR_ROWS(row) {
    put_list(out, row, 0, 0);
    if (rn_is_null(args[0], AT(0, row))) {
      put_null(eval, out, row);
      continue;
    }
    rn_list list = rn_items_at(args[0], row);
    uint32_t element = AT(1, row), at = child->used;
    if (in_front) rn_elements_pick(eval, child, args[1], &element, 0, 1);
    rn_elements_pick(eval, child, from, NULL, list.offset, list.length);
    if (!in_front) rn_elements_pick(eval, child, args[1], &element, 0, 1);
    put_list(out, row, at, list.length + 1);
  }
  return RN_OK;
}
KERNEL(array_append) { (void)arg_count; return added(eval, args, out, sel, false); }
KERNEL(array_prepend) { (void)arg_count; return added(eval, args, out, sel, true); }

KERNEL(array_concat) {
  rn_column *child = &out->children[0];
  FOR_ROWS(row) {
    uint32_t at = child->used;
    for (uint32_t k = 0; k < arg_count; k++) {
      rn_list list = rn_items_at(args[k], row);
      rn_elements_pick(eval, child, &args[k]->children[0], NULL, list.offset, list.length);
    }
    put_list(out, row, at, child->used - at);
  }
  return RN_OK;
}

KERNEL(array_remove) {
  (void)arg_count;
  const rn_column *from = &args[0]->children[0];
  uint32_t *picks = room_for(eval, rn_list_longest(args[0], sel));
  FOR_ROWS(row) {
    put_list(out, row, 0, 0);
    if (rn_is_null(args[0], AT(0, row))) {
      put_null(eval, out, row);
      continue;
    }
    rn_list list = rn_items_at(args[0], row);
    uint32_t count = 0;
    for (uint32_t i = list.offset; i < list.offset + list.length; i++) {
      picks[count] = i;
      count += !rn_elements_equal(args[1], row, from, i);
    }
    put_list(out, row, rn_elements_pick(eval, &out->children[0], from, picks, 0, count), count);
  }
  return RN_OK;
}

KERNEL(array_reverse) {
  (void)arg_count;
  uint32_t *picks = room_for(eval, rn_list_longest(args[0], sel));
  FOR_ROWS(row) {
    rn_list list = rn_items_at(args[0], row);
    for (uint32_t i = 0; i < list.length; i++) picks[i] = list.offset + list.length - 1 - i;
    put_list(out, row, rn_elements_pick(eval, &out->children[0], &args[0]->children[0], picks, 0, list.length), list.length);
  }
  return RN_OK;
}

/* A position from 1; negative ones count from the end; what lies in front is the first. */
static int64_t position(int32_t given, uint32_t length) {
  int64_t at = given < 0 ? (int64_t)given + length + 1 : given;
  return at < 1 ? 1 : at;
}

KERNEL(array_slice) {
  (void)eval;
  const rn_type *type = out->children[0].type;
  out->children[0] = args[0]->children[0]; /* shared */
  out->children[0].type = type;
  FOR_ROWS(row) {
    rn_list list = rn_items_at(args[0], row);
    int64_t first = position(I32(1, row), list.length);
    int64_t last = arg_count > 2 ? position(I32(2, row), list.length) : list.length;
    if (last > list.length) last = list.length;
    if (first > last) put_list(out, row, 0, 0);
    else put_list(out, row, list.offset + (uint32_t)first - 1, (uint32_t)(last - first + 1));
  }
  return RN_OK;
}

/* --- looking for elements ------------------------------------------------------------------------------------------------ */

/* From 1; 0: not there. */
static uint32_t find(const rn_column *const *args, uint32_t row) {
  const rn_column *from = &args[0]->children[0];
  rn_list list = rn_items_at(args[0], row);
  for (uint32_t i = 0; i < list.length; i++) {
    if (rn_elements_equal(args[1], row, from, list.offset + i)) return i + 1;
  }
  return 0;
}

KERNEL(array_contains) {
  (void)arg_count;
  FOR_ROWS(row) {
    bool none = rn_is_null(args[0], AT(0, row));
    put_bool(out, row, !none && find(args, row));
    if (none) put_null(eval, out, row);
  }
  return RN_OK;
}
KERNEL(array_position) {
  UNUSED_EVAL;
  FOR_ROWS(row) put_i32(out, row, (int32_t)find(args, row));
  return RN_OK;
}

/* The first element that no other one exceeds, as `>` and `<` see it: a NaN in front stays. */
static inline rn_status extreme(rn_eval *eval, const rn_column *const *args, rn_column *out, const rn_sel *sel, int sign) {
  const rn_column *from = &args[0]->children[0];
  rn_physical physical = rn_type_physical(from->type);
  size_t width = rn_physical_width(physical);
  FOR_ROWS(row) {
    rn_list list = rn_items_at(args[0], row);
    int64_t best = -1;
    for (uint32_t i = list.offset; i < list.offset + list.length; i++) {
      if (rn_is_null(from, i)) continue;
      bool better = best < 0;
      if (better) better = true;
      else if (physical == RN_P_F64) {
        double x = ((const double *)from->data)[i], y = ((const double *)from->data)[best];
        better = sign > 0 ? x > y : x < y;
      } else if (physical == RN_P_F32) {
        float x = ((const float *)from->data)[i], y = ((const float *)from->data)[best];
        better = sign > 0 ? x > y : x < y;
      } else {
        better = sign * rn_column_compare(from, i, from, (uint32_t)best) > 0;
      }
      if (better) best = i;
    }
    char *to = (char *)out->data + width * row;
    if (best >= 0) {
      memcpy(to, (const char *)from->data + width * (size_t)best, width);
    } else {
      memset(to, 0, width);
      put_null(eval, out, row);
    }
  }
  return RN_OK;
}
KERNEL(array_max) { (void)arg_count; return extreme(eval, args, out, sel, 1); }
KERNEL(array_min) { (void)arg_count; return extreme(eval, args, out, sel, -1); }

/* --- order ------------------------------------------------------------------------------------------------------------------ */

/* Merge sort from the bottom up (Knuth 5.2.4), stable. */
static void sort(const rn_column *c, uint32_t *rows, uint32_t *spare, uint32_t count, int sign) {
  uint32_t *from = rows, *to = spare;
  for (uint32_t run = 1; run < count; run *= 2) {
    for (uint32_t begin = 0; begin < count; begin += 2 * run) {
      uint32_t middle = begin + run < count ? begin + run : count, end = begin + 2 * run < count ? begin + 2 * run : count;
      uint32_t a = begin, b = middle;
      for (uint32_t i = begin; i < end; i++) {
        bool left = a < middle && (b >= end || sign * rn_column_compare(c, from[a], c, from[b]) <= 0);
        to[i] = left ? from[a++] : from[b++];
      }
    }
    uint32_t *swap = from;
    from = to;
    to = swap;
  }
  if (from != rows) memcpy(rows, from, sizeof *rows * count);
}

KERNEL(array_sort) {
  const rn_column *from = &args[0]->children[0];
  uint32_t longest = rn_list_longest(args[0], sel);
  uint32_t *picks = room_for(eval, longest), *spare = room_for(eval, longest);
  FOR_ROWS(row) {
    rn_list list = rn_items_at(args[0], row);
    bool ascending = arg_count < 2 || ((const uint8_t *)args[1]->data)[AT(1, row)];
    bool nulls_first = arg_count < 3 ? ascending : ((const uint8_t *)args[2]->data)[AT(2, row)];
    uint32_t nulls = 0, count = 0, end = list.offset + list.length;
    for (uint32_t i = list.offset; from->valid && i < end; i++) nulls += rn_is_null(from, i);
    uint32_t *values = picks + (nulls_first ? nulls : 0), *others = nulls_first ? picks : picks + list.length - nulls;
    for (uint32_t i = list.offset; i < end; i++) {
      if (rn_is_null(from, i)) *others++ = i;
      else values[count++] = i;
    }
    sort(from, values, spare, count, ascending ? 1 : -1);
    put_list(out, row, rn_elements_pick(eval, &out->children[0], from, picks, 0, list.length), list.length);
  }
  return RN_OK;
}

/* --- sets --------------------------------------------------------------------------------------------------------------------- */

typedef enum set_mode { SET_DISTINCT, SET_UNION, SET_EXCEPT, SET_INTERSECT } set_mode;

/* Values in the set: elements of the second array that EXCEPT and INTERSECT look for, and what was given out. */
enum { OF_SECOND, GIVEN };

/* Is the element of the first array (or of the second one, of UNION) part of the result? */
static bool belongs(rn_element_set *set, const rn_column *from, uint32_t i, set_mode mode) {
  bool is_new;
  if (mode == SET_INTERSECT) {
    uint32_t *value = rn_element_set_find(set, from, i);
    bool wanted = value && *value == OF_SECOND;
    if (wanted) *value = GIVEN;
    return wanted;
  }
  (void)rn_element_set_put(set, from, i, GIVEN, &is_new);
  return is_new;
}

static inline rn_status set_function(rn_eval *eval, const rn_column *const *args, rn_column *out, const rn_sel *sel, set_mode mode) {
  const rn_column *first = &args[0]->children[0], *second = mode == SET_DISTINCT ? NULL : &args[1]->children[0];
  uint32_t longest = rn_list_longest(args[0], sel), longest_second = second ? rn_list_longest(args[1], sel) : 0;
  rn_element_set set = {0};
  rn_element_set_reserve(eval, &set, longest + longest_second);
  uint32_t *picks = room_for(eval, longest > longest_second ? longest : longest_second);
  rn_column *child = &out->children[0];
  bool is_new;
  FOR_ROWS(row) {
    rn_list a = rn_items_at(args[0], row), b = second ? rn_items_at(args[1], row) : (rn_list){0, 0};
    uint32_t count = 0;
    rn_element_set_clear(&set);
    for (uint32_t i = b.offset; mode != SET_UNION && i < b.offset + b.length; i++)
      (void)rn_element_set_put(&set, second, i, OF_SECOND, &is_new);
    for (uint32_t i = a.offset; i < a.offset + a.length; i++) {
      picks[count] = i;
      count += belongs(&set, first, i, mode);
    }
    uint32_t at = rn_elements_pick(eval, child, first, picks, 0, count);
    if (mode == SET_UNION) {
      count = 0;
      for (uint32_t i = b.offset; i < b.offset + b.length; i++) {
        picks[count] = i;
        count += belongs(&set, second, i, mode);
      }
      rn_elements_pick(eval, child, second, picks, 0, count);
    }
    put_list(out, row, at, child->used - at);
  }
  return RN_OK;
}
KERNEL(array_distinct) { (void)arg_count; return set_function(eval, args, out, sel, SET_DISTINCT); }
KERNEL(array_union) { (void)arg_count; return set_function(eval, args, out, sel, SET_UNION); }
KERNEL(array_except) { (void)arg_count; return set_function(eval, args, out, sel, SET_EXCEPT); }
KERNEL(array_intersect) { (void)arg_count; return set_function(eval, args, out, sel, SET_INTERSECT); }

/* --- text ------------------------------------------------------------------------------------------------------------------------ */

static inline char *put_bytes(char *o, rn_slice s) {
  if (s.len) memcpy(o, s.ptr, s.len);
  return o + s.len;
}

KERNEL(array_join) {
  const rn_column *from = &args[0]->children[0];
  const rn_str *texts = from->data;
  FOR_ROWS(row) {
    rn_list list = rn_items_at(args[0], row);
    rn_slice between = TEXT(1, row), instead = arg_count > 2 ? TEXT(2, row) : (rn_slice){"", 0};
    size_t length = 0;
    for (uint32_t i = list.offset; i < list.offset + list.length; i++)
      length += between.len + (rn_is_valid(from, i) ? texts[i].len : instead.len);
    char *room = text_room(eval, length), *o = room;
    bool any = false;
    for (uint32_t i = list.offset; i < list.offset + list.length; i++) {
      bool valid = rn_is_valid(from, i);
      if (!valid && arg_count < 3) continue;
      if (any) o = put_bytes(o, between);
      o = put_bytes(o, valid ? rn_str_slice(&texts[i]) : instead);
      any = true;
    }
    put_str(out, row, room, (size_t)(o - room));
  }
  return RN_OK;
}

/* Parts between separators; an empty separator gives the characters. */
KERNEL(split) {
  (void)arg_count;
  rn_column *child = &out->children[0];
  FOR_ROWS(row) {
    rn_slice s = TEXT(0, row), separator = TEXT(1, row);
    const char *p = s.ptr, *end = s.ptr + s.len;
    uint32_t at = child->used;
    while (s.len) {
      const char *hit = separator.len ? memmem(p, (size_t)(end - p), separator.ptr, separator.len) : NULL;
      if (!separator.len && p == end) break;
      const char *stop = hit ? hit : separator.len ? end : p + utf8_step(p, end);
      uint32_t i = rn_column_append(child, 1, eval->arena);
      put_str(child, i, p, (size_t)(stop - p));
      if (separator.len && !hit) break;
      p = stop + separator.len;
    }
    put_list(out, row, at, child->used - at);
  }
  return RN_OK;
}
static rn_status resolve_split(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  (void)types, (void)count;
  out->result = rn_type_array(arena, rn_type_basic(RN_T_VARCHAR, true), false);
  out->kernel = fn->kernel;
  return RN_OK;
}

#define FN(n, sig, lo, hi, f, res, k, result_type, h, e, ...)                                                  \
  {.name = n, .signature = n sig, .min_args = lo, .max_args = hi, .flags = (f), .classes = {__VA_ARGS__},       \
   .resolve = res, .kernel = k, .result = result_type, .help = h, .example = e}
#define A RN_ARG_ARRAY
static const rn_function rows[] = {
  FN("ARRAY_APPEND", "(a ARRAY<T>, x T) -> ARRAY<T>", 2, 2, 0, resolve_added, array_append, 0, "the array with x behind it", "ARRAY_APPEND(ARRAY[1, 2], 3) = ARRAY[1, 2, 3]", A, RN_ARG_ANY),
  FN("ARRAY_CONCAT", "(a ARRAY<T>, ..) -> ARRAY<T>", 1, 255, RN_FN_STRICT | RN_FN_VARIADIC, resolve_common, array_concat, 0, "arrays one behind the other", "ARRAY_CONCAT(ARRAY[1], ARRAY[2], ARRAY[1]) = ARRAY[1, 2, 1]", A),
  FN("ARRAY_CONTAINS", "(a ARRAY<T>, x T) -> BOOLEAN", 2, 2, 0, resolve_sought, array_contains, RN_T_BOOLEAN, "is x an element? A NULL is found too", "ARRAY_CONTAINS(ARRAY[1, 2], 2) = TRUE", A, RN_ARG_ANY),
  FN("ARRAY_DISTINCT", "(a ARRAY) -> ARRAY", 1, 1, RN_FN_STRICT, resolve_same, array_distinct, 0, "every element once, where it came first", "ARRAY_DISTINCT(ARRAY[1, 2, 1]) = ARRAY[1, 2]", A),
  FN("ARRAY_EXCEPT", "(a ARRAY<T>, b ARRAY<T>) -> ARRAY<T>", 2, 2, RN_FN_STRICT, resolve_common, array_except, 0, "elements of a that are not in b, once each", "ARRAY_EXCEPT(ARRAY[3, 2, 1, 2], ARRAY[2]) = ARRAY[3, 1]", A, A),
  FN("ARRAY_INTERSECT", "(a ARRAY<T>, b ARRAY<T>) -> ARRAY<T>", 2, 2, RN_FN_STRICT, resolve_common, array_intersect, 0, "elements of a that are in b, once each", "ARRAY_INTERSECT(ARRAY[3, 2, 1, 2], ARRAY[2, 3]) = ARRAY[3, 2]", A, A),
  FN("ARRAY_JOIN", "(a ARRAY<STRING>, separator STRING [, null_text STRING]) -> STRING", 2, 3, RN_FN_STRICT, resolve_join, array_join, 0, "the texts in one; NULLs are left out, or written as null_text", "ARRAY_JOIN(ARRAY['a', 'b'], '-') = 'a-b'", A, RN_ARG_STRING, RN_ARG_STRING),
  FN("ARRAY_MAX", "(a ARRAY<ordered T>) -> T", 1, 1, RN_FN_STRICT | RN_FN_NULL_RESULT, resolve_extreme, array_max, 0, "the largest element; NULLs do not count", "ARRAY_MAX(ARRAY[1, 3, 2]) = 3", A),
  FN("ARRAY_MIN", "(a ARRAY<ordered T>) -> T", 1, 1, RN_FN_STRICT | RN_FN_NULL_RESULT, resolve_extreme, array_min, 0, "the smallest element; NULLs do not count", "ARRAY_MIN(ARRAY[2, 1, 3]) = 1", A),
  FN("ARRAY_POSITION", "(a ARRAY<T>, x T) -> INT", 2, 2, RN_FN_STRICT, resolve_sought, array_position, RN_T_INT, "where x comes first, from 1; 0: it does not", "ARRAY_POSITION(ARRAY[1, 2, 1], 1) = 1", A, RN_ARG_ANY),
  FN("ARRAY_PREPEND", "(a ARRAY<T>, x T) -> ARRAY<T>", 2, 2, 0, resolve_added, array_prepend, 0, "the array with x in front of it", "ARRAY_PREPEND(ARRAY[1, 2], 0) = ARRAY[0, 1, 2]", A, RN_ARG_ANY),
  FN("ARRAY_REMOVE", "(a ARRAY<T>, x T) -> ARRAY<T>", 2, 2, 0, resolve_removed, array_remove, 0, "the array without the elements that equal x", "ARRAY_REMOVE(ARRAY[1, 2, 1], 1) = ARRAY[2]", A, RN_ARG_ANY),
  FN("ARRAY_REVERSE", "(a ARRAY) -> ARRAY", 1, 1, RN_FN_STRICT, resolve_same, array_reverse, 0, "from the last element to the first", "ARRAY_REVERSE(ARRAY[1, 2, 3]) = ARRAY[3, 2, 1]", A),
  FN("ARRAY_SLICE", "(a ARRAY, first INT [, last INT]) -> ARRAY", 2, 3, RN_FN_STRICT, resolve_same, array_slice, 0, "the elements from first to last, from 1; negative positions count from the end", "ARRAY_SLICE(ARRAY[1, 2, 3, 4, 5], 2, -2) = ARRAY[2, 3, 4]", A, RN_ARG_INT, RN_ARG_INT),
  FN("ARRAY_SORT", "(a ARRAY<ordered T> [, ascending BOOLEAN [, nulls_first BOOLEAN]]) -> ARRAY<T>", 1, 3, RN_FN_STRICT, resolve_sort, array_sort, 0, "in order; NULLs first when ascending, else last", "ARRAY_SORT(ARRAY[3, 1, 2], FALSE) = ARRAY[3, 2, 1]", A, RN_ARG_BOOLEAN, RN_ARG_BOOLEAN),
  FN("ARRAY_UNION", "(a ARRAY<T>, b ARRAY<T>) -> ARRAY<T>", 2, 2, RN_FN_STRICT, resolve_common, array_union, 0, "the elements of both, once each", "ARRAY_UNION(ARRAY[1, 2, 2], ARRAY[2, 3]) = ARRAY[1, 2, 3]", A, A),
  FN("SPLIT", "(s STRING, separator STRING) -> ARRAY<STRING>", 2, 2, RN_FN_STRICT, resolve_split, split, 0, "the parts between separators; an empty one gives the characters", "SPLIT('a,,b', ',') = ARRAY['a', '', 'b']", RN_ARG_STRING, RN_ARG_STRING),
};
RN_FUNCTION_SET(rn_set_array, "Arrays", rows);
