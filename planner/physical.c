/* Logical nodes -> operators. Filter and projection become one CALC, a table becomes SCAN, CALC (computed
 * columns), WATERMARK, shared by all that read it. Logical columns that pruning left unread have no physical
 * column: every step carries the map from the one to the other. With parallelism above 1, EXCHANGE nodes go
 * before keyed operators (by key), and before what needs all rows in one place. */
#include "base/vec.h"
#include "planner/physical.h"

typedef struct built {
  rn_plan_node *node;
  int *map; /* logical column -> column of node, -1: not there */
} built;

typedef struct builder {
  rn_plan *plan;
  rn_arena *arena;
  const rn_planner_settings *settings;
  bool bounded;
  RN_VEC(rn_plan_node *) nodes;
  built *sources; /* per access number; node NULL: not yet */
  rn_access *accesses;
} builder;

static rn_plan_node *new_node(builder *b, rn_node_kind kind, rn_span span, const char *path, uint32_t input_count,
                              rn_plan_node *const *inputs) {
  rn_plan_node *node = RN_NEW(b->arena, rn_plan_node);
  node->kind = kind;
  node->id = (uint32_t)b->nodes.len;
  node->span = span;
  node->path = path ? rn_arena_strdup(b->arena, path) : NULL;
  node->input_count = input_count;
  node->inputs = RN_NEW_N(b->arena, rn_plan_node *, input_count + 1);
  node->parallelism = 1;
  node->emits = RN_CHANGE_INSERT;
  node->bounded = true;
  for (uint32_t i = 0; i < input_count; i++) {
    node->inputs[i] = inputs[i];
    node->bounded = node->bounded && inputs[i]->bounded;
    node->emits = i ? (uint8_t)(node->emits | inputs[i]->emits) : inputs[i]->emits;
    if (inputs[i]->parallelism > node->parallelism) node->parallelism = inputs[i]->parallelism;
  }
  RN_VEC_PUSH(&b->nodes, node);
  return node;
}

static rn_plan_node *over_node(builder *b, rn_node_kind kind, rn_span span, const char *path, rn_plan_node *input) {
  rn_plan_node *node = new_node(b, kind, span, path, 1, &input);
  node->schema = input->schema;
  return node;
}

static int *identity_map(builder *b, uint32_t count) {
  int *map = RN_NEW_N(b->arena, int, count + 1);
  for (uint32_t i = 0; i < count; i++) map[i] = (int)i;
  return map;
}

static uint32_t *map_columns(builder *b, const uint32_t *columns, uint32_t count, const int *map) {
  uint32_t *out = RN_NEW_N(b->arena, uint32_t, count + 1);
  for (uint32_t i = 0; i < count; i++) out[i] = (uint32_t)map[columns[i]];
  return out;
}

/* --- exchanges ------------------------------------------------------------------------------------------------- */
static rn_plan_node *gather(builder *b, rn_plan_node *input) {
  if (input->parallelism == 1) return input;
  rn_plan_node *node = over_node(b, RN_NODE_EXCHANGE, input->span, NULL, input);
  node->u.exchange.gather = true;
  node->parallelism = 1;
  return node;
}

static rn_plan_node *spread(builder *b, rn_plan_node *input, const uint32_t *keys, uint32_t count, uint32_t parallelism) {
  rn_plan_node *node = over_node(b, RN_NODE_EXCHANGE, input->span, NULL, input);
  node->u.exchange.key_count = count;
  node->u.exchange.keys = keys;
  node->parallelism = parallelism;
  return node;
}

static rn_plan_node *by_key(builder *b, rn_plan_node *input, const uint32_t *keys, uint32_t count) {
  if (!count) return gather(b, input);
  return input->parallelism == 1 ? input /* stays together */ : spread(b, input, keys, count, input->parallelism);
}

/* --- sources ---------------------------------------------------------------------------------------------------------- */
static int cheapest_column(const rn_access *a) {
  int best = -1;
  size_t width = 0;
  for (uint32_t i = 0; i < a->object->column_count; i++) {
    if (a->object->columns[i].kind != RN_COL_PHYSICAL) continue;
    size_t w = rn_physical_width(rn_type_physical(a->object->columns[i].type));
    if (w && (best < 0 || w < width)) {
      best = (int)i;
      width = w;
    }
  }
  for (uint32_t i = 0; i < a->object->column_count && best < 0; i++)
    if (a->spec_column[i] >= 0) best = (int)i;
  return best;
}

static const char *source_path(builder *b, const rn_access *a) {
  unsigned same = 0;
  for (const rn_access *o = b->accesses; o && o != a; o = o->next)
    if (o->object == a->object) same++;
  if (!same) return rn_arena_printf(b->arena, "source.%s", a->object->name);
  return rn_arena_printf(b->arena, "source.%s.%u", a->object->name, same + 1);
}

/* 'scan.parallelism', 'sink.parallelism': one instance, or as many as there are tasks. */
static bool wants_one(const rn_table_spec *spec, const char *option) {
  const char *text = rn_option_text(&spec->options, option);
  return text && rn_slice_is(rn_slice_trim(rn_slice_of(text)), "1");
}

static built build_access(builder *b, rn_access *a) {
  uint32_t count = a->object->column_count;
  if (b->sources[a->number].node) return b->sources[a->number];
  bool *read = RN_NEW_N(b->arena, bool, count + 1), *wanted = RN_NEW_N(b->arena, bool, count + 1);
  for (uint32_t i = 0; i < count; i++) wanted[i] = a->used[i];
  if (a->watermark) {
    wanted[a->rowtime] = true;
    rn_expr_columns(a->watermark, wanted);
  }
  bool any = false, computed = false;
  for (uint32_t i = 0; i < count; i++) any = any || wanted[i];
  if (!any) wanted[cheapest_column(a)] = true;
  for (uint32_t i = 0; i < count; i++) {
    if (!wanted[i]) continue;
    if (a->spec_column[i] >= 0) read[i] = true;
    if (a->computed[i]) {
      computed = true;
      rn_expr_columns(a->computed[i], read);
    }
  }
  any = false;
  for (uint32_t i = 0; i < count; i++) any = any || read[i];
  if (!any) read[cheapest_column(a)] = true; /* only PROCTIME() and the like are wanted */

  const char *path = source_path(b, a);
  rn_plan_node *scan = new_node(b, RN_NODE_SCAN, a->span, path, 0, NULL);
  scan->bounded = a->bounded;
  scan->parallelism = b->settings->parallelism && !wants_one(a->spec, "scan.parallelism") ? b->settings->parallelism : 1;
  rn_table_spec *spec = rn_physical_spec(b->arena, a->spec);
  scan->u.scan.table = spec;
  scan->u.scan.source = (uint16_t)b->plan->scan_count++;
  int *map = RN_NEW_N(b->arena, int, count + 1);
  rn_field *fields = RN_NEW_N(b->arena, rn_field, count + 1);
  uint32_t *columns = RN_NEW_N(b->arena, uint32_t, count + 1), width = 0;
  for (uint32_t i = 0; i < count; i++) {
    map[i] = -1;
    if (!read[i] || a->spec_column[i] < 0) continue;
    const rn_table_column *column = &spec->columns[a->spec_column[i]];
    const rn_type *type = a->computed[i] ? column->type : rn_type_copy(b->arena, a->object->columns[i].type);
    map[i] = (int)width;
    columns[width] = (uint32_t)a->spec_column[i];
    fields[width++] = (rn_field){column->name, type};
  }
  scan->u.scan.columns = columns;
  scan->schema = (rn_schema){width, fields};
  rn_plan_node *top = scan;
  if (computed) {
    top = over_node(b, RN_NODE_CALC, a->span, NULL, scan);
    rn_field *out_fields = RN_NEW_N(b->arena, rn_field, count + 1);
    top->u.calc.exprs = RN_NEW_N(b->arena, rn_expr *, count + 1);
    int *out_map = RN_NEW_N(b->arena, int, count + 1);
    uint32_t out = 0;
    for (uint32_t i = 0; i < count; i++) {
      out_map[i] = -1;
      if (!wanted[i]) continue;
      const rn_catalog_column *c = &a->object->columns[i];
      top->u.calc.exprs[out] = a->computed[i] ? rn_physical_expr(b->arena, a->computed[i], map)
                                              : rn_expr_column(b->arena, (uint32_t)map[i], fields[map[i]].type, a->span);
      out_fields[out] = (rn_field){rn_arena_strdup(b->arena, c->name), rn_type_copy(b->arena, c->type)};
      out_map[i] = (int)out++;
    }
    top->schema = (rn_schema){out, out_fields};
    map = out_map;
  }
  if (a->watermark) {
    top = over_node(b, RN_NODE_WATERMARK, a->span, rn_arena_printf(b->arena, "%s.watermark", path), top);
    top->u.watermark.rowtime_column = (uint32_t)map[a->rowtime];
    top->u.watermark.expr = rn_physical_expr(b->arena, a->watermark, map);
    top->u.watermark.interval_us = a->each_row ? 0 : b->settings->watermark_interval_us;
    top->u.watermark.gap = a->each_row ? a->gap : 1;
    top->u.watermark.max_ahead_us = a->max_ahead_us;
    top->u.watermark.align_group = a->align_group ? rn_arena_strdup(b->arena, a->align_group) : NULL;
    top->u.watermark.align_drift_us = a->align_drift_us;
    top->u.watermark.align_interval_us = a->align_interval_us;
    top->u.watermark.idle_timeout_us = a->idle_timeout_us >= 0 ? a->idle_timeout_us : b->settings->idle_timeout_us;
    top->u.watermark.null_handling = b->settings->rowtime_null_handling;
  }
  b->sources[a->number] = (built){top, map};
  return b->sources[a->number];
}

/* --- operators -------------------------------------------------------------------------------------------------------- */
static built build(builder *b, const rn_logical *node);

static built build_values(builder *b, const rn_logical *node) {
  rn_plan_node *n = new_node(b, RN_NODE_VALUES, node->span, node->path, 0, NULL);
  n->schema = rn_physical_schema(b->arena, &node->schema);
  n->u.values.row_count = node->u.values.row_count;
  uint32_t cells = node->u.values.row_count * node->schema.count;
  rn_value *values = RN_NEW_N(b->arena, rn_value, cells + 1);
  for (uint32_t i = 0; i < cells; i++) values[i] = rn_physical_value(b->arena, &node->u.values.values[i]);
  n->u.values.values = values;
  return (built){n, identity_map(b, node->schema.count)};
}

static built build_filter(builder *b, const rn_logical *node) {
  built in = build(b, node->inputs[0]);
  rn_plan_node *n = over_node(b, RN_NODE_CALC, node->span, NULL, in.node);
  n->u.calc.filter = rn_physical_expr(b->arena, node->u.filter, in.map);
  return (built){n, in.map};
}

static bool passes_all(const rn_logical *node, const built *in) {
  if (in->node->schema.count != node->schema.count) return false;
  for (uint32_t i = 0; i < node->schema.count; i++) {
    const rn_expr *e = node->u.project[i];
    if (e->kind != RN_EXPR_COLUMN || in->map[e->index] != (int)i) return false;
  }
  return true;
}

static built build_project(builder *b, const rn_logical *node) {
  const rn_logical *below = node->inputs[0];
  const rn_logical *filter = below->kind == RN_L_FILTER ? below : NULL;
  built in = build(b, filter ? filter->inputs[0] : below);
  if (!filter && passes_all(node, &in)) return (built){in.node, identity_map(b, node->schema.count)};
  rn_plan_node *n = over_node(b, RN_NODE_CALC, node->span, NULL, in.node);
  if (filter) n->u.calc.filter = rn_physical_expr(b->arena, filter->u.filter, in.map);
  if (!passes_all(node, &in)) {
    n->u.calc.exprs = RN_NEW_N(b->arena, rn_expr *, node->schema.count + 1);
    for (uint32_t i = 0; i < node->schema.count; i++)
      n->u.calc.exprs[i] = rn_physical_expr(b->arena, node->u.project[i], in.map);
  }
  n->schema = rn_physical_schema(b->arena, &node->schema);
  return (built){n, identity_map(b, node->schema.count)};
}

/* The node's columns are the input's, then `added` ones of the logical schema. */
static built with_added(builder *b, rn_plan_node *n, const rn_logical *node, built in, uint32_t added) {
  uint32_t old = node->schema.count - added, width = in.node->schema.count;
  rn_field *fields = RN_NEW_N(b->arena, rn_field, width + added + 1);
  int *map = RN_NEW_N(b->arena, int, node->schema.count + 1);
  for (uint32_t i = 0; i < width; i++) fields[i] = n->inputs[0]->schema.fields[i];
  for (uint32_t i = 0; i < old; i++) {
    map[i] = in.map[i];
    if (map[i] >= 0) fields[map[i]].type = rn_type_copy(b->arena, node->schema.fields[i].type);
  }
  for (uint32_t i = 0; i < added; i++) {
    map[old + i] = (int)(width + i);
    fields[width + i] = (rn_field){rn_arena_strdup(b->arena, node->schema.fields[old + i].name),
                                   rn_type_copy(b->arena, node->schema.fields[old + i].type)};
  }
  n->schema = (rn_schema){width + added, fields};
  return (built){n, map};
}

static rn_window_spec map_window(const rn_window_spec *spec, const int *map) {
  rn_window_spec out = *spec;
  out.time_column = spec->processing_time ? 0 : (uint32_t)map[spec->time_column];
  return out;
}

/* Are there changes that are not shown at once? */
static bool holds(const rn_logical *node) {
  const rn_fire *fire = &node->u.agg.fire;
  return node->u.agg.early && !node->u.agg.fold && (fire->early_us != 0 || (fire->lateness_us && fire->late_us != 0));
}

static rn_plan_node *build_hold(builder *b, const rn_logical *node, rn_plan_node *agg) {
  const rn_fire *fire = &node->u.agg.fire;
  agg->u.group_agg.update_before = false;
  agg->emits = RN_CHANGE_INSERT | RN_CHANGE_UPDATE_AFTER;
  rn_plan_node *n = over_node(b, RN_NODE_HOLD, node->span, rn_arena_printf(b->arena, "%s.hold", node->path), agg);
  n->u.hold.window = node->u.agg.window;
  n->u.hold.key_count = node->u.agg.key_count;
  n->u.hold.end_key = node->u.agg.end_key;
  n->u.hold.early_us = fire->early_us;
  n->u.hold.late_us = fire->late_us;
  n->u.hold.lateness_us = fire->lateness_us;
  n->u.hold.update_before = node->u.agg.update_before;
  n->schema = rn_physical_schema(b->arena, &node->schema);
  n->emits = node->emits;
  return n;
}

static built build_aggregate(builder *b, const rn_logical *node) {
  built in = build(b, node->inputs[0]);
  bool windowed = node->kind == RN_L_WINDOW_AGG;
  uint32_t *keys = map_columns(b, node->u.agg.keys, node->u.agg.key_count, in.map);
  rn_plan_node *input = by_key(b, in.node, keys, node->u.agg.key_count);
  rn_plan_node *n = over_node(b, windowed ? RN_NODE_WINDOW_AGG : RN_NODE_GROUP_AGG, node->span, node->path, input);
  rn_agg_call *calls = rn_physical_calls(b->arena, node->u.agg.calls, node->u.agg.call_count, in.map);
  if (windowed) {
    n->u.window_agg.spec = map_window(&node->u.agg.window, in.map);
    n->u.window_agg.key_count = node->u.agg.key_count;
    n->u.window_agg.keys = keys;
    n->u.window_agg.call_count = node->u.agg.call_count;
    n->u.window_agg.calls = calls;
  } else {
    n->u.group_agg.key_count = node->u.agg.key_count;
    n->u.group_agg.keys = keys;
    n->u.group_agg.call_count = node->u.agg.call_count;
    n->u.group_agg.calls = calls;
    n->u.group_agg.fold = node->u.agg.fold;
    n->u.group_agg.update_before = node->u.agg.update_before;
    n->u.group_agg.mini_batch = node->u.agg.mini_batch;
    n->u.group_agg.global = !node->u.agg.grouped;
    n->u.group_agg.early = node->u.agg.early;
    n->u.group_agg.window = node->u.agg.window;
    n->u.group_agg.end_key = node->u.agg.end_key;
    n->u.group_agg.lateness_us = node->u.agg.fire.lateness_us;
  }
  n->schema = rn_physical_schema(b->arena, &node->schema);
  n->emits = node->emits;
  if (holds(node)) n = build_hold(b, node, n);
  return (built){n, identity_map(b, node->schema.count)};
}

static rn_sort_item *map_order(builder *b, const rn_sort_item *items, uint32_t count, const int *map) {
  rn_sort_item *out = RN_NEW_N(b->arena, rn_sort_item, count + 1);
  for (uint32_t i = 0; i < count; i++) {
    out[i] = items[i];
    out[i].column = (uint32_t)map[items[i].column];
  }
  return out;
}

static built build_over(builder *b, const rn_logical *node) {
  built in = build(b, node->inputs[0]);
  const rn_frame *frame = &node->u.over.frame;
  uint32_t *keys = map_columns(b, node->u.over.keys, node->u.over.key_count, in.map);
  rn_plan_node *input = by_key(b, in.node, keys, node->u.over.key_count);
  rn_agg_call *calls = rn_physical_calls(b->arena, node->u.over.calls, node->u.over.call_count, in.map);
  rn_plan_node *n = over_node(b, node->u.over.whole ? RN_NODE_OVER_WHOLE : RN_NODE_OVER, node->span, node->path, input);
  if (node->u.over.whole) {
    n->u.over_whole.key_count = node->u.over.key_count;
    n->u.over_whole.keys = keys;
    n->u.over_whole.order_count = node->u.over.order_count;
    n->u.over_whole.order = map_order(b, node->u.over.order, node->u.over.order_count, in.map);
    n->u.over_whole.frame = *frame;
    n->u.over_whole.call_count = node->u.over.call_count;
    n->u.over_whole.calls = calls;
    n->u.over_whole.changes = node->u.over.changes;
    n->u.over_whole.each = node->u.over.each;
    n->u.over_whole.update_before = node->u.over.update_before;
    n->emits = node->emits;
    return with_added(b, n, node, in, node->u.over.call_count);
  }
  n->u.over.key_count = node->u.over.key_count;
  n->u.over.keys = keys;
  int order = in.map[node->u.over.order[0].column];
  n->u.over.order_column = order < 0 ? 0 : (uint32_t)order; /* not read on processing time */
  n->u.over.processing_time = node->u.over.processing_time;
  n->u.over.rows = frame->rows;
  n->u.over.unbounded = frame->low.kind == RN_FRAME_FIRST;
  n->u.over.preceding = -frame->low.offset;
  n->u.over.call_count = node->u.over.call_count;
  n->u.over.calls = calls;
  return with_added(b, n, node, in, node->u.over.call_count);
}

static built build_rank(builder *b, const rn_logical *node) {
  built in = build(b, node->inputs[0]);
  uint32_t *keys = map_columns(b, node->u.rank.keys, node->u.rank.key_count, in.map);
  rn_plan_node *n = over_node(b, RN_NODE_RANK, node->span, node->path, by_key(b, in.node, keys, node->u.rank.key_count));
  n->u.rank.key_count = node->u.rank.key_count;
  n->u.rank.keys = keys;
  n->u.rank.order_count = node->u.rank.order_count;
  n->u.rank.order = map_order(b, node->u.rank.order, node->u.rank.order_count, in.map);
  n->u.rank.start = node->u.rank.start;
  n->u.rank.end = node->u.rank.end;
  n->u.rank.number = node->u.rank.number;
  n->u.rank.latest = node->u.rank.latest;
  n->u.rank.mode = node->u.rank.mode;
  n->u.rank.update_before = node->u.rank.update_before;
  if (node->u.rank.windowed) {
    n->u.rank.window = node->u.rank.window;
    n->u.rank.window_end = (uint32_t)in.map[node->u.rank.window_end];
  }
  n->emits = node->emits;
  return with_added(b, n, node, in, node->u.rank.number ? 1 : 0);
}

/* ORDER BY .. LIMIT on a stream: one group of best rows. */
static built build_top(builder *b, const rn_logical *node, built in) {
  rn_plan_node *n = over_node(b, RN_NODE_RANK, node->span, node->path, gather(b, in.node));
  n->u.rank.order_count = node->u.sort.item_count;
  n->u.rank.order = map_order(b, node->u.sort.items, node->u.sort.item_count, in.map);
  n->u.rank.start = node->u.sort.offset + 1;
  n->u.rank.end = node->u.sort.offset + node->u.sort.limit;
  n->u.rank.mode = RN_RANK_CHANGES;
  n->u.rank.update_before = node->u.sort.update_before;
  n->emits = node->emits;
  return (built){n, in.map};
}

static rn_plan_node *put_limit(builder *b, rn_plan_node *input, rn_span span, const char *path, int64_t limit,
                               int64_t offset) {
  rn_plan_node *n = over_node(b, RN_NODE_LIMIT, span, path, input);
  n->u.limit.limit = limit;
  n->u.limit.offset = offset;
  return n;
}

static built build_sort(builder *b, const rn_logical *node) {
  built in = build(b, node->inputs[0]);
  if (node->u.sort.top) return build_top(b, node, in);
  rn_plan_node *n = over_node(b, RN_NODE_SORT, node->span, node->path, gather(b, in.node));
  n->u.sort.item_count = node->u.sort.item_count;
  n->u.sort.items = map_order(b, node->u.sort.items, node->u.sort.item_count, in.map);
  n->u.sort.temporal = node->u.sort.temporal;
  bool limited = node->u.sort.limit >= 0 || node->u.sort.offset > 0;
  n->u.sort.limit = n->u.sort.temporal ? -1 : node->u.sort.limit;
  n->u.sort.offset = n->u.sort.temporal ? 0 : node->u.sort.offset;
  if (n->u.sort.temporal && limited) {
    n = put_limit(b, n, node->span, rn_arena_printf(b->arena, "%s.limit", node->path), node->u.sort.limit,
                  node->u.sort.offset);
    n->u.limit.stops_query = node->u.sort.stops_query && node->u.sort.limit >= 0;
  }
  return (built){n, in.map};
}

/* Are the columns exactly those of the logical node, in order? */
static bool has_exact_columns(const built *in, uint32_t width) {
  bool alike = in->node->schema.count == width;
  for (uint32_t i = 0; i < width; i++) alike = alike && in->map[i] == (int)i;
  return alike;
}

static rn_plan_node *put_exact_columns(builder *b, const rn_logical *node, built in) {
  uint32_t width = node->schema.count;
  rn_plan_node *n = over_node(b, RN_NODE_CALC, node->span, NULL, in.node);
  n->u.calc.exprs = RN_NEW_N(b->arena, rn_expr *, width + 1);
  for (uint32_t i = 0; i < width; i++)
    n->u.calc.exprs[i] = rn_expr_column(b->arena, (uint32_t)in.map[i], in.node->schema.fields[in.map[i]].type, node->span);
  n->schema = rn_physical_schema(b->arena, &node->schema);
  return n;
}

/* An input that a node takes twice gets a node of its own, so that every edge has two different ends. */
static rn_plan_node **alike_inputs(builder *b, const rn_logical *node) {
  rn_plan_node **inputs = RN_NEW_N(b->arena, rn_plan_node *, node->input_count);
  for (uint32_t k = 0; k < node->input_count; k++) {
    built in = build(b, node->inputs[k]);
    bool alike = has_exact_columns(&in, node->schema.count);
    for (uint32_t j = 0; j < k; j++) alike = alike && inputs[j] != in.node;
    inputs[k] = alike ? in.node : put_exact_columns(b, node, in);
  }
  return inputs;
}

static built build_union(builder *b, const rn_logical *node) {
  rn_plan_node **inputs = alike_inputs(b, node);
  bool mixed = false;
  for (uint32_t k = 0; k < node->input_count; k++) mixed = mixed || inputs[k]->parallelism != inputs[0]->parallelism;
  for (uint32_t k = 0; k < node->input_count && mixed; k++) inputs[k] = gather(b, inputs[k]);
  rn_plan_node *n = new_node(b, RN_NODE_UNION, node->span, NULL, node->input_count, inputs);
  n->schema = rn_physical_schema(b->arena, &node->schema);
  return (built){n, identity_map(b, node->schema.count)};
}

static uint32_t wider(rn_plan_node *const inputs[2]) {
  return inputs[0]->parallelism > inputs[1]->parallelism ? inputs[0]->parallelism : inputs[1]->parallelism;
}

/* Equal rows of both inputs meet. */
static built build_set(builder *b, const rn_logical *node) {
  rn_plan_node **inputs = alike_inputs(b, node);
  uint32_t width = node->schema.count, parallelism = wider(inputs), *all = RN_NEW_N(b->arena, uint32_t, width + 1);
  for (uint32_t i = 0; i < width; i++) all[i] = i;
  for (int s = 0; s < 2 && parallelism > 1; s++) inputs[s] = spread(b, inputs[s], all, width, parallelism);
  rn_plan_node *n = new_node(b, RN_NODE_SET, node->span, node->path, 2, inputs);
  n->schema = rn_physical_schema(b->arena, &node->schema);
  n->emits = node->emits;
  n->u.set.except = node->u.set.except;
  n->u.set.all = node->u.set.all;
  n->u.set.fold = node->u.set.fold;
  return (built){n, identity_map(b, width)};
}

/* Both inputs come by their keys, or all rows meet in one place. */
static built build_join(builder *b, const rn_logical *node) {
  built in[2] = {build(b, node->inputs[0]), build(b, node->inputs[1])};
  rn_plan_node *inputs[2] = {in[0].node, in[1].node};
  uint32_t count = node->u.join.key_count, left = node->inputs[0]->schema.count, at = 0;
  bool pairs = rn_join_pairs(node->u.join.kind);
  uint32_t *keys[2] = {map_columns(b, node->u.join.left_keys, count, in[0].map),
                       map_columns(b, node->u.join.right_keys, count, in[1].map)};
  uint32_t parallelism = wider(inputs);
  for (int s = 0; s < 2 && parallelism > 1; s++)
    inputs[s] = count ? spread(b, inputs[s], keys[s], count, parallelism) : gather(b, inputs[s]);
  if (inputs[0] == inputs[1]) inputs[1] = over_node(b, RN_NODE_CALC, node->span, NULL, inputs[1]); /* two ends */
  rn_plan_node *n = new_node(b, RN_NODE_JOIN, node->span, node->path, 2, inputs);
  int *map = RN_NEW_N(b->arena, int, rn_logical_width(node) + 2);
  rn_field *fields = RN_NEW_N(b->arena, rn_field, inputs[0]->schema.count + inputs[1]->schema.count + 2);
  for (uint32_t s = 0; s < 2; s++) {
    uint32_t first = s ? left : 0, width = node->inputs[s]->schema.count, base = at;
    for (uint32_t i = 0; i < inputs[s]->schema.count; i++) {
      const rn_field *f = &inputs[s]->schema.fields[i];
      fields[at++] = (rn_field){f->name, rn_type_with_null(b->arena, rn_type_with_time(b->arena, f->type, RN_TIME_NONE), true)};
    }
    for (uint32_t i = 0; i < width; i++) {
      map[first + i] = in[s].map[i] < 0 ? -1 : (int)base + in[s].map[i];
      if (map[first + i] < 0 || (s && !pairs)) continue;
      const rn_field *f = &node->schema.fields[first + i];
      fields[map[first + i]] = (rn_field){rn_arena_strdup(b->arena, f->name), rn_type_copy(b->arena, f->type)};
    }
    n->u.join.keys[s] = keys[s];
  }
  n->emits = node->emits;
  n->u.join.kind = node->u.join.kind;
  n->u.join.single = node->u.join.single;
  n->u.join.key_count = count;
  bool *null_safe = RN_NEW_N(b->arena, bool, count + 1);
  for (uint32_t k = 0; k < count; k++) null_safe[k] = node->u.join.null_safe[k];
  n->u.join.null_safe = null_safe;
  if (node->u.join.condition) n->u.join.condition = rn_physical_expr(b->arena, node->u.join.condition, map);
  n->u.join.fold = node->u.join.fold;
  n->u.join.windowed = node->u.join.windowed;
  n->u.join.window = node->u.join.window;
  n->u.join.end_key = node->u.join.end_key;
  if (!pairs) {
    at = inputs[0]->schema.count;
    if (node->u.join.kind == RN_JOIN_KIND_MARK) {
      const rn_field *mark = &node->schema.fields[left];
      map[left] = (int)at;
      fields[at++] = (rn_field){rn_arena_strdup(b->arena, mark->name), rn_type_copy(b->arena, mark->type)};
    }
  }
  n->schema = (rn_schema){at, fields};
  return (built){n, map};
}

/* The root's input must have exactly the root's columns. */
static rn_plan_node *exact_columns(builder *b, const rn_logical *root) {
  built in = build(b, root->inputs[0]);
  return has_exact_columns(&in, root->schema.count) ? in.node : put_exact_columns(b, root, in);
}

static void build_sink(builder *b, const rn_logical *root) {
  rn_plan_node *input = exact_columns(b, root);
  int *same = identity_map(b, root->schema.count);
  uint32_t *keys = map_columns(b, root->u.sink.keys, root->u.sink.key_count, same);
  if (wants_one(root->u.sink.table, "sink.parallelism")) input = gather(b, input);
  if (root->u.sink.key_count) input = by_key(b, input, keys, root->u.sink.key_count);
  rn_plan_node *n = over_node(b, RN_NODE_SINK, root->span, root->path, input);
  n->schema = rn_physical_schema(b->arena, &root->schema);
  n->u.sink.table = rn_physical_spec(b->arena, root->u.sink.table);
  n->u.sink.columns = map_columns(b, root->u.sink.columns, root->schema.count, identity_map(b,
      root->u.sink.table->column_count));
  n->u.sink.key_count = root->u.sink.key_count;
  n->u.sink.keys = keys;
  n->u.sink.drop_null_rows = b->settings->not_null_drop;
  n->u.sink.lengths = b->settings->lengths;
}

static void build_collect(builder *b, const rn_logical *root) {
  rn_plan_node *input = gather(b, exact_columns(b, root));
  rn_plan_node *n = over_node(b, RN_NODE_COLLECT, root->span, root->path, input);
  n->schema = rn_physical_schema(b->arena, &root->schema);
  if (root->has_key) {
    n->u.collect.key_count = root->key_count;
    n->u.collect.keys = map_columns(b, root->keys, root->key_count, identity_map(b, root->schema.count));
  }
  n->u.collect.fold = b->bounded && !root->u.collect.changelog;
}

static built build(builder *b, const rn_logical *node) {
  switch (node->kind) {
    case RN_L_SCAN: return build_access(b, node->u.scan);
    case RN_L_VALUES: return build_values(b, node);
    case RN_L_FILTER: return build_filter(b, node);
    case RN_L_PROJECT: return build_project(b, node);
    case RN_L_WINDOW: {
      built in = build(b, node->inputs[0]);
      uint32_t *keys = map_columns(b, node->partition, node->partition_count, in.map);
      bool session = node->u.window.kind == RN_WINDOW_SESSION;
      rn_plan_node *input = session ? by_key(b, in.node, keys, node->partition_count) : in.node;
      rn_plan_node *n = over_node(b, RN_NODE_WINDOW, node->span, node->path, input);
      n->u.window.spec = map_window(&node->u.window, in.map);
      n->u.window.key_count = node->partition_count;
      n->u.window.keys = keys;
      return with_added(b, n, node, in, 3);
    }
    case RN_L_EXPAND: {
      built in = build(b, node->inputs[0]);
      rn_plan_node *n = over_node(b, RN_NODE_EXPAND, node->span, NULL, in.node);
      const rn_expand_spec *e = &node->u.expand;
      n->u.expand = (rn_expand_spec){e->key_count, map_columns(b, e->keys, e->key_count, in.map), e->set_count,
                                     RN_NEW_N(b->arena, int64_t, e->set_count)};
      for (uint32_t i = 0; i < e->set_count; i++) n->u.expand.sets[i] = e->sets[i];
      return with_added(b, n, node, in, e->key_count + 1);
    }
    case RN_L_AGGREGATE: case RN_L_WINDOW_AGG: return build_aggregate(b, node);
    case RN_L_OVER: return build_over(b, node);
    case RN_L_RANK: return build_rank(b, node);
    case RN_L_SORT: return build_sort(b, node);
    case RN_L_LIMIT: {
      built in = build(b, node->inputs[0]);
      rn_plan_node *n = put_limit(b, gather(b, in.node), node->span, node->path, node->u.limit.limit, node->u.limit.offset);
      n->u.limit.stops_query = node->u.limit.stops_query && node->u.limit.limit >= 0;
      return (built){n, in.map};
    }
    case RN_L_UNION: return build_union(b, node);
    case RN_L_JOIN: return build_join(b, node);
    case RN_L_SET: return build_set(b, node);
    case RN_L_UNNEST: {
      built in = build(b, node->inputs[0]);
      rn_plan_node *n = over_node(b, RN_NODE_UNNEST, node->span, NULL, in.node);
      n->u.unnest.column = (uint32_t)in.map[node->u.unnest.column];
      n->u.unnest.outer = node->u.unnest.outer;
      n->u.unnest.ordinality = node->u.unnest.ordinality;
      return with_added(b, n, node, in, node->schema.count - node->inputs[0]->schema.count);
    }
    default: rn_unreachable("a sink below another node");
  }
}

static void connect_outputs(builder *b) {
  for (size_t i = 0; i < b->nodes.len; i++)
    for (uint32_t k = 0; k < b->nodes.data[i]->input_count; k++) b->nodes.data[i]->inputs[k]->output_count++;
  for (size_t i = 0; i < b->nodes.len; i++) {
    rn_plan_node *n = b->nodes.data[i];
    n->outputs = RN_NEW_N(b->arena, rn_plan_node *, n->output_count + 1);
    n->output_count = 0;
  }
  for (size_t i = 0; i < b->nodes.len; i++)
    for (uint32_t k = 0; k < b->nodes.data[i]->input_count; k++) {
      rn_plan_node *in = b->nodes.data[i]->inputs[k];
      in->outputs[in->output_count++] = b->nodes.data[i];
    }
}

/* 'on-late': every operator is told which tables below it want their late rows kept. Inputs come before consumers. */
static void note_late_sources(builder *b) {
  for (size_t i = 0; i < b->nodes.len; i++) {
    rn_plan_node *n = b->nodes.data[i];
    if (n->kind == RN_NODE_SCAN) {
      const char *policy = rn_option_string(&n->u.scan.table->options, rn_table_options, rn_table_option_count, "on-late");
      if (strcmp(policy, "dead-letter") == 0) n->late_source = n->u.scan.table->name;
    }
    for (uint32_t k = 0; k < n->input_count; k++) {
      const char *below = n->inputs[k]->late_source;
      if (!below || (n->late_source && strcmp(n->late_source, below) == 0)) continue;
      n->late_source = n->late_source ? rn_arena_printf(b->arena, "%s, %s", n->late_source, below) : below;
    }
  }
}

rn_status rn_physical_build(rn_logical *const *roots, uint32_t root_count, rn_access *accesses,
                            const rn_planner_settings *settings, const char *canonical, rn_plan **out) {
  rn_arena arena;
  rn_arena_init(&arena);
  rn_plan *plan = RN_NEW(&arena, rn_plan);
  plan->arena = arena;
  builder b = {.plan = plan, .arena = &plan->arena, .settings = settings, .accesses = accesses, .bounded = true};
  uint32_t access_count = 0;
  for (rn_access *a = accesses; a; a = a->next) access_count++;
  b.sources = RN_NEW_N(b.arena, built, access_count + 1);
  for (uint32_t i = 0; i < root_count; i++) b.bounded = b.bounded && roots[i]->bounded;
  for (uint32_t i = 0; i < root_count; i++) {
    if (roots[i]->kind == RN_L_SINK) build_sink(&b, roots[i]);
    else build_collect(&b, roots[i]);
  }
  connect_outputs(&b);
  note_late_sources(&b);
  plan->node_count = (uint32_t)b.nodes.len;
  plan->nodes = RN_NEW_N(b.arena, rn_plan_node *, b.nodes.len + 1);
  for (size_t i = 0; i < b.nodes.len; i++) {
    plan->nodes[i] = b.nodes.data[i];
    plan->nodes[i]->fingerprint = rn_physical_fingerprint(b.arena, plan->nodes[i]);
    if (!plan->nodes[i]->path) plan->nodes[i]->path = rn_arena_printf(b.arena, "node.%zu", i);
  }
  RN_VEC_FREE(&b.nodes);
  plan->bounded = b.bounded;
  plan->parallelism = settings->parallelism ? settings->parallelism : 1;
  plan->canonical = rn_arena_strdup(b.arena, canonical);
  plan->settings = rn_arena_strdup(b.arena, settings->canonical_settings ? settings->canonical_settings : "");
  *out = plan;
  return RN_OK;
}
