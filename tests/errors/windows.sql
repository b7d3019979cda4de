-- Windows: what cannot be asked of them.
CREATE TABLE s (id INT, k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'nowhere:9', 'format' = 'json');
CREATE TABLE o (k STRING, window_start TIMESTAMP(3), v INT, PRIMARY KEY (k, window_start) NOT ENFORCED);

-- @case EMIT CHANGES over sessions
SELECT COUNT(*) FROM SESSION(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end EMIT CHANGES;

-- @case EMIT CHANGES with a window in GROUP BY
SELECT COUNT(*) FROM s GROUP BY TUMBLE(ts, INTERVAL '10' SECOND) EMIT CHANGES;

-- @case the start of a window that grows does not name it
INSERT INTO o SELECT k, window_start, SUM(v)
FROM CUMULATE(TABLE s, DESCRIPTOR(ts), INTERVAL '1' SECOND, INTERVAL '10' SECOND)
GROUP BY window_start, window_end, k EMIT CHANGES;

-- @case a table that takes no updates
INSERT INTO s (k) SELECT k FROM TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND)
GROUP BY window_start, window_end, k HAVING COUNT(*) > 1 EMIT CHANGES;
