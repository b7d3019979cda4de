/* The filesystem connector, writing: appends to a file (filesystem_partition.c: which one).
 *
 * Exactly once: the file's committed length is part of the epoch. flush() writes the epoch's bytes at
 * their place (so that doing it again changes nothing) and syncs before the epoch commits; a restore
 * cuts the file to the committed length. Before the first epoch has committed there is no length to go
 * back to: the file has a marker (filesystem_marker.c) until then. Readers may see rows shortly before
 * they are committed. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "connectors/filesystem.h"
#include "runtime/store.h"

struct file_sink {
  char *path;
  file_marker *marker;
  int fd;
  rn_builder staged;        /* task thread */
  int64_t frozen_length;    /* file length after everything frozen so far; task thread */
  bool has_marker;          /* store thread, after open */
  uint64_t inode;
};
struct file_staged {
  char *data;
  size_t len;
  int64_t end; /* file length after it */
};

static rn_status file_error(rn_error *err, const char *what, const char *path) {
  return rn_fail(err, RN_E_FILE, "cannot %s file \"%s\": %s", what, path, strerror(errno));
}

bool filesystem_is_directory(const char *path) {
  size_t len = strlen(path);
  struct stat info;
  return (len && path[len - 1] == '/') || (stat(path, &info) == 0 && S_ISDIR(info.st_mode));
}

/* A directory takes a file of every instance, else there is one file and one instance (sink_is_single). */
void file_sink_path(const rn_table_spec *table, unsigned subtask, rn_builder *out) {
  const char *path = filesystem_path(table);
  size_t len = strlen(path);
  rn_builder_text(out, path);
  if (!filesystem_is_directory(path)) return;
  if (len && path[len - 1] != '/') rn_builder_char(out, '/');
  rn_builder_printf(out, "part-%u.%s", subtask, table->value_format->name);
}
rn_status file_sink_make_parents(const char *path, rn_error *err) {
  rn_builder part = {0};
  rn_status status = RN_OK;
  for (const char *slash = strchr(path + 1, '/'); status == RN_OK && slash; slash = strchr(slash + 1, '/')) {
    rn_builder_clear(&part);
    rn_builder_append(&part, path, (size_t)(slash - path));
    if (mkdir(part.data, 0777) != 0 && errno != EEXIST) status = file_error(err, "make the directory of", path);
  }
  rn_builder_free(&part);
  return status;
}
static void sync_directory(const char *path) {
  char *copy = rn_strdup(path), *slash = strrchr(copy, '/');
  if (slash) slash[slash == copy] = 0;
  int fd = open(slash ? copy : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd >= 0) {
    (void)fsync(fd);
    close(fd);
  }
  rn_free(copy);
}

static rn_status write_all(int fd, const char *data, size_t len, int64_t offset, const char *path, rn_error *err) {
  while (len) {
    ssize_t n = pwrite(fd, data, len, offset);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return rn_fail(err, RN_E_SINK, "cannot write file \"%s\": %s", path, strerror(errno));
    data += n;
    len -= (size_t)n;
    offset += n;
  }
  return RN_OK;
}

/* Brings a file back to its committed length. */
rn_status file_sink_restore(const rn_position *position, uint64_t *inode_out, int64_t *length_out, rn_error *err) {
  uint64_t inode;
  int64_t length;
  if (sscanf(position->position, "{\"inode\":%" SCNu64 ",\"length\":%" SCNd64 "}", &inode, &length) != 2)
    return rn_fail(err, RN_E_STATE_CORRUPT, "stored length of file \"%s\" cannot be read: %s", position->split,
                   position->position);
  struct stat info;
  bool exists = stat(position->split, &info) == 0;
  if (!exists && length == 0) inode = 0;
  const char *how = !exists && length ? "is gone" : exists && (uint64_t)info.st_ino != inode ? "was replaced" :
                    exists && (int64_t)info.st_size < length ? "has shrunk" : NULL;
  if (how) {
    (void)rn_fail(err, RN_E_SINK, "file \"%s\" %s since the job wrote %" PRId64 " bytes to it", position->split, how, length);
    return rn_hint(err, "put the file back, or start over with --fresh");
  }
  if (exists && truncate(position->split, length) != 0) return file_error(err, "cut", position->split);
  file_marker *marker = file_marker_new(position->split, NULL); /* the committed length wins: a kill may have come before it was taken away */
  file_marker_remove(marker);
  file_marker_free(marker);
  *inode_out = inode;
  *length_out = length;
  return RN_OK;
}

rn_status file_sink_lock(int fd, const char *path, rn_error *err) {
  if (flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return RN_OK; /* not every file system has locks */
  (void)rn_fail(err, RN_E_IN_USE, "\"%s\" is being written by another job", path);
  return rn_hint(err, "STOP JOB ends it; the INSERTs of one STATEMENT SET share a file");
}

static rn_status find_start(file_sink *sink, const rn_sink_spec *spec, bool alone, rn_error *err) {
  bool restored = false;
  sink->fd = open(sink->path, O_WRONLY | O_CLOEXEC);
  if (sink->fd >= 0 && file_sink_lock(sink->fd, sink->path, err) != RN_OK) return RN_FAIL; /* before anything is cut */
  for (size_t i = 0; i < spec->restored_count; i++) {
    const rn_position *position = &spec->restored[i];
    bool mine = strcmp(position->split, sink->path) == 0;
    bool orphan = alone && !mine && spec->subtask == 0; /* of an instance that no longer exists */
    for (unsigned k = 1; orphan && k < spec->parallelism; k++) {
      rn_builder other = {0};
      file_sink_path(spec->table, k, &other);
      orphan = strcmp(position->split, other.data) != 0;
      rn_builder_free(&other);
    }
    if (!mine && !orphan) continue;
    uint64_t inode = 0;
    int64_t length = 0;
    if (file_sink_restore(position, &inode, &length, err) != RN_OK) return RN_FAIL;
    if (mine) sink->frozen_length = length, restored = true;
  }
  if (!restored && file_marker_settle(sink->path, err) != RN_OK) return RN_FAIL;
  if (sink->fd < 0) {
    sink->fd = open(sink->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (sink->fd >= 0 && file_sink_lock(sink->fd, sink->path, err) != RN_OK) return RN_FAIL;
  }
  struct stat info;
  if (sink->fd < 0 || fstat(sink->fd, &info) != 0) return file_error(err, "write", sink->path);
  sink->inode = (uint64_t)info.st_ino;
  if (restored) {
    file_marker_remove(sink->marker);
    return RN_OK;
  }
  sink->frozen_length = (int64_t)info.st_size;
  if (file_marker_write(sink->marker, sink->frozen_length, sink->frozen_length, err) != RN_OK) return RN_FAIL;
  sink->has_marker = true;
  sync_directory(sink->path);
  return RN_OK;
}

rn_status file_sink_open(const rn_sink_spec *spec, const char *path, bool alone, file_sink **out, rn_error *err) {
  file_sink *sink = rn_calloc(1, sizeof *sink);
  sink->fd = -1;
  sink->path = rn_strdup(path);
  sink->marker = file_marker_new(path, spec->store);
  rn_status status = file_sink_make_parents(sink->path, err);
  if (status == RN_OK) status = find_start(sink, spec, alone, err);
  if (status != RN_OK) {
    file_sink_close(sink);
    return RN_FAIL;
  }
  *out = sink;
  return RN_OK;
}
rn_builder *file_sink_staged(file_sink *sink) { return &sink->staged; }
bool file_sink_is_settled(const file_sink *sink) { return sink->staged.len == 0 && !sink->has_marker; }
bool file_sink_is_empty(const file_sink *sink) { return sink->frozen_length == 0 && sink->staged.len == 0; }

file_staged *file_sink_freeze(file_sink *sink) {
  file_staged *staged = rn_calloc(1, sizeof *staged);
  staged->len = sink->staged.len;
  staged->data = rn_builder_take(&sink->staged);
  sink->frozen_length += (int64_t)staged->len;
  staged->end = sink->frozen_length;
  return staged;
}
rn_status file_sink_flush(file_sink *sink, const file_staged *staged, rn_error *err) {
  if (!staged->len) return RN_OK;
  if (sink->has_marker && file_marker_grow(sink->marker, staged->end, err) != RN_OK) return RN_FAIL;
  if (write_all(sink->fd, staged->data, staged->len, staged->end - (int64_t)staged->len, sink->path, err) != RN_OK) return RN_FAIL;
  if (fdatasync(sink->fd) != 0) return rn_fail(err, RN_E_SINK, "cannot write file \"%s\": %s", sink->path, strerror(errno));
  return RN_OK;
}
void file_sink_positions(const file_sink *sink, const file_staged *staged, rn_positions *out) {
  char text[80];
  (void)snprintf(text, sizeof text, "{\"inode\":%" PRIu64 ",\"length\":%" PRId64 "}", sink->inode, staged->end);
  rn_positions_put(out, sink->path, text);
}
rn_status file_sink_apply(const file_sink *sink, rn_txn *txn, rn_error *err) {
  return sink->has_marker ? file_marker_commit(sink->marker, txn->db, err) : RN_OK;
}
void file_sink_committed(file_sink *sink) {
  if (!sink->has_marker) return;
  file_marker_remove(sink->marker);
  sink->has_marker = false;
}
void file_staged_free(file_staged *staged) {
  rn_free(staged->data);
  rn_free(staged);
}
void file_sink_release(file_sink *sink) {
  if (sink->fd >= 0) close(sink->fd);
  sink->fd = -1;
}
void file_sink_close(file_sink *sink) {
  if (!sink) return;
  file_sink_release(sink);
  rn_builder_free(&sink->staged);
  rn_free(sink->path);
  file_marker_free(sink->marker);
  rn_free(sink);
}
