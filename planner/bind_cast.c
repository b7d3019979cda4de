/* Binder: conversions. Every implicit conversion becomes an explicit CAST call here, so that the runtime
 * never converts; common types of CASE, COALESCE, IN, VALUES (DIALECT 2.4 to 2.6). */
#include "planner/bind_parts.h"

rn_expr *rn_bind_error(rn_binder *binder, rn_span span) {
  return rn_expr_const(binder->arena, rn_value_null(rn_type_basic(RN_T_ERROR, true)), span);
}

rn_expr *rn_bind_retype(rn_binder *binder, rn_expr *e, const rn_type *type) {
  rn_expr *copy = RN_NEW(binder->arena, rn_expr);
  *copy = *e;
  copy->type = type;
  if (copy->kind == RN_EXPR_CONST) copy->value.type = type;
  return copy;
}

/* Of types that are the same: do fields and elements read alike, too, names and NOT NULL? */
static bool same_inside(const rn_type *a, const rn_type *b) {
  if (a == b) return true;
  for (uint32_t i = 0; i < a->child_count; i++) {
    if (a->names && strcmp(a->names[i], b->names[i]) != 0) return false;
    if (a->children[i]->nullable != b->children[i]->nullable || !same_inside(a->children[i], b->children[i])) return false;
  }
  return true;
}

static rn_expr *cast_failed(rn_binder *binder, const rn_expr *e, const rn_type *to, const char *hint) {
  rn_diag(binder->diags, RN_E_CAST, e->span, hint, "cannot cast %s to %s", rn_type_name(binder->arena, e->type),
          rn_type_name(binder->arena, to));
  return rn_bind_error(binder, e->span);
}

const char *rn_bind_cast_hint(const rn_type *from, const rn_type *to) {
  if (rn_type_is_numeric(from) && rn_type_is_timestamp(to)) return "use TO_TIMESTAMP_LTZ(n, 3) for milliseconds, TO_TIMESTAMP_LTZ(n, 0) for seconds";
  if (rn_type_is_timestamp(from) && rn_type_is_numeric(to)) return "use EXTRACT(EPOCH FROM ts), or UNIX_TIMESTAMP(CAST(ts AS STRING))";
  if (from->id == RN_T_DATE && to->id == RN_T_TIME) return "a DATE has no time of day";
  if (from->id == RN_T_TIME && to->id == RN_T_DATE) return "a TIME has no date";
  if (to->id == RN_T_VARIANT) return "PARSE_JSON(s) makes a VARIANT of JSON text; JSON_STRING(x) makes that of any value";
  if (from->id == RN_T_VARIANT) return "JSON_VALUE(v, '$' RETURNING INT) gives a plain value, JSON_STRING(v) the JSON text";
  return NULL;
}

rn_expr *rn_bind_convert(rn_binder *binder, rn_expr *e, const rn_type *to, bool safe) {
  if (rn_bind_failed(e)) return e;
  rn_arena *arena = binder->arena;
  bool nullable = safe || e->type->nullable;
  const rn_type *type = rn_type_with_time(arena, rn_type_with_null(arena, to, nullable), RN_TIME_NONE);
  if (e->type->id == RN_T_NULL) {
    if (to->id == RN_T_NULL) return e;
    return rn_expr_const(arena, rn_value_null(rn_type_with_null(arena, type, true)), e->span);
  }
  if (rn_type_same(e->type, to)) {
    bool as_it_is = same_inside(e->type, to) && (e->type->nullable || !safe);
    return as_it_is ? e : rn_bind_retype(binder, e, type);
  }
  const rn_function *fn = NULL;
  rn_resolution res;
  rn_error err;
  rn_error_clear(&err);
  memset(&res, 0, sizeof res);
  if (rn_cast_resolve(e->type, type, safe, e->span, arena, &fn, &res, &err) != RN_OK) {
    return cast_failed(binder, e, to, rn_bind_cast_hint(e->type, to));
  }
  const rn_type *made = res.result ? rn_type_with_null(arena, res.result, nullable) : type;
  rn_expr *call = rn_expr_make(arena, RN_EXPR_CALL, made, e->span, 1, &e);
  call->function = fn;
  call->kernel = res.kernel;
  return e->kind == RN_EXPR_CONST ? rn_bind_fold_node(binder, call) : call;
}

rn_expr *rn_bind_cast(rn_binder *binder, rn_expr *e, const rn_type *to, bool explicit_cast, bool safe) {
  if (rn_bind_failed(e)) return e;
  if (to->id == RN_T_ERROR) return rn_bind_error(binder, e->span);
  bool free_of_charge = e->type->id == RN_T_NULL || rn_type_same(e->type, to);
  if (!explicit_cast && !free_of_charge && !rn_cast_is_implicit(e->type, to)) {
    const char *name = rn_type_name(binder->arena, to);
    rn_diag(binder->diags, RN_E_TYPE, e->span, rn_arena_printf(binder->arena, "write CAST(.. AS %s)", name),
            "%s is needed here, got %s", name, rn_type_name(binder->arena, e->type));
    return rn_bind_error(binder, e->span);
  }
  return rn_bind_convert(binder, e, to, safe);
}

const rn_type *rn_bind_common(rn_binder *binder, rn_expr **exprs, uint32_t count, const char *what) {
  const rn_type *common = NULL;
  bool nullable = false;
  for (uint32_t i = 0; i < count; i++) {
    const rn_type *type = exprs[i]->type;
    if (type->id == RN_T_ERROR) return NULL;
    if (type->id == RN_T_NULL) {
      nullable = true;
      continue;
    }
    nullable |= type->nullable;
    const rn_type *next = common ? rn_type_common(binder->arena, common, type) : type;
    if (!next) {
      rn_diag(binder->diags, RN_E_TYPE, exprs[i]->span, "convert one of them with CAST", "%s has values of types %s and %s", what,
              rn_type_name(binder->arena, common), rn_type_name(binder->arena, type));
      return NULL;
    }
    common = next;
  }
  if (!common) common = rn_type_basic(RN_T_NULL, true);
  common = rn_type_with_time(binder->arena, rn_type_with_null(binder->arena, common, nullable), RN_TIME_NONE);
  for (uint32_t i = 0; i < count; i++) {
    exprs[i] = rn_bind_convert(binder, exprs[i], common, false);
    if (rn_bind_failed(exprs[i])) return NULL;
  }
  return common;
}

rn_expr *rn_bind_boolean(rn_binder *binder, rn_expr *e, const char *what) {
  if (rn_bind_failed(e) || e->type->id == RN_T_BOOLEAN) return e;
  if (e->type->id == RN_T_NULL) return rn_bind_convert(binder, e, rn_type_basic(RN_T_BOOLEAN, true), false);
  rn_diag(binder->diags, RN_E_TYPE, e->span, NULL, "%s needs a condition, got %s", what, rn_type_name(binder->arena, e->type));
  return rn_bind_error(binder, e->span);
}

rn_expr *rn_bind_condition(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast, const char *clause) {
  return rn_bind_boolean(binder, rn_bind_expr(binder, scope, ast), clause);
}
