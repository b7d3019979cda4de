/* RANK: Top-N and deduplication (DIALECT 4.18). A group keeps its N best rows in order (rank_list.h); a row that is not
 * among them is forgotten at once.
 *
 *   WINDOW   groups are windows (and keys): their rows leave when the watermark has passed the window's end - 1 ms (or the
 *            clock its end), and the window's state goes; a row of a window that has fired is late
 *   FINAL    bounded input: everything leaves when the input ends
 *   CHANGES  on streams a row leaves as it comes. By position (the rank leaves too, or ranks do not begin at 1): from
 *            its place on, every rank is taken from its row (-U) and given to the next one (+U). Else only sets matter:
 *            the row that falls out leaves (-D), the new one comes (+I).
 *
 * Rows lie in state encoded as keys are; what leaves are slices of them until the batch is full. */
#include "base/alloc.h"
#include "base/vec.h"
#include "runtime/operators/operators.h"
#include "runtime/operators/rank_list.h"
#include "runtime/operators/window_time.h"

enum { MAP_GROUPS = 1 };

typedef struct group {
  rn_ref rows; /* list of rn_ranked, best first */
} group;

typedef struct rank {
  rn_operator op;
  rn_arena memory, scratch;
  rn_map *groups;
  rn_window_time time;
  int64_t closed; /* by the clock: end of the last window that left */
  uint32_t input_columns;
  bool by_position;
  rn_builder key;
  /* output being filled */
  rn_slice out[RN_BATCH_ROWS_MAX];
  int64_t numbers[RN_BATCH_ROWS_MAX];
  uint8_t kinds[RN_BATCH_ROWS_MAX];
  uint32_t out_count;
  RN_VEC(rn_ref) gone; /* of rows that wait in the output, released with it */
} rank;

static rn_status rank_open(rn_operator *op, rn_error *err) {
  (void)err;
  rank *self = (rank *)op;
  const rn_plan_node *node = op->node;
  const rn_schema *in = &node->inputs[0]->schema;
  rn_arena_init(&self->memory);
  rn_arena_init(&self->scratch);
  rn_operator_open_state(op);
  self->input_columns = in->count;
  self->closed = INT64_MIN;
  self->by_position = node->u.rank.number || node->u.rank.start > 1 || node->u.rank.end == 1;
  rn_window_time_init(&self->time, &node->u.rank.window, op->context->zone);
  const rn_type **types = RN_NEW_N(&self->memory, const rn_type *, node->u.rank.key_count + 1);
  for (uint32_t k = 0; k < node->u.rank.key_count; k++) types[k] = in->fields[node->u.rank.keys[k]].type;
  rn_map_spec spec = {.id = MAP_GROUPS, .key_size = rn_key_fixed_size(types, node->u.rank.key_count),
                      .value_size = sizeof(group), .value_align = 8, .ref_count = 1, .refs = &rn_ranked_refs,
                      .ttl_us = node->ttl_us[0]};
  self->groups = rn_state_map(op->state, &spec);
  return RN_OK;
}

/* --- output ------------------------------------------------------------------------------------------------------ */

static rn_status flush(rank *self, rn_error *err) {
  rn_operator *op = &self->op;
  uint32_t n = self->out_count;
  rn_status status = RN_OK;
  if (n) {
    rn_batch out;
    rn_output_rows(op, self->out, n, self->input_columns, &out);
    if (op->node->u.rank.number) memcpy(out.columns[self->input_columns].data, self->numbers, n * sizeof *self->numbers);
    rn_output_kinds(&out, self->kinds);
    self->out_count = 0;
    status = rn_emit(op, &out, err);
  }
  for (size_t i = 0; i < self->gone.len; i++) rn_state_release(op->state, self->gone.data[i]);
  self->gone.len = 0;
  return status;
}

static rn_status put(rank *self, rn_slice row, uint32_t place, rn_row_kind kind, rn_error *err) {
  const rn_plan_node *node = self->op.node;
  int64_t number = (int64_t)place + 1;
  if (number < node->u.rank.start || number > node->u.rank.end) return RN_OK;
  if (kind == RN_UPDATE_BEFORE && !node->u.rank.update_before) return RN_OK;
  uint32_t at = self->out_count++;
  self->out[at] = row;
  self->numbers[at] = number;
  self->kinds[at] = (uint8_t)kind;
  return self->out_count < self->op.context->batch_rows ? RN_OK : flush(self, err);
}

static rn_slice row_at(rank *self, rn_ref list, uint32_t i) {
  return rn_state_load(self->op.state, rn_ranked_at(self->op.state, list, i)->row);
}

/* --- rows come ----------------------------------------------------------------------------------------------------- */

/* Says what the row at `place` changes; the list holds it already, `fallen` is behind it. */
static rn_status put_changes(rank *self, rn_ref list, uint32_t place, const rn_ranked *fallen, rn_error *err) {
  rn_state *state = self->op.state;
  uint32_t count = rn_list_count(state, list);
  if (!self->by_position) {
    if (fallen && put(self, rn_state_load(state, fallen->row), 0, RN_DELETE, err) != RN_OK) return RN_FAIL;
    return put(self, row_at(self, list, place), 0, RN_INSERT, err);
  }
  for (uint32_t i = place; i < count; i++) {
    rn_slice now = row_at(self, list, i);
    bool was = i + 1 < count || fallen;
    if (was) {
      rn_slice before = i + 1 < count ? row_at(self, list, i + 1) : rn_state_load(state, fallen->row);
      if (put(self, before, i, RN_UPDATE_BEFORE, err) != RN_OK) return RN_FAIL;
    }
    if (put(self, now, i, was ? RN_UPDATE_AFTER : RN_INSERT, err) != RN_OK) return RN_FAIL;
  }
  return RN_OK;
}

static rn_status add_row(rank *self, rn_table *table, const rn_keys *keys, uint32_t i, rn_slice row, rn_error *err) {
  rn_operator *op = &self->op;
  const rn_plan_node *node = op->node;
  uint8_t *slot = rn_table_find(table, keys->hashes[i], keys->keys[i], keys->lengths[i]);
  if (!slot) slot = rn_table_upsert_one(table, keys->hashes[i], keys->keys[i], keys->lengths[i], NULL);
  rn_ref *list = &((group *)(void *)slot)->rows;
  rn_slice key = {self->key.data ? self->key.data : "", self->key.len};
  uint32_t most = (uint32_t)node->u.rank.end, count = rn_list_count(op->state, *list);
  uint32_t place = rn_ranked_place(op->state, *list, key, node->u.rank.latest);
  if (place >= most) return RN_OK;
  /* the same row again says nothing new */
  if (node->u.rank.latest && most == 1 && count == 1 && node->u.rank.mode == RN_RANK_CHANGES &&
      !node->u.rank.order_count && rn_slice_eq(row_at(self, *list, 0), row)) {
    return RN_OK;
  }
  rn_ranked fallen;
  bool fell = rn_ranked_insert(op->state, list, place, key, row, most, &fallen);
  rn_table_touch(table, slot);
  if (fell) rn_state_release(op->state, fallen.key);
  if (node->u.rank.mode != RN_RANK_CHANGES) {
    if (fell) rn_state_release(op->state, fallen.row);
    return RN_OK;
  }
  rn_status status = put_changes(self, *list, place, fell ? &fallen : NULL, err);
  if (fell) RN_VEC_PUSH(&self->gone, fallen.row); /* may wait in the output */
  return status;
}

/* Has the window left already? */
static bool has_left(const rank *self, int64_t end) {
  if (self->time.spec->processing_time) return end <= self->closed;
  return self->op.watermark_us != RN_WATERMARK_NONE && rn_window_fires(&self->time, end) <= self->op.watermark_us;
}

static void set_timer(rank *self) {
  if (self->op.node->u.rank.mode == RN_RANK_WINDOW && self->time.spec->processing_time && rn_map_table_count(self->groups))
    self->op.timer_us = rn_window_leaves(&self->time, rn_table_namespace(rn_map_table_at(self->groups, 0)));
}

static rn_status rank_process(rn_operator *op, unsigned input, rn_batch *batch, rn_error *err) {
  (void)input;
  rank *self = (rank *)op;
  const rn_plan_node *node = op->node;
  if (!batch->live_count) return RN_OK;
  bool windowed = node->u.rank.mode == RN_RANK_WINDOW;
  const int64_t *ends = windowed ? batch->columns[node->u.rank.window_end].data : NULL;
  const int64_t *times = node->u.rank.late_time ? batch->columns[node->u.rank.late_time - 1].data : NULL;
  rn_keys keys, rows;
  uint64_t late = 0;
  int64_t last_end = INT64_MIN;
  rn_table *table = windowed ? NULL : rn_map_table(self->groups, 0);
  rn_arena_reset(&self->scratch);
  rn_keys_encode(&keys, batch, node->u.rank.keys, node->u.rank.key_count, op->context->hash_seed, &self->scratch);
  rn_rows_encode(&rows, batch, NULL, self->input_columns, &self->scratch);
  for (uint32_t i = 0; i < batch->live_count; i++) {
    uint32_t row = rn_live(batch, i);
    if (windowed && (ends[row] != last_end || !table)) {
      last_end = ends[row];
      table = has_left(self, last_end) ? NULL : rn_map_table(self->groups, last_end);
    }
    if (!table) {
      if (!rn_window_is_last(&self->time, last_end, times ? times[row] : RN_WINDOW_ANY_TIME)) continue; /* others may be open */
      late++;
      if (!self->time.spec->processing_time) rn_late_row(op, 0, batch, row, RN_LATE_WINDOW, last_end, self->time.zone);
      continue;
    }
    rn_builder_clear(&self->key);
    rn_sort_key_append(&self->key, batch->columns, node->u.rank.order, node->u.rank.order_count, row);
    if (add_row(self, table, &keys, i, rn_slice_make(rows.keys[i], rows.lengths[i]), err) != RN_OK) return RN_FAIL;
  }
  if (late) RN_COUNT(op->counters.late, late);
  set_timer(self);
  return flush(self, err);
}

/* --- rows leave ----------------------------------------------------------------------------------------------------- */

static rn_status emit_table(rank *self, rn_table *table, rn_error *err) {
  for (uint32_t p = 0, end = rn_table_end(table); p < end; p++) {
    uint8_t *slot = rn_table_at(table, p);
    if (!slot) continue;
    rn_ref list = ((group *)(void *)slot)->rows;
    for (uint32_t i = 0, count = rn_list_count(self->op.state, list); i < count; i++)
      if (put(self, row_at(self, list, i), i, RN_INSERT, err) != RN_OK) return RN_FAIL;
  }
  return flush(self, err);
}

/* Windows that leave by then, in order of their end. */
static rn_status close_windows(rank *self, int64_t upto_us, rn_error *err) {
  while (rn_map_table_count(self->groups)) {
    rn_table *first = rn_map_table_at(self->groups, 0);
    int64_t end = rn_table_namespace(first);
    if (rn_window_leaves(&self->time, end) > upto_us) break;
    if (emit_table(self, first, err) != RN_OK) return RN_FAIL;
    rn_map_drop(self->groups, end);
    self->closed = end;
  }
  return RN_OK;
}

static rn_status rank_timer(rn_operator *op, int64_t now_us, rn_error *err) {
  rank *self = (rank *)op;
  if (close_windows(self, now_us, err) != RN_OK) return RN_FAIL;
  set_timer(self);
  return RN_OK;
}

static rn_status rank_restored(rn_operator *op, rn_error *err) {
  (void)err;
  set_timer((rank *)op);
  return RN_OK;
}

static rn_status rank_watermark(rn_operator *op, int64_t watermark_us, rn_error *err) {
  rank *self = (rank *)op;
  rn_rank_mode mode = op->node->u.rank.mode;
  bool closes = mode == RN_RANK_WINDOW && (!self->time.spec->processing_time || watermark_us == RN_WATERMARK_END);
  if (closes && close_windows(self, watermark_us, err) != RN_OK) return RN_FAIL;
  if (mode == RN_RANK_FINAL && watermark_us == RN_WATERMARK_END) {
    if (emit_table(self, rn_map_table(self->groups, 0), err) != RN_OK) return RN_FAIL;
    rn_map_drop(self->groups, 0);
  }
  return mode == RN_RANK_FINAL ? rn_emit_last_watermark(op, watermark_us, err) : rn_emit_watermark(op, watermark_us, err);
}

static int64_t rank_horizon(rn_operator *op) {
  rank *self = (rank *)op;
  bool waits = op->node->u.rank.mode == RN_RANK_WINDOW && !self->time.spec->processing_time;
  return waits ? rn_window_last_fires(&self->time, self->groups) : RN_WATERMARK_NONE;
}

static void rank_close(rn_operator *op) {
  rank *self = (rank *)op;
  RN_VEC_FREE(&self->gone);
  rn_builder_free(&self->key);
  rn_arena_free(&self->scratch);
  rn_arena_free(&self->memory);
}

const rn_operator_class rn_op_rank_class = {
    .name = "rank", .size = sizeof(rank), .open = rank_open, .process_batch = rank_process,
    .on_watermark = rank_watermark, .on_timer = rank_timer, .horizon = rank_horizon, .restored = rank_restored,
    .close = rank_close};
