/* Shared by the formats: see format_common.h. */
#include "connectors/formats/format_common.h"
#include <stdio.h>

const char *format_option(const rn_table_spec *table, const rn_format *format, bool is_key, const char *name) {
  char key[128];
  (void)snprintf(key, sizeof key, "%s.%s.%s", is_key ? "key" : "value", format->name, name);
  const char *text = rn_option_text(&table->options, key);
  if (text) return text;
  (void)snprintf(key, sizeof key, "%s.%s", format->name, name);
  text = rn_option_text(&table->options, key);
  if (text) return text;
  for (size_t i = 0; i < format->option_count; i++)
    if (strcmp(format->options[i].name, name) == 0) return format->options[i].default_text;
  return NULL;
}
bool format_option_bool(const rn_table_spec *table, const rn_format *format, bool is_key, const char *name) {
  const char *text = format_option(table, format, is_key, name);
  return text && rn_text_eq_nocase(text, "true");
}

const char *format_field_name(const rn_table_spec *table, uint32_t column, bool is_key) {
  const char *name = table->columns[column].name;
  const char *prefix = is_key ? rn_option_text(&table->options, "key.fields-prefix") : NULL;
  if (prefix && strncmp(name, prefix, strlen(prefix)) == 0 && name[strlen(prefix)]) name += strlen(prefix);
  return name;
}

size_t format_snippet(char *buf, size_t len, size_t cap, rn_slice text, size_t longest) {
  size_t n = text.len < longest ? text.len : longest;
  if (n < text.len)
    while (n > 0 && ((unsigned char)text.ptr[n] & 0xC0) == 0x80) n--;
  for (size_t i = 0; i < n && len + 1 < cap; i++)
    buf[len++] = (unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7F ? '?' : text.ptr[i];
  for (unsigned i = 0; n < text.len && i < 3 && len + 1 < cap; i++) buf[len++] = '.';
  buf[len] = 0;
  return len;
}

void format_decimal_java(rn_builder *b, rn_i128 value, int scale, bool strip) {
  if (strip && value == 0) scale = 0;
  while (strip && value && value % 10 == 0) value /= 10, scale--;
  rn_u128 magnitude = value < 0 ? (rn_u128)0 - (rn_u128)value : (rn_u128)value;
  char digits[48];
  int n = 0;
  do digits[sizeof digits - 1 - (size_t)n++] = (char)('0' + (int)(magnitude % 10));
  while ((magnitude /= 10) != 0);
  int exponent = n - 1 - scale;
  if (scale >= 0 && exponent >= -6) {
    rn_decimal_format(b, value, scale);
    return;
  }
  const char *first = digits + sizeof digits - n;
  if (value < 0) rn_builder_char(b, '-');
  rn_builder_char(b, *first);
  if (n > 1) rn_builder_char(b, '.');
  rn_builder_append(b, first + 1, (size_t)n - 1);
  rn_builder_text(b, exponent < 0 ? "E" : "E+");
  rn_builder_int(b, exponent);
}
