-- Late rows that a table keeps ('on-late' = 'dead-letter'): what is in _rn_dead_letter, exactly once over restores.
-- Operator by operator: late_operators.test.sql.
CREATE TABLE s (id BIGINT, k STRING, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'nowhere:9', 'format' = 'json', 'on-late' = 'dead-letter');
CREATE TABLE plain (id BIGINT, k STRING, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 'plain', 'properties.bootstrap.servers' = 'nowhere:9', 'format' = 'json');
CREATE TABLE z (id BIGINT, at_ TIMESTAMP_LTZ(3), WATERMARK FOR at_ AS at_)
WITH ('connector' = 'kafka', 'topic' = 'z', 'properties.bootstrap.servers' = 'nowhere:9', 'format' = 'json', 'on-late' = 'dead-letter');
CREATE TABLE letters (source STRING, split STRING, `offset` BIGINT, reason STRING, `raw` BYTES)
WITH ('connector' = 'sqlite', 'table' = '_rn_dead_letter');
CREATE VIEW kept AS SELECT source, reason, CAST(`raw` AS STRING) AS line FROM letters;

--@test TUMBLE: the row, where it came from, the watermark and the window's end
SELECT window_start, k, SUM(v) AS v FROM TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end, k;
--@given s
| id | k | v | ts                  |
|  1 | a | 5 | 2026-01-01 00:00:01 |
|  2 | b | 7 | 2026-01-01 00:00:12 |
|  3 | a | 1 | 2026-01-01 00:00:05 |
|  4 | b | 2 | 2026-01-01 00:00:11 |
|  5 | a | 9 | 2026-01-01 00:00:24 |
|  6 | a"x | NULL | 2026-01-01 00:00:13 |
--@end
--@expect
| window_start        | k | v |
| 2026-01-01 00:00:00 | a | 5 |
| 2026-01-01 00:00:10 | b | 9 |
| 2026-01-01 00:00:20 | a | 9 |
--@expect kept
| source | reason                                                                                                                 | line                                             |
| s      | late: the watermark is 2026-01-01 00:00:10.000, its window ended 2026-01-01 00:00:10.000 (window-aggregate sink.0.agg) | {"k":"a","v":1,"ts":"2026-01-01 00:00:05"}       |
| s      | late: the watermark is 2026-01-01 00:00:22.000, its window ended 2026-01-01 00:00:20.000 (window-aggregate sink.0.agg) | {"k":"a\"x","v":null,"ts":"2026-01-01 00:00:13"} |

--@test EMIT CHANGES: a row is kept when the last of its windows has closed
SELECT window_end, SUM(v) AS v FROM HOP(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '20' SECOND) GROUP BY window_start, window_end EMIT CHANGES;
--@given s
| id | k | v | ts                  |
|  1 | a | 5 | 2026-01-01 00:00:01 |
|  2 | b | 7 | 2026-01-01 00:00:32 |
|  3 | a | 1 | 2026-01-01 00:00:05 |
|  4 | b | 3 | 2026-01-01 00:00:29 |
--@end
--@expect
| window_end          | v  |
| 2026-01-01 00:00:20 | 5  |
| 2026-01-01 00:00:10 | 5  |
| 2026-01-01 00:00:50 | 7  |
| 2026-01-01 00:00:40 | 10 |
--@expect kept
| source | reason                                                                                                                | line                                                                                                                                               |
| s      | late: the watermark is 2026-01-01 00:00:30.000, its window ended 2026-01-01 00:00:20.000 (group-aggregate sink.0.agg) | {"v":1,"ts":"2026-01-01 00:00:05","window_start":"2026-01-01 00:00:00","window_end":"2026-01-01 00:00:20","window_time":"2026-01-01 00:00:19.999"} |

--@test TIMESTAMP_LTZ: the times of the reason are those of the session's zone, as window_end is
SET 'table.local-time-zone' = 'America/New_York';
SELECT window_end, COUNT(*) AS n FROM TUMBLE(TABLE z, DESCRIPTOR(at_), INTERVAL '1' DAY) GROUP BY window_start, window_end;
--@given z
| id | at_                 |
|  1 | 2026-01-01 04:00:00 |
|  2 | 2026-01-03 00:00:00 |
|  3 | 2026-01-01 04:30:00 |
--@expect
| window_end          | n |
| 2026-01-01 00:00:00 | 1 |
--@expect kept
| source | reason                                                                                                                 | line                           |
| z      | late: the watermark is 2026-01-02 19:00:00.000, its window ended 2026-01-01 00:00:00.000 (window-aggregate sink.0.agg) | {"at_":"2026-01-01 04:30:00Z"} |

--@test through a view, a filter, a projection and a union; what meets the table's rows there is kept as well
--@no-chaos
-- (killed, both tables are read again: which row comes when is another order then)
CREATE VIEW u AS SELECT id, UPPER(k) AS big, ts FROM s WHERE id > 0 UNION ALL SELECT id, k, ts FROM plain;
SELECT window_end, COUNT(*) AS n FROM TUMBLE(TABLE u, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end;
--@given s
| id | k | ts                  |
|  1 | a | 2026-01-01 00:00:30 |
--@given plain
| id | k | ts                  |
|  7 | p | 2026-01-01 00:00:30 |
--@given s
| id | k | ts                  |
| -2 | b | 2026-01-01 00:00:02 |
|  2 | b | 2026-01-01 00:00:02 |
--@given plain
| id | k | ts                  |
|  8 | q | 2026-01-01 00:00:03 |
--@expect kept
| source | reason                                                                                                                 | line                         |
| s      | late: the watermark is 2026-01-01 00:00:28.000, its window ended 2026-01-01 00:00:10.000 (window-aggregate sink.0.agg) | {"ts":"2026-01-01 00:00:02"} |
| s      | late: the watermark is 2026-01-01 00:00:28.000, its window ended 2026-01-01 00:00:10.000 (window-aggregate sink.0.agg) | {"ts":"2026-01-01 00:00:03"} |

--@test a hint keeps the late rows of one query; another one on the same table drops them
CREATE TABLE n1 (w TIMESTAMP(3), n BIGINT) WITH ('connector' = 'print');
INSERT INTO n1 SELECT window_end, COUNT(*) FROM TUMBLE(TABLE plain, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end;
SELECT window_end, COUNT(*) AS n FROM TUMBLE((SELECT * FROM plain /*+ OPTIONS('on-late' = 'dead-letter') */), DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end;
--@given plain
| id | k | ts                  |
|  1 | a | 2026-01-01 00:00:30 |
|  2 | b | 2026-01-01 00:00:02 |
--@expect kept
| source | reason                                                                                                                 | line                         |
| plain  | late: the watermark is 2026-01-01 00:00:30.000, its window ended 2026-01-01 00:00:10.000 (window-aggregate sink.0.agg) | {"ts":"2026-01-01 00:00:02"} |

--@test a table without the option drops them
SELECT window_end, COUNT(*) AS n FROM TUMBLE(TABLE plain, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end;
--@given plain
| id | k | ts                  |
|  1 | a | 2026-01-01 00:00:30 |
|  2 | b | 2026-01-01 00:00:02 |
--@expect kept
| source | reason | line |

--@test where clocks are put back the watermark may show an earlier time than the row it has passed
SET 'table.local-time-zone' = 'Europe/Berlin';
SELECT id, COUNT(*) OVER (ORDER BY at_) AS n FROM z;
--@given z
| id | at_                 |
|  1 | 2026-10-25 01:10:00 |
|  2 | 2026-10-25 00:50:00 |
--@expect
| id | n |
|  1 | 1 |
--@expect kept
| source | reason                                                                                                 | line                                 |
| z      | late: the watermark is 2026-10-25 02:10:00.000, its time is 2026-10-25 02:50:00.000 (over sink.0.over) | {"id":2,"at_":"2026-10-25 00:50:00Z"} |
