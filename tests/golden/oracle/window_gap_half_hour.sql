-- A zone at half an hour: the window in the gap fires at 05:30 UTC, not at the full hour before its rows (Flink does that, and
-- then fires [02:00, 03:30) twice).
SET 'table.local-time-zone' = 'America/St_Johns';
CREATE TEMPORARY TABLE ev (id INT, ts TIMESTAMP_LTZ(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'filesystem', 'path' = '${DIR}/window_gap_half_hour.jsonl', 'format' = 'json');
SELECT id, window_start, window_end, window_time FROM HOP(TABLE ev, DESCRIPTOR(ts), INTERVAL '30' MINUTE, INTERVAL '90' MINUTE);
SELECT window_start, window_end, window_time, COUNT(*) AS c FROM HOP(TABLE ev, DESCRIPTOR(ts), INTERVAL '30' MINUTE, INTERVAL '90' MINUTE) GROUP BY window_start, window_end, window_time;
