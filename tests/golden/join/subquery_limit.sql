-- Outer columns below LIMIT, OVER, GROUPING SETS, UNNEST and FULL JOIN of a sub-query. The final rows.
-- @order l r l r l r l l r r l l r r
CREATE TEMPORARY TABLE l (id INT, k STRING, n INT, v INT, ts TIMESTAMP(3)) WITH ('connector' = 'filesystem', 'path' = '${DIR}/l.jsonl', 'format' = 'json');
CREATE TEMPORARY TABLE r (rid INT, k STRING, n INT, w INT) WITH ('connector' = 'filesystem', 'path' = '${DIR}/r.jsonl', 'format' = 'json');
CREATE TEMPORARY TABLE m (n BIGINT, name STRING) WITH ('connector' = 'filesystem', 'path' = '${DIR}/m.jsonl', 'format' = 'json');
SELECT id, (SELECT w FROM r WHERE r.k = l.k ORDER BY w LIMIT 1) AS m FROM l;
SELECT id, (SELECT w FROM r WHERE r.k = l.k ORDER BY w DESC LIMIT 1 OFFSET 1) AS m FROM l;
SELECT id, (SELECT rid FROM r WHERE r.w > l.v ORDER BY w, rid LIMIT 1) AS m FROM l;
SELECT id, v, x.rid FROM l, LATERAL (SELECT rid, w FROM r ORDER BY ABS(r.w - l.v), rid LIMIT 2) AS x WHERE v IS NOT NULL;
SELECT id, x.rid FROM l LEFT JOIN LATERAL (SELECT rid, w FROM r WHERE r.k = l.k ORDER BY w DESC LIMIT 1) AS x ON x.w > 6;
SELECT id FROM l WHERE v IN (SELECT w + 1 FROM r WHERE r.n = l.n ORDER BY w DESC LIMIT 2);
SELECT id FROM l WHERE v > ALL (SELECT w FROM r WHERE r.k = l.k ORDER BY w LIMIT 1);
SELECT id, (SELECT COUNT(*) FROM (SELECT rid FROM r WHERE r.n = l.n LIMIT 2) AS q) AS c FROM l;
SELECT id, (SELECT COUNT(*) FROM r WHERE r.k = l.k LIMIT 1) AS c, (SELECT rid FROM r WHERE r.k = l.k LIMIT 0) AS z FROM l;
SELECT id FROM l WHERE EXISTS (SELECT 1 FROM r WHERE r.n = l.n ORDER BY w LIMIT 1 OFFSET 2);
SELECT id, (SELECT SUM(x.s) FROM (SELECT SUM(w) OVER (PARTITION BY k ORDER BY rid) AS s FROM r WHERE r.n = l.n) AS x) AS c FROM l;
SELECT id, x.rid, x.d FROM l, LATERAL (SELECT rid, DENSE_RANK() OVER (ORDER BY n, w) AS d FROM r WHERE r.rid > l.id + 11) AS x;
SELECT id, (SELECT MAX(x.c) FROM (SELECT k, n, COUNT(*) AS c FROM r WHERE r.w > l.v GROUP BY GROUPING SETS ((k), (n), ())) AS x) AS c FROM l;
SELECT id, (SELECT SUM(e) FROM UNNEST(ARRAY[l.id, l.v, 100]) AS u(e) WHERE e <> l.id) AS c FROM l;
SELECT id FROM l WHERE 7 IN (SELECT e FROM UNNEST(ARRAY[l.id, l.v]) AS u(e));
SELECT id, (SELECT COUNT(*) FROM r AS a FULL JOIN r AS b ON a.rid = b.rid + 1 AND b.w < l.v WHERE a.rid IS NULL OR b.rid IS NULL) AS c FROM l;
SELECT id, (SELECT COUNT(*) FROM (SELECT * FROM r WHERE r.n = l.n) AS a FULL JOIN (SELECT * FROM r WHERE r.k = l.k) AS b ON a.rid = b.rid) AS c FROM l;
SELECT id, (SELECT MAX(w) FROM r WHERE r.w < q.v) AS m FROM (SELECT * FROM l WHERE id <> 5 ORDER BY id DESC LIMIT 3) AS q;
SELECT id, c, (SELECT MAX(w) FROM r WHERE r.w < q.v) AS m FROM (SELECT id, v, COUNT(*) OVER (PARTITION BY k) AS c FROM l JOIN m ON l.n = m.n) AS q;
SELECT id FROM l WHERE v > (SELECT MIN(w) FROM r WHERE r.rid > l.id + 10 LIMIT 1) AND v < (SELECT w + l.v FROM r WHERE r.w < l.v ORDER BY w LIMIT 1) AND id > (SELECT COUNT(*) FROM r WHERE r.w > l.v);
