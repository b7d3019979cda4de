/* What operators that keep rows encoded share when they emit them: a batch of their schema with the rows decoded. */
#include "runtime/operators/operators.h"

void rn_output_rows(rn_operator *op, const rn_slice *rows, uint32_t n, uint32_t columns, rn_batch *out) {
  rn_arena_reset(&op->arena);
  rn_batch_init(out, &op->node->schema, n, &op->arena);
  rn_keys_decode(rows, n, out->columns, columns, 0, n, &op->arena);
  out->rows = out->live_count = n;
}

void rn_output_kinds(rn_batch *out, const uint8_t *kinds) {
  for (uint32_t i = 0; i < out->rows && !out->kinds; i++)
    if (kinds[i] != RN_INSERT) out->kinds = kinds;
}
