/* FROM: joins of two relations. The join's columns are the left ones, then the right ones; USING and NATURAL put the
 * merged columns in front of them in scope, and what was merged is hidden from * (qualified names and stars still
 * reach it). Equalities become keys later (rewrite_join.c). */
#include "planner/query.h"
#include "planner/windowed.h"

static rn_join_kind kind_of(const rn_ast_from *from) {
  switch (from->join) {
    case RN_JOIN_LEFT: return RN_JOIN_KIND_LEFT;
    case RN_JOIN_RIGHT: return RN_JOIN_KIND_RIGHT;
    case RN_JOIN_FULL: return RN_JOIN_KIND_FULL;
    default: return RN_JOIN_KIND_INNER;
  }
}

static rn_status check_aliases(rn_query_context *q, const rn_ast_from *from, const rn_relation *left, const rn_relation *right) {
  for (uint32_t i = 0; i < left->count; i++)
    for (uint32_t j = 0; j < right->count; j++) {
      const char *a = left->columns[i].table, *b = right->columns[j].table;
      if (a && b && !strcmp(a, b))
        return rn_diag(q->binder.diags, RN_E_DUPLICATE_NAME, from->right->span, "give one of them an alias",
                       "FROM has two tables named \"%s\"", a);
    }
  return RN_OK;
}

typedef struct merged {
  rn_ast_name name;
  uint32_t left, right; /* positions in the relations */
} merged;

/* The visible column of that name; -1: none, -2: several. */
static int visible_column(const rn_relation *r, const char *name) {
  int found = -1;
  for (uint32_t i = 0; i < r->count; i++) {
    if (r->columns[i].hidden || strcmp(r->columns[i].name, name) != 0) continue;
    if (found >= 0) return -2;
    found = (int)i;
  }
  return found;
}

static rn_status merge_one(rn_query_context *q, const rn_relation *left, const rn_relation *right, rn_ast_name name,
                           const char *clause, merged *out) {
  int l = visible_column(left, name.text), r = visible_column(right, name.text);
  if (l == -2 || r == -2)
    return rn_diag(q->binder.diags, RN_E_COLUMN_AMBIGUOUS, name.span, NULL, "column \"%s\" of %s is ambiguous: the %s side has several",
                   name.text, clause, l == -2 ? "left" : "right");
  if (l < 0 || r < 0)
    return rn_diag(q->binder.diags, RN_E_COLUMN_NOT_FOUND, name.span, NULL, "column \"%s\" of %s not found on the %s side",
                   name.text, clause, l < 0 ? "left" : "right");
  *out = (merged){name, (uint32_t)l, (uint32_t)r};
  return RN_OK;
}

static rn_status find_merged(rn_query_context *q, const rn_ast_from *from, const rn_relation *left, const rn_relation *right,
                             merged *out, uint32_t *count) {
  *count = 0;
  for (uint32_t i = 0; i < from->using.count; i++)
    if (merge_one(q, left, right, from->using.items[i], "USING", &out[(*count)++]) != RN_OK) return RN_FAIL;
  for (uint32_t i = 0; from->natural && i < left->count; i++) {
    const char *name = left->columns[i].name;
    if (left->columns[i].hidden || visible_column(right, name) == -1) continue;
    if (merge_one(q, left, right, (rn_ast_name){name, from->span, false}, "NATURAL JOIN", &out[(*count)++]) != RN_OK) return RN_FAIL;
  }
  return RN_OK;
}

static rn_expr *column_of(rn_query_context *q, const rn_scope_column *c, rn_span span) {
  return rn_expr_column(q->arena, c->index, c->type, span);
}

/* The merged column is the side that is never NULL for want of a row, in the common type of both. Of FULL JOIN, and
 * where that is another type, it is computed behind the join's columns. */
static rn_status put_merged(rn_query_context *q, rn_logical **node, const rn_scope_column *left, const rn_scope_column *right,
                            const merged *m, uint32_t count, rn_join_kind kind, rn_scope_column *out) {
  uint32_t width = (*node)->schema.count;
  rn_expr **exprs = RN_NEW_N(q->arena, rn_expr *, width + count + 1);
  const char **names = RN_NEW_N(q->arena, const char *, width + count + 1);
  for (uint32_t i = 0; i < width; i++) {
    exprs[i] = rn_expr_column(q->arena, i, (*node)->schema.fields[i].type, (*node)->span);
    names[i] = (*node)->schema.fields[i].name;
  }
  uint32_t added = 0;
  for (uint32_t i = 0; i < count; i++) {
    const rn_scope_column *l = &left[m[i].left], *r = &right[m[i].right], *kept = kind == RN_JOIN_KIND_RIGHT ? r : l;
    rn_expr *pair[2] = {column_of(q, l, m[i].name.span), column_of(q, r, m[i].name.span)}, *e = NULL;
    const rn_type *type = rn_bind_common(&q->binder, pair, 2, "USING");
    if (!type) return RN_FAIL;
    out[i] = *kept;
    if (kind == RN_JOIN_KIND_FULL) {
      type = rn_type_with_null(q->arena, type, true);
      e = rn_expr_make(q->arena, RN_EXPR_COALESCE, type, m[i].name.span, 2, pair);
    } else if (!rn_type_same(type, kept->type)) {
      e = pair[kept == r];
    }
    if (e) {
      uint32_t at = width + added++;
      exprs[at] = e;
      names[at] = rn_arena_printf(q->arena, "$using%u", i);
      out[i] = (rn_scope_column){NULL, NULL, e->type, at, false, false};
    }
    out[i].table = NULL;
    out[i].name = m[i].name.text;
    out[i].hidden = false;
  }
  if (added) *node = rn_logical_project(q->arena, *node, width + added, exprs, names, (*node)->span);
  return RN_OK;
}

/* Both sides' columns as ON sees them. */
static rn_scope_column *both_columns(rn_query_context *q, const rn_relation *left, const rn_relation *right) {
  rn_scope_column *out = RN_NEW_N(q->arena, rn_scope_column, left->count + right->count + 1);
  uint32_t count = 0;
  for (uint32_t i = 0; i < left->count; i++) out[count++] = left->columns[i];
  for (uint32_t i = 0; i < right->count; i++) {
    out[count] = right->columns[i];
    out[count++].index += left->node->schema.count;
  }
  for (uint32_t i = 0; i < count; i++) out[i].type = rn_type_plain(q->arena, out[i].type);
  return out;
}

static bool is_lateral(const rn_ast_from *from) {
  return rn_is_unnest(from) || (from->lateral && (from->kind == RN_AST_FROM_QUERY || from->kind == RN_AST_FROM_VALUES));
}

/* LATERAL (SELECT ..) and UNNEST see what stands left of them. */
static rn_status bind_right(rn_query_context *q, rn_ast_from *from, const rn_cte *env, const rn_relation *left, rn_relation *out) {
  if (!is_lateral(from->right) || !left) return rn_bind_from(q, from->right, env, out);
  rn_scope scope;
  rn_relation_scope(left, "LATERAL", &scope);
  rn_outer outer = {&scope, q->binder.outer};
  q->binder.outer = &outer;
  rn_status status = rn_bind_from(q, from->right, env, out);
  q->binder.outer = outer.up;
  return status;
}

static rn_status check_lateral(rn_query_context *q, const rn_ast_from *from) {
  if (from->join != RN_JOIN_RIGHT && from->join != RN_JOIN_FULL) return RN_OK;
  const char *what = rn_is_unnest(from->right) ? "UNNEST" : "LATERAL";
  return rn_diag(q->binder.diags, RN_E_UNSUPPORTED, from->right->span,
                 rn_arena_printf(q->arena, "use CROSS JOIN %s, JOIN %s or LEFT JOIN %s", what, what, what),
                 "%s JOIN %s that reads the left side would need rows of it that are not there",
                 from->join == RN_JOIN_RIGHT ? "RIGHT" : "FULL", what);
}

/* Sub-queries in ON of an inner join are joined over it; the columns they add go again. */
static rn_logical *join_tests(rn_query_context *q, rn_subqueries *tests, rn_logical *join, rn_expr *condition) {
  if (join->u.join.kind != RN_JOIN_KIND_INNER) return rn_join_on_subqueries(q, tests, join, condition);
  rn_logical *node = rn_filter_subqueries(q, tests, join, condition, join->span);
  rn_expr **exprs = RN_NEW_N(q->arena, rn_expr *, join->schema.count + 1);
  const char **names = RN_NEW_N(q->arena, const char *, join->schema.count + 1);
  for (uint32_t i = 0; i < join->schema.count; i++) {
    exprs[i] = rn_expr_column(q->arena, i, node->schema.fields[i].type, join->span);
    names[i] = join->schema.fields[i].name;
  }
  return rn_logical_project(q->arena, node, join->schema.count, exprs, names, join->span);
}

/* At most one of NATURAL, ON and USING, and none of them behind CROSS JOIN. */
static rn_status check_condition(rn_query_context *q, const rn_ast_from *from) {
  bool asks = from->on || from->using.count;
  if (!asks || (from->join != RN_JOIN_CROSS && !from->natural)) return RN_OK;
  return rn_diag(q->binder.diags, RN_E_SYNTAX, from->on ? from->on->span : from->using.items[0].span, NULL,
                 "%s JOIN takes no condition", from->natural ? "NATURAL" : "CROSS");
}

rn_status rn_bind_join(rn_query_context *q, rn_ast_from *from, const rn_cte *env, rn_relation *out) {
  rn_relation left, right;
  if (rn_unnests_rows(q, from))
    return rn_bind_from(q, from->left, env, &left) == RN_OK && check_condition(q, from) == RN_OK
               ? rn_bind_unnest_join(q, from, env, &left, out) : RN_FAIL;
  bool lateral = is_lateral(from->right);
  rn_status first = rn_bind_from(q, from->left, env, &left);
  if (first != RN_OK && lateral) return RN_FAIL;
  rn_status second = bind_right(q, from, env, first == RN_OK ? &left : NULL, &right);
  if (first != RN_OK || second != RN_OK) return RN_FAIL; /* both were asked: errors of both are told */
  lateral = lateral && rn_logical_outer(right.node);
  if (lateral && check_lateral(q, from) != RN_OK) return RN_FAIL;
  if (check_aliases(q, from, &left, &right) != RN_OK) return RN_FAIL;
  rn_join_kind kind = kind_of(from);
  bool conditional = from->join != RN_JOIN_COMMA && from->join != RN_JOIN_CROSS;
  if (conditional && !from->on && !from->using.count && !from->natural)
    return rn_diag(q->binder.diags, RN_E_SYNTAX, from->right->span, "write ON condition, USING (column, ..), or CROSS JOIN",
                   "JOIN needs a condition");
  if (check_condition(q, from) != RN_OK) return RN_FAIL;
  rn_scope_column *columns = both_columns(q, &left, &right);
  rn_span span = from->on ? rn_span_join(from->right->span, from->on->span) : from->right->span;
  uint32_t most = from->using.count + left.count + 1, merged_count = 0;
  merged *m = RN_NEW_N(q->arena, merged, most);
  if (find_merged(q, from, &left, &right, m, &merged_count) != RN_OK) return RN_FAIL;
  rn_expr *condition = NULL;
  rn_subqueries subqueries = {.env = env};
  if (from->on) {
    rn_scope scope = {.column_count = left.count + right.count, .columns = columns, .clause = "ON", .subqueries = &subqueries};
    condition = rn_bind_condition(&q->binder, &scope, from->on, "ON");
    if (rn_bind_failed(condition)) { /* go on: errors of the other clauses are told too; the SELECT fails (rn_bind_select) */
      condition = NULL;
      subqueries.count = 0;
    }
  } else if (merged_count) {
    rn_expr **tests = RN_NEW_N(q->arena, rn_expr *, merged_count);
    for (uint32_t i = 0; i < merged_count; i++) {
      tests[i] = rn_bind_compare(&q->binder, "=", column_of(q, &columns[m[i].left], m[i].name.span),
                                 column_of(q, &columns[left.count + m[i].right], m[i].name.span), m[i].name.span, m[i].name.span);
      if (rn_bind_failed(tests[i])) return RN_FAIL;
    }
    condition = merged_count == 1 ? tests[0] : rn_bind_and(&q->binder, tests, merged_count, span);
  }
  rn_logical *node = rn_logical_join(q->arena, kind, left.node, right.node, subqueries.count ? NULL : condition, span);
  rn_windowed_mark_join(q->arena, node);
  node->u.join.lateral = lateral;
  if (subqueries.count) node = join_tests(q, &subqueries, node, condition);
  if (!node) return RN_FAIL;
  for (uint32_t i = 0; i < left.count + right.count; i++) columns[i].type = node->schema.fields[columns[i].index].type;
  out->count = merged_count + left.count + right.count;
  out->columns = RN_NEW_N(q->arena, rn_scope_column, out->count + 1);
  if (put_merged(q, &node, columns, columns + left.count, m, merged_count, kind, out->columns) != RN_OK) return RN_FAIL;
  for (uint32_t i = 0; i < left.count + right.count; i++) {
    out->columns[merged_count + i] = columns[i];
    for (uint32_t k = 0; k < merged_count; k++)
      if (i == m[k].left || i == left.count + m[k].right) out->columns[merged_count + i].hidden = true;
  }
  out->node = node;
  return RN_OK;
}
