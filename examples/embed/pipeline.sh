#!/bin/sh
# A shell pipeline: JSON lines in, a windowed aggregate, JSON lines out.
#   sh pipeline.sh clicks.jsonl
set -eu
runnel=${RUNNEL:-runnel}
"$runnel" -c "
  CREATE TEMPORARY TABLE clicks (page STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
    WITH ('connector' = 'filesystem', 'path' = '$1', 'format' = 'json');
  SELECT window_start, page, COUNT(*) AS clicks
    FROM TUMBLE(TABLE clicks, DESCRIPTOR(ts), INTERVAL '10' SECOND)
    GROUP BY window_start, window_end, page
    ORDER BY window_start, page;
" | grep -v '"page":"bot"'
