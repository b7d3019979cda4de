/* Error codes, one row each: RN_CODE(name, number, exit code, title, help).
 * Never reused. RN1xxx syntax, 20xx names, 21xx types, 22xx aggregates and windows, 23xx changelog,
 * 3xxx catalog and options (exit 1); 4xxx connection (3); 5xxx data (2); 6xxx state (4); 7xxx sink
 * and file lock (5); 8xxx limits (1 compile time, 2 run time); 9xxx our own bugs (70);
 * warnings are numbered from 100000 and shown as W2101. Included several times: no guard. */

/* --- RN1xxx syntax ------------------------------------------------------------------------- */
RN_CODE(E_SYNTAX, 1001, 1, "syntax error", "The text is not a statement of the dialect. The caret shows the first word that cannot stand there; the message lists what could.")
RN_CODE(E_LITERAL, 1002, 1, "malformed literal", "A number, string, date or interval is not spelled as the dialect wants it.")
RN_CODE(E_UNTERMINATED, 1003, 1, "unterminated text", "A quoted string, quoted name or comment does not end.")

/* --- RN20xx names ---------------------------------------------------------------------------- */
RN_CODE(E_TABLE_NOT_FOUND, 2003, 1, "table not found", "No table, view or WITH item of that name is visible. Names are case-sensitive.")
RN_CODE(E_COLUMN_NOT_FOUND, 2004, 1, "column not found", "No table in FROM has a column of that name. Names are case-sensitive; reserved words need back-ticks.")
RN_CODE(E_COLUMN_AMBIGUOUS, 2005, 1, "column is ambiguous", "Several tables in FROM have a column of that name: qualify it.")
RN_CODE(E_FUNCTION_NOT_FOUND, 2006, 1, "function not found", "No function of that name. SHOW FUNCTIONS lists them.")
RN_CODE(E_DUPLICATE_NAME, 2007, 1, "name is used twice", "Two columns, options or WITH items carry the same name.")
RN_CODE(E_FIELD_NOT_FOUND, 2008, 1, "field not found", "The ROW value has no field of that name.")
RN_CODE(E_WINDOW_NAME, 2009, 1, "window name not found", "OVER names a window that the WINDOW clause does not define.")

/* --- RN21xx types ------------------------------------------------------------------------------ */
RN_CODE(E_TYPE, 2101, 1, "types do not fit", "An operator or clause was given types it cannot take.")
RN_CODE(E_ARGUMENTS, 2102, 1, "wrong arguments", "The function does not take these arguments.")
RN_CODE(E_CAST, 2103, 1, "no such cast", "There is no conversion between these two types.")
RN_CODE(E_SINK_SCHEMA, 2104, 1, "query and table do not fit", "The columns of the query and of the target table differ in number or type.")
RN_CODE(E_TYPE_UNSUPPORTED, 2105, 1, "type is not supported", "The dialect has no such type, or it cannot be used here.")

/* --- RN22xx aggregates and windows ------------------------------------------------------------- */
RN_CODE(E_NOT_GROUPED, 2201, 1, "column is not grouped", "Every column outside an aggregate must be a GROUP BY key.")
RN_CODE(E_AGGREGATE_PLACE, 2202, 1, "aggregate not allowed here", "Aggregates stand in SELECT and HAVING only, and do not nest.")
RN_CODE(E_WINDOW, 2203, 1, "window is not valid", "Size, slide or offset of a window, or its time column, are not what the window needs.")
RN_CODE(E_OVER, 2204, 1, "OVER is not valid", "The frame or order of an OVER clause is not supported on streams.")
RN_CODE(E_TIME_ATTRIBUTE, 2205, 1, "not a time attribute", "The column must be an event-time (WATERMARK) or processing-time (PROCTIME()) attribute.")

/* --- RN23xx changelog ---------------------------------------------------------------------------- */
RN_CODE(E_CHANGELOG, 2301, 1, "input may be updated", "The clause or sink takes inserts only, but its input sends updates.")
RN_CODE(E_UNSUPPORTED, 2302, 1, "not supported yet", "The clause, statement or operator is not there, or not for unbounded input: docs/COMPAT.md.")
RN_CODE(E_SINK_KEY, 2303, 1, "sink key does not fit", "The primary key of the sink is not the key by which the query updates its rows.")

/* --- RN3xxx catalog and options ------------------------------------------------------------------ */
RN_CODE(E_EXISTS, 3001, 1, "already exists", "A table or view of that name exists. IF NOT EXISTS skips it; `run` wants the same definition.")
RN_CODE(E_OPTION_UNKNOWN, 3002, 1, "unknown option", "The connector or format has no option of that name.")
RN_CODE(E_OPTION_VALUE, 3003, 1, "bad option value", "The option's value is not of its type, out of range, or not one of its choices.")
RN_CODE(E_OPTION_MISSING, 3004, 1, "missing option", "A required option was not given.")
RN_CODE(E_CONNECTOR, 3005, 1, "unknown connector or format", "No connector or format of that name is built in.")
RN_CODE(E_IN_USE, 3006, 1, "in use", "A running or stopped job uses the table, or a view, table or function needs it.")
RN_CODE(E_CATALOG, 3007, 1, "catalog", "The definition cannot be stored or used.")
RN_CODE(E_JOB_EXISTS, 3008, 1, "job name is taken", "Two jobs of one run have the same name: set pipeline.name, or use a statement set.")
RN_CODE(E_SETTING, 3009, 1, "bad setting", "The key is unknown or the value not of its type.")
RN_CODE(E_JOB_NOT_FOUND, 3010, 1, "job not found", "SHOW JOBS lists the jobs.")
RN_CODE(E_DIRECTION, 3011, 1, "connector cannot do that", "The connector can only be read from, or only be written to.")

/* --- RN4xxx connection ------------------------------------------------------------------------------ */
RN_CODE(E_CONNECT, 4001, 3, "cannot connect", "The broker or file cannot be reached, or refuses us.")
RN_CODE(E_TOPIC, 4002, 3, "topic does not exist", "The broker does not know the topic.")
RN_CODE(E_OFFSET, 4003, 3, "offset is gone", "The records from our offset on are not there any more (retention, or another topic of that name).")
RN_CODE(E_FILE, 4004, 3, "cannot read or write a file", "The path does not exist, or the operating system refuses.")

/* --- RN5xxx data -------------------------------------------------------------------------------------- */
RN_CODE(E_BAD_RECORD, 5001, 2, "bad record", "A record cannot be decoded. 'on-error' = 'skip' or 'dead-letter' goes on without it.")
RN_CODE(E_CAST_VALUE, 5002, 2, "value cannot be converted", "A CAST failed at run time. TRY_CAST gives NULL instead.")
RN_CODE(E_DIVISION, 5003, 2, "division by zero", "An exact number was divided by zero.")
RN_CODE(E_NOT_NULL, 5004, 2, "NULL in a NOT NULL column", "A NULL was written to a NOT NULL column. 'table.exec.sink.not-null-enforcer' = 'DROP' drops such rows.")
RN_CODE(E_LENGTH, 5007, 2, "value of another length", "'table.exec.sink.type-length-enforcer' = 'ERROR' refuses values that are longer than the sink's column, or shorter than a CHAR or BINARY. 'TRIM_PAD' cuts and pads them.")
RN_CODE(E_ROWTIME_NULL, 5005, 2, "rowtime is NULL", "The column of the WATERMARK must not be NULL.")
RN_CODE(E_VALUE, 5006, 2, "value out of range", "A function was given a value outside its domain.")
RN_CODE(E_KEY_CONFLICT, 5011, 2, "several rows with one PRIMARY KEY", "ON CONFLICT DO ERROR: the query gave two different rows with the same PRIMARY KEY. DO NOTHING keeps the first one, DO DEDUPLICATE the last one.")
RN_CODE(E_SUBQUERY_ROWS, 5010, 2, "scalar sub-query gave several rows", "A sub-query that stands for a value may give one row or none (which is NULL). Aggregate it, or use IN or EXISTS.")

/* --- RN6xxx state --------------------------------------------------------------------------------------- */
RN_CODE(E_STATE_CORRUPT, 6001, 4, "state is damaged", "A checksum of the stored state does not match. Restore the file from a backup, or start over with --fresh.")
RN_CODE(E_STATE_CHANGED, 6002, 4, "query changed", "The stored state belongs to another form of the query.")
RN_CODE(E_STATE_FORMAT, 6003, 4, "file of a newer version", "The file was written by a newer runnel. It was not touched.")
RN_CODE(E_DATABASE, 6004, 4, "database cannot be used", "The file is not a runnel database, or it cannot be opened.")

/* --- RN7xxx sink and file lock ---------------------------------------------------------------------------- */
RN_CODE(E_SINK, 7001, 5, "sink failed", "The target of an INSERT refused rows.")
RN_CODE(E_LOCKED, 7002, 5, "file is in use", "Another runnel writes this file; reading is possible meanwhile.")

/* --- RN8xxx limits ------------------------------------------------------------------------------------------ */
RN_CODE(E_LIMIT, 8001, 1, "limit reached", "A named limit of the front end was exceeded.")
RN_CODE(E_MEMORY, 8002, 2, "memory limit reached", "An aggregate that keeps every value (LISTAGG, ARRAY_AGG, COLLECT, PERCENTILE, JSON_ARRAYAGG ..) has gathered more of one key than it may.")

/* --- RN9xxx our own bugs ---------------------------------------------------------------------------------------- */
RN_CODE(E_INTERNAL, 9001, 70, "internal error", "This is a bug in runnel. Please report the statement.")
RN_CODE(E_MISUSE, 9002, 70, "interface misused", "A function was called in the wrong order or with a closed handle.")
RN_CODE(E_INTERRUPTED, 9003, 130, "interrupted", "The statement was interrupted.")

/* --- warnings ------------------------------------------------------------------------------------------------------ */
RN_CODE(W_STATE_GROWS, 102101, 0, "state grows without limit", "An unbounded GROUP BY, DISTINCT or OVER keeps a row per key for ever. Add a window.")
RN_CODE(W_NO_KEY, 102301, 0, "rows are taken back without a key", "A query that updates its rows writes to a table without PRIMARY KEY: every change looks for the equal row. Declare the key by which the query updates.")
RN_CODE(W_PORTABILITY, 103001, 0, "not portable to Flink", "runnel accepts this spelling, Flink does not.")
RN_CODE(W_SECRET, 103002, 0, "secret stored in the file", "A password stands literally in the definition; use ${env:NAME} or ${file:PATH}.")
RN_CODE(W_OPTION, 103003, 0, "option has no effect", "The option is accepted for compatibility and does nothing here.")
RN_CODE(W_UNPROTECTED, 103004, 0, "connection not protected", "Others on the network can read the password, or stand in for the broker. Use SASL_SSL, and leave the checks of certificates on.")
RN_CODE(W_PRECISION, 105001, 0, "digits were cut", "Digits 7 to 9 of a timestamp's fraction read as 0.")
