/* Collections in columns: building, finding, sameness and hash, keys that come twice, casts of many elements. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include "base/text.h"
#include "runtime/collection.h"
#include "runtime/expr.h"
#include "runtime/function.h"
#include "runtime/state.h"
#include "runtime/value_text.h"

static rn_arena arena;

static int release(void **state) {
  (void)state;
  rn_arena_free(&arena);
  return 0;
}

static rn_column column(const rn_type *type, uint32_t rows) {
  rn_column c;
  rn_column_init(&c, type, rows, &arena);
  return c;
}

static rn_column texts(const char *const *values, uint32_t count) {
  rn_column c = column(rn_type_basic(RN_T_VARCHAR, true), count);
  for (uint32_t i = 0; i < count; i++) {
    if (values[i]) {
      ((rn_str *)c.data)[i] = rn_str_make(values[i], strlen(values[i]));
    } else {
      rn_column_nullable(&c, count, &arena);
      rn_set_null(&c, i);
    }
  }
  return c;
}

static rn_column numbers(uint32_t count) {
  rn_column c = column(rn_type_basic(RN_T_INT, true), count);
  for (uint32_t i = 0; i < count; i++) ((int32_t *)c.data)[i] = (int32_t)i;
  return c;
}

static void assert_text(const rn_column *c, uint32_t row, const char *wanted) {
  rn_builder b = {0};
  rn_value_text(&b, c, row, RN_TEXT_CAST, NULL);
  assert_string_equal(b.data, wanted);
  rn_builder_free(&b);
}

static const rn_type *map_type(void) {
  return rn_type_map(&arena, rn_type_basic(RN_T_VARCHAR, true), rn_type_basic(RN_T_INT, true), true);
}

static void arrays_are_built_value_by_value(void **state) {
  (void)state;
  static const char *const words[] = {"a", NULL, "a text that is not inline"};
  rn_column from = texts(words, 3), c = column(rn_type_array(&arena, from.type, true), 3);
  rn_items_open(&c, 0);
  for (uint32_t i = 0; i < 3; i++) rn_items_push(&c, 0, &from, i, &arena);
  rn_items_open(&c, 1);
  rn_items_open(&c, 2);
  rn_items_push_null(&c, 2, &arena);
  rn_items_push_range(&c, 2, &c, 1, 2, &arena);
  assert_text(&c, 0, "[a, NULL, a text that is not inline]");
  assert_text(&c, 1, "[]");
  assert_text(&c, 2, "[NULL, NULL, a text that is not inline]");
  assert_int_equal(rn_items_search(&c.children[0], rn_items_at(&c, 0), &from, 2), 2);
  assert_int_equal(rn_items_search(&c.children[0], rn_items_at(&c, 0), &from, 1), 1);
  assert_int_equal(rn_items_search(&c.children[0], rn_items_at(&c, 1), &from, 0), -1);
}

static void maps_keep_the_last_value_of_a_key(void **state) {
  (void)state;
  static const char *const words[] = {"a", NULL, "b", "a"};
  rn_column keys = texts(words, 4), values = numbers(4), c = column(map_type(), 2);
  rn_items_open(&c, 0);
  for (uint32_t i = 0; i < 4; i++) rn_items_put(&c, 0, &keys, i, &values, i, &arena);
  assert_text(&c, 0, "{a=3, NULL=1, b=2}");
  assert_int_equal(rn_items_find(&c, 0, &keys, 2), 2);
  rn_column counted = column(rn_type_multiset(&arena, keys.type, true), 1);
  rn_items_open(&counted, 0);
  for (uint32_t i = 0; i < 4; i++) rn_items_add(&counted, 0, &keys, i, 1, &arena);
  rn_items_add(&counted, 0, &keys, 2, 4, &arena);
  assert_text(&counted, 0, "{a=2, NULL=1, b=5}");
}

/* Many entries go through a table: every key twice, and what is left is as if they had been put one by one. */
static void many_keys_that_come_twice(void **state) {
  (void)state;
  for (uint32_t distinct = 1; distinct <= 3000; distinct = distinct * 3 + 1) {
    uint32_t count = distinct * 2;
    rn_column c = column(map_type(), 1);
    rn_items_open(&c, 0);
    uint32_t at = rn_items_extend(&c, 0, count, &arena);
    for (uint32_t i = 0; i < count; i++) {
      char text[24];
      int len = snprintf(text, sizeof text, "key number %u", (i * 7) % distinct);
      ((rn_str *)c.children[0].data)[at + i] = rn_str_copy(&arena, rn_str_make(text, (size_t)len));
      ((int32_t *)c.children[1].data)[at + i] = (int32_t)i;
    }
    rn_items_unique(&c, 0, &arena);
    uint32_t wanted = distinct % 7 ? distinct : distinct / 7;
    assert_int_equal(rn_items_at(&c, 0).length, wanted);
    assert_int_equal(c.children[0].used, wanted);
    for (uint32_t i = 0; i < wanted; i++) { /* the last of each is in the second half */
      assert_true(((const int32_t *)c.children[1].data)[i] >= (int32_t)(count - distinct));
      for (uint32_t k = 0; k < i && wanted < 100; k++) assert_false(rn_value_same(&c.children[0], i, &c.children[0], k));
    }
  }
}

static void sameness_and_hash_of_maps_know_no_order(void **state) {
  (void)state;
  static const char *const words[] = {"a", "b", NULL};
  rn_column keys = texts(words, 3), values = numbers(3), c = column(map_type(), 3);
  for (uint32_t row = 0; row < 3; row++) {
    rn_items_open(&c, row);
    for (uint32_t i = 0; i < 3; i++) {
      uint32_t from = row == 1 ? 2 - i : i;
      rn_items_put(&c, row, &keys, from, &values, row == 2 && from == 1 ? 0 : from, &arena);
    }
  }
  assert_true(rn_value_same(&c, 0, &c, 1));
  assert_false(rn_value_same(&c, 0, &c, 2));
  assert_true(rn_value_hash(&c, 0) == rn_value_hash(&c, 1));
  assert_true(rn_value_hash(&c, 0) != rn_value_hash(&c, 2));
  /* and as keys of state they are the same bytes */
  rn_builder a = {0}, b = {0};
  rn_value_encode(&a, &c, 0);
  rn_value_encode(&b, &c, 1);
  assert_int_equal(a.len, b.len);
  assert_memory_equal(a.data, b.data, a.len);
  rn_builder_free(&a);
  rn_builder_free(&b);
}

/* More elements than a selection can count. */
static void casts_take_any_number_of_elements(void **state) {
  (void)state;
  enum { ROWS = 3, EACH = 40000 };
  rn_column in = column(rn_type_array(&arena, rn_type_basic(RN_T_INT, true), true), ROWS);
  for (uint32_t row = 0; row < ROWS; row++) {
    rn_items_open(&in, row);
    uint32_t at = rn_items_extend(&in, row, EACH, &arena);
    for (uint32_t i = 0; i < EACH; i++) ((int32_t *)in.children[0].data)[at + i] = (int32_t)(row * EACH + i);
    rn_items_push_null(&in, row, &arena);
  }
  const rn_type *to = rn_type_array(&arena, rn_type_basic(RN_T_VARCHAR, true), true);
  rn_error err;
  rn_error_clear(&err);
  const rn_function *fn;
  rn_resolution res;
  assert_int_equal(rn_cast_resolve(in.type, to, false, (rn_span){0, 0}, &arena, &fn, &res, &err), RN_OK);
  rn_expr *e = rn_expr_column(&arena, 0, in.type, (rn_span){0, 0});
  e = rn_expr_make(&arena, RN_EXPR_CALL, to, e->span, 1, &e);
  e->function = fn;
  e->kernel = res.kernel;
  rn_program *program;
  assert_int_equal(rn_program_compile(&e, 1, &arena, &program, &err), RN_OK);
  rn_batch batch = {.rows = ROWS, .live_count = ROWS, .column_count = 1, .columns = &in, .arena = &arena};
  rn_zone *zone;
  assert_int_equal(rn_zone_open("UTC", &zone, &err), RN_OK);
  rn_eval eval = {.arena = &arena, .zone = zone, .err = &err};
  rn_column out;
  assert_int_equal(rn_program_run(program, &batch, &eval, &out), RN_OK);
  for (uint32_t row = 0; row < ROWS; row++) {
    rn_list list = rn_items_at(&out, row);
    assert_int_equal(list.length, EACH + 1);
    for (uint32_t i = 0; i < EACH; i += 777) {
      char wanted[16];
      (void)snprintf(wanted, sizeof wanted, "%u", row * EACH + i);
      assert_text(&out.children[0], list.offset + i, wanted);
    }
    assert_true(rn_is_null(&out.children[0], list.offset + EACH));
  }
  rn_program_free(program);
  rn_zone_close(zone);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(arrays_are_built_value_by_value), cmocka_unit_test(maps_keep_the_last_value_of_a_key),
    cmocka_unit_test(many_keys_that_come_twice), cmocka_unit_test(sameness_and_hash_of_maps_know_no_order),
    cmocka_unit_test(casts_take_any_number_of_elements),
  };
  return cmocka_run_group_tests(tests, NULL, release);
}
