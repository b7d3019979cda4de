/* What has several inputs: UNION, INTERSECT and EXCEPT, joins; and plans whose columns must be exactly those of a
 * logical node. See physical_parts.h. */
#include "planner/physical_parts.h"

/* Are the columns exactly those of the logical node, in order? */
static bool has_exact_columns(const rn_built *in, uint32_t width) {
  bool alike = in->node->schema.count == width;
  for (uint32_t i = 0; i < width; i++) alike = alike && in->map[i] == (int)i;
  return alike;
}

static rn_plan_node *put_exact_columns(rn_plan_builder *b, const rn_logical *node, rn_built in) {
  uint32_t width = node->schema.count;
  rn_plan_node *n = rn_put_over(b, RN_NODE_CALC, node->span, NULL, in.node);
  n->u.calc.exprs = RN_NEW_N(b->arena, rn_expr *, width + 1);
  for (uint32_t i = 0; i < width; i++)
    n->u.calc.exprs[i] = rn_expr_column(b->arena, (uint32_t)in.map[i], in.node->schema.fields[in.map[i]].type,
                                        node->span);
  n->schema = rn_physical_schema(b->arena, &node->schema);
  return n;
}

/* An input that a node takes twice gets a node of its own, so that every edge has two different ends. */
static rn_plan_node **alike_inputs(rn_plan_builder *b, const rn_logical *node) {
  rn_plan_node **inputs = RN_NEW_N(b->arena, rn_plan_node *, node->input_count);
  for (uint32_t k = 0; k < node->input_count; k++) {
    rn_built in = rn_physical_below(b, node->inputs[k]);
    bool alike = has_exact_columns(&in, node->schema.count);
    for (uint32_t j = 0; j < k; j++) alike = alike && inputs[j] != in.node;
    inputs[k] = alike ? in.node : put_exact_columns(b, node, in);
  }
  return inputs;
}

rn_built rn_physical_union(rn_plan_builder *b, const rn_logical *node) {
  rn_plan_node **inputs = alike_inputs(b, node);
  bool mixed = false;
  for (uint32_t k = 0; k < node->input_count; k++) mixed = mixed || inputs[k]->parallelism != inputs[0]->parallelism;
  for (uint32_t k = 0; k < node->input_count && mixed; k++) inputs[k] = rn_put_gather(b, inputs[k]);
  rn_plan_node *n = rn_put_node(b, RN_NODE_UNION, node->span, NULL, node->input_count, inputs);
  n->schema = rn_physical_schema(b->arena, &node->schema);
  return (rn_built){n, rn_identity_map(b, node->schema.count)};
}

static uint32_t wider(rn_plan_node *const inputs[2]) {
  return inputs[0]->parallelism > inputs[1]->parallelism ? inputs[0]->parallelism : inputs[1]->parallelism;
}

/* Equal rows of both inputs meet. */
rn_built rn_physical_set(rn_plan_builder *b, const rn_logical *node) {
  rn_plan_node **inputs = alike_inputs(b, node);
  uint32_t width = node->schema.count, parallelism = wider(inputs), *all = rn_whole_row(b, width);
  for (int s = 0; s < 2 && parallelism > 1; s++) inputs[s] = rn_put_spread(b, inputs[s], all, width, parallelism);
  rn_plan_node *n = rn_put_node(b, RN_NODE_SET, node->span, node->path, 2, inputs);
  memcpy(n->ttl_us, node->ttl_us, sizeof n->ttl_us);
  n->schema = rn_physical_schema(b->arena, &node->schema);
  n->emits = node->emits;
  n->u.set.except = node->u.set.except;
  n->u.set.all = node->u.set.all;
  n->u.set.fold = node->u.set.fold;
  return (rn_built){n, rn_identity_map(b, width)};
}

/* Both inputs come by their keys, or all rows meet in one place. */
rn_built rn_physical_join(rn_plan_builder *b, const rn_logical *node) {
  rn_built in[2] = {rn_physical_below(b, node->inputs[0]), rn_physical_below(b, node->inputs[1])};
  rn_plan_node *inputs[2] = {in[0].node, in[1].node};
  uint32_t count = node->u.join.key_count, left = node->inputs[0]->schema.count, at = 0;
  bool pairs = rn_join_pairs(node->u.join.kind);
  uint32_t *keys[2] = {rn_map_columns(b, node->u.join.left_keys, count, in[0].map),
                       rn_map_columns(b, node->u.join.right_keys, count, in[1].map)};
  uint32_t parallelism = wider(inputs);
  for (int s = 0; s < 2 && parallelism > 1; s++)
    inputs[s] = count ? rn_put_spread(b, inputs[s], keys[s], count, parallelism) : rn_put_gather(b, inputs[s]);
  if (inputs[0] == inputs[1]) inputs[1] = rn_put_over(b, RN_NODE_CALC, node->span, NULL, inputs[1]); /* two ends */
  rn_plan_node *n = rn_put_node(b, RN_NODE_JOIN, node->span, node->path, 2, inputs);
  memcpy(n->ttl_us, node->ttl_us, sizeof n->ttl_us);
  int *map = RN_NEW_N(b->arena, int, rn_logical_width(node) + 2);
  rn_field *fields = RN_NEW_N(b->arena, rn_field, inputs[0]->schema.count + inputs[1]->schema.count + 2);
  for (uint32_t s = 0; s < 2; s++) {
    uint32_t first = s ? left : 0, width = node->inputs[s]->schema.count, base = at;
    for (uint32_t i = 0; i < inputs[s]->schema.count; i++) {
      const rn_field *f = &inputs[s]->schema.fields[i];
      const rn_type *plain = rn_type_with_time(b->arena, f->type, RN_TIME_NONE);
      fields[at++] = (rn_field){f->name, rn_type_with_null(b->arena, plain, true)};
    }
    for (uint32_t i = 0; i < width; i++) {
      map[first + i] = in[s].map[i] < 0 ? -1 : (int)base + in[s].map[i];
      if (map[first + i] < 0 || (s && !pairs)) continue;
      const rn_field *f = &node->schema.fields[first + i];
      fields[map[first + i]] = (rn_field){rn_arena_strdup(b->arena, f->name), rn_type_copy(b->arena, f->type)};
    }
    n->u.join.keys[s] = keys[s];
    if (node->u.join.late_time[s]) n->u.join.late_time[s] = (uint32_t)in[s].map[node->u.join.late_time[s] - 1] + 1;
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
  return (rn_built){n, map};
}

rn_plan_node *rn_physical_exact(rn_plan_builder *b, const rn_logical *root) {
  rn_built in = rn_physical_below(b, root->inputs[0]);
  return has_exact_columns(&in, root->schema.count) ? in.node : put_exact_columns(b, root, in);
}
