/* Numbers and text in the dialect's (Java's) spelling.
 *
 * Place: base; decoders, casts and printers use it. Reading a double takes the exact fast path of Clinger
 * 1990 (mantissa below 2^53, power of ten up to 22: one correctly rounded operation), else the C library
 * in the "C" locale. Writing looks for the fewest decimals k with round(d * 10^k) / 10^k == d, which is
 * exact for the numbers people write, else for the fewest of 15..17 digits that read back. */
#include "base/number.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

rn_number_result rn_parse_int64(rn_slice s, int64_t *out) {
  const char *p = s.ptr, *end = s.ptr + s.len;
  bool negative = false;
  if (p < end && (*p == '-' || *p == '+')) negative = *p++ == '-';
  if (p == end) return RN_NUMBER_BAD;
  uint64_t value = 0;
  if (end - p <= 18) { /* cannot overflow */
    for (; p < end; p++) {
      if (!is_digit(*p)) return RN_NUMBER_BAD;
      value = value * 10 + (unsigned)(*p - '0');
    }
    *out = negative ? -(int64_t)value : (int64_t)value;
    return RN_NUMBER_OK;
  }
  uint64_t limit = (uint64_t)INT64_MAX + (negative ? 1 : 0);
  bool overflow = false;
  for (; p < end; p++) {
    if (!is_digit(*p)) return RN_NUMBER_BAD;
    unsigned digit = (unsigned)(*p - '0');
    if (overflow || value > (limit - digit) / 10) overflow = true;
    else value = value * 10 + digit;
  }
  if (overflow) return RN_NUMBER_OVERFLOW;
  *out = (int64_t)(negative ? 0 - value : value);
  return RN_NUMBER_OK;
}

rn_number_result rn_cast_int64(rn_slice s, int64_t *out) {
  while (s.len && s.ptr[0] == ' ') s = rn_slice_make(s.ptr + 1, s.len - 1);
  while (s.len && s.ptr[s.len - 1] == ' ') s.len--;
  const char *dot = s.len ? memchr(s.ptr, '.', s.len) : NULL;
  if (!dot) return rn_parse_int64(s, out);
  const char *end = s.ptr + s.len;
  for (const char *p = dot + 1; p < end; p++) {
    if (!is_digit(*p)) return RN_NUMBER_BAD;
  }
  size_t whole = (size_t)(dot - s.ptr);
  bool sign_only = whole == 1 && (s.ptr[0] == '-' || s.ptr[0] == '+');
  if (whole == 0 || sign_only) {
    *out = 0;
    return RN_NUMBER_OK;
  }
  return rn_parse_int64(rn_slice_make(s.ptr, whole), out);
}

/* --- reading ------------------------------------------------------------------------------------------ */

typedef struct scan {
  uint64_t mantissa; /* of the first 19 significant digits */
  int64_t exponent;  /* value = mantissa * 10^exponent when exact */
  bool negative, exact;
} scan;

/* [sign] digits [. digits] [e digits]; JSON wants digits on both sides and no leading zero or plus. */
static bool scan_number(rn_slice s, bool java, scan *out) {
  const char *p = s.ptr, *end = s.ptr + s.len;
  *out = (scan){.exact = true};
  if (p < end && (*p == '-' || (java && *p == '+'))) out->negative = *p++ == '-';
  int kept = 0, whole = 0, fraction = 0;
  const char *first = p;
  for (; p < end && is_digit(*p); p++, whole++) {
    if (kept == 19) {
      out->exact = false;
      out->exponent++;
    } else {
      out->mantissa = out->mantissa * 10 + (unsigned)(*p - '0');
      if (out->mantissa) kept++;
    }
  }
  if (!java && (whole == 0 || (whole > 1 && *first == '0'))) return false;
  if (p < end && *p == '.') {
    for (p++; p < end && is_digit(*p); p++, fraction++) {
      if (kept == 19) {
        out->exact = false;
      } else {
        out->mantissa = out->mantissa * 10 + (unsigned)(*p - '0');
        out->exponent--;
        if (out->mantissa) kept++;
      }
    }
    if (!java && fraction == 0) return false;
  }
  if (whole + fraction == 0) return false;
  if (p < end && (*p == 'e' || *p == 'E')) {
    bool negative = false;
    int64_t e = 0;
    p++;
    if (p < end && (*p == '-' || *p == '+')) negative = *p++ == '-';
    if (p == end || !is_digit(*p)) return false;
    for (; p < end && is_digit(*p); p++) {
      if (e < 100000) e = e * 10 + (*p - '0');
    }
    out->exponent += negative ? -e : e;
  }
  return p == end;
}

static const double double_powers[23] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                         1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* The C library's reader, whatever locale the program has set: the "C" locale object is a static of glibc. */
static double slow_double(rn_slice s, bool single) {
  char stack[128], *text = stack;
  if (s.len >= sizeof stack) {
    rn_builder b = {0};
    rn_builder_slice(&b, s);
    text = rn_builder_take(&b);
  } else {
    memcpy(stack, s.ptr, s.len);
    stack[s.len] = 0;
  }
  locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  double d = single ? (double)strtof_l(text, NULL, c_locale) : strtod_l(text, NULL, c_locale);
  freelocale(c_locale);
  if (text != stack) {
    rn_builder b = {text, s.len, s.len + 1};
    rn_builder_free(&b);
  }
  return d;
}

/* Java's extras: blanks around, NaN, Infinity, a type suffix. Returns true when *value is final. */
static bool java_special(rn_slice *s, double *value) {
  *s = rn_slice_trim(*s);
  rn_slice body = *s;
  bool negative = false;
  if (body.len && (body.ptr[0] == '-' || body.ptr[0] == '+')) {
    negative = body.ptr[0] == '-';
    body = rn_slice_make(body.ptr + 1, body.len - 1);
  }
  if (rn_slice_is(body, "NaN")) {
    *value = (double)NAN;
    return true;
  }
  if (rn_slice_is(body, "Infinity")) {
    *value = negative ? -(double)INFINITY : (double)INFINITY;
    return true;
  }
  if (s->len > 1 && memchr("dDfF", s->ptr[s->len - 1], 4)) s->len--;
  return false;
}

bool rn_parse_double(rn_slice s, bool java, double *out) {
  scan n;
  if (java && java_special(&s, out)) return true;
  if (!scan_number(s, java, &n)) return false;
  double d;
  if (n.exact && n.mantissa <= (1ull << 53) && n.exponent >= -22 && n.exponent <= 22) {
    d = (double)n.mantissa;
    d = n.exponent < 0 ? d / double_powers[-n.exponent] : d * double_powers[n.exponent];
    *out = n.negative ? -d : d;
  } else {
    *out = slow_double(s, false);
  }
  return true;
}

bool rn_parse_float(rn_slice s, bool java, float *out) {
  scan n;
  double special;
  if (java && java_special(&s, &special)) {
    *out = (float)special;
    return true;
  }
  if (!scan_number(s, java, &n)) return false;
  if (n.exact && n.mantissa <= (1u << 24) && n.exponent >= -10 && n.exponent <= 10) {
    float f = (float)n.mantissa, power = (float)double_powers[n.exponent < 0 ? -n.exponent : n.exponent];
    f = n.exponent < 0 ? f / power : f * power;
    *out = n.negative ? -f : f;
  } else {
    *out = (float)slow_double(s, true);
  }
  return true;
}

/* --- writing -------------------------------------------------------------------------------------------- */

/* Java's layout of digits d1 d2 .. dn with the point after d1 and a power of ten: plain from 1e-3 to
 * 1e7, else computerised scientific notation; always a digit behind the point. */
static void layout(rn_builder *b, bool negative, const char *digits, int count, int exponent) {
  char out[48];
  int n = 0;
  if (negative) out[n++] = '-';
  if (exponent >= -3 && exponent < 7) {
    if (exponent < 0) {
      out[n++] = '0';
      out[n++] = '.';
      for (int i = -1; i > exponent; i--) out[n++] = '0';
      for (int i = 0; i < count; i++) out[n++] = digits[i];
    } else {
      for (int i = 0; i <= exponent; i++) out[n++] = i < count ? digits[i] : '0';
      out[n++] = '.';
      if (count <= exponent + 1) out[n++] = '0';
      for (int i = exponent + 1; i < count; i++) out[n++] = digits[i];
    }
  } else {
    out[n++] = digits[0];
    out[n++] = '.';
    if (count == 1) out[n++] = '0';
    for (int i = 1; i < count; i++) out[n++] = digits[i];
    n += snprintf(out + n, sizeof out - (size_t)n, "E%d", exponent);
  }
  rn_builder_append(b, out, (size_t)n);
}

/* Digits of m * 10^-k. */
static void layout_scaled(rn_builder *b, bool negative, uint64_t m, int k) {
  char buf[24];
  int start = (int)sizeof buf, end = (int)sizeof buf;
  while (m) {
    buf[--start] = (char)('0' + (int)(m % 10));
    m /= 10;
  }
  int exponent = end - start - 1 - k;
  while (end - start > 1 && buf[end - 1] == '0') end--;
  layout(b, negative, buf + start, end - start, exponent);
}

static bool write_special(rn_builder *b, double value) {
  if (isnan(value)) rn_builder_text(b, "NaN");
  else if (isinf(value)) rn_builder_text(b, value < 0 ? "-Infinity" : "Infinity");
  else if (value == 0) rn_builder_text(b, signbit(value) ? "-0.0" : "0.0");
  else return false;
  return true;
}

/* Fewest significant digits that read back as the same number. */
static void write_shortest(rn_builder *b, double value, bool single) {
  char text[64], digits[24];
  /* Subnormal numbers have fewer digits; Java prints two of them (4.9E-324). */
  bool subnormal = fabs(value) < (single ? 0x1p-126 : 0x1p-1022);
  for (int precision = subnormal ? 2 : single ? 6 : 15;; precision++) {
    int exponent = 0, count = 0, most = single ? 9 : 17;
    snprintf(text, sizeof text, "%.*e", precision - 1, fabs(value));
    const char *p = text;
    for (; *p && *p != 'e'; p++) { /* whatever the locale's decimal point is */
      if (is_digit(*p)) digits[count++] = *p;
    }
    exponent = atoi(p + 1);
    while (count > 1 && digits[count - 1] == '0') count--;
    if (precision < most) {
      char again[40];
      int n = snprintf(again, sizeof again, "%.*se%d", count, digits, exponent - count + 1);
      rn_slice s = rn_slice_make(again, (size_t)n);
      double d = 0;
      float f = 0;
      if (single ? !(rn_parse_float(s, true, &f) && f == (float)fabs(value))
                 : !(rn_parse_double(s, true, &d) && d == fabs(value))) {
        continue;
      }
    }
    layout(b, value < 0, digits, count, exponent);
    return;
  }
}

void rn_format_double(rn_builder *b, double value) {
  if (write_special(b, value)) return;
  double a = fabs(value);
  if (a >= 1e-5 && a < 1e15) {
    for (int k = 0; k <= 15; k++) {
      double scaled = a * double_powers[k];
      if (scaled >= 1e15) break;
      uint64_t m = (uint64_t)(scaled + 0.5);
      if (m && (double)m / double_powers[k] == a) {
        layout_scaled(b, value < 0, m, k);
        return;
      }
    }
  }
  write_shortest(b, value, false);
}

void rn_format_float(rn_builder *b, float value) {
  if (write_special(b, (double)value)) return;
  float a = fabsf(value);
  if (a >= 1e-5f && a < 1e6f) {
    for (int k = 0; k <= 10; k++) {
      double scaled = (double)a * double_powers[k];
      if (scaled >= 1e6) break;
      uint64_t m = (uint64_t)(scaled + 0.5);
      if (m && (float)m / (float)double_powers[k] == a) {
        layout_scaled(b, value < 0, m, k);
        return;
      }
    }
  }
  write_shortest(b, (double)value, true);
}
