/* Rows of a stored table: TRUNCATE, and INSERT OVERWRITE, which DELETE and UPDATE become (planner/rows.c). Its job
 * writes a table beside the old one, and when it has finished one transaction puts the new rows in the place of the old:
 * readers see all or nothing. A crash before the end begins anew; one just before the swap is finished by the next run. */
#include "api/api_private.h"

/* A table whose rows this file holds and no running job writes; NULL: an error was told. */
static const rn_catalog_object *changeable(runnel *db, const rn_ast_path *path, const char *verb) {
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
  const rn_catalog_object *t = changeable(db, &stmt->ast->path, "TRUNCATE");
  if (!t) return rn_api_result(db);
  if (stmt->flags & RUNNEL_PREPARE_CHECK) return RUNNEL_DONE;
  if (rn_store_run(db->store, empty, (void *)(uintptr_t)t, &err) != RN_OK) return rn_api_fail(db, &err);
  rn_builder_printf(&stmt->summary, "table %s emptied", t->name);
  return RUNNEL_DONE;
}

/* --- INSERT OVERWRITE ---------------------------------------------------------------------------------------------- */
static const char *verb_of(const rn_ast_statement *ast) { return ast->kind == RN_AST_STMT_DELETE ? "DELETE" : "UPDATE"; }

rn_ast_insert *rn_rows_insert(runnel_stmt *stmt, const rn_ast_statement *ast) {
  runnel *db = stmt->db;
  rn_planner_settings settings;
  rn_ast_insert *insert = NULL;
  if (!changeable(db, &ast->path, verb_of(ast))) return NULL;
  rn_engine_planner_settings(db, &stmt->arena, &settings);
  return rn_plan_rows(db->catalog, &settings, ast, &stmt->arena, &insert, &db->diags) == RN_OK ? insert : NULL;
}

int rn_rows_prepare(runnel_stmt *stmt) {
  stmt->rows_verb = verb_of(stmt->ast);
  rn_ast_insert *insert = rn_rows_insert(stmt, stmt->ast);
  if (!insert) return rn_api_result(stmt->db);
  rn_ast_statement *made = RN_NEW(&stmt->arena, rn_ast_statement);
  *made = (rn_ast_statement){.kind = RN_AST_STMT_INSERT, .insert = insert, .span = stmt->ast->span, .path = stmt->ast->path};
  stmt->written = stmt->ast->kind;
  stmt->ast = made;
  return RUNNEL_OK;
}

/* Once more when it begins: a job may have started since. */
rn_status rn_overwrite_check(runnel_stmt *stmt, rn_error *err) {
  runnel *db = stmt->db;
  const rn_catalog_object *t = rn_catalog_find(db->catalog, &stmt->ast->insert->table, NULL);
  const char *verb = stmt->rows_verb ? stmt->rows_verb : "INSERT OVERWRITE", *job = t ? rn_jobs_writing(db, t) : NULL;
  if (!job) return RN_OK;
  (void)rn_fail_at(err, RN_E_IN_USE, stmt->ast->insert->table.span, "%s: job \"%s\" is writing \"%s\"", verb, job, t->name);
  return rn_hint(err, "STOP JOB ends it");
}

typedef struct swap_ctx {
  runnel_stmt *stmt;
  const rn_table_spec *table;
  const char *beside, *job;
  bool needed;
  const rn_catalog_object *partitioned; /* PARTITION (..): only the partitions that got rows are replaced; else NULL */
} swap_ctx;

static const char *beside_of(const rn_table_spec *table) { return rn_option_text(&table->options, "table"); }

/* Runs a statement on _rn_meta, where the key is the name of the table beside and the value the job that fills it. Rows found. */
static int on_meta(sqlite3 *db, const char *sql, const swap_ctx *s) {
  sqlite3_stmt *stmt = NULL;
  int rows = 0, rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
  if (rc == SQLITE_OK) {
    sqlite3_bind_text(stmt, 1, s->beside, -1, SQLITE_STATIC);
    if (sqlite3_bind_parameter_count(stmt) > 1) sqlite3_bind_text(stmt, 2, s->job, -1, SQLITE_STATIC);
    while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) rows++;
  }
  sqlite3_finalize(stmt);
  return rc == SQLITE_DONE ? rows : -1;
}
static rn_status begin(sqlite3 *db, void *ctx, rn_error *err) {
  const swap_ctx *s = ctx;
  if (on_meta(db, "INSERT OR REPLACE INTO _rn_meta VALUES(?1, ?2)", s) < 0) return rn_fail(err, RN_E_DATABASE, "%s", sqlite3_errmsg(db));
  return rn_stored_table_drop(db, s->beside, err);
}
/* Rows outside the file: the connector's word for this job. */
static char *owner_text(runnel *db, const char *job) {
  rn_builder text = {0};
  rn_builder_printf(&text, "%s\n%s\n", rn_store_path(db->store), job);
  return rn_builder_take(&text);
}
rn_status rn_overwrite_begin(runnel *db, const rn_table_spec *table, const char *job, rn_error *err) {
  if (table->connector->overwrite_begin) {
    char *owner = owner_text(db, job);
    rn_status status = table->connector->overwrite_begin(table, owner, err);
    rn_free(owner);
    return status;
  }
  swap_ctx s = {.beside = beside_of(table), .job = job};
  return rn_store_run(db->store, begin, &s, err);
}

static rn_status move_rows(sqlite3 *db, const swap_ctx *s, rn_error *err) {
  rn_builder names = {0}, sql = {0};
  for (uint32_t i = 0; i < s->table->column_count; i++) {
    if (s->table->columns[i].role != RN_COLUMN_PHYSICAL) continue;
    if (names.len) rn_builder_text(&names, ", ");
    rn_sql_identifier(&names, s->table->columns[i].name);
  }
  rn_builder_text(&sql, "DELETE FROM ");
  rn_sql_identifier(&sql, s->table->name);
  for (uint32_t i = 0; s->partitioned && i < s->partitioned->partition_count; i++) {
    const char *name = s->partitioned->columns[s->partitioned->partitions[i]].name;
    if (!i) {
      rn_builder_text(&sql, " AS o WHERE EXISTS (SELECT 1 FROM ");
      rn_sql_identifier(&sql, s->beside);
    }
    rn_builder_text(&sql, i ? " AND n." : " AS n WHERE n.");
    rn_sql_identifier(&sql, name);
    rn_builder_text(&sql, " IS o.");
    rn_sql_identifier(&sql, name);
  }
  if (s->partitioned) rn_builder_char(&sql, ')');
  rn_builder_text(&sql, "; INSERT INTO ");
  rn_sql_identifier(&sql, s->table->name);
  rn_builder_printf(&sql, "(%s) SELECT %s FROM ", names.data, names.data);
  rn_sql_identifier(&sql, s->beside);
  rn_status status = sqlite3_exec(db, sql.data, NULL, NULL, NULL) == SQLITE_OK ? RN_OK : rn_fail(err, RN_E_SINK, "%s: %s", s->table->name, sqlite3_errmsg(db));
  rn_builder_free(&names);
  rn_builder_free(&sql);
  return status;
}
static rn_status swap(sqlite3 *db, void *ctx, rn_error *err) {
  swap_ctx *s = ctx;
  /* A run that is continued must not take what another job has half written. */
  if (on_meta(db, "SELECT 1 FROM _rn_meta WHERE key = ?1 AND value = ?2", s) != 1 || !rn_stored_table_exists(db, s->beside))
    return s->needed ? rn_fail(err, RN_E_INTERNAL, "the new rows of \"%s\" are gone", s->table->name) : RN_OK;
  s->stmt->rows_gone = rn_stored_table_rows(db, s->table->name);
  s->stmt->rows_now = rn_stored_table_rows(db, s->beside);
  if (s->stmt->written == RN_AST_STMT_UPDATE && s->stmt->rows_now != s->stmt->rows_gone) {
    s->needed = false; /* told below, when the rows beside are dropped */
    return rn_stored_table_drop(db, s->beside, err);
  }
  if (move_rows(db, s, err) != RN_OK || on_meta(db, "DELETE FROM _rn_meta WHERE key = ?1", s) < 0) return RN_FAIL;
  return rn_stored_table_drop(db, s->beside, err);
}

rn_status rn_overwrite_end(runnel_stmt *stmt, const rn_table_spec *table, const char *job, bool needed, rn_error *err) {
  if (table->connector->overwrite_end) {
    char *owner = owner_text(stmt->db, job);
    rn_status status = table->connector->overwrite_end(table, owner, needed, err);
    rn_free(owner);
    return status;
  }
  const rn_ast_insert *insert = stmt->ast->insert;
  swap_ctx s = {stmt, table, beside_of(table), job, needed, insert->partition.count ? rn_catalog_find(stmt->db->catalog, &insert->table, NULL) : NULL};
  if (rn_store_run(stmt->db->store, swap, &s, err) != RN_OK) return RN_FAIL;
  if (needed && !s.needed)
    return rn_fail_at(err, RN_E_SINK, stmt->ast->span, "UPDATE gives several rows of \"%s\" the same PRIMARY KEY: nothing was changed", table->name);
  if (!needed || s.partitioned) return RN_OK; /* the caller says what was done */
  long long count = stmt->written == RN_AST_STMT_DELETE ? stmt->rows_gone - stmt->rows_now : stmt->rows_now;
  rn_builder_printf(&stmt->summary, stmt->written == RN_AST_STMT_DELETE   ? "%lld row%s deleted"
                                    : stmt->written == RN_AST_STMT_UPDATE ? "table updated, %lld row%s"
                                                                          : "%lld row%s now",
                    count, count == 1 ? "" : "s");
  return RN_OK;
}
