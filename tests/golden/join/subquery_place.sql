-- Sub-queries in PARTITION BY and ORDER BY of OVER, in keys of GROUP BY that SELECT repeats, over results of OVER; aggregates in OVER only. The final rows.
-- @order l r l r l r l l r r l l r r
CREATE TEMPORARY TABLE l (id INT, k STRING, n INT, v INT, ts TIMESTAMP(3)) WITH ('connector' = 'filesystem', 'path' = '${DIR}/l.jsonl', 'format' = 'json');
CREATE TEMPORARY TABLE r (rid INT, k STRING, n INT, w INT) WITH ('connector' = 'filesystem', 'path' = '${DIR}/r.jsonl', 'format' = 'json');
CREATE TEMPORARY TABLE m (n BIGINT, name STRING) WITH ('connector' = 'filesystem', 'path' = '${DIR}/m.jsonl', 'format' = 'json');
SELECT id, v, COUNT(*) OVER (PARTITION BY n IN (SELECT n FROM m)) AS c FROM l;
SELECT id, v, RANK() OVER (ORDER BY (SELECT MAX(w) FROM r WHERE r.k = l.k) DESC, id) AS c FROM l;
SELECT id, SUM(v) OVER (PARTITION BY k ORDER BY id) AS s, COUNT(*) OVER (PARTITION BY EXISTS (SELECT 1 FROM r WHERE r.k = l.k)) AS c FROM l;
SELECT EXISTS (SELECT 1 FROM r WHERE r.k = l.k) AS e, COUNT(*) AS c FROM l GROUP BY EXISTS (SELECT 1 FROM r WHERE r.k = l.k);
SELECT n IN (SELECT n FROM r) AS p, k, COUNT(*) AS c FROM l GROUP BY ROLLUP (n IN (SELECT n FROM r), k);
SELECT (SELECT MAX(name) FROM m WHERE m.n = l.n) AS m, COUNT(*) AS c FROM l GROUP BY (SELECT MAX(name) FROM m WHERE m.n = l.n) HAVING (SELECT MAX(name) FROM m WHERE m.n = l.n) <> 'one';
SELECT id, v, DENSE_RANK() OVER (ORDER BY id) IN (SELECT n FROM m) AS p FROM l;
SELECT id, v FROM l QUALIFY DENSE_RANK() OVER (ORDER BY id) NOT IN (SELECT n FROM r WHERE n IS NOT NULL);
SELECT k, RANK() OVER (ORDER BY SUM(v) DESC) AS c FROM l GROUP BY k;
SELECT k, COUNT(*) OVER (PARTITION BY COUNT(*) ORDER BY MAX(id)) AS c FROM l GROUP BY k QUALIFY SUM(SUM(v)) OVER () > (SELECT MAX(w) FROM r);
