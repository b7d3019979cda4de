-- Constructors, elements, comparison and casts of collections over rows, and values kept in state.
SET 'execution.runtime-mode' = 'streaming';
CREATE TEMPORARY VIEW v AS SELECT * FROM (VALUES
  (1, 'a', ARRAY[1, 2, NULL], MAP['x', 1, 'y', CAST(NULL AS INT)]),
  (2, 'b', ARRAY[3], MAP['z', 3]),
  (3, 'a long text that is not inline', CAST(NULL AS ARRAY<INT>), CAST(NULL AS MAP<STRING, INT>)),
  (4, 'd', ARRAY[4, 5], MAP['y', 7, 'x', 4])) AS t(id, s, a, m);
SELECT id, a, m, a[1], a[id], m['x'], m[s], CARDINALITY(a), CARDINALITY(m) FROM v;
SELECT id, ARRAY[s, 'k'], MAP[s, id, 'k', 7], ARRAY[a, ARRAY[id]], ARRAY[ROW(id, s)][1] FROM v;
SELECT id, CASE WHEN id > 2 THEN a ELSE ARRAY[id] END, COALESCE(m, MAP['none', 0]), IF(id = 1, a, ARRAY[9]) FROM v;
SELECT id, a = ARRAY[3], m = MAP['x', 4, 'y', 7], a IS DISTINCT FROM ARRAY[4, 5], NULLIF(a, ARRAY[3]), a IS NULL FROM v;
SELECT CAST(a AS STRING), CAST(m AS STRING), CAST(a AS ARRAY<STRING>), TRY_CAST(ARRAY[s, '1'] AS ARRAY<INT>), CAST(m AS MAP<STRING, BIGINT>) FROM v;
SELECT a, COUNT(*) FROM v GROUP BY a;
SELECT LAST_VALUE(a), FIRST_VALUE(m) FROM v;
SELECT m, COUNT(*) FROM v GROUP BY m;
SELECT DISTINCT MAP['p', id - id, 'q', 1], MAP['q', 1, 'p', 0] FROM v;
SELECT COUNT(DISTINCT a), COUNT(DISTINCT m) FROM v;
SELECT x.id, y.id, x.a FROM v AS x JOIN v AS y ON x.a = y.a AND x.m = y.m;
-- A NULL within a value is the same as another, in conditions as in keys.
SELECT x.id, y.id FROM v AS x CROSS JOIN v AS y WHERE x.a = y.a AND x.id <= 2 AND y.id <= 2;
SELECT ARRAY[a, a] = ARRAY[a, REVERSED], MAP['k', a] = MAP['k', REVERSED], ARRAY_UNION(ARRAY[a], ARRAY[REVERSED]), ARRAY_EXCEPT(ARRAY[m], ARRAY[m]), CAST(ROW(a, m) AS ROW<a ARRAY<INT>, m MAP<STRING, INT>>) = CAST(ROW(REVERSED, m) AS ROW<a ARRAY<INT>, m MAP<STRING, INT>>) FROM (SELECT a, m, ARRAY_REVERSE(ARRAY_REVERSE(a)) AS REVERSED FROM v WHERE id = 1) AS q;
