/* The marker of a file that a job has begun to write and no epoch has committed yet: ".NAME.runnel" beside it, one line
 *
 *   START END TOKEN DATABASE
 *
 * the length that the file had when the job began, the length that it may have got since, and where it is to be seen whether
 * that was committed: the epoch's transaction puts the token into _rn_file of the job's database. So the marker may be removed
 * at any time after the commit, and one that a kill left costs no committed row: whoever opens the file next, from whatever
 * database, looks there before it cuts. (A file longer than END was written by somebody else meanwhile, and is left alone.) */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>
#include "connectors/filesystem.h"
#include "runtime/store.h"

struct file_marker {
  char *path;       /* of the marker */
  char *file;
  char *database;   /* absolute; "" in a job that has none */
  char token[17];
  int64_t start;
};

static char *marker_path(const char *file) {
  rn_builder text = {0};
  const char *slash = strrchr(file, '/');
  size_t directory = slash ? (size_t)(slash + 1 - file) : 0;
  rn_builder_append(&text, file, directory);
  rn_builder_printf(&text, ".%s.runnel", file + directory);
  return rn_builder_take(&text);
}

static char *absolute(const char *path) {
  char *full = realpath(path, NULL), *copy = rn_strdup(full ? full : path);
  free(full);
  return copy;
}

file_marker *file_marker_new(const char *file, void *store) {
  file_marker *m = rn_calloc(1, sizeof *m);
  uint64_t random = 0;
  m->path = marker_path(file);
  m->file = rn_strdup(file);
  m->database = store ? absolute(rn_store_path(store)) : rn_strdup("");
  if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random) random = (uint64_t)rn_monotonic_us() ^ (uint64_t)(uintptr_t)m;
  (void)snprintf(m->token, sizeof m->token, "%016" PRIx64, random);
  return m;
}
void file_marker_free(file_marker *m) {
  if (!m) return;
  rn_free(m->path);
  rn_free(m->file);
  rn_free(m->database);
  rn_free(m);
}

rn_status file_marker_write(file_marker *m, int64_t start, int64_t end, rn_error *err) {
  rn_builder text = {0};
  rn_builder_printf(&text, "%" PRId64 " %" PRId64 " %s %s\n", start, end, m->token, m->database);
  m->start = start;
  int fd = open(m->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  bool ok = fd >= 0 && pwrite(fd, text.data, text.len, 0) == (ssize_t)text.len && fdatasync(fd) == 0;
  if (!ok) (void)rn_fail(err, RN_E_FILE, "cannot write \"%s\": %s", m->path, strerror(errno));
  if (fd >= 0) close(fd);
  rn_builder_free(&text);
  return ok ? RN_OK : RN_FAIL;
}
rn_status file_marker_grow(file_marker *m, int64_t end, rn_error *err) { return file_marker_write(m, m->start, end, err); }
void file_marker_remove(const file_marker *m) { (void)unlink(m->path); }

static rn_status database_error(sqlite3 *db, const char *path, rn_error *err) {
  return rn_fail(err, RN_E_SINK, "%s: %s", path, sqlite3_errmsg(db));
}

rn_status file_marker_commit(const file_marker *m, sqlite3 *db, rn_error *err) {
  static const char *const make = "CREATE TABLE IF NOT EXISTS _rn_file(path TEXT PRIMARY KEY, token TEXT NOT NULL) STRICT, WITHOUT ROWID";
  sqlite3_stmt *stmt = NULL;
  if (sqlite3_exec(db, make, NULL, NULL, NULL) != SQLITE_OK || sqlite3_prepare_v2(db, "INSERT OR REPLACE INTO _rn_file VALUES(?1, ?2)", -1, &stmt, NULL) != SQLITE_OK)
    return database_error(db, m->database, err);
  char *file = absolute(m->file);
  sqlite3_bind_text(stmt, 1, file, -1, SQLITE_STATIC);
  sqlite3_bind_text(stmt, 2, m->token, -1, SQLITE_STATIC);
  int rc = sqlite3_step(stmt);
  sqlite3_finalize(stmt);
  rn_free(file);
  return rc == SQLITE_DONE ? RN_OK : database_error(db, m->database, err);
}

/* Does the database know the token? -1: it cannot be asked. */
static int is_known(const char *database, const char *token) {
  enum { BUSY_MS = 5000 };
  static const char *const exists = "SELECT count(*) FROM sqlite_schema WHERE name = '_rn_file'";
  static const char *const has = "SELECT count(*) FROM _rn_file WHERE token = ?1";
  sqlite3 *db = NULL;
  int answer = -1;
  if (sqlite3_open_v2(database, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK) {
    sqlite3_busy_timeout(db, BUSY_MS);
    const char *const questions[] = {exists, has};
    for (int i = 0; i < 2 && (i == 0 || answer == 1); i++) {
      sqlite3_stmt *stmt = NULL;
      answer = -1;
      if (sqlite3_prepare_v2(db, questions[i], -1, &stmt, NULL) != SQLITE_OK) break;
      if (i) sqlite3_bind_text(stmt, 1, token, -1, SQLITE_STATIC);
      if (sqlite3_step(stmt) == SQLITE_ROW) answer = sqlite3_column_int(stmt, 0) > 0;
      sqlite3_finalize(stmt);
    }
  }
  sqlite3_close(db);
  return answer;
}

typedef struct marker_text {
  int64_t start, end;
  char token[17], database[PATH_MAX];
} marker_text;

static bool read_marker(const char *path, marker_text *out) {
  FILE *file = fopen(path, "re");
  if (!file) return false;
  int at = 0;
  char line[PATH_MAX + 80];
  size_t len = fread(line, 1, sizeof line - 1, file);
  (void)fclose(file);
  line[len] = 0;
  if (!len || line[len - 1] != '\n' || sscanf(line, "%" SCNd64 " %" SCNd64 " %16[0-9a-f] %n", &out->start, &out->end, out->token, &at) != 3 || !at) return false;
  line[len - 1] = 0;
  return snprintf(out->database, sizeof out->database, "%s", line + at) < (int)sizeof out->database;
}

/* Takes away what no epoch committed. */
static rn_status cut(const char *file, const marker_text *m, int64_t size, rn_error *err) {
  int known = *m->database ? is_known(m->database, m->token) : 0;
  if (known == 1) return RN_OK;
  if (known == 0)
    return truncate(file, m->start) == 0 ? RN_OK : rn_fail(err, RN_E_FILE, "cannot cut file \"%s\": %s", file, strerror(errno));
  (void)rn_fail(err, RN_E_SINK, "file \"%s\": its last %" PRId64 " bytes are of a job that was killed, and its database %s, which says whether they count, cannot be read",
                file, size - m->start, m->database);
  char *marker = marker_path(file);
  (void)rn_hint(err, "put the database back; or cut the file to %" PRId64 " bytes, or keep all of it, and remove \"%s\"", m->start, marker);
  rn_free(marker);
  return RN_FAIL;
}

rn_status file_marker_settle(const char *file, rn_error *err) {
  char *marker = marker_path(file);
  marker_text m;
  struct stat info;
  rn_status status = RN_OK;
  if (read_marker(marker, &m) && stat(file, &info) == 0 && m.start < (int64_t)info.st_size && (int64_t)info.st_size <= m.end)
    status = cut(file, &m, (int64_t)info.st_size, err);
  if (status == RN_OK) (void)unlink(marker);
  rn_free(marker);
  return status;
}
