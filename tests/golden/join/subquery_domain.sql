-- Sub-queries whose correlation has to be joined in: inequalities below aggregates, two queries out; in VALUES, ON, FROM, HAVING. The final rows.
-- @order l r l r l r l l r r l l r r
CREATE TEMPORARY TABLE l (id INT, k STRING, n INT, v INT, ts TIMESTAMP(3)) WITH ('connector' = 'filesystem', 'path' = '${DIR}/l.jsonl', 'format' = 'json');
CREATE TEMPORARY TABLE r (rid INT, k STRING, n INT, w INT) WITH ('connector' = 'filesystem', 'path' = '${DIR}/r.jsonl', 'format' = 'json');
CREATE TEMPORARY TABLE m (n BIGINT, name STRING) WITH ('connector' = 'filesystem', 'path' = '${DIR}/m.jsonl', 'format' = 'json');
SELECT l.id, r.rid FROM l JOIN r ON l.k = r.k AND r.w > (SELECT MIN(w) FROM r);
SELECT id FROM l WHERE v IN (VALUES 5, 7);
SELECT id FROM l WHERE (id, v) IN (VALUES (1, 5), (2, 8));
SELECT id, (SELECT MAX(w) FROM r WHERE r.w < l.v) AS m FROM l;
VALUES ((SELECT 1));
SELECT l.id FROM l, (SELECT rid FROM r) AS x, LATERAL (SELECT w FROM r WHERE r.rid = x.rid AND r.k = l.k) AS y;
SELECT id FROM l WHERE EXISTS (SELECT 1 FROM r WHERE r.k = l.k AND EXISTS (SELECT 1 FROM r AS q WHERE q.w = r.w AND q.rid = l.id + 9));
SELECT MAX(v) AS a FROM l HAVING MAX(v) > (SELECT MIN(w) FROM r);
SELECT DISTINCT k, (SELECT MAX(w) FROM r) AS m FROM l;
SELECT l.k, (SELECT COUNT(*) FROM r) AS c FROM l GROUP BY l.k;
SELECT id FROM l WHERE n = (SELECT MAX(n) FROM m WHERE m.name = l.k);
SELECT id FROM l AS a WHERE v = (SELECT MAX(v) FROM l AS b WHERE b.k = a.k);
SELECT id FROM l WHERE EXISTS (SELECT 1 FROM r WHERE l.n IN (SELECT n FROM m WHERE m.n < r.n));
SELECT id, (SELECT COUNT(*) FROM r WHERE l.n NOT IN (SELECT n FROM m WHERE m.n >= r.n)) AS c FROM l;
SELECT id, (WITH q AS (SELECT w FROM r WHERE r.k = l.k) SELECT COUNT(*) FROM m WHERE EXISTS (SELECT 1 FROM q WHERE q.w > m.n)) AS c FROM l;
