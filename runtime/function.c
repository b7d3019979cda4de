/* Functions: look-up, choice of the overload, widening of arguments, and the words of argument errors.
 *
 * Place: the binder asks here for every call and operator; the rows are in functions/. An overload fits
 * when its number of arguments, their classes and its own resolve() agree; the first that fits is taken. */
#include "runtime/function.h"

#include "runtime/functions/scalar.h"

static const rn_function_set *const sets[] = {
  &rn_set_compare, &rn_set_arithmetic, &rn_set_interval, &rn_set_cast, &rn_set_like, &rn_set_logic, &rn_set_row,
  &rn_set_math, &rn_set_text, &rn_set_text_search, &rn_set_text_code, &rn_set_url, &rn_set_inet, &rn_set_hash, &rn_set_regex, &rn_set_time, &rn_set_time_unit, &rn_set_time_text, &rn_set_conditional,
  &rn_set_collection,
  &rn_set_printf,
  &rn_set_array,
  &rn_set_map,
  &rn_set_json_read, &rn_set_json_make, &rn_set_variant,
};
enum { SET_COUNT = sizeof sets / sizeof sets[0] };

const rn_function *rn_function_rows(size_t index) {
  for (size_t s = 0; s < SET_COUNT; s++) {
    if (index < sets[s]->count) return &sets[s]->rows[index];
    index -= sets[s]->count;
  }
  return NULL;
}

const char *rn_function_family(const rn_function *fn) {
  for (size_t s = 0; s < SET_COUNT; s++) {
    if (fn >= sets[s]->rows && fn < sets[s]->rows + sets[s]->count) return sets[s]->family;
  }
  return "";
}

const rn_function *rn_function_find(rn_slice name) {
  const rn_function *fn;
  for (size_t i = 0; (fn = rn_function_rows(i)); i++) {
    if (rn_slice_eq_nocase(rn_slice_of(fn->name), name)) return fn;
  }
  return NULL;
}

/* --- classes of arguments -------------------------------------------------------------------------------- */

typedef struct class_row {
  const char *word;     /* for messages */
  uint32_t accepts;     /* bits of rn_type_id */
  int widened;          /* other accepted types are cast to this; -1: stay as they are */
  int of_null;          /* what an untyped NULL becomes */
} class_row;

#define T(id) (1u << RN_T_##id)
#define INTEGERS (T(TINYINT) | T(SMALLINT) | T(INT) | T(BIGINT))
#define NUMERICS (INTEGERS | T(FLOAT) | T(DOUBLE) | T(DECIMAL))
#define STRINGS (T(CHAR) | T(VARCHAR))
#define BINARIES (T(BINARY) | T(VARBINARY))
#define TIMESTAMPS (T(TIMESTAMP) | T(TIMESTAMP_LTZ))
#define INTERVALS (T(INTERVAL_MONTH) | T(INTERVAL_MS))
#define NESTED (T(ARRAY) | T(MAP) | T(MULTISET) | T(ROW))
#define ANY (T(BOOLEAN) | NUMERICS | STRINGS | BINARIES | T(DATE) | T(TIME) | TIMESTAMPS | INTERVALS | NESTED | T(VARIANT))

static const class_row classes[] = {
  [RN_ARG_ANY] = {"any type", ANY, -1, RN_T_NULL},
  [RN_ARG_BOOLEAN] = {"BOOLEAN", T(BOOLEAN), -1, RN_T_BOOLEAN},
  [RN_ARG_INTEGER] = {"an integer", INTEGERS, -1, RN_T_INT},
  [RN_ARG_INT] = {"INT", T(TINYINT) | T(SMALLINT) | T(INT), RN_T_INT, RN_T_INT},
  [RN_ARG_BIGINT] = {"BIGINT", INTEGERS, RN_T_BIGINT, RN_T_BIGINT},
  [RN_ARG_EXACT] = {"an exact number", INTEGERS | T(DECIMAL), -1, RN_T_INT},
  [RN_ARG_NUMERIC] = {"a number", NUMERICS, -1, RN_T_INT},
  [RN_ARG_DOUBLE] = {"a number", NUMERICS, RN_T_DOUBLE, RN_T_DOUBLE},
  [RN_ARG_STRING] = {"STRING", STRINGS, -1, RN_T_VARCHAR},
  [RN_ARG_BINARY] = {"BYTES", BINARIES, -1, RN_T_VARBINARY},
  [RN_ARG_STRING_OR_BINARY] = {"STRING or BYTES", STRINGS | BINARIES, -1, RN_T_VARCHAR},
  [RN_ARG_DATE] = {"DATE", T(DATE), -1, RN_T_DATE},
  [RN_ARG_TIME] = {"TIME", T(TIME), -1, RN_T_TIME},
  [RN_ARG_TIMESTAMP] = {"TIMESTAMP", TIMESTAMPS, -1, RN_T_TIMESTAMP},
  [RN_ARG_TEMPORAL] = {"a date or time", T(DATE) | T(TIME) | TIMESTAMPS, -1, RN_T_TIMESTAMP},
  [RN_ARG_INTERVAL] = {"INTERVAL", INTERVALS, -1, RN_T_INTERVAL_MS},
  [RN_ARG_COMPARABLE] = {"a comparable type", ANY & ~(NESTED | T(VARIANT)), -1, RN_T_NULL},
  [RN_ARG_SAME] = {"any type", ANY, -1, RN_T_NULL},
  [RN_ARG_UNIT] = {"a time unit", STRINGS, -1, RN_T_NULL},
  [RN_ARG_ROW] = {"ROW", T(ROW), -1, RN_T_NULL},
  [RN_ARG_ARRAY] = {"ARRAY", T(ARRAY), -1, RN_T_NULL},
  [RN_ARG_MAP] = {"MAP", T(MAP), -1, RN_T_NULL},
  [RN_ARG_VARIANT] = {"VARIANT", T(VARIANT), -1, RN_T_VARIANT},
};

static uint8_t class_of(const rn_function *fn, uint32_t i) {
  uint32_t last = fn->max_args < RN_FN_ARGS_MAX ? fn->max_args : RN_FN_ARGS_MAX;
  if ((fn->flags & RN_FN_VARIADIC)) {
    last = 0;
    while (last + 1 < RN_FN_ARGS_MAX && fn->classes[last + 1] != RN_ARG_ANY) last++;
    return fn->classes[i < last ? i : last];
  }
  return fn->classes[i < last ? i : last - 1];
}

static const rn_type *widen(const rn_type *type, uint8_t class_id) {
  const class_row *row = &classes[class_id];
  if (type->id == RN_T_NULL) return rn_type_basic((rn_type_id)row->of_null, true);
  if (row->widened >= 0 && type->id != row->widened) return rn_type_basic((rn_type_id)row->widened, type->nullable);
  return type;
}

/* RN_FAIL without a message: does not fit. */
static rn_status try_overload(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena,
                              rn_resolution *out) {
  if (count < fn->min_args || (count > fn->max_args && fn->max_args != 255)) return RN_FAIL;
  if (count > sizeof out->arg_types / sizeof out->arg_types[0]) return RN_FAIL;
  const rn_value *const *constants = out->constants;
  memset(out, 0, sizeof *out);
  out->constants = constants;
  const rn_type *common = NULL;
  for (uint32_t i = 0; i < count; i++) {
    uint8_t class_id = class_of(fn, i);
    bool is_null = types[i]->id == RN_T_NULL;
    if (!is_null && !(classes[class_id].accepts >> types[i]->id & 1)) return RN_FAIL;
    out->arg_types[i] = widen(types[i], class_id);
    if (class_id == RN_ARG_SAME) {
      common = common ? rn_type_common(arena, common, types[i]) : types[i];
      if (!common) return RN_FAIL;
    }
  }
  for (uint32_t i = 0; common && i < count; i++) {
    if (class_of(fn, i) == RN_ARG_SAME) out->arg_types[i] = rn_type_with_null(arena, common, types[i]->nullable);
  }
  out->kernel = fn->kernel;
  if (fn->resolve) {
    if (fn->resolve(fn, out->arg_types, count, arena, out) != RN_OK) return RN_FAIL;
  } else {
    out->result = rn_type_basic((rn_type_id)fn->result, false);
  }
  bool nullable = (fn->flags & RN_FN_NULL_RESULT) != 0;
  if (fn->flags & RN_FN_STRICT) {
    for (uint32_t i = 0; i < count; i++) nullable = nullable || types[i]->nullable;
    out->result = rn_type_with_null(arena, out->result, nullable);
  } else if (nullable) {
    out->result = rn_type_with_null(arena, out->result, true);
  }
  return RN_OK;
}

/* --- errors ------------------------------------------------------------------------------------------------- */

static void print_types(rn_builder *b, const rn_type *const *types, uint32_t count, rn_arena *arena) {
  for (uint32_t i = 0; i < count; i++) {
    if (i) rn_builder_text(b, ", ");
    rn_builder_text(b, rn_type_name(arena, types[i]));
  }
}

/* Operators read "cannot apply '+' to INT and STRING", functions show their forms. */
static rn_status argument_error(const rn_function *fn, rn_slice name, const rn_type *const *types, uint32_t count,
                                rn_span span, rn_arena *arena, rn_error *err) {
  rn_builder got = {0}, forms = {0};
  print_types(&got, types, count, arena);
  const rn_function *row;
  for (size_t i = 0; (row = rn_function_rows(i)); i++) {
    if (!rn_slice_eq_nocase(rn_slice_of(row->name), name)) continue;
    const char *end = strstr(row->signature, " -> ");
    if (!end) end = row->signature + strlen(row->signature);
    const char *open = memchr(row->signature, '(', (size_t)(end - row->signature));
    if (forms.len) rn_builder_text(&forms, " or ");
    if (fn->flags & RN_FN_OPERATOR) open = row->signature;
    if (!open || end - open <= 2) rn_builder_text(&forms, "no arguments");
    else rn_builder_append(&forms, open, (size_t)(end - open));
  }
  if (fn->flags & RN_FN_OPERATOR) {
    rn_fail_at(err, RN_E_TYPE, span, "cannot apply %s to (%s)", fn->name, got.data ? got.data : "");
    rn_hint(err, "it takes: %s", forms.data);
  } else {
    rn_fail_at(err, RN_E_ARGUMENTS, span, "%s takes %s, got (%s)", fn->name, forms.data, got.data ? got.data : "");
  }
  rn_builder_free(&got);
  rn_builder_free(&forms);
  return RN_FAIL;
}

rn_status rn_function_resolve(rn_slice name, const rn_type *const *types, uint32_t count, rn_span span,
                              rn_arena *arena, const rn_function **fn, rn_resolution *out, rn_error *err) {
  const rn_function *row, *first = NULL;
  for (size_t i = 0; (row = rn_function_rows(i)); i++) {
    if (!rn_slice_eq_nocase(rn_slice_of(row->name), name)) continue;
    if (!first) first = row;
    if (try_overload(row, types, count, arena, out) == RN_OK) {
      *fn = row;
      return RN_OK;
    }
  }
  if (!first) {
    return rn_fail_at(err, RN_E_FUNCTION_NOT_FOUND, span, "there is no function '%.*s'", (int)name.len, name.ptr);
  }
  return argument_error(first, name, types, count, span, arena, err);
}

/* --- resolvers that many rows share ------------------------------------------------------------------------------ */

rn_status rn_resolve_first(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena,
                           rn_resolution *out) {
  (void)count, (void)arena;
  out->result = types[0]->id == RN_T_NULL ? rn_type_basic(RN_T_INT, true) : types[0];
  out->kernel = fn->kernel;
  return RN_OK;
}

rn_status rn_resolve_varchar(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena,
                             rn_resolution *out) {
  (void)count;
  out->result = rn_type_sized(arena, RN_T_VARCHAR, types[0]->precision, types[0]->nullable);
  out->kernel = fn->kernel;
  return RN_OK;
}
