/* Reading texts by a java.time pattern (see time_pattern.h): the resolver is Java's SMART one, which takes a day behind
 * the month's end for its last, and 24:00 for the next midnight. */
#include <string.h>

#include "base/alloc.h"
#include "runtime/functions/time_pattern.h"

typedef struct parsed_fields {
  int64_t year, month, day, hour, minute, second, micros, day_of_year, us_of_day;
  int64_t week_year, week, weekday; /* 0, 0, -1: not in the text */
  bool half_day, has_meridiem, afternoon, has_hour, has_us_of_day, before_christ;
} parsed_fields;

/* `least` to `most` digits; of numbers that no field can hold the rest is left out. */
static bool take_number(const char **p, const char *end, int least, int most, int64_t *value) {
  int n = 0;
  *value = 0;
  for (; n < most && *p < end && **p >= '0' && **p <= '9'; n++, (*p)++)
    if (*value < INT64_MAX / 100) *value = *value * 10 + (**p - '0');
  return n >= least;
}

static bool take_name(const char **p, const char *end, const char *const *names, int count, bool is_short, int64_t *value) {
  for (int i = 0; i < count; i++) {
    size_t len = is_short ? 3 : strlen(names[i]);
    if ((size_t)(end - *p) >= len && memcmp(*p, names[i], len) == 0) {
      *value = i;
      *p += len;
      return true;
    }
  }
  return false;
}

/* X +hh[mm], XX +hhmm, XXX +hh:mm; of four and five letters with seconds; Z for 0, for x not. */
static bool take_offset(const char **p, const char *end, const pattern_element *e) {
  bool letter_z = e->letter == 'X' || (e->letter == 'Z' && e->count == 5);
  unsigned count = e->letter == 'Z' ? (e->count == 5 ? 5 : 2) : e->count;
  if (letter_z && *p < end && **p == 'Z') {
    (*p)++;
    return true;
  }
  if (*p >= end || (**p != '+' && **p != '-')) return false;
  (*p)++;
  int64_t hour, minute = 0, second = 0;
  if (!take_number(p, end, 2, 2, &hour)) return false;
  bool colon = count == 3 || count == 5;
  if (count > 1) {
    if (colon && (*p >= end || *(*p)++ != ':')) return false;
    if (!take_number(p, end, 2, 2, &minute)) return false;
  } else if (end - *p >= 2 && **p >= '0' && **p <= '9') {
    if (!take_number(p, end, 2, 2, &minute)) return false;
  }
  if (count > 3 && *p < end && (colon ? **p == ':' : **p >= '0' && **p <= '9')) {
    if (colon) (*p)++;
    if (!take_number(p, end, 2, 2, &second)) return false;
  }
  return hour <= 18 && minute < 60 && second < 60;
}

/* Europe/Berlin, UTC, GMT+02:00, PST; which one does not matter, it is dropped. */
static bool take_zone(const char **p, const char *end) {
  const char *begin = *p;
  while (*p < end && ((**p >= 'a' && **p <= 'z') || (**p >= 'A' && **p <= 'Z') || (**p >= '0' && **p <= '9') || strchr("/_+-:", **p))) (*p)++;
  size_t len = (size_t)(*p - begin);
  if (len == 0 || len > 60) return false;
  static const char *const names[] = {"PST", "PDT", "MST", "MDT", "CST", "CDT", "EST", "EDT", "AKST", "AKDT", "HST", "CET", "CEST", "EET", "EEST", "WET", "WEST",
                                      "BST", "IST", "JST", "KST", "MSK", "AEST", "AEDT", "NZST", "NZDT", "SGT", "HKT"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (strlen(names[i]) == len && memcmp(names[i], begin, len) == 0) return true;
  }
  rn_zone *zone = NULL;
  rn_error ignored = {0};
  char *name = rn_strndup(begin, len);
  bool ok = !rn_text_eq_nocase(name, "default") && rn_zone_open(name, &zone, &ignored) == RN_OK;
  rn_zone_close(zone);
  rn_free(name);
  return ok;
}

static bool take_year(const char **p, const char *end, const pattern_element *e, int64_t *year) {
  int width = e->count, available = 0; /* more than `width` digits only when no number follows directly */
  if (width == 2) {
    if (!take_number(p, end, 2, 2, year)) return false;
    *year += 2000;
    return true;
  }
  while (*p + available < end && (*p)[available] >= '0' && (*p)[available] <= '9') available++;
  int most = e->sign_width ? available - e->sign_width : 10;
  if (most < width) most = width;
  return take_number(p, end, width, most, year) && *year <= 9999;
}

static bool take_element(const pattern_element *e, const char **p, const char *end, parsed_fields *f) {
  int width = e->count, widest = width == 1 ? 18 : width;
  int64_t v;
  switch (e->letter) {
    case 0:
      if ((size_t)(end - *p) < e->len || memcmp(*p, e->text, e->len) != 0) return false;
      *p += e->len;
      return true;
    case 'y': case 'u': return take_year(p, end, e, &f->year);
    case 'Y': return take_year(p, end, e, &f->week_year);
    case 'M': case 'L':
      if (width <= 2) return take_number(p, end, width, 2, &f->month);
      if (!take_name(p, end, rn_month_names, 12, width == 3, &f->month)) return false;
      f->month++;
      return true;
    case 'Q': case 'q': /* tells no month */
      if (width == 3 && (*p >= end || *(*p)++ != 'Q')) return false;
      return width <= 3 && take_number(p, end, width == 2 ? 2 : 1, width == 2 ? 2 : 1, &v) && v >= 1 && v <= 4;
    case 'd': return take_number(p, end, width, 2, &f->day);
    case 'D': return take_number(p, end, width, 3, &f->day_of_year);
    case 'w': return take_number(p, end, width, 2, &f->week);
    case 'H': case 'k':
      if (!take_number(p, end, width, 2, &f->hour)) return false;
      if (e->letter == 'k' && f->hour == 24) f->hour = 0;
      f->has_hour = true;
      return true;
    case 'h': case 'K':
      if (!take_number(p, end, width, 2, &f->hour) || f->hour > 12) return false;
      f->hour %= 12;
      f->half_day = true;
      return true;
    case 'm': return take_number(p, end, width, 2, &f->minute);
    case 's': return take_number(p, end, width, 2, &f->second);
    case 'S':
      if (!take_number(p, end, width, width, &f->micros)) return false;
      for (int d = width; d < 6; d++) f->micros *= 10;
      for (int d = width; d > 6; d--) f->micros /= 10;
      return true;
    case 'a':
      if (end - *p < 2 || (**p != 'A' && **p != 'P') || (*p)[1] != 'M') return false;
      f->afternoon = **p == 'P';
      f->has_meridiem = true;
      *p += 2;
      return true;
    case 'E': return take_name(p, end, rn_day_names, 7, width < 4, &f->weekday);
    case 'e': case 'c':
      if (width > 2) return take_name(p, end, rn_day_names, 7, width == 3, &f->weekday);
      if (!take_number(p, end, width, 2, &f->weekday) || f->weekday < 1 || f->weekday > 7) return false;
      f->weekday--;
      return true;
    case 'X': case 'x': case 'Z': return take_offset(p, end, e);
    case 'V': case 'z': return take_zone(p, end);
    case 'n':
      if (!take_number(p, end, width, widest, &v) || v >= 1000 * RN_US_PER_SECOND) return false;
      f->micros = v / 1000;
      return true;
    case 'A': case 'N':
      if (!take_number(p, end, width, widest, &v) || v >= 86400LL * (e->letter == 'A' ? 1000 : 1000000000LL)) return false;
      f->us_of_day = e->letter == 'A' ? v * 1000 : v / 1000;
      f->has_us_of_day = true;
      return true;
    case 'G':
      if (end - *p < 2 || (memcmp(*p, "AD", 2) != 0 && memcmp(*p, "BC", 2) != 0)) return false;
      f->before_christ = **p == 'B';
      *p += 2;
      return true;
    default: return false; /* the period of the day, the week of the month: they make no time */
  }
}

/* Up to the ] of the section begun, or the end. A section whose text is not there is skipped. */
static bool take_elements(const time_pattern *pattern, size_t *at, const char **p, const char *end, parsed_fields *f) {
  for (; *at < pattern->elements.len; ++*at) {
    const pattern_element *e = &pattern->elements.data[*at];
    if (e->letter == ']') return true;
    if (e->letter == '[') {
      size_t begin = ++*at;
      const char *before = *p;
      parsed_fields kept = *f;
      if (take_elements(pattern, at, p, end, f)) continue;
      *p = before;
      *f = kept;
      *at = rn_time_section_end(pattern, begin);
      continue;
    }
    if (e->letter == 'p') {
      while (*p < end && **p == ' ') (*p)++;
      continue;
    }
    if (!take_element(e, p, end, f)) return false;
  }
  return true;
}

static bool put_together(const parsed_fields *f, int64_t *us) {
  int64_t hour = f->hour, days, time;
  if (f->half_day && !f->has_meridiem && !f->has_hour) hour = 0; /* half a clock tells no hour */
  if (f->half_day && f->has_meridiem && f->afternoon) hour += 12;
  bool midnight = hour == 24 && f->minute == 0 && f->second == 0 && f->micros == 0; /* at the end of the day */
  if (f->month < 1 || f->month > 12 || f->day < 1 || f->day > 31 || (hour > 23 && !midnight) || f->minute > 59 || f->second > 59) return false;
  if (f->before_christ) return false;
  if (f->day_of_year) {
    if (f->day_of_year > 365 + (rn_days_in_month(f->year, 2) == 29)) return false;
    days = rn_days_from_civil(f->year, 1, 1) + f->day_of_year - 1;
  } else if (f->week_year && f->week && f->weekday >= 0) {
    days = rn_us_week_begin(f->week_year, f->week) + f->weekday;
  } else {
    unsigned last = rn_days_in_month(f->year, (unsigned)f->month);
    days = rn_days_from_civil(f->year, (unsigned)f->month, f->day > last ? last : (unsigned)f->day);
  }
  time = f->has_us_of_day ? f->us_of_day : (hour * 3600 + f->minute * 60 + f->second) * RN_US_PER_SECOND + f->micros;
  *us = days * RN_US_PER_DAY + time;
  return *us < rn_days_from_civil(10000, 1, 1) * RN_US_PER_DAY;
}

bool rn_time_pattern_parse(const time_pattern *pattern, rn_slice text, int64_t *us) {
  if (rn_time_pattern_fixed(pattern, text, us)) return true;
  const char *p = text.ptr, *end = text.ptr + text.len;
  parsed_fields f = {.year = 1970, .month = 1, .day = 1, .weekday = -1};
  size_t at = 0;
  if (!take_elements(pattern, &at, &p, end, &f) || p != end || !put_together(&f, us)) return false;
  bool has_date = false; /* all of a date: then its day of the week has to be the one named */
  for (size_t i = 0; i < pattern->elements.len; i++) has_date |= pattern->elements.data[i].letter == 'd';
  return f.weekday < 0 || !has_date || us_weekday(rn_floor_div(*us, RN_US_PER_DAY)) == f.weekday;
}
