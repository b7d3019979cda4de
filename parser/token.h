/* Tokens and the lexer (grammar/sql.re). A token knows its bytes; names and strings are decoded into the arena.
 * The lexer never fails: what it cannot read becomes TK_ILLEGAL and a diagnostic. */
#ifndef RN_PARSER_TOKEN_H
#define RN_PARSER_TOKEN_H
#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

typedef struct rn_token {
  int kind; /* TK_..; 0: end of text */
  uint32_t len;
  rn_span span;
  const char *text; /* word as written, decoded string or name, operator */
  bool quoted;      /* back-ticked name */
  bool bang;        /* != */
} rn_token;

typedef struct rn_lexer {
  const char *start, *cursor, *limit; /* *limit == 0 */
  rn_arena *arena;
  rn_diagnostics *diags; /* NULL: errors are not wanted (completeness, completion) */
  bool in_hint;
  bool braced; /* a { was told of: its } is not */
  bool failed; /* a diagnostic was, or would have been, added */
  enum { RN_LEX_CODE, RN_LEX_STRING, RN_LEX_NAME, RN_LEX_COMMENT } unfinished; /* what the text ended in */
} rn_lexer;

void rn_lexer_init(rn_lexer *lexer, rn_slice nul_terminated, size_t from, rn_arena *arena, rn_diagnostics *diags);
rn_token rn_lexer_next(rn_lexer *lexer);

/* Literal decoding (literal.c). `raw` is the text between the quotes. */
void rn_lexer_fail(rn_lexer *lexer, rn_code code, const char *from, const char *to, const char *hint, const char *format, ...)
    __attribute__((format(printf, 6, 7)));
/* A character that begins no token. */
void rn_lexer_stray(rn_lexer *lexer, const char *from, const char *to);
void rn_token_plain(rn_lexer *lexer, rn_token *token, rn_slice raw, char quote);
void rn_token_escaped(rn_lexer *lexer, rn_token *token, rn_slice raw);                /* E'..' */
void rn_token_unicode(rn_lexer *lexer, rn_token *token, rn_slice raw, char escape);   /* U&'..' */
void rn_token_bytes(rn_lexer *lexer, rn_token *token, rn_slice raw);                  /* X'..' */
void rn_token_word(rn_lexer *lexer, rn_token *token);                                 /* name or keyword */

/* Keywords (keywords.c). */
typedef struct rn_keyword {
  const char *word;
  int token;
  bool reserved;
} rn_keyword;
const rn_keyword *rn_keyword_find(rn_slice word);
/* How a token is called in messages: "SELECT", ",", "string". */
const char *rn_token_display(int kind);

#endif
