/* What the files of WATERMARK share: op_watermark.c (event time, cadence, idleness), op_watermark_wait.c (splits and sources
 * that wait for others, rows too far ahead of the clock). */
#ifndef RN_RUNTIME_OPERATORS_OP_WATERMARK_H
#define RN_RUNTIME_OPERATORS_OP_WATERMARK_H
#include <pthread.h>
#include "runtime/alignment.h"
#include "runtime/operators/operators.h"

typedef struct rn_split_state {
  int64_t watermark_us;
  int64_t seen_us;     /* largest so far; on-event with a gap: watermark_us follows every gap-th row */
  uint64_t events;     /* rows; after every gap-th it follows */
  int64_t last_row_us; /* clock; for idleness */
  uint64_t ahead_rows; /* about so many of its rows are ahead of the slowest */
  int64_t behind_us;   /* event time that all of them are behind: of the slowest when it was looked at last */
  bool idle, paused;
} rn_split_state;

typedef struct rn_restored_split {
  char *name;
  int64_t watermark_us, seen_us;
  uint64_t events;
} rn_restored_split;

typedef struct rn_watermark_op {
  rn_operator op;
  rn_arena programs;
  rn_program *program;
  RN_VEC(rn_split_state) splits;
  RN_VEC(rn_restored_split) restored;
  int64_t emitted_us, emitted_at_us; /* last watermark, and when */
  int64_t checked_us;                /* clock: last look at how far splits are apart */
  uint64_t unchecked_rows;           /* since then */
  bool said_idle;
  int64_t published_us; /* clock: `hold` was written */
  pthread_mutex_t lock; /* of `hold`, which statistics read */
  rn_watermark_hold hold;
  rn_aligned *aligned;   /* in its group; NULL: in none */
  int64_t said_ahead_us; /* clock: last notice of a row too far ahead */
} rn_watermark_op;

/* Pauses splits that run ahead of the slowest one or of the alignment group, and lets them go on. */
void rn_watermark_check_ahead(rn_watermark_op *self, int64_t now_us);
/* Says to the group where this instance stands. */
void rn_watermark_publish_aligned(rn_watermark_op *self, int64_t promised_us, bool idle);
/* The largest value that may raise a watermark now; INT64_MAX: any. */
int64_t rn_watermark_limit(const rn_watermark_op *self, int64_t now_us);
/* Counts the row, and says now and then which it is. */
void rn_watermark_too_far(rn_watermark_op *self, const rn_batch *batch, uint32_t row, int64_t now_us);

#endif
