/* Set operations: UNION, INTERSECT, EXCEPT, with and without ALL. Columns get the common type of both sides and the
 * names of the left one. UNION ALL is a node of many inputs, UNION a DISTINCT over it; the others count equal rows. */
#include "planner/query.h"

static rn_logical *cast_columns(rn_query_context *q, rn_logical *node, const rn_field *to, uint32_t count) {
  bool same = true;
  for (uint32_t i = 0; i < count; i++) same = same && rn_type_same(node->schema.fields[i].type, to[i].type);
  if (same) return node;
  rn_expr **exprs = RN_NEW_N(q->arena, rn_expr *, count);
  const char **names = RN_NEW_N(q->arena, const char *, count);
  for (uint32_t i = 0; i < count; i++) {
    exprs[i] = rn_expr_column(q->arena, i, node->schema.fields[i].type, node->span);
    if (!rn_type_same(exprs[i]->type, to[i].type)) exprs[i] = rn_bind_cast(&q->binder, exprs[i], to[i].type, false, false);
    if (exprs[i]->type->id == RN_T_ERROR) return NULL;
    names[i] = node->schema.fields[i].name;
  }
  return rn_logical_project(q->arena, node, count, exprs, names, node->span);
}

/* The common types; NULL: there are none. */
static rn_field *common_fields(rn_query_context *q, const rn_ast_query *query, const char *name, rn_logical *const *sides) {
  uint32_t count = sides[0]->schema.count;
  rn_field *fields = RN_NEW_N(q->arena, rn_field, count + 1);
  bool merges = query->set_op == RN_SET_UNION; /* rows pass as they are, with their time */
  for (uint32_t i = 0; i < count; i++) {
    const rn_type *a = sides[0]->schema.fields[i].type, *b = sides[1]->schema.fields[i].type;
    const rn_type *type = rn_type_same(a, b) ? a : rn_type_common(q->arena, a, b);
    if (!type) {
      rn_diag(q->binder.diags, RN_E_TYPE, query->op_span, NULL, "column %u of %s has no common type: %s and %s", i + 1, name,
              rn_type_name(q->arena, a), rn_type_name(q->arena, b));
      return NULL;
    }
    bool attribute = merges && a->time_attribute == b->time_attribute && rn_type_same(a, b);
    type = rn_type_with_null(q->arena, type, a->nullable || b->nullable);
    type = rn_type_with_time(q->arena, type, attribute ? (rn_time_attribute)a->time_attribute : RN_TIME_NONE);
    fields[i] = (rn_field){sides[0]->schema.fields[i].name, type};
  }
  return fields;
}

static rn_logical *combine(rn_query_context *q, const rn_ast_query *query, rn_logical *left, rn_logical *right) {
  static const char *const names[] = {"UNION", "INTERSECT", "EXCEPT"};
  const char *name = names[query->set_op];
  rn_logical *sides[2] = {left, right};
  uint32_t count = sides[0]->schema.count;
  if (sides[1]->schema.count != count) {
    rn_diag(q->binder.diags, RN_E_TYPE, query->op_span, NULL, "both sides of %s need the same number of columns, got %u and %u",
            name, count, sides[1]->schema.count);
    return NULL;
  }
  rn_field *fields = common_fields(q, query, name, sides);
  if (!fields) return NULL;
  for (int s = 0; s < 2; s++)
    if (!(sides[s] = cast_columns(q, sides[s], fields, count))) return NULL;
  if (query->set_op != RN_SET_UNION) {
    rn_logical *node = rn_logical_new(q->arena, RN_L_SET, query->op_span, 2, sides);
    node->schema = (rn_schema){count, fields};
    node->u.set.except = query->set_op == RN_SET_EXCEPT;
    node->u.set.all = query->all;
    return node;
  }
  /* a UNION ALL b UNION ALL c is one node */
  bool flatten = sides[0]->kind == RN_L_UNION && query->left->kind == RN_AST_SET_OP;
  uint32_t left_count = flatten ? sides[0]->input_count : 1;
  rn_logical **inputs = RN_NEW_N(q->arena, rn_logical *, left_count + 1);
  for (uint32_t i = 0; i < left_count; i++) inputs[i] = flatten ? sides[0]->inputs[i] : sides[0];
  inputs[left_count] = sides[1];
  rn_logical *node = rn_logical_new(q->arena, RN_L_UNION, query->op_span, left_count + 1, inputs);
  node->schema = (rn_schema){count, fields};
  return query->all ? node : rn_bind_distinct(q, node, query->op_span);
}

/* Is the left side just the part of `a UNION b UNION c` before the last word? */
static bool continues(const rn_ast_query *left) {
  return left->kind == RN_AST_SET_OP && !left->with_count && !left->order_count && !left->limit && !left->offset;
}

/* Many in a row are no nesting: from the first on, without recursion. */
rn_logical *rn_bind_set_op(rn_query_context *q, rn_ast_query *query, const rn_cte *env) {
  uint32_t count = 1;
  for (const rn_ast_query *left = query->left; continues(left); left = left->left) count++;
  rn_ast_query **chain = RN_NEW_N(q->arena, rn_ast_query *, count);
  for (uint32_t i = count; i-- > 0; query = query->left) chain[i] = query;
  rn_logical *node = rn_bind_query(q, chain[0]->left, env, false);
  for (uint32_t i = 0; i < count; i++) {
    rn_logical *right = rn_bind_query(q, chain[i]->right, env, false);
    node = node && right ? combine(q, chain[i], node, right) : NULL;
  }
  return node;
}
