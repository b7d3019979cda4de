-- Two windows in one SELECT, one refined by a frame; by a plain column later rows correct earlier ones.
CREATE TEMPORARY TABLE ev (id INT, k STRING, v INT, d DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
  WITH ('connector' = 'filesystem', 'path' = '${DIR}/ev.jsonl', 'format' = 'json');
SELECT id, k, SUM(v) OVER (PARTITION BY k ORDER BY ts) AS s, COUNT(*) OVER (PARTITION BY v ORDER BY ts ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS c,
  MIN(v) OVER (w ROWS 1 PRECEDING) AS mi FROM ev WINDOW w AS (PARTITION BY k ORDER BY ts);
SELECT id, k, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v) AS rn, SUM(v) OVER (PARTITION BY k ORDER BY v) AS s FROM ev;
SELECT id, k, MAX(d) OVER (PARTITION BY v ORDER BY id) AS m FROM ev;
