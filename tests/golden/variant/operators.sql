-- VARIANT in operators: OVER, UNNEST, changes of groups, set operations, IN, COLLECT.
CREATE TEMPORARY VIEW d AS SELECT id, PARSE_JSON(s) AS v FROM (VALUES (1, '{"a": [1, 2]}'), (2, '{"a": [3]}'), (3, '{"a": [1, 2.0]}')) AS t(id, s);
SELECT id, LAG(v) OVER (ORDER BY id) AS l, LAG(v, 1, PARSE_JSON('"none"')) OVER (ORDER BY id) AS m, FIRST_VALUE(v) OVER (ORDER BY id) AS f FROM d;
SELECT id, u FROM d CROSS JOIN UNNEST(ARRAY[v, v['a']]) AS x(u);
SELECT c, COUNT(*) AS n FROM (SELECT v, COUNT(*) AS c FROM d GROUP BY v) AS x GROUP BY c;
SELECT v FROM d UNION SELECT v['a'] FROM d;
SELECT v FROM d INTERSECT SELECT PARSE_JSON('{"a": [1, 2]}') FROM d;
SELECT * FROM d WHERE v IN (PARSE_JSON('{"a":[3]}'), PARSE_JSON('1'));
SELECT * FROM d WHERE v IN (SELECT v FROM d WHERE id = 3);
SELECT id, CAST(ROW(id, v) AS ROW<a BIGINT, b VARIANT>) AS r, CAST(MAP['k', v] AS STRING) AS m, JSON_VALUE(v, '$.a.length()' RETURNING INT) AS len, PRINTF('%s', v) AS p FROM d;
SELECT JSON_OBJECTAGG(KEY CAST(id AS STRING) VALUE v) AS o, COUNT(DISTINCT v) AS n FROM d;
