-- Random queries over random rows; the answers are those of Flink 2.3.
CREATE TEMPORARY TABLE ev (id INT, k STRING, k2 INT, b BOOLEAN, ti TINYINT, si SMALLINT, v INT, bi BIGINT, f FLOAT, d DOUBLE, dc DECIMAL(10,2), dd DECIMAL(20,5), s STRING, dt DATE, tm TIME(0), t2 TIMESTAMP(3), n ROW<a INT, c STRING>, ts TIMESTAMP(3), cc AS UPPER(k) || '!', c2 AS v * 2 + 1, WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
  WITH ('connector' = 'filesystem', 'path' = '${DIR}/seed_214.jsonl', 'format' = 'json');
CREATE TEMPORARY VIEW vw AS SELECT id, k, k2, b, ti, si, v, bi, f, d, dc, dd, s, dt, tm, t2, n, cc, c2, ts FROM ev WHERE k2 IS NULL OR k2 > 0;
SELECT k2 AS c0, ti AS c1, t2 AS c2, MAX(dt) AS c3 FROM ev GROUP BY k2, ti, t2;
SELECT TUMBLE_END(ts, INTERVAL '2' SECOND) AS c0, k2 AS c1, AVG(ti) AS c2 FROM ev GROUP BY TUMBLE(ts, INTERVAL '2' SECOND), k2 HAVING COUNT(*) > 1;
SELECT id, SUM(k2) OVER w AS c0, AVG(dc) OVER w AS c1, AVG(dc) OVER w AS c2, MAX(bi) OVER w AS c3, COUNT(cc) OVER w AS c4 FROM ev WINDOW w AS (ORDER BY ts RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW);
SELECT id, k, ts FROM ev ORDER BY ts, id DESC;
SELECT id, LAG(v, 1) OVER (PARTITION BY dt ORDER BY ts) AS r FROM vw;
