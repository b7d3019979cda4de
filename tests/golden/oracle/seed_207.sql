-- Random queries over random rows; the answers are those of Flink 2.3.
CREATE TEMPORARY TABLE ev (id INT, k STRING, k2 INT, b BOOLEAN, ti TINYINT, si SMALLINT, v INT, bi BIGINT, f FLOAT, d DOUBLE, dc DECIMAL(10,2), dd DECIMAL(20,5), s STRING, dt DATE, tm TIME(0), t2 TIMESTAMP(3), n ROW<a INT, c STRING>, ts TIMESTAMP(3), cc AS UPPER(k) || '!', c2 AS v * 2 + 1, WATERMARK FOR ts AS ts)
  WITH ('connector' = 'filesystem', 'path' = '${DIR}/seed_207.jsonl', 'format' = 'json');
CREATE TEMPORARY VIEW vw AS SELECT id, k, k2, b, ti, si, v, bi, f, d, dc, dd, s, dt, tm, t2, n, cc, c2, ts FROM ev WHERE v IS NOT NULL OR b;
SELECT id, ts AS c0 FROM vw WHERE v BETWEEN -2 AND 3;
SELECT COUNT(*) AS c0, HOP_END(ts, INTERVAL '1' SECOND, INTERVAL '3' SECOND) AS c1, HOP_ROWTIME(ts, INTERVAL '1' SECOND, INTERVAL '3' SECOND) AS c2, k AS c3, HOP_START(ts, INTERVAL '1' SECOND, INTERVAL '3' SECOND) AS c4 FROM ev WHERE v BETWEEN -2 AND 3 GROUP BY k, HOP(ts, INTERVAL '1' SECOND, INTERVAL '3' SECOND);
SELECT k AS c0, CONCAT(ms, '!') AS c1, COALESCE(sv, 0) AS c2, EXTRACT(YEAR FROM md) AS c3 FROM (SELECT window_end AS we, k, SUM(v) AS sv, AVG(d) AS ad, MAX(s) AS ms, MIN(dt) AS md FROM CUMULATE(TABLE ev, DESCRIPTOR(ts), INTERVAL '2' SECOND, INTERVAL '4' SECOND) GROUP BY window_start, window_end, k) WHERE TRUE;
SELECT window_start, window_end, k, COUNT(*) AS c, SUM(bi) AS s FROM TUMBLE(DATA => TABLE ev, TIMECOL => DESCRIPTOR(ts), SIZE => INTERVAL '5' SECOND, `OFFSET` => INTERVAL '-2' SECOND) GROUP BY window_start, window_end, k;
SELECT SUM(ti) AS c0, window_start AS c1, LAST_VALUE(d) AS c2, COUNT(*) AS c3, si AS c4, window_end AS c5, SUM(si) AS c6, SUM(c2) AS c7 FROM TUMBLE(TABLE ev, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end, si;
SELECT id, dt > DATE '1990-01-01' AS c0, (COALESCE(f, d) / 8e0) AS c1, (NOT (id <> 0) AND k2 IN (1, 2) IS NOT TRUE) AS c2, UPPER(k) AS c3, dt AS c4, (k || SUBSTRING(k, 1, 1)) AS c5 FROM vw WHERE dc > 2;
