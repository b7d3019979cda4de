/* Operators: a static const class of few functions, one file each in operators/.
 *
 * Push model: process_batch() is called with a borrowed batch and calls rn_emit() for what it makes.
 * Watermarks, idleness, epoch barriers and the end of input travel the same edges, in order. The
 * generic part (operator.c) combines the watermarks of several inputs and calls on_watermark() only
 * when the minimum rises. One operator belongs to one task (thread). */
#ifndef RN_RUNTIME_OPERATOR_H
#define RN_RUNTIME_OPERATOR_H
#include "base/clock.h"
#include "runtime/connector.h"
#include "runtime/expr.h"
#include "runtime/plan.h"
#include "runtime/snapshot.h"
#include "runtime/state.h"

/* Debug and sanitizer builds verify every emitted batch and, at every epoch, that all rows are accounted for. */
#if defined(RN_DEBUG) || defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define RN_CHECKED_BUILD 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define RN_CHECKED_BUILD 1
#endif
#endif
#ifndef RN_CHECKED_BUILD
#define RN_CHECKED_BUILD 0
#endif

#define RN_WATERMARK_NONE INT64_MIN
#define RN_WATERMARK_END INT64_MAX /* end of bounded input: fires everything */

typedef struct rn_operator rn_operator;

/* What every operator of a job shares; immutable while tasks run, except where said. */
typedef struct rn_context {
  const rn_plan *plan;
  const rn_clock *clock;
  const rn_zone *zone;
  uint64_t hash_seed;      /* per database file */
  uint32_t batch_rows;     /* target rows of a batch: RN_BATCH_ROWS_MAX; goldens: 2 */
  bool batch_mode;         /* bounded plan: updating edges are folded at the end of input */
  int64_t query_time_us;   /* CURRENT_TIMESTAMP in batch mode */
  unsigned subtask, parallelism; /* of the operator instance that gets this context */
  void *job;               /* the job as one task sees it, for sinks and dead letters (job.h); NULL in bare tests */
} rn_context;

/* Counters, read by other threads: written by the owning task with relaxed atomic stores. */
typedef struct rn_counters {
  uint64_t rows_in, rows_out, batches_in;
  uint64_t late;       /* time operators: in = used + late */
  uint64_t ahead;      /* watermark: rows too far ahead of the clock to raise it */
  uint64_t filtered;   /* filter: in = out + filtered */
  uint64_t bad, bad_fields, skipped, expanded; /* source: read + expanded = rows + bad + skipped */
  uint64_t read, bytes;
  uint64_t written, coalesced; /* sink: in = written + coalesced */
  int64_t watermark_us;
  int64_t busy_us;
  uint64_t state_bytes, state_rows;
} rn_counters;
#define RN_COUNT(field, n) __atomic_store_n(&(field), (field) + (n), __ATOMIC_RELAXED)

/* What travels an edge beside batches. */
typedef enum rn_control { RN_CONTROL_WATERMARK, RN_CONTROL_IDLE, RN_CONTROL_ACTIVE, RN_CONTROL_END, RN_CONTROL_DRAIN } rn_control;

typedef struct rn_operator_class {
  const char *name; /* "window-aggregate" */
  size_t size;      /* of the struct that begins with rn_operator */
  rn_status (*open)(rn_operator *op, rn_error *err);
  rn_status (*process_batch)(rn_operator *op, unsigned input, rn_batch *batch, rn_error *err);
  /* Combined watermark rose to watermark_us. NULL: forwarded. The operator forwards it itself, after
   * what it emits, with rn_emit_watermark(). */
  rn_status (*on_watermark)(rn_operator *op, int64_t watermark_us, rn_error *err);
  /* The clock reached op->timer_us (which was reset to INT64_MAX before the call). */
  rn_status (*on_timer)(rn_operator *op, int64_t now_us, rn_error *err);
  /* All inputs have ended (after on_watermark(RN_WATERMARK_END)); the generic part then forwards it. */
  rn_status (*on_end)(rn_operator *op, rn_error *err);
  /* The watermark that would fire all that is open or buffered now; RN_WATERMARK_NONE: nothing.
   * Used by --until-end: never infinity. NULL: holds nothing. */
  int64_t (*horizon)(rn_operator *op);
  /* Besides op->state, which the generic part snapshots and restores. NULL: nothing else. */
  rn_status (*snapshot)(rn_operator *op, rn_snapshot *out, rn_error *err);
  rn_status (*restore)(rn_operator *op, const rn_blob *blob, rn_error *err); /* global blobs */
  rn_status (*restored)(rn_operator *op, rn_error *err); /* after the last blob; may be NULL */
  /* Once, after every operator of the job was opened and restored and before the first batch: says what holds
   * already (a restored watermark, a source without splits). May be NULL. */
  rn_status (*start)(rn_operator *op, rn_error *err);
  void (*close)(rn_operator *op); /* also after a failed open(); idempotent */
  /* Operators without inputs (SCAN, VALUES) only: makes and emits some rows, waiting at most wait_us when
   * there are none now. RN_POLL_END: there will be none (the task then delivers the end, or the drain,
   * to the edges; poll is not called again). What was emitted must be in snapshot() or a position, so that
   * a restored instance does not emit it again. */
  rn_status (*poll)(rn_operator *op, int64_t wait_us, rn_poll *poll, rn_error *err);
  /* Exchange senders only: what goes to the edges besides batches goes here instead. */
  rn_status (*control)(rn_operator *op, rn_control control, int64_t value, rn_error *err);
} rn_operator_class;

typedef struct rn_edge {
  rn_operator *target;
  unsigned input;
} rn_edge;

struct rn_operator {
  const rn_operator_class *op_class;
  const rn_plan_node *node;
  const rn_context *context;
  rn_edge *edges; /* outputs; several where a plan shares a node */
  uint32_t edge_count;
  uint32_t input_count;
  int64_t *input_watermarks; /* per input */
  bool *input_idle, *input_ended;
  bool *input_lagging;       /* active again after idleness, still behind the combined watermark */
  bool *input_drained;
  bool drained;
  int64_t drain_us;          /* largest drain watermark so far */
  int64_t watermark_us;      /* combined */
  bool idle, ended;
  int64_t timer_us;          /* next processing-time timer, INT64_MAX: none */
  int64_t sweep_us;          /* when idle state is looked for next, INT64_MAX: never */
  rn_state *state;           /* made by open() of keyed operators (rn_operator_open_state) */
  rn_counters counters;
  rn_arena arena;            /* of the operator's output batch; the operator resets it */
  /* The SCAN this operator is fed from inside its own task through operators of one input; NULL: none.
   * A WATERMARK operator asks it for its splits (operators/operators.h: rn_scan_splits). */
  rn_operator *scan;
  int64_t saved_watermark_us; /* what the last snapshot of the generic part wrote */
  uint64_t random_state;      /* RAND() and the like */
};

/* --- for tasks and tests: the life of one operator instance --------------------------------------------
 * new -> add_edge.. -> open -> restore.. -> restored -> (batches, watermarks, end) -> free. */
rn_operator *rn_operator_new(const rn_operator_class *op_class, const rn_plan_node *node,
                             const rn_context *context /* copied */, uint32_t input_count);
void rn_operator_add_edge(rn_operator *op, rn_operator *target, unsigned input);
rn_status rn_operator_open(rn_operator *op, rn_error *err);
/* op->state, the generic part (combined watermark) and class->snapshot. out NULL: nobody will go on from here, only the
 * counters of the state are brought up to date. */
rn_status rn_operator_snapshot(rn_operator *op, rn_snapshot *out, rn_error *err);
/* One stored blob of this operator's path: to op->state, the generic part or class->restore. */
rn_status rn_operator_restore(rn_operator *op, const rn_blob *blob, rn_error *err);
rn_status rn_operator_restored(rn_operator *op, rn_error *err);
/* The next time at which the clock has something to do for the operator. */
static inline int64_t rn_operator_timer(const rn_operator *op) { return op->timer_us < op->sweep_us ? op->timer_us : op->sweep_us; }
/* Calls on_timer when the clock has reached the timer, and takes idle state away when it is time. */
rn_status rn_operator_fire_timer(rn_operator *op, int64_t now_us, rn_error *err);
/* End of input of an operator without inputs: the largest watermark, on_end, end to the edges. */
rn_status rn_operator_end(rn_operator *op, rn_error *err);
/* The same when --until-end has reached its end positions: a drain goes to the edges instead. */
rn_status rn_operator_drain(rn_operator *op, rn_error *err);
void rn_operator_free(rn_operator *op);

/* Makes op->state with the groups of this instance. */
void rn_operator_open_state(rn_operator *op);
/* To all edges; does nothing for an empty batch. Counts rows_out. */
rn_status rn_emit(rn_operator *op, rn_batch *batch, rn_error *err);
rn_status rn_emit_watermark(rn_operator *op, int64_t watermark_us, rn_error *err);
/* The same for who keeps all its rows until the input ends: nothing before that, or they would be late further on. */
static inline rn_status rn_emit_last_watermark(rn_operator *op, int64_t watermark_us, rn_error *err) {
  return watermark_us == RN_WATERMARK_END ? rn_emit_watermark(op, watermark_us, err) : RN_OK;
}
rn_status rn_emit_idle(rn_operator *op, bool idle, rn_error *err);
/* Entry points of an edge (called by emitters and by tasks at exchange inputs). */
rn_status rn_deliver_batch(rn_operator *op, unsigned input, rn_batch *batch, rn_error *err);
rn_status rn_deliver_watermark(rn_operator *op, unsigned input, int64_t watermark_us, rn_error *err);
rn_status rn_deliver_idle(rn_operator *op, unsigned input, bool idle, rn_error *err);
rn_status rn_deliver_end(rn_operator *op, unsigned input, rn_error *err);
/* --until-end: each operator raises the watermark to the larger of watermark_us and its own horizon and
 * passes that on. Sources stay at their offsets; the job can continue later. */
rn_status rn_deliver_drain(rn_operator *op, unsigned input, int64_t watermark_us, rn_error *err);
/* An evaluation context over op->arena for programs. */
void rn_operator_eval(rn_operator *op, const rn_batch *batch, rn_eval *eval, rn_error *err);

/* By node kind. NULL: no such operator. Rows in operators/registry.c. */
const rn_operator_class *rn_operator_find(rn_node_kind kind);
/* Of a node: SESSION windows have a class of their own. */
const rn_operator_class *rn_operator_of(const rn_plan_node *node);

#endif
