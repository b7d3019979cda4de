-- Random queries over random rows; the answers are those of Flink 2.3.
SET 'table.local-time-zone' = 'America/New_York';
CREATE TEMPORARY TABLE ev (id INT, k STRING, k2 INT, b BOOLEAN, ti TINYINT, si SMALLINT, v INT, bi BIGINT, f FLOAT, d DOUBLE, dc DECIMAL(10,2), dd DECIMAL(20,5), s STRING, dt DATE, tm TIME(0), t2 TIMESTAMP(3), n ROW<a INT, c STRING>, ts TIMESTAMP_LTZ(3), cc AS UPPER(k) || '!', c2 AS v * 2 + 1, WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
  WITH ('connector' = 'filesystem', 'path' = '${DIR}/seed_200.jsonl', 'format' = 'json');
CREATE TEMPORARY VIEW vw AS SELECT id, k, k2, b, ti, si, v, bi, f, d, dc, dd, s, dt, tm, t2, n, cc, c2, ts FROM ev WHERE id >= 0;
SELECT id, cc AS c0, dt AS c1, AVG(dc) OVER w AS c2, SUM(dc) OVER w AS c3, COUNT(tm) OVER w AS c4, FIRST_VALUE(dc) OVER w AS c5 FROM ev WHERE v IS NOT NULL WINDOW w AS (PARTITION BY cc, dt ORDER BY ts ROWS BETWEEN 1 PRECEDING AND CURRENT ROW);
SELECT id, k, ts FROM ev ORDER BY ts, id;
SELECT b AS c0, dc AS c1, si AS c2, CAST(ts AS DATE) AS c3, LAST_VALUE(d) AS c4 FROM vw GROUP BY b, dc, si, CAST(ts AS DATE);
SELECT id, dt AS c0, FIRST_VALUE(dc) OVER w AS c1, AVG(dc) OVER w AS c2, AVG(dc) OVER w AS c3, SUM(bi) OVER w AS c4 FROM ev WINDOW w AS (PARTITION BY dt ORDER BY ts ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW);
SELECT LAST_VALUE(b) AS c0, MAX(dd) AS c1, window_end AS c2, window_start AS c3, MIN(v) AS c4 FROM TUMBLE(TABLE vw, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end;
