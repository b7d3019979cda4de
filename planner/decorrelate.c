/* Decorrelation: conditions are pulled up through one node after the other. See rewrite_decorrelate.c. */
#include "planner/decorrelate.h"

const rn_expr *rn_near_outer(const rn_expr *e) {
  const rn_expr *found = e->kind == RN_EXPR_OUTER && e->value.u.i == 1 ? e : NULL;
  for (uint32_t i = 0; i < e->arg_count && !found; i++) found = rn_near_outer(e->args[i]);
  return found;
}

static rn_status find_near(rn_expr **slot, void *ctx) {
  const rn_expr **found = ctx;
  if (!*found) *found = rn_near_outer(*slot);
  return RN_OK;
}

const rn_expr *rn_near_below(const rn_logical *node) {
  const rn_expr *found = NULL;
  (void)rn_logical_visit_exprs((rn_logical *)(uintptr_t)node, find_near, &found); /* changes nothing */
  for (uint32_t i = 0; i < node->input_count && !found; i++) found = rn_near_below(node->inputs[i]);
  return found;
}

bool rn_pull_refuse(rn_rewrite *r, const rn_expr *at, const char *what) {
  rn_diag(r->binder->diags, RN_E_UNSUPPORTED, at->span,
          "read it in a WHERE of the sub-query; or write a join",
          "a column of the outer query is read %s: such a sub-query is not supported", what);
  return false;
}

typedef struct shifting {
  rn_arena *arena;
  uint32_t by;
} shifting;

static rn_expr *shift(rn_expr *e, const void *ctx) {
  const shifting *s = ctx;
  rn_expr *copy = rn_expr_map_args(s->arena, e, shift, s);
  if (e->kind == RN_EXPR_COLUMN) copy->index += s->by;
  return copy;
}

rn_expr *rn_expr_shift(rn_rewrite *r, const rn_expr *e, uint32_t by) {
  const shifting s = {r->arena, by};
  return shift((rn_expr *)(uintptr_t)e, &s);
}

rn_expr *rn_column_of(rn_rewrite *r, const rn_logical *node, uint32_t i, rn_span span) {
  return rn_expr_column(r->arena, i, node->schema.fields[i].type, span);
}

static rn_expr **columns(rn_rewrite *r, const rn_logical *node) {
  rn_expr **out = RN_NEW_N(r->arena, rn_expr *, node->schema.count + 1);
  for (uint32_t i = 0; i < node->schema.count; i++) out[i] = rn_column_of(r, node, i, node->span);
  return out;
}

bool rn_reads_columns(const rn_expr *e) {
  if (e->kind == RN_EXPR_COLUMN) return true;
  for (uint32_t i = 0; i < e->arg_count; i++)
    if (rn_reads_columns(e->args[i])) return true;
  return false;
}

int rn_inner_side(const rn_expr *e) {
  if (e->kind != RN_EXPR_CALL || e->arg_count != 2) return -1;
  if (strcmp(e->function->name, "=") != 0 && strcmp(e->function->name, "IS NOT DISTINCT FROM") != 0) return -1;
  for (int i = 0; i < 2; i++)
    if (!rn_near_outer(e->args[i]) && !rn_reads_columns(e->args[!i])) return i;
  return -1;
}

rn_expr *rn_with_inner(rn_rewrite *r, const rn_expr *e, int inner, rn_expr *other) {
  rn_expr *copy = RN_NEW(r->arena, rn_expr);
  *copy = *e;
  copy->args = RN_NEW_N(r->arena, rn_expr *, 2);
  copy->args[!inner] = e->args[!inner];
  copy->args[inner] = other;
  return copy;
}

static bool pull_filter(rn_puller *u, rn_logical *node, rn_pulled *p) {
  rn_rewrite *r = u->r;
  if (!rn_pull(u, node->inputs[0], p)) return false;
  rn_conjuncts all = {0}, stay = {0};
  rn_conjuncts_split(r->arena, node->u.filter, &all);
  for (uint32_t i = 0; i < all.count; i++) {
    rn_expr *e = rn_expr_replace(r->arena, all.items[i], p->out);
    rn_conjuncts_add(r->arena, p->always ? &p->after : rn_near_outer(e) ? &p->on : &stay, e);
  }
  if (stay.count) p->node = rn_logical_filter(r->arena, p->node, rn_conjuncts_and(r, &stay, node->span), node->span);
  return true;
}

static bool pull_project(rn_puller *u, rn_logical *node, rn_pulled *p) {
  rn_rewrite *r = u->r;
  if (!rn_pull(u, node->inputs[0], p)) return false;
  rn_expr **out = RN_NEW_N(r->arena, rn_expr *, node->schema.count + 1);
  for (uint32_t i = 0; i < node->schema.count; i++) out[i] = rn_expr_replace(r->arena, node->u.project[i], p->out);
  p->out = out;
  p->count = node->schema.count;
  return true;
}

bool rn_pull(rn_puller *u, rn_logical *node, rn_pulled *p) {
  rn_rewrite *r = u->r;
  const rn_expr *at = rn_near_below(node);
  *p = (rn_pulled){.node = node, .count = node->schema.count};
  if (!at) {
    p->out = columns(r, node);
    return true;
  }
  switch (node->kind) {
    case RN_L_FILTER: return pull_filter(u, node, p);
    case RN_L_PROJECT: return pull_project(u, node, p);
    case RN_L_AGGREGATE: case RN_L_WINDOW_AGG: return rn_pull_aggregate(u, node, p);
    case RN_L_JOIN: return rn_pull_join(u, node, p);
    case RN_L_EXPAND: return rn_pull_through(u, node, p, "below grouping sets");
    case RN_L_UNNEST: return rn_pull_through(u, node, p, "in UNNEST");
    case RN_L_SORT: case RN_L_LIMIT: return rn_pull_limit(u, node, p);
    case RN_L_UNION: case RN_L_SET: return rn_pull_branches(u, node, p);
    case RN_L_OVER: return rn_pull_over(u, node, p);
    default: return rn_pull_refuse(r, at, "below a windowing function");
  }
}
