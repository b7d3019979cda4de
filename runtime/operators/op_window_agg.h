/* Shared by op_window_agg.c (rows, TUMBLE) and op_window_slices.c (HOP, CUMULATE). */
#ifndef RN_RUNTIME_OPERATORS_OP_WINDOW_AGG_H
#define RN_RUNTIME_OPERATORS_OP_WINDOW_AGG_H
#include "runtime/operator.h"
#include "runtime/operators/agg_set.h"
#include "runtime/operators/window_time.h"

typedef struct rn_window_agg {
  rn_operator op;
  rn_arena memory; /* layouts */
  rn_window_time time;
  rn_agg_set set;
  rn_map *slices;  /* key -> accumulators, by end of slice (of window, where rows go into each) */
  uint32_t key_size, value_size;
  bool sliced;
  uint8_t *slots[RN_BATCH_ROWS_MAX];
  bool fresh[RN_BATCH_ROWS_MAX];
  rn_slice keys[RN_BATCH_ROWS_MAX];
  /* sliced */
  int64_t fired_end;     /* of the last window that fired or, holding nothing, passed; INT64_MIN: none */
  uint32_t count_offset; /* rows of a slot: which accumulator, or a word of its own, counts them */
  bool own_count;
  bool stacks;           /* two stacks instead of subtracting */
  rn_map *running;       /* key -> what the last fired window holds; derived from slices */
  rn_map *front;         /* stacks: key -> fold of this slice and the later ones up to flip_end, by slice */
  int64_t flip_end;      /* last slice of the front stack; INT64_MIN: none */
  uint32_t running_size, front_size;
  uint8_t *scratch;      /* folds of front and back, while a window is emitted */
} rn_window_agg;

rn_status rn_window_emit(rn_window_agg *self, int64_t end, const uint8_t *const *slots, const rn_slice *keys,
                         uint32_t count, rn_error *err);

void rn_window_slices_layout(rn_window_agg *self); /* before the map of slices is made */
void rn_window_slices_open(rn_window_agg *self);
void rn_window_slices_close(rn_window_agg *self);
/* Rows were added to self->slots of a slice; those of a slice that has been folded already count there too. */
void rn_window_slices_added(rn_window_agg *self, int64_t slice_end, const rn_batch *batch, const rn_keys *keys,
                            const uint16_t *which, const uint16_t *rows, uint32_t n);
bool rn_window_slices_next(rn_window_agg *self, int64_t *end); /* next window that may hold rows */
rn_status rn_window_slices_fire(rn_window_agg *self, int64_t upto_us, rn_error *err);
void rn_window_slices_restored(rn_window_agg *self);

#endif
