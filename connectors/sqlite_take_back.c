/* A table without PRIMARY KEY whose rows are taken back (-U, -D): one equal row goes, as in a multiset. What an epoch adds
 * and takes back is netted in the stage; the rest is looked up by all columns, through an index that the sink makes when
 * it opens. It is a plain SQLite index over the columns themselves (of texts the first bytes), so that other programs
 * keep it right when they write, and nothing else has to be stored or trusted. */
#include <strings.h>
#include "base/alloc.h"
#include "connectors/sqlite_private.h"

enum { INDEXED_BYTES = 32 }; /* of a text: tells most rows apart, and long texts are not stored twice */

static rn_status failed(sqlite3 *db, const rn_table_spec *table, rn_error *err) {
  return rn_fail(err, RN_E_SINK, "table %s: %s", table->name, sqlite3_errmsg(db));
}

static bool is_long(const rn_type *type) {
  const char *stored = rn_sqlite_column_type(type);
  return strcmp(stored, "TEXT") == 0 || strcmp(stored, "BLOB") == 0;
}

static void indexed(rn_builder *sql, const rn_table_column *column) {
  if (is_long(column->type)) rn_builder_text(sql, "substr(");
  rn_sql_identifier(sql, column->name);
  if (is_long(column->type)) rn_builder_printf(sql, ", 1, %d)", INDEXED_BYTES);
}

static rn_status make_index(sqlite3 *db, const rn_table_spec *table, rn_error *err) {
  rn_builder name = {0}, sql = {0};
  rn_builder_printf(&name, RN_SQLITE_ROW_INDEX "%s", rn_sqlite_table_name(table));
  rn_builder_text(&sql, "CREATE INDEX IF NOT EXISTS ");
  rn_sql_identifier(&sql, name.data);
  rn_builder_text(&sql, " ON ");
  rn_sql_identifier(&sql, rn_sqlite_table_name(table));
  bool any = false;
  for (uint32_t c = 0; c < table->column_count; c++) {
    if (table->columns[c].role != RN_COLUMN_PHYSICAL) continue;
    rn_builder_text(&sql, any ? ", " : "(");
    any = true;
    indexed(&sql, &table->columns[c]);
  }
  rn_builder_char(&sql, ')');
  rn_status status = sqlite3_exec(db, sql.data, NULL, NULL, NULL) == SQLITE_OK ? RN_OK : failed(db, table, err);
  rn_builder_free(&name);
  rn_builder_free(&sql);
  return status;
}

/* A name of the row number that no column hides; NULL: there is none. */
static const char *row_number(const rn_table_spec *table) {
  static const char *const names[] = {"rowid", "_rowid_", "oid"};
  for (size_t i = 0; i < 3; i++) {
    uint32_t c = 0;
    while (c < table->column_count && strcasecmp(table->columns[c].name, names[i]) != 0) c++;
    if (c == table->column_count) return names[i];
  }
  return NULL;
}

static rn_status prepare(sqlite3 *db, sqlite3_stmt **out, const rn_table_spec *table, const uint32_t *columns, uint32_t count, rn_error *err) {
  const char *number = row_number(table);
  if (!number) {
    rn_fail(err, RN_E_SINK, "table %s: columns named rowid, oid and _rowid_ hide the numbers of its rows, by which rows are taken back", table->name);
    return rn_hint(err, "rename one of them, or declare a PRIMARY KEY");
  }
  rn_builder sql = {0};
  rn_builder_text(&sql, "DELETE FROM ");
  rn_sql_identifier(&sql, rn_sqlite_table_name(table));
  rn_builder_printf(&sql, " WHERE %s IN (SELECT %s FROM ", number, number);
  rn_sql_identifier(&sql, rn_sqlite_table_name(table));
  for (uint32_t c = 0; c < count; c++) {
    const rn_table_column *column = &table->columns[columns[c]];
    rn_builder_text(&sql, c ? " AND " : " WHERE ");
    if (is_long(column->type)) {
      indexed(&sql, column);
      rn_builder_printf(&sql, " IS substr(?%u, 1, %d) AND ", c + 1, INDEXED_BYTES);
    }
    rn_sql_identifier(&sql, column->name);
    rn_builder_printf(&sql, " IS ?%u", c + 1);
  }
  rn_builder_printf(&sql, " LIMIT ?%u)", count + 1);
  rn_status status = RN_OK;
  if (sqlite3_prepare_v3(db, sql.data, -1, SQLITE_PREPARE_PERSISTENT, out, NULL) != SQLITE_OK) {
    bool no_number = strstr(sqlite3_errmsg(db), "no such column") != NULL;
    status = no_number ? rn_fail(err, RN_E_SINK, "table %s is WITHOUT ROWID in SQLite: its rows have no numbers, by which rows are taken back", table->name)
                       : failed(db, table, err);
    if (no_number) (void)rn_hint(err, "declare its PRIMARY KEY");
  }
  rn_builder_free(&sql);
  return status;
}

rn_status rn_sqlite_row_index(sqlite3 *db, const rn_table_spec *table, const uint32_t *columns, uint32_t count, rn_error *err) {
  sqlite3_stmt *found = NULL;
  if (make_index(db, table, err) != RN_OK) return RN_FAIL;
  rn_status status = prepare(db, &found, table, columns, count, err);
  sqlite3_finalize(found);
  return status;
}

static void bind(sqlite3_stmt *stmt, int at, const rn_sqlite_cell *cell) {
  switch (cell->kind) {
    case SQLITE_INTEGER: (void)sqlite3_bind_int64(stmt, at, cell->v.i); break;
    case SQLITE_FLOAT: (void)sqlite3_bind_double(stmt, at, cell->v.d); break;
    case SQLITE_TEXT: (void)sqlite3_bind_text(stmt, at, cell->v.p, (int)cell->len, SQLITE_STATIC); break;
    case SQLITE_BLOB: (void)sqlite3_bind_blob(stmt, at, cell->v.p, (int)cell->len, SQLITE_STATIC); break;
    default: (void)sqlite3_bind_null(stmt, at); break;
  }
}

rn_status rn_sqlite_take_back(sqlite3 *db, sqlite3_stmt **statement, const rn_table_spec *table, const uint32_t *columns,
                              rn_staged *staged, rn_error *err) {
  rn_status status = RN_OK;
  staged->missing = 0; /* a transaction that was busy is tried again */
  for (uint32_t r = 0; r < staged->count && status == RN_OK; r++) {
    int64_t gone = -staged->net.data[r];
    if (gone <= 0) continue;
    if (!*statement && prepare(db, statement, table, columns, staged->column_count, err) != RN_OK) return RN_FAIL;
    const rn_sqlite_cell *cells = rn_sqlite_row(staged, r);
    for (uint32_t c = 0; c < staged->column_count; c++) bind(*statement, (int)c + 1, &cells[c]);
    (void)sqlite3_bind_int64(*statement, (int)staged->column_count + 1, gone);
    if (sqlite3_step(*statement) == SQLITE_DONE) staged->missing += (uint64_t)(gone - sqlite3_changes(db));
    else status = failed(db, table, err);
    (void)sqlite3_reset(*statement);
  }
  if (*statement) (void)sqlite3_clear_bindings(*statement);
  return status;
}
