/* JSON_VALUE, JSON_QUERY, JSON_EXISTS and IS JSON (DIALECT 8.7). The binder (planner/bind_json.c) writes the clauses
 * of a call into its first argument, a constant text ("ERROR ON EMPTY, NULL ON ERROR"), which prepare() reads; a
 * constant path is compiled there too.
 *
 * A missing value, JSON null and a value of the wrong kind are the ON ERROR case of strict paths, the ON EMPTY case of
 * lax ones; text that is no JSON likewise. */
#include "base/alloc.h"
#include "base/number.h"
#include "runtime/functions/json_path.h"
#include "runtime/functions/scalar.h"

typedef enum behaviour { ON_NULL, ON_ERROR, ON_DEFAULT, ON_EMPTY_ARRAY, ON_EMPTY_OBJECT, ON_TRUE, ON_FALSE } behaviour;
typedef enum wrapper { NO_WRAPPER, CONDITIONAL_WRAPPER, ALWAYS_WRAPPER } wrapper;

typedef struct read_state {
  behaviour on_empty, on_error;
  wrapper wrap;
  json_path *path; /* NULL: not constant */
} read_state;

static behaviour read_clause(rn_slice spec, const char *where, behaviour otherwise) {
  static const char *const words[] = {"NULL", "ERROR", "DEFAULT", "EMPTY ARRAY", "EMPTY OBJECT", "TRUE", "FALSE"};
  rn_builder wanted = {0};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    rn_builder_clear(&wanted);
    rn_builder_printf(&wanted, "%s ON %s", words[i], where);
    if (memmem(spec.ptr, spec.len, wanted.data, wanted.len)) otherwise = (behaviour)i;
  }
  rn_builder_free(&wanted);
  return otherwise;
}

static rn_status prepare(const rn_value *const *values, uint32_t count, void **state, rn_error *err) {
  (void)count;
  read_state *s = rn_calloc(1, sizeof *s);
  rn_slice spec = values[0] ? values[0]->u.text : rn_slice_of("");
  s->on_empty = read_clause(spec, "EMPTY", ON_NULL);
  s->on_error = read_clause(spec, "ERROR", ON_NULL);
  if (memmem(spec.ptr, spec.len, "CONDITIONAL WRAPPER", 19)) s->wrap = CONDITIONAL_WRAPPER;
  else if (memmem(spec.ptr, spec.len, "WITH WRAPPER", 12)) s->wrap = ALWAYS_WRAPPER;
  *state = s;
  if (!values[2] || values[2]->is_null) return RN_OK;
  s->path = json_path_compile(values[2]->u.text, NULL, err);
  if (s->path) return RN_OK;
  rn_free(s);
  *state = NULL;
  return RN_FAIL;
}
static void free_state(void *state) {
  read_state *s = state;
  json_path_free(s->path);
  rn_free(s);
}

/* One kernel call: the path in use, and what evaluation left. */
typedef struct reader {
  rn_eval *eval;
  const read_state *state;
  const rn_column *const *args;
  const char *name;
  json_path *own; /* of a path that is no constant: the last one */
  rn_slice own_text;
  rn_error own_error;
  json_scratch scratch;
  rn_slice value;
  rn_json_fault fault;
  rn_builder text; /* being written */
} reader;

static reader begin(rn_eval *eval, const rn_column *const *args, const char *name) {
  return (reader){.eval = eval, .state = eval->call_state, .args = args, .name = name};
}
static rn_status end(reader *r, rn_status status) {
  json_path_free(r->own);
  json_scratch_free(&r->scratch);
  rn_builder_free(&r->text);
  return status;
}
static const json_path *path_at(reader *r, uint32_t row) {
  if (r->state->path) return r->state->path;
  rn_slice text = rn_str_slice((const rn_str *)r->args[2]->data + (r->args[2]->constant ? 0 : row));
  if (r->own_text.ptr && rn_slice_eq(r->own_text, text)) return r->own;
  json_path_free(r->own);
  rn_error_clear(&r->own_error);
  r->own = json_path_compile(text, NULL, &r->own_error);
  r->own_text = text;
  return r->own;
}
static bool null_input(const reader *r, uint32_t row) {
  for (int i = 1; i <= 2; i++) {
    const rn_column *c = r->args[i];
    if (c->type->id == RN_T_NULL || rn_is_null(c, c->constant ? 0 : row)) return true;
  }
  return false;
}

/* What became of a row, before the clauses. */
typedef enum fate {
  FATE_VALUE,
  FATE_LIST,
  FATE_EMPTY,
  FATE_MISSING,
  FATE_BAD_TEXT,
  FATE_NULL_TEXT,
  FATE_TOO_MUCH,
  FATE_FAILED,
  FATE_BAD_PATH,
  FATE_KIND
} fate;

static fate evaluate(reader *r, uint32_t row, bool *lax) {
  const json_path *path = path_at(r, row);
  *lax = false;
  if (!path) return FATE_BAD_PATH;
  *lax = path->lax;
  rn_slice doc = rn_str_slice((const rn_str *)r->args[1]->data + (r->args[1]->constant ? 0 : row));
  switch (json_path_evaluate(path, doc, &r->scratch, &r->value, &r->fault)) {
    case JSON_FOUND:
      return r->value.ptr[0] == 'n' ? FATE_EMPTY : FATE_VALUE;
    case JSON_LIST:
      return FATE_LIST;
    case JSON_MISSING:
      return FATE_MISSING;
    case JSON_NULL_TEXT:
      return FATE_NULL_TEXT;
    case JSON_TOO_MUCH:
      return FATE_TOO_MUCH;
    case JSON_FAILED:
      return FATE_FAILED;
    default:
      return FATE_BAD_TEXT;
  }
}
/* Does the fate belong to ON EMPTY (else to ON ERROR)? */
static bool is_empty(fate f, bool lax) {
  return lax && f != FATE_NULL_TEXT && f != FATE_BAD_PATH && f != FATE_TOO_MUCH && f != FATE_FAILED;
}

static rn_status refuse(reader *r, uint32_t row, fate f, bool lax, const char *wanted) {
  rn_slice doc = rn_str_slice((const rn_str *)r->args[1]->data + (r->args[1]->constant ? 0 : row));
  rn_slice path = rn_str_slice((const rn_str *)r->args[2]->data + (r->args[2]->constant ? 0 : row));
  int path_len = (int)(path.len > EXCERPT_BYTES ? EXCERPT_BYTES : path.len);
  if (f == FATE_BAD_PATH) return rn_eval_fail(r->eval, row, RN_E_VALUE, "%s: %s", r->name, r->own_error.message);
  if (f == FATE_BAD_TEXT)
    return rn_eval_fail(r->eval, row, RN_E_VALUE, "%s: not JSON: %s at byte %zu of '%.*s'%s", r->name, r->fault.why,
                        r->fault.at + 1, EXCERPT(doc));
  if (f == FATE_TOO_MUCH)
    return rn_eval_fail(r->eval, row, RN_E_VALUE, "%s: path %.*s looks at more values than there should be", r->name,
                        path_len, path.ptr);
  if (f == FATE_FAILED)
    return rn_eval_fail(r->eval, row, RN_E_VALUE, "%s: %.*s of '%.*s'%s: %s", r->name, path_len, path.ptr, EXCERPT(doc), r->scratch.why);
  if (f == FATE_KIND)
    return rn_eval_fail(r->eval, row, RN_E_VALUE, "%s: %.*s%s is not %s", r->name,
                        EXCERPT(r->value), wanted);
  if (f == FATE_VALUE || f == FATE_LIST)
    return rn_eval_fail(r->eval, row, RN_E_VALUE, "%s: %.*s is %s in '%.*s'%s, not %s", r->name, path_len, path.ptr,
                        f == FATE_LIST           ? "a list of values"
                        : r->value.ptr[0] == '{' ? "an object"
                        : r->value.ptr[0] == '[' ? "an array"
                                                 : "a single value",
                        EXCERPT(doc), wanted);
  const char *what = lax || f == FATE_MISSING ? "nothing" : "null";
  return rn_eval_fail(r->eval, row, RN_E_VALUE, "%s: there is %s at %.*s of '%.*s'%s", r->name, what, path_len,
                      path.ptr, EXCERPT(doc));
}

/* --- JSON_VALUE ------------------------------------------------------------------------------------------------ */

/* Text that BigDecimal would print as it stands: integers, and decimals that are not tiny. */
static bool is_canonical_number(rn_slice n) {
  const char *p = n.ptr, *end = n.ptr + n.len;
  if (*p == '-') p++;
  bool minus = p > n.ptr;
  if (*p == '0' && (minus || end - p > 6)) return false;
  for (; p < end; p++) {
    if (*p != '.' && (*p < '0' || *p > '9')) return false;
  }
  return true;
}
static void put_scalar_text(reader *r, rn_column *out, uint32_t row, rn_slice v) {
  if (v.ptr[0] == '"') {
    rn_slice raw = rn_slice_make(v.ptr + 1, v.len - 2);
    if (!memchr(raw.ptr, '\\', raw.len)) {
      put_str(out, row, raw.ptr, raw.len);
      return;
    }
    char *room = text_room(r->eval, raw.len);
    put_str(out, row, room, rn_json_unescape(raw, room));
  } else if (v.ptr[0] == 't' || v.ptr[0] == 'f' || is_canonical_number(v)) {
    put_str(out, row, v.ptr, v.len);
  } else {
    rn_builder_clear(&r->text);
    rn_json_number_text(&r->text, v);
    put_copy(r->eval, out, row, r->text.data, r->text.len);
  }
}

/* False: not of that kind. An integer fits DOUBLE too. */
static bool put_typed(reader *r, rn_column *out, uint32_t row, rn_slice v) {
  bool number = v.ptr[0] == '-' || (v.ptr[0] >= '0' && v.ptr[0] <= '9');
  switch (out->type->id) {
    case RN_T_BOOLEAN:
      if (v.ptr[0] != 't' && v.ptr[0] != 'f') return false;
      put_bool(out, row, v.ptr[0] == 't');
      return true;
    case RN_T_INT: {
      int64_t n;
      if (!number || rn_parse_int64(v, &n) != RN_NUMBER_OK || n < INT32_MIN || n > INT32_MAX) return false;
      put_i32(out, row, (int32_t)n);
      return true;
    }
    case RN_T_DOUBLE:
      return number && rn_parse_double(v, false, &((double *)out->data)[row]);
    default:
      put_scalar_text(r, out, row, v);
      return true;
  }
}

static rn_status put_default(reader *r, rn_column *out, uint32_t row, behaviour b, fate f, bool lax,
                             const rn_column *value, const char *wanted) {
  if (b == ON_ERROR) return refuse(r, row, f, lax, wanted);
  if (b == ON_DEFAULT) {
    uint16_t one = (uint16_t)row;
    rn_sel sel = {&one, 1};
    rn_column_move(r->eval, out, value, &sel);
    return RN_OK;
  }
  put_null(r->eval, out, row);
  return RN_OK;
}

KERNEL(json_value) {
  (void)arg_count;
  reader r = begin(eval, args, "JSON_VALUE");
  static const char *const kinds[] = {[RN_T_BOOLEAN] = "a BOOLEAN",
                                      [RN_T_INT] = "an INTEGER",
                                      [RN_T_DOUBLE] = "a DOUBLE",
                                      [RN_T_VARCHAR] = "a single value"};
  const char *wanted = kinds[out->type->id];
  const rn_column *on_empty = r.state->on_empty == ON_DEFAULT ? args[3] : NULL;
  const rn_column *on_error = r.state->on_error == ON_DEFAULT ? args[on_empty ? 4 : 3] : NULL;
  FOR_ROWS(row) {
    if (null_input(&r, row)) {
      put_null(eval, out, row);
      continue;
    }
    bool lax;
    fate f = evaluate(&r, row, &lax);
    bool scalar = f == FATE_VALUE && r.value.ptr[0] != '{' && r.value.ptr[0] != '[';
    if (scalar && put_typed(&r, out, row, r.value)) {
      if (out->valid) rn_set_valid(out, row);
      continue;
    }
    bool empty = !scalar && is_empty(f, lax);
    rn_status status = put_default(&r, out, row, empty ? r.state->on_empty : r.state->on_error, scalar ? FATE_KIND : f,
                                   lax, empty ? on_empty : on_error, scalar ? wanted : "a single value");
    if (status != RN_OK) return end(&r, RN_FAIL);
  }
  return end(&r, RN_OK);
}

/* --- JSON_QUERY ------------------------------------------------------------------------------------------------ */

typedef enum query_kind { QUERY_ITSELF, QUERY_WRAPPED, QUERY_NONE } query_kind;

/* What the wrapper makes of the row's value. */
static query_kind wrap(const reader *r, fate f) {
  bool array = f == FATE_LIST || (f == FATE_VALUE && r->value.ptr[0] == '['),
       object = f == FATE_VALUE && r->value.ptr[0] == '{';
  if (f != FATE_VALUE && f != FATE_LIST) return QUERY_NONE;
  if (r->state->wrap == ALWAYS_WRAPPER || (r->state->wrap == CONDITIONAL_WRAPPER && !array)) return QUERY_WRAPPED;
  return array || object ? QUERY_ITSELF : QUERY_NONE;
}
static void put_found(reader *r, fate f) {
  if (f == FATE_LIST) json_put_list(&r->text, &r->scratch);
  else json_put_text(&r->text, &r->scratch, r->value);
}
static void put_element(reader *r, rn_column *items, uint32_t at, rn_slice v) {
  if (v.ptr[0] == 'n') {
    rn_column_nullable(items, items->capacity, r->eval->arena);
    rn_set_null(items, at);
    ((rn_str *)items->data)[at] = rn_str_make("", 0);
    return;
  }
  if (items->valid) rn_set_valid(items, at);
  if (v.ptr[0] == '{' || v.ptr[0] == '[') {
    rn_builder_clear(&r->text);
    json_put_text(&r->text, &r->scratch, v);
    put_copy(r->eval, items, at, r->text.data, r->text.len);
  } else {
    put_scalar_text(r, items, at, v);
  }
}
/* RETURNING ARRAY<STRING>. False: no array. */
static bool put_array(reader *r, rn_column *out, uint32_t row, fate f, query_kind kind) {
  rn_column *items = &out->children[0];
  uint32_t count = 0, first;
  if (kind == QUERY_WRAPPED) {
    first = rn_column_append(items, 1, r->eval->arena);
    if (f == FATE_LIST) {
      rn_builder_clear(&r->text);
      json_put_list(&r->text, &r->scratch);
      put_copy(r->eval, items, first, r->text.data, r->text.len);
      if (items->valid) rn_set_valid(items, first);
    } else {
      put_element(r, items, first, r->value);
    }
    count = 1;
  } else if (f == FATE_LIST) {
    count = (uint32_t)r->scratch.list.len;
    first = rn_column_append(items, count, r->eval->arena);
    for (uint32_t i = 0; i < count; i++) put_element(r, items, first + i, r->scratch.list.data[i]);
  } else {
    if (r->value.ptr[0] != '[') return false;
    rn_json_walk walk;
    rn_json_walk_begin(&walk, r->value);
    while (rn_json_walk_next(&walk)) count++;
    first = rn_column_append(items, count, r->eval->arena);
    rn_json_walk_begin(&walk, r->value);
    for (uint32_t i = first; rn_json_walk_next(&walk); i++) put_element(r, items, i, walk.value);
  }
  ((rn_list *)out->data)[row] = (rn_list){first, count};
  return true;
}

KERNEL(json_query) {
  (void)arg_count;
  reader r = begin(eval, args, "JSON_QUERY");
  bool array = out->type->id == RN_T_ARRAY;
  FOR_ROWS(row) {
    if (array) ((rn_list *)out->data)[row] = (rn_list){0, 0};
    if (null_input(&r, row)) {
      put_null(eval, out, row);
      continue;
    }
    bool lax;
    fate f = evaluate(&r, row, &lax);
    query_kind kind = wrap(&r, f);
    if (out->valid) rn_set_valid(out, row);
    bool empty = kind == QUERY_NONE && is_empty(f, lax);
    if (kind != QUERY_NONE && array) {
      if (put_array(&r, out, row, f, kind)) continue;
    } else if (kind != QUERY_NONE) {
      rn_builder_clear(&r.text);
      if (kind == QUERY_WRAPPED) rn_builder_char(&r.text, '[');
      put_found(&r, f);
      if (kind == QUERY_WRAPPED) rn_builder_char(&r.text, ']');
      put_copy(eval, out, row, r.text.data, r.text.len);
      continue;
    }
    behaviour b = empty ? r.state->on_empty : r.state->on_error;
    if (b == ON_EMPTY_ARRAY && array) continue;
    if (b == ON_EMPTY_ARRAY || b == ON_EMPTY_OBJECT) put_str(out, row, b == ON_EMPTY_ARRAY ? "[]" : "{}", 2);
    else if (put_default(&r, out, row, b, f, lax, NULL, array ? "an array" : "an array or object") != RN_OK)
      return end(&r, RN_FAIL);
  }
  return end(&r, RN_OK);
}

/* --- JSON_EXISTS, IS JSON -------------------------------------------------------------------------------------- */

KERNEL(json_exists) {
  (void)arg_count;
  reader r = begin(eval, args, "JSON_EXISTS");
  FOR_ROWS(row) {
    put_bool(out, row, false);
    if (null_input(&r, row)) {
      put_null(eval, out, row);
      continue;
    }
    if (out->valid) rn_set_valid(out, row);
    bool lax;
    fate f = evaluate(&r, row, &lax);
    if (f == FATE_VALUE || f == FATE_LIST) put_bool(out, row, true);
    if (f == FATE_VALUE || f == FATE_LIST || f == FATE_EMPTY || is_empty(f, lax)) continue;
    if (r.state->on_error == ON_ERROR) {
      (void)refuse(&r, row, f, lax, "");
      return end(&r, RN_FAIL);
    }
    if (r.state->on_error == ON_NULL) put_null(eval, out, row);
    put_bool(out, row, r.state->on_error == ON_TRUE);
  }
  return end(&r, RN_OK);
}

/* args: the kind wanted ("VALUE" "SCALAR" "ARRAY" "OBJECT"), the text. NULL is no JSON. */
KERNEL(is_json) {
  UNUSED_EVAL;
  char kind = rn_str_ptr(args[0]->data)[0];
  const rn_column *text = args[1];
  FOR_ROWS(row) {
    uint32_t at = text->constant ? 0 : row;
    bool yes = false;
    if (text->type->id != RN_T_NULL && rn_is_valid(text, at)) {
      rn_slice s = rn_str_slice((const rn_str *)text->data + at), found;
      if (rn_json_find(s, NULL, 0, &found, NULL, NULL)) {
        char c = found.ptr[0];
        yes = kind == 'V' || (kind == 'A' && c == '[') || (kind == 'O' && c == '{') ||
              (kind == 'S' && c != '[' && c != '{');
      }
    }
    put_bool(out, row, yes);
  }
  return RN_OK;
}

/* --- rows ------------------------------------------------------------------------------------------------------ */

/* The types are the binder's: RETURNING decides them. */
static rn_status resolve_nullable(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena,
                                  rn_resolution *out) {
  (void)types, (void)count, (void)arena;
  out->result = rn_type_basic((rn_type_id)fn->result, true);
  out->kernel = fn->kernel;
  return RN_OK;
}
static rn_status resolve_is_json(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena,
                                 rn_resolution *out) {
  (void)types, (void)count, (void)arena;
  out->result = rn_type_basic(RN_T_BOOLEAN, false);
  out->kernel = fn->kernel;
  return RN_OK;
}

#define S RN_ARG_STRING
static const rn_function rows[] = {
    {.name = "JSON_VALUE",
     .signature = "JSON_VALUE(json STRING, path STRING [RETURNING STRING | BOOLEAN | INT | DOUBLE] [{NULL | ERROR | "
                  "DEFAULT x} ON EMPTY] [{NULL | ERROR | DEFAULT x} ON ERROR]) -> STRING",
     .min_args = 3,
     .max_args = 5,
     .flags = RN_FN_SYNTAX | RN_FN_MAY_FAIL,
     .classes = {S, S, S, RN_ARG_ANY, RN_ARG_ANY},
     .resolve = resolve_nullable,
     .prepare = prepare,
     .free_state = free_state,
     .kernel = json_value,
     .result = RN_T_VARCHAR,
     .help = "the single value that a path leads to, as text or as the type asked for",
     .example = "JSON_VALUE('{\"a\": [1, 2]}', '$.a[1]') = '2'"},
    {.name = "JSON_QUERY",
     .signature =
         "JSON_QUERY(json STRING, path STRING [RETURNING STRING | ARRAY<STRING>] [{WITHOUT | WITH [CONDITIONAL]} "
         "WRAPPER] [{NULL | EMPTY ARRAY | EMPTY OBJECT | ERROR} ON EMPTY] [.. ON ERROR]) -> STRING",
     .min_args = 3,
     .max_args = 3,
     .flags = RN_FN_SYNTAX | RN_FN_MAY_FAIL,
     .classes = {S, S, S},
     .resolve = resolve_nullable,
     .prepare = prepare,
     .free_state = free_state,
     .kernel = json_query,
     .result = RN_T_VARCHAR,
     .help = "the object or array that a path leads to, as JSON text with sorted names",
     .example = "JSON_QUERY('{\"a\": [1, 2]}', '$.a') = '[1,2]'"},
    {.name = "JSON_EXISTS",
     .signature = "JSON_EXISTS(json STRING, path STRING [{TRUE | FALSE | UNKNOWN | ERROR} ON ERROR]) -> BOOLEAN",
     .min_args = 3,
     .max_args = 3,
     .flags = RN_FN_SYNTAX | RN_FN_MAY_FAIL,
     .classes = {S, S, S},
     .resolve = resolve_nullable,
     .prepare = prepare,
     .free_state = free_state,
     .kernel = json_exists,
     .result = RN_T_BOOLEAN,
     .help = "does the path lead to a value other than null?",
     .example = "JSON_EXISTS('{\"a\": 1}', '$.a') = TRUE"},
    {.name = "IS JSON",
     .signature = "s IS [NOT] JSON [VALUE | SCALAR | ARRAY | OBJECT] -> BOOLEAN",
     .min_args = 2,
     .max_args = 2,
     .flags = RN_FN_OPERATOR,
     .classes = {S, S},
     .resolve = resolve_is_json,
     .kernel = is_json,
     .result = RN_T_BOOLEAN,
     .help = "is the text JSON of that kind? FALSE for NULL",
     .example = "('[1]' IS JSON ARRAY) = TRUE"},
};
RN_FUNCTION_SET(rn_set_json_read, "JSON functions", rows);
