/* LIMIT and OFFSET without ORDER BY: the first rows that come. Runs as one instance; how many rows it has seen
 * is part of the epoch. */
#include "runtime/job.h"
#include "runtime/operators/operators.h"

typedef struct limit {
  rn_operator op;
  int64_t seen; /* rows that came, up to offset + limit */
  bool told;    /* the job knows that no more rows are wanted */
} limit;

static rn_status limit_process(rn_operator *op, unsigned input, rn_batch *batch, rn_error *err) {
  (void)input;
  limit *self = (limit *)op;
  int64_t first = op->node->u.limit.offset, last = op->node->u.limit.limit < 0 ? INT64_MAX : first + op->node->u.limit.limit;
  int64_t from = self->seen < first ? first - self->seen : 0, upto = last - self->seen;
  self->seen = self->seen + batch->live_count < last ? self->seen + batch->live_count : last;
  if (upto > batch->live_count) upto = batch->live_count;
  rn_status status = RN_OK;
  if (from < upto) {
    rn_batch out = *batch;
    uint16_t *rows = NULL;
    if (!batch->live) {
      rn_arena_reset(&op->arena);
      rows = rn_arena_alloc(&op->arena, sizeof *rows * batch->live_count);
      for (uint32_t i = 0; i < batch->live_count; i++) rows[i] = (uint16_t)i;
    }
    out.live = (rows ? rows : batch->live) + from;
    out.live_count = (uint32_t)(upto - from);
    status = rn_emit(op, &out, err);
  }
  if (status == RN_OK && self->seen >= last && op->node->u.limit.stops_query && !self->told && op->context->job) {
    self->told = true;
    rn_job_finish_query(op->context->job);
  }
  return status;
}

static rn_status limit_open(rn_operator *op, rn_error *err) {
  (void)err;
  limit *self = (limit *)op;
  /* LIMIT 0 never sees a row that would end it. */
  if (op->node->u.limit.limit == 0 && op->node->u.limit.stops_query && op->context->job) {
    self->told = true;
    rn_job_finish_query(op->context->job);
  }
  return RN_OK;
}

static rn_status limit_snapshot(rn_operator *op, rn_snapshot *out, rn_error *err) {
  (void)err;
  rn_builder b = {0};
  rn_put_i64(&b, ((limit *)op)->seen);
  rn_snapshot_put(out, op->node->path, (uint16_t)(RN_GROUP_GLOBAL + op->context->subtask), true, &b);
  return RN_OK;
}

static rn_status limit_restore(rn_operator *op, const rn_blob *blob, rn_error *err) {
  (void)err;
  rn_reader r = {blob->data, blob->data + blob->len, false};
  int64_t seen = rn_get_i64(&r);
  if (seen > ((limit *)op)->seen) ((limit *)op)->seen = seen;
  return RN_OK;
}

const rn_operator_class rn_op_limit_class = {.name = "limit", .size = sizeof(limit), .open = limit_open,
                                             .process_batch = limit_process, .snapshot = limit_snapshot,
                                             .restore = limit_restore};
