/* Decorrelation: conditions that pass what has several inputs, joins and set operations. See rewrite_decorrelate.c. */
#include "planner/decorrelate.h"

/* What is computed becomes columns: NULL where an outer join has no row. */
static void compute(rn_puller *u, rn_pulled *p, rn_span span) {
  rn_rewrite *r = u->r;
  uint32_t width = p->node->schema.count, extra = 0;
  rn_expr **exprs = RN_NEW_N(r->arena, rn_expr *, width + p->count + 1);
  const char **names = RN_NEW_N(r->arena, const char *, width + p->count + 1);
  for (uint32_t i = 0; i < width; i++) {
    exprs[i] = rn_column_of(r, p->node, i, span);
    names[i] = p->node->schema.fields[i].name;
  }
  for (uint32_t i = 0; i < p->count; i++) {
    if (p->out[i]->kind == RN_EXPR_COLUMN) continue;
    exprs[width + extra] = p->out[i];
    names[width + extra] = rn_arena_printf(r->arena, "$c%u", width + extra);
    p->out[i] = rn_expr_column(r->arena, width + extra, p->out[i]->type, p->out[i]->span);
    extra++;
  }
  if (extra) p->node = rn_logical_project(r->arena, p->node, width + extra, exprs, names, span);
}

static rn_expr *domain_column(const rn_pulled *p, uint32_t i) { return p->on.items[i]->args[1]; }

/* FULL JOIN: both sides may lack rows. Both get the domain of all that is read, and rows meet within one of its values,
 * which is that of the side that is there. */
static bool pull_full(rn_puller *u, rn_logical *node, rn_pulled side[2], rn_pulled *p, const rn_expr *at) {
  rn_rewrite *r = u->r;
  rn_conjuncts all = {0}, on = {0};
  rn_conjuncts_split(r->arena, node->u.join.condition, &all);
  bool *used = rn_no_outer(u);
  for (uint32_t i = 0; i < all.count; i++) rn_mark_outer(all.items[i], used);
  for (unsigned s = 0; s < 2; s++) rn_mark_pulled(&side[s], used);
  for (unsigned s = 0; s < 2; s++) {
    if (!rn_join_domain(u, &side[s], used, at, "below FULL JOIN")) return false;
    compute(u, &side[s], node->span);
  }
  uint32_t own = side[0].on.count, left = side[0].count, first = side[0].node->schema.count;
  uint32_t *places = RN_NEW_N(r->arena, uint32_t, u->join->inputs[0]->schema.count + 1);
  rn_expr **map = RN_NEW_N(r->arena, rn_expr *, left + side[1].count + 1),
      **same = RN_NEW_N(r->arena, rn_expr *, 2 * own + 1);
  for (uint32_t i = 0; i < left; i++) map[i] = side[0].out[i];
  for (uint32_t i = 0; i < side[1].count; i++) map[left + i] = rn_expr_shift(r, side[1].out[i], first);
  for (uint32_t i = 0; i < own; i++) {
    same[2 * i] = domain_column(&side[0], i);
    same[2 * i + 1] = rn_expr_shift(r, domain_column(&side[1], i), first);
    places[side[0].on.items[i]->args[0]->index] = same[2 * i]->index;
    rn_conjuncts_add(r->arena, &on, rn_bind_compare(r->binder, "IS NOT DISTINCT FROM", same[2 * i], same[2 * i + 1],
                                                    at->span, at->span));
  }
  for (uint32_t i = 0; i < all.count; i++)
    rn_conjuncts_add(r->arena, &on, rn_in_domain(u, rn_expr_replace(r->arena, all.items[i], map), places));
  rn_logical *join = rn_logical_join(r->arena, RN_JOIN_KIND_FULL, side[0].node, side[1].node,
                                     rn_conjuncts_and(r, &on, node->span), node->span);
  join->path = node->path;
  uint32_t count = left + side[1].count;
  rn_expr **exprs = RN_NEW_N(r->arena, rn_expr *, count + own + 1);
  const char **names = RN_NEW_N(r->arena, const char *, count + own + 1);
  for (uint32_t i = 0; i < count; i++) {
    exprs[i] = rn_column_of(r, join, map[i]->index, node->span);
    names[i] = node->schema.fields[i].name;
  }
  for (uint32_t i = 0; i < own; i++) {
    rn_expr *pair[2] = {rn_column_of(r, join, same[2 * i]->index, at->span),
                        rn_column_of(r, join, same[2 * i + 1]->index, at->span)};
    exprs[count + i] = rn_expr_make(r->arena, RN_EXPR_COALESCE, rn_type_with_null(r->arena, pair[0]->type, true),
                                    at->span, 2, pair);
    names[count + i] = rn_arena_printf(r->arena, "$d%u", i);
  }
  *p = (rn_pulled){.node = rn_logical_project(r->arena, join, count + own, exprs, names, node->span), .count = count};
  for (uint32_t i = 0; i < own; i++) {
    const rn_expr *e = side[0].on.items[i];
    rn_expr *value = rn_column_of(r, p->node, count + i, at->span);
    rn_conjuncts_add(r->arena, &p->on, rn_bind_compare(r->binder, "IS NOT DISTINCT FROM", e->args[0], value, at->span,
                                                       at->span));
  }
  p->out = RN_NEW_N(r->arena, rn_expr *, count + 1);
  for (uint32_t i = 0; i < count; i++) p->out[i] = rn_column_of(r, p->node, i, node->span);
  return true;
}

/* An inner join passes conditions of both sides up. Of the others the side that may lack rows, and ON, get the values
 * of outer columns from the other side, which the domain is joined to. */
bool rn_pull_join(rn_puller *u, rn_logical *node, rn_pulled *p) {
  rn_rewrite *r = u->r;
  rn_join_kind kind = node->u.join.kind;
  const char *what = rn_join_pairs(kind) ? "below an outer join" : "in a sub-query of the sub-query";
  const rn_expr *at = rn_near_below(node);
  bool inner = kind == RN_JOIN_KIND_INNER;
  uint32_t left = node->inputs[0]->schema.count, count = rn_logical_width(node);
  unsigned keeper = kind == RN_JOIN_KIND_RIGHT;
  rn_pulled side[2];
  for (unsigned s = 0; s < 2; s++) {
    if (!rn_pull(u, node->inputs[s], &side[s])) return false;
    if (kind == RN_JOIN_KIND_FULL) continue;
    bool outer = side[s].always; /* its columns are nothing but columns, or the join may not lose them */
    for (uint32_t i = 0; i < side[s].count && !inner && s != keeper; i++) outer = outer ||
        rn_near_outer(side[s].out[i]);
    if (outer && !rn_join_own_domain(u, &side[s], at, what)) return false;
    if (!inner && s != keeper) compute(u, &side[s], node->span);
  }
  if (kind == RN_JOIN_KIND_FULL) return pull_full(u, node, side, p, at);
  rn_conjuncts all = {0};
  rn_conjuncts_split(r->arena, node->u.join.condition, &all);
  bool *used = rn_no_outer(u), any = false;
  for (uint32_t i = 0; i < all.count && !inner; i++) rn_mark_outer(all.items[i], used);
  for (uint32_t i = 0; i < side[!keeper].on.count && !inner; i++) rn_mark_outer(side[!keeper].on.items[i], used);
  for (uint32_t i = 0; i < u->join->inputs[0]->schema.count; i++) any = any || used[i];
  uint32_t *places = NULL;
  if (any) {
    rn_mark_pulled(&side[keeper], used);
    if (!rn_join_domain(u, &side[keeper], used, at, what)) return false;
    places = RN_NEW_N(r->arena, uint32_t, u->join->inputs[0]->schema.count + 1);
    for (uint32_t i = 0; i < side[keeper].on.count; i++) { /* outer column = column of the domain */
      const rn_expr *e = side[keeper].on.items[i];
      places[e->args[0]->index] = e->args[1]->index + (keeper ? side[0].node->schema.count : 0);
    }
  }
  uint32_t width = side[0].node->schema.count;
  rn_expr **map = RN_NEW_N(r->arena, rn_expr *, count + 1);
  for (uint32_t i = 0; i < count; i++) map[i] = i < left ? side[0].out[i]
      : rn_expr_shift(r, side[1].out[i - left], width);
  rn_conjuncts stay = {0};
  *p = (rn_pulled){.count = node->schema.count};
  for (uint32_t i = 0; i < all.count; i++) {
    rn_expr *e = rn_expr_replace(r->arena, all.items[i], map);
    if (places) e = rn_in_domain(u, e, places);
    rn_conjuncts_add(r->arena, inner && rn_near_outer(e) ? &p->on : &stay, e);
  }
  for (unsigned s = 0; s < 2; s++)
    for (uint32_t i = 0; i < side[s].on.count; i++) {
      rn_expr *e = rn_expr_shift(r, side[s].on.items[i], s ? width : 0);
      if (places && s != keeper) e = rn_in_domain(u, e, places);
      rn_conjuncts_add(r->arena, inner || s == keeper ? &p->on : &stay, e);
    }
  p->node = rn_logical_join(r->arena, kind, side[0].node, side[1].node, rn_conjuncts_and(r, &stay, node->span),
                            node->span);
  p->node->path = node->path;
  p->node->u.join.single = node->u.join.single;
  p->out = RN_NEW_N(r->arena, rn_expr *, p->count + 1);
  for (uint32_t i = 0; i < p->count; i++) {
    bool marks = kind == RN_JOIN_KIND_MARK && i == left;
    p->out[i] = marks ? rn_column_of(r, p->node, width, node->span) : map[i];
    if (p->out[i]->kind == RN_EXPR_COLUMN) p->out[i] = rn_column_of(r, p->node, p->out[i]->index, node->span);
  }
  return true;
}

/* Every branch gets the domain of all outer columns that some branch reads, and its columns with its own. */
bool rn_pull_branches(rn_puller *u, rn_logical *node, rn_pulled *p) {
  rn_rewrite *r = u->r;
  const rn_expr *at = rn_near_below(node);
  bool *used = rn_no_outer(u);
  rn_pulled *branches = RN_NEW_N(r->arena, rn_pulled, node->input_count);
  uint32_t width = node->schema.count, own = 0;
  for (uint32_t i = 0; i < node->input_count; i++) {
    if (!rn_pull(u, node->inputs[i], &branches[i])) return false;
    rn_mark_pulled(&branches[i], used);
  }
  for (uint32_t i = 0; i < u->join->inputs[0]->schema.count; i++) own += used[i];
  rn_field *fields = RN_NEW_N(r->arena, rn_field, width + own + 1);
  rn_logical **inputs = RN_NEW_N(r->arena, rn_logical *, node->input_count);
  *p = (rn_pulled){.count = width};
  for (uint32_t i = 0; i < node->input_count; i++) {
    rn_pulled *b = &branches[i];
    if (!rn_join_domain(u, b, used, at, node->kind == RN_L_SET ? "below INTERSECT or EXCEPT" : "below UNION"))
      return false;
    rn_expr **exprs = RN_NEW_N(r->arena, rn_expr *, width + own + 1);
    const char **names = RN_NEW_N(r->arena, const char *, width + own + 1);
    for (uint32_t c = 0; c < width; c++) {
      exprs[c] = b->out[c];
      names[c] = node->schema.fields[c].name;
    }
    for (uint32_t c = 0; c < own; c++) { /* the conditions say which columns are the domain's */
      rn_expr *e = b->on.items[c]->args[1];
      exprs[width + c] = rn_column_of(r, b->node, e->index, at->span);
      names[width + c] = rn_arena_printf(r->arena, "$d%u", c);
      fields[width + c] = (rn_field){names[width + c], e->type};
      if (i > 0) continue;
      rn_expr *own_column = rn_expr_column(r->arena, width + c, e->type, at->span);
      rn_conjuncts_add(r->arena, &p->on, rn_with_inner(r, b->on.items[c], 1, own_column));
    }
    inputs[i] = rn_logical_project(r->arena, b->node, width + own, exprs, names, at->span);
  }
  for (uint32_t c = 0; c < width; c++) fields[c] = node->schema.fields[c];
  p->node = rn_logical_new(r->arena, node->kind, node->span, node->input_count, inputs);
  p->node->path = node->path;
  p->node->schema = (rn_schema){width + own, fields};
  p->node->u.set = node->u.set;
  p->out = RN_NEW_N(r->arena, rn_expr *, width + 1);
  for (uint32_t c = 0; c < width; c++) p->out[c] = rn_column_of(r, p->node, c, node->span);
  return true;
}
