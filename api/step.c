/* Running statements, and the cells of their rows. */
#include "api/api_private.h"
#include "runtime/value_text.h"

enum { CURSOR_BATCHES = 16, SLICE_MS = 50 };

static int fail(runnel_stmt *stmt, const rn_error *err) {
  runnel *db = stmt->db;
  stmt->failed = stmt->done = true;
  rn_api_clear(db);
  rn_api_text(db, stmt->text);
  return rn_api_fail(db, err);
}

static int interrupted(runnel_stmt *stmt) {
  rn_error err;
  rn_error_clear(&err);
  (void)rn_fail(&err, RN_E_INTERRUPTED, "interrupted");
  (void)fail(stmt, &err);
  return RUNNEL_INTERRUPTED;
}

static rn_status start_query(runnel_stmt *stmt, rn_error *err) {
  runnel *db = stmt->db;
  stmt->cursor = rn_cursor_new(CURSOR_BATCHES);
  rn_job_config config = {.store = db->store,
                          .cursor = stmt->cursor,
                          .clock = &db->clock,
                          .zone = db->zone,
                          .random_seed = db->random_seed,
                          .until_end = (stmt->flags & RUNNEL_PREPARE_UNTIL_END) != 0,
                          .log = rn_engine_log,
                          .log_ctx = db,
                          .write_output = rn_engine_output,
                          .output_ctx = db,
                          .interrupted = rn_api_stmt_interrupted,
                          .interrupted_ctx = stmt};
  if (rn_job_open(stmt->plan, &config, &stmt->job, err) != RN_OK) return RN_FAIL;
  return rn_job_start(stmt->job, err);
}

/* Waits in slices so that an interrupt, which only sets a flag, is seen soon. */
static int step_query(runnel_stmt *stmt, int timeout_ms) {
  rn_error err;
  rn_error_clear(&err);
  if (!stmt->started) {
    stmt->started = true;
    if (start_query(stmt, &err) != RN_OK) return fail(stmt, &err);
  }
  if (stmt->batch && stmt->batch_at < stmt->batch->live_count) {
    stmt->row = rn_live(stmt->batch, stmt->batch_at++);
    return RUNNEL_ROW;
  }
  int64_t deadline = timeout_ms < 0 ? INT64_MAX : rn_monotonic_us() + (int64_t)timeout_ms * 1000;
  for (;;) {
    if (rn_api_interrupted(stmt->db, &stmt->interrupted)) return interrupted(stmt);
    int64_t left_ms = deadline == INT64_MAX ? SLICE_MS : (deadline - rn_monotonic_us() + 999) / 1000;
    int wait = left_ms > SLICE_MS ? SLICE_MS : left_ms < 0 ? 0 : (int)left_ms;
    switch (rn_cursor_next(stmt->cursor, wait, &stmt->batch, &err)) {
      case RN_CURSOR_BATCH:
        stmt->batch_at = 0;
        if (stmt->batch->live_count == 0) continue;
        stmt->row = rn_live(stmt->batch, stmt->batch_at++);
        return RUNNEL_ROW;
      case RN_CURSOR_DONE:
        (void)rn_job_wait(stmt->job, -1);
        stmt->done = true;
        stmt->batch = NULL;
        return RUNNEL_DONE;
      case RN_CURSOR_FAILED:
        stmt->batch = NULL;
        return fail(stmt, &err);
      case RN_CURSOR_TIMEOUT:
        stmt->batch = NULL;
        if (deadline != INT64_MAX && rn_monotonic_us() >= deadline) return RUNNEL_IDLE;
    }
  }
}

int runnel_step(runnel_stmt *stmt, int timeout_ms) {
  if (!stmt) return RUNNEL_MISUSE;
  if (stmt->done && stmt->text_at >= stmt->text_rows.len) return stmt->failed ? rn_api_result(stmt->db) : RUNNEL_DONE;
  if (!stmt->started) {
    rn_api_clear(stmt->db);
    rn_api_text(stmt->db, stmt->text);
  }
  int code = RUNNEL_DONE;
  if ((stmt->flags & RUNNEL_PREPARE_CHECK) != 0 && rn_check_step(stmt, &code)) return code;
  switch (stmt->kind) {
    case RUNNEL_STMT_QUERY:
      return step_query(stmt, timeout_ms);
    case RUNNEL_STMT_INSERT:
      return rn_insert_step(stmt, timeout_ms);
    case RUNNEL_STMT_TEXT:
      return rn_show_step(stmt);
    case RUNNEL_STMT_DDL:
    case RUNNEL_STMT_SET:
      code = rn_ddl_step(stmt);
      break;
    case RUNNEL_STMT_JOB_CONTROL:
      code = rn_job_control_step(stmt);
      break;
  }
  rn_diagnostics_sort(&stmt->db->diags);
  if (code == RUNNEL_DONE) rn_api_warn_all(stmt->db);
  stmt->started = stmt->done = true;
  stmt->failed = code != RUNNEL_DONE;
  return code;
}

/* --- columns ----------------------------------------------------------------------------------------------- */
static bool is_query(const runnel_stmt *stmt) { return stmt->kind == RUNNEL_STMT_QUERY; }

int runnel_column_count(runnel_stmt *stmt) {
  return is_query(stmt) ? (int)stmt->info.schema.count : (int)stmt->text_columns;
}
static bool in_range(runnel_stmt *stmt, int c) { return c >= 0 && c < runnel_column_count(stmt); }

const char *runnel_column_name(runnel_stmt *stmt, int c) {
  if (!in_range(stmt, c)) return "";
  return is_query(stmt) ? stmt->info.schema.fields[c].name : stmt->text_names[c];
}

static const uint8_t public_types[RN_T_COUNT] = {[RN_T_NULL] = RUNNEL_T_NULL,
                                                 [RN_T_BOOLEAN] = RUNNEL_T_BOOLEAN,
                                                 [RN_T_TINYINT] = RUNNEL_T_TINYINT,
                                                 [RN_T_SMALLINT] = RUNNEL_T_SMALLINT,
                                                 [RN_T_INT] = RUNNEL_T_INT,
                                                 [RN_T_BIGINT] = RUNNEL_T_BIGINT,
                                                 [RN_T_FLOAT] = RUNNEL_T_FLOAT,
                                                 [RN_T_DOUBLE] = RUNNEL_T_DOUBLE,
                                                 [RN_T_DECIMAL] = RUNNEL_T_DECIMAL,
                                                 [RN_T_CHAR] = RUNNEL_T_STRING,
                                                 [RN_T_VARCHAR] = RUNNEL_T_STRING,
                                                 [RN_T_BINARY] = RUNNEL_T_BYTES,
                                                 [RN_T_VARBINARY] = RUNNEL_T_BYTES,
                                                 [RN_T_DATE] = RUNNEL_T_DATE,
                                                 [RN_T_TIME] = RUNNEL_T_TIME,
                                                 [RN_T_TIMESTAMP] = RUNNEL_T_TIMESTAMP,
                                                 [RN_T_TIMESTAMP_LTZ] = RUNNEL_T_TIMESTAMP_LTZ,
                                                 [RN_T_INTERVAL_MONTH] = RUNNEL_T_INTERVAL_YM,
                                                 [RN_T_INTERVAL_MS] = RUNNEL_T_INTERVAL_DS,
                                                 [RN_T_ARRAY] = RUNNEL_T_ARRAY,
                                                 [RN_T_MAP] = RUNNEL_T_MAP,
                                                 [RN_T_MULTISET] = RUNNEL_T_MAP,
                                                 [RN_T_ROW] = RUNNEL_T_ROW,
                                                 [RN_T_VARIANT] = RUNNEL_T_STRING,
                                                 [RN_T_ERROR] = RUNNEL_T_NULL};

runnel_type runnel_column_type(runnel_stmt *stmt, int c) {
  if (!in_range(stmt, c)) return RUNNEL_T_NULL;
  return is_query(stmt) ? (runnel_type)public_types[stmt->info.schema.fields[c].type->id] : RUNNEL_T_STRING;
}
const char *runnel_column_typename(runnel_stmt *stmt, int c) {
  if (!in_range(stmt, c)) return "";
  return is_query(stmt) ? rn_type_name(&stmt->arena, stmt->info.schema.fields[c].type) : "STRING";
}
int runnel_key_columns(runnel_stmt *stmt, const int **columns) {
  *columns = stmt->key_columns;
  return is_query(stmt) ? (int)stmt->info.key_count : 0;
}
int runnel_is_append_only(runnel_stmt *stmt) { return !is_query(stmt) || stmt->info.append_only; }
int runnel_is_bounded(runnel_stmt *stmt) {
  if (is_query(stmt)) return stmt->info.bounded || (stmt->flags & RUNNEL_PREPARE_UNTIL_END) != 0;
  if (stmt->kind == RUNNEL_STMT_INSERT) return stmt->engine_job ? stmt->engine_job->bounded : 1;
  return 1;
}

/* --- cells ---------------------------------------------------------------------------------------------------- */
static const rn_column *cell(runnel_stmt *stmt, int c) {
  return is_query(stmt) && stmt->batch && in_range(stmt, c) ? &stmt->batch->columns[c] : NULL;
}
static const char *text_cell(runnel_stmt *stmt, int c) {
  if (is_query(stmt) || stmt->text_at == 0 || !in_range(stmt, c)) return NULL;
  return stmt->text_rows.data[stmt->text_at - 1].cells[c];
}

runnel_rowkind runnel_row_kind(runnel_stmt *stmt) {
  return stmt->batch ? (runnel_rowkind)rn_kind(stmt->batch, stmt->row) : RUNNEL_INSERT;
}
int runnel_column_isnull(runnel_stmt *stmt, int c) {
  const rn_column *column = cell(stmt, c);
  return column ? rn_is_null(column, stmt->row) : text_cell(stmt, c) == NULL;
}

/* Value of an integer-like cell by physical type. */
static int64_t cell_int(const rn_column *column, uint32_t row) {
  switch (rn_type_physical(column->type)) {
    case RN_P_BOOL:
      return ((const uint8_t *)column->data)[row];
    case RN_P_I8:
      return ((const int8_t *)column->data)[row];
    case RN_P_I16:
      return ((const int16_t *)column->data)[row];
    case RN_P_I32:
      return ((const int32_t *)column->data)[row];
    case RN_P_I64:
      return ((const int64_t *)column->data)[row];
    case RN_P_F32:
      return (int64_t)((const float *)column->data)[row];
    case RN_P_F64:
      return (int64_t)((const double *)column->data)[row];
    case RN_P_I128:
      return (int64_t)((const rn_i128 *)column->data)[row];
    case RN_P_NONE:
    case RN_P_STR:
    case RN_P_LIST:
    case RN_P_ROW:
      break;
  }
  return 0;
}
int64_t runnel_column_int64(runnel_stmt *stmt, int c) {
  const rn_column *column = cell(stmt, c);
  if (!column || rn_is_null(column, stmt->row)) return 0;
  if (column->type->id == RN_T_DECIMAL) return (int64_t)runnel_column_double(stmt, c);
  return cell_int(column, stmt->row);
}
int runnel_column_bool(runnel_stmt *stmt, int c) { return runnel_column_int64(stmt, c) != 0; }
int64_t runnel_column_timestamp(runnel_stmt *stmt, int c) { return runnel_column_int64(stmt, c); }
double runnel_column_double(runnel_stmt *stmt, int c) {
  const rn_column *column = cell(stmt, c);
  if (!column || rn_is_null(column, stmt->row)) return 0;
  switch (rn_type_physical(column->type)) {
    case RN_P_F32:
      return (double)((const float *)column->data)[stmt->row];
    case RN_P_F64:
      return ((const double *)column->data)[stmt->row];
    case RN_P_I128:
      return rn_decimal_to_double(((const rn_i128 *)column->data)[stmt->row], column->type->scale);
    default:
      if (column->type->id == RN_T_DECIMAL)
        return rn_decimal_to_double(cell_int(column, stmt->row), column->type->scale);
      return (double)cell_int(column, stmt->row);
  }
}
static rn_builder *cell_text(runnel_stmt *stmt, int c, rn_text_style style) {
  const rn_column *column = cell(stmt, c);
  if (!column || rn_is_null(column, stmt->row)) return NULL;
  rn_builder *b = &stmt->cells[c];
  rn_builder_clear(b);
  rn_value_text(b, column, stmt->row, style, stmt->db->zone);
  if (!b->data) rn_builder_reserve(b, 1);
  return b;
}
const char *runnel_column_text(runnel_stmt *stmt, int c) {
  if (!is_query(stmt)) return text_cell(stmt, c);
  rn_builder *b = cell_text(stmt, c, RN_TEXT_CAST);
  return b ? b->data : NULL;
}
const char *runnel_column_json(runnel_stmt *stmt, int c, size_t *len) {
  rn_builder *b;
  const char *text = is_query(stmt) ? NULL : text_cell(stmt, c);
  if (text) {
    b = &stmt->json;
    rn_builder_clear(b);
    rn_builder_json_string(b, rn_slice_of(text));
  } else {
    b = cell_text(stmt, c, RN_TEXT_JSON);
  }
  if (len) *len = b ? b->len : 0;
  return b ? b->data : NULL;
}
const void *runnel_column_blob(runnel_stmt *stmt, int c) {
  const rn_column *column = cell(stmt, c);
  if (column && rn_type_physical(column->type) == RN_P_STR && rn_is_valid(column, stmt->row))
    return rn_str_ptr(&((const rn_str *)column->data)[stmt->row]);
  return runnel_column_text(stmt, c);
}
size_t runnel_column_bytes(runnel_stmt *stmt, int c) {
  const rn_column *column = cell(stmt, c);
  if (column && rn_type_physical(column->type) == RN_P_STR && rn_is_valid(column, stmt->row))
    return ((const rn_str *)column->data)[stmt->row].len;
  if (!is_query(stmt)) return text_cell(stmt, c) ? strlen(text_cell(stmt, c)) : 0;
  rn_builder *b = cell_text(stmt, c, RN_TEXT_CAST);
  return b ? b->len : 0;
}

const char *runnel_row_json(runnel_stmt *stmt, size_t *len) {
  rn_builder *b = &stmt->json;
  rn_builder_clear(b);
  rn_builder_char(b, '{');
  bool changelog = is_query(stmt) && !stmt->info.append_only;
  if (changelog) {
    rn_builder_text(b, "\"$op\":\"");
    rn_builder_text(b, rn_row_kind_text((rn_row_kind)runnel_row_kind(stmt)));
    rn_builder_char(b, '"');
  }
  int count = runnel_column_count(stmt);
  for (int c = 0; c < count; c++) {
    if (c || changelog) rn_builder_char(b, ',');
    rn_builder_json_string(b, rn_slice_of(runnel_column_name(stmt, c)));
    rn_builder_char(b, ':');
    const rn_column *column = cell(stmt, c);
    if (column) {
      rn_value_text(b, column, stmt->row, RN_TEXT_JSON, stmt->db->zone);
    } else {
      const char *text = text_cell(stmt, c);
      if (text) rn_builder_json_string(b, rn_slice_of(text));
      else rn_builder_text(b, "null");
    }
  }
  rn_builder_char(b, '}');
  if (len) *len = b->len;
  return b->data;
}

int64_t runnel_watermark(runnel_stmt *stmt) {
  if (!stmt->job) return INT64_MIN;
  rn_arena arena = {0};
  rn_job_stats stats;
  rn_job_stats_get(stmt->job, &arena, &stats);
  int64_t watermark = stats.watermark_us;
  rn_arena_free(&arena);
  return watermark;
}
