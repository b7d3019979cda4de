/* Text to statement: parse, and plan what can be planned, so that every error of a statement is known
 * before anything runs. */
#include "api/api_private.h"

static runnel_stmt_kind kind_of(const rn_ast_statement *ast) {
  switch (ast->kind) {
    case RN_AST_STMT_QUERY:
      return RUNNEL_STMT_QUERY;
    case RN_AST_STMT_INSERT:
    case RN_AST_STMT_STATEMENT_SET:
    case RN_AST_STMT_DELETE:
    case RN_AST_STMT_UPDATE:
      return RUNNEL_STMT_INSERT;
    case RN_AST_STMT_CREATE_TABLE:
      return ast->query ? RUNNEL_STMT_INSERT : RUNNEL_STMT_DDL;
    case RN_AST_STMT_CREATE_VIEW:
    case RN_AST_STMT_CREATE:
    case RN_AST_STMT_DROP:
    case RN_AST_STMT_ALTER_TABLE:
    case RN_AST_STMT_ALTER:
    case RN_AST_STMT_TRUNCATE:
    case RN_AST_STMT_ANALYZE:
    case RN_AST_STMT_CALL:
    case RN_AST_STMT_FOREIGN:
    case RN_AST_STMT_USE:
      return RUNNEL_STMT_DDL;
    case RN_AST_STMT_SET:
      return ast->key ? RUNNEL_STMT_SET : RUNNEL_STMT_TEXT;
    case RN_AST_STMT_RESET:
      return RUNNEL_STMT_SET;
    case RN_AST_STMT_SHOW:
    case RN_AST_STMT_DESCRIBE:
    case RN_AST_STMT_EXPLAIN:
      return RUNNEL_STMT_TEXT;
    case RN_AST_STMT_STOP_JOB:
      return RUNNEL_STMT_JOB_CONTROL;
  }
  return RUNNEL_STMT_DDL;
}

static int prepare_query(runnel_stmt *stmt) {
  runnel *db = stmt->db;
  rn_planner_settings settings;
  rn_engine_planner_settings(db, &stmt->arena, &settings);
  bool changelog = (stmt->flags & RUNNEL_PREPARE_CHANGELOG) != 0;
  settings.until_end = (stmt->flags & RUNNEL_PREPARE_UNTIL_END) != 0;
  if (rn_plan_query(db->catalog, &settings, stmt->ast->query, changelog, &stmt->plan, &stmt->info, &db->diags) != RN_OK)
    return rn_api_result(db);
  stmt->key_columns = RN_NEW_N(&stmt->arena, int, stmt->info.key_count + 1);
  for (uint32_t i = 0; i < stmt->info.key_count; i++) stmt->key_columns[i] = (int)stmt->info.keys[i];
  stmt->cells = rn_calloc(stmt->info.schema.count ? stmt->info.schema.count : 1, sizeof *stmt->cells);
  return RUNNEL_OK;
}

int runnel_prepare(runnel *db, const char *sql, int nbyte, unsigned flags, runnel_stmt **out, const char **tail) {
  *out = NULL;
  if (!db || !sql) return RUNNEL_MISUSE;
  rn_api_clear(db);
  size_t len = nbyte < 0 ? strlen(sql) : (size_t)nbyte;
  runnel_stmt *stmt = rn_calloc(1, sizeof *stmt);
  stmt->db = db;
  stmt->flags = flags;
  /* Where the statement ends is known only after the lexer ran: parse the caller's text, then keep a copy up
   * to the end and parse that, so that AST and spans point into memory that lives with the statement. */
  size_t end = len;
  rn_arena scratch = {0};
  rn_ast_statement *ast = NULL;
  rn_diagnostics *ignored = rn_calloc(1, sizeof *ignored);
  (void)rn_parse_next(rn_slice_make(sql, len), 0, &scratch, &ast, &end, ignored);
  rn_free(ignored);
  rn_arena_free(&scratch);
  if (tail) *tail = sql + end;
  stmt->text = rn_strndup(sql, end);
  rn_api_text(db, stmt->text);
  size_t again;
  rn_status parsed = rn_parse_next(rn_slice_make(stmt->text, end), 0, &stmt->arena, &stmt->ast, &again, &db->diags);
  if (parsed != RN_OK || db->diags.error_count) {
    runnel_finalize(stmt);
    return rn_api_result(db);
  }
  if (!stmt->ast) { /* blank */
    runnel_finalize(stmt);
    return RUNNEL_OK;
  }
  stmt->kind = kind_of(stmt->ast);
  rn_error err;
  rn_error_clear(&err);
  int code = RUNNEL_OK;
  if (db->store && db->read_only && rn_catalog_store_refresh(db, &err) != RN_OK) code = rn_api_fail(db, &err);
  if (code == RUNNEL_OK) {
    switch (stmt->kind) {
      case RUNNEL_STMT_QUERY:
        code = prepare_query(stmt);
        break;
      case RUNNEL_STMT_INSERT:
        code = rn_insert_prepare(stmt);
        break;
      case RUNNEL_STMT_TEXT:
        code = rn_show_prepare(stmt);
        break;
      case RUNNEL_STMT_DDL:
      case RUNNEL_STMT_SET:
      case RUNNEL_STMT_JOB_CONTROL:
        break;
    }
  }
  rn_diagnostics_sort(&db->diags);
  if (code == RUNNEL_OK) rn_api_warn_all(db); /* else they are rendered with the errors */
  if (code != RUNNEL_OK) {
    runnel_finalize(stmt);
    return code;
  }
  *out = stmt;
  return RUNNEL_OK;
}

void runnel_finalize(runnel_stmt *stmt) {
  if (!stmt) return;
  if (stmt->cursor) rn_cursor_cancel(stmt->cursor);
  if (stmt->job) {
    rn_job_abort(stmt->job);
    (void)rn_job_wait(stmt->job, -1);
    rn_job_close(stmt->job);
  }
  rn_cursor_free(stmt->cursor);
  if (stmt->plan) rn_plan_free(stmt->plan);
  if (stmt->cells)
    for (uint32_t i = 0; i < stmt->info.schema.count; i++) rn_builder_free(&stmt->cells[i]);
  rn_free(stmt->cells);
  for (size_t i = 0; i < stmt->text_rows.len; i++) {
    for (uint32_t c = 0; c < stmt->text_columns; c++) rn_free(stmt->text_rows.data[i].cells[c]);
    rn_free(stmt->text_rows.data[i].cells);
  }
  RN_VEC_FREE(&stmt->text_rows);
  if (stmt->engine_job) rn_engine_job_release(stmt->engine_job);
  rn_builder_free(&stmt->summary);
  rn_builder_free(&stmt->json);
  rn_free(stmt->text);
  rn_arena_free(&stmt->arena);
  rn_free(stmt);
}

runnel_stmt_kind runnel_stmt_get_kind(runnel_stmt *stmt) { return stmt->kind; }
const char *runnel_stmt_summary(runnel_stmt *stmt) { return stmt->summary.data ? stmt->summary.data : ""; }
int runnel_stmt_span(runnel_stmt *stmt, size_t *begin, size_t *end) {
  *begin = stmt->ast->span.begin;
  *end = stmt->ast->span.end;
  return RUNNEL_OK;
}
int runnel_stmt_interrupt(runnel_stmt *stmt) {
  __atomic_store_n(&stmt->interrupted, true, __ATOMIC_RELEASE);
  return RUNNEL_OK;
}
int runnel_fd(runnel_stmt *stmt) { return stmt->cursor ? rn_cursor_fd(stmt->cursor) : -1; }

int runnel_exec(runnel *db, const char *sql, runnel_row_cb callback, void *ctx) {
  const char *at = sql;
  while (*at) {
    runnel_stmt *stmt;
    int code = runnel_prepare(db, at, -1, 0, &stmt, &at);
    if (code != RUNNEL_OK) return code;
    if (!stmt) break;
    int columns = runnel_column_count(stmt);
    const char **text = rn_calloc((size_t)columns + 1, sizeof *text),
               **names = rn_calloc((size_t)columns + 1, sizeof *names);
    for (int c = 0; c < columns; c++) names[c] = runnel_column_name(stmt, c);
    bool stop = false;
    while (!stop && (code = runnel_step(stmt, -1)) == RUNNEL_ROW) {
      if (!callback) continue;
      for (int c = 0; c < columns; c++) text[c] = runnel_column_text(stmt, c);
      stop = callback(ctx, runnel_row_kind(stmt), columns, text, names) != 0;
    }
    rn_free(text);
    rn_free(names);
    runnel_finalize(stmt);
    if (stop) return RUNNEL_INTERRUPTED;
    if (code != RUNNEL_DONE) return code;
  }
  return RUNNEL_OK;
}
