-- Clocks that are put back by three hours (Casey, 2010-03-05 02:00) and by 23, so that a day comes twice (Kwajalein, 1969-09-30):
-- a window fires when its last local millisecond has come for the last time.
CREATE TEMPORARY TABLE ev (id INT, ms BIGINT, ts AS TO_TIMESTAMP_LTZ(ms, 3), WATERMARK FOR ts AS ts) WITH ('connector' = 'filesystem', 'path' = '${DIR}/clock_back.csv', 'format' = 'csv');
SET 'table.local-time-zone' = 'Antarctica/Casey';
SELECT window_start, window_end, COUNT(*) AS n, MIN(id) AS a, MAX(id) AS b FROM TUMBLE(TABLE ev, DESCRIPTOR(ts), INTERVAL '1' DAY) GROUP BY window_start, window_end;
SELECT window_start, window_time, COUNT(*) AS n FROM TUMBLE(TABLE ev, DESCRIPTOR(ts), INTERVAL '1' HOUR) GROUP BY window_start, window_end, window_time;
SET 'table.local-time-zone' = 'Pacific/Kwajalein';
SELECT window_start, window_end, COUNT(*) AS n, MIN(id) AS a, MAX(id) AS b FROM TUMBLE(TABLE ev, DESCRIPTOR(ts), INTERVAL '1' DAY) GROUP BY window_start, window_end;
