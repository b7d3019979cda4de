/* What jobs leave in the file: definition, operators, positions, state, dead letters. Stored state and
 * positions carry a CRC32C, because SQLite does not notice flipped bits (RELIABILITY E5). */
#include <stdio.h>
#include "base/alloc.h"
#include "base/calendar.h"
#include "base/clock.h"
#include "base/hash.h"
#include "runtime/store_private.h"

/* --- checksums ----------------------------------------------------------------------------------------------- */

uint32_t rn_store_state_crc(const char *operator_id, int64_t group, int64_t epoch, bool base, const void *blob, size_t len) {
  int64_t numbers[3] = {group, epoch, base};
  uint32_t crc = rn_crc32c(0, operator_id, strlen(operator_id));
  crc = rn_crc32c(crc, numbers, sizeof numbers);
  return rn_crc32c(crc, blob, len);
}

uint32_t rn_store_position_crc(const char *owner, const char *split, const char *position) {
  uint32_t crc = rn_crc32c(0, owner, strlen(owner) + 1);
  crc = rn_crc32c(crc, split, strlen(split) + 1);
  return rn_crc32c(crc, position, strlen(position));
}

/* --- an epoch's rows --------------------------------------------------------------------------------------------- */

static void bind_text(sqlite3_stmt *stmt, int index, const char *text) {
  if (text) sqlite3_bind_text(stmt, index, text, -1, SQLITE_STATIC);
  else sqlite3_bind_null(stmt, index);
}

static rn_status write_state(rn_store *store, const rn_epoch *epoch, rn_error *err) {
  for (size_t i = 0; i < epoch->snapshot.blobs.len; i++) {
    const rn_blob *b = &epoch->snapshot.blobs.data[i];
    if (b->is_base) { /* replaces the older base and its deltas */
      sqlite3_stmt *drop = rn_store_statement_get(store, RN_STMT_STATE_DELETE, err);
      if (!drop) return RN_FAIL;
      bind_text(drop, 1, epoch->job);
      bind_text(drop, 2, b->operator_id);
      sqlite3_bind_int(drop, 3, b->group);
      if (rn_store_step(store->db, drop, err) != RN_OK) return RN_FAIL;
    }
    if (b->len == 0) continue;
    sqlite3_stmt *put = rn_store_statement_get(store, RN_STMT_STATE_INSERT, err);
    if (!put) return RN_FAIL;
    bind_text(put, 1, epoch->job);
    bind_text(put, 2, b->operator_id);
    sqlite3_bind_int(put, 3, b->group);
    sqlite3_bind_int64(put, 4, (sqlite3_int64)epoch->epoch);
    sqlite3_bind_int(put, 5, b->is_base);
    sqlite3_bind_int64(put, 6, rn_store_state_crc(b->operator_id, b->group, (int64_t)epoch->epoch, b->is_base, b->data, b->len));
    sqlite3_bind_blob64(put, 7, b->data, b->len, SQLITE_STATIC);
    if (rn_store_step(store->db, put, err) != RN_OK) return RN_FAIL;
  }
  return RN_OK;
}

static rn_status shrink_globals(rn_store *store, const rn_epoch *epoch, rn_error *err) {
  for (size_t i = 0; i < epoch->instances.len; i++) {
    const rn_epoch_instances *n = &epoch->instances.data[i];
    sqlite3_stmt *stmt = rn_store_statement_get(store, RN_STMT_STATE_SHRINK, err);
    if (!stmt) return RN_FAIL;
    bind_text(stmt, 1, epoch->job);
    bind_text(stmt, 2, n->operator_id);
    sqlite3_bind_int64(stmt, 3, RN_GROUP_GLOBAL + (int64_t)n->parallelism);
    sqlite3_bind_int64(stmt, 4, RN_GROUP_GLOBAL + RN_PARALLELISM_MAX);
    sqlite3_bind_int64(stmt, 5, RN_GROUP_GLOBAL + RN_PARALLELISM_MAX + (int64_t)n->parallelism);
    if (rn_store_step(store->db, stmt, err) != RN_OK) return RN_FAIL;
  }
  return RN_OK;
}

static rn_status write_positions(rn_store *store, const rn_epoch *epoch, rn_error *err) {
  for (size_t i = 0; i < epoch->positions.len; i++) {
    const rn_epoch_position *p = &epoch->positions.data[i];
    sqlite3_stmt *stmt = rn_store_statement_get(store, p->is_sink ? RN_STMT_SINK : RN_STMT_OFFSET, err);
    if (!stmt) return RN_FAIL;
    bind_text(stmt, 1, epoch->job);
    bind_text(stmt, 2, p->owner);
    bind_text(stmt, 3, p->split);
    bind_text(stmt, 4, p->position);
    sqlite3_bind_int64(stmt, 5, rn_store_position_crc(p->owner, p->split, p->position));
    if (rn_store_step(store->db, stmt, err) != RN_OK) return RN_FAIL;
  }
  return RN_OK;
}

static rn_status write_dead_letters(rn_store *store, const rn_epoch *epoch, rn_error *err) {
  rn_builder when = {0};
  rn_status status = RN_OK;
  for (size_t i = 0; i < epoch->dead_letters.len && status == RN_OK; i++) {
    const rn_dead_letter *d = &epoch->dead_letters.data[i];
    sqlite3_stmt *stmt = rn_store_statement_get(store, RN_STMT_DEAD_LETTER, err);
    if (!stmt) {
      status = RN_FAIL;
      break;
    }
    rn_builder_clear(&when);
    rn_format_timestamp(&when, d->time_us, 3, false, ' ');
    rn_builder_char(&when, 'Z');
    bind_text(stmt, 1, epoch->job);
    bind_text(stmt, 2, d->source);
    bind_text(stmt, 3, d->split);
    sqlite3_bind_int64(stmt, 4, d->offset);
    bind_text(stmt, 5, when.data);
    bind_text(stmt, 6, d->column);
    bind_text(stmt, 7, d->reason);
    sqlite3_bind_blob64(stmt, 8, d->raw, d->raw_len, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 9, (sqlite3_int64)epoch->epoch);
    status = rn_store_step(store->db, stmt, err);
  }
  rn_builder_free(&when);
  return status;
}

rn_status rn_store_write_epoch(rn_store *store, const rn_epoch *epoch, rn_error *err) {
  if (write_state(store, epoch, err) != RN_OK || shrink_globals(store, epoch, err) != RN_OK ||
      write_positions(store, epoch, err) != RN_OK || write_dead_letters(store, epoch, err) != RN_OK) {
    return RN_FAIL;
  }
  if (epoch->clear_until) {
    sqlite3_stmt *until = rn_store_statement_get(store, RN_STMT_UNTIL, err);
    if (!until) return RN_FAIL;
    bind_text(until, 1, epoch->job);
    if (rn_store_step(store->db, until, err) != RN_OK) return RN_FAIL;
  }
  sqlite3_stmt *job = rn_store_statement_get(store, RN_STMT_JOB, err);
  if (!job) return RN_FAIL;
  bind_text(job, 1, epoch->job);
  sqlite3_bind_int64(job, 2, (sqlite3_int64)epoch->epoch);
  bind_text(job, 3, epoch->job_state);
  sqlite3_bind_int64(job, 4, rn_clock_now_us(store->config.clock));
  if (rn_store_step(store->db, job, err) != RN_OK) return RN_FAIL;
  if (sqlite3_changes(store->db) != 1) {
    return rn_fail(err, RN_E_STATE_CHANGED, "job %s in the file is not at epoch %llu: somebody else changed it", epoch->job,
                   (unsigned long long)(epoch->epoch - 1));
  }
  return RN_OK;
}

rn_status rn_store_read_epoch(sqlite3 *db, const char *job, uint64_t *epoch, rn_error *err) {
  sqlite3_stmt *stmt = NULL;
  *epoch = 0;
  if (sqlite3_prepare_v2(db, "SELECT epoch FROM _rn_job WHERE job = ?1", -1, &stmt, NULL) != SQLITE_OK) {
    return rn_store_sqlite_error(db, "cannot read", err);
  }
  bind_text(stmt, 1, job);
  int rc = sqlite3_step(stmt);
  if (rc == SQLITE_ROW) *epoch = (uint64_t)sqlite3_column_int64(stmt, 0);
  rn_status status = rc == SQLITE_ROW || rc == SQLITE_DONE ? RN_OK : rn_store_sqlite_error(db, "cannot read", err);
  sqlite3_finalize(stmt);
  return status;
}

/* --- reading what a job left ----------------------------------------------------------------------------------------- */

static char *column_copy(sqlite3_stmt *stmt, int column, rn_arena *arena) {
  const char *text = (const char *)sqlite3_column_text(stmt, column);
  return text ? rn_arena_strndup(arena, text, (size_t)sqlite3_column_bytes(stmt, column)) : NULL;
}

static sqlite3_stmt *prepare_for(sqlite3 *db, const char *sql, const char *job, rn_error *err) {
  sqlite3_stmt *stmt = NULL;
  if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK) {
    rn_store_sqlite_error(db, "cannot read", err);
    return NULL;
  }
  bind_text(stmt, 1, job);
  return stmt;
}

static rn_status finish(sqlite3 *db, sqlite3_stmt *stmt, int rc, rn_status status, rn_error *err) {
  if (status == RN_OK && rc != SQLITE_DONE) status = rn_store_sqlite_error(db, "cannot read", err);
  sqlite3_finalize(stmt);
  return status;
}

static rn_status load_definition(sqlite3 *db, const char *job, rn_arena *arena, rn_stored_job *out, rn_error *err) {
  sqlite3_stmt *stmt = prepare_for(
      db, "SELECT canonical, settings, state, epoch, started_us, error FROM _rn_job WHERE job = ?1", job, err);
  if (!stmt) return RN_FAIL;
  int rc = sqlite3_step(stmt);
  if (rc == SQLITE_ROW) {
    out->exists = true;
    out->canonical = column_copy(stmt, 0, arena);
    out->settings = column_copy(stmt, 1, arena);
    out->state = column_copy(stmt, 2, arena);
    out->epoch = (uint64_t)sqlite3_column_int64(stmt, 3);
    out->started_us = sqlite3_column_int64(stmt, 4);
    out->error = column_copy(stmt, 5, arena);
    rc = SQLITE_DONE;
  }
  return finish(db, stmt, rc, RN_OK, err);
}

static rn_status load_operators(sqlite3 *db, const char *job, rn_arena *arena, rn_stored_job *out, rn_error *err) {
  RN_VEC(struct rn_stored_operator) found = {0};
  sqlite3_stmt *stmt = prepare_for(db, "SELECT operator, kind, fingerprint FROM _rn_operator WHERE job = ?1", job, err);
  if (!stmt) return RN_FAIL;
  int rc;
  while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
    struct rn_stored_operator o = {column_copy(stmt, 0, arena), column_copy(stmt, 1, arena), column_copy(stmt, 2, arena)};
    RN_VEC_PUSH(&found, o);
  }
  out->operator_count = found.len;
  out->operators = RN_NEW_N(arena, struct rn_stored_operator, found.len + 1);
  if (found.len) memcpy(out->operators, found.data, found.len * sizeof *found.data);
  RN_VEC_FREE(&found);
  return finish(db, stmt, rc, RN_OK, err);
}

static rn_status load_positions(sqlite3 *db, const char *job, rn_arena *arena, rn_stored_job *out, rn_error *err) {
  RN_VEC(struct rn_stored_position) found = {0};
  sqlite3_stmt *stmt = prepare_for(db,
                                   "SELECT source, split, position, until, crc, 0 FROM _rn_offset WHERE job = ?1 UNION ALL "
                                   "SELECT sink, split, position, NULL, crc, 1 FROM _rn_sink WHERE job = ?1",
                                   job, err);
  if (!stmt) return RN_FAIL;
  rn_status status = RN_OK;
  int rc = SQLITE_DONE;
  while (status == RN_OK && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
    char *owner = column_copy(stmt, 0, arena), *split = column_copy(stmt, 1, arena);
    char *position = column_copy(stmt, 2, arena), *until = column_copy(stmt, 3, arena);
    if (position) {
      if (rn_store_position_crc(owner, split, position) != (uint32_t)sqlite3_column_int64(stmt, 4)) {
        status = rn_fail(err, RN_E_STATE_CORRUPT, "position of %s in %s of job %s is damaged: checksum does not match",
                         split, owner, job);
        break;
      }
      struct rn_stored_position p = {owner, split, position, sqlite3_column_int(stmt, 5) != 0, false};
      RN_VEC_PUSH(&found, p);
    }
    if (until) {
      struct rn_stored_position p = {owner, split, until, false, true};
      RN_VEC_PUSH(&found, p);
    }
  }
  out->position_count = found.len;
  out->positions = RN_NEW_N(arena, struct rn_stored_position, found.len + 1);
  if (found.len) memcpy(out->positions, found.data, found.len * sizeof *found.data);
  RN_VEC_FREE(&found);
  return finish(db, stmt, rc, status, err);
}

rn_status rn_store_load_job(rn_store *store, const char *job, rn_arena *arena, rn_stored_job *out, rn_error *err) {
  *out = (rn_stored_job){0};
  sqlite3 *db = NULL;
  if (rn_store_reader(store, &db, err) != RN_OK) return RN_FAIL;
  rn_status status = rn_store_exec(db, "BEGIN", err);
  if (status == RN_OK) status = load_definition(db, job, arena, out, err);
  if (status == RN_OK) status = load_operators(db, job, arena, out, err);
  if (status == RN_OK) status = load_positions(db, job, arena, out, err);
  sqlite3_close(db);
  return status;
}

rn_status rn_store_load_state(rn_store *store, const char *job,
                              rn_status (*fn)(void *ctx, const rn_blob *blob, rn_error *err), void *ctx, rn_error *err) {
  sqlite3 *db = NULL;
  if (rn_store_reader(store, &db, err) != RN_OK) return RN_FAIL;
  sqlite3_stmt *stmt = prepare_for(db,
                                   "SELECT operator, grp, epoch, base, crc, blob FROM _rn_state WHERE job = ?1"
                                   " ORDER BY operator, grp, epoch",
                                   job, err);
  rn_status status = stmt ? RN_OK : RN_FAIL;
  int rc = SQLITE_DONE;
  while (status == RN_OK && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
    const void *data = sqlite3_column_blob(stmt, 5);
    rn_blob blob = {.operator_id = (const char *)sqlite3_column_text(stmt, 0),
                    .group = (uint16_t)sqlite3_column_int(stmt, 1),
                    .is_base = sqlite3_column_int(stmt, 3) != 0,
                    .data = (char *)(uintptr_t)data,
                    .len = (size_t)sqlite3_column_bytes(stmt, 5),
                    .epoch = (uint64_t)sqlite3_column_int64(stmt, 2)};
    uint32_t crc = rn_store_state_crc(blob.operator_id, blob.group, (int64_t)blob.epoch, blob.is_base, data, blob.len);
    if (crc != (uint32_t)sqlite3_column_int64(stmt, 4)) {
      status = rn_fail(err, RN_E_STATE_CORRUPT, "state of %s, group %u, epoch %llu of job %s is damaged: checksum does not match",
                       blob.operator_id, blob.group, (unsigned long long)blob.epoch, job);
      break;
    }
    status = fn(ctx, &blob, err);
  }
  if (stmt) status = finish(db, stmt, rc, status, err);
  sqlite3_close(db);
  return status;
}

/* --- changing what a job left ------------------------------------------------------------------------------------------ */

typedef struct job_change {
  rn_store *store;
  const char *job, *canonical, *settings, *state, *reason, *source;
  const struct rn_stored_operator *operators;
  size_t operator_count;
  const rn_positions *until;
} job_change;

/* Runs one statement with up to eight text parameters. */
static rn_status run_text(sqlite3 *db, const char *sql, rn_error *err, size_t count, const char *const *texts) {
  sqlite3_stmt *stmt = NULL;
  if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK) return rn_store_sqlite_error(db, "cannot write", err);
  for (size_t i = 0; i < count; i++) bind_text(stmt, (int)i + 1, texts[i]);
  rn_status status = rn_store_step(db, stmt, err);
  sqlite3_finalize(stmt);
  return status;
}
#define RUN_TEXT(db, sql, err, ...) \
  run_text(db, sql, err, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *), (const char *const[]){__VA_ARGS__})

static rn_status save_job(sqlite3 *db, void *ctx, rn_error *err) {
  const job_change *c = ctx;
  char now[24];
  snprintf(now, sizeof now, "%lld", (long long)rn_clock_now_us(c->store->config.clock));
  if (RUN_TEXT(db,
               "INSERT INTO _rn_job VALUES(?1, ?2, ?3, 'RUNNING', 0, CAST(?4 AS INTEGER), CAST(?4 AS INTEGER), NULL)"
               " ON CONFLICT DO UPDATE SET canonical = excluded.canonical, settings = excluded.settings,"
               " state = 'RUNNING', updated_us = excluded.updated_us, error = NULL",
               err, c->job, c->canonical ? c->canonical : "", c->settings ? c->settings : "", now) != RN_OK ||
      RUN_TEXT(db, "DELETE FROM _rn_operator WHERE job = ?1", err, c->job) != RN_OK) {
    return RN_FAIL;
  }
  for (size_t i = 0; i < c->operator_count; i++) {
    if (RUN_TEXT(db, "INSERT INTO _rn_operator VALUES(?1, ?2, ?3, ?4)", err, c->job, c->operators[i].id,
                 c->operators[i].kind, c->operators[i].fingerprint) != RN_OK) {
      return RN_FAIL;
    }
  }
  return RN_OK;
}

rn_status rn_store_save_job(rn_store *store, const char *job, const char *canonical, const char *settings,
                            const struct rn_stored_operator *operators, size_t operator_count, rn_error *err) {
  job_change c = {.store = store, .job = job, .canonical = canonical, .settings = settings, .operators = operators,
                  .operator_count = operator_count};
  return rn_store_run(store, save_job, &c, err);
}

static rn_status set_state(sqlite3 *db, void *ctx, rn_error *err) {
  const job_change *c = ctx;
  return RUN_TEXT(db, "UPDATE _rn_job SET state = ?2, error = ?3 WHERE job = ?1", err, c->job, c->state, c->reason);
}

rn_status rn_store_set_job_state(rn_store *store, const char *job, const char *state, rn_error *err) {
  job_change c = {.job = job, .state = state};
  return rn_store_run(store, set_state, &c, err);
}

rn_status rn_store_fail_job(rn_store *store, const char *job, const char *reason, rn_error *err) {
  job_change c = {.job = job, .state = "FAILED", .reason = reason};
  return rn_store_run(store, set_state, &c, err);
}

static rn_status save_until(sqlite3 *db, void *ctx, rn_error *err) {
  const job_change *c = ctx;
  for (size_t i = 0; i < c->until->len; i++) {
    const rn_position *p = &c->until->data[i];
    if (RUN_TEXT(db,
                 "INSERT INTO _rn_offset(job, source, split, until) VALUES(?1, ?2, ?3, ?4)"
                 " ON CONFLICT DO UPDATE SET until = excluded.until",
                 err, c->job, c->source, p->split, p->position) != RN_OK) {
      return RN_FAIL;
    }
  }
  return RN_OK;
}

rn_status rn_store_save_until(rn_store *store, const char *job, const char *source, const rn_positions *until, rn_error *err) {
  job_change c = {.job = job, .source = source, .until = until};
  return rn_store_run(store, save_until, &c, err);
}

static rn_status forget_job(sqlite3 *db, void *ctx, rn_error *err) {
  static const char *const sql[] = {
      "DELETE FROM _rn_state WHERE job = ?1", "DELETE FROM _rn_offset WHERE job = ?1", "DELETE FROM _rn_sink WHERE job = ?1",
      "DELETE FROM _rn_operator WHERE job = ?1", "DELETE FROM _rn_job WHERE job = ?1"};
  const job_change *c = ctx;
  for (size_t i = 0; i < sizeof sql / sizeof sql[0]; i++) {
    if (RUN_TEXT(db, sql[i], err, c->job) != RN_OK) return RN_FAIL;
  }
  return RN_OK;
}

rn_status rn_store_forget_job(rn_store *store, const char *job, rn_error *err) {
  job_change c = {.job = job};
  return rn_store_run(store, forget_job, &c, err);
}
