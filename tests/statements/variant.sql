CREATE TABLE t (id INT, v VARIANT, PRIMARY KEY (id) NOT ENFORCED);
DESCRIBE t;
INSERT INTO t VALUES (1, PARSE_JSON('{"b": [1, 2.50], "a": "x"}')), (2, PARSE_JSON('[1]')), (3, NULL), (4, PARSE_JSON('"text"'));
-- @reopen
SELECT * FROM t;
SELECT id, v['b'][2] AS b FROM t WHERE id = 1;
UPDATE t SET v = v['a'] WHERE id = 1;
DELETE FROM t WHERE v = PARSE_JSON('[1.0]');
SELECT * FROM t;
CREATE TABLE f (id INT, v VARIANT, n ROW<v VARIANT, a ARRAY<VARIANT>>) WITH ('connector' = 'filesystem', 'path' = 'f.jsonl', 'format' = 'json');
INSERT INTO f SELECT id, v, ROW(v, ARRAY[v, PARSE_JSON('{"z": 1, "y": null}')]) FROM t;
SELECT * FROM f;
CREATE TEMPORARY TABLE p (id INT, v VARIANT) WITH ('connector' = 'print');
INSERT INTO p SELECT * FROM t;
CREATE TABLE copy AS SELECT id, v FROM t;
SELECT COUNT(*) AS c FROM copy JOIN t ON copy.v = t.v;
CREATE FUNCTION part(v VARIANT, name STRING) RETURNS VARIANT RETURN v[name];
SELECT part(PARSE_JSON('{"a": 7}'), 'a') AS p;
SHOW CREATE TABLE t;
-- @reopen
CREATE TABLE c (id INT, v VARIANT) WITH ('connector' = 'filesystem', 'path' = 'c.csv', 'format' = 'csv');
SELECT * FROM c;
-- @reopen
CREATE TABLE d (v VARIANT) WITH ('connector' = 'datagen', 'number-of-rows' = '1');
SELECT * FROM d;
-- @reopen
CREATE TABLE r (v VARIANT) WITH ('connector' = 'filesystem', 'path' = 'r.txt', 'format' = 'raw');
SELECT * FROM r;
-- @reopen
CREATE TABLE s (id INT, v STRING);
INSERT INTO s SELECT id, v FROM t;
-- @reopen
CREATE TABLE k (v VARIANT PRIMARY KEY NOT ENFORCED);
