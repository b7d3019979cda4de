/* The catalog in the file: _rn_catalog is loaded at open and written through; SQLite tables that are not in
 * it are visible as bounded sources. */
#include "api/api_private.h"
#include "connectors/sqlite_private.h"
#include <errno.h>
#include <sys/stat.h>

typedef struct save_ctx {
  const rn_catalog_object *object;
  const rn_catalog_change *change;
  const rn_table_spec *table; /* of the file: made or adopted with the row; NULL: it lies elsewhere */
  const rn_table_spec *old;   /* the same of what was there before */
} save_ctx;

static rn_status run_statement(sqlite3 *db, const char *sql, const char *const *texts, int count, rn_error *err) {
  sqlite3_stmt *statement;
  if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
    return rn_fail(err, RN_E_DATABASE, "catalog: %s", sqlite3_errmsg(db));
  for (int i = 0; i < count; i++) (void)sqlite3_bind_text(statement, i + 1, texts[i], -1, SQLITE_STATIC);
  int code = sqlite3_step(statement);
  rn_status status = code == SQLITE_DONE || code == SQLITE_ROW
                         ? RN_OK
                         : rn_fail(err, RN_E_DATABASE, "catalog: %s", sqlite3_errmsg(db));
  (void)sqlite3_finalize(statement);
  return status;
}

/* SQLite's names ignore case: a table that differs in case only would be taken for ours. */
static rn_status check_case(sqlite3 *db, const char *name, rn_error *err) {
  sqlite3_stmt *q;
  if (sqlite3_prepare_v2(db, "SELECT name FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE AND name <> ?1", -1, &q,
                         NULL) != SQLITE_OK)
    return rn_fail(err, RN_E_DATABASE, "catalog: %s", sqlite3_errmsg(db));
  (void)sqlite3_bind_text(q, 1, name, -1, SQLITE_STATIC);
  rn_status status = RN_OK;
  if (sqlite3_step(q) == SQLITE_ROW) {
    (void)rn_fail(err, RN_E_CATALOG, "\"%s\" differs from the file's \"%s\" in case only", name,
                  (const char *)sqlite3_column_text(q, 0));
    status = rn_hint(err, "SQLite ignores case in names");
  }
  (void)sqlite3_finalize(q);
  return status;
}
/* The rows of the old table: dropped with it (OR REPLACE), or brought to the new one's shape. */
static rn_status follow_change(sqlite3 *db, const save_ctx *s, rn_error *err) {
  if (!s->old) return RN_OK;
  if (s->change->replaced) return rn_stored_table_drop(db, s->old->name, err);
  if (s->change->renamed && rn_stored_table_rename(db, s->old->name, s->object->name, err) != RN_OK) return RN_FAIL;
  return rn_stored_table_reshape(db, s->old, s->table, s->change, err);
}
static rn_status save_row(sqlite3 *db, void *ctx, rn_error *err) {
  const save_ctx *s = ctx;
  const rn_catalog_object *o = s->object;
  if (s->change->replaced && !s->table && follow_change(db, s, err) != RN_OK) return RN_FAIL;
  if (s->table) {
    if (follow_change(db, s, err) != RN_OK) return RN_FAIL;
    if (check_case(db, o->name, err) != RN_OK || rn_sqlite_prepare_table(db, s->table, err) != RN_OK) return RN_FAIL;
  }
  static const char *const words[] = {"table", "view", "function", "database", "catalog"};
  const char *texts[] = {o->catalog, o->database, o->kind >= RN_OBJECT_DATABASE ? "" : o->own, words[o->kind], o->sql};
  return run_statement(
      db,
      "INSERT INTO _rn_catalog(catalog, database, name, kind, sql, version) VALUES (?1, ?2, ?3, ?4, ?5, 1) "
      "ON CONFLICT(catalog, database, name) DO UPDATE SET kind = ?4, sql = ?5, version = version + 1",
      texts, 5, err);
}
static rn_status remove_row(sqlite3 *db, void *ctx, rn_error *err) {
  const rn_catalog_object *o = ((save_ctx *)ctx)->object;
  const char *texts[] = {o->catalog, o->database, o->kind >= RN_OBJECT_DATABASE ? "" : o->own};
  return run_statement(db, "DELETE FROM _rn_catalog WHERE catalog = ?1 AND database = ?2 AND name = ?3", texts, 3, err);
}

/* A secret that stands in the definition is only written to files that their owner alone can read; a chmod of the
 * database alone would leave it readable in the write-ahead log. */
static rn_status make_private(runnel *db, const rn_catalog_object *object, rn_error *err) {
  static const char *const suffixes[] = {"", "-wal", "-shm"};
  bool secret = false;
  for (size_t i = 0; i < object->options.count; i++) {
    const rn_option_value *o = &object->options.items[i];
    const rn_option *row = object->connector ? rn_table_option_row(object->connector, object->value_format,
                                                                   object->key_format, rn_slice_of(o->key))
                                             : NULL;
    secret |= row && (row->flags & RN_OPTION_SECRET) && o->value[0] && !strstr(o->value, "${");
  }
  for (size_t i = 0; secret && i < sizeof suffixes / sizeof suffixes[0]; i++) {
    rn_builder path = {0};
    rn_builder_printf(&path, "%s%s", rn_store_path(db->store), suffixes[i]);
    int code = chmod(path.data, 0600);
    if (code != 0 && !(errno == ENOENT && i > 0))
      (void)rn_fail(err, RN_E_DATABASE, "cannot make %s private: %s", path.data, strerror(errno));
    rn_builder_free(&path);
    if (err->code) return RN_FAIL;
  }
  return RN_OK;
}

bool rn_catalog_lies_in_file(const rn_catalog_object *object) {
  return object->kind == RN_OBJECT_TABLE && object->connector && (object->connector->flags & RN_CONNECTOR_IN_FILE) &&
         !rn_option_text(&object->options, "path") && !rn_option_text(&object->options, "table");
}

static rn_status file_spec(runnel *db, const rn_catalog_object *object, rn_arena *arena, const rn_table_spec **out, rn_error *err) {
  rn_table_spec *spec;
  uint32_t *map;
  if (!object || !rn_catalog_lies_in_file(object)) return RN_OK;
  rn_diagnostics *diags = rn_calloc(1, sizeof *diags);
  if (rn_catalog_table_spec(object, rn_catalog_registry(db->catalog), NULL, arena, &spec, &map, diags) == RN_OK)
    *out = spec;
  else
    for (size_t i = 0; i < diags->count && !err->code; i++) *err = diags->items[i];
  rn_free(diags);
  return err->code ? RN_FAIL : RN_OK;
}

/* The SQLite table is made (or adopted, when its columns fit) with the catalog's row, so that readers find it before
 * its first row, and a definition that does not fit fails here. */
static rn_status save(void *ctx, const rn_catalog_object *object, rn_error *err) {
  runnel *db = ctx;
  if (object->temporary || object->external) return RN_OK;
  if (rn_engine_writable(db, err) != RN_OK || make_private(db, object, err) != RN_OK) return RN_FAIL;
  save_ctx s = {.object = object, .change = rn_catalog_changing(db->catalog)};
  rn_arena arena = {0};
  rn_status status = file_spec(db, object, &arena, &s.table, err);
  if (status == RN_OK) status = file_spec(db, s.change->old, &arena, &s.old, err);
  if (status == RN_OK) status = rn_store_run(db->store, save_row, &s, err);
  rn_arena_free(&arena);
  return status;
}

typedef struct drop_ctx {
  save_ctx save;
  const char *table;
} drop_ctx;
static rn_status drop_rows(sqlite3 *db, void *ctx, rn_error *err) {
  drop_ctx *d = ctx;
  if (remove_row(db, &d->save, err) != RN_OK) return RN_FAIL;
  return d->table ? rn_stored_table_drop(db, d->table, err) : RN_OK;
}

/* Dropping a sqlite table of this file drops its rows too: the table was made by CREATE TABLE here. */
static rn_status forget(void *ctx, const rn_catalog_object *object, rn_error *err) {
  runnel *db = ctx;
  if (object->temporary) return RN_OK;
  if (rn_engine_writable(db, err) != RN_OK) return RN_FAIL;
  bool renamed = rn_catalog_changing(db->catalog)->renamed; /* the rows have gone on under the new name */
  drop_ctx d = {{.object = object}, rn_catalog_lies_in_file(object) && !renamed ? object->name : NULL};
  return rn_store_run(db->store, drop_rows, &d, err);
}

/* --- tables that are not ours -------------------------------------------------------------------------------- */
typedef struct affinity {
  const char *part, *type;
} affinity;
/* SQLite's affinity rules, in their order; the dialect's type that holds such values. */
static const affinity affinities[] = {{"INT", "BIGINT"},     {"CHAR", "STRING"},   {"CLOB", "STRING"},
                                      {"TEXT", "STRING"},    {"BLOB", "BYTES"},    {"REAL", "DOUBLE"},
                                      {"FLOA", "DOUBLE"},    {"DOUB", "DOUBLE"},   {"BOOL", "BOOLEAN"},
                                      {"NUMERIC", "DOUBLE"}, {"DECIMAL", "DOUBLE"}};
static const char *type_of(const char *declared) {
  for (size_t i = 0; i < sizeof affinities / sizeof affinities[0]; i++)
    if (declared && strcasestr(declared, affinities[i].part)) return affinities[i].type;
  return "STRING";
}

static rn_status external_sql(sqlite3 *reader, const char *name, rn_builder *out) {
  sqlite3_stmt *q;
  if (sqlite3_prepare_v2(
          reader,
          "SELECT c.name, c.type, c.\"notnull\", c.pk FROM sqlite_schema s, pragma_table_info(s.name) c "
          "WHERE s.name = ?1 AND s.type IN ('table', 'view') AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
          "AND s.name NOT LIKE '\\_rn\\_%' ESCAPE '\\' ORDER BY c.cid",
          -1, &q, NULL) != SQLITE_OK)
    return RN_FAIL;
  (void)sqlite3_bind_text(q, 1, name, -1, SQLITE_STATIC);
  int columns = 0;
  rn_builder keys = {0};
  while (sqlite3_step(q) == SQLITE_ROW) {
    if (columns++) rn_builder_text(out, ", ");
    else {
      rn_builder_text(out, "CREATE TABLE ");
      rn_builder_quoted(out, rn_slice_of(name), '`');
      rn_builder_text(out, " (");
    }
    const char *column = (const char *)sqlite3_column_text(q, 0);
    rn_builder_quoted(out, rn_slice_of(column), '`');
    rn_builder_printf(out, " %s", type_of((const char *)sqlite3_column_text(q, 1)));
    if (sqlite3_column_int(q, 3) > 0) {
      if (keys.len) rn_builder_text(&keys, ", ");
      rn_builder_quoted(&keys, rn_slice_of(column), '`');
    }
  }
  (void)sqlite3_finalize(q);
  if (keys.len) rn_builder_printf(out, ", PRIMARY KEY (%s) NOT ENFORCED", keys.data);
  rn_builder_free(&keys);
  if (!columns) return RN_FAIL;
  rn_builder_text(out, ") WITH ('connector' = 'sqlite')");
  return RN_OK;
}

static rn_status lookup(void *ctx, const char *name, rn_catalog *catalog, rn_error *err) {
  runnel *db = ctx;
  sqlite3 *reader;
  if (!db->store || rn_store_reader(db->store, &reader, err) != RN_OK) return RN_OK;
  rn_builder sql = {0};
  rn_status found = external_sql(reader, name, &sql);
  (void)sqlite3_close(reader);
  rn_status status = RN_OK;
  if (found == RN_OK) {
    rn_arena arena = {0};
    rn_diagnostics *diags = rn_calloc(1, sizeof *diags);
    rn_ast_statement *ast = NULL;
    size_t end;
    rn_catalog_object *object = NULL;
    if (rn_parse_next(rn_slice_make(sql.data, sql.len), 0, &arena, &ast, &end, diags) == RN_OK && ast &&
        rn_catalog_define(catalog, ast, &object, diags) == RN_OK) {
      object->external = true;
      status = rn_catalog_add(catalog, object, err);
    }
    rn_free(diags);
    rn_arena_free(&arena);
  }
  rn_builder_free(&sql);
  return status;
}

/* --- loading ------------------------------------------------------------------------------------------------------ */
/* Views may come before what they read: rounds go on while one more object could be defined. */
static rn_status load(runnel *db, sqlite3 *reader, rn_error *err) {
  sqlite3_stmt *q;
  if (sqlite3_prepare_v2(reader, "SELECT sql, name FROM _rn_catalog ORDER BY kind, name", -1, &q, NULL) != SQLITE_OK)
    return RN_OK; /* a file without our tables yet: read-only company of a plain SQLite file */
  RN_VEC(char *) pending = {0};
  while (sqlite3_step(q) == SQLITE_ROW) RN_VEC_PUSH(&pending, rn_strdup((const char *)sqlite3_column_text(q, 0)));
  (void)sqlite3_finalize(q);
  rn_diagnostics *diags = rn_calloc(1, sizeof *diags);
  rn_status status = RN_OK;
  for (bool progress = true; progress && pending.len;) {
    progress = false;
    size_t kept = 0;
    for (size_t i = 0; i < pending.len; i++) {
      rn_arena arena = {0};
      rn_ast_statement *ast = NULL;
      size_t end;
      memset(diags, 0, sizeof *diags);
      rn_catalog_object *object;
      bool existed;
      if (rn_parse_next(rn_slice_of(pending.data[i]), 0, &arena, &ast, &end, diags) == RN_OK && ast &&
          rn_catalog_create(db->catalog, ast, true, &object, &existed, diags) == RN_OK) {
        progress = true;
        rn_free(pending.data[i]);
      } else {
        pending.data[kept++] = pending.data[i];
      }
      rn_arena_free(&arena);
    }
    pending.len = kept;
  }
  if (pending.len)
    status = rn_fail(err, RN_E_CATALOG, "a stored definition cannot be used: %.200s: %.300s", pending.data[0],
                     diags->count ? diags->items[0].message : "unknown reason");
  for (size_t i = 0; i < pending.len; i++) rn_free(pending.data[i]);
  RN_VEC_FREE(&pending);
  rn_free(diags);
  return status;
}

static int64_t data_version(sqlite3 *reader) {
  sqlite3_stmt *q;
  int64_t version = -1;
  if (sqlite3_prepare_v2(reader, "PRAGMA data_version", -1, &q, NULL) != SQLITE_OK) return version;
  if (sqlite3_step(q) == SQLITE_ROW) version = sqlite3_column_int64(q, 0);
  (void)sqlite3_finalize(q);
  return version;
}

rn_status rn_catalog_store_open(runnel *db, rn_error *err) {
  rn_catalog_hooks hooks = {.save = save, .remove = forget, .lookup = lookup, .ctx = db};
  if (rn_store_reader(db->store, &db->catalog_reader, err) != RN_OK) return RN_FAIL;
  db->catalog_version = data_version(db->catalog_reader);
  rn_status status = load(db, db->catalog_reader, err);
  rn_catalog_set_hooks(db->catalog, &hooks);
  return status;
}

rn_status rn_catalog_store_refresh(runnel *db, rn_error *err) {
  int64_t version = data_version(db->catalog_reader);
  if (version == db->catalog_version) return RN_OK;
  db->catalog_version = version;
  const rn_registry *registry = rn_catalog_registry(db->catalog);
  const char *database, *current = rn_catalog_current(db->catalog, &database);
  rn_arena arena = {0};
  current = rn_arena_strdup(&arena, current);
  database = rn_arena_strdup(&arena, database);
  rn_catalog_free(db->catalog);
  db->catalog = rn_catalog_new(registry, db->zone);
  rn_catalog_enter(db->catalog, current, database);
  rn_catalog_stay(db->catalog);
  rn_status status = load(db, db->catalog_reader, err);
  rn_catalog_hooks hooks = {.save = save, .remove = forget, .lookup = lookup, .ctx = db};
  rn_catalog_set_hooks(db->catalog, &hooks);
  rn_arena_free(&arena);
  return status;
}
