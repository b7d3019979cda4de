CREATE TEMPORARY TABLE orders (id BIGINT, name STRING, price DECIMAL(10, 2), ts TIMESTAMP(3), p AS PROCTIME(), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'datagen');
-- @case a column that is not grouped
SELECT name, id, COUNT(*) FROM orders GROUP BY name;
-- @case an aggregate in WHERE
SELECT name FROM orders WHERE COUNT(*) > 1 GROUP BY name;
-- @case nested aggregates
SELECT SUM(COUNT(*)) FROM orders GROUP BY name;
-- @case a window over a plain column
SELECT window_start, COUNT(*) FROM TUMBLE(TABLE orders, DESCRIPTOR(id), INTERVAL '10' SECOND) GROUP BY window_start, window_end;
-- @case a window of no size
SELECT window_start, COUNT(*) FROM TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '0' SECOND) GROUP BY window_start, window_end;
-- @case a hop that does not fit
SELECT window_start, COUNT(*) FROM HOP(TABLE orders, DESCRIPTOR(ts), INTERVAL '3' SECOND, INTERVAL '10' SECOND) GROUP BY window_start, window_end;
-- @case OVER ordered by a plain column
SELECT SUM(price) OVER (PARTITION BY name ORDER BY id ROWS 2 PRECEDING) FROM orders;
-- @case OVER with two windows
SELECT SUM(price) OVER (PARTITION BY name ORDER BY ts), SUM(price) OVER (PARTITION BY id ORDER BY ts) FROM orders;
-- @case a frame that looks ahead
SELECT SUM(price) OVER (PARTITION BY name ORDER BY ts ROWS BETWEEN CURRENT ROW AND 2 FOLLOWING) FROM orders;
-- @case ordering a stream
SELECT * FROM orders ORDER BY price;
-- @case a join
SELECT * FROM orders a JOIN orders b ON a.id = b.id;
