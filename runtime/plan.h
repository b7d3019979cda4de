/* Physical plan: a plain data structure made by the planner, read by tasks and operators; it can be
 * printed and never changes after it was made. Columns are referred to by their index in the input.
 *
 * Schemas: node->schema describes the node's output. Every implicit conversion is already in a CALC.
 *
 *   SCAN -> [CALC computed columns] -> [WATERMARK] -> ... -> [CALC] -> SINK
 */
#ifndef RN_RUNTIME_PLAN_H
#define RN_RUNTIME_PLAN_H
#include "runtime/aggregate.h"
#include "runtime/connector.h"
#include "runtime/expr.h"

typedef enum rn_node_kind {
  RN_NODE_SCAN,       /* connector + format */
  RN_NODE_VALUES,     /* constant rows */
  RN_NODE_CALC,       /* filter and/or projection */
  RN_NODE_WATERMARK,
  RN_NODE_WINDOW,     /* bare windowing TVF: rows with window columns appended */
  RN_NODE_WINDOW_AGG, /* sliced window aggregate */
  RN_NODE_EXPAND,     /* GROUPING SETS: every row once per set */
  RN_NODE_GROUP_AGG,  /* unbounded GROUP BY, DISTINCT */
  RN_NODE_HOLD,       /* results of open windows, shown when it is time */
  RN_NODE_OVER,
  RN_NODE_OVER_WHOLE, /* OVER that needs the rows behind the current one */
  RN_NODE_RANK,       /* Top-N and deduplication: the best rows of each group */
  RN_NODE_SORT,       /* bounded sort, or temporal sort on a stream */
  RN_NODE_LIMIT,
  RN_NODE_UNION,
  RN_NODE_SET,        /* INTERSECT, EXCEPT */
  RN_NODE_JOIN,       /* regular join: two inputs, keyed state on both sides */
  RN_NODE_UNNEST,     /* a row per element of a collection */
  RN_NODE_EXCHANGE,   /* between tasks */
  RN_NODE_CONFLICT,   /* ON CONFLICT: which of several rows with one PRIMARY KEY a sink gets */
  RN_NODE_SINK,
  RN_NODE_COLLECT,    /* rows of a SELECT to its cursor */
  RN_NODE_COUNT
} rn_node_kind;

/* What a sink does with text and bytes that came past a CAST with another length than its column's. */
typedef enum rn_sink_lengths { RN_LENGTHS_IGNORE, RN_LENGTHS_TRIM_PAD, RN_LENGTHS_ERROR } rn_sink_lengths;

/* ON CONFLICT DO ..: the first row of a key stays, a second one fails the job, the last one counts. */
typedef enum rn_conflict { RN_CONFLICT_NONE, RN_CONFLICT_NOTHING, RN_CONFLICT_ERROR, RN_CONFLICT_DEDUPLICATE } rn_conflict;
const char *rn_conflict_name(rn_conflict conflict); /* "NOTHING" */

/* What an edge carries (bits). */
enum { RN_CHANGE_INSERT = 1, RN_CHANGE_UPDATE_BEFORE = 2, RN_CHANGE_UPDATE_AFTER = 4, RN_CHANGE_DELETE = 8 };

typedef enum rn_window_kind { RN_WINDOW_TUMBLE, RN_WINDOW_HOP, RN_WINDOW_CUMULATE, RN_WINDOW_SESSION } rn_window_kind;
enum { RN_WINDOW_KINDS = RN_WINDOW_SESSION + 1 };
extern const char *const rn_window_names[RN_WINDOW_KINDS]; /* of the functions, by kind */

typedef struct rn_window_spec {
  rn_window_kind kind;
  uint32_t time_column;   /* of the input; unused for processing time */
  bool processing_time;
  bool local_zone;        /* LTZ attribute: instants are shifted to the session zone before alignment */
  int64_t size_us, slide_us, offset_us; /* slide: HOP slide, CUMULATE step; TUMBLE: = size. SESSION: size is the gap */
} rn_window_spec;

/* GROUPING SETS, ROLLUP, CUBE: a set is a number: bit k: key k is left out (its copy is NULL); from RN_EXPAND_GROUP_BIT
 * on: how many equal sets came before it (GROUP_ID). It is a column of the output and tells a key that was left out
 * from one that is NULL. */
enum { RN_EXPAND_GROUP_BIT = RN_GROUPING_ABSENT_MAX, RN_EXPAND_GROUP_BITS = 12 /* RN_GROUPING_SETS_MAX */ };
typedef struct rn_expand_spec {
  uint32_t key_count;
  uint32_t *keys;         /* input columns; output: the input's, their copies, the set (BIGINT) */
  uint32_t set_count;
  int64_t *sets;
} rn_expand_spec;

/* Below an aggregate of GROUPING SETS every row comes once per set: one that is late is counted in one of them. */
typedef struct rn_late_set {
  uint32_t column;        /* 1 + the input column with the number of the set; 0: no sets */
  int64_t set;            /* the one that counts */
} rn_late_set;

typedef struct rn_sort_item {
  uint32_t column;
  bool descending, nulls_first;
} rn_sort_item;

/* When the best rows of a group leave: with their window, at the end of bounded input, at once and again when others
 * take their place; FIRST: the first by event time, as soon as no earlier one can come. */
typedef enum rn_rank_mode { RN_RANK_WINDOW, RN_RANK_FINAL, RN_RANK_CHANGES, RN_RANK_FIRST } rn_rank_mode;
const char *rn_rank_mode_name(rn_rank_mode mode); /* "window" */

/* Frame of OVER. */
typedef enum rn_frame_kind { RN_FRAME_FIRST, RN_FRAME_AT, RN_FRAME_LAST } rn_frame_kind; /* UNBOUNDED PRECEDING, .., UNBOUNDED FOLLOWING */
typedef struct rn_frame_bound {
  rn_frame_kind kind;
  int64_t offset; /* AT: rows, or distance in the order column as it lies in memory; negative: PRECEDING; 0: CURRENT ROW */
  double real;    /* instead, where that column is FLOAT or DOUBLE */
} rn_frame_bound;
typedef struct rn_frame {
  bool rows; /* else RANGE */
  rn_frame_bound low, high;
} rn_frame;

/* The last three give the columns of the left input only: rows with a partner, rows without one, or all rows and
 * behind them BOOLEAN whether there is one. */
typedef enum rn_join_kind {
  RN_JOIN_KIND_INNER, RN_JOIN_KIND_LEFT, RN_JOIN_KIND_RIGHT, RN_JOIN_KIND_FULL, RN_JOIN_KIND_SEMI, RN_JOIN_KIND_ANTI,
  RN_JOIN_KIND_MARK
} rn_join_kind;
const char *rn_join_kind_name(rn_join_kind kind); /* "InnerJoin" */

typedef struct rn_plan_node rn_plan_node;
struct rn_plan_node {
  rn_node_kind kind;
  uint32_t id;                 /* index in plan->nodes */
  const char *path;            /* operator id: path in the bound plan before rewrites, e.g. "sink.0.agg" */
  const char *fingerprint;     /* stateful nodes: what must not change for state to fit; NULL: stateless */
  rn_schema schema;            /* output columns */
  uint32_t input_count;
  rn_plan_node **inputs;
  uint32_t output_count;       /* consumers */
  rn_plan_node **outputs;
  uint32_t parallelism;        /* instances; tasks are cut at EXCHANGE nodes */
  uint8_t emits;               /* RN_CHANGE_* bits of the output edge */
  bool bounded;                /* input ends by itself */
  rn_span span;                /* clause it came from */
  int64_t ttl_us[2];           /* by input: keyed state that was not written for so long goes; 0: it stays */
  const char *late_source;     /* tables below whose rows are kept when a time operator drops them as late; NULL: none */
  union {
    struct {
      const rn_table_spec *table;
      uint16_t source;         /* scan number, rn_run.source */
      const uint32_t *columns; /* table column read as output column i (physical or metadata) */
    } scan;
    struct {
      uint32_t row_count;
      const rn_value *values;  /* row_count x schema.count */
    } values;
    struct {
      rn_expr *filter;         /* NULL: none */
      rn_expr **exprs;         /* schema.count; NULL: all input columns as they are */
    } calc;
    struct {
      uint32_t rowtime_column;
      rn_expr *expr;           /* over the input; TIMESTAMP(3) or LTZ(3); constant NULL: SOURCE_WATERMARK() */
      int64_t interval_us;     /* pipeline.auto-watermark-interval; 0: after each row (also on-event) */
      uint32_t gap;            /* interval 0: after every gap-th row of a split */
      int64_t idle_timeout_us; /* 0: never idle */
      int64_t max_ahead_us;    /* rows further ahead of the clock do not raise it; 0: all do */
      const char *align_group; /* sources of the job that wait for each other; NULL: none */
      int64_t align_drift_us, align_interval_us;
      uint8_t null_handling;   /* 0 fail, 1 drop, 2 skip watermark */
    } watermark;
    struct {
      rn_window_spec spec;     /* output: input columns + window_start, window_end TIMESTAMP(3), window_time */
      uint32_t key_count;      /* SESSION: partition keys */
      const uint32_t *keys;
    } window;
    struct {
      rn_window_spec spec;
      uint32_t key_count;
      const uint32_t *keys;    /* input columns */
      uint32_t call_count;
      const rn_agg_call *calls;
      bool early;              /* SESSION: open ones are shown, +I and -D as they grow, -U and +U within their bounds .. */
      bool update_before;      /* .. somebody needs -U */
      bool mini_batch;         /* .. changes of a batch may be folded into one */
      rn_late_set late_set;
      /* output: keys, results of calls, window_start, window_end (TIMESTAMP(3)), window_time (type of
       * the time attribute: end - 1 ms) */
    } window_agg;
    rn_expand_spec expand;
    struct {
      uint32_t key_count;
      const uint32_t *keys;
      uint32_t call_count;
      const rn_agg_call *calls; /* none: DISTINCT, insert-only */
      bool fold;                /* final rows as inserts: at the end of bounded input; early: when the window closes */
      bool update_before;       /* somebody needs -U */
      bool mini_batch;          /* several changes of a key within a batch may be folded into one */
      bool global;              /* no keys: a bounded empty input gives one row */
      bool early;               /* groups of a window that is open: they go when it closes; rows behind that are late */
      rn_window_spec window;    /* early */
      uint32_t end_key;         /* early: which key is window_end */
      rn_late_set late_set;     /* early */
      int64_t lateness_us;      /* early: groups stay, and take rows, for so long behind the window's end */
      uint32_t late_time;       /* early, rows that come once for each of their windows: 1 + the column of their time, so that
                                 * a row is late once, when its last window has gone; 0: each that comes too late counts */
      /* output: keys, results of calls */
    } group_agg;
    struct {
      rn_window_spec window;
      uint32_t key_count, end_key; /* the keys are the first columns; which of them is window_end */
      int64_t early_us, late_us; /* before and behind the window's end: 0 every change, > 0 every .. of the clock, < 0 never */
      int64_t lateness_us;       /* rows come until so long behind the window's end */
      bool update_before;
      /* output: as the input */
    } hold;
    struct {
      uint32_t key_count;
      const uint32_t *keys;     /* PARTITION BY */
      uint32_t order_column;    /* time attribute */
      bool processing_time;
      bool rows;                /* ROWS, else RANGE */
      bool unbounded;           /* UNBOUNDED PRECEDING */
      int64_t preceding;        /* ROWS: n (frame has n + 1 rows); RANGE: microseconds */
      uint32_t call_count;
      const rn_agg_call *calls; /* output: input columns + results */
    } over;
    struct {
      uint32_t key_count;
      const uint32_t *keys;     /* PARTITION BY */
      uint32_t order_count;
      const rn_sort_item *order;
      rn_frame frame;
      uint32_t call_count;
      const rn_agg_call *calls; /* output: input columns + results */
      bool changes;             /* rows leave at once, and again when a later row changes what they got */
      bool each;                /* changes: a change for every single row, not for a batch of them */
      bool update_before;
    } over_whole;
    struct {
      uint32_t key_count;
      const uint32_t *keys;     /* PARTITION BY */
      uint32_t order_count;
      const rn_sort_item *order; /* none: by arrival */
      int64_t start, end;       /* ranks that leave, from 1, both inclusive */
      bool number;              /* output: input columns, then the rank */
      bool latest;              /* of rows that sort alike the later one is the better */
      rn_rank_mode mode;
      bool update_before;       /* CHANGES: somebody needs -U */
      rn_window_spec window;    /* WINDOW: what its end says about the watermark */
      uint32_t window_end;      /* column */
      uint32_t late_time;       /* as in group_agg */
    } rank;
    struct {
      uint32_t item_count;
      const rn_sort_item *items;
      bool temporal;            /* items[0] is an ascending rowtime; rows leave as the watermark passes */
      int64_t limit, offset;    /* limit -1: all; bounded only */
    } sort;
    struct {
      int64_t limit, offset;
      bool stops_query;         /* outermost, insert-only: ends the query when full */
    } limit;
    struct {
      rn_join_kind kind;
      uint32_t key_count;       /* 0: every row meets every row */
      const uint32_t *keys[2];  /* columns of each input; the two of a pair lie in memory alike */
      const bool *null_safe;    /* per key: NULL meets NULL (IS NOT DISTINCT FROM) */
      rn_expr *condition;       /* rest of ON, over left ++ right; NULL: none */
      bool windowed;            /* rows of a window meet when it ends; key end_key is the window's end */
      rn_window_spec window;
      uint32_t end_key;
      uint32_t late_time[2];    /* windowed, of each input: as in group_agg */
      bool fold;                /* bounded: rows without a partner leave at the end of input, nothing is taken back */
      bool single;              /* LEFT: a row may have one partner only (a scalar sub-query) */
      /* output: columns of the left input, columns of the right one (SEMI, ANTI: not; MARK: BOOLEAN instead) */
    } join;
    struct {
      bool except, all;         /* EXCEPT, else INTERSECT; the two inputs and the output lie alike */
      bool fold;                /* bounded: the result leaves at the end of input */
    } set;
    struct {
      uint32_t column;          /* of the input: ARRAY, MAP or MULTISET */
      bool outer;               /* a row without elements gives one of NULLs */
      bool ordinality;
      rn_expr *condition;       /* outer: only elements count that meet it; over the output; NULL: all */
      /* output: input columns, columns of the elements (ROW: its fields; MAP: key, value), their number from 1 */
    } unnest;
    struct {
      bool gather;              /* all to instance 0; else by hash of keys (key_count 0: forward) */
      uint32_t key_count;
      const uint32_t *keys;
    } exchange;
    struct {
      const rn_table_spec *table;
      const uint32_t *columns;  /* table column that input column i is written to */
      uint32_t key_count;
      const uint32_t *keys;     /* input columns of the primary key or upsert key; 0: append */
      bool drop_null_rows;      /* not-null-enforcer = DROP */
      uint8_t lengths;          /* rn_sink_lengths */
      rn_conflict conflict;     /* as the statement says; told by EXPLAIN, done by a node of its own where it matters */
    } sink;
    struct {
      rn_conflict conflict;
      uint32_t key_count;
      const uint32_t *keys;     /* input columns of the table's primary key */
      const char *table;        /* for messages */
      /* output: as the input */
    } conflict;
    struct {
      uint32_t key_count;
      const uint32_t *keys;     /* upsert key of the result, 0: none */
      bool fold;
    } collect;
  } u;
};

typedef struct rn_plan {
  rn_arena arena;          /* owns everything above */
  uint32_t node_count;
  rn_plan_node **nodes;    /* inputs before consumers */
  uint32_t scan_count;
  bool bounded;            /* all sources are bounded: updating edges are folded */
  uint32_t parallelism;
  const char *canonical;   /* canonical statement text */
  const char *settings;    /* canonical text of the settings that change results */
} rn_plan;

const char *rn_node_kind_name(rn_node_kind kind);
void rn_frame_print(const rn_frame *frame, rn_builder *out); /* "ROWS BETWEEN 2 PRECEDING AND CURRENT ROW" */
void rn_plan_print(const rn_plan *plan, rn_builder *out); /* one line per node, for tests */
void rn_plan_free(rn_plan *plan);

#endif
