-- EMIT CHANGES over SESSION: the open sessions as they are. One that grows is another to who reads it by its window: the old
-- one goes, the new one comes; so do two that a row makes one. A row within the bounds makes an update.
CREATE TABLE s (id INT, k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '20' SECOND)
WITH ('connector' = 'filesystem', 'path' = '${DIR}/emit_session.csv', 'format' = 'csv');

SELECT k, window_start, window_end, COUNT(*) AS n, SUM(v) AS v, COUNT(DISTINCT v) AS d, LISTAGG(CAST(v AS STRING)) AS l
FROM SESSION(TABLE s PARTITION BY k, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end, k EMIT CHANGES;

-- one sequence of sessions for all keys; what did not change within unchanged bounds makes no change
SELECT window_start, window_end, MAX(v) AS v
FROM SESSION(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end EMIT CHANGES;

-- either end names a session
SELECT k, window_start AS w, SUM(v) AS v
FROM SESSION(TABLE s PARTITION BY k, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end, k
HAVING SUM(v) <> 4 AND window_end < TIMESTAMP '2026-01-01 00:02:00' EMIT CHANGES;

-- in GROUP BY, also with sets; without a column of the window a row has no key
SELECT SESSION_START(ts, INTERVAL '10' SECOND) AS a, SESSION_ROWTIME(ts, INTERVAL '10' SECOND) AS t, k, COUNT(v) AS n
FROM s GROUP BY k, SESSION(ts, INTERVAL '10' SECOND) EMIT CHANGES;
SELECT k, SUM(v) AS v FROM s WHERE k <> 'c' GROUP BY SESSION(ts, INTERVAL '10' SECOND), GROUPING SETS ((k), ()) EMIT CHANGES;

-- no calls: the sessions alone
SELECT k, window_start, window_end
FROM SESSION(TABLE s PARTITION BY k, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end, k EMIT CHANGES;
