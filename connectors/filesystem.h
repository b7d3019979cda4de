/* What the two halves of the filesystem connector share. */
#ifndef RN_CONNECTORS_FILESYSTEM_H
#define RN_CONNECTORS_FILESYSTEM_H
#include "runtime/connector.h"

struct sqlite3;

/* The 'path' option without "file://". */
const char *filesystem_path(const rn_table_spec *table);
bool filesystem_is_directory(const char *path); /* it is one, or ends in '/' */

/* --- filesystem_list.c: which files --------------------------------------------------------------------------- */
typedef RN_VEC(char *) filesystem_paths;
/* The files of a path (a file, all below a directory, a pattern), by name; hidden ones and those that begin with '_' are none. */
rn_status filesystem_list(filesystem_paths *out, const char *path, rn_error *err);
void filesystem_paths_sort(filesystem_paths *paths);
void filesystem_paths_free(filesystem_paths *paths);
rn_status filesystem_partitions(const rn_table_spec *table, void (*add)(void *ctx, const char *name, const char *const *values), void *ctx,
                                rn_error *err);

/* --- filesystem_sink.c: one file ------------------------------------------------------------------------------ */
typedef struct file_sink file_sink;
typedef struct file_staged file_staged; /* an epoch's bytes of a file */
/* The file of an instance: the path itself, in a directory "part-N.FORMAT". */
void file_sink_path(const rn_table_spec *table, unsigned subtask, rn_builder *out);
/* Opens the file where the committed length of spec->restored, or the marker of a first epoch that did not end, says. alone: it
 * is the only one of its instance; subtask 0 cuts those of instances that are no more. */
rn_status file_sink_open(const rn_sink_spec *spec, const char *path, bool alone, file_sink **out, rn_error *err);
rn_builder *file_sink_staged(file_sink *sink); /* where rows are appended */
bool file_sink_is_empty(const file_sink *sink);
bool file_sink_is_settled(const file_sink *sink); /* nothing staged, and what was is committed */
file_staged *file_sink_freeze(file_sink *sink);
rn_status file_sink_flush(file_sink *sink, const file_staged *staged, rn_error *err);
void file_sink_positions(const file_sink *sink, const file_staged *staged, rn_positions *out);
rn_status file_sink_apply(const file_sink *sink, rn_txn *txn, rn_error *err); /* in the epoch's transaction */
void file_sink_committed(file_sink *sink);
/* Makes the directories that the path lies in. */
rn_status file_sink_make_parents(const char *path, rn_error *err);
/* Keeps other jobs from writing what a job writes; it ends when the descriptor is closed. */
rn_status file_sink_lock(int fd, const char *path, rn_error *err);
void file_staged_free(file_staged *staged);
void file_sink_release(file_sink *sink); /* nothing is written any more */
void file_sink_close(file_sink *sink);
/* Brings a file back to its committed length; its marker counts no more. */
rn_status file_sink_restore(const rn_position *position, uint64_t *inode_out, int64_t *length_out, rn_error *err);

/* --- filesystem_marker.c: what a first epoch that was killed has left ----------------------------------------- */
typedef struct file_marker file_marker;
file_marker *file_marker_new(const char *file, void *store /* rn_store *, may be NULL */);
void file_marker_free(file_marker *marker);
rn_status file_marker_write(file_marker *marker, int64_t start, int64_t end, rn_error *err);
rn_status file_marker_grow(file_marker *marker, int64_t end, rn_error *err); /* start as before */
rn_status file_marker_commit(const file_marker *marker, struct sqlite3 *db, rn_error *err); /* inside the epoch's transaction */
void file_marker_remove(const file_marker *marker);
/* Cuts what no epoch committed, if the file has a marker, and removes it. */
rn_status file_marker_settle(const char *file, rn_error *err);

/* --- filesystem_overwrite.c: INSERT OVERWRITE (rn_connector.overwrite_path ..) ---------------------------------- */
const char *filesystem_overwrite_path(const rn_table_spec *table, rn_arena *arena);
rn_status filesystem_overwrite_begin(const rn_table_spec *fresh, const char *owner, rn_error *err);
rn_status filesystem_overwrite_end(const rn_table_spec *fresh, const char *owner, bool needed, rn_error *err);
/* Ends an overwrite of the table at this path that was committed and not ended: before anybody reads or writes it. */
rn_status filesystem_overwrite_settle(const char *path, rn_error *err);

/* --- filesystem_partition.c: the connector's sink; directories of PARTITIONED BY -------------------------------- */
#define FILESYSTEM_DEFAULT_PARTITION "__DEFAULT_PARTITION__"
/* The values that columns of PARTITIONED BY have in a file, by table column (NULL: it has no such columns); ptr NULL: the
 * value is NULL. Refused where the path has no directory for one of them. */
rn_status filesystem_partition_values(const rn_table_spec *table, const char *path, rn_arena *arena, rn_slice **out, rn_error *err);
/* Appends the column's "c=value" as the path has it. */
void filesystem_partition_part(const rn_table_column *column, const char *path, rn_builder *out);
rn_status filesystem_sink_open(const rn_sink_spec *spec, rn_sink **out, rn_error *err);
rn_status filesystem_stage(rn_sink *sink, const rn_batch *batch, rn_error *err);
size_t filesystem_staged_bytes(rn_sink *sink);
rn_status filesystem_freeze(rn_sink *sink, rn_staged **out, rn_error *err);
rn_status filesystem_flush(rn_sink *sink, rn_staged *staged, uint64_t epoch, rn_error *err);
rn_status filesystem_apply(rn_sink *sink, rn_staged *staged, rn_txn *txn, uint64_t epoch, rn_error *err);
rn_status filesystem_sink_positions(rn_sink *sink, rn_staged *staged, rn_positions *out, rn_error *err);
void filesystem_sink_committed(rn_sink *sink, rn_staged *staged, uint64_t epoch);
void filesystem_sink_discard(rn_sink *sink, rn_staged *staged);
void filesystem_sink_counters(rn_sink *sink, uint64_t *written, uint64_t *coalesced);
void filesystem_sink_release(rn_sink *sink);
void filesystem_sink_close(rn_sink *sink);

#endif
