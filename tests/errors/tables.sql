-- @case an unknown option
CREATE TEMPORARY TABLE x (a INT) WITH ('connector' = 'kafka', 'topc' = 'x', 'properties.bootstrap.servers' = 'localhost:9092', 'format' = 'json');
-- @case missing options
CREATE TEMPORARY TABLE x (a INT) WITH ('connector' = 'kafka', 'format' = 'json');
-- @case an unknown connector
CREATE TEMPORARY TABLE x (a INT) WITH ('connector' = 'kafak');
-- @case an unknown format
CREATE TEMPORARY TABLE x (a INT) WITH ('connector' = 'filesystem', 'path' = 'x', 'format' = 'jsno');
-- @case a bad value
CREATE TEMPORARY TABLE x (a INT) WITH ('connector' = 'datagen', 'rows-per-second' = 'many');
-- @case a watermark on text
CREATE TEMPORARY TABLE x (a INT, ts STRING, WATERMARK FOR ts AS ts) WITH ('connector' = 'datagen');
-- @case an enforced key
CREATE TEMPORARY TABLE x (a INT, PRIMARY KEY (a)) WITH ('connector' = 'blackhole');
-- @case exactly once into Kafka
CREATE TEMPORARY TABLE x (a INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'localhost:9092', 'format' = 'json', 'sink.delivery-guarantee' = 'exactly-once');
-- @case reading a sink
CREATE TEMPORARY TABLE x (a INT) WITH ('connector' = 'print');
SELECT * FROM x;
-- @case an unknown setting
SET 'parallelism.defualt' = '2';
-- @case a setting of another type
SET 'pipeline.auto-watermark-interval' = 'often';
-- @case no such job
STOP JOB 'nope';
-- @case a MAP in the key
CREATE TEMPORARY TABLE t (m MAP<STRING, INT>, a ARRAY<INT>, PRIMARY KEY (m, a) NOT ENFORCED);
-- @case collections that formats do not have
CREATE TEMPORARY TABLE t (m MAP<STRING, INT>) WITH ('connector' = 'filesystem', 'path' = '/nowhere/x.csv', 'format' = 'csv');
SELECT * FROM t;
CREATE TEMPORARY TABLE u (m MAP<INT, INT>) WITH ('connector' = 'filesystem', 'path' = '/nowhere/x.json', 'format' = 'json');
SELECT * FROM u;
-- @case datagen of an array
CREATE TEMPORARY TABLE t (a ARRAY<INT>) WITH ('connector' = 'datagen', 'fields.a.element.kind' = 'sequence', 'fields.a.element.start' = '1', 'fields.a.element.end' = '2');
-- @case what to do with late rows
CREATE TEMPORARY TABLE x (a INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'datagen', 'on-late' = 'dead-leter');
-- @case what to do with late rows, by hint
CREATE TEMPORARY TABLE x (a INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'datagen');
SELECT * FROM x /*+ OPTIONS('on-late' = 'keep') */;
-- @case a connector without watermarks of its own
CREATE TEMPORARY TABLE x (a INT, ts TIMESTAMP(3), WATERMARK FOR ts AS SOURCE_WATERMARK()) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'localhost:9092', 'format' = 'json');
-- @case SOURCE_WATERMARK() within an expression
CREATE TEMPORARY TABLE x (a INT, ts TIMESTAMP(3), WATERMARK FOR ts AS SOURCE_WATERMARK() - INTERVAL '1' SECOND) WITH ('connector' = 'datagen');
-- @case an alignment group without a drift
CREATE TEMPORARY TABLE x (a INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'datagen', 'scan.watermark.alignment.group' = 'g');
SELECT * FROM x;
-- @case a drift without a group
CREATE TEMPORARY TABLE x (a INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'datagen');
SELECT * FROM x /*+ OPTIONS('scan.watermark.alignment.max-drift' = '1 s') */;
-- @case a watermark after every 0 rows
CREATE TEMPORARY TABLE x (a INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'datagen', 'scan.watermark.emit.on-event.gap' = '0');
-- @case how far ahead of the clock
CREATE TEMPORARY TABLE x (a INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'datagen', 'scan.watermark.max-ahead' = 'a day');
