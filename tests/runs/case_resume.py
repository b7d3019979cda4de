"""Stored runs: what is skipped, what continues, what starts anew."""
import json, re, signal, sqlite3, time
from harness import case

VALUES = "CREATE TABLE log (n INT);\nINSERT INTO log VALUES (1), (2);\n"


@case
def finished_statements_are_skipped(w):
    t = w.topic()
    w.produce(t, ['{"id": %d}' % i for i in range(10)])
    sql = (VALUES + "INSERT INTO log VALUES (1), (2);\nCREATE TABLE made AS SELECT n + 1 AS m FROM log;\n"
           "CREATE TABLE src %s;\nCREATE TABLE dst (id INT);\nINSERT INTO dst SELECT id FROM src;\n" % w.kafka(t))
    p = w.run_start(sql, "-D", "execution.checkpointing.interval=50ms")
    w.check("the job runs", w.wait(lambda: w.one("SELECT count(*) FROM dst") == 10))
    w.same("bounded INSERTs of the same text each count", w.one("SELECT count(*) FROM log"), 4)
    w.stop(p, signal.SIGKILL)
    w.produce(t, ['{"id": %d}' % i for i in range(10, 15)])
    p = w.run_start(sql, "-D", "execution.checkpointing.interval=50ms")
    w.check("after kill -9 the job continues", w.wait(lambda: w.one("SELECT count(*) FROM dst") == 15))
    r = w.stop(p)
    w.same("SIGTERM: exit 0", r.code, 0, r)
    w.same("FINISHED statements are not run again", w.rows("SELECT (SELECT count(*) FROM log), (SELECT count(*) FROM made)"), [(4, 4)], r)
    w.has("with a notice", r.err, "skipped", "resumes from", "%s/0 at 10" % t)
    w.same("every row once", w.one("SELECT count(DISTINCT id) = count(*) AND count(*) = 15 FROM dst"), 1)
    w.same("the job is STOPPED", w.one("SELECT state FROM _rn_job WHERE job = 'dst'"), "STOPPED")


@case
def killed_between_statements(w):
    """A statement that fails stands for the kill: the run stays open, and the next one goes on behind what is FINISHED."""
    bad = "CREATE TABLE f (n INT) WITH ('connector' = 'filesystem', 'path' = 'in.csv', 'format' = 'csv');\nINSERT INTO log SELECT n FROM f;\n"
    r = w.run(VALUES + bad)
    w.check("a statement fails", r.code in (1, 3), r)
    w.same("what was before it stays", w.one("SELECT count(*) FROM log"), 2)
    w.write("in.csv", "7\n8\n9\n")
    r = w.run(VALUES + bad)
    w.same("the next run", r.code, 0, r)
    w.same("continues it", w.rows("SELECT n FROM log ORDER BY n"), [(1,), (2,), (7,), (8,), (9,)], r)
    w.has("says what it skips", r.err, r"s\.sql:2: skipped")
    r = w.run(VALUES + bad)
    w.same("a run after all is FINISHED", r.code, 0, r)
    w.same("starts anew", w.one("SELECT count(*) FROM log"), 10)
    w.has("and its summary names the append tables that get rows again", r.err, "again", "log")


@case
def replaced_tables_and_changed_rows(w):
    """CREATE OR REPLACE TABLE AS, UPDATE, DELETE and INSERT OVERWRITE in a run: once each, and again in the next run."""
    sql = ("CREATE TABLE t (id INT, v INT, PRIMARY KEY (id) NOT ENFORCED);\nINSERT INTO t VALUES (1, 1), (2, 2), (3, 3);\n"
           "CREATE OR REPLACE TABLE r AS SELECT id, v FROM t;\nUPDATE t SET v = v + 10;\nDELETE FROM t WHERE id = 3;\n"
           "INSERT OVERWRITE r SELECT id, v + 100 FROM t;\n")
    bad = "CREATE TABLE f (n INT) WITH ('connector' = 'filesystem', 'path' = 'in.csv', 'format' = 'csv');\nINSERT INTO t SELECT n, n FROM f;\n"
    rows = lambda: (w.rows("SELECT * FROM t ORDER BY id"), w.rows("SELECT * FROM r ORDER BY id"))
    r = w.run(sql + bad)
    w.check("the last statement fails", r.code in (1, 3), r)
    w.same("those before it are done", rows(), ([(1, 11), (2, 12)], [(1, 111), (2, 112)]), r)
    r = w.run(sql + bad)
    w.same("the next run does none of them twice", rows(), ([(1, 11), (2, 12)], [(1, 111), (2, 112)]), r)
    w.has("and says what it skips", r.err, r"s\.sql:3: skipped", r"s\.sql:4: skipped", r"s\.sql:5: skipped", r"s\.sql:6: skipped")
    w.write("in.csv", "7\n")
    w.same("the run ends", w.run(sql + bad).code, 0)
    r = w.run(sql + bad)
    w.same("a new run does them anew", rows(), ([(1, 11), (2, 12), (7, 7)], [(1, 111), (2, 112), (7, 117)]), r)
    w.check("nothing was appended", "again" not in r.err, r)
    w.same("no table of a swap stays", w.rows("SELECT name FROM sqlite_schema WHERE name LIKE '\\_rn\\_overwrite%' ESCAPE '\\'"), [])


@case
def upsert_tables_are_not_named(w):
    sql = "CREATE TABLE u (k INT, n INT, PRIMARY KEY (k) NOT ENFORCED);\nINSERT INTO u VALUES (1, 1);\nINSERT INTO u VALUES (1, 1);\n"
    w.same("first", w.run(sql).code, 0)
    r = w.run(sql)
    w.same("again", (r.code, w.rows("SELECT * FROM u")), (0, [(1, 1)]), r)
    w.check("no append table, no word", "again" not in r.err, r)


@case
def other_script_other_run(w):
    w.same("a.sql", w.run(VALUES, script="a.sql").code, 0)
    w.same("b.sql", w.run(VALUES, script="b.sql").code, 0)
    w.same("bounded INSERTs are known by their script", w.one("SELECT count(*) FROM log"), 4)
    for _ in range(2):
        r = w.runnel("run", "--db", "a.db", "-c", "INSERT INTO log VALUES (5)")
        w.same("-c", r.code, 0, r)
    w.same("each finished run starts anew", w.one("SELECT count(*) FROM log WHERE n = 5"), 2)


@case
def bounded_insert_interrupted(w):
    n = 3000000
    with open(w.path("in.csv"), "w") as f:
        f.write("\n".join(map(str, range(n))) + "\n")
    sql = ("SET 'execution.checkpointing.interval' = '5 ms';\nCREATE TABLE f (n INT) WITH ('connector' = 'filesystem', 'path' = 'in.csv', 'format' = 'csv');\n"
           "CREATE TABLE dst (n INT);\nINSERT INTO dst SELECT n FROM f;\n")
    seen = []
    for sig in (signal.SIGTERM, signal.SIGKILL, signal.SIGINT):
        p = w.run_start(sql)
        before = seen[-1] if seen else 0
        w.wait(lambda: p.poll() is not None or w.one("SELECT count(*) FROM dst") > before, 10)
        r = w.stop(p, sig)
        if sig != signal.SIGKILL:
            w.same("a signal: exit 0", r.code, 0, r)
        seen.append(w.one("SELECT count(*) FROM dst"))
    w.check("stopped inside the statement", any(0 < s < n for s in seen), seen)
    r = w.run(sql)
    w.same("the last run", r.code, 0, r)
    w.same("a bounded INSERT continues, each row exactly once", w.rows("SELECT count(*), count(DISTINCT n) FROM dst"), [(n, n)], r)


@case
def until_end(w):
    t = w.topic()
    ev = lambda i, s: json.dumps({"id": i, "ts": "2026-01-01 00:00:%02d" % s})
    w.produce(t, [ev(1, 1), ev(2, 2), ev(3, 11)])
    sql = ("CREATE TABLE src %s;\nCREATE TABLE win (s TIMESTAMP(3), c BIGINT, PRIMARY KEY (s) NOT ENFORCED);\n"
           "INSERT INTO win SELECT window_start, COUNT(*) FROM TUMBLE(TABLE src, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end;\n"
           % w.kafka(t, "id INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts"))
    r = w.run(sql, "--until-end")
    w.same("ends", r.code, 0, r)
    w.same("with a final watermark past the last open window", w.rows("SELECT substr(s, 12), c FROM win ORDER BY s"), [("00:00:00.000", 2), ("00:00:10.000", 1)], r)
    w.same("the job is STOPPED", w.one("SELECT state FROM _rn_job"), "STOPPED")
    w.same("its offsets are stored", w.one("SELECT count(*) FROM _rn_offset WHERE position LIKE '%3%'"), 1, w.rows("SELECT * FROM _rn_offset"))
    w.produce(t, [ev(4, 12), ev(5, 25)])
    r = w.run(sql, "--until-end")
    w.same("a later run continues", r.code, 0, r)
    w.same("rows of closed windows are late, others not", w.rows("SELECT substr(s, 12), c FROM win ORDER BY s"),
           [("00:00:00.000", 2), ("00:00:10.000", 1), ("00:00:20.000", 1)], r)
    w.has("and counted", r.err, "2 in", "1 late")
    r = w.run(sql, "--until-end")
    w.same("nothing new", (r.code, w.one("SELECT sum(c) FROM win")), (0, 4), r)


@case
def until_end_ends_are_those_of_the_start(w):
    t = w.topic(2)
    for p in (0, 1):
        w.produce(t, ['{"id": %d}' % (i * 2 + p) for i in range(2000)], "--partition", str(p))
    sql = "CREATE TABLE src %s;\nCREATE TABLE dst (id INT);\nINSERT INTO dst SELECT id FROM src;\n" % w.kafka(t)
    p = w.run_start(sql, "--until-end", "-D", "execution.checkpointing.interval=5ms")
    w.wait(lambda: w.one("SELECT count(*) FROM _rn_offset WHERE until IS NOT NULL") > 0, 5)
    r = w.stop(p, signal.SIGKILL)
    stored = w.rows("SELECT until FROM _rn_offset WHERE until IS NOT NULL")
    w.produce(t, ['{"id": -1}'], "--partition", "0")
    r = w.run(sql, "--until-end")
    w.same("ends", r.code, 0, r)
    if stored:
        w.same("a killed --until-end keeps its end offsets", w.one("SELECT count(*) FROM dst WHERE id < 0"), 0, r)
    w.same("every row once", w.rows("SELECT count(*), count(DISTINCT id) FROM dst WHERE id >= 0"), [(4000, 4000)], r)
    r = w.run(sql, "--until-end")
    w.same("the next one takes new ends", w.one("SELECT count(*) FROM dst WHERE id < 0"), 1, r)


@case
def for_a_while(w):
    t = w.topic()
    w.produce(t, ['{"id": 1}'])
    sql = "CREATE TABLE src %s;\nCREATE TABLE dst (id INT);\nINSERT INTO dst SELECT id FROM src;\n" % w.kafka(t)
    for seconds in (0.7, 3, 10, 30):  # a busy machine may have read nothing by then
        begin = time.time()
        r = w.run(sql, "--for", "%dms" % (seconds * 1000), "-D", "execution.checkpointing.interval=1 h")
        took = time.time() - begin
        w.same("--for", r.code, 0, r)
        w.check("not before its time", took > seconds - 0.1, took)
        if w.one("SELECT count(*) FROM sqlite_schema WHERE name = 'dst'") and w.one("SELECT count(*) FROM dst"):
            break
    w.same("with an epoch", w.rows("SELECT (SELECT count(*) FROM dst), (SELECT state FROM _rn_job)"), [(1, "STOPPED")], r)


@case
def fresh(w):
    t = w.topic()
    w.produce(t, ['{"id": %d}' % i for i in range(4)])
    sql = ("CREATE TABLE src %s;\nCREATE TABLE dst (id INT);\nCREATE TABLE log (n INT);\nCREATE TABLE shared (id INT);\nINSERT INTO log VALUES (1);\n"
           "EXECUTE STATEMENT SET BEGIN INSERT INTO dst SELECT id FROM src; INSERT INTO shared SELECT id FROM src; END;\n" % w.kafka(t))
    w.same("first", w.run(sql, "--until-end").code, 0)
    w.execute("INSERT INTO dst VALUES (99)")
    w.same("another job writes one of its tables", w.runnel("run", "--db", "a.db", "--until-end", "-D", "pipeline.name=other", "-c", "INSERT INTO shared SELECT id FROM src").code, 0)
    r = w.run(sql, "--until-end", "--fresh")
    w.same("--fresh", r.code, 0, r)
    w.same("forgets state and offsets, empties the tables that only this job writes", w.rows("SELECT (SELECT count(*) FROM dst), (SELECT count(*) FROM log)"), [(4, 1)], r)
    w.same("and no other", w.one("SELECT count(*) FROM shared"), 12, r)
    both = "CREATE TABLE twice (n INT);\nINSERT INTO twice VALUES (1);\nINSERT INTO twice VALUES (2);\nCREATE TABLE made AS SELECT 1 AS a;\nINSERT INTO made VALUES (2);\n"
    for _ in range(2):
        r2 = w.run(both, "--fresh", script="both.sql")
        w.same("a table that several statements of the run write is emptied once", (r2.code, w.rows("SELECT (SELECT count(*) FROM twice), (SELECT count(*) FROM made)")), (0, [(2, 2)]), r2)
    r = w.run(sql, "--until-end", "--fresh", "--keep-rows")
    w.same("--keep-rows does not empty", (r.code, w.one("SELECT count(*) FROM dst")), (0, 8), r)


@case
def keep_going(w):
    t = w.topic()
    w.produce(t, ['{"id": 1}'])
    good = w.topic()
    w.produce(good, ['{"id": %d}' % i for i in range(3)])
    sql = ("CREATE TABLE bad %s;\nCREATE TABLE good %s;\nCREATE TABLE a (id INT);\nCREATE TABLE b (id INT);\nINSERT INTO b SELECT id FROM good;\nINSERT INTO a SELECT id FROM bad;\n"
           % (w.kafka(t), w.kafka(good)))
    told = "CREATE TABLE seen (id INT) WITH ('connector' = 'print');\n"
    both = "EXECUTE STATEMENT SET BEGIN INSERT INTO b SELECT id FROM good; INSERT INTO seen SELECT id FROM good; END;\n"
    sql = told + sql.replace("INSERT INTO b SELECT id FROM good;\n", both)
    p = w.run_start(sql, "-D", "execution.checkpointing.interval=1 h")
    w.read(p, p.stdout, lambda lines: len(lines) == 3)  # the good job has read its rows
    w.check("both run", w.wait(lambda: w.one("SELECT count(*) FROM _rn_job") == 2))
    w.same("nothing is committed yet", w.one("SELECT count(*) FROM b"), 0)
    w.produce(t, ['oops'])
    r = w.finish(p)
    w.same("a failed job ends the run with its code", r.code, 2, r)
    w.has("says which", r.err, "job a failed", "RN5")
    w.same("and closes the epochs of the others", w.rows("SELECT (SELECT count(*) FROM b), (SELECT state FROM _rn_job WHERE job <> 'a')"), [(3, "STOPPED")], r)
    w.same("its own state is FAILED", w.one("SELECT state FROM _rn_job WHERE job = 'a'"), "FAILED")
    p = w.run_start(sql, "--keep-going", "-D", "execution.checkpointing.interval=50 ms")
    w.read(p, p.stderr, lambda lines: "job a failed\n" in lines)
    w.produce(good, ['{"id": 3}'])
    w.check("--keep-going does not", w.wait(lambda: w.one("SELECT count(*) FROM b") == 4))
    r = w.stop(p)
    w.same("the code stays", r.code, 2, r)


@case
def finished_job(w):
    w.write("in.csv", "1\n2\n")
    sql = ("CREATE TABLE f (n INT) WITH ('connector' = 'filesystem', 'path' = 'in.csv', 'format' = 'csv');\nCREATE TABLE dst (n INT);\n"
           "EXECUTE STATEMENT SET BEGIN INSERT INTO dst SELECT n FROM f; INSERT INTO dst SELECT n + 10 FROM f; END;\n")
    r = w.run(sql)
    w.same("only a job whose sources are all bounded becomes FINISHED", r.code, 0, r)
    w.has("says so", r.err, "4 rows inserted")
    w.same("rows", w.rows("SELECT n FROM dst ORDER BY n"), [(1,), (2,), (11,), (12,)])


@case
def ctas_in_a_run(w):
    sql = "CREATE TABLE made AS SELECT a, a * 2 AS b FROM (VALUES (1), (2)) AS t(a);\nCREATE TABLE IF NOT EXISTS made2 AS SELECT 1 AS x;\n"
    r = w.run(sql)
    w.same("CTAS", r.code, 0, r)
    w.same("rows", w.rows("SELECT * FROM made"), [(1, 2), (2, 4)])
    r = w.run(sql + "SELECT nope FROM made;")
    w.same("a run that fails later", r.code, 1, r)
    n = w.one("SELECT count(*) FROM made")
    r = w.run(sql)
    w.same("its CTAS is FINISHED and skipped", (r.code, w.one("SELECT count(*) FROM made")), (0, n), r)
    r = w.run("CREATE TABLE made AS SELECT 'x' AS a;\n")
    w.same("CTAS with another schema", r.code, 1, r)
    w.has("shows the difference", r.err, "made", r"\^")


@case
def second_signal_aborts(w):
    """The writer waits for another program's lock; the second signal does not wait for the epoch."""
    sql = ("CREATE TABLE g (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '1000', 'fields.n.kind' = 'sequence', 'fields.n.start' = '1', "
           "'fields.n.end' = '100000000');\nCREATE TABLE t (n BIGINT);\nSET 'execution.checkpointing.interval' = '20 ms';\nINSERT INTO t SELECT n FROM g;\n")
    p = w.run_start(sql)
    w.check("the job runs", w.wait(lambda: w.one("SELECT count(*) FROM t") > 0))
    c = sqlite3.connect(w.path("a.db"), timeout=10, isolation_level=None)
    c.execute("BEGIN IMMEDIATE")
    p.send_signal(signal.SIGTERM)
    pending = lambda: int(re.search(r"ShdPnd:\s*(\w+)", open("/proc/%d/status" % p.pid).read()).group(1), 16) >> (signal.SIGTERM - 1) & 1
    w.check("the first is seen", w.wait(lambda: not pending()))
    time.sleep(0.5)  # soon after the first, the same signal is the same wish
    w.same("the first signal waits for the last epoch", p.poll(), None)
    r = w.stop(p)
    w.same("the second aborts", r.code, 143, r)
    c.execute("ROLLBACK")
    c.close()
    before = w.one("SELECT count(*) FROM t")
    p = w.run_start(sql)
    w.check("the next run goes on", w.wait(lambda: w.one("SELECT count(*) FROM t") > before))
    r = w.stop(p)
    w.same("and ends well", r.code, 0, r)
    w.same("exactly once", w.rows("SELECT max(n) = count(*), count(DISTINCT n) = count(*) FROM t"), [(1, 1)], r)


@case
def rows_taken_back_without_a_key(w):
    """Queries that take rows back and have no key, in tables without PRIMARY KEY: killed, continued, renamed."""
    l, r_ = w.topic(), w.topic()
    sql = ("CREATE TABLE l %s;\nCREATE TABLE r %s;\nCREATE TABLE missing (id INT, note STRING);\n"
           "INSERT INTO missing SELECT l.id, 'nobody has it' FROM l WHERE NOT EXISTS (SELECT 1 FROM r WHERE r.id = l.id);\n"
           "CREATE TABLE pairs AS SELECT l.id, r.id AS other FROM l LEFT JOIN r ON l.id = r.id;\n"
           "CREATE TABLE total AS SELECT COUNT(*) AS n FROM l;\n" % (w.kafka(l), w.kafka(r_)))
    w.produce(l, ['{"id": %d}' % (i % 10) for i in range(30)])
    w.produce(r_, ['{"id": %d}' % i for i in range(4)])
    have = lambda want: w.wait(lambda: (w.rows("SELECT id, count(*) FROM missing GROUP BY id ORDER BY id"),
                                        w.rows("SELECT id, other, count(*) FROM pairs GROUP BY id, other ORDER BY id"),
                                        w.rows("SELECT n FROM total")) == want)
    want = lambda found, left: ([(i, 3) for i in range(found, 10)], [(i, i if i < found else None, 3) for i in range(10)], [(left,)])
    p = w.run_start(sql, "-D", "execution.checkpointing.interval=50ms")
    w.check("every row that nothing meets, as often as it came", have(want(4, 30)), w.rows("SELECT * FROM pairs"))
    w.stop(p, signal.SIGKILL)
    w.produce(r_, ['{"id": 4}', '{"id": 5}'])
    p = w.run_start(sql, "-D", "execution.checkpointing.interval=50ms")
    w.check("after kill -9 rows of before are taken back", have(want(6, 30)), w.rows("SELECT * FROM pairs"))
    r = w.stop(p)
    w.same("exit", r.code, 0, r)
    w.execute("DELETE FROM missing WHERE id = 9")
    w.produce(r_, ['{"id": 8}', '{"id": 9}'])
    p = w.run_start(sql, "-D", "execution.checkpointing.interval=50ms")
    w.check("what another program has taken away", w.wait(lambda: w.rows("SELECT DISTINCT id FROM missing ORDER BY id") == [(6,), (7,)]), w.rows("SELECT * FROM missing"))
    w.produce(l, ['{"id": 0}'])
    w.check("a row later", w.wait(lambda: w.one("SELECT n FROM total") == 31))
    r = w.stop(p)
    w.has("is told", r.err, "3 rows that the query takes back were not there")


@case
def a_delete_that_failed_leaves_nothing(w):
    """The rows that it had written beside are not taken for those of the statement before, which is skipped when the run goes on."""
    sql = ("SET 'execution.checkpointing.interval' = '1 ms';\nCREATE TABLE t (a INT, k STRING);\n"
           "CREATE TABLE g (a INT) WITH ('connector' = 'datagen', 'number-of-rows' = '50000', 'fields.a.kind' = 'sequence', 'fields.a.start' = '0', 'fields.a.end' = '49999');\n"
           "INSERT INTO t SELECT a, CASE WHEN a = 49999 THEN 'x' ELSE CAST(MOD(a, 5) AS STRING) END FROM g;\n"
           "DELETE FROM t WHERE k = '0';\nDELETE FROM t WHERE CAST(k AS INT) = 1;\n")
    for again in range(2):
        r = w.run(sql)
        w.has("the second fails at its last row", r.err, "cannot cast 'x' to INT")
        w.same("all rows that the first left are there%s" % (", again" * again), w.one("SELECT count(*) FROM t"), 40000)
