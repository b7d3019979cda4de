/* Physical plan: logical plans (one per sink) become the nodes of runtime/plan.h. Everything is copied into the
 * plan's own arena, so that the plan outlives the statement's text and the catalog's objects. */
#ifndef RN_PLANNER_PHYSICAL_H
#define RN_PLANNER_PHYSICAL_H
#include "planner/logical.h"

rn_status rn_physical_build(rn_logical *const *roots, uint32_t root_count, rn_access *accesses,
                            const rn_planner_settings *settings, const char *canonical, rn_plan **out);

/* Inner parts: physical_parts.h (nodes), physical_copy.c (deep copies), physical_text.c (fingerprints). */
rn_expr *rn_physical_expr(rn_arena *arena, const rn_expr *e, const int *map /* NULL: as it is */);
rn_value rn_physical_value(rn_arena *arena, const rn_value *value);
rn_schema rn_physical_schema(rn_arena *arena, const rn_schema *schema);
rn_table_spec *rn_physical_spec(rn_arena *arena, const rn_table_spec *spec);
rn_agg_call *rn_physical_calls(rn_arena *arena, const rn_agg_call *calls, uint32_t count, const int *map);
/* What must not change for stored state to fit: kind, key types, accumulators, window, changelog mode, layout
 * version. NULL: the node keeps nothing by key. */
const char *rn_physical_fingerprint(rn_arena *arena, const rn_plan_node *node);

#endif
