-- Random queries over random rows; the answers are those of Flink 2.3.
CREATE TEMPORARY TABLE ev (id INT, k STRING, k2 INT, b BOOLEAN, ti TINYINT, si SMALLINT, v INT, bi BIGINT, f FLOAT, d DOUBLE, dc DECIMAL(10,2), dd DECIMAL(20,5), s STRING, dt DATE, tm TIME(0), t2 TIMESTAMP(3), n ROW<a INT, c STRING>, ts TIMESTAMP(3), cc AS UPPER(k) || '!', c2 AS v * 2 + 1, WATERMARK FOR ts AS ts)
  WITH ('connector' = 'filesystem', 'path' = '${DIR}/seed_222.jsonl', 'format' = 'json');
SELECT COUNT(cc) FILTER (WHERE v BETWEEN -2 AND 3) AS c0, FIRST_VALUE(si) AS c1, COUNT(cc) AS c2 FROM ev;
SELECT DISTINCT t2, n, si FROM ev;
SELECT window_start, window_end, k, COUNT(*) AS c, SUM(bi) AS s FROM TUMBLE(DATA => TABLE ev, TIMECOL => DESCRIPTOR(ts), SIZE => INTERVAL '20' SECOND, `OFFSET` => INTERVAL '1' SECOND) GROUP BY window_start, window_end, k;
SELECT id, k, ts FROM ev ORDER BY ts, id;
