-- Windows: what cannot be asked of them.
CREATE TABLE s (id INT, k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'nowhere:9', 'format' = 'json');
CREATE TABLE o (k STRING, window_start TIMESTAMP(3), v INT, PRIMARY KEY (k, window_start) NOT ENFORCED);

-- @case EMIT CHANGES over sessions that are not grouped by their keys
SELECT COUNT(*) FROM SESSION(TABLE s PARTITION BY k, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end EMIT CHANGES;

-- @case EMIT CHANGES over sessions whose bounds are aggregated
SELECT MAX(window_end) FROM SESSION(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end EMIT CHANGES;

-- @case EMIT CHANGES over sessions with sets
SELECT COUNT(*) FROM SESSION(TABLE s PARTITION BY k, DESCRIPTOR(ts), INTERVAL '10' SECOND)
GROUP BY window_start, window_end, GROUPING SETS ((k), ()) EMIT CHANGES;

-- @case a window Top-N of sessions that change
SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY n DESC) AS rn
  FROM (SELECT window_start, window_end, k, COUNT(*) AS n FROM SESSION(TABLE s PARTITION BY k, DESCRIPTOR(ts), INTERVAL '10' SECOND)
        GROUP BY window_start, window_end, k EMIT CHANGES)) WHERE rn = 1;

-- @case a table of sessions with a key that does not name them
CREATE TABLE o2 (k STRING, v INT, PRIMARY KEY (k) NOT ENFORCED);
INSERT INTO o2 SELECT k, SUM(v) FROM SESSION(TABLE s PARTITION BY k, DESCRIPTOR(ts), INTERVAL '10' SECOND)
GROUP BY window_start, window_end, k EMIT CHANGES;

-- @case the start of a window that grows does not name it
INSERT INTO o SELECT k, window_start, SUM(v)
FROM CUMULATE(TABLE s, DESCRIPTOR(ts), INTERVAL '1' SECOND, INTERVAL '10' SECOND)
GROUP BY window_start, window_end, k EMIT CHANGES;

-- @case a table that takes no updates
INSERT INTO s (k) SELECT k FROM TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND)
GROUP BY window_start, window_end, k HAVING COUNT(*) > 1 EMIT CHANGES;

-- @case early firing is for windows in GROUP BY
SET 'table.exec.emit.early-fire.enabled' = 'true';
SET 'table.exec.emit.early-fire.delay' = '0 ms';
SELECT COUNT(*) FROM TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end;

-- @case late firing is for windows in GROUP BY
SET 'table.exec.emit.late-fire.enabled' = 'true';
SELECT COUNT(*) FROM SESSION(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end;

-- @case early firing over sessions
SET 'table.exec.emit.early-fire.enabled' = 'true';
SET 'table.exec.emit.early-fire.delay' = '0 ms';
SELECT COUNT(*) FROM s GROUP BY SESSION(ts, INTERVAL '10' SECOND);

-- @case late firing over sessions
SET 'table.exec.emit.late-fire.enabled' = 'true';
SELECT COUNT(*) FROM s GROUP BY k, SESSION(ts, INTERVAL '10' SECOND);

-- @case early firing without a delay
SET 'table.exec.emit.early-fire.enabled' = 'true';
SELECT COUNT(*) FROM s GROUP BY TUMBLE(ts, INTERVAL '10' SECOND);

-- @case late firing without a delay
SET 'table.exec.emit.late-fire.enabled' = 'true';
SET 'table.exec.emit.allow-lateness' = '1 min';
SELECT COUNT(*) FROM s GROUP BY HOP(ts, INTERVAL '10' SECOND, INTERVAL '1' MINUTE);

-- @case late firing without lateness
SET 'table.exec.emit.late-fire.enabled' = 'true';
SET 'table.exec.emit.late-fire.delay' = '0 ms';
SELECT COUNT(*) FROM s GROUP BY TUMBLE(ts, INTERVAL '10' SECOND);

-- @case late firing less often than lateness lasts
SET 'table.exec.emit.late-fire.enabled' = 'true';
SET 'table.exec.emit.late-fire.delay' = '1 h';
SET 'table.exec.emit.allow-lateness' = '1 min';
SELECT COUNT(*) FROM s GROUP BY TUMBLE(ts, INTERVAL '10' SECOND);

-- @case late firing on processing time, less often than lateness lasts
CREATE TABLE p (k STRING, p AS PROCTIME()) WITH ('connector' = 'datagen');
SET 'table.exec.emit.late-fire.enabled' = 'true';
SET 'table.exec.emit.late-fire.delay' = '5 s';
SELECT COUNT(*) FROM p GROUP BY TUMBLE(p, INTERVAL '10' SECOND);

-- @case early firing updates rows
SET 'table.exec.emit.early-fire.enabled' = 'true';
SET 'table.exec.emit.early-fire.delay' = '1 min';
INSERT INTO s (k) SELECT k FROM s GROUP BY k, TUMBLE(ts, INTERVAL '10' SECOND) HAVING COUNT(*) > 1;

-- @case a delay is a duration
SET 'table.exec.emit.early-fire.delay' = 'often';

-- @case a setting that is not there
SET 'table.exec.emit.early-fire.dely' = '1 s';

-- @case two event times into records that are stamped with one
CREATE TEMPORARY TABLE both_times (id INT, ts TIMESTAMP(3), w TIMESTAMP(3)) WITH ('connector' = 'kafka', 'topic' = 'b', 'properties.bootstrap.servers' = 'nowhere:9', 'format' = 'json');
INSERT INTO both_times SELECT id, ts, window_time FROM TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND);

-- @case two event times and a stamp of their own, or one of them cast: nothing to say
CREATE TEMPORARY TABLE both_times (id INT, ts TIMESTAMP(3), w TIMESTAMP(3), stamp TIMESTAMP_LTZ(3) METADATA FROM 'timestamp') WITH ('connector' = 'kafka', 'topic' = 'b', 'properties.bootstrap.servers' = 'nowhere:9', 'format' = 'json');
EXPLAIN INSERT INTO both_times SELECT id, ts, window_time, CAST(ts AS TIMESTAMP_LTZ(3)) FROM TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND);
EXPLAIN INSERT INTO both_times (id, ts, w) SELECT id, ts, CAST(window_time AS TIMESTAMP(3)) FROM TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND);
INSERT INTO both_times (id, ts, w) SELECT id, ts, window_time FROM TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND);

-- @case a time behind a window Top-N is behind the watermark
SELECT window_start, COUNT(*) FROM TUMBLE((SELECT id, ts FROM (SELECT id, ts, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY v) AS rn
FROM TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND)) WHERE rn <= 2), DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end;

-- @case a time behind a session is behind the watermark
SELECT window_start, COUNT(*) FROM TUMBLE((SELECT id, ts FROM SESSION(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND)), DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end;

-- @case one name for two windows
SELECT id, SUM(v) OVER w FROM s WINDOW w AS (ORDER BY ts), w AS (PARTITION BY k ORDER BY ts);

-- @case an event time and a plain timestamp under UNION ALL
SELECT COUNT(*) FROM TUMBLE((SELECT ts FROM s UNION ALL SELECT TIMESTAMP '2024-01-01 00:00:00.000'), DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end;

-- @case an event time under UNION
SELECT COUNT(*) FROM TUMBLE((SELECT ts FROM s UNION SELECT ts FROM s), DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end;

-- @case a window of the input and the window's own
CREATE TEMPORARY VIEW windowed AS SELECT id, window_start, ts FROM TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND);
SELECT id, window_start FROM TUMBLE(TABLE windowed, DESCRIPTOR(ts), INTERVAL '20' SECOND);

-- @case a window of the input and the window's own, in *
CREATE TEMPORARY VIEW windowed AS SELECT id, window_start, ts FROM TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND);
SELECT * FROM TUMBLE(TABLE windowed, DESCRIPTOR(ts), INTERVAL '20' SECOND);
-- @case two event times into a file: its lines have no stamp
CREATE TABLE both_in_a_file (id BIGINT, ts TIMESTAMP(3), w TIMESTAMP(3)) WITH ('connector' = 'filesystem', 'path' = 'both.csv', 'format' = 'csv');
EXPLAIN INSERT INTO both_in_a_file SELECT id, ts, window_time FROM TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND);
