/* What the two joins share (op_join.c, op_window_join.c): the columns of a pair, the state of a side, rows that meet nobody. */
#ifndef RN_RUNTIME_OPERATORS_JOIN_SIDE_H
#define RN_RUNTIME_OPERATORS_JOIN_SIDE_H
#include "runtime/operator.h"

/* Columns of the left input, then those of the right one; any of them may be NULL. */
rn_schema rn_join_both(const rn_plan_node *node, rn_arena *arena);
/* The map of a side: key -> a slot that begins with a list of elements, each of which begins with the ref of a row. */
rn_map *rn_join_map(rn_operator *op, unsigned side, uint32_t slot_size, uint32_t element_size, rn_arena *arena);
/* A row of NULLs of the side, encoded. */
rn_slice rn_join_nulls(const rn_plan_node *node, unsigned side, rn_arena *arena);
/* n pairs as a batch of `both`, for the condition. */
void rn_join_pairs(const rn_schema *both, uint32_t left_width, const rn_slice *left, const rn_slice *right, uint32_t n,
                   rn_arena *arena, rn_batch *out);

/* NULL in a key that = compares: the row of the side has no partner. */
static inline bool rn_join_meets_nobody(const rn_plan_node *node, unsigned side, const rn_batch *batch, uint32_t row) {
  for (uint32_t k = 0; k < node->u.join.key_count; k++)
    if (!node->u.join.null_safe[k] && rn_is_null(&batch->columns[node->u.join.keys[side][k]], row)) return true;
  return false;
}

#endif
