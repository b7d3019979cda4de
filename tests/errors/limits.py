"""Long and deep statements, run with a stack of 1 MB: each is answered, or refused with the limit's name and number,
and in no more than seconds. run.py runs them after the cases of the .sql files."""
import resource, subprocess, tempfile, os

TABLE = "CREATE TABLE t (a INT, b STRING) WITH ('connector' = 'datagen', 'number-of-rows' = '1');\n"
PARENS = "parentheses are nested deeper than 200"
LEVELS = "more than 1000 levels, or terms in a row, in an expression or query"
NESTED = "queries and expressions are nested deeper than 200"
DEEP = "statement is nested too deeply"
BYTES = "statement is longer in bytes than 1048576"
COLUMNS = "a select list has at most 1000 columns, got 20000"
ANSWERED = None


def nest(open_, inner, close, times):
    return open_ * times + inner + close * times


def doubling(levels):
    items = ["c%d AS (SELECT a.x FROM c%d AS a, c%d AS b)" % (i, i - 1, i - 1) for i in range(1, levels + 1)]
    return "WITH c0 AS (SELECT 1 AS x), %s SELECT COUNT(*) FROM c%d" % (", ".join(items), levels)


CASES = [
    ("parentheses", "SELECT " + nest("(", "1", ")", 100000), PARENS),
    ("parentheses that stay open", "SELECT " + "(" * 1000000, PARENS),
    ("UNION ALL, 990 arms", " UNION ALL ".join(["SELECT 1"] * 990), ANSWERED),
    ("UNION ALL, 10,000 arms", " UNION ALL ".join(["SELECT 1"] * 10000), LEVELS),
    ("UNION, 300 arms", " UNION ".join("SELECT %d" % i for i in range(300)), ANSWERED),
    ("EXCEPT, 300 arms", " EXCEPT ".join("SELECT %d" % i for i in range(300)), ANSWERED),
    ("AND, 990 terms", TABLE + "SELECT * FROM t WHERE " + " AND ".join("a <> %d" % i for i in range(990)), ANSWERED),
    ("AND, 100,000 terms", "SELECT " + " AND ".join(["TRUE"] * 100000), LEVELS),
    ("+, 100,000 terms", "SELECT " + "+".join(["1"] * 100000), LEVELS),
    ("minus signs", "SELECT " + "- " * 100000 + "1", DEEP),
    ("NOT", "SELECT " + "NOT " * 100000 + "TRUE", DEEP),
    ("IS NULL in a row", "SELECT 1 " + "IS NULL " * 10000, LEVELS),
    ("subscripts", TABLE + "SELECT a" + "[1]" * 10000 + " FROM t", LEVELS),
    ("WITH, 10,000 items", "WITH " + ", ".join("c%d AS (SELECT 1 AS x)" % i for i in range(10000)) + " SELECT * FROM c9999", ANSWERED),
    ("WITH, each item over the one before", "WITH c0 AS (SELECT 1 AS x), " + ", ".join("c%d AS (SELECT x FROM c%d)" % (i, i - 1) for i in range(1, 10000)) +
     " SELECT * FROM c9999", NESTED),
    ("WITH items that double", doubling(10), ANSWERED),
    ("WITH items that double, too often", doubling(40), "statement has more than 10000 queries"),
    ("columns that double", TABLE + "SELECT x FROM " + nest("(SELECT x + x AS x FROM ", "(SELECT a AS x FROM t)", ")", 60) + " WHERE x <> 1", ANSWERED),
    ("calls", "SELECT " + nest("ABS(", "1", ")", 190), ANSWERED),
    ("calls, 10,000 deep", "SELECT " + nest("ABS(", "1", ")", 10000), PARENS),
    ("CASE", "SELECT " + nest("CASE WHEN TRUE THEN ", "1", " END", 190), ANSWERED),
    ("CASE, 10,000 branches", TABLE + "SELECT CASE " + " ".join("WHEN a = %d THEN %d" % (i, i) for i in range(10000)) + " END FROM t", ANSWERED),
    ("queries in FROM", "SELECT * FROM " + nest("(SELECT * FROM ", "(VALUES (1)) AS v (x)", ")", 190), ANSWERED),
    ("queries in queries' SELECT", "SELECT " + nest("(SELECT ", "1", ")", 190), NESTED),
    ("types", "SELECT CAST(NULL AS " + nest("ARRAY<", "INT", ">", 190) + ")", ANSWERED),
    ("types, 10,000 deep", "SELECT CAST(NULL AS " + nest("ARRAY<", "INT", ">", 10000) + ")", DEEP),
    ("types, postfix", "SELECT CAST(NULL AS INT" + " ARRAY" * 10000 + ")", LEVELS),
    ("arrays", "SELECT " + nest("ARRAY[", "1", "]", 190), ANSWERED),
    ("IN, 100,000 constants", TABLE + "SELECT * FROM t WHERE a IN (" + ",".join(map(str, range(100000))) + ")", ANSWERED),
    ("IN, 10,000 expressions", TABLE + "SELECT * FROM t WHERE a IN (" + ",".join("a+%d" % i for i in range(10000)) + ")", ANSWERED),
    ("joins", TABLE + "SELECT 1 FROM t AS t0 " + " ".join("JOIN t AS t%d ON t0.a = t%d.a" % (i, i) for i in range(1, 200)), ANSWERED),
    ("joins, 2,000", TABLE + "SELECT 1 FROM t AS t0 " + " ".join("JOIN t AS t%d ON t0.a = t%d.a" % (i, i) for i in range(1, 2000)), LEVELS),
    ("columns", "SELECT " + ",".join(["1"] * 20000), COLUMNS),
    ("columns of a table", "CREATE TABLE q (" + ",".join("c%d INT" % i for i in range(2000)) + ") WITH ('connector' = 'print')", "a table has at most 1000 columns"),
    ("rows of VALUES", "SELECT COUNT(*) FROM (VALUES " + ",".join("(%d)" % i for i in range(20000)) + ") AS v (x)", ANSWERED),
    ("arguments", "SELECT CONCAT(" + ",".join(["'a'"] * 5000) + ")", "CONCAT has more than 64 arguments"),
    ("grouping sets", TABLE + "SELECT 1 FROM t GROUP BY CUBE (" + ",".join("a+%d" % i for i in range(30)) + ")",
     "CUBE of 30 elements makes more than 4096 grouping sets"),
    ("bytes", "SELECT '" + "x" * 2000000 + "'", BYTES),
    ("a comment", "SELECT /*" + "x" * 2000000 + "*/ 1", BYTES),
    ("a name", "SELECT " + "a" * 10000, "name is longer than 256 bytes"),
    ("semicolons", ";" * 1000000 + "SELECT 1", ANSWERED),
    ("windows over windows", TABLE + "SELECT SUM(a) OVER w99 FROM t WINDOW " + ", ".join("w%d AS (%s)" % (i, "w%d" % (i - 1) if i else "PARTITION BY a") for i in range(100)),
     "windows refer to each other more than 16 deep"),
    ("fields of a ROW", "SELECT CAST(NULL AS ROW<" + ", ".join("f%d INT" % i for i in range(20000)) + ">)", "a ROW has at most 1000 fields, got 20000"),
    ("functions that double", "CREATE FUNCTION f0 (a INT) RETURNS INT RETURN a + a; " +
     "".join("CREATE FUNCTION f%d (a INT) RETURNS INT RETURN f%d(a) + f%d(a); " % (i, i - 1, i - 1) for i in range(1, 20)), "becomes more than 20000 operations"),
]


def run(binary):
    """Gives (passed, failures)."""
    passed, failures = 0, []

    def small_stack():
        resource.setrlimit(resource.RLIMIT_STACK, (1 << 20, 1 << 20))

    for name, sql, message in CASES:
        with tempfile.TemporaryDirectory() as work:
            with open(os.path.join(work, "case.sql"), "w") as f:
                f.write(sql + ";\n")
            try:
                sanitized = "san-" in binary or "tsan" in binary # their frames are larger
                done = subprocess.run([binary, "-q", "-f", "case.sql"], capture_output=True, text=True, timeout=60, cwd=work,
                                      preexec_fn=None if sanitized else small_stack)
                code, error = done.returncode, done.stderr
            except subprocess.TimeoutExpired:
                code, error = "timeout", ""
        first = error.splitlines()[0] if error else ""
        good = (code == 0 and "error[" not in error) if message is ANSWERED else (code == 1 and first.startswith("error[RN8001]") and message in first)
        if good:
            passed += 1
        else:
            failures.append("%s: exit %s, %s\n  wanted %s" % (name, code, first[:200], message or "an answer"))
    return passed, failures
