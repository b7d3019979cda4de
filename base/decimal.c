/* DECIMAL arithmetic on 128-bit unscaled integers.
 *
 * Place: base; used by casts, arithmetic kernels, SUM/AVG and the decoders. Everything that fits 128 bits
 * stays there; only products and quotients of wide decimals go through a 256-bit magnitude (schoolbook,
 * bit by bit division), which is slow and rare. Rounding is HALF_UP, away from zero, on the magnitude. */
#include "base/decimal.h"

#include <math.h>

#include "base/number.h"

typedef struct wide {
  rn_u128 hi, lo;
} wide;

static const int64_t powers_64[RN_DECIMAL_SMALL_DIGITS + 1] = {
  1LL, 10LL, 100LL, 1000LL, 10000LL, 100000LL, 1000000LL, 10000000LL, 100000000LL, 1000000000LL,
  10000000000LL, 100000000000LL, 1000000000000LL, 10000000000000LL, 100000000000000LL,
  1000000000000000LL, 10000000000000000LL, 100000000000000000LL, 1000000000000000000LL,
};

int64_t rn_pow10_64(unsigned exponent) { return powers_64[exponent]; }

rn_i128 rn_pow10_128(unsigned exponent) {
  if (exponent <= 18) return powers_64[exponent];
  if (exponent <= 36) return (rn_i128)powers_64[18] * powers_64[exponent - 18];
  return (rn_i128)powers_64[18] * powers_64[18] * powers_64[exponent - 36];
}

static rn_u128 magnitude(rn_i128 v) { return v < 0 ? -(rn_u128)v : (rn_u128)v; }
static rn_i128 with_sign(rn_u128 m, bool negative) { return negative ? (rn_i128)-m : (rn_i128)m; }

bool rn_decimal_fits(rn_i128 value, int precision) {
  rn_i128 limit = rn_pow10_128((unsigned)precision);
  return value < limit && value > -limit;
}

/* --- 256-bit magnitudes ------------------------------------------------------------------------- */

static wide wide_mul(rn_u128 a, rn_u128 b) {
  rn_u128 mask = ((rn_u128)1 << 64) - 1;
  rn_u128 al = a & mask, ah = a >> 64, bl = b & mask, bh = b >> 64;
  rn_u128 low = al * bl, mid1 = ah * bl, mid2 = al * bh, high = ah * bh;
  rn_u128 carry = (low >> 64) + (mid1 & mask) + (mid2 & mask);
  return (wide){high + (mid1 >> 64) + (mid2 >> 64) + (carry >> 64), (carry << 64) | (low & mask)};
}

static wide wide_add(wide a, wide b) {
  wide r = {a.hi + b.hi, a.lo + b.lo};
  if (r.lo < a.lo) r.hi++;
  return r;
}
static wide wide_sub(wide a, wide b) {
  wide r = {a.hi - b.hi, a.lo - b.lo};
  if (a.lo < b.lo) r.hi--;
  return r;
}
static bool wide_less(wide a, wide b) { return a.hi != b.hi ? a.hi < b.hi : a.lo < b.lo; }

/* Quotient and remainder by a 128-bit divisor; the quotient may need 256 bits. */
static wide wide_divmod(wide n, rn_u128 d, rn_u128 *rest) {
  if (n.hi == 0) {
    *rest = n.lo % d;
    return (wide){0, n.lo / d};
  }
  wide q = {n.hi / d, 0};
  rn_u128 r = n.hi % d;
  for (int bit = 127; bit >= 0; bit--) {
    bool carry = r >> 127;
    r = (r << 1) | ((n.lo >> bit) & 1);
    if (carry || r >= d) {
      r -= d;
      q.lo |= (rn_u128)1 << bit;
    }
  }
  *rest = r;
  return q;
}

/* n / d, HALF_UP. */
static wide wide_div_round(wide n, rn_u128 d) {
  rn_u128 rest;
  wide q = wide_divmod(n, d, &rest);
  if (rest >= d - rest) q = wide_add(q, (wide){0, 1});
  return q;
}

static bool wide_finish(wide magnitude_, bool negative, int precision, rn_i128 *out) {
  if (magnitude_.hi != 0 || magnitude_.lo >= (rn_u128)rn_pow10_128((unsigned)precision)) return false;
  *out = with_sign(magnitude_.lo, negative);
  return true;
}

/* Brings a magnitude from one scale to another; false: more than 256 bits could hold. */
static bool wide_rescale(wide *m, int from, int to) {
  for (int up = to - from; up > 0;) {
    int step = up > 19 ? 19 : up;
    rn_u128 factor = (rn_u128)rn_pow10_128((unsigned)step);
    wide high = wide_mul(m->hi, factor);
    if (high.hi != 0) return false;
    wide low = wide_mul(m->lo, factor);
    rn_u128 sum = low.hi + high.lo;
    if (sum < low.hi) return false;
    *m = (wide){sum, low.lo};
    up -= step;
  }
  int down = from - to;
  if (down > 76) {
    *m = (wide){0, 0};
  } else if (down > 38) {
    /* Two divisions round once: the first cuts but keeps "something was lost" as an odd bit below
     * the last digit that decides; HALF_UP needs only rest >= half, which a cut cannot change. */
    rn_u128 rest;
    *m = wide_divmod(*m, (rn_u128)rn_pow10_128(38), &rest);
    *m = wide_div_round(*m, (rn_u128)rn_pow10_128((unsigned)(down - 38)));
  } else if (down > 0) {
    *m = wide_div_round(*m, (rn_u128)rn_pow10_128((unsigned)down));
  }
  return true;
}

/* --- scale ----------------------------------------------------------------------------------------- */

/* v / 10 without the division of 128 bits: 2^64 = 10 * TENTH + 6. */
static rn_u128 tenth(rn_u128 v, uint64_t *rest) {
  const uint64_t TENTH = 1844674407370955161u;
  uint64_t high = (uint64_t)(v >> 64), low = (uint64_t)v;
  uint64_t over = high % 10, small = low % 10 + over * 6;
  *rest = small % 10;
  return ((rn_u128)(high / 10) << 64) + (rn_u128)over * TENTH + low / 10 + small / 10;
}

rn_i128 rn_decimal_cut(rn_i128 value, unsigned digits) {
  rn_u128 m = magnitude(value), q;
  if (digits == 1) {
    uint64_t rest;
    q = tenth(m, &rest);
    q += rest >= 5;
  } else if (m >> 64 == 0 && digits <= RN_DECIMAL_SMALL_DIGITS) {
    uint64_t d = (uint64_t)powers_64[digits], low = (uint64_t)m, rest = low % d;
    q = low / d;
    q += rest >= d - rest;
  } else {
    rn_u128 d = (rn_u128)rn_pow10_128(digits);
    q = m / d;
    rn_u128 rest = m - q * d;
    q += rest >= d - rest;
  }
  return with_sign(q, value < 0);
}

bool rn_decimal_rescale(rn_i128 value, int from, int to, rn_i128 *out) {
  if (from == to) {
    *out = value;
    return true;
  }
  if (to > from) {
    if (to - from > 38) {
      *out = 0;
      return value == 0;
    }
    return !__builtin_mul_overflow(value, rn_pow10_128((unsigned)(to - from)), out);
  }
  if (from - to > 38) {
    *out = 0;
    return true;
  }
  *out = rn_decimal_cut(value, (unsigned)(from - to));
  return true;
}

/* --- operations ---------------------------------------------------------------------------------------- */

static bool add_wide(rn_i128 a, int sa, rn_i128 b, int sb, int precision, int scale, rn_i128 *out) {
  int common = sa > sb ? sa : sb;
  wide ma = {0, magnitude(a)}, mb = {0, magnitude(b)}, sum;
  bool na = a < 0, nb = b < 0, negative = na;
  if (!wide_rescale(&ma, sa, common) || !wide_rescale(&mb, sb, common)) return false;
  if (na == nb) {
    sum = wide_add(ma, mb);
  } else if (wide_less(ma, mb)) {
    sum = wide_sub(mb, ma);
    negative = nb;
  } else {
    sum = wide_sub(ma, mb);
  }
  return wide_rescale(&sum, common, scale) && wide_finish(sum, negative, precision, out);
}

bool rn_decimal_add(rn_i128 a, int sa, rn_i128 b, int sb, int precision, int scale, rn_i128 *out) {
  int common = sa > sb ? sa : sb;
  rn_i128 x, y, sum, r;
  if (!rn_decimal_rescale(a, sa, common, &x) || !rn_decimal_rescale(b, sb, common, &y) ||
      __builtin_add_overflow(x, y, &sum)) {
    return add_wide(a, sa, b, sb, precision, scale, out);
  }
  if (!rn_decimal_rescale(sum, common, scale, &r) || !rn_decimal_fits(r, precision)) return false;
  *out = r;
  return true;
}

bool rn_decimal_mul(rn_i128 a, int sa, rn_i128 b, int sb, int precision, int scale, rn_i128 *out) {
  rn_i128 product, r;
  if (!__builtin_mul_overflow(a, b, &product)) {
    if (!rn_decimal_rescale(product, sa + sb, scale, &r) || !rn_decimal_fits(r, precision)) return false;
    *out = r;
    return true;
  }
  wide m = wide_mul(magnitude(a), magnitude(b));
  return wide_rescale(&m, sa + sb, scale) && wide_finish(m, (a < 0) != (b < 0), precision, out);
}

bool rn_decimal_div(rn_i128 a, int sa, rn_i128 b, int sb, int precision, int scale, rn_i128 *out) {
  int up = scale - sa + sb;
  bool negative = (a < 0) != (b < 0);
  wide n = {0, magnitude(a)};
  rn_u128 d = magnitude(b);
  if (up >= 0) {
    if (!wide_rescale(&n, 0, up)) return false;
  } else {
    if (up < -38) {
      *out = 0;
      return true;
    }
    wide scaled = wide_mul(d, (rn_u128)rn_pow10_128((unsigned)-up));
    if (scaled.hi != 0) { /* divisor above 2^128, dividend below 2^127: rounds to 0 */
      *out = 0;
      return true;
    }
    d = scaled.lo;
  }
  return wide_finish(wide_div_round(n, d), negative, precision, out);
}

bool rn_decimal_mod(rn_i128 a, int sa, rn_i128 b, int sb, int precision, int scale, rn_i128 *out) {
  int common = sa > sb ? sa : sb;
  wide n = {0, magnitude(a)};
  rn_u128 d = magnitude(b), rest;
  if (sb < common) {
    wide scaled = wide_mul(d, (rn_u128)rn_pow10_128((unsigned)(common - sb)));
    if (scaled.hi != 0) {
      rest = n.lo; /* divisor larger than any dividend */
      goto done;
    }
    d = scaled.lo;
  }
  if (!wide_rescale(&n, sa, common)) return false;
  wide_divmod(n, d, &rest);
done:;
  wide r = {0, rest};
  return wide_rescale(&r, common, scale) && wide_finish(r, a < 0, precision, out);
}

int rn_decimal_compare(rn_i128 a, int sa, rn_i128 b, int sb) {
  if (sa == sb) return (a > b) - (a < b);
  if ((a < 0) != (b < 0)) return a < 0 ? -1 : 1;
  int common = sa > sb ? sa : sb;
  wide ma = {0, magnitude(a)}, mb = {0, magnitude(b)};
  /* At most 38 digits up: 76 digits fit 256 bits. */
  (void)wide_rescale(&ma, sa, common);
  (void)wide_rescale(&mb, sb, common);
  int order = wide_less(ma, mb) ? -1 : wide_less(mb, ma) ? 1 : 0;
  return a < 0 ? -order : order;
}

/* --- text and doubles -------------------------------------------------------------------------------------- */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

rn_number_result rn_decimal_parse(rn_slice s, int precision, int scale, rn_i128 *out) {
  const char *p = s.ptr, *end = s.ptr + s.len;
  bool negative = false, any = false;
  if (p < end && (*p == '-' || *p == '+')) negative = *p++ == '-';
  const char *mantissa = p;
  int64_t digits = 0, fraction = 0; /* significant digits, digits after the dot */
  bool dot = false;
  for (; p < end; p++) {
    if (*p == '.') {
      if (dot) return RN_NUMBER_BAD;
      dot = true;
      continue;
    }
    if (!is_digit(*p)) break;
    any = true;
    if (digits > 0 || *p != '0') digits++;
    if (dot) fraction++;
  }
  const char *mantissa_end = p;
  if (!any) return RN_NUMBER_BAD;
  int64_t exponent = 0;
  if (p < end && (*p == 'e' || *p == 'E')) {
    bool exponent_negative = false;
    p++;
    if (p < end && (*p == '-' || *p == '+')) exponent_negative = *p++ == '-';
    if (p >= end) return RN_NUMBER_BAD;
    for (; p < end && is_digit(*p); p++) {
      if (exponent < 1000000000) exponent = exponent * 10 + (*p - '0');
    }
    if (exponent_negative) exponent = -exponent;
  }
  if (p != end) return RN_NUMBER_BAD;
  if (digits == 0) {
    *out = 0;
    return RN_NUMBER_OK;
  }
  /* The unscaled value is the significant digits moved by `shift` places. */
  int64_t shift = scale + exponent - fraction, keep = digits + (shift < 0 ? shift : 0);
  if (digits + shift > 38) return RN_NUMBER_OVERFLOW;
  rn_u128 value = 0;
  bool round_up = false;
  if (keep >= 0) {
    int64_t seen = 0;
    for (const char *q = mantissa; q < mantissa_end; q++) {
      if (*q == '.' || (seen == 0 && *q == '0')) continue;
      if (seen == keep) {
        round_up = *q >= '5';
        break;
      }
      value = value * 10 + (unsigned)(*q - '0');
      seen++;
    }
  }
  if (round_up) value++;
  if (shift > 0) value *= (rn_u128)rn_pow10_128((unsigned)shift);
  if (value >= (rn_u128)rn_pow10_128((unsigned)precision)) return RN_NUMBER_OVERFLOW;
  *out = with_sign(value, negative);
  return RN_NUMBER_OK;
}

void rn_decimal_format(rn_builder *b, rn_i128 value, int scale) {
  char buf[48];
  char *end = buf + sizeof buf, *p = end;
  rn_u128 m = magnitude(value);
  int count = 0;
  while (m > UINT64_MAX) {
    rn_u128 q = m / 10;
    *--p = (char)('0' + (int)(m - q * 10));
    m = q;
    if (++count == scale) *--p = '.';
  }
  uint64_t small = (uint64_t)m;
  while (small != 0 || count <= scale) {
    *--p = (char)('0' + (int)(small % 10));
    small /= 10;
    if (++count == scale) *--p = '.';
  }
  if (value < 0) *--p = '-';
  rn_builder_append(b, p, (size_t)(end - p));
}

double rn_decimal_to_double(rn_i128 value, int scale) {
  /* Both exact up to 2^53 and 10^22: one correctly rounded division. Otherwise the decimal text. */
  if (scale == 0 && value == (int64_t)value) return (double)(int64_t)value;
  if (value > -(1LL << 53) && value < (1LL << 53) && scale <= 18) {
    return (double)(int64_t)value / (double)powers_64[scale];
  }
  char buf[64];
  rn_builder b = {buf, 0, sizeof buf}; /* the text needs at most 42 bytes: never grows */
  rn_decimal_format(&b, value, scale);
  double d = 0;
  rn_parse_double(rn_slice_make(b.data, b.len), true, &d);
  return d;
}

bool rn_decimal_from_double(double d, int precision, int scale, rn_i128 *out) {
  if (!isfinite(d)) return false;
  char buf[64];
  rn_builder b = {buf, 0, sizeof buf}; /* at most 26 bytes */
  rn_format_double(&b, d);
  return rn_decimal_parse(rn_slice_make(b.data, b.len), precision, scale, out) == RN_NUMBER_OK;
}
