/* Binder: comparisons and what is made of them: IN, BETWEEN, OVERLAPS, rows (DIALECT 2.5, 8.1). Both sides
 * get one type here; strings meet dates and times through a cast, other mixtures are errors with a hint. */
#include "planner/bind_parts.h"

static rn_expr *cannot_compare(rn_binder *binder, const rn_expr *a, const rn_expr *b, rn_span span, const char *hint) {
  if (!hint && (a->type->id == RN_T_ARRAY) != (b->type->id == RN_T_ARRAY)) hint = "ARRAY_CONTAINS(list, x) looks for an element";
  rn_diag(binder->diags, RN_E_TYPE, span, hint, "cannot compare %s with %s", rn_type_name(binder->arena, a->type),
          rn_type_name(binder->arena, b->type));
  return rn_bind_error(binder, span);
}

static const char *compare_hint(rn_binder *binder, const rn_type *a, const rn_type *b) {
  const rn_type *other = rn_type_is_string(a) ? b : rn_type_is_string(b) ? a : NULL;
  if (other && (rn_type_is_numeric(other) || other->id == RN_T_BOOLEAN)) {
    return rn_arena_printf(binder->arena, "convert the text: CAST(.. AS %s)", rn_type_name(binder->arena, other));
  }
  if ((a->id == RN_T_DATE && rn_type_is_timestamp(b)) || (b->id == RN_T_DATE && rn_type_is_timestamp(a))) {
    return "convert one side: CAST(ts AS DATE), or CAST(d AS TIMESTAMP(3))";
  }
  if ((a->id == RN_T_TIME && rn_type_is_timestamp(b)) || (b->id == RN_T_TIME && rn_type_is_timestamp(a))) {
    return "convert one side: CAST(ts AS TIME)";
  }
  return NULL;
}

static bool is_equality(const char *op) { return strcmp(op, "=") == 0 || strcmp(op, "<>") == 0 || op[0] == 'I'; }

/* A string that meets a temporal value. As Flink does: under equality a text of a column that is no date is
 * NULL, under an order it is an error; a bad literal is an error always. */
static rn_expr *text_to_temporal(rn_binder *binder, const char *op, rn_expr *text, const rn_type *to) {
  bool safe = is_equality(op) && text->kind != RN_EXPR_CONST;
  return rn_bind_convert(binder, text, to, safe);
}

/* Gives both sides a common type; false: there is none. */
static bool coerce(rn_binder *binder, const char *op, rn_expr **a, rn_expr **b) {
  const rn_type *x = (*a)->type, *y = (*b)->type;
  if (x->id == RN_T_NULL) *a = rn_bind_convert(binder, *a, y, false);
  if (y->id == RN_T_NULL) *b = rn_bind_convert(binder, *b, x, false);
  if (x->id == RN_T_NULL || y->id == RN_T_NULL) return true;
  if (rn_type_is_string(x) && rn_type_is_temporal(y)) {
    *a = text_to_temporal(binder, op, *a, y);
    return true;
  }
  if (rn_type_is_temporal(x) && rn_type_is_string(y)) {
    *b = text_to_temporal(binder, op, *b, x);
    return true;
  }
  /* One family lies in memory alike and compares as it is. */
  bool families = (rn_type_is_string(x) && rn_type_is_string(y)) || (rn_type_is_binary(x) && rn_type_is_binary(y)) ||
                  (x->id == y->id && (rn_type_is_temporal(x) || rn_type_is_interval(x)));
  if (families) return true;
  bool pairs = (rn_type_is_numeric(x) && rn_type_is_numeric(y)) || (rn_type_is_timestamp(x) && rn_type_is_timestamp(y)) || x->id == y->id;
  if (!pairs) return false;
  const rn_type *common = rn_type_common(binder->arena, x, y);
  if (!common) return false;
  *a = rn_bind_convert(binder, *a, common, false);
  *b = rn_bind_convert(binder, *b, common, false);
  return true;
}

static bool is_row_call(const rn_expr *e) { return e->kind == RN_EXPR_CALL && strcmp(e->function->name, "ROW") == 0; }

/* (a, b) = (c, d) is a = c AND b = d: no row is built, and a NULL in a field makes the answer unknown. */
static rn_expr *compare_rows(rn_binder *binder, const char *op, rn_expr *a, rn_expr *b, rn_span op_span, rn_span span) {
  if (a->arg_count != b->arg_count) {
    rn_diag(binder->diags, RN_E_TYPE, span, NULL, "cannot compare a row of %u with a row of %u fields", a->arg_count, b->arg_count);
    return rn_bind_error(binder, span);
  }
  rn_expr **tests = rn_arena_alloc(binder->arena, (a->arg_count ? a->arg_count : 1) * sizeof *tests);
  for (uint32_t i = 0; i < a->arg_count; i++) {
    tests[i] = rn_bind_compare(binder, op, a->args[i], b->args[i], op_span, span);
    if (rn_bind_failed(tests[i])) return tests[i];
  }
  return rn_bind_logic(binder, op[0] == '=' ? RN_EXPR_AND : RN_EXPR_OR, tests, a->arg_count, span);
}

rn_expr *rn_bind_compare(rn_binder *binder, const char *op, rn_expr *a, rn_expr *b, rn_span op_span, rn_span span) {
  (void)op_span;
  if (rn_bind_failed(a) || rn_bind_failed(b)) return rn_bind_error(binder, span);
  if (a->type->id == RN_T_NULL && b->type->id == RN_T_NULL) {
    if (op[0] == 'I') return rn_bind_boolean_const(binder, strcmp(op, "IS NOT DISTINCT FROM") == 0, span);
    return rn_bind_boolean_const(binder, -1, span);
  }
  if (is_row_call(a) && is_row_call(b) && (strcmp(op, "=") == 0 || strcmp(op, "<>") == 0)) return compare_rows(binder, op, a, b, op_span, span);
  rn_expr *x = a, *y = b;
  if (!coerce(binder, op, &x, &y)) return cannot_compare(binder, a, b, span, compare_hint(binder, a->type, b->type));
  if (rn_bind_failed(x) || rn_bind_failed(y)) return rn_bind_error(binder, span);
  bool ordered = op[0] == '<' || op[0] == '>';
  if (ordered && strcmp(op, "<>") != 0 && x->type->child_count) {
    return cannot_compare(binder, a, b, span, "ROW, ARRAY and MAP compare with = and <> only");
  }
  rn_error err;
  rn_error_clear(&err);
  rn_expr *e = rn_bind_try_row(binder, op, (rn_expr *[]){x, y}, 2, span, &err);
  return e ? e : cannot_compare(binder, a, b, span, compare_hint(binder, a->type, b->type));
}

/* --- logic --------------------------------------------------------------------------------------------- */

rn_expr *rn_bind_logic(rn_binder *binder, rn_expr_kind kind, rn_expr *const *args, uint32_t count, rn_span span) {
  uint32_t total = 0;
  bool nullable = false;
  for (uint32_t i = 0; i < count; i++) {
    if (rn_bind_failed(args[i])) return rn_bind_error(binder, span);
    nullable |= args[i]->type->nullable;
    total += args[i]->kind == kind ? args[i]->arg_count : 1;
  }
  if (count == 1) return args[0];
  rn_expr **flat = rn_arena_alloc(binder->arena, (total ? total : 1) * sizeof *flat);
  uint32_t n = 0;
  for (uint32_t i = 0; i < count; i++) {
    if (args[i]->kind == kind) {
      for (uint32_t k = 0; k < args[i]->arg_count; k++) flat[n++] = args[i]->args[k];
    } else {
      flat[n++] = args[i];
    }
  }
  return rn_expr_make(binder->arena, kind, rn_type_basic(RN_T_BOOLEAN, nullable), span, n, flat);
}

rn_expr *rn_bind_and(rn_binder *binder, rn_expr *const *args, uint32_t count, rn_span span) {
  return count ? rn_bind_logic(binder, RN_EXPR_AND, args, count, span) : rn_bind_boolean_const(binder, 1, span);
}

rn_expr *rn_bind_not(rn_binder *binder, rn_expr *e, rn_span span) {
  e = rn_bind_boolean(binder, e, "NOT");
  if (rn_bind_failed(e)) return e;
  return rn_bind_call_row(binder, "NOT", &e, 1, span);
}

/* --- BETWEEN ------------------------------------------------------------------------------------------- */

rn_expr *rn_bind_between(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast) {
  rn_expr *x = rn_bind_expr(binder, scope, ast->args[0]);
  rn_expr *low = rn_bind_expr(binder, scope, ast->args[1]), *high = rn_bind_expr(binder, scope, ast->args[2]);
  rn_expr *within[2] = {rn_bind_compare(binder, ">=", x, low, ast->op_span, ast->span), NULL};
  if (rn_bind_failed(within[0])) return within[0];
  within[1] = rn_bind_compare(binder, "<=", x, high, ast->op_span, ast->span);
  rn_expr *e = rn_bind_logic(binder, RN_EXPR_AND, within, 2, ast->span);
  if (ast->symmetric && !rn_bind_failed(e)) {
    rn_expr *turned[2] = {rn_bind_compare(binder, ">=", x, high, ast->op_span, ast->span),
                          rn_bind_compare(binder, "<=", x, low, ast->op_span, ast->span)};
    e = rn_bind_logic(binder, RN_EXPR_OR, (rn_expr *[]){e, rn_bind_logic(binder, RN_EXPR_AND, turned, 2, ast->span)}, 2, ast->span);
  }
  return ast->negated ? rn_bind_not(binder, e, ast->span) : e;
}

/* --- IN ------------------------------------------------------------------------------------------------ */

static rn_expr *in_as_or(rn_binder *binder, rn_expr *x, rn_expr **items, uint32_t count, const rn_ast_expr *ast) {
  rn_expr **tests = rn_arena_alloc(binder->arena, count * sizeof *tests);
  for (uint32_t i = 0; i < count; i++) {
    tests[i] = rn_bind_compare(binder, "=", x, items[i], ast->op_span, rn_span_join(x->span, items[i]->span));
    if (rn_bind_failed(tests[i])) return tests[i];
  }
  return rn_bind_logic(binder, RN_EXPR_OR, tests, count, ast->span);
}

/* The row "IN" (a set of constants) when every item folds to a constant of one type with x; NULL otherwise. */
static rn_expr *in_as_set(rn_binder *binder, rn_expr *x, rn_expr **items, uint32_t count, const rn_ast_expr *ast) {
  if (x->type->child_count || x->type->id == RN_T_NULL) return NULL;
  const rn_type *common = x->type;
  for (uint32_t i = 0; i < count; i++) {
    items[i] = rn_fold(binder, items[i]);
    if (items[i]->kind != RN_EXPR_CONST) return NULL;
    if (items[i]->type->id == RN_T_NULL) continue;
    bool text_for_time = rn_type_is_string(items[i]->type) && rn_type_is_temporal(common);
    if (!text_for_time) common = rn_type_common(binder->arena, common, items[i]->type);
    if (!common) return NULL;
  }
  /* Mixtures that comparison refuses are refused by the way over "=". */
  if (rn_type_is_string(common) != rn_type_is_string(x->type)) return NULL;
  rn_expr **args = rn_arena_alloc(binder->arena, (count + 1) * sizeof *args);
  args[0] = rn_bind_convert(binder, x, common, false);
  bool nullable = x->type->nullable;
  for (uint32_t i = 0; i < count; i++) {
    args[i + 1] = rn_bind_convert(binder, items[i], common, false);
    if (args[i + 1]->kind != RN_EXPR_CONST) return NULL;
    nullable |= args[i + 1]->value.is_null;
  }
  rn_error err;
  rn_error_clear(&err);
  rn_expr *e = rn_bind_try_row(binder, "IN", args, 2, ast->span, &err); /* resolved by the first two: any number follows */
  if (!e) return NULL;
  args[0] = e->args[0];
  rn_expr *all = rn_expr_make(binder->arena, RN_EXPR_CALL, rn_type_basic(RN_T_BOOLEAN, nullable), ast->span, count + 1, args);
  all->function = e->function;
  all->kernel = e->kernel;
  return all;
}

rn_expr *rn_bind_in(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast) {
  rn_expr *x = rn_bind_expr(binder, scope, ast->args[0]);
  uint32_t count = ast->arg_count - 1;
  rn_expr **items = rn_arena_alloc(binder->arena, (count ? count : 1) * sizeof *items);
  bool failed = rn_bind_failed(x);
  for (uint32_t i = 0; i < count; i++) {
    items[i] = rn_bind_expr(binder, scope, ast->args[i + 1]);
    failed |= rn_bind_failed(items[i]);
  }
  if (failed) return rn_bind_error(binder, ast->span);
  rn_expr *e = in_as_set(binder, x, items, count, ast);
  if (!e) e = in_as_or(binder, x, items, count, ast);
  return ast->negated ? rn_bind_not(binder, e, ast->span) : e;
}

/* --- rows ------------------------------------------------------------------------------------------------ */

rn_expr *rn_bind_row(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast) {
  rn_expr **fields = rn_arena_alloc(binder->arena, (ast->arg_count ? ast->arg_count : 1) * sizeof *fields);
  for (uint32_t i = 0; i < ast->arg_count; i++) {
    fields[i] = rn_bind_expr(binder, scope, ast->args[i]);
    if (rn_bind_failed(fields[i])) return rn_bind_error(binder, ast->span);
  }
  return rn_bind_call_row(binder, "ROW", fields, ast->arg_count, ast->span);
}

/* (a, b) OVERLAPS (c, d): each pair in order, an interval as second is a length. */
typedef struct period {
  rn_expr *from, *to;
} period;

static period bind_period(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast) {
  period p = {rn_bind_error(binder, ast->span), rn_bind_error(binder, ast->span)};
  if (ast->kind != RN_AST_ROW || ast->arg_count != 2) {
    rn_diag(binder->diags, RN_E_TYPE, ast->span, NULL, "OVERLAPS needs two pairs: (from, to) or (from, interval)");
    return p;
  }
  rn_expr *a = rn_bind_expr(binder, scope, ast->args[0]), *b = rn_bind_expr(binder, scope, ast->args[1]);
  if (rn_bind_failed(a) || rn_bind_failed(b)) return p;
  if (rn_type_is_interval(b->type)) b = rn_bind_operator(binder, "+", a, b, ast->span);
  rn_expr *less = rn_bind_compare(binder, "<=", a, b, ast->span, ast->span);
  if (rn_bind_failed(less)) return p;
  rn_expr *ends[2] = {a, b};
  const rn_type *type = rn_bind_common(binder, ends, 2, "OVERLAPS");
  if (!type) return p;
  p.from = rn_expr_make(binder->arena, RN_EXPR_CASE, type, ast->span, 3, (rn_expr *[]){less, ends[0], ends[1]});
  p.to = rn_expr_make(binder->arena, RN_EXPR_CASE, type, ast->span, 3, (rn_expr *[]){less, ends[1], ends[0]});
  return p;
}

rn_expr *rn_bind_overlaps(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast) {
  period p = bind_period(binder, scope, ast->args[0]), q = bind_period(binder, scope, ast->args[1]);
  if (rn_bind_failed(p.from) || rn_bind_failed(q.from)) return rn_bind_error(binder, ast->span);
  rn_expr *tests[2] = {rn_bind_compare(binder, ">=", p.to, q.from, ast->op_span, ast->span),
                       rn_bind_compare(binder, ">=", q.to, p.from, ast->op_span, ast->span)};
  return rn_bind_logic(binder, RN_EXPR_AND, tests, 2, ast->span);
}
