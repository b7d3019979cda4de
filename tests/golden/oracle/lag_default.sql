-- LAG with a default: an earlier NULL stays NULL (Flink types this NOT NULL and answers -1).
CREATE TEMPORARY TABLE ev (id INT, k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'filesystem', 'path' = '${DIR}/lag_default.jsonl', 'format' = 'json');
SELECT id, LAG(v, 1, -99) OVER (PARTITION BY k ORDER BY ts) AS r FROM ev;
