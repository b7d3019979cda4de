/* The generic part of every operator: edges, emission, and what several inputs have in common.
 *
 * Watermarks follow Flink's valve (StatusWatermarkValve): the combined watermark is the minimum over the
 * inputs that are active and have caught up; an input that comes back from idleness behind the combined
 * watermark does not hold it back until it has caught up. When the last active input goes idle, the largest
 * watermark seen is passed on, then idleness. The end of an input counts as the largest watermark; the drain
 * of --until-end as the largest finite one that anybody upstream wanted. */
#include "runtime/operator.h"
#include "base/alloc.h"
#include "base/hash.h"

/* Where the generic part keeps its own blob: behind the global groups of the operators themselves. */
enum { GROUP_WATERMARK = RN_GROUP_GLOBAL + RN_PARALLELISM_MAX };

/* --- life ------------------------------------------------------------------------------------------------ */

rn_operator *rn_operator_new(const rn_operator_class *op_class, const rn_plan_node *node, const rn_context *context,
                             uint32_t input_count) {
  rn_operator *op = rn_calloc(1, op_class->size);
  op->op_class = op_class;
  op->node = node;
  rn_context *own = rn_malloc(sizeof *own);
  *own = *context;
  op->context = own;
  op->input_count = input_count;
  if (input_count) {
    op->input_watermarks = rn_malloc(input_count * sizeof *op->input_watermarks);
    for (uint32_t i = 0; i < input_count; i++) op->input_watermarks[i] = RN_WATERMARK_NONE;
    op->input_idle = rn_calloc(input_count, sizeof *op->input_idle);
    op->input_ended = rn_calloc(input_count, sizeof *op->input_ended);
    op->input_lagging = rn_calloc(input_count, sizeof *op->input_lagging);
    op->input_drained = rn_calloc(input_count, sizeof *op->input_drained);
  }
  op->watermark_us = op->saved_watermark_us = op->drain_us = RN_WATERMARK_NONE;
  op->counters.watermark_us = RN_WATERMARK_NONE;
  op->timer_us = op->sweep_us = INT64_MAX;
  op->random_state = 0x9E3779B97F4A7C15u;
  rn_arena_init(&op->arena);
  return op;
}

void rn_operator_add_edge(rn_operator *op, rn_operator *target, unsigned input) {
  op->edges = rn_realloc(op->edges, (op->edge_count + 1) * sizeof *op->edges);
  op->edges[op->edge_count++] = (rn_edge){target, input};
}

/* How long to wait before idle state is looked for again: every entry is seen about four times in its life. */
static int64_t sweep_pause(const rn_operator *op) {
  int64_t pause_us = rn_state_ttl(op->state) / 4;
  return pause_us > RN_US_PER_SECOND ? pause_us : RN_US_PER_SECOND;
}

static void set_sweep(rn_operator *op, int64_t now_us, int64_t pause_us) {
  op->sweep_us = now_us > INT64_MAX - pause_us ? INT64_MAX : now_us + pause_us;
}

rn_status rn_operator_open(rn_operator *op, rn_error *err) {
  if (op->op_class->open && op->op_class->open(op, err) != RN_OK) return RN_FAIL;
  if (!op->state || !rn_state_ttl(op->state)) return RN_OK;
  int64_t now_us = rn_clock_now_us(op->context->clock);
  rn_state_set_now(op->state, now_us);
  set_sweep(op, now_us, sweep_pause(op));
  return RN_OK;
}

void rn_operator_free(rn_operator *op) {
  if (!op) return;
  if (op->state) rn_state_close(op->state); /* first: its map descriptions lie in the operator's memory */
  if (op->op_class->close) op->op_class->close(op);
  rn_arena_free(&op->arena);
  rn_free(op->edges);
  rn_free(op->input_watermarks);
  rn_free(op->input_idle);
  rn_free(op->input_ended);
  rn_free(op->input_lagging);
  rn_free(op->input_drained);
  rn_free((void *)(uintptr_t)op->context);
  rn_free(op);
}

void rn_operator_open_state(rn_operator *op) {
  uint16_t first, last;
  rn_key_group_range(op->context->subtask, op->context->parallelism, &first, &last);
  op->state = rn_state_open(op->node->path, op->context->hash_seed, first, last);
}

void rn_operator_eval(rn_operator *op, const rn_batch *batch, rn_eval *eval, rn_error *err) {
  *eval = (rn_eval){.arena = &op->arena,
                    .rows = batch->rows,
                    .zone = op->context->zone,
                    .now_us = op->context->batch_mode ? op->context->query_time_us
                                                      : rn_clock_now_us(op->context->clock),
                    .watermark_us = op->watermark_us,
                    .random_state = &op->random_state,
                    .err = err,
                    .error_row = -1};
}

/* --- emission ---------------------------------------------------------------------------------------------- */

rn_status rn_emit(rn_operator *op, rn_batch *batch, rn_error *err) {
  if (batch->live_count == 0) return RN_OK;
  RN_COUNT(op->counters.rows_out, batch->live_count);
  if (RN_CHECKED_BUILD) rn_batch_verify(batch, &op->node->schema);
  for (uint32_t i = 0; i < op->edge_count; i++) {
    if (rn_deliver_batch(op->edges[i].target, op->edges[i].input, batch, err) != RN_OK) return RN_FAIL;
  }
  return RN_OK;
}

static rn_status forward(rn_operator *op, rn_control control, int64_t value, rn_error *err) {
  if (op->op_class->control) return op->op_class->control(op, control, value, err);
  for (uint32_t i = 0; i < op->edge_count; i++) {
    rn_operator *to = op->edges[i].target;
    unsigned input = op->edges[i].input;
    rn_status status = RN_OK;
    switch (control) {
      case RN_CONTROL_WATERMARK: status = rn_deliver_watermark(to, input, value, err); break;
      case RN_CONTROL_IDLE: status = rn_deliver_idle(to, input, true, err); break;
      case RN_CONTROL_ACTIVE: status = rn_deliver_idle(to, input, false, err); break;
      case RN_CONTROL_END: status = rn_deliver_end(to, input, err); break;
      case RN_CONTROL_DRAIN: status = rn_deliver_drain(to, input, value, err); break;
    }
    if (status != RN_OK) return RN_FAIL;
  }
  return RN_OK;
}

rn_status rn_emit_watermark(rn_operator *op, int64_t watermark_us, rn_error *err) {
  __atomic_store_n(&op->counters.watermark_us, watermark_us, __ATOMIC_RELAXED);
  return forward(op, RN_CONTROL_WATERMARK, watermark_us, err);
}

rn_status rn_emit_idle(rn_operator *op, bool idle, rn_error *err) {
  return forward(op, idle ? RN_CONTROL_IDLE : RN_CONTROL_ACTIVE, 0, err);
}

/* --- delivery ---------------------------------------------------------------------------------------------- */

/* What an operator did; it has failed, too, when a value of its state grew too long. */
static rn_status done(const rn_operator *op, rn_status status, rn_error *err) {
  if (status != RN_OK || !op->state || !rn_state_is_full(op->state)) return status;
  rn_fail_at(err, RN_E_MEMORY, op->node->span, "what an aggregate gathers of one key takes more than %d MB: LISTAGG, ARRAY_AGG, COLLECT, PERCENTILE and the JSON ones keep every value",
             RN_GATHERED_BYTES_MAX >> 20);
  rn_hint(err, "group by more keys or by a window, or leave out values with FILTER (WHERE ..)");
  return RN_FAIL;
}

/* Idle state goes by the clock. */
static inline void set_state_clock(rn_operator *op) {
  if (op->sweep_us != INT64_MAX) rn_state_set_now(op->state, rn_clock_now_us(op->context->clock));
}

rn_status rn_deliver_batch(rn_operator *op, unsigned input, rn_batch *batch, rn_error *err) {
  RN_COUNT(op->counters.rows_in, batch->live_count);
  RN_COUNT(op->counters.batches_in, 1);
  set_state_clock(op);
  return done(op, op->op_class->process_batch(op, input, batch, err), err);
}

static rn_status raise_watermark(rn_operator *op, int64_t watermark_us, rn_error *err) {
  if (watermark_us <= op->watermark_us) return RN_OK;
  op->watermark_us = watermark_us;
  __atomic_store_n(&op->counters.watermark_us, watermark_us, __ATOMIC_RELAXED);
  set_state_clock(op);
  if (op->op_class->on_watermark) return done(op, op->op_class->on_watermark(op, watermark_us, err), err);
  return rn_emit_watermark(op, watermark_us, err);
}

/* Minimum over the inputs that count; RN_WATERMARK_NONE when none counts. */
static rn_status combine(rn_operator *op, rn_error *err) {
  int64_t least = RN_WATERMARK_END;
  bool any = false;
  for (uint32_t i = 0; i < op->input_count; i++) {
    if (op->input_idle[i] || op->input_lagging[i]) continue;
    any = true;
    if (op->input_watermarks[i] < least) least = op->input_watermarks[i];
  }
  return any ? raise_watermark(op, least, err) : RN_OK;
}

rn_status rn_deliver_watermark(rn_operator *op, unsigned input, int64_t watermark_us, rn_error *err) {
  if (watermark_us <= op->input_watermarks[input]) return RN_OK;
  op->input_watermarks[input] = watermark_us;
  if (op->input_lagging[input]) {
    if (watermark_us < op->watermark_us) return RN_OK;
    op->input_lagging[input] = false;
  }
  if (op->input_idle[input]) return RN_OK;
  return combine(op, err);
}

rn_status rn_deliver_idle(rn_operator *op, unsigned input, bool idle, rn_error *err) {
  if (op->input_idle[input] == idle || op->input_ended[input]) return RN_OK;
  op->input_idle[input] = idle;
  if (!idle) {
    op->input_lagging[input] = op->input_watermarks[input] < op->watermark_us;
    if (op->idle) {
      op->idle = false;
      if (rn_emit_idle(op, false, err) != RN_OK) return RN_FAIL;
    }
    return combine(op, err);
  }
  op->input_lagging[input] = false;
  bool all_quiet = true;
  int64_t largest = RN_WATERMARK_NONE;
  for (uint32_t i = 0; i < op->input_count; i++) {
    if (op->input_ended[i]) continue; /* its END must not fire what an idle input may still fill */
    if (!op->input_idle[i]) all_quiet = false;
    if (op->input_watermarks[i] > largest) largest = op->input_watermarks[i];
  }
  if (!all_quiet) return combine(op, err);
  if (raise_watermark(op, largest, err) != RN_OK) return RN_FAIL;
  if (op->idle) return RN_OK;
  op->idle = true;
  return rn_emit_idle(op, true, err);
}

/* Once every input has ended, or ended or drained. */
static rn_status close_inputs(rn_operator *op, rn_error *err) {
  bool drained = false;
  for (uint32_t i = 0; i < op->input_count; i++) {
    if (!op->input_ended[i] && !op->input_drained[i]) return RN_OK;
    if (!op->input_ended[i]) drained = true;
  }
  if (drained) {
    if (op->drained) return RN_OK;
    op->drained = true;
    int64_t target = op->drain_us > op->watermark_us ? op->drain_us : op->watermark_us;
    int64_t horizon = op->op_class->horizon ? op->op_class->horizon(op) : RN_WATERMARK_NONE;
    if (horizon > target) target = horizon;
    if (target != RN_WATERMARK_END && raise_watermark(op, target, err) != RN_OK) return RN_FAIL;
    return forward(op, RN_CONTROL_DRAIN, target, err);
  }
  if (op->ended) return RN_OK;
  op->ended = true;
  if (raise_watermark(op, RN_WATERMARK_END, err) != RN_OK) return RN_FAIL;
  if (op->op_class->on_end && done(op, op->op_class->on_end(op, err), err) != RN_OK) return RN_FAIL;
  return forward(op, RN_CONTROL_END, 0, err);
}

rn_status rn_deliver_end(rn_operator *op, unsigned input, rn_error *err) {
  if (op->input_ended[input]) return RN_OK;
  op->input_ended[input] = true;
  op->input_idle[input] = op->input_lagging[input] = false;
  op->input_watermarks[input] = RN_WATERMARK_END;
  bool last = true;
  for (uint32_t i = 0; i < op->input_count; i++) {
    if (!op->input_ended[i]) last = false;
  }
  if (last) return close_inputs(op, err);
  if (combine(op, err) != RN_OK) return RN_FAIL;
  return close_inputs(op, err);
}

rn_status rn_deliver_drain(rn_operator *op, unsigned input, int64_t watermark_us, rn_error *err) {
  if (op->input_drained[input] || op->input_ended[input]) return RN_OK;
  op->input_drained[input] = true;
  if (watermark_us > op->drain_us) op->drain_us = watermark_us;
  return close_inputs(op, err);
}

rn_status rn_operator_end(rn_operator *op, rn_error *err) {
  return op->input_count ? rn_fail(err, RN_E_INTERNAL, "end of an operator that has inputs") : close_inputs(op, err);
}

rn_status rn_operator_drain(rn_operator *op, rn_error *err) {
  if (op->drained || op->ended) return RN_OK;
  op->drained = true;
  return forward(op, RN_CONTROL_DRAIN, RN_WATERMARK_NONE, err);
}

/* A part at a time, so that rows do not wait long. */
static void expire_some(rn_operator *op, int64_t now_us) {
  enum { VISITS = 100000, PART_MS = 10 };
  rn_state_set_now(op->state, now_us);
  bool all = rn_state_expire(op->state, VISITS);
  set_sweep(op, now_us, all ? sweep_pause(op) : PART_MS * RN_US_PER_MS);
}

rn_status rn_operator_fire_timer(rn_operator *op, int64_t now_us, rn_error *err) {
  if (now_us >= op->sweep_us) expire_some(op, now_us);
  if (now_us < op->timer_us || !op->op_class->on_timer) return RN_OK;
  op->timer_us = INT64_MAX;
  set_state_clock(op);
  return done(op, op->op_class->on_timer(op, now_us, err), err);
}

/* --- snapshot and restore ------------------------------------------------------------------------------------ */

rn_status rn_operator_snapshot(rn_operator *op, rn_snapshot *out, rn_error *err) {
  if (op->state) {
    if (out && rn_state_snapshot(op->state, out, err) != RN_OK) return RN_FAIL;
    __atomic_store_n(&op->counters.state_bytes, rn_state_bytes(op->state), __ATOMIC_RELAXED);
    __atomic_store_n(&op->counters.state_rows, rn_state_rows(op->state), __ATOMIC_RELAXED);
  }
  if (!out) return RN_OK;
  /* The combined watermark decides what is late, so it is state of every operator that is stateful. */
  if (op->node->fingerprint && op->watermark_us != op->saved_watermark_us && op->watermark_us != RN_WATERMARK_END) {
    rn_builder b = {0};
    rn_put_i64(&b, op->watermark_us);
    rn_snapshot_put(out, op->node->path, (uint16_t)(GROUP_WATERMARK + op->context->subtask), true, &b);
    op->saved_watermark_us = op->watermark_us;
  }
  return op->op_class->snapshot ? op->op_class->snapshot(op, out, err) : RN_OK;
}

rn_status rn_operator_restore(rn_operator *op, const rn_blob *blob, rn_error *err) {
  if (blob->group >= GROUP_WATERMARK) {
    rn_reader r = {.ptr = blob->data, .end = blob->data + blob->len};
    int64_t watermark_us = rn_get_i64(&r);
    if (r.bad) return rn_fail(err, RN_E_STATE_CORRUPT, "stored watermark of %s cannot be read", op->node->path);
    /* Of several former instances the smallest: nothing may become late that was not. */
    if (op->watermark_us == RN_WATERMARK_NONE || watermark_us < op->watermark_us) op->watermark_us = watermark_us;
    return RN_OK;
  }
  if (blob->group >= RN_GROUP_GLOBAL) return op->op_class->restore ? op->op_class->restore(op, blob, err) : RN_OK;
  if (!op->state) {
    return rn_fail(err, RN_E_STATE_CHANGED, "stored state of %s belongs to another form of the query", op->node->path);
  }
  return rn_state_restore(op->state, blob, err);
}

rn_status rn_operator_restored(rn_operator *op, rn_error *err) {
  return op->op_class->restored ? op->op_class->restored(op, err) : RN_OK;
}
