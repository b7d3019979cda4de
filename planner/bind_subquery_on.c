/* Sub-queries in ON of outer joins. A filter over the join, as of inner ones, would lose the rows that the join keeps,
 * so each sub-query is joined to one of the join's sides first and its value is a column of that side. One that reads
 * both sides goes to the side that may lack rows, which becomes lateral: its rows are those that belong to one row of
 * the kept side, and the pass "decorrelate" makes a plain join of that. FULL JOIN keeps the rows of both sides, so
 * there it is refused. */
#include "planner/query.h"
#include "planner/windowed.h"

typedef struct on_join {
  rn_query_context *q;
  rn_subqueries *subs;
  uint32_t left;     /* columns of the left side: those of the right one come behind them in ON */
  unsigned first;    /* the side that becomes the left input: 1 where RIGHT JOIN becomes LEFT JOIN */
  bool lateral;      /* the other one reads columns of it */
  uint32_t width;    /* columns of the left input, values of sub-queries among them */
  uint8_t *side;     /* per sub-query: where it is joined */
} on_join;

/* Where an expression stands: in ON itself (depth 0), or in the plan of a sub-query of ON so many lateral joins deep. */
typedef struct place {
  const on_join *j;
  unsigned side;     /* over whose columns it comes to stand */
  int64_t depth;
} place;

enum { BOTH = 3 };

static bool is_on_column(const place *p, const rn_expr *e) {
  if (p->depth) return e->kind == RN_EXPR_OUTER && e->value.u.i == p->depth;
  return e->kind == RN_EXPR_COLUMN && e->index < RN_PLACE_STEP;
}

static bool is_subquery(const place *p, const rn_expr *e) {
  if (p->depth || e->kind != RN_EXPR_COLUMN) return false;
  return e->index / RN_PLACE_STEP == RN_PLACE_SUBQUERY / RN_PLACE_STEP;
}

/* --- which sides are read, a bit each ----------------------------------------------------------------------- */

static unsigned reads(const place *p, const uint8_t *known, const rn_expr *e) {
  unsigned found = 0;
  if (is_on_column(p, e)) found = 1u << (e->index >= p->j->left);
  if (is_subquery(p, e)) found = known[e->index % RN_PLACE_STEP];
  for (uint32_t i = 0; i < e->arg_count; i++) found |= reads(p, known, e->args[i]);
  return found;
}

typedef struct finder {
  place at;
  unsigned found;
} finder;

static rn_status find_slot(rn_expr **slot, void *ctx) {
  finder *f = ctx;
  f->found |= reads(&f->at, NULL, *slot);
  return RN_OK;
}

static unsigned plan_reads(const on_join *j, rn_logical *node, int64_t depth) {
  finder f = {{j, 0, depth}, 0};
  (void)rn_logical_visit_exprs(node, find_slot, &f);
  for (uint32_t i = 0; i < node->input_count; i++)
    f.found |= plan_reads(j, node->inputs[i], rn_logical_depth(node, i, depth));
  return f.found;
}

/* What reads neither side goes where its value is used. */
static void take_along(const place *p, const uint8_t *known, const rn_expr *e) {
  if (is_subquery(p, e) && !known[e->index % RN_PLACE_STEP]) p->j->side[e->index % RN_PLACE_STEP] = (uint8_t)p->side;
  for (uint32_t i = 0; i < e->arg_count; i++) take_along(p, known, e->args[i]);
}

/* NULL: all can be joined; else the one that cannot. */
static const rn_subquery *choose_sides(on_join *j, rn_join_kind kind) {
  const rn_subqueries *subs = j->subs;
  place on = {.j = j};
  uint8_t *known = RN_NEW_N(j->q->arena, uint8_t, subs->count + 1);
  j->side = RN_NEW_N(j->q->arena, uint8_t, subs->count + 1);
  for (uint32_t i = 0; i < subs->count; i++) {
    const rn_subquery *s = &subs->items[i];
    known[i] = (uint8_t)(plan_reads(j, s->node, 1) | (s->condition ? reads(&on, known, s->condition) : 0));
    if (known[i] == BOTH && kind == RN_JOIN_KIND_FULL) return s;
    if (known[i] == BOTH) j->lateral = true;
  }
  if (j->lateral && kind == RN_JOIN_KIND_RIGHT) j->first = 1;
  for (uint32_t i = 0; i < subs->count; i++) j->side[i] = known[i] == BOTH ? !j->first : known[i] == 2;
  for (uint32_t i = subs->count; i-- > 0;) { /* users come behind what they use */
    on.side = j->side[i];
    if (subs->items[i].condition) take_along(&on, known, subs->items[i].condition);
  }
  return NULL;
}

/* --- moving to a side -------------------------------------------------------------------------------------------- */

static rn_expr *outer_column(const place *p, const rn_expr *like, uint32_t index, int64_t level) {
  rn_expr *e = rn_expr_make(p->j->q->arena, RN_EXPR_OUTER, like->type, like->span, 0, NULL);
  e->index = index;
  e->value.u.i = level;
  return e;
}

static rn_expr *move(rn_expr *e, const void *ctx) {
  const place *p = ctx;
  const on_join *j = p->j;
  if (is_subquery(p, e)) {
    uint32_t number = e->index % RN_PLACE_STEP;
    return j->side[number] == p->side ? e : outer_column(p, e, j->subs->items[number].column, 1);
  }
  if (is_on_column(p, e)) {
    unsigned side = e->index >= j->left;
    uint32_t index = e->index - (side ? j->left : 0);
    if (side != p->side) return outer_column(p, e, index, p->depth + 1);
    return p->depth ? outer_column(p, e, index, p->depth) : rn_expr_column(j->q->arena, index, e->type, e->span);
  }
  if (e->kind == RN_EXPR_OUTER) { /* of queries around the join: one more is around the second side */
    bool one_more = j->lateral && p->side != j->first && e->value.u.i > p->depth;
    return one_more ? outer_column(p, e, e->index, e->value.u.i + 1) : e;
  }
  return e->arg_count ? rn_expr_map_args(j->q->arena, e, move, p) : e;
}

static rn_status move_slot(rn_expr **slot, void *ctx) {
  if (rn_expr_outer(*slot)) *slot = move(*slot, ctx);
  return RN_OK;
}

static void move_plan(const place *at, rn_logical *node) {
  (void)rn_logical_visit_exprs(node, move_slot, (void *)(uintptr_t)at);
  for (uint32_t i = 0; i < node->input_count; i++) {
    place below = *at;
    below.depth = rn_logical_depth(node, i, at->depth);
    move_plan(&below, node->inputs[i]);
  }
}

/* The side with the values of its sub-queries behind its columns. */
static rn_logical *join_side(const on_join *j, unsigned side, rn_logical *input) {
  rn_subqueries *subs = j->subs;
  rn_logical **held = RN_NEW_N(j->q->arena, rn_logical *, subs->count + 1);
  for (uint32_t i = 0; i < subs->count; i++) {
    rn_subquery *s = &subs->items[i];
    held[i] = s->node;
    if (j->side[i] != side) {
      s->node = NULL;
      continue;
    }
    place condition = {j, side, 0}, plan = {j, side, 1};
    if (s->condition) s->condition = move(s->condition, &condition);
    move_plan(&plan, s->node);
  }
  input = rn_join_subqueries(j->q, subs, input);
  for (uint32_t i = 0; i < subs->count; i++) subs->items[i].node = held[i];
  return input;
}

/* --- the join ---------------------------------------------------------------------------------------------------- */

static bool holds_subquery(const place *on, const rn_expr *e) {
  if (is_subquery(on, e)) return true;
  for (uint32_t i = 0; i < e->arg_count; i++)
    if (holds_subquery(on, e->args[i])) return true;
  return false;
}

/* Conditions without sub-queries say which rows of the second side belong to a row of the first one before those are
 * asked for; they leave the list. */
static rn_logical *filter_second(const on_join *j, rn_logical *input, rn_expr **parts, uint32_t *count, rn_span span) {
  place on = {.j = j}, to = {j, !j->first, 0};
  rn_expr **plain = RN_NEW_N(j->q->arena, rn_expr *, *count + 1);
  uint32_t taken = 0, left = 0;
  for (uint32_t i = 0; i < *count; i++) {
    if (holds_subquery(&on, parts[i])) parts[left++] = parts[i];
    else plain[taken++] = move(parts[i], &to);
  }
  *count = left;
  return taken ? rn_logical_filter(j->q->arena, input, rn_bind_and(&j->q->binder, plain, taken, span), span) : input;
}

/* Where a column of ON, or the value of a sub-query, is in the join. */
static uint32_t in_join(const on_join *j, unsigned side, uint32_t index) {
  return side == j->first ? index : j->width + index;
}

static rn_expr *over_join(rn_expr *e, const void *ctx) {
  const on_join *j = ctx;
  place on = {.j = j};
  if (is_subquery(&on, e)) {
    uint32_t number = e->index % RN_PLACE_STEP, at = in_join(j, j->side[number], j->subs->items[number].column);
    return rn_expr_column(j->q->arena, at, e->type, e->span);
  }
  if (is_on_column(&on, e)) {
    unsigned side = e->index >= j->left;
    uint32_t at = in_join(j, side, e->index - (side ? j->left : 0));
    return rn_expr_column(j->q->arena, at, e->type, e->span);
  }
  return e->arg_count ? rn_expr_map_args(j->q->arena, e, over_join, j) : e;
}

rn_logical *rn_join_on_subqueries(rn_query_context *q, rn_subqueries *subs, rn_logical *join, rn_expr *condition) {
  rn_join_kind kind = join->u.join.kind;
  uint32_t left = join->inputs[0]->schema.count, count = condition->kind == RN_EXPR_AND ? condition->arg_count : 1;
  on_join j = {.q = q, .subs = subs, .left = left, .lateral = join->u.join.lateral};
  const rn_subquery *bad = choose_sides(&j, kind);
  if (bad) {
    rn_diag(q->binder.diags, RN_E_UNSUPPORTED, bad->ast->span,
            "write UNION ALL of a LEFT JOIN and of what it leaves of the other side",
            "a sub-query in ON of a FULL JOIN that reads both sides is not supported");
    return NULL;
  }
  rn_expr **parts = RN_NEW_N(q->arena, rn_expr *, count + 1);
  for (uint32_t i = 0; i < count; i++) parts[i] = condition->kind == RN_EXPR_AND ? condition->args[i] : condition;
  rn_logical *first = join_side(&j, j.first, join->inputs[j.first]), *second = join->inputs[!j.first];
  if (j.lateral) {
    if (!join->u.join.lateral) rn_logical_move_outer(q->arena, second, 1);
    second = filter_second(&j, second, parts, &count, join->span);
  }
  second = join_side(&j, !j.first, second);
  j.width = first->schema.count;
  for (uint32_t i = 0; i < count; i++) parts[i] = over_join(parts[i], &j);
  rn_expr *on = rn_bind_and(&q->binder, parts, count, join->span);
  rn_logical *node = rn_logical_join(q->arena, j.lateral ? RN_JOIN_KIND_LEFT : kind, first, second, on, join->span);
  node->u.join.lateral = j.lateral;
  if (!j.lateral) rn_windowed_mark_join(q->arena, node);
  uint32_t all = join->schema.count;
  rn_expr **exprs = RN_NEW_N(q->arena, rn_expr *, all + 1);
  const char **names = RN_NEW_N(q->arena, const char *, all + 1);
  for (uint32_t i = 0; i < all; i++) {
    uint32_t at = in_join(&j, i >= left, i >= left ? i - left : i);
    exprs[i] = rn_expr_column(q->arena, at, node->schema.fields[at].type, join->span);
    names[i] = join->schema.fields[i].name;
  }
  return rn_logical_project(q->arena, node, all, exprs, names, join->span);
}
