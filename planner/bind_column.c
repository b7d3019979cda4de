/* Binder: names. `a.b.c` is the longest table path first, then a column, then fields of ROW values
 * (DIALECT 1.3). What is not found is answered with the nearest name and the columns there are. */
#include "parser/parse.h"
#include "planner/bind_parts.h"

enum { LISTED_MAX = 12 };

const char *rn_bind_suggest(rn_binder *binder, const char *wanted, const char *const *names, size_t count) {
  const char *nearest = rn_text_nearest(rn_slice_of(wanted), names, count);
  if (!nearest) return NULL;
  if (rn_keyword_is_reserved(rn_slice_of(nearest))) {
    return rn_arena_printf(binder->arena, "did you mean \"%s\"?  It is a keyword: write `%s`", nearest, nearest);
  }
  bool only_case = rn_text_eq_nocase(nearest, wanted);
  return rn_arena_printf(binder->arena, "did you mean \"%s\"?%s", nearest, only_case ? "  Names are case-sensitive" : "");
}

rn_expr *rn_bind_unsupported(rn_binder *binder, rn_span span, const char *what) {
  rn_diag(binder->diags, RN_E_UNSUPPORTED, span, NULL, "%s is not supported yet", what);
  return rn_bind_error(binder, span);
}

/* --- fields --------------------------------------------------------------------------------------------- */

rn_expr *rn_bind_field_at(rn_binder *binder, rn_expr *row, uint32_t index, rn_span span) {
  const rn_type *child = row->type->children[index];
  const rn_type *type = rn_type_with_null(binder->arena, child, child->nullable || row->type->nullable);
  rn_expr *field = rn_expr_make(binder->arena, RN_EXPR_FIELD, type, span, 1, &row);
  field->index = index;
  return field;
}

rn_expr *rn_bind_field(rn_binder *binder, rn_expr *row, const rn_ast_name *name, rn_span span) {
  if (rn_bind_failed(row)) return row;
  if (row->type->id != RN_T_ROW) {
    const rn_type *type = row->type;
    const char *hint = NULL;
    if (type->id == RN_T_MAP)
      hint = rn_arena_printf(binder->arena, "the entry of a MAP is x['%s']", name->text);
    else if (type->id == RN_T_ARRAY && type->children[0]->id == RN_T_ROW)
      hint = rn_arena_printf(binder->arena, "x[1].%s is that of the first element; CROSS JOIN UNNEST(x) gives a row per element", name->text);
    rn_diag(binder->diags, RN_E_FIELD_NOT_FOUND, name->span, hint, "%s has no field \"%s\": it is no ROW",
            rn_type_name(binder->arena, row->type), name->text);
    return rn_bind_error(binder, span);
  }
  for (uint32_t i = 0; i < row->type->child_count; i++) {
    if (strcmp(row->type->names[i], name->text) == 0) return rn_bind_field_at(binder, row, i, span);
  }
  const char *hint = rn_bind_suggest(binder, name->text, row->type->names, row->type->child_count);
  rn_diag(binder->diags, RN_E_FIELD_NOT_FOUND, name->span, hint, "field \"%s\" not found in %s", name->text,
          rn_type_name(binder->arena, row->type));
  return rn_bind_error(binder, span);
}

/* --- look-up -------------------------------------------------------------------------------------------- */

typedef struct match {
  const rn_scope_column *column;
  uint32_t count; /* columns that match */
} match;

static bool text_equal(const char *a, const char *b) { return a && b && strcmp(a, b) == 0; }

/* Visible columns hide hidden ones of the same name (the merged column of USING). */
static match find(const rn_scope *scope, const char *table, const char *name) {
  match visible = {NULL, 0}, hidden = {NULL, 0};
  for (uint32_t i = 0; i < scope->column_count; i++) {
    const rn_scope_column *c = &scope->columns[i];
    if (strcmp(c->name, name) != 0 || (table && !text_equal(c->table, table))) continue;
    match *m = c->hidden ? &hidden : &visible;
    if (!m->column) m->column = c;
    m->count++;
  }
  return visible.count ? visible : hidden;
}

static bool has_table(const rn_scope *scope, const char *table) {
  for (uint32_t i = 0; i < scope->column_count; i++) {
    if (text_equal(scope->columns[i].table, table)) return true;
  }
  return false;
}

/* Do the parts in front of the table name a database that has such a table? */
static bool in_place(rn_binder *binder, const rn_ast_path *path, uint32_t table) {
  rn_ast_path head = {table + 1, path->parts, path->span};
  bool plain = !strcmp(path->parts[table - 1].text, RN_DEFAULT_DATABASE) && (table < 2 || !strcmp(path->parts[0].text, RN_DEFAULT_CATALOG));
  return plain || (binder->catalog && rn_catalog_find(binder->catalog, &head, NULL));
}

const char *rn_bind_table_of(rn_binder *binder, const rn_scope *scope, const rn_ast_path *path) {
  uint32_t last = path->count - 1;
  if (last > 2 || !has_table(scope, path->parts[last].text) || (last && !in_place(binder, path, last))) return NULL;
  return path->parts[last].text;
}

/* The column at the head of the path, and how many parts named it. */
static match resolve(rn_binder *binder, const rn_scope *scope, const rn_ast_path *path, uint32_t *parts) {
  /* db.t.c and catalog.db.t.c: the scope knows tables by their last name. */
  for (uint32_t table = path->count >= 4 ? 2 : path->count >= 3 ? 1 : 0;; table--) {
    if (table + 1 < path->count) {
      match m = {NULL, 0};
      if (!table || in_place(binder, path, table)) m = find(scope, path->parts[table].text, path->parts[table + 1].text);
      if (m.count) {
        *parts = table + 2;
        return m;
      }
    }
    if (table == 0) break;
  }
  *parts = 1;
  return find(scope, NULL, path->parts[0].text);
}

/* --- errors --------------------------------------------------------------------------------------------- */

/* "did you mean ..  (columns of orders: id, user, ..)" */
static const char *column_hint(rn_binder *binder, const rn_scope *scope, const char *table, const char *wanted) {
  uint32_t count = 0;
  const char **names = rn_arena_alloc(binder->arena, (scope->column_count + 1) * sizeof *names);
  const char *only_table = table;
  bool one_table = true;
  for (uint32_t i = 0; i < scope->column_count; i++) {
    const rn_scope_column *c = &scope->columns[i];
    if (table && !text_equal(c->table, table)) continue;
    if (c->hidden && !table) continue;
    if (!only_table) only_table = c->table;
    one_table &= text_equal(only_table, c->table);
    names[count++] = c->name;
  }
  if (!count) return scope->column_count ? NULL : "no columns are visible here";
  const char *nearest = rn_bind_suggest(binder, wanted, names, count);
  rn_builder b = {0};
  if (nearest) rn_builder_printf(&b, "%s  (", nearest);
  if (one_table && only_table) {
    rn_builder_printf(&b, "columns of %s: ", only_table);
  } else {
    rn_builder_text(&b, "columns: ");
  }
  for (uint32_t i = 0; i < count && i < LISTED_MAX; i++) rn_builder_printf(&b, "%s%s", i ? ", " : "", names[i]);
  if (count > LISTED_MAX) rn_builder_text(&b, ", ..");
  if (nearest) rn_builder_char(&b, ')');
  const char *hint = rn_arena_strdup(binder->arena, b.data);
  rn_builder_free(&b);
  return hint;
}

/* Of `x.a` where FROM has several tables and no x: what they are called. */
static const char *tables_hint(rn_binder *binder, const rn_scope *scope, const char *wanted) {
  const char **names = rn_arena_alloc(binder->arena, (scope->column_count + 1) * sizeof *names);
  uint32_t count = 0;
  for (uint32_t i = 0; i < scope->column_count; i++) {
    bool seen = !scope->columns[i].table;
    for (uint32_t k = 0; k < count && !seen; k++) seen = !strcmp(names[k], scope->columns[i].table);
    if (!seen) names[count++] = scope->columns[i].table;
  }
  if (count < 2) return column_hint(binder, scope, NULL, wanted);
  const char *nearest = rn_bind_suggest(binder, wanted, names, count);
  rn_builder b = {0};
  if (nearest) rn_builder_text(&b, nearest);
  for (uint32_t i = 0; !nearest && i < count && i < LISTED_MAX; i++) rn_builder_printf(&b, "%s%s", i ? ", " : "FROM has ", names[i]);
  const char *hint = rn_arena_strdup(binder->arena, b.data);
  rn_builder_free(&b);
  return hint;
}

static rn_expr *not_found(rn_binder *binder, const rn_scope *scope, const rn_ast_expr *ast) {
  const rn_ast_path *path = &ast->path;
  const rn_ast_name *head = &path->parts[0];
  for (const rn_outer *o = binder->outer; o && path->count > 1 && !has_table(scope, head->text); o = o->up)
    if (has_table(o->scope, head->text)) scope = o->scope;
  if (path->count > 1 && has_table(scope, head->text)) {
    const rn_ast_name *name = &path->parts[1];
    rn_diag(binder->diags, RN_E_COLUMN_NOT_FOUND, name->span, column_hint(binder, scope, head->text, name->text),
            "column \"%s\" not found in %s", name->text, head->text);
  } else if (path->count > 1) {
    rn_diag(binder->diags, RN_E_TABLE_NOT_FOUND, head->span, tables_hint(binder, scope, head->text),
            "no table and no column \"%s\" in this query", head->text);
  } else {
    rn_diag(binder->diags, RN_E_COLUMN_NOT_FOUND, head->span, column_hint(binder, scope, NULL, head->text), "column \"%s\" not found", head->text);
  }
  return rn_bind_error(binder, ast->span);
}

static rn_expr *ambiguous(rn_binder *binder, const rn_scope *scope, const rn_ast_expr *ast, const match *m, uint32_t parts) {
  const char *name = m->column->name;
  if (m->column->twin) {
    rn_diag(binder->diags, RN_E_COLUMN_AMBIGUOUS, ast->path.parts[parts - 1].span, "name them apart where they are selected: AS ..",
            "column \"%s\" is ambiguous: the sub-query has several", name);
    return rn_bind_error(binder, ast->span);
  }
  rn_builder b = {0};
  uint32_t listed = 0;
  for (uint32_t i = 0; i < scope->column_count; i++) {
    const rn_scope_column *c = &scope->columns[i];
    if (strcmp(c->name, name) == 0 && c->table) rn_builder_printf(&b, "%s%s.%s", listed++ ? " or " : "write ", c->table, name);
  }
  rn_diag(binder->diags, RN_E_COLUMN_AMBIGUOUS, ast->path.parts[parts - 1].span, listed ? b.data : NULL, "column \"%s\" is ambiguous", name);
  rn_builder_free(&b);
  return rn_bind_error(binder, ast->span);
}

/* A column of a query around this one; NULL: none has it. */
static rn_expr *outer_column(rn_binder *binder, const rn_ast_expr *ast) {
  uint32_t parts = 1;
  int64_t level = 1;
  for (const rn_outer *outer = binder->outer; outer; outer = outer->up, level++) {
    match m = resolve(binder, outer->scope, &ast->path, &parts);
    if (!m.count) continue;
    if (m.count > 1) return ambiguous(binder, outer->scope, ast, &m, parts);
    rn_expr *e = rn_expr_make(binder->arena, RN_EXPR_OUTER, rn_type_with_time(binder->arena, m.column->type, RN_TIME_NONE), ast->span, 0, NULL);
    e->index = m.column->index;
    e->value.u.i = level;
    for (uint32_t i = parts; i < ast->path.count; i++) e = rn_bind_field(binder, e, &ast->path.parts[i], ast->span);
    return e;
  }
  return NULL;
}

rn_expr *rn_bind_column(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast) {
  const rn_ast_path *path = &ast->path;
  uint32_t parts = 1;
  match m = resolve(binder, scope, path, &parts);
  if (m.count == 0) {
    rn_expr *outer = outer_column(binder, ast);
    if (outer) return outer;
    /* CURRENT_DATE and its like are functions without parentheses. */
    const rn_function *fn = path->count == 1 && !path->parts[0].quoted ? rn_function_find(rn_slice_of(path->parts[0].text)) : NULL;
    if (fn && (fn->flags & RN_FN_NO_PARENS)) return rn_bind_call_row(binder, fn->name, NULL, 0, ast->span);
    return not_found(binder, scope, ast);
  }
  if (m.count > 1) return ambiguous(binder, scope, ast, &m, parts);
  rn_expr *e = rn_expr_column(binder->arena, m.column->index, m.column->type, ast->span);
  if (scope->on_column) e = scope->on_column(binder, scope, e, ast, scope->ctx);
  for (uint32_t i = parts; i < path->count; i++) e = rn_bind_field(binder, e, &path->parts[i], ast->span);
  return e;
}
