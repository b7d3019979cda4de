-- Statements about objects: each kind says its own word, and what is near.
CREATE TABLE orders (id INT, b STRING, c AS id + 1, ts TIMESTAMP(3), PRIMARY KEY (id) NOT ENFORCED, WATERMARK FOR ts AS ts) WITH ('connector' = 'datagen');
CREATE VIEW late AS SELECT b FROM orders;
CREATE FUNCTION plus_one(a INT) RETURNS INT RETURN a + 1;
-- @case a view that is not there
DROP VIEW lte;
-- @case a view that is not there, of no near name
DROP VIEW nope;
-- @case a table, dropped as a view
DROP VIEW orders;
-- @case a view, dropped as a table
DROP TABLE late;
-- @case a view of a near name where a table is wanted
SHOW CREATE TABLE latee;
-- @case a table in another database
CREATE DATABASE d;
USE d;
SELECT * FROM orders;
-- @case a function that is not there
DROP FUNCTION plusone;
-- @case a database that is not there
USE defalt_database;
-- @case a temporary view that hides a table
CREATE TEMPORARY VIEW orders AS SELECT 1 AS a;
DROP TABLE orders;
-- @case no temporary table
DROP TEMPORARY TABLE orders;
-- @case IF EXISTS of the other kind does nothing, as in Flink
DROP VIEW IF EXISTS orders;
DROP TABLE IF EXISTS late;
DROP TEMPORARY VIEW IF EXISTS late;
SELECT nope FROM late;
-- @case a view that reads itself
ALTER VIEW late AS SELECT * FROM late;
-- @case a view that reads itself through another
CREATE VIEW later AS SELECT * FROM late;
ALTER VIEW late AS SELECT * FROM later;
-- @case a name of WITH is not the view
ALTER VIEW late AS WITH late AS (SELECT 1 AS q) SELECT q FROM late;
SELECT nope FROM late;
-- @case a column that a computed one reads
ALTER TABLE orders RENAME id TO x;
-- @case a column that the watermark reads
ALTER TABLE orders RENAME ts TO x;
-- @case another type under a computed column
ALTER TABLE orders MODIFY id STRING;
-- @case no such column
ALTER TABLE orders DROP nope;
-- @case a constraint of another name
ALTER TABLE orders DROP CONSTRAINT PK_b;
-- @case no buckets
ALTER TABLE orders ADD DISTRIBUTION BY HASH (b) INTO 0 BUCKETS;
-- @case the word of CREATE TABLE in ALTER TABLE
ALTER TABLE orders ADD DISTRIBUTED BY (b);
-- @case no options of LIKE
CREATE TABLE t LIKE orders ();
-- @case options of LIKE that exclude each other
CREATE TABLE t LIKE orders (INCLUDING WATERMARKS EXCLUDING WATERMARKS);
-- @case names and columns with types
CREATE TABLE t (b, a INT) AS SELECT 1 AS a, 2 AS b;
-- @case CREATE TABLE AS that cannot be filled makes no table
CREATE TABLE t (a STRING) AS SELECT 1 AS a;
-- @case a computed column with a type
CREATE TABLE t (a INT, b INT AS a + 1);
-- @case a watermark on a field
CREATE TABLE t (r ROW<ts TIMESTAMP(3)>, WATERMARK FOR r.ts AS r.ts);
-- @case a number as an option
CREATE TABLE t (a INT) WITH ('connector' = 'datagen', 'rows-per-second' = 5);
-- @case UNIQUE
CREATE TABLE t (a INT, UNIQUE (a));
-- @case LIKE as PostgreSQL has it
CREATE TABLE t (LIKE orders);
-- @case WITH behind LIKE
CREATE TABLE t LIKE orders WITH ('connector' = 'print');
-- @case ADD COLUMN
ALTER TABLE orders ADD COLUMN z INT;
-- @case DROP COLUMN
ALTER TABLE orders DROP COLUMN b;
-- @case ALTER COLUMN
ALTER TABLE orders ALTER COLUMN b TYPE BIGINT;
-- @case CHANGE
ALTER TABLE orders CHANGE b z INT;
-- @case a detail of EXPLAIN twice
EXPLAIN CHANGELOG_MODE, CHANGELOG_MODE SELECT 1;
-- @case EXPLAIN of what has no plan
EXPLAIN DROP TABLE orders;
-- @case STATEMENT SET without EXECUTE
STATEMENT SET BEGIN INSERT INTO orders VALUES (1); END;
-- @case an empty STATEMENT SET
EXECUTE STATEMENT SET BEGIN END;
-- @case a query in a STATEMENT SET
EXECUTE STATEMENT SET BEGIN SELECT 1; END;
-- @case a column's default
INSERT INTO orders VALUES (1, DEFAULT, NULL);
-- @case INSERT without INTO
INSERT orders VALUES (1, 'a', NULL);
-- @case WITH in front of INSERT
WITH q AS (SELECT 1 AS a) INSERT INTO orders SELECT a, 'b', NULL FROM q;
-- @case RETURNING
INSERT INTO orders SELECT 1, 'a', LOCALTIMESTAMP RETURNING id;
