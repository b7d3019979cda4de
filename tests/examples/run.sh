#!/bin/bash
# The examples, run as a user would.
set -u
build=$(cd "${1:-build}" && pwd)
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
check() { # name, wanted, got
  if [ "$2" = "$3" ]; then passed=$((passed + 1)); else failed=$((failed + 1)); printf 'FAIL %s\n--- wanted\n%s\n--- got\n%s\n' "$1" "$2" "$3"; fi
}
cd "$work" || exit 1
check "embed, temporary database" "cart 1 2026-01-01 00:00:04.000
home 2 2026-01-01 00:00:12.000" "$("$build/embed" 2>&1)"
check "embed, file" "cart 1 2026-01-01 00:00:04.000
home 2 2026-01-01 00:00:12.000" "$("$build/embed" shop.db 2>&1)"
check "other programs read the file" "home|2" "$(sqlite3 shop.db "SELECT page, count(*) FROM clicks WHERE page = 'home' GROUP BY page" 2>&1)"
printf '%s\n' '{"page":"home","ts":"2026-01-01 00:00:01"}' '{"page":"bot","ts":"2026-01-01 00:00:02"}' \
  '{"page":"home","ts":"2026-01-01 00:00:03"}' '{"page":"cart","ts":"2026-01-01 00:00:14"}' >clicks.jsonl
check "pipeline" '{"window_start":"2026-01-01 00:00:00","page":"home","clicks":2}
{"window_start":"2026-01-01 00:00:10","page":"cart","clicks":1}' "$(RUNNEL=$build/runnel sh "$root/examples/embed/pipeline.sh" clicks.jsonl 2>&1)"
cc=${CC:-cc}
check "header compiles as C++ and C" "ok" "$(echo '#include "runnel.h"
int main(void) { return runnel_libversion_number() > 0 ? 0 : 1; }' >h.c && $cc -std=c99 -Wall -Wextra -Werror -I"$root/api" -c h.c -o h.o 2>&1 && echo ok)"
check "docs/FUNCTIONS.md is what the table says (tools/functions.sh)" "$(cat "$root/docs/FUNCTIONS.md")" "$("$root/tools/functions.sh" "$build")"
check "docs/COMPAT.md names tests that exist, every function has some (tools/compat.py)" "" "$("$root/tools/compat.py" 2>&1)"
check "the examples are in fmt's style (check.sql is SQLite's)" "" "$(cd "$root" && "$build/runnel" fmt --check $(ls examples/*/*.sql | grep -v retail/check.sql) 2>&1)"
if [ -n "${RN_DEMO:-}" ]; then
  (cd "$root" && RN_DEMO_DB=$work/demo.db RN_BIN=$build examples/retail/demo.sh) >demo.log 2>&1
  check "demo" 0 "$?"
  [ "$failed" = 0 ] || tail -n 40 demo.log
fi
echo "examples: $passed passed, $failed failed"
[ "$failed" = 0 ]
