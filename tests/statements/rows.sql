CREATE TABLE t (id INT, v STRING, n DECIMAL(6, 2), up AS UPPER(v), PRIMARY KEY (id) NOT ENFORCED);
INSERT INTO t VALUES (1, 'a', 1.5), (2, 'b', NULL), (3, NULL, 3), (4, 'd', 4);
DELETE FROM t WHERE v = 'a' OR id > 3;
SELECT * FROM t;
UPDATE t SET n = id + 1, v = COALESCE(v, 'none') || '!' WHERE t.id >= 2;
SELECT * FROM t;
UPDATE t SET id = id + 1;
-- @reopen
SELECT * FROM t;
UPDATE t SET n = (SELECT MAX(id) FROM t) WHERE id IN (SELECT 3);
DELETE FROM t WHERE NULL;
SELECT * FROM t;
INSERT OVERWRITE t SELECT id * 10, v, n FROM t WHERE id = 3;
SELECT * FROM t;
INSERT OVERWRITE t (id) VALUES (7), (8);
SELECT * FROM t;
INSERT OVERWRITE t SELECT id, v, n FROM t WHERE FALSE;
SELECT COUNT(*) FROM t;
INSERT INTO t VALUES (1, 'a', 1.5), (2, 'b', 2);
UPDATE t SET id = 5;
-- @reopen nothing was changed
SELECT * FROM t;
UPDATE t SET id = 'x';
-- @reopen
UPDATE t SET idd = 1;
-- @reopen
UPDATE t SET up = 'x';
-- @reopen
UPDATE t SET v = 'x', v = 'y';
-- @reopen
UPDATE t SET v = nope WHERE id = 1;
-- @reopen
DELETE FROM t WHERE id;
-- @reopen
UPDATE t SET id = NULL;
-- @reopen
UPDATE t SET n = 1 / (id - 1);
-- @reopen all as it was
SELECT * FROM t;
CREATE VIEW w AS SELECT * FROM t;
DELETE FROM w;
-- @reopen
CREATE TABLE k (a INT) WITH ('connector' = 'blackhole');
UPDATE k SET a = 1;
-- @reopen
INSERT OVERWRITE k SELECT 1;
-- @reopen
CREATE TABLE s (a INT, n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '1');
CREATE TABLE o (a INT);
INSERT OVERWRITE o SELECT a FROM s;
-- @reopen
EXECUTE STATEMENT SET BEGIN INSERT OVERWRITE o SELECT 1; END;
-- @reopen
CREATE TABLE p (a INT, day_ STRING, hr INT) PARTITIONED BY (day_, hr);
INSERT INTO p PARTITION (day_ = '2024', hr = 1 + 1) SELECT 5;
INSERT INTO p PARTITION (hr = 3) (day_, a) VALUES ('x', 6);
SELECT * FROM p;
INSERT INTO p PARTITION (a = 1) SELECT 'x', 2;
-- @reopen
INSERT INTO p PARTITION (hr = 'x') SELECT 1, 'x';
-- @reopen
INSERT INTO p PARTITION (hr = 1) (a, hr) SELECT 1, 2;
-- @reopen only partitions that get rows
INSERT INTO p VALUES (7, 'x', 1), (8, CAST(NULL AS STRING), 1);
INSERT OVERWRITE p PARTITION (hr = 1) SELECT 1, 'x';
INSERT OVERWRITE p PARTITION (hr = 1, day_ = CAST(NULL AS STRING)) VALUES (2), (3);
INSERT OVERWRITE p PARTITION (hr = 3) SELECT a, day_ FROM p WHERE FALSE;
SELECT * FROM p ORDER BY a;
-- @reopen
DELETE FROM p;
SELECT COUNT(*) FROM p;
CREATE DATABASE d;
CREATE TABLE d.t (a INT);
INSERT INTO d.t VALUES (1), (2);
USE d;
DELETE FROM t WHERE t.a = 1;
UPDATE d.t SET a = d.t.a + 10;
SELECT * FROM t;
