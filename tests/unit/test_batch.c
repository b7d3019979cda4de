/* runtime/batch.h: string views, copying of every physical kind, runs after compaction, values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/alloc.h"
#include "runtime/batch.h"

static rn_arena arena;

static int tear_down(void **state) {
  (void)state;
  rn_arena_free(&arena);
  return 0;
}

static rn_str str(const char *text) { return rn_str_make(text, strlen(text)); }

static void strings_compare_in_byte_order(void **state) {
  (void)state;
  static const char *const ascending[] = {"", "a", "ab", "abc", "abcd", "abcde", "abcdefghijkl", "abcdefghijklm",
                                          "abcdefghijklmnop", "abd", "b", "\xc3\xa4", "\xf0\x9f\x98\x80"};
  for (size_t i = 0; i < sizeof ascending / sizeof *ascending; i++) {
    for (size_t k = 0; k < sizeof ascending / sizeof *ascending; k++) {
      rn_str a = str(ascending[i]), b = str(ascending[k]);
      int order = rn_str_compare(&a, &b);
      assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
      assert_int_equal(rn_str_eq(&a, &b), i == k);
      assert_int_equal(rn_str_less(&a, &b), i < k);
    }
  }
  rn_str zero = rn_str_make("a\0", 2), one = str("a");
  assert_true(rn_str_compare(&zero, &one) > 0);
  assert_false(rn_str_eq(&zero, &one));
}

/* Lengths around 12 and 20, where the loads change; few letters, zero among them, so that most begin alike. Copies of
 * exactly their size, so that a read beyond is seen. */
static void random_strings_compare_as_memcmp_does(void **state) {
  (void)state;
  uint64_t seed = 1;
  for (int i = 0; i < 200000; i++) {
    rn_str two[2];
    char *bytes[2];
    size_t len[2];
    for (int k = 0; k < 2; k++) {
      seed = seed * 6364136223846793005u + 1442695040888963407u;
      len[k] = k && seed >> 62 ? len[0] : (seed >> 33) % 28;
      bytes[k] = rn_malloc(len[k] ? len[k] : 1);
      if (k) memcpy(bytes[1], bytes[0], len[0] < len[1] ? len[0] : len[1]);
      for (size_t c = 0; c < len[k]; c++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        bool kept = k && c < len[0] && (seed >> 33) % 16;
        if (!kept) bytes[k][c] = "aa\0\xff"[seed >> 62];
      }
      two[k] = rn_str_make(bytes[k], len[k]);
    }
    int order = memcmp(bytes[0], bytes[1], len[0] < len[1] ? len[0] : len[1]);
    if (!order) order = (len[0] > len[1]) - (len[0] < len[1]);
    int ours = rn_str_compare(&two[0], &two[1]);
    assert_int_equal((ours > 0) - (ours < 0), (order > 0) - (order < 0));
    assert_int_equal(rn_str_less(&two[0], &two[1]), order < 0);
    assert_int_equal(rn_str_less(&two[1], &two[0]), order > 0);
    assert_int_equal(rn_str_eq(&two[0], &two[1]), order == 0);
    rn_free(bytes[0]);
    rn_free(bytes[1]);
  }
}

static void string_views_outlive_their_bytes(void **state) {
  (void)state;
  char bytes[] = "longer than twelve bytes";
  rn_str copy = rn_str_copy(&arena, str(bytes));
  memset(bytes, 'x', sizeof bytes - 1);
  assert_true(rn_slice_is(rn_str_slice(&copy), "longer than twelve bytes"));
}

/* A batch of 6 rows: k BIGINT, s STRING, d DECIMAL(30,2), r ROW<x INT, y STRING>, a ARRAY<STRING>. */
static rn_schema make_schema(void) {
  const rn_type *pair[] = {rn_type_basic(RN_T_INT, true), rn_type_basic(RN_T_VARCHAR, true)};
  rn_field *f = RN_NEW_N(&arena, rn_field, 5);
  f[0] = (rn_field){"k", rn_type_basic(RN_T_BIGINT, true)};
  f[1] = (rn_field){"s", rn_type_basic(RN_T_VARCHAR, true)};
  f[2] = (rn_field){"d", rn_type_decimal(&arena, 30, 2, true)};
  f[3] = (rn_field){"r", rn_type_row(&arena, 2, (const char *[]){"x", "y"}, pair, true)};
  f[4] = (rn_field){"a", rn_type_array(&arena, rn_type_basic(RN_T_VARCHAR, true), true)};
  return (rn_schema){5, f};
}

static rn_value text_value(const char *text) {
  return (rn_value){.type = rn_type_basic(RN_T_VARCHAR, true), .u.text = rn_slice_of(text)};
}

static rn_value row_value(const rn_schema *schema, uint32_t column, uint32_t row) {
  const rn_type *type = schema->fields[column].type;
  if (row == 2) return rn_value_null(type);
  rn_value v = {.type = type};
  rn_value *items;
  switch (column) {
    case 0: v.u.i = row * 10; break;
    case 1: v.u.text = rn_slice_of(row % 2 ? "short" : "a text that is not inline"); break;
    case 2: v.u.wide = (rn_i128)row << 100; break;
    case 3:
      items = RN_NEW_N(&arena, rn_value, 2);
      items[0] = (rn_value){.type = type->children[0], .u.i = row};
      items[1] = row == 4 ? rn_value_null(type->children[1]) : text_value("field text beyond twelve");
      v.u.items = items;
      v.item_count = 2;
      break;
    default:
      items = RN_NEW_N(&arena, rn_value, row ? row : 1);
      for (uint32_t i = 0; i < row; i++) {
        items[i] = i == 1 ? rn_value_null(type->children[0]) : text_value(rn_arena_printf(&arena, "element %u of row %u", i, row));
      }
      v.u.items = items;
      v.item_count = row;
  }
  return v;
}

static void assert_value_equal(const rn_value *a, const rn_value *b) {
  assert_true(rn_type_same(a->type, b->type));
  assert_int_equal(a->is_null, b->is_null);
  if (a->is_null) return;
  switch (rn_type_physical(a->type)) {
    case RN_P_STR: assert_true(rn_slice_eq(a->u.text, b->u.text)); break;
    case RN_P_I128: assert_true(a->u.wide == b->u.wide); break;
    case RN_P_F32: case RN_P_F64: assert_true(a->u.d >= b->u.d && a->u.d <= b->u.d); break;
    case RN_P_ROW: case RN_P_LIST:
      assert_int_equal(a->item_count, b->item_count);
      for (uint32_t i = 0; i < a->item_count; i++) assert_value_equal(&a->u.items[i], &b->u.items[i]);
      break;
    default: assert_int_equal(a->u.i, b->u.i);
  }
}

static void fill(rn_batch *batch, const rn_schema *schema) {
  rn_batch_init(batch, schema, 6, &arena);
  for (uint32_t c = 0; c < schema->count; c++) {
    for (uint32_t r = 0; r < 6; r++) {
      rn_value v = row_value(schema, c, r);
      rn_column one;
      rn_column_from_value(&one, &v, &arena);
      assert_true(one.constant);
      rn_column_copy_value(&batch->columns[c], r, &one, 0, 6, &arena);
    }
  }
  batch->rows = batch->live_count = 6;
}

static void copies_keep_every_value(void **state) {
  (void)state;
  rn_schema schema = make_schema();
  rn_batch batch, copy;
  fill(&batch, &schema);
  rn_batch_verify(&batch, &schema);
  static const uint16_t live[] = {0, 2, 3, 5};
  for (int selected = 0; selected < 2; selected++) {
    batch.live = selected ? live : NULL;
    batch.live_count = selected ? 4 : 6;
    rn_batch_copy(&copy, &batch, &arena);
    rn_batch_verify(&copy, &schema);
    assert_int_equal(copy.rows, batch.live_count);
    assert_null(copy.live);
    for (uint32_t c = 0; c < schema.count; c++) {
      for (uint32_t i = 0; i < copy.rows; i++) {
        rn_value got = rn_value_from_column(&copy.columns[c], i, &arena), want = row_value(&schema, c, rn_live(&batch, i));
        assert_value_equal(&got, &want);
      }
    }
  }
}

static void lists_grow_with_their_bitmaps(void **state) {
  (void)state;
  const rn_type *pair[] = {rn_type_basic(RN_T_INT, true), rn_type_basic(RN_T_VARCHAR, true)};
  const rn_type *element = rn_type_row(&arena, 2, (const char *[]){"x", "y"}, pair, true);
  const rn_type *type = rn_type_array(&arena, element, true);
  rn_column column;
  rn_column_init(&column, type, 100, &arena);
  for (uint32_t r = 0; r < 100; r++) {
    rn_value fields[2] = {{.type = pair[0], .u.i = r}, r % 3 ? text_value("some text of a field") : rn_value_null(pair[1])};
    rn_value items[2] = {{.type = element, .u.items = fields, .item_count = 2}, rn_value_null(element)};
    rn_value list = {.type = type, .u.items = items, .item_count = 2};
    rn_column one;
    rn_column_from_value(&one, &list, &arena);
    rn_column_copy_value(&column, r, &one, 0, 100, &arena);
  }
  for (uint32_t r = 0; r < 100; r++) {
    rn_value v = rn_value_from_column(&column, r, &arena);
    assert_int_equal(v.item_count, 2);
    assert_true(v.u.items[1].is_null);
    assert_int_equal(v.u.items[0].u.items[0].u.i, r);
    assert_int_equal(v.u.items[0].u.items[1].is_null, r % 3 == 0);
  }
}

static void kinds_and_runs_follow_the_rows(void **state) {
  (void)state;
  rn_field field = {"k", rn_type_basic(RN_T_INT, true)};
  rn_schema schema = {1, &field};
  rn_batch batch, copy;
  rn_batch_init(&batch, &schema, 10, &arena);
  for (int i = 0; i < 10; i++) ((int32_t *)batch.columns[0].data)[i] = i;
  static const uint8_t kinds[10] = {0, 1, 2, 3, 0, 1, 2, 3, 0, 1};
  static const rn_run runs[] = {{0, 0, 0, 100}, {4, 0, 1, 7}, {8, 1, 0, -1}};
  static const uint16_t live[] = {1, 2, 4, 6, 7, 8, 9};
  batch.rows = 10;
  batch.live = live;
  batch.live_count = 7;
  batch.kinds = kinds;
  batch.runs = runs;
  batch.run_count = 3;
  rn_batch_copy(&copy, &batch, &arena);
  rn_batch_verify(&copy, &schema);
  assert_int_equal(rn_kind(&copy, 0), RN_UPDATE_BEFORE);
  assert_int_equal(rn_kind(&copy, 6), RN_UPDATE_BEFORE);
  assert_int_equal(rn_kind(&copy, 4), RN_DELETE);
  static const rn_run want[] = {{0, 0, 0, 101}, {2, 0, 1, 7}, {3, 0, 1, 9}, {5, 1, 0, -1}};
  assert_int_equal(copy.run_count, 4);
  for (int i = 0; i < 4; i++) {
    assert_int_equal(copy.runs[i].first_row, want[i].first_row);
    assert_int_equal(copy.runs[i].source, want[i].source);
    assert_int_equal(copy.runs[i].split, want[i].split);
    assert_int_equal(copy.runs[i].offset, want[i].offset);
  }
  batch.live_count = 0;
  rn_batch_copy(&copy, &batch, &arena);
  assert_int_equal(copy.rows, 0);
  rn_batch_verify(&copy, &schema);
  assert_string_equal(rn_row_kind_text(RN_UPDATE_AFTER), "+U");
}

static void values_of_every_width(void **state) {
  (void)state;
  static const rn_type_id ids[] = {RN_T_BOOLEAN, RN_T_TINYINT, RN_T_SMALLINT, RN_T_INT, RN_T_BIGINT, RN_T_DATE,
                                   RN_T_TIME, RN_T_TIMESTAMP, RN_T_INTERVAL_MONTH, RN_T_INTERVAL_MS};
  for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
    rn_value v = {.type = rn_type_basic(ids[i], true), .u.i = ids[i] == RN_T_BOOLEAN ? 1 : -7};
    rn_column c;
    rn_column_from_value(&c, &v, &arena);
    rn_value back = rn_value_from_column(&c, 99, &arena); /* constant: any row is row 0 */
    assert_value_equal(&back, &v);
  }
  rn_value d = {.type = rn_type_basic(RN_T_FLOAT, true), .u.d = 0.5};
  rn_column c;
  rn_column_from_value(&c, &d, &arena);
  rn_value back = rn_value_from_column(&c, 0, &arena);
  assert_value_equal(&back, &d);
  rn_value none = rn_value_null(rn_type_basic(RN_T_NULL, true));
  rn_column_from_value(&c, &none, &arena);
  assert_true(rn_is_null(&c, 0));
  const rn_type *map = rn_type_map(&arena, rn_type_basic(RN_T_VARCHAR, false), rn_type_basic(RN_T_INT, true), true);
  rn_value items[4] = {text_value("a"), {.type = rn_type_basic(RN_T_INT, true), .u.i = 1},
                       text_value("b"), rn_value_null(rn_type_basic(RN_T_INT, true))};
  items[0].type = items[2].type = rn_type_basic(RN_T_VARCHAR, false);
  rn_value m = {.type = map, .u.items = items, .item_count = 4};
  rn_column_from_value(&c, &m, &arena);
  assert_int_equal(((rn_list *)c.data)[0].length, 2);
  back = rn_value_from_column(&c, 0, &arena);
  assert_value_equal(&back, &m);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(random_strings_compare_as_memcmp_does),
    cmocka_unit_test(strings_compare_in_byte_order), cmocka_unit_test(string_views_outlive_their_bytes),
    cmocka_unit_test(copies_keep_every_value), cmocka_unit_test(lists_grow_with_their_bitmaps),
    cmocka_unit_test(kinds_and_runs_follow_the_rows), cmocka_unit_test(values_of_every_width),
  };
  return cmocka_run_group_tests(tests, NULL, tear_down);
}
