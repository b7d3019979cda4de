CREATE TEMPORARY TABLE t (a INT, b STRING) WITH ('connector' = 'datagen', 'number-of-rows' = '1');
-- @case in use: a view needs the table
CREATE TABLE s (a INT);
CREATE VIEW v AS SELECT a FROM s;
DROP TABLE s;
-- @case two jobs of one name
CREATE TEMPORARY TABLE endless (a INT) WITH ('connector' = 'datagen', 'rows-per-second' = '1');
CREATE TEMPORARY TABLE o (a INT) WITH ('connector' = 'blackhole');
SET 'pipeline.name' = 'one';
INSERT INTO o SELECT a FROM endless;
INSERT INTO o SELECT a FROM endless;
-- @case a file that is not there
CREATE TEMPORARY TABLE f (a INT) WITH ('connector' = 'filesystem', 'path' = 'nope.csv', 'format' = 'csv');
SELECT a FROM f;
-- @case a NULL in the WATERMARK column
CREATE TEMPORARY VIEW n AS SELECT 1 AS x;
CREATE TABLE w (ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
INSERT INTO w VALUES (TIMESTAMP '2024-01-01 00:00:00'), (NULL);
SELECT ts FROM w;
-- @case a secret
CREATE TABLE k (a INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'b:1', 'properties.sasl.password' = 'p', 'format' = 'json');
-- @case connections that are not protected
CREATE TABLE k (a INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'b:1', 'format' = 'json',
  'properties.security.protocol' = 'SASL_PLAINTEXT', 'properties.sasl.mechanism' = 'PLAIN');
CREATE TABLE l (a INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'b:1', 'format' = 'json',
  'properties.security.protocol' = 'SSL', 'properties.enable.ssl.certificate.verification' = 'false', 'properties.ssl.endpoint.identification.algorithm' = 'none');
CREATE TABLE fine (a INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'b:1', 'format' = 'json',
  'properties.security.protocol' = 'SASL_SSL', 'properties.sasl.mechanism' = 'PLAIN');
-- @case an old name, an option without effect
CREATE TABLE k (a INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'b:1', 'format' = 'json', 'sink.parallelism' = '2', 'sink.semantic' = 'exactly-once');
-- @case digits that are cut, an operator that Flink does not take
SELECT TIMESTAMP '2024-01-01 00:00:00.123456789' = TIMESTAMP '2024-01-01 00:00:00' AS x WHERE 1 != 2;
-- @case a catalog's name
CREATE TABLE a.b.c.d (x INT);
-- @case an unknown job
STOP JOB 'nope';
