/* `runnel fmt`: layouts, comments, and what must hold for every script of the tree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "parser/format.h"

/* The formatted text (caller frees), NULL when it does not parse. */
static char *format(const char *sql) {
  rn_diagnostics *diags = rn_calloc(1, sizeof *diags);
  rn_builder out = {0};
  rn_status status = rn_format_script(rn_slice_of(sql), &out, diags);
  for (size_t i = 0; i < diags->count; i++) assert_int_not_equal(diags->items[i].code, RN_E_INTERNAL);
  rn_free(diags);
  if (status == RN_OK) return rn_builder_take(&out);
  rn_builder_free(&out);
  return NULL;
}

static const struct {
  const char *sql, *wanted;
} cases[] = {
    {"select a,b from t where x=1", "SELECT a, b FROM t WHERE x = 1\n"},
    {"SELECT 1;;SELECT 2;\n;", "SELECT 1;\nSELECT 2;\n"},
    {"SELECT - -1, a- -1, -x, COUNT ( * ), t . a, m [ 'k' ] FROM t", "SELECT - -1, a - -1, -x, COUNT (*), t.a, m['k'] FROM t\n"},
    {"select cast(a as map<string,array<int not null>>) from t", "SELECT CAST(a AS MAP<STRING, ARRAY<INT NOT NULL>>) FROM t\n"},
    /* a soft keyword is written in capitals unless it is a name in that statement */
    {"create table t(id int, primary key(id) not enforced)", "CREATE TABLE t (id INT, PRIMARY KEY (id) NOT ENFORCED)\n"},
    {"select key from t order by key desc", "SELECT key FROM t ORDER BY key desc\n"},
    {"-- one\nselect 1; -- two\n\n\n-- three\n\nselect /* four */ 2 -- five\n;\n-- six",
     "-- one\nSELECT 1; -- two\n\n-- three\n\nSELECT /* four */ 2 -- five\n;\n-- six\n"},
    {"select a, -- first\n b -- second\nfrom t", "SELECT\n  a, -- first\n  b -- second\nFROM t\n"},
    {"select a from t where b between 1 and 2 and (c = 'a long string that fills the line' or d = 'another long string') and e",
     "SELECT a\nFROM t\nWHERE b BETWEEN 1 AND 2\n  AND (c = 'a long string that fills the line' OR d = 'another long string')\n  AND e\n"},
    {"select case x when 1 then 'the first of several' when 2 then 'the second of several' else 'something that is neither' end as y from t",
     "SELECT CASE x\n    WHEN 1 THEN 'the first of several'\n    WHEN 2 THEN 'the second of several'\n    ELSE 'something that is neither'\n  END AS y\nFROM t\n"},
    {"with a as (select 1), b as (select 2) select * from a left join b on a.x = b.x and a.a_long_name = b.another_long_name and a.y = b.y",
     "WITH a AS (SELECT 1), b AS (SELECT 2)\nSELECT *\nFROM a\nLEFT JOIN b ON a.x = b.x AND a.a_long_name = b.another_long_name AND a.y = b.y\n"},
    {"execute statement set begin insert into a select 1; insert into b select 2; end;",
     "EXECUTE STATEMENT SET BEGIN\n  INSERT INTO a SELECT 1;\n  INSERT INTO b SELECT 2;\nEND;\n"},
    {"select 'two\nlines', 1", "SELECT\n  'two\nlines',\n  1\n"},
    /* a comment goes where its token goes, the second time too */
    {"select a from t /* one */ where a = 1 /* two */ and b = 'a long string that fills the line' and c = 'another long string'",
     "SELECT a\nFROM t\n/* one */ WHERE a = 1\n  /* two */ AND b = 'a long string that fills the line'\n  AND c = 'another long string'\n"},
    {"", ""},
    {"/* nothing */", "/* nothing */\n"},
};

static void layouts(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char *once = format(cases[i].sql);
    assert_non_null(once);
    assert_string_equal(once, cases[i].wanted);
    char *twice = format(once);
    assert_string_equal(twice, once);
    rn_free(once);
    rn_free(twice);
  }
}

static void what_does_not_parse_is_refused(void **state) {
  (void)state;
  assert_null(format("SELECT FROM"));
  assert_null(format("SELECT 'abc"));
  assert_null(format("SELECT 1 /* "));
}

/* `sql` with comments in places where blanks are, outside of texts, names and comments; *count of them. */
static char *with_comments(const char *sql, uint32_t *seed, int *count) {
  static const char *const shapes[] = {"/* c%d */ ", "-- c%d\n", "/* c%d\n  more */ ", "\n-- c%d\n", "// c%d\n"};
  enum { SHAPES = sizeof shapes / sizeof shapes[0], ONE_IN = 10 };
  rn_builder out = {0};
  *count = 0;
  for (const char *c = sql; *c;) {
    const char *end = c + 1;
    if (*c == '\'' || *c == '`') {
      while (*end && *end != *c) end++;
      end += *end != 0;
    } else if (!strncmp(c, "--", 2) || !strncmp(c, "//", 2)) {
      end = c + strcspn(c, "\n");
    } else if (!strncmp(c, "/*", 2)) {
      end = strstr(c, "*/");
      end = end ? end + 2 : c + strlen(c);
    }
    rn_builder_append(&out, c, (size_t)(end - c));
    *seed = *seed * 1664525u + 1013904223u;
    /* pieces of one text stand on lines of their own: nothing is put between them */
    bool blank = *c == ' ' && (*seed >> 16) % ONE_IN == 0 && c > sql && c[-1] != '\'' && *end != '\'';
    if (blank) {
      char comment[32];
      int n = snprintf(comment, sizeof comment, shapes[(*seed >> 24) % SHAPES], ++*count);
      rn_builder_append(&out, comment, (size_t)n);
    }
    c = end;
  }
  return rn_builder_take(&out);
}

static void check_comments(const char *name, const char *sql, uint32_t *seed) {
  int count;
  char *text = with_comments(sql, seed, &count), *once = format(text), *twice = once ? format(once) : NULL;
  if (!once || !twice || strcmp(once, twice) != 0) print_error("%s:\n%s\n", name, text);
  assert_non_null(once);
  assert_string_equal(once, twice);
  for (int i = 1; i <= count; i++) {
    char comment[16];
    (void)snprintf(comment, sizeof comment, " c%d", i);
    if (!strstr(once, comment)) print_error("%s: %s is lost\n", name, comment);
    assert_non_null(strstr(once, comment));
  }
  rn_free(text);
  rn_free(once);
  rn_free(twice);
}

/* Every script of the tree, as it is and with comments anywhere: the formatter checks itself that nothing but white space and case changes. */
static void scripts_of_the_tree(void **state) {
  (void)state;
  static const char *const patterns[] = {"golden/*/*.sql", "dialect/streaming/*.sql", "../examples/*/*.sql"};
  const char *here = strstr(__FILE__, "unit/");
  size_t formatted = 0;
  uint32_t seed = 5;
  for (size_t p = 0; p < sizeof patterns / sizeof patterns[0]; p++) {
    char pattern[512];
    (void)snprintf(pattern, sizeof pattern, "%.*s%s", (int)(here ? here - __FILE__ : 0), __FILE__, patterns[p]);
    glob_t found;
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
      FILE *file = fopen(found.gl_pathv[i], "r");
      assert_non_null(file);
      static char sql[1 << 16];
      sql[fread(sql, 1, sizeof sql - 1, file)] = 0;
      (void)fclose(file);
      char *once = format(sql);
      if (!once) continue; /* what is refused, and what is not built yet */
      char *twice = format(once);
      if (!twice || strcmp(once, twice) != 0) print_error("%s\n", found.gl_pathv[i]);
      assert_non_null(twice);
      assert_string_equal(once, twice);
      rn_free(once);
      rn_free(twice);
      check_comments(found.gl_pathv[i], sql, &seed);
      formatted++;
    }
    globfree(&found);
  }
  assert_true(formatted > 100);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(layouts), cmocka_unit_test(what_does_not_parse_is_refused),
                                     cmocka_unit_test(scripts_of_the_tree)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
