-- Functions where the answer is ours (docs/COMPAT.md): the epoch of an instant does not hang on the session's zone, a text that is no date
-- is NULL, letters beyond ASCII have capitals, characters are code points.
SET 'table.local-time-zone' = 'America/New_York';
CREATE TEMPORARY TABLE v (id INT, i8 TINYINT, s STRING, u STRING, n INT, b BOOLEAN) WITH ('connector' = 'filesystem', 'path' = '${DIR}/values.jsonl', 'format' = 'json');
CREATE TEMPORARY TABLE m (id INT, l TIMESTAMP_LTZ(3), s STRING, p STRING) WITH ('connector' = 'filesystem', 'path' = '${DIR}/times.jsonl', 'format' = 'json');
SELECT id, EXTRACT(EPOCH FROM l) AS x FROM m;
SELECT id, TO_DATE(s, p) AS x FROM m WHERE id > 4;
SELECT id, INITCAP(s), REVERSE(s), CHAR_LENGTH(s), SUBSTRING(s, 5), LEFT(s, 5), RIGHT(s, 2), JSON_QUOTE(s), LPAD(s, 8, u), TRANSLATE(s, 'ö€', 'o'), SPLIT(s, '') FROM v WHERE id = 4;
SELECT APPROX_COUNT_DISTINCT(s) AS x, APPROX_COUNT_DISTINCT(b) AS y FROM v;
SELECT BIT_AND(i8) AS x, BIT_OR(i8) AS y, BIT_XOR(i8) AS z FROM v;
SELECT BIT_AND(n) AS x FROM v WHERE id = 2;
SELECT VAR_SAMP(g) AS x, VAR_POP(g) AS y, STDDEV_POP(g) AS z FROM (VALUES (1e308), (-1e308)) AS t(g);
-- numbers that no field holds, seconds at the end of time, zones that change from row to row
SELECT TO_TIMESTAMP(a, 'yyyyMMdd') AS y, TO_TIMESTAMP(b, 'yyyy-MM-dd n') AS n, TO_TIMESTAMP(b, 'yyyy-MM-dd A') AS m FROM (VALUES ('184467440737095536400101', '2024-01-01 999999999999999999')) AS t(a, b);
SELECT FROM_UNIXTIME(s) AS f, FROM_UNIXTIME(s, 'yyyy') AS y FROM (VALUES (9223372036854), (-9223372036854), (0)) AS t(s);
SELECT CONVERT_TZ('2024-01-01 00:00:00', a, b) AS c, TO_TIMESTAMP_LTZ('2024-01-01 00:00:00', 'yyyy-MM-dd HH:mm:ss', a) AS l
FROM (VALUES ('UTC', 'Asia/Tokyo'), ('UTC', 'Europe/Berlin'), ('Europe/Berlin', 'Europe/Berlin'), ('No/Where', 'UTC'), ('Asia/Tokyo', 'No/Where')) AS t(a, b);
