/* Job: a physical plan that runs: sources, tasks (threads), exchanges, sinks, and the coordinator that
 * closes epochs (Carbone 2015, Lightweight Asynchronous Snapshots, aligned).
 *
 * A job with a store and a name is durable: it resumes from the last committed epoch, and each epoch is
 * one transaction. A job without (a SELECT) is anonymous: no epochs, nothing stored. */
#ifndef RN_RUNTIME_JOB_H
#define RN_RUNTIME_JOB_H
#include "runtime/cursor.h"
#include "runtime/operator.h"
#include "runtime/plan.h"
#include "runtime/store.h"

typedef struct rn_job rn_job;

typedef enum rn_job_state { RN_JOB_CREATED, RN_JOB_RUNNING, RN_JOB_STOPPED, RN_JOB_FINISHED, RN_JOB_FAILED } rn_job_state;
const char *rn_job_state_text(rn_job_state state);

typedef struct rn_job_config {
  const char *name;          /* NULL: anonymous */
  rn_store *store;           /* NULL: no epochs, nothing stored */
  rn_cursor *cursor;         /* for COLLECT; NULL otherwise */
  const rn_clock *clock;
  const rn_zone *zone;
  uint64_t random_seed;
  int64_t epoch_interval_us; /* stretched so that commits stay under a tenth of the time */
  uint32_t batch_rows;       /* 0: default */
  bool until_end;
  void (*log)(void *ctx, int level, const char *text); /* notices; any thread */
  void *log_ctx;
  void (*write_output)(void *ctx, const char *text, size_t len, bool is_error); /* print connector */
  void *output_ctx;
  /* Asked while rn_job_open waits for somebody outside, in its thread; true: it fails with RN_E_INTERRUPTED. NULL: never. */
  bool (*interrupted)(void *ctx);
  void *interrupted_ctx;
  /* Tests: close an epoch and stop after that many source rows (0: never). */
  uint64_t stop_after_rows;
} rn_job_config;

/* Makes tasks and opens operators; when the store has an epoch of this name, restores it. The plan must
 * outlive the job. Checks fingerprints (E_STATE_CHANGED tells what changed and what to do). */
rn_status rn_job_open(const rn_plan *plan, const rn_job_config *config, rn_job **out, rn_error *err);
rn_status rn_job_start(rn_job *job, rn_error *err);
/* Asks the job to stop: sources stop, a last epoch closes, state STOPPED. Returns at once. */
void rn_job_stop(rn_job *job);
/* Aborts: no epoch. The next start continues from the last committed one. */
void rn_job_abort(rn_job *job);
/* Waits until the job is no longer running: true; false: timeout. timeout_ms -1: for ever. */
bool rn_job_wait(rn_job *job, int timeout_ms);
rn_job_state rn_job_get_state(rn_job *job, rn_error *err /* of FAILED; may be NULL */);
void rn_job_close(rn_job *job); /* aborts when still running */
/* Closes an epoch now and waits for its commit. False: the time is over, or the job failed. -1: for ever. */
bool rn_job_commit(rn_job *job, int timeout_ms);
/* With a virtual clock: has every task found nothing to do at the present time, with nothing under way between them? Wakes
 * them where they have not looked yet. Any thread. An ended job is settled. */
bool rn_job_settled(rn_job *job);

typedef struct rn_node_stats {
  uint32_t node;           /* plan node id */
  rn_counters counters;    /* summed over instances; watermark: minimum */
} rn_node_stats;
typedef struct rn_job_stats {
  rn_job_state state;
  uint64_t epoch;
  int64_t epoch_age_us, last_commit_us, interval_us, barrier_us; /* durations */
  uint64_t rows_in, rows_out, late, ahead, bad;
  int64_t lag;             /* records behind, -1 unknown */
  int64_t watermark_us;    /* of the slowest source; RN_WATERMARK_NONE */
  uint64_t state_bytes;
  int64_t running_us;
  char held_by[96];        /* the split that holds the watermark back; empty: none, or without a name */
  int64_t held_since_us;   /* clock, of its last row */
  bool held_empty;         /* it has not had a row yet */
  uint32_t splits, splits_idle; /* of all sources with a watermark */
  size_t node_count;
  rn_node_stats *nodes;    /* in arena */
} rn_job_stats;
void rn_job_stats_get(rn_job *job, rn_arena *arena, rn_job_stats *out);
const char *rn_job_name(const rn_job *job);
/* Where the job resumed: "epoch 212, orders/0 at 30110, .."; empty when it began anew. In arena. */
const char *rn_job_resumed_text(rn_job *job, rn_arena *arena);

/* For operators: dead letters go into the epoch's transaction. Takes copies. */
void rn_job_dead_letter(void *job, const char *source, const char *split, int64_t offset, const char *column,
                        const char *reason, rn_slice raw);
const rn_job_config *rn_job_get_config(void *job);
/* For LIMIT with stops_query: no more rows are wanted. Sources end at once; the end flows through the plan
 * and the job is FINISHED. Any thread; returns at once. */
void rn_job_finish_query(void *job);
/* A member of the job's alignment group of that name; while operators are opened. The job frees it. */
struct rn_aligned *rn_job_align(void *job, const char *group, int64_t max_drift_us);
/* A notice of an operator or connector, to the job's log. */
void rn_job_notice(void *job, const char *text);
/* Staged rows are many: the epoch closes as soon as it can. Any thread. */
void rn_job_close_early(void *job);
/* What the job knows for a source or sink that is being opened: stored positions, end positions, seed, store. */
void rn_job_source_spec(void *job, const rn_plan_node *node, rn_arena *arena, rn_source_spec *spec);
void rn_job_sink_spec(void *job, const rn_plan_node *node, rn_arena *arena, rn_sink_spec *spec);
/* stop_after_rows: how many of `wanted` rows may still be read; then how many of them were. */
uint32_t rn_job_take_rows(void *job, uint32_t wanted);
void rn_job_took_rows(void *job, uint32_t taken, uint32_t used);

#endif
