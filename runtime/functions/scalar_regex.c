/* Regular expressions on PCRE2 with its JIT (DIALECT 8.3). PCRE2's syntax is close to Java's. A constant
 * pattern is compiled once per call site; the match data belongs to one kernel call, so that a program can be
 * run by several threads. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/alloc.h"
#include "runtime/functions/scalar.h"

typedef struct regex_state {
  pcre2_code *code; /* NULL: not a pattern */
} regex_state;

/* NULL: invalid. */
static pcre2_code *compile(rn_slice pattern) {
  int number;
  PCRE2_SIZE offset;
  pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern.ptr, pattern.len, PCRE2_UTF | PCRE2_MATCH_INVALID_UTF, &number, &offset, NULL);
  if (code) (void)pcre2_jit_compile(code, PCRE2_JIT_COMPLETE); /* without a JIT the interpreter does it */
  return code;
}

static rn_status prepare(const rn_value *const *values, uint32_t count, void **state, rn_error *err) {
  (void)count, (void)err;
  *state = NULL;
  if (!values[1] || values[1]->is_null) return RN_OK;
  regex_state *s = rn_calloc(1, sizeof *s);
  s->code = compile(values[1]->u.text);
  *state = s;
  return RN_OK;
}
static void free_state(void *state) {
  regex_state *s = state;
  pcre2_code_free(s->code);
  rn_free(s);
}

/* The patterns of one kernel call: the prepared one, or the last text seen. */
typedef struct matcher {
  const regex_state *prepared;
  pcre2_code *own;
  rn_slice own_text;
  bool own_set;
  pcre2_match_data *data;
} matcher;

static matcher begin(const rn_eval *eval) {
  return (matcher){.prepared = eval->call_state, .data = pcre2_match_data_create(64, NULL)};
}
static void end(matcher *m) {
  pcre2_code_free(m->own);
  pcre2_match_data_free(m->data);
}
static const pcre2_code *pattern_at(matcher *m, rn_slice text) {
  if (m->prepared) return m->prepared->code;
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
    char *room = text_room(eval, b.len);
    if (b.len) memcpy(room, b.data, b.len);
    put_str(out, row, room, b.len);
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
};
RN_FUNCTION_SET(rn_set_regex, "Regular expressions", rows);
