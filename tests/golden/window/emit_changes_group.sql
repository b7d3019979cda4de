-- EMIT CHANGES on windows in GROUP BY: as on windowing functions (emit_changes.sql), and as early firing without a delay.
CREATE TABLE s (id INT, k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
WITH ('connector' = 'filesystem', 'path' = '${DIR}/emit_changes.csv', 'format' = 'csv');

SELECT TUMBLE_START(ts, INTERVAL '10' SECOND) AS window_start, TUMBLE_END(ts, INTERVAL '10' SECOND) AS window_end, k,
       COUNT(*) AS n, SUM(v) AS v
FROM s GROUP BY TUMBLE(ts, INTERVAL '10' SECOND), k EMIT CHANGES;

SELECT HOP_END(ts, INTERVAL '5' SECOND, INTERVAL '10' SECOND) AS window_end, SUM(v) AS v, COUNT(DISTINCT k) AS k
FROM s GROUP BY HOP(ts, INTERVAL '5' SECOND, INTERVAL '10' SECOND) EMIT CHANGES;

-- a slide that the size is no multiple of
SELECT HOP_START(ts, INTERVAL '4' SECOND, INTERVAL '10' SECOND) AS w, SUM(v) AS v
FROM s GROUP BY HOP(ts, INTERVAL '4' SECOND, INTERVAL '10' SECOND) HAVING SUM(v) > 5 EMIT CHANGES;

SELECT k, CASE WHEN GROUPING(k) = 1 THEN 'all' ELSE 'one' END AS g, MAX(v) AS v, TUMBLE_START(ts, INTERVAL '10' SECOND) AS w
FROM s GROUP BY TUMBLE(ts, INTERVAL '10' SECOND), GROUPING SETS ((k), ()) EMIT CHANGES;

-- without a column of the window a row has no key
SELECT k, LISTAGG(CAST(v AS STRING)) AS v FROM s GROUP BY TUMBLE(ts, INTERVAL '10' SECOND), UPPER(k), k EMIT CHANGES;
