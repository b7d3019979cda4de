"""Declarative CREATE, DROP, names, foreign tables, secrets."""
import os, stat
from harness import case

LOG = "CREATE TABLE log (n INT);\n"


@case
def create_twice(w):
    sql = "CREATE TABLE log (n INT, s STRING) WITH ('connector' = 'sqlite', 'index' = 'n');\nCREATE VIEW v AS SELECT n FROM log;\n"
    w.same("a script of definitions", w.run(sql).code, 0)
    before = w.rows("SELECT name, sql, version FROM _rn_catalog ORDER BY name")
    again = w.run("create table log (n int, s string)\n  with ('index' = 'n', 'connector' = 'sqlite');\ncreate view v as select n from log;\n")
    w.same("CREATE of an equal definition does nothing", (again.code, w.rows("SELECT name, sql, version FROM _rn_catalog ORDER BY name")), (0, before), again)
    w.has("and says so", again.err, "log unchanged")


@case
def create_reopen(w):
    t = "CREATE TABLE k (id INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'format' = 'json', 'properties.bootstrap.servers' = '%s');\n"
    w.same("table", w.run(t % "localhost:1").code, 0)
    r = w.run(t % "localhost:2")
    w.same("an option marked reopen may change", r.code, 0, r)
    w.has("with a notice that names it", r.err, r"properties\.bootstrap\.servers")
    w.has("it is stored", w.one("SELECT sql FROM _rn_catalog WHERE name = 'k'"), "localhost:2")
    r = w.run((t % "localhost:2").replace("'x'", "'y'"))
    w.same("another option may not", r.code, 1, r)
    w.has("the error shows the difference", r.err, "topic", "'?x'?", "'?y'?")
    r = w.run((t % "localhost:2").replace("id INT", "id BIGINT"))
    w.same("nor a column", r.code, 1, r)
    w.has("the error shows both types", r.err, r"RN\d{4}", "INT", "BIGINT", r"s\.sql:1:14", r"\^")
    r = w.run("CREATE VIEW v AS SELECT 1 AS a;")
    r = w.run("CREATE VIEW v AS SELECT 2 AS a;")
    w.same("nor a view's query", r.code, 1, r)


@case
def without_db(w):
    r = w.run("SELECT 1 AS a;", db=None)
    w.same("runs", (r.code, r.out), (0, '{"a":1}\n'), r)
    w.has("without --db it says that nothing is kept", r.err, "nothing is kept")
    r = w.run(LOG + "INSERT INTO log VALUES (1);", db=None)
    w.same("and refuses INSERT into a table without WITH", r.code, 1, r)
    w.has("naming the way out", r.err, "log", "--db", r"s\.sql:2:1")
    r = w.run("CREATE TABLE made AS SELECT 1 AS a;", db=None)
    w.same("CREATE TABLE AS too", r.code, 1, r)
    r = w.run("CREATE TABLE p (n INT) WITH ('connector' = 'print');\nINSERT INTO p VALUES (7);", db=None)
    w.same("a table WITH is fine", r.code, 0, r)
    w.has("and prints", r.out, "7")


@case
def drop_in_use(w):
    t = w.topic()
    sql = "CREATE TABLE src %s;\nCREATE TABLE dst (id INT);\nCREATE VIEW v AS SELECT id FROM src;\nINSERT INTO dst SELECT id FROM v;\n" % w.kafka(t)
    r = w.run(sql, "--until-end")
    w.same("job", r.code, 0, r)
    w.same("job is STOPPED", w.one("SELECT state FROM _rn_job"), "STOPPED")
    for what in ("TABLE src", "TABLE dst", "VIEW v"):
        r = w.runnel("a.db", "-c", "DROP %s" % what)
        w.same("DROP %s is refused" % what, r.code, 1, r)
        w.has("naming the job", r.err, 'job "dst"', r"\^")
    p = w.start("a.db", "-c", "INSERT INTO dst SELECT id FROM v; DROP TABLE dst")
    r = w.finish(p)
    w.same("and while it is RUNNING", r.code, 1, r)
    w.has("naming the job", r.err, 'job "dst"', "--fresh")
    r = w.run("DROP TABLE dst; DROP VIEW v;", "--fresh", script="drop.sql")
    w.same("--fresh forgets a STOPPED job whose table is dropped", (r.code, w.one("SELECT count(*) FROM _rn_job")), (0, 0), r)
    w.has("and says so", r.err, "dst")


@case
def names(w):
    w.same("table", w.runnel("a.db", "-c", "CREATE TABLE Log (n INT)").code, 0)
    r = w.runnel("a.db", "-c", "CREATE TABLE log (n INT)")
    w.same("names that differ only in case", r.code, 1, r)
    w.has("are errors", r.err, "case", "Log", r"\^")
    for name in ("_rn_x", "_RN_x", "sqlite_x"):
        r = w.runnel("a.db", "-c", "CREATE TABLE %s (n INT)" % name)
        w.same("%s is reserved" % name, r.code, 1, r)
    r = w.runnel("a.db", "-c", "SELECT * FROM _rn_job")
    w.same("ours are not read as tables", r.code, 1, r)
    r = w.runnel("a.db", "-c", "CREATE TABLE c (a INT, A INT)")
    w.same("columns that differ in case only", r.code, 1, r)
    w.execute("CREATE TABLE Other(x INTEGER)")
    r = w.runnel("a.db", "-c", "CREATE TABLE other (x BIGINT)")
    w.same("nor a table of SQLite's that differs in case", r.code, 1, r)


@case
def adopted(w):
    w.execute("CREATE TABLE people(id INTEGER PRIMARY KEY, name TEXT, height REAL, photo BLOB)", "a.db")
    w.execute("INSERT INTO people VALUES (1, 'Ada', 1.5, x'00ff'), (2, NULL, 1.75, NULL)", "a.db")
    w.execute("CREATE VIEW tall AS SELECT name FROM people WHERE height > 1.6", "a.db")
    r = w.runnel("a.db", "-c", "SELECT id, name, height FROM people")
    w.same("tables that are not in the catalog are bounded sources", r.lines(),
           ['{"id":1,"name":"Ada","height":1.5}', '{"id":2,"name":null,"height":1.75}'], r)
    r = w.runnel("a.db", "-c", "SELECT COUNT(*) AS c FROM tall")
    w.same("views too", r.lines(), ['{"c":1}'], r)
    r = w.runnel("a.db", "-c", "SHOW TABLES")
    w.has("they are visible", r.out, "people")
    r = w.runnel("a.db", "-c", "DROP TABLE people")
    w.same("they are not dropped here", r.code, 1, r)
    r = w.run("CREATE TABLE people (id BIGINT, name STRING, PRIMARY KEY (id) NOT ENFORCED);\nINSERT INTO people VALUES (3, 'Bo');")
    w.same("CREATE over one adopts it", r.code, 0, r)
    w.same("its rows stay", w.rows("SELECT id, name FROM people ORDER BY id"), [(1, "Ada"), (2, None), (3, "Bo")])
    w.same("it is in the catalog", w.rows("SELECT name FROM _rn_catalog"), [("people",)])
    w.execute("CREATE TABLE odd(a INTEGER, b TEXT)")
    r = w.runnel("a.db", "-c", "CREATE TABLE odd (a BIGINT, missing STRING)")
    w.same("if columns fit", r.code, 1, r)
    w.has("naming the column", r.err, "missing")
    r = w.run("CREATE TABLE odd (a BIGINT, missing STRING);")
    w.same("in a run too", r.code, 1, r)


@case
def secrets(w):
    os.umask(0o022)
    canary = "c4n4ry-s3cret"
    w.same("a plain file", w.runnel("a.db", "-c", "CREATE TABLE x (a INT)").code, 0)
    os.chmod(w.path("a.db"), 0o644)
    sql = ("CREATE TABLE k (id INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'format' = 'json', 'properties.bootstrap.servers' = "
           "'127.0.0.1:1', 'properties.security.protocol' = 'SASL_PLAINTEXT', 'properties.sasl.mechanism' = 'PLAIN', "
           "'properties.sasl.username' = 'u', 'properties.sasl.password' = '%s')" % canary)
    p = w.start("a.db", "-c", sql + "; SELECT 1; SHOW CREATE TABLE k; DESCRIBE k; EXPLAIN SELECT * FROM k; SHOW CREATE TABLE nope")
    r = w.finish(p)
    w.has("a literal secret gives a warning", r.err, "warning.*secret.*sasl.password", r"\$\{env:")
    w.check("it is stored", canary.encode() in open(w.path("a.db"), "rb").read())
    w.same("the file is 0600", oct(stat.S_IMODE(os.stat(w.path("a.db")).st_mode)), "0o600")
    w.has("masked in SHOW CREATE", r.out, r"'properties.sasl.password' = '\*+'")
    w.check("nowhere in the output", canary not in r.out + r.err, r)
    changed = sql.replace(canary, canary + "2")
    for text in ("/* it's */ " + changed, "-- it's\n" + changed, changed.replace("TABLE k", "TABLE `it's`").replace("INT", "INTT"),
                 "SELECT * FROM k /*+ OPTIONS('properties.sasl.password' = '%s', 'topik' = 'y') */" % canary, changed.replace("WITH (", "WITH ((", 1),
                 changed.replace("'topic' = 'x'", "'topic' = 'y'"), changed.replace("id INT", "id BIGINT"), changed,
                 sql.replace("'format' = 'json'", "'format' = 'jsno'").replace("TABLE k", "TABLE k2")):
        r = w.run(text)
        w.check("nor in differences, notices and errors", canary not in r.out + r.err, r)
    r = w.runnel("a.db", "-c", "INSERT INTO x SELECT id FROM k", "--for", "300ms")
    w.check("nor in what a job says", canary not in r.out + r.err, r)
    # while the database is open, its WAL and shared memory are as private
    sh = w.shell("b.db")
    sh.ask("CREATE TABLE x (a INT);", "created")
    w.wait(lambda: os.path.exists(w.path("b.db-wal")))
    for suffix in ("", "-wal", "-shm"):
        os.chmod(w.path("b.db" + suffix), 0o644)
    sh.say(sql + ";")
    w.check("the secret arrives", w.wait(lambda: canary.encode() in open(w.path("b.db-wal"), "rb").read()))
    w.same("-wal and -shm are 0600 before it is written", [oct(stat.S_IMODE(os.stat(w.path("b.db" + s)).st_mode)) for s in ("", "-wal", "-shm")], ["0o600"] * 3)
    sh.leave()


@case
def references(w):
    w.write("d1.csv", "1\n2\n")
    w.write("where", w.path("d1.csv") + "\n")
    sql = ("CREATE TABLE f (n INT) WITH ('connector' = 'filesystem', 'path' = '${env:RN_RUNS_PATH:-d1.csv}', 'format' = 'csv');\n"
           "CREATE TABLE g (n INT) WITH ('connector' = 'filesystem', 'path' = '${file:where}', 'format' = 'csv');\n")
    w.write("d2.csv", "3\n")
    r = w.run(sql + "SELECT n FROM f;")
    w.same("the default is used", r.lines(), ['{"n":1}', '{"n":2}'], r)
    r = w.run(sql + "SELECT n FROM f;", env={"RN_RUNS_PATH": "d2.csv"})
    w.same("the environment is read when opened", r.lines(), ['{"n":3}'], r)
    r = w.run(sql + "SELECT n FROM g;")
    w.same("a file too, without its newline", r.lines(), ['{"n":1}', '{"n":2}'], r)
    w.has("the reference is what is stored", w.one("SELECT sql FROM _rn_catalog WHERE name = 'f'"), r"\$\{env:RN_RUNS_PATH:-d1\.csv\}")
    r = w.runnel("run", "-c", "CREATE TABLE f (n INT) WITH ('connector' = 'filesystem', 'path' = '${env:RN_RUNS_NOT_SET}', 'format' = 'csv'); SELECT * FROM f")
    w.same("a variable that is not set", r.code, 1, r)
    w.has("is named", r.err, "RN_RUNS_NOT_SET")
    r = w.runnel("run", "-c", "CREATE TABLE f (n INT) WITH ('connector' = 'filesystem', 'path' = '${file:not-there}', 'format' = 'csv'); SELECT * FROM f")
    w.check("a file that is not there", r.code != 0, r)
    w.has("is named", r.err, "not-there")


@case
def if_not_exists(w):
    w.same("table", w.run("CREATE TABLE t (a INT);").code, 0)
    r = w.run("CREATE TABLE IF NOT EXISTS t (a STRING);\nCREATE VIEW IF NOT EXISTS v AS SELECT a FROM t;\nCREATE VIEW IF NOT EXISTS v AS SELECT 1 AS b;")
    w.same("IF NOT EXISTS skips what is there, in a run too", r.code, 0, r)
    w.has("says so", r.err, "t exists already", "v exists already")


@case
def drop_when_free(w):
    w.write("in.csv", "1\n")
    w.same("a job that finished", w.run("CREATE TABLE f (n INT) WITH ('connector' = 'filesystem', 'path' = 'in.csv', 'format' = 'csv');\n"
                                        "CREATE TABLE dst (n INT);\nINSERT INTO dst SELECT n FROM f;").code, 0)
    r = w.runnel("a.db", "-c", "DROP TABLE dst; DROP TABLE f; SHOW TABLES")
    w.same("does not hold its tables", (r.code, r.out), (0, ""), r)
    r = w.run("CREATE TABLE x (n INT);\nDROP TABLE x;\nDROP TABLE IF EXISTS x;\nCREATE TABLE x (n STRING);")
    w.same("a script may DROP and CREATE", r.code, 0, r)
