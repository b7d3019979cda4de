/* Decorrelation: the domain, the different values of the outer columns that a part of the right side reads (Neumann and
 * Kemper, Unnesting Arbitrary Queries, 2015). See rewrite_decorrelate.c. */
#include "planner/decorrelate.h"

/* Does the plan give the same rows when it runs twice? */
static rn_status find_volatile(rn_expr **slot, void *ctx) {
  if (rn_expr_is_volatile(*slot) || rn_expr_is_proctime(*slot)) *(bool *)ctx = true;
  return RN_OK;
}

static bool repeats(const rn_logical *node) {
  static const bool copied[RN_L_COUNT] = {
      [RN_L_SCAN] = true, [RN_L_VALUES] = true, [RN_L_FILTER] = true, [RN_L_PROJECT] = true, [RN_L_WINDOW] = true,
      [RN_L_AGGREGATE] = true, [RN_L_WINDOW_AGG] = true, [RN_L_UNION] = true, [RN_L_SET] = true, [RN_L_JOIN] = true,
      [RN_L_UNNEST] = true, [RN_L_EXPAND] = true};
  bool differs = !copied[node->kind];
  (void)rn_logical_visit_exprs((rn_logical *)(uintptr_t)node, find_volatile, &differs);
  for (uint32_t i = 0; i < node->input_count && !differs; i++) differs = !repeats(node->inputs[i]);
  return !differs;
}

/* --- a plan with at least the rows that another has, in the columns that are needed ------------------------- */

/* map: what the needed columns are in it. */
static rn_logical *make_cover(rn_rewrite *r, const rn_logical *node, const bool *need, rn_expr **map);

static bool reads_from(const bool *need, uint32_t first, uint32_t count) {
  for (uint32_t i = first; i < count; i++)
    if (need[i]) return true;
  return false;
}

/* .. of the input, whose first columns are those of the node. */
static rn_logical *cover_input(rn_rewrite *r, const rn_logical *node, const bool *need, rn_expr **map) {
  const rn_logical *input = node->inputs[0];
  return reads_from(need, input->schema.count, node->schema.count) ? NULL : make_cover(r, input, need, map);
}

/* A filter that cannot be asked twice is left out. */
static rn_logical *cover_filter(rn_rewrite *r, const rn_logical *node, const bool *need, rn_expr **map) {
  uint32_t count = node->schema.count;
  bool *more = RN_NEW_N(r->arena, bool, count + 1);
  for (uint32_t i = 0; i < count; i++) more[i] = need[i];
  rn_expr_columns(node->u.filter, more);
  rn_logical *input = rn_expr_is_volatile(node->u.filter) ? NULL : make_cover(r, node->inputs[0], more, map);
  if (!input) return make_cover(r, node->inputs[0], need, map);
  return rn_logical_filter(r->arena, input, rn_expr_replace(r->arena, node->u.filter, map), node->span);
}

static rn_logical *cover_project(rn_rewrite *r, const rn_logical *node, const bool *need, rn_expr **map) {
  uint32_t count = node->schema.count, width = node->inputs[0]->schema.count, made = 0;
  bool *below = RN_NEW_N(r->arena, bool, width + 1);
  rn_expr **in = RN_NEW_N(r->arena, rn_expr *, width + 1), **exprs = RN_NEW_N(r->arena, rn_expr *, count + 1);
  const char **names = RN_NEW_N(r->arena, const char *, count + 1);
  for (uint32_t i = 0; i < count; i++) {
    if (!need[i]) continue;
    if (rn_expr_is_volatile(node->u.project[i])) return NULL;
    rn_expr_columns(node->u.project[i], below);
  }
  rn_logical *input = make_cover(r, node->inputs[0], below, in);
  if (!input) return NULL;
  for (uint32_t i = 0; i < count; i++) {
    if (!need[i]) continue;
    exprs[made] = rn_expr_replace(r->arena, node->u.project[i], in);
    names[made] = node->schema.fields[i].name;
    map[i] = rn_expr_column(r->arena, made, exprs[made]->type, node->span);
    made++;
  }
  return rn_logical_project(r->arena, input, made, exprs, names, node->span);
}

static rn_logical *cover_join(rn_rewrite *r, const rn_logical *node, const bool *need, rn_expr **map) {
  rn_join_kind kind = node->u.join.kind;
  uint32_t left = node->inputs[0]->schema.count, width = rn_logical_width(node);
  if (kind != RN_JOIN_KIND_INNER && kind != RN_JOIN_KIND_RIGHT && kind != RN_JOIN_KIND_FULL)
    return cover_input(r, node, need, map);
  if (kind != RN_JOIN_KIND_INNER) return NULL;
  bool *more = RN_NEW_N(r->arena, bool, width + 1);
  for (uint32_t i = 0; i < width; i++) more[i] = need[i];
  if (node->u.join.condition) rn_expr_columns(node->u.join.condition, more);
  rn_logical *sides[2] = {make_cover(r, node->inputs[0], more, map),
                          make_cover(r, node->inputs[1], more + left, map + left)};
  if (!sides[0] || !sides[1]) return NULL;
  for (uint32_t i = left; i < width; i++)
    if (more[i]) map[i] = rn_expr_shift(r, map[i], sides[0]->schema.count);
  rn_expr *condition = node->u.join.condition ? rn_expr_replace(r->arena, node->u.join.condition, map) : NULL;
  return rn_logical_join(r->arena, kind, sides[0], sides[1], condition, node->span);
}

/* NULL: there is none. */
static rn_logical *make_cover(rn_rewrite *r, const rn_logical *node, const bool *need, rn_expr **map) {
  if (repeats(node)) {
    rn_logical *copy = rn_logical_copy(r->arena, node);
    for (uint32_t i = 0; i < node->schema.count; i++) map[i] = rn_column_of(r, copy, i, node->span);
    return copy;
  }
  switch (node->kind) {
    case RN_L_FILTER: return cover_filter(r, node, need, map);
    case RN_L_PROJECT: return cover_project(r, node, need, map);
    case RN_L_JOIN: return cover_join(r, node, need, map);
    case RN_L_SORT: case RN_L_LIMIT: case RN_L_OVER: case RN_L_UNNEST: return cover_input(r, node, need, map);
    default: return NULL;
  }
}

/* --- what is read ------------------------------------------------------------------------------------------- */

void rn_mark_outer(const rn_expr *e, bool *used) {
  if (e->kind == RN_EXPR_OUTER && e->value.u.i == 1) used[e->index] = true;
  for (uint32_t i = 0; i < e->arg_count; i++) rn_mark_outer(e->args[i], used);
}

bool *rn_no_outer(rn_puller *u) { return RN_NEW_N(u->r->arena, bool, u->join->inputs[0]->schema.count + 1); }

void rn_mark_pulled(const rn_pulled *p, bool *used) {
  for (uint32_t i = 0; i < p->on.count; i++) rn_mark_outer(p->on.items[i], used);
  for (uint32_t i = 0; i < p->after.count; i++) rn_mark_outer(p->after.items[i], used);
  for (uint32_t i = 0; i < p->count; i++) rn_mark_outer(p->out[i], used);
}

typedef struct placing {
  rn_arena *arena;
  const uint32_t *places;
} placing;

static rn_expr *place(rn_expr *e, const void *ctx) {
  const placing *p = ctx;
  bool outer = e->kind == RN_EXPR_OUTER && e->value.u.i == 1;
  return outer ? rn_expr_column(p->arena, p->places[e->index], e->type, e->span) : rn_expr_map_args(p->arena, e, place, p);
}

rn_expr *rn_in_domain(rn_puller *u, const rn_expr *e, const uint32_t *places) {
  const placing p = {u->r->arena, places};
  return place((rn_expr *)(uintptr_t)e, &p);
}

/* The different values of the used columns of the left side, or more of them: those that no outer row has are not asked
 * for. NULL: refused. */
static rn_logical *make_domain(rn_puller *u, const bool *used, const rn_expr *at, const char *what) {
  rn_rewrite *r = u->r;
  const rn_logical *left = u->join->inputs[0];
  rn_expr **map = RN_NEW_N(r->arena, rn_expr *, left->schema.count + 1);
  rn_logical *copy = make_cover(r, left, used, map);
  if (!copy) {
    rn_diag(r->binder->diags, RN_E_UNSUPPORTED, at->span, "read it in a plain WHERE of the sub-query",
            "a column of the outer query is read %s: its rows are needed twice, and OVER or RAND() may give others",
                what);
    return NULL;
  }
  rn_logical_move_outer(r->arena, copy, 1);
  rn_expr **exprs = RN_NEW_N(r->arena, rn_expr *, left->schema.count + 1);
  const char **names = RN_NEW_N(r->arena, const char *, left->schema.count + 1);
  uint32_t count = 0;
  for (uint32_t i = 0; i < left->schema.count; i++) {
    if (!used[i]) continue;
    exprs[count] = rn_column_of(r, copy, map[i]->index, at->span);
    names[count++] = left->schema.fields[i].name;
  }
  rn_logical *values = rn_logical_project(r->arena, copy, count, exprs, names, at->span);
  rn_logical *node = rn_bind_distinct(rn_query_of(r->binder), values, at->span);
  rn_logical_paths(node, rn_arena_printf(r->arena, "%s.domain%u", u->join->path, u->domains++), r->arena);
  return node;
}

static rn_expr *same_value(rn_puller *u, uint32_t outer, const rn_field *field, uint32_t place, rn_span span) {
  const rn_type *type = rn_type_with_time(u->r->arena, field->type, RN_TIME_NONE);
  rn_expr *e = rn_expr_make(u->r->arena, RN_EXPR_OUTER, type, span, 0, NULL);
  e->index = outer;
  e->value.u.i = 1;
  const char *op = type->nullable ? "IS NOT DISTINCT FROM" : "=";
  return rn_bind_compare(u->r->binder, op, e, rn_expr_column(u->r->arena, place, type, span), span, span);
}

bool rn_join_domain(rn_puller *u, rn_pulled *p, const bool *used, const rn_expr *at, const char *what) {
  rn_rewrite *r = u->r;
  rn_logical *domain = make_domain(u, used, at, what);
  if (!domain) return false;
  uint32_t width = p->node->schema.count, own = domain->schema.count, base = p->always ? 0 : width, count = 0;
  uint32_t *places = RN_NEW_N(r->arena, uint32_t, u->join->inputs[0]->schema.count + 1);
  rn_conjuncts on = {0}, same = {0}, after = {0};
  for (uint32_t i = 0; i < u->join->inputs[0]->schema.count; i++) {
    if (!used[i]) continue;
    rn_conjuncts_add(r->arena, &same, same_value(u, i, &domain->schema.fields[count], base + count, at->span));
    places[i] = base + count++;
  }
  for (uint32_t i = 0; i < p->on.count; i++)
    rn_conjuncts_add(r->arena, &on, rn_in_domain(u, p->always ? rn_expr_shift(r, p->on.items[i], own)
                                                 : p->on.items[i], places));
  rn_logical *first = p->always ? domain : p->node, *second = p->always ? p->node : domain;
  rn_logical *node = rn_logical_join(r->arena, p->always ? RN_JOIN_KIND_LEFT : RN_JOIN_KIND_INNER, first, second,
                                     rn_conjuncts_and(r, &on, at->span), at->span);
  node->path = rn_arena_printf(r->arena, "%s.domain%u.join", u->join->path, u->domains++);
  for (uint32_t i = 0; i < p->after.count; i++)
    rn_conjuncts_add(r->arena, &after, rn_in_domain(u, rn_expr_shift(r, p->after.items[i], own), places));
  for (uint32_t i = 0; i < p->count; i++) {
    p->out[i] = rn_in_domain(u, p->always ? rn_expr_shift(r, p->out[i], own) : p->out[i], places);
    if (p->out[i]->kind == RN_EXPR_COLUMN) p->out[i] = rn_column_of(r, node, p->out[i]->index, p->out[i]->span);
  }
  p->node = after.count ? rn_logical_filter(r->arena, node, rn_conjuncts_and(r, &after, at->span), at->span) : node;
  p->on = same;
  p->after = (rn_conjuncts){0};
  p->always = false;
  return true;
}

bool rn_join_own_domain(rn_puller *u, rn_pulled *p, const rn_expr *at, const char *what) {
  bool *used = rn_no_outer(u);
  rn_mark_pulled(p, used);
  return rn_join_domain(u, p, used, at, what);
}
