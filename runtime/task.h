/* Task: a chain of operators run by one thread. Plans are cut at exchanges; each piece (fragment) runs as
 * many tasks as its parallelism says. A task polls its sources in turn, takes messages from its inbox, fires
 * processing-time timers, and at an epoch barrier, once all inputs have delivered theirs, hands over the
 * snapshots of its operators. */
#ifndef RN_RUNTIME_TASK_H
#define RN_RUNTIME_TASK_H
#include <pthread.h>
#include "runtime/job.h"
#include "runtime/queue.h"

typedef struct rn_task rn_task;
typedef struct rn_job_view rn_job_view;

struct rn_task {
  rn_job *job;
  rn_job_view *view;
  uint32_t fragment, subtask;
  rn_inbox *inbox;
  RN_VEC(rn_operator *) operators; /* inputs before consumers */
  RN_VEC(rn_operator *) sources;   /* those without inputs that are polled */
  RN_VEC(rn_operator *) senders;   /* exchange senders */
  bool *source_ended;
  uint32_t sources_open;
  uint32_t open_inputs;            /* channels that have neither ended nor drained */
  bool ended;                      /* reported: all input has ended or drained */
  pthread_t thread;
  bool started;
  /* barrier */
  uint64_t barrier;                /* epoch being aligned; 0: none */
  uint64_t last_epoch;             /* reported */
  uint32_t barriers_seen;          /* channels that have delivered it */
  bool stopped;                    /* behind the last barrier: nothing more is taken */
  int64_t barrier_begin_us;
  RN_VEC(rn_dead_letter) dead_letters; /* since the last barrier */
  uint32_t idle_rounds;
  uint32_t next_source;
  /* for rn_job_settled: atomic */
  uint64_t work;          /* rounds in which something was done */
  int64_t idle_at_us;     /* the job's time when the last round began that found nothing to do */
};

rn_task *rn_task_new(rn_job *job, uint32_t fragment, uint32_t subtask);
rn_status rn_task_start(rn_task *task, rn_error *err);
void rn_task_free(rn_task *task); /* its thread has ended; operators are the job's */

#endif
