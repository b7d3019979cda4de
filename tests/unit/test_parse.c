/* The front end: round trips through the printer, error texts with their spans, splitting, completeness, limits. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include "base/alloc.h"
#include "base/limits.h"
#include "parser/parse.h"

typedef struct parsed {
  rn_arena arena;
  rn_ast_script script;
  rn_diagnostics diags;
} parsed;

static parsed *parse(const char *text) {
  parsed *p = rn_calloc(1, sizeof *p);
  (void)rn_parse_script(rn_slice_of(text), &p->arena, &p->script, &p->diags);
  return p;
}
static void done(parsed *p) {
  rn_arena_free(&p->arena);
  rn_free(p);
}

/* --- round trips ---------------------------------------------------------------------------------------- */
static const char *const statements[] = {
    "CREATE DATABASE IF NOT EXISTS c.d COMMENT 'x' WITH ('a' = 'b')",
    "CREATE CATALOG c WITH ('type' = 'generic_in_memory')",
    "DROP DATABASE IF EXISTS d CASCADE",
    "DROP DATABASE d RESTRICT",
    "DROP CATALOG IF EXISTS c",
    "ALTER DATABASE d SET ('a' = 'b')",
    "ALTER CATALOG c RESET ('a', 'b')",
    "ALTER CATALOG c COMMENT 'x'",
    "CREATE TEMPORARY FUNCTION IF NOT EXISTS d.f (a INT, b ROW<x INT>) RETURNS STRING COMMENT 'c' RETURN a || b.x",
    "CREATE FUNCTION f() RETURNS INT RETURN 1",
    "CREATE TEMPORARY SYSTEM FUNCTION f AS 'a.B' LANGUAGE SCALA USING JAR 'x', ARTIFACT 'y' WITH ('k' = 'v')",
    "DROP TEMPORARY SYSTEM FUNCTION IF EXISTS f",
    "DROP FUNCTION d.f",
    "ALTER TEMPORARY FUNCTION IF EXISTS f AS 'x' LANGUAGE PYTHON",
    "CREATE TABLE t (a INT, CONSTRAINT k PRIMARY KEY (a) NOT ENFORCED) COMMENT 'c' DISTRIBUTED BY RANGE (a, b) INTO 4 BUCKETS PARTITIONED BY (b) WITH ('a' = 'b') LIKE u (INCLUDING ALL OVERWRITING OPTIONS EXCLUDING PARTITIONS)",
    "CREATE TABLE t DISTRIBUTED INTO 3 BUCKETS LIKE c.d.u",
    "REPLACE TABLE t (a) WITH ('a' = 'b') AS SELECT 1 AS a",
    "CREATE OR REPLACE TABLE t AS SELECT 1 AS a",
    "ALTER TABLE IF EXISTS t ADD (a INT NOT NULL COMMENT 'x' FIRST, b INT METADATA FROM 'k' VIRTUAL AFTER a, c AS a + 1, WATERMARK FOR d AS d, PRIMARY KEY (a) NOT ENFORCED)",
    "ALTER TABLE t ADD a INT",
    "ALTER TABLE t ADD a INT PRIMARY KEY NOT ENFORCED",
    "ALTER TABLE t MODIFY WATERMARK FOR d AS d - INTERVAL '1' SECOND",
    "ALTER TABLE t MODIFY DISTRIBUTION BY HASH (a)",
    "ALTER TABLE t ADD CONSTRAINT k PRIMARY KEY (a, b) NOT ENFORCED",
    "ALTER TABLE t DROP a",
    "ALTER TABLE t DROP (a, b)",
    "ALTER TABLE t DROP PRIMARY KEY",
    "ALTER TABLE t DROP CONSTRAINT k",
    "ALTER TABLE t DROP WATERMARK",
    "ALTER TABLE t DROP DISTRIBUTION",
    "ALTER TABLE t ADD IF NOT EXISTS PARTITION (a = 1, b = 'x') WITH ('a' = 'b')",
    "ALTER TABLE t DROP IF EXISTS PARTITION (a = 1)",
    "ALTER TABLE t RENAME a TO b",
    "ALTER TABLE t RENAME TO d.u",
    "ALTER VIEW v RENAME TO w",
    "ALTER VIEW v AS SELECT 1",
    "TRUNCATE TABLE c.d.t",
    "DELETE FROM t",
    "DELETE FROM t WHERE a = 1 OR b",
    "UPDATE t SET a = b = c, d = (SELECT 1) WHERE a > 1",
    "ANALYZE TABLE t PARTITION (a = 1) COMPUTE STATISTICS FOR COLUMNS a, b",
    "ANALYZE TABLE t COMPUTE STATISTICS FOR ALL COLUMNS",
    "ANALYZE TABLE t COMPUTE STATISTICS",
    "ANALYZE TABLE t PARTITION (a, b = 1) COMPUTE STATISTICS",
    "COMPILE AND EXECUTE PLAN 'f.json' FOR INSERT INTO t SELECT 1",
    "INSERT INTO t SELECT a FROM b JOIN c ON b.x = c.x ON CONFLICT DO DEDUPLICATE",
    "INSERT INTO t (a) VALUES (1) ON CONFLICT DO NOTHING",
    "EXPLAIN STATEMENT SET BEGIN INSERT INTO a SELECT conflict, do FROM nothing ON CONFLICT DO ERROR; END",
    "EXPLAIN CREATE TABLE t AS SELECT 1",
    "EXPLAIN UPDATE t SET a = 1 WHERE b = 2",
    "CALL a.b(1, x => 2)",
    "LOAD MODULE m WITH ('a' = 'b')",
    "UNLOAD MODULE m",
    "USE MODULES a, b",
    "ADD JAR 'x'",
    "REMOVE JAR 'x'",
    "COMPILE PLAN 'f' IF NOT EXISTS FOR STATEMENT SET BEGIN INSERT INTO t SELECT 1; END",
    "EXECUTE PLAN 'f'",
    "INSERT OVERWRITE t PARTITION (a = 1, b = 'x') (c) SELECT 1",
    "SHOW USER FUNCTIONS IN d LIKE 'x%'",
    "SHOW CREATE FUNCTION d.f",
    "SHOW CREATE DATABASE d",
    "SHOW CREATE CATALOG c",
    "SHOW FULL MODULES",
    "SHOW MODULES",
    "SHOW JARS",
    "SHOW PARTITIONS t PARTITION (a = 1)",
    "SHOW PROCEDURES FROM d NOT ILIKE 'x'",
    "SHOW MODELS",
    "DESCRIBE CATALOG EXTENDED c",
    "DESC DATABASE d",
    "DESCRIBE FUNCTION EXTENDED UPPER",
    "DESCRIBE FUNCTION d.f",
    "DESCRIBE JOB 'x'",
    "DESCRIBE job",
    "DESCRIBE catalog",
    "SELECT TRUNCATE(1.5, 1), add, remove AS jar, options FROM partitions AS after",
    "SELECT 1",
    "SELECT ALL a AS b, c d, t.*, * FROM t",
    "SELECT DISTINCT a FROM a.b.c AS t (x, y) WHERE TRUE",
    "SELECT -(-a), - b, +c, NOT NOT d, a - (b - c), (a - b) - c, a / (b * c), a || b + c, (a + b) * c FROM t",
    "SELECT a = b = c, a <> b, a != b, (a = b) IS TRUE, a IS NOT DISTINCT FROM b, (a OR b) AND c, NOT (a AND b) FROM t",
    "SELECT JSON_VALUE(j, '$.a'), JSON_VALUE(j, 'lax $.a' RETURNING VARCHAR(5) DEFAULT 'x' || b ON EMPTY ERROR ON ERROR) || 'c', json_value(j, p NULL ON EMPTY) FROM t",
    "SELECT JSON_QUERY(j, '$' RETURNING ARRAY<STRING> WITH CONDITIONAL ARRAY WRAPPER EMPTY ARRAY ON EMPTY EMPTY OBJECT ON ERROR), JSON_QUERY(j, '$' WITH WRAPPER) FROM t",
    "SELECT JSON_QUERY(j, '$' WITHOUT ARRAY WRAPPER), JSON_QUERY(j, '$' WITH UNCONDITIONAL WRAPPER NULL ON ERROR), JSON_QUERY(j, p RETURNING STRING) FROM t",
    "SELECT JSON_EXISTS(j, '$.a'), NOT JSON_EXISTS(j, '$.a' UNKNOWN ON ERROR), JSON_EXISTS(j, '$.a' TRUE ON ERROR), JSON_VALUE(j, '$' RETURNING TIMESTAMP(3)) FROM t",
    "SELECT JSON_OBJECT(), JSON_OBJECT(NULL ON NULL), JSON_OBJECT('a' VALUE 1, KEY 'b' || c VALUE d IS NULL, 'e': JSON_ARRAY(1, NULL ABSENT ON NULL)), JSON_ARRAY()",
    "SELECT JSON_OBJECT(KEY key VALUE 1 ABSENT ON NULL), JSON_OBJECT(KEY VALUE 1), JSON_ARRAY(NULL NULL ON NULL), JSON('1'), error, absent, wrapper, returning FROM t absent",
    "SELECT JSON_OBJECTAGG(KEY k VALUE v), JSON_OBJECTAGG(k VALUE v ABSENT ON NULL), JSON_ARRAYAGG(v NULL ON NULL) FILTER (WHERE v > 1), JSON_ARRAYAGG(v) OVER w FROM t",
    "SELECT (a IS NULL) = b, a = (b IS NULL), a IS UNKNOWN, x IS NOT JSON ARRAY, (NOT a) IS NULL FROM t",
    "SELECT a BETWEEN SYMMETRIC 1 AND 2 + 3, a NOT BETWEEN b AND c AND d, (a BETWEEN 1 AND 2) BETWEEN 3 AND 4 FROM t",
    "SELECT a IN (1, 2, (3)), a NOT IN (SELECT 1), (a, b) IN ((1, 2), (3, 4)), a IN ((SELECT 1)), ((SELECT 1)) FROM t",
    "SELECT a LIKE 'x' ESCAPE '!', a NOT LIKE b || c, a SIMILAR TO 'x|y', (a = b) LIKE c FROM t",
    "SELECT a = ALL (SELECT 1), a < ANY (SELECT 2), a >= SOME (SELECT 3), EXISTS (SELECT 1), NOT EXISTS (SELECT 1) FROM t",
    "SELECT (a, b) OVERLAPS (c, INTERVAL '1' DAY), (a - b) DAY, (a - (b - c)) YEAR(3) TO MONTH, ROW(1), ROW(1, 2), (1, 2) FROM t",
    "SELECT CASE WHEN a THEN 1 WHEN b, c THEN 2 ELSE 3 END, CASE x WHEN 1 THEN CASE WHEN y THEN 2 END END FROM t",
    "SELECT CAST(a AS INT), TRY_CAST(a AS DECIMAL(10, 2) NOT NULL), CAST(a AS ROW<x INT, y ARRAY<MAP<STRING, MULTISET<INT>>> NOT NULL>) FROM t",
    "SELECT JSON_VALUE(j, '$.a' PASSING a + 1 AS x, b AS `y z` RETURNING INT NULL ON EMPTY), JSON_QUERY(j, '$' PASSING 1 AS i WITH WRAPPER), JSON_EXISTS(j, '$' PASSING 1 AS i), t.passing AS passing FROM t",
    "SELECT CAST(a AS STRUCTURED<'b.C', x INT NOT NULL, y STRUCTURED<'it''s'>>) FROM t",
    "SELECT CAST(a AS TIMESTAMP(3) WITH LOCAL TIME ZONE), CAST(a AS TIMESTAMP(3) WITHOUT TIME ZONE), CAST(a AS TIME), CAST(a AS CHARACTER VARYING(3)) FROM t",
    "SELECT CAST(a AS INTERVAL DAY(3) TO SECOND(2)), CAST(a AS INT ARRAY), CAST(a AS ROW(x DOUBLE PRECISION)), CAST(a AS TIMESTAMP(3) WITH TIME ZONE) FROM t",
    "SELECT DATE '2024-01-01', TIME '12:00:00', TIMESTAMP '2024-01-01 00:00:00', INTERVAL -'1' DAY, INTERVAL '1 2' DAY(3) TO HOUR, INTERVAL '1.5' SECOND(3, 2)",
    "SELECT INTERVAL 5 DAYS, INTERVAL a.b MINUTES, INTERVAL - (a + 1) QUARTER, INTERVAL '2' WEEKS, INTERVAL a DAY(3), INTERVAL 5 SECOND(3, 1) FROM t",
    "SELECT 1, 1.5, .5, 5., 1e3, 1.5E-2, 'it''s', X'00ff', UNKNOWN, NULL, TRUE, E'a\\tb', U&'d\\0061t\\+000061'",
    "SELECT ARRAY[1, 2][1], ARRAY[], MAP['a', 1]['a'], a[1].b[2], (a).b, f(x).y, t.a.b.c FROM t",
    "SELECT COUNT(*), SUM(DISTINCT a) FILTER (WHERE b > 1), f(), cat.db.f(a => 1, b => 2), LAST_VALUE(a) IGNORE NULLS OVER w FROM t WINDOW w AS (ORDER BY ts)",
    "SELECT EXTRACT(DAY FROM a), EXTRACT(epoch FROM a), TRIM(a), TRIM(BOTH FROM a), TRIM('x' FROM a), TRIM(LEADING 'x' FROM a) FROM t",
    "SELECT SUBSTRING(a FROM 1 FOR 2), SUBSTRING(a, 1), OVERLAY(a PLACING b FROM 1 FOR 2), POSITION(a IN b), POSITION(a || b IN (c)) FROM t",
    "SELECT FLOOR(a), FLOOR(a TO HOUR), CEIL(a TO decade), CEILING(a), TIMESTAMPADD(DAY, 1, a), TIMESTAMPDIFF(MILLISECOND, a, b), YEAR(a), LEFT(a, 1), IF(a, b, c) FROM t",
    "SELECT CURRENT_TIMESTAMP, LOCALTIME, CURRENT_DATE, `select`(1), `count`, `a``b` FROM `order`",
    "SELECT SUM(a) OVER (PARTITION BY b, c ORDER BY d DESC NULLS LAST ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING) FROM t",
    "SELECT SUM(a) OVER (w RANGE INTERVAL '1' HOUR PRECEDING), SUM(a) OVER (ORDER BY ts RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM t WINDOW w AS (PARTITION BY x)",
    "SELECT ARRAY_AGG(DISTINCT a IGNORE NULLS ORDER BY b DESC NULLS LAST, c) FILTER (WHERE a > 1), LISTAGG(a, '-') WITHIN GROUP (ORDER BY a) FROM t",
    "SELECT a FROM t GROUP BY a, (b, c), GROUPING SETS ((a, b), (a), ()), CUBE (a, b), ROLLUP ((a, b), c) HAVING COUNT(*) > 1 QUALIFY rn = 1",
    "SELECT a FROM t GROUP BY TUMBLE(ts, INTERVAL '1' SECOND), a",
    "SELECT * FROM a, b JOIN c ON a.x = c.x LEFT OUTER JOIN d USING (x, y), e CROSS JOIN f NATURAL JOIN g FULL JOIN (h RIGHT JOIN i ON TRUE) ON FALSE",
    "SELECT * FROM t, LATERAL TABLE(f(x)) AS u (v) LEFT JOIN LATERAL g(x) ON TRUE, UNNEST(arr) WITH ORDINALITY AS w (a, b), LATERAL (SELECT 1) AS z",
    "SELECT * FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL '5' SECOND)) AS w",
    "SELECT * FROM HOP(DATA => TABLE t PARTITION BY (a, b), TIMECOL => DESCRIPTOR(ts), SLIDE => INTERVAL '1' SECOND, SIZE => INTERVAL '1' HOUR)",
    "SELECT * FROM SESSION((SELECT * FROM t), DESCRIPTOR(ts), INTERVAL '1' MINUTE), CUMULATE(TABLE t PARTITION BY a, DESCRIPTOR(ts), x, y)",
    "SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS v (x, y), (VALUES 1, 2 ORDER BY 1) AS u, (TABLE t)",
    "SELECT * FROM t /*+ OPTIONS('b' = '2', 'a' = '1') */ FOR SYSTEM_TIME AS OF o.ts AS x JOIN y FOR SYSTEM_TIME AS OF o.ts ON TRUE",
    "SELECT /*+ STATE_TTL('a' = '1d'), BROADCAST(t, u), FOO */ a FROM t",
    "VALUES (1, 2), (3, 4)",
    "VALUES 1, ROW(2)",
    "TABLE a.b",
    "SELECT 1 UNION SELECT 2 UNION ALL SELECT 3 EXCEPT SELECT 4 INTERSECT ALL SELECT 5",
    "(SELECT 1 UNION SELECT 2) INTERSECT (SELECT 3 UNION ALL (SELECT 4 EXCEPT SELECT 5))",
    "(SELECT 1 ORDER BY 1 LIMIT 2) UNION ALL (SELECT 3 LIMIT 1)",
    "SELECT a FROM t ORDER BY a DESC, b NULLS FIRST LIMIT 5 OFFSET 3",
    "(SELECT a FROM t ORDER BY a) LIMIT 3",
    "SELECT a FROM t OFFSET 3 ROWS FETCH NEXT 5 ROWS ONLY",
    "SELECT a FROM t FETCH FIRST ROW ONLY",
    "SELECT a FROM t LIMIT ALL",
    "SELECT a FROM t LIMIT 3 EMIT CHANGES",
    "WITH a AS (SELECT 1), b (x, y) AS (VALUES (1, 2)) SELECT * FROM a, b ORDER BY 1",
    "SELECT emit, changes, map, ignore, key, type, name, year_, state, version FROM descriptor emit",
    "INSERT INTO a.b SELECT 1",
    "INSERT INTO t (a, b) VALUES (1, 2)",
    "INSERT OVERWRITE t /*+ OPTIONS('a' = 'b') */ (SELECT 1)",
    "EXECUTE INSERT INTO t SELECT 1",
    "EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT CASE WHEN x THEN 1 END FROM t; INSERT INTO b SELECT 2; END",
    "BEGIN STATEMENT SET; INSERT INTO a SELECT 1; END",
    "CREATE TABLE t (a INT)",
    "CREATE TEMPORARY TABLE IF NOT EXISTS c.d.t (a INT NOT NULL PRIMARY KEY NOT ENFORCED COMMENT 'k', b STRING, `timestamp` TIMESTAMP(3) METADATA FROM 'x' VIRTUAL,"
    " c BIGINT METADATA, d AS a + 1 COMMENT 'sum', WATERMARK FOR `timestamp` AS `timestamp` - INTERVAL '5' SECOND) COMMENT 'it''s' PARTITIONED BY (b)"
    " WITH ('z' = '1', 'connector' = 'kafka')",
    "CREATE TABLE t (a INT, b INT, CONSTRAINT pk PRIMARY KEY (a, b) NOT ENFORCED) WITH ()",
    "CREATE TABLE t (a INT, PRIMARY KEY (a))",
    "CREATE TABLE t WITH ('connector' = 'blackhole') AS SELECT 1 AS a",
    "CREATE TABLE t (b, a) AS SELECT 1 AS a, 2 AS b",
    "CREATE OR REPLACE TABLE t AS SELECT 1",
    "CREATE TEMPORARY VIEW IF NOT EXISTS v (a, b) COMMENT 'c' AS SELECT 1, 2",
    "DROP TABLE IF EXISTS a.b",
    "DROP TEMPORARY VIEW v",
    "ALTER TABLE t SET ('a' = 'b', 'c' = 'd')",
    "ALTER TABLE IF EXISTS t RESET ('a', 'b')",
    "ALTER TABLE t RENAME TO u",
    "SET",
    "SET 'a' = 'b'",
    "RESET",
    "RESET 'a'",
    "SHOW TABLES",
    "SHOW TABLES FROM db NOT LIKE 'a%'",
    "SHOW VIEWS ILIKE 'a%'",
    "SHOW CREATE TABLE t",
    "SHOW CREATE VIEW v",
    "SHOW JOBS",
    "SHOW FUNCTIONS",
    "SHOW DATABASES",
    "SHOW CATALOGS",
    "SHOW CURRENT CATALOG",
    "SHOW CURRENT DATABASE",
    "SHOW COLUMNS IN t LIKE 'x'",
    "DESCRIBE t",
    "DESC EXTENDED a.t",
    "EXPLAIN SELECT 1",
    "EXPLAIN PLAN FOR INSERT INTO t SELECT 1",
    "EXPLAIN CHANGELOG_MODE, PLAN_ADVICE, ESTIMATED_COST, JSON_EXECUTION_PLAN SELECT 1",
    "EXPLAIN STATEMENT SET BEGIN INSERT INTO a SELECT 1; END",
    "STOP JOB 'x' WITH SAVEPOINT WITH DRAIN",
    "USE a.b",
    "USE CATALOG c",
};

static void round_trips(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
    parsed *first = parse(statements[i]);
    if (first->diags.count) print_error("%s\n  %s\n", statements[i], first->diags.items[0].message);
    assert_int_equal(first->diags.count, 0);
    assert_int_equal(first->script.count, 1);
    rn_builder text = {0}, again = {0};
    rn_ast_print(first->script.statements[0], &text);
    parsed *second = parse(text.data);
    if (second->diags.count) print_error("%s\n  -> %s\n  %s\n", statements[i], text.data, second->diags.items[0].message);
    assert_int_equal(second->script.count, 1);
    if (!rn_ast_equal(first->script.statements[0], second->script.statements[0])) print_error("%s\n  -> %s\n", statements[i], text.data);
    assert_true(rn_ast_equal(first->script.statements[0], second->script.statements[0]));
    rn_ast_print(second->script.statements[0], &again);
    assert_string_equal(text.data, again.data); /* canonical */
    assert_int_equal(first->script.statements[0]->span.begin, 0);
    assert_int_equal(first->script.statements[0]->span.end, strlen(statements[i]));
    rn_builder_free(&text);
    rn_builder_free(&again);
    done(first);
    done(second);
  }
}

/* Any two of the statements above differ: the comparison sees what the printer writes. */
static void comparison_tells_apart(void **state) {
  (void)state;
  enum { COUNT = sizeof statements / sizeof statements[0] };
  parsed *all[COUNT];
  for (size_t i = 0; i < COUNT; i++) all[i] = parse(statements[i]);
  for (size_t i = 0; i < COUNT; i++)
    for (size_t k = 0; k < i; k++)
      if (rn_ast_equal(all[i]->script.statements[0], all[k]->script.statements[0]))
        fail_msg("equal: %s / %s", statements[i], statements[k]);
  for (size_t i = 0; i < COUNT; i++) done(all[i]);
}

static void canonical_text(void **state) {
  static const struct {
    const char *text, *canonical;
  } cases[] = {
      {"select count( * ) from t where a<1 and(b or c)", "SELECT COUNT(*) FROM t WHERE a < 1 AND (b OR c)"},
      {"select `a`, `from`, `key` from t", "SELECT a, `from`, `key` FROM t"},
      {"select sum(a) over (order by b rows 3 preceding) from t",
       "SELECT SUM(a) OVER (ORDER BY b ROWS BETWEEN 3 PRECEDING AND CURRENT ROW) FROM t"},
      {"select 'a'\n 'b'", "SELECT 'ab'"},
      {"create table t (a integer primary key not enforced, b numeric(3)) with ('z'='1','a'='2')",
       "CREATE TABLE t (\n  a INT,\n  b DECIMAL(3),\n  PRIMARY KEY (a) NOT ENFORCED\n) WITH (\n  'a' = '2',\n  'z' = '1'\n)"},
      {"select 1 -- comment\n /* another */ // third", "SELECT 1"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    parsed *p = parse(cases[i].text);
    assert_int_equal(p->script.count, 1);
    rn_builder text = {0};
    rn_ast_print(p->script.statements[0], &text);
    assert_string_equal(text.data, cases[i].canonical);
    rn_builder_free(&text);
    done(p);
  }
}

/* --- errors ------------------------------------------------------------------------------------------------ */
static const struct {
  const char *text;
  int code;
  const char *at; /* the text under the span */
  const char *message, *hint;
} errors[] = {
    {"SELECT a FORM t", RN_E_SYNTAX, "FORM",
     "syntax error at \"FORM\": expected FROM, WHERE, GROUP, HAVING, WINDOW, QUALIFY, ORDER, LIMIT, ..", "did you mean FROM?"},
    {"SELCT 1", RN_E_SYNTAX, "SELCT",
     "syntax error at \"SELCT\": expected SELECT, INSERT, VALUES, CREATE, DROP, ALTER, SHOW, DESCRIBE, ..", "did you mean SELECT?"},
    {"SELECT a FROM t WEHRE b = 1", RN_E_SYNTAX, "WEHRE",
     "syntax error at \"WEHRE\": expected WHERE, GROUP, HAVING, WINDOW, QUALIFY, ORDER, LIMIT, OFFSET, ..", "did you mean WHERE?"},
    {"SELECT user FROM t", RN_E_SYNTAX, "user", "syntax error at \"user\": expected expression, DISTINCT, ALL or \"*\"",
     "user is a reserved word: write `user` in back-ticks"},
    {"SELECT count FROM t", RN_E_SYNTAX, "count", "syntax error at \"count\": expected expression, DISTINCT, ALL or \"*\"",
     "count is a reserved word: write `count` in back-ticks"},
    {"CREATE TABLE t (a INT, value STRING)", RN_E_SYNTAX, "value",
     "syntax error at \"value\": expected name, PRIMARY, CONSTRAINT or WATERMARK", "value is a reserved word: write `value` in back-ticks"},
    {"SELECT a, FROM t", RN_E_SYNTAX, "FROM", "syntax error at \"FROM\": expected expression or \"*\"",
     "there is a comma too many in front of it"},
    {"SELECT (1 + 2", RN_E_SYNTAX, "2", "syntax error: the statement ends after \"2\": expected \",\", \")\" or operator", "a ( is not closed"},
    {"SELECT 1);", RN_E_SYNTAX, ")", "syntax error at \")\": expected FROM, WHERE, GROUP, HAVING, WINDOW, QUALIFY, ORDER, LIMIT, ..",
     "this ) closes nothing"},
    {"SELECT 1 +;", RN_E_SYNTAX, ";", "syntax error at \";\": expected expression", ""},
    {"SELECT 1 SELECT 2", RN_E_SYNTAX, "SELECT", NULL, "a ; is missing in front of it"},
    {"SET a = b", RN_E_SYNTAX, "a", "syntax error at \"a\": expected string or \";\"", "keys and values stand in quotes: SET 'key' = 'value'"},
    {"SELECT a == 1 FROM t", RN_E_SYNTAX, "=", NULL, "equality is a single ="},
    {"SELECT CAST(a AS) FROM t", RN_E_SYNTAX, ")", "syntax error at \")\": expected type", ""},
    {"SELECT INTERVAL '1' FROM t", RN_E_SYNTAX, "FROM", "syntax error at \"FROM\": expected time unit", "the unit stands behind the number: INTERVAL '5' MINUTE"},
    {"SELECT a BETWEEN 1 OR 2", RN_E_SYNTAX, "OR", "syntax error at \"OR\": expected AND or operator", ""},
    {"DROP TABEL t", RN_E_SYNTAX, "TABEL", "syntax error at \"TABEL\": expected TABLE, VIEW, TEMPORARY, FUNCTION, CATALOG or DATABASE", "did you mean TABLE?"},
    {"SELECT \"a\" FROM t", RN_E_SYNTAX, "\"a\"", "double quotes quote nothing here", "'text' is a string, `name` is a name"},
    {"SELECT a # b", RN_E_SYNTAX, "#", "character # cannot stand here", "a comment begins with -- and goes to the end of the line"},
    {"SELECT \xE2\x80\x98x", RN_E_SYNTAX, "\xE2\x80\x98", "character U+2018 cannot stand here", "strings stand in plain quotes: 'text'"},
    {"SELECT \xff", RN_E_SYNTAX, "\xff", "text is not valid UTF-8", ""},
    {"SELECT 'abc", RN_E_UNTERMINATED, "'", "string does not end", "a string ends with a quote: '"},
    {"SELECT `abc", RN_E_UNTERMINATED, "`", "quoted name does not end", "a quoted name ends with a back-tick: `"},
    {"SELECT 1 /* abc", RN_E_UNTERMINATED, "/*", "comment does not end", "a comment ends with */"},
    {"SELECT X'123'", RN_E_LITERAL, "X'123'", "a binary literal wants an even number of hex digits", ""},
    {"SELECT U&'\\00zz'", RN_E_LITERAL, "U&'\\00zz'", "a Unicode escape wants four hex digits of a code point", ""},
    {"SELECT 'a' 'b'", RN_E_LITERAL, "'", "string literal continued on the same line",
     "join them with ||, or put the second one on a line of its own"},
    {"SELECT INTERVAL '1' SECOND TO DAY", RN_E_LITERAL, "SECOND TO DAY", "there is no interval SECOND TO DAY", ""},
    {"SELECT (a + b) DAY", RN_E_SYNTAX, "DAY", "a unit behind parentheses wants a difference: (a - b) DAY", ""},
    {"SELECT ``", RN_E_SYNTAX, "``", "a name must not be empty", ""},
    {"CREATE TABLE t", RN_E_SYNTAX, "t", "a table needs columns or AS query", "CREATE TABLE t (a INT, ..) or CREATE TABLE t AS SELECT .."},
    {"CREATE TABLE t (a)", RN_E_SYNTAX, "a", "column \"a\" has no type", ""},
    {"SELECT CAST(a AS DECIMAL(99999999999))", RN_E_LITERAL, "99999999999", "\"99999999999\" is not a whole number in range", ""},
};

static void error_texts(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
    parsed *p = parse(errors[i].text);
    if (p->diags.count != 1 || p->script.count != 0) print_error("%s: %zu\n", errors[i].text, p->diags.count);
    assert_int_equal(p->diags.count, 1);
    assert_int_equal(p->script.count, 0);
    const rn_error *err = &p->diags.items[0];
    assert_int_equal(err->code, errors[i].code);
    if (errors[i].message) assert_string_equal(err->message, errors[i].message);
    assert_string_equal(err->hint, errors[i].hint);
    assert_true(err->has_span);
    assert_int_equal(err->span.end - err->span.begin, strlen(errors[i].at));
    assert_memory_equal(errors[i].text + err->span.begin, errors[i].at, strlen(errors[i].at));
    done(p);
  }
}

static void rendering(void **state) {
  static const struct {
    const char *text, *name, *rendered;
  } cases[] = {
      {"SELECT a FORM t", NULL,
       "error[RN1001]: syntax error at \"FORM\": expected FROM, WHERE, GROUP, HAVING, WINDOW, QUALIFY, ORDER, LIMIT, ..\n"
       " line 1:10  SELECT a FORM t\n"
       "                     ^~~~\n"
       "   hint: did you mean FROM?\n"},
      {"SELECT 1;\nSELECT '\xE5\x80\xA4', \t(a b c)", "x.sql",
       "error[RN1001]: syntax error at \"b\": expected \",\", \")\", \"(\" or operator\n"
       " x.sql:2:17  SELECT '\xE5\x80\xA4',  (a b c)\n"
       "                              ^\n"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    parsed *p = parse(cases[i].text);
    rn_builder out = {0};
    rn_error_render(&p->diags.items[0], rn_slice_of(cases[i].text), cases[i].name, &out);
    assert_string_equal(out.data, cases[i].rendered);
    rn_builder_free(&out);
    done(p);
  }
}

/* A long line is cut on both sides; the caret stays under its word. */
static void rendering_long_lines(void **state) {
  (void)state;
  rn_builder text = {0};
  rn_builder_text(&text, "SELECT ");
  for (int i = 0; i < 100; i++) rn_builder_printf(&text, "column_%d, ", i);
  rn_builder_text(&text, "a FORM t WHERE ");
  for (int i = 0; i < 100; i++) rn_builder_printf(&text, "x = %d AND ", i);
  rn_builder_text(&text, "TRUE");
  parsed *p = parse(text.data);
  assert_int_equal(p->diags.count, 1);
  rn_builder out = {0};
  rn_error_render(&p->diags.items[0], rn_slice_make(text.data, text.len), NULL, &out);
  const char *line = strstr(out.data, "\n") + 1, *caret = strstr(line, "\n") + 1;
  assert_non_null(strstr(line, "\xE2\x80\xA6"));
  size_t column = (size_t)(strstr(line, "FORM") - line) - 2; /* the ellipsis in front is three bytes, one column */
  assert_int_equal(strchr(caret, '^') - caret, column);
  assert_true(caret - line < 160);
  rn_builder_free(&out);
  rn_builder_free(&text);
  done(p);
}

static void positions(void **state) {
  (void)state;
  uint32_t line, column;
  rn_slice text = rn_slice_of("ab\n\xC3\xA4""c\n");
  rn_text_position(text, 0, &line, &column);
  assert_true(line == 1 && column == 1);
  rn_text_position(text, 5, &line, &column);
  assert_true(line == 2 && column == 2);
  rn_text_position(text, 99, &line, &column);
  assert_true(line == 3 && column == 1);
}

/* --- scripts ------------------------------------------------------------------------------------------------- */
static void splitting(void **state) {
  (void)state;
  parsed *p = parse(";; SELECT ';' ; SELECT `;`, 1 -- ;\n; /* ; */ SELEC 3; EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1;"
                    " INSERT INTO b SELECT CASE WHEN x THEN 1 END FROM t; END; SELECT 4");
  assert_int_equal(p->script.count, 4);
  assert_int_equal(p->diags.count, 1);
  assert_int_equal(p->script.statements[2]->kind, RN_AST_STMT_STATEMENT_SET);
  assert_int_equal(p->script.statements[2]->insert_count, 2);
  done(p);

  rn_arena arena = {0};
  rn_diagnostics *diags = rn_calloc(1, sizeof *diags);
  rn_slice text = rn_slice_of(" SELECT 1 ; -- rest\n ");
  rn_ast_statement *statement;
  size_t end;
  assert_int_equal(rn_parse_next(text, 0, &arena, &statement, &end, diags), RN_OK);
  assert_non_null(statement);
  assert_int_equal(end, 11);
  assert_true(statement->span.begin == 1 && statement->span.end == 9);
  assert_int_equal(rn_parse_next(text, end, &arena, &statement, &end, diags), RN_OK);
  assert_null(statement);
  assert_int_equal(end, text.len);
  rn_free(diags);
  rn_arena_free(&arena);
}

/* A statement longer than the reader's first window, and one that begins far into the text. */
static void long_scripts(void **state) {
  (void)state;
  rn_builder text = {0};
  for (int i = 0; i < 300; i++) rn_builder_printf(&text, "SELECT 'padding padding padding', %d;\n", i);
  rn_builder_text(&text, "SELECT '");
  for (int i = 0; i < 20000; i++) rn_builder_char(&text, 'x');
  rn_builder_text(&text, "' FORM t; SELECT 2");
  parsed *p = parse(text.data);
  assert_int_equal(p->script.count, 301);
  assert_int_equal(p->diags.count, 1);
  assert_memory_equal(text.data + p->diags.items[0].span.begin, "FORM", 4);
  rn_builder_free(&text);
  done(p);
}

static void completeness(void **state) {
  static const struct {
    const char *text;
    rn_completeness result;
  } cases[] = {
      {"", RN_BLANK}, {"  -- x\n", RN_BLANK}, {"SELECT 1;", RN_COMPLETE}, {"SELECT 1; -- x", RN_COMPLETE}, {"SELECT 1", RN_INCOMPLETE},
      {"SELECT ';", RN_IN_STRING}, {"SELECT `;", RN_IN_NAME}, {"SELECT 1 /* ;", RN_IN_COMMENT}, {"SELECT (1,", RN_IN_PARENS},
      {"SELECT 1; SELECT 2", RN_INCOMPLETE}, {";", RN_COMPLETE}, {"EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1;", RN_INCOMPLETE},
      {"EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1; END;", RN_COMPLETE}, {"BEGIN STATEMENT SET;", RN_INCOMPLETE},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    assert_int_equal(rn_parse_completeness(rn_slice_of(cases[i].text)), cases[i].result);
}

static bool has(const rn_expected *expected, const char *word) {
  for (size_t i = 0; i < expected->keyword_count; i++)
    if (strcmp(expected->keywords[i], word) == 0) return true;
  return false;
}
static void completion(void **state) {
  (void)state;
  rn_arena arena = {0};
  rn_expected e;
  rn_parse_expected(rn_slice_of("SELECT a FROM t "), 16, &arena, &e);
  assert_true(has(&e, "WHERE") && has(&e, "GROUP") && has(&e, "JOIN") && !has(&e, "SELECT") && e.name && !e.expression);
  rn_parse_expected(rn_slice_of("SELECT a FROM t wh"), 18, &arena, &e);
  assert_true(has(&e, "WHERE"));
  rn_parse_expected(rn_slice_of("SELECT 1; CREATE TA"), 19, &arena, &e);
  assert_true(has(&e, "TABLE") && has(&e, "VIEW") && !e.name);
  rn_parse_expected(rn_slice_of("SELECT a FROM "), 14, &arena, &e);
  assert_true(e.name && has(&e, "LATERAL") && !has(&e, "WHERE") && !e.expression);
  rn_parse_expected(rn_slice_of("SELECT "), 7, &arena, &e);
  assert_true(e.expression);
  rn_parse_expected(rn_slice_of("SELECT 'a"), 9, &arena, &e);
  assert_true(e.keyword_count == 0 && !e.name);
  rn_arena_free(&arena);
}

static void keywords(void **state) {
  (void)state;
  size_t count;
  const char *const *words = rn_keywords(&count);
  assert_true(count > 600);
  for (size_t i = 1; i < count; i++) assert_true(strcmp(words[i - 1], words[i]) < 0);
  static const char *const reserved[] = {"select", "COUNT", "user", "Value", "timestamp", "WEDNESDAY", "JSON_VALUE", "CEIL"};
  static const char *const names[] = {"key", "NAME", "state", "json", "WEEK", "tumble", "nosuchword", "if", "emit"};
  for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++) assert_true(rn_keyword_is_reserved(rn_slice_of(reserved[i])));
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) assert_false(rn_keyword_is_reserved(rn_slice_of(names[i])));
  for (size_t i = 0; i < count; i++) { /* every keyword: a bare name exactly when it is not reserved; always one in back-ticks */
    char text[128];
    (void)snprintf(text, sizeof text, "SELECT t.%s FROM t", words[i]);
    parsed *bare = parse(text);
    (void)snprintf(text, sizeof text, "SELECT t.`%s` FROM t", words[i]);
    parsed *quoted = parse(text);
    assert_int_equal(quoted->script.count, 1);
    if ((bare->script.count == 1) == rn_keyword_is_reserved(rn_slice_of(words[i]))) fail_msg("%s", words[i]);
    done(bare);
    done(quoted);
  }
}

/* --- limits ----------------------------------------------------------------------------------------------------- */
static void expect_limit(const char *before, const char *piece, int times, const char *after, bool too_much) {
  rn_builder text = {0};
  rn_builder_text(&text, before);
  for (int i = 0; i < times; i++) rn_builder_text(&text, piece);
  rn_builder_text(&text, after);
  parsed *p = parse(text.data);
  if (too_much) {
    assert_int_equal(p->script.count, 0);
    bool limit = false;
    for (size_t i = 0; i < p->diags.count; i++) limit |= p->diags.items[i].code == RN_E_LIMIT;
    if (!limit) print_error("%s%s..: %s\n", before, piece, p->diags.count ? p->diags.items[0].message : "no error");
    assert_true(limit);
  } else {
    assert_int_equal(p->diags.count, 0);
    assert_int_equal(p->script.count, 1);
    rn_builder out = {0};
    rn_ast_print(p->script.statements[0], &out);
    rn_builder_free(&out);
  }
  rn_builder_free(&text);
  done(p);
}
static void nesting(void **state) {
  (void)state;
  expect_limit("SELECT 1", " + 1", 900, "", false);
  expect_limit("SELECT 1", " + 1", 100000, "", true);
  expect_limit("SELECT ", "(", 100000, "1", true);
  expect_limit("SELECT ", "NOT ", 100000, "TRUE", true);
  expect_limit("SELECT ", "- ", 100000, "1", true);
  expect_limit("SELECT ", "CASE WHEN TRUE THEN ", 10000, "1", true);
  expect_limit("SELECT 1", " UNION ALL SELECT 1", 900, "", false);
  expect_limit("SELECT 1", " UNION ALL SELECT 1", 20000, "", true);
  expect_limit("SELECT * FROM t", ", t", 20000, "", true);
  expect_limit("SELECT * FROM ", "(SELECT * FROM ", 5000, "t", true);
  expect_limit("SELECT CAST(1 AS ", "ARRAY<", 5000, "INT", true);
  expect_limit("SELECT CAST(1 AS INT", " ARRAY", 5000, ")", true);
  expect_limit("SELECT a", "[1]", 20000, "", true);
  expect_limit("SELECT 1", ", 1", 100000, "", false); /* wide is not deep */
  expect_limit("SELECT ", "a", RN_IDENTIFIER_BYTES_MAX + 1, "", true);
  expect_limit("SELECT '", "aaaaaaaa", RN_STATEMENT_BYTES_MAX / 8, "'", true);
  rn_builder text = {0}; /* 150 levels of parentheses are fine */
  rn_builder_text(&text, "SELECT ");
  for (int i = 0; i < 150; i++) rn_builder_text(&text, "(1 + ");
  rn_builder_text(&text, "1");
  for (int i = 0; i < 150; i++) rn_builder_char(&text, ')');
  parsed *p = parse(text.data);
  assert_int_equal(p->script.count, 1);
  rn_builder_free(&text);
  done(p);
}

static void many_errors(void **state) {
  (void)state;
  rn_builder text = {0};
  for (int i = 0; i < 100; i++) rn_builder_text(&text, "SELEC 1; ");
  parsed *p = parse(text.data);
  assert_int_equal(p->diags.count, RN_DIAGNOSTICS_MAX);
  assert_int_equal(p->diags.error_count, 100);
  rn_builder_free(&text);
  done(p);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(round_trips),   cmocka_unit_test(comparison_tells_apart), cmocka_unit_test(canonical_text),
      cmocka_unit_test(error_texts),   cmocka_unit_test(rendering),              cmocka_unit_test(rendering_long_lines),
      cmocka_unit_test(positions),     cmocka_unit_test(splitting),              cmocka_unit_test(long_scripts),
      cmocka_unit_test(completeness),  cmocka_unit_test(completion),             cmocka_unit_test(keywords),
      cmocka_unit_test(nesting),       cmocka_unit_test(many_errors),
  };
  return cmocka_run_group_tests_name("parse", tests, NULL, NULL);
}
