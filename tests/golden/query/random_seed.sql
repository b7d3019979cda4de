-- A seed fixes the sequence of a call, whatever the batches; the numbers are those of a real Flink.
-- @modes straight,rows2
SELECT x, RAND(1) AS r, RAND(1) AS s, RAND_INTEGER(1, 10) AS i, RAND_INTEGER(7, 1024) AS p FROM (VALUES (1), (2), (3), (4), (5)) AS t(x);
