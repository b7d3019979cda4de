/* WATERMARK: event time of a source (Akidau 2015, the Dataflow model; Flink's per-split generators).
 *
 * Every split of the scan has its own watermark, the largest value of the WATERMARK expression so far; the
 * operator's is the minimum over the splits that count. A split that has not had a row yet holds it back; one
 * that was read to its end, or is idle for longer than the timeout, does not. Emitted at batch ends: when event
 * time has moved by the interval, or when the interval has passed on the clock. With interval 0 the batch is cut
 * behind every row that advances the watermark, so results do not depend on the size of batches.
 * on-event with a gap: a split's watermark follows every gap-th of its rows. Who waits for others, and rows that are not believed
 * because they are far ahead of the clock: op_watermark_wait.c. */
#include <stdio.h>
#include "base/alloc.h"
#include "runtime/job.h"
#include "runtime/operators/op_watermark.h"

enum { PUBLISH_US = 200000 }; /* what holds the watermark is told other threads at most that often */

typedef rn_watermark_op watermark;
typedef rn_split_state split_state;
typedef rn_restored_split restored_split;

static rn_status watermark_open(rn_operator *op, rn_error *err) {
  watermark *self = (watermark *)op;
  rn_arena_init(&self->programs);
  pthread_mutex_init(&self->lock, NULL);
  self->emitted_us = RN_WATERMARK_NONE;
  self->emitted_at_us = INT64_MIN / 2;
  self->said_ahead_us = INT64_MIN / 2;
  int64_t timeout = op->node->u.watermark.idle_timeout_us;
  if (timeout > 0) op->timer_us = rn_clock_now_us(op->context->clock) + timeout; /* a split may never send a row */
  if (op->node->u.watermark.align_group && op->context->job) {
    self->aligned = rn_job_align(op->context->job, op->node->u.watermark.align_group, op->node->u.watermark.align_drift_us);
    if (op->scan) rn_scan_align(op->scan, self->aligned);
  }
  rn_expr *expr = op->node->u.watermark.expr;
  return rn_program_compile(&expr, 1, &self->programs, &self->program, err);
}

static const char *split_name(const watermark *self, uint32_t split) {
  const char *name = self->op.scan ? rn_scan_split_name(self->op.scan, split) : NULL;
  return name ? name : "";
}

static void know_splits(watermark *self, uint32_t least, int64_t now_us) {
  uint32_t count = self->op.scan ? rn_scan_splits(self->op.scan) : 1;
  if (count < least) count = least;
  while (self->splits.len < count) {
    split_state s = {
        .watermark_us = RN_WATERMARK_NONE, .seen_us = RN_WATERMARK_NONE, .behind_us = RN_WATERMARK_NONE, .last_row_us = now_us};
    const char *name = split_name(self, (uint32_t)self->splits.len);
    for (size_t i = 0; i < self->restored.len; i++) {
      const restored_split *r = &self->restored.data[i];
      if (strcmp(r->name, name) != 0) continue;
      s.watermark_us = r->watermark_us;
      s.seen_us = r->seen_us;
      s.events = r->events;
    }
    RN_VEC_PUSH(&self->splits, s);
  }
}

/* Minimum over the splits that count; false: none counts. */
static bool combined(const watermark *self, int64_t *least) {
  bool any = false;
  *least = RN_WATERMARK_END;
  for (uint32_t i = 0; i < self->splits.len; i++) {
    const split_state *s = &self->splits.data[i];
    if (s->idle || (self->op.scan && !rn_scan_split_active(self->op.scan, i))) continue;
    any = true;
    if (s->watermark_us < *least) *least = s->watermark_us;
  }
  return any;
}

static void publish(watermark *self, int64_t now_us) {
  rn_watermark_hold hold = {.splits = (uint32_t)self->splits.len, .watermark_us = RN_WATERMARK_END};
  for (uint32_t i = 0; i < self->splits.len; i++) {
    const split_state *s = &self->splits.data[i];
    hold.idle += s->idle;
    if (s->idle || s->watermark_us >= hold.watermark_us || (self->op.scan && !rn_scan_split_active(self->op.scan, i))) continue;
    hold.watermark_us = s->watermark_us;
    hold.since_us = s->last_row_us;
    (void)snprintf(hold.split, sizeof hold.split, "%s", split_name(self, i));
  }
  self->published_us = now_us;
  pthread_mutex_lock(&self->lock);
  self->hold = hold;
  pthread_mutex_unlock(&self->lock);
}
bool rn_watermark_held(rn_operator *op, rn_watermark_hold *out) {
  watermark *self = (watermark *)op;
  pthread_mutex_lock(&self->lock);
  *out = self->hold;
  pthread_mutex_unlock(&self->lock);
  return out->splits > out->idle && out->watermark_us != RN_WATERMARK_END;
}

/* What the operator may promise now: with nobody left to wait for, the largest that was seen. */
static int64_t promised(const watermark *self) {
  int64_t least;
  if (combined(self, &least)) return least;
  least = RN_WATERMARK_NONE;
  for (size_t i = 0; i < self->splits.len; i++) {
    if (self->splits.data[i].watermark_us > least) least = self->splits.data[i].watermark_us;
  }
  return least;
}

static rn_status emit_now(watermark *self, int64_t value_us, int64_t now_us, rn_error *err) {
  self->emitted_us = value_us;
  self->emitted_at_us = now_us;
  return rn_emit_watermark(&self->op, value_us, err);
}

static void set_timer(watermark *self, int64_t at_us) {
  if (at_us < self->op.timer_us) self->op.timer_us = at_us;
}

static rn_status emit_if_due(watermark *self, int64_t now_us, rn_error *err) {
  int64_t interval = self->op.node->u.watermark.interval_us, value = promised(self);
  if (value <= self->emitted_us) return RN_OK;
  if (self->emitted_us == RN_WATERMARK_NONE || value - self->emitted_us > interval ||
      now_us - self->emitted_at_us >= interval) {
    return emit_now(self, value, now_us, err);
  }
  set_timer(self, self->emitted_at_us + interval);
  return RN_OK;
}

static rn_status check_idle(watermark *self, int64_t now_us, rn_error *err) {
  int64_t timeout = self->op.node->u.watermark.idle_timeout_us;
  if (timeout <= 0) return RN_OK;
  bool all = self->splits.len > 0, waits = self->op.scan && rn_scan_waits(self->op.scan);
  for (size_t i = 0; i < self->splits.len; i++) {
    split_state *s = &self->splits.data[i];
    if (waits) s->last_row_us = now_us; /* for its group: it is not idle */
    s->idle = !s->paused && now_us - s->last_row_us >= timeout;
    if (s->idle) continue;
    all = false;
    set_timer(self, s->last_row_us + timeout);
  }
  if (all) rn_watermark_publish_aligned(self, 0, true);
  if (all && !self->said_idle) {
    if (emit_if_due(self, now_us, err) != RN_OK) return RN_FAIL;
    self->said_idle = true;
    return rn_emit_idle(&self->op, true, err);
  }
  return RN_OK;
}

static const rn_run *run_at(const rn_batch *batch, uint32_t *run, uint32_t row) {
  while (*run + 1 < batch->run_count && batch->runs[*run + 1].first_row <= row) ++*run;
  return &batch->runs[*run];
}

/* Of the live rows [first, end): those beyond the limit are only counted. */
static int64_t largest_believed(watermark *self, const rn_batch *batch, const rn_column *values, uint32_t first, uint32_t end,
                                int64_t limit, int64_t now_us) {
  int64_t largest = RN_WATERMARK_NONE;
  for (uint32_t i = first; i < end; i++) {
    uint32_t row = rn_live(batch, i);
    int64_t value = ((const int64_t *)values->data)[row];
    if (!rn_is_valid(values, row)) continue;
    if (value > limit)
      rn_watermark_too_far(self, batch, row, now_us);
    else if (value > largest)
      largest = value;
  }
  return largest;
}

/* Raises the splits' watermarks by all live rows. */
static void observe(watermark *self, const rn_batch *batch, const rn_column *values, int64_t now_us) {
  const int64_t *value = values->data, limit = rn_watermark_limit(self, now_us);
  uint32_t run = 0, i = 0;
  while (i < batch->live_count) {
    uint32_t row = rn_live(batch, i), split = 0, end = batch->rows;
    if (batch->run_count) {
      split = run_at(batch, &run, row)->split;
      if (run + 1 < batch->run_count) end = batch->runs[run + 1].first_row;
    }
    split_state *s = &self->splits.data[split];
    int64_t largest = s->watermark_us;
    uint32_t first = i;
    const int64_t before = largest;
    for (; i < batch->live_count && (row = rn_live(batch, i)) < end; i++) {
      if (value[row] > largest && rn_is_valid(values, row)) largest = value[row];
    }
    if (largest > limit && largest > before) largest = largest_believed(self, batch, values, first, i, limit, now_us);
    s->watermark_us = largest > before ? largest : before;
    s->ahead_rows += i - first;
    self->unchecked_rows += i - first;
    s->last_row_us = now_us;
    s->idle = false;
  }
}

/* Cuts the batch behind every row that advances the combined watermark (every gap-th row of a split may). */
static rn_status cut(watermark *self, rn_batch *batch, const rn_column *values, int64_t now_us, rn_error *err) {
  rn_operator *op = &self->op;
  const int64_t *value = values->data;
  const uint16_t *live = batch->live;
  if (!live) {
    uint16_t *all = rn_arena_alloc(&op->arena, sizeof *all * (batch->live_count + 1));
    for (uint32_t i = 0; i < batch->live_count; i++) all[i] = (uint16_t)i;
    live = all;
  }
  uint32_t begin = 0, run = 0, count = batch->live_count, gap = op->node->u.watermark.gap;
  int64_t limit = rn_watermark_limit(self, now_us);
  for (uint32_t i = 0; i < count; i++) {
    uint32_t row = live[i];
    split_state *s = &self->splits.data[batch->run_count ? run_at(batch, &run, row)->split : 0];
    s->last_row_us = now_us;
    s->ahead_rows++;
    s->idle = false;
    if (rn_is_valid(values, row) && value[row] > s->seen_us) {
      if (value[row] > limit)
        rn_watermark_too_far(self, batch, row, now_us);
      else
        s->seen_us = value[row];
    }
    if (gap > 1 && ++s->events % gap != 0) continue;
    if (s->seen_us <= s->watermark_us) continue;
    s->watermark_us = s->seen_us;
    int64_t promise = promised(self);
    if (promise <= self->emitted_us) continue;
    rn_batch part = *batch;
    part.live = live + begin;
    part.live_count = i + 1 - begin;
    begin = i + 1;
    if (rn_emit(op, &part, err) != RN_OK || emit_now(self, promise, now_us, err) != RN_OK) return RN_FAIL;
  }
  if (begin == count) return RN_OK;
  rn_batch rest = *batch;
  rest.live = live + begin;
  rest.live_count = count - begin;
  return rn_emit(op, &rest, err);
}

/* Rows without rowtime: fail, leave out, or let them pass without a say in the watermark. */
static rn_status check_nulls(watermark *self, rn_batch *batch, rn_error *err) {
  rn_operator *op = &self->op;
  const rn_column *rowtime = &batch->columns[op->node->u.watermark.rowtime_column];
  if (!rowtime->valid || op->node->u.watermark.null_handling == 2) return RN_OK;
  uint16_t *rows = rn_arena_alloc(&op->arena, sizeof *rows * (batch->live_count + 1));
  uint32_t n = 0;
  for (uint32_t i = 0; i < batch->live_count; i++) {
    uint32_t row = rn_live(batch, i);
    if (rn_is_valid(rowtime, row)) {
      rows[n++] = (uint16_t)row;
    } else if (op->node->u.watermark.null_handling == 0) {
      rn_fail(err, RN_E_ROWTIME_NULL, "the WATERMARK column is NULL; filter such rows out, or set "
              "'table.exec.source.rowtime-null-handling' to DROP");
      return rn_operator_row_error(op, batch, row, err);
    }
  }
  if (n == batch->live_count) return RN_OK;
  RN_COUNT(op->counters.filtered, batch->live_count - n);
  batch->live = rows;
  batch->live_count = n;
  return RN_OK;
}

static rn_status watermark_process(rn_operator *op, unsigned input, rn_batch *batch, rn_error *err) {
  (void)input;
  watermark *self = (watermark *)op;
  int64_t now_us = rn_clock_now_us(op->context->clock);
  rn_batch in = *batch;
  rn_column values;
  rn_eval eval;
  uint32_t splits = 1;
  rn_arena_reset(&op->arena);
  if (check_nulls(self, &in, err) != RN_OK) return RN_FAIL;
  if (!in.live_count) return RN_OK;
  rn_operator_eval(op, &in, &eval, err);
  if (rn_program_run(self->program, &in, &eval, &values) != RN_OK) {
    return rn_operator_row_error(op, batch, eval.error_row, err);
  }
  for (uint32_t i = 0; i < in.run_count; i++) {
    if (in.runs[i].split >= splits) splits = in.runs[i].split + 1u;
  }
  know_splits(self, splits, now_us);
  if (self->said_idle) {
    self->said_idle = false;
    if (rn_emit_idle(op, false, err) != RN_OK) return RN_FAIL;
  }
  if (op->node->u.watermark.interval_us == 0) {
    if (cut(self, &in, &values, now_us, err) != RN_OK) return RN_FAIL;
  } else {
    observe(self, &in, &values, now_us);
    if (rn_emit(op, &in, err) != RN_OK || emit_if_due(self, now_us, err) != RN_OK) return RN_FAIL;
  }
  if (self->aligned) rn_watermark_publish_aligned(self, promised(self), false);
  rn_watermark_check_ahead(self, now_us);
  if (now_us - self->published_us >= PUBLISH_US)
    publish(self, now_us);
  else
    set_timer(self, self->published_us + PUBLISH_US);
  return check_idle(self, now_us, err);
}

static rn_status watermark_timer(rn_operator *op, int64_t now_us, rn_error *err) {
  watermark *self = (watermark *)op;
  know_splits(self, 1, now_us);
  rn_watermark_check_ahead(self, now_us);
  if (check_idle(self, now_us, err) != RN_OK) return RN_FAIL;
  publish(self, now_us);
  return emit_if_due(self, now_us, err);
}

/* From above come the end of the input, and what the source itself promises: no split is behind that. */
static rn_status watermark_from_input(rn_operator *op, int64_t watermark_us, rn_error *err) {
  watermark *self = (watermark *)op;
  if (watermark_us == RN_WATERMARK_END) {
    if (self->aligned) rn_aligned_leave(self->aligned);
    return rn_emit_watermark(op, watermark_us, err);
  }
  int64_t now_us = rn_clock_now_us(op->context->clock);
  know_splits(self, 1, now_us);
  for (size_t i = 0; i < self->splits.len; i++)
    if (self->splits.data[i].watermark_us < watermark_us) self->splits.data[i].watermark_us = watermark_us;
  int64_t value = promised(self);
  rn_watermark_publish_aligned(self, value, false);
  return value > self->emitted_us ? emit_now(self, value, now_us, err) : RN_OK;
}

static rn_status watermark_snapshot(rn_operator *op, rn_snapshot *out, rn_error *err) {
  (void)err;
  watermark *self = (watermark *)op;
  bool gap = op->node->u.watermark.gap > 1; /* then also where each split is between two of its watermarks */
  rn_builder b = {0};
  rn_put_varint(&b, self->splits.len + self->restored.len);
  for (size_t i = 0; i < self->restored.len; i++) { /* splits that have not come up since; later ones win */
    rn_put_bytes(&b, self->restored.data[i].name, strlen(self->restored.data[i].name));
    rn_put_i64(&b, self->restored.data[i].watermark_us);
  }
  for (uint32_t i = 0; i < self->splits.len; i++) {
    const char *name = split_name(self, i);
    rn_put_bytes(&b, name, strlen(name));
    rn_put_i64(&b, self->splits.data[i].watermark_us);
  }
  for (size_t i = 0; gap && i < self->restored.len; i++) {
    rn_put_i64(&b, self->restored.data[i].seen_us);
    rn_put_varint(&b, self->restored.data[i].events);
  }
  for (size_t i = 0; gap && i < self->splits.len; i++) {
    rn_put_i64(&b, self->splits.data[i].seen_us);
    rn_put_varint(&b, self->splits.data[i].events);
  }
  rn_snapshot_put(out, op->node->path, (uint16_t)(RN_GROUP_GLOBAL + op->context->subtask), true, &b);
  return RN_OK;
}

static rn_status watermark_restore(rn_operator *op, const rn_blob *blob, rn_error *err) {
  watermark *self = (watermark *)op;
  rn_reader r = {blob->data, blob->data + blob->len, false};
  RN_VEC(size_t) places = {0};
  for (uint64_t n = rn_get_varint(&r); n && !r.bad; n--) {
    rn_slice name = rn_get_bytes(&r);
    int64_t value = rn_get_i64(&r);
    if (r.bad) break;
    size_t at = 0;
    while (at < self->restored.len && !rn_slice_is(name, self->restored.data[at].name)) at++;
    if (at == self->restored.len) {
      restored_split s = {rn_strndup(name.ptr, name.len), value, value, 0};
      RN_VEC_PUSH(&self->restored, s);
    } else if (value > self->restored.data[at].watermark_us) {
      self->restored.data[at].watermark_us = self->restored.data[at].seen_us = value;
    }
    RN_VEC_PUSH(&places, at);
  }
  for (size_t i = 0; i < places.len && r.ptr < r.end && !r.bad; i++) {
    restored_split *s = &self->restored.data[places.data[i]];
    int64_t seen = rn_get_i64(&r);
    uint64_t events = rn_get_varint(&r);
    if (r.bad || events < s->events) continue; /* of an instance that has the split no longer */
    s->seen_us = seen;
    s->events = events;
  }
  RN_VEC_FREE(&places);
  return r.bad ? rn_fail(err, RN_E_STATE_CORRUPT, "stored watermarks cannot be read") : RN_OK;
}

/* An instance without splits must not hold the others back until its thread runs; a restored one stands where
 * it stood, before the first row comes. */
static rn_status watermark_start(rn_operator *op, rn_error *err) {
  watermark *self = (watermark *)op;
  int64_t now_us = rn_clock_now_us(op->context->clock);
  if (op->scan && rn_scan_splits(op->scan) == 0) {
    self->said_idle = true;
    return rn_emit_idle(op, true, err);
  }
  know_splits(self, 1, now_us); /* from now on a split without rows becomes idle */
  publish(self, now_us);
  if (self->restored.len == 0) return RN_OK;
  int64_t value = promised(self);
  rn_watermark_publish_aligned(self, value, false);
  return value > self->emitted_us ? emit_now(self, value, now_us, err) : RN_OK;
}

static void watermark_close(rn_operator *op) {
  watermark *self = (watermark *)op;
  if (self->program) rn_program_free(self->program);
  self->program = NULL;
  for (size_t i = 0; i < self->restored.len; i++) rn_free(self->restored.data[i].name);
  RN_VEC_FREE(&self->restored);
  RN_VEC_FREE(&self->splits);
  rn_arena_free(&self->programs);
}

const rn_operator_class rn_op_watermark_class = {
    .name = "watermark", .size = sizeof(watermark), .open = watermark_open, .process_batch = watermark_process,
    .on_watermark = watermark_from_input, .on_timer = watermark_timer, .snapshot = watermark_snapshot,
    .restore = watermark_restore, .start = watermark_start, .close = watermark_close};
