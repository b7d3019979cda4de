"""Jobs: names, STOP, SHOW, changed queries, statement sets, signals."""
import signal, time
from harness import case


def source(w, n=6):
    t = w.topic()
    w.produce(t, ['{"id": %d}' % i for i in range(n)])
    return t, "CREATE TABLE src %s;\n" % w.kafka(t)


@case
def same_name_twice(w):
    t, src = source(w)
    sql = src + "CREATE TABLE dst (id INT);\nINSERT INTO dst SELECT id FROM src;\nINSERT INTO dst SELECT id + 100 FROM src;\n"
    r = w.run(sql, "--for", "3s")
    w.same("a second job of one name in a run is refused", r.code, 1, r)
    w.has("with advice", r.err, "dst", "pipeline.name", "STATEMENT SET", r"s\.sql:4:1", r"\^")
    r = w.run(sql.replace("INSERT INTO dst SELECT id + 100", "SET 'pipeline.name' = 'second';\nINSERT INTO dst SELECT id + 100"), "--until-end", "--fresh")
    w.same("which works", (r.code, w.one("SELECT count(*) FROM dst")), (0, 12), r)


@case
def changed_stateful(w):
    t, src = source(w)
    dst = "CREATE TABLE dst (id INT, c BIGINT, PRIMARY KEY (id) NOT ENFORCED);\n"
    sql = src + dst + "INSERT INTO dst SELECT id, COUNT(*) FROM src GROUP BY id;\n"
    w.same("job", w.run(sql, "--until-end").code, 0)
    for what, changed in (("another aggregate", sql.replace("COUNT(*)", "SUM(CAST(id AS BIGINT))")),
                          ("two aggregates", sql.replace("COUNT(*)", "COUNT(*) + MAX(id)")),
                          ("another kind", sql.replace("SELECT id, COUNT(*) FROM src GROUP BY id", "SELECT id, COUNT(*) OVER (ORDER BY PROCTIME()) FROM src"))):
        before = w.rows("SELECT * FROM _rn_job")
        r = w.run(changed, "--until-end")
        w.same("%s is refused" % what, r.code, 4, r)
        w.has("with what changed and what to do", r.err, "RN6002", "changed|dst", "--fresh")
        w.same("nothing is lost", w.rows("SELECT * FROM _rn_job"), before)
    r = w.run(sql.replace("COUNT(*)", "SUM(CAST(id AS BIGINT))"), "--until-end", "--fresh")
    w.same("--fresh begins anew", (r.code, w.rows("SELECT * FROM dst ORDER BY id")), (0, [(i, i) for i in range(6)]), r)


@case
def changed_stateless(w):
    t, src = source(w)
    sql = src + "CREATE TABLE dst (id INT);\nINSERT INTO dst SELECT id FROM src;\n"
    w.same("job", w.run(sql, "--until-end").code, 0)
    w.produce(t, ['{"id": %d}' % i for i in range(6, 9)])
    r = w.run(sql.replace("SELECT id FROM src", "SELECT id * 10 FROM src WHERE id > 6"), "--until-end")
    w.same("a changed stateless part resumes", (r.code, w.rows("SELECT id FROM dst WHERE id > 5 ORDER BY id")), (0, [(70,), (80,)]), r)
    w.has("with a notice that names the offset", r.err, "changed", "%s/0 at 6" % t)
    dst = "CREATE TABLE agg (k INT, c BIGINT, PRIMARY KEY (k) NOT ENFORCED);\n"
    sql = src + dst + "INSERT INTO agg SELECT id, COUNT(*) FROM src WHERE id < 3 GROUP BY id;\n"
    w.same("job with state", w.run(sql, "--until-end", script="agg.sql").code, 0)
    w.produce(t, ['{"id": 1}', '{"id": 8}'])
    r = w.run(sql.replace("id < 3", "id < 100"), "--until-end", script="agg.sql")
    w.same("a changed filter before state resumes", (r.code, w.rows("SELECT * FROM agg ORDER BY k")), (0, [(0, 1), (1, 2), (2, 1), (8, 1)]), r)
    w.has("with a notice", r.err, "changed", "%s/0 at 9" % t)


@case
def stop_and_resume(w):
    t, src = source(w)
    sh = w.shell("a.db")
    sh.ask("SET 'execution.checkpointing.interval' = '50 ms';", "=")
    sh.ask(src.replace("\n", "") + " CREATE TABLE dst (id INT);", "dst created")
    w.has("an unbounded INSERT runs in the background and prints its job", sh.ask("INSERT INTO dst SELECT id FROM src;", "started"), "job dst started")
    w.check("rows arrive", w.wait(lambda: w.one("SELECT count(*) FROM dst") == 6))
    w.has("SHOW JOBS", sh.ask("SHOW JOBS;", r"\d row"), "dst .*RUNNING")
    w.has("STOP JOB", sh.ask("STOP JOB 'dst';", "stopped"), "job dst stopped")
    w.same("ends it with an epoch", w.one("SELECT state FROM _rn_job"), "STOPPED")
    w.has("SHOW JOBS then", sh.ask("SHOW JOBS;", r"\d row"), "dst .*STOPPED")
    w.produce(t, ['{"id": 6}'])
    w.has("the statement again resumes it", sh.ask("INSERT INTO dst SELECT id FROM src;", "started"), "resumes from")
    w.check("with the next row", w.wait(lambda: w.one("SELECT count(*) FROM dst") == 7))
    w.has("a second one of the name is refused", sh.ask("INSERT INTO dst SELECT id + 1 FROM src;", r"RN\d+.*STATEMENT SET"), "pipeline.name")
    w.has("an unknown job", sh.ask("STOP JOB 'dts';", "mean"), "no running job", "did you mean 'dst'")
    w.same("leaving", sh.leave(), 0)
    w.same("closes epochs", w.one("SELECT state FROM _rn_job"), "STOPPED")
    r = w.runnel("a.db", "-c", "SHOW JOBS")
    w.has("another process sees the job", r.out, '"dst"', "STOPPED")
    w.produce(t, ['{"id": 7}'])
    sh = w.shell("a.db")
    w.check("reopening says which jobs are STOPPED", w.wait(lambda: "STOPPED" in sh.text or "stopped" in sh.text), sh.text)
    w.has("names it", sh.text, r"\bdst\b")
    w.has("and it resumes when its statement is given again", sh.ask("INSERT INTO dst SELECT id FROM src;", "started"), "resumes from", "%s/0 at 7" % t)
    w.check("with the next row again", w.wait(lambda: w.one("SELECT count(*) FROM dst") == 8))
    sh.leave()
    w.same("every row once", w.rows("SELECT count(*), count(DISTINCT id) FROM dst"), [(8, 8)])


@case
def statement_set_reads_once(w):
    t, src = source(w)
    sql = (src + "CREATE TABLE a (id INT);\nCREATE TABLE b (id INT, c BIGINT, PRIMARY KEY (id) NOT ENFORCED);\n"
           "EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT id FROM src WHERE id > 2; INSERT INTO b SELECT id, COUNT(*) FROM src GROUP BY id; END;\n")
    r = w.run(sql, "--until-end")
    w.same("one job", (r.code, w.one("SELECT count(*) FROM _rn_job")), (0, 1), r)
    w.same("one source is read once", w.one("SELECT count(*) FROM _rn_offset"), 1)
    w.has("and counted once", r.err, "6 in")
    w.same("rows", w.rows("SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM b)"), [(3, 6)])
    r = w.run(sql.replace("WHERE id > 2", "WHERE id > 3"), "--until-end")
    w.same("resumes", r.code, 0, r)


@case
def interval_zero(w):
    t, src = source(w)
    sql = src + "CREATE TABLE dst (id INT);\nSET 'execution.checkpointing.interval' = '0';\nINSERT INTO dst SELECT id FROM src;\n"
    r = w.run(sql, "--for", "2s")
    w.same("an interval of 0 is refused for a sink in the file", r.code, 1, r)
    w.has("naming the setting", r.err, "execution.checkpointing.interval", r"s\.sql:4:1")
    sql = "SET 'execution.checkpointing.interval' = '0';\nCREATE TABLE p (id INT) WITH ('connector' = 'print');\n" + src + "INSERT INTO p SELECT id FROM src;\n"
    r = w.lines_of(sql, 6, script="p.sql")
    w.same("not for one outside", r.code, 0, r)
    w.has("rows come out", r.out, "5")


@case
def second_signal(w):
    t, src = source(w)
    sql = src + "CREATE TABLE dst (id INT);\nINSERT INTO dst SELECT id FROM src;\n"
    p = w.run_start(sql)
    w.check("runs", w.wait(lambda: w.one("SELECT count(*) FROM dst") == 6))
    r = w.stop(p, signal.SIGINT)
    w.same("SIGINT closes an epoch: exit 0", r.code, 0, r)
    w.same("STOPPED", w.one("SELECT state FROM _rn_job"), "STOPPED")


@case
def settings_are_stored(w):
    t, src = source(w)
    sql = src + "CREATE TABLE dst (id INT);\nSET 'table.local-time-zone' = 'Europe/Berlin';\nINSERT INTO dst SELECT id FROM src;\n"
    w.same("job", w.run(sql, "--until-end").code, 0)
    canonical, settings = w.rows("SELECT canonical, settings FROM _rn_job")[0]
    w.has("the canonical query and the settings that change results are stored", canonical + settings, "INSERT INTO `?dst`?", "local-time-zone=Europe/Berlin")


@case
def kafka_sink_guarantee(w):
    t, src = source(w)
    out = w.topic()
    sql = src + "CREATE TABLE k %s;\nINSERT INTO k SELECT id FROM src;\n"
    r = w.run(sql % w.kafka(out, more=", 'sink.delivery-guarantee' = 'exactly-once'"), "--for", "2s")
    w.same("exactly-once into Kafka is refused at compile time", r.code, 1, r)
    w.has("naming the option", r.err, "sink.delivery-guarantee", "at-least-once")
    r = w.run(sql % w.kafka(out, more=", 'sink.delivery-guarantee' = 'at-least-once'"), "--until-end", db="b.db")
    w.same("at-least-once works", r.code, 0, r)
    r = w.runnel("b.db", "-c", "SELECT COUNT(*) AS c FROM k", "--until-end")
    w.same("rows are there", r.lines()[-1:], ['{"c":6}'], r)


@case
def group_offsets(w):
    t = w.topic()
    w.produce(t, ['{"id": %d}' % i for i in range(6)])
    src = "CREATE TABLE src %s;\n" % w.kafka(t, more=", 'properties.group.id' = 'g-%s'" % t).replace("earliest-offset", "group-offsets")
    r = w.run(src + "CREATE TABLE dst (id INT);\nINSERT INTO dst SELECT id FROM src;", "--until-end")
    w.same("group-offsets without a committed offset", (r.code, w.one("SELECT count(*) FROM dst")), (0, 6), r)
    w.has("reads from the earliest, with a notice", r.err, "earliest|begin")


@case
def jobs_side_by_side(w):
    t, src = source(w)
    sql = (src + "CREATE TABLE a (id INT);\nCREATE TABLE b (id INT);\nSET 'execution.checkpointing.interval' = '20 ms';\nINSERT INTO a SELECT id FROM src;\n"
           "SET 'execution.checkpointing.interval' = '1 h';\nINSERT INTO b SELECT id FROM src;\n")
    p = w.run_start(sql)
    w.check("each job has its own interval", w.wait(lambda: w.one("SELECT count(*) FROM a") == 6))
    time.sleep(0.3)
    w.same("the slow one has not committed", w.one("SELECT count(*) FROM b"), 0)
    w.stop(p)
    w.same("until it is stopped", w.one("SELECT count(*) FROM b"), 6)


@case
def embedded_jobs_of_a_read_only_handle(w):
    w.same("file", w.runnel("a.db", "-c", "CREATE TABLE x (a INT)").code, 0)
    r = w.runnel("--read-only", "a.db", "-c", "INSERT INTO x VALUES (1)")
    w.same("--read-only refuses INSERT", r.code, 5, r)
    r = w.runnel("--read-only", "a.db", "-c", "SELECT COUNT(*) AS c FROM x")
    w.same("and reads", r.lines(), ['{"c":0}'], r)


@case
def state_comes_and_goes(w):
    t, src = source(w)
    dst = "CREATE TABLE dst (id INT, c BIGINT, PRIMARY KEY (id) NOT ENFORCED);\n"
    plain = src + dst + "INSERT INTO dst SELECT id, CAST(1 AS BIGINT) FROM src;\n"
    counted = src + dst + "INSERT INTO dst SELECT id, COUNT(*) FROM src GROUP BY id;\n"
    w.same("without state", w.run(plain, "--until-end").code, 0)
    r = w.run(counted, "--until-end")
    w.same("state that would begin in the middle is refused", r.code, 4, r)
    w.has("with what changed and what to do", r.err, "RN6002", "group-aggregate", "--fresh")
    w.same("begins anew", w.run(counted, "--until-end", "--fresh").code, 0)
    r = w.run(plain, "--until-end")
    w.same("state that would be left behind is refused", r.code, 4, r)
    w.has("with what changed and what to do", r.err, "RN6002", "group-aggregate", "--fresh")
    r = w.run("SET 'table.local-time-zone' = 'Asia/Tokyo';\n" + counted, "--until-end")
    w.same("a setting that changes results is refused", r.code, 4, r)
    w.has("with both values", r.err, "RN6002", "Asia/Tokyo", "--fresh")
