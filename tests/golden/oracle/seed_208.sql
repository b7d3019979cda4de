-- Random queries over random rows; the answers are those of Flink 2.3.
SET 'table.local-time-zone' = 'America/St_Johns';
CREATE TEMPORARY TABLE ev (id INT, k STRING, k2 INT, b BOOLEAN, ti TINYINT, si SMALLINT, v INT, bi BIGINT, f FLOAT, d DOUBLE, dc DECIMAL(10,2), dd DECIMAL(20,5), s STRING, dt DATE, tm TIME(0), t2 TIMESTAMP(3), n ROW<a INT, c STRING>, ts TIMESTAMP_LTZ(3), cc AS UPPER(k) || '!', c2 AS v * 2 + 1, WATERMARK FOR ts AS ts - INTERVAL '45' MINUTE)
  WITH ('connector' = 'filesystem', 'path' = '${DIR}/seed_208.jsonl', 'format' = 'json');
SELECT window_end AS c0, window_start AS c1, COUNT(*) AS c2, LAST_VALUE(k) AS c3 FROM TUMBLE(TABLE ev, DESCRIPTOR(ts), INTERVAL '30' MINUTE) WHERE b GROUP BY window_start, window_end;
SELECT AVG(ti) AS c0, COUNT(dc) FILTER (WHERE (n IS NULL AND (b AND b))) AS c1, window_time AS c2, window_end AS c3, LAST_VALUE(s) AS c4 FROM TUMBLE(TABLE ev, DESCRIPTOR(ts), INTERVAL '300' MINUTE(3)) WHERE (b OR k IN ('a', 'b', 'ключ')) GROUP BY window_start, window_end, window_time;
SELECT k2 AS c0, COUNT(*) FILTER (WHERE v BETWEEN -2 AND 3) AS c1, LAST_VALUE(dd) AS c2 FROM ev WHERE k IN ('a', 'b', 'ключ') GROUP BY k2;
SELECT window_start, window_end, k, COUNT(*) AS c, SUM(bi) AS s FROM TUMBLE(DATA => TABLE ev, TIMECOL => DESCRIPTOR(ts), SIZE => INTERVAL '5' MINUTE, `OFFSET` => INTERVAL '-2' MINUTE) GROUP BY window_start, window_end, k;
SELECT id, k AS c0, COUNT(*) OVER w AS c1, FIRST_VALUE(dd) OVER w AS c2, LAST_VALUE(ti) OVER w AS c3, SUM(k2) OVER w AS c4 FROM ev WINDOW w AS (PARTITION BY k ORDER BY ts ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW);
SELECT id, k, ts FROM ev ORDER BY ts, v DESC, id;
