/* Windowing function + GROUP BY window_start, window_end -> sliced window aggregate (WINDOW_AGG), which keeps
 * slices instead of rows (Li 2005, No Pane, No Gain; Flink's slicing windows). Between the two may stand
 * projections that pass the window columns on unchanged, and filters on window columns (others were pushed below).
 * SESSION: only when the other keys are exactly its PARTITION BY; a filter that was not pushed below it is now, as
 * Flink does, which sessions the rows that are aggregated. */
#include "planner/query.h"
#include "planner/rewrite.h"

enum { FILTERS_MAX = 16 };
typedef struct filters { /* met on the way, over the WINDOW's output */
  uint32_t count;
  rn_expr *items[FILTERS_MAX];
  rn_span span;
} filters;

/* Expressions of every column of `node` over the WINDOW's output; NULL: something is in the way. */
static rn_expr **through(rn_rewrite *r, const rn_logical *node, const rn_logical *window, filters *met) {
  uint32_t count = node->schema.count;
  if (node->kind == RN_L_FILTER) {
    rn_expr **exprs = through(r, node->inputs[0], window, met);
    if (!exprs || met->count == FILTERS_MAX) return NULL;
    met->items[met->count] = rn_expr_replace(r->arena, node->u.filter, exprs);
    if (!rn_rewrite_fits(met->items[met->count++])) return NULL;
    met->span = node->span;
    return exprs;
  }
  if (node == window) {
    rn_expr **exprs = RN_NEW_N(r->arena, rn_expr *, count + 1);
    for (uint32_t i = 0; i < count; i++) exprs[i] = rn_expr_column(r->arena, i, node->schema.fields[i].type, node->span);
    return exprs;
  }
  if (node->kind != RN_L_PROJECT || !rn_rewrite_can_inline(node)) return NULL;
  rn_expr **below = through(r, node->inputs[0], window, met);
  if (!below) return NULL;
  rn_expr **exprs = RN_NEW_N(r->arena, rn_expr *, count + 1);
  for (uint32_t i = 0; i < count; i++) {
    exprs[i] = rn_expr_replace(r->arena, node->u.project[i], below);
    if (!rn_rewrite_fits(exprs[i])) return NULL;
  }
  return exprs;
}

static const rn_logical *window_of(const rn_logical *agg, int *parts) {
  const rn_logical *found = NULL;
  unsigned mask = 0;
  for (uint32_t i = 0; i < agg->u.agg.key_count; i++) {
    const rn_logical *window = NULL;
    parts[i] = rn_trace_window(agg->inputs[0], agg->u.agg.keys[i], &window);
    if (parts[i] < 0) continue;
    found = window;
    mask |= 1u << parts[i];
  }
  return (mask & 3u) == 3u ? found : NULL;
}

static bool reads_window(rn_rewrite *r, const rn_expr *e, const rn_logical *window) {
  bool *used = RN_NEW_N(r->arena, bool, window->schema.count);
  rn_expr_columns(e, used);
  for (uint32_t i = window->inputs[0]->schema.count; i < window->schema.count; i++)
    if (used[i]) return true;
  return false;
}

/* Filters on window columns hold or fail for a whole group: they go above the aggregate, over its keys. False: one
 * reads something that is no key. */
static bool lift_filters(rn_rewrite *r, const rn_logical *agg, rn_expr *const *exprs, const rn_logical *window,
                         uint32_t plain, filters *met) {
  rn_expr **map = RN_NEW_N(r->arena, rn_expr *, window->schema.count + 1);
  for (uint32_t i = 0; i < agg->u.agg.key_count; i++) {
    if (agg->u.agg.keys[i] >= plain) continue; /* of grouping sets */
    const rn_expr *e = exprs[agg->u.agg.keys[i]];
    if (e->kind == RN_EXPR_COLUMN) map[e->index] = rn_expr_column(r->arena, i, agg->schema.fields[i].type, e->span);
  }
  for (uint32_t k = 0; k < met->count; k++) {
    bool *used = RN_NEW_N(r->arena, bool, window->schema.count);
    rn_expr_columns(met->items[k], used);
    for (uint32_t i = 0; i < window->schema.count; i++)
      if (used[i] && !map[i]) return false;
    met->items[k] = rn_expr_replace(r->arena, met->items[k], map);
  }
  return true;
}

/* Takes the conditions that read columns of the window's input and no window column out of `met`, over the input. */
static rn_logical *take_filters(rn_rewrite *r, const rn_logical *window, filters *met) {
  rn_logical *input = window->inputs[0];
  for (uint32_t k = 0; k < met->count; k++) { /* conjunct by conjunct */
    rn_expr *e = met->items[k];
    if (e->kind != RN_EXPR_AND || met->count + e->arg_count > FILTERS_MAX) continue;
    met->items[k--] = e->args[0];
    for (uint32_t i = 1; i < e->arg_count; i++) met->items[met->count++] = e->args[i];
  }
  uint32_t stay = 0;
  for (uint32_t k = 0; k < met->count; k++) {
    rn_expr *e = met->items[k];
    if (rn_expr_is_constant(e) || rn_expr_is_volatile(e) || reads_window(r, e, window)) {
      met->items[stay++] = e;
    } else if (input->kind == RN_L_FILTER) {
      rn_expr *both[] = {input->u.filter, e};
      input = rn_logical_filter(r->arena, input->inputs[0], rn_bind_and(r->binder, both, 2, met->span), met->span);
    } else {
      input = rn_logical_filter(r->arena, input, e, met->span);
    }
  }
  met->count = stay;
  return input;
}

static bool is_one_session(rn_rewrite *r, const rn_logical *agg, const rn_logical *window) {
  int *columns = RN_NEW_N(r->arena, int, agg->u.agg.key_count + 1);
  for (uint32_t i = 0; i < agg->u.agg.key_count; i++) columns[i] = (int)agg->u.agg.keys[i];
  return rn_groups_sessions(window, agg->inputs[0], columns, agg->u.agg.key_count);
}

/* An EXPAND over another input: `keys` there; its own columns began at `plain`. */
static rn_logical *move_sets(rn_rewrite *r, const rn_logical *sets, rn_logical *below, uint32_t plain, uint32_t *keys) {
  rn_logical *moved = rn_logical_over(r->arena, RN_L_EXPAND, sets->span, below);
  uint32_t width = below->schema.count, added = sets->schema.count - plain;
  moved->u.expand = sets->u.expand;
  moved->u.expand.keys = keys;
  rn_field *fields = RN_NEW_N(r->arena, rn_field, width + added);
  for (uint32_t i = 0; i < width; i++) fields[i] = below->schema.fields[i];
  for (uint32_t i = 0; i < added; i++) fields[width + i] = sets->schema.fields[plain + i];
  moved->schema = (rn_schema){width + added, fields};
  return moved;
}

static rn_logical *rewrite(rn_rewrite *r, rn_logical *agg) {
  bool session = agg->u.agg.window.kind == RN_WINDOW_SESSION;
  if (agg->u.agg.early && !session) return agg; /* every row makes a change: nothing is gained by slices */
  uint32_t key_count = agg->u.agg.key_count, call_count = agg->u.agg.call_count;
  int *parts = RN_NEW_N(r->arena, int, key_count + 1);
  const rn_logical *window = window_of(agg, parts);
  filters met = {0};
  rn_logical *sets = agg->inputs[0]->kind == RN_L_EXPAND ? agg->inputs[0] : NULL; /* goes between the slices and their input */
  rn_expr **exprs = window ? through(r, sets ? sets->inputs[0] : agg->inputs[0], window, &met) : NULL;
  if (!exprs) return agg;
  uint32_t plain = sets ? sets->inputs[0]->schema.count : UINT32_MAX; /* columns from here on are made by the sets */
  rn_logical *input = window->inputs[0];
  if (window->u.window.kind == RN_WINDOW_SESSION) {
    if (sets || !is_one_session(r, agg, window)) return agg;
    input = take_filters(r, window, &met);
  }
  if (!lift_filters(r, agg, exprs, window, plain, &met)) return agg;
  rn_projection p = {.arena = r->arena};
  rn_logical *node = rn_logical_new(r->arena, RN_L_WINDOW_AGG, agg->span, 1, &input);
  node->u.agg = agg->u.agg;
  node->path = agg->path;
  node->u.agg.window = window->u.window;
  node->u.agg.keys = RN_NEW_N(r->arena, uint32_t, key_count + 1);
  node->u.agg.calls = RN_NEW_N(r->arena, rn_agg_call, call_count + 1);
  node->u.agg.key_count = 0;
  rn_field *fields = RN_NEW_N(r->arena, rn_field, key_count + call_count + 3);
  uint32_t *place = RN_NEW_N(r->arena, uint32_t, key_count + call_count + 1); /* column of node for column i of agg */
  for (uint32_t i = 0; i < key_count; i++) {
    if (parts[i] >= 0) continue;
    place[i] = node->u.agg.key_count;
    fields[node->u.agg.key_count] = agg->schema.fields[i];
    if (agg->u.agg.keys[i] >= plain) { /* its place is known when the input is */
      node->u.agg.keys[node->u.agg.key_count++] = UINT32_MAX;
      continue;
    }
    rn_expr *e = exprs[agg->u.agg.keys[i]];
    if (reads_window(r, e, window)) return agg;
    node->u.agg.keys[node->u.agg.key_count++] = rn_projection_add(&p, e, agg->schema.fields[i].name);
  }
  uint32_t first = node->u.agg.key_count;
  for (uint32_t i = 0; i < call_count; i++) {
    rn_agg_call *call = &node->u.agg.calls[i];
    *call = agg->u.agg.calls[i];
    int *columns[] = {&call->argument, &call->filter};
    for (int k = 0; k < 2; k++) {
      if (*columns[k] < 0) continue;
      rn_expr *e = exprs[*columns[k]];
      if (reads_window(r, e, window)) return agg;
      *columns[k] = (int)rn_projection_add(&p, e, NULL);
    }
    place[key_count + i] = first + i;
    fields[first + i] = agg->schema.fields[key_count + i];
  }
  if (!node->u.agg.window.processing_time) {
    uint32_t time = window->u.window.time_column;
    node->u.agg.window.time_column = rn_projection_add(&p, rn_expr_column(r->arena, time,
        input->schema.fields[time].type, window->span), input->schema.fields[time].name);
  } else if (!p.count) { /* COUNT(*) on processing time alone: a batch needs a column to carry its rows */
    rn_value yes = {.type = rn_type_basic(RN_T_BOOLEAN, false), .u.i = 1};
    (void)rn_projection_add(&p, rn_expr_const(r->arena, yes, agg->span), NULL);
  }
  uint32_t *copied = RN_NEW_N(r->arena, uint32_t, sets ? sets->u.expand.key_count + 1 : 1);
  for (uint32_t i = 0; sets && i < sets->u.expand.key_count; i++) {
    rn_expr *e = exprs[sets->u.expand.keys[i]];
    if (reads_window(r, e, window)) return agg;
    copied[i] = rn_projection_add(&p, e, agg->inputs[0]->schema.fields[sets->u.expand.keys[i]].name);
  }
  uint32_t width = input->schema.count;
  for (uint32_t i = 0; i < 3; i++) fields[first + call_count + i] = window->schema.fields[width + i];
  for (uint32_t i = 0; i < key_count; i++)
    if (parts[i] >= 0) place[i] = first + call_count + (uint32_t)parts[i];
  node->schema = (rn_schema){first + call_count + 3, fields};
  node->inputs[0] = rn_logical_project(r->arena, input, p.count, p.exprs, p.names, agg->span);
  if (sets) node->inputs[0] = move_sets(r, sets, node->inputs[0], plain, copied);
  for (uint32_t i = 0; i < key_count; i++)
    if (parts[i] < 0 && agg->u.agg.keys[i] >= plain) node->u.agg.keys[place[i]] = p.count + agg->u.agg.keys[i] - plain;
  /* columns in the order the aggregate had them */
  rn_expr **out = RN_NEW_N(r->arena, rn_expr *, agg->schema.count + 1);
  const char **names = RN_NEW_N(r->arena, const char *, agg->schema.count + 1);
  for (uint32_t i = 0; i < agg->schema.count; i++) {
    out[i] = rn_expr_column(r->arena, place[i], fields[place[i]].type, agg->span);
    names[i] = agg->schema.fields[i].name;
  }
  rn_logical *result = rn_logical_project(r->arena, node, agg->schema.count, out, names, agg->span);
  for (uint32_t k = 0; k < met.count; k++) result = rn_logical_filter(r->arena, result, met.items[k], met.span);
  return result;
}

rn_logical *rn_rewrite_window_aggregate(rn_rewrite *r, rn_logical *node) {
  for (uint32_t i = 0; i < node->input_count; i++) node->inputs[i] = rn_rewrite_window_aggregate(r, node->inputs[i]);
  return node->kind == RN_L_AGGREGATE ? rewrite(r, node) : node;
}
