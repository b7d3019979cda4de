/* FROM: UNNEST(collection) [WITH ORDINALITY], alone or joined to what stands left of it, whose columns it sees
 * (DIALECT 4.15). The collection becomes a column of the input; the node puts the elements' columns behind it. */
#include "planner/query.h"

bool rn_is_unnest(const rn_ast_from *from) {
  return from->kind == RN_AST_FROM_FUNCTION && from->path.count == 1 && !from->path.parts[0].quoted &&
         rn_text_eq_nocase(from->path.parts[0].text, "UNNEST");
}

/* Names and types of an element's columns. */
static uint32_t element_fields(rn_query_context *q, const rn_ast_from *from, const rn_type *type, bool outer, rn_field *out) {
  uint32_t count = 0;
  const rn_type *element = type->children[0];
  if (type->id == RN_T_MAP) {
    out[count++] = (rn_field){"KEY", element};
    out[count++] = (rn_field){"VALUE", type->children[1]};
  } else if (element->id == RN_T_ROW) {
    for (; count < element->child_count; count++)
      out[count] = (rn_field){element->names ? element->names[count] : rn_arena_printf(q->arena, "EXPR$%u", count),
                              element->children[count]};
  } else { /* AS t names the one column, too */
    out[count++] = (rn_field){from->alias.text ? from->alias.text : "EXPR$0", element};
  }
  if (from->with_ordinality) out[count++] = (rn_field){"ORDINALITY", rn_type_basic(RN_T_INT, false)};
  for (uint32_t i = 0; outer && i < count; i++) out[i].type = rn_type_with_null(q->arena, out[i].type, true);
  return count;
}

static rn_status rename_fields(rn_query_context *q, const rn_ast_from *from, rn_field *fields, uint32_t count) {
  const rn_ast_names *names = &from->alias_columns;
  if (!names->count) return RN_OK;
  if (names->count != count)
    return rn_diag(q->binder.diags, RN_E_SINK_SCHEMA, names->items[0].span, NULL, "the alias names %u column%s, UNNEST gives %u",
                   names->count, names->count == 1 ? "" : "s", count);
  for (uint32_t i = 0; i < count; i++) {
    for (uint32_t j = 0; j < i; j++)
      if (!strcmp(names->items[j].text, names->items[i].text))
        return rn_diag(q->binder.diags, RN_E_DUPLICATE_NAME, names->items[i].span, NULL, "column \"%s\" is named twice",
                       names->items[i].text);
    fields[i].name = names->items[i].text;
  }
  return RN_OK;
}

/* The collection as a column of the input: itself where it is one, else computed behind the others. */
static rn_logical *with_collection(rn_query_context *q, rn_logical *input, rn_expr *e, bool alone, uint32_t *column) {
  uint32_t width = alone ? 0 : input->schema.count;
  *column = e->index;
  if (e->kind == RN_EXPR_COLUMN) return input;
  rn_expr **exprs = RN_NEW_N(q->arena, rn_expr *, width + 1);
  const char **names = RN_NEW_N(q->arena, const char *, width + 1);
  for (uint32_t i = 0; i < width; i++) {
    exprs[i] = rn_expr_column(q->arena, i, input->schema.fields[i].type, e->span);
    names[i] = input->schema.fields[i].name;
  }
  exprs[width] = e;
  names[width] = "$unnest";
  *column = width;
  return rn_logical_project(q->arena, input, width + 1, exprs, names, e->span);
}

static rn_status unnest(rn_query_context *q, const rn_ast_from *from, const rn_cte *env, const rn_relation *left, bool outer,
                        rn_relation *out) {
  rn_subqueries subqueries = {.env = env};
  rn_scope scope = {.clause = "UNNEST"};
  if (left) rn_relation_scope(left, "UNNEST", &scope);
  scope.subqueries = &subqueries;
  if (from->arg_count != 1 || from->args[0].kind != RN_ARG_EXPR || from->args[0].name)
    return rn_diag(q->binder.diags, RN_E_ARGUMENTS, from->span, NULL, "UNNEST takes one ARRAY, MAP or MULTISET");
  rn_expr *e = rn_bind_expr(&q->binder, &scope, from->args[0].expr);
  if (rn_bind_failed(e)) return RN_FAIL;
  const rn_type *type = e->type;
  if (type->id != RN_T_ARRAY && type->id != RN_T_MAP && type->id != RN_T_MULTISET)
    return rn_diag(q->binder.diags, RN_E_ARGUMENTS, from->args[0].span,
                   rn_type_is_string(type) ? "SPLIT(text, separator) makes an ARRAY of a text" : NULL,
                   "UNNEST takes an ARRAY, MAP or MULTISET, got %s", rn_type_name(q->arena, type));
  uint32_t most = type->children[0]->child_count + 3, column;
  rn_field *fields = RN_NEW_N(q->arena, rn_field, most);
  uint32_t count = element_fields(q, from, type, outer, fields);
  if (rename_fields(q, from, fields, count) != RN_OK) return RN_FAIL;
  rn_logical *input = left ? left->node : rn_bind_one_row(q, from->span);
  input = rn_join_subqueries(q, &subqueries, input);
  input = with_collection(q, input, rn_map_subqueries(q, &subqueries, e), !left, &column);
  rn_logical *node = rn_logical_unnest(q->arena, input, column, outer, from->with_ordinality, fields, count, from->span);
  uint32_t seen = left ? left->count : 0;
  out->node = node;
  out->count = seen + count;
  out->columns = RN_NEW_N(q->arena, rn_scope_column, out->count + 1);
  for (uint32_t i = 0; i < seen; i++) out->columns[i] = left->columns[i];
  for (uint32_t i = 0; i < count; i++)
    out->columns[seen + i] = (rn_scope_column){from->alias.text, fields[i].name, fields[i].type, input->schema.count + i, false, false};
  return RN_OK;
}

rn_status rn_bind_unnest(rn_query_context *q, const rn_ast_from *from, const rn_cte *env, rn_relation *out) {
  return unnest(q, from, env, NULL, false, out);
}

static bool has_query(const rn_ast_expr *e) {
  if (e->query) return true;
  for (uint32_t i = 0; i < e->arg_count; i++)
    if (e->args[i] && has_query(e->args[i])) return true;
  return false;
}

bool rn_unnests_rows(const rn_query_context *q, const rn_ast_from *join) {
  if (!rn_is_unnest(join->right) || join->natural || join->using.count) return false;
  bool always = join->on && join->on->kind == RN_AST_BOOLEAN && join->on->boolean;
  if (join->join == RN_JOIN_LEFT) return always || (join->on && !q->binder.outer && !has_query(join->on));
  return join->join != RN_JOIN_RIGHT && join->join != RN_JOIN_FULL;
}

rn_status rn_bind_unnest_join(rn_query_context *q, const rn_ast_from *join, const rn_cte *env, const rn_relation *left,
                              rn_relation *out) {
  const rn_ast_from *from = join->right;
  bool outer = join->join == RN_JOIN_LEFT;
  if (join->join == RN_JOIN_INNER && !join->on)
    return rn_diag(q->binder.diags, RN_E_SYNTAX, from->span, "write ON TRUE, or CROSS JOIN", "JOIN needs a condition");
  if (unnest(q, from, env, left, outer, out) != RN_OK) return RN_FAIL;
  for (uint32_t i = 0; i < left->count; i++)
    if (left->columns[i].table && from->alias.text && !strcmp(left->columns[i].table, from->alias.text))
      return rn_diag(q->binder.diags, RN_E_DUPLICATE_NAME, from->span, "give one of them an alias",
                     "FROM has two tables named \"%s\"", from->alias.text);
  if (!join->on) return RN_OK;
  rn_scope scope;
  rn_subqueries subqueries = {.env = env};
  rn_relation_scope(out, "ON", &scope);
  scope.subqueries = &subqueries;
  rn_expr *condition = rn_bind_condition(&q->binder, &scope, join->on, "ON");
  rn_value value;
  if (rn_bind_failed(condition)) return RN_FAIL;
  if (rn_bind_constant(&q->binder, condition, &value) && !value.is_null && value.u.i) return RN_OK; /* ON TRUE */
  if (outer) {
    out->node->u.unnest.condition = condition;
    return RN_OK;
  }
  out->node = rn_filter_subqueries(q, &subqueries, out->node, condition, join->on->span);
  return RN_OK;
}
