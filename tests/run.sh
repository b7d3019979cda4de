#!/bin/bash
# Runs the suites and adds them up. Usage: tests/run.sh [SUITE]...   (default: all that can run here)
# BUILD: build directory. RUNNEL_REQUIRE_KAFKA=1: a missing broker is a failure. The last line is
# `N passed, N failed` or `N passed, N failed, N skipped`.
set -u
export TSAN_OPTIONS="suppressions=$(cd "$(dirname "$0")" && pwd)/tsan/suppressions.txt ignore_noninstrumented_modules=1 report_thread_leaks=0 ${TSAN_OPTIONS:-}"
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root" || exit 1
build=${BUILD:-build}
passed=0 failed=0 skipped=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# Adds the last `N passed, N failed[, N skipped]` of a suite's output; a suite that dies without one failed.
add() {
  local name=$1 code=$2 line p f s
  line=$(grep -E '[0-9]+ passed, [0-9]+ failed' "$log" | tail -n 1)
  p=$(sed -nE 's/.* ([0-9]+) passed.*/\1/p' <<<" $line"); f=$(sed -nE 's/.* ([0-9]+) failed.*/\1/p' <<<" $line")
  s=$(sed -nE 's/.* ([0-9]+) skipped.*/\1/p' <<<" $line")
  if [ -z "$line" ]; then p=0 f=1; echo "suite $name ended without a count (exit $code)"; tail -n 30 "$log"; fi
  if [ "$code" != 0 ] && [ "${f:-0}" = 0 ]; then f=1; echo "suite $name: exit $code"; tail -n 30 "$log"; fi
  if [ "${f:-0}" != 0 ]; then cat "$log"; fi
  passed=$((passed + ${p:-0})); failed=$((failed + ${f:-0})); skipped=$((skipped + ${s:-0}))
  printf '%-10s %s passed, %s failed, %s skipped\n' "$name" "${p:-0}" "${f:-0}" "${s:-0}"
}
suite() {
  local name=$1
  shift
  echo "== $name"
  "$@" >"$log" 2>&1
  add "$name" $?
}

unit() {
  local p=0 f=0 program out code n
  for program in "$build"/unit/test_*; do
    [ -x "$program" ] || continue
    out=$(timeout 1200 "$program" 2>&1)
    code=$?
    n=$(grep -c '^\[       OK \]' <<<"$out")
    p=$((p + n))
    n=$(grep -c '^\[  FAILED  \] [^0-9]' <<<"$out")
    if [ "$code" != 0 ]; then
      [ "$n" -gt 0 ] || n=1
      f=$((f + n))
      echo "$program: exit $code"
      grep -vE '^\[ (RUN|      OK)' <<<"$out" | tail -n 40
    fi
  done
  echo "unit: $p passed, $f failed"
  [ "$f" = 0 ]
}

# Programs and goldens in which several threads of ours meet.
threads() {
  local p=0 f=0 name out code
  for name in test_queue test_store test_job test_sqlite test_kafka_mock; do
    out=$(timeout 1200 "$build/unit/$name" 2>&1)
    code=$?
    p=$((p + $(grep -c '^\[       OK \]' <<<"$out")))
    if [ "$code" != 0 ]; then f=$((f + 1)); echo "$name: exit $code"; grep -vE '^\[ (RUN|      OK)' <<<"$out" | tail -n 60; fi
  done
  out=$(python3 tests/golden/run.py "$build/golden" tests/golden tests/dialect/streaming 2>&1)
  code=$?
  p=$((p + $(tail -n 1 <<<"$out" | sed -nE 's/.* ([0-9]+) passed.*/\1/p')))
  [ "$code" = 0 ] || { f=$((f + 1)); grep -v '^skip' <<<"$out" | tail -n 40; }
  echo "threads: $p passed, $f failed"
  [ "$f" = 0 ]
}

# Windows on a virtual clock, at two parallelisms, stopped and killed after every step; and the example's own tests.
timed() {
  local out code
  out=$("$build/runnel" test --parallelism 1,3 --chaos tests/timed examples 2>&1)
  code=$?
  grep -v '✓' <<<"$out"
  sed -nE 's/^([0-9]+) tests?, ([0-9]+) failed, ([0-9]+) passed.*/timed: \3 passed, \2 failed/p' <<<"$out"
  return $code
}

kafka() {
  if [ -n "${KAFKA_BOOTSTRAP:-}" ] || tests/kafka/broker available; then
    tests/kafka/run.sh "$build"
  elif [ "${RUNNEL_REQUIRE_KAFKA:-}" = 1 ]; then
    echo "a real broker is required (RUNNEL_REQUIRE_KAFKA=1) and none can be had"
    echo "kafka: 0 passed, 1 failed"
    return 1
  else
    echo "SKIPPED: the Kafka suite needs KAFKA_BOOTSTRAP, or Java and Maven"
    echo "kafka: 0 passed, 0 failed, 1 skipped"
  fi
}

run_one() {
  case $1 in
    unit) suite unit unit ;;
    threads) suite threads threads ;; # what a TSan build runs: everything with threads of our own
    golden) suite golden python3 tests/golden/run.py "$build/golden" tests/golden ;;
    dialect) suite dialect python3 tests/golden/run.py "$build/golden" tests/dialect/streaming ;;
    errors) suite errors python3 tests/errors/run.py "$build/runnel" tests/errors ;;
    statements) suite statements python3 tests/statements/run.py "$build/runnel" tests/statements ;;
    cli) suite cli tests/cli/run.sh "$build" ;;
    timed) suite timed timed ;;
    examples) suite examples tests/examples/run.sh "$build" ;;
    runs) suite runs python3 tests/runs/run.py "$build" ;;
    crash) suite crash tests/crash/run.sh "$build" ;;
    model) suite model python3 tests/model/run.py "$build/golden" ;;
    differential) suite differential python3 tests/differential/run.py "$build/runnel" ;;
    kafka)
      suite kafka kafka
      grep '^SKIPPED' "$log"
      ;;
    *) echo "no suite $1"; exit 64 ;;
  esac
}

for name in ${*:-unit golden dialect errors statements cli timed runs examples model differential crash kafka}; do run_one "$name"; done
if [ "$skipped" -gt 0 ]; then
  echo "$passed passed, $failed failed, $skipped skipped"
else
  echo "$passed passed, $failed failed"
fi
[ "$failed" = 0 ]
