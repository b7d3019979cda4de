-- OVER in another order than that of time leaves when the input ends: what needs event time further on waits for it, and no row is late.
CREATE TEMPORARY TABLE t (id INT, k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
  WITH ('connector' = 'filesystem', 'path' = '${DIR}/../oracle/window_passes_time.jsonl', 'format' = 'json');
SELECT id, SUM(v) OVER w1 AS s, COUNT(*) OVER w2 AS n FROM t WINDOW w1 AS (PARTITION BY k), w2 AS (w1 ORDER BY ts);
SELECT window_start, COUNT(*) AS n, MAX(s) AS m FROM TUMBLE((SELECT ts, SUM(v) OVER (ORDER BY v) AS s FROM t), DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end;
SELECT id, ts FROM (SELECT id, ts, AVG(v) OVER (PARTITION BY k) AS a FROM t) WHERE a > 50 ORDER BY ts, id;
SELECT window_start, COUNT(*) AS n FROM TUMBLE((SELECT id, ts FROM t ORDER BY v OFFSET 2 ROWS), DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end;
