-- what lies in the directories; a real Flink prints the same names for partitions that its catalog knows
CREATE TABLE p (v INT, a INT, b STRING) PARTITIONED BY (a, b) WITH ('connector' = 'filesystem', 'path' = 'p', 'format' = 'csv');
SHOW PARTITIONS p;
INSERT INTO p VALUES (1, 1, 'x'), (2, 1, 'y'), (3, 2, 'x'), (4, 2, NULL), (5, 2, ''), (6, 10, 'a/b c');
INSERT INTO p VALUES (7, 1, 'x');
SHOW PARTITIONS p;
SHOW PARTITIONS p PARTITION (a = 1);
SHOW PARTITIONS p PARTITION (a = 1, b = 'y');
SHOW PARTITIONS p PARTITION (b = 'a/b c');
SHOW PARTITIONS p PARTITION (b = CAST(NULL AS STRING));
SHOW PARTITIONS p PARTITION (a = 7);
CREATE TABLE d (dt DATE, v INT) PARTITIONED BY (dt) WITH ('connector' = 'filesystem', 'path' = 'd', 'format' = 'json');
INSERT INTO d VALUES (DATE '2024-01-02', 1), (DATE '2024-01-03', 1);
SHOW PARTITIONS d PARTITION (dt = DATE '2024-01-03');
INSERT OVERWRITE d SELECT dt, v FROM d WHERE v = 2;
INSERT OVERWRITE d VALUES (DATE '2024-01-04', 1);
SHOW PARTITIONS default_catalog.default_database.d;
-- @reopen
SHOW PARTITIONS p PARTITION (c = 1);
-- @reopen
SHOW PARTITIONS p PARTITION (v = 1);
-- @reopen
SHOW PARTITIONS p PARTITION (a = 'x');
-- @reopen
CREATE TABLE n (a INT) WITH ('connector' = 'filesystem', 'path' = 'n', 'format' = 'csv');
SHOW PARTITIONS n;
-- @reopen
CREATE VIEW w AS SELECT * FROM p;
SHOW PARTITIONS w;
-- @reopen
SHOW PARTITIONS nowhere;
-- @reopen
CREATE TABLE s (a INT, k INT) PARTITIONED BY (k);
SHOW PARTITIONS s;
-- @reopen a file beside the directories
CREATE TABLE o (a INT) WITH ('connector' = 'filesystem', 'path' = 'p/stray.csv', 'format' = 'csv');
INSERT INTO o VALUES (1);
SHOW PARTITIONS p;
