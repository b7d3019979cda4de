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
      [RN_L_AGGREGATE] = true, [RN_L_WINDOW_AGG] = true, [RN_L_UNION] = true, [RN_L_SET] = true, [RN_L_JOIN] = true};
  bool differs = !copied[node->kind];
  (void)rn_logical_visit_exprs((rn_logical *)(uintptr_t)node, find_volatile, &differs);
  for (uint32_t i = 0; i < node->input_count && !differs; i++) differs = !repeats(node->inputs[i]);
  return !differs;
}

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

rn_expr *rn_in_domain(rn_puller *u, const rn_expr *e, const uint32_t *places) {
  rn_arena *arena = u->r->arena;
  if (e->kind == RN_EXPR_OUTER && e->value.u.i == 1) return rn_expr_column(arena, places[e->index], e->type, e->span);
  rn_expr *copy = RN_NEW(arena, rn_expr);
  *copy = *e;
  if (!e->arg_count) return copy;
  copy->args = RN_NEW_N(arena, rn_expr *, e->arg_count);
  for (uint32_t i = 0; i < e->arg_count; i++) copy->args[i] = rn_in_domain(u, e->args[i], places);
  return copy;
}

/* The different values of the used columns of the left side; NULL: refused. */
static rn_logical *make_domain(rn_puller *u, const bool *used, const rn_expr *at, const char *what) {
  rn_rewrite *r = u->r;
  const rn_logical *left = u->join->inputs[0];
  if (!repeats(left)) {
    rn_diag(r->binder->diags, RN_E_UNSUPPORTED, at->span, "read it in a plain WHERE of the sub-query",
            "a column of the outer query is read %s: its rows are needed twice, and LIMIT, OVER or RAND() may give others", what);
    return NULL;
  }
  rn_logical *copy = rn_logical_copy(r->arena, left);
  rn_move_levels(r, copy, 1);
  rn_expr **exprs = RN_NEW_N(r->arena, rn_expr *, left->schema.count + 1);
  const char **names = RN_NEW_N(r->arena, const char *, left->schema.count + 1), *path = rn_arena_printf(r->arena, "%s.domain%u", u->join->path, u->domains++);
  uint32_t count = 0;
  for (uint32_t i = 0; i < left->schema.count; i++) {
    if (!used[i]) continue;
    exprs[count] = rn_column_of(r, copy, i, at->span);
    names[count++] = left->schema.fields[i].name;
  }
  rn_logical *node = rn_bind_distinct((rn_query_context *)r->binder, rn_logical_project(r->arena, copy, count, exprs, names, at->span), at->span);
  rn_logical_paths(node, path, r->arena);
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
    rn_conjuncts_add(r->arena, &on, rn_in_domain(u, p->always ? rn_expr_shift(r, p->on.items[i], own) : p->on.items[i], places));
  rn_logical *first = p->always ? domain : p->node, *second = p->always ? p->node : domain;
  rn_logical *node = rn_logical_join(r->arena, p->always ? RN_JOIN_KIND_LEFT : RN_JOIN_KIND_INNER, first, second, rn_conjuncts_and(r, &on, at->span), at->span);
  node->path = rn_arena_printf(r->arena, "%s.domain%u.join", u->join->path, u->domains++);
  for (uint32_t i = 0; i < p->after.count; i++) rn_conjuncts_add(r->arena, &after, rn_in_domain(u, rn_expr_shift(r, p->after.items[i], own), places));
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
