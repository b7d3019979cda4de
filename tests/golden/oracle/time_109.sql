-- Random queries about time over random rows; the answers are those of Flink 2.3.
SET 'table.local-time-zone' = 'Asia/Tokyo';
CREATE TEMPORARY TABLE ev (id INT, k STRING, k2 INT, v INT, d DOUBLE, s STRING, ts TIMESTAMP_LTZ(3) NOT NULL, WATERMARK FOR ts AS ts) WITH ('connector' = 'filesystem', 'path' = '${DIR}/time_109.jsonl', 'format' = 'json');
SELECT id, ROW_NUMBER() OVER (PARTITION BY k2 ORDER BY ts) AS x FROM ev;
SELECT rt, n FROM (SELECT SESSION_ROWTIME(ts, INTERVAL '30' MINUTE) AS rt, COUNT(*) AS n FROM ev GROUP BY SESSION(ts, INTERVAL '30' MINUTE), k) ORDER BY rt, n;
SELECT window_end, MIN(v) AS a0, COUNT(v) AS a1, COUNT(DISTINCT s) FILTER (WHERE v IS NOT NULL) AS a2, MAX(v) AS a3 FROM CUMULATE(TABLE ev, DESCRIPTOR(ts), INTERVAL '150' MINUTE(3), INTERVAL '450' MINUTE(3)) GROUP BY window_end;
SELECT window_start, window_end, window_time, COUNT(DISTINCT ts) AS a0 FROM HOP(TABLE ev, DESCRIPTOR(ts), INTERVAL '60' MINUTE, INTERVAL '120' MINUTE(3)) GROUP BY window_start, window_end, window_time;
