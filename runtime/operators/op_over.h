/* Shared by op_over.c (buffering, order, emission) and op_over_frame.c (what a partition keeps). */
#ifndef RN_RUNTIME_OPERATORS_OP_OVER_H
#define RN_RUNTIME_OPERATORS_OP_OVER_H
#include "runtime/operator.h"
#include "runtime/operators/agg_set.h"

/* Head of a partition's slot; refs of LAG lists and the accumulators follow. Accumulators of calls that can be
 * subtracted, and of DISTINCT, are those of the frame; others are the back stack (op_over_frame.c). */
typedef struct rn_over_slot {
  int64_t last_us;     /* largest time processed */
  int64_t rows;        /* of the partition so far: ROW_NUMBER */
  int64_t rank, dense;
  int64_t pass;        /* number of the last recount of DISTINCT values */
  rn_ref frame;        /* list of elements, oldest first */
  int64_t front;       /* elements of the front stack */
} rn_over_slot;

typedef struct rn_over {
  rn_operator op;
  rn_arena memory;          /* layouts and scratch */
  rn_agg_set set;
  rn_map *partitions;
  rn_buffer *buffer;
  uint32_t input_columns, lag_count;
  uint32_t lag_offset;      /* of the refs of LAG lists in the slot */
  uint32_t accs;            /* of the first accumulator in the slot: set.offsets[] are from the slot's start */
  /* frame elements: time, refs of DISTINCT values, accumulators (at set offsets - accs + element_accs) */
  uint32_t element_size, element_values, element_accs, acc_size; /* time only where the frame is of RANGE */
  bool aligned;             /* accumulators need no more than the 8 bytes that elements have */
  uint32_t *nested;         /* refs in an element */
  uint32_t nested_count;
  uint8_t *singles, *temps; /* per row of a chunk: accumulators of the row alone / of its result */
  uint32_t stride;
  uint8_t *work[2];         /* aligned copies of element accumulators */
  uint8_t *ways;            /* per call: how its accumulator is kept (op_over_frame.c) */
  bool stacks;              /* some call is kept on two stacks */
  bool has_positions;       /* ROW_NUMBER, RANK, LAG .. among the calls */
  uint8_t *slots[RN_BATCH_ROWS_MAX];
  bool fresh[RN_BATCH_ROWS_MAX];
  bool forgets;             /* RANGE frame that can pass: the partition goes with it */
  uint32_t swept;           /* position of the sweep for partitions whose frame has passed */
  rn_builder scratch;       /* an encoded value */
} rn_over;

static inline rn_over_slot *rn_over_head(uint8_t *slot) { return (rn_over_slot *)(void *)slot; }

void rn_over_frame_open(rn_over *self); /* layouts, the map */
/* Accumulators of every live row alone, into self->singles; bounded frames only. */
void rn_over_singles(rn_over *self, const rn_batch *batch);
/* Memory of the frames of rows around i, which is about to be processed, is asked for ahead. */
void rn_over_prefetch(rn_over *self, uint32_t i, uint32_t n);
/* Takes row i of the chunk into its partition. */
void rn_over_enter(rn_over *self, const rn_batch *batch, const rn_keys *keys, uint32_t i, int64_t time_us);
/* The frame of row i's partition is complete for time_us: leaves the row's result accumulators in temps[i]. */
void rn_over_finish(rn_over *self, const rn_keys *keys, uint32_t i, int64_t time_us);
/* LAG and ranks of row i into the result columns. */
void rn_over_position_results(rn_over *self, const rn_batch *batch, rn_column *results, uint32_t i, int64_t row_number,
                              uint32_t capacity, rn_arena *arena);
void rn_over_release_temps(rn_over *self, uint32_t n);

#endif
