#!/bin/bash
# The kill -9 loops: crash.py on the embedded broker, files.py over files; points.py: at every step of short jobs.
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=${1:-build}
passed=0 failed=0
for loop in crash.py files.py points.py; do
  out=$(python3 "$here/$loop" "$build" 2>&1)
  code=$?
  line=$(grep -E '[0-9]+ passed, [0-9]+ failed' <<<"$out" | tail -n 1)
  f=$(sed -nE 's/.* ([0-9]+) failed.*/\1/p' <<<" $line")
  [ "$code" = 0 ] || [ "${f:-0}" != 0 ] || f=1
  passed=$((passed + $(sed -nE 's/.* ([0-9]+) passed.*/\1/p' <<<" ${line:-0 passed}"))) failed=$((failed + ${f:-0}))
  if [ -n "$line" ]; then grep -vF "$line" <<<"$out"; else echo "$out"; fi # without a count, all of it is the finding
done
echo "crash: $passed passed, $failed failed"
[ "$failed" = 0 ]
