/* SQLite as a bounded source: one read snapshot in primary key (or rowid) order. The position is the key of the
 * last row that was given, so that a restart goes on behind it. Reads tables of other programs too: values are
 * converted to the declared types, and what cannot be converted is a bad record. */
#include <stdio.h>
#include "base/alloc.h"
#include "base/number.h"
#include "connectors/registry.h"
#include "connectors/sqlite_sink.h"

enum { TEXT_MAX_IN_REASON = 60 };

struct rn_source {
  const rn_table_spec *table;
  const uint32_t *columns; /* table columns, in output order */
  uint32_t column_count;
  sqlite3 *db;
  sqlite3_stmt *scan;      /* NULL: nothing to read (another instance reads, or the table does not exist) */
  uint32_t order_count;    /* columns of the order, behind the selected ones */
  bool ended, waiting;     /* waiting: a row was stepped to and not yet given */
  char *split, *position;
  uint64_t given;
  bool position_dirty;
  rn_decoder **nested;     /* of columns of type ROW, ARRAY, MAP, VARIANT, which lie as JSON text; NULL: another type */
  rn_builder *nested_text; /* their records of this batch, one behind the other, and where each begins */
  size_t *nested_at;
  const rn_format *json;
  rn_status (*bad_row)(void *ctx, uint32_t split, int64_t offset, int column, const char *reason, rn_slice raw, rn_error *err);
  void *bad_row_ctx;
};

/* --- positions: the key as literals that SQLite reads back, "end" behind the last row --------------------------------- */

static const char END_POSITION[] = "end";

static void literal(sqlite3_stmt *stmt, int c, rn_builder *b) {
  switch (sqlite3_column_type(stmt, c)) {
    case SQLITE_INTEGER: rn_builder_int(b, sqlite3_column_int64(stmt, c)); break;
    case SQLITE_FLOAT: rn_builder_printf(b, "%.17g", sqlite3_column_double(stmt, c)); break;
    case SQLITE_TEXT: rn_sql_string(b, (const char *)sqlite3_column_text(stmt, c)); break;
    case SQLITE_BLOB: {
      const unsigned char *p = sqlite3_column_blob(stmt, c);
      rn_builder_text(b, "x'");
      for (int i = 0; i < sqlite3_column_bytes(stmt, c); i++) rn_builder_printf(b, "%02x", p[i]);
      rn_builder_char(b, '\'');
      break;
    }
    default: rn_builder_text(b, "NULL"); break;
  }
}

static void note_position(rn_source *s) {
  rn_builder b = {0};
  for (uint32_t k = 0; k < s->order_count; k++) {
    if (k) rn_builder_text(&b, ", ");
    literal(s->scan, (int)(s->column_count + k), &b);
  }
  rn_free(s->position);
  s->position = rn_builder_take(&b);
}

/* A stored position is part of generated SQL: only a list of literals may be. */
static bool is_literals(const char *p) {
  for (;;) {
    while (*p == ' ') p++;
    if (*p == '\'' || ((*p == 'x' || *p == 'X') && p[1] == '\'')) {
      p += *p == '\'' ? 1 : 2;
      for (; *p; p++) {
        if (*p == '\'' && *++p != '\'') break;
      }
    } else if (strncmp(p, "NULL", 4) == 0) {
      p += 4;
    } else {
      size_t n = strspn(p, "+-0123456789.eE");
      if (n == 0) return false;
      p += n;
    }
    while (*p == ' ') p++;
    if (*p == 0) return true;
    if (*p++ != ',') return false;
  }
}

/* --- ROW, ARRAY, MAP, VARIANT: JSON text ----------------------------------------------------------------------------------------------- */
static rn_status open_nested(rn_source *s, const rn_zone *zone, rn_error *err) {
  for (uint32_t c = 0; c < s->column_count; c++) {
    const rn_type *type = s->table->columns[s->columns[c]].type;
    if (!type->child_count && type->id != RN_T_VARIANT) continue;
    if (!s->nested) {
      s->nested = rn_calloc(s->column_count, sizeof *s->nested);
      s->nested_text = rn_calloc(s->column_count, sizeof *s->nested_text);
      s->nested_at = rn_calloc((size_t)s->column_count * (RN_BATCH_ROWS_MAX + 1), sizeof *s->nested_at);
      s->json = rn_format_find(&rn_builtin_registry, rn_slice_of("json"));
    }
    if (s->json->decoder_open(s->table, &s->columns[c], 1, false, zone, &s->nested[c], err) != RN_OK) return RN_FAIL;
  }
  return RN_OK;
}
static void close_nested(rn_source *s) {
  for (uint32_t c = 0; s->nested && c < s->column_count; c++) {
    if (s->nested[c]) s->json->decoder_close(s->nested[c]);
    rn_builder_free(&s->nested_text[c]);
  }
  rn_free(s->nested);
  rn_free(s->nested_text);
  rn_free(s->nested_at);
}
/* The value becomes a record {"column": value}: what the format decodes is whole records, a batch of them at once. */
static void put_nested(rn_source *s, uint32_t c, uint32_t row) {
  rn_builder *b = &s->nested_text[c];
  size_t *at = &s->nested_at[(size_t)c * (RN_BATCH_ROWS_MAX + 1) + row];
  b->len = row ? *at : 0; /* what a refused row left behind it goes */
  *at = b->len;
  const char *text = (const char *)sqlite3_column_text(s->scan, (int)c);
  rn_builder_char(b, '{');
  rn_builder_json_string(b, rn_slice_of(s->table->columns[s->columns[c]].name));
  rn_builder_printf(b, ":%s}", text ? text : "null");
  at[1] = b->len;
}
static rn_status decode_nested(rn_source *s, rn_column *columns, uint32_t rows, rn_arena *arena, rn_error *err) {
  rn_status status = RN_OK;
  for (uint32_t c = 0; s->nested && rows && c < s->column_count && status == RN_OK; c++) {
    if (!s->nested[c]) continue;
    const size_t *at = s->nested_at + (size_t)c * (RN_BATCH_ROWS_MAX + 1);
    char *text = rn_arena_alloc(arena, s->nested_text[c].len + 64); /* views into it live as long as the batch */
    memcpy(text, s->nested_text[c].data, s->nested_text[c].len);
    memset(text + s->nested_text[c].len, 0, 64);
    rn_record *records = rn_calloc(rows, sizeof *records);
    for (uint32_t i = 0; i < rows; i++)
      records[i] = (rn_record){.value = {text + at[i], at[i + 1] - at[i]}, .offset = (int64_t)(s->given - rows + i), .timestamp_ms = -1};
    uint16_t record_of_row[RN_BATCH_ROWS_MAX];
    rn_decode_result result = {.record_of_row = record_of_row};
    status = s->json->decode(s->nested[c], records, rows, true, &columns[c], arena, &result, err);
    if (status == RN_OK && result.rows != rows)
      status = rn_fail(err, RN_E_BAD_RECORD, "table %s, column %s: %s", s->table->name, s->table->columns[s->columns[c]].name,
                       result.bad.len ? result.bad.data[0].reason : "its text is no JSON object");
    RN_VEC_FREE(&result.bad);
    rn_free(records);
  }
  return status;
}

/* --- open --------------------------------------------------------------------------------------------------------------- */

static rn_status sql_failed(rn_source *s, rn_error *err) {
  return rn_fail(err, RN_E_DATABASE, "reading table %s: %s", s->table->name, sqlite3_errmsg(s->db));
}

typedef RN_VEC(char *) name_list;

static void free_names(name_list *names) {
  for (size_t i = 0; i < names->len; i++) rn_free(names->data[i]);
  RN_VEC_FREE(names);
}

/* Columns of the order: the primary key, else the rowid. *exists: is there such a table at all? */
static rn_status find_order(rn_source *s, const char *name, name_list *order, bool *exists, rn_error *err) {
  sqlite3_stmt *stmt = NULL;
  *exists = false;
  if (sqlite3_prepare_v2(s->db, "SELECT type FROM sqlite_schema WHERE name = ?1 AND type IN ('table', 'view')", -1, &stmt, NULL) != SQLITE_OK) {
    return sql_failed(s, err);
  }
  sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
  bool view = false;
  if (sqlite3_step(stmt) == SQLITE_ROW) {
    *exists = true;
    view = strcmp((const char *)sqlite3_column_text(stmt, 0), "view") == 0;
  }
  sqlite3_finalize(stmt);
  if (!*exists || view) return RN_OK; /* a view has no order; it is read again from its start after a crash */
  if (sqlite3_prepare_v2(s->db, "SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk", -1, &stmt, NULL) != SQLITE_OK) {
    return sql_failed(s, err);
  }
  sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
  while (sqlite3_step(stmt) == SQLITE_ROW) RN_VEC_PUSH(order, rn_strdup((const char *)sqlite3_column_text(stmt, 0)));
  sqlite3_finalize(stmt);
  return RN_OK;
}

static rn_status prepare_scan(rn_source *s, const char *name, const name_list *order, bool view, const char *resume, rn_error *err) {
  rn_builder sql = {0}, keys = {0};
  for (size_t k = 0; k < order->len; k++) {
    if (k) rn_builder_text(&keys, ", ");
    rn_sql_identifier(&keys, order->data[k]);
  }
  if (order->len == 0 && !view) rn_builder_text(&keys, "rowid");
  s->order_count = view ? 0 : order->len ? (uint32_t)order->len : 1;
  rn_builder_text(&sql, "SELECT ");
  for (uint32_t c = 0; c < s->column_count; c++) {
    rn_sql_identifier(&sql, s->table->columns[s->columns[c]].name);
    rn_builder_text(&sql, ", ");
  }
  rn_builder_printf(&sql, "%s FROM ", view ? "NULL" : keys.data);
  rn_sql_identifier(&sql, name);
  if (resume && !view) rn_builder_printf(&sql, " WHERE (%s) > (%s)", keys.data, resume);
  if (!view) rn_builder_printf(&sql, " ORDER BY %s", keys.data);
  rn_status status = RN_OK;
  if (sqlite3_prepare_v2(s->db, sql.data, -1, &s->scan, NULL) != SQLITE_OK) status = sql_failed(s, err);
  rn_builder_free(&sql);
  rn_builder_free(&keys);
  return status;
}

rn_status rn_sqlite_source_open(const rn_source_spec *spec, rn_source **out, rn_error *err) {
  rn_source *s = rn_calloc(1, sizeof *s);
  *out = NULL;
  s->table = spec->table;
  s->columns = spec->columns;
  s->column_count = spec->column_count;
  s->bad_row = spec->bad_row;
  s->bad_row_ctx = spec->bad_row_ctx;
  const char *name = rn_sqlite_table_name(s->table);
  s->split = rn_strdup(name);
  if (spec->subtask != 0) { /* one snapshot is one split, and it is the first instance's */
    s->ended = true;
    *out = s;
    return RN_OK;
  }
  if (open_nested(s, spec->zone, err) != RN_OK) {
    rn_sqlite_source_close(s);
    return RN_FAIL;
  }
  const char *resume = NULL;
  for (size_t i = 0; i < spec->restored_count; i++) {
    if (strcmp(spec->restored[i].split, name) == 0) resume = spec->restored[i].position;
  }
  if (resume) s->position = rn_strdup(resume);
  const char *other = rn_sqlite_other_path(s->table, spec->store);
  rn_status status = RN_OK;
  name_list order = {0};
  bool exists = false;
  if (resume && strcmp(resume, END_POSITION) == 0) {
    s->ended = true;
  } else if (other) {
    status = rn_sqlite_open_path(other, false, &s->db, err);
  } else if (!spec->store) {
    status = rn_fail(err, RN_E_DATABASE, "table %s needs a database file", s->table->name);
  } else {
    status = rn_store_reader(spec->store, &s->db, err);
  }
  if (status == RN_OK && !s->ended) {
    if (resume && *resume && !is_literals(resume)) status = rn_fail(err, RN_E_STATE_CORRUPT, "stored position of table %s is not a key: %s", s->table->name, resume);
    /* The snapshot begins with the first read; both reads below see the same. */
    if (status == RN_OK && sqlite3_exec(s->db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK) status = sql_failed(s, err);
    if (status == RN_OK) status = find_order(s, name, &order, &exists, err);
    bool view = false;
    if (status == RN_OK && exists && order.len == 0) {
      sqlite3_stmt *probe = NULL; /* views, and tables that hide their rowid */
      rn_builder sql = {0};
      rn_builder_text(&sql, "SELECT rowid FROM ");
      rn_sql_identifier(&sql, name);
      view = sqlite3_prepare_v2(s->db, sql.data, -1, &probe, NULL) != SQLITE_OK;
      sqlite3_finalize(probe);
      rn_builder_free(&sql);
    }
    if (status == RN_OK && exists) status = prepare_scan(s, name, &order, view, resume && *resume ? resume : NULL, err);
    if (status == RN_OK && !exists) {
      if (other) status = rn_fail(err, RN_E_DATABASE, "%s has no table %s", other, name);
      else s->ended = true; /* ours, and nothing was written to it yet */
    }
  }
  free_names(&order);
  if (status != RN_OK) {
    rn_sqlite_source_close(s);
    return RN_FAIL;
  }
  *out = s;
  return RN_OK;
}

void rn_sqlite_source_close(rn_source *s) {
  if (!s) return;
  close_nested(s);
  sqlite3_finalize(s->scan);
  sqlite3_close(s->db);
  rn_free(s->split);
  rn_free(s->position);
  rn_free(s);
}

/* --- values ---------------------------------------------------------------------------------------------------------------- */

static bool integer_fits(rn_type_id id, int64_t v) {
  switch (id) {
    case RN_T_BOOLEAN: return v == 0 || v == 1;
    case RN_T_TINYINT: return v >= INT8_MIN && v <= INT8_MAX;
    case RN_T_SMALLINT: return v >= INT16_MIN && v <= INT16_MAX;
    case RN_T_INT: return v >= INT32_MIN && v <= INT32_MAX;
    default: return true;
  }
}

static void put_integer(rn_column *out, uint32_t row, int64_t v) {
  switch (rn_type_physical(out->type)) {
    case RN_P_BOOL: ((uint8_t *)out->data)[row] = (uint8_t)v; break;
    case RN_P_I8: ((int8_t *)out->data)[row] = (int8_t)v; break;
    case RN_P_I16: ((int16_t *)out->data)[row] = (int16_t)v; break;
    case RN_P_I32: ((int32_t *)out->data)[row] = (int32_t)v; break;
    case RN_P_I64: ((int64_t *)out->data)[row] = v; break;
    case RN_P_I128: ((rn_i128 *)out->data)[row] = v; break;
    default: break;
  }
}

static void put_wide(rn_column *out, uint32_t row, rn_i128 v) {
  if (rn_type_physical(out->type) == RN_P_I128) ((rn_i128 *)out->data)[row] = v;
  else ((int64_t *)out->data)[row] = (int64_t)v;
}

static bool decimal_value(sqlite3_stmt *stmt, int c, rn_column *out, uint32_t row) {
  int precision = out->type->precision, scale = out->type->scale;
  rn_i128 v = 0;
  switch (sqlite3_column_type(stmt, c)) {
    case SQLITE_INTEGER:
      if (!rn_decimal_rescale(sqlite3_column_int64(stmt, c), 0, scale, &v) || !rn_decimal_fits(v, precision)) return false;
      break;
    case SQLITE_FLOAT: {
      /* 15 digits are what a double keeps; more would be its binary noise. */
      char text[40];
      int len = snprintf(text, sizeof text, "%.15g", sqlite3_column_double(stmt, c));
      if (rn_decimal_parse(rn_slice_make(text, (size_t)len), precision, scale, &v) != RN_NUMBER_OK) return false;
      break;
    }
    case SQLITE_TEXT: {
      rn_slice text = {(const char *)sqlite3_column_text(stmt, c), (size_t)sqlite3_column_bytes(stmt, c)};
      if (rn_decimal_parse(text, precision, scale, &v) != RN_NUMBER_OK) return false;
      break;
    }
    default: return false;
  }
  put_wide(out, row, v);
  return true;
}

static bool time_value(sqlite3_stmt *stmt, int c, rn_column *out, uint32_t row) {
  if (sqlite3_column_type(stmt, c) != SQLITE_TEXT) return false;
  rn_slice text = {(const char *)sqlite3_column_text(stmt, c), (size_t)sqlite3_column_bytes(stmt, c)};
  int32_t small = 0;
  int64_t us = 0;
  switch ((rn_type_id)out->type->id) {
    case RN_T_DATE:
      if (!rn_parse_date(text, &small)) return false;
      put_integer(out, row, small);
      return true;
    case RN_T_TIME:
      if (!rn_parse_time(text, &small)) return false;
      put_integer(out, row, small);
      return true;
    default: {
      bool zone = text.len && text.ptr[text.len - 1] == 'Z';
      if (out->type->id == RN_T_TIMESTAMP && zone) return false;
      if (!rn_parse_timestamp(text, 'T', zone, &us, NULL) && !rn_parse_timestamp(text, ' ', zone, &us, NULL)) return false;
      put_integer(out, row, us);
      return true;
    }
  }
}

/* False: the value is not of the column's type. */
static bool put_value(sqlite3_stmt *stmt, int c, rn_column *out, uint32_t row, rn_arena *arena) {
  int kind = sqlite3_column_type(stmt, c);
  rn_type_id id = (rn_type_id)out->type->id;
  switch (id) {
    case RN_T_BOOLEAN: case RN_T_TINYINT: case RN_T_SMALLINT: case RN_T_INT: case RN_T_BIGINT: {
      if (kind != SQLITE_INTEGER) return false;
      int64_t v = sqlite3_column_int64(stmt, c);
      if (!integer_fits(id, v)) return false;
      put_integer(out, row, v);
      return true;
    }
    case RN_T_FLOAT: case RN_T_DOUBLE: {
      if (kind != SQLITE_FLOAT && kind != SQLITE_INTEGER) return false;
      double d = sqlite3_column_double(stmt, c);
      if (id == RN_T_DOUBLE) ((double *)out->data)[row] = d;
      else ((float *)out->data)[row] = (float)d;
      return true;
    }
    case RN_T_DECIMAL: return decimal_value(stmt, c, out, row);
    case RN_T_CHAR: case RN_T_VARCHAR: case RN_T_BINARY: case RN_T_VARBINARY: {
      bool binary = id == RN_T_BINARY || id == RN_T_VARBINARY;
      if (kind != SQLITE_TEXT && kind != SQLITE_BLOB) return false;
      if (kind == SQLITE_BLOB && !binary) return false;
      const char *p = kind == SQLITE_TEXT ? (const char *)sqlite3_column_text(stmt, c) : sqlite3_column_blob(stmt, c);
      size_t len = (size_t)sqlite3_column_bytes(stmt, c);
      if (!binary && !rn_utf8_valid(p, len)) return false;
      ((rn_str *)out->data)[row] = rn_str_copy(arena, rn_str_make(p ? p : "", len));
      return true;
    }
    case RN_T_DATE: case RN_T_TIME: case RN_T_TIMESTAMP: case RN_T_TIMESTAMP_LTZ: return time_value(stmt, c, out, row);
    default: return false;
  }
}

static rn_status refuse(rn_source *s, uint32_t c, const rn_type *type, rn_error *err) {
  rn_arena arena = {0};
  rn_builder value = {0}, reason = {0};
  literal(s->scan, (int)c, &value);
  bool is_long = value.len > TEXT_MAX_IN_REASON;
  rn_builder_printf(&reason, "%.*s%s is not %s", is_long ? TEXT_MAX_IN_REASON : (int)value.len, value.data, is_long ? ".." : "",
                    rn_type_text(&arena, type));
  rn_status status;
  if (s->bad_row) {
    status = s->bad_row(s->bad_row_ctx, 0, (int64_t)s->given, (int)s->columns[c], reason.data, rn_slice_make(value.data, value.len), err);
  } else {
    status = rn_fail(err, RN_E_BAD_RECORD, "table %s, column %s: %s", s->table->name, s->table->columns[s->columns[c]].name, reason.data);
  }
  rn_builder_free(&value);
  rn_builder_free(&reason);
  rn_arena_free(&arena);
  return status;
}

/* One row; *good false: it was refused and 'on-error' goes on without it. */
static rn_status read_row(rn_source *s, rn_column *columns, uint32_t row, rn_arena *arena, bool *good, rn_error *err) {
  *good = true;
  for (uint32_t c = 0; c < s->column_count; c++) {
    rn_column *out = &columns[c];
    if (s->nested && s->nested[c]) {
      put_nested(s, c, row);
      continue;
    }
    if (sqlite3_column_type(s->scan, (int)c) == SQLITE_NULL) {
      if (out->type->nullable) {
        rn_column_nullable(out, RN_BATCH_ROWS_MAX, arena);
        rn_set_null(out, row);
        continue;
      }
    } else if (put_value(s->scan, (int)c, out, row, arena)) {
      if (out->valid) rn_set_valid(out, row);
      continue;
    }
    *good = false;
    return refuse(s, c, out->type, err);
  }
  return RN_OK;
}

rn_status rn_sqlite_source_poll(rn_source *s, uint32_t max_rows, int64_t wait_us, rn_column *columns, rn_arena *arena,
                                uint32_t *rows, rn_poll *poll, rn_error *err) {
  (void)wait_us;
  *rows = 0;
  uint32_t looked_at = 0;
  while (!s->ended && looked_at < max_rows) {
    int rc = sqlite3_step(s->scan);
    if (rc == SQLITE_DONE) {
      s->ended = true;
      break;
    }
    if (rc != SQLITE_ROW) return sql_failed(s, err);
    bool good;
    if (read_row(s, columns, *rows, arena, &good, err) != RN_OK) return RN_FAIL;
    if (good) ++*rows;
    s->given++;
    looked_at++;
  }
  if (decode_nested(s, columns, *rows, arena, err) != RN_OK) return RN_FAIL;
  if (looked_at) s->position_dirty = true;
  *poll = looked_at ? RN_POLL_ROWS : RN_POLL_END;
  if (!s->ended) return RN_OK;
  s->position_dirty = false;
  rn_free(s->position);
  s->position = rn_strdup(END_POSITION);
  sqlite3_finalize(s->scan); /* lets go of the snapshot, which holds back the write-ahead log */
  s->scan = NULL;
  if (s->db) sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL);
  return RN_OK;
}

uint32_t rn_sqlite_source_splits(rn_source *s) {
  (void)s;
  return 1;
}

const char *rn_sqlite_source_split_name(rn_source *s, uint32_t split) { return split == 0 ? s->split : ""; }

rn_status rn_sqlite_source_positions(rn_source *s, rn_positions *out, rn_error *err) {
  (void)err;
  if (s->position_dirty && s->scan) {
    note_position(s); /* the row that was stepped to last is the last one given */
    s->position_dirty = false;
  }
  if (s->position) rn_positions_put(out, s->split, s->position);
  return RN_OK;
}
