/* JOIN by window (DIALECT 4.14): rows of both inputs are kept by window and key; when the watermark has passed the
 * window's end - 1 ms, the rows of a key meet, those without a partner leave as the kind of the join says, and the
 * window is forgotten. A row of a window that has fired is late.
 *
 * Per side a map, namespace: the window's end, key -> list of rows. Pairs are gathered over many keys, so that the
 * rest of ON is evaluated over a chunk of them at once. */
#include "runtime/operators/join_side.h"
#include "runtime/operators/operators.h"
#include "runtime/operators/window_time.h"

enum { CHUNK = 1024 };

typedef struct kept { /* element of a list */
  rn_ref row;
  uint64_t met; /* has a partner */
} kept;

typedef struct slot {
  rn_ref rows;   /* list of kept */
  uint64_t null; /* NULL in a key that = compares: meets nobody */
} slot;

typedef struct window_join {
  rn_operator op;
  rn_arena memory, scratch;
  rn_map *maps[2];
  rn_window_time time;
  rn_program *condition;
  rn_schema both;     /* columns of the two inputs */
  uint32_t widths[2];
  bool keeps[2];      /* rows of the side without a partner leave, with NULLs */
  bool pairs_leave;
  rn_slice nulls[2];  /* a row of NULLs, encoded */
  kept *pairs[2][CHUNK];
  uint32_t pair_count;
  rn_slice out[2][CHUNK];
  uint8_t marks[CHUNK];
  uint32_t out_count;
} window_join;

static rn_status join_open(rn_operator *op, rn_error *err) {
  window_join *self = (window_join *)op;
  const rn_plan_node *node = op->node;
  rn_join_kind kind = node->u.join.kind;
  rn_arena_init(&self->memory);
  rn_arena_init(&self->scratch);
  rn_operator_open_state(op);
  rn_window_time_init(&self->time, &node->u.join.window, op->context->zone);
  self->keeps[0] = kind == RN_JOIN_KIND_LEFT || kind == RN_JOIN_KIND_FULL;
  self->keeps[1] = kind == RN_JOIN_KIND_RIGHT || kind == RN_JOIN_KIND_FULL;
  self->pairs_leave = kind != RN_JOIN_KIND_SEMI && kind != RN_JOIN_KIND_ANTI && kind != RN_JOIN_KIND_MARK;
  self->both = rn_join_both(node, &self->memory);
  for (unsigned s = 0; s < 2; s++) {
    self->maps[s] = rn_join_map(op, s, sizeof(slot), sizeof(kept), &self->memory);
    self->widths[s] = node->inputs[s]->schema.count;
    self->nulls[s] = rn_join_nulls(node, s, &self->memory);
  }
  if (!node->u.join.condition) return RN_OK;
  return rn_program_compile(&node->u.join.condition, 1, &self->memory, &self->condition, err);
}

/* --- rows come ----------------------------------------------------------------------------------------------------- */

/* Does a row of the side that meets nobody leave at all? */
static bool leaves_alone(const window_join *self, unsigned side) {
  rn_join_kind kind = self->op.node->u.join.kind;
  return self->keeps[side] || (side == 0 && (kind == RN_JOIN_KIND_ANTI || kind == RN_JOIN_KIND_MARK));
}

static rn_status join_process(rn_operator *op, unsigned side, rn_batch *batch, rn_error *err) {
  (void)err;
  window_join *self = (window_join *)op;
  const rn_plan_node *node = op->node;
  if (!batch->live_count) return RN_OK;
  const rn_column *ends = &batch->columns[node->u.join.keys[side][node->u.join.end_key]];
  uint32_t late_time = node->u.join.late_time[side];
  const int64_t *times = late_time ? batch->columns[late_time - 1].data : NULL;
  rn_keys keys, rows;
  uint64_t late = 0;
  rn_arena_reset(&self->scratch);
  rn_keys_encode(&keys, batch, node->u.join.keys[side], node->u.join.key_count, op->context->hash_seed, &self->scratch);
  rn_rows_encode(&rows, batch, NULL, self->widths[side], &self->scratch);
  for (uint32_t i = 0; i < batch->live_count; i++) {
    uint32_t row = rn_live(batch, i);
    int64_t end = ((const int64_t *)ends->data)[row];
    bool null = rn_join_meets_nobody(node, side, batch, row);
    if (rn_is_null(ends, row) ||
        (op->watermark_us != RN_WATERMARK_NONE && rn_window_fires(&self->time, end) <= op->watermark_us)) {
      if (!rn_is_null(ends, row) && !rn_window_is_last(&self->time, end, times ? times[row] : RN_WINDOW_ANY_TIME)) continue;
      late++;
      rn_late_row(op, side, batch, row, rn_is_null(ends, row) ? RN_LATE_NO_TIME : RN_LATE_WINDOW, end, self->time.zone);
      continue;
    }
    if (null && !leaves_alone(self, side)) continue;
    rn_table *table = rn_map_table(self->maps[side], end);
    slot *s = (slot *)(void *)rn_table_upsert_one(table, keys.hashes[i], keys.keys[i], keys.lengths[i], NULL);
    s->null = null;
    rn_ref stored = rn_state_store(op->state, rows.keys[i], rows.lengths[i]);
    *(kept *)(void *)rn_list_push(op->state, &s->rows, sizeof(kept), 0) = (kept){stored, 0};
    rn_table_touch(table, (uint8_t *)s);
  }
  if (late) RN_COUNT(op->counters.late, late);
  return RN_OK;
}

/* --- output ------------------------------------------------------------------------------------------------------- */

static rn_status flush(window_join *self, rn_error *err) {
  rn_operator *op = &self->op;
  uint32_t n = self->out_count;
  if (!n) return RN_OK;
  rn_batch out;
  rn_output_rows(op, self->out[0], n, self->widths[0], &out);
  if (self->pairs_leave) rn_keys_decode(self->out[1], n, out.columns + self->widths[0], self->widths[1], 0, n, &op->arena);
  if (op->node->u.join.kind == RN_JOIN_KIND_MARK) memcpy(out.columns[self->widths[0]].data, self->marks, n);
  self->out_count = 0;
  return rn_emit(op, &out, err);
}

static rn_status put(window_join *self, rn_slice left, rn_slice right, bool mark, rn_error *err) {
  uint32_t at = self->out_count++;
  self->out[0][at] = left;
  self->out[1][at] = right;
  self->marks[at] = mark;
  return self->out_count < self->op.context->batch_rows && self->out_count < CHUNK ? RN_OK : flush(self, err);
}

static rn_slice row_of(window_join *self, const kept *k) { return rn_state_load(self->op.state, k->row); }

/* --- a window fires -------------------------------------------------------------------------------------------------- */

static rn_status settle(window_join *self, rn_error *err) {
  uint16_t live[CHUNK];
  uint32_t n = self->pair_count;
  self->pair_count = 0;
  if (!n) return RN_OK;
  if (self->condition) {
    rn_slice sides[2][CHUNK];
    rn_batch chunk;
    rn_eval eval;
    uint32_t pass = 0;
    for (uint32_t i = 0; i < n; i++)
      for (int s = 0; s < 2; s++) sides[s][i] = row_of(self, self->pairs[s][i]);
    rn_join_pairs(&self->both, self->widths[0], sides[0], sides[1], n, &self->scratch, &chunk);
    rn_operator_eval(&self->op, &chunk, &eval, err);
    eval.arena = &self->scratch;
    if (rn_program_filter(self->condition, &chunk, &eval, live, &pass) != RN_OK) return RN_FAIL;
    n = pass;
  }
  for (uint32_t i = 0; i < n; i++) {
    uint32_t at = self->condition ? live[i] : i;
    kept *left = self->pairs[0][at], *right = self->pairs[1][at];
    left->met = right->met = 1;
    if (self->pairs_leave && put(self, row_of(self, left), row_of(self, right), true, err) != RN_OK) return RN_FAIL;
  }
  return RN_OK;
}

static rn_status meet(window_join *self, rn_table *left, rn_table *right, rn_error *err) {
  rn_state *state = self->op.state;
  for (uint32_t p = 0, end = rn_table_end(left); p < end; p++) {
    uint8_t *bytes = rn_table_at(left, p);
    const slot *l = (const slot *)(const void *)bytes;
    if (!bytes || l->null) continue;
    rn_slice key = rn_table_key(left, bytes);
    const slot *r = (const slot *)(const void *)rn_table_find(right, rn_table_hash(left, bytes), key.ptr, (uint32_t)key.len);
    if (!r) continue;
    uint32_t many[2] = {rn_list_count(state, l->rows), rn_list_count(state, r->rows)};
    for (uint32_t i = 0; i < many[0]; i++) {
      kept *one = (kept *)(void *)rn_list_at(state, l->rows, i);
      for (uint32_t k = 0; k < many[1]; k++) {
        self->pairs[0][self->pair_count] = one;
        self->pairs[1][self->pair_count++] = (kept *)(void *)rn_list_at(state, r->rows, k);
        if (self->pair_count == CHUNK && settle(self, err) != RN_OK) return RN_FAIL;
      }
    }
  }
  return settle(self, err);
}

/* Rows of a side as the kind of the join says, once all have met. */
static rn_status put_alone(window_join *self, rn_table *table, unsigned side, rn_error *err) {
  rn_state *state = self->op.state;
  rn_join_kind kind = self->op.node->u.join.kind;
  for (uint32_t p = 0, end = rn_table_end(table); p < end; p++) {
    uint8_t *bytes = rn_table_at(table, p);
    if (!bytes) continue;
    rn_ref rows = ((const slot *)(const void *)bytes)->rows;
    for (uint32_t i = 0, count = rn_list_count(state, rows); i < count; i++) {
      const kept *k = (const kept *)(const void *)rn_list_at(state, rows, i);
      if (kind == RN_JOIN_KIND_SEMI ? !k->met : kind != RN_JOIN_KIND_MARK && k->met) continue;
      rn_slice row = row_of(self, k);
      rn_status status = side ? put(self, self->nulls[0], row, false, err) : put(self, row, self->nulls[1], k->met != 0, err);
      if (status != RN_OK) return RN_FAIL;
    }
  }
  return RN_OK;
}

static rn_status fire(window_join *self, int64_t end, rn_error *err) {
  rn_table *sides[2] = {rn_map_find(self->maps[0], end), rn_map_find(self->maps[1], end)};
  if (sides[0] && sides[1] && meet(self, sides[0], sides[1], err) != RN_OK) return RN_FAIL;
  for (unsigned s = 0; s < 2; s++) {
    if (sides[s] && (self->keeps[s] || (s == 0 && !self->pairs_leave)) && put_alone(self, sides[s], s, err) != RN_OK) return RN_FAIL;
  }
  if (flush(self, err) != RN_OK) return RN_FAIL; /* slices end with the window */
  for (unsigned s = 0; s < 2; s++)
    if (sides[s]) rn_map_drop(self->maps[s], end);
  return RN_OK;
}

static int64_t first_end(const window_join *self) {
  int64_t end = INT64_MAX;
  for (unsigned s = 0; s < 2; s++) {
    if (!rn_map_table_count(self->maps[s])) continue;
    int64_t first = rn_table_namespace(rn_map_table_at(self->maps[s], 0));
    if (first < end) end = first;
  }
  return end;
}

static rn_status join_watermark(rn_operator *op, int64_t watermark_us, rn_error *err) {
  window_join *self = (window_join *)op;
  for (int64_t end; (end = first_end(self)) != INT64_MAX && rn_window_fires(&self->time, end) <= watermark_us;)
    if (fire(self, end, err) != RN_OK) return RN_FAIL;
  return rn_emit_watermark(op, watermark_us, err);
}

static int64_t join_horizon(rn_operator *op) {
  window_join *self = (window_join *)op;
  int64_t left = rn_window_last_fires(&self->time, self->maps[0]), right = rn_window_last_fires(&self->time, self->maps[1]);
  return left > right ? left : right; /* NONE is the least */
}

static void join_close(rn_operator *op) {
  window_join *self = (window_join *)op;
  if (self->condition) rn_program_free(self->condition);
  self->condition = NULL;
  rn_arena_free(&self->memory);
  rn_arena_free(&self->scratch);
}

const rn_operator_class rn_op_window_join_class = {
    .name = "window-join", .size = sizeof(window_join), .open = join_open, .process_batch = join_process,
    .on_watermark = join_watermark, .horizon = join_horizon, .close = join_close};
