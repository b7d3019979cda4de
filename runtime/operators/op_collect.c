/* COLLECT: the rows of a SELECT go to the cursor of its reader, which stops this task while it is slow. */
#include "runtime/job.h"
#include "runtime/operators/operators.h"

static rn_status collect_process(rn_operator *op, unsigned input, rn_batch *batch, rn_error *err) {
  (void)input;
  if (!batch->live_count) return RN_OK;
  RN_COUNT(op->counters.rows_out, batch->live_count);
  return rn_cursor_push(rn_job_get_config(op->context->job)->cursor, batch, err);
}

const rn_operator_class rn_op_collect_class = {.name = "collect", .size = sizeof(rn_operator), .process_batch = collect_process};
