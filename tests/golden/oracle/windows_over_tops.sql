-- Windows over what leaves when the input ends (Top-N, deduplication by the last row): none closes before.
CREATE TEMPORARY TABLE t (id INT, k STRING, v INT, ts TIMESTAMP(3), p AS PROCTIME(), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
  WITH ('connector' = 'filesystem', 'path' = '${DIR}/window_passes_time.jsonl', 'format' = 'json');
SELECT window_start, COUNT(*) AS n, SUM(v) AS s FROM TUMBLE((SELECT ts, v FROM (SELECT ts, v, ROW_NUMBER() OVER (ORDER BY v DESC) AS rn FROM t WHERE id <> 8) WHERE rn <= 4), DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end;
SELECT window_start, COUNT(*) AS n FROM TUMBLE((SELECT ts FROM (SELECT ts, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) AS rn FROM t) WHERE rn = 1), DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end;
SELECT window_start, COUNT(*) AS n FROM TUMBLE((SELECT ts FROM (SELECT ts, ROW_NUMBER() OVER (PARTITION BY k ORDER BY p DESC) AS rn FROM t) WHERE rn = 1), DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end;
SELECT window_start, COUNT(*) AS n FROM TUMBLE((SELECT * FROM t ORDER BY v LIMIT 5 OFFSET 2), DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end;
