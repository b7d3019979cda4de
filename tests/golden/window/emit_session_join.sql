-- Sessions shown as they grow, joined with what else changes: the rows of a session that has other bounds now are taken back.
-- How the two sides come is chance: what counts is what is there at the end.
-- @order s
CREATE TABLE s (id INT, k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '20' SECOND)
WITH ('connector' = 'filesystem', 'path' = '${DIR}/emit_session.csv', 'format' = 'csv');

SELECT a.k, a.window_end, a.n, b.n AS all_n
FROM (SELECT k, window_start, window_end, COUNT(*) AS n FROM SESSION(TABLE s PARTITION BY k, DESCRIPTOR(ts), INTERVAL '10' SECOND)
      GROUP BY window_start, window_end, k EMIT CHANGES) a
JOIN (SELECT k, COUNT(*) AS n FROM s GROUP BY k) b ON a.k = b.k;
