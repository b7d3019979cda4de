/* Binder: calls of functions of the catalog. The body is bound in a scope of the parameters, then the arguments, cast
 * to the parameters' types, are put in their places: what runs is one expression over the columns of the query. */
#include "planner/bind_parts.h"
#include "planner/logical.h"

typedef struct rn_function_frame { /* functions that are being inlined */
  const rn_catalog_object *function;
  const struct rn_function_frame *outer;
} rn_function_frame;

rn_expr *rn_bind_function_body(rn_binder *binder, const rn_catalog_object *f, const rn_ast_expr *body) {
  rn_scope_column *columns = RN_NEW_N(binder->arena, rn_scope_column, f->param_count + 1);
  for (uint32_t i = 0; i < f->param_count; i++) columns[i] = (rn_scope_column){NULL, f->params[i].name, f->params[i].type, i, false, false};
  rn_scope scope = {.column_count = f->param_count, .columns = columns, .clause = "the body of a function"};
  rn_function_frame frame = {f, binder->frames};
  const char *database, *outer_catalog = rn_catalog_current(binder->catalog, &database);
  const char *outer_aggregate = binder->inside_aggregate;
  const struct rn_outer *outer_scopes = binder->outer;
  uint32_t depth = 0;
  for (const rn_function_frame *up = binder->frames; up; up = up->outer) {
    bool itself = !strcmp(up->function->name, f->name);
    if (!itself && ++depth < RN_FUNCTION_DEPTH_MAX) continue;
    if (itself)
      rn_diag(binder->diags, RN_E_LIMIT, body->span, "a function without an end cannot be put in its place",
              "function %.*s calls itself", (int)strlen(f->name) - 2, f->name);
    else
      rn_diag(binder->diags, RN_E_LIMIT, body->span, NULL, "functions are nested deeper than %d", RN_FUNCTION_DEPTH_MAX);
    return rn_bind_error(binder, body->span);
  }
  binder->frames = &frame;
  binder->outer = NULL; /* it sees its parameters only */
  binder->inside_aggregate = NULL; /* none can be in the body: the scope refuses them */
  rn_catalog_enter(binder->catalog, f->catalog, f->database);
  rn_expr *e = rn_bind_expr(binder, &scope, body);
  rn_catalog_enter(binder->catalog, outer_catalog, database);
  binder->inside_aggregate = outer_aggregate;
  binder->outer = outer_scopes;
  binder->frames = frame.outer;
  return e;
}

static uint32_t uses(const rn_expr *e, uint32_t column) {
  uint32_t count = e->kind == RN_EXPR_COLUMN && e->index == column;
  for (uint32_t i = 0; i < e->arg_count; i++) count += uses(e->args[i], column);
  return count;
}

static const char *signature(rn_binder *binder, const rn_catalog_object *f) {
  rn_builder b = {0};
  rn_builder_printf(&b, "%.*s(", (int)strlen(f->own) - 2, f->own);
  for (uint32_t i = 0; i < f->param_count; i++)
    rn_builder_printf(&b, "%s%s %s", i ? ", " : "", f->params[i].name, rn_type_name(binder->arena, f->params[i].type));
  rn_builder_char(&b, ')');
  const char *text = rn_arena_strdup(binder->arena, b.data);
  rn_builder_free(&b);
  return text;
}

static rn_expr *refuse_call(rn_binder *binder, const rn_catalog_object *f, rn_span span, const char *what) {
  rn_diag(binder->diags, RN_E_ARGUMENTS, span, rn_arena_printf(binder->arena, "it is %s", signature(binder, f)), "%s", what);
  return rn_bind_error(binder, span);
}

/* In the order of the parameters; false: an error was told. */
static bool bind_args(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast, const rn_catalog_object *f, rn_expr **args) {
  if (ast->arg_count != f->param_count) {
    (void)refuse_call(binder, f, ast->span, rn_arena_printf(binder->arena, "%.*s takes %u argument%s, got %u", (int)strlen(f->own) - 2, f->own,
                                                            f->param_count, f->param_count == 1 ? "" : "s", ast->arg_count));
    return false;
  }
  bool ok = true;
  for (uint32_t i = 0; i < ast->arg_count; i++) {
    uint32_t at = i;
    const char *name = ast->arg_names ? ast->arg_names[i] : NULL;
    for (at = name ? 0 : i; name && at < f->param_count && strcmp(f->params[at].name, name) != 0;) at++;
    if (at == f->param_count || args[at]) {
      (void)refuse_call(binder, f, ast->args[i]->span, rn_arena_printf(binder->arena, args[at < f->param_count ? at : 0] && at < f->param_count
                                                                       ? "parameter \"%s\" is given twice" : "there is no parameter \"%s\"",
                                                                       name ? name : f->params[at].name));
      return false;
    }
    rn_expr *e = rn_bind_expr(binder, scope, ast->args[i]);
    const rn_type *wanted = rn_type_with_null(binder->arena, f->params[at].type, e->type->nullable || e->type->id == RN_T_NULL);
    args[at] = e;
    if (rn_bind_failed(e)) {
      ok = false;
    } else if (e->type->id != RN_T_NULL && !rn_type_same(e->type, f->params[at].type) && !rn_cast_is_implicit(e->type, f->params[at].type)) {
      (void)refuse_call(binder, f, e->span, rn_arena_printf(binder->arena, "parameter \"%s\" is %s, got %s", f->params[at].name,
                                                            rn_type_name(binder->arena, f->params[at].type), rn_type_name(binder->arena, e->type)));
      ok = false;
    } else {
      args[at] = rn_bind_cast(binder, e, wanted, false, false);
      ok = ok && !rn_bind_failed(args[at]);
    }
  }
  return ok;
}

struct rn_written_path {
  rn_ast_path *path, old;
  struct rn_written_path *next;
};

void rn_bind_restore_paths(rn_binder *binder) {
  for (; binder->written; binder->written = binder->written->next) *binder->written->path = binder->written->old;
}

/* The call's path in full: stored texts are read where other names are current. */
static void write_path(rn_binder *binder, const rn_ast_expr *ast, const rn_catalog_object *f) {
  rn_ast_path *path = (rn_ast_path *)(uintptr_t)&ast->path; /* the tree of the statement that is being stored */
  if (path->count == 3) return;
  struct rn_written_path *w = RN_NEW(binder->arena, struct rn_written_path);
  *w = (struct rn_written_path){path, *path, binder->written};
  binder->written = w;
  rn_ast_name *parts = RN_NEW_N(binder->arena, rn_ast_name, 3);
  const char *texts[3] = {f->catalog, f->database, rn_arena_strndup(binder->arena, f->own, strlen(f->own) - 2)};
  for (int i = 0; i < 3; i++) parts[i] = (rn_ast_name){texts[i], path->span, true};
  path->parts = parts;
  path->count = 3;
}

/* CREATE FUNCTION f .. RETURN f(x): there is no f yet. */
static bool is_being_made(const rn_binder *binder, const rn_ast_path *path) {
  const rn_catalog_object *f = binder->frames ? binder->frames->function : NULL;
  const char *name = path->parts[path->count - 1].text;
  return f && !f->ast && path->count == 1 && strlen(f->own) == strlen(name) + 2 && rn_slice_eq_nocase(rn_slice_make(f->own, strlen(name)), rn_slice_of(name));
}

rn_expr *rn_bind_user_function(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast) {
  const rn_catalog_object *f = binder->catalog ? rn_catalog_function(binder->catalog, &ast->path) : NULL;
  if (is_being_made(binder, &ast->path)) {
    rn_diag(binder->diags, RN_E_LIMIT, ast->span, "a function without an end cannot be put in its place", "function %s calls itself", ast->path.parts[0].text);
    return rn_bind_error(binder, ast->span);
  }
  if (!f) return NULL;
  const char *only = ast->over ? "OVER" : ast->filter ? "FILTER" : ast->distinct ? "DISTINCT" : ast->nulls_mode ? "IGNORE NULLS" : ast->order_count ? "ORDER BY" : ast->star ? "*" : NULL;
  if (only) {
    rn_diag(binder->diags, RN_E_AGGREGATE_PLACE, ast->span, NULL, "%s is for aggregates, and %.*s is none", only, (int)strlen(f->own) - 2, f->own);
    return rn_bind_error(binder, ast->span);
  }
  rn_expr **args = RN_NEW_N(binder->arena, rn_expr *, f->param_count + 1);
  if (!bind_args(binder, scope, ast, f, args)) return rn_bind_error(binder, ast->span);
  bool write = binder->write_paths;
  rn_diagnostics *outer = binder->diags, *inner = rn_calloc(1, sizeof *inner);
  binder->write_paths = false; /* its body is stored already */
  binder->diags = inner;
  rn_expr *body = rn_bind_function_body(binder, f, f->ast->body);
  if (!rn_bind_failed(body)) body = rn_bind_cast(binder, body, rn_type_with_null(binder->arena, f->returns, true), false, false);
  binder->diags = outer;
  binder->write_paths = write;
  for (size_t i = 0; i < inner->count && i < 1; i++) { /* spans of the body's text mean nothing here */
    rn_error err = inner->items[i];
    err.span = ast->span;
    err.has_span = true;
    rn_error_context(&err, "function %.*s", (int)strlen(f->own) - 2, f->own);
    rn_diagnostics_add(outer, &err);
  }
  rn_free(inner);
  if (rn_bind_failed(body)) return rn_bind_error(binder, ast->span);
  if (body->size > RN_FUNCTION_NODES_MAX) {
    rn_diag(binder->diags, RN_E_LIMIT, ast->span, NULL, "function %.*s becomes more than %d operations", (int)strlen(f->own) - 2, f->own, RN_FUNCTION_NODES_MAX);
    return rn_bind_error(binder, ast->span);
  }
  for (uint32_t i = 0; i < f->param_count; i++)
    if (uses(body, i) > 1 && rn_expr_is_volatile(args[i]))
      return refuse_call(binder, f, args[i]->span, rn_arena_printf(binder->arena, "the body uses \"%s\" more than once, and this gives another value each time",
                                                                   f->params[i].name));
  if (write) write_path(binder, ast, f);
  rn_expr_respan(body, ast->span); /* bound again and again from a text: all of it stands where the call stands */
  rn_expr *e = rn_expr_replace(binder->arena, body, args);
  const rn_type *plain = rn_type_with_time(binder->arena, e->type, RN_TIME_NONE);
  if (e->type->time_attribute != RN_TIME_NONE && e->kind == RN_EXPR_COLUMN) return rn_expr_column(binder->arena, e->index, plain, ast->span);
  return rn_fold(binder, e);
}
