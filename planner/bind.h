/* Binder: names and types. Turns AST expressions into runtime expressions (rn_expr) over the columns of
 * a scope; errors carry spans and suggestions; after an error, RN_T_ERROR silences what follows from it.
 *   bind_expr.c     dispatch, operators           bind_column.c   names, nested fields
 *   bind_compare.c  =, IN, BETWEEN, rows, OVERLAPS bind_case.c     CASE, COALESCE, NULLIF, IF
 *   bind_call.c     functions, aggregates, OVER    bind_cast.c     conversions, common types
 *   bind_type.c     AST types -> rn_type           bind_literal.c  literals
 *   bind_fold.c     constant folding               bind_collection.c  ARRAY[..], MAP[..], x[i]
 *   bind_json.c     JSON functions
 *   bind_function.c functions of the catalog
 *   bind_query.c   SELECT, FROM, GROUP BY .. (logical plan) */
#ifndef RN_PLANNER_BIND_H
#define RN_PLANNER_BIND_H
#include "parser/ast.h"
#include "planner/catalog.h"
#include "runtime/aggregate.h"
#include "runtime/expr.h"
#include "runtime/function.h"

/* A column visible in a scope. */
typedef struct rn_scope_column {
  const char *table;     /* alias or table name it can be qualified with; NULL: none */
  const char *name;
  const rn_type *type;
  uint32_t index;        /* column of the relation the expressions run over */
  bool hidden;           /* not part of * */
  bool twin;             /* its table (a sub-query) has another of this name */
} rn_scope_column;

typedef struct rn_binder rn_binder;

/* An aggregate (or window function) call found while binding; it becomes an output column of the
 * aggregate node, and the expression refers to it through on_aggregate's result. */
typedef struct rn_bound_call {
  const rn_ast_expr *ast;
  rn_agg_call call;          /* argument, filter, default_column: filled by the query binder from these: */
  rn_expr *argument, *filter, *default_argument; /* over the scope below the aggregate; NULL: none */
  const rn_ast_window *over; /* NULL: plain aggregate */
} rn_bound_call;

typedef struct rn_scope {
  uint32_t column_count;
  const rn_scope_column *columns;
  /* Set by the query binder: handles calls of aggregates and OVER. NULL: they are errors here
   * (`clause` names the place: "WHERE", "GROUP BY", a computed column ..). Gets the bound call, gives
   * the expression that stands for its result. */
  rn_expr *(*on_call)(rn_binder *binder, struct rn_scope *scope, rn_bound_call *call, void *ctx);
  /* Asked for every AST node first (top-down) when not NULL: returns an expression when the node as a
   * whole stands for something known (a GROUP BY key, TUMBLE_START(..)), NULL to bind it as usual. */
  rn_expr *(*on_node)(rn_binder *binder, struct rn_scope *scope, const rn_ast_expr *node, void *ctx);
  /* Takes the sub-queries in expressions (EXISTS, IN (query), scalar): query.h. NULL: they are refused. */
  struct rn_subqueries *subqueries;
  /* Asked for a plain column after it was resolved; may replace (NOT_GROUPED check). NULL: as it is. */
  rn_expr *(*on_column)(rn_binder *binder, struct rn_scope *scope, rn_expr *column, const rn_ast_expr *node, void *ctx);
  void *ctx;
  struct rn_scope *aggregate_scope; /* in which arguments of aggregates are bound; NULL: this one */
  const char *clause;
} rn_scope;

struct rn_binder {
  rn_arena *arena;
  rn_catalog *catalog;
  const rn_zone *zone;
  rn_diagnostics *diags;
  bool batch_mode;
  bool until_end; /* unbounded tables end where they end now */
  int64_t now_us;
  uint32_t depth; /* nesting, checked against RN_NESTING_MAX */
  /* Set while the arguments of a call are bound: the aggregate (refuses aggregates in it), and whether we are
   * in an OVER call (refuses OVER in it). */
  const char *inside_aggregate;
  bool inside_over;
  const struct rn_outer *outer; /* scopes of the queries around this one, innermost first */
  const struct rn_function_frame *frames; /* functions of the catalog that are being inlined */
  /* The tree's text will be stored: calls of such functions get their full path in it, until .. */
  bool write_paths;
  struct rn_written_path *written;
};

typedef struct rn_outer {
  const rn_scope *scope;
  const struct rn_outer *up;
} rn_outer;

/* Never NULL: on error a diag was added and the result has type RN_T_ERROR. */
rn_expr *rn_bind_expr(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast);
/* The body of a function over columns that are its parameters (catalog_function.c). */
rn_expr *rn_bind_function_body(rn_binder *binder, const rn_catalog_object *f, const rn_ast_expr *body);
/* .. the text was made: gives the tree back as it was. */
void rn_bind_restore_paths(rn_binder *binder);
/* Binds and wants BOOLEAN ("WHERE needs a condition, got INT"). */
rn_expr *rn_bind_condition(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast, const char *clause);
/* The expression of a failed binding, when a diag was added: a NULL of type RN_T_ERROR. */
rn_expr *rn_bind_error(rn_binder *binder, rn_span span);
static inline bool rn_bind_failed(const rn_expr *e) { return e->type->id == RN_T_ERROR; }
/* Casts exprs[0..count) in place to their common type, NULLs included; NULL and a diag ("`what` has values of
 * types A and B") when there is none. For CASE, VALUES, UNION .. */
const rn_type *rn_bind_common(rn_binder *binder, rn_expr **exprs, uint32_t count, const char *what);
/* AND of conditions, flattened; count 0: TRUE. */
rn_expr *rn_bind_and(rn_binder *binder, rn_expr *const *args, uint32_t count, rn_span span);
/* op is "=" "<>" "<" "<=" ">" ">=" "IS DISTINCT FROM" "IS NOT DISTINCT FROM"; both sides are coerced. */
rn_expr *rn_bind_compare(rn_binder *binder, const char *op, rn_expr *a, rn_expr *b, rn_span op_span, rn_span span);
/* NULL on error (diag added). */
const rn_type *rn_bind_type(rn_binder *binder, const rn_ast_type *ast);
/* Makes e of type `to`: unchanged, implicit cast, or E_TYPE. `explicit_cast`: anything CAST allows. */
rn_expr *rn_bind_cast(rn_binder *binder, rn_expr *e, const rn_type *to, bool explicit_cast, bool safe);
/* What to write instead of a CAST that the dialect does not have; NULL: no advice. */
const char *rn_bind_cast_hint(const rn_type *from, const rn_type *to);
/* A call of a function row by name with bound arguments, coerced. */
rn_expr *rn_bind_call_row(rn_binder *binder, const char *name, rn_expr *const *args, uint32_t count, rn_span span);
/* Folds constant sub-trees whose evaluation succeeds (others stay, to fail at run time if reached). */
rn_expr *rn_fold(rn_binder *binder, rn_expr *e);
/* Constant value of an expression for clauses that need one (LIMIT, window sizes). False: not constant. */
bool rn_bind_constant(rn_binder *binder, rn_expr *e, rn_value *out);
/* A constant day-time interval in microseconds (E_WINDOW names `what`). */
bool rn_bind_interval(rn_binder *binder, const rn_ast_expr *ast, const char *what, int64_t *us);

#endif
