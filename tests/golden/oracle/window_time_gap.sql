-- A window that ends in the hour which the clock skips: window_time moves behind the gap, the window fires at its end.
SET 'table.local-time-zone' = 'America/New_York';
CREATE TEMPORARY TABLE ev (id INT, ts TIMESTAMP_LTZ(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'filesystem', 'path' = '${DIR}/window_time_gap.jsonl', 'format' = 'json');
SELECT id, window_start, window_end, window_time FROM HOP(TABLE ev, DESCRIPTOR(ts), INTERVAL '30' MINUTE, INTERVAL '90' MINUTE);
SELECT window_start, window_end, window_time, COUNT(*) AS c FROM HOP(TABLE ev, DESCRIPTOR(ts), INTERVAL '30' MINUTE, INTERVAL '90' MINUTE) GROUP BY window_start, window_end, window_time;
SELECT window_start, window_end, window_time, COUNT(*) AS c FROM CUMULATE(TABLE ev, DESCRIPTOR(ts), INTERVAL '30' MINUTE, INTERVAL '4' HOUR) GROUP BY window_start, window_end, window_time;
