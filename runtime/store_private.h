/* What the files of the store share: store.c (file, lock, settings), store_writer.c (the writer thread and
 * its transactions), store_job.c (what jobs leave in the file). */
#ifndef RN_RUNTIME_STORE_PRIVATE_H
#define RN_RUNTIME_STORE_PRIVATE_H
#include <pthread.h>
#include <stdbool.h>
#include "runtime/store.h"

enum {
  RN_STORE_APPLICATION_ID = 0x524E4E4C, /* "RNNL" */
  RN_STORE_FORMAT = 1,                  /* user_version; what this program reads and writes */
  RN_STORE_BUSY_MS = 5000,
  RN_STORE_WAL_BYTES = 16 << 20,        /* own checkpoint when the WAL is larger */
  RN_STORE_LOG_ERROR = 0, RN_STORE_LOG_WARNING = 1, RN_STORE_LOG_NOTICE = 2, RN_STORE_LOG_DEBUG = 3
};

/* Statements of an epoch's transaction, prepared once per connection. */
typedef enum rn_store_statement {
  RN_STMT_STATE_DELETE, RN_STMT_STATE_INSERT, RN_STMT_STATE_SHRINK, RN_STMT_OFFSET, RN_STMT_SINK, RN_STMT_JOB,
  RN_STMT_DEAD_LETTER, RN_STMT_UNTIL, RN_STMT_COUNT
} rn_store_statement;

typedef struct rn_store_work {
  struct rn_store_work *next;
  rn_store_fn fn;     /* or */
  rn_epoch *epoch;
  void *ctx;
  bool transaction;   /* fn runs inside one */
  bool done;
  rn_status status;
  rn_error *err;
} rn_store_work;

struct rn_store {
  char *path, *lock_path, *directory /* of a temporary store */;
  bool temporary, writer;
  long owner_pid;
  int lock_fd;
  rn_store_config config;
  uint64_t hash_seed;
  /* writer thread only */
  sqlite3 *db;
  uint64_t connection;
  sqlite3_stmt *statements[RN_STMT_COUNT];
  bool full_sync;
  int wal_pages;
  int64_t page_bytes, wal_warned_bytes;
  /* shared */
  pthread_t thread;
  bool thread_runs;
  pthread_mutex_t mutex;
  pthread_cond_t work_ready, work_done;
  rn_store_work *first, *last;
  bool closing;
};

void rn_store_log(const rn_store *store, int level, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Opens the writer connection with all settings (store.c); also to reopen it. */
rn_status rn_store_connect(rn_store *store, rn_error *err);
void rn_store_disconnect(rn_store *store);
/* Words an SQLite failure; code E_DATABASE. */
rn_status rn_store_sqlite_error(sqlite3 *db, const char *doing, rn_error *err);
rn_status rn_store_exec(sqlite3 *db, const char *sql, rn_error *err);
/* A cached statement of the writer connection, reset and unbound; NULL: err is set. */
sqlite3_stmt *rn_store_statement_get(rn_store *store, rn_store_statement which, rn_error *err);
/* Steps a statement that gives no rows, resets it. */
rn_status rn_store_step(sqlite3 *db, sqlite3_stmt *stmt, rn_error *err);
void *rn_store_thread(void *store);

/* CRC32C over what a stored row says, so that a flipped bit and a row of another place are both seen. */
uint32_t rn_store_state_crc(const char *operator_id, int64_t group, int64_t epoch, bool base, const void *blob, size_t len);
uint32_t rn_store_position_crc(const char *owner, const char *split, const char *position);
/* Everything of an epoch that lies in _rn_* tables, inside the open transaction (store_job.c). */
rn_status rn_store_write_epoch(rn_store *store, const rn_epoch *epoch, rn_error *err);
/* Epoch that the file has for the job; 0: none. */
rn_status rn_store_read_epoch(sqlite3 *db, const char *job, uint64_t *epoch, rn_error *err);

#endif
