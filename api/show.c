/* Statements that answer with rows of text: SHOW, EXPLAIN, SET without a key. (DESCRIBE: describe.c) */
#include <stdlib.h>
#include "api/api_private.h"
#include "runtime/function.h"

void rn_text_result(runnel_stmt *stmt, uint32_t columns, const char *const *names) {
  stmt->text_columns = columns;
  stmt->text_names = names;
}
void rn_text_row_add(runnel_stmt *stmt, const char *const *cells) {
  rn_text_row row = {rn_calloc(stmt->text_columns, sizeof(char *))};
  for (uint32_t i = 0; i < stmt->text_columns; i++) row.cells[i] = cells[i] ? rn_strdup(cells[i]) : NULL;
  RN_VEC_PUSH(&stmt->text_rows, row);
}

/* SQL LIKE: % any run, _ one character, backslash escapes. Greedy with one backtrack point. */
bool rn_like(const char *text, const char *pattern, bool nocase) {
  const char *star = NULL, *mark = NULL;
  while (*text) {
    char p = *pattern, t = *text;
    bool literal = p == '\\' && pattern[1];
    if (literal) p = pattern[1];
    if (nocase && p >= 'A' && p <= 'Z') p = (char)(p + 32);
    if (nocase && t >= 'A' && t <= 'Z') t = (char)(t + 32);
    if (!literal && p == '%') {
      star = ++pattern;
      mark = text;
    } else if ((!literal && p == '_') || p == t) {
      text++;
      pattern += literal ? 2 : 1;
    } else if (star) {
      pattern = star;
      text = ++mark;
    } else {
      return false;
    }
  }
  while (*pattern == '%') pattern++;
  return *pattern == 0;
}

bool rn_show_wanted(const runnel_stmt *stmt, const char *name) {
  const rn_ast_statement *ast = stmt->ast;
  return !ast->like || rn_like(name, ast->like, ast->like_nocase) != ast->like_negated;
}
static void add_one(runnel_stmt *stmt, const char *cell) {
  const char *cells[] = {cell};
  rn_text_row_add(stmt, cells);
}

static rn_catalog_object *find(runnel_stmt *stmt, bool view) {
  runnel *db = stmt->db;
  rn_catalog_object *object = rn_catalog_find_as(db->catalog, &stmt->ast->path, view ? RN_WANTED_VIEW : RN_WANTED_TABLE, &db->diags);
  if (object && view != (object->kind == RN_OBJECT_VIEW)) {
    (void)rn_diag(&db->diags, RN_E_TABLE_NOT_FOUND, stmt->ast->path.span,
                  view ? "use SHOW CREATE TABLE" : "use SHOW CREATE VIEW", "\"%s\" is a %s", object->name,
                  view ? "table" : "view");
    return NULL;
  }
  return object;
}

static const char *const table_name[] = {"table name"}, *const view_name[] = {"view name"},
                         *const result[] = {"result"}, *const function_name[] = {"function name"},
                         *const catalog_name[] = {"catalog name"}, *const database_name[] = {"database name"},
                         *const current_catalog[] = {"current catalog name"},
                         *const current_database[] = {"current database name"},
                         *const jobs_names[] = {"job name", "status", "start time", "epoch", "rows in", "rows out"},
                         *const module_name[] = {"module name"}, *const full_module[] = {"module name", "used"},
                         *const jars[] = {"jars"}, *const partition_name[] = {"partition name"},
                         *const procedure_name[] = {"procedure name"}, *const model_name[] = {"model name"},
                         *const setting_names[] = {"key", "value"};

/* The database of FROM; current without. NULL: an error was told. */
static const rn_catalog_object *place_of(runnel_stmt *stmt) {
  runnel *db = stmt->db;
  const rn_ast_path *path = &stmt->ast->path;
  const char *database, *catalog = rn_catalog_current(db->catalog, &database);
  rn_ast_name parts[2] = {{.text = catalog}, {.text = database}};
  rn_ast_path current = {2, parts, {0, 0}};
  return rn_catalog_space(db->catalog, path->count ? path : &current, RN_OBJECT_DATABASE, &db->diags);
}
static void show_tables(runnel_stmt *stmt) {
  bool views_only = stmt->ast->show == RN_SHOW_VIEWS;
  rn_text_result(stmt, 1, views_only ? view_name : table_name);
  const rn_catalog_object *place = place_of(stmt);
  if (!place) return;
  for (size_t i = 0;; i++) {
    rn_catalog_object *object = rn_catalog_at(stmt->db->catalog, i);
    if (!object) break;
    if (strcmp(object->catalog, place->catalog) != 0 || strcmp(object->database, place->own) != 0) continue;
    if (views_only && object->kind != RN_OBJECT_VIEW) continue;
    if (rn_show_wanted(stmt, object->own)) add_one(stmt, object->own);
  }
}
/* Brings tables of the file that are not in the catalog into it, as external ones. */
static rn_status find_external(runnel *db, rn_error *err) {
  sqlite3 *reader;
  if (!db->store) return RN_OK;
  if (rn_store_reader(db->store, &reader, err) != RN_OK) return RN_FAIL;
  sqlite3_stmt *q;
  RN_VEC(char *) names = {0};
  if (sqlite3_prepare_v2(reader, "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')", -1, &q, NULL) ==
      SQLITE_OK) {
    while (sqlite3_step(q) == SQLITE_ROW) RN_VEC_PUSH(&names, rn_strdup((const char *)sqlite3_column_text(q, 0)));
    (void)sqlite3_finalize(q);
  }
  (void)sqlite3_close(reader);
  for (size_t i = 0; i < names.len; i++) {
    (void)rn_catalog_find_name(db->catalog, names.data[i]);
    rn_free(names.data[i]);
  }
  RN_VEC_FREE(&names);
  return RN_OK;
}

/* Names of functions know no case, so a pattern does not either (Flink tells `abs` from `ABS`). */
static bool function_wanted(const runnel_stmt *stmt, const char *name) {
  const rn_ast_statement *ast = stmt->ast;
  return !ast->like || rn_like(name, ast->like, true) != ast->like_negated;
}
static int by_name(const void *a, const void *b) {
  return strcmp(((const rn_text_row *)a)->cells[0], ((const rn_text_row *)b)->cells[0]);
}
/* Those of the database, with built-in ones for SHOW FUNCTIONS, in the order of their names. */
static void show_functions(runnel_stmt *stmt) {
  rn_text_result(stmt, 1, function_name);
  const rn_catalog_object *place = place_of(stmt), *own;
  const char *last = "";
  if (!place) return;
  for (size_t i = 0; (own = rn_catalog_other_at(stmt->db->catalog, RN_OBJECT_FUNCTION, i)); i++) {
    if (strcmp(own->catalog, place->catalog) != 0 || strcmp(own->database, place->own) != 0) continue;
    const char *name = rn_arena_strndup(&stmt->arena, own->own, strlen(own->own) - 2);
    if (function_wanted(stmt, name)) add_one(stmt, name);
  }
  bool all = stmt->ast->show != RN_SHOW_USER_FUNCTIONS;
  for (size_t i = 0; all; i++) {
    const rn_function *fn = rn_function_rows(i);
    if (!fn) break;
    if (fn->flags & RN_FN_OPERATOR || strcmp(fn->name, last) == 0) continue;
    last = fn->name;
    if (function_wanted(stmt, fn->name)) add_one(stmt, fn->name);
  }
  for (size_t i = 0; all; i++) {
    const rn_aggregate *aggregate = rn_aggregate_rows(i);
    if (!aggregate) break;
    if (!(aggregate->flags & RN_AGG_VARIANT) && function_wanted(stmt, aggregate->name)) add_one(stmt, aggregate->name);
  }
  if (stmt->text_rows.len) qsort(stmt->text_rows.data, stmt->text_rows.len, sizeof *stmt->text_rows.data, by_name);
}

static void show_spaces(runnel_stmt *stmt) {
  runnel *db = stmt->db;
  bool catalogs = stmt->ast->show == RN_SHOW_CATALOGS;
  rn_text_result(stmt, 1, catalogs ? catalog_name : database_name);
  const char *outer = rn_catalog_current(db->catalog, NULL);
  if (!catalogs && stmt->ast->path.count) {
    const rn_catalog_object *space = rn_catalog_space(db->catalog, &stmt->ast->path, RN_OBJECT_CATALOG, &db->diags);
    if (!space) return;
    outer = space->own;
  }
  const rn_catalog_object *o;
  for (size_t i = 0; (o = rn_catalog_other_at(db->catalog, catalogs ? RN_OBJECT_CATALOG : RN_OBJECT_DATABASE, i)); i++)
    if ((catalogs || strcmp(o->catalog, outer) == 0) && rn_show_wanted(stmt, o->own)) add_one(stmt, o->own);
}

/* SHOW CREATE FUNCTION, DATABASE, CATALOG: their stored text. */
static void show_create_other(runnel_stmt *stmt) {
  runnel *db = stmt->db;
  const rn_ast_path *path = &stmt->ast->path;
  rn_text_result(stmt, 1, result);
  const rn_catalog_object *o;
  if (stmt->ast->show == RN_SHOW_CREATE_FUNCTION) {
    o = rn_catalog_function(db->catalog, path);
    const char *name = path->parts[path->count - 1].text;
    rn_builder hint = {0};
    if (!o) rn_catalog_near_function(db->catalog, name, &hint);
    if (!o) (void)rn_diag(&db->diags, RN_E_FUNCTION_NOT_FOUND, path->span, hint.data, "there is no function \"%s\" of your own", name);
    rn_builder_free(&hint);
  } else {
    o = rn_catalog_space(db->catalog, path, stmt->ast->show == RN_SHOW_CREATE_CATALOG ? RN_OBJECT_CATALOG : RN_OBJECT_DATABASE, &db->diags);
  }
  if (!o) return;
  if (o->sql) {
    add_one(stmt, o->sql);
    return;
  }
  rn_builder text = {0}; /* what every file begins with has no text of its own */
  if (o->kind == RN_OBJECT_CATALOG) rn_builder_printf(&text, "CREATE CATALOG `%s` WITH (\n  'type' = 'generic_in_memory'\n)", o->own);
  else rn_builder_printf(&text, "CREATE DATABASE `%s`.`%s`", o->catalog, o->own);
  add_one(stmt, text.data);
  rn_builder_free(&text);
}

/* Modules, jars: there is one, there are none. */
static void show_modules(runnel_stmt *stmt) {
  bool full = stmt->ast->show == RN_SHOW_FULL_MODULES;
  const char *cells[] = {"core", "TRUE"};
  rn_text_result(stmt, full ? 2 : 1, full ? full_module : module_name);
  rn_text_row_add(stmt, cells);
}

typedef struct partition_ctx {
  runnel_stmt *stmt;
  uint32_t count;
  const rn_partition_value *wanted;
} partition_ctx;
static void add_partition(void *ctx, const char *name, const char *const *values) {
  const partition_ctx *c = ctx;
  for (uint32_t k = 0; k < c->count; k++) {
    const char *text = c->wanted[k].text, *value = values[k];
    if (c->wanted[k].is_given && (!text || !value ? text != value : strcmp(text, value) != 0)) return;
  }
  add_one(c->stmt, name);
}

/* What lies in the directories of a table's files: there is no list of partitions beside them. */
static void show_partitions(runnel_stmt *stmt) {
  runnel *db = stmt->db;
  rn_text_result(stmt, 1, partition_name);
  const rn_catalog_object *t = rn_catalog_find(db->catalog, &stmt->ast->path, &db->diags);
  if (!t) return;
  if (!t->partition_count || !t->connector || !t->connector->partitions) {
    (void)rn_diag(&db->diags, RN_E_UNSUPPORTED, stmt->ast->path.span, t->partition_count ? "SELECT DISTINCT of the columns does" : NULL,
                  t->partition_count ? "the partitions of \"%s\" are not listed: its rows do not lie in directories"
                                     : "table \"%s\" is not partitioned", t->name);
    return;
  }
  rn_planner_settings settings;
  rn_engine_planner_settings(db, &stmt->arena, &settings);
  partition_ctx c = {stmt, t->partition_count, NULL};
  rn_partition_value *wanted;
  rn_table_spec *spec;
  uint32_t *map;
  rn_error err;
  rn_error_clear(&err);
  if (rn_plan_partition(db->catalog, &settings, &stmt->ast->set, t, &stmt->arena, &wanted, &db->diags) != RN_OK ||
      rn_catalog_table_spec(t, rn_catalog_registry(db->catalog), NULL, &stmt->arena, &spec, &map, &db->diags) != RN_OK)
    return;
  c.wanted = wanted;
  if (t->connector->partitions(spec, add_partition, &c, &err) != RN_OK) rn_diagnostics_add(&db->diags, &err);
}
/* --- SHOW JOBS: jobs of this handle, and stored ones of earlier processes -------------------------------------- */
static void add_job(runnel_stmt *stmt, const char *name, const char *state, int64_t started_us,
                    const rn_job_stats *stats) {
  rn_builder when = {0}, epoch = {0}, in = {0}, out = {0};
  rn_format_timestamp(&when, rn_zone_to_local(stmt->db->zone, started_us), 0, false, ' ');
  if (stats) {
    rn_builder_int(&epoch, (int64_t)stats->epoch);
    rn_builder_int(&in, (int64_t)stats->rows_in);
    rn_builder_int(&out, (int64_t)stats->rows_out);
  }
  const char *cells[] = {name, state, when.data, epoch.data, in.data, out.data};
  rn_text_row_add(stmt, cells);
  rn_builder_free(&when);
  rn_builder_free(&epoch);
  rn_builder_free(&in);
  rn_builder_free(&out);
}
static rn_status add_stored(void *ctx, const rn_stored_job_row *row, rn_error *err) {
  (void)err;
  runnel_stmt *stmt = ctx;
  for (size_t i = 0; i < stmt->db->jobs.len; i++)
    if (strcmp(stmt->db->jobs.data[i]->key, row->key) == 0) return RN_OK;
  /* RUNNING in the file, and the writer is us without such a job: its process died. */
  bool dead = !stmt->db->read_only && strcmp(row->state, "RUNNING") == 0;
  add_job(stmt, row->key, dead ? "STOPPED" : row->state, row->started_us, NULL);
  return RN_OK;
}
static rn_status show_jobs(runnel_stmt *stmt, rn_error *err) {
  rn_text_result(stmt, 6, jobs_names);
  for (size_t i = 0; i < stmt->db->jobs.len; i++) {
    rn_engine_job *job = stmt->db->jobs.data[i];
    rn_engine_job_poll(job);
    rn_arena arena = {0};
    rn_job_stats stats;
    rn_job_stats_get(job->job, &arena, &stats);
    add_job(stmt, job->name, rn_job_state_text(job->state), job->started_us, &stats);
    rn_arena_free(&arena);
  }
  return stmt->db->store ? rn_stored_jobs(stmt->db, add_stored, stmt, err) : RN_OK;
}

static void show_settings(runnel_stmt *stmt) {
  rn_text_result(stmt, 2, setting_names);
  for (size_t i = 0; i < rn_setting_count; i++) {
    if (rn_settings[i].ignored) continue;
    const char *cells[] = {rn_settings[i].key, rn_engine_setting(stmt->db, rn_settings[i].key)};
    rn_text_row_add(stmt, cells);
  }
}

static int64_t rows_of(void *ctx, const rn_table_spec *table) {
  return table->connector->row_count ? table->connector->row_count(table, ((runnel *)ctx)->store) : -1;
}

static void explain(runnel_stmt *stmt) {
  runnel *db = stmt->db;
  const rn_ast_statement *ast = stmt->ast, *inner = ast->inner;
  rn_text_result(stmt, 1, result);
  rn_planner_settings settings;
  rn_engine_planner_settings(db, &stmt->arena, &settings);
  rn_explain_context context = {.rows = rows_of, .ctx = db};
  rn_ast_insert *insert = NULL;
  rn_status status = RN_OK;
  if (inner->kind == RN_AST_STMT_CREATE_TABLE)
    status = rn_ctas_define(stmt, inner, &context.target, &insert);
  else if (inner->kind == RN_AST_STMT_DELETE || inner->kind == RN_AST_STMT_UPDATE)
    status = (insert = rn_rows_insert(stmt, inner)) ? RN_OK : RN_FAIL;
  context.insert = insert;
  rn_builder text = {0};
  if (status == RN_OK && rn_plan_explain(db->catalog, &settings, ast, &context, &text, &db->diags) == RN_OK)
    add_one(stmt, text.data ? text.data : "");
  if (context.target) rn_catalog_object_free(context.target);
  rn_builder_free(&text);
}

static rn_status show(runnel_stmt *stmt, rn_error *err) {
  rn_catalog_object *object;
  switch (stmt->ast->show) {
    case RN_SHOW_TABLES:
      if (find_external(stmt->db, err) != RN_OK) return RN_FAIL;
      show_tables(stmt);
      return RN_OK;
    case RN_SHOW_VIEWS:
      show_tables(stmt);
      return RN_OK;
    case RN_SHOW_CREATE_TABLE:
    case RN_SHOW_CREATE_VIEW:
      rn_text_result(stmt, 1, result);
      object = find(stmt, stmt->ast->show == RN_SHOW_CREATE_VIEW);
      if (object) {
        rn_builder text = {0};
        rn_catalog_show_create(object, &text);
        add_one(stmt, text.data);
        rn_builder_free(&text);
      }
      return RN_OK;
    case RN_SHOW_COLUMNS:
      return rn_describe(stmt, err);
    case RN_SHOW_JOBS:
      return show_jobs(stmt, err);
    case RN_SHOW_FUNCTIONS:
    case RN_SHOW_USER_FUNCTIONS:
      show_functions(stmt);
      return RN_OK;
    case RN_SHOW_CATALOGS:
    case RN_SHOW_DATABASES:
      show_spaces(stmt);
      return RN_OK;
    case RN_SHOW_CURRENT_CATALOG:
    case RN_SHOW_CURRENT_DATABASE: {
      const char *database, *catalog = rn_catalog_current(stmt->db->catalog, &database);
      bool is_catalog = stmt->ast->show == RN_SHOW_CURRENT_CATALOG;
      rn_text_result(stmt, 1, is_catalog ? current_catalog : current_database);
      add_one(stmt, is_catalog ? catalog : database);
      return RN_OK;
    }
    case RN_SHOW_CREATE_FUNCTION:
    case RN_SHOW_CREATE_DATABASE:
    case RN_SHOW_CREATE_CATALOG:
      show_create_other(stmt);
      return RN_OK;
    case RN_SHOW_MODULES:
    case RN_SHOW_FULL_MODULES:
      show_modules(stmt);
      return RN_OK;
    case RN_SHOW_PARTITIONS:
      show_partitions(stmt);
      return RN_OK;
    case RN_SHOW_JARS:
      rn_text_result(stmt, 1, jars);
      return RN_OK;
    case RN_SHOW_PROCEDURES:
      rn_text_result(stmt, 1, procedure_name);
      return RN_OK;
    case RN_SHOW_MODELS:
      rn_text_result(stmt, 1, model_name);
      return RN_OK;
    case RN_SHOW_KINDS:
      break;
  }
  return RN_OK;
}

/* The answer is made here, so that columns are known after prepare. */
int rn_show_prepare(runnel_stmt *stmt) {
  rn_error err;
  rn_error_clear(&err);
  switch (stmt->ast->kind) {
    case RN_AST_STMT_DESCRIBE:
      (void)rn_describe(stmt, &err);
      break;
    case RN_AST_STMT_EXPLAIN:
      explain(stmt);
      break;
    case RN_AST_STMT_SET:
      show_settings(stmt);
      break;
    default:
      (void)show(stmt, &err);
      break;
  }
  if (err.code) return rn_api_fail(stmt->db, &err);
  return rn_api_result(stmt->db);
}
int rn_show_step(runnel_stmt *stmt) {
  stmt->started = stmt->done = true;
  if (stmt->text_at >= stmt->text_rows.len) return RUNNEL_DONE;
  stmt->text_at++;
  return RUNNEL_ROW;
}
