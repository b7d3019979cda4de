-- Functions with a body in SQL: inlined where they are called, arguments cast to their parameters.
CREATE FUNCTION area(w DOUBLE, h DOUBLE) RETURNS DOUBLE COMMENT 'of a rectangle' RETURN w * h;
CREATE FUNCTION volume(w DOUBLE, h DOUBLE, d DOUBLE) RETURNS DOUBLE RETURN area(w, h) * d;
CREATE TEMPORARY FUNCTION label(n INT) RETURNS STRING RETURN CASE WHEN n IS NULL THEN 'none' WHEN n < 0 THEN 'minus' ELSE CAST(n AS STRING) END;
SELECT AREA(2, 3), volume(d => 4, w => 1, h => 2), label(NULL), label(-1), label(7);
CREATE TABLE t (a INT, b AS area(a, a));
INSERT INTO t VALUES (2), (3);
SELECT a, b FROM t WHERE area(a, 1) > 2;
SELECT SUM(volume(a, a, a)) FROM t;
SHOW USER FUNCTIONS;
SHOW FUNCTIONS LIKE 'vol%';
SHOW CREATE FUNCTION volume;
-- @reopen the temporary one is gone
SHOW USER FUNCTIONS;
DESCRIBE FUNCTION EXTENDED area;
DESCRIBE FUNCTION UPPER;
SELECT * FROM t;
CREATE OR REPLACE FUNCTION area(w DOUBLE, h DOUBLE) RETURNS DOUBLE RETURN w * h * 10;
SELECT * FROM t;
SELECT area(1);
-- @reopen
SELECT area(1, z => 2);
-- @reopen
SELECT area('x', 2);
-- @reopen
CREATE FUNCTION f(a INT) RETURNS INT RETURN a + nope;
-- @reopen
CREATE FUNCTION f(a INT) RETURNS INT RETURN 'x' || a;
-- @reopen
CREATE FUNCTION f(a INT) RETURNS INT RETURN f(a - 1);
-- @reopen
CREATE OR REPLACE FUNCTION area(w DOUBLE, h DOUBLE) RETURNS DOUBLE RETURN volume(w, h, 1);
-- @reopen
CREATE FUNCTION f(a INT) RETURNS INT RETURN SUM(a);
-- @reopen
CREATE FUNCTION reverse(a STRING) RETURNS STRING RETURN a;
-- @reopen
CREATE FUNCTION f AS 'com.example.F' LANGUAGE JAVA USING JAR 'f.jar';
-- @reopen
CREATE FUNCTION pair(x DOUBLE) RETURNS DOUBLE RETURN x + x;
SELECT pair(RAND());
-- @reopen
DROP FUNCTION area;
-- @reopen
DROP FUNCTION nope;
-- @reopen
CREATE FUNCTION div(a INT, b INT) RETURNS INT RETURN a / b;
SELECT 1 + div(1, 0);
-- @reopen
DROP FUNCTION IF EXISTS nope;
DROP TABLE t;
DROP FUNCTION volume;
DROP FUNCTION area;
SHOW USER FUNCTIONS;
