-- Random queries over random rows; the answers are those of Flink 2.3.
SET 'table.local-time-zone' = 'America/New_York';
CREATE TEMPORARY TABLE ev (id INT, k STRING, k2 INT, b BOOLEAN, ti TINYINT, si SMALLINT, v INT, bi BIGINT, f FLOAT, d DOUBLE, dc DECIMAL(10,2), dd DECIMAL(20,5), s STRING, dt DATE, tm TIME(0), t2 TIMESTAMP(3), n ROW<a INT, c STRING>, tz TIMESTAMP_LTZ(3), ts TIMESTAMP_LTZ(3), cc AS UPPER(k) || '!', c2 AS v * 2 + 1, WATERMARK FOR ts AS ts - INTERVAL '45' MINUTE)
  WITH ('connector' = 'filesystem', 'path' = '${DIR}/seed_213.jsonl', 'format' = 'json');
CREATE TEMPORARY VIEW vw AS SELECT id, k, k2, b, ti, si, v, bi, f, d, dc, dd, s, dt, tm, t2, n, cc, c2, ts FROM ev WHERE k2 IS NULL OR k2 > 0;
SELECT cc AS c0, n.c AS c1, window_end AS c2, MAX(f) AS c3, AVG(bi) AS c4, window_start AS c5 FROM CUMULATE(TABLE ev, DESCRIPTOR(ts), INTERVAL '30' MINUTE, INTERVAL '2' HOUR) GROUP BY window_start, window_end, cc, n.c;
SELECT id, dc AS c0, MIN(s) OVER w AS c1, SUM(ti) OVER w AS c2, MAX(ti) OVER w AS c3, ROUND(STDDEV_POP(d) OVER w, 5) AS c4, SUM(f) OVER w AS c5 FROM vw WHERE v IS NOT NULL WINDOW w AS (PARTITION BY dc ORDER BY ts );
SELECT b AS c0, d AS c1, SUM(ti) FILTER (WHERE k IS NULL) AS c2, FIRST_VALUE(b) FILTER (WHERE dt IS NOT NULL) AS c3 FROM ev GROUP BY b, d;
SELECT DISTINCT n, k FROM vw WHERE v > 0;
SELECT id, (d * 1.5) AS c0, t2 AS c1, k IS NULL AS c2, c2 AS c3, id < k2 AS c4 FROM ev;
