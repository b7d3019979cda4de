CREATE TABLE s (a INT, b INT) WITH ('connector' = 'datagen');
EXPLAIN JSON_EXECUTION_PLAN, PLAN_ADVICE, CHANGELOG_MODE SELECT a, COUNT(*) FROM s GROUP BY a;
CREATE TABLE t (a INT);
EXPLAIN PLAN FOR INSERT INTO t SELECT a FROM s;
EXPLAIN STATEMENT SET BEGIN INSERT INTO t SELECT a FROM s; INSERT INTO t SELECT b FROM s; END;
EXPLAIN PLAN_ADVICE SELECT a FROM s;
EXPLAIN ESTIMATED_COST SELECT a FROM s;
-- @reopen
SET 'pipeline.jars' = 'x.jar';
SET 'table.exec.async-lookup.timeout' = '1 s';
SET 'taskmanager.numberOfTaskSlots' = '4';
SET 'execution.checkpointing.intervl' = '1 s';
-- @reopen
SET 'table.exec.mini-batch.enabled' = 'yes';
-- @reopen
SET 'table.sql-dialect' = 'hive';
-- @reopen
SET 'my.own' = '1';
-- @reopen
SELECT 1E400;
-- @reopen
SELECT X'0G';
-- @reopen
CREATE TABLE w (k STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'datagen', 'on-late' = 'dead-letter');
EXPLAIN SELECT k, COUNT(*) FROM TUMBLE(TABLE w, DESCRIPTOR(ts), INTERVAL '1' MINUTE) GROUP BY k, window_start, window_end;
EXPLAIN SELECT k, COUNT(*) OVER (PARTITION BY k ORDER BY ts) FROM w /*+ OPTIONS('on-late' = 'drop') */;
EXPLAIN PLAN_ADVICE SELECT a.k FROM TUMBLE(TABLE w, DESCRIPTOR(ts), INTERVAL '1' MINUTE) a JOIN TUMBLE(TABLE w, DESCRIPTOR(ts), INTERVAL '1' MINUTE) b ON a.k = b.k AND a.window_start = b.window_start AND a.window_end = b.window_end;
EXPLAIN PLAN_ADVICE SELECT a.k FROM w a JOIN w b ON a.k = b.k;
-- @reopen
CREATE TABLE live (k STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'nowhere:9', 'format' = 'json', 'scan.watermark.alignment.group' = 'g', 'scan.watermark.alignment.max-drift' = '30 s', 'scan.watermark.emit.strategy' = 'on-event', 'scan.watermark.emit.on-event.gap' = '50');
EXPLAIN SELECT ts FROM live;
EXPLAIN SELECT ts FROM live /*+ OPTIONS('scan.bounded.mode' = 'latest-offset') */;
CREATE TABLE given (k STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS SOURCE_WATERMARK()) WITH ('connector' = 'fixture', 'path' = 'x', 'format' = 'json');
EXPLAIN SELECT ts FROM given;
SHOW CREATE TABLE given;
-- @reopen
EXPLAIN SELECT k, TUMBLE_START(ts, INTERVAL '1' MINUTE), COUNT(*) FROM w GROUP BY k, TUMBLE(ts, INTERVAL '1' MINUTE) EMIT CHANGES;
SET 'table.exec.emit.late-fire.enabled' = 'true';
SET 'table.exec.emit.late-fire.delay' = '5 s';
SET 'table.exec.emit.allow-lateness' = '10 min';
EXPLAIN PLAN_ADVICE SELECT k, TUMBLE_START(ts, INTERVAL '1' MINUTE), COUNT(*) FROM w GROUP BY k, TUMBLE(ts, INTERVAL '1' MINUTE);
SET 'table.exec.emit.early-fire.enabled' = 'true';
SET 'table.exec.emit.early-fire.delay' = '0 s';
EXPLAIN SELECT k, HOP_END(ts, INTERVAL '1' MINUTE, INTERVAL '5' MINUTE), COUNT(*) FROM w GROUP BY k, HOP(ts, INTERVAL '1' MINUTE, INTERVAL '5' MINUTE);
