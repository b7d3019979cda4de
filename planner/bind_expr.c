/* Binder: from AST to typed expression, node by node. Rows in `kinds` say who binds which node; operators
 * of one chain (a + b + c) are taken from the left without recursion, so only what is nested counts as depth. */
#include "base/limits.h"
#include "planner/bind_parts.h"

typedef rn_expr *(*bind_function)(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast);

/* --- binary operators -------------------------------------------------------------------------------- */

static const char *operator_hint(const char *op, const rn_type *a, const rn_type *b) {
  bool text = rn_type_is_string(a) || rn_type_is_string(b);
  if (strcmp(op, "||") == 0) return "only texts can be joined: CAST(.. AS STRING)";
  if (strcmp(op, "+") == 0 && text) return "texts are joined with ||";
  if (strcmp(op, "-") == 0 && rn_type_is_temporal(a) && rn_type_is_temporal(b)) return "write TIMESTAMPDIFF(SECOND, b, a), or (a - b) DAY for an interval";
  bool time = rn_type_is_temporal(a) || rn_type_is_temporal(b), number = rn_type_is_numeric(a) || rn_type_is_numeric(b);
  if ((strcmp(op, "+") == 0 || strcmp(op, "-") == 0) && time && number) return "timestamp + INTERVAL is allowed: ts + INTERVAL '5' SECOND";
  if (strcmp(op, "/") == 0 && rn_type_is_interval(a)) return "intervals can be multiplied by an integer only";
  if (text) return "convert the text with CAST";
  return NULL;
}

static const struct {
  const char *op, *message; /* with both types */
  bool swapped;
} operator_words[] = {
  {"+", "cannot add %s and %s", false}, {"-", "cannot subtract %s from %s", true}, {"*", "cannot multiply %s by %s", false},
  {"/", "cannot divide %s by %s", false}, {"%", "cannot take %s modulo %s", false}, {"||", "cannot join %s and %s", false},
};

rn_expr *rn_bind_operator(rn_binder *binder, const char *op, rn_expr *a, rn_expr *b, rn_span span) {
  if (rn_bind_failed(a) || rn_bind_failed(b)) return rn_bind_error(binder, span);
  if (a->type->id == RN_T_NULL && b->type->id == RN_T_NULL) return a;
  rn_expr *sides[2] = {a, b};
  if (a->type->id == RN_T_NULL) sides[0] = rn_bind_convert(binder, a, b->type, false);
  if (b->type->id == RN_T_NULL) sides[1] = rn_bind_convert(binder, b, a->type, false);
  rn_error err;
  rn_error_clear(&err);
  rn_expr *e = rn_bind_try_row(binder, op, sides, 2, span, &err);
  if (e) return e;
  for (size_t i = 0; i < sizeof operator_words / sizeof *operator_words; i++) {
    if (strcmp(operator_words[i].op, op) != 0) continue;
    const char *x = rn_type_name(binder->arena, a->type), *y = rn_type_name(binder->arena, b->type);
    bool swap = operator_words[i].swapped;
    rn_diag(binder->diags, RN_E_TYPE, span, operator_hint(op, a->type, b->type), operator_words[i].message, swap ? y : x, swap ? x : y);
    return rn_bind_error(binder, span);
  }
  rn_diagnostics_add(binder->diags, &err);
  return rn_bind_error(binder, span);
}

static bool is_comparison(const char *op) { return op[0] == '=' || op[0] == '<' || op[0] == '>'; }

static rn_expr *bind_pair(rn_binder *binder, const rn_ast_expr *ast, rn_expr *a, rn_expr *b) {
  if (ast->bang) rn_diag(binder->diags, RN_W_PORTABILITY, ast->op_span, "write <>", "Flink does not take !=");
  if (is_comparison(ast->name)) return rn_bind_compare(binder, ast->name, a, b, ast->op_span, ast->span);
  return rn_bind_operator(binder, ast->name, a, b, ast->span);
}

static rn_expr *ask_node(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast) {
  return scope->on_node ? scope->on_node(binder, scope, ast, scope->ctx) : NULL;
}

/* Collects a AND b AND c .., the left spine of one operator, into one node. */
static rn_expr *bind_logic_chain(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast) {
  rn_expr_kind kind = strcmp(ast->name, "AND") == 0 ? RN_EXPR_AND : RN_EXPR_OR;
  uint32_t count = 2;
  for (const rn_ast_expr *n = ast->args[0]; n->kind == RN_AST_BINARY_OP && strcmp(n->name, ast->name) == 0; n = n->args[0]) count++;
  /* Down the spine first, so that a node that stands for something known ends it; then left to right. */
  const rn_ast_expr **nodes = rn_arena_alloc(binder->arena, count * sizeof *nodes);
  rn_expr **args = rn_arena_alloc(binder->arena, count * sizeof *args);
  uint32_t at = count;
  rn_expr *known = NULL;
  for (const rn_ast_expr *node = ast;; node = node->args[0]) {
    nodes[--at] = node->args[1];
    const rn_ast_expr *left = node->args[0];
    bool goes_on = left->kind == RN_AST_BINARY_OP && strcmp(left->name, ast->name) == 0;
    if (goes_on) known = ask_node(binder, scope, left);
    if (known || !goes_on) {
      nodes[--at] = left;
      break;
    }
  }
  bool failed = false;
  for (uint32_t i = at; i < count; i++) {
    bool is_known = known && i == at;
    args[i] = is_known ? rn_bind_boolean(binder, known, ast->name) : rn_bind_condition(binder, scope, nodes[i], ast->name);
    failed |= rn_bind_failed(args[i]);
  }
  if (failed) return rn_bind_error(binder, ast->span);
  return rn_bind_logic(binder, kind, args + at, count - at, ast->span);
}

static rn_expr *bind_binary(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast) {
  if (strcmp(ast->name, "AND") == 0 || strcmp(ast->name, "OR") == 0) return bind_logic_chain(binder, scope, ast);
  uint32_t limit = 1, count = 0;
  for (const rn_ast_expr *n = ast->args[0]; n->kind == RN_AST_BINARY_OP; n = n->args[0]) limit++;
  const rn_ast_expr **chain = rn_arena_alloc(binder->arena, limit * sizeof *chain);
  rn_expr *left = NULL;
  const rn_ast_expr *node = ast;
  while (!left) {
    chain[count++] = node;
    node = node->args[0];
    bool logic = node->kind == RN_AST_BINARY_OP && (strcmp(node->name, "AND") == 0 || strcmp(node->name, "OR") == 0);
    left = node->kind != RN_AST_BINARY_OP || logic ? rn_bind_expr(binder, scope, node) : ask_node(binder, scope, node);
  }
  while (count--) left = bind_pair(binder, chain[count], left, rn_bind_expr(binder, scope, chain[count]->args[1]));
  return left;
}

/* --- the other operators -------------------------------------------------------------------------------- */

static rn_expr *bind_unary(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast) {
  const rn_ast_expr *operand = ast->args[0];
  if (strcmp(ast->name, "NOT") == 0) return rn_bind_not(binder, rn_bind_expr(binder, scope, operand), ast->span);
  bool minus = strcmp(ast->name, "-") == 0;
  if (minus && operand->kind == RN_AST_NUMBER) { /* -2147483648 is an INT */
    rn_expr *e = rn_bind_literal(binder, operand, true);
    e->span = ast->span;
    return e;
  }
  rn_expr *e = rn_bind_expr(binder, scope, operand);
  if (rn_bind_failed(e) || e->type->id == RN_T_NULL) return e;
  if (!rn_type_is_numeric(e->type) && !rn_type_is_interval(e->type)) {
    rn_diag(binder->diags, RN_E_TYPE, ast->span, NULL, "a sign needs a number, got %s", rn_type_name(binder->arena, e->type));
    return rn_bind_error(binder, ast->span);
  }
  return minus ? rn_bind_call_row(binder, "NEG", &e, 1, ast->span) : e;
}

static rn_expr *bind_is(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast) {
  if (strncmp(ast->name, "JSON", 4) == 0) return rn_bind_is_json(binder, scope, ast);
  rn_expr *e = rn_bind_expr(binder, scope, ast->args[0]);
  if (strcmp(ast->name, "DISTINCT FROM") == 0) {
    rn_expr *other = rn_bind_expr(binder, scope, ast->args[1]);
    const char *op = ast->negated ? "IS NOT DISTINCT FROM" : "IS DISTINCT FROM";
    return rn_bind_compare(binder, op, e, other, ast->op_span, ast->span);
  }
  if (rn_bind_failed(e)) return e;
  bool null_test = strcmp(ast->name, "NULL") == 0;
  if (!null_test) e = rn_bind_boolean(binder, e, rn_arena_printf(binder->arena, "IS %s", ast->name));
  if (rn_bind_failed(e)) return e;
  if (e->type->id == RN_T_NULL) return rn_bind_boolean_const(binder, !ast->negated, ast->span);
  const char *test = strcmp(ast->name, "UNKNOWN") == 0 ? "NULL" : ast->name;
  return rn_bind_call_row(binder, rn_arena_printf(binder->arena, "IS %s%s", ast->negated ? "NOT " : "", test), &e, 1, ast->span);
}

static rn_expr *bind_like(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast) {
  bool like = strcmp(ast->name, "LIKE") == 0;
  rn_expr *args[3];
  uint32_t count = ast->arg_count < 3 ? ast->arg_count : 3;
  for (uint32_t i = 0; i < count; i++) {
    args[i] = rn_bind_expr(binder, scope, ast->args[i]);
    if (i) args[i] = rn_fold(binder, args[i]); /* a constant pattern is compiled once */
  }
  for (uint32_t i = 0; i < count; i++) {
    if (rn_bind_failed(args[i])) return rn_bind_error(binder, ast->span);
    if (args[i]->type->id == RN_T_NULL) args[i] = rn_bind_convert(binder, args[i], rn_type_basic(RN_T_VARCHAR, true), false);
    if (!rn_type_is_string(args[i]->type)) {
      rn_diag(binder->diags, RN_E_TYPE, args[i]->span, "convert it: CAST(.. AS STRING)", "%s needs text, got %s", ast->name,
              rn_type_name(binder->arena, args[i]->type));
      return rn_bind_error(binder, ast->span);
    }
  }
  if (like && ast->negated) return rn_bind_call_row(binder, "NOT LIKE", args, count, ast->span);
  rn_expr *e = rn_bind_call_row(binder, like ? "LIKE" : "SIMILAR TO", args, count, ast->span);
  return ast->negated ? rn_bind_not(binder, e, ast->span) : e;
}

/* CAST(n AS INTERVAL DAY) counts in the unit of the type, which the type itself does not keep. */
static rn_expr *cast_to_interval(rn_binder *binder, rn_expr *e, const rn_ast_expr *ast, const rn_type *to, bool safe) {
  const char *qualifier = ast->cast_type->qualifier ? ast->cast_type->qualifier : "";
  if (!rn_type_is_integer(e->type) || strstr(qualifier, " TO ")) return NULL;
  rn_ast_expr one = {.kind = RN_AST_INTERVAL, .span = ast->span, .name = qualifier, .text = "1", .text_len = 1, .precision = -1, .scale = -1};
  rn_expr *unit = rn_bind_interval_literal(binder, NULL, &one);
  rn_expr *result = rn_bind_operator(binder, "*", unit, e, ast->span);
  return rn_bind_failed(result) || result->type->id != to->id ? result : rn_bind_retype(binder, result, rn_type_with_null(binder->arena, to, safe || e->type->nullable));
}

static rn_expr *bind_cast(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast) {
  bool safe = strcmp(ast->name, "TRY_CAST") == 0;
  rn_expr *e = rn_bind_expr(binder, scope, ast->args[0]);
  const rn_type *to = rn_bind_type(binder, ast->cast_type);
  if (!to || rn_bind_failed(e)) return rn_bind_error(binder, ast->span);
  rn_expr *result = rn_type_is_interval(to) ? cast_to_interval(binder, e, ast, to, safe) : NULL;
  if (!result) result = rn_bind_cast(binder, e, to, true, safe);
  /* The operand keeps its own span; a CAST ends a time attribute. */
  if (result == e) result = rn_bind_retype(binder, e, rn_type_with_time(binder->arena, e->type, RN_TIME_NONE));
  result->span = ast->span;
  return result;
}

static rn_expr *bind_field(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast) {
  return rn_bind_field(binder, rn_bind_expr(binder, scope, ast->args[0]), &ast->path.parts[0], ast->span);
}

/* (a - b) DAY: the difference as an interval. */
static rn_expr *bind_time_diff(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast) {
  rn_expr *a = rn_bind_expr(binder, scope, ast->args[0]), *b = rn_bind_expr(binder, scope, ast->args[1]);
  if (rn_bind_failed(a) || rn_bind_failed(b)) return rn_bind_error(binder, ast->span);
  if (!rn_type_is_temporal(a->type) || !rn_type_is_temporal(b->type)) {
    rn_diag(binder->diags, RN_E_TYPE, ast->span, NULL, "(a - b) %s needs dates or timestamps, got %s and %s", ast->name,
            rn_type_name(binder->arena, a->type), rn_type_name(binder->arena, b->type));
    return rn_bind_error(binder, ast->span);
  }
  bool months = strncmp(ast->name, "YEAR", 4) == 0 || strncmp(ast->name, "MONTH", 5) == 0 || strncmp(ast->name, "QUARTER", 7) == 0;
  if (!months) return rn_bind_call_row(binder, "TIME DIFF", (rn_expr *[]){a, b}, 2, ast->span);
  rn_expr *args[3] = {rn_bind_text_const(binder, "MONTH", ast->span), b, a};
  rn_expr *count = rn_bind_call_row(binder, "TIMESTAMPDIFF", args, 3, ast->span);
  rn_value one = {.type = rn_type_basic(RN_T_INTERVAL_MONTH, false), .u.i = 1};
  return rn_bind_operator(binder, "*", rn_expr_const(binder->arena, one, ast->span), count, ast->span);
}

static rn_expr *bind_subquery(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast) {
  if (!scope->subqueries) { /* nor may one in Flink */
    rn_diag(binder->diags, RN_E_UNSUPPORTED, ast->span, NULL, "a sub-query cannot stand in %s", scope->clause ? scope->clause : "this clause");
    return rn_bind_error(binder, ast->span);
  }
  return rn_bind_subquery(binder, scope, ast);
}

static rn_expr *bind_in(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast) {
  return ast->query ? bind_subquery(binder, scope, ast) : rn_bind_in(binder, scope, ast);
}

static rn_expr *bind_star(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast) {
  (void)scope;
  rn_diag(binder->diags, RN_E_SYNTAX, ast->span, NULL, "* stands in a select list and in COUNT(*) only");
  return rn_bind_error(binder, ast->span);
}

static rn_expr *bind_literal(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast) {
  (void)scope;
  return rn_bind_literal(binder, ast, false);
}

static rn_expr *bind_unit(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast) {
  (void)scope;
  return rn_bind_text_const(binder, ast->text, ast->span);
}

/* --- dispatch --------------------------------------------------------------------------------------------- */

static const struct {
  bind_function bind;
  const char *unsupported; /* a construct of a later issue */
} kinds[] = {
  [RN_AST_NULL] = {bind_literal, NULL}, [RN_AST_BOOLEAN] = {bind_literal, NULL}, [RN_AST_NUMBER] = {bind_literal, NULL},
  [RN_AST_STRING] = {bind_literal, NULL}, [RN_AST_BINARY] = {bind_literal, NULL}, [RN_AST_TEMPORAL] = {bind_literal, NULL},
  [RN_AST_INTERVAL] = {rn_bind_interval_literal, NULL}, [RN_AST_COLUMN] = {rn_bind_column, NULL}, [RN_AST_STAR] = {bind_star, NULL},
  [RN_AST_CALL] = {rn_bind_function, NULL}, [RN_AST_UNIT] = {bind_unit, NULL}, [RN_AST_UNARY] = {bind_unary, NULL},
  [RN_AST_BINARY_OP] = {bind_binary, NULL}, [RN_AST_IS] = {bind_is, NULL}, [RN_AST_BETWEEN] = {rn_bind_between, NULL},
  [RN_AST_IN] = {bind_in, NULL}, [RN_AST_LIKE] = {bind_like, NULL}, [RN_AST_CASE] = {rn_bind_case, NULL},
  [RN_AST_CAST] = {bind_cast, NULL}, [RN_AST_EXISTS] = {bind_subquery, NULL}, [RN_AST_SUBQUERY] = {bind_subquery, NULL},
  [RN_AST_QUANTIFIED] = {bind_subquery, NULL}, [RN_AST_ROW] = {rn_bind_row, NULL}, [RN_AST_ARRAY] = {rn_bind_array, NULL},
  [RN_AST_MAP] = {rn_bind_map, NULL}, [RN_AST_SUBSCRIPT] = {rn_bind_subscript, NULL}, [RN_AST_FIELD] = {bind_field, NULL},
  [RN_AST_OVERLAPS] = {rn_bind_overlaps, NULL}, [RN_AST_TIME_DIFF] = {bind_time_diff, NULL}, [RN_AST_JSON] = {rn_bind_json, NULL},
};

rn_expr *rn_bind_expr(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast) {
  rn_expr *known = ask_node(binder, scope, ast);
  if (known) return known;
  if (binder->depth >= RN_NESTING_MAX) {
    rn_diag(binder->diags, RN_E_LIMIT, ast->span, NULL, "queries and expressions are nested deeper than %d", RN_NESTING_MAX);
    return rn_bind_error(binder, ast->span);
  }
  const char *unsupported = kinds[ast->kind].unsupported;
  if (unsupported) return rn_bind_unsupported(binder, ast->span, unsupported);
  binder->depth++;
  rn_expr *e = kinds[ast->kind].bind(binder, scope, ast);
  binder->depth--;
  /* NULLIF, BETWEEN and CASE x WHEN use an operand more than once: nested, a short text is a huge tree. */
  if (e->size > RN_EXPR_NODES_MAX) {
    rn_diag(binder->diags, RN_E_LIMIT, ast->span, NULL, "expression has more than %d parts", RN_EXPR_NODES_MAX);
    return rn_bind_error(binder, ast->span);
  }
  return e;
}
