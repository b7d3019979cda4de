/* Slices, builders, UTF-8 and "did you mean": see text.h. */
#include "base/text.h"
#include <stdio.h>
#include "base/alloc.h"

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

bool rn_slice_eq_nocase(rn_slice a, rn_slice b) {
  if (a.len != b.len) return false;
  for (size_t i = 0; i < a.len; i++)
    if (lower(a.ptr[i]) != lower(b.ptr[i])) return false;
  return true;
}
bool rn_text_eq_nocase(const char *a, const char *b) { return rn_slice_eq_nocase(rn_slice_of(a), rn_slice_of(b)); }

static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
rn_slice rn_slice_trim(rn_slice s) {
  while (s.len && is_space(s.ptr[0])) s.ptr++, s.len--;
  while (s.len && is_space(s.ptr[s.len - 1])) s.len--;
  return s;
}

void rn_builder_free(rn_builder *b) {
  rn_free(b->data);
  memset(b, 0, sizeof *b);
}
void rn_builder_reserve(rn_builder *b, size_t more) {
  if (b->cap - b->len > more) return;
  size_t cap = b->cap ? b->cap * 2 : 64;
  while (cap - b->len <= more) cap *= 2;
  b->data = rn_realloc(b->data, cap);
  b->cap = cap;
  b->data[b->len] = 0;
}
void rn_builder_slow_append(rn_builder *b, const void *data, size_t len) {
  rn_builder_reserve(b, len);
  if (len) memcpy(b->data + b->len, data, len);
  b->len += len;
  b->data[b->len] = 0;
}
void rn_builder_vprintf(rn_builder *b, const char *format, va_list args) {
  va_list again;
  va_copy(again, args);
  int len = vsnprintf(NULL, 0, format, args);
  if (len > 0) {
    rn_builder_reserve(b, (size_t)len + 1);
    (void)vsnprintf(b->data + b->len, (size_t)len + 1, format, again);
    b->len += (size_t)len;
  }
  va_end(again);
}
void rn_builder_printf(rn_builder *b, const char *format, ...) {
  va_list args;
  va_start(args, format);
  rn_builder_vprintf(b, format, args);
  va_end(args);
}
void rn_builder_int(rn_builder *b, int64_t value) {
  char digits[24];
  char *p = digits + sizeof digits;
  uint64_t u = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
  do {
    *--p = (char)('0' + u % 10);
    u /= 10;
  } while (u);
  if (value < 0) *--p = '-';
  rn_builder_append(b, p, (size_t)(digits + sizeof digits - p));
}
void rn_builder_quoted(rn_builder *b, rn_slice text, char quote) {
  rn_builder_char(b, quote);
  for (size_t i = 0; i < text.len; i++) {
    if (text.ptr[i] == quote) rn_builder_char(b, quote);
    rn_builder_char(b, text.ptr[i]);
  }
  rn_builder_char(b, quote);
}
char *rn_builder_take(rn_builder *b) {
  char *text = b->data ? b->data : rn_strdup("");
  memset(b, 0, sizeof *b);
  return text;
}

void rn_builder_json_string(rn_builder *b, rn_slice s) {
  static const char hex[] = "0123456789abcdef";
  rn_builder_char(b, '"');
  size_t start = 0;
  for (size_t i = 0; i < s.len;) {
    unsigned char c = (unsigned char)s.ptr[i];
    if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
      i++;
      continue;
    }
    if (c >= 0x80) {
      unsigned n = rn_utf8_valid_at(s.ptr + i, s.len - i);
      if (n) {
        i += n;
        continue;
      }
    }
    rn_builder_append(b, s.ptr + start, i - start);
    switch (c) {
      case '"': rn_builder_append(b, "\\\"", 2); break;
      case '\\': rn_builder_append(b, "\\\\", 2); break;
      case '\n': rn_builder_append(b, "\\n", 2); break;
      case '\r': rn_builder_append(b, "\\r", 2); break;
      case '\t': rn_builder_append(b, "\\t", 2); break;
      case '\b': rn_builder_append(b, "\\b", 2); break;
      case '\f': rn_builder_append(b, "\\f", 2); break;
      default:
        if (c >= 0x80) {
          rn_builder_append(b, "\xEF\xBF\xBD", 3);
        } else {
          char escape[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
          rn_builder_append(b, escape, 6);
        }
    }
    start = ++i;
  }
  rn_builder_append(b, s.ptr + start, s.len - start);
  rn_builder_char(b, '"');
}

size_t rn_text_distance(rn_slice a, rn_slice b, size_t max) {
  enum { LONGEST = 64 };
  if (a.len > LONGEST || b.len > LONGEST) return SIZE_MAX;
  size_t gap = a.len > b.len ? a.len - b.len : b.len - a.len;
  if (gap > max) return SIZE_MAX;
  size_t rows[3][LONGEST + 1];
  size_t *before = rows[0], *last = rows[1], *now = rows[2];
  for (size_t j = 0; j <= b.len; j++) last[j] = j, before[j] = j;
  for (size_t i = 1; i <= a.len; i++) {
    now[0] = i;
    for (size_t j = 1; j <= b.len; j++) {
      char ca = lower(a.ptr[i - 1]), cb = lower(b.ptr[j - 1]);
      size_t best = last[j - 1] + (ca != cb);
      if (last[j] + 1 < best) best = last[j] + 1;
      if (now[j - 1] + 1 < best) best = now[j - 1] + 1;
      if (i > 1 && j > 1 && ca == lower(b.ptr[j - 2]) && lower(a.ptr[i - 2]) == cb && before[j - 2] + 1 < best)
        best = before[j - 2] + 1;
      now[j] = best;
    }
    size_t *spare = before;
    before = last;
    last = now;
    now = spare;
  }
  return last[b.len] <= max ? last[b.len] : SIZE_MAX;
}

const char *rn_text_nearest(rn_slice wanted, const char *const *names, size_t count) {
  const char *best = NULL;
  size_t best_distance = SIZE_MAX;
  for (size_t i = 0; i < count; i++) {
    rn_slice name = rn_slice_of(names[i]);
    size_t shortest = wanted.len < name.len ? wanted.len : name.len;
    size_t distance = rn_text_distance(wanted, name, 2);
    if (distance != SIZE_MAX && distance >= shortest) distance = SIZE_MAX;
    if (distance == SIZE_MAX && wanted.len >= 3 && name.len > wanted.len &&
        rn_slice_eq_nocase(wanted, rn_slice_make(name.ptr, wanted.len)))
      distance = 3;
    if (distance < best_distance) {
      best_distance = distance;
      best = names[i];
    }
  }
  return best;
}

unsigned rn_utf8_valid_at(const char *text, size_t len) {
  const unsigned char *s = (const unsigned char *)text;
  if (len == 0) return 0;
  if (s[0] < 0x80) return 1;
  if (s[0] < 0xC2 || s[0] > 0xF4) return 0;
  if (s[0] < 0xE0) return len >= 2 && (s[1] & 0xC0) == 0x80 ? 2 : 0;
  if (s[0] < 0xF0) {
    if (len < 3 || (s[1] & 0xC0) != 0x80 || (s[2] & 0xC0) != 0x80) return 0;
    if (s[0] == 0xE0 && s[1] < 0xA0) return 0; /* overlong */
    if (s[0] == 0xED && s[1] > 0x9F) return 0; /* surrogate */
    return 3;
  }
  if (len < 4 || (s[1] & 0xC0) != 0x80 || (s[2] & 0xC0) != 0x80 || (s[3] & 0xC0) != 0x80) return 0;
  if (s[0] == 0xF0 && s[1] < 0x90) return 0;
  if (s[0] == 0xF4 && s[1] > 0x8F) return 0;
  return 4;
}
bool rn_utf8_valid(const char *s, size_t len) {
  for (size_t i = 0; i < len;) {
    uint64_t eight;
    if (len - i >= 8 && (memcpy(&eight, s + i, 8), (eight & 0x8080808080808080ull) == 0)) {
      i += 8;
      continue;
    }
    unsigned n = rn_utf8_valid_at(s + i, len - i);
    if (!n) return false;
    i += n;
  }
  return true;
}
size_t rn_utf8_length(const char *s, size_t len) {
  size_t n = 0;
  for (size_t i = 0; i < len; i++) n += ((unsigned char)s[i] & 0xC0) != 0x80;
  return n;
}
