/* Operator classes by node kind: one row each. */
#include "runtime/operators/operators.h"

static const rn_operator_class *const classes[RN_NODE_COUNT] = {
    [RN_NODE_SCAN] = &rn_op_scan_class,
    [RN_NODE_VALUES] = &rn_op_values_class,
    [RN_NODE_CALC] = &rn_op_calc_class,
    [RN_NODE_WATERMARK] = &rn_op_watermark_class,
    [RN_NODE_WINDOW] = &rn_op_window_class,
    [RN_NODE_WINDOW_AGG] = &rn_op_window_agg_class,
    [RN_NODE_EXPAND] = &rn_op_expand_class,
    [RN_NODE_GROUP_AGG] = &rn_op_group_agg_class,
    [RN_NODE_HOLD] = &rn_op_hold_class,
    [RN_NODE_OVER] = &rn_op_over_class,
    [RN_NODE_OVER_WHOLE] = &rn_op_over_whole_class,
    [RN_NODE_RANK] = &rn_op_rank_class,
    [RN_NODE_SORT] = &rn_op_sort_class,
    [RN_NODE_LIMIT] = &rn_op_limit_class,
    [RN_NODE_UNION] = &rn_op_union_class,
    [RN_NODE_JOIN] = &rn_op_join_class,
    [RN_NODE_SET] = &rn_op_set_class,
    [RN_NODE_UNNEST] = &rn_op_unnest_class,
    [RN_NODE_EXCHANGE] = &rn_op_exchange_in_class, /* the sender is made by the task beside it */
    [RN_NODE_CONFLICT] = &rn_op_conflict_class,
    [RN_NODE_SINK] = &rn_op_sink_class,
    [RN_NODE_COLLECT] = &rn_op_collect_class,
};

const rn_operator_class *rn_operator_find(rn_node_kind kind) { return kind < RN_NODE_COUNT ? classes[kind] : NULL; }

const rn_operator_class *rn_operator_of(const rn_plan_node *node) {
  if (node->kind == RN_NODE_RANK && node->u.rank.mode == RN_RANK_FIRST) return &rn_op_first_class;
  if (node->kind == RN_NODE_JOIN && node->u.join.windowed) return &rn_op_window_join_class;
  const rn_window_spec *window = node->kind == RN_NODE_WINDOW       ? &node->u.window.spec
                                 : node->kind == RN_NODE_WINDOW_AGG ? &node->u.window_agg.spec
                                                                    : NULL;
  return window && window->kind == RN_WINDOW_SESSION ? &rn_op_session_class : rn_operator_find(node->kind);
}
