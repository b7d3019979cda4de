-- Random queries over random rows; the answers are those of Flink 2.3.
SET 'table.local-time-zone' = 'Australia/Lord_Howe';
CREATE TEMPORARY TABLE ev (id INT, k STRING, k2 INT, b BOOLEAN, ti TINYINT, si SMALLINT, v INT, bi BIGINT, f FLOAT, d DOUBLE, dc DECIMAL(10,2), dd DECIMAL(20,5), s STRING, dt DATE, tm TIME(0), t2 TIMESTAMP(3), n ROW<a INT, c STRING>, ts TIMESTAMP(3), cc AS UPPER(k) || '!', c2 AS v * 2 + 1, WATERMARK FOR ts AS ts - INTERVAL '10' SECOND)
  WITH ('connector' = 'filesystem', 'path' = '${DIR}/seed_209.jsonl', 'format' = 'json');
SELECT id, k, ts FROM ev ORDER BY ts, id DESC;
WITH w1 AS (SELECT window_start AS ws, window_end AS we, window_time AS rt, SUM(v) AS sv, COUNT(*) AS cn, MAX(d) AS md FROM TUMBLE(TABLE ev, DESCRIPTOR(ts), INTERVAL '1' SECOND) GROUP BY window_start, window_end, window_time) SELECT window_start, window_end, SUM(sv) AS s, COUNT(*) AS c, MAX(cn) AS cn, MAX(md) AS m FROM HOP(TABLE w1, DESCRIPTOR(rt), INTERVAL '1' SECOND, INTERVAL '3' SECOND) GROUP BY window_start, window_end;
SELECT id, k2 AS c0, k AS c1, MIN(v) OVER w AS c2, MIN(v) OVER w AS c3, MIN(f) OVER w AS c4, LAST_VALUE(d) OVER w AS c5 FROM ev WHERE v IS NOT NULL WINDOW w AS (PARTITION BY k2, k ORDER BY ts ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW);
SELECT id, dt > DATE '1990-01-01' AS c0, 'lit' AS c1, (t2 + INTERVAL '1' YEAR(4)) AS c2, 1 AS c3, ts AS c4 FROM ev;
SELECT CONCAT(ms, '!') AS c0, we AS c1, sv / 3.0 AS c2, md AS c3 FROM (SELECT window_end AS we, k, SUM(v) AS sv, AVG(d) AS ad, MAX(s) AS ms, MIN(dt) AS md FROM TUMBLE(TABLE ev, DESCRIPTOR(ts), INTERVAL '1' SECOND) GROUP BY window_start, window_end, k) WHERE k IS NOT NULL;
SELECT id, window_time FROM CUMULATE(TABLE ev, DESCRIPTOR(ts), INTERVAL '1' SECOND, INTERVAL '2' SECOND) WHERE b;
