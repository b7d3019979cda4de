-- Early and late firing of windows in GROUP BY (table.exec.emit.*) and EMIT CHANGES on them, on a clock of their own. Every test
-- is also run at another parallelism, stopped and restored after every step, and killed and restored after every step; those
-- whose rows would count their delay anew when they are read again are not
-- (tests/unit/test_hold.c stops those).
CREATE TABLE s (id BIGINT, k STRING, v BIGINT, ts TIMESTAMP(3), p AS PROCTIME(), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'nowhere:9', 'format' = 'json');
CREATE TABLE o (w TIMESTAMP(3), k STRING, n BIGINT, v BIGINT, PRIMARY KEY (w, k) NOT ENFORCED);

--@test early firing shows a key every delay of the clock, counted from its first row
--@no-chaos
SET 'table.exec.emit.early-fire.enabled' = 'true';
SET 'table.exec.emit.early-fire.delay' = '10 s';
SELECT TUMBLE_START(ts, INTERVAL '1' HOUR) AS w, k, COUNT(*) AS n FROM s GROUP BY k, TUMBLE(ts, INTERVAL '1' HOUR);
--@given s
| k | ts                  |
| a | 2026-01-01 00:00:01 |
--@advance 4 s
--@given s
| k | ts                  |
| a | 2026-01-01 00:00:02 |
| b | 2026-01-01 00:00:02 |
--@expect
| w | k | n |
--@advance 7 s
--@expect
| w                   | k | n |
| 2026-01-01 00:00:00 | a | 2 |
--@given s
| k | ts                  |
| a | 2026-01-01 00:00:03 |
--@advance 4 s
--@expect
| w                   | k | n |
| 2026-01-01 00:00:00 | a | 2 |
| 2026-01-01 00:00:00 | b | 1 |
--@advance 6 s
--@expect
| w                   | k | n |
| 2026-01-01 00:00:00 | a | 3 |
| 2026-01-01 00:00:00 | b | 1 |
--@advance 60 s
--@given s
| k | ts                  |
| a | 2026-01-01 00:00:04 |
--@expect
| w                   | k | n |
| 2026-01-01 00:00:00 | a | 3 |
| 2026-01-01 00:00:00 | b | 1 |
--@advance 10 s
--@expect-changelog
| op | w                   | k | n |
| +I | 2026-01-01 00:00:00 | a | 2 |
| +I | 2026-01-01 00:00:00 | b | 1 |
| -U | 2026-01-01 00:00:00 | a | 2 |
| +U | 2026-01-01 00:00:00 | a | 3 |
| -U | 2026-01-01 00:00:00 | a | 3 |
| +U | 2026-01-01 00:00:00 | a | 4 |

--@test what waits is shown when the window ends, and rows behind it are late
SET 'table.exec.emit.early-fire.enabled' = 'true';
SET 'table.exec.emit.early-fire.delay' = '1 h';
INSERT INTO o SELECT TUMBLE_START(ts, INTERVAL '10' SECOND), k, COUNT(*), SUM(v) FROM s GROUP BY k, TUMBLE(ts, INTERVAL '10' SECOND);
--@given s
| k | v | ts                  |
| a | 1 | 2026-01-01 00:00:01 |
| a | 2 | 2026-01-01 00:00:09 |
| b | 3 | 2026-01-01 00:00:12 |
| a | 4 | 2026-01-01 00:00:05 |
--@expect o
| w                   | k | n | v |
| 2026-01-01 00:00:00 | a | 2 | 3 |
--@end
--@expect o
| w                   | k | n | v |
| 2026-01-01 00:00:00 | a | 2 | 3 |
| 2026-01-01 00:00:10 | b | 1 | 3 |

--@test late firing: the result on time, then every change while lateness lasts
SET 'table.exec.emit.late-fire.enabled' = 'true';
SET 'table.exec.emit.late-fire.delay' = '0 ms';
SET 'table.exec.emit.allow-lateness' = '10 s';
INSERT INTO o SELECT TUMBLE_START(ts, INTERVAL '10' SECOND), k, COUNT(*), SUM(v) FROM s GROUP BY k, TUMBLE(ts, INTERVAL '10' SECOND);
--@given s
| k | v  | ts                  |
| a | 1  | 2026-01-01 00:00:01 |
| b | 2  | 2026-01-01 00:00:05 |
--@expect o
| w | k | n | v |
--@given s
| k | v  | ts                  |
| a | 4  | 2026-01-01 00:00:11 |
--@expect o
| w                   | k | n | v |
| 2026-01-01 00:00:00 | a | 1 | 1 |
| 2026-01-01 00:00:00 | b | 1 | 2 |
--@given s
| k | v  | ts                  |
| b | 8  | 2026-01-01 00:00:06 |
| c | 16 | 2026-01-01 00:00:07 |
--@expect o
| w                   | k | n | v  |
| 2026-01-01 00:00:00 | a | 1 | 1  |
| 2026-01-01 00:00:00 | b | 2 | 10 |
| 2026-01-01 00:00:00 | c | 1 | 16 |
--@given s
| k | v  | ts                     |
| x | 0  | 2026-01-01 00:00:19.998 |
| b | 32 | 2026-01-01 00:00:06    |
| x | 0  | 2026-01-01 00:00:19.999 |
| b | 64 | 2026-01-01 00:00:06    |
--@expect o
| w                   | k | n | v  |
| 2026-01-01 00:00:00 | a | 1 | 1  |
| 2026-01-01 00:00:00 | b | 3 | 42 |
| 2026-01-01 00:00:00 | c | 1 | 16 |
| 2026-01-01 00:00:10 | a | 1 | 4  |
| 2026-01-01 00:00:10 | x | 2 | 0  |

--@test late firing every delay: what came late as a whole is shown at once, what waits when the window goes is not lost
SET 'table.exec.emit.late-fire.enabled' = 'true';
SET 'table.exec.emit.late-fire.delay' = '5 s';
SET 'table.exec.emit.allow-lateness' = '10 s';
SELECT TUMBLE_START(ts, INTERVAL '10' SECOND) AS w, k, SUM(v) AS v FROM s GROUP BY k, TUMBLE(ts, INTERVAL '10' SECOND);
--@given s
| k | v  | ts                  |
| a | 1  | 2026-01-01 00:00:01 |
| z | 2  | 2026-01-01 00:00:11 |
| a | 4  | 2026-01-01 00:00:02 |
| b | 8  | 2026-01-01 00:00:02 |
| b | 16 | 2026-01-01 00:00:02 |
--@expect
| w                   | k | v  |
| 2026-01-01 00:00:00 | a | 1  |
| 2026-01-01 00:00:00 | b | 24 |
--@advance 5 s
--@expect
| w                   | k | v  |
| 2026-01-01 00:00:00 | a | 5  |
| 2026-01-01 00:00:00 | b | 24 |
--@given s
| k | v   | ts                  |
| a | 32  | 2026-01-01 00:00:03 |
--@expect
| w                   | k | v  |
| 2026-01-01 00:00:00 | a | 5  |
| 2026-01-01 00:00:00 | b | 24 |
--@given s
| k | v   | ts                  |
| y | 0   | 2026-01-01 00:00:30 |
--@expect
| w                   | k | v  |
| 2026-01-01 00:00:00 | a | 37 |
| 2026-01-01 00:00:00 | b | 24 |
| 2026-01-01 00:00:10 | z | 2  |

--@test early every delay, late every change
--@no-chaos
SET 'table.exec.emit.early-fire.enabled' = 'true';
SET 'table.exec.emit.early-fire.delay' = '3 s';
SET 'table.exec.emit.late-fire.enabled' = 'true';
SET 'table.exec.emit.late-fire.delay' = '0 s';
SET 'table.exec.emit.allow-lateness' = '1 min';
SELECT HOP_END(ts, INTERVAL '5' SECOND, INTERVAL '10' SECOND) AS w, SUM(v) AS v, LISTAGG(k) AS k, COUNT(DISTINCT k) AS d
FROM s GROUP BY HOP(ts, INTERVAL '5' SECOND, INTERVAL '10' SECOND);
--@given s
| k | v  | ts                  |
| a | 1  | 2026-01-01 00:00:01 |
| b | 2  | 2026-01-01 00:00:02 |
--@advance 3 s
--@expect
| w                   | v | k   | d |
| 2026-01-01 00:00:05 | 3 | a,b | 2 |
| 2026-01-01 00:00:10 | 3 | a,b | 2 |
--@given s
| k | v  | ts                  |
| a | 4  | 2026-01-01 00:00:06 |
| a | 8  | 2026-01-01 00:00:03 |
--@expect
| w                   | v  | k     | d |
| 2026-01-01 00:00:05 | 11 | a,b,a | 2 |
| 2026-01-01 00:00:10 | 3  | a,b   | 2 |
--@advance 3 s
--@expect
| w                   | v  | k       | d |
| 2026-01-01 00:00:05 | 11 | a,b,a   | 2 |
| 2026-01-01 00:00:10 | 15 | a,b,a,a | 2 |
| 2026-01-01 00:00:15 | 4  | a       | 1 |

--@test early firing on processing time, and the end of its windows
--@no-chaos
SET 'table.exec.emit.early-fire.enabled' = 'true';
SET 'table.exec.emit.early-fire.delay' = '4 s';
SET 'table.exec.emit.late-fire.enabled' = 'true';
SET 'table.exec.emit.late-fire.delay' = '0 s';
SELECT TUMBLE_START(p, INTERVAL '10' SECOND) AS w, COUNT(*) AS n FROM s GROUP BY TUMBLE(p, INTERVAL '10' SECOND);
--@given s
| k | ts                  |
| a | 2026-01-01 00:00:01 |
--@expect
| w | n |
--@advance 5 s
--@given s
| k | ts                  |
| a | 2026-01-01 00:00:01 |
--@expect
| w                   | n |
| 2026-01-01 00:00:00 | 1 |
--@advance 3500 ms
--@given s
| k | ts                  |
| a | 2026-01-01 00:00:01 |
--@expect
| w                   | n |
| 2026-01-01 00:00:00 | 2 |
--@advance 2 s
--@expect
| w                   | n |
| 2026-01-01 00:00:00 | 3 |
--@given s
| k | ts                  |
| a | 2026-01-01 00:00:01 |
--@advance 10 s
--@expect
| w                   | n |
| 2026-01-01 00:00:00 | 3 |
| 2026-01-01 00:00:10 | 1 |

--@test EMIT CHANGES on a window in GROUP BY shows every change, without a key when no column of the window is shown
INSERT INTO o SELECT TUMBLE_START(ts, INTERVAL '10' SECOND), k, COUNT(*), SUM(v) FROM s GROUP BY k, TUMBLE(ts, INTERVAL '10' SECOND)
EMIT CHANGES;
SELECT k, SUM(v) AS v FROM s GROUP BY k, TUMBLE(ts, INTERVAL '10' SECOND) EMIT CHANGES;
--@given s
| k | v  | ts                  |
| a | 1  | 2026-01-01 00:00:01 |
| a | 2  | 2026-01-01 00:00:09 |
| a | 3  | 2026-01-01 00:00:12 |
| a | 4  | 2026-01-01 00:00:05 |
--@expect o
| w                   | k | n | v |
| 2026-01-01 00:00:00 | a | 2 | 3 |
| 2026-01-01 00:00:10 | a | 1 | 3 |
--@expect
| k | v |
| a | 3 |
| a | 3 |

--@test a row behind the lateness is a dead letter, one within it is not
CREATE TABLE d (id BIGINT, k STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 'd', 'properties.bootstrap.servers' = 'nowhere:9', 'format' = 'json', 'on-late' = 'dead-letter');
CREATE TABLE letters (source STRING, reason STRING, `raw` BYTES) WITH ('connector' = 'sqlite', 'table' = '_rn_dead_letter');
CREATE VIEW kept AS SELECT source, reason, CAST(`raw` AS STRING) AS line FROM letters;
CREATE TABLE counts (w TIMESTAMP(3), n BIGINT, PRIMARY KEY (w) NOT ENFORCED);
SET 'table.exec.emit.late-fire.enabled' = 'true';
SET 'table.exec.emit.late-fire.delay' = '0 ms';
SET 'table.exec.emit.allow-lateness' = '10 s';
INSERT INTO counts SELECT TUMBLE_START(ts, INTERVAL '10' SECOND), COUNT(*) FROM d GROUP BY TUMBLE(ts, INTERVAL '10' SECOND);
--@given d
| id | ts                  |
|  1 | 2026-01-01 00:00:01 |
|  2 | 2026-01-01 00:00:15 |
|  3 | 2026-01-01 00:00:02 |
|  4 | 2026-01-01 00:00:21 |
|  5 | 2026-01-01 00:00:03 |
|  6 | 2026-01-01 00:00:12 |
--@end
--@expect counts
| w                   | n |
| 2026-01-01 00:00:00 | 2 |
| 2026-01-01 00:00:10 | 2 |
| 2026-01-01 00:00:20 | 1 |
--@expect kept
| source | reason                                                                                                                | line |
| d      | late: the watermark is 2026-01-01 00:00:21.000, its window ended 2026-01-01 00:00:10.000 (group-aggregate sink.0.agg) | {"ts":"2026-01-01 00:00:03","window_start":"2026-01-01 00:00:00","window_end":"2026-01-01 00:00:10","window_time":"2026-01-01 00:00:09.999"} |
