/* The coordinator: one thread per job that closes epochs and sees the job to its end.
 *
 * An epoch: trigger -> every task reports its snapshots, positions, frozen sinks and dead letters ->
 * the store commits all of it in one transaction. No barrier before the previous epoch committed. The interval
 * stretches to ten times the last commit, so that commits stay under a tenth of the time. */
#include <errno.h>
#include <time.h>
#include "base/alloc.h"
#include "runtime/job_private.h"
#include "runtime/operators/operators.h"

enum { COMMIT_SHARE = 10 };

/* --- tasks report ------------------------------------------------------------------------------------------------- */

static rn_status add_positions(rn_epoch *epoch, rn_operator *scan, rn_epoch_source *where, rn_error *err) {
  rn_positions positions = {0};
  where->scan = scan;
  where->first = epoch->positions.len;
  rn_status status = rn_scan_positions(scan, &positions, err);
  for (size_t i = 0; i < positions.len && status == RN_OK; i++) {
    rn_epoch_position p = {.owner = scan->node->path, .split = rn_strdup(positions.data[i].split),
                           .position = rn_strdup(positions.data[i].position)};
    RN_VEC_PUSH(&epoch->positions, p);
  }
  where->count = epoch->positions.len - where->first;
  rn_positions_free(&positions);
  return status;
}

static rn_status add_sink(rn_epoch *epoch, rn_operator *op, rn_error *err) {
  rn_sink_handle h = rn_sink_of(op);
  rn_epoch_sink s = {.connector = h.connector, .sink = h.sink, .operator_id = op->node->path};
  if (h.connector->freeze && h.connector->freeze(h.sink, &s.staged, err) != RN_OK) return RN_FAIL;
  RN_VEC_PUSH(&epoch->sinks, s);
  return RN_OK;
}

/* Every row is accounted for (DESIGN, What is counted). */
static rn_status check_counts(const rn_operator *op, rn_error *err) {
  const rn_counters *c = &op->counters;
  uint64_t in = c->rows_in, out = in;
  switch (op->node->kind) {
    case RN_NODE_SCAN:
      in = c->read + c->expanded;
      out = c->rows_out + c->bad + c->skipped;
      break;
    case RN_NODE_SINK: out = c->written + c->coalesced + c->filtered; break;
    case RN_NODE_CALC: out = c->rows_out + c->filtered; break;
    default: break;
  }
  if (in == out) return RN_OK;
  return rn_fail(err, RN_E_INTERNAL, "%s (%s): %llu rows came in, %llu are accounted for", rn_node_kind_name(op->node->kind),
                 op->node->path, (unsigned long long)in, (unsigned long long)out);
}

rn_status rn_job_report(rn_job *job, rn_task *task, rn_snapshot *snapshot, rn_error *err) {
  rn_status status = RN_OK;
  pthread_mutex_lock(&job->mutex);
  rn_epoch *epoch = job->epoch;
  if (!epoch || epoch->epoch != task->barrier) { /* given up meanwhile */
    pthread_mutex_unlock(&job->mutex);
    return RN_OK;
  }
  for (size_t i = 0; i < snapshot->blobs.len; i++) RN_VEC_PUSH(&epoch->snapshot.blobs, snapshot->blobs.data[i]);
  snapshot->blobs.len = 0;
  for (size_t i = 0; i < task->dead_letters.len; i++) RN_VEC_PUSH(&epoch->dead_letters, task->dead_letters.data[i]);
  task->dead_letters.len = 0;
  for (size_t i = 0; i < task->operators.len && status == RN_OK; i++) {
    rn_operator *op = task->operators.data[i];
    if (RN_CHECKED_BUILD && check_counts(op, err) != RN_OK) status = RN_FAIL;
    if (op->op_class == &rn_op_scan_class) {
      rn_epoch_source where;
      if (add_positions(epoch, op, &where, err) != RN_OK) status = RN_FAIL;
      RN_VEC_PUSH(&job->epoch_sources, where);
    } else if (op->op_class == &rn_op_sink_class) {
      if (add_sink(epoch, op, err) != RN_OK) status = RN_FAIL;
    }
  }
  int64_t spent = rn_monotonic_us() - task->barrier_begin_us;
  if (job->reports == 0 || spent > job->barrier_us) job->barrier_us = spent;
  job->reports++;
  pthread_cond_broadcast(&job->changed);
  pthread_mutex_unlock(&job->mutex);
  return status;
}

void rn_job_task_ended(rn_job *job) {
  pthread_mutex_lock(&job->mutex);
  job->tasks_ended++;
  pthread_cond_broadcast(&job->changed);
  pthread_mutex_unlock(&job->mutex);
}

void rn_job_task_left(rn_job *job) {
  pthread_mutex_lock(&job->mutex);
  job->tasks_running--;
  pthread_cond_broadcast(&job->changed);
  pthread_mutex_unlock(&job->mutex);
}

/* --- commit ----------------------------------------------------------------------------------------------------------- */

/* Store thread (or, without a store, the coordinator's own). */
static void on_committed(rn_epoch *epoch, rn_status status, const rn_error *err, void *ctx) {
  rn_job *job = ctx;
  for (size_t i = 0; i < job->epoch_sources.len && status == RN_OK; i++) {
    /* Publishing what is committed (group offsets) is information for others: its failure stops nothing. */
    const rn_epoch_source *s = &job->epoch_sources.data[i];
    rn_position *list = rn_calloc(s->count + 1, sizeof *list);
    for (size_t k = 0; k < s->count; k++) {
      list[k] = (rn_position){epoch->positions.data[s->first + k].split, epoch->positions.data[s->first + k].position};
    }
    rn_error told;
    rn_error_clear(&told);
    if (rn_scan_committed(s->scan, epoch->epoch, list, s->count, &told) != RN_OK && job->config.log) {
      job->config.log(job->config.log_ctx, 1, told.message);
    }
    rn_free(list);
  }
  pthread_mutex_lock(&job->mutex);
  job->committed = true;
  job->commit_status = status;
  if (status != RN_OK && job->error.code == 0 && job->ending != RN_ENDING_ABORT) job->error = *err;
  pthread_cond_broadcast(&job->changed);
  pthread_mutex_unlock(&job->mutex);
}

/* A job without a writable store still has sinks to flush: print, files, topics. */
static void commit_outside(rn_job *job, rn_epoch *epoch) {
  rn_error err;
  rn_error_clear(&err);
  rn_status status = RN_OK;
  int64_t begin = rn_monotonic_us();
  for (size_t i = 0; i < epoch->sinks.len && status == RN_OK; i++) {
    rn_epoch_sink *s = &epoch->sinks.data[i];
    if (s->connector->flush) status = s->connector->flush(s->sink, s->staged, epoch->epoch, &err);
    else if (s->connector->apply) status = rn_fail(&err, RN_E_INTERNAL, "connector %s needs a database file", s->connector->name);
  }
  for (size_t i = 0; i < epoch->sinks.len && status == RN_OK; i++) {
    rn_epoch_sink *s = &epoch->sinks.data[i];
    if (s->connector->sink_committed) s->connector->sink_committed(s->sink, s->staged, epoch->epoch);
    s->staged = NULL;
  }
  epoch->commit_us = rn_monotonic_us() - begin;
  on_committed(epoch, status, &err, job);
}

static void free_epoch(rn_job *job) {
  rn_epoch *epoch = job->epoch;
  if (!epoch) return;
  for (size_t i = 0; i < epoch->sinks.len; i++) {
    rn_epoch_sink *s = &epoch->sinks.data[i];
    if (s->staged && s->connector->sink_discard) s->connector->sink_discard(s->sink, s->staged);
  }
  rn_epoch_free_contents(epoch);
  rn_free(epoch);
  job->epoch = NULL;
  job->epoch_sources.len = 0;
}

static bool broken(const rn_job *job) { return job->error.code != 0 || job->ending == RN_ENDING_ABORT; }

static void log_epoch(rn_job *job, const rn_epoch *epoch) {
  if (!job->config.log) return;
  rn_builder b = {0};
  rn_builder_printf(&b, "epoch %llu%s%s: barrier %lld us, commit %lld us", (unsigned long long)epoch->epoch,
                    job->name ? " of " : "", job->name ? job->name : "", (long long)job->barrier_us,
                    (long long)epoch->commit_us);
  job->config.log(job->config.log_ctx, 3, b.data);
  rn_builder_free(&b);
}

/* One epoch from trigger to commit; called and returns with the mutex held. False: the job is broken. */
static bool close_epoch(rn_job *job, bool last, const char *state, bool clear_until) {
  rn_epoch *epoch = rn_calloc(1, sizeof *epoch);
  epoch->job = job->durable ? job->name : NULL;
  epoch->epoch = job->last_epoch + 1;
  epoch->job_state = state;
  epoch->full_sync = job->full_sync;
  epoch->clear_until = clear_until;
  epoch->cancelled = &job->abort;
  epoch->done = on_committed;
  epoch->done_ctx = job;
  for (size_t i = 0; i < job->instances.len && job->restored && job->last_epoch == job->stored.epoch; i++) {
    const rn_instance *n = &job->instances.data[i];
    if (n->subtask != 0 || !n->op->node->path) continue;
    rn_epoch_instances count = {n->op->node->path, n->op->context->parallelism};
    RN_VEC_PUSH(&epoch->instances, count);
  }
  job->epoch = epoch;
  job->reports = 0;
  job->committed = false;
  __atomic_store_n(&job->early, false, __ATOMIC_RELEASE);
  __atomic_store_n(&job->trigger_last, last, __ATOMIC_RELEASE);
  /* What has finished begins anew when it is run again (job_restore.c), and without a name nothing is kept. */
  bool finished = strcmp(state, rn_job_state_text(RN_JOB_FINISHED)) == 0;
  __atomic_store_n(&job->trigger_stored, job->durable && !finished, __ATOMIC_RELEASE);
  __atomic_store_n(&job->trigger, epoch->epoch, __ATOMIC_RELEASE);
  pthread_mutex_unlock(&job->mutex);
  rn_job_wake_tasks(job);
  pthread_mutex_lock(&job->mutex);
  while (job->reports < job->tasks.len && !broken(job)) pthread_cond_wait(&job->changed, &job->mutex);
  if (broken(job)) return false; /* the epoch is freed once the tasks have left */
  pthread_mutex_unlock(&job->mutex);
  if (job->config.store && rn_store_is_writer(job->config.store)) rn_store_commit_epoch(job->config.store, epoch);
  else commit_outside(job, epoch);
  pthread_mutex_lock(&job->mutex);
  while (!job->committed) pthread_cond_wait(&job->changed, &job->mutex);
  if (job->commit_status != RN_OK) return false;
  job->last_epoch = epoch->epoch;
  job->last_commit_us = epoch->commit_us;
  job->last_commit_at_us = rn_monotonic_us();
  int64_t stretched = epoch->commit_us * COMMIT_SHARE;
  job->interval_us = stretched > job->config.epoch_interval_us ? stretched : job->config.epoch_interval_us;
  pthread_cond_broadcast(&job->changed); /* rn_job_commit waits for last_epoch */
  log_epoch(job, epoch);
  free_epoch(job);
  return true;
}

/* --- the loop ------------------------------------------------------------------------------------------------------------ */

static void wait_until(rn_job *job, int64_t monotonic_us) {
  if (monotonic_us == INT64_MAX) {
    pthread_cond_wait(&job->changed, &job->mutex);
    return;
  }
  struct timespec t = {.tv_sec = monotonic_us / 1000000, .tv_nsec = monotonic_us % 1000000 * 1000};
  pthread_cond_timedwait(&job->changed, &job->mutex, &t);
}

/* A number that changes with every row, batch and watermark: an epoch in which nothing happened is not written. */
static uint64_t activity(const rn_job *job) {
  uint64_t sum = 1;
  for (size_t i = 0; i < job->instances.len; i++) {
    const rn_counters *c = &job->instances.data[i].op->counters;
    sum += __atomic_load_n(&c->rows_in, __ATOMIC_RELAXED) + __atomic_load_n(&c->rows_out, __ATOMIC_RELAXED) +
           __atomic_load_n(&c->read, __ATOMIC_RELAXED) + (uint64_t)__atomic_load_n(&c->watermark_us, __ATOMIC_RELAXED) * 31;
  }
  return sum;
}

static rn_job_state run_epochs(rn_job *job) {
  for (;;) {
    if (broken(job)) return job->error.code != 0 ? RN_JOB_FAILED : RN_JOB_STOPPED;
    bool all_ended = job->tasks_ended == job->tasks.len;
    bool last = all_ended || job->ending == RN_ENDING_STOP;
    bool finished = all_ended && (!job->config.until_end || job->plan->bounded ||
                                  __atomic_load_n(&job->query_full, __ATOMIC_ACQUIRE));
    rn_job_state state = finished ? RN_JOB_FINISHED : RN_JOB_STOPPED;
    bool epochs = job->durable || job->has_sinks;
    if (last && !epochs) return state;
    int64_t due = !epochs ? INT64_MAX : job->last_commit_at_us + job->interval_us;
    bool early = epochs && __atomic_load_n(&job->early, __ATOMIC_ACQUIRE);
    if (!last && !early && rn_monotonic_us() < due) {
      wait_until(job, due);
      continue;
    }
    uint64_t now_active = activity(job);
    if (!last && !early && now_active == job->last_activity) { /* (early: sources wait for the next barrier) */
      job->last_commit_at_us = rn_monotonic_us(); /* what is committed is up to date */
      continue;
    }
    job->last_activity = now_active;
    if (!close_epoch(job, last, last ? rn_job_state_text(state) : "RUNNING", last && all_ended && job->config.until_end)) continue;
    if (last) return state;
  }
}

static void store_outcome(rn_job *job, rn_job_state state) {
  rn_error ignored; /* the file may be what failed */
  rn_error_clear(&ignored);
  if (!job->durable) return;
  if (state == RN_JOB_FAILED) rn_store_fail_job(job->config.store, job->name, job->error.message, &ignored);
  else if (job->ending == RN_ENDING_ABORT) rn_store_set_job_state(job->config.store, job->name, "STOPPED", &ignored);
}

static void release_sinks(rn_job *job) {
  for (size_t i = 0; i < job->instances.len; i++) {
    if (job->instances.data[i].op->op_class != &rn_op_sink_class) continue;
    rn_sink_handle h = rn_sink_of(job->instances.data[i].op);
    if (h.connector->sink_release && h.sink) h.connector->sink_release(h.sink);
  }
}

void *rn_job_coordinate(void *arg) {
  rn_job *job = arg;
  pthread_mutex_lock(&job->mutex);
  job->last_commit_at_us = rn_monotonic_us();
  rn_job_state state = run_epochs(job);
  bool clean = !broken(job);
  pthread_mutex_unlock(&job->mutex);
  __atomic_store_n(clean ? &job->leave : &job->abort, true, __ATOMIC_RELEASE);
  /* Without a last barrier (errors, aborts, a query that was stopped) producers may stand before full queues
   * or a cursor that nobody reads. */
  if (!clean || state == RN_JOB_STOPPED) {
    for (size_t i = 0; i < job->tasks.len; i++) rn_inbox_close(job->tasks.data[i]->inbox);
    if (job->config.cursor && state == RN_JOB_FAILED) rn_cursor_fail(job->config.cursor, &job->error);
    else if (job->config.cursor) rn_cursor_end(job->config.cursor);
  }
  rn_job_wake_tasks(job);
  for (size_t i = 0; i < job->tasks.len; i++) {
    if (job->tasks.data[i]->started) pthread_join(job->tasks.data[i]->thread, NULL);
    job->tasks.data[i]->started = false;
  }
  free_epoch(job);
  release_sinks(job);
  store_outcome(job, state);
  pthread_mutex_lock(&job->mutex);
  job->state = state;
  job->ended_us = rn_monotonic_us();
  pthread_cond_broadcast(&job->changed);
  pthread_mutex_unlock(&job->mutex);
  if (job->config.cursor && state == RN_JOB_FINISHED) rn_cursor_end(job->config.cursor);
  return NULL;
}
