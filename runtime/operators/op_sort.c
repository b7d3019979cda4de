/* SORT: ORDER BY.
 *
 * Bounded input: all rows are kept, sorted (stable, NULL ordering per item) and emitted at the end; with LIMIT the
 * buffer is cut back to the best rows whenever it has doubled. On streams the first item is the rowtime: rows
 * leave in its order as the watermark passes, ties by the other items, then arrival; a row at or before the
 * largest time that has left is late (DIALECT 4.17, 5.5). */
#include <stdlib.h>

#include "base/alloc.h"
#include "runtime/functions/scalar.h"
#include "runtime/operators/operators.h"

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

/* --- comparing ---------------------------------------------------------------------------------------------------- */

#define COMPARE(T)                                              \
  do {                                                          \
    T x = ((const T *)c->data)[a], y = ((const T *)c->data)[b]; \
    return (x > y) - (x < y);                                   \
  } while (0)

static int compare_double(double x, double y) { /* NaN is the largest, as in Java */
  if (x != x || y != y) return (x != x) - (y != y);
  return (x > y) - (x < y);
}

static int compare_values(const rn_column *c, size_t a, size_t b) {
  switch (rn_type_physical(c->type)) {
    case RN_P_BOOL: COMPARE(uint8_t);
    case RN_P_I8: COMPARE(int8_t);
    case RN_P_I16: COMPARE(int16_t);
    case RN_P_I32: COMPARE(int32_t);
    case RN_P_I64: COMPARE(int64_t);
    case RN_P_I128: COMPARE(rn_i128);
    case RN_P_F32: return compare_double((double)((const float *)c->data)[a], (double)((const float *)c->data)[b]);
    case RN_P_F64: return compare_double(((const double *)c->data)[a], ((const double *)c->data)[b]);
    case RN_P_STR: return rn_str_compare((const rn_str *)c->data + a, (const rn_str *)c->data + b);
    default: return rn_column_compare(c, (uint32_t)a, c, (uint32_t)b); /* ROW, ARRAY */
  }
}

typedef struct order {
  const rn_sort_item *items;
  uint32_t item_count;
  const rn_column *columns;
} order;

static int compare_rows(const void *x, const void *y, void *ctx) {
  const order *o = ctx;
  uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
  for (uint32_t i = 0; i < o->item_count; i++) {
    const rn_sort_item *item = &o->items[i];
    const rn_column *c = &o->columns[item->column];
    bool a_null = rn_is_null(c, a), b_null = rn_is_null(c, b);
    if (a_null || b_null) {
      if (a_null && b_null) continue;
      return a_null == item->nulls_first ? -1 : 1;
    }
    int by_value = compare_values(c, a, b);
    if (by_value) return item->descending ? -by_value : by_value;
  }
  return (a > b) - (a < b); /* stable */
}

/* Row numbers in order; memory from self->memory. */
static uint32_t *sorted(sort *self, const rn_buffered *rows, size_t n, rn_slice **slices) {
  const rn_plan_node *node = self->op.node;
  rn_batch all;
  uint32_t *permutation = rn_arena_alloc(&self->memory, sizeof *permutation * (n + 1));
  *slices = rn_arena_alloc(&self->memory, sizeof **slices * (n + 1));
  for (size_t i = 0; i < n; i++) {
    permutation[i] = (uint32_t)i;
    (*slices)[i] = (rn_slice){rows[i].row, rows[i].length};
  }
  rn_batch_init(&all, &node->schema, (uint32_t)n, &self->memory);
  rn_keys_decode(*slices, (uint32_t)n, all.columns, node->schema.count, 0, (uint32_t)n, &self->memory);
  order o = {node->u.sort.items, node->u.sort.item_count, all.columns};
  qsort_r(permutation, n, sizeof *permutation, compare_rows, &o);
  return permutation;
}

/* --- rows -------------------------------------------------------------------------------------------------------------- */

static int64_t wanted_rows(const sort *self) { /* -1: all */
  const rn_plan_node *node = self->op.node;
  return node->u.sort.temporal || node->u.sort.limit < 0 ? -1 : node->u.sort.limit + node->u.sort.offset;
}

/* Keeps the best rows only. */
static void cut_back(sort *self) {
  const rn_buffered *rows;
  rn_slice *slices;
  size_t n = rn_buffer_peek(self->buffer, INT64_MAX, &rows), keep = (size_t)wanted_rows(self);
  uint32_t *permutation = sorted(self, rows, n, &slices);
  rn_slice *kept = rn_arena_alloc(&self->memory, sizeof *kept * (keep + 1));
  for (size_t i = 0; i < keep; i++) {
    rn_slice s = slices[permutation[i]];
    kept[i] = (rn_slice){rn_arena_strndup(&self->memory, s.ptr, s.len), s.len};
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

static rn_status emit_sorted(sort *self, int64_t upto_us, rn_error *err) {
  rn_operator *op = &self->op;
  const rn_plan_node *node = op->node;
  const rn_buffered *rows;
  rn_slice *slices, chunk[RN_BATCH_ROWS_MAX];
  size_t n = rn_buffer_peek(self->buffer, upto_us, &rows);
  if (!n) return RN_OK;
  uint32_t *permutation = sorted(self, rows, n, &slices);
  if (node->u.sort.temporal) self->processed_us = rows[n - 1].order;
  size_t from = node->u.sort.temporal ? 0 : (size_t)node->u.sort.offset, to = n;
  int64_t wanted = wanted_rows(self);
  if (wanted >= 0 && to > (size_t)wanted) to = (size_t)wanted;
  rn_status status = RN_OK;
  while (from < to && status == RN_OK) {
    uint32_t count = (uint32_t)(to - from < op->context->batch_rows ? to - from : op->context->batch_rows);
    for (uint32_t i = 0; i < count; i++) chunk[i] = slices[permutation[from + i]];
    rn_batch out;
    rn_arena_reset(&op->arena);
    rn_batch_init(&out, &node->schema, count, &op->arena);
    rn_keys_decode(chunk, count, out.columns, node->schema.count, 0, count, &op->arena);
    out.rows = out.live_count = count;
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
  return rn_emit_watermark(op, watermark_us, err);
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
