/* What is counted, summed over the instances of each plan node. Counters are read while tasks write them;
 * each is exact on its own, together they may be a batch apart. */
#include "runtime/job_private.h"
#include "runtime/operators/operators.h"

/* Fields of rn_counters that are summed: a table instead of a dozen lines. */
static const size_t summed[] = {
    offsetof(rn_counters, rows_in),  offsetof(rn_counters, rows_out),   offsetof(rn_counters, batches_in),
    offsetof(rn_counters, late),     offsetof(rn_counters, filtered),   offsetof(rn_counters, bad),
    offsetof(rn_counters, bad_fields), offsetof(rn_counters, skipped),  offsetof(rn_counters, expanded),
    offsetof(rn_counters, read),     offsetof(rn_counters, bytes),      offsetof(rn_counters, written),
    offsetof(rn_counters, coalesced), offsetof(rn_counters, busy_us),   offsetof(rn_counters, state_bytes),
    offsetof(rn_counters, state_rows), offsetof(rn_counters, ahead)};

static void add(rn_counters *into, const rn_counters *from, bool first) {
  for (size_t i = 0; i < sizeof summed / sizeof summed[0]; i++) {
    uint64_t *to = (uint64_t *)(void *)((char *)into + summed[i]);
    const uint64_t *what = (const uint64_t *)(const void *)((const char *)from + summed[i]);
    *to += __atomic_load_n(what, __ATOMIC_RELAXED);
  }
  int64_t watermark = __atomic_load_n(&from->watermark_us, __ATOMIC_RELAXED);
  if (first || watermark < into->watermark_us) into->watermark_us = watermark;
}

void rn_job_stats_get(rn_job *job, rn_arena *arena, rn_job_stats *out) {
  *out = (rn_job_stats){.lag = 0, .watermark_us = RN_WATERMARK_NONE};
  out->node_count = job->plan->node_count;
  out->nodes = RN_NEW_N(arena, rn_node_stats, job->plan->node_count + 1);
  bool any_lag = false, any_watermark = false;
  for (uint32_t i = 0; i < job->plan->node_count; i++) {
    out->nodes[i].node = i;
    out->nodes[i].counters.watermark_us = RN_WATERMARK_NONE;
  }
  pthread_mutex_lock(&job->mutex);
  out->state = job->state;
  out->epoch = job->last_epoch;
  out->last_commit_us = job->last_commit_us;
  out->interval_us = job->interval_us;
  out->barrier_us = job->barrier_us;
  int64_t now = rn_monotonic_us();
  bool over = job->state != RN_JOB_RUNNING;
  if (job->started_us) out->running_us = (over && job->ended_us ? job->ended_us : now) - job->started_us;
  out->epoch_age_us = job->last_commit_at_us ? now - job->last_commit_at_us : 0;
  pthread_mutex_unlock(&job->mutex);
  int64_t held = RN_WATERMARK_END;
  for (size_t i = 0; i < job->instances.len; i++) {
    const rn_instance *n = &job->instances.data[i];
    rn_watermark_hold hold;
    if (n->op->op_class == &rn_op_watermark_class && !over) {
      bool holds = rn_watermark_held(n->op, &hold);
      out->splits += hold.splits;
      out->splits_idle += hold.idle;
      if (holds && hold.watermark_us < held) {
        held = hold.watermark_us;
        memcpy(out->held_by, hold.split, sizeof out->held_by);
        out->held_since_us = hold.since_us;
        out->held_empty = hold.watermark_us == RN_WATERMARK_NONE;
      }
    }
    rn_counters *c = &out->nodes[n->op->node->id].counters;
    add(c, &n->op->counters, n->subtask == 0);
    if (n->op->op_class == &rn_op_scan_class && !over) {
      int64_t lag = rn_scan_lag(n->op);
      if (lag >= 0) {
        out->lag += lag;
        any_lag = true;
      }
    }
  }
  if (!any_lag) out->lag = over ? 0 : -1;
  for (uint32_t i = 0; i < job->plan->node_count; i++) {
    const rn_plan_node *n = job->plan->nodes[i];
    const rn_counters *c = &out->nodes[i].counters;
    if (n->kind == RN_NODE_SCAN || n->kind == RN_NODE_VALUES) {
      out->rows_in += n->kind == RN_NODE_SCAN ? c->read : c->rows_out;
      out->bad += c->bad;
    }
    if (n->output_count == 0) out->rows_out += n->kind == RN_NODE_SINK ? c->rows_out : c->rows_in;
    if (n->kind == RN_NODE_WATERMARK && (!any_watermark || c->watermark_us < out->watermark_us)) {
      out->watermark_us = c->watermark_us;
      any_watermark = true;
    }
    out->late += c->late;
    out->ahead += c->ahead;
    out->state_bytes += c->state_bytes;
  }
}
