-- Early and late firing on a TIMESTAMP_LTZ: windows of wall-clock time in a zone at half an hour. As Flink 2.3.
SET 'table.local-time-zone' = 'Asia/Kolkata';
CREATE TABLE t (k STRING, v INT, ts TIMESTAMP(3), l AS CAST(ts AS TIMESTAMP_LTZ(3)), WATERMARK FOR l AS l)
WITH ('connector' = 'filesystem', 'path' = '${DIR}/emit_strategy.csv', 'format' = 'csv');

SET 'table.exec.emit.early-fire.enabled' = 'true';
SET 'table.exec.emit.early-fire.delay' = '0 ms';

SELECT k, COUNT(*) AS n, TUMBLE_ROWTIME(l, INTERVAL '1' HOUR) AS r, TUMBLE_START(l, INTERVAL '1' HOUR) AS w
FROM t GROUP BY k, TUMBLE(l, INTERVAL '1' HOUR);

SET 'table.exec.emit.early-fire.enabled' = 'false';
SET 'table.exec.emit.late-fire.enabled' = 'true';
SET 'table.exec.emit.late-fire.delay' = '0 ms';
SET 'table.exec.emit.allow-lateness' = '10 s';

-- a result that HAVING hides at first comes as +U
SELECT k, COUNT(*) AS n, TUMBLE_START(l, INTERVAL '10' SECOND) AS w
FROM t GROUP BY k, TUMBLE(l, INTERVAL '10' SECOND) HAVING COUNT(*) > 1;
