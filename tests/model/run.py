#!/usr/bin/env python3
"""Random windowed queries over random streams, answered by runnel and by the slow model beside this file.

  run.py BUILD/golden [SEED]..      RN_MODEL: number of seeds (12), RN_SEED: the first (1); a SEED alone shows its script

A seed makes one stream (out of order, late rows, equal times, keys of very different weight, NULLs, gaps of years, times before
1970, days on which clocks change) and six queries over it, and is run straight, then twice with random sizes of batches,
random points where it is stopped and restored, and random parallelism, restored into another. What is compared: the rows, and
how many were late. `zones`: windows of days and hours at every change of the clock of some zones from 1960 to 2040.
"""
import collections, json, os, random, subprocess, sys, tempfile
from concurrent.futures import ThreadPoolExecutor
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import model
from model import Call, Window, Zone, time_text

ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca", "Pacific/Apia",
         "America/Sao_Paulo", "America/Caracas", "Antarctica/Casey", "Pacific/Kwajalein", "Africa/Monrovia"]
YEAR = 365 * 86400000
BASES = [54 * YEAR, -1000, 0, -20 * YEAR, -70 * YEAR, 130 * YEAR, -7 * 3600000]


class Stream:
    def __init__(self, rng, zone, unit, count):
        r, self.unit, self.zone = rng, unit, zone
        at = r.choice(BASES)
        if zone.zone:
            changes = zone.transitions(-10 * YEAR, 70 * YEAR)
            at = r.choice(changes) - r.randrange(30) * unit
            at -= at % unit
        skew, far = r.choice([1, 3]), r.random() < .3
        disorder = r.choice([0, 2, 8])
        self.delay = r.choice([0, 0, 1, 2, 5]) * unit
        self.rows = []
        for i in range(count):
            if not (far and r.random() < .02):
                at += r.choice([0, 0, 1, unit // 4, unit // 4, unit // 2, unit, unit * (1 if r.random() < .8 else 20)])
            else:
                at += r.randrange(2 * YEAR // unit) * unit
            t = at - (r.randrange(disorder * 4) * unit // 4 if disorder and r.random() < .4 else 0)
            null = lambda v: None if r.random() < .1 else v
            self.rows.append({"id": i, "k": null("abcdefgh"[int(8 * r.random() ** skew)]), "g": null(r.randrange(3)),
                              "v": null(r.randrange(-10, 10)), "d": null(r.randrange(-100, 100) / 4),
                              "s": null(r.choice(["", "b", "bb", "a longer text than others", "ä"])), "f": null(r.random() < .5), "at": t})

        # several splits, each with its own watermark: how their rows meet is chance, so that none may be late
        self.splits = 1 if r.random() < .7 else r.randrange(2, 5)
        if self.splits > 1:
            self.delay = None

    def lasting(self):
        """Longer than any row is late."""
        high, most = model.NONE, 0
        for r in self.rows:
            high = max(high, r["at"])
            most = max(most, high - r["at"])
        return most + self.unit

    def write(self, path):
        """One file, or a folder with one for each split; the first split has most rows."""
        if self.splits > 1:
            os.mkdir(path)
        files = [open(path + ("/%d.json" % i if self.splits > 1 else ""), "w") for i in range(self.splits)]
        for r in self.rows:
            row = dict(r)
            t = row.pop("at")
            row["ms" if self.zone.zone else "ts"] = t if self.zone.zone else time_text(t)
            files[max(0, (r["id"] * 40503 >> 4) % (2 * self.splits) - self.splits)].write(json.dumps(row) + "\n")
        for f in files:
            f.close()

    def ddl(self, name, path, delay):
        time = "ms BIGINT, ts AS TO_TIMESTAMP_LTZ(ms, 3)" if self.zone.zone else "ts TIMESTAMP(3)"
        delay = self.lasting() if delay is None else delay
        return ("CREATE TABLE %s (id INT, k STRING, g INT, v INT, d DOUBLE, s STRING, f BOOLEAN, %s,\n  WATERMARK FOR ts AS ts - %s)\n"
                "WITH ('connector' = 'filesystem', 'path' = '%s', 'format' = 'json');\n" % (name, time, interval(delay), path))


def interval(ms):
    return "INTERVAL '%s%d.%03d' SECOND" % ("-" if ms < 0 else "", abs(ms) // 1000, abs(ms) % 1000)


class Query:
    """sql, the rows it has to answer, and how many are late (None: not asked). final: rows change on the way; any_order:
    lists of values, too."""

    def __init__(self, sql, rows, late=None, final=False, any_order=False, before="", after=""):
        self.sql, self.rows, self.late, self.final, self.any_order = before + sql + ";\n" + after, rows, late, final, any_order


def random_window(r, unit):
    kind = r.choice(["TUMBLE", "HOP", "CUMULATE"])
    slide = r.choice([1, 2, 3, 5]) * unit
    times = 1 if kind == "TUMBLE" else r.choice([1, 2, 3, 4, 12])
    size = slide * times
    offset = r.choice([0, 0, 1, -1]) * r.randrange(size // 250) * 250
    window = Window(kind, size, slide, offset)
    sizes = ([] if kind == "TUMBLE" else [interval(slide)]) + [interval(size)] + ([interval(offset)] if offset else [])
    return window, lambda table: "%s(TABLE %s, DESCRIPTOR(ts), %s)" % (kind, table, ", ".join(sizes))


def grouped(found, keys):
    groups = collections.defaultdict(list)
    for row, start, end in found:
        groups[(start, end) + tuple(row[k] for k in keys)].append(row)
    return groups


def random_keys(r, least=0):
    return r.sample(["k", "g"], r.randrange(least, 3))


def random_calls(r, stream):
    return [Call(r, no_lists=stream.splits > 1) for _ in range(r.randrange(1, 5))]


def call_list(calls):
    return ", ".join("%s AS a%d" % (c.sql(), i) for i, c in enumerate(calls))


def aggregate(r, stream):
    window, table = random_window(r, stream.unit)
    calls, keys, late = random_calls(r, stream), random_keys(r), []
    found = model.assign(stream.rows, window, stream.zone, stream.delay, late)
    having, early = r.random() < .2, r.random() < .3
    groups = grouped(found, keys)
    rows = [[time_text(key[0]), time_text(key[1])] + list(key[2:]) + [c.value(g) for c in calls] for key, g in groups.items()
            if not having or len(g) > 2]
    sql = "SELECT %s, %s FROM %s GROUP BY %s%s%s" % (
        ", ".join(["window_start", "window_end"] + keys), call_list(calls), table("t"),
        ", ".join(r.sample(["window_start", "window_end"] + keys, 2 + len(keys))), " HAVING COUNT(*) > 2" if having else "",
        " EMIT CHANGES" if early else "")
    return Query(sql, rows, len(late), early)


def sets(r, stream):
    window, table = random_window(r, stream.unit)
    calls = random_calls(r, stream)
    form, chosen = r.choice([("ROLLUP (k, g)", ["kg", "k", ""]), ("CUBE (k, g)", ["kg", "k", "g", ""]), ("GROUPING SETS ((k), (g))", ["k", "g"]),
                             ("GROUPING SETS ((g, k), (), (g))", ["kg", "", "g"])])
    found, rows, late = None, [], []
    found = model.assign(stream.rows, window, stream.zone, stream.delay, late)
    for keys in chosen:
        for key, g in grouped(found, list(keys)).items():
            of = dict(zip(keys, key[2:]))
            rows.append([time_text(key[0]), time_text(key[1]), of.get("k"), of.get("g"), 2 * ("k" not in keys) + ("g" not in keys)] +
                        [c.value(g) for c in calls])
    early = r.random() < .3
    return Query("SELECT window_start, window_end, k, g, GROUPING(k, g) AS gr, %s FROM %s GROUP BY window_start, window_end, %s%s"
                 % (call_list(calls), table("t"), form, " EMIT CHANGES" if early else ""), rows, len(late), early)


def session(r, stream):
    gap, keys, late = r.choice([1, 2, 4, 9]) * stream.unit // 2, random_keys(r), []
    found = model.sessions(stream.rows, gap, keys, stream.zone, stream.delay, late)
    by = " PARTITION BY %s" % (keys[0] if len(keys) == 1 else "(%s)" % ", ".join(keys)) if keys else ""
    table = "SESSION(TABLE t%s, DESCRIPTOR(ts), %s)" % (by, interval(gap))
    if r.random() < .3:
        return Query("SELECT id, window_start, window_end FROM %s" % table, [[x["id"], time_text(s), time_text(e)] for x, s, e in found], len(late))
    calls, early = random_calls(r, stream), r.random() < .4
    changes = " EMIT CHANGES" if early else ""
    rows = [[time_text(key[0]), time_text(key[1])] + list(key[2:]) + [c.value(g) for c in calls] for key, g in grouped(found, keys).items()]
    if r.random() < .3:
        sql = "SELECT %s, %s FROM t GROUP BY %s" % (
            ", ".join(["SESSION_START(ts, %s)" % interval(gap), "SESSION_END(ts, %s)" % interval(gap)] + keys), call_list(calls),
            ", ".join(["SESSION(ts, %s)" % interval(gap)] + keys))
    else:
        sql = "SELECT %s, %s FROM %s GROUP BY %s" % (", ".join(["window_start", "window_end"] + keys), call_list(calls), table,
                                                     ", ".join(["window_start", "window_end"] + keys))
    return Query(sql + changes, rows, len(late), early, any_order=True)  # of sessions that a row joins the values of one come behind the other's


def legacy(r, stream):
    """TUMBLE and HOP in GROUP BY, with early and late firing: whatever fires, the last result is of all that came in time."""
    slide, keys = r.choice([1, 2, 5]) * stream.unit, random_keys(r)
    kind = r.choice(["TUMBLE", "HOP"])
    window = Window(kind, slide * (1 if kind == "TUMBLE" else r.choice([1, 2, 5])), slide)
    calls, late, lateness, changes = random_calls(r, stream), [], 0, ""
    settings = {}
    if r.random() < .2:
        changes = " EMIT CHANGES"
    else:
        if r.random() < .4:
            settings.update({"early-fire.enabled": "true", "early-fire.delay": r.choice(["0 ms", "1 ms", "1 h"])})
        if r.random() < .4:
            settings.update({"late-fire.enabled": "true", "late-fire.delay": r.choice(["0 ms", "900 ms"])})
            lateness = r.choice([1, 4]) * stream.unit
            settings["allow-lateness"] = "%d ms" % lateness
    found = model.assign(stream.rows, window, stream.zone, stream.delay, late, lateness)
    args = "(ts, %s)" % ", ".join([interval(slide)] * (kind == "HOP") + [interval(window.size)])
    rows = [[time_text(key[0]), time_text(key[1])] + list(key[2:]) + [c.value(g) for c in calls] for key, g in grouped(found, keys).items()]
    early = bool(changes or settings)
    off = {"early-fire.enabled": "false", "late-fire.enabled": "false", "allow-lateness": "0 ms"}
    text = lambda settings: "".join("SET 'table.exec.emit.%s' = '%s';\n" % s for s in settings.items())
    return Query("SELECT %s, %s FROM t GROUP BY %s%s" % (
        ", ".join([kind + "_START" + args, kind + "_END" + args] + keys), call_list(calls), ", ".join([kind + args] + keys), changes),
        rows, len(late), early, before=text(settings), after=text({k: off[k] for k in settings if k in off}))


def alone(r, stream):
    window, table = random_window(r, stream.unit)
    found = model.assign(stream.rows, window, stream.zone, None)
    return Query("SELECT id, window_start, window_end FROM %s" % table("t"), [[x["id"], time_text(s), time_text(e)] for x, s, e in found], 0)


def cascade(r, stream):
    """A window over the results of a window."""
    window, table = random_window(r, stream.unit)
    outer = Window("TUMBLE", r.choice([2, 3, 7]) * window.slide)
    inner = grouped(model.assign(stream.rows, window, stream.zone, stream.delay), ["k"])
    found = collections.defaultdict(list)
    for (start, end, k), g in inner.items():
        for s, e in outer.of(stream.zone.local(stream.zone.window_time(end))):
            found[(s, e)].append(len(g))
    rows = [[time_text(s), time_text(e), sum(n), len(n)] for (s, e), n in found.items()]
    return Query("SELECT window_start, window_end, SUM(n) AS n, COUNT(*) AS c FROM TUMBLE((SELECT window_time AS wt, k, COUNT(*) AS n FROM %s "
                 "GROUP BY window_start, window_end, window_time, k), DESCRIPTOR(wt), %s) GROUP BY window_start, window_end"
                 % (table("t"), interval(outer.size)), rows)


def top(r, stream):
    keys, late = random_keys(r), []
    if r.random() < .3:
        keys = r.choice([[], ["k"]])
        gap = stream.unit * 2
        found = model.sessions(stream.rows, gap, keys, stream.zone, stream.delay, late)
        source = "SESSION(TABLE t%s, DESCRIPTOR(ts), %s)" % (" PARTITION BY k" if keys else "", interval(gap))
    else:
        window, table = random_window(r, stream.unit)
        found, source = model.assign(stream.rows, window, stream.zone, stream.delay, late), table("t")
    low = r.choice([1, 1, 2])
    high = low + r.randrange(3)
    by_time = r.random() < .3 and stream.splits == 1
    if by_time:
        low = high = 1
    late_first = r.random() < .5
    rows = []
    for key, g in grouped(found, keys).items():
        if by_time:  # of equal times the first one that came, the last one of the latest
            g = sorted(g, key=lambda x: (-x["at"], -x["id"]) if late_first else (x["at"], x["id"]))
        else:  # v DESC: NULLs are low
            g = sorted(g, key=lambda x: (x["v"] is None, -(x["v"] or 0), x["id"]))
        rows += [[x["id"], time_text(key[1]), n + 1] for n, x in enumerate(g) if low <= n + 1 <= high]
    order = "ts" + (" DESC" if late_first else "") if by_time else "v DESC, id"
    return Query("SELECT id, window_end, rn FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY %s ORDER BY %s) AS rn FROM %s) WHERE rn %s" %
                 (", ".join(["window_start", "window_end"] + keys), order, source,
                  "= 1" if by_time else "<= %d" % high if low == 1 else "BETWEEN %d AND %d" % (low, high)), rows, len(late))


def top_groups(r, stream):
    """Top-N of the results of a window."""
    window, table = random_window(r, stream.unit)
    groups = collections.defaultdict(list)
    for key, g in grouped(model.assign(stream.rows, window, stream.zone, stream.delay), ["k"]).items():
        groups[key[:2]].append((len(g), key[2], min(x["id"] for x in g)))
    rows = []
    for key, g in groups.items():
        rows += [[time_text(key[1]), x[1], x[0], n + 1] for n, x in enumerate(sorted(g, key=lambda x: (-x[0], x[2]))) if n < 2]
    return Query("SELECT window_end, k, n, rn FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY n DESC, i) AS rn "
                 "FROM (SELECT window_start, window_end, k, COUNT(*) AS n, MIN(id) AS i FROM %s GROUP BY window_start, window_end, k)) "
                 "WHERE rn <= 2" % table("t"), rows)


def first_of_key(r, stream):
    """The first row of a key by time, given when the watermark has reached it; what is behind that is late, what is at it is not."""
    if stream.splits > 1:  # which of equal times comes first is chance
        return cascade(r, stream)
    first, out, late = {}, {}, 0
    for x, mark in zip(stream.rows + [None], model.watermarks(stream.rows, stream.delay) + [-model.NONE]):
        for k, y in list(first.items()):
            if y["at"] <= mark:
                out.setdefault(k, y)
        if x and x["at"] < mark:
            late += 1
        elif x and (x["k"] not in first or x["at"] < first[x["k"]]["at"]) and x["k"] not in out:
            first[x["k"]] = x
    return Query("SELECT id FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts) AS rn FROM t) WHERE rn = 1",
                 [[y["id"]] for y in out.values()], late)


def join(r, stream, other):
    """Two tables that nothing is late for: how their rows meet is chance."""
    window, table = random_window(r, stream.unit)
    kind = r.choice(["INNER", "LEFT", "RIGHT", "FULL", "EXISTS", "NOT EXISTS"])
    more = r.random() < .4
    left, right = (model.assign(s.rows, window, s.zone, None) for s in (stream, other))
    meets = lambda a, b: a[1:] == b[1:] and a[0]["k"] is not None and a[0]["k"] == b[0]["k"] and (
        not more or (a[0]["v"] is not None and b[0]["v"] is not None and a[0]["v"] < b[0]["v"]))
    pairs = [(a, b) for a in left for b in right if meets(a, b)]
    met = {id(x) for p in pairs for x in p}
    on = "a.window_start = b.window_start AND a.window_end = b.window_end AND a.k = b.k" + (" AND a.v < b.v" if more else "")
    sources = "(SELECT * FROM %s) a", "(SELECT * FROM %s) b"
    sources = sources[0] % table("l"), sources[1] % table("r")
    if "EXISTS" in kind:
        rows = [[a[0]["id"], None, time_text(a[2])] for a in left if (id(a) in met) == (kind == "EXISTS")]
        return Query("SELECT a.id, CAST(NULL AS INT) AS b, a.window_end FROM %s WHERE %s (SELECT 1 FROM %s WHERE %s)" % (sources[0], kind, sources[1], on), rows)
    rows = [[a[0]["id"], b[0]["id"], time_text(a[2])] for a, b in pairs]
    if kind in ("LEFT", "FULL"):
        rows += [[a[0]["id"], None, time_text(a[2])] for a in left if id(a) not in met]
    if kind in ("RIGHT", "FULL"):
        rows += [[None, b[0]["id"], time_text(b[2])] for b in right if id(b) not in met]
    return Query("SELECT a.id, b.id AS b, COALESCE(a.window_end, b.window_end) AS w FROM %s %s JOIN %s ON %s" % (sources[0], kind, sources[1], on), rows)


def over(r, stream):
    keys, frame = random_keys(r), r.choice(["ROWS", "RANGE", "ROWS ALL", "RANGE ALL"] if stream.splits == 1 else ["RANGE", "RANGE ALL"])
    calls, late = [Call(r, over=True, no_lists=stream.splits > 1) for _ in range(r.randrange(1, 4))], []
    n = r.choice([0, 1, 2, 7])
    bounded = "ALL" not in frame
    ms = n * stream.unit
    plain = not any(c.distinct or c.name == "APPROX_COUNT_DISTINCT" for c in calls)  # sets do not forget
    lists = model.over_rows(stream.rows, keys, stream.delay, bounded, ms if frame == "RANGE" and plain else None, late)
    rows = []
    for rows_of in lists:
        for i, x in enumerate(rows_of):
            upto = i + 1
            while frame.startswith("RANGE") and upto < len(rows_of) and rows_of[upto]["at"] == x["at"]:
                upto += 1
            first = max(0, i - n) if frame == "ROWS" else 0
            seen = [y for y in rows_of[first:upto] if frame != "RANGE" or y["at"] >= x["at"] - ms]
            rows.append([x["id"]] + [c.value(seen) for c in calls])
    start = "UNBOUNDED" if not bounded else str(n) if frame == "ROWS" else interval(ms)
    return Query("SELECT id, %s FROM t WINDOW w AS (%sORDER BY ts %s BETWEEN %s PRECEDING AND CURRENT ROW)" %
                 (", ".join("%s OVER w AS a%d" % (c.sql(), i) for i, c in enumerate(calls)),
                  "PARTITION BY %s " % ", ".join(keys) if keys else "", frame.split()[0], start), rows, len(late))


KINDS = [aggregate, aggregate, sets, session, session, legacy, alone, cascade, top, top_groups, first_of_key, join, over, over]


def normal(value, type_, any_order=False):
    """An answer in the model's form."""
    if any_order and isinstance(value, str) and "," in value:
        return sorted(value.split(","))
    if isinstance(value, dict):
        value = sorted(value["multiset"])
    if isinstance(value, list):
        inner = "DOUBLE" if "DOUBLE" in type_ else ""
        out = [[normal(x, inner) for x in v] if isinstance(v, list) else normal(v, inner) for v in value]
        return sorted(out, key=str) if any_order or type_.startswith("MULTISET") else out
    if value is None:
        return None
    if type_.startswith("DOUBLE"):
        return "%.6f" % (float(value) + 1e-9)
    return value if isinstance(value, str) else str(value)


def answers(text):
    out = []
    for line in text.splitlines():
        item = json.loads(line)
        if isinstance(item, dict) and "columns" in item:
            out.append({"types": [c[1] for c in item["columns"]], "rows": [], "error": None, "late": None})
        elif isinstance(item, dict) and "error" in item:
            if out and out[-1]["late"] is None:
                out[-1]["error"] = item["error"]
            else:
                out.append({"types": [], "rows": [], "error": item["error"], "late": 0})
        elif isinstance(item, dict):
            out[-1]["late"] = item["late"]
        else:
            out[-1]["rows"].append(item)
    return out


def difference(query, got):
    if got["error"]:
        return got["error"]
    want = collections.Counter(json.dumps([normal(v, t, query.any_order) for v, t in zip(row, got["types"])]) for row in query.rows)
    have = collections.Counter()
    for row in got["rows"]:
        if not query.final and row[0] != "+I":
            return "a change: %s" % row
        have[json.dumps([normal(v, t, query.any_order) for v, t in zip(row[1:], got["types"])])] += 1 if row[0] in ("+I", "+U") else -1
    if +have != want or any(n < 0 for n in have.values()):
        return "missing %s\n  too many %s" % (list((want - have).elements())[:5], list((have - want).elements())[:5])
    if query.late is not None and query.late != got["late"]:
        return "%s rows were late, expected %d" % (got["late"], query.late)
    return None


def run(binary, args, path):
    done = subprocess.run([binary, "--late"] + args + [path], capture_output=True, text=True, timeout=300)
    if done.returncode:
        return None, "exit %d: %s" % (done.returncode, done.stderr[-1500:])
    return answers(done.stdout), None


def modes(r, count):
    out = [[]]
    for _ in range(2):
        args = ["--batch-rows", str(r.choice([1, 2, 3, 7, 50, 1000]))]
        for _ in range(r.randrange(4)):
            args += ["--stop-after", str(r.randrange(1, count // 2))]
        if r.random() < .6:
            args += ["--parallelism", str(r.randrange(1, 4)), "--restore-parallelism", str(r.randrange(1, 4))]
        out.append(args)
    return out


def one(binary, seed, show=False):
    r = random.Random(seed)
    zone = Zone(r.choice(ZONES) if r.random() < .4 else None)
    unit = r.choice([1000, 1000, 60000, 900000] if not zone.zone else [900000, 3600000, 1800000])
    stream = Stream(r, zone, unit, r.choice([20, 100, 200]))
    other = Stream(r, zone, unit, r.choice([20, 60]))
    shift = stream.rows[0]["at"] - other.rows[0]["at"]
    for x in other.rows:
        x["at"] += shift
    queries = []
    for _ in range(6):
        kind = r.choice(KINDS)
        queries.append(kind(r, stream, other) if kind is join else kind(r, stream))
    with tempfile.TemporaryDirectory(prefix="runnel-model-") as folder:
        stream.write(folder + "/t.json")
        other.write(folder + "/r.json")
        script = "SET 'table.local-time-zone' = '%s';\n" % zone.zone.key if zone.zone else ""
        script += stream.ddl("t", folder + "/t.json", stream.delay) + stream.ddl("l", folder + "/t.json", stream.lasting())
        script += other.ddl("r", folder + "/r.json", other.lasting()) + "".join(q.sql for q in queries)
        path = folder + "/q.sql"
        with open(path, "w") as f:
            f.write(script)
        for args in modes(r, len(stream.rows)):
            got, problem = run(binary, args, path)
            if problem is None and len(got) != len(queries):
                problem = "%d answers to %d queries: %s" % (len(got), len(queries), [g["error"] for g in got])
            if problem:
                return "seed %d %s: %s\n%s" % (seed, " ".join(args), problem, script)
            for q, g in zip(queries, got):
                problem = difference(q, g)
                if problem:
                    return "seed %d %s\n  %s\n  %s" % (seed, " ".join(args), q.sql, problem) + (
                        "\n" + script + "".join(json.dumps(x) + "\n" for x in stream.rows) if show else "")
    return None


def zones(binary, name):
    """Windows of a day, an hour and half an hour at each change of the zone's clock."""
    zone, minute, rows = Zone(name), 60000, []
    for change in zone.transitions(-10 * YEAR, 70 * YEAR):
        for t in (-1440, -121, -60, -30, 0, 15, 30, 60, 90, 120, 180, 720, 1440):
            rows += [change + t * minute, change + t * minute - 1]
    rows.sort()
    windows = [(Window("TUMBLE", size * minute), size) for size in (1440, 60, 30)]
    with tempfile.TemporaryDirectory(prefix="runnel-model-") as folder:
        with open(folder + "/t.json", "w") as f:
            f.writelines('{"id":%d,"ms":%d}\n' % (i, t) for i, t in enumerate(rows))
        script = ("SET 'table.local-time-zone' = '%s';\nCREATE TABLE t (id INT, ms BIGINT, ts AS TO_TIMESTAMP_LTZ(ms, 3), WATERMARK FOR ts AS ts) "
                  "WITH ('connector' = 'filesystem', 'path' = '%s/t.json', 'format' = 'json');\n" % (name, folder))
        queries = []
        for window, size in windows:
            table = "TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '%d' MINUTE)" % size
            at = [{"id": i, "at": t} for i, t in enumerate(rows)]
            queries.append(Query("SELECT id, window_start, window_end FROM %s" % table,
                                 [[r["id"], time_text(s), time_text(e)] for r, s, e in model.assign(at, window, zone, None)], 0))
            late = []
            found = grouped(model.assign(at, window, zone, 0, late), [])
            queries.append(Query("SELECT window_start, window_end, COUNT(*) AS n FROM %s GROUP BY window_start, window_end" % table,
                                 [[time_text(s), time_text(e), len(g)] for (s, e), g in found.items()], len(late)))
        with open(folder + "/q.sql", "w") as f:
            f.write(script + "".join(q.sql for q in queries))
        got, problem = run(binary, [], folder + "/q.sql")
        for q, g in zip(queries, got or []):
            problem = problem or difference(q, g)
            if problem:
                return "zone %s: %s\n  %s" % (name, q.sql, problem)
    return problem if problem or len(got) == len(queries) else "zone %s: answers are missing" % name


def main():
    binary = sys.argv[1]
    if len(sys.argv) > 2:
        for seed in sys.argv[2:]:
            print(one(binary, int(seed), True) or "seed %s passed" % seed)
        return 0
    first, count = int(os.environ.get("RN_SEED", "1")), int(os.environ.get("RN_MODEL", "12"))
    tasks = [lambda s=s: one(binary, s) for s in range(first, first + count)] + [lambda z=z: zones(binary, z) for z in ZONES]

    def safe(task):
        try:
            return task()
        except Exception as e:
            return repr(e)
    with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        problems = [p for p in pool.map(safe, tasks) if p]
    for p in problems:
        print(p)
    print("model: %d passed, %d failed" % (len(tasks) - len(problems), len(problems)))
    return 1 if problems else 0


sys.exit(main())
