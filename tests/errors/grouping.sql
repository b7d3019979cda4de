CREATE TEMPORARY TABLE orders (id BIGINT, name STRING, price DECIMAL(10, 2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'datagen');
-- @case GROUPING of something that is no key
SELECT name, GROUPING(id) FROM orders GROUP BY ROLLUP (name);
-- @case GROUPING of a key and of something that is none
SELECT name, GROUPING(name, id + 1) FROM orders GROUP BY CUBE (name, price);
-- @case GROUPING without GROUP BY
SELECT GROUPING(name) FROM orders;
-- @case GROUPING in WHERE
SELECT name FROM orders WHERE GROUPING(name) = 0 GROUP BY ROLLUP (name);
-- @case GROUPING in an aggregate
SELECT name, SUM(GROUPING(name)) FROM orders GROUP BY ROLLUP (name);
-- @case GROUPING without an argument
SELECT name, GROUPING_ID() FROM orders GROUP BY ROLLUP (name);
-- @case GROUP_ID with an argument
SELECT name, GROUP_ID(name) FROM orders GROUP BY ROLLUP (name);
-- @case GROUPING with a FILTER
SELECT name, GROUPING(name) FILTER (WHERE id > 1) FROM orders GROUP BY ROLLUP (name);
-- @case a column that no grouping set has
SELECT name, id FROM orders GROUP BY GROUPING SETS ((name), (price));
-- @case a rollup of grouping sets
SELECT name FROM orders GROUP BY ROLLUP (name, CUBE (id));
-- @case a window in grouping sets
SELECT name FROM orders GROUP BY ROLLUP (TUMBLE(ts, INTERVAL '1' SECOND), name);
-- @case a position in grouping sets
SELECT name FROM orders GROUP BY ROLLUP (1);
-- @case too many grouping sets
SELECT COUNT(*) FROM orders GROUP BY CUBE (name, id, price), CUBE (name || 'a', name || 'b', name || 'c', name || 'd', name || 'e', name || 'f', name || 'g', name || 'h', name || 'i', name || 'j');
-- @case too large a cube
SELECT COUNT(*) FROM orders GROUP BY CUBE (id, id + 1, id + 2, id + 3, id + 4, id + 5, id + 6, id + 7, id + 8, id + 9, id + 10, id + 11, id + 12);
