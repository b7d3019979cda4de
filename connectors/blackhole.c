/* The blackhole connector: takes every row of every kind and forgets it. It still asks for every column
 * (nothing is pruned through it), so it is what queries are measured with. */
#include "runtime/connector.h"
#include "runtime/plan.h"

struct rn_sink {
  uint64_t written;
};

static uint8_t sink_accepts(const rn_table_spec *table) {
  (void)table;
  return RN_CHANGE_INSERT | RN_CHANGE_UPDATE_BEFORE | RN_CHANGE_UPDATE_AFTER | RN_CHANGE_DELETE;
}
static rn_status sink_open(const rn_sink_spec *spec, rn_sink **out, rn_error *err) {
  (void)spec;
  (void)err;
  *out = rn_calloc(1, sizeof **out);
  return RN_OK;
}
static rn_status stage(rn_sink *sink, const rn_batch *batch, rn_error *err) {
  (void)err;
  __atomic_store_n(&sink->written, sink->written + batch->live_count, __ATOMIC_RELAXED);
  return RN_OK;
}
static void sink_counters(rn_sink *sink, uint64_t *written, uint64_t *coalesced) {
  *written = __atomic_load_n(&sink->written, __ATOMIC_RELAXED);
  *coalesced = 0;
}
static void sink_close(rn_sink *sink) { rn_free(sink); }

extern const rn_connector rn_connector_blackhole;
const rn_connector rn_connector_blackhole = {
    .name = "blackhole",
    .help = "takes rows of every kind and forgets them",
    .sink_accepts = sink_accepts,
    .sink_open = sink_open,
    .stage = stage,
    .sink_counters = sink_counters,
    .sink_close = sink_close,
};
