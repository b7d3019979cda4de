/* Shared by op_over_whole.c (rows, their order, what leaves) and op_over_whole_calls.c (what the calls give). */
#ifndef RN_RUNTIME_OPERATORS_OP_OVER_WHOLE_H
#define RN_RUNTIME_OPERATORS_OP_OVER_WHOLE_H
#include "runtime/operator.h"
#include "runtime/operators/agg_set.h"

enum { RN_WHOLE_PARTITION = 1, RN_WHOLE_PEERS = 2 }; /* a row begins a partition / a group of rows that sort alike */

/* Rows in order, decoded. */
typedef struct rn_whole_rows {
  uint32_t count;
  rn_column *columns;   /* input columns, then one per call: filled by rn_over_whole_evaluate */
  const uint8_t *marks; /* RN_WHOLE_*, count + 1 of them: the end begins a partition */
} rn_whole_rows;

typedef struct rn_over_whole {
  rn_operator op;
  rn_arena memory;   /* layouts */
  rn_arena scratch;  /* of one batch */
  rn_arena work;     /* of one evaluation */
  rn_agg_set set;
  uint32_t input_columns;
  bool recompute;    /* a call whose accumulators cannot be merged: frames are folded row by row */
  rn_buffer *buffer; /* rows until the end of the input */
  rn_map *partitions; /* changes: partition -> its rows */
  rn_builder record;
  uint8_t *acc;      /* one slot */
  rn_column *results; /* one row, where results point into state */
} rn_over_whole;

void rn_over_whole_calls_open(rn_over_whole *self);
/* Rows of the column from `base` (a multiple of 64) on as a column of its own. */
void rn_over_whole_view(rn_column *to, const rn_column *from, uint32_t base, rn_arena *arena);
void rn_over_whole_evaluate(rn_over_whole *self, rn_whole_rows *rows);

#endif
