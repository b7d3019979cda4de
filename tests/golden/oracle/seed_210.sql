-- Random queries over random rows; the answers are those of Flink 2.3.
CREATE TEMPORARY TABLE ev (id INT, k STRING, k2 INT, b BOOLEAN, ti TINYINT, si SMALLINT, v INT, bi BIGINT, f FLOAT, d DOUBLE, dc DECIMAL(10,2), dd DECIMAL(20,5), s STRING, dt DATE, tm TIME(0), t2 TIMESTAMP(3), n ROW<a INT, c STRING>, ts TIMESTAMP(3), cc AS UPPER(k) || '!', c2 AS v * 2 + 1, WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
  WITH ('connector' = 'filesystem', 'path' = '${DIR}/seed_210.jsonl', 'format' = 'json');
CREATE TEMPORARY VIEW vw AS SELECT id, k, k2, b, ti, si, v, bi, f, d, dc, dd, s, dt, tm, t2, n, cc, c2, ts FROM ev WHERE k2 IS NULL OR k2 > 0;
SELECT id, v, d, k FROM ev WHERE v > 2 UNION ALL SELECT id + 1000, k2, d, s FROM ev WHERE v IS NULL;
SELECT MIN(k) AS c0, dt AS c1, tm AS c2, MIN(DISTINCT ti) AS c3, MIN(f) AS c4, ROUND(VAR_SAMP(si), 6) AS c5, dc AS c6 FROM TUMBLE(TABLE vw, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end, dt, dc, tm;
SELECT window_start, window_end, k, COUNT(*) AS c, SUM(bi) AS s FROM TUMBLE(DATA => TABLE ev, TIMECOL => DESCRIPTOR(ts), SIZE => INTERVAL '20' SECOND, `OFFSET` => INTERVAL '-2' SECOND) GROUP BY window_start, window_end, k;
