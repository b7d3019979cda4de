/* SELECT: the select list and the order of its clauses. FROM, WHERE, [GROUP BY, HAVING], [OVER], projection,
 * DISTINCT. Expressions are bound first and mapped onto the nodes that are put between afterwards: query.h. */
#include "planner/bind_parts.h"
#include "planner/query.h"

typedef struct item_list {
  rn_arena *arena;
  uint32_t count;
  rn_expr **exprs;
  const char **names;
  rn_ast_select_item *written; /* a view's definition: what each stands for */
} item_list;

static void push_item(item_list *l, rn_expr *e, const char *name, const rn_ast_select_item *written) {
  l->exprs = rn_array_push(l->arena, l->exprs, l->count, sizeof *l->exprs);
  l->names = rn_array_push(l->arena, l->names, l->count, sizeof *l->names);
  l->written = rn_array_push(l->arena, l->written, l->count, sizeof *l->written);
  l->exprs[l->count] = e;
  l->names[l->count] = name;
  l->written[l->count++] = *written;
}

/* What a star brings: in the text of a view, the name that it gets here is said. */
static void push_star(item_list *l, rn_expr *e, const char *wanted, rn_ast_select_item *written) {
  /* names are compared each with each: not in a list that is refused */
  const char *name = l->count > RN_COLUMNS_MAX ? wanted : rn_name_apart(l->arena, l->names, l->count, wanted);
  if (name != wanted) written->alias = (rn_ast_name){name, written->span, true};
  push_item(l, e, name, written);
}

static rn_ast_select_item column_item(rn_arena *arena, const char *table, const char *name, rn_span span) {
  rn_ast_expr *e = RN_NEW(arena, rn_ast_expr);
  e->kind = RN_AST_COLUMN;
  e->span = span;
  e->precision = e->scale = -1;
  uint32_t parts = table ? 2 : 1;
  e->path.count = parts;
  e->path.span = span;
  e->path.parts = RN_NEW_N(arena, rn_ast_name, parts);
  if (table) e->path.parts[0] = (rn_ast_name){table, span, true};
  e->path.parts[parts - 1] = (rn_ast_name){name, span, true};
  return (rn_ast_select_item){.expr = e, .span = span};
}

static rn_status expand_row(rn_select_binder *s, const rn_ast_select_item *item, item_list *list) {
  rn_query_context *q = s->q;
  rn_ast_expr column = *item->expr; /* row.*: the fields of a ROW column */
  column.kind = RN_AST_COLUMN;
  column.span = item->expr->path.span;
  rn_expr *row = rn_bind_expr(&q->binder, &s->scope, &column);
  if (row->type->id == RN_T_ERROR) return RN_FAIL;
  if (row->type->id != RN_T_ROW)
    return rn_diag(q->binder.diags, RN_E_TYPE, item->span, NULL, ".* needs a table or a ROW column, got %s",
                   rn_type_name(q->arena, row->type));
  for (uint32_t i = 0; i < row->type->child_count; i++) {
    const rn_type *type = row->type->children[i];
    if (row->type->nullable) type = rn_type_with_null(q->arena, type, true);
    rn_expr *field = rn_expr_make(q->arena, RN_EXPR_FIELD, type, item->span, 1, &row);
    field->index = i;
    rn_ast_select_item written = column_item(q->arena, NULL, row->type->names[i], item->span);
    rn_ast_name *parts = RN_NEW_N(q->arena, rn_ast_name, column.path.count + 1);
    for (uint32_t k = 0; k < column.path.count; k++) parts[k] = column.path.parts[k];
    parts[column.path.count] = written.expr->path.parts[0];
    written.expr->path.parts = parts;
    written.expr->path.count = column.path.count + 1;
    push_star(list, field, row->type->names[i], &written);
  }
  return RN_OK;
}

/* A windowing function over an input that has a window_start of its own gives two of them: they cannot be told apart. */
static rn_status check_windows_of_star(rn_select_binder *s, const rn_ast_select_item *item) {
  const rn_scope_column *columns = s->from.columns;
  for (uint32_t i = 0; i < s->from.count && s->select->from->kind == RN_AST_FROM_FUNCTION; i++)
    for (uint32_t k = 0; k < i; k++)
      if (!strcmp(columns[i].name, columns[k].name))
        return rn_diag(s->q->binder.diags, RN_E_COLUMN_AMBIGUOUS, item->span, "rename it in a sub-query below the window",
                       "* has two columns \"%s\": the window's, and one of its input", columns[i].name);
  return RN_OK;
}

static rn_status expand_star(rn_select_binder *s, const rn_ast_select_item *item, item_list *list) {
  rn_query_context *q = s->q;
  const rn_ast_path *path = &item->expr->path;
  if (!s->select->from) return rn_diag(q->binder.diags, RN_E_COLUMN_NOT_FOUND, item->span, NULL, "* needs a FROM clause");
  const char *table = path->count ? rn_bind_table_of(&q->binder, &s->scope, path) : NULL;
  if (path->count && !table) {
    bool column = path->count > 1;
    for (uint32_t i = 0; i < s->from.count; i++) column |= !strcmp(s->from.columns[i].name, path->parts[0].text);
    if (column) return expand_row(s, item, list);
    return rn_diag(q->binder.diags, RN_E_TABLE_NOT_FOUND, path->span, NULL, "FROM has no table \"%s\"", path->parts[0].text);
  }
  if (check_windows_of_star(s, item) != RN_OK) return RN_FAIL;
  for (uint32_t i = 0; i < s->from.count; i++) {
    const rn_scope_column *c = &s->from.columns[i];
    if (table && (!c->table || strcmp(c->table, table) != 0)) continue;
    if (c->hidden && !table) continue; /* t.* has what USING merged, too */
    if (c->twin)
      return rn_diag(q->binder.diags, RN_E_COLUMN_AMBIGUOUS, item->span, "name them apart where they are selected: AS ..",
                     "column \"%s\" is ambiguous: the sub-query has several", c->name);
    rn_ast_select_item written = column_item(q->arena, c->table, c->name, item->span);
    push_star(list, rn_expr_column(q->arena, c->index, c->type, item->span), c->name, &written);
  }
  return RN_OK;
}

static const char *item_name(rn_select_binder *s, const rn_ast_select_item *item, uint32_t position) {
  if (item->alias.text) return item->alias.text;
  const rn_ast_expr *e = item->expr;
  if (e->kind == RN_AST_COLUMN && e->path.count) return e->path.parts[e->path.count - 1].text;
  return rn_arena_printf(s->q->arena, "EXPR$%u", position);
}

static bool same_call(const rn_bound_call *a, const rn_bound_call *b) {
  if (a->call.aggregate != b->call.aggregate || a->call.ops != b->call.ops || a->call.distinct != b->call.distinct ||
      a->call.extra != b->call.extra)
    return false;
  const rn_expr *left[] = {a->argument, a->filter, a->default_argument}, *right[] = {b->argument, b->filter,
      b->default_argument};
  for (int i = 0; i < 3; i++) {
    if (!left[i] != !right[i]) return false;
    if (left[i] && (!rn_expr_equal(left[i], right[i]) || rn_expr_is_volatile(left[i]))) return false;
  }
  return true;
}

/* A frame without distances from the window's begin or the current row to the current row or the window's end: it has a row. */
static bool frame_has_row(const rn_select_binder *s, const rn_ast_window *window) {
  for (unsigned depth = 0; !window->frame && window->reference.text; depth++) {
    const rn_ast_window *named = NULL;
    for (uint32_t i = 0; i < s->select->window_count; i++)
      if (!strcmp(s->select->windows[i].name.text, window->reference.text)) named = &s->select->windows[i];
    if (!named || depth > RN_WINDOW_REFERENCES_MAX) return false; /* an error; found when the window is bound */
    window = named;
  }
  if (!window->frame) return true;
  return (window->low.kind == RN_BOUND_UNBOUNDED_PRECEDING || window->low.kind == RN_BOUND_CURRENT_ROW) &&
         (window->high.kind == RN_BOUND_UNBOUNDED_FOLLOWING || window->high.kind == RN_BOUND_CURRENT_ROW);
}

/* Of a row at least these are NULL only where their argument may be. A DECIMAL sum may still overflow to NULL. */
static bool never_null(const rn_bound_call *call) {
  static const char *const names[] = {"SUM", "AVG", "MIN", "MAX", "FIRST_VALUE", "LAST_VALUE", "LISTAGG", "ARRAY_AGG", "ARRAY_AGG IGNORE NULLS"};
  if (call->filter || !call->argument) return false;
  const rn_type *type = call->argument->type;
  if ((call->call.aggregate->flags & RN_AGG_PACKED) && type->id == RN_T_ROW) type = type->children[0];
  if (type->nullable) return false;
  if (call->call.result->id == RN_T_DECIMAL && !rn_type_same(call->call.result, type)) return false;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (rn_text_eq_nocase(call->call.aggregate->name, names[i])) return true;
  return false;
}

static rn_expr *on_call(rn_binder *binder, rn_scope *scope, rn_bound_call *call, void *ctx) {
  rn_select_binder *s = ctx;
  (void)scope;
  if (call->over) {
    if (frame_has_row(s, call->over) && never_null(call)) call->call.result = rn_type_with_null(binder->arena, call->call.result, false);
    rn_over_call over = {call->ast, call->over, *call, NULL};
    RN_VEC_PUSH(&s->overs, over);
    return rn_expr_column(binder->arena, RN_PLACE_OVER + (uint32_t)s->overs.len - 1, call->call.result, call->ast->span);
  }
  for (uint32_t i = 0; i < s->calls.len; i++)
    if (same_call(&s->calls.data[i], call))
      return rn_expr_column(binder->arena, RN_PLACE_CALL + i, s->calls.data[i].call.result, call->ast->span);
  bool group_has_row = s->key_count || s->window_ast || s->set_count > 1;
  if (group_has_row && never_null(call)) call->call.result = rn_type_with_null(binder->arena, call->call.result, false);
  RN_VEC_PUSH(&s->calls, *call);
  return rn_expr_column(binder->arena, RN_PLACE_CALL + (uint32_t)s->calls.len - 1, call->call.result, call->ast->span);
}

static bool wants_grouping(const rn_ast_select *select, const rn_ast_sort_item *order, uint32_t order_count) {
  if (select->has_group || select->having) return true;
  for (uint32_t i = 0; i < select->item_count; i++)
    if (rn_ast_has_aggregate(select->items[i].expr)) return true;
  for (uint32_t i = 0; i < order_count; i++)
    if (rn_ast_has_aggregate(order[i].expr)) return true;
  return false;
}

static rn_status bind_from_where(rn_select_binder *s, const rn_cte *env) {
  rn_query_context *q = s->q;
  rn_ast_select *select = s->select;
  if (select->from) {
    if (rn_bind_from(q, select->from, env, &s->from) != RN_OK) return RN_FAIL;
  } else {
    s->from = (rn_relation){rn_bind_one_row(q, select->span), 0, NULL};
  }
  if (rn_bind_hints(s) != RN_OK) s->failed = true;
  s->input = s->from.node;
  rn_relation_scope(&s->from, "SELECT", &s->scope);
  s->scope.on_call = on_call;
  s->scope.on_node = rn_group_node_hook;
  s->scope.ctx = s;
  s->scope.aggregate_scope = &s->below;
  s->scope.subqueries = &s->subqueries;
  s->subqueries.env = s->below_subqueries.env = env;
  rn_relation_scope(&s->from, "an aggregate", &s->below);
  s->below.subqueries = &s->below_subqueries;
  if (!select->where) return RN_OK;
  rn_scope where;
  rn_subqueries tests = {.env = env};
  rn_relation_scope(&s->from, "WHERE", &where);
  where.subqueries = &tests;
  rn_expr *condition = rn_bind_condition(&q->binder, &where, select->where, "WHERE");
  if (condition->type->id == RN_T_ERROR) s->failed = true; /* go on: more errors of one statement */
  else s->input = rn_filter_subqueries(q, &tests, s->input, condition, select->where_span);
  return RN_OK;
}

static void bind_items(rn_select_binder *s, item_list *list) {
  rn_ast_select *select = s->select;
  for (uint32_t i = 0; i < select->item_count; i++) {
    const rn_ast_select_item *item = &select->items[i];
    if (item->expr->kind == RN_AST_STAR) {
      if (expand_star(s, item, list) != RN_OK) s->failed = true;
      continue;
    }
    rn_expr *e = rn_bind_expr(&s->q->binder, &s->scope, item->expr);
    if (e->type->id == RN_T_ERROR) s->failed = true;
    if (item->expr->kind == RN_AST_CAST && e->kind == RN_EXPR_COLUMN) /* CAST to the same type: the attribute goes */
      e = rn_expr_column(s->q->arena, e->index, rn_type_plain(s->q->arena, e->type), e->span);
    push_item(list, e, item_name(s, item, list->count), item);
  }
  if (list->count > RN_COLUMNS_MAX) {
    rn_diag(s->q->binder.diags, RN_E_LIMIT, select->span, NULL, "a select list has at most %d columns, got %u", RN_COLUMNS_MAX, list->count);
    s->failed = true;
  }
}

static void map_call(rn_select_binder *s, const rn_subqueries *subs, rn_bound_call *call) {
  call->argument = rn_map_subqueries(s->q, subs, call->argument);
  call->filter = rn_map_subqueries(s->q, subs, call->filter);
  call->default_argument = rn_map_subqueries(s->q, subs, call->default_argument);
}

/* Sub-queries in GROUP BY and in arguments of aggregates. */
static void join_below(rn_select_binder *s) {
  const rn_subqueries *subs = &s->below_subqueries;
  if (!subs->count) return;
  s->input = rn_join_subqueries(s->q, &s->below_subqueries, s->input);
  for (uint32_t i = 0; i < s->key_count; i++) s->keys[i] = rn_map_subqueries(s->q, subs, s->keys[i]);
  for (size_t i = 0; i < s->calls.len; i++) map_call(s, subs, &s->calls.data[i]);
}

typedef struct list_scope { /* QUALIFY, ORDER BY: names of the select list come before those of FROM */
  rn_select_binder *s;
  const item_list *list;
  uint32_t count;
} list_scope;

static rn_expr *list_hook(rn_binder *binder, rn_scope *scope, const rn_ast_expr *node, void *ctx) {
  const list_scope *l = ctx;
  if (node->kind == RN_AST_COLUMN && node->path.count == 1) {
    int column = rn_named_output(l->s->q, &node->path.parts[0], l->list->names, l->count);
    if (column >= 0) return l->list->exprs[column];
    if (column == -2) return rn_bind_error(binder, node->span);
  }
  return rn_group_node_hook(binder, scope, node, l->s);
}

static rn_expr *list_call(rn_binder *binder, rn_scope *scope, rn_bound_call *call, void *ctx) {
  return on_call(binder, scope, call, ((const list_scope *)ctx)->s);
}

static rn_scope scope_with_list(rn_select_binder *s, list_scope *list, const char *clause) {
  rn_scope scope = s->scope;
  scope.clause = clause;
  scope.on_node = list_hook;
  scope.on_call = list_call;
  scope.ctx = list;
  return scope;
}

static bool reads_over(const rn_select_binder *s, const rn_expr *e) {
  if (e->kind == RN_EXPR_COLUMN) {
    uint32_t place = e->index / RN_PLACE_STEP;
    if (place == RN_PLACE_SUBQUERY / RN_PLACE_STEP) return s->subqueries.items[e->index % RN_PLACE_STEP].late;
    return place == RN_PLACE_OVER / RN_PLACE_STEP;
  }
  for (uint32_t i = 0; i < e->arg_count; i++)
    if (reads_over(s, e->args[i])) return true;
  return false;
}

/* Those inside the condition of another stand before it. */
static void find_late(rn_select_binder *s) {
  for (uint32_t i = 0; i < s->subqueries.count; i++) {
    rn_subquery *sub = &s->subqueries.items[i];
    sub->late = sub->condition && reads_over(s, sub->condition);
  }
}

/* Sub-queries whose condition reads results of OVER. */
static void join_late(rn_select_binder *s, rn_expr **exprs, uint32_t count) {
  for (uint32_t i = 0; i < s->subqueries.count; i++) {
    rn_subquery *sub = &s->subqueries.items[i];
    if (sub->late) sub->condition = rn_map_over(s, sub->condition);
    sub->late = false;
  }
  s->input = rn_join_subqueries(s->q, &s->subqueries, s->input);
  for (uint32_t i = 0; i < count; i++) exprs[i] = rn_map_subqueries(s->q, &s->subqueries, exprs[i]);
}

static rn_expr *bind_qualify(rn_select_binder *s, const item_list *list) {
  const rn_ast_expr *ast = s->select->qualify;
  list_scope names = {s, list, list->count};
  rn_scope scope = scope_with_list(s, &names, "QUALIFY");
  rn_expr *e = rn_bind_condition(&s->q->binder, &scope, ast, "QUALIFY");
  find_late(s);
  if (e->type->id == RN_T_ERROR) {
    s->failed = true;
  } else if (!reads_over(s, e)) {
    rn_diag(s->q->binder.diags, RN_E_OVER, ast->span, "conditions on rows go to WHERE",
            "QUALIFY needs an OVER call, such as ROW_NUMBER() OVER (..), or the name of one");
    s->failed = true;
  }
  return e;
}

/* e over the columns that DISTINCT gives; NULL: it reads others. */
static rn_expr *over_list(rn_arena *arena, rn_expr *e, const item_list *list, uint32_t count) {
  for (uint32_t c = 0; c < count; c++)
    if (rn_expr_equal(list->exprs[c], e)) return rn_expr_column(arena, c, list->exprs[c]->type, e->span);
  if (e->kind == RN_EXPR_COLUMN) return NULL;
  if (!e->arg_count) return e;
  rn_expr *copy = RN_NEW(arena, rn_expr);
  *copy = *e;
  copy->args = RN_NEW_N(arena, rn_expr *, e->arg_count);
  for (uint32_t i = 0; i < e->arg_count; i++)
    if (!(copy->args[i] = over_list(arena, e->args[i], list, count))) return NULL;
  return copy;
}

/* What is in the select list is ordered by as it is, other expressions are put behind it; with DISTINCT, they are
 * computed over it: over[i]. */
static rn_status bind_order(rn_select_binder *s, item_list *list, const rn_ast_sort_item *order, uint32_t order_count,
                            rn_order_key *order_keys, rn_expr **over) {
  rn_query_context *q = s->q;
  uint32_t count = list->count;
  rn_status status = RN_OK;
  rn_field *fields = RN_NEW_N(q->arena, rn_field, count + 1);
  for (uint32_t i = 0; i < count; i++) fields[i] = (rn_field){list->names[i], list->exprs[i]->type};
  rn_schema output = {count, fields};
  list_scope names = {s, list, count};
  rn_scope scope = scope_with_list(s, &names, "ORDER BY");
  for (uint32_t i = 0; i < order_count; i++) {
    const rn_ast_expr *ast = order[i].expr;
    int column = rn_order_output(q, &order[i], &output);
    if (column == -2) status = RN_FAIL;
    if (column == -1) {
      rn_expr *e = rn_bind_expr(&q->binder, &scope, ast);
      if (e->type->id == RN_T_ERROR) status = RN_FAIL;
      for (uint32_t c = 0; c < list->count && column < 0; c++)
        if (rn_expr_equal(list->exprs[c], e)) column = (int)c;
      if (column < 0 && s->select->distinct) {
        over[i] = over_list(q->arena, e, list, count);
        if (!over[i] && e->type->id != RN_T_ERROR)
          status = rn_diag(q->binder.diags, RN_E_NOT_GROUPED, ast->span, NULL,
                           "with DISTINCT, ORDER BY takes columns of the select list only");
        column = 0;
      } else if (column < 0) {
        column = (int)list->count;
        const char *name = ast->kind == RN_AST_COLUMN ? ast->path.parts[ast->path.count - 1].text : rn_arena_printf(q->arena, "$o%u", i);
        push_item(list, e, name, &s->select->items[0]);
      }
    }
    order_keys[i] = (rn_order_key){(uint32_t)column, &order[i]};
  }
  return status;
}

static rn_logical *bind_clauses(rn_select_binder *s, const rn_cte *env, const rn_ast_sort_item *order, uint32_t order_count,
                                rn_order_key *order_keys, uint32_t *visible) {
  rn_query_context *q = s->q;
  rn_ast_select *select = s->select;
  s->grouped = wants_grouping(select, order, order_count);
  if (bind_from_where(s, env) != RN_OK) return NULL;
  if (s->grouped && rn_bind_group(s) != RN_OK) s->failed = true;
  item_list list = {.arena = q->arena};
  bind_items(s, &list);
  if (list.count == 0 && !s->failed) return NULL;
  rn_expr *having = NULL;
  if (select->having) {
    s->scope.clause = "HAVING";
    having = rn_bind_condition(&q->binder, &s->scope, select->having, "HAVING");
    if (having->type->id == RN_T_ERROR) s->failed = true;
  }
  rn_expr *qualify = select->qualify ? bind_qualify(s, &list) : NULL;
  *visible = list.count;
  rn_expr **over = RN_NEW_N(q->arena, rn_expr *, order_count + 1); /* of what DISTINCT gives */
  if (bind_order(s, &list, order, order_count, order_keys, over) != RN_OK) s->failed = true;
  if (rn_bind_over(s) != RN_OK || s->failed) return NULL;
  find_late(s);
  if (s->grouped) {
    join_below(s);
    if (rn_build_aggregate(s) != RN_OK) return NULL;
    for (uint32_t i = 0; i < list.count; i++) list.exprs[i] = rn_map_grouped(s, list.exprs[i]);
    if (having) having = rn_map_grouped(s, having);
    rn_map_grouped_subqueries(s);
    if (s->failed) return NULL;
    if (having) s->input = rn_filter_subqueries(q, &s->subqueries, s->input, having, select->having_span);
    else s->input = rn_join_subqueries(q, &s->subqueries, s->input);
  } else {
    s->input = rn_join_subqueries(q, &s->subqueries, s->input);
  }
  if (qualify) {
    if (s->grouped) qualify = rn_map_grouped(s, qualify);
    if (s->failed) return NULL;
    push_item(&list, qualify, "QUALIFY", &select->items[0]);
  }
  for (uint32_t i = 0; i < list.count; i++) list.exprs[i] = rn_map_subqueries(q, &s->subqueries, list.exprs[i]);
  for (size_t i = 0; i < s->overs.len; i++) map_call(s, &s->subqueries, &s->overs.data[i].bound);
  if (s->overs.len && rn_build_over(s, list.exprs, list.count) != RN_OK) return NULL;
  join_late(s, list.exprs, list.count);
  if (qualify) {
    qualify = list.exprs[--list.count];
    s->input = rn_logical_filter(q->arena, s->input, qualify, select->qualify->span);
  }
  if (q->expand) { /* `*` as it is today: later columns of the table do not change the view */
    select->items = list.written;
    select->item_count = *visible;
  }
  rn_logical *node = rn_logical_project(q->arena, s->input, list.count, list.exprs, list.names, select->span);
  if (!select->distinct) return node;
  node = rn_bind_distinct(q, node, select->span);
  rn_projection p = {.arena = q->arena};
  for (uint32_t i = 0; i < order_count; i++) {
    if (!over[i]) continue;
    for (uint32_t c = p.count; c < *visible; c++)
      (void)rn_projection_add(&p, rn_expr_column(q->arena, c, node->schema.fields[c].type, node->span), list.names[c]);
    order_keys[i].column = rn_projection_add(&p, over[i], NULL);
  }
  return p.count ? rn_logical_project(q->arena, node, p.count, p.exprs, p.names, select->span) : node;
}

rn_logical *rn_bind_select(rn_query_context *q, rn_ast_select *select, const rn_cte *env, const rn_ast_sort_item *order,
                           uint32_t order_count, rn_order_key *order_keys, uint32_t *visible) {
  rn_select_binder s;
  memset(&s, 0, sizeof s);
  s.q = q;
  s.select = select;
  size_t errors = q->binder.diags->error_count;
  rn_logical *node = bind_clauses(&s, env, order, order_count, order_keys, visible);
  RN_VEC_FREE(&s.calls);
  RN_VEC_FREE(&s.overs);
  if (!node && q->binder.diags->error_count == errors)
    rn_diag(q->binder.diags, RN_E_INTERNAL, select->span, NULL, "the query could not be bound");
  return q->binder.diags->error_count == errors ? node : NULL;
}
