/* The database file: finding out what it is, locking it, opening it with the settings that the proof of
 * exactly once leans on (RELIABILITY B1, E2), and giving out read connections.
 *
 * Lock: flock on FILE.lock, which holds the owner's pid and is removed at close; whoever locks it checks
 * that the path still names the file that was locked, since the owner may have removed it in between. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include "base/alloc.h"
#include "runtime/store_private.h"

void rn_store_log(const rn_store *store, int level, const char *format, ...) {
  if (!store->config.log) return;
  char text[512];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  store->config.log(store->config.log_ctx, level, text);
}

rn_status rn_store_sqlite_error(sqlite3 *db, const char *doing, rn_error *err) {
  const char *name = sqlite3_db_filename(db, "main");
  return rn_fail(err, RN_E_DATABASE, "%s %s: %s (SQLite %d)", doing, name && *name ? name : "the database",
                 sqlite3_errmsg(db), sqlite3_extended_errcode(db));
}

rn_status rn_store_exec(sqlite3 *db, const char *sql, rn_error *err) {
  return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? RN_OK : rn_store_sqlite_error(db, "cannot use", err);
}

static rn_status query_int(sqlite3 *db, const char *sql, int64_t *out, rn_error *err) {
  sqlite3_stmt *stmt = NULL;
  *out = 0;
  if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK) return rn_store_sqlite_error(db, "cannot read", err);
  int rc = sqlite3_step(stmt);
  if (rc == SQLITE_ROW) *out = sqlite3_column_int64(stmt, 0);
  if (rc != SQLITE_ROW && rc != SQLITE_DONE) rn_store_sqlite_error(db, "cannot read", err);
  sqlite3_finalize(stmt);
  return rc == SQLITE_ROW || rc == SQLITE_DONE ? RN_OK : RN_FAIL;
}

/* --- tables ------------------------------------------------------------------------------------------------ */

static const char *const schema_sql =
    "CREATE TABLE _rn_meta(key TEXT PRIMARY KEY, value TEXT) STRICT, WITHOUT ROWID;"
    "CREATE TABLE _rn_catalog(catalog TEXT NOT NULL, database TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL,"
    " sql TEXT NOT NULL, version INTEGER NOT NULL, PRIMARY KEY(catalog, database, name)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE _rn_job(job TEXT PRIMARY KEY, canonical TEXT NOT NULL, settings TEXT NOT NULL, state TEXT NOT NULL,"
    " epoch INTEGER NOT NULL, started_us INTEGER NOT NULL, updated_us INTEGER NOT NULL, error TEXT)"
    " STRICT, WITHOUT ROWID;"
    "CREATE TABLE _rn_operator(job TEXT NOT NULL, operator TEXT NOT NULL, kind TEXT NOT NULL,"
    " fingerprint TEXT NOT NULL, PRIMARY KEY(job, operator)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE _rn_offset(job TEXT NOT NULL, source TEXT NOT NULL, split TEXT NOT NULL, position TEXT,"
    " until TEXT, crc INTEGER, PRIMARY KEY(job, source, split)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE _rn_sink(job TEXT NOT NULL, sink TEXT NOT NULL, split TEXT NOT NULL, position TEXT NOT NULL,"
    " crc INTEGER NOT NULL, PRIMARY KEY(job, sink, split)) STRICT, WITHOUT ROWID;"
    /* Blobs are large, so the key is an index beside the rows and not the tree that holds them. */
    "CREATE TABLE _rn_state(job TEXT NOT NULL, operator TEXT NOT NULL, grp INTEGER NOT NULL, epoch INTEGER NOT NULL,"
    " base INTEGER NOT NULL, crc INTEGER NOT NULL, blob BLOB NOT NULL, UNIQUE(job, operator, grp, epoch)) STRICT;"
    "CREATE TABLE _rn_dead_letter(id INTEGER PRIMARY KEY, job TEXT, source TEXT NOT NULL, split TEXT NOT NULL,"
    " \"offset\" INTEGER NOT NULL, ts TEXT NOT NULL, \"column\" TEXT, reason TEXT NOT NULL, raw BLOB, epoch INTEGER"
    " NOT NULL) STRICT;"
    "CREATE TABLE _rn_run(script TEXT NOT NULL, run INTEGER NOT NULL, statement TEXT NOT NULL, state TEXT NOT NULL,"
    " PRIMARY KEY(script, run, statement)) STRICT, WITHOUT ROWID;";

static rn_status put_meta(sqlite3 *db, const char *key, const char *value, rn_error *err) {
  sqlite3_stmt *stmt = NULL;
  if (sqlite3_prepare_v2(db, "INSERT INTO _rn_meta VALUES(?1, ?2)", -1, &stmt, NULL) != SQLITE_OK) {
    return rn_store_sqlite_error(db, "cannot use", err);
  }
  sqlite3_bind_text(stmt, 1, key, -1, SQLITE_STATIC);
  sqlite3_bind_text(stmt, 2, value, -1, SQLITE_STATIC);
  rn_status status = rn_store_step(db, stmt, err);
  sqlite3_finalize(stmt);
  return status;
}

static rn_status make_tables(sqlite3 *db, bool own_header, rn_error *err) {
  uint64_t random[3];
  if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random) {
    return rn_fail(err, RN_E_DATABASE, "no random numbers from the system");
  }
  char seed[24], uuid[40], format[16], header[128];
  snprintf(seed, sizeof seed, "%llu", (unsigned long long)random[0]);
  snprintf(uuid, sizeof uuid, "%016llx%016llx", (unsigned long long)random[1], (unsigned long long)random[2]);
  snprintf(format, sizeof format, "%d", RN_STORE_FORMAT);
  if (rn_store_exec(db, schema_sql, err) != RN_OK) return RN_FAIL;
  if (put_meta(db, "format", format, err) != RN_OK || put_meta(db, "hash_seed", seed, err) != RN_OK ||
      put_meta(db, "uuid", uuid, err) != RN_OK) {
    return RN_FAIL;
  }
  if (!own_header) return RN_OK; /* another program's user_version stays */
  snprintf(header, sizeof header, "PRAGMA application_id=%d; PRAGMA user_version=%d", RN_STORE_APPLICATION_ID,
           RN_STORE_FORMAT);
  return rn_store_exec(db, header, err);
}

/* Reads what the file says of itself: ours, another program's plain database, or not to be touched. */
static rn_status inspect(sqlite3 *db, const char *path, bool *has_tables, bool *own_header, rn_error *err) {
  int64_t application = 0, version = 0, tables = 0, format = 0;
  if (query_int(db, "PRAGMA application_id", &application, err) != RN_OK ||
      query_int(db, "PRAGMA user_version", &version, err) != RN_OK ||
      query_int(db, "SELECT count(*) FROM sqlite_schema WHERE name = '_rn_meta'", &tables, err) != RN_OK) {
    return RN_FAIL;
  }
  if (tables && query_int(db, "SELECT CAST(value AS INTEGER) FROM _rn_meta WHERE key = 'format'", &format, err) != RN_OK) {
    return RN_FAIL;
  }
  if (application == RN_STORE_APPLICATION_ID && version > format) format = version;
  if (format > RN_STORE_FORMAT) {
    return rn_fail(err, RN_E_STATE_FORMAT, "%s was written by a newer runnel (format %lld, this program knows %d)", path,
                   (long long)format, RN_STORE_FORMAT);
  }
  if (application != 0 && application != RN_STORE_APPLICATION_ID && !tables) {
    return rn_fail(err, RN_E_DATABASE, "%s is the database of another application (application_id 0x%08llx)", path,
                   (unsigned long long)application);
  }
  *has_tables = tables != 0;
  *own_header = application == 0 && version == 0;
  return RN_OK;
}

static rn_status read_seed(sqlite3 *db, uint64_t *seed, rn_error *err) {
  sqlite3_stmt *stmt = NULL;
  *seed = 0;
  if (sqlite3_prepare_v2(db, "SELECT value FROM _rn_meta WHERE key = 'hash_seed'", -1, &stmt, NULL) != SQLITE_OK) {
    return rn_store_sqlite_error(db, "cannot read", err);
  }
  if (sqlite3_step(stmt) == SQLITE_ROW) *seed = strtoull((const char *)sqlite3_column_text(stmt, 0), NULL, 10);
  sqlite3_finalize(stmt);
  return RN_OK;
}

/* --- connections ------------------------------------------------------------------------------------------- */

static void harden(sqlite3 *db) {
  sqlite3_extended_result_codes(db, 1);
  sqlite3_busy_timeout(db, RN_STORE_BUSY_MS);
  sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
}

static int on_wal(void *ctx, sqlite3 *db, const char *name, int pages) {
  (void)db;
  (void)name;
  ((rn_store *)ctx)->wal_pages = pages;
  return SQLITE_OK;
}

rn_status rn_store_connect(rn_store *store, rn_error *err) {
  if (sqlite3_open_v2(store->path, &store->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
    rn_fail(err, RN_E_DATABASE, "cannot open %s: %s", store->path, store->db ? sqlite3_errmsg(store->db) : "no memory");
    rn_store_disconnect(store);
    return RN_FAIL;
  }
  store->connection++;
  harden(store->db);
  /* The page size only matters to a file that is still empty. */
  rn_status status = rn_store_exec(store->db,
                                   "PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0;"
                                   "PRAGMA journal_size_limit=67108864; PRAGMA mmap_size=0; PRAGMA cell_size_check=ON;"
                                   "PRAGMA secure_delete=OFF; PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY",
                                   err);
  int64_t wal = 0;
  if (status == RN_OK) {
    status = query_int(store->db, "SELECT count(*) FROM pragma_journal_mode WHERE journal_mode = 'wal'", &wal, err);
  }
  if (status == RN_OK && !wal) {
    status = rn_fail(err, RN_E_DATABASE, "%s cannot be switched to a write-ahead log: another program holds it open, or its directory does not allow it",
                     store->path);
  }
  if (status == RN_OK) {
    status = rn_store_exec(store->db, store->temporary ? "PRAGMA synchronous=OFF" : "PRAGMA synchronous=NORMAL", err);
  }
  store->full_sync = false;
  if (status == RN_OK) status = query_int(store->db, "PRAGMA page_size", &store->page_bytes, err);
  sqlite3_wal_hook(store->db, on_wal, store);
  if (status != RN_OK) rn_store_disconnect(store);
  return status;
}

void rn_store_disconnect(rn_store *store) {
  for (size_t i = 0; i < RN_STMT_COUNT; i++) {
    sqlite3_finalize(store->statements[i]);
    store->statements[i] = NULL;
  }
  /* v2: statements of sinks may outlive the connection; their owners see the new rn_txn.connection. */
  sqlite3_close_v2(store->db);
  store->db = NULL;
}

static rn_status open_query_only(rn_store *store, int how, sqlite3 **out, rn_error *err) {
  *out = NULL;
  if (sqlite3_open_v2(store->path, out, how | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
    rn_fail(err, RN_E_DATABASE, "cannot read %s: %s", store->path, *out ? sqlite3_errmsg(*out) : "no memory");
    sqlite3_close(*out);
    *out = NULL;
    return RN_FAIL;
  }
  harden(*out);
  if (rn_store_exec(*out, "PRAGMA query_only=ON; PRAGMA mmap_size=0; PRAGMA cell_size_check=ON", err) == RN_OK) return RN_OK;
  sqlite3_close(*out);
  *out = NULL;
  return RN_FAIL;
}
rn_status rn_store_reader(rn_store *store, sqlite3 **out, rn_error *err) { return open_query_only(store, SQLITE_OPEN_READONLY, out, err); }

/* --- the file ------------------------------------------------------------------------------------------------ */

static rn_status check_file_system(const char *path, rn_error *err) {
  static const struct { long type; const char *name; } refused[] = {
      {0x6969, "NFS"}, {(long)0xFF534D42, "CIFS"}, {(long)0xFE534D42, "SMB"}};
  struct statfs fs;
  if (statfs(path, &fs) != 0) return RN_OK;
  for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
    if ((long)fs.f_type == refused[i].type) {
      return rn_fail(err, RN_E_DATABASE, "%s lies on a network file system (%s), where SQLite cannot lock", path,
                     refused[i].name);
    }
  }
  return RN_OK;
}

/* Makes the file (0600, before any secret can be in it) or checks that it is SQLite's. */
static rn_status check_file(const char *path, bool create, rn_error *err) {
  int fd = open(path, (create ? O_RDWR | O_CREAT : O_RDONLY) | O_CLOEXEC, 0600);
  if (fd < 0) {
    rn_fail(err, RN_E_DATABASE, "cannot open %s: %s", path, strerror(errno));
    return RN_FAIL;
  }
  struct stat st;
  char head[16] = "";
  rn_status status = RN_OK;
  if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode)) {
    status = rn_fail(err, RN_E_DATABASE, "%s is not a file", path);
  } else {
    ssize_t got = pread(fd, head, sizeof head, 0);
    if (got < 0) status = rn_fail(err, RN_E_DATABASE, "cannot read %s: %s", path, strerror(errno));
    else if (got > 0 && (got < 16 || memcmp(head, "SQLite format 3", 16) != 0)) {
      status = rn_fail(err, RN_E_DATABASE, "%s is not an SQLite database", path);
    }
  }
  close(fd);
  return status;
}

static long read_owner(int fd) {
  char text[32] = "";
  return pread(fd, text, sizeof text - 1, 0) > 0 ? strtol(text, NULL, 10) : 0;
}

/* Becomes the owner of FILE.lock, or learns who is. RN_FAIL: neither is possible. */
static rn_status take_lock(rn_store *store, rn_error *err) {
  for (;;) {
    int fd = open(store->lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return rn_fail(err, RN_E_DATABASE, "cannot make the lock file %s: %s", store->lock_path, strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
      int why = errno;
      store->owner_pid = read_owner(fd);
      close(fd);
      if (why == EWOULDBLOCK) return RN_OK;
      return rn_fail(err, RN_E_DATABASE, "cannot lock %s: %s", store->lock_path, strerror(why));
    }
    struct stat mine, named;
    if (fstat(fd, &mine) == 0 && stat(store->lock_path, &named) == 0 && mine.st_ino == named.st_ino &&
        mine.st_dev == named.st_dev) {
      char pid[32];
      int len = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
      if (ftruncate(fd, 0) != 0 || pwrite(fd, pid, (size_t)len, 0) != len) {
        rn_fail(err, RN_E_DATABASE, "cannot write %s: %s", store->lock_path, strerror(errno));
        close(fd);
        return RN_FAIL;
      }
      store->lock_fd = fd;
      return RN_OK;
    }
    close(fd); /* its owner removed it while we waited: lock the new one */
  }
}

static void drop_lock(rn_store *store) {
  if (store->lock_fd < 0) return;
  unlink(store->lock_path);
  close(store->lock_fd);
  store->lock_fd = -1;
}

static rn_status open_writer(rn_store *store, rn_error *err) {
  bool has_tables = false, own_header = false;
  if (check_file(store->path, true, err) != RN_OK || check_file_system(store->path, err) != RN_OK) return RN_FAIL;
  /* A newer or foreign file must not be touched, so it is looked at before the writer's settings. (A connection that only reads
   * could not roll back what a kill left when the file was made.) */
  struct stat st;
  if (stat(store->path, &st) == 0 && st.st_size > 0) {
    sqlite3 *reader = NULL;
    if (open_query_only(store, SQLITE_OPEN_READWRITE, &reader, err) != RN_OK) return RN_FAIL;
    rn_status status = inspect(reader, store->path, &has_tables, &own_header, err);
    sqlite3_close(reader);
    if (status != RN_OK) return RN_FAIL;
  } else {
    own_header = true;
  }
  if (rn_store_connect(store, err) != RN_OK) return RN_FAIL;
  int64_t running = 0;
  if (has_tables && query_int(store->db, "SELECT count(*) FROM _rn_job WHERE state = 'RUNNING'", &running, err) != RN_OK) {
    return RN_FAIL;
  }
  if (!has_tables || running) {
    if (rn_store_exec(store->db, "BEGIN IMMEDIATE", err) != RN_OK) return RN_FAIL;
    /* We hold the lock: whoever ran those jobs is gone. */
    rn_status status = has_tables ? rn_store_exec(store->db, "UPDATE _rn_job SET state = 'STOPPED' WHERE state = 'RUNNING'", err)
                                  : make_tables(store->db, own_header, err);
    if (status != RN_OK || rn_store_exec(store->db, "COMMIT", err) != RN_OK) {
      sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
      return RN_FAIL;
    }
  }
  if (read_seed(store->db, &store->hash_seed, err) != RN_OK) return RN_FAIL;
  if (pthread_create(&store->thread, NULL, rn_store_thread, store) != 0) {
    return rn_fail(err, RN_E_INTERNAL, "cannot start the store's thread");
  }
  store->thread_runs = store->writer = true;
  return RN_OK;
}

static rn_status open_reader(rn_store *store, rn_error *err) {
  sqlite3 *reader = NULL;
  bool has_tables = false, own_header = false;
  if (check_file(store->path, false, err) != RN_OK || rn_store_reader(store, &reader, err) != RN_OK) return RN_FAIL;
  rn_status status = inspect(reader, store->path, &has_tables, &own_header, err);
  if (status == RN_OK && has_tables) status = read_seed(reader, &store->hash_seed, err);
  sqlite3_close(reader);
  return status;
}

static rn_status make_temporary(rn_store *store, rn_error *err) {
  const char *dir = getenv("TMPDIR");
  rn_builder b = {0};
  rn_builder_printf(&b, "%s/runnel-XXXXXX", dir && *dir ? dir : "/tmp");
  if (!mkdtemp(b.data)) {
    rn_fail(err, RN_E_DATABASE, "cannot make a temporary directory %s: %s", b.data, strerror(errno));
    rn_builder_free(&b);
    return RN_FAIL;
  }
  store->temporary = true;
  store->directory = rn_strdup(b.data);
  rn_builder_text(&b, "/runnel.db");
  store->path = rn_builder_take(&b);
  return RN_OK;
}

rn_status rn_store_open(const rn_store_config *config, rn_store **out, rn_error *err) {
  *out = NULL;
  if (!sqlite3_threadsafe() || sqlite3_libversion_number() < 3037000) {
    return rn_fail(err, RN_E_DATABASE, "SQLite %s is too old, or built without threads; 3.37 or later is needed", sqlite3_libversion());
  }
  rn_store *store = rn_calloc(1, sizeof *store);
  store->config = *config;
  store->lock_fd = -1;
  pthread_mutex_init(&store->mutex, NULL);
  pthread_cond_init(&store->work_ready, NULL);
  pthread_cond_init(&store->work_done, NULL);
  *out = NULL;
  rn_status status = RN_OK;
  if (config->path) store->path = rn_strdup(config->path);
  else status = make_temporary(store, err);
  if (status == RN_OK) {
    rn_builder b = {0};
    rn_builder_printf(&b, "%s.lock", store->path);
    store->lock_path = rn_builder_take(&b);
    if (!config->read_only) status = take_lock(store, err);
    if (status == RN_OK) status = store->lock_fd >= 0 ? open_writer(store, err) : open_reader(store, err);
  }
  if (status != RN_OK) {
    rn_store_close(store);
    return RN_FAIL;
  }
  *out = store;
  return RN_OK;
}

void rn_store_close(rn_store *store) {
  if (!store) return;
  if (store->thread_runs) {
    pthread_mutex_lock(&store->mutex);
    store->closing = true;
    pthread_cond_broadcast(&store->work_ready);
    pthread_mutex_unlock(&store->mutex);
    pthread_join(store->thread, NULL);
  }
  if (store->db && store->thread_runs && !store->temporary) {
    sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
  }
  rn_store_disconnect(store);
  if (store->temporary) {
    static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
      rn_builder b = {0};
      rn_builder_printf(&b, "%s%s", store->path, suffixes[i]);
      unlink(b.data);
      rn_builder_free(&b);
    }
  }
  drop_lock(store);
  if (store->directory) rmdir(store->directory);
  pthread_cond_destroy(&store->work_done);
  pthread_cond_destroy(&store->work_ready);
  pthread_mutex_destroy(&store->mutex);
  rn_free(store->path);
  rn_free(store->lock_path);
  rn_free(store->directory);
  rn_free(store);
}

bool rn_store_is_writer(const rn_store *store) { return store->writer; }
long rn_store_owner_pid(const rn_store *store) { return store->owner_pid; }
const char *rn_store_path(const rn_store *store) { return store->path; }
bool rn_store_is_temporary(const rn_store *store) { return store->temporary; }
uint64_t rn_store_hash_seed(const rn_store *store) { return store->hash_seed; }

/* --- generated SQL ------------------------------------------------------------------------------------------- */

void rn_sql_identifier(rn_builder *b, const char *name) { rn_builder_quoted(b, rn_slice_of(name), '"'); }
void rn_sql_string(rn_builder *b, const char *text) { rn_builder_quoted(b, rn_slice_of(text), '\''); }
