/* Errors as people read them (the message, the source line, a caret under the whole span, the hint), and positions. */
#include <stdio.h>
#include <utf8proc.h>
#include "parser/parse.h"

enum { LINE_COLUMNS_MAX = 100, LEAD_COLUMNS = 30 };

void rn_text_position(rn_slice text, uint32_t offset, uint32_t *line, uint32_t *column) {
  *line = *column = 1;
  size_t end = offset < text.len ? offset : text.len;
  for (size_t i = 0; i < end; i++) {
    if (text.ptr[i] == '\n') {
      ++*line;
      *column = 1;
    } else if (((unsigned char)text.ptr[i] & 0xC0) != 0x80) {
      ++*column;
    }
  }
}

/* One code point of a line: its bytes, its columns on a terminal and what is printed for it. */
static size_t glyph(rn_slice s, size_t at, int *columns, rn_slice *shown) {
  unsigned n = rn_utf8_valid_at(s.ptr + at, s.len - at);
  if (!n || (unsigned char)s.ptr[at] < 0x20 || s.ptr[at] == 0x7f) { /* tabs, controls, broken bytes: one column */
    *columns = 1;
    *shown = rn_slice_of(n && s.ptr[at] == '\t' ? " " : n ? "." : "?");
    return n ? n : 1;
  }
  utf8proc_int32_t code = 0;
  (void)utf8proc_iterate((const utf8proc_uint8_t *)s.ptr + at, (utf8proc_ssize_t)n, &code);
  *columns = utf8proc_charwidth(code);
  *shown = rn_slice_make(s.ptr + at, n);
  return n;
}
static int width(rn_slice s) {
  int all = 0, columns;
  rn_slice shown;
  for (size_t i = 0; i < s.len;) {
    i += glyph(s, i, &columns, &shown);
    all += columns;
  }
  return all;
}

/* The line with the span, cut to a window around it, and the caret line; `indent`: columns in front of the line. */
static void render_line(rn_slice line, size_t begin, size_t end, int indent, rn_builder *out) {
  int before = width(rn_slice_make(line.ptr, begin)), total = width(line);
  int skip = total > LINE_COLUMNS_MAX && before > LEAD_COLUMNS ? before - LEAD_COLUMNS : 0;
  rn_builder caret = {0};
  int at = 0, written = 0, columns;
  rn_slice shown;
  if (skip) {
    rn_builder_text(out, "\xE2\x80\xA6"); /* … */
    rn_builder_char(&caret, ' ');
    written = 1;
  }
  bool marked = false, cut = false;
  for (size_t i = 0; i < line.len && !cut;) {
    size_t n = glyph(line, i, &columns, &shown);
    if (at >= skip) {
      if (written + columns > LINE_COLUMNS_MAX) {
        rn_builder_text(out, "\xE2\x80\xA6");
        cut = true;
        break;
      }
      rn_builder_slice(out, shown);
      for (int k = 0; k < columns; k++) {
        bool inside = i >= begin && i < end;
        if (inside)
          rn_builder_char(&caret, marked ? '~' : '^');
        else if (i < begin)
          rn_builder_char(&caret, ' ');
        marked |= inside;
      }
      written += columns;
    }
    at += columns;
    i += n;
  }
  if (!marked) rn_builder_char(&caret, '^'); /* behind the last character */
  rn_builder_char(out, '\n');
  for (int i = 0; i < indent; i++) rn_builder_char(out, ' ');
  rn_builder_text(out, caret.data);
  rn_builder_char(out, '\n');
  rn_builder_free(&caret);
}

void rn_error_render(const rn_error *err, rn_slice text, const char *source_name, rn_builder *out) {
  char code[8];
  rn_builder_printf(out, "%s[%s]: %s\n", err->code >= 100000 ? "warning" : "error", rn_code_text(err->code, code), err->message);
  if (err->topic[0]) {
    rn_builder_printf(out, " record    %s", err->topic);
    if (err->partition >= 0) rn_builder_printf(out, "[%d]", err->partition);
    if (err->offset >= 0) rn_builder_printf(out, "@%lld", (long long)err->offset);
    rn_builder_char(out, '\n');
  }
  if (err->has_span && text.len && err->span.begin <= text.len) {
    uint32_t line, column;
    rn_text_position(text, err->span.begin, &line, &column);
    size_t from = err->span.begin, to = err->span.begin;
    while (from > 0 && text.ptr[from - 1] != '\n') from--;
    while (to < text.len && text.ptr[to] != '\n') to++;
    if (to > from && text.ptr[to - 1] == '\r') to--;
    size_t begin = err->span.begin - from, end = err->span.end - from;
    if (begin > to - from) begin = to - from;
    if (end > to - from) end = to - from; /* a span of several lines is marked on its first */
    char where[32];
    rn_builder place = {0};
    if (source_name) {
      rn_builder_printf(&place, " %s:%u:%u  ", source_name, line, column);
    } else {
      (void)snprintf(where, sizeof where, "line %u:%u", line, column);
      rn_builder_printf(&place, " %-10s ", where); /* texts of neighbouring errors line up */
    }
    rn_builder_slice(out, rn_slice_make(place.data, place.len));
    render_line(rn_slice_make(text.ptr + from, to - from), begin, end, width(rn_slice_make(place.data, place.len)), out);
    rn_builder_free(&place);
  }
  if (!err->hint[0]) return;
  rn_builder_text(out, "   hint: ");
  for (const char *at = err->hint; *at; at++) { /* a record with a caret under it has two lines */
    rn_builder_char(out, *at);
    if (*at == '\n') rn_builder_text(out, "         ");
  }
  rn_builder_char(out, '\n');
}
