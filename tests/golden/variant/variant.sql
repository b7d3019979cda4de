-- VARIANT: made of text and read by the json format; parts, equality, grouping, joins, aggregates, JSON functions.
CREATE TEMPORARY TABLE docs (id INT, s STRING, v VARIANT) WITH ('connector' = 'filesystem', 'path' = '${DIR}/docs.jsonl', 'format' = 'json');
CREATE TEMPORARY VIEW parsed AS SELECT id, TRY_PARSE_JSON(s) AS p, v FROM docs;
SELECT id, TRY_PARSE_JSON(s) AS p, v, TRY_PARSE_JSON(s, TRUE) AS d, TYPEOF(v) AS t, v IS NULL AS n FROM docs;
SELECT id, JSON_STRING(p) AS s, JSON_VALUE(v, 'lax $.a[0]') AS a, JSON_QUERY(p, 'lax $.n') AS q, JSON_EXISTS(v, '$.b') AS e, JSON_OBJECT('p' VALUE p, 'v' VALUE v) AS o, JSON_ARRAY(v, p) AS r FROM parsed;
SELECT id, p['n'] AS n, p['n'][1] AS first, p['n'][3] AS nothing, p['n'][3] IS NULL AS n3, p['n'][9] AS past, p['n'][0] AS zero, p['o']['a']['c'] AS c, p['none'] AS missing FROM parsed WHERE id IN (1, 7);
SELECT id, p[id - 1] AS i, p[CAST(3 AS BIGINT)][1] AS j FROM parsed WHERE id IN (2, 8);
SELECT p, COUNT(*) AS c, MIN(id) AS least FROM parsed GROUP BY p;
SELECT v, COUNT(DISTINCT p) AS c, LAST_VALUE(p) AS l FROM parsed GROUP BY v;
SELECT DISTINCT v FROM parsed;
SELECT a.id, b.id FROM parsed AS a JOIN parsed AS b ON a.p = b.p;
SELECT a.id, a.p = a.v AS e, a.p <> PARSE_JSON('[7, 8, [9]]') AS n, a.p IS DISTINCT FROM a.v AS d FROM parsed AS a;
SELECT ARRAY_AGG(v) AS a FROM parsed;
SELECT JSON_ARRAYAGG(v) AS a FROM parsed;
SELECT COALESCE(p, v) AS c, CASE WHEN id > 4 THEN v ELSE p END AS w, IF(id = 1, p, NULL) AS i, NULLIF(p, PARSE_JSON('null')) AS n FROM parsed;
SELECT id, ARRAY[p, v] AS a, ROW(id, v) AS r, MAP['v', v]['v'] AS m, CAST(ARRAY[v] AS STRING) AS s FROM parsed WHERE id < 4;
SELECT PARSE_JSON('1.0') AS a, PARSE_JSON('1.10') AS b, PARSE_JSON('-0.0') AS c, PARSE_JSON('100.000') AS d, PARSE_JSON('1e-8') AS e, PARSE_JSON('0.00000001') AS f, PARSE_JSON('123456789012345678901234567890') AS g, PARSE_JSON('1234567890123456789012345678901234567890') AS h, PARSE_JSON('123456789.123456789012345678901234567890') AS i, PARSE_JSON(U&'"\005C/\005Cu001f\005C"\00e4"') AS j, PARSE_JSON('[]') AS k, PARSE_JSON('{}') AS l, PARSE_JSON(CAST(NULL AS STRING)) AS m, CAST(NULL AS VARIANT) AS n;
