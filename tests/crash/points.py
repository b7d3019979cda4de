#!/usr/bin/env python3
"""A kill at every single step of a short job (faults.c counts the calls that change a file), then another job on the same
file, then the first one again: each row must be there exactly once, whatever the step. And a disk that is full for a while.

RN_POINTS: at most so many of the steps of a case, spread over all of them (50); 0: every one."""
import os, shutil, sqlite3, subprocess, sys, tempfile

build = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "build")
at_most = int(os.environ.get("RN_POINTS", "50"))
only = sys.argv[2:]
passed = failed = 0


def check(name, ok, detail=""):
    global passed, failed
    if ok:
        passed += 1
    else:
        failed += 1
        print("FAIL %s: %s" % (name, str(detail)[-1500:]))


def run(script, db="a.db", **faults):
    env = dict(os.environ, NO_COLOR="1", **{k: str(v) for k, v in faults.items()})
    if faults:
        env.update(LD_PRELOAD=build + "/faults.so", ASAN_OPTIONS="verify_asan_link_order=0:" + env.get("ASAN_OPTIONS", ""))
    return subprocess.run([build + "/runnel", "run", "-q", "--db", db, script], capture_output=True, text=True, env=env, timeout=300)


def write(name, text):
    os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
    with open(name, "w") as f:
        f.write(text)


def finished(db="a.db", script="job.sql"):
    """Did the run end although it was killed? Then to run it again is to begin anew."""
    connection = sqlite3.connect(db)
    try:
        return connection.execute("SELECT state FROM _rn_run WHERE statement = '' AND script LIKE '%' || ? ORDER BY run DESC LIMIT 1",
                                  (script,)).fetchall() == [("FINISHED",)]
    except sqlite3.OperationalError:
        return False
    finally:
        connection.close()


def rows(where):
    """All rows that the table's reader would see in a file or the files below a directory, with the directories they lie in."""
    found = []
    for folder, folders, names in os.walk(where) if os.path.isdir(where) else [("", [], [where])]:
        folders[:] = [f for f in folders if f[0] != "."]
        for name in names:
            if os.path.basename(name)[0] != "." and os.path.exists(os.path.join(folder, name)):
                under = [part for part in folder.split("/") if "=" in part]
                found += ["/".join(under + [line.strip()]) for line in open(os.path.join(folder, name))]
    return sorted(found)


def points(case):
    """The steps of a case at which to kill: N before, -N after it. (Just after one is just before the next, but for the last.)"""
    prepare(case)
    r = run("job.sql", RN_STEPS="steps", RN_STEP_PATHS=case.steps)
    check(case.__name__ + ": runs to its end", r.returncode == 0, r.stderr)
    last = int(open("steps").read())
    all_of_them = list(range(1, last + 1)) + [-last]
    stride = -(-len(all_of_them) // at_most) if at_most else 1
    return all_of_them[len(all_of_them) % stride::stride]


def prepare(case):
    for name in os.listdir("."):
        shutil.rmtree(name) if os.path.isdir(name) else os.unlink(name)
    write("in.csv", "1\n2\n3\n")
    case.prepare()


# --- cases: a job, what lies there before it, what must lie there whenever it was killed -------------------------------------
TABLE = "CREATE TABLE i (a INT) WITH ('connector' = 'filesystem', 'path' = 'in.csv', 'format' = 'csv');\n"
FILE = "CREATE TABLE o (a INT) WITH ('connector' = 'filesystem', 'path' = 'out.csv', 'format' = 'csv');\n"
PARTS = "CREATE TABLE o (a INT, k STRING) PARTITIONED BY (k) WITH ('connector' = 'filesystem', 'path' = 'out', 'format' = 'csv');\n"


class append_to_a_file:
    """A marker that a kill leaves must neither cost a committed row nor keep one that was not."""
    out, steps = "out.csv", "out.csv:-wal"

    def prepare():
        write("out.csv", "0\n")
        write("job.sql", TABLE + FILE + "INSERT INTO o SELECT a FROM i;\n")
        write("other.sql", FILE + "INSERT INTO o VALUES (99);\n")

    def wanted(other):
        return sorted(["0", "1", "2", "3"] + ["99"] * other)


class append_to_partitions:
    out, steps = "out", "/out:out/:-wal"

    def prepare():
        write("out/k=x/part-0.csv", "0\n")
        write("job.sql", TABLE + PARTS + "INSERT INTO o SELECT a, CASE WHEN a = 3 THEN 'y' ELSE 'x' END FROM i;\n")
        write("other.sql", PARTS + "INSERT INTO o VALUES (99, 'x'), (99, 'y');\n")

    def wanted(other):
        return sorted(["k=x/0", "k=x/1", "k=x/2", "k=y/3"] + ["k=x/99", "k=y/99"] * other)


class first_start(append_to_a_file):
    """The database file is being made."""
    steps = "a.db"


class overwrite_a_file:
    """INSERT OVERWRITE: whoever looks after a kill finds all of the old rows or all of the new ones."""
    out, steps = "out.csv", "out.csv:-wal"
    old, new = ["0", "7"], ["1", "2", "3"]
    table = FILE

    def prepare():
        write("out.csv", "0\n7\n")
        write("job.sql", TABLE + FILE + "INSERT OVERWRITE o SELECT a FROM i;\n")


class overwrite_a_directory:
    """The new rows are made of the old ones; files that have no successor go, and what is hidden stays."""
    out, steps = "out", "/out:out/:-wal"
    old, new = ["0", "7"], ["100", "107"]
    table = FILE.replace("out.csv", "out/")

    def prepare():
        write("out/a.csv", "0\n")
        write("out/sub/b.csv", "7\n")
        write("out/_SUCCESS", "")
        write("job.sql", overwrite_a_directory.table + "INSERT OVERWRITE o SELECT a + 100 FROM o;\n")


class overwrite_partitions:
    out, steps = "out", "/out:out/:-wal"
    old = ["k=x/0", "k=x/5", "k=y/7", "k=z/8"]
    new = ["k=n/3", "k=x/1", "k=y/2", "k=z/8"]
    table = PARTS

    def prepare():
        write("out/k=x/part-0.csv", "0\n")
        write("out/k=x/more.csv", "5\n")
        write("out/k=y/part-0.csv", "7\n")
        write("out/k=z/part-0.csv", "8\n")
        write("job.sql", TABLE + PARTS + "INSERT OVERWRITE o SELECT a, CASE a WHEN 1 THEN 'x' WHEN 2 THEN 'y' ELSE 'n' END FROM i;\n")


def old_or_new(case):
    """The reader has a database of its own, so that the job's cannot help it; then the job's run goes on."""
    wrong = 0
    select = case.table + "SELECT %s FROM o;\n" % ("a, k" if "k STRING" in case.table else "a")
    for at in points(case):
        prepare(case)
        write("select.sql", select)
        run("job.sql", RN_KILL_AT=at, RN_STEP_PATHS=case.steps)
        r = subprocess.run([build + "/runnel", "run", "-q", "--format", "csv", "--no-header", "select.sql"], capture_output=True, text=True, timeout=300)
        seen = sorted("/".join(["k=" + k for k in part[1:]] + part[:1]) for part in (line.split(",") for line in r.stdout.split()))
        done = finished()
        again = None if done else run("job.sql")
        have = rows(case.out)
        hidden = [os.path.join(folder, n) for folder, folders, names in os.walk(".") for n in names if "runnel-overwrite" in folder]
        ok = r.returncode == 0 and seen in ((case.new,) if done else (case.old, case.new)) and (done or again.returncode == 0)
        ok = ok and have == case.new and not hidden
        wrong += not ok
        if not ok and wrong <= 3:
            print("%s: killed at %d%s: seen %s, then %s %s%s%s" % (case.__name__, at, ", finished" if done else "", seen, have, hidden, r.stderr, again.stderr if again else ""))
    check(case.__name__, wrong == 0, "wrong after %d kills" % wrong)


class disk_full:
    """No space for the database's log, for a while: the epoch waits, says so, and is written as soon as there is space. (RELIABILITY
    D1 7, 8)"""
    ROWS = 3000

    def prepare():
        write("job.sql", "SET 'execution.checkpointing.interval' = '20 ms';\nCREATE TABLE t (a INT, k INT);\nCREATE TABLE c (k INT, n BIGINT, PRIMARY KEY (k) NOT ENFORCED);\n"
              "CREATE TABLE g (a INT) WITH ('connector' = 'datagen', 'rows-per-second' = '3000', 'fields.a.kind' = 'sequence', 'fields.a.start' = '0', 'fields.a.end' = '%d');\n"
              "EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT a, MOD(a, 5) FROM g; INSERT INTO c SELECT MOD(a, 5), COUNT(*) FROM g GROUP BY MOD(a, 5); END;\n" % (disk_full.ROWS - 1))


def without_space(case):
    """From the n-th write to the log on, five have no space; the first ones make the database."""
    told = 0
    for n in (1, 8, 20, 50, 60, 80, 100):
        prepare(case)
        r = run("job.sql", RN_FULL_PATH="a.db-wal", RN_FULL_FROM=n, RN_FULL_COUNT=5)
        ended = r.returncode
        if ended:  # a file that cannot even be made: refused in words, and made by the next start
            check("no space at write %d is told" % n, "disk is full" in r.stderr, r.stderr)
            r = run("job.sql")
        check("no space at write %d: the run ends well" % n, r.returncode == 0 and (n < 50 or ended == 0), r.stderr)
        told += "waits: " in r.stderr and "disk is full" in r.stderr
        connection = sqlite3.connect("a.db")
        have = connection.execute("SELECT (SELECT count(*) FROM t), (SELECT count(DISTINCT a) FROM t), (SELECT sum(n) FROM c), (SELECT count(*) FROM c)").fetchone()
        connection.close()
        check("no space at write %d: each row once" % n, have == (case.ROWS, case.ROWS, case.ROWS, 5), have)
    check("an epoch that waits for space says so", told > 0)


def killed_everywhere(case, other_db):
    name = "%s, then a job of %s" % (case.__name__, "the same database" if other_db == "a.db" else "another one")
    wrong = 0
    for at in points(case):
        prepare(case)
        run("job.sql", RN_KILL_AT=at, RN_STEP_PATHS=case.steps)
        r = run("other.sql", db=other_db)
        status = r.returncode
        done = finished()
        again = None if done else run("job.sql")
        have = rows(case.out)
        ok = status == 0 and (done or again.returncode == 0) and have == case.wanted(1)
        wrong += not ok
        if not ok and wrong <= 3:
            print("%s: killed at %d%s: %s%s%s" % (name, at, ", finished" if done else "", have, r.stderr, again.stderr if again else ""))
    check(name, wrong == 0, "wrong after %d kills" % wrong)


with tempfile.TemporaryDirectory() as home:
    os.chdir(home)
    for case in (append_to_a_file, append_to_partitions, first_start):
        for other_db in ("a.db", "b.db")[:1 if case == first_start else 2]:
            if not only or any(word in case.__name__ for word in only):
                killed_everywhere(case, other_db)
    for case in (overwrite_a_file, overwrite_a_directory, overwrite_partitions):
        if not only or any(word in case.__name__ for word in only):
            old_or_new(case)
    if not only or "disk_full" in only:
        without_space(disk_full)
    os.chdir("/")
print("crash, points: %d passed, %d failed" % (passed, failed))
sys.exit(1 if failed else 0)
