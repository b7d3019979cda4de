/* Queries: WITH, VALUES, ORDER BY, LIMIT. See query.h. */
#include "planner/query.h"
#include <stdlib.h>

void rn_query_context_init(rn_query_context *q, rn_catalog *catalog, const rn_planner_settings *settings,
                           rn_arena *arena, rn_diagnostics *diags) {
  memset(q, 0, sizeof *q);
  q->binder.arena = arena;
  q->binder.catalog = catalog;
  q->binder.zone = settings->zone;
  q->binder.diags = diags;
  q->binder.batch_mode = settings->batch_mode;
  q->binder.until_end = settings->until_end;
  q->binder.now_us = rn_clock_now_us(NULL);
  q->settings = settings;
  q->arena = arena;
}

const rn_type *rn_type_plain(rn_arena *arena, const rn_type *type) {
  return type->time_attribute == RN_TIME_NONE ? type : rn_type_with_time(arena, type, RN_TIME_NONE);
}

rn_expr *rn_bound_true(rn_query_context *q, rn_span span) {
  rn_value value = {.type = rn_type_basic(RN_T_BOOLEAN, false), .u.i = 1};
  return rn_expr_const(q->arena, value, span);
}

uint32_t rn_projection_add(rn_projection *p, rn_expr *e, const char *name) {
  if (!rn_expr_is_volatile(e))
    for (uint32_t i = 0; i < p->count; i++)
      if (rn_type_same(p->exprs[i]->type, e->type) && rn_expr_equal(p->exprs[i], e)) return i;
  p->exprs = rn_array_push(p->arena, p->exprs, p->count, sizeof *p->exprs);
  p->names = rn_array_push(p->arena, p->names, p->count, sizeof *p->names);
  p->exprs[p->count] = e;
  p->names[p->count] = name ? name : rn_arena_printf(p->arena, "$f%u", p->count);
  return p->count++;
}

/* --- VALUES ---------------------------------------------------------------------------------------- */
rn_logical *rn_bind_one_row(rn_query_context *q, rn_span span) {
  rn_logical *node = rn_logical_new(q->arena, RN_L_VALUES, span, 0, NULL);
  rn_field *field = RN_NEW(q->arena, rn_field);
  *field = (rn_field){"ZERO", rn_type_basic(RN_T_INT, false)};
  node->schema = (rn_schema){1, field};
  node->u.values.row_count = 1;
  node->u.values.values = RN_NEW(q->arena, rn_value);
  node->u.values.values[0].type = field->type;
  return node;
}

static rn_logical *values_node(rn_query_context *q, rn_schema schema, uint32_t rows, rn_expr **cells, rn_subqueries *subs, rn_span span) {
  bool constant = true;
  for (uint32_t i = 0; i < rows * schema.count && constant; i++) constant = cells[i]->kind == RN_EXPR_CONST;
  if (constant) {
    rn_logical *node = rn_logical_new(q->arena, RN_L_VALUES, span, 0, NULL);
    node->schema = schema;
    node->u.values.row_count = rows;
    node->u.values.values = RN_NEW_N(q->arena, rn_value, rows * schema.count + 1);
    for (uint32_t i = 0; i < rows * schema.count; i++) {
      node->u.values.values[i] = cells[i]->value;
      node->u.values.values[i].type = schema.fields[i % schema.count].type;
    }
    return node;
  }
  const char **names = RN_NEW_N(q->arena, const char *, schema.count);
  for (uint32_t c = 0; c < schema.count; c++) names[c] = schema.fields[c].name;
  rn_logical **rows_nodes = RN_NEW_N(q->arena, rn_logical *, rows);
  for (uint32_t r = 0; r < rows; r++) {
    rn_logical *row = rn_join_subqueries(q, &subs[r], rn_bind_one_row(q, span));
    for (uint32_t c = 0; c < schema.count; c++) cells[r * schema.count + c] = rn_map_subqueries(q, &subs[r], cells[r * schema.count + c]);
    rows_nodes[r] = rn_logical_project(q->arena, row, schema.count, cells + r * schema.count, names, span);
  }
  if (rows == 1) return rows_nodes[0];
  rn_logical *node = rn_logical_new(q->arena, RN_L_UNION, span, rows, rows_nodes);
  node->schema = schema;
  return node;
}

static rn_logical *bind_values(rn_query_context *q, const rn_ast_query *query, const rn_cte *env) {
  uint32_t columns = query->rows[0]->arg_count, rows = query->row_count;
  rn_scope scope = {.clause = "VALUES"};
  rn_expr **cells = RN_NEW_N(q->arena, rn_expr *, columns * rows + 1);
  rn_subqueries *subs = RN_NEW_N(q->arena, rn_subqueries, rows); /* a row is joined to its own */
  const rn_type **types = RN_NEW_N(q->arena, const rn_type *, columns + 1);
  bool ok = true;
  for (uint32_t r = 0; r < rows; r++) {
    const rn_ast_expr *row = query->rows[r];
    subs[r].env = env;
    scope.subqueries = &subs[r];
    if (row->arg_count != columns) {
      rn_diag(q->binder.diags, RN_E_TYPE, row->span, NULL, "rows of VALUES differ in width: this one has %u, the first %u",
              row->arg_count, columns);
      return NULL;
    }
    for (uint32_t c = 0; c < columns; c++) {
      rn_expr *e = rn_bind_expr(&q->binder, &scope, row->args[c]);
      cells[r * columns + c] = e;
      if (e->type->id == RN_T_ERROR) {
        ok = false;
        continue;
      }
      const rn_type *common = types[c] ? rn_type_common(q->arena, types[c], e->type) : e->type;
      if (!common) {
        rn_diag(q->binder.diags, RN_E_TYPE, e->span, NULL, "values of a column have no common type: %s and %s",
                rn_type_name(q->arena, types[c]), rn_type_name(q->arena, e->type));
        ok = false;
      } else {
        types[c] = common;
      }
    }
  }
  if (!ok) return NULL;
  rn_field *fields = RN_NEW_N(q->arena, rn_field, columns + 1);
  for (uint32_t c = 0; c < columns; c++) {
    bool nullable = types[c]->id == RN_T_NULL;
    for (uint32_t r = 0; r < rows; r++) nullable = nullable || cells[r * columns + c]->type->nullable;
    fields[c] = (rn_field){rn_arena_printf(q->arena, "EXPR$%u", c),
                           rn_type_with_null(q->arena, rn_type_plain(q->arena, types[c]), nullable)};
    for (uint32_t r = 0; r < rows; r++) {
      rn_expr **cell = &cells[r * columns + c];
      if (!rn_type_same((*cell)->type, fields[c].type))
        *cell = rn_bind_cast(&q->binder, *cell, fields[c].type, false, false);
      if ((*cell)->type->id == RN_T_ERROR) return NULL;
      *cell = rn_fold(&q->binder, *cell);
    }
  }
  return values_node(q, (rn_schema){columns, fields}, rows, cells, subs, query->span);
}

/* --- ORDER BY, LIMIT ----------------------------------------------------------------------------------------- */
int rn_named_output(rn_query_context *q, const rn_ast_name *name, const char *const *names, uint32_t count) {
  int found = -1;
  for (uint32_t i = 0; i < count; i++) {
    if (strcmp(names[i], name->text) != 0) continue;
    if (found >= 0) {
      rn_diag(q->binder.diags, RN_E_COLUMN_AMBIGUOUS, name->span, NULL, "column \"%s\" is ambiguous: the select list has several", name->text);
      return -2;
    }
    found = (int)i;
  }
  return found;
}

int rn_order_output(rn_query_context *q, const rn_ast_sort_item *item, const rn_schema *output) {
  const rn_ast_expr *e = item->expr;
  if (e->kind == RN_AST_NUMBER) {
    char *end = NULL;
    long ordinal = strtol(e->text, &end, 10);
    if (!end || *end || ordinal < 1 || ordinal > (long)output->count) {
      rn_diag(q->binder.diags, RN_E_COLUMN_NOT_FOUND, e->span, NULL, "ORDER BY %s: the select list has %u column%s", e->text,
              output->count, output->count == 1 ? "" : "s");
      return -2;
    }
    return (int)ordinal - 1;
  }
  if (e->kind != RN_AST_COLUMN || e->path.count != 1) return -1;
  const char **names = RN_NEW_N(q->arena, const char *, output->count + 1);
  for (uint32_t i = 0; i < output->count; i++) names[i] = output->fields[i].name;
  return rn_named_output(q, &e->path.parts[0], names, output->count);
}

static rn_status constant_count(rn_query_context *q, const rn_ast_expr *ast, const char *clause, int64_t *out) {
  if (!ast) return RN_OK;
  rn_scope scope = {.clause = clause};
  rn_expr *e = rn_bind_expr(&q->binder, &scope, ast);
  if (e->type->id == RN_T_ERROR) return RN_FAIL;
  rn_value value;
  if (!rn_type_is_integer(e->type) || !rn_bind_constant(&q->binder, e, &value) || value.is_null || value.u.i < 0)
    return rn_diag(q->binder.diags, RN_E_TYPE, ast->span, NULL,
                   "%s needs a constant whole number that is not negative", clause);
  *out = value.u.i;
  return RN_OK;
}

static rn_logical *keep_visible(rn_query_context *q, rn_logical *node, uint32_t visible) {
  if (node->schema.count == visible) return node;
  rn_expr **exprs = RN_NEW_N(q->arena, rn_expr *, visible);
  const char **names = RN_NEW_N(q->arena, const char *, visible);
  for (uint32_t i = 0; i < visible; i++) {
    exprs[i] = rn_expr_column(q->arena, i, node->schema.fields[i].type, node->span);
    names[i] = node->schema.fields[i].name;
  }
  return rn_logical_project(q->arena, node, visible, exprs, names, node->span);
}

static rn_logical *put_order(rn_query_context *q, const rn_ast_query *query, rn_logical *node, const rn_order_key *keys,
                             int64_t limit, int64_t offset) {
  rn_logical *sort = rn_logical_over(q->arena, RN_L_SORT, query->order_span, node);
  sort->u.sort.item_count = query->order_count;
  sort->u.sort.items = RN_NEW_N(q->arena, rn_sort_item, query->order_count);
  for (uint32_t i = 0; i < query->order_count; i++) {
    const rn_ast_sort_item *item = keys[i].item;
    const rn_type *type = node->schema.fields[keys[i].column].type;
    if (!rn_type_is_ordered(type)) {
      rn_diag(q->binder.diags, RN_E_TYPE, item->expr->span, "order by one of its values", "%s has no order", rn_type_name(q->arena, type));
      return NULL;
    }
    /* NULLs are the smallest values: first ascending, last descending (DIALECT 11.24) */
    sort->u.sort.items[i] = (rn_sort_item){keys[i].column, item->descending,
                                           item->nulls ? item->nulls > 0 : !item->descending};
  }
  sort->u.sort.limit = limit;
  sort->u.sort.offset = offset;
  return sort;
}

static rn_logical *bind_body(rn_query_context *q, rn_ast_query *query, const rn_cte *env, bool ordered) {
  uint32_t order_count = ordered ? query->order_count : 0;
  rn_order_key *keys = RN_NEW_N(q->arena, rn_order_key, order_count + 1);
  rn_logical *node = NULL;
  uint32_t visible = 0;
  if (query->kind == RN_AST_SELECT) {
    node = rn_bind_select(q, query->select, env, query->order, order_count, keys, &visible);
    if (!node) return NULL;
  } else {
    if (query->kind == RN_AST_VALUES) {
      node = bind_values(q, query, env);
    } else if (query->kind == RN_AST_SET_OP) {
      node = rn_bind_set_op(q, query, env);
    } else {
      rn_ast_from from = {.kind = RN_AST_FROM_TABLE, .span = query->path.span, .path = query->path};
      rn_relation relation;
      if (rn_bind_from(q, &from, env, &relation) == RN_OK) node = relation.node;
      if (q->expand) query->path = from.path;
    }
    if (!node) return NULL;
    visible = node->schema.count;
    rn_relation relation = rn_relation_of(q, node, NULL);
    rn_scope scope;
    rn_relation_scope(&relation, "ORDER BY", &scope);
    rn_projection p = {.arena = q->arena};
    bool extra = false;
    for (uint32_t i = 0; i < order_count; i++) {
      int column = rn_order_output(q, &query->order[i], &node->schema);
      if (column == -2) return NULL;
      if (column < 0 && !extra) {
        for (uint32_t c = 0; c < visible; c++)
          (void)rn_projection_add(&p, rn_expr_column(q->arena, c, node->schema.fields[c].type, node->span),
                                  node->schema.fields[c].name);
        extra = true;
      }
      if (column < 0) {
        rn_expr *e = rn_bind_expr(&q->binder, &scope, query->order[i].expr);
        if (e->type->id == RN_T_ERROR) return NULL;
        column = (int)rn_projection_add(&p, e, NULL);
      }
      keys[i] = (rn_order_key){(uint32_t)column, &query->order[i]};
    }
    if (extra) node = rn_logical_project(q->arena, node, p.count, p.exprs, p.names, query->order_span);
  }
  int64_t limit = -1, offset = 0;
  if (constant_count(q, query->limit, "LIMIT", &limit) != RN_OK || constant_count(q, query->offset, "OFFSET",
      &offset) != RN_OK)
    return NULL;
  if (order_count) {
    node = put_order(q, query, node, keys, limit, offset);
    if (!node) return NULL;
  } else if (limit >= 0 || offset > 0) {
    node = rn_logical_over(q->arena, RN_L_LIMIT, query->limit_span, node);
    node->u.limit.limit = limit;
    node->u.limit.offset = offset;
  }
  return keep_visible(q, node, visible);
}

rn_logical *rn_bind_query(rn_query_context *q, rn_ast_query *query, const rn_cte *env, bool top) {
  if (++q->queries > RN_BOUND_QUERIES_MAX) {
    rn_diag(q->binder.diags, RN_E_LIMIT, query->span, "a view or WITH item counts each time that it is named",
            "statement has more than %d queries", RN_BOUND_QUERIES_MAX);
    return NULL;
  }
  if (++q->binder.depth > RN_NESTING_MAX) {
    rn_diag(q->binder.diags, RN_E_LIMIT, query->span, NULL, "queries and expressions are nested deeper than %d", RN_NESTING_MAX);
    q->binder.depth--;
    return NULL;
  }
  bool ok = true;
  const rn_cte *around = env;
  for (uint32_t i = 0; i < query->with_count; i++) {
    for (uint32_t j = 0; j < i; j++)
      if (!strcmp(query->with[i].name.text, query->with[j].name.text)) {
        rn_diag(q->binder.diags, RN_E_DUPLICATE_NAME, query->with[i].name.span, NULL, "WITH defines \"%s\" twice",
                query->with[i].name.text);
        ok = false;
      }
    rn_cte *cte = RN_NEW(q->arena, rn_cte);
    cte->item = &query->with[i];
    cte->next = env;
    cte->outer = q->binder.outer;
    cte->recursive = query->recursive;
    cte->used = RN_NEW(q->arena, bool);
    env = cte;
  }
  bool ordered = query->order_count && (top || query->limit || query->offset);
  bool outer_changes = q->emit_changes; /* a sub-query says it for itself */
  rn_span outer_span = q->emit_span;
  q->emit_changes = query->emit_changes;
  q->emit_span = query->emit_span;
  rn_logical *node = ok ? bind_body(q, query, env, ordered) : NULL;
  size_t errors = q->binder.diags->error_count;
  for (const rn_cte *c = env; ok && c != around; c = c->next)
    if (!*c->used) rn_check_unused(q, c);
  if (q->binder.diags->error_count != errors) node = NULL;
  q->emit_changes = outer_changes;
  q->emit_span = outer_span;
  q->binder.depth--;
  return node;
}
