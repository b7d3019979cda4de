-- FIRST_VALUE and LAST_VALUE over SESSION: by arrival, whatever the times; of sessions that a later row makes one, too, and of a row
-- that comes before its session. Kinds of values by how they are kept: in words, wide, in the heap.
CREATE TABLE s (id INT, k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '60' SECOND)
WITH ('connector' = 'filesystem', 'path' = '${DIR}/emit_session.csv', 'format' = 'csv');

SELECT k, window_start, window_end, COUNT(*) AS n, FIRST_VALUE(id) AS f, LAST_VALUE(id) AS l, FIRST_VALUE(CAST(id AS STRING) || ' came first of all') AS ft,
  LAST_VALUE(CAST(id AS STRING) || ' came last') AS lt, FIRST_VALUE(CAST(v AS DECIMAL(38, 2))) AS fd, LAST_VALUE(ARRAY[id, v]) AS la
FROM SESSION(TABLE s PARTITION BY k, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end, k;

-- NULLs are left out, or not; FILTER; beside DISTINCT
SELECT SESSION_START(ts, INTERVAL '10' SECOND) AS w, FIRST_VALUE(NULLIF(v, 1)) AS f, LAST_VALUE(NULLIF(v, 1)) AS l, FIRST_VALUE(NULLIF(v, 1)) RESPECT NULLS AS fn,
  LAST_VALUE(NULLIF(v, 5)) RESPECT NULLS AS l2, FIRST_VALUE(id) FILTER (WHERE v > 2) AS ff, LAST_VALUE(id) FILTER (WHERE v < 3) AS lf,
  LAST_VALUE(id) FILTER (WHERE v > 99) AS nothing, COUNT(DISTINCT v) AS d
FROM s GROUP BY SESSION(ts, INTERVAL '10' SECOND);

SELECT k, window_start, window_end, FIRST_VALUE(id) AS f, LAST_VALUE(k || CAST(id AS STRING)) AS l
FROM SESSION(TABLE s PARTITION BY k, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end, k EMIT CHANGES;
