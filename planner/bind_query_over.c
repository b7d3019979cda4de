/* OVER: calls of one SELECT that share a window become one OVER node. The window's partition, order and frame
 * are resolved (named windows, defaults) and must be the same for all calls (DIALECT 4.7). */
#include "parser/parse.h"
#include "planner/query.h"

typedef struct over_window {
  uint32_t key_count;
  rn_expr **keys;
  rn_expr *order;
  bool rows, unbounded;
  int64_t preceding;
  rn_span span, order_span, frame_span;
} over_window;

static const rn_ast_window *find_window(rn_select_binder *s, const rn_ast_name *name) {
  for (uint32_t i = 0; i < s->select->window_count; i++)
    if (!strcmp(s->select->windows[i].name.text, name->text)) return &s->select->windows[i];
  const char **names = RN_NEW_N(s->q->arena, const char *, s->select->window_count + 1);
  for (uint32_t i = 0; i < s->select->window_count; i++) names[i] = s->select->windows[i].name.text;
  const char *near = rn_text_nearest(rn_slice_of(name->text), names, s->select->window_count);
  rn_diag(s->q->binder.diags, RN_E_WINDOW_NAME, name->span, near ? rn_arena_printf(s->q->arena,
      "did you mean \"%s\"?", near) : NULL,
          "the WINDOW clause defines no window \"%s\"", name->text);
  return NULL;
}

/* Lays a window over the one it refers to; the inner parts win where they are given. */
static bool resolve_reference(rn_select_binder *s, const rn_ast_window *window, rn_ast_window *out, unsigned depth) {
  *out = *window;
  if (!window->reference.text) return true;
  if (depth > 16) return false;
  const rn_ast_window *base = find_window(s, &window->reference);
  rn_ast_window resolved;
  if (!base || !resolve_reference(s, base, &resolved, depth + 1)) return false;
  if (!out->partition_count) {
    out->partition_count = resolved.partition_count;
    out->partition = resolved.partition;
  }
  if (!out->order_count) {
    out->order_count = resolved.order_count;
    out->order = resolved.order;
  }
  if (!out->frame) {
    out->frame = resolved.frame;
    out->low = resolved.low;
    out->high = resolved.high;
    out->frame_span = resolved.frame_span;
  }
  return true;
}

static rn_expr *bind_in_select(rn_select_binder *s, const rn_ast_expr *ast) {
  rn_scope scope = s->scope;
  scope.clause = "OVER";
  scope.subqueries = NULL;
  return rn_bind_expr(&s->q->binder, &scope, ast);
}

static rn_status resolve_frame(rn_select_binder *s, const rn_ast_window *w, over_window *out) {
  rn_query_context *q = s->q;
  rn_diagnostics *diags = q->binder.diags;
  out->rows = w->frame == 1;
  out->unbounded = true;
  out->frame_span = w->frame ? w->frame_span : w->span;
  if (!w->frame) return RN_OK;
  if (w->high.kind != RN_BOUND_CURRENT_ROW)
    return rn_diag(diags, RN_E_OVER, w->frame_span, NULL,
                   "a frame ends at CURRENT ROW on streams: later rows are not there yet");
  if (w->low.kind == RN_BOUND_UNBOUNDED_PRECEDING) return RN_OK;
  out->unbounded = false;
  if (w->low.kind == RN_BOUND_CURRENT_ROW) {
    out->preceding = 0;
    return RN_OK;
  }
  if (w->low.kind != RN_BOUND_PRECEDING || !w->low.value)
    return rn_diag(diags, RN_E_OVER, w->frame_span, NULL,
                   "a frame begins at UNBOUNDED PRECEDING, n PRECEDING or CURRENT ROW");
  if (!out->rows) {
    if (!rn_bind_interval(&q->binder, w->low.value, "RANGE .. PRECEDING", &out->preceding)) return RN_FAIL;
    if (out->preceding < 0)
      return rn_diag(diags, RN_E_OVER, w->low.value->span, NULL, "PRECEDING needs an interval that is not negative");
    return RN_OK;
  }
  rn_scope scope = {.clause = "ROWS .. PRECEDING"};
  rn_expr *n = rn_bind_expr(&q->binder, &scope, w->low.value);
  rn_value value;
  if (n->type->id == RN_T_ERROR) return RN_FAIL;
  if (!rn_type_is_integer(n->type) || !rn_bind_constant(&q->binder, n, &value) || value.is_null || value.u.i < 0)
    return rn_diag(diags, RN_E_OVER, w->low.value->span, NULL,
                   "ROWS .. PRECEDING needs a constant whole number that is not negative");
  out->preceding = value.u.i;
  return RN_OK;
}

static rn_status resolve_window(rn_select_binder *s, const rn_over_call *call, over_window *out) {
  rn_query_context *q = s->q;
  rn_ast_window w;
  if (!resolve_reference(s, call->window, &w, 0)) return RN_FAIL;
  memset(out, 0, sizeof *out);
  out->span = w.span;
  if (!w.order_count)
    return rn_diag(q->binder.diags, RN_E_OVER, call->ast->span,
                   "add ORDER BY with the event-time column or a PROCTIME() column",
                   "OVER needs an ORDER BY time column");
  out->order_span = w.order[0].span;
  if (w.order_count > 1)
    return rn_diag(q->binder.diags, RN_E_OVER, w.order[1].span, NULL, "OVER is ordered by a single time column");
  if (w.order[0].descending)
    return rn_diag(q->binder.diags, RN_E_OVER, w.order[0].span, NULL,
                   "OVER is ordered ascending on streams: the latest row comes last");
  bool ok = resolve_frame(s, &w, out) == RN_OK;
  out->keys = RN_NEW_N(q->arena, rn_expr *, w.partition_count + 1);
  for (uint32_t i = 0; i < w.partition_count; i++) {
    rn_expr *e = bind_in_select(s, w.partition[i]);
    ok = ok && e->type->id != RN_T_ERROR;
    out->keys[out->key_count++] = e;
  }
  out->order = bind_in_select(s, w.order[0].expr);
  if (!ok || out->order->type->id == RN_T_ERROR) return RN_FAIL;
  if (s->grouped) {
    for (uint32_t i = 0; i < out->key_count; i++) out->keys[i] = rn_map_grouped(s, out->keys[i]);
    out->order = rn_map_grouped(s, out->order);
    if (s->failed) return RN_FAIL;
  }
  return RN_OK;
}

static bool same_window(const over_window *a, const over_window *b) {
  if (a->key_count != b->key_count || !rn_expr_equal(a->order, b->order)) return false;
  for (uint32_t i = 0; i < a->key_count; i++)
    if (!rn_expr_equal(a->keys[i], b->keys[i])) return false;
  return a->rows == b->rows && a->unbounded == b->unbounded && a->preceding == b->preceding;
}

/* ROW_NUMBER: its number does not depend on the frame. */
static bool counts_rows(const rn_over_call *call) {
  return (call->bound.call.aggregate->flags & (RN_AGG_OVER_ONLY | RN_AGG_NO_ARGUMENT)) == (RN_AGG_OVER_ONLY | RN_AGG_NO_ARGUMENT);
}

static rn_expr *replace_places(rn_arena *arena, const rn_select_binder *s, rn_expr *e) {
  if (e->kind == RN_EXPR_COLUMN) return e->index / RN_PLACE_STEP == RN_PLACE_OVER / RN_PLACE_STEP ? s->overs.data[e->index % RN_PLACE_STEP].result : e;
  if (!e->arg_count) return e;
  rn_expr *copy = RN_NEW(arena, rn_expr);
  *copy = *e;
  copy->args = RN_NEW_N(arena, rn_expr *, e->arg_count);
  for (uint32_t i = 0; i < e->arg_count; i++) copy->args[i] = replace_places(arena, s, e->args[i]);
  return copy;
}

/* Arguments that OVER computes on; without GROUP BY they are bound already, with it they may hold aggregates. */
static rn_expr *argument_of(rn_select_binder *s, rn_expr *bound) {
  return bound && s->grouped ? rn_map_grouped(s, bound) : bound;
}

static rn_status put_over(rn_select_binder *s, const over_window *w) {
  rn_query_context *q = s->q;
  rn_logical *input = s->input;
  uint32_t width = input->schema.count, call_count = (uint32_t)s->overs.len;
  rn_projection p = {.arena = q->arena};
  for (uint32_t i = 0; i < width; i++)
    (void)rn_projection_add(&p, rn_expr_column(q->arena, i, input->schema.fields[i].type, w->span),
                            input->schema.fields[i].name);
  rn_logical *node = rn_logical_new(q->arena, RN_L_OVER, w->span, 1, &input);
  node->u.over.key_count = w->key_count;
  node->u.over.keys = RN_NEW_N(q->arena, uint32_t, w->key_count + 1);
  for (uint32_t i = 0; i < w->key_count; i++) node->u.over.keys[i] = rn_projection_add(&p, w->keys[i], NULL);
  const rn_type *order = w->order->type;
  if (w->order->kind == RN_EXPR_COLUMN) order = input->schema.fields[w->order->index].type;
  if (rn_expr_is_proctime(w->order)) order = rn_type_with_time(q->arena, order, RN_TIME_PROCTIME);
  node->u.over.processing_time = order->time_attribute == RN_TIME_PROCTIME;
  node->u.over.sorted = order->time_attribute == RN_TIME_NONE; /* only in a bounded plan: changelog.c checks */
  node->u.over.order_column = rn_projection_add(&p, w->order, NULL);
  node->u.over.rows = w->rows;
  node->u.over.unbounded = w->unbounded;
  node->u.over.preceding = w->preceding;
  node->u.over.call_count = call_count;
  node->u.over.calls = RN_NEW_N(q->arena, rn_agg_call, call_count);
  bool range_interval = !w->rows && !w->unbounded;
  if (range_interval && !rn_type_is_timestamp(order))
    return rn_diag(q->binder.diags, RN_E_OVER, w->frame_span, NULL,
                   "a RANGE frame with an interval needs a time column, not %s", rn_type_name(q->arena, order));
  for (uint32_t i = 0; i < call_count; i++) {
    rn_bound_call *b = &s->overs.data[i].bound;
    rn_agg_call *call = &node->u.over.calls[i];
    *call = b->call;
    rn_expr *parts[] = {argument_of(s, b->argument), argument_of(s, b->filter), argument_of(s, b->default_argument)};
    if (s->failed) return RN_FAIL;
    call->argument = parts[0] ? (int)rn_projection_add(&p, parts[0], NULL) : -1;
    call->filter = parts[1] ? (int)rn_projection_add(&p, parts[1], NULL) : -1;
    call->default_column = parts[2] ? (int)rn_projection_add(&p, parts[2], NULL) : -1;
    call->span = b->ast->span;
  }
  node->inputs[0] = rn_logical_project(q->arena, input, p.count, p.exprs, p.names, w->span);
  rn_field *fields = RN_NEW_N(q->arena, rn_field, p.count + call_count);
  for (uint32_t i = 0; i < p.count; i++) fields[i] = node->inputs[0]->schema.fields[i];
  for (uint32_t i = 0; i < call_count; i++) {
    fields[p.count + i] = (rn_field){rn_arena_printf(q->arena, "w0$o%u", i), rn_type_plain(q->arena,
        node->u.over.calls[i].result)};
    s->overs.data[i].result = rn_expr_column(q->arena, p.count + i, fields[p.count + i].type, s->overs.data[i].ast->span);
  }
  node->schema = (rn_schema){p.count + call_count, fields};
  s->input = node;
  return RN_OK;
}

rn_status rn_build_over(rn_select_binder *s, rn_expr **exprs, uint32_t count) {
  rn_query_context *q = s->q;
  size_t calls = s->overs.len;
  over_window *windows = RN_NEW_N(q->arena, over_window, calls);
  for (size_t i = 0; i < calls; i++) {
    rn_over_call call = s->overs.data[i]; /* a copy: the array may move while the window is bound */
    if (resolve_window(s, &call, &windows[i]) != RN_OK) return RN_FAIL;
    if (s->overs.len != calls) return rn_diag(q->binder.diags, RN_E_OVER, call.ast->span, NULL, "OVER calls do not nest");
    if (!counts_rows(&call)) continue;
    windows[i].rows = windows[i].unbounded = true; /* whatever the frame */
    windows[i].preceding = 0;
  }
  for (size_t i = 1; i < calls; i++)
    if (!same_window(&windows[0], &windows[i]))
      return rn_diag(q->binder.diags, RN_E_OVER, s->overs.data[i].ast->span,
                     "compute one of them in a sub-query, or share a WINDOW clause",
                     "all OVER calls of one SELECT need the same window on streams");
  if (put_over(s, &windows[0]) != RN_OK) return RN_FAIL;
  for (uint32_t i = 0; i < count; i++) exprs[i] = replace_places(q->arena, s, exprs[i]);
  return RN_OK;
}
