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
-- @case OVER without an order on a stream
SELECT SUM(price) OVER (PARTITION BY name) FROM orders;
-- @case OVER in descending order on a stream
SELECT SUM(price) OVER (PARTITION BY name ORDER BY ts DESC) FROM orders;
-- @case LAG by a plain column on a stream
SELECT LAG(price) OVER (PARTITION BY name ORDER BY id) FROM orders;
-- @case a call that needs the whole partition on a stream
SELECT id, LEAD(price) OVER (PARTITION BY name ORDER BY ts) FROM orders;
-- @case several columns of OVER's order on a stream
SELECT RANK() OVER (PARTITION BY name ORDER BY ts, price) FROM orders;
-- @case a rank without an order
SELECT RANK() OVER (PARTITION BY name) FROM orders;
-- @case a frame by distance over text
SELECT SUM(price) OVER (ORDER BY name RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM orders;
-- @case a frame by distance over two columns
SELECT SUM(price) OVER (ORDER BY price, id RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM orders;
-- @case a frame that ends before it begins
SELECT SUM(price) OVER (ORDER BY id ROWS BETWEEN 1 FOLLOWING AND CURRENT ROW) FROM orders;
-- @case a frame that begins at the end
SELECT SUM(price) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED FOLLOWING AND UNBOUNDED FOLLOWING) FROM orders;
-- @case a frame of a negative number of rows
SELECT SUM(price) OVER (ORDER BY id ROWS BETWEEN -1 PRECEDING AND CURRENT ROW) FROM orders;
-- @case NTILE of no parts
SELECT NTILE(0) OVER (ORDER BY id) FROM orders;
-- @case a Top-N without an end on a stream
SELECT * FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY name ORDER BY price DESC) AS rn FROM orders) WHERE rn >= 2;
-- @case a Top-N of RANK on a stream
SELECT * FROM (SELECT id, RANK() OVER (PARTITION BY name ORDER BY price DESC) AS rn FROM orders) WHERE rn <= 2;
-- @case a Top-N over rows that change
SELECT * FROM (SELECT name, c, ROW_NUMBER() OVER (ORDER BY c DESC) AS rn FROM (SELECT name, COUNT(*) AS c FROM orders GROUP BY name)) WHERE rn <= 3;
-- @case an aggregate over a Top-N
SELECT COUNT(*) FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY name ORDER BY price DESC) AS rn FROM orders) WHERE rn <= 3;
-- @case a window over a deduplication that keeps the last row
SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY name ORDER BY ts DESC) AS rn FROM orders) WHERE rn = 1 ORDER BY ts;
-- @case a window join on processing time
SELECT a.id FROM (SELECT * FROM TUMBLE(TABLE orders, DESCRIPTOR(p), INTERVAL '1' SECOND)) a JOIN (SELECT * FROM TUMBLE(TABLE orders, DESCRIPTOR(p), INTERVAL '1' SECOND)) b ON a.window_start = b.window_start AND a.window_end = b.window_end;
-- @case QUALIFY without an OVER call
SELECT id FROM orders QUALIFY price > 10;
-- @case a frame that looks ahead
SELECT SUM(price) OVER (PARTITION BY name ORDER BY ts ROWS BETWEEN CURRENT ROW AND 2 FOLLOWING) FROM orders;
-- @case ordering a stream
SELECT * FROM orders ORDER BY price;
-- @case a session without a gap
SELECT * FROM SESSION(TABLE orders, DESCRIPTOR(ts), INTERVAL '0' SECOND);
-- @case a session with an offset
SELECT * FROM SESSION(TABLE orders, DESCRIPTOR(ts), INTERVAL '1' SECOND, INTERVAL '2' SECOND);
-- @case a session's argument by a wrong name
SELECT * FROM SESSION(DATA => TABLE orders, TIMECOL => DESCRIPTOR(ts), SIZE => INTERVAL '1' SECOND);
-- @case a session by a column that is not there
SELECT * FROM SESSION(TABLE orders PARTITION BY nam, DESCRIPTOR(ts), INTERVAL '1' SECOND);
-- @case a session over a plain column
SELECT * FROM SESSION(TABLE orders PARTITION BY name, DESCRIPTOR(id), INTERVAL '1' SECOND);
-- @case PARTITION BY of another window
SELECT * FROM TUMBLE(TABLE orders PARTITION BY name, DESCRIPTOR(ts), INTERVAL '1' SECOND);
-- @case the last different value of a session
SELECT name, window_start, LAST_VALUE(DISTINCT price) FROM SESSION(TABLE orders PARTITION BY name, DESCRIPTOR(ts), INTERVAL '1' SECOND) GROUP BY name, window_start, window_end;
-- @case what cannot be merged in a legacy session
SELECT name, JSON_OBJECTAGG(name VALUE price) FROM orders GROUP BY name, SESSION(ts, INTERVAL '1' SECOND);
-- @case a legacy session with a size
SELECT name, COUNT(*) FROM orders GROUP BY name, SESSION(ts, INTERVAL '1' SECOND, INTERVAL '5' SECOND);
-- @case another gap in a helper of a session
SELECT SESSION_START(ts, INTERVAL '2' SECOND), COUNT(*) FROM orders GROUP BY SESSION(ts, INTERVAL '1' SECOND);
-- @case a temporal join
SELECT * FROM orders a JOIN orders FOR SYSTEM_TIME AS OF a.ts AS b ON a.id = b.id;
-- @case an interval join
SELECT a.id FROM orders a JOIN orders b ON a.id = b.id AND a.ts BETWEEN b.ts - INTERVAL '1' HOUR AND b.ts;
-- @case aggregating an outer join
SELECT a.name, COUNT(*) FROM orders a LEFT JOIN orders b ON a.id = b.id GROUP BY a.name;
-- @case an outer join into inserts only
CREATE TEMPORARY TABLE sink (a BIGINT, b BIGINT) WITH ('connector' = 'filesystem', 'path' = 'out', 'format' = 'json');
INSERT INTO sink SELECT a.id, b.id FROM orders a FULL JOIN orders b ON a.id = b.id;
