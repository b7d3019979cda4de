/* Decorrelation: conditions that pass an aggregate. See rewrite_decorrelate.c. */
#include "planner/decorrelate.h"

static bool used_by(const rn_logical *agg, uint32_t i) {
  for (uint32_t k = 0; k < agg->u.agg.key_count; k++)
    if (agg->u.agg.keys[k] == i) return true;
  for (uint32_t c = 0; c < agg->u.agg.call_count; c++) {
    const rn_agg_call *call = &agg->u.agg.calls[c];
    if (call->argument == (int)i || call->filter == (int)i || call->default_column == (int)i) return true;
  }
  return agg->kind == RN_L_WINDOW_AGG && agg->u.agg.window.time_column == i;
}

/* The value of a call that counted nothing. */
static rn_expr *or_nothing(rn_rewrite *r, rn_expr *e, const rn_agg_call *call) {
  rn_value zero = {.type = rn_type_basic(RN_T_BIGINT, false)};
  if (call->result->nullable) return e;
  if (call->result->id == RN_T_MULTISET || call->aggregate->nothing) { /* COLLECT: an empty one; of a text, what no rows give */
    rn_value empty = {.type = call->result};
    if (call->aggregate->nothing) empty.u.text = rn_slice_of(call->aggregate->nothing);
    rn_expr *both[2] = {e, rn_expr_const(r->arena, empty, e->span)};
    return rn_expr_make(r->arena, RN_EXPR_COALESCE, call->result, e->span, 2, both);
  }
  rn_expr *args[2] = {e, rn_bind_cast(r->binder, rn_expr_const(r->arena, zero, e->span),
                                      rn_type_with_null(r->arena, e->type, false), true, false)};
  args[1] = rn_fold(r->binder, args[1]);
  return rn_expr_make(r->arena, RN_EXPR_COALESCE, call->result, e->span, 2, args);
}

bool rn_pull_aggregate(rn_puller *u, rn_logical *node, rn_pulled *p) {
  rn_rewrite *r = u->r;
  bool global = node->kind == RN_L_AGGREGATE && !node->u.agg.grouped;
  const rn_expr *at = rn_near_below(node);
  if (!rn_pull(u, node->inputs[0], p)) return false;
  bool domain = p->always;
  for (uint32_t i = 0; i < p->on.count; i++)
    domain = domain || (rn_reads_columns(p->on.items[i]) && rn_inner_side(p->on.items[i]) < 0);
  for (uint32_t i = 0; i < p->count; i++) domain = domain || (used_by(node, i) && rn_near_outer(p->out[i]));
  if (domain && node->kind == RN_L_WINDOW_AGG) return rn_pull_refuse(r, at, "below a window");
  if (domain && !rn_join_own_domain(u, p, at, "below an aggregate")) return false;
  uint32_t width = p->count, keys = node->u.agg.key_count, calls = node->u.agg.call_count, extra = 0;
  uint32_t room = width + p->on.count + 1;
  rn_expr **exprs = RN_NEW_N(r->arena, rn_expr *, room);
  const char **names = RN_NEW_N(r->arena, const char *, room);
  for (uint32_t i = 0; i < width; i++) {
    names[i] = node->inputs[0]->schema.fields[i].name;
    exprs[i] = p->out[i];
    const rn_expr *outer = rn_near_outer(exprs[i]);
    if (!outer) continue;
    rn_value none = rn_value_null(rn_type_with_null(r->arena, exprs[i]->type, true));
    exprs[i] = rn_expr_const(r->arena, none, exprs[i]->span);
  }
  uint32_t *group = RN_NEW_N(r->arena, uint32_t, keys + p->on.count + 1);
  rn_field *fields = RN_NEW_N(r->arena, rn_field, node->schema.count + p->on.count + 1);
  for (uint32_t k = 0; k < keys; k++) {
    group[k] = node->u.agg.keys[k];
    fields[k] = node->schema.fields[k];
  }
  for (uint32_t i = 0; i < p->on.count; i++) {
    rn_expr *e = p->on.items[i];
    int inner = rn_reads_columns(e) ? rn_inner_side(e) : -1;
    if (inner < 0) continue; /* about the outer row alone */
    const char *name = rn_arena_printf(r->arena, "$g%u", extra);
    const rn_type *type = rn_type_with_time(r->arena, e->args[inner]->type, RN_TIME_NONE);
    names[width + extra] = name;
    exprs[width + extra] = e->args[inner];
    group[keys + extra] = width + extra;
    fields[keys + extra] = (rn_field){name, type};
    p->on.items[i] = rn_with_inner(r, e, inner, rn_expr_column(r->arena, keys + extra, type, e->args[inner]->span));
    extra++;
  }
  for (uint32_t i = keys; i < node->schema.count; i++) fields[extra + i] = node->schema.fields[i];
  node->inputs[0] = rn_logical_project(r->arena, p->node, width + extra, exprs, names, node->span);
  node->u.agg.keys = group;
  node->u.agg.key_count = keys + extra;
  node->u.agg.grouped = true;
  node->schema = (rn_schema){node->schema.count + extra, fields};
  p->node = node;
  p->count = node->schema.count - extra;
  p->out = RN_NEW_N(r->arena, rn_expr *, p->count + 1);
  for (uint32_t i = 0; i < p->count; i++) {
    p->out[i] = rn_column_of(r, node, i < keys ? i : i + extra, node->span);
    if (global && i >= keys && i - keys < calls) p->out[i] = or_nothing(r, p->out[i], &node->u.agg.calls[i - keys]);
  }
  p->always = global;
  return true;
}
