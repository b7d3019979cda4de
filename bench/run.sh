#!/bin/bash
# make bench: builds the generator and the floors, runs bench/run.py. Arguments after the build directory choose
# parts: start, file, kernels, binding, bounded, operators, barrier, kafka.
set -eu
build=${1:-build}
shift || true
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$build/bench"
compile() { ${CC:-gcc} -std=c11 -O2 -D_GNU_SOURCE -Wall -Wextra -I"$here/.." -o "$build/bench/$1" "$here/$1.c" "${@:2}"; }
compile generate
compile floor -lrdkafka -lsqlite3
compile floor_filter -lrdkafka
compile kernels "$build/librunnel.a" -lrdkafka -lsqlite3 -lutf8proc -lpcre2-8 -lpthread -lm
compile operators "$build/librunnel.a" -lrdkafka -lsqlite3 -lutf8proc -lpcre2-8 -lpthread -lm
compile barrier "$build/librunnel.so" -Wl,-rpath,"$(cd "$build" && pwd)" -lpthread
exec python3 "$here/run.py" "$build" "$@"
