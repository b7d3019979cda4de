/* OVER: calls of one SELECT that share a window become one OVER node, those of another one a node over it. The
 * window's partition, order and frame are resolved here (named windows, defaults); what of it a stream cannot do is
 * said by changelog inference, which knows whether there is an end of input (DIALECT 4.7). */
#include "parser/parse.h"
#include "planner/query.h"
#include "planner/windowed.h"

typedef struct rn_over_window {
  uint32_t key_count, order_count;
  rn_expr **keys;
  rn_expr **order;
  rn_sort_item *items;  /* directions; the columns come when the node is made */
  rn_frame frame;
  bool frameless;       /* ranks: whatever the frame */
  bool placed;
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
  if (depth > RN_WINDOW_REFERENCES_MAX) {
    rn_diag(s->q->binder.diags, RN_E_LIMIT, window->span, NULL, "windows refer to each other more than %d deep", RN_WINDOW_REFERENCES_MAX);
    return false;
  }
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
  return rn_bind_expr(&s->q->binder, &scope, ast);
}

/* --- frames ------------------------------------------------------------------------------------------------------ */

/* n PRECEDING of ROWS. */
static rn_status bind_rows(rn_select_binder *s, const rn_ast_bound *bound, int64_t *out) {
  rn_query_context *q = s->q;
  const char *side = bound->kind == RN_BOUND_PRECEDING ? "PRECEDING" : "FOLLOWING";
  rn_scope scope = {.clause = rn_arena_printf(q->arena, "ROWS .. %s", side)};
  rn_expr *n = rn_bind_expr(&q->binder, &scope, bound->value);
  rn_value value;
  if (n->type->id == RN_T_ERROR) return RN_FAIL;
  if (!rn_type_is_integer(n->type) || !rn_bind_constant(&q->binder, n, &value) || value.is_null || value.u.i < 0)
    return rn_diag(q->binder.diags, RN_E_OVER, bound->value->span, NULL,
                   "ROWS .. %s needs a constant whole number that is not negative", side);
  *out = value.u.i;
  return RN_OK;
}

/* A distance in the order column: an interval on time, a number on numbers. */
static rn_status bind_distance(rn_select_binder *s, const rn_ast_bound *bound, const rn_type *order, rn_span frame,
                               rn_frame_bound *out) {
  rn_query_context *q = s->q;
  rn_diagnostics *diags = q->binder.diags;
  const char *side = bound->kind == RN_BOUND_PRECEDING ? "PRECEDING" : "FOLLOWING";
  const char *what = rn_arena_printf(q->arena, "RANGE .. %s", side);
  bool time = rn_type_is_timestamp(order) || order->id == RN_T_DATE || order->id == RN_T_TIME;
  if (time) {
    int64_t us;
    if (!rn_bind_interval(&q->binder, bound->value, what, &us)) return RN_FAIL;
    if (us < 0)
      return rn_diag(diags, RN_E_OVER, bound->value->span, NULL, "%s needs an interval that is not negative", side);
    /* DATE and TIME count in days and milliseconds */
    out->offset = order->id == RN_T_DATE ? us / RN_US_PER_DAY : order->id == RN_T_TIME ? us / RN_US_PER_MS : us;
    return RN_OK;
  }
  if (!rn_type_is_numeric(order))
    return rn_diag(diags, RN_E_OVER, frame, "write ROWS, or a frame of UNBOUNDED and CURRENT ROW",
                   "a RANGE frame with a distance needs a number or a time to measure it on, and the ORDER BY column is %s",
                   rn_type_name(q->arena, order));
  rn_scope scope = {.clause = what};
  rn_expr *e = rn_bind_expr(&q->binder, &scope, bound->value);
  if (e->type->id == RN_T_ERROR) return RN_FAIL;
  rn_value value;
  bool fits = rn_type_is_numeric(e->type);
  if (fits) e = rn_bind_cast(&q->binder, e, rn_type_with_null(q->arena, rn_type_plain(q->arena, order), true), true, false);
  if (e->type->id == RN_T_ERROR) return RN_FAIL;
  fits = fits && rn_bind_constant(&q->binder, e, &value) && !value.is_null;
  if (fits && (order->id == RN_T_DOUBLE || order->id == RN_T_FLOAT)) {
    out->real = value.u.d;
    fits = value.u.d >= 0;
  } else if (fits) {
    rn_i128 n = rn_type_physical(order) == RN_P_I128 ? value.u.wide : value.u.i;
    out->offset = (int64_t)n;
    fits = n >= 0 && n <= INT64_MAX;
  }
  if (fits) return RN_OK;
  return rn_diag(diags, RN_E_OVER, bound->value->span, NULL, "%s needs a constant %s that is not negative", what,
                 rn_type_name(q->arena, rn_type_with_null(q->arena, order, true)));
}

static rn_status bind_bound(rn_select_binder *s, const rn_ast_bound *bound, const over_window *w, rn_frame_bound *out) {
  *out = (rn_frame_bound){.kind = RN_FRAME_AT};
  rn_status status = RN_OK;
  switch (bound->kind) {
    case RN_BOUND_UNBOUNDED_PRECEDING: out->kind = RN_FRAME_FIRST; return RN_OK;
    case RN_BOUND_UNBOUNDED_FOLLOWING: out->kind = RN_FRAME_LAST; return RN_OK;
    case RN_BOUND_CURRENT_ROW: return RN_OK;
    default: break;
  }
  if (w->frame.rows) {
    status = bind_rows(s, bound, &out->offset);
  } else if (w->order_count != 1) {
    return rn_diag(s->q->binder.diags, RN_E_OVER, w->frame_span, "write ROWS, or a frame of UNBOUNDED and CURRENT ROW",
                   "a RANGE frame with a distance needs exactly one ORDER BY column");
  } else {
    status = bind_distance(s, bound, w->order[0]->type, w->frame_span, out);
  }
  if (bound->kind == RN_BOUND_PRECEDING) {
    out->offset = -out->offset;
    out->real = -out->real;
  }
  return status;
}

static rn_status bind_frame(rn_select_binder *s, const rn_ast_window *w, over_window *out) {
  rn_diagnostics *diags = s->q->binder.diags;
  out->frame_span = w->frame ? w->frame_span : w->span;
  out->frame = (rn_frame){.rows = w->frame == 1, .low = {.kind = RN_FRAME_FIRST}, .high = {.kind = RN_FRAME_AT}};
  /* Without an order all rows of the partition are alike. */
  if (!w->order_count) out->frame = (rn_frame){.low = {.kind = RN_FRAME_FIRST}, .high = {.kind = RN_FRAME_LAST}};
  if (!w->frame) return RN_OK;
  if (w->low.kind == RN_BOUND_UNBOUNDED_FOLLOWING)
    return rn_diag(diags, RN_E_OVER, w->frame_span, NULL, "a frame cannot begin at UNBOUNDED FOLLOWING");
  if (w->high.kind == RN_BOUND_UNBOUNDED_PRECEDING)
    return rn_diag(diags, RN_E_OVER, w->frame_span, NULL, "a frame cannot end at UNBOUNDED PRECEDING");
  if ((w->low.kind == RN_BOUND_FOLLOWING && w->high.kind <= RN_BOUND_CURRENT_ROW) ||
      (w->low.kind == RN_BOUND_CURRENT_ROW && w->high.kind == RN_BOUND_PRECEDING))
    return rn_diag(diags, RN_E_OVER, w->frame_span, NULL, "the frame ends before it begins");
  if (!w->order_count) {
    if (w->frame == 2 && (w->low.value || w->high.value))
      return rn_diag(diags, RN_E_OVER, w->frame_span, NULL, "a RANGE frame with a distance needs an ORDER BY");
    return RN_OK;
  }
  if (bind_bound(s, &w->low, out, &out->frame.low) != RN_OK) return RN_FAIL;
  return bind_bound(s, &w->high, out, &out->frame.high);
}

/* --- windows ------------------------------------------------------------------------------------------------------ */

static bool is_rank(const rn_agg_call *call) {
  return (call->aggregate->flags & RN_AGG_OVER_ONLY) && call->ops->over != RN_OVER_LAG && call->ops->over != RN_OVER_LEAD;
}

static rn_status bind_window(rn_select_binder *s, const rn_over_call *call, over_window *out) {
  rn_query_context *q = s->q;
  rn_ast_window w;
  if (!resolve_reference(s, call->window, &w, 0)) return RN_FAIL;
  memset(out, 0, sizeof *out);
  out->span = w.span;
  const char *name = call->bound.call.aggregate->name;
  if (!w.order_count && (call->bound.call.aggregate->flags & RN_AGG_OVER_ONLY))
    return rn_diag(q->binder.diags, RN_E_OVER, call->ast->span, NULL, "%s needs an ORDER BY in its OVER clause", name);
  out->order_span = w.order_count ? w.order[0].span : w.span;
  bool ok = true;
  out->keys = RN_NEW_N(q->arena, rn_expr *, w.partition_count + 1);
  for (uint32_t i = 0; i < w.partition_count; i++) {
    rn_expr *e = bind_in_select(s, w.partition[i]);
    ok = ok && e->type->id != RN_T_ERROR;
    out->keys[out->key_count++] = e;
  }
  out->order = RN_NEW_N(q->arena, rn_expr *, w.order_count + 1);
  out->items = RN_NEW_N(q->arena, rn_sort_item, w.order_count + 1);
  for (uint32_t i = 0; i < w.order_count; i++) {
    const rn_ast_sort_item *item = &w.order[i];
    rn_expr *e = bind_in_select(s, item->expr);
    ok = ok && e->type->id != RN_T_ERROR;
    out->items[i] = (rn_sort_item){0, item->descending, item->nulls ? item->nulls > 0 : !item->descending};
    out->order[out->order_count++] = e;
    rn_physical p = e->type->id == RN_T_ERROR ? RN_P_I64 : rn_type_physical(e->type);
    if (p == RN_P_ROW || p == RN_P_LIST || !rn_type_is_ordered(e->type)) {
      rn_diag(q->binder.diags, RN_E_TYPE, item->span, NULL, "%s cannot be ordered", rn_type_name(q->arena, e->type));
      ok = false;
    }
  }
  if (!ok || bind_frame(s, &w, out) != RN_OK) return RN_FAIL;
  if (is_rank(&call->bound.call)) { /* whatever the frame */
    out->frameless = true;
    out->frame = (rn_frame){.rows = true, .low = {.kind = RN_FRAME_FIRST}, .high = {.kind = RN_FRAME_AT}};
  }
  return RN_OK;
}

static void map_exprs(rn_select_binder *s, rn_expr **exprs, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    if (s->grouped) exprs[i] = rn_map_grouped(s, exprs[i]);
    exprs[i] = rn_map_subqueries(s->q, &s->subqueries, exprs[i]);
  }
}

static bool same_bound(const rn_frame_bound *a, const rn_frame_bound *b) {
  return a->kind == b->kind && a->offset == b->offset && !(a->real < b->real) && !(a->real > b->real);
}

static bool same_order(const over_window *a, const over_window *b) {
  if (a->key_count != b->key_count || a->order_count != b->order_count) return false;
  for (uint32_t i = 0; i < a->key_count; i++)
    if (!rn_expr_equal(a->keys[i], b->keys[i])) return false;
  for (uint32_t i = 0; i < a->order_count; i++)
    if (!rn_expr_equal(a->order[i], b->order[i]) || a->items[i].descending != b->items[i].descending ||
        a->items[i].nulls_first != b->items[i].nulls_first)
      return false;
  return true;
}

static bool same_window(const over_window *a, const over_window *b) {
  if (!same_order(a, b)) return false;
  if (a->frameless || b->frameless) return true;
  return a->frame.rows == b->frame.rows && same_bound(&a->frame.low, &b->frame.low) &&
         same_bound(&a->frame.high, &b->frame.high);
}

static rn_expr *map_over(rn_expr *e, const void *ctx) {
  const rn_select_binder *s = ctx;
  if (e->kind == RN_EXPR_COLUMN && e->index / RN_PLACE_STEP == RN_PLACE_OVER / RN_PLACE_STEP)
    return s->overs.data[e->index % RN_PLACE_STEP].result;
  return e->arg_count ? rn_expr_map_args(s->q->arena, e, map_over, s) : e;
}
rn_expr *rn_map_over(const rn_select_binder *s, rn_expr *e) { return map_over(e, s); }

/* Arguments that OVER computes on; without GROUP BY they are bound already, with it they may hold aggregates. */
static rn_expr *argument_of(rn_select_binder *s, rn_expr *bound) {
  return bound && s->grouped ? rn_map_grouped(s, bound) : bound;
}

/* Rows that a filter on ROW_NUMBER() makes a window Top-N of leave when the window has closed: of their times only
 * window_time is not behind the watermark then. */
static void drop_times(rn_query_context *q, const rn_logical *node, rn_field *fields, uint32_t count) {
  const rn_agg_call *calls = node->u.over.calls;
  if (node->u.over.call_count != 1 || calls[0].ops->over != RN_OVER_ROW_NUMBER) return;
  for (uint32_t i = 0; i < count; i++)
    if (fields[i].type->time_attribute == RN_TIME_ROWTIME &&
        rn_windowed_behind(node->inputs[0], node->u.over.keys, node->u.over.key_count, i))
      fields[i].type = rn_type_plain(q->arena, fields[i].type);
}

/* One node for the calls of one window, over what is there so far: its columns come first, unchanged. */
static rn_status put_over(rn_select_binder *s, const over_window *w, const uint32_t *which, uint32_t call_count,
                          uint32_t number) {
  rn_query_context *q = s->q;
  rn_logical *input = s->input;
  uint32_t width = input->schema.count;
  rn_projection p = {.arena = q->arena};
  for (uint32_t i = 0; i < width; i++)
    (void)rn_projection_add(&p, rn_expr_column(q->arena, i, input->schema.fields[i].type, w->span),
                            input->schema.fields[i].name);
  rn_logical *node = rn_logical_new(q->arena, RN_L_OVER, w->span, 1, &input);
  node->u.over.key_count = w->key_count;
  node->u.over.keys = RN_NEW_N(q->arena, uint32_t, w->key_count + 1);
  for (uint32_t i = 0; i < w->key_count; i++) node->u.over.keys[i] = rn_projection_add(&p, w->keys[i], NULL);
  node->u.over.order_count = w->order_count;
  node->u.over.order = RN_NEW_N(q->arena, rn_sort_item, w->order_count + 1);
  for (uint32_t i = 0; i < w->order_count; i++) {
    const rn_type *order = w->order[i]->type;
    if (w->order[i]->kind == RN_EXPR_COLUMN) order = input->schema.fields[w->order[i]->index].type;
    if (w->order_count == 1 && (rn_expr_is_proctime(w->order[i]) || order->time_attribute == RN_TIME_PROCTIME))
      node->u.over.processing_time = true;
    node->u.over.order[i] = w->items[i];
    node->u.over.order[i].column = rn_projection_add(&p, w->order[i], NULL);
  }
  node->u.over.frame = w->frame;
  /* By the clock every row comes alone: none has peers (Flink's unbounded frames, too, take a row at a time). */
  if (node->u.over.processing_time && !q->binder.batch_mode && w->frame.low.kind == RN_FRAME_FIRST &&
      w->frame.high.kind == RN_FRAME_AT && w->frame.high.offset == 0)
    node->u.over.frame.rows = true;
  node->u.over.order_span = w->order_span;
  node->u.over.frame_span = w->frame_span;
  node->u.over.call_count = call_count;
  node->u.over.calls = RN_NEW_N(q->arena, rn_agg_call, call_count);
  for (uint32_t i = 0; i < call_count; i++) {
    rn_bound_call *b = &s->overs.data[which[i]].bound;
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
  drop_times(q, node, fields, p.count);
  for (uint32_t i = 0; i < call_count; i++) {
    rn_over_call *call = &s->overs.data[which[i]];
    const rn_type *type = node->u.over.calls[i].result;
    /* no row may lie in a frame that begins or ends elsewhere: then there is nothing to be had but NULL or 0 */
    bool may_be_empty = w->frame.low.offset > 0 || w->frame.high.offset < 0 || w->frame.low.real > 0 || w->frame.high.real < 0;
    if (may_be_empty && !node->u.over.calls[i].ops->over && strcmp(node->u.over.calls[i].aggregate->name, "COUNT") != 0)
      type = rn_type_with_null(q->arena, type, true);
    node->u.over.calls[i].result = type;
    fields[p.count + i] = (rn_field){rn_arena_printf(q->arena, "w%u$o%u", number, i), rn_type_plain(q->arena, type)};
    call->result = rn_expr_column(q->arena, p.count + i, fields[p.count + i].type, call->ast->span);
  }
  node->schema = (rn_schema){p.count + call_count, fields};
  s->input = node;
  return RN_OK;
}

rn_status rn_bind_over(rn_select_binder *s) {
  uint32_t calls = (uint32_t)s->overs.len;
  s->windows = RN_NEW_N(s->q->arena, over_window, calls + 1);
  bool ok = true;
  for (uint32_t i = 0; i < s->select->window_count; i++)
    for (uint32_t k = 0; k < i; k++)
      if (!strcmp(s->select->windows[i].name.text, s->select->windows[k].name.text))
        return rn_diag(s->q->binder.diags, RN_E_WINDOW_NAME, s->select->windows[i].name.span, NULL,
                       "the WINDOW clause defines \"%s\" twice", s->select->windows[i].name.text);
  for (uint32_t i = 0; i < calls; i++) {
    rn_over_call call = s->overs.data[i]; /* a copy: the array may move while the window is bound */
    if (bind_window(s, &call, &s->windows[i]) != RN_OK) ok = false; /* go on: more errors of one statement */
    if (s->overs.len != calls)
      return rn_diag(s->q->binder.diags, RN_E_OVER, call.ast->span, NULL, "OVER calls do not nest");
  }
  return ok ? RN_OK : RN_FAIL;
}

rn_status rn_build_over(rn_select_binder *s, rn_expr **exprs, uint32_t count) {
  uint32_t calls = (uint32_t)s->overs.len, number = 0, *which = RN_NEW_N(s->q->arena, uint32_t, calls + 1);
  over_window *windows = s->windows;
  for (uint32_t i = 0; i < calls; i++) {
    map_exprs(s, windows[i].keys, windows[i].key_count);
    map_exprs(s, windows[i].order, windows[i].order_count);
  }
  if (s->failed) return RN_FAIL;
  for (uint32_t i = 0; i < calls; i++) {
    if (windows[i].placed) continue;
    over_window w = windows[i];
    uint32_t n = 0;
    for (uint32_t k = i; k < calls; k++) {
      if (windows[k].placed || !same_window(&w, &windows[k])) continue;
      if (w.frameless && !windows[k].frameless) w = windows[k];
      windows[k].placed = true;
      which[n++] = k;
    }
    if (put_over(s, &w, which, n, number++) != RN_OK) return RN_FAIL;
  }
  for (uint32_t i = 0; i < count; i++) exprs[i] = rn_map_over(s, exprs[i]);
  return RN_OK;
}
