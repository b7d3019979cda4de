-- Joins with UNNEST that need more than the row itself: conditions on LEFT JOIN, RIGHT and FULL JOIN of a collection that reads no row, USING, sub-queries. The final rows.
-- @order ev
CREATE TEMPORARY TABLE ev (id INT, k STRING, s STRING, n INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND) WITH ('connector' = 'filesystem', 'path' = '${DIR}/unnest.jsonl', 'format' = 'json');
CREATE TEMPORARY VIEW v AS SELECT id, k, n, SPLIT(s, ',') AS a, STR_TO_MAP(s, ',', '=') AS m FROM ev;
SELECT id, x FROM v LEFT JOIN UNNEST(a) AS u(x) ON x LIKE 'b%';
SELECT id, x, o FROM v LEFT JOIN UNNEST(a) WITH ORDINALITY AS u(x, o) ON o > 1 AND n > 4;
SELECT id, x FROM v LEFT JOIN UNNEST(a) AS u(x) ON id > 5 OR x = 'a=1';
SELECT id, y, z FROM v LEFT JOIN UNNEST(m) AS u(y, z) ON u.y = 'b';
SELECT id, x FROM v LEFT JOIN UNNEST(a) AS u(x) ON x IN (SELECT s FROM ev WHERE id = 7);
SELECT id, x FROM v RIGHT JOIN UNNEST(ARRAY[1, 3, 77]) AS u(x) ON id = x;
SELECT id, x FROM v FULL JOIN UNNEST(ARRAY[1, 3, 77]) AS u(x) ON id = x AND n > 6;
SELECT id, k, x FROM v JOIN UNNEST(ARRAY[ROW('ab', 1), ROW('d', 2)]) AS u(k, x) USING (k);
SELECT k, x FROM v NATURAL LEFT JOIN UNNEST(ARRAY[ROW('ab', 1), ROW('c', 2)]) AS u(k, x);
SELECT id, x FROM v JOIN UNNEST(SPLIT(k, '')) AS u(x) ON EXISTS (SELECT 1 FROM ev WHERE ev.k = x);
SELECT id, x FROM v, UNNEST((SELECT ARRAY_AGG(e.id) FROM ev AS e WHERE e.n > v.n)) AS u(x);
SELECT id, (SELECT COUNT(*) FROM UNNEST(a) AS u(x) WHERE x LIKE 'a%') AS c FROM v;
SELECT id FROM v WHERE 'b=1' IN (SELECT x FROM UNNEST(a) AS u(x));
SELECT id, x FROM v, LATERAL (SELECT x FROM UNNEST(a) WITH ORDINALITY AS u(x, o) ORDER BY o DESC LIMIT 1) AS t;
SELECT id, (SELECT COUNT(y) FROM UNNEST(a) AS u(x) LEFT JOIN UNNEST(ARRAY['a=1', 'b=1']) AS w(y) ON x = y) AS c FROM v;
SELECT id, c FROM (SELECT id, a FROM v WHERE n IS NOT NULL) AS q, LATERAL (SELECT COUNT(y) AS c FROM ev LEFT JOIN UNNEST(SPLIT(ev.s, ',')) AS w(y) ON y LIKE 'b%' WHERE ev.id = q.id) AS l;
