/* Shared by op_session.c (which session a row belongs to), op_session_timers.c (when one closes), op_session_values.c
 * (what a session holds and how it leaves) and op_session_changes.c (how open ones are shown). */
#ifndef RN_RUNTIME_OPERATORS_OP_SESSION_H
#define RN_RUNTIME_OPERATORS_OP_SESSION_H
#include "base/vec.h"
#include "runtime/operator.h"
#include "runtime/operators/agg_set.h"
#include "runtime/operators/window_time.h"

/* A session is its slot: the id of its sets of DISTINCT values where there are any, then the accumulators, or the list of
 * its rows. In ten bytes before the slot, where a BIGINT key leaves them free, lie its start (48 bits), its length without
 * the gap (30) and where it lies (2); in milliseconds, which is what attributes of time are made of. So a pair of key and
 * session takes no more than one of key and window. What is too long for that (12 days) or too far away (before -2489,
 * after 6429) lies in a map of its own.
 * The newest session of a key lies in a map by that key, nearly always the only one; older ones that are still open lie in
 * another, their key followed by a number. */
typedef struct rn_session rn_session;
typedef struct rn_session_span {
  int64_t start, end; /* ms, wall clock where the attribute is TIMESTAMP_LTZ */
} rn_session_span;
typedef enum rn_session_place {
  RN_SESSION_NONE,   /* the slot of a key that has no session (yet) */
  RN_SESSION_ONLY,   /* of its key */
  RN_SESSION_NEWEST, /* older ones of its key are open */
  RN_SESSION_OLDER   /* lies in the map of those */
} rn_session_place;

typedef struct rn_session_row { /* element of the list of rows */
  rn_ref row;
} rn_session_row;

enum { RN_SESSION_NUMBER_SIZE = sizeof(int64_t) };
#define RN_SESSION_NO_ORDER UINT32_MAX

typedef struct rn_session_list { /* older sessions of a key in order of time; derived, never stored */
  uint32_t count, room;
  rn_ref sessions; /* pointers, in the state's heap, which goes with the state */
} rn_session_list;

typedef uint32_t rn_session_timer; /* position of the slot in its table, RN_SESSION_OLDER_BIT: that of the older ones */
#define RN_SESSION_OLDER_BIT 0x80000000u
typedef struct rn_session_due {
  int64_t end;
  rn_session_timer timer;
} rn_session_due;
typedef struct rn_session_stretch { /* of time: number * width and on */
  int64_t number;
  RN_VEC(rn_session_timer) timers;
} rn_session_stretch;
typedef struct rn_session_timers {
  int64_t width, spilled; /* of a stretch, ms; the last one whose timers went to the heap */
  RN_VEC(rn_session_stretch) stretches;
  size_t first;
  rn_session_stretch spare; /* memory of the last one that was spilled */
  RN_VEC(rn_session_due) heap;
} rn_session_timers;

typedef struct rn_session_changes rn_session_changes;

typedef struct rn_session_op {
  rn_operator op;
  rn_arena memory; /* layouts */
  rn_window_time time;
  bool aggregates; /* WINDOW_AGG; else WINDOW: rows wait for the end of their session */
  uint32_t key_count;
  const uint32_t *keys;
  rn_agg_set set;
  int64_t gap;         /* ms */
  uint32_t value_size; /* of a slot */
  rn_session_changes *changes; /* open sessions are shown; NULL: each once, when it closes */
  uint32_t change_at;  /* in the slot: 1 + number of its change in the batch */
  rn_table *newest;  /* key -> session */
  rn_table *older;   /* key + number -> session */
  rn_table *wide;    /* key + number (of the newest: 0) -> rn_session_span that does not fit before the slot */
  rn_table *lists;   /* key -> rn_session_list, where there are older ones */
  rn_session_timers timers;
  uint32_t *order_at;  /* in the slot, per call: number of the row that FIRST_VALUE or LAST_VALUE has; or RN_SESSION_NO_ORDER */
  bool ordered;        /* there are such calls */
  int64_t arrived;     /* rows so far, for those numbers */
  int64_t next_id;   /* of an older session's key, and of sets of DISTINCT values */
  rn_builder scratch;
  uint32_t pending; /* rows that wait to be folded into their sessions */
  uint16_t which[RN_BATCH_ROWS_MAX], rows[RN_BATCH_ROWS_MAX];
  uint8_t *slots[RN_BATCH_ROWS_MAX];
  uint8_t *found[RN_BATCH_ROWS_MAX]; /* newest session of each row's key */
  rn_slice out[RN_BATCH_ROWS_MAX]; /* what leaves: keys, or rows */
} rn_session_op;

enum { RN_SESSION_START_SIZE = 6, RN_SESSION_LEAD = RN_SESSION_START_SIZE + sizeof(uint32_t) };
#define RN_SESSION_START_MAX ((INT64_C(1) << 47) - 1)
#define RN_SESSION_LENGTH_MAX ((1u << 30) - 1) /* as a length: the span is in the map of wide ones */

/* Length and place. */
static inline uint32_t rn_session_word(const rn_session *session) {
  uint32_t word;
  memcpy(&word, (const uint8_t *)session - sizeof word, sizeof word);
  return word;
}
static inline void rn_session_put_word(rn_session *session, uint32_t length, rn_session_place place) {
  uint32_t word = length | (uint32_t)place << 30;
  memcpy((uint8_t *)session - sizeof word, &word, sizeof word);
}
static inline uint32_t rn_session_length(const rn_session *session) { return rn_session_word(session) & RN_SESSION_LENGTH_MAX; }
static inline rn_session_place rn_session_where(const rn_session *session) {
  return (rn_session_place)(rn_session_word(session) >> 30);
}
static inline bool rn_session_is_wide(const rn_session *session) { return rn_session_length(session) == RN_SESSION_LENGTH_MAX; }
static inline void rn_session_put_where(rn_session *session, rn_session_place place) {
  rn_session_put_word(session, rn_session_length(session), place);
}

static inline int64_t rn_session_start(const rn_session *session) { /* of a wide one: position in the map of those */
  uint64_t word;
  memcpy(&word, (const uint8_t *)session - RN_SESSION_LEAD, sizeof word);
  return (int64_t)(word << 16) >> 16;
}
static inline void rn_session_put_start(rn_session *session, int64_t start) {
  memcpy((uint8_t *)session - RN_SESSION_LEAD, &start, RN_SESSION_START_SIZE);
}

rn_session_span rn_session_wide(const rn_session_op *self, const rn_session *session);
void rn_session_put_wide(rn_session_op *self, rn_session *session, rn_session_span span);
void rn_session_drop_wide(rn_session_op *self, const rn_session *session); /* nothing where it is not; before a session's slot goes */

static inline rn_session_span rn_session_get(const rn_session_op *self, const rn_session *session) {
  if (rn_session_is_wide(session)) return rn_session_wide(self, session);
  int64_t start = rn_session_start(session);
  return (rn_session_span){start, start + rn_session_length(session) + self->gap};
}
static inline void rn_session_put(rn_session_op *self, rn_session *session, rn_session_span span) {
  int64_t length = span.end - span.start - self->gap;
  if (length >= RN_SESSION_LENGTH_MAX || span.start > RN_SESSION_START_MAX || span.start < -RN_SESSION_START_MAX) {
    rn_session_put_wide(self, session, span);
    return;
  }
  if (rn_session_is_wide(session)) rn_session_drop_wide(self, session);
  rn_session_put_start(session, span.start);
  rn_session_put_word(session, (uint32_t)length, rn_session_where(session));
}

static inline bool rn_session_is_older(const rn_session *session) { return rn_session_where(session) == RN_SESSION_OLDER; }
static inline rn_table *rn_session_table(const rn_session_op *self, const rn_session *session) {
  return rn_session_is_older(session) ? self->older : self->newest;
}
static inline rn_slice rn_session_partition(const rn_session_op *self, const rn_session *session) {
  bool older = rn_session_is_older(session);
  rn_slice key = rn_table_key(older ? self->older : self->newest, (const uint8_t *)session);
  return rn_slice_make(key.ptr, key.len - (older ? (size_t)RN_SESSION_NUMBER_SIZE : 0));
}
/* Namespace of its DISTINCT values; only where there are any. */
static inline int64_t *rn_session_id(const rn_session *session) { return (int64_t *)(uintptr_t)session; }

/* Spec of the maps of sessions, but for id and key_size; layout of what sessions hold; maps of DISTINCT. */
void rn_session_values_open(rn_session_op *self, rn_map_spec *spec, uint8_t distinct_map_id);
/* Folds the pending rows of the batch. */
void rn_session_values_add(rn_session_op *self, const rn_batch *batch, const rn_keys *keys, const rn_keys *row_bytes);
void rn_session_values_merge(rn_session_op *self, rn_session *into, rn_session *from);
void rn_session_values_restored(rn_session_op *self, const rn_session *session);
/* What the slot does not own itself. */
void rn_session_values_release(rn_session_op *self, rn_session *session);
/* What it does, where the slot stays. */
void rn_session_values_free(rn_session_op *self, rn_session *session);
rn_status rn_session_values_emit(rn_session_op *self, rn_session *const *sessions, uint32_t count, rn_error *err);
/* The window's columns, as many as there are from `first` on. */
void rn_session_put_window(rn_session_op *self, rn_batch *out, uint32_t first, uint32_t row, rn_session_span span);

void rn_session_changes_open(rn_session_op *self);
void rn_session_changes_close(rn_session_op *self);
uint32_t rn_session_changes_run(const rn_session_op *self); /* so many rows may come between two rn_session_changes_show */
/* Before anything about the session changes; what was noted already is left as it is. begins: it has not been shown. */
void rn_session_changes_note(rn_session_op *self, rn_session *session, bool begins);
void rn_session_changes_gone(rn_session_op *self, rn_session *session);  /* noted; it is part of another now */
void rn_session_changes_moved(rn_session_op *self, rn_session *session); /* its values have come to lie here */
/* Rows are folded: what they changed leaves, at the latest with the `last` ones of the batch. */
rn_status rn_session_changes_show(rn_session_op *self, bool last, rn_error *err);

void rn_session_timers_open(rn_session_timers *timers, int64_t gap);
void rn_session_timers_close(rn_session_timers *timers);
/* For a session that has none: one that begins, or whose slot is another now. At that position of its table. */
void rn_session_timer_add(rn_session_op *self, const rn_session *session, uint32_t position);
/* The session that ends first, if its window fires by upto_us: its timer is gone. NULL: none. */
rn_session *rn_session_timers_take(rn_session_op *self, int64_t upto_us);
/* When to ask again: no session fires before. INT64_MAX: there is none. */
int64_t rn_session_timers_next(rn_session_op *self);

#endif
