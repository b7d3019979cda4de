-- LEFT JOIN UNNEST with a condition: rows as they come, nothing is taken back, time stays an attribute. Conditions that read the row, too, are more than Flink's.
CREATE TEMPORARY TABLE ev (id INT, k STRING, s STRING, n INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND) WITH ('connector' = 'filesystem', 'path' = '${DIR}/unnest.jsonl', 'format' = 'json');
CREATE TEMPORARY VIEW v AS SELECT id, k, n, ts, SPLIT(s, ',') AS a, STR_TO_MAP(s, ',', '=') AS m FROM ev;
SELECT id, ts, x FROM v LEFT JOIN UNNEST(a) AS u(x) ON x LIKE 'b%';
SELECT id, x FROM v LEFT JOIN UNNEST(a) AS u(x) ON FALSE;
SELECT id, x FROM v LEFT JOIN UNNEST(a) AS u(x) ON x IS NULL;
SELECT id, x, y FROM v LEFT JOIN UNNEST(a) AS u(x) ON x > 'a' LEFT JOIN UNNEST(SPLIT(x, '=')) AS w(y) ON y <> '1';
SELECT id, x, o FROM v LEFT JOIN UNNEST(a) WITH ORDINALITY AS u(x, o) ON o > 1 AND n > 4;
SELECT id, y, z FROM v LEFT JOIN UNNEST(m) AS u(y, z) ON u.y = 'b' OR id = 1;
CREATE TEMPORARY VIEW parts AS SELECT id, x, ts FROM v LEFT JOIN UNNEST(a) AS u(x) ON x LIKE 'a%';
SELECT window_start, x, COUNT(*) AS c FROM TUMBLE(TABLE parts, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end, x;
SELECT id, x, COUNT(*) OVER (PARTITION BY x ORDER BY ts) AS c FROM parts;
SELECT window_start, id, x FROM TUMBLE(TABLE ev, DESCRIPTOR(ts), INTERVAL '10' SECOND) AS e LEFT JOIN UNNEST(SPLIT(e.s, ',')) AS u(x) ON u.x > 'b';
