/* CREATE VIEW: the query is bound once as written (errors have its spans), then once more from its own text with
 * names written out in full, `*` expanded; that text is stored, parsed and bound anew at every use. */
#include "parser/parse.h"
#include "planner/catalog_parts.h"
#include "planner/query.h"

/* Binds the query of `statement`; `expand` changes its AST. */
static rn_logical *bind_view_query(rn_catalog *catalog, rn_ast_statement *statement, bool expand, rn_arena *arena,
                                   rn_diagnostics *diags) {
  rn_planner_settings settings = {.zone = catalog->zone, .parallelism = 1};
  rn_query_context q;
  rn_query_context_init(&q, catalog, &settings, arena, diags);
  q.expand = expand;
  q.binder.write_paths = expand;
  q.schema_only = true;
  rn_logical *node = rn_bind_query(&q, statement->query, NULL, true);
  if (!node) return NULL;
  const char *name = statement->path.parts[statement->path.count - 1].text;
  if (!statement->view_columns.count && rn_refuse_twins(&q, node, statement->query, name) != RN_OK) return NULL;
  return rn_rename_columns(&q, node, &statement->view_columns, "the view");
}

static void keep_schema(rn_catalog_object *object, const rn_schema *schema) {
  rn_field *fields = RN_NEW_N(&object->arena, rn_field, schema->count + 1);
  for (uint32_t i = 0; i < schema->count; i++)
    fields[i] = (rn_field){rn_arena_strdup(&object->arena, schema->fields[i].name),
                           rn_type_copy(&object->arena, schema->fields[i].type)};
  object->view_schema = (rn_schema){schema->count, fields};
}

static void view_text(const rn_catalog_object *object, const rn_ast_statement *statement, rn_builder *out) {
  rn_builder_printf(out, "CREATE %sVIEW ", object->temporary ? "TEMPORARY " : "");
  const char *parts[] = {object->catalog, object->database, object->own};
  for (int i = 0; i < 3; i++) {
    if (i) rn_builder_char(out, '.');
    rn_quote_name(parts[i], out);
  }
  rn_builder_text(out, " (");
  for (uint32_t i = 0; i < object->view_schema.count; i++) {
    if (i) rn_builder_text(out, ", ");
    rn_quote_name(object->view_schema.fields[i].name, out);
  }
  rn_builder_text(out, ")");
  if (statement->comment) {
    rn_builder_text(out, " COMMENT ");
    rn_quote_text(statement->comment, out);
  }
  rn_builder_text(out, " AS ");
  rn_ast_print_query(statement->query, out);
}

static rn_status expand_view(rn_catalog *catalog, rn_catalog_object *object, const rn_ast_statement *statement,
                             rn_arena *arena, rn_diagnostics *diags) {
  rn_builder text = {0};
  rn_ast_print(statement, &text);
  char *copy = rn_arena_strdup(arena, text.data ? text.data : "");
  rn_builder_free(&text);
  rn_ast_statement *again = NULL;
  size_t end = 0;
  rn_diagnostics *found = rn_calloc(1, sizeof *found);
  rn_status status = rn_parse_next(rn_slice_of(copy), 0, arena, &again, &end, found);
  if (status == RN_OK && again) status = bind_view_query(catalog, again, true, arena, found) ? RN_OK : RN_FAIL;
  if (status != RN_OK || !again) {
    status = rn_diag(diags, RN_E_INTERNAL, statement->span, copy, "the text of view \"%s\" does not bind again: %s",
                     object->name,
                     found->count ? found->items[0].message : "nothing was found");
  } else {
    rn_builder sql = {0};
    view_text(object, again, &sql);
    status = rn_catalog_set_text(object, sql.data, diags);
    rn_builder_free(&sql);
  }
  rn_free(found);
  return status;
}

rn_status rn_catalog_define_view(rn_catalog *catalog, const rn_ast_statement *statement, rn_catalog_object **out,
                                 rn_diagnostics *diags) {
  rn_catalog_object *object = rn_catalog_object_new();
  object->kind = RN_OBJECT_VIEW;
  object->temporary = statement->temporary;
  object->comment = statement->comment ? rn_arena_strdup(&object->arena, statement->comment) : NULL;
  *out = NULL;
  rn_arena arena;
  rn_arena_init(&arena);
  rn_status status = rn_catalog_new_path(catalog, &statement->path, &object->arena, object, diags);
  rn_ast_statement once = *statement;
  catalog->temporary_used = NULL;
  rn_logical *node = status == RN_OK ? bind_view_query(catalog, &once, false, &arena, diags) : NULL;
  if (node) {
    keep_schema(object, &node->schema);
    for (uint32_t i = 0; i < object->view_schema.count; i++) {
      if (object->view_schema.fields[i].type->id != RN_T_NULL) continue;
      rn_diag(diags, RN_E_TYPE, statement->query->span, NULL, "column \"%s\" has no type: CAST the NULL",
              object->view_schema.fields[i].name);
      node = NULL;
    }
  }
  if (node && !object->temporary && catalog->temporary_used) {
    rn_diag(diags, RN_E_CATALOG, statement->query->span, "CREATE TEMPORARY VIEW can use it",
            "the query uses \"%s\", which is temporary and would be gone before the view", catalog->temporary_used->name);
    node = NULL;
  }
  status = node ? expand_view(catalog, object, statement, &arena, diags) : RN_FAIL;
  rn_arena_free(&arena);
  if (status != RN_OK) {
    rn_catalog_object_free(object);
    return RN_FAIL;
  }
  *out = object;
  return RN_OK;
}
