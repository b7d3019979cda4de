/* JSON_OBJECT, JSON_ARRAY, JSON_STRING, JSON_QUOTE, JSON_UNQUOTE (DIALECT 8.7). The binder (planner/bind_json.c)
 * gives JSON_OBJECT and JSON_ARRAY a constant first argument: "NULL ON NULL " or "ABSENT ON NULL ", then a letter for
 * each value: v a value, j the text of a JSON constructor (inserted as it is), p text given through JSON(..)
 * (checked, then inserted). An object's members come out sorted by name; of equal names the last one counts. */
#include "base/alloc.h"
#include "runtime/functions/json_path.h"
#include "runtime/functions/json_write.h"
#include "runtime/functions/scalar.h"

enum { VALUES_MAX = 256 };

typedef struct make_state {
  bool absent;
  uint32_t count;
  char kinds[VALUES_MAX];
  /* Names that are all constant: their order, each `"name":` once; those that a later one hides are left out. */
  bool constant_names;
  uint32_t ordered;
  uint16_t order[VALUES_MAX];
  rn_slice names[VALUES_MAX];
  rn_arena arena;
} make_state;

static make_state *read_spec(const rn_value *const *values) {
  make_state *s = rn_calloc(1, sizeof *s);
  rn_slice spec = values[0]->u.text;
  s->absent = spec.ptr[0] == 'A';
  size_t skip = s->absent ? sizeof "ABSENT ON NULL" : sizeof "NULL ON NULL";
  for (size_t i = skip; i < spec.len && s->count < VALUES_MAX; i++) s->kinds[s->count++] = spec.ptr[i];
  return s;
}
static rn_status prepare_array(const rn_value *const *values, uint32_t count, void **state, rn_error *err) {
  (void)count, (void)err;
  *state = read_spec(values);
  return RN_OK;
}
static rn_status prepare_object(const rn_value *const *values, uint32_t count, void **state, rn_error *err) {
  (void)count, (void)err;
  make_state *s = read_spec(values);
  *state = s;
  s->constant_names = true;
  for (uint32_t i = 0; i < s->count; i++) s->constant_names &= values[1 + 2 * i] && !values[1 + 2 * i]->is_null;
  if (!s->constant_names) return RN_OK;
  for (uint32_t i = 0; i < s->count; i++) {
    rn_slice name = values[1 + 2 * i]->u.text;
    uint32_t at = 0;
    int order = -1;
    for (; at < s->ordered; at++) {
      order = json_compare_names(name, values[1 + 2 * s->order[at]]->u.text);
      if (order <= 0) break;
    }
    if (at == s->ordered || order) {
      memmove(s->order + at + 1, s->order + at, (s->ordered - at) * sizeof *s->order);
      s->ordered++;
    }
    s->order[at] = (uint16_t)i;
    rn_builder b = {0};
    rn_json_put_string(&b, name);
    rn_builder_char(&b, ':');
    s->names[i] = rn_slice_make(rn_arena_strndup(&s->arena, b.data, b.len), b.len);
    rn_builder_free(&b);
  }
  return RN_OK;
}
static void free_state(void *state) {
  make_state *s = state;
  rn_arena_free(&s->arena);
  rn_free(s);
}

/* --- kernels ------------------------------------------------------------------------------------------------------ */

typedef struct writer {
  rn_eval *eval;
  const make_state *state;
  json_scratch scratch;
  rn_builder text;
} writer;

static rn_status finish(writer *w, rn_status status) {
  json_scratch_free(&w->scratch);
  rn_builder_free(&w->text);
  return status;
}
static bool is_null_at(const rn_column *c, uint32_t row) {
  return c->type->id == RN_T_NULL || rn_is_null(c, c->constant ? 0 : row);
}

static rn_status put_json_text(writer *w, uint32_t row, rn_slice text) {
  rn_slice found;
  rn_json_fault fault;
  if (rn_slice_trim(text).len == 0) { /* as Flink has it */
    rn_builder_append(&w->text, "null", 4);
    return RN_OK;
  }
  if (!rn_json_find(text, NULL, 0, &found, NULL, &fault)) {
    return rn_eval_fail(w->eval, row, RN_E_VALUE, "JSON: not JSON: %s at byte %zu of '%.*s'%s", fault.why, fault.at + 1,
                        EXCERPT(text));
  }
  w->scratch.members.len = 0;
  if (w->scratch.arena.used_bytes) rn_arena_reset(&w->scratch.arena);
  json_put_text(&w->text, &w->scratch, found);
  return RN_OK;
}
static rn_status put_any(rn_eval *eval, rn_builder *to, const rn_column *c, uint32_t row) {
  if (rn_json_put_value(to, c, row)) return RN_OK;
  return rn_eval_fail(eval, row, RN_E_VALUE, "a key in %s is NULL, which is no name in JSON", rn_type_name(eval->arena, c->type));
}
static rn_status put_value(writer *w, char kind, const rn_column *c, uint32_t row) {
  if (is_null_at(c, row)) {
    rn_builder_append(&w->text, "null", 4);
    return RN_OK;
  }
  if (kind == 'v') return put_any(w->eval, &w->text, c, row);
  rn_slice text = rn_str_slice((const rn_str *)c->data + (c->constant ? 0 : row));
  if (kind == 'p') return put_json_text(w, row, text);
  rn_builder_slice(&w->text, text);
  return RN_OK;
}

/* The order of names that differ from row to row. */
static rn_status order_names(writer *w, const rn_column *const *args, uint32_t row, uint16_t *order,
                             uint32_t *ordered) {
  const make_state *s = w->state;
  for (uint32_t i = 0; i < s->count; i++) {
    const rn_column *c = args[1 + 2 * i];
    if (is_null_at(c, row)) return rn_eval_fail(w->eval, row, RN_E_VALUE, "JSON_OBJECT: name %u is NULL", i + 1);
    rn_slice name = rn_str_slice((const rn_str *)c->data + (c->constant ? 0 : row));
    uint32_t at = *ordered;
    bool same = false;
    while (at && !same) {
      const rn_column *other = args[1 + 2 * order[at - 1]];
      int compared = json_compare_names(rn_str_slice((const rn_str *)other->data + (other->constant ? 0 : row)), name);
      same = compared == 0;
      if (compared <= 0) break;
      at--;
    }
    if (same) {
      order[at - 1] = (uint16_t)i;
      continue;
    }
    memmove(order + at + 1, order + at, (*ordered - at) * sizeof *order);
    order[at] = (uint16_t)i;
    (*ordered)++;
  }
  return RN_OK;
}

KERNEL(json_object) {
  (void)arg_count;
  writer w = {.eval = eval, .state = eval->call_state};
  const make_state *s = w.state;
  FOR_ROWS(row) {
    uint16_t own[VALUES_MAX];
    const uint16_t *order = s->constant_names ? s->order : own;
    uint32_t ordered = s->constant_names ? s->ordered : 0;
    if (!s->constant_names && order_names(&w, args, row, own, &ordered) != RN_OK) return finish(&w, RN_FAIL);
    rn_builder_clear(&w.text);
    rn_builder_char(&w.text, '{');
    for (uint32_t k = 0; k < ordered; k++) {
      uint32_t i = order[k];
      if (s->absent && is_null_at(args[2 + 2 * i], row)) continue;
      if (w.text.len > 1) rn_builder_char(&w.text, ',');
      if (s->constant_names) {
        rn_builder_slice(&w.text, s->names[i]);
      } else {
        (void)rn_json_put_value(&w.text, args[1 + 2 * i], row); /* a text */
        rn_builder_char(&w.text, ':');
      }
      if (put_value(&w, s->kinds[i], args[2 + 2 * i], row) != RN_OK) return finish(&w, RN_FAIL);
    }
    rn_builder_char(&w.text, '}');
    put_copy(eval, out, row, w.text.data, w.text.len);
  }
  return finish(&w, RN_OK);
}

KERNEL(json_array) {
  (void)arg_count;
  writer w = {.eval = eval, .state = eval->call_state};
  const make_state *s = w.state;
  FOR_ROWS(row) {
    rn_builder_clear(&w.text);
    rn_builder_char(&w.text, '[');
    for (uint32_t i = 0; i < s->count; i++) {
      if (s->absent && is_null_at(args[1 + i], row)) continue;
      if (w.text.len > 1) rn_builder_char(&w.text, ',');
      if (put_value(&w, s->kinds[i], args[1 + i], row) != RN_OK) return finish(&w, RN_FAIL);
    }
    rn_builder_char(&w.text, ']');
    put_copy(eval, out, row, w.text.data, w.text.len);
  }
  return finish(&w, RN_OK);
}

/* `"name":value` for JSON_OBJECTAGG, of a name and JSON text; NULL text: NULL. */
KERNEL(member_text) {
  (void)arg_count;
  rn_builder b = {0};
  FOR_ROWS(row) {
    if (is_null_at(args[0], row)) {
      rn_builder_free(&b);
      return rn_eval_fail(eval, row, RN_E_VALUE, "JSON_OBJECTAGG: the name is NULL");
    }
    if (is_null_at(args[1], row)) {
      put_null(eval, out, row);
      continue;
    }
    if (out->valid) rn_set_valid(out, row);
    rn_builder_clear(&b);
    (void)rn_json_put_value(&b, args[0], row); /* a text */
    rn_builder_char(&b, ':');
    rn_builder_slice(&b, TEXT(1, row));
    put_copy(eval, out, row, b.data, b.len);
  }
  rn_builder_free(&b);
  return RN_OK;
}

KERNEL(json_string) {
  (void)arg_count;
  rn_builder b = {0};
  FOR_ROWS(row) {
    rn_builder_clear(&b);
    if (put_any(eval, &b, args[0], row) != RN_OK) {
      rn_builder_free(&b);
      return RN_FAIL;
    }
    put_copy(eval, out, row, b.data, b.len);
  }
  rn_builder_free(&b);
  return RN_OK;
}

/* ASCII only: the rest as \u escapes, beyond U+FFFF as a pair; `/` too. */
KERNEL(json_quote) {
  (void)arg_count;
  rn_builder b = {0};
  FOR_ROWS(row) {
    rn_slice s = rn_text_repair(eval->arena, TEXT(0, row));
    rn_builder_clear(&b);
    rn_builder_char(&b, '"');
    for (size_t i = 0; i < s.len;) {
      unsigned char c = (unsigned char)s.ptr[i];
      static const char from[] = "\"\\/\b\f\n\r\t", to[] = "\"\\/bfnrt";
      const char *special = c ? strchr(from, c) : NULL;
      if (special) {
        rn_builder_char(&b, '\\');
        rn_builder_char(&b, to[special - from]);
        i++;
      } else if (c >= 0x20 && c < 0x80) {
        rn_builder_char(&b, (char)c);
        i++;
      } else {
        unsigned n = c < 0x80 ? 1 : utf8_step(s.ptr + i, s.ptr + s.len), code = n == 1   ? c
                                                                                : n == 2 ? c & 31u
                                                                                : n == 3 ? c & 15u
                                                                                         : c & 7u;
        for (unsigned k = 1; k < n; k++) code = code << 6 | ((unsigned char)s.ptr[i + k] & 63u);
        if (code >= 0x10000)
          rn_builder_printf(&b, "\\u%04x\\u%04x", 0xD800 + ((code - 0x10000) >> 10),
                            0xDC00 + ((code - 0x10000) & 0x3FF));
        else rn_builder_printf(&b, "\\u%04x", code);
        i += n;
      }
    }
    rn_builder_char(&b, '"');
    put_copy(eval, out, row, b.data, b.len);
  }
  rn_builder_free(&b);
  return RN_OK;
}

/* Text that begins with a JSON string and ends with a quote loses its quotes and escapes; other text stays. */
KERNEL(json_unquote) {
  (void)arg_count;
  FOR_ROWS(row) {
    rn_slice s = TEXT(0, row), found;
    bool quoted =
        s.len > 1 && s.ptr[0] == '"' && s.ptr[s.len - 1] == '"' && rn_json_find(s, NULL, 0, &found, NULL, NULL);
    /* Flink looks at the first string only, and so at `"a"b"`, too; behind it an escape may be anything. */
    if (quoted && found.len < s.len) quoted = !memchr(s.ptr + found.len, '\\', s.len - found.len);
    rn_slice inside = quoted ? rn_slice_make(s.ptr + 1, s.len - 2) : s;
    if (!quoted || !memchr(inside.ptr, '\\', inside.len)) {
      put_str(out, row, inside.ptr, inside.len);
      continue;
    }
    char *room = text_room(eval, inside.len);
    put_str(out, row, room, rn_json_unescape(inside, room));
  }
  return RN_OK;
}

/* --- rows ------------------------------------------------------------------------------------------------------------
 */

static rn_status resolve_text(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena,
                              rn_resolution *out) {
  (void)arena;
  for (uint32_t i = 0; i < count; i++) {
    if (rn_json_refused_type(types[i])) return RN_FAIL;
  }
  out->result = rn_type_basic(RN_T_VARCHAR, false);
  out->kernel = fn->kernel;
  return RN_OK;
}

static rn_status resolve_member(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena,
                                rn_resolution *out) {
  (void)types, (void)count, (void)arena;
  out->result = rn_type_basic(RN_T_VARCHAR, true);
  out->kernel = fn->kernel;
  return RN_OK;
}

static const rn_function rows[] = {
    {.name = "JSON MEMBER",
     .signature = "JSON_OBJECTAGG(name STRING VALUE json STRING)",
     .min_args = 2,
     .max_args = 2,
     .flags = RN_FN_OPERATOR | RN_FN_MAY_FAIL,
     .classes = {RN_ARG_STRING, RN_ARG_STRING},
     .resolve = resolve_member,
     .kernel = member_text,
     .result = RN_T_VARCHAR,
     .help = "a member of an object, as JSON_OBJECTAGG collects them",
     .example = "JSON_OBJECT('a' VALUE 1) = '{\"a\":1}'"},
    {.name = "JSON_OBJECT",
     .signature = "JSON_OBJECT([{[KEY] name VALUE x | name : x}, ..] [{NULL | ABSENT} ON NULL]) -> STRING",
     .min_args = 1,
     .max_args = 255,
     .flags = RN_FN_SYNTAX | RN_FN_VARIADIC | RN_FN_MAY_FAIL,
     .classes = {RN_ARG_ANY},
     .resolve = resolve_text,
     .prepare = prepare_object,
     .free_state = free_state,
     .kernel = json_object,
     .result = RN_T_VARCHAR,
     .help =
         "an object as JSON text, members sorted by name; JSON_OBJECT, JSON_ARRAY and JSON(..) inside are not quoted",
     .example = "JSON_OBJECT('b' VALUE 1, 'a' VALUE JSON_ARRAY(TRUE)) = '{\"a\":[true],\"b\":1}'"},
    {.name = "JSON_ARRAY",
     .signature = "JSON_ARRAY([x, ..] [{NULL | ABSENT} ON NULL]) -> STRING",
     .min_args = 1,
     .max_args = 255,
     .flags = RN_FN_SYNTAX | RN_FN_VARIADIC | RN_FN_MAY_FAIL,
     .classes = {RN_ARG_ANY},
     .resolve = resolve_text,
     .prepare = prepare_array,
     .free_state = free_state,
     .kernel = json_array,
     .result = RN_T_VARCHAR,
     .help = "an array as JSON text; NULLs are left out unless NULL ON NULL is given",
     .example = "JSON_ARRAY(1, 'a', TRUE) = '[1,\"a\",true]'"},
    {.name = "JSON",
     .signature = "JSON(s STRING)",
     .min_args = 1,
     .max_args = 1,
     .flags = RN_FN_SYNTAX,
     .classes = {RN_ARG_STRING},
     .resolve = resolve_text,
     .help = "JSON text as a value of JSON_OBJECT or JSON_ARRAY: put in as it is",
     .example = "JSON_ARRAY(JSON('[1]'), '[1]') = '[[1],\"[1]\"]'"},
    {.name = "JSON_STRING",
     .signature = "JSON_STRING(x) -> STRING",
     .min_args = 1,
     .max_args = 1,
     .flags = RN_FN_STRICT | RN_FN_MAY_FAIL,
     .classes = {RN_ARG_ANY},
     .resolve = resolve_text,
     .kernel = json_string,
     .result = RN_T_VARCHAR,
     .help = "a value as JSON text",
     .example = "JSON_STRING('a\"b') = '\"a\\\"b\"'"},
    {.name = "JSON_QUOTE",
     .signature = "JSON_QUOTE(s STRING) -> STRING",
     .min_args = 1,
     .max_args = 1,
     .flags = RN_FN_STRICT,
     .classes = {RN_ARG_STRING},
     .kernel = json_quote,
     .result = RN_T_VARCHAR,
     .help = "a text as a JSON string in ASCII",
     .example = "JSON_QUOTE('a/b') = '\"a\\/b\"'"},
    {.name = "JSON_UNQUOTE",
     .signature = "JSON_UNQUOTE(s STRING) -> STRING",
     .min_args = 1,
     .max_args = 1,
     .flags = RN_FN_STRICT,
     .classes = {RN_ARG_STRING},
     .kernel = json_unquote,
     .result = RN_T_VARCHAR,
     .help = "the text that a JSON string stands for; what is none stays as it is",
     .example = "JSON_UNQUOTE('\"a\\\"b\"') = 'a\"b'"},
};
RN_FUNCTION_SET(rn_set_json_make, "JSON functions", rows);
