-- Random queries about time over random rows; the answers are those of Flink 2.3.
SET 'table.local-time-zone' = 'America/New_York';
CREATE TEMPORARY TABLE ev (id INT, k STRING, k2 INT, v INT, d DOUBLE, s STRING, ts TIMESTAMP_LTZ(3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND) WITH ('connector' = 'filesystem', 'path' = '${DIR}/time_102.jsonl', 'format' = 'json');
SELECT window_start, window_end, window_time, s, k, MIN(v) AS a0, COUNT(DISTINCT ts) AS a1 FROM CUMULATE((SELECT id, k, k2, CAST(SUM(v) OVER (PARTITION BY k ORDER BY ts) AS INT) AS v, d, s, ts FROM ev), DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND) GROUP BY window_start, window_end, window_time, s, k HAVING COUNT(*) > 1;
SELECT k, window_start, window_end, MIN(s) AS a0, COUNT(*) AS a1, SUM(v * 2 + 1) AS a2 FROM SESSION(TABLE ev PARTITION BY k, DESCRIPTOR(ts), INTERVAL '2' SECOND) GROUP BY k, window_start, window_end;
SELECT rt, n FROM (SELECT SESSION_ROWTIME(ts, INTERVAL '2' SECOND) AS rt, COUNT(*) AS n FROM ev GROUP BY SESSION(ts, INTERVAL '2' SECOND), k) ORDER BY rt, n;
