"""What the cases of this suite share: programs, a broker, checks, files of SQLite.

A case is a function that takes a Work (a directory of its own); @case registers it. Cases run side by side."""
import concurrent.futures, os, pty, re, shutil, signal, sqlite3, subprocess, sys, tempfile, threading, time, traceback

build = os.path.abspath(os.environ.get("BUILD") or (sys.argv[1] if len(sys.argv) > 1 else "build"))
runnel, broker_program = build + "/runnel", build + "/runnel-broker"
patience = 120  # seconds: only a hang waits so long, however busy the machine is
cases = []
lock = threading.Lock()
passed = failed = 0


def case(fn):
    cases.append(fn)
    return fn


class Result:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def lines(self):
        return self.out.splitlines()

    def __repr__(self):
        return "exit %d\nstdout: %s\nstderr: %s" % (self.code, self.out[-1500:], self.err[-1500:])


class Work:
    """A case's directory, its processes and its checks."""

    def __init__(self, name):
        self.name, self.dir, self.started = name, tempfile.mkdtemp(prefix="rn-runs-"), []
        self.topics = 0

    def path(self, name):
        return os.path.join(self.dir, name)

    def write(self, name, text):
        with open(self.path(name), "w") as f:
            f.write(text)
        return name

    def append(self, name, text):
        with open(self.path(name), "a") as f:
            f.write(text)

    def start(self, *args, env=None, stdin=subprocess.DEVNULL):
        e = dict(os.environ, NO_COLOR="1", **(env or {}))
        p = subprocess.Popen([runnel] + list(args), cwd=self.dir, env=e, text=True, stdin=stdin,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.started.append(p)
        return p

    def shell(self, *args):
        """The shell on a pseudo-terminal."""
        return Shell(self, *args)

    def finish(self, p):
        out, err = p.communicate(timeout=patience)
        return Result(p.returncode, out, err)

    def stop(self, p, sig=signal.SIGTERM):
        p.send_signal(sig)
        return self.finish(p)

    def lines_of(self, sql, count, *args, script="s.sql"):
        """A run without an end, stopped when it has printed so many lines."""
        self.write(script, sql)
        p = self.start("run", *args, script)
        first = self.read(p, p.stdout, lambda lines: len(lines) == count)
        r = self.stop(p)
        return Result(r.code, first + r.out, r.err)

    def read(self, p, pipe, enough):
        """Lines of a program until there are enough, which the lines so far tell."""
        watch = threading.Timer(patience, p.kill)
        watch.start()
        lines = []
        while not enough(lines):
            line = pipe.readline()
            if not line:
                break
            lines.append(line)
        watch.cancel()
        return "".join(lines)

    def runnel(self, *args, env=None, input=None):
        p = self.start(*args, env=env, stdin=subprocess.PIPE if input is not None else subprocess.DEVNULL)
        try:
            out, err = p.communicate(input, timeout=patience)
        except subprocess.TimeoutExpired:
            p.kill()
            out, err = p.communicate()
            err += "\n(killed: it did not end)"
        return Result(p.returncode, out, err)

    def run(self, sql, *args, db="a.db", script="s.sql", **kw):
        """`runnel run` of a script with this text."""
        self.write(script, sql)
        return self.runnel("run", *(["--db", db] if db else []), *args, script, **kw)

    def run_start(self, sql, *args, db="a.db", script="s.sql", **kw):
        self.write(script, sql)
        return self.start("run", "--db", db, *args, script, **kw)

    def rows(self, sql, db="a.db"):
        c = sqlite3.connect("file:%s?mode=ro" % self.path(db), uri=True, timeout=10)
        try:
            return c.execute(sql).fetchall()
        finally:
            c.close()

    def execute(self, sql, db="a.db", *values):
        c = sqlite3.connect(self.path(db), timeout=10)
        c.execute(sql, values)
        c.commit()
        c.close()

    def one(self, sql, db="a.db"):
        return self.rows(sql, db)[0][0]

    def wait(self, what, seconds=patience):
        """Waits until what() is true; errors of SQLite count as not yet."""
        until = time.time() + seconds
        while time.time() < until:
            try:
                if what():
                    return True
            except sqlite3.Error:
                pass
            time.sleep(0.02)
        return False

    def check(self, what, ok, detail=""):
        global passed, failed
        with lock:
            if ok:
                passed += 1
            else:
                failed += 1
                print("FAIL %s: %s\n%s" % (self.name, what, "\n".join("    " + l for l in str(detail).splitlines())))

    def same(self, what, got, want, detail=""):
        self.check(what, got == want, "got  %r\nwant %r\n%s" % (got, want, detail))

    def has(self, what, text, *parts):
        missing = [p for p in parts if not re.search(p, text, re.S | re.I)]
        self.check(what, not missing, "missing %r in:\n%s" % (missing, text))

    # --- topics -------------------------------------------------------------------------------------------------
    def topic(self, partitions=1):
        self.topics += 1
        name = "t-%s-%d" % (re.sub("[^a-z]+", "-", self.name), self.topics)
        broker().topic(name, partitions)
        return name

    def produce(self, topic, lines, *args):
        subprocess.run([broker_program, "produce", "--bootstrap", broker().address, "--topic", topic, *args],
                       input="".join(l + "\n" for l in lines), text=True, check=True, timeout=patience, stdout=subprocess.DEVNULL)

    def kafka(self, topic, columns="id INT", more=""):
        return ("(%s) WITH ('connector' = 'kafka', 'topic' = '%s', 'properties.bootstrap.servers' = '%s', "
                "'scan.startup.mode' = 'earliest-offset', 'format' = 'json', 'properties.fetch.wait.max.ms' = '10'%s)"
                % (columns, topic, broker().address, more))

    def close(self):
        for p in self.started:
            if p.poll() is None:
                p.kill()
            p.wait()
            for f in (p.stdin, p.stdout, p.stderr):
                if f:
                    f.close()
        shutil.rmtree(self.dir, ignore_errors=True)


class Shell:
    def __init__(self, work, *args):
        master, slave = pty.openpty()
        e = dict(os.environ, NO_COLOR="1", TERM="dumb", HOME=work.dir)
        self.process = subprocess.Popen([runnel] + list(args), cwd=work.dir, env=e, stdin=slave, stdout=slave, stderr=slave, start_new_session=True)
        os.close(slave)
        work.started.append(self.process)
        self.master, self.text = master, ""
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        while True:
            try:
                piece = os.read(self.master, 65536)
            except OSError:
                return
            if not piece:
                return
            self.text += piece.decode(errors="replace")

    def say(self, text):
        os.write(self.master, (text + "\n").encode())

    def ask(self, text, pattern):
        """Types text; the output from then on, once it matches."""
        begin = len(self.text)
        self.say(text)
        until = time.time() + patience
        while time.time() < until and not re.search(pattern, self.text[begin:], re.S):
            time.sleep(0.02)
        return self.text[begin:]

    def leave(self):
        self.say("\\q")
        try:
            return self.process.wait(patience)
        except subprocess.TimeoutExpired:
            return None


class Broker:
    def __init__(self):
        self.process = subprocess.Popen([broker_program, "--topic", "first:1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().strip()

    def topic(self, name, partitions):
        with lock:
            self.process.stdin.write("topic %s %d\n" % (name, partitions))
            self.process.stdin.flush()
        subprocess.run([broker_program, "ping", "--bootstrap", self.address], stdout=subprocess.DEVNULL, timeout=patience)


shared, broker_lock = [], threading.Lock()


def broker():
    with broker_lock:
        if not shared:
            shared.append(Broker())
        return shared[0]


def one_case(fn):
    work = Work(fn.__name__)
    begin = time.time()
    try:
        fn(work)
    except Exception:
        work.check("the case ends", False, traceback.format_exc())
    finally:
        work.close()
    if os.environ.get("RN_TIMES"):
        print("%6.2f s %s" % (time.time() - begin, fn.__name__))


def main(wanted):
    chosen = [c for c in cases if not wanted or any(w in c.__name__ for w in wanted)]
    with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("RN_JOBS", "4"))) as pool:
        list(pool.map(one_case, chosen))
    for b in shared:
        b.process.kill()
        b.process.wait()
    print("runs: %d passed, %d failed" % (passed, failed))
    return failed != 0
