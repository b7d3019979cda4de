-- Comments, names, literals and the names of columns without one, as a query meets them.
SELECT 1 // to the end of the line
  + /* not
nested */ 2 /**/ - 1 AS `a``b`; -- the last of them
;;
SELECT 'a;b' AS s, `a;b` FROM (VALUES (1)) AS t(`a;b`);
SELECT äöü, _a, $b, T.äöü AS Größe FROM (VALUES (1, 2, 3)) AS T(äöü, _a, $b);
SELECT 1, 2 AS b, 3, ABS(-4), abs(-5) AS `select`;
SELECT a, a, a, b, a AS b FROM (VALUES (1, 2)) AS t(a, b);
SELECT * FROM (VALUES (1)) AS t(a), (VALUES (2)) AS u(a);
SELECT r.x, t.r.s.p, t.r.s FROM (SELECT CAST(ROW(1, ROW(2)) AS ROW<x INT, s ROW<p INT>>) AS r) AS t;
SELECT 'it''s', 'back\slash', CHAR_LENGTH(''), 'two
lines', 'joined '
  'over lines';
SELECT U&'\263A', U&'#263A' UESCAPE '#', U&'a\\b', E'a\tb\x41\101\u0041\U00000041', e'x', N'n', _UTF16'u', X'45f0';
SELECT TRUE, FALSE, UNKNOWN, CAST(NULL AS INT);
SELECT 5., .5, 0.011, 1E3, 1.5e-2, 2147483647, 2147483648, -2147483648, -9223372036854775808, 1L, 0x1F;
SELECT DATE '2024-1-3', TIME '12:34:56.7', TIMESTAMP '2024-01-31', TIMESTAMP '2024-01-31 12:34:56.123';
SELECT INTERVAL '1-2' YEAR TO MONTH, INTERVAL '3' QUARTERS, INTERVAL '2' WEEK, INTERVAL '1 2:3:4.567' DAY TO SECOND(3), INTERVAL '1:2' MINUTE TO SECOND,
  INTERVAL -'5' DAY, INTERVAL '-5' DAY, INTERVAL 5 DAYS, INTERVAL (1 + 2) HOURS, INTERVAL '100' DAY(3), INTERVAL '0.0001' SECOND;
SELECT INTERVAL a MINUTE FROM (VALUES (3)) AS t(a);
SELECT 7 + 2 || 'x' FROM (VALUES (1)) AS t(a);
SELECT 1 + 2 * 3 - -4, NOT 1 = 2 AND FALSE OR TRUE, 5 % 3 * 2, 'a' || 'b' = 'ab', 2 BETWEEN 1 AND 1 + 1, (1, 2) = (1, 2), ROW(1, 'a') <> ROW(1, 'b');
CREATE TEMPORARY VIEW v AS SELECT 1 AS a;
TABLE v;
VALUES 1, 2;
VALUES (1, 'a'), (2, 'b');
SELECT a FROM (VALUES 1, 2) AS t(a) WHERE (a = 2) IS NOT UNKNOWN AND a > 1;
SELECT (1, CAST(NULL AS INT)) <> (1, 2), (1, CAST(NULL AS INT)) <> (2, 2), (1, 2) IS DISTINCT FROM (1, CAST(NULL AS INT)), (1, CAST(NULL AS INT)) IS DISTINCT FROM (1, CAST(NULL AS INT));
SELECT 1 AS x WHERE 1 = 1;
SELECT E'\q\.\8', E'a\\b', E'\xg\x4g', E'\400\377', E'it''s\'', U&'!!0041' UESCAPE '!';
SELECT TIMESTAMP ' 2024-01-31   12:34:56.5', DATE ' 2024-01-31', TIME ' 12:34:56.';
