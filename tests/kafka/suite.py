#!/usr/bin/env python3
"""The Kafka suite: see run.sh. Each case has its own directory and topics; rows are numbered, so that a lost
and a doubled one both show. The broker is started by the script `broker` beside this file."""
import json, os, re, shutil, signal, sqlite3, subprocess, sys, tempfile, time, traceback

here = os.path.dirname(os.path.abspath(__file__))
build = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "build")
wanted = sys.argv[2:]
runnel, helper, script = build + "/runnel", build + "/runnel-broker", here + "/broker"
foreign = os.environ.get("KAFKA_BOOTSTRAP")
work = tempfile.mkdtemp(prefix="rn-kafka-")
broker_dir = work + "/broker"
os.environ["RUNNEL_BROKER"] = helper
slow = 4 if "san-" in build else 1
passed = failed = skipped = 0
current = ""
env = {}
cases = []


def check(name, ok, detail=""):
    global passed, failed
    if ok:
        passed += 1
    else:
        failed += 1
        print("FAIL %s: %s %s" % (current, name, detail), flush=True)


def equal(name, got, want):
    check(name, got == want, "got %s, want %s" % (str(got)[:600], str(want)[:600]))


def case(own_broker=False):
    def add(function):
        cases.append((function.__name__, function, own_broker))
        return function
    return add


# --- tools ------------------------------------------------------------------------------------------------
def broker(*words):
    return subprocess.run([script, *words, "--dir", broker_dir], check=True, capture_output=True, text=True).stdout


def tool(command, *words, lines=None):
    p = subprocess.run([helper, command, "--bootstrap", env["plain"], *map(str, words)], input=lines, capture_output=True, text=True, timeout=120)
    if p.returncode != 0:
        raise RuntimeError("runnel-broker %s: %s" % (command, p.stderr))
    return p.stdout


topics = 0


def topic(partitions=2, *settings):
    global topics
    topics += 1
    name = "%s-%d-%d" % (current.replace("_", "-"), os.getpid(), topics)
    broker("topic", "%s:%d" % (name, partitions), *settings)
    return name


def produce(name, ids, *words, stamp=None):
    """{"id": n, "part": n % 2, "ms": ..} each; to the partition in "part" unless words say otherwise."""
    lines = "".join(json.dumps({"id": i, "part": i % 2, "v": "v%d" % i, "ms": stamp(i) if stamp else 0}) + "\n" for i in ids)
    extra = ["--timestamp-field", "ms"] if stamp else []
    where = [] if "--partition" in words or "--key-field" in words else ["--partition-field", "part"]
    tool("produce", "--topic", name, *where, *extra, *words, lines=lines)


def table(name, topic_name, columns="id BIGINT, v STRING", **options):
    o = {"connector": "kafka", "topic": topic_name, "properties.bootstrap.servers": env["plain"], "format": "json",
         "properties.fetch.wait.max.ms": "20"}
    o.update({k: v for k, v in options.get("set", {}).items()})
    return "CREATE TABLE %s (%s) WITH (%s);\n" % (name, columns, ", ".join("'%s' = '%s'" % (k, str(v).replace("'", "''")) for k, v in o.items() if v is not None))


EARLIEST = {"scan.startup.mode": "earliest-offset"}
BOUNDED = {"scan.startup.mode": "earliest-offset", "scan.bounded.mode": "latest-offset"}


def sql_file(text):
    path = "%s/%s/%d.sql" % (work, current, len(os.listdir(work + "/" + current)))
    with open(path, "w") as f:
        f.write(text)
    return path


def run(*words, timeout=60):
    return subprocess.run([runnel, *words], capture_output=True, text=True, timeout=timeout * slow, cwd=work + "/" + current)


def select(definitions, query):
    p = run("-q", "--format", "json", "-f", sql_file(definitions + query + ";\n"))
    check("exit 0 of " + query, p.returncode == 0, p.stderr[-800:])
    return [json.loads(line) for line in p.stdout.splitlines()]


def ids(rows):
    return sorted(r["id"] for r in rows)


def query(db, text):
    path = "%s/%s/%s" % (work, current, db)
    if not os.path.exists(path):
        return []
    connection = sqlite3.connect("file:%s?mode=ro" % path, uri=True, timeout=10)
    try:
        return connection.execute(text).fetchall()
    except sqlite3.OperationalError as e:
        if "no such table" in str(e):
            return []
        raise
    finally:
        connection.close()


def stored_ids(db, name="kept"):
    return [r[0] for r in query(db, "SELECT id FROM %s ORDER BY id" % name)]


def wait_for(condition, seconds=30):
    deadline = time.time() + seconds * slow
    while time.time() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


class Job:
    """`runnel run` in the background; leaving the block stops it (SIGINT) and expects exit 0."""

    def __init__(self, text, db="job.db", flags=()):
        self.words = [runnel, "run", "--db", db, *flags, sql_file(text)]

    def __enter__(self):
        self.log = open("%s/%s/stderr" % (work, current), "a+")
        self.process = subprocess.Popen(self.words, stdout=subprocess.DEVNULL, stderr=self.log, cwd=work + "/" + current)
        return self

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def text(self):
        self.log.flush()
        with open(self.log.name) as f:
            return f.read()

    def __exit__(self, kind, value, trace):
        if self.process.returncode is None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                code = self.process.wait(30 * slow)
                check("a signal ends the job with 0", code == 0, "exit %s: %s" % (code, self.text()[-800:]))
            except subprocess.TimeoutExpired:
                check("a signal ends the job", False, self.text()[-800:])
                self.kill()
        elif self.process.returncode != -signal.SIGKILL:
            check("the job runs until it is stopped", False, "exit %s: %s" % (self.process.returncode, self.text()[-800:]))
        self.log.close()


COPY = "CREATE TABLE kept (id BIGINT, v STRING);\nINSERT INTO kept SELECT id, v FROM src;\n"
FAST = "SET 'execution.checkpointing.interval' = '100 ms';\n"


# --- where to start and to end --------------------------------------------------------------------------------
@case()
def earliest_and_bounded_latest():
    t = topic(2)
    produce(t, range(1000))
    equal("all rows", ids(select(table("src", t, set=BOUNDED), "SELECT id FROM src")), list(range(1000)))


@case()
def latest():
    t = topic(1)
    produce(t, range(100), "--partition", "0")
    text = table("src", t, set={"scan.startup.mode": "latest-offset"})
    with Job(FAST + text + COPY):
        sent = 100
        while sent < 2000 and not stored_ids("job.db"):
            produce(t, range(sent, sent + 10), "--partition", "0")
            sent += 10
        first = (stored_ids("job.db") or [0])[0]
        check("none of the old rows", first >= 100, "first is %d" % first)
        check("all rows since then", wait_for(lambda: stored_ids("job.db") == list(range(first, sent))), str(stored_ids("job.db"))[-200:])


@case()
def timestamps():
    t = topic(2)
    produce(t, range(1000), stamp=lambda i: 1700000000000 + i * 1000)
    start = {"scan.startup.mode": "timestamp", "scan.startup.timestamp-millis": 1700000000000 + 500 * 1000}
    equal("from a timestamp", ids(select(table("src", t, set={**start, "scan.bounded.mode": "latest-offset"}), "SELECT id FROM src")), list(range(500, 1000)))
    end = {"scan.bounded.mode": "timestamp", "scan.bounded.timestamp-millis": 1700000000000 + 510 * 1000 - 1}
    equal("to a timestamp", ids(select(table("src", t, set={**start, **end}), "SELECT id FROM src")), list(range(500, 510)))
    late = {"scan.startup.mode": "timestamp", "scan.startup.timestamp-millis": 1800000000000, "scan.bounded.mode": "latest-offset"}
    equal("behind the last record", ids(select(table("src", t, set=late), "SELECT id FROM src")), [])


@case()
def specific_offsets():
    t = topic(2)
    produce(t, range(200))  # even ids to 0, odd to 1
    start = {"scan.startup.mode": "specific-offsets", "scan.startup.specific-offsets": "partition:0,offset:90;partition:1,offset:95"}
    equal("start", ids(select(table("src", t, set={**start, "scan.bounded.mode": "latest-offset"}), "SELECT id FROM src")),
          sorted([i for i in range(180, 200, 2)] + [i for i in range(191, 200, 2)]))
    end = {"scan.bounded.mode": "specific-offsets", "scan.bounded.specific-offsets": "partition:0,offset:3"}
    equal("end", ids(select(table("src", t, set={**EARLIEST, **end}), "SELECT id FROM src")), [0, 2, 4])
    gone = {"scan.startup.mode": "specific-offsets", "scan.startup.specific-offsets": "partition:0,offset:1000"}
    p = run("-q", "-f", sql_file(table("src", t, set=gone) + "SELECT id FROM src;"))
    equal("an offset that does not exist", p.returncode, 3)
    check("it is named", "RN4003" in p.stderr and "1000" in p.stderr, p.stderr)


@case()
def group_offsets():
    t, group = topic(2), "g-%d" % os.getpid()
    produce(t, range(100))
    text = table("src", t, set={"properties.group.id": group}) + COPY
    p = run("run", "-q", "--db", "a.db", "--until-end", sql_file(text))
    check("first run", p.returncode == 0, p.stderr)
    equal("rows", stored_ids("a.db"), list(range(100)))
    equal("offsets are told", tool("committed", "--topic", t, "--group", group).split(), ["0", "50", "1", "50"])
    produce(t, range(100, 120))
    p = run("run", "-q", "--db", "b.db", "--until-end", sql_file(text))
    equal("another database starts at the group's offsets", stored_ids("b.db"), list(range(100, 120)))
    p = run("run", "-q", "--db", "a.db", "--until-end", sql_file(text))
    equal("a job starts at its own", stored_ids("a.db"), list(range(120)))
    bounded = {**EARLIEST, "properties.group.id": group, "scan.bounded.mode": "group-offsets"}
    produce(t, range(120, 130))
    equal("bounded by the group", ids(select(table("src", t, set=bounded), "SELECT id FROM src")), list(range(120)))
    none = {"properties.group.id": group + "-x", "properties.auto.offset.reset": "none"}
    p = run("-q", "-f", sql_file(table("src", t, set=none) + "SELECT id FROM src;"))
    check("no committed offset and 'none'", p.returncode == 3 and "RN4003" in p.stderr, p.stderr)


@case()
def until_end_and_on():
    t = topic(2)
    text = FAST + table("src", t, set=EARLIEST) + COPY
    have = 0
    for more in (100, 1, 0, 50):
        produce(t, range(have, have + more))
        have += more
        p = run("run", "-q", "--db", "job.db", "--until-end", sql_file(text))
        check("run", p.returncode == 0, p.stderr[-800:])
        equal("rows", stored_ids("job.db"), list(range(have)))


@case()
def topic_list():
    a, b = topic(1), topic(2)
    produce(a, range(50), "--partition", "0")
    produce(b, range(50, 80))
    rows = select(table("src", a + ";" + b, "id BIGINT, t STRING METADATA FROM 'topic' VIRTUAL", set=BOUNDED), "SELECT id, t FROM src")
    equal("rows", ids(rows), list(range(80)))
    check("topics", all(r["t"] == (a if r["id"] < 50 else b) for r in rows))


# --- records ------------------------------------------------------------------------------------------------------
@case()
def metadata():
    t = topic(2)
    produce(t, range(10), "--partition", "1", "--key-field", "v", stamp=lambda i: 1700000000000 + i)
    rows = select("SET 'table.local-time-zone' = 'UTC';\n" + table("src", t, "id BIGINT, `topic` STRING NOT NULL METADATA VIRTUAL, `partition` INT METADATA VIRTUAL, "
                  "o BIGINT METADATA FROM 'offset' VIRTUAL, ts TIMESTAMP_LTZ(3) METADATA FROM 'timestamp', "
                  "tt STRING METADATA FROM 'timestamp-type' VIRTUAL, k BYTES METADATA FROM 'key' VIRTUAL", set=BOUNDED),
                  "SELECT id, `topic`, `partition`, o, CAST(ts AS STRING) AS ts, tt, CAST(k AS STRING) AS k FROM src")
    rows.sort(key=lambda r: r["id"])
    equal("ten rows", len(rows), 10)
    for i, r in enumerate(rows):
        equal("row", (r["topic"], r["partition"], r["o"], r["tt"], r["k"]), (t, 1, i, "CreateTime", "v%d" % i))
        check("timestamp", "2023-11-14 22:13:20.%03d" % i in r["ts"] or (i == 0 and r["ts"].startswith("2023-11-14 22:13:20")), r["ts"])


@case()
def headers():
    t = topic(1)
    produce(t, [1], "--partition", "0", "--header", "trace=a\"b", "--header", "n=1", "--header", "n=2")
    produce(t, [2], "--partition", "0")
    rows = select(table("src", t, "id BIGINT, h MAP<STRING, STRING> METADATA FROM 'headers' VIRTUAL, l ARRAY<ROW<key STRING, `value` STRING>> METADATA FROM 'header-list' VIRTUAL",
                        set=BOUNDED), "SELECT id, h, l FROM src")
    rows.sort(key=lambda r: r["id"])
    equal("headers, the last of a name", [r["h"] for r in rows], [{"trace": 'a"b', "n": "2"}, {}])
    equal("all headers", [(h["key"], h["value"]) for h in rows[0]["l"]], [("trace", 'a"b'), ("n", "1"), ("n", "2")])
    t = topic(1)
    writes = table("dst", t, "id BIGINT, h MAP<STRING, BYTES> METADATA FROM 'headers'")
    p = run("-q", "-f", sql_file(writes + "INSERT INTO dst VALUES (1, MAP['a', X'78', 'b', CAST(NULL AS BYTES)]), (2, CAST(NULL AS MAP<STRING, BYTES>));"))
    check("headers are written", p.returncode == 0, p.stderr[-800:])
    rows = select(table("src", t, "id BIGINT, h MAP<STRING, STRING> METADATA FROM 'headers' VIRTUAL", set=BOUNDED), "SELECT id, h FROM src")
    equal("headers as they were written", [r["h"] for r in sorted(rows, key=lambda r: r["id"])], [{"a": "x", "b": None}, {}])


@case()
def keys():
    t = topic(1)
    lines = "".join('{"id":%d}\t{"v":"x%d"}\n' % (i, i) for i in range(20))
    tool("produce", "--topic", t, "--key-tab", lines=lines)
    options = {**BOUNDED, "format": None, "value.format": "json", "key.format": "json", "key.fields": "k_id", "key.fields-prefix": "k_", "value.fields-include": "EXCEPT_KEY"}
    rows = select(table("src", t, "v STRING, k_id BIGINT", set=options), "SELECT k_id AS id, v FROM src")
    equal("key and value", sorted((r["id"], r["v"]) for r in rows), [(i, "x%d" % i) for i in range(20)])
    options = {**BOUNDED, "key.format": "raw", "key.fields": "k", "value.fields-include": "EXCEPT_KEY"}
    rows = select(table("src", t, "k STRING, v STRING", set=options), "SELECT k FROM src WHERE v = 'x7'")
    equal("raw key", rows, [{"k": '{"id":7}'}])


@case()
def transactions():
    t = topic(1)
    to = ("--partition", "0")
    produce(t, range(0, 10), *to, "--transaction", "commit")
    produce(t, range(10, 20), *to, "--transaction", "abort")
    produce(t, range(20, 25), *to, "--transaction", "commit")
    produce(t, range(25, 30), *to, "--transaction", "abort")
    src = table("src", t, set=BOUNDED)
    check("committed rows only", wait_for(lambda: ids(select(src, "SELECT id FROM src")) == list(range(10)) + list(range(20, 25)), 5))
    raw = table("src", t, set={**BOUNDED, "properties.isolation.level": "read_uncommitted"})
    equal("all on request", ids(select(raw, "SELECT id FROM src")), list(range(30)))
    p = subprocess.Popen([helper, "produce", "--bootstrap", env["plain"], "--topic", t, "--transaction", "commit", *to], stdin=subprocess.PIPE, text=True)
    p.stdin.write('{"id": 30}\n' * 1)
    p.stdin.flush()
    time.sleep(1)
    equal("an open one is not seen", len(select(src, "SELECT id FROM src")), 15)
    with Job(FAST + table("src", t, set=EARLIEST) + COPY):
        check("the job reads up to it", wait_for(lambda: len(stored_ids("job.db")) == 15))
        p.stdin.close()
        p.wait()
        check("and goes on when it commits", wait_for(lambda: stored_ids("job.db")[-1:] == [30]), str(stored_ids("job.db")))


@case()
def new_partitions():
    t = topic(1)
    produce(t, range(0, 10), "--partition", "0")
    with Job(FAST + table("src", t, set={**EARLIEST, "scan.topic-partition-discovery.interval": "300 ms"}) + COPY):
        check("old rows", wait_for(lambda: len(stored_ids("job.db")) == 10))
        tool("grow", "--topic", "%s:3" % t)
        produce(t, range(10, 20), "--partition", "2")
        check("rows of a new partition", wait_for(lambda: stored_ids("job.db") == list(range(20))), str(stored_ids("job.db")))
    produce(t, range(20, 25), "--partition", "1")
    p = run("run", "-q", "--db", "job.db", "--until-end", sql_file(FAST + table("src", t, set={**EARLIEST, "scan.topic-partition-discovery.interval": "300 ms"}) + COPY))
    equal("after a restart", stored_ids("job.db"), list(range(25)))


# --- event time -----------------------------------------------------------------------------------------------
NEW_YEAR = 1577836800000  # 2020 in UTC
TIMED = "id INT, v BIGINT, ms BIGINT, ts AS TO_TIMESTAMP_LTZ(ms, 3), WATERMARK FOR ts AS ts"


def timed(ids, stamp, part=lambda i: 0):
    return "".join('{"part":%d,"id":%d,"v":%d,"ms":%d}\n' % (part(i), i, i % 1000, NEW_YEAR + stamp(i)) for i in ids)


def send(name, lines):
    tool("produce", "--topic", name, "--partition-field", "part", lines=lines)


WINDOWS = ("CREATE TABLE windows (w TIMESTAMP(3), c BIGINT);\n"
           "INSERT INTO windows SELECT window_start, COUNT(*) FROM TUMBLE(TABLE src, DESCRIPTOR(ts), INTERVAL '1' SECOND) GROUP BY window_start, window_end;\n")


@case()
def replay_of_partitions_hours_apart():
    """16 partitions, each an hour of event time behind the one before. What waits for the watermark stays bounded, since the ones
    ahead wait at their partitions; and results are those of the rows in order."""
    parts, rows, keys, step = 16, 60000, 50, 180  # each partition: three hours
    at = lambda p, i: p * 3600000 + i * step + p
    t = topic(parts)
    send(t, "".join('{"part":%d,"id":%d,"v":%d,"ms":%d}\n' % (p, (i * 7 + p) % keys, i % 1000, NEW_YEAR + at(p, i)) for i in range(rows) for p in range(parts)))
    out = lambda name, columns: "CREATE TABLE %s (%s) WITH ('connector' = 'print', 'print-identifier' = '%s');\n" % (name, columns, name)
    text = ("SET 'table.exec.mini-batch.enabled' = 'true';\n" + table("src", t, TIMED, set=EARLIEST) + out("seen", "c BIGINT") + out("kept", "id INT, c BIGINT, s BIGINT") +
            "EXECUTE STATEMENT SET BEGIN INSERT INTO seen SELECT COUNT(*) FROM src;\n"
            "INSERT INTO kept SELECT id, COUNT(*), SUM(last3) FROM (SELECT id, SUM(v) OVER (PARTITION BY id ORDER BY ts "
            "ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS last3 FROM src) GROUP BY id; END;\n")
    p = run("run", "-q", "--until-end", sql_file(text))
    equal("exit 0: " + p.stderr[-800:], p.returncode, 0)
    seen = done = most = 0
    kept = {}
    for name, numbers in re.findall(r"^(\w+)> \+[IU]\[([-\d, ]+)\]$", p.stdout, re.M):
        numbers = [int(n) for n in numbers.split(",")]
        if name == "seen":
            seen = numbers[0]
        else:
            done += numbers[1] - kept.get(numbers[0], (0, 0))[0]
            kept[numbers[0]] = tuple(numbers[1:])
        most = max(most, seen - done)
    check("rows held", 0 < most < 700000, "%d of %d" % (most, parts * rows))
    last, want = {}, {k: [0, 0] for k in range(keys)}
    for _, k, v in sorted((at(p, i), (i * 7 + p) % keys, i % 1000) for i in range(rows) for p in range(parts)):
        three = last[k] = (*last.get(k, ())[-2:], v)
        want[k][0] += 1
        want[k][1] += sum(three)
    equal("each row once, in order", sorted(kept.items()), [(k, tuple(want[k])) for k in range(keys)])


@case()
def alignment_group():
    """Two topics, one of which is ten hours long and ready, while the other has come only a minute far."""
    slow, ready = topic(1), topic(1)
    rows, hours = 20000, 36000000
    send(ready, timed(range(rows), lambda i: i * hours // rows))
    send(slow, timed(range(100), lambda i: i * 600))
    group = {**EARLIEST, "scan.watermark.alignment.group": "g", "scan.watermark.alignment.max-drift": "1 min", "scan.watermark.alignment.update-interval": "100 ms"}
    text = FAST + table("a", slow, TIMED, set=group) + table("b", ready, TIMED, set=group)
    text += "CREATE TABLE kept (part STRING, id INT);\nINSERT INTO kept SELECT 'a', id FROM a UNION ALL SELECT 'b', id FROM b;\n"
    count = lambda part: (query("job.db", "SELECT count(*) FROM kept WHERE part = '%s'" % part) or [(0,)])[0][0]
    with Job(text):
        check("both are read", wait_for(lambda: count("a") == 100 and count("b") > 0))
        time.sleep(1)
        check("the one ahead waits", count("b") < rows / 2, "%d of %d rows" % (count("b"), rows))
        send(slow, timed(range(100, 200), lambda i: hours // 100 * (i - 99)))
        check("and goes on", wait_for(lambda: count("b") == rows and count("a") == 200), "%d of %d rows" % (count("b"), rows))
    equal("each row once", query("job.db", "SELECT part, count(DISTINCT id) FROM kept GROUP BY part"), [("a", 200), ("b", rows)])


@case()
def idle_partition():
    t = topic(2)
    send(t, timed(range(100), lambda i: i * 100))
    idle = table("src", t, TIMED, set={**EARLIEST, "scan.watermark.idle-timeout": "300 ms"})
    with Job(FAST + idle + WINDOWS):
        check("windows end without the partition that has no rows", wait_for(lambda: query("job.db", "SELECT count(*), sum(c) FROM windows") == [(9, 90)]))
    with Job(FAST + table("src", t, TIMED, set=EARLIEST) + WINDOWS, db="waits.db"):
        check("the job runs", wait_for(lambda: query("waits.db", "SELECT count(*) FROM _rn_offset") == [(2,)]))
        time.sleep(1)
        equal("without a timeout they wait for it", query("waits.db", "SELECT count(*) FROM windows"), [(0,)])
        send(t, timed([7], lambda i: 5000, part=lambda i: 1))
        check("until it says where it is", wait_for(lambda: query("waits.db", "SELECT count(*), sum(c) FROM windows") == [(5, 50)]))


@case()
def a_record_far_in_the_future():
    t = topic(1)
    send(t, timed(range(50), lambda i: i * 100))
    send(t, timed([50], lambda i: 253402214400000 - NEW_YEAR))  # the last day of the year 9999
    send(t, timed(range(51, 101), lambda i: (i - 1) * 100))
    with Job(FAST + table("src", t, TIMED, set=EARLIEST) + WINDOWS) as job:
        check("windows go on behind it", wait_for(lambda: query("job.db", "SELECT count(*), sum(c) FROM windows") == [(9, 90)]), str(query("job.db", "SELECT * FROM windows")))
        check("it is named", wait_for(lambda: re.search(r"table src, %s/0, offset 50: the time 9999-12-31 00:00:00.000 is further ahead of the clock" % t, job.text())), job.text())


# --- sink -------------------------------------------------------------------------------------------------------
@case()
def sink():
    t = topic(3)
    text = table("dst", t, "id BIGINT, v STRING, ts TIMESTAMP_LTZ(3) METADATA FROM 'timestamp'",
                 set={"key.format": "json", "key.fields": "id", "value.fields-include": "EXCEPT_KEY"})
    p = run("-q", "-f", sql_file("SET 'table.local-time-zone' = 'UTC';\n" + text + "INSERT INTO dst SELECT CAST(id AS BIGINT), v, CAST(TIMESTAMP '2024-05-06 07:08:09' AS TIMESTAMP_LTZ(3)) "
                                 "FROM (VALUES (1, 'a'), (2, 'b'), (1, 'c')) AS t(id, v);\n"))
    check("insert", p.returncode == 0, p.stderr)
    rows = [json.loads(line) for line in tool("consume", "--topic", t, "--json").splitlines()]
    equal("messages", sorted((r["key"], r["value"], r["timestamp"]) for r in rows),
          sorted([('{"id":1}', '{"v":"a"}', 1714979289000), ('{"id":2}', '{"v":"b"}', 1714979289000), ('{"id":1}', '{"v":"c"}', 1714979289000)]))
    equal("one key, one partition", len({r["partition"] for r in rows if r["key"] == '{"id":1}'}), 1)
    p = run("-q", "-f", sql_file(table("dst", t, set={"sink.delivery-guarantee": "exactly-once"})))
    check("exactly-once is refused", p.returncode == 1 and "exactly-once" in p.stderr, p.stderr)
    p = run("-q", "-f", sql_file(table("dst", t + "-no") + "INSERT INTO dst VALUES (1, 'a');"))
    check("an unknown topic", p.returncode == 3 and "RN4002" in p.stderr, p.stderr)


@case()
def sink_loses_nothing_over_kills():
    a, b = topic(2), topic(2)
    text = FAST + table("src", a, set=EARLIEST) + table("dst", b, set={"key.format": "json", "key.fields": "id"}) + "INSERT INTO dst SELECT id, v FROM src WHERE id % 2 = 0;\n"
    for i in range(6):
        produce(a, range(i * 1000, i * 1000 + 1000))
        with Job(text) as job:
            time.sleep(0.15 + 0.1 * i)
            job.kill()
    p = run("run", "-q", "--db", "job.db", "--until-end", sql_file(text))
    check("last run", p.returncode == 0, p.stderr[-800:])
    got = [json.loads(line)["id"] for line in tool("consume", "--topic", b).splitlines()]
    equal("every row at least once", sorted(set(got)), list(range(0, 6000, 2)))


# --- faults ----------------------------------------------------------------------------------------------------------
@case(own_broker=True)
def broker_killed_and_restarted():
    t = topic(2)
    produce(t, range(2000))
    with Job(FAST + table("src", t, set=EARLIEST) + COPY) as job:
        check("first rows", wait_for(lambda: len(stored_ids("job.db")) == 2000))
        for round_number in range(2):
            broker("kill")
            time.sleep(1.5)
            broker("start")
            produce(t, range(2000 + round_number * 500, 2500 + round_number * 500))
        check("each row once", wait_for(lambda: stored_ids("job.db") == list(range(3000))), "%d rows" % len(stored_ids("job.db")))
        check("said once a time", 1 <= job.text().count("cannot be reached") <= 2, job.text()[-500:])


@case(own_broker=True)
def broker_hangs():
    t = topic(2)
    produce(t, range(100))
    with Job(FAST + table("src", t, set=EARLIEST) + COPY):
        check("first rows", wait_for(lambda: len(stored_ids("job.db")) == 100))
        broker("pause")
        time.sleep(4)
        broker("resume")
        produce(t, range(100, 200))
        check("each row once", wait_for(lambda: stored_ids("job.db") == list(range(200))))


@case()
def killed_job():
    """tests/crash against this broker: kill -9 at random moments, checker with negative control."""
    name = "crash-%d" % os.getpid()
    broker("topic", name + ":2")
    e = dict(os.environ, RN_BOOTSTRAP=env["plain"], RN_TOPIC=name, RN_KILLS=os.environ.get("RN_KILLS", "30"))
    p = subprocess.run([sys.executable, here + "/../crash/crash.py", build], env=e, capture_output=True, text=True, timeout=1500)
    m = re.search(r"(\d+) passed, (\d+) failed", p.stdout)
    check("the kill loop ends", m is not None, p.stdout[-500:] + p.stderr[-500:])
    if m:
        global passed, failed
        passed += int(m.group(1))
        failed += int(m.group(2))
        if m.group(2) != "0":
            print(p.stdout, p.stderr[-2000:])


@case()
def lost_records():
    t = topic(2)
    produce(t, range(100))
    text = FAST + table("src", t, set=EARLIEST) + COPY
    p = run("run", "-q", "--db", "job.db", "--until-end", sql_file(text))
    check("first run", p.returncode == 0, p.stderr)
    produce(t, range(100, 400))
    tool("cut", "--topic", t, "--partition", "1", "--offset", "120")
    p = run("run", "-q", "--db", "job.db", "--until-end", sql_file(text))
    equal("retention passed the job", p.returncode, 3)
    check("the facts", "RN4003" in p.stderr and "offset 50 is gone" in p.stderr and "120 to 200" in p.stderr and "70 records" in p.stderr, p.stderr)
    equal("nothing was written", stored_ids("job.db"), list(range(100)))
    p = run("run", "-q", "--db", "job.db", "--fresh", "--until-end", sql_file(text))
    equal("--fresh starts with what is left", stored_ids("job.db"), sorted(list(range(0, 400, 2)) + list(range(241, 400, 2))))


@case()
def unknown_topic():
    t = topic(1)
    p = run("-q", "-f", sql_file(table("src", t + "x", set=EARLIEST) + "SELECT id FROM src;"))
    equal("exit code", p.returncode, 3)
    check("a near name", "RN4002" in p.stderr and 'did you mean "%s' % t[:8] in p.stderr, p.stderr)


@case()
def nobody_answers():
    begin = time.time()
    p = run("-q", "-f", sql_file(table("src", "t", set={**EARLIEST, "properties.bootstrap.servers": "127.0.0.1:1"}) + "SELECT id FROM src;"))
    equal("exit code", p.returncode, 3)
    check("in words", "RN4001" in p.stderr and "refused" in p.stderr, p.stderr)
    check("within 15 s", time.time() - begin < 15 * slow)
    check("no raw line of the library", "rdkafka#" not in p.stderr, p.stderr)


def secured(t, **more):
    o = {"properties.security.protocol": "SASL_PLAINTEXT", "properties.bootstrap.servers": env["sasl"], "properties.sasl.mechanism": "PLAIN",
         "properties.sasl.username": "alice", "properties.sasl.password": "alice-secret", **BOUNDED}
    o.update(more.get("set", {}))
    return table("src", t, set=o)


@case(own_broker=True)
def logins():
    t = topic(1)
    produce(t, range(20), "--partition", "0")
    equal("PLAIN", ids(select(secured(t), "SELECT id FROM src")), list(range(20)))
    tls = {"properties.bootstrap.servers": env["sasl_tls"], "properties.security.protocol": "SASL_SSL", "properties.ssl.ca.location": env["tls_dir"] + "/ca.pem"}
    equal("PLAIN over TLS", ids(select(secured(t, set=tls), "SELECT id FROM src")), list(range(20)))
    only_tls = {**BOUNDED, "properties.security.protocol": "SSL", "properties.bootstrap.servers": env["tls"], "properties.ssl.ca.location": env["tls_dir"] + "/ca.pem"}
    equal("TLS", ids(select(table("src", t, set=only_tls), "SELECT id FROM src")), list(range(20)))
    for name, options, words in (("a wrong password", {"properties.sasl.password": "canary-4711"}, ["Invalid username or password"]),
                                 ("a wrong authority", {**tls, "properties.ssl.ca.location": env["tls_dir"] + "/otherca.pem"}, ["certificate verify failed"])):
        begin = time.time()
        p = run("-q", "-f", sql_file(secured(t, set=options) + "SHOW CREATE TABLE src;\nSELECT id FROM src;"))
        check(name, p.returncode == 3 and "RN4001" in p.stderr and all(w in p.stderr for w in words), p.stderr)
        check(name + ": within 10 s", time.time() - begin < 10 * slow)
        check(name + ": no secret in the output", "canary" not in p.stderr + p.stdout and "alice-secret" not in p.stderr + p.stdout, p.stderr + p.stdout)
    p = run("-q", "-f", sql_file(secured(t, set={"properties.sasl.mechanism": "SCRAM-SHA-256"}) + "SELECT id FROM src;"))
    check("SCRAM works, or the fault of the library is named", p.returncode == 0 or "2.6.1" in p.stderr, p.stderr)


@case()
def address_from_the_environment():
    t = topic(1)
    produce(t, range(5), "--partition", "0")
    os.environ["RN_TEST_ADDRESS"] = env["plain"]
    text = table("src", t, set={**EARLIEST, "properties.bootstrap.servers": "${env:RN_TEST_ADDRESS}"}) + COPY
    p = run("run", "-q", "--db", "job.db", "--until-end", sql_file(text))
    equal("rows", stored_ids("job.db"), list(range(5)))
    kept = query("job.db", "SELECT group_concat(sql) FROM _rn_catalog")
    check("the reference is what is stored", "${env:RN_TEST_ADDRESS}" in str(kept) and env["plain"] not in str(kept), str(kept)[:300])


@case()
def instances_share_partitions():
    t = topic(3)
    have = 0
    for parallelism in (2, 1, 4):
        tool("produce", "--topic", t, "--key-field", "id", lines="".join('{"id": %d, "v": "x"}\n' % i for i in range(have, have + 300)))
        have += 300
        text = "SET 'parallelism.default' = '%d';\n" % parallelism + FAST + table("src", t, set=EARLIEST) + COPY
        p = run("run", "-q", "--db", "job.db", "--until-end", sql_file(text))
        check("parallelism %d" % parallelism, p.returncode == 0, p.stderr[-800:])
        equal("rows", stored_ids("job.db"), list(range(have)))


@case()
def the_address_may_change():
    t = topic(1)
    produce(t, range(10), "--partition", "0")
    p = run("run", "-q", "--db", "job.db", "--until-end", sql_file(table("src", t, set=EARLIEST) + COPY))
    check("first run", p.returncode == 0, p.stderr)
    produce(t, range(10, 20), "--partition", "0")
    moved = {**EARLIEST, "properties.bootstrap.servers": env["plain"].replace("127.0.0.1", "localhost")}
    p = run("run", "--db", "job.db", "--until-end", sql_file(table("src", t, set=moved) + COPY))
    check("second run", p.returncode == 0, p.stderr)
    equal("it goes on", stored_ids("job.db"), list(range(20)))
    p = run("run", "-q", "--db", "job.db", "--until-end", sql_file(table("src", t + "x", set=EARLIEST) + COPY))
    check("another topic is another table", p.returncode == 1 and "topic" in p.stderr, p.stderr)


# --- all ----------------------------------------------------------------------------------------------------------------
def main():
    global current, failed, skipped
    try:
        env["plain"] = broker("start", "--tls", "--sasl").strip()
        if not foreign:
            more = dict(line.split("=", 1) for line in broker("env").splitlines())
            env.update(tls=more["KAFKA_TLS_BOOTSTRAP"], tls_dir=more["KAFKA_TLS_DIR"], sasl=more["KAFKA_SASL_BOOTSTRAP"], sasl_tls=more["KAFKA_SASL_TLS_BOOTSTRAP"])
        for name, function, own in cases:
            if wanted and name not in wanted:
                continue
            if own and foreign:
                print("SKIPPED: %s needs a broker of its own" % name)
                skipped += 1
                continue
            current = name
            os.mkdir(work + "/" + name)
            begin, before = time.time(), failed
            try:
                function()
            except Exception:
                failed += 1
                print("FAIL %s: %s" % (name, traceback.format_exc(limit=3)))
            print("%-32s %5.1f s %s" % (name, time.time() - begin, "" if failed == before else "FAILED"), flush=True)
    finally:
        if not foreign:
            subprocess.run([script, "stop", "--dir", broker_dir], capture_output=True)
        if failed == 0:
            shutil.rmtree(work, ignore_errors=True)
        else:
            print("files are kept in " + work)


try:
    main()
except (Exception, KeyboardInterrupt):
    failed += 1
    traceback.print_exc()
print("kafka: %d passed, %d failed%s" % (passed, failed, ", %d skipped" % skipped if skipped else ""))
sys.exit(1 if failed else 0)
