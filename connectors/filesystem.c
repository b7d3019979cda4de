/* The filesystem connector, reading: one file, a directory, or a pattern with *.
 *
 * The files (sorted by name) are the splits. Each is read in blocks up to the size it had when the scan
 * began, so that a scan is bounded and a resumed one ends where the first would have. A position is
 * {"inode","size","offset","line"}: exactly once as long as the file only grows; one that was replaced
 * or cut is an error, since the offset means nothing in it. */
#include "connectors/filesystem.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "runtime/plan.h"

#define IGNORED(option, type_, help_) {option, type_, RN_OPTION_IGNORED, NULL, NULL, 0, 0, help_, NULL}
static const rn_option options[] = {
    {"path", RN_OPT_STRING, RN_OPTION_REQUIRED, NULL, NULL, 0, 0,
     "file, directory (its files, those of sub-directories too), or a pattern with *", NULL},
    {"source.monitor-interval", RN_OPT_DURATION, RN_OPTION_SOURCE, NULL, NULL, 0, 0,
     "watching for new files: not supported yet", NULL},
    IGNORED("source.report-statistics", RN_OPT_STRING, "statistics for the planner"),
    IGNORED("sink.rolling-policy.file-size", RN_OPT_STRING, "files are not rolled"),
    IGNORED("sink.rolling-policy.rollover-interval", RN_OPT_STRING, "files are not rolled"),
    IGNORED("sink.rolling-policy.check-interval", RN_OPT_STRING, "files are not rolled"),
    IGNORED("sink.rolling-policy.inactivity-interval", RN_OPT_STRING, "files are not rolled"),
    {"partition.default-name", RN_OPT_STRING, 0, FILESYSTEM_DEFAULT_PARTITION, NULL, 0, 0,
     "PARTITIONED BY: name of the directory of NULL and of empty text", NULL},
    IGNORED("sink.shuffle-by-partition.enable", RN_OPT_BOOL, "every task writes files of its own"),
    IGNORED("sink.partition-commit.trigger", RN_OPT_STRING, "rows of a partition can be read from every epoch on"),
    IGNORED("sink.partition-commit.delay", RN_OPT_STRING, "rows of a partition can be read from every epoch on"),
    IGNORED("sink.partition-commit.policy.kind", RN_OPT_STRING, "rows of a partition can be read from every epoch on"),
    IGNORED("sink.partition-commit.policy.class", RN_OPT_STRING, "rows of a partition can be read from every epoch on"),
    IGNORED("sink.partition-commit.watermark-time-zone", RN_OPT_STRING, "rows of a partition can be read from every epoch on"),
    IGNORED("sink.partition-commit.success-file.name", RN_OPT_STRING, "rows of a partition can be read from every epoch on"),
    IGNORED("partition.time-extractor.kind", RN_OPT_STRING, "partitions are not committed"),
    IGNORED("partition.time-extractor.class", RN_OPT_STRING, "partitions are not committed"),
    IGNORED("partition.time-extractor.timestamp-pattern", RN_OPT_STRING, "partitions are not committed"),
    IGNORED("partition.time-extractor.timestamp-formatter", RN_OPT_STRING, "partitions are not committed"),
    IGNORED("auto-compaction", RN_OPT_BOOL, "files are not rolled, so there is nothing to compact"),
    IGNORED("compaction.file-size", RN_OPT_STRING, "files are not rolled, so there is nothing to compact"),
};
enum { OPTION_COUNT = sizeof options / sizeof *options };

enum { META_PATH, META_NAME, META_SIZE, META_MODIFIED, META_COUNT };
static const rn_metadata_key metadata[] = {
    [META_PATH] = {"file.path", RN_T_VARCHAR, RN_LENGTH_MAX, false, "path of the file", NULL},
    [META_NAME] = {"file.name", RN_T_VARCHAR, RN_LENGTH_MAX, false, "last part of the path", NULL},
    [META_SIZE] = {"file.size", RN_T_BIGINT, 0, false, "bytes when the scan began", NULL},
    [META_MODIFIED] = {"file.modification-time", RN_T_TIMESTAMP_LTZ, 3, false, "when the file was last written", NULL},
};

typedef struct source_file {
  char *path;
  uint64_t inode;
  int64_t size;     /* where reading ends */
  int64_t offset;   /* of the first record that was not taken */
  int64_t line;     /* number of that record, from 1 */
  int64_t modified_us;
  rn_slice *partitions; /* by table column */
} source_file;

enum { BLOCK_BYTES = 256 << 10, PADDING = 64 };

struct rn_source {
  const rn_table_spec *table;
  rn_arena arena;    /* partitions of the files */
  RN_VEC(source_file) files;
  uint32_t current;  /* being read */
  int fd;            /* -1: not open yet */
  char *block;       /* capacity bytes and PADDING */
  size_t capacity, len;
  size_t begin;      /* of the first byte that was not taken; corresponds to files[current].offset */
  rn_record records[RN_BATCH_ROWS_MAX];
  uint32_t count;    /* records of the last run */
  size_t run_end;    /* where it ended in the block */
  uint32_t taken;    /* of it */
};

const char *filesystem_path(const rn_table_spec *table) {
  const char *path = rn_option_text(&table->options, "path");
  if (!path) return "";
  return strncmp(path, "file://", 7) == 0 ? path + 7 : strncmp(path, "file:", 5) == 0 ? path + 5 : path;
}

/* --- positions ---------------------------------------------------------------------------------------------- */
static void put_position(rn_positions *out, const source_file *f, int64_t offset, int64_t line) {
  char text[160];
  (void)snprintf(text, sizeof text, "{\"inode\":%" PRIu64 ",\"size\":%" PRId64 ",\"offset\":%" PRId64 ",\"line\":%" PRId64 "}",
                 f->inode, f->size, offset, line);
  rn_positions_put(out, f->path, text);
}
static rn_status read_position(const rn_position *position, source_file *f, rn_error *err) {
  if (sscanf(position->position, "{\"inode\":%" SCNu64 ",\"size\":%" SCNd64 ",\"offset\":%" SCNd64 ",\"line\":%" SCNd64 "}",
             &f->inode, &f->size, &f->offset, &f->line) == 4 && f->offset >= 0 && f->offset <= f->size)
    return RN_OK;
  return rn_fail(err, RN_E_STATE_CORRUPT, "stored position of file \"%s\" cannot be read: %s", position->split,
                 position->position);
}
static const rn_position *find_position(const rn_position *positions, size_t count, const char *split) {
  for (size_t i = 0; i < count; i++)
    if (strcmp(positions[i].split, split) == 0) return &positions[i];
  return NULL;
}

static rn_status add_file(rn_source *source, const char *path, const rn_position *stored, bool at_offset, rn_error *err) {
  struct stat info;
  source_file f = {.line = 1};
  bool exists = stat(path, &info) == 0 && S_ISREG(info.st_mode);
  if (!exists && !stored) return rn_fail(err, RN_E_FILE, "cannot read file \"%s\": %s", path, strerror(errno));
  if (exists) {
    f.inode = (uint64_t)info.st_ino;
    f.size = (int64_t)info.st_size;
    f.modified_us = (int64_t)info.st_mtim.tv_sec * RN_US_PER_SECOND + info.st_mtim.tv_nsec / 1000;
  }
  if (stored) {
    source_file now = f;
    if (read_position(stored, &f, err) != RN_OK) return RN_FAIL;
    bool is_done = at_offset && f.offset == f.size;
    if (!is_done) {
      const char *how = !exists ? "is gone" : now.inode != f.inode ? "was replaced" : now.size < f.size ? "has shrunk" : NULL;
      if (how) {
        (void)rn_fail(err, RN_E_OFFSET, "file \"%s\" %s since the job read it up to byte %" PRId64, path, how, f.offset);
        return rn_hint(err, "put the file back, or start over with --fresh");
      }
    }
    if (!at_offset) f.offset = 0, f.line = 1;
  }
  if (filesystem_partition_values(source->table, path, &source->arena, &f.partitions, err) != RN_OK) return RN_FAIL;
  f.path = rn_strdup(path);
  RN_VEC_PUSH(&source->files, f);
  return RN_OK;
}

static void source_close(rn_source *source) {
  if (!source) return;
  if (source->fd >= 0) close(source->fd);
  for (size_t i = 0; i < source->files.len; i++) rn_free(source->files.data[i].path);
  RN_VEC_FREE(&source->files);
  rn_arena_free(&source->arena);
  rn_free(source->block);
  rn_free(source);
}

static rn_status source_open(const rn_source_spec *spec, rn_source **out, rn_error *err) {
  rn_source *source = rn_calloc(1, sizeof *source);
  source->table = spec->table;
  source->fd = -1;
  /* A resumed scan reads the files that it found when it began, neither more nor fewer. */
  const rn_position *stored = spec->restored_count ? spec->restored : spec->until;
  size_t stored_count = spec->restored_count ? spec->restored_count : spec->until_count;
  filesystem_paths paths = {0};
  rn_status status = filesystem_overwrite_settle(filesystem_path(spec->table), err);
  if (status != RN_OK) {
    source_close(source);
    return RN_FAIL;
  }
  if (stored_count) {
    for (size_t i = 0; i < stored_count; i++) {
      char *copy = rn_strdup(stored[i].split);
      RN_VEC_PUSH(&paths, copy);
    }
    filesystem_paths_sort(&paths);
  } else {
    status = filesystem_list(&paths, filesystem_path(spec->table), err);
  }
  for (size_t i = 0; status == RN_OK && i < paths.len; i++) {
    if (i % spec->parallelism != spec->subtask) continue;
    status = add_file(source, paths.data[i], find_position(stored, stored_count, paths.data[i]),
                      spec->restored_count > 0, err);
  }
  filesystem_paths_free(&paths);
  if (status != RN_OK) {
    source_close(source);
    return RN_FAIL;
  }
  source->capacity = BLOCK_BYTES;
  source->block = rn_malloc(source->capacity + PADDING);
  memset(source->block, 0, source->capacity + PADDING);
  *out = source;
  return RN_OK;
}

static uint32_t source_splits(rn_source *source) { return (uint32_t)source->files.len; }
static const char *source_split_name(rn_source *source, uint32_t split) { return source->files.data[split].path; }

/* --- reading ------------------------------------------------------------------------------------------------- */
/* Bytes of the current file that lie behind the block. */
static int64_t unread(const rn_source *source) {
  const source_file *f = &source->files.data[source->current];
  return f->size - (f->offset + (int64_t)(source->len - source->begin));
}

static rn_status fill_block(rn_source *source, rn_error *err) {
  source_file *f = &source->files.data[source->current];
  memmove(source->block, source->block + source->begin, source->len - source->begin);
  source->len -= source->begin;
  source->begin = 0;
  if (source->len >= RN_RECORD_BYTES_MAX)
    return rn_fail(err, RN_E_LIMIT, "line %" PRId64 " of file \"%s\" is longer than %d bytes", f->line, f->path,
                   RN_RECORD_BYTES_MAX);
  if (source->capacity - source->len < BLOCK_BYTES / 2) {
    source->capacity *= 2;
    source->block = rn_realloc(source->block, source->capacity + PADDING);
  }
  size_t room = source->capacity - source->len;
  int64_t left = unread(source);
  if ((int64_t)room > left) room = (size_t)left;
  ssize_t got;
  do got = pread(source->fd, source->block + source->len, room, f->offset + (int64_t)source->len);
  while (got < 0 && errno == EINTR);
  if (got < 0) return rn_fail(err, RN_E_FILE, "cannot read file \"%s\": %s", f->path, strerror(errno));
  if (got == 0) return rn_fail(err, RN_E_OFFSET, "file \"%s\" has shrunk while it was read", f->path);
  source->len += (size_t)got;
  memset(source->block + source->len, 0, PADDING);
  return RN_OK;
}

static rn_status open_file(rn_source *source, rn_error *err) {
  source_file *f = &source->files.data[source->current];
  source->fd = open(f->path, O_RDONLY | O_CLOEXEC);
  struct stat info;
  if (source->fd < 0 || fstat(source->fd, &info) != 0)
    return rn_fail(err, RN_E_FILE, "cannot read file \"%s\": %s", f->path, strerror(errno));
  if ((uint64_t)info.st_ino != f->inode || info.st_size < f->size)
    return rn_fail(err, RN_E_OFFSET, "file \"%s\" was replaced since the scan began", f->path);
  (void)posix_fadvise(source->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  source->begin = source->len = 0;
  return RN_OK;
}

/* Lines ending in LF, a CR before it is cut. */
static size_t split_lines(const char *block, size_t len, bool at_end, rn_record *records, uint32_t capacity, uint32_t *count) {
  const char *p = block, *end = block + len;
  uint32_t n = 0;
  while (n < capacity && p < end) {
    const char *line_end = memchr(p, '\n', (size_t)(end - p));
    if (!line_end && !at_end) break;
    const char *next = line_end ? line_end + 1 : end;
    if (!line_end) line_end = end;
    size_t line_len = (size_t)(line_end - p);
    if (line_len && p[line_len - 1] == '\r') line_len--;
    records[n++].value = rn_slice_make(p, line_len);
    p = next;
  }
  *count = n;
  return (size_t)(p - block);
}

static void split(rn_source *source, uint32_t max_records) {
  const rn_format *format = source->table->value_format;
  const char *from = source->block + source->begin;
  size_t len = source->len - source->begin;
  bool at_end = unread(source) == 0;
  source->count = 0;
  size_t used = format->split ? format->split(source->table, from, len, at_end, source->records, max_records, &source->count)
                              : split_lines(from, len, at_end, source->records, max_records, &source->count);
  source->run_end = source->begin + used;
}

/* At the start of a file: a byte order mark and the header record. */
static void skip_start(rn_source *source) {
  source_file *f = &source->files.data[source->current];
  if (source->len >= 3 && memcmp(source->block, "\xEF\xBB\xBF", 3) == 0) {
    source->begin = 3;
    f->offset = 3;
  }
}

static rn_status poll_records(rn_source *source, uint32_t max_records, int64_t wait_us, rn_record_run *out, rn_poll *poll,
                              rn_error *err) {
  (void)wait_us;
  if (max_records > RN_BATCH_ROWS_MAX) max_records = RN_BATCH_ROWS_MAX;
  out->records = source->records;
  out->padded = true;
  out->count = 0;
  *poll = RN_POLL_END;
  source->count = source->taken = 0;
  const rn_format *format = source->table->value_format;
  bool has_header = format->has_header && format->has_header(source->table);
  while (source->current < source->files.len) {
    source_file *f = &source->files.data[source->current];
    if (source->fd < 0) {
      if (f->offset == f->size) {
        source->current++;
        continue;
      }
      if (open_file(source, err) != RN_OK) return RN_FAIL;
    }
    if (source->begin < source->len) {
      if (f->offset == 0) skip_start(source);
      bool at_header = has_header && f->line == 1 && f->offset <= 3;
      split(source, at_header ? 1 : max_records);
      if (at_header && source->count == 1) {
        f->offset += (int64_t)(source->run_end - source->begin);
        source->begin = source->run_end;
        f->line = 1;
        continue;
      }
      if (source->count) {
        for (uint32_t i = 0; i < source->count; i++) {
          rn_record *r = &source->records[i];
          r->key = rn_slice_make(NULL, 0);
          r->offset = f->line + i;
          r->timestamp_ms = -1;
          r->headers = f;
          r->split = (uint16_t)source->current;
        }
        out->count = source->count;
        *poll = RN_POLL_ROWS;
        return RN_OK;
      }
      if (source->run_end > source->begin) { /* only what makes no record: comments */
        f->offset += (int64_t)(source->run_end - source->begin);
        source->begin = source->run_end;
        continue;
      }
    }
    if (unread(source) == 0) {
      f->offset = f->size;
      close(source->fd);
      source->fd = -1;
      source->begin = source->len = 0;
      source->current++;
      continue;
    }
    if (fill_block(source, err) != RN_OK) return RN_FAIL;
  }
  return RN_OK;
}

static void consumed(rn_source *source, uint32_t records) {
  if (source->taken == source->count || source->current >= source->files.len) return;
  source_file *f = &source->files.data[source->current];
  source->taken += records;
  size_t to = source->taken >= source->count ? source->run_end : (size_t)(source->records[source->taken].value.ptr - source->block);
  f->offset += (int64_t)(to - source->begin);
  f->line += records;
  source->begin = to;
}

static rn_status positions(rn_source *source, rn_positions *out, rn_error *err) {
  (void)err;
  for (size_t i = 0; i < source->files.len; i++)
    put_position(out, &source->files.data[i], source->files.data[i].offset, source->files.data[i].line);
  return RN_OK;
}
static rn_status until_positions(rn_source *source, rn_positions *out, rn_error *err) {
  (void)err;
  for (size_t i = 0; i < source->files.len; i++)
    put_position(out, &source->files.data[i], source->files.data[i].size, source->files.data[i].line);
  return RN_OK;
}

static void metadata_value(rn_source *source, const rn_record *record, uint32_t key, rn_column *out, uint32_t row,
                           uint32_t capacity, rn_arena *arena) {
  (void)source;
  const source_file *f = record->headers;
  if (key >= META_COUNT) {
    rn_slice value = f->partitions[key - META_COUNT];
    if (value.ptr) ((rn_str *)out->data)[row] = rn_str_make(value.ptr, value.len);
    if (!value.ptr) rn_value_set_null(out, row, capacity, arena);
    else if (out->valid) rn_set_valid(out, row);
    return;
  }
  const char *name = strrchr(f->path, '/');
  name = name ? name + 1 : f->path;
  switch (key) {
    case META_PATH: ((rn_str *)out->data)[row] = rn_str_make(f->path, strlen(f->path)); break;
    case META_NAME: ((rn_str *)out->data)[row] = rn_str_make(name, strlen(name)); break;
    case META_SIZE: ((int64_t *)out->data)[row] = f->size; break;
    default: ((int64_t *)out->data)[row] = rn_floor_div(f->modified_us, 1000) * 1000;
  }
  if (out->valid) rn_set_valid(out, row);
}
static bool split_active(rn_source *source, uint32_t split) {
  return split >= source->current && source->files.data[split].offset < source->files.data[split].size;
}
static int64_t lag(rn_source *source) {
  return source->current >= source->files.len ? 0 : -1;
}

/* --- the row --------------------------------------------------------------------------------------------------- */
static bool is_bounded(const rn_table_spec *table) {
  (void)table;
  return true;
}
static uint8_t sink_accepts(const rn_table_spec *table) {
  (void)table;
  return RN_CHANGE_INSERT;
}
/* A table that is one file has no place for what further instances write: its readers would not find it. */
static bool sink_is_single(const rn_table_spec *table) {
  for (uint32_t i = 0; i < table->column_count; i++)
    if (rn_is_partition(&table->columns[i])) return false;
  return !filesystem_is_directory(filesystem_path(table));
}
static rn_status check(const rn_table_spec *table, uint16_t direction, rn_diagnostics *diags) {
  rn_status status = RN_OK;
  for (size_t i = 0; i < table->options.count; i++) {
    const rn_option_value *option = &table->options.items[i];
    if (strcmp(option->key, "source.monitor-interval") == 0)
      status = rn_diag(diags, RN_E_OPTION_VALUE, option->key_span, "leave the option out: the files are read once",
                       "watching for new files is not supported yet");
    if (strcmp(option->key, "path") == 0 && !*filesystem_path(table))
      status = rn_diag(diags, RN_E_OPTION_VALUE, option->value_span, NULL, "option 'path' is empty");
    if ((direction & RN_OPTION_SINK) && strcmp(option->key, "path") == 0 && strpbrk(option->value, "*?"))
      status = rn_diag(diags, RN_E_OPTION_VALUE, option->value_span, NULL, "cannot write to a pattern: \"%s\"", option->value);
  }
  return status;
}

extern const rn_connector rn_connector_filesystem;
const rn_connector rn_connector_filesystem = {
    .name = "filesystem",
    .help = "reads files (once, to their end) and appends to a file",
    .flags = RN_CONNECTOR_NEEDS_FORMAT | RN_CONNECTOR_PARTITIONS | RN_CONNECTOR_ONE_WRITER,
    .options = options,
    .option_count = OPTION_COUNT,
    .metadata = metadata,
    .metadata_count = sizeof metadata / sizeof *metadata,
    .is_bounded = is_bounded,
    .check = check,
    .sink_accepts = sink_accepts,
    .sink_is_single = sink_is_single,
    .source_open = source_open,
    .source_splits = source_splits,
    .source_split_name = source_split_name,
    .poll_records = poll_records,
    .metadata_value = metadata_value,
    .consumed = consumed,
    .positions = positions,
    .until_positions = until_positions,
    .lag = lag,
    .split_active = split_active,
    .source_close = source_close,
    .sink_open = filesystem_sink_open,
    .stage = filesystem_stage,
    .staged_bytes = filesystem_staged_bytes,
    .freeze = filesystem_freeze,
    .flush = filesystem_flush,
    .apply = filesystem_apply,
    .sink_positions = filesystem_sink_positions,
    .sink_committed = filesystem_sink_committed,
    .sink_discard = filesystem_sink_discard,
    .sink_counters = filesystem_sink_counters,
    .sink_release = filesystem_sink_release,
    .sink_close = filesystem_sink_close,
    .partitions = filesystem_partitions,
    .overwrite_path = filesystem_overwrite_path,
    .overwrite_begin = filesystem_overwrite_begin,
    .overwrite_end = filesystem_overwrite_end,
};
