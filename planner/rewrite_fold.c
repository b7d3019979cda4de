/* Constant folding: expressions without columns become constants, filters that are TRUE vanish, a projection
 * of constant rows becomes constant rows. What fails while folding stays, to fail when it is reached. */
#include "planner/rewrite.h"

static rn_status fold_slot(rn_expr **slot, void *ctx) {
  rn_rewrite *r = ctx;
  const rn_type *type = (*slot)->type;
  rn_expr *folded = rn_fold(r->binder, *slot);
  if (rn_type_same(folded->type, type)) *slot = folded;
  return RN_OK;
}

static bool is_true(const rn_expr *e) { return e->kind == RN_EXPR_CONST && !e->value.is_null && e->value.u.i == 1; }

/* PROJECT over VALUES, where every expression of every row has a value now. */
static rn_logical *fold_values(rn_rewrite *r, rn_logical *project) {
  rn_logical *input = project->inputs[0];
  uint32_t rows = input->u.values.row_count, width = input->schema.count, count = project->schema.count;
  rn_expr **row = RN_NEW_N(r->arena, rn_expr *, width + 1);
  rn_value *values = RN_NEW_N(r->arena, rn_value, rows * count + 1);
  for (uint32_t i = 0; i < rows; i++) {
    for (uint32_t c = 0; c < width; c++)
      row[c] = rn_expr_const(r->arena, input->u.values.values[i * width + c], project->u.project[0]->span);
    for (uint32_t c = 0; c < count; c++) {
      rn_expr *e = rn_fold(r->binder, rn_expr_replace(r->arena, project->u.project[c], row));
      if (e->kind != RN_EXPR_CONST || !rn_type_same(e->type, project->schema.fields[c].type)) return project;
      values[i * count + c] = e->value;
      values[i * count + c].type = project->schema.fields[c].type;
    }
  }
  rn_logical *node = rn_logical_new(r->arena, RN_L_VALUES, project->span, 0, NULL);
  node->path = input->path; /* how many rows have left is kept by it */
  node->schema = project->schema;
  node->u.values.row_count = rows;
  node->u.values.values = values;
  return node;
}

rn_logical *rn_rewrite_fold(rn_rewrite *r, rn_logical *node) {
  for (uint32_t i = 0; i < node->input_count; i++) node->inputs[i] = rn_rewrite_fold(r, node->inputs[i]);
  (void)rn_logical_visit_exprs(node, fold_slot, r);
  if (node->kind == RN_L_JOIN && node->u.join.condition && is_true(node->u.join.condition)) node->u.join.condition = NULL;
  if (node->kind == RN_L_FILTER && is_true(node->u.filter)) return node->inputs[0];
  if (node->kind == RN_L_PROJECT && node->inputs[0]->kind == RN_L_VALUES) return fold_values(r, node);
  return node;
}
