/* The filesystem connector's sink, and PARTITIONED BY: columns whose values are directories (col=value/..) and lie in no file.
 *
 * Without PARTITIONED BY an instance writes one file (filesystem_sink.c), with it one per partition that it meets, named
 * part-N after the instance. Each is exactly once by itself; the committed length of a file that is not written any more stays
 * stored, so that it can be closed. What a crash left in a partition that no epoch has committed yet is found by its marker
 * when the sink opens. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/alloc.h"
#include "base/hash.h"
#include "base/limits.h"
#include "connectors/filesystem.h"
#include "runtime/state.h"

/* --- names of directories ------------------------------------------------------------------------------------------ */
static const char *default_name(const rn_table_spec *table) {
  const char *name = rn_option_text(&table->options, "partition.default-name");
  return name && *name ? name : FILESYSTEM_DEFAULT_PARTITION;
}

/* As Hive and Flink do: what has a meaning in paths or shells, as %XX. */
static void escape(rn_builder *out, const char *text, size_t len) {
  for (size_t i = 0; i < len; i++) {
    unsigned char c = (unsigned char)text[i];
    if (c < 0x20 || c == 0x7f || strchr("\"#%'*/:=?\\{[]^", c)) rn_builder_printf(out, "%%%02X", c);
    else rn_builder_char(out, (char)c);
  }
}
static int hex_digit(char c) {
  return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The value of the column's directory; ptr NULL: there is none. */
static rn_slice find_value(const rn_table_column *column, const char *path) {
  rn_builder wanted = {0};
  rn_slice found = {NULL, 0};
  escape(&wanted, column->name, strlen(column->name));
  rn_builder_char(&wanted, '=');
  for (const char *part = path; part && !found.ptr; part = strchr(part, '/') ? strchr(part, '/') + 1 : NULL) {
    const char *end = strchr(part, '/');
    if (end && strncmp(part, wanted.data, wanted.len) == 0) found = rn_slice_make(part + wanted.len, (size_t)(end - part) - wanted.len);
  }
  rn_builder_free(&wanted);
  return found;
}

static rn_slice unescape(rn_slice value, rn_arena *arena) {
  char *text = rn_arena_alloc_aligned(arena, value.len + 1, 1);
  size_t len = 0;
  for (size_t i = 0; i < value.len; i++) {
    int high = value.ptr[i] == '%' && i + 2 < value.len ? hex_digit(value.ptr[i + 1]) : -1;
    int low = high >= 0 ? hex_digit(value.ptr[i + 2]) : -1;
    text[len++] = low >= 0 ? (char)(high * 16 + low) : value.ptr[i];
    if (low >= 0) i += 2;
  }
  return rn_slice_make(text, len);
}

rn_status filesystem_partition_values(const rn_table_spec *table, const char *path, rn_arena *arena, rn_slice **out, rn_error *err) {
  *out = NULL;
  for (uint32_t c = 0; c < table->column_count; c++) {
    const rn_table_column *column = &table->columns[c];
    if (!rn_is_partition(column)) continue;
    rn_slice value = find_value(column, path);
    if (!value.ptr) {
      rn_fail(err, RN_E_FILE, "file \"%s\" of table %s lies in no directory %s=..", path, table->name, column->name);
      return rn_hint(err, "PARTITIONED BY: every file lies in col=value/ directories of 'path'");
    }
    if (!*out) *out = RN_NEW_N(arena, rn_slice, table->column_count);
    if (!rn_slice_is(value, default_name(table))) (*out)[c] = unescape(value, arena);
  }
  return RN_OK;
}

void filesystem_partition_part(const rn_table_column *column, const char *path, rn_builder *out) {
  rn_slice value = find_value(column, path);
  escape(out, column->name, strlen(column->name));
  rn_builder_char(out, '=');
  if (value.len) rn_builder_append(out, value.ptr, value.len);
}

enum { PARTS_KEPT = 32 }; /* open although an epoch has no rows for them */

/* --- the sink ---------------------------------------------------------------------------------------------------------- */
typedef struct part {
  uint64_t hash;
  char *directory; /* "dt=2024/hr=1"; "" without PARTITIONED BY */
  file_sink *file;
} part;

struct rn_sink {
  rn_sink_spec spec;
  const rn_format *format;
  rn_encoder *encoder;
  uint32_t partition_count;
  uint32_t *partitions;     /* batch columns, in the order of PARTITIONED BY */
  uint32_t plain_count;
  uint32_t *plain, *plain_columns; /* batch columns of the files, and their table columns */
  rn_column *columns;       /* of the batch that is encoded */
  RN_VEC(part *) parts;     /* in order of first mention */
  uint32_t *slots, mask;    /* part + 1 by hash */
  uint32_t last;            /* of the row before */
  rn_builder name;
  int lock_fd;              /* of a directory, first instance; -1 */
  size_t staged_bytes;
  uint64_t written;
};
struct rn_staged {
  uint32_t count;
  struct staged_part { file_sink *file; file_staged *bytes; } *parts;
};

static void index_part(rn_sink *s, uint32_t at) {
  uint32_t slot = (uint32_t)s->parts.data[at]->hash & s->mask;
  while (s->slots[slot]) slot = (slot + 1) & s->mask;
  s->slots[slot] = at + 1;
}

static rn_status open_part(rn_sink *s, const char *directory, size_t len, rn_error *err) {
  if (s->parts.len == RN_PARTITIONS_MAX) {
    rn_fail(err, RN_E_LIMIT, "table %s: one epoch writes more than %d partitions", s->spec.table->name, RN_PARTITIONS_MAX);
    return rn_hint(err, "partition by something coarser");
  }
  rn_builder path = {0};
  if (!s->partition_count) {
    file_sink_path(s->spec.table, s->spec.subtask, &path);
  } else {
    rn_builder_printf(&path, "%s/%.*s/part-%u.%s", filesystem_path(s->spec.table), (int)len, directory, s->spec.subtask, s->format->name);
  }
  part *p = rn_calloc(1, sizeof *p);
  rn_status status = file_sink_open(&s->spec, path.data, !s->partition_count, &p->file, err);
  rn_builder_free(&path);
  if (status != RN_OK) {
    rn_free(p);
    return RN_FAIL;
  }
  if (file_sink_is_empty(p->file) && s->format->has_header && s->format->has_header(s->spec.table)) {
    s->format->write_header(s->spec.table, s->plain_columns, s->plain_count, file_sink_staged(p->file));
    rn_builder_char(file_sink_staged(p->file), '\n');
  }
  p->directory = rn_malloc(len + 1);
  memcpy(p->directory, directory, len);
  p->directory[len] = 0;
  p->hash = rn_hash(directory, len, 0);
  RN_VEC_PUSH(&s->parts, p);
  if (s->parts.len * 2 > s->mask) {
    s->mask = s->mask * 2 + 1;
    rn_free(s->slots);
    s->slots = rn_calloc(s->mask + 1, sizeof *s->slots);
    for (uint32_t i = 0; i < s->parts.len; i++) index_part(s, i);
  } else {
    index_part(s, (uint32_t)s->parts.len - 1);
  }
  return RN_OK;
}

/* The number of an instance's file, -1: another file's name. */
static long file_number(const rn_sink *s, const char *name, const char *suffix) {
  if (strncmp(name, "part-", 5) != 0 || name[5] < '0' || name[5] > '9') return -1;
  char *end;
  long number = strtol(name + 5, &end, 10);
  size_t len = strlen(s->format->name);
  return *end == '.' && strncmp(end + 1, s->format->name, len) == 0 && strcmp(end + 1 + len, suffix) == 0 ? number : -1;
}
static bool is_mine(const rn_sink *s, long number) {
  return number == (long)s->spec.subtask || (s->spec.subtask == 0 && number >= (long)s->spec.parallelism);
}

/* Files of epochs that never committed, in partitions that the restored state does not know. */
static rn_status clean(const rn_sink *s, const char *directory, unsigned depth, rn_error *err) {
  DIR *dir = depth <= RN_DIRECTORY_DEPTH_MAX ? opendir(directory) : NULL;
  rn_status status = RN_OK;
  rn_builder inner = {0};
  for (struct dirent *entry; dir && status == RN_OK && (entry = readdir(dir)) != NULL;) {
    const char *name = entry->d_name;
    struct stat info;
    bool marker = name[0] == '.' && is_mine(s, file_number(s, name + 1, ".runnel"));
    if ((name[0] == '.' || name[0] == '_') && !marker) continue;
    rn_builder_clear(&inner);
    if (marker) {
      rn_builder_printf(&inner, "%s/%.*s", directory, (int)(strlen(name) - strlen(".runnel") - 1), name + 1);
      status = file_marker_settle(inner.data, err);
      continue;
    }
    rn_builder_printf(&inner, "%s/%s", directory, name);
    if (stat(inner.data, &info) == 0 && S_ISDIR(info.st_mode)) status = clean(s, inner.data, depth + 1, err);
  }
  rn_builder_free(&inner);
  if (dir) closedir(dir);
  return status;
}

/* Brings every file back to its committed length. They are opened when a row comes for them. */
static rn_status restore_known(rn_sink *s, rn_error *err) {
  for (size_t i = 0; i < s->spec.restored_count; i++) {
    const rn_position *position = &s->spec.restored[i];
    const char *slash = strrchr(position->split, '/');
    long number = slash ? file_number(s, slash + 1, "") : -1;
    if (!is_mine(s, number)) continue;
    uint64_t inode;
    int64_t length;
    struct stat info;
    if (stat(position->split, &info) != 0 && errno == ENOENT) continue; /* old partitions may be taken away */
    if (file_sink_restore(position, &inode, &length, err) != RN_OK) return RN_FAIL;
  }
  return clean(s, filesystem_path(s->spec.table), 0, err);
}

/* Files of partitions come and go while the job runs: its first instance holds the table's directory. */
static rn_status lock_table(rn_sink *s, rn_error *err) {
  const char *path = filesystem_path(s->spec.table);
  if (s->spec.subtask) return RN_OK;
  if (file_sink_make_parents(path, err) != RN_OK) return RN_FAIL;
  if (mkdir(path, 0777) != 0 && errno != EEXIST) return rn_fail(err, RN_E_FILE, "cannot make directory \"%s\": %s", path, strerror(errno));
  s->lock_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (s->lock_fd < 0) return rn_fail(err, RN_E_FILE, "cannot write to directory \"%s\": %s", path, strerror(errno));
  return file_sink_lock(s->lock_fd, path, err);
}

static void find_columns(rn_sink *s, const rn_sink_spec *spec) {
  uint32_t count = spec->schema->count;
  s->partitions = rn_calloc(count + 1, sizeof *s->partitions);
  s->plain = rn_calloc(count + 1, sizeof *s->plain);
  s->plain_columns = rn_calloc(count + 1, sizeof *s->plain_columns);
  s->columns = rn_calloc(count + 1, sizeof *s->columns);
  for (uint32_t i = 0; i < count; i++) {
    const rn_table_column *column = &spec->table->columns[spec->columns[i]];
    if (rn_is_partition(column)) {
      s->partitions[strtoul(column->metadata_key + strlen(RN_PARTITION_KEY), NULL, 10)] = i;
      s->partition_count++;
    } else {
      s->plain_columns[s->plain_count] = spec->columns[i];
      s->plain[s->plain_count++] = i;
    }
  }
}

rn_status filesystem_sink_open(const rn_sink_spec *spec, rn_sink **out, rn_error *err) {
  enum { FIRST_SLOTS = 64 };
  rn_sink *s = rn_calloc(1, sizeof *s);
  s->spec = *spec;
  s->lock_fd = -1;
  s->format = spec->table->value_format;
  s->mask = FIRST_SLOTS - 1;
  s->slots = rn_calloc(FIRST_SLOTS, sizeof *s->slots);
  find_columns(s, spec);
  rn_status status = s->format->encoder_open(spec->table, s->plain_columns, s->plain_count, false, spec->zone, &s->encoder, err);
  if (status == RN_OK) status = filesystem_overwrite_settle(filesystem_path(spec->table), err);
  if (status == RN_OK && (s->partition_count || filesystem_is_directory(filesystem_path(spec->table)))) status = lock_table(s, err);
  if (status == RN_OK) status = s->partition_count ? restore_known(s, err) : open_part(s, "", 0, err);
  /* what was stored is needed no more: partitions that come later are new */
  s->spec.restored = NULL;
  s->spec.restored_count = 0;
  if (status != RN_OK) {
    filesystem_sink_close(s);
    return RN_FAIL;
  }
  *out = s;
  return RN_OK;
}

static rn_status part_of_row(rn_sink *s, const rn_batch *batch, uint32_t row, uint32_t *out, rn_error *err) {
  if (!s->partition_count) return RN_OK;
  rn_builder *name = &s->name;
  rn_builder_clear(name);
  for (uint32_t i = 0; i < s->partition_count; i++) {
    const rn_column *column = &batch->columns[s->partitions[i]];
    const char *label = s->spec.table->columns[s->spec.columns[s->partitions[i]]].name;
    const rn_str *value = &((const rn_str *)column->data)[row];
    if (i) rn_builder_char(name, '/');
    escape(name, label, strlen(label));
    rn_builder_char(name, '=');
    if (rn_is_null(column, row) || !value->len) escape(name, default_name(s->spec.table), strlen(default_name(s->spec.table)));
    else escape(name, rn_str_ptr(value), value->len);
  }
  const part *before = s->last < s->parts.len ? s->parts.data[s->last] : NULL;
  if (before && strcmp(before->directory, name->data) == 0) {
    *out = s->last;
    return RN_OK;
  }
  uint64_t hash = rn_hash(name->data, name->len, 0);
  for (uint32_t slot = (uint32_t)hash & s->mask; s->slots[slot]; slot = (slot + 1) & s->mask) {
    const part *p = s->parts.data[s->slots[slot] - 1];
    if (p->hash != hash || strcmp(p->directory, name->data) != 0) continue;
    *out = s->last = s->slots[slot] - 1;
    return RN_OK;
  }
  if (open_part(s, name->data, name->len, err) != RN_OK) return RN_FAIL;
  *out = s->last = (uint32_t)s->parts.len - 1;
  return RN_OK;
}

rn_status filesystem_stage(rn_sink *s, const rn_batch *batch, rn_error *err) {
  rn_batch plain = *batch;
  for (uint32_t i = 0; i < s->plain_count; i++) s->columns[i] = batch->columns[s->plain[i]];
  plain.columns = s->columns;
  plain.column_count = s->plain_count;
  for (uint32_t i = 0; i < batch->live_count; i++) {
    uint32_t row = rn_live(batch, i), at = 0;
    bool is_null;
    if (part_of_row(s, batch, row, &at, err) != RN_OK) return RN_FAIL;
    file_sink *file = s->parts.data[at]->file;
    rn_builder *bytes = file_sink_staged(file);
    size_t before = bytes->len;
    if (s->format->encode(s->encoder, &plain, row, bytes, &is_null, err) != RN_OK) return RN_FAIL;
    if (!is_null) rn_builder_char(bytes, '\n');
    s->staged_bytes += bytes->len - before;
  }
  __atomic_store_n(&s->written, s->written + batch->live_count, __ATOMIC_RELAXED);
  return RN_OK;
}
size_t filesystem_staged_bytes(rn_sink *s) { return s->staged_bytes; }

static void close_part(part *p) {
  file_sink_close(p->file);
  rn_free(p->directory);
  rn_free(p);
}

/* Closes what this epoch did not write. The epoch before has committed: nobody else looks at the files. */
static void close_idle(rn_sink *s) {
  size_t kept = 0;
  for (size_t i = 0; i < s->parts.len; i++) {
    part *p = s->parts.data[i];
    if (file_sink_is_settled(p->file)) close_part(p);
    else s->parts.data[kept++] = p;
  }
  s->parts.len = kept;
  memset(s->slots, 0, (s->mask + 1) * sizeof *s->slots);
  for (uint32_t i = 0; i < kept; i++) index_part(s, i);
}

rn_status filesystem_freeze(rn_sink *s, rn_staged **out, rn_error *err) {
  (void)err;
  if (s->partition_count && s->parts.len > PARTS_KEPT) close_idle(s);
  rn_staged *staged = rn_calloc(1, sizeof *staged);
  staged->parts = rn_calloc(s->parts.len + 1, sizeof *staged->parts);
  for (size_t i = 0; i < s->parts.len; i++) {
    file_sink *file = s->parts.data[i]->file;
    staged->parts[staged->count++] = (struct staged_part){file, file_sink_freeze(file)};
  }
  s->staged_bytes = 0;
  *out = staged;
  return RN_OK;
}
rn_status filesystem_flush(rn_sink *s, rn_staged *staged, uint64_t epoch, rn_error *err) {
  (void)s;
  (void)epoch;
  for (uint32_t i = 0; i < staged->count; i++)
    if (file_sink_flush(staged->parts[i].file, staged->parts[i].bytes, err) != RN_OK) return RN_FAIL;
  return RN_OK;
}
rn_status filesystem_apply(rn_sink *s, rn_staged *staged, rn_txn *txn, uint64_t epoch, rn_error *err) {
  (void)s;
  (void)epoch;
  for (uint32_t i = 0; i < staged->count; i++)
    if (file_sink_apply(staged->parts[i].file, txn, err) != RN_OK) return RN_FAIL;
  return RN_OK;
}
rn_status filesystem_sink_positions(rn_sink *s, rn_staged *staged, rn_positions *out, rn_error *err) {
  (void)s;
  (void)err;
  for (uint32_t i = 0; i < staged->count; i++) file_sink_positions(staged->parts[i].file, staged->parts[i].bytes, out);
  return RN_OK;
}
void filesystem_sink_discard(rn_sink *s, rn_staged *staged) {
  (void)s;
  for (uint32_t i = 0; i < staged->count; i++) file_staged_free(staged->parts[i].bytes);
  rn_free(staged->parts);
  rn_free(staged);
}
void filesystem_sink_committed(rn_sink *s, rn_staged *staged, uint64_t epoch) {
  (void)epoch;
  for (uint32_t i = 0; i < staged->count; i++) file_sink_committed(staged->parts[i].file);
  filesystem_sink_discard(s, staged);
}
void filesystem_sink_counters(rn_sink *s, uint64_t *written, uint64_t *coalesced) {
  *written = __atomic_load_n(&s->written, __ATOMIC_RELAXED);
  *coalesced = 0;
}
void filesystem_sink_release(rn_sink *s) {
  for (size_t i = 0; i < s->parts.len; i++) file_sink_release(s->parts.data[i]->file);
  if (s->lock_fd >= 0) close(s->lock_fd);
  s->lock_fd = -1;
}
void filesystem_sink_close(rn_sink *s) {
  if (!s) return;
  filesystem_sink_release(s);
  if (s->encoder) s->format->encoder_close(s->encoder);
  for (size_t i = 0; i < s->parts.len; i++) close_part(s->parts.data[i]);
  RN_VEC_FREE(&s->parts);
  rn_builder_free(&s->name);
  rn_free(s->slots);
  rn_free(s->partitions);
  rn_free(s->plain);
  rn_free(s->plain_columns);
  rn_free(s->columns);
  rn_free(s);
}
