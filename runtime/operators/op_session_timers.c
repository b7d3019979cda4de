/* When sessions end: a timing wheel (Varghese 1987) of stretches of the gap, and a heap for the nearest of them.
 *
 * A session has one valid timer, at an end that it once had: a session that grows leaves its timer where it is, and the
 * timer moves on when its stretch comes up. So rows cost no work here, and each timer is looked at about once per gap.
 * A timer is where its session lies. When two sessions become one a timer stays behind; should another session come to
 * lie there it has two, which fall together when it ends at the latest. A session never ends before a timer of its own
 * says, so that one which says more is an old one. What lies too far apart for the wheel (rows of years in any order) goes
 * to the heap, which can hold anything. */
#include "base/alloc.h"
#include "base/calendar.h"
#include "runtime/operators/op_session.h"

enum { STRETCHES_MAX = 1024, STRETCHES_PER_GAP = 128, AHEAD = 16 };

static bool sooner(const rn_session_due *a, const rn_session_due *b) {
  return a->end != b->end ? a->end < b->end : a->timer < b->timer;
}

static void sink_due(rn_session_timers *t) { /* the first one has changed */
  rn_session_due *d = t->heap.data, moved = d[0];
  size_t at = 0, n = t->heap.len;
  for (size_t child = 1; child < n; child = 2 * at + 1) {
    if (child + 1 < n && sooner(&d[child + 1], &d[child])) child++;
    if (!sooner(&d[child], &moved)) break;
    d[at] = d[child];
    at = child;
  }
  d[at] = moved;
}

static void add_due(rn_session_timers *t, rn_session_due due) {
  RN_VEC_PUSH(&t->heap, due);
  rn_session_due *d = t->heap.data;
  size_t at = t->heap.len - 1;
  while (at && sooner(&due, &d[(at - 1) / 2])) {
    d[at] = d[(at - 1) / 2];
    at = (at - 1) / 2;
  }
  d[at] = due;
}

static void drop_due(rn_session_timers *t) {
  t->heap.data[0] = t->heap.data[--t->heap.len];
  if (t->heap.len) sink_due(t);
}

/* Index of the first stretch behind all smaller ones. They lie in order from `first` on (those before have been spilled),
 * mostly without gaps, so that its distance to the last one tells it. */
static size_t place_of(const rn_session_timers *t, int64_t number) {
  const rn_session_stretch *s = t->stretches.data;
  size_t low = t->first, high = t->stretches.len;
  if (low == high || s[high - 1].number < number) return high;
  uint64_t behind = (uint64_t)s[high - 1].number - (uint64_t)number;
  if (behind < high - 1 - low) low = high - 1 - behind; /* not before: numbers differ by one at least */
  while (low < high && s[low].number != number) {
    size_t middle = (low + high) / 2;
    if (s[middle].number < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

static void add(rn_session_timers *t, rn_session_timer timer, int64_t end) {
  int64_t number = rn_floor_div(end, t->width);
  if (number <= t->spilled) {
    add_due(t, (rn_session_due){end, timer});
    return;
  }
  size_t at = place_of(t, number);
  if (at == t->stretches.len || t->stretches.data[at].number != number) {
    if (t->stretches.len - t->first >= STRETCHES_MAX) {
      add_due(t, (rn_session_due){end, timer});
      return;
    }
    if (t->first >= STRETCHES_MAX) {
      memmove(t->stretches.data, t->stretches.data + t->first, (t->stretches.len - t->first) * sizeof *t->stretches.data);
      t->stretches.len -= t->first;
      at -= t->first;
      t->first = 0;
    }
    rn_session_stretch fresh = t->spare;
    t->spare = (rn_session_stretch){0};
    fresh.number = number;
    RN_VEC_PUSH(&t->stretches, fresh);
    memmove(&t->stretches.data[at + 1], &t->stretches.data[at], (t->stretches.len - 1 - at) * sizeof fresh);
    t->stretches.data[at] = fresh;
  }
  RN_VEC_PUSH(&t->stretches.data[at].timers, timer);
}

void rn_session_timers_open(rn_session_timers *t, int64_t gap) {
  t->width = gap / STRETCHES_PER_GAP > 1 ? gap / STRETCHES_PER_GAP : 1;
  t->spilled = INT64_MIN;
}

void rn_session_timers_close(rn_session_timers *t) {
  for (size_t i = t->first; i < t->stretches.len; i++) RN_VEC_FREE(&t->stretches.data[i].timers);
  RN_VEC_FREE(&t->stretches);
  RN_VEC_FREE(&t->spare.timers);
  RN_VEC_FREE(&t->heap);
}

void rn_session_timer_add(rn_session_op *self, const rn_session *session, uint32_t position) {
  if (position >= RN_SESSION_OLDER_BIT) rn_oom(); /* two thousand million sessions in one task */
  rn_session_timer timer = position | (rn_session_is_older(session) ? RN_SESSION_OLDER_BIT : 0);
  add(&self->timers, timer, rn_session_get(self, session).end);
}

static rn_table *table_of(rn_session_op *self, rn_session_timer timer) {
  return timer & RN_SESSION_OLDER_BIT ? self->older : self->newest;
}

static void prefetch_session(rn_session_op *self, rn_session_timer timer) {
  rn_table_prefetch(table_of(self, timer), timer & ~RN_SESSION_OLDER_BIT);
}

static rn_session *session_of(rn_session_op *self, rn_session_timer timer) {
  return (rn_session *)(void *)rn_table_at(table_of(self, timer), timer & ~RN_SESSION_OLDER_BIT);
}

/* When it fires, given a time of the session's clock: rn_window_fires(). */
static int64_t fires(const rn_session_op *self, int64_t end) { return rn_window_fires(&self->time, end * RN_US_PER_MS); }

/* The first stretch has come up: its timers go to the heap, or on to where their sessions end now. */
static void spill(rn_session_op *self) {
  rn_session_timers *t = &self->timers;
  rn_session_stretch stretch = t->stretches.data[t->first++];
  t->spilled = stretch.number;
  for (size_t i = 0; i < stretch.timers.len; i++) {
    if (i + AHEAD < stretch.timers.len) prefetch_session(self, stretch.timers.data[i + AHEAD]);
    const rn_session *s = session_of(self, stretch.timers.data[i]);
    int64_t end = s ? rn_session_get(self, s).end : INT64_MIN;
    if (s && end >= stretch.number * t->width) add(t, stretch.timers.data[i], end);
  }
  RN_VEC_FREE(&t->spare.timers);
  stretch.timers.len = 0;
  t->spare = stretch;
}

static int64_t stretch_begin(const rn_session_op *self) {
  const rn_session_timers *t = &self->timers;
  return t->first < t->stretches.len ? t->stretches.data[t->first].number * t->width : INT64_MAX;
}

/* The first timer that is true, and its session; NULL: none fires by upto_us. */
static rn_session *first_true(rn_session_op *self, int64_t upto_us) {
  rn_session_timers *t = &self->timers;
  for (;;) {
    int64_t begin = stretch_begin(self);
    if (t->heap.len && t->heap.data[0].end < begin) {
      rn_session_due due = t->heap.data[0];
      if (fires(self, due.end) > upto_us) return NULL;
      rn_session *s = session_of(self, due.timer);
      int64_t end = s ? rn_session_get(self, s).end : INT64_MIN;
      if (end == due.end) return s;
      drop_due(t);
      if (end > due.end) add(t, due.timer, end);
    } else if (begin == INT64_MAX || fires(self, begin) > upto_us) {
      return NULL;
    } else {
      spill(self);
    }
  }
}

rn_session *rn_session_timers_take(rn_session_op *self, int64_t upto_us) {
  rn_session_timers *t = &self->timers;
  rn_session *s = first_true(self, upto_us);
  if (!s) return NULL;
  rn_session_due due = t->heap.data[0];
  while (t->heap.len && t->heap.data[0].end == due.end && t->heap.data[0].timer == due.timer) drop_due(t);
  for (size_t i = 1; i < 7 && i < t->heap.len; i++) prefetch_session(self, t->heap.data[i].timer); /* one of them is next */
  return s;
}

int64_t rn_session_timers_next(rn_session_op *self) {
  rn_session *s = first_true(self, INT64_MAX);
  return s ? fires(self, rn_session_get(self, s).end) : INT64_MAX;
}
