-- SESSION: keyed by its PARTITION BY and global, DISTINCT and FILTER, sessions that meet late, rows that come too late,
-- alone, cascaded, over the session zone, legacy; grouped by other keys than its own it updates.
CREATE TEMPORARY TABLE ev (id INT, k STRING, v INT, d DOUBLE, ts TIMESTAMP(3), ms BIGINT, tz AS TO_TIMESTAMP_LTZ(ms, 3),
  WATERMARK FOR ts AS ts - INTERVAL '2' SECOND) WITH ('connector' = 'filesystem', 'path' = '${DIR}/sessions.jsonl', 'format' = 'json');
CREATE TEMPORARY TABLE zoned (id INT, k STRING, v INT, ms BIGINT, tz AS TO_TIMESTAMP_LTZ(ms, 3), WATERMARK FOR tz AS tz - INTERVAL '2' SECOND)
  WITH ('connector' = 'filesystem', 'path' = '${DIR}/sessions.jsonl', 'format' = 'json');
SELECT k, window_start, window_end, COUNT(*) AS c, SUM(v) AS s, COUNT(DISTINCT v) AS dv, SUM(DISTINCT v) AS sd, MIN(d) AS mi, MAX(v) FILTER (WHERE v < 4) AS ma, AVG(d) AS av
  FROM SESSION(TABLE ev PARTITION BY k, DESCRIPTOR(ts), INTERVAL '3' SECOND) GROUP BY k, window_start, window_end;
SELECT window_start, window_end, window_time, COUNT(*) AS c, COUNT(DISTINCT k) AS dk, MAX(k) AS mk
  FROM SESSION(DATA => TABLE ev, TIMECOL => DESCRIPTOR(ts), GAP => INTERVAL '2' SECOND) GROUP BY window_start, window_end, window_time;
SELECT id, k, CAST(ts AS TIMESTAMP(3)) AS t, window_start, window_end, window_time FROM SESSION(TABLE ev PARTITION BY k, DESCRIPTOR(ts), INTERVAL '3' SECOND) WHERE v <> 2;
SELECT k, window_start, window_end, COUNT(*) AS c FROM SESSION(TABLE ev PARTITION BY k, DESCRIPTOR(ts), INTERVAL '3' SECOND)
  WHERE v <> 2 AND d > -2 GROUP BY k, window_start, window_end HAVING COUNT(*) > 1;
SELECT window_start, window_end, COUNT(*) AS c FROM SESSION(TABLE ev PARTITION BY k, DESCRIPTOR(ts), INTERVAL '1' SECOND) GROUP BY window_start, window_end;
SELECT window_start, window_end, k, v, COUNT(*) AS c FROM SESSION(TABLE ev PARTITION BY k, DESCRIPTOR(ts), INTERVAL '8' SECOND) GROUP BY window_start, window_end, k, v;
SELECT v, window_start, window_end, k, COUNT(*) AS c, SUM(d) AS s FROM SESSION(TABLE ev PARTITION BY (v, k), DESCRIPTOR(ts), INTERVAL '6' SECOND) GROUP BY k, window_start, window_end, v;
SELECT k, SESSION_START(ts, INTERVAL '3' SECOND) AS s, SESSION_END(ts, INTERVAL '3' SECOND) AS e, SESSION_ROWTIME(ts, INTERVAL '3' SECOND) AS r, COUNT(DISTINCT v) AS c, SUM(v) AS sv
  FROM ev GROUP BY SESSION(ts, INTERVAL '3' SECOND), k HAVING COUNT(*) > 1;
SELECT SESSION_START(ts, INTERVAL '4' SECOND) AS s, COUNT(*) AS c FROM ev WHERE k IS NOT NULL GROUP BY SESSION(ts, INTERVAL '4' SECOND);
SELECT window_start, window_end, COUNT(*) AS n, SUM(NULLIF(c, -1)) AS c FROM TUMBLE((SELECT k, window_time AS wt, COUNT(*) AS c
  FROM SESSION(TABLE ev PARTITION BY k, DESCRIPTOR(ts), INTERVAL '3' SECOND) GROUP BY k, window_start, window_end, window_time), DESCRIPTOR(wt), INTERVAL '30' SECOND)
  GROUP BY window_start, window_end;
SET 'table.local-time-zone' = 'Europe/Berlin';
SELECT k, window_start, window_end, COUNT(*) AS c, SUM(v) AS s FROM SESSION(TABLE zoned PARTITION BY k, DESCRIPTOR(tz), INTERVAL '5' SECOND) GROUP BY k, window_start, window_end;
SELECT k, window_start, window_end, window_time, COUNT(*) AS c FROM SESSION(TABLE zoned PARTITION BY k, DESCRIPTOR(tz), INTERVAL '3' SECOND) GROUP BY k, window_start, window_end, window_time;
