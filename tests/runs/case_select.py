"""What a SELECT prints."""
import json, time
from harness import case


@case
def bounded_updating(w):
    w.write("in.csv", "1,a\n2,a\n3,b\n")
    f = "CREATE TABLE f (n INT, k STRING) WITH ('connector' = 'filesystem', 'path' = 'in.csv', 'format' = 'csv');\n"
    q = "SELECT k, COUNT(*) AS c FROM f GROUP BY k;\n"
    r = w.run(f + q, db=None)
    w.same("a bounded SELECT prints the final rows", sorted(r.lines()), ['{"k":"a","c":2}', '{"k":"b","c":1}'], r)
    r = w.run(f + q, "--changelog", db=None)
    w.same("--changelog its changes", sorted(r.lines()), ['{"$op":"+I","k":"a","c":1}', '{"$op":"+I","k":"b","c":1}', '{"$op":"+U","k":"a","c":2}', '{"$op":"-U","k":"a","c":1}'], r)
    r = w.run(f + q, "--changelog", "--format", "csv", db=None)
    w.has("column op in csv", r.out, r"^op,k,c\n")
    r = w.run(f + q, "--changelog", "--format", "table", db=None)
    w.has("and in tables", r.out, r"\bop\b", r"\+U")


@case
def unbounded(w):
    t = w.topic()
    w.produce(t, ['{"id": %d}' % (i % 2) for i in range(4)])
    src = "CREATE TABLE src %s;\n" % w.kafka(t)
    r = w.lines_of(src + "SELECT id FROM src;", 4)
    w.same("unbounded and append-only: rows as they come", r.lines(), ['{"id":0}', '{"id":1}', '{"id":0}', '{"id":1}'], r)
    r = w.lines_of(src + "SELECT id, COUNT(*) AS c FROM src GROUP BY id;", 4)
    w.same("unbounded and updating: changes", sorted(r.lines()), sorted(['{"$op":"+I","id":0,"c":1}', '{"$op":"+I","id":1,"c":1}', '{"$op":"+U","id":0,"c":2}', '{"$op":"+U","id":1,"c":2}']), r)
    r = w.run(src + "SELECT id FROM src LIMIT 3;", db=None)
    w.same("an outermost LIMIT over insert-only input ends the query", (r.code, len(r.lines())), (0, 3), r)
    r = w.run(src + "SELECT id, COUNT(*) AS c FROM src GROUP BY id;", "--until-end", db=None)
    w.same("--until-end makes a SELECT bounded: the final rows", (r.code, sorted(r.lines())), (0, ['{"id":0,"c":2}', '{"id":1,"c":2}']), r)
    r = w.run(src + "SELECT id, COUNT(*) AS c FROM src GROUP BY id;", "--until-end", "--changelog", db=None)
    w.same("and --changelog all of its changes", len(r.lines()), 6, r)


@case
def select_stores_nothing(w):
    t = w.topic()
    w.produce(t, ['{"id": %d}' % i for i in range(4)])
    src = "CREATE TABLE src %s;\n" % w.kafka(t)
    r = w.run(src + "SELECT id FROM src;", "--until-end")
    w.same("a SELECT in a run", (r.code, len(r.lines())), (0, 4), r)
    w.same("is an anonymous job: nothing is stored", w.rows("SELECT (SELECT count(*) FROM _rn_job), (SELECT count(*) FROM _rn_offset)"), [(0, 0)])
    r = w.run(src + "SELECT id FROM src;", "--until-end")
    w.same("it begins at the start position of the table", len(r.lines()), 4, r)


@case
def order_by_bounded(w):
    r = w.runnel("-c", "SELECT a FROM (VALUES (3), (1), (2)) AS t(a) ORDER BY a DESC LIMIT 2")
    w.same("ORDER BY and LIMIT", r.lines(), ['{"a":3}', '{"a":2}'], r)
    r = w.runnel("-c", "SELECT a FROM (VALUES (1)) AS t(a) WHERE a > 1", "--format", "csv")
    w.same("no rows: the header only", r.out, "a\n", r)
