-- What the dialect's client knows besides SQL, and statements that ask for what one process has not.
SHOW CREATE CATALOG default_catalog;
SHOW CREATE DATABASE default_database;
CREATE CATALOG c WITH ('type' = 'generic_in_memory');
SHOW CREATE CATALOG c;
USE CATALOG c;
SHOW CURRENT DATABASE;
SHOW CREATE DATABASE `default`;
USE CATALOG default_catalog;
CREATE TABLE t (id INT, v STRING) PARTITIONED BY (v);
EXECUTE INSERT INTO t VALUES (1, 'x');
EXECUTE SELECT * FROM t;
ANALYZE TABLE t PARTITION (v) COMPUTE STATISTICS FOR COLUMNS id, v;
ANALYZE TABLE t PARTITION (v = 'x') COMPUTE STATISTICS;
CLEAR;
quit ;
SELECT 'never';
-- @reopen
SELECT 1 AS uno; EXIT
-- @reopen
EXIT; SELECT 'never'
-- @reopen
COMPILE AND EXECUTE PLAN 'f.json' FOR INSERT INTO t SELECT 1, 'x';
-- @reopen
CREATE OR ALTER MATERIALIZED TABLE m AS SELECT 1;
-- @reopen
CREATE TABLE u (id INT UNIQUE);
-- @reopen
CREATE TABLE u (id INT, UNIQUE (id) NOT ENFORCED);
-- @reopen
quitt;
