-- Bounded frames take rows before 1970 (Flink drops them: its largest time of a key begins at 0).
CREATE TEMPORARY TABLE ev (id INT, k STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND) WITH ('connector' = 'filesystem', 'path' = '${DIR}/before_1970.csv', 'format' = 'csv');
SELECT id, COUNT(*) OVER (PARTITION BY k ORDER BY ts ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS n, SUM(id) OVER (PARTITION BY k ORDER BY ts ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS s FROM ev;
SELECT id, COUNT(*) OVER (ORDER BY ts RANGE BETWEEN INTERVAL '2' SECOND PRECEDING AND CURRENT ROW) AS n FROM ev;
SELECT id, COUNT(*) OVER (PARTITION BY k ORDER BY ts) AS n FROM ev;
