-- Window joins of every kind, over windows, window aggregates, joins and Top-N; what is late is late on both sides alike.
CREATE TEMPORARY TABLE l (id INT, k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' HOUR) WITH ('connector' = 'filesystem', 'path' = '${DIR}/left.jsonl', 'format' = 'json');
CREATE TEMPORARY TABLE r (id INT, k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' HOUR) WITH ('connector' = 'filesystem', 'path' = '${DIR}/right.jsonl', 'format' = 'json');
CREATE TEMPORARY VIEW lw AS SELECT * FROM TUMBLE(TABLE l, DESCRIPTOR(ts), INTERVAL '10' SECOND);
CREATE TEMPORARY VIEW rw AS SELECT * FROM TUMBLE(TABLE r, DESCRIPTOR(ts), INTERVAL '10' SECOND);
SELECT a.id, b.id AS bid, a.k, a.window_start FROM lw a JOIN rw b ON a.window_start = b.window_start AND a.window_end = b.window_end AND a.k = b.k;
SELECT a.id, b.id AS bid, a.window_end, b.window_end AS we FROM lw a LEFT JOIN rw b ON a.window_start = b.window_start AND a.window_end = b.window_end AND a.k = b.k AND a.v < b.v;
SELECT a.id, b.id AS bid, b.window_end FROM lw a RIGHT JOIN rw b ON a.window_start = b.window_start AND a.window_end = b.window_end AND a.k = b.k AND b.v > 2;
SELECT a.id, b.id AS bid FROM lw a FULL JOIN rw b ON a.window_start = b.window_start AND a.window_end = b.window_end AND a.k = b.k AND a.v = b.v;
SELECT a.id, b.id AS bid, a.window_end FROM (SELECT * FROM HOP(TABLE l, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND)) a JOIN (SELECT * FROM HOP(TABLE r, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND)) b ON a.window_start = b.window_start AND a.window_end = b.window_end AND a.v = b.v;
SELECT a.id, b.id AS bid, a.window_end FROM (SELECT * FROM CUMULATE(TABLE l, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '20' SECOND)) a LEFT JOIN (SELECT * FROM CUMULATE(TABLE r, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '20' SECOND)) b ON a.window_start = b.window_start AND a.window_end = b.window_end AND a.v = b.v AND a.k = b.k;
SELECT id, k FROM lw a WHERE EXISTS (SELECT 1 FROM rw b WHERE a.window_start = b.window_start AND a.window_end = b.window_end AND a.k = b.k);
SELECT id, k FROM lw a WHERE NOT EXISTS (SELECT 1 FROM rw b WHERE a.window_start = b.window_start AND a.window_end = b.window_end AND a.k = b.k);
SELECT id, k FROM lw a WHERE a.k IN (SELECT k FROM rw b WHERE a.window_start = b.window_start AND a.window_end = b.window_end);
SELECT x.k, x.s, y.c, x.window_end FROM (SELECT k, window_start, window_end, SUM(v) s FROM TUMBLE(TABLE l, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY k, window_start, window_end) x FULL JOIN (SELECT k, window_start, window_end, COUNT(*) c FROM TUMBLE(TABLE r, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY k, window_start, window_end) y ON x.window_start = y.window_start AND x.window_end = y.window_end AND x.k = y.k;
SELECT a.id, b.id AS bid FROM lw a JOIN rw b ON a.window_start = b.window_start AND a.window_end = b.window_end AND a.k IS NOT DISTINCT FROM b.k AND a.id > b.id;
SELECT * FROM (SELECT a.id, b.id AS bid, a.window_start, a.window_end, ROW_NUMBER() OVER (PARTITION BY a.window_start, a.window_end ORDER BY a.v, a.id, b.id) rn FROM lw a JOIN rw b ON a.window_start = b.window_start AND a.window_end = b.window_end AND a.k = b.k) WHERE rn <= 2;
CREATE TEMPORARY VIEW joined AS SELECT a.id, b.id AS bid, a.window_time AS wt FROM lw a JOIN rw b ON a.window_start = b.window_start AND a.window_end = b.window_end AND a.k = b.k;
SELECT window_start, window_end, COUNT(*) c FROM TUMBLE(TABLE joined, DESCRIPTOR(wt), INTERVAL '30' SECOND) GROUP BY window_start, window_end;
