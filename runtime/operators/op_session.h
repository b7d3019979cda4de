/* Shared by op_session.c (which session a row belongs to, when one closes) and op_session_values.c (what a session
 * holds and how it leaves). */
#ifndef RN_RUNTIME_OPERATORS_OP_SESSION_H
#define RN_RUNTIME_OPERATORS_OP_SESSION_H
#include "base/vec.h"
#include "runtime/operator.h"
#include "runtime/operators/agg_set.h"
#include "runtime/operators/window_time.h"

/* Slot of a session. Its key is the partition key followed by the id, which tells sessions of a key apart. Behind
 * it: the accumulators, or the list of its rows. */
typedef struct rn_session {
  int64_t start, end; /* wall clock where the attribute is TIMESTAMP_LTZ */
  int64_t id;         /* never used again; 0: erased */
} rn_session;

typedef struct rn_session_row { /* element of the list of rows */
  rn_ref row;
} rn_session_row;
enum { SESSION_ROWS_OFFSET = sizeof(rn_session), SESSION_ID_SIZE = sizeof(int64_t) };

typedef struct rn_session_key { /* open sessions of a key in order of time, mostly one; derived, never stored */
  uint32_t count, room;         /* room 0: `one` */
  rn_session *one;
  rn_ref many; /* in the state's heap, which goes with the state */
} rn_session_key;

typedef struct rn_session_timer {
  int64_t end, id;
  rn_session *session;
} rn_session_timer;

typedef struct rn_session_op {
  rn_operator op;
  rn_arena memory; /* layouts */
  rn_window_time time;
  bool aggregates; /* WINDOW_AGG; else WINDOW: rows wait for the end of their session */
  uint32_t key_count;
  const uint32_t *keys;
  rn_agg_set set;
  rn_map *sessions; /* key + id -> rn_session and what it holds */
  rn_map *live;     /* key -> rn_session_key */
  RN_VEC(rn_session_timer) timers; /* heap: one per session, at an end it once had */
  int64_t next_id;
  rn_builder scratch;
  uint32_t pending; /* rows that wait to be folded into their sessions */
  uint16_t which[RN_BATCH_ROWS_MAX], rows[RN_BATCH_ROWS_MAX];
  uint8_t *slots[RN_BATCH_ROWS_MAX];
  uint8_t *found[RN_BATCH_ROWS_MAX]; /* rn_session_key of each row of a batch */
} rn_session_op;

static inline rn_slice rn_session_partition(const rn_session_op *self, const rn_session *session) {
  rn_slice key = rn_table_key(rn_map_find(self->sessions, 0), (const uint8_t *)session);
  return rn_slice_make(key.ptr, key.len - SESSION_ID_SIZE);
}

/* Map of sessions with the layout of what they hold; maps of DISTINCT. */
void rn_session_values_open(rn_session_op *self, uint8_t map_id, uint8_t distinct_map_id);
/* Folds the pending rows of the batch. */
void rn_session_values_add(rn_session_op *self, const rn_batch *batch, const rn_keys *keys, const rn_keys *row_bytes);
void rn_session_values_merge(rn_session_op *self, rn_session *into, rn_session *from);
/* What the slot does not own itself. */
void rn_session_values_release(rn_session_op *self, rn_session *session);
rn_status rn_session_values_emit(rn_session_op *self, rn_session *const *sessions, uint32_t count, rn_error *err);

#endif
