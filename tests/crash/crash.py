#!/usr/bin/env python3
"""Kills `runnel run` with SIGKILL at random moments, between and inside statements, and checks the file after
each kill: no row twice, none lost, aggregate and rows of the same epoch. RN_KILLS: cycles (30); RN_SEED.

The checker has a negative control: tampered copies of the file that it must reject. RN_BOOTSTRAP: use that
broker (topic RN_TOPIC is there already) instead of the embedded one.
"""
import json, os, random, signal, sqlite3, subprocess, sys, tempfile, time

build = os.path.abspath(sys.argv[1])
kills = int(os.environ.get("RN_KILLS", "30"))
rng = random.Random(int(os.environ.get("RN_SEED", "1")))
MESSAGES = int(os.environ.get("RN_MESSAGES", "40000"))
slow = "san-" in build
passed = failed = 0


def check(name, ok, detail=""):
    global passed, failed
    if ok:
        passed += 1
    else:
        failed += 1
        print("FAIL %s %s" % (name, detail))


SCRIPT = """
SET 'pipeline.name' = 'crash';
SET 'execution.checkpointing.interval' = '5 ms';
CREATE TABLE ev (id BIGINT, k STRING, v BIGINT, ts TIMESTAMP(3), p INT METADATA FROM 'partition' VIRTUAL,
  WATERMARK FOR ts AS ts) WITH (
  'connector' = 'kafka', 'topic' = '{topic}', 'properties.bootstrap.servers' = '{broker}',
  'scan.startup.mode' = 'earliest-offset', 'format' = 'json', 'properties.fetch.wait.max.ms' = '5');
CREATE TABLE log (n INT);
INSERT INTO log VALUES (1), (2), (3);
CREATE TABLE row_log (id BIGINT, k STRING, v BIGINT, p INT);
INSERT INTO log VALUES (1), (2), (3);
CREATE TABLE totals (k STRING NOT NULL, c BIGINT, s BIGINT, PRIMARY KEY (k) NOT ENFORCED);
CREATE TABLE made AS SELECT n + 1 AS m FROM (VALUES (10), (20)) AS t(n);
CREATE TABLE windows (w TIMESTAMP(3) NOT NULL, k STRING NOT NULL, c BIGINT, s BIGINT, PRIMARY KEY (w, k) NOT ENFORCED);
CREATE TABLE last_three (id BIGINT, k STRING, last3 BIGINT);
EXECUTE STATEMENT SET BEGIN
  INSERT INTO row_log SELECT id, k, v, p FROM ev;
  INSERT INTO totals SELECT k, COUNT(*), SUM(v) FROM ev GROUP BY k;
  INSERT INTO windows SELECT window_start, k, COUNT(*), SUM(v) FROM TUMBLE(TABLE ev, DESCRIPTOR(ts), INTERVAL '1' SECOND)
    GROUP BY window_start, window_end, k;
  INSERT INTO last_three SELECT id, k, SUM(v) OVER (PARTITION BY k ORDER BY ts ROWS 2 PRECEDING) FROM ev;
END;
"""


def problems(path, final=False):
    """What is wrong with the file; empty when all is right."""
    out = []
    db = sqlite3.connect("file:%s?mode=ro" % path, uri=True, timeout=10)
    have = {r[0] for r in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    one = lambda sql: db.execute(sql).fetchone()[0]
    db.execute("BEGIN")
    if "log" in have and one("SELECT count(*) FROM log") not in (0, 3, 6):
        out.append("log has %d rows" % one("SELECT count(*) FROM log"))
    if "made" in have and one("SELECT count(*) FROM made") not in (0, 2):
        out.append("made has %d rows" % one("SELECT count(*) FROM made"))
    if {"row_log", "totals", "windows", "last_three"} <= have:
        n, distinct = db.execute("SELECT count(*), count(DISTINCT id) FROM row_log").fetchone()
        if n != distinct:
            out.append("%d rows, %d distinct" % (n, distinct))
        gaps = one("SELECT count(*) FROM (SELECT p, count(*) AS c, max(id) / 2 + 1 AS m FROM row_log GROUP BY p) WHERE c <> m")
        if gaps:
            out.append("a partition has gaps")
        wrong = one("SELECT count(*) FROM (SELECT k, count(*) AS c, sum(v) AS s FROM row_log GROUP BY k) r "
                    "LEFT JOIN totals t ON t.k = r.k WHERE t.c IS NOT r.c OR t.s IS NOT r.s")
        if wrong or one("SELECT count(*) FROM totals") != one("SELECT count(DISTINCT k) FROM row_log"):
            out.append("totals differ from the rows of the same epoch (%d keys)" % wrong)
        n, distinct = db.execute("SELECT count(*), count(DISTINCT id) FROM last_three").fetchone()
        if n != distinct:
            out.append("last_three: %d rows, %d distinct" % (n, distinct))
        if one("SELECT coalesce(sum(c), 0) FROM windows") > one("SELECT count(*) FROM row_log"):
            out.append("windows hold more rows than were read")
        if final:
            if n != MESSAGES or one("SELECT count(*) FROM row_log") != MESSAGES:
                out.append("lost: %d of %d rows, %d of last_three" % (one("SELECT count(*) FROM row_log"), MESSAGES, n))
            if one("SELECT sum(c) FROM windows") != MESSAGES or one("SELECT sum(s) FROM windows") != one("SELECT sum(v) FROM row_log"):
                out.append("windows hold %s of %d rows" % (one("SELECT sum(c) FROM windows"), MESSAGES))
            if one("SELECT count(*) FROM log") != 6 or one("SELECT count(*) FROM made") != 2:
                out.append("VALUES or CTAS are not there once")
    elif final:
        out.append("tables are missing")
    if one("PRAGMA integrity_check") != "ok":
        out.append("integrity_check")
    db.close()
    return out


def main():
    work = tempfile.mkdtemp(prefix="rn-crash-")
    os.chdir(work)
    topic = os.environ.get("RN_TOPIC", "ev")
    broker, address = None, os.environ.get("RN_BOOTSTRAP")
    with open("messages.jsonl", "w") as f:  # partition by id: even ids to 0, odd to 1 (the broker program's --partition-field)
        for i in range(MESSAGES):
            f.write(json.dumps({"id": i, "k": "k%d" % (i // 2 % 50), "v": i % 1000, "ts": "2026-01-01 00:%02d:%02d.%03d" % (i // 60000 % 60, i // 1000 % 60, i % 1000), "part": i % 2}) + "\n")
    if not address:
        broker = subprocess.Popen([build + "/runnel-broker", "--topic", topic + ":2"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        address = broker.stdout.readline().strip()
    producer = None
    try:
        rate = MESSAGES // max(4, kills // 8)
        producer = subprocess.Popen([build + "/runnel-broker", "produce", "--bootstrap", address, "--topic", topic, "--partition-field", "part", "--rate", str(rate)], stdin=open("messages.jsonl"))
        open("job.sql", "w").write(SCRIPT.format(topic=topic, broker=address))
        command = [build + "/runnel", "run", "-q", "--db", "crash.db", "job.sql"]
        died = 0
        for cycle in range(kills):
            p = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
            time.sleep(rng.uniform(0.005, 0.25) * (4 if slow else 1))
            if p.poll() is not None:
                died += 1
                check("the job runs until it is killed", False, "exit %d: %s" % (p.returncode, p.stderr.read().decode()[-800:]))
                if died > 3:
                    return
                continue
            p.send_signal(signal.SIGKILL)
            p.wait()
            p.stderr.close()
            wrong = problems("crash.db") if os.path.exists("crash.db") and os.path.getsize("crash.db") else []
            check("after kill %d" % cycle, not wrong, "; ".join(wrong))
        producer.wait()
        check("producer", producer.returncode == 0)
        done = subprocess.run([build + "/runnel", "run", "-q", "--db", "crash.db", "--until-end", "job.sql"], capture_output=True, text=True, timeout=300)
        check("the last run ends", done.returncode == 0, done.stderr[-800:])
        wrong = problems("crash.db", final=True)
        check("every row exactly once", not wrong, "; ".join(wrong))
        for name, sql in (("a doubled row", "INSERT INTO row_log SELECT * FROM row_log LIMIT 1"), ("a lost row", "DELETE FROM row_log WHERE rowid = 7"),
                          ("a total of another epoch", "UPDATE totals SET c = c + 1 WHERE k = 'k1'")):
            source, copy = sqlite3.connect("crash.db"), sqlite3.connect("control.db")
            source.backup(copy)
            copy.execute(sql)
            copy.commit()
            copy.close()
            source.close()
            check("negative control: " + name, problems("control.db", final=True) != [])
            os.unlink("control.db")
    finally:
        for p in (producer, broker):
            if p and p.poll() is None:
                p.kill()
                p.wait()


main()
print("crash: %d passed, %d failed" % (passed, failed))
sys.exit(1 if failed else 0)
