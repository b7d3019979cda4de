/* Programs: what is evaluated where. Narrowing by AND, OR, CASE, COALESCE, IF; sharing of sub-expressions;
 * NULLs, constants, sparse selections against dense ones; errors with their row; filters. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "runtime/expr.h"
#include "runtime/function.h"

enum { ROWS = 1000 };

typedef struct fixture {
  rn_arena arena;
  rn_zone *zone;
  rn_batch batch;
  rn_column columns[8];
  rn_error err;
  rn_eval eval;
  uint64_t calls, rows_seen; /* of counting kernels */
} fixture;

static const rn_span no_span = {0, 0};

/* Columns: 0 a INT (some NULL, some 0), 1 b INT, 2 d DOUBLE, 3 s STRING (some NULL, some long), 4 t BOOLEAN (some NULL),
 * 5 big BIGINT, 6 r ROW<x INT, y STRING> (some rows NULL). */
static void set_up(fixture *f) {
  memset(f, 0, sizeof *f);
  assert_int_equal(rn_zone_open("UTC", &f->zone, &f->err), RN_OK);
  srand(3);
  static const char *const names[] = {"x", "y"};
  const rn_type *fields[] = {rn_type_basic(RN_T_INT, true), rn_type_basic(RN_T_VARCHAR, true)};
  const rn_type *types[7] = {
    rn_type_basic(RN_T_INT, true), rn_type_basic(RN_T_INT, false), rn_type_basic(RN_T_DOUBLE, true), rn_type_basic(RN_T_VARCHAR, true),
    rn_type_basic(RN_T_BOOLEAN, true), rn_type_basic(RN_T_BIGINT, true), rn_type_row(&f->arena, 2, names, fields, true),
  };
  for (int c = 0; c < 7; c++) {
    rn_column_init(&f->columns[c], types[c], ROWS, &f->arena);
    if (c != 1) rn_column_nullable(&f->columns[c], ROWS, &f->arena);
  }
  for (uint32_t i = 0; i < ROWS; i++) {
    ((int32_t *)f->columns[0].data)[i] = rand() % 5 - 2;
    ((int32_t *)f->columns[1].data)[i] = rand() % 2000 - 1000;
    ((double *)f->columns[2].data)[i] = (double)(rand() % 1000) / 8;
    char text[64];
    int n = snprintf(text, sizeof text, i % 3 ? "%d" : "a longer text, number %d", rand() % 100);
    ((rn_str *)f->columns[3].data)[i] = rn_str_copy(&f->arena, rn_str_make(text, (size_t)n));
    ((uint8_t *)f->columns[4].data)[i] = (uint8_t)(rand() % 2);
    ((int64_t *)f->columns[5].data)[i] = (int64_t)rand() * 4294967296;
    ((int32_t *)f->columns[6].children[0].data)[i] = (int32_t)i;
    ((rn_str *)f->columns[6].children[1].data)[i] = rn_str_make("why", 3);
    for (int c = 0; c < 7; c++) {
      if (c != 1 && rand() % 4 == 0) rn_set_null(&f->columns[c], i);
    }
  }
  f->batch = (rn_batch){.rows = ROWS, .live_count = ROWS, .column_count = 7, .columns = f->columns, .arena = &f->arena};
  f->eval = (rn_eval){.arena = &f->arena, .zone = f->zone, .watermark_us = INT64_MIN, .random_state = &f->calls, .err = &f->err};
}
static void tear_down(fixture *f) {
  rn_zone_close(f->zone);
  rn_arena_free(&f->arena);
}

static rn_expr *column(fixture *f, uint32_t i) { return rn_expr_column(&f->arena, i, f->columns[i].type, no_span); }
static rn_expr *number(fixture *f, int64_t v) {
  return rn_expr_const(&f->arena, (rn_value){.type = rn_type_basic(RN_T_INT, false), .u.i = v}, no_span);
}
static rn_expr *make(fixture *f, rn_expr_kind kind, const rn_type *type, uint32_t n, ...) {
  rn_expr *args[16];
  va_list list;
  va_start(list, n);
  for (uint32_t i = 0; i < n; i++) args[i] = va_arg(list, rn_expr *);
  va_end(list);
  return rn_expr_make(&f->arena, kind, type, no_span, n, args);
}
static rn_expr *call(fixture *f, const char *name, uint32_t n, ...) {
  rn_expr *args[16];
  const rn_type *types[16];
  va_list list;
  va_start(list, n);
  for (uint32_t i = 0; i < n; i++) {
    args[i] = va_arg(list, rn_expr *);
    types[i] = args[i]->type;
  }
  va_end(list);
  const rn_function *fn;
  rn_resolution r;
  memset(&r, 0, sizeof r);
  assert_int_equal(rn_function_resolve(rn_slice_of(name), types, n, no_span, &f->arena, &fn, &r, &f->err), RN_OK);
  for (uint32_t i = 0; i < n; i++) {
    if (rn_type_same(r.arg_types[i], args[i]->type)) continue;
    const rn_function *cast;
    rn_resolution c;
    assert_int_equal(rn_cast_resolve(args[i]->type, r.arg_types[i], false, no_span, &f->arena, &cast, &c, &f->err), RN_OK);
    rn_expr *e = rn_expr_make(&f->arena, RN_EXPR_CALL, c.result, no_span, 1, &args[i]);
    e->function = cast;
    e->kernel = c.kernel;
    args[i] = e;
  }
  rn_expr *e = rn_expr_make(&f->arena, RN_EXPR_CALL, r.result, no_span, n, args);
  e->function = fn;
  e->kernel = r.kernel;
  return e;
}

static rn_status run(fixture *f, rn_expr *root, rn_column *result) {
  rn_program *program;
  rn_error_clear(&f->err);
  assert_int_equal(rn_program_compile(&root, 1, &f->arena, &program, &f->err), RN_OK);
  rn_status status = rn_program_run(program, &f->batch, &f->eval, result);
  rn_program_free(program);
  return status;
}
static rn_column run_ok(fixture *f, rn_expr *root) {
  rn_column result;
  assert_int_equal(run(f, root, &result), RN_OK);
  assert_false(result.constant);
  return result;
}

#define A(i) (((const int32_t *)f.columns[0].data)[i])
#define B(i) (((const int32_t *)f.columns[1].data)[i])
#define HAS_A(i) rn_is_valid(&f.columns[0], i)

/* --- sharing, counting ------------------------------------------------------------------------------------------ */

/* x + 1, counting calls and rows; state in eval->random_state (calls) and call_state is unused. */
static uint64_t *seen_rows;
static rn_status counting_kernel(rn_eval *eval, const rn_column *const *args, uint32_t n, rn_column *out, const rn_sel *sel) {
  (void)n;
  (*eval->random_state)++;
  *seen_rows += sel->count;
  for (uint32_t i = 0; i < sel->count; i++) {
    uint32_t row = rn_sel_row(sel, i);
    assert_true(rn_is_valid(args[0], args[0]->constant ? 0 : row)); /* STRICT: never a NULL */
    ((int32_t *)out->data)[row] = ((const int32_t *)args[0]->data)[args[0]->constant ? 0 : row] + 1;
  }
  return RN_OK;
}
static const rn_function counting = {.name = "COUNTING", .flags = RN_FN_STRICT};
static const rn_function counting_volatile = {.name = "COUNTING", .flags = RN_FN_STRICT | RN_FN_VOLATILE};
static rn_expr *count_of(fixture *f, const rn_function *fn, rn_expr *x) {
  rn_expr *e = rn_expr_make(&f->arena, RN_EXPR_CALL, rn_type_basic(RN_T_INT, true), no_span, 1, &x);
  e->function = fn;
  e->kernel = counting_kernel;
  seen_rows = &f->rows_seen;
  return e;
}

static void test_sharing(void **state) {
  (void)state;
  fixture f;
  set_up(&f);
  /* equal trees under one program are computed once, though they are different nodes */
  rn_expr *sum = call(&f, "+", 2, count_of(&f, &counting, column(&f, 1)), count_of(&f, &counting, column(&f, 1)));
  rn_column r = run_ok(&f, sum);
  assert_int_equal(f.calls, 1);
  for (uint32_t i = 0; i < ROWS; i++) assert_int_equal(((int32_t *)r.data)[i], 2 * (B(i) + 1));
  /* volatile ones are not */
  f.calls = 0;
  run_ok(&f, call(&f, "+", 2, count_of(&f, &counting_volatile, column(&f, 1)), count_of(&f, &counting_volatile, column(&f, 1))));
  assert_int_equal(f.calls, 2);
  /* what the condition computed is reused in its branch; two branches that are no part of each other do not share */
  f.calls = 0;
  rn_expr *condition = call(&f, ">", 2, count_of(&f, &counting, column(&f, 1)), number(&f, 0));
  run_ok(&f, make(&f, RN_EXPR_CASE, rn_type_basic(RN_T_INT, true), 3, condition, count_of(&f, &counting, column(&f, 1)), number(&f, 0)));
  assert_int_equal(f.calls, 1);
  f.calls = f.rows_seen = 0;
  condition = call(&f, ">", 2, column(&f, 1), number(&f, 0));
  run_ok(&f, make(&f, RN_EXPR_CASE, rn_type_basic(RN_T_INT, true), 3, condition, count_of(&f, &counting, column(&f, 1)), count_of(&f, &counting, column(&f, 1))));
  assert_int_equal(f.calls, 2);
  assert_int_equal(f.rows_seen, ROWS); /* each row in one branch */
  tear_down(&f);
}

static void test_constants_run_once(void **state) {
  (void)state;
  fixture f;
  set_up(&f);
  rn_column r = run_ok(&f, count_of(&f, &counting, number(&f, 41)));
  assert_int_equal(f.rows_seen, 1);
  for (uint32_t i = 0; i < ROWS; i++) assert_int_equal(((int32_t *)r.data)[i], 42);
  /* a constant of an inline and of a long text, spread over the rows */
  static const char *const texts[] = {"short", "a text that does not fit into the view"};
  for (int t = 0; t < 2; t++) {
    rn_value v = {.type = rn_type_basic(RN_T_VARCHAR, false), .u.text = rn_slice_of(texts[t])};
    r = run_ok(&f, rn_expr_const(&f.arena, v, no_span));
    for (uint32_t i = 0; i < ROWS; i++) assert_true(rn_slice_is(rn_str_slice((rn_str *)r.data + i), texts[t]));
  }
  r = run_ok(&f, rn_expr_const(&f.arena, rn_value_null(rn_type_basic(RN_T_INT, true)), no_span));
  for (uint32_t i = 0; i < ROWS; i++) assert_true(rn_is_null(&r, i));
  tear_down(&f);
}

static void test_column_shares_data(void **state) {
  (void)state;
  fixture f;
  set_up(&f);
  rn_column r = run_ok(&f, column(&f, 3));
  assert_ptr_equal(r.data, f.columns[3].data);
  assert_ptr_equal(r.valid, f.columns[3].valid);
  tear_down(&f);
}

static void test_strict_functions_see_no_null(void **state) {
  (void)state;
  fixture f;
  set_up(&f);
  uint64_t valid = 0;
  rn_column r = run_ok(&f, count_of(&f, &counting, column(&f, 0)));
  for (uint32_t i = 0; i < ROWS; i++) {
    valid += HAS_A(i);
    assert_int_equal(rn_is_valid(&r, i), HAS_A(i));
    if (HAS_A(i)) assert_int_equal(((int32_t *)r.data)[i], A(i) + 1);
  }
  assert_int_equal(f.rows_seen, valid);
  tear_down(&f);
}

/* --- narrowing ----------------------------------------------------------------------------------------------------- */

static void test_and_or_truth_tables(void **state) {
  (void)state;
  fixture f;
  set_up(&f);
  /* t AND (b > 0), t OR (b > 0), and with NULL on either side; -1 is NULL */
  static const int values[3] = {0, 1, -1};
  for (int x = 0; x < 3; x++) {
    for (int y = 0; y < 3; y++) {
      for (int form = 0; form < 4; form++) {
        bool either = form & 1, narrowed = form & 2; /* what is not total is run on the rows that are not decided */
        rn_column in[2];
        for (int k = 0; k < 2; k++) {
          int v = values[k ? y : x];
          rn_column_init(&in[k], rn_type_basic(RN_T_BOOLEAN, true), 3, &f.arena);
          rn_column_nullable(&in[k], 3, &f.arena);
          for (uint32_t row = 0; row < 3; row++) {
            ((uint8_t *)in[k].data)[row] = v == 1 || v == -1; /* what lies under a NULL does not matter */
            if (v < 0) rn_set_null(&in[k], row);
          }
        }
        rn_batch batch = {.rows = 3, .live_count = 3, .column_count = 2, .columns = in, .arena = &f.arena};
        rn_expr *args[2] = {rn_expr_column(&f.arena, 0, in[0].type, no_span), rn_expr_column(&f.arena, 1, in[1].type, no_span)};
        if (narrowed) args[1] = make(&f, RN_EXPR_COALESCE, in[1].type, 2, args[1], args[1]);
        rn_expr *e = rn_expr_make(&f.arena, either ? RN_EXPR_OR : RN_EXPR_AND, in[0].type, no_span, 2, args);
        rn_program *program;
        rn_column r;
        assert_int_equal(rn_program_compile(&e, 1, &f.arena, &program, &f.err), RN_OK);
        assert_int_equal(rn_program_run(program, &batch, &f.eval, &r), RN_OK);
        int a = values[x], b = values[y], want;
        if (either) want = a == 1 || b == 1 ? 1 : a < 0 || b < 0 ? -1 : 0;
        else want = a == 0 || b == 0 ? 0 : a < 0 || b < 0 ? -1 : 1;
        for (uint32_t row = 0; row < 3; row++) {
          int got = rn_is_null(&r, row) ? -1 : ((uint8_t *)r.data)[row];
          assert_int_equal(got, want);
        }
        uint16_t rows[3];
        uint32_t count;
        assert_int_equal(rn_program_filter(program, &batch, &f.eval, rows, &count), RN_OK);
        assert_int_equal(count, want == 1 ? 3 : 0);
        rn_program_free(program);
      }
    }
  }
  tear_down(&f);
}

/* Three arguments with and without NULLs, over selections dense and sparse, against C. */
static void test_long_conditions(void **state) {
  (void)state;
  fixture f;
  set_up(&f);
  for (int either = 0; either < 2; either++) {
    rn_expr *a = call(&f, ">", 2, column(&f, 0), number(&f, 0)), *b = call(&f, ">", 2, column(&f, 1), number(&f, 0));
    rn_expr *e = make(&f, either ? RN_EXPR_OR : RN_EXPR_AND, rn_type_basic(RN_T_BOOLEAN, true), 3, b, a, column(&f, 4));
    for (int step = 1; step < 20; step += 6) {
      uint16_t live[ROWS];
      uint32_t count = 0;
      for (uint32_t i = 0; i < ROWS; i += (uint32_t)step) live[count++] = (uint16_t)i;
      f.batch.live = step == 1 ? NULL : live;
      f.batch.live_count = count;
      rn_column r = run_ok(&f, e);
      for (uint32_t k = 0; k < count; k++) {
        uint32_t i = live[k];
        int values[3] = {B(i) > 0, HAS_A(i) ? A(i) > 0 : -1, rn_is_valid(&f.columns[4], i) ? ((uint8_t *)f.columns[4].data)[i] : -1};
        int want = !either;
        for (int v = 0; v < 3; v++) {
          if (values[v] == either) want = either;
          else if (values[v] < 0 && want != either) want = -1;
        }
        assert_int_equal(rn_is_null(&r, i) ? -1 : ((uint8_t *)r.data)[i], want);
      }
    }
  }
  tear_down(&f);
}

static void test_untaken_branches_do_not_fail(void **state) {
  (void)state;
  fixture f;
  set_up(&f);
  const rn_type *boolean = rn_type_basic(RN_T_BOOLEAN, true), *integer = rn_type_basic(RN_T_INT, true);
  rn_expr *divided = call(&f, "/", 2, number(&f, 10), column(&f, 0));
  rn_expr *not_zero = call(&f, "<>", 2, column(&f, 0), number(&f, 0)), *zero = call(&f, "=", 2, column(&f, 0), number(&f, 0));
  rn_expr *large = call(&f, ">", 2, divided, number(&f, 3));
  rn_column r;
  /* by itself it fails, and says where */
  assert_int_equal(run(&f, divided, &r), RN_FAIL);
  assert_int_equal(f.err.code, RN_E_DIVISION);
  assert_true(f.eval.error_row >= 0);
  uint32_t failed = (uint32_t)f.eval.error_row;
  assert_true(HAS_A(failed) && A(failed) == 0);
  for (uint32_t i = 0; i < failed; i++) assert_true(!HAS_A(i) || A(i) != 0);
  /* guarded it does not */
  r = run_ok(&f, make(&f, RN_EXPR_AND, boolean, 2, not_zero, large));
  for (uint32_t i = 0; i < ROWS; i++) {
    if (!HAS_A(i)) assert_true(rn_is_null(&r, i));
    else assert_int_equal(((uint8_t *)r.data)[i], A(i) != 0 && 10 / A(i) > 3);
  }
  run_ok(&f, make(&f, RN_EXPR_OR, boolean, 2, zero, large));
  r = run_ok(&f, make(&f, RN_EXPR_CASE, integer, 3, zero, number(&f, -7), divided));
  for (uint32_t i = 0; i < ROWS; i++) {
    if (!HAS_A(i)) assert_true(rn_is_null(&r, i));
    else assert_int_equal(((int32_t *)r.data)[i], A(i) == 0 ? -7 : 10 / A(i));
  }
  r = run_ok(&f, call(&f, "IF", 3, not_zero, divided, number(&f, -7)));
  for (uint32_t i = 0; i < ROWS; i++) assert_int_equal(((int32_t *)r.data)[i], HAS_A(i) && A(i) != 0 ? 10 / A(i) : -7);
  /* COALESCE: the second value only where the first is NULL; a is never 0 there since it is NULL */
  r = run_ok(&f, make(&f, RN_EXPR_COALESCE, integer, 3, column(&f, 0), divided, number(&f, 99)));
  for (uint32_t i = 0; i < ROWS; i++) assert_int_equal(((int32_t *)r.data)[i], HAS_A(i) ? A(i) : 99);
  tear_down(&f);
}

static void test_case_of_every_type(void **state) {
  (void)state;
  fixture f;
  set_up(&f);
  for (uint32_t c = 0; c < 7; c++) { /* CASE WHEN t THEN c ELSE NULL: text, rows and all */
    rn_expr *none = rn_expr_const(&f.arena, rn_value_null(f.columns[c].type), no_span);
    rn_column r = run_ok(&f, make(&f, RN_EXPR_CASE, rn_type_with_null(&f.arena, f.columns[c].type, true), 3, column(&f, 4), column(&f, c), none));
    for (uint32_t i = 0; i < ROWS; i++) {
      bool taken = rn_is_valid(&f.columns[4], i) && ((uint8_t *)f.columns[4].data)[i];
      assert_int_equal(rn_is_valid(&r, i), taken && rn_is_valid(&f.columns[c], i));
      if (rn_is_null(&r, i)) continue;
      rn_value got = rn_value_from_column(&r, i, &f.arena), want = rn_value_from_column(&f.columns[c], i, &f.arena);
      assert_true(rn_expr_equal(rn_expr_const(&f.arena, got, no_span), rn_expr_const(&f.arena, want, no_span)));
    }
  }
  tear_down(&f);
}

/* --- sparse against dense ------------------------------------------------------------------------------------------ */

static void compare_sparse(fixture *f, rn_expr *root) {
  rn_batch all = f->batch;
  rn_column dense = run_ok(f, root);
  for (int percent = 1; percent <= 90; percent += 40) {
    uint16_t *live = rn_arena_alloc(&f->arena, ROWS * sizeof *live);
    uint32_t count = 0;
    for (uint32_t i = 0; i < ROWS; i++) {
      if (rand() % 100 < percent) live[count++] = (uint16_t)i;
    }
    f->batch.live = live;
    f->batch.live_count = count;
    rn_column sparse = run_ok(f, root);
    for (uint32_t i = 0; i < count; i++) {
      assert_int_equal(rn_is_null(&sparse, live[i]), rn_is_null(&dense, live[i]));
      rn_value x = rn_value_from_column(&sparse, live[i], &f->arena), y = rn_value_from_column(&dense, live[i], &f->arena);
      assert_true(rn_expr_equal(rn_expr_const(&f->arena, x, no_span), rn_expr_const(&f->arena, y, no_span)));
    }
    f->batch = all;
  }
}

static void test_sparse_equals_dense(void **state) {
  (void)state;
  fixture f;
  set_up(&f);
  static const char *const binary[] = {"+", "-", "*", "=", "<>", "<", "<=", ">", ">=", "IS DISTINCT FROM", "IS NOT DISTINCT FROM"};
  for (size_t i = 0; i < sizeof binary / sizeof *binary; i++) {
    compare_sparse(&f, call(&f, binary[i], 2, column(&f, 0), column(&f, 1)));
    compare_sparse(&f, call(&f, binary[i], 2, column(&f, 5), column(&f, 2)));
    compare_sparse(&f, call(&f, binary[i], 2, column(&f, 0), number(&f, 1)));
    compare_sparse(&f, call(&f, binary[i], 2, number(&f, 1), column(&f, 0)));
    if (i >= 3) compare_sparse(&f, call(&f, binary[i], 2, column(&f, 3), column(&f, 3)));
  }
  compare_sparse(&f, call(&f, "UPPER", 1, column(&f, 3)));
  compare_sparse(&f, call(&f, "SUBSTRING", 3, column(&f, 3), number(&f, 2), column(&f, 0)));
  compare_sparse(&f, call(&f, "||", 2, column(&f, 3), column(&f, 3)));
  compare_sparse(&f, call(&f, "IS NULL", 1, column(&f, 3)));
  compare_sparse(&f, call(&f, "CONCAT_WS", 3, column(&f, 3), column(&f, 3), column(&f, 3)));
  compare_sparse(&f, make(&f, RN_EXPR_CASE, rn_type_basic(RN_T_INT, true), 5, column(&f, 4), column(&f, 0),
                          call(&f, ">", 2, column(&f, 1), number(&f, 0)), call(&f, "*", 2, column(&f, 0), column(&f, 1)), column(&f, 1)));
  compare_sparse(&f, make(&f, RN_EXPR_FIELD, rn_type_basic(RN_T_INT, true), 1, column(&f, 6)));
  tear_down(&f);
}

/* --- fields, filters, evaluation -------------------------------------------------------------------------------------- */

static void test_fields(void **state) {
  (void)state;
  fixture f;
  set_up(&f);
  rn_expr *e = make(&f, RN_EXPR_FIELD, rn_type_basic(RN_T_INT, true), 1, column(&f, 6));
  rn_column r = run_ok(&f, e);
  for (uint32_t i = 0; i < ROWS; i++) {
    assert_int_equal(rn_is_valid(&r, i), rn_is_valid(&f.columns[6], i));
    assert_int_equal(((int32_t *)r.data)[i], i);
  }
  e = make(&f, RN_EXPR_FIELD, rn_type_basic(RN_T_VARCHAR, true), 1, column(&f, 6));
  e->index = 1;
  r = run_ok(&f, e);
  assert_true(rn_slice_is(rn_str_slice((rn_str *)r.data + 7), "why"));
  tear_down(&f);
}

/* Registers hold garbage where an argument was not computed: an argument after one that narrowed must not be
 * read there (t OR a row comparison that is not total; most rows stay undecided, so the dense way is tempting). */
static void test_decided_rows_never_read_what_was_not_computed(void **state) {
  (void)state;
  for (int is_or = 0; is_or < 2; is_or++) {
    fixture f;
    set_up(&f);
    f.columns[4].valid = NULL;
    rn_expr *same = call(&f, is_or ? "IS NOT DISTINCT FROM" : "IS DISTINCT FROM", 2, column(&f, 1), column(&f, 1));
    rn_expr *root = make(&f, is_or ? RN_EXPR_OR : RN_EXPR_AND, rn_type_basic(RN_T_BOOLEAN, true), 2, column(&f, 4), same);
    for (int i = 0; i < 16; i++) memset(rn_arena_alloc(&f.arena, 2000), 0xCB, 2000);
    rn_arena scratch = {0};
    memset(rn_arena_alloc(&scratch, 100000), 0xCB, 100000);
    rn_arena_reset(&scratch);
    f.eval.arena = &scratch;
    rn_column result;
    assert_int_equal(run(&f, root, &result), RN_OK);
    for (uint32_t i = 0; i < ROWS; i++) {
      uint8_t got = ((uint8_t *)result.data)[i];
      assert_int_equal(got, is_or ? 1 : 0);
    }
    rn_arena_free(&scratch);
    tear_down(&f);
  }
}

static void test_filter_keeps_true_rows_only(void **state) {
  (void)state;
  fixture f;
  set_up(&f);
  rn_expr *conditions[] = {
    call(&f, ">", 2, column(&f, 0), number(&f, 0)), call(&f, ">", 2, column(&f, 1), number(&f, 0)), column(&f, 4),
    call(&f, "IS NULL", 1, column(&f, 0)), call(&f, ">", 2, number(&f, 1), number(&f, 0)), call(&f, ">", 2, number(&f, 0), number(&f, 1)),
  };
  for (size_t c = 0; c < sizeof conditions / sizeof *conditions; c++) {
    for (int with_live = 0; with_live < 2; with_live++) {
      uint16_t live[ROWS], got[ROWS];
      uint32_t live_count = 0, count, at = 0;
      for (uint32_t i = 0; i < ROWS; i += with_live ? 3 : 1) live[live_count++] = (uint16_t)i;
      f.batch.live = with_live ? live : NULL;
      f.batch.live_count = live_count;
      rn_program *program;
      assert_int_equal(rn_program_compile(&conditions[c], 1, &f.arena, &program, &f.err), RN_OK);
      assert_int_equal(rn_program_filter(program, &f.batch, &f.eval, got, &count), RN_OK);
      for (uint32_t i = 0; i < live_count; i++) {
        uint32_t row = live[i];
        bool want = c == 0 ? HAS_A(row) && A(row) > 0 : c == 1 ? B(row) > 0
                  : c == 2 ? rn_is_valid(&f.columns[4], row) && ((uint8_t *)f.columns[4].data)[row] : c == 3 ? !HAS_A(row) : c == 4;
        if (want) {
          assert_true(at < count);
          assert_int_equal(got[at++], row);
        }
      }
      assert_int_equal(at, count);
      rn_program_free(program);
    }
  }
  tear_down(&f);
}

static void test_an_empty_selection_evaluates_nothing(void **state) {
  (void)state;
  fixture f;
  set_up(&f);
  f.batch.live = rn_arena_alloc(&f.arena, 2);
  f.batch.live_count = 0;
  rn_column r;
  assert_int_equal(run(&f, call(&f, "/", 2, number(&f, 1), number(&f, 0)), &r), RN_OK);
  assert_int_equal(run(&f, count_of(&f, &counting, column(&f, 1)), &r), RN_OK);
  assert_int_equal(f.calls, 0);
  tear_down(&f);
}

static void test_evaluate(void **state) {
  (void)state;
  fixture f;
  set_up(&f);
  rn_value v;
  assert_int_equal(rn_expr_evaluate(call(&f, "+", 2, number(&f, 40), number(&f, 2)), f.zone, 0, &f.arena, &v, &f.err), RN_OK);
  assert_int_equal(v.u.i, 42);
  rn_expr *bad = call(&f, "/", 2, number(&f, 1), number(&f, 0));
  bad->span = (rn_span){3, 8};
  assert_int_equal(rn_expr_evaluate(bad, NULL, 0, &f.arena, &v, &f.err), RN_FAIL);
  assert_int_equal(f.err.code, RN_E_DIVISION);
  assert_int_equal(f.err.span.begin, 3);
  assert_int_equal(f.err.span.end, 8);
  tear_down(&f);
}

static void test_arithmetic_against_c(void **state) {
  (void)state;
  fixture f;
  set_up(&f);
  static const char ops[] = "+-*/%";
  for (int k = 0; k < 5; k++) {
    char name[2] = {ops[k], 0};
    rn_column r = run_ok(&f, call(&f, name, 2, column(&f, 1), number(&f, 7)));
    for (uint32_t i = 0; i < ROWS; i++) {
      int32_t b = B(i), want = k == 0 ? b + 7 : k == 1 ? b - 7 : k == 2 ? b * 7 : k == 3 ? b / 7 : b % 7;
      assert_int_equal(((int32_t *)r.data)[i], want);
    }
  }
  tear_down(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_sharing), cmocka_unit_test(test_constants_run_once), cmocka_unit_test(test_column_shares_data),
    cmocka_unit_test(test_strict_functions_see_no_null), cmocka_unit_test(test_and_or_truth_tables), cmocka_unit_test(test_long_conditions),
    cmocka_unit_test(test_untaken_branches_do_not_fail), cmocka_unit_test(test_case_of_every_type),
    cmocka_unit_test(test_sparse_equals_dense), cmocka_unit_test(test_fields),
    cmocka_unit_test(test_filter_keeps_true_rows_only), cmocka_unit_test(test_decided_rows_never_read_what_was_not_computed), cmocka_unit_test(test_an_empty_selection_evaluates_nothing),
    cmocka_unit_test(test_evaluate), cmocka_unit_test(test_arithmetic_against_c),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
