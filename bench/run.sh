#!/bin/bash
# make bench: builds the generator and the floor, runs bench/run.py. Arguments after the build directory choose
# parts: start, file, kafka.
set -eu
build=${1:-build}
shift || true
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$build/bench"
${CC:-gcc} -std=c11 -O2 -D_GNU_SOURCE -Wall -Wextra -o "$build/bench/generate" "$here/generate.c"
${CC:-gcc} -std=c11 -O2 -D_GNU_SOURCE -Wall -Wextra -o "$build/bench/floor" "$here/floor.c" -lrdkafka -lsqlite3
exec python3 "$here/run.py" "$build" "$@"
