/* Reading and writing of numbers: Java's spelling, the C library as the oracle for values. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "base/number.h"

static void expect_double(double d, const char *text) {
  rn_builder b = {0};
  rn_format_double(&b, d);
  assert_string_equal(b.data, text);
  rn_builder_free(&b);
}
static void expect_float(float f, const char *text) {
  rn_builder b = {0};
  rn_format_float(&b, f);
  assert_string_equal(b.data, text);
  rn_builder_free(&b);
}

static void test_write(void **state) {
  (void)state;
  expect_double(1, "1.0");
  expect_double(-0.0, "-0.0");
  expect_double(0.1, "0.1");
  expect_double(0.001, "0.001");
  expect_double(0.0001, "1.0E-4");
  expect_double(0.00012345, "1.2345E-4");
  expect_double(9999999, "9999999.0");
  expect_double(1e7, "1.0E7");
  expect_double(12345678.9, "1.23456789E7");
  expect_double(1e10, "1.0E10");
  expect_double(1e300, "1.0E300");
  expect_double(1.0 / 3, "0.3333333333333333");
  expect_double(2.0 / 3, "0.6666666666666666");
  expect_double(100.5, "100.5");
  expect_double(123456789012345680.0, "1.2345678901234568E17");
  expect_double(1.7976931348623157e308, "1.7976931348623157E308");
  expect_double(4.9e-324, "4.9E-324");
  expect_double((double)NAN, "NaN");
  expect_double(-(double)INFINITY, "-Infinity");
  expect_float(1.1f, "1.1");
  expect_float(3e38f, "3.0E38");
  expect_float(16777216.0f, "1.6777216E7");
  expect_float(0.33333334f, "0.33333334");
  expect_float(1.4e-45f, "1.4E-45");
  expect_float(123456.7f, "123456.7");
}

static void test_read(void **state) {
  (void)state;
  double d;
  float f;
  static const char *const json_good[] = {"0", "-0", "1", "1.5", "-1.5e3", "1E-7", "123456789012345678901234567890", "1.7976931348623157e308",
                                          "0.1", "9007199254740993", "2.2250738585072011e-308", "1e-400", "5e-324"};
  for (size_t i = 0; i < sizeof json_good / sizeof *json_good; i++) {
    assert_true(rn_parse_double(rn_slice_of(json_good[i]), false, &d));
    assert_true(d == strtod(json_good[i], NULL));
    assert_true(rn_parse_float(rn_slice_of(json_good[i]), false, &f));
    assert_true(f == strtof(json_good[i], NULL));
  }
  static const char *const json_bad[] = {"", "-", "+1", "01", ".5", "1.", "1e", "NaN", "0x10", "1 ", "1.5d"};
  for (size_t i = 0; i < sizeof json_bad / sizeof *json_bad; i++) assert_false(rn_parse_double(rn_slice_of(json_bad[i]), false, &d));
  assert_true(rn_parse_double(rn_slice_of(" 1.5d "), true, &d) && d == 1.5);
  assert_true(rn_parse_double(rn_slice_of(".5"), true, &d) && d == 0.5);
  assert_true(rn_parse_double(rn_slice_of("-Infinity"), true, &d) && isinf(d) && d < 0);
  assert_true(rn_parse_double(rn_slice_of("NaN"), true, &d) && isnan(d));
  static const char *const java_bad[] = {"inf", "0x10", "", " ", "d", "1e", "1,5"};
  for (size_t i = 0; i < sizeof java_bad / sizeof *java_bad; i++) assert_false(rn_parse_double(rn_slice_of(java_bad[i]), true, &d));
}

static void test_round_trip(void **state) {
  (void)state;
  srand(11);
  for (int i = 0; i < 50000; i++) {
    uint64_t bits = (uint64_t)rand() << 40 ^ (uint64_t)rand() << 20 ^ (uint64_t)rand();
    double d, back;
    if (i % 2) {
      d = (double)(rand() % 1000000) / (double)(1 << (rand() % 20));
    } else {
      memcpy(&d, &bits, 8);
      if (!isfinite(d)) continue;
    }
    rn_builder b = {0};
    rn_format_double(&b, d);
    assert_true(rn_parse_double(rn_slice_make(b.data, b.len), true, &back));
    assert_true(back == d && strtod(b.data, NULL) == d);
    /* no shorter text of 15 digits or fewer reads back */
    rn_builder_clear(&b);
    float f = (float)d, fback;
    if (isfinite(f)) {
      rn_format_float(&b, f);
      assert_true(rn_parse_float(rn_slice_make(b.data, b.len), true, &fback));
      assert_true(fback == f);
    }
    rn_builder_free(&b);
  }
}

static void test_integers(void **state) {
  (void)state;
  int64_t v;
  assert_int_equal(rn_parse_int64(rn_slice_of("9223372036854775807"), &v), RN_NUMBER_OK);
  assert_true(v == INT64_MAX);
  assert_int_equal(rn_parse_int64(rn_slice_of("-9223372036854775808"), &v), RN_NUMBER_OK);
  assert_true(v == INT64_MIN);
  assert_int_equal(rn_parse_int64(rn_slice_of("9223372036854775808"), &v), RN_NUMBER_OVERFLOW);
  assert_int_equal(rn_parse_int64(rn_slice_of("99999999999999999999999"), &v), RN_NUMBER_OVERFLOW);
  assert_int_equal(rn_parse_int64(rn_slice_of("99999999999999999999999x"), &v), RN_NUMBER_BAD);
  assert_int_equal(rn_parse_int64(rn_slice_of("000000000000000000000000012"), &v), RN_NUMBER_OK);
  assert_true(v == 12);
  assert_int_equal(rn_parse_int64(rn_slice_of("+7"), &v), RN_NUMBER_OK);
  assert_int_equal(rn_parse_int64(rn_slice_of(""), &v), RN_NUMBER_BAD);
  assert_int_equal(rn_parse_int64(rn_slice_of("-"), &v), RN_NUMBER_BAD);
  assert_int_equal(rn_parse_int64(rn_slice_of(" 1"), &v), RN_NUMBER_BAD);
  assert_int_equal(rn_cast_int64(rn_slice_of(" 12.99 "), &v), RN_NUMBER_OK);
  assert_true(v == 12);
  assert_int_equal(rn_cast_int64(rn_slice_of(".9"), &v), RN_NUMBER_OK);
  assert_true(v == 0);
  assert_int_equal(rn_cast_int64(rn_slice_of("1.2x"), &v), RN_NUMBER_BAD);
  assert_int_equal(rn_cast_int64(rn_slice_of("1e3"), &v), RN_NUMBER_BAD);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_write), cmocka_unit_test(test_read), cmocka_unit_test(test_round_trip),
    cmocka_unit_test(test_integers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
