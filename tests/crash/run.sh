#!/bin/bash
# The kill -9 loop on the embedded broker: see crash.py.
set -u
exec python3 "$(dirname "$0")/crash.py" "${1:-build}"
