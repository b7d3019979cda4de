"""The slow, obvious semantics that tests/model/run.py compares runnel with: every row and every window is kept, every
aggregate is computed from its rows, time zones are Python's. Times are milliseconds of the wall clock of the session
(`local`) or since 1970 UTC (`instant`); of a TIMESTAMP without a zone both are the same.
"""
import datetime, functools, math, zoneinfo

UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1)
NONE = -10**18  # no watermark yet


def to_date(ms):
    return EPOCH + datetime.timedelta(milliseconds=ms)


def from_date(date):
    return (date - EPOCH) // datetime.timedelta(milliseconds=1)


def time_text(ms):
    return to_date(ms).isoformat(" ", "milliseconds")


class Zone:
    """Wall clocks and instants of a zone; name None: TIMESTAMP without a zone."""

    def __init__(self, name):
        self.zone = zoneinfo.ZoneInfo(name) if name else None

    @functools.lru_cache(maxsize=100000)
    def local(self, instant):
        if not self.zone:
            return instant
        return from_date(to_date(instant).replace(tzinfo=UTC).astimezone(self.zone).replace(tzinfo=None))

    @functools.lru_cache(maxsize=100000)
    def last_instant(self, local):
        """Last instant at which the wall clock shows `local`; of a time that it leaves out the end of that gap."""
        if not self.zone:
            return local
        found = [local - int(to_date(local).replace(tzinfo=self.zone, fold=f).utcoffset().total_seconds() * 1000) for f in (0, 1)]
        shown = [i for i in found if self.local(i) == local]
        if shown:
            return max(shown)
        low, high = min(found), max(found)  # the gap's end is where local() jumps over `local`
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self.local(middle) > local else (middle, high)
        return high

    def window_time(self, end):
        """The time attribute of a window: a time that the clock leaves out is later by what it leaves out."""
        local = end - 1
        if self.zone and self.local(self.last_instant(local)) != local:
            return local - int(to_date(local).replace(tzinfo=self.zone).utcoffset().total_seconds() * 1000)
        return self.last_instant(local)

    def transitions(self, first, last):
        """Instants at which the offset changes."""
        week, out = 7 * 86400000, []
        offset = lambda i: self.local(i) - i
        for low in range(first, last, week):
            high = low + week
            if offset(low) == offset(high):
                continue
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (low, middle) if offset(middle) != offset(low) else (middle, high)
            out.append(high)
        return out


class Window:
    """TUMBLE, HOP, CUMULATE of `size`; `slide` is the step of the others. Sizes in milliseconds."""

    def __init__(self, kind, size, slide=0, offset=0):
        self.kind, self.size, self.slide, self.offset = kind, size, slide or size, offset

    def of(self, local):
        """[(start, end)] of the windows of a time."""
        if self.kind == "CUMULATE":
            start = local - (local - self.offset) % self.size
            ends = range(start + self.slide, start + self.size + 1, self.slide)
            return [(start, end) for end in ends if end > local]
        step = self.size if self.kind == "TUMBLE" else self.slide
        start, out = local - (local - self.offset) % step, []
        while start + self.size > local:
            out.append((start, start + self.size))
            start -= step
        return out


def fires(zone, end):
    return zone.last_instant(end - 1)


def watermarks(rows, delay):
    """The watermark before each row: the largest time so far less the delay. None: none before the end."""
    out, mark = [], NONE
    if delay is None:
        return [NONE] * len(rows)
    for r in rows:
        out.append(mark)
        mark = max(mark, r["at"] - delay)
    return out


def assign(rows, window, zone, delay, late_count=None, lateness=0):
    """[(row, start, end)] of the windows that had not closed when the row came, in order of arrival. delay None: all."""
    out = []
    for r, mark in zip(rows, watermarks(rows, delay)):
        found = [(r, s, e) for s, e in window.of(zone.local(r["at"])) if mark == NONE or fires(zone, e) + lateness > mark]
        if not found and late_count is not None:
            late_count.append(r)
        out += found
    return out


def sessions(rows, gap, keys, zone, delay, late_count=None):
    """[(row, start, end)] as assign(): windows of a key that meet are one."""
    open_, out = [], []
    for r, mark in zip(rows, watermarks(rows, delay)):
        done = [s for s in open_ if fires(zone, s["end"]) <= mark]
        open_ = [s for s in open_ if fires(zone, s["end"]) > mark]
        out += done
        t, key = zone.local(r["at"]), tuple(r[k] for k in keys)
        met = [s for s in open_ if s["key"] == key and s["start"] <= t + gap and s["end"] >= t]
        if not met and fires(zone, t + gap) <= mark:
            if late_count is not None:
                late_count.append(r)
            continue
        open_ = [s for s in open_ if s not in met]
        open_.append({"key": key, "start": min([t] + [s["start"] for s in met]), "end": max([t + gap] + [s["end"] for s in met]),
                      "rows": sum((s["rows"] for s in met), []) + [r]})
    found = [(r, s["start"], s["end"]) for s in out + open_ for r in s["rows"]]
    return sorted(found, key=lambda x: x[0]["id"])


def over_rows(rows, keys, delay, bounded, forget=None, late_count=None):
    """Lists of rows of one key in the order of OVER, without the late ones. A bounded frame takes a row that is behind the
    watermark as long as its key has not got further (DIALECT 5.5); one of RANGE forgets a key `forget` ms after its last row."""
    held, passed, lists = {}, {}, {}
    out, done = [], NONE
    for r, mark in zip(rows, watermarks(rows, delay)):
        if mark > done:
            done = mark
            for key, times in held.items():
                passed[key] = max([t for t in times if t <= mark] + [passed.get(key, NONE)])
                held[key] = [t for t in times if t > mark]
        key = tuple(r[k] for k in keys)
        if forget is not None and passed.get(key, NONE) != NONE and passed[key] < mark - forget and r["at"] <= mark:
            passed[key] = NONE
            out.append([x for x in lists[key] if x["at"] <= mark])
            lists[key] = [x for x in lists[key] if x["at"] > mark]
        if r["at"] <= (passed.get(key, NONE) if bounded else mark):
            if late_count is not None:
                late_count.append(r)
            continue
        held.setdefault(key, []).append(r["at"])
        lists.setdefault(key, []).append(r)
    return [sorted(v, key=lambda r: (r["at"], r["id"])) for v in out + list(lists.values())]


# --- aggregates: (name, column, distinct, filter) over rows in order of arrival -------------------------------------------

def unique(values):
    return list(dict.fromkeys(values))


def percentile(values, p):
    values = sorted(values)
    if not values:
        return None
    at = p * (len(values) - 1)
    low = int(math.floor(at))
    if low + 1 >= len(values):
        return float(values[-1])
    return values[low] + (at - low) * (values[low + 1] - values[low])


def variance(values, sample):
    n = len(values) - (1 if sample else 0)
    if not values or n <= 0:
        return None
    mean = sum(values) / len(values)
    return sum((x - mean) ** 2 for x in values) / n


def root(x):
    return None if x is None else math.sqrt(x)


def average(values, column):
    if not values:
        return None
    return sum(values) / len(values) if column == "d" else int(sum(values) / len(values))


def bits(values, f):
    return functools.reduce(f, values) if values else None


def multiset(values):
    return {"multiset": [[text(v), str(values.count(v))] for v in unique(values)]}


def text(v):
    return v if v is None or isinstance(v, str) else ("%.7f" % (v + 1e-9) if isinstance(v, float) else str(v))


FUNCTIONS = {  # name: (columns, function of the values that are not NULL, DISTINCT means something)
    "COUNT": ("vdsg", lambda v, c: len(v), True),
    "SUM": ("vd", lambda v, c: sum(v) if v else None, True),
    "AVG": ("vd", average, False),
    "MIN": ("vds", lambda v, c: min(v, default=None), False),
    "MAX": ("vds", lambda v, c: max(v, default=None), False),
    "FIRST_VALUE": ("vds", lambda v, c: v[0] if v else None, False),
    "LAST_VALUE": ("vds", lambda v, c: v[-1] if v else None, False),
    "LISTAGG": ("s", lambda v, c: ",".join(v) if v else None, True),
    "ARRAY_AGG": ("vs", lambda v, c: [text(x) for x in v] if v else None, True),
    "COLLECT": ("vs", lambda v, c: multiset(v), True),
    "APPROX_COUNT_DISTINCT": ("vs", lambda v, c: len(set(v)), False),
    "PERCENTILE": ("vd", lambda v, c: percentile(v, .25), False),
    "STDDEV_POP": ("d", lambda v, c: root(variance(v, False)), False),
    "VAR_SAMP": ("d", lambda v, c: variance(v, True), False),
    "BIT_AND": ("v", lambda v, c: bits(v, lambda a, b: a & b), False),
    "BIT_OR": ("v", lambda v, c: bits(v, lambda a, b: a | b), False),
    "BIT_XOR": ("v", lambda v, c: bits(v, lambda a, b: a ^ b), False),
}


class Call:
    def __init__(self, rng, over=False, no_lists=False):
        r = rng
        names = [n for n in FUNCTIONS if not (no_lists and n in ("LISTAGG", "ARRAY_AGG", "FIRST_VALUE", "LAST_VALUE"))]
        self.name = r.choice(names + ["COUNT", "SUM", "*"])
        self.column, self.distinct, self.filter = None, False, None
        if self.name != "*":
            columns, self.function, distinct = FUNCTIONS[self.name]
            self.column = r.choice(columns)
            self.distinct = distinct and r.random() < .3
        if not over and r.random() < .3:
            self.filter = r.choice(["f", "v > 0", "s = 'b' OR v < -3"])

    def sql(self):
        c = "%s%s" % ("DISTINCT " if self.distinct else "", self.column)
        if self.name == "*":
            out = "COUNT(*)"
        elif self.name == "PERCENTILE":
            out = "PERCENTILE(%s, 0.25)" % c
        elif self.name == "ARRAY_AGG":
            out = "ARRAY_AGG(%s)" % c
        else:
            out = "%s(%s)" % (self.name, c)
        return out + (" FILTER (WHERE %s)" % self.filter if self.filter else "")

    def value(self, rows):
        if self.filter == "f":
            rows = [r for r in rows if r["f"]]
        elif self.filter == "v > 0":
            rows = [r for r in rows if r["v"] is not None and r["v"] > 0]
        elif self.filter:
            rows = [r for r in rows if r["s"] == "b" or (r["v"] is not None and r["v"] < -3)]
        if self.name == "*":
            return len(rows)
        values = [r[self.column] for r in rows]
        if self.name == "ARRAY_AGG":  # keeps NULLs
            values = unique(values) if self.distinct else values
            return [text(x) for x in values] if values else None
        values = [x for x in values if x is not None]
        return self.function(unique(values) if self.distinct else values, self.column)
