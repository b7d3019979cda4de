-- ORDER BY a rowtime before 1970: nothing is late because of its sign.
CREATE TEMPORARY TABLE ev (id INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'filesystem', 'path' = '${DIR}/order_before_1970.jsonl', 'format' = 'json');
SELECT id, ts FROM ev ORDER BY ts;
SELECT id, ts FROM ev ORDER BY ts, id DESC;
