/* Calendar, date and time text, zones: the C library's gmtime, localtime and mktime are the oracle. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>
#include "base/calendar.h"

static void test_civil(void **state) {
  (void)state;
  for (int64_t days = -800000; days < 3000000; days += 7) {
    int64_t year;
    unsigned month, day;
    rn_civil_from_days(days, &year, &month, &day);
    time_t t = (time_t)(days * 86400);
    struct tm tm;
    gmtime_r(&t, &tm);
    assert_int_equal(year, tm.tm_year + 1900);
    assert_int_equal(month, tm.tm_mon + 1);
    assert_int_equal(day, tm.tm_mday);
    assert_int_equal(rn_days_from_civil(year, month, day), days);
    assert_true(day <= rn_days_in_month(year, month));
  }
  assert_int_equal(rn_add_months_days((int32_t)rn_days_from_civil(2024, 1, 31), 1), rn_days_from_civil(2024, 2, 29));
  assert_int_equal(rn_add_months_days((int32_t)rn_days_from_civil(2024, 2, 29), -12), rn_days_from_civil(2023, 2, 28));
  assert_int_equal(rn_add_months_us(-1, 1), rn_days_from_civil(1970, 2, 1) * RN_US_PER_DAY - 1);
}

static void test_strict(void **state) {
  (void)state;
  int32_t d;
  int64_t us;
  bool lost = false;
  assert_true(rn_parse_date(rn_slice_of("2024-02-29"), &d) && d == rn_days_from_civil(2024, 2, 29));
  static const char *const bad_dates[] = {"2023-02-29", "2024-2-29", "2024-13-01", "2024-00-01", "2024-01-00", "2024-01-32", "2024-04-31", "24-01-01", "2024-01-01 ", "", "2024/01/01", "20a4-01-01"};
  for (size_t i = 0; i < sizeof bad_dates / sizeof *bad_dates; i++) assert_false(rn_parse_date(rn_slice_of(bad_dates[i]), &d));
  assert_true(rn_parse_time(rn_slice_of("13:14:15.678"), &d) && d == 47655678);
  assert_true(rn_parse_time(rn_slice_of("23:59:59"), &d) && d == 86399000);
  static const char *const bad_times[] = {"24:00:00", "1:00:00", "10:60:00", "10:00:60", "10:00", "10:00:00.", "10:00:00.1234567890", "10:00:00.1a"};
  for (size_t i = 0; i < sizeof bad_times / sizeof *bad_times; i++) assert_false(rn_parse_time(rn_slice_of(bad_times[i]), &d));
  assert_true(rn_parse_timestamp(rn_slice_of("1969-12-31 23:59:59.999"), ' ', false, &us, &lost) && us == -1000 && !lost);
  assert_true(rn_parse_timestamp(rn_slice_of("1970-01-01T00:00:00.000001999Z"), 'T', true, &us, &lost) && us == 1 && lost);
  assert_false(rn_parse_timestamp(rn_slice_of("1970-01-01T00:00:00"), ' ', false, &us, NULL));
  assert_false(rn_parse_timestamp(rn_slice_of("1970-01-01 00:00:00"), ' ', true, &us, NULL));
  assert_false(rn_parse_timestamp(rn_slice_of("1970-01-01 00:00:00Z"), ' ', false, &us, NULL));
}

static void test_lenient(void **state) {
  (void)state;
  int32_t d;
  int64_t us;
  assert_true(rn_cast_date(rn_slice_of("2024-2-9"), &d) && d == rn_days_from_civil(2024, 2, 9));
  assert_true(rn_cast_date(rn_slice_of("2024"), &d) && d == rn_days_from_civil(2024, 1, 1));
  assert_true(rn_cast_date(rn_slice_of("2024-3"), &d) && d == rn_days_from_civil(2024, 3, 1));
  assert_true(rn_cast_date(rn_slice_of("2024-02-29 10:00:00"), &d) && d == rn_days_from_civil(2024, 2, 29));
  assert_false(rn_cast_date(rn_slice_of("2024-02-29T10:00:00"), &d));
  assert_false(rn_cast_date(rn_slice_of("abc"), &d));
  assert_true(rn_cast_time(rn_slice_of("7"), &d) && d == 7 * 3600000);
  assert_true(rn_cast_time(rn_slice_of("7:5"), &d) && d == 7 * 3600000 + 5 * 60000);
  assert_true(rn_cast_time(rn_slice_of("7:5:3.5"), &d) && d == 7 * 3600000 + 5 * 60000 + 3500);
  assert_false(rn_cast_time(rn_slice_of("25:00:00"), &d));
  assert_true(rn_cast_timestamp(rn_slice_of("2024-02-30 00:00:00"), &us) && us == rn_days_from_civil(2024, 2, 29) * RN_US_PER_DAY);
  assert_true(rn_cast_timestamp(rn_slice_of("2024-2-3 4:5:6.7"), &us) && us == rn_days_from_civil(2024, 2, 3) * RN_US_PER_DAY + 14706700000);
  assert_true(rn_cast_timestamp(rn_slice_of("2024-02-03"), &us) && us == rn_days_from_civil(2024, 2, 3) * RN_US_PER_DAY);
  assert_false(rn_cast_timestamp(rn_slice_of("2024-02-03 10:00"), &us));
  assert_false(rn_cast_timestamp(rn_slice_of("2024-02-03T10:00:00"), &us));
}

static void expect(rn_builder *b, const char *text) {
  assert_string_equal(b->data, text);
  rn_builder_clear(b);
}

static void test_format(void **state) {
  (void)state;
  rn_builder b = {0};
  rn_format_date(&b, 0);
  expect(&b, "1970-01-01");
  rn_format_date(&b, (int32_t)rn_days_from_civil(7, 3, 4));
  expect(&b, "0007-03-04");
  rn_format_time(&b, 47655670, 3, false);
  expect(&b, "13:14:15.670");
  rn_format_time(&b, 47655670, 3, true);
  expect(&b, "13:14:15.67");
  rn_format_time(&b, 47655000, 3, true);
  expect(&b, "13:14:15");
  rn_format_timestamp(&b, -1, 6, false, ' ');
  expect(&b, "1969-12-31 23:59:59.999999");
  rn_format_timestamp(&b, 0, 9, false, 'T');
  expect(&b, "1970-01-01T00:00:00.000000000");
  rn_format_timestamp(&b, 1500000, 0, false, ' ');
  expect(&b, "1970-01-01 00:00:01");
  rn_builder_free(&b);
}

static void test_zones_against_the_c_library(void **state) {
  (void)state;
  static const char *const names[] = {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Sao_Paulo", "Africa/Casablanca", "Pacific/Apia", "Asia/Shanghai", "America/Santiago"};
  for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
    rn_error err = {0};
    rn_zone *zone;
    assert_int_equal(rn_zone_open(names[n], &zone, &err), RN_OK);
    setenv("TZ", names[n], 1);
    tzset();
    for (int64_t t = -2000000000; t < 6000000000; t += 86400 * 3 + 1801) {
      time_t at = (time_t)t;
      struct tm tm;
      localtime_r(&at, &tm);
      assert_int_equal(rn_zone_offset_at(zone, t * RN_US_PER_SECOND), tm.tm_gmtoff);
      /* local and back: the same instant, or the earlier of two with the same wall clock */
      int64_t local = rn_zone_to_local(zone, t * RN_US_PER_SECOND), back = rn_zone_to_utc(zone, local);
      assert_true(back <= t * RN_US_PER_SECOND);
      assert_true(rn_zone_to_local(zone, back) == local);
    }
    rn_zone_close(zone);
  }
  unsetenv("TZ");
}

static int64_t local(int year, unsigned month, unsigned day, int hour, int minute) {
  return rn_days_from_civil(year, month, day) * RN_US_PER_DAY + (hour * 3600LL + minute * 60LL) * RN_US_PER_SECOND;
}

static void test_gaps_and_overlaps(void **state) {
  (void)state;
  rn_error err = {0};
  rn_zone *zone;
  assert_int_equal(rn_zone_open("Europe/Berlin", &zone, &err), RN_OK);
  /* 2024-03-31 02:30 does not exist: 03:30 summer time = 01:30 UTC; also by the footer's rule in 2060 */
  assert_true(rn_zone_to_utc(zone, local(2024, 3, 31, 2, 30)) == local(2024, 3, 31, 1, 30));
  assert_true(rn_zone_to_utc(zone, local(2060, 3, 28, 2, 30)) == local(2060, 3, 28, 1, 30));
  /* 2024-10-27 02:30 exists twice: the first, summer time */
  assert_true(rn_zone_to_utc(zone, local(2024, 10, 27, 2, 30)) == local(2024, 10, 27, 0, 30));
  assert_true(rn_zone_to_utc(zone, local(2024, 7, 1, 12, 0)) == local(2024, 7, 1, 10, 0));
  rn_zone_close(zone);
}

static void test_fixed_and_bad_names(void **state) {
  (void)state;
  static const struct { const char *name; int offset; } good[] = {
    {"UTC", 0}, {"Z", 0}, {"GMT", 0}, {"GMT+08:00", 28800}, {"UTC-3", -10800}, {"+05:30", 19800}, {"+0530", 19800}, {"-08:00:30", -28830},
  };
  rn_error err = {0};
  rn_zone *zone;
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    assert_int_equal(rn_zone_open(good[i].name, &zone, &err), RN_OK);
    assert_int_equal(rn_zone_offset_at(zone, 0), good[i].offset);
    assert_string_equal(rn_zone_name(zone), good[i].name);
    rn_zone_close(zone);
  }
  static const char *const bad[] = {"Europe/Nowhere", "", "../passwd", "/etc/localtime", "+25:00", "GMT+", "+1:2", "tzdata.zi", "Europe"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    rn_error_clear(&err);
    assert_int_equal(rn_zone_open(bad[i], &zone, &err), RN_FAIL);
    assert_int_equal(err.code, RN_E_SETTING);
  }
  rn_error_clear(&err);
  setenv("TZ", "Asia/Tokyo", 1);
  assert_int_equal(rn_zone_open("default", &zone, &err), RN_OK);
  assert_string_equal(rn_zone_name(zone), "Asia/Tokyo");
  unsetenv("TZ");
  rn_zone_close(zone);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_civil), cmocka_unit_test(test_strict), cmocka_unit_test(test_lenient),
    cmocka_unit_test(test_format), cmocka_unit_test(test_zones_against_the_c_library),
    cmocka_unit_test(test_gaps_and_overlaps), cmocka_unit_test(test_fixed_and_bad_names),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
