/* Date and time patterns (see time_pattern.h), after the documentation of java.time.format.DateTimeFormatter;
 * weeks as in the US locale: they begin on Sunday, week 1 holds 1 January. */
#include "runtime/functions/time_pattern.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/vec.h"

typedef struct element {
  char letter; /* 0: literal text */
  uint8_t count;
  uint8_t sign_width; /* numeric: digits that belong to following fields directly behind (adjacent parsing) */
  char *text;
  size_t len;
} element;

/* yyyy-MM-dd HH:mm:ss and the like: numbers of fixed width and literal bytes, every field once. Texts of exactly that
 * form, nearly all, are read at fixed places; others go element by element. */
enum { FIXED_MAX = 40 };
typedef enum fixed_field { FIXED_YEAR, FIXED_MONTH, FIXED_DAY, FIXED_HOUR, FIXED_MINUTE, FIXED_SECOND, FIXED_FRACTION, FIXED_FIELDS } fixed_field;
typedef struct fixed_form {
  uint8_t length;             /* of the text; 0: the pattern is not of this kind */
  uint8_t at[FIXED_FIELDS];   /* where each field begins */
  uint8_t width[FIXED_FIELDS]; /* 0: not in the pattern */
  uint8_t literal_count, literal_at[FIXED_MAX];
  char literals[FIXED_MAX];
} fixed_form;

struct time_pattern {
  RN_VEC(element) elements;
  fixed_form fixed;
};

static const char *const month_names[] = {"January", "February", "March", "April", "May", "June", "July",
                                          "August", "September", "October", "November", "December"};
static const char *const day_names[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

/* Letters and the most that may stand together. */
static const struct { char letter; uint8_t most; } letters[] = {
  {'y', 19}, {'u', 19}, {'Y', 19}, {'M', 5}, {'L', 5}, {'d', 2}, {'D', 3}, {'H', 2}, {'h', 2}, {'k', 2}, {'K', 2},
  {'m', 2}, {'s', 2}, {'S', 9}, {'a', 1}, {'E', 5}, {'e', 5}, {'c', 5}, {'w', 2}, {'W', 1}, {'F', 1}, {'Q', 5}, {'q', 5},
  {'n', 19}, {'N', 19}, {'A', 19}, {'G', 5}, {'X', 5}, {'x', 5}, {'Z', 5}, {'z', 4}, {'V', 2}, {'O', 4},
};

void rn_time_pattern_free(void *state) {
  time_pattern *p = state;
  if (!p) return;
  for (size_t i = 0; i < p->elements.len; i++) rn_free(p->elements.data[i].text);
  RN_VEC_FREE(&p->elements);
  rn_free(p);
}

static void add_literal(time_pattern *p, const char *text, size_t len) {
  RN_VEC_PUSH(&p->elements, ((element){.text = rn_strndup(text, len), .len = len}));
}

/* Is the element read as a plain number of fixed form? */
static bool is_numeric(const element *e) {
  switch (e->letter) {
    case 'M': case 'L': case 'Q': case 'q': case 'e': case 'c': return e->count <= 2;
    case 'y': case 'u': case 'Y': case 'd': case 'D': case 'H': case 'h': case 'k': case 'K': case 'm': case 's': case 'S':
    case 'w': case 'W': case 'F': case 'n': case 'N': case 'A': return true;
    default: return false;
  }
}

static fixed_form fixed_form_of(const time_pattern *p) {
  static const struct { char letter; uint8_t field, width; } known[] = {
    {'y', FIXED_YEAR, 4}, {'u', FIXED_YEAR, 4}, {'M', FIXED_MONTH, 2}, {'L', FIXED_MONTH, 2}, {'d', FIXED_DAY, 2},
    {'H', FIXED_HOUR, 2}, {'m', FIXED_MINUTE, 2}, {'s', FIXED_SECOND, 2}, {'S', FIXED_FRACTION, 0},
  };
  fixed_form f = {0}, none = {0};
  size_t at = 0;
  for (size_t i = 0; i < p->elements.len; i++) {
    const element *e = &p->elements.data[i];
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
      f.at[known[k].field] = (uint8_t)at;
      f.width[known[k].field] = e->count;
    }
    at += width;
  }
  f.length = (uint8_t)at;
  return f;
}

rn_status rn_time_pattern_compile(rn_slice text, time_pattern **out, rn_error *err) {
  time_pattern *p = rn_calloc(1, sizeof *p);
  const char *s = text.ptr, *end = text.ptr + text.len;
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
      if (c != '[' && c != ']') add_literal(p, s, utf8_step(s, end)); /* optional sections are read as if they had to be there */
      s += utf8_step(s, end);
      continue;
    }
    size_t run = 1, most = 0;
    while (s + run < end && s[run] == c) run++;
    for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++) {
      if (letters[i].letter == c) most = letters[i].most;
    }
    if (run > most) {
      rn_time_pattern_free(p);
      if (!most) return rn_fail(err, RN_E_VALUE, "illegal pattern character '%c' in '%.*s'", c, (int)text.len, text.ptr);
      return rn_fail(err, RN_E_VALUE, "too many pattern letters: %c in '%.*s'", c, (int)text.len, text.ptr);
    }
    RN_VEC_PUSH(&p->elements, ((element){.letter = c, .count = (uint8_t)run}));
    s += run;
  }
  /* A number directly before other numbers of fixed width leaves them their digits: yyyyMMddHHmm. */
  uint8_t reserved = 0;
  for (size_t i = p->elements.len; i-- > 0;) {
    element *e = &p->elements.data[i];
    if (!is_numeric(e)) {
      reserved = 0;
      continue;
    }
    e->sign_width = reserved;
    reserved = (uint8_t)(e->count >= 2 || e->letter == 'S' ? reserved + e->count : 0);
  }
  p->fixed = fixed_form_of(p);
  *out = p;
  return RN_OK;
}

/* --- formatting ---------------------------------------------------------------------------------------------------------- */

typedef struct fields {
  int64_t days, year, us_of_day;
  unsigned month, day;
} fields;

static void put_number(rn_builder *out, int64_t value, int width) {
  char digits[24];
  int n = 0;
  bool negative = value < 0;
  uint64_t v = negative ? 0 - (uint64_t)value : (uint64_t)value;
  do {
    digits[n++] = (char)('0' + (int)(v % 10));
    v /= 10;
  } while (v);
  if (negative) rn_builder_char(out, '-');
  for (int i = n; i < width; i++) rn_builder_char(out, '0');
  while (n) rn_builder_char(out, digits[--n]);
}

static void put_year(rn_builder *out, int64_t year, int count) {
  if (count == 2) put_number(out, rn_floor_mod(year, 100), 2);
  else put_number(out, year, count);
}

static void put_name(rn_builder *out, const char *name, int count) {
  rn_builder_append(out, name, count == 3 ? 3 : count == 5 ? 1 : strlen(name));
}

/* Weeks that begin on Sunday; week 1 holds the first day of the year (of the month). */
static int64_t us_weekday(int64_t days) { return rn_floor_mod(days + 4, 7); } /* Sunday = 0 */
static int64_t week_since(int64_t days, int64_t first) { return (days - first + us_weekday(first)) / 7 + 1; }

static void us_week(int64_t days, int64_t year, int64_t *week_year, int64_t *week) {
  int64_t next = rn_days_from_civil(year + 1, 1, 1);
  if (days >= next - us_weekday(next)) {
    *week_year = year + 1;
    *week = 1;
  } else {
    *week_year = year;
    *week = week_since(days, rn_days_from_civil(year, 1, 1));
  }
}

static bool put_element(rn_builder *out, const element *e, const fields *f) {
  int64_t second = f->us_of_day / RN_US_PER_SECOND, hour = second / 3600, fraction = f->us_of_day % RN_US_PER_SECOND;
  int64_t week_year, week;
  static const char *const ends[] = {"th", "st", "nd", "rd", "th"};
  switch (e->letter) {
    case 0: rn_builder_append(out, e->text, e->len); return true;
    case 'y': case 'u': put_year(out, f->year, e->count); return true;
    case 'Y':
      us_week(f->days, f->year, &week_year, &week);
      put_year(out, week_year, e->count);
      return true;
    case 'M': case 'L':
      if (e->count <= 2) put_number(out, f->month, e->count);
      else put_name(out, month_names[f->month - 1], e->count);
      return true;
    case 'Q': case 'q': {
      int64_t quarter = (f->month + 2) / 3;
      if (e->count <= 2) put_number(out, quarter, e->count);
      else if (e->count == 3) rn_builder_printf(out, "Q%d", (int)quarter);
      else if (e->count == 4) rn_builder_printf(out, "%d%s quarter", (int)quarter, ends[quarter]);
      else put_number(out, quarter, 1);
      return true;
    }
    case 'd': put_number(out, f->day, e->count); return true;
    case 'D': put_number(out, f->days - rn_days_from_civil(f->year, 1, 1) + 1, e->count); return true;
    case 'H': put_number(out, hour, e->count); return true;
    case 'k': put_number(out, hour ? hour : 24, e->count); return true;
    case 'K': put_number(out, hour % 12, e->count); return true;
    case 'h': put_number(out, hour % 12 ? hour % 12 : 12, e->count); return true;
    case 'm': put_number(out, second / 60 % 60, e->count); return true;
    case 's': put_number(out, second % 60, e->count); return true;
    case 'S': {
      char digits[16];
      snprintf(digits, sizeof digits, "%06d000", (int)fraction);
      rn_builder_append(out, digits, e->count);
      return true;
    }
    case 'n': put_number(out, fraction * 1000, e->count); return true;
    case 'N': put_number(out, f->us_of_day * 1000, e->count); return true;
    case 'A': put_number(out, f->us_of_day / 1000, e->count); return true;
    case 'a': rn_builder_text(out, hour < 12 ? "AM" : "PM"); return true;
    case 'E': put_name(out, day_names[us_weekday(f->days)], e->count < 4 ? 3 : e->count); return true;
    case 'e': case 'c':
      if (e->count <= 2) put_number(out, us_weekday(f->days) + 1, e->count);
      else put_name(out, day_names[us_weekday(f->days)], e->count);
      return true;
    case 'w':
      us_week(f->days, f->year, &week_year, &week);
      put_number(out, week, e->count);
      return true;
    case 'W': put_number(out, week_since(f->days, f->days - f->day + 1), e->count); return true;
    case 'F': put_number(out, (f->day - 1) % 7 + 1, e->count); return true;
    case 'G': rn_builder_text(out, f->year > 0 ? (e->count == 4 ? "Anno Domini" : "AD") : e->count == 4 ? "Before Christ" : "BC"); return true;
    default: return false; /* zones */
  }
}

bool rn_time_pattern_format(const time_pattern *pattern, int64_t local_us, rn_builder *out) {
  fields f;
  f.days = rn_floor_div(local_us, RN_US_PER_DAY);
  f.us_of_day = local_us - f.days * RN_US_PER_DAY;
  rn_civil_from_days(f.days, &f.year, &f.month, &f.day);
  for (size_t i = 0; i < pattern->elements.len; i++) {
    if (!put_element(out, &pattern->elements.data[i], &f)) return false;
  }
  return true;
}

/* --- parsing ---------------------------------------------------------------------------------------------------------------- */

/* `least` to `most` digits. */
static bool take_number(const char **p, const char *end, int least, int most, int64_t *value) {
  int n = 0;
  *value = 0;
  for (; n < most && *p < end && **p >= '0' && **p <= '9'; n++, (*p)++) *value = *value * 10 + (**p - '0');
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

/* Z, +hh, +hhmm, +hh:mm[:ss]. */
static bool take_offset(const char **p, const char *end, char letter, int32_t *offset) {
  if (*p < end && **p == 'Z' && (letter == 'X' || letter == 'Z')) {
    (*p)++;
    *offset = 0;
    return true;
  }
  if (*p >= end || (**p != '+' && **p != '-')) return false;
  int sign = **p == '-' ? -1 : 1;
  (*p)++;
  int64_t hour, minute = 0, second = 0;
  if (!take_number(p, end, 2, 2, &hour)) return false;
  bool colon = *p < end && **p == ':';
  if (colon) (*p)++;
  bool more = *p < end && **p >= '0' && **p <= '9';
  if (colon && !more) return false;
  if (more && !take_number(p, end, 2, 2, &minute)) return false;
  if (colon && *p < end && **p == ':') {
    (*p)++;
    if (!take_number(p, end, 2, 2, &second)) return false;
  }
  *offset = sign * (int32_t)(hour * 3600 + minute * 60 + second);
  return hour <= 18 && minute < 60 && second < 60;
}

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

/* day_of_year 0: month and day count. A day behind the month's last one is that one. */
static bool put_together(int64_t year, int64_t month, int64_t day, int64_t hour, int64_t minute, int64_t second, int64_t micros,
                         int64_t day_of_year, int64_t *us) {
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59) return false;
  int64_t days;
  if (day_of_year) {
    if (day_of_year > 365 + (rn_days_in_month(year, 2) == 29)) return false;
    days = rn_days_from_civil(year, 1, 1) + day_of_year - 1;
  } else {
    unsigned last = rn_days_in_month(year, (unsigned)month);
    days = rn_days_from_civil(year, (unsigned)month, day > last ? last : (unsigned)day);
  }
  *us = days * RN_US_PER_DAY + (hour * 3600 + minute * 60 + second) * RN_US_PER_SECOND + micros;
  return true;
}

bool rn_time_pattern_parse(const time_pattern *pattern, rn_slice text, int64_t *us, bool *has_offset, int32_t *offset_s) {
  const char *p = text.ptr, *end = text.ptr + text.len;
  int64_t year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0, micros = 0, day_of_year = 0, v;
  uint32_t numbers[FIXED_FIELDS];
  bool afternoon = false, half_day = false;
  *has_offset = false;
  *offset_s = 0;
  if (text.len == pattern->fixed.length && text.len && read_fixed(&pattern->fixed, text.ptr, numbers)) {
    return put_together(numbers[FIXED_YEAR], numbers[FIXED_MONTH], numbers[FIXED_DAY], numbers[FIXED_HOUR],
                        numbers[FIXED_MINUTE], numbers[FIXED_SECOND], numbers[FIXED_FRACTION], 0, us);
  }
  for (size_t i = 0; i < pattern->elements.len; i++) {
    const element *e = &pattern->elements.data[i];
    int width = e->count, widest = width == 1 ? 19 : width;
    switch (e->letter) {
      case 0:
        if ((size_t)(end - p) < e->len || memcmp(p, e->text, e->len) != 0) return false;
        p += e->len;
        break;
      case 'y': case 'u': {
        if (width == 2) {
          if (!take_number(&p, end, 2, 2, &v)) return false;
          year = 2000 + v;
          break;
        }
        int available = 0; /* more than `width` digits only when no number follows directly */
        while (p + available < end && p[available] >= '0' && p[available] <= '9') available++;
        int most = e->sign_width ? available - e->sign_width : 10;
        if (most < width) most = width;
        if (!take_number(&p, end, width, most, &year) || year > 9999) return false;
        break;
      }
      case 'M': case 'L':
        if (width <= 2) {
          if (!take_number(&p, end, width, 2, &month)) return false;
        } else {
          if (!take_name(&p, end, month_names, 12, width == 3, &month)) return false;
          month++;
        }
        break;
      case 'd': if (!take_number(&p, end, width, 2, &day)) return false; break;
      case 'D': if (!take_number(&p, end, width, 3, &day_of_year)) return false; break;
      case 'H': case 'k':
        if (!take_number(&p, end, width, 2, &hour)) return false;
        if (e->letter == 'k' && hour == 24) hour = 0;
        break;
      case 'h': case 'K':
        if (!take_number(&p, end, width, 2, &hour) || hour > 12) return false;
        hour %= 12;
        half_day = true;
        break;
      case 'm': if (!take_number(&p, end, width, 2, &minute)) return false; break;
      case 's': if (!take_number(&p, end, width, 2, &second)) return false; break;
      case 'S':
        if (!take_number(&p, end, width, width, &micros)) return false;
        for (int d = width; d < 6; d++) micros *= 10;
        for (int d = width; d > 6; d--) micros /= 10;
        break;
      case 'a':
        if (end - p < 2 || (*p != 'A' && *p != 'P') || p[1] != 'M') return false;
        afternoon = *p == 'P';
        p += 2;
        break;
      case 'E': if (!take_name(&p, end, day_names, 7, width < 4, &v)) return false; break;
      case 'X': case 'x': case 'Z':
        if (!take_offset(&p, end, e->letter, offset_s)) return false;
        *has_offset = true;
        break;
      case 'n': if (!take_number(&p, end, width, widest, &v)) return false; micros = v / 1000; break;
      default: return false; /* weeks, quarters, eras, zone names do not make a date */
    }
  }
  if (p != end) return false;
  if (half_day && afternoon) hour += 12;
  return put_together(year, month, day, hour, minute, second, micros, day_of_year, us);
}
