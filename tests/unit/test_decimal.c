/* DECIMAL arithmetic: known values, and random sums, products and quotients checked against identities. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "base/decimal.h"

static rn_i128 parse(const char *text, int precision, int scale) {
  rn_i128 v = 0;
  assert_int_equal(rn_decimal_parse(rn_slice_of(text), precision, scale, &v), RN_NUMBER_OK);
  return v;
}
static void expect_text(rn_i128 v, int scale, const char *text) {
  rn_builder b = {0};
  rn_decimal_format(&b, v, scale);
  assert_string_equal(b.data, text);
  rn_builder_free(&b);
}

static void test_parse_and_format(void **state) {
  (void)state;
  static const struct { const char *in; int p, s; const char *out; } good[] = {
    {"1", 10, 0, "1"}, {"-1.5", 10, 2, "-1.50"}, {"1.005", 10, 2, "1.01"}, {"-1.005", 10, 2, "-1.01"},
    {"1.004999", 10, 2, "1.00"}, {".5", 3, 0, "1"}, {"0.05", 3, 1, "0.1"}, {"0.04", 3, 1, "0.0"},
    {"1e3", 10, 2, "1000.00"}, {"12.5e-1", 10, 2, "1.25"}, {"5e-3", 5, 2, "0.01"}, {"0000123", 3, 0, "123"},
    {"99999999999999999999999999999999999999", 38, 0, "99999999999999999999999999999999999999"},
    {"-0.00000000000000000000000000000000000001", 38, 38, "-0.00000000000000000000000000000000000001"},
    {"1234567890.123456789012345678", 38, 18, "1234567890.123456789012345678"}, {"0e999999", 5, 2, "0.00"},
    {"1e-999999999", 5, 2, "0.00"}, {"1.", 5, 1, "1.0"},
  };
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    expect_text(parse(good[i].in, good[i].p, good[i].s), good[i].s, good[i].out);
  }
  rn_i128 v;
  static const char *const bad[] = {"", ".", "-", "a", "1a", "1e", "1e+", "1..2", " 1", "1 "};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    assert_int_equal(rn_decimal_parse(rn_slice_of(bad[i]), 38, 2, &v), RN_NUMBER_BAD);
  }
  assert_int_equal(rn_decimal_parse(rn_slice_of("999.995"), 5, 2, &v), RN_NUMBER_OVERFLOW);
  assert_int_equal(rn_decimal_parse(rn_slice_of("1e39"), 38, 0, &v), RN_NUMBER_OVERFLOW);
  assert_int_equal(rn_decimal_parse(rn_slice_of("999999999999999999999999999999999999999"), 38, 0, &v), RN_NUMBER_OVERFLOW);
}

static void test_operations(void **state) {
  (void)state;
  rn_i128 r;
  assert_true(rn_decimal_add(parse("12.34", 10, 2), 2, parse("0.006", 5, 3), 3, 12, 3, &r));
  expect_text(r, 3, "12.346");
  /* the sum is exact before it is rounded to the result's scale */
  assert_true(rn_decimal_add(parse("9999999999999999999.5", 38, 18), 18, parse("0.000000000000000000001", 38, 21), 21, 38, 9, &r));
  expect_text(r, 9, "9999999999999999999.500000000");
  assert_false(rn_decimal_add(parse("99.99", 4, 2), 2, parse("0.01", 4, 2), 2, 4, 2, &r));
  assert_true(rn_decimal_mul(parse("99999999.99", 10, 2), 2, parse("99999999.99", 10, 2), 2, 21, 4, &r));
  expect_text(r, 4, "9999999998000000.0001");
  assert_true(rn_decimal_mul(parse("1234567890123456789.123456789", 38, 9), 9, parse("-2.000000001", 38, 9), 9, 38, 9, &r));
  expect_text(r, 9, "-2469135781481481468.370370367");
  assert_true(rn_decimal_div(parse("1.00", 10, 2), 2, parse("3.0000", 5, 4), 4, 20, 8, &r));
  expect_text(r, 8, "0.33333333");
  assert_true(rn_decimal_div(parse("2.00", 10, 2), 2, parse("-3", 5, 0), 0, 20, 8, &r));
  expect_text(r, 8, "-0.66666667");
  assert_true(rn_decimal_mod(parse("-10.50", 10, 2), 2, parse("3.000", 5, 3), 3, 10, 3, &r));
  expect_text(r, 3, "-1.500");
  assert_true(rn_decimal_mod(parse("1", 38, 37), 37, parse("99999999999999999999999999999999999999", 38, 0), 0, 38, 37, &r));
  expect_text(r, 37, "1.0000000000000000000000000000000000000");
  assert_int_equal(rn_decimal_compare(parse("1.5", 5, 1), 1, parse("1.500000000000000000000000000000000001", 38, 36), 36), -1);
  assert_int_equal(rn_decimal_compare(parse("-1", 5, 0), 0, parse("-1.000", 5, 3), 3), 0);
  assert_int_equal(rn_decimal_compare(parse("99999999999999999999999999999999999999", 38, 0), 0, parse("0.5", 38, 38), 38), 1);
}

static void test_rescale_is_half_up(void **state) {
  (void)state;
  rn_i128 r;
  for (int v = -1000; v <= 1000; v++) {
    assert_true(rn_decimal_rescale(v, 2, 1, &r));
    int expect = (v < 0 ? v - 5 : v + 5) / 10;
    assert_true(r == expect);
    rn_i128 big = (rn_i128)v * rn_pow10_128(30), bigger;
    assert_true(rn_decimal_rescale(big, 32, 1, &bigger));
    assert_true(bigger == expect);
  }
  assert_false(rn_decimal_rescale(rn_pow10_128(37), 0, 5, &r));
}

static void test_random_identities(void **state) {
  (void)state;
  srand(7);
  for (int i = 0; i < 20000; i++) {
    rn_i128 a = 0, b = 0, product, back, rest;
    for (int digits = rand() % 30; digits >= 0; digits--) a = a * 10 + rand() % 10;
    for (int digits = rand() % 30; digits >= 0; digits--) b = b * 10 + rand() % 10;
    if (rand() % 2) a = -a;
    if (rand() % 2) b = -b;
    if (b == 0) b = 1;
    if (rn_decimal_mul(a, 0, b, 0, 38, 0, &product)) {
      assert_true(rn_decimal_div(product, 0, b, 0, 38, 0, &back));
      assert_true(back == a);
    }
    assert_true(rn_decimal_mod(a, 0, b, 0, 38, 0, &rest));
    assert_true(rest == a % b);
    /* text and back */
    int scale = rand() % 30;
    rn_builder t = {0};
    rn_decimal_format(&t, a, scale);
    assert_true(parse(t.data, 38, scale) == a);
    rn_builder_free(&t);
  }
}

static void test_doubles(void **state) {
  (void)state;
  rn_i128 r;
  assert_true(rn_decimal_from_double(1.005, 10, 2, &r)); /* Java: the shortest text is rounded, not the binary value */
  expect_text(r, 2, "1.01");
  assert_true(rn_decimal_from_double(-0.1, 10, 3, &r));
  expect_text(r, 3, "-0.100");
  assert_false(rn_decimal_from_double(1e10, 5, 0, &r));
  assert_false(rn_decimal_from_double(0.0 / (double)(r - r), 5, 0, &r));
  assert_true(rn_decimal_to_double(parse("12.34", 10, 2), 2) == 12.34);
  assert_true(rn_decimal_to_double(parse("99999999999999999999999999999999999999", 38, 0), 0) == 1e38);
  assert_true(rn_decimal_to_double(parse("1234567890.123456789012345678", 38, 18), 18) == 1234567890.123456789012345678);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_parse_and_format), cmocka_unit_test(test_operations),
    cmocka_unit_test(test_rescale_is_half_up), cmocka_unit_test(test_random_identities),
    cmocka_unit_test(test_doubles),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
