/* The csv format, writing, and its dialect. Quotes as Jackson does (which Flink uses): text with a character
 * below '-', or longer than 24, is quoted. */
#include "connectors/formats/csv.h"
#include "base/number.h"
#include "runtime/value_text.h"

static int option_char(const rn_table_spec *table, bool is_key, const char *name) {
  const char *text = format_option(table, &rn_format_csv, is_key, name);
  if (!text || !*text) return -1;
  if (text[0] == '\\' && text[1] == 't') return '\t';
  return (unsigned char)text[0];
}
csv_dialect csv_read_dialect(const rn_table_spec *table, bool is_key) {
  csv_dialect d = {.quote = -1};
  d.delimiter = (char)option_char(table, is_key, "field-delimiter");
  d.inner = (char)option_char(table, is_key, "array-element-delimiter");
  if (!format_option_bool(table, &rn_format_csv, is_key, "disable-quote-character")) d.quote = option_char(table, is_key, "quote-character");
  d.escape = option_char(table, is_key, "escape-character");
  d.comments = format_option_bool(table, &rn_format_csv, is_key, "allow-comments");
  d.ignore_errors = format_option_bool(table, &rn_format_csv, is_key, "ignore-parse-errors");
  d.null_literal = format_option(table, &rn_format_csv, is_key, "null-literal");
  return d;
}
rn_status csv_check_dialect(const rn_table_spec *table, bool is_key, rn_error *err) {
  static const char *const chars[] = {"field-delimiter", "quote-character", "escape-character", "array-element-delimiter"};
  for (size_t i = 0; i < sizeof chars / sizeof *chars; i++) {
    const char *text = format_option(table, &rn_format_csv, is_key, chars[i]);
    if (text && strlen(text) != 1 && strcmp(text, "\\t") != 0)
      return rn_fail(err, RN_E_OPTION_VALUE, "option 'csv.%s' must be one character, not \"%s\"", chars[i], text);
  }
  bool quotes = rn_option_text(&table->options, "csv.quote-character") || rn_option_text(&table->options, is_key ? "key.csv.quote-character" : "value.csv.quote-character");
  if (quotes && format_option_bool(table, &rn_format_csv, is_key, "disable-quote-character"))
    return rn_fail(err, RN_E_OPTION_VALUE, "csv.quote-character and csv.disable-quote-character shouldn't both be given");
  return RN_OK;
}

/* Plain values, and ARRAY and ROW of plain values. */
static bool readable(const rn_type *type) {
  if (type->id == RN_T_MAP || type->id == RN_T_MULTISET || type->id == RN_T_VARIANT) return false;
  for (uint32_t i = 0; i < type->child_count; i++)
    if (type->children[i]->child_count || type->children[i]->id == RN_T_VARIANT) return false;
  return true;
}
rn_status csv_check_types(const rn_table_spec *table, const uint32_t *columns, uint32_t count, const char *verb, rn_error *err) {
  for (uint32_t i = 0; i < count; i++) {
    const rn_table_column *column = &table->columns[columns[i]];
    if (readable(column->type)) continue;
    rn_arena arena;
    rn_arena_init(&arena);
    (void)rn_fail(err, RN_E_TYPE_UNSUPPORTED, "format csv cannot %s column %s of type %s", verb, column->name, rn_type_name(&arena, column->type));
    rn_arena_free(&arena);
    return RN_FAIL;
  }
  return RN_OK;
}

/* --- writing --------------------------------------------------------------------------------------------------------- */
struct rn_encoder {
  rn_arena arena;
  csv_dialect dialect;
  unsigned char safe; /* characters from here on need no quotes */
  uint32_t count;
  const rn_type **types;
  rn_builder cell;
};

void csv_encoder_close(rn_encoder *e) {
  if (!e) return;
  rn_builder_free(&e->cell);
  rn_arena_free(&e->arena);
  rn_free(e);
}
static unsigned char safe_from(const csv_dialect *x) {
  int most = (unsigned char)x->delimiter > '\n' ? (unsigned char)x->delimiter : '\n';
  if (x->quote > most) most = x->quote;
  return (unsigned char)(most < 255 ? most + 1 : 255);
}
rn_status csv_encoder_open(const rn_table_spec *table, const uint32_t *columns, uint32_t count, bool is_key,
                              const rn_zone *zone, rn_encoder **out, rn_error *err) {
  (void)zone;
  if (csv_check_dialect(table, is_key, err) != RN_OK || csv_check_types(table, columns, count, "write", err) != RN_OK) return RN_FAIL;
  rn_encoder *e = rn_calloc(1, sizeof *e);
  e->dialect = csv_read_dialect(table, is_key);
  if (e->dialect.null_literal) e->dialect.null_literal = rn_arena_strdup(&e->arena, e->dialect.null_literal);
  e->safe = safe_from(&e->dialect);
  e->count = count;
  e->types = RN_NEW_N(&e->arena, const rn_type *, count + 1);
  for (uint32_t i = 0; i < count; i++) e->types[i] = rn_type_copy(&e->arena, table->columns[columns[i]].type);
  *out = e;
  return RN_OK;
}

enum { QUOTE_CHECK_MAX = 24 };
static void put_text(const csv_dialect *x, unsigned char safe, rn_builder *out, rn_slice s) {
  bool quotes = s.len > QUOTE_CHECK_MAX;
  for (size_t i = 0; !quotes && i < s.len; i++) quotes = (unsigned char)s.ptr[i] < safe || (unsigned char)s.ptr[i] == x->escape;
  if (!quotes || x->quote < 0) {
    rn_builder_slice(out, s);
    return;
  }
  rn_builder_char(out, (char)x->quote);
  for (size_t i = 0; i < s.len; i++) {
    unsigned char c = (unsigned char)s.ptr[i];
    if (c == x->quote || c == x->escape) rn_builder_char(out, (char)(x->escape >= 0 ? x->escape : x->quote));
    rn_builder_char(out, s.ptr[i]);
  }
  rn_builder_char(out, (char)x->quote);
}

static bool put_cell(rn_encoder *e, rn_builder *b, const rn_type *type, const rn_column *c, uint32_t row);

static void put_array(rn_encoder *e, rn_builder *b, const rn_column *c, rn_list list) {
  const rn_column *child = &c->children[0];
  for (uint32_t i = list.offset; i < list.offset + list.length; i++) {
    if (i > list.offset) rn_builder_char(b, e->dialect.inner);
    if (rn_is_null(child, i)) {
      if (e->dialect.null_literal) rn_builder_text(b, e->dialect.null_literal);
    } else if (child->type->id == RN_T_DECIMAL) { /* without the zeros at the end, unlike a field */
      bool small = child->type->precision <= RN_DECIMAL_SMALL_DIGITS;
      format_decimal_java(b, small ? ((const int64_t *)child->data)[i] : ((const rn_i128 *)child->data)[i], child->type->scale, true);
    } else {
      (void)put_cell(e, b, child->type, child, i);
    }
  }
}

/* The text of a value before quoting. Returns whether it is text (and so may need quotes). */
static bool put_cell(rn_encoder *e, rn_builder *b, const rn_type *type, const rn_column *c, uint32_t row) {
  const void *data = c->data;
  switch ((rn_type_id)type->id) {
    case RN_T_BOOLEAN: rn_builder_text(b, ((const uint8_t *)data)[row] ? "true" : "false"); return false;
    case RN_T_TINYINT: rn_builder_int(b, ((const int8_t *)data)[row]); return false;
    case RN_T_SMALLINT: rn_builder_int(b, ((const int16_t *)data)[row]); return false;
    case RN_T_INT: case RN_T_INTERVAL_MONTH: rn_builder_int(b, ((const int32_t *)data)[row]); return false;
    case RN_T_BIGINT: case RN_T_INTERVAL_MS: rn_builder_int(b, ((const int64_t *)data)[row]); return false;
    case RN_T_FLOAT: rn_format_float(b, ((const float *)data)[row]); return false;
    case RN_T_DOUBLE: rn_format_double(b, ((const double *)data)[row]); return false;
    case RN_T_DECIMAL:
      format_decimal_java(b, type->precision <= RN_DECIMAL_SMALL_DIGITS ? ((const int64_t *)data)[row] : ((const rn_i128 *)data)[row],
                          type->scale, false);
      return false;
    case RN_T_BINARY: case RN_T_VARBINARY: rn_base64_encode(b, rn_str_slice(&((const rn_str *)data)[row])); return true;
    case RN_T_DATE: rn_format_date(b, ((const int32_t *)data)[row]); return true;
    case RN_T_TIME: rn_format_time(b, ((const int32_t *)data)[row], 3, true); return true;
    case RN_T_TIMESTAMP: case RN_T_TIMESTAMP_LTZ:
      rn_format_timestamp(b, ((const int64_t *)data)[row], 6, true, ' ');
      if (type->id == RN_T_TIMESTAMP_LTZ) rn_builder_char(b, 'Z');
      return true;
    case RN_T_ARRAY: put_array(e, b, c, ((const rn_list *)data)[row]); return true;
    case RN_T_ROW:
      for (uint32_t i = 0; i < type->child_count; i++) {
        if (i) rn_builder_char(b, e->dialect.inner);
        if (rn_is_valid(&c->children[i], row)) (void)put_cell(e, b, type->children[i], &c->children[i], row);
        else if (e->dialect.null_literal) rn_builder_text(b, e->dialect.null_literal);
      }
      return true;
    default: rn_builder_slice(b, rn_str_slice(&((const rn_str *)data)[row])); return true;
  }
}
rn_status csv_encode(rn_encoder *e, const rn_batch *batch, uint32_t row, rn_builder *out, bool *is_null, rn_error *err) {
  (void)err;
  *is_null = false;
  for (uint32_t i = 0; i < e->count; i++) {
    const rn_column *c = &batch->columns[i];
    if (i) rn_builder_char(out, e->dialect.delimiter);
    if (rn_is_null(c, row)) {
      if (e->dialect.null_literal) rn_builder_text(out, e->dialect.null_literal);
      continue;
    }
    rn_builder_clear(&e->cell);
    bool is_text = put_cell(e, &e->cell, e->types[i], c, row);
    rn_slice cell = rn_slice_make(e->cell.data, e->cell.len);
    if (is_text) put_text(&e->dialect, e->safe, out, cell);
    else rn_builder_slice(out, cell);
  }
  return RN_OK;
}
void csv_write_header(const rn_table_spec *table, const uint32_t *columns, uint32_t count, rn_builder *out) {
  csv_dialect x = csv_read_dialect(table, false);
  for (uint32_t i = 0; i < count; i++) {
    if (i) rn_builder_char(out, x.delimiter);
    put_text(&x, safe_from(&x), out, rn_slice_of(table->columns[columns[i]].name));
  }
}
