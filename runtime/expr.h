/* Expressions: bound trees, and the flat programs of column kernels they are compiled to.
 *
 * The planner's binder makes rn_expr trees (typed, coerced: every implicit conversion is an explicit
 * CAST call). rn_program_compile() turns a list of roots into one program with shared
 * sub-expressions; rn_program_run() evaluates it over a batch. AND, OR, CASE, COALESCE and IF narrow
 * the selection, so an untaken branch is never evaluated. Nothing walks a tree per row. */
#ifndef RN_RUNTIME_EXPR_H
#define RN_RUNTIME_EXPR_H
#include "base/calendar.h"
#include "base/clock.h"
#include "base/error.h"
#include "runtime/batch.h"

typedef struct rn_function rn_function; /* runtime/function.h */
typedef struct rn_eval rn_eval;

/* Kernel: computes `out` at the selected rows. Arguments may be constant columns (read row 0).
 * `out` arrives with its type, data array allocated, no bitmap; a kernel that makes NULLs calls
 * rn_column_nullable(out, rows, arena). For STRICT functions the caller has already narrowed sel to
 * rows where no argument is NULL and made the others NULL in out.
 * sel->rows NULL: rows 0..count-1. */
typedef struct rn_sel {
  const uint16_t *rows;
  uint32_t count;
} rn_sel;
static inline uint32_t rn_sel_row(const rn_sel *sel, uint32_t i) { return sel->rows ? sel->rows[i] : i; }

typedef rn_status (*rn_kernel)(rn_eval *eval, const rn_column *const *args, uint32_t arg_count,
                               rn_column *out, const rn_sel *sel);

struct rn_eval {
  rn_arena *arena;        /* results; reset by the owner of the batch */
  uint32_t rows;          /* physical rows of the batch: length of registers */
  const rn_zone *zone;    /* session zone, never NULL */
  int64_t now_us;         /* per batch in streaming, per query in batch mode */
  int64_t watermark_us;   /* INT64_MIN: none yet. CURRENT_WATERMARK */
  uint64_t *random_state; /* seeded by the engine */
  void *call_state;       /* what the function's prepare() made for this call site (regex, pattern); may be NULL */
  rn_error *err;
  int64_t error_row;      /* row of the batch at which the first error happened; -1 */
  rn_span span;           /* of the step being run */
};
/* For kernels: fail at a row, with the span of the running step. */
rn_status rn_eval_fail(rn_eval *eval, uint32_t row, rn_code code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

typedef enum rn_expr_kind {
  RN_EXPR_COLUMN,   /* input column `index` */
  RN_EXPR_CONST,    /* `value` */
  RN_EXPR_CALL,     /* function row + kernel */
  RN_EXPR_AND, RN_EXPR_OR,           /* n-ary, three-valued, left to right */
  RN_EXPR_CASE,     /* args: when1, then1, when2, then2, .., else (always present) */
  RN_EXPR_COALESCE, /* args */
  RN_EXPR_FIELD,    /* field `index` of args[0] (ROW); NULL row gives NULL */
  RN_EXPR_OUTER     /* planner only, gone after decorrelation: column `index` of the query value.u.i levels out */
} rn_expr_kind;

typedef struct rn_expr {
  rn_expr_kind kind;
  const rn_type *type;
  rn_span span;
  uint32_t index;
  rn_value value;
  const rn_function *function; /* CALL */
  rn_kernel kernel;            /* CALL: chosen at bind time by rn_function_resolve */
  uint32_t arg_count;
  struct rn_expr **args;
  uint32_t size; /* nodes of the tree, those that several parents share counted each time; UINT32_MAX: more */
} rn_expr;

rn_expr *rn_expr_column(rn_arena *arena, uint32_t index, const rn_type *type, rn_span span);
rn_expr *rn_expr_const(rn_arena *arena, rn_value value, rn_span span);
rn_expr *rn_expr_make(rn_arena *arena, rn_expr_kind kind, const rn_type *type, rn_span span,
                      uint32_t arg_count, rn_expr *const *args);
bool rn_expr_equal(const rn_expr *a, const rn_expr *b); /* structurally; ignores spans */
bool rn_expr_is_constant(const rn_expr *e);             /* no column, no volatile function */
/* Marks every input column read by e in used[]. */
void rn_expr_columns(const rn_expr *e, bool *used);
/* A copy whose arguments are what map makes of them; what else there is stays. */
typedef rn_expr *(*rn_expr_map)(rn_expr *arg, const void *ctx);
rn_expr *rn_expr_map_args(rn_arena *arena, const rn_expr *e, rn_expr_map map, const void *ctx);
/* A copy in which column i became map[i] (an expression); NULL entries stay column references. */
rn_expr *rn_expr_replace(rn_arena *arena, const rn_expr *e, rn_expr *const *map);
/* Canonical text, for EXPLAIN, fingerprints and comparisons: `SUM(a + 1)`; names[i] names column i
 * (NULL: $i). */
void rn_expr_print(const rn_expr *e, const char *const *names, rn_builder *out);

typedef struct rn_program rn_program; /* immutable after compile; registers live per run in the arena */

/* roots in, program out; lives in `arena` (call states are heap, freed by rn_program_free). */
rn_status rn_program_compile(rn_expr *const *roots, uint32_t root_count, rn_arena *arena,
                             rn_program **out, rn_error *err);
void rn_program_free(rn_program *program);
/* Evaluates all roots at the live rows of `in`. results[i] are plain (never constant) columns valid as
 * long as eval->arena and the input. A root that is a plain column reference shares the input's data. */
rn_status rn_program_run(const rn_program *program, const rn_batch *in, rn_eval *eval,
                         rn_column *results);
/* Evaluates one BOOLEAN root and writes the row numbers where it is TRUE to out_rows (capacity >= live
 * rows of in); *out_count of them. */
rn_status rn_program_filter(const rn_program *program, const rn_batch *in, rn_eval *eval,
                            uint16_t *out_rows, uint32_t *out_count);
/* Evaluates a constant expression (constant folding, option values). */
rn_status rn_expr_evaluate(const rn_expr *e, const rn_zone *zone, int64_t now_us, rn_arena *arena,
                           rn_value *out, rn_error *err);

#endif
