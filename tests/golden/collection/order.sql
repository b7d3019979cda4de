-- ORDER BY compares arrays and rows value by value, NULL first.
SET 'execution.runtime-mode' = 'batch';
SELECT a, r FROM (VALUES (1, ARRAY[2, 1], ROW(1, 'b')), (2, ARRAY[2], ROW(1, 'a')), (3, ARRAY[CAST(NULL AS INT), 9], ROW(0, 'c')),
  (4, CAST(NULL AS ARRAY<INT>), ROW(0, 'c')), (5, ARRAY[10], ROW(2, 'a'))) AS t(id, a, r) ORDER BY a;
SELECT id, r FROM (VALUES (1, ROW(1, 'b')), (2, ROW(1, 'a')), (3, ROW(0, 'c'))) AS t(id, r) ORDER BY r DESC;
