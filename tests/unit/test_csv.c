/* The csv and raw formats: conversions and refusals by the dialect, quoting both ways, splitting of files
 * at quoted line ends (whatever the block's size), and what is written read back. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include "connectors/formats/format_common.h"

typedef struct fixture {
  rn_arena arena;
  rn_table_column columns[8];
  rn_option_value options[6];
  rn_table_spec table;
  uint32_t all[8];
} fixture;

static int setup(void **state) {
  fixture *f = rn_calloc(1, sizeof *f);
  for (uint32_t i = 0; i < 8; i++) f->all[i] = i;
  f->table = (rn_table_spec){.name = "t", .columns = f->columns, .options = {0, f->options}};
  *state = f;
  return 0;
}
static int teardown(void **state) {
  fixture *f = *state;
  rn_arena_free(&f->arena);
  rn_free(f);
  return 0;
}
static int by_key(const void *a, const void *b) { return strcmp(((const rn_option_value *)a)->key, ((const rn_option_value *)b)->key); }
static void option(fixture *f, const char *key, const char *value) {
  f->options[f->table.options.count++] = (rn_option_value){.key = key, .value = value};
  qsort(f->options, f->table.options.count, sizeof *f->options, by_key);
}
static void column(fixture *f, const char *name, const rn_type *type) {
  f->columns[f->table.column_count++] = (rn_table_column){.name = name, .type = type};
}

static void put_value(rn_builder *b, const rn_column *c, uint32_t row) {
  if (rn_is_null(c, row)) {
    rn_builder_text(b, "null");
    return;
  }
  const void *data = c->data;
  switch (c->type->id) {
    case RN_T_BOOLEAN: rn_builder_text(b, ((const uint8_t *)data)[row] ? "true" : "false"); break;
    case RN_T_TINYINT: rn_builder_int(b, ((const int8_t *)data)[row]); break;
    case RN_T_SMALLINT: rn_builder_int(b, ((const int16_t *)data)[row]); break;
    case RN_T_INT: rn_builder_int(b, ((const int32_t *)data)[row]); break;
    case RN_T_BIGINT: rn_builder_int(b, ((const int64_t *)data)[row]); break;
    case RN_T_FLOAT: rn_builder_printf(b, "%g", (double)((const float *)data)[row]); break;
    case RN_T_DOUBLE: rn_builder_printf(b, "%g", ((const double *)data)[row]); break;
    case RN_T_DECIMAL: rn_decimal_format(b, ((const int64_t *)data)[row], c->type->scale); break;
    case RN_T_DATE: rn_format_date(b, ((const int32_t *)data)[row]); break;
    case RN_T_TIME: rn_format_time(b, ((const int32_t *)data)[row], 3, true); break;
    case RN_T_TIMESTAMP: case RN_T_TIMESTAMP_LTZ: rn_format_timestamp(b, ((const int64_t *)data)[row], 6, true, ' '); break;
    case RN_T_ROW:
      for (uint32_t i = 0; i < c->child_count; i++) {
        rn_builder_text(b, i ? "," : "(");
        put_value(b, &c->children[i], row);
      }
      rn_builder_char(b, ')');
      break;
    default: rn_builder_slice(b, rn_str_slice(&((const rn_str *)data)[row]));
  }
}
/* Decodes records with the columns `wanted`; the batch stays in the fixture's arena. */
static char *decode(fixture *f, const rn_format *format, const rn_record *records, uint32_t count, const uint32_t *wanted, uint32_t wanted_count) {
  rn_decoder *decoder;
  rn_error err = {0};
  if (format->decoder_open(&f->table, wanted, wanted_count, false, NULL, &decoder, &err) != RN_OK)
    return rn_arena_printf(&f->arena, "ERROR %s", err.message);
  rn_column columns[8];
  uint16_t record_of_row[RN_BATCH_ROWS_MAX];
  for (uint32_t i = 0; i < wanted_count; i++) rn_column_init(&columns[i], f->columns[wanted[i]].type, RN_BATCH_ROWS_MAX, &f->arena);
  rn_decode_result result = {.record_of_row = record_of_row};
  assert_int_equal(format->decode(decoder, records, count, false, columns, &f->arena, &result, &err), RN_OK);
  rn_builder b = {0};
  for (uint32_t row = 0; row < result.rows; row++) {
    for (uint32_t c = 0; c < wanted_count; c++) {
      rn_builder_text(&b, c ? "|" : "");
      put_value(&b, &columns[c], row);
    }
    rn_builder_printf(&b, "#%d;", result.one_to_one ? (int)row : (int)record_of_row[row]);
  }
  for (size_t i = 0; i < result.bad.len; i++)
    rn_builder_printf(&b, "bad #%u column %d @%u: %s;", result.bad.data[i].record, result.bad.data[i].column, result.bad.data[i].position, result.bad.data[i].reason);
  if (result.skipped) rn_builder_printf(&b, "skipped %d;", (int)result.skipped);
  if (result.bad_fields) rn_builder_printf(&b, "bad fields %d;", (int)result.bad_fields);
  format->decoder_close(decoder);
  RN_VEC_FREE(&result.bad);
  char *text = rn_arena_strdup(&f->arena, b.data ? b.data : "");
  rn_builder_free(&b);
  return text;
}
static char *decode_lines(fixture *f, const char *const *lines, uint32_t count) {
  rn_record records[16];
  memset(records, 0, sizeof records);
  for (uint32_t i = 0; i < count; i++) records[i].value = rn_slice_of(lines[i]);
  return decode(f, &rn_format_csv, records, count, f->all, f->table.column_count);
}
static void dialect_table(fixture *f) { /* of the dialect's cases csv_* */
  column(f, "a", rn_type_basic(RN_T_INT, true));
  column(f, "b", rn_type_basic(RN_T_VARCHAR, true));
  column(f, "c", rn_type_decimal(&f->arena, 10, 2, true));
  column(f, "t", rn_type_sized(&f->arena, RN_T_TIMESTAMP, 3, true));
  column(f, "f", rn_type_basic(RN_T_BOOLEAN, true));
}
static const char *const dialect_lines[] = {"1,abc,1.50,2024-01-01 00:00:00.123,true", "2,\"quoted, text\",2,2024-01-01 00:00:00,false", "3,,,,",
                                            " 4 , spaced ,1e3,2024-01-01 01:02:03,TRUE", "5,x,1,2024-1-2 00:00:00.5,yes\r"};

static void test_dialect(void **state) {
  fixture *f = *state;
  dialect_table(f);
  option(f, "csv.ignore-parse-errors", "true");
  assert_string_equal(decode_lines(f, dialect_lines, 5),
                      "1|abc|1.50|2024-01-01 00:00:00.123|true#0;2|quoted, text|2.00|2024-01-01 00:00:00|false#1;3||null|null|false#2;"
                      "4| spaced |1000.00|2024-01-01 01:02:03|true#3;5|x|1.00|2024-01-02 00:00:00.5|false#4;bad fields 2;");
  option(f, "csv.null-literal", "abc");
  assert_string_equal(decode_lines(f, dialect_lines, 1), "1|null|1.50|2024-01-01 00:00:00.123|true#0;");
  f->table.options.count = 0;
  assert_string_equal(decode_lines(f, dialect_lines, 3),
                      "1|abc|1.50|2024-01-01 00:00:00.123|true#0;2|quoted, text|2.00|2024-01-01 00:00:00|false#1;bad #2 column 2 @3: \"\" is not DECIMAL(10, 2);");
}

static void test_structure(void **state) {
  fixture *f = *state;
  column(f, "a", rn_type_basic(RN_T_INT, true));
  column(f, "b", rn_type_basic(RN_T_VARCHAR, false));
  column(f, "c", rn_type_basic(RN_T_INT, true));
  static const struct {
    const char *option, *value, *line, *expected;
  } cases[] = {
      {NULL, NULL, "1,x,2,2024-01-01 00:00:00", "bad #0 column -1 @6: too many fields: expected at most 3, the next is \"2024-01-01 00:00:00\";"},
      {NULL, NULL, "z,x,2,3", "bad #0 column -1 @6: too many fields: expected at most 3, the next is \"3\";"},
      {NULL, NULL, "1,x", "bad #0 column -1 @3: too few fields: expected 3, found 2;"},
      {NULL, NULL, "1,\"x,2", "bad #0 column -1 @2: quoted field does not end;"},
      {NULL, NULL, "1,\"x\"y,2", "bad #0 column -1 @5: expected a delimiter behind the quoted field;"},
      {NULL, NULL, "1,\"say \"\"hi\"\", he said\",2", "1|say \"hi\", he said|2#0;"},
      {NULL, NULL, "1,a\"b\"c,2", "1|a\"b\"c|2#0;"},
      {NULL, NULL, "1,\"two\nlines\",2", "1|two\nlines|2#0;"},
      {NULL, NULL, "1,\xff,2", "bad #0 column 1 @2: \"\xff\" is not STRING;"},
      {NULL, NULL, "99999999999,x,2", "bad #0 column 0 @0: \"99999999999\" is not INT;"},
      {NULL, NULL, "", "skipped 1;"},
      {NULL, NULL, "#1,x,2", "bad #0 column 0 @0: \"#1\" is not INT;"},
      {"csv.allow-comments", "true", "#1,x,2", "skipped 1;"},
      {"csv.ignore-parse-errors", "true", "1,x,2,3", "skipped 1;"},
      {"csv.ignore-parse-errors", "true", "1,x", "1|x|null#0;"},
      {"csv.ignore-parse-errors", "true", "1", "skipped 1;"},
      {"csv.field-delimiter", "\\t", "1\tx,y\t2", "1|x,y|2#0;"},
      {"csv.field-delimiter", "|", "1|x|2", "1|x|2#0;"},
      {"csv.field-delimiter", "||", "1|x|2", "ERROR option 'csv.field-delimiter' must be one character, not \"||\""},
      {"csv.quote-character", "'", "1,'it''s, well',2", "1|it's, well|2#0;"},
      {"csv.disable-quote-character", "true", "1,\"x\",2", "1|\"x\"|2#0;"},
      {"csv.escape-character", "\\", "1,\"a\\\"b\\,\",2", "1|a\"b,|2#0;"},
      {"csv.escape-character", "\\", "1,a\\,b,2", "1|a,b|2#0;"},
      {"csv.null-literal", "-", "-,x,2", "null|x|2#0;"},
      {"csv.null-literal", "-", "1,-,2", "bad #0 column 1 @2: field b is null, but it is NOT NULL;"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    f->table.options.count = 0;
    if (cases[i].option) option(f, cases[i].option, cases[i].value);
    assert_string_equal(decode_lines(f, &cases[i].line, 1), cases[i].expected);
  }
  /* only what is wanted is converted */
  f->table.options.count = 0;
  rn_record record = {.value = rn_slice_of("not a number,x,7")};
  static const uint32_t last[] = {2};
  assert_string_equal(decode(f, &rn_format_csv, &record, 1, last, 1), "7#0;");
}

static void test_types(void **state) {
  fixture *f = *state;
  static const struct {
    rn_type_id id;
    const char *text, *expected;
  } cases[] = {
      {RN_T_TINYINT, " -128 ", "-128#0;"},
      {RN_T_TINYINT, "128", "bad #0 column 0 @0: \"128\" is not TINYINT;"},
      {RN_T_SMALLINT, "300", "300#0;"},
      {RN_T_BIGINT, "9223372036854775807", "9223372036854775807#0;"},
      {RN_T_DOUBLE, "1e3", "1000#0;"},
      {RN_T_FLOAT, " 1.5 ", "1.5#0;"},
      {RN_T_DATE, "2024-1-2", "2024-01-02#0;"},
      {RN_T_DATE, "2024-13-02", "bad #0 column 0 @0: \"2024-13-02\" is not DATE;"},
      {RN_T_DATE, "2024-01-02 ", "2024-01-02#0;"},
      {RN_T_TIME, "01:02:03", "01:02:03#0;"},
      {RN_T_TIMESTAMP_LTZ, "2024-01-02 03:04:05.5Z", "2024-01-02 03:04:05.5#0;"},
      {RN_T_TIMESTAMP_LTZ, "2024-01-02T03:04:05Z", "2024-01-02 03:04:05#0;"},
      {RN_T_TIMESTAMP_LTZ, "2024-01-02 03:04:05", "bad #0 column 0 @0: \"2024-01-02 03:04:05\" is not TIMESTAMP_LTZ(6);"},
      {RN_T_VARBINARY, "YWI=", "ab#0;"},
      {RN_T_VARBINARY, "Y", "bad #0 column 0 @0: \"Y\" is not BYTES;"},
      {RN_T_VARCHAR, "", "#0;"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    f->table.column_count = 0;
    column(f, "v", rn_type_basic(cases[i].id, true));
    assert_string_equal(decode_lines(f, &cases[i].text, 1), cases[i].expected);
  }
  static const char *const names[] = {"x", "y"};
  const rn_type *fields[] = {rn_type_basic(RN_T_INT, true), rn_type_basic(RN_T_VARCHAR, true)};
  f->table.column_count = 0;
  column(f, "r", rn_type_row(&f->arena, 2, names, fields, true));
  static const char *const rows[] = {"7;x y", "7", "7;x;z"};
  assert_string_equal(decode_lines(f, rows, 1), "(7,x y)#0;");
  assert_non_null(strstr(decode_lines(f, rows + 1, 1), "\"7\" is not ROW<"));
  assert_non_null(strstr(decode_lines(f, rows + 2, 1), "\"7;x;z\" is not ROW<"));
  static const char *const not_read[] = {"ERROR format csv cannot read column r of type ARRAY<ROW<`x` INT, `y` STRING>>",
                                         "ERROR format csv cannot read column r of type ROW<`x` ARRAY<INT>>",
                                         "ERROR format csv cannot read column r of type MAP<STRING, INT>"};
  const rn_type *array = rn_type_array(&f->arena, fields[0], true);
  const rn_type *refused[] = {rn_type_array(&f->arena, f->columns[0].type, true), rn_type_row(&f->arena, 1, names, &array, true),
                              rn_type_map(&f->arena, fields[1], fields[0], true)};
  for (int i = 0; i < 3; i++) {
    f->columns[0].type = refused[i];
    assert_non_null(strstr(decode_lines(f, rows, 1), not_read[i]));
  }
}

/* The records of a text are the same however it is cut into blocks. */
static void test_split(void **state) {
  fixture *f = *state;
  static const char text[] = "1,a\n2,\"b\nb\"\r\n3,\"say \"\"x\n\"\"\"\n#not \"a comment\n\n4,in \"the\" middle\n5,\"\"\n6,last";
  static const char *const expected[] = {"1,a", "2,\"b\nb\"", "3,\"say \"\"x\n\"\"\"", "#not \"a comment", "", "4,in \"the\" middle", "5,\"\"", "6,last"};
  size_t len = sizeof text - 1;
  rn_record records[16];
  for (size_t block = 1; block <= len; block++) {
    size_t begin = 0, n = 0;
    for (size_t end = block; begin < len; end += block) {
      if (end > len) end = len;
      uint32_t count = 0;
      size_t used = rn_format_csv.split(&f->table, text + begin, end - begin, end == len, records, 3, &count);
      for (uint32_t i = 0; i < count; i++) {
        assert_true(n < 8);
        assert_true(rn_slice_is(records[i].value, expected[n]));
        n++;
      }
      begin += used;
      if (end == len && used == 0) break;
    }
    assert_int_equal(n, 8);
  }
}

static void test_write(void **state) {
  fixture *f = *state;
  column(f, "i", rn_type_basic(RN_T_INT, true));
  column(f, "some name", rn_type_basic(RN_T_VARCHAR, true));
  column(f, "m", rn_type_decimal(&f->arena, 10, 2, true));
  column(f, "t", rn_type_sized(&f->arena, RN_T_TIMESTAMP, 3, true));
  column(f, "b", rn_type_basic(RN_T_BOOLEAN, true));
  column(f, "d", rn_type_basic(RN_T_DOUBLE, true));
  rn_field fields[6];
  for (size_t i = 0; i < 6; i++) fields[i] = (rn_field){f->columns[i].name, f->columns[i].type};
  rn_schema schema = {6, fields};
  static const struct {
    const char *text, *option, *value, *line;
  } cases[] = {
      {"plain", NULL, NULL, "-7,plain,1.50,\"2020-01-01 00:00:00.12\",true,2.5"},
      {"", NULL, NULL, "-7,,1.50,\"2020-01-01 00:00:00.12\",true,2.5"},
      {"a b", NULL, NULL, "-7,\"a b\",1.50,\"2020-01-01 00:00:00.12\",true,2.5"},
      {"say \"hi\"", NULL, NULL, "-7,\"say \"\"hi\"\"\",1.50,\"2020-01-01 00:00:00.12\",true,2.5"},
      {"two\nlines", NULL, NULL, "-7,\"two\nlines\",1.50,\"2020-01-01 00:00:00.12\",true,2.5"},
      {"exactlytwentyfourletters", NULL, NULL, "-7,exactlytwentyfourletters,1.50,\"2020-01-01 00:00:00.12\",true,2.5"},
      {"exactlytwentyfivelettersx", NULL, NULL, "-7,\"exactlytwentyfivelettersx\",1.50,\"2020-01-01 00:00:00.12\",true,2.5"},
      {"a;b", "csv.field-delimiter", ";", "-7;\"a;b\";1.50;\"2020-01-01 00:00:00.12\";true;2.5"},
      {"a\"b", "csv.escape-character", "\\", "-7,\"a\\\"b\",1.50,\"2020-01-01 00:00:00.12\",true,2.5"},
      {"a b", "csv.disable-quote-character", "true", "-7,a b,1.50,2020-01-01 00:00:00.12,true,2.5"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    f->table.options.count = 0;
    if (cases[i].option) option(f, cases[i].option, cases[i].value);
    rn_batch batch;
    rn_batch_init(&batch, &schema, 2, &f->arena);
    ((int32_t *)batch.columns[0].data)[1] = -7;
    ((rn_str *)batch.columns[1].data)[1] = rn_str_make(cases[i].text, strlen(cases[i].text));
    ((int64_t *)batch.columns[2].data)[1] = 150;
    ((int64_t *)batch.columns[3].data)[1] = 1577836800120000;
    ((uint8_t *)batch.columns[4].data)[1] = 1;
    ((double *)batch.columns[5].data)[1] = 2.5;
    rn_encoder *encoder;
    rn_error err = {0};
    rn_builder out = {0};
    bool is_null;
    assert_int_equal(rn_format_csv.encoder_open(&f->table, f->all, 6, false, NULL, &encoder, &err), RN_OK);
    assert_int_equal(rn_format_csv.encode(encoder, &batch, 1, &out, &is_null, &err), RN_OK);
    assert_false(is_null);
    assert_string_equal(out.data, cases[i].line);
    const char *line = out.data;
    if (!cases[i].option) { /* and back */
      char *back = decode_lines(f, &line, 1);
      char *expected = rn_arena_printf(&f->arena, "-7|%s|1.50|2020-01-01 00:00:00.12|true|2.5#0;", cases[i].text);
      assert_string_equal(back, expected);
    }
    rn_builder_clear(&out);
    for (size_t c = 0; c < 6; c++) {
      rn_column_nullable(&batch.columns[c], 2, &f->arena);
      rn_set_null(&batch.columns[c], 1);
    }
    assert_int_equal(rn_format_csv.encode(encoder, &batch, 1, &out, &is_null, &err), RN_OK);
    assert_int_equal(out.len, 5);
    rn_builder_clear(&out);
    rn_format_csv.write_header(&f->table, f->all, 2, &out);
    if (!cases[i].option) assert_string_equal(out.data, "i,\"some name\"");
    rn_format_csv.encoder_close(encoder);
    rn_builder_free(&out);
  }
}

/* Key and value share the table's columns. */
static void test_key_fields(void **state) {
  fixture *f = *state;
  column(f, "a", rn_type_basic(RN_T_INT, true));
  column(f, "k2", rn_type_basic(RN_T_INT, true));
  column(f, "k1", rn_type_basic(RN_T_INT, true));
  option(f, "key.fields", "k1;k2");
  option(f, "value.fields-include", "EXCEPT_KEY");
  rn_record record = {.value = rn_slice_of("5"), .key = rn_slice_of("10,20")};
  static const uint32_t value[] = {0}, keys[] = {1, 2};
  assert_string_equal(decode(f, &rn_format_csv, &record, 1, value, 1), "5#0;");
  rn_decoder *decoder;
  rn_error err = {0};
  assert_int_equal(rn_format_csv.decoder_open(&f->table, keys, 2, true, NULL, &decoder, &err), RN_OK);
  rn_column columns[2];
  for (size_t i = 0; i < 2; i++) rn_column_init(&columns[i], f->columns[keys[i]].type, RN_BATCH_ROWS_MAX, &f->arena);
  uint16_t record_of_row[RN_BATCH_ROWS_MAX];
  rn_decode_result result = {.record_of_row = record_of_row};
  assert_int_equal(rn_format_csv.decode(decoder, &record, 1, false, columns, &f->arena, &result, &err), RN_OK);
  assert_int_equal(result.rows, 1);
  assert_int_equal(((int32_t *)columns[0].data)[0], 20); /* k2 */
  assert_int_equal(((int32_t *)columns[1].data)[0], 10); /* k1 */
  rn_format_csv.decoder_close(decoder);
}

static void test_raw(void **state) {
  fixture *f = *state;
  static const struct {
    rn_type_id id;
    bool little;
    const char *bytes;
    size_t len;
    const char *expected;
  } cases[] = {
      {RN_T_VARCHAR, false, "any \"text\"", 10, "any \"text\"#0;"},
      {RN_T_VARCHAR, false, "", 0, "#0;"},
      {RN_T_VARCHAR, false, "\xff", 1, "bad #0 column 0 @0: invalid UTF-8 (STRING, 1 bytes);"},
      {RN_T_VARBINARY, false, "\xff", 1, "\xff#0;"},
      {RN_T_BOOLEAN, false, "\1", 1, "true#0;"},
      {RN_T_TINYINT, false, "\xfe", 1, "-2#0;"},
      {RN_T_SMALLINT, false, "\x01\x02", 2, "258#0;"},
      {RN_T_SMALLINT, true, "\x01\x02", 2, "513#0;"},
      {RN_T_INT, false, "\xff\xff\xff\xfe", 4, "-2#0;"},
      {RN_T_BIGINT, false, "\0\0\0\0\0\0\1\0", 8, "256#0;"},
      {RN_T_BIGINT, true, "\0\1\0\0\0\0\0\0", 8, "256#0;"},
      {RN_T_BIGINT, false, "\1", 1, "bad #0 column 0 @0: wrong length for the type (BIGINT, 1 bytes);"},
      {RN_T_DOUBLE, false, "\x3f\xf8\0\0\0\0\0\0", 8, "1.5#0;"},
      {RN_T_FLOAT, true, "\0\0\xc0\x3f", 4, "1.5#0;"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    f->table.column_count = 0;
    f->table.options.count = 0;
    column(f, "v", rn_type_basic(cases[i].id, true));
    if (cases[i].little) option(f, "raw.endianness", "little-endian");
    rn_record record = {.value = {cases[i].bytes, cases[i].len}};
    char *text = decode(f, &rn_format_raw, &record, 1, f->all, 1);
    assert_string_equal(text, cases[i].expected);
    if (strncmp(text, "bad", 3) == 0) continue;
    /* and written again */
    rn_decoder *decoder;
    rn_encoder *encoder;
    rn_error err = {0};
    rn_column c;
    rn_column_init(&c, f->columns[0].type, RN_BATCH_ROWS_MAX, &f->arena);
    rn_decode_result result = {0};
    assert_int_equal(rn_format_raw.decoder_open(&f->table, f->all, 1, false, NULL, &decoder, &err), RN_OK);
    assert_int_equal(rn_format_raw.decode(decoder, &record, 1, false, &c, &f->arena, &result, &err), RN_OK);
    assert_int_equal(rn_format_raw.encoder_open(&f->table, f->all, 1, false, NULL, &encoder, &err), RN_OK);
    rn_batch batch = {.rows = 1, .live_count = 1, .column_count = 1, .columns = &c, .arena = &f->arena};
    rn_builder out = {0};
    bool is_null;
    assert_int_equal(rn_format_raw.encode(encoder, &batch, 0, &out, &is_null, &err), RN_OK);
    assert_int_equal(out.len, cases[i].len);
    if (out.len) assert_memory_equal(out.data, cases[i].bytes, out.len);
    rn_column_nullable(&c, RN_BATCH_ROWS_MAX, &f->arena);
    rn_set_null(&c, 0);
    assert_int_equal(rn_format_raw.encode(encoder, &batch, 0, &out, &is_null, &err), RN_OK);
    assert_true(is_null);
    rn_builder_free(&out);
    rn_format_raw.encoder_close(encoder);
    rn_format_raw.decoder_close(decoder);
  }
  rn_record nothing = {.offset = 0};
  assert_string_equal(decode(f, &rn_format_raw, &nothing, 1, f->all, 1), "null#0;");
  f->columns[0].type = rn_type_basic(RN_T_INT, false);
  assert_string_equal(decode(f, &rn_format_raw, &nothing, 1, f->all, 1), "bad #0 column 0 @0: no value, but the column is NOT NULL (INT, 0 bytes);");
  column(f, "w", rn_type_basic(RN_T_INT, true));
  assert_string_equal(decode(f, &rn_format_raw, &nothing, 1, f->all, 1), "ERROR format raw takes exactly one physical column, table t has 2");
  f->table.column_count = 0;
  column(f, "d", rn_type_basic(RN_T_DATE, true));
  assert_string_equal(decode(f, &rn_format_raw, &nothing, 1, f->all, 1), "ERROR format raw cannot hold column d of type DATE");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void) {
  const struct CMUnitTest tests[] = {TEST(test_dialect), TEST(test_structure), TEST(test_types), TEST(test_split), TEST(test_write), TEST(test_key_fields), TEST(test_raw)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
