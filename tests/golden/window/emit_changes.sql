-- EMIT CHANGES: open windows as they grow, an upsert on the window and the key. A row behind the watermark changes what is
-- still open and is late for what has closed; results of closed windows are not given again.
CREATE TABLE s (id INT, k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
WITH ('connector' = 'filesystem', 'path' = '${DIR}/emit_changes.csv', 'format' = 'csv');

SELECT window_start, window_end, k, COUNT(*) AS n, SUM(v) AS v
FROM TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end, k EMIT CHANGES;

SELECT window_end, SUM(v) AS v, COUNT(DISTINCT k) AS k
FROM HOP(TABLE s, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND) GROUP BY window_start, window_end EMIT CHANGES;

SELECT k, window_end, MAX(v) AS v
FROM CUMULATE(TABLE s, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND) GROUP BY k, window_start, window_end EMIT CHANGES;

-- an unchanged result makes no change
SELECT window_start, MAX(v) AS v
FROM TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end HAVING MAX(v) > 1 EMIT CHANGES;

-- window_start names the window as well as window_end does: the key of a result, and of a table
SELECT k, window_start AS w, SUM(v) AS v
FROM TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end, k EMIT CHANGES;
