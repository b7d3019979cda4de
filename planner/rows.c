/* DELETE and UPDATE of a stored table, as the INSERT OVERWRITE that they mean: the table's rows are read, kept, left
 * out or changed, and take the old ones' place in one transaction. So they have the semantics of every other query:
 *   DELETE FROM t WHERE c     ->  INSERT OVERWRITE t SELECT a, b FROM t WHERE (c) IS NOT TRUE
 *   UPDATE t SET a = e WHERE c -> INSERT OVERWRITE t SELECT CASE WHEN `_rn_hit` THEN CAST(e AS ..) ELSE a END, b
 *                                 FROM (SELECT *, c AS `_rn_hit` FROM t) AS t */
#include "planner/bind.h"
#include "planner/catalog_parts.h"
#include "planner/planner.h"
#include "runtime/function.h"

#define HIT "_rn_hit" /* names that begin so are reserved: no column has it */

typedef struct rows_builder {
  rn_arena *arena;
  const rn_ast_statement *statement;
  const rn_catalog_object *table;
} rows_builder;

static rn_ast_expr *make(rows_builder *b, rn_ast_expr_kind kind, rn_span span, uint32_t count, rn_ast_expr *const *args) {
  rn_ast_expr *e = RN_NEW(b->arena, rn_ast_expr);
  e->kind = kind;
  e->span = e->op_span = span;
  e->precision = e->scale = -1;
  e->args = RN_NEW_N(b->arena, rn_ast_expr *, count + 1);
  e->arg_count = count;
  for (uint32_t i = 0; i < count; i++) {
    e->args[i] = args[i];
    if (args[i]->depth >= e->depth) e->depth = args[i]->depth + 1;
  }
  return e;
}

static rn_ast_path one_part(rows_builder *b, const char *name, rn_span span) {
  rn_ast_name *part = RN_NEW(b->arena, rn_ast_name);
  *part = (rn_ast_name){name, span, true};
  return (rn_ast_path){1, part, span};
}
static rn_ast_expr *column(rows_builder *b, const char *name, rn_span span) {
  rn_ast_expr *e = make(b, RN_AST_COLUMN, span, 0, NULL);
  e->path = one_part(b, name, span);
  return e;
}
static rn_ast_expr *truth(rows_builder *b, bool value) {
  rn_ast_expr *e = make(b, RN_AST_BOOLEAN, b->statement->span, 0, NULL);
  e->boolean = value;
  return e;
}

static rn_ast_query *select_query(rows_builder *b, uint32_t count, rn_ast_select_item *items, rn_ast_from *from, rn_ast_expr *where) {
  rn_ast_query *q = RN_NEW(b->arena, rn_ast_query);
  q->kind = RN_AST_SELECT;
  q->span = b->statement->span;
  q->select = RN_NEW(b->arena, rn_ast_select);
  *q->select = (rn_ast_select){.span = q->span, .item_count = count, .items = items, .from = from, .where = where};
  if (where) q->select->where_span = where->span;
  return q;
}
static rn_ast_from *from_table(rows_builder *b) {
  rn_ast_from *from = RN_NEW(b->arena, rn_ast_from);
  from->kind = RN_AST_FROM_TABLE;
  from->span = b->statement->path.span;
  from->path = b->statement->path;
  return from;
}
/* (SELECT *, c AS `_rn_hit` FROM t) AS t: the condition is computed once for a row. */
static rn_ast_from *from_marked(rows_builder *b) {
  rn_ast_select_item *items = RN_NEW_N(b->arena, rn_ast_select_item, 2);
  rn_span span = b->statement->where->span;
  items[0] = (rn_ast_select_item){.expr = make(b, RN_AST_STAR, span, 0, NULL), .span = span};
  items[1] = (rn_ast_select_item){.expr = b->statement->where, .alias = {HIT, span, true}, .span = span};
  rn_ast_from *from = RN_NEW(b->arena, rn_ast_from);
  from->kind = RN_AST_FROM_QUERY;
  from->span = b->statement->path.span;
  from->query = select_query(b, 2, items, from_table(b), NULL);
  from->alias = b->statement->path.parts[b->statement->path.count - 1];
  return from;
}

static const rn_ast_assignment *assigned(const rn_ast_statement *s, const char *column_name) {
  for (uint32_t i = 0; i < s->set.count; i++)
    if (!strcmp(s->set.items[i].column.text, column_name)) return &s->set.items[i];
  return NULL;
}

static rn_ast_expr *new_value(rows_builder *b, uint32_t at) {
  const rn_ast_column_def *def = &b->table->ast->table->columns[at];
  const rn_ast_assignment *a = assigned(b->statement, def->name.text);
  rn_ast_expr *old = column(b, def->name.text, b->statement->span);
  if (!a) return old;
  rn_ast_expr *cast = make(b, RN_AST_CAST, a->value->span, 1, &a->value);
  rn_ast_type *type = RN_NEW(b->arena, rn_ast_type);
  *type = *def->type;
  type->nullability = 0; /* NULL is refused where it is written, with the row */
  cast->name = "CAST";
  cast->cast_type = type;
  if (!b->statement->where) return cast;
  rn_ast_expr *args[] = {column(b, HIT, b->statement->where->span), cast, old};
  rn_ast_expr *e = make(b, RN_AST_CASE, a->value->span, 3, args);
  e->has_else = true;
  return e;
}

/* The values as they are, for the rule of INSERT: only implicit conversions. */
static rn_status check_assignments(rows_builder *b, rn_catalog *catalog, const rn_planner_settings *settings, rn_diagnostics *diags) {
  const rn_ast_statement *s = b->statement;
  size_t errors = diags->error_count;
  rn_ast_select_item *items = RN_NEW_N(b->arena, rn_ast_select_item, s->set.count + 1);
  for (uint32_t i = 0; i < s->set.count; i++) {
    const rn_ast_assignment *a = &s->set.items[i];
    const rn_catalog_column *c = NULL;
    const char **names = RN_NEW_N(b->arena, const char *, b->table->column_count + 1);
    for (uint32_t k = 0; k < b->table->column_count; k++) {
      names[k] = b->table->columns[k].name;
      if (!strcmp(names[k], a->column.text)) c = &b->table->columns[k];
    }
    const char *near = rn_text_nearest(rn_slice_of(a->column.text), names, b->table->column_count);
    if (!c)
      rn_diag(diags, RN_E_COLUMN_NOT_FOUND, a->column.span, near ? rn_arena_printf(b->arena, "did you mean \"%s\"?", near) : NULL,
              "table \"%s\" has no column \"%s\"", b->table->name, a->column.text);
    else if (c->kind != RN_COL_PHYSICAL)
      rn_diag(diags, RN_E_SINK_SCHEMA, a->column.span, NULL, "column \"%s\" is computed and cannot be set", c->name);
    for (uint32_t k = 0; k < i; k++) {
      if (strcmp(s->set.items[k].column.text, a->column.text) != 0) continue;
      rn_diag(diags, RN_E_DUPLICATE_NAME, a->column.span, NULL, "column \"%s\" is set twice", a->column.text);
      break;
    }
    items[i] = (rn_ast_select_item){.expr = a->value, .span = a->value->span};
  }
  if (s->set.count > RN_COLUMNS_MAX) return RN_FAIL; /* some are set twice */
  rn_schema schema;
  if (rn_plan_schema(catalog, settings, select_query(b, s->set.count, items, from_table(b), NULL), b->arena, &schema, diags) != RN_OK) return RN_FAIL;
  for (uint32_t i = 0; i < s->set.count; i++) {
    const rn_ast_assignment *a = &s->set.items[i];
    const rn_type *from = schema.fields[i].type, *to = NULL;
    for (uint32_t k = 0; k < b->table->column_count; k++)
      if (!strcmp(b->table->columns[k].name, a->column.text)) to = b->table->columns[k].type;
    if (!to || from->id == RN_T_NULL || rn_type_same(from, to) || rn_cast_is_implicit(from, to)) continue;
    const char *hint = rn_bind_cast_hint(from, to);
    if (!hint) hint = rn_arena_printf(b->arena, "convert it: CAST(.. AS %s)", rn_type_name(b->arena, to));
    rn_diag(diags, RN_E_SINK_SCHEMA, a->value->span, hint,
            "column \"%s\" of table \"%s\" is %s, not %s", a->column.text, b->table->name, rn_type_name(b->arena, to), rn_type_name(b->arena, from));
  }
  return diags->error_count == errors ? RN_OK : RN_FAIL;
}

rn_status rn_plan_rows(rn_catalog *catalog, const rn_planner_settings *settings, const rn_ast_statement *statement, rn_arena *arena,
                       rn_ast_insert **out, rn_diagnostics *diags) {
  rows_builder b = {arena, statement, rn_catalog_find(catalog, &statement->path, diags)};
  if (!b.table) return RN_FAIL;
  bool update = statement->kind == RN_AST_STMT_UPDATE;
  rn_schema unused;
  rn_ast_select_item all = {.expr = make(&b, RN_AST_STAR, statement->span, 0, NULL), .span = statement->span};
  bool ok = !statement->where || /* as a WHERE, for its errors */
            rn_plan_schema(catalog, settings, select_query(&b, 1, &all, from_table(&b), statement->where), arena, &unused, diags) == RN_OK;
  if (update && check_assignments(&b, catalog, settings, diags) != RN_OK) ok = false;
  if (!ok) return RN_FAIL;
  rn_ast_select_item *items = RN_NEW_N(arena, rn_ast_select_item, b.table->column_count + 1);
  uint32_t count = 0;
  for (uint32_t i = 0; i < b.table->column_count; i++) {
    if (b.table->columns[i].kind != RN_COL_PHYSICAL) continue;
    rn_ast_expr *e = update ? new_value(&b, i) : column(&b, b.table->columns[i].name, statement->span);
    items[count++] = (rn_ast_select_item){.expr = e, .span = e->span};
  }
  rn_ast_expr *where = NULL;
  if (!update) {
    where = statement->where ? make(&b, RN_AST_IS, statement->where->span, 1, &statement->where) : truth(&b, false);
    where->name = statement->where ? "TRUE" : NULL;
    where->negated = statement->where != NULL;
  }
  rn_ast_from *from = update && statement->where ? from_marked(&b) : from_table(&b);
  *out = RN_NEW(arena, rn_ast_insert);
  **out = (rn_ast_insert){.table = statement->path, .query = select_query(&b, count, items, from, where), .overwrite = true, .span = statement->span};
  return RN_OK;
}
