/* Rows of a stored table: TRUNCATE. */
#include "api/api_private.h"

/* A table whose rows this file holds and no running job writes; NULL: an error was told. */
static const rn_catalog_object *changeable(runnel_stmt *stmt, const char *verb) {
  runnel *db = stmt->db;
  const rn_ast_path *path = &stmt->ast->path;
  const rn_catalog_object *t = rn_catalog_find(db->catalog, path, &db->diags);
  if (!t) return NULL;
  if (t->kind == RN_OBJECT_VIEW) {
    (void)rn_diag(&db->diags, RN_E_DIRECTION, path->span, NULL, "\"%s\" is a view: %s needs a table", t->name, verb);
  } else if (t->external) {
    (void)rn_diag(&db->diags, RN_E_DIRECTION, path->span, "CREATE TABLE with the same columns makes it a table of runnel",
                  "\"%s\" is a table of the file that was not created here: it can only be read", t->name);
  } else if (!rn_catalog_lies_in_file(t)) {
    (void)rn_diag(&db->diags, RN_E_UNSUPPORTED, path->span, "the rows of a table without WITH are", "%s: the rows of \"%s\" are not in this database file", verb, t->name);
  } else if (rn_jobs_writing(db, t)) {
    (void)rn_diag(&db->diags, RN_E_IN_USE, path->span, "STOP JOB ends it", "%s: job \"%s\" is writing \"%s\"", verb, rn_jobs_writing(db, t), t->name);
  } else {
    return t;
  }
  return NULL;
}

static rn_status empty(sqlite3 *db, void *ctx, rn_error *err) {
  const rn_catalog_object *t = ctx;
  rn_builder sql = {0};
  rn_builder_text(&sql, "DELETE FROM ");
  rn_sql_identifier(&sql, t->name);
  rn_status status = sqlite3_exec(db, sql.data, NULL, NULL, NULL) == SQLITE_OK ? RN_OK : rn_fail(err, RN_E_SINK, "%s: %s", t->name, sqlite3_errmsg(db));
  rn_builder_free(&sql);
  return status;
}

int rn_truncate(runnel_stmt *stmt) {
  runnel *db = stmt->db;
  rn_error err;
  rn_error_clear(&err);
  const rn_catalog_object *t = changeable(stmt, "TRUNCATE");
  if (!t) return rn_api_result(db);
  if (rn_store_run(db->store, empty, (void *)(uintptr_t)t, &err) != RN_OK) return rn_api_fail(db, &err);
  rn_builder_printf(&stmt->summary, "table %s emptied", t->name);
  return RUNNEL_DONE;
}
