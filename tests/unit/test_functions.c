/* Functions: every row has help and an example that is true; argument errors; zones; LIKE against a naive
 * matcher; the styles of value text. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "parser/parse.h"
#include "planner/bind.h"
#include "runtime/value_text.h"

typedef struct fixture {
  rn_arena arena;
  rn_zone *zone;
  rn_diagnostics diags;
  rn_error err;
} fixture;

static void set_up(fixture *f, const char *zone) {
  memset(f, 0, sizeof *f);
  assert_int_equal(rn_zone_open(zone, &f->zone, &f->err), RN_OK);
}
static void tear_down(fixture *f) {
  rn_zone_close(f->zone);
  rn_arena_free(&f->arena);
}

static rn_expr *bind(fixture *f, const char *text) {
  memset(&f->diags, 0, sizeof f->diags);
  rn_binder binder;
  memset(&binder, 0, sizeof binder);
  binder.arena = &f->arena;
  binder.zone = f->zone;
  binder.diags = &f->diags;
  rn_ast_script script;
  memset(&script, 0, sizeof script);
  const char *sql = rn_arena_printf(&f->arena, "SELECT %s", text);
  if (rn_parse_script(rn_slice_of(sql), &f->arena, &script, &f->diags) != RN_OK || script.count != 1) return NULL;
  rn_scope none = {.clause = "SELECT"};
  rn_expr *e = rn_bind_expr(&binder, &none, script.statements[0]->query->select->items[0].expr);
  return f->diags.error_count ? NULL : e;
}

/* NULL: fails; the message is in f->err. */
static const char *evaluate(fixture *f, const char *text) {
  rn_expr *e = bind(f, text);
  if (!e) {
    f->err = f->diags.items[0];
    return NULL;
  }
  rn_value v;
  rn_error_clear(&f->err);
  if (rn_expr_evaluate(e, f->zone, 1709212455678000, &f->arena, &v, &f->err) != RN_OK) return NULL;
  rn_column c;
  rn_column_from_value(&c, &v, &f->arena);
  rn_builder b = {0};
  rn_value_text(&b, &c, 0, RN_TEXT_CAST, f->zone);
  const char *copy = rn_arena_strndup(&f->arena, b.data ? b.data : "", b.len);
  rn_builder_free(&b);
  return copy;
}
#define EXPECT(text, value)                                   \
  do {                                                        \
    const char *got_ = evaluate(&f, text);                    \
    if (!got_) print_error("%s: %s\n", text, f.err.message);  \
    assert_non_null(got_);                                    \
    assert_string_equal(got_, value);                         \
  } while (0)

static void test_every_example_is_true(void **state) {
  (void)state;
  fixture f;
  set_up(&f, "UTC");
  const rn_function *fn;
  int count = 0;
  for (size_t i = 0; (fn = rn_function_rows(i)); i++) {
    assert_non_null(fn->help);
    assert_non_null(fn->signature);
    assert_true(fn->signature[0] && fn->help[0]);
    assert_true(rn_function_family(fn)[0] != 0);
    if (!(fn->flags & RN_FN_OPERATOR)) count++;
    if (!fn->example) continue;
    const char *got = evaluate(&f, fn->example);
    if (!got || strcmp(got, "TRUE") != 0) print_error("%s: %s -> %s\n", fn->name, fn->example, got ? got : f.err.message);
    assert_non_null(got);
    assert_string_equal(got, "TRUE");
  }
  assert_true(count >= 60);
  tear_down(&f);
}

static void test_rows_are_found(void **state) {
  (void)state;
  const rn_function *fn;
  for (size_t i = 0; (fn = rn_function_rows(i)); i++) {
    const rn_function *first = rn_function_find(rn_slice_of(fn->name));
    assert_non_null(first);
    assert_string_equal(first->name, fn->name);
    assert_true(fn->max_args >= fn->min_args);
    assert_true(fn->resolve || fn->kernel);
  }
  assert_non_null(rn_function_find(rn_slice_of("substring")));
  assert_null(rn_function_find(rn_slice_of("nope")));
}

static void test_argument_errors_show_the_forms(void **state) {
  (void)state;
  fixture f;
  set_up(&f, "UTC");
  assert_null(evaluate(&f, "SUBSTRING(TRUE, 1)"));
  assert_string_equal(f.err.message, "SUBSTRING takes (s STRING, pos INT [, len INT]), got (BOOLEAN, INT)");
  assert_int_equal(f.err.code, RN_E_ARGUMENTS);
  assert_null(evaluate(&f, "PI(1)"));
  assert_string_equal(f.err.message, "PI takes no arguments, got (INT)");
  assert_null(evaluate(&f, "EXTRACT(YEAR FROM TIME '10:00:00')"));
  assert_int_equal(f.err.code, RN_E_ARGUMENTS);
  tear_down(&f);
}

static void test_run_time_errors(void **state) {
  (void)state;
  fixture f;
  set_up(&f, "UTC");
  assert_null(evaluate(&f, "CAST('12a' AS INT)"));
  assert_int_equal(f.err.code, RN_E_CAST_VALUE);
  assert_string_equal(f.err.message, "cannot cast '12a' to INT: invalid character found");
  assert_null(evaluate(&f, "CAST('128' AS TINYINT)"));
  assert_string_equal(f.err.message, "cannot cast '128' to TINYINT: overflow");
  assert_null(evaluate(&f, "CAST('' AS INT)"));
  assert_string_equal(f.err.message, "cannot cast '' to INT: the text is empty");
  assert_null(evaluate(&f, "1 / 0"));
  assert_string_equal(f.err.message, "division by zero");
  assert_null(evaluate(&f, "'abc' LIKE 'a$bc' ESCAPE '$'"));
  assert_string_equal(f.err.message, "invalid escape sequence 'a$bc', 1");
  assert_null(evaluate(&f, "DATE_FORMAT(TIMESTAMP '2024-01-01 00:00:00', 'bad')"));
  assert_non_null(strstr(f.err.message, "illegal pattern character 'b'"));
  assert_null(evaluate(&f, "FROM_BASE64('!!')"));
  EXPECT("TRY_CAST('12a' AS INT)", "NULL");
  EXPECT("TRY_CAST('2024-13-01' AS DATE)", "NULL");
  tear_down(&f);
}

/* Answers of a real Flink. */
static void test_printf(void **state) {
  (void)state;
  static const struct {
    const char *call, *text;
  } cases[] = {
    {"PRINTF('%d',CAST(5 AS TINYINT))", "5"},
    {"PRINTF('%d',CAST(5 AS BIGINT))", "5"},
    {"PRINTF('%d',1.5)", "NULL"},
    {"PRINTF('%d',CAST(5 AS DECIMAL(10,0)))", "NULL"},
    {"PRINTF('%d',1.5e0)", "NULL"},
    {"PRINTF('%d',TRUE)", "NULL"},
    {"PRINTF('%s',TRUE)", "true"},
    {"PRINTF('%s',1.50)", "1.50"},
    {"PRINTF('%s',1.5e0)", "1.5"},
    {"PRINTF('%s',1e10)", "1.0E10"},
    {"PRINTF('%s',CAST(1.5 AS FLOAT))", "1.5"},
    {"PRINTF('%f',CAST(1.5 AS FLOAT))", "1.500000"},
    {"PRINTF('%s',DATE '2024-01-02')", "19724"},
    {"PRINTF('%d',DATE '2024-01-02')", "19724"},
    {"PRINTF('%s',TIME '01:02:03')", "3723000"},
    {"PRINTF('%s',TIMESTAMP '2024-01-02 03:04:05')", "2024-01-02T03:04:05"},
    {"PRINTF('%s',CAST('2024-01-02 03:04:05.123' AS TIMESTAMP(3)))", "2024-01-02T03:04:05.123"},
    {"PRINTF('%s',CAST('2024-01-02 03:04:05.123' AS TIMESTAMP_LTZ(3)))", "2024-01-02T03:04:05.123"},
    {"PRINTF('%s',INTERVAL '1' DAY)", "86400000"},
    {"PRINTF('%s',INTERVAL '14' MONTH)", "14"},
    {"PRINTF('%f',1.5)", "NULL"},
    {"PRINTF('%.1f',2.25)", "NULL"},
    {"PRINTF('%.1f',0.25e0)", "0.3"},
    {"PRINTF('%.0f',2.5e0)", "3"},
    {"PRINTF('%.0f',3.5e0)", "4"},
    {"PRINTF('%f',5)", "NULL"},
    {"PRINTF('%e',12345.678e0)", "1.234568e+04"},
    {"PRINTF('%.2E',12345.678e0)", "1.23E+04"},
    {"PRINTF('%g',12345.678e0)", "12345.7"},
    {"PRINTF('%g',0.00001e0)", "1.00000e-05"},
    {"PRINTF('%.3g',12345.678e0)", "1.23e+04"},
    {"PRINTF('%a',1.5e0)", "0x1.8p0"},
    {"PRINTF('%x',255)", "ff"},
    {"PRINTF('%X',255)", "FF"},
    {"PRINTF('%x',-1)", "ffffffff"},
    {"PRINTF('%x',CAST(-1 AS BIGINT))", "ffffffffffffffff"},
    {"PRINTF('%x',CAST(-1 AS TINYINT))", "ff"},
    {"PRINTF('%o',8)", "10"},
    {"PRINTF('%#x|%#o',255,8)", "0xff|010"},
    {"PRINTF('%c',65)", "A"},
    {"PRINTF('%c','a')", "NULL"},
    {"PRINTF('%c',8364)", "€"},
    {"PRINTF('%c',-1)", "NULL"},
    {"PRINTF('%b','x')", "true"},
    {"PRINTF('%b',TRUE)", "true"},
    {"PRINTF('%B',FALSE)", "FALSE"},
    {"PRINTF('%b',CAST(NULL AS BOOLEAN))", "false"},
    {"PRINTF('%b',CAST(NULL AS STRING))", "false"},
    {"PRINTF('%%')", "%"},
    {"PRINTF('100%')", "NULL"},
    {"PRINTF('%5%|%-5%|')", "    %|%    |"},
    {"PRINTF('%S','aßc')", "ASSC"},
    {"PRINTF('%10s|%-10s|%.2s|%10.2s','abc','abc','abc','abc')", "       abc|abc       |ab|        ab"},
    {"PRINTF('%5d|%-5d|%05d|%+d|% d|%(d|%,d',42,42,42,42,42,-42,1234567)", "   42|42   |00042|+42| 42|(42)|1,234,567"},
    {"PRINTF('%+,(d',-1234567)", "(1,234,567)"},
    {"PRINTF('%+ d',1)", "NULL"},
    {"PRINTF('%-05d',1)", "NULL"},
    {"PRINTF('%-d',1)", "NULL"},
    {"PRINTF('%0d',1)", "NULL"},
    {"PRINTF('%.2d',1)", "NULL"},
    {"PRINTF('%2$s %1$s','a','b')", "b a"},
    {"PRINTF('%s %<s %s','a','b')", "a a b"},
    {"PRINTF('%<s','a')", "NULL"},
    {"PRINTF('%3$s','a','b')", "NULL"},
    {"PRINTF('%s %s','a')", "NULL"},
    {"PRINTF('%s','a','b')", "a"},
    {"PRINTF('%z','a')", "NULL"},
    {"PRINTF('%','a')", "NULL"},
    {"PRINTF('%d',CAST(NULL AS INT))", "null"},
    {"PRINTF('%5d|',CAST(NULL AS INT))", " null|"},
    {"PRINTF('%.2f',CAST(NULL AS DOUBLE))", "nu"},
    {"PRINTF('%.2s|',CAST(NULL AS STRING))", "nu|"},
    {"PRINTF(CAST(NULL AS STRING),1)", "NULL"},
    {"PRINTF('%,.2f',1234567.891e0)", "1,234,567.89"},
    {"PRINTF('%010.2f',-3.14159e0)", "-000003.14"},
    {"PRINTF('%(.2f',-3.14159e0)", "(3.14)"},
    {"PRINTF('%+.2f',3.14159e0)", "+3.14"},
    {"PRINTF('%f',CAST('NaN' AS DOUBLE))", "NaN"},
    {"PRINTF('%f',CAST('Infinity' AS DOUBLE))", "Infinity"},
    {"PRINTF('%08f|%+f|%(f',CAST('-Infinity' AS DOUBLE),CAST('Infinity' AS DOUBLE),CAST('-Infinity' AS DOUBLE))", "-Infinity|+Infinity|(Infinity)"},
    {"PRINTF('%.20f',0.1e0)", "0.10000000000000000000"},
    {"PRINTF('%.3f',1e20)", "100000000000000000000.000"},
    {"PRINTF('%f',1e-10)", "0.000000"},
    {"PRINTF('%.10f',1e-10)", "0.0000000001"},
    {"PRINTF('%s','äöü')", "äöü"},
    {"PRINTF('%4s|','äöü')", " äöü|"},
    {"PRINTF('%d',9223372036854775807)", "9223372036854775807"},
    {"PRINTF('%d',-2147483648)", "-2147483648"},
    {"PRINTF('%(,d',-2147483648)", "(2,147,483,648)"},
    {"PRINTF('%x',CAST(-1 AS SMALLINT))", "ffff"},
    {"PRINTF('%tY',TIMESTAMP '2024-01-02 03:04:05')", "NULL"},
    {"PRINTF('%tY',DATE '2024-01-02')", "NULL"},
    {"PRINTF('%#s','a')", "NULL"},
    {"PRINTF('%,s','a')", "NULL"},
    {"PRINTF('%+s','a')", "NULL"},
    {"PRINTF('%,x',255)", "NULL"},
    {"PRINTF('%08x',255)", "000000ff"},
    {"PRINTF('%#08x',255)", "0x0000ff"},
    {"PRINTF('%,o',255)", "NULL"},
    {"PRINTF('%-5c|','a')", "NULL"},
    {"PRINTF('%.1c','a')", "NULL"},
    {"PRINTF('%c','ab')", "NULL"},
    {"PRINTF('%c',TRUE)", "NULL"},
    {"PRINTF('%C','a')", "NULL"},
    {"PRINTF('%5b|%.2b|',TRUE,FALSE)", " true|fa|"},
    {"PRINTF('%,.0f',1234567.5e0)", "1,234,568"},
    {"PRINTF('%#.0f',1234567.5e0)", "1234568."},
    {"PRINTF('%,e',1.5e0)", "NULL"},
    {"PRINTF('%(e',-1.5e0)", "(1.500000e+00)"},
    {"PRINTF('%#x',-255)", "0xffffff01"},
    {"PRINTF('%e',0e0)", "0.000000e+00"},
    {"PRINTF('%g',0e0)", "0.00000"},
    {"PRINTF('%g',1e0)", "1.00000"},
    {"PRINTF('%g',1e20)", "1.00000e+20"},
    {"PRINTF('%.0g',123e0)", "1e+02"},
    {"PRINTF('%#g',1e0)", "NULL"},
    {"PRINTF('%,g',12345.678e0)", "12,345.7"},
    {"PRINTF('%s %d')", "NULL"},
    {"PRINTF('')", ""},
    {"PRINTF('%d %s', 1, 'x', 2)", "1 x"},
    {"PRINTF('%s', NULL)", "null"},
    {"PRINTF('%1$s %s %s','a','b')", "a a b"},
    {"PRINTF('%0$s','a')", "NULL"},
    {"PRINTF('%-s','a')", "NULL"},
    {"PRINTF('%5n')", "NULL"},
    {"PRINTF('%e',1.5)", "NULL"},
    {"PRINTF('%.3s','äöüß')", "äöü"},
    {"PRINTF('%99999999999d',1)", "NULL"},
    {"PRINTF('%.2%')", "NULL"},
  };
  fixture f;
  set_up(&f, "UTC");
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const char *got = evaluate(&f, cases[i].call);
    if (!got || strcmp(got, cases[i].text) != 0) print_error("%s -> %s\n", cases[i].call, got ? got : f.err.message);
    assert_non_null(got);
    assert_string_equal(got, cases[i].text);
  }
  tear_down(&f);
}

static void test_zones(void **state) {
  (void)state;
  fixture f;
  set_up(&f, "Europe/Berlin");
  EXPECT("CAST(TO_TIMESTAMP_LTZ(0, 3) AS STRING)", "1970-01-01 01:00:00.000");
  EXPECT("DATE_FORMAT(TO_TIMESTAMP_LTZ(1709212455678, 3), 'yyyy-MM-dd HH:mm')", "2024-02-29 14:14");
  EXPECT("EXTRACT(HOUR FROM TO_TIMESTAMP_LTZ(0, 3))", "1");
  EXPECT("CAST(CAST('2024-07-01 12:00:00' AS TIMESTAMP_LTZ(3)) AS TIMESTAMP(3))", "2024-07-01 12:00:00.000");
  EXPECT("UNIX_TIMESTAMP('1970-01-01 01:00:00')", "0");
  EXPECT("FROM_UNIXTIME(0)", "1970-01-01 01:00:00");
  EXPECT("FLOOR(TO_TIMESTAMP_LTZ(1709159400000, 3) TO DAY)", "2024-02-28 00:00:00.000"); /* 23:30 there */
  EXPECT("CAST(TO_TIMESTAMP_LTZ(1709159400000, 3) AS DATE)", "2024-02-28");
  EXPECT("CAST(NOW() AS STRING)", "2024-02-29 14:14:15.678");
  EXPECT("CAST(LOCALTIMESTAMP AS STRING)", "2024-02-29 14:14:15.678");
  EXPECT("CURRENT_DATE", "2024-02-29");
  EXPECT("LOCALTIME", "14:14:15");
  /* the hour that does not exist, and the one that exists twice */
  EXPECT("UNIX_TIMESTAMP('2024-03-31 02:30:00')", "1711848600");
  EXPECT("UNIX_TIMESTAMP('2024-10-27 02:30:00')", "1729992600"); /* the later one, as in java.util.Calendar */
  EXPECT("CAST(CAST(CAST('2024-10-27 02:30:00' AS TIMESTAMP_LTZ(3)) AS TIMESTAMP(3)) AS STRING)", "2024-10-27 02:30:00.000");
  EXPECT("EXTRACT(EPOCH FROM CAST('2024-10-27 02:30:00' AS TIMESTAMP_LTZ(3)))", "1729989000"); /* the earlier one, as in java.time */
  tear_down(&f);
}

static void test_digits_far_away(void **state) {
  (void)state;
  fixture f;
  set_up(&f, "UTC");
  EXPECT("ROUND(1e300, -1000)", "0.0");
  EXPECT("TRUNCATE(-1.7976931348623157E308, -2147483647 - 1)", "0.0");
  EXPECT("ROUND(1.7976931348623157E308, -308)", "Infinity"); /* 2e308 */
  EXPECT("ROUND(1.5e0, 2147483647)", "1.5");
  tear_down(&f);
}

/* LIKE by recursion over bytes and characters. */
static bool naive_like(const char *s, const char *p) {
  if (!*p) return !*s;
  if (*p == '%') return naive_like(s, p + 1) || (*s && naive_like(s + 1, p));
  if (!*s) return false;
  if (*p == '_') return *s != '\n' && naive_like(s + 1, p + 1);
  return *s == *p && naive_like(s + 1, p + 1);
}

static void test_like_against_a_naive_matcher(void **state) {
  (void)state;
  fixture f;
  set_up(&f, "UTC");
  srand(5);
  for (int i = 0; i < 3000; i++) {
    char text[16], pattern[16];
    int n = rand() % 8, m = rand() % 8;
    for (int k = 0; k < n; k++) text[k] = "abc"[rand() % 3];
    for (int k = 0; k < m; k++) pattern[k] = "abc%%_"[rand() % 6];
    text[n] = pattern[m] = 0;
    rn_arena_reset(&f.arena);
    const char *got = evaluate(&f, rn_arena_printf(&f.arena, "'%s' LIKE '%s'", text, pattern));
    assert_non_null(got);
    if ((strcmp(got, "TRUE") == 0) != naive_like(text, pattern)) print_error("'%s' LIKE '%s' -> %s\n", text, pattern, got);
    assert_string_equal(got, naive_like(text, pattern) ? "TRUE" : "FALSE");
  }
  EXPECT("'a\nb' LIKE 'a_b'", "FALSE");
  EXPECT("'a\nb' LIKE 'a%b'", "TRUE");
  EXPECT("'äb' LIKE '_b'", "TRUE");
  EXPECT("'a%c' LIKE 'a!%c' ESCAPE '!'", "TRUE");
  EXPECT("'abc' LIKE 'a!%c' ESCAPE '!'", "FALSE");
  EXPECT("'abcdefgh' LIKE 'abcde%'", "TRUE");
  EXPECT("'abcdefghijklmnop' NOT LIKE 'abcdx%'", "TRUE");
  EXPECT("'xay' SIMILAR TO '%(a|b)_'", "TRUE");
  EXPECT("'x.y' SIMILAR TO 'x.y'", "TRUE");
  EXPECT("'x$y' SIMILAR TO 'x$y'", "TRUE");
  tear_down(&f);
}

static void test_sets_of_constants(void **state) {
  (void)state;
  fixture f;
  set_up(&f, "UTC");
  EXPECT("5 IN (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)", "TRUE");
  EXPECT("11 IN (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)", "FALSE");
  EXPECT("11 IN (1, NULL)", "NULL");
  EXPECT("1 IN (1, NULL)", "TRUE");
  EXPECT("'b' IN ('a', 'b')", "TRUE");
  EXPECT("'a longer text than twelve' IN ('x', 'a longer text than twelve')", "TRUE");
  EXPECT("1.50 IN (1.5, 2)", "TRUE");
  EXPECT("CAST(NULL AS INT) IN (1, 2)", "NULL");
  EXPECT("DATE '2024-01-01' IN (DATE '2024-01-01')", "TRUE");
  tear_down(&f);
}

static void test_patterns_of_time(void **state) {
  (void)state;
  fixture f;
  set_up(&f, "UTC");
  EXPECT("DATE_FORMAT(TIMESTAMP '2024-02-29 13:14:15.678', 'E EEEE D w W F')", "Thu Thursday 60 9 5 1");
  EXPECT("DATE_FORMAT(TIMESTAMP '2024-02-29 13:14:15.678', 'yy/M/d h:m:s a')", "24/2/29 1:14:15 PM");
  EXPECT("DATE_FORMAT(TIMESTAMP '2024-12-31 00:00:00', 'YYYY-ww')", "2025-01");
  EXPECT("DATE_FORMAT(TIMESTAMP '2024-02-29 00:00:00', 'k K ''o''''clock''')", "24 0 o'clock");
  EXPECT("TO_TIMESTAMP('20240229131415678', 'yyyyMMddHHmmssSSS')", "2024-02-29 13:14:15.678");
  EXPECT("TO_TIMESTAMP('Feb 29 2024', 'MMM dd yyyy')", "2024-02-29 00:00:00.000");
  EXPECT("TO_TIMESTAMP('1:05 PM', 'h:mm a')", "1970-01-01 13:05:00.000");
  EXPECT("TO_TIMESTAMP('2024-060', 'yyyy-DDD')", "2024-02-29 00:00:00.000");
  EXPECT("TO_TIMESTAMP('x', 'yyyy')", "NULL");
  EXPECT("TO_TIMESTAMP('2024-02-29', 'bad pattern')", "NULL");
  tear_down(&f);
}

static void expect_style(fixture *f, const char *expr, rn_text_style style, const char *want) {
  rn_expr *e = bind(f, expr);
  assert_non_null(e);
  rn_value v;
  assert_int_equal(rn_expr_evaluate(e, f->zone, 0, &f->arena, &v, &f->err), RN_OK);
  rn_column c;
  rn_column_from_value(&c, &v, &f->arena);
  rn_builder b = {0};
  rn_value_text(&b, &c, 0, style, f->zone);
  assert_string_equal(b.data, want);
  rn_builder_free(&b);
}

static void test_styles_of_value_text(void **state) {
  (void)state;
  fixture f;
  set_up(&f, "Asia/Tokyo");
  static const struct { const char *expr, *cast, *print, *sqlite, *json; } cases[] = {
    {"TRUE", "TRUE", "true", "1", "true"},
    {"CAST(NULL AS INT)", "NULL", "null", "NULL", "null"},
    {"12.50", "12.50", "12.50", "12.50", "12.50"},
    {"1e10", "1.0E10", "1.0E10", "1.0E10", "1.0E10"},
    {"'a\"b'", "a\"b", "a\"b", "a\"b", "\"a\\\"b\""},
    {"X'01FF'", "\x01\xFF", "[1, -1]", "\x01\xFF", "\"Af8=\""},
    {"DATE '2024-02-29'", "2024-02-29", "2024-02-29", "2024-02-29", "\"2024-02-29\""},
    {"TIME '13:00:00'", "13:00:00", "13:00", "13:00:00", "\"13:00:00\""},
    {"CAST('13:14:15.670' AS TIME(3))", "13:14:15.67", "13:14:15.670", "13:14:15.670", "\"13:14:15.67\""},
    {"TIMESTAMP '2024-02-29 13:14:15.600'", "2024-02-29 13:14:15.600", "2024-02-29T13:14:15.600", "2024-02-29 13:14:15.600", "\"2024-02-29 13:14:15.6\""},
    {"TIMESTAMP '2024-02-29 13:00:00'", "2024-02-29 13:00:00", "2024-02-29T13:00", "2024-02-29 13:00:00", "\"2024-02-29 13:00:00\""},
    {"TO_TIMESTAMP_LTZ(0, 3)", "1970-01-01 09:00:00.000", "1970-01-01T00:00:00Z", "1970-01-01 00:00:00.000Z", "\"1970-01-01 00:00:00Z\""},
    {"INTERVAL '1 02:03:04.5' DAY TO SECOND", "+1 02:03:04.500", "PT26H3M4.5S", "93784500", "93784500"},
    {"INTERVAL '14' MONTH", "+1-02", "P1Y2M", "14", "14"},
    {"ROW(1, 'x')", "(1, x)", "+I[1, x]", "{\"EXPR$0\":1,\"EXPR$1\":\"x\"}", "{\"EXPR$0\":1,\"EXPR$1\":\"x\"}"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    expect_style(&f, cases[i].expr, RN_TEXT_CAST, cases[i].cast);
    expect_style(&f, cases[i].expr, RN_TEXT_PRINT, cases[i].print);
    expect_style(&f, cases[i].expr, RN_TEXT_SQLITE, cases[i].sqlite);
    expect_style(&f, cases[i].expr, RN_TEXT_JSON, cases[i].json);
  }
  tear_down(&f);
}

static void test_base64(void **state) {
  (void)state;
  rn_builder text = {0}, back = {0};
  for (size_t len = 0; len < 200; len++) {
    char bytes[200];
    for (size_t i = 0; i < len; i++) bytes[i] = (char)(rand() % 256);
    rn_builder_clear(&text);
    rn_builder_clear(&back);
    rn_base64_encode(&text, rn_slice_make(bytes, len));
    assert_int_equal(text.len, (len + 2) / 3 * 4);
    assert_true(rn_base64_decode(&back, rn_slice_make(text.data ? text.data : "", text.len)));
    assert_int_equal(back.len, len);
    assert_true(len == 0 || memcmp(back.data, bytes, len) == 0);
  }
  static const char *const bad[] = {"!!", "a", "aGk===", "aG k", "=", "===="};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(rn_base64_decode(&back, rn_slice_of(bad[i])));
  rn_builder_free(&text);
  rn_builder_free(&back);
}

static void test_casts_of_rows(void **state) {
  (void)state;
  fixture f;
  set_up(&f, "UTC");
  EXPECT("CAST(ROW(1, '2', ROW(1.5)) AS ROW<a STRING, b INT, c ROW<d INT>>)", "(1, 2, (1))");
  EXPECT("CAST(CAST(ROW(1, 'x') AS ROW<a BIGINT, b STRING>) AS STRING)", "(1, x)");
  assert_null(evaluate(&f, "CAST(ROW(1, 'x') AS ROW<a BIGINT, b INT>)"));
  assert_int_equal(f.err.code, RN_E_CAST_VALUE);
  assert_null(evaluate(&f, "CAST(ROW(1) AS ROW<a INT, b INT>)"));
  tear_down(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_every_example_is_true), cmocka_unit_test(test_rows_are_found),
    cmocka_unit_test(test_argument_errors_show_the_forms), cmocka_unit_test(test_run_time_errors),
    cmocka_unit_test(test_printf), cmocka_unit_test(test_zones), cmocka_unit_test(test_digits_far_away), cmocka_unit_test(test_like_against_a_naive_matcher),
    cmocka_unit_test(test_sets_of_constants), cmocka_unit_test(test_patterns_of_time),
    cmocka_unit_test(test_styles_of_value_text), cmocka_unit_test(test_base64), cmocka_unit_test(test_casts_of_rows),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
