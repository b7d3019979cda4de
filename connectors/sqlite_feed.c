/* The in-memory virtual table that feeds an epoch's rows to `INSERT .. SELECT .. FROM feed` (PERFORMANCE 2d: a
 * third of the cost of bind and step per row). Eponymous, read-only, scanned front to back. */
#include "base/alloc.h"
#include "connectors/sqlite_private.h"

typedef struct table {
  sqlite3_vtab base;
  rn_sqlite_feed *feed;
} table;

typedef struct cursor {
  sqlite3_vtab_cursor base;
  const rn_sqlite_feed *feed;
  uint32_t at;
  const rn_sqlite_cell *row;
} cursor;

static int feed_connect(sqlite3 *db, void *aux, int argc, const char *const *argv, sqlite3_vtab **out, char **message) {
  (void)argc, (void)argv, (void)message;
  rn_sqlite_feed *feed = aux;
  rn_builder b = {0};
  rn_builder_text(&b, "CREATE TABLE feed(");
  for (uint32_t c = 0; c < feed->column_count; c++) rn_builder_printf(&b, "%sc%u", c ? ", " : "", c);
  rn_builder_char(&b, ')');
  int rc = sqlite3_declare_vtab(db, b.data);
  rn_builder_free(&b);
  if (rc != SQLITE_OK) return rc;
  table *t = sqlite3_malloc(sizeof *t);
  if (!t) return SQLITE_NOMEM;
  memset(t, 0, sizeof *t);
  t->feed = feed;
  *out = &t->base;
  return SQLITE_OK;
}

static int feed_disconnect(sqlite3_vtab *vtab) {
  sqlite3_free(vtab);
  return SQLITE_OK;
}

static int feed_best_index(sqlite3_vtab *vtab, sqlite3_index_info *info) {
  const rn_sqlite_feed *feed = ((table *)vtab)->feed;
  info->estimatedRows = feed->end - feed->first + 1;
  info->estimatedCost = (double)info->estimatedRows;
  return SQLITE_OK;
}

static void load(cursor *c) {
  const rn_staged *s = c->feed->staged;
  if (c->at < c->feed->end) c->row = rn_sqlite_row(s, s->order ? s->order[c->at] : c->at);
}

static int feed_open(sqlite3_vtab *vtab, sqlite3_vtab_cursor **out) {
  cursor *c = sqlite3_malloc(sizeof *c);
  if (!c) return SQLITE_NOMEM;
  memset(c, 0, sizeof *c);
  c->feed = ((table *)vtab)->feed;
  *out = &c->base;
  return SQLITE_OK;
}

static int feed_close(sqlite3_vtab_cursor *base) {
  sqlite3_free(base);
  return SQLITE_OK;
}

static int feed_filter(sqlite3_vtab_cursor *base, int number, const char *text, int argc, sqlite3_value **argv) {
  (void)number, (void)text, (void)argc, (void)argv;
  cursor *c = (cursor *)base;
  c->at = c->feed->first;
  load(c);
  return SQLITE_OK;
}

static int feed_next(sqlite3_vtab_cursor *base) {
  cursor *c = (cursor *)base;
  c->at++;
  load(c);
  return SQLITE_OK;
}

static int feed_eof(sqlite3_vtab_cursor *base) {
  const cursor *c = (const cursor *)base;
  return c->at >= c->feed->end;
}

static int feed_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int column) {
  const rn_sqlite_cell *cell = &((cursor *)base)->row[column];
  switch (cell->kind) {
    case SQLITE_INTEGER: sqlite3_result_int64(context, cell->v.i); break;
    case SQLITE_FLOAT: sqlite3_result_double(context, cell->v.d); break;
    case SQLITE_TEXT: sqlite3_result_text(context, cell->v.p, (int)cell->len, SQLITE_STATIC); break;
    case SQLITE_BLOB: sqlite3_result_blob(context, cell->v.p, (int)cell->len, SQLITE_STATIC); break;
    default: sqlite3_result_null(context); break;
  }
  return SQLITE_OK;
}

static int feed_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *out) {
  *out = ((cursor *)base)->at;
  return SQLITE_OK;
}

/* xCreate NULL: the table exists by being named, and cannot be created otherwise. */
static const sqlite3_module feed_module = {
    .iVersion = 0,
    .xConnect = feed_connect,
    .xBestIndex = feed_best_index,
    .xDisconnect = feed_disconnect,
    .xOpen = feed_open,
    .xClose = feed_close,
    .xFilter = feed_filter,
    .xNext = feed_next,
    .xEof = feed_eof,
    .xColumn = feed_column,
    .xRowid = feed_rowid,
};

rn_status rn_sqlite_feed_register(sqlite3 *db, const char *name, rn_sqlite_feed *feed, rn_error *err) {
  if (sqlite3_create_module_v2(db, name, &feed_module, feed, NULL) == SQLITE_OK) return RN_OK;
  return rn_fail(err, RN_E_SINK, "cannot feed rows to SQLite: %s", sqlite3_errmsg(db));
}

void rn_sqlite_feed_unregister(sqlite3 *db, const char *name) { sqlite3_create_module_v2(db, name, NULL, NULL, NULL); }
