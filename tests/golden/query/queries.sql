-- Projection, filter, WITH, sub-queries, UNION ALL, VALUES, ORDER BY, LIMIT.
CREATE TEMPORARY TABLE ev (id INT, k STRING, v INT, d DOUBLE, ts TIMESTAMP(3), up AS UPPER(k), WATERMARK FOR ts AS ts - INTERVAL '10' SECOND)
  WITH ('connector' = 'filesystem', 'path' = '${DIR}/ev.jsonl', 'format' = 'json');
CREATE TEMPORARY VIEW positive AS SELECT id, k, v FROM ev WHERE v > 0;
SELECT id, up, v * 2 + 1 AS w, CASE WHEN v IS NULL THEN 'none' WHEN v > 3 THEN 'big' ELSE 'small' END AS size FROM ev WHERE id < 10 OR k = 'b';
WITH a AS (SELECT id, v FROM positive WHERE v < 4), b AS (SELECT id + 100 AS id, v FROM a) SELECT * FROM a UNION ALL SELECT id, v FROM b;
SELECT x.id, x.w FROM (SELECT id, COALESCE(v, -1) AS w FROM ev) AS x WHERE x.w <> -1 AND x.id BETWEEN 3 AND 12;
SELECT * FROM (VALUES (1, 'a', TRUE), (2, CAST(NULL AS STRING), FALSE)) AS t(n, s, b);
SELECT id, ts FROM ev ORDER BY ts, id DESC;
SELECT 1 + 1 AS two, 'it''s' AS s, DATE '2024-02-29' + INTERVAL '1' YEAR AS d, 7 / 2 AS q, 7.0 / 2 AS r;
WITH RECURSIVE a (i, w) AS (SELECT id, v FROM positive WHERE v < 4), b AS (SELECT i FROM a WHERE w > 1) SELECT * FROM b;
