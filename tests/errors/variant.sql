CREATE TEMPORARY TABLE docs (id INT, j STRING, v VARIANT) WITH ('connector' = 'filesystem', 'path' = 'none.jsonl', 'format' = 'json');
-- @case casts
SELECT CAST(v AS INT), TRY_CAST(v AS STRING), CAST(j AS VARIANT), CAST(1 AS VARIANT) FROM docs;
-- @case it has no order, and is no text or number
SELECT v < v, v = 1, v || 'x', UPPER(v), v + 1, CARDINALITY(v), GREATEST(v, v) FROM docs;
-- @case BETWEEN
SELECT v BETWEEN v AND v FROM docs;
-- @case ORDER BY
SELECT * FROM docs ORDER BY v;
-- @case ORDER BY in OVER
SELECT ROW_NUMBER() OVER (ORDER BY v), SUM(id) OVER (PARTITION BY v ORDER BY v['a']) FROM docs;
-- @case sorting elements
SELECT ARRAY_SORT(ARRAY[v]), ARRAY_MAX(ARRAY[v]), ARRAY_MIN(ARRAY[v]) FROM docs;
-- @case aggregates that need an order or a number
SELECT MAX(v), SUM(v), LISTAGG(v) FROM docs;
-- @case parts
SELECT v[1.5], v[TRUE], v.a, id[1] FROM docs;
-- @case arguments
SELECT PARSE_JSON(1), PARSE_JSON(j, 'x'), TRY_PARSE_JSON(), PARSE_JSON(v) FROM docs;
-- @case IS JSON is about text
SELECT v IS JSON FROM docs;
-- @case no JSON, at run time
SELECT PARSE_JSON(j) FROM (VALUES ('[1]'), ('{"a": 1')) AS t(j);
-- @case two members of one name, at run time
SELECT PARSE_JSON(j, id > 1) FROM (VALUES (2, '{"a": 1, "a": 2}'), (1, '[{"a": 1, "a": 2}]')) AS t(id, j);
-- @case a number that no DOUBLE holds, at run time
SELECT PARSE_JSON(j) FROM (VALUES ('1e308'), ('[1e309]')) AS t(j);
-- @case a name of what is no object, at run time
SELECT PARSE_JSON(j)['a'] FROM (VALUES ('{"a": 1}'), ('[1]')) AS t(j);
-- @case an index of what is no array, at run time
SELECT PARSE_JSON(j)[1] FROM (VALUES ('[1]'), ('{"a": 1}')) AS t(j);
