SHOW MODULES;
SHOW FULL MODULES;
SHOW JARS;
SHOW PROCEDURES;
SHOW MODELS;
USE MODULES core;
CREATE TABLE t (a INT COMMENT 'first', b STRING);
SHOW COLUMNS FROM t LIKE 'a%';
SHOW COLUMNS IN t NOT LIKE 'a%';
SHOW TABLES ILIKE 'T';
SHOW FUNCTIONS LIKE 'SHA%';
SHOW FUNCTIONS LIKE 'upp%';
SHOW PARTITIONS t;
-- @reopen
LOAD MODULE hive WITH ('hive-version' = '3');
-- @reopen
UNLOAD MODULE core;
-- @reopen
USE MODULES hive, core;
-- @reopen
ADD JAR '/tmp/x.jar';
-- @reopen
REMOVE JAR '/tmp/x.jar';
-- @reopen
CALL sys.compact('t');
-- @reopen
COMPILE PLAN 'p.json' FOR INSERT INTO t VALUES (1, 'x');
-- @reopen
EXECUTE PLAN 'p.json';
-- @reopen
ANALYZE TABLE t COMPUTE STATISTICS FOR ALL COLUMNS;
ANALYZE TABLE t COMPUTE STATISTICS FOR COLUMNS a, c;
-- @reopen
SHOW TABLES FROM nope;
-- @reopen
SHOW CREATE FUNCTION nope;
-- @reopen
DESCRIBE FUNCTION nope;
-- @reopen
DESCRIBE JOB 'nope';
-- @reopen
INSERT INTO t VALUES (1, 'x');
TRUNCATE TABLE t;
SELECT COUNT(*) FROM t;
CREATE TEMPORARY TABLE k (a INT) WITH ('connector' = 'blackhole');
TRUNCATE TABLE k;
