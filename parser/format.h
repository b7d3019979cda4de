/* `runnel fmt`: lays a script's tokens out anew. Works on tokens, not on the AST: names, literals and comments stay as
 * they were written, only white space and the case of reserved words change.
 *
 *   tokens --format.c--> pieces (text, places where a line may break, groups) --format_print.c--> text
 *
 * A group is printed on one line when it fits and broken at all of its own places when not (Oppen 1980, "Prettyprinting",
 * in the form of Wadler 2003 with consistent groups). */
#ifndef RN_PARSER_FORMAT_H
#define RN_PARSER_FORMAT_H
#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"
#include "base/vec.h"

enum { RN_FORMAT_WIDTH = 100, RN_FORMAT_INDENT = 2 };

typedef enum rn_piece_kind {
  RN_PIECE_TEXT,   /* a token or a comment */
  RN_PIECE_SPACE,
  RN_PIECE_BREAK,  /* nothing, or a new line in a broken group */
  RN_PIECE_BLANK,  /* a space, or a new line in a broken group */
  RN_PIECE_HARD,   /* a new line; breaks the groups around it */
  RN_PIECE_EMPTY,  /* a blank line */
  RN_PIECE_INDENT, RN_PIECE_DEDENT,
  RN_PIECE_OPEN, RN_PIECE_CLOSE /* of a group */
} rn_piece_kind;
typedef struct rn_piece {
  rn_piece_kind kind;
  bool upper;    /* TEXT: a reserved word */
  rn_slice text;
} rn_piece;
typedef RN_VEC(rn_piece) rn_pieces;

/* The script in the house style, to `out`. Fails with the script's syntax errors in diags. Formatting what was
 * formatted changes nothing; the tokens of the result are those of the script (checked, RN_E_INTERNAL). */
rn_status rn_format_script(rn_slice text, rn_builder *out, rn_diagnostics *diags);

/* format_print.c */
void rn_pieces_print(const rn_pieces *pieces, rn_builder *out);

#endif
