-- Random queries over random rows; the answers are those of Flink 2.3.
CREATE TEMPORARY TABLE ev (id INT, k STRING, k2 INT, b BOOLEAN, ti TINYINT, si SMALLINT, v INT, bi BIGINT, f FLOAT, d DOUBLE, dc DECIMAL(10,2), dd DECIMAL(20,5), s STRING, dt DATE, tm TIME(0), t2 TIMESTAMP(3), n ROW<a INT, c STRING>, ts TIMESTAMP(3), cc AS UPPER(k) || '!', c2 AS v * 2 + 1, WATERMARK FOR ts AS ts)
  WITH ('connector' = 'filesystem', 'path' = '${DIR}/seed_217.jsonl', 'format' = 'json');
SELECT id, ts AS c0, REPLACE(DATE_FORMAT(t2, 'yyyy-MM-dd'), 'l', '') AS c1, ((s IS NOT NULL OR s IS NOT NULL) AND k2 IN (1, 2) IS NOT TRUE) AS c2, v IS NOT NULL AS c3, cc AS c4, UPPER(REVERSE(k)) AS c5 FROM ev;
SELECT AVG(d) AS c0, AVG(k2) AS c1, MAX(v) AS c2, AVG(dd) AS c3, SUM(dd) AS c4 FROM ev;
SELECT CAST(we AS STRING) AS c0, we AS c1, EXTRACT(YEAR FROM md) AS c2, COALESCE(sv, 0) AS c3 FROM (SELECT window_end AS we, k, SUM(v) AS sv, AVG(d) AS ad, MAX(s) AS ms, MIN(dt) AS md FROM CUMULATE(TABLE ev, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND) GROUP BY window_start, window_end, k) WHERE TRUE;
SELECT n.c AS c0, COUNT(*) AS c1 FROM ev GROUP BY n.c;
SELECT id, LAST_VALUE(s) OVER w AS c0, LAST_VALUE(bi) OVER w AS c1 FROM ev WINDOW w AS (ORDER BY ts );
SELECT id, k2 AS c0, MIN(k) OVER w AS c1, COUNT(DISTINCT c2) OVER w AS c2, COUNT(b) OVER w AS c3, MAX(b) OVER w AS c4 FROM ev WINDOW w AS (PARTITION BY k2 ORDER BY ts ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW);
