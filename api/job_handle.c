/* runnel_job: what an embedding program holds of a job: state, error, stop, statistics. */
#include "api/api_private.h"

/* --- job handles
 * -------------------------------------------------------------------------------------------------------- */
static runnel_job *handle(rn_engine_job *job) {
  runnel_job *h = rn_calloc(1, sizeof *h);
  h->job = job;
  job->references++;
  return h;
}
int runnel_job_start(runnel *db, const char *sql, unsigned flags, runnel_job **out) {
  *out = NULL;
  runnel_stmt *stmt;
  int code = runnel_prepare(db, sql, -1, flags, &stmt, NULL);
  if (code != RUNNEL_OK || !stmt) return code == RUNNEL_OK ? RUNNEL_MISUSE : code;
  if (stmt->kind == RUNNEL_STMT_INSERT) {
    code = runnel_step(stmt, 0);
    if (code == RUNNEL_DONE || code == RUNNEL_IDLE) {
      if (stmt->engine_job && stmt->engine_job->job) *out = handle(stmt->engine_job);
      code = RUNNEL_OK;
    }
  } else {
    code = RUNNEL_MISUSE;
  }
  runnel_finalize(stmt);
  return code;
}
runnel_job *runnel_stmt_job(runnel_stmt *stmt) {
  return stmt->engine_job && stmt->engine_job->job ? handle(stmt->engine_job) : NULL;
}
int runnel_job_count(runnel *db) { return (int)db->jobs.len; }
runnel_job *runnel_job_at(runnel *db, int index) {
  return index < 0 || (size_t)index >= db->jobs.len ? NULL : handle(db->jobs.data[index]);
}
const char *runnel_job_name(runnel_job *job) { return job->job->name; }

runnel_job_state runnel_job_get_state(runnel_job *job) {
  rn_engine_job_poll(job->job);
  switch (job->job->state) {
    case RN_JOB_CREATED:
    case RN_JOB_RUNNING:
      return RUNNEL_JOB_RUNNING;
    case RN_JOB_STOPPED:
      return RUNNEL_JOB_STOPPED;
    case RN_JOB_FINISHED:
      return RUNNEL_JOB_FINISHED;
    case RN_JOB_FAILED:
      return RUNNEL_JOB_FAILED;
  }
  return RUNNEL_JOB_FAILED;
}
const char *runnel_job_error(runnel_job *job) { return runnel_job_error_render(job, NULL, 0); }
const char *runnel_job_error_render(runnel_job *job, const char *source_name, int base_line) {
  rn_engine_job_poll(job->job);
  rn_builder_clear(&job->error);
  if (job->job->state == RN_JOB_FAILED)
    rn_api_render_one(&job->job->error, job->job->text, source_name, base_line, &job->error);
  return job->error.data ? job->error.data : "";
}
int runnel_job_error_code(runnel_job *job) {
  rn_engine_job_poll(job->job);
  return job->job->state == RN_JOB_FAILED ? rn_api_code(job->job->error.code) : RUNNEL_OK;
}
int runnel_job_wait(runnel_job *job, int timeout_ms) {
  if (job->job->job && !rn_job_wait(job->job->job, timeout_ms)) return RUNNEL_IDLE;
  int code = runnel_job_error_code(job);
  return code == RUNNEL_OK ? RUNNEL_DONE : code;
}
int runnel_job_commit(runnel_job *job, int timeout_ms) {
  if (job->job->job && rn_job_commit(job->job->job, timeout_ms)) return RUNNEL_OK;
  int code = runnel_job_error_code(job);
  return code == RUNNEL_OK ? RUNNEL_IDLE : code;
}
int runnel_job_stop(runnel_job *job, int timeout_ms) {
  if (job->job->job) rn_job_stop(job->job->job);
  return runnel_job_wait(job, timeout_ms);
}
int runnel_job_abort(runnel_job *job) {
  if (job->job->job) rn_job_abort(job->job->job);
  return RUNNEL_OK;
}
void runnel_job_free(runnel_job *job) {
  if (!job) return;
  rn_engine_job_release(job->job);
  rn_builder_free(&job->error);
  rn_free(job);
}

/* --- statistics
 * ------------------------------------------------------------------------------------------------------------ */
typedef struct stats_block {
  runnel_stats stats;
  rn_arena arena;
} stats_block;

static void fill(const rn_plan *plan, const rn_job_stats *from, const char *text, runnel *db, runnel_stats **out) {
  stats_block *block = rn_calloc(1, sizeof *block);
  runnel_stats *s = &block->stats;
  s->struct_size = sizeof *s;
  s->rows_in = from->rows_in;
  s->rows_out = from->rows_out;
  s->late = from->late;
  s->ahead = from->ahead;
  s->bad = from->bad;
  s->epoch = from->epoch;
  s->state_bytes = from->state_bytes;
  s->lag = from->lag;
  s->watermark_us = from->watermark_us;
  s->running_us = from->running_us;
  s->last_commit_us = from->last_commit_us;
  s->epoch_age_us = from->epoch_age_us;
  s->interval_us = from->interval_us;
  s->barrier_us = from->barrier_us;
  s->node_count = from->node_count;
  runnel_node_stats *nodes = RN_NEW_N(&block->arena, runnel_node_stats, from->node_count + 1);
  for (size_t i = 0; i < from->node_count; i++) {
    const rn_counters *c = &from->nodes[i].counters;
    const rn_plan_node *node = plan->nodes[from->nodes[i].node];
    const char *table = node->kind == RN_NODE_SCAN   ? node->u.scan.table->name
                        : node->kind == RN_NODE_SINK ? node->u.sink.table->name
                                                     : NULL;
    nodes[i] = (runnel_node_stats){
        .name = table ? rn_arena_printf(&block->arena, "%s %s", rn_node_kind_name(node->kind), table)
                      : rn_arena_strdup(&block->arena, rn_node_kind_name(node->kind)),
        .rows_in = c->rows_in,
        .rows_out = c->rows_out,
        .late = c->late,
        .filtered = c->filtered,
        .bad = c->bad,
        .bad_fields = c->bad_fields,
        .skipped = c->skipped,
        .written = c->written,
        .coalesced = c->coalesced,
        .watermark_us = c->watermark_us,
        .state_bytes = c->state_bytes,
        .state_rows = c->state_rows,
        .busy_us = c->busy_us};
  }
  s->nodes = nodes;
  s->why = rn_why(plan, from, text, db->zone, rn_clock_now_us(&db->clock), &block->arena);
  *out = s;
}
static int stats(rn_job *job, const rn_plan *plan, const char *text, runnel *db, runnel_stats **out) {
  *out = NULL;
  if (!job) return RUNNEL_MISUSE;
  rn_arena arena = {0};
  rn_job_stats now;
  rn_job_stats_get(job, &arena, &now);
  fill(plan, &now, text, db, out);
  rn_arena_free(&arena);
  return RUNNEL_OK;
}
int runnel_job_stats(runnel_job *job, runnel_stats **out) {
  return stats(job->job->job, job->job->plan, job->job->text, job->job->db, out);
}
int runnel_stmt_stats(runnel_stmt *stmt, runnel_stats **out) {
  const rn_engine_job *job = stmt->engine_job;
  if (job) return stats(job->job, job->plan, job->text, stmt->db, out);
  return stats(stmt->job, stmt->plan, stmt->text, stmt->db, out);
}
void runnel_stats_free(runnel_stats *s) {
  if (!s) return;
  stats_block *block = (stats_block *)(void *)s;
  rn_arena_free(&block->arena);
  rn_free(block);
}
