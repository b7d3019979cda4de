-- BIGINT by constants (products with an inverse) and by a column (plain division) agree, up to both ends of the range.
CREATE TEMPORARY VIEW n AS SELECT * FROM (VALUES (0), (1), (-1), (6), (7), (-7), (8), (999), (1000), (-1000), (4294967296), (1000000007000),
  (9223372036854775807), (-9223372036854775807), (9223372036854775806), (4611686018427387904), (-9223372036854775807 - 1)) AS t(x);
SELECT x, x / 2 AS c_two, x / 7 AS c_seven, x / -7 AS c_neg, x / 1000 AS c_thousand, x / 4294967296 AS c_wide, x / 9223372036854775807 AS c_largest, x / 1 AS c_one, x / -1 AS c_opposite FROM n;
SELECT x, x % 2 AS c_two, x % 7 AS c_seven, x % -7 AS c_neg, x % 1000 AS c_thousand, x % 4294967296 AS c_wide, x % 9223372036854775807 AS c_largest, x % 1 AS c_one, x % -1 AS c_opposite FROM n;
SELECT d, SUM(CASE WHEN x / d = CASE d WHEN 3 THEN x / 3 WHEN -10 THEN x / -10 WHEN 641 THEN x / 641 ELSE x / 6700417000000 END
  AND x % d = CASE d WHEN 3 THEN x % 3 WHEN -10 THEN x % -10 WHEN 641 THEN x % 641 ELSE x % 6700417000000 END THEN 0 ELSE 1 END) AS wrong
FROM n CROSS JOIN (VALUES (CAST(3 AS BIGINT)), (-10), (641), (6700417000000)) AS t(d) GROUP BY d;
