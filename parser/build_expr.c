/* Constructors of expressions: see build.h and the comments of ast.h. */
#include "base/limits.h"
#include "parser/build.h"
#include "sql_grammar.h"

static uint32_t depth_of(const rn_ast_expr *e) { return e ? e->depth : 0; }
static uint32_t max(uint32_t a, uint32_t b) { return a > b ? a : b; }

static rn_ast_expr *make(rn_parser *p, rn_ast_expr_kind kind, rn_span span, rn_span op_span) {
  rn_ast_expr *e = RN_NEW(p->arena, rn_ast_expr);
  e->kind = kind;
  e->span = span;
  e->op_span = op_span;
  e->precision = e->scale = -1;
  e->depth = 1;
  return e;
}

static void set_args(rn_parser *p, rn_ast_expr *e, uint32_t count, rn_ast_expr **args) {
  e->arg_count = count;
  e->args = args;
  uint32_t depth = e->depth;
  for (uint32_t i = 0; i < count; i++) depth = max(depth, depth_of(args[i]) + 1);
  e->depth = rn_parser_depth(p, depth);
}

static void set_args3(rn_parser *p, rn_ast_expr *e, rn_ast_expr *a, rn_ast_expr *b, rn_ast_expr *c) {
  rn_ast_expr **args = RN_NEW_N(p->arena, rn_ast_expr *, 3);
  args[0] = a;
  args[1] = b;
  args[2] = c;
  set_args(p, e, c ? 3 : b ? 2 : 1, args);
}

static void set_query(rn_parser *p, rn_ast_expr *e, rn_ast_query *query) {
  e->query = query;
  e->depth = rn_parser_depth(p, max(e->depth, query->depth + 1));
}

const char *rn_upper(rn_parser *p, rn_token word) {
  char *text = rn_arena_strndup(p->arena, word.text, word.len);
  for (char *c = text; *c; c++)
    if (*c >= 'a' && *c <= 'z') *c = (char)(*c - 32);
  return text;
}

/* --- lists ------------------------------------------------------------------------------------------------- */
rn_exprs rn_exprs_add(rn_parser *p, rn_exprs list, rn_ast_expr *expr) {
  RN_ARRAY_PUSH(p->arena, list.items, list.count, expr);
  return list;
}
rn_exprs rn_exprs_prepend(rn_parser *p, rn_ast_expr *first, rn_exprs rest) {
  rn_exprs list = {0};
  RN_ARRAY_PUSH(p->arena, list.items, list.count, first);
  for (uint32_t i = 0; i < rest.count; i++) RN_ARRAY_PUSH(p->arena, list.items, list.count, rest.items[i]);
  return list;
}
rn_args rn_args_star(void) { return (rn_args){.star = true}; }
rn_args rn_args_order(rn_args args, int8_t nulls_mode, rn_sort_items order) {
  args.nulls_mode = nulls_mode;
  args.order = order;
  return args;
}
rn_args rn_args_distinct(rn_args args) {
  args.distinct = true;
  return args;
}
rn_args rn_args_add(rn_parser *p, rn_args args, const rn_ast_name *name, rn_ast_expr *expr) {
  uint32_t count = args.count;
  RN_ARRAY_PUSH(p->arena, args.items, args.count, expr);
  const char *text = name ? name->text : NULL;
  RN_ARRAY_PUSH(p->arena, args.names, count, text);
  return args;
}

/* --- literals ------------------------------------------------------------------------------------------------ */
rn_ast_expr *rn_build_literal(rn_parser *p, rn_ast_expr_kind kind, rn_token token) {
  rn_ast_expr *e = make(p, kind, token.span, token.span);
  e->text = token.text;
  e->text_len = token.len;
  return e;
}
rn_ast_expr *rn_build_boolean(rn_parser *p, rn_token token, bool value) {
  rn_ast_expr *e = make(p, RN_AST_BOOLEAN, token.span, token.span);
  e->boolean = value;
  return e;
}
rn_ast_expr *rn_build_null(rn_parser *p, rn_token token, bool boolean) {
  rn_ast_expr *e = make(p, RN_AST_NULL, token.span, token.span);
  if (boolean) {
    e->cast_type = RN_NEW(p->arena, rn_ast_type);
    e->cast_type->name = "BOOLEAN";
    e->cast_type->precision = e->cast_type->scale = -1;
    e->cast_type->span = token.span;
  }
  return e;
}
rn_ast_expr *rn_build_temporal(rn_parser *p, rn_token word, rn_token text) {
  rn_ast_expr *e = make(p, RN_AST_TEMPORAL, rn_span_join(word.span, text.span), word.span);
  e->name = rn_upper(p, word);
  e->text = text.text;
  e->text_len = text.len;
  return e;
}
rn_ast_expr *rn_build_interval(rn_parser *p, rn_token word, bool negative, rn_token text, rn_qualifier qualifier) {
  rn_ast_expr *e = make(p, RN_AST_INTERVAL, rn_span_join(word.span, qualifier.span), word.span);
  e->name = qualifier.name;
  e->precision = qualifier.precision;
  e->scale = qualifier.scale;
  e->negative = negative;
  e->text = text.text;
  e->text_len = text.len;
  return e;
}
rn_ast_expr *rn_build_interval_expr(rn_parser *p, rn_token word, bool negative, rn_ast_expr *value, rn_qualifier qualifier) {
  rn_ast_expr *e = make(p, RN_AST_INTERVAL, rn_span_join(word.span, qualifier.span), word.span);
  e->name = qualifier.name;
  e->precision = qualifier.precision;
  e->scale = qualifier.scale;
  e->negative = negative;
  set_args3(p, e, value, NULL, NULL);
  return e;
}

/* --- names --------------------------------------------------------------------------------------------------- */
rn_ast_expr *rn_build_column_ref(rn_parser *p, rn_ast_path path) {
  rn_ast_expr *e = make(p, RN_AST_COLUMN, path.span, path.span);
  e->path = path;
  return e;
}
rn_ast_expr *rn_build_star(rn_parser *p, rn_ast_path path, rn_token star) {
  rn_ast_expr *e = make(p, RN_AST_STAR, rn_span_join(path.span, star.span), star.span);
  e->path = path;
  return e;
}

/* --- operators -------------------------------------------------------------------------------------------------- */
rn_ast_expr *rn_build_unary(rn_parser *p, rn_token op, rn_ast_expr *arg) {
  rn_ast_expr *e = make(p, RN_AST_UNARY, rn_span_join(op.span, arg->span), op.span);
  e->name = rn_upper(p, op);
  set_args3(p, e, arg, NULL, NULL);
  return e;
}
rn_ast_expr *rn_build_binary(rn_parser *p, rn_token op, rn_ast_expr *left, rn_ast_expr *right) {
  rn_ast_expr *e = make(p, RN_AST_BINARY_OP, rn_span_join(left->span, right->span), op.span);
  e->name = rn_upper(p, op);
  e->bang = op.bang;
  set_args3(p, e, left, right, NULL);
  return e;
}
rn_ast_expr *rn_build_quantified(rn_parser *p, rn_ast_expr *left, rn_token op, rn_token quantifier, rn_ast_query *query) {
  rn_ast_expr *e = make(p, RN_AST_QUANTIFIED, rn_span_join(left->span, query->span), op.span);
  e->name = op.text;
  e->bang = op.bang;
  e->text = quantifier.kind == TK_ALL ? "ALL" : "ANY";
  e->text_len = 3;
  set_args3(p, e, left, NULL, NULL);
  set_query(p, e, query);
  return e;
}
static rn_ast_expr *is_test(rn_parser *p, rn_token is, bool negated, rn_span end, const char *name, rn_ast_expr *a, rn_ast_expr *b) {
  rn_ast_expr *e = make(p, RN_AST_IS, rn_span_join(a->span, end), is.span);
  e->name = name;
  e->negated = negated;
  set_args3(p, e, a, b, NULL);
  return e;
}
rn_ast_expr *rn_build_is(rn_parser *p, rn_token is, bool negated, rn_ast_expr *arg, rn_token what) {
  return is_test(p, is, negated, what.span, rn_upper(p, what), arg, NULL);
}
rn_ast_expr *rn_build_distinct_from(rn_parser *p, rn_token is, bool negated, rn_ast_expr *left, rn_ast_expr *right) {
  return is_test(p, is, negated, right->span, "DISTINCT FROM", left, right);
}
rn_ast_expr *rn_build_is_json(rn_parser *p, rn_token is, bool negated, rn_ast_expr *arg, rn_token json, rn_token kind) {
  const char *name = kind.kind ? rn_arena_printf(p->arena, "JSON %s", rn_upper(p, kind)) : "JSON";
  return is_test(p, is, negated, rn_span_join(json.span, kind.span), name, arg, NULL);
}
rn_ast_expr *rn_build_between(rn_parser *p, rn_token op, bool negated, bool symmetric, rn_ast_expr *x, rn_ast_expr *low, rn_ast_expr *high) {
  rn_ast_expr *e = make(p, RN_AST_BETWEEN, rn_span_join(x->span, high->span), op.span);
  e->negated = negated;
  e->symmetric = symmetric;
  set_args3(p, e, x, low, high);
  return e;
}
rn_ast_expr *rn_build_in(rn_parser *p, rn_token op, bool negated, rn_ast_expr *x, rn_exprs list, rn_token end) {
  rn_ast_expr *e = make(p, RN_AST_IN, rn_span_join(x->span, end.span), op.span);
  e->negated = negated;
  rn_exprs all = rn_exprs_prepend(p, x, list);
  set_args(p, e, all.count, all.items);
  return e;
}
rn_ast_expr *rn_build_in_query(rn_parser *p, rn_token op, bool negated, rn_ast_expr *x, rn_ast_query *query) {
  rn_ast_expr *e = make(p, RN_AST_IN, rn_span_join(x->span, query->span), op.span);
  e->negated = negated;
  set_args3(p, e, x, NULL, NULL);
  set_query(p, e, query);
  return e;
}
rn_ast_expr *rn_build_like_expr(rn_parser *p, rn_token op, bool negated, rn_ast_expr *x, rn_ast_expr *pattern, rn_ast_expr *escape) {
  rn_ast_expr *e = make(p, RN_AST_LIKE, rn_span_join(x->span, escape ? escape->span : pattern->span), op.span);
  e->name = op.kind == TK_SIMILAR ? "SIMILAR TO" : "LIKE";
  e->negated = negated;
  set_args3(p, e, x, pattern, escape);
  return e;
}
rn_ast_expr *rn_build_overlaps(rn_parser *p, rn_token op, rn_ast_expr *left, rn_ast_expr *right) {
  rn_ast_expr *e = make(p, RN_AST_OVERLAPS, rn_span_join(left->span, right->span), op.span);
  rn_ast_expr *sides[] = {left, right};
  for (int i = 0; i < 2; i++)
    if (sides[i]->kind != RN_AST_ROW || sides[i]->arg_count != 2) {
      p->failed = true;
      (void)rn_diag(p->diags, RN_E_SYNTAX, sides[i]->span, NULL, "OVERLAPS compares two pairs: (a, b) OVERLAPS (c, d)");
    }
  set_args3(p, e, left, right, NULL);
  return e;
}

/* --- parentheses -------------------------------------------------------------------------------------------------- */
rn_ast_expr *rn_build_subquery(rn_parser *p, rn_ast_query *query) {
  rn_ast_expr *e = make(p, RN_AST_SUBQUERY, query->span, query->span);
  set_query(p, e, query);
  return e;
}
rn_ast_expr *rn_build_exists(rn_parser *p, rn_token word, rn_ast_query *query) {
  rn_ast_expr *e = make(p, RN_AST_EXISTS, rn_span_join(word.span, query->span), word.span);
  set_query(p, e, query);
  return e;
}
rn_ast_expr *rn_build_parens(rn_parser *p, rn_token begin, rn_ast_expr *expr, rn_token end) {
  (void)p;
  expr->span = rn_span_join(begin.span, end.span);
  expr->wrapped = expr->kind == RN_AST_ROW && !expr->name;
  return expr;
}
rn_ast_expr *rn_build_time_diff(rn_parser *p, rn_token begin, rn_ast_expr *expr, rn_token end, rn_qualifier qualifier) {
  rn_ast_expr *e = make(p, RN_AST_TIME_DIFF, rn_span_join(begin.span, qualifier.span), qualifier.span);
  if (expr->kind != RN_AST_BINARY_OP || expr->name[0] != '-') {
    p->failed = true;
    (void)rn_diag(p->diags, RN_E_SYNTAX, qualifier.span, NULL, "a unit behind parentheses wants a difference: (a - b) %s", qualifier.name);
    return rn_build_parens(p, begin, expr, end);
  }
  e->name = qualifier.name;
  e->precision = qualifier.precision;
  e->scale = qualifier.scale;
  set_args(p, e, expr->arg_count, expr->args);
  return e;
}
rn_ast_expr *rn_build_row(rn_parser *p, rn_token begin, rn_exprs list, rn_token end, bool word) {
  rn_ast_expr *e = make(p, RN_AST_ROW, rn_span_join(begin.span, end.span), begin.span);
  e->name = word ? "ROW" : NULL;
  set_args(p, e, list.count, list.items);
  return e;
}
rn_ast_expr *rn_build_collection(rn_parser *p, rn_ast_expr_kind kind, rn_token begin, rn_exprs list, rn_token end) {
  rn_ast_expr *e = make(p, kind, rn_span_join(begin.span, end.span), begin.span);
  set_args(p, e, list.count, list.items);
  return e;
}
rn_ast_expr *rn_build_subscript(rn_parser *p, rn_ast_expr *base, rn_ast_expr *index, rn_token end) {
  rn_ast_expr *e = make(p, RN_AST_SUBSCRIPT, rn_span_join(base->span, end.span), index->span);
  set_args3(p, e, base, index, NULL);
  return e;
}
rn_ast_expr *rn_build_field(rn_parser *p, rn_ast_expr *base, rn_ast_name name) {
  rn_ast_expr *e = make(p, RN_AST_FIELD, rn_span_join(base->span, name.span), name.span);
  e->path = rn_path_add(p, rn_no_path(), name);
  set_args3(p, e, base, NULL, NULL);
  return e;
}

/* --- CASE, CAST ------------------------------------------------------------------------------------------------------ */
rn_exprs rn_case_add(rn_parser *p, rn_exprs list, rn_exprs conditions, rn_ast_expr *value) {
  for (uint32_t i = 0; i < conditions.count; i++) { /* WHEN a, b THEN x is two branches */
    list = rn_exprs_add(p, list, conditions.items[i]);
    list = rn_exprs_add(p, list, value);
  }
  return list;
}
rn_ast_expr *rn_build_case(rn_parser *p, rn_token begin, rn_ast_expr *operand, rn_exprs whens, rn_ast_expr *otherwise, rn_token end) {
  rn_ast_expr *e = make(p, RN_AST_CASE, rn_span_join(begin.span, end.span), begin.span);
  e->has_operand = operand != NULL;
  e->has_else = otherwise != NULL;
  rn_exprs all = operand ? rn_exprs_prepend(p, operand, whens) : whens;
  if (otherwise) all = rn_exprs_add(p, all, otherwise);
  set_args(p, e, all.count, all.items);
  return e;
}
rn_ast_expr *rn_build_cast(rn_parser *p, rn_token word, rn_ast_expr *expr, rn_ast_type *type, rn_token end) {
  rn_ast_expr *e = make(p, RN_AST_CAST, rn_span_join(word.span, end.span), word.span);
  e->name = word.kind == TK_TRY_CAST ? "TRY_CAST" : "CAST";
  e->cast_type = type;
  set_args3(p, e, expr, NULL, NULL);
  e->depth = rn_parser_depth(p, max(e->depth, type->depth + 1));
  return e;
}

/* --- calls ------------------------------------------------------------------------------------------------------------ */
/* ORDER BY in an aggregate */
static rn_ast_expr *put_order(rn_parser *p, rn_ast_expr *call, rn_sort_items order) {
  if (!order.count) return call;
  call->order_count = order.count;
  call->order = order.items;
  call->order_span = order.span;
  uint32_t depth = call->depth;
  for (uint32_t i = 0; i < order.count; i++) depth = max(depth, order.items[i].expr->depth + 1);
  call->depth = rn_parser_depth(p, depth);
  return call;
}
rn_ast_expr *rn_build_call(rn_parser *p, rn_ast_path path, rn_args args, rn_token end) {
  rn_ast_expr *e = make(p, RN_AST_CALL, rn_span_join(path.span, end.span), path.span);
  e->path = path;
  e->name = path.parts[path.count - 1].text;
  e->star = args.star;
  e->distinct = args.distinct;
  e->nulls_mode = args.nulls_mode;
  bool named = false;
  for (uint32_t i = 0; i < args.count; i++) named |= args.names[i] != NULL;
  e->arg_names = named ? args.names : NULL;
  set_args(p, e, args.count, args.items);
  return put_order(p, e, args.order);
}
rn_ast_expr *rn_build_call_within(rn_parser *p, rn_ast_expr *call, rn_sort_items order) {
  call->within_group = true;
  call->span = rn_span_join(call->span, order.span);
  return put_order(p, call, order);
}
rn_ast_expr *rn_build_call3(rn_parser *p, rn_token word, rn_ast_expr *a, rn_ast_expr *b, rn_ast_expr *c, rn_ast_expr *d, rn_token end) {
  rn_args args = {0};
  rn_ast_expr *given[] = {a, b, c, d};
  for (int i = 0; i < 4; i++)
    if (given[i]) args = rn_args_add(p, args, NULL, given[i]);
  return rn_build_call(p, rn_build_word_path(p, word), args, end);
}
rn_ast_expr *rn_build_niladic(rn_parser *p, rn_token word) {
  return rn_build_call(p, rn_build_word_path(p, word), (rn_args){0}, word);
}
rn_ast_expr *rn_build_call_tail(rn_parser *p, rn_ast_expr *call, rn_ast_expr *filter, int8_t nulls_mode, rn_ast_window *over) {
  call->filter = filter;
  if (nulls_mode) call->nulls_mode = nulls_mode;
  call->over = over;
  uint32_t depth = max(call->depth, depth_of(filter) + 1);
  if (filter) call->span = rn_span_join(call->span, (rn_span){filter->span.begin, filter->span.end + 1});
  if (over) {
    call->span = rn_span_join(call->span, over->span);
    for (uint32_t i = 0; i < over->partition_count; i++) depth = max(depth, over->partition[i]->depth + 1);
    for (uint32_t i = 0; i < over->order_count; i++) depth = max(depth, over->order[i].expr->depth + 1);
    depth = max(depth, max(depth_of(over->low.value), depth_of(over->high.value)) + 1);
  }
  call->depth = rn_parser_depth(p, depth);
  return call;
}
static rn_ast_expr *unit_arg(rn_parser *p, rn_ast_expr_kind kind, rn_token unit) {
  rn_ast_expr *e = make(p, kind, unit.span, unit.span);
  e->text = unit.kind == TK_ID ? rn_upper(p, unit) : rn_build_qualifier(p, unit, NULL, NULL).name;
  e->text_len = (uint32_t)strlen(e->text);
  return e;
}
rn_ast_expr *rn_build_extract(rn_parser *p, rn_token word, rn_token unit, rn_ast_expr *expr, rn_token end) {
  return rn_build_call3(p, word, unit_arg(p, RN_AST_STRING, unit), expr, NULL, NULL, end);
}
rn_ast_expr *rn_build_trim(rn_parser *p, rn_token word, const rn_token *side, rn_ast_expr *chars, rn_ast_expr *expr, rn_token end) {
  rn_ast_expr *where = make(p, RN_AST_STRING, side ? side->span : word.span, side ? side->span : word.span);
  where->text = side ? rn_upper(p, *side) : "BOTH";
  where->text_len = (uint32_t)strlen(where->text);
  if (!chars) {
    chars = make(p, RN_AST_STRING, word.span, word.span);
    chars->text = " ";
    chars->text_len = 1;
  }
  return rn_build_call3(p, word, where, chars, expr, NULL, end);
}
rn_ast_expr *rn_build_round_to(rn_parser *p, rn_token word, rn_ast_expr *expr, rn_token unit, rn_token end) {
  return rn_build_call3(p, word, expr, unit_arg(p, RN_AST_UNIT, unit), NULL, NULL, end);
}
rn_ast_expr *rn_build_timestamp_call(rn_parser *p, rn_token word, rn_token unit, rn_ast_expr *a, rn_ast_expr *b, rn_token end) {
  return rn_build_call3(p, word, unit_arg(p, RN_AST_UNIT, unit), a, b, NULL, end);
}
