-- The first row of a key by event time: a row behind the watermark is late, one at the watermark is not.
CREATE TEMPORARY TABLE ev (id INT, k STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
  WITH ('connector' = 'filesystem', 'path' = '${DIR}/first_at_watermark.jsonl', 'format' = 'json');
SELECT id, k, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts) AS rn FROM ev) WHERE rn = 1;
SELECT window_start, COUNT(*) AS n FROM TUMBLE((SELECT id, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts) AS rn FROM ev) WHERE rn = 1), DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end;
