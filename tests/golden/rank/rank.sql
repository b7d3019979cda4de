-- Top-N and deduplication on streams: what changes, by position and as a set.
CREATE TEMPORARY TABLE ev (id INT, k STRING, v INT, ts TIMESTAMP(3), pt AS PROCTIME(), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND) WITH ('connector' = 'filesystem', 'path' = '${DIR}/left.jsonl', 'format' = 'json');
SELECT * FROM (SELECT id, k, v, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC, id) rn FROM ev) WHERE rn <= 3;
SELECT id, k FROM (SELECT id, k, v, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v, id DESC) rn FROM ev) WHERE rn <= 2;
SELECT id, k, rn FROM (SELECT id, k, v, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC, id) rn FROM ev) WHERE 2 = rn;
SELECT id, k FROM (SELECT id, k, v, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC, id) rn FROM ev) WHERE rn >= 2 AND rn < 4;
SELECT id, v FROM (SELECT id, v, ROW_NUMBER() OVER (ORDER BY v DESC, id DESC) rn FROM ev) WHERE rn <= 4 AND id > 10;
SELECT id, k FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts) rn FROM ev) WHERE rn = 1;
SELECT id, k FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY v ORDER BY ts DESC) rn FROM ev) WHERE rn = 1;
SELECT id, k FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY pt) rn FROM ev) WHERE rn = 1;
SELECT id, v, k FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY pt DESC) rn FROM ev) WHERE rn = 1;
SELECT id, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC, id) rn FROM ev) WHERE rn <= 2;
SELECT id, k, v FROM ev QUALIFY ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC, id) <= 2;
SELECT id, v FROM ev ORDER BY v DESC, id LIMIT 3;
SELECT id, v FROM ev ORDER BY v, id LIMIT 2 OFFSET 2;
