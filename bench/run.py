#!/usr/bin/env python3
"""Benchmarks: user+sys CPU of the whole process per input row, best of RN_BENCH_REPEAT (2) runs on one core (what
feeds it runs on another), beside a floor from the same run and the target. A figure is a ratio to its floor first:
times of a shared machine are noisy.

RN_BENCH_ROWS      rows of the file inputs (10,000,000)
RN_BENCH_BIDS      bids in the topics (2,000,000; four times that for the cost of checkpoints)
RN_BENCH_REPEAT    runs of each (2; ORDER BY and GROUP BY beside DuckDB: half as many)
RN_BENCH_EPOCHS    epochs whose barrier is timed (200), RN_BENCH_EPOCH_MS apart (100, which
                   ten times the last commit stretches to about 250: the work of an epoch follows the keys it
                   touched, all 100,000 either way)
RN_BENCH_OPERATORS  rows of the cases of bench/operators (what each names there)
RN_BENCH_SAVE=1    append the table to bench/RESULTS.md

Kafka parts need a real broker (tests/kafka/broker, or KAFKA_BOOTSTRAP with the empty topics bids:4, many:4,
idle:1, kept:4, kept_floor:4) and are left out, with a note, when none can be had."""
import json, os, platform, re, resource, shutil, signal, sqlite3, subprocess, sys, tempfile, time

build = os.path.abspath(sys.argv[1])
root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
only = sys.argv[2:]
ROWS = int(os.environ.get("RN_BENCH_ROWS", "10000000"))
BIDS = int(os.environ.get("RN_BENCH_BIDS", "2000000"))
REPEAT = int(os.environ.get("RN_BENCH_REPEAT", "2"))
EPOCHS = int(os.environ.get("RN_BENCH_EPOCHS", "200"))
EPOCH_MS = int(os.environ.get("RN_BENCH_EPOCH_MS", "100"))
CORE, OTHER = ({1}, {0}) if (os.cpu_count() or 1) > 1 else ({0}, {0})
RUNNEL = os.path.join(build, "runnel")
table = []


def pinned():
    os.sched_setaffinity(0, CORE)


def note(what, value, unit, floor="", target="", met=None, runs=()):
    """One row of the table; met: None when the figure has no target."""
    verdict = "" if met is None else "ok" if met else "MISSED"
    table.append([what, value, unit, floor, target, verdict, runs])
    print("%-44s %10s %-8s %-12s %-22s %s" % (what, value, unit, floor, target, verdict), flush=True)


def once(command):
    """CPU seconds and output of one run on the one core."""
    a = resource.getrusage(resource.RUSAGE_CHILDREN)
    p = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=pinned)
    b = resource.getrusage(resource.RUSAGE_CHILDREN)
    if p.returncode:
        raise RuntimeError("%s: exit %d\n%s" % (command, p.returncode, p.stderr[-2000:]))
    return b.ru_utime + b.ru_stime - a.ru_utime - a.ru_stime, p.stdout


def measure(command, rows, clean=None):
    """ns of CPU a row of each run, and the last output."""
    runs, out = [], ""
    for _ in range(REPEAT):
        if clean:
            clean()
        seconds, out = once(command)
        runs.append(seconds / rows * 1e9)
    return runs, out


def best(what, command, rows, limit=None, floor=None, factor=None, clean=None):
    """Measures and notes; limit: target in ns, or floor (ns) and factor."""
    runs, out = measure(command, rows, clean)
    ns = min(runs)
    if floor:
        note(what, "%.1f" % ns, "ns/row", "%.2fx floor" % (ns / floor), "<= %.2fx floor" % factor, ns <= floor * factor, runs)
    elif limit:
        note(what, "%.1f" % ns, "ns/row", "", "<= %.0f" % limit, ns <= limit, runs)
    else:
        note(what, "%.1f" % ns, "ns/row", runs=runs)
    return ns, out


def script(work, name, text):
    path = os.path.join(work, name)
    with open(path, "w") as f:
        f.write(text)
    return path


def remover(path):
    def remove():
        for suffix in ("", "-wal", "-shm", ".lock"):
            if os.path.exists(path + suffix):
                os.unlink(path + suffix)
    return remove


LINES = ("CREATE TEMPORARY TABLE t (id BIGINT, k BIGINT, v BIGINT, ts TIMESTAMP(3), tag STRING, WATERMARK FOR ts AS ts) "
         "WITH ('connector'='filesystem', 'path'='%s', 'format'='json');\n")
HOLE = "WITH ('connector'='blackhole');\n"
WINDOWED = "CREATE TEMPORARY TABLE o (w TIMESTAMP(3), k BIGINT, c BIGINT, s BIGINT, m BIGINT) " + HOLE
TUMBLE = ("SELECT window_start, k, COUNT(*), SUM(v), MAX(v) FROM TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' SECOND) "
          "GROUP BY window_start, window_end, k")
HOP = ("SELECT window_start, k, COUNT(*) AS c, SUM(v) AS s, MAX(v) AS m FROM HOP(TABLE t, DESCRIPTOR(ts), "
       "INTERVAL '1' SECOND, INTERVAL '1' HOUR) GROUP BY window_start, window_end, k")
OVER = ("SELECT id, SUM(v) OVER w, MAX(v) OVER w FROM t WINDOW w AS (PARTITION BY k ORDER BY ts "
        "ROWS BETWEEN 9 PRECEDING AND CURRENT ROW)")


def wanted(name):
    return not only or name in only


def generate(kind, rows, *more):
    return subprocess.Popen([build + "/bench/generate", kind, str(rows), *more], stdout=subprocess.PIPE)


def emitted_by_hop(work, path):
    sql = script(work, "count.sql", LINES % path + "SELECT COUNT(*) AS n FROM (%s);" % HOP)
    return json.loads(once([RUNNEL, "-q", "--format", "json", "-f", sql])[1])["n"]


def hop(work, path, tumble):
    """The end of a bounded input closes an hour of windows at once, however long the input was. So the price of a
    row up to the last one is what the second half of the input adds: CPU(all) - CPU(first half)."""
    half = os.path.join(work, "half.jsonl")
    with open(half, "wb") as f:
        subprocess.run(["head", "-n", str(ROWS // 2), path], stdout=f, check=True)
    runs = [[], []]
    for _ in range(max(REPEAT, 5)):  # a difference of two: in turns, and more often
        for p, times in zip((path, half), runs):
            sql = script(work, "hop.sql", LINES % p + WINDOWED + "INSERT INTO o %s;" % HOP)
            times.append(once([RUNNEL, "-q", "-f", sql])[0] * 1e9)
    emitted = [emitted_by_hop(work, p) for p in (path, half)]
    rows = ROWS - ROWS // 2
    ns, out = (min(runs[0]) - min(runs[1])) / rows, (emitted[0] - emitted[1]) / rows
    limit = 1.25 * tumble + 25 * out
    note("HOP 1 h / 1 s, up to the last input row", "%.1f" % ns, "ns/row", "%.2fx TUMBLE" % (ns / tumble),
         "<= %.1f (*)" % limit, ns <= limit, [min(r) / ROWS for r in runs])
    note("  (*) 1.25x TUMBLE + 25 ns a row emitted", "%.3f" % out, "rows/row")
    note("HOP, with the hour that closes at the end", "%.1f" % ((min(runs[0]) - tumble * ROWS) / emitted[0]), "ns/out",
         "%.1fM rows" % (emitted[0] / 1e6), "<= 25", min(runs[0]) <= 1.25 * tumble * ROWS + 25 * emitted[0], [r / ROWS for r in runs[0]])
    os.unlink(half)


def threads_while(command):
    """Names of all threads that were seen while the command ran."""
    p = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    names = set()
    while p.poll() is None:
        try:
            for t in os.listdir("/proc/%d/task" % p.pid):
                names.add(open("/proc/%d/task/%s/comm" % (p.pid, t)).read().strip())
        except OSError:
            pass
        time.sleep(0.002)
    if p.returncode:
        raise RuntimeError("%s: exit %d" % (command, p.returncode))
    return names


def file_benchmarks(work):
    path = os.path.join(work, "lines.jsonl")
    with open(path, "wb") as f:
        subprocess.run([build + "/bench/generate", "lines", str(ROWS)], stdout=f, check=True)
    print("file: %d rows, %.0f bytes each" % (ROWS, os.path.getsize(path) / ROWS))
    queries = [
        ("file -> blackhole, all columns", None,
         "CREATE TEMPORARY TABLE o (id BIGINT, k BIGINT, v BIGINT, ts TIMESTAMP(3), tag STRING) " + HOLE + "INSERT INTO o SELECT * FROM t;"),
        ("TUMBLE 1 s, COUNT SUM MAX", 220, WINDOWED + "INSERT INTO o %s;" % TUMBLE),
        ("OVER ROWS 9 PRECEDING, SUM MAX", 350,
         "CREATE TEMPORARY TABLE o (id BIGINT, s BIGINT, m BIGINT) " + HOLE + "INSERT INTO o %s;" % OVER),
        ("GROUP BY k, COUNT SUM, unbounded", None,
         "CREATE TEMPORARY TABLE o (k BIGINT, c BIGINT, s BIGINT) " + HOLE + "INSERT INTO o SELECT k, COUNT(*), SUM(v) FROM t GROUP BY k;"),
    ]
    for what, limit, sql in queries:
        command = [RUNNEL, "-q", "-f", script(work, "q.sql", LINES % path + sql)]
        ns, _ = best(what, command, ROWS, limit)
        if what.startswith("TUMBLE"):
            hop(work, path, ns)
            seen = [t for t in threads_while(command) if t.startswith("rdk:")]
            note("threads of librdkafka in that file job", str(len(seen)), "", "", "0", not seen)


# case, limit in ns a row besides 25 ns a row that leaves
REPLAYED = (("tumble", 60), ("cumulate", 75), ("hop-10s-2s", 75), ("hop-1h-1s", 75), ("session-1s", 100), ("session-200ms", 100),
            ("tumble-1m", 170), ("cumulate-1m", 170), ("hop-10s-1s-1m", 170), ("hop-1h-1s-1m", 170), ("session-1s-1m", 170))
CLOSING = ("close-tumble", "close-hop", "close-session")
# case, the other it is compared with, factor
COMPARED = (("over-rows-1000", "over-rows-10", 1.3), ("over-range-1h", "over-range-1min", 1.5), ("over-min-max", "over-sum", 1.5),
            ("over-double", "over-sum", 2))
ALONE = ("group-record", "group-batch", "group-folded")


def operators(work):
    """Operators alone, on batches that are decoded already. All cases in turns, so that what is compared had the same weather."""
    runs = {}
    names = [c[0] for c in REPLAYED] + list(CLOSING) + [n for c in COMPARED for n in c[:2]] + list(ALONE)
    for _ in range(min(REPEAT, 3)):
        for name in dict.fromkeys(names):
            command = [build + "/bench/operators", name] + [os.environ[v] for v in ("RN_BENCH_OPERATORS",) if v in os.environ]
            runs.setdefault(name, []).append([float(x) for x in re.findall(r"[\d.]+", once(command)[1])])
    ns = {name: min(r[0] for r in all) for name, all in runs.items()}
    for name, limit in REPLAYED:
        out = runs[name][0][1]
        note("replayed: " + name, "%.1f" % ns[name], "ns/row", "%.3f out" % out, "<= %.1f" % (limit + 25 * out),
             ns[name] <= limit + 25 * out, [r[0] for r in runs[name]])
    for name in CLOSING:
        left = runs[name][0][5]
        seconds = min(r[4] for r in runs[name]) / left * 1e6
        note("replayed: " + name + ", 1 M pairs", "%.3f" % seconds, "s", "%.1fM rows" % (left / 1e6), "<= 0.3", seconds <= 0.3, [r[4] for r in runs[name]])
        size = runs[name][0][2]
        note("  " + name + ", state of a pair", "%.0f" % size, "bytes", "", "<= 64", size <= 64)
    for name, other, factor in COMPARED:
        note("replayed: " + name, "%.1f" % ns[name], "ns/row", "%.2fx" % (ns[name] / ns[other]), "<= %.1fx %s" % (factor, other),
             ns[name] <= factor * ns[other], [r[0] for r in runs[name] + runs[other]])
    for name in ALONE:
        note("replayed: " + name, "%.1f" % ns[name], "ns/row", runs=[r[0] for r in runs[name]])


# limit in ns per row (None: no target), expressions of bench/kernels
KERNELS = (
    (2, "int-add bigint-multiply bigint-divide bigint-modulo double-arithmetic bigint-add-nulls decimal18-add decimal18-multiply"),
    (2, "bigint-compare bigint-compare-constant bigint-between double-compare decimal38-compare"),
    (15, "decimal38-add decimal38-add-scales"), (None, "decimal38-multiply"),
    (2, "text-equal text-less text-equal-constant"),
    (10, "like-exact like-prefix like-suffix"), (None, "like-contains like-general"),
    (20, "substring substring-long upper lower"), (None, "char-length trim concat position"),
    (40, "to-timestamp to-timestamp-pattern cast-timestamp"), (None, "date-format"),
    (None, "cast-text-bigint cast-bigint-text cast-decimal-text case in-list"),
    (150, "regex-number regex-status regex-path"), (None, "regex-mail regex-replace"),
    (250, "json-value-first json-value-last json-value-int json-value-missing json-exists"),
    (None, "json-query-object json-query-wildcard is-json json-object json-string"),
)


def kernels(work):
    """Scalar expressions alone, on batches replayed from memory."""
    ns = dict((line.split()[0], float(line.split()[1])) for line in once([build + "/bench/kernels"])[1].splitlines())
    for limit, names in KERNELS:
        for name in names.split():
            note("kernel: " + name, "%.1f" % ns[name], "ns/row", "", "<= %d" % limit if limit else "", ns[name] <= limit if limit else None)


STATEMENTS = """CREATE TEMPORARY TABLE orders_%(i)d (
  id BIGINT NOT NULL,
  customer STRING,
  amount DECIMAL(12, 2),
  ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'datagen', 'number-of-rows' = '10');
CREATE TEMPORARY VIEW large_%(i)d AS
SELECT id, UPPER(customer) AS customer, amount * 2 AS twice, CASE WHEN amount > 100 THEN 'a' ELSE 'b' END AS kind, ts
FROM orders_%(i)d
WHERE amount > 10 AND customer LIKE 'c%%';
CREATE TEMPORARY TABLE sums_%(i)d (
  w TIMESTAMP(3), customer STRING, n BIGINT, total DECIMAL(38, 2)
) WITH ('connector' = 'blackhole');
INSERT INTO sums_%(i)d
SELECT window_start, customer, COUNT(*), SUM(twice)
FROM TUMBLE(TABLE large_%(i)d, DESCRIPTOR(ts), INTERVAL '10' SECOND)
GROUP BY window_start, window_end, customer;
"""


def binding(work):
    """A script of 1,008 lines: parsed, bound and planned, without a run. The time of an empty script is taken off."""
    text = "".join(STATEMENTS % {"i": i} for i in range(56))
    long, empty = script(work, "long.sql", text), script(work, "empty.sql", "SELECT 1;\n")
    runs = {p: sorted(once([RUNNEL, "check", p])[0] * 1000 for _ in range(20)) for p in (empty, long)}
    ms = runs[long][0] - runs[empty][0]
    note("check of a script, %d lines" % text.count("\n"), "%.1f" % ms, "ms", "%d statements" % text.count(";\n"), "< 20", ms < 20, runs[long])


PEER = """import duckdb, resource, sys
def cpu():
    use = resource.getrusage(resource.RUSAGE_SELF)
    return use.ru_utime + use.ru_stime
db = duckdb.connect(config={"threads": 1})
columns = {"id": "BIGINT", "k": "BIGINT", "v": "BIGINT", "ts": "TIMESTAMP", "tag": "VARCHAR"}
lines = "read_json('%s', format='newline_delimited', columns=%r)" % (sys.argv[1], columns)
begin = cpu()
db.execute("EXPLAIN ANALYZE " + sys.argv[2] % lines).fetchall()  # runs the query and throws the rows away
print(cpu() - begin, duckdb.__version__)
"""


def peer_python():
    """A Python that has DuckDB, in an environment of its own in the user's cache; None, said loudly: it cannot be had."""
    home = os.path.join(os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache")), "runnel-bench")
    python = os.path.join(home, "bin/python")
    has_it = [python, "-c", "import duckdb"]
    for command in (has_it, [sys.executable, "-m", "venv", home], [python, "-m", "pip", "install", "-q", "duckdb"], has_it):
        if command[0] == python and not os.path.exists(python):
            continue
        p = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if p.returncode == 0 and command is has_it:
            return python
    print("LEFT OUT: the comparison with DuckDB (pip install duckdb): %s" % (p.stderr.strip() or "no venv").splitlines()[-1])
    return None


def bounded(work):
    """ORDER BY and GROUP BY of bounded input beside DuckDB: the same file, the same core, one thread, rows thrown away."""
    python = peer_python()
    if not python:
        return
    path = os.path.join(work, "bounded.jsonl")
    with open(path, "wb") as f:
        subprocess.run([build + "/bench/generate", "lines", str(ROWS)], stdout=f, check=True)
    peer = script(work, "peer.py", PEER)
    tables = "SET 'execution.runtime-mode' = 'batch';\n" + LINES % path
    into = "CREATE TEMPORARY TABLE o (%s) " + HOLE + "INSERT INTO o %s;"
    everything = "id BIGINT, k BIGINT, v BIGINT, ts TIMESTAMP(3), tag STRING"
    queries = (  # what, columns of the output, query over %s; without target: reading, and what comes next reads the same columns
        ("reading", everything, "SELECT id, k, v, ts, tag FROM %s"),
        ("ORDER BY v, id DESC", everything, "SELECT * FROM %s ORDER BY v, id DESC"),
        ("ORDER BY tag", everything, "SELECT * FROM %s ORDER BY tag"),
        ("reading k, v", "k BIGINT, v BIGINT", "SELECT k, v FROM %s"),
        ("GROUP BY k: 10,000 keys", "k BIGINT, c BIGINT, s BIGINT, m BIGINT", "SELECT k, COUNT(*), SUM(v), MAX(v) FROM %s GROUP BY k"),
        ("reading tag, v", "tag STRING, v BIGINT", "SELECT tag, v FROM %s"),
        ("GROUP BY tag: nearly all distinct", "tag STRING, c BIGINT, s BIGINT", "SELECT tag, COUNT(*), SUM(v) FROM %s GROUP BY tag"),
    )
    ours = theirs = 0
    for what, columns, query in queries:
        sql = script(work, "q.sql", tables + into % (columns, query % "t"))
        runs = [once([RUNNEL, "-q", "-f", sql])[0] for _ in range((REPEAT + 1) // 2)]
        peers = [float(once([python, peer, path, query])[1].split()[0]) for _ in range((REPEAT + 1) // 2)]
        mine, other = min(runs), min(peers)
        reading = what.startswith("reading")
        note("%d M rows, %s" % (ROWS // 1000000, what), "%.2f" % mine, "s", "%.2fx DuckDB" % (mine / other), "" if reading else "<= 2x",
             None if reading else mine <= 2 * other, runs)
        if reading:
            ours, theirs = mine, other
        else:
            note("  less the reading: %.2f s there" % (other - theirs), "%.2f" % (mine - ours), "s")
    os.unlink(path)


# 100,000 keys; a second of event time is 1,000,000 rows
GENERATED = ("CREATE TABLE g (id BIGINT, k BIGINT, v BIGINT, ts AS TO_TIMESTAMP_LTZ(id / 1000, 3), WATERMARK FOR ts AS ts) WITH "
             "('connector'='datagen', 'rows-per-second'='1000000000', 'fields.id.kind'='sequence', 'fields.id.start'='0', "
             "'fields.id.end'='4000000000000', 'fields.k.min'='1', 'fields.k.max'='100000', 'fields.v.min'='0', 'fields.v.max'='1000000');\n"
             "CREATE TABLE o (w TIMESTAMP_LTZ(3), k BIGINT, c BIGINT, s BIGINT, m BIGINT) " + HOLE +
             "INSERT INTO o SELECT window_start, k, COUNT(*), SUM(v), MAX(v) FROM TUMBLE(TABLE g, DESCRIPTOR(ts), INTERVAL '10' SECOND) "
             "GROUP BY window_start, window_end, k;\n")


def barrier(work):
    db = os.path.join(work, "barrier.db")
    out = subprocess.run([build + "/bench/barrier", db, script(work, "g.sql", GENERATED), str(EPOCHS), str(EPOCH_MS)],
                         stdout=subprocess.PIPE, text=True, check=True).stdout
    spent = [[int(n) / 1000 for n in line.split()] for line in out.splitlines()][:EPOCHS]
    times, commits = sorted(s[0] for s in spent), sorted(s[1] for s in spent)
    p99 = times[-(-99 * len(times) // 100) - 1]
    note("barrier p99, 100,000 keys, %d epochs" % len(times), "%.1f" % p99, "ms", "p50 %.1f" % times[len(times) // 2], "<= 20", p99 <= 20, times)
    note("  commit of those epochs, p50", "%.1f" % commits[len(commits) // 2], "ms", runs=commits)


BID = ("CREATE TEMPORARY TABLE bid (auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, `dateTime` TIMESTAMP(3), extra STRING, "
       "WATERMARK FOR `dateTime` AS `dateTime`) WITH ('connector'='kafka', 'topic'='%s', 'properties.bootstrap.servers'='%s', 'scan.startup.mode'='earliest-offset', %s"
       "'format'='json');\n")
ALL = "'scan.bounded.mode'='latest-offset', "
MAIN = ("SELECT window_start, auction, COUNT(*), SUM(price), MAX(price) FROM TUMBLE(TABLE bid, DESCRIPTOR(`dateTime`), INTERVAL '10' SECOND) "
        "GROUP BY window_start, window_end, auction;\n")
MAIN_HOLE = "CREATE TABLE o (w TIMESTAMP(3), auction BIGINT, c BIGINT, s BIGINT, m BIGINT) " + HOLE + "INSERT INTO o " + MAIN
MAIN_KEPT = ("CREATE TABLE o (w TIMESTAMP(3) NOT NULL, auction BIGINT NOT NULL, c BIGINT, s BIGINT, m BIGINT, "
             "PRIMARY KEY (w, auction) NOT ENFORCED);\nINSERT INTO o " + MAIN)
LIMIT = 900100  # one bid of ten


def produce(bootstrap, topic, rows, *more):
    lines = generate("bids", rows, *more)
    subprocess.run([build + "/runnel-broker", "produce", "--bootstrap", bootstrap, "--topic", topic], stdin=lines.stdout, check=True)
    lines.wait()


def main_job(work, bootstrap):
    print("topic: %d bids in 4 partitions" % BIDS)
    produce(bootstrap, "bids", BIDS)
    once([build + "/bench/floor", bootstrap, "bids"])  # warms the broker
    db, out = os.path.join(work, "floor.db"), os.path.join(work, "main.db")
    floor, _ = best("floor: main job by hand -> nothing", [build + "/bench/floor", bootstrap, "bids"], BIDS)
    sql = script(work, "main.sql", BID % ("bids", bootstrap, ALL) + MAIN_HOLE)
    best("Kafka: main job -> blackhole", [RUNNEL, "-q", "-f", sql], BIDS, floor=floor, factor=1.25)
    floor, _ = best("floor: main job by hand -> SQLite", [build + "/bench/floor", bootstrap, "bids", db], BIDS, clean=remover(db))
    sql = script(work, "main.sql", BID % ("bids", bootstrap, ALL) + MAIN_KEPT)
    best("Kafka: main job -> SQLite", [RUNNEL, "-q", out, "-f", sql], BIDS, floor=floor, factor=1.3, clean=remover(out))
    left = sqlite3.connect(db).execute("SELECT count(*), sum(c), sum(s), sum(m) FROM result").fetchone()
    right = sqlite3.connect(out).execute("SELECT count(*), sum(c), sum(s), sum(m) FROM o").fetchone()
    if left != right:
        sys.exit("the answers differ: %s by hand, %s by runnel" % (left, right))
    print("answers equal: %s" % (right,))


def filter_job(work, bootstrap):
    floor, out = best("floor: filter by hand -> Kafka", [build + "/bench/floor_filter", bootstrap, "bids", "kept_floor", str(LIMIT)], BIDS)
    sql = script(work, "filter.sql", BID % ("bids", bootstrap, ALL) +
                 "CREATE TEMPORARY TABLE kept (auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, `dateTime` TIMESTAMP(3), extra STRING) "
                 "WITH ('connector'='kafka', 'topic'='kept', 'properties.bootstrap.servers'='%s', 'format'='json');\n"
                 "INSERT INTO kept SELECT * FROM bid WHERE price >= %d;\n" % (bootstrap, LIMIT))
    best("Kafka: filter -> Kafka", [RUNNEL, "-q", "-f", sql], BIDS, floor=floor, factor=1.3)
    print("by hand: " + out.strip())


def checkpoints(work, bootstrap):
    """An epoch costs some 10 ms of CPU, less than runs differ by: five times as many epochs make it visible."""
    rows, repeat, hour, second, often = 4 * BIDS, max(REPEAT, 4), "1h", "1s", "200ms"
    produce(bootstrap, "many", rows, "100000")
    # unbounded, to the end: a bounded job is forgotten when it has finished, and its epochs with it
    sql, db = script(work, "many.sql", BID % ("many", bootstrap, "") + MAIN_HOLE), os.path.join(work, "many.db")
    runs, epochs = {hour: [], second: [], often: []}, {}
    for _ in range(repeat):
        for interval, times in runs.items():  # in turns: the machine's moods hit all
            remover(db)()
            times.append(once([RUNNEL, "run", "-q", "--until-end", "--db", db, "-D", "execution.checkpointing.interval=" + interval, sql])[0] / rows * 1e9)
            epochs[interval] = sqlite3.connect(db).execute("SELECT max(epoch) FROM _rn_job").fetchone()[0]
    base = min(runs[hour])
    direct = (min(runs[second]) / base - 1) * 100
    an_epoch = (min(runs[often]) - base) / (epochs[often] - epochs[hour])  # ns a row
    cost = (epochs[second] - epochs[hour]) * an_epoch / base * 100
    note("Kafka: 100,000 keys, an epoch an hour", "%.1f" % base, "ns/row", runs=runs[hour])
    if epochs[second] < epochs[hour] + 2:
        print("too few epochs to tell: %s (RN_BENCH_BIDS)" % epochs)
    note("Kafka: the same, an epoch a second (%d)" % epochs[second], "%.1f" % min(runs[second]), "ns/row", "%+.1f %%" % direct, runs=runs[second])
    note("Kafka: the same, 5 epochs a second (%d)" % epochs[often], "%.1f" % min(runs[often]), "ns/row", runs=runs[often])
    note("  so an epoch costs, and one a second", "%.1f" % (an_epoch * rows / 1e6), "ms", "%+.1f %%" % cost, "< 3 %", cost < 3)


def idle(work, bootstrap):
    db = os.path.join(work, "idle.db")
    sql = script(work, "idle.sql", BID % ("idle", bootstrap, "") + MAIN_KEPT)
    p = subprocess.Popen([RUNNEL, "run", "-q", "--db", db, sql], preexec_fn=pinned)
    sizes = []
    for _ in range(10):
        time.sleep(0.5)
        sizes.append(next(int(l.split()[1]) for l in open("/proc/%d/status" % p.pid) if l.startswith("VmRSS")) / 1024)
    rdk = [t for t in os.listdir("/proc/%d/task" % p.pid) if open("/proc/%d/task/%s/comm" % (p.pid, t)).read().startswith("rdk:")]
    p.send_signal(signal.SIGINT)
    if p.wait() != 0 or not rdk:
        sys.exit("the idle job did not run: exit %d, %d threads of librdkafka" % (p.returncode, len(rdk)))
    note("RSS of an idle Kafka job", "%.1f" % max(sizes), "MB", "", "< 15", max(sizes) < 15, sizes)


def kafka_benchmarks(work, bootstrap):
    idle(work, bootstrap)
    main_job(work, bootstrap)
    filter_job(work, bootstrap)
    checkpoints(work, bootstrap)


def with_broker(work):
    bootstrap, own = os.environ.get("KAFKA_BOOTSTRAP"), None
    program = os.path.join(root, "tests/kafka/broker")
    away = {"preexec_fn": lambda: os.sched_setaffinity(0, OTHER), "env": dict(os.environ, RUNNEL_BROKER=build + "/runnel-broker")}
    try:
        if not bootstrap and subprocess.run([program, "available"], stdout=subprocess.DEVNULL, **away).returncode == 0:
            own = os.path.join(work, "broker")
            bootstrap = subprocess.run([program, "start", "--dir", own], stdout=subprocess.PIPE, text=True, check=True, **away).stdout.split()[-1]
            for topic in ("bids:4", "many:4", "idle:1", "kept:4", "kept_floor:4"):
                subprocess.run([program, "topic", topic, "--dir", own], check=True, stdout=subprocess.DEVNULL, **away)
        if bootstrap:
            kafka_benchmarks(work, bootstrap)
        else:
            print("LEFT OUT: the Kafka benchmarks need Java and Maven, or KAFKA_BOOTSTRAP")
    finally:
        if own:
            subprocess.run([program, "stop", "--dir", own], stdout=subprocess.DEVNULL, **away)


def start_up(work):
    times = []
    for _ in range(20):
        a = time.monotonic()
        subprocess.run([RUNNEL, "-c", "SELECT 1"], stdout=subprocess.DEVNULL, check=True)
        times.append((time.monotonic() - a) * 1000)
    note("runnel -c 'SELECT 1', best of 20", "%.1f" % min(times), "ms", "", "< 15", min(times) < 15, times)


def save():
    def first(path, name):
        return next((l.split(":", 1)[1].strip() for l in open(path) if l.startswith(name)), platform.machine())
    versions = subprocess.run([RUNNEL, "version"], stdout=subprocess.PIPE, text=True).stdout.strip().replace("\n", "; ")
    gcc = subprocess.run(["gcc", "--version"], stdout=subprocess.PIPE, text=True).stdout.split("\n")[0]
    with open(os.path.join(root, "bench/RESULTS.md"), "a") as f:
        f.write("\n## %s\n\n%s, %d cores, %.0f GB, Linux %s; %s; %s\n\n" % (
            time.strftime("%Y-%m-%d"), first("/proc/cpuinfo", "model name"), os.cpu_count(),
            os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9, platform.release().split("-")[0], versions, gcc))
        f.write("    RN_BENCH_ROWS=%d RN_BENCH_BIDS=%d RN_BENCH_REPEAT=%d RN_BENCH_EPOCHS=%d RN_BENCH_EPOCH_MS=%d make bench%s\n\n" % (
            ROWS, BIDS, REPEAT, EPOCHS, EPOCH_MS, " # only: " + " ".join(only) if only else ""))
        f.write("| what | figure | beside | target | | runs |\n|---|---|---|---|---|---|\n")
        for what, value, unit, floor, target, verdict, runs in table:
            shown = " ".join("%.1f" % r for r in runs) if len(runs) <= 20 else "min %.1f, p50 %.1f, p90 %.1f, max %.1f of %d" % (
                runs[0], runs[len(runs) // 2], runs[len(runs) * 9 // 10], runs[-1], len(runs))
            f.write("| %s | %s %s | %s | %s | %s | %s |\n" % (what.strip(), value, unit, floor, target, verdict, shown))


def main():
    work = tempfile.mkdtemp(prefix="rn-bench-")
    parts = (("start", start_up), ("file", file_benchmarks), ("kernels", kernels), ("binding", binding), ("bounded", bounded), ("operators", operators), ("barrier", barrier), ("kafka", with_broker))
    begin = time.monotonic()
    try:
        print("%-44s %10s %-8s %-12s %-22s" % ("what", "figure", "", "beside", "target"))
        for name, part in parts:
            if wanted(name):
                part(work)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    missed = [row[0] for row in table if row[5] == "MISSED"]
    print("%d s; %s" % (time.monotonic() - begin, "missed: " + ", ".join(missed) if missed else "all targets met"))
    if os.environ.get("RN_BENCH_SAVE"):
        save()


main()
