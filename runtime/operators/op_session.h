/* Shared by op_session.c (which session a row belongs to), op_session_timers.c (when one closes) and
 * op_session_values.c (what a session holds and how it leaves). */
#ifndef RN_RUNTIME_OPERATORS_OP_SESSION_H
#define RN_RUNTIME_OPERATORS_OP_SESSION_H
#include "base/vec.h"
#include "runtime/operator.h"
#include "runtime/operators/agg_set.h"
#include "runtime/operators/window_time.h"

/* Slot of a session. Behind it: its id where there are sets of DISTINCT values, then the accumulators, or the list of
 * its rows. The newest session of a key lies in a map by that key, nearly always the only one; older ones that are
 * still open lie in another, their key followed by a number. What need not be stored are the slot's tags: where it lies
 * (position, RN_SESSION_OLDER, RN_SESSION_HAS_OLDER) and its timer. */
typedef struct rn_session {
  int64_t start, end; /* wall clock where the attribute is TIMESTAMP_LTZ */
} rn_session;

#define RN_SESSION_OLDER 0x80000000u     /* lies in the map of older ones */
#define RN_SESSION_HAS_OLDER 0x40000000u /* is the newest, and older ones of its key are open */

typedef struct rn_session_row { /* element of the list of rows */
  rn_ref row;
} rn_session_row;

enum { RN_SESSION_NUMBER_SIZE = sizeof(int64_t) };

typedef struct rn_session_list { /* older sessions of a key in order of time; derived, never stored */
  uint32_t count, room;
  rn_ref sessions; /* pointers, in the state's heap, which goes with the state */
} rn_session_list;

typedef struct rn_session_timer {
  uint32_t place, number; /* of the slot: position, RN_SESSION_OLDER; number of the timer */
} rn_session_timer;
typedef struct rn_session_due {
  int64_t end;
  rn_session_timer timer;
} rn_session_due;
typedef struct rn_session_stretch { /* of time: number * width and on */
  int64_t number;
  RN_VEC(rn_session_timer) timers;
} rn_session_stretch;
typedef struct rn_session_timers {
  int64_t width, spilled; /* of a stretch; the last one whose timers went to the heap */
  RN_VEC(rn_session_stretch) stretches;
  size_t first;
  rn_session_stretch spare; /* memory of the last one that was spilled */
  RN_VEC(rn_session_due) heap;
  uint32_t last_number;
} rn_session_timers;

typedef struct rn_session_op {
  rn_operator op;
  rn_arena memory; /* layouts */
  rn_window_time time;
  bool aggregates; /* WINDOW_AGG; else WINDOW: rows wait for the end of their session */
  uint32_t key_count;
  const uint32_t *keys;
  rn_agg_set set;
  uint32_t value_size; /* of a slot, rn_session included */
  rn_table *newest;  /* key -> rn_session and what it holds */
  rn_table *older;   /* key + number -> the same */
  rn_table *lists;   /* key -> rn_session_list, where there are older ones */
  rn_session_timers timers;
  int64_t next_id;   /* of an older session's key, and of sets of DISTINCT values */
  rn_builder scratch;
  uint32_t pending; /* rows that wait to be folded into their sessions */
  uint16_t which[RN_BATCH_ROWS_MAX], rows[RN_BATCH_ROWS_MAX];
  uint8_t *slots[RN_BATCH_ROWS_MAX];
  uint8_t *found[RN_BATCH_ROWS_MAX]; /* newest session of each row's key */
  bool fresh[RN_BATCH_ROWS_MAX];
  rn_slice out[RN_BATCH_ROWS_MAX]; /* what leaves: keys, or rows */
} rn_session_op;

static inline uint32_t *rn_session_place(const rn_session *session) { return rn_table_tag((const uint8_t *)session); }
/* Number of its valid timer; 0: no session (yet). */
static inline uint32_t *rn_session_timer_of(const rn_session *session) { return rn_session_place(session) - 1; }
static inline bool rn_session_is_older(const rn_session *session) { return *rn_session_place(session) & RN_SESSION_OLDER; }
static inline bool rn_session_has_older(const rn_session *session) {
  return *rn_session_place(session) & RN_SESSION_HAS_OLDER;
}
static inline rn_table *rn_session_table(const rn_session_op *self, const rn_session *session) {
  return rn_session_is_older(session) ? self->older : self->newest;
}
static inline rn_slice rn_session_partition(const rn_session_op *self, const rn_session *session) {
  bool older = rn_session_is_older(session);
  rn_slice key = rn_table_key(older ? self->older : self->newest, (const uint8_t *)session);
  return rn_slice_make(key.ptr, key.len - (older ? (size_t)RN_SESSION_NUMBER_SIZE : 0));
}
/* Namespace of its DISTINCT values; only where there are any. */
static inline int64_t *rn_session_id(const rn_session *session) { return (int64_t *)(uintptr_t)(session + 1); }

/* Spec of the maps of sessions, but for id and key_size; layout of what sessions hold; maps of DISTINCT. */
void rn_session_values_open(rn_session_op *self, rn_map_spec *spec, uint8_t distinct_map_id);
/* Folds the pending rows of the batch. */
void rn_session_values_add(rn_session_op *self, const rn_batch *batch, const rn_keys *keys, const rn_keys *row_bytes);
void rn_session_values_merge(rn_session_op *self, rn_session *into, rn_session *from);
/* What the slot does not own itself. */
void rn_session_values_release(rn_session_op *self, rn_session *session);
/* What it does, where the slot stays. */
void rn_session_values_free(rn_session_op *self, rn_session *session);
rn_status rn_session_values_emit(rn_session_op *self, rn_session *const *sessions, uint32_t count, rn_error *err);

void rn_session_timers_open(rn_session_timers *timers, int64_t gap_us);
void rn_session_timers_close(rn_session_timers *timers);
void rn_session_timer_add(rn_session_op *self, rn_session *session); /* a session without one */
/* The session that ends first, if its window fires by upto_us: its timer is gone. NULL: none. */
rn_session *rn_session_timers_take(rn_session_op *self, int64_t upto_us);
/* When to ask again: no session fires before. INT64_MAX: there is none. */
int64_t rn_session_timers_next(rn_session_op *self);

#endif
