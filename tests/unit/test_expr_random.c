/* Random expression trees, evaluated three ways: column-wise over a batch, row by row over batches of one row, and
 * with the row's values put in as constants and folded (all of them, and a random part of them, so that every
 * argument is a constant once and a column once). Three equal values, or three equal errors.
 *
 * The trees are grown from the dialect's own expressions (tests/dialect/expressions.jsonl), so that every function is
 * in them with arguments that fit: a column of one is replaced by another expression of that column's type, and so
 * on. Rows hold the values of the suite's table, NULLs and extremes, mixed by type.
 *
 * RUNNEL_EXPR_TREES, RUNNEL_EXPR_SEED change the dose; a failure prints the tree, the row and the seed. */
#include "dialect_fixture.h"
#include "random.h"

enum { ROWS = 24, DEPTH_MAX = 3, NODES_MAX = 400, CONSTANT_ROWS = 2 };

/* Values beside those of the table. */
static const struct {
  const char *type, *value;
} extremes[] = {
  {"TINYINT", "-1"}, {"TINYINT", "0"}, {"SMALLINT", "-32768"}, {"SMALLINT", "0"}, {"INT", "1"}, {"INT", "-1"}, {"BIGINT", "1"},
  {"BIGINT", "-1"}, {"BIGINT", "1704067200000"}, {"FLOAT", "'-0.0'"}, {"FLOAT", "'NaN'"}, {"FLOAT", "'-Infinity'"}, {"DOUBLE", "'-0.0'"},
  {"DOUBLE", "'-Infinity'"}, {"DOUBLE", "'4.9E-324'"}, {"DOUBLE", "1"}, {"DECIMAL(5,2)", "-999.99"}, {"DECIMAL(10,2)", "99999999.99"},
  {"DECIMAL(10,2)", "-99999999.99"}, {"DECIMAL(10,2)", "0.01"}, {"DECIMAL(38,18)", "'-99999999999999999999.999999999999999999'"},
  {"DECIMAL(38,18)", "0"}, {"DECIMAL(38,0)", "'-99999999999999999999999999999999999999'"}, {"DECIMAL(38,0)", "1"}, {"DECIMAL(4,4)", "-0.9999"},
  {"CHAR(5)", "'     '"}, {"CHAR(5)", "'a%_\\b'"}, {"VARCHAR(10)", "''"}, {"VARCHAR(10)", "'1'"}, {"STRING", "'12345678901234567890123456789'"},
  {"STRING", "'%'"}, {"STRING", "'(a'"}, {"STRING", "'[]'"}, {"STRING", "'$.a'"}, {"STRING", "'null'"}, {"STRING", "'1970-01-01 00:00:00'"},
  {"STRING", "'yyyy-MM-dd'"}, {"STRING", "','"}, {"STRING", "'UTC'"}, {"STRING", "'-1'"}, {"STRING", "'\xF0\x9D\x84\x9E\xF0\x9D\x84\x9E'"},
  {"BYTES", "X''"}, {"BYTES", "X'00'"}, {"BINARY(4)", "X'00000000'"}, {"DATE", "DATE '0001-01-01'"}, {"DATE", "DATE '9999-12-31'"},
  {"TIME", "TIME '00:00:00'"}, {"TIME(3)", "TIME '23:59:59.999'"}, {"TIMESTAMP(3)", "TIMESTAMP '9999-12-31 23:59:59.999'"},
  {"TIMESTAMP(3)", "TIMESTAMP '0001-01-01 00:00:00'"}, {"TIMESTAMP(6)", "TIMESTAMP '1969-12-31 23:59:59.999999'"},
  {"TIMESTAMP_LTZ(3)", "TIMESTAMP '1970-01-01 00:00:00'"}, {"ARRAY<INT>", "ARRAY[CAST(NULL AS INT)]"}, {"ARRAY<INT>", "ARRAY[2147483647, -2147483648]"},
  {"ARRAY<STRING>", "ARRAY['']"}, {"ARRAY<DOUBLE>", "ARRAY[CAST('NaN' AS DOUBLE), CAST('-0.0' AS DOUBLE), CAST('0.0' AS DOUBLE)]"},
  {"MAP<STRING, INT>", "MAP['', 0, 'b', 7]"}, {"ROW<x INT, y STRING, z ROW<q DOUBLE>>", "ROW(CAST(NULL AS INT), '', ROW(CAST(NULL AS DOUBLE)))"},
};
enum { EXTREMES = sizeof extremes / sizeof *extremes };

typedef struct world {
  suite s;
  rn_column columns[COLUMNS];
  rn_batch batch;
  RN_VEC(rn_expr *) trees;
  RN_VEC(const char *) texts;
  uint32_t *of_column[COLUMNS]; /* trees that may stand for the column */
  uint32_t of_column_count[COLUMNS];
} world;

static bool same_type(const rn_type *a, const rn_type *b, rn_arena *arena) {
  return rn_type_same(rn_type_with_null(arena, a, true), rn_type_with_null(arena, b, true));
}

/* Volatile functions have no second answer; the clock is one value in all three ways. */
static bool repeatable(const rn_expr *e) {
  if (e->kind == RN_EXPR_CALL && (e->function->flags & RN_FN_VOLATILE)) return false;
  for (uint32_t i = 0; i < e->arg_count; i++) {
    if (!repeatable(e->args[i])) return false;
  }
  return true;
}

/* Column c of row 0 is the table's value; the others come from all values of its type. */
static void fill_rows(world *w) {
  suite *s = &w->s;
  rn_column pool[EXTREMES];
  memset(pool, 0, sizeof pool);
  for (uint32_t i = 0; i < EXTREMES; i++) {
    rn_binder b = make_binder(s, &s->arena);
    rn_expr *e = bind_text(s, &b, &s->empty, rn_arena_printf(&s->arena, "CAST(%s AS %s)", extremes[i].value, extremes[i].type));
    if (!e) fail_msg("%s AS %s: %s", extremes[i].value, extremes[i].type, s->diags.count ? s->diags.items[0].message : "does not parse");
    rn_value v;
    rn_error err;
    rn_error_clear(&err);
    if (rn_expr_evaluate(e, s->zone, 0, &s->arena, &v, &err) != RN_OK) fail_msg("%s: %s", extremes[i].value, err.message);
    v.type = e->type;
    rn_column_from_value(&pool[i], &v, &s->arena);
  }
  for (uint32_t c = 0; c < COLUMNS; c++) {
    const rn_column *choices[COLUMNS + EXTREMES];
    uint32_t count = 0;
    for (uint32_t i = 0; i < COLUMNS; i++) {
      if (same_type(s->row.columns[i].type, s->row.columns[c].type, &s->arena)) choices[count++] = &s->row.columns[i];
    }
    for (uint32_t i = 0; i < EXTREMES; i++) {
      if (same_type(pool[i].type, s->row.columns[c].type, &s->arena)) choices[count++] = &pool[i];
    }
    const rn_type *type = s->row.columns[c].type;
    rn_column_init(&w->columns[c], type, ROWS, &s->arena);
    if (type->nullable) rn_column_nullable(&w->columns[c], ROWS, &s->arena);
    for (uint32_t r = 0; r < ROWS; r++) {
      const rn_column *from = r ? choices[roll(count)] : &s->row.columns[c];
      if (!type->nullable && rn_is_null(from, 0)) from = &s->row.columns[c];
      rn_column_copy_value(&w->columns[c], r, from, 0, ROWS, &s->arena);
    }
  }
  w->batch = (rn_batch){.rows = ROWS, .live_count = ROWS, .column_count = COLUMNS, .columns = w->columns, .arena = &s->arena};
}

/* The text with some literals replaced by columns: what is constant in the suite is computed per row here. Where a
 * literal has to stand (a unit, a type's length) the result is refused, and left out. */
static const char *with_columns(world *w, const char *text) {
  static const char *const numbers[] = {"i8", "i16_max", "i32", "i32_0", "i32_n", "i64", "f64", "d10_2", "i32_neg"};
  static const char *const words[] = {"s", "s_e", "s_n", "v10", "c5", "s_u", "s_int", "s_ts", "s_json", "s_csv"};
  rn_builder out = {0};
  for (const char *c = text; *c;) {
    const char *end = c + 1;
    if (*c == '\'') {
      while (*end && (*end != '\'' || *++end == '\'')) end++;
      if (roll(2)) {
        rn_builder_text(&out, words[roll(10)]);
        c = end;
        continue;
      }
    } else if (*c >= '0' && *c <= '9') {
      while ((*end >= '0' && *end <= '9') || *end == '.' || *end == 'e') end++;
      if (roll(2)) {
        rn_builder_text(&out, numbers[roll(9)]);
        c = end;
        continue;
      }
    } else if ((*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z')) {
      while ((*end >= 'A' && *end <= 'Z') || (*end >= 'a' && *end <= 'z') || (*end >= '0' && *end <= '9') || *end == '_') end++;
    }
    rn_builder_slice(&out, rn_slice_make(c, (size_t)(end - c)));
    c = end;
  }
  const char *made = rn_arena_strndup(&w->s.arena, out.data ? out.data : "", out.len);
  rn_builder_free(&out);
  return made;
}

static void add_tree(world *w, const char *text, bool from_table) {
  suite *s = &w->s;
  rn_binder b = make_binder(s, &s->arena);
  rn_expr *e = bind_text(s, &b, from_table ? &s->scope : &s->empty, text);
  if (!e || !repeatable(e) || e->type->id == RN_T_NULL) return;
  RN_VEC_PUSH(&w->trees, e);
  RN_VEC_PUSH(&w->texts, text);
}

static void read_trees(world *w) {
  suite *s = &w->s;
  FILE *f = open_data("expressions.jsonl");
  assert_non_null(f);
  char *line = NULL;
  size_t cap = 0;
  while (getline(&line, &cap, f) > 0) {
    rn_arena_reset(&s->work);
    expected want;
    if (!read_case(s, line, &want)) continue;
    const char *text = rn_arena_strdup(&s->arena, want.expr);
    add_tree(w, text, want.from != NULL);
    add_tree(w, with_columns(w, text), true);
    add_tree(w, with_columns(w, text), true);
  }
  free(line);
  fclose(f);
  for (uint32_t c = 0; c < COLUMNS; c++) {
    const rn_type *type = w->columns[c].type;
    w->of_column[c] = rn_arena_alloc(&s->arena, w->trees.len * sizeof *w->of_column[c]);
    for (uint32_t i = 0; i < w->trees.len; i++) {
      const rn_expr *e = w->trees.data[i];
      if (same_type(e->type, type, &s->arena) && (type->nullable || !e->type->nullable)) w->of_column[c][w->of_column_count[c]++] = i;
    }
  }
}

static rn_expr *grow(world *w, const rn_expr *e, int depth) {
  rn_expr *map[COLUMNS] = {0};
  bool used[COLUMNS] = {0}, any = false;
  rn_expr_columns(e, used);
  for (uint32_t c = 0; c < COLUMNS; c++) {
    if (!used[c] || !w->of_column_count[c] || depth == 0 || roll(10) < 3) continue;
    rn_expr *other = w->trees.data[w->of_column[c][roll(w->of_column_count[c])]];
    map[c] = grow(w, other, depth - 1);
    any = true;
  }
  return any ? rn_expr_replace(&w->s.work, e, map) : (rn_expr *)(uintptr_t)e;
}

/* --- the three ways -------------------------------------------------------------------------------------- */

typedef struct outcome {
  bool failed;
  bool refused; /* when it was compiled: a constant that no row can be computed with, such as a bad pattern */
  rn_code code;
  int64_t row; /* that failed */
  const char *message;
  const char *values[ROWS]; /* by row number; NULL: SQL NULL, or not live */
} outcome;

static void evaluate(world *w, rn_expr *e, const rn_batch *batch, outcome *out) {
  suite *s = &w->s;
  memset(out, 0, sizeof *out);
  rn_error err;
  rn_error_clear(&err);
  rn_program *program = NULL;
  if (rn_program_compile(&e, 1, &s->work, &program, &err) != RN_OK) {
    *out = (outcome){.failed = true, .refused = true, .code = err.code, .row = -1, .message = rn_arena_strdup(&s->work, err.message)};
    return;
  }
  uint64_t random = 1;
  rn_eval eval = {.arena = &s->work, .rows = batch->rows, .zone = s->zone, .watermark_us = INT64_MIN, .random_state = &random, .err = &err, .error_row = -1};
  rn_column result;
  memset(&result, 0, sizeof result);
  if (rn_program_run(program, batch, &eval, &result) != RN_OK) {
    *out = (outcome){.failed = true, .code = err.code, .row = eval.error_row, .message = rn_arena_strdup(&s->work, err.message)};
  } else {
    for (uint32_t i = 0; i < batch->live_count; i++) {
      uint32_t row = rn_live(batch, i);
      rn_value v = rn_value_from_column(&result, row, &s->work);
      out->values[row] = value_text(&s->work, &v);
    }
  }
  rn_program_free(program);
}

static bool equal_text(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }
static const char *told(const outcome *o, uint32_t row) { return o->failed ? o->message : o->values[row] ? o->values[row] : "NULL"; }

/* False: no row can be computed, the tree is refused when it is compiled. */
static bool check(world *w, rn_expr *e, const char *text, uint64_t of_seed, size_t *failures) {
  suite *s = &w->s;
  rn_builder printed = {0};
  const char *names[COLUMNS];
  for (uint32_t c = 0; c < COLUMNS; c++) names[c] = table[c].name;
  rn_expr_print(e, names, &printed);

  /* row by row: a batch of that row alone */
  outcome alone[ROWS];
  uint16_t good[ROWS];
  uint32_t good_count = 0;
  for (uint32_t r = 0; r < ROWS; r++) {
    rn_batch one, live = w->batch;
    uint16_t only = (uint16_t)r;
    live.live = &only;
    live.live_count = 1;
    rn_batch_copy(&one, &live, &s->work);
    evaluate(w, e, &one, &alone[r]);
    if (alone[r].failed) continue;
    if (r) alone[r].values[r] = alone[r].values[0];
    good[good_count++] = (uint16_t)r;
  }
#define DIFFERS(way, row, got) \
  do { \
    (*failures)++; \
    print_message("seed %llu row %u\n  tree %s\n  from %s\n  alone: %s\n  %s: %s\n", (unsigned long long)of_seed, (unsigned)(row), printed.data, \
                  text, told(&alone[row], row), way, got); \
  } while (0)
  /* column-wise: all rows fail with an error of a row that fails alone (row -1: a constant that no row can be computed
   * with); the others, selected, give their values */
  outcome all;
  evaluate(w, e, &w->batch, &all);
  if (all.failed != (good_count < ROWS)) {
    uint32_t row = 0;
    while (good_count < ROWS && !alone[row].failed) row++;
    DIFFERS("batch", all.failed && all.row >= 0 ? (uint32_t)all.row : row, told(&all, row));
  } else if (all.failed && (all.row >= ROWS || (all.row < 0 && good_count) || !alone[all.row < 0 ? 0 : all.row].failed ||
                            strcmp(alone[all.row < 0 ? 0 : all.row].message, all.message) != 0)) {
    uint32_t row = all.row >= 0 && all.row < ROWS ? (uint32_t)all.row : 0;
    DIFFERS(rn_arena_printf(&s->work, "batch (row %d)", (int)all.row), row, all.message);
  }
  if (all.failed && good_count) {
    rn_batch live = w->batch;
    live.live = good;
    live.live_count = good_count;
    evaluate(w, e, &live, &all);
  }
  if (good_count) {
    for (uint32_t i = 0; i < good_count; i++) {
      if (equal_text(all.values[good[i]], alone[good[i]].values[good[i]]) && !all.failed) continue;
      DIFFERS("batch", good[i], told(&all, good[i]));
      break;
    }
  }
  /* constants: all columns, folded; then some of them. A tree that is refused has no value to compare with: folding may
   * drop the branch of a CASE that holds the bad constant */
  bool refused = all.refused;
  bool used[COLUMNS] = {0};
  rn_expr_columns(e, used);
  for (uint32_t i = 0; i < CONSTANT_ROWS && !refused; i++) {
    uint32_t r = i ? roll(ROWS) : 0;
    for (int part = 0; part < 2; part++) {
      rn_expr *map[COLUMNS] = {0};
      for (uint32_t c = 0; c < COLUMNS; c++) {
        if (!used[c] || (part && roll(2))) continue;
        rn_value v = rn_value_from_column(&w->columns[c], r, &s->work);
        v.type = w->columns[c].type;
        map[c] = rn_expr_const(&s->work, v, (rn_span){0, 0});
      }
      rn_binder b = make_binder(s, &s->work);
      outcome constant;
      rn_batch live = w->batch;
      uint16_t only = (uint16_t)r;
      live.live = &only;
      live.live_count = 1;
      evaluate(w, rn_fold(&b, rn_expr_replace(&s->work, e, map)), &live, &constant);
      if (constant.refused) continue; /* also where no row would have come to it */
      bool same = constant.failed == alone[r].failed;
      same = same && (constant.failed ? strcmp(constant.message, alone[r].message) == 0
                                      : equal_text(constant.values[r], alone[r].values[r]));
      if (!same) DIFFERS(part ? "partly constant" : "constant", r, told(&constant, r));
    }
  }
#undef DIFFERS
  rn_builder_free(&printed);
  return !refused;
}

static double setting(const char *name, double otherwise) {
  const char *text = getenv(name);
  return text && *text ? strtod(text, NULL) : otherwise;
}

static void random_trees_have_one_answer(void **state) {
  (void)state;
  world *w = rn_calloc(1, sizeof *w);
  set_up(&w->s);
  seed = 20261121;
  fill_rows(w);
  read_trees(w);
  assert_true(w->trees.len > 5000);
  uint64_t first = (uint64_t)setting("RUNNEL_EXPR_SEED", 1);
  size_t count = (size_t)setting("RUNNEL_EXPR_TREES", 3000), failures = 0, checked = 0, refused = 0;
  for (size_t i = 0; i < count; i++) {
    rn_arena_reset(&w->s.work);
    uint64_t of_seed = first + i;
    seed = of_seed * 0x9E3779B97F4A7C15ull + 1;
    for (int spin = 0; spin < 4; spin++) (void)roll(2);
    uint32_t at = roll((uint32_t)w->trees.len);
    rn_expr *e = grow(w, w->trees.data[at], (int)roll(DEPTH_MAX + 1));
    if (e->size > NODES_MAX) continue;
    if (!check(w, e, w->texts.data[at], of_seed, &failures)) refused++;
    checked++;
  }
  print_message("%zu trees (%zu refused when compiled), %zu rows each, three ways\n", checked, refused, (size_t)ROWS);
  assert_int_equal(failures, 0);
  assert_true(checked > count / 2);
  assert_true(refused < checked / 20 + 10);
  RN_VEC_FREE(&w->trees);
  RN_VEC_FREE(&w->texts);
  tear_down(&w->s);
  rn_free(w);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(random_trees_have_one_answer)};
  return cmocka_run_group_tests_name("random expressions", tests, NULL, NULL);
}
