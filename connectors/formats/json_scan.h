/* The JSON record scanner, a template: json_scan_{avx2,sse2,plain}.c include it once each with
 *   SCAN(name)             names of this instance
 *   SCAN_BLOCK             bytes per string block
 *   scan_block(p, &high)   bit mask of bytes that end a plain run (quote, backslash, control) in the
 *                          SCAN_BLOCK bytes at p; high gets the mask of bytes >= 0x80
 *   scan_literal(p, step)  do the first min(len, 32) bytes at p equal the step's?
 *
 * Algorithm: records of a stream nearly always have the same keys in the same order, written by the
 * same encoder. So the bytes between two values (`,"price":`) are learned from earlier records and
 * compared in one masked compare; what remains per field is its value. Where the comparison fails, one
 * key is read the general way (white space, escapes), found in or inserted into the learned order, and
 * prediction goes on from there, so that optional keys cost one general step each. The whole record is
 * verified whatever columns are wanted: every string for controls, escapes and UTF-8, every number for
 * its grammar. (The idea of predicting structure from earlier records: Li 2017, Mison.)
 *
 * Bounds: 64 bytes behind the record are readable. Each turn of a loop begins below d->end and reads
 * at most 64 bytes on; what runs past the end is noticed before it is used. */
#include "connectors/formats/json_decode.h"

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define is_blank(c) ((c) == ' ' || (c) == '\n' || (c) == '\r' || (c) == '\t')

static inline const char *SCAN(blanks)(const char *p, const char *end) {
  while (p < end && is_blank(*p)) p++;
  return p;
}

static bool SCAN(hex4)(const char *p) {
  for (int i = 0; i < 4; i++) {
    unsigned c = (unsigned char)p[i];
    if (!((c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f'))) return false;
  }
  return true;
}

/* p behind the opening quote; returns the closing quote. */
static inline const char *SCAN(string)(rn_decoder *d, const char *p, bool *escaped) {
  const char *start = p, *end = d->end;
  uint64_t high_seen = 0;
  *escaped = false;
  for (;;) {
    if (unlikely(p >= end)) return json_malformed(d, start - 1, "string does not end");
    uint64_t high;
    uint64_t stops = scan_block(p, &high);
    if (!stops) {
      high_seen |= high;
      p += SCAN_BLOCK;
      continue;
    }
    unsigned n = (unsigned)__builtin_ctzll(stops);
    high_seen |= high & ((1ull << n) - 1);
    p += n;
    if (unlikely(p >= end)) return json_malformed(d, start - 1, "string does not end");
    if (likely(*p == '"')) break;
    if (*p != '\\') return json_malformed(d, p, "control character in a string");
    *escaped = true;
    if (p + 1 >= end) return json_malformed(d, start - 1, "string does not end");
    switch (p[1]) {
      case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't': p += 2; break;
      case 'u':
        if (end - p < 6) return json_malformed(d, start - 1, "string does not end");
        if (!SCAN(hex4)(p + 2)) return json_malformed(d, p, "bad escape in a string");
        p += 6;
        break;
      default: return json_malformed(d, p, "bad escape in a string");
    }
  }
  if (unlikely(high_seen) && !rn_utf8_valid(start, (size_t)(p - start))) {
    const char *bad = start;
    for (unsigned n; (n = rn_utf8_valid_at(bad, (size_t)(p - bad))) != 0;) bad += n;
    return json_malformed(d, bad, "invalid UTF-8 in a string");
  }
  return p;
}

/* The whole number grammar; p at '-' or a digit. */
static inline const char *SCAN(number)(rn_decoder *d, const char *p) {
  const char *start = p, *end = d->end;
  if (*p == '-') p++;
  if (p < end && *p == '0') {
    p++;
    if (p < end && (unsigned char)(*p - '0') <= 9) return json_malformed(d, start, "number with a leading zero");
  } else {
    const char *digits = p;
    while (p < end && (unsigned char)(*p - '0') <= 9) p++;
    if (p == digits) return json_malformed(d, start, "expected a value");
  }
  if (p < end && *p == '.') {
    const char *digits = ++p;
    while (p < end && (unsigned char)(*p - '0') <= 9) p++;
    if (p == digits) return json_malformed(d, start, "number without digits behind the point");
  }
  if (p < end && (*p | 32) == 'e') {
    p++;
    if (p < end && (*p == '+' || *p == '-')) p++;
    const char *digits = p;
    while (p < end && (unsigned char)(*p - '0') <= 9) p++;
    if (p == digits) return json_malformed(d, start, "number without digits in the exponent");
  }
  return p;
}

/* A scalar; p < end. */
static inline const char *SCAN(scalar)(rn_decoder *d, const char *p) {
  size_t left = (size_t)(d->end - p);
  switch (*p) {
    case '"': {
      bool escaped;
      const char *quote = SCAN(string)(d, p + 1, &escaped);
      return quote ? quote + 1 : NULL;
    }
    case 't':
      if (left >= 4 && memcmp(p, "true", 4) == 0) return p + 4;
      break;
    case 'f':
      if (left >= 5 && memcmp(p, "false", 5) == 0) return p + 5;
      break;
    case 'n':
      if (left >= 4 && memcmp(p, "null", 4) == 0) return p + 4;
      break;
    case '-': case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9':
      return SCAN(number)(d, p);
    default: break;
  }
  return json_malformed(d, p, "expected a value");
}

/* Objects and arrays that nobody wants: verified without recursion; one bit per open level says which
 * kind it is. `depth` levels are open around p. */
static const char *SCAN(skip)(rn_decoder *d, const char *p, unsigned depth) {
  const char *end = d->end;
  uint64_t objects = 0; /* bit i: open level i is an object */
  unsigned open = 0;
  _Static_assert(RN_JSON_DEPTH_MAX <= 64, "one bit per level");
  for (;;) {
    /* a value */
    if (p >= end) return json_malformed(d, p, "expected a value");
    if (*p == '{' || *p == '[') {
      bool is_object = *p == '{';
      if (depth + open >= RN_JSON_DEPTH_MAX) return json_malformed(d, p, "nested deeper than 64 levels");
      objects = is_object ? objects | 1ull << open : objects & ~(1ull << open);
      open++;
      p = SCAN(blanks)(p + 1, end);
      if (p < end && *p == (is_object ? '}' : ']')) {
        p++;
        open--;
      } else if (is_object) {
        goto key;
      } else {
        continue;
      }
    } else {
      p = SCAN(scalar)(d, p);
      if (!p) return NULL;
    }
  after:
    if (open == 0) return p;
    p = SCAN(blanks)(p, end);
    bool in_object = objects >> (open - 1) & 1;
    if (p < end && *p == (in_object ? '}' : ']')) {
      p++;
      open--;
      goto after;
    }
    if (p >= end || *p != ',') return json_malformed(d, p, in_object ? "expected ',' or '}'" : "expected ',' or ']'");
    p = SCAN(blanks)(p + 1, end);
    if (!in_object) continue;
  key:
    if (p >= end || *p != '"') return json_malformed(d, p, "expected a key in double quotes");
    bool escaped;
    p = SCAN(string)(d, p + 1, &escaped);
    if (!p) return NULL;
    p = SCAN(blanks)(p + 1, end);
    if (p >= end || *p != ':') return json_malformed(d, p, "expected ':'");
    p = SCAN(blanks)(p + 1, end);
  }
}

/* Any value into a field, the complete way. */
static const char *SCAN(general)(rn_decoder *d, json_field *f, const char *p, unsigned depth, uint32_t row) {
  if (p >= d->end) return json_malformed(d, p, "expected a value");
  const char *after = SCAN(skip)(d, p, depth);
  if (!after || !json_convert(d, f, rn_slice_make(p, (size_t)(after - p)), row)) return NULL;
  return after;
}

/* Bytes 0..11 of a short string, masked to its length. */
static inline rn_str SCAN(view)(const char *p, size_t len) {
  rn_str s;
  s.len = (uint32_t)len;
  if (len <= RN_STR_INLINE) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    uint64_t head = scan_load64(p), tail = scan_load64(p + 4);
    head &= len >= 4 ? 0xFFFFFFFFull : (1ull << (len * 8)) - 1;
    tail = len <= 4 ? 0 : len == 12 ? tail : tail & ((1ull << (len - 4) * 8) - 1);
    uint32_t prefix = (uint32_t)head;
    memcpy(s.prefix, &prefix, 4);
    memcpy(s.u.rest, &tail, 8);
#else
    s = rn_str_make(p, len);
#endif
  } else {
    memcpy(s.prefix, p, 4);
    s.u.ptr = p;
  }
  return s;
}

#define STORE(T, value)                                           \
  do {                                                            \
    ((T *)f->data)[row] = (value);                                \
    if (unlikely(f->column->valid != NULL)) rn_set_valid(f->column, row); \
  } while (0)

static const char *SCAN(object)(rn_decoder *d, json_object *o, const char *p, unsigned depth, uint32_t row) {
  const char *end = d->end;
  const uint64_t serial = ++d->serial;
  uint32_t seen = 0, i = 0;
  bool first = true;
  if (unlikely(depth >= RN_JSON_DEPTH_MAX)) return json_malformed(d, p, "nested deeper than 64 levels");
  for (;; i++, first = false) {
    const json_step *step = &o->steps[i];
    if (unlikely(p >= end)) return json_malformed(d, p, first ? "expected a value" : "expected ',' or '}'");
    if (likely(i < o->step_count && step->opens == first && scan_literal(p, step) &&
               (likely(!step->rest) || (p + step->len <= end && memcmp(p + JSON_LITERAL_BLOCK, step->rest, step->len - JSON_LITERAL_BLOCK) == 0)))) {
      p += step->len;
      if (unlikely(p >= end || (unsigned char)*p <= ' ')) { /* more white space than was learned */
        p = SCAN(blanks)(p, end);
        if (p >= end) return json_malformed(d, end, "expected a value");
      }
    } else {
      const char *from = p;
      if (!first) {
        p = SCAN(blanks)(p, end);
        if (p < end && *p == '}') break;
        if (p >= end || *p != ',') return json_malformed(d, p, "expected ',' or '}'");
      }
      p = SCAN(blanks)(p + 1, end); /* behind '{' or ',' */
      if (first && p < end && *p == '}') break;
      if (p >= end || *p != '"') return json_malformed(d, p, "expected a key in double quotes");
      bool escaped;
      const char *key = p + 1;
      p = SCAN(string)(d, key, &escaped);
      if (!p) return NULL;
      rn_slice key_text = rn_slice_make(key, (size_t)(p - key));
      p = SCAN(blanks)(p + 1, end);
      if (p >= end || *p != ':') return json_malformed(d, p, "expected ':'");
      p = SCAN(blanks)(p + 1, end);
      if (p >= end) return json_malformed(d, p, "expected a value");
      i = json_locate(d, o, i, from, p, key_text, escaped);
      step = &o->steps[i];
    }

    if (step->kind == JSON_SKIP) {
      if (*p == '"') {
        bool escaped;
        p = SCAN(string)(d, p + 1, &escaped);
        if (unlikely(!p)) return NULL;
        p++;
        continue;
      }
      if (*p != '{' && *p != '[') { /* a number, mostly an integer */
        unsigned count;
        uint64_t ignored;
        const char *q = scan_uint_padded(p, &ignored, &count);
        if (likely(count > 0 && count <= 18 && !(*p == '0' && count > 1) && *q != '.' && (*q | 32) != 'e')) {
          p = q;
          continue;
        }
      }
      p = SCAN(skip)(d, p, depth + 1);
      if (unlikely(!p)) return NULL;
      continue;
    }

    json_field *f = step->field;
    seen += f->serial != serial;
    f->serial = serial;
    const char *q = p;
    switch ((json_kind)step->kind) {
      case JSON_I64: case JSON_I32: case JSON_I16: case JSON_I8: {
        bool negative = *q == '-';
        uint64_t magnitude;
        unsigned count;
        q = scan_uint_padded(q + negative, &magnitude, &count);
        if (unlikely(count == 0 || count > 18 || (q[-(ptrdiff_t)count] == '0' && count > 1) || *q == '.' || (*q | 32) == 'e'))
          break;
        int64_t value = negative ? -(int64_t)magnitude : (int64_t)magnitude;
        if (step->kind == JSON_I64) {
          STORE(int64_t, value);
        } else {
          if (unlikely(value < f->min || value > f->max)) break;
          if (step->kind == JSON_I32) STORE(int32_t, (int32_t)value);
          else if (step->kind == JSON_I16) STORE(int16_t, (int16_t)value);
          else STORE(int8_t, (int8_t)value);
        }
        p = q;
        continue;
      }
      case JSON_DEC64: case JSON_F64: {
        bool negative = *q == '-';
        uint64_t whole, fraction = 0;
        unsigned count, fraction_count = 0;
        q = scan_uint_padded(q + negative, &whole, &count);
        if (unlikely(count == 0 || (q[-(ptrdiff_t)count] == '0' && count > 1))) break;
        if (*q == '.') {
          q = scan_uint_padded(q + 1, &fraction, &fraction_count);
          if (unlikely(fraction_count == 0)) break;
        }
        if (unlikely(count + fraction_count > 18 || (*q | 32) == 'e')) break;
        uint64_t digits = whole * scan_pow10[fraction_count] + fraction;
        if (step->kind == JSON_F64) {
          /* both exact in a double, so one correctly rounded division (Clinger 1990) */
          if (unlikely(digits >> 53)) break;
          double value = fraction_count ? (double)digits / (double)scan_pow10[fraction_count] : (double)digits;
          STORE(double, negative ? -value : value);
        } else {
          unsigned scale = f->scale;
          if (fraction_count <= scale) {
            if (unlikely(count + scale > 18)) break;
            digits *= scan_pow10[scale - fraction_count];
          } else {
            uint64_t unit = scan_pow10[fraction_count - scale];
            digits = (digits + unit / 2) / unit; /* HALF_UP */
          }
          if (unlikely(digits > (uint64_t)f->max)) break;
          STORE(int64_t, negative ? -(int64_t)digits : (int64_t)digits);
        }
        p = q;
        continue;
      }
      case JSON_TEXT: {
        if (unlikely(*q != '"')) break;
        bool escaped;
        const char *quote = SCAN(string)(d, q + 1, &escaped);
        if (unlikely(!quote)) return NULL;
        size_t len = (size_t)(quote - q - 1);
        if (unlikely(escaped)) {
          char *text = rn_arena_alloc_aligned(d->out, len + 16, 1);
          len = rn_json_unescape(rn_slice_make(q + 1, len), text);
          STORE(rn_str, rn_str_make(text, len));
        } else {
          STORE(rn_str, SCAN(view)(q + 1, len));
        }
        p = quote + 1;
        continue;
      }
      case JSON_TIMESTAMP: case JSON_LTZ: {
        if (unlikely(*q != '"')) break;
        int64_t us;
        q = scan_timestamp_padded(q + 1, d->separator, step->kind == JSON_LTZ ? d->zone : SCAN_ZONE_NONE, &d->date, &us);
        if (unlikely(!q || *q != '"')) break;
        if (f->cuts_us) {
          if (likely(f->precision == 3)) {
            int64_t ms = us / 1000;
            us = (ms - (us - ms * 1000 < 0)) * 1000;
          } else {
            us = scan_cut_us(us, f->precision);
          }
        }
        STORE(int64_t, us);
        p = q + 1;
        continue;
      }
      case JSON_DATE: {
        int32_t days;
        if (unlikely(*q != '"' || !scan_date_padded(q + 1, &days) || q[11] != '"')) break;
        STORE(int32_t, days);
        p = q + 12;
        continue;
      }
      case JSON_BOOL:
        if (end - p >= 4 && memcmp(p, "true", 4) == 0) {
          STORE(uint8_t, 1);
          p += 4;
          continue;
        }
        if (end - p >= 5 && memcmp(p, "false", 5) == 0) {
          STORE(uint8_t, 0);
          p += 5;
          continue;
        }
        break;
      case JSON_ROW:
        if (likely(*p == '{')) {
          p = SCAN(object)(d, f->object, p, depth + 1, row);
          if (!p) return NULL;
          if (f->column->valid) rn_set_valid(f->column, row);
          continue;
        }
        break;
      default: break;
    }
    p = SCAN(general)(d, f, p, depth + 1, row);
    if (unlikely(!p)) return NULL;
  }
  if (unlikely(seen != o->field_count) && !json_missing(d, o, serial, p, row)) return NULL;
  return p + 1;
}
