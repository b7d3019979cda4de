-- Random queries over random rows; the answers are those of Flink 2.3.
CREATE TEMPORARY TABLE ev (id INT, k STRING, k2 INT, b BOOLEAN, ti TINYINT, si SMALLINT, v INT, bi BIGINT, f FLOAT, d DOUBLE, dc DECIMAL(10,2), dd DECIMAL(20,5), s STRING, dt DATE, tm TIME(0), t2 TIMESTAMP(3), n ROW<a INT, c STRING>, ts TIMESTAMP_LTZ(3), cc AS UPPER(k) || '!', c2 AS v * 2 + 1, WATERMARK FOR ts AS ts)
  WITH ('connector' = 'filesystem', 'path' = '${DIR}/seed_221.jsonl', 'format' = 'json');
SELECT window_end AS c0, MIN(v) FILTER (WHERE NOT (k2 IN (1, 2) IS NOT TRUE)) AS c1, MIN(ti) AS c2, t2 AS c3, window_start AS c4 FROM CUMULATE(TABLE ev, DESCRIPTOR(ts), INTERVAL '30' MINUTE, INTERVAL '30' MINUTE) GROUP BY window_start, window_end, window_time, t2;
SELECT tm AS c0, SUM(f) AS c1, FIRST_VALUE(dc) AS c2 FROM ev GROUP BY tm;
SELECT CAST(ad AS STRING) AS c0, CONCAT(ms, '!') AS c1, CAST(ad AS STRING) AS c2, sv / 3.0 AS c3 FROM (SELECT window_end AS we, k, SUM(v) AS sv, AVG(d) AS ad, MAX(s) AS ms, MIN(dt) AS md FROM TUMBLE(TABLE ev, DESCRIPTOR(ts), INTERVAL '30' MINUTE) GROUP BY window_start, window_end, k) WHERE ad < 100;
