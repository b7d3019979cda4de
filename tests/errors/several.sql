CREATE TEMPORARY TABLE t (a INT, b STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'datagen', 'number-of-rows' = '1');
-- @case SELECT list, WHERE, GROUP BY, HAVING
SELECT aa, UPPR(b), a + ts
FROM t
WHERE bb = 1
GROUP BY cc
HAVING SUM(dd) > 1;
-- @case ON and SELECT list
SELECT x.aa, y.b
FROM t AS x JOIN t AS y ON x.a = y.aaa AND x.b > y.ts;
-- @case both sides of a UNION
SELECT aa FROM t
UNION ALL
SELECT bb FROM t;
-- @case a sub-query and the query around it
SELECT nope1
FROM t
WHERE a IN (SELECT nope2 FROM t) AND EXISTS (SELECT 1 FROM t WHERE nope3 = 1);
-- @case several items of WITH
WITH v AS (SELECT nope1 FROM t),
     w AS (SELECT nope2 FROM t)
SELECT * FROM v, w;
-- @case sub-queries in FROM
SELECT nope1 FROM (SELECT nope2 FROM t) AS x, (SELECT nope3 FROM t) AS y;
-- @case arguments of one call
SELECT CONCAT(nope1, UPPER(nope2), SUBSTRING(a FROM 'x')) FROM t;
-- @case CASE
SELECT CASE WHEN nope1 THEN nope2 WHEN a THEN 1 ELSE nope3 END FROM t;
-- @case windows of OVER
SELECT SUM(a) OVER (PARTITION BY nope1 ORDER BY ts), MAX(nope2) OVER w FROM t WINDOW w AS (ORDER BY nope3);
-- @case ORDER BY and LIMIT
SELECT a FROM t WHERE nope1 ORDER BY nope2 LIMIT 'x';
-- @case statements of a statement set
CREATE TEMPORARY TABLE o (a INT) WITH ('connector' = 'blackhole');
EXECUTE STATEMENT SET BEGIN
INSERT INTO o SELECT nope1 FROM t;
INSERT INTO o SELECT nope2 FROM t;
END;
-- @case columns of a table
CREATE TABLE q (a INT, b AS nope1 + 1, c AS UPPR('x'), d DECIMAL(50, 2), e NOSUCHTYPE) WITH ('connector' = 'prnt', 'x' = 'y');
-- @case rows of VALUES
SELECT * FROM (VALUES (nope1, 1), (2, UPPR('x'))) AS v (x, y);
-- @case SET and WHERE of UPDATE
CREATE TABLE s (a INT, b STRING);
UPDATE s SET nope1 = 1, a = 'x', b = nope2 WHERE nope3 = 1;
