/* Predicate push-down: a filter moves below projections, windowing functions, UNION ALL and (for conditions on
 * group keys) aggregates, so that rows leave the stream early. Conditions that meet become one. */
#include "planner/query.h"
#include "planner/rewrite.h"

static rn_logical *put_filter(rn_rewrite *r, rn_logical *input, const rn_conjuncts *c, rn_span span) {
  return c->count ? rn_logical_filter(r->arena, input, rn_conjuncts_and(r, c, span), span) : input;
}

/* All columns of e below `limit` (and in the map)? */
static bool reads_below(rn_rewrite *r, const rn_expr *e, uint32_t width, uint32_t limit, rn_expr *const *map) {
  bool *used = RN_NEW_N(r->arena, bool, width + 1);
  rn_expr_columns(e, used);
  for (uint32_t i = limit; i < width; i++)
    if (used[i]) return false;
  for (uint32_t i = 0; map && i < limit; i++)
    if (used[i] && !map[i]) return false;
  return true;
}

static rn_logical *push(rn_rewrite *r, rn_logical *filter);

static rn_logical *below_project(rn_rewrite *r, rn_logical *filter, rn_logical *project) {
  rn_expr *condition = rn_expr_replace(r->arena, filter->u.filter, project->u.project);
  if (!rn_rewrite_fits(condition)) return filter;
  project->inputs[0] = push(r, rn_logical_filter(r->arena, project->inputs[0], condition, filter->span));
  return project;
}

/* Conditions on the first `limit` columns of node's output that are columns of its input alike. */
static rn_logical *below_prefix(rn_rewrite *r, rn_logical *filter, rn_logical *node, uint32_t limit, rn_expr *const *map) {
  rn_conjuncts all = {0}, down = {0}, stay = {0};
  rn_conjuncts_split(r->arena, filter->u.filter, &all);
  for (uint32_t i = 0; i < all.count; i++) {
    bool moves = reads_below(r, all.items[i], node->schema.count, limit, map) &&
        !rn_expr_is_volatile(all.items[i]) && !rn_expr_is_constant(all.items[i]);
    rn_expr *e = all.items[i];
    if (moves && map) e = rn_expr_replace(r->arena, e, map);
    rn_conjuncts_add(r->arena, moves ? &down : &stay, e);
  }
  if (!down.count) return filter;
  node->inputs[0] = push(r, put_filter(r, node->inputs[0], &down, filter->span));
  return put_filter(r, node, &stay, filter->span);
}

static rn_logical *below_aggregate(rn_rewrite *r, rn_logical *filter, rn_logical *node) {
  rn_expr **map = RN_NEW_N(r->arena, rn_expr *, node->schema.count + 1);
  const rn_logical *window = NULL; /* its columns must stay where the pass "window-aggregate" finds them */
  const rn_logical *sets = node->inputs[0]->kind == RN_L_EXPAND ? node->inputs[0] : NULL; /* copies of keys are made there */
  for (uint32_t i = 0; i < node->u.agg.key_count; i++)
    if (!(sets && node->u.agg.keys[i] >= sets->inputs[0]->schema.count) && rn_trace_window(node->inputs[0], node->u.agg.keys[i], &window) < 0)
      map[i] = rn_expr_column(r->arena, node->u.agg.keys[i],
                              node->inputs[0]->schema.fields[node->u.agg.keys[i]].type, filter->span);
  return below_prefix(r, filter, node, node->u.agg.key_count, map);
}

static rn_logical *below_union(rn_rewrite *r, rn_logical *filter, rn_logical *node) {
  for (uint32_t i = 0; i < node->input_count; i++)
    node->inputs[i] = push(r, rn_logical_filter(r->arena, node->inputs[i], filter->u.filter, filter->span));
  return node;
}

/* A row that leaves early would change its session: only conditions on the partition keys, which take whole
 * sessions away, go below SESSION. */
static rn_logical *below_window(rn_rewrite *r, rn_logical *filter, rn_logical *node) {
  uint32_t width = node->inputs[0]->schema.count;
  if (node->u.window.kind != RN_WINDOW_SESSION) return below_prefix(r, filter, node, width, NULL);
  rn_expr **map = RN_NEW_N(r->arena, rn_expr *, node->schema.count + 1);
  for (uint32_t i = 0; i < node->partition_count; i++) {
    uint32_t key = node->partition[i];
    map[key] = rn_expr_column(r->arena, key, node->inputs[0]->schema.fields[key].type, filter->span);
  }
  return below_prefix(r, filter, node, width, map);
}

static rn_logical *push(rn_rewrite *r, rn_logical *filter) {
  if (filter->kind != RN_L_FILTER) return filter;
  rn_logical *input = filter->inputs[0];
  switch (input->kind) {
    case RN_L_FILTER: {
      rn_conjuncts both = {0};
      rn_conjuncts_split(r->arena, input->u.filter, &both);
      rn_conjuncts_split(r->arena, filter->u.filter, &both);
      return push(r, put_filter(r, input->inputs[0], &both, filter->span));
    }
    case RN_L_PROJECT: return rn_rewrite_can_inline(input) ? below_project(r, filter, input) : filter;
    case RN_L_WINDOW: return below_window(r, filter, input);
    case RN_L_EXPAND: return below_prefix(r, filter, input, input->inputs[0]->schema.count, NULL);
    case RN_L_AGGREGATE: case RN_L_WINDOW_AGG: return input->u.agg.key_count ? below_aggregate(r, filter, input) : filter;
    case RN_L_JOIN: return rn_rewrite_filter_join(r, filter, push);
    case RN_L_UNNEST: return below_prefix(r, filter, input, input->inputs[0]->schema.count, NULL);
    case RN_L_SET: /* equal rows pass or fail together */
    case RN_L_UNION: return rn_expr_is_volatile(filter->u.filter) ? filter : below_union(r, filter, input);
    default: return filter;
  }
}

rn_logical *rn_rewrite_push_filters(rn_rewrite *r, rn_logical *node) {
  for (uint32_t i = 0; i < node->input_count; i++) node->inputs[i] = rn_rewrite_push_filters(r, node->inputs[i]);
  if (node->kind == RN_L_JOIN) rn_rewrite_split_on(r, node, push);
  return push(r, node);
}
