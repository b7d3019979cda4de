/* GROUP BY window_start, window_end over what has no windowing function of its own below it: window joins, window Top-N and
 * deduplication, other window aggregates, UNION ALL, and calls that read the window itself (DIALECT 4.4.1). No slices then,
 * the rows know their window; but its groups leave once, when the window ends, and are forgotten (Flink's attached windows).
 * As there, not over SESSION: sessions of several keys that happen to have the same bounds are an ordinary GROUP BY. Nor on
 * processing time, where the aggregate's clock does not say that the rows of a window have all come. */
#include "planner/query.h"
#include "planner/rewrite.h"
#include "planner/windowed.h"

static void shift(int *column, uint32_t from) {
  if (*column >= (int)from) ++*column;
}

/* The time of the rows, below grouping sets, too: what those add stands a column further then. */
static int carry_time(rn_rewrite *r, rn_logical *agg, const rn_logical *window) {
  rn_logical *sets = agg->inputs[0]->kind == RN_L_EXPAND ? agg->inputs[0] : NULL, *input = sets ? sets->inputs[0] : agg->inputs[0];
  uint32_t width = input->schema.count;
  int late = rn_carry_window_time(r->arena, input, window);
  if (late < 0 || !sets || input->schema.count == width) return late;
  rn_field *fields = RN_NEW_N(r->arena, rn_field, sets->schema.count + 1);
  for (uint32_t i = 0; i < sets->schema.count; i++) fields[i < width ? i : i + 1] = sets->schema.fields[i];
  fields[width] = input->schema.fields[width];
  sets->schema = (rn_schema){sets->schema.count + 1, fields};
  for (uint32_t k = 0; k < agg->u.agg.key_count; k++)
    if (agg->u.agg.keys[k] >= width) agg->u.agg.keys[k]++;
  for (uint32_t c = 0; c < agg->u.agg.call_count; c++) {
    shift(&agg->u.agg.calls[c].argument, width);
    shift(&agg->u.agg.calls[c].filter, width);
  }
  return late;
}

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
  int late = carry_time(r, agg, window);
  if (late >= 0) agg->u.agg.late_time = (uint32_t)late + 1;
}

rn_logical *rn_rewrite_window_close(rn_rewrite *r, rn_logical *node) {
  for (uint32_t i = 0; i < node->input_count; i++) node->inputs[i] = rn_rewrite_window_close(r, node->inputs[i]);
  if (node->kind == RN_L_AGGREGATE) rewrite(r, node);
  return node;
}
