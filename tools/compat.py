#!/usr/bin/env python3
"""docs/COMPAT.md and docs/FUNCTIONS.md against the tree: every row of a table with a `test` column names tests that exist,
every function has answers over rows and an error for wrong arguments, every setting has its line.

    tools/compat.py            prints what is wrong, exits 1 when there is something

A test is a suite and what in it shows the row: `golden query/order`, `errors syntax, windows`, `unit test_parse`,
`dialect tumble_*`, `statements show: modules` (a case of a file). `(SKIP)` behind a dialect case: it is in
the SKIP file. A suite holds until the next one; alone it stands for all of it where there is nothing to name (`differential`).
"""
import glob
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# suite: (files under tests/, may the suite stand alone)
SUITES = {
    "golden": (["golden/{}.sql", "golden/{}/*.sql"], False),
    "dialect": (["dialect/streaming/{}.sql"], False),
    "errors": (["errors/{}.sql", "errors/{}.py"], False),
    "statements": (["statements/{}.sql"], False),
    "unit": (["unit/{}.c"], False),
    "timed": (["timed/{}.test.sql"], False),
    "runs": (["runs/{}.py"], False),
    "crash": (["crash/{}", "crash/{}.py"], False),
    "cli": (["cli/{}"], True),
    "expressions": ([], True),
    "differential": ([], True),
    "model": ([], True),
    "kafka": ([], True),
}


def cells(line):
    """The cells of a table row; a bar behind a backslash or in back-ticks is text."""
    text = line.strip()
    if not text.startswith("|"):
        return None
    return [c.strip().replace("\\|", "|") for c in re.split(r"(?<!\\)\|", text)[1:-1]]


def skipped():
    with open(os.path.join(ROOT, "tests/dialect/streaming/SKIP")) as f:
        return {line.split()[0] for line in f if line.strip() and not line.startswith("#")}


def problem(suite, name, skip):
    """What is wrong with one name, or None."""
    patterns, alone = SUITES[suite]
    if name is None:
        return None if alone else f"{suite}: which one?"
    if not patterns:
        return f"{suite} has no files to name: {name}"
    name, _, case = name.partition(":")
    note = name.endswith("(SKIP)")
    name = name.removesuffix("(SKIP)").strip()
    found = sorted(f for p in patterns for f in glob.glob(os.path.join(ROOT, "tests", p.format(name))))
    if not found and suite == "runs":  # a check of one of its files
        cases = glob.glob(os.path.join(ROOT, "tests/runs/case_*.py"))
        found = [f for f in cases if f"def {name}(" in open(f, encoding="utf-8").read()]
    if not found:
        return f"there is no {suite} {name}"
    if suite == "dialect":
        names = {os.path.basename(f)[:-4] for f in found}
        if note != bool(names <= skip):
            return f"dialect {name} is {'not ' if note else ''}in SKIP"
    if case.strip():
        text = "".join(open(f, encoding="utf-8").read() for f in found)
        if case.strip() not in text:
            return f"{suite} {name} has no case '{case.strip()}'"
    return None


def check(path):
    wrong, rows, header = [], 0, None
    skip = skipped()
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            row = cells(line)
            if row is None:
                header = None
                continue
            if header is None:
                header = row
                continue
            if re.fullmatch(r"[-: ]*", "".join(row)) or header[-1] != "test":
                continue
            rows += 1
            if len(row) != len(header):
                wrong.append(f"{number}: {len(row)} cells under a header of {len(header)}")
                continue
            suite = None
            if not row[-1]:
                wrong.append(f"{number}: no test shows: {row[0][:60]}")
            for part in filter(None, (p.strip() for p in row[-1].split(","))):
                first, _, rest = part.partition(" ")
                if first in SUITES:
                    suite, name = first, rest.strip() or None
                elif suite:
                    name = part
                else:
                    wrong.append(f"{number}: not a suite: {part}")
                    continue
                what = problem(suite, name, skip)
                if what:
                    wrong.append(f"{number}: {what}")
    return rows, wrong


def read(*patterns):
    files = (f for p in patterns for f in sorted(glob.glob(os.path.join(ROOT, p))))
    return "".join(open(f, encoding="utf-8").read() for f in files)


def functions():
    """Every row of docs/FUNCTIONS.md (made from the function table) is called by the tests that stand for it."""
    answers = read("tests/golden/*/*.sql", "tests/dialect/streaming/*.sql", "tests/dialect/expressions.jsonl").upper()
    errors = read("tests/errors/arguments.sql")
    names = re.findall(r"^\| `([A-Z][A-Z_0-9]*)", read("docs/FUNCTIONS.md"), re.M)
    for name in names:
        called = re.compile(rf"\b{name}\b")
        if not called.search(answers):
            yield f"docs/FUNCTIONS.md: no answers of {name} over rows: add a query to tests/golden/functions/"
        if not called.search(errors):
            yield f"docs/FUNCTIONS.md: no error for wrong arguments of {name}: add a call to tests/errors/arguments.sql"
    if not names:
        yield "docs/FUNCTIONS.md: no functions"


def settings():
    """Every SET key of the table in planner/settings.c stands in docs/COMPAT.md, and no other."""
    table = read("planner/settings.c")
    known = set(re.findall(r'^    \{"([a-z][a-z.\-]+)",', table, re.M))
    text = read("docs/COMPAT.md")
    part = text[text.index("## Settings") : text.index("## Connectors")]
    told, last = set(), ""
    for name in re.findall(r"`([a-z.][a-z.\-]+)`", part.split("Keys that begin so")[0]):
        last = last.rpartition(".")[0] + name if name.startswith(".") else name  # `a.b.enabled`, `.delay`
        told.add(last)
    for key in sorted(known - told):
        yield f"docs/COMPAT.md: setting {key} is not in it"
    for key in sorted(told - known):
        yield f"docs/COMPAT.md: there is no setting {key}"
    if not known:
        yield "planner/settings.c: no settings"


def main():
    rows, wrong = check(os.path.join(ROOT, "docs/COMPAT.md"))
    wrong = [f"docs/COMPAT.md:{line}" for line in wrong] + list(functions()) + list(settings())
    print("\n".join(wrong), end="\n" if wrong else "")
    return 1 if wrong or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
