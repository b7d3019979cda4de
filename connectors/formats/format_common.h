/* What the formats share: their options as a table gives them, and text for messages. */
#ifndef RN_CONNECTORS_FORMATS_FORMAT_COMMON_H
#define RN_CONNECTORS_FORMATS_FORMAT_COMMON_H
#include "runtime/connector.h"

extern const rn_format rn_format_json, rn_format_csv, rn_format_raw;

/* The option `name` ("ignore-parse-errors") of format `format` ("json") for the value or key part of a
 * table: value.json.NAME (key.json.NAME) or json.NAME, else the default of the format's row. */
const char *format_option(const rn_table_spec *table, const rn_format *format, bool is_key, const char *name);
bool format_option_bool(const rn_table_spec *table, const rn_format *format, bool is_key, const char *name);
/* Name of a column inside the record: key.fields-prefix is cut off for key formats. */
const char *format_field_name(const rn_table_spec *table, uint32_t column, bool is_key);

/* Appends the bytes to a message buffer: printable, at most `longest` bytes, "..." when cut; never cuts
 * a UTF-8 sequence. Returns the new length. */
size_t format_snippet(char *buf, size_t len, size_t cap, rn_slice text, size_t longest);

/* BigDecimal.toString(): scientific (2.70E-8) where the first digit is behind the sixth place; `strip`
 * first takes trailing zeros away (100.00 is then 1E+2). */
void format_decimal_java(rn_builder *b, rn_i128 value, int scale, bool strip);

#endif
