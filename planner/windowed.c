/* See windowed.h. */
#include "planner/windowed.h"

#include "runtime/function.h"

static bool is_part(uint32_t offset, const rn_window_spec *spec, rn_windowed_column *out) {
  *out = (rn_windowed_column){(rn_window_part)offset, spec};
  return offset < 3;
}

bool rn_windowed(const rn_logical *node, uint32_t column, rn_windowed_column *out) {
  for (;;) {
    const rn_logical *input = node->input_count ? node->inputs[0] : NULL;
    uint32_t width = input ? input->schema.count : 0;
    switch (node->kind) {
      case RN_L_PROJECT:
        if (node->u.project[column]->kind != RN_EXPR_COLUMN) return false;
        column = node->u.project[column]->index;
        break;
      case RN_L_FILTER: case RN_L_RANK: break;
      case RN_L_WINDOW:
        if (column >= width) return is_part(column - width, &node->u.window, out);
        *out = (rn_windowed_column){RN_WINDOWED_ROWTIME, &node->u.window};
        return !node->u.window.processing_time && column == node->u.window.time_column;
      case RN_L_WINDOW_AGG: {
        uint32_t first = node->u.agg.key_count + node->u.agg.call_count;
        return column >= first && is_part(column - first, &node->u.agg.window, out);
      }
      case RN_L_AGGREGATE: /* before the pass that makes it a window aggregate: all of start and end must be keys */
        if (column >= node->u.agg.key_count || !rn_windowed_keys(input, node->u.agg.keys, node->u.agg.key_count)) return false;
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
    if (node->kind == RN_L_RANK && (column >= width || !node->u.rank.windowed)) return false;
    node = input;
  }
}

bool rn_windowed_keys(const rn_logical *node, const uint32_t *columns, uint32_t count) {
  rn_windowed_column found;
  unsigned parts = 0;
  for (uint32_t i = 0; i < count; i++)
    if (rn_windowed(node, columns[i], &found)) parts |= 1u << found.part;
  return (parts & 3u) == 3u;
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
