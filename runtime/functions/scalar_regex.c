/* Regular expressions on PCRE2 with its JIT (DIALECT 8.3), in Java's syntax (regex_syntax.h). A constant
 * pattern is compiled once per call site; the match data belongs to one kernel call, so that a program can be
 * run by several threads. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/alloc.h"
#include "base/vec.h"
#include "runtime/functions/list_set.h"
#include "runtime/functions/regex_syntax.h"

typedef struct regex {
  pcre2_code *code;        /* NULL: not a pattern */
  const char *unsupported; /* of a pattern that Java would take; static text, or NULL */
} regex;

typedef struct regex_state { /* of the arguments behind the text */
  regex regexes[2];
  bool prepared[2];
} regex_state;

/* Can it matter where lines end: ., anchors, comments? PCRE2 searches faster where only \n does. */
static bool sees_lines(const rn_builder *pattern) {
  static const char marks[] = ".^$ZN#";
  for (size_t i = 0; i + 1 < sizeof marks; i++)
    if (memchr(pattern->data, marks[i], pattern->len)) return true;
  return false;
}

static regex compile(rn_slice pattern) {
  regex r = {0};
  regex_syntax info;
  rn_builder b = {0};
  int number = 0;
  PCRE2_SIZE offset;
  rn_builder_text(&b, ""); /* not NULL for an empty pattern */
  if (rn_regex_from_java(pattern, &b, &info)) {
    uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | (info.ucp ? PCRE2_UCP : 0);
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    pcre2_set_newline(context, info.unix_lines || !sees_lines(&b) ? PCRE2_NEWLINE_LF : PCRE2_NEWLINE_ANY);
    r.code = pcre2_compile((PCRE2_SPTR)b.data, b.len, options, &number, &offset, context);
    pcre2_compile_context_free(context);
    if (r.code) (void)pcre2_jit_compile(r.code, PCRE2_JIT_COMPLETE); /* without a JIT the interpreter does it */
    else if (number == PCRE2_ERROR_LOOKBEHIND_NOT_FIXED_LENGTH) r.unsupported = "text of varying length in (?<=..) or (?<!..)";
    else if (number == PCRE2_ERROR_QUANTIFIER_TOO_BIG) r.unsupported = "a repetition of more than 65535 times";
    else if (number == PCRE2_ERROR_UNKNOWN_UNICODE_PROPERTY) r.unsupported = "this Unicode property";
  } else {
    r.unsupported = info.unsupported;
  }
  rn_builder_free(&b);
  return r;
}

static rn_status refuse_unsupported(rn_error *err, rn_slice pattern, const char *what) {
  return rn_fail(err, RN_E_VALUE, "regular expression '%.*s': %s is not supported", (int)(pattern.len < 200 ? pattern.len : 200), pattern.ptr, what);
}

static void free_state(void *state) {
  regex_state *s = state;
  for (unsigned i = 0; i < 2; i++) pcre2_code_free(s->regexes[i].code);
  rn_free(s);
}

static rn_status prepare_one(const rn_value *value, unsigned which, void **state, rn_error *err) {
  if (!value || value->is_null) return RN_OK;
  if (!*state) *state = rn_calloc(1, sizeof(regex_state));
  regex_state *s = *state;
  s->regexes[which] = compile(value->u.text);
  s->prepared[which] = true;
  if (!s->regexes[which].unsupported) return RN_OK;
  refuse_unsupported(err, value->u.text, s->regexes[which].unsupported);
  free_state(s);
  *state = NULL;
  return RN_FAIL;
}
static rn_status prepare(const rn_value *const *values, uint32_t count, void **state, rn_error *err) {
  (void)count;
  *state = NULL;
  return prepare_one(values[1], 0, state, err);
}
static rn_status prepare_both(const rn_value *const *values, uint32_t count, void **state, rn_error *err) {
  *state = NULL;
  for (unsigned i = 0; i + 1 < count; i++) {
    if (prepare_one(values[i + 1], i, state, err) != RN_OK) return RN_FAIL;
  }
  return RN_OK;
}

/* The patterns of one kernel call: the prepared one, or the last text seen. */
typedef struct matcher {
  bool prepared; /* the pattern is constant: */
  const pcre2_code *code;
  regex own;
  rn_slice own_text;
  bool own_set;
  int problem; /* PCRE2's number of the first match given up, 0: none */
  int64_t row; /* at which it was; or at which the pattern is not supported */
  uint32_t pairs; /* groups that the match data holds */
  pcre2_match_data *data;
} matcher;

enum { GROUPS_AT_FIRST = 32 };

/* Room for all groups of the pattern: each may be asked for. */
static void make_room(matcher *m, const pcre2_code *code) {
  uint32_t groups = 0;
  if (code) (void)pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &groups);
  if (groups < m->pairs) return;
  m->pairs = groups + 1;
  pcre2_match_data_free(m->data);
  m->data = pcre2_match_data_create(m->pairs, NULL);
}

/* For the pattern of argument which + 1. */
static matcher begin(const rn_eval *eval, unsigned which) {
  const regex_state *s = eval->call_state;
  matcher m = {.prepared = s && s->prepared[which], .pairs = GROUPS_AT_FIRST, .data = pcre2_match_data_create(GROUPS_AT_FIRST, NULL)};
  if (m.prepared) {
    m.code = s->regexes[which].code;
    make_room(&m, m.code);
  }
  return m;
}
/* Frees; RN_FAIL: a pattern was not supported, or a match was given up. */
static rn_status end(matcher *m, rn_eval *eval) {
  rn_status status = RN_OK;
  if (m->own.unsupported) {
    rn_error why = {0};
    refuse_unsupported(&why, m->own_text, m->own.unsupported);
    status = rn_eval_fail(eval, (uint32_t)m->row, RN_E_VALUE, "%s", why.message);
  } else if (m->problem) {
    status = rn_eval_fail(eval, (uint32_t)m->row, RN_E_VALUE, "a regular expression needs too many steps on this text: it was given up");
  }
  pcre2_code_free(m->own.code);
  pcre2_match_data_free(m->data);
  return status;
}
static const pcre2_code *other_pattern(matcher *m, rn_slice text) {
  if (m->own.unsupported) return NULL; /* the call fails anyway */
  if (!m->own_set || !rn_slice_eq(m->own_text, text)) {
    pcre2_code_free(m->own.code);
    m->own = compile(text);
    m->own_text = text;
    m->own_set = true;
    make_room(m, m->own.code);
  }
  return m->own.code;
}
static inline const pcre2_code *pattern_at(matcher *m, rn_slice text, uint32_t row) {
  if (!m->problem && !m->own.unsupported) m->row = row;
  return m->prepared ? m->code : other_pattern(m, text);
}
/* Groups matched (0 and up) from byte `from`; negative: none. */
static int match(matcher *m, const pcre2_code *code, rn_slice s, size_t from) {
  int count = pcre2_match(code, (PCRE2_SPTR)s.ptr, s.len, from, 0, m->data, NULL);
  if (count >= PCRE2_ERROR_NOMATCH) return count;
  if (count == PCRE2_ERROR_JIT_STACKLIMIT) count = pcre2_match(code, (PCRE2_SPTR)s.ptr, s.len, from, PCRE2_NO_JIT, m->data, NULL);
  bool given_up = count == PCRE2_ERROR_MATCHLIMIT || count == PCRE2_ERROR_DEPTHLIMIT || count == PCRE2_ERROR_HEAPLIMIT || count == PCRE2_ERROR_NOMEMORY;
  if (given_up && !m->problem) m->problem = count;
  return count;
}
/* Where to look for the next match behind [begin, end): an empty one moves on by a character. */
static size_t next_from(rn_slice s, const PCRE2_SIZE *range) {
  if (range[1] > range[0]) return range[1];
  return range[1] < s.len ? range[1] + utf8_step(s.ptr + range[1], s.ptr + s.len) : s.len + 1;
}

KERNEL(regexp) { /* an empty or invalid pattern finds nothing */
  (void)arg_count;
  matcher m = begin(eval, 0);
  FOR_ROWS(row) {
    rn_slice pattern = TEXT(1, row);
    const pcre2_code *code = pattern_at(&m, pattern, row);
    put_bool(out, row, code && pattern.len && match(&m, code, TEXT(0, row), 0) >= 0);
  }
  return end(&m, eval);
}

KERNEL(regexp_replace) { /* the replacement is literal */
  (void)arg_count;
  matcher m = begin(eval, 0);
  rn_builder b = {0};
  FOR_ROWS(row) {
    rn_slice s = TEXT(0, row), to = TEXT(2, row);
    const pcre2_code *code = pattern_at(&m, TEXT(1, row), row);
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
  return end(&m, eval);
}

/* Group `g` of the first match; NULL: no match, no such group, group not part of the match. */
KERNEL(regexp_extract) {
  matcher m = begin(eval, 0);
  FOR_ROWS(row) {
    rn_slice s = TEXT(0, row);
    const pcre2_code *code = pattern_at(&m, TEXT(1, row), row);
    int32_t group = arg_count > 2 ? I32(2, row) : 0;
    int count = code ? match(&m, code, s, 0) : -1;
    const PCRE2_SIZE *range = pcre2_get_ovector_pointer(m.data);
    bool ok = group >= 0 && group < count && range[2 * group] != PCRE2_UNSET;
    if (ok) put_str(out, row, s.ptr + range[2 * group], range[2 * group + 1] - range[2 * group]);
    else put_null(eval, out, row);
  }
  return end(&m, eval);
}

KERNEL(regexp_count) {
  (void)arg_count;
  matcher m = begin(eval, 0);
  FOR_ROWS(row) {
    rn_slice s = TEXT(0, row);
    const pcre2_code *code = pattern_at(&m, TEXT(1, row), row);
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
  return end(&m, eval);
}

KERNEL(regexp_instr) { /* where the first match begins, in characters from 1 */
  (void)arg_count;
  matcher m = begin(eval, 0);
  FOR_ROWS(row) {
    rn_slice s = TEXT(0, row);
    const pcre2_code *code = pattern_at(&m, TEXT(1, row), row);
    if (!code) {
      put_null(eval, out, row);
      continue;
    }
    bool found = match(&m, code, s, 0) >= 0;
    size_t at = found ? pcre2_get_ovector_pointer(m.data)[0] : 0;
    put_i32(out, row, found ? (int32_t)rn_text_chars(rn_slice_make(s.ptr, at)) + 1 : 0);
  }
  return end(&m, eval);
}

/* Group `g` (from 0; without it 1) of every match; NULL: no such group. */
KERNEL(regexp_extract_all) {
  matcher m = begin(eval, 0);
  rn_column *child = &out->children[0];
  FOR_ROWS(row) {
    rn_slice s = TEXT(0, row);
    const pcre2_code *code = pattern_at(&m, TEXT(1, row), row);
    int64_t group = arg_count > 2 ? I64(2, row) : 1;
    uint32_t groups = 0, at = child->used;
    if (code) (void)pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &groups);
    bool ok = code && group >= 0 && group <= groups;
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
  return end(&m, eval);
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
  matcher ms[2] = {begin(eval, 0), begin(eval, 1)};
  pairs found = {0};
  rn_element_set set = {0};
  rn_status status = RN_OK;
  FOR_ROWS(row) {
    rn_slice s = TEXT(0, row), separators[2] = {rn_slice_of(","), rn_slice_of("=")};
    const pcre2_code *codes[2] = {NULL, NULL};
    for (uint32_t i = 0; i + 1 < arg_count && status == RN_OK; i++) {
      separators[i] = TEXT(i + 1, row);
      codes[i] = pattern_at(&ms[i], separators[i], row);
      if (codes[i]) continue;
      rn_slice bad = separators[i];
      status = ms[i].own.unsupported ? RN_FAIL /* end() tells */
                                     : rn_eval_fail(eval, row, RN_E_VALUE, "STR_TO_MAP: '%.*s' is no regular expression", (int)(bad.len < 100 ? bad.len : 100), bad.ptr);
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
  rn_status ends[2] = {end(&ms[0], eval), end(&ms[1], eval)};
  return status != RN_OK ? status : ends[0] != RN_OK ? ends[0] : ends[1];
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
   .flags = RN_FN_STRICT | RN_FN_MAY_FAIL | (f), .classes = {__VA_ARGS__}, .kernel = k, .result = r, .prepare = prepare,                   \
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
   .flags = RN_FN_STRICT | RN_FN_NULL_RESULT | RN_FN_MAY_FAIL, .classes = {S, S, RN_ARG_BIGINT}, .resolve = resolve_all, .kernel = regexp_extract_all, .prepare = prepare,
   .free_state = free_state, .help = "a group of every match, the first one if none is named; 0: the whole match",
   .example = "REGEXP_EXTRACT_ALL('a1b2', '([a-z])([0-9])', 2) = ARRAY['1', '2']"},
  {.name = "STR_TO_MAP", .signature = "STR_TO_MAP(s STRING [, pairs STRING, key_value STRING]) -> MAP<STRING, STRING>", .min_args = 1, .max_args = 3,
   .flags = RN_FN_STRICT | RN_FN_NULL_RESULT | RN_FN_MAY_FAIL, .classes = {S, S, S}, .resolve = resolve_map, .kernel = str_to_map, .prepare = prepare_both,
   .free_state = free_state, .help = "keys and values of a text; the separators (',' and '=') are regular expressions",
   .example = "STR_TO_MAP('a=1,b=2')['b'] = '2'"},
};
RN_FUNCTION_SET(rn_set_regex, "Regular expressions", rows);
