/* Stored runs: a script that did not finish is continued by its next run.
 *
 * _rn_run(script, run, statement, state) has one row per run (statement ''), OPEN or FINISHED. Bounded
 * statements are jobs of their own whose key names script, run, text and occurrence, so that "has it
 * finished" is the state that the job's last epoch wrote in its own transaction: nothing can fall between.
 * When a run finishes, its bounded jobs are forgotten. */
#include "api/api_private.h"
#include "base/hash.h"
#include <inttypes.h>
#include <stdio.h>

char *rn_run_key(runnel *db, const char *canonical, bool in_run) {
  rn_builder key = {0};
  uint64_t hash = rn_hash(canonical, strlen(canonical), 0);
  if (!in_run || !db->run_script) {
    rn_builder_printf(&key, "insert %016" PRIx64, hash);
    return rn_builder_take(&key);
  }
  int occurrence = 1;
  for (size_t i = 0; i < db->run_texts.len; i++) occurrence += strcmp(db->run_texts.data[i], canonical) == 0;
  RN_VEC_PUSH(&db->run_texts, rn_strdup(canonical));
  rn_builder_printf(&key, "%s run %" PRId64 " insert %016" PRIx64 " %d", db->run_script, db->run_number, hash,
                    occurrence);
  return rn_builder_take(&key);
}

static void text_id(const char *canonical, char out[20]) {
  (void)snprintf(out, 20, "%016" PRIx64, rn_hash(canonical, strlen(canonical), 0));
}
bool rn_run_had(runnel *db, const char *canonical) {
  char id[20];
  text_id(canonical, id);
  for (size_t i = 0; i < db->run_before.len; i++)
    if (strcmp(db->run_before.data[i], id) == 0) return true;
  return false;
}

typedef struct run_ctx {
  runnel *db;
} run_ctx;

static rn_status prepare(sqlite3 *sql, const char *text, const char *script, int64_t run, sqlite3_stmt **q,
                         rn_error *err) {
  if (sqlite3_prepare_v2(sql, text, -1, q, NULL) != SQLITE_OK)
    return rn_fail(err, RN_E_DATABASE, "runs: %s", sqlite3_errmsg(sql));
  (void)sqlite3_bind_text(*q, 1, script, -1, SQLITE_STATIC);
  if (sqlite3_bind_parameter_count(*q) > 1) (void)sqlite3_bind_int64(*q, 2, run);
  return RN_OK;
}
static rn_status finish(sqlite3 *sql, sqlite3_stmt *q, rn_error *err) {
  int code = sqlite3_step(q);
  (void)sqlite3_finalize(q);
  return code == SQLITE_DONE ? RN_OK : rn_fail(err, RN_E_DATABASE, "runs: %s", sqlite3_errmsg(sql));
}

/* What the last finished run had: asked before this one begins. */
static rn_status read_before(sqlite3 *sql, runnel *db, rn_error *err) {
  sqlite3_stmt *q;
  if (prepare(sql, "SELECT statement FROM _rn_run WHERE script = ?1 AND statement <> ''", db->run_script, 0, &q, err) !=
      RN_OK)
    return RN_FAIL;
  while (sqlite3_step(q) == SQLITE_ROW)
    RN_VEC_PUSH(&db->run_before, rn_strdup((const char *)sqlite3_column_text(q, 0)));
  (void)sqlite3_finalize(q);
  return RN_OK;
}

static rn_status begin_run(sqlite3 *sql, void *ctx, rn_error *err) {
  runnel *db = ((run_ctx *)ctx)->db;
  sqlite3_stmt *q;
  if (prepare(sql, "SELECT run, state FROM _rn_run WHERE script = ?1 AND statement = '' ORDER BY run DESC LIMIT 1",
              db->run_script, 0, &q, err) != RN_OK)
    return RN_FAIL;
  db->run_number = 1;
  if (sqlite3_step(q) == SQLITE_ROW) {
    bool open = strcmp((const char *)sqlite3_column_text(q, 1), "OPEN") == 0;
    db->run_number = sqlite3_column_int64(q, 0) + (open && !db->run_fresh ? 0 : 1);
  }
  (void)sqlite3_finalize(q);
  if (!db->run_fresh && read_before(sql, db, err) != RN_OK) return RN_FAIL;
  if (prepare(sql,
              "INSERT INTO _rn_run(script, run, statement, state) VALUES (?1, ?2, '', 'OPEN') ON CONFLICT DO NOTHING",
              db->run_script, db->run_number, &q, err) != RN_OK)
    return RN_FAIL;
  return finish(sql, q, err);
}

/* The run's row becomes FINISHED, its texts take the place of those of the run before. */
static rn_status end_run(sqlite3 *sql, void *ctx, rn_error *err) {
  runnel *db = ((run_ctx *)ctx)->db;
  sqlite3_stmt *q;
  if (prepare(sql, "DELETE FROM _rn_run WHERE script = ?1 AND (statement <> '' OR run < ?2)", db->run_script,
              db->run_number, &q, err) != RN_OK ||
      finish(sql, q, err) != RN_OK ||
      prepare(sql, "UPDATE _rn_run SET state = 'FINISHED' WHERE script = ?1 AND run = ?2 AND statement = ''",
              db->run_script, db->run_number, &q, err) != RN_OK ||
      finish(sql, q, err) != RN_OK)
    return RN_FAIL;
  for (size_t i = 0; i < db->run_texts.len; i++) {
    char id[20];
    text_id(db->run_texts.data[i], id);
    if (prepare(
            sql,
            "INSERT INTO _rn_run(script, run, statement, state) VALUES (?1, ?2, ?3, 'FINISHED') ON CONFLICT DO NOTHING",
            db->run_script, db->run_number, &q, err) != RN_OK)
      return RN_FAIL;
    (void)sqlite3_bind_text(q, 3, id, -1, SQLITE_STATIC);
    if (finish(sql, q, err) != RN_OK) return RN_FAIL;
  }
  return RN_OK;
}

/* Jobs of the script's runs: bounded ones whose key begins with "<script> run ". */
typedef struct forget_ctx {
  const char *prefix;
  RN_VEC(char *) keys;
} forget_ctx;
static rn_status collect(void *ctx, const rn_stored_job_row *row, rn_error *err) {
  (void)err;
  forget_ctx *f = ctx;
  if (strncmp(row->key, f->prefix, strlen(f->prefix)) == 0) RN_VEC_PUSH(&f->keys, rn_strdup(row->key));
  return RN_OK;
}
static rn_status forget_runs(runnel *db, rn_error *err) {
  rn_builder prefix = {0};
  rn_builder_printf(&prefix, "%s run ", db->run_script);
  forget_ctx f = {.prefix = prefix.data};
  rn_status status = rn_stored_jobs(db, collect, &f, err);
  for (size_t i = 0; i < f.keys.len; i++) {
    if (status == RN_OK) status = rn_store_forget_job(db->store, f.keys.data[i], err);
    rn_free(f.keys.data[i]);
  }
  RN_VEC_FREE(&f.keys);
  rn_builder_free(&prefix);
  return status;
}

void rn_run_free(runnel *db) {
  rn_name_list *lists[] = {&db->run_texts, &db->run_before, &db->run_again, &db->run_written};
  for (size_t k = 0; k < sizeof lists / sizeof lists[0]; k++) {
    for (size_t i = 0; i < lists[k]->len; i++) rn_free(lists[k]->data[i]);
    RN_VEC_FREE(lists[k]);
  }
}

int runnel_run_begin(runnel *db, const char *script, int fresh, int keep_rows) {
  rn_api_clear(db);
  rn_error err;
  rn_error_clear(&err);
  rn_free(db->run_script);
  db->run_script = rn_strdup(script);
  db->run_fresh = fresh != 0;
  db->run_keep_rows = keep_rows != 0;
  rn_run_free(db);
  run_ctx ctx = {.db = db};
  if (rn_engine_writable(db, &err) != RN_OK || (fresh && forget_runs(db, &err) != RN_OK) ||
      rn_store_run(db->store, begin_run, &ctx, &err) != RN_OK)
    return rn_api_fail(db, &err);
  return RUNNEL_OK;
}

int runnel_run_end(runnel *db, int finished) {
  rn_error err;
  rn_error_clear(&err);
  if (!db->run_script) return RUNNEL_OK;
  if (db->run_again.len) {
    rn_builder names = {0};
    for (size_t i = 0; i < db->run_again.len; i++)
      rn_builder_printf(&names, "%s%s", i ? ", " : "", db->run_again.data[i]);
    rn_engine_notice(db,
                     "the run before this one had finished, so this one was new: it gave rows again to %s (append "
                     "only: they are there twice)",
                     names.data);
    rn_builder_free(&names);
  }
  if (!finished) return RUNNEL_OK;
  run_ctx ctx = {.db = db};
  /* The end first: a kill between the two leaves jobs that the next end forgets; the other way the run would begin anew. */
  if (rn_store_run(db->store, end_run, &ctx, &err) != RN_OK || forget_runs(db, &err) != RN_OK)
    return rn_api_fail(db, &err);
  return RUNNEL_OK;
}
