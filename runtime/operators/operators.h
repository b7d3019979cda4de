/* The operator classes, one file each (op_<kind>.c), and the few functions that operators ask of each other.
 * Registered by node kind in operators/registry.c. */
#ifndef RN_RUNTIME_OPERATORS_H
#define RN_RUNTIME_OPERATORS_H
#include "runtime/operator.h"

extern const rn_operator_class rn_op_scan_class;
extern const rn_operator_class rn_op_values_class;
extern const rn_operator_class rn_op_calc_class;
extern const rn_operator_class rn_op_watermark_class;
extern const rn_operator_class rn_op_window_class;
extern const rn_operator_class rn_op_window_agg_class;
extern const rn_operator_class rn_op_session_class; /* WINDOW and WINDOW_AGG of kind SESSION */
extern const rn_operator_class rn_op_expand_class; /* GROUPING SETS */
extern const rn_operator_class rn_op_group_agg_class;
extern const rn_operator_class rn_op_hold_class;
extern const rn_operator_class rn_op_over_class;
extern const rn_operator_class rn_op_over_whole_class;
extern const rn_operator_class rn_op_rank_class;
extern const rn_operator_class rn_op_first_class;       /* RANK of mode FIRST */
extern const rn_operator_class rn_op_window_join_class; /* JOIN by window */
extern const rn_operator_class rn_op_sort_class;
extern const rn_operator_class rn_op_limit_class;
extern const rn_operator_class rn_op_union_class;
extern const rn_operator_class rn_op_join_class;
extern const rn_operator_class rn_op_set_class;
extern const rn_operator_class rn_op_unnest_class;
extern const rn_operator_class rn_op_conflict_class;
extern const rn_operator_class rn_op_sink_class;
extern const rn_operator_class rn_op_collect_class;
/* An EXCHANGE node is two operators: the sender in the producing task, the receiver in the consuming one. */
extern const rn_operator_class rn_op_exchange_out_class;
extern const rn_operator_class rn_op_exchange_in_class;

/* Names the record of the row in err (topic, offset) where the batch still knows it. Always RN_FAIL. */
rn_status rn_operator_row_error(rn_operator *op, const rn_batch *batch, int64_t row, rn_error *err);

/* --- rows that leave (rows_out.c) ------------------------------------------------------------------------ */
/* Begins the batch that the operator emits next, in op->arena: n rows of its schema, their first `columns` columns decoded
 * from rows[] (rn_rows_encode, rn_keys_encode). The others are the caller's to fill. */
void rn_output_rows(rn_operator *op, const rn_slice *rows, uint32_t n, uint32_t columns, rn_batch *out);
/* kinds[i] of row i; a batch of inserts has none. */
void rn_output_kinds(rn_batch *out, const uint8_t *kinds);

/* --- late rows (late.c) ---------------------------------------------------------------------------------- */
/* Why a time operator drops a row; at_us is wall-clock where `zone` is set, and the watermark is shown in that zone. */
typedef enum rn_late_cause {
  RN_LATE_WINDOW,   /* at_us: where the last window it belongs to ended */
  RN_LATE_TIME,     /* at_us: its time */
  RN_LATE_NO_TIME,  /* the time is NULL */
  RN_LATE_NO_WINDOW /* between windows */
} rn_late_cause;
void rn_late_keep(rn_operator *op, unsigned input, const rn_batch *batch, uint32_t row, rn_late_cause cause, int64_t at_us,
                  const rn_zone *zone);
/* Called for every row that is counted as late: kept as a dead letter where a table below says so. */
static inline void rn_late_row(rn_operator *op, unsigned input, const rn_batch *batch, uint32_t row, rn_late_cause cause,
                               int64_t at_us, const rn_zone *zone) {
  if (op->node->late_source) rn_late_keep(op, input, batch, row, cause, at_us, zone);
}
/* Is the row, which may come once per grouping set, late in this one? */
static inline bool rn_late_here(const rn_late_set *set, const rn_batch *batch, uint32_t row) {
  return !set->column || ((const int64_t *)batch->columns[set->column - 1].data)[row] == set->set;
}
/* The same for a row whose own time, in a column of the input, has passed. */
void rn_late_time(rn_operator *op, const rn_batch *batch, uint32_t row, uint32_t time_column);

/* --- scan (op_scan.c) ------------------------------------------------------------------------------------ */
/* Splits of this scan instance now (may grow); rn_run.split counts from 0 below it. */
uint32_t rn_scan_splits(rn_operator *scan);
/* Does the split count for the watermark's minimum (a file read to its end does not)? */
bool rn_scan_split_active(rn_operator *scan, uint32_t split);
void rn_scan_pause_split(rn_operator *scan, uint32_t split, bool paused); /* no-op where the source cannot */
bool rn_scan_can_pause(rn_operator *scan);
const char *rn_scan_split_name(rn_operator *scan, uint32_t split);
/* Position just behind what was emitted; end positions of --until-end. Heap strings. */
rn_status rn_scan_positions(rn_operator *scan, rn_positions *out, rn_error *err);
rn_status rn_scan_until(rn_operator *scan, rn_positions *out, rn_error *err);
rn_status rn_scan_committed(rn_operator *scan, uint64_t epoch, const rn_position *positions, size_t count,
                            rn_error *err); /* store thread */
int64_t rn_scan_lag(rn_operator *scan);
int64_t rn_scan_split_lag(rn_operator *scan, uint32_t split); /* 0 where the source does not know */
/* The scan reads nothing while this member of an alignment group waits; its end leaves the group. */
struct rn_aligned;
void rn_scan_align(rn_operator *scan, struct rn_aligned *member);
bool rn_scan_waits(rn_operator *scan);

/* --- watermark (op_watermark.c) --------------------------------------------------------------------------- */
/* The split that holds the watermark back, as of a moment ago. Any thread. False: not known yet, or none does. */
typedef struct rn_watermark_hold {
  char split[96];        /* "orders/3"; empty: the source has one split without a name */
  uint32_t splits, idle; /* of this instance; idle ones do not hold it */
  int64_t watermark_us;  /* RN_WATERMARK_NONE: no row of the split yet */
  int64_t since_us;      /* clock, of its last row (or of the start) */
} rn_watermark_hold;
bool rn_watermark_held(rn_operator *op, rn_watermark_hold *out);

/* --- sink (op_sink.c) ------------------------------------------------------------------------------------ */
typedef struct rn_sink_handle {
  const rn_connector *connector;
  rn_sink *sink;
} rn_sink_handle;
rn_sink_handle rn_sink_of(rn_operator *sink);
/* sink_length.c: cuts, pads or refuses values whose length is not their column's; columns that change are copied into
 * the operator's arena. */
rn_status rn_sink_check_lengths(rn_operator *sink, rn_batch *batch, rn_error *err);

/* --- exchange (op_exchange.c) ---------------------------------------------------------------------------- */
struct rn_queue;
/* Adds a target to the sender: rows whose key group belongs to instance `subtask` of the receiver. */
void rn_exchange_add_target(rn_operator *sender, struct rn_queue *queue, unsigned group);
/* Sends a barrier to every target (task, at the end of its alignment). */
rn_status rn_exchange_barrier(rn_operator *sender, uint64_t epoch, rn_error *err);

#endif
