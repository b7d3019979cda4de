/* WINDOW: a windowing TVF without aggregate. Rows pass at once with window_start, window_end and window_time
 * appended; HOP and CUMULATE give a row once per window it belongs to (HOP: latest window first, CUMULATE:
 * smallest first, as Flink does). SESSION: op_session.c. */
#include "base/calendar.h"
#include "runtime/operators/operators.h"
#include "runtime/operators/window_time.h"

typedef struct window {
  rn_operator op;
  rn_window_time time;
} window;

static rn_status window_open(rn_operator *op, rn_error *err) {
  (void)err;
  window *self = (window *)op;
  rn_window_time_init(&self->time, &op->node->u.window.spec, op->context->zone);
  return RN_OK;
}

/* The batch with three more columns, filled for the rows in live[]. */
static void append(window *self, const rn_batch *in, rn_batch *out, rn_arena *arena) {
  uint32_t count = in->column_count;
  *out = *in;
  out->columns = RN_NEW_N(arena, rn_column, count + 3);
  memcpy(out->columns, in->columns, count * sizeof *out->columns);
  for (uint32_t i = 0; i < 3; i++) {
    rn_column_init(&out->columns[count + i], self->op.node->schema.fields[count + i].type, in->rows, arena);
  }
  out->column_count = count + 3;
  out->arena = arena;
}

static void put(window *self, rn_batch *out, uint32_t row, int64_t end) {
  rn_column *c = out->columns + out->column_count - 3;
  ((int64_t *)c[0].data)[row] = rn_window_start(&self->time, end);
  ((int64_t *)c[1].data)[row] = end;
  ((int64_t *)c[2].data)[row] = rn_window_instant(&self->time, end);
}

static rn_status one_window(window *self, const rn_batch *in, const int64_t *ends, const uint16_t *rows, uint32_t n,
                            rn_error *err) {
  rn_batch out;
  append(self, in, &out, &self->op.arena);
  int64_t last_end = INT64_MIN, start = 0, instant = 0;
  rn_column *c = out.columns + out.column_count - 3;
  for (uint32_t i = 0; i < n; i++) {
    uint32_t row = rows[i];
    if (ends[i] != last_end) {
      last_end = ends[i];
      start = rn_window_start(&self->time, last_end);
      instant = rn_window_instant(&self->time, last_end);
    }
    ((int64_t *)c[0].data)[row] = start;
    ((int64_t *)c[1].data)[row] = last_end;
    ((int64_t *)c[2].data)[row] = instant;
  }
  out.live = rows;
  out.live_count = n;
  return rn_emit(&self->op, &out, err);
}

/* Copies of one row, one per window. */
static rn_status many_windows(window *self, const rn_batch *in, const int64_t *ends, const uint16_t *rows, uint32_t n,
                              rn_error *err) {
  rn_operator *op = &self->op;
  rn_batch out;
  uint32_t made = 0, capacity = op->context->batch_rows, columns = in->column_count;
  int64_t step = rn_window_step(&self->time);
  rn_arena_reset(&op->arena);
  rn_batch_init(&out, &op->node->schema, capacity, &op->arena);
  for (uint32_t i = 0; i < n; i++) {
    int64_t first = rn_window_first_end(&self->time, ends[i]), last = rn_window_last_end(&self->time, ends[i]);
    bool falling = self->time.spec->kind == RN_WINDOW_HOP;
    for (int64_t end = falling ? last : first; falling ? end >= first : end <= last; end += falling ? -step : step) {
      for (uint32_t c = 0; c < columns; c++) {
        rn_column_copy_value(&out.columns[c], made, &in->columns[c], rows[i], capacity, &op->arena);
      }
      put(self, &out, made, end);
      if (++made < capacity) continue;
      out.rows = out.live_count = made;
      if (rn_emit(op, &out, err) != RN_OK) return RN_FAIL;
      rn_arena_reset(&op->arena);
      rn_batch_init(&out, &op->node->schema, capacity, &op->arena);
      made = 0;
    }
  }
  out.rows = out.live_count = made;
  return rn_emit(op, &out, err);
}

static rn_status window_process(rn_operator *op, unsigned input, rn_batch *batch, rn_error *err) {
  (void)input;
  window *self = (window *)op;
  const rn_window_spec *spec = self->time.spec;
  const rn_column *time = spec->processing_time ? NULL : &batch->columns[spec->time_column];
  int64_t ends[RN_BATCH_ROWS_MAX], now_us = rn_clock_now_us(op->context->clock);
  uint16_t rows[RN_BATCH_ROWS_MAX];
  uint32_t n = 0;
  rn_arena_reset(&op->arena);
  for (uint32_t i = 0; i < batch->live_count; i++) {
    uint32_t row = rn_live(batch, i);
    if (time && rn_is_null(time, row)) { /* belongs to no window */
      rn_late_row(op, 0, batch, row, RN_LATE_NO_TIME, 0, NULL);
      continue;
    }
    ends[n] = rn_slice_end(&self->time, time ? ((const int64_t *)time->data)[row] : now_us);
    rows[n++] = (uint16_t)row;
  }
  if (n < batch->live_count) RN_COUNT(op->counters.late, batch->live_count - n);
  if (!n) return RN_OK;
  return spec->kind == RN_WINDOW_TUMBLE ? one_window(self, batch, ends, rows, n, err)
                                        : many_windows(self, batch, ends, rows, n, err);
}

const rn_operator_class rn_op_window_class = {
    .name = "window", .size = sizeof(window), .open = window_open, .process_batch = window_process};
