-- Random queries over random rows; the answers are those of Flink 2.3.
SET 'table.local-time-zone' = 'America/St_Johns';
CREATE TEMPORARY TABLE ev (id INT, k STRING, k2 INT, b BOOLEAN, ti TINYINT, si SMALLINT, v INT, bi BIGINT, f FLOAT, d DOUBLE, dc DECIMAL(10,2), dd DECIMAL(20,5), s STRING, dt DATE, tm TIME(0), t2 TIMESTAMP(3), n ROW<a INT, c STRING>, ts TIMESTAMP_LTZ(3), cc AS UPPER(k) || '!', c2 AS v * 2 + 1, WATERMARK FOR ts AS ts)
  WITH ('connector' = 'filesystem', 'path' = '${DIR}/seed_203.jsonl', 'format' = 'json');
CREATE TEMPORARY VIEW vw AS SELECT id, k, k2, b, ti, si, v, bi, f, d, dc, dd, s, dt, tm, t2, n, cc, c2, ts FROM ev WHERE v IS NOT NULL OR b;
SELECT id, k, ts FROM vw ORDER BY ts;
SELECT id, ROW_NUMBER() OVER (PARTITION BY dt, cc ORDER BY ts) AS r FROM ev WHERE v > 0;
SELECT id, CEIL(t2 TO HOUR) AS c0, v = 1.5 AS c1, NOT (v BETWEEN -2 AND 3) AS c2 FROM ev WHERE (k IN ('a', 'b', 'ключ') OR (dt > DATE '1990-01-01' AND v BETWEEN -2 AND 3));
