-- Collections of JSON records: elements, keys of GROUP BY, DISTINCT and joins, values kept in state, ORDER BY.
CREATE TABLE ev (id INT, k STRING, tags ARRAY<STRING>, attrs MAP<STRING, STRING>, items ARRAY<ROW<sku STRING, qty INT>>)
  WITH ('connector' = 'filesystem', 'path' = '${DIR}/events.jsonl', 'format' = 'json');
SELECT * FROM ev;
SELECT id, tags[1], attrs['color'], items[1].sku, items[2].qty, CARDINALITY(items), CAST(items AS STRING) FROM ev WHERE CARDINALITY(tags) > 0 OR attrs IS NULL;
SELECT tags, COUNT(*) FROM ev GROUP BY tags;
SELECT attrs, COUNT(*), MAX(id) FROM ev GROUP BY attrs;
SELECT DISTINCT items FROM ev;
SELECT k, FIRST_VALUE(tags), LAST_VALUE(attrs), LAST_VALUE(items), COUNT(DISTINCT tags) FROM ev GROUP BY k;
SELECT x.id, y.id AS other, x.items, y.attrs FROM ev AS x JOIN ev AS y ON x.tags = y.tags AND x.id <= y.id;
SELECT x.id, y.id AS other, y.tags FROM ev AS x LEFT JOIN ev AS y ON x.attrs = y.attrs AND x.id < y.id;
SELECT id FROM ev WHERE tags IN (ARRAY['x', 'y'], ARRAY['z']) AND attrs <> MAP['color', 'blue'];
SELECT k, JSON_STRING(c) AS s, JSON_OBJECT('c' VALUE c) AS o, JSON_ARRAY(c, CAST(NULL AS MULTISET<STRING>) NULL ON NULL) AS a FROM (SELECT k, COLLECT(v) AS c FROM (VALUES (1, 'y'), (1, 'x'), (1, 'y'), (2, CAST(NULL AS STRING))) AS t(k, v) GROUP BY k) AS q;
