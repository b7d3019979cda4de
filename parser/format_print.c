/* Pieces to text: the printer of format.h. Widths of groups are known before the first byte is written. */
#include "parser/format.h"
#include <ctype.h>

enum { UNFIT = 1 << 20 }; /* wider than any line */

static int width_of(const rn_piece *p) {
  switch (p->kind) {
    case RN_PIECE_TEXT: return memchr(p->text.ptr, '\n', p->text.len) ? UNFIT : (int)rn_utf8_length(p->text.ptr, p->text.len);
    case RN_PIECE_SPACE:
    case RN_PIECE_BLANK: return 1;
    case RN_PIECE_HARD:
    case RN_PIECE_EMPTY: return UNFIT;
    default: return 0;
  }
}
static int add(int a, int b) { return a + b >= UNFIT ? UNFIT : a + b; }

/* For every OPEN: the width of its group on one line. */
static int *group_widths(const rn_pieces *pieces) {
  int *widths = rn_calloc(pieces->len + 1, sizeof *widths);
  RN_VEC(size_t) open = {0};
  for (size_t i = 0; i < pieces->len; i++) {
    const rn_piece *p = &pieces->data[i];
    if (p->kind == RN_PIECE_OPEN) {
      RN_VEC_PUSH(&open, i);
    } else if (p->kind == RN_PIECE_CLOSE) {
      size_t begin = open.data[--open.len];
      if (open.len) widths[open.data[open.len - 1]] = add(widths[open.data[open.len - 1]], widths[begin]);
    } else if (open.len) {
      int *width = &widths[open.data[open.len - 1]];
      *width = add(*width, width_of(p));
    }
  }
  RN_VEC_FREE(&open);
  return widths;
}

/* What follows the group up to the next place where a line may break: it must fit on the line too. */
static int tail_width(const rn_pieces *pieces, size_t open) {
  size_t depth = 0, i = open;
  for (; i < pieces->len; i++) {
    depth += pieces->data[i].kind == RN_PIECE_OPEN;
    if (pieces->data[i].kind == RN_PIECE_CLOSE && --depth == 0) break;
  }
  int width = 0;
  for (i++; i < pieces->len && width < RN_FORMAT_WIDTH; i++) {
    rn_piece_kind kind = pieces->data[i].kind;
    if (kind == RN_PIECE_BREAK || kind == RN_PIECE_BLANK || kind == RN_PIECE_HARD || kind == RN_PIECE_EMPTY) break;
    width = add(width, width_of(&pieces->data[i]));
  }
  return width;
}

typedef struct printer {
  rn_builder *out;
  int indent, column;
  bool line_start, space; /* nothing on this line yet; a blank is due before the next text */
} printer;

static void new_line(printer *p) {
  if (!p->line_start) rn_builder_char(p->out, '\n');
  p->line_start = true;
  p->space = false;
  p->column = p->indent;
}
static void print_text(printer *p, const rn_piece *piece) {
  if (p->line_start)
    for (int i = 0; i < p->indent; i++) rn_builder_char(p->out, ' ');
  else if (p->space)
    rn_builder_char(p->out, ' '), p->column++;
  p->line_start = p->space = false;
  for (size_t i = 0; i < piece->text.len; i++) {
    char c = piece->text.ptr[i];
    rn_builder_char(p->out, piece->upper ? (char)toupper((unsigned char)c) : c);
  }
  const char *last = memrchr(piece->text.ptr, '\n', piece->text.len);
  if (last)
    p->column = (int)(piece->text.ptr + piece->text.len - last);
  else
    p->column += (int)rn_utf8_length(piece->text.ptr, piece->text.len);
}

void rn_pieces_print(const rn_pieces *pieces, rn_builder *out) {
  printer p = {.out = out, .line_start = true};
  int *widths = group_widths(pieces);
  RN_VEC(bool) broken = {0};
  RN_VEC_PUSH(&broken, true);
  for (size_t i = 0; i < pieces->len; i++) {
    const rn_piece *piece = &pieces->data[i];
    switch (piece->kind) {
      case RN_PIECE_TEXT: print_text(&p, piece); break;
      case RN_PIECE_SPACE: p.space = true; break;
      case RN_PIECE_BREAK:
      case RN_PIECE_BLANK:
        if (broken.data[broken.len - 1])
          new_line(&p);
        else if (piece->kind == RN_PIECE_BLANK)
          p.space = true;
        break;
      case RN_PIECE_HARD: new_line(&p); break;
      case RN_PIECE_EMPTY:
        new_line(&p);
        if (out->len && !(out->len >= 2 && out->data[out->len - 2] == '\n')) rn_builder_char(out, '\n');
        break;
      case RN_PIECE_INDENT:
        p.indent += RN_FORMAT_INDENT;
        if (p.line_start) p.column = p.indent;
        break;
      case RN_PIECE_DEDENT:
        p.indent -= RN_FORMAT_INDENT;
        if (p.line_start) p.column = p.indent;
        break;
      case RN_PIECE_OPEN: {
        bool outer = broken.data[broken.len - 1], inner = false;
        if (outer) { /* in a group on one line all groups are */
          int width = widths[i];
          inner = width == UNFIT || p.column + p.space + add(width, tail_width(pieces, i)) > RN_FORMAT_WIDTH;
        }
        RN_VEC_PUSH(&broken, inner);
        break;
      }
      case RN_PIECE_CLOSE: broken.len--; break;
    }
  }
  new_line(&p);
  RN_VEC_FREE(&broken);
  rn_free(widths);
}
