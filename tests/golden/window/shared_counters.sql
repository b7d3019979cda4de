-- Calls over the same column share one count of its values: what is NULL when there is none, and the least BIGINT is a value.
CREATE TEMPORARY TABLE nulls (k STRING, v BIGINT, w SMALLINT, n INT NOT NULL, d DECIMAL(10, 2), t TIMESTAMP(3), ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts) WITH ('connector' = 'filesystem', 'path' = '${DIR}/nulls.jsonl', 'format' = 'json');
SELECT window_start, k, COUNT(*) AS c, SUM(v) AS s, MAX(v) AS ma, MIN(v) AS mi
  FROM TUMBLE(TABLE nulls, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end, k;
SELECT window_start, k, MIN(w) AS mi, MAX(w) AS ma, SUM(d) AS s, MAX(d) AS md, COUNT(d) AS c, MAX(t) AS mt, MIN(t) AS lt
  FROM HOP(TABLE nulls, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND) GROUP BY window_start, window_end, k;
SELECT window_start, k, SUM(n) AS s, MAX(n) AS ma, COUNT(*) AS c, SUM(v) FILTER (WHERE n > 0) AS sf, MIN(v) FILTER (WHERE n > 0) AS mf
  FROM CUMULATE(TABLE nulls, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '20' SECOND) GROUP BY window_start, window_end, k;
SELECT k, window_start, window_end, SUM(v) AS s, MAX(v) AS ma, MIN(w) AS mi, SUM(w) AS sw, AVG(w) AS aw
  FROM SESSION(TABLE nulls PARTITION BY k, DESCRIPTOR(ts), INTERVAL '8' SECOND) GROUP BY window_start, window_end, k;
