/* Changelog inference: one walk up for upsert keys (changelog_keys.c), one walk down for what consumers take and need, with
 * the checks on the way back. See changelog.h. */
#include "planner/changelog_parts.h"
#include "planner/query.h"
#include "planner/windowed.h"

bool rn_logical_bounded(const rn_logical *node) {
  if (node->kind == RN_L_SCAN) return node->u.scan->bounded;
  for (uint32_t i = 0; i < node->input_count; i++)
    if (!rn_logical_bounded(node->inputs[i])) return false;
  return true;
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
  if (node->emits & RN_UPDATES)
    return rn_refuse_updates(c, consumer, node->inputs[0],
                          "operators on updated rows do not exist yet for unbounded input: aggregate by a window first");
  node->emits = RN_CHANGE_INSERT;
  return RN_OK;
}

/* --- time to live ----------------------------------------------------------------------------------------------------- */
/* Does the node keep keys for as long as it is not told otherwise? What belongs to a window goes with it. */
static bool keeps_keys(const rn_logical *node) {
  switch (node->kind) {
    case RN_L_AGGREGATE: return !node->u.agg.early && !node->u.agg.closes;
    case RN_L_RANK: return !node->u.rank.windowed;
    case RN_L_JOIN: return !node->u.join.windowed;
    case RN_L_OVER: case RN_L_SET: case RN_L_SORT: case RN_L_SINK: return true;
    default: return false;
  }
}

/* A hint counts before the setting. A run over bounded input is one: nothing in it is idle. */
static void set_ttl(const rn_changelog *c, rn_logical *node) {
  bool counts = keeps_keys(node) && !c->bounded && !c->settings->batch_mode;
  for (unsigned i = 0; i < 2; i++) {
    if (!counts) node->ttl_us[i] = 0;
    else if (node->ttl_us[i] < 0) node->ttl_us[i] = c->settings->state_ttl_us;
  }
}

static bool state_stays(const rn_logical *node) {
  return !node->ttl_us[0] || (node->input_count > 1 && !node->ttl_us[1]);
}

static void warn_state(rn_changelog *c, const rn_logical *node, const char *clause) {
  if (node->bounded || !state_stays(node)) return;
  rn_diag(c->diags, RN_W_STATE_GROWS, node->span, "add a window, or SET 'table.exec.state.ttl' = '1 d', where old keys need not be kept",
          "%s keeps a row for every key for ever", clause);
}

/* Bounded input, and nobody who would see anything but the last change. */
static bool folds(const rn_changelog *c, const wants *w) {
  bool every_change = c->every_change || (c->settings->mini_batch_off && !c->settings->batch_mode);
  return c->bounded && !(every_change && (w->accepts & RN_CHANGE_UPDATE_AFTER));
}

static bool folds_batches(const rn_changelog *c, const wants *w) {
  return !c->settings->keep_changes && !c->settings->mini_batch_off && (c->settings->mini_batch || !w->shows_changes);
}

/* Early: sessions. */
static rn_status infer_window_aggregate(rn_changelog *c, rn_logical *node, wants w) {
  if (folds(c, &w)) node->u.agg.early = false;
  if (inserts_only(c, node, "a window aggregate") != RN_OK) return RN_FAIL;
  if (!node->u.agg.early) return RN_OK;
  node->u.agg.update_before = w.update_before;
  node->u.agg.mini_batch = folds_batches(c, &w);
  node->emits |= RN_CHANGE_UPDATE_AFTER | RN_CHANGE_DELETE | (w.update_before ? RN_CHANGE_UPDATE_BEFORE : 0);
  return RN_OK;
}

static rn_status infer_aggregate(rn_changelog *c, rn_logical *node, wants w) {
  bool updates = node->u.agg.call_count > 0;
  node->u.agg.fold = node->u.agg.closes || folds(c, &w);
  if (node->u.agg.early && node->u.agg.window.kind == RN_WINDOW_SESSION) { /* was not made a WINDOW_AGG: a call reads its bounds */
    if (!folds(c, &w)) return rn_refuse_session_changes(c->diags, node->span);
    node->u.agg.early = false;
  }
  if (!updates) node->u.agg.fold = false; /* DISTINCT gives a row when it first sees it */
  const char *consumer = !strcmp(node->u.agg.clause,
                                 "DISTINCT") ? "DISTINCT" : node->u.agg.grouped ? "GROUP BY" : "an aggregate";
  if (inserts_only(c, node, consumer) != RN_OK) return RN_FAIL;
  node->u.agg.update_before = w.update_before && updates && !node->u.agg.fold;
  if (updates && !node->u.agg.fold) node->emits |= RN_CHANGE_UPDATE_AFTER;
  if (node->u.agg.update_before) node->emits |= RN_CHANGE_UPDATE_BEFORE;
  if (node->u.agg.key_count && !node->u.agg.early && !node->u.agg.closes) warn_state(c, node, node->u.agg.clause);
  node->u.agg.mini_batch = updates && !node->u.agg.fold && folds_batches(c, &w);
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
  w.accepts = takes ? RN_ALL_CHANGES : RN_CHANGE_INSERT;
  w.update_before = takes;
  w.shows_changes = false;
  if (inputs(c, sink, w) != RN_OK || rn_check_sink(c, sink) != RN_OK) return RN_FAIL;
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
  wants below = {w.accepts == RN_CHANGE_INSERT ? RN_CHANGE_INSERT : RN_ALL_CHANGES, true, w.shows_changes};
  if (inputs(c, node, below) != RN_OK) return RN_FAIL;
  if (kind == RN_JOIN_KIND_SEMI && node->emits != RN_CHANGE_INSERT) outer = true; /* a row may go with its last partner */
  node->u.join.fold = outer && c->bounded && !(c->every_change && (w.accepts & RN_CHANGE_DELETE));
  if (outer && !node->u.join.fold) node->emits |= RN_CHANGE_INSERT | RN_CHANGE_DELETE;
  const rn_logical *first = node->inputs[0]; /* NOT IN is two joins: told once */
  bool told = first->kind == RN_L_JOIN && first->span.begin == node->span.begin && first->span.end == node->span.end;
  if (!node->bounded && !told && state_stays(node))
    rn_diag(c->diags, RN_W_STATE_GROWS, node->span,
            "aggregate by a window before the join, or SET 'table.exec.state.ttl' = '1 d', to keep fewer rows",
            "%s keeps every row of both inputs for ever", !rn_join_pairs(kind) || node->u.join.single ? "a sub-query" : "JOIN");
  return RN_OK;
}

static rn_status infer_set(rn_changelog *c, rn_logical *node, wants w) {
  wants below = {w.accepts == RN_CHANGE_INSERT ? RN_CHANGE_INSERT : RN_ALL_CHANGES, true, w.shows_changes};
  if (inputs(c, node, below) != RN_OK) return RN_FAIL;
  bool updates = node->u.set.except || node->emits != RN_CHANGE_INSERT;
  node->u.set.fold = updates && c->bounded && !(c->every_change && (w.accepts & RN_CHANGE_DELETE));
  node->emits = updates && !node->u.set.fold ? RN_CHANGE_INSERT | RN_CHANGE_DELETE : RN_CHANGE_INSERT;
  if (!node->bounded && state_stays(node))
    rn_diag(c->diags, RN_W_STATE_GROWS, node->span, "SET 'table.exec.state.ttl' = '1 d' where old rows need not be kept", "%s keeps every different row of both inputs for ever",
            node->u.set.except ? "EXCEPT" : "INTERSECT");
  return RN_OK;
}

/* Does the condition read key columns only? Then all changes of a row pass or fail together. */
static bool on_key_only(rn_changelog *c, const rn_logical *node) {
  bool *used = RN_NEW_N(c->arena, bool, node->schema.count + 1);
  rn_expr_columns(node->u.filter, used);
  for (uint32_t i = 0; i < node->schema.count; i++)
    if (used[i] && !(node->has_key && rn_key_has(node->keys, node->key_count, i))) return false;
  return true;
}

static rn_status infer(rn_changelog *c, rn_logical *node, wants w) {
  set_ttl(c, node);
  switch (node->kind) {
    case RN_L_AGGREGATE: return infer_aggregate(c, node, w);
    case RN_L_WINDOW_AGG: return infer_window_aggregate(c, node, w);
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
      if (rn_resolves_conflicts(c, node)) return infer_conflict(c, node, w);
      w.accepts = node->u.sink.accepts;
      w.update_before = !node->u.sink.key_count && (w.accepts & RN_CHANGE_UPDATE_BEFORE);
      w.shows_changes = !node->u.sink.key_count && !(node->u.sink.table->connector->flags & RN_CONNECTOR_TAKES_BACK);
      if (inputs(c, node, w) != RN_OK) return RN_FAIL;
      return rn_check_sink(c, node);
    case RN_L_COLLECT:
      w.accepts = RN_ALL_CHANGES;
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
  rn_infer_keys(c, root);
  wants w = {RN_ALL_CHANGES, false, true};
  rn_status status = infer(c, root, w);
  mark_stop(root);
  return status;
}
