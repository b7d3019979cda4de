/* Options: parsing of values, checks with suggestions, references, format prefixes, positions. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "runtime/connector.h"

static const rn_option rows[] = {
    {.name = "topic", .type = RN_OPT_STRING, .flags = RN_OPTION_REQUIRED, .help = "topic names"},
    {.name = "path", .type = RN_OPT_STRING, .flags = RN_OPTION_REQUIRED | RN_OPTION_SINK},
    {.name = "mode",
     .type = RN_OPT_ENUM,
     .default_text = "slow",
     .choices = "slow|fast|fastest",
     .old_name = "old-mode"},
    {.name = "count", .type = RN_OPT_INT, .default_text = "3", .min = 1, .max = 10},
    {.name = "wait", .type = RN_OPT_DURATION, .default_text = "5 min", .min = 1000000, .max = INT64_MAX},
    {.name = "room", .type = RN_OPT_SIZE, .default_text = "4 mb"},
    {.name = "loud", .type = RN_OPT_BOOL, .default_text = "true"},
    {.name = "share", .type = RN_OPT_DOUBLE},
    {.name = "properties.", .type = RN_OPT_STRING, .flags = RN_OPTION_PREFIX},
    {.name = "properties.password", .type = RN_OPT_STRING, .flags = RN_OPTION_SECRET},
    {.name = "gap", .type = RN_OPT_INT, .flags = RN_OPTION_IGNORED},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

static rn_status check(rn_diagnostics *diags, uint16_t direction, size_t count, const rn_option_value *items) {
  const rn_option *sets[] = {rows};
  const size_t counts[] = {ROWS};
  rn_options options = {count, items};
  memset(diags, 0, sizeof *diags);
  return rn_options_check("connector test", &options, sets, counts, 1, direction, diags);
}
#define ITEM(k, v) {.key = k, .value = v, .key_span = {10, 15}, .value_span = {20, 25}}

static void durations_and_sizes(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int64_t us;
  } good[] = {{"10 s", 10000000},
              {"500ms", 500000},
              {"1 min", 60000000},
              {"7", 7000},
              {" 2 days ", 172800000000},
              {"3h", 10800000000},
              {"9 us", 9},
              {"1500 ns", 1},
              {"4 SECONDS", 4000000},
              {"0", 0}};
  int64_t out;
  for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
    assert_true(rn_duration_parse(rn_slice_of(good[i].text), &out));
    assert_int_equal(out, good[i].us);
  }
  static const char *const bad[] = {
      "", "s", "1.5 s", "-1 s", "10 parsecs", "99999999999999999999", "9223372036854775807 d"};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) assert_false(rn_duration_parse(rn_slice_of(bad[i]), &out));
  assert_true(rn_size_parse(rn_slice_of("64 kb"), &out));
  assert_int_equal(out, 65536);
  assert_true(rn_size_parse(rn_slice_of("12"), &out));
  assert_int_equal(out, 12);
  assert_true(rn_size_parse(rn_slice_of("2gb"), &out));
  assert_int_equal(out, 2147483648);
  assert_false(rn_size_parse(rn_slice_of("2 gs"), &out));
}

static void typed_readers_fall_back(void **state) {
  (void)state;
  const rn_option_value items[] = {ITEM("count", "7"), ITEM("old-mode", "fast"), ITEM("properties.x", "y"),
                                   ITEM("share", "0.25")};
  rn_options o = {4, items};
  assert_int_equal(rn_option_int(&o, rows, ROWS, "count"), 7);
  assert_int_equal(rn_option_int(&o, rows, ROWS, "wait"), 300000000);
  assert_int_equal(rn_option_int(&o, rows, ROWS, "room"), 4 << 20);
  assert_true(rn_option_bool(&o, rows, ROWS, "loud"));
  assert_string_equal(rn_option_string(&o, rows, ROWS, "mode"), "fast"); /* by its old name */
  assert_null(rn_option_string(&o, rows, ROWS, "topic"));
  assert_null(rn_option_string(&o, rows, ROWS, "properties.z"));
  assert_true(rn_option_double(&o, rows, ROWS, "share") == 0.25);
  assert_string_equal(rn_option_text(&o, "properties.x"), "y");
  assert_ptr_equal(rn_option_row(rows, ROWS, rn_slice_of("properties.password")), &rows[9]);
  assert_ptr_equal(rn_option_row(rows, ROWS, rn_slice_of("properties.other")), &rows[8]);
  assert_null(rn_option_row(rows, ROWS, rn_slice_of("properties.")));
}

static void findings(void **state) {
  (void)state;
  rn_diagnostics d;
  const rn_option_value fine[] = {ITEM("count", "10"), ITEM("topic", "a"), ITEM("wait", "1 s")};
  assert_int_equal(check(&d, RN_OPTION_SOURCE, 3, fine), RN_OK);
  assert_int_equal(d.count, 0);
  /* required for the direction only */
  assert_int_equal(check(&d, RN_OPTION_SINK, 3, fine), RN_FAIL);
  assert_string_equal(d.items[0].message, "connector test needs option 'path'");
  assert_int_equal(d.items[0].code, RN_E_OPTION_MISSING);
  assert_int_equal(check(&d, 0, 3, fine), RN_OK);

  const rn_option_value unknown[] = {ITEM("topc", "a")};
  assert_int_equal(check(&d, 0, 1, unknown), RN_FAIL);
  assert_int_equal(d.count, 2); /* and topic is missing */
  assert_int_equal(d.items[0].code, RN_E_OPTION_UNKNOWN);
  assert_string_equal(d.items[0].message, "connector test has no option \"topc\"");
  assert_string_equal(d.items[0].hint, "did you mean 'topic'?");
  assert_int_equal(d.items[0].span.begin, 10);

  const rn_option_value bad[] = {ITEM("count", "11"), ITEM("loud", "yes"), ITEM("mode", "fsat"), ITEM("room", "x"),
                                 ITEM("share", "1x"), ITEM("topic", "t"),  ITEM("wait", "10 ms")};
  assert_int_equal(check(&d, 0, 7, bad), RN_FAIL);
  assert_int_equal(d.error_count, 6);
  assert_string_equal(d.items[0].message, "option 'count' must be between 1 and 10, not '11'");
  assert_string_equal(d.items[1].message, "option 'loud' must be 'true' or 'false', not 'yes'");
  assert_string_equal(d.items[2].message, "option 'mode' cannot be 'fsat'");
  assert_string_equal(d.items[2].hint, "did you mean 'fast'?  ('slow', 'fast', 'fastest')");
  assert_string_equal(d.items[5].message, "option 'wait' must be at least 1 s, not '10 ms'");
  assert_int_equal(d.items[5].span.begin, 20);

  /* references are checked after expansion */
  const rn_option_value reference[] = {ITEM("count", "${env:X}"), ITEM("topic", "t")};
  assert_int_equal(check(&d, 0, 2, reference), RN_OK);

  const rn_option_value old[] = {ITEM("gap", "1"), ITEM("old-mode", "fast"), ITEM("topic", "t")};
  assert_int_equal(check(&d, 0, 3, old), RN_OK);
  assert_int_equal(d.count, 2);
  assert_int_equal(d.items[0].code, RN_W_OPTION);
  assert_int_equal(d.items[1].code, RN_W_PORTABILITY);
  assert_string_equal(d.items[1].message, "option 'old-mode' is an old name, read as 'mode'");
  const rn_option_value both[] = {ITEM("mode", "fast"), ITEM("old-mode", "fast"), ITEM("topic", "t")};
  assert_int_equal(check(&d, 0, 3, both), RN_FAIL);
  assert_int_equal(d.items[0].code, RN_E_DUPLICATE_NAME);
}

static const rn_option format_rows[] = {
    {.name = "ignore-parse-errors", .type = RN_OPT_BOOL, .default_text = "false"},
    {.name = "standard", .type = RN_OPT_ENUM, .default_text = "SQL", .choices = "SQL|ISO-8601"},
};
static const rn_format text_format = {.name = "text", .options = format_rows, .option_count = 2};
static const rn_connector test_connector = {.name = "test", .options = rows, .option_count = ROWS};

static void tables_and_formats(void **state) {
  (void)state;
  const rn_option_value items[] = {ITEM("connector", "test"),
                                   ITEM("format", "text"),
                                   ITEM("key.text.ignore-parse-errors", "true"),
                                   ITEM("on-error", "skip"),
                                   ITEM("text.standard", "ISO-8601"),
                                   ITEM("topic", "t")};
  rn_table_spec table = {.name = "t",
                         .options = {6, items},
                         .connector = &test_connector,
                         .value_format = &text_format,
                         .key_format = &text_format};
  rn_diagnostics d;
  memset(&d, 0, sizeof d);
  assert_int_equal(rn_table_options_check(&table, RN_OPTION_SOURCE, &d), RN_OK);
  assert_int_equal(d.count, 0);
  assert_string_equal(rn_format_option(&table, &text_format, false, "standard"), "ISO-8601");
  assert_string_equal(rn_format_option(&table, &text_format, true, "standard"), "SQL");
  assert_true(rn_format_option_bool(&table, &text_format, true, "ignore-parse-errors"));
  assert_false(rn_format_option_bool(&table, &text_format, false, "ignore-parse-errors"));
  assert_null(rn_format_option(&table, &text_format, false, "nothing"));
  /* without the key format its options are unknown; the name is near another */
  table.key_format = NULL;
  assert_int_equal(rn_table_options_check(&table, RN_OPTION_SOURCE, &d), RN_FAIL);
  assert_int_equal(d.items[0].code, RN_E_OPTION_UNKNOWN);
  assert_int_equal(rn_table_option_row(&test_connector, &text_format, NULL, rn_slice_of("properties.password"))->flags,
                   RN_OPTION_SECRET);
  assert_string_equal(
      rn_table_option_row(&test_connector, &text_format, NULL, rn_slice_of("value.text.standard"))->name, "standard");
  assert_null(rn_table_option_row(&test_connector, NULL, NULL, rn_slice_of("text.standard")));
}

static void references(void **state) {
  (void)state;
  rn_arena arena;
  rn_arena_init(&arena);
  const char *out;
  rn_error err;
  rn_error_clear(&err);
  assert_int_equal(setenv("RN_TEST_A", "one", 1), 0);
  assert_int_equal(unsetenv("RN_TEST_B"), 0);
  assert_int_equal(setenv("RN_TEST_C", "", 1), 0);
  static const char *const good[][2] = {{"plain $x ${y", "plain $x ${y"},
                                        {"a${env:RN_TEST_A}b", "aoneb"},
                                        {"${env:RN_TEST_B:-two}", "two"},
                                        {"${env:RN_TEST_B:-}", ""},
                                        {"${env:RN_TEST_C:-three}", "three"},
                                        {"${env:RN_TEST_C}", ""},
                                        {"", ""}};
  for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
    assert_int_equal(rn_option_expand(good[i][0], &arena, &out, &err), RN_OK);
    assert_string_equal(out, good[i][1]);
  }
  assert_int_equal(rn_option_expand("${env:RN_TEST_B}", &arena, &out, &err), RN_FAIL);
  assert_string_equal(err.message, "environment variable RN_TEST_B is not set");
  rn_error_clear(&err);
  assert_int_equal(rn_option_expand("x${env:RN", &arena, &out, &err), RN_FAIL);
  rn_error_clear(&err);
  char path[] = "options-test-XXXXXX", value[64];
  int fd = mkstemp(path);
  assert_true(fd >= 0);
  assert_int_equal(write(fd, "secret\n", 7), 7);
  assert_int_equal(close(fd), 0);
  (void)snprintf(value, sizeof value, "<${file:%s}>", path);
  assert_int_equal(rn_option_expand(value, &arena, &out, &err), RN_OK);
  assert_string_equal(out, "<secret>");
  assert_int_equal(unlink(path), 0);
  assert_int_equal(rn_option_expand(value, &arena, &out, &err), RN_FAIL);
  assert_int_equal(err.code, RN_E_OPTION_VALUE);
  rn_arena_free(&arena);
}

static void positions_and_registry(void **state) {
  (void)state;
  rn_positions positions = {0};
  for (int i = 0; i < 20; i++) {
    char split[16];
    (void)snprintf(split, sizeof split, "t/%d", i);
    rn_positions_put(&positions, split, "91822");
    memset(split, 'x', sizeof split - 1); /* copies are kept */
  }
  assert_int_equal(positions.len, 20);
  assert_string_equal(positions.data[19].split, "t/19");
  assert_string_equal(positions.data[0].position, "91822");
  rn_positions_free(&positions);
  assert_int_equal(positions.len, 0);
  const rn_connector *connectors[] = {&test_connector};
  const rn_format *formats[] = {&text_format};
  rn_registry registry = {connectors, 1, formats, 1};
  assert_ptr_equal(rn_connector_find(&registry, rn_slice_of("test")), &test_connector);
  assert_null(rn_connector_find(&registry, rn_slice_of("Test")));
  assert_ptr_equal(rn_format_find(&registry, rn_slice_of("text")), &text_format);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(durations_and_sizes),
      cmocka_unit_test(typed_readers_fall_back),
      cmocka_unit_test(findings),
      cmocka_unit_test(tables_and_formats),
      cmocka_unit_test(references),
      cmocka_unit_test(positions_and_registry),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
