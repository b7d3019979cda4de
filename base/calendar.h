/* Calendar arithmetic (proleptic Gregorian), text forms of dates and times, and time zones.
 * All inside is UTC microseconds or days since 1970-01-01; division floors (times before 1970). */
#ifndef RN_BASE_CALENDAR_H
#define RN_BASE_CALENDAR_H
#include <stdbool.h>
#include <stdint.h>
#include "base/error.h"
#include "base/text.h"

#define RN_US_PER_SECOND 1000000LL
#define RN_US_PER_MS 1000LL
#define RN_US_PER_DAY 86400000000LL
#define RN_MS_PER_DAY 86400000LL

static inline int64_t rn_floor_div(int64_t a, int64_t b) { return a / b - ((a % b != 0) && ((a % b < 0) != (b < 0))); }
static inline int64_t rn_floor_mod(int64_t a, int64_t b) { return a - rn_floor_div(a, b) * b; }

int64_t rn_days_from_civil(int64_t year, unsigned month, unsigned day);
void rn_civil_from_days(int64_t days, int64_t *year, unsigned *month, unsigned *day);
unsigned rn_days_in_month(int64_t year, unsigned month);

/* Strict fixed forms; the whole slice must match. `sep` is ' ' or 'T'. Fraction 0..9 digits, cut to us
 * (digits 7 to 9 lost: *lost set when not NULL and one was not zero).
 *   date      yyyy-MM-dd            -> days
 *   time      HH:mm:ss[.f]          -> ms of day
 *   timestamp yyyy-MM-dd<sep>HH:mm:ss[.f]   -> us
 * `zone_z`: a trailing Z is required. Returns false when the text does not match. */
bool rn_parse_date(rn_slice s, int32_t *days);
bool rn_parse_time(rn_slice s, int32_t *ms);
bool rn_parse_timestamp(rn_slice s, char sep, bool zone_z, int64_t *us, bool *lost);
/* Lenient forms of CAST (DIALECT 2.6): yyyy-M-d, H:m:s and so on; a timestamp's 24:00:00 is the next midnight. */
bool rn_cast_date(rn_slice s, int32_t *days);
bool rn_cast_time(rn_slice s, int32_t *ms);
bool rn_cast_timestamp(rn_slice s, int64_t *us);

void rn_format_date(rn_builder *b, int32_t days);
/* `precision` fraction digits exactly (0..9); trim: without trailing zeros (and without the dot). */
void rn_format_time(rn_builder *b, int32_t ms, int precision, bool trim);
void rn_format_timestamp(rn_builder *b, int64_t us, int precision, bool trim, char sep);

/* Month arithmetic clamped to the month's end. */
int64_t rn_add_months_us(int64_t us, int64_t months);
int32_t rn_add_months_days(int32_t days, int64_t months);

/* A time zone with the system's zone data (TZif files), or a fixed offset "GMT+08:00", "UTC", "+08:00".
 * Immutable after open; may be shared by threads. */
typedef struct rn_zone rn_zone;
rn_status rn_zone_open(const char *name, rn_zone **out, rn_error *err); /* "default": the system's */
void rn_zone_close(rn_zone *zone);
const char *rn_zone_name(const rn_zone *zone);
/* Offset in seconds east of UTC at an instant. */
int32_t rn_zone_offset_at(const rn_zone *zone, int64_t utc_us);
int64_t rn_zone_to_local(const rn_zone *zone, int64_t utc_us);
/* Local wall clock to instant: a local time in a gap is shifted by the gap's length; one that exists
 * twice is the earlier instant (java.time's rule, which Flink follows). */
int64_t rn_zone_to_utc(const rn_zone *zone, int64_t local_us);
/* The same but for a time that exists twice: the later instant (java.util.Calendar's rule). */
int64_t rn_zone_to_utc_later(const rn_zone *zone, int64_t local_us);

#endif
