/* See join_side.h. */
#include "runtime/operators/join_side.h"

enum { MAP_LEFT = 1, MAP_RIGHT = 2 };

rn_schema rn_join_both(const rn_plan_node *node, rn_arena *arena) {
  rn_field *fields = RN_NEW_N(arena, rn_field, node->inputs[0]->schema.count + node->inputs[1]->schema.count + 1);
  rn_schema both = {0, fields};
  for (unsigned s = 0; s < 2; s++) {
    const rn_schema *in = &node->inputs[s]->schema;
    for (uint32_t c = 0; c < in->count; c++) {
      fields[both.count] = in->fields[c];
      fields[both.count++].type = rn_type_with_null(arena, in->fields[c].type, true);
    }
  }
  return both;
}

rn_map *rn_join_map(rn_operator *op, unsigned side, uint32_t slot_size, uint32_t element_size, rn_arena *arena) {
  static const uint32_t nested[] = {0};
  const rn_plan_node *node = op->node;
  const rn_schema *in = &node->inputs[side]->schema;
  const rn_ref_spec rows = {.element_size = element_size, .nested_count = 1, .nested = nested, .stamped = true};
  const rn_type **types = RN_NEW_N(arena, const rn_type *, node->u.join.key_count + 1);
  for (uint32_t k = 0; k < node->u.join.key_count; k++) types[k] = in->fields[node->u.join.keys[side][k]].type;
  rn_map_spec spec = {.id = side ? MAP_RIGHT : MAP_LEFT, .key_size = rn_key_fixed_size(types, node->u.join.key_count),
                      .value_size = slot_size, .value_align = 8, .ref_count = 1, .refs = &rows,
                      .ttl_us = node->ttl_us[side]};
  return rn_state_map(op->state, &spec);
}

rn_slice rn_join_nulls(const rn_plan_node *node, unsigned side, rn_arena *arena) {
  const rn_schema *schema = &node->inputs[side]->schema;
  rn_batch row;
  rn_keys encoded;
  rn_batch_init(&row, schema, 1, arena);
  for (uint32_t c = 0; c < schema->count; c++) {
    rn_column_nullable(&row.columns[c], 1, arena);
    rn_set_null(&row.columns[c], 0);
  }
  row.rows = row.live_count = 1;
  rn_rows_encode(&encoded, &row, NULL, schema->count, arena);
  return rn_slice_make(encoded.keys[0], encoded.lengths[0]);
}

void rn_join_pairs(const rn_schema *both, uint32_t left_width, const rn_slice *left, const rn_slice *right, uint32_t n,
                   rn_arena *arena, rn_batch *out) {
  rn_arena_reset(arena);
  rn_batch_init(out, both, n, arena);
  rn_keys_decode(left, n, out->columns, left_width, 0, n, arena);
  rn_keys_decode(right, n, out->columns + left_width, both->count - left_width, 0, n, arena);
  out->rows = out->live_count = n;
}
