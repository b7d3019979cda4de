/* The dialect suite: every expression of tests/dialect/expressions.jsonl and scalars.jsonl is parsed, bound, run over a one-row
 * batch and, folded, run again; type and value must be those that a real Flink answered. What we do
 * otherwise on purpose is listed in tests/dialect/deviations.txt (an expression a line, with the reason).
 *
 *   test_dialect             the suite
 *   test_dialect FILE [-v]   classify the cases of another file, print those that differ, TAB-separated */
#include "dialect_fixture.h"

/* --- one case -------------------------------------------------------------------------------------------- */

typedef struct answer {
  const char *type, *value; /* value NULL: SQL NULL */
  bool refused;             /* when it was bound */
  bool failed;              /* when it was run */
  rn_error error;
} answer;

static bool run_over_row(suite *s, rn_expr *e, const rn_batch *batch, answer *a) {
  rn_program *program = NULL;
  rn_error_clear(&a->error);
  if (rn_program_compile(&e, 1, &s->work, &program, &a->error) != RN_OK) {
    a->failed = true;
    return false;
  }
  uint64_t random = 1;
  rn_eval eval = {.arena = &s->work, .rows = 1, .zone = s->zone, .now_us = 0, .watermark_us = INT64_MIN,
                  .random_state = &random, .err = &a->error, .error_row = -1};
  rn_column result;
  memset(&result, 0, sizeof result);
  a->failed = rn_program_run(program, batch, &eval, &result) != RN_OK;
  if (!a->failed) {
    rn_value v = rn_value_from_column(&result, 0, &s->work);
    a->value = value_text(&s->work, &v);
  }
  rn_program_free(program);
  return !a->failed;
}

static answer ask(suite *s, const char *expr, bool from_table) {
  answer a, folded;
  memset(&a, 0, sizeof a);
  rn_binder b = make_binder(s, &s->work);
  rn_expr *e = bind_text(s, &b, from_table ? &s->scope : &s->empty, expr);
  if (!e) {
    a.refused = true;
    for (size_t i = 0; i < s->diags.count && a.error.code == 0; i++) {
      if (s->diags.items[i].code < 100000) a.error = s->diags.items[i];
    }
    return a;
  }
  a.type = rn_type_text(&s->work, e->type);
  const rn_batch *batch = from_table ? &s->row : &s->no_columns;
  run_over_row(s, e, batch, &a);
  /* Folding must not change what comes out. */
  folded = a;
  run_over_row(s, rn_fold(&b, e), batch, &folded);
  bool same = a.failed == folded.failed && (a.failed || (a.value == NULL) == (folded.value == NULL)) &&
              (a.failed || !a.value || strcmp(a.value, folded.value) == 0);
  if (!same) {
    a.value = rn_arena_printf(&s->work, "folded %s, not folded %s", folded.failed ? folded.error.message : folded.value ? folded.value : "NULL",
                              a.failed ? a.error.message : a.value ? a.value : "NULL");
    a.failed = false;
  }
  return a;
}

static answer ask_in_zone(suite *s, const expected *want) {
  rn_zone *utc = s->zone;
  rn_error err;
  rn_error_clear(&err);
  if (want->zone) assert_int_equal(rn_zone_open(want->zone, &s->zone, &err), RN_OK);
  answer a = ask(s, want->expr, want->from != NULL);
  if (want->zone) rn_zone_close(s->zone);
  s->zone = utc;
  return a;
}

/* We keep microseconds: digits 7 to 9 of what Flink prints read as 0. */
static void cut_nanos(const char *type, char *value) {
  bool nine = type && (strncmp(type, "TIMESTAMP(9)", 12) == 0 || strncmp(type, "TIMESTAMP_LTZ(9)", 16) == 0);
  if (nine && strlen(value) >= 29) memcpy(value + 26, "000", 3);
}

/* FLOAT: another spelling of the same number (Java 17 prints more digits than are needed). DOUBLE: the last two
 * units of the mantissa may differ, since sin, log and their like are the C library's. */
static bool same_number(const char *type, const char *a, const char *b) {
  if (strncmp(type, "FLOAT", 5) == 0) {
    float x = strtof(a, NULL), y = strtof(b, NULL);
    return memcmp(&x, &y, sizeof x) == 0;
  }
  if (strncmp(type, "DOUBLE", 6) != 0) return false;
  double x = strtod(a, NULL), y = strtod(b, NULL);
  int64_t m, n;
  memcpy(&m, &x, sizeof m);
  memcpy(&n, &y, sizeof n);
  return m - n <= 2 && n - m <= 2;
}

typedef enum verdict { SAME, OUT_OF_SCOPE, WE_ACCEPT, WE_REFUSE, TYPE_DIFFERS, VALUE_DIFFERS, WE_FAIL, WE_DO_NOT_FAIL, VERDICTS } verdict;
static const char *const verdict_texts[] = {"same", "out of scope", "we accept", "we refuse", "type differs", "value differs", "we fail", "we do not fail"};

/* Refused because a later version will have it: functions not built in yet. */
static bool out_of_scope(const expected *want, const rn_error *err) {
  switch (err->code) {
    case RN_E_UNSUPPORTED: return true;
    case RN_E_FUNCTION_NOT_FOUND: return !want->error || !strstr(want->error, "No match found for function");
    default: return false;
  }
}

static verdict judge(const expected *want, const answer *got, rn_arena *arena) {
  if (got->refused && out_of_scope(want, &got->error)) return OUT_OF_SCOPE;
  if (want->error) {
    if (got->refused || got->failed) return SAME;
    /* A NULL under a NOT NULL type: Flink's sink refuses it, as ours will. */
    if (strstr(want->error, "EnforcerException")) return got->value ? WE_DO_NOT_FAIL : SAME;
    return strcmp(want->phase, "run") == 0 ? WE_DO_NOT_FAIL : WE_ACCEPT;
  }
  if (got->refused) return WE_REFUSE;
  if (strcmp(got->type, want->type) != 0) return TYPE_DIFFERS;
  if (got->failed) return WE_FAIL;
  if (!got->value || !want->value) return got->value == want->value ? SAME : VALUE_DIFFERS;
  char *value = rn_arena_strdup(arena, want->value);
  cut_nanos(want->type, value);
  return strcmp(got->value, value) == 0 || same_number(want->type, got->value, value) ? SAME : VALUE_DIFFERS;
}

/* --- the suite ------------------------------------------------------------------------------------------- */

typedef RN_VEC(char *) names;
static bool contains(const names *list, const char *text) {
  for (size_t i = 0; i < list->len; i++) {
    if (strcmp(list->data[i], text) == 0) return true;
  }
  return false;
}

static void run_file(suite *s, FILE *f, const names *deviations, bool verbose, size_t *counts, size_t *used) {
  char *line = NULL;
  size_t cap = 0;
  while (getline(&line, &cap, f) > 0) {
    rn_arena_reset(&s->work);
    expected want;
    if (!read_case(s, line, &want)) continue;
    if (contains(deviations, want.expr)) {
      (*used)++;
      continue;
    }
    answer got = ask_in_zone(s, &want);
    verdict v = judge(&want, &got, &s->work);
    counts[v]++;
    if (!verbose || v == SAME) continue;
    char number[8];
    const char *ours = got.refused || got.failed ? rn_arena_printf(&s->work, "%s %s", rn_code_text(got.error.code, number), got.error.message)
                                                 : got.value ? got.value : "NULL";
    const char *theirs = want.error ? want.error : want.value ? want.value : "NULL";
    printf("%s\t%s\twant %s %.*s\tgot %s %s\n", verdict_texts[v], want.expr, want.type ? want.type : "", (int)strcspn(theirs, "\n"), theirs,
           got.type ? got.type : "", ours);
  }
  free(line);
}

static void expressions_answer_as_flink_does(void **state) {
  (void)state;
  suite s;
  set_up(&s);
  assert_int_equal(s.scope.column_count, COLUMNS);
  names deviations = {0};
  FILE *f = open_data("deviations.txt");
  assert_non_null(f);
  char *line = NULL;
  size_t cap = 0;
  while (getline(&line, &cap, f) > 0) {
    char *end = strchr(line, '\t'); /* expression TAB reason */
    if (line[0] == '#' || !end) continue;
    RN_VEC_PUSH(&deviations, rn_strndup(line, (size_t)(end - line)));
  }
  free(line);
  fclose(f);
  static const char *const files[] = {"expressions.jsonl", "scalars.jsonl"};
  size_t counts[VERDICTS] = {0}, used = 0;
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    f = open_data(files[i]);
    assert_non_null(f);
    run_file(&s, f, &deviations, true, counts, &used);
    fclose(f);
  }
  print_message("%zu expressions as Flink, %zu otherwise on purpose\n", counts[SAME], used);
  for (int v = SAME + 1; v < VERDICTS; v++) assert_int_equal(counts[v], 0);
  assert_true(counts[SAME] > 1000);
  assert_int_equal(used, deviations.len);
  for (size_t i = 0; i < deviations.len; i++) rn_free(deviations.data[i]);
  RN_VEC_FREE(&deviations);
  tear_down(&s);
}

int main(int argc, char **argv) {
  if (argc > 1) {
    FILE *f = fopen(argv[1], "r");
    if (!f) return 1;
    suite s;
    set_up(&s);
    names none = {0};
    size_t counts[VERDICTS] = {0}, used = 0;
    run_file(&s, f, &none, argc > 2, counts, &used);
    fclose(f);
    for (int v = 0; v < VERDICTS; v++) fprintf(stderr, "%-14s %zu\n", verdict_texts[v], counts[v]);
    tear_down(&s);
    return 0;
  }
  const struct CMUnitTest tests[] = {cmocka_unit_test(expressions_answer_as_flink_does)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
