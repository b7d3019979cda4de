/* Random sentences of the dialect, from a grammar written as templates. It follows grammar/sql.y, rule by rule, and
 * never goes through the parser's own tables: what it makes must be accepted.
 *
 *   <rule>    one alternative of that rule
 *   {a|b|}    one of these, which may be empty; they nest
 *
 * The first alternative of a rule ends; at depth 0 it is the one that is taken. */
#ifndef RN_TESTS_SENTENCES_H
#define RN_TESTS_SENTENCES_H
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/text.h"
#include "random.h"

enum { ALTERNATIVES_MAX = 40 };
typedef struct sentence_rule {
  const char *name;
  const char *alternatives[ALTERNATIVES_MAX];
} sentence_rule;

static const sentence_rule sentence_rules[] = {
  {"name", {"a", "b", "t", "`select`", "`x y`", "key", "value1", "`a``b`", "work", "zone", "map"}},
  {"path", {"<name>", "<name>", "c.d.<name>", "`default_catalog`.<name>"}},
  {"names", {"<name>", "<name>, <name>"}},
  {"string", {"'x'", "'x''y'", "''", "U&'\\00e9'", "'a -- b /* c */'", "'\xC3\xA9\xE2\x82\xAC'"}},
  {"number", {"1", "0", "42", "2.5", "1e3", ".5", "10.", "1.5E-3"}},
  {"unit", {"DAY", "YEAR", "MONTH", "HOUR", "MINUTE", "SECOND", "WEEK", "QUARTER"}},
  {"atom", {"<path>", "<number>", "<string>", "NULL", "TRUE", "FALSE", "UNKNOWN", "DATE '2024-01-01'",
            "TIME '10:11:12'", "TIMESTAMP '2024-01-01 00:00:00.5'",
            "X'0a'", "INTERVAL '1' DAY", "INTERVAL -'1-2' YEAR TO MONTH",
            "INTERVAL '1 02:03:04.5' DAY(3) TO SECOND(3)", "CURRENT_TIMESTAMP", "COUNT(*)", "LOCALTIME"}},
  {"expr", {"<pred>", "<pred>", "<pred>", "NOT <expr>", "<expr> OR <expr>", "<expr> AND <expr>",
            "<expr> {=|<>|!=|<|>|<=|>=} <expr>", "<expr> IS {NOT |}{NULL|TRUE|FALSE|UNKNOWN}",
            "<expr> IS {NOT |}DISTINCT FROM <pred>", "<expr> IS {NOT |}JSON{ VALUE| SCALAR| ARRAY| OBJECT|}",
            "<pred> {=|<>|<} {ALL|ANY|SOME} (<query>)"}},
  {"pred", {"<num>", "<num>", "<num>", "<num> {NOT |}BETWEEN {SYMMETRIC |ASYMMETRIC |}<num> AND <num>",
            "<num> {NOT |}IN (<exprs>)", "<num> {NOT |}IN (<query>)",
            "<num> {NOT |}LIKE <num>{ ESCAPE '!'|}", "<num> {NOT |}SIMILAR TO <num>",
            "(<num>, <num>) OVERLAPS (<num>, <num>)"}},
  {"num", {"<primary>", "<primary>", "<primary>", "{- |+}<num>", "<num> {+|-|*|/|%} <num>", "<num> || <num>"}},
  {"primary", {"<atom>", "<atom>", "(<expr>)", "(<query>)", "EXISTS (<query>)", "(<expr>, <exprs>)", "ROW(<exprs>)",
            "ARRAY[{<exprs>|}]", "MAP[<expr>, <expr>]", "(<expr>)[<expr>]",
               "<name>[<num>]", "(<expr>).<name>",
               "CASE WHEN <expr> THEN <expr>{ WHEN <expr> THEN <expr>|}{ ELSE <expr>|} END",
               "CASE <expr> WHEN <exprs> THEN <expr> END",
               "{CAST|TRY_CAST}(<expr> AS <type>)", "<call>{ FILTER (WHERE <expr>)|}{ OVER <window>|}",
               "<call>{ RESPECT NULLS| IGNORE NULLS|} OVER <window>", "<json>", "<special>",
               "INTERVAL (<expr>) <unit>", "(<primary> - <primary>) {DAY|YEAR TO MONTH|DAY TO SECOND(3)}"}},
  {"exprs", {"<expr>", "<expr>, <expr>"}},
  {"call", {"f(<exprs>)", "SUM({DISTINCT |ALL |}<expr>)", "c.f()", "`x y`(<exprs>)", "{LEFT|RIGHT}(<expr>, 2)",
            "{YEAR|MONTH|DAY|HOUR}(<expr>)", "COALESCE(<exprs>)", "IF(<expr>, <expr>, <expr>)",
            "GROUPING(<exprs>)", "f(<name> => <expr>, <name> => <expr>)", "LISTAGG(<expr>, ',')", "UPPER(<expr>)",
            "JSON_OBJECTAGG(KEY <atom> VALUE <expr>{ NULL ON NULL| ABSENT ON NULL|})",
            "JSON_ARRAYAGG(<expr>{ NULL ON NULL| ABSENT ON NULL|})"}},
  {"special", {"TRIM(<expr>)", "EXTRACT(<unit> FROM <expr>)", "SUBSTRING(<expr> FROM <expr>{ FOR <expr>|})",
            "OVERLAY(<expr> PLACING <expr> FROM <expr>{ FOR <expr>|})",
               "POSITION(<num> IN <num>)", "TRIM({BOTH|LEADING|TRAILING} <expr> FROM <expr>)",
               "TRIM({BOTH|LEADING|TRAILING} FROM <expr>)", "{FLOOR|CEIL}(<expr>{ TO <unit>|})",
               "{TIMESTAMPADD|TIMESTAMPDIFF}(<unit>, <expr>, <expr>)"}},
  {"json", {"JSON_EXISTS(<expr>, '$.a'{ TRUE ON ERROR| UNKNOWN ON ERROR| ERROR ON ERROR|})",
            "JSON_VALUE(<expr>, <expr>{ PASSING <expr> AS <name>, <expr> AS x|}{ RETURNING {INT|VARCHAR(3)|DECIMAL(5, 2)}|}{ NULL ON EMPTY"
            "| DEFAULT <num> ON EMPTY| ERROR ON EMPTY|}{ NULL ON ERROR| DEFAULT <num> ON ERROR|})",
            "JSON_QUERY(<expr>, 'lax $'{ RETURNING ARRAY<INT>|}{ WITHOUT ARRAY WRAPPER| WITH CONDITIONAL WRAPPER"
            "| WITH UNCONDITIONAL ARRAY WRAPPER|}{ EMPTY ARRAY ON EMPTY| NULL ON EMPTY|}"
            "{ EMPTY OBJECT ON ERROR| ERROR ON ERROR|})",
            "JSON_OBJECT({KEY 'k' VALUE <expr>{, 'l' : <expr>|}|}{ NULL ON NULL| ABSENT ON NULL|})",
            "JSON_ARRAY({<exprs>{ NULL ON NULL| ABSENT ON NULL|}|})"}},
  {"window", {"w", "({PARTITION BY <exprs>|}{ ORDER BY <sort>|})",
            "(ORDER BY <sort> {ROWS|RANGE} BETWEEN <bound> AND <bound>)", "(w ORDER BY <sort>)",
            "(ORDER BY <sort> ROWS <bound>)"}},
  {"bound", {"CURRENT ROW", "UNBOUNDED PRECEDING", "UNBOUNDED FOLLOWING", "<num> PRECEDING",
            "INTERVAL '1' DAY FOLLOWING"}},
  {"sort", {"<expr>{ ASC| DESC|}{ NULLS FIRST| NULLS LAST|}", "<expr>, <expr> DESC"}},
  {"type", {"INT", "DECIMAL(10, 2)", "VARCHAR(3)", "CHAR(5)", "STRING", "BOOLEAN", "BYTES", "BINARY(3)",
            "DOUBLE PRECISION", "TIMESTAMP(3)", "TIMESTAMP(3) WITH LOCAL TIME ZONE", "TIMESTAMP_LTZ(3)",
            "TIME(0)", "DATE", "INTERVAL DAY TO SECOND", "INTERVAL YEAR TO MONTH", "ARRAY<<type>>",
            "MAP<<type>, <type>>", "MULTISET<<type>>", "ROW<<name> <type> NOT NULL, z1 <type>>", "STRUCTURED<'a.B', <name> <type>, z1 <type> NOT NULL>", "STRUCTURED<'B'>",
            "<type> ARRAY", "<type> MULTISET", "ROW(<name> <type>)", "CHARACTER VARYING(5)"}},
  {"query", {"SELECT <items>{ FROM <from>|}",
            "SELECT{ DISTINCT| ALL|} <items> FROM <from>{ WHERE <expr>|}{ GROUP BY <groups>{ HAVING <expr>|}"
            "|}{ WINDOW w AS <windowspec>|}{ QUALIFY <expr>|}",
             "VALUES <values>", "TABLE <path>", "<query0> {UNION|EXCEPT|INTERSECT}{ ALL| DISTINCT|} <query0>",
             "WITH w AS (<query>){, `x y` (a, b) AS (<query>)|} <query0>",
             "<query0> ORDER BY <sort>{ LIMIT 3| LIMIT ALL| OFFSET 2 ROWS| OFFSET 1 ROW FETCH NEXT 5 ROWS ONLY"
             "| FETCH FIRST ROW ONLY|}", "<query0> LIMIT 5{ OFFSET 2|}", "(<query>)",
             "<query0> UNION ALL <query0> INTERSECT <query0>", "<query0> EMIT CHANGES"}},
  {"query0", {"SELECT <items> FROM <path>", "(<query>)", "VALUES <values>", "SELECT 1"}},
  {"windowspec", {"(PARTITION BY a ORDER BY b)"}},
  {"values", {"(<exprs>)", "(1, <expr>), (2, <expr>)", "<num>"}},
  {"items", {"*", "<expr>", "<expr> AS <name>", "<expr> a, t.*", "<items>, <expr>"}},
  {"groups", {"<expr>", "<expr>, <expr>", "()", "GROUPING SETS ((a, b), (a), ())", "ROLLUP (a, <expr>)",
            "CUBE ((a, b), c)", "GROUPING SETS (ROLLUP (a), CUBE (b)), <expr>", "DISTINCT a"}},
  {"from", {"<path>", "<path>{ /*+ OPTIONS('a' = 'b') */|}{ AS x| x| AS x (a, b)|}", "(<query>) AS q",
            "<from> {JOIN|LEFT JOIN|RIGHT OUTER JOIN|FULL JOIN|INNER JOIN} <from0> {ON <expr>|USING (<names>)}",
            "<from> {CROSS JOIN|NATURAL JOIN|NATURAL LEFT JOIN} <from0>", "<from>, <from0>",
            "<from> CROSS JOIN UNNEST(<expr>){ WITH ORDINALITY|} AS u (x)",
            "<from> LEFT JOIN LATERAL (<query>) AS l ON TRUE",
            "<path> FOR SYSTEM_TIME AS OF <name>.b", "(VALUES <values>) AS v (x, y)",
            "LATERAL TABLE(f(<exprs>)) AS z (a)",
            "TABLE({TUMBLE|HOP|CUMULATE}(TABLE <path>{ PARTITION BY (<names>)"
            "|}, DESCRIPTOR(<name>), INTERVAL '1' SECOND, INTERVAL '1' MINUTE))",
            "SESSION((<query0>) PARTITION BY {<name>|(<names>)}, DESCRIPTOR(<name>), INTERVAL '5' MINUTE)",
            "TUMBLE(DATA => TABLE <path>, TIMECOL => DESCRIPTOR(<name>), SIZE => INTERVAL '5' MINUTE)",
            "(<path> JOIN <path> ON TRUE)"}},
  {"from0", {"<path>", "(<query>) AS r", "<path> AS y", "TABLE <path>"}},
  {"column", {"<name> <type>{ NOT NULL| NULL|}{ PRIMARY KEY NOT ENFORCED|}{ COMMENT <string>|}",
            "<name> AS <expr>{ COMMENT <string>|}", "<name> <type> METADATA{ FROM 'x'|}{ VIRTUAL|}"}},
  {"clause", {"PRIMARY KEY (<names>) NOT ENFORCED", "CONSTRAINT k PRIMARY KEY (<names>) NOT ENFORCED",
            "WATERMARK FOR <name> AS <expr>"}},
  {"element", {"<column>", "<column>", "<clause>"}},
  {"options", {"('b' = '1', 'a' = '2')", "()", "('x''y' = '')"}},
  {"layout", {"{ COMMENT <string>|}{ DISTRIBUTED BY {HASH|RANGE|}(<names>) INTO 3 BUCKETS"
            "| DISTRIBUTED INTO 4 BUCKETS|}{ PARTITIONED BY (<names>)|}{ WITH <options>|}"}},
  {"insert", {"INSERT INTO <path> <query>",
            "INSERT {INTO|OVERWRITE}{ TABLE|} <path>{ /*+ OPTIONS('a' = 'b') */|}{ PARTITION (a = <expr>)"
            "|}{ (<names>)|} <query>"}},
  {"explained", {"<query>", "<insert>", "STATEMENT SET BEGIN <insert>; <insert>; END", "EXECUTE <insert>", "EXECUTE <query>", "<insert> ON CONFLICT DO {NOTHING|ERROR|DEDUPLICATE}",
                 "CREATE TABLE <path> AS <query>", "REPLACE TABLE <path> AS <query>", "DELETE FROM <path>", "UPDATE <path> SET a = <expr>"}},
  {"like", {"", " LIKE 'a%'", " NOT LIKE <string>", " ILIKE 'x'", " NOT ILIKE 'x'"}},
  {"place", {"", "", " FIRST", " AFTER <name>"}},
  {"statement", {"<query>", "<query>", "<query>", "<query>", "<insert>",
            "EXECUTE STATEMENT SET BEGIN <insert>; <insert>; END",
            "EXPLAIN{ PLAN FOR| CHANGELOG_MODE| ESTIMATED_COST, PLAN_ADVICE| JSON_EXECUTION_PLAN|} <explained>",
                 "CREATE {TEMPORARY |OR REPLACE |OR REPLACE TEMPORARY |}TABLE {IF NOT EXISTS "
                 "|}<path> (<column>{, <element>|}{, <element>|})<layout>{ AS <query>|}",
                 "CREATE TABLE <path> (<column>)<layout> LIKE <path>{ (INCLUDING ALL OVERWRITING OPTIONS EXCLUDING"
                 " {CONSTRAINTS|DISTRIBUTION|PARTITIONS|GENERATED|METADATA|WATERMARKS})|}",
                 "REPLACE TABLE <path>{ (<column>)|}<layout> AS <query>",
                 "CREATE {TEMPORARY |OR REPLACE |}VIEW {IF NOT EXISTS |}<path>{ (<names>)|}{ COMMENT <string>"
                 "|} AS <query>",
                 "CREATE {DATABASE|CATALOG} {IF NOT EXISTS |}<name>{ COMMENT <string>|}{ WITH <options>|}",
                 "CREATE {TEMPORARY |OR REPLACE |}FUNCTION {IF NOT EXISTS |}<path> ({a <type>{, b <type>|}"
                 "|}) RETURNS <type>{ COMMENT <string>|} RETURN <expr>",
                 "CREATE {TEMPORARY |TEMPORARY SYSTEM |}FUNCTION <path> AS <string>{ LANGUAGE {JAVA|SCALA|PYTHON}"
                 "|}{ USING JAR 'x.jar', JAR 'y.jar'|}",
                 "DROP {TEMPORARY |}{TABLE|VIEW|FUNCTION} {IF EXISTS |}<path>",
                 "DROP {DATABASE|CATALOG} {IF EXISTS |}<name>", "DROP DATABASE <name> {CASCADE|RESTRICT}",
                 "ALTER TABLE {IF EXISTS |}<path> {SET <options>|RESET ('a', 'b')|RENAME TO <path>"
                 "|RENAME <name> TO <name>|DROP <name>|DROP (<names>)|DROP PRIMARY KEY|DROP CONSTRAINT <name>"
                 "|DROP WATERMARK|DROP DISTRIBUTION}",
                 "ALTER TABLE {IF EXISTS |}<path> {ADD|MODIFY} {<column><place>|<clause>|(<column><place>{, <clause>"
                 "|}{, <column>|})|DISTRIBUTION BY HASH(<names>) INTO 2 BUCKETS}",
                 "ALTER TABLE <path> {ADD {IF NOT EXISTS |}|DROP {IF EXISTS |}}PARTITION (a = <expr>{, b = 'x'|})",
                 "ALTER VIEW <path> {RENAME TO <path>|AS <query>}",
                 "ALTER {DATABASE|CATALOG} <name> SET <options>",
                 "ALTER CATALOG <name> {RESET ('a')|COMMENT <string>}",
                 "ALTER {TEMPORARY |}FUNCTION {IF EXISTS |}<path> AS <string>",
                 "TRUNCATE TABLE <path>", "DELETE FROM <path>{ WHERE <expr>|}",
                 "UPDATE <path> SET a = <expr>{, b = <expr>|}{ WHERE <expr>|}",
                 "ANALYZE TABLE <path>{ PARTITION (a = 1)| PARTITION (a, b = 2)|} COMPUTE STATISTICS{ FOR COLUMNS <names>| FOR ALL COLUMNS|}",
                 "CALL <path>({<exprs>|})",
                 "{LOAD MODULE m{ WITH <options>|}|UNLOAD MODULE m|USE MODULES m, n|ADD JAR 'x'|REMOVE JAR 'x'"
                 "|EXECUTE PLAN 'x'|COMPILE PLAN 'x' {IF NOT EXISTS |}FOR <explained>}",
                 "{SET|SET 'a' = <string>|RESET|RESET 'a'|SHOW JOBS|SHOW {FULL |}MODULES|SHOW JARS"
                 "|SHOW CURRENT CATALOG|SHOW CURRENT DATABASE|SHOW CATALOGS<like>}",
                 "SHOW {TABLES|VIEWS|FUNCTIONS|USER FUNCTIONS|PROCEDURES|MODELS|DATABASES}{ {FROM|IN} <path>|}<like>",
                 "SHOW COLUMNS {FROM|IN} <path><like>", "SHOW CREATE {TABLE|VIEW|FUNCTION} <path>",
                 "SHOW CREATE {CATALOG|DATABASE} <name>", "SHOW PARTITIONS <path>{ PARTITION (a = 1)|}",
                 "{DESCRIBE|DESC} {{EXTENDED |}<path>|CATALOG {EXTENDED |}<name>|DATABASE {EXTENDED |}<name>"
                 "|FUNCTION {EXTENDED |}<path>|JOB '1'}",
                 "STOP JOB '1'{ WITH SAVEPOINT|}{ WITH DRAIN|}", "USE {CATALOG |}<name>"}},
};
enum { SENTENCE_RULES = sizeof sentence_rules / sizeof *sentence_rules };

static void sentence_rule_of(rn_builder *b, rn_slice name, int depth);

/* The end of the alternative that begins at `at`: its `|`, or the `}` or NUL behind the last one. */
static const char *alternative_end(const char *at) {
  for (int open = 0; *at; at++) {
    if (*at == '{') open++;
    else if (*at == '}' && open-- == 0) return at;
    else if (*at == '|' && open == 0 && at[1] != '|' && at[-1] != '|') return at;
  }
  return at;
}

static void sentence_of(rn_builder *b, const char *at, const char *end, int depth) {
  while (at < end) {
    if (*at == '{') {
      const char *begins[ALTERNATIVES_MAX], *ends[ALTERNATIVES_MAX];
      uint32_t count = 0;
      const char *from = at + 1;
      for (;; from = ends[count - 1] + 1) {
        begins[count] = from;
        ends[count] = alternative_end(from);
        if (*ends[count++] != '|') break;
      }
      uint32_t taken = roll(count);
      sentence_of(b, begins[taken], ends[taken], depth);
      at = ends[count - 1] + 1;
    } else if (*at == '<' && at[1] >= 'a' && at[1] <= 'z' && strchr(at, '>')) {
      const char *close = strchr(at, '>');
      sentence_rule_of(b, rn_slice_make(at + 1, (size_t)(close - at - 1)), depth - 1);
      at = close + 1;
    } else {
      rn_builder_char(b, *at++);
    }
  }
}

static void sentence_rule_of(rn_builder *b, rn_slice name, int depth) {
  for (uint32_t i = 0; i < SENTENCE_RULES; i++) {
    if (!rn_slice_is(name, sentence_rules[i].name)) continue;
    uint32_t count = 0;
    while (count < ALTERNATIVES_MAX && sentence_rules[i].alternatives[count]) count++;
    const char *text = sentence_rules[i].alternatives[depth > 0 ? roll(count) : 0];
    sentence_of(b, text, text + strlen(text), depth);
    return;
  }
  fprintf(stderr, "sentences.h has no rule <%.*s>\n", (int)name.len, name.ptr);
  abort();
}

#endif
