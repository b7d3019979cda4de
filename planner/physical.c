/* Logical nodes -> operators. Filter and projection become one CALC; every kind of node has its build function, here or
 * in physical_scan.c, physical_order.c and physical_join.c. Logical columns that pruning left unread have no physical
 * column: every step carries the map from the one to the other. With parallelism above 1, EXCHANGE nodes go before
 * keyed operators (by key), and before what needs all rows in one place. */
#include "planner/physical_parts.h"

rn_plan_node *rn_put_node(rn_plan_builder *b, rn_node_kind kind, rn_span span, const char *path, uint32_t input_count,
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

rn_plan_node *rn_put_over(rn_plan_builder *b, rn_node_kind kind, rn_span span, const char *path, rn_plan_node *input) {
  rn_plan_node *node = rn_put_node(b, kind, span, path, 1, &input);
  node->schema = input->schema;
  return node;
}

int *rn_identity_map(rn_plan_builder *b, uint32_t count) {
  int *map = RN_NEW_N(b->arena, int, count + 1);
  for (uint32_t i = 0; i < count; i++) map[i] = (int)i;
  return map;
}

uint32_t *rn_whole_row(rn_plan_builder *b, uint32_t count) {
  uint32_t *columns = RN_NEW_N(b->arena, uint32_t, count + 1);
  for (uint32_t i = 0; i < count; i++) columns[i] = i;
  return columns;
}

uint32_t *rn_map_columns(rn_plan_builder *b, const uint32_t *columns, uint32_t count, const int *map) {
  uint32_t *out = RN_NEW_N(b->arena, uint32_t, count + 1);
  for (uint32_t i = 0; i < count; i++) out[i] = (uint32_t)map[columns[i]];
  return out;
}

/* --- exchanges ------------------------------------------------------------------------------------------------- */
rn_plan_node *rn_put_gather(rn_plan_builder *b, rn_plan_node *input) {
  if (input->parallelism == 1) return input;
  rn_plan_node *node = rn_put_over(b, RN_NODE_EXCHANGE, input->span, NULL, input);
  node->u.exchange.gather = true;
  node->parallelism = 1;
  return node;
}

rn_plan_node *rn_put_spread(rn_plan_builder *b, rn_plan_node *input, const uint32_t *keys, uint32_t count,
                            uint32_t parallelism) {
  rn_plan_node *node = rn_put_over(b, RN_NODE_EXCHANGE, input->span, NULL, input);
  node->u.exchange.key_count = count;
  node->u.exchange.keys = keys;
  node->parallelism = parallelism;
  return node;
}

rn_plan_node *rn_put_by_key(rn_plan_builder *b, rn_plan_node *input, const uint32_t *keys, uint32_t count) {
  if (!count) return rn_put_gather(b, input);
  if (input->parallelism == 1) return input; /* stays together */
  return rn_put_spread(b, input, keys, count, input->parallelism);
}

/* --- operators -------------------------------------------------------------------------------------------------- */
static rn_built build_values(rn_plan_builder *b, const rn_logical *node) {
  rn_plan_node *n = rn_put_node(b, RN_NODE_VALUES, node->span, node->path, 0, NULL);
  n->schema = rn_physical_schema(b->arena, &node->schema);
  n->u.values.row_count = node->u.values.row_count;
  uint32_t cells = node->u.values.row_count * node->schema.count;
  rn_value *values = RN_NEW_N(b->arena, rn_value, cells + 1);
  for (uint32_t i = 0; i < cells; i++) values[i] = rn_physical_value(b->arena, &node->u.values.values[i]);
  n->u.values.values = values;
  return (rn_built){n, rn_identity_map(b, node->schema.count)};
}

static rn_built build_filter(rn_plan_builder *b, const rn_logical *node) {
  rn_built in = rn_physical_below(b, node->inputs[0]);
  rn_plan_node *n = rn_put_over(b, RN_NODE_CALC, node->span, NULL, in.node);
  n->u.calc.filter = rn_physical_expr(b->arena, node->u.filter, in.map);
  return (rn_built){n, in.map};
}

static bool passes_all(const rn_logical *node, const rn_built *in) {
  if (in->node->schema.count != node->schema.count) return false;
  for (uint32_t i = 0; i < node->schema.count; i++) {
    const rn_expr *e = node->u.project[i];
    if (e->kind != RN_EXPR_COLUMN || in->map[e->index] != (int)i) return false;
  }
  return true;
}

static rn_built build_project(rn_plan_builder *b, const rn_logical *node) {
  const rn_logical *below = node->inputs[0];
  const rn_logical *filter = below->kind == RN_L_FILTER ? below : NULL;
  rn_built in = rn_physical_below(b, filter ? filter->inputs[0] : below);
  if (!filter && passes_all(node, &in)) return (rn_built){in.node, rn_identity_map(b, node->schema.count)};
  rn_plan_node *n = rn_put_over(b, RN_NODE_CALC, node->span, NULL, in.node);
  if (filter) n->u.calc.filter = rn_physical_expr(b->arena, filter->u.filter, in.map);
  if (!passes_all(node, &in)) {
    n->u.calc.exprs = RN_NEW_N(b->arena, rn_expr *, node->schema.count + 1);
    for (uint32_t i = 0; i < node->schema.count; i++)
      n->u.calc.exprs[i] = rn_physical_expr(b->arena, node->u.project[i], in.map);
  }
  n->schema = rn_physical_schema(b->arena, &node->schema);
  return (rn_built){n, rn_identity_map(b, node->schema.count)};
}

rn_built rn_put_added(rn_plan_builder *b, rn_plan_node *n, const rn_logical *node, rn_built in, uint32_t added) {
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
  return (rn_built){n, map};
}

static rn_window_spec map_window(const rn_window_spec *spec, const int *map) {
  rn_window_spec out = *spec;
  out.time_column = spec->processing_time ? 0 : (uint32_t)map[spec->time_column];
  return out;
}

/* Are there changes that are not shown at once? */
static bool holds(const rn_logical *node) {
  const rn_fire *fire = &node->u.agg.fire;
  return node->kind == RN_L_AGGREGATE && node->u.agg.early && !node->u.agg.fold && (fire->early_us != 0 || (fire->lateness_us && fire->late_us != 0));
}

static rn_plan_node *build_hold(rn_plan_builder *b, const rn_logical *node, rn_plan_node *agg) {
  const rn_fire *fire = &node->u.agg.fire;
  agg->u.group_agg.update_before = false;
  agg->emits = RN_CHANGE_INSERT | RN_CHANGE_UPDATE_AFTER;
  rn_plan_node *n = rn_put_over(b, RN_NODE_HOLD, node->span, rn_arena_printf(b->arena, "%s.hold", node->path), agg);
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

/* The EXPAND whose number of the set the column is, passed on unchanged; NULL: none. */
static const rn_logical *sets_of(const rn_logical *node, uint32_t column) {
  for (;; node = node->inputs[0]) {
    uint32_t width = node->input_count == 1 ? node->inputs[0]->schema.count : 0;
    if (node->kind == RN_L_EXPAND) return column + 1 == node->schema.count ? node : NULL;
    if (node->kind == RN_L_PROJECT && node->u.project[column]->kind == RN_EXPR_COLUMN) column = node->u.project[column]->index;
    else if (node->kind != RN_L_FILTER && !(node->kind == RN_L_WINDOW && column < width)) return NULL;
  }
}

/* A late row counts in the set with the fewest keys: a session there is open as long as any of the others. */
static rn_late_set late_set(const rn_logical *node, const int *map) {
  rn_late_set out = {0, 0};
  for (uint32_t k = 0; k < node->u.agg.key_count && !out.column; k++) {
    const rn_logical *expand = sets_of(node->inputs[0], node->u.agg.keys[k]);
    int most = -1;
    for (uint32_t i = 0; expand && i < expand->u.expand.set_count; i++) {
      int absent = 0;
      for (uint32_t bit = 0; bit < expand->u.expand.key_count; bit++) absent += expand->u.expand.sets[i] >> bit & 1;
      if (absent <= most) continue;
      most = absent;
      out = (rn_late_set){(uint32_t)map[node->u.agg.keys[k]] + 1, expand->u.expand.sets[i]};
    }
  }
  return out;
}

static rn_built build_aggregate(rn_plan_builder *b, const rn_logical *node) {
  rn_built in = rn_physical_below(b, node->inputs[0]);
  bool windowed = node->kind == RN_L_WINDOW_AGG;
  uint32_t *keys = rn_map_columns(b, node->u.agg.keys, node->u.agg.key_count, in.map);
  rn_plan_node *input = rn_put_by_key(b, in.node, keys, node->u.agg.key_count);
  rn_plan_node *n = rn_put_over(b, windowed ? RN_NODE_WINDOW_AGG : RN_NODE_GROUP_AGG, node->span, node->path, input);
  rn_agg_call *calls = rn_physical_calls(b->arena, node->u.agg.calls, node->u.agg.call_count, in.map);
  n->ttl_us[0] = node->ttl_us[0];
  if (windowed) {
    n->u.window_agg.spec = map_window(&node->u.agg.window, in.map);
    n->u.window_agg.key_count = node->u.agg.key_count;
    n->u.window_agg.keys = keys;
    n->u.window_agg.call_count = node->u.agg.call_count;
    n->u.window_agg.calls = calls;
    n->u.window_agg.early = node->u.agg.early;
    n->u.window_agg.update_before = node->u.agg.update_before;
    n->u.window_agg.mini_batch = node->u.agg.mini_batch;
    n->u.window_agg.late_set = late_set(node, in.map);
  } else {
    n->u.group_agg.key_count = node->u.agg.key_count;
    n->u.group_agg.keys = keys;
    n->u.group_agg.call_count = node->u.agg.call_count;
    n->u.group_agg.calls = calls;
    n->u.group_agg.fold = node->u.agg.fold;
    n->u.group_agg.update_before = node->u.agg.update_before;
    n->u.group_agg.mini_batch = node->u.agg.mini_batch;
    n->u.group_agg.global = !node->u.agg.grouped;
    n->u.group_agg.early = node->u.agg.early || node->u.agg.closes;
    n->u.group_agg.window = node->u.agg.window;
    n->u.group_agg.end_key = node->u.agg.end_key;
    if (node->u.agg.late_time) n->u.group_agg.late_time = (uint32_t)in.map[node->u.agg.late_time - 1] + 1;
    n->u.group_agg.late_set = late_set(node, in.map);
    n->u.group_agg.lateness_us = node->u.agg.fire.lateness_us;
  }
  n->schema = rn_physical_schema(b->arena, &node->schema);
  n->emits = node->emits;
  if (holds(node)) n = build_hold(b, node, n);
  return (rn_built){n, rn_identity_map(b, node->schema.count)};
}

static rn_plan_node *resolve_conflicts(rn_plan_builder *b, const rn_logical *root, rn_plan_node *input, const uint32_t *keys) {
  rn_span span = root->u.sink.conflict_span.end ? root->u.sink.conflict_span : root->span;
  rn_plan_node *n = rn_put_over(b, RN_NODE_CONFLICT, span, rn_arena_printf(b->arena, "%s.conflict", root->path), input);
  n->schema = rn_physical_schema(b->arena, &root->schema);
  n->ttl_us[0] = root->ttl_us[0];
  n->u.conflict.conflict = root->u.sink.conflict;
  n->u.conflict.key_count = root->u.sink.key_count;
  n->u.conflict.keys = keys;
  n->u.conflict.table = rn_arena_strdup(b->arena, root->u.sink.table->name);
  n->emits = input->emits;
  if (input->emits != RN_CHANGE_INSERT)
    n->emits = RN_CHANGE_INSERT | RN_CHANGE_DELETE | (root->u.sink.conflict == RN_CONFLICT_DEDUPLICATE ? RN_CHANGE_UPDATE_AFTER : 0);
  return n;
}

static void build_sink(rn_plan_builder *b, const rn_logical *root) {
  rn_plan_node *input = rn_physical_exact(b, root);
  int *same = rn_identity_map(b, root->schema.count);
  uint32_t *keys = rn_map_columns(b, root->u.sink.keys, root->u.sink.key_count, same);
  const rn_connector *connector = root->u.sink.table->connector;
  bool single = connector->sink_is_single && connector->sink_is_single(root->u.sink.table);
  if (single || rn_wants_one(root->u.sink.table, "sink.parallelism")) input = rn_put_gather(b, input);
  bool takes_back = (connector->flags & RN_CONNECTOR_TAKES_BACK) && root->inputs[0]->emits != RN_CHANGE_INSERT;
  if (root->u.sink.key_count) input = rn_put_by_key(b, input, keys, root->u.sink.key_count);
  else if (takes_back) input = rn_put_by_key(b, input, rn_whole_row(b, root->schema.count), root->schema.count);
  if (root->u.sink.resolve) input = resolve_conflicts(b, root, input, keys);
  rn_plan_node *n = rn_put_over(b, RN_NODE_SINK, root->span, root->path, input);
  n->u.sink.conflict = root->u.sink.conflict;
  n->schema = rn_physical_schema(b->arena, &root->schema);
  n->u.sink.table = rn_physical_spec(b->arena, root->u.sink.table);
  n->u.sink.columns = rn_map_columns(b, root->u.sink.columns, root->schema.count, rn_identity_map(b,
      root->u.sink.table->column_count));
  n->u.sink.key_count = root->u.sink.key_count;
  n->u.sink.keys = keys;
  n->u.sink.drop_null_rows = b->settings->not_null_drop;
  n->u.sink.lengths = b->settings->lengths;
}

static void build_collect(rn_plan_builder *b, const rn_logical *root) {
  rn_plan_node *input = rn_put_gather(b, rn_physical_exact(b, root));
  rn_plan_node *n = rn_put_over(b, RN_NODE_COLLECT, root->span, root->path, input);
  n->schema = rn_physical_schema(b->arena, &root->schema);
  if (root->has_key) {
    n->u.collect.key_count = root->key_count;
    n->u.collect.keys = rn_map_columns(b, root->keys, root->key_count, rn_identity_map(b, root->schema.count));
  }
  n->u.collect.fold = b->bounded && !root->u.collect.changelog;
}

rn_built rn_physical_below(rn_plan_builder *b, const rn_logical *node) {
  switch (node->kind) {
    case RN_L_SCAN: return rn_physical_scan(b, node->u.scan);
    case RN_L_VALUES: return build_values(b, node);
    case RN_L_FILTER: return build_filter(b, node);
    case RN_L_PROJECT: return build_project(b, node);
    case RN_L_WINDOW: {
      rn_built in = rn_physical_below(b, node->inputs[0]);
      uint32_t *keys = rn_map_columns(b, node->partition, node->partition_count, in.map);
      bool session = node->u.window.kind == RN_WINDOW_SESSION;
      rn_plan_node *input = session ? rn_put_by_key(b, in.node, keys, node->partition_count) : in.node;
      rn_plan_node *n = rn_put_over(b, RN_NODE_WINDOW, node->span, node->path, input);
      n->u.window.spec = map_window(&node->u.window, in.map);
      n->u.window.key_count = node->partition_count;
      n->u.window.keys = keys;
      return rn_put_added(b, n, node, in, 3);
    }
    case RN_L_EXPAND: {
      rn_built in = rn_physical_below(b, node->inputs[0]);
      rn_plan_node *n = rn_put_over(b, RN_NODE_EXPAND, node->span, NULL, in.node);
      const rn_expand_spec *e = &node->u.expand;
      n->u.expand = (rn_expand_spec){e->key_count, rn_map_columns(b, e->keys, e->key_count, in.map), e->set_count,
                                     RN_NEW_N(b->arena, int64_t, e->set_count)};
      for (uint32_t i = 0; i < e->set_count; i++) n->u.expand.sets[i] = e->sets[i];
      return rn_put_added(b, n, node, in, e->key_count + 1);
    }
    case RN_L_AGGREGATE: case RN_L_WINDOW_AGG: return build_aggregate(b, node);
    case RN_L_OVER: return rn_physical_over(b, node);
    case RN_L_RANK: return rn_physical_rank(b, node);
    case RN_L_SORT: return rn_physical_sort(b, node);
    case RN_L_LIMIT: return rn_physical_limit(b, node);
    case RN_L_UNION: return rn_physical_union(b, node);
    case RN_L_JOIN: return rn_physical_join(b, node);
    case RN_L_SET: return rn_physical_set(b, node);
    case RN_L_UNNEST: {
      rn_built in = rn_physical_below(b, node->inputs[0]);
      rn_plan_node *n = rn_put_over(b, RN_NODE_UNNEST, node->span, NULL, in.node);
      n->u.unnest.column = (uint32_t)in.map[node->u.unnest.column];
      n->u.unnest.outer = node->u.unnest.outer;
      n->u.unnest.ordinality = node->u.unnest.ordinality;
      rn_built out = rn_put_added(b, n, node, in, node->schema.count - node->inputs[0]->schema.count);
      if (node->u.unnest.condition) n->u.unnest.condition = rn_physical_expr(b->arena, node->u.unnest.condition, out.map);
      return out;
    }
    default: rn_unreachable("a sink below another node");
  }
}

static void connect_outputs(rn_plan_builder *b) {
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
static void note_late_sources(rn_plan_builder *b) {
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
  rn_plan_builder b = {.plan = plan, .arena = &plan->arena, .settings = settings, .accesses = accesses, .bounded = true};
  uint32_t access_count = 0;
  for (rn_access *a = accesses; a; a = a->next) access_count++;
  b.sources = RN_NEW_N(b.arena, rn_built, access_count + 1);
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
