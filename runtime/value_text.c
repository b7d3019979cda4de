/* Values as text (runtime/value_text.h).
 *
 * Place: CAST AS STRING, result printing, the print and json writers, SQLite's text columns. One function
 * per family of types; the style only chooses among spellings, so that a type is added in one place. */
#include "runtime/value_text.h"

#include <math.h>
#include <stdlib.h>

#include "base/number.h"

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void rn_base64_encode(rn_builder *out, rn_slice bytes) {
  const unsigned char *p = (const unsigned char *)bytes.ptr;
  for (size_t i = 0; i < bytes.len; i += 3) {
    size_t left = bytes.len - i;
    uint32_t v = (uint32_t)p[i] << 16 | (left > 1 ? (uint32_t)p[i + 1] << 8 : 0) | (left > 2 ? p[i + 2] : 0u);
    char four[4] = {base64_digits[v >> 18], base64_digits[v >> 12 & 63], left > 1 ? base64_digits[v >> 6 & 63] : '=',
                    left > 2 ? base64_digits[v & 63] : '='};
    rn_builder_append(out, four, 4);
  }
}

bool rn_base64_decode(rn_builder *out, rn_slice text) {
  while (text.len && text.len % 4 == 0 && text.ptr[text.len - 1] == '=' &&
         (text.ptr[text.len - 2] != '=' || text.ptr[text.len - 3] != '=')) {
    size_t pad = text.ptr[text.len - 2] == '=' ? 2 : 1;
    text.len -= pad;
    break;
  }
  if (text.len % 4 == 1) return false;
  uint32_t v = 0;
  int bits = 0;
  for (size_t i = 0; i < text.len; i++) {
    const char *digit = text.ptr[i] ? strchr(base64_digits, text.ptr[i]) : NULL;
    if (!digit) return false;
    v = v << 6 | (uint32_t)(digit - base64_digits);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      rn_builder_char(out, (char)(v >> bits & 0xff));
    }
  }
  return true;
}

static void interval_ms(rn_builder *out, int64_t ms, rn_text_style style) {
  uint64_t m = ms < 0 ? 0 - (uint64_t)ms : (uint64_t)ms;
  if (style == RN_TEXT_PRINT) { /* java.time.Duration: hours, minutes, seconds, each with the sign */
    const char *sign = ms < 0 ? "-" : "";
    uint64_t hours = m / 3600000, minutes = m / 60000 % 60, seconds = m / 1000 % 60, fraction = m % 1000;
    rn_builder_text(out, "PT");
    if (m == 0) rn_builder_text(out, "0S");
    if (hours) rn_builder_printf(out, "%s%lluH", sign, (unsigned long long)hours);
    if (minutes) rn_builder_printf(out, "%s%lluM", sign, (unsigned long long)minutes);
    if (!seconds && !fraction) return;
    rn_builder_printf(out, "%s%llu", sign, (unsigned long long)seconds);
    if (fraction) {
      rn_builder_printf(out, ".%03llu", (unsigned long long)fraction);
      while (out->data[out->len - 1] == '0') out->data[--out->len] = 0;
    }
    rn_builder_char(out, 'S');
    return;
  }
  rn_builder_printf(out, "%c%llu %02llu:%02llu:%02llu.%03llu", ms < 0 ? '-' : '+', (unsigned long long)(m / 86400000),
                    (unsigned long long)(m / 3600000 % 24), (unsigned long long)(m / 60000 % 60),
                    (unsigned long long)(m / 1000 % 60), (unsigned long long)(m % 1000));
}

static void interval_months(rn_builder *out, int32_t months, rn_text_style style) {
  int64_t m = llabs((int64_t)months);
  if (style == RN_TEXT_PRINT) { /* java.time.Period */
    const char *sign = months < 0 ? "-" : "";
    rn_builder_char(out, 'P');
    if (m >= 12) rn_builder_printf(out, "%s%lldY", sign, (long long)(m / 12));
    if (m % 12) rn_builder_printf(out, "%s%lldM", sign, (long long)(m % 12));
    if (m == 0) rn_builder_text(out, "0D");
    return;
  }
  rn_builder_printf(out, "%c%lld-%02lld", months < 0 ? '-' : '+', (long long)(m / 12), (long long)(m % 12));
}

/* Java's LocalTime.toString: seconds only when there are any, fraction in groups of three. */
static void java_time(rn_builder *out, int64_t us_of_day, bool always_seconds) {
  char text[32];
  rn_builder b = {text, 0, sizeof text};
  rn_format_timestamp(&b, us_of_day, 6, false, ' ');
  size_t begin = 11, end = 26;
  if (us_of_day % 1000000 == 0) end = 19;
  else if (us_of_day % 1000 == 0) end = 23;
  if (!always_seconds && us_of_day % 60000000 == 0) end = 16;
  rn_builder_append(out, text + begin, end - begin);
}

static void timestamp(rn_builder *out, int64_t us, const rn_type *type, rn_text_style style, const rn_zone *zone) {
  bool is_instant = type->id == RN_T_TIMESTAMP_LTZ;
  switch (style) {
    case RN_TEXT_CAST:
      if (is_instant && zone) us = rn_zone_to_local(zone, us);
      rn_format_timestamp(out, us, type->precision, false, ' ');
      return;
    case RN_TEXT_PRINT: {
      int64_t days = rn_floor_div(us, RN_US_PER_DAY);
      rn_format_date(out, (int32_t)days);
      rn_builder_char(out, 'T');
      java_time(out, us - days * RN_US_PER_DAY, is_instant);
      break;
    }
    case RN_TEXT_SQLITE: rn_format_timestamp(out, us, type->precision, false, ' '); break;
    case RN_TEXT_JSON: rn_format_timestamp(out, us, 6, true, ' '); break;
  }
  if (is_instant) rn_builder_char(out, 'Z');
}

static void time_of_day(rn_builder *out, int32_t ms, const rn_type *type, rn_text_style style) {
  switch (style) {
    case RN_TEXT_PRINT: java_time(out, (int64_t)ms * RN_US_PER_MS, false); break;
    case RN_TEXT_SQLITE: rn_format_time(out, ms, type->precision, false); break;
    case RN_TEXT_CAST: rn_format_time(out, ms, type->precision, true); break;
    case RN_TEXT_JSON: rn_format_time(out, ms, 3, true); break;
  }
}

static void real(rn_builder *out, const rn_column *c, uint32_t row, rn_text_style style) {
  bool single = c->type->id == RN_T_FLOAT;
  double d = single ? (double)((const float *)c->data)[row] : ((const double *)c->data)[row];
  bool quoted = style == RN_TEXT_JSON && !isfinite(d); /* JSON has no spelling for them */
  if (quoted) rn_builder_char(out, '"');
  if (single) rn_format_float(out, (float)d);
  else rn_format_double(out, d);
  if (quoted) rn_builder_char(out, '"');
}

static void text(rn_builder *out, const rn_column *c, uint32_t row, rn_text_style style) {
  rn_slice s = rn_str_slice((const rn_str *)c->data + row);
  bool is_binary = rn_type_is_binary(c->type);
  if (style == RN_TEXT_JSON && is_binary) {
    rn_builder_char(out, '"');
    rn_base64_encode(out, s);
    rn_builder_char(out, '"');
  } else if (style == RN_TEXT_JSON) {
    rn_builder_json_string(out, s);
  } else if (style == RN_TEXT_PRINT && is_binary) { /* a Java byte array */
    rn_builder_char(out, '[');
    for (size_t i = 0; i < s.len; i++) rn_builder_printf(out, i ? ", %d" : "%d", (signed char)s.ptr[i]);
    rn_builder_char(out, ']');
  } else {
    rn_builder_slice(out, s);
  }
}

static void list(rn_builder *out, const rn_column *c, uint32_t row, rn_text_style style, const rn_zone *zone) {
  rn_list l = ((const rn_list *)c->data)[row];
  bool json = style == RN_TEXT_JSON, pairs = c->type->id != RN_T_ARRAY; /* key and value, element and count */
  const char *separator = json ? "," : ", ";
  rn_builder_char(out, pairs ? '{' : '[');
  for (uint32_t i = 0; i < l.length; i++) {
    if (i) rn_builder_text(out, separator);
    if (pairs && json) { /* keys of JSON objects are strings */
      rn_builder key = {0};
      bool text_key = rn_type_is_string(c->children[0].type) && rn_is_valid(&c->children[0], l.offset + i);
      rn_value_text(&key, &c->children[0], l.offset + i, text_key ? RN_TEXT_CAST : style, zone);
      rn_builder_json_string(out, rn_slice_make(key.data ? key.data : "", key.len));
      rn_builder_free(&key);
    } else {
      rn_value_text(out, &c->children[0], l.offset + i, style, zone);
    }
    if (pairs) {
      rn_builder_char(out, json ? ':' : '=');
      rn_value_text(out, &c->children[1], l.offset + i, style, zone);
    }
  }
  rn_builder_char(out, pairs ? '}' : ']');
}

static void row_value(rn_builder *out, const rn_column *c, uint32_t row, rn_text_style style, const rn_zone *zone) {
  bool json = style == RN_TEXT_JSON;
  rn_builder_text(out, json ? "{" : style == RN_TEXT_PRINT ? "+I[" : "(");
  for (uint32_t i = 0; i < c->child_count; i++) {
    if (i) rn_builder_text(out, json ? "," : ", ");
    if (json) {
      rn_builder_json_string(out, rn_slice_of(c->type->names[i]));
      rn_builder_char(out, ':');
    } else if (c->type->class_name && style != RN_TEXT_PRINT) {
      rn_builder_printf(out, "%s=", c->type->names[i]);
    }
    rn_value_text(out, &c->children[i], row, style, zone);
  }
  rn_builder_char(out, json ? '}' : style == RN_TEXT_PRINT ? ']' : ')');
}

void rn_value_text(rn_builder *out, const rn_column *c, uint32_t row, rn_text_style style, const rn_zone *zone) {
  if (c->constant) row = 0;
  if (c->type->id == RN_T_NULL || rn_is_null(c, row)) {
    rn_builder_text(out, style == RN_TEXT_JSON || style == RN_TEXT_PRINT ? "null" : "NULL");
    return;
  }
  switch ((rn_type_id)c->type->id) {
    case RN_T_NULL: case RN_T_ERROR: case RN_T_COUNT: break;
    case RN_T_BOOLEAN: {
      bool upper = style == RN_TEXT_CAST, value = ((const uint8_t *)c->data)[row] != 0;
      if (style == RN_TEXT_SQLITE) rn_builder_char(out, value ? '1' : '0');
      else rn_builder_text(out, value ? (upper ? "TRUE" : "true") : upper ? "FALSE" : "false");
      break;
    }
    case RN_T_TINYINT: rn_builder_int(out, ((const int8_t *)c->data)[row]); break;
    case RN_T_SMALLINT: rn_builder_int(out, ((const int16_t *)c->data)[row]); break;
    case RN_T_INT: rn_builder_int(out, ((const int32_t *)c->data)[row]); break;
    case RN_T_BIGINT: rn_builder_int(out, ((const int64_t *)c->data)[row]); break;
    case RN_T_FLOAT: case RN_T_DOUBLE: real(out, c, row, style); break;
    case RN_T_DECIMAL:
      rn_decimal_format(out, rn_type_physical(c->type) == RN_P_I128 ? ((const rn_i128 *)c->data)[row]
                                                                    : (rn_i128)((const int64_t *)c->data)[row], c->type->scale);
      break;
    case RN_T_CHAR: case RN_T_VARCHAR: case RN_T_BINARY: case RN_T_VARBINARY: text(out, c, row, style); break;
    case RN_T_DATE: case RN_T_TIME: case RN_T_TIMESTAMP: case RN_T_TIMESTAMP_LTZ:
      if (style == RN_TEXT_JSON) rn_builder_char(out, '"');
      if (c->type->id == RN_T_DATE) rn_format_date(out, ((const int32_t *)c->data)[row]);
      else if (c->type->id == RN_T_TIME) time_of_day(out, ((const int32_t *)c->data)[row], c->type, style);
      else timestamp(out, ((const int64_t *)c->data)[row], c->type, style, zone);
      if (style == RN_TEXT_JSON) rn_builder_char(out, '"');
      break;
    case RN_T_INTERVAL_MONTH:
      if (style == RN_TEXT_JSON || style == RN_TEXT_SQLITE) rn_builder_int(out, ((const int32_t *)c->data)[row]);
      else interval_months(out, ((const int32_t *)c->data)[row], style);
      break;
    case RN_T_INTERVAL_MS:
      if (style == RN_TEXT_JSON || style == RN_TEXT_SQLITE) rn_builder_int(out, ((const int64_t *)c->data)[row]);
      else interval_ms(out, ((const int64_t *)c->data)[row], style);
      break;
    case RN_T_ARRAY: case RN_T_MAP: case RN_T_MULTISET:
      list(out, c, row, style == RN_TEXT_SQLITE ? RN_TEXT_JSON : style, zone);
      break;
    case RN_T_VARIANT: rn_builder_slice(out, rn_str_slice((const rn_str *)c->data + row)); break;
    case RN_T_ROW: row_value(out, c, row, style == RN_TEXT_SQLITE ? RN_TEXT_JSON : style, zone); break;
  }
}
