/* RANK of kind FIRST: deduplication that keeps the first row of a key by event time (DIALECT 4.18).
 *
 * Rows wait until the watermark has come to their time; then the first of their key leaves, and the key is known for
 * ever, or for its time to live. Of equal times the one that came first counts. A row behind the watermark is late: an
 * earlier one of its key may have been there. One at the watermark is not (as in Flink): it waits for the next. */
#include "runtime/operators/operators.h"

enum { MAP_KEYS = 1, BUFFER_ROWS = 2 };

typedef struct seen {
  int64_t least_us; /* of the rows that wait */
  int64_t left;     /* 1: the key's row has left */
} seen;

typedef struct key_head {
  uint64_t hash, length;
} key_head;

typedef struct first {
  rn_operator op;
  rn_arena scratch;
  rn_map *keys;
  rn_buffer *buffer; /* rows: hash and length of the key, key, row */
  rn_builder record;
  uint32_t input_columns;
} first;

static rn_status first_open(rn_operator *op, rn_error *err) {
  (void)err;
  first *self = (first *)op;
  rn_arena_init(&self->scratch);
  rn_operator_open_state(op);
  self->input_columns = op->node->inputs[0]->schema.count;
  rn_map_spec spec = {.id = MAP_KEYS, .value_size = sizeof(seen), .value_align = 8,
                      .ttl_us = op->node->ttl_us[0]};
  self->keys = rn_state_map(op->state, &spec);
  self->buffer = rn_state_buffer(op->state, BUFFER_ROWS);
  return RN_OK;
}

static rn_status first_process(rn_operator *op, unsigned input, rn_batch *batch, rn_error *err) {
  (void)input, (void)err;
  first *self = (first *)op;
  const rn_plan_node *node = op->node;
  if (!batch->live_count) return RN_OK;
  const rn_column *time = &batch->columns[node->u.rank.order[0].column];
  rn_table *table = rn_map_table(self->keys, 0);
  rn_keys keys, rows;
  uint64_t late = 0;
  rn_arena_reset(&self->scratch);
  rn_keys_encode(&keys, batch, node->u.rank.keys, node->u.rank.key_count, op->context->hash_seed, &self->scratch);
  rn_rows_encode(&rows, batch, NULL, self->input_columns, &self->scratch);
  for (uint32_t i = 0; i < batch->live_count; i++) {
    uint32_t row = rn_live(batch, i);
    int64_t at = ((const int64_t *)time->data)[row];
    if (rn_is_null(time, row) || at < op->watermark_us) {
      late++;
      rn_late_time(op, batch, row, node->u.rank.order[0].column);
      continue;
    }
    seen *s = (seen *)(void *)rn_table_find(table, keys.hashes[i], keys.keys[i], keys.lengths[i]);
    if (s && (s->left || at >= s->least_us)) continue;
    if (!s) s = (seen *)(void *)rn_table_upsert_one(table, keys.hashes[i], keys.keys[i], keys.lengths[i], NULL);
    s->least_us = at;
    rn_builder_clear(&self->record);
    const key_head head = {keys.hashes[i], keys.lengths[i]};
    rn_builder_append(&self->record, (const char *)&head, sizeof head);
    rn_builder_append(&self->record, keys.keys[i], keys.lengths[i]);
    rn_builder_append(&self->record, rows.keys[i], rows.lengths[i]);
    rn_table_touch(table, (uint8_t *)s);
    rn_buffer_add(self->buffer, at, rn_key_group(keys.hashes[i]), self->record.data, (uint32_t)self->record.len);
  }
  if (late) RN_COUNT(op->counters.late, late);
  return RN_OK;
}

static rn_status emit_rows(first *self, const rn_slice *rows, uint32_t n, rn_error *err) {
  rn_operator *op = &self->op;
  rn_batch out;
  rn_output_rows(op, rows, n, self->input_columns, &out);
  return rn_emit(op, &out, err);
}

static rn_status first_watermark(rn_operator *op, int64_t watermark_us, rn_error *err) {
  first *self = (first *)op;
  rn_table *table = rn_map_table(self->keys, 0);
  const rn_buffered *waiting;
  rn_slice rows[RN_BATCH_ROWS_MAX];
  uint32_t n = 0;
  size_t count = rn_buffer_peek(self->buffer, watermark_us, &waiting);
  for (size_t i = 0; i < count; i++) {
    key_head head;
    memcpy(&head, waiting[i].row, sizeof head);
    const char *key = waiting[i].row + sizeof head;
    seen *s = (seen *)(void *)rn_table_find(table, head.hash, key, (uint32_t)head.length);
    if (s && s->left) continue; /* an earlier one has left */
    if (!s) s = (seen *)(void *)rn_table_upsert_one(table, head.hash, key, (uint32_t)head.length, NULL); /* it has expired */
    s->left = 1;
    rn_table_touch(table, (uint8_t *)s);
    rows[n++] = rn_slice_make(key + head.length, waiting[i].length - sizeof head - head.length);
    if (n < op->context->batch_rows) continue;
    if (emit_rows(self, rows, n, err) != RN_OK) return RN_FAIL;
    n = 0;
  }
  if (n && emit_rows(self, rows, n, err) != RN_OK) return RN_FAIL;
  if (count) rn_buffer_remove(self->buffer, watermark_us);
  return rn_emit_watermark(op, watermark_us, err);
}

static int64_t first_horizon(rn_operator *op) { return rn_buffer_largest(((first *)op)->buffer); }

static void first_close(rn_operator *op) {
  first *self = (first *)op;
  rn_builder_free(&self->record);
  rn_arena_free(&self->scratch);
}

const rn_operator_class rn_op_first_class = {
    .name = "first", .size = sizeof(first), .open = first_open, .process_batch = first_process,
    .on_watermark = first_watermark, .horizon = first_horizon, .close = first_close};
