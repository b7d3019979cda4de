/* CALC: filter and projection. The filter narrows the selection, the projection adds columns; no row is
 * copied (Boncz 2005, MonetDB/X100). */
#include "runtime/operators/operators.h"

typedef struct calc {
  rn_operator op;
  rn_arena programs;
  rn_program *filter, *project;
} calc;

static rn_status calc_open(rn_operator *op, rn_error *err) {
  calc *self = (calc *)op;
  const rn_plan_node *node = op->node;
  rn_arena_init(&self->programs);
  if (node->u.calc.filter &&
      rn_program_compile(&node->u.calc.filter, 1, &self->programs, &self->filter, err) != RN_OK) {
    return RN_FAIL;
  }
  if (!node->u.calc.exprs) return RN_OK;
  return rn_program_compile(node->u.calc.exprs, node->schema.count, &self->programs, &self->project, err);
}

static rn_status calc_process(rn_operator *op, unsigned input, rn_batch *batch, rn_error *err) {
  (void)input;
  calc *self = (calc *)op;
  rn_eval eval;
  rn_batch out = *batch;
  rn_arena_reset(&op->arena);
  if (self->filter) {
    uint16_t *rows = rn_arena_alloc(&op->arena, sizeof *rows * (batch->live_count + 1));
    uint32_t count = 0;
    rn_operator_eval(op, batch, &eval, err);
    if (rn_program_filter(self->filter, batch, &eval, rows, &count) != RN_OK) {
      return rn_operator_row_error(op, batch, eval.error_row, err);
    }
    if (count < batch->live_count) {
      RN_COUNT(op->counters.filtered, batch->live_count - count);
      if (!count) return RN_OK;
      out.live = rows;
      out.live_count = count;
    }
  }
  if (self->project) {
    rn_column *columns = RN_NEW_N(&op->arena, rn_column, op->node->schema.count + 1);
    rn_operator_eval(op, &out, &eval, err);
    if (rn_program_run(self->project, &out, &eval, columns) != RN_OK) {
      return rn_operator_row_error(op, batch, eval.error_row, err);
    }
    out.columns = columns;
    out.column_count = op->node->schema.count;
  }
  out.arena = &op->arena;
  return rn_emit(op, &out, err);
}

static void calc_close(rn_operator *op) {
  calc *self = (calc *)op;
  if (self->filter) rn_program_free(self->filter);
  if (self->project) rn_program_free(self->project);
  self->filter = self->project = NULL;
  rn_arena_free(&self->programs);
}

const rn_operator_class rn_op_calc_class = {
    .name = "calc", .size = sizeof(calc), .open = calc_open, .process_batch = calc_process, .close = calc_close};
