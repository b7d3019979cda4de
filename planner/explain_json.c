/* EXPLAIN JSON_EXECUTION_PLAN and PLAN_ADVICE: the plan as data, in the shape of Flink's (its plan visualizer reads it),
 * and what a plan costs that its text does not say. */
#include "planner/explain.h"

static const char *pact(const rn_plan_node *n) {
  return n->kind == RN_NODE_SCAN || n->kind == RN_NODE_VALUES ? "Data Source"
         : n->kind == RN_NODE_SINK || n->kind == RN_NODE_COLLECT || n->kind == RN_NODE_COUNT ? "Data Sink" : "Operator";
}

static const char *ship(const rn_plan_node *from, const rn_plan_node *to) {
  if (from->kind != RN_NODE_EXCHANGE) return from->parallelism == to->parallelism ? "FORWARD" : "REBALANCE";
  return from->u.exchange.key_count ? "HASH" : from->u.exchange.gather ? "GLOBAL" : "FORWARD";
}

/* An exchange is the way to a node, not a node: what it brings comes from the one below it. */
static const rn_plan_node *origin(const rn_plan_node *n) {
  while (n->kind == RN_NODE_EXCHANGE) n = n->inputs[0];
  return n;
}

static void predecessors(const rn_plan_node *n, rn_builder *out) {
  if (!n->input_count) return;
  rn_builder_text(out, ",\n    \"predecessors\" : [ ");
  for (uint32_t i = 0; i < n->input_count; i++)
    rn_builder_printf(out, "%s{\n      \"id\" : %u,\n      \"ship_strategy\" : \"%s\",\n      \"side\" : \"%s\"\n    }", i ? ", " : "",
                      origin(n->inputs[i])->id + 1, ship(n->inputs[i], n), i ? "second" : n->input_count > 1 ? "first" : "second");
  rn_builder_text(out, " ]");
}

void rn_explain_json(const rn_plan *plan, rn_builder *out) {
  bool first = true;
  rn_builder_text(out, "\n== Physical Execution Plan ==\n{\n  \"nodes\" : [ ");
  for (uint32_t i = 0; i < plan->node_count; i++) {
    const rn_plan_node *n = plan->nodes[i];
    if (n->kind == RN_NODE_EXCHANGE) continue;
    rn_builder text = {0}, type = {0};
    rn_builder_printf(&text, "[%u]:", n->id + 1);
    size_t name = text.len;
    rn_explain_node(n, &text);
    if (n->kind == RN_NODE_SCAN) rn_builder_printf(&type, "Source: %s", n->u.scan.table->name);
    else rn_builder_printf(&type, "%.*s", (int)strcspn(text.data + name, "("), text.data + name);
    rn_builder_printf(out, "%s{\n    \"id\" : %u,\n    \"type\" : \"%s[%u]\",\n    \"pact\" : \"%s\",\n    \"contents\" : ", first ? "" : ", ", n->id + 1,
                      type.data, n->id + 1, pact(n));
    rn_builder_json_string(out, rn_slice_make(text.data, text.len));
    rn_builder_free(&type);
    rn_builder_printf(out, ",\n    \"parallelism\" : %u", n->parallelism);
    predecessors(n, out);
    rn_builder_text(out, "\n  }");
    rn_builder_free(&text);
    first = false;
  }
  rn_builder_text(out, " ]\n}\n");
}

/* --- advice ---------------------------------------------------------------------------------------------------- */
static bool same_kind_input(const rn_plan_node *n) { return n->input_count && origin(n->inputs[0])->parallelism > 1; }

void rn_explain_advice(const rn_plan *plan, rn_builder *out) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < plan->node_count; i++) {
    const rn_plan_node *n = plan->nodes[i];
    const char *text = NULL;
    bool stays = !plan->bounded && (!n->ttl_us[0] || (n->input_count > 1 && !n->ttl_us[1]));
    if (stays && n->kind == RN_NODE_GROUP_AGG && n->u.group_agg.key_count && !n->u.group_agg.early)
      text = "keeps one row of state per key for ever: a window over the event time would let it go, or 'table.exec.state.ttl'";
    if (stays && n->kind == RN_NODE_JOIN && !n->u.join.windowed)
      text = "keeps all rows of its inputs for ever: every new row may find a partner among them; 'table.exec.state.ttl' lets them go";
    if (!plan->bounded && n->kind == RN_NODE_GROUP_AGG && !n->u.group_agg.key_count && same_kind_input(n))
      text = "is one task, whatever the parallelism: without GROUP BY all rows meet in it";
    if (!text) continue;
    rn_builder name = {0};
    rn_explain_node(n, &name);
    const char *paren = name.data ? strchr(name.data, '(') : NULL;
    rn_builder_printf(out, "\nadvice[%u]: [WARNING] %.*s %s.\n", ++count, (int)(paren ? paren - name.data : 0), name.data ? name.data : "", text);
    rn_builder_free(&name);
  }
  if (!count) rn_builder_text(out, "\nNo available advice.\n");
}
