/* Hints behind SELECT (DIALECT 4.20): a table of those that Flink knows. STATE_TTL says how long a join or an aggregate keeps
 * what it read of a table. The others choose between ways to compute the same rows, and here there is one way, so they do
 * nothing; but a hint that Flink refuses is refused here, too. */
#include "planner/query.h"
#include "runtime/connector.h"

typedef enum hint_form { TABLES, DURATIONS, OPTIONS } hint_form;

typedef struct hint_row {
  const char *name;
  hint_form form; /* (t, ..), ('t' = 'duration', ..), ('key' = 'value', ..) */
} hint_row;
static const hint_row rows[] = {
    {"BROADCAST", TABLES}, {"SHUFFLE_HASH", TABLES}, {"SHUFFLE_MERGE", TABLES}, {"NEST_LOOP", TABLES},
    {"MULTI_JOIN", TABLES}, {"STATE_TTL", DURATIONS}, {"LOOKUP", OPTIONS}, {"OPTIONS", OPTIONS},
};
enum { ROW_COUNT = sizeof rows / sizeof *rows };

static const hint_row *find_row(const char *name) {
  for (size_t i = 0; i < ROW_COUNT; i++)
    if (rn_text_eq_nocase(rows[i].name, name)) return &rows[i];
  return NULL;
}

static rn_status unknown(rn_query_context *q, const rn_ast_hint *hint) {
  const char *names[ROW_COUNT];
  for (size_t i = 0; i < ROW_COUNT; i++) names[i] = rows[i].name;
  const char *near = rn_text_nearest(rn_slice_of(hint->name), names, ROW_COUNT);
  return rn_diag(q->binder.diags, RN_E_OPTION_UNKNOWN, hint->span,
                 near ? rn_arena_printf(q->arena, "did you mean %s?", near) : NULL,
                 "there is no hint %s", hint->name);
}

static rn_status check_table(rn_query_context *q, const rn_relation *from, const rn_ast_hint *hint, const char *name,
                             rn_span span) {
  const char **names = RN_NEW_N(q->arena, const char *, from->count + 1);
  uint32_t count = 0;
  for (uint32_t i = 0; i < from->count; i++) {
    if (!from->columns[i].table) continue;
    if (!strcmp(from->columns[i].table, name)) return RN_OK;
    names[count++] = from->columns[i].table;
  }
  const char *near = rn_text_nearest(rn_slice_of(name), names, count);
  return rn_diag(q->binder.diags, RN_E_TABLE_NOT_FOUND, span, near ? rn_arena_printf(q->arena, "did you mean \"%s\"?",
                                                                                     near) : NULL,
                 "the hint %s names \"%s\", and FROM has no such table", hint->name, name);
}

/* The input of a join in FROM that has the table's columns and no others, be it below filters and other joins. */
static bool say_side(rn_logical *node, const rn_relation *from, uint32_t first, const char *table, int64_t ttl_us) {
  if (node->kind == RN_L_FILTER) return say_side(node->inputs[0], from, first, table, ttl_us);
  if (node->kind != RN_L_JOIN) return false;
  bool found = false;
  for (uint32_t side = 0; side < 2; first += node->inputs[side++]->schema.count) {
    uint32_t end = first + node->inputs[side]->schema.count, mine = 0, others = 0;
    for (uint32_t i = 0; i < from->count; i++) {
      if (from->columns[i].index < first || from->columns[i].index >= end) continue;
      bool same = from->columns[i].table && !strcmp(from->columns[i].table, table);
      if (same) mine++;
      else others++;
    }
    if (mine && !others) {
      node->ttl_us[side] = ttl_us;
      found = true;
    } else if (mine) {
      found |= say_side(node->inputs[side], from, first, table, ttl_us);
    }
  }
  return found;
}

/* The aggregate of the SELECT reads what FROM gives: its only table. */
static bool say_aggregate(rn_select_binder *s, const char *table, int64_t ttl_us) {
  if (!s->grouped) return false;
  for (uint32_t i = 0; i < s->from.count; i++)
    if (!s->from.columns[i].table || strcmp(s->from.columns[i].table, table)) return false;
  s->has_ttl = true;
  s->ttl_us = ttl_us;
  return true;
}

static rn_status check_hint(rn_select_binder *s, const rn_ast_hint *hint) {
  rn_query_context *q = s->q;
  const rn_relation *from = &s->from;
  const hint_row *row = find_row(hint->name);
  if (!row) return unknown(q, hint);
  if (row->form == TABLES && !hint->names.count)
    return rn_diag(q->binder.diags, RN_E_ARGUMENTS, hint->span, NULL, "%s takes tables: %s(t)", row->name, row->name);
  rn_status status = RN_OK;
  bool effect = row->form == DURATIONS && hint->options.count > 0;
  for (uint32_t i = 0; row->form == TABLES && i < hint->names.count; i++)
    if (check_table(q, from, hint, hint->names.items[i].text, hint->names.items[i].span) != RN_OK) status = RN_FAIL;
  for (uint32_t i = 0; row->form == DURATIONS && i < hint->options.count; i++) {
    const rn_ast_option *o = &hint->options.items[i];
    int64_t us;
    if (check_table(q, from, hint, o->key, o->key_span) != RN_OK) status = RN_FAIL;
    else if (!rn_duration_parse(rn_slice_of(o->value), &us))
      status = rn_diag(q->binder.diags, RN_E_OPTION_VALUE, o->value_span, "write '12 h' or '1 d'",
                       "\"%s\" is no duration", o->value);
    else if (!say_side(from->node, from, 0, o->key, us) && !say_aggregate(s, o->key, us))
      effect = false;
  }
  if (status == RN_OK && !effect) rn_diag(q->binder.diags, RN_W_OPTION, hint->span, NULL, "the hint %s has no effect", row->name);
  return status;
}

rn_status rn_bind_hints(rn_select_binder *s) {
  rn_status status = RN_OK;
  for (uint32_t i = 0; i < s->select->hints.count; i++)
    if (check_hint(s, &s->select->hints.items[i]) != RN_OK) status = RN_FAIL;
  return status;
}
