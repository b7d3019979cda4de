/* For linters: statements that are checked and not run, and scripts laid out anew. */
#include "api/api_private.h"
#include "parser/format.h"

/* Queries, INSERTs and jobs were planned when they were prepared; only CREATE TABLE AS defines something that later
 * statements need. */
bool rn_check_step(runnel_stmt *stmt, int *code) {
  bool skip = false;
  switch (stmt->kind) {
    case RUNNEL_STMT_INSERT:
      *code = stmt->ast->kind == RN_AST_STMT_CREATE_TABLE ? rn_ctas(stmt, &skip) : RUNNEL_OK;
      break;
    case RUNNEL_STMT_QUERY:
    case RUNNEL_STMT_JOB_CONTROL:
      *code = RUNNEL_OK;
      break;
    default:
      return false;
  }
  stmt->started = stmt->done = true;
  stmt->failed = *code != RUNNEL_OK;
  if (!stmt->failed) *code = RUNNEL_DONE;
  return true;
}

const char *runnel_format(runnel *db, const char *sql, size_t *len) {
  rn_api_clear(db);
  rn_api_text(db, sql);
  rn_builder_clear(&db->formatted);
  if (rn_format_script(rn_slice_of(sql), &db->formatted, &db->diags) != RN_OK) {
    rn_diagnostics_sort(&db->diags);
    return NULL;
  }
  if (!db->formatted.data) rn_builder_reserve(&db->formatted, 1);
  if (len) *len = db->formatted.len;
  return db->formatted.data;
}
