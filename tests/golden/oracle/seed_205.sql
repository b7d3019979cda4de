-- Random queries over random rows; the answers are those of Flink 2.3.
CREATE TEMPORARY TABLE ev (id INT, k STRING, k2 INT, b BOOLEAN, ti TINYINT, si SMALLINT, v INT, bi BIGINT, f FLOAT, d DOUBLE, dc DECIMAL(10,2), dd DECIMAL(20,5), s STRING, dt DATE, tm TIME(0), t2 TIMESTAMP(3), n ROW<a INT, c STRING>, ts TIMESTAMP(3), cc AS UPPER(k) || '!', c2 AS v * 2 + 1, WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
  WITH ('connector' = 'filesystem', 'path' = '${DIR}/seed_205.jsonl', 'format' = 'json');
SELECT id, v, d, k FROM ev WHERE k IS NULL UNION ALL SELECT id + 1000, ti, f, s FROM ev WHERE k IN ('a', 'b', 'ключ');
SELECT id, dc AS c0, (t2 + INTERVAL '31' SECOND) AS c1, (v - TIMESTAMPDIFF(HOUR, t2, CEIL(ts TO HOUR))) AS c2, REGEXP_REPLACE(REGEXP_REPLACE(s, '[aeiou]+', '_'), '[aeiou]+', '_') AS c3, DATE_FORMAT(ts, 'EEE MMM d') AS c4 FROM ev WHERE s IS NOT NULL;
SELECT id, v, d, k FROM ev WHERE (k2 IN (1, 2) IS NOT TRUE OR (b OR b)) UNION ALL SELECT id + 1000, si, d, s FROM ev WHERE dt > DATE '1990-01-01';
