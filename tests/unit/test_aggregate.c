/* Aggregates: result types, NULLs, wrapping, DECIMAL rules, merge and subtract for every type that a row takes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "runtime/aggregate.h"
#include "runtime/value_text.h"

static rn_arena arena;
static rn_state *state;

static rn_agg_call resolve(const char *name, const rn_type *type, bool distinct) {
  rn_agg_call call;
  rn_error err = {0};
  if (rn_aggregate_resolve(rn_slice_of(name), &type, type ? 1 : 0, distinct, true, (rn_span){3, 9}, &arena, &call, &err) != RN_OK) {
    fail_msg("%s: %s", name, err.message);
  }
  return call;
}

static char *slot_of(const rn_agg_call *call) {
  char *slot = rn_arena_zalloc(&arena, call->ops->size + 32u);
  if (call->ops->init) call->ops->init(slot);
  return slot;
}

static const char *result_of(const rn_agg_call *call, const char *slot) {
  rn_column out;
  const uint8_t *at = (const uint8_t *)slot;
  rn_column_init(&out, call->result, 3, &arena);
  rn_column_nullable(&out, 3, &arena);
  call->ops->result(&at, 1, 0, &out, 2, state, &arena);
  rn_builder b = {0};
  rn_value_text(&b, &out, 2, RN_TEXT_CAST, NULL);
  const char *text = rn_arena_strdup(&arena, b.data);
  rn_builder_free(&b);
  return text;
}

/* A column of DECIMALs, integers, doubles .. from text: NULL entries are NULLs. */
static rn_column column_of(const rn_type *type, const char *const *values, uint32_t n) {
  rn_column c;
  rn_column_init(&c, type, n, &arena);
  rn_column_nullable(&c, n, &arena);
  for (uint32_t i = 0; i < n; i++) {
    if (!values[i]) {
      rn_set_null(&c, i);
      continue;
    }
    switch (rn_type_physical(type)) {
      case RN_P_BOOL: ((uint8_t *)c.data)[i] = values[i][0] == 't'; break;
      case RN_P_I8: ((int8_t *)c.data)[i] = (int8_t)atoi(values[i]); break;
      case RN_P_I16: ((int16_t *)c.data)[i] = (int16_t)atoi(values[i]); break;
      case RN_P_I32: ((int32_t *)c.data)[i] = atoi(values[i]); break;
      case RN_P_F32: ((float *)c.data)[i] = (float)atof(values[i]); break;
      case RN_P_F64: ((double *)c.data)[i] = atof(values[i]); break;
      case RN_P_STR: ((rn_str *)c.data)[i] = rn_str_make(values[i], strlen(values[i])); break;
      case RN_P_I128: case RN_P_I64: {
        rn_i128 v;
        assert_int_equal(rn_decimal_parse(rn_slice_of(values[i]), 38, type->id == RN_T_DECIMAL ? type->scale : 0, &v), RN_NUMBER_OK);
        if (rn_type_physical(type) == RN_P_I128) ((rn_i128 *)c.data)[i] = v;
        else ((int64_t *)c.data)[i] = (int64_t)v;
        break;
      }
      default: fail();
    }
  }
  return c;
}

/* The result in one go, merged from every cut into two, and with the first rows added and taken away again. */
static void check(const char *name, const rn_type *type, const char *result_type, const char *const *values, uint32_t n,
                  const char *expected) {
  rn_agg_call call = resolve(name, type, false);
  assert_string_equal(rn_type_name(&arena, call.result), result_type);
  rn_column c = column_of(type, values, n);
  uint8_t *slots[8];
  uint16_t rows[8];
  for (uint32_t cut = 0; cut <= n; cut++) {
    char *a = slot_of(&call), *b = slot_of(&call), *all = slot_of(&call), *alone = slot_of(&call);
    for (uint32_t i = 0; i < n; i++) {
      slots[i] = (uint8_t *)(i < cut ? a : b);
      rows[i] = (uint16_t)i;
    }
    call.ops->update(slots, 0, &c, &(rn_sel){rows, n}, state);
    for (uint32_t i = 0; i < n; i++) slots[i] = (uint8_t *)all;
    call.ops->update(slots, 0, &c, &(rn_sel){NULL, n}, state);
    if (strcmp(result_of(&call, all), expected) != 0) fail_msg("%s: %s, expected %s", name, result_of(&call, all), expected);
    call.ops->merge(a, b, state);
    if (strcmp(result_of(&call, a), expected) != 0) fail_msg("%s cut at %u: %s, expected %s", name, cut, result_of(&call, a), expected);
    if (call.ops->subtract) {
      for (uint32_t i = 0; i < n; i++) slots[i] = (uint8_t *)alone;
      call.ops->update(slots, 0, &c, &(rn_sel){rows, cut}, state);
      call.ops->merge(all, alone, state);
      call.ops->subtract(all, alone, state);
      assert_string_equal(result_of(&call, all), expected);
      call.ops->merge(all, alone, state);
      for (uint32_t i = 0; i < n; i++) slots[i] = (uint8_t *)all;
      call.ops->retract(slots, 0, &c, &(rn_sel){rows, cut}, state);
      assert_string_equal(result_of(&call, all), expected);
    }
  }
}
#define CHECK(name, type, result, expected, ...)                    \
  do {                                                              \
    static const char *const v_[] = {__VA_ARGS__};                  \
    check(name, type, result, v_, sizeof v_ / sizeof v_[0], expected); \
  } while (0)

static const rn_type *basic(rn_type_id id) { return rn_type_basic(id, true); }

static void test_integers(void **s) {
  (void)s;
  CHECK("SUM", basic(RN_T_INT), "INT", "6", "1", NULL, "5");
  CHECK("SUM", basic(RN_T_INT), "INT", "NULL", NULL, NULL);
  CHECK("SUM", basic(RN_T_INT), "INT", "-2147483648", "2147483647", "1"); /* wraps, as Java does */
  CHECK("SUM", basic(RN_T_TINYINT), "TINYINT", "-126", "127", "3");
  CHECK("SUM", basic(RN_T_SMALLINT), "SMALLINT", "-32768", "32767", "1");
  CHECK("SUM", basic(RN_T_BIGINT), "BIGINT", "-9223372036854775808", "9223372036854775807", "1");
  CHECK("AVG", basic(RN_T_INT), "INT", "1", "1", "2", NULL); /* truncates */
  CHECK("AVG", basic(RN_T_INT), "INT", "-1", "-1", "-2");
  CHECK("AVG", basic(RN_T_TINYINT), "TINYINT", "120", "120", "120", "120"); /* the sum is wider than the type */
  CHECK("COUNT", basic(RN_T_INT), "BIGINT", "2", "1", NULL, "1");
  CHECK("MIN", basic(RN_T_BIGINT), "BIGINT", "-5", "3", NULL, "-5", "9");
  CHECK("MAX", basic(RN_T_TINYINT), "TINYINT", "-1", "-3", "-1");
  CHECK("MAX", basic(RN_T_BOOLEAN), "BOOLEAN", "TRUE", "false", "true");
}

static void test_decimals(void **s) {
  (void)s;
  const rn_type *small = rn_type_decimal(&arena, 10, 2, true), *wide = rn_type_decimal(&arena, 38, 3, true);
  CHECK("SUM", small, "DECIMAL(38, 2)", "3.00", "1.25", "1.75", NULL);
  CHECK("AVG", small, "DECIMAL(38, 6)", "1.666667", "1", "2", "2");
  CHECK("AVG", small, "DECIMAL(38, 6)", "-1.500000", "-1.50", NULL);
  CHECK("MAX", small, "DECIMAL(10, 2)", "7.10", "7.10", "-8");
  CHECK("SUM", wide, "DECIMAL(38, 3)", "0.001", "12345678901234567890123456789012345.001", "-12345678901234567890123456789012345");
  CHECK("SUM", wide, "DECIMAL(38, 3)", "NULL", "99999999999999999999999999999999999", "1"); /* 39 digits */
  CHECK("MIN", wide, "DECIMAL(38, 3)", "-2.000", "-2", "1");
  CHECK("AVG", rn_type_decimal(&arena, 12, 8, true), "DECIMAL(38, 8)", "0.50000000", "0.25", "0.75");
  CHECK("FIRST_VALUE", wide, "DECIMAL(38, 3)", "5.000", NULL, "5", "6");
  CHECK("STDDEV_POP", small, "DECIMAL(38, 6)", "0.500000", "1", "2");
}

static void test_floats(void **s) {
  (void)s;
  CHECK("SUM", basic(RN_T_DOUBLE), "DOUBLE", "4.0", "1.5", "2.5", NULL);
  CHECK("AVG", basic(RN_T_DOUBLE), "DOUBLE", "2.0", "1.5", "2.5");
  CHECK("SUM", basic(RN_T_FLOAT), "FLOAT", "4.0", "1.5", "2.5");
  CHECK("AVG", basic(RN_T_FLOAT), "FLOAT", "2.0", "1.5", "2.5");
  CHECK("MIN", basic(RN_T_FLOAT), "FLOAT", "-1.5", "2", "-1.5");
  CHECK("STDDEV_POP", basic(RN_T_DOUBLE), "DOUBLE", "0.5", "1", "2");
  CHECK("STDDEV_POP", basic(RN_T_DOUBLE), "DOUBLE", "0.0", "7");
  CHECK("VAR_POP", basic(RN_T_DOUBLE), "DOUBLE", "2.0", "1", "2", "3", "4", "5");
  CHECK("VAR_SAMP", basic(RN_T_DOUBLE), "DOUBLE", "2.5", "1", "2", "3", "4", "5");
  CHECK("VAR_SAMP", basic(RN_T_INT), "INT", "18", "7", "1");  /* what a real Flink answered */
  CHECK("VAR_SAMP", basic(RN_T_INT), "INT", "0", "1", "2");
  CHECK("VAR_SAMP", basic(RN_T_INT), "INT", "NULL", "1");
  CHECK("STDDEV", basic(RN_T_INT), "INT", "NULL", "1", NULL);
  /* never subtracted: a NaN or 1e300 that left would stay */
  assert_null(resolve("SUM", basic(RN_T_DOUBLE), false).ops->subtract);
  assert_null(resolve("AVG", basic(RN_T_FLOAT), false).ops->subtract);
  assert_non_null(resolve("SUM", basic(RN_T_INT), false).ops->subtract);
}

static void test_texts(void **s) {
  (void)s;
  CHECK("MIN", basic(RN_T_VARCHAR), "STRING", "", "b", "", NULL);
  CHECK("MAX", basic(RN_T_VARCHAR), "STRING", "a longer text than that", "a longer text", "a longer text than that", "A");
  CHECK("FIRST_VALUE", basic(RN_T_VARCHAR), "STRING", "", NULL, "", "x");
  CHECK("LAST_VALUE", basic(RN_T_VARCHAR), "STRING", "x", "y", "x", NULL);
  CHECK("LAST_VALUE", basic(RN_T_INT), "INT", "2", "1", "2", NULL);
  CHECK("FIRST_VALUE", basic(RN_T_DOUBLE), "DOUBLE", "NULL", NULL, NULL);
  CHECK("COUNT", basic(RN_T_VARCHAR), "BIGINT", "2", "", "x", NULL);
}

static void expect_error(const char *name, const rn_type *const *types, uint32_t count, bool distinct, bool over, rn_code code,
                         const char *part) {
  rn_agg_call call;
  rn_error err = {0};
  assert_int_equal(rn_aggregate_resolve(rn_slice_of(name), types, count, distinct, over, (rn_span){3, 9}, &arena, &call, &err), RN_FAIL);
  assert_int_equal(err.code, code);
  if (!strstr(err.message, part)) fail_msg("%s: message is \"%s\"", name, err.message);
  assert_int_equal(err.span.begin, 3);
}

static void test_errors(void **s) {
  (void)s;
  const rn_type *text[] = {basic(RN_T_VARCHAR), basic(RN_T_INT)};
  expect_error("SUM", text, 1, false, false, RN_E_ARGUMENTS, "SUM([DISTINCT] x NUMERIC), got (STRING)");
  expect_error("SUM", text, 0, false, false, RN_E_ARGUMENTS, "got ()");
  expect_error("COUNT", text, 2, false, false, RN_E_ARGUMENTS, "COUNT");
  expect_error("ROW_NUMBER", text, 0, false, false, RN_E_AGGREGATE_PLACE, "OVER");
  expect_error("RANK", text, 0, true, true, RN_E_ARGUMENTS, "DISTINCT");
  expect_error("COUNT", text, 0, true, false, RN_E_ARGUMENTS, "DISTINCT");
  const rn_type *lag[] = {basic(RN_T_INT), basic(RN_T_VARCHAR)};
  expect_error("LAG", lag, 2, false, true, RN_E_ARGUMENTS, "LAG(x");
}

static void test_rows(void **s) {
  (void)s;
  const rn_aggregate *row;
  for (size_t i = 0; (row = rn_aggregate_rows(i)) != NULL; i++) {
    assert_ptr_equal(rn_aggregate_find(rn_slice_of(row->name)), row);
    assert_non_null(row->help);
    assert_non_null(row->signature);
    assert_non_null(strstr(row->example, row->name));
  }
  assert_null(rn_aggregate_find(rn_slice_of("NOSUCH")));
  assert_non_null(rn_aggregate_find(rn_slice_of("count")));
  assert_false(resolve("MAX", basic(RN_T_INT), true).distinct); /* the extremes of a set are those of the values */
  assert_true(resolve("SUM", basic(RN_T_INT), true).distinct);
  assert_false(resolve("COUNT", NULL, false).result->nullable);
  assert_true(resolve("SUM", rn_type_basic(RN_T_INT, false), false).result->nullable);
  const rn_type *lag[] = {basic(RN_T_INT), rn_type_basic(RN_T_INT, false), rn_type_basic(RN_T_INT, false)};
  rn_agg_call call;
  rn_error err = {0};
  assert_int_equal(rn_aggregate_resolve(rn_slice_of("LAG"), lag, 3, false, true, (rn_span){0, 0}, &arena, &call, &err), RN_OK);
  assert_true(call.result->nullable); /* an earlier NULL stays NULL */
}

static int set_up(void **s) {
  (void)s;
  rn_arena_init(&arena);
  state = rn_state_open("op", 1, 0, RN_KEY_GROUPS);
  return 0;
}
static int tear_down(void **s) {
  (void)s;
  rn_state_close(state);
  rn_arena_free(&arena);
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_integers), cmocka_unit_test(test_decimals), cmocka_unit_test(test_floats),
                                     cmocka_unit_test(test_texts), cmocka_unit_test(test_errors), cmocka_unit_test(test_rows)};
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
