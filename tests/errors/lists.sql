CREATE TEMPORARY TABLE orders (id BIGINT, name STRING, price DECIMAL(10, 2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'datagen');
-- @case LISTAGG of numbers
SELECT LISTAGG(id) FROM orders;
-- @case a separator that is no text
SELECT LISTAGG(name, 1) FROM orders;
-- @case a separator that differs by row
SELECT LISTAGG(name, name) FROM orders;
-- @case no separator
SELECT LISTAGG(name, CAST(NULL AS STRING)) FROM orders;
-- @case too many arguments
SELECT LISTAGG(name, ',', ';') FROM orders;
-- @case a percentage above one
SELECT PERCENTILE(id, 1.5) FROM orders;
-- @case a percentage that differs by row
SELECT PERCENTILE(id, price) FROM orders;
-- @case a percentage of many below zero
SELECT PERCENTILE(id, ARRAY[0.5, -0.1]) FROM orders;
-- @case a percentile of texts
SELECT PERCENTILE(name, 0.5) FROM orders;
-- @case a frequency that is no number
SELECT PERCENTILE(id, 0.5, 1.5) FROM orders;
-- @case bits of decimals
SELECT BIT_AND(price) FROM orders;
-- @case NULLs of an aggregate that knows no other way
SELECT SUM(id) RESPECT NULLS FROM orders;
-- @case NULLs of LISTAGG
SELECT LISTAGG(name) RESPECT NULLS FROM orders;
-- @case DISTINCT where the order of rows decides
SELECT FIRST_VALUE(DISTINCT name) RESPECT NULLS FROM orders;
-- @case an aggregate of a list
SELECT LISTAGG(LISTAGG(name)) FROM orders;
-- @case two columns counted
SELECT COUNT(id, name) FROM orders;
-- @case two different columns counted
SELECT COUNT(DISTINCT id, name) FROM orders;
-- @case grouping sets in a correlated sub-query
SELECT o.id, (SELECT MAX(c) FROM (SELECT COUNT(*) AS c FROM orders i WHERE i.id = o.id GROUP BY ROLLUP (i.name))) FROM orders o;
-- @case order in an aggregate
SELECT LISTAGG(name ORDER BY id) FROM orders;
-- @case order in an array
SELECT ARRAY_AGG(name ORDER BY id DESC) FROM orders;
-- @case order within a group
SELECT LISTAGG(name, ',') WITHIN GROUP (ORDER BY id) FROM orders;
-- @case an aggregate by another name
SELECT STRING_AGG(name, ',') FROM orders;
-- @case an aggregate of another dialect
SELECT GROUP_CONCAT(name) FROM orders;
-- @case more of one key than an aggregate may gather, at run time
CREATE TEMPORARY TABLE d (i INT) WITH ('connector' = 'datagen', 'number-of-rows' = '140', 'fields.i.kind' = 'sequence', 'fields.i.start' = '1', 'fields.i.end' = '140');
SET 'execution.runtime-mode' = 'batch';
SELECT CHAR_LENGTH(x) FROM (SELECT LISTAGG(REPEAT('x', 1000000 + i)) AS x FROM d);
-- @case .. by JSON_ARRAYAGG in a window
CREATE TEMPORARY TABLE d (i INT, ts AS TIMESTAMP '2024-01-01 00:00:00.000', WATERMARK FOR ts AS ts) WITH ('connector' = 'datagen', 'number-of-rows' = '140', 'fields.i.kind' = 'sequence', 'fields.i.start' = '1', 'fields.i.end' = '140');
SELECT window_end, CHAR_LENGTH(JSON_ARRAYAGG(REPEAT('x', 1000000 + i))) FROM TUMBLE(TABLE d, DESCRIPTOR(ts), INTERVAL '1' HOUR) GROUP BY window_start, window_end;
