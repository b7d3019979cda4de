/* UNION ALL: rows of all inputs as they come; the generic part combines their watermarks. */
#include "runtime/operators/operators.h"

static rn_status union_process(rn_operator *op, unsigned input, rn_batch *batch, rn_error *err) {
  (void)input;
  return rn_emit(op, batch, err);
}

const rn_operator_class rn_op_union_class = {.name = "union", .size = sizeof(rn_operator), .process_batch = union_process};
