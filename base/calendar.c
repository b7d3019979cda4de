/* Calendar arithmetic and the text forms of dates and times.
 *
 * Place: base; decoders, casts, time functions and printers use it. Days are counted in 400-year eras of
 * 146,097 days with the year starting in March, so that the leap day is the last of its year and month
 * lengths follow (153 m + 2) / 5: no tables, no loops, right for years before 0. */
#include "base/calendar.h"

enum { DAYS_PER_ERA = 146097, EPOCH_SHIFT = 719468 /* days from 0000-03-01 to 1970-01-01 */ };

int64_t rn_days_from_civil(int64_t year, unsigned month, unsigned day) {
  int64_t y = year - (month <= 2);
  int64_t era = rn_floor_div(y, 400);
  int64_t year_of_era = y - era * 400;
  int64_t shifted_month = (int64_t)(month + 9) % 12; /* March = 0 */
  int64_t day_of_year = (153 * shifted_month + 2) / 5 + (int64_t)day - 1;
  int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * DAYS_PER_ERA + day_of_era - EPOCH_SHIFT;
}

void rn_civil_from_days(int64_t days, int64_t *year, unsigned *month, unsigned *day) {
  int64_t shifted = days + EPOCH_SHIFT;
  int64_t era = rn_floor_div(shifted, DAYS_PER_ERA);
  uint32_t day_of_era = (uint32_t)(shifted - era * DAYS_PER_ERA);
  /* Take the leap days that came before out of the count, then years are 365 days each. */
  uint32_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  uint32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  uint32_t shifted_month = (5 * day_of_year + 2) / 153;
  *day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
  *month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  *year = era * 400 + year_of_era + (*month <= 2);
}

static bool is_leap(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

unsigned rn_days_in_month(int64_t year, unsigned month) {
  if (month == 2) return is_leap(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

int32_t rn_add_months_days(int32_t days, int64_t months) {
  int64_t year;
  unsigned month, day;
  rn_civil_from_days(days, &year, &month, &day);
  /* 32 bits of months, as the original counts: more would leave the range of days, and of 64 bits on the way */
  int64_t count = year * 12 + (int64_t)month - 1 + (int32_t)(uint32_t)(uint64_t)months;
  year = rn_floor_div(count, 12);
  month = (unsigned)rn_floor_mod(count, 12) + 1;
  unsigned last = rn_days_in_month(year, month);
  return (int32_t)rn_days_from_civil(year, month, day < last ? day : last);
}

int64_t rn_add_months_us(int64_t us, int64_t months) {
  int64_t days = rn_floor_div(us, RN_US_PER_DAY), rest = us - days * RN_US_PER_DAY;
  /* far outside the dialect's range it wraps, as the original does */
  return (int64_t)((uint64_t)(int64_t)rn_add_months_days((int32_t)days, months) * (uint64_t)RN_US_PER_DAY + (uint64_t)rest);
}

/* --- strict reading ------------------------------------------------------------------------------------ */

/* `count` digits at p, or a value above 99999 when one is no digit. */
static inline uint32_t fixed_digits(const char *p, int count) {
  uint32_t value = 0, bad = 0;
  for (int i = 0; i < count; i++) {
    uint32_t digit = (uint32_t)(unsigned char)p[i] - '0';
    bad |= (uint32_t)(digit > 9);
    value = value * 10 + digit;
  }
  return bad ? 1u << 30 : value;
}

static bool strict_date(const char *p, int64_t *days) {
  uint32_t year = fixed_digits(p, 4), month = fixed_digits(p + 5, 2), day = fixed_digits(p + 8, 2);
  if (p[4] != '-' || p[7] != '-' || year > 9999 || month - 1 > 11 || day - 1 > 30) return false;
  if (day > 28 && day > rn_days_in_month(year, month)) return false;
  *days = rn_days_from_civil(year, month, day);
  return true;
}

/* HH:mm:ss[.f] up to the end: microseconds of the day. */
static bool strict_time(const char *p, size_t len, int64_t *us, bool *lost) {
  if (len < 8) return false;
  uint32_t hour = fixed_digits(p, 2), minute = fixed_digits(p + 3, 2), second = fixed_digits(p + 6, 2);
  if (p[2] != ':' || p[5] != ':' || hour > 23 || minute > 59 || second > 59) return false;
  int64_t micros = 0;
  if (len > 8) {
    size_t digits = len - 9;
    if (p[8] != '.' || digits == 0 || digits > 9) return false;
    for (size_t i = 0; i < 6; i++) {
      unsigned digit = i < digits ? (unsigned)(unsigned char)p[9 + i] - '0' : 0;
      if (digit > 9) return false;
      micros = micros * 10 + (int64_t)digit;
    }
    for (size_t i = 6; i < digits; i++) {
      if (p[9 + i] < '0' || p[9 + i] > '9') return false;
      if (p[9 + i] != '0' && lost) *lost = true;
    }
  }
  *us = (int64_t)(hour * 3600 + minute * 60 + second) * RN_US_PER_SECOND + micros;
  return true;
}

bool rn_parse_date(rn_slice s, int32_t *days) {
  int64_t d;
  if (s.len != 10 || !strict_date(s.ptr, &d)) return false;
  *days = (int32_t)d;
  return true;
}

bool rn_parse_time(rn_slice s, int32_t *ms) {
  int64_t us;
  if (!strict_time(s.ptr, s.len, &us, NULL)) return false;
  *ms = (int32_t)(us / RN_US_PER_MS);
  return true;
}

bool rn_parse_timestamp(rn_slice s, char sep, bool zone_z, int64_t *us, bool *lost) {
  if (zone_z) {
    if (s.len == 0 || s.ptr[s.len - 1] != 'Z') return false;
    s.len--;
  }
  int64_t days, of_day;
  if (s.len < 19 || s.ptr[10] != sep || !strict_date(s.ptr, &days)) return false;
  if (!strict_time(s.ptr + 11, s.len - 11, &of_day, lost)) return false;
  *us = days * RN_US_PER_DAY + of_day;
  return true;
}

/* --- lenient reading (CAST) -------------------------------------------------------------------------------- */

/* One to `most` digits; advances *p. */
static bool some_digits(const char **p, const char *end, int most, uint32_t *value) {
  int count = 0;
  *value = 0;
  while (*p < end && **p >= '0' && **p <= '9') {
    if (++count > most) return false;
    *value = *value * 10 + (uint32_t)(**p - '0');
    (*p)++;
  }
  return count > 0;
}

static bool take(const char **p, const char *end, char c) {
  if (*p >= end || **p != c) return false;
  (*p)++;
  return true;
}

/* yyyy[-M[-d]]; the day may lie behind the month's end (`clamp`: up to 31, moved to the end). */
static bool lenient_date(const char **p, const char *end, bool whole, int64_t *days) {
  uint32_t year, month = 1, day = 1;
  const char *begin = *p;
  if (!some_digits(p, end, 4, &year)) return false;
  if (whole && (*p - begin < 4 || year == 0)) return false; /* a timestamp's year has four digits and an era */
  bool has_month = take(p, end, '-');
  if (has_month && !some_digits(p, end, 2, &month)) return false;
  bool has_day = has_month && take(p, end, '-');
  if (has_day && !some_digits(p, end, 2, &day)) return false;
  if (whole && !has_day) return false;
  if (month < 1 || month > 12 || day < 1 || day > 31) return false;
  unsigned last = rn_days_in_month(year, month);
  if (day > last) {
    if (!whole) return false;
    day = last;
  }
  *days = rn_days_from_civil(year, month, day);
  return true;
}

/* H:m:s[.f]; `partial`: H and H:m are enough. */
static bool lenient_time(const char **p, const char *end, bool partial, int64_t *us) {
  uint32_t hour, minute = 0, second = 0, micros = 0;
  if (!some_digits(p, end, 2, &hour)) return false;
  bool has_minute = take(p, end, ':');
  if (has_minute && !some_digits(p, end, 2, &minute)) return false;
  bool has_second = has_minute && take(p, end, ':');
  if (has_second && !some_digits(p, end, 2, &second)) return false;
  if (!partial && !has_second) return false;
  if (has_second && take(p, end, '.')) {
    int count = 0;
    for (; *p < end && **p >= '0' && **p <= '9'; (*p)++) {
      if (++count > 9) return false;
      if (count <= 6) micros = micros * 10 + (uint32_t)(**p - '0');
    }
    if (count == 0 && partial) return false;
    for (; count < 6; count++) micros *= 10;
  }
  bool next_midnight = !partial && hour == 24 && !minute && !second && !micros; /* of a timestamp: the end of its day */
  if ((hour > 23 && !next_midnight) || minute > 59 || second > 59) return false;
  *us = (int64_t)(hour * 3600 + minute * 60 + second) * RN_US_PER_SECOND + micros;
  return true;
}

bool rn_cast_date(rn_slice s, int32_t *days) {
  const char *blank = s.len ? memchr(s.ptr, ' ', s.len) : NULL;
  if (blank && blank > s.ptr) s.len = (size_t)(blank - s.ptr);
  s = rn_slice_trim(s);
  const char *p = s.ptr, *end = s.ptr + s.len;
  int64_t d;
  if (!lenient_date(&p, end, false, &d) || p != end) return false;
  *days = (int32_t)d;
  return true;
}

bool rn_cast_time(rn_slice s, int32_t *ms) {
  const char *p = s.ptr, *end = s.ptr + s.len;
  int64_t us;
  if (!lenient_time(&p, end, true, &us) || p != end) return false;
  *ms = (int32_t)(us / RN_US_PER_MS);
  return true;
}

bool rn_cast_timestamp(rn_slice s, int64_t *us) {
  if (rn_parse_timestamp(s, ' ', false, us, NULL)) return true;
  const char *p = s.ptr, *end = s.ptr + s.len;
  int64_t days, of_day = 0;
  if (!lenient_date(&p, end, true, &days)) return false;
  if (p < end && (!take(&p, end, ' ') || !lenient_time(&p, end, false, &of_day))) return false;
  if (p != end) return false;
  *us = days * RN_US_PER_DAY + of_day;
  return *us < rn_days_from_civil(10000, 1, 1) * RN_US_PER_DAY;
}

/* --- writing --------------------------------------------------------------------------------------------------- */

static inline char *two_digits(char *p, unsigned value) {
  p[0] = (char)('0' + value / 10);
  p[1] = (char)('0' + value % 10);
  return p + 2;
}

static char *write_date(char *p, int64_t days) {
  int64_t year;
  unsigned month, day;
  rn_civil_from_days(days, &year, &month, &day);
  if (year < 0) {
    *p++ = '-';
    year = -year;
  }
  if (year > 9999) {
    char reversed[20];
    int n = 0;
    for (; year; year /= 10) reversed[n++] = (char)('0' + (int)(year % 10));
    while (n) *p++ = reversed[--n];
  } else {
    p = two_digits(p, (unsigned)year / 100);
    p = two_digits(p, (unsigned)year % 100);
  }
  *p++ = '-';
  p = two_digits(p, month);
  *p++ = '-';
  return two_digits(p, day);
}

static char *write_time(char *p, int64_t us_of_day, int precision, bool trim) {
  unsigned seconds = (unsigned)(us_of_day / RN_US_PER_SECOND);
  uint32_t micros = (uint32_t)(us_of_day % RN_US_PER_SECOND);
  p = two_digits(p, seconds / 3600);
  *p++ = ':';
  p = two_digits(p, seconds / 60 % 60);
  *p++ = ':';
  p = two_digits(p, seconds % 60);
  if (precision > 9) precision = 9;
  if (precision > 0) {
    char *dot = p;
    *p++ = '.';
    for (int i = 0; i < precision; i++) {
      *p++ = (char)('0' + micros / 100000);
      micros = micros % 100000 * 10;
    }
    if (trim) {
      while (p[-1] == '0') p--;
      if (p - 1 == dot) p = dot;
    }
  }
  return p;
}

void rn_format_date(rn_builder *b, int32_t days) {
  char buf[32];
  rn_builder_append(b, buf, (size_t)(write_date(buf, days) - buf));
}

void rn_format_time(rn_builder *b, int32_t ms, int precision, bool trim) {
  char buf[32];
  rn_builder_append(b, buf, (size_t)(write_time(buf, (int64_t)ms * RN_US_PER_MS, precision, trim) - buf));
}

void rn_format_timestamp(rn_builder *b, int64_t us, int precision, bool trim, char sep) {
  char buf[64];
  int64_t days = rn_floor_div(us, RN_US_PER_DAY);
  char *p = write_date(buf, days);
  *p++ = sep;
  p = write_time(p, us - days * RN_US_PER_DAY, precision, trim);
  rn_builder_append(b, buf, (size_t)(p - buf));
}
