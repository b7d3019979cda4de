-- Random queries over random rows; the answers are those of Flink 2.3.
SET 'table.local-time-zone' = 'Australia/Lord_Howe';
CREATE TEMPORARY TABLE ev (id INT, k STRING, k2 INT, b BOOLEAN, ti TINYINT, si SMALLINT, v INT, bi BIGINT, f FLOAT, d DOUBLE, dc DECIMAL(10,2), dd DECIMAL(20,5), s STRING, dt DATE, tm TIME(0), t2 TIMESTAMP(3), n ROW<a INT, c STRING>, ts TIMESTAMP(3), cc AS UPPER(k) || '!', c2 AS v * 2 + 1, WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
  WITH ('connector' = 'filesystem', 'path' = '${DIR}/seed_204.jsonl', 'format' = 'json');
CREATE TEMPORARY VIEW vw AS SELECT id, k, k2, b, ti, si, v, bi, f, d, dc, dd, s, dt, tm, t2, n, cc, c2, ts FROM ev WHERE id >= 0;
SELECT MIN(cc) AS c0, FIRST_VALUE(v) AS c1 FROM vw;
SELECT MAX(dd) AS c0, window_start AS c1, SUM(DISTINCT dd) FILTER (WHERE (id > 0 OR k2 IN (1, 2) IS NOT TRUE)) AS c2, COUNT(ts) AS c3, k AS c4, MIN(f) AS c5, window_end AS c6 FROM CUMULATE(TABLE ev, DESCRIPTOR(ts), INTERVAL '2' SECOND, INTERVAL '8' SECOND) GROUP BY window_start, window_end, k;
SELECT id, ((d * -3) - (id / 8e0)) AS c0, LOWER(CONCAT(n.c, '-', s)) AS c1 FROM ev WHERE (n.a IS NULL OR dt IS NOT NULL);
SELECT id, CASE WHEN k2 IN (1, 2) IS NOT TRUE THEN CAST('lit' AS VARCHAR(4)) END AS c0, CAST(f AS STRING) AS c1, t2 AS c2 FROM vw;
