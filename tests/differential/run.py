#!/usr/bin/env python3
"""Random bounded queries, answered by runnel and by SQLite over the same rows; sorted answers must be equal.

RN_DIFFERENTIAL: number of queries (2000); RN_SEED: seed (1). Queries are sent to one runnel process per group of
100, as a script; a difference prints seed, query and both answers. The generator stays inside what both
dialects define alike: integer arithmetic without division by zero, comparisons, three-valued logic, CASE,
COALESCE, NULLIF, BETWEEN, IN, LIKE, string functions on ASCII, GROUP BY with COUNT/SUM/MIN/MAX/AVG(DOUBLE),
DISTINCT, set operations (INTERSECT and EXCEPT ALL by numbered rows), ORDER BY with LIMIT, NULLS FIRST and LAST, joins of
every kind, OVER with every function and frame, QUALIFY, USING, NATURAL, sub-queries (scalar, IN, EXISTS, ANY, ALL, rows;
correlated; in every clause), WITH, tumbling windows (as GROUP BY of a quotient), GROUPING SETS (a GROUP BY for each), lists,
bits and percentiles (as functions of this file). Some are asked for with EMIT CHANGES and folded here.
"""
import functools, json, os, random, sqlite3, subprocess, sys, tempfile

binary = sys.argv[1]
total = int(os.environ.get("RN_DIFFERENTIAL", "2000"))
seed = int(os.environ.get("RN_SEED", "1"))
GROUP = 100


def rows(rng):
    out = []
    for i in range(60):
        out.append((i, rng.choice([None, 0, 1, 2, 3, -5, 7, 100, -100]), rng.choice([None, 0, 1, -1, 40, 41]),
                    rng.choice([None, "a", "b", "ab", "Abc", "", "zz top", "a%b", "x_y"]), rng.choice([None, 0.0, 1.5, -2.25, 100.0]),
                    rng.randrange(0, 120)))
    return out


class Gen:
    """Makes an expression's text for runnel and for SQLite at once: (runnel, sqlite)."""

    def __init__(self, rng):
        self.rng = rng

    def both(self, t):
        return (t, t)

    def num(self, depth):
        r = self.rng
        k = r.randrange(10) if depth > 0 else r.randrange(3)
        if k == 0:
            return self.both(str(r.randrange(-20, 50)) if r.random() < .5 else "CAST(%d AS BIGINT)" % r.randrange(50))
        if k in (1, 2):
            c = r.choice(["n", "m", "id", "sec"])
            return ("CAST(%s AS BIGINT)" % c, c)
        if k in (3, 4):
            a, b = self.num(depth - 1), self.num(depth - 1)
            op = r.choice(["+", "-", "*"])
            return ("(%s %s %s)" % (a[0], op, b[0]), "(%s %s %s)" % (a[1], op, b[1]))
        if k == 5:
            c, a, b = self.cond(depth - 1), self.num(depth - 1), self.num(depth - 1)
            return tuple("CASE WHEN %s THEN %s ELSE %s END" % (c[i], a[i], b[i]) for i in (0, 1))
        if k == 6:
            a, b = self.num(depth - 1), self.num(depth - 1)
            return tuple("COALESCE(%s, %s)" % (a[i], b[i]) for i in (0, 1))
        if k == 7:
            a, b = self.num(depth - 1), self.num(depth - 1)
            return tuple("NULLIF(%s, %s)" % (a[i], b[i]) for i in (0, 1))
        if k == 8:
            a = self.text(depth - 1)
            return ("CHAR_LENGTH(%s)" % a[0], "length(%s)" % a[1])
        a = self.num(depth - 1)
        return tuple("ABS(%s)" % a[i] for i in (0, 1))

    def text(self, depth):
        r = self.rng
        k = r.randrange(7) if depth > 0 else r.randrange(2)
        if k == 0:
            return self.both("s")
        if k == 1:
            return self.both(r.choice(["'a'", "'b'", "''", "'Zz'", "'it''s'"]))
        if k == 2:
            a, b = self.text(depth - 1), self.text(depth - 1)
            return tuple("(%s || %s)" % (a[i], b[i]) for i in (0, 1))
        if k == 3:
            a, f = self.text(depth - 1), r.choice(["UPPER", "LOWER"])
            return tuple("%s(%s)" % (f, a[i]) for i in (0, 1))
        if k == 4:
            a, p, l = self.text(depth - 1), r.randrange(1, 4), r.randrange(0, 4)
            return ("SUBSTRING(%s, %d, %d)" % (a[0], p, l), "substr(%s, %d, %d)" % (a[1], p, l))
        if k == 5:
            a = self.text(depth - 1)
            return ("REPLACE(%s, 'a', 'xy')" % a[0], "replace(%s, 'a', 'xy')" % a[1])
        a = self.text(depth - 1)
        return ("TRIM(%s)" % a[0], "trim(%s)" % a[1])

    def cond(self, depth):
        r = self.rng
        k = r.randrange(9) if depth > 0 else 0
        if k in (0, 1):
            a, b, op = self.num(depth - 1), self.num(depth - 1), r.choice(["=", "<>", "<", "<=", ">", ">="])
            return tuple("%s %s %s" % (a[i], op, b[i]) for i in (0, 1))
        if k == 2:
            a, b, op = self.cond(depth - 1), self.cond(depth - 1), r.choice(["AND", "OR"])
            return tuple("(%s %s %s)" % (a[i], op, b[i]) for i in (0, 1))
        if k == 3:
            a = self.cond(depth - 1)
            return tuple("NOT (%s)" % a[i] for i in (0, 1))
        if k == 4:
            a, n = self.num(depth - 1), r.choice(["", "NOT "])
            return tuple("%s IS %sNULL" % (a[i], n) for i in (0, 1))
        if k == 5:
            a, n = self.num(depth - 1), r.choice(["", "NOT "])
            items = ", ".join(str(r.randrange(-3, 8)) for _ in range(r.randrange(1, 5)))
            return tuple("%s %sIN (%s)" % (a[i], n, items) for i in (0, 1))
        if k == 6:
            a, lo, hi, n = self.num(depth - 1), self.num(0), self.num(0), r.choice(["", "NOT "])
            return tuple("%s %sBETWEEN %s AND %s" % (a[i], n, lo[i], hi[i]) for i in (0, 1))
        if k == 7:
            a, p, n = self.text(depth - 1), r.choice(["a%", "%b", "%b%", "_", "a_%", "%"]), r.choice(["", "NOT "])
            return tuple("%s %sLIKE '%s'" % (a[i], n, p) for i in (0, 1))
        a, b, n = self.num(depth - 1), self.num(depth - 1), r.choice(["", "NOT "])
        return ("%s IS %sDISTINCT FROM %s" % (a[0], n, b[0]), "%s IS %s %s" % (a[1], "" if n else "NOT", b[1]))

    def join(self):
        """Two sides of the table, a derived one among them, by equal columns, null-safe ones, and inequalities."""
        r = self.rng
        on = [r.choice([("x.n = y.m", "x.n = y.m"), ("x.n = y.n", "x.n = y.n"), ("x.s = y.s", "x.s = y.s"), ("x.id = y.id + 7", "x.id = y.id + 7"),
                        ("x.m IS NOT DISTINCT FROM y.m", "x.m IS y.m"), ("x.id < y.n", "x.id < y.n")])]
        for _ in range(r.randrange(3)):
            on.append(r.choice([("x.id > y.id", "x.id > y.id"), ("x.d IS NOT NULL", "x.d IS NOT NULL"), ("y.n > 1", "y.n > 1"),
                                ("x.s IS NOT DISTINCT FROM y.s", "x.s IS y.s"), ("x.n + 1 = y.n", "x.n + 1 = y.n"), ("(x.n = 1 OR y.m = 40)", "(x.n = 1 OR y.m = 40)")]))
        kind = r.choice(["JOIN", "LEFT JOIN", ","] + (["RIGHT JOIN", "FULL JOIN"] if sqlite3.sqlite_version_info >= (3, 39) else []))
        if r.random() < .3:
            on.append(self.on_test(kind))
        where = r.choice([None, ("x.id < 40", "x.id < 40"), ("y.id IS NULL", "y.id IS NULL"), ("COALESCE(y.n, -1) < 3", "COALESCE(y.n, -1) < 3"), ("x.m IS NULL", "x.m IS NULL")])
        right = r.choice(["t", "t", "(SELECT id, n, m, s, d FROM t WHERE id > 20)", "(SELECT MAX(id) AS id, n, MAX(m) AS m, MIN(s) AS s, MAX(d) AS d FROM t GROUP BY n)"])
        what = r.choice(["SELECT x.id AS a, y.id AS b, y.s AS c", "SELECT x.s AS a, COUNT(*) AS b, COUNT(y.n) AS c, MAX(y.id) AS d", "SELECT DISTINCT x.n AS a, y.m AS b"])
        out = []
        for i in (0, 1):
            condition, filters = " AND ".join(c[i] for c in on), [where[i]] if where else []
            if kind == ",":
                filters.insert(0, condition)
            out.append("%s FROM t AS x %s %s AS y%s%s%s" % (what, kind, right, " ON " + condition if kind != "," else "",
                                                            " WHERE " + " AND ".join(filters) if filters else "", " GROUP BY x.s" if "COUNT" in what else ""))
        return tuple(out)

    def on_test(self, kind):
        """A condition of ON with a sub-query that reads one side, none, or both."""
        r = self.rng
        no, side, w = r.choice(["", "NOT "]), r.choice("xy"), r.choice(["", " WHERE u.n > 1", " WHERE u.id < 20", " WHERE u.n IS NOT NULL", " WHERE u.id > 1000"])
        one = ["%s.n %sIN (SELECT u.m FROM t AS u%s)" % (side, no, w), "%sEXISTS (SELECT 1 FROM t AS u%s)" % (no, w),
               "%sEXISTS (SELECT 1 FROM t AS u WHERE u.n = %s.n AND u.id > %s.id)" % (no, side, side), "%s.n >= (SELECT MAX(u.m) FROM t AS u WHERE u.s = %s.s)" % (side, side),
               "(SELECT COUNT(*) FROM t AS u WHERE u.n = x.n) > (SELECT COUNT(*) FROM t AS u WHERE u.n = y.n)", "(x.n, x.s) %sIN (SELECT u.n, u.s FROM t AS u%s)" % (no, w),
               "(%s.m %sIN (SELECT u.m FROM t AS u%s) OR x.n = 1)" % (side, no, w), "(SELECT MIN(u.n) FROM t AS u%s) %sIN (SELECT u.m FROM t AS u WHERE u.n = %s.n)" % (w, no, side)]
        both = ["%sEXISTS (SELECT 1 FROM t AS u WHERE u.n = x.n AND u.m = y.m)" % no, "(SELECT MAX(u.id) FROM t AS u WHERE u.n = y.n) %s x.id" % r.choice("<>"),
                "x.n + y.n %sIN (SELECT u.m FROM t AS u%s)" % (no, w), "(x.n, y.m) %sIN (SELECT u.n, u.m FROM t AS u%s)" % (no, w),
                "(SELECT COUNT(*) FROM t AS u WHERE u.id < x.n AND u.id > y.n) %s 3" % r.choice("<>"), "(%sEXISTS (SELECT 1 FROM t AS u WHERE u.s = x.s AND u.id = y.id) OR y.n = 1)" % no]
        return self.both(r.choice(one if kind == "FULL JOIN" else one + both))

    def using(self):
        """USING and NATURAL; not *, whose merged columns come first here and in place there."""
        r = self.rng
        kind = r.choice(["JOIN", "LEFT JOIN"] + (["RIGHT JOIN", "FULL JOIN"] if sqlite3.sqlite_version_info >= (3, 39) else []))
        left, right = r.choice(["(SELECT id AS a, n, s FROM t)", "(SELECT id AS a, n, s FROM t WHERE id < 30)"]), r.choice(["(SELECT id AS b, n, m AS q FROM t WHERE id > 10)", "(SELECT COUNT(*) AS b, n, MAX(id) AS q FROM t GROUP BY n)"])
        third = r.choice(["", " JOIN (SELECT n, MIN(id) AS c FROM t GROUP BY n) AS z USING (n)"]) if kind != "FULL JOIN" else ""
        what = r.choice(["s, n, a, b", "n, a, b", "x.a, y.b, n", "n, COUNT(*) AS c, MAX(b) AS mb"])
        tail = " GROUP BY n" if "COUNT" in what else ""
        if r.random() < .3:
            return self.both("SELECT %s FROM %s AS x NATURAL %s %s AS y%s%s" % (what, left, kind, right, third, tail))
        return self.both("SELECT %s FROM %s AS x %s %s AS y USING (n)%s%s" % (what, left, kind, right, third, tail))

    def set_op(self):
        r = self.rng
        columns = r.choice(["n", "n, s", "s", "id, n"])
        table = lambda: tuple("SELECT %s FROM t WHERE %s" % (columns, c) for c in self.cond(1))
        op = r.choice(["INTERSECT", "EXCEPT", "UNION", "UNION ALL", "INTERSECT ALL", "EXCEPT ALL"])
        a, b = table(), table()
        if op in ("INTERSECT ALL", "EXCEPT ALL"):  # SQLite has none: rows are numbered among their equals
            number = "SELECT %s, ROW_NUMBER() OVER (PARTITION BY %s) AS rn FROM (%%s)" % (columns, columns)
            return ("%s %s %s" % (a[0], op, b[0]), "SELECT %s FROM (%s %s %s)" % (columns, number % a[1], op[:-4], number % b[1]))
        if r.random() < .4:
            c, second = table(), r.choice(["INTERSECT", "EXCEPT", "UNION"])
            return tuple("SELECT * FROM (SELECT * FROM (%s %s %s) AS q1 %s %s) AS q2" % (a[i], op, b[i], second, c[i]) for i in (0, 1))
        return tuple("%s %s %s" % (a[i], op, b[i]) for i in (0, 1))

    def inner(self, correlated, inequality=True):
        """A condition of a sub-query over u, beside what ties it to t."""
        r = self.rng
        parts = []
        if correlated:
            parts.append(r.choice([("u.n = t.n", "u.n = t.n"), ("u.s = t.s", "u.s = t.s"), ("u.n = t.m", "u.n = t.m"), ("t.id = u.id + 3", "t.id = u.id + 3"),
                                   ("u.m IS NOT DISTINCT FROM t.m", "u.m IS t.m")]))
            if inequality and r.random() < .5:
                parts.append(r.choice([("u.id > t.id", "u.id > t.id"), ("u.n <> t.m", "u.n <> t.m"), ("(u.id < t.n OR u.d IS NULL)", "(u.id < t.n OR u.d IS NULL)")]))
        if r.random() < .6:
            parts.append(r.choice([("u.n IS NOT NULL", "u.n IS NOT NULL"), ("u.id < 20", "u.id < 20"), ("u.n > 1", "u.n > 1"), ("u.id > 1000", "u.id > 1000"), ("u.s LIKE 'a%'", "u.s LIKE 'a%'")]))
        return tuple(" WHERE " + " AND ".join(p[i] for p in parts) if parts else "" for i in (0, 1))

    def test(self):
        """A condition with a sub-query."""
        r = self.rng
        k, no = r.randrange(15), r.choice(["", "NOT "])
        w = self.inner(r.random() < .6)
        if k == 0:
            return tuple("%sEXISTS (SELECT %s FROM t AS u%s)" % (no, "1", w[i]) for i in (0, 1))
        if k == 1:
            x, y = r.choice([("t.n", "u.n"), ("t.n", "u.m"), ("t.s", "u.s"), ("t.id", "u.n + 1"), ("t.n + t.m", "u.n")])
            return tuple("%s %sIN (SELECT %s FROM t AS u%s)" % (x, no, y, w[i]) for i in (0, 1))
        if k == 2:
            return tuple("(t.n, t.s) %sIN (SELECT u.n, u.s FROM t AS u%s)" % (no, w[i]) for i in (0, 1))
        if k == 3:
            v, op = self.scalar(), r.choice(["=", "<", ">", "<>"])
            return tuple("t.n %s %s" % (op, v[i]) for i in (0, 1))
        if k == 4:  # SQLite has no ANY and ALL: two sub-queries that say the same, UNKNOWN included
            op, other = r.choice([("<", ">="), (">", "<="), ("=", "<>"), ("<>", "="), (">=", "<")])
            any_true, any_null = "EXISTS (SELECT 1 FROM t AS u%s %s t.n %s u.m)", "EXISTS (SELECT 1 FROM t AS u%s %s (t.n %s u.m) IS NULL)"
            tie = " AND" if w[1] else " WHERE"
            if r.random() < .5:
                return ("t.n %s ANY (SELECT u.m FROM t AS u%s)" % (op, w[0]),
                        "CASE WHEN %s THEN 1 WHEN %s THEN NULL ELSE 0 END" % (any_true % (w[1], tie, op), any_null % (w[1], tie, op)))
            return ("t.n %s ALL (SELECT u.m FROM t AS u%s)" % (op, w[0]),
                    "CASE WHEN %s THEN 0 WHEN %s THEN NULL ELSE 1 END" % (any_true % (w[1], tie, other), any_null % (w[1], tie, other)))
        if k == 5:
            return tuple("EXISTS (SELECT u.n, COUNT(*) FROM t AS u%s GROUP BY u.n HAVING COUNT(*) > 2)" % x for x in self.inner(True, False))
        if k == 6:
            return tuple("t.s %sIN (SELECT u.s FROM t AS u JOIN t AS v ON u.n = v.m%s)" % (no, w[i]) for i in (0, 1))
        if k == 7:  # two queries out
            tie = r.choice(["v.m = t.n", "v.id > t.id", "v.s = t.s AND v.id < t.id"])
            if r.random() < .3:  # the row two queries out is compared
                return self.both("%sEXISTS (SELECT 1 FROM t AS u WHERE u.n = t.m AND t.n %sIN (SELECT v.m FROM t AS v WHERE v.s = u.s))" % (no, r.choice(["", "NOT "])))
            return self.both("%sEXISTS (SELECT 1 FROM t AS u WHERE u.n = t.n AND %sEXISTS (SELECT 1 FROM t AS v WHERE v.n = u.m AND %s))" % (no, r.choice(["", "NOT "]), tie))
        if k == 8:
            x = self.inner(True)
            op = r.choice(["UNION ALL", "UNION", "INTERSECT", "EXCEPT"])
            return tuple("t.n %sIN (SELECT u.n FROM t AS u%s %s SELECT u.m FROM t AS u%s)" % (no, w[i], op, x[i]) for i in (0, 1))
        if k == 9:
            on = r.choice(["v.n = u.m AND v.id > t.id", "v.n = u.n AND v.m = t.m", "v.id = t.id + 1"])
            return self.both("%sEXISTS (SELECT 1 FROM t AS u LEFT JOIN t AS v ON %s WHERE u.n = t.n AND v.id IS %sNULL)" % (no, on, r.choice(["", "NOT "])))
        if k == 10:
            tail = r.choice(["LIMIT 3", "LIMIT 1", "LIMIT 2 OFFSET 1", "LIMIT 5 OFFSET 2"])
            return tuple("t.id %sIN (SELECT u.id + 1 FROM t AS u%s ORDER BY u.m DESC, u.id %s)" % (no, w[i], tail) for i in (0, 1))
        if k == 11:
            call = r.choice(["SUM(u.m) OVER (PARTITION BY u.s ORDER BY u.id)", "RANK() OVER (ORDER BY u.s, u.n)", "COUNT(*) OVER (PARTITION BY u.n)", "LAG(u.id) OVER (ORDER BY u.n, u.id)"])
            return tuple("t.n %sIN (SELECT %s FROM t AS u%s)" % (no, call, w[i]) for i in (0, 1))
        if k == 13:  # a WITH item that is named further in than it is defined
            item = "WITH q AS (SELECT v.id, v.m FROM t AS v WHERE %s)" % r.choice(["v.n = t.n", "v.s = t.s AND v.id > t.id", "v.id < t.n"])
            named = r.choice(["u.id IN (SELECT id FROM q)", "EXISTS (SELECT 1 FROM q WHERE q.m = u.n)", "u.m < (SELECT MAX(m) FROM q)"])
            return self.both("%sEXISTS (%s SELECT 1 FROM t AS u WHERE u.m = t.m AND %s)" % (no, item, named))
        if k == 12 and sqlite3.sqlite_version_info >= (3, 39):
            on = r.choice(["u.id = v.id + 1", "u.n = v.m AND u.id < t.id", "u.id = v.id AND u.n = t.n"])
            return self.both("%sEXISTS (SELECT 1 FROM (SELECT * FROM t AS q WHERE q.n = t.n) AS u FULL JOIN (SELECT * FROM t AS q WHERE q.s = t.s) AS v ON %s WHERE %s IS NULL)" % (no, on, r.choice(["u.id", "v.id"])))
        x = self.inner(True)
        return tuple("EXISTS (SELECT u.n, COUNT(*) FROM t AS u%s GROUP BY u.n HAVING COUNT(*) > 1 AND MAX(u.id) > t.id)" % x[i] for i in (0, 1))

    def scalar(self):
        r = self.rng
        f = r.choice(["COUNT(*)", "COUNT(u.n)", "MAX(u.id)", "MIN(u.n)", "SUM(CAST(u.m AS BIGINT))", "COUNT(DISTINCT u.s)", "COUNT(*) + 1", "COALESCE(MAX(u.n), -7)", "SUM(u.id + t.id)", "COUNT(t.n + u.n)", "MAX(u.n) + t.id"])
        w = self.inner(r.random() < .7)
        if r.random() < .1:
            return self.both("(SELECT MAX(q.c) FROM (SELECT COUNT(*) AS c FROM t AS u WHERE u.n = t.n) AS q)")
        if r.random() < .1:
            return self.both("(SELECT SUM(q.c) FROM (SELECT COUNT(*) AS c FROM t AS u WHERE u.id < t.id UNION ALL SELECT MAX(u.id) FROM t AS u WHERE u.s = t.s) AS q)")
        if r.random() < .15:
            tail = r.choice(["LIMIT 1", "LIMIT 1 OFFSET 1", "LIMIT 1 OFFSET 3"])
            return tuple("(SELECT u.id FROM t AS u%s ORDER BY u.n%s, u.id %s)" % (w[i], " DESC" if "OFFSET 1" in tail else "", tail) for i in (0, 1))
        sql = f.replace("CAST(u.m AS BIGINT)", "u.m")
        if r.random() < .2:
            return ("(SELECT %s FROM t AS u%s HAVING COUNT(*) > 3)" % (f, w[0]), "(SELECT CASE WHEN COUNT(*) > 3 THEN %s END FROM t AS u%s)" % (sql, w[1]))
        if r.random() < .2:
            return tuple("(SELECT MAX(q.c) FROM (SELECT u.n, COUNT(*) AS c FROM t AS u%s GROUP BY u.n) AS q)" % x for x in w)
        return ("(SELECT %s FROM t AS u%s)" % (f, w[0]), "(SELECT %s FROM t AS u%s)" % (sql, w[1]))

    def subquery(self):
        r = self.rng
        k = r.randrange(7)
        a, v, c = self.test(), self.scalar(), self.cond(1)
        if k == 0:
            return tuple("SELECT id, n FROM t WHERE %s" % a[i] for i in (0, 1))
        if k == 1:
            b = self.test()
            return tuple("SELECT id, s FROM t WHERE %s AND %s AND %s" % (a[i], c[i], b[i]) for i in (0, 1))
        if k == 2:
            b, op = self.test(), r.choice(["OR", "AND NOT"])
            return tuple("SELECT id FROM t WHERE (%s) %s (%s)" % (a[i], op, b[i]) for i in (0, 1))
        if k == 3:
            return tuple("SELECT id, %s AS v, CASE WHEN %s THEN 'yes' WHEN NOT (%s) THEN 'no' ELSE 'unknown' END AS y FROM t" % (v[i], a[i], a[i]) for i in (0, 1))
        if k == 4:
            x = self.scalar()
            return tuple("SELECT id, %s AS v, %s AS x FROM t WHERE %s" % (v[i], x[i], c[i]) for i in (0, 1))
        if k == 5:
            w = r.choice(["u.n = t.n", "u.n = t.n AND u.m > 0"])
            return self.both("SELECT n, COUNT(*) AS c, (SELECT COUNT(*) FROM t AS u WHERE %s) AS d FROM t GROUP BY n HAVING COUNT(*) %s (SELECT COUNT(*) FROM t AS u WHERE %s)" % (w, r.choice([">=", "<=", "<>"]), w))
        return tuple("SELECT s, COUNT(*) AS c, SUM(CASE WHEN %s THEN 1 ELSE 0 END) AS y FROM t WHERE %s GROUP BY s" % (a[i], c[i]) for i in (0, 1))

    def ordered(self):
        r = self.rng
        keys = ["%s%s%s" % (r.choice(["n", "s", "m", "n + m", "d"]), r.choice(["", " DESC"]), r.choice(["", " NULLS FIRST", " NULLS LAST"])) for _ in range(r.randrange(1, 3))]
        tail = r.choice(["", " LIMIT 9", " LIMIT 5 OFFSET 4"])
        k = r.randrange(3)
        if k == 0:
            return self.both("SELECT id, n AS x FROM t ORDER BY %s, id%s" % (", ".join(keys), tail))
        if k == 1:
            return self.both("SELECT n, COUNT(*) AS c FROM t GROUP BY n ORDER BY %s, n%s" % (r.choice(["c DESC", "MAX(id)", "2", "COUNT(*) + n"]), tail))
        w = self.cond(1)
        return tuple("SELECT id, s FROM (SELECT id, s, n FROM t WHERE %s ORDER BY %s, id LIMIT 12) AS q ORDER BY id" % (w[i], ", ".join(keys)) for i in (0, 1))

    def window(self):
        """OVER with everything that bounded input allows; what depends on the order of rows is ordered down to the id."""
        r = self.rng
        calls, items = [], []
        for i in range(r.randrange(1, 4)):
            partition = r.choice(["", "PARTITION BY n ", "PARTITION BY s ", "PARTITION BY n, m ", "PARTITION BY id > 30 "])
            columns = ["%s%s" % (c, r.choice(["", " DESC"])) for c in r.sample(["n", "m", "s", "d", "sec"], r.randrange(3))]
            total = "ORDER BY " + ", ".join(columns + ["id" + r.choice(["", " DESC"])])
            peers = "ORDER BY " + ", ".join(columns or ["m"])
            low, high = sorted([r.randrange(-4, 5), r.randrange(-4, 5)])

            def bound(x):
                return "CURRENT ROW" if x == 0 else "%d %s" % (abs(x), "PRECEDING" if x < 0 else "FOLLOWING")
            first = r.choice([bound(low), bound(low), "UNBOUNDED PRECEDING"])
            last = r.choice([bound(high), bound(high), "UNBOUNDED FOLLOWING"])
            kind = r.randrange(8)
            if kind == 0:
                f, over = r.choice(["ROW_NUMBER()", "NTILE(%d)" % r.randrange(1, 9)]), total
            elif kind == 1:
                f, over = r.choice(["RANK()", "DENSE_RANK()", "PERCENT_RANK()", "CUME_DIST()"]), peers
            elif kind == 2:
                f, over = "%s(%s, %d)" % (r.choice(["LAG", "LEAD"]), r.choice(["id", "n", "s", "d"]), r.randrange(4)), total
            elif kind == 3:
                f, over = r.choice(["FIRST_VALUE(id)", "LAST_VALUE(id)"]), total + " ROWS BETWEEN %s AND %s" % (first, last)
            else:
                f = r.choice(["SUM(CAST(n AS BIGINT))", "COUNT(*)", "COUNT(s)", "MIN(s)", "MAX(s)", "MIN(m)", "MAX(d)", "SUM(d)"])
                over = {4: total + " ROWS BETWEEN %s AND %s" % (first, last), 5: peers, 6: "",
                        7: "ORDER BY %s%s RANGE BETWEEN %s AND %s" % (r.choice(["id", "sec"]),
                                                                      r.choice(["", " DESC"]), first, last)}[kind]
            calls.append("%s OVER (%s%s)" % (f, partition, over))
            items.append("%s AS w%d" % (calls[-1], i))
        if r.random() < .25:  # Top-N: the rank read or not
            order = ", ".join("%s%s" % (c, r.choice(["", " DESC"])) for c in r.sample(["n", "m", "s", "d", "sec"], r.randrange(3)) + ["id"])
            keep = r.choice(["rn <= 3", "rn < 2", "rn = 1", "rn = 2", "rn BETWEEN 2 AND 4", "4 >= rn", "rn <= 5 AND n > 0", "rn <= 2 OR rn = 4"])
            return self.both("SELECT %s FROM (SELECT *, ROW_NUMBER() OVER (%sORDER BY %s) AS rn FROM t) AS q WHERE %s" % (
                r.choice(["id, rn", "id", "n, s", "id, n, rn"]), r.choice(["", "PARTITION BY n ", "PARTITION BY s, m "]), order, keep))
        select = "SELECT id, %s FROM t" % ", ".join(items)
        if r.random() < .3:
            keep = "ROW_NUMBER() OVER (PARTITION BY s ORDER BY n, id) <= %d" % r.randrange(1, 4)
            return (select + " QUALIFY " + keep, "SELECT id, %s FROM (SELECT id, %s, %s AS keep FROM t) WHERE keep"
                    % (", ".join("w%d" % i for i in range(len(items))), ", ".join(items), keep))
        return (select, select)

    def lists(self):
        """Aggregates that SQLite has not: it gets them as functions of this file, told the order of arrival."""
        r = self.rng
        w = self.cond(2)
        calls = [("LISTAGG(s)", "listagg(s, at, ',', 0)"), ("LISTAGG(s, '-')", "listagg(s, at, '-', 0)"), ("LISTAGG(DISTINCT s)", "listagg(s, at, ',', 1)"),
                 ("ARRAY_JOIN(ARRAY_AGG(s), '|', '?')", "listagg(coalesce(s, '?'), at, '|', 0)"), ("ARRAY_JOIN(ARRAY_AGG(DISTINCT s) IGNORE NULLS, '|')", "listagg(s, at, '|', 1)"),
                 ("CARDINALITY(ARRAY_AGG(n))", "COUNT(*)"), ("BIT_AND(n)", "bit_and(n)"), ("BIT_OR(m)", "bit_or(m)"), ("BIT_XOR(n)", "bit_xor(n)"),
                 ("BIT_XOR(DISTINCT m)", "bit_xor(DISTINCT m)"), ("APPROX_COUNT_DISTINCT(s)", "COUNT(DISTINCT s)"), ("PERCENTILE(d, 0.5)", "percentile(d, 0.5)"),
                 ("PERCENTILE(n, 0.9)", "percentile(n, 0.9)"), ("FIRST_VALUE(n) RESPECT NULLS", "row_value(n, at, 0)"),
                 ("LAST_VALUE(s) RESPECT NULLS", "row_value(s, at, 1)"), ("COUNT(*)", "COUNT(*)"), ("SUM(n)", "SUM(n)"), ("MIN(s)", "MIN(s)")]
        picked = r.sample(calls, 3)
        what = ["".join(", %s AS c%d" % (c[i], j) for j, c in enumerate(picked)) for i in (0, 1)]
        rows = "(SELECT *, sec * 1000 + id AS at FROM t WHERE %s)" % w[1]
        kind = r.randrange(4)
        if kind == 0:
            return ("SELECT n%s FROM t WHERE %s GROUP BY n" % (what[0], w[0]), "SELECT n%s FROM %s GROUP BY n" % (what[1], rows))
        if kind == 1:  # windows that share rows: an end for every step
            size, step = r.choice([(20, 10), (30, 10), (14, 7), (21, 7)])
            q = ("SELECT CAST(TIMESTAMPDIFF(SECOND, TIMESTAMP '2024-01-01 00:00:00', window_start) AS INT) AS w%s FROM HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '%d' SECOND, INTERVAL '%d' SECOND) WHERE %s GROUP BY window_start, window_end"
                 % (what[0], step, size, w[0]))
            base = 1704067200  # windows are aligned to the epoch
            first = (base - size) // step * step - base
            return (q, "WITH RECURSIVE v(w) AS (SELECT %d UNION ALL SELECT w + %d FROM v WHERE w < 200) SELECT w%s FROM v JOIN %s ON sec >= w AND sec < w + %d GROUP BY w" % (first, step, what[1], rows, size))
        return self.sets(what, w, rows)

    def sets(self, what, w, rows):
        """GROUPING SETS: in SQLite a GROUP BY for every set, put together."""
        r = self.rng
        keys = r.sample(["n", "s", "m"], r.choice([1, 2, 2, 3]))
        form = r.choice(["ROLLUP", "CUBE", "SETS", "BESIDE"])
        if form == "ROLLUP":
            sets, text = [keys[:i] for i in range(len(keys), -1, -1)], "ROLLUP (%s)" % ", ".join(keys)
        elif form == "CUBE":
            sets, text = [[k for j, k in enumerate(keys) if b >> j & 1] for b in range(1 << len(keys))], "CUBE (%s)" % ", ".join(keys)
        elif form == "BESIDE":
            sets = [[keys[0]] + keys[1:i] for i in range(len(keys), 0, -1)] if keys[1:] else [keys, keys]  # equal sets: twice
            text = "%s, ROLLUP (%s)" % (keys[0], ", ".join(keys[1:] or keys))
        else:
            sets = [sorted(r.sample(keys, r.randrange(len(keys) + 1))) for _ in range(r.randrange(2, 4))]
            if r.random() < .7:
                sets.append([])
            sets = [x for i, x in enumerate(sets) if x not in sets[:i]]
            text = "GROUPING SETS (%s)" % ", ".join("(%s)" % ", ".join(x) for x in sets)
            keys = [k for k in keys if any(k in x for x in sets)]
        if not keys:
            keys, sets, text = ["n"], [["n"], []], "ROLLUP (n)"
        having = r.choice(["", " HAVING COUNT(*) > 1", " HAVING GROUPING(%s) = 0" % keys[0]])
        bits = lambda x: sum(1 << (len(keys) - 1 - j) for j, k in enumerate(keys) if k not in x)
        many = " UNION ALL ".join("SELECT %s, %d AS g%s FROM %s%s%s" % (
            ", ".join(k if k in x else "NULL AS " + k for k in keys), bits(x), what[1], rows, " GROUP BY " + ", ".join(x) if x else " GROUP BY 0 * id",
            having.replace("GROUPING(%s)" % keys[0], str(int(keys[0] not in x)))) for x in sets)
        return ("SELECT %s, GROUPING_ID(%s) AS g%s FROM t WHERE %s GROUP BY %s%s" % (", ".join(keys), ", ".join(keys), what[0], w[0], text, having), many)

    def query(self):
        r = self.rng
        k = r.randrange(20)
        if k in (16, 17):
            return self.window()
        if k > 17:
            return self.lists()
        if k in (9, 10, 11, 12):
            return self.subquery()
        if k == 13:
            return self.set_op()
        if k == 14:
            return self.using()
        if k == 15:
            return self.ordered()
        w = self.cond(2)
        if k == 8:
            return self.join()
        if k == 0:
            e, t, c = self.num(3), self.text(3), self.cond(2)
            return tuple("SELECT id, %s AS a, %s AS b, CASE WHEN %s THEN 1 ELSE 0 END AS c FROM t WHERE %s" % (e[i], t[i], c[i], w[i]) for i in (0, 1))
        if k == 1:
            e = self.num(1)
            return tuple("SELECT s, COUNT(*) AS c, COUNT(n) AS cn, SUM(CAST(%s AS BIGINT)) AS su, MIN(m) AS mi, MAX(d) AS ma FROM t WHERE %s GROUP BY s" % (e[i], w[i]) for i in (0, 1))
        if k == 2:
            return tuple("SELECT n, COUNT(DISTINCT s) AS c, AVG(d) AS a, COUNT(*) FILTER (WHERE %s) AS f FROM t GROUP BY n HAVING COUNT(*) > 2" % w[i] for i in (0, 1))
        if k == 3:
            return tuple("SELECT DISTINCT n, s FROM t WHERE %s" % w[i] for i in (0, 1))
        if k == 4:
            e = self.num(2)
            return tuple("SELECT id, n AS x FROM t WHERE %s UNION ALL SELECT id, CAST(%s AS BIGINT) AS x FROM t" % (w[i], e[i]) if i == 0 else
                         "SELECT id, n AS x FROM t WHERE %s UNION ALL SELECT id, %s AS x FROM t" % (w[i], e[i]) for i in (0, 1))
        if k == 5:
            return tuple("SELECT id, n FROM t WHERE %s ORDER BY n DESC, id LIMIT %d" % (w[i], 7) for i in (0, 1))
        if k == 6:
            return tuple("WITH q AS (SELECT s, n + 1 AS p FROM t WHERE %s) SELECT s, MAX(p) AS p FROM (SELECT s, p FROM q WHERE p > 0) AS z GROUP BY s" % w[i] for i in (0, 1))
        size = r.choice([7, 10, 30])
        return ("SELECT CAST(TIMESTAMPDIFF(SECOND, TIMESTAMP '2024-01-01 00:00:00', window_start) AS INT) AS w, s, COUNT(*) AS c, SUM(n) AS su FROM TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '%d' SECOND) GROUP BY window_start, window_end, s" % size,
                "SELECT (sec + 1704067200) / %d * %d - 1704067200 AS w, s, COUNT(*) AS c, SUM(n) AS su FROM t GROUP BY 1, s" % (size, size))


class Collected:
    """Aggregates of lists() in SQLite."""
    def __init__(self):
        self.rows = []

    def step(self, *args):
        self.rows.append(args)

    def values(self):
        return [r[0] for r in self.rows if r[0] is not None]


class ListAgg(Collected):
    def finalize(self):
        values = [r[0] for r in sorted(self.rows, key=lambda r: r[1]) if r[0] is not None]
        if self.rows and self.rows[0][3]:
            values = list(dict.fromkeys(values))
        return self.rows[0][2].join(values) if values else None


class RowValue(Collected):
    def finalize(self):
        return sorted(self.rows, key=lambda r: r[1])[-1 if self.rows[0][2] else 0][0] if self.rows else None


class BitAnd(Collected):
    def finalize(self):
        return functools.reduce(lambda a, b: a & b, self.values()) if self.values() else None


class BitOr(Collected):
    def finalize(self):
        return functools.reduce(lambda a, b: a | b, self.values()) if self.values() else None


class BitXor(Collected):
    def finalize(self):
        return functools.reduce(lambda a, b: a ^ b, self.values()) if self.values() else None


class Percentile(Collected):
    def finalize(self):
        values = sorted(self.values())
        if not values:
            return None
        at = (len(values) - 1) * self.rows[0][1]
        low = int(at)
        return float(values[low] + (values[min(low + 1, len(values) - 1)] - values[low]) * (at - low))


def norm(v):
    if isinstance(v, bool):
        return int(v)
    if isinstance(v, float):
        return round(v, 6) if v != int(v) else int(v)
    return v


def fits(values):
    """SQLite computes in 64 bits, runnel's INT wraps at 32: such rows say nothing."""
    return all(not isinstance(v, int) or -2**31 < v < 2**31 for row in values for v in row)


def is_ordered(query):
    """Does the query itself say ORDER BY, not only one inside of it?"""
    depth, outside = 0, []
    for c in query:
        depth += (c == "(") - (c == ")")
        if depth == 0:
            outside.append(c)
    return "ORDER BY" in "".join(outside)


def group(number):
    rng = random.Random(seed * 1000003 + number)
    data = rows(rng)
    db = sqlite3.connect(":memory:")
    db.execute("PRAGMA case_sensitive_like = ON")
    for name, count, cls in (("listagg", 4, ListAgg), ("row_value", 3, RowValue), ("bit_and", 1, BitAnd), ("bit_or", 1, BitOr), ("bit_xor", 1, BitXor), ("percentile", 2, Percentile)):
        db.create_aggregate(name, count, cls)
    db.execute("CREATE TABLE t(id INTEGER, n INTEGER, m INTEGER, s TEXT, d REAL, sec INTEGER)")
    db.executemany("INSERT INTO t VALUES (?,?,?,?,?,?)", data)
    queries = [Gen(rng).query() for _ in range(min(GROUP, total - number * GROUP))]
    # Without order some show every change instead of the folded rows: what remains of the changes must be the same. Not those
    # with an aggregate of nothing: on a stream it has no row before its first input.
    queries = [(q[0] + " EMIT CHANGES", q[1]) if not is_ordered(q[0]) and " OVER (" not in q[0] and "1000" not in q[0] and rng.random() < .4 else q for q in queries]
    with tempfile.TemporaryDirectory() as work:
        path = os.path.join(work, "t.jsonl")
        with open(path, "w") as f:
            for row in sorted(data, key=lambda x: x[5]):
                f.write(json.dumps(dict(zip("id n m s d sec".split(), row), ts="2024-01-01 00:%02d:%02d" % (row[5] // 60, row[5] % 60))) + "\n")
        ddl = ("CREATE TEMPORARY TABLE t (id INT, n INT, m INT, s STRING, d DOUBLE, sec INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) "
               "WITH ('connector'='filesystem','path'='%s','format'='json');\n" % path)
        script = os.path.join(work, "q.sql")
        with open(script, "w") as f:
            f.write(ddl)
            for i, q in enumerate(queries):
                f.write("SELECT 'query', %d;\n%s;\n" % (i, q[0]))
        done = subprocess.run([binary, "run", "-q", "--keep-going", "--format", "json", "-f", script], capture_output=True, text=True, timeout=300)
    answers, current = {}, None
    for line in done.stdout.splitlines():
        row = json.loads(line)
        if row.get("EXPR$0") == "query":
            current = row["EXPR$1"]
            answers[current] = []
        else:
            change, values = row.pop("$op", "+I"), tuple(norm(v) for v in row.values())
            if change in ("+I", "+U"):
                answers[current].append(values)
            elif values in answers[current]:
                answers[current].remove(values)
            else:
                answers[current].append(("taken back, was never there",) + values)
    bad = 0
    for i, q in enumerate(queries):
        want = [tuple(norm(v) for v in r) for r in db.execute(q[1])]
        got = answers.get(i)
        ordered = is_ordered(q[0])
        key = lambda r: tuple((v is not None, str(type(v)), v) for v in r)
        if not fits(want):
            continue
        if got is None or (want != got if ordered else sorted(want, key=key) != sorted(got, key=key)):
            bad += 1
            print("DIFFERENT seed %d group %d query %d\n  runnel %s\n  sqlite %s\n  wanted %s\n  got    %s\n  %s" % (
                seed, number, i, q[0], q[1], sorted(want, key=key)[:5], sorted(got, key=key)[:5] if got is not None else None, done.stderr[-300:] if got is None or not got else ""))
    return len(queries) - bad, bad


passed = failed = 0
for g in range((total + GROUP - 1) // GROUP):
    p, f = group(g)
    passed += p
    failed += f
    if failed > 20:
        break
print("differential: %d passed, %d failed" % (passed, failed))
sys.exit(1 if failed else 0)
