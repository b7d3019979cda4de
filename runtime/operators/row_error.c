/* Which record a run-time error came from: the batch's runs name split and offset of every row until an
 * exchange or state drops them. */
#include <stdio.h>

#include "runtime/operators/operators.h"

rn_status rn_operator_row_error(rn_operator *op, const rn_batch *batch, int64_t row, rn_error *err) {
  if (!err || row < 0 || err->topic[0] || !batch->run_count) return RN_FAIL;
  const rn_run *run = &batch->runs[0];
  for (uint32_t i = 1; i < batch->run_count && batch->runs[i].first_row <= row; i++) run = &batch->runs[i];
  if (!op->scan) return RN_FAIL;
  const char *name = rn_scan_split_name(op->scan, run->split);
  if (!name) return RN_FAIL;
  (void)snprintf(err->topic, sizeof err->topic, "%s", name);
  err->partition = -1;
  err->offset = run->offset < 0 ? -1 : run->offset + (row - run->first_row);
  return RN_FAIL;
}
