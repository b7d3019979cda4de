/* The json format: options, opening, and the loop over records. The scanner that reads a record is in
 * json_scan.h, what it falls back to in json_value.c, the writing side in json_encode.c. */
#include <stdio.h>
#include <stdlib.h>
#include "connectors/formats/json_decode.h"
#include "connectors/formats/json_encode.h"

static const rn_option options[] = {
    {"fail-on-missing-field", RN_OPT_BOOL, RN_OPTION_SOURCE, "false", NULL, 0, 0,
     "a wanted field that the record lacks is an error instead of NULL", NULL},
    {"ignore-parse-errors", RN_OPT_BOOL, RN_OPTION_SOURCE, "false", NULL, 0, 0,
     "a value that does not fit its column becomes NULL, a record that is not JSON is skipped; both are counted", NULL},
    {"timestamp-format.standard", RN_OPT_ENUM, 0, "SQL", "SQL|ISO-8601|ISO-8601-WITH-OFFSET", 0, 0,
     "SQL: 2024-01-31 10:20:30.5 (LTZ: with Z); ISO-8601: 2024-01-31T10:20:30.5 (LTZ: with Z, or an offset)", NULL},
    {"map-null-key.mode", RN_OPT_ENUM, RN_OPTION_SINK, "FAIL", "FAIL|DROP|LITERAL", 0, 0,
     "what a NULL key of a MAP becomes", NULL},
    {"map-null-key.literal", RN_OPT_STRING, RN_OPTION_SINK, "null", NULL, 0, 0, "the key written for a NULL key", NULL},
    {"encode.decimal-as-plain-number", RN_OPT_BOOL, RN_OPTION_SINK, "false", NULL, 0, 0,
     "DECIMAL with all digits of its scale, never as 2.7E-8", NULL},
    {"encode.ignore-null-fields", RN_OPT_BOOL, RN_OPTION_SINK, "false", NULL, 0, 0, "leave NULL fields out", NULL},
    {"decode.json-parser.enabled", RN_OPT_BOOL, RN_OPTION_IGNORED, "true", NULL, 0, 0,
     "chooses between two parsers in Flink; there is one here", NULL},
};

const json_scanner *json_scanner_choose(const char *forced) {
  static const json_scanner *const best_first[] = {&json_scanner_avx2, &json_scanner_sse2, &json_scanner_plain};
  for (size_t i = 0; i < sizeof best_first / sizeof *best_first; i++) {
    if (forced && strcmp(forced, best_first[i]->name) != 0) continue;
    if (best_first[i]->usable()) return best_first[i];
  }
  return forced ? NULL : &json_scanner_plain;
}
bool json_decoder_force(rn_decoder *d, const char *name) {
  const json_scanner *scanner = json_scanner_choose(name);
  if (scanner) d->scanner = scanner;
  return scanner != NULL;
}

/* --- open ------------------------------------------------------------------------------------------------ */
static const struct {
  json_kind kind;
  int64_t min, max;
} kind_rows[RN_T_COUNT] = {
    [RN_T_BOOLEAN] = {JSON_BOOL, 0, 0},
    [RN_T_TINYINT] = {JSON_I8, INT8_MIN, INT8_MAX},
    [RN_T_SMALLINT] = {JSON_I16, INT16_MIN, INT16_MAX},
    [RN_T_INT] = {JSON_I32, INT32_MIN, INT32_MAX},
    [RN_T_BIGINT] = {JSON_I64, INT64_MIN, INT64_MAX},
    [RN_T_FLOAT] = {JSON_F32, 0, 0},
    [RN_T_DOUBLE] = {JSON_F64, 0, 0},
    [RN_T_DECIMAL] = {JSON_DEC64, 0, 0},
    [RN_T_CHAR] = {JSON_TEXT, 0, 0},
    [RN_T_VARCHAR] = {JSON_TEXT, 0, 0},
    [RN_T_BINARY] = {JSON_BYTES, 0, 0},
    [RN_T_VARBINARY] = {JSON_BYTES, 0, 0},
    [RN_T_DATE] = {JSON_DATE, 0, 0},
    [RN_T_TIME] = {JSON_TIME, 0, 0},
    [RN_T_TIMESTAMP] = {JSON_TIMESTAMP, 0, 0},
    [RN_T_TIMESTAMP_LTZ] = {JSON_LTZ, 0, 0},
    [RN_T_INTERVAL_MONTH] = {JSON_I32, INT32_MIN, INT32_MAX},
    [RN_T_INTERVAL_MS] = {JSON_I64, INT64_MIN, INT64_MAX},
    [RN_T_ROW] = {JSON_ROW, 0, 0},
    [RN_T_VARIANT] = {JSON_VARIANT, 0, 0},
    [RN_T_ARRAY] = {JSON_LIST, 0, 0},
    [RN_T_MAP] = {JSON_MAP, 0, 0},
    [RN_T_MULTISET] = {JSON_MAP, 0, 0},
};

rn_status json_check_key(const char *path, const rn_type *type, const char *verb, rn_error *err) {
  if (rn_type_is_string(type->children[0])) return RN_OK;
  rn_arena arena;
  rn_arena_init(&arena);
  (void)rn_fail(err, RN_E_TYPE_UNSUPPORTED, "format json cannot %s column %s of type %s: keys of JSON objects are text", verb, path,
                rn_type_name(&arena, type));
  rn_arena_free(&arena);
  return RN_FAIL;
}

static rn_status init_object(rn_decoder *d, json_object **out, uint32_t count) {
  json_object *o = RN_NEW(&d->arena, json_object);
  o->field_count = count;
  o->fields = RN_NEW_N(&d->arena, json_field, count ? count : 1);
  o->steps = rn_arena_alloc_aligned(&d->arena, sizeof(json_step) * (JSON_STEPS_MAX + 1), 64);
  *out = o;
  return RN_OK;
}
static rn_status init_field(rn_decoder *d, json_field *f, const char *name, const char *path, const rn_type *type,
                            int table_column, rn_error *err) {
  f->name = rn_arena_strdup(&d->arena, name);
  f->name_len = strlen(name);
  f->path = rn_arena_strdup(&d->arena, path);
  f->type = type = rn_type_copy(&d->arena, type);
  f->table_column = table_column;
  f->not_null = !type->nullable;
  f->kind = kind_rows[type->id].kind;
  f->min = kind_rows[type->id].min;
  f->max = kind_rows[type->id].max;
  if (f->kind == JSON_SKIP) {
    return rn_fail(err, RN_E_TYPE_UNSUPPORTED, "format json cannot read column %s of type %s", path,
                   rn_type_name(&d->arena, type));
  }
  if (f->kind == JSON_DEC64 || f->kind == JSON_TIMESTAMP || f->kind == JSON_LTZ || f->kind == JSON_TIME) {
    f->precision = (uint8_t)type->precision;
    f->scale = (uint8_t)type->scale;
    f->cuts_us = type->precision < 6;
  }
  if (f->kind == JSON_DEC64) {
    if (type->precision > RN_DECIMAL_SMALL_DIGITS) f->kind = JSON_DEC128;
    else f->max = rn_pow10_64((unsigned)type->precision) - 1;
  }
  if (f->kind == JSON_LIST || f->kind == JSON_MAP) {
    if (f->kind == JSON_MAP && json_check_key(path, type, "read", err) != RN_OK) return RN_FAIL;
    bool counts = type->id == RN_T_MULTISET;
    const rn_type *element = counts ? rn_type_basic(RN_T_INT, false) : type->children[type->id == RN_T_MAP];
    f->element = RN_NEW(&d->arena, json_field);
    return init_field(d, f->element, "", rn_arena_printf(&d->arena, "%s[]", path), element, table_column, err);
  }
  if (f->kind == JSON_VARIANT && !d->variants) d->variants = rn_variant_parser_open();
  if (f->kind != JSON_ROW) return RN_OK;
  if (init_object(d, &f->object, type->child_count) != RN_OK) return RN_FAIL;
  for (uint32_t i = 0; i < type->child_count; i++) {
    const char *inner = rn_arena_printf(&d->arena, "%s.%s", path, type->names[i]);
    if (init_field(d, &f->object->fields[i], type->names[i], inner, type->children[i], table_column, err) != RN_OK)
      return RN_FAIL;
  }
  return RN_OK;
}

static void decoder_close(rn_decoder *d) {
  if (!d) return;
  rn_arena_free(&d->arena);
  rn_builder_free(&d->scratch);
  rn_variant_parser_close(d->variants);
  rn_free(d);
}

static bool timestamp_format(const rn_table_spec *table, bool is_key, char *separator, scan_zone *zone) {
  const char *standard = format_option(table, &rn_format_json, is_key, "timestamp-format.standard");
  bool iso = strncmp(standard, "ISO-8601", 8) == 0;
  *separator = iso ? 'T' : ' ';
  *zone = strcmp(standard, "ISO-8601-WITH-OFFSET") == 0 ? SCAN_ZONE_OFFSET : SCAN_ZONE_Z;
  return iso;
}

static rn_status decoder_open(const rn_table_spec *table, const uint32_t *wanted, uint32_t wanted_count, bool is_key,
                              const rn_zone *zone, rn_decoder **out, rn_error *err) {
  (void)zone; /* texts with Z are instants, texts without are wall clock: no zone is needed */
  rn_decoder *d = rn_calloc(1, sizeof *d);
  rn_arena_init(&d->arena);
  d->is_key = is_key;
  d->ignore_errors = format_option_bool(table, &rn_format_json, is_key, "ignore-parse-errors");
  d->fail_on_missing = format_option_bool(table, &rn_format_json, is_key, "fail-on-missing-field");
  (void)timestamp_format(table, is_key, &d->separator, &d->zone);
  const char *forced = getenv("RUNNEL_JSON_SCANNER");
  d->scanner = json_scanner_choose(forced && *forced ? forced : NULL);
  if (!d->scanner) d->scanner = json_scanner_choose(NULL);
  rn_status status = init_object(d, &d->top, wanted_count);
  if (d->ignore_errors && d->fail_on_missing)
    status = rn_fail(err, RN_E_OPTION_VALUE, "fail-on-missing-field and ignore-parse-errors shouldn't both be true");
  for (uint32_t i = 0; status == RN_OK && i < wanted_count; i++) {
    const rn_table_column *column = &table->columns[wanted[i]];
    status = init_field(d, &d->top->fields[i], format_field_name(table, wanted[i], is_key), column->name, column->type,
                        (int)wanted[i], err);
  }
  if (status != RN_OK) {
    decoder_close(d);
    return RN_FAIL;
  }
  *out = d;
  return RN_OK;
}

/* --- decode ------------------------------------------------------------------------------------------------ */
void json_bind_field(json_field *f, rn_column *column) {
  f->column = column;
  f->data = column->data;
  for (uint32_t i = 0; f->object && i < f->object->field_count; i++) json_bind_field(&f->object->fields[i], &column->children[i]);
  if (f->element) json_bind_field(f->element, &column->children[f->kind == JSON_MAP]);
}
static const char *blanks(const char *p, const char *end) {
  while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')) p++;
  return p;
}

typedef enum verdict { VERDICT_ROWS, VERDICT_NOTHING, VERDICT_BAD, VERDICT_FULL } verdict;

/* A top-level array: a row per element. */
static verdict decode_array(rn_decoder *d, const char *p, uint32_t first_row, uint32_t *rows) {
  uint32_t row = first_row;
  bool full = false;
  p = blanks(p + 1, d->end);
  if (p < d->end && *p == ']') {
    p++;
  } else {
    for (;;) {
      if (p >= d->end || *p != '{') {
        json_malformed(d, p, "expected an object in the array of rows");
        return VERDICT_BAD;
      }
      if (row == RN_BATCH_ROWS_MAX) full = true, row = first_row; /* go on, to know that the record is well-formed */
      p = d->scanner->object(d, d->top, p, 1, row);
      if (!p) return VERDICT_BAD;
      row++;
      p = blanks(p, d->end);
      if (p < d->end && *p == ']') {
        p++;
        break;
      }
      if (p >= d->end || *p != ',') {
        json_malformed(d, p, "expected ',' or ']'");
        return VERDICT_BAD;
      }
      p = blanks(p + 1, d->end);
    }
  }
  p = blanks(p, d->end);
  if (p != d->end) {
    json_malformed(d, p, "text after the record");
    return VERDICT_BAD;
  }
  if (full) {
    if (first_row > 0) return VERDICT_FULL;
    d->failure = JSON_BAD_FIELD;
    d->bad_at = d->begin;
    d->bad_field = NULL;
    (void)snprintf(d->reason, sizeof d->reason, "array of more than %d rows", RN_BATCH_ROWS_MAX);
    return VERDICT_BAD;
  }
  *rows = row - first_row;
  return VERDICT_ROWS;
}

static verdict decode_other(rn_decoder *d, const char *p, uint32_t row, uint32_t *rows) {
  if (p == d->end) return VERDICT_NOTHING;
  if (*p == '[') return decode_array(d, p, row, rows);
  if (d->end - p >= 4 && memcmp(p, "null", 4) == 0 && blanks(p + 4, d->end) == d->end) return VERDICT_NOTHING;
  json_malformed(d, p, "expected an object");
  return VERDICT_BAD;
}

static void not_one_to_one(rn_decode_result *result, uint32_t rows) {
  if (!result->one_to_one) return;
  result->one_to_one = false;
  for (uint32_t i = 0; i < rows; i++) result->record_of_row[i] = (uint16_t)i;
}

#if defined(__SANITIZE_ADDRESS__)
#define COPIES_ALWAYS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define COPIES_ALWAYS 1
#endif
#endif

/* May 64 bytes behind the text be read although the source does not say so? Messages of one fetch lie in
 * one buffer, one behind the other: when the next text begins less than a page behind this one's end
 * and reaches far enough, all bytes between are mapped. Saves a copy of nearly every Kafka message. */
static bool readable_behind(rn_slice text, rn_slice next) {
#if defined(COPIES_ALWAYS)
  (void)text;
  (void)next;
  return false;
#else
  uintptr_t end = (uintptr_t)(text.ptr + text.len), begin = (uintptr_t)next.ptr;
  return begin >= end && begin - end < 4096 && begin + next.len >= end + 64;
#endif
}

static rn_status decode(rn_decoder *d, const rn_record *records, uint32_t count, bool padded, rn_column *columns,
                        rn_arena *arena, rn_decode_result *result, rn_error *err) {
  (void)err;
  for (uint32_t i = 0; i < d->top->field_count; i++) json_bind_field(&d->top->fields[i], &columns[i]);
  d->out = arena;
  result->rows = 0;
  result->one_to_one = true;
  result->bad_fields = result->skipped = 0;
  result->bad.len = 0;
  d->bad_fields = 0;
  uint32_t row = 0, i = 0;
  for (; i < count && row < RN_BATCH_ROWS_MAX; i++) {
    rn_slice text = d->is_key ? records[i].key : records[i].value;
    uint32_t rows = 1;
    verdict found = VERDICT_NOTHING;
    uint64_t bad_fields_before = d->bad_fields;
    if (text.ptr && text.len) {
      const char *begin = text.ptr;
      if (!padded && !(i + 1 < count && readable_behind(text, d->is_key ? records[i + 1].key : records[i + 1].value))) {
        /* the scanner reads on behind the end */
        char *copy = rn_arena_alloc_aligned(arena, text.len + 64, 1);
        memcpy(copy, begin, text.len);
        memset(copy + text.len, 0, 64);
        begin = copy;
      }
      d->begin = begin;
      d->end = begin + text.len;
      const char *p = blanks(begin, d->end);
      if (p < d->end && *p == '{') {
        found = VERDICT_ROWS;
        p = d->scanner->object(d, d->top, p, 0, row);
        if (!p) {
          found = VERDICT_BAD;
        } else if (p != d->end && (p = blanks(p, d->end)) != d->end) {
          json_malformed(d, p, "text after the record");
          found = VERDICT_BAD;
        }
      } else {
        found = decode_other(d, p, row, &rows);
      }
    }
    if (found == VERDICT_ROWS && rows == 1) { /* nearly always */
      if (!result->one_to_one) result->record_of_row[row] = (uint16_t)i;
      row++;
      continue;
    }
    if (found == VERDICT_FULL) break;
    not_one_to_one(result, row);
    if (found == VERDICT_ROWS) {
      for (uint32_t k = 0; k < rows; k++) result->record_of_row[row++] = (uint16_t)i;
      result->skipped += rows == 0; /* an empty array */
      continue;
    }
    d->bad_fields = bad_fields_before;
    if (found == VERDICT_NOTHING || d->ignore_errors) {
      result->skipped++;
      continue;
    }
    rn_bad_record bad = {.record = i, .column = d->bad_field ? d->bad_field->table_column : -1,
                         .position = (uint32_t)(d->bad_at - d->begin)};
    memcpy(bad.reason, d->reason, sizeof bad.reason);
    RN_VEC_PUSH(&result->bad, bad);
  }
  result->rows = row;
  result->records_consumed = i;
  result->bad_fields = d->bad_fields;
  return RN_OK;
}

const rn_format rn_format_json = {
    .name = "json",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .help = "JSON objects, one per record (or line)",
    .decoder_open = decoder_open,
    .decode = decode,
    .decoder_close = decoder_close,
    .encoder_open = json_encoder_open,
    .encode = json_encode,
    .encoder_close = json_encoder_close,
};
