#!/usr/bin/env python3
"""Files in, files out, under kill -9: a job copies a directory of JSON lines into csv files (parallelism 2)
and a sequence into a JSON file, is killed again and again, and finishes; each row must be there exactly once.

RN_FILE_KILLS: kills per job (8); RN_FILE_ROWS: rows (400000); RN_SEED. Negative control: the checker must
reject the same files with a row doubled and with a row taken away."""
import json, os, random, signal, sqlite3, subprocess, sys, tempfile, time

build = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "build")
rng = random.Random(int(os.environ.get("RN_SEED", "1")))
kills = int(os.environ.get("RN_FILE_KILLS", "8"))
ROWS = int(os.environ.get("RN_FILE_ROWS", "400000"))
passed = failed = 0

COPY = """
SET 'execution.checkpointing.interval' = '5 ms';
SET 'parallelism.default' = '2';
CREATE TABLE t (id BIGINT, note STRING) WITH ('connector' = 'filesystem', 'path' = 'parts', 'format' = 'json');
CREATE TABLE o (id BIGINT, note STRING) WITH ('connector' = 'filesystem', 'path' = 'copy/', 'format' = 'csv');
INSERT INTO o SELECT id, note FROM t;
"""
COUNT = """
SET 'execution.checkpointing.interval' = '20 ms';
CREATE TABLE g (id INT, s STRING) WITH ('connector' = 'datagen', 'rows-per-second' = '%d', 'fields.s.length' = '20',
  'fields.id.kind' = 'sequence', 'fields.id.start' = '0', 'fields.id.end' = '%d');
CREATE TABLE o (id INT, s STRING) WITH ('connector' = 'filesystem', 'path' = 'counted.jsonl', 'format' = 'json');
INSERT INTO o SELECT * FROM g;
""" % (ROWS, ROWS - 1)


DATED = """
SET 'execution.checkpointing.interval' = '10 ms';
SET 'parallelism.default' = '2';
CREATE TABLE t (id BIGINT, note STRING) WITH ('connector' = 'filesystem', 'path' = 'parts', 'format' = 'json');
CREATE TABLE o (id BIGINT, day_ INT, kind STRING) PARTITIONED BY (day_, kind) WITH ('connector' = 'filesystem', 'path' = 'dated', 'format' = 'json');
INSERT INTO o SELECT id, CAST(id / %d AS INT), CASE WHEN MOD(id, 3) = 0 THEN 'a/b' END FROM t;
""" % (ROWS // 100)


def check(name, ok, detail=""):
    global passed, failed
    if ok:
        passed += 1
    else:
        failed += 1
        print("FAIL %s %s" % (name, detail))


def once(ids):
    return len(ids) == ROWS and set(ids) == set(range(ROWS))


def finished(name):
    """Did the run end although its process was killed? A kill may come between its last commit and its exit."""
    db = sqlite3.connect(name + ".db")
    try:
        return db.execute("SELECT state FROM _rn_run WHERE statement = '' ORDER BY run DESC LIMIT 1").fetchall() == [("FINISHED",)]
    except sqlite3.OperationalError:
        return False  # killed before the table was made
    finally:
        db.close()


def run(name, script, longest):
    with open(name + ".sql", "w") as out:
        out.write(script)
    command = [build + "/runnel", "run", "--db", name + ".db", name + ".sql"]
    resumed = hits = 0
    for _ in range(kills):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        try:
            process.wait(rng.uniform(0.01, longest))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            hits += 1
        notes = process.stderr.read()
        if "resumes from epoch" in notes:
            resumed += 1
        elif hits > 2 * (resumed + 1):
            longest *= 2  # a slow machine, or a sanitizer: it died before its first epoch
        if process.wait() == 0 or finished(name):
            return hits, resumed, 0  # done before the kill: a further run would begin anew
    last = subprocess.run(command, capture_output=True, text=True, timeout=300)
    resumed += "resumes from epoch" in last.stderr
    return hits, resumed, last.returncode if last.returncode == 0 else last.stderr


with tempfile.TemporaryDirectory() as home:
    os.chdir(home)
    os.mkdir("parts")
    for part in range(4):
        with open("parts/%d.jsonl" % part, "w") as out:
            for i in range(part, ROWS, 4):
                out.write('{"id":%d,"note":"line of part %d\\n, number %d"}\n' % (i, part, i))
    hits, resumed, status = run("copy", COPY, 0.08)
    check("copy finishes", status == 0, status)
    import csv
    ids = []
    for name in sorted(os.listdir("copy")):
        check("no marker is left", not name.startswith("."), name)
        with open("copy/" + name, newline="") as lines:
            ids += [int(row[0]) for row in csv.reader(lines)]
    check("copy: each row once", once(ids), "%d rows, %d different" % (len(ids), len(set(ids))))
    hits, resumed, status = run("dated", DATED, 0.08)
    check("dated finishes", status == 0, status)
    dated = []
    for folder, _, names in os.walk("dated"):
        day, kind = [part.split("=")[1] for part in folder.split("/")[1:]] if names else (0, 0)
        for name in names:
            if name.startswith("."):  # a marker: the last kill came between a commit that ended the job and its removal
                continue
            for line in open(folder + "/" + name):
                row = json.loads(line)["id"]
                dated.append(row)
                if str(row // (ROWS // 100)) != day or kind != ("__DEFAULT_PARTITION__" if row % 3 else "a%2Fb"):
                    check("dated: each row in its directory", False, "%d in %s" % (row, folder))
    check("dated: each row once", once(dated), "%d rows, %d different" % (len(dated), len(set(dated))))
    print("dated: %d kills, %d resumes" % (hits, resumed))
    print("copy: %d kills, %d resumes" % (hits, resumed))
    hits, resumed, status = run("count", COUNT, 0.25)
    check("count finishes", status == 0, status)
    ids = [json.loads(line)["id"] for line in open("counted.jsonl")]
    check("count: each row once, in order", ids == list(range(ROWS)), "%d rows, %d different" % (len(ids), len(set(ids))))
    check("count was killed and resumed", hits > 0 and resumed > 0, "%d kills, %d resumes" % (hits, resumed))
    print("count: %d kills, %d resumes" % (hits, resumed))
    check("control: a doubled row is noticed", not once(ids[:-1] + ids[:1]))
    check("control: a lost row is noticed", not once(ids[1:]))
    os.chdir("/")
print("crash, files: %d passed, %d failed" % (passed, failed))
sys.exit(1 if failed else 0)
