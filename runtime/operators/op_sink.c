/* SINK: the end of a plan. Checks NOT NULL columns (DIALECT: 'table.exec.sink.not-null-enforcer'), then hands
 * the rows to the connector, which stages them until the epoch closes. in = written + coalesced + filtered. */
#include "base/alloc.h"
#include "runtime/job.h"
#include "runtime/operators/operators.h"

typedef struct sink_op {
  rn_operator op;
  const rn_table_spec *table;
  rn_sink *sink;
  rn_arena open_arena;
} sink_op;

static void notice(void *ctx, const char *text) {
  sink_op *s = ctx;
  rn_job_notice(s->op.context->job, text);
}

static rn_status sink_open(rn_operator *op, rn_error *err) {
  sink_op *s = (sink_op *)op;
  const rn_context *c = op->context;
  const rn_plan_node *n = op->node;
  s->table = n->u.sink.table;
  const rn_connector *connector = s->table->connector;
  if (!connector->sink_open) {
    return rn_fail(err, RN_E_DIRECTION, "table %s cannot be written: connector %s only reads", s->table->name, connector->name);
  }
  const rn_job_config *config = rn_job_get_config(c->job);
  rn_sink_spec spec = {.table = s->table,
                       .schema = &n->inputs[0]->schema,
                       .columns = n->u.sink.columns,
                       .keys = n->u.sink.keys,
                       .key_count = n->u.sink.key_count,
                       .changes = n->inputs[0]->emits,
                       .subtask = c->subtask,
                       .parallelism = c->parallelism,
                       .clock = c->clock,
                       .zone = c->zone,
                       .store = config->store,
                       .write_output = config->write_output,
                       .output_ctx = config->output_ctx,
                       .notice = notice,
                       .notice_ctx = s};
  rn_job_sink_spec(c->job, n, &s->open_arena, &spec);
  return connector->sink_open(&spec, &s->sink, err);
}

static void sink_close(rn_operator *op) {
  sink_op *s = (sink_op *)op;
  if (s->sink) s->table->connector->sink_close(s->sink);
  s->sink = NULL;
  rn_arena_free(&s->open_arena);
}

/* Finds NULLs in NOT NULL columns: fails, or takes those rows out of the selection. */
static rn_status enforce_not_null(sink_op *s, rn_batch *batch, rn_batch *kept, rn_error *err) {
  const rn_plan_node *n = s->op.node;
  *kept = *batch;
  for (uint32_t c = 0; c < batch->column_count; c++) {
    const rn_table_column *target = &s->table->columns[n->u.sink.columns[c]];
    if (target->type->nullable || !kept->columns[c].valid) continue;
    uint32_t bad = 0;
    for (uint32_t i = 0; i < kept->live_count; i++) bad += rn_is_null(&kept->columns[c], rn_live(kept, i));
    if (bad == 0) continue;
    if (!n->u.sink.drop_null_rows) {
      rn_fail(err, RN_E_NOT_NULL, "column %s of table %s is NOT NULL, but the query gives NULL", target->name, s->table->name);
      err->span = n->span;
      err->has_span = true;
      return rn_hint(err, "'table.exec.sink.not-null-enforcer' = 'DROP' drops such rows");
    }
    uint16_t *live = rn_arena_alloc(&s->op.arena, sizeof *live * (kept->live_count + 1));
    uint32_t count = 0;
    for (uint32_t i = 0; i < kept->live_count; i++) {
      uint32_t row = rn_live(kept, i);
      if (rn_is_valid(&kept->columns[c], row)) live[count++] = (uint16_t)row;
    }
    RN_COUNT(s->op.counters.filtered, bad);
    kept->live = live;
    kept->live_count = count;
  }
  return RN_OK;
}

static rn_status sink_process(rn_operator *op, unsigned input, rn_batch *batch, rn_error *err) {
  (void)input;
  sink_op *s = (sink_op *)op;
  const rn_connector *connector = s->table->connector;
  rn_batch kept;
  rn_arena_reset(&op->arena);
  if (enforce_not_null(s, batch, &kept, err) != RN_OK) return RN_FAIL;
  if (op->node->u.sink.lengths != RN_LENGTHS_IGNORE && rn_sink_check_lengths(op, &kept, err) != RN_OK) return RN_FAIL;
  if (kept.live_count && connector->stage(s->sink, &kept, err) != RN_OK) return RN_FAIL;
  RN_COUNT(op->counters.rows_out, kept.live_count);
  if (connector->sink_counters) {
    uint64_t written = 0, coalesced = 0;
    connector->sink_counters(s->sink, &written, &coalesced);
    __atomic_store_n(&op->counters.written, written, __ATOMIC_RELAXED);
    __atomic_store_n(&op->counters.coalesced, coalesced, __ATOMIC_RELAXED);
  } else {
    RN_COUNT(op->counters.written, kept.live_count);
  }
  if (connector->staged_bytes && connector->staged_bytes(s->sink) > RN_STAGED_BYTES_MAX) rn_job_close_early(op->context->job);
  return RN_OK;
}

const rn_operator_class rn_op_sink_class = {
    .name = "sink",
    .size = sizeof(sink_op),
    .open = sink_open,
    .process_batch = sink_process,
    .close = sink_close,
};

rn_sink_handle rn_sink_of(rn_operator *op) {
  sink_op *s = (sink_op *)op;
  return (rn_sink_handle){s->table->connector, s->sink};
}
