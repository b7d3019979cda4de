/* Aggregates: one table row each (functions/aggregate_*.c). An aggregate folds a column into a
 * fixed-size accumulator that lives inside a keyed-state slot beside its key.
 * All work is batch-wise: one indirect call per batch and aggregate, a plain loop inside. */
#ifndef RN_RUNTIME_AGGREGATE_H
#define RN_RUNTIME_AGGREGATE_H
#include "runtime/expr.h"
#include "runtime/state.h"

enum {
  RN_AGG_INVERTIBLE = 1,   /* subtract() undoes merge()/update(): COUNT, SUM, AVG of exact types */
  RN_AGG_NO_ARGUMENT = 2,  /* COUNT(*), ROW_NUMBER */
  RN_AGG_OVER_ONLY = 4,    /* ROW_NUMBER, LAG: only in OVER */
  RN_AGG_DISTINCT_OK = 8,
  RN_AGG_ORDERED = 16,     /* ops: depends on arrival order across slices (FIRST_VALUE): slices are not merged */
  RN_AGG_LIST = 32,        /* ops: keeps its values in a row (LISTAGG): merge() puts one behind the other, also where two
                              sessions meet, and subtract() takes the oldest away only, as OVER frames do */
  RN_AGG_PACKED = 64,      /* several arguments come as one ROW: arg_type says which */
  RN_AGG_KEEPS_NULLS = 128, /* RESPECT NULLS is what it does by itself; else IGNORE NULLS; ops with FIRST, LAST: too */
  RN_AGG_VARIANT = 256,    /* "FIRST_VALUE RESPECT NULLS": the row for the other mode; not listed */
  RN_AGG_SET = 512,        /* the same for the set of values: DISTINCT changes nothing */
  RN_AGG_FIRST = 1024,     /* ops: keeps the value of the first row that came .. */
  RN_AGG_LAST = 2048       /* .. or of the last one: who knows the numbers of those rows can merge two in the order they came */
};

/* Functions that OVER computes from its own bookkeeping (ops->over). */
typedef enum rn_over_kind {
  RN_OVER_AGGREGATE, RN_OVER_ROW_NUMBER, RN_OVER_RANK, RN_OVER_DENSE_RANK, RN_OVER_LAG,
  RN_OVER_LEAD, RN_OVER_NTILE, RN_OVER_PERCENT_RANK, RN_OVER_CUME_DIST /* from here on: need the whole partition */
} rn_over_kind;

/* How an aggregate works on one argument type; static const, found at resolve time. */
typedef struct rn_agg_ops rn_agg_ops; /* defined below */

typedef struct rn_aggregate {
  const char *name;      /* "SUM" */
  const char *signature; /* "SUM([DISTINCT] x NUMERIC)" */
  uint8_t min_args, max_args;
  uint16_t flags;
  /* Result type, widened argument type and ops. RN_FAIL without message: types do not fit. */
  rn_status (*resolve)(const rn_type *const *types, uint32_t count, rn_arena *arena,
                       const rn_type **arg_type, const rn_type **result, const rn_agg_ops **ops);
  const char *help, *example;
  const char *in_over;   /* OVER takes this row with DISTINCT instead; NULL: itself */
  uint8_t constants;     /* bit i: argument i must be a constant .. */
  /* .. that fits: NULL, or what it must be ("between 0 and 1"). May be NULL. */
  const char *(*check)(uint32_t argument, const rn_value *value);
  const char *nothing;   /* results that are texts and never NULL: that of no rows */
} rn_aggregate;

const rn_aggregate *rn_aggregate_find(rn_slice name);
const rn_aggregate *rn_aggregate_rows(size_t index); /* NULL past the end */

/* One aggregate call of a plan node. */
typedef struct rn_agg_call {
  const rn_aggregate *aggregate;
  const rn_agg_ops *ops;
  int argument;          /* input column, already of arg_type; -1: none */
  int filter;            /* BOOLEAN input column of FILTER (WHERE ..); -1: none */
  int extra;             /* constant second argument (LAG offset) as an int; 1 default */
  int default_column;    /* LAG's third argument, input column; -1 */
  bool distinct;
  const rn_type *arg_type, *result;
  rn_span span;
} rn_agg_call;

/* Fills *out (argument, filter, default_column -1; extra 1). The result is nullable except for COUNT and ranks
 * (a group of no rows gives NULL); `distinct` is cleared where it changes nothing (MIN, MAX). `over`: OVER-only
 * functions are allowed. Errors: E_ARGUMENTS, E_AGGREGATE_PLACE, E_UNSUPPORTED. */
rn_status rn_aggregate_resolve(rn_slice name, const rn_type *const *types, uint32_t count, bool distinct,
                               bool over, rn_span span, rn_arena *arena, rn_agg_call *out, rn_error *err);

struct rn_agg_ops {
  uint32_t size;   /* bytes of the accumulator; align 8 (16 for 128-bit) */
  uint32_t align;
  uint16_t flags;  /* RN_AGG_INVERTIBLE for these types */
  void (*init)(void *acc); /* NULL: all zero bytes */
  /* slots[i] is the slot of the i-th selected row; acc = slot + offset. `arg` NULL for COUNT(*).
   * Rows whose argument is NULL are skipped by the aggregate itself. */
  void (*update)(uint8_t *const *slots, uint32_t offset, const rn_column *arg, const rn_sel *sel,
                 rn_state *state);
  /* `from` follows `into` in time and keeps its refs. */
  void (*merge)(void *into, const void *from, rn_state *state);
  void (*subtract)(void *from, const void *what, rn_state *state);           /* NULL: not invertible */
  void (*retract)(uint8_t *const *slots, uint32_t offset, const rn_column *arg, const rn_sel *sel,
                  rn_state *state);                                          /* NULL: append only */
  void (*result)(const uint8_t *const *slots, uint32_t count, uint32_t offset, rn_column *out,
                 uint32_t out_first_row, rn_state *state, rn_arena *arena);
  /* Which words of the accumulator are rn_ref (heap references), so that state can save, copy and free
   * them: offsets within the accumulator. */
  uint8_t ref_count;
  uint8_t ref_offsets[4];
  uint8_t over; /* rn_over_kind */
  uint8_t counter; /* 1 + offset of an int64 in the accumulator that is not 0 once it has seen a value; 0: none */
  /* The same without that word, for where another call over the same rows has one: result() says nothing about
   * NULL then, and the rest as above. NULL: there is none. */
  const rn_agg_ops *lean;
};

#endif
