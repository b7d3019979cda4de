/* JSON text: see json.h. The check is a recursive descent (Wirth) over the bytes; strings are taken eight bytes at a
 * time (zero-byte test after Mycroft 1987). The search rides on the check, so that a member at a known place costs
 * one pass and no memory. */
#include "base/json.h"

#include "base/limits.h"

#define OFF_PATH UINT32_MAX

typedef struct finder {
  const char *begin, *end;
  const rn_json_step *steps;
  uint32_t count;
  rn_slice found;
  rn_json_fault *fault;
} finder;

static const char *refuse(finder *f, const char *at, const char *why) {
  if (f->fault) *f->fault = (rn_json_fault){(size_t)(at - f->begin), why};
  return NULL;
}

static inline bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
static inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
static inline const char *skip_blank(const char *p, const char *end) {
  while (p < end && is_blank(*p)) p++;
  return p;
}

#define ONES 0x0101010101010101ull
#define TOPS 0x8080808080808080ull

/* The first quote, backslash or control character from p on, or end. */
static inline const char *plain_run(const char *p, const char *end) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  while (end - p >= 8) {
    uint64_t v;
    memcpy(&v, p, sizeof v);
    uint64_t quote = v ^ ONES * '"', slash = v ^ ONES * '\\';
    uint64_t odd = (((v - ONES * 0x20) & ~v) | ((quote - ONES) & ~quote) | ((slash - ONES) & ~slash)) & TOPS;
    if (odd) return p + (__builtin_ctzll(odd) >> 3); /* borrows go up only: the lowest one is exact */
    p += 8;
  }
#endif
  while (p < end && *p != '"' && *p != '\\' && (unsigned char)*p >= 0x20) p++;
  return p;
}

static bool is_hex(char c) { return is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'f'); }

/* From behind the opening quote to the closing one. */
static const char *check_string(finder *f, const char *p, bool *escaped) {
  for (;;) {
    p = plain_run(p, f->end);
    if (p >= f->end) return refuse(f, p, "the string does not end");
    if (*p == '"') return p;
    if (*p != '\\') return refuse(f, p, "a control character in a string must be written as an escape");
    *escaped = true;
    if (f->end - p < 2) return refuse(f, p, "the string does not end");
    switch (p[1]) {
      case '"':
      case '\\':
      case '/':
      case 'b':
      case 'f':
      case 'n':
      case 'r':
      case 't':
        p += 2;
        break;
      case 'u':
        for (int i = 2; i < 6; i++)
          if (f->end - p <= i || !is_hex(p[i])) return refuse(f, p, "\\u wants four hexadecimal digits");
        p += 6;
        break;
      default:
        return refuse(f, p, "there is no such escape");
    }
  }
}

static const char *check_number(finder *f, const char *p) {
  const char *end = f->end, *begin = p;
  if (*p == '-') p++;
  if (p >= end || !is_digit(*p)) return refuse(f, p, "a digit must stand here");
  if (*p == '0' && end - p > 1 && is_digit(p[1])) return refuse(f, begin, "a number must not begin with 0");
  while (p < end && is_digit(*p)) p++;
  if (p < end && *p == '.') {
    p++;
    if (p >= end || !is_digit(*p)) return refuse(f, p, "a digit must stand behind the point");
    while (p < end && is_digit(*p)) p++;
  }
  if (p < end && (*p | 32) == 'e') {
    p++;
    if (p < end && (*p == '+' || *p == '-')) p++;
    if (p >= end || !is_digit(*p)) return refuse(f, p, "a digit must stand in the exponent");
    int64_t exponent = 0;
    for (; p < end && is_digit(*p); p++) exponent = exponent > INT32_MAX ? exponent : exponent * 10 + (*p - '0');
    if (exponent > INT32_MAX) return refuse(f, begin, "the exponent is too large");
  }
  return p;
}

static const char *check_word(finder *f, const char *p, const char *word, size_t len) {
  if ((size_t)(f->end - p) < len || memcmp(p, word, len) != 0)
    return refuse(f, p, "neither a value nor true, false or null");
  return p + len;
}

static bool is_named(rn_slice raw, bool escaped, rn_slice name) {
  if (!escaped) return rn_slice_eq(raw, name);
  char small[256], *text = small;
  if (raw.len / 6 > name.len || name.len > raw.len) return false; /* an escape has at most six bytes for one */
  rn_builder large = {0};
  if (raw.len > sizeof small) {
    rn_builder_reserve(&large, raw.len);
    text = large.data;
  }
  bool equal = rn_slice_eq(rn_slice_make(text, rn_json_unescape(raw, text)), name);
  rn_builder_free(&large);
  return equal;
}

static const char *check_value(finder *f, const char *p, uint32_t matched, unsigned depth);

static const char *check_object(finder *f, const char *p, uint32_t matched, unsigned depth) {
  const rn_json_step *step = matched < f->count && f->steps[matched].index < 0 ? &f->steps[matched] : NULL;
  p = skip_blank(p + 1, f->end);
  if (p < f->end && *p == '}') return p + 1;
  for (;;) {
    if (p >= f->end || *p != '"') return refuse(f, p, "a name in quotes must stand here");
    bool escaped = false;
    const char *name = p + 1;
    if (!(p = check_string(f, name, &escaped))) return NULL;
    uint32_t deeper = OFF_PATH;
    if (step && is_named(rn_slice_make(name, (size_t)(p - name)), escaped, step->name)) {
      deeper = matched + 1;
      f->found.ptr = NULL; /* of an earlier member of that name */
    }
    p = skip_blank(p + 1, f->end);
    if (p >= f->end || *p != ':') return refuse(f, p, "\":\" must stand here");
    if (!(p = check_value(f, skip_blank(p + 1, f->end), deeper, depth))) return NULL;
    p = skip_blank(p, f->end);
    if (p < f->end && *p == '}') return p + 1;
    if (p >= f->end || *p != ',') return refuse(f, p, "\",\" or \"}\" must stand here");
    p = skip_blank(p + 1, f->end);
  }
}

static const char *check_array(finder *f, const char *p, uint32_t matched, unsigned depth) {
  int64_t wanted = matched < f->count ? f->steps[matched].index : -1;
  p = skip_blank(p + 1, f->end);
  if (p < f->end && *p == ']') return p + 1;
  for (int64_t i = 0;; i++) {
    if (!(p = check_value(f, p, i == wanted ? matched + 1 : OFF_PATH, depth))) return NULL;
    p = skip_blank(p, f->end);
    if (p < f->end && *p == ']') return p + 1;
    if (p >= f->end || *p != ',') return refuse(f, p, "\",\" or \"]\" must stand here");
    p = skip_blank(p + 1, f->end);
  }
}

static const char *check_value(finder *f, const char *p, uint32_t matched, unsigned depth) {
  if (p >= f->end) return refuse(f, p, "the text ends where a value must stand");
  const char *begin = p;
  switch (*p) {
    case '"': {
      bool escaped = false;
      p = check_string(f, p + 1, &escaped);
      if (p) p++;
      break;
    }
    case '{':
    case '[':
      if (depth >= RN_JSON_TEXT_DEPTH_MAX) return refuse(f, p, "nested too deeply");
      p = *p == '{' ? check_object(f, p, matched, depth + 1) : check_array(f, p, matched, depth + 1);
      break;
    case 't':
      p = check_word(f, p, "true", 4);
      break;
    case 'f':
      p = check_word(f, p, "false", 5);
      break;
    case 'n':
      p = check_word(f, p, "null", 4);
      break;
    case '-':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
      p = check_number(f, p);
      break;
    default:
      return refuse(f, p, "neither a value nor true, false or null");
  }
  if (p && matched == f->count) f->found = rn_slice_make(begin, (size_t)(p - begin));
  return p;
}

bool rn_json_find(rn_slice text, const rn_json_step *steps, uint32_t count, rn_slice *found, size_t *end,
                  rn_json_fault *fault) {
  finder f = {.begin = text.ptr, .end = text.ptr + text.len, .steps = steps, .count = count, .fault = fault};
  const char *p = check_value(&f, skip_blank(text.ptr, f.end), 0, 0);
  *found = f.found;
  /* What follows the value is not looked at, but a number or word must end there. */
  if (p && p < f.end && p[-1] != '}' && p[-1] != ']' && p[-1] != '"' && !is_blank(*p))
    p = refuse(&f, p, "the value does not end here");
  if (!p) return false;
  if (end) *end = (size_t)(p - text.ptr);
  return true;
}

/* --- checked text --------------------------------------------------------------------------------------------- */

/* Behind the string that begins at p. */
static const char *skip_string(const char *p, const char *end) {
  for (p++;;) {
    p = plain_run(p, end);
    if (p >= end) return end;
    if (*p == '"') return p + 1;
    p += *p == '\\' ? 2 : 1;
  }
}

const char *rn_json_skip(const char *p, const char *end) {
  if (p >= end) return end;
  if (*p == '"') return skip_string(p, end);
  if (*p != '{' && *p != '[') {
    while (p < end && !is_blank(*p) && *p != ',' && *p != ']' && *p != '}') p++;
    return p;
  }
  for (size_t open = 0; p < end;) {
    char c = *p;
    if (c == '"') {
      p = skip_string(p, end);
      continue;
    }
    p++;
    if (c == '{' || c == '[') open++;
    if ((c == '}' || c == ']') && --open == 0) return p;
  }
  return end;
}

void rn_json_walk_begin(rn_json_walk *walk, rn_slice value) {
  *walk = (rn_json_walk){.at = value.ptr + 1, .end = value.ptr + value.len, .object = value.ptr[0] == '{'};
}
bool rn_json_walk_next(rn_json_walk *walk) {
  const char *p = skip_blank(walk->at, walk->end);
  if (p < walk->end && *p == ',') p = skip_blank(p + 1, walk->end);
  if (p >= walk->end || *p == '}' || *p == ']') return false;
  if (walk->object) {
    const char *behind = skip_string(p, walk->end);
    walk->name = rn_slice_make(p + 1, (size_t)(behind - p - 2));
    p = skip_blank(behind, walk->end);
    p = skip_blank(p + 1, walk->end); /* the colon */
  }
  walk->at = rn_json_skip(p, walk->end);
  walk->value = rn_slice_make(p, (size_t)(walk->at - p));
  return true;
}

/* --- strings ----------------------------------------------------------------------------------------------------- */

static unsigned hex4(const char *p) {
  unsigned v = 0;
  for (int i = 0; i < 4; i++) v = v << 4 | ((unsigned)(p[i] <= '9' ? p[i] - '0' : (p[i] | 32) - 'a' + 10) & 15);
  return v;
}
static size_t put_utf8(char *out, unsigned c) {
  if (c < 0x80) {
    out[0] = (char)c;
    return 1;
  }
  if (c < 0x800) {
    out[0] = (char)(0xC0 | c >> 6);
    out[1] = (char)(0x80 | (c & 63));
    return 2;
  }
  if (c < 0x10000) {
    out[0] = (char)(0xE0 | c >> 12);
    out[1] = (char)(0x80 | (c >> 6 & 63));
    out[2] = (char)(0x80 | (c & 63));
    return 3;
  }
  out[0] = (char)(0xF0 | c >> 18);
  out[1] = (char)(0x80 | (c >> 12 & 63));
  out[2] = (char)(0x80 | (c >> 6 & 63));
  out[3] = (char)(0x80 | (c & 63));
  return 4;
}

size_t rn_json_unescape(rn_slice s, char *out) {
  size_t n = 0;
  for (const char *p = s.ptr, *end = s.ptr + s.len; p < end;) {
    if (*p != '\\') {
      const char *next = memchr(p, '\\', (size_t)(end - p));
      size_t run = (size_t)((next ? next : end) - p);
      memcpy(out + n, p, run);
      n += run;
      p += run;
      continue;
    }
    char c = p[1];
    p += 2;
    switch (c) {
      case 'b':
        out[n++] = '\b';
        break;
      case 'f':
        out[n++] = '\f';
        break;
      case 'n':
        out[n++] = '\n';
        break;
      case 'r':
        out[n++] = '\r';
        break;
      case 't':
        out[n++] = '\t';
        break;
      case 'u': {
        unsigned code = hex4(p);
        p += 4;
        if (code >= 0xD800 && code <= 0xDFFF) { /* half of a pair; a lone one has no UTF-8 form */
          unsigned low = code < 0xDC00 && end - p >= 6 && p[0] == '\\' && p[1] == 'u' ? hex4(p + 2) : 0;
          if (low >= 0xDC00 && low <= 0xDFFF) {
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            p += 6;
          } else {
            code = 0xFFFD;
          }
        }
        n += put_utf8(out + n, code);
        break;
      }
      default:
        out[n++] = c;
    }
  }
  return n;
}

void rn_json_put_string(rn_builder *out, rn_slice s) {
  static const char hex[] = "0123456789ABCDEF";
  rn_builder_char(out, '"');
  for (const char *p = s.ptr, *end = s.ptr + s.len; p < end;) {
    const char *odd = plain_run(p, end);
    rn_builder_append(out, p, (size_t)(odd - p));
    if (odd == end) break;
    unsigned char c = (unsigned char)*odd;
    p = odd + 1;
    char escape[6] = {'\\', (char)c, '0', '0', hex[c >> 4], hex[c & 15]};
    size_t len = 2;
    switch (c) {
      case '"':
      case '\\':
        break;
      case '\b':
        escape[1] = 'b';
        break;
      case '\f':
        escape[1] = 'f';
        break;
      case '\n':
        escape[1] = 'n';
        break;
      case '\r':
        escape[1] = 'r';
        break;
      case '\t':
        escape[1] = 't';
        break;
      default:
        escape[1] = 'u';
        len = 6;
    }
    rn_builder_append(out, escape, len);
  }
  rn_builder_char(out, '"');
}

/* --- numbers --------------------------------------------------------------------------------------------------------
 */

/* The digits of a number, which lie in two places. */
typedef struct digit_run {
  const char *whole;
  size_t whole_len;
  const char *fraction;
  size_t fraction_len;
} digit_run;
static void put_digits(rn_builder *out, const digit_run *d, size_t from, size_t to) {
  size_t cut = to < d->whole_len ? to : d->whole_len;
  if (from < cut) rn_builder_append(out, d->whole + from, cut - from);
  if (to <= d->whole_len) return;
  size_t skip = from > d->whole_len ? from - d->whole_len : 0;
  rn_builder_append(out, d->fraction + skip, to - d->whole_len - skip);
}

/* java.math.BigDecimal.toString: unscaled digits and a scale; plain from 1E-6 up as long as the scale is not
 * negative, else one digit, the others behind a point, and the exponent. */
void rn_json_number_text(rn_builder *out, rn_slice number) {
  const char *p = number.ptr, *end = p + number.len;
  bool negative = p < end && *p == '-';
  if (negative) p++;
  const char *whole = p;
  while (p < end && is_digit(*p)) p++;
  size_t whole_len = (size_t)(p - whole), fraction_len = 0;
  const char *fraction = p;
  bool real = p < end;
  if (p < end && *p == '.') {
    fraction = ++p;
    while (p < end && is_digit(*p)) p++;
    fraction_len = (size_t)(p - fraction);
  }
  int64_t exponent = 0;
  if (p < end) {
    bool minus = p + 1 < end && p[1] == '-';
    p += p + 1 < end && (p[1] == '-' || p[1] == '+') ? 2 : 1;
    for (; p < end && exponent < INT32_MAX; p++) exponent = exponent * 10 + (*p - '0');
    if (minus) exponent = -exponent;
  }
  int64_t scale = (int64_t)fraction_len - exponent;
  /* The unscaled digits are whole + fraction without leading zeros, but at least one. */
  while (whole_len && *whole == '0') whole++, whole_len--;
  if (!whole_len) {
    while (fraction_len && *fraction == '0') fraction++, fraction_len--;
  }
  size_t digits = whole_len + fraction_len;
  bool zero = digits == 0;
  if (zero) digits = 1;
  rn_builder_reserve(out, digits + 32);
  if (negative && !zero) rn_builder_char(out, '-');
  digit_run unscaled = {zero ? "0" : whole, zero ? 1 : whole_len, fraction, fraction_len};
  int64_t adjusted = (int64_t)digits - 1 - scale;
  if (!real || (scale == 0)) {
    put_digits(out, &unscaled, 0, digits);
  } else if (scale > 0 && adjusted >= -6) {
    int64_t point = (int64_t)digits - scale; /* digits before the point */
    if (point > 0) {
      put_digits(out, &unscaled, 0, (size_t)point);
      rn_builder_char(out, '.');
      put_digits(out, &unscaled, (size_t)point, digits);
    } else {
      rn_builder_text(out, "0.");
      for (; point < 0; point++) rn_builder_char(out, '0');
      put_digits(out, &unscaled, 0, digits);
    }
  } else {
    put_digits(out, &unscaled, 0, 1);
    if (digits > 1) {
      rn_builder_char(out, '.');
      put_digits(out, &unscaled, 1, digits);
    }
    if (adjusted) {
      rn_builder_text(out, adjusted > 0 ? "E+" : "E");
      rn_builder_int(out, adjusted);
    }
  }
}
