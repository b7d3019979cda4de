-- Random queries over random rows; the answers are those of Flink 2.3.
SET 'table.local-time-zone' = 'Europe/Berlin';
CREATE TEMPORARY TABLE ev (id INT, k STRING, k2 INT, b BOOLEAN, ti TINYINT, si SMALLINT, v INT, bi BIGINT, f FLOAT, d DOUBLE, dc DECIMAL(10,2), dd DECIMAL(20,5), s STRING, dt DATE, tm TIME(0), t2 TIMESTAMP(3), n ROW<a INT, c STRING>, tz TIMESTAMP_LTZ(3), ts TIMESTAMP_LTZ(3), cc AS UPPER(k) || '!', c2 AS v * 2 + 1, WATERMARK FOR ts AS ts - INTERVAL '9' MINUTE)
  WITH ('connector' = 'filesystem', 'path' = '${DIR}/seed_201.jsonl', 'format' = 'json');
SELECT id, k, ts FROM ev ORDER BY ts, k, id;
WITH w1 AS (SELECT window_start AS ws, window_end AS we, window_time AS rt, SUM(v) AS sv, COUNT(*) AS cn, MAX(d) AS md FROM TUMBLE(TABLE ev, DESCRIPTOR(ts), INTERVAL '30' MINUTE) GROUP BY window_start, window_end, window_time) SELECT window_start, window_end, SUM(sv) AS s, COUNT(*) AS c, MAX(cn) AS cn, MAX(md) AS m FROM HOP(TABLE w1, DESCRIPTOR(rt), INTERVAL '30' MINUTE, INTERVAL '60' MINUTE) GROUP BY window_start, window_end;
SELECT SUM(d) AS c0, MIN(cc) AS c1, MAX(si) FILTER (WHERE ((b AND b) AND b)) AS c2, SUM(ti) AS c3 FROM ev WHERE k2 IN (1, 2) IS NOT TRUE;
SELECT id, v, d, k FROM ev WHERE k2 <= k2 UNION ALL SELECT id + 1000, k2, dc, s FROM ev WHERE v BETWEEN -2 AND 3;
SELECT id, 1 AS c0, CAST(ts AS STRING) AS c1, id AS c2 FROM ev;
