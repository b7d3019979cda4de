/* Growing text, and names near a misspelt one: see text.h. */
#include "cli/text.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void *cli_alloc(size_t bytes) {
  void *memory = calloc(1, bytes ? bytes : 1);
  if (!memory) abort();
  return memory;
}
void *cli_grow(void *memory, size_t bytes) {
  void *more = realloc(memory, bytes ? bytes : 1);
  if (!more) abort();
  return more;
}
char *cli_copy(const char *data, size_t len) {
  char *copy = cli_alloc(len + 1);
  if (len) memcpy(copy, data, len);
  return copy;
}

void text_add(text *t, const char *data, size_t len) {
  if (t->cap - t->len <= len) {
    size_t cap = t->cap ? t->cap * 2 : 128;
    while (cap - t->len <= len) cap *= 2;
    t->data = cli_grow(t->data, cap);
    t->cap = cap;
  }
  if (len) memcpy(t->data + t->len, data, len);
  t->len += len;
  t->data[t->len] = 0;
}
void text_puts(text *t, const char *data) { text_add(t, data, strlen(data)); }
void text_char(text *t, char c) { text_add(t, &c, 1); }
void text_pad(text *t, char c, int times) {
  for (int i = 0; i < times; i++) text_char(t, c);
}
void text_printf(text *t, const char *format, ...) {
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  int len = vsnprintf(NULL, 0, format, args);
  va_end(args);
  if (len > 0) {
    char *piece = cli_alloc((size_t)len + 1);
    (void)vsnprintf(piece, (size_t)len + 1, format, again);
    text_add(t, piece, (size_t)len);
    free(piece);
  }
  va_end(again);
}
void text_clear(text *t) {
  t->len = 0;
  if (t->data) t->data[0] = 0;
}
void text_free(text *t) {
  free(t->data);
  memset(t, 0, sizeof *t);
}
void text_json(text *t, const char *s) {
  text_char(t, '"');
  for (; *s; s++) {
    if (*s == '"' || *s == '\\') text_char(t, '\\');
    if ((unsigned char)*s < ' ')
      text_printf(t, "\\u%04x", (unsigned)(unsigned char)*s);
    else
      text_char(t, *s);
  }
  text_char(t, '"');
}
void text_name(text *t, const char *name) {
  text_char(t, '`');
  for (; *name; name++) {
    if (*name == '`') text_char(t, '`');
    text_char(t, *name);
  }
  text_char(t, '`');
}
const char *text_of(const text *t) { return t->data ? t->data : ""; }

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

/* Levenshtein with two rows; names are short. */
size_t text_distance(const char *a, const char *b) {
  enum { LONGEST = 40 };
  size_t la = strlen(a), lb = strlen(b), rows[2][LONGEST + 1];
  if (la > LONGEST || lb > LONGEST) return LONGEST;
  for (size_t j = 0; j <= lb; j++) rows[0][j] = j;
  for (size_t i = 1; i <= la; i++) {
    size_t *last = rows[(i - 1) % 2], *now = rows[i % 2];
    now[0] = i;
    for (size_t j = 1; j <= lb; j++) {
      size_t best = last[j - 1] + (lower(a[i - 1]) != lower(b[j - 1]));
      if (last[j] + 1 < best) best = last[j] + 1;
      if (now[j - 1] + 1 < best) best = now[j - 1] + 1;
      now[j] = best;
    }
  }
  return rows[la % 2][lb];
}
bool text_same_word(const char *a, const char *b) {
  while (*a && lower(*a) == lower(*b)) a++, b++;
  return *a == *b;
}
const char *text_skip_blank(const char *s) {
  while (*s == ' ' || (*s >= '\t' && *s <= '\r')) s++;
  return s;
}

const char *text_skip_comments(const char *s) {
  for (;;) {
    s = text_skip_blank(s);
    if (strncmp(s, "--", 2) == 0) {
      s += strcspn(s, "\n");
    } else if (strncmp(s, "/*", 2) == 0) {
      const char *end = strstr(s + 2, "*/");
      s = end ? end + 2 : s + strlen(s);
    } else {
      return s;
    }
  }
}

static const char *skip_words(const char *at, const char *const *words, size_t count) {
  for (size_t i = 0; i < count; i++) {
    at = text_skip_comments(at);
    size_t len = strlen(words[i]);
    if (strncasecmp(at, words[i], len) == 0 && strchr(" \t\r\n/-`", at[len])) at += len;
  }
  return text_skip_comments(at);
}
char *text_created_name(const char *sql) {
  static const char *const create[] = {"CREATE"}, *const before[] = {"OR", "REPLACE", "TEMPORARY", "SYSTEM"}, *const kinds[] = {"TABLE", "VIEW", "FUNCTION"},
                    *const between[] = {"IF", "NOT", "EXISTS"};
  const char *at = text_skip_comments(sql), *rest = skip_words(at, create, 1);
  if (rest == at) return NULL;
  at = skip_words(rest, before, 4);
  const char *name = skip_words(at, kinds, 3);
  if (name == at) return NULL;
  name = skip_words(name, between, 3);
  for (;;) { /* parts of a path: the last one counts */
    bool quoted = *name == '`';
    name += quoted;
    size_t len = quoted ? strcspn(name, "`") : strcspn(name, " \t\r\n(;.");
    const char *after = name + len + (quoted && name[len]);
    if (*after != '.') return cli_copy(name, len);
    name = after + 1;
  }
}

/* Length of the valid UTF-8 sequence at s, 0: none. */
static size_t sequence(const unsigned char *s, size_t len) {
  size_t n = s[0] < 0x80 ? 1 : s[0] >= 0xC2 && s[0] < 0xE0 ? 2 : s[0] >= 0xE0 && s[0] < 0xF0 ? 3 : s[0] >= 0xF0 && s[0] < 0xF5 ? 4 : 0;
  if (n == 0 || n > len) return 0;
  for (size_t i = 1; i < n; i++)
    if ((s[i] & 0xC0) != 0x80) return 0;
  if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F) || (s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] > 0x8F)) return 0;
  return n;
}
void text_safe(text *t, const char *data, size_t len) {
  const unsigned char *s = (const unsigned char *)data;
  for (size_t i = 0; i < len;) {
    size_t n = sequence(s + i, len - i);
    if (n == 0) {
      text_char(t, '?');
      i++;
    } else if (s[i] >= 0x20 && s[i] != 0x7f && !(s[i] == 0xC2 && s[i + 1] < 0xA0)) {
      text_add(t, data + i, n);
      i += n;
    } else { /* C0, DEL, C1: nothing that could steer the terminal */
      static const char letters[] = "abtnvfr";
      if (s[i] >= 7 && s[i] <= 13)
        text_printf(t, "\\%c", letters[s[i] - 7]);
      else
        text_printf(t, "\\x%02x", (unsigned)(n == 2 ? s[i + 1] : s[i]));
      i += n;
    }
  }
}

long long text_duration_ms(const char *s) {
  static const struct {
    const char *unit;
    double ms;
  } units[] = {{"ms", 1},     {"s", 1000},       {"sec", 1000},     {"second", 1000},  {"seconds", 1000},  {"min", 60000}, {"m", 60000},
               {"minute", 60000}, {"minutes", 60000}, {"h", 3600000}, {"hour", 3600000}, {"hours", 3600000}, {"d", 86400000}, {"", 1000}};
  char *end;
  double value = strtod(s, &end);
  if (end == s || !(value > 0) || value > 1e9) return -1;
  const char *unit = text_skip_blank(end);
  for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
    if (text_same_word(unit, units[i].unit)) return (long long)(value * units[i].ms);
  return -1;
}
