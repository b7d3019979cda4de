/* What the two halves of the filesystem connector share. */
#ifndef RN_CONNECTORS_FILESYSTEM_H
#define RN_CONNECTORS_FILESYSTEM_H
#include "runtime/connector.h"

/* The 'path' option without "file://". */
const char *filesystem_path(const rn_table_spec *table);

/* filesystem_sink.c */
rn_status filesystem_sink_open(const rn_sink_spec *spec, rn_sink **out, rn_error *err);
rn_status filesystem_stage(rn_sink *sink, const rn_batch *batch, rn_error *err);
size_t filesystem_staged_bytes(rn_sink *sink);
rn_status filesystem_freeze(rn_sink *sink, rn_staged **out, rn_error *err);
rn_status filesystem_flush(rn_sink *sink, rn_staged *staged, uint64_t epoch, rn_error *err);
rn_status filesystem_sink_positions(rn_sink *sink, rn_staged *staged, rn_positions *out, rn_error *err);
void filesystem_sink_committed(rn_sink *sink, rn_staged *staged, uint64_t epoch);
void filesystem_sink_counters(rn_sink *sink, uint64_t *written, uint64_t *coalesced);
void filesystem_sink_close(rn_sink *sink);

#endif
