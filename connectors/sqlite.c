/* The sqlite connector: its row in the table of connectors, its options, and the SQLite table behind a table of
 * ours: made when it is missing, adopted when its columns fit. Rows of a sink in the job's own file are part of
 * the epoch's transaction (exactly once); with 'path' they go to another file before it (at least once). */
#include <stdlib.h>
#include <strings.h>
#include "base/alloc.h"
#include "connectors/sqlite_sink.h"
#include "runtime/plan.h"

static const rn_option options[] = {
    {"path", RN_OPT_STRING, RN_OPTION_REOPEN, NULL, NULL, 0, 0,
     "another SQLite file that holds the table; without it the table lies in the database file itself", NULL},
    {"table", RN_OPT_STRING, 0, NULL, NULL, 0, 0, "name of the table in SQLite, when it differs from the table's own", "table-name"},
    {"index", RN_OPT_STRING, RN_OPTION_REOPEN | RN_OPTION_SINK, NULL, NULL, 0, 0,
     "indexes to make: columns with commas, indexes with semicolons ('a;b,c')", NULL},
};

/* --- names -------------------------------------------------------------------------------------------------------- */

const char *rn_sqlite_table_name(const rn_table_spec *table) {
  const char *name = rn_option_text(&table->options, "table");
  return name && *name ? name : table->name;
}

const char *rn_sqlite_other_path(const rn_table_spec *table, rn_store *store) {
  const char *path = rn_option_text(&table->options, "path");
  if (!path || !*path || !store) return path && *path ? path : NULL;
  char *other = realpath(path, NULL), *own = realpath(rn_store_path(store), NULL);
  bool same = other && own && strcmp(other, own) == 0;
  free(other);
  free(own);
  return same ? NULL : path;
}

rn_status rn_sqlite_open_path(const char *path, bool write, sqlite3 **out, rn_error *err) {
  int flags = SQLITE_OPEN_NOMUTEX | (write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY);
  int rc = sqlite3_open_v2(path, out, flags, NULL);
  if (rc == SQLITE_OK) {
    sqlite3_extended_result_codes(*out, 1);
    sqlite3_busy_timeout(*out, 5000);
    sqlite3_db_config(*out, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(*out, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    rc = sqlite3_exec(*out, write ? "PRAGMA mmap_size=0; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL"
                                  : "PRAGMA mmap_size=0; PRAGMA query_only=ON", NULL, NULL, NULL);
  }
  if (rc == SQLITE_OK) return RN_OK;
  rn_fail(err, RN_E_FILE, "cannot open %s: %s", path, *out ? sqlite3_errmsg(*out) : "no memory");
  sqlite3_close(*out);
  *out = NULL;
  return RN_FAIL;
}

/* --- columns -------------------------------------------------------------------------------------------------------- */

const char *rn_sqlite_column_type(const rn_type *type) {
  switch ((rn_type_id)type->id) {
    case RN_T_BOOLEAN: case RN_T_TINYINT: case RN_T_SMALLINT: case RN_T_INT: case RN_T_BIGINT: return "INTEGER";
    case RN_T_FLOAT: case RN_T_DOUBLE: return "REAL";
    case RN_T_DECIMAL: return "ANY";
    case RN_T_BINARY: case RN_T_VARBINARY: return "BLOB";
    default: return "TEXT";
  }
}

static bool contains(const char *text, const char *word) { return strcasestr(text, word) != NULL; }

/* Would SQLite keep our values as they are in a column declared so? (By SQLite's rules of affinity.) */
static bool type_fits(const char *declared, const rn_type *type) {
  const char *ours = rn_sqlite_column_type(type);
  if (!*declared || strcasecmp(declared, "ANY") == 0) return true;
  bool integer = contains(declared, "INT"), text = contains(declared, "CHAR") || contains(declared, "CLOB") || contains(declared, "TEXT");
  bool real = contains(declared, "REAL") || contains(declared, "FLOA") || contains(declared, "DOUB");
  bool blob = contains(declared, "BLOB");
  if (strcmp(ours, "INTEGER") == 0) return !text && !blob && (integer || !real);
  if (strcmp(ours, "REAL") == 0) return !text && !blob && !integer;
  if (strcmp(ours, "BLOB") == 0) return blob && !integer;
  if (strcmp(ours, "TEXT") == 0) return text && !integer;
  return !integer && !blob && !text && type->precision <= 15; /* DECIMAL as a number */
}

typedef struct found_column {
  char *name, *type;
  bool not_null, has_default;
  int key; /* place in the primary key, 0: none */
} found_column;
typedef RN_VEC(found_column) found_columns;

static void free_columns(found_columns *list) {
  for (size_t i = 0; i < list->len; i++) {
    rn_free(list->data[i].name);
    rn_free(list->data[i].type);
  }
  RN_VEC_FREE(list);
}

static rn_status sql_error(sqlite3 *db, const char *table, rn_error *err) {
  return rn_fail(err, RN_E_SINK, "SQLite table %s: %s", table, sqlite3_errmsg(db));
}

static rn_status read_columns(sqlite3 *db, const char *name, found_columns *out, rn_error *err) {
  sqlite3_stmt *stmt = NULL;
  if (sqlite3_prepare_v2(db, "SELECT name, type, \"notnull\", dflt_value IS NOT NULL, pk FROM pragma_table_info(?1)", -1, &stmt,
                         NULL) != SQLITE_OK) {
    return sql_error(db, name, err);
  }
  sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
  int rc;
  while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
    const char *type = (const char *)sqlite3_column_text(stmt, 1);
    found_column c = {rn_strdup((const char *)sqlite3_column_text(stmt, 0)), rn_strdup(type ? type : ""),
                      sqlite3_column_int(stmt, 2) != 0, sqlite3_column_int(stmt, 3) != 0, sqlite3_column_int(stmt, 4)};
    RN_VEC_PUSH(out, c);
  }
  rn_status status = rc == SQLITE_DONE ? RN_OK : sql_error(db, name, err);
  sqlite3_finalize(stmt);
  return status;
}

static bool is_key(const rn_table_spec *table, uint32_t column) {
  for (uint32_t k = 0; k < table->key_count; k++) {
    if (table->keys[k] == column) return true;
  }
  return false;
}

static rn_status adopt(const rn_table_spec *table, const char *name, const found_columns *found, rn_error *err) {
  for (uint32_t c = 0; c < table->column_count; c++) {
    const rn_table_column *want = &table->columns[c];
    if (want->role != RN_COLUMN_PHYSICAL) continue;
    const found_column *have = NULL;
    for (size_t i = 0; i < found->len && !have; i++) {
      if (strcasecmp(found->data[i].name, want->name) == 0) have = &found->data[i];
    }
    if (!have) {
      return rn_fail(err, RN_E_CATALOG, "SQLite table %s exists and has no column %s", name, want->name);
    }
    if (!type_fits(have->type, want->type)) {
      rn_arena arena = {0};
      rn_fail(err, RN_E_CATALOG, "SQLite table %s exists, and its column %s is %s, which does not hold %s (it would be %s)", name,
              want->name, have->type, rn_type_name(&arena, want->type), rn_sqlite_column_type(want->type));
      rn_arena_free(&arena);
      return RN_FAIL;
    }
    if (table->key_count && is_key(table, c) != (have->key > 0)) {
      return rn_fail(err, RN_E_CATALOG, "SQLite table %s exists, and column %s is%s part of its primary key, other than in PRIMARY KEY of %s",
                     name, want->name, have->key > 0 ? "" : " not", table->name);
    }
  }
  for (size_t i = 0; i < found->len; i++) {
    const found_column *have = &found->data[i];
    bool ours = false;
    for (uint32_t c = 0; c < table->column_count && !ours; c++) {
      ours = table->columns[c].role == RN_COLUMN_PHYSICAL && strcasecmp(have->name, table->columns[c].name) == 0;
    }
    if (!ours && ((have->not_null && !have->has_default) || (have->key > 0 && table->key_count))) {
      return rn_fail(err, RN_E_CATALOG, "SQLite table %s exists and has a column %s that must be given, which %s has not", name,
                     have->name, table->name);
    }
  }
  return RN_OK;
}

/* --- making tables ------------------------------------------------------------------------------------------------------ */

static void create_sql(const rn_table_spec *table, const char *name, rn_builder *sql) {
  /* A single integer key is the rowid; any other key carries the rows itself. */
  bool rowid_key = table->key_count == 1 && strcmp(rn_sqlite_column_type(table->columns[table->keys[0]].type), "INTEGER") == 0;
  rn_builder_text(sql, "CREATE TABLE ");
  rn_sql_identifier(sql, name);
  bool first = true;
  for (uint32_t c = 0; c < table->column_count; c++) {
    const rn_table_column *column = &table->columns[c];
    if (column->role != RN_COLUMN_PHYSICAL) continue;
    rn_builder_text(sql, first ? "(" : ", ");
    first = false;
    rn_sql_identifier(sql, column->name);
    rn_builder_printf(sql, " %s", rn_sqlite_column_type(column->type));
    if (rowid_key && is_key(table, c)) rn_builder_text(sql, " PRIMARY KEY");
    else if (!column->type->nullable || is_key(table, c)) rn_builder_text(sql, " NOT NULL");
  }
  for (uint32_t k = 0; k < table->key_count && !rowid_key; k++) {
    rn_builder_text(sql, k ? ", " : ", PRIMARY KEY(");
    rn_sql_identifier(sql, table->columns[table->keys[k]].name);
  }
  rn_builder_text(sql, table->key_count && !rowid_key ? ")) STRICT, WITHOUT ROWID" : ") STRICT");
}

/* 'index' = 'a;b,c': one index per part, named after table and columns. With db NULL only checks the names. */
static rn_status make_indexes(sqlite3 *db, const rn_table_spec *table, const char *name, rn_error *err) {
  const char *spec = rn_option_text(&table->options, "index");
  if (!spec) return RN_OK;
  rn_builder columns = {0}, index = {0}, sql = {0};
  rn_status status = RN_OK;
  for (const char *at = spec; *at && status == RN_OK;) {
    size_t len = strcspn(at, ";");
    rn_slice part = rn_slice_trim(rn_slice_make(at, len));
    at += len + (at[len] == ';');
    if (part.len == 0) continue;
    rn_builder_clear(&columns);
    rn_builder_clear(&index);
    rn_builder_text(&index, name);
    for (size_t i = 0; i < part.len && status == RN_OK;) {
      size_t end = i;
      while (end < part.len && part.ptr[end] != ',') end++;
      rn_slice word = rn_slice_trim(rn_slice_make(part.ptr + i, end - i));
      i = end + 1;
      uint32_t c = 0;
      while (c < table->column_count && !(table->columns[c].role == RN_COLUMN_PHYSICAL && rn_slice_is(word, table->columns[c].name))) c++;
      if (c == table->column_count) {
        status = rn_fail(err, RN_E_OPTION_VALUE, "'index' names \"%.*s\", which is no column of table %s", (int)word.len, word.ptr, table->name);
        break;
      }
      if (columns.len) rn_builder_text(&columns, ", ");
      rn_sql_identifier(&columns, table->columns[c].name);
      rn_builder_printf(&index, "_%s", table->columns[c].name);
    }
    if (status != RN_OK || !db) continue;
    rn_builder_clear(&sql);
    rn_builder_text(&sql, "CREATE INDEX IF NOT EXISTS ");
    rn_sql_identifier(&sql, index.data);
    rn_builder_text(&sql, " ON ");
    rn_sql_identifier(&sql, name);
    rn_builder_printf(&sql, "(%s)", columns.data);
    if (sqlite3_exec(db, sql.data, NULL, NULL, NULL) != SQLITE_OK) status = sql_error(db, name, err);
  }
  rn_builder_free(&columns);
  rn_builder_free(&index);
  rn_builder_free(&sql);
  return status;
}

rn_status rn_sqlite_prepare_table(sqlite3 *db, const rn_table_spec *table, rn_error *err) {
  const char *name = rn_sqlite_table_name(table);
  found_columns found = {0};
  rn_status status = read_columns(db, name, &found, err);
  if (status == RN_OK && found.len) {
    status = adopt(table, name, &found, err);
  } else if (status == RN_OK) {
    rn_builder sql = {0};
    create_sql(table, name, &sql);
    if (sqlite3_exec(db, sql.data, NULL, NULL, NULL) != SQLITE_OK) status = sql_error(db, name, err);
    rn_builder_free(&sql);
  }
  free_columns(&found);
  return status == RN_OK ? make_indexes(db, table, name, err) : status;
}

/* --- the row ---------------------------------------------------------------------------------------------------------------- */

static bool is_bounded(const rn_table_spec *table) {
  (void)table;
  return true; /* a scan reads one snapshot */
}

static int64_t row_count(const rn_table_spec *table, void *store) {
  const char *path = rn_sqlite_other_path(table, store);
  sqlite3 *db = NULL;
  sqlite3_stmt *query = NULL;
  int64_t rows = -1;
  rn_error err;
  rn_error_clear(&err);
  rn_builder sql = {0};
  rn_builder_text(&sql, "SELECT count(*) FROM ");
  rn_sql_identifier(&sql, rn_sqlite_table_name(table));
  if (path ? rn_sqlite_open_path(path, false, &db, &err) == RN_OK : store && rn_store_reader(store, &db, &err) == RN_OK) {
    if (sqlite3_prepare_v2(db, sql.data, -1, &query, NULL) == SQLITE_OK) {
      if (sqlite3_step(query) == SQLITE_ROW) rows = sqlite3_column_int64(query, 0);
    } else if (!path) {
      rows = 0; /* it is made with the first job that reads or writes it */
    }
  }
  (void)sqlite3_finalize(query);
  (void)sqlite3_close(db);
  rn_builder_free(&sql);
  return rows;
}

static uint8_t sink_accepts(const rn_table_spec *table) {
  const uint8_t by_key = RN_CHANGE_INSERT | RN_CHANGE_UPDATE_AFTER | RN_CHANGE_DELETE;
  if (table->key_count) return by_key;
  /* Another file gets an epoch again after a crash: without a key that would take rows away twice. */
  return rn_option_text(&table->options, "path") ? RN_CHANGE_INSERT : by_key | RN_CHANGE_UPDATE_BEFORE;
}

static rn_status check(const rn_table_spec *table, uint16_t direction, rn_diagnostics *diags) {
  (void)direction;
  rn_error err;
  rn_error_clear(&err);
  if (make_indexes(NULL, table, "", &err) == RN_OK) return RN_OK;
  const rn_option_value *option = rn_option_find(&table->options, "index");
  if (option) {
    err.span = option->value_span;
    err.has_span = true;
  }
  rn_diagnostics_add(diags, &err);
  return RN_FAIL;
}

const rn_connector rn_connector_sqlite = {
    .name = "sqlite",
    .help = "a table in an SQLite file; the default when WITH is absent",
    .flags = RN_CONNECTOR_IN_FILE | RN_CONNECTOR_TAKES_BACK,
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .is_bounded = is_bounded,
    .row_count = row_count,
    .check = check,
    .sink_accepts = sink_accepts,
    .source_open = rn_sqlite_source_open,
    .source_splits = rn_sqlite_source_splits,
    .source_split_name = rn_sqlite_source_split_name,
    .poll_rows = rn_sqlite_source_poll,
    .positions = rn_sqlite_source_positions,
    .source_close = rn_sqlite_source_close,
    .sink_open = rn_sqlite_sink_open,
    .stage = rn_sqlite_sink_stage,
    .staged_bytes = rn_sqlite_sink_bytes,
    .freeze = rn_sqlite_sink_freeze,
    .flush = rn_sqlite_sink_flush,
    .apply = rn_sqlite_sink_apply,
    .sink_committed = rn_sqlite_sink_committed,
    .sink_discard = rn_sqlite_sink_discard,
    .sink_counters = rn_sqlite_sink_counters,
    .sink_close = rn_sqlite_sink_close,
};
