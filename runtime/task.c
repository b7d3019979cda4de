/* Task: one thread that runs a chain of operators (task.h).
 *
 * Barriers (Carbone 2015, aligned): tasks with sources see the coordinator's trigger between two polls and
 * stop polling; a channel that has delivered its barrier is blocked; when all have, every operator hands over
 * its snapshot, barriers go out to the consumers, and the task goes on while the store commits. What belongs
 * to an epoch is decided by the barrier's place in each queue, never by the clock. */
#include "runtime/task.h"
#include "base/alloc.h"
#include "runtime/job_private.h"
#include "runtime/operators/operators.h"

enum {
  IDLE_WAIT_MIN_US = 500,
  IDLE_WAIT_MAX_US = 20000,  /* also bounds how late a trigger is seen by a source that waits */
  PARKED_WAIT_US = 100000,   /* nothing to do until the coordinator wakes us */
  VIRTUAL_CLOCK_WAIT_US = 2000
};

rn_task *rn_task_new(rn_job *job, uint32_t fragment, uint32_t subtask) {
  rn_task *t = rn_calloc(1, sizeof *t);
  t->job = job;
  t->fragment = fragment;
  t->subtask = subtask;
  t->inbox = rn_inbox_new();
  t->idle_at_us = INT64_MIN;
  t->view = rn_calloc(1, sizeof *t->view);
  *t->view = (rn_job_view){job, t};
  return t;
}

void rn_task_free(rn_task *t) {
  if (!t) return;
  for (size_t i = 0; i < t->dead_letters.len; i++) {
    rn_dead_letter *d = &t->dead_letters.data[i];
    rn_free(d->source);
    rn_free(d->split);
    rn_free(d->column);
    rn_free(d->reason);
    rn_free(d->raw);
  }
  RN_VEC_FREE(&t->dead_letters);
  RN_VEC_FREE(&t->operators);
  RN_VEC_FREE(&t->sources);
  RN_VEC_FREE(&t->senders);
  rn_free(t->source_ended);
  rn_inbox_free(t->inbox);
  rn_free(t->view);
  rn_free(t);
}

/* --- barriers --------------------------------------------------------------------------------------------------- */

static rn_status complete_barrier(rn_task *t, rn_error *err) {
  rn_snapshot snapshot = {0};
  rn_status status = RN_OK;
  bool stored = __atomic_load_n(&t->job->trigger_stored, __ATOMIC_ACQUIRE);
  for (size_t i = 0; i < t->operators.len && status == RN_OK; i++) {
    status = rn_operator_snapshot(t->operators.data[i], stored ? &snapshot : NULL, err);
  }
  for (size_t i = 0; i < t->senders.len && status == RN_OK; i++) {
    status = rn_exchange_barrier(t->senders.data[i], t->barrier, err);
  }
  if (status == RN_OK) status = rn_job_report(t->job, t, &snapshot, err);
  rn_snapshot_free(&snapshot);
  for (uint32_t i = 0; i < rn_inbox_channels(t->inbox); i++) rn_queue_block(rn_inbox_channel(t->inbox, i), false);
  t->last_epoch = t->barrier;
  t->barrier = 0;
  t->barriers_seen = 0;
  if (__atomic_load_n(&t->job->trigger_last, __ATOMIC_ACQUIRE)) t->stopped = true;
  return status;
}

static void begin_barrier(rn_task *t, uint64_t epoch) {
  if (t->barrier) return;
  t->barrier = epoch;
  t->barrier_begin_us = rn_monotonic_us();
}

/* The coordinator's trigger: to tasks that no barrier reaches through a channel. */
static rn_status see_trigger(rn_task *t, bool *progress, rn_error *err) {
  uint64_t trigger = __atomic_load_n(&t->job->trigger, __ATOMIC_ACQUIRE);
  if (trigger <= t->last_epoch || (t->sources.len == 0 && rn_inbox_channels(t->inbox) > 0)) return RN_OK;
  begin_barrier(t, trigger);
  if (t->barriers_seen < rn_inbox_channels(t->inbox)) return RN_OK;
  *progress = true;
  return complete_barrier(t, err);
}

/* --- input -------------------------------------------------------------------------------------------------------- */

static void report_end(rn_task *t) {
  if (t->ended || t->sources_open > 0 || t->open_inputs > 0) return;
  t->ended = true;
  rn_job_task_ended(t->job);
}

static rn_status take_message(rn_task *t, rn_queue *from, rn_message *m, rn_error *err) {
  rn_operator *to = rn_queue_target(from);
  unsigned input = rn_queue_input(from);
  switch (m->kind) {
    case RN_MESSAGE_BATCH: return rn_deliver_batch(to, input, &m->batch, err);
    case RN_MESSAGE_WATERMARK: return rn_deliver_watermark(to, input, m->value, err);
    case RN_MESSAGE_IDLE: return rn_deliver_idle(to, input, true, err);
    case RN_MESSAGE_ACTIVE: return rn_deliver_idle(to, input, false, err);
    case RN_MESSAGE_END:
    case RN_MESSAGE_DRAIN: {
      rn_status status = m->kind == RN_MESSAGE_END ? rn_deliver_end(to, input, err) : rn_deliver_drain(to, input, m->value, err);
      t->open_inputs--;
      report_end(t);
      return status;
    }
    case RN_MESSAGE_BARRIER:
      begin_barrier(t, (uint64_t)m->value);
      rn_queue_block(from, true);
      if (++t->barriers_seen < rn_inbox_channels(t->inbox)) return RN_OK;
      return complete_barrier(t, err);
  }
  return RN_OK;
}

static rn_status end_source(rn_task *t, size_t index, rn_error *err) {
  rn_operator *source = t->sources.data[index];
  bool drain = t->job->config.until_end && !source->node->bounded && !__atomic_load_n(&t->job->query_full, __ATOMIC_ACQUIRE);
  t->source_ended[index] = true;
  t->sources_open--;
  if ((drain ? rn_operator_drain(source, err) : rn_operator_end(source, err)) != RN_OK) return RN_FAIL;
  report_end(t);
  return RN_OK;
}

static rn_status poll_sources(rn_task *t, int64_t wait_us, bool *progress, rn_error *err) {
  bool full = __atomic_load_n(&t->job->query_full, __ATOMIC_ACQUIRE);
  for (size_t i = 0; i < t->sources.len && !t->barrier; i++) {
    if (t->source_ended[i]) continue;
    rn_operator *source = t->sources.data[i];
    rn_poll poll = RN_POLL_IDLE;
    if (full) poll = RN_POLL_END;
    else if (source->op_class->poll(source, wait_us, &poll, err) != RN_OK) return RN_FAIL;
    if (poll != RN_POLL_IDLE) *progress = true;
    if (poll == RN_POLL_END && end_source(t, i, err) != RN_OK) return RN_FAIL;
  }
  return RN_OK;
}

/* --- timers ----------------------------------------------------------------------------------------------------------- */

static int64_t soonest_timer(const rn_task *t) {
  int64_t soonest = INT64_MAX;
  for (size_t i = 0; i < t->operators.len; i++)
    if (rn_operator_timer(t->operators.data[i]) < soonest) soonest = rn_operator_timer(t->operators.data[i]);
  return soonest;
}

/* Fires what is due; *next_us: time to the next timer, INT64_MAX: none. */
static rn_status fire_timers(rn_task *t, bool *progress, int64_t *next_us, rn_error *err) {
  *next_us = INT64_MAX;
  if (t->ended || t->stopped || soonest_timer(t) == INT64_MAX) return RN_OK; /* most jobs: the clock is not asked */
  const rn_clock *clock = t->job->config.clock;
  int64_t now = rn_clock_now_us(clock);
  for (size_t i = 0; i < t->operators.len; i++) {
    rn_operator *op = t->operators.data[i];
    if (rn_operator_timer(op) > now) continue;
    *progress |= clock && clock->is_virtual; /* with the real clock a timer is no reason to spin */
    if (rn_operator_fire_timer(op, now, err) != RN_OK) return RN_FAIL;
  }
  int64_t soonest = soonest_timer(t);
  if (soonest != INT64_MAX) *next_us = clock && clock->is_virtual ? VIRTUAL_CLOCK_WAIT_US : soonest - now;
  return RN_OK;
}

/* --- the loop ---------------------------------------------------------------------------------------------------------- */

static rn_status run(rn_task *t, rn_error *err) {
  rn_job *job = t->job;
  for (;;) {
    if (__atomic_load_n(&job->abort, __ATOMIC_ACQUIRE) || __atomic_load_n(&job->leave, __ATOMIC_ACQUIRE)) return RN_OK;
    bool progress = false;
    bool is_virtual = job->config.clock && job->config.clock->is_virtual;
    int64_t next_timer_us, begin_us = is_virtual ? rn_clock_now_us(job->config.clock) : 0;
    if (see_trigger(t, &progress, err) != RN_OK || fire_timers(t, &progress, &next_timer_us, err) != RN_OK) return RN_FAIL;
    /* While staged rows wait for the commit before theirs, reading on would only pile up more. */
    bool polling = t->sources_open > 0 && !t->stopped && !t->barrier && !__atomic_load_n(&job->early, __ATOMIC_ACQUIRE);
    bool alone = rn_inbox_channels(t->inbox) == 0 && t->sources_open == 1; /* may wait inside its source */
    int64_t wait_us = IDLE_WAIT_MIN_US << (t->idle_rounds < 6 ? t->idle_rounds : 6);
    if (wait_us > IDLE_WAIT_MAX_US) wait_us = IDLE_WAIT_MAX_US;
    if (!polling && t->sources_open == 0) wait_us = PARKED_WAIT_US;
    if (next_timer_us < wait_us) wait_us = next_timer_us > 0 ? next_timer_us : 0;
    int64_t before = 0;
    if (polling) {
      bool waits = alone && t->idle_rounds > 0;
      if (waits) before = rn_monotonic_us();
      if (poll_sources(t, waits ? wait_us : 0, &progress, err) != RN_OK) return RN_FAIL;
    }
    rn_queue *from;
    rn_message *message = rn_inbox_next(t->inbox, &from);
    if (message) {
      progress = true;
      if (take_message(t, from, message, err) != RN_OK) return RN_FAIL;
    }
    if (progress) {
      t->idle_rounds = 0;
      if (is_virtual) __atomic_add_fetch(&t->work, 1, __ATOMIC_ACQ_REL);
      continue;
    }
    if (is_virtual && !t->barrier && (polling || t->sources_open == 0)) __atomic_store_n(&t->idle_at_us, begin_us, __ATOMIC_RELEASE);
    if (t->idle_rounds < 100) t->idle_rounds++;
    if (polling && alone) {
      /* The source has waited itself; if it came back at once all the same, do not spin. */
      if (t->idle_rounds == 1 || (before && rn_monotonic_us() - before >= wait_us / 2)) continue;
    }
    rn_inbox_wait(t->inbox, wait_us);
  }
}

static void *task_main(void *arg) {
  rn_task *t = arg;
  rn_error err;
  rn_error_clear(&err);
  if (run(t, &err) != RN_OK) rn_job_set_error(t->job, &err);
  rn_job_task_left(t->job);
  return NULL;
}

rn_status rn_task_start(rn_task *t, rn_error *err) {
  t->source_ended = rn_calloc(t->sources.len + 1, sizeof *t->source_ended);
  t->sources_open = (uint32_t)t->sources.len;
  t->open_inputs = rn_inbox_channels(t->inbox);
  if (pthread_create(&t->thread, NULL, task_main, t) != 0) return rn_fail(err, RN_E_INTERNAL, "cannot start a thread");
  t->started = true;
  return RN_OK;
}
