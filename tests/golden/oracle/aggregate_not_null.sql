-- SUM, AVG, MIN and MAX of what is never NULL are never NULL in a group; with FILTER or without a group they may be.
CREATE TEMPORARY TABLE ev (id INT, k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'filesystem', 'path' = '${DIR}/aggregate_not_null.jsonl', 'format' = 'json');
SELECT k, SUM(c) AS s, MAX(c) AS m, MIN(c) AS mi, AVG(c) AS a, SUM(v) AS v FROM (SELECT k, v, CHAR_LENGTH(COALESCE(k, '')) AS c0, 1 AS c FROM ev) GROUP BY k;
SELECT SUM(c) AS s, MAX(c) AS m FROM (SELECT 1 AS c FROM ev);
SELECT k, SUM(c) FILTER (WHERE v > 3) AS s FROM (SELECT k, v, 1 AS c FROM ev) GROUP BY k;
WITH w1 AS (SELECT window_start AS ws, window_end AS we, window_time AS rt, COUNT(*) AS cn FROM TUMBLE(TABLE ev, DESCRIPTOR(ts), INTERVAL '2' SECOND) GROUP BY window_start, window_end, window_time) SELECT window_start, window_end, SUM(cn) AS s, MAX(cn) AS m FROM TUMBLE(TABLE w1, DESCRIPTOR(rt), INTERVAL '6' SECOND) GROUP BY window_start, window_end;
SELECT k, LISTAGG(s) AS a, ARRAY_AGG(c) AS b, ARRAY_AGG(s) AS d, COLLECT(c) AS e, FIRST_VALUE(c) AS f, PERCENTILE(c, 0.5) AS p, LISTAGG(s, '|') AS q FROM (SELECT k, COALESCE(k, '?') AS s, 1 AS c FROM ev) GROUP BY k;
