/* SORT: ORDER BY.
 *
 * Bounded input: all rows are kept, sorted (sort_rows.h: stable, NULL ordering per item; only the columns of the
 * order are decoded for it) and emitted at the end; with LIMIT the buffer is cut back to the best rows whenever it
 * has doubled. On streams the first item is the rowtime: rows leave in its order as the watermark passes, ties by the
 * other items, then arrival; a row at or before the largest time that has left is late (DIALECT 4.17, 5.5). */
#include "base/alloc.h"
#include "runtime/operators/operators.h"
#include "runtime/operators/sort_rows.h"

enum { BUFFER_ROWS = 1, CUT_SLACK = 4096 };

typedef struct sort {
  rn_operator op;
  rn_arena memory; /* while sorting */
  rn_buffer *buffer;
  uint16_t group;
  int64_t processed_us; /* temporal: largest time that has left */
} sort;

static rn_status sort_open(rn_operator *op, rn_error *err) {
  (void)err;
  sort *self = (sort *)op;
  uint16_t last;
  rn_arena_init(&self->memory);
  self->processed_us = INT64_MIN; /* 0 is a time like any other */
  rn_operator_open_state(op);
  rn_key_group_range(op->context->subtask, op->context->parallelism, &self->group, &last);
  self->buffer = rn_state_buffer(op->state, BUFFER_ROWS);
  return RN_OK;
}

/* Row numbers in order; memory from self->memory. Only the columns of the items are decoded. */
static uint32_t *sorted(sort *self, const rn_buffered *rows, size_t n) {
  const rn_plan_node *node = self->op.node;
  const rn_sort_item *items = node->u.sort.items;
  uint32_t item_count = node->u.sort.item_count, columns = node->schema.count;
  uint32_t *order = rn_arena_alloc(&self->memory, sizeof *order * (n + 1));
  rn_column *keys = rn_arena_zalloc(&self->memory, sizeof *keys * (columns + 1));
  bool *wanted = rn_arena_zalloc(&self->memory, columns + 1);
  for (uint32_t i = 0; i < item_count; i++) wanted[items[i].column] = true;
  for (uint32_t c = 0; c < columns; c++) {
    if (wanted[c]) rn_column_init(&keys[c], node->schema.fields[c].type, (uint32_t)n, &self->memory);
    else keys[c].type = node->schema.fields[c].type;
  }
  for (size_t from = 0; from < n; from += RN_BATCH_ROWS_MAX) {
    rn_slice slices[RN_BATCH_ROWS_MAX];
    uint32_t count = (uint32_t)(n - from < RN_BATCH_ROWS_MAX ? n - from : RN_BATCH_ROWS_MAX);
    for (uint32_t i = 0; i < count; i++) slices[i] = (rn_slice){rows[from + i].row, rows[from + i].length};
    rn_keys_decode_some(slices, count, keys, columns, wanted, (uint32_t)from, (uint32_t)n, &self->memory);
  }
  rn_sort_rows(keys, items, item_count, (uint32_t)n, order);
  return order;
}

/* --- rows -------------------------------------------------------------------------------------------------------------- */

static int64_t wanted_rows(const sort *self) { /* -1: all */
  const rn_plan_node *node = self->op.node;
  return node->u.sort.temporal || node->u.sort.limit < 0 ? -1 : node->u.sort.limit + node->u.sort.offset;
}

/* Keeps the best rows only. */
static void cut_back(sort *self) {
  const rn_buffered *rows;
  size_t n = rn_buffer_peek(self->buffer, INT64_MAX, &rows), keep = (size_t)wanted_rows(self);
  uint32_t *order = sorted(self, rows, n);
  rn_slice *kept = rn_arena_alloc(&self->memory, sizeof *kept * (keep + 1));
  for (size_t i = 0; i < keep; i++) {
    const rn_buffered *b = &rows[order[i]];
    kept[i] = (rn_slice){rn_arena_strndup(&self->memory, b->row, b->length), b->length};
  }
  rn_buffer_remove(self->buffer, INT64_MAX);
  for (size_t i = 0; i < keep; i++) rn_buffer_add(self->buffer, 0, self->group, kept[i].ptr, (uint32_t)kept[i].len);
  rn_arena_reset(&self->memory);
}

static rn_status sort_process(rn_operator *op, unsigned input, rn_batch *batch, rn_error *err) {
  (void)input, (void)err;
  sort *self = (sort *)op;
  const rn_plan_node *node = op->node;
  const rn_column *time = node->u.sort.temporal ? &batch->columns[node->u.sort.items[0].column] : NULL;
  rn_keys rows;
  rn_arena_reset(&op->arena);
  rn_rows_encode(&rows, batch, NULL, node->schema.count, &op->arena);
  uint64_t late = 0;
  for (uint32_t i = 0; i < batch->live_count; i++) {
    int64_t at = 0;
    if (time) {
      uint32_t row = rn_live(batch, i);
      at = ((const int64_t *)time->data)[row];
      if (rn_is_null(time, row) || at <= self->processed_us) {
        late++;
        rn_late_time(op, batch, row, node->u.sort.items[0].column);
        continue;
      }
    }
    rn_buffer_add(self->buffer, at, self->group, rows.keys[i], rows.lengths[i]);
  }
  if (late) RN_COUNT(op->counters.late, late);
  int64_t wanted = wanted_rows(self);
  if (wanted >= 0 && (int64_t)rn_buffer_count(self->buffer) > 2 * wanted + CUT_SLACK) cut_back(self);
  return RN_OK;
}

/* Rows order[from ..] lie anywhere: their places, and then they themselves, are asked for ahead of their turn. */
static void gather(const rn_buffered *rows, const uint32_t *order, size_t from, size_t to, rn_slice *chunk, uint32_t count) {
  enum { AHEAD = 32 };
  for (uint32_t i = 0; i < count; i++) {
    if (from + i + AHEAD < to) __builtin_prefetch(&rows[order[from + i + AHEAD]]);
    const rn_buffered *b = &rows[order[from + i]];
    chunk[i] = (rn_slice){b->row, b->length};
    __builtin_prefetch(b->row);
    __builtin_prefetch(b->row + b->length);
  }
}

static rn_status emit_sorted(sort *self, int64_t upto_us, rn_error *err) {
  rn_operator *op = &self->op;
  const rn_plan_node *node = op->node;
  const rn_buffered *rows;
  rn_slice chunk[RN_BATCH_ROWS_MAX];
  size_t n = rn_buffer_peek(self->buffer, upto_us, &rows);
  if (!n) return RN_OK;
  uint32_t *order = sorted(self, rows, n);
  if (node->u.sort.temporal) self->processed_us = rows[n - 1].order;
  size_t from = node->u.sort.temporal ? 0 : (size_t)node->u.sort.offset, to = n;
  int64_t wanted = wanted_rows(self);
  if (wanted >= 0 && to > (size_t)wanted) to = (size_t)wanted;
  rn_status status = RN_OK;
  while (from < to && status == RN_OK) {
    uint32_t count = (uint32_t)(to - from < op->context->batch_rows ? to - from : op->context->batch_rows);
    gather(rows, order, from, to, chunk, count);
    rn_batch out;
    rn_output_rows(op, chunk, count, node->schema.count, &out);
    status = rn_emit(op, &out, err);
    from += count;
  }
  rn_buffer_remove(self->buffer, upto_us);
  rn_arena_reset(&self->memory);
  return status;
}

static rn_status sort_watermark(rn_operator *op, int64_t watermark_us, rn_error *err) {
  sort *self = (sort *)op;
  if (op->node->u.sort.temporal || watermark_us == RN_WATERMARK_END) {
    if (emit_sorted(self, watermark_us, err) != RN_OK) return RN_FAIL;
  }
  return op->node->u.sort.temporal ? rn_emit_watermark(op, watermark_us, err) : rn_emit_last_watermark(op, watermark_us, err);
}

static int64_t sort_horizon(rn_operator *op) {
  sort *self = (sort *)op;
  return op->node->u.sort.temporal ? rn_buffer_largest(self->buffer) : RN_WATERMARK_NONE;
}

static rn_status sort_snapshot(rn_operator *op, rn_snapshot *out, rn_error *err) {
  (void)err;
  rn_builder b = {0};
  rn_put_i64(&b, ((sort *)op)->processed_us);
  rn_snapshot_put(out, op->node->path, (uint16_t)(RN_GROUP_GLOBAL + op->context->subtask), true, &b);
  return RN_OK;
}

static rn_status sort_restore(rn_operator *op, const rn_blob *blob, rn_error *err) {
  (void)err;
  rn_reader r = {blob->data, blob->data + blob->len, false};
  int64_t processed = rn_get_i64(&r);
  if (processed > ((sort *)op)->processed_us) ((sort *)op)->processed_us = processed;
  return RN_OK;
}

static void sort_close(rn_operator *op) { rn_arena_free(&((sort *)op)->memory); }

const rn_operator_class rn_op_sort_class = {
    .name = "sort", .size = sizeof(sort), .open = sort_open, .process_batch = sort_process, .on_watermark = sort_watermark,
    .horizon = sort_horizon, .snapshot = sort_snapshot, .restore = sort_restore, .close = sort_close};
