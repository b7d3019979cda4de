/* Aggregates: result types, NULLs, wrapping, DECIMAL rules, merge and subtract for every type that a row takes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <math.h>
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
    if (call.ops->subtract && call.ops->retract) {
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
                         const char *part);

static void test_lists(void **s) {
  (void)s;
  CHECK("LISTAGG", basic(RN_T_VARCHAR), "STRING", "a,,a longer text than that", "a", NULL, "", "a longer text than that");
  CHECK("LISTAGG", basic(RN_T_VARCHAR), "STRING", "", NULL, "");
  CHECK("LISTAGG", basic(RN_T_VARCHAR), "STRING", "NULL", NULL, NULL);
  CHECK("ARRAY_AGG IGNORE NULLS", basic(RN_T_INT), "ARRAY<INT>", "[2, 1, 2]", "2", NULL, "1", "2");
  CHECK("ARRAY_AGG IGNORE NULLS", basic(RN_T_VARCHAR), "ARRAY<STRING>", "[b, , a text that is not inline]", "b", "", "a text that is not inline");
  CHECK("ARRAY_AGG IGNORE NULLS", basic(RN_T_INT), "ARRAY<INT>", "NULL", NULL, NULL);
  CHECK("COLLECT", basic(RN_T_BOOLEAN), "MULTISET<BOOLEAN>", "{FALSE=1, TRUE=2}", "true", "false", NULL, "true");
  CHECK("COLLECT", basic(RN_T_INT), "MULTISET<INT>", "{}", NULL);
  CHECK("FIRST_VALUE RESPECT NULLS", basic(RN_T_INT), "INT", "NULL", NULL, "1");
  CHECK("FIRST_VALUE RESPECT NULLS", basic(RN_T_VARCHAR), "STRING", "x", "x", NULL);
  CHECK("LAST_VALUE RESPECT NULLS", basic(RN_T_VARCHAR), "STRING", "NULL", "x", NULL);
  CHECK("LAST_VALUE RESPECT NULLS", rn_type_decimal(&arena, 38, 3, true), "DECIMAL(38, 3)", "7.000", NULL, "7");
}

/* A window that slides over values: what leaves is the oldest, and the block is moved together now and then. */
static void test_list_slides(void **s) {
  (void)s;
  enum { N = 300, WIDTH = 7 };
  rn_agg_call call = resolve("LISTAGG", basic(RN_T_VARCHAR), false);
  char *total = slot_of(&call), *alone[N];
  char texts[N][24];
  for (uint32_t i = 0; i < N; i++) {
    (void)snprintf(texts[i], sizeof texts[i], i % 5 ? "%u" : "a longer text %u", i);
    const char *value = i % 11 ? texts[i] : NULL;
    rn_column c = column_of(basic(RN_T_VARCHAR), &value, 1);
    alone[i] = slot_of(&call);
    call.ops->update((uint8_t *const *)(void *)&alone[i], 0, &c, &(rn_sel){NULL, 1}, state);
    call.ops->merge(total, alone[i], state);
    if (i >= WIDTH) call.ops->subtract(total, alone[i - WIDTH], state);
    rn_builder expected = {0};
    for (uint32_t k = i >= WIDTH ? i - WIDTH + 1 : 0; k <= i; k++) {
      if (k % 11) rn_builder_printf(&expected, "%s%s", expected.len ? "," : "", texts[k]);
    }
    assert_string_equal(result_of(&call, total), expected.len ? expected.data : "NULL");
    rn_builder_free(&expected);
  }
}

static void test_bits(void **s) {
  (void)s;
  CHECK("BIT_AND", basic(RN_T_INT), "INT", "4", "12", "6", NULL);
  CHECK("BIT_AND", basic(RN_T_INT), "INT", "NULL", NULL);
  CHECK("BIT_OR", basic(RN_T_TINYINT), "TINYINT", "-1", "1", "-2");
  CHECK("BIT_OR", basic(RN_T_SMALLINT), "SMALLINT", "7", "3", "4");
  CHECK("BIT_XOR", basic(RN_T_BIGINT), "BIGINT", "-9223372036854775806", "-9223372036854775808", "2", NULL);
  CHECK("BIT_XOR", basic(RN_T_INT), "INT", "0", "5", "5");
  const rn_type *text[] = {basic(RN_T_VARCHAR)};
  expect_error("BIT_AND", text, 1, false, false, RN_E_ARGUMENTS, "BIT_AND(x INTEGER), got (STRING)");
}

/* --- PERCENTILE against the definition: n values in order, position p * (n - 1) --------------------------------- */
static uint64_t random_bits = 88172645463325252u;
static uint32_t pick(uint32_t n) {
  random_bits ^= random_bits << 13;
  random_bits ^= random_bits >> 7;
  random_bits ^= random_bits << 17;
  return (uint32_t)(random_bits % n);
}
static int by_number(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}
static double naive_percentile(double *values, uint32_t n, double p) {
  qsort(values, n, sizeof *values, by_number);
  double at = p * (n - 1);
  uint32_t low = (uint32_t)at;
  return low + 1 < n ? values[low] + (values[low + 1] - values[low]) * (at - low) : values[low];
}

static void percentile_row(rn_agg_call *call, char *slot, double x, int64_t times, double p, bool back) {
  rn_column c;
  uint8_t *at = (uint8_t *)slot;
  rn_column_init(&c, call->arg_type, 1, &arena);
  *(double *)c.children[0].data = x;
  *(double *)c.children[1].data = p;
  *(int64_t *)c.children[2].data = times;
  (back ? call->ops->retract : call->ops->update)(&at, 0, &c, &(rn_sel){NULL, 1}, state);
}

static void test_percentile(void **s) {
  (void)s;
  const rn_type *types[] = {basic(RN_T_DOUBLE), rn_type_basic(RN_T_DOUBLE, false), basic(RN_T_BIGINT)};
  rn_agg_call call;
  rn_error err = {0};
  assert_int_equal(rn_aggregate_resolve(rn_slice_of("PERCENTILE"), types, 3, false, false, (rn_span){0, 0}, &arena, &call, &err), RN_OK);
  assert_string_equal(rn_type_name(&arena, call.result), "DOUBLE");
  enum { MOST = 2000 };
  static double values[MOST], copy[MOST];
  for (uint32_t round = 0; round < 12; round++) {
    double p = round == 0 ? 0 : round == 1 ? 1 : pick(1000) / 1000.0;
    uint32_t n = 0, steps = 20 + pick(700), range = round % 3 ? 10000 : 8;
    char *parts[2] = {slot_of(&call), slot_of(&call)}, *both = slot_of(&call);
    assert_string_equal(result_of(&call, both), "NULL");
    for (uint32_t i = 0; i < steps; i++) {
      if (n && pick(4) == 0) { /* takes one back */
        uint32_t gone = pick(n);
        percentile_row(&call, parts[pick(2)], values[gone], 1, p, true);
        values[gone] = values[--n];
      } else {
        uint32_t times = 1 + (pick(9) == 0);
        double x = (double)pick(range) / 4 - 3;
        percentile_row(&call, parts[pick(2)], x, times, p, false);
        for (uint32_t k = 0; k < times; k++) values[n++] = x;
      }
      percentile_row(&call, parts[0], 1, -1, p, false); /* no frequency: not counted */
    }
    call.ops->merge(both, parts[0], state);
    call.ops->merge(both, parts[1], state);
    memcpy(copy, values, sizeof copy);
    double expected = naive_percentile(copy, n, p), got = atof(result_of(&call, both));
    if (fabs(got - expected) > 1e-9) fail_msg("round %u: %.17g, expected %.17g", round, got, expected);
    call.ops->subtract(both, parts[1], state);
    call.ops->subtract(both, parts[0], state);
    assert_string_equal(result_of(&call, both), "NULL");
  }
}

/* --- APPROX_COUNT_DISTINCT: exact for few, then within four standard errors -------------------------------------- */
static void test_approx(void **s) {
  (void)s;
  rn_agg_call call = {0};
  rn_error err = {0};
  const rn_type *type = basic(RN_T_BIGINT);
  assert_int_equal(rn_aggregate_resolve(rn_slice_of("APPROX_COUNT_DISTINCT"), &type, 1, false, false, (rn_span){0, 0}, &arena, &call, &err), RN_OK);
  char *all = slot_of(&call), *odd = slot_of(&call), *merged = slot_of(&call);
  enum { CHUNK = 1000 };
  rn_column c;
  rn_column_init(&c, type, CHUNK, &arena);
  uint8_t *slots[CHUNK];
  for (int64_t n = 0; n < 400000;) {
    for (int64_t i = 0; i < CHUNK; i++) ((int64_t *)c.data)[i] = (n + i) * 7919 + 3;
    for (uint32_t i = 0; i < CHUNK; i++) slots[i] = (uint8_t *)all;
    for (int again = 0; again < 2; again++) call.ops->update(slots, 0, &c, &(rn_sel){NULL, CHUNK}, state);
    uint16_t rows[CHUNK];
    uint32_t odds = 0;
    for (uint16_t i = 1; i < CHUNK; i += 2) rows[odds] = i, slots[odds++] = (uint8_t *)odd;
    call.ops->update(slots, 0, &c, &(rn_sel){rows, odds}, state);
    n += CHUNK;
    if (n != 1000 && n != 2000 && n != 10000 && n % 100000) continue;
    double got = atof(result_of(&call, all)), got_odd = atof(result_of(&call, odd));
    if (n == 1000) assert_int_equal((int64_t)got, n);
    if (n <= 2000) assert_int_equal((int64_t)got_odd, n / 2);
    if (fabs(got - (double)n) > 0.0324 * (double)n) fail_msg("%lld values: %.0f", (long long)n, got);
    call.ops->merge(merged, odd, state); /* few into none, few into few, registers into registers .. */
    call.ops->merge(merged, all, state);
    assert_string_equal(result_of(&call, merged), result_of(&call, all));
  }
  char *mixed = slot_of(&call), *few = slot_of(&call); /* registers into few, few into registers */
  slots[0] = (uint8_t *)few;
  call.ops->update(slots, 0, &c, &(rn_sel){NULL, 1}, state);
  call.ops->merge(mixed, few, state);
  call.ops->merge(mixed, all, state);
  call.ops->merge(mixed, few, state);
  assert_string_equal(result_of(&call, mixed), result_of(&call, all));
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
    if (!(row->flags & RN_AGG_VARIANT)) assert_non_null(strstr(row->example, row->name));
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
                                     cmocka_unit_test(test_texts), cmocka_unit_test(test_errors), cmocka_unit_test(test_rows), cmocka_unit_test(test_lists), cmocka_unit_test(test_list_slides),
                                     cmocka_unit_test(test_bits), cmocka_unit_test(test_percentile), cmocka_unit_test(test_approx)};
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
