-- Early and late firing of windows in GROUP BY: the changes that Flink 2.3 gives, in its order per key. Delays other than 0
-- are of the clock: the input ends before the first of them.
CREATE TABLE t (k STRING, v INT, ts TIMESTAMP(3), p AS PROCTIME(), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${DIR}/emit_strategy.csv', 'format' = 'csv');

SET 'table.exec.emit.early-fire.enabled' = 'true';
SET 'table.exec.emit.early-fire.delay' = '0 ms';

SELECT k, SUM(v) AS s, COUNT(*) AS c, TUMBLE_START(ts, INTERVAL '10' SECOND) AS w, TUMBLE_ROWTIME(ts, INTERVAL '10' SECOND) AS r
FROM t GROUP BY k, TUMBLE(ts, INTERVAL '10' SECOND);

-- an unchanged result makes no change
SELECT k, MAX(v) AS m, TUMBLE_END(ts, INTERVAL '10' SECOND) AS w FROM t GROUP BY k, TUMBLE(ts, INTERVAL '10' SECOND);

SELECT k, MAX(v) AS m, HOP_START(ts, INTERVAL '5' SECOND, INTERVAL '10' SECOND) AS w
FROM t GROUP BY k, HOP(ts, INTERVAL '5' SECOND, INTERVAL '10' SECOND);

-- lateness alone says nothing
SET 'table.exec.emit.early-fire.enabled' = 'false';
SET 'table.exec.emit.allow-lateness' = '10 s';

SELECT k, SUM(v) AS s, TUMBLE_END(ts, INTERVAL '10' SECOND) AS w FROM t GROUP BY k, TUMBLE(ts, INTERVAL '10' SECOND);

SELECT k, COUNT(*) AS c, SESSION_START(ts, INTERVAL '3' SECOND) AS w FROM t GROUP BY k, SESSION(ts, INTERVAL '3' SECOND);

SELECT k, COUNT(*) AS c, window_start FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND))
GROUP BY k, window_start, window_end;

-- on time, and again for late rows while lateness lasts
SET 'table.exec.emit.late-fire.enabled' = 'true';
SET 'table.exec.emit.late-fire.delay' = '0 ms';

SELECT k, SUM(v) AS s, COUNT(*) AS c, TUMBLE_START(ts, INTERVAL '10' SECOND) AS w, TUMBLE_ROWTIME(ts, INTERVAL '10' SECOND) AS r
FROM t GROUP BY k, TUMBLE(ts, INTERVAL '10' SECOND);

SELECT MAX(v) AS m, COUNT(DISTINCT k) AS k, TUMBLE_END(ts, INTERVAL '10' SECOND) AS w FROM t GROUP BY TUMBLE(ts, INTERVAL '10' SECOND);

SELECT k, MAX(v) AS m, HOP_START(ts, INTERVAL '5' SECOND, INTERVAL '10' SECOND) AS w
FROM t GROUP BY k, HOP(ts, INTERVAL '5' SECOND, INTERVAL '10' SECOND);

-- no aggregate: every group once
SELECT k, TUMBLE_END(ts, INTERVAL '10' SECOND) AS w FROM t GROUP BY k, TUMBLE(ts, INTERVAL '10' SECOND);

-- a window over it takes final rows, on bounded input (Flink: no): they come when lateness is over, and are not late for it
SELECT SUM(s) AS s, COUNT(*) AS c, TUMBLE_START(r, INTERVAL '20' SECOND) AS w
FROM (SELECT k, SUM(v) AS s, TUMBLE_ROWTIME(ts, INTERVAL '10' SECOND) AS r FROM t GROUP BY k, TUMBLE(ts, INTERVAL '10' SECOND))
GROUP BY TUMBLE(r, INTERVAL '20' SECOND);

-- early and late
SET 'table.exec.emit.early-fire.enabled' = 'true';

SELECT k, SUM(v) AS s, COUNT(*) AS c, TUMBLE_START(ts, INTERVAL '10' SECOND) AS w
FROM t GROUP BY k, TUMBLE(ts, INTERVAL '10' SECOND);

-- every hour of the clock before the end, every change behind it
SET 'table.exec.emit.early-fire.delay' = '1 h';

SELECT k, SUM(v) AS s, COUNT(*) AS c, TUMBLE_START(ts, INTERVAL '10' SECOND) AS w
FROM t GROUP BY k, TUMBLE(ts, INTERVAL '10' SECOND);

SET 'table.exec.emit.late-fire.enabled' = 'false';

SELECT k, SUM(v) AS s, COUNT(*) AS c, TUMBLE_START(ts, INTERVAL '10' SECOND) AS w
FROM t GROUP BY k, TUMBLE(ts, INTERVAL '10' SECOND);
