/* runtime/operators/sort_rows.h against the comparison of every two neighbours: all physical types, NULLs, directions,
 * texts that share bytes or end in zero bytes, runs of all sizes. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "runtime/functions/scalar.h"
#include "runtime/operators/sort_rows.h"

static rn_arena arena;
static uint64_t random_state = 42;
static uint64_t random_word(void) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return random_state;
}

static int tear_down(void **state) {
  (void)state;
  rn_arena_free(&arena);
  return 0;
}

/* Few values, many, all bits: each asks for words of another width. */
static int64_t random_number(unsigned spread) {
  uint64_t w = random_word();
  switch (spread % 4) {
    case 0: return 7;
    case 1: return (int64_t)(w % 5) - 2;
    case 2: return (int64_t)(w % 100000);
    default: return (int64_t)w;
  }
}

static double random_double(void) {
  static const double odd[] = {0.0, -0.0, 1.5, -1.5, 1e300, -1e300, 5e-324};
  switch (random_word() % 12) {
    case 0: return (double)NAN;
    case 1: return (double)INFINITY;
    case 2: return -(double)INFINITY;
    default: return random_word() % 2 ? odd[random_word() % 7] : (double)random_number(3) / 1e3;
  }
}

static rn_str random_text(unsigned spread) {
  static const char *const beginnings[] = {"", "a", "customer-segment-", "customer-segment-of the eastern branch: "};
  const char *begin = beginnings[spread % 4];
  size_t len = strlen(begin), more = random_word() % 12;
  char *text = rn_arena_alloc_aligned(&arena, len + more + 1, 1);
  memcpy(text, begin, len);
  if (spread / 4 == 1) more = 6; /* codes of one length */
  for (size_t i = 0; i < more; i++) text[len + i] = (char)(spread / 4 == 2 ? 0 : "ab0z\xc3"[random_word() % 5]);
  if (random_word() % 50 == 0 && spread / 4 != 1) len = len / 2, more = 0;
  return rn_str_make(text, len + more);
}

static void fill(rn_column *c, const rn_type *type, uint32_t n, unsigned spread, unsigned nulls) {
  rn_column_init(c, type, n, &arena);
  if (nulls) rn_column_nullable(c, n, &arena);
  for (uint32_t i = 0; i < n; i++) {
    switch (rn_type_physical(type)) {
      case RN_P_BOOL: ((uint8_t *)c->data)[i] = random_word() % 2; break;
      case RN_P_I8: ((int8_t *)c->data)[i] = (int8_t)random_number(spread); break;
      case RN_P_I16: ((int16_t *)c->data)[i] = (int16_t)random_number(spread); break;
      case RN_P_I32: ((int32_t *)c->data)[i] = (int32_t)random_number(spread); break;
      case RN_P_I64: ((int64_t *)c->data)[i] = random_number(spread); break;
      case RN_P_I128: ((rn_i128 *)c->data)[i] = (rn_i128)random_number(spread) * (spread / 4 ? 1000000007 : 1) + (int64_t)(random_word() % 3); break;
      case RN_P_F32: ((float *)c->data)[i] = (float)random_double(); break;
      case RN_P_F64: ((double *)c->data)[i] = random_double(); break;
      case RN_P_STR: ((rn_str *)c->data)[i] = random_text(spread); break;
      default: { /* an array of up to two numbers */
        uint32_t length = (uint32_t)(random_word() % 3), at = rn_column_append(&c->children[0], length, &arena);
        for (uint32_t k = 0; k < length; k++) ((int32_t *)c->children[0].data)[at + k] = (int32_t)(random_word() % 3);
        ((rn_list *)c->data)[i] = (rn_list){at, length};
      }
    }
    if (nulls && (nulls == 2 || random_word() % 4 == 0)) rn_set_null(c, i);
  }
}

static int compare(const rn_column *columns, const rn_sort_item *items, uint32_t count, uint32_t a, uint32_t b) {
  for (uint32_t i = 0; i < count; i++) {
    const rn_column *c = &columns[items[i].column];
    bool a_null = rn_is_null(c, a), b_null = rn_is_null(c, b);
    if (a_null && b_null) continue;
    if (a_null || b_null) return a_null == items[i].nulls_first ? -1 : 1;
    int by = rn_column_compare(c, a, c, b);
    if (by) return items[i].descending ? -by : by;
  }
  return 0;
}

static void check(const rn_column *columns, const rn_sort_item *items, uint32_t count, uint32_t n) {
  uint32_t *order = rn_arena_alloc(&arena, (n + 1) * sizeof *order);
  uint8_t *seen = rn_arena_zalloc(&arena, n + 1);
  rn_sort_rows(columns, items, count, n, order);
  for (uint32_t i = 0; i < n; i++) {
    if (order[i] >= n || seen[order[i]]++) fail_msg("row %u comes twice or is none", order[i]);
    if (!i) continue;
    int by = compare(columns, items, count, order[i - 1], order[i]);
    if (by > 0 || (by == 0 && order[i - 1] > order[i])) {
      fail_msg("%u rows, first item of type %d: row %u before row %u", n, (int)columns[items[0].column].type->id, order[i - 1], order[i]);
    }
  }
}

enum { TYPES = 10 };
static const rn_type *type_of(unsigned i) {
  static const rn_type_id basic[] = {RN_T_BOOLEAN, RN_T_TINYINT, RN_T_SMALLINT, RN_T_INT, RN_T_BIGINT, RN_T_FLOAT, RN_T_DOUBLE, RN_T_VARCHAR};
  if (i < 8) return rn_type_basic(basic[i], true);
  return i == 8 ? rn_type_decimal(&arena, 38, 3, true) : rn_type_array(&arena, rn_type_basic(RN_T_INT, true), true);
}

static void every_type_alone(void **state) {
  (void)state;
  static const uint32_t sizes[] = {0, 1, 2, 24, 25, 170, 3000};
  for (unsigned t = 0; t < TYPES; t++) {
    for (unsigned variant = 0; variant < 12 * 3 * 4; variant++) {
      rn_column c;
      fill(&c, type_of(t), sizes[variant % 7], variant % 12, variant / 12 % 3);
      rn_sort_item item = {0, variant / 36 % 2, variant / 72 % 2};
      check(&c, &item, 1, sizes[variant % 7]);
      rn_arena_reset(&arena);
    }
  }
}

static void several_items(void **state) {
  (void)state;
  for (unsigned round = 0; round < 400; round++) {
    rn_column columns[4];
    rn_sort_item items[4];
    uint32_t n = (uint32_t)(random_word() % (round % 10 ? 400 : 4000)), count = (uint32_t)(2 + random_word() % 3);
    for (uint32_t i = 0; i < count; i++) {
      unsigned nulls = (unsigned)(random_word() % 8);
      fill(&columns[i], type_of((unsigned)(random_word() % TYPES)), n, (unsigned)(random_word() % 12), nulls < 3 ? nulls : 0);
      items[i] = (rn_sort_item){i, random_word() % 2, random_word() % 2};
    }
    check(columns, items, count, n);
    rn_arena_reset(&arena);
  }
}

/* Larger than a part that stays in the cache, even and with one value that most rows have. */
static void many_rows(void **state) {
  (void)state;
  enum { ROWS = 200000 };
  for (unsigned round = 0; round < 6; round++) {
    rn_column columns[2];
    fill(&columns[0], type_of(round % 2 ? 4 : 7), ROWS, 2 + round, round / 3);
    fill(&columns[1], type_of(4), ROWS, 3, 0);
    for (uint32_t i = 0; round == 5 && i < ROWS; i++) ((int64_t *)columns[0].data)[i] = i % 100 ? 3 : (int64_t)random_word();
    static const rn_sort_item items[] = {{0, false, true}, {1, true, false}};
    check(columns, items, 1 + round % 2, ROWS);
    rn_arena_reset(&arena);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_type_alone), cmocka_unit_test(several_items), cmocka_unit_test(many_rows)};
  return cmocka_run_group_tests(tests, NULL, tear_down);
}
