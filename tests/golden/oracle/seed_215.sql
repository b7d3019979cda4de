-- Random queries over random rows; the answers are those of Flink 2.3.
SET 'table.local-time-zone' = 'Europe/Berlin';
CREATE TEMPORARY TABLE ev (id INT, k STRING, k2 INT, b BOOLEAN, ti TINYINT, si SMALLINT, v INT, bi BIGINT, f FLOAT, d DOUBLE, dc DECIMAL(10,2), dd DECIMAL(20,5), s STRING, dt DATE, tm TIME(0), t2 TIMESTAMP(3), n ROW<a INT, c STRING>, ts TIMESTAMP_LTZ(3), cc AS UPPER(k) || '!', c2 AS v * 2 + 1, WATERMARK FOR ts AS ts)
  WITH ('connector' = 'filesystem', 'path' = '${DIR}/seed_215.jsonl', 'format' = 'json');
CREATE TEMPORARY VIEW vw AS SELECT id, k, k2, b, ti, si, v, bi, f, d, dc, dd, s, dt, tm, t2, n, cc, c2, ts FROM ev WHERE v IS NOT NULL OR b;
SELECT id, dt AS c0, dc AS c1, SUM(ti) OVER w AS c2 FROM ev WINDOW w AS (PARTITION BY dt, dc ORDER BY ts );
SELECT window_end AS c0, COUNT(cc) AS c1, window_start AS c2 FROM TUMBLE(TABLE ev, DESCRIPTOR(ts), INTERVAL '6' HOUR) GROUP BY window_start, window_end;
SELECT n.c AS c0, tm AS c1, s AS c2, LAST_VALUE(bi) AS c3, COUNT(*) FILTER (WHERE k IN ('a', 'b', 'ключ')) AS c4, COUNT(*) AS c5 FROM vw WHERE v BETWEEN -2 AND 3 GROUP BY n.c, tm, s;
SELECT id, cc AS c0, id = 1.5 AS c1, t2 AS c2, (-2 - dd) AS c3, CASE WHEN NOT (v < 1.5) THEN k END AS c4 FROM ev;
SELECT SUM(v) FILTER (WHERE v BETWEEN -2 AND 3) AS c0, ROUND(VAR_SAMP(si), 6) AS c1, k AS c2, MAX(v) AS c3, FIRST_VALUE(s) AS c4, TUMBLE_END(ts, INTERVAL '60' MINUTE) AS c5 FROM ev WHERE dt > DATE '1990-01-01' GROUP BY k, TUMBLE(ts, INTERVAL '60' MINUTE);
