/* CREATE [OR REPLACE] TABLE AS: the table, made of the query's schema and the declared columns, and the plan of the INSERT that
 * fills it. In a run a table that is there already must have the same definition. */
#include "api/api_private.h"

/* --- CREATE TABLE AS: the table's definition, made of the query's schema ---------------------------------------- */
static bool declared(const rn_ast_table_def *def, const char *name) {
  for (uint32_t i = 0; def && i < def->column_count; i++)
    if (def->columns[i].kind != RN_AST_COL_NAME_ONLY && strcmp(def->columns[i].name.text, name) == 0) return true;
  return false;
}

static rn_ast_statement *ctas_definition(runnel_stmt *stmt) {
  runnel *db = stmt->db;
  const rn_ast_statement *ast = stmt->ast;
  rn_planner_settings settings;
  rn_engine_planner_settings(db, &stmt->arena, &settings);
  rn_schema schema;
  if (rn_plan_schema(db->catalog, &settings, ast->query, &stmt->arena, &schema, &db->diags) != RN_OK) return NULL;
  rn_builder text = {0};
  rn_builder_text(&text, "CREATE TABLE x (");
  for (uint32_t i = 0; i < schema.count; i++) {
    if (i) rn_builder_text(&text, ", ");
    rn_builder_quoted(&text, rn_slice_of(schema.fields[i].name), '`');
    rn_builder_printf(&text, " %s", rn_type_text(&stmt->arena, schema.fields[i].type));
  }
  rn_builder_char(&text, ')');
  char *kept = rn_arena_strndup(&stmt->arena, text.data, text.len);
  rn_builder_free(&text);
  rn_ast_statement *columns = NULL;
  size_t end;
  if (rn_parse_next(rn_slice_of(kept), 0, &stmt->arena, &columns, &end, &db->diags) != RN_OK || !columns) return NULL;
  rn_ast_statement *made = rn_arena_alloc(&stmt->arena, sizeof *made);
  *made = *ast;
  rn_ast_table_def *def = RN_NEW(&stmt->arena, rn_ast_table_def);
  if (ast->table) *def = *ast->table;
  uint32_t room = (ast->table ? ast->table->column_count : 0) + columns->table->column_count;
  def->columns = RN_NEW_N(&stmt->arena, rn_ast_column_def, room);
  def->column_count = 0;
  for (uint32_t i = 0; ast->table && i < ast->table->column_count; i++)
    if (ast->table->columns[i].kind != RN_AST_COL_NAME_ONLY) def->columns[def->column_count++] = ast->table->columns[i];
  for (uint32_t i = 0; i < columns->table->column_count; i++)
    if (!declared(ast->table, columns->table->columns[i].name.text))
      def->columns[def->column_count++] = columns->table->columns[i];
  made->table = def;
  made->query = NULL;
  return made;
}

/* Creates (or, in a run, finds) the table and plans the INSERT that fills it. `skip`: IF NOT EXISTS found one. */
int rn_ctas(runnel_stmt *stmt, bool *skip) {
  runnel *db = stmt->db;
  rn_ast_statement *definition = ctas_definition(stmt);
  if (!definition) return rn_api_result(db);
  rn_catalog_object *old = rn_catalog_find(db->catalog, &stmt->ast->path, NULL), *object;
  if (old && stmt->ast->or_replace && rn_jobs_writing(db, old)) {
    rn_error err;
    rn_error_clear(&err);
    (void)rn_fail_at(&err, RN_E_IN_USE, stmt->ast->path.span, "job \"%s\" is writing \"%s\"", rn_jobs_writing(db, old), old->name);
    (void)rn_hint(&err, "STOP JOB ends it");
    return rn_api_fail(db, &err);
  }
  bool existed = false, in_run = (stmt->flags & RUNNEL_PREPARE_RUN) != 0;
  if (in_run && old && !old->external) {
    rn_catalog_object *wanted;
    bool reopen_only;
    const char *difference = "";
    if (rn_catalog_define(db->catalog, definition, &wanted, &db->diags) != RN_OK) return rn_api_result(db);
    bool same = rn_catalog_same(old, wanted, &reopen_only, &stmt->arena, &difference);
    rn_catalog_object_free(wanted);
    bool replace = !same && stmt->ast->or_replace;
    if (replace && rn_catalog_create(db->catalog, definition, false, &object, &existed, &db->diags) != RN_OK) return rn_api_result(db);
    if (!same && !reopen_only && !replace) {
      rn_error err;
      rn_error_clear(&err);
      (void)rn_fail_at(&err, RN_E_EXISTS, stmt->ast->path.span, "table \"%s\" exists with another definition: %s",
                       old->name, difference);
      return rn_api_fail(db, &err);
    }
  } else if (rn_catalog_create(db->catalog, definition, false, &object, &existed, &db->diags) != RN_OK) {
    return rn_api_result(db);
  }
  *skip = existed;
  if (existed) return RUNNEL_OK;
  rn_planner_settings settings;
  rn_engine_planner_settings(db, &stmt->arena, &settings);
  rn_schema schema;
  if (rn_plan_schema(db->catalog, &settings, stmt->ast->query, &stmt->arena, &schema, &db->diags) != RN_OK)
    return rn_api_result(db);
  rn_ast_insert *insert = RN_NEW(&stmt->arena, rn_ast_insert);
  /* by name: the table may have columns of its own before the query's, or another order */
  insert->columns.count = schema.count;
  insert->columns.items = RN_NEW_N(&stmt->arena, rn_ast_name, schema.count + 1);
  for (uint32_t i = 0; i < schema.count; i++)
    insert->columns.items[i] = (rn_ast_name){.text = schema.fields[i].name, .span = stmt->ast->span};
  insert->table = stmt->ast->path;
  insert->query = stmt->ast->query;
  insert->span = stmt->ast->span;
  return rn_insert_plan(stmt, insert, 1) == RN_OK ? RUNNEL_OK : rn_api_result(db);
}
