#!/bin/sh
# The program from outside: options, exit codes, signals, formats, and the shell under a pseudo-terminal.
# Usage: tests/cli/run.sh [BUILD [NAME-PART]]. The last line is "cli: N passed, N failed".
here=$(dirname "$0")
exec python3 "$here/test_cli.py" "${1:-build}/runnel" "${2:-}"
