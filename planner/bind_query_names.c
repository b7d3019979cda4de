/* Names of columns, as SQL:1999 and Calcite have them (DIALECT 1.3): what `*` brings gets a name of its own beside those before
 * it (a, a0), what is written keeps its name, also when another column has it. Such twins may leave a query, where
 * the result names them apart, and a sub-query, where nobody can ask for them; a WITH item or a view may not have any. */
#include "planner/query.h"

const char *rn_name_apart(rn_arena *arena, const char *const *names, uint32_t count, const char *wanted) {
  const char *name = wanted;
  for (unsigned suffix = 0;; suffix++) {
    bool taken = false;
    for (uint32_t i = 0; i < count && !taken; i++) taken = !strcmp(names[i], name);
    if (!taken) return name;
    name = rn_arena_printf(arena, "%s%u", wanted, suffix);
  }
}

rn_logical *rn_with_names(rn_query_context *q, rn_logical *node, const char *const *names) {
  uint32_t count = node->schema.count;
  rn_expr **exprs = RN_NEW_N(q->arena, rn_expr *, count + 1);
  for (uint32_t i = 0; i < count; i++) exprs[i] = rn_expr_column(q->arena, i, node->schema.fields[i].type, node->span);
  return rn_logical_project(q->arena, node, count, exprs, names, node->span);
}

rn_logical *rn_rename_columns(rn_query_context *q, rn_logical *node, const rn_ast_names *names, const char *what) {
  if (!names->count) return node;
  if (names->count != node->schema.count) {
    rn_diag(q->binder.diags, RN_E_SINK_SCHEMA, names->items[0].span, NULL, "%s names %u column%s, the query has %u",
            what, names->count, names->count == 1 ? "" : "s",
            node->schema.count);
    return NULL;
  }
  const char **texts = RN_NEW_N(q->arena, const char *, names->count);
  for (uint32_t i = 0; i < names->count; i++) {
    for (uint32_t j = 0; j < i; j++)
      if (!strcmp(texts[j], names->items[i].text)) {
        rn_diag(q->binder.diags, RN_E_DUPLICATE_NAME, names->items[i].span, NULL, "column \"%s\" is named twice", texts[j]);
        return NULL;
      }
    texts[i] = names->items[i].text;
  }
  return rn_with_names(q, node, texts);
}

/* The first column that has the name of one before it; -1: all differ. */
static int first_twin(const rn_schema *schema) {
  for (uint32_t i = 1; i < schema->count; i++)
    for (uint32_t j = 0; j < i; j++)
      if (!strcmp(schema->fields[i].name, schema->fields[j].name)) return (int)i;
  return -1;
}

rn_logical *rn_name_results(rn_query_context *q, rn_logical *node) {
  if (first_twin(&node->schema) < 0) return node;
  const char **names = RN_NEW_N(q->arena, const char *, node->schema.count);
  for (uint32_t i = 0; i < node->schema.count; i++) names[i] = rn_name_apart(q->arena, names, i, node->schema.fields[i].name);
  return rn_with_names(q, node, names);
}

/* The item of the select list that gives the name last. */
static rn_span place_of(const rn_ast_query *query, const char *name) {
  while (query->kind == RN_AST_SET_OP) query = query->left;
  if (query->kind != RN_AST_SELECT) return query->span;
  for (uint32_t i = query->select->item_count; i-- > 0;) {
    const rn_ast_select_item *item = &query->select->items[i];
    const rn_ast_path *path = &item->expr->path;
    const char *own = item->alias.text;
    if (!own && item->expr->kind == RN_AST_COLUMN && path->count) own = path->parts[path->count - 1].text;
    if (own && !strcmp(own, name)) return item->span;
  }
  return query->span;
}

rn_status rn_refuse_twins(rn_query_context *q, const rn_logical *node, const rn_ast_query *query, const char *what) {
  int twin = first_twin(&node->schema);
  if (twin < 0) return RN_OK;
  const char *name = node->schema.fields[twin].name;
  return rn_diag(q->binder.diags, RN_E_DUPLICATE_NAME, place_of(query, name),
                 rn_arena_printf(q->arena, "give one of them another name: AS .., or name all columns: %s (a, b, ..) AS", what),
                 "%s has two columns \"%s\"", what, name);
}

void rn_mark_twins(rn_relation *relation) {
  for (uint32_t i = 1; i < relation->count; i++)
    for (uint32_t j = 0; j < i; j++)
      if (!strcmp(relation->columns[i].name, relation->columns[j].name)) relation->columns[i].twin = relation->columns[j].twin = true;
}
