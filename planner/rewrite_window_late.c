/* Rows that come once for each of their windows (HOP, CUMULATE without an aggregate of their own) into a window Top-N or a
 * window join: a row is late once, when the last of its windows has left. The operator tells by the row's time, so that the
 * time is passed on to it where the query had left it out, and dropped behind it again. */
#include "planner/query.h"
#include "planner/rewrite.h"
#include "planner/windowed.h"

/* Column with the time of the rows of HOP or CUMULATE windows like `spec` in `input`, which may have become a column wider;
 * -1: the rows are others. */
static int time_of(rn_rewrite *r, rn_logical *input, uint32_t window_end, const rn_window_spec *spec) {
  const rn_logical *window = NULL;
  if (!rn_in_many_windows(spec) || rn_trace_window(input, window_end, &window) < 0) return -1;
  return rn_same_windows(spec, &window->u.window) ? rn_carry_window_time(r->arena, input, window) : -1;
}

/* The columns of `node` that stand at places[], as `before` had them. */
static rn_logical *as_before(rn_rewrite *r, rn_logical *node, const rn_schema *before, const uint32_t *places) {
  rn_expr **exprs = RN_NEW_N(r->arena, rn_expr *, before->count + 1);
  const char **names = RN_NEW_N(r->arena, const char *, before->count + 1);
  for (uint32_t i = 0; i < before->count; i++) {
    exprs[i] = rn_expr_column(r->arena, places[i], before->fields[i].type, node->span);
    names[i] = before->fields[i].name;
  }
  return rn_logical_project(r->arena, node, before->count, exprs, names, node->span);
}

static rn_logical *rewrite_rank(rn_rewrite *r, rn_logical *node) {
  rn_schema before = node->schema, *in = &node->inputs[0]->schema;
  uint32_t width = in->count;
  int late = node->u.rank.windowed ? time_of(r, node->inputs[0], node->u.rank.window_end, &node->u.rank.window) : -1;
  if (late < 0) return node;
  node->u.rank.late_time = (uint32_t)late + 1;
  if (in->count == width) return node;
  rn_field *fields = RN_NEW_N(r->arena, rn_field, in->count + 1);
  uint32_t *places = RN_NEW_N(r->arena, uint32_t, before.count + 1);
  for (uint32_t i = 0; i < in->count; i++) fields[i] = in->fields[i];
  for (uint32_t i = 0; i < before.count; i++) places[i] = i < width ? i : i + 1;
  if (node->u.rank.number) fields[in->count] = before.fields[width];
  node->schema = (rn_schema){before.count + 1, fields};
  return as_before(r, node, &before, places);
}

static rn_logical *rewrite_join(rn_rewrite *r, rn_logical *node) {
  rn_schema before = node->schema;
  uint32_t widths[2] = {node->inputs[0]->schema.count, node->inputs[1]->schema.count}, more[2];
  for (uint32_t s = 0; s < 2; s++) {
    const uint32_t *keys = s ? node->u.join.right_keys : node->u.join.left_keys;
    int late = node->u.join.windowed ? time_of(r, node->inputs[s], keys[node->u.join.end_key], &node->u.join.window) : -1;
    if (late >= 0) node->u.join.late_time[s] = (uint32_t)late + 1;
    more[s] = node->inputs[s]->schema.count - widths[s];
  }
  if (!more[0] && !more[1]) return node;
  rn_logical *joined = rn_logical_join(r->arena, node->u.join.kind, node->inputs[0], node->inputs[1], NULL, node->span);
  rn_field *fields = RN_NEW_N(r->arena, rn_field, joined->schema.count + 1);
  memcpy(fields, joined->schema.fields, joined->schema.count * sizeof *fields);
  uint32_t *places = RN_NEW_N(r->arena, uint32_t, before.count + 1), width = widths[0] + widths[1];
  for (uint32_t i = 0; i < before.count; i++) { /* the mark of a MARK join stands behind the left columns, too */
    places[i] = i < widths[0] ? i : i + more[0];
    fields[places[i]] = before.fields[i];
  }
  node->schema = (rn_schema){joined->schema.count, fields};
  if (node->u.join.condition) {
    rn_expr **map = RN_NEW_N(r->arena, rn_expr *, width + 1);
    for (uint32_t i = 0; i < width; i++) {
      const rn_logical *side = node->inputs[i >= widths[0]];
      map[i] = rn_expr_column(r->arena, i < widths[0] ? i : i + more[0], side->schema.fields[i < widths[0] ? i : i - widths[0]].type, node->span);
    }
    node->u.join.condition = rn_expr_replace(r->arena, node->u.join.condition, map);
  }
  return as_before(r, node, &before, places);
}

rn_logical *rn_rewrite_window_late(rn_rewrite *r, rn_logical *node) {
  for (uint32_t i = 0; i < node->input_count; i++) node->inputs[i] = rn_rewrite_window_late(r, node->inputs[i]);
  if (node->kind == RN_L_RANK) return rewrite_rank(r, node);
  return node->kind == RN_L_JOIN ? rewrite_join(r, node) : node;
}
