-- Collections as keys and values of windows, OVER and sessions; arrays of rows kept in state.
CREATE TABLE ev (id INT, ts TIMESTAMP(3), k STRING, tags ARRAY<STRING>, attrs MAP<STRING, STRING>, items ARRAY<ROW<sku STRING, qty INT>>, WATERMARK FOR ts AS ts)
  WITH ('connector' = 'filesystem', 'path' = '${DIR}/timed.jsonl', 'format' = 'json');
SELECT window_start, tags, COUNT(*), LAST_VALUE(attrs) FROM TUMBLE(TABLE ev, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end, tags;
SELECT window_start, attrs, COUNT(*) FROM TABLE(SESSION(TABLE ev PARTITION BY attrs, DESCRIPTOR(ts), INTERVAL '5' SECOND)) GROUP BY window_start, window_end, attrs;
SELECT id, tags, COUNT(*) OVER (PARTITION BY tags ORDER BY ts) FROM ev;
SELECT id, LAG(items) OVER (PARTITION BY k ORDER BY ts), LAG(attrs, 2) OVER (PARTITION BY k ORDER BY ts) FROM ev;
