/* Time zones from the system's TZif files (RFC 8536), or fixed offsets.
 *
 * Place: base; part of calendar.h. The C library's zone functions work on one global zone and a lock, so
 * the files are read here: the 64-bit block's transitions for the past, the footer's POSIX TZ rule for
 * all that lies behind the last of them. A zone is immutable after open and shared freely. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/calendar.h"

#define ZONE_FOLDER "/usr/share/zoneinfo/"

typedef enum rule_kind { RULE_NONE, RULE_MONTH_WEEK_DAY, RULE_JULIAN, RULE_DAY_OF_YEAR } rule_kind;

typedef struct rule { /* when a switch happens in a year, local wall clock */
  rule_kind kind;
  int month, week, day;
  int32_t time; /* seconds after midnight; may be negative or over a day */
} rule;

struct rn_zone {
  char name[64];
  int32_t first_offset;  /* before the first transition */
  uint32_t count;
  int64_t *at;           /* seconds, ascending */
  int32_t *offsets;      /* from at[i] on */
  bool has_footer, has_summer;
  int32_t standard, summer;
  rule summer_begin, summer_end;
};

/* --- POSIX TZ rule: "CET-1CEST,M3.5.0,M10.5.0/3" ------------------------------------------------------ */

static const char *tz_name(const char *p) {
  if (*p == '<') {
    while (*p && *p != '>') p++;
    return *p ? p + 1 : NULL;
  }
  const char *begin = p;
  while ((*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z')) p++;
  return p - begin >= 3 ? p : NULL;
}

/* [+-]h[h[h]][:mm[:ss]] in seconds. */
static const char *tz_time(const char *p, int32_t *out) {
  int sign = 1, parts[3] = {0, 0, 0};
  if (*p == '+' || *p == '-') sign = *p++ == '-' ? -1 : 1;
  for (int i = 0; i < 3; i++) {
    if (*p < '0' || *p > '9') return NULL;
    while (*p >= '0' && *p <= '9') {
      parts[i] = parts[i] * 10 + (*p++ - '0');
      if (parts[i] > 999) return NULL;
    }
    if (*p != ':') break;
    p++;
  }
  *out = sign * (parts[0] * 3600 + parts[1] * 60 + parts[2]);
  return p;
}

static const char *tz_number(const char *p, int *out) {
  if (*p < '0' || *p > '9') return NULL;
  *out = 0;
  while (*p >= '0' && *p <= '9' && *out < 1000) *out = *out * 10 + (*p++ - '0');
  return p;
}

static const char *tz_rule(const char *p, rule *out) {
  *out = (rule){.time = 7200};
  if (*p == 'M') {
    out->kind = RULE_MONTH_WEEK_DAY;
    if (!(p = tz_number(p + 1, &out->month)) || *p++ != '.') return NULL;
    if (!(p = tz_number(p, &out->week)) || *p++ != '.') return NULL;
    if (!(p = tz_number(p, &out->day))) return NULL;
    if (out->month < 1 || out->month > 12 || out->week < 1 || out->week > 5 || out->day > 6) return NULL;
  } else if (*p == 'J') {
    out->kind = RULE_JULIAN;
    if (!(p = tz_number(p + 1, &out->day))) return NULL;
  } else {
    out->kind = RULE_DAY_OF_YEAR;
    if (!(p = tz_number(p, &out->day))) return NULL;
  }
  return *p == '/' ? tz_time(p + 1, &out->time) : p;
}

static bool read_footer(rn_zone *zone, const char *p) {
  int32_t west;
  if (!(p = tz_name(p)) || !(p = tz_time(p, &west))) return false;
  zone->standard = -west;
  if (*p) {
    if (!(p = tz_name(p))) return false;
    zone->summer = zone->standard + 3600;
    if (*p && *p != ',') {
      if (!(p = tz_time(p, &west))) return false;
      zone->summer = -west;
    }
    if (*p++ != ',' || !(p = tz_rule(p, &zone->summer_begin))) return false;
    if (*p++ != ',' || !(p = tz_rule(p, &zone->summer_end))) return false;
    zone->has_summer = true;
  }
  zone->has_footer = *p == 0;
  return zone->has_footer;
}

/* Local wall-clock second at which the rule strikes in `year`. */
static int64_t rule_at(const rule *r, int64_t year) {
  int64_t day;
  if (r->kind == RULE_MONTH_WEEK_DAY) {
    int64_t first = rn_days_from_civil(year, (unsigned)r->month, 1);
    int64_t weekday = rn_floor_mod(first + 4, 7); /* 1970-01-01 was a Thursday; 0 = Sunday */
    int64_t in_month = rn_floor_mod(r->day - weekday, 7) + (r->week - 1) * 7;
    while (in_month >= (int64_t)rn_days_in_month(year, (unsigned)r->month)) in_month -= 7;
    day = first + in_month;
  } else {
    day = rn_days_from_civil(year, 1, 1) + r->day;
    if (r->kind == RULE_JULIAN) { /* 1..365, 29 February never counted */
      day -= 1;
      if (rn_days_in_month(year, 2) == 29 && r->day >= 60) day += 1;
    }
  }
  return day * 86400 + r->time;
}

static int32_t footer_offset(const rn_zone *zone, int64_t second) {
  if (!zone->has_summer) return zone->standard;
  int64_t year;
  unsigned month, day;
  rn_civil_from_days(rn_floor_div(second + zone->standard, 86400), &year, &month, &day);
  int64_t begin = rule_at(&zone->summer_begin, year) - zone->standard;
  int64_t end = rule_at(&zone->summer_end, year) - zone->summer;
  bool summer = begin < end ? second >= begin && second < end : second >= begin || second < end;
  return summer ? zone->summer : zone->standard;
}

/* --- TZif ----------------------------------------------------------------------------------------------- */

static int64_t big_endian(const unsigned char *p, int bytes) {
  uint64_t v = p[0] & 0x80 ? ~0ull : 0;
  for (int i = 0; i < bytes; i++) v = v << 8 | p[i];
  return (int64_t)v;
}

enum { TZIF_HEADER = 44, TZIF_BYTES_MAX = 1 << 20 };

static bool read_tzif(rn_zone *zone, const unsigned char *data, size_t len) {
  size_t at = 0;
  int time_bytes = 4;
  int64_t isut, isstd, leap, times, types, chars;
  for (;;) {
    if (len - at < TZIF_HEADER || memcmp(data + at, "TZif", 4) != 0) return false;
    const unsigned char *h = data + at;
    isut = big_endian(h + 20, 4);
    isstd = big_endian(h + 24, 4);
    leap = big_endian(h + 28, 4);
    times = big_endian(h + 32, 4);
    types = big_endian(h + 36, 4);
    chars = big_endian(h + 40, 4);
    if (isut < 0 || isstd < 0 || leap < 0 || times < 0 || types < 1 || chars < 0) return false;
    if (times > 100000 || types > 256 || chars > 10000 || leap > 10000 || isut > 256 || isstd > 256) return false;
    at += TZIF_HEADER;
    size_t block = (size_t)(times * (time_bytes + 1) + types * 6 + chars + leap * (time_bytes + 4) + isstd + isut);
    if (len - at < block) return false;
    if (time_bytes == 8 || h[4] < '2') break;
    at += block; /* the 32-bit block of version 1 */
    time_bytes = 8;
  }
  const unsigned char *transitions = data + at, *indexes = transitions + times * time_bytes;
  const unsigned char *infos = indexes + times;
  zone->count = (uint32_t)times;
  zone->at = rn_calloc((size_t)times + 1, sizeof *zone->at);
  zone->offsets = rn_calloc((size_t)times + 1, sizeof *zone->offsets);
  for (int64_t i = 0; i < times; i++) {
    if (indexes[i] >= types) return false;
    zone->at[i] = big_endian(transitions + i * time_bytes, time_bytes);
    zone->offsets[i] = (int32_t)big_endian(infos + indexes[i] * 6, 4);
  }
  zone->first_offset = (int32_t)big_endian(infos, 4);
  if (time_bytes == 8) {
    at += (size_t)(times * 9 + types * 6 + chars + leap * 12 + isstd + isut);
    char footer[128];
    size_t n = 0;
    if (at < len && data[at] == '\n') {
      for (at++; at < len && data[at] != '\n' && n + 1 < sizeof footer; at++) footer[n++] = (char)data[at];
    }
    footer[n] = 0;
    if (n) (void)read_footer(zone, footer);
  }
  return true;
}

static bool load_file(rn_zone *zone, const char *path) {
  FILE *f = fopen(path, "rbe");
  if (!f) return false;
  unsigned char *data = rn_malloc(TZIF_BYTES_MAX);
  size_t len = fread(data, 1, TZIF_BYTES_MAX, f);
  fclose(f);
  bool ok = read_tzif(zone, data, len);
  rn_free(data);
  return ok;
}

/* --- opening ----------------------------------------------------------------------------------------------- */

/* "+8", "+08", "+0800", "+08:00", "+08:00:00", behind nothing, UTC, GMT or UT. */
static bool fixed_offset(const char *name, int32_t *out) {
  *out = 0;
  if (rn_text_eq_nocase(name, "Z")) return true;
  if (strncasecmp(name, "UTC", 3) == 0 || strncasecmp(name, "GMT", 3) == 0) name += 3;
  else if (strncasecmp(name, "UT", 2) == 0) name += 2;
  else if (*name != '+' && *name != '-') return false;
  if (*name == 0) return true;
  if (*name != '+' && *name != '-') return false;
  int sign = *name++ == '-' ? -1 : 1;
  int digits = 0, value[6] = {0}, colons = 0;
  for (; *name; name++) {
    if (*name == ':') {
      if (digits != 2 * ++colons && !(digits == 1 && colons == 1)) return false; /* +5:30 is +05:30 */
      if (digits == 1) {
        value[1] = value[0];
        value[0] = 0;
        digits = 2;
      }
    } else if (*name >= '0' && *name <= '9' && digits < 6) {
      value[digits++] = *name - '0';
    } else {
      return false;
    }
  }
  int hour, minute = 0, second = 0;
  if (digits == 1) {
    hour = value[0];
  } else if (digits == 2 || digits == 4 || digits == 6) {
    hour = value[0] * 10 + value[1];
    minute = value[2] * 10 + value[3];
    second = value[4] * 10 + value[5];
  } else {
    return false;
  }
  if (hour > 18 || minute > 59 || second > 59) return false;
  *out = sign * (hour * 3600 + minute * 60 + second);
  return true;
}

static bool name_is_safe(const char *name) {
  if (*name == '/' || *name == '.' || strstr(name, "..")) return false;
  for (; *name; name++) {
    bool ok = (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z') || (*name >= '0' && *name <= '9') ||
              strchr("_-+/", *name);
    if (!ok) return false;
  }
  return true;
}

/* The system's zone name from TZ or the link /etc/localtime; "UTC" when there is none. */
static void system_zone_name(char *out, size_t size) {
  const char *tz = getenv("TZ");
  if (tz && *tz == ':') tz++;
  if (tz && *tz) {
    snprintf(out, size, "%s", tz);
    return;
  }
  char link[PATH_MAX];
  ssize_t n = readlink("/etc/localtime", link, sizeof link - 1);
  if (n > 0) {
    link[n] = 0;
    const char *folder = strstr(link, "zoneinfo/");
    if (folder) {
      snprintf(out, size, "%s", folder + strlen("zoneinfo/"));
      return;
    }
  }
  snprintf(out, size, "UTC");
}

rn_status rn_zone_open(const char *name, rn_zone **out, rn_error *err) {
  char system_name[64];
  bool is_default = !name || rn_text_eq_nocase(name, "default");
  if (is_default) {
    system_zone_name(system_name, sizeof system_name);
    name = system_name;
  }
  rn_zone *zone = rn_calloc(1, sizeof *zone);
  *out = NULL;
  if (strlen(name) < sizeof zone->name) {
    strcpy(zone->name, name);
    if (fixed_offset(name, &zone->first_offset)) {
      *out = zone;
      return RN_OK;
    }
    if (*name && name_is_safe(name)) {
      char path[sizeof ZONE_FOLDER + sizeof zone->name];
      snprintf(path, sizeof path, ZONE_FOLDER "%s", name);
      if (load_file(zone, path)) {
        *out = zone;
        return RN_OK;
      }
    }
  }
  rn_zone_close(zone);
  if (is_default) return rn_zone_open("UTC", out, err); /* a system without zone data still runs */
  rn_fail(err, RN_E_SETTING, "unknown time zone '%s'", name);
  return rn_hint(err, "zones are named like 'Europe/Berlin', 'UTC' or 'GMT+08:00'");
}

void rn_zone_close(rn_zone *zone) {
  if (!zone) return;
  rn_free(zone->at);
  rn_free(zone->offsets);
  rn_free(zone);
}

const char *rn_zone_name(const rn_zone *zone) { return zone->name; }

/* --- conversion ----------------------------------------------------------------------------------------------- */

int32_t rn_zone_offset_at(const rn_zone *zone, int64_t utc_us) {
  if (zone->count == 0 && !zone->has_footer) return zone->first_offset;
  int64_t second = rn_floor_div(utc_us, RN_US_PER_SECOND);
  if (zone->count == 0) return footer_offset(zone, second);
  if (second < zone->at[0]) return zone->first_offset;
  if (second >= zone->at[zone->count - 1]) {
    return zone->has_footer ? footer_offset(zone, second) : zone->offsets[zone->count - 1];
  }
  uint32_t low = 0, high = zone->count - 1; /* at[low] <= second < at[high] */
  while (high - low > 1) {
    uint32_t mid = (low + high) / 2;
    if (zone->at[mid] <= second) low = mid;
    else high = mid;
  }
  return zone->offsets[low];
}

int64_t rn_zone_to_local(const rn_zone *zone, int64_t utc_us) {
  return utc_us + (int64_t)rn_zone_offset_at(zone, utc_us) * RN_US_PER_SECOND;
}

int64_t rn_zone_to_utc(const rn_zone *zone, int64_t local_us) {
  /* The offsets a day before and after enclose at most one switch. In a gap neither fits: the offset
   * before it moves the time forward by the gap. In an overlap the offset before is the earlier one. */
  int64_t before = (int64_t)rn_zone_offset_at(zone, local_us - RN_US_PER_DAY) * RN_US_PER_SECOND;
  int64_t after = (int64_t)rn_zone_offset_at(zone, local_us + RN_US_PER_DAY) * RN_US_PER_SECOND;
  if (before == after) return local_us - before;
  if ((int64_t)rn_zone_offset_at(zone, local_us - before) * RN_US_PER_SECOND == before) return local_us - before;
  if ((int64_t)rn_zone_offset_at(zone, local_us - after) * RN_US_PER_SECOND == after) return local_us - after;
  return local_us - before;
}

int64_t rn_zone_to_utc_later(const rn_zone *zone, int64_t local_us) {
  int64_t before = (int64_t)rn_zone_offset_at(zone, local_us - RN_US_PER_DAY) * RN_US_PER_SECOND;
  int64_t after = (int64_t)rn_zone_offset_at(zone, local_us + RN_US_PER_DAY) * RN_US_PER_SECOND;
  if (before != after && (int64_t)rn_zone_offset_at(zone, local_us - after) * RN_US_PER_SECOND == after) return local_us - after;
  return local_us - before;
}
