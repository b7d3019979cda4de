/* The SQLite table behind a table of the catalog, when its definition changes: ALTER TABLE makes a table of the new
 * shape, moves the rows and takes the old one's name, in the transaction that stores the definition. */
#include "api/api_private.h"
#include "connectors/sqlite_private.h"

static rn_status run(sqlite3 *db, const char *sql, const char *what, rn_error *err) {
  if (sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK) return RN_OK;
  return rn_fail(err, RN_E_CATALOG, "%s: %s", what, sqlite3_errmsg(db));
}
static rn_status run_with(sqlite3 *db, const char *before, const char *name, const char *after, const char *other, rn_error *err) {
  rn_builder sql = {0};
  rn_builder_text(&sql, before);
  rn_sql_identifier(&sql, name);
  rn_builder_text(&sql, after);
  if (other) rn_sql_identifier(&sql, other);
  rn_status status = run(db, sql.data, name, err);
  rn_builder_free(&sql);
  return status;
}

bool rn_stored_table_exists(sqlite3 *db, const char *name) {
  sqlite3_stmt *q;
  if (sqlite3_prepare_v2(db, "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1", -1, &q, NULL) != SQLITE_OK) return false;
  (void)sqlite3_bind_text(q, 1, name, -1, SQLITE_STATIC);
  bool there = sqlite3_step(q) == SQLITE_ROW;
  (void)sqlite3_finalize(q);
  return there;
}
rn_status rn_stored_table_drop(sqlite3 *db, const char *name, rn_error *err) {
  return run_with(db, "DROP TABLE IF EXISTS ", name, "", NULL, err);
}
rn_status rn_stored_table_rename(sqlite3 *db, const char *from, const char *to, rn_error *err) {
  if (!rn_stored_table_exists(db, from)) return RN_OK;
  rn_builder index = {0};
  rn_builder_printf(&index, RN_SQLITE_ROW_INDEX "%s", from); /* a sink makes it again, under the new name */
  rn_status status = run_with(db, "DROP INDEX IF EXISTS ", index.data, "", NULL, err);
  rn_builder_free(&index);
  return status == RN_OK ? run_with(db, "ALTER TABLE ", from, " RENAME TO ", to, err) : status;
}
int64_t rn_stored_table_rows(sqlite3 *db, const char *name) {
  rn_builder sql = {0};
  sqlite3_stmt *q;
  int64_t count = 0;
  rn_builder_text(&sql, "SELECT count(*) FROM ");
  rn_sql_identifier(&sql, name);
  if (sqlite3_prepare_v2(db, sql.data, -1, &q, NULL) == SQLITE_OK) {
    if (sqlite3_step(q) == SQLITE_ROW) count = sqlite3_column_int64(q, 0);
    (void)sqlite3_finalize(q);
  }
  rn_builder_free(&sql);
  return count;
}

/* --- another shape --------------------------------------------------------------------------------------------- */
static const rn_table_column *find(const rn_table_spec *t, const char *name) {
  for (uint32_t i = 0; i < t->column_count; i++)
    if (t->columns[i].role == RN_COLUMN_PHYSICAL && strcmp(t->columns[i].name, name) == 0) return &t->columns[i];
  return NULL;
}
static bool same_shape(const rn_table_spec *a, const rn_table_spec *b) {
  uint32_t at = 0;
  if (a->key_count != b->key_count) return false;
  for (uint32_t k = 0; k < a->key_count; k++)
    if (strcmp(a->columns[a->keys[k]].name, b->columns[b->keys[k]].name) != 0) return false;
  for (uint32_t i = 0; i < a->column_count; i++) {
    if (a->columns[i].role != RN_COLUMN_PHYSICAL) continue;
    while (at < b->column_count && b->columns[at].role != RN_COLUMN_PHYSICAL) at++;
    if (at == b->column_count || strcmp(a->columns[i].name, b->columns[at].name) != 0 ||
        a->columns[i].type->nullable != b->columns[at].type->nullable || !rn_type_same(a->columns[i].type, b->columns[at].type))
      return false;
    at++;
  }
  for (; at < b->column_count; at++)
    if (b->columns[at].role == RN_COLUMN_PHYSICAL) return false;
  return true;
}

/* Do stored values of one type mean the same as values of the other? Only what grows. */
static bool grows(const rn_type *from, const rn_type *to) {
  if (rn_type_same(from, to)) return true;
  if (rn_type_is_integer(from) && rn_type_is_integer(to)) return from->id <= to->id;
  if (from->id == RN_T_FLOAT && to->id == RN_T_DOUBLE) return true;
  if (rn_type_is_integer(from) && to->id == RN_T_DOUBLE) return from->id != RN_T_BIGINT;
  if (from->id == RN_T_DECIMAL && to->id == RN_T_DECIMAL) return from->scale == to->scale && from->precision <= to->precision;
  bool text = rn_type_is_string(from) && to->id == RN_T_VARCHAR, bytes = (from->id == RN_T_BINARY || from->id == RN_T_VARBINARY) && to->id == RN_T_VARBINARY;
  return (text || bytes) && from->precision <= to->precision;
}

static rn_status check_column(const rn_table_column *from, const rn_table_column *to, int64_t rows, rn_error *err) {
  if (!rows) return RN_OK;
  if (!from && !to->type->nullable) {
    (void)rn_fail(err, RN_E_CATALOG, "column \"%s\" is NOT NULL, and the %lld stored rows have no value for it", to->name, (long long)rows);
    return rn_hint(err, "add it without NOT NULL");
  }
  if (!from || grows(from->type, to->type)) return RN_OK;
  rn_arena arena = {0};
  (void)rn_fail(err, RN_E_CATALOG, "column \"%s\" of the %lld stored rows is %s, which does not become %s", to->name, (long long)rows,
                rn_type_name(&arena, from->type), rn_type_name(&arena, to->type));
  rn_arena_free(&arena);
  return rn_hint(err, "CREATE TABLE .. AS SELECT CAST(..) .. makes a new table of them");
}

static rn_status move_rows(sqlite3 *db, const rn_table_spec *old, const rn_table_spec *now, const char *from, const char *into,
                           const rn_catalog_change *change, rn_error *err) {
  int64_t rows = rn_stored_table_rows(db, from);
  rn_builder columns = {0}, values = {0}, sql = {0};
  rn_status status = RN_OK;
  for (uint32_t i = 0; i < now->column_count && status == RN_OK; i++) {
    const rn_table_column *to = &now->columns[i];
    if (to->role != RN_COLUMN_PHYSICAL) continue;
    bool renamed = change->column_to && strcmp(change->column_to, to->name) == 0;
    const rn_table_column *source = find(old, renamed ? change->column_from : to->name);
    status = check_column(source, to, rows, err);
    if (columns.len) rn_builder_text(&columns, ", ");
    if (values.len) rn_builder_text(&values, ", ");
    rn_sql_identifier(&columns, to->name);
    if (source) rn_sql_identifier(&values, source->name);
    else rn_builder_text(&values, "NULL");
  }
  rn_builder_text(&sql, "INSERT INTO ");
  rn_sql_identifier(&sql, into);
  rn_builder_printf(&sql, "(%s) SELECT %s FROM ", columns.data, values.data);
  rn_sql_identifier(&sql, from);
  if (status == RN_OK && rows && sqlite3_exec(db, sql.data, NULL, NULL, NULL) != SQLITE_OK) {
    const char *message = sqlite3_errmsg(db), *dot = strrchr(message, '.'); /* "NOT NULL constraint failed: t.a" */
    status = strstr(message, "UNIQUE") ? rn_fail(err, RN_E_CATALOG, "stored rows share values of the new PRIMARY KEY")
             : strstr(message, "NOT NULL") && dot ? rn_fail(err, RN_E_CATALOG, "stored rows have no value for \"%s\", which is to be NOT NULL", dot + 1)
                                                  : rn_fail(err, RN_E_CATALOG, "the stored rows do not fit: %s", message);
  }
  rn_builder_free(&columns);
  rn_builder_free(&values);
  rn_builder_free(&sql);
  return status;
}

rn_status rn_stored_table_reshape(sqlite3 *db, const rn_table_spec *old, const rn_table_spec *now, const rn_catalog_change *change, rn_error *err) {
  if (same_shape(old, now) || !rn_stored_table_exists(db, now->name)) return RN_OK;
  rn_arena arena = {0};
  const char *into = rn_arena_printf(&arena, "_rn_alter_%s", now->name);
  rn_table_spec shape = *now;
  shape.name = into;
  shape.options = (rn_options){0}; /* indexes are made when it has its name */
  rn_status status = rn_stored_table_drop(db, into, err);
  if (status == RN_OK) status = rn_sqlite_prepare_table(db, &shape, err);
  if (status == RN_OK) status = move_rows(db, old, now, now->name, into, change, err);
  if (status == RN_OK) status = rn_stored_table_drop(db, now->name, err);
  if (status == RN_OK) status = rn_stored_table_rename(db, into, now->name, err);
  rn_arena_free(&arena);
  return status;
}
