CREATE TEMPORARY TABLE orders (id BIGINT, `user` STRING, price DECIMAL(10, 2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'datagen', 'number-of-rows' = '1');
-- @case two columns at once
SELECT usr, SUM(prce) FROM orders GROUP BY `user`;
-- @case a table
SELECT * FROM ordrs;
-- @case a function
SELECT cuont(id), SUBSTRNG(`user`, 1) FROM orders;
-- @case an ambiguous column
SELECT id FROM (SELECT id FROM orders) AS a, (SELECT id FROM orders) AS b;
-- @case a qualified column
SELECT o.prise FROM orders AS o;
-- @case an unknown window
SELECT SUM(price) OVER w FROM orders;
-- @case existing table
CREATE TEMPORARY TABLE orders (a INT) WITH ('connector' = 'blackhole');
-- @case dropping what is not there
DROP TABLE nope;
-- @case two columns of one name
CREATE TEMPORARY TABLE t (a INT, a STRING) WITH ('connector' = 'blackhole');
-- @case a join without a condition
SELECT 1 FROM orders AS a JOIN orders AS b;
-- @case two tables of one name
SELECT 1 FROM orders, orders;
-- @case a column that one side of USING lacks
SELECT 1 FROM orders AS a JOIN (SELECT price FROM orders) AS b USING (id);
-- @case USING of a column that one side has twice
SELECT 1 FROM (orders AS a CROSS JOIN orders AS b) JOIN orders AS c USING (id);
-- @case columns of a join
SELECT b.prce, usr FROM orders AS a LEFT JOIN orders AS b ON a.id = b.id;
-- @case a column of a table that comes later
SELECT 1 FROM orders AS a JOIN orders AS b ON a.id = c.id JOIN orders AS c ON TRUE;
-- @case ON is no condition
SELECT 1 FROM orders AS a JOIN orders AS b ON a.id;
-- @case UNNEST of what is no collection
SELECT * FROM orders, UNNEST(`user`) AS u(x);
-- @case UNNEST with too many names
SELECT * FROM orders CROSS JOIN UNNEST(ARRAY[id]) AS u(x, y);
-- @case UNNEST does not see the right side
SELECT * FROM UNNEST(ARRAY[id]) AS u(x), orders;
-- @case UNNEST and RIGHT JOIN
SELECT * FROM orders RIGHT JOIN UNNEST(ARRAY[id]) AS u(x) ON TRUE;
-- @case UNNEST and FULL JOIN
SELECT * FROM orders FULL JOIN UNNEST(ARRAY[id]) AS u(x) ON x > 1;
-- @case UNNEST and USING
SELECT * FROM orders JOIN UNNEST(ARRAY[id]) AS u(x) USING (id);
-- @case UNNEST without a condition
SELECT * FROM orders LEFT JOIN UNNEST(ARRAY[id]) AS u(x);
-- @case UNNEST under a name that is taken
SELECT * FROM orders, UNNEST(ARRAY[id]) AS orders(x);
-- @case UNNEST with a name twice
SELECT * FROM orders, UNNEST(MAP['a', id]) AS u(x, x);
-- @case a scalar function as a table
SELECT * FROM orders, LATERAL TABLE(SPLIT(`user`, ',')) AS u(x);
-- @case an unknown table function
SELECT * FROM orders, LATERAL TABLE(EXPLODE(`user`)) AS u(x);
-- @case a column that a sub-query has twice
SELECT t.a FROM (SELECT 1 AS a, 2 AS a) AS t;
-- @case a star over a column that a sub-query has twice
SELECT 1, t.* FROM (SELECT id, price AS id FROM orders) AS t;
-- @case GROUP BY and a condition on columns that a sub-query has twice
SELECT COUNT(*) FROM (SELECT a.id, b.id FROM orders AS a JOIN orders AS b ON a.price = b.price) WHERE id > 1 GROUP BY id;
-- @case NATURAL JOIN of a column that one side has twice
SELECT 1 FROM (SELECT 1 AS a, 2 AS a) AS t NATURAL JOIN (SELECT 1 AS a) AS u;
-- @case a number is no name
SELECT id0 FROM (SELECT a.id, b.id FROM orders AS a JOIN orders AS b ON a.price = b.price);
-- @case ORDER BY a name that the select list has twice
SELECT id, price AS id FROM orders ORDER BY id;
-- @case ORDER BY an expression of a name that the select list has twice
SELECT id, price AS id FROM orders ORDER BY id + 1;
-- @case ORDER BY a name that a set operation has twice
SELECT id, id FROM orders UNION SELECT id, id FROM orders ORDER BY id;
-- @case QUALIFY by a name that the select list has twice
SELECT id, ROW_NUMBER() OVER (ORDER BY ts) AS id FROM orders QUALIFY id < 3;
-- @case DISTINCT and ORDER BY of what is not selected
SET 'execution.runtime-mode' = 'batch';
SELECT DISTINCT id AS x FROM orders ORDER BY x + price;
-- @case a WITH item with two columns of one name
WITH t AS (SELECT id, price AS id FROM orders) SELECT 1 FROM t;
-- @case a view with two columns of one name
CREATE TEMPORARY VIEW t AS SELECT a.*, b.id FROM orders AS a JOIN orders AS b ON a.id = b.id;
-- @case a WITH item that nobody reads
WITH t AS (SELECT prce FROM orders), u AS (SELECT 1 FROM ordrs), v AS (SELECT 1 AS a, 2 AS a) SELECT 1 FROM orders;
-- @case CROSS JOIN with a condition
SELECT 1 FROM orders AS a CROSS JOIN orders AS b ON a.id = b.id;
-- @case NATURAL JOIN with a condition
SELECT 1 FROM orders AS a NATURAL JOIN orders AS b USING (id);
-- @case CROSS JOIN UNNEST with a condition
SELECT 1 FROM orders CROSS JOIN UNNEST(ARRAY[id]) AS u(x) ON x > 1;
