/* The store's writer thread: one queue, one connection, one transaction after the other.
 *
 * An epoch: flush of targets outside the file, then ONE transaction with sink rows, state, positions and the
 * job's epoch number, then the news to sinks and coordinator. What can go wrong, and the rule (RELIABILITY E2 d):
 *   BUSY, LOCKED, FULL   nothing was written: the same epoch again, with back-off, for as long as it takes
 *   IOERR, CANTOPEN      outcome unknown, even of a COMMIT that reported an error: reopen, read the job's epoch
 *                        row, go on from what is there; given up after three reopenings
 *   anything else        the epoch fails, and with it the job */
#include <time.h>
#include "base/alloc.h"
#include "base/clock.h"
#include "runtime/store_private.h"

typedef enum outcome { OUTCOME_DONE, OUTCOME_RETRY, OUTCOME_UNKNOWN, OUTCOME_FAILED } outcome;

enum { REOPEN_MAX = 3, BACK_OFF_MIN_MS = 20, BACK_OFF_MAX_MS = 10000, RUN_BUSY_MS = 60000 };

static outcome classify(int extended) {
  switch (extended & 0xff) {
    case SQLITE_BUSY: case SQLITE_LOCKED: case SQLITE_FULL: return OUTCOME_RETRY;
    case SQLITE_IOERR: case SQLITE_CANTOPEN: return OUTCOME_UNKNOWN;
    default: return OUTCOME_FAILED;
  }
}

static void sleep_ms(int64_t ms) {
  struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
  nanosleep(&t, NULL);
}

static bool is_cancelled(const rn_epoch *epoch) {
  return epoch->cancelled && __atomic_load_n(epoch->cancelled, __ATOMIC_ACQUIRE);
}

/* Sleeps in small steps so that an abort does not wait for the back-off. False: cancelled. */
static bool back_off(const rn_epoch *epoch, int64_t ms) {
  for (int64_t slept = 0; slept < ms; slept += 20) {
    if (is_cancelled(epoch)) return false;
    sleep_ms(20);
  }
  return !is_cancelled(epoch);
}

/* --- statements ---------------------------------------------------------------------------------------------- */

static const char *const statement_sql[RN_STMT_COUNT] = {
    [RN_STMT_STATE_DELETE] = "DELETE FROM _rn_state WHERE job = ?1 AND operator = ?2 AND grp = ?3",
    [RN_STMT_STATE_INSERT] = "INSERT INTO _rn_state VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [RN_STMT_STATE_SHRINK] = "DELETE FROM _rn_state WHERE job = ?1 AND operator = ?2"
                             " AND (grp >= ?3 AND grp < ?4 OR grp >= ?5)",
    [RN_STMT_OFFSET] = "INSERT INTO _rn_offset(job, source, split, position, crc) VALUES(?1, ?2, ?3, ?4, ?5)"
                       " ON CONFLICT DO UPDATE SET position = excluded.position, crc = excluded.crc",
    [RN_STMT_SINK] = "INSERT INTO _rn_sink VALUES(?1, ?2, ?3, ?4, ?5)"
                     " ON CONFLICT DO UPDATE SET position = excluded.position, crc = excluded.crc",
    [RN_STMT_JOB] = "UPDATE _rn_job SET epoch = ?2, state = ?3, updated_us = ?4, error = NULL"
                    " WHERE job = ?1 AND epoch = ?2 - 1",
    [RN_STMT_DEAD_LETTER] = "INSERT INTO _rn_dead_letter(job, source, split, \"offset\", ts, \"column\", reason, raw, epoch)"
                            " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    [RN_STMT_UNTIL] = "UPDATE _rn_offset SET until = NULL WHERE job = ?1",
};

sqlite3_stmt *rn_store_statement_get(rn_store *store, rn_store_statement which, rn_error *err) {
  sqlite3_stmt **slot = &store->statements[which];
  if (!*slot && sqlite3_prepare_v3(store->db, statement_sql[which], -1, SQLITE_PREPARE_PERSISTENT, slot, NULL) != SQLITE_OK) {
    rn_store_sqlite_error(store->db, "cannot write", err);
    return NULL;
  }
  return *slot;
}

rn_status rn_store_step(sqlite3 *db, sqlite3_stmt *stmt, rn_error *err) {
  int rc;
  do rc = sqlite3_step(stmt);
  while (rc == SQLITE_ROW);
  rn_status status = rc == SQLITE_DONE ? RN_OK : rn_store_sqlite_error(db, "cannot write", err);
  sqlite3_reset(stmt);
  return status;
}

/* --- one attempt ----------------------------------------------------------------------------------------------- */

static rn_status set_sync(rn_store *store, bool full, rn_error *err) {
  if (store->temporary || store->full_sync == full) return RN_OK;
  if (rn_store_exec(store->db, full ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL", err) != RN_OK) return RN_FAIL;
  store->full_sync = full;
  return RN_OK;
}

static rn_status apply_sinks(rn_store *store, rn_epoch *epoch, rn_error *err) {
  rn_txn txn = {.db = store->db, .epoch = epoch->epoch, .job = epoch->job, .connection = store->connection};
  for (size_t i = 0; i < epoch->sinks.len; i++) {
    rn_epoch_sink *s = &epoch->sinks.data[i];
    if (s->connector->apply && s->connector->apply(s->sink, s->staged, &txn, epoch->epoch, err) != RN_OK) return RN_FAIL;
  }
  return RN_OK;
}

/* One try at a transaction around the body; says what its failure means. */
static outcome transact(rn_store *store, rn_epoch *epoch, rn_store_work *work, rn_error *err) {
  if (!store->db && rn_store_connect(store, err) != RN_OK) return OUTCOME_UNKNOWN;
  rn_status status = RN_OK;
  if (epoch) status = set_sync(store, epoch->full_sync, err);
  if (status == RN_OK) status = rn_store_exec(store->db, "BEGIN IMMEDIATE", err);
  if (status == RN_OK && epoch) {
    status = apply_sinks(store, epoch, err);
    if (status == RN_OK && epoch->job) status = rn_store_write_epoch(store, epoch, err);
  } else if (status == RN_OK) {
    status = work->fn(store->db, work->ctx, err);
  }
  if (status == RN_OK) status = rn_store_exec(store->db, "COMMIT", err);
  if (status == RN_OK) return OUTCOME_DONE;
  int why = sqlite3_extended_errcode(store->db);
  if (!sqlite3_get_autocommit(store->db)) sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
  return classify(why);
}

/* --- epochs ------------------------------------------------------------------------------------------------------ */

/* Outside targets first: what the transaction says must already be true there. */
static rn_status flush_sinks(rn_epoch *epoch, rn_error *err) {
  for (size_t i = 0; i < epoch->sinks.len; i++) {
    rn_epoch_sink *s = &epoch->sinks.data[i];
    if (s->connector->flush && s->connector->flush(s->sink, s->staged, epoch->epoch, err) != RN_OK) return RN_FAIL;
    if (!s->connector->sink_positions) continue;
    rn_positions positions = {0};
    if (s->connector->sink_positions(s->sink, s->staged, &positions, err) != RN_OK) {
      rn_positions_free(&positions);
      return RN_FAIL;
    }
    for (size_t k = 0; k < positions.len; k++) {
      rn_epoch_position p = {.owner = s->operator_id, .split = rn_strdup(positions.data[k].split),
                             .position = rn_strdup(positions.data[k].position), .is_sink = true};
      RN_VEC_PUSH(&epoch->positions, p);
    }
    rn_positions_free(&positions);
  }
  return RN_OK;
}

/* After an I/O error the file alone knows: did the epoch commit? */
static outcome ask_file(rn_store *store, const rn_epoch *epoch, rn_error *err) {
  rn_store_disconnect(store);
  if (rn_store_connect(store, err) != RN_OK) return OUTCOME_UNKNOWN;
  uint64_t stored = 0;
  if (!epoch->job) return OUTCOME_RETRY;
  if (rn_store_read_epoch(store->db, epoch->job, &stored, err) != RN_OK) return OUTCOME_UNKNOWN;
  return stored == epoch->epoch ? OUTCOME_DONE : OUTCOME_RETRY;
}

static rn_status commit_with_retries(rn_store *store, rn_epoch *epoch, rn_error *err) {
  int64_t wait_ms = BACK_OFF_MIN_MS, next_log = rn_monotonic_us();
  int reopened = 0;
  for (;;) {
    rn_error now;
    rn_error_clear(&now);
    outcome result = transact(store, epoch, NULL, &now);
    if (result == OUTCOME_UNKNOWN && reopened++ < REOPEN_MAX) {
      rn_error again;
      rn_error_clear(&again);
      rn_store_log(store, RN_STORE_LOG_WARNING, "%s; reopening the file to see what it holds", now.message);
      result = ask_file(store, epoch, &again);
      if (result == OUTCOME_UNKNOWN) result = OUTCOME_RETRY; /* transact() tries to connect once more */
    }
    if (result == OUTCOME_DONE) return RN_OK;
    if (result != OUTCOME_RETRY) {
      if (err->code == 0) *err = now;
      return RN_FAIL;
    }
    if (rn_monotonic_us() >= next_log) {
      rn_store_log(store, RN_STORE_LOG_WARNING, "epoch %llu%s%s waits: %s", (unsigned long long)epoch->epoch,
                   epoch->job ? " of " : "", epoch->job ? epoch->job : "", now.message);
      next_log = rn_monotonic_us() + 5000000;
    }
    if (!back_off(epoch, wait_ms)) {
      if (err->code == 0) *err = now;
      return RN_FAIL;
    }
    wait_ms = wait_ms * 2 < BACK_OFF_MAX_MS ? wait_ms * 2 : BACK_OFF_MAX_MS;
  }
}

/* PASSIVE never waits for readers; that the WAL goes on growing is their doing and worth a word. */
static void checkpoint(rn_store *store) {
  int64_t bytes = (int64_t)store->wal_pages * store->page_bytes;
  if (bytes < RN_STORE_WAL_BYTES || !store->db) return;
  int in_wal = 0, copied = 0;
  if (sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_PASSIVE, &in_wal, &copied) == SQLITE_OK &&
      in_wal == copied) {
    store->wal_pages = 0;
    store->wal_warned_bytes = 0;
    return;
  }
  int64_t limit = store->wal_warned_bytes ? store->wal_warned_bytes * 2 : 256ll << 20;
  if (bytes >= limit) {
    store->wal_warned_bytes = bytes;
    rn_store_log(store, RN_STORE_LOG_WARNING, "the write-ahead log of %s has grown to %lld MB: a reader holds it open",
                 store->path, (long long)(bytes >> 20));
  }
}

static void commit_epoch(rn_store *store, rn_epoch *epoch) {
  rn_error err;
  rn_error_clear(&err);
  int64_t begin = rn_monotonic_us();
  rn_status status = is_cancelled(epoch) ? rn_fail(&err, RN_E_INTERRUPTED, "aborted") : flush_sinks(epoch, &err);
  if (status == RN_OK) status = commit_with_retries(store, epoch, &err);
  epoch->commit_us = rn_monotonic_us() - begin;
  if (status == RN_OK) {
    for (size_t i = 0; i < epoch->sinks.len; i++) {
      rn_epoch_sink *s = &epoch->sinks.data[i];
      if (s->connector->sink_committed) s->connector->sink_committed(s->sink, s->staged, epoch->epoch);
      s->staged = NULL;
    }
  }
  if (epoch->done) epoch->done(epoch, status, &err, epoch->done_ctx);
  checkpoint(store);
}

/* --- requests ------------------------------------------------------------------------------------------------------ */

static void run_work(rn_store *store, rn_store_work *work) {
  rn_error err;
  if (!work->transaction) {
    rn_error_clear(&err);
    work->status = !store->db && rn_store_connect(store, &err) != RN_OK ? RN_FAIL : work->fn(store->db, work->ctx, &err);
  } else {
    int64_t until = rn_monotonic_us() + (int64_t)RUN_BUSY_MS * 1000, wait_ms = BACK_OFF_MIN_MS;
    for (;;) {
      rn_error_clear(&err);
      outcome result = transact(store, NULL, work, &err);
      work->status = result == OUTCOME_DONE ? RN_OK : RN_FAIL;
      if (result == OUTCOME_UNKNOWN) rn_store_disconnect(store);
      if (result != OUTCOME_RETRY || rn_monotonic_us() > until) break;
      sleep_ms(wait_ms);
      wait_ms = wait_ms * 2 < 1000 ? wait_ms * 2 : 1000;
    }
  }
  if (work->status != RN_OK && work->err && work->err->code == 0) *work->err = err;
}

void *rn_store_thread(void *arg) {
  rn_store *store = arg;
  pthread_mutex_lock(&store->mutex);
  for (;;) {
    while (!store->first && !store->closing) pthread_cond_wait(&store->work_ready, &store->mutex);
    rn_store_work *work = store->first;
    if (!work) break;
    store->first = work->next;
    if (!store->first) store->last = NULL;
    pthread_mutex_unlock(&store->mutex);
    if (work->epoch) {
      commit_epoch(store, work->epoch);
      rn_free(work);
      pthread_mutex_lock(&store->mutex);
    } else {
      run_work(store, work);
      pthread_mutex_lock(&store->mutex);
      work->done = true; /* the waiter owns it */
      pthread_cond_broadcast(&store->work_done);
    }
  }
  pthread_mutex_unlock(&store->mutex);
  return NULL;
}

static void enqueue(rn_store *store, rn_store_work *work) {
  if (store->last) store->last->next = work;
  else store->first = work;
  store->last = work;
  pthread_cond_signal(&store->work_ready);
}

static rn_status request(rn_store *store, rn_store_fn fn, void *ctx, bool transaction, rn_error *err) {
  if (!store->writer) {
    if (!store->owner_pid) return rn_fail(err, RN_E_LOCKED, "%s is open for reading only", store->path);
    return rn_fail(err, RN_E_LOCKED, "%s is being written by process %ld", store->path, store->owner_pid);
  }
  rn_store_work work = {.fn = fn, .ctx = ctx, .transaction = transaction, .err = err};
  pthread_mutex_lock(&store->mutex);
  enqueue(store, &work);
  while (!work.done) pthread_cond_wait(&store->work_done, &store->mutex);
  pthread_mutex_unlock(&store->mutex);
  return work.status;
}

rn_status rn_store_run(rn_store *store, rn_store_fn fn, void *ctx, rn_error *err) {
  return request(store, fn, ctx, true, err);
}

rn_status rn_store_call(rn_store *store, rn_store_fn fn, void *ctx, rn_error *err) {
  return request(store, fn, ctx, false, err);
}

void rn_store_commit_epoch(rn_store *store, rn_epoch *epoch) {
  rn_store_work *work = rn_calloc(1, sizeof *work);
  work->epoch = epoch;
  pthread_mutex_lock(&store->mutex);
  enqueue(store, work);
  pthread_mutex_unlock(&store->mutex);
}

void rn_epoch_free_contents(rn_epoch *epoch) {
  rn_snapshot_free(&epoch->snapshot);
  for (size_t i = 0; i < epoch->positions.len; i++) {
    rn_free(epoch->positions.data[i].split);
    rn_free(epoch->positions.data[i].position);
  }
  for (size_t i = 0; i < epoch->dead_letters.len; i++) {
    rn_dead_letter *d = &epoch->dead_letters.data[i];
    rn_free(d->source);
    rn_free(d->split);
    rn_free(d->column);
    rn_free(d->reason);
    rn_free(d->raw);
  }
  RN_VEC_FREE(&epoch->positions);
  RN_VEC_FREE(&epoch->sinks);
  RN_VEC_FREE(&epoch->dead_letters);
  RN_VEC_FREE(&epoch->instances);
}
