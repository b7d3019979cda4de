-- Windows on a clock of their own. Every test is also run at another parallelism, stopped and restored after every step, and
-- killed and restored after every step (tests/run.sh timed).
CREATE TABLE s (id BIGINT, k STRING, v BIGINT, ts TIMESTAMP(3), p AS PROCTIME(), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'nowhere:9', 'format' = 'json');
CREATE TABLE l (id BIGINT, z STRING, at_ TIMESTAMP_LTZ(3), WATERMARK FOR at_ AS at_)
WITH ('connector' = 'kafka', 'topic' = 'l', 'properties.bootstrap.servers' = 'nowhere:9', 'format' = 'json');

CREATE TABLE late_s (k STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE)
WITH ('connector' = 'kafka', 'topic' = 'late_s', 'properties.bootstrap.servers' = 'nowhere:9', 'format' = 'json');
CREATE TABLE open_sessions (k STRING, a TIMESTAMP(3), b TIMESTAMP(3), n BIGINT, PRIMARY KEY (k, a, b) NOT ENFORCED);

--@test a tumbling window closes when the watermark reaches its end, not before
SELECT window_start, k, SUM(v) AS v, COUNT(*) AS n
FROM TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end, k;
--@given s
| id | k | v | ts                  |
|  1 | a | 5 | 2026-01-01 00:00:01 |
|  2 | b | 7 | 2026-01-01 00:00:09 |
|  3 | a | 1 | 2026-01-01 00:00:11.9 |
--@expect
| k | v |
--@given s
| id | k | v | ts                  |
|  4 | a | 2 | 2026-01-01 00:00:12 |
--@expect
| window_start        | k | v | n |
| 2026-01-01 00:00:00 | a | 5 | 1 |
| 2026-01-01 00:00:00 | b | 7 | 1 |
--@end
--@expect
| window_start        | k | v | n |
| 2026-01-01 00:00:00 | a | 5 | 1 |
| 2026-01-01 00:00:00 | b | 7 | 1 |
| 2026-01-01 00:00:10 | a | 3 | 2 |

--@test a late row is dropped, one in time for its hop is counted in what is still open
SELECT window_start, SUM(v) AS v FROM HOP(TABLE s, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND) GROUP BY window_start, window_end;
--@given s
| id | v  | ts                  |
|  1 | 1  | 2026-01-01 00:00:01 |
|  2 | 10 | 2026-01-01 00:00:13 |
|  3 | 100 | 2026-01-01 00:00:03 |
|  4 | 1000 | 2026-01-01 00:00:09 |
--@end
--@expect
| window_start        | v |
| 2025-12-31 23:59:55 | 1 |
| 2026-01-01 00:00:00 | 1 |
| 2026-01-01 00:00:05 | 1010 |
| 2026-01-01 00:00:10 | 10 |

--@test an explicit watermark closes windows without a row
SELECT window_end, COUNT(*) AS n FROM CUMULATE(TABLE s, DESCRIPTOR(ts), INTERVAL '2' SECOND, INTERVAL '6' SECOND) GROUP BY window_start, window_end;
--@given s
| id | ts                  |
|  1 | 2026-01-01 00:00:01 |
|  2 | 2026-01-01 00:00:03 |
--@watermark s 2026-01-01 00:00:03.999
--@expect
| window_end          | n |
| 2026-01-01 00:00:02 | 1 |
| 2026-01-01 00:00:04 | 2 |
--@watermark s 2026-01-01 00:00:06
--@expect
| window_end          | n |
| 2026-01-01 00:00:02 | 1 |
| 2026-01-01 00:00:04 | 2 |
| 2026-01-01 00:00:06 | 2 |

--@test ten seconds of processing time by user, the clock turned by hand
SELECT window_start, k, COUNT(*) AS n FROM TUMBLE(TABLE s, DESCRIPTOR(p), INTERVAL '10' SECOND) GROUP BY window_start, window_end, k;
--@given s
| k | ts                  |
| a | 2026-01-01 00:00:00 |
| a | 2026-01-01 00:00:00 |
--@advance 9 s
--@given s
| k | ts                  |
| b | 2026-01-01 00:00:00 |
--@expect
| k | n |
--@advance 1 s
--@expect
| window_start        | k | n |
| 2026-01-01 00:00:00 | a | 2 |
| 2026-01-01 00:00:00 | b | 1 |

--@test a session ends after its gap
SELECT window_start, window_end, k, COUNT(*) AS n
FROM SESSION(TABLE s PARTITION BY k, DESCRIPTOR(ts), INTERVAL '5' SECOND) GROUP BY window_start, window_end, k;
--@given s
| k | ts                  |
| a | 2026-01-01 00:00:01 |
| a | 2026-01-01 00:00:07 |
| a | 2026-01-01 00:00:04 |
| b | 2026-01-01 00:00:08 |
--@end
--@expect
| window_start        | window_end          | k | n |
| 2026-01-01 00:00:01 | 2026-01-01 00:00:12 | a | 3 |
| 2026-01-01 00:00:08 | 2026-01-01 00:00:13 | b | 1 |

--@test days follow the zone, and a day of the change to summer time has 23 hours
SET 'table.local-time-zone' = 'Europe/Berlin';
SELECT window_start, COUNT(*) AS n FROM TUMBLE(TABLE l, DESCRIPTOR(at_), INTERVAL '1' DAY) GROUP BY window_start, window_end;
--@given l
| id | at_                 |
|  1 | 2026-03-28 22:59:59 |
|  2 | 2026-03-28 23:00:00 |
|  3 | 2026-03-29 21:59:59 |
|  4 | 2026-03-29 22:00:00 |
--@end
--@expect
| window_start        | n |
| 2026-03-28 00:00:00 | 1 |
| 2026-03-29 00:00:00 | 2 |
| 2026-03-30 00:00:00 | 1 |

--@test OVER keeps what its frame can see
SELECT id, SUM(v) OVER (PARTITION BY k ORDER BY ts ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS v FROM s;
--@given s
| id | k | v  | ts                  |
|  1 | a | 1  | 2026-01-01 00:00:01 |
|  2 | a | 10 | 2026-01-01 00:00:02 |
|  3 | b | 5  | 2026-01-01 00:00:02 |
|  4 | a | 100 | 2026-01-01 00:00:03 |
--@end
--@expect
| id | v   |
|  1 | 1   |
|  2 | 11  |
|  3 | 5   |
|  4 | 110 |

--@test an updating result and its changes
SELECT k, COUNT(*) AS n FROM s GROUP BY k;
--@given s
| k | ts                  |
| a | 2026-01-01 00:00:01 |
| b | 2026-01-01 00:00:01 |
| a | 2026-01-01 00:00:01 |
--@expect-changelog
| op | k | n |
| +I | a | 1 |
| +I | b | 1 |
| -U | a | 1 |
| +U | a | 2 |
--@expect
| k | n |
| a | 2 |
| b | 1 |

--@test a source that is idle does not hold the other back, one that is not does
--@no-chaos
SET 'table.exec.source.idle-timeout' = '30 s';
CREATE TABLE quiet (id BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 'quiet', 'properties.bootstrap.servers' = 'nowhere:9', 'format' = 'json');
CREATE VIEW both_tables AS SELECT id, ts FROM s UNION ALL SELECT id, ts FROM quiet;
SELECT window_start, COUNT(*) AS n FROM TUMBLE(TABLE both_tables, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end;
--@given s
| id | ts                  |
|  1 | 2026-01-01 00:00:01 |
|  2 | 2026-01-01 00:00:13 |
--@advance 20 s
--@given s
| id | ts                  |
|  3 | 2026-01-01 00:00:14 |
--@expect
| window_start        | n |
--@advance 15 s
--@expect
| window_start        | n |
| 2026-01-01 00:00:00 | 1 |

--@test EMIT CHANGES shows a window while it is open, and its state goes when it closes
SELECT window_start, k, COUNT(*) AS n FROM TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND)
GROUP BY window_start, window_end, k EMIT CHANGES;
--@given s
| k | ts                  |
| a | 2026-01-01 00:00:01 |
| a | 2026-01-01 00:00:02 |
--@expect
| window_start        | k | n |
| 2026-01-01 00:00:00 | a | 2 |
--@given s
| k | ts                  |
| a | 2026-01-01 00:00:12 |
| a | 2026-01-01 00:00:03 |
--@expect
| window_start        | k | n |
| 2026-01-01 00:00:00 | a | 2 |
| 2026-01-01 00:00:10 | a | 1 |

--@test EMIT CHANGES over SESSION: a table keyed by the window holds the open sessions as they are, and closed ones
INSERT INTO open_sessions SELECT k, window_start, window_end, COUNT(*) FROM SESSION(TABLE s PARTITION BY k, DESCRIPTOR(ts), INTERVAL '10' SECOND)
GROUP BY window_start, window_end, k EMIT CHANGES;
SELECT k, SESSION_START(ts, INTERVAL '10' SECOND) AS a, SESSION_END(ts, INTERVAL '10' SECOND) AS b, COUNT(*) AS n FROM late_s
GROUP BY k, SESSION(ts, INTERVAL '10' SECOND) EMIT CHANGES;
--@given s
| k | ts                  |
| a | 2026-01-01 00:00:01 |
| a | 2026-01-01 00:00:07 |
| b | 2026-01-01 00:00:09 |
--@given late_s
| k | ts                  |
| a | 2026-01-01 00:00:30 |
| a | 2026-01-01 00:00:01 |
| a | 2026-01-01 00:00:46 |
--@expect open_sessions
| k | a                   | b                   | n |
| a | 2026-01-01 00:00:01 | 2026-01-01 00:00:17 | 2 |
| b | 2026-01-01 00:00:09 | 2026-01-01 00:00:19 | 1 |
--@expect
| k | a                   | b                   | n |
| a | 2026-01-01 00:00:01 | 2026-01-01 00:00:11 | 1 |
| a | 2026-01-01 00:00:30 | 2026-01-01 00:00:40 | 1 |
| a | 2026-01-01 00:00:46 | 2026-01-01 00:00:56 | 1 |
--@given s
| k | ts                  |
| b | 2026-01-01 00:00:18 |
| a | 2026-01-01 00:00:19 |
--@given late_s
| k | ts                  |
| a | 2026-01-01 00:00:38 |
| a | 2026-01-01 00:00:50 |
--@expect open_sessions
| k | a                   | b                   | n |
| a | 2026-01-01 00:00:01 | 2026-01-01 00:00:17 | 2 |
| a | 2026-01-01 00:00:19 | 2026-01-01 00:00:29 | 1 |
| b | 2026-01-01 00:00:09 | 2026-01-01 00:00:28 | 2 |
--@expect
| k | a                   | b                   | n |
| a | 2026-01-01 00:00:01 | 2026-01-01 00:00:11 | 1 |
| a | 2026-01-01 00:00:30 | 2026-01-01 00:01:00 | 4 |

--@test EMIT CHANGES over SESSION by the clock
--@no-chaos rows that are read again come later by the clock
SELECT k, COUNT(*) AS n FROM SESSION(TABLE s PARTITION BY k, DESCRIPTOR(p), INTERVAL '10' SECOND) GROUP BY window_start, window_end, k EMIT CHANGES;
--@given s
| k | ts                  |
| a | 2026-01-01 00:00:01 |
| b | 2026-01-01 00:00:01 |
--@advance 6 s
--@given s
| k | ts                  |
| a | 2026-01-01 00:00:01 |
--@expect
| k | n |
| a | 2 |
| b | 1 |
--@advance 6 s
--@given s
| k | ts                  |
| a | 2026-01-01 00:00:01 |
| b | 2026-01-01 00:00:01 |
--@expect
| k | n |
| a | 3 |
| b | 1 |
| b | 1 |

--@test EMIT CHANGES on processing time
SELECT window_start, COUNT(*) AS n FROM TUMBLE(TABLE s, DESCRIPTOR(p), INTERVAL '10' SECOND)
GROUP BY window_start, window_end EMIT CHANGES;
--@given s
| k | ts                  |
| a | 2026-01-01 00:00:01 |
--@expect
| window_start        | n |
| 2026-01-01 00:00:00 | 1 |
--@advance 12 s
--@given s
| k | ts                  |
| a | 2026-01-01 00:00:01 |
| a | 2026-01-01 00:00:01 |
--@expect
| window_start        | n |
| 2026-01-01 00:00:00 | 1 |
| 2026-01-01 00:00:10 | 2 |

--@test GROUP BY the window over a window Top-N: one row when the window closes
SELECT window_end, SUM(v) AS v, COUNT(*) AS n FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end, k ORDER BY v DESC) AS rn
  FROM TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND)) WHERE rn <= 1 GROUP BY window_start, window_end;
--@given s
| id | k | v | ts                  |
|  1 | a | 5 | 2026-01-01 00:00:01 |
|  2 | a | 7 | 2026-01-01 00:00:02 |
|  3 | b | 1 | 2026-01-01 00:00:03 |
|  4 | a | 9 | 2026-01-01 00:00:11 |
--@expect
| window_end | v | n |
--@watermark s 2026-01-01 00:00:09.999
--@expect-changelog
| op | window_end          | v | n |
| +I | 2026-01-01 00:00:10 | 8 | 2 |
--@end
--@expect-changelog
| op | window_end          | v | n |
| +I | 2026-01-01 00:00:10 | 8 | 2 |
| +I | 2026-01-01 00:00:20 | 9 | 1 |

--@test window Top-N on processing time: final rows a little after the window's end, and its state goes
SELECT window_end, id, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end, k ORDER BY v DESC) AS rn
  FROM TUMBLE(TABLE s, DESCRIPTOR(p), INTERVAL '10' SECOND)) WHERE rn <= 1;
--@given s
| id | k | v | ts                  |
|  1 | a | 5 | 2026-01-01 00:00:00 |
|  2 | a | 7 | 2026-01-01 00:00:00 |
|  3 | b | 1 | 2026-01-01 00:00:00 |
--@advance 9 s
--@given s
| id | k | v | ts                  |
|  4 | b | 2 | 2026-01-01 00:00:00 |
|  5 | b | 2 | 2026-01-01 00:00:00 |
--@expect
| window_end | id |
--@advance 1100 ms
--@expect-changelog
| op | window_end          | id | v |
| +I | 2026-01-01 00:00:10 |  2 | 7 |
| +I | 2026-01-01 00:00:10 |  4 | 2 |
--@given s
| id | k | v | ts                  |
|  6 | a | 1 | 2026-01-01 00:00:00 |
--@end
--@expect-changelog
| op | window_end          | id | v |
| +I | 2026-01-01 00:00:10 |  2 | 7 |
| +I | 2026-01-01 00:00:10 |  4 | 2 |
| +I | 2026-01-01 00:00:20 |  6 | 1 |

--@test window deduplication on processing time: the last row of a key in the window
SELECT window_end, id FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end, k ORDER BY p DESC) AS rn
  FROM CUMULATE(TABLE s, DESCRIPTOR(p), INTERVAL '10' SECOND, INTERVAL '20' SECOND)) WHERE rn = 1;
--@given s
| id | k | v | ts                  |
|  1 | a | 5 | 2026-01-01 00:00:00 |
|  2 | a | 7 | 2026-01-01 00:00:00 |
--@expect
| window_end | id |
--@advance 11 s
--@given s
| id | k | v | ts                  |
|  3 | a | 1 | 2026-01-01 00:00:00 |
--@expect
| window_end          | id |
| 2026-01-01 00:00:10 |  2 |
--@end
--@expect
| window_end          | id |
| 2026-01-01 00:00:10 |  2 |
| 2026-01-01 00:00:20 |  3 |
