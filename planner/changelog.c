/* Changelog inference: one walk up for upsert keys, one walk down for what consumers take and need, with the
 * checks on the way back. See changelog.h. */
#include "planner/changelog.h"
#include "planner/query.h"
#include "planner/windowed.h"

enum { UPDATES = RN_CHANGE_UPDATE_BEFORE | RN_CHANGE_UPDATE_AFTER | RN_CHANGE_DELETE,
       ALL_CHANGES = RN_CHANGE_INSERT | UPDATES };

bool rn_logical_bounded(const rn_logical *node) {
  if (node->kind == RN_L_SCAN) return node->u.scan->bounded;
  for (uint32_t i = 0; i < node->input_count; i++)
    if (!rn_logical_bounded(node->inputs[i])) return false;
  return true;
}

/* --- upsert keys (DIALECT 6.4) ------------------------------------------------------------------------------ */
static bool contains(const uint32_t *keys, uint32_t count, uint32_t key) {
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
    if (contains(columns, count, node->window_keys[part])) return true;
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

/* Does a row meet one row of this side at most? */
static bool key_is_joined(const rn_logical *side, const uint32_t *joined, uint32_t count) {
  if (!side->has_key) return false;
  for (uint32_t i = 0; i < side->key_count; i++)
    if (!contains(joined, count, side->keys[i])) return false;
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

static void infer_keys(rn_changelog *c, rn_logical *node) {
  for (uint32_t i = 0; i < node->input_count; i++) infer_keys(c, node->inputs[i]);
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

/* --- who updates -------------------------------------------------------------------------------------------------- */
static const rn_logical *find_updater(const rn_logical *node) {
  if (!(node->emits & UPDATES)) return NULL;
  bool passes = node->kind == RN_L_JOIN && (node->u.join.kind == RN_JOIN_KIND_INNER || node->u.join.kind == RN_JOIN_KIND_SEMI);
  if (node->kind == RN_L_SET && node->u.set.except) return node;
  if (node->kind == RN_L_AGGREGATE || (node->kind == RN_L_JOIN && !passes)) return node;
  if ((node->kind == RN_L_OVER && node->u.over.changes) || (node->kind == RN_L_SORT && node->u.sort.top) ||
      node->kind == RN_L_RANK)
    return node;
  for (uint32_t i = 0; i < node->input_count; i++) {
    const rn_logical *found = find_updater(node->inputs[i]);
    if (found) return found;
  }
  return NULL;
}

static rn_status refuse_updates(rn_changelog *c, const char *consumer, const rn_logical *input, const char *hint) {
  const rn_logical *updater = find_updater(input);
  static const char *const joins[] = {"JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "a sub-query (IN, EXISTS)",
                                      "a sub-query (NOT IN, NOT EXISTS)", "a sub-query"};
  const char *clause = !updater                     ? "the query"
                       : updater->kind == RN_L_SET  ? "EXCEPT"
                       : updater->kind == RN_L_JOIN ? updater->u.join.single ? "a scalar sub-query" : joins[updater->u.join.kind]
                       : updater->kind == RN_L_OVER ? "OVER"
                       : updater->kind == RN_L_RANK ? updater->u.rank.clause
                       : updater->kind == RN_L_SORT ? "ORDER BY .. LIMIT"
                                                    : updater->u.agg.clause;
  return rn_diag(c->diags, RN_E_CHANGELOG, updater ? updater->span : input->span, hint,
                 "%s takes inserts only, but %s updates its rows", consumer, clause);
}

static const char *key_names(rn_changelog *c, const rn_schema *schema, const uint32_t *keys, uint32_t count) {
  rn_builder b = {0};
  for (uint32_t i = 0; i < count; i++) rn_builder_printf(&b, "%s%s", i ? ", " : "", schema->fields[keys[i]].name);
  const char *text = rn_arena_strdup(c->arena, b.data ? b.data : "none");
  rn_builder_free(&b);
  return text;
}

/* --- sinks ---------------------------------------------------------------------------------------------------------- */
static bool is_constant_column(const rn_logical *node, uint32_t column) {
  return node->kind == RN_L_PROJECT && rn_expr_is_constant(node->u.project[column]);
}

/* The sink's key must be the upsert key; constant columns of it tell rows of other queries apart and do no harm. */
static bool sink_key_fits(const rn_logical *sink, const rn_logical *input) {
  if (!input->has_key) return false;
  for (uint32_t i = 0; i < input->key_count; i++)
    if (!contains(sink->u.sink.keys, sink->u.sink.key_count, input->keys[i]) &&
        !(window_part(input, input->keys[i]) >= 0 && names_window(input, sink->u.sink.keys, sink->u.sink.key_count)))
      return false;
  for (uint32_t i = 0; i < sink->u.sink.key_count; i++)
    if (!contains(input->keys, input->key_count, sink->u.sink.keys[i]) && !is_constant_column(input,
        sink->u.sink.keys[i])) return false;
  return true;
}

/* Would the table take the changes if it had a PRIMARY KEY? */
static bool takes_with_key(const rn_logical *sink, uint8_t needed) {
  static const uint32_t first = 0;
  rn_table_spec keyed = *sink->u.sink.table;
  keyed.key_count = 1;
  keyed.keys = &first;
  return (keyed.connector->sink_accepts(&keyed) & needed) == needed;
}

static rn_status check_sink(rn_changelog *c, rn_logical *sink) {
  const rn_logical *input = sink->inputs[0];
  const char *name = sink->u.sink.table->name;
  if (!(input->emits & UPDATES)) return RN_OK;
  const rn_logical *updater = find_updater(input);
  uint8_t needed = input->emits & (RN_CHANGE_UPDATE_AFTER | RN_CHANGE_DELETE);
  if ((sink->u.sink.accepts & needed) != needed) {
    bool aggregate = updater && updater->kind == RN_L_AGGREGATE, early = aggregate && updater->u.agg.early;
    const char *final = early ? "without EMIT CHANGES, early and late firing a window gives final rows; or "
                        : aggregate ? "group by a window (TUMBLE, HOP) to get final rows, or " : "";
    const char *hint = rn_arena_printf(c->arena, "%swrite to a table without WITH: it lies in the database file and takes updates", final);
    if (!sink->u.sink.key_count && input->has_key && input->key_count && takes_with_key(sink, needed))
      hint = rn_arena_printf(c->arena, "%sdeclare PRIMARY KEY (%s) NOT ENFORCED on \"%s\"", final,
                             key_names(c, &input->schema, input->keys, input->key_count), name);
    return refuse_updates(c, rn_arena_printf(c->arena, "table \"%s\"", name), input, hint);
  }
  if (sink->u.sink.conflict && !sink_key_fits(sink, input)) return RN_OK;
  if (sink->u.sink.key_count && !sink_key_fits(sink, input))
    return rn_diag(c->diags, RN_E_SINK_KEY, updater ? updater->span : sink->span,
                   "declare the key by which the query updates, aggregate by the sink's key, or say which row counts: ON CONFLICT DO DEDUPLICATE (the last), NOTHING (the first) or ERROR",
                   "the PRIMARY KEY of table \"%s\" is (%s), but the query updates its rows by (%s)", name,
                   key_names(c, &sink->schema, sink->u.sink.keys, sink->u.sink.key_count),
                   input->has_key ? key_names(c, &input->schema, input->keys, input->key_count) : "none");
  bool by_row = !sink->u.sink.key_count && (sink->u.sink.table->connector->flags & RN_CONNECTOR_TAKES_BACK);
  if (by_row && input->has_key && input->key_count)
    rn_diag(c->diags, RN_W_NO_KEY, sink->span,
            rn_arena_printf(c->arena, "PRIMARY KEY (%s) NOT ENFORCED in \"%s\" updates them by key",
                            key_names(c, &input->schema, input->keys, input->key_count), name),
            "table \"%s\" has no PRIMARY KEY: each change of the query looks for the equal row", name);
  return RN_OK;
}

/* --- ON CONFLICT ----------------------------------------------------------------------------------------------------- */
static bool resolves(const rn_changelog *c, rn_logical *sink) {
  if (!sink->u.sink.key_count || sink_key_fits(sink, sink->inputs[0])) return false;
  if (!sink->u.sink.conflict && c->settings->latest_wins) sink->u.sink.conflict = RN_CONFLICT_DEDUPLICATE;
  return sink->u.sink.conflict != RN_CONFLICT_NONE;
}

/* --- the walk down -------------------------------------------------------------------------------------------------- */
typedef struct wants {
  uint8_t accepts;     /* RN_CHANGE_* bits the consumers take */
  bool update_before;  /* somebody needs -U */
  bool shows_changes;  /* somebody shows or keeps every single change */
} wants;

static rn_status infer(rn_changelog *c, rn_logical *node, wants w);

static rn_status inputs(rn_changelog *c, rn_logical *node, wants w) {
  node->emits = 0;
  for (uint32_t i = 0; i < node->input_count; i++) {
    if (infer(c, node->inputs[i], w) != RN_OK) return RN_FAIL;
    node->emits |= node->inputs[i]->emits;
  }
  if (!node->input_count) node->emits = RN_CHANGE_INSERT;
  return RN_OK;
}

static rn_status inserts_only(rn_changelog *c, rn_logical *node, const char *consumer) {
  wants w = {RN_CHANGE_INSERT, false, false};
  if (inputs(c, node, w) != RN_OK) return RN_FAIL;
  if (node->emits & UPDATES)
    return refuse_updates(c, consumer, node->inputs[0],
                          "operators on updated rows do not exist yet for unbounded input: aggregate by a window first");
  node->emits = RN_CHANGE_INSERT;
  return RN_OK;
}

static void warn_state(rn_changelog *c, const rn_logical *node, const char *clause) {
  if (node->bounded) return;
  rn_diag(c->diags, RN_W_STATE_GROWS, node->span, "add a window where old keys need not be kept",
          "%s keeps a row for every key for ever", clause);
}

static rn_status infer_aggregate(rn_changelog *c, rn_logical *node, wants w) {
  bool every_change = c->every_change || (c->settings->mini_batch_off && !c->settings->batch_mode);
  bool updates = node->u.agg.call_count > 0;
  node->u.agg.fold = node->u.agg.closes || (c->bounded && !(every_change && (w.accepts & RN_CHANGE_UPDATE_AFTER)));
  if (!updates) node->u.agg.fold = false; /* DISTINCT gives a row when it first sees it */
  const char *consumer = !strcmp(node->u.agg.clause,
                                 "DISTINCT") ? "DISTINCT" : node->u.agg.grouped ? "GROUP BY" : "an aggregate";
  if (inserts_only(c, node, consumer) != RN_OK) return RN_FAIL;
  node->u.agg.update_before = w.update_before && updates && !node->u.agg.fold;
  if (updates && !node->u.agg.fold) node->emits |= RN_CHANGE_UPDATE_AFTER;
  if (node->u.agg.update_before) node->emits |= RN_CHANGE_UPDATE_BEFORE;
  if (node->u.agg.key_count && !node->u.agg.early && !node->u.agg.closes) warn_state(c, node, node->u.agg.clause);
  node->u.agg.mini_batch = updates && !node->u.agg.fold && !c->settings->keep_changes && !c->settings->mini_batch_off &&
                           (c->settings->mini_batch || !w.shows_changes);
  return RN_OK;
}

/* --- OVER ------------------------------------------------------------------------------------------------------------ */
/* A call that looks at rows behind the current one. */
static const rn_agg_call *whole_call(const rn_logical *node) {
  for (uint32_t i = 0; i < node->u.over.call_count; i++)
    if (node->u.over.calls[i].ops->over >= RN_OVER_LEAD) return &node->u.over.calls[i];
  return NULL;
}

static bool ends_at_current_row(const rn_frame *f) {
  return f->high.kind == RN_FRAME_AT && f->high.offset == 0 && !(f->high.real < 0) && !(f->high.real > 0);
}

static bool begins_before(const rn_frame *f) {
  return f->low.kind == RN_FRAME_FIRST || (f->low.kind == RN_FRAME_AT && f->low.offset <= 0 && !(f->low.real > 0));
}

/* Rows that come in the order of time, with nothing to wait for: op_over.c. */
static bool goes_with_time(const rn_logical *node) {
  if (node->u.over.order_count != 1 || node->u.over.order[0].descending) return false;
  const rn_field *order = &node->inputs[0]->schema.fields[node->u.over.order[0].column];
  bool timed = node->u.over.processing_time || order->type->time_attribute == RN_TIME_ROWTIME;
  return timed && ends_at_current_row(&node->u.over.frame) && begins_before(&node->u.over.frame) && !whole_call(node);
}

/* On a stream without time, only what later rows correct can be answered: everything up to the current row. */
static rn_status check_stream_over(rn_changelog *c, const rn_logical *node) {
  const rn_agg_call *call = whole_call(node);
  const char *bounded = "it works on bounded input";
  if (call)
    return rn_diag(c->diags, RN_E_OVER, call->span, bounded, "%s needs all rows of a partition: a stream never has them",
                   call->aggregate->name);
  if (!node->u.over.order_count)
    return rn_diag(c->diags, RN_E_OVER, node->span, "add ORDER BY with the event-time column or a PROCTIME() column",
                   "OVER on a stream needs an ORDER BY");
  if (!ends_at_current_row(&node->u.over.frame) || !begins_before(&node->u.over.frame))
    return rn_diag(c->diags, RN_E_OVER, node->u.over.frame_span, bounded,
                   "a frame ends at CURRENT ROW on streams: later rows are not there yet");
  if (node->u.over.order_count > 1)
    return rn_diag(c->diags, RN_E_OVER, node->u.over.order_span,
                   "ROW_NUMBER() OVER (..) alone with a filter that ends, such as rn <= 10, is a Top-N, in any order; or bound the input",
                   "OVER on a stream is ordered by a single column");
  const rn_field *order = &node->inputs[0]->schema.fields[node->u.over.order[0].column];
  if (node->u.over.order[0].descending)
    return rn_diag(c->diags, RN_E_OVER, node->u.over.order_span,
                   "ROW_NUMBER() OVER (..) alone with a filter that ends, such as rn <= 10, is a Top-N, in any order; or bound the input",
                   "OVER is ordered ascending on streams: the latest row comes last");
  if (node->u.over.frame.low.kind != RN_FRAME_FIRST)
    return rn_diag(c->diags, RN_E_OVER, node->u.over.order_span,
                   "order by the column with the WATERMARK, or by a PROCTIME() column",
                   "a frame of some rows on a stream is ordered by a time attribute, and \"%s\" is %s", order->name,
                   rn_type_name(c->arena, order->type));
  for (uint32_t i = 0; i < node->u.over.call_count; i++)
    if (node->u.over.calls[i].ops->over == RN_OVER_LAG)
      return rn_diag(c->diags, RN_E_OVER, node->u.over.order_span,
                     "order by the column with the WATERMARK, or by a PROCTIME() column",
                     "LAG on a stream is ordered by a time attribute, and \"%s\" is %s", order->name,
                     rn_type_name(c->arena, order->type));
  return RN_OK;
}

static bool can_stream_over(const rn_logical *node) {
  for (uint32_t i = 0; i < node->u.over.call_count; i++)
    if (node->u.over.calls[i].ops->over >= RN_OVER_LAG) return false;
  const rn_frame *f = &node->u.over.frame;
  return node->u.over.order_count == 1 && !node->u.over.order[0].descending && f->low.kind == RN_FRAME_FIRST && ends_at_current_row(f);
}

/* Partitions go when their frame has passed: frames of RANGE with an end in event time, whose calls hold nothing else
 * (op_over.c: forgets). */
static bool over_forgets(const rn_logical *node) {
  if (node->u.over.whole || node->u.over.processing_time || node->u.over.frame.rows || node->u.over.frame.low.kind == RN_FRAME_FIRST)
    return false;
  for (uint32_t i = 0; i < node->u.over.call_count; i++)
    if (node->u.over.calls[i].distinct || node->u.over.calls[i].ops->over) return false;
  return true;
}

static rn_status infer_conflict(rn_changelog *c, rn_logical *sink, wants w) {
  static const char *const whats[] = {"", "NOTHING keeps the first row", "ERROR keeps the row", "DEDUPLICATE keeps all rows"};
  bool takes = (sink->u.sink.accepts & (RN_CHANGE_UPDATE_AFTER | RN_CHANGE_DELETE)) == (RN_CHANGE_UPDATE_AFTER | RN_CHANGE_DELETE);
  w.accepts = takes ? ALL_CHANGES : RN_CHANGE_INSERT;
  w.update_before = takes;
  w.shows_changes = false;
  if (inputs(c, sink, w) != RN_OK || check_sink(c, sink) != RN_OK) return RN_FAIL;
  /* of rows that only come the last one counts anyway */
  sink->u.sink.resolve = sink->u.sink.conflict != RN_CONFLICT_DEDUPLICATE || sink->emits != RN_CHANGE_INSERT;
  if (sink->u.sink.resolve && !rn_logical_bounded(sink))
    rn_diag(c->diags, RN_W_STATE_GROWS, sink->u.sink.conflict_span.end ? sink->u.sink.conflict_span : sink->span,
            "with the table's PRIMARY KEY as the key of the query nothing is kept", "ON CONFLICT DO %s of every key for ever",
            whats[sink->u.sink.conflict]);
  return RN_OK;
}

static rn_status infer_over(rn_changelog *c, rn_logical *node, wants w) {
  node->u.over.whole = !goes_with_time(node);
  if (node->u.over.whole && !c->bounded && check_stream_over(c, node) != RN_OK) return RN_FAIL;
  node->u.over.changes = node->u.over.whole && (!c->bounded || (c->settings->keep_changes && can_stream_over(node) && (w.accepts & RN_CHANGE_UPDATE_AFTER)));
  if (inserts_only(c, node, "OVER") != RN_OK) return RN_FAIL;
  if (node->u.over.changes) {
    node->u.over.update_before = w.update_before || !node->has_key;
    node->u.over.each = c->settings->keep_changes || c->settings->mini_batch_off;
    node->emits |= RN_CHANGE_UPDATE_AFTER | (node->u.over.update_before ? RN_CHANGE_UPDATE_BEFORE : 0);
  }
  if (node->u.over.changes || (node->u.over.key_count && !over_forgets(node))) warn_state(c, node, "OVER");
  return RN_OK;
}

/* --- Top-N --------------------------------------------------------------------------------------------------------- */
static void emit_top(rn_logical *node, int64_t start, int64_t end, bool number, const wants *w, bool *update_before) {
  bool by_position = number || start > 1 || end == 1;
  *update_before = by_position && (w->update_before || !node->has_key);
  node->emits |= by_position ? RN_CHANGE_UPDATE_AFTER : RN_CHANGE_DELETE;
  if (*update_before) node->emits |= RN_CHANGE_UPDATE_BEFORE;
}

static rn_status infer_rank(rn_changelog *c, rn_logical *node, wants w) {
  bool first = node->u.rank.time != RN_TIME_NONE && !node->u.rank.latest;
  if (inserts_only(c, node, node->u.rank.clause) != RN_OK) return RN_FAIL;
  node->u.rank.mode = RN_RANK_WINDOW;
  if (node->u.rank.windowed) return RN_OK;
  bool streams = !c->bounded || (c->settings->keep_changes && (first || (w.accepts & (RN_CHANGE_UPDATE_AFTER | RN_CHANGE_DELETE))));
  node->u.rank.mode = !streams ? RN_RANK_FINAL : first && node->u.rank.time == RN_TIME_ROWTIME ? RN_RANK_FIRST : RN_RANK_CHANGES;
  if (!streams) return RN_OK;
  if (!first) emit_top(node, node->u.rank.start, node->u.rank.end, node->u.rank.number, &w, &node->u.rank.update_before);
  if (node->u.rank.key_count) warn_state(c, node, node->u.rank.clause);
  return RN_OK;
}

static rn_status infer_sort(rn_changelog *c, rn_logical *node, wants w) {
  const rn_sort_item *first = &node->u.sort.items[0];
  const rn_field *field = &node->inputs[0]->schema.fields[first->column];
  bool time_first = field->type->time_attribute == RN_TIME_ROWTIME && !first->descending;
  node->u.sort.temporal = time_first && (!c->bounded || c->settings->keep_changes);
  bool fits = node->u.sort.limit >= 0 && node->u.sort.limit <= INT32_MAX - node->u.sort.offset;
  node->u.sort.top = fits && !time_first &&
                     (!c->bounded || (c->settings->keep_changes && (w.accepts & (RN_CHANGE_UPDATE_AFTER | RN_CHANGE_DELETE))));
  if (node->u.sort.top) {
    if (inserts_only(c, node, "ORDER BY .. LIMIT") != RN_OK) return RN_FAIL;
    emit_top(node, node->u.sort.offset + 1, node->u.sort.offset + node->u.sort.limit, false, &w, &node->u.sort.update_before);
    return RN_OK;
  }
  if (!c->bounded && !time_first) {
    const char *hint = "the first column of ORDER BY must be the event-time column, ascending: a stream has no end at which to sort";
    if (first->descending && field->type->time_attribute == RN_TIME_ROWTIME)
      return rn_diag(c->diags, RN_E_UNSUPPORTED, node->span, hint, "a stream cannot be sorted by descending time");
    const char *what = field->name[0] == '$' ? "the expression" : rn_arena_printf(c->arena, "\"%s\"", field->name);
    return rn_diag(c->diags, RN_E_UNSUPPORTED, node->span, hint,
                   "sort on a non-time-attribute field is not supported on streams: %s is %s", what,
                   rn_type_name(c->arena, field->type));
  }
  return inserts_only(c, node, "ORDER BY");
}

/* Conjuncts that compare time attributes of both sides: with both bounds it is an interval join. */
static bool reads_time(const rn_logical *node, const rn_expr *e, unsigned side) {
  uint32_t width = node->inputs[0]->schema.count;
  if (e->kind == RN_EXPR_COLUMN) {
    if ((e->index >= width) != (side == 1)) return false;
    return node->inputs[side]->schema.fields[side ? e->index - width : e->index].type->time_attribute != RN_TIME_NONE;
  }
  for (uint32_t i = 0; i < e->arg_count; i++)
    if (reads_time(node, e->args[i], side)) return true;
  return false;
}

static uint32_t time_bounds(const rn_logical *node, const rn_expr *e) {
  if (!e) return 0;
  if (e->kind != RN_EXPR_AND) return reads_time(node, e, 0) && reads_time(node, e, 1) ? 1 : 0;
  uint32_t count = 0;
  for (uint32_t i = 0; i < e->arg_count; i++) count += time_bounds(node, e->args[i]);
  return count;
}

/* Joins whose state ends with time have operators of their own; a regular join would keep every row for ever. */
static rn_status refuse_timed_join(rn_changelog *c, const rn_logical *node) {
  if (node->bounded) return RN_OK;
  bool interval = time_bounds(node, node->u.join.condition) > 1, pairs = rn_join_pairs(node->u.join.kind);
  uint32_t windowed = 0;
  for (uint32_t k = 0; k < node->u.join.key_count; k++) {
    rn_windowed_column left, right;
    uint32_t l = node->u.join.left_keys[k], r = node->u.join.right_keys[k];
    interval = interval || (node->inputs[0]->schema.fields[l].type->time_attribute == RN_TIME_ROWTIME &&
                            node->inputs[1]->schema.fields[r].type->time_attribute == RN_TIME_ROWTIME);
    if (rn_windowed(node->inputs[0], l, &left) && rn_windowed(node->inputs[1], r, &right) && left.part <= RN_WINDOWED_END &&
        left.part == right.part)
      windowed++;
  }
  if (windowed > 1)
    return rn_diag(c->diags, RN_E_UNSUPPORTED, node->span, NULL,
                   "a window join (window_start and window_end of both inputs) needs windows on event time, of one kind of timestamp");
  if (interval && pairs) /* SEMI and ANTI are regular joins in the dialect, too */
    return rn_diag(c->diags, RN_E_UNSUPPORTED, node->span, NULL,
                   "an interval join (bounds between the time columns of both inputs) is not supported on streams yet");
  return RN_OK;
}

static rn_status infer_join(rn_changelog *c, rn_logical *node, wants w) {
  rn_join_kind kind = node->u.join.kind;
  bool outer = kind != RN_JOIN_KIND_INNER && kind != RN_JOIN_KIND_SEMI;
  if (node->u.join.windowed) return inserts_only(c, node, "a window join");
  if (refuse_timed_join(c, node) != RN_OK) return RN_FAIL;
  /* a row that changes must take all its pairs back first */
  wants below = {w.accepts == RN_CHANGE_INSERT ? RN_CHANGE_INSERT : ALL_CHANGES, true, w.shows_changes};
  if (inputs(c, node, below) != RN_OK) return RN_FAIL;
  if (kind == RN_JOIN_KIND_SEMI && node->emits != RN_CHANGE_INSERT) outer = true; /* a row may go with its last partner */
  node->u.join.fold = outer && c->bounded && !(c->every_change && (w.accepts & RN_CHANGE_DELETE));
  if (outer && !node->u.join.fold) node->emits |= RN_CHANGE_INSERT | RN_CHANGE_DELETE;
  const rn_logical *first = node->inputs[0]; /* NOT IN is two joins: told once */
  bool told = first->kind == RN_L_JOIN && first->span.begin == node->span.begin && first->span.end == node->span.end;
  if (!node->bounded && !told)
    rn_diag(c->diags, RN_W_STATE_GROWS, node->span, "aggregate by a window before the join, to keep fewer rows",
            "%s keeps every row of both inputs for ever", !rn_join_pairs(kind) || node->u.join.single ? "a sub-query" : "JOIN");
  return RN_OK;
}

static rn_status infer_set(rn_changelog *c, rn_logical *node, wants w) {
  wants below = {w.accepts == RN_CHANGE_INSERT ? RN_CHANGE_INSERT : ALL_CHANGES, true, w.shows_changes};
  if (inputs(c, node, below) != RN_OK) return RN_FAIL;
  bool updates = node->u.set.except || node->emits != RN_CHANGE_INSERT;
  node->u.set.fold = updates && c->bounded && !(c->every_change && (w.accepts & RN_CHANGE_DELETE));
  node->emits = updates && !node->u.set.fold ? RN_CHANGE_INSERT | RN_CHANGE_DELETE : RN_CHANGE_INSERT;
  if (!node->bounded)
    rn_diag(c->diags, RN_W_STATE_GROWS, node->span, NULL, "%s keeps every different row of both inputs for ever",
            node->u.set.except ? "EXCEPT" : "INTERSECT");
  return RN_OK;
}

/* Does the condition read key columns only? Then all changes of a row pass or fail together. */
static bool on_key_only(rn_changelog *c, const rn_logical *node) {
  bool *used = RN_NEW_N(c->arena, bool, node->schema.count + 1);
  rn_expr_columns(node->u.filter, used);
  for (uint32_t i = 0; i < node->schema.count; i++)
    if (used[i] && !(node->has_key && contains(node->keys, node->key_count, i))) return false;
  return true;
}

static rn_status infer(rn_changelog *c, rn_logical *node, wants w) {
  switch (node->kind) {
    case RN_L_AGGREGATE: return infer_aggregate(c, node, w);
    case RN_L_WINDOW_AGG: return inserts_only(c, node, "a window aggregate");
    case RN_L_WINDOW: return node->u.window.kind == RN_WINDOW_SESSION ? inserts_only(c, node, "SESSION") : inputs(c, node, w);
    case RN_L_OVER: return infer_over(c, node, w);
    case RN_L_RANK: return infer_rank(c, node, w);
    case RN_L_JOIN: return infer_join(c, node, w);
    case RN_L_SET: return infer_set(c, node, w);
    case RN_L_UNNEST: /* what an update takes away may be more or fewer elements than it brings */
      w.update_before = true;
      return inputs(c, node, w);
    case RN_L_SORT: return infer_sort(c, node, w);
    case RN_L_LIMIT: return inserts_only(c, node, "LIMIT");
    case RN_L_FILTER: /* +U that fails must still take the old row away */
      w.update_before = w.update_before || !on_key_only(c, node);
      return inputs(c, node, w);
    case RN_L_SINK:
      if (resolves(c, node)) return infer_conflict(c, node, w);
      w.accepts = node->u.sink.accepts;
      w.update_before = !node->u.sink.key_count && (w.accepts & RN_CHANGE_UPDATE_BEFORE);
      w.shows_changes = !node->u.sink.key_count && !(node->u.sink.table->connector->flags & RN_CONNECTOR_TAKES_BACK);
      if (inputs(c, node, w) != RN_OK) return RN_FAIL;
      return check_sink(c, node);
    case RN_L_COLLECT:
      w.accepts = ALL_CHANGES;
      w.update_before = node->u.collect.changelog || !node->has_key;
      w.shows_changes = true;
      return inputs(c, node, w);
    default: return inputs(c, node, w);
  }
}

static void mark_stop(rn_logical *root) {
  rn_logical *node = root->kind == RN_L_COLLECT ? root->inputs[0] : NULL;
  while (node && node->kind == RN_L_PROJECT) node = node->inputs[0];
  if (node && node->kind == RN_L_LIMIT) node->u.limit.stops_query = true;
  if (node && node->kind == RN_L_SORT) node->u.sort.stops_query = node->u.sort.temporal;
}

rn_status rn_infer_changelog(rn_changelog *c, rn_logical *root) {
  infer_keys(c, root);
  wants w = {ALL_CHANGES, false, true};
  rn_status status = infer(c, root, w);
  mark_stop(root);
  return status;
}
