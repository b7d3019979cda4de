/* Date and time patterns (see time_pattern.h), after the documentation of java.time.format.DateTimeFormatter;
 * weeks as in the US locale: they begin on Sunday, week 1 holds 1 January. */
#include "runtime/functions/time_pattern.h"

#include <stdio.h>

#include "base/alloc.h"

const char *const rn_month_names[12] = {"January", "February", "March", "April", "May", "June", "July",
                                          "August", "September", "October", "November", "December"};
const char *const rn_day_names[7] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

/* Letters and the most that may stand together. */
static const struct { char letter; uint8_t most; } letters[] = {
  {'y', 19}, {'u', 19}, {'Y', 19}, {'M', 5}, {'L', 5}, {'d', 2}, {'D', 3}, {'H', 2}, {'h', 2}, {'k', 2}, {'K', 2},
  {'m', 2}, {'s', 2}, {'S', 9}, {'a', 1}, {'E', 5}, {'e', 5}, {'c', 5}, {'w', 2}, {'W', 1}, {'F', 1}, {'Q', 5}, {'q', 5},
  {'n', 19}, {'N', 19}, {'A', 19}, {'G', 5}, {'X', 5}, {'x', 5}, {'Z', 5}, {'z', 4}, {'V', 2}, {'O', 4}, {'B', 5},
  {'g', 19}, {'p', 99},
};
/* Of SimpleDateFormat: any number of each but X. */
static const char simple_letters[] = "GyYMLwWDdFEuaHkKhmsSzZX";

static size_t most_of(char letter, time_pattern_kind kind) {
  if (kind == PATTERN_SIMPLE) return letter == 'X' ? 3 : strchr(simple_letters, letter) ? 200 : 0;
  for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++) {
    if (letters[i].letter == letter) return letters[i].most;
  }
  return 0;
}

void rn_time_pattern_free(void *state) {
  time_pattern *p = state;
  if (!p) return;
  for (size_t i = 0; i < p->elements.len; i++) rn_free(p->elements.data[i].text);
  RN_VEC_FREE(&p->elements);
  rn_free(p);
}

static void add_literal(time_pattern *p, const char *text, size_t len) {
  RN_VEC_PUSH(&p->elements, ((pattern_element){.text = rn_strndup(text, len), .len = len}));
}

/* Is the element read as a plain number of fixed form? */
static bool is_numeric(const pattern_element *e) {
  switch (e->letter) {
    case 'M': case 'L': case 'Q': case 'q': case 'e': case 'c': return e->count <= 2;
    case 'y': case 'u': case 'Y': case 'd': case 'D': case 'H': case 'h': case 'k': case 'K': case 'm': case 's': case 'S':
    case 'w': case 'W': case 'F': case 'n': case 'N': case 'A': case 'g': return true;
    default: return false;
  }
}

static fixed_form fixed_form_of(const time_pattern *p, time_pattern_kind kind) {
  static const struct { char letter; uint8_t field, width; } known[] = {
    {'y', FIXED_YEAR, 4}, {'u', FIXED_YEAR, 4}, {'M', FIXED_MONTH, 2}, {'L', FIXED_MONTH, 2}, {'d', FIXED_DAY, 2},
    {'H', FIXED_HOUR, 2}, {'m', FIXED_MINUTE, 2}, {'s', FIXED_SECOND, 2}, {'S', FIXED_FRACTION, 0},
  };
  fixed_form f = {0}, none = {0};
  size_t at = 0;
  for (size_t i = 0; i < p->elements.len; i++) {
    const pattern_element *e = &p->elements.data[i];
    size_t width = e->letter ? e->count : e->len;
    if (at + width > FIXED_MAX) return none;
    if (!e->letter) {
      for (size_t k = 0; k < e->len; k++) {
        if (e->text[k] >= '0' && e->text[k] <= '9') return none; /* a year before it would take them */
        f.literal_at[f.literal_count] = (uint8_t)(at + k);
        f.literals[f.literal_count++] = e->text[k];
      }
    } else {
      size_t k = 0, kinds = sizeof known / sizeof *known;
      while (k < kinds && known[k].letter != e->letter) k++;
      if (k == kinds || f.width[known[k].field] || (known[k].width ? e->count != known[k].width : e->count > 6)) return none;
      if (kind == PATTERN_SIMPLE && (e->letter == 'u' || (e->letter == 'S' && e->count != 3))) return none;
      f.at[known[k].field] = (uint8_t)at;
      f.width[known[k].field] = e->count;
    }
    at += width;
  }
  f.length = (uint8_t)at;
  return f;
}

/* A character that is no letter and no quote. */
static bool add_other(time_pattern *p, const char *s, const char *end, time_pattern_kind kind, int *open, rn_slice text, rn_error *err) {
  if (kind == PATTERN_JAVA_TIME) {
    if (*s == '{' || *s == '}' || *s == '#') {
      rn_fail(err, RN_E_VALUE, "pattern '%.*s' holds %c, which has no meaning yet: write '%c' in quotes", (int)text.len, text.ptr, *s, *s);
      return false;
    }
    if (*s == '[' || *s == ']') {
      *open += *s == '[' ? 1 : -1;
      if (*open < 0) {
        rn_fail(err, RN_E_VALUE, "pattern '%.*s' has ] without [ before it", (int)text.len, text.ptr);
        return false;
      }
      RN_VEC_PUSH(&p->elements, ((pattern_element){.letter = *s, .count = 1}));
      return true;
    }
  }
  add_literal(p, s, utf8_step(s, end));
  return true;
}

rn_status rn_time_pattern_compile(rn_slice text, time_pattern_kind kind, time_pattern **out, rn_error *err) {
  time_pattern *p = rn_calloc(1, sizeof *p);
  const char *s = text.ptr, *end = text.ptr + text.len;
  int open = 0;
  *out = NULL;
  while (s < end) {
    char c = *s;
    bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (c == '\'') {
      const char *begin = ++s;
      rn_builder b = {0};
      if (s < end && *s == '\'') { /* '' is a quote */
        rn_builder_char(&b, '\'');
        s++;
      } else {
        for (; s < end; s++) {
          if (*s == '\'') {
            if (s + 1 < end && s[1] == '\'') s++;
            else break;
          }
          rn_builder_char(&b, *s);
        }
        if (s >= end) {
          rn_builder_free(&b);
          rn_time_pattern_free(p);
          return rn_fail(err, RN_E_VALUE, "pattern '%.*s' has a quote that does not end, at %d", (int)text.len, text.ptr, (int)(begin - text.ptr));
        }
        s++;
      }
      add_literal(p, b.data ? b.data : "", b.len);
      rn_builder_free(&b);
      continue;
    }
    if (!is_letter) {
      if (!add_other(p, s, end, kind, &open, text, err)) {
        rn_time_pattern_free(p);
        return RN_FAIL;
      }
      s += utf8_step(s, end);
      continue;
    }
    size_t run = 1, most = most_of(c, kind);
    while (s + run < end && s[run] == c) run++;
    bool pads_nothing = c == 'p' && most && (s + run >= end || !((s[run] >= 'a' && s[run] <= 'z') || (s[run] >= 'A' && s[run] <= 'Z')));
    bool refused = (c == 'V' && run != 2) || (c == 'B' && run != 1 && run < 4) || (c == 'O' && run != 1 && run != 4);
    if (run > most || pads_nothing || (most && kind == PATTERN_JAVA_TIME && refused)) {
      rn_time_pattern_free(p);
      if (!most) return rn_fail(err, RN_E_VALUE, "illegal pattern character '%c' in '%.*s'", c, (int)text.len, text.ptr);
      if (pads_nothing) return rn_fail(err, RN_E_VALUE, "pattern letter p must stand before the field that it pads in '%.*s'", (int)text.len, text.ptr);
      return rn_fail(err, RN_E_VALUE, "%s pattern letters: %c in '%.*s'", run > most ? "too many" : "wrong number of", c, (int)text.len, text.ptr);
    }
    RN_VEC_PUSH(&p->elements, ((pattern_element){.letter = c, .count = (uint8_t)run}));
    s += run;
  }
  /* A number directly before other numbers of fixed width leaves them their digits: yyyyMMddHHmm. */
  uint8_t reserved = 0;
  for (size_t i = p->elements.len; i-- > 0;) {
    pattern_element *e = &p->elements.data[i];
    if (!is_numeric(e)) {
      reserved = 0;
      continue;
    }
    e->sign_width = reserved;
    reserved = (uint8_t)(e->count >= 2 || e->letter == 'S' ? reserved + e->count : 0);
  }
  p->plain = true;
  for (size_t i = 0; i < p->elements.len; i++) p->plain &= p->elements.data[i].letter != '[' && p->elements.data[i].letter != 'p';
  p->fixed = fixed_form_of(p, kind);
  *out = p;
  return RN_OK;
}

/* --- formatting ---------------------------------------------------------------------------------------------------------- */

typedef struct fields {
  int64_t days, year, us_of_day;
  unsigned month, day;
} fields;

static void put_year(rn_builder *out, int64_t year, int count) {
  if (count == 2) rn_pattern_number(out, rn_floor_mod(year, 100), 2);
  else rn_pattern_number(out, year, count);
}

static void put_name(rn_builder *out, const char *name, int count) {
  rn_builder_append(out, name, count == 3 ? 3 : count == 5 ? 1 : strlen(name));
}

void rn_us_week(int64_t days, int64_t year, int64_t *week_year, int64_t *week) {
  int64_t next = rn_days_from_civil(year + 1, 1, 1);
  if (days >= next - us_weekday(next)) {
    *week_year = year + 1;
    *week = 1;
  } else {
    *week_year = year;
    *week = week_since(days, rn_days_from_civil(year, 1, 1));
  }
}
int64_t rn_us_week_begin(int64_t week_year, int64_t week) {
  int64_t first = rn_days_from_civil(week_year, 1, 1);
  return first - us_weekday(first) + (week - 1) * 7;
}

/* B, in English. */
static const char *day_period(int64_t hour, int64_t us_of_day) {
  if (us_of_day / 60000000 == 0) return "midnight";
  if (us_of_day / 60000000 == 720) return "noon";
  return hour < 6 || hour >= 21 ? "at night" : hour < 12 ? "in the morning" : hour < 18 ? "in the afternoon" : "in the evening";
}

static bool put_element(rn_builder *out, const pattern_element *e, const fields *f) {
  int64_t second = f->us_of_day / RN_US_PER_SECOND, hour = second / 3600, fraction = f->us_of_day % RN_US_PER_SECOND;
  int64_t week_year, week;
  static const char *const ends[] = {"th", "st", "nd", "rd", "th"};
  switch (e->letter) {
    case 0:
      if (e->len == 1) rn_builder_char(out, *e->text);
      else rn_builder_append(out, e->text, e->len);
      return true;
    case 'y': case 'u': put_year(out, f->year, e->count); return true;
    case 'Y':
      rn_us_week(f->days, f->year, &week_year, &week);
      put_year(out, week_year, e->count);
      return true;
    case 'M': case 'L':
      if (e->count <= 2) rn_pattern_number(out, f->month, e->count);
      else put_name(out, rn_month_names[f->month - 1], e->count);
      return true;
    case 'Q': case 'q': {
      int64_t quarter = (f->month + 2) / 3;
      if (e->count <= 2) rn_pattern_number(out, quarter, e->count);
      else if (e->count == 3) rn_builder_printf(out, "Q%d", (int)quarter);
      else if (e->count == 4) rn_builder_printf(out, "%d%s quarter", (int)quarter, ends[quarter]);
      else rn_pattern_number(out, quarter, 1);
      return true;
    }
    case 'd': rn_pattern_number(out, f->day, e->count); return true;
    case 'D': rn_pattern_number(out, f->days - rn_days_from_civil(f->year, 1, 1) + 1, e->count); return true;
    case 'H': rn_pattern_number(out, hour, e->count); return true;
    case 'k': rn_pattern_number(out, hour ? hour : 24, e->count); return true;
    case 'K': rn_pattern_number(out, hour % 12, e->count); return true;
    case 'h': rn_pattern_number(out, hour % 12 ? hour % 12 : 12, e->count); return true;
    case 'm': rn_pattern_number(out, second / 60 % 60, e->count); return true;
    case 's': rn_pattern_number(out, second % 60, e->count); return true;
    case 'S': {
      char digits[16];
      snprintf(digits, sizeof digits, "%06d000", (int)fraction);
      rn_builder_append(out, digits, e->count);
      return true;
    }
    case 'n': rn_pattern_number(out, fraction * 1000, e->count); return true;
    case 'N': rn_pattern_number(out, f->us_of_day * 1000, e->count); return true;
    case 'A': rn_pattern_number(out, f->us_of_day / 1000, e->count); return true;
    case 'a': rn_builder_text(out, hour < 12 ? "AM" : "PM"); return true;
    case 'E': put_name(out, rn_day_names[us_weekday(f->days)], e->count < 4 ? 3 : e->count); return true;
    case 'e': case 'c':
      if (e->count <= 2) rn_pattern_number(out, us_weekday(f->days) + 1, e->count);
      else put_name(out, rn_day_names[us_weekday(f->days)], e->count);
      return true;
    case 'w':
      rn_us_week(f->days, f->year, &week_year, &week);
      rn_pattern_number(out, week, e->count);
      return true;
    case 'W': rn_pattern_number(out, week_since(f->days, f->days - f->day + 1), e->count); return true;
    case 'F': rn_pattern_number(out, (f->day - 1) % 7 + 1, e->count); return true;
    case 'G':
      if (e->count == 5) rn_builder_char(out, f->year > 0 ? 'A' : 'B');
      else rn_builder_text(out, f->year > 0 ? (e->count == 4 ? "Anno Domini" : "AD") : e->count == 4 ? "Before Christ" : "BC");
      return true;
    case 'g': rn_pattern_number(out, f->days + 40587, e->count); return true; /* modified Julian day */
    case 'B': rn_builder_text(out, day_period(hour, f->us_of_day)); return true;
    default: return false; /* zones */
  }
}

/* Up to the ] of the section begun, or the end. An optional section that asks for a zone is left out. */
static bool put_elements(rn_builder *out, const time_pattern *pattern, size_t *at, const fields *f) {
  for (; *at < pattern->elements.len; ++*at) {
    const pattern_element *e = &pattern->elements.data[*at];
    size_t before = out->len;
    if (e->letter == ']') return true;
    if (e->letter == '[') {
      ++*at;
      if (put_elements(out, pattern, at, f)) continue;
      out->len = before;
      *at = rn_time_section_end(pattern, *at);
    } else if (e->letter == 'p') {
      rn_builder padded = {0};
      bool ok = put_element(&padded, &pattern->elements.data[++*at], f) && padded.len <= e->count;
      for (size_t i = padded.len; ok && i < e->count; i++) rn_builder_char(out, ' ');
      if (ok) rn_builder_append(out, padded.data, padded.len);
      rn_builder_free(&padded);
      if (!ok) return false;
    } else if (!put_element(out, e, f)) {
      return false;
    }
  }
  return true;
}

bool rn_time_pattern_format(const time_pattern *pattern, int64_t local_us, rn_builder *out) {
  fields f;
  f.days = rn_floor_div(local_us, RN_US_PER_DAY);
  f.us_of_day = local_us - f.days * RN_US_PER_DAY;
  rn_civil_from_days(f.days, &f.year, &f.month, &f.day);
  if (!pattern->plain) {
    size_t at = 0;
    return put_elements(out, pattern, &at, &f);
  }
  for (size_t i = 0; i < pattern->elements.len; i++) {
    if (!put_element(out, &pattern->elements.data[i], &f)) return false;
  }
  return true;
}

/* --- texts of the fixed form ------------------------------------------------------------------------------------------------ */

/* The fields of a text of the pattern's length; false: some byte is not what stands there in this form. */
static inline bool read_fixed(const fixed_form *f, const char *text, uint32_t *numbers) {
  static const uint32_t absent[FIXED_FIELDS] = {1970, 1, 1, 0, 0, 0, 0}, scale[] = {1, 100000, 10000, 1000, 100, 10, 1};
  for (unsigned i = 0; i < f->literal_count; i++) {
    if (text[f->literal_at[i]] != f->literals[i]) return false;
  }
  for (unsigned k = 0; k < FIXED_FIELDS; k++) {
    if (!f->width[k]) {
      numbers[k] = absent[k];
      continue;
    }
    uint32_t value = 0, bad = 0;
    const char *p = text + f->at[k];
    for (unsigned i = 0; i < f->width[k]; i++) {
      uint32_t digit = (uint32_t)(unsigned char)p[i] - '0';
      bad |= digit > 9;
      value = value * 10 + digit;
    }
    if (bad) return false;
    numbers[k] = k == FIXED_FRACTION ? value * scale[f->width[k]] : value;
  }
  return true;
}

bool rn_time_pattern_fixed(const time_pattern *pattern, rn_slice text, int64_t *us) {
  uint32_t n[FIXED_FIELDS];
  if (text.len != pattern->fixed.length || !text.len || !read_fixed(&pattern->fixed, text.ptr, n)) return false;
  if (n[FIXED_MONTH] < 1 || n[FIXED_MONTH] > 12 || n[FIXED_DAY] < 1 || n[FIXED_HOUR] > 23 || n[FIXED_MINUTE] > 59 || n[FIXED_SECOND] > 59) return false;
  if (n[FIXED_DAY] > 28 && n[FIXED_DAY] > rn_days_in_month(n[FIXED_YEAR], n[FIXED_MONTH])) return false;
  *us = rn_days_from_civil(n[FIXED_YEAR], n[FIXED_MONTH], n[FIXED_DAY]) * RN_US_PER_DAY +
        ((int64_t)n[FIXED_HOUR] * 3600 + n[FIXED_MINUTE] * 60 + n[FIXED_SECOND]) * RN_US_PER_SECOND + n[FIXED_FRACTION];
  return true;
}
