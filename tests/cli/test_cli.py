#!/usr/bin/env python3
"""Tests of the program `runnel`: each test is a function `test_*` that gets a scratch directory."""
import contextlib, fcntl, json, os, re, select, signal, sqlite3, stat, struct, subprocess, sys, tempfile, termios, time, traceback
from shell import Shell

RUNNEL = os.path.abspath(sys.argv[1])
ONLY = sys.argv[2] if len(sys.argv) > 2 else ""


def run(work, *args, stdin="", timeout=120):
    env = dict(os.environ, XDG_STATE_HOME=os.path.join(work, "state"))
    return subprocess.run([RUNNEL, *args], input=stdin, capture_output=True, text=True, timeout=timeout, cwd=work, env=env)


RUNNING = []


def start(work, *args, **kwargs):
    RUNNING.append(subprocess.Popen([RUNNEL, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=work, **kwargs))
    return RUNNING[-1]


def equal(got, want, what=""):
    if got != want:
        raise AssertionError("%s\n--- got\n%s\n--- want\n%s" % (what, got, want))


def write(work, name, text):
    path = os.path.join(work, name)
    with open(path, "w") as f:
        f.write(text)
    return path


def wait_for(condition, seconds=120):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError("did not happen within %s s" % seconds)


def wait_until_full(pipe):
    """Reads nothing until the pipe takes no more."""
    before = since = 0

    def full():
        nonlocal before, since
        waiting = struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, b"\0" * 4))[0]
        if waiting != before or not waiting:
            before, since = waiting, time.monotonic()
        return time.monotonic() - since > 0.5

    wait_for(full)


def handles(pid, number):
    """Whether the process has its handler of the signal."""
    with open("/proc/%d/status" % pid) as f:
        caught = next(line.split()[1] for line in f if line.startswith("SigCgt:"))
    return int(caught, 16) >> (number - 1) & 1


# An unbounded source and a sink in the file.
STREAM = """CREATE TABLE g (id BIGINT, k INT) WITH ('connector' = 'datagen', 'rows-per-second' = '2000', 'fields.k.min' = '1', 'fields.k.max' = '5');
CREATE TABLE o (id BIGINT, k INT);
"""
# A source with an end that is far away: its INSERT is awaited, and ids show whether each row came once.
SEQUENCE = """CREATE TABLE g (id BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '2000',
  'fields.id.kind' = 'sequence', 'fields.id.start' = '0', 'fields.id.end' = '1000000000');
CREATE TABLE o (id BIGINT);
"""
SOURCE = STREAM.split("CREATE TABLE o")[0].replace("CREATE TABLE", "CREATE TEMPORARY TABLE")
INSERT = "INSERT INTO o SELECT * FROM g;\n"

# --- the command line ------------------------------------------------------------------------------------------
USAGE = [
    (["--frmat", "csv"], "unknown option --frmat", "did you mean --format?"),
    (["--nonsense-option"], "unknown option --nonsense-option", "try: runnel --help"),
    (["-c"], "-c", "try: runnel --help"),
    (["--format", "xml"], 'unknown format "xml"', "formats: table, json, csv"),
    (["--for", "soon", "-c", "SELECT 1"], '"soon" is not a duration', "--for 30s"),
    (["-D", "novalue", "-c", "SELECT 1"], "has no value", "-D key=value"),
    (["report.sql"], "report.sql is no database", "did you mean: runnel run report.sql"),
    (["rnu"], "unknown command rnu", "did you mean: runnel run"),
    (["somewhere"], "somewhere is neither a command nor a database", "somewhere.db"),
    (["a.db", "b.db"], "one database", ""),
    (["--fresh", "-c", "SELECT 1"], "no options of the shell", "runnel run"),
    (["run", "--keep-rows", "-c", "SELECT 1"], "--keep-rows goes with --fresh", ""),
    (["help", "NOSUCHTHING"], "no help on NOSUCHTHING", "SHOW FUNCTIONS"),
    (["run", "--read-only", "-c", "SELECT 1"], "has no option --read-only", ""),
]


def test_usage_errors(work):
    for args, message, hint in USAGE:
        done = run(work, *args)
        equal(done.returncode, 64, args)
        equal(done.stdout, "", args)
        assert message in done.stderr and hint in done.stderr, (args, done.stderr)
    equal(os.listdir(work), [], "a usage error must not make files")


def test_text_file_is_no_database(work):
    write(work, "orders", "SELECT 1;")
    done = run(work, "orders")
    equal(done.returncode, 64)
    assert "did you mean: runnel run orders" in done.stderr, done.stderr


def test_help_and_version(work):
    for args, word in [(["--help"], "usage: runnel"), (["run", "--help"], "--fresh"), (["--version"], "SQLite"), (["version"], "runnel "),
                       (["help"], "exit codes"), (["help", "RN2004"], "RN2004"), (["help", "SUM"], "SUM("),
                       (["help", "tumble"], "TUMBLE(TABLE t"), (["help", "create"], "CREATE FUNCTION"), (["help", "kafka"], "'topic' (needed)"),
                       (["help", "json"], "'json.ignore-parse-errors'"), (["help", "run"], "runnel run")]:
        done = run(work, *args)
        equal((done.returncode, done.stderr), (0, ""), args)
        assert word in done.stdout, (args, done.stdout)


def test_options_anywhere_and_glued(work):
    equal(run(work, "-cSELECT 1 AS a", "--format=csv").stdout, "a\n1\n")
    equal(run(work, "--no-header", "--format", "csv", "-c", "SELECT 1 AS a").stdout, "1\n")


def test_order_of_commands_and_files(work):
    write(work, "b.sql", "SELECT 2 AS x;")
    done = run(work, "-c", "SELECT 1 AS x", "-f", "b.sql", "-c", "SELECT 3 AS x", "-f", "-", stdin="SELECT 4 AS x")
    equal([json.loads(line)["x"] for line in done.stdout.splitlines()], [1, 2, 3, 4])


def test_stdin_is_sql(work):
    equal(run(work, stdin="SELECT 1 AS a;\n-- nothing\nSELECT 2 AS a").stdout, '{"a":1}\n{"a":2}\n')
    equal(run(work, stdin="").returncode, 0)


def test_settings(work):
    done = run(work, "-D", "table.local-time-zone=Asia/Tokyo", "--set", "pipeline.name=x", "-c",
               "SELECT CAST(TO_TIMESTAMP_LTZ(0, 3) AS STRING) AS t")
    equal(done.stdout, '{"t":"1970-01-01 09:00:00.000"}\n', done.stderr)
    done = run(work, "-D", "table.local-time-zone=Asia/Tokyo", "-c", "SET 'table.local-time-zone' = 'UTC'; SELECT CAST(TO_TIMESTAMP_LTZ(0, 3) AS STRING) AS t")
    assert "00:00:00.000" in done.stdout, done.stdout
    equal(run(work, "-D", "no.such.setting=1", "-c", "SELECT 1").returncode, 1)


# --- formats ---------------------------------------------------------------------------------------------------
VALUES = "SELECT a, b, c FROM (VALUES (1, 'x,\"y\"', 1.50), (-22, '', 2.25), (CAST(NULL AS INT), CAST(NULL AS STRING), CAST(NULL AS DECIMAL(3, 2)))) AS v (a, b, c)"


def test_json_lines_when_piped(work):
    rows = [json.loads(line) for line in run(work, "-c", VALUES).stdout.splitlines()]
    equal([r["a"] for r in rows], [1, -22, None])
    equal([r["b"] for r in rows], ['x,"y"', "", None])


def test_csv(work):
    equal(run(work, "--format", "csv", "-c", VALUES).stdout, 'a,b,c\n1,"x,""y""",1.50\n-22,"",2.25\n,,\n')


def test_table(work):
    done = run(work, "--format", "table", "-c", "SELECT 1 AS n, '値段' AS wide, CAST(NULL AS STRING) AS s UNION ALL SELECT 1000, 'ab', E'a\\tb'")
    lines = done.stdout.splitlines()
    equal(lines[0].split(), ["n", "wide", "s"])
    assert "INT" in lines[1], lines
    rows = lines[2:]
    assert re.search(r"^ +1  値段", rows[0]) and rows[0].endswith("NULL"), rows
    assert rows[1].endswith("a\\tb"), rows
    # the third column starts at the same display column: wide characters count two
    equal(rows[0].index("NULL") + 2, rows[1].index("a\\tb"))
    assert "\x1b" not in done.stdout


def test_control_characters_stay_harmless(work):
    done = run(work, "--format", "table", "--no-header", "-c", r"SELECT E'a\x1b[31mb\x07' AS x")
    equal(done.stdout.strip(), r"a\x1b[31mb\a")


def test_records(work):
    done = run(work, "--format", "table", "-c", r"\x on", "-c", "SELECT 1 AS a, CAST(NULL AS INT) AS bb")
    equal(done.stdout, "-[ 1 ]-\n a   1\n bb  NULL\n")


def test_many_rows(work):
    write(work, "in.csv", "".join("%d\n" % i for i in range(20000)))
    sql = "CREATE TEMPORARY TABLE t (a INT) WITH ('connector' = 'filesystem', 'path' = 'in.csv', 'format' = 'csv'); SELECT a FROM t"
    equal(len(run(work, "-c", sql).stdout.splitlines()), 20000)
    equal(len(run(work, "--format", "table", "-c", sql).stdout.splitlines()), 20002)


def test_changelog_column(work):
    sql = "SELECT COUNT(*) AS n FROM (VALUES (1), (2)) AS v (a)"
    equal(run(work, "-c", sql).stdout, '{"n":2}\n')
    done = run(work, "--changelog", "-c", sql)
    equal([json.loads(line)["$op"] for line in done.stdout.splitlines()], ["+I", "-U", "+U"])
    equal(run(work, "--changelog", "--format", "csv", "-c", sql).stdout, "op,n\n+I,1\n-U,1\n+U,2\n")
    assert run(work, "--changelog", "--format", "table", "-c", sql).stdout.startswith(" op  "), "table has an op column"


# --- errors and exit codes -----------------------------------------------------------------------------------------
def test_sql_error(work):
    done = run(work, "-c", "SELECT a FORM t")
    equal((done.returncode, done.stdout), (1, ""))
    assert done.stderr.startswith("error[RN1001]: syntax error at \"FORM\"") and "^~~~" in done.stderr, done.stderr


def test_stops_at_the_first_error(work):
    done = run(work, "-c", "SELECT 1 AS a; SELECT nope; SELECT 3 AS a", "-c", "SELECT 4 AS a")
    equal((done.returncode, done.stdout), (1, '{"a":1}\n'))


def test_error_position_is_of_the_file(work):
    write(work, "x.sql", "SELECT 1 AS a;\n\nSELECT 2 AS a; SELECT nope;\n")
    done = run(work, "-f", "x.sql")
    equal(done.returncode, 1)
    assert "x.sql:3:23" in done.stderr, done.stderr


def test_data_error(work):
    write(work, "in.json", '{"a":1}\n{"a":"x"}\n')
    done = run(work, "-c", "CREATE TEMPORARY TABLE t (a INT) WITH ('connector' = 'filesystem', 'path' = 'in.json', 'format' = 'json'); SELECT a FROM t")
    equal(done.returncode, 2, done.stderr)
    assert "RN5001" in done.stderr and "in.json" in done.stderr, done.stderr


def test_connection_error(work):
    done = run(work, "-c", "CREATE TEMPORARY TABLE t (a INT) WITH ('connector' = 'filesystem', 'path' = 'gone.json', 'format' = 'json'); SELECT a FROM t")
    equal(done.returncode, 3, done.stderr)


def test_state_error(work):
    subprocess.run(["sqlite3", os.path.join(work, "new.db"), "PRAGMA application_id = 1; CREATE TABLE x (a)"], check=True)
    done = run(work, "new.db", "-c", "CREATE TABLE t (a INT)")
    equal(done.returncode, 4, done.stderr)


def test_missing_input(work):
    equal(run(work, "-f", "none.sql").returncode, 66)
    equal(run(work, "run", "none.sql").returncode, 66)
    with open(os.path.join(work, "binary.sql"), "wb") as f:
        f.write(b"SELECT 1;\0SELECT 2")
    equal(run(work, "-f", "binary.sql").returncode, 66)


def test_full_disk_behind_stdout(work):
    with open("/dev/full", "w") as full:
        done = subprocess.run([RUNNEL, "-c", "SELECT 1"], stdout=full, stderr=subprocess.PIPE, cwd=work)
    equal(done.returncode, 74)


def test_sigpipe_is_quiet(work):
    done = subprocess.run(["bash", "-c", 'set -o pipefail; "$0" -c "$1" | head -n 2' , RUNNEL, SOURCE + "SELECT * FROM g"],
                          capture_output=True, text=True, timeout=120, cwd=work)
    equal(done.returncode, 141, done.stderr)
    equal(len(done.stdout.splitlines()), 2)
    equal(done.stderr, "")


def test_unbounded_select_reaches_a_pipe_at_once(work):
    p = start(work, "-c", SOURCE + "SELECT id FROM g")
    assert "id" in json.loads(p.stdout.readline())
    p.send_signal(signal.SIGINT)
    out, err = p.communicate(timeout=120)
    equal(p.returncode, 0, err)


def test_a_signal_during_a_write_loses_no_output(work):
    """The pipe is full and the writer sleeps in a write of a row: Ctrl-C may not be taken for a stdout that is lost."""
    p = start(work, "-c", "CREATE TABLE g (v STRING) WITH ('connector' = 'datagen', 'rows-per-second' = '200', 'fields.v.length' = '700'); SELECT v FROM g")
    fcntl.fcntl(p.stdout, 1031, 4096)  # F_SETPIPE_SZ: a row is written whole or not at all
    wait_until_full(p.stdout)
    p.send_signal(signal.SIGINT)
    time.sleep(0.3)  # the writer wakes for the signal, not for our reading
    out, err = p.communicate(timeout=120)
    equal(p.returncode, 0, err)
    for line in out.splitlines():
        json.loads(line)


def test_ctrl_c_while_stdin_says_nothing(work):
    p = start(work, stdin=subprocess.PIPE)
    wait_for(lambda: handles(p.pid, signal.SIGINT))
    p.send_signal(signal.SIGINT)
    equal(p.wait(timeout=120), 66)
    assert "cannot read stdin" in p.stderr.read()


def test_ctrl_c_while_a_broker_is_waited_for(work):
    """Nobody listens: the open would try for ten seconds. A busy machine may need them before the signal comes: then again."""
    source = ("CREATE TEMPORARY TABLE k (id BIGINT) WITH ('connector' = 'kafka', 'topic' = 'k', 'format' = 'json', 'properties.bootstrap.servers' = '127.0.0.1:1', "
              "'scan.startup.mode' = 'earliest-offset');\n")
    sink = source + "CREATE TEMPORARY TABLE g (id BIGINT) WITH ('connector' = 'datagen');\nINSERT INTO k SELECT id FROM g;\n"
    for words in (["-c", source + "SELECT id FROM k"], ["run", "-c", source + "CREATE TABLE o (id BIGINT);\nINSERT INTO o SELECT id FROM k;\n"], ["run", "-c", sink]):
        for _ in range(5):
            p = start(work, *words, *(["--db", "b.db"] if words[0] == "run" else []))
            line = p.stderr.readline()
            while line and "cannot be reached" not in line:
                line = p.stderr.readline()
            p.send_signal(signal.SIGINT)
            out, err = p.communicate(timeout=120)
            if p.returncode != 3:
                break
        equal(p.returncode, 0, err)


def test_for_ends_a_query(work):
    begin = time.monotonic()
    done = run(work, "--for", "500ms", "-c", SOURCE + "SELECT id FROM g")
    equal(done.returncode, 0, done.stderr)
    assert time.monotonic() - begin > 0.4


# --- run ---------------------------------------------------------------------------------------------------------------
def rows(work, db, sql):
    done = run(work, db, "-c", sql)
    equal(done.returncode, 0, done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


def started(process):
    """Waits until the job of a `runnel run` runs; gives what was said until then."""
    said = ""
    end = time.monotonic() + 120
    while "started" not in said:
        if not select.select([process.stderr], [], [], max(0, end - time.monotonic()))[0]:
            process.kill()
            raise AssertionError("no job started: " + said)
        data = os.read(process.stderr.fileno(), 4096).decode(errors="replace")
        if not data:
            raise AssertionError("ended: " + said)
        said += data
    return said


def test_run_twice(work):
    write(work, "a.sql", "CREATE TABLE t (a INT, PRIMARY KEY (a) NOT ENFORCED);\nINSERT INTO t VALUES (1), (2);\nSELECT COUNT(*) AS n FROM t;\n")
    first = run(work, "run", "--db", "x.db", "a.sql")
    equal((first.returncode, first.stdout), (0, '{"n":2}\n'), first.stderr)
    assert "a.sql:2: 2 rows inserted" in first.stderr, first.stderr
    second = run(work, "run", "--db", "x.db", "./a.sql")
    equal((second.returncode, second.stdout), (0, '{"n":2}\n'), second.stderr)
    quiet = run(work, "run", "-q", "--db", "x.db", "a.sql")
    equal((quiet.returncode, quiet.stderr), (0, ""))


def test_run_needs_a_place_for_rows(work):
    done = run(work, "run", "-c", "CREATE TABLE t (a INT); INSERT INTO t VALUES (1)")
    equal(done.returncode, 1, done.stderr)
    assert "nothing is kept" in done.stderr and "--db" in done.stderr, done.stderr
    equal(os.listdir(work), [])


def test_run_changed_definition(work):
    equal(run(work, "run", "--db", "x.db", "-c", "CREATE TABLE t (a INT)").returncode, 0)
    equal(run(work, "run", "--db", "x.db", "-c", "create table t(a integer)").returncode, 0)
    equal(run(work, "run", "--db", "x.db", "-c", "CREATE TABLE t (a BIGINT)").returncode, 1)


def has_rows(work, db, which="1 = 1", more_than=0):
    """Whether o has more such rows. Asks SQLite, so that nobody competes for the file's lock."""
    try:
        with contextlib.closing(sqlite3.connect("file:%s?mode=ro" % os.path.join(work, db), uri=True)) as sql:
            return sql.execute("SELECT COUNT(*) FROM o WHERE " + which).fetchone()[0] > more_than
    except sqlite3.Error:
        return False


def each_row_once(work, db):
    got = rows(work, db, "SELECT COUNT(*) AS n, COUNT(DISTINCT id) AS d, COALESCE(MAX(id) + 1, 0) AS m FROM o")[0]
    equal((got["n"], got["d"]), (got["m"], got["m"]), "each row exactly once")
    return got["n"]


def test_run_signal_closes_an_epoch_and_resumes(work):
    write(work, "s.sql", SEQUENCE + INSERT)
    before = 0
    for number in (signal.SIGINT, signal.SIGTERM):
        p = start(work, "run", "--db", "s.db", "s.sql")
        wait_for(lambda: has_rows(work, "s.db", more_than=before))
        time.sleep(0.1)  # into the next epoch
        p.send_signal(number)
        out, err = p.communicate(timeout=120)
        equal(p.returncode, 0, err)
        after = each_row_once(work, "s.db")
        assert after > before, (before, after)
        before = after


def test_run_signal_stops_jobs(work):
    write(work, "s.sql", STREAM + INSERT)
    for _ in range(2):
        p = start(work, "run", "--db", "s.db", "s.sql")
        said = started(p)
        p.send_signal(signal.SIGINT)
        out, err = p.communicate(timeout=120)
        equal(p.returncode, 0, err)
        assert "stopping" in err and "stopped; the next run goes on from here" in err, err
    assert "resumes" in said, said
    equal(rows(work, "s.db", "SHOW JOBS")[0]["status"], "STOPPED")


def test_timeout_sends_twice(work):
    write(work, "s.sql", STREAM + INSERT)
    p = start(work, "run", "--db", "s.db", "s.sql", start_new_session=True)
    started(p)
    os.kill(p.pid, signal.SIGINT)  # as timeout(1) does: the child, then its group
    os.killpg(p.pid, signal.SIGINT)
    out, err = p.communicate(timeout=120)
    assert "aborted" not in err and "stopped; the next run" in err, err


def test_run_for(work):
    write(work, "s.sql", SEQUENCE + INSERT)
    for_ms = 500
    while not has_rows(work, "s.db") and for_ms < 60000:  # a busy machine may have read nothing by then
        done = run(work, "run", "--db", "s.db", "--for", "%dms" % for_ms, "s.sql", timeout=120)
        equal(done.returncode, 0, done.stderr)
        for_ms *= 2
    assert each_row_once(work, "s.db") > 0


# --- runnel check, runnel fmt ---------------------------------------------------------------------------------------
CHECKED = """CREATE TABLE c (id BIGINT, page STRING) WITH ('connector' = 'kafka', 'topic' = 'c', 'format' = 'json',
  'properties.bootstrap.servers' = 'localhost:9');
CREATE TABLE broken (id BIGNT);
CREATE VIEW v AS SELECT * FROM broken;
SELECT * FROM v; SELECT pge FROM c;
CREATE TABLE made AS SELECT id, page FROM c;
INSERT INTO made SELECT id, 1 FROM c;
SELECT page, COUNT(*) FROM c GROUP BY page;
CREATE TEMPORARY FUNCTION parse_ua AS 'com.acme.ParseUa' LANGUAGE JAVA;
SELECT PARSE_UA(page) FROM c;
"""


def test_check_reports_all_and_runs_nothing(work):
    write(work, "a.sql", CHECKED)
    done = run(work, "check", "a.sql")
    equal(done.returncode, 1)
    equal(re.findall(r"(?:error|warning)\[\w+\]: .*", done.stdout),
          ["error[RN2105]: type BIGNT is not known", 'error[RN2004]: column "pge" not found',
           'error[RN2104]: column "page" of table "made" is STRING, the query gives INT',
           "warning[W2101]: GROUP BY keeps a row for every key for ever",
           "error[RN2302]: function classes need a Java or Python machine, and runnel has none"])
    assert "a.sql:5:25" in done.stdout, done.stdout
    assert "did you mean BIGINT?" in done.stdout, done.stdout
    assert "3 not checked" in done.stderr, done.stderr
    equal(sorted(os.listdir(work)), ["a.sql"])
    done = run(work, "check", "--error-format", "json", "a.sql")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    first = found[0]
    equal((first["file"], first["line"], first["column"], first["severity"], first["code"]), ("a.sql", 3, 25, "error", "RN2105"))
    equal(CHECKED[first["begin"]:first["end"]], "BIGNT")
    second = found[1]
    equal(CHECKED[second["begin"]:second["end"]], "pge")


def test_check_is_quiet_about_good_scripts(work):
    write(work, "a.sql", "CREATE TABLE t (x INT);\nINSERT INTO t VALUES (1);\nSELECT * FROM t;\n")
    done = run(work, "check", "a.sql")
    equal((done.returncode, done.stdout, done.stderr), (0, "", "1 file · 3 statements · 0 errors · 0 warnings\n"))
    done = run(work, "check", "-q", "-", stdin="SELECT COUNT(*) FROM nothing")
    equal((done.returncode, done.stderr), (1, ""))
    assert "<stdin>:1:22" in done.stdout, done.stdout
    equal(run(work, "check", "missing.sql").returncode, 66)


def test_check_and_fmt_leave_test_files_out(work):
    write(work, "a.sql", "SELECT 1;\n")
    write(work, "a.test.sql", "--@given t\n| a |\n| 1 |\n")
    done = run(work, "check", "a.sql", "a.test.sql")
    equal((done.returncode, done.stdout), (0, ""))
    assert "1 left out: runnel test runs .test.sql" in done.stderr, done.stderr
    equal(run(work, "fmt", "--check", "a.sql", "a.test.sql").returncode, 0)
    equal(run(work, "fmt", "-w", "a.test.sql").returncode, 0)
    equal(open(os.path.join(work, "a.test.sql")).read(), "--@given t\n| a |\n| 1 |\n")


def test_check_werror(work):
    write(work, "a.sql", SOURCE + "SELECT k, COUNT(*) FROM g GROUP BY k;\n")
    equal(run(work, "check", "a.sql").returncode, 0)
    equal(run(work, "check", "--werror", "a.sql").returncode, 1)


def test_check_knows_the_tables_of_a_database(work):
    run(work, "shop.db", "-c", "CREATE TABLE t (x INT); CREATE VIEW w AS SELECT x + 1 AS y FROM t; CREATE VIEW a AS SELECT y FROM w; CREATE DATABASE d; CREATE FUNCTION d.f(x INT) RETURNS INT RETURN x; CREATE TABLE d.t (z AS d.f(q), q INT)")
    write(work, "a.sql", "SELECT y FROM a; SELECT d.f(z) FROM d.t; DROP VIEW a; DROP VIEW w; DROP TABLE t")
    equal(run(work, "check", "a.sql").returncode, 1)
    done = run(work, "check", "--db", "shop.db", "a.sql")
    equal((done.returncode, done.stdout), (0, ""))
    equal(run(work, "shop.db", "-c", "SELECT COUNT(*) AS n FROM t").stdout, '{"n":0}\n')


# Every statement that changes rows, tables or files, each later one over what the ones before would have made.
CHANGES = """UPDATE s SET b = 'changed' WHERE a = 1;
DELETE FROM s WHERE a = 2;
TRUNCATE TABLE s;
INSERT OVERWRITE s VALUES (9, 'z');
CREATE FUNCTION f (x INT) RETURNS INT RETURN x + 1;
SELECT f(a) FROM s;
CREATE TABLE c AS SELECT a FROM s;
SELECT a FROM c;
CREATE OR REPLACE TABLE c AS SELECT b FROM s;
SELECT b FROM c;
ALTER TABLE s ADD n INT;
SELECT n FROM s;
ALTER TABLE s RENAME TO s2;
EXECUTE STATEMENT SET BEGIN INSERT INTO s2 (a) SELECT 1; INSERT INTO c SELECT b FROM s2; END;
CREATE DATABASE d2;
USE d2;
CREATE TABLE x (a INT);
DROP TABLE x;
USE default_database;
CREATE VIEW v AS SELECT a FROM s2;
ALTER VIEW v RENAME TO v2;
SELECT a FROM v2;
DROP VIEW v2;
DROP TABLE c;
DROP TABLE s2;
"""


def test_check_changes_nothing(work):
    run(work, "shop.db", "-c", "CREATE TABLE s (a INT, b STRING, PRIMARY KEY (a) NOT ENFORCED); INSERT INTO s VALUES (1, 'x'), (2, 'y')")
    write(work, "a.sql", CHANGES)
    before = list(sqlite3.connect(os.path.join(work, "shop.db")).iterdump())
    done = run(work, "check", "--db", "shop.db", "a.sql")
    equal((done.returncode, done.stdout), (0, ""), done.stderr)
    equal(list(sqlite3.connect(os.path.join(work, "shop.db")).iterdump()), before)


def test_check_finds_what_is_wrong_in_each_statement(work):
    run(work, "shop.db", "-c", "CREATE TABLE s (a INT, b STRING)")
    write(work, "a.sql", """UPDATE s SET nope = 1;
DELETE FROM s WHERE nope = 1;
TRUNCATE TABLE nope;
INSERT OVERWRITE nope VALUES (1);
CREATE FUNCTION g (x INT) RETURNS INT RETURN nope + 1;
ALTER TABLE s DROP nope;
CREATE TABLE e AS SELECT nope FROM s;
REPLACE TABLE s AS SELECT nope FROM s;
CALL nope(1);
ADD JAR 'nope';
SET 'nope.nope' = '1';
USE nope;
DROP FUNCTION nope;
ALTER VIEW nope RENAME TO x;
""")
    done = run(work, "check", "--db", "shop.db", "--error-format", "json", "a.sql")
    equal(sorted(json.loads(line)["line"] for line in done.stdout.splitlines()), list(range(1, 15)), done.stdout)


def test_check_json_is_json_whatever_the_bytes(work):
    import random
    rng = random.Random(7)
    pieces = [b"SELECT ", b"FROM ", b"t", b'"', b"\\", b"\n", b"\r", b"\t", b"\x01", b"\x7f", b"\xff", b"\xc3", b"\xe2\x82", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc3\xa9", b"\xe2\x80\xa8",
              b"1", b";", b"(", b"'", b"`", b"--", b"/*", b"*/", b"U&'\\", b"X'", b"nope", b"\xf0\x9d\x84\x9e"]
    told = 0
    for i in range(60):
        noise = b"".join(rng.choice(pieces) for _ in range(rng.randrange(2, 20)))
        plain = noise.replace(b"`", b"").replace(b"'", b"")
        text = (noise, b"SELECT `" + plain + b"` FROM (VALUES (1)) AS t(x);", b"SELECT CAST('" + plain + b"' AS ROW<`" + plain + b"` NOPE>);")[i % 3]
        with open(os.path.join(work, "a.sql"), "wb") as f:
            f.write(text)
        done = subprocess.run([RUNNEL, "check", "--error-format", "json", "a.sql"], capture_output=True, cwd=work, timeout=60)
        assert done.returncode in (0, 1), (done.returncode, text)
        for line in done.stdout.split(b"\n")[:-1]:
            json.loads(line.decode("utf-8"))
            told += 1
    assert told > 30, told


def test_fmt(work):
    path = write(work, "a.sql", "select 1;\n")
    good = write(work, "b.sql", "SELECT 2;\n")
    done = run(work, "fmt", "a.sql", "b.sql")
    equal((done.returncode, done.stdout), (0, "SELECT 1;\nSELECT 2;\n"))
    done = run(work, "fmt", "--check", "a.sql", "b.sql")
    equal((done.returncode, done.stdout), (1, "a.sql\n"))
    equal(open(path).read(), "select 1;\n")
    equal(run(work, "fmt", "-w", "a.sql", "b.sql").returncode, 0)
    equal((open(path).read(), open(good).read()), ("SELECT 1;\n", "SELECT 2;\n"))
    equal(run(work, "fmt", "--check", "a.sql", "b.sql").returncode, 0)
    equal(run(work, "fmt", stdin="select 'x' -- y\n").stdout, "SELECT 'x' -- y\n")
    write(work, "c.sql", "selec 1")
    done = run(work, "fmt", "-w", "c.sql")
    equal(done.returncode, 1)
    assert "c.sql:1:1" in done.stderr, done.stderr
    equal(open(os.path.join(work, "c.sql")).read(), "selec 1")
    equal(run(work, "fmt", "-w", "--check", "c.sql").returncode, 64)


# --- runnel test ------------------------------------------------------------------------------------------------------
TESTED = """CREATE TABLE s (k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 's', 'format' = 'json', 'properties.bootstrap.servers' = 'localhost:9');
CREATE TABLE o (k STRING, n BIGINT) WITH ('connector' = 'kafka', 'topic' = 'o', 'format' = 'json', 'properties.bootstrap.servers' = 'localhost:9');
--@test passes
INSERT INTO o SELECT k, v + 1 FROM s WHERE v > 0;
--@given s
| k | v | ts |
| a | 1 | 2026-01-01 00:00:00 |
| b | 0 | 2026-01-01 00:00:00 |
--@expect o
| k | n |
| a | 2 |
--@test fails
SELECT k, v FROM s;
--@given s
{"k": "x|y", "v": 7, "ts": "2026-01-01 00:00:00"}
--@expect
| k | v |
| x\\|y | 8 |
--@test a sink that takes no updates
INSERT INTO o SELECT k, COUNT(*) FROM s GROUP BY k;
--@expect-error RN2301
"""


def test_test_tells_what_differs(work):
    path = write(work, "a.test.sql", TESTED)
    done = run(work, "test", ".")
    equal(done.returncode, 1)
    assert "✓ passes" in done.stdout and "✗ fails" in done.stdout and "✓ a sink" in done.stdout, done.stdout
    assert "a.test.sql:17  query, 2 rows differ\n        k    v\n      + x|y  7\n      - x|y  8\n" in done.stdout, done.stdout
    assert "3 tests, 1 failed, 2 passed" in done.stdout, done.stdout
    equal(run(work, "test", "-k", "passes", "a.test.sql").returncode, 0)
    equal(run(work, "test", "--update", "a.test.sql").returncode, 0)
    assert "| k    | v |\n| x\\|y | 7 |" in open(path).read(), open(path).read()
    equal(run(work, "test", "--parallelism", "1,2", "--chaos", "a.test.sql").returncode, 0)
    equal([name for name in os.listdir(work) if name != "state"], ["a.test.sql"])


def test_test_a_signal_is_no_success(work):
    """Tests that were not run have not passed."""
    write(work, "a.test.sql", "".join("--@test number %d\nSELECT 1 AS a;\n--@expect\n| a |\n| 1 |\n" % i for i in range(2000)))
    for number in (signal.SIGINT, signal.SIGTERM):
        p = start(work, "test", "a.test.sql")
        wait_for(lambda: p.poll() is not None or handles(p.pid, number))
        p.send_signal(number)
        out, err = p.communicate(timeout=120)
        equal(p.returncode, 128 + number, out[-300:] + err)
        assert "not all tests were run" in err, err


def test_test_mistakes_in_the_file(work):
    for text, line in [("--@tst x\n", "did you mean --@test"), ("--@test x\n--@given t\n| a | b |\n| 1 |\n", "a.test.sql:4: this row"),
                       ("--@test x\n--@watermark t\n", "write: --@watermark table"), ("SELECT 1;\n", "no test in it"),
                       ("--@test x\n--@given t\n| a |\n", None), ("--@test x\n--@expect-error RN2004\nSELECT 1;\n", None)]:
        write(work, "a.test.sql", text)
        done = run(work, "test", "a.test.sql")
        equal(done.returncode, 1, text)
        if line:
            assert line in done.stderr, done.stderr
    assert "error RN2004 did not come" in done.stdout, done.stdout
    write(work, "a.test.sql", "--@test x\n--@file none.sql\n")
    equal(run(work, "test", "a.test.sql").returncode, 1)
    equal(run(work, "test", "nothing.test.sql").returncode, 66)


def test_run_second_signal_aborts(work):
    write(work, "s.sql", SEQUENCE + INSERT)
    p = start(work, "run", "--db", "s.db", "s.sql")
    wait_for(lambda: has_rows(work, "s.db"))
    p.send_signal(signal.SIGSTOP)  # both signals are pending before it can act on the first
    p.send_signal(signal.SIGINT)
    p.send_signal(signal.SIGTERM)
    p.send_signal(signal.SIGCONT)
    out, err = p.communicate(timeout=120)
    assert p.returncode in (130, 143) and "aborted" in err, (p.returncode, err)
    again = run(work, "run", "--db", "s.db", "--for", "500ms", "s.sql")
    equal(again.returncode, 0, again.stderr)
    each_row_once(work, "s.db")


def test_run_failed_job(work):
    write(work, "in.json", '{"a":1}\n{"a":"x"}\n')
    write(work, "f.sql", "CREATE TABLE t (a INT) WITH ('connector' = 'filesystem', 'path' = 'in.json', 'format' = 'json');\nCREATE TABLE o (a INT);\n"
          "INSERT INTO o SELECT a FROM t;\nSELECT 1 AS never;\n")
    done = run(work, "run", "--db", "f.db", "f.sql")
    equal((done.returncode, done.stdout), (2, ""), done.stderr)
    assert "RN5001" in done.stderr, done.stderr


def test_run_fresh(work):
    write(work, "s.sql", SEQUENCE + INSERT)
    for fresh in ([], ["--fresh"]):  # rows of before are gone, and the sequence begins anew
        p = start(work, "run", "-q", "--db", "s.db", *fresh, "s.sql")
        wait_for(lambda: has_rows(work, "s.db", "id < 1000000000"))
        p.send_signal(signal.SIGINT)
        out, err = p.communicate(timeout=120)
        equal(p.returncode, 0, err)
        each_row_once(work, "s.db")
        with contextlib.closing(sqlite3.connect(os.path.join(work, "s.db"))) as sql:
            sql.execute("UPDATE o SET id = id + 1000000000")
            sql.commit()


def test_one_writer(work):
    write(work, "s.sql", STREAM + INSERT)
    p = start(work, "run", "--db", "s.db", "s.sql")
    started(p)
    wait_for(lambda: rows(work, "s.db", "SELECT COUNT(*) AS n FROM o")[0]["n"] > 0)
    done = run(work, "s.db", "-c", "CREATE TABLE x (a INT)")
    equal(done.returncode, 5, done.stderr)
    assert str(p.pid) in done.stderr, done.stderr
    p.send_signal(signal.SIGINT)
    p.communicate(timeout=120)
    equal(p.returncode, 0)
    equal(run(work, "s.db", "-c", "CREATE TABLE x (a INT)").returncode, 0)


def test_print_connector_goes_to_stdout(work):
    done = run(work, "run", "-q", "-c", "CREATE TEMPORARY TABLE p (a INT) WITH ('connector' = 'print'); INSERT INTO p VALUES (7)")
    equal((done.returncode, done.stderr), (0, ""))
    assert "7" in done.stdout, done.stdout


def test_progress_without_a_terminal_is_logfmt_or_nothing(work):
    done = run(work, "-c", "CREATE TEMPORARY TABLE b (a INT) WITH ('connector' = 'blackhole'); INSERT INTO b VALUES (1)")
    equal((done.returncode, done.stdout, done.stderr), (0, "", ""))


# --- the shell, under a pseudo-terminal -----------------------------------------------------------------------------------
PROMPT = "runnel> "


def shell(work, *args, **kwargs):
    return Shell([RUNNEL, *args], work, **kwargs)


def test_shell_banner_and_leaving(work):
    with shell(work, "shop.db") as s:
        banner = s.expect(PROMPT)
        assert "shop.db" in banner and "\\?" in banner and len(banner.strip().splitlines()) <= 3, banner
        s.send("\x04")
        equal(s.wait(), 0)
    with shell(work) as s:
        assert "nothing is kept" in s.expect(PROMPT)
        s.line("\\q")
        equal(s.wait(), 0)
    with shell(work) as s:
        s.expect(PROMPT)
        s.line("exit;")
        equal(s.wait(), 0)


def test_shell_statements_of_many_lines(work):
    with shell(work) as s:
        s.expect(PROMPT)
        s.line("SELECT 1 AS a,")
        s.expect("     -> ")
        s.line("'x;")
        s.expect("    '-> ")
        s.line("y' AS b, (2")
        s.expect("    (-> ")
        s.line("/* ;")
        s.expect("   /*-> ")
        s.line("*/ ) AS c; SELECT 'second' AS d;")
        out = s.expect("1 row", "1 row", PROMPT)
        assert "x;\\ny" in out and "second" in out, out


def test_shell_errors_do_not_end_it(work):
    with shell(work) as s:
        s.expect(PROMPT)
        s.line("SELECT FROM;")
        assert "error[RN1001]" in s.expect(PROMPT)
        s.line("\\nosuch")
        assert "unknown command \\nosuch" in s.expect(PROMPT)
        s.line("SELECT 5 AS five;")
        assert "five" in s.expect("1 row")


def test_shell_ctrl_c_clears_the_line(work):
    with shell(work) as s:
        s.expect(PROMPT)
        s.line("SELECT (1,")
        s.expect("(-> ")
        s.send("garbage\x03")
        s.expect("^C", PROMPT)
        s.line("SELECT 7 AS seven;")
        assert "seven" in s.expect("1 row", PROMPT)


def test_shell_ctrl_c_stops_the_query(work):
    with shell(work) as s:
        s.expect(PROMPT)
        s.line(SOURCE.strip())
        s.expect("created", PROMPT)
        s.line("SELECT id FROM g;")
        s.expect("100")
        s.send("\x03")
        s.expect("stopped: ", PROMPT)
        s.line("SELECT 8 AS eight;")
        assert "eight" in s.expect("1 row", PROMPT)


def test_shell_live_table(work):
    with shell(work) as s:
        s.expect(PROMPT)
        s.line(SOURCE.strip())
        s.expect(PROMPT)
        s.line("SELECT k, COUNT(*) AS n FROM g GROUP BY k;")
        s.expect("\x1b[7A")  # drawn again in place: 2 lines of header, 5 rows
        s.send("\x03")
        out = s.expect("stopped: 5 rows, ", " changes", PROMPT)
        assert "-U" not in out, out


def live_query(s):
    """A live table that changes; text typed meanwhile is not part of what it draws."""
    s.expect(PROMPT)
    s.line(SOURCE.strip())
    s.expect(PROMPT)
    s.line("SELECT k, COUNT(*) AS n FROM g GROUP BY k;")
    s.expect("\x1b[7A")


COOKED = termios.ECHO | termios.ICANON | termios.ISIG


def modes(s):
    return termios.tcgetattr(s.fd)[3] & (termios.ECHO | termios.ICANON | termios.ISIG | termios.NOFLSH)


def test_shell_typed_ahead(work):
    with shell(work) as s:
        live_query(s)
        s.line("SELECT 40 + 2 AS answer;")
        s.send("SELECT 7 AS sev")
        drawn = s.expect("\x1b[7A", "\x1b[7A", "\x1b[7A")
        assert "SELECT" not in drawn, drawn
        s.send("\x03")
        out = s.expect("stopped: 5 rows, ", "SELECT 40 + 2 AS answer;", "42", "1 row", "SELECT 7 AS sev")
        assert "SELECT" not in out.split("stopped: 5 rows")[0], out
        s.line("en;")
        s.expect("seven", "1 row", PROMPT)
        s.line("SELECT COUNT(*) AS n FROM g /*+ OPTIONS('number-of-rows' = '300', 'rows-per-second' = '300') */;")
        s.send("\\q\r")  # behind a query that ends by itself
        s.expect("300", "1 row")
        assert s.wait() == 0


def test_shell_terminal_is_given_back(work):
    for number, code in ((signal.SIGTERM, 0), (signal.SIGQUIT, -signal.SIGQUIT)):
        with shell(work) as s:
            live_query(s)
            assert not modes(s) & (termios.ECHO | termios.ICANON) and modes(s) & termios.ISIG
            if number == signal.SIGQUIT:
                s.send("\x1c")
            else:
                os.kill(s.pid, number)
            assert s.wait() == code, s.code
            equal(modes(s), COOKED, number)


def test_an_aborted_run_gives_the_terminal_back(work):
    write(work, "live.sql", SOURCE + "SELECT k, COUNT(*) AS n FROM g GROUP BY k;")
    with shell(work, "run", "live.sql") as s:
        s.expect("\x1b[7A")
        assert not modes(s) & termios.ECHO
        os.kill(s.pid, signal.SIGINT)
        os.kill(s.pid, signal.SIGTERM)  # aborts, where it comes before the end that the first one asked for
        assert s.wait() in (0, 128 + signal.SIGINT, 128 + signal.SIGTERM), s.code
        equal(modes(s), COOKED)


def test_shell_stopped_and_continued(work):
    """Ctrl-Z under a shell with job control: the terminal is as it was, and fg takes it again."""
    script = "set -m; %s; stty -a | grep -oE -e '-?(echo|icanon)( |;)'; echo back; fg" % RUNNEL
    with Shell(["/bin/bash", "-c", script], work) as s:
        live_query(s)
        s.send("\x1a")
        out = s.expect("back")
        assert "-echo" not in out and "-icanon" not in out and "icanon" in out, out
        s.expect("\x1b[7A")
        s.line("SELECT 'quiet' AS again;")
        assert "SELECT" not in s.expect("\x1b[7A", "\x1b[7A")
        s.send("\x03")
        s.expect("stopped: 5 rows, ", "again", "quiet", "1 row", PROMPT)


def test_shell_status_line(work):
    with shell(work) as s:
        s.expect(PROMPT)
        s.line(SOURCE.strip())
        s.expect(PROMPT)
        s.line("SELECT id FROM g;")
        s.expect("rows/s")
        s.send("\x03")
        s.expect("stopped: ", PROMPT)


def test_shell_completion(work):
    with shell(work) as s:
        def completes(typed, rest):
            s.send(typed + "\t")
            s.expect(rest)

        def answers(text, line=""):
            s.line(line)
            s.expect(text, PROMPT)

        s.expect(PROMPT)
        answers("created", "CREATE TABLE customers (customer_id INT, country STRING);")
        completes("SELECT customer_id FR", "OM")
        completes("cust", "omers")
        completes("wh", "ere")
        answers("0 rows", "FALSE;")
        completes("\\tim", "ing")
        answers("\\timing is on")
        completes("\\d cus", "tomers")
        answers("country")
        completes("SELECT * FROM CUM", "ULATE")
        s.send("\x03")
        s.expect(PROMPT)
        answers("created", "CREATE FUNCTION twice(a INT) RETURNS INT RETURN a * 2;")
        completes("\\h twi", "ce")
        answers("RETURN a * 2")
        answers("there is no help on nothing", "\\h nothing")


def test_shell_history(work):
    with shell(work) as s:
        s.expect(PROMPT)
        s.line("SELECT 11 AS a,")
        s.expect("-> ")
        s.line("22 AS b;")
        s.expect("1 row", PROMPT)
        s.line("SET 'x.password' = 'hunter2';")
        s.expect(PROMPT)
        s.line(" SELECT 'unremembered';")
        s.expect(PROMPT)
        s.send("\x04")
        equal(s.wait(), 0)
    path = os.path.join(work, "state", "runnel", "history")
    equal(stat.S_IMODE(os.stat(path).st_mode), 0o600)
    text = open(path).read()
    assert "hunter2" not in text and "unremembered" not in text, text
    with shell(work) as s:  # the whole statement comes back with one key
        s.expect(PROMPT)
        s.send("\x1b[A")
        s.expect("22 AS b;")
        s.send("\r")
        out = s.expect("1 row", PROMPT)
        assert "11" in out and "22" in out, out


def test_shell_background_job(work):
    with shell(work, "b.db") as s:
        s.expect(PROMPT)
        for statement in STREAM.strip().split(";\n"):
            s.line(statement.replace("\n", " ").rstrip(";") + ";")
            s.expect("created", PROMPT)
        s.line(INSERT.strip())
        s.expect("started", PROMPT)
        s.line("\\jobs")
        assert "RUNNING" in s.expect(PROMPT)
        s.line("SELECT 1 AS meanwhile;")
        s.expect("1 row", PROMPT)
        wait_for(lambda: has_rows(work, "b.db"))
        s.send("\x04")
        s.expect("stopping 1 job")
        equal(s.wait(), 0)
    assert rows(work, "b.db", "SELECT COUNT(*) AS n FROM o")[0]["n"] > 0
    with shell(work, "b.db") as s:
        assert "STOPPED" in s.expect(PROMPT)


def test_shell_read_only_company(work):
    with shell(work, "b.db") as first:
        first.expect(PROMPT)
        first.line("CREATE TABLE t (a INT);")
        first.expect("created", PROMPT)
        with shell(work, "b.db") as second:
            banner = second.expect(PROMPT)
            assert "process %d writes this file" % first.pid in banner, banner
            second.line("SHOW TABLES;")
            second.expect("1 row", PROMPT)
            second.line("DROP TABLE t;")
            second.expect("RN7002", PROMPT)


def test_shell_settings_of_display(work):
    write(work, "inc.sql", "SELECT 'included' AS x;\n")
    with shell(work) as s:
        s.expect(PROMPT)
        s.line("\\x")
        s.expect("on", PROMPT)
        s.line("SELECT 1 AS a, 2 AS b;")
        s.expect("-[ 1 ]-", PROMPT)
        s.line("\\x off")
        s.expect(PROMPT)
        s.line("\\format json")
        s.expect(PROMPT)
        s.line("SELECT 1 AS a;")
        s.expect('{"a":1}', PROMPT)
        s.line("\\i inc.sql")
        s.expect("included", PROMPT)
        s.line("\\h RN2004")
        s.expect("column", PROMPT)
        s.line("\\?")
        s.expect("\\timing", PROMPT)
        s.line("\\d")
        s.expect(PROMPT)


def test_shell_sigterm(work):
    with shell(work) as s:
        s.expect(PROMPT)
        os.kill(s.pid, signal.SIGTERM)
        equal(s.wait(), 0)


def test_shell_wide_characters_typed(work):
    with shell(work) as s:
        s.expect(PROMPT)
        s.line("SELECT '値段 é' AS `größe`;")
        out = s.expect("1 row", PROMPT)
        assert "値段 é" in out and "größe" in out, out


def main():
    passed = failed = 0
    for name, test in sorted(globals().items()):
        if not name.startswith("test_") or ONLY not in name:
            continue
        with tempfile.TemporaryDirectory() as work:
            try:
                test(work)
                passed += 1
            except Exception:
                failed += 1
                print("FAILED %s\n%s" % (name, traceback.format_exc()), flush=True)
            for p in RUNNING:
                if p.poll() is None:
                    p.kill()
                    p.wait()
            RUNNING.clear()
    print("cli: %d passed, %d failed" % (passed, failed))
    sys.exit(1 if failed else 0)


main()
