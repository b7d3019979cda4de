/* A table as its connector sees it: physical and metadata columns, options with the OPTIONS hint laid over and
 * references expanded. */
#include <stdlib.h>
#include "planner/catalog_parts.h"

const rn_type *rn_catalog_metadata_type(const rn_catalog_object *object, const rn_catalog_column *column, rn_arena *arena) {
  const rn_connector *c = object->connector;
  for (size_t i = 0; c && i < c->metadata_count; i++) {
    const rn_metadata_key *row = &c->metadata[i];
    if (strcmp(row->key, column->metadata_key) != 0) continue;
    switch (row->type) {
      case RN_T_MAP: case RN_T_ARRAY: case RN_T_ROW: case RN_T_MULTISET: return rn_type_with_null(arena, row->nested, column->type->nullable);
      case RN_T_DECIMAL: return column->type; /* parameters are the declaration's */
      case RN_T_CHAR: case RN_T_VARCHAR: case RN_T_BINARY: case RN_T_VARBINARY: case RN_T_TIME: case RN_T_TIMESTAMP: case RN_T_TIMESTAMP_LTZ:
        return rn_type_sized(arena, row->type, row->precision, column->type->nullable);
      default: return rn_type_basic(row->type, column->type->nullable);
    }
  }
  return rn_type_with_time(arena, column->type, RN_TIME_NONE);
}

static int by_key(const void *a, const void *b) {
  return strcmp(((const rn_option_value *)a)->key, ((const rn_option_value *)b)->key);
}

static rn_status expand_options(const rn_catalog_object *object, const rn_ast_hints *hints, bool expand, rn_arena *arena,
                                rn_options *out, rn_diagnostics *diags) {
  size_t room = object->options.count;
  for (uint32_t i = 0; hints && i < hints->count; i++) room += hints->items[i].options.count;
  rn_option_value *items = RN_NEW_N(arena, rn_option_value, room + 1);
  size_t count = 0;
  for (size_t i = 0; i < object->options.count; i++) /* the spans are of another text */
    items[count++] = (rn_option_value){object->options.items[i].key, object->options.items[i].value, {0, 0}, {0, 0}};
  for (uint32_t i = 0; hints && i < hints->count; i++)
    for (uint32_t k = 0; k < hints->items[i].options.count; k++) {
      const rn_ast_option *o = &hints->items[i].options.items[k];
      size_t at = 0;
      while (at < count && strcmp(items[at].key, o->key) != 0) at++;
      if (!strcmp(o->key, "connector"))
        return rn_diag(diags, RN_E_OPTION_VALUE, o->key_span, NULL, "the hint OPTIONS cannot change the connector");
      items[at] = (rn_option_value){o->key, o->value, o->key_span, o->value_span};
      if (at == count) count++;
    }
  for (size_t i = 0; i < count && expand; i++) {
    rn_error err;
    rn_error_clear(&err);
    if (rn_option_expand(items[i].value, arena, &items[i].value, &err) == RN_OK) continue;
    err.span = items[i].value_span;
    rn_error_context(&err, "table \"%s\", option '%s'", object->name, items[i].key);
    rn_diagnostics_add(diags, &err);
    return RN_FAIL;
  }
  qsort(items, count, sizeof *items, by_key);
  *out = (rn_options){count, items};
  return RN_OK;
}

/* A column that lies in the paths of the table's files: "partition.0"; NULL: it does not. */
static const char *partition_key(const rn_catalog_object *object, uint32_t column, rn_arena *arena) {
  if (!object->connector || !(object->connector->flags & RN_CONNECTOR_PARTITIONS)) return NULL;
  for (uint32_t k = 0; k < object->partition_count; k++)
    if (object->partitions[k] == column) return rn_arena_printf(arena, RN_PARTITION_KEY "%u", k);
  return NULL;
}

rn_status rn_catalog_make_spec(const rn_catalog_object *object, const rn_registry *registry,
                               const rn_ast_hints *hints, bool expand,
                               rn_arena *arena, rn_table_spec **out, uint32_t **column_map, rn_diagnostics *diags) {
  rn_table_spec *spec = RN_NEW(arena, rn_table_spec);
  rn_table_column *columns = RN_NEW_N(arena, rn_table_column, object->column_count + 1);
  uint32_t *keys = RN_NEW_N(arena, uint32_t, object->key_count + 1);
  uint32_t *map = RN_NEW_N(arena, uint32_t, object->column_count + 1);
  spec->name = object->name;
  spec->columns = columns;
  spec->keys = keys;
  spec->key_count = object->key_count;
  for (uint32_t i = 0; i < object->column_count; i++) {
    const rn_catalog_column *c = &object->columns[i];
    for (uint32_t k = 0; k < object->key_count; k++)
      if (object->keys[k] == i) keys[k] = spec->column_count;
    if (c->kind == RN_COL_COMPUTED) continue;
    const char *partition = partition_key(object, i, arena);
    bool metadata = c->kind == RN_COL_METADATA || partition;
    const rn_type *type = partition  ? rn_type_basic(RN_T_VARCHAR, c->type->nullable)
                          : metadata ? rn_catalog_metadata_type(object, c, arena) : rn_type_with_time(arena, c->type,
        RN_TIME_NONE);
    map[spec->column_count] = i;
    columns[spec->column_count++] = (rn_table_column){c->name, type,
                                                      metadata ? RN_COLUMN_METADATA : RN_COLUMN_PHYSICAL,
                                                          partition ? partition : c->metadata_key, c->is_virtual};
  }
  spec->connector = object->connector;
  if (expand_options(object, hints, expand, arena, &spec->options, diags) != RN_OK) return RN_FAIL;
  const char *value = rn_option_text(&spec->options, "value.format"), *key = rn_option_text(&spec->options, "key.format");
  if (!value) value = rn_option_text(&spec->options, "format");
  const char *names[] = {value, key};
  const rn_format **formats[] = {&spec->value_format, &spec->key_format};
  for (int i = 0; i < 2; i++) {
    if (!names[i]) continue;
    *formats[i] = rn_format_find(registry, rn_slice_of(names[i]));
    if (!*formats[i])
      return rn_diag(diags, RN_E_CONNECTOR, (rn_span){0, 0}, NULL, "table \"%s\": there is no format '%s'",
                     object->name, names[i]);
  }
  *out = spec;
  *column_map = map;
  return RN_OK;
}

rn_status rn_catalog_table_spec(const rn_catalog_object *object, const rn_registry *registry, const rn_ast_hints *hints,
                                rn_arena *arena, rn_table_spec **out, uint32_t **column_map, rn_diagnostics *diags) {
  return rn_catalog_make_spec(object, registry, hints, true, arena, out, column_map, diags);
}
