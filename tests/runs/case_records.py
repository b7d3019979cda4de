"""Bad records, run-time errors, what is counted."""
import signal
from harness import case


@case
def bad_record_kafka(w):
    t = w.topic()
    w.produce(t, ['{"id": 1}', '{"id": "x2"}', '{"id": 3}'])
    sql = "CREATE TABLE src %s;\nCREATE TABLE dst (id INT);\nINSERT INTO dst SELECT id FROM src;\n" % w.kafka(t)
    r = w.run(sql, "--until-end")
    w.same("a bad record stops the job with exit 2", r.code, 2, r)
    w.has("with topic, partition, offset, column and a caret into the record", r.err, t + "/0", "offset 1", "id", '\\{"id": "x2"\\}\n *.*\\^')
    w.same("what was before it is not half there", w.one("SELECT count(*) FROM dst") in (0, 1), True)


@case
def bad_record_file(w):
    w.write("in.csv", "1,a\nx,b\n")
    r = w.run("CREATE TABLE f (n INT, s STRING) WITH ('connector' = 'filesystem', 'path' = 'in.csv', 'format' = 'csv');\nSELECT n FROM f;")
    w.same("exit 2", r.code, 2, r)
    w.has("names file, position and column", r.err, r"in\.csv", "2", "column.*n|n.*column", r"x,b\n.*\^")


@case
def skipped(w):
    t = w.topic()
    w.produce(t, ['{"id": 1}', 'oops', '{"id": 3}'])
    sql = "CREATE TABLE src %s;\nCREATE TABLE dst (id INT);\nINSERT INTO dst SELECT id FROM src;\n" % w.kafka(t, more=", 'on-error' = 'skip'")
    r = w.run(sql, "--until-end")
    w.same("'on-error' = 'skip'", (r.code, w.rows("SELECT id FROM dst ORDER BY id")), (0, [(1,), (3,)]), r)
    w.has("is counted", r.err, "1 bad")


@case
def dead_letters(w):
    t = w.topic(2)
    for p in (0, 1):
        w.produce(t, ['{"id": %d}' % i if i % 3 else '{"id": nope%d}' % i for i in range(3000)], "--partition", str(p))
    sql = ("SET 'execution.checkpointing.interval' = '5 ms';\nCREATE TABLE src %s;\nCREATE TABLE dst (id INT);\nINSERT INTO dst SELECT id FROM src;\n"
           % w.kafka(t, more=", 'on-error' = 'dead-letter'"))
    for delay in (0.03, 0.05, 0.08):
        p = w.run_start(sql)
        w.wait(lambda: p.poll() is not None or w.one("SELECT count(*) FROM dst") > 0, 5)
        w.stop(p, signal.SIGKILL)
    r = w.run(sql, "--until-end")
    w.same("'on-error' = 'dead-letter'", r.code, 0, r)
    w.same("each bad record is in _rn_dead_letter exactly once over kill -9",
           w.rows("SELECT count(*), count(DISTINCT split || '/' || \"offset\") FROM _rn_dead_letter"), [(2000, 2000)], r)
    w.same("the others in the table", w.one("SELECT count(*) FROM dst"), 4000)
    row = w.rows("SELECT job, source, split, \"offset\", \"column\", reason, raw FROM _rn_dead_letter ORDER BY split, \"offset\" LIMIT 1")[0]
    w.same("with where it came from and its bytes", (row[0], row[3], row[6]), ("dst", 0, b'{"id": nope0}'), row)
    w.check("and why", row[5], row)


@case
def runtime_errors(w):
    w.write("in.csv", "4,a\n0,7\n")
    f = "CREATE TABLE f (n INT, s STRING) WITH ('connector' = 'filesystem', 'path' = 'in.csv', 'format' = 'csv');\n"
    for name, expression in (("a division by zero", "10 / n"), ("a run-time CAST", "CAST(s AS INT)")):
        sql = f + "CREATE TABLE dst (n INT);\nINSERT INTO dst SELECT\n  %s FROM f;\n" % expression
        r = w.run(sql, script="%d.sql" % len(expression), db="%d.db" % len(expression))
        w.same("%s: exit 2" % name, r.code, 2, r)
        w.has("a caret into the SQL", r.err, r"RN5", r"\d\.sql:4:3", r"\^")
        r = w.run(f + "SELECT\n  %s AS x FROM f;\n" % expression, db=None)
        w.same("%s in a SELECT: exit 2" % name, r.code, 2, r)
        w.has("with a caret", r.err, r"s\.sql:3:3", r"\^")
    sql = f + "CREATE TABLE strict (n INT NOT NULL);\nINSERT INTO strict\n  SELECT NULLIF(n, 0) FROM f;\n"
    r = w.run(sql, db="n.db")
    w.same("NULL for a NOT NULL column: exit 2", r.code, 2, r)
    w.has("names the column and has a caret", r.err, "RN5004", '"?n"?', r"s\.sql:3:", r"\^")


@case
def runtime_errors_name_the_record(w):
    w.write("in.csv", "1,5,7\n2,0,aaa\n3,0,bbb\n")
    f = "CREATE TABLE f (id INT, n INT, s STRING) WITH ('connector' = 'filesystem', 'path' = 'in.csv', 'format' = 'csv');\n"
    for code, expression in (("RN5003", "10 / n"), ("RN5003", "MOD(id, n)"), ("RN5003", "CAST(1 AS DECIMAL(38, 0)) / n"), ("RN5002", "CAST(s AS INT)"),
                             ("RN5002", "CAST(s AS DOUBLE)"), ("RN5002", "CAST(ARRAY['1', '2', s] AS ARRAY<INT>)"),
                             ("RN5002", "CAST(MAP['a', '1', 'b', s] AS MAP<STRING, INT>)"), ("RN5002", "CAST(ROW(1, s) AS ROW<x INT, y INT>)"),
                             ("RN5002", "CAST(ARRAY[ROW(s)] AS ARRAY<ROW<x INT>>)"), ("RN5006", "JSON_VALUE(s, '$' ERROR ON ERROR)"),
                             ("RN5006", "JSON_QUERY(s, '$' WITH WRAPPER ERROR ON ERROR)"), ("RN5006", "IF(n = 0, ELEMENT(ARRAY[id, n]), 1)"),
                             ("RN5006", "IF(n = 0, REPEAT(s, 2000000000), s)"), ("RN5003", "CASE WHEN id = 1 THEN 1 ELSE id / n END")):
        r = w.run(f + "SELECT\n  %s AS x FROM f;\n" % expression, db=None)
        w.same("%s: exit 2" % expression, r.code, 2, r)
        w.has("the code, the record, the caret", r.err, r"error\[%s\]" % code, r"in\.csv@2\n", r"s\.sql:3:\d", r"\n +\^")
    r = w.run(f + "SELECT\n  (SELECT x FROM (VALUES (1), (2)) AS q (x)) AS x FROM f;\n", db=None)
    w.same("a scalar sub-query with two rows: exit 2", r.code, 2, r)
    w.has("with a caret", r.err, "RN5010", r"s\.sql:3:3", r"\^")


@case
def runtime_errors_unbounded(w):
    t = w.topic()
    w.produce(t, ['{"id": 1}', '{"id": 0}'])
    r = w.run("CREATE TABLE src %s;\nCREATE TABLE dst (id INT);\n\nINSERT INTO dst SELECT 1 / id FROM src;\n" % w.kafka(t), "--for", "20s")
    w.same("a job that fails: exit 2", r.code, 2, r)
    w.has("a caret into the statement", r.err, "RN5", r"1 / id.*\n.*\^")
    w.has("with the line of the script", r.err, r"s\.sql:4:24|line 4")


@case
def on_error_after_a_failure(w):
    t = w.topic()
    w.produce(t, ['{"id": 1}'])
    sql = "CREATE TABLE src %s;\nCREATE TABLE dst (id INT);\nINSERT INTO dst SELECT id FROM src;\n"
    w.same("good so far", w.run(sql % w.kafka(t), "--until-end").code, 0)
    w.produce(t, ['{"id": 2}', 'oops', '{"id": 3}'])
    w.same("a bad record", w.run(sql % w.kafka(t), "--until-end").code, 2)
    r = w.run(sql % w.kafka(t, more=", 'on-error' = 'dead-letter'"), "--until-end")
    w.same("the error's hint can be followed: 'on-error' may change", r.code, 0, r)
    w.has("with a notice, from where the job stood", r.err, "on-error", "resumes from")
    w.same("each row once", w.rows("SELECT id FROM dst ORDER BY id"), [(1,), (2,), (3,)], r)
    w.same("the bad one kept once", w.one("SELECT count(*) FROM _rn_dead_letter"), 1)


@case
def ignored_fields(w):
    t = w.topic()
    w.produce(t, ['{"id": 1}', '{"id": "x"}', 'oops', '{}'])
    sql = "CREATE TABLE src %s;\nCREATE TABLE dst (id INT);\nINSERT INTO dst SELECT id FROM src;\n" % w.kafka(t, more=", 'json.ignore-parse-errors' = 'true'")
    r = w.run(sql, "--until-end")
    w.same("json.ignore-parse-errors keeps the dialect's meaning", (r.code, w.rows("SELECT id FROM dst")), (0, [(1,), (None,), (None,)]), r)
