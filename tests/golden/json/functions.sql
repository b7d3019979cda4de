-- Every JSON function over documents that are small, empty, NULL, deep or no JSON at all.
CREATE TEMPORARY TABLE docs (id INT, j STRING, p STRING) WITH ('connector' = 'filesystem', 'path' = '${DIR}/docs.jsonl', 'format' = 'json');
SELECT id, JSON_VALUE(j, '$.a') AS a, JSON_VALUE(j, 'lax $.a' DEFAULT 'empty' ON EMPTY DEFAULT 'error' ON ERROR) AS l, JSON_VALUE(j, 'strict $.a' DEFAULT 'empty' ON EMPTY DEFAULT 'error' ON ERROR) AS s, JSON_VALUE(j, '$.name') AS n FROM docs;
SELECT id, JSON_VALUE(j, '$.a' RETURNING INT) AS i, JSON_VALUE(j, '$.a' RETURNING DOUBLE DEFAULT 0.5 ON ERROR) AS d, JSON_VALUE(j, '$.b.d' RETURNING BOOLEAN) AS b, JSON_VALUE(j, '$.name' RETURNING VARCHAR(3)) AS v FROM docs;
SELECT id, JSON_QUERY(j, '$') AS q, JSON_QUERY(j, '$.b' WITH WRAPPER) AS w, JSON_QUERY(j, 'lax $.b.c' WITH CONDITIONAL WRAPPER EMPTY ARRAY ON EMPTY EMPTY OBJECT ON ERROR) AS c, JSON_QUERY(j, '$..c') AS deep FROM docs;
SELECT id, JSON_EXISTS(j, '$.b.c[0]') AS e, JSON_EXISTS(j, '$.b.c[0]' TRUE ON ERROR) AS t, JSON_EXISTS(j, 'lax $.b' UNKNOWN ON ERROR) AS u, JSON_EXISTS(j, '$[?(@.a == 1)]') AS f FROM docs;
SELECT id, j IS JSON AS v, j IS JSON SCALAR AS s, j IS JSON ARRAY AS a, j IS JSON OBJECT AS o, j IS NOT JSON AS n FROM docs;
SELECT id, JSON_VALUE(j, p DEFAULT 'x' ON ERROR) AS v, JSON_QUERY(j, p) AS q FROM docs;
SELECT id, JSON_OBJECT('id' VALUE id, 'p' VALUE p, KEY 'j' VALUE JSON_OBJECT('n' VALUE CAST(NULL AS INT) ABSENT ON NULL), 'a' : JSON_ARRAY(id, p, p NULL ON NULL)) AS o, JSON_ARRAY(j, p) AS a, JSON_STRING(p) AS s, JSON_QUOTE(j) AS q FROM docs;
SELECT id, JSON_UNQUOTE(j) AS u, JSON_OBJECT(COALESCE(p, 'none') VALUE 1, 'id' VALUE TRUE) AS o FROM docs;
SELECT id, JSON_OBJECT('raw' VALUE JSON(j), 'text' VALUE j) AS o FROM docs WHERE j IS JSON OR j IS NULL;
SELECT JSON_OBJECT('b' VALUE TRUE, 'i' VALUE 9223372036854775807, 'd' VALUE CAST(1.50 AS DECIMAL(10, 3)), 'e' VALUE 1e10, 'f' VALUE CAST('NaN' AS DOUBLE), 'g' VALUE CAST(0.1 AS FLOAT), 'x' VALUE X'00ff', 't' VALUE TIMESTAMP '2024-02-29 12:00:00.500', 'r' VALUE ROW(1, 'two', CAST(NULL AS INT)), 'c' VALUE CAST('ab' AS CHAR(4)), 'z' VALUE 0.0000000001) AS o;
SELECT JSON_QUERY('{"l": [{"x": 1, "y": "p"}, {"x": 2, "y": "q"}, {"x": 3}]}', path) AS q, path FROM (VALUES ('$.l[*].y'), ('$.l[0,2]'), ('$.l[-2:]'), ('$.l[1:-1]'), ('$.l[?(@.x > 1)]'), ('$.l[?(@.y =~ /P|z/i || @.x == 3)].x'), ('$..x'), ('$.l[?(!@.y)]'), ('$.l[5]'), ('$.l[*].zz'), ('$.zz[*]'), ('lax $.zz[*]')) AS t(path);
SELECT id, JSON_QUERY(j, '$.b.c' RETURNING ARRAY<STRING>) AS a, JSON_QUERY(j, 'lax $.a' RETURNING ARRAY<STRING> WITH WRAPPER EMPTY ARRAY ON EMPTY) AS w, JSON_QUERY(j, '$[*]' RETURNING ARRAY<STRING> EMPTY ARRAY ON ERROR)[1] AS first FROM docs;
SELECT JSON_STRING(ARRAY[1, NULL, 3]) AS a, JSON_STRING(MAP['b', 1.5, 'a', CAST(NULL AS DECIMAL(2, 1))]) AS m, JSON_OBJECT('x' VALUE ARRAY[ROW(1, 'z')], 'e' VALUE MAP['k', ARRAY['v']]) AS o, JSON_ARRAY(ARRAY[TRUE]) AS n;
