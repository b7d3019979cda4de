/* What the files of a job share: job.c (making and ending), job_restore.c (fingerprints, positions, state),
 * job_epoch.c (the coordinator), job_stats.c; and task.c, which runs the operators. */
#ifndef RN_RUNTIME_JOB_PRIVATE_H
#define RN_RUNTIME_JOB_PRIVATE_H
#include <pthread.h>
#include "runtime/alignment.h"
#include "runtime/job.h"
#include "runtime/task.h"

/* The job as one task sees it: what rn_context.job points to. */
struct rn_job_view {
  struct rn_job *job;
  rn_task *task;
};

/* One operator instance: for restore and statistics. */
typedef struct rn_instance {
  rn_operator *op;
  rn_task *task;
  unsigned subtask;
} rn_instance;

typedef struct rn_epoch_source { /* whose positions lie where in epoch->positions */
  rn_operator *scan;
  size_t first, count;
} rn_epoch_source;

typedef enum rn_ending { RN_ENDING_NONE, RN_ENDING_STOP, RN_ENDING_FINISH, RN_ENDING_ABORT } rn_ending;

struct rn_job {
  const rn_plan *plan;
  rn_job_config config;
  char *name;
  rn_arena arena; /* lives as long as the job */
  bool durable;   /* store and name */
  bool has_sinks; /* epochs are closed, stored or not */
  bool full_sync;
  rn_stored_job stored;
  bool restored;  /* continues from a committed epoch */
  RN_VEC(rn_instance) instances; /* of plan nodes; receivers of exchanges are not here */
  rn_operator ***by_node;        /* [node id][subtask] */
  RN_VEC(rn_operator *) operators; /* all, for closing */
  RN_VEC(rn_task *) tasks;
  rn_alignment alignment;        /* groups of 'scan.watermark.alignment.group' */
  pthread_t coordinator;
  bool coordinator_runs;

  pthread_mutex_t mutex;
  pthread_cond_t changed;
  /* under the mutex */
  rn_job_state state;
  rn_error error;
  rn_ending ending;     /* what was asked for */
  uint32_t reports;     /* tasks that have reported for the open epoch */
  uint32_t tasks_ended; /* all their input has ended or drained */
  uint32_t tasks_running;
  bool committed;       /* the store has finished the epoch, with commit_status */
  rn_status commit_status;
  rn_epoch *epoch;      /* being filled or committed */
  RN_VEC(rn_epoch_source) epoch_sources;
  uint64_t last_epoch;
  uint64_t last_activity; /* of the counters, when the last epoch was triggered */
  int64_t last_commit_us, last_commit_at_us, interval_us, barrier_us, started_us, ended_us;
  /* atomic */
  uint64_t trigger;     /* epoch whose barrier sources are to inject; 0: none yet */
  bool trigger_last;    /* nothing is polled behind that barrier */
  bool trigger_stored;  /* somebody may go on from that epoch: operators hand over their state */
  bool abort;           /* tasks leave at once; the store stops retrying */
  bool leave;           /* tasks leave: the last epoch is committed */
  bool query_full;      /* rn_job_finish_query: sources end */
  bool early;           /* staged rows are many: the epoch closes as soon as it can, sources wait for it */
  int64_t rows_left;    /* stop_after_rows: not yet taken by a scan .. */
  int64_t rows_read;    /* .. and read */
};

/* job.c */
void rn_job_set_error(rn_job *job, const rn_error *err); /* first wins; ends the job */
void rn_job_wake_tasks(rn_job *job);
/* job_restore.c */
rn_status rn_job_load(rn_job *job, rn_error *err);          /* before operators open: checks, positions */
rn_status rn_job_restore_state(rn_job *job, rn_error *err); /* after: state blobs */
rn_status rn_job_save(rn_job *job, rn_error *err);          /* definition and end positions */
/* Stored positions (or end positions) of an operator; in the job's arena. */
size_t rn_job_positions(const rn_job *job, const char *owner, bool is_sink, bool until, rn_arena *arena,
                        rn_position **out);
/* job_epoch.c */
void *rn_job_coordinate(void *job);
/* task -> coordinator; all of the task's part of the epoch is taken over. */
rn_status rn_job_report(rn_job *job, rn_task *task, rn_snapshot *snapshot, rn_error *err);
void rn_job_task_ended(rn_job *job);
void rn_job_task_left(rn_job *job);

#endif
