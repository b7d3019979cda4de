-- SESSION over a sub-query with PARTITION BY, over the results of a window, over those of sessions, and with named arguments.
CREATE TABLE s (id INT, k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '20' SECOND)
WITH ('connector' = 'filesystem', 'path' = '${DIR}/emit_session.csv', 'format' = 'csv');

SELECT k, window_start, window_end, COUNT(*) AS n FROM SESSION((SELECT * FROM s WHERE v > 1) PARTITION BY k, DESCRIPTOR(ts), INTERVAL '10' SECOND)
GROUP BY window_start, window_end, k;

SELECT k, big, window_end, COUNT(*) AS n FROM SESSION(DATA => (SELECT k, v > 3 AS big, ts FROM s) PARTITION BY (k, big), TIMECOL => DESCRIPTOR(ts), GAP => INTERVAL '10' SECOND)
GROUP BY window_start, window_end, k, big;

SELECT k, window_start, window_end, SUM(n) AS n, COUNT(*) AS c FROM SESSION((SELECT window_time AS wt, k, COUNT(*) AS n
  FROM TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '5' SECOND) GROUP BY window_start, window_end, window_time, k) PARTITION BY k, DESCRIPTOR(wt), INTERVAL '12' SECOND)
GROUP BY window_start, window_end, k;

SELECT k, window_start, window_end, SUM(n) AS n, COUNT(*) AS c FROM SESSION((SELECT window_time AS wt, k, COUNT(*) AS n
  FROM SESSION(TABLE s PARTITION BY k, DESCRIPTOR(ts), INTERVAL '5' SECOND) GROUP BY window_start, window_end, window_time, k) PARTITION BY k, DESCRIPTOR(wt), INTERVAL '12' SECOND)
GROUP BY window_start, window_end, k;

-- bounded input: what leaves when the input ends comes before the last watermark, so that nothing of it is late
SELECT window_start, COUNT(*) AS n FROM TUMBLE((SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC, id) rn FROM s) WHERE rn <= 3),
  DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end;
SELECT window_start, COUNT(*) AS n FROM TUMBLE((SELECT * FROM s ORDER BY v, id LIMIT 10), DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end;
SELECT window_start, COUNT(*) AS n FROM TUMBLE((SELECT ts, RANK() OVER (PARTITION BY k ORDER BY v) AS r FROM s), DESCRIPTOR(ts), INTERVAL '10' SECOND)
GROUP BY window_start, window_end;
SELECT window_start, window_end, SUM(n) AS n, COUNT(*) AS c FROM TUMBLE((SELECT window_time AS wt, k, COUNT(*) AS n
  FROM SESSION(TABLE s, DESCRIPTOR(ts), INTERVAL '2' SECOND) GROUP BY window_start, window_end, window_time, k), DESCRIPTOR(wt), INTERVAL '30' SECOND)
GROUP BY window_start, window_end;

-- sets and ranks take the sessions of k as they are
SELECT k, window_end, COUNT(*) AS n FROM SESSION(TABLE s PARTITION BY k, DESCRIPTOR(ts), INTERVAL '10' SECOND)
GROUP BY window_start, window_end, GROUPING SETS ((k), ());
SELECT k, window_start, window_end, rn FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY id) AS rn FROM SESSION((
  SELECT id, k, ts FROM s UNION ALL SELECT id + 100, k || '2', ts FROM s WHERE id > 1) PARTITION BY k, DESCRIPTOR(ts), INTERVAL '10' SECOND)) WHERE rn <= 2;
