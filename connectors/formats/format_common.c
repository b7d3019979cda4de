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
  char digits[48], *end = digits + sizeof digits, *p = end;
  bool negative = value < 0;
  rn_u128 magnitude = negative ? (rn_u128)0 - (rn_u128)value : (rn_u128)value;
  if (strip && value == 0) scale = 0;
  for (; strip && magnitude > UINT64_MAX && magnitude % 10 == 0; scale--) magnitude /= 10;
  for (; magnitude > UINT64_MAX; magnitude /= 10) *--p = (char)('0' + (int)(magnitude % 10));
  uint64_t low = (uint64_t)magnitude; /* 128-bit divisions are slow: most values never see one */
  for (; strip && p == end && low && low % 10 == 0; scale--) low /= 10;
  do *--p = (char)('0' + low % 10);
  while ((low /= 10) != 0);
  int n = (int)(end - p), exponent = n - 1 - scale;
  rn_builder_reserve(b, 96);
  char *out = b->data + b->len;
  if (negative) *out++ = '-';
  if (scale >= 0 && exponent >= -6) { /* plain */
    int whole = n - scale;
    if (whole <= 0) *out++ = '0';
    for (int i = 0; i < whole; i++) *out++ = *p++;
    if (scale > 0) *out++ = '.';
    for (int i = whole; i < 0; i++) *out++ = '0';
    while (p < end) *out++ = *p++;
  } else {
    *out++ = *p++;
    if (n > 1) *out++ = '.';
    while (p < end) *out++ = *p++;
    *out++ = 'E';
    if (exponent >= 0) *out++ = '+';
  }
  bool scientific = !(scale >= 0 && exponent >= -6);
  b->len = (size_t)(out - b->data);
  b->data[b->len] = 0;
  if (scientific) rn_builder_int(b, exponent);
}
