/* java.text.SimpleDateFormat, lenient as it is by default: the pattern language of FROM_UNIXTIME, UNIX_TIMESTAMP,
 * TO_DATE, CONVERT_TZ and DATE_FORMAT of a text (see time_pattern.h). After its documentation and that of
 * java.util.Calendar. The calendar is Gregorian throughout; Java's is Julian before 15 October 1582. */
#include <string.h>

#include "base/alloc.h"
#include "runtime/functions/time_pattern.h"

/* --- writing --------------------------------------------------------------------------------------------------------- */

static void put_offset(rn_builder *out, int32_t offset_s, char letter, unsigned count) {
  int32_t minutes = (offset_s < 0 ? -offset_s : offset_s) / 60;
  if (letter == 'X' && offset_s == 0) {
    rn_builder_char(out, 'Z');
    return;
  }
  rn_builder_char(out, offset_s < 0 ? '-' : '+');
  rn_pattern_number(out, minutes / 60, 2);
  if (letter == 'X' && count == 1) return;
  if (letter == 'X' && count == 3) rn_builder_char(out, ':');
  rn_pattern_number(out, minutes % 60, 2);
}

/* Only UTC and fixed offsets have a name here. */
static bool put_zone_name(rn_builder *out, const rn_zone *zone, unsigned count) {
  const char *name = zone ? rn_zone_name(zone) : "UTC";
  if (strcmp(name, "UTC") != 0 && strncmp(name, "GMT", 3) != 0) return false;
  rn_builder_text(out, strcmp(name, "UTC") == 0 && count >= 4 ? "Coordinated Universal Time" : name);
  return true;
}

static void put_name(rn_builder *out, const char *name, unsigned count) { rn_builder_append(out, name, count < 4 ? 3 : strlen(name)); }

bool rn_simple_date_format(const time_pattern *pattern, int64_t utc_us, const rn_zone *zone, rn_builder *out) {
  int32_t offset_s = zone ? rn_zone_offset_at(zone, utc_us) : 0;
  int64_t local_us = utc_us + (int64_t)offset_s * RN_US_PER_SECOND, year, week_year, week;
  int64_t days = rn_floor_div(local_us, RN_US_PER_DAY), ms_of_day = (local_us - days * RN_US_PER_DAY) / RN_US_PER_MS;
  unsigned month, day;
  rn_civil_from_days(days, &year, &month, &day);
  int64_t year_of_era = year > 0 ? year : 1 - year, hour = ms_of_day / 3600000;
  rn_us_week(days, year, &week_year, &week);
  for (size_t i = 0; i < pattern->elements.len; i++) {
    const pattern_element *e = &pattern->elements.data[i];
    int width = e->count;
    switch (e->letter) {
      case 0: rn_builder_append(out, e->text, e->len); break;
      case 'G': rn_builder_text(out, year > 0 ? "AD" : "BC"); break;
      case 'y': case 'Y': {
        int64_t shown = e->letter == 'y' ? year_of_era : week_year;
        rn_pattern_number(out, width == 2 ? shown % 100 : shown, width);
        break;
      }
      case 'M': case 'L':
        if (width >= 3) put_name(out, rn_month_names[month - 1], (unsigned)width);
        else rn_pattern_number(out, month, width);
        break;
      case 'w': rn_pattern_number(out, week, width); break;
      case 'W': rn_pattern_number(out, week_since(days, days - day + 1), width); break;
      case 'D': rn_pattern_number(out, days - rn_days_from_civil(year, 1, 1) + 1, width); break;
      case 'd': rn_pattern_number(out, day, width); break;
      case 'F': rn_pattern_number(out, (day - 1) / 7 + 1, width); break;
      case 'E': put_name(out, rn_day_names[us_weekday(days)], (unsigned)width); break;
      case 'u': rn_pattern_number(out, us_weekday(days) ? us_weekday(days) : 7, width); break;
      case 'a': rn_builder_text(out, hour < 12 ? "AM" : "PM"); break;
      case 'H': rn_pattern_number(out, hour, width); break;
      case 'k': rn_pattern_number(out, hour ? hour : 24, width); break;
      case 'K': rn_pattern_number(out, hour % 12, width); break;
      case 'h': rn_pattern_number(out, hour % 12 ? hour % 12 : 12, width); break;
      case 'm': rn_pattern_number(out, ms_of_day / 60000 % 60, width); break;
      case 's': rn_pattern_number(out, ms_of_day / 1000 % 60, width); break;
      case 'S': rn_pattern_number(out, ms_of_day % 1000, width); break;
      case 'z':
        if (!put_zone_name(out, zone, (unsigned)width)) return false;
        break;
      default: put_offset(out, offset_s, e->letter, (unsigned)width); break; /* Z X */
    }
  }
  return true;
}

/* --- reading --------------------------------------------------------------------------------------------------------- */

typedef struct calendar_fields { /* a field set later wins over an earlier one that says the same otherwise */
  int64_t year, month, day, day_of_year, week_year, week, weekday, hour, half_hour, minute, second, ms;
  int at;                                                  /* how many fields were set */
  int day_at, day_of_year_at, week_at, week_year_at, weekday_at, hour_at, half_hour_at; /* when; 0: not */
  bool before_christ, afternoon, has_offset;
  int32_t offset_s;
} calendar_fields;

static bool digit(char c) { return c >= '0' && c <= '9'; }

/* [-]digits up to `end`; numbers that no field can hold are cut off. */
static bool take_number(const char **p, const char *end, int64_t *value) {
  const char *s = *p;
  bool negative = s < end && *s == '-';
  if (negative) s++;
  if (s >= end || !digit(*s)) return false;
  *value = 0;
  for (; s < end && digit(*s); s++) {
    if (*value < INT32_MAX) *value = *value * 10 + (*s - '0');
  }
  if (*value > INT32_MAX) *value = INT32_MAX;
  if (negative) *value = -*value;
  *p = s;
  return true;
}

/* The longest name, or the first three letters of one; without regard to case. */
static bool take_name(const char **p, const char *end, const char *const *names, int count, int64_t *value) {
  size_t best = 0;
  for (int i = 0; i < count; i++) {
    size_t len = strlen(names[i]), room = (size_t)(end - *p);
    size_t lens[2] = {len, 3};
    for (int k = 0; k < 2; k++) {
      if (lens[k] > best && room >= lens[k] && rn_slice_eq_nocase(rn_slice_make(*p, lens[k]), rn_slice_make(names[i], lens[k]))) {
        best = lens[k];
        *value = i;
      }
    }
  }
  *p += best;
  return best > 0;
}

/* hh, hhmm or hh:mm behind a sign. */
static bool take_offset(const char **p, const char *end, unsigned digits, bool colon, int sign, calendar_fields *f) {
  const char *s = *p;
  if (end - s < 2 || !digit(s[0]) || !digit(s[1])) return false;
  int hours = (s[0] - '0') * 10 + (s[1] - '0'), minutes = 0;
  s += 2;
  if (digits != 1) {
    if (colon && (s >= end || *s++ != ':')) return false;
    if (end - s < 2 || !digit(s[0]) || !digit(s[1])) return false;
    minutes = (s[0] - '0') * 10 + (s[1] - '0');
    s += 2;
  }
  if (hours > 23 || minutes > 59) return false;
  f->has_offset = true;
  f->offset_s = sign * (hours * 3600 + minutes * 60);
  *p = s;
  return true;
}

/* +hhmm, GMT[+hh:mm], or the short name of a zone. */
static bool take_zone(const char **p, const char *end, calendar_fields *f) {
  static const struct { const char *name; int hours; } names[] = {
    {"UTC", 0}, {"UT", 0}, {"WET", 0}, {"WEST", 1}, {"CET", 1}, {"CEST", 2}, {"EET", 2}, {"EEST", 3}, {"MSK", 3}, {"JST", 9}, {"KST", 9},
    {"EST", -5}, {"EDT", -4}, {"CST", -6}, {"CDT", -5}, {"MST", -7}, {"MDT", -6}, {"PST", -8}, {"PDT", -7}, {"AKST", -9}, {"AKDT", -8}, {"HST", -10},
  };
  if (**p == '+' || **p == '-') {
    int sign = *(*p)++ == '-' ? -1 : 1;
    return take_offset(p, end, 2, false, sign, f);
  }
  if (end - *p >= 3 && rn_slice_eq_nocase(rn_slice_make(*p, 3), rn_slice_of("GMT"))) {
    *p += 3;
    f->has_offset = true;
    f->offset_s = 0;
    if (*p >= end || (**p != '+' && **p != '-')) return true;
    int sign = *(*p)++ == '-' ? -1 : 1;
    return take_offset(p, end, 2, true, sign, f);
  }
  const char *s = *p;
  while (s < end && ((*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z'))) s++;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (!rn_slice_eq_nocase(rn_slice_make(*p, (size_t)(s - *p)), rn_slice_of(names[i].name))) continue;
    f->has_offset = true;
    f->offset_s = names[i].hours * 3600;
    *p = s;
    return true;
  }
  return false;
}

/* Two digits are a year from 80 years ago to 20 years ahead. */
static int64_t full_year(int64_t two_digits, int64_t now_us) {
  int64_t now;
  unsigned month, day;
  rn_civil_from_days(rn_floor_div(now_us, RN_US_PER_DAY), &now, &month, &day);
  int64_t first = now - 80;
  return first - first % 100 + two_digits + (two_digits < first % 100 ? 100 : 0);
}

static bool take_field(const pattern_element *e, bool field_follows, const char **p, const char *end, int64_t now_us, calendar_fields *f) {
  static const char *const meridiems[] = {"AM ", "PM "};
  while (*p < end && (**p == ' ' || **p == '\t')) (*p)++;
  if (*p >= end) return false;
  const char *begin = *p;
  int64_t v;
  bool names = (e->letter == 'M' || e->letter == 'L') && e->count >= 3;
  if (names || e->letter == 'E') {
    if (!take_name(p, end, names ? rn_month_names : rn_day_names, names ? 12 : 7, &v)) return false;
    if (names) {
      f->month = v;
      f->at++;
    } else {
      f->weekday = v;
      f->weekday_at = ++f->at;
    }
    return true;
  }
  switch (e->letter) {
    case 'a':
      for (int i = 0; i < 2; i++) {
        if (end - *p < 2 || !rn_slice_eq_nocase(rn_slice_make(*p, 2), rn_slice_make(meridiems[i], 2))) continue;
        f->afternoon = i == 1;
        f->half_hour_at = ++f->at;
        *p += 2;
        return true;
      }
      return false;
    case 'G':
      if (end - *p < 2) return false;
      f->before_christ = rn_slice_eq_nocase(rn_slice_make(*p, 2), rn_slice_of("BC"));
      if (!f->before_christ && !rn_slice_eq_nocase(rn_slice_make(*p, 2), rn_slice_of("AD"))) return false;
      *p += 2;
      return true;
    case 'z': case 'Z': return take_zone(p, end, f);
    case 'X':
      if (**p == 'Z') {
        (*p)++;
        f->has_offset = true;
        f->offset_s = 0;
        return true;
      }
      if (**p != '+' && **p != '-') return false;
      return *(*p)++ == '-' ? take_offset(p, end, e->count, e->count == 3, -1, f) : take_offset(p, end, e->count, e->count == 3, 1, f);
    default: break;
  }
  const char *stop = end; /* numbers that touch take the digits of their letters */
  if (field_follows) {
    if (end - begin < e->count) return false;
    stop = begin + e->count;
  }
  if (!take_number(p, stop, &v)) return false;
  switch (e->letter) {
    case 'y': case 'Y':
      if (e->count <= 2 && *p - begin == 2 && digit(*begin)) v = full_year(v, now_us);
      if (e->letter == 'y') {
        f->year = v;
        f->at++;
        f->week_year_at = 0;
      } else {
        f->week_year = v;
        f->week_year_at = ++f->at;
      }
      break;
    case 'M': case 'L': f->month = v - 1; break;
    case 'd': f->day = v; f->day_at = ++f->at; break;
    case 'D': f->day_of_year = v; f->day_of_year_at = ++f->at; break;
    case 'w': f->week = v; f->week_at = ++f->at; break;
    case 'u': f->weekday = rn_floor_mod(v, 7); f->weekday_at = ++f->at; break;
    case 'H': case 'k': f->hour = e->letter == 'k' && v == 24 ? 0 : v; f->hour_at = ++f->at; break;
    case 'h': case 'K': f->half_hour = e->letter == 'h' && v == 12 ? 0 : v; f->half_hour_at = ++f->at; break;
    case 'm': f->minute = v; break;
    case 's': f->second = v; break;
    case 'S': f->ms = v; break;
    default: break; /* W, F: the day of the month tells more */
  }
  return true;
}

static bool put_together(const calendar_fields *f, const rn_zone *zone, int64_t *us) {
  int64_t year = f->before_christ ? 1 - f->year : f->year;
  int64_t months = year * 12 + f->month, days;
  int week_at = f->week_at && f->weekday_at ? (f->week_at > f->weekday_at ? f->week_at : f->weekday_at) : 0;
  if (f->week_year_at || (week_at > f->day_at && week_at > f->day_of_year_at)) {
    days = rn_us_week_begin(f->week_year_at ? f->week_year : year, f->week_at ? f->week : 1) + (f->weekday_at ? f->weekday : 0);
  } else if (f->day_of_year_at > f->day_at) {
    days = rn_days_from_civil(year, 1, 1) + f->day_of_year - 1;
  } else {
    days = rn_days_from_civil(rn_floor_div(months, 12), (unsigned)rn_floor_mod(months, 12) + 1, 1) + f->day - 1;
  }
  int64_t hour = f->hour_at >= f->half_hour_at ? f->hour : f->half_hour + (f->afternoon ? 12 : 0);
  int64_t seconds, local_us;
  if (__builtin_mul_overflow(days, 86400LL, &seconds)) return false;
  seconds += hour * 3600 + f->minute * 60 + f->second;
  if (__builtin_mul_overflow(seconds, RN_US_PER_SECOND, &local_us) || __builtin_add_overflow(local_us, f->ms * RN_US_PER_MS, &local_us)) return false;
  *us = f->has_offset ? local_us - (int64_t)f->offset_s * RN_US_PER_SECOND : zone ? rn_zone_to_utc_later(zone, local_us) : local_us;
  return true;
}

bool rn_simple_date_parse(const time_pattern *pattern, rn_slice text, const rn_zone *zone, int64_t now_us, int64_t *us) {
  if (rn_time_pattern_fixed(pattern, text, us)) {
    if (zone) *us = rn_zone_to_utc_later(zone, *us);
    return true;
  }
  const char *p = text.ptr, *end = text.ptr + text.len;
  calendar_fields f = {.year = 1970, .day = 1};
  for (size_t i = 0; i < pattern->elements.len; i++) {
    const pattern_element *e = &pattern->elements.data[i];
    if (e->letter == 0) {
      if ((size_t)(end - p) < e->len || memcmp(p, e->text, e->len) != 0) return false;
      p += e->len;
      continue;
    }
    bool field_follows = i + 1 < pattern->elements.len && pattern->elements.data[i + 1].letter != 0;
    if (!take_field(e, field_follows, &p, end, now_us, &f)) return false;
  }
  return put_together(&f, zone, us);
}
