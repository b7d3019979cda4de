-- The late rows of every operator that keeps time ('on-late' = 'dead-letter'): each test is a query over the rows below, of which 3
-- and 6 come behind the watermark. How tables ask for it, and what passes on the way: late.test.sql.
CREATE TABLE s (id BIGINT, k STRING, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'nowhere:9', 'format' = 'json', 'on-late' = 'dead-letter');
CREATE TABLE letters (source STRING, split STRING, `offset` BIGINT, reason STRING, `raw` BYTES)
WITH ('connector' = 'sqlite', 'table' = '_rn_dead_letter');
CREATE VIEW kept AS SELECT source, reason, CAST(`raw` AS STRING) AS line FROM letters;

--@given s
| id | k | v | ts                  |
|  1 | a | 5 | 2026-01-01 00:00:01 |
|  2 | b | 7 | 2026-01-01 00:00:32 |
|  3 | a | 1 | 2026-01-01 00:00:05 |
|  4 | b | 2 | 2026-01-01 00:00:31 |
|  5 | a | 9 | 2026-01-01 00:00:44 |
|  6 | b | 3 | 2026-01-01 00:00:12 |
--@end

--@test HOP whose windows share slices
SELECT window_end, SUM(v) AS v FROM HOP(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '20' SECOND) GROUP BY window_start, window_end;
--@expect
| window_end          | v  |
| 2026-01-01 00:00:10 | 5  |
| 2026-01-01 00:00:20 | 5  |
| 2026-01-01 00:00:40 | 9  |
| 2026-01-01 00:00:50 | 18 |
| 2026-01-01 00:01:00 | 9  |
--@expect kept
| source | reason                                                                                                                 | line                               |
| s      | late: the watermark is 2026-01-01 00:00:30.000, its window ended 2026-01-01 00:00:20.000 (window-aggregate sink.0.agg) | {"v":1,"ts":"2026-01-01 00:00:05"} |
| s      | late: the watermark is 2026-01-01 00:00:42.000, its window ended 2026-01-01 00:00:30.000 (window-aggregate sink.0.agg) | {"v":3,"ts":"2026-01-01 00:00:12"} |

--@test HOP with an aggregate that every window gets row by row
SELECT window_end, FIRST_VALUE(v) AS v FROM HOP(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '20' SECOND) GROUP BY window_start, window_end;
--@expect
| window_end          | v |
| 2026-01-01 00:00:10 | 5 |
| 2026-01-01 00:00:20 | 5 |
| 2026-01-01 00:00:40 | 7 |
| 2026-01-01 00:00:50 | 7 |
| 2026-01-01 00:01:00 | 9 |
--@expect kept
| source | reason                                                                                                                 | line                               |
| s      | late: the watermark is 2026-01-01 00:00:30.000, its window ended 2026-01-01 00:00:20.000 (window-aggregate sink.0.agg) | {"v":1,"ts":"2026-01-01 00:00:05"} |
| s      | late: the watermark is 2026-01-01 00:00:42.000, its window ended 2026-01-01 00:00:30.000 (window-aggregate sink.0.agg) | {"v":3,"ts":"2026-01-01 00:00:12"} |

--@test CUMULATE
SELECT window_end, SUM(v) AS v FROM CUMULATE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '20' SECOND) GROUP BY window_start, window_end;
--@expect
| window_end          | v |
| 2026-01-01 00:00:10 | 5 |
| 2026-01-01 00:00:20 | 5 |
| 2026-01-01 00:00:40 | 9 |
| 2026-01-01 00:00:50 | 9 |
| 2026-01-01 00:01:00 | 9 |
--@expect kept
| source | reason                                                                                                                 | line                               |
| s      | late: the watermark is 2026-01-01 00:00:30.000, its window ended 2026-01-01 00:00:20.000 (window-aggregate sink.0.agg) | {"v":1,"ts":"2026-01-01 00:00:05"} |
| s      | late: the watermark is 2026-01-01 00:00:42.000, its window ended 2026-01-01 00:00:20.000 (window-aggregate sink.0.agg) | {"v":3,"ts":"2026-01-01 00:00:12"} |

--@test SESSION with an aggregate
SELECT window_start, window_end, k, SUM(v) AS v FROM SESSION(TABLE s PARTITION BY k, DESCRIPTOR(ts), INTERVAL '5' SECOND) GROUP BY window_start, window_end, k;
--@expect
| window_start        | window_end          | k | v |
| 2026-01-01 00:00:01 | 2026-01-01 00:00:06 | a | 5 |
| 2026-01-01 00:00:31 | 2026-01-01 00:00:37 | b | 9 |
| 2026-01-01 00:00:44 | 2026-01-01 00:00:49 | a | 9 |
--@expect kept
| source | reason                                                                                                        | line                                       |
| s      | late: the watermark is 2026-01-01 00:00:30.000, its window ended 2026-01-01 00:00:10.000 (session sink.0.agg) | {"k":"a","v":1,"ts":"2026-01-01 00:00:05"} |
| s      | late: the watermark is 2026-01-01 00:00:42.000, its window ended 2026-01-01 00:00:17.000 (session sink.0.agg) | {"k":"b","v":3,"ts":"2026-01-01 00:00:12"} |

--@test SESSION alone
SELECT id, window_start, window_end FROM SESSION(TABLE s PARTITION BY k, DESCRIPTOR(ts), INTERVAL '5' SECOND);
--@expect
| id | window_start        | window_end          |
| 1  | 2026-01-01 00:00:01 | 2026-01-01 00:00:06 |
| 2  | 2026-01-01 00:00:31 | 2026-01-01 00:00:37 |
| 4  | 2026-01-01 00:00:31 | 2026-01-01 00:00:37 |
| 5  | 2026-01-01 00:00:44 | 2026-01-01 00:00:49 |
--@expect kept
| source | reason                                                                                                            | line                                        |
| s      | late: the watermark is 2026-01-01 00:00:30.000, its window ended 2026-01-01 00:00:10.000 (session sink.0.session) | {"id":3,"k":"a","ts":"2026-01-01 00:00:05"} |
| s      | late: the watermark is 2026-01-01 00:00:42.000, its window ended 2026-01-01 00:00:17.000 (session sink.0.session) | {"id":6,"k":"b","ts":"2026-01-01 00:00:12"} |

--@test OVER ROWS
SELECT id, SUM(v) OVER (PARTITION BY k ORDER BY ts ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS s FROM s;
--@expect
| id | s  |
| 1  | 5  |
| 3  | 6  |
| 4  | 2  |
| 2  | 9  |
| 5  | 10 |
--@expect kept
| source | reason                                                                                                 | line                                              |
| s      | late: the watermark is 2026-01-01 00:00:42.000, its time is 2026-01-01 00:00:12.000 (over sink.0.over) | {"id":6,"k":"b","v":3,"ts":"2026-01-01 00:00:12"} |

--@test OVER RANGE, unbounded
SELECT id, SUM(v) OVER (PARTITION BY k ORDER BY ts) AS s FROM s;
--@expect
| id | s  |
| 1  | 5  |
| 4  | 2  |
| 2  | 9  |
| 5  | 14 |
--@expect kept
| source | reason                                                                                                 | line                                              |
| s      | late: the watermark is 2026-01-01 00:00:30.000, its time is 2026-01-01 00:00:05.000 (over sink.0.over) | {"id":3,"k":"a","v":1,"ts":"2026-01-01 00:00:05"} |
| s      | late: the watermark is 2026-01-01 00:00:42.000, its time is 2026-01-01 00:00:12.000 (over sink.0.over) | {"id":6,"k":"b","v":3,"ts":"2026-01-01 00:00:12"} |

--@test ORDER BY rowtime
SELECT ts, id FROM s ORDER BY ts;
--@expect
| id |
| 1  |
| 3  |
| 4  |
| 2  |
| 5  |
--@expect kept
| source | reason                                                                                                 | line                                |
| s      | late: the watermark is 2026-01-01 00:00:42.000, its time is 2026-01-01 00:00:12.000 (sort sink.0.sort) | {"ts":"2026-01-01 00:00:12","id":6} |

--@test deduplication that keeps the first row by rowtime
SELECT id, k FROM (SELECT id, k, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts) AS r FROM s) WHERE r = 1;
--@expect
| id | k |
| 1  | a |
| 4  | b |
--@expect kept
| source | reason                                                                                                  | line                                        |
| s      | late: the watermark is 2026-01-01 00:00:30.000, its time is 2026-01-01 00:00:05.000 (first sink.0.over) | {"id":3,"k":"a","ts":"2026-01-01 00:00:05"} |
| s      | late: the watermark is 2026-01-01 00:00:42.000, its time is 2026-01-01 00:00:12.000 (first sink.0.over) | {"id":6,"k":"b","ts":"2026-01-01 00:00:12"} |

--@test window Top-N
SELECT id, window_end FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY v DESC) AS r FROM TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND)) WHERE r <= 1;
--@expect
| id | window_end          |
| 1  | 2026-01-01 00:00:10 |
| 2  | 2026-01-01 00:00:40 |
| 5  | 2026-01-01 00:00:50 |
--@expect kept
| source | reason                                                                                                      | line                                                                                   |
| s      | late: the watermark is 2026-01-01 00:00:30.000, its window ended 2026-01-01 00:00:10.000 (rank sink.0.over) | {"id":3,"v":1,"window_start":"2026-01-01 00:00:00","window_end":"2026-01-01 00:00:10"} |
| s      | late: the watermark is 2026-01-01 00:00:42.000, its window ended 2026-01-01 00:00:20.000 (rank sink.0.over) | {"id":6,"v":3,"window_start":"2026-01-01 00:00:10","window_end":"2026-01-01 00:00:20"} |

--@test a window join: either side
-- Rows that are given again after a kill meet the watermark of one side or of both: which of them is named is chance.
CREATE VIEW ended AS SELECT source, SUBSTRING(reason, POSITION('its window' IN reason)) AS reason, line FROM kept;
SELECT a.id, b.id AS other, a.window_end FROM (SELECT * FROM TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND)) a JOIN (SELECT * FROM TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND)) b ON a.id = b.id AND a.window_start = b.window_start AND a.window_end = b.window_end;
--@expect
| id | other | window_end          |
| 1  | 1     | 2026-01-01 00:00:10 |
| 2  | 2     | 2026-01-01 00:00:40 |
| 4  | 4     | 2026-01-01 00:00:40 |
| 5  | 5     | 2026-01-01 00:00:50 |
--@expect ended
| source | reason                                                             | line                                                                             |
| s      | its window ended 2026-01-01 00:00:10.000 (window-join sink.0.join) | {"id":3,"window_start":"2026-01-01 00:00:00","window_end":"2026-01-01 00:00:10"} |
| s      | its window ended 2026-01-01 00:00:10.000 (window-join sink.0.join) | {"id":3,"window_start":"2026-01-01 00:00:00","window_end":"2026-01-01 00:00:10"} |
| s      | its window ended 2026-01-01 00:00:20.000 (window-join sink.0.join) | {"id":6,"window_start":"2026-01-01 00:00:10","window_end":"2026-01-01 00:00:20"} |
| s      | its window ended 2026-01-01 00:00:20.000 (window-join sink.0.join) | {"id":6,"window_start":"2026-01-01 00:00:10","window_end":"2026-01-01 00:00:20"} |

--@test EMIT CHANGES over HOP: a row is late once, when the last of its windows has gone
SELECT window_end, SUM(v) AS v FROM HOP(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '20' SECOND) GROUP BY window_start, window_end EMIT CHANGES;
--@expect
| window_end          | v  |
| 2026-01-01 00:00:10 | 5  |
| 2026-01-01 00:00:20 | 5  |
| 2026-01-01 00:00:40 | 9  |
| 2026-01-01 00:00:50 | 18 |
| 2026-01-01 00:01:00 | 9  |
--@expect kept
| source | reason                                                                                                                | line                                                                                                                                               |
| s      | late: the watermark is 2026-01-01 00:00:30.000, its window ended 2026-01-01 00:00:20.000 (group-aggregate sink.0.agg) | {"v":1,"ts":"2026-01-01 00:00:05","window_start":"2026-01-01 00:00:00","window_end":"2026-01-01 00:00:20","window_time":"2026-01-01 00:00:19.999"} |
| s      | late: the watermark is 2026-01-01 00:00:42.000, its window ended 2026-01-01 00:00:30.000 (group-aggregate sink.0.agg) | {"v":3,"ts":"2026-01-01 00:00:12","window_start":"2026-01-01 00:00:10","window_end":"2026-01-01 00:00:30","window_time":"2026-01-01 00:00:29.999"} |

--@test EMIT CHANGES over CUMULATE, by a query that does not pass the time on
SELECT window_end, SUM(v) AS v FROM (SELECT v, window_start, window_end FROM CUMULATE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '20' SECOND) WHERE v > 0) GROUP BY window_start, window_end EMIT CHANGES;
--@expect
| window_end          | v |
| 2026-01-01 00:00:10 | 5 |
| 2026-01-01 00:00:20 | 5 |
| 2026-01-01 00:00:40 | 9 |
| 2026-01-01 00:00:50 | 9 |
| 2026-01-01 00:01:00 | 9 |
--@expect kept
| source | reason                                                                                                                | line                                                                                                                                               |
| s      | late: the watermark is 2026-01-01 00:00:30.000, its window ended 2026-01-01 00:00:20.000 (group-aggregate sink.0.agg) | {"v":1,"ts":"2026-01-01 00:00:05","window_start":"2026-01-01 00:00:00","window_end":"2026-01-01 00:00:20","window_time":"2026-01-01 00:00:19.999"} |
| s      | late: the watermark is 2026-01-01 00:00:42.000, its window ended 2026-01-01 00:00:20.000 (group-aggregate sink.0.agg) | {"v":3,"ts":"2026-01-01 00:00:12","window_start":"2026-01-01 00:00:00","window_end":"2026-01-01 00:00:20","window_time":"2026-01-01 00:00:19.999"} |

--@test HOP in GROUP BY with EMIT CHANGES
SELECT HOP_END(ts, INTERVAL '10' SECOND, INTERVAL '20' SECOND) AS window_end, SUM(v) AS v FROM s GROUP BY HOP(ts, INTERVAL '10' SECOND, INTERVAL '20' SECOND) EMIT CHANGES;
--@expect
| window_end          | v  |
| 2026-01-01 00:00:10 | 5  |
| 2026-01-01 00:00:20 | 5  |
| 2026-01-01 00:00:40 | 9  |
| 2026-01-01 00:00:50 | 18 |
| 2026-01-01 00:01:00 | 9  |
--@expect kept
| source | reason                                                                                                                | line                                                                                                                                               |
| s      | late: the watermark is 2026-01-01 00:00:30.000, its window ended 2026-01-01 00:00:20.000 (group-aggregate sink.0.agg) | {"v":1,"ts":"2026-01-01 00:00:05","window_start":"2026-01-01 00:00:00","window_end":"2026-01-01 00:00:20","window_time":"2026-01-01 00:00:19.999"} |
| s      | late: the watermark is 2026-01-01 00:00:42.000, its window ended 2026-01-01 00:00:30.000 (group-aggregate sink.0.agg) | {"v":3,"ts":"2026-01-01 00:00:12","window_start":"2026-01-01 00:00:10","window_end":"2026-01-01 00:00:30","window_time":"2026-01-01 00:00:29.999"} |

--@test an aggregate that reads the window of its HOP
SELECT window_end, SUM(v + EXTRACT(SECOND FROM window_end)) AS v FROM HOP(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '20' SECOND) GROUP BY window_start, window_end;
--@expect
| window_end          | v   |
| 2026-01-01 00:00:10 | 15  |
| 2026-01-01 00:00:20 | 25  |
| 2026-01-01 00:00:40 | 89  |
| 2026-01-01 00:00:50 | 168 |
| 2026-01-01 00:01:00 | 9   |
--@expect kept
| source | reason                                                                                                                | line                                                                                                          |
| s      | late: the watermark is 2026-01-01 00:00:30.000, its window ended 2026-01-01 00:00:20.000 (group-aggregate sink.0.agg) | {"window_start":"2026-01-01 00:00:00","window_end":"2026-01-01 00:00:20","$f2":21,"ts":"2026-01-01 00:00:05"} |
| s      | late: the watermark is 2026-01-01 00:00:42.000, its window ended 2026-01-01 00:00:30.000 (group-aggregate sink.0.agg) | {"window_start":"2026-01-01 00:00:10","window_end":"2026-01-01 00:00:30","$f2":33,"ts":"2026-01-01 00:00:12"} |

--@test window Top-N over HOP: a row is late once, when the last of its windows has left; the time is not among its columns
SELECT id, window_end FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY v DESC) AS r FROM HOP(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '20' SECOND)) WHERE r <= 1;
--@expect
| id | window_end          |
| 1 | 2026-01-01 00:00:10 |
| 1 | 2026-01-01 00:00:20 |
| 2 | 2026-01-01 00:00:40 |
| 5 | 2026-01-01 00:00:50 |
| 5 | 2026-01-01 00:01:00 |
--@expect kept
| source | line |
| s | {"id":3,"v":1,"ts":"2026-01-01 00:00:05","window_start":"2026-01-01 00:00:00","window_end":"2026-01-01 00:00:20"} |
| s | {"id":6,"v":3,"ts":"2026-01-01 00:00:12","window_start":"2026-01-01 00:00:10","window_end":"2026-01-01 00:00:30"} |

--@test window deduplication over CUMULATE
SELECT id, k, window_end FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end, k ORDER BY ts) AS r FROM CUMULATE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '20' SECOND)) WHERE r = 1;
--@expect
| id | k | window_end          |
| 1 | a | 2026-01-01 00:00:10 |
| 1 | a | 2026-01-01 00:00:20 |
| 4 | b | 2026-01-01 00:00:40 |
| 5 | a | 2026-01-01 00:00:50 |
| 5 | a | 2026-01-01 00:01:00 |
--@expect kept
| source | line |
| s | {"id":3,"k":"a","ts":"2026-01-01 00:00:05","window_start":"2026-01-01 00:00:00","window_end":"2026-01-01 00:00:20"} |
| s | {"id":6,"k":"b","ts":"2026-01-01 00:00:12","window_start":"2026-01-01 00:00:00","window_end":"2026-01-01 00:00:20"} |

--@test a window join over HOP: each row once for each side
CREATE VIEW ended AS SELECT source, SUBSTRING(reason, POSITION('its window' IN reason)) AS reason, line FROM kept;
SELECT a.id, b.v AS other, a.window_end FROM (SELECT id, v, window_start, window_end FROM HOP(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '20' SECOND)) a LEFT JOIN (SELECT * FROM HOP(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '20' SECOND)) b ON a.id = b.id AND a.window_start = b.window_start AND a.window_end = b.window_end AND a.v <= b.v;
--@expect
| id | other | window_end          |
| 1 | 5 | 2026-01-01 00:00:10 |
| 1 | 5 | 2026-01-01 00:00:20 |
| 2 | 7 | 2026-01-01 00:00:40 |
| 2 | 7 | 2026-01-01 00:00:50 |
| 4 | 2 | 2026-01-01 00:00:40 |
| 4 | 2 | 2026-01-01 00:00:50 |
| 5 | 9 | 2026-01-01 00:00:50 |
| 5 | 9 | 2026-01-01 00:01:00 |
--@expect ended
| source | reason | line |
| s | its window ended 2026-01-01 00:00:20.000 (window-join sink.0.join) | {"id":3,"v":1,"ts":"2026-01-01 00:00:05","window_start":"2026-01-01 00:00:00","window_end":"2026-01-01 00:00:20"} |
| s | its window ended 2026-01-01 00:00:20.000 (window-join sink.0.join) | {"id":3,"v":1,"window_start":"2026-01-01 00:00:00","window_end":"2026-01-01 00:00:20","ts":"2026-01-01 00:00:05"} |
| s | its window ended 2026-01-01 00:00:30.000 (window-join sink.0.join) | {"id":6,"v":3,"ts":"2026-01-01 00:00:12","window_start":"2026-01-01 00:00:10","window_end":"2026-01-01 00:00:30"} |
| s | its window ended 2026-01-01 00:00:30.000 (window-join sink.0.join) | {"id":6,"v":3,"window_start":"2026-01-01 00:00:10","window_end":"2026-01-01 00:00:30","ts":"2026-01-01 00:00:12"} |

--@test GROUPING SETS over TUMBLE: a row is late once, not once per set
SELECT window_end, k, SUM(v) AS v FROM TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end, CUBE (k, id);
--@expect kept
| source | line |
| s | {"$f0":1,"ts":"2026-01-01 00:00:05","k":"a","id":3,"$set":3} |
| s | {"$f0":3,"ts":"2026-01-01 00:00:12","k":"b","id":6,"$set":3} |

--@test GROUPING SETS over a HOP whose window is read
SELECT window_end, k, SUM(v + EXTRACT(SECOND FROM window_end)) AS v FROM HOP(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '20' SECOND) GROUP BY window_start, window_end, ROLLUP (k);
--@expect kept
| source | line |
| s | {"window_start":"2026-01-01 00:00:00","window_end":"2026-01-01 00:00:20","k":"a","$f3":21,"ts":"2026-01-01 00:00:05","$set":1} |
| s | {"window_start":"2026-01-01 00:00:10","window_end":"2026-01-01 00:00:30","k":"b","$f3":33,"ts":"2026-01-01 00:00:12","$set":1} |

--@test GROUPING SETS with EMIT CHANGES
SELECT window_end, k, SUM(v) AS v FROM HOP(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '20' SECOND) GROUP BY window_start, window_end, ROLLUP (k) EMIT CHANGES;
--@expect kept
| source | line |
| s | {"window_start":"2026-01-01 00:00:00","window_end":"2026-01-01 00:00:20","k":"a","$f3":1,"$f4":"2026-01-01 00:00:05","$set":1} |
| s | {"window_start":"2026-01-01 00:00:10","window_end":"2026-01-01 00:00:30","k":"b","$f3":3,"$f4":"2026-01-01 00:00:12","$set":1} |

--@test GROUPING SETS beside SESSION: late in the set with the fewest keys, whose sessions are open longest
SELECT SESSION_END(ts, INTERVAL '25' SECOND) AS e, k, SUM(v) AS v FROM s GROUP BY SESSION(ts, INTERVAL '25' SECOND), GROUPING SETS ((k), ());
--@expect
| e | k | v |
| 2026-01-01 00:00:26 | NULL | 5 |
| 2026-01-01 00:00:26 | a | 5 |
| 2026-01-01 00:00:57 | b | 12 |
| 2026-01-01 00:01:09 | NULL | 21 |
| 2026-01-01 00:01:09 | a | 9 |
--@expect kept
| source | line |
| s | {"k":"a","v":1,"ts":"2026-01-01 00:00:05","$set":1} |
