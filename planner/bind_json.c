/* Binder: JSON functions with clauses (parser/build_json.c), JSON(..) and JSON_STRING. The clauses of a call become a
 * constant text, its first argument, which the row's prepare() reads (runtime/functions/scalar_json_*.c). */
#include "planner/bind_parts.h"
#include "runtime/functions/json_path.h"
#include "runtime/functions/json_write.h"

static rn_expr *refuse_type(rn_binder *binder, const rn_expr *e, const char *name) {
  const rn_type *part = rn_json_refused_type(e->type);
  if (!part) return NULL;
  const char *hint = part->id == RN_T_MAP ? "names in JSON are texts: MAP<STRING, ..>" : part->id == RN_T_MULTISET ? "names in JSON are texts: MULTISET<STRING>" : "write CAST(.. AS STRING)";
  rn_diag(binder->diags, RN_E_TYPE, e->span, hint, "%s cannot write %s as JSON", name,
          rn_type_name(binder->arena, part));
  return rn_bind_error(binder, e->span);
}

/* --- readers ----------------------------------------------------------------------------------------------------- */

static const char *const behaviour_words[] = {"",     "NULL",  "ERROR",  "DEFAULT", "EMPTY ARRAY", "EMPTY OBJECT",
                                              "TRUE", "FALSE", "UNKNOWN"};

static const char *clause_text(rn_binder *binder, const rn_ast_expr *ast, bool exists) {
  const rn_ast_json *json = ast->json;
  rn_json_behaviour on_empty = json->on_empty.kind, on_error = json->on_error.kind;
  if (on_error == RN_JSON_NO_CLAUSE) on_error = exists ? RN_JSON_FALSE : RN_JSON_NULL;
  if (exists) return rn_arena_printf(binder->arena, "%s ON ERROR", behaviour_words[on_error]);
  if (on_empty == RN_JSON_NO_CLAUSE) on_empty = RN_JSON_NULL;
  static const char *const wrappers[] = {"", "", "WITH CONDITIONAL WRAPPER ", "WITH WRAPPER "};
  return rn_arena_printf(binder->arena, "%s%s ON EMPTY, %s ON ERROR", wrappers[json->wrapper],
                         behaviour_words[on_empty], behaviour_words[on_error]);
}

static rn_expr *check_text(rn_binder *binder, rn_expr *e, const char *what, const char *name) {
  if (rn_bind_failed(e)) return e;
  if (e->type->id == RN_T_NULL) return rn_bind_convert(binder, e, rn_type_basic(RN_T_VARCHAR, true), false);
  if (rn_type_is_string(e->type)) return e;
  rn_diag(binder->diags, RN_E_TYPE, e->span, NULL, "%s of %s must be text, got %s", what, name,
          rn_type_name(binder->arena, e->type));
  return rn_bind_error(binder, e->span);
}
static rn_expr *bind_text(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast, const char *what,
                          const char *name) {
  return check_text(binder, rn_bind_expr(binder, scope, ast), what, name);
}
/* Text, or a VARIANT by its JSON text. */
static rn_expr *bind_document(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast, const char *name) {
  rn_expr *e = rn_bind_expr(binder, scope, ast);
  bool variant = !rn_bind_failed(e) && e->type->id == RN_T_VARIANT;
  return variant ? rn_bind_call_row(binder, "JSON_STRING", &e, 1, e->span) : check_text(binder, e, "the document", name);
}

/* A constant path that is none would give the ON ERROR case of every row: better said now. */
static rn_expr *check_path(rn_binder *binder, rn_expr *path, const rn_ast_expr *ast) {
  path = rn_fold(binder, path);
  if (path->kind != RN_EXPR_CONST || path->value.is_null) return path;
  rn_error err;
  rn_error_clear(&err);
  size_t fault = 0;
  json_path *compiled = json_path_compile(path->value.u.text, &fault, &err);
  json_path_free(compiled);
  if (compiled) return path;
  rn_span span = ast->span; /* the place itself where the literal shows it as it is */
  if (ast->kind == RN_AST_STRING && span.end - span.begin == ast->text_len + 2) {
    span.begin += (uint32_t)fault + 1;
    span.end = span.begin + 1;
  }
  rn_diag(binder->diags, RN_E_ARGUMENTS, span, "such as '$.name', 'lax $.list[0].name', '$[''two words'']'", "%s",
          err.message);
  return rn_bind_error(binder, path->span);
}

/* What RETURNING asks for: the type the kernel makes; *wanted: the type of the call. */
static const rn_type *returning_type(rn_binder *binder, const rn_ast_expr *ast, const rn_type **wanted) {
  const rn_type *text = rn_type_basic(RN_T_VARCHAR, true);
  *wanted = text;
  if (!ast->json->returning) return text;
  const rn_type *type = rn_bind_type(binder, ast->json->returning);
  if (!type) return NULL;
  *wanted = type = rn_type_with_null(binder->arena, type, true);
  bool query = strcmp(ast->name, "JSON_QUERY") == 0;
  if (type->id == RN_T_VARCHAR) return text;
  if (query && type->id == RN_T_ARRAY && type->children[0]->id == RN_T_VARCHAR) return type;
  if (!query && (type->id == RN_T_BOOLEAN || type->id == RN_T_INT || type->id == RN_T_DOUBLE)) return type;
  rn_diag(binder->diags, RN_E_TYPE, ast->json->returning->span,
          query ? NULL
                : rn_arena_printf(binder->arena, "write CAST(JSON_VALUE(..) AS %s)", rn_type_name(binder->arena, type)),
          query ? "JSON_QUERY returns STRING or ARRAY<STRING>, not %s"
                : "JSON_VALUE returns STRING, BOOLEAN, INT or DOUBLE, not %s",
          rn_type_name(binder->arena, type));
  return NULL;
}

/* The value of a DEFAULT clause as the kernel gives it out. */
static rn_expr *bind_default(rn_binder *binder, rn_scope *scope, const rn_ast_json_behaviour *clause,
                             const rn_type *to) {
  rn_expr *e = rn_bind_expr(binder, scope, clause->value);
  if (rn_bind_failed(e)) return e;
  if (e->type->id == RN_T_NULL) return rn_bind_convert(binder, e, to, false);
  if (to->id == RN_T_VARCHAR) {
    if (e->type->id == RN_T_BOOLEAN)
      return rn_bind_call_row(binder, "JSON_STRING", &e, 1, e->span); /* true, not TRUE */
    return rn_bind_cast(binder, e, to, true, false);
  }
  if (e->type->id == to->id || (to->id == RN_T_DOUBLE && rn_type_is_numeric(e->type)) ||
      (to->id == RN_T_INT && rn_cast_is_implicit(e->type, to)))
    return rn_bind_cast(binder, e, to, true, false);
  rn_diag(binder->diags, RN_E_TYPE, clause->value->span, NULL, "DEFAULT of JSON_VALUE RETURNING %s cannot be %s",
          rn_type_name(binder->arena, to), rn_type_name(binder->arena, e->type));
  return rn_bind_error(binder, clause->span);
}

static rn_expr *bind_reader(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast) {
  bool exists = strcmp(ast->name, "JSON_EXISTS") == 0, failed = false;
  if (ast->json->passing_count) rn_diag(binder->diags, RN_W_OPTION, ast->json->passing_span, NULL, "PASSING has no effect: JSON paths have no variables");
  rn_expr *args[5];
  uint32_t count = 3;
  args[0] = rn_bind_text_const(binder, clause_text(binder, ast, exists), ast->op_span);
  args[1] = bind_document(binder, scope, ast->args[0], ast->name);
  args[2] = bind_text(binder, scope, ast->args[1], "the path", ast->name);
  if (!rn_bind_failed(args[2])) args[2] = check_path(binder, args[2], ast->args[1]);
  const rn_type *wanted = NULL,
                *made = exists ? rn_type_basic(RN_T_BOOLEAN, true) : returning_type(binder, ast, &wanted);
  if (!made) return rn_bind_error(binder, ast->span);
  const rn_ast_json_behaviour *clauses[] = {&ast->json->on_empty, &ast->json->on_error};
  for (int i = 0; i < 2; i++) {
    if (clauses[i]->kind == RN_JSON_DEFAULT) args[count++] = bind_default(binder, scope, clauses[i], made);
    if (clauses[i]->kind == RN_JSON_EMPTY_OBJECT && made->id == RN_T_ARRAY) {
      rn_diag(binder->diags, RN_E_TYPE, clauses[i]->span, "EMPTY ARRAY is one", "EMPTY OBJECT is no %s",
              rn_type_name(binder->arena, made));
      failed = true;
    }
  }
  for (uint32_t i = 0; i < count; i++) failed |= rn_bind_failed(args[i]);
  if (failed) return rn_bind_error(binder, ast->span);
  rn_expr *call = rn_bind_call_row(binder, ast->name, args, count, ast->span);
  if (rn_bind_failed(call)) return call;
  call->type = made;
  if (!wanted || wanted->id != RN_T_VARCHAR || wanted->precision == RN_LENGTH_MAX) return call;
  rn_expr *cut = rn_bind_cast(binder, call, wanted, true, false);
  cut->span = ast->span;
  return cut;
}

/* --- makers ---------------------------------------------------------------------------------------------------------
 */

/* Does the expression give the text of a JSON constructor, which goes into another one as it is? */
static bool makes_json(const rn_expr *e) {
  if (e->kind == RN_EXPR_CASE) {
    bool all = true;
    for (uint32_t i = 0; i < e->arg_count; i += 2) {
      const rn_expr *branch = e->args[i + 1 < e->arg_count ? i + 1 : i];
      all &= makes_json(branch) || (branch->kind == RN_EXPR_CONST && branch->value.is_null);
    }
    return all;
  }
  if (e->kind == RN_EXPR_COALESCE) {
    bool all = true;
    for (uint32_t i = 0; i < e->arg_count; i++) all &= makes_json(e->args[i]);
    return all;
  }
  return e->kind == RN_EXPR_CALL &&
         (strcmp(e->function->name, "JSON_OBJECT") == 0 || strcmp(e->function->name, "JSON_ARRAY") == 0);
}

static bool is_json_call(const rn_ast_expr *ast) {
  return ast->kind == RN_AST_CALL && ast->path.count == 1 && rn_text_eq_nocase(ast->path.parts[0].text, "JSON");
}

/* Binds a value; *kind: how it is written (scalar_json_make.c). */
static rn_expr *bind_value(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast, const char *name, char *kind) {
  *kind = 'v';
  if (is_json_call(ast)) {
    *kind = 'p';
    if (ast->arg_count == 1 && !ast->star) return bind_text(binder, scope, ast->args[0], "the argument", "JSON");
    rn_diag(binder->diags, RN_E_ARGUMENTS, ast->span, NULL, "JSON takes one text");
    return rn_bind_error(binder, ast->span);
  }
  rn_expr *e = rn_bind_expr(binder, scope, ast);
  if (rn_bind_failed(e)) return e;
  if (makes_json(e)) *kind = 'j';
  rn_expr *refused = refuse_type(binder, e, name);
  return refused ? refused : e;
}

static rn_expr *bind_key(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast) {
  rn_expr *key = bind_text(binder, scope, ast, "a name", "JSON_OBJECT");
  if (rn_bind_failed(key)) return key;
  key = rn_fold(binder, key);
  if (key->kind != RN_EXPR_CONST || !key->value.is_null) return key;
  rn_diag(binder->diags, RN_E_ARGUMENTS, ast->span, NULL, "a name of JSON_OBJECT must not be NULL");
  return rn_bind_error(binder, ast->span);
}

static rn_expr *bind_maker(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast) {
  bool object = strcmp(ast->name, "JSON_OBJECT") == 0, failed = false;
  uint32_t values = object ? ast->arg_count / 2 : ast->arg_count, most = object ? RN_CALL_ARGS_MAX / 2 - 1 : RN_CALL_ARGS_MAX - 1;
  if (values > most) {
    rn_diag(binder->diags, RN_E_LIMIT, ast->span, "write some of them as a nested one", "%s with more than %u values",
            ast->name, most);
    return rn_bind_error(binder, ast->span);
  }
  rn_expr **args = rn_arena_alloc(binder->arena, (ast->arg_count + 1) * sizeof *args);
  char *kinds = rn_arena_alloc(binder->arena, values + 1);
  for (uint32_t i = 0, k = 0; i < ast->arg_count; i++) {
    args[i + 1] = object && i % 2 == 0 ? bind_key(binder, scope, ast->args[i])
                                       : bind_value(binder, scope, ast->args[i], ast->name, &kinds[k++]);
    failed |= rn_bind_failed(args[i + 1]);
  }
  kinds[values] = 0;
  if (failed) return rn_bind_error(binder, ast->span);
  rn_json_on_null on_null = ast->json->on_null;
  bool absent = on_null == RN_JSON_ABSENT_ON_NULL || (on_null == RN_JSON_NO_NULL_CLAUSE && !object);
  args[0] = rn_bind_text_const(
      binder, rn_arena_printf(binder->arena, "%s ON NULL %s", absent ? "ABSENT" : "NULL", kinds), ast->op_span);
  return rn_bind_call_row(binder, ast->name, args, ast->arg_count + 1, ast->span);
}

rn_expr *rn_bind_json(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast) {
  return strcmp(ast->name, "JSON_OBJECT") == 0 || strcmp(ast->name, "JSON_ARRAY") == 0
             ? bind_maker(binder, scope, ast)
             : bind_reader(binder, scope, ast);
}

rn_expr *rn_bind_is_json(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast) {
  const char *kind = strlen(ast->name) > 5 ? ast->name + 5 : "VALUE";
  rn_expr *args[2] = {rn_bind_text_const(binder, kind, ast->op_span),
                      bind_text(binder, scope, ast->args[0], "the operand", "IS JSON")};
  if (rn_bind_failed(args[1])) return rn_bind_error(binder, ast->span);
  rn_expr *e = rn_bind_call_row(binder, "IS JSON", args, 2, ast->span);
  return ast->negated ? rn_bind_not(binder, e, ast->span) : e;
}

rn_expr *rn_bind_json_call(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast) {
  if (is_json_call(ast)) {
    rn_diag(binder->diags, RN_E_ARGUMENTS, ast->span, "such as JSON_OBJECT('a' VALUE JSON('[1]'))",
            "JSON(..) stands only as a value in JSON_OBJECT and JSON_ARRAY");
    return rn_bind_error(binder, ast->span);
  }
  if (!rn_text_eq_nocase(ast->name, "JSON_STRING") || ast->arg_count != 1 || ast->star) return NULL;
  rn_expr *e = rn_bind_expr(binder, scope, ast->args[0]);
  if (rn_bind_failed(e) || makes_json(e)) return e;
  rn_expr *refused = refuse_type(binder, e, "JSON_STRING");
  return refused ? refused : rn_bind_call_row(binder, "JSON_STRING", &e, 1, ast->span);
}

/* --- aggregates
 * --------------------------------------------------------------------------------------------------------- */

static rn_expr *when(rn_binder *binder, rn_expr *condition, rn_expr *e) {
  rn_expr *args[3] = {condition, e, rn_expr_const(binder->arena, rn_value_null(e->type), e->span)};
  return rn_expr_make(binder->arena, RN_EXPR_CASE, rn_type_with_null(binder->arena, e->type, true), e->span, 3, args);
}

/* JSON text of a value; NULL stays NULL, or becomes the text null. */
static rn_expr *as_json(rn_binder *binder, rn_expr *e, bool null_on_null, const char *name) {
  rn_expr *refused = refuse_type(binder, e, name);
  if (refused) return refused;
  rn_span span = e->span;
  if (!makes_json(e)) e = rn_bind_call_row(binder, "JSON_STRING", &e, 1, span);
  if (rn_bind_failed(e) || !null_on_null || !e->type->nullable) return e;
  rn_expr *args[2] = {e, rn_bind_convert(binder, rn_bind_text_const(binder, "null", span), e->type, false)};
  return rn_expr_make(binder->arena, RN_EXPR_COALESCE, e->type, span, 2, args);
}

bool rn_bind_json_aggregate(rn_binder *binder, const rn_ast_expr *ast, rn_expr **args, const rn_type **types,
                            uint32_t *count, rn_expr *filter) {
  bool object = rn_text_eq_nocase(ast->name, "JSON_OBJECTAGG");
  if (!object && !rn_text_eq_nocase(ast->name, "JSON_ARRAYAGG")) return true;
  const char *name = object ? "JSON_OBJECTAGG" : "JSON_ARRAYAGG";
  if (!ast->json || ast->over) {
    rn_diag(binder->diags, ast->over ? RN_E_UNSUPPORTED : RN_E_ARGUMENTS, ast->span, NULL,
            ast->over ? "%s does not go with OVER" : "the call is %s",
            ast->over ? name : rn_aggregate_find(rn_slice_of(name))->signature);
    return false;
  }
  bool nulls = ast->json->on_null == RN_JSON_NULL_ON_NULL || (ast->json->on_null == RN_JSON_NO_NULL_CLAUSE && object);
  rn_expr *e = as_json(binder, args[object ? 1 : 0], nulls, name);
  if (rn_bind_failed(e)) return false;
  if (object) {
    rn_expr *key = args[0]->type->id == RN_T_NULL
                       ? rn_bind_convert(binder, args[0], rn_type_basic(RN_T_VARCHAR, true), false)
                       : args[0];
    if (!rn_type_is_string(key->type)) {
      rn_diag(binder->diags, RN_E_TYPE, key->span, "write CAST(.. AS STRING)", "a name of %s must be text, got %s",
              name, rn_type_name(binder->arena, key->type));
      return false;
    }
    e = rn_bind_call_row(binder, "JSON MEMBER", (rn_expr *[]){key, e}, 2, ast->span);
    if (rn_bind_failed(e)) return false;
  }
  /* A name may be NULL in rows that the filter leaves out. */
  args[0] = filter && object ? when(binder, filter, e) : e;
  types[0] = args[0]->type;
  *count = 1;
  return true;
}
