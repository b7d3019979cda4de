/* Literal and word decoding for the lexer: quotes, escapes, code points, hex, keyword lookup. */
#include <stdio.h>
#include <utf8proc.h>
#include "base/alloc.h"
#include "base/limits.h"
#include "parser/token.h"
#include "sql_grammar.h"

void rn_lexer_fail(rn_lexer *lexer, rn_code code, const char *from, const char *to, const char *hint, const char *format, ...) {
  lexer->failed = true;
  if (!lexer->diags) return;
  rn_error err;
  rn_error_clear(&err);
  err.code = (int)code;
  err.span = (rn_span){(uint32_t)(from - lexer->start), (uint32_t)(to - lexer->start)};
  err.has_span = to > from;
  va_list args;
  va_start(args, format);
  (void)vsnprintf(err.message, sizeof err.message, format, args);
  va_end(args);
  if (hint) (void)snprintf(err.hint, sizeof err.hint, "%s", hint);
  rn_diagnostics_add(lexer->diags, &err);
}

static void fail_token(rn_lexer *lexer, rn_token *token, const char *hint, const char *text) {
  rn_lexer_fail(lexer, RN_E_LITERAL, lexer->start + token->span.begin, lexer->start + token->span.end, hint, "%s", text);
}

static void set_text(rn_lexer *lexer, rn_token *token, rn_builder *text) {
  token->text = rn_arena_strndup(lexer->arena, text->data ? text->data : "", text->len);
  token->len = (uint32_t)text->len;
  rn_builder_free(text);
}

void rn_token_plain(rn_lexer *lexer, rn_token *token, rn_slice raw, char quote) {
  char *text = rn_arena_strndup(lexer->arena, raw.ptr, raw.len);
  size_t n = 0;
  for (size_t i = 0; i < raw.len; i++) {
    text[n++] = raw.ptr[i];
    if (raw.ptr[i] == quote && i + 1 < raw.len && raw.ptr[i + 1] == quote) i++;
  }
  text[n] = 0;
  token->text = text;
  token->len = (uint32_t)n;
  if (!rn_utf8_valid(text, n)) fail_token(lexer, token, NULL, "text is not valid UTF-8");
  if (token->kind == TK_ID && n > RN_IDENTIFIER_BYTES_MAX)
    rn_lexer_fail(lexer, RN_E_LIMIT, lexer->start + token->span.begin, lexer->start + token->span.end, NULL,
                  "name is longer than %d bytes", (int)RN_IDENTIFIER_BYTES_MAX);
}

static int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/* At most `digits` hex digits from *i on; returns how many there were. */
static unsigned read_hex(rn_slice raw, size_t *i, unsigned digits, uint32_t *value) {
  unsigned n = 0;
  *value = 0;
  while (n < digits && *i < raw.len && hex_digit(raw.ptr[*i]) >= 0) {
    *value = *value * 16 + (uint32_t)hex_digit(raw.ptr[*i]);
    (*i)++;
    n++;
  }
  return n;
}

static bool put_code_point(rn_builder *b, uint32_t code) {
  if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return false;
  utf8proc_uint8_t bytes[4];
  rn_builder_append(b, bytes, (size_t)utf8proc_encode_char((utf8proc_int32_t)code, bytes));
  return true;
}

/* Behind the high half of a surrogate pair: the low half, escaped likewise, makes it a code point. */
static void join_pair(rn_slice raw, size_t *i, uint32_t *code, const char *escape) {
  size_t at = *i + strlen(escape);
  uint32_t low;
  if (*code < 0xD800 || *code > 0xDBFF || at > raw.len || memcmp(raw.ptr + *i, escape, strlen(escape)) != 0) return;
  if (read_hex(raw, &at, 4, &low) != 4 || low < 0xDC00 || low > 0xDFFF) return;
  *code = 0x10000 + ((*code - 0xD800) << 10) + (low - 0xDC00);
  *i = at;
}

void rn_token_escaped(rn_lexer *lexer, rn_token *token, rn_slice raw) {
  static const struct {
    char letter, value;
  } simple[] = {{'b', '\b'}, {'f', '\f'}, {'n', '\n'}, {'r', '\r'}, {'t', '\t'}};
  rn_builder text = {0};
  const char *problem = NULL;
  for (size_t i = 0; i < raw.len && !problem;) {
    char c = raw.ptr[i++];
    if (c == '\'' && i < raw.len && raw.ptr[i] == '\'') i++;
    if (c != '\\' || i >= raw.len) {
      rn_builder_char(&text, c);
      continue;
    }
    c = raw.ptr[i++];
    size_t k = 0;
    while (k < sizeof simple / sizeof simple[0] && simple[k].letter != c) k++;
    uint32_t code = 0;
    if (k < sizeof simple / sizeof simple[0]) {
      rn_builder_char(&text, simple[k].value);
    } else if (c == 'x') {
      if (read_hex(raw, &i, 2, &code) == 0) rn_builder_char(&text, c);
      else if (!put_code_point(&text, code)) problem = "a hex escape must not be zero";
    } else if (c == 'u') {
      bool read = read_hex(raw, &i, 4, &code) == 4;
      join_pair(raw, &i, &code, "\\u");
      if (!read || !put_code_point(&text, code)) problem = "\\u wants four hex digits of a code point";
    } else if (c == 'U') {
      if (read_hex(raw, &i, 8, &code) != 8 || !put_code_point(&text, code)) problem = "\\U wants eight hex digits of a code point";
    } else if (c >= '0' && c <= '7') {
      size_t digits = i - 1;
      code = (uint32_t)(c - '0');
      for (int n = 1; n < 3 && i < raw.len && raw.ptr[i] >= '0' && raw.ptr[i] <= '7'; n++) code = code * 8 + (uint32_t)(raw.ptr[i++] - '0');
      if (code > 0377) { /* no byte: it stays as it is */
        rn_builder_char(&text, '\\');
        rn_builder_append(&text, raw.ptr + digits, i - digits);
      } else if (!put_code_point(&text, code)) {
        problem = "an octal escape must not be zero";
      }
    } else {
      if (c != '\\' && c != '\'') rn_builder_char(&text, '\\'); /* before other characters it stands for itself, as in Flink */
      rn_builder_char(&text, c);
    }
  }
  set_text(lexer, token, &text);
  if (problem)
    fail_token(lexer, token, NULL, problem);
  else if (!rn_utf8_valid(token->text, token->len))
    fail_token(lexer, token, NULL, "text is not valid UTF-8");
}

void rn_token_unicode(rn_lexer *lexer, rn_token *token, rn_slice raw, char escape) {
  rn_builder text = {0};
  const char *problem = NULL;
  for (size_t i = 0; i < raw.len && !problem;) {
    char c = raw.ptr[i++];
    if (c == '\'' && i < raw.len && raw.ptr[i] == '\'') i++;
    if (c != escape) {
      rn_builder_char(&text, c);
      continue;
    }
    uint32_t code = 0;
    if (i < raw.len && raw.ptr[i] == escape) {
      rn_builder_char(&text, escape);
      i++;
      continue;
    }
    unsigned want = 4;
    if (i < raw.len && raw.ptr[i] == '+') want = 6, i++;
    bool read = read_hex(raw, &i, want, &code) == want;
    if (want == 4) join_pair(raw, &i, &code, (char[]){escape, 0});
    if (!read || !put_code_point(&text, code))
      problem = want == 4 ? "a Unicode escape wants four hex digits of a code point" : "a Unicode escape with + wants six hex digits of a code point";
  }
  set_text(lexer, token, &text);
  if (problem)
    fail_token(lexer, token, NULL, problem);
  else if (!rn_utf8_valid(token->text, token->len))
    fail_token(lexer, token, NULL, "text is not valid UTF-8");
}

void rn_token_bytes(rn_lexer *lexer, rn_token *token, rn_slice raw) {
  rn_builder bytes = {0};
  bool good = raw.len % 2 == 0;
  for (size_t i = 0; good && i < raw.len; i += 2) {
    int high = hex_digit(raw.ptr[i]), low = hex_digit(raw.ptr[i + 1]);
    if (high < 0 || low < 0)
      good = false;
    else
      rn_builder_char(&bytes, (char)(high * 16 + low));
  }
  set_text(lexer, token, &bytes);
  if (!good) fail_token(lexer, token, NULL, raw.len % 2 ? "a binary literal wants an even number of hex digits" : "a binary literal has the digits 0-9 and A-F only");
}

/* Letters, digits and marks of any script; a pasted curly quote or no-break space is no part of a name. */
static bool word_code_point(int32_t code) {
  switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_LU: case UTF8PROC_CATEGORY_LL: case UTF8PROC_CATEGORY_LT: case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO: case UTF8PROC_CATEGORY_MN: case UTF8PROC_CATEGORY_MC: case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL: case UTF8PROC_CATEGORY_PC: case UTF8PROC_CATEGORY_SC:
      return true;
    default:
      return false;
  }
}

void rn_token_word(rn_lexer *lexer, rn_token *token) {
  const char *from = lexer->start + token->span.begin;
  size_t len = token->span.end - token->span.begin;
  for (size_t i = 0; i < len;) {
    if ((unsigned char)from[i] < 0x80) {
      i++;
      continue;
    }
    unsigned n = rn_utf8_valid_at(from + i, len - i);
    utf8proc_int32_t code = 0;
    if (n) (void)utf8proc_iterate((const utf8proc_uint8_t *)from + i, (utf8proc_ssize_t)n, &code);
    if (!n) {
      rn_lexer_fail(lexer, RN_E_SYNTAX, from + i, from + i + 1, NULL, "text is not valid UTF-8");
    } else if (!word_code_point(code)) {
      bool quote = code == 0x2018 || code == 0x2019 || code == 0x201C || code == 0x201D;
      rn_lexer_fail(lexer, RN_E_SYNTAX, from + i, from + i + n, quote ? "strings stand in plain quotes: 'text'" : NULL,
                    "character U+%04X cannot stand here", (unsigned)code);
    } else {
      i += n;
      continue;
    }
    token->kind = TK_ILLEGAL;
    i += n ? n : 1;
    token->span.end = token->span.begin + (uint32_t)i;
    lexer->cursor = from + i;
    return;
  }
  token->text = rn_arena_strndup(lexer->arena, from, len);
  token->len = (uint32_t)len;
  if (len > RN_IDENTIFIER_BYTES_MAX)
    rn_lexer_fail(lexer, RN_E_LIMIT, from, from + len, NULL, "name is longer than %d bytes", (int)RN_IDENTIFIER_BYTES_MAX);
  const rn_keyword *keyword = rn_keyword_find(rn_slice_make(from, len));
  token->kind = keyword ? keyword->token : TK_ID;
}

/* Operators of other databases, and what is written here. */
void rn_lexer_stray(rn_lexer *lexer, const char *from, const char *to) {
  static const struct {
    const char *text, *hint;
  } rows[] = {{"&&", "write AND"}, {"&", "write AND; there are no operators on bits"}, {"!", "write NOT"}, {"~", "REGEXP(text, 'pattern') tests a pattern"},
              {"#", "a comment begins with -- and goes to the end of the line"}, {"?", "statements take no parameters"},
              {"@", NULL}, {"{", "runnel fills nothing in: write the value; a map is MAP['key', value]"}, {"^", "POWER(a, b)"}, {"|", "texts are joined with ||, conditions with OR"}, {"\\", NULL}};
  const char *hint = NULL;
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    size_t n = strlen(rows[i].text);
    if ((size_t)(lexer->limit - from) < n || memcmp(from, rows[i].text, n) != 0) continue;
    hint = rows[i].hint;
    if (n > (size_t)(to - from)) to = from + n;
    break;
  }
  lexer->cursor = to;
  bool brace = *from == '}' && lexer->braced; /* of the pair that is told already */
  lexer->braced |= *from == '{';
  if (!brace) rn_lexer_fail(lexer, RN_E_SYNTAX, from, to, hint, "%s %.*s cannot stand here", to - from > 1 && (unsigned char)*from < 0x80 ? "characters" : "character", (int)(to - from), from);
}
