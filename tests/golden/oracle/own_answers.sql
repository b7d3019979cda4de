-- Differs from Flink: integers OVER a window are averaged wide, equal results of STDDEV_POP are left out, FIRST_VALUE and LAST_VALUE in HOP.
CREATE TEMPORARY TABLE ev (id INT, k STRING, v TINYINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'filesystem', 'path' = '${DIR}/own_answers.jsonl', 'format' = 'json');
SELECT id, AVG(v) OVER (ORDER BY ts) AS a, VAR_SAMP(id) OVER (ORDER BY ts) AS vs FROM ev;
SELECT k, STDDEV_POP(v) AS sp FROM ev GROUP BY k;
SELECT window_start, FIRST_VALUE(v) AS f, LAST_VALUE(v) AS l FROM HOP(TABLE ev, DESCRIPTOR(ts), INTERVAL '2' SECOND, INTERVAL '4' SECOND) GROUP BY window_start, window_end;
