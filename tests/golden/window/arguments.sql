-- Arguments of windowing functions: by name in any order, computed sizes, offsets below and above a slide, inputs of every kind.
CREATE TEMPORARY TABLE t (id INT, k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
  WITH ('connector' = 'filesystem', 'path' = '${DIR}/../oracle/window_passes_time.jsonl', 'format' = 'json');
CREATE TEMPORARY VIEW renamed AS SELECT id, k AS kk, ts AS t2 FROM t WHERE id < 8;
SELECT id, window_start FROM TUMBLE(TIMECOL => DESCRIPTOR(ts), SIZE => INTERVAL '10' SECOND, DATA => TABLE t);
SELECT id, window_start, window_end FROM HOP(`OFFSET` => INTERVAL '-7' SECOND, DATA => TABLE t, SIZE => INTERVAL '10' SECOND, TIMECOL => DESCRIPTOR(ts), SLIDE => INTERVAL '5' SECOND);
SELECT window_start, window_end, COUNT(*) AS n FROM CUMULATE(DATA => TABLE t, STEP => INTERVAL '5' SECOND, TIMECOL => DESCRIPTOR(ts), SIZE => INTERVAL '10' SECOND, `OFFSET` => INTERVAL '-33' SECOND) GROUP BY window_start, window_end;
SELECT id, window_start, window_end FROM SESSION(GAP => INTERVAL '5' SECOND, DATA => TABLE t PARTITION BY k, TIMECOL => DESCRIPTOR(ts));
SELECT window_start, COUNT(*) AS n FROM TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '5' SECOND * 2 + INTERVAL '10' SECOND) GROUP BY window_start, window_end;
SELECT window_start, COUNT(*) AS n FROM TABLE(TUMBLE((SELECT * FROM renamed), DESCRIPTOR(t2), INTERVAL '10' SECOND)) AS q GROUP BY window_start, window_end;
WITH c AS (SELECT id, ts FROM t WHERE id > 2) SELECT window_start, COUNT(*) AS n FROM TUMBLE(TABLE c, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '-3' SECOND) GROUP BY window_start, window_end;
SELECT a, d FROM TUMBLE((SELECT id, ts FROM t), DESCRIPTOR(ts), INTERVAL '10' SECOND) AS q (a, b, c, d, e);
