/* WINDOW_AGG: aggregates over TUMBLE, HOP and CUMULATE windows.
 *
 * A row updates one slot: that of its key in its slice (Li 2005, panes; Krishnamurthy 2006, shared slices).
 * TUMBLE: the slice is the window. HOP and CUMULATE: slices are folded into running accumulators per key as
 * windows fire (op_window_slices.c). Calls that cannot be merged across slices (DISTINCT, FIRST_VALUE) make
 * the slow way: the row updates every window it belongs to.
 * A window fires when the watermark reaches its end - 1 ms, windows in order of their end; a row is late when
 * the last window it belongs to has fired (DIALECT 5.5). */
#include "runtime/operators/op_window_agg.h"

#include "base/alloc.h"
#include "runtime/operators/operators.h"

enum { GROUPS_MAX = 64, MAP_SLICES = 1, MAP_DISTINCT = 8 };

static rn_status window_open(rn_operator *op, rn_error *err) {
  (void)err;
  rn_window_agg *self = (rn_window_agg *)op;
  const rn_plan_node *node = op->node;
  rn_arena_init(&self->memory);
  self->fired_end = INT64_MIN;
  rn_window_time_init(&self->time, &node->u.window_agg.spec, op->context->zone);
  rn_operator_open_state(op);
  rn_agg_set *set = &self->set;
  rn_agg_set_init(set, node->u.window_agg.calls, node->u.window_agg.call_count, 0, true, &self->memory);
  self->sliced = node->u.window_agg.spec.kind != RN_WINDOW_TUMBLE && set->mergeable;
  self->value_size = set->size;
  if (self->sliced) rn_window_slices_layout(self);
  const rn_type **types = RN_NEW_N(&self->memory, const rn_type *, node->u.window_agg.key_count + 1);
  for (uint32_t k = 0; k < node->u.window_agg.key_count; k++) types[k] = node->schema.fields[k].type;
  self->key_size = rn_key_fixed_size(types, node->u.window_agg.key_count);
  rn_map_spec spec = {.id = MAP_SLICES, .key_size = self->key_size, .value_size = self->value_size,
                      .value_align = set->align, .ref_count = set->ref_count, .refs = set->refs,
                      .tags = self->sliced};
  self->slices = rn_state_map(op->state, &spec);
  rn_agg_set_open(set, op->state, op->context->hash_seed, MAP_DISTINCT, NULL);
  if (self->sliced) rn_window_slices_open(self);
  return RN_OK;
}

/* --- rows ---------------------------------------------------------------------------------------------------- */

static void add_to_window(rn_window_agg *self, int64_t end, const rn_batch *batch, const rn_keys *keys,
                          const uint16_t *which, const uint16_t *rows, uint32_t n) {
  rn_table_upsert(rn_map_table(self->slices, end), keys, which, n, self->slots, self->fresh);
  if (self->set.has_init) {
    for (uint32_t i = 0; i < n; i++) {
      if (self->fresh[i]) rn_agg_set_clear(&self->set, self->slots[i]);
    }
  }
  rn_agg_set_update(&self->set, self->slots, batch, rows, n, keys, which, end);
}

/* Rows of one slice: rows[i] (NULL: i) with key which[i] (NULL: i). */
static void add_slice(rn_window_agg *self, int64_t slice_end, const rn_batch *batch, const rn_keys *keys,
                      const uint16_t *which, const uint16_t *rows, uint32_t n) {
  add_to_window(self, slice_end, batch, keys, which, rows, n);
  if (self->sliced) rn_window_slices_added(self, slice_end, batch, keys, which, rows, n);
}

enum { NO_GROUP = UINT8_MAX };
typedef struct row_groups { /* rows of a batch by slice */
  uint32_t count, first, end; /* rows [first, end) of the batch */
  int64_t ends[GROUPS_MAX];
  uint32_t rows[GROUPS_MAX];
  uint8_t group_of[RN_BATCH_ROWS_MAX];
} row_groups;

/* Counts the rows of the group as late, and keeps them where a table wants that. */
static void drop_group(rn_window_agg *self, const row_groups *groups, uint32_t group, uint32_t rows, const rn_batch *batch,
                       rn_late_cause cause, int64_t window_end) {
  const rn_late_set *set = &self->op.node->u.window_agg.late_set;
  if (!self->op.node->late_source && !set->column) {
    RN_COUNT(self->op.counters.late, rows);
    return;
  }
  for (uint32_t k = groups->first; k < groups->end; k++) {
    uint32_t row = rn_live(batch, k);
    if (groups->group_of[k] != group || !rn_late_here(set, batch, row)) continue;
    RN_COUNT(self->op.counters.late, 1);
    rn_late_row(&self->op, 0, batch, row, cause, window_end, self->time.zone);
  }
}

/* Has the last window with the slice fired? Its rows are late then; so are rows between the windows of a HOP whose
 * slide is larger than its size. */
static bool slice_is_late(rn_window_agg *self, const row_groups *groups, uint32_t group, const rn_batch *batch) {
  int64_t slice_end = groups->ends[group], last = rn_window_last_end(&self->time, slice_end);
  bool between = last < slice_end;
  if (!between && self->time.spec->processing_time) return false;
  if (!between && rn_window_fires(&self->time, last) > self->op.watermark_us) return false;
  drop_group(self, groups, group, groups->rows[group], batch, between ? RN_LATE_NO_WINDOW : RN_LATE_WINDOW, last);
  return true;
}

/* Every window gets its rows in order of arrival, whatever slices they lie in: FIRST_VALUE depends on it. */
static void add_to_each_window(rn_window_agg *self, const row_groups *groups, const rn_batch *batch, const rn_keys *keys) {
  bool timed = !self->time.spec->processing_time, late[GROUPS_MAX];
  uint16_t which[RN_BATCH_ROWS_MAX], rows[RN_BATCH_ROWS_MAX];
  int64_t firsts[GROUPS_MAX], lasts[GROUPS_MAX], step = rn_window_step(&self->time);
  for (uint32_t g = 0; g < groups->count; g++) {
    firsts[g] = rn_window_first_end(&self->time, groups->ends[g]);
    lasts[g] = rn_window_last_end(&self->time, groups->ends[g]);
    late[g] = slice_is_late(self, groups, g, batch);
  }
  for (uint32_t g = 0; g < groups->count; g++) {
    for (int64_t end = firsts[g]; end <= lasts[g] && !late[g]; end += step) {
      if (timed && rn_window_fires(&self->time, end) <= self->op.watermark_us) continue;
      bool done = false;
      for (uint32_t o = 0; o < g && !done; o++) done = !late[o] && firsts[o] <= end && end <= lasts[o];
      if (done) continue;
      uint32_t n = 0;
      for (uint32_t k = groups->first; k < groups->end; k++) {
        uint8_t o = groups->group_of[k];
        if (o == NO_GROUP || firsts[o] > end || lasts[o] < end) continue;
        which[n] = (uint16_t)k;
        rows[n++] = (uint16_t)rn_live(batch, k);
      }
      add_to_window(self, end, batch, keys, which, rows, n);
    }
  }
}

/* Sorts the rows [first, n) by slice and adds them; returns how far it came (GROUPS_MAX slices at a time). */
static uint32_t add_rows(rn_window_agg *self, const rn_batch *batch, const rn_keys *keys, const int64_t *times,
                         const rn_column *time, uint32_t first) {
  row_groups groups = {.first = first};
  uint32_t current = 0, i, n = batch->live_count, missing = 0;
  for (i = first; i < n; i++) {
    uint32_t row = rn_live(batch, i);
    if (rn_is_null(time, row)) {
      groups.group_of[i] = NO_GROUP;
      missing++;
      continue;
    }
    int64_t end = rn_slice_end(&self->time, times[row]);
    if (!groups.count || groups.ends[current] != end) {
      for (current = 0; current < groups.count && groups.ends[current] != end; current++) {
      }
      if (current == GROUPS_MAX) break;
      if (current == groups.count) {
        groups.ends[groups.count] = end;
        groups.rows[groups.count++] = 0;
      }
    }
    groups.group_of[i] = (uint8_t)current;
    groups.rows[current]++;
  }
  groups.end = i;
  if (missing) drop_group(self, &groups, NO_GROUP, missing, batch, RN_LATE_NO_TIME, 0);
  if (!self->sliced && self->time.spec->kind != RN_WINDOW_TUMBLE) {
    add_to_each_window(self, &groups, batch, keys);
    return i;
  }
  if (groups.count == 1 && first == 0 && i == n && !missing) {
    if (!slice_is_late(self, &groups, 0, batch)) add_slice(self, groups.ends[0], batch, keys, NULL, batch->live, n);
    return i;
  }
  uint16_t which[RN_BATCH_ROWS_MAX], rows[RN_BATCH_ROWS_MAX];
  for (uint32_t g = 0; g < groups.count; g++) {
    if (slice_is_late(self, &groups, g, batch)) continue;
    uint32_t count = 0;
    for (uint32_t k = first; k < i; k++) {
      if (groups.group_of[k] != g) continue;
      which[count] = (uint16_t)k;
      rows[count++] = (uint16_t)rn_live(batch, k);
    }
    add_slice(self, groups.ends[g], batch, keys, which, rows, count);
  }
  return i;
}

/* The next timer of processing-time windows. */
static void set_timer(rn_window_agg *self) {
  if (!self->time.spec->processing_time) return;
  int64_t end;
  if (self->sliced) {
    if (!rn_window_slices_next(self, &end)) return;
  } else {
    if (!rn_map_table_count(self->slices)) return;
    end = rn_table_namespace(rn_map_table_at(self->slices, 0));
  }
  self->op.timer_us = rn_window_fires(&self->time, end);
}

static rn_status window_process(rn_operator *op, unsigned input, rn_batch *batch, rn_error *err) {
  (void)input, (void)err;
  rn_window_agg *self = (rn_window_agg *)op;
  const rn_plan_node *node = op->node;
  if (!batch->live_count) return RN_OK;
  rn_keys keys;
  rn_arena_reset(&op->arena);
  rn_keys_encode(&keys, batch, node->u.window_agg.keys, node->u.window_agg.key_count, op->context->hash_seed, &op->arena);
  if (self->time.spec->processing_time) {
    row_groups groups = {.count = 1, .end = batch->live_count, .rows = {batch->live_count}};
    groups.ends[0] = rn_slice_end(&self->time, rn_clock_now_us(op->context->clock));
    if (self->sliced || self->time.spec->kind == RN_WINDOW_TUMBLE) {
      if (!slice_is_late(self, &groups, 0, batch)) {
        add_slice(self, groups.ends[0], batch, &keys, NULL, batch->live, batch->live_count);
      }
    } else {
      add_to_each_window(self, &groups, batch, &keys);
    }
    set_timer(self);
    return RN_OK;
  }
  const rn_column *time = &batch->columns[node->u.window_agg.spec.time_column];
  for (uint32_t i = 0; i < batch->live_count;) i = add_rows(self, batch, &keys, time->data, time, i);
  return RN_OK;
}

/* --- firing --------------------------------------------------------------------------------------------------- */

rn_status rn_window_emit(rn_window_agg *self, int64_t end, const uint8_t *const *slots, const rn_slice *keys,
                         uint32_t count, rn_error *err) {
  rn_operator *op = &self->op;
  const rn_plan_node *node = op->node;
  uint32_t key_count = node->u.window_agg.key_count, calls = node->u.window_agg.call_count;
  rn_batch batch;
  rn_output_rows(op, keys, count, key_count, &batch);
  rn_agg_set_results(&self->set, slots, count, batch.columns + key_count, 0, count, &op->arena);
  const int64_t values[3] = {rn_window_start(&self->time, end), end, rn_window_instant(&self->time, end)};
  for (uint32_t v = 0; v < 3 && key_count + calls + v < batch.column_count; v++) {
    int64_t *to = batch.columns[key_count + calls + v].data;
    for (uint32_t i = 0; i < count; i++) to[i] = values[v];
  }
  return rn_emit(op, &batch, err);
}

static rn_status fire_window(rn_window_agg *self, rn_table *table, rn_error *err) {
  uint32_t target = self->op.context->batch_rows, n = 0;
  int64_t end = rn_table_namespace(table);
  for (uint32_t p = 0, last = rn_table_end(table); p < last; p++) {
    uint8_t *slot = rn_table_at(table, p);
    if (!slot) continue;
    self->slots[n] = slot;
    self->keys[n++] = rn_table_key(table, slot);
    if (n < target) continue;
    if (rn_window_emit(self, end, (const uint8_t *const *)self->slots, self->keys, n, err) != RN_OK) return RN_FAIL;
    n = 0;
  }
  if (n && rn_window_emit(self, end, (const uint8_t *const *)self->slots, self->keys, n, err) != RN_OK) return RN_FAIL;
  rn_map_drop(self->slices, end);
  rn_agg_set_drop_namespace(&self->set, end);
  return RN_OK;
}

static rn_status fire(rn_window_agg *self, int64_t upto_us, rn_error *err) {
  if (self->sliced) return rn_window_slices_fire(self, upto_us, err);
  while (rn_map_table_count(self->slices)) {
    rn_table *table = rn_map_table_at(self->slices, 0);
    if (rn_window_fires(&self->time, rn_table_namespace(table)) > upto_us) break;
    if (fire_window(self, table, err) != RN_OK) return RN_FAIL;
  }
  return RN_OK;
}

static rn_status window_watermark(rn_operator *op, int64_t watermark_us, rn_error *err) {
  rn_window_agg *self = (rn_window_agg *)op;
  /* The end of the input closes processing-time windows too. */
  if (!self->time.spec->processing_time || watermark_us == RN_WATERMARK_END) {
    if (fire(self, watermark_us, err) != RN_OK) return RN_FAIL;
  }
  return rn_emit_watermark(op, watermark_us, err);
}

static rn_status window_timer(rn_operator *op, int64_t now_us, rn_error *err) {
  rn_window_agg *self = (rn_window_agg *)op;
  if (fire(self, now_us, err) != RN_OK) return RN_FAIL;
  set_timer(self);
  return RN_OK;
}

static int64_t window_horizon(rn_operator *op) {
  rn_window_agg *self = (rn_window_agg *)op;
  uint32_t count = rn_map_table_count(self->slices);
  if (!count || self->time.spec->processing_time) return RN_WATERMARK_NONE;
  int64_t end = rn_table_namespace(rn_map_table_at(self->slices, count - 1));
  return rn_window_fires(&self->time, self->sliced ? rn_window_last_end(&self->time, end) : end);
}

/* --- epochs ----------------------------------------------------------------------------------------------------- */

static rn_status window_snapshot(rn_operator *op, rn_snapshot *out, rn_error *err) {
  (void)err;
  rn_window_agg *self = (rn_window_agg *)op;
  if (!self->sliced || self->fired_end == INT64_MIN) return RN_OK;
  rn_builder b = {0};
  rn_put_i64(&b, self->fired_end);
  rn_snapshot_put(out, op->node->path, (uint16_t)(RN_GROUP_GLOBAL + op->context->subtask), true, &b);
  return RN_OK;
}

static rn_status window_restore(rn_operator *op, const rn_blob *blob, rn_error *err) {
  (void)err;
  rn_window_agg *self = (rn_window_agg *)op;
  rn_reader r = {blob->data, blob->data + blob->len, false};
  int64_t end = rn_get_i64(&r);
  if (end > self->fired_end) self->fired_end = end; /* instances fire alike: all follow one watermark */
  return RN_OK;
}

static rn_status window_restored(rn_operator *op, rn_error *err) {
  (void)err;
  rn_window_agg *self = (rn_window_agg *)op;
  if (self->sliced) rn_window_slices_restored(self);
  set_timer(self);
  return RN_OK;
}

static void window_close(rn_operator *op) {
  rn_window_agg *self = (rn_window_agg *)op;
  rn_agg_set_close(&self->set);
  rn_window_slices_close(self);
  rn_arena_free(&self->memory);
}

const rn_operator_class rn_op_window_agg_class = {
    .name = "window-aggregate", .size = sizeof(rn_window_agg), .open = window_open, .process_batch = window_process,
    .on_watermark = window_watermark, .on_timer = window_timer, .horizon = window_horizon, .snapshot = window_snapshot,
    .restore = window_restore, .restored = window_restored, .close = window_close};
