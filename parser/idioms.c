/* What people who know another database write, and what is written here. A row is a run of words around the token that
 * does not fit; its hint is shown instead of a guess. Matched on tokens only, before anything is guessed (expected.c). */
#include "parser/driver.h"
#include "sql_grammar.h"

typedef struct idiom {
  const char *first;    /* word that the statement begins with; NULL: any */
  const char *words[4]; /* "*": any word, "?": any token, "": the end; NULL behind the last */
  size_t bad;           /* which of them does not fit any more */
  size_t at;            /* which of them the message is about */
  const char *hint;
} idiom;

static const idiom rows[] = {
    /* queries */
    {NULL, {"TOP", "?"}, 1, 0, "write LIMIT n at the end of the query"},
    {NULL, {"DISTINCT", "ON"}, 1, 0, "QUALIFY ROW_NUMBER() OVER (PARTITION BY .. ORDER BY ..) = 1 at the end of the query keeps one row of each"},
    {NULL, {"EMIT", "FINAL"}, 1, 0, "results of windows come when the windows close, without a word; EMIT CHANGES shows them before"},
    {NULL, {"EMIT", "FINAL"}, 0, 0, "results of windows come when the windows close, without a word; EMIT CHANGES shows them before"},
    {NULL, {"EMIT", "AFTER"}, 1, 0, "SET 'table.exec.emit.early-fire.delay' says when windows show results early"},
    {NULL, {"EXCEPT", "(", "*"}, 2, 0, "name the columns that you want: * gives all of them"},
    {NULL, {"EXCLUDE", "("}, 0, 0, "name the columns that you want: * gives all of them"},
    {NULL, {"?", "REPLACE", "("}, 1, 1, "name the columns that you want: * gives all of them"},
    {NULL, {"ILIKE"}, 0, 0, "write LOWER(text) LIKE 'pattern'"},
    {NULL, {"RLIKE"}, 0, 0, "write REGEXP(text, 'pattern')"},
    {NULL, {"REGEXP", "?"}, 0, 0, "write REGEXP(text, 'pattern')"},
    {NULL, {"GLOB"}, 0, 0, "write LIKE 'pattern' with % and _"},
    {NULL, {"ISNULL"}, 0, 0, "write IS NULL"},
    {NULL, {"NOTNULL"}, 0, 0, "write IS NOT NULL"},
    {NULL, {"<=", ">"}, 1, 0, "a IS NOT DISTINCT FROM b compares NULLs too"},
    {NULL, {"-", ">"}, 1, 0, "JSON_VALUE(json, '$.name') reads JSON, r.name a field of a ROW, m['name'] a value of a MAP"},
    {NULL, {"DIV"}, 0, 0, "/ of two integers gives an integer"},
    {NULL, {"XOR"}, 0, 0, "a <> b of two BOOLEANs"},
    {NULL, {"SEMI", "JOIN"}, 0, 0, "write WHERE EXISTS (SELECT ..), or WHERE a IN (SELECT ..)"},
    {NULL, {"ANTI", "JOIN"}, 0, 0, "write WHERE NOT EXISTS (SELECT ..)"},
    {NULL, {"SEMI", "JOIN"}, 1, 0, "write WHERE EXISTS (SELECT ..), or WHERE a IN (SELECT ..)"},
    {NULL, {"ANTI", "JOIN"}, 1, 0, "write WHERE NOT EXISTS (SELECT ..)"},
    {NULL, {"BY", "ALL", ""}, 2, 1, "name the columns: GROUP BY a, b"},
    {NULL, {"BY", "ALL", "*"}, 2, 1, "name the columns: GROUP BY a, b"},
    {NULL, {"FOR", "UPDATE"}, 1, 0, "nothing is locked by a query"},
    {NULL, {"SELECT", "FROM"}, 1, 1, "name columns, or write *"},
    {NULL, {"CONNECT", "BY"}, 0, 0, "there are no recursive queries"},
    {NULL, {"START", "WITH"}, 0, 0, "there are no recursive queries"},
    {NULL, {"WITH", "(", "NOLOCK"}, 0, 0, "nothing is locked by a query"},
    {NULL, {"INTO", "OUTFILE"}, 0, 0, "INSERT INTO a table WITH ('connector' = 'filesystem', ..) writes files"},
    {"SELECT", {"INTO", "*"}, 0, 0, "write INSERT INTO t SELECT .., or CREATE TABLE t AS SELECT .."},
    {"FROM", {"FROM"}, 0, 0, "a query begins with SELECT"},
    /* values */
    {NULL, {"DATEPART", "(", "*"}, 2, 0, "write EXTRACT(YEAR FROM t)"},
    {NULL, {"DATEPART", "(", "*", ","}, 3, 0, "write EXTRACT(YEAR FROM t)"},
    {NULL, {"DATEADD", "(", "*"}, 2, 0, "write TIMESTAMPADD(unit, n, t), or t + INTERVAL '1' DAY"},
    {NULL, {"DATEADD", "(", "*", ","}, 3, 0, "write TIMESTAMPADD(unit, n, t), or t + INTERVAL '1' DAY"},
    {NULL, {"DATEDIFF", "(", "*"}, 2, 0, "write TIMESTAMPDIFF(unit, a, b)"},
    {NULL, {"DATEDIFF", "(", "*", ","}, 3, 0, "write TIMESTAMPDIFF(unit, a, b)"},
    {NULL, {"DATE_DIFF", "(", "*"}, 2, 0, "write TIMESTAMPDIFF(unit, a, b)"},
    {NULL, {"DATE_DIFF", "(", "*", ","}, 3, 0, "write TIMESTAMPDIFF(unit, a, b)"},
    {NULL, {"CONVERT", "(", "*"}, 2, 0, "write CAST(x AS type)"},
    {NULL, {"SAFE_CAST", "(", "?", "AS"}, 3, 0, "write TRY_CAST(x AS type)"},
    {NULL, {"*", "[", "]"}, 1, 1, "write ARRAY<type>"},
    {NULL, {"["}, 0, 0, "ARRAY[1, 2] is an array; a name with other characters stands in `back-ticks`"},
    {NULL, {":", "*"}, 0, 0, "statements take no parameters"},
    {NULL, {"DATE", "("}, 1, 0, "DATE '2024-12-31' is a date, CAST(x AS DATE) or TO_DATE(text) makes one"},
    {NULL, {"TIMESTAMP", "("}, 1, 0, "TIMESTAMP '2024-12-31 10:00:00' is one, CAST(x AS TIMESTAMP(3)) or TO_TIMESTAMP(text) makes one"},
    {NULL, {"TIME", "("}, 1, 0, "TIME '10:00:00' is one, CAST(x AS TIME) makes one"},
    {NULL, {"INTERVAL", "?", ""}, 2, 2, "the unit stands behind the number: INTERVAL '5' MINUTE"},
    {NULL, {"INTERVAL", "?", ","}, 2, 2, "the unit stands behind the number: INTERVAL '5' MINUTE"},
    {NULL, {"INTERVAL", "?", ")"}, 2, 2, "the unit stands behind the number: INTERVAL '5' MINUTE"},
    {NULL, {"INTERVAL", "?", "FROM"}, 2, 2, "the unit stands behind the number: INTERVAL '5' MINUTE"},
    {"INSERT", {"DEFAULT"}, 0, 0, "columns have no defaults: one that is left out of the list of columns becomes NULL"},
    /* definitions */
    {"CREATE", {"CREATE", "STREAM"}, 1, 1, "a CREATE TABLE with a connector is a stream"},
    {"CREATE", {"CREATE", "SOURCE"}, 1, 1, "a CREATE TABLE with a connector is a source"},
    {"CREATE", {"CREATE", "SINK"}, 1, 1, "INSERT INTO a table with a connector writes to it"},
    {"CREATE", {"CREATE", "MATERIALIZED", "VIEW"}, 1, 1, "CREATE TABLE t AS SELECT .. keeps a table up to date"},
    {"CREATE", {"CREATE", "UNIQUE"}, 1, 1, "PRIMARY KEY (..) NOT ENFORCED is the only key"},
    {"CREATE", {"CREATE", "INDEX"}, 1, 1, "the PRIMARY KEY is the index; others can be made with SQLite in the file"},
    {"CREATE", {"CREATE", "SCHEMA"}, 1, 1, "write CREATE DATABASE"},
    {"CREATE", {"CREATE", "TEMP"}, 1, 1, "write CREATE TEMPORARY"},
    {"CREATE", {"CREATE", "EXTERNAL"}, 1, 1, "write CREATE TABLE t (..) WITH ('connector' = ..)"},
    {"CREATE", {"CREATE", "*", "IF", "EXISTS"}, 3, 3, "write IF NOT EXISTS"},
    {"CREATE", {"*", "IF", "NOT"}, 1, 1, "IF NOT EXISTS stands in front of the name"},
    {"CREATE", {"(", "LIKE"}, 1, 1, "LIKE stands behind the columns: CREATE TABLE t (..) LIKE other"},
    {"CREATE", {"LIKE", "*", "WITH"}, 2, 2, "WITH stands in front of LIKE"},
    {"CREATE", {"LIKE", "*", "AS"}, 2, 2, "LIKE and AS exclude each other"},
    {"CREATE", {"AUTO_INCREMENT"}, 0, 0, "rows get no numbers of their own: UUID() makes a text that is unique"},
    {"CREATE", {"AUTOINCREMENT"}, 0, 0, "rows get no numbers of their own: UUID() makes a text that is unique"},
    {"CREATE", {"GENERATED", "*"}, 0, 0, "name AS expression is a computed column; rows get no numbers of their own"},
    {"CREATE", {"IDENTITY"}, 0, 0, "rows get no numbers of their own: UUID() makes a text that is unique"},
    {"CREATE", {"DEFAULT", "?"}, 0, 0, "columns and parameters have no defaults: write COALESCE(a, 0) where the value is used"},
    {"CREATE", {"REFERENCES", "*"}, 0, 0, "there are no foreign keys"},
    {"CREATE", {"FOREIGN", "KEY"}, 0, 0, "there are no foreign keys"},
    {"CREATE", {"CHECK", "("}, 0, 0, "there are no CHECK constraints: filter with WHERE in the query of the INSERT"},
    {"CREATE", {"INDEX", "?"}, 0, 0, "the PRIMARY KEY is the index; others can be made with SQLite in the file"},
    {"CREATE", {"KEY", "("}, 0, 0, "write PRIMARY KEY (..) NOT ENFORCED"},
    {"CREATE", {"KEY"}, 0, 0, "write PRIMARY KEY NOT ENFORCED"},
    {"CREATE", {"ENGINE"}, 0, 0, "WITH ('connector' = ..) says where rows are"},
    {"CREATE", {"USING", "*"}, 0, 0, "WITH ('connector' = ..) says where rows are"},
    {"CREATE", {"STORED", "AS"}, 0, 0, "WITH ('connector' = 'filesystem', 'format' = ..) says where rows are"},
    {"CREATE", {"LOCATION", "?"}, 0, 0, "WITH ('connector' = 'filesystem', 'path' = ..) says where rows are"},
    {"CREATE", {"TBLPROPERTIES"}, 0, 0, "WITH ('key' = 'value', ..) has a table's options"},
    {"CREATE", {"FOR", "*", "."}, 2, 1, "a WATERMARK stands on a column of the table: make a computed one of the field"},
    {"CREATE", {"UNSIGNED"}, 0, 0, "there are no unsigned types: take the next larger one"},
    {"CREATE", {"STRUCT", "<"}, 1, 0, "write ROW<name type, ..>"},
    {"CREATE", {"LIST", "<"}, 1, 0, "write ARRAY<type>"},
    {"CREATE", {"ENUM", "(", "?"}, 2, 0, "write STRING"},
    {"CREATE", {"*", "DATETIME"}, 1, 1, "write TIMESTAMP(3)"},
    {"CREATE", {"?", "ARRAY"}, 1, 1, "write ARRAY<type>"},
    {"CREATE", {"*", "INTERVAL"}, 1, 1, "write INTERVAL DAY TO SECOND, or INTERVAL YEAR TO MONTH"},
    {"CREATE", {"RETURNS", "TABLE"}, 1, 1, "a function gives one value"},
    {"CREATE", {"AS", "$$"}, 1, 1, "CREATE FUNCTION f(a INT) RETURNS INT RETURN a + 1 is how a function is made"},
    {"CREATE", {"TABLE", "AS"}, 1, 1, "the name of the table is missing"},
    {"CREATE", {"VIEW", "AS"}, 1, 1, "the name of the view is missing"},
    {"CREATE", {"*", "AS", "?"}, 1, 1, "a computed column has no type: name AS expression"},
    {"CREATE", {")", "AS", "?"}, 1, 1, "a computed column has no type: name AS expression"},
    {"ALTER", {"ADD", "COLUMN"}, 1, 1, "there is no word COLUMN: ALTER TABLE t ADD name type"},
    {"ALTER", {"DROP", "COLUMN"}, 1, 1, "there is no word COLUMN: ALTER TABLE t DROP name"},
    {"ALTER", {"RENAME", "COLUMN"}, 1, 1, "there is no word COLUMN: ALTER TABLE t RENAME old TO new"},
    {"ALTER", {"MODIFY", "COLUMN"}, 1, 1, "there is no word COLUMN: ALTER TABLE t MODIFY name type"},
    {"ALTER", {"*", "ALTER", "*"}, 1, 1, "ALTER TABLE t MODIFY name type changes a column"},
    {"ALTER", {"*", "CHANGE", "*"}, 1, 1, "ALTER TABLE t MODIFY name type changes a column, RENAME old TO new its name"},
    {"ALTER", {"VIEW", "IF", "EXISTS"}, 2, 1, "ALTER VIEW has no IF EXISTS"},
    {"ALTER", {"ADD", "DISTRIBUTED"}, 1, 1, "write ADD DISTRIBUTION"},
    {"ALTER", {"MODIFY", "DISTRIBUTED"}, 1, 1, "write MODIFY DISTRIBUTION"},
    /* rows */
    {"INSERT", {"INSERT", "OR", "*"}, 1, 1, "INSERT INTO a table with a PRIMARY KEY replaces rows of the key"},
    {"INSERT", {"INSERT", "IGNORE"}, 1, 1, "write INSERT INTO .. ON CONFLICT DO NOTHING"},
    {"INSERT", {"INSERT", "*"}, 1, 1, "write INSERT INTO"},
    {"REPLACE", {"REPLACE", "INTO"}, 1, 0, "INSERT INTO a table with a PRIMARY KEY replaces rows of the key"},
    {"UPSERT", {"UPSERT"}, 0, 0, "INSERT INTO a table with a PRIMARY KEY replaces rows of the key"},
    {"INSERT", {"ON", "DUPLICATE"}, 0, 0, "INSERT INTO a table with a PRIMARY KEY replaces rows of the key"},
    {"INSERT", {"ON", "DUPLICATE"}, 1, 0, "INSERT INTO a table with a PRIMARY KEY replaces rows of the key"},
    {"INSERT", {"*", "SET", "*"}, 1, 1, "write INSERT INTO t (a, b) VALUES (1, 2)"},
    {"INSERT", {"RETURNING", "?"}, 1, 0, "an INSERT gives no rows"},
    {"INSERT", {"RETURNING", "?"}, 0, 0, "an INSERT gives no rows"},
    {"WITH", {")", "INSERT"}, 1, 1, "WITH stands behind the table: INSERT INTO t WITH .. SELECT .."},
    {"DELETE", {"DELETE", "*"}, 1, 1, "write DELETE FROM"},
    {"TRUNCATE", {"TRUNCATE", "*"}, 1, 1, "write TRUNCATE TABLE"},
    {"COPY", {"COPY"}, 0, 0, "INSERT INTO t SELECT .. FROM a table WITH ('connector' = 'filesystem', ..) reads files"},
    {"LOAD", {"LOAD", "DATA"}, 1, 0, "INSERT INTO t SELECT .. FROM a table WITH ('connector' = 'filesystem', ..) reads files"},
    /* the session */
    {"BEGIN", {"BEGIN", "TRANSACTION"}, 1, 0, "there are no transactions: each statement is one"},
    {"BEGIN", {"BEGIN", ""}, 1, 0, "BEGIN STATEMENT SET; .. END; runs several INSERTs as one job; there are no transactions"},
    {"START", {"START", "TRANSACTION"}, 0, 0, "there are no transactions: each statement is one"},
    {"COMMIT", {"COMMIT"}, 0, 0, "there are no transactions: each statement is one"},
    {"ROLLBACK", {"ROLLBACK"}, 0, 0, "there are no transactions: each statement is one"},
    {"STATEMENT", {"STATEMENT", "SET"}, 0, 0, "write EXECUTE STATEMENT SET BEGIN .. END"},
    {"END", {"END"}, 0, 0, "no STATEMENT SET was begun"},
    {"EXPLAIN", {"EXPLAIN", "ANALYZE"}, 1, 1, "EXPLAIN shows the plan and runs nothing; SHOW JOBS shows what jobs do"},
    {"EXPLAIN", {"EXPLAIN", "*"}, 1, 1, "EXPLAIN is for queries, INSERT, STATEMENT SET, CREATE TABLE AS, DELETE and UPDATE; details: ESTIMATED_COST, CHANGELOG_MODE, JSON_EXECUTION_PLAN, PLAN_ADVICE"},
    {"DESCRIBE", {"DESCRIBE", "TABLE"}, 1, 1, "write DESCRIBE name"},
    {"DESC", {"DESC", "TABLE"}, 1, 1, "write DESCRIBE name"},
    {"DESCRIBE", {"DESCRIBE", "VIEW"}, 1, 1, "write DESCRIBE name"},
    {"SHOW", {"SHOW", "SCHEMAS"}, 1, 1, "write SHOW DATABASES"},
    {"SHOW", {"SHOW", "STREAMS"}, 1, 1, "write SHOW TABLES"},
    {"SHOW", {"SHOW", "TOPICS"}, 1, 1, "a topic is a table here: SHOW TABLES"},
    {"SHOW", {"SHOW", "QUERIES"}, 1, 1, "write SHOW JOBS"},
    {"SHOW", {"SHOW", "PROCESSLIST"}, 1, 1, "write SHOW JOBS"},
    {"SHOW", {"SHOW", "SETTINGS"}, 1, 1, "SET without a key lists them"},
    {"SHOW", {"SHOW", "VARIABLES"}, 1, 1, "SET without a key lists them"},
    {"LIST", {"LIST"}, 0, 0, "write SHOW TABLES"},
    {"PRINT", {"PRINT"}, 0, 0, "write SELECT * FROM a table of the topic"},
    {"USE", {"USE", "DATABASE", "*"}, 2, 1, "write USE name"},
    {"USE", {"USE", "SCHEMA", "*"}, 2, 1, "write USE name"},
    {"TERMINATE", {"TERMINATE"}, 0, 0, "write STOP JOB 'name'"},
    {"KILL", {"KILL"}, 0, 0, "write STOP JOB 'name'"},
    {"CANCEL", {"CANCEL"}, 0, 0, "write STOP JOB 'name'"},
    {"PAUSE", {"PAUSE"}, 0, 0, "write STOP JOB 'name'; the same INSERT goes on where it stopped"},
    {"SET", {"?", "TO"}, 1, 1, "write SET 'key' = 'value'"},
    {"PRAGMA", {"PRAGMA"}, 0, 0, "SET 'key' = 'value' changes a setting; PRAGMAs are for SQLite, which can open the file"},
    {"VACUUM", {"VACUUM"}, 0, 0, "SQLite can do that on the file while no job runs"},
    {"GRANT", {"GRANT"}, 0, 0, "there are no users: who may read the file may read its tables"},
    {"REVOKE", {"REVOKE"}, 0, 0, "there are no users: who may read the file may read its tables"},
};

static bool matches(const rn_tokens *tokens, size_t at, const char *word) {
  if (at >= tokens->list.len) return !*word;
  const rn_token *t = &tokens->list.data[at];
  if (!strcmp(word, "?")) return true;
  if (t->kind == TK_STRING || (t->quoted && strcmp(word, "*") != 0)) return false;
  if (!strcmp(word, "*")) return (t->text[0] | 32) >= 'a' && (t->text[0] | 32) <= 'z';
  return rn_text_eq_nocase(word, t->text);
}

const char *rn_idiom_hint(const rn_tokens *tokens, size_t bad, bool guessed, size_t *at) {
  enum { WORDS = sizeof rows[0].words / sizeof rows[0].words[0] };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const idiom *row = &rows[i];
    size_t k = 0;
    if (bad < row->bad || (guessed && row->first && strpbrk(row->words[row->bad], "*?")) || (row->first && !matches(tokens, 0, row->first))) continue;
    while (k < WORDS && row->words[k] && matches(tokens, bad - row->bad + k, row->words[k])) k++;
    if (k < WORDS && row->words[k]) continue;
    *at = bad - row->bad + row->at;
    return row->hint;
  }
  return NULL;
}
