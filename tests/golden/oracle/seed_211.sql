-- Random queries over random rows; the answers are those of Flink 2.3.
CREATE TEMPORARY TABLE ev (id INT, k STRING, k2 INT, b BOOLEAN, ti TINYINT, si SMALLINT, v INT, bi BIGINT, f FLOAT, d DOUBLE, dc DECIMAL(10,2), dd DECIMAL(20,5), s STRING, dt DATE, tm TIME(0), t2 TIMESTAMP(3), n ROW<a INT, c STRING>, ts TIMESTAMP(3), cc AS UPPER(k) || '!', c2 AS v * 2 + 1, WATERMARK FOR ts AS ts - INTERVAL '10' SECOND)
  WITH ('connector' = 'filesystem', 'path' = '${DIR}/seed_211.jsonl', 'format' = 'json');
SELECT id, v, d, k FROM ev WHERE dt > DATE '1990-01-01' UNION ALL SELECT id + 1000, si, d, s FROM ev WHERE b;
SELECT id, REGEXP_REPLACE(REPLACE(k, ' ', 'ZZ'), '[aeiou]+', '_') AS c0, t2 AS c1, CAST(f AS SMALLINT) AS c2, (dt > DATE '1990-01-01' AND (k2 IN (1, 2) IS NOT TRUE AND s LIKE 'a!%b%' ESCAPE '!')) AS c3 FROM ev;
SELECT id, dt AS c0, b AS c1, AVG(dc) OVER w AS c2, COUNT(cc) OVER w AS c3, MIN(ti) OVER w AS c4 FROM ev WHERE v IS NOT NULL WINDOW w AS (PARTITION BY dt, b ORDER BY ts RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW);
