-- Objects (STRUCTURED types): made, read, changed, compared, cast, in other values, and kept in state.
SET 'execution.runtime-mode' = 'streaming';
CREATE TEMPORARY VIEW v AS SELECT id, OBJECT_OF('com.example.User', 'name', s, 'age', n, 'tags', ARRAY[s, 'k']) AS o FROM (VALUES
  (1, 'ann', 31), (2, 'a long name that is not inline', CAST(NULL AS INT)), (3, CAST(NULL AS STRING), 7), (4, 'ann', 31)) AS t(id, s, n);
SELECT id, o, o.name, v.o.age, o.tags[1] FROM v;
SELECT v.o.* FROM v;
SELECT TYPEOF(o), TYPEOF(OBJECT_UPDATE(o, 'age', 'none')), TYPEOF(CAST(ROW(1) AS STRUCTURED<'P', x INT>)), TYPEOF(OBJECT_OF('Empty')) FROM v WHERE id = 1;
SELECT id, OBJECT_UPDATE(o, 'age', id, 'tags', CAST(NULL AS STRING)), OBJECT_UPDATE(o, 'name', UPPER(o.name)).name, OBJECT_UPDATE(o) FROM v;
SELECT OBJECT_UPDATE(CASE WHEN id > 2 THEN o END, 'age', 0), CASE WHEN id > 2 THEN o END, (CASE WHEN id > 2 THEN o END).name FROM v;
SELECT CAST(o AS STRING), CAST(ROW(o, ARRAY[OBJECT_OF('P', 'x', id)], MAP['k', OBJECT_OF('P', 'x', id)]) AS STRING), JSON_STRING(o), JSON_OBJECT('o' VALUE o) FROM v;
SELECT id, CAST(o AS ROW<a STRING, b BIGINT, c ARRAY<STRING>>), CAST(o AS STRUCTURED<'Other', a STRING, b STRING, c ARRAY<STRING>>), CAST(ROW(id, 'x') AS STRUCTURED<'P', x STRING, y STRING>) FROM v;
SELECT CAST(NULL AS STRUCTURED<'P', x INT, y STRING NOT NULL>), CAST(NULL AS STRUCTURED<'P', x INT>).x, TRY_CAST(ROW('z') AS STRUCTURED<'P', x INT>);
SELECT id, o = OBJECT_OF('com.example.User', 'name', 'ann', 'age', 31, 'tags', ARRAY['ann', 'k']), OBJECT_OF('P', 'x', 1) <> OBJECT_OF('P', 'x', 2), o IS NULL, o IS NOT DISTINCT FROM o FROM v;
SELECT ARRAY[o, CAST(NULL AS STRUCTURED<'com.example.User', name STRING, age INT, tags ARRAY<STRING>>)], MAP[id, o], OBJECT_OF('Pair', 'a', o, 'b', OBJECT_OF('Inner', 'c', id)).b.c FROM v;
SELECT id, name, age FROM v CROSS JOIN UNNEST(ARRAY[o, OBJECT_UPDATE(o, 'age', id)]) AS u (name, age, tags);
SELECT o, COUNT(*) FROM v GROUP BY o;
SELECT DISTINCT OBJECT_OF('P', 'x', o.age) FROM v;
SELECT LAST_VALUE(o), ARRAY_AGG(OBJECT_OF('P', 'x', id)), COUNT(DISTINCT o) FROM v;
SELECT a.id, b.id FROM v AS a JOIN v AS b ON a.o = b.o WHERE a.id < b.id;
SELECT o FROM (SELECT OBJECT_OF('P', 'x', id) AS o FROM v WHERE id < 3 UNION ALL SELECT OBJECT_OF('P', 'x', CAST(id AS BIGINT)) FROM v WHERE id > 3);
SELECT OBJECT_OF('Empty'), CAST(OBJECT_OF('Empty') AS STRING), JSON_STRING(OBJECT_OF('Empty')), OBJECT_OF('Empty') = OBJECT_OF('Empty');
