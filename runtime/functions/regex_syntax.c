/* java.util.regex -> PCRE2 (see regex_syntax.h). Most of the syntax is common; rewritten is what is spelled otherwise
 * (\uXXXX, \p{IsLatin}, \p{Alpha}, flags), what PCRE2 10.42 lacks (classes within classes, &&), and what PCRE2 takes in
 * another sense than Java (\K, (?U), a brace that is no repetition), or takes where Java refuses the pattern.
 * After the documentation of java.util.regex.Pattern. */
#include "runtime/functions/regex_syntax.h"

#include <string.h>

#include "base/alloc.h"

enum { FLAG_I = 1, FLAG_M = 2, FLAG_S = 4, FLAG_X = 8, FLAG_U = 16, NESTED_MAX = 200 };

typedef struct syntax {
  const char *p, *end;
  regex_syntax *info;
  unsigned flags;
  uint32_t groups; /* opened so far */
  int depth;
} syntax;

static bool refuse(syntax *s, const char *unsupported) {
  s->info->unsupported = unsupported;
  return false;
}

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static int hex_digit(char c) {
  return is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static void put_code_point(rn_builder *out, uint32_t c) { rn_builder_printf(out, "\\x{%x}", (unsigned)c); }

static void put_char(rn_builder *out, char c) {
  if (c) rn_builder_char(out, c);
  else rn_builder_text(out, "\\x00");
}

static bool take_hex(syntax *s, unsigned digits, uint32_t *value) {
  *value = 0;
  for (unsigned i = 0; i < digits; i++, s->p++) {
    int d = s->p < s->end ? hex_digit(*s->p) : -1;
    if (d < 0) return false;
    *value = *value * 16 + (uint32_t)d;
  }
  return true;
}

/* --- \p{..} ----------------------------------------------------------------------------------------------- */

/* The text stands in a class; `not_text` too, where there is one. */
static const struct { const char *java, *text, *not_text; } properties[] = {
  {"Lower", "[:lower:]", "[:^lower:]"}, {"Upper", "[:upper:]", "[:^upper:]"}, {"ASCII", "[:ascii:]", "[:^ascii:]"},
  {"Alpha", "[:alpha:]", "[:^alpha:]"}, {"Digit", "[:digit:]", "[:^digit:]"}, {"Alnum", "[:alnum:]", "[:^alnum:]"},
  {"Punct", "[:punct:]", "[:^punct:]"}, {"Graph", "[:graph:]", "[:^graph:]"}, {"Print", "[:print:]", "[:^print:]"},
  {"Blank", "[:blank:]", "[:^blank:]"}, {"Cntrl", "[:cntrl:]", "[:^cntrl:]"}, {"XDigit", "[:xdigit:]", "[:^xdigit:]"},
  {"Space", "[:space:]", "[:^space:]"},
  {"javaLowerCase", "\\p{Lowercase}", "\\P{Lowercase}"}, {"javaUpperCase", "\\p{Uppercase}", "\\P{Uppercase}"},
  {"javaAlphabetic", "\\p{Alphabetic}", "\\P{Alphabetic}"}, {"javaIdeographic", "\\p{Ideographic}", "\\P{Ideographic}"},
  {"javaTitleCase", "\\p{Lt}", "\\P{Lt}"}, {"javaDigit", "\\p{Nd}", "\\P{Nd}"}, {"javaDefined", "\\P{Cn}", "\\p{Cn}"},
  {"javaLetter", "\\p{L}", "\\P{L}"}, {"javaLetterOrDigit", "\\p{L}\\p{Nd}", NULL}, {"javaSpaceChar", "\\p{Z}", "\\P{Z}"},
  {"javaISOControl", "\\p{Cc}", "\\P{Cc}"},
  {"javaWhitespace", "\\x09-\\x0d\\x1c-\\x20\\x{1680}\\x{2000}-\\x{2006}\\x{2008}-\\x{200a}\\x{2028}\\x{2029}\\x{205f}\\x{3000}", NULL},
  {"IsLetter", "\\p{L}", "\\P{L}"}, {"IsPunctuation", "\\p{P}", "\\P{P}"}, {"IsControl", "\\p{Cc}", "\\P{Cc}"},
  {"IsDigit", "\\p{Nd}", "\\P{Nd}"}, {"IsTitlecase", "\\p{Lt}", "\\P{Lt}"}, {"IsAssigned", "\\P{Cn}", "\\p{Cn}"},
};
/* Behind Is; anything longer than two letters that is not here is a script. */
static const char *const binary_properties[] = {
  "Alphabetic", "Ideographic", "Lowercase", "Uppercase", "White_Space", "WhiteSpace", "Hex_Digit", "HexDigit", "Join_Control",
  "JoinControl", "Noncharacter_Code_Point", "NoncharacterCodePoint", "Emoji", "Emoji_Presentation", "Emoji_Modifier",
  "Emoji_Modifier_Base", "Emoji_Component", "Extended_Pictographic",
};

/* Behind \p or \P. */
static bool put_property(syntax *s, bool negated, bool in_class, rn_builder *out) {
  char name[64], letter = negated ? 'P' : 'p';
  if (s->p < s->end && *s->p != '{') {
    if (!is_letter(*s->p)) return false;
    rn_builder_printf(out, "\\%c%c", letter, *s->p++);
    return true;
  }
  const char *close = s->p < s->end ? memchr(s->p, '}', (size_t)(s->end - s->p)) : NULL;
  if (!close || (size_t)(close - s->p) - 1 >= sizeof name || close == s->p + 1) return false;
  size_t len = (size_t)(close - s->p) - 1;
  memcpy(name, s->p + 1, len);
  name[len] = 0;
  s->p = close + 1;
  for (size_t i = 0; i < sizeof properties / sizeof *properties; i++) {
    if (strcmp(properties[i].java, name) != 0) continue;
    const char *text = negated ? properties[i].not_text : properties[i].text;
    if (!text && in_class) return refuse(s, "a negated property of several parts within [ ]");
    if (!text) rn_builder_printf(out, "[^%s]", properties[i].text);
    else rn_builder_printf(out, in_class ? "%s" : "[%s]", text);
    return true;
  }
  const char *value = strchr(name, '=');
  if (strncmp(name, "In", 2) == 0 || strncmp(name, "blk=", 4) == 0 || strncmp(name, "block=", 6) == 0) {
    return refuse(s, "a Unicode block");
  }
  if (value && (strncmp(name, "sc=", 3) == 0 || strncmp(name, "script=", 7) == 0)) {
    rn_builder_printf(out, "\\%c{sc:%s}", letter, value + 1);
  } else if (value && (strncmp(name, "gc=", 3) == 0 || strncmp(name, "general_category=", 17) == 0)) {
    rn_builder_printf(out, "\\%c{%s}", letter, value + 1);
  } else if (strncmp(name, "Is", 2) == 0 && len > 4) {
    bool binary = false;
    for (size_t i = 0; i < sizeof binary_properties / sizeof *binary_properties; i++) {
      binary = binary || rn_text_eq_nocase(binary_properties[i], name + 2);
    }
    rn_builder_printf(out, binary ? "\\%c{%s}" : "\\%c{sc:%s}", letter, name + 2);
  } else {
    const char *category = strncmp(name, "Is", 2) == 0 ? name + 2 : name;
    if (strcmp(category, "LC") == 0) category = "L&";
    else if (strlen(category) > 2) return false;
    rn_builder_printf(out, "\\%c{%s}", letter, category);
  }
  return true;
}

/* --- escapes ------------------------------------------------------------------------------------------------ */

static bool take_escape(syntax *s, bool in_class, rn_builder *out) { /* behind the backslash */
  if (s->p >= s->end) return false;
  char c = *s->p++;
  uint32_t code, low;
  switch (c) {
    case 'd': case 'D': case 'w': case 'W': case 's': case 'S': case 'h': case 'H': case 'v': case 'V':
    case 'a': case 'e': case 'f': case 'n': case 'r': case 't':
      rn_builder_printf(out, "\\%c", c);
      return true;
    case 'b': case 'B': case 'A': case 'G': case 'Z': case 'z': case 'R': case 'X':
      if (in_class || (c == 'b' && s->p < s->end && *s->p == '{')) return false;
      rn_builder_printf(out, "\\%c", c);
      return true;
    case 'u':
      if (!take_hex(s, 4, &code)) return false;
      if (code >= 0xD800 && code < 0xDC00 && s->end - s->p >= 6 && s->p[0] == '\\' && s->p[1] == 'u') {
        const char *at = s->p;
        s->p += 2;
        if (take_hex(s, 4, &low) && low >= 0xDC00 && low < 0xE000) code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        else s->p = at;
      }
      if (code >= 0xD800 && code < 0xE000) return refuse(s, "half a surrogate pair");
      put_code_point(out, code);
      return true;
    case 'x':
      if (s->p < s->end && *s->p == '{') {
        const char *close = memchr(s->p, '}', (size_t)(s->end - s->p));
        if (!close || close - s->p > 9 || close == s->p + 1) return false;
        s->p++;
        if (!take_hex(s, (unsigned)(close - s->p), &code) || code > 0x10FFFF) return false;
        s->p = close + 1;
      } else if (!take_hex(s, 2, &code)) {
        return false;
      }
      put_code_point(out, code);
      return true;
    case '0': /* \0n \0nn \0mnn, m at most 3 */
      code = 0;
      for (int i = 0; i < 3 && s->p < s->end && *s->p >= '0' && *s->p <= '7' && (i < 2 || code <= 31); i++) code = code * 8 + (uint32_t)(*s->p++ - '0');
      if (s->p[-1] == '0' && s->p[-2] == '\\') return false;
      put_code_point(out, code);
      return true;
    case 'c':
      if (s->p >= s->end) return false;
      put_code_point(out, (uint32_t)(unsigned char)*s->p++ ^ 64);
      return true;
    case 'p': case 'P': return put_property(s, c == 'P', in_class, out);
    case 'k': {
      const char *close = memchr(s->p, '>', (size_t)(s->end - s->p));
      if (in_class || s->p >= s->end || *s->p != '<' || !close) return false;
      rn_builder_printf(out, "\\k%.*s", (int)(close + 1 - s->p), s->p);
      s->p = close + 1;
      return true;
    }
    default: break;
  }
  if (c >= '1' && c <= '9') { /* a group: more digits belong to it as long as there are that many groups */
    if (in_class) return false;
    uint32_t group = (uint32_t)(c - '0');
    while (s->p < s->end && is_digit(*s->p) && group * 10 + (uint32_t)(*s->p - '0') <= s->groups) group = group * 10 + (uint32_t)(*s->p++ - '0');
    rn_builder_printf(out, "\\g{%u}", (unsigned)group);
    return true;
  }
  if (is_letter(c)) return false;
  if ((unsigned char)c < 0x80) rn_builder_char(out, '\\');
  rn_builder_char(out, c); /* the rest of a longer character follows as it is */
  return true;
}

/* \Q..\E: literally. */
static void take_quoted(syntax *s, rn_builder *out) {
  while (s->p < s->end) {
    if (s->end - s->p >= 2 && s->p[0] == '\\' && s->p[1] == 'E') {
      s->p += 2;
      return;
    }
    if (*s->p > 0 && !is_letter(*s->p) && !is_digit(*s->p)) rn_builder_char(out, '\\');
    put_char(out, *s->p++);
  }
}

/* --- classes -------------------------------------------------------------------------------------------------- */

/* A class that PCRE2 can say in one pair of brackets stays `flat` (its inside); others are an expression that matches
 * one character, of lookaheads and alternatives. */
typedef struct char_class {
  rn_builder flat;   /* inside of [ ] */
  rn_builder others; /* "|X|Y" beside it; empty: none */
} char_class;

static void free_class(char_class *c) {
  rn_builder_free(&c->flat);
  rn_builder_free(&c->others);
}

static void put_union(rn_builder *out, const char_class *c) {
  if (!c->others.len) {
    rn_builder_printf(out, "[%.*s]", (int)c->flat.len, c->flat.data);
  } else if (!c->flat.len) {
    rn_builder_printf(out, "(?:%.*s)", (int)c->others.len - 1, c->others.data + 1);
  } else {
    rn_builder_printf(out, "(?:[%.*s]%.*s)", (int)c->flat.len, c->flat.data, (int)c->others.len, c->others.data);
  }
}

static bool take_class(syntax *s, rn_builder *out, rn_builder *flat);

/* Items up to ], or && . */
static bool take_items(syntax *s, char_class *c, bool *any) {
  while (s->p < s->end) {
    char ch = *s->p;
    if (ch == ']' && *any) return true;
    if (ch == '&' && s->end - s->p >= 2 && s->p[1] == '&') return true;
    if ((s->flags & FLAG_X) && (ch == ' ' || ch == '\t' || ch == '\n' || ch == '\r' || ch == '\f' || ch == '\v')) {
      s->p++;
      continue;
    }
    *any = true;
    if (ch == '[') {
      rn_builder nested = {0}, inside = {0};
      s->p++;
      bool ok = take_class(s, &nested, &inside);
      if (ok && inside.len) {
        rn_builder_append(&c->flat, inside.data, inside.len);
      } else if (ok) {
        rn_builder_char(&c->others, '|');
        rn_builder_append(&c->others, nested.data, nested.len);
      }
      rn_builder_free(&nested);
      rn_builder_free(&inside);
      if (!ok) return false;
      continue;
    }
    s->p++;
    if (ch == '\\') {
      if (s->p < s->end && *s->p == 'Q') {
        s->p++;
        take_quoted(s, &c->flat);
      } else if (!take_escape(s, true, &c->flat)) {
        return false;
      }
    } else if (ch == '-') { /* a range, or itself at an end */
      bool range = c->flat.len && s->p < s->end && *s->p != ']' && *s->p != '[';
      rn_builder_text(&c->flat, range ? "-" : "\\-");
    } else {
      if (ch == ']' || ch == '^' || ch == ':' || ch == '.' || ch == '=') rn_builder_char(&c->flat, '\\');
      put_char(&c->flat, ch);
    }
  }
  return false; /* no ] */
}

/* Behind [. To `out` an expression for one character; its inside to `flat` when that is all. */
static bool take_class(syntax *s, rn_builder *out, rn_builder *flat) {
  if (++s->depth > NESTED_MAX) return refuse(s, "so many classes within classes");
  bool negated = s->p < s->end && *s->p == '^', any = false, intersected = false, ok = true;
  if (negated) s->p++;
  rn_builder all = {0}; /* (?=A)(?=B).. of the operands of && */
  char_class c = {0};
  for (;;) {
    any = false;
    ok = take_items(s, &c, &any);
    if (!ok) break;
    bool more = *s->p == '&';
    if (any && (more || intersected)) {
      rn_builder_text(&all, "(?=");
      put_union(&all, &c);
      rn_builder_char(&all, ')');
      intersected = true;
      free_class(&c);
      memset(&c, 0, sizeof c);
    }
    if (!more) break;
    while (s->p < s->end && *s->p == '&') s->p++;
    if (s->p < s->end && *s->p == ']' && intersected) break; /* nothing behind && */
  }
  if (ok) {
    s->p++; /* ] */
    if (intersected && negated) rn_builder_printf(out, "(?:(?!%.*s)(?s:.))", (int)all.len, all.data);
    else if (intersected) rn_builder_printf(out, "(?:%.*s(?s:.))", (int)all.len, all.data);
    else if (negated && !c.others.len) rn_builder_printf(out, "[^%.*s]", (int)c.flat.len, c.flat.data);
    else if (negated) {
      rn_builder_text(out, "(?:(?!");
      put_union(out, &c);
      rn_builder_text(out, ")(?s:.))");
    } else {
      put_union(out, &c);
      if (!c.others.len) rn_builder_append(flat, c.flat.data, c.flat.len);
    }
  }
  free_class(&c);
  rn_builder_free(&all);
  s->depth--;
  return ok;
}

/* --- groups and flags ------------------------------------------------------------------------------------------- */

/* i d m s u x U; PCRE2's meaning of U is another. */
static bool take_flags(syntax *s, rn_builder *out, char *closed_by) {
  unsigned on = 0, off = 0, *to = &on;
  for (; s->p < s->end && *s->p != ')' && *s->p != ':'; s->p++) {
    switch (*s->p) {
      case 'i': *to |= FLAG_I; break;
      case 'm': *to |= FLAG_M; break;
      case 's': *to |= FLAG_S; break;
      case 'x': *to |= FLAG_X; break;
      case 'u': *to |= FLAG_U; break;
      case 'U':
        *to |= FLAG_U;
        if (to == &on) s->info->ucp = true;
        break;
      case 'd': if (to == &on) s->info->unix_lines = true; break;
      case '-':
        if (to == &off) return false;
        to = &off;
        break;
      default: return false;
    }
  }
  if (s->p >= s->end) return false;
  *closed_by = *s->p++;
  static const struct { unsigned flag; const char *text; } texts[] = {{FLAG_I, "i"}, {FLAG_M, "m"}, {FLAG_S, "s"}, {FLAG_X, "xx"}};
  rn_builder_text(out, "(?");
  for (size_t i = 0; i < 4; i++) {
    if (on & texts[i].flag) rn_builder_text(out, texts[i].text);
  }
  if (off & (FLAG_I | FLAG_M | FLAG_S | FLAG_X)) {
    rn_builder_char(out, '-');
    for (size_t i = 0; i < 4; i++) {
      if (off & texts[i].flag) rn_builder_char(out, texts[i].text[0]);
    }
  }
  rn_builder_char(out, *closed_by);
  s->flags = (s->flags | on) & ~off;
  return true;
}

static bool take_sequence(syntax *s, bool nested, rn_builder *out);

static bool take_group(syntax *s, rn_builder *out) { /* behind ( */
  unsigned before = s->flags;
  if (++s->depth > NESTED_MAX) return refuse(s, "so many groups within groups");
  if (s->p < s->end && *s->p == '*') return false;
  if (s->p < s->end && *s->p == '?') {
    s->p++;
    char c = s->p < s->end ? *s->p : 0, next = s->end - s->p > 1 ? s->p[1] : 0;
    if (c == ':' || c == '=' || c == '!' || c == '>') {
      rn_builder_printf(out, "(?%c", c);
      s->p++;
    } else if (c == '<' && (next == '=' || next == '!')) {
      rn_builder_printf(out, "(?<%c", next);
      s->p += 2;
    } else if (c == '<') {
      const char *name = ++s->p;
      if (!is_letter(next)) return false;
      while (s->p < s->end && (is_letter(*s->p) || is_digit(*s->p))) s->p++;
      if (s->p >= s->end || *s->p != '>') return false;
      s->p++;
      s->groups++;
      rn_builder_printf(out, "(?<%.*s", (int)(s->p - name), name);
    } else {
      char closed_by;
      if (!take_flags(s, out, &closed_by)) return false;
      if (closed_by == ')') { /* to the end of the group around */
        s->depth--;
        return true;
      }
    }
  } else {
    s->groups++;
    rn_builder_char(out, '(');
  }
  if (!take_sequence(s, true, out)) return false;
  if (s->p >= s->end) return false;
  s->p++;
  rn_builder_char(out, ')');
  s->flags = before;
  s->depth--;
  return true;
}

/* {n} {n,} {n,m}; any other brace is an error in Java. */
static bool take_repetition(syntax *s, rn_builder *out) {
  const char *begin = s->p++;
  const char *digits = s->p;
  while (s->p < s->end && is_digit(*s->p)) s->p++;
  if (s->p == digits) return false;
  if (s->p < s->end && *s->p == ',') {
    s->p++;
    while (s->p < s->end && is_digit(*s->p)) s->p++;
  }
  if (s->p >= s->end || *s->p != '}') return false;
  s->p++;
  rn_builder_append(out, begin, (size_t)(s->p - begin));
  return true;
}

/* Without (?u) only ASCII letters are equal in another case; PCRE2 would fold all of them. */
static void take_wide(syntax *s, rn_builder *out) {
  const char *begin = s->p++;
  while (s->p < s->end && ((unsigned char)*s->p & 0xc0) == 0x80) s->p++;
  bool fixed = (s->flags & FLAG_I) && !(s->flags & FLAG_U);
  rn_builder_printf(out, fixed ? "(?-i:%.*s)" : "%.*s", (int)(s->p - begin), begin);
}

static bool take_sequence(syntax *s, bool nested, rn_builder *out) {
  while (s->p < s->end) {
    char c = *s->p;
    if (c == ')') return nested; /* the group's end; without a group a mistake */
    if (c == '{') {
      if (!take_repetition(s, out)) return false;
      continue;
    }
    if ((unsigned char)c >= 0x80) {
      take_wide(s, out);
      continue;
    }
    s->p++;
    if (c == '(') {
      if (!take_group(s, out)) return false;
    } else if (c == '[') {
      rn_builder inside = {0};
      bool ok = take_class(s, out, &inside);
      rn_builder_free(&inside);
      if (!ok) return false;
    } else if (c == '\\' && s->p < s->end && *s->p == 'Q') {
      s->p++;
      take_quoted(s, out);
    } else if (c == '\\') {
      if (!take_escape(s, false, out)) return false;
    } else if (c == '#' && (s->flags & FLAG_X)) {
      while (s->p < s->end && *s->p != '\n') s->p++;
    } else {
      put_char(out, c);
    }
  }
  return true;
}

bool rn_regex_from_java(rn_slice pattern, rn_builder *out, regex_syntax *info) {
  memset(info, 0, sizeof *info);
  syntax s = {.p = pattern.ptr, .end = pattern.ptr + pattern.len, .info = info};
  return take_sequence(&s, false, out) && s.p == s.end && !info->unsupported;
}
