CREATE TEMPORARY TABLE orders (id BIGINT, name STRING, price DECIMAL(10, 2)) WITH ('connector' = 'datagen');
CREATE TEMPORARY TABLE appends (name STRING, c BIGINT) WITH ('connector' = 'filesystem', 'path' = 'out.jsonl', 'format' = 'json');
CREATE TABLE keyed (id BIGINT NOT NULL, c BIGINT, PRIMARY KEY (id) NOT ENFORCED);
-- @case updates into an append-only sink
INSERT INTO appends SELECT name, COUNT(*) FROM orders GROUP BY name;
-- @case too few columns
INSERT INTO appends SELECT name FROM orders;
-- @case types that do not fit
INSERT INTO appends SELECT price, name FROM orders;
-- @case another key than the sink's
INSERT INTO keyed SELECT CAST(CHAR_LENGTH(name) AS BIGINT), COUNT(*) FROM orders GROUP BY name;
-- @case NULL into NOT NULL
INSERT INTO keyed VALUES (CAST(NULL AS BIGINT), 1);
-- @case no such column
INSERT INTO appends (nam) SELECT name FROM orders;
-- @case metadata that is only read
CREATE TEMPORARY TABLE k (v STRING, p INT METADATA FROM 'partition', h MAP<STRING, BYTES> METADATA FROM 'headers') WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
INSERT INTO k SELECT 'a', 1, MAP['x', X'01'];
-- @case metadata that is only read, named
CREATE TEMPORARY TABLE k (v STRING, p INT METADATA FROM 'partition', h MAP<STRING, BYTES> METADATA FROM 'headers') WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
INSERT INTO k (v, p) SELECT 'a', 1;
-- @case headers written twice
CREATE TEMPORARY TABLE k (v STRING, h MAP<STRING, BYTES> METADATA FROM 'headers', l ARRAY<ROW<key STRING, `value` BYTES>> METADATA FROM 'header-list') WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
INSERT INTO k (v) SELECT 'a';
-- @case an array that does not fit its column
CREATE TEMPORARY TABLE b (a ARRAY<INT>, m MAP<STRING, BIGINT>) WITH ('connector' = 'blackhole');
INSERT INTO b SELECT ARRAY['a'], MAP['a', 1];
-- @case updates without a key, into a file
INSERT INTO appends SELECT name, 1 FROM orders WHERE NOT EXISTS (SELECT 1 FROM keyed WHERE keyed.id = orders.id);
-- @case updates into a table of another file
CREATE TABLE other (name STRING, c BIGINT) WITH ('connector' = 'sqlite', 'path' = 'other.db');
INSERT INTO other SELECT name, COUNT(*) FROM orders GROUP BY name;
-- @case updates without a key, into a table of another file
CREATE TABLE other (name STRING, c BIGINT) WITH ('connector' = 'sqlite', 'path' = 'other.db');
INSERT INTO other SELECT name, 1 FROM orders WHERE NOT EXISTS (SELECT 1 FROM keyed WHERE keyed.id = orders.id);
-- @case updates by a key, into a table without one
CREATE TABLE nokey (name STRING, c BIGINT);
EXPLAIN INSERT INTO nokey SELECT name, COUNT(*) FROM orders GROUP BY name;
-- @case EXPLAIN of what has no plan
EXPLAIN TRUNCATE TABLE keyed;
-- @case EXPLAIN of a table without a query
EXPLAIN CREATE TABLE x (a INT);
-- @case EXPLAIN of a DELETE that cannot be
EXPLAIN DELETE FROM keyed WHERE idd = 1;
-- @case EXPLAIN of a DELETE elsewhere
EXPLAIN DELETE FROM appends;
-- @case EXPLAIN of an UPDATE that cannot be
EXPLAIN UPDATE keyed SET c = 'x';
-- @case EXPLAIN of a CREATE TABLE AS that cannot be
EXPLAIN CREATE TABLE x WITH ('connector' = 'nope') AS SELECT id FROM orders;
-- @case ON CONFLICT without a key
INSERT INTO appends SELECT name, 1 FROM orders ON CONFLICT DO NOTHING;
-- @case ON CONFLICT where nothing is updated
CREATE TEMPORARY TABLE keyed_file (name STRING PRIMARY KEY NOT ENFORCED, c BIGINT) WITH ('connector' = 'filesystem', 'path' = 'out.jsonl', 'format' = 'json');
INSERT INTO keyed_file SELECT name, 1 FROM orders ON CONFLICT DO DEDUPLICATE;
-- @case ON CONFLICT of another dialect
INSERT INTO keyed SELECT id, 1 FROM orders ON CONFLICT (id) DO NOTHING;
-- @case ON CONFLICT DO what
INSERT INTO keyed SELECT id, 1 FROM orders ON CONFLICT DO UPDATE;
-- @case a conflict at run time
INSERT INTO keyed SELECT id, c FROM (VALUES (7, 1), (8, 1), (7, 2)) AS t(id, c) ON CONFLICT DO ERROR;
-- @case what ON CONFLICT keeps
EXPLAIN INSERT INTO keyed SELECT id, 1 FROM orders ON CONFLICT DO NOTHING;
-- @case a column of the name
INSERT INTO keyed SELECT o.id, 1 FROM orders o JOIN keyed conflict ON conflict.idd = o.id;
