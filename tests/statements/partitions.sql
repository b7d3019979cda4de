CREATE TABLE a (id INT, dt DATE, v STRING, k STRING, n AS id * 2) PARTITIONED BY (dt, k) WITH ('connector' = 'filesystem', 'path' = 'out', 'format' = 'json');
INSERT INTO a VALUES (1, DATE '2024-01-02', 'x', 'a/b c'), (2, DATE '2024-01-02', 'y', NULL), (3, NULL, 'z', ''), (4, DATE '2024-01-03', NULL, 'a%=');
SELECT * FROM a ORDER BY id;
INSERT INTO a PARTITION (k = 'static') SELECT 5, DATE '2024-01-02', 'w';
INSERT INTO a PARTITION (dt = DATE '2024-01-09') (k, id) SELECT 'q', 7;
INSERT INTO a PARTITION (k = 'both', dt = DATE '2024-01-10') VALUES (8, 'v');
INSERT INTO a (id) VALUES (9);
SELECT `dt`, k, COUNT(*) FROM a GROUP BY `dt`, k ORDER BY 1, 2;
-- the files have the other columns only
CREATE TABLE f (id INT, dt STRING, k STRING, p STRING METADATA FROM 'file.name', whole STRING METADATA FROM 'file.path') WITH ('connector' = 'filesystem', 'path' = 'out', 'format' = 'json');
SELECT id, dt, k, p, whole FROM f ORDER BY id;
EXPLAIN INSERT INTO a SELECT id, dt, v, k FROM a WHERE k = 'q';
SHOW CREATE TABLE a;
DESCRIBE a;
-- @reopen what is there already stays
INSERT INTO a VALUES (10, DATE '2024-01-09', 'more', 'q');
SELECT id, v FROM a WHERE k = 'q' ORDER BY id;
CREATE TABLE c (x INT, y STRING, z INT) PARTITIONED BY (z) WITH ('connector' = 'filesystem', 'path' = 'csvs', 'format' = 'csv', 'csv.header' = 'true', 'partition.default-name' = 'none');
INSERT INTO c VALUES (1, 'a', 1), (2, 'b', NULL), (3, 'c', 1);
SELECT * FROM c ORDER BY x;
CREATE TABLE lines (line STRING) WITH ('connector' = 'filesystem', 'path' = 'csvs', 'format' = 'raw');
SELECT line FROM lines ORDER BY line;
CREATE TABLE l LIKE c (EXCLUDING PARTITIONS);
SHOW CREATE TABLE l;
-- @reopen
SHOW PARTITIONS a;
-- @reopen
CREATE TABLE other (id INT, hr INT) PARTITIONED BY (hr) WITH ('connector' = 'filesystem', 'path' = 'out', 'format' = 'json');
SELECT * FROM other;
-- @reopen
CREATE TABLE typed (id INT, k INT) PARTITIONED BY (k) WITH ('connector' = 'filesystem', 'path' = 'out', 'format' = 'json');
SELECT * FROM typed WHERE id = 7;
-- @reopen
CREATE TABLE b (id INT, l ARRAY<INT>) PARTITIONED BY (l) WITH ('connector' = 'filesystem', 'path' = 'x', 'format' = 'json');
-- @reopen
CREATE TABLE b (id INT, hr INT) PARTITIONED BY (hr, id) WITH ('connector' = 'filesystem', 'path' = 'x', 'format' = 'json');
-- @reopen
CREATE TABLE b (id INT, c AS id + 1) PARTITIONED BY (c) WITH ('connector' = 'filesystem', 'path' = 'x', 'format' = 'json');
-- @reopen
INSERT INTO a PARTITION (dt = 'x') SELECT 5, 'w', 'k';
-- @reopen options of Flink's partition commit
CREATE TABLE q10 (auction BIGINT, dt STRING, hm STRING) PARTITIONED BY (dt, hm) WITH ('connector' = 'filesystem', 'path' = 'q10', 'format' = 'csv', 'sink.partition-commit.trigger' = 'partition-time', 'sink.partition-commit.delay' = '1 min', 'sink.partition-commit.policy.kind' = 'success-file', 'partition.time-extractor.timestamp-pattern' = '$dt $hm:00', 'sink.rolling-policy.rollover-interval' = '1min', 'sink.rolling-policy.check-interval' = '1min');
INSERT INTO q10 SELECT 1, DATE_FORMAT(TIMESTAMP '2024-01-02 03:04:05', 'yyyy-MM-dd'), DATE_FORMAT(TIMESTAMP '2024-01-02 03:04:05', 'HH:mm');
SELECT * FROM q10;
