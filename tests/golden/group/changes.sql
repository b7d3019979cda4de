-- Unbounded GROUP BY: every change, unchanged results suppressed, HAVING, DISTINCT, no keys.
CREATE TEMPORARY TABLE ev (id INT, k STRING, v INT, d DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
  WITH ('connector' = 'filesystem', 'path' = '${DIR}/ev.jsonl', 'format' = 'json');
SELECT k, COUNT(*) AS c, SUM(v) AS s, COUNT(DISTINCT v) AS dv, MIN(d) AS mi, MAX(d) AS ma FROM ev GROUP BY k;
SELECT COUNT(*) AS c, AVG(v) AS a FROM ev;
SELECT k, MAX(v) AS m FROM ev GROUP BY k HAVING COUNT(*) > 3;
SELECT DISTINCT k, v FROM ev;
SELECT v + 1 AS w, COUNT(k) FILTER (WHERE d > 0) AS c FROM ev GROUP BY v + 1;
