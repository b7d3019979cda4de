-- By the clock rows come one by one: an unbounded frame has no peers, whatever the batch.
CREATE TEMPORARY TABLE t (id INT, k STRING, v INT, p AS PROCTIME())
  WITH ('connector' = 'filesystem', 'path' = '${DIR}/window_passes_time.jsonl', 'format' = 'json');
SELECT id, SUM(v) OVER (PARTITION BY k ORDER BY p) AS s, COUNT(*) OVER (PARTITION BY k ORDER BY p) AS n FROM t;
SELECT id, LAG(v) OVER (PARTITION BY k ORDER BY p) AS l FROM t;
SELECT id, MAX(v) OVER (ORDER BY p RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS m FROM t;
SELECT id, SUM(v) OVER (ORDER BY p ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS s FROM t;
SELECT id, ROW_NUMBER() OVER (PARTITION BY k ORDER BY p) AS n FROM t;
