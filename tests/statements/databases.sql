-- Databases are spaces of names in the file; a table of another database is called database.table in SQLite.
CREATE DATABASE d COMMENT 'first' WITH ('owner' = 'me');
CREATE DATABASE IF NOT EXISTS d;
CREATE TABLE t (a INT);
CREATE TABLE d.t (a INT, b STRING);
INSERT INTO t VALUES (1);
INSERT INTO d.t VALUES (2, 'x');
USE d;
SHOW CURRENT DATABASE;
SELECT CURRENT_DATABASE() AS d;
SELECT t.b, d.t.a FROM t JOIN default_catalog.default_database.t AS o ON o.a + 1 = t.a;
CREATE VIEW v AS SELECT * FROM t;
SHOW TABLES;
SHOW TABLES FROM default_database LIKE 't%';
SHOW VIEWS IN d;
SHOW CREATE VIEW v;
-- @reopen
SHOW DATABASES;
SHOW DATABASES FROM default_catalog NOT LIKE 'def%';
DESCRIBE DATABASE EXTENDED d;
SHOW CREATE DATABASE d;
SELECT * FROM d.v;
ALTER DATABASE d SET ('owner' = 'you', 'x' = 'y');
DROP DATABASE d;
-- @reopen
SHOW CREATE DATABASE d;
DROP DATABASE d RESTRICT;
-- @reopen
USE d;
DROP DATABASE d CASCADE;
-- @reopen
CREATE VIEW w AS SELECT a FROM d.v;
DROP DATABASE d CASCADE;
-- @reopen
DROP VIEW w;
DROP DATABASE d CASCADE;
DROP DATABASE IF EXISTS d;
SHOW TABLES;
SHOW DATABASES;
SELECT * FROM d.t;
-- @reopen
SELECT * FROM t;
DROP DATABASE default_database;
