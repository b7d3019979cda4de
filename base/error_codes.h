/* Error codes, one row each: RN_CODE(name, number, exit code, title, help, example). Examples with two scripts are
 * run by tests/errors/run.py: the first gives the code, the second does not; others are told in words.
 * Never reused. RN1xxx syntax, 20xx names, 21xx types, 22xx aggregates and windows, 23xx changelog,
 * 3xxx catalog and options (exit 1); 4xxx connection (3); 5xxx data (2); 6xxx state (4); 7xxx sink
 * and file lock (5); 8xxx limits (1 compile time, 2 run time); 9xxx our own bugs (70);
 * warnings are numbered from 100000 and shown as W2101. Included several times: no guard. */

/* --- RN1xxx syntax ------------------------------------------------------------------------- */
RN_CODE(E_SYNTAX, 1001, 1, "syntax error", "The text is not a statement of the dialect. The caret shows the first word that cannot stand there; the message lists what could.",
        "\nit comes from:"
        "\n  SELECT a FORM (VALUES (1)) AS t (a);"
        "\ninstead:"
        "\n  SELECT a FROM (VALUES (1)) AS t (a);")
RN_CODE(E_LITERAL, 1002, 1, "malformed literal", "A number, string, date or interval is not spelled as the dialect wants it.",
        "\nit comes from:"
        "\n  SELECT DATE '2024-02-30';"
        "\ninstead:"
        "\n  SELECT DATE '2024-02-29';")
RN_CODE(E_UNTERMINATED, 1003, 1, "unterminated text", "A quoted string, quoted name or comment does not end.",
        "\nit comes from:"
        "\n  SELECT 'it's';"
        "\ninstead:"
        "\n  SELECT 'it''s';")

/* --- RN20xx names ---------------------------------------------------------------------------- */
RN_CODE(E_TABLE_NOT_FOUND, 2003, 1, "table not found", "No table, view or WITH item of that name is visible. Names are case-sensitive.",
        "\nit comes from:"
        "\n  CREATE TEMPORARY TABLE orders (id INT) WITH ('connector' = 'datagen', 'number-of-rows' = '1');"
        "\n  SELECT id FROM ordrs;"
        "\ninstead:"
        "\n  CREATE TEMPORARY TABLE orders (id INT) WITH ('connector' = 'datagen', 'number-of-rows' = '1');"
        "\n  SELECT id FROM orders;")
RN_CODE(E_COLUMN_NOT_FOUND, 2004, 1, "column not found", "No table in FROM has a column of that name. Names are case-sensitive; reserved words need back-ticks.",
        "\nit comes from:"
        "\n  SELECT usr FROM (VALUES ('ann')) AS t (`user`);"
        "\ninstead:"
        "\n  SELECT `user` FROM (VALUES ('ann')) AS t (`user`);")
RN_CODE(E_COLUMN_AMBIGUOUS, 2005, 1, "column is ambiguous", "Several tables in FROM have a column of that name: qualify it.",
        "\nit comes from:"
        "\n  SELECT id FROM (VALUES (1)) AS a (id) JOIN (VALUES (1)) AS b (id) ON a.id = b.id;"
        "\ninstead:"
        "\n  SELECT a.id FROM (VALUES (1)) AS a (id) JOIN (VALUES (1)) AS b (id) ON a.id = b.id;")
RN_CODE(E_FUNCTION_NOT_FOUND, 2006, 1, "function not found", "No function of that name. SHOW FUNCTIONS lists them.",
        "\nit comes from:"
        "\n  SELECT NVL(a, 0) FROM (VALUES (1)) AS t (a);"
        "\ninstead:"
        "\n  SELECT COALESCE(a, 0) FROM (VALUES (1)) AS t (a);")
RN_CODE(E_DUPLICATE_NAME, 2007, 1, "name is used twice", "Two columns, options or WITH items carry the same name.",
        "\nit comes from:"
        "\n  CREATE TABLE t (a INT, a STRING);"
        "\ninstead:"
        "\n  CREATE TABLE t (a INT, b STRING);")
RN_CODE(E_FIELD_NOT_FOUND, 2008, 1, "field not found", "The ROW value has no field of that name.",
        "\nit comes from:"
        "\n  SELECT t.r.z FROM (VALUES (CAST(ROW(1, 2) AS ROW<x INT, y INT>))) AS t (r);"
        "\ninstead:"
        "\n  SELECT t.r.y FROM (VALUES (CAST(ROW(1, 2) AS ROW<x INT, y INT>))) AS t (r);")
RN_CODE(E_WINDOW_NAME, 2009, 1, "window name not found", "OVER names a window that the WINDOW clause does not define.",
        "\nit comes from:"
        "\n  SELECT SUM(a) OVER w FROM (VALUES (1)) AS t (a);"
        "\ninstead:"
        "\n  SELECT SUM(a) OVER w FROM (VALUES (1)) AS t (a) WINDOW w AS (PARTITION BY a);")

/* --- RN21xx types ------------------------------------------------------------------------------ */
RN_CODE(E_TYPE, 2101, 1, "types do not fit", "An operator or clause was given types it cannot take.",
        "\nit comes from:"
        "\n  SELECT 1 + 'x';"
        "\ninstead:"
        "\n  SELECT CAST(1 AS STRING) || 'x', 1 + CAST('2' AS INT);")
RN_CODE(E_ARGUMENTS, 2102, 1, "wrong arguments", "The function does not take these arguments.",
        "\nit comes from:"
        "\n  SELECT UPPER(1);"
        "\ninstead:"
        "\n  SELECT UPPER('a');")
RN_CODE(E_CAST, 2103, 1, "no such cast", "There is no conversion between these two types.",
        "\nit comes from:"
        "\n  SELECT CAST(1 AS TIMESTAMP(3));"
        "\ninstead:"
        "\n  SELECT TO_TIMESTAMP_LTZ(1, 3);")
RN_CODE(E_SINK_SCHEMA, 2104, 1, "query and table do not fit", "The columns of the query and of the target table differ in number or type.",
        "\nit comes from:"
        "\n  CREATE TABLE t (a INT, b STRING);"
        "\n  INSERT INTO t VALUES (1);"
        "\ninstead:"
        "\n  CREATE TABLE t (a INT, b STRING);"
        "\n  INSERT INTO t (a) VALUES (1);")
RN_CODE(E_TYPE_UNSUPPORTED, 2105, 1, "type is not supported", "The dialect has no such type, or it cannot be used here.",
        "\nit comes from:"
        "\n  CREATE TABLE t (a TEXT);"
        "\ninstead:"
        "\n  CREATE TABLE t (a STRING);")

/* --- RN22xx aggregates and windows ------------------------------------------------------------- */
RN_CODE(E_NOT_GROUPED, 2201, 1, "column is not grouped", "Every column outside an aggregate must be a GROUP BY key.",
        "\nit comes from:"
        "\n  SELECT a, b, COUNT(*) FROM (VALUES (1, 2)) AS t (a, b) GROUP BY a;"
        "\ninstead:"
        "\n  SELECT a, MAX(b), COUNT(*) FROM (VALUES (1, 2)) AS t (a, b) GROUP BY a;")
RN_CODE(E_AGGREGATE_PLACE, 2202, 1, "aggregate not allowed here", "Aggregates stand in SELECT and HAVING only, and do not nest.",
        "\nit comes from:"
        "\n  SELECT a FROM (VALUES (1)) AS t (a) WHERE COUNT(*) > 1 GROUP BY a;"
        "\ninstead:"
        "\n  SELECT a FROM (VALUES (1)) AS t (a) GROUP BY a HAVING COUNT(*) > 1;")
RN_CODE(E_WINDOW, 2203, 1, "window is not valid", "Size, slide or offset of a window, or its time column, are not what the window needs.",
        "\nit comes from:"
        "\n  CREATE TEMPORARY TABLE t (a INT, b STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)"
        "\n    WITH ('connector' = 'datagen', 'number-of-rows' = '3');"
        "\n  SELECT window_start, COUNT(*)"
        "\n  FROM HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '7' MINUTE, INTERVAL '10' MINUTE)"
        "\n  GROUP BY window_start, window_end;"
        "\ninstead:"
        "\n  CREATE TEMPORARY TABLE t (a INT, b STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)"
        "\n    WITH ('connector' = 'datagen', 'number-of-rows' = '3');"
        "\n  SELECT window_start, COUNT(*)"
        "\n  FROM HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '5' MINUTE, INTERVAL '10' MINUTE)"
        "\n  GROUP BY window_start, window_end;")
RN_CODE(E_OVER, 2204, 1, "OVER is not valid", "The frame or order of an OVER clause is not supported on streams.",
        "\nit comes from:"
        "\n  CREATE TEMPORARY TABLE t (a INT, b STRING) WITH ('connector' = 'datagen');"
        "\n  EXPLAIN SELECT SUM(a) OVER (PARTITION BY b ORDER BY a ROWS 2 PRECEDING) FROM t;"
        "\ninstead:"
        "\n  CREATE TEMPORARY TABLE t (a INT, b STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)"
        "\n    WITH ('connector' = 'datagen', 'number-of-rows' = '3');"
        "\n  SELECT SUM(a) OVER (PARTITION BY b ORDER BY ts ROWS 2 PRECEDING) FROM t;")
RN_CODE(E_TIME_ATTRIBUTE, 2205, 1, "not a time attribute", "The column must be an event-time (WATERMARK) or processing-time (PROCTIME()) attribute.",
        "\nit comes from:"
        "\n  CREATE TABLE t (a INT, ts STRING, WATERMARK FOR ts AS ts);"
        "\ninstead:"
        "\n  CREATE TABLE t (a INT, text STRING, ts AS TO_TIMESTAMP(text), WATERMARK FOR ts AS ts);")

/* --- RN23xx changelog ---------------------------------------------------------------------------- */
RN_CODE(E_CHANGELOG, 2301, 1, "input may be updated", "The clause or sink takes inserts only, but its input sends updates.",
        "\nit comes from:"
        "\n  CREATE TEMPORARY TABLE t (a INT, b STRING) WITH ('connector' = 'datagen');"
        "\n  CREATE TABLE s (b STRING, n BIGINT) WITH ('connector' = 'filesystem', 'path' = 's.json', 'format' = 'json');"
        "\n  EXPLAIN INSERT INTO s SELECT b, COUNT(*) FROM t GROUP BY b;"
        "\ninstead:"
        "\n  CREATE TEMPORARY TABLE t (a INT, b STRING) WITH ('connector' = 'datagen');"
        "\n  CREATE TABLE s (b STRING, n BIGINT, PRIMARY KEY (b) NOT ENFORCED);"
        "\n  EXPLAIN INSERT INTO s SELECT b, COUNT(*) FROM t GROUP BY b;")
RN_CODE(E_UNSUPPORTED, 2302, 1, "not supported yet", "The clause, statement or operator is not there, or not for unbounded input: docs/COMPAT.md.",
        "\nit comes from:"
        "\n  CREATE TABLE t (a INT, UNIQUE (a));"
        "\ninstead:"
        "\n  CREATE TABLE t (a INT, PRIMARY KEY (a) NOT ENFORCED);")
RN_CODE(E_SINK_KEY, 2303, 1, "sink key does not fit", "The primary key of the sink is not the key by which the query updates its rows.",
        "\nit comes from:"
        "\n  CREATE TEMPORARY TABLE t (a INT, b STRING) WITH ('connector' = 'datagen');"
        "\n  CREATE TABLE s (a INT, n BIGINT, PRIMARY KEY (a) NOT ENFORCED);"
        "\n  EXPLAIN INSERT INTO s SELECT MAX(a), COUNT(*) FROM t GROUP BY b;"
        "\ninstead:"
        "\n  CREATE TEMPORARY TABLE t (a INT, b STRING) WITH ('connector' = 'datagen');"
        "\n  CREATE TABLE s (b STRING, n BIGINT, PRIMARY KEY (b) NOT ENFORCED);"
        "\n  EXPLAIN INSERT INTO s SELECT b, COUNT(*) FROM t GROUP BY b;")

/* --- RN3xxx catalog and options ------------------------------------------------------------------ */
RN_CODE(E_EXISTS, 3001, 1, "already exists", "A table or view of that name exists. IF NOT EXISTS skips it; `run` wants the same definition.",
        "\nit comes from:"
        "\n  CREATE TABLE t (a INT);"
        "\n  CREATE TABLE t (a INT);"
        "\ninstead:"
        "\n  CREATE TABLE t (a INT);"
        "\n  CREATE TABLE IF NOT EXISTS t (a INT);")
RN_CODE(E_OPTION_UNKNOWN, 3002, 1, "unknown option", "The connector or format has no option of that name.",
        "\nit comes from:"
        "\n  CREATE TABLE t (a INT) WITH ('connector' = 'datagen', 'row-per-second' = '5');"
        "\ninstead:"
        "\n  CREATE TABLE t (a INT) WITH ('connector' = 'datagen', 'rows-per-second' = '5');")
RN_CODE(E_OPTION_VALUE, 3003, 1, "bad option value", "The option's value is not of its type, out of range, or not one of its choices.",
        "\nit comes from:"
        "\n  CREATE TABLE t (a INT) WITH ('connector' = 'datagen', 'rows-per-second' = 'many');"
        "\ninstead:"
        "\n  CREATE TABLE t (a INT) WITH ('connector' = 'datagen', 'rows-per-second' = '5');")
RN_CODE(E_OPTION_MISSING, 3004, 1, "missing option", "A required option was not given.",
        "\nit comes from:"
        "\n  CREATE TABLE t (a INT) WITH ('connector' = 'filesystem', 'format' = 'json');"
        "\ninstead:"
        "\n  CREATE TABLE t (a INT) WITH ('connector' = 'filesystem', 'format' = 'json', 'path' = 'rows.json');")
RN_CODE(E_CONNECTOR, 3005, 1, "unknown connector or format", "No connector or format of that name is built in.",
        "\nit comes from:"
        "\n  CREATE TABLE t (a INT) WITH ('connector' = 'kafak');"
        "\ninstead:"
        "\n  CREATE TABLE t (a INT) WITH ('connector' = 'print');")
RN_CODE(E_IN_USE, 3006, 1, "in use", "A running or stopped job uses the table, or a view, table or function needs it.",
        "\nit comes from:"
        "\n  CREATE TABLE t (a INT);"
        "\n  CREATE VIEW v AS SELECT a FROM t;"
        "\n  DROP TABLE t;"
        "\ninstead:"
        "\n  CREATE TABLE t (a INT);"
        "\n  CREATE VIEW v AS SELECT a FROM t;"
        "\n  DROP VIEW v;"
        "\n  DROP TABLE t;")
RN_CODE(E_CATALOG, 3007, 1, "catalog", "The definition cannot be stored or used.",
        "\nit comes from:"
        "\n  CREATE TABLE t (a INT PRIMARY KEY);"
        "\ninstead:"
        "\n  CREATE TABLE t (a INT PRIMARY KEY NOT ENFORCED);")
RN_CODE(E_JOB_EXISTS, 3008, 1, "job name is taken", "Two jobs of one run have the same name: set pipeline.name, or use a statement set.",
        "\nit comes from:"
        "\n  CREATE TEMPORARY TABLE t (a INT) WITH ('connector' = 'datagen');"
        "\n  CREATE TEMPORARY TABLE o (a INT) WITH ('connector' = 'blackhole');"
        "\n  SET 'pipeline.name' = 'copy';"
        "\n  INSERT INTO o SELECT a FROM t;"
        "\n  INSERT INTO o SELECT a + 1 FROM t;"
        "\ninstead:"
        "\n  CREATE TEMPORARY TABLE t (a INT) WITH ('connector' = 'datagen');"
        "\n  CREATE TEMPORARY TABLE o (a INT) WITH ('connector' = 'blackhole');"
        "\n  SET 'pipeline.name' = 'copy';"
        "\n  EXPLAIN STATEMENT SET BEGIN"
        "\n  INSERT INTO o SELECT a FROM t;"
        "\n  INSERT INTO o SELECT a + 1 FROM t;"
        "\n  END;")
RN_CODE(E_SETTING, 3009, 1, "bad setting", "The key is unknown or the value not of its type.",
        "\nit comes from:"
        "\n  SET 'paralelism.default' = '2';"
        "\ninstead:"
        "\n  SET 'parallelism.default' = '2';")
RN_CODE(E_JOB_NOT_FOUND, 3010, 1, "job not found", "SHOW JOBS lists the jobs.",
        "\nit comes from:"
        "\n  STOP JOB 'nope';"
        "\ninstead:"
        "\n  SHOW JOBS;")
RN_CODE(E_DIRECTION, 3011, 1, "connector cannot do that", "The connector can only be read from, or only be written to.",
        "\nit comes from:"
        "\n  CREATE TABLE t (a INT) WITH ('connector' = 'print');"
        "\n  SELECT a FROM t;"
        "\ninstead:"
        "\n  CREATE TABLE t (a INT) WITH ('connector' = 'print');"
        "\n  INSERT INTO t VALUES (1);")

/* --- RN4xxx connection ------------------------------------------------------------------------------ */
RN_CODE(E_CONNECT, 4001, 3, "cannot connect", "The broker or file cannot be reached, or refuses us.",
        " For example: no broker listens at 'properties.bootstrap.servers', or a firewall is in between: every reconnection is told.")
RN_CODE(E_TOPIC, 4002, 3, "topic does not exist", "The broker does not know the topic.",
        " For example: 'topic' is misspelled, or nobody has made the topic and the broker makes none.")
RN_CODE(E_OFFSET, 4003, 3, "offset is gone", "The records from our offset on are not there any more (retention, or another topic of that name).",
        " For example: a job was stopped for longer than the topic keeps its records.")
RN_CODE(E_FILE, 4004, 3, "cannot read or write a file", "The path does not exist, or the operating system refuses.",
        "\nit comes from:"
        "\n  CREATE TEMPORARY TABLE t (a INT) WITH ('connector' = 'filesystem', 'path' = 'nowhere/rows.json', 'format' = 'json');"
        "\n  SELECT a FROM t;"
        "\ninstead:"
        "\n  CREATE TABLE texts (a STRING) WITH ('connector' = 'filesystem', 'path' = 'rows.csv', 'format' = 'csv');"
        "\n  INSERT INTO texts VALUES ('abc');"
        "\n  SELECT a FROM texts;")

/* --- RN5xxx data -------------------------------------------------------------------------------------- */
RN_CODE(E_BAD_RECORD, 5001, 2, "bad record", "A record cannot be decoded. 'on-error' = 'skip' or 'dead-letter' goes on without it.",
        "\nit comes from:"
        "\n  CREATE TABLE texts (a STRING) WITH ('connector' = 'filesystem', 'path' = 'rows.csv', 'format' = 'csv');"
        "\n  INSERT INTO texts VALUES ('abc');"
        "\n  CREATE TABLE t (a INT) WITH ('connector' = 'filesystem', 'path' = 'rows.csv', 'format' = 'csv');"
        "\n  SELECT a FROM t;"
        "\ninstead:"
        "\n  CREATE TABLE texts (a STRING) WITH ('connector' = 'filesystem', 'path' = 'rows.csv', 'format' = 'csv');"
        "\n  INSERT INTO texts VALUES ('abc');"
        "\n  CREATE TABLE t (a INT) WITH ('connector' = 'filesystem', 'path' = 'rows.csv', 'format' = 'csv', 'on-error' = 'skip');"
        "\n  SELECT a FROM t;")
RN_CODE(E_CAST_VALUE, 5002, 2, "value cannot be converted", "A CAST failed at run time. TRY_CAST gives NULL instead.",
        "\nit comes from:"
        "\n  SELECT CAST(a AS INT) FROM (VALUES ('x')) AS t (a);"
        "\ninstead:"
        "\n  SELECT TRY_CAST(a AS INT) FROM (VALUES ('x')) AS t (a);")
RN_CODE(E_DIVISION, 5003, 2, "division by zero", "An exact number was divided by zero.",
        "\nit comes from:"
        "\n  SELECT 1 / a FROM (VALUES (0)) AS t (a);"
        "\ninstead:"
        "\n  SELECT 1 / NULLIF(a, 0) FROM (VALUES (0)) AS t (a);")
RN_CODE(E_NOT_NULL, 5004, 2, "NULL in a NOT NULL column", "A NULL was written to a NOT NULL column. 'table.exec.sink.not-null-enforcer' = 'DROP' drops such rows.",
        "\nit comes from:"
        "\n  CREATE TABLE t (a INT NOT NULL);"
        "\n  INSERT INTO t SELECT a FROM (VALUES (CAST(NULL AS INT))) AS v (a);"
        "\ninstead:"
        "\n  CREATE TABLE t (a INT NOT NULL);"
        "\n  INSERT INTO t SELECT a FROM (VALUES (CAST(NULL AS INT))) AS v (a) WHERE a IS NOT NULL;")
RN_CODE(E_LENGTH, 5007, 2, "value of another length", "'table.exec.sink.type-length-enforcer' = 'ERROR' refuses values that are longer than the sink's column, or shorter than a CHAR or BINARY. 'TRIM_PAD' cuts and pads them.",
        "\nit comes from:"
        "\n  CREATE TABLE texts (a STRING) WITH ('connector' = 'filesystem', 'path' = 'rows.csv', 'format' = 'csv');"
        "\n  INSERT INTO texts VALUES ('abc');"
        "\n  CREATE TABLE short (a VARCHAR(2)) WITH ('connector' = 'filesystem', 'path' = 'rows.csv', 'format' = 'csv');"
        "\n  CREATE TABLE t (a VARCHAR(2));"
        "\n  SET 'table.exec.sink.type-length-enforcer' = 'ERROR';"
        "\n  INSERT INTO t SELECT a FROM short;"
        "\ninstead:"
        "\n  CREATE TABLE texts (a STRING) WITH ('connector' = 'filesystem', 'path' = 'rows.csv', 'format' = 'csv');"
        "\n  INSERT INTO texts VALUES ('abc');"
        "\n  CREATE TABLE short (a VARCHAR(2)) WITH ('connector' = 'filesystem', 'path' = 'rows.csv', 'format' = 'csv');"
        "\n  CREATE TABLE t (a VARCHAR(2));"
        "\n  SET 'table.exec.sink.type-length-enforcer' = 'TRIM_PAD';"
        "\n  INSERT INTO t SELECT a FROM short;")
RN_CODE(E_ROWTIME_NULL, 5005, 2, "rowtime is NULL", "The column of the WATERMARK must not be NULL.",
        "\nit comes from:"
        "\n  CREATE TABLE t (ts TIMESTAMP(3), WATERMARK FOR ts AS ts);"
        "\n  INSERT INTO t VALUES (TIMESTAMP '2024-01-01 00:00:00'), (NULL);"
        "\n  SELECT ts FROM t;"
        "\ninstead:"
        "\n  SET 'table.exec.source.rowtime-null-handling' = 'DROP';"
        "\n  CREATE TABLE t (ts TIMESTAMP(3), WATERMARK FOR ts AS ts);"
        "\n  INSERT INTO t VALUES (TIMESTAMP '2024-01-01 00:00:00'), (NULL);"
        "\n  SELECT ts FROM t;")
RN_CODE(E_VALUE, 5006, 2, "value out of range", "A function was given a value outside its domain.",
        "\nit comes from:"
        "\n  SELECT JSON_OBJECTAGG(KEY k VALUE 1) FROM (VALUES ('a'), (CAST(NULL AS STRING))) AS t (k);"
        "\ninstead:"
        "\n  SELECT JSON_OBJECTAGG(KEY k VALUE 1) FROM (VALUES ('a'), (CAST(NULL AS STRING))) AS t (k) WHERE k IS NOT NULL;")
RN_CODE(E_KEY_CONFLICT, 5011, 2, "several rows with one PRIMARY KEY", "ON CONFLICT DO ERROR: the query gave two different rows with the same PRIMARY KEY. DO NOTHING keeps the first one, DO DEDUPLICATE the last one.",
        "\nit comes from:"
        "\n  CREATE TABLE t (id INT PRIMARY KEY NOT ENFORCED, a INT);"
        "\n  INSERT INTO t SELECT * FROM (VALUES (1, 1), (1, 2)) AS v (id, a) ON CONFLICT DO ERROR;"
        "\ninstead:"
        "\n  CREATE TABLE t (id INT PRIMARY KEY NOT ENFORCED, a INT);"
        "\n  INSERT INTO t SELECT * FROM (VALUES (1, 1), (1, 2)) AS v (id, a) ON CONFLICT DO DEDUPLICATE;")
RN_CODE(E_SUBQUERY_ROWS, 5010, 2, "scalar sub-query gave several rows", "A sub-query that stands for a value may give one row or none (which is NULL). Aggregate it, or use IN or EXISTS.",
        "\nit comes from:"
        "\n  SELECT (SELECT a FROM (VALUES (1), (2)) AS t (a));"
        "\ninstead:"
        "\n  SELECT (SELECT MAX(a) FROM (VALUES (1), (2)) AS t (a));")

/* --- RN6xxx state --------------------------------------------------------------------------------------- */
RN_CODE(E_STATE_CORRUPT, 6001, 4, "state is damaged", "A checksum of the stored state does not match. Restore the file from a backup, or start over with --fresh.",
        " For example: a disk or a copy of the file changed bytes of it.")
RN_CODE(E_STATE_CHANGED, 6002, 4, "query changed", "The stored state belongs to another form of the query.",
        " For example: a script was stopped, its GROUP BY changed, and `runnel run` started it again.")
RN_CODE(E_STATE_FORMAT, 6003, 4, "file of a newer version", "The file was written by a newer runnel. It was not touched.",
        " For example: the file comes from a newer version of runnel.")
RN_CODE(E_DATABASE, 6004, 4, "database cannot be used", "The file is not a runnel database, or it cannot be opened.",
        " For example: runnel notes.txt.")

/* --- RN7xxx sink and file lock ---------------------------------------------------------------------------- */
RN_CODE(E_SINK, 7001, 5, "sink failed", "The target of an INSERT refused rows.",
        "\nit comes from:"
        "\n  CREATE TABLE t (id INT, a INT, PRIMARY KEY (id) NOT ENFORCED);"
        "\n  INSERT INTO t VALUES (1, 1), (2, 2);"
        "\n  UPDATE t SET id = 5;"
        "\ninstead:"
        "\n  CREATE TABLE t (id INT, a INT, PRIMARY KEY (id) NOT ENFORCED);"
        "\n  INSERT INTO t VALUES (1, 1), (2, 2);"
        "\n  UPDATE t SET id = id + 5;")
RN_CODE(E_LOCKED, 7002, 5, "file is in use", "Another runnel writes this file; reading is possible meanwhile.",
        " For example: two `runnel run --db shop.db` at the same time.")

/* --- RN8xxx limits ------------------------------------------------------------------------------------------ */
RN_CODE(E_LIMIT, 8001, 1, "limit reached", "A named limit of the front end was exceeded.",
        "\nit comes from:"
        "\n  SELECT COUNT(*) FROM (VALUES (1)) AS t (a)"
        "\n  GROUP BY CUBE (a, a + 1, a + 2, a + 3, a + 4, a + 5, a + 6, a + 7, a + 8, a + 9, -a, 2 * a, 3 * a);"
        "\ninstead:"
        "\n  SELECT COUNT(*) FROM (VALUES (1)) AS t (a) GROUP BY GROUPING SETS ((a, a + 1), (a), ());")
RN_CODE(E_MEMORY, 8002, 2, "memory limit reached", "An aggregate that keeps every value (LISTAGG, ARRAY_AGG, COLLECT, PERCENTILE, JSON_ARRAYAGG ..) has gathered more of one key than it may.",
        " For example: LISTAGG over a stream without a window, when millions of rows have one key.")

/* --- RN9xxx our own bugs ---------------------------------------------------------------------------------------- */
RN_CODE(E_INTERNAL, 9001, 70, "internal error", "This is a bug in runnel. Please report the statement.",
        " For example: any statement that ends with this code.")
RN_CODE(E_MISUSE, 9002, 70, "interface misused", "A function was called in the wrong order or with a closed handle.",
        " For example: runnel_step() after runnel_finalize().")
RN_CODE(E_INTERRUPTED, 9003, 130, "interrupted", "The statement was interrupted.",
        " For example: Ctrl-C while a query runs.")

/* --- warnings ------------------------------------------------------------------------------------------------------ */
RN_CODE(W_STATE_GROWS, 102101, 0, "state grows without limit", "An unbounded GROUP BY, DISTINCT or OVER keeps a row per key for ever. Add a window, or SET 'table.exec.state.ttl' = '1 d'.",
        "\nit comes from:"
        "\n  CREATE TEMPORARY TABLE t (a INT, b STRING) WITH ('connector' = 'datagen');"
        "\n  EXPLAIN SELECT b, COUNT(*) FROM t GROUP BY b;"
        "\ninstead:"
        "\n  CREATE TEMPORARY TABLE t (a INT, b STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)"
        "\n    WITH ('connector' = 'datagen', 'number-of-rows' = '3');"
        "\n  SELECT window_start, b, COUNT(*)"
        "\n  FROM TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' HOUR)"
        "\n  GROUP BY window_start, window_end, b;")
RN_CODE(W_NO_KEY, 102301, 0, "rows are taken back without a key", "A query that updates its rows writes to a table without PRIMARY KEY: every change looks for the equal row. Declare the key by which the query updates.",
        "\nit comes from:"
        "\n  CREATE TEMPORARY TABLE t (a INT, b STRING) WITH ('connector' = 'datagen');"
        "\n  CREATE TABLE s (b STRING, n BIGINT);"
        "\n  EXPLAIN INSERT INTO s SELECT b, COUNT(*) FROM t GROUP BY b;"
        "\ninstead:"
        "\n  CREATE TEMPORARY TABLE t (a INT, b STRING) WITH ('connector' = 'datagen');"
        "\n  CREATE TABLE s (b STRING, n BIGINT, PRIMARY KEY (b) NOT ENFORCED);"
        "\n  EXPLAIN INSERT INTO s SELECT b, COUNT(*) FROM t GROUP BY b;")
RN_CODE(W_PORTABILITY, 103001, 0, "not portable to Flink", "runnel accepts this spelling, Flink does not.",
        "\nit comes from:"
        "\n  SELECT 1 != 2;"
        "\ninstead:"
        "\n  SELECT 1 <> 2;")
RN_CODE(W_SECRET, 103002, 0, "secret stored in the file", "A password stands literally in the definition; use ${env:NAME} or ${file:PATH}.",
        "\nit comes from:"
        "\n  CREATE TABLE t (a INT) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'broker:9092', 'format' = 'json',"
        "\n    'properties.sasl.password' = 'secret');"
        "\ninstead:"
        "\n  CREATE TABLE t (a INT) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'broker:9092', 'format' = 'json',"
        "\n    'properties.sasl.password' = '${env:PASSWORD}');")
RN_CODE(W_OPTION, 103003, 0, "option has no effect", "The option is accepted for compatibility and does nothing here.",
        "\nit comes from:"
        "\n  CREATE TABLE t (a INT) WITH ('connector' = 'filesystem', 'path' = 'rows.json', 'format' = 'json',"
        "\n    'sink.rolling-policy.rollover-interval' = '1 min');"
        "\ninstead:"
        "\n  CREATE TABLE t (a INT) WITH ('connector' = 'filesystem', 'path' = 'rows.json', 'format' = 'json');")
RN_CODE(W_UNPROTECTED, 103004, 0, "connection not protected", "Others on the network can read the password, or stand in for the broker. Use SASL_SSL, and leave the checks of certificates on.",
        "\nit comes from:"
        "\n  CREATE TABLE t (a INT) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'broker:9092', 'format' = 'json',"
        "\n    'properties.security.protocol' = 'SASL_PLAINTEXT', 'properties.sasl.mechanism' = 'PLAIN');"
        "\ninstead:"
        "\n  CREATE TABLE t (a INT) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'broker:9092', 'format' = 'json',"
        "\n    'properties.security.protocol' = 'SASL_SSL', 'properties.sasl.mechanism' = 'PLAIN');")
RN_CODE(W_PRECISION, 105001, 0, "digits were cut", "Digits 7 to 9 of a timestamp's fraction read as 0.",
        "\nit comes from:"
        "\n  SELECT TIMESTAMP '2024-01-01 00:00:00.123456789' < LOCALTIMESTAMP;"
        "\ninstead:"
        "\n  SELECT TIMESTAMP '2024-01-01 00:00:00.123456' < LOCALTIMESTAMP;")
