/* A table becomes SCAN, CALC (computed columns), WATERMARK; all that read it share them. Only columns that something
 * reads leave the source. See physical_parts.h. */
#include "planner/physical_parts.h"

static int cheapest_column(const rn_access *a) {
  int best = -1;
  size_t width = 0;
  for (uint32_t i = 0; i < a->object->column_count; i++) {
    if (a->object->columns[i].kind != RN_COL_PHYSICAL) continue;
    size_t w = rn_physical_width(rn_type_physical(a->object->columns[i].type));
    if (w && (best < 0 || w < width)) {
      best = (int)i;
      width = w;
    }
  }
  for (uint32_t i = 0; i < a->object->column_count && best < 0; i++)
    if (a->spec_column[i] >= 0) best = (int)i;
  return best;
}

static const char *source_path(rn_plan_builder *b, const rn_access *a) {
  unsigned same = 0;
  for (const rn_access *o = b->accesses; o && o != a; o = o->next)
    if (o->object == a->object) same++;
  if (!same) return rn_arena_printf(b->arena, "source.%s", a->object->name);
  return rn_arena_printf(b->arena, "source.%s.%u", a->object->name, same + 1);
}

bool rn_wants_one(const rn_table_spec *spec, const char *option) {
  const char *text = rn_option_text(&spec->options, option);
  return text && rn_slice_is(rn_slice_trim(rn_slice_of(text)), "1");
}

rn_built rn_physical_scan(rn_plan_builder *b, rn_access *a) {
  uint32_t count = a->object->column_count;
  if (b->sources[a->number].node) return b->sources[a->number];
  bool *read = RN_NEW_N(b->arena, bool, count + 1), *wanted = RN_NEW_N(b->arena, bool, count + 1);
  for (uint32_t i = 0; i < count; i++) wanted[i] = a->used[i];
  if (a->watermark) {
    wanted[a->rowtime] = true;
    rn_expr_columns(a->watermark, wanted);
  }
  bool any = false, computed = false;
  for (uint32_t i = 0; i < count; i++) any = any || wanted[i];
  if (!any) wanted[cheapest_column(a)] = true;
  for (uint32_t i = 0; i < count; i++) {
    if (!wanted[i]) continue;
    if (a->spec_column[i] >= 0) read[i] = true;
    if (a->computed[i]) {
      computed = true;
      rn_expr_columns(a->computed[i], read);
    }
  }
  any = false;
  for (uint32_t i = 0; i < count; i++) any = any || read[i];
  if (!any) read[cheapest_column(a)] = true; /* only PROCTIME() and the like are wanted */

  const char *path = source_path(b, a);
  rn_plan_node *scan = rn_put_node(b, RN_NODE_SCAN, a->span, path, 0, NULL);
  scan->bounded = a->bounded;
  bool one = !b->settings->parallelism || rn_wants_one(a->spec, "scan.parallelism");
  scan->parallelism = one ? 1 : b->settings->parallelism;
  rn_table_spec *spec = rn_physical_spec(b->arena, a->spec);
  scan->u.scan.table = spec;
  scan->u.scan.source = (uint16_t)b->plan->scan_count++;
  int *map = RN_NEW_N(b->arena, int, count + 1);
  rn_field *fields = RN_NEW_N(b->arena, rn_field, count + 1);
  uint32_t *columns = RN_NEW_N(b->arena, uint32_t, count + 1), width = 0;
  for (uint32_t i = 0; i < count; i++) {
    map[i] = -1;
    if (!read[i] || a->spec_column[i] < 0) continue;
    const rn_table_column *column = &spec->columns[a->spec_column[i]];
    const rn_type *type = a->computed[i] ? column->type : rn_type_copy(b->arena, a->object->columns[i].type);
    map[i] = (int)width;
    columns[width] = (uint32_t)a->spec_column[i];
    fields[width++] = (rn_field){column->name, type};
  }
  scan->u.scan.columns = columns;
  scan->schema = (rn_schema){width, fields};
  rn_plan_node *top = scan;
  if (computed) {
    top = rn_put_over(b, RN_NODE_CALC, a->span, NULL, scan);
    rn_field *out_fields = RN_NEW_N(b->arena, rn_field, count + 1);
    top->u.calc.exprs = RN_NEW_N(b->arena, rn_expr *, count + 1);
    int *out_map = RN_NEW_N(b->arena, int, count + 1);
    uint32_t out = 0;
    for (uint32_t i = 0; i < count; i++) {
      out_map[i] = -1;
      if (!wanted[i]) continue;
      const rn_catalog_column *c = &a->object->columns[i];
      top->u.calc.exprs[out] = a->computed[i] ? rn_physical_expr(b->arena, a->computed[i], map)
                                              : rn_expr_column(b->arena, (uint32_t)map[i], fields[map[i]].type,
                                                               a->span);
      out_fields[out] = (rn_field){rn_arena_strdup(b->arena, c->name), rn_type_copy(b->arena, c->type)};
      out_map[i] = (int)out++;
    }
    top->schema = (rn_schema){out, out_fields};
    map = out_map;
  }
  if (a->watermark) {
    top = rn_put_over(b, RN_NODE_WATERMARK, a->span, rn_arena_printf(b->arena, "%s.watermark", path), top);
    top->u.watermark.rowtime_column = (uint32_t)map[a->rowtime];
    top->u.watermark.expr = rn_physical_expr(b->arena, a->watermark, map);
    top->u.watermark.interval_us = a->each_row ? 0 : b->settings->watermark_interval_us;
    top->u.watermark.gap = a->each_row ? a->gap : 1;
    top->u.watermark.max_ahead_us = a->max_ahead_us;
    top->u.watermark.align_group = a->align_group ? rn_arena_strdup(b->arena, a->align_group) : NULL;
    top->u.watermark.align_drift_us = a->align_drift_us;
    top->u.watermark.align_interval_us = a->align_interval_us;
    top->u.watermark.idle_timeout_us = a->idle_timeout_us >= 0 ? a->idle_timeout_us : b->settings->idle_timeout_us;
    top->u.watermark.null_handling = b->settings->rowtime_null_handling;
  }
  b->sources[a->number] = (rn_built){top, map};
  return b->sources[a->number];
}
