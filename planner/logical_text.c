/* The logical plan as text: the tree that EXPLAIN shows as Abstract Syntax Tree. See logical.h. */
#include "base/alloc.h"
#include "planner/logical.h"

const char **rn_schema_names(const rn_schema *schema) {
  const char **names = rn_malloc(sizeof *names * (schema->count ? schema->count : 1));
  for (uint32_t i = 0; i < schema->count; i++) names[i] = schema->fields[i].name;
  return names;
}

static void print_calls(const rn_agg_call *calls, uint32_t count, const char *const *names, rn_builder *out) {
  rn_builder_text(out, ", calls=[");
  for (uint32_t i = 0; i < count; i++) {
    const rn_agg_call *c = &calls[i];
    rn_builder_printf(out, "%s%s(%s%s)", i ? ", " : "", c->aggregate->name, c->distinct ? "DISTINCT " : "",
                      c->argument >= 0 ? names[c->argument] : "*");
    if (c->filter >= 0) rn_builder_printf(out, " FILTER %s", names[c->filter]);
  }
  rn_builder_text(out, "]");
}

static void print_window(const rn_window_spec *w, const char *const *names, rn_builder *out) {
  rn_builder_printf(out, "%s(%s, ", rn_window_names[w->kind], w->processing_time ? "PROCTIME" : names[w->time_column]);
  if (w->kind == RN_WINDOW_HOP || w->kind == RN_WINDOW_CUMULATE)
    rn_builder_printf(out, "%lld ms, ", (long long)(w->slide_us / 1000));
  rn_builder_printf(out, "%lld ms", (long long)(w->size_us / 1000));
  if (w->offset_us) rn_builder_printf(out, ", offset %lld ms", (long long)(w->offset_us / 1000));
  rn_builder_text(out, ")");
}

static void print_keys(const uint32_t *keys, uint32_t count, const char *const *names, rn_builder *out) {
  for (uint32_t i = 0; i < count; i++) rn_builder_printf(out, "%s%s", i ? ", " : "", names[keys[i]]);
}

/* `prefix`: what stands before the lines of the node's inputs; Flink's tree: "+- " the last, ":- " the others. */
static void print_node(const rn_logical *node, const char *lead, const char *prefix, rn_builder *out) {
  rn_schema none = {0, NULL};
  const char **names = rn_schema_names(node->input_count ? &node->inputs[0]->schema : &none);
  rn_builder_printf(out, "%s%sLogical%s(", prefix, lead, rn_logical_kind_name(node->kind));
  switch (node->kind) {
    case RN_L_SCAN: rn_builder_printf(out, "table=[%s]", node->u.scan->object->name); break;
    case RN_L_VALUES: rn_builder_printf(out, "rows=[%u]", node->u.values.row_count); break;
    case RN_L_FILTER:
      rn_builder_text(out, "condition=[");
      rn_expr_print(node->u.filter, names, out);
      rn_builder_text(out, "]");
      break;
    case RN_L_PROJECT:
      for (uint32_t i = 0; i < node->schema.count; i++) {
        rn_builder_printf(out, "%s%s=[", i ? ", " : "", node->schema.fields[i].name);
        rn_expr_print(node->u.project[i], names, out);
        rn_builder_text(out, "]");
      }
      break;
    case RN_L_WINDOW:
      rn_builder_text(out, "window=[");
      print_window(&node->u.window, names, out);
      rn_builder_text(out, "]");
      if (node->partition_count) {
        rn_builder_text(out, ", partition=[");
        print_keys(node->partition, node->partition_count, names, out);
        rn_builder_text(out, "]");
      }
      break;
    case RN_L_AGGREGATE: case RN_L_WINDOW_AGG:
      rn_builder_text(out, "group=[");
      print_keys(node->u.agg.keys, node->u.agg.key_count, names, out);
      rn_builder_text(out, "]");
      if (node->kind == RN_L_WINDOW_AGG) {
        rn_builder_text(out, ", window=[");
        print_window(&node->u.agg.window, names, out);
        rn_builder_text(out, "]");
      }
      print_calls(node->u.agg.calls, node->u.agg.call_count, names, out);
      break;
    case RN_L_OVER:
      rn_builder_text(out, "partition=[");
      print_keys(node->u.over.keys, node->u.over.key_count, names, out);
      rn_builder_text(out, "], order=[");
      for (uint32_t i = 0; i < node->u.over.order_count; i++)
        rn_builder_printf(out, "%s%s%s", i ? ", " : "", names[node->u.over.order[i].column],
                          node->u.over.order[i].descending ? " DESC" : "");
      rn_builder_text(out, "], ");
      rn_frame_print(&node->u.over.frame, out);
      print_calls(node->u.over.calls, node->u.over.call_count, names, out);
      break;
    case RN_L_RANK:
      rn_builder_text(out, "partition=[");
      print_keys(node->u.rank.keys, node->u.rank.key_count, names, out);
      rn_builder_printf(out, "], ranks=[%lld..%lld]", (long long)node->u.rank.start, (long long)node->u.rank.end);
      break;
    case RN_L_SORT:
      rn_builder_text(out, "order=[");
      for (uint32_t i = 0; i < node->u.sort.item_count; i++)
        rn_builder_printf(out, "%s%s %s", i ? ", " : "", names[node->u.sort.items[i].column],
                          node->u.sort.items[i].descending ? "DESC" : "ASC");
      rn_builder_text(out, "]");
      if (node->u.sort.limit >= 0) rn_builder_printf(out, ", fetch=[%lld]", (long long)node->u.sort.limit);
      if (node->u.sort.offset > 0) rn_builder_printf(out, ", offset=[%lld]", (long long)node->u.sort.offset);
      break;
    case RN_L_LIMIT:
      if (node->u.limit.limit >= 0) rn_builder_printf(out, "fetch=[%lld]", (long long)node->u.limit.limit);
      if (node->u.limit.offset > 0)
        rn_builder_printf(out, "%soffset=[%lld]", node->u.limit.limit >= 0 ? ", " : "", (long long)node->u.limit.offset);
      break;
    case RN_L_EXPAND:
      rn_builder_text(out, "keys=[");
      print_keys(node->u.expand.keys, node->u.expand.key_count, names, out);
      rn_builder_text(out, "], sets=[");
      for (uint32_t i = 0; i < node->u.expand.set_count; i++)
        rn_builder_printf(out, "%s%lld", i ? ", " : "", (long long)node->u.expand.sets[i]);
      rn_builder_text(out, "]");
      break;
    case RN_L_UNION: rn_builder_text(out, "all=[true]"); break;
    case RN_L_SET:
      rn_builder_printf(out, "operation=[%s], all=[%s]", node->u.set.except ? "EXCEPT" : "INTERSECT", node->u.set.all ? "true" : "false");
      break;
    case RN_L_JOIN: {
      static const char *const kinds[] = {"inner", "left", "right", "full", "semi", "anti", "mark"};
      uint32_t left = node->inputs[0]->schema.count, width = rn_logical_width(node);
      const char **both = rn_malloc(sizeof *both * (width + 1));
      for (uint32_t i = 0; i < width; i++) {
        bool own = rn_join_pairs(node->u.join.kind) || i < left;
        both[i] = own ? node->schema.fields[i].name : node->inputs[1]->schema.fields[i - left].name;
      }
      rn_builder_text(out, "condition=[");
      if (node->u.join.condition) rn_expr_print(node->u.join.condition, both, out);
      else rn_builder_text(out, "true");
      rn_builder_printf(out, "], joinType=[%s]%s", kinds[node->u.join.kind], node->u.join.lateral ? ", correlated=[true]" : "");
      rn_free(both);
      break;
    }
    case RN_L_UNNEST:
      rn_builder_printf(out, "collection=[%s]%s, joinType=[%s]", names[node->u.unnest.column],
                        node->u.unnest.ordinality ? ", ordinality=[true]" : "", node->u.unnest.outer ? "left" : "inner");
      if (node->u.unnest.condition) {
        const char **own = rn_schema_names(&node->schema);
        rn_builder_text(out, ", condition=[");
        rn_expr_print(node->u.unnest.condition, own, out);
        rn_builder_char(out, ']');
        rn_free(own);
      }
      break;
    case RN_L_SINK:
      rn_builder_printf(out, "table=[%s], fields=[", node->u.sink.table->name);
      for (uint32_t i = 0; i < node->schema.count; i++)
        rn_builder_printf(out, "%s%s", i ? ", " : "", node->schema.fields[i].name);
      rn_builder_text(out, "]");
      break;
    default: break;
  }
  rn_builder_text(out, ")\n");
  rn_free(names);
  rn_builder below = {0};
  rn_builder_printf(&below, "%s%s", prefix, !*lead ? "" : *lead == '+' ? "   " : ":  ");
  for (uint32_t i = 0; i < node->input_count; i++)
    print_node(node->inputs[i], i + 1 == node->input_count ? "+- " : ":- ", below.data ? below.data : "", out);
  rn_builder_free(&below);
}

void rn_logical_print(const rn_logical *node, rn_builder *out) { print_node(node, "", "", out); }
