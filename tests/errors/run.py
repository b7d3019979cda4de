#!/usr/bin/env python3
"""Error goldens: every .sql file is run as a script; stderr (message, caret, hint) and the exit code must be
exactly those of its .expected file. `--update` writes them: read the difference before you keep it.
A file may hold several cases, divided by lines `-- @case NAME`; each case is a script of its own, with the
lines before the first case put before it. Then limits.py: long and deep statements."""
import os, re, subprocess, sys, tempfile
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
if not update:
    more, failures = limits.run(binary)
    passed += more
    failed += len(failures)
    for failure in failures:
        print("FAIL limits: " + failure)
print("errors: %d passed, %d failed" % (passed, failed))
sys.exit(1 if failed else 0)
