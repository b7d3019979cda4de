/* OVER: aggregates and positions over the rows before the current one (DIALECT 4.7).
 *
 * Event time: rows wait in a buffer and leave in order of time as the watermark passes; rows of equal time are
 * peers in RANGE frames. Late (DIALECT 5.5): with an unbounded frame what the watermark has passed, with a
 * bounded one what is not newer than the last row of its partition. Processing time: rows leave at once, those
 * of a batch are peers. What a partition keeps: op_over_frame.c. Any other order: op_over_whole.c. */
#include "runtime/operators/op_over.h"

#include "base/alloc.h"
#include "runtime/operators/operators.h"

enum { BUFFER_ROWS = 1 };

static rn_status over_open(rn_operator *op, rn_error *err) {
  (void)err;
  rn_over *self = (rn_over *)op;
  const rn_plan_node *node = op->node;
  rn_arena_init(&self->memory);
  rn_operator_open_state(op);
  self->input_columns = node->schema.count - node->u.over.call_count;
  self->buffer = rn_state_buffer(op->state, BUFFER_ROWS);
  rn_over_frame_open(self);
  self->forgets = !node->u.over.rows && !node->u.over.unbounded && !self->set.has_distinct;
  for (uint32_t c = 0; c < self->set.count; c++) {
    if (self->set.calls[c].ops->over) self->forgets = false;
  }
  return RN_OK;
}

static void find_partitions(rn_over *self, const rn_keys *keys) {
  rn_table_upsert(rn_map_table(self->partitions, 0), keys, NULL, keys->count, self->slots, self->fresh);
  for (uint32_t i = 0; i < keys->count; i++) {
    if (self->fresh[i]) rn_agg_set_clear(&self->set, self->slots[i]);
  }
}

/* --- results ------------------------------------------------------------------------------------------------------ */

/* Results of a chunk whose temps are made go into the columns behind the input's. */
static rn_status emit_chunk(rn_over *self, rn_batch *out, rn_error *err) {
  rn_operator *op = &self->op;
  uint32_t n = out->live_count;
  const uint8_t *bare[RN_BATCH_ROWS_MAX];
  /* set.offsets count from the start of a slot; temps hold the accumulators only */
  for (uint32_t i = 0; i < n; i++) bare[i] = self->temps + (size_t)i * self->stride - self->accs;
  rn_agg_set_results(&self->set, bare, n, out->columns + self->input_columns, 0, out->rows, &op->arena);
  rn_status status = rn_emit(op, out, err);
  rn_over_release_temps(self, n);
  return status;
}

/* --- event time ---------------------------------------------------------------------------------------------------- */

typedef struct chunk {
  rn_batch batch; /* input columns decoded, result columns empty */
  rn_keys keys;
  int64_t times[RN_BATCH_ROWS_MAX];
} chunk;

static void decode_chunk(rn_over *self, const rn_buffered *rows, uint32_t n, chunk *c) {
  rn_operator *op = &self->op;
  const rn_plan_node *node = op->node;
  rn_slice slices[RN_BATCH_ROWS_MAX];
  rn_arena_reset(&op->arena);
  rn_batch_init(&c->batch, &node->schema, n, &op->arena);
  for (uint32_t i = 0; i < n; i++) slices[i] = (rn_slice){rows[i].row, rows[i].length};
  rn_keys_decode(slices, n, c->batch.columns, self->input_columns, 0, n, &op->arena);
  c->batch.rows = c->batch.live_count = n;
  rn_keys_encode(&c->keys, &c->batch, node->u.over.keys, node->u.over.key_count, op->context->hash_seed, &op->arena);
  find_partitions(self, &c->keys);
  for (uint32_t i = 0; i < n; i++) c->times[i] = rows[i].order;
}

static int64_t row_number(rn_over *self, uint32_t i) { return rn_over_head(self->slots[i])->rows; }

/* Rows [0, n) hold whole groups of peers. */
static rn_status whole_groups(rn_over *self, const rn_buffered *rows, uint32_t n, chunk *c, rn_error *err) {
  bool by_row = self->op.node->u.over.rows;
  int64_t numbers[RN_BATCH_ROWS_MAX];
  decode_chunk(self, rows, n, c);
  if (self->singles) rn_over_singles(self, &c->batch);
  for (uint32_t a = 0; a < n;) {
    uint32_t b = a + 1;
    while (!by_row && b < n && rows[b].order == rows[a].order) b++;
    for (uint32_t i = a; i < b; i++) {
      rn_over_prefetch(self, i, n);
      rn_over_enter(self, &c->batch, &c->keys, i, c->times[i]);
      numbers[i] = row_number(self, i);
    }
    for (; a < b; a++) {
      rn_over_finish(self, &c->keys, a, c->times[a]);
      if (!self->has_positions) continue;
      rn_over_position_results(self, &c->batch, c->batch.columns + self->input_columns, a, numbers[a], n, &self->op.arena);
    }
  }
  return emit_chunk(self, &c->batch, err);
}

/* One group of peers that is larger than a batch: all enter before the first leaves. */
static rn_status large_group(rn_over *self, const rn_buffered *rows, size_t n, chunk *c, rn_error *err) {
  uint32_t most = self->op.context->batch_rows;
  int64_t *numbers = rn_malloc(n * sizeof *numbers);
  rn_status status = RN_OK;
  for (size_t from = 0; from < n; from += most) {
    uint32_t count = (uint32_t)(n - from < most ? n - from : most);
    decode_chunk(self, rows + from, count, c);
    if (self->singles) rn_over_singles(self, &c->batch);
    for (uint32_t i = 0; i < count; i++) {
      rn_over_enter(self, &c->batch, &c->keys, i, c->times[i]);
      numbers[from + i] = row_number(self, i);
    }
  }
  for (size_t from = 0; from < n && status == RN_OK; from += most) {
    uint32_t count = (uint32_t)(n - from < most ? n - from : most);
    decode_chunk(self, rows + from, count, c);
    for (uint32_t i = 0; i < count; i++) {
      rn_over_finish(self, &c->keys, i, c->times[i]);
      rn_over_position_results(self, &c->batch, c->batch.columns + self->input_columns, i, numbers[from + i], count,
                               &self->op.arena);
    }
    status = emit_chunk(self, &c->batch, err);
  }
  rn_free(numbers);
  return status;
}

static rn_status process_upto(rn_over *self, int64_t upto, rn_error *err) {
  const rn_buffered *rows;
  size_t n = rn_buffer_peek(self->buffer, upto, &rows), most = self->op.context->batch_rows;
  bool by_row = self->op.node->u.over.rows;
  rn_status status = RN_OK;
  chunk *c = n ? rn_malloc(sizeof *c) : NULL;
  for (size_t from = 0; from < n && status == RN_OK;) {
    size_t to = n - from < most ? n : from + most;
    if (!by_row && to < n) {
      while (to > from && rows[to - 1].order == rows[to].order) to--;
      if (to == from) {
        to = from + most;
        while (to < n && rows[to].order == rows[from].order) to++;
        status = large_group(self, rows + from, to - from, c, err);
        from = to;
        continue;
      }
    }
    status = whole_groups(self, rows + from, (uint32_t)(to - from), c, err);
    from = to;
  }
  rn_free(c);
  if (n) rn_buffer_remove(self->buffer, upto);
  return status;
}

/* Has the frame of a RANGE partition passed, so that it is as if it had never been? Not where positions count the
 * rows of the whole partition, nor where other maps hold a part of it (DISTINCT). */
static bool passed(const rn_over *self, const rn_over_slot *head) {
  return self->forgets && self->op.watermark_us != RN_WATERMARK_NONE &&
         head->last_us < self->op.watermark_us - self->op.node->u.over.preceding;
}

static bool is_late(rn_over *self, const rn_keys *keys, uint32_t i, int64_t at) {
  if (self->op.node->u.over.unbounded) return at <= self->op.watermark_us;
  if (at > self->op.watermark_us) return false;
  rn_table *table = rn_map_table(self->partitions, 0);
  uint8_t *slot = rn_table_find(table, keys->hashes[i], keys->keys[i], keys->lengths[i]);
  if (!slot) return false;
  if (!passed(self, rn_over_head(slot))) return at <= rn_over_head(slot)->last_us;
  rn_table_erase(table, slot); /* the sweep might have been here or not: results must not tell */
  return false;
}

static void buffer_rows(rn_over *self, const rn_batch *batch) {
  rn_operator *op = &self->op;
  const rn_plan_node *node = op->node;
  const rn_column *order = &batch->columns[node->u.over.order_column];
  rn_keys keys, rows;
  uint64_t late = 0;
  rn_arena_reset(&op->arena);
  rn_keys_encode(&keys, batch, node->u.over.keys, node->u.over.key_count, op->context->hash_seed, &op->arena);
  rn_rows_encode(&rows, batch, NULL, self->input_columns, &op->arena);
  for (uint32_t i = 0; i < batch->live_count; i++) {
    uint32_t row = rn_live(batch, i);
    int64_t at = rn_is_valid(order, row) ? ((const int64_t *)order->data)[row] : INT64_MIN;
    if (at == INT64_MIN || is_late(self, &keys, i, at)) {
      late++;
      rn_late_time(op, batch, row, node->u.over.order_column);
      continue;
    }
    rn_buffer_add(self->buffer, at, rn_key_group(keys.hashes[i]), rows.keys[i], rows.lengths[i]);
  }
  if (late) RN_COUNT(op->counters.late, late);
}

/* --- processing time -------------------------------------------------------------------------------------------------- */

static rn_status process_now(rn_over *self, const rn_batch *in, rn_error *err) {
  rn_operator *op = &self->op;
  const rn_plan_node *node = op->node;
  rn_batch compact, out;
  rn_keys keys;
  int64_t now_us = rn_floor_div(rn_clock_now_us(op->context->clock), RN_US_PER_MS) * RN_US_PER_MS;
  int64_t numbers[RN_BATCH_ROWS_MAX];
  rn_arena_reset(&op->arena);
  if (in->live) rn_batch_copy(&compact, in, &op->arena);
  else compact = *in;
  uint32_t n = compact.live_count;
  out = compact;
  out.columns = RN_NEW_N(&op->arena, rn_column, node->schema.count);
  out.column_count = node->schema.count;
  out.arena = &op->arena;
  memcpy(out.columns, compact.columns, self->input_columns * sizeof *out.columns);
  for (uint32_t c = self->input_columns; c < node->schema.count; c++) {
    rn_column_init(&out.columns[c], node->schema.fields[c].type, n, &op->arena);
  }
  rn_keys_encode(&keys, &out, node->u.over.keys, node->u.over.key_count, op->context->hash_seed, &op->arena);
  find_partitions(self, &keys);
  if (self->singles) rn_over_singles(self, &out);
  uint32_t group = node->u.over.rows ? 1 : n;
  for (uint32_t a = 0; a < n; a += group) {
    for (uint32_t i = a; i < a + group; i++) {
      rn_over_enter(self, &out, &keys, i, now_us);
      numbers[i] = row_number(self, i);
    }
    for (uint32_t i = a; i < a + group; i++) {
      rn_over_finish(self, &keys, i, now_us);
      rn_over_position_results(self, &out, out.columns + self->input_columns, i, numbers[i], n, &op->arena);
    }
  }
  return emit_chunk(self, &out, err);
}

static rn_status over_process(rn_operator *op, unsigned input, rn_batch *batch, rn_error *err) {
  (void)input;
  rn_over *self = (rn_over *)op;
  if (!batch->live_count) return RN_OK;
  if (op->node->u.over.processing_time) return process_now(self, batch, err);
  buffer_rows(self, batch);
  return RN_OK;
}

/* Visits some partitions and erases those whose frame has passed: memory follows what frames can see. */
static void sweep(rn_over *self) {
  if (!self->forgets || self->op.watermark_us == RN_WATERMARK_END) return;
  rn_table *table = rn_map_table(self->partitions, 0);
  uint32_t end = rn_table_end(table), visits = end < 256 ? end : 256;
  for (uint32_t v = 0; v < visits; v++) {
    if (self->swept >= end) self->swept = 0;
    uint8_t *slot = rn_table_at(table, self->swept++);
    if (slot && passed(self, rn_over_head(slot))) rn_table_erase(table, slot);
  }
}

static rn_status over_watermark(rn_operator *op, int64_t watermark_us, rn_error *err) {
  rn_over *self = (rn_over *)op;
  if (!op->node->u.over.processing_time) {
    if (process_upto(self, watermark_us, err) != RN_OK) return RN_FAIL;
    sweep(self);
  }
  return rn_emit_watermark(op, watermark_us, err);
}

static int64_t over_horizon(rn_operator *op) {
  return op->node->u.over.processing_time ? RN_WATERMARK_NONE : rn_buffer_largest(((rn_over *)op)->buffer);
}

static void over_close(rn_operator *op) {
  rn_over *self = (rn_over *)op;
  rn_agg_set_close(&self->set);
  rn_builder_free(&self->scratch);
  rn_arena_free(&self->memory);
}

const rn_operator_class rn_op_over_class = {
    .name = "over", .size = sizeof(rn_over), .open = over_open, .process_batch = over_process,
    .on_watermark = over_watermark, .horizon = over_horizon, .close = over_close};
