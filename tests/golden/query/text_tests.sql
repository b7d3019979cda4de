-- Sets in SIMILAR TO that look like classes, and tests of text given numbers.
SELECT s, s SIMILAR TO 'a[:alpha:]' AS letters, s SIMILAR TO 'a[[:alpha:]]' AS class, s SIMILAR TO 'a[^:x]' AS negated, s SIMILAR TO 'a[=.]' AS signs FROM (VALUES ('al'), ('a:'), ('ab'), ('a.'), ('a1')) AS t(s);
SELECT x, IS_ALPHA(x) AS a, IS_DIGIT(x) AS d, IS_DECIMAL(x) AS n, IS_DIGIT(CAST(x AS DOUBLE)) AS e FROM (VALUES (1), (-1), (CAST(NULL AS INT))) AS t(x);
