/* Rewrite passes: a table of them, run in order over a logical plan. Each but "decorrelate" can be switched off (a bit in
 * rn_planner_settings.passes_off), and after each the plan is verified, so a pass that breaks it is named. A pass
 * must not change what the root gives: same names, same types, same rows. */
#ifndef RN_PLANNER_REWRITE_H
#define RN_PLANNER_REWRITE_H
#include "planner/bind.h"
#include "planner/logical.h"

typedef struct rn_rewrite {
  rn_binder *binder; /* for folding; its arena is the plan's */
  rn_arena *arena;
  rn_access *accesses;
} rn_rewrite;

typedef struct rn_rewrite_pass {
  const char *name;
  rn_logical *(*run)(rn_rewrite *r, rn_logical *root);
} rn_rewrite_pass;
extern const rn_rewrite_pass rn_rewrite_passes[];
extern const size_t rn_rewrite_pass_count;

/* Runs the passes that are not switched off; NULL and E_INTERNAL when one breaks the plan. */
rn_logical *rn_rewrite_run(rn_rewrite *r, rn_logical *root, uint32_t passes_off, rn_diagnostics *diags);

rn_logical *rn_rewrite_decorrelate(rn_rewrite *r, rn_logical *root);   /* rewrite_decorrelate.c */
rn_logical *rn_rewrite_fold(rn_rewrite *r, rn_logical *root);          /* rewrite_fold.c */
rn_logical *rn_rewrite_push_filters(rn_rewrite *r, rn_logical *root);  /* rewrite_filter.c */
rn_logical *rn_rewrite_unnest(rn_rewrite *r, rn_logical *root); /* rewrite_unnest.c: before push-filters */
rn_logical *rn_rewrite_window_aggregate(rn_rewrite *r, rn_logical *root); /* rewrite_window.c */
rn_logical *rn_rewrite_rank(rn_rewrite *r, rn_logical *root);         /* rewrite_rank.c */
rn_logical *rn_rewrite_window_join(rn_rewrite *r, rn_logical *root);  /* rewrite_window_join.c */
rn_logical *rn_rewrite_window_close(rn_rewrite *r, rn_logical *root); /* rewrite_window_close.c: behind those three */
rn_logical *rn_rewrite_window_late(rn_rewrite *r, rn_logical *root);  /* rewrite_window_late.c: behind those four */
rn_logical *rn_rewrite_join_keys(rn_rewrite *r, rn_logical *root);     /* rewrite_join.c */
rn_logical *rn_rewrite_merge(rn_rewrite *r, rn_logical *root);         /* rewrite_merge.c */
rn_logical *rn_rewrite_prune(rn_rewrite *r, rn_logical *root);         /* rewrite_prune.c */

/* rewrite_join.c: moves conditions over a JOIN into it or below it; gives what takes the filter's place. `push` moves
 * a filter further down. */
rn_logical *rn_rewrite_filter_join(rn_rewrite *r, rn_logical *filter, rn_logical *(*push)(rn_rewrite *, rn_logical *));
/* Conditions of ON that read one side only go to that side, where the kind of the join allows it. */
void rn_rewrite_split_on(rn_rewrite *r, rn_logical *join, rn_logical *(*push)(rn_rewrite *, rn_logical *));

/* The conditions that AND holds together, one by one. */
typedef struct rn_conjuncts {
  uint32_t count;
  rn_expr **items;
} rn_conjuncts;
void rn_conjuncts_add(rn_arena *arena, rn_conjuncts *c, rn_expr *e);
void rn_conjuncts_split(rn_arena *arena, rn_expr *e, rn_conjuncts *out); /* NULL: no condition */
rn_expr *rn_conjuncts_and(rn_rewrite *r, const rn_conjuncts *c, rn_span span); /* NULL of none */

/* May the projection be put into expressions above it? Not where that would call RAND() twice. */
bool rn_rewrite_can_inline(const rn_logical *project);
/* What a rewrite put together stays small: columns that are used twice, level over level, double with each of them. */
static inline bool rn_rewrite_fits(const rn_expr *e) { return e->size <= RN_INLINED_NODES_MAX; }

#endif
