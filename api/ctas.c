/* CREATE [OR REPLACE] TABLE AS: the table, made of the query's schema and the declared columns, and the plan of the INSERT that
 * fills it. In a run a table that is there already must have the same definition. */
#include "api/api_private.h"

/* The INSERT; by name: the table may have columns of its own before the query's, or another order. */
static rn_ast_insert *filling(runnel_stmt *stmt, const rn_ast_statement *ast) {
  runnel *db = stmt->db;
  rn_planner_settings settings;
  rn_engine_planner_settings(db, &stmt->arena, &settings);
  rn_schema schema;
  if (rn_plan_schema(db->catalog, &settings, ast->query, &stmt->arena, &schema, &db->diags) != RN_OK) return NULL;
  rn_ast_insert *insert = RN_NEW(&stmt->arena, rn_ast_insert);
  insert->columns.count = schema.count;
  insert->columns.items = RN_NEW_N(&stmt->arena, rn_ast_name, schema.count + 1);
  for (uint32_t i = 0; i < schema.count; i++) insert->columns.items[i] = (rn_ast_name){.text = schema.fields[i].name, .span = ast->span};
  insert->table = ast->path;
  insert->query = ast->query;
  insert->span = ast->span;
  return insert;
}

rn_status rn_ctas_define(runnel_stmt *stmt, const rn_ast_statement *ast, rn_catalog_object **table, rn_ast_insert **insert) {
  runnel *db = stmt->db;
  *insert = filling(stmt, ast);
  return *insert ? rn_catalog_define(db->catalog, ast, table, &db->diags) : RN_FAIL;
}

/* Errors that planning the INSERT would find once the table is there (and what it replaces is gone): found before. Warnings
 * are left to that plan. */
static bool can_fill(runnel_stmt *stmt) {
  runnel *db = stmt->db;
  rn_planner_settings settings;
  rn_engine_planner_settings(db, &stmt->arena, &settings);
  rn_ast_insert *insert = filling(stmt, stmt->ast);
  rn_catalog_object *target = NULL;
  rn_diagnostics *found = rn_calloc(1, sizeof *found);
  bool ok = insert && rn_catalog_define(db->catalog, stmt->ast, &target, found) == RN_OK &&
            rn_plan_check_insert(db->catalog, &settings, insert, target, found) == RN_OK;
  for (size_t i = 0; !ok && i < found->count; i++) rn_diagnostics_add(&db->diags, &found->items[i]);
  rn_catalog_object_free(target);
  rn_free(found);
  return ok;
}

/* Creates (or, in a run, finds) the table and plans the INSERT that fills it. `skip`: IF NOT EXISTS found one. */
int rn_ctas(runnel_stmt *stmt, bool *skip) {
  runnel *db = stmt->db;
  const rn_ast_statement *definition = stmt->ast;
  rn_catalog_object *old = rn_catalog_find(db->catalog, &stmt->ast->path, NULL), *object;
  if (old && stmt->ast->or_replace && rn_jobs_writing(db, old)) {
    rn_error err;
    rn_error_clear(&err);
    (void)rn_fail_at(&err, RN_E_IN_USE, stmt->ast->path.span, "job \"%s\" is writing \"%s\"", rn_jobs_writing(db, old), old->name);
    (void)rn_hint(&err, "STOP JOB ends it");
    return rn_api_fail(db, &err);
  }
  bool there = old && !old->external && !stmt->ast->or_replace && old->temporary == stmt->ast->temporary;
  if (!there && !can_fill(stmt)) return rn_api_result(db);
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
  rn_ast_insert *insert = filling(stmt, stmt->ast);
  if (!insert) return rn_api_result(db);
  return rn_insert_plan(stmt, insert, 1) == RN_OK ? RUNNEL_OK : rn_api_result(db);
}
