/* See window_time.h. */
#include "runtime/operators/window_time.h"

#define HOUR_US 3600000000LL

static int64_t gcd(int64_t a, int64_t b) {
  while (b) {
    int64_t rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

void rn_window_time_init(rn_window_time *w, const rn_window_spec *spec, const rn_zone *zone) {
  *w = (rn_window_time){.spec = spec, .zone = spec->local_zone ? zone : NULL, .slice_us = spec->size_us};
  if (spec->kind == RN_WINDOW_HOP) w->slice_us = gcd(spec->size_us, spec->slide_us);
  if (spec->kind == RN_WINDOW_CUMULATE) w->slice_us = spec->slide_us;
}

static int64_t align(int64_t time, int64_t step, int64_t offset) { return time - rn_floor_mod(time - offset, step); }

int64_t rn_slice_end_slow(rn_window_time *w, int64_t time_us) {
  int64_t local = w->zone ? rn_zone_to_local(w->zone, time_us) : time_us;
  int64_t start = align(local, w->slice_us, w->spec->offset_us), end = start + w->slice_us;
  if (!w->zone) {
    w->from = start;
    w->to = end;
    w->end = end;
    return end;
  }
  /* While the zone's offset does not change within the slice, its instants are one stretch. */
  int64_t shift = local - time_us, from = start - shift, to = end - shift;
  if (w->slice_us <= 24 * HOUR_US && rn_zone_to_local(w->zone, from) == start && rn_zone_to_local(w->zone, to - 1) == end - 1) {
    w->from = from;
    w->to = to;
    w->end = end;
  }
  return end;
}

int64_t rn_window_step(const rn_window_time *w) {
  return w->spec->kind == RN_WINDOW_TUMBLE ? w->spec->size_us : w->spec->slide_us;
}

int64_t rn_window_first_end(const rn_window_time *w, int64_t slice_end) {
  if (w->spec->kind != RN_WINDOW_HOP) return slice_end;
  int64_t start = slice_end - w->spec->size_us; /* the smallest start that still reaches the slice's end */
  int64_t aligned = align(start, w->spec->slide_us, w->spec->offset_us);
  if (aligned < start) aligned += w->spec->slide_us;
  return aligned + w->spec->size_us;
}

int64_t rn_window_last_end(const rn_window_time *w, int64_t slice_end) {
  int64_t slice_start = slice_end - w->slice_us;
  switch (w->spec->kind) {
    case RN_WINDOW_HOP: return align(slice_start, w->spec->slide_us, w->spec->offset_us) + w->spec->size_us;
    case RN_WINDOW_CUMULATE: return align(slice_start, w->spec->size_us, w->spec->offset_us) + w->spec->size_us;
    default: return slice_end;
  }
}

bool rn_window_is_last(rn_window_time *w, int64_t window_end, int64_t time_us) {
  return time_us == RN_WINDOW_ANY_TIME || rn_window_last_end(w, rn_slice_end(w, time_us)) == window_end;
}

int64_t rn_window_start(const rn_window_time *w, int64_t window_end) {
  if (w->spec->kind != RN_WINDOW_CUMULATE) return window_end - w->spec->size_us;
  return align(window_end - 1, w->spec->size_us, w->spec->offset_us);
}

/* First instant after the gap in which `inside` would lie, were the clock not put forward. */
static int64_t gap_end(const rn_zone *zone, int64_t inside, int64_t after) {
  int64_t shift = rn_zone_to_local(zone, after) - after, low = after - (rn_zone_to_local(zone, after) - inside), high = after;
  while (high - low > 1) {
    int64_t middle = low + (high - low) / 2;
    if (rn_zone_to_local(zone, middle) - middle == shift) high = middle;
    else low = middle;
  }
  return high;
}

/* The second time a wall clock shows a time that it shows twice: the attribute must not fall behind the watermark. Clocks
 * are put back by an hour, by three (Casey), by 23 where a day comes twice (Kwajalein in 1969): never by more than a day. */
static int64_t second_time(const rn_zone *zone, int64_t local, int64_t instant) {
  int64_t beyond = instant + 25 * HOUR_US, later = local - (rn_zone_to_local(zone, beyond) - beyond);
  return later > instant && rn_zone_to_local(zone, later) == local ? later : instant;
}

int64_t rn_window_instant(const rn_window_time *w, int64_t window_end) {
  int64_t local = window_end - RN_US_PER_MS;
  return w->zone ? second_time(w->zone, local, rn_zone_to_utc(w->zone, local)) : local;
}

/* A processing-time window fires when it is over: at end - 1 ms a row of its last millisecond might still come. */
int64_t rn_window_fires(const rn_window_time *w, int64_t window_end) {
  int64_t local = window_end - RN_US_PER_MS, instant = local;
  if (w->zone) {
    instant = rn_zone_to_utc(w->zone, local);
    instant = rn_zone_to_local(w->zone, instant) == local ? second_time(w->zone, local, instant) : gap_end(w->zone, local, instant);
  }
  return w->spec->processing_time ? instant + RN_US_PER_MS : instant;
}

int64_t rn_window_leaves(const rn_window_time *w, int64_t window_end) {
  return rn_window_fires(w, window_end) + (w->spec->processing_time ? RN_WINDOW_ON_THE_WAY_US : 0);
}

int64_t rn_window_last_fires(const rn_window_time *w, rn_map *map) {
  uint32_t windows = rn_map_table_count(map);
  return windows ? rn_window_fires(w, rn_table_namespace(rn_map_table_at(map, windows - 1))) : RN_WATERMARK_NONE;
}

int64_t rn_window_passed(const rn_window_time *w, int64_t upto_us) {
  if (upto_us < -RN_US_PER_DAY * 400000) return INT64_MIN; /* before any time there is */
  int64_t local = (w->zone ? rn_zone_to_local(w->zone, upto_us) : upto_us) + RN_US_PER_MS;
  int64_t end = align(local, rn_window_step(w), w->spec->offset_us + w->spec->size_us) + rn_window_step(w);
  while (rn_window_fires(w, end) > upto_us) end -= rn_window_step(w);
  return end;
}
