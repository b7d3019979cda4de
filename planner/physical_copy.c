/* Deep copies into the plan's arena. See physical.h. */
#include "planner/physical.h"

rn_value rn_physical_value(rn_arena *arena, const rn_value *value) {
  rn_value copy = *value;
  copy.type = rn_type_copy(arena, value->type);
  if (value->is_null) return copy;
  if (rn_type_physical(value->type) == RN_P_STR) {
    copy.u.text = rn_slice_make(rn_arena_strndup(arena, value->u.text.ptr, value->u.text.len), value->u.text.len);
  } else if (rn_type_physical(value->type) == RN_P_ROW || rn_type_physical(value->type) == RN_P_LIST) {
    uint32_t count = value->type->id == RN_T_ROW ? value->type->child_count : value->item_count;
    rn_value *items = RN_NEW_N(arena, rn_value, count + 1);
    for (uint32_t i = 0; i < count; i++) items[i] = rn_physical_value(arena, &value->u.items[i]);
    copy.u.items = items;
  }
  return copy;
}

rn_expr *rn_physical_expr(rn_arena *arena, const rn_expr *e, const int *map) {
  rn_expr *copy = RN_NEW(arena, rn_expr);
  *copy = *e;
  copy->type = rn_type_copy(arena, e->type);
  if (e->kind == RN_EXPR_COLUMN && map) copy->index = (uint32_t)map[e->index];
  if (e->kind == RN_EXPR_CONST) copy->value = rn_physical_value(arena, &e->value);
  copy->args = RN_NEW_N(arena, rn_expr *, e->arg_count + 1);
  for (uint32_t i = 0; i < e->arg_count; i++) copy->args[i] = rn_physical_expr(arena, e->args[i], map);
  return copy;
}

rn_schema rn_physical_schema(rn_arena *arena, const rn_schema *schema) {
  rn_field *fields = RN_NEW_N(arena, rn_field, schema->count + 1);
  for (uint32_t i = 0; i < schema->count; i++)
    fields[i] = (rn_field){rn_arena_strdup(arena, schema->fields[i].name), rn_type_copy(arena, schema->fields[i].type)};
  return (rn_schema){schema->count, fields};
}

rn_table_spec *rn_physical_spec(rn_arena *arena, const rn_table_spec *spec) {
  rn_table_spec *copy = RN_NEW(arena, rn_table_spec);
  *copy = *spec;
  copy->name = rn_arena_strdup(arena, spec->name);
  rn_table_column *columns = RN_NEW_N(arena, rn_table_column, spec->column_count + 1);
  for (uint32_t i = 0; i < spec->column_count; i++) {
    columns[i] = spec->columns[i];
    columns[i].name = rn_arena_strdup(arena, spec->columns[i].name);
    columns[i].type = rn_type_copy(arena, spec->columns[i].type);
    if (columns[i].metadata_key) columns[i].metadata_key = rn_arena_strdup(arena, columns[i].metadata_key);
  }
  copy->columns = columns;
  uint32_t *keys = RN_NEW_N(arena, uint32_t, spec->key_count + 1);
  for (uint32_t i = 0; i < spec->key_count; i++) keys[i] = spec->keys[i];
  copy->keys = keys;
  rn_option_value *items = RN_NEW_N(arena, rn_option_value, spec->options.count + 1);
  for (size_t i = 0; i < spec->options.count; i++) {
    items[i] = spec->options.items[i];
    items[i].key = rn_arena_strdup(arena, items[i].key);
    items[i].value = rn_arena_strdup(arena, items[i].value);
  }
  copy->options.items = items;
  return copy;
}

rn_agg_call *rn_physical_calls(rn_arena *arena, const rn_agg_call *calls, uint32_t count, const int *map) {
  rn_agg_call *copy = RN_NEW_N(arena, rn_agg_call, count + 1);
  for (uint32_t i = 0; i < count; i++) {
    copy[i] = calls[i];
    if (calls[i].argument >= 0) copy[i].argument = map[calls[i].argument];
    if (calls[i].filter >= 0) copy[i].filter = map[calls[i].filter];
    if (calls[i].default_column >= 0) copy[i].default_column = map[calls[i].default_column];
    if (calls[i].arg_type) copy[i].arg_type = rn_type_copy(arena, calls[i].arg_type);
    copy[i].result = rn_type_copy(arena, calls[i].result);
  }
  return copy;
}
