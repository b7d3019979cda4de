#!/usr/bin/env python3
"""Benchmarks: user+sys CPU of the whole process per input row, best of RN_BENCH_REPEAT (5) runs on one core,
beside a floor from the same run. RN_BENCH_ROWS: rows of the file inputs (2,000,000); RN_BENCH_BIDS: bids in the
topic (2,000,000). Kafka parts need a real broker (tests/kafka/broker, or KAFKA_BOOTSTRAP with an empty topic
`bids`) and are left out, with a note, when none can be had. Results are printed; RN_BENCH_SAVE=1 appends
them to bench/RESULTS.md. A figure is a ratio to its floor first: times of a shared machine are noisy."""
import os, platform, resource, shutil, sqlite3, subprocess, sys, tempfile, time

build = os.path.abspath(sys.argv[1])
root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
only = sys.argv[2:]
ROWS = int(os.environ.get("RN_BENCH_ROWS", "2000000"))
BIDS = int(os.environ.get("RN_BENCH_BIDS", "2000000"))
REPEAT = int(os.environ.get("RN_BENCH_REPEAT", "5"))
table = []


def cpu(command, env=None):
    """CPU seconds of one run, pinned to one core, its output, and its largest resident size in MB."""
    def pin():
        os.sched_setaffinity(0, {1 if os.cpu_count() > 1 else 0})
    before = time.monotonic()
    p = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=pin, env=env)
    out, err = p.communicate()
    _, _, usage = 0, 0, resource.getrusage(resource.RUSAGE_CHILDREN)
    if p.returncode:
        raise RuntimeError("%s: exit %d\n%s" % (command, p.returncode, err[-2000:]))
    return out, err, time.monotonic() - before


def best(name, command, rows, base_us=0.0, clean=None):
    times, walls, out = [], [], ""
    for _ in range(REPEAT):
        if clean:
            clean()
        a = resource.getrusage(resource.RUSAGE_CHILDREN)
        out, _, wall = cpu(command)
        b = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(b.ru_utime + b.ru_stime - a.ru_utime - a.ru_stime)
        walls.append(wall)
    ns = min(times) / rows * 1e9
    table.append([name, ns, base_us, min(walls)])
    print("%-46s %8.1f ns/row   %s   wall %.2f s" % (name, ns, "%5.2fx floor" % (ns / base_us) if base_us else "            ", min(walls)), flush=True)
    return ns, out


LINES = ("CREATE TEMPORARY TABLE t (id BIGINT, k BIGINT, v BIGINT, ts TIMESTAMP(3), tag STRING, WATERMARK FOR ts AS ts) "
         "WITH ('connector'='filesystem', 'path'='%s', 'format'='json');\n")


def wanted(name):
    return not only or name in only


def file_benchmarks(work):
    path = os.path.join(work, "lines.jsonl")
    with open(path, "wb") as f:
        subprocess.run([build + "/bench/generate", "lines", str(ROWS)], stdout=f, check=True)
    size = os.path.getsize(path)
    print("file: %d rows, %.0f bytes each" % (ROWS, size / ROWS))
    queries = [
        ("file -> blackhole (all columns)", "CREATE TEMPORARY TABLE o (id BIGINT, k BIGINT, v BIGINT, ts TIMESTAMP(3), tag STRING) WITH ('connector'='blackhole');\nINSERT INTO o SELECT * FROM t;"),
        ("TUMBLE 1 s, COUNT SUM MAX", "CREATE TEMPORARY TABLE o (w TIMESTAMP(3), k BIGINT, c BIGINT, s BIGINT, m BIGINT) WITH ('connector'='blackhole');\n"
         "INSERT INTO o SELECT window_start, k, COUNT(*), SUM(v), MAX(v) FROM TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' SECOND) GROUP BY window_start, window_end, k;"),
        ("HOP 1 h / 1 s, COUNT SUM MAX", "CREATE TEMPORARY TABLE o (w TIMESTAMP(3), k BIGINT, c BIGINT, s BIGINT, m BIGINT) WITH ('connector'='blackhole');\n"
         "INSERT INTO o SELECT window_start, k, COUNT(*), SUM(v), MAX(v) FROM HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '1' SECOND, INTERVAL '1' HOUR) GROUP BY window_start, window_end, k;"),
        ("OVER ROWS 9 PRECEDING, SUM MAX", "CREATE TEMPORARY TABLE o (id BIGINT, s BIGINT, m BIGINT) WITH ('connector'='blackhole');\n"
         "INSERT INTO o SELECT id, SUM(v) OVER w, MAX(v) OVER w FROM t WINDOW w AS (PARTITION BY k ORDER BY ts ROWS BETWEEN 9 PRECEDING AND CURRENT ROW);"),
        ("GROUP BY k, COUNT SUM (unbounded)", "CREATE TEMPORARY TABLE o (k BIGINT, c BIGINT, s BIGINT) WITH ('connector'='blackhole');\nINSERT INTO o SELECT k, COUNT(*), SUM(v) FROM t GROUP BY k;"),
    ]
    for name, sql in queries:
        script = os.path.join(work, "q.sql")
        with open(script, "w") as f:
            f.write(LINES % path + sql)
        best(name, [build + "/runnel", "-q", "-f", script], ROWS)


BID = ("CREATE TEMPORARY TABLE bid (auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, `dateTime` TIMESTAMP(3), extra STRING, "
       "WATERMARK FOR `dateTime` AS `dateTime`) WITH ('connector'='kafka', 'topic'='bids', 'properties.bootstrap.servers'='%s', 'scan.startup.mode'='earliest-offset', "
       "'scan.bounded.mode'='latest-offset', 'format'='json');\n")
MAIN = "SELECT window_start, auction, COUNT(*), SUM(price), MAX(price) FROM TUMBLE(TABLE bid, DESCRIPTOR(`dateTime`), INTERVAL '10' SECOND) GROUP BY window_start, window_end, auction;"


def kafka_benchmarks(work, bootstrap):
    print("topic: %d bids in 4 partitions" % BIDS)
    lines = subprocess.Popen([build + "/bench/generate", "bids", str(BIDS)], stdout=subprocess.PIPE)
    subprocess.run([build + "/runnel-broker", "produce", "--bootstrap", bootstrap, "--topic", "bids"], stdin=lines.stdout, check=True)
    lines.wait()
    floor, answer = best("floor: main job by hand -> nothing", [build + "/bench/floor", bootstrap, "bids"], BIDS)
    db = os.path.join(work, "floor.db")
    floor_db, _ = best("floor: main job by hand -> SQLite", [build + "/bench/floor", bootstrap, "bids", db], BIDS,
                       clean=lambda: [os.path.exists(db + s) and os.unlink(db + s) for s in ("", "-wal", "-shm")])
    script = os.path.join(work, "main.sql")
    with open(script, "w") as f:
        f.write(BID % bootstrap + "CREATE TEMPORARY TABLE o (w TIMESTAMP(3), auction BIGINT, c BIGINT, s BIGINT, m BIGINT) WITH ('connector'='blackhole');\nINSERT INTO o " + MAIN)
    best("main job -> blackhole", [build + "/runnel", "-q", "-f", script], BIDS, floor)
    out = os.path.join(work, "main.db")
    with open(script, "w") as f:
        f.write(BID % bootstrap + "CREATE TABLE o (w TIMESTAMP(3) NOT NULL, auction BIGINT NOT NULL, c BIGINT, s BIGINT, m BIGINT, PRIMARY KEY (w, auction) NOT ENFORCED);\nINSERT INTO o " + MAIN)
    best("main job -> SQLite", [build + "/runnel", "-q", out, "-f", script], BIDS, floor_db,
         clean=lambda: [os.path.exists(out + s) and os.unlink(out + s) for s in ("", "-wal", "-shm", ".lock")])
    a, b = sqlite3.connect(db), sqlite3.connect(out)
    left = a.execute("SELECT count(*), sum(c), sum(s), sum(m) FROM result").fetchone()
    right = b.execute("SELECT count(*), sum(c), sum(s), sum(m) FROM o").fetchone()
    print("answers equal: %s (%s)" % (left == right, right))
    if left != right:
        sys.exit("the answers differ: %s and %s" % (left, right))


def start_up(work):
    times = []
    for _ in range(20):
        a = time.monotonic()
        subprocess.run([build + "/runnel", "-c", "SELECT 1"], stdout=subprocess.DEVNULL, check=True)
        times.append(time.monotonic() - a)
    print("runnel -c 'SELECT 1': %.1f ms (best of 20)" % (min(times) * 1000))
    table.append(["SELECT 1, ms", min(times) * 1000, 0, 0])


def main():
    work = tempfile.mkdtemp(prefix="rn-bench-")
    try:
        if wanted("start"):
            start_up(work)
        if wanted("file"):
            file_benchmarks(work)
        if wanted("kafka"):
            bootstrap, own = os.environ.get("KAFKA_BOOTSTRAP"), None
            script = os.path.join(root, "tests/kafka/broker")
            if not bootstrap and subprocess.run([script, "available"], stdout=subprocess.DEVNULL).returncode == 0:
                own = os.path.join(work, "broker")
                bootstrap = subprocess.run([script, "start", "--dir", own], stdout=subprocess.PIPE, text=True, check=True).stdout.split()[-1]
                subprocess.run([script, "topic", "bids:4", "--dir", own], check=True, stdout=subprocess.DEVNULL)
            if bootstrap:
                try:
                    kafka_benchmarks(work, bootstrap)
                finally:
                    if own:
                        subprocess.run([script, "stop", "--dir", own], stdout=subprocess.DEVNULL)
            else:
                print("LEFT OUT: the Kafka benchmarks need Java and Maven, or KAFKA_BOOTSTRAP")
    finally:
        shutil.rmtree(work, ignore_errors=True)
    if os.environ.get("RN_BENCH_SAVE"):
        with open(os.path.join(root, "bench/RESULTS.md"), "a") as f:
            model = [l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")][:1]
            f.write("\n## %s, %s, %d CPUs\n\n`make bench` with RN_BENCH_ROWS=%d RN_BENCH_BIDS=%d RN_BENCH_REPEAT=%d\n\n| what | ns/row | x floor | wall s |\n|---|---|---|---|\n"
                    % (time.strftime("%Y-%m-%d"), (model or [platform.machine()])[0], os.cpu_count(), ROWS, BIDS, REPEAT))
            for name, ns, base, wall in table:
                f.write("| %s | %.1f | %s | %.2f |\n" % (name, ns, "%.2f" % (ns / base) if base else "", wall))


main()
