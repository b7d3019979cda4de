/* Drives one stateful operator directly: random rows in batches of any size, watermarks, epochs, restores into
 * another number of instances. Output rows come back as lines of text. */
#ifndef RN_TESTS_OPERATOR_FIXTURE_H
#define RN_TESTS_OPERATOR_FIXTURE_H
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "runtime/operators/operators.h"
#include "runtime/value_text.h"

#define SECOND 1000000LL

static uint64_t random_state = 1;
static inline uint32_t pick(uint32_t n) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return (uint32_t)(random_state % n);
}

/* Input: k BIGINT, v INT, ts TIMESTAMP(3) rowtime, d DOUBLE (quarters: sums are exact in any order), s STRING, f BOOLEAN */
typedef struct row {
  bool k_null, v_null, d_null, s_null, f_null;
  int64_t k, ts;
  int32_t v;
  double d;
  char s[40];
  bool f;
} row;
enum { COL_K, COL_V, COL_TS, COL_D, COL_S, COL_F, INPUT_COLUMNS };

static rn_arena fixture_arena; /* lives as long as a program's tests: cmocka_run_group_tests(tests, set_up, tear_down) */
static inline int set_up(void **state) {
  (void)state;
  rn_arena_init(&fixture_arena);
  return 0;
}
static inline int tear_down(void **state) {
  (void)state;
  rn_arena_free(&fixture_arena);
  return 0;
}

static rn_field input_fields[INPUT_COLUMNS];
static inline rn_schema input_schema(void) {
  input_fields[COL_K] = (rn_field){"k", rn_type_basic(RN_T_BIGINT, true)};
  input_fields[COL_V] = (rn_field){"v", rn_type_basic(RN_T_INT, true)};
  input_fields[COL_TS] = (rn_field){"ts", rn_type_with_time(&fixture_arena, rn_type_sized(&fixture_arena, RN_T_TIMESTAMP, 3, true), RN_TIME_ROWTIME)};
  input_fields[COL_D] = (rn_field){"d", rn_type_basic(RN_T_DOUBLE, true)};
  input_fields[COL_S] = (rn_field){"s", rn_type_basic(RN_T_VARCHAR, true)};
  input_fields[COL_F] = (rn_field){"f", rn_type_basic(RN_T_BOOLEAN, true)};
  return (rn_schema){INPUT_COLUMNS, input_fields};
}

static inline row random_row(int64_t ts) {
  row r = {.k_null = pick(20) == 0, .v_null = pick(8) == 0, .d_null = pick(8) == 0, .s_null = pick(8) == 0,
           .f_null = pick(8) == 0, .k = (int64_t)pick(6), .v = (int32_t)pick(20) - 10, .ts = ts,
           .d = ((double)pick(200) - 100) / 4, .f = pick(2) == 0};
  (void)snprintf(r.s, sizeof r.s, pick(2) ? "s%u" : "a rather long text number %u", pick(5));
  return r;
}

static inline bool same_key(const row *a, const row *b) { return a->k_null == b->k_null && (a->k_null || a->k == b->k); }

static inline void put_row(rn_batch *b, uint32_t at, const row *r) {
  ((int64_t *)b->columns[COL_K].data)[at] = r->k;
  ((int32_t *)b->columns[COL_V].data)[at] = r->v;
  ((int64_t *)b->columns[COL_TS].data)[at] = r->ts;
  ((double *)b->columns[COL_D].data)[at] = r->d;
  ((rn_str *)b->columns[COL_S].data)[at] = rn_str_make(r->s, strlen(r->s));
  ((uint8_t *)b->columns[COL_F].data)[at] = r->f;
  if (r->k_null) rn_set_null(&b->columns[COL_K], at);
  if (r->v_null) rn_set_null(&b->columns[COL_V], at);
  if (r->d_null) rn_set_null(&b->columns[COL_D], at);
  if (r->s_null) rn_set_null(&b->columns[COL_S], at);
  if (r->f_null) rn_set_null(&b->columns[COL_F], at);
}

/* --- output -------------------------------------------------------------------------------------------------- */

typedef RN_VEC(char *) lines;
static lines output;
static inline void clear_lines(lines *l) {
  for (size_t i = 0; i < l->len; i++) rn_free(l->data[i]);
  RN_VEC_FREE(l);
}

/* Doubles with 4 digits, pushed off the ties, so that the order of additions does not show. */
static inline void put_double(rn_builder *b, double d) { rn_builder_printf(b, "%.4f", d + 0.00000137); }

static inline void put_value_text(rn_builder *b, const rn_column *c, uint32_t at) {
  if (rn_is_valid(c, at) && c->type->id == RN_T_DOUBLE) {
    put_double(b, ((const double *)c->data)[at]);
  } else {
    rn_value_text(b, c, at, RN_TEXT_CAST, NULL);
  }
}

/* "|k|v|ts|d|s|f", as an operator that hands the row on shows it; NULL: a row of NULLs. */
static inline void put_row_text(rn_builder *b, const row *r) {
  if (!r) {
    for (int i = 0; i < INPUT_COLUMNS; i++) rn_builder_text(b, "|NULL");
    return;
  }
  rn_schema schema = input_schema();
  rn_arena arena;
  rn_arena_init(&arena);
  rn_batch batch;
  rn_batch_init(&batch, &schema, 1, &arena);
  for (uint32_t c = 0; c < INPUT_COLUMNS; c++) rn_column_nullable(&batch.columns[c], 1, &arena);
  put_row(&batch, 0, r);
  for (uint32_t c = 0; c < INPUT_COLUMNS; c++) {
    rn_builder_char(b, '|');
    put_value_text(b, &batch.columns[c], 0);
  }
  rn_arena_free(&arena);
}

typedef struct capture {
  rn_operator op;
  int64_t watermark_us;
} capture;
static rn_status capture_batch(rn_operator *op, unsigned input, rn_batch *batch, rn_error *err) {
  (void)op, (void)input, (void)err;
  for (uint32_t i = 0; i < batch->live_count; i++) {
    rn_builder b = {0};
    rn_builder_text(&b, rn_row_kind_text(rn_kind(batch, rn_live(batch, i))));
    for (uint32_t c = 0; c < batch->column_count; c++) {
      rn_builder_char(&b, '|');
      put_value_text(&b, &batch->columns[c], rn_live(batch, i));
    }
    RN_VEC_PUSH(&output, rn_builder_take(&b));
  }
  return RN_OK;
}
static rn_status capture_watermark(rn_operator *op, int64_t watermark_us, rn_error *err) {
  (void)err;
  ((capture *)op)->watermark_us = watermark_us;
  return RN_OK;
}
static const rn_operator_class capture_class = {.name = "capture", .size = sizeof(capture),
                                                .process_batch = capture_batch, .on_watermark = capture_watermark};

/* --- instances ------------------------------------------------------------------------------------------------- */

enum { INSTANCES_MAX = 3, GROUPS_STORED = RN_GROUP_GLOBAL + 2 * RN_PARALLELISM_MAX + 1 };
typedef struct bench {
  rn_plan_node *node;
  const uint32_t *keys;
  uint32_t key_count;
  unsigned inputs; /* 0: one */
  unsigned count;
  rn_operator *ops[INSTANCES_MAX];
  rn_operator *sinks[INSTANCES_MAX];
  rn_context context;
  rn_plan_node sink_node;
  RN_VEC(rn_blob) stored[GROUPS_STORED];
} bench;

static inline void bench_open(bench *b, unsigned count) {
  rn_error err = {0};
  b->count = count;
  b->sink_node = (rn_plan_node){.path = "sink", .schema = b->node->schema};
  for (unsigned i = 0; i < count; i++) {
    rn_context context = b->context;
    context.subtask = i;
    context.parallelism = count;
    b->ops[i] = rn_operator_new(rn_operator_of(b->node), b->node, &context, b->inputs ? b->inputs : 1);
    b->sinks[i] = rn_operator_new(&capture_class, &b->sink_node, &context, 1);
    rn_operator_add_edge(b->ops[i], b->sinks[i], 0);
    assert_int_equal(rn_operator_open(b->ops[i], &err), RN_OK);
  }
}
static inline void bench_close(bench *b) {
  for (unsigned i = 0; i < b->count; i++) {
    rn_operator_free(b->ops[i]);
    rn_operator_free(b->sinks[i]);
  }
}
static inline void bench_forget(bench *b) {
  for (unsigned g = 0; g < GROUPS_STORED; g++) {
    for (size_t k = 0; k < b->stored[g].len; k++) rn_free(b->stored[g].data[k].data);
    RN_VEC_FREE(&b->stored[g]);
  }
}

static inline void bench_snapshot(bench *b) {
  for (unsigned i = 0; i < b->count; i++) {
    rn_snapshot s = {0};
    rn_error err = {0};
    assert_int_equal(rn_operator_snapshot(b->ops[i], &s, &err), RN_OK);
    for (size_t k = 0; k < s.blobs.len; k++) {
      rn_blob blob = s.blobs.data[k];
      assert_true(blob.group < GROUPS_STORED);
      if (blob.is_base) {
        for (size_t o = 0; o < b->stored[blob.group].len; o++) rn_free(b->stored[blob.group].data[o].data);
        b->stored[blob.group].len = 0;
      }
      RN_VEC_PUSH(&b->stored[blob.group], blob);
    }
    RN_VEC_FREE(&s.blobs);
  }
}

/* Everything dies; `count` new instances begin from what was stored. */
static inline void bench_restore(bench *b, unsigned count) {
  bench_close(b);
  bench_open(b, count);
  for (unsigned i = 0; i < count; i++) {
    rn_error err = {0};
    for (unsigned g = 0; g < GROUPS_STORED; g++) {
      for (size_t k = 0; k < b->stored[g].len; k++) {
        assert_int_equal(rn_operator_restore(b->ops[i], &b->stored[g].data[k], &err), RN_OK);
      }
    }
    assert_int_equal(rn_operator_restored(b->ops[i], &err), RN_OK);
  }
  for (unsigned g = RN_GROUP_GLOBAL; g < GROUPS_STORED; g++) { /* as the store does: of instances that are no more */
    if ((g - RN_GROUP_GLOBAL) % RN_PARALLELISM_MAX < count) continue;
    for (size_t k = 0; k < b->stored[g].len; k++) rn_free(b->stored[g].data[k].data);
    b->stored[g].len = 0;
  }
}

/* kinds NULL: inserts. */
static inline void bench_changes(bench *b, unsigned input, const row *rows, const uint8_t *kinds, uint32_t n) {
  rn_schema schema = input_schema();
  rn_arena arena;
  rn_arena_init(&arena);
  rn_error err = {0};
  rn_batch batch;
  /* some rows of the batch are not selected: what they hold must not matter */
  rn_batch_init(&batch, &schema, 2 * n + 1, &arena);
  for (uint32_t c = 0; c < INPUT_COLUMNS; c++) rn_column_nullable(&batch.columns[c], 2 * n + 1, &arena);
  uint16_t *live = rn_arena_alloc(&arena, sizeof *live * (2 * n + 1));
  uint8_t *row_kinds = rn_arena_zalloc(&arena, 2 * n + 1);
  uint32_t at = 0, live_count = 0;
  for (uint32_t i = 0; i < n; i++) {
    if (pick(4) == 0) {
      row junk = random_row((int64_t)pick(1000));
      put_row(&batch, at++, &junk);
    }
    put_row(&batch, at, &rows[i]);
    if (kinds) row_kinds[at] = kinds[i];
    live[live_count++] = (uint16_t)at++;
  }
  batch.rows = at;
  if (kinds) batch.kinds = row_kinds;
  batch.live = live;
  batch.live_count = live_count;
  for (unsigned i = 0; i < b->count; i++) {
    rn_batch part = batch;
    rn_keys keys;
    rn_keys_encode(&keys, &batch, b->keys, b->key_count, b->context.hash_seed, &arena);
    uint16_t *mine = rn_arena_alloc(&arena, sizeof *mine * (live_count + 1));
    part.live_count = 0;
    for (uint32_t r = 0; r < live_count; r++) {
      if (rn_key_group_owner(rn_key_group(keys.hashes[r]), b->count) == i) mine[part.live_count++] = live[r];
    }
    part.live = mine;
    if (part.live_count == at) part.live = NULL;
    if (part.live_count && rn_deliver_batch(b->ops[i], input, &part, &err) != RN_OK) fail_msg("%s", err.message);
  }
  rn_arena_free(&arena);
}
static inline void bench_rows(bench *b, const row *rows, uint32_t n) { bench_changes(b, 0, rows, NULL, n); }
static inline void bench_watermark(bench *b, int64_t watermark_us) {
  rn_error err = {0};
  for (unsigned i = 0; i < b->count; i++) {
    assert_int_equal(rn_deliver_watermark(b->ops[i], 0, watermark_us, &err), RN_OK);
  }
}
static inline void bench_end(bench *b) {
  rn_error err = {0};
  for (unsigned i = 0; i < b->count; i++)
    for (unsigned k = 0; k < (b->inputs ? b->inputs : 1); k++) assert_int_equal(rn_deliver_end(b->ops[i], k, &err), RN_OK);
}
static inline uint64_t bench_late(const bench *b) {
  uint64_t late = 0;
  for (unsigned i = 0; i < b->count; i++) late += b->ops[i]->counters.late;
  return late;
}

static inline int compare_lines(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }
static inline void expect_same(lines *expected, const char *what) {
  if (output.len) qsort(output.data, output.len, sizeof(char *), compare_lines);
  if (expected->len) qsort(expected->data, expected->len, sizeof(char *), compare_lines);
  size_t n = output.len < expected->len ? output.len : expected->len;
  for (size_t i = 0; i < n; i++) {
    if (strcmp(output.data[i], expected->data[i]) != 0) {
      fail_msg("%s: line %zu of %zu (expected %zu)\n  got      %s\n  expected %s", what, i, output.len, expected->len,
               output.data[i], expected->data[i]);
    }
  }
  if (output.len != expected->len) {
    fail_msg("%s: %zu lines, expected %zu; first extra: %s", what, output.len, expected->len,
             output.len > n ? output.data[n] : expected->data[n]);
  }
}

/* The changes so far go into `live`, the rows they leave, which are compared with `expected`. What is taken back must be there
 * at that moment. */
static inline void expect_live(lines *live, lines *expected, const char *what) {
  for (size_t i = 0; i < output.len; i++) {
    const char *line = output.data[i];
    if (line[0] == '+') {
      RN_VEC_PUSH(live, rn_arena_strdup(&fixture_arena, line + 2));
      continue;
    }
    size_t at = 0;
    while (at < live->len && strcmp(live->data[at], line + 2) != 0) at++;
    if (at == live->len) fail_msg("%s: a row is taken back that is not there: %s", what, line);
    live->data[at] = live->data[--live->len];
  }
  clear_lines(&output);
  for (size_t i = 0; i < live->len; i++) RN_VEC_PUSH(&output, rn_strdup(live->data[i]));
  expect_same(expected, what);
  clear_lines(&output);
  clear_lines(expected);
}

/* --- calls ------------------------------------------------------------------------------------------------------- */

static inline rn_agg_call make_call(const char *name, int argument, int filter, bool distinct) {
  rn_schema schema = input_schema();
  const rn_type *types[3] = {argument >= 0 ? schema.fields[argument].type : NULL};
  rn_agg_call call;
  rn_error err = {0};
  bool over = (rn_aggregate_find(rn_slice_of(name))->flags & RN_AGG_OVER_ONLY) != 0;
  if (rn_aggregate_resolve(rn_slice_of(name), types, argument >= 0, distinct, over, (rn_span){0, 0}, &fixture_arena,
                           &call, &err) != RN_OK) {
    fail_msg("%s: %s", name, err.message);
  }
  call.argument = argument;
  call.filter = filter;
  return call;
}

/* The condition of a join: f of both sides. */
static inline rn_expr *both_flags(void) {
  const rn_type *type = rn_type_basic(RN_T_BOOLEAN, true);
  rn_expr *args[] = {rn_expr_column(&fixture_arena, COL_F, type, (rn_span){0, 0}),
                     rn_expr_column(&fixture_arena, INPUT_COLUMNS + COL_F, type, (rn_span){0, 0})};
  return rn_expr_make(&fixture_arena, RN_EXPR_AND, type, (rn_span){0, 0}, 2, args);
}

#endif
