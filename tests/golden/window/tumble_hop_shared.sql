-- TUMBLE and HOP over the same rows, with offset, FILTER and DISTINCT; a late row is dropped once per window.
CREATE TEMPORARY TABLE ev (id INT, k STRING, v INT, d DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
  WITH ('connector' = 'filesystem', 'path' = '${DIR}/ev.jsonl', 'format' = 'json');
SELECT window_start, window_end, k, COUNT(*) AS c, COUNT(DISTINCT v) AS dv, SUM(v) FILTER (WHERE v > 2) AS s, MIN(v) AS mi, MAX(d) AS ma, AVG(d) AS av
  FROM TUMBLE(TABLE ev, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end, k;
SELECT window_start, window_end, COUNT(*) AS c, SUM(v) AS s, MIN(v) AS mi, MAX(v) AS ma, SUM(d) AS sd
  FROM HOP(TABLE ev, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '15' SECOND) GROUP BY window_start, window_end;
SELECT window_start, k, FIRST_VALUE(v) AS f, LAST_VALUE(v) AS l
  FROM TUMBLE(TABLE ev, DESCRIPTOR(ts), INTERVAL '20' SECOND, INTERVAL '3' SECOND) GROUP BY window_start, window_end, k;
SELECT window_start, k, ROUND(STDDEV_POP(d), 6) AS sp, ROUND(VAR_SAMP(d), 6) AS vs
  FROM HOP(TABLE ev, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '20' SECOND, INTERVAL '3' SECOND) GROUP BY window_start, window_end, k;
SELECT window_start, window_end, k, SUM(v) AS s
  FROM CUMULATE(TABLE ev, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '20' SECOND) GROUP BY window_start, window_end, k;
