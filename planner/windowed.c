/* See windowed.h. */
#include "planner/windowed.h"

#include "runtime/function.h"

static bool is_part(uint32_t offset, const rn_window_spec *spec, rn_windowed_column *out) {
  *out = (rn_windowed_column){(rn_window_part)offset, spec};
  return offset < 3;
}

bool rn_same_windows(const rn_window_spec *a, const rn_window_spec *b) {
  return a->kind == b->kind && a->processing_time == b->processing_time && a->local_zone == b->local_zone &&
         a->size_us == b->size_us && a->slide_us == b->slide_us && a->offset_us == b->offset_us;
}

static bool trace(const rn_logical *node, uint32_t column, bool bound, rn_windowed_column *out);

/* UNION ALL of relations with the same windows. */
static bool of_every_input(const rn_logical *node, uint32_t column, bool bound, rn_windowed_column *out) {
  for (uint32_t i = 0; i < node->input_count; i++) {
    rn_windowed_column found;
    if (!trace(node->inputs[i], column, bound, &found)) return false;
    if (i && (found.part != out->part || !rn_same_windows(found.spec, out->spec))) return false;
    *out = found;
  }
  return node->input_count > 0;
}

static bool has_keys(const rn_logical *node, const uint32_t *columns, uint32_t count, bool bound) {
  rn_windowed_column found;
  unsigned parts = 0;
  for (uint32_t i = 0; i < count; i++)
    if (trace(node, columns[i], bound, &found)) parts |= 1u << found.part;
  return (parts & 3u) == 3u;
}

/* bound: before the passes, where a Top-N is a filter on ROW_NUMBER(). */
static bool trace(const rn_logical *node, uint32_t column, bool bound, rn_windowed_column *out) {
  for (;;) {
    const rn_logical *input = node->input_count ? node->inputs[0] : NULL;
    uint32_t width = input ? input->schema.count : 0;
    switch (node->kind) {
      case RN_L_PROJECT:
        if (node->u.project[column]->kind != RN_EXPR_COLUMN) return false;
        column = node->u.project[column]->index;
        break;
      case RN_L_FILTER: case RN_L_RANK: break;
      case RN_L_EXPAND: /* the input's columns pass, copies of keys do not */
        if (column >= width) return false;
        break;
      case RN_L_OVER:
        if (!bound || column >= width || node->u.over.call_count != 1 || node->u.over.calls[0].ops->over != RN_OVER_ROW_NUMBER ||
            !has_keys(input, node->u.over.keys, node->u.over.key_count, bound))
          return false;
        break;
      case RN_L_UNION: return of_every_input(node, column, bound, out);
      case RN_L_WINDOW:
        if (column >= width) return is_part(column - width, &node->u.window, out);
        *out = (rn_windowed_column){RN_WINDOWED_ROWTIME, &node->u.window};
        return node->u.window.processing_time ? input->schema.fields[column].type->time_attribute == RN_TIME_PROCTIME
                                              : column == node->u.window.time_column;
      case RN_L_WINDOW_AGG: {
        uint32_t first = node->u.agg.key_count + node->u.agg.call_count;
        return column >= first && is_part(column - first, &node->u.agg.window, out);
      }
      case RN_L_AGGREGATE: /* before the pass that makes it a window aggregate: all of start and end must be keys */
        if (column >= node->u.agg.key_count || !has_keys(input, node->u.agg.keys, node->u.agg.key_count, bound)) return false;
        column = node->u.agg.keys[column];
        break;
      case RN_L_JOIN:
        if (!node->u.join.windowed && !node->u.join.timed) return false;
        if (column >= width) {
          if (rn_join_keeps(node->u.join.kind, 0)) return false; /* may be NULL */
          column -= width;
          input = node->inputs[1];
        } else if (rn_join_keeps(node->u.join.kind, 1)) {
          return false;
        }
        break;
      default: return false;
    }
    if (node->kind == RN_L_RANK && (column >= width || !node->u.rank.windowed || node->u.rank.window.processing_time)) return false;
    node = input;
  }
}

bool rn_windowed(const rn_logical *node, uint32_t column, rn_windowed_column *out) { return trace(node, column, false, out); }

bool rn_windowed_behind(const rn_logical *node, const uint32_t *columns, uint32_t count, uint32_t column) {
  rn_windowed_column found;
  return has_keys(node, columns, count, true) && !(trace(node, column, true, &found) && found.part == RN_WINDOWED_TIME);
}

bool rn_windowed_time(const rn_logical *node, const uint32_t *columns, uint32_t count, uint32_t column) {
  rn_windowed_column found;
  return has_keys(node, columns, count, true) && trace(node, column, true, &found) && found.part == RN_WINDOWED_TIME && !found.spec->processing_time &&
         found.spec->kind != RN_WINDOW_SESSION;
}

bool rn_in_many_windows(const rn_window_spec *spec) {
  return (spec->kind == RN_WINDOW_HOP || spec->kind == RN_WINDOW_CUMULATE) && !spec->processing_time;
}

/* Which part of one window do both sides of the comparison name? */
static unsigned equal_parts(const rn_logical *join, const rn_expr *e) {
  unsigned parts = 0;
  if (e->kind == RN_EXPR_AND)
    for (uint32_t i = 0; i < e->arg_count; i++) parts |= equal_parts(join, e->args[i]);
  if (e->kind != RN_EXPR_CALL || e->arg_count != 2 || strcmp(e->function->name, "=") != 0) return parts;
  uint32_t width = join->inputs[0]->schema.count;
  rn_windowed_column sides[2];
  unsigned found = 0;
  for (int i = 0; i < 2; i++) {
    if (e->args[i]->kind != RN_EXPR_COLUMN) return parts;
    unsigned side = e->args[i]->index >= width;
    if (rn_windowed(join->inputs[side], e->args[i]->index - (side ? width : 0), &sides[side])) found |= 1u << side;
  }
  return found == 3 && sides[0].part == sides[1].part ? parts | 1u << sides[0].part : parts;
}

void rn_windowed_mark_join(rn_arena *arena, rn_logical *join) {
  rn_join_kind kind = join->u.join.kind;
  if (join->kind != RN_L_JOIN || !join->u.join.condition || !rn_join_pairs(kind)) return;
  if ((equal_parts(join, join->u.join.condition) & 3u) != 3) return;
  join->u.join.timed = true;
  uint32_t width = join->inputs[0]->schema.count;
  rn_field *fields = RN_NEW_N(arena, rn_field, join->schema.count + 1);
  for (uint32_t i = 0; i < join->schema.count; i++) fields[i] = join->schema.fields[i];
  join->schema.fields = fields;
  for (uint32_t i = 0; i < join->schema.count; i++) {
    unsigned side = i >= width;
    rn_windowed_column found;
    if (rn_join_keeps(kind, !side) || !rn_windowed(join->inputs[side], i - (side ? width : 0), &found)) continue;
    if (found.part == RN_WINDOWED_TIME && !found.spec->processing_time)
      fields[i].type = rn_type_with_time(arena, fields[i].type, RN_TIME_ROWTIME);
  }
}
