-- What a newcomer writes, and the hint that tells what to write instead.
CREATE TEMPORARY TABLE s (id INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'datagen');
-- @case a field of a map
SELECT m.src FROM (VALUES (MAP['src', 'ad'])) AS t (m);
-- @case a field of a list of rows
SELECT items.sku FROM (VALUES (ARRAY[ROW('A1', 2)])) AS t (items);
-- @case a field of a list of numbers
SELECT n.a FROM (VALUES (ARRAY[1])) AS t (n);
-- @case a metadata key in back-ticks
CREATE TABLE m (a INT, t TIMESTAMP(3) METADATA FROM `timestamp` VIRTUAL) WITH ('connector' = 'kafka');
-- @case an option key without quotes
CREATE TABLE m (a INT) WITH (connector = 'kafka');
-- @case an option value in double quotes
CREATE TABLE m (a INT) WITH ('connector' = "kafka");
-- @case a table without the word TABLE
SELECT window_start, COUNT(*) FROM TUMBLE(s, DESCRIPTOR(ts), INTERVAL '1' MINUTE) GROUP BY window_start, window_end;
-- @case slide and size in the wrong order
SELECT window_start, COUNT(*) FROM HOP(TABLE s, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL '30' SECOND) GROUP BY window_start, window_end;
-- @case no warning where state goes with time
EXPLAIN SELECT id, SUM(id) OVER (PARTITION BY id ORDER BY ts RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW) FROM s;
-- @case a warning where it stays: rows are counted
EXPLAIN SELECT id, SUM(id) OVER (PARTITION BY id ORDER BY ts ROWS BETWEEN 3 PRECEDING AND CURRENT ROW) FROM s;
-- @case a warning where it stays: DISTINCT
EXPLAIN SELECT id, COUNT(DISTINCT id) OVER (PARTITION BY id ORDER BY ts RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW) FROM s;
-- @case a hint that nobody knows
SELECT /*+ BROADCST(s) */ id FROM s;
-- @case a hint for a table that is not there
SELECT /*+ STATE_TTL('s' = '1 d', 't' = '1 d') */ id FROM s;
-- @case a hint with a time that is none
SELECT /*+ STATE_TTL('s' = 'long') */ id FROM s;
-- @case a hint without a table
SELECT /*+ SHUFFLE_HASH */ id FROM s;
-- @case UNNEST as an expression
SELECT UNNEST(ARRAY[1]);
-- @case a MULTISET written out
SELECT MULTISET[1, 1];
-- @case a list compared with a text
SELECT ARRAY['a'] = 'a';
-- @case a time to live where nothing is kept
EXPLAIN SELECT /*+ STATE_TTL('s' = '1 d') */ id FROM s;
-- @case a time to live instead of a window
SET 'table.exec.state.ttl' = '1 d';
EXPLAIN SELECT id, COUNT(*) FROM s GROUP BY id;
-- @case a time to live that is none
SET 'table.exec.state.ttl' = 'a day';
