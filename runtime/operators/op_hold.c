/* HOLD: when the results of open windows are shown (DIALECT 5.6). Stands behind an early GROUP_AGG, which gives every
 * change, and lets them out as table.exec.emit.* says, as the triggers of Flink's group windows do:
 *
 *   early   before the window's end: every change, or every delay of the clock, counted from a key's first row; or never
 *   on time the result at the window's end
 *   late    behind it, while lateness allows rows: every change, or every delay. A key that comes late as a whole has no
 *           result on time that could be corrected: each of its changes is shown
 *
 * What is still held when the window goes is shown then: nothing is lost. A slot keeps the row that is shown and the one
 * that waits, encoded as keys are; timers of the clock are in a heap that is made again from the slots when restored. */
#include "base/alloc.h"
#include "base/vec.h"
#include "runtime/operators/operators.h"
#include "runtime/operators/window_time.h"

enum { MAP_ROWS = 1 };
enum { PHASE_EARLY, PHASE_ON_TIME /* has been shown */, PHASE_LATE /* came late as a whole */ };

typedef struct held {
  rn_ref shown, waiting;
  int64_t due_us;   /* 0: no period has begun in this phase */
  uint32_t phase;
  uint32_t counted; /* a timer is on its way */
} held;
static const rn_ref_spec held_refs[] = {{.offset = offsetof(held, shown)}, {.offset = offsetof(held, waiting)}};

typedef struct timer {
  int64_t due_us, end; /* of which window */
  uint32_t position;   /* of the slot in its table */
} timer;

typedef struct hold {
  rn_operator op;
  rn_arena memory, scratch;
  rn_map *rows;
  rn_window_time time;
  uint32_t *keys; /* 0 .. key_count - 1 */
  RN_VEC(timer) timers; /* a heap */
  /* output being filled */
  rn_slice out[RN_BATCH_ROWS_MAX];
  uint8_t kinds[RN_BATCH_ROWS_MAX];
  uint32_t out_count;
  RN_VEC(rn_ref) gone; /* rows that wait in the output, released with it */
} hold;

static rn_status hold_open(rn_operator *op, rn_error *err) {
  (void)err;
  hold *self = (hold *)op;
  const rn_plan_node *node = op->node;
  uint32_t count = node->u.hold.key_count;
  rn_arena_init(&self->memory);
  rn_arena_init(&self->scratch);
  rn_operator_open_state(op);
  rn_window_time_init(&self->time, &node->u.hold.window, op->context->zone);
  const rn_type **types = RN_NEW_N(&self->memory, const rn_type *, count + 1);
  self->keys = RN_NEW_N(&self->memory, uint32_t, count + 1);
  for (uint32_t k = 0; k < count; k++) {
    types[k] = node->schema.fields[k].type;
    self->keys[k] = k;
  }
  rn_map_spec spec = {.id = MAP_ROWS, .key_size = rn_key_fixed_size(types, count), .value_size = sizeof(held),
                      .value_align = 8, .ref_count = 2, .refs = held_refs};
  self->rows = rn_state_map(op->state, &spec);
  return RN_OK;
}

/* --- timers -------------------------------------------------------------------------------------------------------- */

static bool sooner(const timer *a, const timer *b) {
  if (a->due_us != b->due_us) return a->due_us < b->due_us;
  return a->end != b->end ? a->end < b->end : a->position < b->position;
}

static void add_timer(hold *self, timer t) {
  RN_VEC_PUSH(&self->timers, t);
  timer *d = self->timers.data;
  size_t at = self->timers.len - 1;
  for (; at && sooner(&t, &d[(at - 1) / 2]); at = (at - 1) / 2) d[at] = d[(at - 1) / 2];
  d[at] = t;
}

static timer pop_timer(hold *self) {
  timer *d = self->timers.data, first = d[0], moved = d[--self->timers.len];
  size_t at = 0, n = self->timers.len;
  for (size_t child = 1; child < n; child = 2 * at + 1) {
    if (child + 1 < n && sooner(&d[child + 1], &d[child])) child++;
    if (!sooner(&d[child], &moved)) break;
    d[at] = d[child];
    at = child;
  }
  if (n) d[at] = moved;
  return first;
}

/* The periods of a key follow one another from its first row in this phase on. */
static void count_period(hold *self, rn_table *table, held *h, int64_t period_us) {
  if (h->counted) return;
  int64_t now_us = rn_clock_now_us(self->op.context->clock);
  if (!h->due_us) h->due_us = now_us + period_us;
  else if (h->due_us <= now_us) h->due_us += ((now_us - h->due_us) / period_us + 1) * period_us;
  h->counted = 1;
  add_timer(self, (timer){h->due_us, rn_table_namespace(table), rn_table_position(table, (uint8_t *)(void *)h)});
}

static void set_timer(hold *self) {
  int64_t next = self->timers.len ? self->timers.data[0].due_us : INT64_MAX;
  if (self->time.spec->processing_time && rn_map_table_count(self->rows)) {
    int64_t fires = rn_window_fires(&self->time, rn_table_namespace(rn_map_table_at(self->rows, 0)));
    if (fires < next) next = fires;
  }
  self->op.timer_us = next;
}

/* --- output --------------------------------------------------------------------------------------------------------- */

static rn_status flush(hold *self, rn_error *err) {
  rn_operator *op = &self->op;
  uint32_t n = self->out_count;
  rn_status status = RN_OK;
  if (n) {
    rn_batch out;
    rn_output_rows(op, self->out, n, op->node->schema.count, &out);
    rn_output_kinds(&out, self->kinds);
    self->out_count = 0;
    status = rn_emit(op, &out, err);
  }
  for (size_t i = 0; i < self->gone.len; i++) rn_state_release(op->state, self->gone.data[i]);
  self->gone.len = 0;
  return status;
}

static rn_status put(hold *self, rn_ref row, rn_row_kind kind, rn_error *err) {
  if (kind == RN_UPDATE_BEFORE && !self->op.node->u.hold.update_before) return RN_OK;
  self->out[self->out_count] = rn_state_load(self->op.state, row);
  self->kinds[self->out_count++] = (uint8_t)kind;
  return self->out_count < self->op.context->batch_rows ? RN_OK : flush(self, err);
}

/* Shows what waits, unless that is what is shown already. */
static rn_status show(hold *self, held *h, rn_error *err) {
  rn_state *state = self->op.state;
  if (!h->waiting) return RN_OK;
  rn_ref before = h->shown;
  if (before && rn_slice_eq(rn_state_load(state, before), rn_state_load(state, h->waiting))) {
    rn_state_release(state, h->waiting);
    h->waiting = 0;
    return RN_OK;
  }
  h->shown = h->waiting;
  h->waiting = 0;
  rn_status status = before ? put(self, before, RN_UPDATE_BEFORE, err) : RN_OK;
  if (status == RN_OK) status = put(self, h->shown, before ? RN_UPDATE_AFTER : RN_INSERT, err);
  if (before) RN_VEC_PUSH(&self->gone, before); /* may wait in the output */
  return status;
}

/* --- rows come ------------------------------------------------------------------------------------------------------ */

static rn_status keep_row(hold *self, rn_table *table, held *h, rn_slice row, bool late, rn_error *err) {
  const rn_plan_node *node = self->op.node;
  if (late && h->phase == PHASE_EARLY) h->phase = PHASE_LATE;
  if (h->waiting) RN_VEC_PUSH(&self->gone, h->waiting);
  h->waiting = rn_state_store(self->op.state, row.ptr, row.len);
  rn_table_touch(table, (uint8_t *)(void *)h);
  int64_t delay = late ? node->u.hold.late_us : node->u.hold.early_us;
  if (delay == 0 || h->phase == PHASE_LATE) return show(self, h, err);
  if (delay > 0) count_period(self, table, h, delay);
  return RN_OK;
}

static rn_status hold_process(rn_operator *op, unsigned input, rn_batch *batch, rn_error *err) {
  (void)input;
  hold *self = (hold *)op;
  const rn_plan_node *node = op->node;
  if (!batch->live_count) return RN_OK;
  const int64_t *ends = batch->columns[node->u.hold.end_key].data;
  rn_keys keys, rows;
  rn_table *table = NULL;
  bool late = false;
  rn_arena_reset(&self->scratch);
  rn_keys_encode(&keys, batch, self->keys, node->u.hold.key_count, op->context->hash_seed, &self->scratch);
  rn_rows_encode(&rows, batch, NULL, node->schema.count, &self->scratch);
  for (uint32_t i = 0; i < batch->live_count; i++) {
    int64_t end = ends[rn_live(batch, i)];
    if (!table || rn_table_namespace(table) != end) {
      table = rn_map_table(self->rows, end);
      late = !self->time.spec->processing_time && rn_window_fires(&self->time, end) <= op->watermark_us;
    }
    held *h = (held *)(void *)rn_table_upsert_one(table, keys.hashes[i], keys.keys[i], keys.lengths[i], NULL);
    if (keep_row(self, table, h, rn_slice_make(rows.keys[i], rows.lengths[i]), late, err) != RN_OK) return RN_FAIL;
  }
  if (flush(self, err) != RN_OK) return RN_FAIL;
  set_timer(self);
  return RN_OK;
}

/* --- time passes ---------------------------------------------------------------------------------------------------- */

/* The window's end; `last`: the window goes, whatever still waits leaves. */
static rn_status show_table(hold *self, rn_table *table, bool last, rn_error *err) {
  for (uint32_t p = 0, end = rn_table_end(table); p < end; p++) {
    held *h = (held *)(void *)rn_table_at(table, p);
    if (!h || (h->phase != PHASE_EARLY && !last)) continue;
    if (show(self, h, err) != RN_OK) return RN_FAIL;
    if (last) continue;
    h->phase = PHASE_ON_TIME;
    h->due_us = 0;
    h->counted = 0;
    rn_table_touch(table, (uint8_t *)(void *)h);
  }
  return flush(self, err);
}

static int64_t goes_at(hold *self, int64_t end) {
  int64_t fires = rn_window_fires(&self->time, end), lateness = self->op.node->u.hold.lateness_us;
  return fires > INT64_MAX - lateness ? INT64_MAX : fires + lateness;
}

static rn_status pass(hold *self, int64_t upto_us, rn_error *err) {
  for (uint32_t i = 0; i < rn_map_table_count(self->rows);) {
    rn_table *table = rn_map_table_at(self->rows, i);
    int64_t end = rn_table_namespace(table);
    if (rn_window_fires(&self->time, end) > upto_us) break;
    bool last = goes_at(self, end) <= upto_us;
    if (show_table(self, table, last, err) != RN_OK) return RN_FAIL;
    if (last) rn_map_drop(self->rows, end);
    else i++;
  }
  return RN_OK;
}

static rn_status hold_watermark(rn_operator *op, int64_t watermark_us, rn_error *err) {
  hold *self = (hold *)op;
  if (!self->time.spec->processing_time || watermark_us == RN_WATERMARK_END) {
    if (pass(self, watermark_us, err) != RN_OK) return RN_FAIL;
    set_timer(self);
  }
  return rn_emit_watermark(op, watermark_us, err);
}

/* Timers of windows that have gone, or of a phase that is over, find nothing. */
static rn_status hold_timer(rn_operator *op, int64_t now_us, rn_error *err) {
  hold *self = (hold *)op;
  while (self->timers.len && self->timers.data[0].due_us <= now_us) {
    timer t = pop_timer(self);
    rn_table *table = rn_map_find(self->rows, t.end);
    if (!table || t.position >= rn_table_end(table)) continue;
    held *h = (held *)(void *)rn_table_at(table, t.position);
    if (!h || !h->counted || h->due_us != t.due_us) continue;
    h->counted = 0;
    rn_table_touch(table, (uint8_t *)(void *)h);
    if (show(self, h, err) != RN_OK) return RN_FAIL;
  }
  if (flush(self, err) != RN_OK) return RN_FAIL;
  if (self->time.spec->processing_time && pass(self, now_us, err) != RN_OK) return RN_FAIL;
  set_timer(self);
  return RN_OK;
}

static int64_t hold_horizon(rn_operator *op) {
  hold *self = (hold *)op;
  return self->time.spec->processing_time ? RN_WATERMARK_NONE : rn_window_last_fires(&self->time, self->rows);
}

static rn_status hold_restored(rn_operator *op, rn_error *err) {
  (void)err;
  hold *self = (hold *)op;
  for (uint32_t i = 0, count = rn_map_table_count(self->rows); i < count; i++) {
    rn_table *table = rn_map_table_at(self->rows, i);
    for (uint32_t p = 0, end = rn_table_end(table); p < end; p++) {
      const held *h = (const held *)(const void *)rn_table_at(table, p);
      if (h && h->counted) add_timer(self, (timer){h->due_us, rn_table_namespace(table), p});
    }
  }
  set_timer(self);
  return RN_OK;
}

static void hold_close(rn_operator *op) {
  hold *self = (hold *)op;
  RN_VEC_FREE(&self->timers);
  RN_VEC_FREE(&self->gone);
  rn_arena_free(&self->scratch);
  rn_arena_free(&self->memory);
}

const rn_operator_class rn_op_hold_class = {
    .name = "hold", .size = sizeof(hold), .open = hold_open, .process_batch = hold_process,
    .on_watermark = hold_watermark, .on_timer = hold_timer, .horizon = hold_horizon, .restored = hold_restored,
    .close = hold_close};
