-- Positions by event time: rows of one time have one RANK and one DENSE_RANK, and numbers of their own; late rows have none.
CREATE TEMPORARY TABLE t (id INT, k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
  WITH ('connector' = 'filesystem', 'path' = '${DIR}/../oracle/window_passes_time.jsonl', 'format' = 'json');
SELECT id, ROW_NUMBER() OVER w AS n, RANK() OVER w AS r, DENSE_RANK() OVER w AS d FROM t WINDOW w AS (ORDER BY ts);
SELECT id, ROW_NUMBER() OVER w AS n, RANK() OVER w AS r, DENSE_RANK() OVER w AS d FROM t WINDOW w AS (PARTITION BY MOD(id, 2) ORDER BY ts);
SELECT id, RANK() OVER w AS r, SUM(v) OVER w AS s FROM t WINDOW w AS (ORDER BY ts);
