/* Logical plan nodes: constructors, walking, paths, and the verifier that runs after every rewrite pass. See logical.h. */
#include "planner/logical.h"
#include "runtime/function.h"

static const char *const kind_names[RN_L_COUNT] = {
    "Scan", "Values", "Filter", "Project", "Window", "Aggregate", "WindowAggregate", "Over", "Rank",
    "Sort", "Limit", "Union", "Set", "Join", "Unnest", "Expand", "Sink", "Collect",
};
const char *rn_logical_kind_name(rn_logical_kind kind) { return kind_names[kind]; }

bool rn_logical_is_stateful(rn_logical_kind kind) {
  switch (kind) {
    case RN_L_AGGREGATE: case RN_L_WINDOW_AGG: case RN_L_OVER: case RN_L_RANK: case RN_L_SORT: case RN_L_LIMIT: case RN_L_SET: case RN_L_JOIN:
      return true;
    default: return false;
  }
}

rn_logical *rn_logical_new(rn_arena *arena, rn_logical_kind kind, rn_span span, uint32_t input_count,
                           rn_logical *const *inputs) {
  rn_logical *node = RN_NEW(arena, rn_logical);
  node->kind = kind;
  node->span = span;
  node->input_count = input_count;
  node->ttl_us[0] = node->ttl_us[1] = -1;
  node->inputs = RN_NEW_N(arena, rn_logical *, input_count ? input_count : 1);
  for (uint32_t i = 0; i < input_count; i++) node->inputs[i] = inputs[i];
  return node;
}

rn_logical *rn_logical_over(rn_arena *arena, rn_logical_kind kind, rn_span span, rn_logical *input) {
  rn_logical *node = rn_logical_new(arena, kind, span, 1, &input);
  node->schema = input->schema;
  return node;
}

bool rn_expr_is_volatile(const rn_expr *e) {
  if (e->kind == RN_EXPR_CALL && e->function && (e->function->flags & RN_FN_VOLATILE)) return true;
  for (uint32_t i = 0; i < e->arg_count; i++)
    if (rn_expr_is_volatile(e->args[i])) return true;
  return false;
}

bool rn_expr_is_proctime(const rn_expr *e) {
  return e->kind == RN_EXPR_CALL && e->function && rn_text_eq_nocase(e->function->name, "PROCTIME");
}

rn_logical *rn_logical_project(rn_arena *arena, rn_logical *input, uint32_t count, rn_expr *const *exprs,
                               const char *const *names, rn_span span) {
  rn_logical *node = rn_logical_new(arena, RN_L_PROJECT, span, 1, &input);
  node->u.project = RN_NEW_N(arena, rn_expr *, count ? count : 1);
  rn_field *fields = RN_NEW_N(arena, rn_field, count ? count : 1);
  for (uint32_t i = 0; i < count; i++) {
    node->u.project[i] = exprs[i];
    const rn_type *type = exprs[i]->type;
    if (exprs[i]->kind == RN_EXPR_COLUMN) { /* a CAST to the same type is a column without the attribute */
      if (type->time_attribute != RN_TIME_NONE) type = input->schema.fields[exprs[i]->index].type;
    } else if (rn_expr_is_proctime(exprs[i]))
      type = rn_type_with_time(arena, type, RN_TIME_PROCTIME);
    else if (type->time_attribute != RN_TIME_NONE)
      type = rn_type_with_time(arena, type, RN_TIME_NONE);
    fields[i] = (rn_field){names[i], type};
  }
  node->schema = (rn_schema){count, fields};
  return node;
}

rn_logical *rn_logical_filter(rn_arena *arena, rn_logical *input, rn_expr *condition, rn_span span) {
  rn_logical *node = rn_logical_over(arena, RN_L_FILTER, span, input);
  node->u.filter = condition;
  return node;
}

bool rn_join_keeps(rn_join_kind kind, unsigned side) {
  if (kind == RN_JOIN_KIND_ANTI || kind == RN_JOIN_KIND_MARK) return side == 0;
  return kind == RN_JOIN_KIND_FULL || kind == (side ? RN_JOIN_KIND_RIGHT : RN_JOIN_KIND_LEFT);
}

const rn_expr *rn_expr_outer(const rn_expr *e) {
  const rn_expr *found = e->kind == RN_EXPR_OUTER ? e : NULL;
  for (uint32_t i = 0; i < e->arg_count && !found; i++) found = rn_expr_outer(e->args[i]);
  return found;
}

static rn_status find_outer(rn_expr **slot, void *ctx) {
  const rn_expr **found = ctx;
  if (!*found) *found = rn_expr_outer(*slot);
  return RN_OK;
}

const rn_expr *rn_logical_outer(const rn_logical *node) {
  const rn_expr *found = NULL;
  (void)rn_logical_visit_exprs((rn_logical *)(uintptr_t)node, find_outer, &found); /* changes nothing */
  for (uint32_t i = 0; i < node->input_count && !found; i++) found = rn_logical_outer(node->inputs[i]);
  return found;
}

int64_t rn_logical_depth(const rn_logical *node, uint32_t input, int64_t depth) {
  return depth + (node->kind == RN_L_JOIN && node->u.join.lateral && input == 1);
}

typedef struct mover {
  rn_arena *arena;
  int64_t depth, by;
} mover;

static rn_expr *move_expr(rn_expr *e, const void *ctx) {
  const mover *m = ctx;
  if (!rn_expr_outer(e)) return e;
  rn_expr *copy = rn_expr_map_args(m->arena, e, move_expr, m);
  if (e->kind == RN_EXPR_OUTER && e->value.u.i > m->depth) copy->value.u.i += m->by;
  return copy;
}

static rn_status move_slot(rn_expr **slot, void *ctx) {
  *slot = move_expr(*slot, ctx);
  return RN_OK;
}

static void move_below(rn_logical *node, mover m) {
  (void)rn_logical_visit_exprs(node, move_slot, &m);
  for (uint32_t i = 0; i < node->input_count; i++)
    move_below(node->inputs[i], (mover){m.arena, rn_logical_depth(node, i, m.depth), m.by});
}

void rn_logical_move_outer(rn_arena *arena, rn_logical *node, int64_t by) { move_below(node, (mover){arena, 0, by}); }

static const char *unique_name(rn_arena *arena, const rn_field *fields, uint32_t count, const char *wanted) {
  const char *name = wanted;
  for (unsigned suffix = 0;; suffix++) {
    bool taken = false;
    for (uint32_t j = 0; j < count && !taken; j++) taken = !strcmp(fields[j].name, name);
    if (!taken) return name;
    name = rn_arena_printf(arena, "%s%u", wanted, suffix);
  }
}

rn_logical *rn_logical_join(rn_arena *arena, rn_join_kind kind, rn_logical *left, rn_logical *right, rn_expr *condition,
                            rn_span span) {
  rn_logical *inputs[] = {left, right};
  rn_logical *node = rn_logical_new(arena, RN_L_JOIN, span, 2, inputs);
  rn_field *fields = RN_NEW_N(arena, rn_field, left->schema.count + right->schema.count + 1);
  uint32_t count = 0;
  for (unsigned side = 0; side < (rn_join_pairs(kind) ? 2 : 1); side++) {
    for (uint32_t i = 0; i < inputs[side]->schema.count; i++) {
      const rn_field *f = &inputs[side]->schema.fields[i];
      const rn_type *type = f->type;
      if (type->time_attribute != RN_TIME_NONE) type = rn_type_with_time(arena, type, RN_TIME_NONE);
      if (rn_join_pairs(kind) && rn_join_keeps(kind, !side)) type = rn_type_with_null(arena, type, true);
      fields[count] = (rn_field){unique_name(arena, fields, count, f->name), type};
      count++;
    }
  }
  if (kind == RN_JOIN_KIND_MARK) {
    fields[count] = (rn_field){unique_name(arena, fields, count, "$mark"), rn_type_basic(RN_T_BOOLEAN, false)};
    count++;
  }
  node->schema = (rn_schema){count, fields};
  node->u.join.kind = kind;
  node->u.join.condition = condition;
  return node;
}

rn_logical *rn_logical_unnest(rn_arena *arena, rn_logical *input, uint32_t column, bool outer, bool ordinality,
                              const rn_field *fields, uint32_t count, rn_span span) {
  rn_logical *node = rn_logical_over(arena, RN_L_UNNEST, span, input);
  uint32_t width = input->schema.count;
  rn_field *all = RN_NEW_N(arena, rn_field, width + count + 1);
  for (uint32_t i = 0; i < width; i++) all[i] = input->schema.fields[i];
  for (uint32_t i = 0; i < count; i++) all[width + i] = (rn_field){unique_name(arena, all, width + i, fields[i].name), fields[i].type};
  node->schema = (rn_schema){width + count, all};
  node->u.unnest.column = column;
  node->u.unnest.outer = outer;
  node->u.unnest.ordinality = ordinality;
  return node;
}

uint32_t rn_logical_width(const rn_logical *node) {
  if (node->kind == RN_L_UNNEST) return node->schema.count;
  if (node->kind == RN_L_JOIN) return node->inputs[0]->schema.count + node->inputs[1]->schema.count;
  return node->input_count ? node->inputs[0]->schema.count : 0;
}

rn_status rn_logical_visit_exprs(rn_logical *node, rn_expr_visit fn, void *ctx) {
  if (node->kind == RN_L_FILTER) return fn(&node->u.filter, ctx);
  if (node->kind == RN_L_JOIN) return node->u.join.condition ? fn(&node->u.join.condition, ctx) : RN_OK;
  if (node->kind == RN_L_UNNEST) return node->u.unnest.condition ? fn(&node->u.unnest.condition, ctx) : RN_OK;
  if (node->kind == RN_L_PROJECT)
    for (uint32_t i = 0; i < node->schema.count; i++)
      if (fn(&node->u.project[i], ctx) != RN_OK) return RN_FAIL;
  return RN_OK;
}

void rn_expr_respan(rn_expr *e, rn_span span) {
  e->span = span;
  for (uint32_t i = 0; i < e->arg_count; i++) rn_expr_respan(e->args[i], span);
}

static rn_status respan_slot(rn_expr **slot, void *ctx) {
  rn_expr_respan(*slot, *(rn_span *)ctx);
  return RN_OK;
}

void rn_logical_respan(rn_logical *node, rn_span span) {
  node->span = span;
  (void)rn_logical_visit_exprs(node, respan_slot, &span);
  if (node->kind == RN_L_AGGREGATE || node->kind == RN_L_WINDOW_AGG)
    for (uint32_t i = 0; i < node->u.agg.call_count; i++) node->u.agg.calls[i].span = span;
  if (node->kind == RN_L_OVER)
    for (uint32_t i = 0; i < node->u.over.call_count; i++) node->u.over.calls[i].span = span;
  for (uint32_t i = 0; i < node->input_count; i++) rn_logical_respan(node->inputs[i], span);
}

/* --- copies ----------------------------------------------------------------------------------------- */
static void *copy_array(rn_arena *arena, const void *items, uint32_t count, size_t size) {
  if (!items) return NULL;
  void *copy = rn_arena_alloc(arena, (count + 1) * size);
  memcpy(copy, items, count * size);
  return copy;
}

rn_logical *rn_logical_copy(rn_arena *arena, const rn_logical *node) {
  rn_logical *copy = RN_NEW(arena, rn_logical);
  *copy = *node;
  copy->inputs = RN_NEW_N(arena, rn_logical *, node->input_count + 1);
  for (uint32_t i = 0; i < node->input_count; i++) copy->inputs[i] = rn_logical_copy(arena, node->inputs[i]);
  copy->partition = copy_array(arena, node->partition, node->partition_count, sizeof *node->partition);
  switch (node->kind) {
    case RN_L_PROJECT: copy->u.project = copy_array(arena, node->u.project, node->schema.count, sizeof *node->u.project); break;
    case RN_L_AGGREGATE: case RN_L_WINDOW_AGG:
      copy->u.agg.keys = copy_array(arena, node->u.agg.keys, node->u.agg.key_count, sizeof *node->u.agg.keys);
      copy->u.agg.calls = copy_array(arena, node->u.agg.calls, node->u.agg.call_count, sizeof *node->u.agg.calls);
      break;
    case RN_L_JOIN:
      copy->u.join.left_keys = copy_array(arena, node->u.join.left_keys, node->u.join.key_count, sizeof *node->u.join.left_keys);
      copy->u.join.right_keys = copy_array(arena, node->u.join.right_keys, node->u.join.key_count, sizeof *node->u.join.right_keys);
      break;
    case RN_L_EXPAND:
      copy->u.expand.keys = copy_array(arena, node->u.expand.keys, node->u.expand.key_count, sizeof *node->u.expand.keys);
      break;
    default: break; /* nothing that a pass changes in place */
  }
  return copy;
}

/* --- paths ------------------------------------------------------------------------------------------ */
static const char *path_word(rn_logical_kind kind) {
  switch (kind) {
    case RN_L_AGGREGATE: case RN_L_WINDOW_AGG: return "agg";
    case RN_L_OVER: return "over";
    case RN_L_SORT: return "sort";
    case RN_L_LIMIT: return "limit";
    case RN_L_JOIN: return "join";
    case RN_L_SET: return "set";
    default: return NULL;
  }
}

void rn_logical_paths(rn_logical *node, const char *path, rn_arena *arena) {
  const char *word = path_word(node->kind);
  if (node->kind == RN_L_WINDOW && node->u.window.kind == RN_WINDOW_SESSION) word = "session";
  if (node->kind == RN_L_SINK || node->kind == RN_L_COLLECT)
    node->path = path;
  else if (word)
    path = node->path = rn_arena_printf(arena, "%s.%s", path, word);
  else if (node->kind == RN_L_VALUES)
    node->path = rn_arena_printf(arena, "%s.values", path);
  for (uint32_t i = 0; i < node->input_count; i++) {
    const char *below = path;
    if (node->kind == RN_L_UNION) below = rn_arena_printf(arena, "%s.union%u", path, i);
    if (node->kind == RN_L_JOIN || node->kind == RN_L_SET) below = rn_arena_printf(arena, "%s.%s", path, i ? "right" : "left");
    rn_logical_paths(node->inputs[i], below, arena);
  }
}

/* --- verifier ------------------------------------------------------------------------------------------- */
static bool columns_in(const rn_expr *e, const rn_schema *schema) {
  if (e->kind == RN_EXPR_COLUMN)
    return e->index < schema->count && rn_type_same(e->type, schema->fields[e->index].type);
  for (uint32_t i = 0; i < e->arg_count; i++)
    if (!columns_in(e->args[i], schema)) return false;
  return true;
}

static bool columns_in_pair(const rn_expr *e, const rn_schema *left, const rn_schema *right) {
  if (e->kind == RN_EXPR_COLUMN) {
    if (e->index >= left->count + right->count) return false;
    return rn_type_same(e->type, (e->index < left->count ? left->fields[e->index] : right->fields[e->index - left->count]).type);
  }
  for (uint32_t i = 0; i < e->arg_count; i++)
    if (!columns_in_pair(e->args[i], left, right)) return false;
  return true;
}

static bool calls_in(const rn_agg_call *calls, uint32_t count, const rn_schema *schema) {
  for (uint32_t i = 0; i < count; i++) {
    if (calls[i].argument >= (int)schema->count || calls[i].filter >= (int)schema->count ||
        calls[i].default_column >= (int)schema->count)
      return false;
    if (calls[i].argument >= 0 && !rn_type_same(schema->fields[calls[i].argument].type, calls[i].arg_type)) return false;
  }
  return true;
}

static bool keys_in(const uint32_t *keys, uint32_t count, uint32_t width) {
  for (uint32_t i = 0; i < count; i++)
    if (keys[i] >= width) return false;
  return true;
}

static bool items_in(const rn_sort_item *items, uint32_t count, uint32_t width) {
  for (uint32_t i = 0; i < count; i++)
    if (items[i].column >= width) return false;
  return true;
}

static bool check(bool holds, const char *what, const char **why) {
  if (!holds) *why = what;
  return holds;
}

bool rn_logical_verify(const rn_logical *node, const char **why) {
  for (uint32_t i = 0; i < node->input_count; i++)
    if (!rn_logical_verify(node->inputs[i], why)) return false;
  const rn_schema *in = node->input_count ? &node->inputs[0]->schema : NULL;
  switch (node->kind) {
    case RN_L_FILTER:
      return check(columns_in(node->u.filter, in), "a filter reads a column that is not there", why) &&
             check(node->schema.count == in->count, "a filter changes the columns", why);
    case RN_L_PROJECT:
      for (uint32_t i = 0; i < node->schema.count; i++)
        if (!check(columns_in(node->u.project[i], in), "a projection reads a column that is not there", why) ||
            !check(rn_type_same(node->u.project[i]->type, node->schema.fields[i].type),
                   "a projection's type differs from its expression", why))
          return false;
      return true;
    case RN_L_WINDOW:
      return check(node->u.window.processing_time || node->u.window.time_column < in->count,
                   "window without time column", why) &&
             check(keys_in(node->partition, node->partition_count, in->count), "a partition key is not there", why) &&
             check(node->schema.count == in->count + 3, "window columns are missing", why);
    case RN_L_EXPAND:
      return check(keys_in(node->u.expand.keys, node->u.expand.key_count, in->count), "a key of a set is not there", why) &&
             check(node->schema.count == in->count + node->u.expand.key_count + 1, "columns of the sets do not add up", why);
    case RN_L_AGGREGATE: case RN_L_WINDOW_AGG:
      return check(keys_in(node->u.agg.keys, node->u.agg.key_count, in->count), "a group key is not there", why) &&
             check(calls_in(node->u.agg.calls, node->u.agg.call_count, in), "an aggregate's argument is not there", why) &&
             check(node->schema.count == node->u.agg.key_count + node->u.agg.call_count +
                   (node->kind == RN_L_WINDOW_AGG ? 3u : 0u), "an aggregate's columns do not add up", why) &&
             check(node->u.agg.late_time <= in->count, "the time of late rows is not there", why) &&
             check(node->kind == RN_L_AGGREGATE || node->u.agg.window.processing_time ||
                   node->u.agg.window.time_column < in->count, "window without time column", why);
    case RN_L_OVER:
      return check(keys_in(node->u.over.keys, node->u.over.key_count, in->count), "a partition key is not there", why) &&
             check(calls_in(node->u.over.calls, node->u.over.call_count, in), "an OVER call's argument is not there",
                   why) &&
             check(items_in(node->u.over.order, node->u.over.order_count, in->count) || node->u.over.processing_time,
                   "OVER without order column", why) &&
             check(node->schema.count == in->count + node->u.over.call_count, "OVER columns do not add up", why);
    case RN_L_RANK:
      return check(keys_in(node->u.rank.keys, node->u.rank.key_count, in->count), "a partition key is not there", why) &&
             check(items_in(node->u.rank.order, node->u.rank.order_count, in->count), "a rank's order is not there", why) &&
             check(!node->u.rank.windowed || node->u.rank.window_end < in->count, "a rank's window is not there", why) &&
             check(node->schema.count == in->count + node->u.rank.number, "a rank's columns do not add up", why);
    case RN_L_SORT:
      for (uint32_t i = 0; i < node->u.sort.item_count; i++)
        if (!check(node->u.sort.items[i].column < in->count, "a sort column is not there", why)) return false;
      return true;
    case RN_L_UNION: case RN_L_SET:
      for (uint32_t i = 0; i < node->input_count; i++) {
        if (!check(node->inputs[i]->schema.count == node->schema.count, "inputs of UNION differ in width",
                   why)) return false;
        for (uint32_t c = 0; c < node->schema.count; c++)
          if (!check(rn_type_same(node->inputs[i]->schema.fields[c].type, node->schema.fields[c].type),
                     "inputs of UNION differ in type", why))
            return false;
      }
      return true;
    case RN_L_JOIN: {
      const rn_schema *right = &node->inputs[1]->schema;
      bool pairs = rn_join_pairs(node->u.join.kind);
      uint32_t own = in->count + (pairs ? right->count : node->u.join.kind == RN_JOIN_KIND_MARK ? 1 : 0);
      if (!check(node->schema.count == own, "a join's columns do not add up", why)) return false;
      for (uint32_t i = 0; i < (pairs ? own : in->count); i++)
        if (!check(rn_type_same(node->schema.fields[i].type, (i < in->count ? in->fields[i]
                                                                            : right->fields[i - in->count]).type),
                   "a join changes a type", why))
          return false;
      return check(!node->u.join.condition || columns_in_pair(node->u.join.condition, in, right),
                   "a join reads a column that is not there", why) &&
             check(keys_in(node->u.join.left_keys, node->u.join.key_count, in->count) &&
                   keys_in(node->u.join.right_keys, node->u.join.key_count, right->count), "a join key is not there", why);
    }
    case RN_L_UNNEST: {
      uint32_t column = node->u.unnest.column;
      return check(column < in->count && rn_type_physical(in->fields[column].type) == RN_P_LIST, "UNNEST without a collection", why) &&
             check(node->schema.count > in->count, "the columns of the elements are missing", why);
    }
    case RN_L_SINK:
      return check(keys_in(node->u.sink.keys, node->u.sink.key_count, in->count), "a sink key is not there", why);
    default: return true;
  }
}
