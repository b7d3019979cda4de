-- Differs from Flink: window_time of a wall-clock time that comes twice is the second one, when the window fires.
SET 'table.local-time-zone' = 'America/New_York';
CREATE TEMPORARY TABLE ev (id INT, ts TIMESTAMP_LTZ(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'filesystem', 'path' = '${DIR}/window_time_overlap.jsonl', 'format' = 'json');
SELECT window_start, window_end, window_time, COUNT(*) AS c FROM TUMBLE(TABLE ev, DESCRIPTOR(ts), INTERVAL '30' MINUTE) GROUP BY window_start, window_end, window_time;
