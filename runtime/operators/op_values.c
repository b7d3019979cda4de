/* VALUES: constant rows, made by the first instance. What was emitted is kept in the epoch, so that a restored
 * job does not emit it again. */
#include "runtime/operators/operators.h"

typedef struct values {
  rn_operator op;
  uint32_t next; /* row to be emitted */
} values;

static rn_status values_process(rn_operator *op, unsigned input, rn_batch *batch, rn_error *err) {
  (void)op, (void)input, (void)batch;
  return rn_fail(err, RN_E_INTERNAL, "VALUES has no input");
}

static rn_status values_poll(rn_operator *op, int64_t wait_us, rn_poll *poll, rn_error *err) {
  (void)wait_us;
  values *self = (values *)op;
  const rn_plan_node *node = op->node;
  uint32_t total = op->context->subtask == 0 ? node->u.values.row_count : 0;
  if (self->next >= total) {
    *poll = RN_POLL_END;
    return RN_OK;
  }
  uint32_t columns = node->schema.count, rows = total - self->next;
  if (rows > op->context->batch_rows) rows = op->context->batch_rows;
  rn_batch batch;
  rn_arena_reset(&op->arena);
  rn_batch_init(&batch, &node->schema, rows, &op->arena);
  for (uint32_t r = 0; r < rows; r++) {
    for (uint32_t c = 0; c < columns; c++) {
      rn_column constant;
      rn_column_from_value(&constant, &node->u.values.values[(size_t)(self->next + r) * columns + c], &op->arena);
      rn_column_copy_value(&batch.columns[c], r, &constant, 0, rows, &op->arena);
    }
  }
  batch.rows = batch.live_count = rows;
  self->next += rows;
  *poll = RN_POLL_ROWS;
  return rn_emit(op, &batch, err);
}

static rn_status values_snapshot(rn_operator *op, rn_snapshot *out, rn_error *err) {
  (void)err;
  if (op->context->subtask != 0) return RN_OK;
  rn_builder b = {0};
  rn_put_u32(&b, ((values *)op)->next);
  rn_snapshot_put(out, op->node->path, RN_GROUP_GLOBAL, true, &b);
  return RN_OK;
}

static rn_status values_restore(rn_operator *op, const rn_blob *blob, rn_error *err) {
  (void)err;
  rn_reader r = {blob->data, blob->data + blob->len, false};
  if (blob->group == RN_GROUP_GLOBAL) ((values *)op)->next = rn_get_u32(&r);
  return RN_OK;
}

const rn_operator_class rn_op_values_class = {.name = "values", .size = sizeof(values), .process_batch = values_process,
                                              .poll = values_poll, .snapshot = values_snapshot, .restore = values_restore};
