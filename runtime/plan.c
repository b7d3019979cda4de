/* Physical plan: names of node kinds, the one-line-per-node print that tests compare, and its end. */
#include "runtime/plan.h"

static const char *const kind_names[RN_NODE_COUNT] = {
    [RN_NODE_SCAN] = "scan",
    [RN_NODE_VALUES] = "values",
    [RN_NODE_CALC] = "calc",
    [RN_NODE_WATERMARK] = "watermark",
    [RN_NODE_WINDOW] = "window",
    [RN_NODE_WINDOW_AGG] = "window-aggregate",
    [RN_NODE_EXPAND] = "expand",
    [RN_NODE_GROUP_AGG] = "group-aggregate",
    [RN_NODE_HOLD] = "hold",
    [RN_NODE_OVER] = "over",
    [RN_NODE_OVER_WHOLE] = "over-whole",
    [RN_NODE_RANK] = "rank",
    [RN_NODE_SORT] = "sort",
    [RN_NODE_LIMIT] = "limit",
    [RN_NODE_UNION] = "union",
    [RN_NODE_JOIN] = "join",
    [RN_NODE_SET] = "set",
    [RN_NODE_UNNEST] = "unnest",
    [RN_NODE_EXCHANGE] = "exchange",
    [RN_NODE_CONFLICT] = "conflict",
    [RN_NODE_SINK] = "sink",
    [RN_NODE_COLLECT] = "collect",
};

const char *rn_node_kind_name(rn_node_kind kind) {
  return (unsigned)kind < RN_NODE_COUNT ? kind_names[kind] : "?";
}

const char *rn_conflict_name(rn_conflict conflict) {
  static const char *const names[] = {"NONE", "NOTHING", "ERROR", "DEDUPLICATE"};
  return names[conflict];
}

const char *const rn_window_names[RN_WINDOW_KINDS] = {"TUMBLE", "HOP", "CUMULATE", "SESSION"};

static void print_columns(rn_builder *out, const char *label, const uint32_t *columns, uint32_t count) {
  rn_builder_printf(out, " %s=[", label);
  for (uint32_t i = 0; i < count; i++) rn_builder_printf(out, "%s$%u", i ? ", " : "", columns[i]);
  rn_builder_char(out, ']');
}

static void print_window(rn_builder *out, const rn_window_spec *w) {
  rn_builder_printf(out, " %s(", rn_window_names[w->kind]);
  if (w->processing_time) rn_builder_text(out, "proctime");
  else rn_builder_printf(out, "$%u", w->time_column);
  rn_builder_printf(out, ", %lld us", (long long)w->size_us);
  if (w->kind == RN_WINDOW_HOP || w->kind == RN_WINDOW_CUMULATE) {
    rn_builder_printf(out, ", %lld us", (long long)w->slide_us);
  }
  if (w->offset_us) rn_builder_printf(out, ", offset %lld us", (long long)w->offset_us);
  rn_builder_char(out, ')');
}

static void print_calls(rn_builder *out, const rn_agg_call *calls, uint32_t count) {
  rn_builder_text(out, " calls=[");
  for (uint32_t i = 0; i < count; i++) {
    const rn_agg_call *c = &calls[i];
    rn_builder_printf(out, "%s%s(%s", i ? ", " : "", c->aggregate->name, c->distinct ? "DISTINCT " : "");
    if (c->argument >= 0) rn_builder_printf(out, "$%d", c->argument);
    else rn_builder_char(out, '*');
    rn_builder_char(out, ')');
    if (c->filter >= 0) rn_builder_printf(out, " filter $%d", c->filter);
  }
  rn_builder_char(out, ']');
}

static void print_bound(const rn_frame *frame, const rn_frame_bound *b, rn_builder *out) {
  bool real = b->real < 0 || b->real > 0;
  if (b->kind != RN_FRAME_AT) {
    rn_builder_text(out, b->kind == RN_FRAME_FIRST ? "UNBOUNDED PRECEDING" : "UNBOUNDED FOLLOWING");
  } else if (!b->offset && !real) {
    rn_builder_text(out, "CURRENT ROW");
  } else {
    if (real && !frame->rows) rn_builder_printf(out, "%g", b->real < 0 ? -b->real : b->real);
    else rn_builder_printf(out, "%lld", (long long)(b->offset < 0 ? -b->offset : b->offset));
    rn_builder_text(out, b->offset < 0 || b->real < 0 ? " PRECEDING" : " FOLLOWING");
  }
}

void rn_frame_print(const rn_frame *frame, rn_builder *out) {
  rn_builder_text(out, frame->rows ? "ROWS BETWEEN " : "RANGE BETWEEN ");
  print_bound(frame, &frame->low, out);
  rn_builder_text(out, " AND ");
  print_bound(frame, &frame->high, out);
}

static void print_order(rn_builder *out, const rn_sort_item *items, uint32_t count) {
  for (uint32_t i = 0; i < count; i++)
    rn_builder_printf(out, "%s$%u%s%s", i ? ", " : "", items[i].column, items[i].descending ? " DESC" : "",
                      items[i].nulls_first ? " NULLS FIRST" : "");
}

const char *rn_rank_mode_name(rn_rank_mode mode) {
  static const char *const names[] = {"window", "final", "changes", "first"};
  return names[mode];
}

static void print_details(rn_builder *out, const rn_plan_node *n) {
  switch (n->kind) {
    case RN_NODE_SCAN: rn_builder_printf(out, " %s", n->u.scan.table->name); break;
    case RN_NODE_VALUES: rn_builder_printf(out, " %u rows", n->u.values.row_count); break;
    case RN_NODE_CALC:
      if (n->u.calc.filter) {
        rn_builder_text(out, " filter=");
        rn_expr_print(n->u.calc.filter, NULL, out);
      }
      if (n->u.calc.exprs) {
        rn_builder_text(out, " exprs=[");
        for (uint32_t i = 0; i < n->schema.count; i++) {
          if (i) rn_builder_text(out, ", ");
          rn_expr_print(n->u.calc.exprs[i], NULL, out);
        }
        rn_builder_char(out, ']');
      }
      break;
    case RN_NODE_WATERMARK:
      rn_builder_printf(out, " $%u=", n->u.watermark.rowtime_column);
      rn_expr_print(n->u.watermark.expr, NULL, out);
      break;
    case RN_NODE_WINDOW:
      print_window(out, &n->u.window.spec);
      print_columns(out, "keys", n->u.window.keys, n->u.window.key_count);
      break;
    case RN_NODE_WINDOW_AGG:
      print_window(out, &n->u.window_agg.spec);
      print_columns(out, "keys", n->u.window_agg.keys, n->u.window_agg.key_count);
      print_calls(out, n->u.window_agg.calls, n->u.window_agg.call_count);
      if (n->u.window_agg.early) rn_builder_printf(out, " early%s", n->u.window_agg.update_before ? " -U" : "");
      break;
    case RN_NODE_EXPAND:
      print_columns(out, "keys", n->u.expand.keys, n->u.expand.key_count);
      rn_builder_text(out, " sets=[");
      for (uint32_t i = 0; i < n->u.expand.set_count; i++)
        rn_builder_printf(out, "%s%lld", i ? ", " : "", (long long)n->u.expand.sets[i]);
      rn_builder_char(out, ']');
      break;
    case RN_NODE_GROUP_AGG:
      print_columns(out, "keys", n->u.group_agg.keys, n->u.group_agg.key_count);
      print_calls(out, n->u.group_agg.calls, n->u.group_agg.call_count);
      if (n->u.group_agg.fold) rn_builder_text(out, " fold");
      if (n->u.group_agg.update_before) rn_builder_text(out, " -U");
      if (n->u.group_agg.early) print_window(out, &n->u.group_agg.window);
      if (n->u.group_agg.lateness_us) rn_builder_printf(out, " lateness=%lld", (long long)n->u.group_agg.lateness_us);
      break;
    case RN_NODE_HOLD:
      print_window(out, &n->u.hold.window);
      rn_builder_printf(out, " early=%lld late=%lld lateness=%lld%s", (long long)n->u.hold.early_us,
                        (long long)n->u.hold.late_us, (long long)n->u.hold.lateness_us, n->u.hold.update_before ? " -U" : "");
      break;
    case RN_NODE_OVER:
      print_columns(out, "keys", n->u.over.keys, n->u.over.key_count);
      rn_builder_printf(out, " order=$%u %s ", n->u.over.order_column, n->u.over.rows ? "ROWS" : "RANGE");
      if (n->u.over.unbounded) rn_builder_text(out, "UNBOUNDED");
      else rn_builder_printf(out, "%lld", (long long)n->u.over.preceding);
      print_calls(out, n->u.over.calls, n->u.over.call_count);
      break;
    case RN_NODE_OVER_WHOLE:
      print_columns(out, "keys", n->u.over_whole.keys, n->u.over_whole.key_count);
      rn_builder_text(out, " order=[");
      print_order(out, n->u.over_whole.order, n->u.over_whole.order_count);
      rn_builder_text(out, "] ");
      rn_frame_print(&n->u.over_whole.frame, out);
      print_calls(out, n->u.over_whole.calls, n->u.over_whole.call_count);
      if (n->u.over_whole.changes) rn_builder_text(out, n->u.over_whole.update_before ? " changes -U" : " changes");
      break;
    case RN_NODE_RANK:
      print_columns(out, "keys", n->u.rank.keys, n->u.rank.key_count);
      rn_builder_text(out, " order=[");
      print_order(out, n->u.rank.order, n->u.rank.order_count);
      rn_builder_printf(out, "] %lld..%lld %s%s%s%s", (long long)n->u.rank.start, (long long)n->u.rank.end,
                        rn_rank_mode_name(n->u.rank.mode), n->u.rank.latest ? " latest" : "", n->u.rank.number ? " number" : "",
                        n->u.rank.update_before ? " -U" : "");
      break;
    case RN_NODE_SORT:
      rn_builder_text(out, n->u.sort.temporal ? " temporal [" : " [");
      print_order(out, n->u.sort.items, n->u.sort.item_count);
      rn_builder_char(out, ']');
      if (n->u.sort.limit >= 0) rn_builder_printf(out, " limit=%lld", (long long)n->u.sort.limit);
      if (n->u.sort.offset) rn_builder_printf(out, " offset=%lld", (long long)n->u.sort.offset);
      break;
    case RN_NODE_LIMIT:
      rn_builder_printf(out, " %lld offset %lld%s", (long long)n->u.limit.limit, (long long)n->u.limit.offset,
                        n->u.limit.stops_query ? " stops" : "");
      break;
    case RN_NODE_UNION: break;
    case RN_NODE_SET:
      rn_builder_printf(out, " %s%s%s", n->u.set.except ? "except" : "intersect", n->u.set.all ? " all" : "", n->u.set.fold ? " fold" : "");
      break;
    case RN_NODE_JOIN:
      rn_builder_printf(out, " %s%s", n->u.join.windowed ? "window " : "", rn_join_kind_name(n->u.join.kind));
      print_columns(out, "left", n->u.join.keys[0], n->u.join.key_count);
      print_columns(out, "right", n->u.join.keys[1], n->u.join.key_count);
      if (n->u.join.condition) {
        rn_builder_text(out, " condition=");
        rn_expr_print(n->u.join.condition, NULL, out);
      }
      if (n->u.join.fold) rn_builder_text(out, " fold");
      if (n->u.join.single) rn_builder_text(out, " single");
      break;
    case RN_NODE_CONFLICT:
      rn_builder_printf(out, " %s", rn_conflict_name(n->u.conflict.conflict));
      print_columns(out, "key", n->u.conflict.keys, n->u.conflict.key_count);
      break;
    case RN_NODE_UNNEST:
      rn_builder_printf(out, " $%u%s%s", n->u.unnest.column, n->u.unnest.outer ? " outer" : "", n->u.unnest.ordinality ? " ordinality" : "");
      break;
    case RN_NODE_EXCHANGE:
      if (n->u.exchange.gather) rn_builder_text(out, " gather");
      else if (n->u.exchange.key_count) print_columns(out, "hash", n->u.exchange.keys, n->u.exchange.key_count);
      else rn_builder_text(out, " forward");
      break;
    case RN_NODE_SINK:
      rn_builder_printf(out, " %s", n->u.sink.table->name);
      if (n->u.sink.key_count) print_columns(out, "keys", n->u.sink.keys, n->u.sink.key_count);
      break;
    case RN_NODE_COLLECT:
      if (n->u.collect.key_count) print_columns(out, "keys", n->u.collect.keys, n->u.collect.key_count);
      break;
    case RN_NODE_COUNT: break;
  }
}

const char *rn_join_kind_name(rn_join_kind kind) {
  static const char *const names[] = {"InnerJoin", "LeftOuterJoin", "RightOuterJoin", "FullOuterJoin",
                                      "LeftSemiJoin", "LeftAntiJoin", "MarkJoin"};
  return names[kind];
}

void rn_plan_print(const rn_plan *plan, rn_builder *out) {
  static const char change_letters[] = "IBAD"; /* insert, update before, update after, delete */
  for (uint32_t i = 0; i < plan->node_count; i++) {
    const rn_plan_node *n = plan->nodes[i];
    rn_builder_printf(out, "%u %s", n->id, rn_node_kind_name(n->kind));
    print_details(out, n);
    if (n->input_count) rn_builder_text(out, " <-");
    for (uint32_t k = 0; k < n->input_count; k++) rn_builder_printf(out, " %u", n->inputs[k]->id);
    rn_builder_text(out, " [");
    for (unsigned bit = 0; bit < 4; bit++) {
      if (n->emits >> bit & 1) rn_builder_char(out, change_letters[bit]);
    }
    rn_builder_char(out, ']');
    if (n->parallelism > 1) rn_builder_printf(out, " x%u", n->parallelism);
    if (n->fingerprint) rn_builder_printf(out, " path=%s", n->path);
    rn_builder_char(out, '\n');
  }
}

void rn_plan_free(rn_plan *plan) {
  if (!plan) return;
  /* The plan itself may lie in its own arena. */
  rn_arena arena = plan->arena;
  rn_arena_free(&arena);
}
