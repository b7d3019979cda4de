#!/usr/bin/env python3
"""Error goldens: every .sql file is run as a script; stderr (message, caret, hint) and the exit code must be
exactly those of its .expected file. `--update` writes them: read the difference before you keep it.
A file may hold several cases, divided by lines `-- @case NAME`; each case is a script of its own, with the
lines before the first case put before it. Then limits.py: long and deep statements. Then every code of
base/error_codes.h: a test names it, and `runnel help CODE` says more than its title."""
import os, re, subprocess, sys, tempfile
sys.dont_write_bytecode = True
import limits

binary, folder = os.path.abspath(sys.argv[1]), sys.argv[2]
update = "--update" in sys.argv
passed = failed = 0
for name in sorted(os.listdir(folder)):
    if not name.endswith(".sql"):
        continue
    parts = re.split(r"^-- @case (.*)\n", open(os.path.join(folder, name)).read(), flags=re.M)
    cases = list(zip(parts[1::2], parts[2::2])) or [("", parts[0])]
    prefix = parts[0] if len(parts) > 1 else ""
    out = []
    for case, text in cases:
        with tempfile.TemporaryDirectory() as work:
            path = os.path.join(work, "case.sql")
            with open(path, "w") as f:
                f.write(prefix + text)
            done = subprocess.run([binary, "-q", "-f", "case.sql"], capture_output=True, text=True, timeout=60, cwd=work)
            out.append("-- @case %s\n%sexit %d\n" % (case, done.stderr, done.returncode))
    expected = os.path.join(folder, name[:-4] + ".expected")
    if update:
        open(expected, "w").write("\n".join(out))
        continue
    want = re.split(r"^(?=-- @case )", open(expected).read(), flags=re.M)[1:]
    want = [w.strip() for w in want]
    for i, got in enumerate(out):
        if i < len(want) and want[i] == got.strip():
            passed += 1
        else:
            failed += 1
            print("FAIL %s %s\n--- expected\n%s\n--- got\n%s" % (name, cases[i][0], want[i] if i < len(want) else "(nothing)", got.strip()))


# Met by no statement or run, with the reason.
UNPROVOKED = {
    "E_MISUSE": "calls of the C API in the wrong order: runnel_code RUNNEL_MISUSE, tested in unit/test_api.c",
}


def check_codes(root):
    """Gives (passed, failures)."""
    rows = re.findall(r'^RN_CODE\((\w+), (\d+), \d+, "([^"]*)", "((?:[^"\\]|\\.)*)",', open(os.path.join(root, "base", "error_codes.h")).read(), flags=re.M)
    texts = []
    for where, _, names in os.walk(os.path.join(root, "tests")):
        for name in names:
            if name.endswith((".expected", ".py", ".c", ".sql", ".h")) and not os.path.samefile(os.path.join(where, name), __file__):
                texts.append(open(os.path.join(where, name), errors="replace").read())
    tests = "\n".join(texts)
    good, bad = 0, [] if len(rows) > 50 else ["base/error_codes.h: only %d codes were found" % len(rows)]
    for name, number, title, text in rows:
        code = "W%d" % (int(number) - 100000) if int(number) >= 100000 else "RN%s" % number
        told = subprocess.run([binary, "help", code], capture_output=True, text=True, timeout=60)
        body = told.stdout.replace(code, "").replace(title, "").split()
        if not re.search(r"\b%s\b|\bRN_%s\b" % (code, name), tests) and name not in UNPROVOKED:
            bad.append("%s %s: no test meets it" % (code, name))
        elif told.returncode != 0 or len(body) < 5 or text.lower().rstrip(".") == title.lower():
            bad.append("%s: help says only: %s" % (code, told.stdout.strip()))
        else:
            good += 1
        more, failures = check_example(code, told.stdout)
        good += more
        bad += failures
    return good, bad


def check_example(code, told):
    """What `help` says that a code comes from gives it, what it says to write instead does not. Gives (passed, failures)."""
    parts = re.split(r"^(it comes from|instead):\n", told, flags=re.M)
    good, bad = 0, []
    if len(parts) == 1 and "For example: " not in told:
        bad.append("%s: help has no example" % code)
    for what, script in zip(parts[1::2], parts[2::2]):
        with tempfile.TemporaryDirectory() as work:
            with open(os.path.join(work, "example.sql"), "w") as f:
                f.write(script)
            done = subprocess.run([binary, "-q", "-f", "example.sql"], capture_output=True, text=True, timeout=60, cwd=work)
        given = "[%s]" % code in done.stderr
        if given if what == "instead" else not given:
            bad.append("%s: the script of \"%s\" answers %s" % (code, what, done.stderr.strip()))
        elif what == "instead" and done.returncode != 0:
            bad.append("%s: the script of \"instead\" fails: %s" % (code, done.stderr.strip()))
        else:
            good += 1
    return good, bad


if not update:
    more, failures = limits.run(binary)
    passed += more
    failed += len(failures)
    for failure in failures:
        print("FAIL limits: " + failure)
    more, failures = check_codes(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
    passed += more
    failed += len(failures)
    for failure in failures:
        print("FAIL codes: " + failure)
print("errors: %d passed, %d failed" % (passed, failed))
sys.exit(1 if failed else 0)
