-- What the oracle cannot answer: equal sets (its GROUP_ID is wrong), sets of sets on streams, a legacy window beside sets.
CREATE TABLE ev (id BIGINT, k STRING, v INT, d DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
  WITH ('connector' = 'filesystem', 'path' = '${DIR}/ev.jsonl', 'format' = 'json');
SELECT k, v, COUNT(*) AS c, GROUPING_ID(k, v) AS g, GROUP_ID() AS i FROM ev GROUP BY GROUPING SETS ((k, v), (k), (), (k));
SELECT k, v, COUNT(*) AS c FROM ev GROUP BY GROUPING SETS (ROLLUP (k), CUBE (v));
SELECT COUNT(*) AS c, GROUP_ID() AS i FROM ev GROUP BY GROUPING SETS ((), ());
SELECT k, TUMBLE_START(ts, INTERVAL '10' SECOND) AS s, COUNT(*) AS c, GROUPING(k) AS g FROM ev GROUP BY TUMBLE(ts, INTERVAL '10' SECOND), ROLLUP (k);
SELECT k, SESSION_END(ts, INTERVAL '3' SECOND) AS s, COUNT(*) AS c, GROUPING(k) AS g FROM ev GROUP BY SESSION(ts, INTERVAL '3' SECOND), ROLLUP (k);
SELECT NOT (v > 2) AS n, COUNT(*) AS c FROM ev GROUP BY ROLLUP (v > 2);
SELECT k, COUNT(*) AS c FROM ev WHERE v > 1000 GROUP BY ROLLUP (k);
