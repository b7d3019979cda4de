/* Physical plan, inner header: what the files physical*.c share. */
#ifndef RN_PLANNER_PHYSICAL_PARTS_H
#define RN_PLANNER_PHYSICAL_PARTS_H
#include "base/vec.h"
#include "planner/physical.h"

typedef struct rn_built {
  rn_plan_node *node;
  int *map; /* logical column -> column of node, -1: not there */
} rn_built;

typedef struct rn_plan_builder {
  rn_plan *plan;
  rn_arena *arena;
  const rn_planner_settings *settings;
  bool bounded;
  RN_VEC(rn_plan_node *) nodes;
  rn_built *sources; /* per access number; node NULL: not yet */
  rn_access *accesses;
} rn_plan_builder;

/* The plan of a logical node and all below it. */
rn_built rn_physical_below(rn_plan_builder *b, const rn_logical *node);
/* The plan of a root's input, with exactly the columns of the root, in order (physical_join.c). */
rn_plan_node *rn_physical_exact(rn_plan_builder *b, const rn_logical *root);

/* physical.c: nodes. rn_put_over: one input, its columns. */
rn_plan_node *rn_put_node(rn_plan_builder *b, rn_node_kind kind, rn_span span, const char *path, uint32_t input_count,
                          rn_plan_node *const *inputs);
rn_plan_node *rn_put_over(rn_plan_builder *b, rn_node_kind kind, rn_span span, const char *path, rn_plan_node *input);
/* The node's columns are the input's, then `added` ones of the logical schema. */
rn_built rn_put_added(rn_plan_builder *b, rn_plan_node *n, const rn_logical *node, rn_built in, uint32_t added);
int *rn_identity_map(rn_plan_builder *b, uint32_t count);
uint32_t *rn_whole_row(rn_plan_builder *b, uint32_t count); /* 0, 1, .. */
uint32_t *rn_map_columns(rn_plan_builder *b, const uint32_t *columns, uint32_t count, const int *map);
/* Exchanges: all rows in one place, rows of one key in one place (by_key: as many as the input has). */
rn_plan_node *rn_put_gather(rn_plan_builder *b, rn_plan_node *input);
rn_plan_node *rn_put_spread(rn_plan_builder *b, rn_plan_node *input, const uint32_t *keys, uint32_t count,
                            uint32_t parallelism);
rn_plan_node *rn_put_by_key(rn_plan_builder *b, rn_plan_node *input, const uint32_t *keys, uint32_t count);

/* physical_scan.c */
rn_built rn_physical_scan(rn_plan_builder *b, rn_access *a);
/* 'scan.parallelism', 'sink.parallelism': one instance, or as many as there are tasks. */
bool rn_wants_one(const rn_table_spec *spec, const char *option);
/* physical_order.c */
rn_built rn_physical_over(rn_plan_builder *b, const rn_logical *node);
rn_built rn_physical_rank(rn_plan_builder *b, const rn_logical *node);
rn_built rn_physical_sort(rn_plan_builder *b, const rn_logical *node);
rn_built rn_physical_limit(rn_plan_builder *b, const rn_logical *node);
/* physical_join.c */
rn_built rn_physical_union(rn_plan_builder *b, const rn_logical *node);
rn_built rn_physical_set(rn_plan_builder *b, const rn_logical *node);
rn_built rn_physical_join(rn_plan_builder *b, const rn_logical *node);

#endif
