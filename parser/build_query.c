/* Constructors of queries: see build.h. */
#include "parser/build.h"
#include "sql_grammar.h"

static uint32_t max(uint32_t a, uint32_t b) { return a > b ? a : b; }
static void reach(rn_parser *p, rn_ast_query *query, uint32_t below) {
  query->depth = rn_parser_depth(p, max(query->depth, below + 1));
}
static void reach_expr(rn_parser *p, rn_ast_query *query, const rn_ast_expr *e) {
  if (e) reach(p, query, e->depth);
}

static rn_ast_query *make(rn_parser *p, rn_ast_query_kind kind, rn_span span) {
  rn_ast_query *query = RN_NEW(p->arena, rn_ast_query);
  query->kind = kind;
  query->span = span;
  query->depth = 1;
  return query;
}

/* --- query ------------------------------------------------------------------------------------------------ */
rn_ast_query *rn_build_parenthesized(rn_parser *p, rn_token begin, rn_ast_query *query, rn_token end) {
  (void)p;
  query->parenthesized = true;
  query->span = rn_span_join(begin.span, end.span);
  return query;
}

/* (SELECT .. ORDER BY a) LIMIT 3: a query that has a tail of its own becomes SELECT * FROM (query). */
static rn_ast_query *wrap(rn_parser *p, rn_ast_query *query) {
  rn_ast_query *outer = make(p, RN_AST_SELECT, query->span);
  rn_ast_select *select = RN_NEW(p->arena, rn_ast_select);
  select->span = query->span;
  rn_token at = {.span = query->span};
  rn_ast_select_item item = rn_build_select_item(rn_build_star(p, rn_no_path(), at), NULL);
  RN_ARRAY_PUSH(p->arena, select->items, select->item_count, item);
  select->from = rn_build_from_query(p, false, query, rn_no_alias());
  outer->select = select;
  reach(p, outer, select->from->depth);
  return outer;
}

rn_ast_query *rn_build_tail(rn_parser *p, rn_ast_query *query, rn_query_tail *tail) {
  if (query->order_count || query->limit || query->offset || query->with_count || query->emit_changes) query = wrap(p, query);
  query->parenthesized = false;
  query->order = tail->order.items;
  query->order_count = tail->order.count;
  query->order_span = tail->order.span;
  query->limit = tail->limit;
  query->offset = tail->offset;
  query->limit_span = tail->limit_span;
  query->emit_changes = tail->emit_changes;
  query->emit_span = tail->emit_span;
  rn_span end = rn_span_join(rn_span_join(tail->order.span, tail->limit_span), tail->emit_span);
  query->span = rn_span_join(query->span, end);
  for (uint32_t i = 0; i < query->order_count; i++) reach_expr(p, query, query->order[i].expr);
  reach_expr(p, query, query->limit);
  reach_expr(p, query, query->offset);
  return query;
}
rn_ast_query *rn_build_with(rn_parser *p, rn_with with, rn_ast_query *query) {
  if (query->with_count) query = wrap(p, query);
  query->parenthesized = false;
  query->with = with.items;
  query->with_count = with.count;
  query->recursive = with.recursive;
  query->span = rn_span_join(with.span, query->span);
  for (uint32_t i = 0; i < with.count; i++) reach(p, query, with.items[i].query->depth);
  return query;
}
rn_ast_query *rn_build_values(rn_parser *p, rn_token begin, rn_exprs rows) {
  rn_ast_query *query = make(p, RN_AST_VALUES, begin.span);
  query->row_count = rows.count;
  query->rows = rows.items;
  for (uint32_t i = 0; i < rows.count; i++) {
    rn_ast_expr *row = rows.items[i];
    query->span = rn_span_join(query->span, row->span);
    if (row->kind != RN_AST_ROW || row->wrapped) { /* ((1, 2)) is one column of rows */
      rn_token at = {.span = row->span};
      rows.items[i] = rn_build_row(p, at, rn_exprs_add(p, (rn_exprs){0}, row), at, false);
    } else {
      row->name = NULL; /* VALUES ROW(1) and VALUES (1) are the same */
    }
    reach_expr(p, query, rows.items[i]);
  }
  return query;
}
rn_ast_query *rn_build_table_query(rn_parser *p, rn_token begin, rn_ast_path path) {
  rn_ast_query *query = make(p, RN_AST_TABLE, rn_span_join(begin.span, path.span));
  query->path = path;
  return query;
}
rn_ast_query *rn_build_set_op(rn_parser *p, unsigned op, rn_token word, bool all, rn_ast_query *left, rn_ast_query *right) {
  rn_ast_query *query = make(p, RN_AST_SET_OP, rn_span_join(left->span, right->span));
  query->set_op = op;
  query->all = all;
  query->left = left;
  query->right = right;
  query->op_span = word.span;
  reach(p, query, max(left->depth, right->depth));
  return query;
}
rn_with rn_with_begin(rn_token word) { return (rn_with){.span = word.span}; }
rn_with rn_with_add(rn_parser *p, rn_with with, rn_ast_with_item item) {
  RN_ARRAY_PUSH(p->arena, with.items, with.count, item);
  with.span = rn_span_join(with.span, item.query->span);
  return with;
}
rn_ast_with_item rn_build_with_item(rn_ast_name name, rn_ast_names columns, rn_ast_query *query) {
  query->parenthesized = false;
  return (rn_ast_with_item){name, columns, query};
}

/* --- ORDER BY, LIMIT ------------------------------------------------------------------------------------------ */
rn_query_tail *rn_tail_emit(rn_parser *p, rn_query_tail *tail, rn_token word) {
  if (!tail) tail = RN_NEW(p->arena, rn_query_tail);
  tail->emit_changes = true;
  tail->emit_span = word.span;
  return tail;
}
rn_query_tail *rn_tail_order(rn_parser *p, rn_sort_items order) {
  rn_query_tail *tail = RN_NEW(p->arena, rn_query_tail);
  tail->order = order;
  return tail;
}
rn_query_tail *rn_tail_limit(rn_parser *p, rn_token word, rn_ast_expr *limit, rn_ast_expr *offset) {
  rn_query_tail *tail = RN_NEW(p->arena, rn_query_tail);
  tail->limit = limit;
  tail->offset = offset;
  tail->limit_span = word.span;
  if (limit) tail->limit_span = rn_span_join(tail->limit_span, limit->span);
  if (offset) tail->limit_span = rn_span_join(tail->limit_span, offset->span);
  return tail;
}
rn_query_tail *rn_tail_fetch(rn_parser *p, rn_ast_expr *count) {
  rn_token at = {.span = count->span};
  return rn_tail_limit(p, at, count, NULL);
}
rn_query_tail *rn_tail_join(rn_parser *p, rn_query_tail *order, rn_query_tail *limit) {
  (void)p;
  limit->order = order->order;
  return limit;
}
rn_ast_expr *rn_build_one(rn_parser *p, rn_token at) {
  rn_token one = {.kind = TK_NUMBER, .span = at.span, .text = "1", .len = 1};
  return rn_build_literal(p, RN_AST_NUMBER, one);
}
rn_sort_items rn_sort_begin(rn_sort_items list, rn_token word) {
  list.span = rn_span_join(word.span, list.span);
  return list;
}
rn_sort_items rn_sort_add(rn_parser *p, rn_sort_items list, rn_ast_sort_item item) {
  RN_ARRAY_PUSH(p->arena, list.items, list.count, item);
  list.span = rn_span_join(list.span, item.span);
  return list;
}
rn_ast_sort_item rn_build_sort_item(rn_ast_expr *expr, bool descending, int8_t nulls) {
  return (rn_ast_sort_item){expr, descending, nulls, expr->span};
}

/* --- SELECT ------------------------------------------------------------------------------------------------------ */
static uint32_t group_depth(const rn_ast_group_item *item) {
  uint32_t depth = item->expr ? item->expr->depth : 0;
  for (uint32_t i = 0; i < item->item_count; i++) depth = max(depth, group_depth(&item->items[i]) + 1);
  return depth;
}
static uint32_t window_depth(const rn_ast_window *w) {
  uint32_t depth = 0;
  for (uint32_t i = 0; i < w->partition_count; i++) depth = max(depth, w->partition[i]->depth);
  for (uint32_t i = 0; i < w->order_count; i++) depth = max(depth, w->order[i].expr->depth);
  if (w->low.value) depth = max(depth, w->low.value->depth);
  if (w->high.value) depth = max(depth, w->high.value->depth);
  return depth;
}

rn_ast_query *rn_build_select(rn_parser *p, rn_token begin, rn_ast_hints hints, bool distinct, rn_select_items items, rn_ast_from *from,
                              rn_clause where, rn_groups groups, rn_clause having, rn_windows windows, rn_clause qualify) {
  rn_ast_query *query = make(p, RN_AST_SELECT, begin.span);
  rn_ast_select *s = RN_NEW(p->arena, rn_ast_select);
  *s = (rn_ast_select){.hints = hints, .distinct = distinct, .item_count = items.count, .items = items.items, .from = from,
                       .where = where.expr, .where_span = where.span, .has_group = groups.count > 0, .group_count = groups.count,
                       .groups = groups.items, .group_distinct = groups.distinct, .group_span = groups.span, .having = having.expr, .having_span = having.span,
                       .window_count = windows.count, .windows = windows.items, .qualify = qualify.expr};
  rn_span span = rn_span_join(begin.span, items.items[items.count - 1].span);
  if (from) span = rn_span_join(span, from->span);
  span = rn_span_join(rn_span_join(span, where.span), rn_span_join(groups.span, having.span));
  for (uint32_t i = 0; i < windows.count; i++) span = rn_span_join(span, windows.items[i].span);
  span = rn_span_join(span, qualify.span);
  query->span = s->span = span;
  query->select = s;
  for (uint32_t i = 0; i < items.count; i++) reach_expr(p, query, items.items[i].expr);
  if (from) reach(p, query, from->depth);
  reach_expr(p, query, where.expr);
  reach_expr(p, query, having.expr);
  reach_expr(p, query, qualify.expr);
  for (uint32_t i = 0; i < groups.count; i++) reach(p, query, group_depth(&groups.items[i]));
  for (uint32_t i = 0; i < windows.count; i++) reach(p, query, window_depth(&windows.items[i]));
  return query;
}
rn_select_items rn_select_add(rn_parser *p, rn_select_items list, rn_ast_select_item item) {
  RN_ARRAY_PUSH(p->arena, list.items, list.count, item);
  return list;
}
rn_ast_select_item rn_build_select_item(rn_ast_expr *expr, const rn_ast_name *alias) {
  return (rn_ast_select_item){expr, alias ? *alias : rn_no_name(), alias ? rn_span_join(expr->span, alias->span) : expr->span};
}
rn_clause rn_build_clause(rn_token word, rn_ast_expr *expr) { return (rn_clause){expr, rn_span_join(word.span, expr->span)}; }

rn_groups rn_groups_begin(rn_groups groups, rn_token word, bool distinct) {
  groups.distinct = distinct;
  groups.span = rn_span_join(word.span, groups.span);
  return groups;
}
rn_groups rn_groups_add(rn_parser *p, rn_groups groups, rn_ast_group_item item) {
  RN_ARRAY_PUSH(p->arena, groups.items, groups.count, item);
  groups.span = rn_span_join(groups.span, item.span);
  return groups;
}
rn_ast_group_item rn_build_group_expr(rn_parser *p, rn_ast_expr *expr) {
  rn_ast_group_item item = {.kind = RN_GROUP_EXPR, .expr = expr, .span = expr->span};
  if (expr->kind != RN_AST_ROW || expr->name) return item;
  item.kind = RN_GROUP_LIST; /* (a, b) */
  item.expr = NULL;
  for (uint32_t i = 0; i < expr->arg_count; i++) {
    rn_ast_group_item part = {.kind = RN_GROUP_EXPR, .expr = expr->args[i], .span = expr->args[i]->span};
    RN_ARRAY_PUSH(p->arena, item.items, item.item_count, part);
  }
  return item;
}
rn_ast_group_item rn_build_group_empty(rn_token begin, rn_token end) {
  return (rn_ast_group_item){.kind = RN_GROUP_EMPTY, .span = rn_span_join(begin.span, end.span)};
}
rn_ast_group_item rn_build_group_sets(unsigned kind, rn_token begin, rn_groups items, rn_token end) {
  rn_ast_group_item item = {.item_count = items.count, .items = items.items, .span = rn_span_join(begin.span, end.span)};
  item.kind = kind;
  return item;
}

/* --- windows -------------------------------------------------------------------------------------------------------- */
rn_windows rn_windows_add(rn_parser *p, rn_windows list, rn_ast_window *window) {
  RN_ARRAY_PUSH(p->arena, list.items, list.count, *window);
  return list;
}
rn_ast_window *rn_build_window_name(rn_ast_window *window, rn_ast_name name) {
  window->name = name;
  window->span = rn_span_join(name.span, window->span);
  return window;
}
rn_ast_window *rn_build_window(rn_parser *p, rn_token begin, rn_ast_name reference, rn_exprs partition, rn_sort_items order,
                               rn_frame frame, rn_token end) {
  rn_ast_window *w = RN_NEW(p->arena, rn_ast_window);
  w->name.text = "";
  w->reference = reference;
  w->partition = partition.items;
  w->partition_count = partition.count;
  w->order = order.items;
  w->order_count = order.count;
  w->frame = frame.kind;
  w->low = frame.low;
  w->high = frame.high;
  w->frame_span = frame.span;
  w->span = rn_span_join(begin.span, end.span);
  return w;
}
rn_ast_window *rn_build_window_reference(rn_parser *p, rn_ast_name name) {
  rn_ast_window *w = RN_NEW(p->arena, rn_ast_window);
  w->name.text = "";
  w->reference = name;
  w->is_reference_only = true;
  w->span = name.span;
  return w;
}
rn_frame rn_build_frame(rn_token unit, rn_ast_bound low, const rn_ast_bound *high) {
  rn_frame frame = {.kind = unit.kind == TK_ROWS ? 1 : 2, .low = low};
  frame.high = high ? *high : (rn_ast_bound){.kind = RN_BOUND_CURRENT_ROW, .span = low.span};
  frame.span = rn_span_join(unit.span, frame.high.span);
  return frame;
}
rn_ast_bound rn_build_bound(unsigned kind, rn_ast_expr *value, rn_token begin, rn_token end) {
  rn_ast_bound bound = {.value = value, .span = rn_span_join(value ? value->span : begin.span, end.span)};
  bound.kind = kind;
  return bound;
}

/* --- FROM --------------------------------------------------------------------------------------------------------------- */
rn_join_kind rn_join_comma(void) { return (rn_join_kind){false, RN_JOIN_COMMA}; }
rn_join_kind rn_build_join_kind(bool natural, unsigned join) { return (rn_join_kind){natural, join}; }
rn_join_on rn_no_join_on(void) { return (rn_join_on){NULL, rn_no_names()}; }
rn_join_on rn_build_join_on(rn_ast_expr *on, rn_ast_names using) { return (rn_join_on){on, using}; }

static rn_ast_from *make_from(rn_parser *p, rn_ast_from_kind kind, rn_span span) {
  rn_ast_from *from = RN_NEW(p->arena, rn_ast_from);
  from->kind = kind;
  from->span = span;
  from->depth = 1;
  return from;
}
static void from_reach(rn_parser *p, rn_ast_from *from, uint32_t below) {
  from->depth = rn_parser_depth(p, max(from->depth, below + 1));
}
static rn_ast_from *with_alias(rn_ast_from *from, rn_alias alias) {
  from->alias = alias.name;
  from->alias_columns = alias.columns;
  if (alias.name.text) from->span = rn_span_join(from->span, alias.name.span);
  return from;
}
rn_ast_from *rn_build_join(rn_parser *p, rn_join_kind kind, rn_ast_from *left, rn_ast_from *right, rn_join_on on) {
  rn_ast_from *from = make_from(p, RN_AST_FROM_JOIN, rn_span_join(left->span, right->span));
  from->join = kind.join;
  from->natural = kind.natural;
  from->left = left;
  from->right = right;
  from->on = on.on;
  from->using = on.using;
  if (on.on) from->span = rn_span_join(from->span, on.on->span);
  from_reach(p, from, max(left->depth, right->depth));
  if (on.on) from_reach(p, from, on.on->depth);
  return from;
}
rn_ast_from *rn_build_from_table(rn_parser *p, rn_ast_path path, rn_ast_hints hints, rn_ast_expr *system_time, rn_alias alias) {
  rn_ast_from *from = make_from(p, RN_AST_FROM_TABLE, path.span);
  from->path = path;
  from->hints = hints;
  from->system_time = system_time;
  if (system_time) from_reach(p, from, system_time->depth);
  return with_alias(from, alias);
}
rn_ast_from *rn_build_from_query(rn_parser *p, bool lateral, rn_ast_query *query, rn_alias alias) {
  bool values = query->kind == RN_AST_VALUES && !query->order_count && !query->limit && !query->offset;
  rn_ast_from *from = make_from(p, values ? RN_AST_FROM_VALUES : RN_AST_FROM_QUERY, query->span);
  query->parenthesized = false;
  from->query = query;
  from->lateral = lateral;
  from_reach(p, from, query->depth);
  return with_alias(from, alias);
}
rn_ast_from *rn_build_from_call(rn_parser *p, rn_ast_from *call, unsigned how, rn_alias alias) {
  (void)p;
  call->lateral = (how & RN_CALL_LATERAL) != 0;
  call->table_wrapper = (how & RN_CALL_WRAPPED) != 0;
  return with_alias(call, alias);
}
rn_ast_from *rn_build_from_unnest(rn_parser *p, rn_token begin, rn_ast_expr *expr, rn_token end, bool ordinality, rn_alias alias) {
  rn_table_args args = rn_table_args_add(p, (rn_table_args){0}, (rn_ast_table_arg){.kind = RN_ARG_EXPR, .expr = expr, .span = expr->span});
  rn_ast_from *from = rn_build_table_call(p, rn_build_word_path(p, begin), args, end);
  from->with_ordinality = ordinality;
  return with_alias(from, alias);
}
rn_alias rn_no_alias(void) { return (rn_alias){rn_no_name(), rn_no_names()}; }
rn_alias rn_build_alias(rn_ast_name name, rn_ast_names columns) { return (rn_alias){name, columns}; }
rn_ast_from *rn_build_table_call(rn_parser *p, rn_ast_path path, rn_table_args args, rn_token end) {
  rn_ast_from *from = make_from(p, RN_AST_FROM_FUNCTION, rn_span_join(path.span, end.span));
  from->path = path;
  from->args = args.items;
  from->arg_count = args.count;
  for (uint32_t i = 0; i < args.count; i++) {
    if (args.items[i].expr) from_reach(p, from, args.items[i].expr->depth);
    if (args.items[i].table) from_reach(p, from, args.items[i].table->depth);
  }
  return from;
}
rn_table_args rn_table_args_add(rn_parser *p, rn_table_args list, rn_ast_table_arg arg) {
  RN_ARRAY_PUSH(p->arena, list.items, list.count, arg);
  return list;
}
rn_ast_table_arg rn_build_named_table_arg(rn_ast_name name, rn_ast_table_arg arg) {
  arg.name = name.text;
  arg.name_span = name.span;
  arg.span = rn_span_join(name.span, arg.span);
  return arg;
}
rn_ast_table_arg rn_build_table_arg_expr(rn_parser *p, rn_ast_expr *expr) {
  if (expr->kind == RN_AST_SUBQUERY)
    return (rn_ast_table_arg){.kind = RN_ARG_TABLE, .table = rn_build_from_query(p, false, expr->query, rn_no_alias()), .span = expr->span};
  return (rn_ast_table_arg){.kind = RN_ARG_EXPR, .expr = expr, .span = expr->span};
}
rn_ast_table_arg rn_build_table_arg_query(rn_parser *p, rn_ast_expr *query, rn_ast_names partition) {
  rn_ast_table_arg arg = rn_build_table_arg_expr(p, query);
  if (arg.kind != RN_ARG_TABLE)
    (void)rn_diag(p->diags, RN_E_SYNTAX, query->span, NULL, "PARTITION BY stands behind a table: TABLE t PARTITION BY k, or (SELECT ..) PARTITION BY k");
  arg.partition = partition;
  return arg;
}
rn_ast_table_arg rn_build_table_arg_table(rn_parser *p, rn_token begin, rn_ast_path path, rn_ast_hints hints, rn_ast_names partition) {
  return (rn_ast_table_arg){.kind = RN_ARG_TABLE, .table = rn_build_from_table(p, path, hints, NULL, rn_no_alias()), .partition = partition,
                            .span = rn_span_join(begin.span, path.span)};
}
rn_ast_table_arg rn_build_table_arg_descriptor(rn_token begin, rn_ast_names names, rn_token end) {
  return (rn_ast_table_arg){.kind = RN_ARG_DESCRIPTOR, .descriptor = names, .span = rn_span_join(begin.span, end.span)};
}
