-- Sub-queries where Flink's streaming answers are not SQL's, or where it has none (docs/COMPAT.md): NULL keys that IS NOT DISTINCT FROM
-- compares, tests against an empty query in the select list, COUNT and NULL values in LATERAL; HAVING, aggregates' arguments, ON, rows.
-- Checked against SQLite and by hand. The final rows.
-- @order l r l r l r l l r r l l r r
CREATE TEMPORARY TABLE l (id INT, k STRING, n INT, v INT, ts TIMESTAMP(3)) WITH ('connector' = 'filesystem', 'path' = '${DIR}/l.jsonl', 'format' = 'json');
CREATE TEMPORARY TABLE r (rid INT, k STRING, n INT, w INT) WITH ('connector' = 'filesystem', 'path' = '${DIR}/r.jsonl', 'format' = 'json');
CREATE TEMPORARY TABLE m (n BIGINT, name STRING) WITH ('connector' = 'filesystem', 'path' = '${DIR}/m.jsonl', 'format' = 'json');
SELECT id FROM l WHERE EXISTS (SELECT 1 FROM r WHERE r.n IS NOT DISTINCT FROM l.n);
SELECT id, v NOT IN (SELECT w FROM r WHERE w > 100) AS a FROM l;
SELECT l.id, x.c FROM l, LATERAL (SELECT COUNT(*) AS c FROM r WHERE r.k = l.k) AS x;
SELECT l.id, x.rid, x.s FROM l, LATERAL (SELECT r.rid, r.w + l.v AS s FROM r WHERE r.k = l.k) AS x;
SELECT l.id, x.m, x.c FROM l LEFT JOIN LATERAL (SELECT MAX(w) AS m, COUNT(*) AS c FROM r WHERE r.k = l.k) AS x ON TRUE;
SELECT id, v IN (SELECT w - 1 FROM r WHERE r.n = l.n) AS a, v NOT IN (SELECT w FROM r WHERE r.n IS NOT DISTINCT FROM l.n) AS b FROM l;
SELECT id FROM l WHERE v > ALL (SELECT w FROM r WHERE r.k = l.k);
SELECT id, v >= ANY (SELECT w FROM r) AS a, v < ALL (SELECT w FROM r WHERE w > 5) AS b, v <> ALL (SELECT w FROM r) AS c FROM l;
SELECT k, COUNT(*) AS c, (SELECT COUNT(*) FROM r WHERE r.k = l.k) AS d FROM l GROUP BY k HAVING COUNT(*) >= (SELECT COUNT(*) FROM r WHERE r.k = l.k);
SELECT SUM((SELECT MAX(w) FROM r WHERE r.k = l.k)) AS s, COUNT(*) FILTER (WHERE k IN (SELECT k FROM r)) AS f FROM l;
SELECT id FROM l WHERE EXISTS (SELECT COUNT(*) FROM r WHERE r.k = l.k HAVING COUNT(*) > 1);
SELECT id FROM l WHERE NOT EXISTS (SELECT COUNT(*) FROM r WHERE r.k = l.k HAVING COUNT(*) <> 1);
SELECT id FROM l WHERE EXISTS (SELECT COUNT(*) FROM r WHERE r.k = l.k);
SELECT l.id, x.c FROM l LEFT JOIN LATERAL (SELECT COUNT(*) AS c, l.v AS v FROM r WHERE r.k = l.k) AS x ON x.c > 0 AND x.v > 4;
SELECT l.id, r.rid FROM l JOIN r ON l.k = r.k AND (l.n IN (SELECT n FROM m) OR EXISTS (SELECT 1 FROM m WHERE m.n = r.n));
SELECT id FROM l WHERE (k, n) NOT IN (SELECT k, n FROM r WHERE k IS NOT NULL AND n IS NOT NULL);
SELECT id, (SELECT w FROM (SELECT w, k AS kk FROM r WHERE w > 5) AS q WHERE q.kk = l.k AND q.w <> 8) AS w FROM l;
SELECT id, (SELECT MAX(x) FROM (SELECT COUNT(*) AS x FROM r WHERE r.k = l.k GROUP BY n) AS q) AS w FROM l;
SELECT id, (SELECT l.v + COUNT(*) FROM r) AS w FROM l;
SELECT id FROM l WHERE (SELECT COUNT(*) FROM r WHERE r.k = l.k) = 0;
SELECT id, (SELECT MAX(x) FROM (SELECT COUNT(*) AS x FROM r WHERE r.k = l.k) AS q) AS m FROM l;
SELECT id FROM l WHERE EXISTS (SELECT 1 FROM r LEFT JOIN r AS q ON q.rid = r.rid AND q.k = l.k WHERE q.rid IS NULL AND r.n = l.n);
SELECT id, (SELECT SUM(l.v * w) FROM r WHERE r.k = l.k) AS m FROM l;
SELECT id FROM l WHERE v IN (SELECT w - 1 FROM r WHERE r.k = l.k INTERSECT SELECT v FROM l AS z WHERE z.n = l.n);
SELECT id FROM l WHERE v IN (SELECT w FROM r WHERE r.k = l.k UNION ALL SELECT 1);
SELECT id FROM l WHERE EXISTS (SELECT 1 FROM r RIGHT JOIN m ON r.n = m.n AND r.w > l.v WHERE m.n = l.n AND r.rid IS NOT NULL);
SELECT id, (SELECT MIN(w) FROM r WHERE r.w > l.v AND EXISTS (SELECT 1 FROM m WHERE m.n = r.n AND m.n <> l.id)) AS m FROM l;
SELECT l.id, x.c FROM l, LATERAL (SELECT COUNT(*) AS c FROM r WHERE r.w > l.v) AS x;
VALUES (1, (SELECT MAX(w) FROM r)), (2, (SELECT MIN(w) FROM r WHERE w > 100)), (3, NULL);
