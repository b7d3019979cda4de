-- Random queries about time over random rows; the answers are those of Flink 2.3.
CREATE TEMPORARY TABLE ev (id INT, k STRING, k2 INT, v INT, d DOUBLE, s STRING, ts TIMESTAMP(3) NOT NULL, WATERMARK FOR ts AS ts) WITH ('connector' = 'filesystem', 'path' = '${DIR}/time_129.jsonl', 'format' = 'json');
SELECT id, ts, CURRENT_WATERMARK(ts) AS wm FROM (SELECT * FROM ev WHERE v > 1);
SELECT * FROM (SELECT id, k, v, window_start, window_end, ROW_NUMBER() OVER (PARTITION BY window_start, window_end, k2 ORDER BY v, k, id) AS rn FROM CUMULATE((SELECT id, k, k2, v + 1 AS v, d, UPPER(s) AS s, ts FROM ev), DESCRIPTOR(ts), INTERVAL '1' SECOND, INTERVAL '3' SECOND, INTERVAL '-1' SECOND)) WHERE rn <= 1;
SELECT id, k, v, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k2 ORDER BY ts DESC) AS rn FROM ev) WHERE rn = 1;
