-- GROUP BY window_start, window_end over what is no windowing function: window joins, window Top-N and deduplication, window aggregates, UNION ALL, and calls that read the window. One row when the window closes.
CREATE TEMPORARY TABLE l (id INT, k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'filesystem', 'path' = '${DIR}/left.jsonl', 'format' = 'json');
CREATE TEMPORARY TABLE r (id INT, k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'filesystem', 'path' = '${DIR}/right.jsonl', 'format' = 'json');
CREATE TEMPORARY VIEW lw AS SELECT * FROM TUMBLE(TABLE l, DESCRIPTOR(ts), INTERVAL '10' SECOND);
CREATE TEMPORARY VIEW rw AS SELECT * FROM TUMBLE(TABLE r, DESCRIPTOR(ts), INTERVAL '10' SECOND);
SELECT lw.window_start, lw.window_end, COUNT(*) AS n, SUM(lw.v + rw.v) AS s FROM lw JOIN rw ON lw.k = rw.k AND lw.window_start = rw.window_start AND lw.window_end = rw.window_end GROUP BY lw.window_start, lw.window_end;
SELECT rw.window_start, lw.window_end, lw.k, MAX(rw.id) AS m FROM lw JOIN rw ON lw.window_start = rw.window_start AND lw.window_end = rw.window_end GROUP BY rw.window_start, lw.window_end, lw.k HAVING COUNT(*) > 1;
SELECT window_start, window_end, SUM(v) AS s FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end, k ORDER BY v DESC, id) rn FROM lw) WHERE rn <= 2 GROUP BY window_start, window_end;
SELECT window_start, window_end, k, SUM(v) AS s FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end, k ORDER BY ts DESC) rn FROM lw) WHERE rn = 1 GROUP BY window_start, window_end, ROLLUP(k);
SELECT DISTINCT window_start, window_end FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY v DESC, id) rn FROM HOP(TABLE l, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND)) WHERE rn <= 2;
SELECT window_start, window_end, COUNT(*) AS keys, MAX(n) AS most, COUNT(DISTINCT n) AS d FROM (SELECT k, window_start, window_end, COUNT(*) AS n FROM HOP(TABLE l, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND) GROUP BY k, window_start, window_end) GROUP BY window_start, window_end;
SELECT window_start, window_end, COUNT(*) AS n, SUM(v) AS s FROM (SELECT v, window_start, window_end FROM lw UNION ALL SELECT v, window_start, window_end FROM rw) GROUP BY window_start, window_end;
SELECT window_start, window_end, SUM(EXTRACT(SECOND FROM window_start) + v) AS s FROM lw GROUP BY window_start, window_end;
CREATE TEMPORARY VIEW topped AS SELECT v, window_start AS ws, window_end AS we, window_time AS wt FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end, k ORDER BY v DESC, id) rn FROM lw) WHERE rn <= 2;
SELECT window_start, window_end, SUM(s) AS s FROM TUMBLE((SELECT ws, we, wt, SUM(v) AS s FROM topped GROUP BY ws, we, wt), DESCRIPTOR(wt), INTERVAL '1' MINUTE) GROUP BY window_start, window_end;
