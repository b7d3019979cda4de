CREATE TEMPORARY TABLE t (a INT, b STRING, ts TIMESTAMP(3), p AS PROCTIME(), WATERMARK FOR ts AS ts) WITH ('connector' = 'datagen');
CREATE TEMPORARY TABLE u (a INT, b STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'datagen');
CREATE TEMPORARY TABLE d (a INT, n STRING, ts TIMESTAMP(3), PRIMARY KEY (a) NOT ENFORCED, WATERMARK FOR ts AS ts) WITH ('connector' = 'datagen');
-- @case match recognize
SELECT * FROM t MATCH_RECOGNIZE (PARTITION BY a ORDER BY ts MEASURES A.a AS x PATTERN (A B) DEFINE A AS TRUE) AS m;
-- @case pivot
SELECT * FROM t PIVOT (SUM(a) FOR b IN ('x'));
-- @case unpivot
SELECT * FROM t UNPIVOT (v FOR n IN (a, b));
-- @case tablesample
SELECT * FROM t TABLESAMPLE BERNOULLI(10);
-- @case recursive
WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT * FROM r;
-- @case merge
MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE;
-- @case create materialized table
CREATE MATERIALIZED TABLE m FRESHNESS = INTERVAL '1' HOUR AS SELECT 1;
-- @case create or alter materialized table
CREATE OR ALTER MATERIALIZED TABLE m AS SELECT 1;
-- @case alter materialized table
ALTER MATERIALIZED TABLE m SUSPEND;
-- @case drop materialized table
DROP MATERIALIZED TABLE IF EXISTS m;
-- @case show materialized tables
SHOW MATERIALIZED TABLES;
-- @case show create materialized table
SHOW CREATE MATERIALIZED TABLE m;
-- @case create model
CREATE TEMPORARY MODEL m INPUT (a INT) OUTPUT (b INT) WITH ('provider' = 'x');
-- @case alter model
ALTER MODEL m SET ('a' = 'b');
-- @case drop model
DROP MODEL IF EXISTS m;
-- @case describe model
DESCRIBE MODEL m;
-- @case show create model
SHOW CREATE MODEL m;
-- @case model as an argument
SELECT * FROM ML_PREDICT(TABLE t, MODEL m, DESCRIPTOR(a));
-- @case model is a name elsewhere
SELECT a AS model FROM t WHERE model = 1;
-- @case snapshot
SELECT * FROM t JOIN LATERAL SNAPSHOT(input => TABLE t) AS s ON t.a = s.a;
-- @case changelog functions
SELECT * FROM TO_CHANGELOG(input => TABLE t);
-- @case vector search
SELECT * FROM t, LATERAL TABLE(VECTOR_SEARCH(TABLE t, DESCRIPTOR(a), 1, 2));
-- @case table function
SELECT * FROM t, LATERAL TABLE(my_split(b)) AS x (w);
-- @case raw type
CREATE TEMPORARY TABLE x (a RAW('c', 's')) WITH ('connector' = 'blackhole');
-- @case bitmap and geography
CREATE TEMPORARY TABLE x (a BITMAP) WITH ('connector' = 'blackhole');
CREATE TEMPORARY TABLE y (a GEOGRAPHY) WITH ('connector' = 'blackhole');
-- @case time zone in the type
CREATE TEMPORARY TABLE x (a TIMESTAMP(3) WITH TIME ZONE) WITH ('connector' = 'blackhole');
-- @case ltz literal
SELECT TIMESTAMP WITH LOCAL TIME ZONE '2024-01-01 00:00:00';
-- @case odbc literal
SELECT {d '2024-01-01'};
-- @case bitmap functions
SELECT BITMAP_CARDINALITY(BITMAP_BUILD(ARRAY[1, 2]));
-- @case names of the planner
SELECT TRANSLATE3(b, 'a', 'b'), $SUM0(a), SINGLE_VALUE(a), JSON_ARRAYAGG_NULL_ON_NULL(a), JSON_OBJECTAGG_ABSENT_ON_NULL(b, a), charLength(b) FROM t;
-- @case functions that Flink SQL has not
SELECT LENGTH(b), OCTET_LENGTH(b), RLIKE(b, 'x') FROM t;
-- @case add partition
ALTER TABLE t ADD PARTITION (b = 'x');
-- @case drop partition
ALTER TABLE t DROP PARTITION (b = 'x');
-- @case temporal join
SELECT t.a FROM t JOIN d FOR SYSTEM_TIME AS OF t.ts AS v ON t.a = v.a;
-- @case lookup join
SELECT t.a FROM t JOIN d FOR SYSTEM_TIME AS OF t.p AS v ON t.a = v.a;
-- @case interval join
SELECT t.a FROM t JOIN u ON t.a = u.a AND t.ts BETWEEN u.ts - INTERVAL '1' HOUR AND u.ts;
-- @case limit with a start
SELECT a FROM t LIMIT 1, 2;
-- @case upsert-kafka
CREATE TEMPORARY TABLE x (a INT, PRIMARY KEY (a) NOT ENFORCED) WITH ('connector' = 'upsert-kafka');
SELECT * FROM x;
-- @case jdbc
CREATE TEMPORARY TABLE x (a INT) WITH ('connector' = 'jdbc');
SELECT * FROM x;
-- @case changelog formats
CREATE TEMPORARY TABLE x (a INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'localhost:1', 'format' = 'debezium-json');
SELECT * FROM x;
-- @case avro and protobuf
CREATE TEMPORARY TABLE x (a INT) WITH ('connector' = 'filesystem', 'path' = 'x', 'format' = 'avro');
SELECT * FROM x;
CREATE TEMPORARY TABLE y (a INT) WITH ('connector' = 'filesystem', 'path' = 'x', 'format' = 'protobuf');
SELECT * FROM y;
-- @case unique
CREATE TEMPORARY TABLE x (a INT UNIQUE, UNIQUE (a)) WITH ('connector' = 'blackhole');
-- @case group by a position or an alias
SELECT a, COUNT(*) FROM t GROUP BY 1;
-- @case group by an alias
SELECT a AS x, COUNT(*) FROM t GROUP BY x;
