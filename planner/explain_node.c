/* EXPLAIN: one node of the physical plan. Names and attributes are the dialect's (DIALECT 3.9); operators that wait for time
 * say for what. See explain.h. */
#include "base/alloc.h"
#include "planner/explain.h"
#include "planner/logical.h"

/* INSERT OVERWRITE, DELETE, UPDATE: all rows of the table are replaced. */
static bool overwrites(const rn_table_spec *table) {
  const char *beside = rn_option_text(&table->options, "table");
  const char *path = table->connector->overwrite_path ? rn_option_text(&table->options, "path") : NULL;
  if (path && strstr(path, RN_OVERWRITE_MARK)) return true;
  return beside && strncmp(beside, RN_OVERWRITE_PREFIX, strlen(RN_OVERWRITE_PREFIX)) == 0;
}

/* --- pieces ---------------------------------------------------------------------------------------------- */
static void name_list(rn_builder *out, const rn_schema *schema) {
  for (uint32_t i = 0; i < schema->count; i++) rn_builder_printf(out, "%s%s", i ? ", " : "", schema->fields[i].name);
}

static void key_list(rn_builder *out, const char *const *names, const uint32_t *keys, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) rn_builder_printf(out, "%s%s", i ? ", " : "", names[keys[i]]);
}
static void partition_list(rn_builder *out, const char *const *names, const uint32_t *keys, uint32_t count) {
  if (!count) return;
  rn_builder_text(out, "partitionBy=[");
  key_list(out, names, keys, count);
  rn_builder_text(out, "], ");
}

static void time_span(rn_builder *out, int64_t us) {
  static const struct {
    int64_t us;
    const char *unit;
  } units[] = {{86400000000, "d"}, {3600000000, "h"}, {60000000, "min"}, {1000000, "s"}, {1000, "ms"}};
  for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
    if (us % units[i].us == 0) {
      rn_builder_printf(out, "%lld %s", (long long)(us / units[i].us), units[i].unit);
      return;
    }
  rn_builder_printf(out, "%lld us", (long long)us);
}

static void call_list(rn_builder *out, const char *const *names, const rn_agg_call *calls, uint32_t count,
                      const rn_schema *result, uint32_t first) {
  for (uint32_t i = 0; i < count; i++) {
    const rn_agg_call *c = &calls[i];
    rn_builder_printf(out, "%s%s(%s%s)", i || first ? ", " : "", c->aggregate->name, c->distinct ? "DISTINCT " : "",
                      c->argument >= 0 ? names[c->argument] : "*");
    if (c->filter >= 0) rn_builder_printf(out, " FILTER %s", names[c->filter]);
    rn_builder_printf(out, " AS %s", result->fields[first + i].name);
  }
}

static void window_text(rn_builder *out, const char *const *names, const rn_window_spec *w) {
  rn_builder_printf(out, "%s(%s=[%s], %s=[", rn_window_names[w->kind], w->processing_time ? "proctime" : "rowtime",
                    w->processing_time ? "clock" : names[w->time_column], w->kind == RN_WINDOW_SESSION ? "gap" : "size");
  time_span(out, w->size_us);
  rn_builder_char(out, ']');
  if (w->kind == RN_WINDOW_HOP || w->kind == RN_WINDOW_CUMULATE) {
    rn_builder_text(out, w->kind == RN_WINDOW_HOP ? ", slide=[" : ", step=[");
    time_span(out, w->slide_us);
    rn_builder_char(out, ']');
  }
  if (w->offset_us) {
    rn_builder_text(out, ", offset=[");
    time_span(out, w->offset_us);
    rn_builder_char(out, ']');
  }
  rn_builder_char(out, ')');
}

static void closing_text(rn_builder *out, const rn_window_spec *w) {
  rn_builder_printf(out, ", closes=[%s]", w->processing_time ? "clock at window_end" : "watermark at window_end - 1 ms");
}

/* --- nodes -------------------------------------------------------------------------------------------------- */
static void print_calc(rn_builder *out, const rn_plan_node *n, const char *const *names) {
  rn_builder_text(out, "Calc(select=[");
  for (uint32_t i = 0; i < n->schema.count; i++) {
    if (i) rn_builder_text(out, ", ");
    if (!n->u.calc.exprs) {
      rn_builder_text(out, n->schema.fields[i].name);
      continue;
    }
    rn_builder text = {0};
    rn_expr_print(n->u.calc.exprs[i], names, &text);
    rn_builder_text(out, text.data);
    if (strcmp(text.data, n->schema.fields[i].name) != 0) rn_builder_printf(out, " AS %s", n->schema.fields[i].name);
    rn_builder_free(&text);
  }
  rn_builder_char(out, ']');
  if (n->u.calc.filter) {
    rn_builder_text(out, ", where=[");
    rn_expr_print(n->u.calc.filter, names, out);
    rn_builder_char(out, ']');
  }
}

static void print_over(rn_builder *out, const rn_plan_node *n, const char *const *names) {
  rn_builder_text(out, "OverAggregate(");
  partition_list(out, names, n->u.over.keys, n->u.over.key_count);
  rn_builder_printf(out, "orderBy=[%s ASC], window=[%s BETWEEN ",
                    n->u.over.processing_time ? "clock" : names[n->u.over.order_column],
                    n->u.over.rows ? "ROWS" : "RANGE");
  if (n->u.over.unbounded) rn_builder_text(out, "UNBOUNDED");
  else if (n->u.over.rows) rn_builder_printf(out, "%lld", (long long)n->u.over.preceding);
  else time_span(out, n->u.over.preceding);
  rn_builder_text(out, " PRECEDING AND CURRENT ROW], select=[");
  uint32_t first = n->schema.count - n->u.over.call_count;
  for (uint32_t i = 0; i < first; i++) rn_builder_printf(out, "%s%s", i ? ", " : "", n->schema.fields[i].name);
  call_list(out, names, n->u.over.calls, n->u.over.call_count, &n->schema, first);
  rn_builder_printf(out, "], emits=[%s]", n->u.over.processing_time ? "at once" : "watermark at the row's time");
}

static void order_list(rn_builder *out, const rn_sort_item *items, uint32_t count, const char *const *names) {
  for (uint32_t i = 0; i < count; i++)
    rn_builder_printf(out, "%s%s %s", i ? ", " : "", names[items[i].column], items[i].descending ? "DESC" : "ASC");
}

static void print_over_whole(rn_builder *out, const rn_plan_node *n, const char *const *names) {
  rn_builder_text(out, "OverAggregate(");
  partition_list(out, names, n->u.over_whole.keys, n->u.over_whole.key_count);
  rn_builder_text(out, "orderBy=[");
  order_list(out, n->u.over_whole.order, n->u.over_whole.order_count, names);
  rn_builder_text(out, "], window=[");
  rn_frame_print(&n->u.over_whole.frame, out);
  rn_builder_text(out, "], select=[");
  uint32_t first = n->schema.count - n->u.over_whole.call_count;
  for (uint32_t i = 0; i < first; i++) rn_builder_printf(out, "%s%s", i ? ", " : "", n->schema.fields[i].name);
  call_list(out, names, n->u.over_whole.calls, n->u.over_whole.call_count, &n->schema, first);
  rn_builder_printf(out, "], emits=[%s]", n->u.over_whole.changes ? "at once, later rows correct it" : "end of input");
}

static void print_rank(rn_builder *out, const rn_plan_node *n, const char *const *names) {
  rn_rank_mode mode = n->u.rank.mode;
  rn_builder_printf(out, "%s(rankRange=[rankStart=%lld, rankEnd=%lld], ",
                    mode == RN_RANK_WINDOW ? "WindowRank" : mode == RN_RANK_FIRST || n->u.rank.latest || !n->u.rank.order_count ? "Deduplicate" : "Rank",
                    (long long)n->u.rank.start, (long long)n->u.rank.end);
  partition_list(out, names, n->u.rank.keys, n->u.rank.key_count);
  rn_builder_text(out, "orderBy=[");
  order_list(out, n->u.rank.order, n->u.rank.order_count, names);
  if (!n->u.rank.order_count) rn_builder_printf(out, "clock %s", n->u.rank.latest ? "DESC" : "ASC");
  rn_builder_text(out, "], select=[");
  name_list(out, &n->schema);
  rn_builder_char(out, ']');
  bool by_clock = mode == RN_RANK_WINDOW && n->u.rank.window.processing_time;
  static const char *const when[] = {"watermark at window_end - 1 ms", "end of input", "at once, later rows correct it", "watermark at the row's time"};
  rn_builder_printf(out, ", emits=[%s]", by_clock ? "clock at window_end + 100 ms" : mode == RN_RANK_CHANGES && n->emits == RN_CHANGE_INSERT ? "at once" : when[mode]);
}

static void print_sort(rn_builder *out, const rn_plan_node *n, const char *const *names) {
  bool limited = n->u.sort.limit >= 0 || n->u.sort.offset > 0;
  rn_builder_printf(out, "%s(orderBy=[", n->u.sort.temporal ? "TemporalSort" : limited ? "SortLimit" : "Sort");
  order_list(out, n->u.sort.items, n->u.sort.item_count, names);
  rn_builder_char(out, ']');
  if (limited) rn_builder_printf(out, ", offset=[%lld]", (long long)n->u.sort.offset);
  if (n->u.sort.limit >= 0) rn_builder_printf(out, ", fetch=[%lld]", (long long)n->u.sort.limit);
  rn_builder_printf(out, ", emits=[%s]", n->u.sort.temporal ? "watermark at the row's time" : "end of input");
}

/* EMIT CHANGES over a window. */
static void early_text(rn_builder *out, const rn_plan_node *n) {
  rn_builder_text(out, n->u.group_agg.fold ? "" : ", emits=[every change]");
  closing_text(out, &n->u.group_agg.window);
  if (!n->u.group_agg.lateness_us) return;
  rn_builder_text(out, ", lateness=[");
  time_span(out, n->u.group_agg.lateness_us);
  rn_builder_char(out, ']');
}

static void print_delay(rn_builder *out, const char *word, int64_t delay_us) {
  rn_builder_printf(out, "%s=[", word);
  if (delay_us > 0) {
    rn_builder_text(out, "every ");
    time_span(out, delay_us);
  } else {
    rn_builder_text(out, delay_us ? "never" : "every change");
  }
  rn_builder_char(out, ']');
}

static void print_hold(rn_builder *out, const rn_plan_node *n) {
  rn_builder_text(out, "Hold(");
  print_delay(out, "early", n->u.hold.early_us);
  rn_builder_printf(out, ", onTime=[%s]", n->u.hold.window.processing_time ? "clock at window_end" : "watermark at window_end - 1 ms");
  if (n->u.hold.lateness_us) {
    print_delay(out, ", late", n->u.hold.late_us);
    rn_builder_text(out, ", lateness=[");
    time_span(out, n->u.hold.lateness_us);
    rn_builder_char(out, ']');
  }
}

static void print_aggregate(rn_builder *out, const rn_plan_node *n, const char *const *names) {
  bool windowed = n->kind == RN_NODE_WINDOW_AGG;
  uint32_t keys = windowed ? n->u.window_agg.key_count : n->u.group_agg.key_count;
  uint32_t calls = windowed ? n->u.window_agg.call_count : n->u.group_agg.call_count;
  rn_builder_printf(out, "%s(", windowed ? "WindowAggregate" : "GroupAggregate");
  if (keys) {
    rn_builder_text(out, "groupBy=[");
    key_list(out, names, windowed ? n->u.window_agg.keys : n->u.group_agg.keys, keys);
    rn_builder_text(out, "], ");
  }
  if (windowed) {
    rn_builder_text(out, "window=[");
    window_text(out, names, &n->u.window_agg.spec);
    rn_builder_text(out, "], ");
  }
  rn_builder_text(out, "select=[");
  for (uint32_t i = 0; i < keys; i++) rn_builder_printf(out, "%s%s", i ? ", " : "", n->schema.fields[i].name);
  call_list(out, names, windowed ? n->u.window_agg.calls : n->u.group_agg.calls, calls, &n->schema, keys);
  for (uint32_t i = keys + calls; i < n->schema.count; i++)
    rn_builder_printf(out, "%s%s", i ? ", " : "", n->schema.fields[i].name);
  rn_builder_char(out, ']');
  if (windowed && n->u.window_agg.early) rn_builder_text(out, ", emits=[every change]");
  if (windowed) closing_text(out, &n->u.window_agg.spec);
  else if (n->u.group_agg.early) early_text(out, n);
  else if (n->u.group_agg.fold) rn_builder_text(out, ", emits=[end of input]");
}

static void print_watermark(rn_builder *out, const rn_plan_node *n, const char *const *names) {
  rn_builder_printf(out, "WatermarkAssigner(rowtime=[%s], watermark=[", names[n->u.watermark.rowtime_column]);
  if (n->u.watermark.expr->kind == RN_EXPR_CONST)
    rn_builder_text(out, "SOURCE_WATERMARK()");
  else
    rn_expr_print(n->u.watermark.expr, names, out);
  rn_builder_text(out, "], emit=[");
  if (n->u.watermark.interval_us) {
    rn_builder_text(out, "every ");
    time_span(out, n->u.watermark.interval_us);
  } else {
    if (n->u.watermark.gap > 1)
      rn_builder_printf(out, "after every %u rows of a partition", n->u.watermark.gap);
    else
      rn_builder_text(out, "after every row");
  }
  rn_builder_char(out, ']');
  if (n->u.watermark.idle_timeout_us) {
    rn_builder_text(out, ", idleAfter=[");
    time_span(out, n->u.watermark.idle_timeout_us);
    rn_builder_char(out, ']');
  }
  if (n->u.watermark.max_ahead_us) {
    rn_builder_text(out, ", maxAhead=[");
    time_span(out, n->u.watermark.max_ahead_us);
    rn_builder_char(out, ']');
  }
  if (n->u.watermark.align_group) {
    rn_builder_printf(out, ", alignedWith=[%s, drift ", n->u.watermark.align_group);
    time_span(out, n->u.watermark.align_drift_us);
    rn_builder_char(out, ']');
  }
}

static void print_join(rn_builder *out, const rn_plan_node *n) {
  uint32_t left = n->inputs[0]->schema.count, right = n->inputs[1]->schema.count, said = 0;
  const char **names = rn_malloc(sizeof *names * (left + right + 1));
  for (uint32_t i = 0; i < left + right; i++)
    names[i] = i < left ? n->schema.fields[i].name : n->u.join.kind <= RN_JOIN_KIND_FULL ? n->schema.fields[i].name : n->inputs[1]->schema.fields[i - left].name;
  rn_builder_printf(out, "%s(joinType=[%s], where=[", n->u.join.windowed ? "WindowJoin" : "Join", rn_join_kind_name(n->u.join.kind));
  uint32_t parts = n->u.join.key_count + (n->u.join.condition ? 1 : 0);
  if (!parts) rn_builder_text(out, "true");
  if (parts > 1) rn_builder_char(out, '(');
  for (uint32_t k = 0; k < n->u.join.key_count; k++)
    rn_builder_printf(out, "%s(%s %s %s)", said++ ? " AND " : "", names[n->u.join.keys[0][k]],
                      n->u.join.null_safe[k] ? "IS NOT DISTINCT FROM" : "=", names[left + n->u.join.keys[1][k]]);
  if (n->u.join.condition) {
    if (said) rn_builder_text(out, " AND ");
    rn_expr_print(n->u.join.condition, names, out);
  }
  if (parts > 1) rn_builder_char(out, ')');
  rn_builder_text(out, "], select=[");
  name_list(out, &n->schema);
  rn_builder_char(out, ']');
  if (n->u.join.single) rn_builder_text(out, ", partners=[1 at most]");
  if (n->u.join.windowed) rn_builder_text(out, ", emits=[watermark at window_end - 1 ms]");
  else if (n->u.join.fold) rn_builder_text(out, ", rowsWithoutPartner=[end of input]");
  rn_free(names);
}

/* t, d.t and c.d.t (see rn_catalog_object) as full paths. */
static void table_path(rn_builder *out, const char *name, const char *gap) {
  const char *first = strchr(name, '.'), *second = first ? strchr(first + 1, '.') : NULL;
  if (!second) rn_builder_printf(out, RN_DEFAULT_CATALOG "%s", gap);
  if (!first) rn_builder_printf(out, RN_DEFAULT_DATABASE "%s", gap);
  for (int part = 0; part < 2 && first; part++, first = part < 2 ? second : NULL) {
    rn_builder_printf(out, "%.*s%s", (int)(first - name), name, gap);
    name = first + 1;
  }
  rn_builder_text(out, name);
}

static void print_node(rn_builder *out, const rn_plan_node *n, const char *const *names) {
  switch (n->kind) {
    case RN_NODE_SCAN:
      rn_builder_text(out, "TableSourceScan(table=[[");
      table_path(out, n->u.scan.table->name, ", ");
      rn_builder_text(out, "]], fields=[");
      name_list(out, &n->schema);
      rn_builder_printf(out, "], connector=[%s]", n->u.scan.table->connector->name);
      break;
    case RN_NODE_VALUES: rn_builder_printf(out, "Values(rows=[%u], fields=[", n->u.values.row_count);
      name_list(out, &n->schema);
      rn_builder_char(out, ']');
      break;
    case RN_NODE_CALC: print_calc(out, n, names); break;
    case RN_NODE_WATERMARK: print_watermark(out, n, names); break;
    case RN_NODE_WINDOW:
      rn_builder_text(out, "WindowTableFunction(window=[");
      window_text(out, names, &n->u.window.spec);
      rn_builder_char(out, ']');
      if (n->u.window.spec.kind != RN_WINDOW_SESSION) break;
      if (n->u.window.key_count) {
        rn_builder_text(out, ", partitionBy=[");
        key_list(out, names, n->u.window.keys, n->u.window.key_count);
        rn_builder_char(out, ']');
      }
      closing_text(out, &n->u.window.spec);
      break;
    case RN_NODE_EXPAND:
      rn_builder_text(out, "Expand(keys=[");
      key_list(out, names, n->u.expand.keys, n->u.expand.key_count);
      rn_builder_text(out, "], sets=[");
      for (uint32_t i = 0; i < n->u.expand.set_count; i++) {
        rn_builder_text(out, i ? ", {" : "{");
        bool any = false;
        for (uint32_t k = 0; k < n->u.expand.key_count; k++) {
          if (n->u.expand.sets[i] >> k & 1) continue;
          rn_builder_printf(out, "%s%s", any ? ", " : "", names[n->u.expand.keys[k]]);
          any = true;
        }
        rn_builder_char(out, '}');
      }
      rn_builder_char(out, ']');
      break;
    case RN_NODE_WINDOW_AGG: case RN_NODE_GROUP_AGG: print_aggregate(out, n, names); break;
    case RN_NODE_HOLD: print_hold(out, n); break;
    case RN_NODE_OVER: print_over(out, n, names); break;
    case RN_NODE_OVER_WHOLE: print_over_whole(out, n, names); break;
    case RN_NODE_RANK: print_rank(out, n, names); break;
    case RN_NODE_SORT: print_sort(out, n, names); break;
    case RN_NODE_LIMIT:
      rn_builder_printf(out, "Limit(offset=[%lld]", (long long)n->u.limit.offset);
      if (n->u.limit.limit >= 0) rn_builder_printf(out, ", fetch=[%lld]", (long long)n->u.limit.limit);
      break;
    case RN_NODE_UNION:
      rn_builder_text(out, "Union(all=[true], union=[");
      name_list(out, &n->schema);
      rn_builder_char(out, ']');
      break;
    case RN_NODE_SET:
      rn_builder_printf(out, "SetOperation(operation=[%s%s], select=[", n->u.set.except ? "EXCEPT" : "INTERSECT", n->u.set.all ? " ALL" : "");
      name_list(out, &n->schema);
      rn_builder_printf(out, "]%s", n->u.set.fold ? ", emits=[end of input]" : "");
      break;
    case RN_NODE_JOIN: print_join(out, n); break;
    case RN_NODE_UNNEST:
      rn_builder_printf(out, "Correlate(invocation=[UNNEST(%s)%s], joinType=[%s], select=[", names[n->u.unnest.column],
                        n->u.unnest.ordinality ? " WITH ORDINALITY" : "", n->u.unnest.outer ? "LEFT" : "INNER");
      name_list(out, &n->schema);
      rn_builder_char(out, ']');
      if (n->u.unnest.condition) {
        const char **own = rn_schema_names(&n->schema);
        rn_builder_text(out, ", condition=[");
        rn_expr_print(n->u.unnest.condition, own, out);
        rn_builder_char(out, ']');
        rn_free(own);
      }
      break;
    case RN_NODE_EXCHANGE:
      rn_builder_text(out, "Exchange(distribution=[");
      if (n->u.exchange.gather) rn_builder_text(out, "single]");
      else if (n->u.exchange.key_count) {
        rn_builder_text(out, "hash[");
        key_list(out, names, n->u.exchange.keys, n->u.exchange.key_count);
        rn_builder_text(out, "]]");
      } else {
        rn_builder_text(out, "forward]");
      }
      break;
    case RN_NODE_SINK:
      rn_builder_text(out, "Sink(table=[");
      table_path(out, n->u.sink.table->name, ".");
      rn_builder_text(out, "], fields=[");
      name_list(out, &n->schema);
      rn_builder_char(out, ']');
      if (overwrites(n->u.sink.table)) rn_builder_text(out, ", overwrite=[true]");
      if (n->u.sink.conflict) rn_builder_printf(out, ", conflictStrategy=[%s]", rn_conflict_name(n->u.sink.conflict));
      break;
    case RN_NODE_CONFLICT:
      rn_builder_text(out, "UpsertMaterialize(key=[");
      key_list(out, names, n->u.conflict.keys, n->u.conflict.key_count);
      rn_builder_printf(out, "], conflictStrategy=[%s]", rn_conflict_name(n->u.conflict.conflict));
      break;
    case RN_NODE_COLLECT: case RN_NODE_COUNT: rn_builder_text(out, "Collect("); break;
  }
}

/* Does the operator drop rows that the watermark has passed? */
static bool drops_late(const rn_plan_node *n) {
  switch (n->kind) {
    case RN_NODE_WINDOW_AGG: return !n->u.window_agg.spec.processing_time;
    case RN_NODE_WINDOW: return n->u.window.spec.kind == RN_WINDOW_SESSION && !n->u.window.spec.processing_time;
    case RN_NODE_GROUP_AGG: return n->u.group_agg.early && !n->u.group_agg.window.processing_time;
    case RN_NODE_OVER: return !n->u.over.processing_time;
    case RN_NODE_RANK:
      return n->u.rank.mode != RN_RANK_CHANGES && !(n->u.rank.mode == RN_RANK_WINDOW && n->u.rank.window.processing_time);
    case RN_NODE_SORT: return n->u.sort.temporal;
    case RN_NODE_JOIN: return n->u.join.windowed;
    default: return false;
  }
}

static void print_late(rn_builder *out, const rn_plan_node *n) {
  if (n->late_source && drops_late(n)) rn_builder_text(out, ", late=[dead-letter]");
}

static void print_ttl(rn_builder *out, const rn_plan_node *n) {
  if (!n->ttl_us[0] && !n->ttl_us[1]) return;
  rn_builder_text(out, ", stateTtl=[");
  bool differ = n->input_count > 1 && n->ttl_us[0] != n->ttl_us[1];
  for (unsigned i = 0; i < (differ ? 2 : 1); i++) {
    if (differ) rn_builder_text(out, i ? ", right " : "left ");
    if (n->ttl_us[i]) time_span(out, n->ttl_us[i]);
    else rn_builder_text(out, "never");
  }
  rn_builder_char(out, ']');
}

void rn_explain_changes(const rn_plan_node *n, rn_builder *out) {
  static const struct {
    uint8_t bit;
    const char *text;
  } rows[] = {{RN_CHANGE_INSERT, "I"}, {RN_CHANGE_UPDATE_BEFORE, "UB"}, {RN_CHANGE_UPDATE_AFTER, "UA"},
              {RN_CHANGE_DELETE, "D"}};
  rn_builder_text(out, ", changelogMode=[");
  bool first = true;
  for (size_t i = 0; i < 4 && n->kind != RN_NODE_SINK; i++) {
    if (!(n->emits & rows[i].bit)) continue;
    rn_builder_printf(out, "%s%s", first ? "" : ",", rows[i].text);
    first = false;
  }
  rn_builder_printf(out, "%s]", n->kind == RN_NODE_SINK ? "NONE" : "");
}

void rn_explain_open_node(const rn_plan_node *n, rn_builder *out) {
  static const rn_schema no_columns = {0, NULL};
  const char **names = rn_schema_names(n->input_count ? &n->inputs[0]->schema : &no_columns);
  print_node(out, n, names);
  print_late(out, n);
  print_ttl(out, n);
  rn_free(names);
}
void rn_explain_node(const rn_plan_node *n, rn_builder *out) {
  rn_explain_open_node(n, out);
  rn_builder_char(out, ')');
}
