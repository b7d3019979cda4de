#!/bin/bash
# The demo: real order lines through the embedded broker into SQLite, killed once on the way.
# Needs no broker and asks nothing. RN_DEMO_SECONDS: how long the producer takes (20).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
bin=${RN_BIN:-$root/build}
db=${RN_DEMO_DB:-retail.db}
seconds=${RN_DEMO_SECONDS:-20}
log=$(mktemp)
work=$(mktemp -d)
broker_pid= producer_pid= job_pid=

cleanup() {
  for pid in $job_pid $producer_pid $broker_pid; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work" "$log"
}
trap cleanup EXIT

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] || say() { printf '\n%s\n' "$*"; }
count() { sqlite3 -readonly "$db" "SELECT count(*) FROM $1" 2>/dev/null || echo 0; }

rm -f "$db" "$db-wal" "$db-shm" "$db.lock"
export RN_CSV=$here/online_retail.csv

say "1. The embedded broker"
mkfifo "$work/commands"
"$bin/runnel-broker" --topic orders:4 <"$work/commands" >"$work/address" 2>>"$log" &
broker_pid=$!
exec 3>"$work/commands"
for _ in $(seq 100); do [ -s "$work/address" ] && break; sleep 0.05; done
RN_BROKER=$(head -n 1 "$work/address")
export RN_BROKER
echo "   listens on $RN_BROKER; topic orders has 4 partitions"

say "2. 10,000 order lines of a real shop, keyed by customer, over about $seconds seconds"
"$bin/runnel" --format json -f "$here/lines.sql" >"$work/lines.jsonl" 2>>"$log"
lines=$(wc -l <"$work/lines.jsonl")
"$bin/runnel-broker" produce --bootstrap "$RN_BROKER" --topic orders --key-field customer_id \
  --rate $((lines / seconds)) <"$work/lines.jsonl" 2>>"$log" &
producer_pid=$!
echo "   $lines lines are on their way"

say "3. runnel run --db $db examples/retail/orders.sql"
start_job() {
  "$bin/runnel" run --db "$db" "$@" "$here/orders.sql" 2>>"$log" &
  job_pid=$!
}
start_job
killed=
began=$SECONDS
while kill -0 "$producer_pid" 2>/dev/null; do
  sleep 2
  printf '   %3d s   revenue rows %5s   best sellers %6s   running spend %6s   exceptions %5s\n' $((SECONDS - began)) \
    "$(count revenue_per_hour)" "$(count best_sellers)" "$(count customer_spend)" "$(count order_exceptions)"
  if [ -z "$killed" ] && [ $((SECONDS - began)) -ge $((seconds / 2)) ]; then
    kill -9 "$job_pid"
    wait "$job_pid" 2>/dev/null || true
    echo "   ------- kill -9 $job_pid: the job is dead; starting it again -------"
    killed=yes
    start_job
  fi
  if ! kill -0 "$job_pid" 2>/dev/null; then
    echo "the job ended early:"; cat "$log"; exit 1
  fi
done
wait "$producer_pid"
producer_pid=

say "4. All lines are in the topic: stop the job, then run it to the end of what is there"
kill -TERM "$job_pid"
wait "$job_pid" || { cat "$log"; exit 1; }
job_pid=
"$bin/runnel" run --db "$db" --until-end "$here/orders.sql" 2>>"$log" || { cat "$log"; exit 1; }

say "5. The results, by querying the file"
show() { echo; echo "   $1"; "$bin/runnel" "$db" --format table -q -c "$2" 2>>"$log" || { cat "$log"; exit 1; }; }
show "Revenue per country, all hours" \
  "SELECT country, SUM(revenue) AS revenue, SUM(order_lines) AS order_lines FROM revenue_per_hour GROUP BY country ORDER BY revenue DESC LIMIT 6"
show "Best sellers of the window that began 2010-12-01 08:00" \
  "SELECT stock_code, units FROM best_sellers WHERE window_start = TIMESTAMP '2010-12-01 08:00:00' ORDER BY units DESC LIMIT 5"
show "Customer 17850, invoice by invoice" \
  "SELECT invoice_no, invoice_time, amount, average_of_3 FROM invoice_values WHERE customer_id = '17850' ORDER BY invoice_time LIMIT 6"
show "Lines to look at" \
  "SELECT reason, COUNT(*) AS order_lines FROM order_exceptions GROUP BY reason ORDER BY reason"

say "6. The same totals computed in plain SQLite over the CSV"
cp "$db" "$work/check.db"
[ ! -f "$db-wal" ] || cp "$db-wal" "$work/check.db-wal"
sqlite3 "$work/check.db" ".mode csv" "CREATE TEMP TABLE csv(invoice_no, stock_code, description, quantity, invoice_time, unit_price, customer_id, country)" \
  ".import --skip 1 --schema temp $here/online_retail.csv csv" ".mode list" ".read $here/check.sql" | tee "$work/checks"
if [ "$(grep -c '^ok ' "$work/checks")" != 6 ] || grep -q '^DIFFERENT' "$work/checks"; then
  echo "the results differ from the batch computation"; exit 1
fi

say "Try next"
cat <<END
   $bin/runnel $db
   $bin/runnel $db -c "SELECT country, SUM(revenue) FROM revenue_per_hour GROUP BY country"
   sqlite3 $db "SELECT * FROM best_sellers ORDER BY units DESC LIMIT 10"
END
