/* EXPLAIN: the logical plan before the rewrites, the physical plan, and the plan as it runs, with shared parts
 * marked. Trees are the dialect's (DIALECT 3.9); their nodes: explain_node.c. */
#include "planner/changelog.h"
#include "planner/explain.h"
#include "planner/physical.h"
#include "planner/plan_stages.h"

typedef struct printer {
  const rn_plan *plan;
  rn_builder *out;
  bool changelog;   /* changelogMode=[..] at every node */
  char **counts;    /* by node id: how many rows; NULL: not asked for */
  bool reuse;       /* shared nodes are printed once */
  uint32_t *reuse_ids;
  uint32_t next_id;
} printer;

/* --- trees -------------------------------------------------------------------------------------------------- */
static void print_tree(printer *p, const rn_plan_node *n, const char *lead, const char *prefix) {
  rn_builder_printf(p->out, "%s%s", prefix, lead);
  if (p->reuse && n->output_count > 1 && p->reuse_ids[n->id]) {
    rn_builder_printf(p->out, "Reused(reference_id=[%u])\n", p->reuse_ids[n->id]);
    return;
  }
  rn_explain_open_node(n, p->out);
  if (p->changelog) rn_explain_changes(n, p->out);
  if (n->parallelism > 1) rn_builder_printf(p->out, ", parallelism=[%u]", n->parallelism);
  rn_builder_char(p->out, ')');
  if (p->reuse && n->output_count > 1) {
    p->reuse_ids[n->id] = p->next_id++;
    rn_builder_printf(p->out, "(reuse_id=[%u])", p->reuse_ids[n->id]);
  }
  if (p->counts) rn_builder_text(p->out, p->counts[n->id]);
  rn_builder_char(p->out, '\n');
  rn_builder below = {0};
  rn_builder_printf(&below, "%s%s", prefix, !*lead ? "" : *lead == '+' ? "   " : ":  ");
  for (uint32_t i = 0; i < n->input_count; i++)
    print_tree(p, n->inputs[i], i + 1 == n->input_count ? "+- " : ":- ", below.data ? below.data : "");
  rn_builder_free(&below);
}

static void print_roots(printer *p) {
  bool first = true;
  for (uint32_t i = 0; i < p->plan->node_count; i++) {
    const rn_plan_node *n = p->plan->nodes[i];
    if (n->output_count) continue;
    if (!first) rn_builder_char(p->out, '\n');
    first = false;
    print_tree(p, n->kind == RN_NODE_COLLECT ? n->inputs[0] : n, "", "");
  }
}

static void physical_sections(const rn_plan *plan, const rn_ast_statement *statement, const rn_explain_context *context, rn_builder *out) {
  rn_builder_text(out, statement->plan_advice ? "\n== Optimized Physical Plan With Advice ==\n" : "\n== Optimized Physical Plan ==\n");
  printer p = {.plan = plan, .out = out, .changelog = statement->changelog_mode, .next_id = 1};
  p.reuse_ids = rn_calloc(plan->node_count + 1, sizeof *p.reuse_ids);
  if (statement->estimated_cost) p.counts = rn_explain_row_counts(plan, context);
  print_roots(&p);
  for (uint32_t i = 0; p.counts && i < plan->node_count; i++) rn_free(p.counts[i]);
  rn_free(p.counts);
  p.counts = NULL;
  if (statement->plan_advice) rn_explain_advice(plan, out);
  rn_builder_text(out, "\n== Optimized Execution Plan ==\n");
  p.changelog = false;
  p.reuse = true;
  print_roots(&p);
  rn_free(p.reuse_ids);
  if (statement->json_plan) rn_explain_json(plan, out);
}

rn_status rn_plan_explain(rn_catalog *catalog, const rn_planner_settings *settings, const rn_ast_statement *statement,
                          const rn_explain_context *context, rn_builder *out, rn_diagnostics *diags) {
  const rn_ast_statement *inner = statement->kind == RN_AST_STMT_EXPLAIN ? statement->inner : statement;
  const rn_ast_query *query = inner->kind == RN_AST_STMT_QUERY ? inner->query : NULL;
  const rn_ast_insert *inserts = inner->kind == RN_AST_STMT_INSERT ? inner->insert : inner->inserts;
  uint32_t count = inner->kind == RN_AST_STMT_INSERT ? 1 : inner->kind == RN_AST_STMT_STATEMENT_SET ? inner->insert_count : 0;
  if (context->insert) {
    inserts = context->insert;
    count = 1;
  }
  if (!query && !count)
    return rn_diag(diags, RN_E_UNSUPPORTED, inner->span, NULL,
                   "EXPLAIN takes a query, INSERT, STATEMENT SET, CREATE TABLE AS, DELETE or UPDATE");
  rn_stages s;
  size_t errors = diags->error_count;
  rn_builder text = {0};
  rn_status status = context->target ? rn_stages_bind_into(&s, catalog, settings, inserts, context->target, diags)
                                     : rn_stages_bind(&s, catalog, settings, query, inserts, count, query && query->emit_changes, false, diags);
  if (status == RN_OK) {
    rn_builder_text(&text, "== Abstract Syntax Tree ==\n");
    for (uint32_t i = 0; i < s.root_count; i++) {
      if (i) rn_builder_char(&text, '\n');
      rn_logical_print(s.roots[i]->kind == RN_L_COLLECT ? s.roots[i]->inputs[0] : s.roots[i], &text);
    }
    status = rn_stages_optimize(&s);
  }
  rn_plan *plan = NULL;
  if (status == RN_OK && diags->error_count == errors)
    status = rn_physical_build(s.roots, s.root_count, s.query->accesses, settings, "", &plan);
  if (plan) {
    physical_sections(plan, statement, context, &text);
    rn_builder_append(out, text.data, text.len);
    rn_plan_free(plan);
  }
  rn_builder_free(&text);
  rn_stages_free(&s);
  return status;
}
