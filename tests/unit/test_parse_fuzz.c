/* Fuzzing the front end, seeded and bounded to about two seconds: sentences made from a small grammar must parse and
 * round-trip; their byte-wise mutations must not crash, every diagnostic must carry a usable span, and what still
 * parses must round-trip too. RUNNEL_FUZZ_SECONDS and RUNNEL_FUZZ_SEED change the dose. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "base/alloc.h"
#include "parser/parse.h"

static uint64_t seed;
static uint32_t roll(uint32_t below) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return (uint32_t)(seed >> 33) % below;
}
static const char *pick(const char *const *list, size_t count) { return list[roll((uint32_t)count)]; }
#define PICK(list) pick(list, sizeof(list) / sizeof(list)[0])

/* --- sentences ---------------------------------------------------------------------------------------------- */
static const char *const atoms[] = {"a", "t.b", "`select`", "1", "2.5", "1e3", "'x''y'", "NULL", "TRUE", "UNKNOWN", "DATE '2024-01-01'", "X'0a'",
                                    "INTERVAL '1' DAY", "INTERVAL -'1-2' YEAR TO MONTH", "COUNT(*)", "CURRENT_TIMESTAMP", "key", "a.b.c"};
static const char *const infix[] = {"+", "-", "*", "/", "%", "||", "=", "<>", "!=", "<", ">=", "AND", "OR", "IS DISTINCT FROM"};
static const char *const postfix[] = {"IS NULL", "IS NOT TRUE", "IS JSON", "IS NOT UNKNOWN"};
static const char *const calls[] = {"SUM", "f", "COALESCE", "LEFT", "YEAR", "`x y`", "a.b", "upper"};
static const char *const types[] = {"INT", "DECIMAL(10, 2)", "TIMESTAMP(3)", "ROW<a INT, b ARRAY<STRING>>", "MAP<STRING, INT NOT NULL>",
                                    "VARCHAR(3)", "INTERVAL DAY TO SECOND", "TIMESTAMP_LTZ(3)", "DOUBLE", "BYTES"};
static const char *const json_ends[] = {
    "", " RETURNING INT NULL ON EMPTY", " DEFAULT a + 1 ON ERROR ERROR ON EMPTY", " RETURNING VARCHAR(3) DEFAULT 'x' ON EMPTY", " ERROR ON ERROR"};
static const char *const json_nulls[] = {"", " NULL ON NULL", " ABSENT ON NULL"};
static void query(rn_builder *b, int depth);
static void expr(rn_builder *b, int depth);

/* Functions with clauses of their own. */
static void json(rn_builder *b, int depth) {
  bool object = roll(2) == 0;
  switch (roll(3)) {
    case 0:
      rn_builder_text(b, "JSON_VALUE(");
      expr(b, depth - 1);
      rn_builder_printf(b, ", '$.a'%s)", PICK(json_ends));
      break;
    case 1:
      rn_builder_text(b, "JSON_QUERY(");
      expr(b, depth - 1);
      rn_builder_printf(b, ", 'lax $'%s)", object ? " WITH CONDITIONAL WRAPPER EMPTY ARRAY ON EMPTY" : " WITHOUT ARRAY WRAPPER");
      break;
    default:
      rn_builder_text(b, object ? "JSON_OBJECT(KEY 'k' VALUE (" : "JSON_ARRAY((");
      expr(b, depth - 1);
      rn_builder_text(b, object ? "), 'l' : " : "), ");
      expr(b, depth - 1);
      rn_builder_printf(b, "%s)", PICK(json_nulls));
  }
}

static void expr(rn_builder *b, int depth) {
  if (depth <= 0) {
    rn_builder_text(b, PICK(atoms));
    return;
  }
  switch (roll(13)) {
    case 11: json(b, depth); break;
    case 0: case 1: case 2: /* parentheses keep any operator legal on both sides */
      rn_builder_char(b, '(');
      expr(b, depth - 1);
      rn_builder_printf(b, ") %s (", PICK(infix));
      expr(b, depth - 1);
      rn_builder_char(b, ')');
      break;
    case 3:
      rn_builder_char(b, '(');
      expr(b, depth - 1);
      rn_builder_printf(b, ") %s", PICK(postfix));
      break;
    case 4:
      rn_builder_text(b, roll(2) ? "NOT (" : "- (");
      expr(b, depth - 1);
      rn_builder_char(b, ')');
      break;
    case 5:
      rn_builder_printf(b, "%s(%s", PICK(calls), roll(4) ? "" : "DISTINCT ");
      expr(b, depth - 1);
      rn_builder_text(b, ", ");
      expr(b, depth - 1);
      rn_builder_char(b, ')');
      if (!roll(3)) rn_builder_text(b, " OVER (PARTITION BY a ORDER BY b ROWS 3 PRECEDING)");
      break;
    case 6:
      rn_builder_text(b, "CASE WHEN ");
      expr(b, depth - 1);
      rn_builder_text(b, " THEN ");
      expr(b, depth - 1);
      rn_builder_text(b, roll(2) ? " ELSE 1 END" : " END");
      break;
    case 7:
      rn_builder_text(b, "CAST(");
      expr(b, depth - 1);
      rn_builder_printf(b, " AS %s)", PICK(types));
      break;
    case 8:
      rn_builder_char(b, '(');
      expr(b, depth - 1);
      rn_builder_text(b, roll(2) ? ") BETWEEN (" : ") NOT BETWEEN SYMMETRIC (");
      expr(b, depth - 1);
      rn_builder_text(b, ") AND (");
      expr(b, depth - 1);
      rn_builder_char(b, ')');
      break;
    case 9:
      rn_builder_char(b, '(');
      expr(b, depth - 1);
      rn_builder_text(b, ") IN (");
      if (roll(3)) {
        expr(b, depth - 1);
        rn_builder_text(b, ", 1)");
      } else {
        query(b, depth - 1);
        rn_builder_char(b, ')');
      }
      break;
    case 10:
      rn_builder_char(b, '(');
      query(b, depth - 1);
      rn_builder_char(b, ')');
      break;
    default:
      rn_builder_text(b, "(ARRAY[");
      expr(b, depth - 1);
      rn_builder_text(b, "])[1]");
      break;
  }
}
static void from(rn_builder *b, int depth) {
  switch (depth > 0 ? roll(6) : 0) {
    case 1:
      rn_builder_char(b, '(');
      query(b, depth - 1);
      rn_builder_text(b, ") AS q");
      break;
    case 2:
      from(b, depth - 1);
      rn_builder_text(b, roll(2) ? " LEFT JOIN (" : " JOIN (");
      query(b, depth - 1);
      rn_builder_text(b, ") ON ");
      expr(b, depth - 1);
      break;
    case 3: rn_builder_text(b, "TABLE(HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '1' SECOND, INTERVAL '1' MINUTE))"); break;
    case 4:
      rn_builder_text(b, "a, ");
      from(b, depth - 1);
      break;
    case 5:
      rn_builder_text(b, "(VALUES (");
      expr(b, depth - 1);
      rn_builder_text(b, ", 2)) AS v (x, y)");
      break;
    default: rn_builder_text(b, roll(2) ? "t" : "c.d.t /*+ OPTIONS('a' = 'b') */ AS x"); break;
  }
}
static void query(rn_builder *b, int depth) {
  if (depth > 0 && !roll(5)) {
    static const char *const operators[] = {") UNION ALL (", ") EXCEPT (", ") INTERSECT (", ") UNION ("};
    rn_builder_char(b, '(');
    query(b, depth - 1);
    rn_builder_text(b, PICK(operators));
    query(b, depth - 1);
    rn_builder_char(b, ')');
  } else {
    if (!roll(8)) {
      rn_builder_text(b, "WITH w AS (");
      query(b, depth - 1);
      rn_builder_text(b, ") ");
    }
    rn_builder_text(b, roll(4) ? "SELECT " : "SELECT DISTINCT ");
    expr(b, depth);
    rn_builder_text(b, roll(2) ? " AS x, * FROM " : ", t.* FROM ");
    from(b, depth - 1);
    if (roll(2)) {
      rn_builder_text(b, " WHERE ");
      expr(b, depth - 1);
    }
    if (!roll(3)) {
      rn_builder_text(b, " GROUP BY ROLLUP (a, b), ");
      expr(b, depth - 1);
    }
  }
  if (!roll(4)) rn_builder_text(b, " ORDER BY a DESC LIMIT 3");
}
static void sentence(rn_builder *b) {
  int depth = (int)roll(4);
  switch (roll(6)) {
    case 0: rn_builder_text(b, "INSERT INTO t (a, b) "); break;
    case 1: rn_builder_text(b, "EXPLAIN CHANGELOG_MODE "); break;
    case 2: rn_builder_text(b, "CREATE TEMPORARY VIEW v AS "); break;
    case 3:
      rn_builder_text(b, "CREATE TABLE t (a INT, b AS ");
      expr(b, depth);
      rn_builder_printf(b, ", c %s METADATA, WATERMARK FOR c AS c - INTERVAL '1' SECOND, PRIMARY KEY (a) NOT ENFORCED) WITH ('b' = '1', 'a' = '2') AS ",
                        PICK(types));
      break;
    default: break;
  }
  query(b, depth);
}

/* --- checks -------------------------------------------------------------------------------------------------- */
static void check(const char *data, size_t len, bool must_parse) {
  rn_slice text = rn_slice_make(data, len);
  rn_arena arena = {0};
  rn_ast_script script;
  rn_diagnostics *diags = rn_calloc(1, sizeof *diags);
  (void)rn_parse_script(text, &arena, &script, diags);
  if (must_parse && (diags->count || script.count != 1)) fail_msg("refused: %s\n%s", data, diags->items[0].message);
  if (!script.count) (void)rn_parse_completeness(text);
  for (size_t i = 0; i < diags->count; i++) {
    rn_builder out = {0};
    assert_true(diags->items[i].span.begin <= diags->items[i].span.end && diags->items[i].span.end <= len);
    assert_true(diags->items[i].message[0] != 0);
    rn_error_render(&diags->items[i], text, NULL, &out);
    rn_builder_free(&out);
  }
  for (uint32_t i = 0; i < script.count; i++) {
    rn_builder out = {0};
    rn_ast_print(script.statements[i], &out);
    rn_arena second = {0};
    rn_ast_script again;
    rn_diagnostics *more = rn_calloc(1, sizeof *more);
    (void)rn_parse_script(rn_slice_make(out.data, out.len), &second, &again, more);
    if (again.count != 1 || !rn_ast_equal(script.statements[i], again.statements[0]))
      fail_msg("round trip: %.*s\n -> %s\n%s", (int)len, data, out.data, more->items[0].message);
    rn_free(more);
    rn_arena_free(&second);
    rn_builder_free(&out);
  }
  rn_free(diags);
  rn_arena_free(&arena);
}

static void mutate(rn_builder *b) {
  static const char *const pieces[] = {"(", ")", ",", ";", "'", "`", "/*", "*/", "--", "\n", "SELECT ", " FROM ", "\xff", "\xE2\x80\x98", "U&'", "E'\\",
                                       "NOT ", " AND ", ".", "[", "]", "=", "/*+ ", " END", "CASE ", "BEGIN ", "STATEMENT SET BEGIN ", "\"", "0x", "=>"};
  uint32_t times = 1 + roll(3);
  for (uint32_t i = 0; i < times && b->len > 2; i++) {
    size_t at = roll((uint32_t)b->len), n = 1 + roll(8);
    switch (roll(4)) {
      case 0: b->data[at] = (char)roll(256); break;
      case 1: /* delete */
        if (at + n > b->len) n = b->len - at;
        memmove(b->data + at, b->data + at + n, b->len - at - n + 1);
        b->len -= n;
        break;
      case 2: { /* insert */
        const char *piece = PICK(pieces);
        n = strlen(piece);
        rn_builder_reserve(b, n);
        memmove(b->data + at + n, b->data + at, b->len - at + 1);
        memcpy(b->data + at, piece, n);
        b->len += n;
        break;
      }
      default: /* cut */
        b->len = at;
        b->data[at] = 0;
        break;
    }
  }
}

static double setting(const char *name, double otherwise) {
  const char *text = getenv(name);
  return text && *text ? strtod(text, NULL) : otherwise;
}
static void fuzz(void **state) {
  (void)state;
  seed = (uint64_t)setting("RUNNEL_FUZZ_SEED", 20240607) | 1;
  double seconds = setting("RUNNEL_FUZZ_SECONDS", 1.5);
  struct timespec start, now;
  (void)clock_gettime(CLOCK_MONOTONIC, &start);
  unsigned rounds = 0;
  do {
    rn_builder b = {0};
    sentence(&b);
    check(b.data, b.len, true);
    for (int i = 0; i < 4; i++) {
      mutate(&b);
      char *exact = rn_malloc(b.len ? b.len : 1); /* no NUL behind it: sanitizers see a read too far */
      if (b.len) memcpy(exact, b.data, b.len);
      check(exact, b.len, false);
      rn_free(exact);
    }
    rn_builder_free(&b);
    rounds++;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
  } while ((double)(now.tv_sec - start.tv_sec) + (double)(now.tv_nsec - start.tv_nsec) / 1e9 < seconds);
  assert_true(rounds > 10);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(fuzz)};
  return cmocka_run_group_tests_name("parse fuzz", tests, NULL, NULL);
}
