CREATE TEMPORARY TABLE orders (id BIGINT, name STRING, price DECIMAL(10, 2), ok BOOLEAN, d DATE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'datagen', 'number-of-rows' = '1');
-- @case adding a price and a time
SELECT price + ts FROM orders;
-- @case a condition that is none
SELECT id FROM orders WHERE price;
-- @case comparing a number and text
SELECT id FROM orders WHERE id = 'a';
-- @case an impossible cast
SELECT CAST(id AS DATE) FROM orders;
-- @case wrong arguments
SELECT SUBSTRING(ok, 1), UPPER(1, 2) FROM orders;
-- @case CASE of two kinds
SELECT CASE WHEN ok THEN 1 ELSE 'a' END FROM orders;
-- @case a date and a timestamp
SELECT id FROM orders WHERE d = ts;
-- @case unknown type
CREATE TEMPORARY TABLE t (a REAL) WITH ('connector' = 'blackhole');
-- @case a run-time cast
SELECT CAST(name AS INT) FROM (VALUES ('12'), ('12a')) AS t(name);
-- @case a run-time division
SELECT 10 / n FROM (VALUES (1), (0)) AS t(n);
-- @case collections: literals that cannot be
SELECT ARRAY[], MAP['a', 1, 'b'], ARRAY[1, 'a'], MAP['a', 1, 'b', TRUE], ARRAY[NULL];
-- @case collections: indexes that cannot be
SELECT ARRAY[1, 2][0], ARRAY[1][-1], ARRAY[1][id], MAP['a', 1][id], name[1], ARRAY[1]['a'], ROW(1, 2)[3] FROM orders;
-- @case collections: no order, no arithmetic
SELECT ARRAY[1] < ARRAY[2], ARRAY[1] + 1, ARRAY[1] = 1, CAST(ARRAY[1] AS INT), MAX(MAP['a', id]) FROM orders;
-- @case collections: ORDER BY a map
SELECT id FROM orders ORDER BY MAP['a', id];
-- @case collections: more than one element
SELECT ELEMENT(a) FROM (VALUES (ARRAY[1]), (ARRAY[1, 2])) AS t(a);
-- @case collections: a cast inside
SELECT CAST(ARRAY[name, '1'] AS ARRAY<INT>) FROM (VALUES ('12'), ('12a')) AS t(name);
-- @case collections: arguments of functions
SELECT ARRAY_APPEND(ARRAY[1], 'a'), ARRAY_CONTAINS(ARRAY[1], CAST(1 AS BIGINT)), ARRAY_JOIN(ARRAY[1], '-'), ARRAY_SORT(ARRAY[TRUE]), ARRAY_CONCAT(ARRAY[1], ARRAY['a']), ARRAY_MAX(MAP['a', 1]), MAP_KEYS(ARRAY[1]), SPLIT(name, 1) FROM orders;
-- @case collections: more functions
SELECT MAP_UNION(MAP['a', 1], MAP[1, 1]), MAP_FROM_ARRAYS(ARRAY[1], 2), ARRAY_SLICE(ARRAY[1], id), PRINTF(5), REGEXP_EXTRACT_ALL(name), CURRENT_DATABASE(1) FROM orders;
-- @case collections: keys without values
SELECT MAP_FROM_ARRAYS(a, ARRAY[1, 2]) FROM (VALUES (ARRAY['a', 'b']), (ARRAY['a'])) AS t(a);
-- @case collections: a separator that is no pattern
SELECT STR_TO_MAP(s, '(', '=') FROM (VALUES ('a=1')) AS t(s);
-- @case a format that is too wide
SELECT PRINTF('%2000000d', n) FROM (VALUES (1)) AS t(n);
