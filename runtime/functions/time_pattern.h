/* Patterns of dates and times in Java's letters: compiled once, then formatted or parsed by element. Flink uses both of
 * Java's pattern languages, which agree on yyyy-MM-dd HH:mm:ss and little more. Private to runtime/functions/. */
#ifndef RN_RUNTIME_FUNCTIONS_TIME_PATTERN_H
#define RN_RUNTIME_FUNCTIONS_TIME_PATTERN_H
#include "base/vec.h"
#include "runtime/functions/scalar.h"

typedef enum time_pattern_kind {
  PATTERN_JAVA_TIME, /* java.time.format.DateTimeFormatter: DATE_FORMAT of timestamps, TO_TIMESTAMP[_LTZ] */
  PATTERN_SIMPLE,    /* java.text.SimpleDateFormat (simple_date.c): the others */
} time_pattern_kind;

typedef struct pattern_element {
  char letter; /* 0: literal text; '[' ']': an optional section; 'p': pad the next one to `count` */
  uint8_t count;
  uint8_t sign_width; /* numeric: digits that belong to following fields directly behind (adjacent parsing) */
  char *text;
  size_t len;
} pattern_element;

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

typedef struct time_pattern {
  RN_VEC(pattern_element) elements;
  bool plain; /* no optional section, nothing padded */
  fixed_form fixed;
} time_pattern;

extern const char *const rn_month_names[12], *const rn_day_names[7]; /* January ..; Sunday .. */

/* Weeks of the US: they begin on Sunday; week 1 holds the first day of the year (of the month). */
static inline int64_t us_weekday(int64_t days) { return rn_floor_mod(days + 4, 7); } /* Sunday = 0 */
static inline int64_t week_since(int64_t days, int64_t first) { return (days - first + us_weekday(first)) / 7 + 1; }
void rn_us_week(int64_t days, int64_t year, int64_t *week_year, int64_t *week);
int64_t rn_us_week_begin(int64_t week_year, int64_t week); /* its Sunday, in days */

/* RN_FAIL: not a pattern (illegal letter, too many letters, open quote). */
rn_status rn_time_pattern_compile(rn_slice text, time_pattern_kind kind, time_pattern **out, rn_error *err);
void rn_time_pattern_free(void *pattern);
/* The fields of a text of the pattern's fixed form, checked to be a time that exists. False: read it by element. */
bool rn_time_pattern_fixed(const time_pattern *pattern, rn_slice text, int64_t *us);
/* With zeros in front. */
static inline void rn_pattern_number(rn_builder *out, int64_t value, int width) {
  if (width == 2 && value >= 0 && value < 100) { /* nearly always */
    uint32_t v = (uint32_t)value;
    rn_builder_char(out, (char)('0' + v / 10));
    rn_builder_char(out, (char)('0' + v % 10));
    return;
  }
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

/* Of a PATTERN_JAVA_TIME. False: the pattern asks for a zone, which a wall clock has not. */
bool rn_time_pattern_format(const time_pattern *pattern, int64_t local_us, rn_builder *out);
/* Missing parts are those of 1970-01-01 00:00:00; the day is clamped to the month's end; an offset or zone in the text
 * is read and dropped. */
bool rn_time_pattern_parse(const time_pattern *pattern, rn_slice text, int64_t *us);

/* Of a PATTERN_SIMPLE. A zone is NULL for UTC. */
bool rn_simple_date_format(const time_pattern *pattern, int64_t utc_us, const rn_zone *zone, rn_builder *out);
/* Leniently, as java.util.Calendar does: blanks before numbers, any number of digits, what lies beyond a month's end in
 * the next month, text behind the last field ignored. `now_us` tells the century of a year of two digits.
 * *us: the instant; the wall clock is of the zone, or of the offset that the text names. */
bool rn_simple_date_parse(const time_pattern *pattern, rn_slice text, const rn_zone *zone, int64_t now_us, int64_t *us);

/* From inside an optional section: the element that is its ], or the end. */
static inline size_t rn_time_section_end(const time_pattern *pattern, size_t at) {
  for (int open = 1; at < pattern->elements.len; at++) {
    char c = pattern->elements.data[at].letter;
    open += c == '[' ? 1 : c == ']' ? -1 : 0;
    if (!open) break;
  }
  return at;
}

#endif
