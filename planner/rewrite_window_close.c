/* GROUP BY window_start, window_end over what has no windowing function of its own below it: window joins, window Top-N and
 * deduplication, other window aggregates, UNION ALL, and calls that read the window itself (DIALECT 4.4.1). No slices then,
 * the rows know their window; but its groups leave once, when the window ends, and are forgotten (Flink's attached windows).
 * As there, not over SESSION: sessions of several keys that happen to have the same bounds are an ordinary GROUP BY. Nor on
 * processing time, where the aggregate's clock does not say that the rows of a window have all come. */
#include "planner/query.h"
#include "planner/rewrite.h"
#include "planner/windowed.h"

static void rewrite(rn_rewrite *r, rn_logical *agg) {
  bool start = false, end = false;
  for (uint32_t i = 0; i < agg->u.agg.key_count && !agg->u.agg.early; i++) {
    rn_windowed_column found;
    if (!rn_windowed(agg->inputs[0], agg->u.agg.keys[i], &found) || found.spec->kind == RN_WINDOW_SESSION ||
        found.spec->processing_time)
      continue;
    if (found.part == RN_WINDOWED_START) start = true;
    if (found.part != RN_WINDOWED_END || end) continue;
    end = true;
    agg->u.agg.window = *found.spec;
    agg->u.agg.window.time_column = 0; /* the groups know their window */
    agg->u.agg.end_key = i;
  }
  agg->u.agg.closes = start && end;
  const rn_logical *window = NULL;
  if (!agg->u.agg.closes || !rn_in_many_windows(&agg->u.agg.window) ||
      rn_trace_window(agg->inputs[0], agg->u.agg.keys[agg->u.agg.end_key], &window) < 0)
    return;
  int late = rn_carry_window_time(r->arena, agg->inputs[0], window);
  if (late >= 0) agg->u.agg.late_time = (uint32_t)late + 1;
}

rn_logical *rn_rewrite_window_close(rn_rewrite *r, rn_logical *node) {
  for (uint32_t i = 0; i < node->input_count; i++) node->inputs[i] = rn_rewrite_window_close(r, node->inputs[i]);
  if (node->kind == RN_L_AGGREGATE) rewrite(r, node);
  return node;
}
