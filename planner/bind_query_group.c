/* GROUP BY: keys, the aggregate node, legacy group windows (TUMBLE(ts, size) as a key and its helpers
 * TUMBLE_START ..), and the check that every other column is inside an aggregate. */
#include <stdio.h>
#include "parser/parse.h"
#include "planner/query.h"
#include "planner/windowed.h"

/* --- legacy group windows ---------------------------------------------------------------------------- */
typedef struct helper_row {
  const char *name, *window;
  int column; /* 0 start, 1 end, 2 rowtime, 3 proctime */
} helper_row;
static const helper_row helper_rows[] = {
    {"TUMBLE_START", "TUMBLE", 0}, {"TUMBLE_END", "TUMBLE", 1}, {"TUMBLE_ROWTIME", "TUMBLE", 2},
        {"TUMBLE_PROCTIME", "TUMBLE", 3},
    {"HOP_START", "HOP", 0}, {"HOP_END", "HOP", 1}, {"HOP_ROWTIME", "HOP", 2}, {"HOP_PROCTIME", "HOP", 3},
    {"SESSION_START", "SESSION", 0}, {"SESSION_END", "SESSION", 1}, {"SESSION_ROWTIME", "SESSION", 2},
        {"SESSION_PROCTIME", "SESSION", 3},
};

static const char *call_name(const rn_ast_expr *e) {
  return e->kind == RN_AST_CALL && e->path.count ? e->path.parts[e->path.count - 1].text : NULL;
}

static const char *legacy_window_name(const rn_ast_expr *e) {
  static const char *const names[] = {"TUMBLE", "HOP", "SESSION"};
  const char *name = call_name(e);
  for (size_t i = 0; name && i < 3; i++)
    if (rn_text_eq_nocase(name, names[i])) return names[i];
  return NULL;
}

static rn_status bind_legacy_window(rn_select_binder *s, const rn_ast_expr *ast, const char *name) {
  rn_query_context *q = s->q;
  rn_diagnostics *diags = q->binder.diags;
  if (s->window_ast) return rn_diag(diags, RN_E_WINDOW, ast->span, NULL, "GROUP BY takes one window");
  bool hop = !strcmp(name, "HOP"), session = !strcmp(name, "SESSION");
  if (ast->arg_count != (hop ? 3u : 2u))
    return rn_diag(diags, RN_E_ARGUMENTS, ast->span, NULL,
                   hop ? "HOP takes (ts, slide, size)" : session ? "SESSION takes (ts, gap)" : "TUMBLE takes (ts, size)");
  s->window.kind = hop ? RN_WINDOW_HOP : session ? RN_WINDOW_SESSION : RN_WINDOW_TUMBLE;
  rn_expr *time = rn_bind_expr(&q->binder, &s->below, ast->args[0]);
  bool ok = time->type->id != RN_T_ERROR;
  ok = (!hop || rn_bind_interval(&q->binder, ast->args[1], "slide of HOP", &s->window.slide_us)) && ok;
  ok = rn_bind_interval(&q->binder, ast->args[hop ? 2 : 1], hop ? "size of HOP" : session ? "gap of SESSION" : "size of TUMBLE",
                        &s->window.size_us) && ok;
  if (!ok) return RN_FAIL;
  if (!hop) s->window.slide_us = s->window.size_us;
  const rn_type *type = time->type;
  if (rn_expr_is_proctime(time)) type = rn_type_with_time(q->arena, type, RN_TIME_PROCTIME);
  const char *label = ast->args[0]->kind == RN_AST_COLUMN ? ast->args[0]->path.parts[ast->args[0]->path.count - 1].text : "the expression";
  if (rn_bind_window_time(q, type, label, 0, ast->args[0]->span, &s->window) != RN_OK) return RN_FAIL;
  if (rn_check_window_spec(q, name, &s->window, false, ast->span) != RN_OK) return RN_FAIL;
  s->window_ast = ast;
  s->window_name = name;
  s->window_time = time;
  return RN_OK;
}

static bool same_text(const rn_ast_expr *a, const rn_ast_expr *b) {
  rn_builder left = {0}, right = {0};
  rn_ast_print_expr(a, &left);
  rn_ast_print_expr(b, &right);
  bool same = left.len == right.len && memcmp(left.data, right.data, left.len) == 0;
  rn_builder_free(&left);
  rn_builder_free(&right);
  return same;
}

static bool same_arguments(const rn_ast_expr *a, const rn_ast_expr *b) {
  if (a->arg_count != b->arg_count) return false;
  for (uint32_t i = 0; i < a->arg_count; i++)
    if (!same_text(a->args[i], b->args[i])) return false;
  return true;
}

/* Sub-queries are plans, which do not compare: a key that has some is known by its text. */
static rn_expr *subquery_key(rn_select_binder *s, const rn_ast_expr *node) {
  for (uint32_t i = 0; i < s->key_count; i++)
    if (s->key_asts[i] && s->key_asts[i]->kind == node->kind && same_text(s->key_asts[i], node))
      return rn_expr_column(s->q->arena, RN_PLACE_KEY + i, s->keys[i]->type, node->span);
  return NULL;
}

static rn_expr *error_expr(rn_binder *binder, rn_span span) {
  return rn_expr_const(binder->arena, rn_value_null(rn_type_basic(RN_T_ERROR, true)), span);
}

/* As those of the table functions, but TUMBLE_ROWTIME is nullable where its time is. */
static void legacy_fields(rn_select_binder *s, rn_field out[3]) {
  rn_arena *arena = s->q->arena;
  rn_window_fields(arena, s->window_time->type, s->window.processing_time, out);
  out[2].type = rn_type_with_null(arena, out[2].type, s->window_time->type->nullable);
}

rn_expr *rn_group_node_hook(rn_binder *binder, rn_scope *scope, const rn_ast_expr *node, void *ctx) {
  rn_select_binder *s = ctx;
  (void)scope;
  const char *name = call_name(node);
  rn_expr *key = subquery_key(s, node);
  if (key || !name) return key;
  rn_expr *grouping = rn_bind_grouping_call(s, node);
  if (grouping) return grouping;
  const char *window = NULL;
  int column = -1;
  for (size_t i = 0; i < sizeof helper_rows / sizeof helper_rows[0] && !window; i++)
    if (rn_text_eq_nocase(helper_rows[i].name, name)) {
      window = helper_rows[i].window;
      column = helper_rows[i].column;
    }
  if (!window && legacy_window_name(node)) {
    rn_diag(binder->diags, RN_E_WINDOW, node->span, "TUMBLE_START(..) and TUMBLE_END(..) give its bounds",
            "%s(..) stands in GROUP BY or FROM only",
            legacy_window_name(node));
    return error_expr(binder, node->span);
  }
  if (!window) return NULL;
  if (!s->window_ast || strcmp(s->window_name, window) != 0 || !same_arguments(s->window_ast, node)) {
    if (!s->failed)
      rn_diag(binder->diags, RN_E_WINDOW, node->span, NULL, "%s needs %s(..) with the same arguments in GROUP BY",
              name, window);
    return error_expr(binder, node->span);
  }
  if (column == 3) {
    if (!s->window.processing_time) {
      rn_diag(binder->diags, RN_E_TIME_ATTRIBUTE, node->span, NULL, "%s needs a window on processing time", name);
      return error_expr(binder, node->span);
    }
    return rn_bind_call_row(binder, "PROCTIME", NULL, 0, node->span);
  }
  if (column == 2 && s->window.processing_time) {
    rn_diag(binder->diags, RN_E_TIME_ATTRIBUTE, node->span, NULL, "%s needs a window on event time", name);
    return error_expr(binder, node->span);
  }
  rn_field fields[3];
  legacy_fields(s, fields);
  return rn_expr_column(binder->arena, RN_PLACE_WINDOW + (uint32_t)column, fields[column].type, node->span);
}

/* --- keys ------------------------------------------------------------------------------------------------ */
bool rn_ast_has_aggregate(const rn_ast_expr *e) {
  if (!e) return false;
  if (e->kind == RN_AST_CALL && !e->over && e->path.count) {
    const rn_aggregate *row = rn_aggregate_find(rn_slice_of(e->path.parts[e->path.count - 1].text));
    if (row && !(row->flags & RN_AGG_OVER_ONLY)) return true;
  }
  for (uint32_t i = 0; i < e->arg_count; i++)
    if (rn_ast_has_aggregate(e->args[i])) return true;
  if (e->over) {
    for (uint32_t i = 0; i < e->over->partition_count; i++)
      if (rn_ast_has_aggregate(e->over->partition[i])) return true;
    for (uint32_t i = 0; i < e->over->order_count; i++)
      if (rn_ast_has_aggregate(e->over->order[i].expr)) return true;
  }
  return false;
}

static void key_hint(rn_select_binder *s, const rn_ast_expr *ast) {
  rn_diagnostics *diags = s->q->binder.diags;
  if (ast->kind != RN_AST_COLUMN || ast->path.count != 1 || !diags->count) return;
  for (uint32_t i = 0; i < s->select->item_count; i++) {
    const rn_ast_name *alias = &s->select->items[i].alias;
    if (!alias->text || strcmp(alias->text, ast->path.parts[0].text) != 0) continue;
    rn_error *err = &diags->items[diags->count - 1];
    if (err->code == RN_E_COLUMN_NOT_FOUND && err->span.begin == ast->span.begin)
      (void)snprintf(err->hint, sizeof err->hint, "GROUP BY cannot use aliases of the select list: repeat the expression");
  }
}

rn_status rn_bind_group_key(rn_select_binder *s, const rn_ast_expr *ast, bool in_sets, int *key) {
  rn_query_context *q = s->q;
  const char *window = legacy_window_name(ast);
  *key = -1;
  if (window && in_sets)
    return rn_diag(q->binder.diags, RN_E_WINDOW, ast->span, rn_arena_printf(q->arena, "write GROUP BY %s(..), GROUPING SETS (..)", window),
                   "%s(..) stands beside grouping sets, not in them", window);
  if (window) return bind_legacy_window(s, ast, window);
  if (ast->kind == RN_AST_NUMBER)
    return rn_diag(q->binder.diags, RN_E_NOT_GROUPED, ast->span, NULL,
                   "GROUP BY takes expressions, not positions of the select list");
  rn_scope scope = s->below;
  scope.clause = "GROUP BY";
  rn_expr *e = rn_bind_expr(&q->binder, &scope, ast);
  if (e->type->id == RN_T_ERROR) {
    key_hint(s, ast);
    return RN_FAIL;
  }
  for (uint32_t i = 0; i < s->key_count && *key < 0; i++)
    if (rn_expr_equal(s->keys[i], e)) *key = (int)i;
  if (*key >= 0) return RN_OK;
  *key = (int)s->key_count;
  s->keys[s->key_count] = e;
  s->key_asts[s->key_count] = rn_reads_subquery(e) ? ast : NULL;
  s->key_names[s->key_count++] = ast->kind == RN_AST_COLUMN ? ast->path.parts[ast->path.count - 1].text : NULL;
  return RN_OK;
}

static uint32_t count_items(const rn_ast_group_item *items, uint32_t count) {
  uint32_t n = 0;
  for (uint32_t i = 0; i < count; i++) n += 1 + count_items(items[i].items, items[i].item_count);
  return n;
}

rn_status rn_bind_group(rn_select_binder *s) {
  uint32_t room = count_items(s->select->groups, s->select->group_count) + 1;
  s->keys = RN_NEW_N(s->q->arena, rn_expr *, room);
  s->key_names = RN_NEW_N(s->q->arena, const char *, room);
  s->key_asts = RN_NEW_N(s->q->arena, const rn_ast_expr *, room);
  return rn_bind_grouping_sets(s);
}

/* --- the aggregate node --------------------------------------------------------------------------------------- */
/* Keys contain window_start and window_end of one windowing function: rows leave once, when the window closes. */
static const rn_logical *window_of_keys(rn_select_binder *s, int *parts) {
  const rn_logical *found = NULL;
  unsigned mask = 0;
  for (uint32_t i = 0; i < s->key_count; i++) {
    const rn_logical *window = NULL;
    bool left_out = s->set_count > 1 && i < 64 && !(s->everywhere >> i & 1);
    parts[i] = s->keys[i]->kind == RN_EXPR_COLUMN && !left_out ? rn_trace_window(s->input, s->keys[i]->index, &window) : -1;
    if (parts[i] < 0) continue;
    if (found && found != window) parts[i] = -1;
    else {
      found = window;
      mask |= 1u << parts[i];
    }
  }
  return (mask & 3u) == 3u ? found : NULL;
}

static bool closes_sessions(rn_select_binder *s, const rn_logical *window) {
  if (s->window_ast) return s->window.kind == RN_WINDOW_SESSION;
  if (!window || window->u.window.kind != RN_WINDOW_SESSION || s->set_count > 1) return false;
  int *columns = RN_NEW_N(s->q->arena, int, s->key_count + 1);
  for (uint32_t i = 0; i < s->key_count; i++)
    columns[i] = s->keys[i]->kind == RN_EXPR_COLUMN ? (int)s->keys[i]->index : -1;
  return rn_groups_sessions(window, s->input, columns, s->key_count);
}

/* A row may make two sessions one: what depends on the order of all rows, or of all different values, is not known then. */
static rn_status check_session_calls(rn_select_binder *s) {
  for (size_t i = 0; i < s->calls.len; i++) {
    const rn_bound_call *b = &s->calls.data[i];
    uint16_t flags = b->call.ops->flags;
    bool one = flags & (RN_AGG_FIRST | RN_AGG_LAST);
    if (one && b->call.distinct)
      return rn_diag(s->q->binder.diags, RN_E_UNSUPPORTED, b->ast->span, "leave DISTINCT out", "%s with DISTINCT is not supported over SESSION windows",
                     b->call.aggregate->name);
    if (b->call.ops->merge && (one || !(flags & RN_AGG_ORDERED) || (flags & RN_AGG_LIST))) continue;
    return rn_diag(s->q->binder.diags, RN_E_UNSUPPORTED, b->ast->span, "LISTAGG, ARRAY_AGG and COLLECT can be used",
                   "%s is not supported over SESSION windows: sessions that meet cannot be merged", b->call.aggregate->name);
  }
  return RN_OK;
}

/* Over what has a window's columns without a windowing function of its own below. */
static bool is_window_time(rn_select_binder *s, uint32_t key) {
  if (s->keys[key]->kind != RN_EXPR_COLUMN) return false;
  uint32_t *columns = RN_NEW_N(s->q->arena, uint32_t, s->key_count), count = 0;
  for (uint32_t i = 0; i < s->key_count; i++)
    if (s->keys[i]->kind == RN_EXPR_COLUMN && (s->set_count <= 1 || i >= RN_GROUPING_KEYS_MAX || s->everywhere >> i & 1)) columns[count++] = s->keys[i]->index;
  return rn_windowed_time(s->input, columns, count, s->keys[key]->index);
}

rn_status rn_build_aggregate(rn_select_binder *s) {
  rn_query_context *q = s->q;
  int *parts = RN_NEW_N(q->arena, int, s->key_count + 1);
  const rn_logical *window = window_of_keys(s, parts);
  if (window && window->u.window.kind == RN_WINDOW_HOP) {
    rn_window_spec spec = window->u.window;
    if (rn_check_window_spec(q, "HOP table function based aggregate", &spec, true, window->span) != RN_OK) return RN_FAIL;
  }
  bool sessions = closes_sessions(s, window), early;
  if (sessions && check_session_calls(s) != RN_OK) return RN_FAIL;
  rn_fire fire;
  if (rn_bind_emit(s, window, sessions, &early, &fire) != RN_OK) return RN_FAIL;
  bool by_window = early && !sessions; /* groups know their window */
  rn_projection p = {.arena = q->arena};
  rn_logical *node = rn_logical_new(q->arena, s->window_ast && !by_window ? RN_L_WINDOW_AGG : RN_L_AGGREGATE,
                                    s->select->has_group ? s->select->group_span : s->select->span, 1, &s->input);
  if (s->has_ttl) node->ttl_us[0] = s->ttl_us;
  bool sets = s->set_count > 1;
  uint32_t call_count = (uint32_t)s->calls.len, key_count = s->key_count + (sets ? 1 : 0), total = key_count + call_count + 3;
  rn_field *fields = RN_NEW_N(q->arena, rn_field, total);
  uint32_t window_keys = s->window_ast && by_window ? 3 : 0; /* its columns are keys behind the others */
  s->call_first = key_count + window_keys;
  s->window_first = window_keys ? key_count : key_count + call_count;
  node->u.agg.keys = RN_NEW_N(q->arena, uint32_t, key_count + 4);
  node->u.agg.key_count = key_count + window_keys;
  node->u.agg.calls = RN_NEW_N(q->arena, rn_agg_call, call_count + 1);
  node->u.agg.asts = RN_NEW_N(q->arena, const rn_ast_expr *, call_count + 1);
  node->u.agg.call_count = call_count;
  node->u.agg.grouped = s->select->has_group && (key_count > 0 || s->window_ast);
  node->u.agg.clause = node->u.agg.grouped ? "GROUP BY" : "an aggregate without GROUP BY";
  for (uint32_t i = 0; i < s->key_count; i++) {
    node->u.agg.keys[i] = rn_projection_add(&p, s->keys[i], s->key_names[i]);
    const rn_type *type = s->keys[i]->type;
    if (!(window ? parts[i] == 2 : is_window_time(s, i))) type = rn_type_plain(q->arena, type);
    fields[i] = (rn_field){s->key_names[i] ? s->key_names[i] : rn_arena_printf(q->arena, "$k%u", i), type};
  }
  for (uint32_t i = 0; i < call_count; i++) {
    rn_bound_call *b = &s->calls.data[i];
    rn_agg_call *call = &node->u.agg.calls[i];
    *call = b->call;
    call->argument = b->argument ? (int)rn_projection_add(&p, b->argument, NULL) : -1;
    call->filter = b->filter ? (int)rn_projection_add(&p, b->filter, NULL) : -1;
    call->default_column = -1;
    call->span = b->ast->span;
    node->u.agg.asts[i] = b->ast;
    fields[s->call_first + i] = (rn_field){rn_arena_printf(q->arena, "$a%u", i), rn_type_plain(q->arena, call->result)};
  }
  node->u.agg.early = early;
  node->u.agg.fire = fire;
  uint32_t time_column = 0;
  if (s->window_ast) {
    node->u.agg.window = s->window;
    node->u.agg.legacy = true;
    if (!s->window.processing_time) time_column = rn_projection_add(&p, s->window_time, NULL);
    if (!by_window) node->u.agg.window.time_column = time_column;
    legacy_fields(s, fields + s->window_first);
  } else {
    total -= 3;
    if (early) node->u.agg.window = window->u.window;
  }
  if (by_window) {
    int late = s->window_ast ? (int)time_column : rn_carry_window_time(q->arena, s->input, window);
    node->u.agg.window.time_column = 0;
    if (rn_in_many_windows(&node->u.agg.window) && late >= 0) {
      if (!s->window_ast)
        late = (int)rn_projection_add(&p, rn_expr_column(q->arena, (uint32_t)late, s->input->schema.fields[late].type, window->span), NULL);
      node->u.agg.late_time = (uint32_t)late + 1;
    }
  }
  for (uint32_t i = 0; by_window && !window_keys && i < s->key_count; i++)
    if (parts[i] == 1) node->u.agg.end_key = i;
  if (!p.count) /* COUNT(*) over nothing else: a batch needs a column to carry its rows */
    (void)rn_projection_add(&p, rn_bound_true(q, node->span), NULL);
  node->inputs[0] = rn_logical_project(q->arena, s->input, p.count, p.exprs, p.names, node->span);
  if (sets) {
    node->u.agg.keys[s->key_count] = rn_expand_sets(s, &node->inputs[0], node->u.agg.keys);
    const rn_field *below = node->inputs[0]->schema.fields;
    for (uint32_t i = 0; i < s->key_count; i++)
      if (below[node->u.agg.keys[i]].type->nullable) fields[i].type = rn_type_with_null(q->arena, fields[i].type, true);
    fields[s->key_count] = below[node->u.agg.keys[s->key_count]];
  }
  if (window_keys) {
    uint32_t first = rn_put_window(s, &node->inputs[0], time_column);
    for (uint32_t k = 0; k < 3; k++) node->u.agg.keys[key_count + k] = first + k;
    node->u.agg.end_key = key_count + 1;
  }
  node->schema = (rn_schema){total, fields};
  s->input = node;
  return RN_OK;
}

/* Whose result is not NULL although an argument is. */
static bool never_null(const rn_expr *e) {
  if (e->kind == RN_EXPR_COALESCE) {
    for (uint32_t i = 0; i < e->arg_count; i++)
      if (!e->args[i]->type->nullable) return true;
    return false;
  }
  return e->kind == RN_EXPR_CALL && !(e->function->flags & RN_FN_STRICT) && strncmp(e->function->name, "IS ", 3) == 0;
}

rn_expr *rn_map_grouped(rn_select_binder *s, rn_expr *e) {
  rn_query_context *q = s->q;
  for (uint32_t i = 0; i < s->key_count; i++)
    if (rn_expr_equal(s->keys[i], e)) return rn_expr_column(q->arena, i, s->input->schema.fields[i].type, e->span);
  if (e->kind == RN_EXPR_COLUMN) {
    uint32_t place = e->index / RN_PLACE_STEP, k = e->index % RN_PLACE_STEP;
    if (place == RN_PLACE_CALL / RN_PLACE_STEP) k += s->call_first;
    else if (place == RN_PLACE_WINDOW / RN_PLACE_STEP) k += s->window_first;
    else if (place == RN_PLACE_SET / RN_PLACE_STEP) k = s->key_count;
    else if (place == RN_PLACE_OVER / RN_PLACE_STEP || place >= RN_PLACE_SUBQUERY / RN_PLACE_STEP) return e;
    else if (place != RN_PLACE_KEY / RN_PLACE_STEP) { /* keys come first */
      const char *name = k < s->from.node->schema.count ? s->from.node->schema.fields[k].name : "";
      rn_diag(q->binder.diags, RN_E_NOT_GROUPED, e->span,
              s->select->has_group ? "add it to GROUP BY, or say which value of the group with MIN, MAX, FIRST_VALUE .."
                                   : "without GROUP BY all rows are one group",
              "column \"%s\" is neither a GROUP BY key nor inside an aggregate", name);
      s->failed = true;
      return e;
    }
    return rn_expr_column(q->arena, k, s->input->schema.fields[k].type, e->span);
  }
  if (!e->arg_count) return e;
  rn_expr *copy = RN_NEW(q->arena, rn_expr);
  bool changed = false;
  *copy = *e;
  copy->args = RN_NEW_N(q->arena, rn_expr *, e->arg_count);
  bool may_be_null = false; /* a key that a grouping set leaves out */
  for (uint32_t i = 0; i < e->arg_count; i++) {
    copy->args[i] = rn_map_grouped(s, e->args[i]);
    changed = changed || copy->args[i] != e->args[i];
    may_be_null = may_be_null || (copy->args[i]->type->nullable && !e->args[i]->type->nullable);
  }
  if (may_be_null && !never_null(copy)) copy->type = rn_type_with_null(q->arena, copy->type, true);
  return changed ? copy : e; /* tests by sub-queries are known by their address */
}

typedef struct outer_map {
  rn_select_binder *s;
  int64_t level;
} outer_map;

static rn_expr *map_outer(rn_expr *e, const void *ctx) {
  const outer_map *m = ctx;
  rn_select_binder *s = m->s;
  if (e->kind == RN_EXPR_OUTER) {
    if (e->value.u.i != m->level) return e;
    rn_expr *column = rn_map_grouped(s, rn_expr_column(s->q->arena, e->index, e->type, e->span));
    rn_expr *copy = RN_NEW(s->q->arena, rn_expr);
    *copy = *e;
    copy->index = column->index;
    return copy;
  }
  return rn_expr_outer(e) ? rn_expr_map_args(s->q->arena, e, map_outer, m) : e;
}

static rn_status map_slot(rn_expr **slot, void *ctx) {
  *slot = map_outer(*slot, ctx);
  return RN_OK;
}

static void map_plan(rn_select_binder *s, rn_logical *node, int64_t level) {
  outer_map m = {s, level};
  (void)rn_logical_visit_exprs(node, map_slot, &m);
  for (uint32_t i = 0; i < node->input_count; i++) map_plan(s, node->inputs[i], rn_logical_depth(node, i, level));
}

void rn_map_grouped_subqueries(rn_select_binder *s) {
  for (uint32_t i = 0; i < s->subqueries.count; i++) {
    rn_subquery *sub = &s->subqueries.items[i];
    if (sub->condition) sub->condition = rn_map_grouped(s, sub->condition);
    map_plan(s, sub->node, 1);
  }
}

rn_logical *rn_bind_distinct(rn_query_context *q, rn_logical *input, rn_span span) {
  rn_logical *node = rn_logical_over(q->arena, RN_L_AGGREGATE, span, input);
  uint32_t count = input->schema.count;
  node->u.agg.key_count = count;
  node->u.agg.keys = RN_NEW_N(q->arena, uint32_t, count);
  rn_field *fields = RN_NEW_N(q->arena, rn_field, count);
  for (uint32_t i = 0; i < count; i++) {
    node->u.agg.keys[i] = i;
    fields[i] = (rn_field){input->schema.fields[i].name, rn_type_plain(q->arena, input->schema.fields[i].type)};
  }
  node->schema = (rn_schema){count, fields};
  node->u.agg.clause = "DISTINCT";
  node->u.agg.grouped = true;
  return node;
}
