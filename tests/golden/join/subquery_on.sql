-- Sub-queries in ON of outer joins: of the left side, of the right side, of neither and of both; negated, under OR, correlated. The final rows.
-- @order l r l r l r l l r r l l r r
CREATE TEMPORARY TABLE l (id INT, k STRING, n INT, v INT, ts TIMESTAMP(3)) WITH ('connector' = 'filesystem', 'path' = '${DIR}/l.jsonl', 'format' = 'json');
CREATE TEMPORARY TABLE r (rid INT, k STRING, n INT, w INT) WITH ('connector' = 'filesystem', 'path' = '${DIR}/r.jsonl', 'format' = 'json');
CREATE TEMPORARY TABLE m (n BIGINT, name STRING) WITH ('connector' = 'filesystem', 'path' = '${DIR}/m.jsonl', 'format' = 'json');
SELECT l.id, r.rid FROM l LEFT JOIN r ON l.k = r.k AND r.w > (SELECT MIN(w) FROM r);
SELECT l.id, r.rid FROM l LEFT JOIN r ON l.k = r.k AND l.n IN (SELECT n FROM m);
SELECT l.id, r.rid FROM l LEFT JOIN r ON l.k = r.k AND r.n NOT IN (SELECT n FROM m WHERE n > 1);
SELECT l.id, r.rid FROM l RIGHT JOIN r ON l.k = r.k AND EXISTS (SELECT 1 FROM m WHERE m.n = l.n);
SELECT l.id, r.rid FROM l FULL JOIN r ON l.k = r.k AND l.v > ALL (SELECT n FROM m WHERE n > l.n);
SELECT l.id, r.rid FROM l FULL JOIN r ON l.k = r.k AND (SELECT COUNT(*) FROM m WHERE m.n = l.n) = (SELECT COUNT(*) FROM m WHERE m.n = r.n);
SELECT l.id, r.rid FROM l LEFT JOIN r ON l.k = r.k AND (l.v > 8 OR EXISTS (SELECT 1 FROM m WHERE m.n = l.n + r.n));
SELECT l.id, r.rid FROM l RIGHT JOIN r ON l.k = r.k AND r.w > (SELECT MIN(n) * 4 FROM m WHERE m.n >= l.n);
SELECT l.id, x.w FROM l LEFT JOIN LATERAL (SELECT w, n FROM r WHERE r.k = l.k) AS x ON x.n IN (SELECT n FROM m) AND l.n IN (SELECT n FROM m WHERE m.n >= x.n);
SELECT a.id FROM l AS a WHERE EXISTS (SELECT 1 FROM l LEFT JOIN r ON l.k = r.k AND r.n IN (SELECT n FROM m WHERE n = a.n) WHERE l.id = a.id AND r.rid IS NOT NULL);
