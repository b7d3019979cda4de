/* What depends on an order: OVER, the best rows of each group, ORDER BY, LIMIT. See physical_parts.h. */
#include "planner/physical_parts.h"

static rn_sort_item *map_order(rn_plan_builder *b, const rn_sort_item *items, uint32_t count, const int *map) {
  rn_sort_item *out = RN_NEW_N(b->arena, rn_sort_item, count + 1);
  for (uint32_t i = 0; i < count; i++) {
    out[i] = items[i];
    out[i].column = (uint32_t)map[items[i].column];
  }
  return out;
}

rn_built rn_physical_over(rn_plan_builder *b, const rn_logical *node) {
  rn_built in = rn_physical_below(b, node->inputs[0]);
  const rn_frame *frame = &node->u.over.frame;
  uint32_t *keys = rn_map_columns(b, node->u.over.keys, node->u.over.key_count, in.map);
  rn_plan_node *input = rn_put_by_key(b, in.node, keys, node->u.over.key_count);
  rn_agg_call *calls = rn_physical_calls(b->arena, node->u.over.calls, node->u.over.call_count, in.map);
  rn_node_kind kind = node->u.over.whole ? RN_NODE_OVER_WHOLE : RN_NODE_OVER;
  rn_plan_node *n = rn_put_over(b, kind, node->span, node->path, input);
  n->ttl_us[0] = node->ttl_us[0];
  if (node->u.over.whole) {
    n->u.over_whole.key_count = node->u.over.key_count;
    n->u.over_whole.keys = keys;
    n->u.over_whole.order_count = node->u.over.order_count;
    n->u.over_whole.order = map_order(b, node->u.over.order, node->u.over.order_count, in.map);
    n->u.over_whole.frame = *frame;
    n->u.over_whole.call_count = node->u.over.call_count;
    n->u.over_whole.calls = calls;
    n->u.over_whole.changes = node->u.over.changes;
    n->u.over_whole.each = node->u.over.each;
    n->u.over_whole.update_before = node->u.over.update_before;
    n->emits = node->emits;
    return rn_put_added(b, n, node, in, node->u.over.call_count);
  }
  n->u.over.key_count = node->u.over.key_count;
  n->u.over.keys = keys;
  int order = in.map[node->u.over.order[0].column];
  n->u.over.order_column = order < 0 ? 0 : (uint32_t)order; /* not read on processing time */
  n->u.over.processing_time = node->u.over.processing_time;
  n->u.over.rows = frame->rows;
  n->u.over.unbounded = frame->low.kind == RN_FRAME_FIRST;
  n->u.over.preceding = -frame->low.offset;
  n->u.over.call_count = node->u.over.call_count;
  n->u.over.calls = calls;
  return rn_put_added(b, n, node, in, node->u.over.call_count);
}

rn_built rn_physical_rank(rn_plan_builder *b, const rn_logical *node) {
  rn_built in = rn_physical_below(b, node->inputs[0]);
  uint32_t *keys = rn_map_columns(b, node->u.rank.keys, node->u.rank.key_count, in.map);
  rn_plan_node *input = rn_put_by_key(b, in.node, keys, node->u.rank.key_count);
  rn_plan_node *n = rn_put_over(b, RN_NODE_RANK, node->span, node->path, input);
  n->ttl_us[0] = node->ttl_us[0];
  n->u.rank.key_count = node->u.rank.key_count;
  n->u.rank.keys = keys;
  n->u.rank.order_count = node->u.rank.order_count;
  n->u.rank.order = map_order(b, node->u.rank.order, node->u.rank.order_count, in.map);
  n->u.rank.start = node->u.rank.start;
  n->u.rank.end = node->u.rank.end;
  n->u.rank.number = node->u.rank.number;
  n->u.rank.latest = node->u.rank.latest;
  n->u.rank.mode = node->u.rank.mode;
  n->u.rank.update_before = node->u.rank.update_before;
  if (node->u.rank.windowed) {
    n->u.rank.window = node->u.rank.window;
    n->u.rank.window_end = (uint32_t)in.map[node->u.rank.window_end];
    if (node->u.rank.late_time) n->u.rank.late_time = (uint32_t)in.map[node->u.rank.late_time - 1] + 1;
  }
  n->emits = node->emits;
  return rn_put_added(b, n, node, in, node->u.rank.number ? 1 : 0);
}

/* ORDER BY .. LIMIT on a stream: one group of best rows. */
static rn_built build_top(rn_plan_builder *b, const rn_logical *node, rn_built in) {
  rn_plan_node *n = rn_put_over(b, RN_NODE_RANK, node->span, node->path, rn_put_gather(b, in.node));
  n->ttl_us[0] = node->ttl_us[0];
  n->u.rank.order_count = node->u.sort.item_count;
  n->u.rank.order = map_order(b, node->u.sort.items, node->u.sort.item_count, in.map);
  n->u.rank.start = node->u.sort.offset + 1;
  n->u.rank.end = node->u.sort.offset + node->u.sort.limit;
  n->u.rank.mode = RN_RANK_CHANGES;
  n->u.rank.update_before = node->u.sort.update_before;
  n->emits = node->emits;
  return (rn_built){n, in.map};
}

static rn_plan_node *put_limit(rn_plan_builder *b, rn_plan_node *input, rn_span span, const char *path, int64_t limit,
                               int64_t offset) {
  rn_plan_node *n = rn_put_over(b, RN_NODE_LIMIT, span, path, input);
  n->u.limit.limit = limit;
  n->u.limit.offset = offset;
  return n;
}

rn_built rn_physical_sort(rn_plan_builder *b, const rn_logical *node) {
  rn_built in = rn_physical_below(b, node->inputs[0]);
  if (node->u.sort.top) return build_top(b, node, in);
  rn_plan_node *n = rn_put_over(b, RN_NODE_SORT, node->span, node->path, rn_put_gather(b, in.node));
  n->u.sort.item_count = node->u.sort.item_count;
  n->u.sort.items = map_order(b, node->u.sort.items, node->u.sort.item_count, in.map);
  n->u.sort.temporal = node->u.sort.temporal;
  bool limited = node->u.sort.limit >= 0 || node->u.sort.offset > 0;
  n->u.sort.limit = n->u.sort.temporal ? -1 : node->u.sort.limit;
  n->u.sort.offset = n->u.sort.temporal ? 0 : node->u.sort.offset;
  if (n->u.sort.temporal && limited) {
    n = put_limit(b, n, node->span, rn_arena_printf(b->arena, "%s.limit", node->path), node->u.sort.limit,
                  node->u.sort.offset);
    n->u.limit.stops_query = node->u.sort.stops_query && node->u.sort.limit >= 0;
  }
  return (rn_built){n, in.map};
}

rn_built rn_physical_limit(rn_plan_builder *b, const rn_logical *node) {
  rn_built in = rn_physical_below(b, node->inputs[0]);
  rn_plan_node *input = rn_put_gather(b, in.node);
  rn_plan_node *n = put_limit(b, input, node->span, node->path, node->u.limit.limit, node->u.limit.offset);
  n->u.limit.stops_query = node->u.limit.stops_query && node->u.limit.limit >= 0;
  return (rn_built){n, in.map};
}
