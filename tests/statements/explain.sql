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
-- @reopen how many rows, as far as it is certain
CREATE TABLE few (id INT, v STRING, PRIMARY KEY (id) NOT ENFORCED);
INSERT INTO few VALUES (1, 'x'), (2, 'y');
CREATE TABLE gen (id INT) WITH ('connector' = 'datagen', 'number-of-rows' = '100');
CREATE TABLE seq (id INT, n INT) WITH ('connector' = 'datagen', 'fields.id.kind' = 'sequence', 'fields.id.start' = '11', 'fields.id.end' = '20');
CREATE TABLE lines (id INT) WITH ('connector' = 'filesystem', 'path' = 'nowhere.csv', 'format' = 'csv');
EXPLAIN ESTIMATED_COST SELECT f.id, n FROM few f LEFT JOIN gen g ON f.id = g.id CROSS JOIN (VALUES (1), (2)) x(n) UNION ALL SELECT COUNT(*), 1 FROM gen LIMIT 5;
EXPLAIN ESTIMATED_COST, CHANGELOG_MODE SELECT a, COUNT(*) FROM s GROUP BY a;
EXPLAIN ESTIMATED_COST SELECT seq.id FROM seq, lines, few ORDER BY 1 LIMIT 3;
EXPLAIN ESTIMATED_COST SELECT id FROM gen WHERE id > 3 EXCEPT SELECT id FROM seq;
EXPLAIN ESTIMATED_COST SELECT id, GROUPING(id), COUNT(*) FROM gen GROUP BY ROLLUP (id);
EXPLAIN ESTIMATED_COST SELECT * FROM gen WHERE EXISTS (SELECT 1 FROM few WHERE few.id = gen.id);
-- @reopen every statement that has a plan; none of them runs
EXPLAIN CREATE TABLE made (b AS a + 1, PRIMARY KEY (a) NOT ENFORCED) AS SELECT id AS a FROM few;
EXPLAIN CREATE OR REPLACE TABLE few AS SELECT v FROM few;
EXPLAIN PLAN FOR REPLACE TABLE few WITH ('connector' = 'blackhole') AS SELECT v FROM few;
EXPLAIN ESTIMATED_COST DELETE FROM few WHERE id = 1;
EXPLAIN UPDATE few SET v = 'z' WHERE id = 2;
EXPLAIN INSERT OVERWRITE few VALUES (3, 'w');
EXPLAIN EXECUTE INSERT INTO few VALUES (3, 'w');
SELECT * FROM few;
SHOW TABLES;
-- @reopen
CREATE TABLE byk (k STRING, id INT, n BIGINT, PRIMARY KEY (k) NOT ENFORCED);
EXPLAIN CHANGELOG_MODE INSERT INTO byk SELECT k, id, n FROM (SELECT id, LAST_VALUE(v) AS k, COUNT(*) AS n FROM few GROUP BY id) ON CONFLICT DO NOTHING;
EXPLAIN INSERT INTO byk SELECT v, id, 1 FROM few ON CONFLICT DO DEDUPLICATE;
EXPLAIN CHANGELOG_MODE INSERT INTO byk SELECT k, id, n FROM (SELECT a AS id, CAST(MAX(b) AS STRING) AS k, COUNT(*) AS n FROM s GROUP BY a) ON CONFLICT DO DEDUPLICATE;
INSERT INTO byk SELECT v, id, 1 FROM few ON CONFLICT DO NOTHING;
INSERT INTO byk VALUES ('x', 7, 7), ('z', 7, 7), ('z', 8, 8) ON CONFLICT DO NOTHING;
SELECT * FROM byk;
-- @reopen how long state stays
SET 'table.exec.state.ttl' = '1 d';
EXPLAIN SELECT a, COUNT(*) FROM s GROUP BY a;
EXPLAIN PLAN_ADVICE SELECT a, COUNT(*) FROM s GROUP BY a;
EXPLAIN SELECT /*+ STATE_TTL('x' = '1 h', 'y' = '0 s') */ x.a, y.b, z.b FROM s AS x LEFT JOIN s AS y ON x.a = y.a JOIN s AS z ON y.b = z.b;
EXPLAIN SELECT /*+ STATE_TTL('s' = '2 h') */ a, COUNT(*) FROM s GROUP BY a;
SET 'execution.runtime-mode' = 'batch';
EXPLAIN SELECT id, COUNT(*) FROM gen GROUP BY id;
