/* CREATE, DROP, ALTER, USE, SET and RESET. */
#include "api/api_private.h"

static int fail(runnel *db, const rn_error *err) { return rn_api_fail(db, err); }

static const char *object_word(const rn_ast_statement *ast) {
  return ast->kind == RN_AST_STMT_CREATE_VIEW || ast->drop_view ? "view" : "table";
}
static const char *last_part(const rn_ast_path *path) { return path->count ? path->parts[path->count - 1].text : ""; }

/* `runnel run` is declarative: an equal definition does nothing, reopen options may change, another
 * difference is shown. */
static int create_again(runnel_stmt *stmt, rn_catalog_object *old) {
  runnel *db = stmt->db;
  rn_catalog_object *wanted = NULL;
  if (rn_catalog_define(db->catalog, stmt->ast, &wanted, &db->diags) != RN_OK) return rn_api_result(db);
  bool reopen_only = false;
  const char *difference = "";
  if (rn_catalog_same(old, wanted, &reopen_only, &stmt->arena, &difference)) {
    rn_builder_printf(&stmt->summary, "%s %s unchanged", object_word(stmt->ast), old->name);
    rn_catalog_object_free(wanted);
    return RUNNEL_DONE;
  }
  if (!reopen_only) {
    rn_error err;
    rn_error_clear(&err);
    (void)rn_fail_at(&err, RN_E_EXISTS, stmt->ast->path.span, "%s \"%s\" exists with another definition: %s",
                     object_word(stmt->ast), old->name, difference);
    (void)rn_hint(&err, "DROP it first, or use another name or file");
    rn_catalog_object_free(wanted);
    return fail(db, &err);
  }
  rn_error err;
  rn_error_clear(&err);
  rn_status status = rn_catalog_replace(db->catalog, wanted, &err);
  if (status != RN_OK) return fail(db, &err);
  rn_engine_notice(db, "table %s: %s", last_part(&stmt->ast->path), difference);
  rn_builder_printf(&stmt->summary, "table %s changed: %s", last_part(&stmt->ast->path), difference);
  return RUNNEL_DONE;
}

static int create(runnel_stmt *stmt) {
  runnel *db = stmt->db;
  if ((stmt->flags & RUNNEL_PREPARE_RUN) && !stmt->ast->temporary) {
    rn_catalog_object *old = rn_catalog_find(db->catalog, &stmt->ast->path, NULL);
    if (old && !old->temporary && !old->external && !stmt->ast->if_not_exists) return create_again(stmt, old);
  }
  rn_catalog_object *object;
  bool existed = false;
  if (rn_catalog_create(db->catalog, stmt->ast, false, &object, &existed, &db->diags) != RN_OK)
    return rn_api_result(db);
  rn_builder_printf(&stmt->summary, "%s %s %s", object_word(stmt->ast), object->name,
                    existed ? "exists already" : "created");
  return RUNNEL_DONE;
}

static int drop(runnel_stmt *stmt) {
  runnel *db = stmt->db;
  rn_error err;
  rn_error_clear(&err);
  rn_catalog_object *object = rn_catalog_find(db->catalog, &stmt->ast->path, NULL);
  bool fresh = (stmt->flags & RUNNEL_PREPARE_RUN) && db->run_script && db->run_fresh;
  if (object && fresh && rn_jobs_forget_using(db, object, &err) != RN_OK) return fail(db, &err);
  if (object && rn_jobs_using(db, object, &err) != RN_OK) {
    err.span = stmt->ast->path.span;
    err.has_span = true;
    return fail(db, &err);
  }
  char *name = rn_arena_strdup(&stmt->arena, last_part(&stmt->ast->path));
  if (rn_catalog_drop(db->catalog, stmt->ast, &db->diags) != RN_OK) return rn_api_result(db);
  rn_builder_printf(&stmt->summary, "%s %s %s", object_word(stmt->ast), name, object ? "dropped" : "does not exist");
  return RUNNEL_DONE;
}

static int alter(runnel_stmt *stmt) {
  runnel *db = stmt->db;
  /* a rename is seen by the store as a new table and a dropped one: it must know that the rows move */
  db->rename_from = stmt->ast->alter == RN_ALTER_RENAME ? last_part(&stmt->ast->path) : NULL;
  rn_status status = rn_catalog_alter(db->catalog, stmt->ast, &db->diags);
  db->rename_from = NULL;
  if (status != RN_OK) return rn_api_result(db);
  rn_builder_printf(&stmt->summary, "table %s altered", last_part(&stmt->ast->path));
  return RUNNEL_DONE;
}

static int set(runnel_stmt *stmt) {
  runnel *db = stmt->db;
  const rn_ast_statement *ast = stmt->ast;
  rn_error err;
  rn_error_clear(&err);
  const rn_setting *row = NULL;
  if (ast->key &&
      rn_setting_check(rn_slice_of(ast->key), ast->value, ast->key_span, ast->value_span, &row, &err) != RN_OK)
    return fail(db, &err);
  if (ast->kind == RN_AST_STMT_SET) {
    if (rn_engine_set(db, ast->key, ast->value, &err) != RN_OK) {
      err.span = ast->value_span;
      err.has_span = true;
      return fail(db, &err);
    }
    rn_builder_printf(&stmt->summary, "%s = %s%s", ast->key, ast->value,
                      row && row->ignored ? " (no effect in runnel)" : "");
    return RUNNEL_DONE;
  }
  if (ast->key) {
    (void)rn_engine_set(db, ast->key, NULL, &err);
  } else {
    while (db->settings.len) {
      char *key = rn_strdup(db->settings.data[0].key);
      (void)rn_engine_set(db, key, NULL, &err);
      rn_free(key);
    }
  }
  if (err.code) return fail(db, &err);
  rn_builder_printf(&stmt->summary, "%s reset", ast->key ? ast->key : "settings");
  return RUNNEL_DONE;
}

int rn_ddl_step(runnel_stmt *stmt) {
  runnel *db = stmt->db;
  const rn_ast_statement *ast = stmt->ast;
  rn_error err;
  rn_error_clear(&err);
  bool writes = ast->kind == RN_AST_STMT_CREATE_TABLE || ast->kind == RN_AST_STMT_CREATE_VIEW ||
                ast->kind == RN_AST_STMT_DROP || ast->kind == RN_AST_STMT_ALTER_TABLE;
  if (writes && !ast->temporary && rn_engine_writable(db, &err) != RN_OK) return fail(db, &err);
  switch (ast->kind) {
    case RN_AST_STMT_CREATE_TABLE:
    case RN_AST_STMT_CREATE_VIEW:
      return create(stmt);
    case RN_AST_STMT_DROP:
      return drop(stmt);
    case RN_AST_STMT_ALTER_TABLE:
      return alter(stmt);
    case RN_AST_STMT_SET:
    case RN_AST_STMT_RESET:
      return set(stmt);
    case RN_AST_STMT_USE: {
      const char *name = last_part(&ast->path);
      if (strcmp(name, RN_DEFAULT_CATALOG) == 0 || strcmp(name, RN_DEFAULT_DATABASE) == 0) {
        rn_builder_printf(&stmt->summary, "using %s", name);
        return RUNNEL_DONE;
      }
      (void)rn_fail_at(&err, RN_E_TABLE_NOT_FOUND, ast->path.span, "there is no catalog or database \"%s\"", name);
      (void)rn_hint(&err, "runnel has %s.%s; another file is another database", RN_DEFAULT_CATALOG,
                    RN_DEFAULT_DATABASE);
      return fail(db, &err);
    }
    default:
      break;
  }
  (void)rn_fail_at(&err, RN_E_UNSUPPORTED, ast->span, "this statement is not supported yet");
  return fail(db, &err);
}
