/* Regular expressions on PCRE2 with its JIT (DIALECT 8.3). PCRE2's syntax is close to Java's. A constant
 * pattern is compiled once per call site; the match data belongs to one kernel call, so that a program can be
 * run by several threads. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/alloc.h"
#include "base/vec.h"
#include "runtime/functions/list_set.h"

typedef struct regex_state { /* of the arguments behind the text */
  pcre2_code *codes[2]; /* NULL: not a pattern */
  bool prepared[2];
} regex_state;

/* NULL: invalid. */
static pcre2_code *compile(rn_slice pattern) {
  int number;
  PCRE2_SIZE offset;
  pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern.ptr, pattern.len, PCRE2_UTF | PCRE2_MATCH_INVALID_UTF, &number, &offset, NULL);
  if (code) (void)pcre2_jit_compile(code, PCRE2_JIT_COMPLETE); /* without a JIT the interpreter does it */
  return code;
}

static void prepare_one(const rn_value *value, unsigned which, void **state) {
  if (!value || value->is_null) return;
  if (!*state) *state = rn_calloc(1, sizeof(regex_state));
  regex_state *s = *state;
  s->codes[which] = compile(value->u.text);
  s->prepared[which] = true;
}
static rn_status prepare(const rn_value *const *values, uint32_t count, void **state, rn_error *err) {
  (void)count, (void)err;
  *state = NULL;
  prepare_one(values[1], 0, state);
  return RN_OK;
}
static rn_status prepare_both(const rn_value *const *values, uint32_t count, void **state, rn_error *err) {
  (void)err;
  *state = NULL;
  for (unsigned i = 0; i + 1 < count; i++) prepare_one(values[i + 1], i, state);
  return RN_OK;
}
static void free_state(void *state) {
  regex_state *s = state;
  for (unsigned i = 0; i < 2; i++) pcre2_code_free(s->codes[i]);
  rn_free(s);
}

/* The patterns of one kernel call: the prepared one, or the last text seen. */
typedef struct matcher {
  const regex_state *prepared;
  unsigned which; /* of the prepared ones */
  pcre2_code *own;
  rn_slice own_text;
  bool own_set;
  pcre2_match_data *data;
} matcher;

enum { MATCHED_GROUPS_MAX = 64 };

static matcher begin(const rn_eval *eval) {
  return (matcher){.prepared = eval->call_state, .data = pcre2_match_data_create(MATCHED_GROUPS_MAX, NULL)};
}
static void end(matcher *m) {
  pcre2_code_free(m->own);
  pcre2_match_data_free(m->data);
}
static const pcre2_code *pattern_at(matcher *m, rn_slice text) {
  if (m->prepared && m->prepared->prepared[m->which]) return m->prepared->codes[m->which];
  if (!m->own_set || !rn_slice_eq(m->own_text, text)) {
    pcre2_code_free(m->own);
    m->own = compile(text);
    m->own_text = text;
    m->own_set = true;
  }
  return m->own;
}
/* Groups matched (0 and up) from byte `from`; negative: none. */
static int match(matcher *m, const pcre2_code *code, rn_slice s, size_t from) {
  return pcre2_match(code, (PCRE2_SPTR)s.ptr, s.len, from, 0, m->data, NULL);
}
/* Where to look for the next match behind [begin, end): an empty one moves on by a character. */
static size_t next_from(rn_slice s, const PCRE2_SIZE *range) {
  if (range[1] > range[0]) return range[1];
  return range[1] < s.len ? range[1] + utf8_step(s.ptr + range[1], s.ptr + s.len) : s.len + 1;
}

KERNEL(regexp) { /* an empty or invalid pattern finds nothing */
  (void)arg_count;
  matcher m = begin(eval);
  FOR_ROWS(row) {
    rn_slice pattern = TEXT(1, row);
    const pcre2_code *code = pattern_at(&m, pattern);
    put_bool(out, row, code && pattern.len && match(&m, code, TEXT(0, row), 0) >= 0);
  }
  end(&m);
  return RN_OK;
}

KERNEL(regexp_replace) { /* the replacement is literal */
  (void)arg_count;
  matcher m = begin(eval);
  rn_builder b = {0};
  FOR_ROWS(row) {
    rn_slice s = TEXT(0, row), to = TEXT(2, row);
    const pcre2_code *code = pattern_at(&m, TEXT(1, row));
    if (!code) {
      put_null(eval, out, row);
      continue;
    }
    rn_builder_clear(&b);
    size_t copied = 0, from = 0;
    while (from <= s.len && match(&m, code, s, from) >= 0) {
      const PCRE2_SIZE *range = pcre2_get_ovector_pointer(m.data);
      rn_builder_append(&b, s.ptr + copied, range[0] - copied);
      rn_builder_slice(&b, to);
      copied = range[1];
      from = next_from(s, range);
    }
    rn_builder_append(&b, s.ptr + copied, s.len - copied);
    put_copy(eval, out, row, b.data, b.len);
  }
  rn_builder_free(&b);
  end(&m);
  return RN_OK;
}

/* Group `g` of the first match; NULL: no match, no such group, group not part of the match. */
KERNEL(regexp_extract) {
  matcher m = begin(eval);
  FOR_ROWS(row) {
    rn_slice s = TEXT(0, row);
    const pcre2_code *code = pattern_at(&m, TEXT(1, row));
    int32_t group = arg_count > 2 ? I32(2, row) : 0;
    int count = code ? match(&m, code, s, 0) : -1;
    const PCRE2_SIZE *range = pcre2_get_ovector_pointer(m.data);
    bool ok = group >= 0 && group < count && range[2 * group] != PCRE2_UNSET;
    if (ok) put_str(out, row, s.ptr + range[2 * group], range[2 * group + 1] - range[2 * group]);
    else put_null(eval, out, row);
  }
  end(&m);
  return RN_OK;
}

KERNEL(regexp_count) {
  (void)arg_count;
  matcher m = begin(eval);
  FOR_ROWS(row) {
    rn_slice s = TEXT(0, row);
    const pcre2_code *code = pattern_at(&m, TEXT(1, row));
    if (!code) {
      put_null(eval, out, row);
      continue;
    }
    int32_t count = 0;
    for (size_t from = 0; from <= s.len && match(&m, code, s, from) >= 0; count++) {
      from = next_from(s, pcre2_get_ovector_pointer(m.data));
    }
    put_i32(out, row, count);
  }
  end(&m);
  return RN_OK;
}

KERNEL(regexp_instr) { /* where the first match begins, in characters from 1 */
  (void)arg_count;
  matcher m = begin(eval);
  FOR_ROWS(row) {
    rn_slice s = TEXT(0, row);
    const pcre2_code *code = pattern_at(&m, TEXT(1, row));
    if (!code) {
      put_null(eval, out, row);
      continue;
    }
    bool found = match(&m, code, s, 0) >= 0;
    size_t at = found ? pcre2_get_ovector_pointer(m.data)[0] : 0;
    put_i32(out, row, found ? (int32_t)rn_text_chars(rn_slice_make(s.ptr, at)) + 1 : 0);
  }
  end(&m);
  return RN_OK;
}

/* Group `g` (from 0; without it 1) of every match; NULL: no such group. */
KERNEL(regexp_extract_all) {
  matcher m = begin(eval);
  rn_column *child = &out->children[0];
  FOR_ROWS(row) {
    rn_slice s = TEXT(0, row);
    const pcre2_code *code = pattern_at(&m, TEXT(1, row));
    int64_t group = arg_count > 2 ? I64(2, row) : 1;
    uint32_t groups = 0, at = child->used;
    if (code) (void)pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &groups);
    bool ok = code && group >= 0 && group <= groups && group < MATCHED_GROUPS_MAX;
    ((rn_list *)out->data)[row] = (rn_list){at, 0};
    if (!ok) {
      put_null(eval, out, row);
      continue;
    }
    for (size_t from = 0; from <= s.len; ) {
      int count = match(&m, code, s, from);
      if (count < 0) break;
      const PCRE2_SIZE *range = pcre2_get_ovector_pointer(m.data);
      uint32_t i = rn_column_append(child, 1, eval->arena);
      bool part = group < count && range[2 * group] != PCRE2_UNSET;
      put_str(child, i, part ? s.ptr + range[2 * group] : "", part ? range[2 * group + 1] - range[2 * group] : 0);
      if (!part) {
        rn_column_nullable(child, child->capacity, eval->arena);
        rn_set_null(child, i);
      } else if (child->valid) {
        rn_set_valid(child, i);
      }
      from = next_from(s, range);
    }
    ((rn_list *)out->data)[row].length = child->used - at;
  }
  end(&m);
  return RN_OK;
}
static rn_status resolve_all(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  (void)types, (void)count;
  out->result = rn_type_array(arena, rn_type_basic(RN_T_VARCHAR, true), true);
  out->kernel = fn->kernel;
  return RN_OK;
}

/* --- STR_TO_MAP ---------------------------------------------------------------------------------------------------------- */

/* The first match behind `from` that Java's String.split splits at: an empty one at the very beginning is none. */
static bool next_separator(matcher *m, const pcre2_code *code, rn_slice separator, rn_slice s, size_t from, size_t range[2]) {
  bool plain = separator.len == 1 && !strchr(".$|()[{^?*+\\", separator.ptr[0]);
  if (plain) {
    const char *hit = from < s.len ? memchr(s.ptr + from, separator.ptr[0], s.len - from) : NULL;
    if (!hit) return false;
    range[0] = (size_t)(hit - s.ptr);
    range[1] = range[0] + 1;
    return true;
  }
  while (from <= s.len && match(m, code, s, from) >= 0) {
    const PCRE2_SIZE *found = pcre2_get_ovector_pointer(m->data);
    range[0] = found[0];
    range[1] = found[1];
    if (range[1] > 0) return true;
    from = next_from(s, found);
  }
  return false;
}

typedef struct pairs { /* "k=v" texts of a row */
  RN_VEC(rn_slice) list;
} pairs;

static void split_pairs(matcher *m, const pcre2_code *code, rn_slice separator, rn_slice s, pairs *out) {
  size_t begin = 0, from = 0, range[2];
  out->list.len = 0;
  while (next_separator(m, code, separator, s, from, range)) {
    RN_VEC_PUSH(&out->list, rn_slice_make(s.ptr + begin, range[0] - begin));
    begin = range[1];
    from = next_from(s, range);
  }
  RN_VEC_PUSH(&out->list, rn_slice_make(s.ptr + begin, s.len - begin));
  while (begin && out->list.len && out->list.data[out->list.len - 1].len == 0) out->list.len--;
}

/* Key and value become the next entry, or the value of the entry that has the key. */
static void put_pair(rn_eval *eval, rn_column *out, rn_element_set *set, rn_slice key, rn_slice value, bool has_value) {
  rn_column *keys = &out->children[0], *values = &out->children[1];
  uint32_t at = rn_column_append(keys, 1, eval->arena);
  bool is_new;
  put_str(keys, at, key.ptr, key.len);
  uint32_t *entry = rn_element_set_put(set, keys, at, at, &is_new);
  if (is_new) rn_column_append(values, 1, eval->arena);
  else keys->used--;
  at = *entry;
  put_str(values, at, value.ptr, value.len);
  if (!has_value) {
    rn_column_nullable(values, values->capacity, eval->arena);
    rn_set_null(values, at);
  } else if (values->valid) {
    rn_set_valid(values, at);
  }
}

KERNEL(str_to_map) {
  matcher ms[2] = {begin(eval), begin(eval)};
  ms[1].which = 1;
  pairs found = {0};
  rn_element_set set = {0};
  rn_status status = RN_OK;
  FOR_ROWS(row) {
    rn_slice s = TEXT(0, row), separators[2] = {rn_slice_of(","), rn_slice_of("=")};
    const pcre2_code *codes[2] = {NULL, NULL};
    for (uint32_t i = 0; i + 1 < arg_count && status == RN_OK; i++) {
      separators[i] = TEXT(i + 1, row);
      codes[i] = pattern_at(&ms[i], separators[i]);
      if (!codes[i])
        status = rn_eval_fail(eval, row, RN_E_VALUE, "STR_TO_MAP: '%.*s' is no regular expression",
                              (int)(separators[i].len < 100 ? separators[i].len : 100), separators[i].ptr);
    }
    if (status != RN_OK) break;
    rn_list *list = (rn_list *)out->data + row;
    *list = (rn_list){out->children[0].used, 0};
    if (!s.len) continue;
    split_pairs(&ms[0], codes[0], separators[0], s, &found);
    rn_element_set_reserve(eval, &set, (uint32_t)found.list.len);
    for (size_t i = 0; i < found.list.len; i++) {
      rn_slice pair = found.list.data[i];
      size_t range[2];
      bool has_value = next_separator(&ms[1], codes[1], separators[1], pair, 0, range);
      rn_slice key = has_value ? rn_slice_make(pair.ptr, range[0]) : pair;
      rn_slice value = has_value ? rn_slice_make(pair.ptr + range[1], pair.len - range[1]) : rn_slice_of("");
      put_pair(eval, out, &set, key, value, has_value);
    }
    list->length = out->children[0].used - list->offset;
  }
  RN_VEC_FREE(&found.list);
  end(&ms[0]);
  end(&ms[1]);
  return status;
}
static rn_status resolve_map(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  (void)types, (void)count;
  const rn_type *text = rn_type_basic(RN_T_VARCHAR, true);
  out->result = rn_type_map(arena, text, text, true);
  out->kernel = fn->kernel;
  return RN_OK;
}

#define FN(n, sig, hi, f, k, r, h, e, ...)                                                                              \
  {.name = n, .signature = n sig, .min_args = (hi) == 3 && (f) != RN_FN_STRICT ? 2 : (hi), .max_args = hi,                \
   .flags = RN_FN_STRICT | (f), .classes = {__VA_ARGS__}, .kernel = k, .result = r, .prepare = prepare,                   \
   .free_state = free_state, .help = h, .example = e}
#define S RN_ARG_STRING
static const rn_function rows[] = {
  FN("REGEXP", "(s STRING, pattern STRING) -> BOOLEAN", 2, RN_FN_STRICT, regexp, RN_T_BOOLEAN, "does the pattern match somewhere in s?", "REGEXP('abc', 'b+') = TRUE", S, S),
  FN("REGEXP_REPLACE", "(s STRING, pattern STRING, to STRING) -> STRING", 3, RN_FN_STRICT, regexp_replace, RN_T_VARCHAR, "every match replaced by the text `to`", "REGEXP_REPLACE('foobar', 'oo|ar', '') = 'fb'", S, S, S),
  FN("REGEXP_EXTRACT", "(s STRING, pattern STRING [, group INT]) -> STRING", 3, RN_FN_NULL_RESULT, regexp_extract, RN_T_VARCHAR, "the first match, or a group of it", "REGEXP_EXTRACT('a12b', '([0-9])([0-9])', 2) = '2'", S, S, RN_ARG_INT),
  FN("REGEXP_SUBSTR", "(s STRING, pattern STRING) -> STRING", 2, RN_FN_NULL_RESULT, regexp_extract, RN_T_VARCHAR, "the first match", "REGEXP_SUBSTR('a12b', '[0-9]+') = '12'", S, S),
  FN("REGEXP_COUNT", "(s STRING, pattern STRING) -> INT", 2, RN_FN_NULL_RESULT, regexp_count, RN_T_INT, "number of matches", "REGEXP_COUNT('a1b2', '[a-z]') = 2", S, S),
  FN("REGEXP_INSTR", "(s STRING, pattern STRING) -> INT", 2, RN_FN_NULL_RESULT, regexp_instr, RN_T_INT, "where the first match begins, from 1; 0: none", "REGEXP_INSTR('a1b2', '[0-9]') = 2", S, S),
  {.name = "REGEXP_EXTRACT_ALL", .signature = "REGEXP_EXTRACT_ALL(s STRING, pattern STRING [, group BIGINT]) -> ARRAY<STRING>", .min_args = 2, .max_args = 3,
   .flags = RN_FN_STRICT | RN_FN_NULL_RESULT, .classes = {S, S, RN_ARG_BIGINT}, .resolve = resolve_all, .kernel = regexp_extract_all, .prepare = prepare,
   .free_state = free_state, .help = "a group of every match, the first one if none is named; 0: the whole match",
   .example = "REGEXP_EXTRACT_ALL('a1b2', '([a-z])([0-9])', 2) = ARRAY['1', '2']"},
  {.name = "STR_TO_MAP", .signature = "STR_TO_MAP(s STRING [, pairs STRING, key_value STRING]) -> MAP<STRING, STRING>", .min_args = 1, .max_args = 3,
   .flags = RN_FN_STRICT | RN_FN_NULL_RESULT | RN_FN_MAY_FAIL, .classes = {S, S, S}, .resolve = resolve_map, .kernel = str_to_map, .prepare = prepare_both,
   .free_state = free_state, .help = "keys and values of a text; the separators (',' and '=') are regular expressions",
   .example = "STR_TO_MAP('a=1,b=2')['b'] = '2'"},
};
RN_FUNCTION_SET(rn_set_regex, "Regular expressions", rows);
