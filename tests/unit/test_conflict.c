/* op_conflict.c against an obvious model: random changes in batches of any size, snapshots, restores into other numbers of
 * instances; every change that leaves is compared. */
#include "tests/unit/operator_fixture.h"

enum { KEYS = 7, KEPT_MAX = 400 };

static lines kept[KEYS]; /* the rows of a key, as text, in order of arrival */
static unsigned times[KEYS]; /* NOTHING, ERROR: of the one row */
static lines expected;

static void expect_change(const char *kind, const char *line) {
  rn_builder b = {0};
  rn_builder_printf(&b, "%s%s", kind, line);
  RN_VEC_PUSH(&expected, rn_builder_take(&b));
}

static void add(rn_conflict conflict, unsigned key, const char *line) {
  lines *rows = &kept[key];
  if (conflict == RN_CONFLICT_DEDUPLICATE || !rows->len) {
    expect_change(rows->len ? "+U" : "+I", line);
    RN_VEC_PUSH(rows, rn_strdup(line));
    times[key] = 1;
  } else if (!strcmp(rows->data[0], line)) {
    times[key]++;
  }
}

static void take(rn_conflict conflict, unsigned key, const char *line) {
  lines *rows = &kept[key];
  size_t at = 0;
  while (at < rows->len && strcmp(rows->data[at], line) != 0) at++;
  if (at == rows->len) return;
  if (conflict != RN_CONFLICT_DEDUPLICATE && --times[key]) return;
  bool shown = at + 1 == rows->len;
  rn_free(rows->data[at]);
  memmove(&rows->data[at], &rows->data[at + 1], (rows->len - at - 1) * sizeof *rows->data);
  rows->len--;
  if (!rows->len) expect_change("-D", line);
  else if (shown) expect_change("+U", rows->data[rows->len - 1]);
}

static char *text_of(const row *r) {
  rn_builder b = {0};
  put_row_text(&b, r);
  return rn_builder_take(&b);
}

static void run(rn_conflict conflict, bool changes, uint64_t seed) {
  static const uint32_t keys[] = {COL_K};
  static rn_plan_node inputs[1];
  static rn_plan_node *input_pointers[1] = {&inputs[0]};
  static row live[KEPT_MAX];
  char what[80];
  (void)snprintf(what, sizeof what, "%s changes %d seed %d", rn_conflict_name(conflict), changes, (int)seed);
  inputs[0] = (rn_plan_node){.schema = input_schema(), .emits = changes ? 15 : RN_CHANGE_INSERT};
  rn_plan_node node = {.kind = RN_NODE_CONFLICT, .path = "c", .fingerprint = "c", .schema = input_schema(), .input_count = 1, .inputs = input_pointers};
  node.u.conflict.conflict = conflict;
  node.u.conflict.key_count = 1;
  node.u.conflict.keys = keys;
  node.u.conflict.table = "t";
  bench b = {.node = &node, .keys = keys, .key_count = 1, .context = {.hash_seed = 3, .batch_rows = 7}};
  bench_open(&b, 1);
  random_state = seed;
  uint32_t live_count = 0;
  for (uint32_t round = 0; round < 150; round++) {
    row rows[20];
    uint8_t kinds[20];
    uint32_t n = 1 + pick(20);
    for (uint32_t i = 0; i < n; i++) {
      bool back = changes && live_count && (pick(5) < 2 || live_count == KEPT_MAX);
      if (back) {
        uint32_t at = pick(live_count);
        rows[i] = live[at];
        kinds[i] = pick(2) ? RN_DELETE : RN_UPDATE_BEFORE;
        live[at] = live[--live_count];
      } else {
        rows[i] = live_count && pick(4) == 0 ? live[pick(live_count)] : random_row(SECOND * pick(3));
        kinds[i] = pick(2) && changes ? RN_UPDATE_AFTER : RN_INSERT;
        if (live_count < KEPT_MAX) live[live_count++] = rows[i];
      }
      char *text = text_of(&rows[i]);
      unsigned key = rows[i].k_null ? KEYS - 1 : (unsigned)rows[i].k;
      if (back) take(conflict, key, text);
      else add(conflict, key, text);
      rn_free(text);
    }
    bench_changes(&b, 0, rows, changes ? kinds : NULL, n);
    expect_same(&expected, what);
    clear_lines(&output);
    clear_lines(&expected);
    if (pick(6) == 0) {
      bench_snapshot(&b);
      if (pick(2)) bench_restore(&b, 1 + pick(INSTANCES_MAX));
    }
  }
  for (unsigned k = 0; k < KEYS; k++) clear_lines(&kept[k]);
  bench_close(&b);
  bench_forget(&b);
}

static void test_deduplicate(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed < 6; seed++) run(RN_CONFLICT_DEDUPLICATE, true, seed);
}

static void test_nothing(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed < 6; seed++) run(RN_CONFLICT_NOTHING, seed & 1, seed);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_deduplicate), cmocka_unit_test(test_nothing)};
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
