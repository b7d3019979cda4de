-- Sub-queries as values, in the select list, WHERE, HAVING and CASE; COUNT of nothing is 0, JSON_ARRAYAGG []; lateral ones in FROM. The final rows.
-- @order l r l r l r l l r r l l r r
CREATE TEMPORARY TABLE l (id INT, k STRING, n INT, v INT, ts TIMESTAMP(3)) WITH ('connector' = 'filesystem', 'path' = '${DIR}/l.jsonl', 'format' = 'json');
CREATE TEMPORARY TABLE r (rid INT, k STRING, n INT, w INT) WITH ('connector' = 'filesystem', 'path' = '${DIR}/r.jsonl', 'format' = 'json');
CREATE TEMPORARY TABLE m (n BIGINT, name STRING) WITH ('connector' = 'filesystem', 'path' = '${DIR}/m.jsonl', 'format' = 'json');
SELECT id, (SELECT MAX(w) FROM r) AS m FROM l;
SELECT id FROM l WHERE v > (SELECT MIN(w) FROM r);
SELECT id FROM l WHERE v > (SELECT AVG(w) FROM r WHERE r.k = l.k);
SELECT id, (SELECT COUNT(*) FROM r WHERE r.k = l.k) AS c FROM l;
SELECT id, (SELECT COUNT(w) + 1 FROM r WHERE r.k = l.k AND r.w > 5) AS c FROM l;
SELECT id, (SELECT SUM(w) FROM r WHERE r.k = l.k) AS s, (SELECT COUNT(DISTINCT n) FROM r WHERE r.k = l.k) AS d FROM l;
SELECT id, (SELECT name FROM m WHERE m.n = l.n) AS name FROM l;
SELECT id, (SELECT name FROM m WHERE m.n = 2) AS name FROM l;
SELECT id, (SELECT name FROM m WHERE m.n = 99) AS name FROM l;
SELECT id, CASE WHEN v > (SELECT MIN(w) FROM r) THEN 'big' ELSE (SELECT name FROM m WHERE m.n = 4) END AS c FROM l;
SELECT id, n IN (SELECT n FROM m WHERE n IS NOT NULL) AS a FROM l WHERE n IS NOT NULL;
SELECT id, k IN (SELECT k FROM r) AS a, k IN (SELECT k FROM r WHERE k IS NOT NULL) AS b FROM l;
SELECT id, EXISTS (SELECT 1 FROM r WHERE w > 100) AS a, EXISTS (SELECT 1 FROM r) AS b FROM l;
SELECT id FROM l WHERE k = 'y' OR EXISTS (SELECT 1 FROM r WHERE r.k = l.k AND r.w > 8);
SELECT id FROM l WHERE v = 7 OR k IN (SELECT k FROM r WHERE w > 8);
SELECT id FROM l WHERE NOT (k IN (SELECT k FROM r WHERE w > 5) OR v > 5);
SELECT (SELECT MAX(id) FROM l) AS a, (SELECT MIN(w) FROM r) AS b;
SELECT l.id, x.rid FROM l CROSS JOIN LATERAL (SELECT rid FROM r WHERE r.k = l.k AND r.w > l.v) AS x;
SELECT l.id, x.rid, x.one1 FROM l LEFT JOIN LATERAL (SELECT rid, 1 AS one1 FROM r WHERE r.k = l.k) AS x ON TRUE;
SELECT l.id, x.n, x.c FROM l, LATERAL (SELECT n, COUNT(*) AS c FROM r WHERE r.k = l.k GROUP BY n) AS x;
SELECT id, (SELECT JSON_OBJECTAGG(KEY CAST(rid AS STRING) VALUE w) FROM r WHERE r.k = l.k) AS o FROM l;
SELECT id, (SELECT JSON_ARRAYAGG(w) FROM r WHERE r.rid = l.id + 10) AS a FROM l;
