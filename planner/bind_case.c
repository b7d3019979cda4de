/* Binder: CASE in both forms, and the functions that are CASE or COALESCE in disguise, so that only the
 * chosen branch is evaluated (DIALECT 8.5). */
#include "planner/bind_parts.h"

/* whens: count conditions; values: count + 1 (the last is ELSE), coerced here. */
static rn_expr *make_case(rn_binder *binder, rn_expr **whens, rn_expr **values, uint32_t count, rn_span span, const char *what) {
  const rn_type *type = rn_bind_common(binder, values, count + 1, what);
  if (!type) return rn_bind_error(binder, span);
  rn_expr **args = rn_arena_alloc(binder->arena, (2 * (size_t)count + 1) * sizeof *args);
  for (uint32_t i = 0; i < count; i++) {
    if (rn_bind_failed(whens[i])) return rn_bind_error(binder, span);
    args[2 * i] = whens[i];
    args[2 * i + 1] = values[i];
  }
  args[2 * count] = values[count];
  return rn_expr_make(binder->arena, RN_EXPR_CASE, type, span, 2 * count + 1, args);
}

rn_expr *rn_bind_case(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast) {
  uint32_t first = ast->has_operand ? 1 : 0, count = (ast->arg_count - first) / 2;
  rn_expr *operand = ast->has_operand ? rn_bind_expr(binder, scope, ast->args[0]) : NULL;
  rn_expr **whens = rn_arena_alloc(binder->arena, (count + 1) * sizeof *whens);
  rn_expr **values = rn_arena_alloc(binder->arena, (count + 1) * sizeof *values);
  for (uint32_t i = 0; i < count; i++) {
    const rn_ast_expr *when = ast->args[first + 2 * i];
    whens[i] = operand ? rn_bind_compare(binder, "=", operand, rn_bind_expr(binder, scope, when), when->span, when->span)
                       : rn_bind_condition(binder, scope, when, "WHEN");
    values[i] = rn_bind_expr(binder, scope, ast->args[first + 2 * i + 1]);
  }
  values[count] = ast->has_else ? rn_bind_expr(binder, scope, ast->args[ast->arg_count - 1])
                                : rn_expr_const(binder->arena, rn_value_null(rn_type_basic(RN_T_NULL, true)), ast->span);
  bool typed = false;
  for (uint32_t i = 0; i <= count; i++) typed |= values[i]->type->id != RN_T_NULL;
  if (!typed) {
    rn_diag(binder->diags, RN_E_TYPE, ast->span, "write CAST(NULL AS type)", "CASE needs one value that is not NULL");
    return rn_bind_error(binder, ast->span);
  }
  return make_case(binder, whens, values, count, ast->span, "CASE");
}

/* --- COALESCE, NULLIF, IF, IFNULL, TYPEOF ----------------------------------------------------------- */

static rn_expr *bind_coalesce(rn_binder *binder, const rn_ast_expr *ast, rn_expr **args, uint32_t count) {
  const char *name = ast->path.parts[ast->path.count - 1].text;
  /* Untyped NULLs cannot be chosen, unless there is nothing else. */
  uint32_t kept = 0;
  for (uint32_t i = 0; i < count; i++) {
    if (args[i]->type->id != RN_T_NULL) args[kept++] = args[i];
  }
  if (kept == 0) return args[0];
  bool nullable = true;
  for (uint32_t i = 0; i < kept; i++) nullable &= args[i]->type->nullable;
  const rn_type *type = rn_bind_common(binder, args, kept, name);
  if (!type) return rn_bind_error(binder, ast->span);
  if (kept == 1) return args[0];
  return rn_expr_make(binder->arena, RN_EXPR_COALESCE, rn_type_with_null(binder->arena, type, nullable), ast->span, kept, args);
}

static rn_expr *bind_nullif(rn_binder *binder, const rn_ast_expr *ast, rn_expr **args, uint32_t count) {
  (void)count;
  rn_expr *equal = rn_bind_compare(binder, "=", args[0], args[1], ast->op_span, ast->span);
  rn_expr *values[2] = {rn_expr_const(binder->arena, rn_value_null(rn_type_basic(RN_T_NULL, true)), ast->span), args[0]};
  return make_case(binder, &equal, values, 1, ast->span, "NULLIF");
}

static rn_expr *bind_if(rn_binder *binder, const rn_ast_expr *ast, rn_expr **args, uint32_t count) {
  (void)count;
  rn_expr *when = rn_bind_boolean(binder, args[0], "IF");
  rn_expr *e = make_case(binder, &when, args + 1, 1, ast->span, "IF");
  /* As a function IF is nullable when one of its arguments is, though a NULL condition means "no". */
  if (!rn_bind_failed(e) && when->type->nullable) e->type = rn_type_with_null(binder->arena, e->type, true);
  return e;
}

static rn_expr *bind_typeof(rn_binder *binder, const rn_ast_expr *ast, rn_expr **args, uint32_t count) {
  (void)count;
  rn_value v = {.type = rn_type_basic(RN_T_VARCHAR, true)};
  v.u.text = rn_slice_of(rn_type_text(binder->arena, rn_type_with_time(binder->arena, args[0]->type, RN_TIME_NONE)));
  return rn_expr_const(binder->arena, v, ast->span);
}

static rn_expr *bind_current_database(rn_binder *binder, const rn_ast_expr *ast, rn_expr **args, uint32_t count) {
  (void)args, (void)count;
  const char *database = RN_DEFAULT_DATABASE;
  if (binder->catalog) (void)rn_catalog_current(binder->catalog, &database);
  rn_value v = {.type = rn_type_basic(RN_T_VARCHAR, false)};
  v.u.text = rn_slice_of(rn_arena_strdup(binder->arena, database));
  return rn_expr_const(binder->arena, v, ast->span);
}

typedef struct special {
  const char *name, *arguments;
  uint32_t min_args, max_args;
  rn_expr *(*bind)(rn_binder *binder, const rn_ast_expr *ast, rn_expr **args, uint32_t count);
} special;

static const special specials[] = {
  {"COALESCE", "COALESCE takes (value, ..)", 1, UINT32_MAX, bind_coalesce},
  {"IFNULL", "IFNULL takes (value, replacement)", 2, 2, bind_coalesce},
  {"NULLIF", "NULLIF takes (value, value)", 2, 2, bind_nullif},
  {"IF", "IF takes (condition, value, value)", 3, 3, bind_if},
  {"TYPEOF", "TYPEOF takes (value)", 1, 2, bind_typeof},
  {"CURRENT_DATABASE", "CURRENT_DATABASE takes no arguments", 0, 0, bind_current_database},
  {"OBJECT_OF", "OBJECT_OF takes ('class', 'name', value, ..)", 1, UINT32_MAX, rn_bind_object_of},
  {"OBJECT_UPDATE", "OBJECT_UPDATE takes (object, 'name', value, ..)", 1, UINT32_MAX, rn_bind_object_update},
};

rn_expr *rn_bind_special(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast) {
  const char *name = ast->path.parts[ast->path.count - 1].text;
  for (size_t i = 0; i < sizeof specials / sizeof *specials; i++) {
    const special *s = &specials[i];
    if (!rn_text_eq_nocase(s->name, name)) continue;
    if (ast->arg_count < s->min_args || ast->arg_count > s->max_args) {
      rn_diag(binder->diags, RN_E_ARGUMENTS, ast->span, NULL, "%s, got %u argument%s", s->arguments, ast->arg_count, ast->arg_count == 1 ? "" : "s");
      return rn_bind_error(binder, ast->span);
    }
    rn_expr **args = rn_arena_alloc(binder->arena, (ast->arg_count + 1) * sizeof *args);
    bool failed = false;
    for (uint32_t k = 0; k < ast->arg_count; k++) {
      args[k] = rn_bind_expr(binder, scope, ast->args[k]);
      failed |= rn_bind_failed(args[k]);
    }
    return failed ? rn_bind_error(binder, ast->span) : s->bind(binder, ast, args, ast->arg_count);
  }
  return NULL;
}
