#!/usr/bin/env bash
# The Kafka suite: `runnel` end to end against a real Apache Kafka. Usage: tests/kafka/run.sh BUILD [CASE]...
# KAFKA_BOOTSTRAP: use that broker (cases that kill it or need TLS are skipped). RN_KILLS: kill -9 cycles.
# The last line is `kafka: N passed, N failed[, N skipped]`.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
exec python3 "$here/suite.py" "$@"
