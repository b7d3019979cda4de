-- Processing time and idle sources: what the clock alone decides. With --chaos every test is stopped and restored after each step,
-- so that timers that wait are restored, too; those that a row's arrival matters to cannot be killed (--@no-kill).
CREATE TABLE s (id BIGINT, k STRING, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'nowhere:9', 'format' = 'json');
CREATE TABLE c (id BIGINT, k STRING, v BIGINT, p AS PROCTIME())
WITH ('connector' = 'kafka', 'topic' = 'c', 'properties.bootstrap.servers' = 'nowhere:9', 'format' = 'json');
CREATE TABLE q (id BIGINT, k STRING, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 'q', 'properties.bootstrap.servers' = 'nowhere:9', 'format' = 'json');

--@test HOP on processing time: each window once, also those that a row came to before the last stop
--@no-kill
SELECT window_start, window_end, COUNT(*) AS n, SUM(v) AS v
FROM HOP(TABLE c, DESCRIPTOR(p), INTERVAL '5' SECOND, INTERVAL '10' SECOND) GROUP BY window_start, window_end;
--@given c
| k | v |
| a | 1 |
--@advance 5 s
--@expect
| window_start        | window_end          | n | v |
| 2025-12-31 23:59:55 | 2026-01-01 00:00:05 | 1 | 1 |
--@given c
| k | v  |
| a | 10 |
--@advance 5 s
--@expect
| window_start        | window_end          | n | v  |
| 2025-12-31 23:59:55 | 2026-01-01 00:00:05 | 1 | 1  |
| 2026-01-01 00:00:00 | 2026-01-01 00:00:10 | 2 | 11 |
--@advance 1 h
--@expect
| window_start        | window_end          | n | v  |
| 2025-12-31 23:59:55 | 2026-01-01 00:00:05 | 1 | 1  |
| 2026-01-01 00:00:00 | 2026-01-01 00:00:10 | 2 | 11 |
| 2026-01-01 00:00:05 | 2026-01-01 00:00:15 | 1 | 10 |

--@test CUMULATE on processing time grows step by step
--@no-kill
SELECT window_end, k, COUNT(*) AS n
FROM CUMULATE(TABLE c, DESCRIPTOR(p), INTERVAL '2' SECOND, INTERVAL '6' SECOND) GROUP BY window_start, window_end, k;
--@given c
| k |
| a |
--@advance 2 s
--@given c
| k |
| a |
| b |
--@advance 2 s
--@expect
| window_end          | k | n |
| 2026-01-01 00:00:02 | a | 1 |
| 2026-01-01 00:00:04 | a | 2 |
| 2026-01-01 00:00:04 | b | 1 |
--@advance 2 s
--@expect
| window_end          | k | n |
| 2026-01-01 00:00:02 | a | 1 |
| 2026-01-01 00:00:04 | a | 2 |
| 2026-01-01 00:00:04 | b | 1 |
| 2026-01-01 00:00:06 | a | 2 |
| 2026-01-01 00:00:06 | b | 1 |

--@test a session on processing time ends when nothing came for its gap
--@no-kill
SELECT k, window_end, COUNT(*) AS n
FROM SESSION(TABLE c PARTITION BY k, DESCRIPTOR(p), INTERVAL '5' SECOND) GROUP BY window_start, window_end, k;
--@now 2026-01-01 00:00:10
--@given c
| k |
| a |
--@advance 4 s
--@given c
| k |
| a |
| b |
--@advance 4 s
--@given c
| k |
| b |
--@expect
| k | n |
--@advance 2 s
--@expect
| k | n |
| a | 2 |
--@advance 1 h
--@expect
| k | n |
| a | 2 |
| b | 2 |

--@test windows in GROUP BY on processing time
--@no-kill
SELECT TUMBLE_START(p, INTERVAL '10' SECOND) AS w, k, COUNT(*) AS n FROM c GROUP BY TUMBLE(p, INTERVAL '10' SECOND), k;
--@given c
| k |
| a |
--@advance 9 s
--@given c
| k |
| a |
--@expect
| k | n |
--@advance 1 s
--@expect
| w                   | k | n |
| 2026-01-01 00:00:00 | a | 2 |

--@test a day of processing time is that of the zone
--@no-kill
SET 'table.local-time-zone' = 'America/Sao_Paulo';
SELECT window_start, COUNT(*) AS n FROM TUMBLE(TABLE c, DESCRIPTOR(p), INTERVAL '1' DAY) GROUP BY window_start, window_end;
--@given c
| k |
| a |
--@advance 2 h
--@given c
| k |
| a |
--@advance 59 m
--@expect
| window_start | n |
--@advance 1 m
--@expect
| window_start        | n |
| 2025-12-31 00:00:00 | 2 |

--@test the end of the input closes windows of processing time
SELECT window_start, k, COUNT(*) AS n FROM TUMBLE(TABLE c, DESCRIPTOR(p), INTERVAL '10' SECOND) GROUP BY window_start, window_end, k;
--@given c
| k |
| a |
--@end
--@expect
| window_start        | k | n |
| 2026-01-01 00:00:00 | a | 1 |

--@test OVER a range of processing time
--@no-kill
SELECT id, COUNT(*) OVER (ORDER BY p RANGE BETWEEN INTERVAL '10' SECOND PRECEDING AND CURRENT ROW) AS n FROM c;
--@given c
| id |
| 1  |
--@advance 6 s
--@given c
| id |
| 2  |
--@advance 6 s
--@given c
| id |
| 3  |
--@advance 1 h
--@given c
| id |
| 4  |
--@expect
| id | n |
| 1  | 1 |
| 2  | 2 |
| 3  | 2 |
| 4  | 1 |

--@test a window join waits for both sides, and fires each window once
SELECT a.id AS a, b.id AS b, a.window_end FROM (SELECT * FROM TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND)) a
LEFT JOIN (SELECT * FROM TUMBLE(TABLE q, DESCRIPTOR(ts), INTERVAL '10' SECOND)) b
ON a.window_start = b.window_start AND a.window_end = b.window_end AND a.k = b.k;
--@given s
| id | k | ts                  |
|  1 | x | 2026-01-01 00:00:01 |
|  2 | y | 2026-01-01 00:00:02 |
|  3 | x | 2026-01-01 00:00:15 |
--@given q
| id | k | ts                  |
| 11 | x | 2026-01-01 00:00:09 |
--@expect
| a | b | window_end |
--@watermark q 2026-01-01 00:00:10
--@expect
| a | b    | window_end          |
| 1 | 11   | 2026-01-01 00:00:10 |
| 2 | NULL | 2026-01-01 00:00:10 |
--@given q
| id | k | ts                  |
| 12 | x | 2026-01-01 00:00:03 |
| 13 | x | 2026-01-01 00:00:19 |
--@end
--@expect
| a | b    | window_end          |
| 1 | 11   | 2026-01-01 00:00:10 |
| 2 | NULL | 2026-01-01 00:00:10 |
| 3 | 13   | 2026-01-01 00:00:20 |

--@test Top-N of a window comes when it closes
SELECT window_end, k, v, rn FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY v DESC) AS rn
FROM TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND)) WHERE rn <= 2;
--@given s
| k | v | ts                  |
| a | 5 | 2026-01-01 00:00:01 |
| b | 7 | 2026-01-01 00:00:09 |
| c | 6 | 2026-01-01 00:00:02 |
| d | 1 | 2026-01-01 00:00:11.998 |
--@expect
| k | v |
--@watermark s 2026-01-01 00:00:10
--@expect
| window_end          | k | v | rn |
| 2026-01-01 00:00:10 | b | 7 | 1  |
| 2026-01-01 00:00:10 | c | 6 | 2  |
--@end
--@expect
| window_end          | k | v | rn |
| 2026-01-01 00:00:10 | b | 7 | 1  |
| 2026-01-01 00:00:10 | c | 6 | 2  |
| 2026-01-01 00:00:20 | d | 1 | 1  |

--@test a side of a window join that is idle does not hold the other, and is late when it comes back
--@no-chaos
SET 'table.exec.source.idle-timeout' = '30 s';
SELECT a.id AS a, b.id AS b FROM (SELECT * FROM TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND)) a
FULL JOIN (SELECT * FROM TUMBLE(TABLE q, DESCRIPTOR(ts), INTERVAL '10' SECOND)) b
ON a.window_start = b.window_start AND a.window_end = b.window_end AND a.k = b.k;
--@given q
| id | k | ts                  |
| 11 | x | 2026-01-01 00:00:02 |
--@given s
| id | k | ts                  |
|  1 | x | 2026-01-01 00:00:01 |
--@advance 20 s
--@given s
| id | k | ts                  |
|  2 | x | 2026-01-01 00:00:13 |
--@expect
| a | b |
--@advance 15 s
--@expect
| a | b  |
| 1 | 11 |
--@given q
| id | k | ts                  |
| 12 | x | 2026-01-01 00:00:03 |
| 13 | x | 2026-01-01 00:00:14 |
--@end
--@expect
| a | b  |
| 1 | 11 |
| 2 | 13 |

--@test when all sources are idle nothing closes, and the first row counts again
--@no-chaos
SET 'table.exec.source.idle-timeout' = '10 s';
SELECT window_end, COUNT(*) AS n FROM TUMBLE(TABLE q, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end;
--@given q
| id | ts                  |
|  1 | 2026-01-01 00:00:01 |
--@advance 1 h
--@expect
| window_end | n |
--@given q
| id | ts                  |
|  2 | 2026-01-01 00:00:05 |
|  3 | 2026-01-01 00:00:10 |
--@expect
| window_end          | n |
| 2026-01-01 00:00:10 | 2 |

--@test the time of a window on processing time is one for windows over its results
--@no-kill
SELECT TUMBLE_START(t, INTERVAL '20' SECOND) AS w, SUM(n) AS n FROM (SELECT TUMBLE_PROCTIME(p, INTERVAL '5' SECOND) AS t, COUNT(*) AS n FROM c
GROUP BY TUMBLE(p, INTERVAL '5' SECOND)) GROUP BY TUMBLE(t, INTERVAL '20' SECOND);
--@given c
| id |
| 1  |
| 2  |
--@advance 6 s
--@given c
| id |
| 3  |
--@advance 5 s
--@advance 20 s
--@expect
| w                   | n |
| 2026-01-01 00:00:00 | 3 |

--@test OVER without a bound takes rows one by one by the clock, also those that come together
SELECT id, SUM(v) OVER (ORDER BY p) AS s, LAG(v) OVER (ORDER BY p) AS l FROM c;
--@given c
| id | v |
| 1  | 1 |
| 2  | 2 |
| 3  | 4 |
--@expect
| id | s | l    |
| 1  | 1 | NULL |
| 2  | 3 | 1    |
| 3  | 7 | 2    |
