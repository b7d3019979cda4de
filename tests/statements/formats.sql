-- where reading csv and json differs from Flink on purpose (docs/COMPAT.md); the lines are written as raw text
CREATE TABLE lines (l STRING) WITH ('connector' = 'filesystem', 'path' = 'a.csv', 'format' = 'raw');
INSERT INTO lines VALUES ('1,x, 2.345 ,2020-01-01T00:00:00Z'), (''), ('2,y,1,2020-01-01 00:00:00Z');
CREATE TABLE a (i INT, s STRING, d DECIMAL(5, 2), z TIMESTAMP_LTZ(3)) WITH ('connector' = 'filesystem', 'path' = 'a.csv', 'format' = 'csv');
SELECT * FROM a;
CREATE TABLE days (l STRING) WITH ('connector' = 'filesystem', 'path' = 'd.csv', 'format' = 'raw');
INSERT INTO days VALUES ('2020-02-31,1');
CREATE TABLE d (t DATE, i INT) WITH ('connector' = 'filesystem', 'path' = 'd.csv', 'format' = 'csv');
SELECT * FROM d;
-- @reopen
CREATE TABLE records (l STRING) WITH ('connector' = 'filesystem', 'path' = 'r.json', 'format' = 'raw');
INSERT INTO records VALUES ('null'), ('{"i":1}');
CREATE TABLE r (i INT) WITH ('connector' = 'filesystem', 'path' = 'r.json', 'format' = 'json');
SELECT * FROM r;
INSERT INTO records VALUES ('{"i":2} and more');
SELECT * FROM r;
