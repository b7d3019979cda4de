/* Logical plan: what a query means, nothing about threads or batches. Made by the query binder
 * (bind_query*.c), changed by the rewrite passes (rewrite*.c), walked once by changelog inference
 * (changelog.c) and turned into runtime/plan.h by physical.c.
 *
 * Expressions refer to columns of the node's input by index (UNION has none). Nodes live in the plan's
 * arena; a pass makes new nodes or changes them in place, nothing is freed singly.
 *
 *   SCAN        output: ALL columns of the table in declaration order; which of them are read is decided by
 *               the pass "prune", in the shared rn_access
 *   VALUES      constant rows
 *   FILTER      condition over the input
 *   PROJECT     exprs over the input
 *   WINDOW      windowing TVF: input columns + window_start, window_end, window_time
 *   EXPAND      input columns, copies of keys that are NULL in some sets, id of the grouping set: a row per set
 *   AGGREGATE   keys, results of calls
 *   WINDOW_AGG  keys, results of calls, window_start, window_end, window_time
 *   OVER        input columns + results of calls
 *   RANK        the best rows of each group: input columns [+ the rank]
 *   JOIN        columns of the left input, columns of the right one (nullable on the side that may lack a row),
 *               without time attributes; the condition is over the two inputs' columns in that order. SEMI and ANTI:
 *               columns of the left input only; MARK: those and BOOLEAN, whether there is a partner
 *   SET         INTERSECT or EXCEPT of two inputs with the same types
 *   UNNEST      input columns + columns of the elements of one of them
 *   SORT LIMIT UNION SINK COLLECT
 */
#ifndef RN_PLANNER_LOGICAL_H
#define RN_PLANNER_LOGICAL_H
#include "planner/catalog.h"
#include "planner/planner.h"
#include "runtime/plan.h"

typedef enum rn_logical_kind {
  RN_L_SCAN, RN_L_VALUES, RN_L_FILTER, RN_L_PROJECT, RN_L_WINDOW, RN_L_AGGREGATE, RN_L_WINDOW_AGG, RN_L_OVER, RN_L_RANK,
  RN_L_SORT, RN_L_LIMIT, RN_L_UNION, RN_L_SET, RN_L_JOIN, RN_L_UNNEST, RN_L_EXPAND, RN_L_SINK, RN_L_COLLECT, RN_L_COUNT
} rn_logical_kind;

/* A table as this plan reads it: scan, computed columns, watermark. Scans of the same table with the same
 * options share one, so that the source is read once. */
typedef struct rn_access {
  const rn_catalog_object *object;
  const char *identity;    /* object and hints; equal: shared */
  rn_table_spec *spec;
  int *spec_column;        /* per catalog column: index in spec->columns, -1: computed */
  rn_expr **computed;      /* per catalog column, over the catalog columns; NULL: not computed */
  rn_expr *watermark;      /* over the catalog columns; NULL: none */
  int rowtime;             /* catalog column, -1 */
  bool bounded;
  bool each_row;           /* scan.watermark.emit.strategy = on-event */
  uint32_t gap;            /* on-event: rows between watermarks */
  int64_t idle_timeout_us; /* of the table; -1: the setting's */
  int64_t max_ahead_us;    /* scan.watermark.max-ahead; 0: no limit */
  const char *align_group; /* scan.watermark.alignment.group; NULL: none */
  int64_t align_drift_us, align_interval_us;
  bool *used;              /* per catalog column; set by the pass "prune" */
  uint32_t number;         /* place in the list */
  rn_span span;            /* of the first mention in the statement */
  struct rn_access *next;
} rn_access;

/* When changes of open windows are shown: 0 at once, > 0 every .. of the clock, < 0 never. */
typedef struct rn_fire {
  int64_t early_us, late_us; /* before and behind the window's end */
  int64_t lateness_us;       /* rows count until so long behind the window's end */
} rn_fire;

typedef struct rn_logical rn_logical;
struct rn_logical {
  rn_logical_kind kind;
  const char *path;        /* of stateful nodes, sources and sinks: set before the rewrites */
  rn_span span;            /* clause it came from */
  rn_schema schema;
  uint32_t input_count;
  rn_logical **inputs;
  /* set by rn_infer_changelog */
  bool bounded;
  uint8_t emits;           /* RN_CHANGE_* */
  bool has_key;            /* upsert key known (may be empty: at most one row) */
  uint32_t key_count;
  const uint32_t *keys;
  int64_t ttl_us[2];       /* by input: keyed state that was not written for so long goes, 0: never; -1: no hint says so */
  bool has_window_keys;    /* window columns among the keys: one that names the window stands for all of them .. */
  bool window_grows;       /* CUMULATE: .. but window_start does not name it */
  uint32_t window_keys[3]; /* columns of window_start, window_end, window_time; UINT32_MAX: not there */
  uint32_t partition_count; /* WINDOW of kind SESSION: PARTITION BY, columns of the input */
  uint32_t *partition;
  union {
    rn_access *scan;
    struct {
      uint32_t row_count;
      rn_value *values;
    } values;
    rn_expr *filter;
    rn_expr **project;
    rn_window_spec window;
    rn_expand_spec expand;
    struct {
      uint32_t key_count;
      uint32_t *keys;
      uint32_t call_count;
      rn_agg_call *calls;
      const rn_ast_expr **asts; /* of the calls, for messages; NULL */
      const char *clause;       /* "GROUP BY", "DISTINCT", "aggregate": for messages */
      rn_window_spec window;    /* WINDOW_AGG; AGGREGATE that is early or closes */
      bool early;               /* EMIT CHANGES, early or late firing over a window: an AGGREGATE whose groups go when their window closes ..
                                 * (over sessions a WINDOW_AGG that shows them as they grow) */
      uint32_t end_key;         /* .. which is key number end_key */
      rn_fire fire;             /* early */
      bool closes;              /* an AGGREGATE whose groups leave and go when their window closes; end_key as above */
      uint32_t late_time;       /* early or closes, rows that are in several windows: 1 + the column of their time; 0: none */
      bool grouped;             /* false: global, no GROUP BY */
      bool fold, update_before, mini_batch; /* set by inference */
      bool legacy;              /* TUMBLE(ts, ..) in GROUP BY */
    } agg;
    struct {
      uint32_t key_count;
      uint32_t *keys;
      uint32_t order_count;
      rn_sort_item *order;
      rn_frame frame;
      bool processing_time;     /* ordered by PROCTIME() alone */
      rn_span order_span, frame_span;
      bool whole;               /* set by inference: needs rows behind the current one, or another order than time */
      bool changes, each, update_before; /* set by inference: whole on a stream, results are corrected */
      uint32_t call_count;
      rn_agg_call *calls;
    } over;
    struct { /* made by the pass "rank" */
      uint32_t key_count;
      uint32_t *keys;
      uint32_t order_count;
      rn_sort_item *order;
      int64_t start, end;       /* ranks that leave, both inclusive */
      bool number;              /* the rank is the last column */
      bool latest;              /* of rows that sort alike the later one is the better */
      rn_time_attribute time;   /* deduplication: ordered by time alone */
      const char *clause;       /* for messages */
      bool windowed;            /* a group is one of a window */
      rn_window_spec window;
      uint32_t window_end;
      uint32_t late_time;       /* rows are in several windows: 1 + the column of their time; 0: each counts for itself */
      rn_rank_mode mode;        /* set by inference */
      bool update_before;
    } rank;
    struct {
      uint32_t item_count;
      rn_sort_item *items;
      bool temporal;
      int64_t limit, offset;
      bool stops_query;         /* temporal with a limit */
      bool top;                 /* set by inference: on a stream, the best rows at any time */
      bool update_before;
    } sort;
    struct {
      int64_t limit, offset;
      bool stops_query;
    } limit;
    struct {
      bool except, all;
      bool fold;                /* set by inference */
    } set;
    struct {
      rn_join_kind kind;
      rn_expr *condition;       /* what the keys do not say; NULL: nothing */
      uint32_t key_count;       /* made by the pass "join-keys" */
      uint32_t *left_keys, *right_keys; /* columns of each input */
      bool *null_safe;
      bool single;              /* LEFT: a second partner is an error (scalar sub-query) */
      bool lateral;             /* the right input reads columns of the left one (RN_EXPR_OUTER): until "decorrelate" */
      bool fold;                /* set by inference */
      bool timed;               /* bound as a join by window: window_time stays a time attribute */
      bool windowed;            /* made by the pass "window-join": key `end_key` is the window's end on both sides */
      rn_window_spec window;
      uint32_t end_key;
      uint32_t late_time[2];    /* of each input, as in rank */
    } join;
    struct {
      uint32_t column;
      bool outer, ordinality;
      rn_expr *condition;       /* outer: only elements count that meet it; over the output; NULL: all */
    } unnest;
    struct {
      const rn_catalog_object *object;
      const rn_table_spec *table;
      uint32_t *columns;        /* spec column of input column i */
      uint32_t key_count;
      uint32_t *keys;           /* input columns of the PRIMARY KEY */
      uint8_t accepts;          /* RN_CHANGE_* bits the connector takes */
      rn_conflict conflict;     /* ON CONFLICT DO .. */
      rn_span conflict_span;
      bool resolve;             /* set by inference: the rows of a key need an operator */
      bool joined;              /* the input is a UNION: of the rows of several INSERTs */
    } sink;
    struct {
      bool changelog;
    } collect;
  } u;
};

/* Its names, for rn_expr_print; the caller frees the array (logical_text.c). */
const char **rn_schema_names(const rn_schema *schema);

rn_logical *rn_logical_new(rn_arena *arena, rn_logical_kind kind, rn_span span, uint32_t input_count,
                           rn_logical *const *inputs);
/* One input; the schema is the input's unless the caller sets another. */
rn_logical *rn_logical_over(rn_arena *arena, rn_logical_kind kind, rn_span span, rn_logical *input);
/* PROJECT; names and types of the output from `names` and the expressions. A type keeps its time attribute
 * only where the expression is a plain column (DIALECT 5.1) or PROCTIME(). */
rn_logical *rn_logical_project(rn_arena *arena, rn_logical *input, uint32_t count, rn_expr *const *exprs,
                               const char *const *names, rn_span span);
rn_logical *rn_logical_filter(rn_arena *arena, rn_logical *input, rn_expr *condition, rn_span span);
/* JOIN over two inputs; column names are made unique (id, id0). */
rn_logical *rn_logical_join(rn_arena *arena, rn_join_kind kind, rn_logical *left, rn_logical *right, rn_expr *condition,
                            rn_span span);
/* UNNEST of a column: the input's columns, then `fields`; names are made unique. */
rn_logical *rn_logical_unnest(rn_arena *arena, rn_logical *input, uint32_t column, bool outer, bool ordinality,
                              const rn_field *fields, uint32_t count, rn_span span);
/* May rows of the side (0 left, 1 right) be answered with NULLs for the other side? */
bool rn_join_keeps(rn_join_kind kind, unsigned side);
/* Do pairs leave the join? Not SEMI, ANTI, MARK. */
static inline bool rn_join_pairs(rn_join_kind kind) { return kind <= RN_JOIN_KIND_FULL; }
/* What the expression, or the node and those below, read of queries around: the first such column; NULL: nothing. */
const rn_expr *rn_expr_outer(const rn_expr *e);
const rn_expr *rn_logical_outer(const rn_logical *node);
/* The plan comes to stand `by` queries further in: what it reads of queries around it is so much further away. */
void rn_logical_move_outer(rn_arena *arena, rn_logical *node, int64_t by);
/* Queries between the node's input and a query of which the node itself is `depth` in. */
int64_t rn_logical_depth(const rn_logical *node, uint32_t input, int64_t depth);
/* A plan of its own over the same accesses; paths are the caller's matter. Kinds: as "decorrelate" copies them. */
rn_logical *rn_logical_copy(rn_arena *arena, const rn_logical *node);
/* Number of columns the expressions of the node are over (0 without input). */
uint32_t rn_logical_width(const rn_logical *node);
const char *rn_logical_kind_name(rn_logical_kind kind);
bool rn_logical_is_stateful(rn_logical_kind kind);

/* EMIT CHANGES over SESSION where groups are not sessions (bind_query_emit.c). */
rn_status rn_refuse_session_changes(rn_diagnostics *diags, rn_span span);

/* Calls fn for every expression slot of the node; fn may replace it. */
typedef rn_status (*rn_expr_visit)(rn_expr **slot, void *ctx);
rn_status rn_logical_visit_exprs(rn_logical *node, rn_expr_visit fn, void *ctx);
/* Gives every expression under the node (and the nodes) one span: text that came from a stored
 * definition points at the place that named it. Shared accesses keep theirs. */
void rn_logical_respan(rn_logical *node, rn_span span);
void rn_expr_respan(rn_expr *e, rn_span span);
bool rn_expr_is_volatile(const rn_expr *e); /* contains a function that differs per call */
bool rn_expr_is_proctime(const rn_expr *e); /* the call PROCTIME() itself */

/* Paths of stateful nodes, sources and sinks: from the sink down, stateless nodes left out, so that a
 * changed filter or projection leaves them as they were. */
void rn_logical_paths(rn_logical *root, const char *root_path, rn_arena *arena);

/* Tree as text, with the dialect's prefixes: for EXPLAIN's first section and tests. */
void rn_logical_print(const rn_logical *node, rn_builder *out);
/* Invariants: indexes in range, types agree, schemas follow from the inputs. False: `why` says what. */
bool rn_logical_verify(const rn_logical *node, const char **why);

#endif
