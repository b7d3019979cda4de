/* SQLite as a sink. Rows are staged by the task (sqlite_stage.c) and applied by the store's thread inside the
 * epoch's transaction: deletions first, by key, in one DELETE, then one INSERT .. SELECT from the virtual table
 * over the staged rows, in primary key order. WHERE true keeps ON from being read as a join's. */
#include <stdio.h>
#include "base/alloc.h"
#include "connectors/sqlite_sink.h"
#include "runtime/plan.h"

struct rn_sink {
  const rn_table_spec *table;
  rn_store *store;
  char *other_path;   /* NULL: the job's own file */
  uint32_t column_count;
  const uint32_t *columns; /* table column of batch column i */
  uint32_t key_count;
  uint32_t *keys;     /* batch columns */
  rn_staged *staged;
  uint64_t written, coalesced; /* of frozen epochs */
  uint64_t nulls_told;
  bool takes_back;    /* no key, and rows may be taken back */
  bool missing_told;
  void (*notice)(void *ctx, const char *text);
  void *notice_ctx;
  /* the applying thread's */
  sqlite3 *other;     /* connection to other_path */
  rn_sqlite_feed feed;
  char feed_name[48];
  uint64_t missing;   /* rows to be taken back that were not there, of committed epochs */
  uint64_t connection; /* that the statements belong to; 0: none */
  sqlite3_stmt *upsert, *erase, *take;
};

/* --- statements ------------------------------------------------------------------------------------------------------ */

static const char *column_name(const rn_sink *s, uint32_t c) { return s->table->columns[s->columns[c]].name; }

static void column_list(const rn_sink *s, rn_builder *b) {
  for (uint32_t c = 0; c < s->column_count; c++) {
    if (c) rn_builder_text(b, ", ");
    rn_sql_identifier(b, column_name(s, c));
  }
}

static void key_list(const rn_sink *s, rn_builder *b, bool feed) {
  rn_builder_char(b, '(');
  for (uint32_t k = 0; k < s->key_count; k++) {
    if (k) rn_builder_text(b, ", ");
    if (feed) rn_builder_printf(b, "c%u", s->keys[k]);
    else rn_sql_identifier(b, column_name(s, s->keys[k]));
  }
  rn_builder_char(b, ')');
}

static bool is_key(const rn_sink *s, uint32_t c) {
  for (uint32_t k = 0; k < s->key_count; k++) {
    if (s->keys[k] == c) return true;
  }
  return false;
}

static void upsert_sql(const rn_sink *s, rn_builder *b) {
  rn_builder_text(b, "INSERT INTO ");
  rn_sql_identifier(b, rn_sqlite_table_name(s->table));
  rn_builder_char(b, '(');
  column_list(s, b);
  rn_builder_text(b, ") SELECT ");
  for (uint32_t c = 0; c < s->column_count; c++) rn_builder_printf(b, "%sc%u", c ? ", " : "", c);
  rn_builder_printf(b, " FROM %s WHERE true", s->feed_name);
  if (s->key_count == 0 || s->takes_back) return;
  rn_builder_text(b, " ON CONFLICT");
  key_list(s, b, false);
  bool any = false;
  for (uint32_t c = 0; c < s->column_count; c++) {
    if (is_key(s, c)) continue;
    rn_builder_text(b, any ? ", " : " DO UPDATE SET ");
    any = true;
    rn_sql_identifier(b, column_name(s, c));
    rn_builder_text(b, " = excluded.");
    rn_sql_identifier(b, column_name(s, c));
  }
  if (!any) rn_builder_text(b, " DO NOTHING");
}

static void erase_sql(const rn_sink *s, rn_builder *b) {
  rn_builder_text(b, "DELETE FROM ");
  rn_sql_identifier(b, rn_sqlite_table_name(s->table));
  rn_builder_text(b, " WHERE ");
  key_list(s, b, false);
  rn_builder_text(b, " IN (SELECT ");
  for (uint32_t k = 0; k < s->key_count; k++) rn_builder_printf(b, "%sc%u", k ? ", " : "", s->keys[k]);
  rn_builder_printf(b, " FROM %s)", s->feed_name);
}

static rn_status sql_failed(rn_sink *s, sqlite3 *db, rn_error *err) {
  return rn_fail(err, RN_E_SINK, "writing to table %s: %s", s->table->name, sqlite3_errmsg(db));
}

static void drop_statements(rn_sink *s) {
  sqlite3_finalize(s->upsert);
  sqlite3_finalize(s->erase);
  sqlite3_finalize(s->take);
  s->upsert = s->erase = s->take = NULL;
  s->connection = 0;
}

static rn_status prepare(rn_sink *s, sqlite3 *db, uint64_t connection, rn_error *err) {
  if (s->connection == connection) return RN_OK;
  drop_statements(s);
  if (rn_sqlite_feed_register(db, s->feed_name, &s->feed, err) != RN_OK) return RN_FAIL;
  rn_builder sql = {0};
  upsert_sql(s, &sql);
  rn_status status = RN_OK;
  if (sqlite3_prepare_v3(db, sql.data, -1, SQLITE_PREPARE_PERSISTENT, &s->upsert, NULL) != SQLITE_OK) status = sql_failed(s, db, err);
  if (status == RN_OK && s->key_count && !s->takes_back) {
    rn_builder_clear(&sql);
    erase_sql(s, &sql);
    if (sqlite3_prepare_v3(db, sql.data, -1, SQLITE_PREPARE_PERSISTENT, &s->erase, NULL) != SQLITE_OK) status = sql_failed(s, db, err);
  }
  rn_builder_free(&sql);
  s->connection = status == RN_OK ? connection : 0;
  return status;
}

static rn_status run(rn_sink *s, sqlite3 *db, sqlite3_stmt *stmt, rn_staged *staged, uint32_t first, uint32_t end, rn_error *err) {
  if (first == end) return RN_OK;
  s->feed.staged = staged;
  s->feed.first = first;
  s->feed.end = end;
  int rc = sqlite3_step(stmt);
  rn_status status = rc == SQLITE_DONE ? RN_OK : sql_failed(s, db, err);
  sqlite3_reset(stmt);
  s->feed.staged = NULL;
  return status;
}

static rn_status write_rows(rn_sink *s, sqlite3 *db, uint64_t connection, rn_staged *staged, rn_error *err) {
  if (staged->count == 0) return RN_OK;
  if (prepare(s, db, connection, err) != RN_OK) return RN_FAIL;
  rn_sqlite_stage_order(staged);
  if (s->takes_back) {
    if (rn_sqlite_take_back(db, &s->take, s->table, s->columns, staged, err) != RN_OK) return RN_FAIL;
    return run(s, db, s->upsert, staged, 0, staged->inserts, err);
  }
  if (s->erase && run(s, db, s->erase, staged, 0, staged->delete_count, err) != RN_OK) return RN_FAIL;
  return run(s, db, s->upsert, staged, staged->delete_count, staged->count, err);
}

/* --- the connector's functions ------------------------------------------------------------------------------------------ */

static rn_status make_table(sqlite3 *db, void *ctx, rn_error *err) {
  rn_sink *s = ctx;
  if (rn_sqlite_prepare_table(db, s->table, err) != RN_OK) return RN_FAIL;
  return s->takes_back ? rn_sqlite_row_index(db, s->table, s->columns, s->column_count, err) : RN_OK;
}

static rn_status in_transaction(rn_sink *s, rn_staged *staged, rn_error *err) {
  if (sqlite3_exec(s->other, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK) return sql_failed(s, s->other, err);
  rn_status status = staged ? write_rows(s, s->other, 1, staged, err) : rn_sqlite_prepare_table(s->other, s->table, err);
  if (status == RN_OK && sqlite3_exec(s->other, "COMMIT", NULL, NULL, NULL) != SQLITE_OK) status = sql_failed(s, s->other, err);
  if (status != RN_OK) sqlite3_exec(s->other, "ROLLBACK", NULL, NULL, NULL);
  return status;
}

rn_status rn_sqlite_sink_open(const rn_sink_spec *spec, rn_sink **out, rn_error *err) {
  rn_sink *s = rn_calloc(1, sizeof *s);
  *out = s;
  s->table = spec->table;
  s->store = spec->store;
  s->columns = spec->columns;
  s->column_count = spec->schema->count;
  s->takes_back = spec->key_count == 0 && (spec->changes & ~RN_CHANGE_INSERT) != 0;
  s->key_count = s->takes_back ? s->column_count : spec->key_count;
  s->keys = rn_calloc(s->key_count + 1, sizeof *s->keys);
  for (uint32_t k = 0; k < s->key_count; k++) s->keys[k] = s->takes_back ? k : spec->keys[k];
  s->notice = spec->notice;
  s->notice_ctx = spec->notice_ctx;
  s->feed.column_count = s->column_count;
  snprintf(s->feed_name, sizeof s->feed_name, "_rn_feed_%llx", (unsigned long long)(uintptr_t)s);
  s->staged = rn_sqlite_stage_new(s->column_count, s->keys, s->key_count, s->takes_back);
  const char *other = rn_sqlite_other_path(s->table, s->store);
  rn_status status;
  if (other) {
    s->other_path = rn_strdup(other);
    status = rn_sqlite_open_path(other, true, &s->other, err);
    if (status == RN_OK) status = in_transaction(s, NULL, err);
  } else if (!s->store) {
    status = rn_fail(err, RN_E_SINK, "table %s needs a database file", s->table->name);
  } else {
    status = rn_store_run(s->store, make_table, s, err);
  }
  if (status == RN_OK) return RN_OK;
  rn_sqlite_sink_close(s);
  *out = NULL;
  return RN_FAIL;
}

rn_status rn_sqlite_sink_stage(rn_sink *s, const rn_batch *batch, rn_error *err) {
  return rn_sqlite_stage_add(s->staged, batch, s->table, s->columns, err);
}

size_t rn_sqlite_sink_bytes(rn_sink *s) { return rn_sqlite_stage_bytes(s->staged); }

rn_status rn_sqlite_sink_freeze(rn_sink *s, rn_staged **out, rn_error *err) {
  (void)err;
  *out = s->staged;
  s->written += rn_sqlite_stage_written(s->staged);
  s->coalesced += s->staged->coalesced;
  if (s->staged->not_a_number && s->notice && !s->nulls_told) {
    rn_builder b = {0};
    rn_builder_printf(&b, "table %s: NaN is stored as NULL (SQLite has no NaN)", s->table->name);
    s->notice(s->notice_ctx, b.data);
    rn_builder_free(&b);
    s->nulls_told = 1;
  }
  if (s->missing && s->notice && !s->missing_told) {
    rn_builder b = {0};
    rn_builder_printf(&b, "table %s: %llu row%s that the query takes back %s not there: something else has changed the table", s->table->name,
                      (unsigned long long)s->missing, s->missing == 1 ? "" : "s", s->missing == 1 ? "was" : "were");
    s->notice(s->notice_ctx, b.data);
    rn_builder_free(&b);
    s->missing_told = true;
  }
  s->staged = rn_sqlite_stage_new(s->column_count, s->keys, s->key_count, s->takes_back);
  return RN_OK;
}

rn_status rn_sqlite_sink_flush(rn_sink *s, rn_staged *staged, uint64_t epoch, rn_error *err) {
  (void)epoch;
  return s->other && staged->count ? in_transaction(s, staged, err) : RN_OK;
}

rn_status rn_sqlite_sink_apply(rn_sink *s, rn_staged *staged, rn_txn *txn, uint64_t epoch, rn_error *err) {
  (void)epoch;
  return s->other ? RN_OK : write_rows(s, txn->db, txn->connection, staged, err);
}

void rn_sqlite_sink_committed(rn_sink *s, rn_staged *staged, uint64_t epoch) {
  (void)epoch;
  s->missing += staged->missing; /* the task reads it when no epoch is under way */
  rn_sqlite_stage_free(staged);
}

void rn_sqlite_sink_discard(rn_sink *s, rn_staged *staged) {
  (void)s;
  rn_sqlite_stage_free(staged);
}

void rn_sqlite_sink_counters(rn_sink *s, uint64_t *written, uint64_t *coalesced) {
  *written = s->written + rn_sqlite_stage_written(s->staged);
  *coalesced = s->coalesced + s->staged->coalesced;
}

/* On the store's thread, which owns the connection that the statements belong to. */
static rn_status let_go(sqlite3 *db, void *ctx, rn_error *err) {
  (void)err;
  rn_sink *s = ctx;
  drop_statements(s);
  rn_sqlite_feed_unregister(db, s->feed_name);
  return RN_OK;
}

void rn_sqlite_sink_close(rn_sink *s) {
  if (!s) return;
  if (s->other) {
    drop_statements(s);
    sqlite3_close_v2(s->other);
  } else if (s->connection) {
    rn_error ignored;
    rn_error_clear(&ignored);
    (void)rn_store_call(s->store, let_go, s, &ignored);
  }
  rn_sqlite_stage_free(s->staged);
  rn_free(s->other_path);
  rn_free(s->keys);
  rn_free(s);
}
