/* Inside parser/: the tokens of one statement and the automaton run over them without actions. */
#ifndef RN_PARSER_DRIVER_H
#define RN_PARSER_DRIVER_H
#include "base/vec.h"
#include "parser/build.h"

typedef struct rn_tokens {
  RN_VEC(rn_token) list;  /* without the final `;` */
  rn_token end;           /* the `;`, or kind 0 behind the last byte */
  size_t next;            /* offset of the first byte behind the statement */
  bool failed;            /* lexical errors, in the diagnostics */
  bool terminated;        /* a `;` was seen */
  int unfinished;         /* RN_LEX_.. the text ended in */
  uint32_t open;          /* parentheses open at the end */
} rn_tokens;

/* Reads the tokens of the statement that starts at `from`. Spans are offsets in `text`. */
void rn_tokens_read(rn_slice text, size_t from, rn_arena *arena, rn_diagnostics *diags, rn_tokens *out);
void rn_tokens_free(rn_tokens *tokens);

enum { RN_STATES_MAX = 4096 };
typedef struct rn_states {
  size_t depth;
  uint16_t stack[RN_STATES_MAX];
} rn_states;
/* The automaton's stack after the first `count` tokens; false when one of them is refused. */
bool rn_states_after(const rn_tokens *tokens, size_t count, rn_states *out);
/* Could a token of that kind come next? `soft`: a soft keyword may stand for a name. */
bool rn_states_accept(const rn_states *states, int token, bool soft);
/* Index of the first token that cannot stand where it is (list.len: the end); SIZE_MAX: all fit. */
size_t rn_tokens_check(const rn_tokens *tokens, bool *too_deep);
/* idioms.c: what to write instead, for words of other databases around the token that does not fit; *at: the token that the
 * message should be about, not behind `bad`. `guessed`: a near keyword is known, so rows for any word do not count. */
const char *rn_idiom_hint(const rn_tokens *tokens, size_t bad, bool guessed, size_t *at);
/* Adds the E_SYNTAX diagnostic for the token `bad`. */
void rn_syntax_error(const rn_tokens *tokens, size_t bad, rn_diagnostics *diags);

#endif
