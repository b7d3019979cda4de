-- Random queries over random rows; the answers are those of Flink 2.3.
SET 'table.local-time-zone' = 'Europe/Berlin';
CREATE TEMPORARY TABLE ev (id INT, k STRING, k2 INT, b BOOLEAN, ti TINYINT, si SMALLINT, v INT, bi BIGINT, f FLOAT, d DOUBLE, dc DECIMAL(10,2), dd DECIMAL(20,5), s STRING, dt DATE, tm TIME(0), t2 TIMESTAMP(3), n ROW<a INT, c STRING>, ts TIMESTAMP_LTZ(3), cc AS UPPER(k) || '!', c2 AS v * 2 + 1, WATERMARK FOR ts AS ts)
  WITH ('connector' = 'filesystem', 'path' = '${DIR}/seed_206.jsonl', 'format' = 'json');
CREATE TEMPORARY VIEW vw AS SELECT id, k, k2, b, ti, si, v, bi, f, d, dc, dd, s, dt, tm, t2, n, cc, c2, ts FROM ev WHERE v IS NOT NULL OR b;
SELECT AVG(DISTINCT ti) AS c0, SUM(dd) AS c1 FROM ev;
SELECT COUNT(*) AS c0, t2 AS c1, MAX(ti) AS c2, window_end AS c3, d AS c4, window_start AS c5 FROM TUMBLE(TABLE vw, DESCRIPTOR(ts), INTERVAL '5' SECOND) GROUP BY window_start, window_end, d, t2;
SELECT window_time AS c0, SUM(c2) AS c1, window_end AS c2, COUNT(d) AS c3, window_start AS c4 FROM CUMULATE(TABLE ev, DESCRIPTOR(ts), INTERVAL '2' SECOND, INTERVAL '2' SECOND) GROUP BY window_start, window_end, window_time;
SELECT id, MIN(si) OVER w AS c0, MAX(d) OVER w AS c1 FROM ev WHERE v IS NOT NULL WINDOW w AS (ORDER BY ts ROWS BETWEEN 1 PRECEDING AND CURRENT ROW);
