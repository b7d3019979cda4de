-- Behind TUMBLE, HOP and CUMULATE without an aggregate the time column is a time attribute still, beside window_time.
CREATE TEMPORARY TABLE t (id INT, k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
  WITH ('connector' = 'filesystem', 'path' = '${DIR}/window_passes_time.jsonl', 'format' = 'json');
CREATE TEMPORARY VIEW w AS SELECT * FROM TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND);
SELECT id, ts, window_time FROM w ORDER BY ts;
SELECT id, SUM(v) OVER (ORDER BY ts) AS s FROM w;
SELECT id, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY ts) AS rn FROM w;
SELECT id, window_start FROM HOP((SELECT id, ts FROM w), DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '20' SECOND);
SELECT TUMBLE_START(ts, INTERVAL '20' SECOND) AS s, k, COUNT(*) AS n FROM w GROUP BY k, TUMBLE(ts, INTERVAL '20' SECOND);
SELECT id, ts, CURRENT_WATERMARK(ts) AS wm FROM w;
SELECT id, ts, window_start FROM CUMULATE(TABLE t, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND) ORDER BY ts;
SELECT id, ts FROM (SELECT id, ts, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts) AS rn FROM w) WHERE rn = 1;
SELECT id, v FROM TUMBLE(TABLE w, DESCRIPTOR(ts), INTERVAL '20' SECOND) WHERE v > 3;
SELECT window_end, COUNT(*) AS n FROM TUMBLE((SELECT id, window_start, ts FROM w), DESCRIPTOR(ts), INTERVAL '20' SECOND) GROUP BY window_end;
