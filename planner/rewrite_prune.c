/* Projection push-down: from the sink down, every node keeps only the columns that someone above reads; at a
 * scan the used columns are marked in the shared rn_access, so that the format decodes nothing else. */
#include "planner/rewrite.h"

typedef struct pruned {
  rn_logical *node;
  int *map; /* old column -> new column, -1: gone */
} pruned;

static pruned prune(rn_rewrite *r, rn_logical *node, const bool *used);

static bool *no_columns(rn_rewrite *r, uint32_t count) { return RN_NEW_N(r->arena, bool, count + 1); }

static int *identity(rn_rewrite *r, uint32_t count) {
  int *map = RN_NEW_N(r->arena, int, count + 1);
  for (uint32_t i = 0; i < count; i++) map[i] = (int)i;
  return map;
}

static rn_expr *remap(rn_rewrite *r, const rn_expr *e, const rn_schema *old, const pruned *below) {
  rn_expr **exprs = RN_NEW_N(r->arena, rn_expr *, old->count + 1);
  for (uint32_t i = 0; i < old->count; i++)
    if (below->map[i] >= 0) exprs[i] = rn_expr_column(r->arena, (uint32_t)below->map[i], old->fields[i].type, e->span);
  return rn_expr_replace(r->arena, e, exprs);
}

static void mark_access(rn_access *a, const bool *used) {
  uint32_t count = a->object->column_count;
  for (uint32_t i = 0; i < count; i++) a->used[i] = a->used[i] || used[i];
}

static pruned prune_project(rn_rewrite *r, rn_logical *node, const bool *used) {
  rn_logical *input = node->inputs[0];
  uint32_t count = 0;
  bool *below_used = no_columns(r, input->schema.count);
  pruned out = {node, RN_NEW_N(r->arena, int, node->schema.count + 1)};
  rn_field *fields = RN_NEW_N(r->arena, rn_field, node->schema.count + 1);
  rn_expr **exprs = RN_NEW_N(r->arena, rn_expr *, node->schema.count + 1);
  bool any = false;
  for (uint32_t i = 0; i < node->schema.count; i++) any = any || used[i];
  for (uint32_t i = 0; i < node->schema.count; i++) {
    out.map[i] = -1;
    if (!used[i] && (any || i > 0)) continue; /* one column stays: it carries the rows */
    out.map[i] = (int)count;
    fields[count] = node->schema.fields[i];
    exprs[count] = node->u.project[i];
    if (!any && exprs[count]->kind != RN_EXPR_CONST) {
      rn_value yes = {.type = rn_type_basic(RN_T_BOOLEAN, false), .u.i = 1};
      exprs[count] = rn_expr_const(r->arena, yes, node->span);
      fields[count].type = yes.type;
      out.map[i] = -1;
    }
    rn_expr_columns(exprs[count++], below_used);
  }
  rn_schema old = input->schema;
  pruned below = prune(r, input, below_used);
  for (uint32_t i = 0; i < count; i++) exprs[i] = remap(r, exprs[i], &old, &below);
  node->inputs[0] = below.node;
  node->u.project = exprs;
  node->schema = (rn_schema){count, fields};
  return out;
}

static pruned prune_filter(rn_rewrite *r, rn_logical *node, const bool *used) {
  uint32_t count = node->schema.count;
  rn_schema old = node->schema;
  bool *below_used = no_columns(r, count);
  for (uint32_t i = 0; i < count; i++) below_used[i] = used[i];
  rn_expr_columns(node->u.filter, below_used);
  pruned below = prune(r, node->inputs[0], below_used);
  node->u.filter = remap(r, node->u.filter, &old, &below);
  node->inputs[0] = below.node;
  node->schema = below.node->schema;
  below.node = node;
  return below;
}

/* Output: input columns, then added ones. Keeps `keep[i]` of the added. */
static pruned appended(rn_rewrite *r, rn_logical *node, pruned below, uint32_t old_width, uint32_t added,
                       const bool *keep) {
  uint32_t width = below.node->schema.count, count = width;
  rn_field *fields = RN_NEW_N(r->arena, rn_field, width + added + 1);
  int *map = RN_NEW_N(r->arena, int, old_width + added + 1);
  for (uint32_t i = 0; i < old_width; i++) map[i] = below.map[i];
  for (uint32_t i = 0; i < width; i++) fields[i] = below.node->schema.fields[i];
  if ((node->kind == RN_L_WINDOW && !node->u.window.processing_time) || node->kind == RN_L_OVER) /* may be no attribute any more */
    for (uint32_t i = 0; i < old_width; i++)
      if (map[i] >= 0) fields[map[i]].type = node->schema.fields[i].type;
  for (uint32_t i = 0; i < added; i++) {
    map[old_width + i] = keep[i] ? (int)count : -1;
    if (keep[i]) fields[count++] = node->schema.fields[old_width + i];
  }
  node->inputs[0] = below.node;
  node->schema = (rn_schema){count, fields};
  return (pruned){node, map};
}

static pruned prune_window(rn_rewrite *r, rn_logical *node, const bool *used) {
  static const bool all[3] = {true, true, true};
  uint32_t width = node->inputs[0]->schema.count;
  bool *below_used = no_columns(r, width);
  for (uint32_t i = 0; i < width; i++) below_used[i] = used[i];
  if (!node->u.window.processing_time) below_used[node->u.window.time_column] = true;
  for (uint32_t i = 0; i < node->partition_count; i++) below_used[node->partition[i]] = true;
  pruned below = prune(r, node->inputs[0], below_used);
  for (uint32_t i = 0; i < node->partition_count; i++) node->partition[i] = (uint32_t)below.map[node->partition[i]];
  if (!node->u.window.processing_time) node->u.window.time_column = (uint32_t)below.map[node->u.window.time_column];
  return appended(r, node, below, width, 3, all);
}

static pruned prune_expand(rn_rewrite *r, rn_logical *node, const bool *used) {
  uint32_t width = node->inputs[0]->schema.count, added = node->u.expand.key_count + 1;
  bool *below_used = no_columns(r, width), *all = no_columns(r, added);
  for (uint32_t i = 0; i < width; i++) below_used[i] = used[i];
  for (uint32_t i = 0; i < added; i++) all[i] = true;
  for (uint32_t i = 0; i < node->u.expand.key_count; i++) below_used[node->u.expand.keys[i]] = true;
  pruned below = prune(r, node->inputs[0], below_used);
  for (uint32_t i = 0; i < node->u.expand.key_count; i++) node->u.expand.keys[i] = (uint32_t)below.map[node->u.expand.keys[i]];
  return appended(r, node, below, width, added, all);
}

static pruned prune_unnest(rn_rewrite *r, rn_logical *node, const bool *used) {
  uint32_t width = node->inputs[0]->schema.count, added = node->schema.count - width;
  bool *below_used = no_columns(r, width), *all = no_columns(r, added);
  rn_expr *condition = node->u.unnest.condition;
  rn_schema old = node->schema;
  bool *read = no_columns(r, old.count);
  if (condition) rn_expr_columns(condition, read);
  for (uint32_t i = 0; i < width; i++) below_used[i] = used[i] || read[i];
  for (uint32_t i = 0; i < added; i++) all[i] = true;
  below_used[node->u.unnest.column] = true;
  pruned below = prune(r, node->inputs[0], below_used);
  node->u.unnest.column = (uint32_t)below.map[node->u.unnest.column];
  pruned out = appended(r, node, below, width, added, all);
  if (condition) node->u.unnest.condition = remap(r, condition, &old, &out);
  return out;
}

static void use_calls(const rn_agg_call *calls, uint32_t count, bool *used) {
  for (uint32_t i = 0; i < count; i++) {
    if (calls[i].argument >= 0) used[calls[i].argument] = true;
    if (calls[i].filter >= 0) used[calls[i].filter] = true;
    if (calls[i].default_column >= 0) used[calls[i].default_column] = true;
  }
}

static void remap_calls(rn_agg_call *calls, uint32_t count, const int *map) {
  for (uint32_t i = 0; i < count; i++) {
    if (calls[i].argument >= 0) calls[i].argument = map[calls[i].argument];
    if (calls[i].filter >= 0) calls[i].filter = map[calls[i].filter];
    if (calls[i].default_column >= 0) calls[i].default_column = map[calls[i].default_column];
  }
}

/* Drops calls whose result nobody reads; keep[i] tells which stayed. */
static uint32_t keep_calls(rn_agg_call *calls, uint32_t count, const bool *used, bool at_least_one, bool *keep) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < count; i++) kept += used[i];
  for (uint32_t i = 0, at = 0; i < count; i++) {
    keep[i] = used[i] || (at_least_one && !kept && i == 0);
    if (keep[i]) calls[at++] = calls[i];
  }
  return kept || !at_least_one ? kept : (count ? 1 : 0);
}

static pruned prune_aggregate(rn_rewrite *r, rn_logical *node, const bool *used) {
  uint32_t keys = node->u.agg.key_count, calls = node->u.agg.call_count;
  bool *keep = no_columns(r, calls);
  bool one = node->kind == RN_L_AGGREGATE && !node->u.agg.grouped;
  node->u.agg.call_count = keep_calls(node->u.agg.calls, calls, used + keys, one || node->kind == RN_L_WINDOW_AGG, keep);
  bool *below_used = no_columns(r, node->inputs[0]->schema.count);
  for (uint32_t i = 0; i < keys; i++) below_used[node->u.agg.keys[i]] = true;
  use_calls(node->u.agg.calls, node->u.agg.call_count, below_used);
  bool timed = node->kind == RN_L_WINDOW_AGG && !node->u.agg.window.processing_time;
  if (timed) below_used[node->u.agg.window.time_column] = true;
  if (node->u.agg.late_time) below_used[node->u.agg.late_time - 1] = true;
  pruned below = prune(r, node->inputs[0], below_used);
  node->inputs[0] = below.node;
  for (uint32_t i = 0; i < keys; i++) node->u.agg.keys[i] = (uint32_t)below.map[node->u.agg.keys[i]];
  remap_calls(node->u.agg.calls, node->u.agg.call_count, below.map);
  if (timed) node->u.agg.window.time_column = (uint32_t)below.map[node->u.agg.window.time_column];
  if (node->u.agg.late_time) node->u.agg.late_time = (uint32_t)below.map[node->u.agg.late_time - 1] + 1;
  pruned out = {node, identity(r, node->schema.count)};
  rn_field *fields = RN_NEW_N(r->arena, rn_field, node->schema.count + 1);
  uint32_t count = 0;
  for (uint32_t i = 0; i < node->schema.count; i++) {
    bool stays = i < keys || i >= keys + calls || keep[i - keys];
    out.map[i] = stays ? (int)count : -1;
    if (stays) fields[count++] = node->schema.fields[i];
  }
  node->schema = (rn_schema){count, fields};
  return out;
}

static pruned prune_over(rn_rewrite *r, rn_logical *node, const bool *used) {
  uint32_t width = node->inputs[0]->schema.count, calls = node->u.over.call_count;
  bool *keep = no_columns(r, calls), *below_used = no_columns(r, width);
  node->u.over.call_count = keep_calls(node->u.over.calls, calls, used + width, true, keep);
  for (uint32_t i = 0; i < width; i++) below_used[i] = used[i];
  for (uint32_t i = 0; i < node->u.over.key_count; i++) below_used[node->u.over.keys[i]] = true;
  bool any = false;
  for (uint32_t i = 0; i < node->u.over.order_count && !node->u.over.processing_time; i++)
    below_used[node->u.over.order[i].column] = true;
  use_calls(node->u.over.calls, node->u.over.call_count, below_used);
  for (uint32_t i = 0; i < width; i++) any = any || below_used[i];
  if (!any) below_used[0] = true;
  pruned below = prune(r, node->inputs[0], below_used);
  for (uint32_t i = 0; i < node->u.over.key_count; i++) node->u.over.keys[i] = (uint32_t)below.map[node->u.over.keys[i]];
  for (uint32_t i = 0; i < node->u.over.order_count; i++) {
    int order = below.map[node->u.over.order[i].column];
    node->u.over.order[i].column = order >= 0 ? (uint32_t)order : 0; /* not read on processing time */
  }
  remap_calls(node->u.over.calls, node->u.over.call_count, below.map);
  return appended(r, node, below, width, calls, keep);
}

static pruned prune_sort(rn_rewrite *r, rn_logical *node, const bool *used) {
  bool *below_used = no_columns(r, node->schema.count);
  for (uint32_t i = 0; i < node->schema.count; i++) below_used[i] = used[i];
  for (uint32_t i = 0; i < node->u.sort.item_count; i++) below_used[node->u.sort.items[i].column] = true;
  pruned below = prune(r, node->inputs[0], below_used);
  for (uint32_t i = 0; i < node->u.sort.item_count; i++)
    node->u.sort.items[i].column = (uint32_t)below.map[node->u.sort.items[i].column];
  node->inputs[0] = below.node;
  node->schema = below.node->schema;
  below.node = node;
  return below;
}

/* Inputs of a UNION must lie alike: exactly the used columns, in order. */
static pruned prune_union(rn_rewrite *r, rn_logical *node, const bool *used) {
  uint32_t count = 0, width = node->schema.count;
  bool *wanted = no_columns(r, width);
  bool any = false;
  for (uint32_t i = 0; i < width; i++) any = any || used[i];
  for (uint32_t i = 0; i < width; i++) wanted[i] = used[i] || (!any && i == 0) || node->kind == RN_L_SET; /* it compares all */
  pruned out = {node, RN_NEW_N(r->arena, int, width + 1)};
  rn_field *fields = RN_NEW_N(r->arena, rn_field, width + 1);
  const char **names = RN_NEW_N(r->arena, const char *, width + 1);
  for (uint32_t i = 0; i < width; i++) {
    out.map[i] = wanted[i] ? (int)count : -1;
    if (!wanted[i]) continue;
    names[count] = node->schema.fields[i].name;
    fields[count++] = node->schema.fields[i];
  }
  for (uint32_t k = 0; k < node->input_count; k++) {
    rn_schema old = node->inputs[k]->schema;
    pruned below = prune(r, node->inputs[k], wanted);
    bool alike = below.node->schema.count == count;
    for (uint32_t i = 0; i < width; i++)
      if (wanted[i]) alike = alike && below.map[i] == out.map[i];
    if (!alike) {
      rn_expr **exprs = RN_NEW_N(r->arena, rn_expr *, count + 1);
      for (uint32_t i = 0; i < width; i++)
        if (wanted[i]) exprs[out.map[i]] = rn_expr_column(r->arena, (uint32_t)below.map[i], old.fields[i].type, node->span);
      below.node = rn_logical_project(r->arena, below.node, count, exprs, names, node->span);
    }
    node->inputs[k] = below.node;
  }
  node->schema = (rn_schema){count, fields};
  return out;
}

/* What reaches a join's state is kept there: columns that are read below only do not go in. */
static pruned only_wanted(rn_rewrite *r, pruned below, const bool *wanted, uint32_t count, rn_span span) {
  const rn_schema *schema = &below.node->schema;
  rn_expr **exprs = RN_NEW_N(r->arena, rn_expr *, count + 1);
  const char **names = RN_NEW_N(r->arena, const char *, count + 1);
  int *map = RN_NEW_N(r->arena, int, count + 1);
  uint32_t kept = 0;
  for (uint32_t i = 0; i < count; i++) {
    map[i] = wanted[i] ? (int)kept : -1;
    if (!wanted[i]) continue;
    uint32_t column = (uint32_t)below.map[i];
    exprs[kept] = rn_expr_column(r->arena, column, schema->fields[column].type, span);
    names[kept++] = schema->fields[column].name;
  }
  if (kept == schema->count) return below;
  return (pruned){rn_logical_project(r->arena, below.node, kept, exprs, names, span), map};
}

static pruned prune_rank(rn_rewrite *r, rn_logical *node, const bool *used) {
  uint32_t width = node->inputs[0]->schema.count, added = node->u.rank.number ? 1 : 0;
  bool *wanted = no_columns(r, width), keep[1] = {added && used[width]}, any = false;
  for (uint32_t i = 0; i < width; i++) wanted[i] = used[i];
  for (uint32_t i = 0; i < node->u.rank.key_count; i++) wanted[node->u.rank.keys[i]] = true;
  for (uint32_t i = 0; i < node->u.rank.order_count; i++) wanted[node->u.rank.order[i].column] = true;
  if (node->u.rank.windowed) wanted[node->u.rank.window_end] = true;
  if (node->u.rank.late_time) wanted[node->u.rank.late_time - 1] = true;
  for (uint32_t i = 0; i < width; i++) any = any || wanted[i];
  if (!any) wanted[0] = true;
  pruned below = only_wanted(r, prune(r, node->inputs[0], wanted), wanted, width, node->span);
  for (uint32_t i = 0; i < node->u.rank.key_count; i++) node->u.rank.keys[i] = (uint32_t)below.map[node->u.rank.keys[i]];
  for (uint32_t i = 0; i < node->u.rank.order_count; i++)
    node->u.rank.order[i].column = (uint32_t)below.map[node->u.rank.order[i].column];
  if (node->u.rank.windowed) node->u.rank.window_end = (uint32_t)below.map[node->u.rank.window_end];
  if (node->u.rank.late_time) node->u.rank.late_time = (uint32_t)below.map[node->u.rank.late_time - 1] + 1;
  node->u.rank.number = keep[0];
  return appended(r, node, below, width, added, keep);
}

/* The columns of the two inputs lie side by side: each input loses what neither the condition, the keys nor
 * anybody above reads. */
static pruned prune_join(rn_rewrite *r, rn_logical *node, const bool *used) {
  bool pairs = rn_join_pairs(node->u.join.kind);
  uint32_t left = node->inputs[0]->schema.count, width = rn_logical_width(node), seen = pairs ? width : left;
  bool *wanted = no_columns(r, width);
  for (uint32_t i = 0; i < seen; i++) wanted[i] = used[i];
  if (node->u.join.condition) rn_expr_columns(node->u.join.condition, wanted);
  for (uint32_t k = 0; k < node->u.join.key_count; k++) {
    wanted[node->u.join.left_keys[k]] = true;
    wanted[left + node->u.join.right_keys[k]] = true;
  }
  for (uint32_t s = 0; s < 2; s++)
    if (node->u.join.late_time[s]) wanted[(s ? left : 0) + node->u.join.late_time[s] - 1] = true;
  pruned out = {node, RN_NEW_N(r->arena, int, width + 2)};
  rn_field *fields = RN_NEW_N(r->arena, rn_field, width + 2), *both = RN_NEW_N(r->arena, rn_field, width + 1);
  rn_schema old = node->schema;
  uint32_t count = 0;
  for (uint32_t i = 0; i < width; i++)
    both[i] = i < left ? node->inputs[0]->schema.fields[i] : node->inputs[1]->schema.fields[i - left];
  for (uint32_t side = 0; side < 2; side++) {
    uint32_t first = side ? left : 0, n = side ? width - left : left, base = count;
    bool any = false;
    for (uint32_t i = 0; i < n; i++) any = any || wanted[first + i];
    if (!any && n) wanted[first] = true; /* one column stays: it carries the rows */
    pruned below = only_wanted(r, prune(r, node->inputs[side], wanted + first), wanted + first, n, node->span);
    node->inputs[side] = below.node;
    const rn_field **from = RN_NEW_N(r->arena, const rn_field *, below.node->schema.count + 1);
    for (uint32_t i = 0; i < n; i++) {
      out.map[first + i] = below.map[i] < 0 ? -1 : (int)base + below.map[i];
      if (below.map[i] >= 0 && first + i < seen) from[below.map[i]] = &old.fields[first + i];
    }
    for (uint32_t i = 0; i < below.node->schema.count; i++) {
      const rn_field *f = &below.node->schema.fields[i];
      fields[count++] = from[i] && rn_type_same(from[i]->type, f->type)
                            ? *from[i]
                            : (rn_field){f->name, rn_type_with_null(r->arena, f->type, true)};
    }
    uint32_t *keys = side ? node->u.join.right_keys : node->u.join.left_keys;
    for (uint32_t k = 0; k < node->u.join.key_count; k++) keys[k] = (uint32_t)below.map[keys[k]];
    uint32_t *late = &node->u.join.late_time[side];
    if (*late) *late = (uint32_t)below.map[*late - 1] + 1;
  }
  pruned pair = {node, out.map};
  rn_schema wide = {width, both};
  if (node->u.join.condition) node->u.join.condition = remap(r, node->u.join.condition, &wide, &pair);
  if (!pairs) {
    count = node->inputs[0]->schema.count;
    if (node->u.join.kind == RN_JOIN_KIND_MARK) {
      out.map[left] = (int)count;
      fields[count++] = old.fields[left];
    }
  }
  node->schema = (rn_schema){count, fields};
  return out;
}

static pruned prune_root(rn_rewrite *r, rn_logical *node) {
  uint32_t count = node->schema.count;
  bool *all = no_columns(r, count);
  for (uint32_t i = 0; i < count; i++) all[i] = true;
  const char **names = RN_NEW_N(r->arena, const char *, count + 1);
  rn_schema old = node->schema;
  pruned below = prune(r, node->inputs[0], all);
  bool alike = below.node->schema.count == count;
  for (uint32_t i = 0; i < count; i++) {
    alike = alike && below.map[i] == (int)i;
    names[i] = old.fields[i].name;
  }
  if (!alike) {
    rn_expr **exprs = RN_NEW_N(r->arena, rn_expr *, count + 1);
    for (uint32_t i = 0; i < count; i++)
      exprs[i] = rn_expr_column(r->arena, (uint32_t)below.map[i], old.fields[i].type, node->span);
    below.node = rn_logical_project(r->arena, below.node, count, exprs, names, node->span);
  }
  node->inputs[0] = below.node;
  return (pruned){node, identity(r, count)};
}

static pruned prune(rn_rewrite *r, rn_logical *node, const bool *used) {
  switch (node->kind) {
    case RN_L_SCAN:
      mark_access(node->u.scan, used);
      return (pruned){node, identity(r, node->schema.count)};
    case RN_L_PROJECT: return prune_project(r, node, used);
    case RN_L_FILTER: return prune_filter(r, node, used);
    case RN_L_WINDOW: return prune_window(r, node, used);
    case RN_L_EXPAND: return prune_expand(r, node, used);
    case RN_L_AGGREGATE: case RN_L_WINDOW_AGG: return prune_aggregate(r, node, used);
    case RN_L_OVER: return prune_over(r, node, used);
    case RN_L_RANK: return prune_rank(r, node, used);
    case RN_L_SORT: return prune_sort(r, node, used);
    case RN_L_UNION: case RN_L_SET: return prune_union(r, node, used);
    case RN_L_JOIN: return prune_join(r, node, used);
    case RN_L_UNNEST: return prune_unnest(r, node, used);
    case RN_L_LIMIT: {
      pruned below = prune(r, node->inputs[0], used);
      node->inputs[0] = below.node;
      node->schema = below.node->schema;
      below.node = node;
      return below;
    }
    case RN_L_SINK: case RN_L_COLLECT: return prune_root(r, node);
    default: return (pruned){node, identity(r, node->schema.count)};
  }
}

rn_logical *rn_rewrite_prune(rn_rewrite *r, rn_logical *root) { return prune_root(r, root).node; }
