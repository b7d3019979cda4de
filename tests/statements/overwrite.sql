-- INSERT OVERWRITE of files: the rows are those that a real Flink gave in batch mode
CREATE TABLE np (a INT, b STRING) WITH ('connector' = 'filesystem', 'path' = 'np.csv', 'format' = 'csv');
INSERT INTO np VALUES (1, 'x'), (2, 'y');
INSERT OVERWRITE np VALUES (5, 'z');
SELECT * FROM np;
INSERT OVERWRITE np (a) SELECT a + 1 FROM np;
INSERT INTO np VALUES (6, 'w');
SELECT * FROM np;
INSERT OVERWRITE np SELECT * FROM np WHERE FALSE;
SELECT * FROM np;
CREATE TABLE dd (a INT, b STRING) WITH ('connector' = 'filesystem', 'path' = 'dd/', 'format' = 'csv', 'csv.header' = 'true');
INSERT INTO dd VALUES (1, 'x'), (2, 'y');
SET 'parallelism.default' = '2';
INSERT OVERWRITE dd SELECT a + 1, b FROM dd;
SELECT * FROM dd ORDER BY a;
RESET 'parallelism.default';
INSERT OVERWRITE dd SELECT a + 1, b FROM dd WHERE a = 2;
SELECT * FROM dd;
-- @reopen
CREATE TABLE p2 (v INT, a INT, b STRING) PARTITIONED BY (a, b) WITH ('connector' = 'filesystem', 'path' = 'p2', 'format' = 'csv');
INSERT OVERWRITE p2 VALUES (0, 1, 'x');
INSERT INTO p2 VALUES (1, 1, 'x'), (2, 1, 'y'), (3, 2, 'x'), (4, 2, 'n'), (5, 2, NULL);
INSERT OVERWRITE p2 VALUES (10, 1, 'x');
SELECT * FROM p2 ORDER BY v;
INSERT OVERWRITE p2 PARTITION (a = 1, b = 'y') SELECT 11;
INSERT OVERWRITE p2 PARTITION (a = 2) SELECT 12, 'x';
SELECT * FROM p2 ORDER BY v;
INSERT OVERWRITE p2 PARTITION (a = 2, b = 'x') SELECT v FROM p2 WHERE FALSE;
INSERT OVERWRITE p2 PARTITION (a = 2) SELECT v, b FROM p2 WHERE FALSE;
INSERT OVERWRITE p2 PARTITION (b = 'x') SELECT 13, 5;
INSERT OVERWRITE p2 PARTITION (a = 2, b = '') SELECT 15;
INSERT OVERWRITE p2 SELECT v, a, b FROM p2 WHERE FALSE;
SELECT * FROM p2 ORDER BY v;
INSERT OVERWRITE p2 SELECT v + 100, a, b FROM p2;
SELECT * FROM p2 ORDER BY v;
EXPLAIN INSERT OVERWRITE p2 PARTITION (b = 'x') SELECT 13, 5;
-- @reopen
INSERT OVERWRITE p2 PARTITION (v = 1) SELECT 13, 'c';
-- @reopen a query without an end
CREATE TABLE s (a INT) WITH ('connector' = 'datagen', 'rows-per-second' = '1');
INSERT OVERWRITE np SELECT a, 'x' FROM s;
-- @reopen
EXECUTE STATEMENT SET BEGIN INSERT OVERWRITE np VALUES (1, 'x'); END;
-- @reopen
CREATE TABLE many (a INT, b STRING) WITH ('connector' = 'filesystem', 'path' = '*.csv', 'format' = 'csv');
INSERT OVERWRITE many VALUES (1, 'x');
-- @reopen a query that fails: the old rows stay, and nothing is left of the new ones for the next
INSERT OVERWRITE np VALUES (1, 'old');
INSERT OVERWRITE np SELECT CAST(b AS INT), b FROM np;
-- @reopen
SELECT * FROM np;
INSERT OVERWRITE np VALUES (2, 'new');
SELECT * FROM np;
