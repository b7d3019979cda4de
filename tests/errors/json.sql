CREATE TEMPORARY TABLE docs (id BIGINT, j STRING, d DATE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'datagen', 'number-of-rows' = '1');
-- @case a path with a blank
SELECT JSON_VALUE(j, '$.first name') FROM docs;
-- @case a bracket that does not end
SELECT JSON_QUERY(j, 'lax $.a[0') FROM docs;
-- @case functions in paths: none of that name, before the end, wrong arguments
SELECT JSON_VALUE(j, '$.a.type()'), JSON_VALUE(j, '$.a.length().b'), JSON_VALUE(j, '$.a.index()'), JSON_VALUE(j, '$.sum(@.a)') FROM docs;
-- @case an operator that filters do not have
SELECT JSON_QUERY(j, '$.a[?(@.x between 1)]') FROM docs;
-- @case a document and a path that are no text
SELECT JSON_VALUE(id, '$.a'), JSON_EXISTS(j, 1), id IS JSON FROM docs;
-- @case RETURNING a type that is not there
SELECT JSON_VALUE(j, '$.a' RETURNING BIGINT), JSON_QUERY(j, '$.a' RETURNING INT), JSON_VALUE(j, '$.t' RETURNING TIMESTAMP(3)) FROM docs;
-- @case a DEFAULT of another type
SELECT JSON_VALUE(j, '$.a' RETURNING INT DEFAULT 'x' ON EMPTY) FROM docs;
-- @case clauses of another function
SELECT JSON_VALUE(j, '$.a' EMPTY ARRAY ON EMPTY), 1 FROM docs;
-- @case JSON_EXISTS has no ON EMPTY
SELECT JSON_EXISTS(j, '$.a' TRUE ON EMPTY) FROM docs;
-- @case a clause twice
SELECT JSON_VALUE(j, '$.a' NULL ON EMPTY DEFAULT 'x' ON EMPTY) FROM docs;
-- @case EMPTY OBJECT is no array
SELECT JSON_QUERY(j, '$.a' RETURNING ARRAY<STRING> EMPTY OBJECT ON ERROR) FROM docs;
-- @case values without a JSON form
SELECT JSON_OBJECT('a' VALUE d, 'b' VALUE INTERVAL '1' DAY), JSON_ARRAY(d), JSON_STRING(ROW(1, d)) FROM docs;
-- @case names of an object
SELECT JSON_OBJECT(1 VALUE 2), JSON_OBJECT(CAST(NULL AS STRING) VALUE 1) FROM docs;
-- @case JSON alone
SELECT JSON(j) FROM docs;
-- @case a JSON function as a plain call
SELECT `JSON_VALUE`(j, '$.a') FROM docs;
-- @case aggregates: a name that is no text, a value without a JSON form, OVER
SELECT JSON_OBJECTAGG(KEY id VALUE 1), JSON_ARRAYAGG(d) FROM docs;
-- @case aggregates do not go with OVER
SELECT JSON_ARRAYAGG(id) OVER (ORDER BY ts) FROM docs;
-- @case an aggregate with a clause of JSON_VALUE
SELECT JSON_ARRAYAGG(id ERROR ON NULL) FROM docs;
-- @case a NULL name in an aggregate, at run time
SELECT JSON_OBJECTAGG(KEY k VALUE 1) FROM (VALUES ('a'), (CAST(NULL AS STRING))) AS t(k);
-- @case a value that is not there, at run time
SELECT JSON_VALUE(j, '$.b' ERROR ON ERROR) FROM (VALUES ('{"b": 1}'), ('{"a": 1}')) AS t(j);
-- @case an empty lax result, at run time
SELECT JSON_QUERY(j, 'lax $.b' ERROR ON EMPTY) FROM (VALUES ('{"b": [1]}'), ('{"a": 1}')) AS t(j);
-- @case text that is no JSON, at run time
SELECT JSON_EXISTS(j, '$.b' ERROR ON ERROR) FROM (VALUES ('{"b": [1]}'), ('{"a": 1,}')) AS t(j);
-- @case an object where a value is wanted, at run time
SELECT JSON_VALUE(j, '$.b' ERROR ON ERROR) FROM (VALUES ('{"b": {"c": 1}}')) AS t(j);
-- @case another kind than RETURNING, at run time
SELECT JSON_VALUE(j, '$.b' RETURNING INT ERROR ON ERROR) FROM (VALUES ('{"b": "x"}')) AS t(j);
-- @case a bad path, at run time
SELECT JSON_VALUE('{"a": 1}', p ERROR ON ERROR) FROM (VALUES ('$.a'), ('$.a[')) AS t(p);
-- @case text that is no JSON in a constructor, at run time
SELECT JSON_OBJECT('a' VALUE JSON(j)) FROM (VALUES ('[1]'), ('[1')) AS t(j);
-- @case a function of a path fails, at run time
SELECT JSON_VALUE(j, 'lax $.b.sum()' ERROR ON ERROR) FROM (VALUES ('{"b": [1, 2]}'), ('{"b": []}')) AS t(j);
-- @case PASSING has no effect, and no variables
SELECT JSON_VALUE('{}', '$.a[$i]' PASSING 1 AS i), JSON_EXISTS('{}', '$' PASSING 1 AS a, 2 AS b);
-- @case PASSING needs names
SELECT JSON_VALUE('{}', '$.a' PASSING 1);
-- @case slices and filters that cannot be
SELECT JSON_QUERY('{}', '$[::0]'), JSON_QUERY('{}', '$[?(@[?(@.a == 1)])]');
-- @case a NULL key of a MAP has no name in JSON, at run time
SELECT JSON_OBJECT('m' VALUE ROW(ARRAY[MAP[k, 1]])) FROM (VALUES ('a'), (CAST(NULL AS STRING))) AS t(k);
-- @case .. in JSON_STRING
SELECT JSON_STRING(MAP[k, 1]) FROM (VALUES ('a'), (CAST(NULL AS STRING))) AS t(k);
-- @case a MULTISET of numbers
SELECT JSON_STRING(CAST(NULL AS MULTISET<INT>));
