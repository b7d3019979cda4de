-- Random queries over random rows; the answers are those of Flink 2.3.
CREATE TEMPORARY TABLE ev (id INT, k STRING, k2 INT, b BOOLEAN, ti TINYINT, si SMALLINT, v INT, bi BIGINT, f FLOAT, d DOUBLE, dc DECIMAL(10,2), dd DECIMAL(20,5), s STRING, dt DATE, tm TIME(0), t2 TIMESTAMP(3), n ROW<a INT, c STRING>, ts TIMESTAMP(3), cc AS UPPER(k) || '!', c2 AS v * 2 + 1, WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
  WITH ('connector' = 'filesystem', 'path' = '${DIR}/seed_220.jsonl', 'format' = 'json');
CREATE TEMPORARY VIEW vw AS SELECT id, k, k2, b, ti, si, v, bi, f, d, dc, dd, s, dt, tm, t2, n, cc, c2, ts FROM ev WHERE id >= 0;
SELECT id, window_start, window_end, window_time FROM HOP(TABLE ev, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND) WHERE b;
SELECT id, b AS c0, REGEXP_REPLACE(cc, '[aeiou]+', '_') AS c1, TIMESTAMPADD(DAY, k2, t2) AS c2, dc AS c3, b AS c4, NOT (v BETWEEN -2 AND 3) AS c5 FROM ev;
SELECT id, CASE WHEN (dt > DATE '1990-01-01' OR dc <> 0) THEN NULLIF(n.a, k2) ELSE CHAR_LENGTH(k) END AS c0, CASE WHEN (b OR dt > DATE '1990-01-01') THEN DATE_FORMAT(ts, 'EEE MMM d') END AS c1, ROUND(dc, 0) AS c2, dt AS c3, CAST(b AS INT) AS c4 FROM vw;
