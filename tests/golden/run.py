#!/usr/bin/env python3
"""Golden SQL: every .sql file of the given folders, run four ways against one .expected file.

straight; 2-row batches; stopped at an epoch and restored; parallelism 2, restored into 1. Rows are compared
as a multiset, changes in order per upsert key, and in full order only where the query says ORDER BY at
parallelism 1. `--update` writes expectations from the straight run: read the difference before you keep it.
A file may say `-- @skip REASON` (counted), `-- @modes straight,rows2`, or `-- @order l r l`: the oracle's sources were
paced in that order and ours are not, so the final rows are compared and not the changes on the way.
"""
import collections, json, os, re, subprocess, sys
from concurrent.futures import ThreadPoolExecutor

MODES = {
    "straight": [],
    "rows2": ["--batch-rows", "2"],
    "restore": ["--batch-rows", "2", "--stop-after", "3", "--stop-after", "2"],
    "parallel": ["--batch-rows", "2", "--parallelism", "2", "--restore-parallelism", "1", "--stop-after", "4"],
}


def blocks(text):
    """Splits output into one block per statement that answers."""
    out = []
    for line in text.splitlines():
        if not line.strip():
            continue
        item = json.loads(line)
        if isinstance(item, dict) and "columns" in item:
            out.append({"columns": item["columns"], "key": item.get("key", []), "ordered": item.get("ordered", False), "rows": []})
        elif isinstance(item, dict) and "error" in item:
            out.append({"error": item["error"]})
        elif isinstance(item, dict) and "final" in item:
            out[-1]["final"] = item["final"]
        elif isinstance(item, dict) and ("sink" in item or "print" in item):
            lines = item["sink"] if "sink" in item else item["print"].split("\n")
            if "print" in item and out and out[-1].get("printed"):
                out[-1]["lines"].extend(lines)  # one answer per statement, however it was written
            else:
                out.append({"lines": lines, "printed": "print" in item})
        else:
            out[-1]["rows"].append(item)
    return out


def final(rows):
    live = collections.Counter()
    for row in rows:
        live[json.dumps(row[1:])] += 1 if row[0] in ("+I", "+U") else -1
    return +live


def compare(want, got, dialect, full_order, final_only=False):
    if len(want) != len(got):
        return "expected %d answers, got %d" % (len(want), len(got))
    for w, g in zip(want, got):
        if "error" in w:
            if "error" not in g:
                return "expected the error %s" % w["error"]
            if not dialect and w["error"] != g["error"]:
                return "expected the error %s, got %s" % (w["error"], g["error"])
            continue
        if "error" in g:
            return "unexpected error %s" % g["error"]
        if "lines" in w:
            if collections.Counter(w["lines"]) != collections.Counter(g.get("lines", [])):
                return "sink lines differ: expected %s, got %s" % (w["lines"], g.get("lines"))
            continue
        if "rows" not in g:
            return "expected rows"
        if [c[1] for c in w["columns"]] != [c[1] for c in g["columns"]] or [c[0] for c in w["columns"]] != [c[0] for c in g["columns"]]:
            return "columns differ: expected %s, got %s" % (w["columns"], g["columns"])
        if final_only:  # how the sources' rows interleave decides which changes there are
            if final(w["rows"]) != final(g["rows"]):
                return "final rows differ: expected %s, got %s" % (final(w["rows"]), final(g["rows"]))
            continue
        if collections.Counter(map(json.dumps, w["rows"])) != collections.Counter(map(json.dumps, g["rows"])):
            missing = collections.Counter(map(json.dumps, w["rows"])) - collections.Counter(map(json.dumps, g["rows"]))
            extra = collections.Counter(map(json.dumps, g["rows"])) - collections.Counter(map(json.dumps, w["rows"]))
            return "rows differ: missing %s, extra %s" % (list(missing.elements())[:6], list(extra.elements())[:6])
        if final(w["rows"]) != final(g["rows"]):
            return "final rows differ"
        if g["ordered"] and full_order and w["rows"] != g["rows"]:
            return "order differs: expected %s, got %s" % (w["rows"][:8], g["rows"][:8])
        if g["key"]:
            def per_key(rows):
                keys = collections.defaultdict(list)
                for row in rows:
                    keys[json.dumps([row[1 + k] for k in g["key"]])].append(row)
                return keys
            if per_key(w["rows"]) != per_key(g["rows"]):
                return "changes of a key come in another order"
    return None


def listed(path):
    """The reason for which the folder's SKIP file leaves this case out."""
    name = os.path.join(os.path.dirname(path), "SKIP")
    if os.path.exists(name):
        for line in open(name):
            words = line.split(None, 1)
            if words and words[0] == os.path.basename(path)[:-4]:
                return words[1].strip()
    return None


def run(binary, path, mode):
    done = subprocess.run([binary] + MODES[mode] + [path], capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        return None, "exit %d: %s" % (done.returncode, done.stderr[-500:])
    return done.stdout, None


def main():
    args = [a for a in sys.argv[1:] if not a.startswith("--")]
    update, verbose = "--update" in sys.argv, "--verbose" in sys.argv
    binary, folders = args[0], args[1:]
    files = []
    for folder in folders:
        if folder.endswith(".sql"):
            files.append(folder)
            continue
        for root, _, names in sorted(os.walk(folder)):
            files += [os.path.join(root, n) for n in sorted(names) if n.endswith(".sql")]
    passed = failed = skipped = 0

    def one(path):
        text = open(path).read()
        skip = re.search(r"--\s*@skip\s+(.*)", text)
        reason = skip.group(1) if skip else listed(path)
        if reason:
            return [(path, "", "skip", reason)]
        modes = re.search(r"--\s*@modes\s+(\S+)", text)
        results = []
        expected = path[:-4] + ".expected"
        dialect = "/dialect/" in path
        paced = re.search(r"--\s*@order\s", text) is not None
        if update:
            out, problem = run(binary, path, "straight")
            if out is not None:
                open(expected, "w").write(out)
            return [(path, "update", "fail" if problem else "pass", problem)]
        want = blocks(open(expected).read())
        for mode in (modes.group(1).split(",") if modes else MODES):
            try:
                out, problem = run(binary, path, mode)
                if problem is None:
                    problem = compare(want, blocks(out), dialect, mode != "parallel", paced)
            except Exception as e:  # a crash or a hang is a failure of that mode
                problem = repr(e)
            results.append((path, mode, "fail" if problem else "pass", problem))
        return results

    with ThreadPoolExecutor(2) as pool:
        for results in pool.map(one, files):
            for path, mode, state, problem in results:
                if state == "pass":
                    passed += 1
                    if verbose:
                        print("ok   %s (%s)" % (path, mode))
                elif state == "skip":
                    skipped += 1
                    print("skip %s: %s" % (path, problem))
                else:
                    failed += 1
                    print("FAIL %s (%s): %s" % (path, mode, problem))
    print("golden: %d passed, %d failed, %d skipped" % (passed, failed, skipped))
    return 1 if failed else 0


sys.exit(main())
