/* Fast scanning of digits and timestamps for the record decoders (json on its hot path, csv): eight
 * digits at a time in one register (Lemire 2022, "SIMD within a register") and a cached date, because
 * consecutive records nearly always fall on the same day.
 *
 * Functions named *_padded read up to 32 bytes from p whatever they find; the caller guarantees them. */
#ifndef RN_CONNECTORS_FORMATS_TEXT_SCAN_H
#define RN_CONNECTORS_FORMATS_TEXT_SCAN_H
#include "base/calendar.h"
#include "base/decimal.h"
#include "base/text.h"

static inline uint64_t scan_load64(const char *p) {
  uint64_t v;
  memcpy(&v, p, sizeof v);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  v = __builtin_bswap64(v);
#endif
  return v;
}
static inline uint16_t scan_load16(const char *p) {
  uint16_t v;
  memcpy(&v, p, sizeof v);
  return v;
}
/* How many of the 8 bytes (lowest first) are digits before the first that is none. */
static inline unsigned scan_digit_count(uint64_t v) {
  uint64_t d = v ^ 0x3030303030303030ull;
  uint64_t other = ((d + 0x0606060606060606ull) | d) & 0xF0F0F0F0F0F0F0F0ull;
  return other ? (unsigned)__builtin_ctzll(other) >> 3 : 8;
}
/* Value of the first `count` (1..8) digits of v. */
static inline uint64_t scan_digits(uint64_t v, unsigned count) {
  v = (v & 0x0F0F0F0F0F0F0F0Full) << (64 - count * 8);
  v = v * 10 + (v >> 8);
  return (((v & 0x000000FF000000FFull) * 0x000F424000000064ull) +
          (((v >> 16) & 0x000000FF000000FFull) * 0x0000271000000001ull)) >> 32;
}
extern const uint64_t scan_pow10[20]; /* 10^0 .. 10^19 */

/* Reads a run of digits; *count gets their number, *value their value when count <= 18 (undefined
 * beyond). Returns the first byte that is no digit, or stops after 24 digits. */
static inline __attribute__((always_inline)) const char *scan_uint_padded(const char *p, uint64_t *value, unsigned *count) {
  uint64_t v = scan_load64(p);
  unsigned n = scan_digit_count(v);
  if (n == 0) {
    *count = 0;
    *value = 0;
    return p;
  }
  uint64_t sum = scan_digits(v, n);
  if (n < 8) {
    *value = sum;
    *count = n;
    return p + n;
  }
  v = scan_load64(p + 8);
  n = scan_digit_count(v);
  if (n) sum = sum * scan_pow10[n] + scan_digits(v, n);
  if (n == 8) {
    v = scan_load64(p + 16);
    unsigned more = scan_digit_count(v);
    if (more) sum = sum * scan_pow10[more] + scan_digits(v, more);
    n += more;
  }
  *value = sum;
  *count = 8 + n;
  return p + 8 + n;
}

/* What must follow the time of day. */
typedef enum scan_zone { SCAN_ZONE_NONE, SCAN_ZONE_Z, SCAN_ZONE_OFFSET /* Z or +HH:mm */ } scan_zone;

typedef struct scan_date_cache { /* the last date seen; zeroed: none */
  uint64_t head;                 /* "2024-01-" */
  uint16_t tail;                 /* "05" */
  int64_t midnight_us;
} scan_date_cache;

/* yyyy-MM-dd at p to days; false: not a date (16 readable bytes). */
bool scan_date_padded(const char *p, int32_t *days);

/* HH:mm:ss[.f] at p: microseconds of the day; fraction of 0..9 digits, cut to us. NULL: no time. */
static inline const char *scan_time_padded(const char *p, int64_t *us) {
  uint64_t d = scan_load64(p) ^ 0x30303A30303A3030ull;
  if ((((d + 0x0606060606060606ull) | d) & 0xF0F0F0F0F0F0F0F0ull) | (d & 0x0000FF0000FF0000ull)) return NULL;
  uint64_t pairs = d * 10 + (d >> 8);
  unsigned hour = pairs & 0xFF, minute = (pairs >> 24) & 0xFF, second = (pairs >> 48) & 0xFF;
  if (hour > 23 || minute > 59 || second > 59) return NULL;
  int64_t sum = (int64_t)((hour * 60 + minute) * 60 + second) * RN_US_PER_SECOND;
  p += 8;
  if (*p == '.') {
    p++;
    unsigned count;
    uint64_t fraction;
    p = scan_uint_padded(p, &fraction, &count);
    if (count > 9) return NULL;
    sum += (int64_t)(count <= 6 ? fraction * scan_pow10[6 - count] : fraction / scan_pow10[count - 6]);
  }
  *us = sum;
  return p;
}

/* yyyy-MM-dd<sep>HH:mm:ss[.f] and the zone mark. NULL: no match. Reads at most 64 bytes from p. */
static inline const char *scan_timestamp_padded(const char *p, char sep, scan_zone zone, scan_date_cache *cache,
                                                int64_t *us) {
  uint64_t head = scan_load64(p);
  uint16_t tail = scan_load16(p + 8);
  if (__builtin_expect(head != cache->head || tail != cache->tail, 0)) {
    int32_t days;
    if (!scan_date_padded(p, &days)) return NULL;
    cache->head = head;
    cache->tail = tail;
    cache->midnight_us = days * RN_US_PER_DAY;
  }
  if (p[10] != sep) return NULL;
  int64_t time;
  p = scan_time_padded(p + 11, &time);
  if (!p) return NULL;
  int64_t sum = cache->midnight_us + time;
  if (zone != SCAN_ZONE_NONE) {
    if (*p == 'Z') {
      p++;
    } else {
      if (zone != SCAN_ZONE_OFFSET || (*p != '+' && *p != '-')) return NULL;
      uint64_t d = (scan_load64(p + 1) & 0xFFFFFFFFFFull) ^ 0x30303A3030ull; /* HH:mm */
      if ((((d + 0x0606060606ull) | d) & 0xF0F0F0F0F0ull) | (d & 0xFF0000ull)) return NULL;
      uint64_t pairs = d * 10 + (d >> 8);
      unsigned hour = pairs & 0xFF, minute = (pairs >> 24) & 0xFF;
      if (hour > 18 || minute > 59) return NULL;
      int64_t offset = (int64_t)(hour * 60 + minute) * 60 * RN_US_PER_SECOND;
      sum += *p == '-' ? offset : -offset;
      p += 6;
    }
  }
  *us = sum;
  return p;
}

/* --- whole texts, of any length and without readable bytes behind them ------------------------------- */
bool scan_text_date(rn_slice s, int32_t *days);
bool scan_text_time(rn_slice s, int32_t *ms);
bool scan_text_timestamp(rn_slice s, char sep, scan_zone zone, int64_t *us);
/* Cuts microseconds to `precision` fraction digits (towards minus infinity). */
int64_t scan_cut_us(int64_t us, int precision);
/* Java's parseLong: optional sign, digits; within [min, max]. */
bool scan_text_integer(rn_slice s, int64_t min, int64_t max, int64_t *out);
/* Integer part of a JSON number (fraction dropped, exponent applied) within [min, max]. */
bool scan_number_integer(rn_slice number, int64_t min, int64_t max, int64_t *out);

#endif
