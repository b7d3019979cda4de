/* Sub-queries in expressions: scalar, EXISTS, IN, op ANY, op ALL (DIALECT 4.9). The query is bound with the scopes
 * around it in sight (rn_binder.outer); in the expression stands a placeholder column. Then the clause's input is
 * joined to it: LEFT for a value, MARK for a test, SEMI or ANTI where the test is a conjunct of WHERE or HAVING.
 *
 * x op ANY (q) is TRUE when some row says so, else UNKNOWN when some comparison is UNKNOWN, else FALSE. Both questions
 * are "is there a row": two marks, the second one only where NULLs are possible. x op ALL (q) is NOT (x not-op ANY q). */
#include "planner/bind_parts.h"
#include "planner/query.h"

/* --- plans --------------------------------------------------------------------------------------------- */

static rn_logical *bind_inner(rn_binder *binder, const rn_scope *scope, const rn_ast_expr *ast) {
  rn_query_context *q = rn_query_of(binder);
  rn_outer outer = {scope, binder->outer};
  const char *aggregate = binder->inside_aggregate;
  bool over = binder->inside_over;
  binder->inside_aggregate = NULL;
  binder->inside_over = false;
  binder->outer = &outer;
  rn_logical *node = rn_bind_query(q, ast->query, scope->subqueries->env, false);
  binder->outer = outer.up;
  binder->inside_aggregate = aggregate;
  binder->inside_over = over;
  return node;
}

/* May rows of the plan change later? Then DISTINCT over it would have to take them back. */
static bool may_update(const rn_logical *node) {
  if (node->kind == RN_L_AGGREGATE && node->u.agg.call_count) return true;
  if (node->kind == RN_L_JOIN && node->u.join.kind != RN_JOIN_KIND_INNER) return true;
  if (node->kind == RN_L_SORT || node->kind == RN_L_SET) return true;
  for (uint32_t i = 0; i < node->input_count; i++)
    if (may_update(node->inputs[i])) return true;
  return false;
}

/* The few different values of an expression over the node: who only asks whether there is one needs no more. */
static rn_logical *distinct_values(rn_query_context *q, rn_logical *node, rn_expr *e, rn_span span) {
  static const char *const name[] = {"$found"};
  rn_logical *values = rn_logical_project(q->arena, node, 1, &e, name, span);
  return may_update(node) ? values : rn_bind_distinct(q, values, span);
}

static rn_subquery *add(rn_query_context *q, rn_subqueries *subs, const rn_ast_expr *ast, rn_logical *node) {
  RN_ARRAY_PUSH(q->arena, subs->items, subs->count, ((rn_subquery){.ast = ast, .node = node, .unknown = -1}));
  return &subs->items[subs->count - 1];
}

static rn_expr *placeholder(rn_query_context *q, uint32_t number, const rn_type *type, rn_span span) {
  return rn_expr_column(q->arena, RN_PLACE_SUBQUERY + number, type, span);
}

static rn_expr *right_column(rn_query_context *q, const rn_logical *node, uint32_t i, rn_span span) {
  return rn_expr_column(q->arena, RN_PLACE_RIGHT + i, rn_type_plain(q->arena, node->schema.fields[i].type), span);
}

static rn_expr *is_null(rn_query_context *q, rn_expr *e) { return rn_bind_call_row(&q->binder, "IS NULL", &e, 1, e->span); }

/* --- the kinds -------------------------------------------------------------------------------------------- */

static rn_expr *bind_scalar(rn_query_context *q, rn_scope *scope, const rn_ast_expr *ast) {
  rn_logical *node = bind_inner(&q->binder, scope, ast);
  if (!node) return rn_bind_error(&q->binder, ast->span);
  if (node->schema.count != 1) {
    rn_diag(q->binder.diags, RN_E_TYPE, ast->span, NULL, "a sub-query that stands for a value needs one column, this one has %u",
            node->schema.count);
    return rn_bind_error(&q->binder, ast->span);
  }
  const rn_type *type = rn_type_with_null(q->arena, rn_type_plain(q->arena, node->schema.fields[0].type), true);
  add(q, scope->subqueries, ast, node)->scalar = true;
  return placeholder(q, scope->subqueries->count - 1, type, ast->span);
}

static rn_expr *bind_exists(rn_query_context *q, rn_scope *scope, const rn_ast_expr *ast) {
  rn_logical *node = bind_inner(&q->binder, scope, ast);
  if (!node) return rn_bind_error(&q->binder, ast->span);
  if (!rn_logical_outer(node)) node = distinct_values(q, node, rn_bound_true(q, ast->span), ast->span);
  rn_expr *e = placeholder(q, scope->subqueries->count, rn_type_basic(RN_T_BOOLEAN, false), ast->span);
  add(q, scope->subqueries, ast, node)->whole = e;
  return e;
}

static rn_expr *compare_row(rn_query_context *q, const rn_ast_expr *ast, const char *op, rn_expr *x, const rn_logical *node) {
  rn_binder *binder = &q->binder;
  bool row = x->kind == RN_EXPR_CALL && !strcmp(x->function->name, "ROW");
  uint32_t width = row ? x->arg_count : 1;
  if (width != node->schema.count) {
    rn_diag(binder->diags, RN_E_TYPE, ast->span, NULL, "the left side has %u column%s, the sub-query %u", width, width == 1 ? "" : "s",
            node->schema.count);
    return rn_bind_error(binder, ast->span);
  }
  if (!row) return rn_bind_compare(binder, op, x, right_column(q, node, 0, ast->span), ast->op_span, ast->span);
  if (strcmp(op, "=") != 0 && strcmp(op, "<>") != 0) {
    rn_diag(binder->diags, RN_E_TYPE, ast->op_span, NULL, "rows compare with = and <> only");
    return rn_bind_error(binder, ast->span);
  }
  rn_expr **columns = RN_NEW_N(q->arena, rn_expr *, width + 1);
  for (uint32_t i = 0; i < width; i++) columns[i] = right_column(q, node, i, ast->span);
  return rn_bind_compare(binder, op, x, rn_bind_call_row(binder, "ROW", columns, width, ast->span), ast->op_span, ast->span);
}

/* TRUE where the comparison with some row is UNKNOWN and with none TRUE: where it is not FALSE. One value against an
 * uncorrelated query: UNKNOWN means that a side is NULL, and then two rows of the query say it all. */
static rn_status bind_unknown(rn_query_context *q, rn_scope *scope, const rn_ast_expr *ast, rn_expr *x, rn_expr *test) {
  rn_logical *node = bind_inner(&q->binder, scope, ast);
  if (!node) return RN_FAIL;
  const rn_type *type = node->schema.fields[0].type;
  bool text_for_time = rn_type_is_string(x->type) != rn_type_is_string(type);
  if (node->schema.count > 1 || rn_logical_outer(node) || text_for_time) {
    add(q, scope->subqueries, ast, node)->condition = rn_bind_call_row(&q->binder, "IS NOT FALSE", &test, 1, ast->span);
    return RN_OK;
  }
  node = distinct_values(q, node, is_null(q, rn_expr_column(q->arena, 0, type, ast->span)), ast->span);
  rn_expr *either[2] = {is_null(q, x), right_column(q, node, 0, ast->span)};
  add(q, scope->subqueries, ast, node)->condition = rn_bind_logic(&q->binder, RN_EXPR_OR, either, 2, ast->span);
  return RN_OK;
}

/* x op ANY (query) */
static rn_expr *bind_any(rn_query_context *q, rn_scope *scope, const rn_ast_expr *ast, const char *op) {
  rn_binder *binder = &q->binder;
  rn_subqueries *subs = scope->subqueries;
  rn_expr *x = rn_bind_expr(binder, scope, ast->args[0]);
  rn_logical *node = bind_inner(binder, scope, ast);
  if (!node || rn_bind_failed(x)) return rn_bind_error(binder, ast->span);
  rn_expr *test = compare_row(q, ast, op, x, node);
  if (rn_bind_failed(test)) return test;
  uint32_t first = subs->count;
  add(q, subs, ast, node)->condition = test;
  rn_expr *found = placeholder(q, first, rn_type_basic(RN_T_BOOLEAN, false), ast->span);
  if (!test->type->nullable) {
    subs->items[first].whole = found;
    return found;
  }
  if (bind_unknown(q, scope, ast, x, test) != RN_OK) return rn_bind_error(binder, ast->span);
  uint32_t second = subs->count - 1;
  rn_expr *args[5] = {found, rn_bind_boolean_const(binder, 1, ast->span),
                      placeholder(q, second, rn_type_basic(RN_T_BOOLEAN, false), ast->span),
                      rn_bind_boolean_const(binder, -1, ast->span), rn_bind_boolean_const(binder, 0, ast->span)};
  rn_expr *e = rn_expr_make(q->arena, RN_EXPR_CASE, rn_type_basic(RN_T_BOOLEAN, true), ast->span, 5, args);
  subs->items[first].whole = e;
  subs->items[first].unknown = (int)second;
  return e;
}

static const char *opposite(const char *op) {
  static const char *const pairs[][2] = {{"=", "<>"}, {"<", ">="}, {">", "<="}};
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
    for (int k = 0; k < 2; k++)
      if (!strcmp(op, pairs[i][k])) return pairs[i][!k];
  return op;
}

rn_expr *rn_bind_subquery(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast) {
  rn_query_context *q = rn_query_of(binder);
  switch (ast->kind) {
    case RN_AST_SUBQUERY: return bind_scalar(q, scope, ast);
    case RN_AST_EXISTS: return bind_exists(q, scope, ast);
    case RN_AST_IN: {
      rn_expr *e = bind_any(q, scope, ast, "=");
      return ast->negated ? rn_bind_not(binder, e, ast->span) : e;
    }
    default: {
      bool all = ast->text && !strcmp(ast->text, "ALL");
      rn_expr *e = bind_any(q, scope, ast, all ? opposite(ast->name) : ast->name);
      return all ? rn_bind_not(binder, e, ast->span) : e;
    }
  }
}

/* --- joins -------------------------------------------------------------------------------------------------- */

typedef struct places {
  rn_query_context *q;
  const rn_subqueries *subs; /* NULL: their places stay */
  const rn_logical *right;   /* NULL: its places stay */
  uint32_t left;             /* columns before those of right */
} places;

static rn_expr *replace(rn_expr *e, const void *ctx) {
  const places *p = ctx;
  if (e->kind == RN_EXPR_COLUMN) {
    uint32_t place = e->index / RN_PLACE_STEP, i = e->index % RN_PLACE_STEP;
    if (place == RN_PLACE_SUBQUERY / RN_PLACE_STEP && p->subs && !p->subs->items[i].late)
      return rn_expr_column(p->q->arena, p->subs->items[i].column, e->type, e->span);
    if (place == RN_PLACE_RIGHT / RN_PLACE_STEP && p->right) return rn_expr_column(p->q->arena, p->left + i, e->type, e->span);
    return e;
  }
  return e->arg_count ? rn_expr_map_args(p->q->arena, e, replace, p) : e;
}

rn_expr *rn_map_subqueries(rn_query_context *q, const rn_subqueries *subs, rn_expr *e) {
  places p = {.q = q, .subs = subs};
  return subs->count && e ? replace(e, &p) : e;
}

static rn_logical *join(rn_query_context *q, const rn_subqueries *subs, const rn_subquery *s, rn_logical *input, rn_join_kind kind) {
  places p = {q, subs, s->node, input->schema.count};
  rn_expr *condition = s->condition ? replace(s->condition, &p) : NULL;
  rn_logical *node = rn_logical_join(q->arena, kind, input, s->node, condition, s->ast->span);
  node->u.join.lateral = rn_logical_outer(s->node) != NULL;
  node->u.join.single = s->scalar;
  return node;
}

rn_logical *rn_join_subqueries(rn_query_context *q, rn_subqueries *subs, rn_logical *input) {
  for (uint32_t i = 0; i < subs->count; i++) { /* those inside the condition of another stand before it */
    rn_subquery *s = &subs->items[i];
    if (!s->node || s->late) continue;
    s->column = input->schema.count;
    input = join(q, subs, s, input, s->scalar ? RN_JOIN_KIND_LEFT : RN_JOIN_KIND_MARK);
    s->node = NULL;
  }
  return input;
}

bool rn_reads_subquery(const rn_expr *e) {
  if (e->kind == RN_EXPR_COLUMN) return e->index / RN_PLACE_STEP == RN_PLACE_SUBQUERY / RN_PLACE_STEP;
  for (uint32_t i = 0; i < e->arg_count; i++)
    if (rn_reads_subquery(e->args[i])) return true;
  return false;
}

/* The test that the conjunct is, or that it negates; NULL: it is something else. Its left side must not hold others:
 * those are joined later. */
static rn_subquery *test_of(rn_subqueries *subs, const rn_expr *e, bool *negated) {
  *negated = e->kind == RN_EXPR_CALL && !strcmp(e->function->name, "NOT");
  if (*negated) e = e->args[0];
  for (uint32_t i = 0; i < subs->count; i++)
    if (subs->items[i].whole == e) return !subs->items[i].condition || !rn_reads_subquery(subs->items[i].condition) ? &subs->items[i] : NULL;
  return NULL;
}

rn_logical *rn_filter_subqueries(rn_query_context *q, rn_subqueries *subs, rn_logical *input, rn_expr *condition, rn_span span) {
  if (!subs->count) return rn_logical_filter(q->arena, input, condition, span);
  bool many = condition->kind == RN_EXPR_AND;
  uint32_t count = many ? condition->arg_count : 1, before = 0, after = 0, tests = 0;
  rn_expr **parts = many ? condition->args : &condition, **plain = RN_NEW_N(q->arena, rn_expr *, count), **late = RN_NEW_N(q->arena, rn_expr *, count);
  rn_expr **test = RN_NEW_N(q->arena, rn_expr *, count);
  bool negated;
  for (uint32_t i = 0; i < count; i++) {
    if (!rn_reads_subquery(parts[i])) plain[before++] = parts[i];
    else if (test_of(subs, parts[i], &negated)) test[tests++] = parts[i];
    else late[after++] = parts[i];
  }
  if (before) input = rn_logical_filter(q->arena, input, rn_bind_and(&q->binder, plain, before, span), span);
  for (uint32_t i = 0; i < tests; i++) {
    rn_subquery *s = test_of(subs, test[i], &negated), *unknown = s->unknown >= 0 ? &subs->items[s->unknown] : NULL;
    input = join(q, subs, s, input, negated ? RN_JOIN_KIND_ANTI : RN_JOIN_KIND_SEMI);
    if (negated && unknown) input = join(q, subs, unknown, input, RN_JOIN_KIND_ANTI);
    s->node = NULL;
    if (unknown) unknown->node = NULL;
  }
  input = rn_join_subqueries(q, subs, input);
  if (!after) return input;
  return rn_logical_filter(q->arena, input, rn_map_subqueries(q, subs, rn_bind_and(&q->binder, late, after, span)), span);
}
