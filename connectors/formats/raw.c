/* The raw format: the whole record is the one physical column. Numbers have a fixed width and byte order. */
#include <stdio.h>
#include "connectors/formats/format_common.h"

static const rn_option options[] = {
    {"charset", RN_OPT_ENUM, 0, "UTF-8", "UTF-8|utf-8|UTF8|utf8", 0, 0, "of text columns", NULL},
    {"endianness", RN_OPT_ENUM, 0, "big-endian", "big-endian|little-endian", 0, 0, "byte order of numbers", NULL},
};

struct rn_decoder {
  const rn_type *type;
  rn_arena arena;
  bool wanted, is_key, little;
  int table_column;
  char type_name[48];
};
struct rn_encoder {
  const rn_type *type;
  rn_arena arena;
  bool little;
};

/* Bytes of a fixed-width type, 0: text, -1: not possible. */
static int raw_width(const rn_type *type) {
  switch ((rn_type_id)type->id) {
    case RN_T_BOOLEAN: case RN_T_TINYINT: return 1;
    case RN_T_SMALLINT: return 2;
    case RN_T_INT: case RN_T_FLOAT: return 4;
    case RN_T_BIGINT: case RN_T_DOUBLE: return 8;
    case RN_T_CHAR: case RN_T_VARCHAR: case RN_T_BINARY: case RN_T_VARBINARY: return 0;
    default: return -1;
  }
}

/* The one column of the part: with several physical ones the others belong to the other part. */
static rn_status find_column(const rn_table_spec *table, bool is_key, const uint32_t *columns, uint32_t count,
                             uint32_t *found, rn_error *err) {
  uint32_t physical = 0;
  for (uint32_t i = 0; i < table->column_count; i++)
    if (table->columns[i].role == RN_COLUMN_PHYSICAL) *found = i, physical++;
  if (count > 1 || physical == 0 || (!is_key && physical > 1 && !rn_option_text(&table->options, "key.format")))
    return rn_fail(err, RN_E_SINK_SCHEMA, "format raw takes exactly one physical column, table %s has %u", table->name, physical);
  if (count == 1) *found = columns[0];
  const rn_type *type = table->columns[*found].type;
  if (raw_width(type) >= 0) return RN_OK;
  rn_arena arena;
  rn_arena_init(&arena);
  (void)rn_fail(err, RN_E_TYPE_UNSUPPORTED, "format raw cannot hold column %s of type %s", table->columns[*found].name,
                rn_type_name(&arena, type));
  rn_arena_free(&arena);
  return RN_FAIL;
}
static bool little_endian(const rn_table_spec *table, bool is_key) {
  return strcmp(format_option(table, &rn_format_raw, is_key, "endianness"), "little-endian") == 0;
}

static void decoder_close(rn_decoder *d) {
  if (!d) return;
  rn_arena_free(&d->arena);
  rn_free(d);
}
static rn_status decoder_open(const rn_table_spec *table, const uint32_t *wanted, uint32_t wanted_count, bool is_key,
                              const rn_zone *zone, rn_decoder **out, rn_error *err) {
  (void)zone;
  uint32_t column = 0;
  if (find_column(table, is_key, wanted, wanted_count, &column, err) != RN_OK) return RN_FAIL;
  rn_decoder *d = rn_calloc(1, sizeof *d);
  d->type = rn_type_copy(&d->arena, table->columns[column].type);
  d->wanted = wanted_count == 1;
  d->is_key = is_key;
  d->little = little_endian(table, is_key);
  d->table_column = (int)column;
  size_t len = format_snippet(d->type_name, 0, sizeof d->type_name, rn_slice_of(rn_type_name(&d->arena, d->type)), 40);
  d->type_name[len] = 0;
  *out = d;
  return RN_OK;
}

static uint64_t load(const char *p, int width, bool little) {
  uint64_t v = 0;
  for (int i = 0; i < width; i++) v |= (uint64_t)(unsigned char)p[i] << (8 * (little ? i : width - 1 - i));
  return v;
}
static void store(rn_builder *out, uint64_t v, int width, bool little) {
  for (int i = 0; i < width; i++) rn_builder_char(out, (char)(v >> (8 * (little ? i : width - 1 - i))));
}

static rn_status decode(rn_decoder *d, const rn_record *records, uint32_t count, bool padded, rn_column *columns,
                        rn_arena *arena, rn_decode_result *result, rn_error *err) {
  (void)padded;
  (void)err;
  result->one_to_one = true;
  result->bad_fields = result->skipped = 0;
  result->bad.len = 0;
  uint32_t row = 0, i = 0;
  int width = raw_width(d->type);
  bool is_text = rn_type_is_string(d->type);
  for (; i < count && row < RN_BATCH_ROWS_MAX; i++) {
    rn_slice s = d->is_key ? records[i].key : records[i].value;
    const char *reason = NULL;
    bool is_null = s.ptr == NULL;
    if (is_null && !d->type->nullable) reason = "no value, but the column is NOT NULL";
    else if (!is_null && width > 0 && s.len != (size_t)width) reason = "wrong length for the type";
    else if (!is_null && is_text && !rn_utf8_valid(s.ptr, s.len)) reason = "invalid UTF-8";
    if (reason) {
      if (result->one_to_one)
        for (uint32_t k = 0; k < row; k++) result->record_of_row[k] = (uint16_t)k;
      result->one_to_one = false;
      rn_bad_record bad = {.record = i, .column = d->table_column, .position = 0};
      (void)snprintf(bad.reason, sizeof bad.reason, "%s (%s, %zu bytes)", reason, d->type_name, s.len);
      RN_VEC_PUSH(&result->bad, bad);
      continue;
    }
    if (!result->one_to_one) result->record_of_row[row] = (uint16_t)i;
    if (d->wanted) {
      rn_column *c = &columns[0];
      uint64_t bits = is_null ? 0 : load(s.ptr, width, d->little);
      if (is_null) rn_column_nullable(c, RN_BATCH_ROWS_MAX, arena);
      if (c->valid && !is_null) rn_set_valid(c, row);
      if (is_null) rn_set_null(c, row);
      switch (rn_type_physical(d->type)) {
        case RN_P_BOOL: ((uint8_t *)c->data)[row] = bits != 0; break;
        case RN_P_I8: ((int8_t *)c->data)[row] = (int8_t)bits; break;
        case RN_P_I16: ((int16_t *)c->data)[row] = (int16_t)bits; break;
        case RN_P_I32: ((int32_t *)c->data)[row] = (int32_t)bits; break;
        case RN_P_F32: {
          uint32_t low = (uint32_t)bits;
          memcpy((float *)c->data + row, &low, 4);
          break;
        }
        case RN_P_STR: ((rn_str *)c->data)[row] = rn_str_make(is_null ? "" : s.ptr, is_null ? 0 : s.len); break;
        default: memcpy((uint64_t *)c->data + row, &bits, 8);
      }
    }
    row++;
  }
  result->rows = row;
  result->records_consumed = i;
  return RN_OK;
}

static void encoder_close(rn_encoder *e) {
  if (!e) return;
  rn_arena_free(&e->arena);
  rn_free(e);
}
static rn_status encoder_open(const rn_table_spec *table, const uint32_t *columns, uint32_t count, bool is_key,
                              const rn_zone *zone, rn_encoder **out, rn_error *err) {
  (void)zone;
  uint32_t column = 0;
  if (find_column(table, is_key, columns, count, &column, err) != RN_OK) return RN_FAIL;
  rn_encoder *e = rn_calloc(1, sizeof *e);
  e->type = rn_type_copy(&e->arena, table->columns[column].type);
  e->little = little_endian(table, is_key);
  *out = e;
  return RN_OK;
}
static rn_status encode(rn_encoder *e, const rn_batch *batch, uint32_t row, rn_builder *out, bool *is_null, rn_error *err) {
  (void)err;
  const rn_column *c = &batch->columns[0];
  *is_null = rn_is_null(c, row);
  if (*is_null) return RN_OK;
  int width = raw_width(e->type);
  if (width == 0) {
    rn_builder_slice(out, rn_str_slice(&((const rn_str *)c->data)[row]));
    return RN_OK;
  }
  uint64_t bits = 0;
  size_t lane = rn_physical_width(rn_type_physical(e->type));
  const char *at = (const char *)c->data + lane * row;
  switch (lane) { /* by value, so that the byte order of the machine does not matter */
    case 1: bits = *(const uint8_t *)at; break;
    case 2: bits = (uint16_t)((const int16_t *)c->data)[row]; break;
    case 4: {
      uint32_t low;
      memcpy(&low, at, 4);
      bits = low;
      break;
    }
    default: memcpy(&bits, at, 8);
  }
  store(out, bits, width, e->little);
  return RN_OK;
}

const rn_format rn_format_raw = {
    .name = "raw",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .help = "the record's bytes as one column",
    .decoder_open = decoder_open,
    .decode = decode,
    .decoder_close = decoder_close,
    .encoder_open = encoder_open,
    .encode = encode,
    .encoder_close = encoder_close,
};
