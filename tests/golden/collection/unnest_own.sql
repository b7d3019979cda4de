-- UNNEST where Flink 2.3 gives up ("unexpected correlate variable", "Row arity"): answers of our own.
CREATE TEMPORARY TABLE ev (id INT, k STRING, s STRING, n INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND) WITH ('connector' = 'filesystem', 'path' = '${DIR}/unnest.jsonl', 'format' = 'json');
CREATE TEMPORARY VIEW v AS SELECT id, ts, SPLIT(s, ',') AS a FROM ev;
SELECT id, x FROM v JOIN UNNEST(a) AS u(x) ON x LIKE 'b%' OR id = 1;
SELECT id, x, y FROM v CROSS JOIN UNNEST(a) AS u(x) CROSS JOIN UNNEST(SPLIT(x, '=')) AS w(y);
SELECT * FROM UNNEST(ARRAY[ROW(1, 'a'), CAST(NULL AS ROW<p INT, q STRING>), ROW(2, CAST(NULL AS STRING))]) WITH ORDINALITY AS t(p, q, o);
CREATE TEMPORARY VIEW parts AS SELECT id, x, ts FROM v CROSS JOIN UNNEST(a) AS u(x);
SELECT window_start, x, COUNT(*) AS c FROM TUMBLE(TABLE parts, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end, x;
SELECT id, x, ROW_NUMBER() OVER (PARTITION BY x ORDER BY ts) AS rn FROM parts;
