"""The file: what is refused, who writes, what damage looks like, how values lie."""
import os, sqlite3, time
from harness import case


@case
def foreign_files(w):
    w.write("s.sql", "SELECT 1;\n")
    before = open(w.path("s.sql")).read()
    r = w.runnel("s.sql", "-c", "SELECT 1")
    w.same("a positional that is not SQLite: exit 64", r.code, 64, r)
    w.has("with the other way", r.err, "did you mean: runnel run s.sql")
    w.same("it is not touched", open(w.path("s.sql")).read(), before)
    r = w.runnel("run", "--db", "s.sql", "-c", "SELECT 1")
    w.check("nor as --db", r.code != 0 and open(w.path("s.sql")).read() == before, r)
    w.check("no files beside it", sorted(os.listdir(w.dir)) == ["s.sql"], os.listdir(w.dir))


@case
def newer_format(w):
    w.same("a file", w.runnel("a.db", "-c", "CREATE TABLE x (a INT)").code, 0)
    w.check("application_id and user_version are set", w.one("PRAGMA application_id") != 0 and w.one("PRAGMA user_version") > 0)
    c = sqlite3.connect(w.path("a.db"))
    c.execute("PRAGMA user_version = 99")
    c.close()
    before = open(w.path("a.db"), "rb").read()
    r = w.runnel("a.db", "-c", "SELECT 1")
    w.same("a newer format is refused", r.code, 4, r)
    w.has("naming both", r.err, "newer", "99")
    w.same("untouched", open(w.path("a.db"), "rb").read() == before, True)


@case
def damaged_state(w):
    t = w.topic()
    w.produce(t, ['{"id": %d}' % (i % 3) for i in range(9)])
    sql = ("CREATE TABLE src %s;\nCREATE TABLE dst (id INT, c BIGINT, PRIMARY KEY (id) NOT ENFORCED);\n"
           "INSERT INTO dst SELECT id, COUNT(*) FROM src GROUP BY id;\n" % w.kafka(t))
    r = w.run(sql, "--until-end")
    w.same("job", r.code, 0, r)
    good = open(w.path("a.db"), "rb").read()
    c = sqlite3.connect(w.path("a.db"))
    blob = c.execute("SELECT blob FROM _rn_state LIMIT 1").fetchone()[0]
    flipped = bytes([blob[0] ^ 1]) + blob[1:] if len(blob) else b"x"
    c.execute("UPDATE _rn_state SET blob = ? WHERE rowid = (SELECT min(rowid) FROM _rn_state)", (flipped,))
    c.commit()
    c.close()
    r = w.run(sql, "--until-end")
    w.same("damaged state", r.code, 4, r)
    w.has("is a clear error", r.err, "RN6001", "damaged", "checksum", "dst")
    open(w.path("a.db"), "wb").write(good)
    w.execute("UPDATE _rn_offset SET position = '1'")
    r = w.run(sql, "--until-end")
    w.same("damaged offset", r.code, 4, r)
    w.has("is a clear error", r.err, "RN6001", "damaged", "checksum")
    open(w.path("a.db"), "wb").write(good)
    w.same("the file as it was still works", w.run(sql, "--until-end").code, 0)


@case
def second_writer(w):
    t = w.topic()
    w.produce(t, ['{"id": %d}' % i for i in range(5)])
    sql = "CREATE TABLE src %s;\nCREATE TABLE dst (id INT);\nINSERT INTO dst SELECT id FROM src;\n" % w.kafka(t)
    p = w.run_start(sql, "-D", "execution.checkpointing.interval=50ms")
    w.check("the writer runs", w.wait(lambda: w.one("SELECT count(*) FROM dst") == 5))
    r = w.runnel("a.db", "-c", "SELECT COUNT(*) AS c FROM dst")
    w.same("SELECT works beside a writer", r.lines(), ['{"c":5}'], r)
    w.has("the notice names its pid", r.err, "read.only", str(p.pid))
    w.has("and its jobs", r.err, "dst")
    r = w.runnel("a.db", "-c", "SHOW TABLES; SHOW JOBS; EXPLAIN SELECT * FROM dst; DESCRIBE dst; SHOW CREATE TABLE src")
    w.same("SHOW, DESCRIBE and EXPLAIN work", r.code, 0, r)
    w.has("SHOW JOBS shows the writer's job", r.out, '"dst"', "RUNNING")
    for text in ("CREATE TABLE y (a INT)", "DROP TABLE dst", "INSERT INTO dst VALUES (9)", "CREATE VIEW v AS SELECT 1 AS a",
                 "ALTER TABLE src SET ('scan.startup.mode' = 'latest-offset')", "CREATE TABLE z AS SELECT 1 AS a", "INSERT INTO dst SELECT id FROM src",
                 "EXECUTE STATEMENT SET BEGIN INSERT INTO dst VALUES (1); END"):
        r = w.runnel("a.db", "-c", text)
        w.same("%s is refused with exit 5" % text[:20], r.code, 5, r)
        w.has("naming the pid", r.err.split("\n", 1)[-1], "RN7", str(p.pid))
    r = w.run(sql, script="other.sql")
    w.same("`run` too", r.code, 5, r)
    r = w.runnel("a.db", "-c", "SELECT id FROM src LIMIT 2")
    w.same("continuous SELECT works", len(r.lines()), 2, r)
    r = w.runnel("a.db", "-c", "CREATE TEMPORARY VIEW v AS SELECT id FROM dst; SELECT COUNT(*) AS c FROM v")
    w.same("a temporary view is fine", r.lines(), ['{"c":5}'], r)
    reader = w.shell("a.db")
    w.has("a shell beside it", reader.ask("SELECT COUNT(*) AS n FROM dst;", r"\b1 row"), r"\b5\b")
    w.has("its banner names pid and jobs", reader.text, "read-only", str(p.pid), r"\bdst\b")
    w.produce(t, ['{"id": 5}'])
    w.check("the writer goes on", w.wait(lambda: w.one("SELECT count(*) FROM dst") == 6))
    w.has("sees new rows", reader.ask("SELECT COUNT(*) AS n FROM dst;", r"\b1 row"), r"\b6\b")
    r = w.stop(p)
    w.same("the writer ends well", r.code, 0, r)
    reader.leave()
    w.same("then the file can be written", w.runnel("a.db", "-c", "CREATE TABLE y (a INT)").code, 0)


@case
def select_while_a_job_writes(w):
    sql = ("CREATE TABLE src (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '2000', 'fields.n.kind' = 'sequence', "
           "'fields.n.start' = '1', 'fields.n.end' = '100000000');\nCREATE TABLE dst (n BIGINT);\nINSERT INTO dst SELECT n FROM src;\n")
    p = w.run_start(sql, "-D", "execution.checkpointing.interval=20ms")
    w.check("the writer runs", w.wait(lambda: w.one("SELECT count(*) FROM dst") > 100))
    seen = []
    for _ in range(5):
        r = w.runnel("a.db", "-q", "-c", "SELECT COUNT(*) AS c, MAX(n) AS m FROM dst")
        row = eval(r.out or "{'c': 0, 'm': 1}")
        seen.append(row["c"])
        w.check("a SELECT sees whole epochs", row["c"] == row["m"], r)
    w.check("and newer ones later", seen == sorted(seen) and seen[-1] > seen[0], seen)
    w.same("the writer ends well", w.stop(p).code, 0)
    before = w.one("SELECT count(*) FROM dst")
    p = w.run_start(sql, "-D", "execution.checkpointing.interval=20ms")
    w.check("a generator continues", w.wait(lambda: w.one("SELECT count(*) FROM dst") > before + 100))
    w.stop(p)
    w.same("where it stopped", w.one("SELECT count(*) = max(n) AND count(DISTINCT n) = max(n) FROM dst"), 1)


@case
def values_in_sqlite(w):
    sql = """CREATE TABLE v (k INT, b BOOLEAN, i8 TINYINT, i64 BIGINT, f FLOAT, d DOUBLE, n1 DECIMAL(15,2), n2 DECIMAL(16,2),
  s STRING, c CHAR(3), y BYTES, dt DATE, t TIME, ts0 TIMESTAMP(0), ts3 TIMESTAMP(3), ts6 TIMESTAMP(6), tz TIMESTAMP_LTZ(3),
  r ROW<a INT, b STRING>, PRIMARY KEY (k) NOT ENFORCED) WITH ('index' = 's;c,dt');
SET 'table.local-time-zone' = 'Europe/Berlin';
INSERT INTO v VALUES (1, TRUE, CAST(1 AS TINYINT), 9223372036854775807, CAST(0.5 AS FLOAT), CAST('NaN' AS DOUBLE), 1234.50, 99999999999999.25, 'x', 'abc',
  CAST('z' AS BYTES), DATE '2026-01-02', TIME '03:04:05', TIMESTAMP '2026-01-02 03:04:05', TIMESTAMP '2026-01-02 03:04:05.6',
  TIMESTAMP '2026-01-02 03:04:05.6', CAST(TIMESTAMP '2026-01-02 03:04:05.6' AS TIMESTAMP_LTZ(3)), ROW(1, 'q'));
INSERT INTO v (k) VALUES (2);
"""
    r = w.run(sql)
    w.same("rows", r.code, 0, r)
    w.same("values", w.rows("SELECT b, i8, i64, f, d, n1, n2, s, c, y, dt, ts0, ts3, ts6, tz, r FROM v WHERE k = 1"),
           [(1, 1, 9223372036854775807, 0.5, None, 1234.5, "99999999999999.25", "x", "abc", b"z", "2026-01-02", "2026-01-02 03:04:05",
             "2026-01-02 03:04:05.600", "2026-01-02 03:04:05.600000", "2026-01-02 02:04:05.600Z", '{"a":1,"b":"q"}')])
    w.has("TIME", w.one("SELECT t FROM v WHERE k = 1"), "^03:04:05$")
    w.same("kinds", w.rows("SELECT typeof(b), typeof(i64), typeof(f), typeof(n1), typeof(n2), typeof(y) FROM v WHERE k = 1"),
           [("integer", "integer", "real", "real", "text", "blob")])
    w.same("NULL everywhere", w.one("SELECT count(*) FROM v WHERE k = 2 AND b IS NULL AND s IS NULL AND r IS NULL AND tz IS NULL"), 1)
    w.has("tables are STRICT", w.one("SELECT sql FROM sqlite_schema WHERE name = 'v'"), "STRICT")
    w.same("'index' makes indexes", w.rows("SELECT group_concat(name) FROM (SELECT l.name AS i, c.name, c.seqno FROM pragma_index_list('v') l, "
                                           "pragma_index_info(l.name) c WHERE l.origin = 'c' ORDER BY 1, 3) GROUP BY i ORDER BY 1"), [("c,dt",), ("s",)])
    r = w.run("CREATE TABLE two (a INT, b STRING, n INT, PRIMARY KEY (a, b) NOT ENFORCED);\nINSERT INTO two VALUES (1, 'x', 1), (1, 'x', 2), (1, 'y', 3);", script="two.sql")
    w.same("PRIMARY KEY: upsert", w.rows("SELECT * FROM two ORDER BY b"), [(1, "x", 2), (1, "y", 3)], r)
    w.has("WITHOUT ROWID where composite", w.one("SELECT sql FROM sqlite_schema WHERE name = 'two'"), "WITHOUT ROWID", "STRICT")
    r = w.runnel("a.db", "-c", "SELECT k, b, i64, d, n1, n2, dt, ts3, tz, r FROM v WHERE k = 1", "-D", "table.local-time-zone=Europe/Berlin")
    w.same("and reads back", r.out, '{"k":1,"b":true,"i64":9223372036854775807,"d":null,"n1":1234.50,"n2":99999999999999.25,"dt":"2026-01-02",'
           '"ts3":"2026-01-02 03:04:05.6","tz":"2026-01-02 02:04:05.6Z","r":{"a":1,"b":"q"}}\n', r)


@case
def rows_of_rows(w):
    """ROW columns lie as JSON text; a batch with NULLs and refused rows between them."""
    sql = "CREATE TABLE v (k INT, r ROW<a INT, b STRING>, PRIMARY KEY (k) NOT ENFORCED);\n"
    w.same("table", w.run(sql + "INSERT INTO v VALUES (1, ROW(1, 'q'));\nINSERT INTO v (k) VALUES (2);").code, 0)
    c = sqlite3.connect(w.path("a.db"))
    c.executemany("INSERT INTO v VALUES (?, ?)", [(k, '{"a":%d,"b":"x%d"}' % (k, k) if k % 3 else None) for k in range(3, 6000)])
    c.commit()
    c.close()
    r = w.runnel("a.db", "-c", "SELECT COUNT(*) AS c, COUNT(r) AS n, SUM(r.a) AS s, COUNT(DISTINCT r.b) AS d FROM v")
    want = sum(k for k in range(3, 6000) if k % 3) + 1
    w.same("read back", r.out, '{"c":5999,"n":3999,"s":%d,"d":3999}\n' % want, r)
    w.execute("UPDATE v SET r = 'nonsense' WHERE k = 7")
    r = w.runnel("a.db", "-c", "SELECT r FROM v")
    w.same("what is no JSON is a bad record", r.code, 2, r)
    w.has("that names table and column", r.err, r"\bv\b", r"\br\b")


@case
def tables_are_made_at_create(w):
    w.same("CREATE", w.runnel("a.db", "-c", "CREATE TABLE t (a INT, s STRING, PRIMARY KEY (a) NOT ENFORCED) WITH ('index' = 's')").code, 0)
    w.same("readers find the table before its first row", w.rows("SELECT * FROM t"), [])
    w.same("and its index", w.one("SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND tbl_name = 't' AND sql IS NOT NULL"), 1)
    w.execute("INSERT INTO t VALUES (1, 'x')")
    r = w.runnel("a.db", "-c", "ALTER TABLE t RENAME TO u; SELECT a FROM u")
    w.same("RENAME takes the rows along", r.lines(), ['{"a":1}'], r)
    r = w.runnel("a.db", "-c", "SHOW TABLES")
    w.same("under one name", r.lines(), ['{"table name":"u"}'], r)
    w.same("DROP", w.runnel("a.db", "-c", "DROP TABLE u").code, 0)
    w.same("takes the SQLite table", w.one("SELECT count(*) FROM sqlite_schema WHERE name IN ('t', 'u')"), 0)


@case
def busy(w):
    t = w.topic()
    w.produce(t, ['{"id": %d}' % i for i in range(5)])
    sql = "CREATE TABLE src %s;\nCREATE TABLE dst (id INT);\nINSERT INTO dst SELECT id FROM src;\n" % w.kafka(t)
    p = w.run_start(sql, "-D", "execution.checkpointing.interval=20ms")
    w.check("the job runs", w.wait(lambda: w.one("SELECT count(*) FROM dst") == 5))
    c = sqlite3.connect(w.path("a.db"), timeout=10, isolation_level=None)
    c.execute("BEGIN IMMEDIATE")
    w.produce(t, ['{"id": %d}' % i for i in range(5, 9)])
    time.sleep(0.7)
    w.same("another program holds the file: the job waits", (p.poll(), w.one("SELECT count(*) FROM dst")), (None, 5))
    c.execute("COMMIT")
    c.close()
    w.check("and goes on with the same epoch", w.wait(lambda: w.one("SELECT count(*) FROM dst") == 9))
    w.same("every row once", w.one("SELECT count(DISTINCT id) FROM dst"), 9)
    w.same("it ends well", w.stop(p).code, 0)


@case
def damaged_file(w):
    w.same("a file", w.run("CREATE TABLE t (a INT);\nINSERT INTO t VALUES (1), (2);").code, 0)
    good = open(w.path("a.db"), "rb").read()
    page = int.from_bytes(good[16:18], "big")
    open(w.path("a.db"), "wb").write(good[:page] + b"\xa5" * (len(good) - page))
    r = w.runnel("a.db", "-c", "SELECT * FROM t")
    w.check("a damaged file ends with an error and no crash", r.code in (4, 5), r)
    w.has("naming the file", r.err, r"a\.db")
    open(w.path("a.db"), "wb").write(good[:page + 100])
    r = w.runnel("a.db", "-c", "SELECT * FROM t")
    w.check("a cut file too", r.code in (4, 5), r)
    r = w.runnel("no-such-dir/a.db", "-c", "SELECT 1")
    w.check("a directory that is not there", r.code != 0 and "no-such-dir" in r.err, r)


@case
def another_file(w):
    w.write("in.csv", "1\n2\n3\n")
    sql = ("CREATE TABLE f (n INT) WITH ('connector' = 'filesystem', 'path' = 'in.csv', 'format' = 'csv');\n"
           "CREATE TABLE o (n INT, PRIMARY KEY (n) NOT ENFORCED) WITH ('connector' = 'sqlite', 'path' = 'other.db');\nINSERT INTO o SELECT n FROM f;\n")
    r = w.run(sql)
    w.same("'path' names another file", (r.code, w.rows("SELECT n FROM o ORDER BY n", db="other.db")), (0, [(1,), (2,), (3,)]), r)
    r = w.runnel("a.db", "-c", "SELECT SUM(n) AS s FROM o")
    w.same("it can be read too", r.lines(), ['{"s":6}'], r)
    w.same("the table is not in ours", w.one("SELECT count(*) FROM sqlite_schema WHERE name = 'o'"), 0)


@case
def nan(w):
    r = w.run("CREATE TABLE t (a INT, d DOUBLE NOT NULL);\nINSERT INTO t VALUES (1, CAST('NaN' AS DOUBLE));")
    w.same("NaN in a NOT NULL column is an error", r.code, 2, r)
    w.has("that says so", r.err, "NaN", r"\bd\b")


@case
def partition_marker_of_a_committed_file(w):
    """A kill between a commit and the end of a file's marker: what is committed stays. (crash/points.py: at every step)"""
    uncommitted = "0123456789abcdef %s\n" % w.path("a.db")
    t = w.topic()
    sql = ("CREATE TABLE src %s;\nCREATE TABLE o (id INT, k STRING) PARTITIONED BY (k) WITH ('connector' = 'filesystem', 'path' = 'out', 'format' = 'json');\n"
           "INSERT INTO o SELECT id, CASE WHEN id < 3 THEN 'a' ELSE 'b' END FROM src;\n" % w.kafka(t))
    w.produce(t, ['{"id": %d}' % i for i in range(5)])
    w.same("a run", w.run(sql, "--until-end").code, 0)
    text = open(w.path("out/k=a/part-0.json")).read()
    w.same("its rows", text, '{"id":0}\n{"id":1}\n{"id":2}\n')
    w.write("out/k=a/.part-0.json.runnel", "0 %d " % len(text) + uncommitted)
    w.write("out/k=b/.part-0.json.runnel", "0 1000 " + uncommitted)
    w.append("out/k=b/part-0.json", '{"id":"of an epoch that never committed"}\n')
    os.mkdir(w.path("out/k=c"))
    w.write("out/k=c/part-0.json", '{"id":"of a partition that never committed"}\n')
    w.write("out/k=c/.part-0.json.runnel", "0 1000 " + uncommitted)
    w.produce(t, ['{"id": 1}', '{"id": 7}'])
    r = w.run(sql, "--until-end")
    w.same("goes on", r.code, 0, r)
    w.same("behind what was committed", open(w.path("out/k=a/part-0.json")).read(), text + '{"id":1}\n', r)
    w.same("and takes away what was not", (open(w.path("out/k=b/part-0.json")).read(), os.path.getsize(w.path("out/k=c/part-0.json"))), ('{"id":3}\n{"id":4}\n{"id":7}\n', 0), r)
    w.same("without markers", [n for f in "abc" for n in os.listdir(w.path("out/k=" + f)) if n.startswith(".")], [])


@case
def files_have_one_writer(w):
    rows = "CREATE TABLE g (id INT) WITH ('connector' = 'datagen', 'number-of-rows' = '1000', 'fields.id.kind' = 'sequence', 'fields.id.start' = '0', 'fields.id.end' = '999');\n"
    table = "CREATE TABLE o (id INT) WITH ('connector' = 'filesystem', 'path' = '%s', 'format' = 'json');\n"
    parts = "CREATE TABLE o (id INT, k INT) PARTITIONED BY (k) WITH ('connector' = 'filesystem', 'path' = '%s', 'format' = 'json');\n"
    both = "EXECUTE STATEMENT SET BEGIN INSERT INTO o SELECT id%s FROM g; INSERT INTO o SELECT id + 1000%s FROM g; INSERT INTO o VALUES (2000%s); END;\n"
    count = "SELECT COUNT(*) AS n, COUNT(DISTINCT id) AS d FROM o;\n"
    for name, make, more in (("one.json", table, ("",) * 3), ("dir/", table, ("",) * 3), ("parts", parts, (", MOD(id, 3)", ", MOD(id, 4)", ", 1"))):
        r = w.run(rows + make % name + both % more + count, db=name.strip("/") + ".db")
        w.same("INSERTs of one STATEMENT SET share %s" % name, r.out, '{"n":2001,"d":2001}\n', r)
    r = w.run(rows + table % "wide.json" + "SET 'parallelism.default' = '3';\nCREATE TABLE i (id INT) WITH ('connector' = 'filesystem', 'path' = 'dir', 'format' = 'json');\n"
              "INSERT INTO o SELECT id FROM i;\n" + count, db="wide.db")
    w.same("with parallelism, a file stays one", (r.out, [n for n in os.listdir(w.dir) if n.startswith("wide.json")]), ('{"n":2001,"d":2001}\n', ["wide.json"]), r)
    for name, make, one in (("busy.json", table, "id"), ("busy", parts, "id, 1")):
        sql = "CREATE TABLE e (id INT) WITH ('connector' = 'datagen', 'rows-per-second' = '100');\n" + make % name + "INSERT INTO o SELECT %s FROM e;\n" % one
        p = w.run_start(sql, "-D", "execution.checkpointing.interval=20ms", db=name + ".db")
        held = w.path(name if make == table else name + "/k=1/part-0.json")
        w.check("a job writes %s" % name, w.wait(lambda: os.path.exists(held) and os.path.getsize(held) > 0))
        r = w.run(make % name + "INSERT INTO o VALUES (1%s);\n" % (", 2" if make == parts else ""), script="second.sql", db=name + "2.db")
        w.check("nobody else does meanwhile", r.code != 0 and "is being written by another job" in r.err, r)
        w.same("it ends well", w.stop(p).code, 0)
        r = w.run(make % name + "INSERT INTO o VALUES (1%s);\n" % (", 2" if make == parts else ""), script="second.sql", db=name + "2.db")
        w.same("then it may", r.code, 0, r)
