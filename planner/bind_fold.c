/* Binder: constant folding through the same kernels that run later (rn_expr_evaluate). An evaluation that
 * fails leaves the expression as it is: the error belongs to the row that reaches it, and an untaken branch
 * never does. */
#include "planner/bind_parts.h"

static bool may_fold(const rn_binder *binder, const rn_function *fn) {
  if (fn->flags & RN_FN_VOLATILE) return false;
  return binder->batch_mode || !(fn->flags & RN_FN_NOW); /* in streaming the clock goes on */
}

rn_expr *rn_bind_fold_node(rn_binder *binder, rn_expr *e) {
  if (e->kind == RN_EXPR_CONST || e->kind == RN_EXPR_COLUMN || e->kind == RN_EXPR_OUTER || e->type->id == RN_T_ERROR) return e;
  if (e->kind == RN_EXPR_CALL && !may_fold(binder, e->function)) return e;
  for (uint32_t i = 0; i < e->arg_count; i++) {
    if (e->args[i]->kind != RN_EXPR_CONST) return e;
  }
  rn_error err;
  rn_error_clear(&err);
  rn_value value;
  memset(&value, 0, sizeof value);
  if (rn_expr_evaluate(e, binder->zone, binder->now_us, binder->arena, &value, &err) != RN_OK) return e;
  /* A NOT NULL type that turns out NULL (DECIMAL overflow) is a run-time matter. */
  if (value.is_null && !e->type->nullable) return e;
  value.type = e->type;
  return rn_expr_const(binder->arena, value, e->span);
}

static bool is_true(const rn_expr *e) { return e->kind == RN_EXPR_CONST && !e->value.is_null && e->value.u.i == 1; }
static bool is_false(const rn_expr *e) { return e->kind == RN_EXPR_CONST && !e->value.is_null && e->value.u.i == 0; }

/* The result keeps the type that was announced, nullability included: schemas may depend on it. */
static rn_expr *as_type(rn_binder *binder, rn_expr *e, const rn_type *type) {
  return e->type->nullable == type->nullable ? e : rn_bind_retype(binder, e, rn_type_with_null(binder->arena, e->type, type->nullable));
}

/* TRUE AND x is x; FALSE ends an AND. What stands before a FALSE may fail, so it stays. */
static rn_expr *fold_logic(rn_binder *binder, rn_expr *e) {
  bool is_and = e->kind == RN_EXPR_AND;
  rn_expr **kept = rn_arena_alloc(binder->arena, e->arg_count * sizeof *kept);
  uint32_t count = 0;
  for (uint32_t i = 0; i < e->arg_count; i++) {
    if (is_and ? is_true(e->args[i]) : is_false(e->args[i])) continue;
    kept[count++] = e->args[i];
    if (is_and ? is_false(e->args[i]) : is_true(e->args[i])) break;
  }
  if (count == 0) return as_type(binder, e->args[0], e->type);
  if (count == 1) return as_type(binder, kept[0], e->type);
  if (count == e->arg_count) return e;
  return rn_expr_make(binder->arena, e->kind, e->type, e->span, count, kept);
}

static rn_expr *fold_case(rn_binder *binder, rn_expr *e) {
  rn_expr **kept = rn_arena_alloc(binder->arena, e->arg_count * sizeof *kept);
  uint32_t count = 0;
  for (uint32_t i = 0; i + 1 < e->arg_count; i += 2) {
    const rn_expr *when = e->args[i];
    if (is_false(when) || (when->kind == RN_EXPR_CONST && when->value.is_null)) continue;
    if (is_true(when)) {
      kept[count++] = e->args[i + 1];
      break;
    }
    kept[count++] = e->args[i];
    kept[count++] = e->args[i + 1];
  }
  if (count % 2 == 0) kept[count++] = e->args[e->arg_count - 1];
  if (count == 1) return as_type(binder, kept[0], e->type);
  if (count == e->arg_count) return e;
  return rn_expr_make(binder->arena, e->kind, e->type, e->span, count, kept);
}

static rn_expr *fold_coalesce(rn_binder *binder, rn_expr *e) {
  rn_expr **kept = rn_arena_alloc(binder->arena, e->arg_count * sizeof *kept);
  uint32_t count = 0;
  for (uint32_t i = 0; i < e->arg_count; i++) {
    bool constant = e->args[i]->kind == RN_EXPR_CONST;
    if (constant && e->args[i]->value.is_null && i + 1 < e->arg_count) continue;
    kept[count++] = e->args[i];
    if (constant && !e->args[i]->value.is_null) break;
  }
  if (count == 1) return as_type(binder, kept[0], e->type);
  if (count == e->arg_count) return e;
  return rn_expr_make(binder->arena, e->kind, e->type, e->span, count, kept);
}

rn_expr *rn_fold(rn_binder *binder, rn_expr *e) {
  if (e->arg_count == 0) return rn_bind_fold_node(binder, e);
  rn_expr *copy = RN_NEW(binder->arena, rn_expr);
  *copy = *e;
  copy->args = rn_arena_alloc(binder->arena, e->arg_count * sizeof *copy->args);
  bool changed = false;
  for (uint32_t i = 0; i < e->arg_count; i++) {
    copy->args[i] = rn_fold(binder, e->args[i]);
    changed |= copy->args[i] != e->args[i];
  }
  rn_expr *result = changed ? copy : e; /* shared sub-trees stay shared */
  switch (e->kind) {
    case RN_EXPR_AND: case RN_EXPR_OR: result = fold_logic(binder, result); break;
    case RN_EXPR_CASE: result = fold_case(binder, result); break;
    case RN_EXPR_COALESCE: result = fold_coalesce(binder, result); break;
    default: break;
  }
  return rn_bind_fold_node(binder, result);
}

bool rn_bind_constant(rn_binder *binder, rn_expr *e, rn_value *out) {
  if (rn_bind_failed(e)) return false;
  rn_expr *folded = rn_fold(binder, e);
  if (folded->kind != RN_EXPR_CONST) return false;
  *out = folded->value;
  return true;
}

bool rn_bind_interval(rn_binder *binder, const rn_ast_expr *ast, const char *what, int64_t *us) {
  rn_scope none;
  memset(&none, 0, sizeof none);
  none.clause = what;
  rn_expr *e = rn_bind_expr(binder, &none, ast);
  if (rn_bind_failed(e)) return false;
  rn_value value;
  if (e->type->id != RN_T_INTERVAL_MS || !rn_bind_constant(binder, e, &value) || value.is_null) {
    rn_diag(binder->diags, RN_E_WINDOW, ast->span, "such as INTERVAL '5' MINUTE", "%s must be a constant day-time interval, got %s", what,
            rn_type_name(binder->arena, e->type));
    return false;
  }
  if (__builtin_mul_overflow(value.u.i, RN_US_PER_MS, us)) {
    rn_diag(binder->diags, RN_E_WINDOW, ast->span, NULL, "%s is too large", what);
    return false;
  }
  return true;
}
