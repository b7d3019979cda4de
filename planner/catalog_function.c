/* Functions whose body is an SQL expression: CREATE FUNCTION f(a INT) RETURNS INT RETURN a + 1. Our extension: Flink's
 * are Java classes. A call is inlined when it is bound (bind_function.c), so it costs what its body costs. */
#include "parser/parse.h"
#include "planner/bind.h"
#include "planner/catalog_parts.h"
#include "runtime/aggregate.h"
#include "runtime/function.h"

rn_catalog_object *rn_catalog_function(rn_catalog *catalog, const rn_ast_path *path) {
  rn_catalog_place place;
  if (!rn_catalog_resolve(catalog, path, &place)) return NULL;
  rn_arena scratch;
  rn_arena_init(&scratch);
  const char *name = rn_arena_printf(&scratch, "%s()", rn_catalog_name_of(&place, &scratch));
  rn_catalog_object *found = rn_catalog_find_other(catalog, RN_OBJECT_FUNCTION, name, true);
  if (!found) found = rn_catalog_find_other(catalog, RN_OBJECT_FUNCTION, name, false);
  for (size_t i = 0; !found && i < catalog->others.len; i++) /* functions are called in any case */
    if (catalog->others.data[i]->kind == RN_OBJECT_FUNCTION && rn_text_eq_nocase(catalog->others.data[i]->name, name)) found = catalog->others.data[i];
  rn_arena_free(&scratch);
  if (found && found->temporary) catalog->temporary_used = found;
  return found;
}

static void function_text(const rn_catalog_object *f, const rn_ast_statement *statement, rn_builder *out) {
  rn_builder_printf(out, "CREATE %sFUNCTION ", f->temporary ? "TEMPORARY " : "");
  rn_quote_name(f->catalog, out);
  rn_builder_char(out, '.');
  rn_quote_name(f->database, out);
  rn_builder_char(out, '.');
  rn_quote_name(rn_arena_strndup((rn_arena *)(uintptr_t)&f->arena, f->own, strlen(f->own) - 2), out);
  rn_builder_char(out, '(');
  for (uint32_t i = 0; i < f->param_count; i++) {
    if (i) rn_builder_text(out, ", ");
    rn_quote_name(f->params[i].name, out);
    rn_builder_printf(out, " %s", rn_type_text((rn_arena *)(uintptr_t)&f->arena, f->params[i].type));
  }
  rn_builder_printf(out, ") RETURNS %s", rn_type_text((rn_arena *)(uintptr_t)&f->arena, f->returns));
  if (f->comment) {
    rn_builder_text(out, " COMMENT ");
    rn_quote_text(f->comment, out);
  }
  rn_builder_text(out, " RETURN ");
  rn_ast_print_expr(statement->body, out);
}

static rn_status refuse_class(const rn_ast_statement *statement, rn_diagnostics *diags) {
  return rn_diag(diags, RN_E_UNSUPPORTED, statement->class_span,
                 "write it in SQL: CREATE FUNCTION f(a INT) RETURNS INT RETURN a + 1",
                 "function classes need a Java or Python machine, and runnel has none");
}

static bool is_built_in(const char *name) {
  const rn_function *fn = rn_function_find(rn_slice_of(name));
  return (fn && !(fn->flags & RN_FN_OPERATOR)) || rn_aggregate_find(rn_slice_of(name));
}

static rn_status bind_parts(rn_binder *binder, rn_catalog_object *f, const rn_ast_statement *statement, rn_diagnostics *diags) {
  size_t errors = diags->error_count;
  f->params = RN_NEW_N(&f->arena, rn_field, statement->param_count + 1);
  for (uint32_t i = 0; i < statement->param_count; i++) {
    const rn_ast_type_field *param = &statement->params[i];
    for (uint32_t k = 0; k < i; k++)
      if (!strcmp(statement->params[k].name.text, param->name.text))
        rn_diag(diags, RN_E_DUPLICATE_NAME, param->name.span, NULL, "parameter \"%s\" is named twice", param->name.text);
    const rn_type *type = rn_bind_type(binder, param->type);
    f->params[f->param_count++] = (rn_field){rn_arena_strdup(&f->arena, param->name.text), type ? type : rn_type_basic(RN_T_ERROR, true)};
  }
  f->returns = rn_bind_type(binder, statement->returns);
  if (diags->error_count != errors) return RN_FAIL;
  rn_expr *body = rn_bind_function_body(binder, f, statement->body);
  if (rn_bind_failed(body)) return RN_FAIL;
  body = rn_bind_cast(binder, body, rn_type_with_null(&f->arena, f->returns, true), false, false);
  return rn_bind_failed(body) ? RN_FAIL : RN_OK;
}

rn_status rn_catalog_define_function(rn_catalog *catalog, const rn_ast_statement *statement, bool loading,
                                     rn_catalog_object **out, rn_diagnostics *diags) {
  *out = NULL;
  if (statement->class_name) return refuse_class(statement, diags);
  rn_catalog_object *f = rn_catalog_object_new();
  f->kind = RN_OBJECT_FUNCTION;
  f->temporary = statement->temporary;
  f->comment = statement->comment ? rn_arena_strdup(&f->arena, statement->comment) : NULL;
  rn_status status = rn_catalog_new_path(catalog, &statement->path, &f->arena, f, diags);
  if (status == RN_OK && !loading && is_built_in(f->own))
    status = rn_diag(diags, RN_E_EXISTS, statement->path.span, "choose another name", "%s is a built-in function", f->own);
  rn_binder binder = {.arena = &f->arena, .catalog = catalog, .zone = catalog->zone, .diags = diags, .now_us = rn_clock_now_us(NULL),
                      .write_paths = true};
  if (status == RN_OK) {
    f->own = rn_arena_printf(&f->arena, "%s()", f->own);
    f->name = rn_arena_printf(&f->arena, "%s()", f->name);
    catalog->temporary_used = NULL;
    status = bind_parts(&binder, f, statement, diags);
  }
  if (status == RN_OK && !f->temporary && catalog->temporary_used)
    status = rn_diag(diags, RN_E_CATALOG, statement->body->span, "CREATE TEMPORARY FUNCTION can use it",
                     "the body uses \"%s\", which is temporary and would be gone before the function", catalog->temporary_used->name);
  if (status == RN_OK) {
    rn_builder text = {0};
    function_text(f, statement, &text);
    status = rn_catalog_set_text(f, text.data, diags);
    rn_builder_free(&text);
  }
  rn_bind_restore_paths(&binder);
  if (status != RN_OK) {
    rn_catalog_object_free(f);
    return RN_FAIL;
  }
  *out = f;
  return RN_OK;
}

void rn_catalog_near_function(rn_catalog *catalog, const char *name, rn_builder *out) {
  const rn_catalog_object *f;
  size_t count = 0;
  rn_arena scratch;
  rn_arena_init(&scratch);
  while (rn_catalog_other_at(catalog, RN_OBJECT_FUNCTION, count)) count++;
  const char **names = RN_NEW_N(&scratch, const char *, count + 1);
  for (size_t i = 0; i < count && (f = rn_catalog_other_at(catalog, RN_OBJECT_FUNCTION, i)); i++) names[i] = rn_arena_strndup(&scratch, f->own, strlen(f->own) - 2);
  const char *near = rn_text_nearest(rn_slice_of(name), names, count);
  if (near) rn_builder_printf(out, "did you mean \"%s\"?", near);
  else rn_builder_text(out, count ? "SHOW USER FUNCTIONS lists them" : "there are no functions of your own");
  rn_arena_free(&scratch);
}

rn_status rn_catalog_drop_function(rn_catalog *catalog, const rn_ast_statement *statement, rn_diagnostics *diags) {
  rn_catalog_object *f = rn_catalog_function(catalog, &statement->path);
  const rn_ast_path *path = &statement->path;
  const char *name = path->parts[path->count - 1].text;
  if (f && f->temporary != statement->temporary) {
    if (f->temporary) return rn_diag(diags, RN_E_CATALOG, path->span, "write DROP TEMPORARY FUNCTION", "function \"%s\" is temporary", name);
    f = NULL;
  }
  if (!f && statement->if_exists) return RN_OK;
  if (!f) {
    const char *words = statement->temporary ? "temporary function" : is_built_in(name) ? "function of your own called" : "function";
    rn_builder hint = {0};
    rn_catalog_near_function(catalog, name, &hint);
    (void)rn_diag(diags, RN_E_FUNCTION_NOT_FOUND, path->span, hint.data, "there is no %s \"%s\"", words, name);
    rn_builder_free(&hint);
    return RN_FAIL;
  }
  rn_catalog_take_out(catalog, f);
  rn_status status = rn_catalog_check_users(catalog, NULL, name, path, diags);
  if (status == RN_OK) status = rn_catalog_forget(catalog, f, path->span, diags);
  if (status == RN_OK) rn_catalog_object_free(f);
  else rn_catalog_insert(catalog, f);
  return status;
}
