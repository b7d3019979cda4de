/* Text to AST: the lexer (grammar/sql.re) feeds the Lemon parser (grammar/sql.y), whose actions only
 * call the constructors of ast.h. A syntax error lists what could stand there; parsing resumes at the
 * next `;`. Knows nothing of catalogs or types. No globals; thread-safe per call. */
#ifndef RN_PARSER_PARSE_H
#define RN_PARSER_PARSE_H
#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"
#include "parser/ast.h"

/* Parses a script: all its statements in order. Statements with syntax errors are left out, their errors are
 * in diags. Spans are byte offsets in `text`; text is kept by the caller as long as the AST. */
rn_status rn_parse_script(rn_slice text, rn_arena *arena, rn_ast_script *out, rn_diagnostics *diags);

/* Parses the first statement of text from `from` on; *end is the first byte behind it (and its `;`).
 * *out NULL: nothing but white space and comments was left. */
rn_status rn_parse_next(rn_slice text, size_t from, rn_arena *arena, rn_ast_statement **out, size_t *end,
                        rn_diagnostics *diags);

/* Does text end in a finished statement? For the shell's prompt. */
typedef enum rn_completeness {
  RN_COMPLETE, RN_INCOMPLETE, RN_IN_STRING, RN_IN_NAME /* back-ticks */, RN_IN_COMMENT, RN_IN_PARENS,
  RN_BLANK /* nothing but white space and comments */
} rn_completeness;
rn_completeness rn_parse_completeness(rn_slice text);

/* What could stand at `cursor` (byte offset): keywords the grammar accepts there, and whether a name may
 * stand there. Texts in arena. For completion. */
typedef struct rn_expected {
  size_t keyword_count;
  const char **keywords;
  bool name; /* an identifier may stand here */
  bool expression; /* an expression may start here: functions make sense */
} rn_expected;
void rn_parse_expected(rn_slice text, size_t cursor, rn_arena *arena, rn_expected *out);

/* Keywords, for completion, highlighting and quoting. */
bool rn_keyword_is_reserved(rn_slice word);
const char *const *rn_keywords(size_t *count);

/* AST to SQL text that parses to the same AST. Canonical: one spelling, options sorted by key. */
void rn_ast_print(const rn_ast_statement *statement, rn_builder *out);
void rn_ast_print_expr(const rn_ast_expr *expr, rn_builder *out);
void rn_ast_print_query(const rn_ast_query *query, rn_builder *out);
/* Structural equality, spans ignored (tests, plan sharing). */
bool rn_ast_equal(const rn_ast_statement *a, const rn_ast_statement *b);

/* line:column (1-based, columns in code points) of a byte offset. */
void rn_text_position(rn_slice text, uint32_t offset, uint32_t *line, uint32_t *column);
/* The error as users see it (UX.md B5): `error[RN2004]: ..`, the line, the caret under the whole span,
 * the hint. source_name NULL: " line 1:8  ..". */
void rn_error_render(const rn_error *err, rn_slice text, const char *source_name, rn_builder *out);

#endif
