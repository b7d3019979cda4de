/* Decorrelation: a lateral join, whose right side reads columns of the left one, becomes a join of two plans that know
 * nothing of each other. After Galindo-Legaria and Joshi (Orthogonal Optimization of Subqueries and Aggregation, 2001):
 * the conditions that read the outer row are pulled up (decorrelate.c) through filters, projections, joins and
 * aggregates until they are conditions of the join itself. An aggregate that they pass is grouped by what they compare;
 * one without GROUP BY has a row for every outer row: it is joined LEFT, and its COUNT is 0 where nothing was counted.
 *
 * Where a condition cannot pass (an inequality below an aggregate, UNION, ON of an outer join, a sub-query further in),
 * the different values of the outer columns are joined below it (decorrelate_domain.c). That is the left side once
 * more, so its columns must have the same values twice. Inner joins go first, so that the right side of a join is free
 * of lateral joins; what is left in it of queries further out comes one level nearer. */
#include "planner/decorrelate.h"

typedef struct joined {
  rn_rewrite *r;
  const rn_logical *left, *plan; /* its inputs; plan NULL: expressions over the join already */
  rn_expr **right;               /* what columns of the right side became, over plan */
} joined;

/* e, over columns of plan, as an expression over left ++ plan. */
static rn_expr *move_over(rn_expr *e, const void *ctx) {
  const joined *j = ctx;
  if (e->kind == RN_EXPR_OUTER && e->value.u.i == 1) return rn_column_of(j->r, j->left, e->index, e->span);
  rn_expr *copy = rn_expr_map_args(j->r->arena, e, move_over, j);
  if (e->kind == RN_EXPR_COLUMN) copy->index += j->left->schema.count;
  if (e->kind == RN_EXPR_OUTER) copy->value.u.i--;
  return copy;
}
static rn_expr *over_join(const joined *j, const rn_expr *e) { return move_over((rn_expr *)(uintptr_t)e, j); }

/* The join's own condition, over its old columns. It stands outside of the right side, so what it reads of queries around
 * stays as far away as it is. */
static rn_expr *move_own(rn_expr *e, const void *ctx) {
  const joined *j = ctx;
  uint32_t width = j->left->schema.count;
  if (e->kind == RN_EXPR_COLUMN) return e->index < width ? e : over_join(j, j->right[e->index - width]);
  return rn_expr_map_args(j->r->arena, e, move_own, j);
}

static rn_expr *all_over(const joined *j, const rn_conjuncts *c, const rn_expr *old, rn_span span) {
  rn_conjuncts all = {0};
  for (uint32_t i = 0; i < c->count; i++) rn_conjuncts_add(j->r->arena, &all, over_join(j, c->items[i]));
  if (old) rn_conjuncts_add(j->r->arena, &all, move_own((rn_expr *)(uintptr_t)old, j));
  return rn_conjuncts_and(j->r, &all, span);
}

static rn_logical *plain_join(rn_rewrite *r, const rn_logical *like, rn_join_kind kind, rn_logical *right,
                              rn_expr *condition) {
  rn_logical *node = rn_logical_join(r->arena, kind, like->inputs[0], right, condition, like->span);
  node->path = like->path;
  node->u.join.single = like->u.join.single && kind == RN_JOIN_KIND_LEFT;
  return node;
}

static rn_expr *case_when(rn_rewrite *r, rn_expr *when, rn_expr *then) {
  const rn_type *type = rn_type_with_null(r->arena, then->type, true);
  rn_expr *args[3] = {when, then, rn_expr_const(r->arena, rn_value_null(type), then->span)};
  return rn_expr_make(r->arena, RN_EXPR_CASE, type, then->span, 3, args);
}

static rn_expr *test(rn_rewrite *r, const char *name, rn_expr *e) {
  return rn_bind_call_row(r->binder, name, &e, 1, e->span);
}

/* PROJECT with the join's old columns: left ones as they are, `right` for the others; `over`: its input. */
static rn_logical *old_columns(rn_rewrite *r, const rn_logical *join, rn_logical *over, rn_expr *const *right) {
  uint32_t left = join->inputs[0]->schema.count, count = join->schema.count;
  rn_expr **exprs = RN_NEW_N(r->arena, rn_expr *, count + 1);
  const char **names = RN_NEW_N(r->arena, const char *, count + 1);
  for (uint32_t i = 0; i < count; i++) {
    exprs[i] = i < left ? rn_column_of(r, over, i, join->span) : right[i - left];
    if (exprs[i]->kind == RN_EXPR_COLUMN) exprs[i] = rn_column_of(r, over, exprs[i]->index, exprs[i]->span);
    names[i] = join->schema.fields[i].name;
  }
  return rn_logical_project(r->arena, over, count, exprs, names, join->span);
}

/* Every outer row has its row of the aggregate: the join finds it, the rest is computed per row. */
static rn_logical *join_always(rn_rewrite *r, rn_logical *join, const rn_pulled *p, const joined *j) {
  rn_join_kind kind = join->u.join.kind;
  rn_logical *node = plain_join(r, join, RN_JOIN_KIND_LEFT, p->node, all_over(j, &p->on, NULL, join->span));
  rn_expr *passes = all_over(j, &p->after, join->u.join.condition, join->span),
      **right = RN_NEW_N(r->arena, rn_expr *, p->count + 2);
  for (uint32_t i = 0; i < p->count; i++) {
    right[i] = over_join(j, p->out[i]);
    if (kind == RN_JOIN_KIND_LEFT && passes) right[i] = case_when(r, passes, right[i]);
  }
  if (kind == RN_JOIN_KIND_MARK)
    right[0] = passes ? test(r, "IS TRUE", passes) : rn_bind_and(r->binder, NULL, 0, join->span);
  bool filters = kind == RN_JOIN_KIND_INNER || kind == RN_JOIN_KIND_SEMI;
  if (filters && passes) node = rn_logical_filter(r->arena, node, passes, join->span);
  if (kind == RN_JOIN_KIND_ANTI) {
    rn_expr *always = rn_bind_and(r->binder, NULL, 0, join->span);
    node = rn_logical_filter(r->arena, node, test(r, "IS NOT TRUE", passes ? passes : always), join->span);
  }
  return old_columns(r, join, node, right);
}

/* LEFT: what is computed from outer columns must still be NULL for rows without a partner, and what is computed from
 * inner ones alone is computed below the join. */
static rn_logical *join_left(rn_rewrite *r, rn_logical *join, const rn_pulled *p, joined *j) {
  uint32_t width = p->node->schema.count, extra = 0;
  rn_expr **exprs = RN_NEW_N(r->arena, rn_expr *, width + p->count + 1),
      **right = RN_NEW_N(r->arena, rn_expr *, p->count + 1);
  const char **names = RN_NEW_N(r->arena, const char *, width + p->count + 1);
  int found = -1;
  for (uint32_t i = 0; i < width; i++) {
    exprs[i] = rn_column_of(r, p->node, i, join->span);
    names[i] = p->node->schema.fields[i].name;
  }
  for (uint32_t i = 0; i < p->count; i++) {
    if (p->out[i]->kind == RN_EXPR_COLUMN) continue;
    bool outer = rn_near_outer(p->out[i]) != NULL;
    if (outer && found >= 0) continue;
    uint32_t at = width + extra++;
    names[at] = rn_arena_printf(r->arena, "$r%u", at);
    exprs[at] = outer ? rn_bind_and(r->binder, NULL, 0, join->span) : p->out[i];
    if (outer) found = (int)at;
    else p->out[i] = rn_expr_column(r->arena, at, exprs[at]->type, p->out[i]->span);
  }
  rn_logical *plan = extra ? rn_logical_project(r->arena, p->node, width + extra, exprs, names, join->span) : p->node;
  j->plan = plan;
  j->right = p->out;
  rn_logical *node = plain_join(r, join, RN_JOIN_KIND_LEFT, plan,
                                all_over(j, &p->on, join->u.join.condition, join->span));
  for (uint32_t i = 0; i < p->count; i++) {
    right[i] = over_join(j, p->out[i]);
    if (!rn_near_outer(p->out[i])) continue;
    rn_expr *there = rn_column_of(r, node, j->left->schema.count + (uint32_t)found, join->span);
    right[i] = case_when(r, test(r, "IS NOT NULL", there), right[i]);
  }
  return old_columns(r, join, node, right);
}

/* Has it a row wherever its input has one? */
static bool keeps_some(const rn_logical *node) {
  if (node->kind == RN_L_LIMIT) return node->u.limit.limit != 0 && !node->u.limit.offset;
  if (node->kind == RN_L_SORT) return node->u.sort.limit != 0 && !node->u.sort.offset;
  const char *clause = node->kind == RN_L_AGGREGATE && !node->u.agg.call_count ? node->u.agg.clause : NULL;
  return clause && !strcmp(clause, "DISTINCT");
}

static rn_logical *decorrelate_join(rn_rewrite *r, rn_logical *join) {
  rn_pulled p;
  rn_logical *right = join->inputs[1];
  rn_join_kind kind = join->u.join.kind;
  join->u.join.lateral = false;
  /* Who only asks whether there is a row does not mind duplicates, order, or a limit that leaves one. */
  bool any = !rn_join_pairs(kind) && !join->u.join.condition;
  while (any && right->input_count && rn_near_below(right->inputs[0]) && keeps_some(right)) right = right->inputs[0];
  rn_puller u = {.r = r, .join = join};
  if (!rn_pull(&u, right, &p)) return join;
  rn_logical_move_outer(r->arena, p.node, -1);
  joined j = {r, join->inputs[0], p.node, p.out};
  if (p.always) return join_always(r, join, &p, &j);
  if (kind == RN_JOIN_KIND_LEFT) return join_left(r, join, &p, &j);
  rn_logical *node = plain_join(r, join, kind, p.node, all_over(&j, &p.on, join->u.join.condition, join->span));
  if (kind != RN_JOIN_KIND_INNER) return node;
  rn_expr **out = RN_NEW_N(r->arena, rn_expr *, p.count + 1);
  for (uint32_t i = 0; i < p.count; i++) out[i] = over_join(&j, p.out[i]);
  return old_columns(r, join, node, out);
}

rn_logical *rn_rewrite_decorrelate(rn_rewrite *r, rn_logical *node) {
  for (uint32_t i = 0; i < node->input_count; i++) node->inputs[i] = rn_rewrite_decorrelate(r, node->inputs[i]);
  return node->kind == RN_L_JOIN && node->u.join.lateral ? decorrelate_join(r, node) : node;
}
