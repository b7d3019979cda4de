/* Decorrelation, inner header: what the files decorrelate*.c and the pass share (see rewrite_decorrelate.c). */
#ifndef RN_PLANNER_DECORRELATE_H
#define RN_PLANNER_DECORRELATE_H
#include "planner/query.h"
#include "planner/rewrite.h"
#include "runtime/function.h"

/* The right side without its outer columns. `out` and the conjuncts are over columns of node and RN_EXPR_OUTER. */
typedef struct rn_pulled {
  rn_logical *node;
  uint32_t count;
  rn_expr **out;      /* the columns of the old plan */
  rn_conjuncts on;    /* node's rows that belong to an outer row */
  bool always;        /* exactly one row for every outer row: columns over no row of node are good */
  rn_conjuncts after; /* .. which passes if these hold */
} rn_pulled;

typedef struct rn_puller {
  rn_rewrite *r;
  const rn_logical *join;
  uint32_t domains; /* made so far, for paths */
} rn_puller;

/* decorrelate.c: pulls what reads the outer row out of the plan; false: refused, with an error. */
bool rn_pull(rn_puller *u, rn_logical *node, rn_pulled *p);
bool rn_pull_refuse(rn_rewrite *r, const rn_expr *at, const char *what);
/* The first column of the query next to this one that is read; NULL: none. */
const rn_expr *rn_near_outer(const rn_expr *e);
const rn_expr *rn_near_below(const rn_logical *node);
bool rn_reads_columns(const rn_expr *e);
/* outer = inner, or the other way: which argument is the inner one; -1: another condition. */
int rn_inner_side(const rn_expr *e);
/* The same with another inner one. */
rn_expr *rn_with_inner(rn_rewrite *r, const rn_expr *e, int inner, rn_expr *other);
/* Columns of e moved by `by`. */
rn_expr *rn_expr_shift(rn_rewrite *r, const rn_expr *e, uint32_t by);
rn_expr *rn_column_of(rn_rewrite *r, const rn_logical *node, uint32_t i, rn_span span);

/* decorrelate_aggregate.c, decorrelate_join.c, decorrelate_order.c: one kind of node each. */
bool rn_pull_aggregate(rn_puller *u, rn_logical *node, rn_pulled *p);
bool rn_pull_join(rn_puller *u, rn_logical *node, rn_pulled *p);
bool rn_pull_branches(rn_puller *u, rn_logical *node, rn_pulled *p);
bool rn_pull_over(rn_puller *u, rn_logical *node, rn_pulled *p);
bool rn_pull_limit(rn_puller *u, rn_logical *node, rn_pulled *p);
/* UNNEST and EXPAND: each row becomes several ones. `what`: where the outer column is read, for messages. */
bool rn_pull_through(rn_puller *u, rn_logical *node, rn_pulled *p, const char *what);

/* decorrelate_domain.c. A set of outer columns is a bool for each. */
bool *rn_no_outer(rn_puller *u);
void rn_mark_outer(const rn_expr *e, bool *used);
void rn_mark_pulled(const rn_pulled *p, bool *used);
/* Joins the domain of the used columns to what was pulled: its conditions and columns need the outer row no more, only
 * that the values are the outer row's own. A row for every outer row becomes a row for every value. */
bool rn_join_domain(rn_puller *u, rn_pulled *p, const bool *used, const rn_expr *at, const char *what);
/* .. of the columns that it reads itself. */
bool rn_join_own_domain(rn_puller *u, rn_pulled *p, const rn_expr *at, const char *what);
/* Columns of the outer query become columns of the domain, places[i] for column i; levels further out stay. */
rn_expr *rn_in_domain(rn_puller *u, const rn_expr *e, const uint32_t *places);

#endif
