-- @case a Unicode block
SELECT REGEXP('abc', '\p{InGreek}');

-- @case looking behind at any length
SELECT REGEXP_EXTRACT('abc', '(?<=a{1,3}b?)c', 0);

-- @case half a surrogate pair
SELECT REGEXP_COUNT('abc', '\uD834x');

-- @case a negated property of parts
SELECT STR_TO_MAP('a=1', '[\P{javaWhitespace}]');

-- @case date pattern: reserved
SELECT DATE_FORMAT(TIMESTAMP '2024-02-29 13:14:15', 'yyyy{');

-- @case date pattern: no [
SELECT DATE_FORMAT(TIMESTAMP '2024-02-29 13:14:15', 'yyyy]');

-- @case date pattern: number of letters
SELECT DATE_FORMAT(TIMESTAMP '2024-02-29 13:14:15', 'BB');

-- @case date pattern: nothing to pad
SELECT DATE_FORMAT(TIMESTAMP '2024-02-29 13:14:15', 'HH p');

-- @case date pattern: no letter of SimpleDateFormat
SELECT FROM_UNIXTIME(0, 'Q');

-- @case date pattern: nor e
SELECT TO_DATE('2024', 'yyyy-e');

-- @case date pattern: too many X
SELECT UNIX_TIMESTAMP('2024', 'XXXX');

-- @case date pattern: b
SELECT TO_TIMESTAMP_LTZ('2024', 'bb');

-- @case a regular expression of a column
SELECT REGEXP(s, p) FROM (VALUES ('abc', 'b'), ('abc', '\p{InGreek}')) AS t(s, p);

-- @case a regular expression that is given up
SELECT REGEXP(REPEAT(s, 40), '^(?:a|a|a)*[bc]') FROM (VALUES ('a')) AS t(s);

-- @case a zone that is not there
SELECT DATE_FORMAT(TIMESTAMP '2024-02-29 13:14:15', 'HH z');

-- @case the name of a zone
SET 'table.local-time-zone' = 'Europe/Berlin';
SELECT FROM_UNIXTIME(0, 'HH z');

-- @case positions count from 1
SELECT INSTR('abc', 'b', 1, n) FROM (VALUES (0)) AS t(n);

-- @case a character set that is not there
SELECT ENCODE('a', 'windows-1252');

-- @case digits of intervals
SELECT INTERVAL '1' HOUR(0), INTERVAL '1' SECOND(2, 10), INTERVAL 1 YEAR(11);

-- @case half a surrogate pair
SELECT U&'\D834', E'\ud834';
