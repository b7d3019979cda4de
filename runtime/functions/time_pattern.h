/* Patterns of dates and times in java.time's letters: compiled once, then formatted or parsed by element.
 * Private to runtime/functions/. */
#ifndef RN_RUNTIME_FUNCTIONS_TIME_PATTERN_H
#define RN_RUNTIME_FUNCTIONS_TIME_PATTERN_H
#include "runtime/functions/scalar.h"

typedef struct time_pattern time_pattern;

/* RN_FAIL: not a pattern (illegal letter, too many letters, open quote). */
rn_status rn_time_pattern_compile(rn_slice text, time_pattern **out, rn_error *err);
void rn_time_pattern_free(void *pattern);
/* False: the pattern asks for a zone, which a wall clock has not. */
bool rn_time_pattern_format(const time_pattern *pattern, int64_t local_us, rn_builder *out);
/* Missing parts are those of 1970-01-01 00:00:00; the day is clamped to the month's end. *has_offset: the
 * text named an offset, given in *offset_s; *us does not include it. */
bool rn_time_pattern_parse(const time_pattern *pattern, rn_slice text, int64_t *us, bool *has_offset, int32_t *offset_s);

#endif
