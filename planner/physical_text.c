/* Fingerprints of stateful nodes. See physical.h. */
#include "planner/physical.h"

enum { LAYOUT_VERSION = 3 }; /* of operators' state; raised when stored blobs are read differently */

static void type_text(rn_arena *arena, const rn_type *type, rn_builder *out) {
  rn_builder_text(out, rn_type_text(arena, rn_type_with_time(arena, type, RN_TIME_NONE)));
}

static void keys_text(rn_arena *arena, const rn_schema *in, const uint32_t *keys, uint32_t count, rn_builder *out) {
  rn_builder_text(out, " keys=[");
  for (uint32_t i = 0; i < count; i++) {
    if (i) rn_builder_text(out, ", ");
    type_text(arena, in->fields[keys[i]].type, out);
  }
  rn_builder_char(out, ']');
}

static void calls_text(rn_arena *arena, const rn_agg_call *calls, uint32_t count, rn_builder *out) {
  rn_builder_text(out, " calls=[");
  for (uint32_t i = 0; i < count; i++) {
    rn_builder_printf(out, "%s%s(%s", i ? ", " : "", calls[i].aggregate->name, calls[i].distinct ? "DISTINCT " : "");
    if (calls[i].argument >= 0 && calls[i].arg_type) type_text(arena, calls[i].arg_type, out);
    else rn_builder_char(out, '*');
    rn_builder_printf(out, ")%s", calls[i].filter >= 0 ? " FILTER" : "");
    if (calls[i].aggregate->flags & RN_AGG_OVER_ONLY) rn_builder_printf(out, " %d", calls[i].extra);
  }
  rn_builder_char(out, ']');
}

static void window_text(const rn_window_spec *w, rn_builder *out) {
  rn_builder_printf(out, " window=%s size=%lld slide=%lld offset=%lld%s%s", rn_window_names[w->kind], (long long)w->size_us,
                    (long long)w->slide_us,
                    (long long)w->offset_us, w->processing_time ? " proctime" : "", w->local_zone ? " local" : "");
}

static void row_text(rn_arena *arena, const rn_schema *in, rn_builder *out) {
  rn_builder_text(out, " row=[");
  for (uint32_t i = 0; i < in->count; i++) {
    if (i) rn_builder_text(out, ", ");
    type_text(arena, in->fields[i].type, out);
  }
  rn_builder_char(out, ']');
}

/* Grouping sets below an aggregate: which keys a number stands for. */
static void sets_text(const rn_plan_node *n, rn_builder *out) {
  while (n->input_count == 1 && (n->kind == RN_NODE_EXCHANGE || n->kind == RN_NODE_CALC)) n = n->inputs[0];
  if (n->kind != RN_NODE_EXPAND) return;
  rn_builder_text(out, " sets=[");
  for (uint32_t i = 0; i < n->u.expand.set_count; i++)
    rn_builder_printf(out, "%s%lld", i ? ", " : "", (long long)n->u.expand.sets[i]);
  rn_builder_char(out, ']');
}

static void order_text(const rn_sort_item *items, uint32_t count, rn_builder *out) {
  for (uint32_t i = 0; i < count; i++)
    rn_builder_printf(out, " $%u%s%s", items[i].column, items[i].descending ? " DESC" : "",
                      items[i].nulls_first ? " NULLS FIRST" : "");
}

const char *rn_physical_fingerprint(rn_arena *arena, const rn_plan_node *n) {
  rn_builder b = {0};
  const rn_schema *in = n->input_count ? &n->inputs[0]->schema : NULL;
  switch (n->kind) {
    case RN_NODE_WINDOW_AGG:
      rn_builder_text(&b, "window-aggregate");
      keys_text(arena, in, n->u.window_agg.keys, n->u.window_agg.key_count, &b);
      calls_text(arena, n->u.window_agg.calls, n->u.window_agg.call_count, &b);
      window_text(&n->u.window_agg.spec, &b);
      sets_text(n->inputs[0], &b);
      if (n->u.window_agg.early) rn_builder_text(&b, " changes"); /* slots have a word more */
      break;
    case RN_NODE_WINDOW:
      if (n->u.window.spec.kind != RN_WINDOW_SESSION) return NULL;
      rn_builder_text(&b, "session");
      keys_text(arena, in, n->u.window.keys, n->u.window.key_count, &b);
      window_text(&n->u.window.spec, &b);
      row_text(arena, in, &b);
      break;
    case RN_NODE_GROUP_AGG:
      rn_builder_text(&b, n->u.group_agg.call_count ? "group-aggregate" : "distinct");
      keys_text(arena, in, n->u.group_agg.keys, n->u.group_agg.key_count, &b);
      calls_text(arena, n->u.group_agg.calls, n->u.group_agg.call_count, &b);
      sets_text(n->inputs[0], &b);
      rn_builder_printf(&b, " changes=%s",
                        n->u.group_agg.fold ? "fold" : n->u.group_agg.update_before ? "retract" : "upsert");
      if (n->u.group_agg.early) window_text(&n->u.group_agg.window, &b);
      break;
    case RN_NODE_HOLD: /* delays and lateness may be others next time */
      rn_builder_text(&b, "hold");
      window_text(&n->u.hold.window, &b);
      rn_builder_printf(&b, " keys=%u", n->u.hold.key_count);
      row_text(arena, in, &b);
      break;
    case RN_NODE_OVER:
      rn_builder_text(&b, "over");
      keys_text(arena, in, n->u.over.keys, n->u.over.key_count, &b);
      calls_text(arena, n->u.over.calls, n->u.over.call_count, &b);
      rn_builder_printf(&b, " %s %s", n->u.over.rows ? "ROWS" : "RANGE",
                        n->u.over.processing_time ? "proctime" : "rowtime");
      if (n->u.over.unbounded) rn_builder_text(&b, " UNBOUNDED");
      else rn_builder_printf(&b, " %lld", (long long)n->u.over.preceding);
      row_text(arena, in, &b);
      break;
    case RN_NODE_OVER_WHOLE:
      rn_builder_text(&b, "over-whole");
      keys_text(arena, in, n->u.over_whole.keys, n->u.over_whole.key_count, &b);
      calls_text(arena, n->u.over_whole.calls, n->u.over_whole.call_count, &b);
      order_text(n->u.over_whole.order, n->u.over_whole.order_count, &b);
      rn_builder_char(&b, ' ');
      rn_frame_print(&n->u.over_whole.frame, &b);
      rn_builder_printf(&b, " changes=%s", !n->u.over_whole.changes ? "fold" : n->u.over_whole.update_before ? "retract" : "upsert");
      row_text(arena, in, &b);
      break;
    case RN_NODE_RANK:
      rn_builder_printf(&b, "rank %s %lld..%lld%s%s", rn_rank_mode_name(n->u.rank.mode), (long long)n->u.rank.start,
                        (long long)n->u.rank.end, n->u.rank.number ? " number" : "", n->u.rank.latest ? " latest" : "");
      keys_text(arena, in, n->u.rank.keys, n->u.rank.key_count, &b);
      order_text(n->u.rank.order, n->u.rank.order_count, &b);
      row_text(arena, in, &b);
      break;
    case RN_NODE_SORT:
      rn_builder_text(&b, n->u.sort.temporal ? "temporal-sort" : "sort");
      order_text(n->u.sort.items, n->u.sort.item_count, &b);
      row_text(arena, in, &b);
      break;
    case RN_NODE_JOIN:
      rn_builder_printf(&b, "%sjoin %s", n->u.join.windowed ? "window " : "", rn_join_kind_name(n->u.join.kind));
      for (int s = 0; s < 2; s++) {
        keys_text(arena, &n->inputs[s]->schema, n->u.join.keys[s], n->u.join.key_count, &b);
        row_text(arena, &n->inputs[s]->schema, &b);
        if (n->inputs[s]->emits & (RN_CHANGE_UPDATE_BEFORE | RN_CHANGE_DELETE)) rn_builder_text(&b, " hashed");
      }
      for (uint32_t k = 0; k < n->u.join.key_count; k++) rn_builder_text(&b, n->u.join.null_safe[k] ? " null-safe" : " =");
      if (n->u.join.condition) {
        rn_builder_text(&b, " condition=");
        rn_expr_print(n->u.join.condition, NULL, &b);
      }
      rn_builder_printf(&b, " changes=%s%s", n->u.join.fold ? "fold" : "retract", n->u.join.single ? " single" : "");
      break;
    case RN_NODE_SET:
      rn_builder_printf(&b, "set %s%s changes=%s", n->u.set.except ? "except" : "intersect", n->u.set.all ? " all" : "",
                        n->u.set.fold ? "fold" : "retract");
      row_text(arena, in, &b);
      break;
    case RN_NODE_LIMIT: rn_builder_text(&b, "limit"); break;
    case RN_NODE_CONFLICT:
      rn_builder_printf(&b, "conflict %s", rn_conflict_name(n->u.conflict.conflict));
      keys_text(arena, in, n->u.conflict.keys, n->u.conflict.key_count, &b);
      if (n->inputs[0]->emits != RN_CHANGE_INSERT || n->u.conflict.conflict != RN_CONFLICT_NOTHING) row_text(arena, in, &b);
      break;
    default: return NULL;
  }
  rn_builder_printf(&b, " v%d", LAYOUT_VERSION);
  const char *text = rn_arena_strdup(arena, b.data);
  rn_builder_free(&b);
  return text;
}
