/* Who updates, and what a sink makes of it: refused, by its PRIMARY KEY, row by row, or ON CONFLICT. See changelog.h. */
#include "planner/changelog_parts.h"

/* --- who updates -------------------------------------------------------------------------------------------------- */
static const rn_logical *find_updater(const rn_logical *node) {
  if (!(node->emits & RN_UPDATES)) return NULL;
  bool passes = node->kind == RN_L_JOIN && (node->u.join.kind == RN_JOIN_KIND_INNER || node->u.join.kind == RN_JOIN_KIND_SEMI);
  if (node->kind == RN_L_SET && node->u.set.except) return node;
  if (node->kind == RN_L_AGGREGATE || node->kind == RN_L_WINDOW_AGG || (node->kind == RN_L_JOIN && !passes)) return node;
  if ((node->kind == RN_L_OVER && node->u.over.changes) || (node->kind == RN_L_SORT && node->u.sort.top) ||
      node->kind == RN_L_RANK)
    return node;
  for (uint32_t i = 0; i < node->input_count; i++) {
    const rn_logical *found = find_updater(node->inputs[i]);
    if (found) return found;
  }
  return NULL;
}

rn_status rn_refuse_updates(rn_changelog *c, const char *consumer, const rn_logical *input, const char *hint) {
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
/* Would the table take the changes if it had a PRIMARY KEY? */
static bool takes_with_key(const rn_logical *sink, uint8_t needed) {
  static const uint32_t first = 0;
  rn_table_spec keyed = *sink->u.sink.table;
  keyed.key_count = 1;
  keyed.keys = &first;
  return (keyed.connector->sink_accepts(&keyed) & needed) == needed;
}

rn_status rn_check_sink(rn_changelog *c, rn_logical *sink) {
  const rn_logical *input = sink->inputs[0];
  const char *name = sink->u.sink.table->name;
  if (!(input->emits & RN_UPDATES)) return RN_OK;
  const rn_logical *updater = find_updater(input);
  uint8_t needed = input->emits & (RN_CHANGE_UPDATE_AFTER | RN_CHANGE_DELETE);
  if ((sink->u.sink.accepts & needed) != needed) {
    bool aggregate = updater && (updater->kind == RN_L_AGGREGATE || updater->kind == RN_L_WINDOW_AGG);
    bool early = aggregate && updater->u.agg.early;
    const char *final = early ? "without EMIT CHANGES, early and late firing a window gives final rows; or "
                        : aggregate ? "group by a window (TUMBLE, HOP) to get final rows, or " : "";
    const char *hint = rn_arena_printf(c->arena, "%swrite to a table without WITH: it lies in the database file and takes updates", final);
    if (!sink->u.sink.key_count && input->has_key && input->key_count && takes_with_key(sink, needed))
      hint = rn_arena_printf(c->arena, "%sdeclare PRIMARY KEY (%s) NOT ENFORCED on \"%s\"", final,
                             key_names(c, &input->schema, input->keys, input->key_count), name);
    return rn_refuse_updates(c, rn_arena_printf(c->arena, "table \"%s\"", name), input, hint);
  }
  if (sink->u.sink.conflict && !rn_sink_key_fits(sink, input)) return RN_OK;
  if (sink->u.sink.key_count && !rn_sink_key_fits(sink, input))
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
bool rn_resolves_conflicts(const rn_changelog *c, rn_logical *sink) {
  if (!sink->u.sink.key_count || rn_sink_key_fits(sink, sink->inputs[0])) return false;
  if (!sink->u.sink.conflict && c->settings->latest_wins) sink->u.sink.conflict = RN_CONFLICT_DEDUPLICATE;
  return sink->u.sink.conflict != RN_CONFLICT_NONE;
}
