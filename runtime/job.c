/* Job (job.h): cuts the plan into fragments at its exchanges, makes a task per fragment and instance, wires
 * operators and queues, restores, starts, stops. The coordinator is job_epoch.c.
 *
 * An exchange between fragments that both have one instance cuts nothing: with parallelism 1 the whole plan
 * is one task without queues. */
#include "runtime/job.h"
#include <errno.h>
#include <time.h>
#include "base/alloc.h"
#include "runtime/job_private.h"
#include "runtime/operators/operators.h"

enum { QUEUE_SLOTS = 4, DEFAULT_INTERVAL_US = 1000000, LETTERS_MANY = 50000 };

static const char *const state_names[] = {[RN_JOB_CREATED] = "CREATED", [RN_JOB_RUNNING] = "RUNNING",
                                          [RN_JOB_STOPPED] = "STOPPED", [RN_JOB_FINISHED] = "FINISHED",
                                          [RN_JOB_FAILED] = "FAILED"};
const char *rn_job_state_text(rn_job_state state) { return state_names[state]; }

/* --- fragments ------------------------------------------------------------------------------------------------ */

static uint32_t instances_of(const rn_plan_node *n) { return n->parallelism ? n->parallelism : 1; }

/* Does the exchange cut the plan? */
static bool cuts(const rn_plan_node *n) {
  if (n->kind != RN_NODE_EXCHANGE) return false;
  if (instances_of(n->inputs[0]) > 1) return true;
  for (uint32_t i = 0; i < n->output_count; i++) {
    if (instances_of(n->outputs[i]) > 1) return true;
  }
  return false;
}

static uint32_t find_root(uint32_t *parent, uint32_t i) {
  while (parent[i] != i) i = parent[i] = parent[parent[i]];
  return i;
}

typedef struct layout {
  uint32_t *fragment;    /* of a node: the root's id; a cutting exchange belongs to its producer */
  uint32_t *parallelism; /* of a fragment */
  rn_task ***tasks;      /* [fragment][subtask] */
  rn_operator ****receivers; /* [exchange node][fragment][subtask] */
} layout;

static rn_status find_fragments(rn_job *job, layout *l, rn_error *err) {
  const rn_plan *plan = job->plan;
  l->fragment = RN_NEW_N(&job->arena, uint32_t, plan->node_count + 1);
  l->parallelism = RN_NEW_N(&job->arena, uint32_t, plan->node_count + 1);
  for (uint32_t i = 0; i < plan->node_count; i++) l->fragment[i] = i;
  for (uint32_t i = 0; i < plan->node_count; i++) {
    const rn_plan_node *n = plan->nodes[i];
    for (uint32_t k = 0; k < n->input_count; k++) {
      if (cuts(n->inputs[k])) continue;
      l->fragment[find_root(l->fragment, i)] = find_root(l->fragment, n->inputs[k]->id);
    }
  }
  for (uint32_t i = 0; i < plan->node_count; i++) l->fragment[i] = find_root(l->fragment, i);
  for (uint32_t i = 0; i < plan->node_count; i++) {
    const rn_plan_node *n = plan->nodes[i];
    if (n->kind == RN_NODE_EXCHANGE) continue;
    uint32_t *p = &l->parallelism[l->fragment[i]];
    if (*p && *p != instances_of(n)) {
      return rn_fail(err, RN_E_INTERNAL, "plan has no exchange between %u and %u instances (node %u)", *p, instances_of(n), i);
    }
    if (instances_of(n) > RN_PARALLELISM_MAX) {
      return rn_fail(err, RN_E_LIMIT, "parallelism %u is more than %d", instances_of(n), RN_PARALLELISM_MAX);
    }
    *p = instances_of(n);
  }
  return RN_OK;
}

/* --- operators ------------------------------------------------------------------------------------------------ */

static rn_context context_for(const rn_job *job, rn_task *task, uint32_t parallelism) {
  const rn_job_config *c = &job->config;
  return (rn_context){.plan = job->plan,
                      .clock = c->clock,
                      .zone = c->zone,
                      .hash_seed = c->store ? rn_store_hash_seed(c->store) : 0,
                      .batch_rows = c->batch_rows ? c->batch_rows : RN_BATCH_ROWS_MAX,
                      .batch_mode = job->plan->bounded,
                      .query_time_us = rn_clock_now_us(c->clock),
                      .subtask = task->subtask,
                      .parallelism = parallelism,
                      .job = task->view};
}

static rn_operator *add_operator(rn_job *job, rn_task *task, const rn_operator_class *op_class, const rn_plan_node *n,
                                 uint32_t parallelism, uint32_t inputs) {
  rn_context context = context_for(job, task, parallelism);
  rn_operator *op = rn_operator_new(op_class, n, &context, inputs);
  op->random_state = (job->config.random_seed ^ ((uint64_t)n->id << 32 | task->subtask)) * 0x9E3779B97F4A7C15u | 1;
  RN_VEC_PUSH(&job->operators, op);
  RN_VEC_PUSH(&task->operators, op);
  return op;
}

static rn_task *task_of(rn_job *job, layout *l, uint32_t fragment, uint32_t subtask) {
  if (!l->tasks[fragment]) l->tasks[fragment] = RN_NEW_N(&job->arena, rn_task *, l->parallelism[fragment]);
  rn_task **slot = &l->tasks[fragment][subtask];
  if (!*slot) {
    *slot = rn_task_new(job, fragment, subtask);
    RN_VEC_PUSH(&job->tasks, *slot);
  }
  return *slot;
}

/* Same numbers on both sides and no keys: instance i feeds instance i only. */
static bool is_straight(const rn_plan_node *exchange, uint32_t senders, uint32_t receivers) {
  return !exchange->u.exchange.gather && exchange->u.exchange.key_count == 0 && senders == receivers;
}

/* The receiver of an exchange in a task; made once per exchange, fragment and instance. */
static rn_operator *receiver_of(rn_job *job, layout *l, const rn_plan_node *exchange, rn_task *task) {
  uint32_t f = task->fragment, senders = l->parallelism[l->fragment[exchange->id]];
  if (!l->receivers[exchange->id]) l->receivers[exchange->id] = RN_NEW_N(&job->arena, rn_operator **, job->plan->node_count + 1);
  rn_operator ***of_fragment = &l->receivers[exchange->id][f];
  if (!*of_fragment) *of_fragment = RN_NEW_N(&job->arena, rn_operator *, l->parallelism[f]);
  rn_operator **slot = &(*of_fragment)[task->subtask];
  if (!*slot) {
    uint32_t inputs = is_straight(exchange, senders, l->parallelism[f]) ? 1 : senders;
    *slot = add_operator(job, task, &rn_op_exchange_in_class, exchange, l->parallelism[f], inputs);
  }
  return *slot;
}

static rn_status make_node(rn_job *job, layout *l, const rn_plan_node *n, rn_error *err) {
  uint32_t f = l->fragment[n->id], parallelism = l->parallelism[f];
  bool sender = cuts(n);
  const rn_operator_class *op_class = sender                         ? &rn_op_exchange_out_class
                                      : n->kind == RN_NODE_EXCHANGE ? &rn_op_exchange_in_class
                                                                    : rn_operator_of(n);
  if (!op_class) return rn_fail(err, RN_E_INTERNAL, "there is no operator for %s", rn_node_kind_name(n->kind));
  job->by_node[n->id] = RN_NEW_N(&job->arena, rn_operator *, parallelism);
  for (uint32_t s = 0; s < parallelism; s++) {
    rn_task *task = task_of(job, l, f, s);
    rn_operator *inputs[RN_COLUMNS_MAX];
    for (uint32_t k = 0; k < n->input_count; k++) { /* receivers stand before their consumer */
      inputs[k] = cuts(n->inputs[k]) ? receiver_of(job, l, n->inputs[k], task) : job->by_node[n->inputs[k]->id][s];
    }
    rn_operator *op = add_operator(job, task, op_class, n, parallelism, n->input_count);
    job->by_node[n->id][s] = op;
    for (uint32_t k = 0; k < n->input_count; k++) rn_operator_add_edge(inputs[k], op, k);
    if (n->input_count == 1) op->scan = inputs[0]->op_class == &rn_op_scan_class ? inputs[0] : inputs[0]->scan;
    rn_instance instance = {op, task, s};
    RN_VEC_PUSH(&job->instances, instance);
    if (op_class->poll) RN_VEC_PUSH(&task->sources, op);
    if (sender) RN_VEC_PUSH(&task->senders, op);
    if (n->kind == RN_NODE_SINK) job->has_sinks = true;
  }
  return RN_OK;
}

/* Channels of one exchange: from every sender to every receiver, or straight across. */
static void connect_exchange(rn_job *job, layout *l, const rn_plan_node *n) {
  uint32_t senders = l->parallelism[l->fragment[n->id]];
  unsigned group = 0;
  for (uint32_t f = 0; f < job->plan->node_count && l->receivers[n->id]; f++) {
    rn_operator **receivers = l->receivers[n->id][f];
    if (!receivers) continue;
    bool straight = is_straight(n, senders, l->parallelism[f]);
    for (uint32_t r = 0; r < l->parallelism[f]; r++) {
      for (uint32_t s = 0; s < senders; s++) {
        if (straight && s != r) continue;
        rn_queue *q = rn_inbox_add(l->tasks[f][r]->inbox, receivers[r], straight ? 0 : s, QUEUE_SLOTS);
        rn_exchange_add_target(job->by_node[n->id][s], q, group);
      }
    }
    group++;
  }
}

static rn_status build(rn_job *job, rn_error *err) {
  const rn_plan *plan = job->plan;
  layout l = {0};
  if (find_fragments(job, &l, err) != RN_OK) return RN_FAIL;
  job->by_node = RN_NEW_N(&job->arena, rn_operator **, plan->node_count + 1);
  l.tasks = RN_NEW_N(&job->arena, rn_task **, plan->node_count + 1);
  l.receivers = RN_NEW_N(&job->arena, rn_operator ***, plan->node_count + 1);
  for (uint32_t i = 0; i < plan->node_count; i++) {
    if (make_node(job, &l, plan->nodes[i], err) != RN_OK) return RN_FAIL;
  }
  for (uint32_t i = 0; i < plan->node_count; i++) {
    if (cuts(plan->nodes[i])) connect_exchange(job, &l, plan->nodes[i]);
  }
  return RN_OK;
}

/* Whoever outside the file learns of an epoch must not see it undone by a power loss. */
static bool tells_outside(const rn_plan *plan) {
  for (uint32_t i = 0; i < plan->node_count; i++) {
    const rn_plan_node *n = plan->nodes[i];
    if (n->kind == RN_NODE_SINK) {
      const rn_table_spec *t = n->u.sink.table;
      if (!(t->connector->flags & RN_CONNECTOR_IN_FILE) || rn_option_text(&t->options, "path")) return true;
    } else if (n->kind == RN_NODE_SCAN && rn_option_text(&n->u.scan.table->options, "properties.group.id")) {
      return true;
    }
  }
  return false;
}

/* --- life --------------------------------------------------------------------------------------------------------- */

rn_status rn_job_open(const rn_plan *plan, const rn_job_config *config, rn_job **out, rn_error *err) {
  rn_job *job = rn_calloc(1, sizeof *job);
  *out = NULL;
  job->plan = plan;
  job->config = *config;
  if (config->name) job->name = rn_strdup(config->name);
  if (job->config.epoch_interval_us <= 0) job->config.epoch_interval_us = DEFAULT_INTERVAL_US;
  job->interval_us = job->config.epoch_interval_us;
  job->durable = config->store && config->name;
  job->rows_left = config->stop_after_rows ? (int64_t)config->stop_after_rows : INT64_MAX;
  job->full_sync = tells_outside(plan);
  pthread_condattr_t attr;
  pthread_condattr_init(&attr);
  pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
  pthread_mutex_init(&job->mutex, NULL);
  pthread_cond_init(&job->changed, &attr);
  pthread_condattr_destroy(&attr);
  rn_status status = RN_OK;
  if (job->durable && !rn_store_is_writer(config->store)) {
    status = rn_fail(err, RN_E_LOCKED, "%s is being written by process %ld", rn_store_path(config->store),
                     rn_store_owner_pid(config->store));
  }
  if (status == RN_OK) status = rn_job_load(job, err);
  if (status == RN_OK) status = build(job, err);
  for (size_t i = 0; i < job->operators.len && status == RN_OK; i++) status = rn_operator_open(job->operators.data[i], err);
  if (status == RN_OK) status = rn_job_restore_state(job, err);
  for (size_t i = 0; i < job->operators.len && status == RN_OK; i++) {
    rn_operator *op = job->operators.data[i];
    if (op->op_class->start) status = op->op_class->start(op, err);
  }
  if (status == RN_OK) status = rn_job_save(job, err);
  if (status != RN_OK) {
    rn_job_close(job);
    return RN_FAIL;
  }
  *out = job;
  return RN_OK;
}

rn_status rn_job_start(rn_job *job, rn_error *err) {
  job->state = RN_JOB_RUNNING;
  job->started_us = rn_monotonic_us();
  job->tasks_running = (uint32_t)job->tasks.len;
  rn_status status = RN_OK;
  for (size_t i = 0; i < job->tasks.len && status == RN_OK; i++) status = rn_task_start(job->tasks.data[i], err);
  if (status == RN_OK && pthread_create(&job->coordinator, NULL, rn_job_coordinate, job) != 0) {
    status = rn_fail(err, RN_E_INTERNAL, "cannot start a thread");
  }
  if (status == RN_OK) {
    job->coordinator_runs = true;
    return RN_OK;
  }
  rn_job_set_error(job, err);
  for (size_t i = 0; i < job->tasks.len; i++) {
    if (job->tasks.data[i]->started) pthread_join(job->tasks.data[i]->thread, NULL);
    job->tasks.data[i]->started = false;
  }
  job->state = RN_JOB_FAILED;
  return RN_FAIL;
}

void rn_job_wake_tasks(rn_job *job) {
  for (size_t i = 0; i < job->tasks.len; i++) rn_inbox_wake(job->tasks.data[i]->inbox);
}

/* Two looks at all tasks: when each was idle at the present time at the first, and none had worked and no message lay
 * between them at the second, nothing was under way at the first. */
bool rn_job_settled(rn_job *job) {
  if (rn_job_get_state(job, NULL) != RN_JOB_RUNNING) return true;
  int64_t now = rn_clock_now_us(job->config.clock);
  bool settled = true;
  uint64_t work = 0, again = 0;
  for (size_t i = 0; i < job->tasks.len; i++) {
    rn_task *t = job->tasks.data[i];
    work += __atomic_load_n(&t->work, __ATOMIC_ACQUIRE);
    if (__atomic_load_n(&t->idle_at_us, __ATOMIC_ACQUIRE) >= now) continue;
    settled = false;
    rn_inbox_wake(t->inbox);
  }
  for (size_t i = 0; i < job->tasks.len && settled; i++) {
    settled = rn_inbox_empty(job->tasks.data[i]->inbox);
    again += __atomic_load_n(&job->tasks.data[i]->work, __ATOMIC_ACQUIRE);
  }
  return settled && work == again;
}

static void leave_now(rn_job *job) {
  __atomic_store_n(&job->abort, true, __ATOMIC_RELEASE);
  for (size_t i = 0; i < job->tasks.len; i++) rn_inbox_close(job->tasks.data[i]->inbox);
  rn_job_wake_tasks(job);
}

void rn_job_set_error(rn_job *job, const rn_error *err) {
  pthread_mutex_lock(&job->mutex);
  /* What tasks say because the job is ending is not the reason why it ends. */
  if (err->code == RN_E_INTERRUPTED) { /* a queue was closed, or nobody reads the cursor any more */
    if (job->error.code == 0) job->ending = RN_ENDING_ABORT;
  } else if (job->error.code == 0) {
    job->error = *err;
  }
  pthread_cond_broadcast(&job->changed);
  pthread_mutex_unlock(&job->mutex);
  leave_now(job);
}

static void ask_to_end(rn_job *job, rn_ending ending) {
  pthread_mutex_lock(&job->mutex);
  if (job->ending < ending) job->ending = ending;
  pthread_cond_broadcast(&job->changed);
  pthread_mutex_unlock(&job->mutex);
}

void rn_job_stop(rn_job *job) {
  ask_to_end(job, RN_ENDING_STOP);
  rn_job_wake_tasks(job);
}

void rn_job_abort(rn_job *job) {
  ask_to_end(job, RN_ENDING_ABORT);
  leave_now(job);
}

/* Waits, under the mutex, for a change; false: the time is over. */
static bool wait_for_change(rn_job *job, int timeout_ms, const struct timespec *until) {
  if (timeout_ms < 0) return pthread_cond_wait(&job->changed, &job->mutex) == 0;
  return timeout_ms > 0 && pthread_cond_timedwait(&job->changed, &job->mutex, until) != ETIMEDOUT;
}
static struct timespec time_in(int timeout_ms) {
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  if (timeout_ms > 0) {
    until.tv_sec += timeout_ms / 1000;
    until.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
      until.tv_sec++;
      until.tv_nsec -= 1000000000;
    }
  }
  return until;
}
bool rn_job_wait(rn_job *job, int timeout_ms) {
  const struct timespec until = time_in(timeout_ms);
  pthread_mutex_lock(&job->mutex);
  while (job->state == RN_JOB_RUNNING && wait_for_change(job, timeout_ms, &until)) {
  }
  bool over = job->state != RN_JOB_RUNNING;
  pthread_mutex_unlock(&job->mutex);
  return over;
}

/* An epoch that is being closed already may lack what came since its barrier: the one behind it is waited for. */
bool rn_job_commit(rn_job *job, int timeout_ms) {
  const struct timespec until = time_in(timeout_ms);
  pthread_mutex_lock(&job->mutex);
  uint64_t trigger = __atomic_load_n(&job->trigger, __ATOMIC_ACQUIRE);
  uint64_t wanted = (trigger > job->last_epoch ? trigger : job->last_epoch) + 1;
  __atomic_store_n(&job->early, true, __ATOMIC_RELEASE);
  pthread_cond_broadcast(&job->changed);
  while (job->state == RN_JOB_RUNNING && job->last_epoch < wanted && wait_for_change(job, timeout_ms, &until)) {
  }
  bool committed = job->last_epoch >= wanted || job->state == RN_JOB_FINISHED || job->state == RN_JOB_STOPPED;
  pthread_mutex_unlock(&job->mutex);
  return committed;
}

rn_job_state rn_job_get_state(rn_job *job, rn_error *err) {
  pthread_mutex_lock(&job->mutex);
  rn_job_state state = job->state;
  if (state == RN_JOB_FAILED && err && err->code == 0) *err = job->error;
  pthread_mutex_unlock(&job->mutex);
  return state;
}

void rn_job_close(rn_job *job) {
  if (!job) return;
  if (job->coordinator_runs) {
    pthread_mutex_lock(&job->mutex);
    bool running = job->state == RN_JOB_RUNNING;
    pthread_mutex_unlock(&job->mutex);
    if (running) rn_job_abort(job);
    pthread_join(job->coordinator, NULL);
  }
  for (size_t i = 0; i < job->operators.len; i++) rn_operator_free(job->operators.data[i]);
  for (size_t i = 0; i < job->tasks.len; i++) rn_task_free(job->tasks.data[i]);
  RN_VEC_FREE(&job->operators);
  rn_alignment_free(&job->alignment);
  RN_VEC_FREE(&job->tasks);
  RN_VEC_FREE(&job->instances);
  RN_VEC_FREE(&job->epoch_sources);
  pthread_cond_destroy(&job->changed);
  pthread_mutex_destroy(&job->mutex);
  rn_arena_free(&job->arena);
  rn_free(job->name);
  rn_free(job);
}

const char *rn_job_name(const rn_job *job) { return job->name ? job->name : ""; }

/* --- for operators: through the view of their task --------------------------------------------------------------- */

const rn_job_config *rn_job_get_config(void *job) { return &((rn_job_view *)job)->job->config; }

void rn_job_dead_letter(void *job, const char *source, const char *split, int64_t offset, const char *column,
                        const char *reason, rn_slice raw) {
  rn_job_view *view = job;
  if (!view->job->durable && !view->job->has_sinks) return; /* no epochs: a SELECT keeps nothing */
  rn_dead_letter d = {.source = rn_strdup(source),
                      .split = rn_strdup(split),
                      .column = column ? rn_strdup(column) : NULL,
                      .reason = rn_strdup(reason),
                      .raw = raw.ptr ? rn_strndup(raw.ptr, raw.len) : NULL,
                      .raw_len = raw.ptr ? raw.len : 0,
                      .offset = offset,
                      .time_us = rn_clock_now_us(view->job->config.clock)};
  RN_VEC_PUSH(&view->task->dead_letters, d);
  if (view->task->dead_letters.len % LETTERS_MANY == 0) rn_job_close_early(job);
}

void rn_job_finish_query(void *job) {
  rn_job *j = ((rn_job_view *)job)->job;
  __atomic_store_n(&j->query_full, true, __ATOMIC_RELEASE);
  rn_job_wake_tasks(j);
}

static void wake_all(void *job) { rn_job_wake_tasks(job); }
struct rn_aligned *rn_job_align(void *job, const char *group, int64_t max_drift_us) {
  rn_job *j = ((rn_job_view *)job)->job;
  return rn_alignment_join(&j->alignment, group, max_drift_us, wake_all, j);
}

void rn_job_notice(void *job, const char *text) {
  const rn_job_config *c = rn_job_get_config(job);
  if (c->log) c->log(c->log_ctx, 2, text);
}

void rn_job_close_early(void *job) {
  rn_job *j = ((rn_job_view *)job)->job;
  if (__atomic_exchange_n(&j->early, true, __ATOMIC_ACQ_REL)) return;
  pthread_mutex_lock(&j->mutex);
  pthread_cond_broadcast(&j->changed);
  pthread_mutex_unlock(&j->mutex);
}

void rn_job_source_spec(void *job, const rn_plan_node *node, rn_arena *arena, rn_source_spec *spec) {
  rn_job_view *view = job;
  rn_job *j = view->job;
  rn_position *restored, *until;
  spec->restored_count = j->restored ? rn_job_positions(j, node->path, false, false, arena, &restored) : 0;
  spec->restored = spec->restored_count ? restored : NULL;
  spec->until_end = j->config.until_end;
  spec->until_count = j->config.until_end ? rn_job_positions(j, node->path, false, true, arena, &until) : 0;
  spec->until = spec->until_count ? until : NULL;
  spec->seed = j->config.random_seed + node->id;
  spec->store = j->config.store;
  spec->wake = rn_inbox_wake;
  spec->wake_ctx = view->task->inbox;
  spec->interrupted = j->config.interrupted;
  spec->interrupted_ctx = j->config.interrupted_ctx;
}

void rn_job_sink_spec(void *job, const rn_plan_node *node, rn_arena *arena, rn_sink_spec *spec) {
  rn_job *j = ((rn_job_view *)job)->job;
  rn_position *restored;
  spec->restored_count = j->restored ? rn_job_positions(j, node->path, true, false, arena, &restored) : 0;
  spec->restored = spec->restored_count ? restored : NULL;
  spec->fresh = !j->restored;
  spec->interrupted = j->config.interrupted;
  spec->interrupted_ctx = j->config.interrupted_ctx;
}

uint32_t rn_job_take_rows(void *job, uint32_t wanted) {
  rn_job *j = ((rn_job_view *)job)->job;
  if (j->config.stop_after_rows == 0) return wanted;
  int64_t left = __atomic_load_n(&j->rows_left, __ATOMIC_ACQUIRE);
  int64_t take;
  do take = left < (int64_t)wanted ? left : (int64_t)wanted;
  while (take > 0 && !__atomic_compare_exchange_n(&j->rows_left, &left, left - take, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE));
  return take > 0 ? (uint32_t)take : 0;
}

void rn_job_took_rows(void *job, uint32_t taken, uint32_t used) {
  rn_job *j = ((rn_job_view *)job)->job;
  if (j->config.stop_after_rows == 0) return;
  if (used < taken) __atomic_fetch_add(&j->rows_left, taken - used, __ATOMIC_ACQ_REL);
  int64_t read = __atomic_add_fetch(&j->rows_read, used, __ATOMIC_ACQ_REL);
  if (used && read >= (int64_t)j->config.stop_after_rows) ask_to_end(j, RN_ENDING_STOP);
}
