/* CREATE, DROP, ALTER, TRUNCATE, USE, SET and RESET, and answers to statements about what is not here: one row each. */
#include "api/api_private.h"

static int fail(runnel *db, const rn_error *err) { return rn_api_fail(db, err); }

static const char *object_word(const rn_ast_statement *ast) {
  static const char *const words[] = {"table", "view", "database", "catalog", "function", "job"};
  return ast->kind == RN_AST_STMT_CREATE_VIEW ? "view" : words[ast->object];
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
    rn_builder_printf(&stmt->summary, "%s %s unchanged", object_word(stmt->ast), last_part(&stmt->ast->path));
    rn_catalog_object_free(wanted);
    return RUNNEL_DONE;
  }
  if (!reopen_only) {
    rn_error err;
    rn_error_clear(&err);
    (void)rn_fail_at(&err, RN_E_EXISTS, stmt->ast->path.span, "%s \"%s\" exists with another definition: %s",
                     object_word(stmt->ast), last_part(&stmt->ast->path), difference);
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

/* Jobs that use what is to be changed or dropped. */
static int in_use(runnel_stmt *stmt, const rn_catalog_object *object) {
  rn_error err;
  rn_error_clear(&err);
  if (!object || rn_jobs_using(stmt->db, object, &err) == RN_OK) return RUNNEL_OK;
  err.span = stmt->ast->path.span;
  err.has_span = true;
  return fail(stmt->db, &err);
}

static rn_catalog_object *find_existing(runnel *db, const rn_ast_statement *ast) {
  if (ast->kind != RN_AST_STMT_CREATE) return rn_catalog_find(db->catalog, &ast->path, NULL);
  if (ast->object == RN_AST_OBJECT_FUNCTION) return rn_catalog_function(db->catalog, &ast->path);
  return rn_catalog_space(db->catalog, &ast->path, ast->object == RN_AST_OBJECT_CATALOG ? RN_OBJECT_CATALOG : RN_OBJECT_DATABASE, NULL);
}

static int create(runnel_stmt *stmt) {
  runnel *db = stmt->db;
  bool replaces = false;
  if ((stmt->flags & RUNNEL_PREPARE_RUN) && !stmt->ast->temporary) {
    rn_catalog_object *old = find_existing(db, stmt->ast);
    if (old && !old->temporary && !old->external && !stmt->ast->if_not_exists && !stmt->ast->or_replace) return create_again(stmt, old);
  }
  if (stmt->ast->or_replace && !stmt->ast->temporary) {
    rn_catalog_object *old = stmt->ast->kind == RN_AST_STMT_CREATE ? NULL : rn_catalog_find(db->catalog, &stmt->ast->path, NULL);
    if (old && in_use(stmt, old) != RUNNEL_OK) return rn_api_result(db);
    replaces = find_existing(db, stmt->ast) != NULL;
  }
  rn_catalog_object *object;
  bool existed = false;
  if (rn_catalog_create(db->catalog, stmt->ast, false, &object, &existed, &db->diags) != RN_OK)
    return rn_api_result(db);
  const char *word = existed && object->kind <= RN_OBJECT_VIEW ? (object->kind == RN_OBJECT_VIEW ? "view" : "table") : object_word(stmt->ast);
  rn_builder_printf(&stmt->summary, "%s %s %s", word, last_part(&stmt->ast->path),
                    existed ? "exists already" : replaces ? "replaced" : "created");
  return RUNNEL_DONE;
}

/* What DROP takes away, one after the other. */
static rn_catalog_object *dropped(runnel *db, const rn_ast_statement *ast, size_t index) {
  if (ast->object <= RN_AST_OBJECT_VIEW) {
    rn_catalog_object *o = index ? NULL : rn_catalog_find(db->catalog, &ast->path, NULL);
    return o && o->temporary == ast->temporary && (o->kind == RN_OBJECT_VIEW) == (ast->object == RN_AST_OBJECT_VIEW) ? o : NULL;
  }
  if (ast->object == RN_AST_OBJECT_FUNCTION) return index ? NULL : rn_catalog_function(db->catalog, &ast->path);
  rn_catalog_object *space = rn_catalog_space(db->catalog, &ast->path, ast->object == RN_AST_OBJECT_CATALOG ? RN_OBJECT_CATALOG : RN_OBJECT_DATABASE, NULL);
  return !space || (!index && !ast->cascade) ? (index ? NULL : space) : rn_catalog_content(db->catalog, space, ast->cascade ? index : index - 1);
}

static int drop(runnel_stmt *stmt) {
  runnel *db = stmt->db;
  rn_error err;
  rn_error_clear(&err);
  bool fresh = (stmt->flags & RUNNEL_PREPARE_RUN) && db->run_script && db->run_fresh, found = dropped(db, stmt->ast, 0) != NULL;
  const rn_catalog_object *object;
  for (size_t i = 0; (object = dropped(db, stmt->ast, i)); i++) {
    if (object->kind > RN_OBJECT_VIEW) continue; /* jobs hold copies of functions */
    if (fresh && rn_jobs_forget_using(db, object, &err) != RN_OK) return fail(db, &err);
    if (in_use(stmt, object) != RUNNEL_OK) return rn_api_result(db);
  }
  if (stmt->ast->cascade) found = rn_catalog_space(db->catalog, &stmt->ast->path, RN_OBJECT_DATABASE, NULL) != NULL;
  char *name = rn_arena_strdup(&stmt->arena, last_part(&stmt->ast->path));
  if (rn_catalog_drop(db->catalog, stmt->ast, &db->diags) != RN_OK) return rn_api_result(db);
  rn_builder_printf(&stmt->summary, "%s %s %s", object_word(stmt->ast), name, found ? "dropped" : "does not exist");
  return RUNNEL_DONE;
}

/* SET and RESET change how a table is reached, not what jobs know of it: they may use it. */
static int alter(runnel_stmt *stmt) {
  runnel *db = stmt->db;
  const rn_ast_statement *ast = stmt->ast;
  if (ast->alter == RN_ALTER_CLASS) {
    rn_error err;
    rn_error_clear(&err);
    (void)rn_fail_at(&err, RN_E_UNSUPPORTED, ast->class_span, "function classes need a Java or Python machine, and runnel has none");
    (void)rn_hint(&err, "CREATE OR REPLACE FUNCTION f(..) RETURNS .. RETURN .. changes a function of SQL");
    return fail(db, &err);
  }
  rn_catalog_object *object = ast->object == RN_AST_OBJECT_TABLE || ast->object == RN_AST_OBJECT_VIEW ? rn_catalog_find(db->catalog, &ast->path, NULL) : NULL;
  bool found = object || ast->object > RN_AST_OBJECT_VIEW;
  if (object && !object->temporary && ast->alter != RN_ALTER_SET && ast->alter != RN_ALTER_RESET && in_use(stmt, object) != RUNNEL_OK)
    return rn_api_result(db);
  if (rn_catalog_alter(db->catalog, ast, &db->diags) != RN_OK) return rn_api_result(db);
  rn_builder_printf(&stmt->summary, "%s %s %s", object_word(ast), last_part(&ast->path), found ? "altered" : "does not exist");
  return RUNNEL_DONE;
}

static int use(runnel_stmt *stmt) {
  runnel *db = stmt->db;
  if (rn_catalog_use(db->catalog, &stmt->ast->path, stmt->ast->use_catalog, &db->diags) != RN_OK) return rn_api_result(db);
  const char *database, *catalog = rn_catalog_current(db->catalog, &database);
  rn_builder_printf(&stmt->summary, "using %s.%s", catalog, database);
  return RUNNEL_DONE;
}

/* --- what one process without Java has not ------------------------------------------------------------------------------ */
static const struct {
  const char *message, *hint;
  bool fine; /* nothing is missing: a note is enough */
} foreigns[RN_FOREIGNS] = {
    [RN_FOREIGN_LOAD_MODULE] = {"runnel has no modules to load: its functions are built in", "SHOW FUNCTIONS lists them", false},
    [RN_FOREIGN_UNLOAD_MODULE] = {"the functions are built in and cannot be unloaded", NULL, false},
    [RN_FOREIGN_USE_MODULES] = {"runnel has one module, core", "USE MODULES core", false},
    [RN_FOREIGN_ADD_JAR] = {"jars need a Java machine, and runnel has none: connectors and formats are built in",
                            "leave it out; functions can be written in SQL: CREATE FUNCTION f(a INT) RETURNS INT RETURN a + 1", false},
    [RN_FOREIGN_REMOVE_JAR] = {"there are no jars", NULL, false},
    [RN_FOREIGN_COMPILE_PLAN] = {"plans are not written to files: a job is known by its name, and its state is in the database file",
                                 "EXPLAIN shows the plan", false},
    [RN_FOREIGN_COMPILE_AND_EXECUTE_PLAN] = {"plans are not written to files: a job is known by its name, and its state is in the database file",
                                             "give the INSERT itself", false},
    [RN_FOREIGN_EXECUTE_PLAN] = {"plans are not read from files", "give the INSERT itself", false},
};
static int foreign(runnel_stmt *stmt) {
  const rn_ast_statement *ast = stmt->ast;
  rn_error err;
  rn_error_clear(&err);
  if (ast->foreign == RN_FOREIGN_USE_MODULES && ast->names.count == 1 && strcmp(ast->names.items[0].text, "core") == 0) {
    rn_builder_text(&stmt->summary, "using module core");
    return RUNNEL_DONE;
  }
  rn_span span = ast->names.count ? ast->names.items[0].span : ast->key ? ast->key_span : ast->span;
  (void)rn_fail_at(&err, RN_E_UNSUPPORTED, span, "%s", foreigns[ast->foreign].message);
  if (foreigns[ast->foreign].hint) (void)rn_hint(&err, "%s", foreigns[ast->foreign].hint);
  return fail(stmt->db, &err);
}
static int call(runnel_stmt *stmt) {
  rn_error err;
  rn_error_clear(&err);
  (void)rn_fail_at(&err, RN_E_FUNCTION_NOT_FOUND, stmt->ast->path.span, "there is no procedure \"%s\"", last_part(&stmt->ast->path));
  (void)rn_hint(&err, "runnel has no procedures");
  return fail(stmt->db, &err);
}
/* Statistics would be for an optimizer that asks for costs; ours has none to choose by. */
static int analyze(runnel_stmt *stmt) {
  runnel *db = stmt->db;
  const rn_catalog_object *t = rn_catalog_find(db->catalog, &stmt->ast->path, &db->diags);
  if (!t) return rn_api_result(db);
  for (uint32_t i = 0; i < stmt->ast->names.count; i++) {
    const rn_ast_name *name = &stmt->ast->names.items[i];
    uint32_t at = 0;
    while (at < t->column_count && strcmp(t->columns[at].name, name->text) != 0) at++;
    if (at == t->column_count)
      (void)rn_diag(&db->diags, RN_E_COLUMN_NOT_FOUND, name->span, NULL, "table \"%s\" has no column \"%s\"", t->name, name->text);
  }
  rn_builder_printf(&stmt->summary, "table %s not analyzed: plans here do not depend on statistics", t->name);
  return rn_api_result(db) == RUNNEL_OK ? RUNNEL_DONE : rn_api_result(db);
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
                      !row || row->ignored ? " (no effect in runnel)" : "");
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

/* --- the table of statements ------------------------------------------------------------------------------------------- */
static const struct {
  rn_ast_statement_kind kind;
  int (*run)(runnel_stmt *stmt);
  bool writes; /* the catalog in the file: not for read-only company */
} statements[] = {
    {RN_AST_STMT_CREATE_TABLE, create, true}, {RN_AST_STMT_CREATE_VIEW, create, true}, {RN_AST_STMT_CREATE, create, true},
    {RN_AST_STMT_DROP, drop, true},           {RN_AST_STMT_ALTER_TABLE, alter, true},  {RN_AST_STMT_ALTER, alter, true},
    {RN_AST_STMT_TRUNCATE, rn_truncate, true}, {RN_AST_STMT_SET, set, false},          {RN_AST_STMT_RESET, set, false},
    {RN_AST_STMT_USE, use, false},            {RN_AST_STMT_CALL, call, false},         {RN_AST_STMT_ANALYZE, analyze, false},
    {RN_AST_STMT_FOREIGN, foreign, false},
};

int rn_ddl_step(runnel_stmt *stmt) {
  runnel *db = stmt->db;
  const rn_ast_statement *ast = stmt->ast;
  rn_error err;
  rn_error_clear(&err);
  for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
    if (statements[i].kind != ast->kind) continue;
    if (statements[i].writes && !ast->temporary && rn_engine_writable(db, &err) != RN_OK) return fail(db, &err);
    return statements[i].run(stmt);
  }
  (void)rn_fail_at(&err, RN_E_UNSUPPORTED, ast->span, "this statement is not supported yet");
  return fail(db, &err);
}
