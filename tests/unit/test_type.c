/* runtime/type.h: spellings, defaults, sameness. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "runtime/batch.h"
#include "runtime/type.h"

static rn_arena arena;

static int tear_down(void **state) {
  (void)state;
  rn_arena_free(&arena);
  return 0;
}

static void defaults_print_as_the_dialect_does(void **state) {
  (void)state;
  static const struct {
    rn_type_id id;
    const char *text;
  } rows[] = {
    {RN_T_NULL, "NULL"}, {RN_T_BOOLEAN, "BOOLEAN"}, {RN_T_TINYINT, "TINYINT"}, {RN_T_SMALLINT, "SMALLINT"},
    {RN_T_INT, "INT"}, {RN_T_BIGINT, "BIGINT"}, {RN_T_FLOAT, "FLOAT"}, {RN_T_DOUBLE, "DOUBLE"},
    {RN_T_DECIMAL, "DECIMAL(10, 0)"}, {RN_T_CHAR, "CHAR(1)"}, {RN_T_VARCHAR, "STRING"}, {RN_T_BINARY, "BINARY(1)"},
    {RN_T_VARBINARY, "BYTES"}, {RN_T_DATE, "DATE"}, {RN_T_TIME, "TIME(0)"}, {RN_T_TIMESTAMP, "TIMESTAMP(6)"},
    {RN_T_TIMESTAMP_LTZ, "TIMESTAMP_LTZ(6)"}, {RN_T_INTERVAL_MONTH, "INTERVAL MONTH"},
    {RN_T_INTERVAL_MS, "INTERVAL SECOND(3)"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    assert_string_equal(rn_type_text(&arena, rn_type_basic(rows[i].id, true)), rows[i].text);
    const char *not_null = rn_arena_printf(&arena, "%s NOT NULL", rows[i].text);
    assert_string_equal(rn_type_text(&arena, rn_type_basic(rows[i].id, false)), not_null);
    assert_string_equal(rn_type_name(&arena, rn_type_basic(rows[i].id, false)), rows[i].text);
    /* statics and constructors agree on the default parameters */
    const rn_type *changed = rn_type_with_time(&arena, rn_type_basic(rows[i].id, true), RN_TIME_ROWTIME);
    assert_true(rn_type_same(changed, rn_type_basic(rows[i].id, false)));
    const rn_type *sized = rn_type_sized(&arena, rows[i].id, rn_type_basic(rows[i].id, true)->precision, true);
    assert_ptr_equal(sized, rn_type_basic(rows[i].id, true));
  }
}

static void parameters_and_nesting(void **state) {
  (void)state;
  assert_string_equal(rn_type_text(&arena, rn_type_decimal(&arena, 38, 18, false)), "DECIMAL(38, 18) NOT NULL");
  assert_string_equal(rn_type_text(&arena, rn_type_sized(&arena, RN_T_VARCHAR, 10, true)), "VARCHAR(10)");
  assert_string_equal(rn_type_text(&arena, rn_type_sized(&arena, RN_T_VARBINARY, 2, true)), "VARBINARY(2)");
  assert_string_equal(rn_type_text(&arena, rn_type_sized(&arena, RN_T_TIMESTAMP_LTZ, 3, true)), "TIMESTAMP_LTZ(3)");
  const rn_type *doubles = rn_type_basic(RN_T_DOUBLE, true);
  const rn_type *inner = rn_type_row(&arena, 1, (const char *[]){"q"}, &doubles, true);
  const rn_type *row = rn_type_row(&arena, 3, (const char *[]){"x", "y`z", "z"},
                                   (const rn_type *[]){rn_type_basic(RN_T_INT, false), rn_type_basic(RN_T_VARCHAR, true), inner}, true);
  assert_string_equal(rn_type_text(&arena, row), "ROW<`x` INT NOT NULL, `y``z` STRING, `z` ROW<`q` DOUBLE>>");
  assert_string_equal(rn_type_name(&arena, row), "ROW<`x` INT, `y``z` STRING, `z` ROW<`q` DOUBLE>>");
  const rn_type *array = rn_type_array(&arena, rn_type_basic(RN_T_INT, false), false);
  assert_string_equal(rn_type_text(&arena, array), "ARRAY<INT NOT NULL> NOT NULL");
  const rn_type *map = rn_type_map(&arena, rn_type_basic(RN_T_VARCHAR, true), rn_type_basic(RN_T_INT, true), true);
  assert_string_equal(rn_type_text(&arena, map), "MAP<STRING, INT>");
  assert_string_equal(rn_type_text(&arena, rn_type_multiset(&arena, map, true)), "MULTISET<MAP<STRING, INT>>");
  const rn_type *unnamed = rn_type_row(&arena, 1, NULL, &doubles, false);
  assert_string_equal(rn_type_text(&arena, unnamed), "ROW<`EXPR$0` DOUBLE> NOT NULL");
  assert_true(rn_type_same(unnamed, inner));
  assert_false(rn_type_same(row, inner));
  const rn_type *copy = rn_type_copy(&arena, row);
  assert_ptr_not_equal(copy, row);
  assert_true(rn_type_same(copy, row));
  assert_string_equal(copy->names[1], "y`z");
  rn_builder b = {0};
  rn_type_print(rn_type_with_time(&arena, rn_type_sized(&arena, RN_T_TIMESTAMP, 3, true), RN_TIME_ROWTIME), &b);
  assert_string_equal(b.data, "TIMESTAMP(3) *ROWTIME*");
  rn_builder_clear(&b);
  rn_type_print(rn_type_with_time(&arena, rn_type_sized(&arena, RN_T_TIMESTAMP_LTZ, 3, false), RN_TIME_PROCTIME), &b);
  assert_string_equal(b.data, "TIMESTAMP_LTZ(3) NOT NULL *PROCTIME*");
  rn_builder_free(&b);
}

static void physical_forms(void **state) {
  (void)state;
  assert_int_equal(rn_type_physical(rn_type_decimal(&arena, 18, 2, true)), RN_P_I64);
  assert_int_equal(rn_type_physical(rn_type_decimal(&arena, 19, 2, true)), RN_P_I128);
  assert_int_equal(rn_physical_width(rn_type_physical(rn_type_basic(RN_T_VARCHAR, true))), sizeof(rn_str));
  assert_int_equal(rn_physical_width(rn_type_physical(rn_type_basic(RN_T_DATE, true))), 4);
  assert_int_equal(rn_physical_width(rn_type_physical(rn_type_basic(RN_T_TIMESTAMP, true))), 8);
  assert_int_equal(rn_physical_width(rn_type_physical(rn_type_basic(RN_T_NULL, true))), 0);
}

static void families(void **state) {
  (void)state;
  assert_true(rn_type_is_exact(rn_type_basic(RN_T_DECIMAL, true)));
  assert_false(rn_type_is_integer(rn_type_basic(RN_T_DECIMAL, true)));
  assert_true(rn_type_is_integer(rn_type_basic(RN_T_TINYINT, true)));
  assert_true(rn_type_is_approximate(rn_type_basic(RN_T_FLOAT, true)));
  assert_false(rn_type_is_numeric(rn_type_basic(RN_T_BOOLEAN, true)));
  assert_false(rn_type_is_numeric(rn_type_basic(RN_T_INTERVAL_MS, true)));
  assert_true(rn_type_is_interval(rn_type_basic(RN_T_INTERVAL_MONTH, true)));
  assert_true(rn_type_is_temporal(rn_type_basic(RN_T_TIMESTAMP_LTZ, true)));
  assert_true(rn_type_is_timestamp(rn_type_basic(RN_T_TIMESTAMP_LTZ, true)));
  assert_false(rn_type_is_timestamp(rn_type_basic(RN_T_DATE, true)));
  assert_true(rn_type_is_string(rn_type_basic(RN_T_CHAR, true)));
  assert_true(rn_type_is_binary(rn_type_basic(RN_T_BINARY, true)));
  rn_field fields[] = {{"a", rn_type_basic(RN_T_INT, true)}, {"B", rn_type_basic(RN_T_INT, true)}};
  rn_schema schema = {2, fields};
  assert_int_equal(rn_schema_find(&schema, "B"), 1);
  assert_int_equal(rn_schema_find(&schema, "b"), -1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(defaults_print_as_the_dialect_does), cmocka_unit_test(parameters_and_nesting),
    cmocka_unit_test(physical_forms), cmocka_unit_test(families),
  };
  return cmocka_run_group_tests(tests, NULL, tear_down);
}
