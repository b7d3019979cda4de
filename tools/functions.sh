#!/bin/sh
# Writes docs/FUNCTIONS.md from the function table: tools/functions.sh BUILD > docs/FUNCTIONS.md
set -eu
runnel=$1/runnel
cat <<'H'
# Functions

Made by `tools/functions.sh` from the function table (`SHOW FUNCTIONS`, `\h NAME` and completion come from the same rows). Every
example is checked by tests/unit/test_functions.c; answers over NULL, empty and extreme values stand in tests/golden (functions/), what
is said of wrong arguments in tests/errors/arguments.sql: tools/compat.py finds a function without. Semantics are the dialect's; docs/COMPAT.md lists where runnel differs.

| function | what it gives | example |
|---|---|---|
H
"$runnel" --format csv --no-header -c "SHOW FUNCTIONS" | LC_ALL=C sort -u | while read -r name; do
  "$runnel" help "$name" | sed 's/|/\\|/g' | awk '
    /^[^ ]/ { if (sig) row(); sig = $0; help = ""; example = "" ; next }
    { sub(/^ +/, ""); if (help == "") help = $0; else if (example == "") example = $0 }
    function row() { printf "| `%s` | %s | %s |\n", sig, help, example == "" || example == "(null)" ? "" : "`" example "`" }
    END { if (sig) row() }'
done
