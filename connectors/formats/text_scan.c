/* Digits and dates of the record formats: see text_scan.h. */
#include "connectors/formats/text_scan.h"

const uint64_t scan_pow10[20] = {
    1ull, 10ull, 100ull, 1000ull, 10000ull, 100000ull, 1000000ull, 10000000ull, 100000000ull, 1000000000ull,
    10000000000ull, 100000000000ull, 1000000000000ull, 10000000000000ull, 100000000000000ull,
    1000000000000000ull, 10000000000000000ull, 100000000000000000ull, 1000000000000000000ull,
    10000000000000000000ull};

static bool two_digits(const char *p, unsigned *out) {
  unsigned a = (unsigned char)p[0] - '0', b = (unsigned char)p[1] - '0';
  *out = a * 10 + b;
  return a <= 9 && b <= 9;
}

bool scan_date_padded(const char *p, int32_t *days) {
  unsigned century, year, month, day;
  if (!two_digits(p, &century) || !two_digits(p + 2, &year) || p[4] != '-' || !two_digits(p + 5, &month) ||
      p[7] != '-' || !two_digits(p + 8, &day))
    return false;
  year += century * 100;
  if (month < 1 || month > 12 || day < 1 || day > rn_days_in_month(year, month)) return false;
  *days = (int32_t)rn_days_from_civil(year, month, day);
  return true;
}

/* The longest text any of the forms may have; the copy gives the fast scanners the bytes they read. */
enum { TEMPORAL_TEXT_MAX = 40 };
static const char *padded_copy(rn_slice s, char copy[128]) {
  if (s.len == 0 || s.len > TEMPORAL_TEXT_MAX) return NULL;
  memset(copy, 0, 128);
  memcpy(copy, s.ptr, s.len);
  return copy;
}
bool scan_text_date(rn_slice s, int32_t *days) {
  char copy[128];
  return s.len == 10 && padded_copy(s, copy) && scan_date_padded(copy, days);
}
bool scan_text_time(rn_slice s, int32_t *ms) {
  char copy[128];
  if (!padded_copy(s, copy)) return false;
  int64_t us;
  const char *end = scan_time_padded(copy, &us);
  if (end != copy + s.len) return false;
  *ms = (int32_t)(us / RN_US_PER_MS);
  return true;
}
bool scan_text_timestamp(rn_slice s, char sep, scan_zone zone, int64_t *us) {
  char copy[128];
  if (!padded_copy(s, copy)) return false;
  scan_date_cache cache = {0, 0, 0};
  return scan_timestamp_padded(copy, sep, zone, &cache, us) == copy + s.len;
}

int64_t scan_cut_us(int64_t us, int precision) {
  if (precision >= 6) return us;
  int64_t unit = (int64_t)scan_pow10[6 - (precision < 0 ? 0 : precision)];
  return rn_floor_div(us, unit) * unit;
}

bool scan_text_integer(rn_slice s, int64_t min, int64_t max, int64_t *out) {
  bool negative = s.len && s.ptr[0] == '-';
  size_t i = negative || (s.len && s.ptr[0] == '+');
  if (i == s.len) return false;
  uint64_t sum = 0, limit = negative ? (uint64_t)1 << 63 : (uint64_t)INT64_MAX;
  for (; i < s.len; i++) {
    unsigned digit = (unsigned char)s.ptr[i] - '0';
    if (digit > 9 || sum > (limit - digit) / 10) return false;
    sum = sum * 10 + digit;
  }
  int64_t value = negative ? (int64_t)(0 - sum) : (int64_t)sum;
  if (value < min || value > max) return false;
  *out = value;
  return true;
}

bool scan_number_integer(rn_slice s, int64_t min, int64_t max, int64_t *out) {
  const char *p = s.ptr, *end = s.ptr + s.len;
  bool negative = p < end && *p == '-';
  p += negative;
  /* Point and exponent say how many of the digits stand before the point. */
  const char *digits = p, *dot = NULL;
  while (p < end && ((unsigned char)(*p - '0') <= 9 || *p == '.')) {
    if (*p == '.') dot = p;
    p++;
  }
  const char *digits_end = p;
  int64_t exponent = 0;
  if (p < end && (*p == 'e' || *p == 'E')) {
    p++;
    bool down = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+')) p++;
    for (; p < end; p++)
      if (exponent < 100000) exponent = exponent * 10 + (*p - '0');
    if (down) exponent = -exponent;
  }
  int64_t whole = (dot ? dot : digits_end) - digits + exponent;
  uint64_t sum = 0, limit = negative ? (uint64_t)1 << 63 : (uint64_t)INT64_MAX;
  for (const char *q = digits; whole > 0; whole--) {
    if (q == dot) q++;
    unsigned digit = q < digits_end ? (unsigned)(*q++ - '0') : 0;
    if (sum > (limit - digit) / 10) return false;
    sum = sum * 10 + digit;
    if (q >= digits_end && sum == 0) break; /* 0e9999 */
  }
  int64_t value = negative ? (int64_t)(0 - sum) : (int64_t)sum;
  if (value < min || value > max) return false;
  *out = value;
  return true;
}
