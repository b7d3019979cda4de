CREATE TEMPORARY TABLE l (id INT, k STRING, v INT) WITH ('connector' = 'datagen', 'number-of-rows' = '3');
CREATE TEMPORARY TABLE r (rid INT, k STRING, w INT) WITH ('connector' = 'datagen', 'number-of-rows' = '3');
CREATE TEMPORARY TABLE s (id BIGINT, k STRING, v INT) WITH ('connector' = 'datagen');
CREATE TEMPORARY TABLE e (k STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'datagen', 'number-of-rows' = '3');
-- @case a value of several rows
SELECT id, (SELECT rid FROM r) AS x FROM l;
-- @case a correlated value of several rows
SELECT id, (SELECT rid FROM (VALUES (1, 'a'), (2, 'a')) AS q(rid, k) WHERE q.k = p.k) AS x FROM (VALUES (1, 'a')) AS p(id, k);
-- @case a value of several columns
SELECT id, (SELECT rid, k FROM r) AS x FROM l;
-- @case IN with several columns
SELECT id FROM l WHERE id IN (SELECT rid, k FROM r);
-- @case IN with a row of another width
SELECT id FROM l WHERE (id, k) IN (SELECT rid FROM r);
-- @case IN of types that do not compare
SELECT id FROM l WHERE id IN (SELECT k FROM r);
-- @case ANY of types that do not compare
SELECT id FROM l WHERE id > ALL (SELECT k FROM r);
-- @case rows are not ordered
SELECT id FROM l WHERE (id, v) < ANY (SELECT rid, w FROM r);
-- @case a column that no query has
SELECT id FROM l WHERE EXISTS (SELECT 1 FROM r WHERE r.k = l.kk);
-- @case a table that no query has
SELECT id FROM l WHERE EXISTS (SELECT 1 FROM r WHERE r.k = x.k);
-- @case a column of the sub-query outside of it
SELECT id, w FROM l WHERE EXISTS (SELECT 1 FROM r WHERE r.k = l.k);
-- @case an outer column below a windowing function
SELECT id, (SELECT COUNT(*) FROM TUMBLE((SELECT * FROM e WHERE e.k = l.k), DESCRIPTOR(ts), INTERVAL '1' MINUTE)) AS c FROM l;
-- @case an outer column that is not grouped
SELECT k, (SELECT COUNT(*) FROM r WHERE r.w = l.v) AS c FROM l GROUP BY k;
-- @case a sub-query over both sides in ON of a FULL JOIN
SELECT l.id FROM l FULL JOIN r ON l.k = r.k AND l.v + r.w IN (SELECT v FROM l);
-- @case a sub-query in the bounds of a frame
SELECT id, SUM(v) OVER (ORDER BY id ROWS (SELECT MAX(w) FROM r) PRECEDING) AS c FROM l;
-- @case errors in two windows
SELECT id, SUM(v) OVER (ORDER BY nope) AS c, SUM(v) OVER (PARTITION BY nix) AS d FROM l;
-- @case LATERAL on the wrong side
SELECT l.id FROM l RIGHT JOIN LATERAL (SELECT w FROM r WHERE r.k = l.k) AS x ON TRUE;
-- @case a derived table does not see its neighbours
SELECT l.id FROM l, (SELECT w FROM r WHERE r.k = l.k) AS x;
-- @case an aggregate over a NOT IN on a stream
SELECT COUNT(*) FROM s WHERE k NOT IN (SELECT k FROM r);
-- @case a scalar sub-query below a window on a stream
SELECT DISTINCT (SELECT MAX(w) FROM r) AS m FROM s;
-- @case errors in a sub-query and outside of it
SELECT nope FROM l WHERE id IN (SELECT nix FROM r);
-- @case INTERSECT of another width
SELECT id, k FROM l INTERSECT SELECT rid FROM r;
-- @case EXCEPT of types that do not meet
SELECT id, v FROM l EXCEPT ALL SELECT rid, k FROM r;
-- @case an aggregate over EXCEPT on a stream
SELECT COUNT(*) FROM (SELECT v FROM s EXCEPT SELECT w FROM r) AS q;
-- @case USING a column of one side
SELECT * FROM l JOIN r USING (id);
-- @case USING columns that do not compare
SELECT * FROM (SELECT id AS c FROM l) AS a JOIN (SELECT k AS c FROM r) AS b USING (c);
-- @case a WITH item that is not there yet
WITH a AS (SELECT * FROM b), b AS (SELECT * FROM l) SELECT * FROM a;
-- @case rows that would have to be the same twice
SELECT x, (SELECT MAX(w) FROM r WHERE r.w < q.x) AS m FROM (SELECT RAND() AS x FROM l) AS q;
-- @case VALUES of several rows
VALUES (1), ((SELECT rid FROM r));
-- @case a sub-query in LIMIT
SELECT id FROM l LIMIT (SELECT 1);
-- @case a sub-query in OFFSET
SELECT id FROM l OFFSET (SELECT COUNT(*) FROM r) ROWS;
-- @case FULL JOIN LATERAL
SELECT l.id FROM l FULL JOIN LATERAL (SELECT w FROM r WHERE r.k = l.k) AS x ON x.w = l.v;
