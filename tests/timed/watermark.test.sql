-- Where the watermark comes from, who waits for whom: emit strategies, SOURCE_WATERMARK(), CURRENT_WATERMARK, idleness, alignment,
-- rows far ahead of the clock.
CREATE TABLE s (id BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'nowhere:9', 'format' = 'json');

--@test on-event with a gap: every third row of the source moves the watermark
CREATE TABLE e (id BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 'e', 'properties.bootstrap.servers' = 'nowhere:9', 'format' = 'json',
      'scan.watermark.emit.strategy' = 'on-event', 'scan.watermark.emit.on-event.gap' = '3');
SELECT window_start, COUNT(*) AS n FROM TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end;
--@given e
| id | ts                  |
|  1 | 2026-01-01 00:00:01 |
|  2 | 2026-01-01 00:00:25 |
--@expect
| window_start        | n |
--@given e
| id | ts                  |
|  3 | 2026-01-01 00:00:02 |
--@expect
| window_start        | n |
| 2026-01-01 00:00:00 | 2 |
--@given e
| id | ts                  |
|  4 | 2026-01-01 00:00:26 |
|  5 | 2026-01-01 00:01:00 |
--@expect
| window_start        | n |
| 2026-01-01 00:00:00 | 2 |
--@given e
| id | ts                  |
|  6 | 2026-01-01 00:00:27 |
--@expect
| window_start        | n |
| 2026-01-01 00:00:00 | 2 |
| 2026-01-01 00:00:20 | 3 |

--@test on-periodic: the watermark moves when the interval has passed
--@no-chaos
-- (a restored watermark is said again at once)
SET 'pipeline.auto-watermark-interval' = '10 s';
SELECT window_start, COUNT(*) AS n FROM TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '2' SECOND) GROUP BY window_start, window_end;
--@given s
| id | ts                  |
|  1 | 2026-01-01 00:00:01 |
|  2 | 2026-01-01 00:00:03 |
--@expect
| window_start        | n |
--@advance 11 s
--@expect
| window_start        | n |
| 2026-01-01 00:00:00 | 1 |

--@test SOURCE_WATERMARK(): rows say nothing, the source does
CREATE TABLE w (id BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS SOURCE_WATERMARK()) WITH ('connector' = 'fixture', 'path' = 'x', 'format' = 'json');
SELECT window_start, COUNT(*) AS n FROM TUMBLE(TABLE w, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end;
--@given w
| id | ts                  |
|  1 | 2026-01-01 00:00:01 |
|  2 | 2026-01-01 00:00:55 |
|  3 | 2026-01-01 00:00:02 |
--@expect
| window_start        | n |
--@watermark w 2026-01-01 00:00:30
--@expect
| window_start        | n |
| 2026-01-01 00:00:00 | 2 |
--@given w
| id | ts                  |
|  4 | 2026-01-01 00:00:03 |
|  5 | 2026-01-01 00:00:31 |
--@end
--@expect
| window_start        | n |
| 2026-01-01 00:00:00 | 2 |
| 2026-01-01 00:00:50 | 1 |
| 2026-01-01 00:00:30 | 1 |

--@test CURRENT_WATERMARK through a view, a filter and a union: that of the place where it stands
--@no-chaos
-- (killed, both tables are read again in another order)
CREATE TABLE q (id BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
WITH ('connector' = 'kafka', 'topic' = 'q', 'properties.bootstrap.servers' = 'nowhere:9', 'format' = 'json');
CREATE VIEW u AS SELECT id, ts FROM s WHERE id > 0 UNION ALL SELECT id, ts FROM q;
SELECT id, CURRENT_WATERMARK(ts) AS wm FROM u;
--@given s
| id | ts                  |
|  1 | 2026-01-01 00:00:10 |
--@given q
| id | ts                  |
|  2 | 2026-01-01 00:00:10 |
|  3 | 2026-01-01 00:00:30 |
--@given s
| id | ts                  |
|  4 | 2026-01-01 00:00:20 |
|  5 | 2026-01-01 00:00:40 |
|  6 | 2026-01-01 00:00:41 |
--@expect
| id | wm                  |
| 1  | NULL                |
| 2  | NULL                |
| 3  | 2026-01-01 00:00:05 |
| 4  | 2026-01-01 00:00:10 |
| 5  | 2026-01-01 00:00:20 |
| 6  | 2026-01-01 00:00:25 |

--@test CURRENT_WATERMARK filters late rows, so that none reaches the window
SELECT window_start, COUNT(*) AS n FROM TUMBLE((SELECT id, ts FROM s WHERE CURRENT_WATERMARK(ts) IS NULL OR ts > CURRENT_WATERMARK(ts)), DESCRIPTOR(ts), INTERVAL '10' SECOND)
GROUP BY window_start, window_end;
--@given s
| id | ts                  |
|  1 | 2026-01-01 00:00:01 |
|  2 | 2026-01-01 00:00:08 |
|  3 | 2026-01-01 00:00:07 |
--@end
--@expect
| window_start        | n |
| 2026-01-01 00:00:00 | 2 |

--@test CURRENT_WATERMARK above a join: the smaller one of both sides
--@no-chaos
-- (restored, nothing has passed this place yet: NULL, as in Flink)
CREATE TABLE r (id BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 'r', 'properties.bootstrap.servers' = 'nowhere:9', 'format' = 'json');
SELECT a.id, a.window_end, CURRENT_WATERMARK(a.window_time) AS wm
FROM (SELECT * FROM TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND)) a
JOIN (SELECT * FROM TUMBLE(TABLE r, DESCRIPTOR(ts), INTERVAL '10' SECOND)) b ON a.id = b.id AND a.window_start = b.window_start AND a.window_end = b.window_end;
--@given s
| id | ts                  |
|  1 | 2026-01-01 00:00:01 |
|  2 | 2026-01-01 00:00:40 |
--@given r
| id | ts                  |
|  1 | 2026-01-01 00:00:02 |
|  2 | 2026-01-01 00:00:25 |
--@expect
| id | window_end          | wm                  |
| 1  | 2026-01-01 00:00:10 | 2026-01-01 00:00:02 |

--@test scan.watermark.idle-timeout of the table wins over the session's
--@no-chaos
SET 'table.exec.source.idle-timeout' = '1 h';
CREATE TABLE quiet (id BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 'quiet', 'properties.bootstrap.servers' = 'nowhere:9', 'format' = 'json', 'scan.watermark.idle-timeout' = '10 s');
SELECT window_start, COUNT(*) AS n FROM TUMBLE((SELECT id, ts FROM s UNION ALL SELECT id, ts FROM quiet), DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end;
--@given s
| id | ts                  |
|  1 | 2026-01-01 00:00:01 |
|  2 | 2026-01-01 00:00:13 |
--@advance 9 s
--@expect
| window_start        | n |
--@advance 2 s
--@expect
| window_start        | n |
| 2026-01-01 00:00:00 | 1 |
--@given quiet
| id | ts                  |
|  3 | 2026-01-01 00:00:14 |
--@given s
| id | ts                  |
|  4 | 2026-01-01 00:00:29 |
--@expect
| window_start        | n |
| 2026-01-01 00:00:00 | 1 |
--@advance 11 s
--@expect
| window_start        | n |
| 2026-01-01 00:00:00 | 1 |
| 2026-01-01 00:00:10 | 2 |

--@test a row far ahead of the clock does not freeze the table
CREATE TABLE far (id BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 'far', 'properties.bootstrap.servers' = 'nowhere:9', 'format' = 'json', 'scan.watermark.max-ahead' = '1 h');
SELECT window_start, COUNT(*) AS n FROM TUMBLE(TABLE far, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end;
--@given far
| id | ts                  |
|  1 | 2026-01-01 00:00:01 |
|  2 | 9999-12-31 00:00:00 |
|  3 | 2026-01-01 00:00:03 |
|  4 | 2026-01-01 00:00:12 |
--@expect
| window_start        | n |
| 2026-01-01 00:00:00 | 2 |
--@end
--@expect
| window_start        | n |
| 2026-01-01 00:00:00 | 2 |
| 2026-01-01 00:00:10 | 1 |
| 9999-12-31 00:00:00 | 1 |

--@test the same with a watermark for many rows at once
SET 'pipeline.auto-watermark-interval' = '1 ms';
CREATE TABLE far (id BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 'far', 'properties.bootstrap.servers' = 'nowhere:9', 'format' = 'json', 'scan.watermark.max-ahead' = '1 h');
SELECT window_start, COUNT(*) AS n FROM TUMBLE(TABLE far, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end;
--@given far
| id | ts                  |
|  1 | 2026-01-01 00:00:01 |
|  2 | 2026-01-01 01:30:00 |
|  3 | 2026-01-01 00:00:12 |
--@expect
| window_start        | n |
| 2026-01-01 00:00:00 | 1 |
--@advance 31 min
--@given far
| id | ts                  |
|  4 | 2026-01-01 01:30:00 |
--@expect
| window_start        | n |
| 2026-01-01 00:00:00 | 1 |
| 2026-01-01 00:00:10 | 1 |

--@test without the limit it does
SELECT window_start, COUNT(*) AS n FROM TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end;
--@given s
| id | ts                  |
|  1 | 2026-01-01 00:00:01 |
|  2 | 9999-12-31 00:00:00 |
|  3 | 2026-01-01 00:00:03 |
--@expect
| window_start        | n |
| 2026-01-01 00:00:00 | 1 |

--@test alignment: a source waits at the group's drift, and goes on with the slowest
--@no-chaos
-- (killed, what was read row by row comes in one batch)
CREATE TABLE a (id BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 'a', 'properties.bootstrap.servers' = 'nowhere:9', 'format' = 'json',
      'scan.watermark.alignment.group' = 'g', 'scan.watermark.alignment.max-drift' = '20 s');
CREATE TABLE b (id BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 'b', 'properties.bootstrap.servers' = 'nowhere:9', 'format' = 'json',
      'scan.watermark.alignment.group' = 'g', 'scan.watermark.alignment.max-drift' = '20 s');
SELECT id, src FROM (SELECT id, 'a' AS src FROM a UNION ALL SELECT id, 'b' FROM b);
--@given b
| id | ts                  |
|  1 | 2026-01-01 00:00:00 |
--@given a
| id | ts                  |
|  2 | 2026-01-01 00:00:10 |
|  3 | 2026-01-01 00:00:25 |
|  4 | 2026-01-01 00:00:40 |
--@expect
| id | src |
| 1  | b   |
| 2  | a   |
| 3  | a   |
--@given b
| id | ts                  |
|  7 | 2026-01-01 00:00:10 |
--@expect
| id | src |
| 1  | b   |
| 2  | a   |
| 3  | a   |
| 4  | a   |
| 7  | b   |
--@given a
| id | ts                  |
|  5 | 2026-01-01 00:01:40 |
|  6 | 2026-01-01 00:05:00 |
--@expect
| id | src |
| 1  | b   |
| 2  | a   |
| 3  | a   |
| 4  | a   |
| 7  | b   |
--@end
--@expect
| id | src |
| 1  | b   |
| 2  | a   |
| 3  | a   |
| 4  | a   |
| 5  | a   |
| 6  | a   |
| 7  | b   |

--@test alignment: a source that is idle holds nobody, one that waits is not idle
--@no-chaos
CREATE TABLE a (id BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 'a', 'properties.bootstrap.servers' = 'nowhere:9', 'format' = 'json', 'scan.watermark.idle-timeout' = '10 s',
      'scan.watermark.alignment.group' = 'g', 'scan.watermark.alignment.max-drift' = '20 s');
CREATE TABLE b (id BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 'b', 'properties.bootstrap.servers' = 'nowhere:9', 'format' = 'json', 'scan.watermark.idle-timeout' = '30 s',
      'scan.watermark.alignment.group' = 'g', 'scan.watermark.alignment.max-drift' = '20 s');
SELECT window_end, COUNT(*) AS n FROM TUMBLE((SELECT id, ts FROM a UNION ALL SELECT id, ts FROM b), DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end;
--@given b
| id | ts                  |
|  1 | 2026-01-01 00:00:00 |
--@given a
| id | ts                  |
|  2 | 2026-01-01 00:00:10 |
|  3 | 2026-01-01 00:00:25 |
|  4 | 2026-01-01 00:01:40 |
--@advance 15 s
--@given b
| id | ts                  |
|  5 | 2026-01-01 00:00:04 |
--@expect
| window_end          | n |
--@advance 31 s
--@expect
| window_end          | n |
| 2026-01-01 00:00:10 | 2 |
| 2026-01-01 00:00:20 | 1 |
| 2026-01-01 00:00:30 | 1 |
