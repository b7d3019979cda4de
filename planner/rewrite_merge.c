/* Merging projections: PROJECT over PROJECT becomes one, and an aggregate reads the columns below a projection
 * that only renames and reorders. */
#include "planner/rewrite.h"

static bool only_columns(const rn_logical *project) {
  for (uint32_t i = 0; i < project->schema.count; i++)
    if (project->u.project[i]->kind != RN_EXPR_COLUMN) return false;
  return true;
}

static rn_logical *merge_projects(rn_rewrite *r, rn_logical *outer, rn_logical *inner) {
  rn_expr **merged = RN_NEW_N(r->arena, rn_expr *, outer->schema.count + 1);
  for (uint32_t i = 0; i < outer->schema.count; i++) {
    merged[i] = rn_expr_replace(r->arena, outer->u.project[i], inner->u.project);
    if (outer->u.project[i]->kind != RN_EXPR_COLUMN && !rn_rewrite_fits(merged[i])) return outer;
  }
  outer->u.project = merged;
  outer->inputs[0] = inner->inputs[0];
  return outer;
}

static void read_below(rn_logical *agg, const rn_logical *project) {
  for (uint32_t i = 0; i < agg->u.agg.key_count; i++) agg->u.agg.keys[i] = project->u.project[agg->u.agg.keys[i]]->index;
  for (uint32_t i = 0; i < agg->u.agg.call_count; i++) {
    rn_agg_call *call = &agg->u.agg.calls[i];
    if (call->argument >= 0) call->argument = (int)project->u.project[call->argument]->index;
    if (call->filter >= 0) call->filter = (int)project->u.project[call->filter]->index;
  }
  if (agg->u.agg.late_time) agg->u.agg.late_time = project->u.project[agg->u.agg.late_time - 1]->index + 1;
  if (agg->kind == RN_L_WINDOW_AGG && !agg->u.agg.window.processing_time)
    agg->u.agg.window.time_column = project->u.project[agg->u.agg.window.time_column]->index;
  agg->inputs[0] = project->inputs[0];
}

/* COUNT(*) alone: rows count, columns do not. */
static bool reads_nothing(const rn_logical *agg) {
  if (agg->u.agg.key_count || (agg->kind == RN_L_WINDOW_AGG && !agg->u.agg.window.processing_time)) return false;
  for (uint32_t i = 0; i < agg->u.agg.call_count; i++)
    if (agg->u.agg.calls[i].argument >= 0 || agg->u.agg.calls[i].filter >= 0) return false;
  return true;
}

rn_logical *rn_rewrite_merge(rn_rewrite *r, rn_logical *node) {
  for (uint32_t i = 0; i < node->input_count; i++) node->inputs[i] = rn_rewrite_merge(r, node->inputs[i]);
  if (node->kind == RN_L_PROJECT && node->inputs[0]->kind == RN_L_PROJECT &&
      (rn_rewrite_can_inline(node->inputs[0]) || only_columns(node)))
    return merge_projects(r, node, node->inputs[0]);
  bool aggregate = node->kind == RN_L_AGGREGATE || node->kind == RN_L_WINDOW_AGG;
  if (aggregate && node->inputs[0]->kind == RN_L_PROJECT && (only_columns(node->inputs[0]) || reads_nothing(node)))
    read_below(node, node->inputs[0]);
  return node;
}
