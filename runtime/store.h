/* Store: owns the database file: its lock, the one writer connection on a thread of its own, the _rn_*
 * tables, short read connections. Catalog, checkpoints and sqlite sinks all write through it.
 * Settings, tables and fault rules: RELIABILITY.md B1, E2.
 *
 *   _rn_meta(key, value)                               format, hash seed, uuid
 *   _rn_catalog(catalog, database, name, kind, sql, version)
 *   _rn_job(job, canonical, settings, state, epoch, ..) RUNNING, STOPPED, FINISHED, FAILED
 *   _rn_operator(job, operator, kind, fingerprint)
 *   _rn_offset(job, source, split, position, until)
 *   _rn_sink(job, sink, split, position)
 *   _rn_file(path, token)                              files that a job has begun: connectors/filesystem_marker.c
 *   _rn_state(job, operator, grp, epoch, base, crc, blob)
 *   _rn_dead_letter(job, source, split, offset, ts, column, reason, raw, epoch)
 *   _rn_run(script, run, statement, state)             what `run` has finished
 */
#ifndef RN_RUNTIME_STORE_H
#define RN_RUNTIME_STORE_H
#include <sqlite3.h>
#include "base/error.h"
#include "runtime/connector.h"
#include "runtime/snapshot.h"

typedef struct rn_store rn_store;

typedef struct rn_store_config {
  const char *path;        /* NULL: a private temporary file, deleted at close */
  bool read_only;          /* do not try to become the writer */
  const rn_clock *clock;
  void (*log)(void *ctx, int level, const char *text);
  void *log_ctx;
} rn_store_config;

/* Opens or makes the file. When another process is the writer: opens read-only and says whose. */
rn_status rn_store_open(const rn_store_config *config, rn_store **out, rn_error *err);
void rn_store_close(rn_store *store); /* waits for the writer, checkpoints the WAL */
bool rn_store_is_writer(const rn_store *store);
long rn_store_owner_pid(const rn_store *store); /* of the other writer; 0: none */
const char *rn_store_path(const rn_store *store);
bool rn_store_is_temporary(const rn_store *store);
uint64_t rn_store_hash_seed(const rn_store *store);

/* A read connection of the caller's own (its thread), query-only; close with sqlite3_close. */
rn_status rn_store_reader(rn_store *store, sqlite3 **out, rn_error *err);

/* Runs fn on the writer thread inside one transaction and waits; rolled back when fn fails. BUSY is
 * retried. */
typedef rn_status (*rn_store_fn)(sqlite3 *db, void *ctx, rn_error *err);
rn_status rn_store_run(rn_store *store, rn_store_fn fn, void *ctx, rn_error *err);

/* The epoch's transaction as sinks see it. */
struct rn_txn {
  sqlite3 *db;
  uint64_t epoch;
  const char *job;
  uint64_t connection; /* changes when the writer connection was reopened: statements prepared before are gone */
};
/* Runs fn on the writer thread outside any transaction and waits: to let go of prepared statements. */
rn_status rn_store_call(rn_store *store, rn_store_fn fn, void *ctx, rn_error *err);

/* Everything one job's epoch writes; handed over whole. Filled by the coordinator (job.c). */
typedef struct rn_dead_letter {
  char *source, *split, *column, *reason, *raw;
  size_t raw_len;
  int64_t offset, time_us;
} rn_dead_letter;

typedef struct rn_epoch_position {
  const char *owner; /* operator id of the source or sink */
  char *split, *position;
  bool is_sink;
} rn_epoch_position;

typedef struct rn_epoch_sink {
  const rn_connector *connector;
  rn_sink *sink;
  rn_staged *staged;
  const char *operator_id;
} rn_epoch_sink;

typedef struct rn_epoch_instances {
  const char *operator_id;
  uint32_t parallelism;
} rn_epoch_instances;

typedef struct rn_epoch {
  const char *job;            /* NULL: sink rows only, nothing of a job is stored */
  uint64_t epoch;             /* previous + 1 */
  rn_snapshot snapshot;
  RN_VEC(rn_epoch_position) positions;
  RN_VEC(rn_epoch_sink) sinks;
  RN_VEC(rn_dead_letter) dead_letters;
  const char *job_state;      /* written with it: "RUNNING", "STOPPED", "FINISHED" */
  bool full_sync;             /* something outside the file learns of the epoch: synchronous=FULL */
  bool clear_until;           /* the end of --until-end was reached: forget the end positions */
  /* First epoch after a restore: global blobs of instances that no longer exist are dropped. */
  RN_VEC(rn_epoch_instances) instances;
  const bool *cancelled;      /* set (atomically) by an abort: stop retrying; NULL: never */
  /* Called on the store thread when durable (status OK) or failed for good. */
  void (*done)(struct rn_epoch *epoch, rn_status status, const rn_error *err, void *ctx);
  void *done_ctx;
  int64_t commit_us;          /* out: time the transaction took */
} rn_epoch;

/* Queues the epoch for the writer thread: flush of outside sinks, then ONE transaction, then
 * sink_committed / done. BUSY and FULL retry the same epoch. The store owns *epoch until done. */
void rn_store_commit_epoch(rn_store *store, rn_epoch *epoch);
void rn_epoch_free_contents(rn_epoch *epoch);

/* What a job left in the file. Strings in arena. */
typedef struct rn_stored_job {
  bool exists;
  char *canonical, *settings, *state, *error;
  uint64_t epoch;
  int64_t started_us;
  size_t operator_count;
  struct rn_stored_operator { char *id, *kind, *fingerprint; } *operators;
  size_t position_count;
  struct rn_stored_position { char *owner, *split, *position; bool is_sink, is_until; } *positions;
} rn_stored_job;
rn_status rn_store_load_job(rn_store *store, const char *job, rn_arena *arena, rn_stored_job *out, rn_error *err);
/* Calls fn for every stored state blob of the job, base first, deltas in epoch order, CRC checked
 * (E_STATE_CORRUPT names operator, group and epoch). */
rn_status rn_store_load_state(rn_store *store, const char *job,
                              rn_status (*fn)(void *ctx, const rn_blob *blob, rn_error *err), void *ctx,
                              rn_error *err);
rn_status rn_store_save_job(rn_store *store, const char *job, const char *canonical, const char *settings,
                            const struct rn_stored_operator *operators, size_t operator_count, rn_error *err);
rn_status rn_store_set_job_state(rn_store *store, const char *job, const char *state, rn_error *err);
/* State FAILED with the text of the error. */
rn_status rn_store_fail_job(rn_store *store, const char *job, const char *reason, rn_error *err);
/* End offsets of --until-end, kept until the job ends or continues. */
rn_status rn_store_save_until(rn_store *store, const char *job, const char *source, const rn_positions *until, rn_error *err);
/* --fresh: forgets state and offsets of the job. */
rn_status rn_store_forget_job(rn_store *store, const char *job, rn_error *err);

/* SQL identifiers and text for generated SQL: the one module that builds SQL. */
void rn_sql_identifier(rn_builder *b, const char *name); /* "a""b" */
void rn_sql_string(rn_builder *b, const char *text);     /* 'it''s' */

#endif
