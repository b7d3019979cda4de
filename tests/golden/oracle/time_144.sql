-- Random queries about time over random rows; the answers are those of Flink 2.3.
CREATE TEMPORARY TABLE ev (id INT, k STRING, k2 INT, v INT, d DOUBLE, s STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'filesystem', 'path' = '${DIR}/time_144.jsonl', 'format' = 'json');
SELECT window_end, COUNT(v) AS a0, MAX(d) FILTER (WHERE k = 'a') AS a1 FROM CUMULATE(TABLE ev, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL '3' MINUTE, INTERVAL '-1' MINUTE) GROUP BY window_end;
SELECT id, LAG(v) OVER (PARTITION BY k ORDER BY ts) AS x FROM ev;
SELECT TUMBLE_START(rt, INTERVAL '10' MINUTE) AS w, SUM(n) AS n FROM (SELECT TUMBLE_ROWTIME(ts, INTERVAL '2' MINUTE) AS rt, COUNT(*) AS n FROM ev GROUP BY TUMBLE(ts, INTERVAL '2' MINUTE), k) GROUP BY TUMBLE(rt, INTERVAL '10' MINUTE);
SELECT window_start, window_end, k2, MIN(v) AS a0 FROM TUMBLE((SELECT id, k, k2, CAST(SUM(v) OVER (PARTITION BY k ORDER BY ts) AS INT) AS v, d, s, ts FROM ev), DESCRIPTOR(ts), INTERVAL '20' MINUTE) GROUP BY window_start, window_end, CUBE (k2);
SELECT k, window_start, window_end, MIN(v) AS a0, MAX(s) AS a1, MAX(d) FILTER (WHERE k = 'a') AS a2, COUNT(v) AS a3 FROM SESSION(TABLE ev PARTITION BY k, DESCRIPTOR(ts), INTERVAL '2' MINUTE) GROUP BY k, window_start, window_end;
