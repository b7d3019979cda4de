-- Outer joins: the final rows (how the inputs interleave decides which changes come on the way). Flink still shows the type of ts as *ROWTIME*, though nothing may use it as one: here it is a plain TIMESTAMP(3).
-- @order l r l r l r l l r r l l r r
CREATE TEMPORARY TABLE l (id INT, k STRING, n INT, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'filesystem', 'path' = '${DIR}/l.jsonl', 'format' = 'json');
CREATE TEMPORARY TABLE r (rid INT, k STRING, n INT, w INT) WITH ('connector' = 'filesystem', 'path' = '${DIR}/r.jsonl', 'format' = 'json');
SELECT l.id, l.k, r.rid, r.w FROM l LEFT JOIN r ON l.k = r.k;
SELECT l.id, r.rid, r.k FROM l RIGHT JOIN r ON l.k = r.k;
SELECT l.id, r.rid FROM l FULL OUTER JOIN r ON l.k = r.k;
SELECT l.id, r.rid FROM l LEFT JOIN r ON l.k = r.k AND l.v > r.w;
SELECT l.id, r.rid FROM l FULL JOIN r ON l.k = r.k AND l.v > r.w AND l.id > 1 AND r.rid > 10;
SELECT l.id, r.rid FROM l LEFT JOIN r ON l.n IS NOT DISTINCT FROM r.n;
SELECT l.id, r.rid FROM l LEFT JOIN r ON l.k = r.k WHERE r.rid IS NULL;
SELECT l.id, r.rid FROM l LEFT JOIN r ON l.k = r.k AND r.w > 5 WHERE l.id > 1;
SELECT l.id, r.rid FROM l RIGHT JOIN r ON l.k = r.k AND r.w > 5 WHERE r.rid > 10;
SELECT l.id, r.rid FROM l LEFT JOIN r ON l.v > r.w;
SELECT l.id, r.rid FROM l LEFT JOIN r ON l.n + 1 = r.n;
SELECT * FROM l LEFT JOIN r USING (k);
SELECT k, id, rid FROM l RIGHT JOIN r USING (k);
SELECT k, id, rid FROM l FULL JOIN r USING (k);
SELECT l.id, r.rid, COALESCE(r.k, 'none') AS rk FROM l LEFT JOIN r ON l.k = r.k AND l.id = 1;
