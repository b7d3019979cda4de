-- 'table.exec.source.rowtime-null-handling': what becomes of a row without an event time.
CREATE TEMPORARY TABLE ev (id INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'filesystem', 'path' = '${DIR}/rowtime_null.jsonl', 'format' = 'json');
SELECT id FROM ev;
SET 'table.exec.source.rowtime-null-handling' = 'DROP';
SELECT id FROM ev;
SELECT window_end, COUNT(*) AS c FROM TUMBLE(TABLE ev, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end;
SET 'table.exec.source.rowtime-null-handling' = 'SKIP_WATERMARK';
SELECT id FROM ev;
