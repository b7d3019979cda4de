/* Arithmetic of windows: which slice a time falls into, which windows a slice belongs to, when a window fires.
 *
 * Slices do not overlap: the greatest common divisor of size and slide (Li 2005, panes). Ends of slices and
 * windows are wall-clock values where the attribute is TIMESTAMP_LTZ (local_zone): instants are shifted to the
 * session zone first, so a day window may last 23 or 25 hours. */
#ifndef RN_RUNTIME_OPERATORS_WINDOW_TIME_H
#define RN_RUNTIME_OPERATORS_WINDOW_TIME_H
#include "runtime/operator.h"

typedef struct rn_window_time {
  const rn_window_spec *spec;
  const rn_zone *zone;  /* NULL: no shift */
  int64_t slice_us;
  int64_t from, to, end; /* cache: times in [from, to) fall into the slice that ends at `end` */
} rn_window_time;

void rn_window_time_init(rn_window_time *w, const rn_window_spec *spec, const rn_zone *zone);
int64_t rn_slice_end_slow(rn_window_time *w, int64_t time_us);
/* End of the slice of a time (an instant where zone is set). */
static inline int64_t rn_slice_end(rn_window_time *w, int64_t time_us) {
  return time_us >= w->from && time_us < w->to ? w->end : rn_slice_end_slow(w, time_us);
}
int64_t rn_window_first_end(const rn_window_time *w, int64_t slice_end); /* of the first window with the slice */
int64_t rn_window_last_end(const rn_window_time *w, int64_t slice_end);
/* Is the window that ends there the last one with a row of that time? Other ends of the row's windows come before it, so that
 * the row is late as a whole when this one has gone. */
#define RN_WINDOW_ANY_TIME INT64_MIN /* asked of rows that come once: yes */
bool rn_window_is_last(rn_window_time *w, int64_t window_end, int64_t time_us);
int64_t rn_window_step(const rn_window_time *w);                          /* from one window's end to the next */
int64_t rn_window_start(const rn_window_time *w, int64_t window_end);
/* Instant of end - 1 ms: window_time. A time in a gap moves behind it, as in every conversion of the zone. */
int64_t rn_window_instant(const rn_window_time *w, int64_t window_end);
/* The clock or watermark at which it fires: for an end in a gap the first instant after it. */
int64_t rn_window_fires(const rn_window_time *w, int64_t window_end);
/* When who keeps rows by a window that they were given further up lets them go. By the clock some may still be on their way
 * from other tasks when the window ends, so that it waits a little. */
enum { RN_WINDOW_ON_THE_WAY_US = 100000 };
int64_t rn_window_leaves(const rn_window_time *w, int64_t window_end);
/* When the last of the windows fires whose ends are the namespaces of a map: who keeps rows by window has nothing left to
 * say then. RN_WATERMARK_NONE: there are none. */
int64_t rn_window_last_fires(const rn_window_time *w, rn_map *map);
/* End of the last window that fires at or before `upto_us`. */
int64_t rn_window_passed(const rn_window_time *w, int64_t upto_us);

#endif
