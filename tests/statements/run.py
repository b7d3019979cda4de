#!/usr/bin/env python3
"""Statement goldens: every .sql file is run against a database file of its own; what is printed (rows as JSON, messages,
the exit code) must be exactly that of its .expected file. A line `-- @reopen` ends the program and starts it again on the
same file with what follows: the answers behind it come from what the file kept. A statement that fails ends its part.
`--update` writes expectations: read the difference before you keep it."""
import os, re, subprocess, sys, tempfile

binary, folder = os.path.abspath(sys.argv[1]), sys.argv[2]
only = [a for a in sys.argv[3:] if not a.startswith("--")]
update = "--update" in sys.argv
passed = failed = 0
for name in sorted(os.listdir(folder)):
    if not name.endswith(".sql") or (only and name not in only):
        continue
    out = []
    with tempfile.TemporaryDirectory() as work:
        for part in re.split(r"^-- @reopen.*\n", open(os.path.join(folder, name)).read(), flags=re.M):
            with open(os.path.join(work, "part.sql"), "w") as f:
                f.write(part)
            done = subprocess.run([binary, "file.db", "-q", "-f", "part.sql"], capture_output=True, text=True, timeout=120, cwd=work)
            out.append(done.stdout + done.stderr + "exit %d\n" % done.returncode)
    got = "-- @reopen\n".join(out)
    expected = os.path.join(folder, name[:-4] + ".expected")
    if update:
        open(expected, "w").write(got)
        continue
    want = open(expected).read() if os.path.exists(expected) else "(nothing)"
    if want == got:
        passed += 1
    else:
        failed += 1
        print("FAIL %s\n--- expected\n%s\n--- got\n%s" % (name, want, got))
print("statements: %d passed, %d failed" % (passed, failed))
sys.exit(1 if failed else 0)
