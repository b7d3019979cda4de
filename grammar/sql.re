/* sql.re: text -> tokens (re2c). First step of the pipeline. Every token carries its byte span; the text ends in a
 * NUL, so no bounds are checked per byte. Words are looked up in the table of parser/keywords.c, literals are
 * decoded in parser/literal.c: the rules only find where things begin and end. */
#include <ctype.h>
#include <string.h>
#include "parser/token.h"
#include "sql_grammar.h"

/*!re2c
  re2c:define:YYCTYPE = "unsigned char";
  re2c:define:YYCURSOR = cursor;
  re2c:define:YYMARKER = marker;
  re2c:yyfill:enable = 0;
  re2c:flags:8 = 0;

  digit = [0-9];
  word_start = [A-Za-z_$\x80-\xff];
  word = word_start [A-Za-z0-9_$\x80-\xff]*;
  quoted = ['] ([^'\x00] | "''")* ['];
*/

/* White space and comments; false when a comment does not end. */
static bool skip_blank(rn_lexer *lexer) {
  const char *c = lexer->cursor;
  for (;;) {
    if (*c == ' ' || (*c >= '\t' && *c <= '\r')) {
      c++;
    } else if ((c[0] == '-' && c[1] == '-') || (c[0] == '/' && c[1] == '/')) {
      while (c < lexer->limit && *c != '\n') c++;
    } else if (c[0] == '/' && c[1] == '*' && (c[2] != '+' || lexer->in_hint)) {
      const char *end = c + 2;
      while (end < lexer->limit && !(end[0] == '*' && end[1] == '/')) end++;
      if (end >= lexer->limit) {
        lexer->unfinished = RN_LEX_COMMENT;
        rn_lexer_fail(lexer, RN_E_UNTERMINATED, c, c + 2, "a comment ends with */", "comment does not end");
        lexer->cursor = lexer->limit;
        return false;
      }
      c = end + 2;
    } else {
      lexer->cursor = c;
      return true;
    }
  }
}

/* A piece of a literal that goes on after a line end: 'abc' <newline> 'def'. True: `*cursor` is behind its quote. */
static bool continues(rn_lexer *lexer, const char **cursor) {
  const char *c = *cursor;
  bool newline = false;
  while (*c == ' ' || (*c >= '\t' && *c <= '\r')) newline |= *c++ == '\n';
  if (c == *cursor || *c != '\'') return false;
  if (!newline)
    rn_lexer_fail(lexer, RN_E_LITERAL, c, c + 1, "join them with ||, or put the second one on a line of its own",
                  "string literal continued on the same line");
  *cursor = c + 1;
  return true;
}

static rn_token make(rn_lexer *lexer, int kind, const char *from, const char *to, const char *text) {
  lexer->cursor = to;
  return (rn_token){.kind = kind,
                    .span = {(uint32_t)(from - lexer->start), (uint32_t)(to - lexer->start)},
                    .text = text,
                    .len = (uint32_t)strlen(text)};
}

/* A quoted literal from `body` (behind the first quote): collects its pieces and hands the raw text on. */
static rn_token literal(rn_lexer *lexer, const char *from, const char *body, char prefix) {
  rn_builder raw = {0};
  const char *c = body;
  bool open = true;
  do {
    const char *piece = c;
    while (c < lexer->limit && *c != '\'') {
      if (prefix == 'E' && *c == '\\' && c + 1 < lexer->limit) c++;
      c++;
    }
    rn_builder_append(&raw, piece, (size_t)(c - piece));
    if (c >= lexer->limit) break;
    c++;
    if (*c == '\'') { /* a doubled quote: kept doubled for the decoder */
      rn_builder_append(&raw, "''", 2);
      c++;
      continue;
    }
    open = continues(lexer, &c);
  } while (open);
  rn_token token = make(lexer, prefix == 'X' ? TK_BYTES_LITERAL : TK_STRING, from, c, "");
  if (open) {
    bool escaped = false; /* 'it\'s' of other databases ended early */
    for (const char *b = lexer->start; b + 1 < from && !escaped; b++) escaped = b[0] == '\\' && b[1] == '\'';
    lexer->unfinished = RN_LEX_STRING;
    rn_lexer_fail(lexer, RN_E_UNTERMINATED, from, body, escaped ? "a quote in a string is doubled: 'it''s'; a backslash is a character like others" : "a string ends with a quote: '",
                  "string does not end");
    token.kind = TK_ILLEGAL;
    rn_builder_free(&raw);
    return token;
  }
  rn_slice text = rn_slice_make(raw.data ? raw.data : "", raw.len);
  char escape = '\\';
  if (prefix == 'U') { /* UESCAPE 'c' belongs to the literal */
    const char *before = lexer->cursor;
    if (skip_blank(lexer)) {
      const char *u = lexer->cursor;
      if ((size_t)(lexer->limit - u) >= 7 && rn_slice_eq_nocase(rn_slice_make(u, 7), rn_slice_of("UESCAPE"))) {
        lexer->cursor = u + 7;
        (void)skip_blank(lexer);
        u = lexer->cursor;
        if (u[0] == '\'' && u[1] && u[1] != '\'' && u[2] == '\'') {
          if (isxdigit((unsigned char)u[1]) || strchr(" \t\n\f\r+\"", u[1]))
            rn_lexer_fail(lexer, RN_E_LITERAL, u, u + 3, NULL, "UESCAPE must not be a hex digit, a blank, + or a double quote");
          escape = u[1];
          before = u + 3;
        } else {
          rn_lexer_fail(lexer, RN_E_LITERAL, u, u + (*u != 0), NULL, "UESCAPE wants one character in quotes");
          before = u;
        }
      }
    }
    lexer->cursor = before;
    token.span.end = (uint32_t)(before - lexer->start);
  }
  switch (prefix) {
    case 'E': rn_token_escaped(lexer, &token, text); break;
    case 'U': rn_token_unicode(lexer, &token, text, escape); break;
    case 'X': rn_token_bytes(lexer, &token, text); break;
    default: rn_token_plain(lexer, &token, text, '\''); break;
  }
  rn_builder_free(&raw);
  return token;
}

static rn_token back_ticked(rn_lexer *lexer, const char *from) {
  const char *c = from + 1;
  for (;; c++) {
    while (c < lexer->limit && *c != '`') c++;
    if (c >= lexer->limit) {
      rn_token token = make(lexer, TK_ILLEGAL, from, lexer->limit, "");
      lexer->unfinished = RN_LEX_NAME;
      rn_lexer_fail(lexer, RN_E_UNTERMINATED, from, from + 1, "a quoted name ends with a back-tick: `", "quoted name does not end");
      return token;
    }
    if (c[1] != '`') break;
    c++;
  }
  rn_token token = make(lexer, TK_ID, from, c + 1, "");
  rn_token_plain(lexer, &token, rn_slice_make(from + 1, (size_t)(c - from - 1)), '`');
  token.quoted = true;
  if (token.len == 0) rn_lexer_fail(lexer, RN_E_SYNTAX, from, c + 1, NULL, "a name must not be empty");
  return token;
}

static rn_token bad_character(rn_lexer *lexer, const char *from) {
  size_t left = (size_t)(lexer->limit - from);
  unsigned n = rn_utf8_valid_at(from, left);
  rn_token token = make(lexer, TK_ILLEGAL, from, from + (n ? n : 1), "");
  if (*from == '"') {
    const char *end = from + 1;
    while (end < lexer->limit && *end != '"' && *end != '\n') end++;
    if (*end == '"') end++;
    rn_lexer_fail(lexer, RN_E_SYNTAX, from, end, "'text' is a string, `name` is a name", "double quotes quote nothing here");
    token.span.end = (uint32_t)(end - lexer->start);
    lexer->cursor = end;
  } else {
    if (n && (unsigned char)*from >= ' ')
      rn_lexer_stray(lexer, from, from + n);
    else
      rn_lexer_fail(lexer, RN_E_SYNTAX, from, from + 1, NULL, "byte 0x%02x cannot stand here", (unsigned)(unsigned char)*from);
  }
  return token;
}

rn_token rn_lexer_next(rn_lexer *lexer) {
  if (!skip_blank(lexer)) return make(lexer, TK_ILLEGAL, lexer->limit, lexer->limit, "");
  const char *from = lexer->cursor;
  if (from >= lexer->limit) return make(lexer, 0, lexer->limit, lexer->limit, "");
  const char *cursor = from, *marker = from;
  (void)marker;
#define OP(kind, text) return make(lexer, kind, from, cursor, text)
  /*!re2c
    "/*+"            { lexer->in_hint = true; OP(TK_HINT_BEGIN, "/*+"); }
    "*" "/"          { if (lexer->in_hint) { lexer->in_hint = false; OP(TK_HINT_END, "*" "/"); }
                       cursor = from + 1; OP(TK_STAR, "*"); }
    [']              { return literal(lexer, from, cursor, 0); }
    [nN] [']         { return literal(lexer, from, cursor, 'N'); }
    "_" [A-Za-z0-9]+ ['] { return literal(lexer, from, cursor, 'N'); }
    [eE] [']         { return literal(lexer, from, cursor, 'E'); }
    [xX] [']         { return literal(lexer, from, cursor, 'X'); }
    [uU] "&" [']     { return literal(lexer, from, cursor, 'U'); }
    "`"              { return back_ticked(lexer, from); }
    word             { rn_token token = make(lexer, TK_ID, from, cursor, ""); rn_token_word(lexer, &token); return token; }
    (digit+ ("." digit*)? | "." digit+) ([eE] [+-]? digit+)?
                     { rn_token token = make(lexer, TK_NUMBER, from, cursor, "");
                       token.text = rn_arena_strndup(lexer->arena, from, (size_t)(cursor - from));
                       token.len = (uint32_t)(cursor - from); return token; }
    "<>"             { OP(TK_NE, "<>"); }
    "!="             { rn_token token = make(lexer, TK_NE, from, cursor, "<>"); token.bang = true; return token; }
    "<="             { OP(TK_LE, "<="); }
    ">="             { OP(TK_GE, ">="); }
    "=>"             { OP(TK_ARROW, "=>"); }
    "||"             { OP(TK_CONCAT, "||"); }
    "="              { OP(TK_EQ, "="); }
    "<"              { OP(TK_LT, "<"); }
    ">"              { OP(TK_GT, ">"); }
    "+"              { OP(TK_PLUS, "+"); }
    "-"              { OP(TK_MINUS, "-"); }
    "*"              { OP(TK_STAR, "*"); }
    "/"              { OP(TK_SLASH, "/"); }
    "%"              { OP(TK_PERCENT, "%"); }
    "("              { OP(TK_LP, "("); }
    ")"              { OP(TK_RP, ")"); }
    "["              { OP(TK_LBRACKET, "["); }
    "]"              { OP(TK_RBRACKET, "]"); }
    ","              { OP(TK_COMMA, ","); }
    ";"              { lexer->in_hint = false; OP(TK_SEMI, ";"); }
    "."              { OP(TK_DOT, "."); }
    ":"              { OP(TK_COLON, ":"); }
    *                { return bad_character(lexer, from); }
  */
#undef OP
}

void rn_lexer_init(rn_lexer *lexer, rn_slice nul_terminated, size_t from, rn_arena *arena, rn_diagnostics *diags) {
  *lexer = (rn_lexer){.start = nul_terminated.ptr, .cursor = nul_terminated.ptr + from,
                      .limit = nul_terminated.ptr + nul_terminated.len, .arena = arena, .diags = diags};
}
