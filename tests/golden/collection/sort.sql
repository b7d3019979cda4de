-- ORDER BY an array: NULL first, then value by value; MAP and ROW values come along.
CREATE TABLE ev (id INT, k STRING, tags ARRAY<STRING>, attrs MAP<STRING, STRING>, items ARRAY<ROW<sku STRING, qty INT>>)
  WITH ('connector' = 'filesystem', 'path' = '${DIR}/events.jsonl', 'format' = 'json');
SET 'execution.runtime-mode' = 'batch';
SELECT id, tags, attrs FROM ev ORDER BY tags, id;
SELECT id, items FROM ev ORDER BY items DESC, id;
