/* DESCRIBE of tables, views, functions, databases, catalogs and jobs; SHOW COLUMNS (DIALECT 3.10). */
#include "api/api_private.h"
#include "runtime/function.h"

static const char *const column_names[] = {"name", "type", "null", "key", "extras", "watermark", "comment"},
                         *const info_names[] = {"info name", "info value"},
                         *const job_names[] = {"job name", "status", "start time", "statement"};

static void info(runnel_stmt *stmt, const char *name, const char *value) {
  const char *cells[] = {name, value};
  rn_text_row_add(stmt, cells);
}

/* The column's text as one cell each: DIALECT 3.10. */
static void describe_table(runnel_stmt *stmt, const rn_catalog_object *object) {
  rn_builder key = {0};
  for (uint32_t i = 0; i < object->key_count; i++)
    rn_builder_printf(&key, "%s%s", i ? ", " : "PRI(", object->columns[object->keys[i]].name);
  if (key.len) rn_builder_char(&key, ')');
  for (uint32_t c = 0; c < object->column_count; c++) {
    const rn_catalog_column *column = &object->columns[c];
    if (!rn_show_wanted(stmt, column->name)) continue;
    bool is_key = false;
    for (uint32_t i = 0; i < object->key_count; i++) is_key |= object->keys[i] == c;
    rn_builder extras = {0}, type = {0};
    rn_builder_text(&type, rn_type_text(&stmt->arena, rn_type_with_null(&stmt->arena, column->type, true)));
    if (column->type->time_attribute == RN_TIME_ROWTIME) rn_builder_text(&type, " *ROWTIME*");
    if (column->type->time_attribute == RN_TIME_PROCTIME) rn_builder_text(&type, " *PROCTIME*");
    if (column->kind == RN_COL_METADATA)
      rn_builder_printf(&extras, "METADATA%s%s%s%s",
                        column->metadata_key && strcmp(column->metadata_key, column->name) ? " FROM '" : "",
                        column->metadata_key && strcmp(column->metadata_key, column->name) ? column->metadata_key : "",
                        column->metadata_key && strcmp(column->metadata_key, column->name) ? "'" : "",
                        column->is_virtual ? " VIRTUAL" : "");
    if (column->kind == RN_COL_COMPUTED)
      rn_builder_printf(&extras, "AS %s", column->computed_text ? column->computed_text : "");
    const char *cells[] = {column->name,
                           type.data,
                           column->type->nullable ? "TRUE" : "FALSE",
                           is_key ? key.data : NULL,
                           extras.data,
                           object->rowtime == (int)c ? object->watermark_text : NULL, column->comment};
    rn_text_row_add(stmt, cells);
    rn_builder_free(&extras);
    rn_builder_free(&type);
  }
  rn_builder_free(&key);
}
static bool has_comments(const rn_catalog_object *object) {
  for (uint32_t c = 0; c < object->column_count; c++)
    if (object->columns[c].comment) return true;
  return false;
}
static void describe_relation(runnel_stmt *stmt) {
  runnel *db = stmt->db;
  rn_catalog_object *object = rn_catalog_find(db->catalog, &stmt->ast->path, &db->diags);
  rn_text_result(stmt, object && has_comments(object) ? 7 : 6, column_names);
  if (!object) return;
  if (object->kind == RN_OBJECT_TABLE) {
    describe_table(stmt, object);
    return;
  }
  for (uint32_t c = 0; c < object->view_schema.count; c++) {
    const rn_field *field = &object->view_schema.fields[c];
    if (!rn_show_wanted(stmt, field->name)) continue;
    rn_builder type = {0};
    rn_builder_text(&type, rn_type_text(&stmt->arena, rn_type_with_null(&stmt->arena, field->type, true)));
    if (field->type->time_attribute == RN_TIME_ROWTIME) rn_builder_text(&type, " *ROWTIME*");
    if (field->type->time_attribute == RN_TIME_PROCTIME) rn_builder_text(&type, " *PROCTIME*");
    const char *cells[] = {field->name, type.data, field->type->nullable ? "TRUE" : "FALSE", NULL, NULL, NULL};
    rn_text_row_add(stmt, cells);
    rn_builder_free(&type);
  }
}

static void describe_space(runnel_stmt *stmt) {
  runnel *db = stmt->db;
  bool is_catalog = stmt->ast->object == RN_AST_OBJECT_CATALOG;
  rn_text_result(stmt, 2, info_names);
  const rn_catalog_object *space = rn_catalog_space(db->catalog, &stmt->ast->path, is_catalog ? RN_OBJECT_CATALOG : RN_OBJECT_DATABASE, &db->diags);
  if (!space) return;
  info(stmt, "name", space->own);
  if (is_catalog) info(stmt, "type", "generic_in_memory");
  else info(stmt, "catalog", space->catalog);
  info(stmt, "comment", space->comment ? space->comment : "");
  for (size_t i = 0; stmt->ast->extended && i < space->options.count; i++)
    if (strcmp(space->options.items[i].key, "type") != 0)
      info(stmt, rn_arena_printf(&stmt->arena, "option:%s", space->options.items[i].key), space->options.items[i].value);
}

/* --- functions: one of the catalog, or all rows of a built-in name --------------------------------------------------- */
static void describe_own_function(runnel_stmt *stmt, const rn_catalog_object *f) {
  rn_builder signature = {0}, body = {0};
  rn_builder_printf(&signature, "%.*s(", (int)strlen(f->own) - 2, f->own);
  for (uint32_t i = 0; i < f->param_count; i++)
    rn_builder_printf(&signature, "%s%s %s", i ? ", " : "", f->params[i].name, rn_type_name(&stmt->arena, f->params[i].type));
  rn_builder_printf(&signature, ") => %s", rn_type_name(&stmt->arena, f->returns));
  rn_ast_print_expr(f->ast->body, &body);
  info(stmt, "is system function", "FALSE");
  info(stmt, "is temporary", f->temporary ? "TRUE" : "FALSE");
  info(stmt, "function language", "SQL");
  info(stmt, "signature", signature.data);
  info(stmt, "body", body.data);
  if (f->comment) info(stmt, "comment", f->comment);
  rn_builder_free(&signature);
  rn_builder_free(&body);
}
static void describe_function(runnel_stmt *stmt) {
  const rn_ast_path *path = &stmt->ast->path;
  rn_text_result(stmt, 2, info_names);
  const char *name = path->parts[path->count - 1].text, *help = runnel_function_help(name);
  const rn_function *fn = path->count == 1 ? rn_function_find(rn_slice_of(name)) : NULL;
  const rn_aggregate *aggregate = path->count == 1 ? rn_aggregate_find(rn_slice_of(name)) : NULL;
  const rn_catalog_object *f = fn || aggregate ? NULL : rn_catalog_function(stmt->db->catalog, path);
  if (f) {
    describe_own_function(stmt, f);
  } else if (fn || aggregate) {
    info(stmt, "is system function", "TRUE");
    info(stmt, "is temporary", "FALSE");
    if (stmt->ast->extended) info(stmt, "kind", aggregate ? "AGGREGATE" : "SCALAR");
    if (help) info(stmt, "help", help);
  } else {
    (void)rn_diag(&stmt->db->diags, RN_E_FUNCTION_NOT_FOUND, path->span, "SHOW FUNCTIONS lists them", "there is no function \"%s\"", name);
  }
}

/* --- jobs --------------------------------------------------------------------------------------------------------------- */
typedef struct job_search {
  runnel_stmt *stmt;
  bool found;
} job_search;
static rn_status add_job(void *ctx, const rn_stored_job_row *row, rn_error *err) {
  job_search *s = ctx;
  (void)err;
  if (s->found || strcmp(row->key, s->stmt->ast->job) != 0) return RN_OK;
  const char *state = row->state;
  for (size_t i = 0; i < s->stmt->db->jobs.len; i++) {
    rn_engine_job *job = s->stmt->db->jobs.data[i];
    if (strcmp(job->key, row->key) != 0) continue;
    rn_engine_job_poll(job);
    state = rn_job_state_text(job->state);
  }
  rn_builder when = {0};
  rn_format_timestamp(&when, rn_zone_to_local(s->stmt->db->zone, row->started_us), 0, false, ' ');
  const char *cells[] = {row->key, state, when.data, row->canonical};
  rn_text_row_add(s->stmt, cells);
  rn_builder_free(&when);
  s->found = true;
  return RN_OK;
}
static rn_status describe_job(runnel_stmt *stmt, rn_error *err) {
  rn_text_result(stmt, 4, job_names);
  job_search s = {stmt, false};
  if (stmt->db->store && rn_stored_jobs(stmt->db, add_job, &s, err) != RN_OK) return RN_FAIL;
  if (s.found) return RN_OK;
  (void)rn_fail_at(err, RN_E_JOB_NOT_FOUND, stmt->ast->key_span, "there is no job \"%s\"", stmt->ast->job);
  return rn_hint(err, "SHOW JOBS lists them");
}

rn_status rn_describe(runnel_stmt *stmt, rn_error *err) {
  switch (stmt->ast->kind == RN_AST_STMT_SHOW ? RN_AST_OBJECT_TABLE : stmt->ast->object) {
    case RN_AST_OBJECT_TABLE: case RN_AST_OBJECT_VIEW: describe_relation(stmt); break;
    case RN_AST_OBJECT_DATABASE: case RN_AST_OBJECT_CATALOG: describe_space(stmt); break;
    case RN_AST_OBJECT_FUNCTION: describe_function(stmt); break;
    case RN_AST_OBJECT_JOB: return describe_job(stmt, err);
  }
  return RN_OK;
}
