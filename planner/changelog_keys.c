/* Upsert keys: the columns by which a node updates its rows (DIALECT 6.4), from the inputs up. See changelog.h. */
#include "planner/changelog_parts.h"
#include "planner/query.h"

bool rn_key_has(const uint32_t *keys, uint32_t count, uint32_t key) {
  for (uint32_t i = 0; i < count; i++)
    if (keys[i] == key) return true;
  return false;
}

/* Which of the window's columns a key column is; -1: none. */
static int window_part(const rn_logical *node, uint32_t column) {
  for (int part = 0; node->has_window_keys && part < 3; part++)
    if (node->window_keys[part] == column) return part;
  return -1;
}
/* Is there a column that names the window among these? */
static bool names_window(const rn_logical *node, const uint32_t *columns, uint32_t count) {
  for (int part = node->window_grows ? 1 : 0; part < 3; part++)
    if (rn_key_has(columns, count, node->window_keys[part])) return true;
  return false;
}
static void set_key(rn_logical *node, uint32_t count, const uint32_t *keys) {
  node->has_key = true;
  node->key_count = count;
  node->keys = keys;
}
/* The input's key, but not what its columns have to do with a window. */
static void take_key(rn_logical *node, const rn_logical *input) {
  if (input->has_key) set_key(node, input->key_count, input->keys);
}
static void same_key(rn_logical *node, const rn_logical *input) {
  take_key(node, input);
  node->has_window_keys = input->has_window_keys;
  node->window_grows = input->window_grows;
  memcpy(node->window_keys, input->window_keys, sizeof node->window_keys);
}

static void project_key(rn_changelog *c, rn_logical *node) {
  const rn_logical *input = node->inputs[0];
  if (!input->has_key) return;
  uint32_t *keys = RN_NEW_N(c->arena, uint32_t, input->key_count + 1), n = 0;
  node->window_grows = input->window_grows;
  for (int part = 0; part < 3; part++) node->window_keys[part] = UINT32_MAX;
  for (uint32_t k = 0; k < input->key_count; k++) {
    int part = window_part(input, input->keys[k]);
    uint32_t i = 0;
    while (i < node->schema.count && !(node->u.project[i]->kind == RN_EXPR_COLUMN &&
                                       node->u.project[i]->index == input->keys[k])) i++;
    if (i == node->schema.count && part < 0) return; /* a key column is not passed on: rows have no identity any more */
    if (i == node->schema.count) continue;
    if (part >= 0) node->window_keys[part] = i;
    keys[n++] = i;
  }
  if (input->has_window_keys && !names_window(node, keys, n)) return;
  node->has_window_keys = input->has_window_keys;
  set_key(node, n, keys);
}

/* A window aggregate that shows every change: any column that names its window will do. */
static void early_key(rn_logical *node) {
  const rn_logical *window = NULL;
  node->has_window_keys = true;
  node->window_grows = node->u.agg.window.kind == RN_WINDOW_CUMULATE;
  for (int part = 0; part < 3; part++) node->window_keys[part] = UINT32_MAX;
  for (uint32_t i = 0; i < node->u.agg.key_count; i++) {
    int part = rn_trace_window(node->inputs[0], node->u.agg.keys[i], &window);
    if (part >= 0) node->window_keys[part] = i;
  }
}

/* Sessions that are shown as they grow: by their key and bounds; one that has other bounds is another. */
static void session_key(rn_changelog *c, rn_logical *node) {
  uint32_t keys = node->u.agg.key_count, window = keys + node->u.agg.call_count;
  uint32_t *columns = RN_NEW_N(c->arena, uint32_t, keys + 3);
  for (uint32_t i = 0; i < keys; i++) columns[i] = i;
  for (uint32_t part = 0; part < 3; part++) columns[keys + part] = node->window_keys[part] = window + part;
  node->has_window_keys = true;
  node->window_grows = false;
  set_key(node, keys + 3, columns);
}

/* Does a row meet one row of this side at most? */
static bool key_is_joined(const rn_logical *side, const uint32_t *joined, uint32_t count) {
  if (!side->has_key) return false;
  for (uint32_t i = 0; i < side->key_count; i++)
    if (!rn_key_has(joined, count, side->keys[i])) return false;
  return true;
}

static void join_key(rn_changelog *c, rn_logical *node) {
  const rn_logical *left = node->inputs[0], *right = node->inputs[1];
  if (!rn_join_pairs(node->u.join.kind) || node->u.join.single) { /* a left row leaves once at most */
    take_key(node, left);
    return;
  }
  uint32_t n = node->u.join.key_count;
  bool take_left = left->has_key, take_right = right->has_key;
  if (take_left && !rn_join_keeps(node->u.join.kind, 1) && key_is_joined(right, node->u.join.right_keys, n)) {
    take_right = false;
  } else if (take_right && !rn_join_keeps(node->u.join.kind, 0) && key_is_joined(left, node->u.join.left_keys, n)) {
    take_left = false;
  } else if (!take_left || !take_right) {
    return;
  }
  uint32_t *keys = RN_NEW_N(c->arena, uint32_t, left->key_count + right->key_count + 1), count = 0;
  for (uint32_t i = 0; take_left && i < left->key_count; i++) keys[count++] = left->keys[i];
  for (uint32_t i = 0; take_right && i < right->key_count; i++) keys[count++] = left->schema.count + right->keys[i];
  set_key(node, count, keys);
}

static void first_columns_key(rn_changelog *c, rn_logical *node, uint32_t count) {
  uint32_t *keys = RN_NEW_N(c->arena, uint32_t, count + 1);
  for (uint32_t i = 0; i < count; i++) keys[i] = i;
  set_key(node, count, keys);
}

/* By the rank's number, or by the key of the rows where only the set of them matters. */
static void rank_key(rn_changelog *c, rn_logical *node) {
  const rn_logical *input = node->inputs[0];
  bool one = node->u.rank.start == node->u.rank.end;
  if (!one && !node->u.rank.number) {
    if (node->u.rank.start == 1) take_key(node, input);
    return;
  }
  uint32_t *keys = RN_NEW_N(c->arena, uint32_t, node->u.rank.key_count + 1), count = node->u.rank.key_count;
  for (uint32_t i = 0; i < count; i++) keys[i] = node->u.rank.keys[i];
  if (!one) keys[count++] = input->schema.count;
  set_key(node, count, keys);
}

/* ORDER BY .. LIMIT on a stream: rows change by their place where it begins behind the first. */
static void sort_key(const rn_changelog *c, rn_logical *node) {
  bool streams = node->u.sort.limit >= 0 && (!c->bounded || c->settings->keep_changes);
  if (streams && node->u.sort.limit == 1) set_key(node, 0, NULL);
  else if (!streams || !node->u.sort.offset) take_key(node, node->inputs[0]);
}

/* Elements are told apart by their number; those of a MAP by their key. */
static void unnest_key(rn_changelog *c, rn_logical *node) {
  const rn_logical *input = node->inputs[0];
  bool is_map = input->schema.fields[node->u.unnest.column].type->id == RN_T_MAP;
  if (!input->has_key || (!is_map && !node->u.unnest.ordinality)) return;
  uint32_t *keys = RN_NEW_N(c->arena, uint32_t, input->key_count + 1);
  for (uint32_t i = 0; i < input->key_count; i++) keys[i] = input->keys[i];
  keys[input->key_count] = node->u.unnest.ordinality ? node->schema.count - 1 : input->schema.count;
  set_key(node, input->key_count + 1, keys);
}

void rn_infer_keys(rn_changelog *c, rn_logical *node) {
  for (uint32_t i = 0; i < node->input_count; i++) rn_infer_keys(c, node->inputs[i]);
  node->bounded = rn_logical_bounded(node);
  node->has_key = node->has_window_keys = false;
  node->key_count = 0;
  const rn_logical *input = node->input_count ? node->inputs[0] : NULL;
  switch (node->kind) {
    case RN_L_PROJECT: project_key(c, node); break;
    case RN_L_AGGREGATE:
      first_columns_key(c, node, node->u.agg.key_count);
      if (node->u.agg.early) early_key(node);
      break;
    case RN_L_WINDOW_AGG:
      if (node->u.agg.early) session_key(c, node);
      break;
    case RN_L_JOIN: join_key(c, node); break;
    case RN_L_SET: /* without ALL every row is there once */
      if (!node->u.set.all) first_columns_key(c, node, node->schema.count);
      break;
    case RN_L_UNNEST: unnest_key(c, node); break;
    case RN_L_RANK: rank_key(c, node); break;
    case RN_L_SORT: sort_key(c, node); break;
    case RN_L_FILTER: case RN_L_LIMIT: case RN_L_SINK: case RN_L_COLLECT:
      same_key(node, input);
      break;
    default: break;
  }
}

/* --- sinks ---------------------------------------------------------------------------------------------------- */
static bool is_constant_column(const rn_logical *node, uint32_t column) {
  return node->kind == RN_L_PROJECT && rn_expr_is_constant(node->u.project[column]);
}

bool rn_sink_key_fits(const rn_logical *sink, const rn_logical *input) {
  if (!input->has_key) return false;
  for (uint32_t i = 0; i < input->key_count; i++)
    if (!rn_key_has(sink->u.sink.keys, sink->u.sink.key_count, input->keys[i]) &&
        !(window_part(input, input->keys[i]) >= 0 && names_window(input, sink->u.sink.keys, sink->u.sink.key_count)))
      return false;
  for (uint32_t i = 0; i < sink->u.sink.key_count; i++)
    if (!rn_key_has(input->keys, input->key_count, sink->u.sink.keys[i]) && !is_constant_column(input,
        sink->u.sink.keys[i])) return false;
  return true;
}
