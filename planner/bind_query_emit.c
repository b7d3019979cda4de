/* When the results of a window aggregate are shown: EMIT CHANGES, and table.exec.emit.* for windows in GROUP BY (DIALECT
 * 5.6). Such an aggregate is an AGGREGATE by the window's columns over a WINDOW, and its groups go with their window; over
 * SESSION, whose bounds move, a WINDOW_AGG that shows its sessions. */
#include "planner/query.h"

#define EARLY "table.exec.emit.early-fire"
#define LATE "table.exec.emit.late-fire"
#define LATENESS "table.exec.emit.allow-lateness"

/* Early and late firing are for windows in GROUP BY, as in the dialect. */
static rn_status refuse_functions(rn_query_context *q, const rn_logical *window) {
  const rn_planner_settings *set = q->settings;
  if (!set->early_fire && !set->late_fire) return RN_OK;
  return rn_diag(q->binder.diags, RN_E_SETTING, window->span, "end the query with EMIT CHANGES, or RESET the setting",
                 "'%s.enabled' is for windows in GROUP BY, not for windowing functions", set->early_fire ? EARLY : LATE);
}

static rn_status check_settings(rn_query_context *q, rn_span span, bool processing_time, bool session) {
  const rn_planner_settings *set = q->settings;
  rn_diagnostics *d = q->binder.diags;
  if (session && (set->early_fire || set->late_fire))
    return rn_diag(d, RN_E_SETTING, span, "end the query with EMIT CHANGES to see sessions as they grow, or RESET the setting",
                   "'%s.enabled' is not supported over SESSION windows", set->early_fire ? EARLY : LATE);
  if (set->early_fire && set->early_fire_us < 0)
    return rn_diag(d, RN_E_SETTING, span, "SET '" EARLY ".delay' = '0 ms' shows every change",
                   "'" EARLY ".enabled' needs '" EARLY ".delay' too");
  if (!set->late_fire) return RN_OK;
  if (set->late_fire_us < 0)
    return rn_diag(d, RN_E_SETTING, span, "SET '" LATE ".delay' = '0 ms' shows every change",
                   "'" LATE ".enabled' needs '" LATE ".delay' too");
  if (!set->lateness_us && !processing_time) /* there nothing is late */
    return rn_diag(d, RN_E_SETTING, span, "SET '" LATENESS "' = '1 min', or how long late rows are to count",
                   "'" LATE ".enabled' needs '" LATENESS "' too");
  if (set->lateness_us < set->late_fire_us)
    return rn_diag(d, RN_E_SETTING, span, "no delay would end before the window goes",
                   "'" LATENESS "' (%lld ms) is smaller than '" LATE ".delay' (%lld ms)",
                   (long long)(set->lateness_us / 1000), (long long)(set->late_fire_us / 1000));
  return RN_OK;
}

rn_status rn_refuse_session_changes(rn_diagnostics *diags, rn_span span) {
  return rn_diag(diags, RN_E_UNSUPPORTED, span,
                 "group by window_start, window_end and the columns of its PARTITION BY, no others; calls read columns of the table",
                 "EMIT CHANGES over SESSION shows whole sessions, but this query puts rows of several into one group");
}

rn_status rn_bind_emit(rn_select_binder *s, const rn_logical *window, bool whole_sessions, bool *early, rn_fire *fire) {
  rn_query_context *q = s->q;
  const rn_planner_settings *set = q->settings;
  *early = false;
  *fire = (rn_fire){.early_us = -1, .late_us = -1};
  if (!window && !s->window_ast) return RN_OK;
  bool session = (s->window_ast ? s->window.kind : window->u.window.kind) == RN_WINDOW_SESSION;
  bool streams = !set->batch_mode; /* else all there is to show are final results */
  if (q->emit_changes && session && !whole_sessions) return rn_refuse_session_changes(q->binder.diags, q->emit_span);
  if (streams && window && refuse_functions(q, window) != RN_OK) return RN_FAIL;
  if (streams && s->window_ast) {
    bool processing_time = s->window.processing_time;
    if (check_settings(q, s->window_ast->span, processing_time, session) != RN_OK) return RN_FAIL;
    if (set->early_fire) fire->early_us = set->early_fire_us;
    if (set->late_fire && !processing_time) {
      fire->late_us = set->late_fire_us;
      fire->lateness_us = set->lateness_us;
    }
  }
  if (q->emit_changes) fire->early_us = 0;
  *early = fire->early_us >= 0 || fire->late_us >= 0;
  return RN_OK;
}

uint32_t rn_put_window(rn_select_binder *s, rn_logical **input, uint32_t time_column) {
  rn_query_context *q = s->q;
  uint32_t width = (*input)->schema.count;
  rn_logical *node = rn_logical_over(q->arena, RN_L_WINDOW, s->window_ast->span, *input);
  node->u.window = s->window;
  node->u.window.time_column = time_column;
  rn_field *fields = RN_NEW_N(q->arena, rn_field, width + 3);
  for (uint32_t i = 0; i < width; i++) fields[i] = (*input)->schema.fields[i];
  if (!s->window.processing_time) fields[time_column].type = rn_type_plain(q->arena, fields[time_column].type);
  rn_window_fields(q->arena, s->window_time->type, s->window.processing_time, fields + width);
  node->schema = (rn_schema){width + 3, fields};
  *input = node;
  return width;
}
