/* What the files of EXPLAIN share: explain.c (sections, trees), explain_node.c (their nodes), explain_rows.c (how many
 * rows), explain_json.c (the plan as data, advice). */
#ifndef RN_PLANNER_EXPLAIN_H
#define RN_PLANNER_EXPLAIN_H
#include "base/text.h"
#include "planner/planner.h"

/* ESTIMATED_COST: `: rowcount = 100`, `<= 100`, `= unknown`, or `: unbounded` for every node, by id; entries are heap. */
char **rn_explain_row_counts(const rn_plan *plan, const rn_explain_context *context);
/* One node, as in the trees: `Calc(select=[a])`; open: but for the closing parenthesis. */
void rn_explain_node(const rn_plan_node *node, rn_builder *out);
void rn_explain_open_node(const rn_plan_node *node, rn_builder *out);
/* `, changelogMode=[I,UA]` */
void rn_explain_changes(const rn_plan_node *node, rn_builder *out);
/* `== Physical Execution Plan ==`: JSON. */
void rn_explain_json(const rn_plan *plan, rn_builder *out);
/* advice[1]: .. per node that deserves one. */
void rn_explain_advice(const rn_plan *plan, rn_builder *out);

#endif
