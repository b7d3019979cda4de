/* LIKE and SIMILAR TO (DIALECT 8.1).
 *
 * A constant LIKE pattern is compiled once per call site into a list of pieces; the common shapes (exact,
 * prefix, suffix, contains) need one comparison or search. The general match is greedy from piece to
 * piece with one point of return (the last '%'), so it is linear in practice and never recurses.
 * SIMILAR TO is translated into a PCRE2 pattern. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/alloc.h"
#include "runtime/functions/scalar.h"

typedef enum like_shape { LIKE_GENERAL, LIKE_EXACT, LIKE_PREFIX, LIKE_SUFFIX, LIKE_CONTAINS } like_shape;
/* Elements: a literal byte, '_' (one character) or '%' (any). */
typedef enum like_kind { LIKE_BYTE, LIKE_ONE, LIKE_ANY } like_kind;
typedef struct like_pattern {
  like_shape shape;
  size_t count, text_len;
  uint8_t *kinds;
  char *bytes;  /* byte of each element */
  char *text;   /* the literal of the simple shapes */
} like_pattern;

static void free_pattern(void *state) {
  like_pattern *p = state;
  rn_free(p->kinds);
  rn_free(p->bytes);
  rn_free(p->text);
  rn_free(p);
}

static const char *escape_of(rn_slice escape, unsigned *len) {
  *len = escape.len ? utf8_step(escape.ptr, escape.ptr + escape.len) : 0;
  return escape.ptr;
}

/* RN_FAIL with the dialect's message for a bad ESCAPE. */
static rn_status compile_like(rn_slice pattern, const rn_slice *escape, like_pattern **out, rn_error *err) {
  unsigned escape_len = 0;
  const char *escape_char = NULL;
  if (escape) {
    escape_char = escape_of(*escape, &escape_len);
    if (escape_len == 0 || escape_len != escape->len) {
      return rn_fail(err, RN_E_VALUE, "invalid escape character '%.*s'", (int)escape->len, escape->ptr);
    }
  }
  like_pattern *p = rn_calloc(1, sizeof *p);
  p->kinds = rn_malloc(pattern.len + 1);
  p->bytes = rn_malloc(pattern.len + 1);
  p->text = rn_malloc(pattern.len + 1);
  const char *s = pattern.ptr, *end = pattern.ptr + pattern.len;
  size_t wildcards = 0;
  while (s < end) {
    bool escaped = escape_len && (size_t)(end - s) >= escape_len && memcmp(s, escape_char, escape_len) == 0;
    if (escaped) {
      const char *next = s + escape_len;
      bool special = next < end && (*next == '%' || *next == '_');
      bool itself = (size_t)(end - next) >= escape_len && memcmp(next, escape_char, escape_len) == 0;
      if (!special && !itself) {
        free_pattern(p);
        return rn_fail(err, RN_E_VALUE, "invalid escape sequence '%.*s', %d", (int)pattern.len, pattern.ptr, (int)(s - pattern.ptr));
      }
      s = next;
    }
    bool any = !escaped && *s == '%', one = !escaped && *s == '_';
    p->kinds[p->count] = any ? LIKE_ANY : one ? LIKE_ONE : LIKE_BYTE;
    p->bytes[p->count++] = *s;
    wildcards += any || one;
    if (!any && !one) p->text[p->text_len++] = *s;
    s++;
  }
  bool first = p->count && p->kinds[0] == LIKE_ANY, last = p->count && p->kinds[p->count - 1] == LIKE_ANY;
  if (wildcards == 0) p->shape = LIKE_EXACT;
  else if (wildcards == 1 && last) p->shape = LIKE_PREFIX;
  else if (wildcards == 1 && first) p->shape = LIKE_SUFFIX;
  else if (wildcards == 2 && first && last && p->count >= 2) p->shape = LIKE_CONTAINS;
  *out = p;
  return RN_OK;
}

static bool match_general(const like_pattern *p, rn_slice s) {
  const char *c = s.ptr, *end = s.ptr + s.len, *return_text = NULL;
  size_t k = 0, return_to = SIZE_MAX;
  for (;;) {
    if (k < p->count && p->kinds[k] == LIKE_ANY) {
      return_to = ++k;
      return_text = c;
      continue;
    }
    if (k == p->count && c == end) return true;
    bool fits = k < p->count && c < end && (p->kinds[k] == LIKE_ONE ? *c != '\n' : p->bytes[k] == *c);
    if (fits) {
      c += p->kinds[k] == LIKE_ONE ? utf8_step(c, end) : 1;
      k++;
    } else {
      if (return_to == SIZE_MAX || return_text >= end) return false;
      return_text += utf8_step(return_text, end);
      c = return_text;
      k = return_to;
    }
  }
}

static bool match_like(const like_pattern *p, rn_slice s) {
  size_t n = p->text_len;
  switch (p->shape) {
    case LIKE_EXACT: return s.len == n && memcmp(s.ptr, p->text, n) == 0;
    case LIKE_PREFIX: return s.len >= n && memcmp(s.ptr, p->text, n) == 0;
    case LIKE_SUFFIX: return s.len >= n && memcmp(s.ptr + s.len - n, p->text, n) == 0;
    case LIKE_CONTAINS: return n == 0 || memmem(s.ptr, s.len, p->text, n) != NULL;
    case LIKE_GENERAL: break;
  }
  return match_general(p, s);
}

static rn_status prepare_like(const rn_value *const *values, uint32_t count, void **state, rn_error *err) {
  *state = NULL;
  if (!values[1] || values[1]->is_null || (count > 2 && (!values[2] || values[2]->is_null))) return RN_OK;
  like_pattern *p;
  if (compile_like(values[1]->u.text, count > 2 ? &values[2]->u.text : NULL, &p, err) != RN_OK) return RN_FAIL;
  *state = p;
  return RN_OK;
}

static inline rn_status like(rn_eval *eval, const rn_column *const *args, uint32_t arg_count, rn_column *out, const rn_sel *sel, bool want) {
  const like_pattern *prepared = eval->call_state;
  if (prepared && prepared->shape == LIKE_PREFIX && prepared->text_len >= 4) { /* the view's prefix decides most rows */
    const rn_str *strings = args[0]->data;
    FOR_ROWS(row) {
      const rn_str *s = &strings[AT(0, row)];
      bool is = s->len >= prepared->text_len && memcmp(s->prefix, prepared->text, 4) == 0 &&
                memcmp(rn_str_ptr(s) + 4, prepared->text + 4, prepared->text_len - 4) == 0;
      put_bool(out, row, is == want);
    }
    return RN_OK;
  }
  FOR_ROWS(row) {
    if (prepared) {
      put_bool(out, row, match_like(prepared, TEXT(0, row)) == want);
      continue;
    }
    like_pattern *p;
    rn_slice escape = arg_count > 2 ? TEXT(2, row) : (rn_slice){"", 0};
    rn_error why = {0};
    if (compile_like(TEXT(1, row), arg_count > 2 ? &escape : NULL, &p, &why) != RN_OK) {
      return rn_eval_fail(eval, row, RN_E_VALUE, "%s", why.message);
    }
    put_bool(out, row, match_like(p, TEXT(0, row)) == want);
    free_pattern(p);
  }
  return RN_OK;
}
KERNEL(k_like) { return like(eval, args, arg_count, out, sel, true); }
KERNEL(k_not_like) { return like(eval, args, arg_count, out, sel, false); }

/* --- SIMILAR TO ------------------------------------------------------------------------------------------------------ */

/* % _ become .* and . (which matches newlines here); what only a regular expression knows is quoted. */
static bool translate_similar(rn_slice pattern, const rn_slice *escape, rn_builder *out) {
  unsigned escape_len = 0;
  const char *escape_char = escape ? escape_of(*escape, &escape_len) : NULL;
  if (escape && (escape_len == 0 || escape_len != escape->len)) return false;
  rn_builder_text(out, "\\A(?:");
  bool in_set = false;
  for (const char *s = pattern.ptr, *end = pattern.ptr + pattern.len; s < end;) {
    bool escaped = escape_len && (size_t)(end - s) >= escape_len && memcmp(s, escape_char, escape_len) == 0;
    if (escaped) {
      s += escape_len;
      if (s >= end) return false;
    }
    unsigned n = utf8_step(s, end);
    if (n > 1) {
      rn_builder_append(out, s, n);
    } else if (escaped) {
      rn_builder_char(out, '\\');
      rn_builder_char(out, *s);
    } else if (in_set) {
      if (*s == '[' && s + 1 < end && s[1] == ':') { /* [:ALPHA:] in any case */
        const char *close = memmem(s + 2, (size_t)(end - s - 2), ":]", 2);
        if (!close) return false;
        for (const char *c = s; c < close + 2; c++) rn_builder_char(out, (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c));
        s = close + 2;
        continue;
      }
      if (*s == '\\') rn_builder_char(out, '\\');
      rn_builder_char(out, *s);
      in_set = *s != ']';
    } else if (*s == '%') {
      rn_builder_text(out, ".*");
    } else if (*s == '_') {
      rn_builder_char(out, '.');
    } else if (strchr("\\^$", *s)) {
      rn_builder_char(out, '\\');
      rn_builder_char(out, *s);
    } else {
      in_set = *s == '[';
      rn_builder_char(out, *s);
      /* [:alpha:] that stands alone is a set of those letters, as in Flink; the class is [[:alpha:]] */
      if (in_set && s + 1 < end && strchr(":.=", s[1])) rn_builder_char(out, '\\');
    }
    s += n;
  }
  rn_builder_text(out, ")\\z");
  return true;
}

static void free_similar(void *state) { pcre2_code_free(state); }

static rn_status compile_similar(rn_slice pattern, const rn_slice *escape, pcre2_code **out, rn_error *err) {
  rn_builder b = {0};
  int number = 0;
  PCRE2_SIZE offset = 0;
  *out = NULL;
  if (translate_similar(pattern, escape, &b)) {
    *out = pcre2_compile((PCRE2_SPTR)b.data, b.len, PCRE2_UTF | PCRE2_DOTALL | PCRE2_MATCH_INVALID_UTF, &number, &offset, NULL);
  }
  rn_builder_free(&b);
  if (!*out) return rn_fail(err, RN_E_VALUE, "invalid pattern '%.*s'", (int)pattern.len, pattern.ptr);
  (void)pcre2_jit_compile(*out, PCRE2_JIT_COMPLETE); /* without a JIT the interpreter does it */
  return RN_OK;
}

static rn_status prepare_similar(const rn_value *const *values, uint32_t count, void **state, rn_error *err) {
  *state = NULL;
  if (!values[1] || values[1]->is_null || (count > 2 && (!values[2] || values[2]->is_null))) return RN_OK;
  pcre2_code *code;
  if (compile_similar(values[1]->u.text, count > 2 ? &values[2]->u.text : NULL, &code, err) != RN_OK) return RN_FAIL;
  *state = code;
  return RN_OK;
}

KERNEL(similar) {
  pcre2_code *prepared = eval->call_state;
  pcre2_match_data *match = pcre2_match_data_create(1, NULL);
  rn_status status = RN_OK;
  rn_error why = {0};
  FOR_ROWS(row) {
    pcre2_code *code = prepared;
    rn_slice escape = arg_count > 2 ? TEXT(2, row) : (rn_slice){"", 0};
    if (!code && compile_similar(TEXT(1, row), arg_count > 2 ? &escape : NULL, &code, &why) != RN_OK) {
      status = rn_eval_fail(eval, row, RN_E_VALUE, "%s", why.message);
      break;
    }
    rn_slice s = TEXT(0, row);
    put_bool(out, row, pcre2_match(code, (PCRE2_SPTR)s.ptr, s.len, 0, 0, match, NULL) >= 0);
    if (!prepared) pcre2_code_free(code);
  }
  pcre2_match_data_free(match);
  return status;
}

#define LIKE_ROW(n, k, p, free_, h, e)                                                                               \
  {.name = n, .signature = "s " n " pattern [ESCAPE c]", .min_args = 2, .max_args = 3,                                \
   .flags = RN_FN_STRICT | RN_FN_OPERATOR | RN_FN_MAY_FAIL, .classes = {RN_ARG_STRING, RN_ARG_STRING, RN_ARG_STRING},  \
   .kernel = k, .result = RN_T_BOOLEAN, .prepare = p, .free_state = free_, .help = h, .example = e}
static const rn_function rows[] = {
  LIKE_ROW("LIKE", k_like, prepare_like, free_pattern, "% stands for any text, _ for one character", "('abc' LIKE 'a%') = TRUE"),
  LIKE_ROW("NOT LIKE", k_not_like, prepare_like, free_pattern, "the opposite of LIKE", "('abc' NOT LIKE '%z%') = TRUE"),
  LIKE_ROW("SIMILAR TO", similar, prepare_similar, free_similar, "SQL regular expression: % _ | * + ? {m,n} ( ) [ ]", "('abc' SIMILAR TO '(a|b)%') = TRUE"),
};
RN_FUNCTION_SET(rn_set_like, "Patterns", rows);
