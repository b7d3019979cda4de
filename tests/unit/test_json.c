/* The json format: the dialect's leniency, errors with place and reason, key order prediction, several
 * rows per record, the writing side; and thousands of made and broken records against sqlite's JSON and
 * between the scanners. RN_FUZZ_SECONDS (default 3) says how long the last one goes on. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "tests/fuzz/json_check.h"

/* One column "v" of a type; what a value becomes, or "bad POSITION REASON". */
typedef struct value_case {
  rn_type_id id;
  int precision, scale;
  const char *json, *expected;
} value_case;

static const rn_type *case_type(rn_arena *arena, rn_type_id id, int precision, int scale, bool nullable) {
  if (id == RN_T_DECIMAL) return rn_type_decimal(arena, precision, scale, nullable);
  if (precision) return rn_type_sized(arena, id, precision, nullable);
  return rn_type_basic(id, nullable);
}

/* Decodes {"v":JSON} (or JSON itself, when column is NULL given a whole record) into text. */
static char *decode_text(const rn_type *type, const char *record, const char *option, const char *option_value) {
  rn_table_column column = {.name = "v", .type = type};
  rn_option_value given = {.key = option, .value = option_value};
  rn_table_spec table = {.name = "t", .column_count = 1, .columns = &column, .options = {option ? 1 : 0, &given}};
  uint32_t wanted = 0;
  rn_decoder *decoder;
  rn_error err = {0};
  if (rn_format_json.decoder_open(&table, &wanted, 1, false, NULL, &decoder, &err) != RN_OK) fail_msg("%s", err.message);
  rn_arena arena = {0};
  rn_column out;
  rn_column_init(&out, type, RN_BATCH_ROWS_MAX, &arena);
  uint16_t record_of_row[RN_BATCH_ROWS_MAX];
  rn_decode_result result = {.record_of_row = record_of_row};
  rn_record raw = {.value = {record, strlen(record)}};
  assert_int_equal(rn_format_json.decode(decoder, &raw, 1, false, &out, &arena, &result, &err), RN_OK);
  rn_builder text = {0};
  for (uint32_t row = 0; row < result.rows; row++) {
    if (row) rn_builder_text(&text, " / ");
    dump_value(&text, &out, row);
  }
  for (size_t i = 0; i < result.bad.len; i++) rn_builder_printf(&text, "bad %u %s", result.bad.data[i].position, result.bad.data[i].reason);
  if (result.skipped) rn_builder_text(&text, "skipped");
  if (result.bad_fields) rn_builder_printf(&text, " +%d bad", (int)result.bad_fields);
  rn_format_json.decoder_close(decoder);
  RN_VEC_FREE(&result.bad);
  rn_arena_free(&arena);
  return rn_builder_take(&text);
}
static void expect_cases(const value_case *cases, size_t count, const char *option, const char *option_value) {
  for (size_t i = 0; i < count; i++) {
    rn_arena arena = {0};
    const rn_type *type = case_type(&arena, cases[i].id, cases[i].precision, cases[i].scale, true);
    char record[512];
    (void)snprintf(record, sizeof record, "{\"v\":%s}", cases[i].json);
    char *got = decode_text(type, record, option, option_value);
    if (strcmp(got, cases[i].expected) != 0)
      fail_msg("%s as %s: got \"%s\", expected \"%s\"", cases[i].json, rn_type_name(&arena, type), got, cases[i].expected);
    rn_free(got);
    rn_arena_free(&arena);
  }
}

static void test_values(void **state) {
  (void)state;
  static const value_case cases[] = {
      {RN_T_INT, 0, 0, "12", "12"},
      {RN_T_INT, 0, 0, "-0", "0"},
      {RN_T_INT, 0, 0, "\" 12 \"", "12"},
      {RN_T_INT, 0, 0, "\"+12\"", "12"},
      {RN_T_INT, 0, 0, "1.9", "1"},
      {RN_T_INT, 0, 0, "-1.9", "-1"},
      {RN_T_INT, 0, 0, "2e3", "2000"},
      {RN_T_INT, 0, 0, "25e-1", "2"},
      {RN_T_INT, 0, 0, "null", "null"},
      {RN_T_INT, 0, 0, "3000000000", "bad 5 3000000000 is not INT"},
      {RN_T_INT, 0, 0, "\"zz\"", "bad 5 \"zz\" is not INT"},
      {RN_T_INT, 0, 0, "\"1.9\"", "bad 5 \"1.9\" is not INT"},
      {RN_T_INT, 0, 0, "true", "bad 5 true is not INT"},
      {RN_T_INT, 0, 0, "[1]", "bad 5 [1] is not INT"},
      {RN_T_TINYINT, 0, 0, "-128", "-128"},
      {RN_T_TINYINT, 0, 0, "128", "bad 5 128 is not TINYINT"},
      {RN_T_SMALLINT, 0, 0, "32767", "32767"},
      {RN_T_BIGINT, 0, 0, "9223372036854775807", "9223372036854775807"},
      {RN_T_BIGINT, 0, 0, "-9223372036854775808", "-9223372036854775808"},
      {RN_T_BIGINT, 0, 0, "9223372036854775808", "bad 5 9223372036854775808 is not BIGINT"},
      {RN_T_BIGINT, 0, 0, "123456789012345678", "123456789012345678"},
      {RN_T_BIGINT, 0, 0, "12345678", "12345678"},
      {RN_T_BIGINT, 0, 0, "1234567812345678", "1234567812345678"},
      {RN_T_BIGINT, 0, 0, "012", "bad 5 not JSON: number with a leading zero"},
      {RN_T_BIGINT, 0, 0, "1.", "bad 5 not JSON: number without digits behind the point"},
      {RN_T_BOOLEAN, 0, 0, "true", "true"},
      {RN_T_BOOLEAN, 0, 0, "\" True \"", "true"},
      {RN_T_BOOLEAN, 0, 0, "\"yes\"", "false"},
      {RN_T_BOOLEAN, 0, 0, "1", "false"},
      {RN_T_BOOLEAN, 0, 0, "tru", "bad 5 not JSON: expected a value"},
      {RN_T_DOUBLE, 0, 0, "1.5", "1.5"},
      {RN_T_DOUBLE, 0, 0, "0.1", "0.10000000000000001"},
      {RN_T_DOUBLE, 0, 0, "-1e300", "-1.0000000000000001e+300"},
      {RN_T_DOUBLE, 0, 0, "\"NaN\"", "nan"},
      {RN_T_DOUBLE, 0, 0, "\" 2.5 \"", "2.5"},
      {RN_T_DOUBLE, 0, 0, "123456789012345678", "1.2345678901234568e+17"},
      {RN_T_FLOAT, 0, 0, "1.1", "1.10000002"},
      {RN_T_DECIMAL, 10, 2, "1.5", "1.50"},
      {RN_T_DECIMAL, 10, 2, "1.005", "1.01"},
      {RN_T_DECIMAL, 10, 2, "-1.005", "-1.01"},
      {RN_T_DECIMAL, 10, 2, "\" 12.345 \"", "12.35"},
      {RN_T_DECIMAL, 10, 2, "1e3", "1000.00"},
      {RN_T_DECIMAL, 10, 2, "99999999.99", "99999999.99"},
      {RN_T_DECIMAL, 10, 2, "99999999.995", "null"},
      {RN_T_DECIMAL, 10, 2, "100000000", "null"},
      {RN_T_DECIMAL, 10, 2, "\"12,5\"", "bad 5 \"12,5\" is not DECIMAL(10, 2)"},
      {RN_T_DECIMAL, 38, 18, "1234567890.123456789012345678", "1234567890.123456789012345678"},
      {RN_T_DECIMAL, 38, 0, "99999999999999999999999999999999999999", "99999999999999999999999999999999999999"},
      {RN_T_VARCHAR, 0, 0, "\"abc\"", "abc"},
      {RN_T_VARCHAR, 0, 0, "\"exactly12chr\"", "exactly12chr"},
      {RN_T_VARCHAR, 0, 0, "\"a text longer than thirty-two bytes, so that two blocks are read\"", "a text longer than thirty-two bytes, so that two blocks are read"},
      {RN_T_VARCHAR, 0, 0, "\"\\u00e4\\n\\\"\\/\\ud83d\\ude00\"", "\xc3\xa4\n\"/\xf0\x9f\x98\x80"},
      {RN_T_VARCHAR, 0, 0, "\"\\ud800x\"", "\xef\xbf\xbdx"},
      {RN_T_VARCHAR, 0, 0, "1.50", "1.50"},
      {RN_T_VARCHAR, 0, 0, "true", "true"},
      {RN_T_VARCHAR, 0, 0, "{\"n\": [1, 2], \"t\": \"a b\\\" c\"}", "{\"n\":[1,2],\"t\":\"a b\\\" c\"}"},
      {RN_T_VARCHAR, 0, 0, "\"\xc3\"", "bad 6 not JSON: invalid UTF-8 in a string"},
      {RN_T_VARCHAR, 0, 0, "\"ok \xed\xa0\x80\"", "bad 9 not JSON: invalid UTF-8 in a string"},
      {RN_T_VARCHAR, 0, 0, "\"a\tb\"", "bad 7 not JSON: control character in a string"},
      {RN_T_VARCHAR, 0, 0, "\"a\\x\"", "bad 7 not JSON: bad escape in a string"},
      {RN_T_VARCHAR, 0, 0, "\"abc", "bad 5 not JSON: string does not end"},
      {RN_T_VARBINARY, 0, 0, "\"AQL/\"", "0102ff"},
      {RN_T_VARBINARY, 0, 0, "\"AQ==\"", "01"},
      {RN_T_VARBINARY, 0, 0, "\"AQ=\"", "bad 5 \"AQ=\" is not BYTES"},
      {RN_T_DATE, 0, 0, "\"2024-02-29\"", "2024-02-29"},
      {RN_T_DATE, 0, 0, "\"2023-02-29\"", "bad 5 \"2023-02-29\" is not DATE"},
      {RN_T_DATE, 0, 0, "\"2024-2-9\"", "bad 5 \"2024-2-9\" is not DATE"},
      {RN_T_TIME, 0, 0, "\"13:14:15.678\"", "13:14:15.678"},
      {RN_T_TIME, 0, 0, "\"24:00:00\"", "bad 5 \"24:00:00\" is not TIME(0)"},
      {RN_T_TIMESTAMP, 3, 0, "\"2024-01-01 00:00:00\"", "2024-01-01 00:00:00"},
      {RN_T_TIMESTAMP, 3, 0, "\"2024-01-01 10:20:30.1239\"", "2024-01-01 10:20:30.123"},
      {RN_T_TIMESTAMP, 3, 0, "\"1969-12-31 23:59:59.9999\"", "1969-12-31 23:59:59.999"},
      {RN_T_TIMESTAMP, 6, 0, "\"2024-01-01 10:20:30.123456789\"", "2024-01-01 10:20:30.123456"},
      {RN_T_TIMESTAMP, 3, 0, "\"2024-01-01T00:00:00\"", "bad 5 \"2024-01-01T00:00:00\" is not TIMESTAMP(3)"},
      {RN_T_TIMESTAMP, 3, 0, "\"2024-01-01 00:00:00Z\"", "bad 5 \"2024-01-01 00:00:00Z\" is not TIMESTAMP(3)"},
      {RN_T_TIMESTAMP, 3, 0, "1704067200", "bad 5 1704067200 is not TIMESTAMP(3)"},
      {RN_T_TIMESTAMP_LTZ, 3, 0, "\"2024-01-01 00:00:00.5Z\"", "2024-01-01 00:00:00.5"},
      {RN_T_TIMESTAMP_LTZ, 3, 0, "\"2024-01-01 00:00:00.5\"", "bad 5 \"2024-01-01 00:00:00.5\" is not TIMESTAMP_LTZ(3)"},
  };
  expect_cases(cases, sizeof cases / sizeof *cases, NULL, NULL);
  static const value_case iso[] = {
      {RN_T_TIMESTAMP, 3, 0, "\"2024-01-01T00:00:00.5\"", "2024-01-01 00:00:00.5"},
      {RN_T_TIMESTAMP, 3, 0, "\"2024-01-01 00:00:00\"", "bad 5 \"2024-01-01 00:00:00\" is not TIMESTAMP(3)"},
      {RN_T_TIMESTAMP_LTZ, 3, 0, "\"2024-01-01T00:00:00.123Z\"", "2024-01-01 00:00:00.123"},
  };
  expect_cases(iso, sizeof iso / sizeof *iso, "json.timestamp-format.standard", "ISO-8601");
  static const value_case offset[] = {
      {RN_T_TIMESTAMP_LTZ, 3, 0, "\"2024-01-01T00:00:00.5+02:30\"", "2023-12-31 21:30:00.5"},
      {RN_T_TIMESTAMP_LTZ, 3, 0, "\"2024-01-01T00:00:00-01:00\"", "2024-01-01 01:00:00"},
      {RN_T_TIMESTAMP_LTZ, 3, 0, "\"2024-01-01T00:00:00Z\"", "2024-01-01 00:00:00"},
      {RN_T_TIMESTAMP_LTZ, 3, 0, "\"2024-01-01T00:00:00+0100\"", "bad 5 \"2024-01-01T00:00:00+0100\" is not TIMESTAMP_LTZ(3)"},
  };
  expect_cases(offset, sizeof offset / sizeof *offset, "json.timestamp-format.standard", "ISO-8601-WITH-OFFSET");
  static const value_case ignored[] = {
      {RN_T_INT, 0, 0, "\"zz\"", "null +1 bad"},
      {RN_T_INT, 0, 0, "7", "7"},
      {RN_T_INT, 0, 0, "tru", "skipped"},
      {RN_T_DECIMAL, 4, 2, "100", "null"},
  };
  expect_cases(ignored, sizeof ignored / sizeof *ignored, "json.ignore-parse-errors", "true");
}

static void test_records(void **state) {
  (void)state;
  static const struct {
    bool not_null;
    const char *option, *record, *expected;
  } cases[] = {
      {false, NULL, "{}", "null"},
      {false, NULL, "{\"x\":1}", "null"},
      {false, NULL, " { \"x\" : [ { \"v\" : 9 } ] , \"v\" : 5 } \r\n", "5"},
      {false, NULL, "{\"v\":1,\"v\":2}", "2"},
      {false, NULL, "{\"v\":1,\"v\":null}", "null"},
      {false, NULL, "{\"\\u0076\":3}", "3"},
      {false, NULL, "{\"V\":3}", "null"},
      {false, NULL, "", "skipped"},
      {false, NULL, "  ", "skipped"},
      {false, NULL, "null", "skipped"},
      {false, NULL, "[]", "skipped"},
      {false, NULL, "[{\"v\":1}, {\"v\":2} ,{}]", "1 / 2 / null"},
      {false, NULL, "[{\"v\":1},2]", "bad 9 not JSON: expected an object in the array of rows"},
      {false, NULL, "[{\"v\":1}", "bad 8 not JSON: expected ',' or ']'"},
      {false, NULL, "not json", "bad 0 not JSON: expected an object"},
      {false, NULL, "17", "bad 0 not JSON: expected an object"},
      {false, NULL, "{\"v\":1", "bad 6 not JSON: expected ',' or '}'"},
      {false, NULL, "{\"v\":1}x", "bad 7 not JSON: text after the record"},
      {false, NULL, "{\"v\":1,}", "bad 7 not JSON: expected a key in double quotes"},
      {false, NULL, "{\"v\" 1}", "bad 5 not JSON: expected ':'"},
      {false, NULL, "{\"v\":}", "bad 5 not JSON: expected a value"},
      {false, NULL, "{\"x\":[1,{\"y\":2],\"v\":1}", "bad 14 not JSON: expected ',' or '}'"},
      {true, NULL, "{\"v\":null}", "bad 5 field v is null, but it is NOT NULL"},
      {true, NULL, "{\"x\":1}", "bad 6 field v is missing, but it is NOT NULL"},
      {true, "json.ignore-parse-errors", "{\"v\":\"q\"}", "skipped"},
      {false, "json.fail-on-missing-field", "{\"x\":1}", "bad 6 field v is missing"},
      {false, "json.fail-on-missing-field", "{\"v\":null}", "null"},
      {false, "json.ignore-parse-errors", "{\"v\":12", "skipped"},
      {false, "value.json.ignore-parse-errors", "not json", "skipped"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char *got = decode_text(rn_type_basic(RN_T_INT, !cases[i].not_null), cases[i].record, cases[i].option, "true");
    if (strcmp(got, cases[i].expected) != 0) fail_msg("%s: got \"%s\", expected \"%s\"", cases[i].record, got, cases[i].expected);
    rn_free(got);
  }
}

static void test_depth(void **state) {
  (void)state;
  for (unsigned levels = 60; levels < 5000; levels += levels < 70 ? 1 : 977) {
    rn_builder b = {0};
    rn_builder_text(&b, "{\"x\":");
    for (unsigned i = 1; i < levels; i++) rn_builder_text(&b, i % 2 ? "[" : "{\"k\":");
    rn_builder_text(&b, "1");
    for (unsigned i = levels - 1; i >= 1; i--) rn_builder_text(&b, i % 2 ? "]" : "}");
    rn_builder_text(&b, ",\"v\":4}");
    char *got = decode_text(rn_type_basic(RN_T_INT, true), b.data, NULL, NULL);
    if (levels <= RN_JSON_DEPTH_MAX) assert_string_equal(got, "4");
    else assert_non_null(strstr(got, "not JSON: nested deeper than 64 levels"));
    rn_free(got);
    rn_builder_free(&b);
  }
}

static void test_nested_rows(void **state) {
  (void)state;
  rn_arena arena = {0};
  static const char *const inner_names[] = {"b", "c"}, *const names[] = {"a", "n"};
  const rn_type *inner_types[] = {rn_type_basic(RN_T_INT, true), rn_type_basic(RN_T_VARCHAR, false)};
  const rn_type *types[] = {rn_type_basic(RN_T_BIGINT, true), rn_type_row(&arena, 2, inner_names, inner_types, true)};
  const rn_type *type = rn_type_row(&arena, 2, names, types, true);
  static const struct {
    const char *record, *expected;
  } cases[] = {
      {"{\"v\":{\"a\":1,\"n\":{\"b\":2,\"c\":\"x\"}}}", "(1, (2, x))"},
      {"{\"v\":{\"n\":{\"c\":\"y\"},\"extra\":[{}]}}", "(null, (null, y))"},
      {"{\"v\":{\"n\":null}}", "(null, null)"},
      {"{\"v\":null}", "null"},
      {"{\"v\":{\"n\":{\"b\":1}}}", "bad 16 field v.n.c is missing, but it is NOT NULL"},
      {"{\"v\":{\"n\":{\"b\":\"q\",\"c\":\"\"}}}", "bad 15 \"q\" is not INT (field v.n.b)"},
      {"{\"v\":5}", "bad 5 5 is not ROW<"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char *got = decode_text(type, cases[i].record, NULL, NULL);
    bool prefix = cases[i].expected[strlen(cases[i].expected) - 1] == '<';
    if (prefix ? strncmp(got, cases[i].expected, strlen(cases[i].expected)) != 0 : strcmp(got, cases[i].expected) != 0)
      fail_msg("%s: got \"%s\", expected \"%s\"", cases[i].record, got, cases[i].expected);
    rn_free(got);
  }
  rn_arena_free(&arena);
}

/* Several records in one call: which rows came from which, counts, bad ones between good ones. */
static void test_bookkeeping(void **state) {
  (void)state;
  check_table table;
  check_table_open(&table, NULL, NULL);
  check_decoder *d = rn_malloc(sizeof *d);
  assert_true(check_decoder_open(d, &table, "plain"));
  static const char *const texts[] = {"{\"i\":1}", "{\"i\":2,\"s\":\"a string that is no inline one\"}", "oops", "", "[{\"i\":3},{\"i\":4}]", "{\"i\":\"x\"}", "{\"i\":5}"};
  rn_record records[7] = {{.offset = 0}};
  for (size_t i = 0; i < 7; i++) records[i].value = rn_slice_of(texts[i]);
  rn_builder dump = {0};
  check_decode(d, records, 2, false, &dump);
  assert_true(d->result.one_to_one);
  assert_int_equal(d->result.rows, 2);
  check_decode(d, records, 7, false, &dump);
  assert_false(d->result.one_to_one);
  assert_int_equal(d->result.rows, 5);
  assert_int_equal(d->result.records_consumed, 7);
  assert_int_equal(d->result.skipped, 1);
  assert_int_equal(d->result.bad.len, 2);
  assert_int_equal(d->result.bad.data[0].record, 2);
  assert_int_equal(d->result.bad.data[0].column, -1);
  assert_int_equal(d->result.bad.data[1].record, 5);
  assert_int_equal(d->result.bad.data[1].column, 0);
  static const uint16_t from[] = {0, 1, 4, 4, 6};
  assert_memory_equal(d->record_of_row, from, sizeof from);
  for (uint32_t row = 0; row < 5; row++) assert_int_equal(((int64_t *)d->columns[0].data)[row], (int64_t)row + 1);

  /* an array that does not fit any more is left for the next call; one that never fits is bad */
  rn_builder many = {0};
  rn_builder_char(&many, '[');
  for (unsigned i = 0; i < RN_BATCH_ROWS_MAX; i++) rn_builder_text(&many, i ? ",{}" : "{}");
  rn_builder_char(&many, ']');
  rn_record two[] = {{.value = rn_slice_of("{}")}, {.value = {many.data, many.len}}};
  check_decode(d, two, 2, false, &dump);
  assert_int_equal(d->result.rows, 1);
  assert_int_equal(d->result.records_consumed, 1);
  check_decode(d, two + 1, 1, false, &dump);
  assert_int_equal(d->result.rows, RN_BATCH_ROWS_MAX);
  many.data[many.len - 1] = ',';
  rn_builder_text(&many, "{}]");
  two[1].value = rn_slice_make(many.data, many.len);
  check_decode(d, two + 1, 1, false, &dump);
  assert_int_equal(d->result.rows, 0);
  assert_int_equal(d->result.bad.len, 1);
  assert_string_equal(d->result.bad.data[0].reason, "array of more than 2048 rows");
  rn_builder_free(&many);
  rn_builder_free(&dump);
  check_decoder_close(d);
  rn_free(d);
  rn_arena_free(&table.arena);
}

/* More keys than are learned, keys longer than a block, changing orders: the answers stay right. */
static void test_prediction(void **state) {
  (void)state;
  checker c;
  checker_open(&c);
  rn_builder b = {0};
  maker_random r = {77};
  for (int round = 0; round < 200; round++) {
    rn_builder_clear(&b);
    rn_builder_char(&b, '{');
    unsigned keys = round % 4 == 0 ? 200 : 1 + pick(&r, 20), shift = pick(&r, 5);
    for (unsigned k = 0; k < keys; k++) {
      if (k) rn_builder_text(&b, round % 8 < 4 ? "," : ", ");
      if (k == keys / 2) rn_builder_printf(&b, "\"i\":%u", round);
      else if (k == keys / 3) rn_builder_printf(&b, "\"s\":\"round %d of two hundred or so, long enough\"", round);
      else rn_builder_printf(&b, "\"unknown key number %u%s\":%u", (k + shift) * (round % 5 == 4 ? (unsigned)round : 1), pick(&r, 2) ? " with a long long long long name" : "", k);
    }
    rn_builder_char(&b, '}');
    check_record(&c, b.data, b.len);
    assert_int_equal(c.warm[0].result.rows, 1);
    if (keys > 2) assert_int_equal(((int64_t *)c.warm[0].columns[0].data)[0], round);
  }
  rn_builder_free(&b);
  checker_close(&c);
}

/* A learned first key must not pass for a later one (found by the fuzzer). */
static void test_first_key(void **state) {
  (void)state;
  check_table table;
  check_table_open(&table, NULL, NULL);
  check_decoder *d = rn_malloc(sizeof *d);
  static const char *const names[] = {"avx2", "sse2", "plain"};
  for (size_t k = 0; k < 3; k++) {
    if (!json_scanner_choose(names[k])) continue;
    assert_true(check_decoder_open(d, &table, names[k]));
    static const char *const texts[] = {"{\"i\":1}", "{\"x\":1}", "{\"x\":1{\"i\":2}", "{\"x\":1,\"i\":3}"};
    rn_record records[4] = {{.offset = 0}};
    for (size_t i = 0; i < 4; i++) records[i].value = rn_slice_of(texts[i]);
    rn_builder dump = {0};
    check_decode(d, records, 4, false, &dump);
    assert_int_equal(d->result.rows, 3);
    assert_int_equal(d->result.bad.len, 1);
    assert_int_equal(d->result.bad.data[0].record, 2);
    assert_string_equal(d->result.bad.data[0].reason, "not JSON: expected ',' or '}'");
    rn_builder_free(&dump);
    check_decoder_close(d);
  }
  rn_free(d);
  rn_arena_free(&table.arena);
}

static void test_oracle(void **state) {
  (void)state;
  const char *seconds = getenv("RN_FUZZ_SECONDS"), *seed = getenv("RN_FUZZ_SEED");
  int64_t until = rn_monotonic_us() + (int64_t)(atof(seconds ? seconds : "3") * 1e6);
  checker c;
  checker_open(&c);
  maker_random r = {seed ? strtoull(seed, NULL, 10) | 1 : 20260103};
  rn_builder b = {0};
  /* every value in every column, by itself */
  for (size_t k = 0; k < CHECK_KEYS; k++)
    for (size_t v = 0; v < CHECK_VALUES; v++) {
      rn_builder_clear(&b);
      rn_builder_printf(&b, "{\"%s\":%s}", check_keys[k], check_values_of[v]);
      check_record(&c, b.data, b.len);
    }
  uint64_t least = c.records + 4000;
  while (rn_monotonic_us() < until || c.records < least) {
    make_record(&r, &b);
    check_record(&c, b.data, b.len);
    mutate_record(&r, &b);
    check_record(&c, b.data ? b.data : "", b.len);
  }
  /* the oracle must have had something to say */
  assert_true(c.valid_records > c.records / 20);
  assert_true(c.compared > c.records / 20);
  assert_true(c.valid_records < c.records);
  print_message("%" PRIu64 " records, %" PRIu64 " valid, %" PRIu64 " compared with sqlite, %u scanners\n", c.records, c.valid_records, c.compared, c.scanners);
  rn_builder_free(&b);
  checker_close(&c);
}

/* --- writing ------------------------------------------------------------------------------------------------ */
static void test_encode(void **state) {
  (void)state;
  rn_arena arena = {0};
  static const char *const names[] = {"x", "y"};
  const rn_type *fields[] = {rn_type_basic(RN_T_INT, true), rn_type_basic(RN_T_VARCHAR, true)};
  const rn_type *types[] = {rn_type_basic(RN_T_BIGINT, true),     rn_type_basic(RN_T_VARCHAR, true),       rn_type_basic(RN_T_DOUBLE, true),
                            rn_type_decimal(&arena, 20, 10, true), rn_type_basic(RN_T_BOOLEAN, true),      rn_type_sized(&arena, RN_T_TIMESTAMP, 3, true),
                            rn_type_sized(&arena, RN_T_TIMESTAMP_LTZ, 3, true), rn_type_basic(RN_T_VARBINARY, true), rn_type_basic(RN_T_DATE, true),
                            rn_type_basic(RN_T_TIME, true),       rn_type_row(&arena, 2, names, fields, true)};
  static const char *const column_names[] = {"i", "quote\"d", "d", "m", "b", "t", "z", "y", "a", "c", "r"};
  enum { N = 11 };
  rn_table_column columns[N];
  uint32_t all[N];
  rn_field schema_fields[N];
  for (uint32_t i = 0; i < N; i++) {
    columns[i] = (rn_table_column){.name = column_names[i], .type = types[i]};
    schema_fields[i] = (rn_field){column_names[i], types[i]};
    all[i] = i;
  }
  rn_schema schema = {N, schema_fields};
  rn_batch batch;
  rn_batch_init(&batch, &schema, 4, &arena);
  batch.rows = batch.live_count = 2;
  ((int64_t *)batch.columns[0].data)[0] = -42;
  ((rn_str *)batch.columns[1].data)[0] = rn_str_make("a\"b\n\xc3\xa4", 6);
  ((double *)batch.columns[2].data)[0] = 1e10;
  ((rn_i128 *)batch.columns[3].data)[0] = 270;
  ((uint8_t *)batch.columns[4].data)[0] = 1;
  ((int64_t *)batch.columns[5].data)[0] = 1577836800120000;
  ((int64_t *)batch.columns[6].data)[0] = 1577836800000000;
  ((rn_str *)batch.columns[7].data)[0] = rn_str_make("\1\2\xff", 3);
  ((int32_t *)batch.columns[8].data)[0] = 18262;
  ((int32_t *)batch.columns[9].data)[0] = 47655678;
  ((int32_t *)batch.columns[10].children[0].data)[0] = 7;
  rn_column_nullable(&batch.columns[10].children[1], 4, &arena);
  rn_set_null(&batch.columns[10].children[1], 0);
  for (uint32_t i = 0; i < N; i++) {
    rn_column_nullable(&batch.columns[i], 4, &arena);
    rn_set_null(&batch.columns[i], 1);
  }
  static const struct {
    const char *option, *value, *rows[2];
  } cases[] = {
      {NULL, NULL, {"{\"i\":-42,\"quote\\\"d\":\"a\\\"b\\n\xc3\xa4\",\"d\":1.0E10,\"m\":2.7E-8,\"b\":true,\"t\":\"2020-01-01 00:00:00.12\",\"z\":\"2020-01-01 00:00:00Z\",\"y\":\"AQL/\",\"a\":\"2020-01-01\",\"c\":\"13:14:15.678\",\"r\":{\"x\":7,\"y\":null}}",
                    "{\"i\":null,\"quote\\\"d\":null,\"d\":null,\"m\":null,\"b\":null,\"t\":null,\"z\":null,\"y\":null,\"a\":null,\"c\":null,\"r\":null}"}},
      {"json.encode.ignore-null-fields", "true", {"{\"i\":-42,\"quote\\\"d\":\"a\\\"b\\n\xc3\xa4\",\"d\":1.0E10,\"m\":2.7E-8,\"b\":true,\"t\":\"2020-01-01 00:00:00.12\",\"z\":\"2020-01-01 00:00:00Z\",\"y\":\"AQL/\",\"a\":\"2020-01-01\",\"c\":\"13:14:15.678\",\"r\":{\"x\":7}}", "{}"}},
      {"json.encode.decimal-as-plain-number", "true", {"{\"i\":-42,\"quote\\\"d\":\"a\\\"b\\n\xc3\xa4\",\"d\":1.0E10,\"m\":0.0000000270,\"b\":true,\"t\":\"2020-01-01 00:00:00.12\",\"z\":\"2020-01-01 00:00:00Z\",\"y\":\"AQL/\",\"a\":\"2020-01-01\",\"c\":\"13:14:15.678\",\"r\":{\"x\":7,\"y\":null}}", NULL}},
      {"json.timestamp-format.standard", "ISO-8601", {"{\"i\":-42,\"quote\\\"d\":\"a\\\"b\\n\xc3\xa4\",\"d\":1.0E10,\"m\":2.7E-8,\"b\":true,\"t\":\"2020-01-01T00:00:00.12\",\"z\":\"2020-01-01T00:00:00Z\",\"y\":\"AQL/\",\"a\":\"2020-01-01\",\"c\":\"13:14:15.678\",\"r\":{\"x\":7,\"y\":null}}", NULL}},
  };
  for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
    rn_option_value given = {.key = cases[k].option, .value = cases[k].value};
    rn_table_spec table = {.name = "t", .column_count = N, .columns = columns, .options = {cases[k].option ? 1 : 0, &given}};
    rn_encoder *encoder;
    rn_error err = {0};
    assert_int_equal(rn_format_json.encoder_open(&table, all, N, false, NULL, &encoder, &err), RN_OK);
    for (uint32_t row = 0; row < 2 && cases[k].rows[row]; row++) {
      rn_builder out = {0};
      bool is_null;
      assert_int_equal(rn_format_json.encode(encoder, &batch, row, &out, &is_null, &err), RN_OK);
      assert_string_equal(out.data, cases[k].rows[row]);
      rn_builder_free(&out);
    }
    rn_format_json.encoder_close(encoder);
  }
  rn_arena_free(&arena);
}

static void test_decimal_text(void **state) {
  (void)state;
  static const struct {
    int64_t value;
    int scale;
    const char *kept, *stripped;
  } cases[] = {{0, 2, "0.00", "0"}, {10000, 2, "100.00", "1E+2"}, {150, 2, "1.50", "1.5"}, {-5, 3, "-0.005", "-0.005"}, {270, 10, "2.70E-8", "2.7E-8"}, {1, 7, "1E-7", "1E-7"}, {1, 6, "0.000001", "0.000001"}, {-123, 0, "-123", "-123"}, {5, 2, "0.05", "0.05"}, {123456, 2, "1234.56", "1234.56"}, {INT64_MIN, 18, "-9.223372036854775808", "-9.223372036854775808"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    rn_builder b = {0};
    format_decimal_java(&b, cases[i].value, cases[i].scale, false);
    assert_string_equal(b.data, cases[i].kept);
    rn_builder_clear(&b);
    format_decimal_java(&b, cases[i].value, cases[i].scale, true);
    assert_string_equal(b.data, cases[i].stripped);
    rn_builder_free(&b);
  }
  /* 38 digits */
  rn_builder b = {0};
  rn_i128 wide;
  assert_int_equal(rn_decimal_parse(rn_slice_of("-12345678901234567890123456789012345600"), 38, 0, &wide), RN_NUMBER_OK);
  format_decimal_java(&b, wide, 4, false);
  assert_string_equal(b.data, "-1234567890123456789012345678901234.5600");
  rn_builder_clear(&b);
  format_decimal_java(&b, wide, 4, true);
  assert_string_equal(b.data, "-1234567890123456789012345678901234.56");
  rn_builder_clear(&b);
  format_decimal_java(&b, wide, 0, true);
  assert_string_equal(b.data, "-1.23456789012345678901234567890123456E+37");
  rn_builder_free(&b);
}

static void test_refusals(void **state) {
  (void)state;
  rn_arena arena = {0};
  rn_table_column column = {.name = "v", .type = rn_type_map(&arena, rn_type_basic(RN_T_INT, true), rn_type_basic(RN_T_INT, true), true)};
  rn_table_spec table = {.name = "t", .column_count = 1, .columns = &column};
  uint32_t wanted = 0;
  rn_decoder *decoder = NULL;
  rn_error err = {0};
  assert_int_equal(rn_format_json.decoder_open(&table, &wanted, 1, false, NULL, &decoder, &err), RN_FAIL);
  assert_int_equal(err.code, RN_E_TYPE_UNSUPPORTED);
  assert_string_equal(err.message, "format json cannot read column v of type MAP<INT, INT>: keys of JSON objects are text");
  rn_option_value both[] = {{.key = "json.fail-on-missing-field", .value = "true"}, {.key = "json.ignore-parse-errors", .value = "true"}};
  column.type = rn_type_basic(RN_T_INT, true);
  table.options = (rn_options){2, both};
  rn_error_clear(&err);
  assert_int_equal(rn_format_json.decoder_open(&table, &wanted, 1, false, NULL, &decoder, &err), RN_FAIL);
  assert_string_equal(err.message, "fail-on-missing-field and ignore-parse-errors shouldn't both be true");
  rn_arena_free(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_values),     cmocka_unit_test(test_records),    cmocka_unit_test(test_depth),        cmocka_unit_test(test_nested_rows),
      cmocka_unit_test(test_bookkeeping), cmocka_unit_test(test_prediction), cmocka_unit_test(test_encode),       cmocka_unit_test(test_decimal_text),
      cmocka_unit_test(test_refusals),   cmocka_unit_test(test_first_key),   cmocka_unit_test(test_oracle),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
