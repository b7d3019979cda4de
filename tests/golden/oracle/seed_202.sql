-- Random queries over random rows; the answers are those of Flink 2.3.
CREATE TEMPORARY TABLE ev (id INT, k STRING, k2 INT, b BOOLEAN, ti TINYINT, si SMALLINT, v INT, bi BIGINT, f FLOAT, d DOUBLE, dc DECIMAL(10,2), dd DECIMAL(20,5), s STRING, dt DATE, tm TIME(0), t2 TIMESTAMP(3), n ROW<a INT, c STRING>, ts TIMESTAMP(3), cc AS UPPER(k) || '!', c2 AS v * 2 + 1, WATERMARK FOR ts AS ts)
  WITH ('connector' = 'filesystem', 'path' = '${DIR}/seed_202.jsonl', 'format' = 'json');
SELECT id, NOT (NOT (v IS NULL)) AS c0 FROM ev;
SELECT tm AS c0, COUNT(*) AS c1 FROM ev GROUP BY tm;
SELECT id, dt AS c0, MIN(b) OVER w AS c1, SUM(c2) OVER w AS c2, COUNT(c2) OVER w AS c3 FROM ev WINDOW w AS (PARTITION BY dt ORDER BY ts RANGE BETWEEN INTERVAL '3' SECOND PRECEDING AND CURRENT ROW);
SELECT id, k, ts FROM ev ORDER BY ts;
SELECT b AS c0, window_end AS c1, dc AS c2, COUNT(c2) AS c3, AVG(id) AS c4, window_start AS c5, MAX(ti) AS c6, d AS c7, COUNT(cc) AS c8, SUM(ti) AS c9, window_time AS c10 FROM TUMBLE(TABLE ev, DESCRIPTOR(ts), INTERVAL '2' SECOND) GROUP BY window_start, window_end, window_time, dc, d, b;
SELECT MOD(id, 3) AS c0, MAX(bi) FILTER (WHERE (s LIKE '_' AND k2 IN (1, 2) IS NOT TRUE)) AS c1, MIN(dc) AS c2, COUNT(*) AS c3, MIN(t2) AS c4, COUNT(k) AS c5 FROM ev GROUP BY MOD(id, 3);
