-- Batch mode has final rows only, whatever mini-batch is set to (the harness sets it off): an aggregate over nothing gives its one row.
SET 'execution.runtime-mode' = 'batch';
SELECT COUNT(*) AS n, SUM(a) AS s FROM (VALUES (1)) AS t(a) WHERE a > 5;
SELECT a, (SELECT COUNT(*) FROM (VALUES (1)) AS u(b) WHERE b > 5) AS n FROM (VALUES (1), (2)) AS t(a);
