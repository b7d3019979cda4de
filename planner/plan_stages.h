/* The stages of planning one statement, one by one: planner.c runs them all, explain.c prints between them. */
#ifndef RN_PLANNER_PLAN_STAGES_H
#define RN_PLANNER_PLAN_STAGES_H
#include "planner/query.h"

typedef struct rn_stages {
  rn_arena arena;           /* of the logical plans; the physical plan has its own */
  const rn_planner_settings *settings;
  rn_query_context *query;  /* binder and accesses */
  rn_diagnostics *diags;
  bool changelog;
  uint32_t root_count;      /* COLLECT, or a SINK per INSERT */
  rn_logical **roots;
} rn_stages;

/* `schema_only`: nothing will be planned further, only the roots' schemas are wanted. */
rn_status rn_stages_bind(rn_stages *s, rn_catalog *catalog, const rn_planner_settings *settings, const rn_ast_query *query,
                         const rn_ast_insert *inserts, uint32_t insert_count, bool changelog, bool schema_only,
                         rn_diagnostics *diags);
/* The same for one INSERT into a table that is not in the catalog. */
rn_status rn_stages_bind_into(rn_stages *s, rn_catalog *catalog, const rn_planner_settings *settings, const rn_ast_insert *insert,
                              rn_catalog_object *target, rn_diagnostics *diags);
/* Rewrites and changelog inference. */
rn_status rn_stages_optimize(rn_stages *s);
void rn_stages_free(rn_stages *s); /* also after a failure */

#endif
