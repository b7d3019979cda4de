/* Decorrelation: a lateral join, whose right side reads columns of the left one, becomes a join of two plans that know
 * nothing of each other. After Galindo-Legaria and Joshi (Orthogonal Optimization of Subqueries and Aggregation, 2001):
 * the conditions that read the outer row are pulled up through filters, projections, joins and aggregates until they
 * are conditions of the join itself. An aggregate that they pass is grouped by what they compare; one without GROUP BY
 * has a row for every outer row, so it is joined LEFT and its COUNT is 0 where nothing was counted.
 *
 * Where a condition cannot pass (an inequality below an aggregate, UNION, ON of an outer join, a sub-query further in),
 * the different values of the outer columns are joined below it: the domain (Neumann and Kemper, Unnesting Arbitrary
 * Queries, 2015). It is the left side once more, so that side must give the same rows twice. LIMIT and OVER are refused,
 * with the column that would have to pass. Inner joins go first, so that the right side of a join is free of lateral
 * joins; what is left in it of queries further out comes one level nearer. */
#include "planner/query.h"
#include "planner/rewrite.h"
#include "runtime/function.h"

/* The right side without its outer columns. `out` and the conjuncts are over columns of node and RN_EXPR_OUTER. */
typedef struct pulled {
  rn_logical *node;
  uint32_t count;
  rn_expr **out;     /* the columns of the old plan */
  rn_conjuncts on;      /* node's rows that belong to an outer row */
  bool always;       /* exactly one row for every outer row: columns over no row of node are good */
  rn_conjuncts after;   /* .. which passes if these hold */
} pulled;

typedef struct puller {
  rn_rewrite *r;
  const rn_logical *join;
  uint32_t domains; /* made so far, for paths */
} puller;

/* The first column of the query next to this one that e reads; NULL: none. */
static const rn_expr *near_outer(const rn_expr *e) {
  const rn_expr *found = e->kind == RN_EXPR_OUTER && e->value.u.i == 1 ? e : NULL;
  for (uint32_t i = 0; i < e->arg_count && !found; i++) found = near_outer(e->args[i]);
  return found;
}

static rn_status find_near(rn_expr **slot, void *ctx) {
  const rn_expr **found = ctx;
  if (!*found) *found = near_outer(*slot);
  return RN_OK;
}

static const rn_expr *near_below(const rn_logical *node) {
  const rn_expr *found = NULL;
  (void)rn_logical_visit_exprs((rn_logical *)(uintptr_t)node, find_near, &found); /* changes nothing */
  for (uint32_t i = 0; i < node->input_count && !found; i++) found = near_below(node->inputs[i]);
  return found;
}

static bool refuse(rn_rewrite *r, const rn_expr *at, const char *what) {
  rn_diag(r->binder->diags, RN_E_UNSUPPORTED, at->span,
          "read it in a WHERE of the sub-query, outside of LIMIT and OVER; or write a join",
          "a column of the outer query is read %s: such a sub-query is not supported", what);
  return false;
}

/* Columns of e moved by `by`. */
static rn_expr *shift(rn_rewrite *r, const rn_expr *e, uint32_t by) {
  rn_expr *copy = RN_NEW(r->arena, rn_expr);
  *copy = *e;
  if (e->kind == RN_EXPR_COLUMN) copy->index += by;
  if (!e->arg_count) return copy;
  copy->args = RN_NEW_N(r->arena, rn_expr *, e->arg_count);
  for (uint32_t i = 0; i < e->arg_count; i++) copy->args[i] = shift(r, e->args[i], by);
  return copy;
}

static rn_expr *column(rn_rewrite *r, const rn_logical *node, uint32_t i, rn_span span) {
  return rn_expr_column(r->arena, i, node->schema.fields[i].type, span);
}

static rn_expr **columns(rn_rewrite *r, const rn_logical *node) {
  rn_expr **out = RN_NEW_N(r->arena, rn_expr *, node->schema.count + 1);
  for (uint32_t i = 0; i < node->schema.count; i++) out[i] = column(r, node, i, node->span);
  return out;
}

/* What reads queries further out stands `by` levels further from them. */
static rn_expr *further(rn_rewrite *r, const rn_expr *e, int64_t by) {
  rn_expr *copy = RN_NEW(r->arena, rn_expr);
  *copy = *e;
  if (e->kind == RN_EXPR_OUTER) copy->value.u.i += by;
  if (!e->arg_count) return copy;
  copy->args = RN_NEW_N(r->arena, rn_expr *, e->arg_count);
  for (uint32_t i = 0; i < e->arg_count; i++) copy->args[i] = further(r, e->args[i], by);
  return copy;
}

typedef struct levels {
  rn_rewrite *r;
  int64_t by;
} levels;

static rn_status move_slot(rn_expr **slot, void *ctx) {
  const levels *l = ctx;
  if (rn_expr_outer(*slot)) *slot = further(l->r, *slot, l->by);
  return RN_OK;
}

static void move_levels(rn_rewrite *r, rn_logical *node, int64_t by) {
  levels l = {r, by};
  (void)rn_logical_visit_exprs(node, move_slot, &l);
  for (uint32_t i = 0; i < node->input_count; i++) move_levels(r, node->inputs[i], by);
}

/* --- the domain --------------------------------------------------------------------------------------------- */

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

static void mark(const rn_expr *e, bool *used) {
  if (e->kind == RN_EXPR_OUTER && e->value.u.i == 1) used[e->index] = true;
  for (uint32_t i = 0; i < e->arg_count; i++) mark(e->args[i], used);
}

static bool *no_outer(puller *u) { return RN_NEW_N(u->r->arena, bool, u->join->inputs[0]->schema.count + 1); }

static void mark_pulled(const pulled *p, bool *used) {
  for (uint32_t i = 0; i < p->on.count; i++) mark(p->on.items[i], used);
  for (uint32_t i = 0; i < p->after.count; i++) mark(p->after.items[i], used);
  for (uint32_t i = 0; i < p->count; i++) mark(p->out[i], used);
}

/* Columns of the outer query become columns of the domain, places[i] for column i; levels further out stay. */
static rn_expr *in_domain(puller *u, const rn_expr *e, const uint32_t *places) {
  rn_arena *arena = u->r->arena;
  if (e->kind == RN_EXPR_OUTER && e->value.u.i == 1) return rn_expr_column(arena, places[e->index], e->type, e->span);
  rn_expr *copy = RN_NEW(arena, rn_expr);
  *copy = *e;
  if (!e->arg_count) return copy;
  copy->args = RN_NEW_N(arena, rn_expr *, e->arg_count);
  for (uint32_t i = 0; i < e->arg_count; i++) copy->args[i] = in_domain(u, e->args[i], places);
  return copy;
}

/* The different values of the used columns of the left side; NULL: refused. */
static rn_logical *make_domain(puller *u, const bool *used, const rn_expr *at, const char *what) {
  rn_rewrite *r = u->r;
  const rn_logical *left = u->join->inputs[0];
  if (!repeats(left)) {
    rn_diag(r->binder->diags, RN_E_UNSUPPORTED, at->span, "read it in a plain WHERE of the sub-query",
            "a column of the outer query is read %s: its rows are needed twice, and LIMIT, OVER or RAND() may give others", what);
    return NULL;
  }
  rn_logical *copy = rn_logical_copy(r->arena, left);
  move_levels(r, copy, 1);
  rn_expr **exprs = RN_NEW_N(r->arena, rn_expr *, left->schema.count + 1);
  const char **names = RN_NEW_N(r->arena, const char *, left->schema.count + 1), *path = rn_arena_printf(r->arena, "%s.domain%u", u->join->path, u->domains++);
  uint32_t count = 0;
  for (uint32_t i = 0; i < left->schema.count; i++) {
    if (!used[i]) continue;
    exprs[count] = column(r, copy, i, at->span);
    names[count++] = left->schema.fields[i].name;
  }
  rn_logical *node = rn_bind_distinct((rn_query_context *)r->binder, rn_logical_project(r->arena, copy, count, exprs, names, at->span), at->span);
  rn_logical_paths(node, path, r->arena);
  return node;
}

static rn_expr *same_value(puller *u, uint32_t outer, const rn_field *field, uint32_t place, rn_span span) {
  const rn_type *type = rn_type_with_time(u->r->arena, field->type, RN_TIME_NONE);
  rn_expr *e = rn_expr_make(u->r->arena, RN_EXPR_OUTER, type, span, 0, NULL);
  e->index = outer;
  e->value.u.i = 1;
  const char *op = type->nullable ? "IS NOT DISTINCT FROM" : "=";
  return rn_bind_compare(u->r->binder, op, e, rn_expr_column(u->r->arena, place, type, span), span, span);
}

/* Joins the domain of the used columns to what was pulled: its conditions and columns need the outer row no more, only
 * that the values are the outer row's own. A row for every outer row becomes a row for every value. */
static bool join_domain(puller *u, pulled *p, const bool *used, const rn_expr *at, const char *what) {
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
    rn_conjuncts_add(r->arena, &on, in_domain(u, p->always ? shift(r, p->on.items[i], own) : p->on.items[i], places));
  rn_logical *first = p->always ? domain : p->node, *second = p->always ? p->node : domain;
  rn_logical *node = rn_logical_join(r->arena, p->always ? RN_JOIN_KIND_LEFT : RN_JOIN_KIND_INNER, first, second, rn_conjuncts_and(r, &on, at->span), at->span);
  node->path = rn_arena_printf(r->arena, "%s.domain%u.join", u->join->path, u->domains++);
  for (uint32_t i = 0; i < p->after.count; i++) rn_conjuncts_add(r->arena, &after, in_domain(u, shift(r, p->after.items[i], own), places));
  for (uint32_t i = 0; i < p->count; i++) {
    p->out[i] = in_domain(u, p->always ? shift(r, p->out[i], own) : p->out[i], places);
    if (p->out[i]->kind == RN_EXPR_COLUMN) p->out[i] = column(r, node, p->out[i]->index, p->out[i]->span);
  }
  p->node = after.count ? rn_logical_filter(r->arena, node, rn_conjuncts_and(r, &after, at->span), at->span) : node;
  p->on = same;
  p->after = (rn_conjuncts){0};
  p->always = false;
  return true;
}

static bool join_own_domain(puller *u, pulled *p, const rn_expr *at, const char *what) {
  bool *used = no_outer(u);
  mark_pulled(p, used);
  return join_domain(u, p, used, at, what);
}

/* --- pulling ------------------------------------------------------------------------------------------------- */

static bool pull(puller *u, rn_logical *node, pulled *p);

static bool pull_filter(puller *u, rn_logical *node, pulled *p) {
  rn_rewrite *r = u->r;
  if (!pull(u, node->inputs[0], p)) return false;
  rn_conjuncts all = {0}, stay = {0};
  rn_conjuncts_split(r->arena, node->u.filter, &all);
  for (uint32_t i = 0; i < all.count; i++) {
    rn_expr *e = rn_expr_replace(r->arena, all.items[i], p->out);
    rn_conjuncts_add(r->arena, p->always ? &p->after : near_outer(e) ? &p->on : &stay, e);
  }
  if (stay.count) p->node = rn_logical_filter(r->arena, p->node, rn_conjuncts_and(r, &stay, node->span), node->span);
  return true;
}

static bool pull_project(puller *u, rn_logical *node, pulled *p) {
  rn_rewrite *r = u->r;
  if (!pull(u, node->inputs[0], p)) return false;
  rn_expr **out = RN_NEW_N(r->arena, rn_expr *, node->schema.count + 1);
  for (uint32_t i = 0; i < node->schema.count; i++) out[i] = rn_expr_replace(r->arena, node->u.project[i], p->out);
  p->out = out;
  p->count = node->schema.count;
  return true;
}

static bool reads_columns(const rn_expr *e) {
  if (e->kind == RN_EXPR_COLUMN) return true;
  for (uint32_t i = 0; i < e->arg_count; i++)
    if (reads_columns(e->args[i])) return true;
  return false;
}

/* outer = inner, or the other way: which argument is the inner one; -1: another condition. */
static int inner_side(const rn_expr *e) {
  if (e->kind != RN_EXPR_CALL || e->arg_count != 2) return -1;
  if (strcmp(e->function->name, "=") != 0 && strcmp(e->function->name, "IS NOT DISTINCT FROM") != 0) return -1;
  for (int i = 0; i < 2; i++)
    if (!near_outer(e->args[i]) && !reads_columns(e->args[!i])) return i;
  return -1;
}

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
  if (call->result->id == RN_T_MULTISET) { /* COLLECT: an empty one */
    rn_value empty = {.type = call->result};
    rn_expr *both[2] = {e, rn_expr_const(r->arena, empty, e->span)};
    return rn_expr_make(r->arena, RN_EXPR_COALESCE, call->result, e->span, 2, both);
  }
  rn_expr *args[2] = {e, rn_bind_cast(r->binder, rn_expr_const(r->arena, zero, e->span), rn_type_with_null(r->arena, e->type, false), true, false)};
  args[1] = rn_fold(r->binder, args[1]);
  return rn_expr_make(r->arena, RN_EXPR_COALESCE, call->result, e->span, 2, args);
}

static bool pull_aggregate(puller *u, rn_logical *node, pulled *p) {
  rn_rewrite *r = u->r;
  bool global = node->kind == RN_L_AGGREGATE && !node->u.agg.grouped;
  const rn_expr *at = near_below(node);
  if (!pull(u, node->inputs[0], p)) return false;
  bool domain = p->always;
  for (uint32_t i = 0; i < p->on.count; i++) domain = domain || (reads_columns(p->on.items[i]) && inner_side(p->on.items[i]) < 0);
  for (uint32_t i = 0; i < p->count; i++) domain = domain || (used_by(node, i) && near_outer(p->out[i]));
  if (domain && node->kind == RN_L_WINDOW_AGG) return refuse(r, at, "below a window");
  if (domain && !join_own_domain(u, p, at, "below an aggregate")) return false;
  uint32_t width = p->count, keys = node->u.agg.key_count, calls = node->u.agg.call_count, extra = 0;
  uint32_t room = width + p->on.count + 1;
  rn_expr **exprs = RN_NEW_N(r->arena, rn_expr *, room);
  const char **names = RN_NEW_N(r->arena, const char *, room);
  for (uint32_t i = 0; i < width; i++) {
    names[i] = node->inputs[0]->schema.fields[i].name;
    exprs[i] = p->out[i];
    const rn_expr *outer = near_outer(exprs[i]);
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
    int inner = reads_columns(e) ? inner_side(e) : -1;
    if (inner < 0) continue; /* about the outer row alone */
    rn_expr *copy = RN_NEW(r->arena, rn_expr);
    *copy = *e;
    copy->args = RN_NEW_N(r->arena, rn_expr *, 2);
    copy->args[!inner] = e->args[!inner];
    const char *name = rn_arena_printf(r->arena, "$g%u", extra);
    const rn_type *type = rn_type_with_time(r->arena, e->args[inner]->type, RN_TIME_NONE);
    names[width + extra] = name;
    exprs[width + extra] = e->args[inner];
    group[keys + extra] = width + extra;
    fields[keys + extra] = (rn_field){name, type};
    copy->args[inner] = rn_expr_column(r->arena, keys + extra, type, e->args[inner]->span);
    p->on.items[i] = copy;
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
    p->out[i] = column(r, node, i < keys ? i : i + extra, node->span);
    if (global && i >= keys && i - keys < calls) p->out[i] = or_nothing(r, p->out[i], &node->u.agg.calls[i - keys]);
  }
  p->always = global;
  return true;
}

/* What is computed becomes columns: NULL where an outer join has no row. */
static void compute(puller *u, pulled *p, rn_span span) {
  rn_rewrite *r = u->r;
  uint32_t width = p->node->schema.count, extra = 0;
  rn_expr **exprs = RN_NEW_N(r->arena, rn_expr *, width + p->count + 1);
  const char **names = RN_NEW_N(r->arena, const char *, width + p->count + 1);
  for (uint32_t i = 0; i < width; i++) {
    exprs[i] = column(r, p->node, i, span);
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

/* An inner join passes conditions of both sides up. Of the others the side that may lack rows, and ON, get the values of
 * outer columns from the other side, which the domain is joined to. */
static bool pull_join(puller *u, rn_logical *node, pulled *p) {
  rn_rewrite *r = u->r;
  rn_join_kind kind = node->u.join.kind;
  const char *what = rn_join_pairs(kind) ? "below an outer join" : "in a sub-query of the sub-query";
  const rn_expr *at = near_below(node);
  bool inner = kind == RN_JOIN_KIND_INNER;
  uint32_t left = node->inputs[0]->schema.count, count = rn_logical_width(node);
  unsigned keeper = kind == RN_JOIN_KIND_RIGHT;
  pulled side[2];
  for (unsigned s = 0; s < 2; s++) {
    if (!pull(u, node->inputs[s], &side[s])) return false;
    bool outer = side[s].always; /* its columns are nothing but columns, or the join may not lose them */
    for (uint32_t i = 0; i < side[s].count && !inner && s != keeper; i++) outer = outer || near_outer(side[s].out[i]);
    if (outer && !join_own_domain(u, &side[s], at, what)) return false;
    if (!inner && s != keeper) compute(u, &side[s], node->span);
  }
  if (kind == RN_JOIN_KIND_FULL) return refuse(r, at, "below FULL JOIN");
  rn_conjuncts all = {0};
  rn_conjuncts_split(r->arena, node->u.join.condition, &all);
  bool *used = no_outer(u), any = false;
  for (uint32_t i = 0; i < all.count && !inner; i++) mark(all.items[i], used);
  for (uint32_t i = 0; i < side[!keeper].on.count && !inner; i++) mark(side[!keeper].on.items[i], used);
  for (uint32_t i = 0; i < u->join->inputs[0]->schema.count; i++) any = any || used[i];
  uint32_t *places = NULL;
  if (any) {
    mark_pulled(&side[keeper], used);
    if (!join_domain(u, &side[keeper], used, at, what)) return false;
    places = RN_NEW_N(r->arena, uint32_t, u->join->inputs[0]->schema.count + 1);
    for (uint32_t i = 0; i < side[keeper].on.count; i++) { /* outer column = column of the domain */
      const rn_expr *e = side[keeper].on.items[i];
      places[e->args[0]->index] = e->args[1]->index + (keeper ? side[0].node->schema.count : 0);
    }
  }
  uint32_t width = side[0].node->schema.count;
  rn_expr **map = RN_NEW_N(r->arena, rn_expr *, count + 1);
  for (uint32_t i = 0; i < count; i++) map[i] = i < left ? side[0].out[i] : shift(r, side[1].out[i - left], width);
  rn_conjuncts stay = {0};
  *p = (pulled){.count = node->schema.count};
  for (uint32_t i = 0; i < all.count; i++) {
    rn_expr *e = rn_expr_replace(r->arena, all.items[i], map);
    if (places) e = in_domain(u, e, places);
    rn_conjuncts_add(r->arena, inner && near_outer(e) ? &p->on : &stay, e);
  }
  for (unsigned s = 0; s < 2; s++)
    for (uint32_t i = 0; i < side[s].on.count; i++) {
      rn_expr *e = shift(r, side[s].on.items[i], s ? width : 0);
      if (places && s != keeper) e = in_domain(u, e, places);
      rn_conjuncts_add(r->arena, inner || s == keeper ? &p->on : &stay, e);
    }
  p->node = rn_logical_join(r->arena, kind, side[0].node, side[1].node, rn_conjuncts_and(r, &stay, node->span), node->span);
  p->node->path = node->path;
  p->node->u.join.single = node->u.join.single;
  p->out = RN_NEW_N(r->arena, rn_expr *, p->count + 1);
  for (uint32_t i = 0; i < p->count; i++) {
    bool marks = kind == RN_JOIN_KIND_MARK && i == left;
    p->out[i] = marks ? column(r, p->node, width, node->span) : map[i];
    if (p->out[i]->kind == RN_EXPR_COLUMN) p->out[i] = column(r, p->node, p->out[i]->index, node->span);
  }
  return true;
}

/* Every branch gets the domain of all outer columns that some branch reads, and its columns with its own. */
static bool pull_branches(puller *u, rn_logical *node, pulled *p) {
  rn_rewrite *r = u->r;
  const rn_expr *at = near_below(node);
  bool *used = no_outer(u);
  pulled *branches = RN_NEW_N(r->arena, pulled, node->input_count);
  uint32_t width = node->schema.count, own = 0;
  for (uint32_t i = 0; i < node->input_count; i++) {
    if (!pull(u, node->inputs[i], &branches[i])) return false;
    mark_pulled(&branches[i], used);
  }
  for (uint32_t i = 0; i < u->join->inputs[0]->schema.count; i++) own += used[i];
  rn_field *fields = RN_NEW_N(r->arena, rn_field, width + own + 1);
  rn_logical **inputs = RN_NEW_N(r->arena, rn_logical *, node->input_count);
  *p = (pulled){.count = width};
  for (uint32_t i = 0; i < node->input_count; i++) {
    pulled *b = &branches[i];
    if (!join_domain(u, b, used, at, node->kind == RN_L_SET ? "below INTERSECT or EXCEPT" : "below UNION")) return false;
    rn_expr **exprs = RN_NEW_N(r->arena, rn_expr *, width + own + 1);
    const char **names = RN_NEW_N(r->arena, const char *, width + own + 1);
    for (uint32_t c = 0; c < width; c++) {
      exprs[c] = b->out[c];
      names[c] = node->schema.fields[c].name;
    }
    for (uint32_t c = 0; c < own; c++) { /* the conditions say which columns are the domain's */
      rn_expr *e = b->on.items[c]->args[1];
      exprs[width + c] = column(r, b->node, e->index, at->span);
      names[width + c] = rn_arena_printf(r->arena, "$d%u", c);
      fields[width + c] = (rn_field){names[width + c], e->type};
      if (i > 0) continue;
      rn_expr *copy = RN_NEW(r->arena, rn_expr);
      *copy = *b->on.items[c];
      copy->args = RN_NEW_N(r->arena, rn_expr *, 2);
      copy->args[0] = b->on.items[c]->args[0];
      copy->args[1] = rn_expr_column(r->arena, width + c, e->type, at->span);
      rn_conjuncts_add(r->arena, &p->on, copy);
    }
    inputs[i] = rn_logical_project(r->arena, b->node, width + own, exprs, names, at->span);
  }
  for (uint32_t c = 0; c < width; c++) fields[c] = node->schema.fields[c];
  p->node = rn_logical_new(r->arena, node->kind, node->span, node->input_count, inputs);
  p->node->path = node->path;
  p->node->schema = (rn_schema){width + own, fields};
  p->node->u.set = node->u.set;
  p->out = RN_NEW_N(r->arena, rn_expr *, width + 1);
  for (uint32_t c = 0; c < width; c++) p->out[c] = column(r, p->node, c, node->span);
  return true;
}

static bool pull(puller *u, rn_logical *node, pulled *p) {
  rn_rewrite *r = u->r;
  const rn_expr *at = near_below(node);
  *p = (pulled){.node = node, .count = node->schema.count};
  if (!at) {
    p->out = columns(r, node);
    return true;
  }
  switch (node->kind) {
    case RN_L_FILTER: return pull_filter(u, node, p);
    case RN_L_PROJECT: return pull_project(u, node, p);
    case RN_L_AGGREGATE: case RN_L_WINDOW_AGG: return pull_aggregate(u, node, p);
    case RN_L_JOIN: return pull_join(u, node, p);
    case RN_L_EXPAND: return refuse(r, at, "below grouping sets");
    case RN_L_SORT:
      if (node->u.sort.limit < 0 && !node->u.sort.offset) return pull(u, node->inputs[0], p);
      return refuse(r, at, "below ORDER BY .. LIMIT");
    case RN_L_LIMIT: return refuse(r, at, "below LIMIT");
    case RN_L_UNION: case RN_L_SET: return pull_branches(u, node, p);
    case RN_L_OVER: return refuse(r, at, "below OVER");
    default: return refuse(r, at, "below another clause");
  }
}

/* --- the join ------------------------------------------------------------------------------------------------ */

typedef struct joined {
  rn_rewrite *r;
  const rn_logical *left, *plan; /* its inputs; plan NULL: expressions over the join already */
  rn_expr **right;               /* what columns of the right side became, over plan */
} joined;

/* e, over columns of plan (`right`: over the old right side), as an expression over left ++ plan. */
static rn_expr *over_join(const joined *j, const rn_expr *e, bool old) {
  rn_rewrite *r = j->r;
  uint32_t width = j->left->schema.count;
  if (e->kind == RN_EXPR_COLUMN && old) return e->index < width ? (rn_expr *)(uintptr_t)e : over_join(j, j->right[e->index - width], false);
  rn_expr *copy = RN_NEW(r->arena, rn_expr);
  *copy = *e;
  if (e->kind == RN_EXPR_COLUMN) copy->index += width;
  if (e->kind == RN_EXPR_OUTER) {
    if (e->value.u.i == 1) return column(r, j->left, e->index, e->span);
    copy->value.u.i--;
  }
  if (!e->arg_count) return copy;
  copy->args = RN_NEW_N(r->arena, rn_expr *, e->arg_count);
  for (uint32_t i = 0; i < e->arg_count; i++) copy->args[i] = over_join(j, e->args[i], old);
  return copy;
}

static rn_expr *all_over(const joined *j, const rn_conjuncts *c, const rn_expr *old, rn_span span) {
  rn_conjuncts all = {0};
  for (uint32_t i = 0; i < c->count; i++) rn_conjuncts_add(j->r->arena, &all, over_join(j, c->items[i], false));
  if (old) rn_conjuncts_add(j->r->arena, &all, over_join(j, old, true));
  return rn_conjuncts_and(j->r, &all, span);
}

static rn_logical *plain_join(rn_rewrite *r, const rn_logical *like, rn_join_kind kind, rn_logical *right, rn_expr *condition) {
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

static rn_expr *test(rn_rewrite *r, const char *name, rn_expr *e) { return rn_bind_call_row(r->binder, name, &e, 1, e->span); }

/* PROJECT with the join's old columns: left ones as they are, `right` for the others; `over`: its input. */
static rn_logical *old_columns(rn_rewrite *r, const rn_logical *join, rn_logical *over, rn_expr *const *right) {
  uint32_t left = join->inputs[0]->schema.count, count = join->schema.count;
  rn_expr **exprs = RN_NEW_N(r->arena, rn_expr *, count + 1);
  const char **names = RN_NEW_N(r->arena, const char *, count + 1);
  for (uint32_t i = 0; i < count; i++) {
    exprs[i] = i < left ? column(r, over, i, join->span) : right[i - left];
    if (exprs[i]->kind == RN_EXPR_COLUMN) exprs[i] = column(r, over, exprs[i]->index, exprs[i]->span);
    names[i] = join->schema.fields[i].name;
  }
  return rn_logical_project(r->arena, over, count, exprs, names, join->span);
}

/* Every outer row has its row of the aggregate: the join finds it, the rest is computed per row. */
static rn_logical *join_always(rn_rewrite *r, rn_logical *join, const pulled *p, const joined *j) {
  rn_join_kind kind = join->u.join.kind;
  rn_logical *node = plain_join(r, join, RN_JOIN_KIND_LEFT, p->node, all_over(j, &p->on, NULL, join->span));
  rn_expr *passes = all_over(j, &p->after, join->u.join.condition, join->span), **right = RN_NEW_N(r->arena, rn_expr *, p->count + 2);
  for (uint32_t i = 0; i < p->count; i++) {
    right[i] = over_join(j, p->out[i], false);
    if (kind == RN_JOIN_KIND_LEFT && passes) right[i] = case_when(r, passes, right[i]);
  }
  if (kind == RN_JOIN_KIND_MARK) right[0] = passes ? test(r, "IS TRUE", passes) : rn_bind_and(r->binder, NULL, 0, join->span);
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
static rn_logical *join_left(rn_rewrite *r, rn_logical *join, const pulled *p, joined *j) {
  uint32_t width = p->node->schema.count, extra = 0;
  rn_expr **exprs = RN_NEW_N(r->arena, rn_expr *, width + p->count + 1), **right = RN_NEW_N(r->arena, rn_expr *, p->count + 1);
  const char **names = RN_NEW_N(r->arena, const char *, width + p->count + 1);
  int found = -1;
  for (uint32_t i = 0; i < width; i++) {
    exprs[i] = column(r, p->node, i, join->span);
    names[i] = p->node->schema.fields[i].name;
  }
  for (uint32_t i = 0; i < p->count; i++) {
    if (p->out[i]->kind == RN_EXPR_COLUMN) continue;
    bool outer = near_outer(p->out[i]) != NULL;
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
  rn_logical *node = plain_join(r, join, RN_JOIN_KIND_LEFT, plan, all_over(j, &p->on, join->u.join.condition, join->span));
  for (uint32_t i = 0; i < p->count; i++) {
    right[i] = over_join(j, p->out[i], false);
    if (!near_outer(p->out[i])) continue;
    rn_expr *there = column(r, node, j->left->schema.count + (uint32_t)found, join->span);
    right[i] = case_when(r, test(r, "IS NOT NULL", there), right[i]);
  }
  return old_columns(r, join, node, right);
}

static rn_logical *decorrelate_join(rn_rewrite *r, rn_logical *join) {
  pulled p;
  rn_logical *right = join->inputs[1];
  rn_join_kind kind = join->u.join.kind;
  join->u.join.lateral = false;
  /* Who asks whether there is a row does not mind duplicates, order, or a limit that leaves one. */
  while (!rn_join_pairs(kind) && near_below(right->input_count ? right->inputs[0] : right)) {
    bool distinct = right->kind == RN_L_AGGREGATE && !right->u.agg.call_count && right->u.agg.clause && !strcmp(right->u.agg.clause, "DISTINCT") && !join->u.join.condition;
    bool limit = right->kind == RN_L_LIMIT && right->u.limit.limit != 0 && !right->u.limit.offset && !join->u.join.condition;
    bool sort = right->kind == RN_L_SORT && right->u.sort.limit != 0 && !right->u.sort.offset && !join->u.join.condition;
    if (!distinct && !limit && !sort) break;
    right = right->inputs[0];
  }
  puller u = {.r = r, .join = join};
  if (!pull(&u, right, &p)) return join;
  move_levels(r, p.node, -1);
  joined j = {r, join->inputs[0], p.node, p.out};
  if (p.always) return join_always(r, join, &p, &j);
  if (kind == RN_JOIN_KIND_LEFT) return join_left(r, join, &p, &j);
  rn_logical *node = plain_join(r, join, kind, p.node, all_over(&j, &p.on, join->u.join.condition, join->span));
  if (kind != RN_JOIN_KIND_INNER) return node;
  rn_expr **out = RN_NEW_N(r->arena, rn_expr *, p.count + 1);
  for (uint32_t i = 0; i < p.count; i++) out[i] = over_join(&j, p.out[i], false);
  return old_columns(r, join, node, out);
}

rn_logical *rn_rewrite_decorrelate(rn_rewrite *r, rn_logical *node) {
  for (uint32_t i = 0; i < node->input_count; i++) node->inputs[i] = rn_rewrite_decorrelate(r, node->inputs[i]);
  return node->kind == RN_L_JOIN && node->u.join.lateral ? decorrelate_join(r, node) : node;
}
