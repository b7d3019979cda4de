-- @case a near keyword
SELEC 1;
-- @case a missing FROM table
SELECT a FROM WHERE b = 1;
-- @case a reserved word as a column
CREATE TEMPORARY TABLE t (user STRING) WITH ('connector' = 'blackhole');
-- @case double quotes
SELECT "a" FROM t;
-- @case an unterminated string
SELECT 'abc;
-- @case a number out of range
SELECT 99999999999999999999;
-- @case a bad timestamp
SELECT TIMESTAMP '2024-01-31T12:00:00';
-- @case an interval that does not match
SELECT INTERVAL '1:2' DAY;
-- @case several lines
SELECT
  1,
  2 +
FROM t;

-- @case PARTITION BY behind what is no table
SELECT * FROM SESSION(1 + 1 PARTITION BY k, DESCRIPTOR(ts), INTERVAL '1' SECOND);
-- @case UESCAPE by what may stand in an escape
SELECT U&'x' UESCAPE 'a';
-- @case UESCAPE by a blank
SELECT U&'x' UESCAPE ' ';
-- @case a blank behind a timestamp
SELECT TIMESTAMP '2024-01-31 12:34:56 ';
