-- The time of a window in GROUP BY is NULL only where the rows' time may be.
CREATE TEMPORARY TABLE t (id INT, v INT, ts TIMESTAMP(3) NOT NULL, WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
  WITH ('connector' = 'filesystem', 'path' = '${DIR}/window_passes_time.jsonl', 'format' = 'json');
SELECT rt, n, SUM(n) OVER (ORDER BY rt ROWS 2 PRECEDING) AS m FROM (SELECT TUMBLE_ROWTIME(ts, INTERVAL '10' SECOND) AS rt, COUNT(*) AS n FROM t GROUP BY TUMBLE(ts, INTERVAL '10' SECOND));
SELECT SESSION_ROWTIME(ts, INTERVAL '2' SECOND) AS rt, SESSION_START(ts, INTERVAL '2' SECOND) AS ws, SUM(v) AS s FROM t GROUP BY SESSION(ts, INTERVAL '2' SECOND);
SELECT window_time, COUNT(*) AS n FROM TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end, window_time;
