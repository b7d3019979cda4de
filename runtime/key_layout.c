/* Which columns a record's key and value carry: read from 'key.fields', 'key.fields-prefix' and
 * 'value.fields-include'. Used by the scan (decoders) and by sinks that write keyed records. */
#include "runtime/connector.h"

static bool in_list(const uint32_t *list, uint32_t count, uint32_t column) {
  for (uint32_t i = 0; i < count; i++)
    if (list[i] == column) return true;
  return false;
}

static rn_status read_fields(const rn_table_spec *table, const char *fields, uint32_t *columns, uint32_t *count,
                             rn_error *err) {
  for (const char *at = fields; *at;) {
    size_t len = strcspn(at, ";");
    rn_slice name = rn_slice_trim(rn_slice_make(at, len));
    at += len + (at[len] == ';');
    if (name.len == 0) continue;
    uint32_t found = table->column_count;
    for (uint32_t c = 0; c < table->column_count && found == table->column_count; c++)
      if (table->columns[c].role == RN_COLUMN_PHYSICAL && rn_slice_is(name, table->columns[c].name)) found = c;
    if (found == table->column_count) {
      const char *names[RN_COLUMNS_MAX];
      uint32_t n = 0;
      for (uint32_t c = 0; c < table->column_count && n < RN_COLUMNS_MAX; c++)
        if (table->columns[c].role == RN_COLUMN_PHYSICAL) names[n++] = table->columns[c].name;
      const char *near = rn_text_nearest(name, names, n);
      (void)rn_fail(err, RN_E_OPTION_VALUE, "'key.fields' names \"%.*s\", which is no physical column of table %s",
                    (int)name.len, name.ptr, table->name);
      return near ? rn_hint(err, "did you mean \"%s\"?", near) : RN_FAIL;
    }
    if (in_list(columns, *count, found))
      return rn_fail(err, RN_E_OPTION_VALUE, "'key.fields' names \"%s\" twice", table->columns[found].name);
    columns[(*count)++] = found;
  }
  return RN_OK;
}

rn_status rn_key_layout_make(const rn_table_spec *table, rn_arena *arena, rn_key_layout *out, rn_error *err) {
  const char *fields = rn_option_text(&table->options, "key.fields");
  const char *prefix = rn_option_text(&table->options, "key.fields-prefix");
  const char *include = rn_option_text(&table->options, "value.fields-include");
  size_t prefix_len = prefix ? strlen(prefix) : 0;
  uint32_t *key = RN_NEW_N(arena, uint32_t, table->column_count + 1),
           *value = RN_NEW_N(arena, uint32_t, table->column_count + 1);
  memset(out, 0, sizeof *out);
  out->key_in_value = !include || strcmp(include, "EXCEPT_KEY") != 0;
  out->key_columns = key;
  out->value_columns = value;
  if (fields && read_fields(table, fields, key, &out->key_count, err) != RN_OK) return RN_FAIL;
  if (table->key_format && out->key_count == 0)
    return rn_fail(err, RN_E_OPTION_MISSING, "'key.format' needs 'key.fields': the columns that the key carries");
  if (out->key_count > 0 && !table->key_format)
    return rn_fail(err, RN_E_OPTION_MISSING, "'key.fields' needs 'key.format': how the key is written");
  if (!out->key_in_value && out->key_count == 0)
    return rn_fail(err, RN_E_OPTION_VALUE, "'value.fields-include' = 'EXCEPT_KEY' needs 'key.fields'");
  if (prefix_len > 0 && out->key_in_value)
    return rn_fail(err, RN_E_OPTION_VALUE, "'key.fields-prefix' needs 'value.fields-include' = 'EXCEPT_KEY'");
  for (uint32_t c = 0; c < table->column_count; c++)
    if (table->columns[c].role == RN_COLUMN_PHYSICAL && (out->key_in_value || !in_list(key, out->key_count, c)))
      value[out->value_count++] = c;

  rn_table_spec *key_table = RN_NEW(arena, rn_table_spec);
  *key_table = *table;
  if (prefix_len > 0) {
    rn_table_column *columns = RN_NEW_N(arena, rn_table_column, table->column_count);
    memcpy(columns, table->columns, table->column_count * sizeof *columns);
    for (uint32_t i = 0; i < out->key_count; i++) {
      const char *name = table->columns[key[i]].name;
      if (strncmp(name, prefix, prefix_len) != 0)
        return rn_fail(err, RN_E_OPTION_VALUE, "key column \"%s\" does not begin with the 'key.fields-prefix' \"%s\"",
                       name, prefix);
      columns[key[i]].name = name + prefix_len;
    }
    key_table->columns = columns;
  }
  out->key_table = key_table;
  return RN_OK;
}
