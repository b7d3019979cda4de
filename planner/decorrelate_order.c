/* Decorrelation: conditions that pass what puts rows in an order, LIMIT and OVER, or makes several rows of one, UNNEST
 * and grouping sets. OVER then is by the values that the conditions compare, too; LIMIT is a ROW_NUMBER() by them, of
 * which the pass "rank" makes a Top-N. See rewrite_decorrelate.c. */
#include "planner/decorrelate.h"

/* The node's input with what is still asked of it above: columns that the conditions compare come behind its own.
 * `keyed`: the node takes rows together, so only rows of one outer row may meet: the conditions must be equalities. */
static bool put_input(rn_puller *u, rn_logical *node, rn_pulled *p, bool keyed, const char *what, uint32_t *extra) {
  rn_rewrite *r = u->r;
  const rn_expr *at = rn_near_below(node);
  if (!rn_pull(u, node->inputs[0], p)) return false;
  bool domain = p->always;
  for (uint32_t i = 0; i < p->count; i++) domain = domain || rn_near_outer(p->out[i]);
  for (uint32_t i = 0; i < p->on.count && keyed; i++)
    domain = domain || (rn_reads_columns(p->on.items[i]) && rn_inner_side(p->on.items[i]) < 0);
  if (domain && !rn_join_own_domain(u, p, at, what)) return false;
  uint32_t width = p->count, more = keyed ? p->on.count : p->node->schema.count;
  rn_expr **exprs = RN_NEW_N(r->arena, rn_expr *, width + more + 1);
  const char **names = RN_NEW_N(r->arena, const char *, width + more + 1);
  for (uint32_t i = 0; i < width; i++) {
    exprs[i] = p->out[i];
    names[i] = node->inputs[0]->schema.fields[i].name;
  }
  *extra = 0;
  for (uint32_t i = 0; i < p->on.count; i++) {
    rn_expr *e = p->on.items[i];
    if (!rn_reads_columns(e)) continue; /* about the outer row alone */
    if (!keyed) {
      p->on.items[i] = rn_expr_shift(r, e, width);
      continue;
    }
    int inner = rn_inner_side(e);
    exprs[width + *extra] = e->args[inner];
    p->on.items[i] = rn_with_inner(r, e, inner, rn_expr_column(r->arena, width + *extra, e->args[inner]->type,
                                                               e->span));
    (*extra)++;
  }
  for (; !keyed && p->on.count && *extra < more; (*extra)++)
    exprs[width + *extra] = rn_column_of(r, p->node, *extra, node->span);
  for (uint32_t i = 0; i < *extra; i++) names[width + i] = rn_arena_printf(r->arena, "$g%u", i);
  node->inputs[0] = rn_logical_project(r->arena, p->node, width + *extra, exprs, names, node->span);
  return true;
}

/* The node's schema: columns of its input, then those that it added before. */
static void put_node(rn_puller *u, rn_logical *node, rn_pulled *p, uint32_t extra) {
  rn_rewrite *r = u->r;
  const rn_schema *input = &node->inputs[0]->schema, old = node->schema;
  uint32_t width = input->count - extra, added = old.count - width;
  rn_field *fields = RN_NEW_N(r->arena, rn_field, input->count + added + 1);
  for (uint32_t i = 0; i < input->count; i++) fields[i] = input->fields[i];
  for (uint32_t i = 0; i < added; i++) fields[input->count + i] = old.fields[width + i];
  node->schema = (rn_schema){input->count + added, fields};
  p->node = node;
  p->count = old.count;
  p->out = RN_NEW_N(r->arena, rn_expr *, old.count + 1);
  for (uint32_t i = 0; i < old.count; i++) p->out[i] = rn_column_of(r, node, i < width ? i : i + extra, node->span);
}

bool rn_pull_over(rn_puller *u, rn_logical *node, rn_pulled *p) {
  uint32_t extra, width = node->inputs[0]->schema.count, old = node->u.over.key_count;
  if (!put_input(u, node, p, true, "below OVER", &extra)) return false;
  uint32_t *keys = RN_NEW_N(u->r->arena, uint32_t, old + extra + 1);
  for (uint32_t i = 0; i < old; i++) keys[i] = node->u.over.keys[i];
  for (uint32_t i = 0; i < extra; i++) keys[old + i] = width + i;
  node->u.over.keys = keys;
  node->u.over.key_count = old + extra;
  put_node(u, node, p, extra);
  return true;
}

bool rn_pull_through(rn_puller *u, rn_logical *node, rn_pulled *p, const char *what) {
  uint32_t extra;
  if (!put_input(u, node, p, false, what, &extra)) return false;
  put_node(u, node, p, extra);
  return true;
}

/* --- LIMIT ------------------------------------------------------------------------------------------------------ */

static bool has_one_row(const rn_logical *node) {
  while (node->kind == RN_L_PROJECT) node = node->inputs[0];
  return node->kind == RN_L_AGGREGATE && !node->u.agg.grouped;
}

/* ROW_NUMBER() OVER (ORDER BY items), as a column behind the input's. */
static rn_logical *number_rows(rn_puller *u, const rn_logical *node, rn_logical *input, uint32_t count,
                               const rn_sort_item *items) {
  rn_arena *arena = u->r->arena;
  rn_agg_call *call = RN_NEW(arena, rn_agg_call);
  rn_error err;
  rn_error_clear(&err);
  if (rn_aggregate_resolve(rn_slice_of("ROW_NUMBER"), NULL, 0, false, true, node->span, arena, call, &err) != RN_OK)
    rn_unreachable("ROW_NUMBER");
  call->argument = call->filter = call->default_column = -1;
  call->span = node->span;
  uint32_t width = input->schema.count;
  rn_logical *over = rn_logical_over(arena, RN_L_OVER, node->span, input);
  rn_field *fields = RN_NEW_N(arena, rn_field, width + 1);
  for (uint32_t i = 0; i < width; i++) fields[i] = input->schema.fields[i];
  fields[width] = (rn_field){"$row", call->result};
  over->schema = (rn_schema){width + 1, fields};
  over->path = node->path;
  over->u.over.order_count = count;
  over->u.over.order = RN_NEW_N(arena, rn_sort_item, count + 1);
  for (uint32_t i = 0; i < count; i++) over->u.over.order[i] = items[i];
  over->u.over.frame = (rn_frame){.rows = true, .low = {.kind = RN_FRAME_FIRST}, .high = {.kind = RN_FRAME_AT}};
  over->u.over.order_span = over->u.over.frame_span = node->span;
  over->u.over.call_count = 1;
  over->u.over.calls = call;
  return over;
}

/* In no order: by a column that is the same for all rows. */
static rn_logical *with_constant(rn_puller *u, rn_logical *input) {
  rn_arena *arena = u->r->arena;
  uint32_t width = input->schema.count;
  rn_expr **exprs = RN_NEW_N(arena, rn_expr *, width + 1);
  const char **names = RN_NEW_N(arena, const char *, width + 1);
  for (uint32_t i = 0; i < width; i++) {
    exprs[i] = rn_column_of(u->r, input, i, input->span);
    names[i] = input->schema.fields[i].name;
  }
  exprs[width] = rn_expr_const(arena, (rn_value){.type = rn_type_basic(RN_T_INT, false)}, input->span);
  names[width] = "$same";
  return rn_logical_project(arena, input, width + 1, exprs, names, input->span);
}

static rn_expr *bound(rn_puller *u, const rn_logical *over, const char *op, int64_t n) {
  rn_value value = {.type = rn_type_basic(RN_T_BIGINT, false), .u.i = n};
  rn_expr *row = rn_column_of(u->r, over, over->schema.count - 1, over->span);
  return rn_bind_compare(u->r->binder, op, row, rn_expr_const(u->r->arena, value, over->span), over->span, over->span);
}

bool rn_pull_limit(rn_puller *u, rn_logical *node, rn_pulled *p) {
  bool sort = node->kind == RN_L_SORT;
  int64_t limit = sort ? node->u.sort.limit : node->u.limit.limit,
      offset = sort ? node->u.sort.offset : node->u.limit.offset;
  rn_logical *input = node->inputs[0];
  if (!offset && (limit < 0 || (limit > 0 && has_one_row(input)))) return rn_pull(u, input, p);
  rn_sort_item same = {.column = input->schema.count};
  bool ordered = sort && node->u.sort.item_count;
  if (!ordered) input = with_constant(u, input);
  rn_logical *over = number_rows(u, node, input, ordered ? node->u.sort.item_count : 1,
                                 ordered ? node->u.sort.items : &same);
  rn_conjuncts some = {0};
  if (offset) rn_conjuncts_add(u->r->arena, &some, bound(u, over, ">", offset));
  if (limit >= 0)
    rn_conjuncts_add(u->r->arena, &some, bound(u, over, "<=", offset > INT64_MAX - limit ? INT64_MAX : offset + limit));
  rn_logical *rows = rn_logical_filter(u->r->arena, over, rn_conjuncts_and(u->r, &some, node->span), node->span);
  if (!rn_pull(u, rows, p)) return false;
  p->count = node->schema.count; /* not the number */
  return true;
}
