-- Keyed state that nothing was written for goes by the clock (table.exec.state.ttl, hint STATE_TTL).
CREATE TABLE s (id BIGINT, k STRING, v BIGINT, ts TIMESTAMP(3), p AS PROCTIME(), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'nowhere:9', 'format' = 'json');
CREATE TABLE t (id BIGINT, k STRING, v BIGINT, p AS PROCTIME())
WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'nowhere:9', 'format' = 'json');
CREATE TABLE d (k STRING, name STRING)
WITH ('connector' = 'kafka', 'topic' = 'd', 'properties.bootstrap.servers' = 'nowhere:9', 'format' = 'json');
SET 'table.exec.state.ttl' = '10 s';

--@test a group begins anew when no row came for it, and goes on as long as one did
SELECT k, COUNT(*) AS n, COUNT(DISTINCT v) AS d FROM t GROUP BY k;
--@no-kill
--@now 2026-01-01 00:00:00
--@given t
| k | v |
| a | 1 |
| b | 1 |
--@advance 8 s
--@given t
| k | v |
| a | 1 |
| a | 2 |
--@advance 8 s
--@given t
| k | v |
| a | 1 |
| b | 1 |
--@expect-changelog
| op | k | n | d |
| +I | a | 1 | 1 |
| +I | b | 1 | 1 |
| -U | a | 1 | 1 |
| +U | a | 2 | 1 |
| -U | a | 2 | 1 |
| +U | a | 3 | 2 |
| -U | a | 3 | 2 |
| +U | a | 4 | 2 |
| +I | b | 1 | 1 |
--@advance 10 s
--@given t
| k | v |
| a | 1 |
--@expect
| k | n | d |
| a | 1 | 1 |
| b | 1 | 1 |

--@test a row that changes nothing is told, for those who read the result
SELECT k, MAX(v) AS m FROM t GROUP BY k;
--@no-kill
--@given t
| k | v |
| a | 5 |
| a | 3 |
--@expect-changelog
| op | k | m |
| +I | a | 5 |
| -U | a | 5 |
| +U | a | 5 |

--@test DISTINCT: a row that comes again keeps its kind known
SELECT DISTINCT k FROM t;
--@no-kill
--@given t
| k |
| a |
--@advance 9 s
--@given t
| k |
| a |
--@advance 9 s
--@given t
| k |
| a |
--@advance 10 s
--@given t
| k |
| a |
--@expect-changelog
| op | k |
| +I | a |
| +I | a |

--@test the first row by processing time counts from when it came, whatever came behind it
SELECT k, v FROM (SELECT k, v, ROW_NUMBER() OVER (PARTITION BY k ORDER BY p) AS rn FROM t) WHERE rn = 1;
--@no-kill
--@given t
| k | v |
| a | 1 |
--@advance 9 s
--@given t
| k | v |
| a | 2 |
--@advance 1 s
--@given t
| k | v |
| a | 3 |
--@expect-changelog
| op | k | v |
| +I | a | 1 |
| +I | a | 3 |

--@test the first row by event time
SELECT k, v FROM (SELECT k, v, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts) AS rn FROM s) WHERE rn = 1;
--@no-kill
--@given s
| k | v | ts                  |
| a | 1 | 2026-01-01 00:00:01 |
| b | 9 | 2026-01-01 00:00:02 |
--@advance 4 s
--@given s
| k | v | ts                  |
| a | 2 | 2026-01-01 00:00:03 |
--@advance 20 s
--@given s
| k | v | ts                  |
| a | 3 | 2026-01-01 00:00:04 |
--@expect-changelog
| op | k | v |
| +I | a | 1 |
| +I | b | 9 |
| +I | a | 3 |

--@test a row that waits for its watermark longer than its key lives still leaves
SELECT k, v FROM (SELECT k, v, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts) AS rn FROM s) WHERE rn = 1;
--@no-kill
--@given s
| k | v | ts                  |
| a | 1 | 2026-01-01 00:00:09 |
--@advance 30 s
--@watermark s 2026-01-01 00:00:10
--@expect
| k | v |
| a | 1 |

--@test Top-N of a group
SELECT k, v FROM (SELECT k, v, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC) AS rn FROM t) WHERE rn <= 2;
--@no-kill
--@given t
| k | v |
| a | 5 |
| a | 7 |
--@advance 9 s
--@given t
| k | v |
| a | 1 |
--@advance 1 s
--@given t
| k | v |
| a | 2 |
--@expect-changelog
| op | k | v |
| +I | a | 5 |
| +I | a | 7 |
| +I | a | 2 |

--@test rows of a join go one by one
SELECT t.id, d.name FROM t JOIN d ON t.k = d.k;
--@no-kill
--@given d
| k | name  |
| a | Anna  |
--@given t
| id | k |
| 1  | a |
--@advance 6 s
--@given d
| k | name  |
| a | Alice |
--@advance 6 s
--@given t
| id | k |
| 2  | a |
--@given d
| k | name |
| a | Ada  |
--@expect
| id | name  |
| 1  | Anna  |
| 1  | Alice |
| 2  | Alice |
| 2  | Ada   |

--@test an outer row that found a partner lives as long again
SELECT t.id, d.name FROM t LEFT JOIN d ON t.k = d.k;
--@no-kill
--@given t
| id | k |
| 1  | a |
| 2  | b |
--@advance 6 s
--@given d
| k | name |
| a | Anna |
--@advance 6 s
--@given d
| k | name  |
| a | Alice |
| b | Bob   |
--@expect-changelog
| op | id | name  |
| +I | 1  | NULL  |
| +I | 2  | NULL  |
| -D | 1  | NULL  |
| +I | 1  | Anna  |
| +I | 1  | Alice |

--@test each side of a join as its hint says
SELECT /*+ STATE_TTL('t' = '2 s', 'd' = '0 s') */ t.id, d.name FROM t JOIN d ON t.k = d.k;
--@no-kill
--@given d
| k | name |
| a | Anna |
--@given t
| id | k |
| 1  | a |
--@advance 1 h
--@given d
| k | name  |
| a | Alice |
--@given t
| id | k |
| 2  | a |
--@expect
| id | name  |
| 1  | Anna  |
| 2  | Anna  |
| 2  | Alice |

--@test an aggregate as its hint says
SELECT /*+ STATE_TTL('x' = '1 min') */ k, COUNT(*) AS n FROM t AS x GROUP BY k;
--@no-kill
--@given t
| k |
| a |
--@advance 59 s
--@given t
| k |
| a |
--@advance 60 s
--@given t
| k |
| a |
--@expect-changelog
| op | k | n |
| +I | a | 1 |
| -U | a | 1 |
| +U | a | 2 |
| +I | a | 1 |

--@test OVER on processing time
SELECT k, SUM(v) OVER w AS s, COUNT(DISTINCT v) OVER w AS d FROM t WINDOW w AS (PARTITION BY k ORDER BY p ROWS BETWEEN 5 PRECEDING AND CURRENT ROW);
--@no-kill
--@given t
| k | v |
| a | 1 |
| a | 1 |
--@advance 9 s
--@given t
| k | v |
| a | 1 |
--@advance 10 s
--@given t
| k | v |
| a | 1 |
| a | 2 |
--@expect
| k | s | d |
| a | 1 | 1 |
| a | 2 | 1 |
| a | 3 | 1 |
| a | 1 | 1 |
| a | 3 | 2 |

--@test OVER on event time, without a bound
SELECT k, SUM(v) OVER (PARTITION BY k ORDER BY ts) AS s FROM s;
--@no-kill
--@given s
| k | v | ts                  |
| a | 1 | 2026-01-01 00:00:01 |
| a | 2 | 2026-01-01 00:00:02 |
--@advance 11 s
--@given s
| k | v | ts                  |
| a | 4 | 2026-01-01 00:00:03 |
--@expect
| k | s |
| a | 1 |
| a | 3 |
| a | 4 |

--@test rows of EXCEPT
SELECT k FROM t EXCEPT SELECT k FROM d;
--@no-kill
--@given t
| k |
| a |
| b |
--@advance 10 s
--@given d
| k |
| a |
--@given t
| k |
| a |
| b |
--@expect-changelog
| op | k |
| +I | a |
| +I | b |
| +I | b |

--@test windows have their own end
SELECT window_start, SUM(v) AS v FROM TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '1' MINUTE) GROUP BY window_start, window_end;
--@no-kill
--@given s
| v | ts                  |
| 1 | 2026-01-01 00:00:01 |
--@advance 1 h
--@given s
| v | ts                  |
| 2 | 2026-01-01 00:00:02 |
| 4 | 2026-01-01 00:01:00 |
--@expect
| window_start        | v |
| 2026-01-01 00:00:00 | 3 |
