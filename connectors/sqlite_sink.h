/* The functions of the sqlite connector's row (sqlite.c); contracts: runtime/connector.h. */
#ifndef RN_CONNECTORS_SQLITE_SINK_H
#define RN_CONNECTORS_SQLITE_SINK_H
#include "connectors/sqlite_private.h"

rn_status rn_sqlite_sink_open(const rn_sink_spec *spec, rn_sink **out, rn_error *err);
rn_status rn_sqlite_sink_stage(rn_sink *sink, const rn_batch *batch, rn_error *err);
size_t rn_sqlite_sink_bytes(rn_sink *sink);
rn_status rn_sqlite_sink_freeze(rn_sink *sink, rn_staged **out, rn_error *err);
rn_status rn_sqlite_sink_flush(rn_sink *sink, rn_staged *staged, uint64_t epoch, rn_error *err);
rn_status rn_sqlite_sink_apply(rn_sink *sink, rn_staged *staged, rn_txn *txn, uint64_t epoch, rn_error *err);
void rn_sqlite_sink_committed(rn_sink *sink, rn_staged *staged, uint64_t epoch);
void rn_sqlite_sink_discard(rn_sink *sink, rn_staged *staged);
void rn_sqlite_sink_counters(rn_sink *sink, uint64_t *written, uint64_t *coalesced);
void rn_sqlite_sink_close(rn_sink *sink);

rn_status rn_sqlite_source_open(const rn_source_spec *spec, rn_source **out, rn_error *err);
uint32_t rn_sqlite_source_splits(rn_source *source);
const char *rn_sqlite_source_split_name(rn_source *source, uint32_t split);
rn_status rn_sqlite_source_poll(rn_source *source, uint32_t max_rows, int64_t wait_us, rn_column *columns, rn_arena *arena,
                                uint32_t *rows, rn_poll *poll, rn_error *err);
rn_status rn_sqlite_source_positions(rn_source *source, rn_positions *out, rn_error *err);
void rn_sqlite_source_close(rn_source *source);

#endif
