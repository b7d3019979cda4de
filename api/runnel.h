/* runnel: the embedding API, the only header a user includes.
 *
 *   runnel *db;
 *   if (runnel_open("shop.db", NULL, &db)) ...;
 *   runnel_stmt *s;
 *   runnel_prepare(db, "SELECT country, COUNT(*) FROM orders GROUP BY country", -1, 0, &s, NULL);
 *   while ((rc = runnel_step(s, -1)) == RUNNEL_ROW) puts(runnel_column_text(s, 0));
 *   runnel_finalize(s);
 *   runnel_close(db, -1);
 *
 * Rules: no globals, no signal handlers, no output of its own. A handle and its statements belong to one
 * thread at a time, except runnel_interrupt(), runnel_stmt_interrupt() and runnel_job_stop(), which any
 * thread may call (the interrupts from signal handlers too). Text that a function returns is UTF-8,
 * NUL-terminated, and valid until the next call on the same handle or statement unless said otherwise.
 * Times are microseconds since 1970-01-01 UTC. Functions that return int return a runnel_code. */
#ifndef RUNNEL_H
#define RUNNEL_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

#define RUNNEL_VERSION "0.1.0"
#define RUNNEL_VERSION_NUMBER 100 /* major*10000 + minor*100 + patch */
#ifndef RUNNEL_API
#define RUNNEL_API __attribute__((visibility("default")))
#endif

RUNNEL_API const char *runnel_libversion(void); /* "0.1.0" of the library at run time */
RUNNEL_API int runnel_libversion_number(void);
RUNNEL_API const char *runnel_build_info(void); /* "librdkafka 2.0.2, SQLite 3.40.1": for --version and reports */

/* ---- codes -------------------------------------------------------------------------------------- */
typedef enum runnel_code {
  RUNNEL_OK = 0,
  RUNNEL_ERROR = 1,        /* SQL error: syntax, names, types, options */
  RUNNEL_DATA = 2,         /* bad record, run-time cast, division by zero */
  RUNNEL_CONNECT = 3,      /* broker or file not reachable */
  RUNNEL_STATE = 4,        /* stored state damaged or of another query */
  RUNNEL_SINK = 5,         /* sink failed, file locked by another writer */
  RUNNEL_MISUSE = 7,       /* wrong order of calls */
  RUNNEL_INTERRUPTED = 8,
  RUNNEL_RANGE = 10,       /* column index */
  RUNNEL_INTERNAL = 11,
  RUNNEL_ROW = 100,        /* runnel_step: a row is ready */
  RUNNEL_DONE = 101,       /* the result has ended, or the statement has no rows */
  RUNNEL_IDLE = 102        /* nothing within the timeout; call again */
} runnel_code;

typedef enum runnel_rowkind { /* Flink's letters */
  RUNNEL_INSERT = 0,        /* +I */
  RUNNEL_UPDATE_BEFORE = 1, /* -U */
  RUNNEL_UPDATE_AFTER = 2,  /* +U */
  RUNNEL_DELETE = 3         /* -D */
} runnel_rowkind;

typedef enum runnel_type {
  RUNNEL_T_NULL, RUNNEL_T_BOOLEAN, RUNNEL_T_TINYINT, RUNNEL_T_SMALLINT, RUNNEL_T_INT, RUNNEL_T_BIGINT,
  RUNNEL_T_FLOAT, RUNNEL_T_DOUBLE, RUNNEL_T_DECIMAL, RUNNEL_T_STRING, RUNNEL_T_BYTES, RUNNEL_T_DATE,
  RUNNEL_T_TIME, RUNNEL_T_TIMESTAMP, RUNNEL_T_TIMESTAMP_LTZ, RUNNEL_T_INTERVAL_YM, RUNNEL_T_INTERVAL_DS,
  RUNNEL_T_ARRAY, RUNNEL_T_MAP, RUNNEL_T_ROW
} runnel_type;

typedef struct runnel runnel;           /* engine with its database file */
typedef struct runnel_stmt runnel_stmt; /* a prepared statement and its cursor */
typedef struct runnel_job runnel_job;   /* a running INSERT or statement set */

/* ---- open and close -------------------------------------------------------------------------------- */
/* Everything is copied. Zero the struct, set struct_size, fill what you need. */
typedef struct runnel_config {
  size_t struct_size;
  int read_only;             /* do not become the file's writer */
  /* "key=value" settings below SET, NULL-terminated; NULL: none. */
  const char *const *settings;
  /* Output of the print connector; NULL: dropped. Called from task threads, one at a time. */
  void (*output)(void *ctx, const char *text, size_t len, int is_error);
  void *output_ctx;
  /* Notices and warnings, one line each; level 0 error, 1 warning, 2 notice, 3 debug. Any thread. */
  void (*log)(void *ctx, int level, const char *text);
  void *log_ctx;
  int64_t random_seed;       /* 0: from the system */
  int64_t virtual_time_us;   /* not 0: the clock stands there until runnel_set_time() */
} runnel_config;

/* path NULL or "": a private temporary file, deleted at close. If another process is the file's writer,
 * the file is opened read-only (see runnel_writer_pid). On failure *out still is a handle that
 * runnel_errmsg() can be asked about; close it. */
RUNNEL_API int runnel_open(const char *path, const runnel_config *config, runnel **out);
/* Stops jobs (each closes an epoch), waits at most timeout_ms (-1: as long as it takes), then aborts what still
 * runs. Statements must be finalized before; job handles may be freed later. */
RUNNEL_API int runnel_close(runnel *db, int timeout_ms);
RUNNEL_API const char *runnel_path(runnel *db);    /* "" when temporary */
RUNNEL_API int runnel_is_read_only(runnel *db);
RUNNEL_API long runnel_writer_pid(runnel *db);     /* of the other process that writes the file; 0: none */
RUNNEL_API void runnel_set_time(runnel *db, int64_t now_us); /* virtual clock: turns time by hand */
/* With a virtual clock: waits until the handle's jobs have done all that there is to do at the present time. OK, IDLE
 * (timeout; -1: none) or MISUSE (the clock is the real one). */
RUNNEL_API int runnel_settle(runnel *db, int timeout_ms);

/* ---- statements -------------------------------------------------------------------------------------- */
#define RUNNEL_PREPARE_CHANGELOG 1u /* deliver every change with its row kind (--changelog) */
#define RUNNEL_PREPARE_UNTIL_END 2u /* take end offsets at start and stop there */
#define RUNNEL_PREPARE_RUN 4u       /* declarative meaning of `runnel run`: CREATE of an equal definition does nothing .. */
#define RUNNEL_PREPARE_CHECK 8u     /* definitions and settings take effect, nothing reads, writes or starts: for linters */
/* Parses and checks the first statement of sql (nbyte -1: up to the NUL). *tail: first unused byte, so a
 * script is a loop. *out NULL with RUNNEL_OK: only white space and comments were left. Nothing runs before
 * the first step. Errors in several places are all reported: runnel_error_count(). */
RUNNEL_API int runnel_prepare(runnel *db, const char *sql, int nbyte, unsigned flags, runnel_stmt **out, const char **tail);
/* RUNNEL_ROW, RUNNEL_DONE, RUNNEL_IDLE (timeout_ms passed; 0 polls, -1 waits) or an error. A bounded
 * INSERT is DONE when it has finished; an unbounded one is DONE as soon as its job runs: runnel_stmt_job(). */
RUNNEL_API int runnel_step(runnel_stmt *stmt, int timeout_ms);
RUNNEL_API void runnel_finalize(runnel_stmt *stmt); /* NULL is fine; ends a running query, not a job */
RUNNEL_API int runnel_interrupt(runnel *db);        /* all running steps return RUNNEL_INTERRUPTED */
RUNNEL_API int runnel_stmt_interrupt(runnel_stmt *stmt);
/* Readable when step(.., 0) would not return IDLE; owned by the statement; -1: none. */
RUNNEL_API int runnel_fd(runnel_stmt *stmt);

typedef int (*runnel_row_cb)(void *ctx, runnel_rowkind kind, int columns, const char *const *text, const char *const *names);
/* Runs every statement of sql; the callback (may be NULL) gets each row (text NULL: SQL NULL) and stops
 * all with a non-zero return. */
RUNNEL_API int runnel_exec(runnel *db, const char *sql, runnel_row_cb callback, void *ctx);

typedef enum runnel_stmt_kind {
  RUNNEL_STMT_QUERY, RUNNEL_STMT_TEXT /* SHOW, DESCRIBE, EXPLAIN: rows of text */, RUNNEL_STMT_DDL, RUNNEL_STMT_SET,
  RUNNEL_STMT_INSERT, RUNNEL_STMT_JOB_CONTROL
} runnel_stmt_kind;
RUNNEL_API runnel_stmt_kind runnel_stmt_get_kind(runnel_stmt *stmt);
/* What a statement without rows did, one line: "table orders created", "3 rows inserted", "job x started". */
RUNNEL_API const char *runnel_stmt_summary(runnel_stmt *stmt);
RUNNEL_API int runnel_stmt_span(runnel_stmt *stmt, size_t *begin, size_t *end); /* in the prepared text */

/* ---- result: 0-based columns; cells valid until the next step ------------------------------------------- */
RUNNEL_API int runnel_column_count(runnel_stmt *stmt);
RUNNEL_API const char *runnel_column_name(runnel_stmt *stmt, int c);
RUNNEL_API runnel_type runnel_column_type(runnel_stmt *stmt, int c);
RUNNEL_API const char *runnel_column_typename(runnel_stmt *stmt, int c); /* "DECIMAL(10, 2)" */
RUNNEL_API int runnel_key_columns(runnel_stmt *stmt, const int **columns); /* upsert key; 0: none */
RUNNEL_API int runnel_is_append_only(runnel_stmt *stmt);
RUNNEL_API int runnel_is_bounded(runnel_stmt *stmt);
RUNNEL_API runnel_rowkind runnel_row_kind(runnel_stmt *stmt);
RUNNEL_API int runnel_column_isnull(runnel_stmt *stmt, int c);
RUNNEL_API int runnel_column_bool(runnel_stmt *stmt, int c);
RUNNEL_API int64_t runnel_column_int64(runnel_stmt *stmt, int c);
RUNNEL_API double runnel_column_double(runnel_stmt *stmt, int c);
RUNNEL_API const char *runnel_column_text(runnel_stmt *stmt, int c);   /* any type, as CAST AS STRING; NULL: SQL NULL */
/* The value as JSON text, as in runnel_row_json: ARRAY and MAP, MULTISET (element: count) and ROW as arrays and objects;
 * NULL: SQL NULL. *len (may be NULL): its bytes. */
RUNNEL_API const char *runnel_column_json(runnel_stmt *stmt, int c, size_t *len);
RUNNEL_API const void *runnel_column_blob(runnel_stmt *stmt, int c);
RUNNEL_API size_t runnel_column_bytes(runnel_stmt *stmt, int c);       /* of the text or blob */
RUNNEL_API int64_t runnel_column_timestamp(runnel_stmt *stmt, int c);  /* microseconds */
/* The row as one JSON object; "$op" first when the result is a changelog. */
RUNNEL_API const char *runnel_row_json(runnel_stmt *stmt, size_t *len);
RUNNEL_API int64_t runnel_watermark(runnel_stmt *stmt);                /* microseconds; INT64_MIN: none yet */

/* ---- jobs ----------------------------------------------------------------------------------------------- */
typedef enum runnel_job_state { RUNNEL_JOB_RUNNING, RUNNEL_JOB_STOPPED, RUNNEL_JOB_FINISHED, RUNNEL_JOB_FAILED } runnel_job_state;

/* Prepares and starts one INSERT or statement set. The job handle is owned by the caller (job_free does not
 * stop the job); the job belongs to db. */
RUNNEL_API int runnel_job_start(runnel *db, const char *sql, unsigned flags, runnel_job **out);
/* The job an INSERT started; NULL for other statements. Caller frees. */
RUNNEL_API runnel_job *runnel_stmt_job(runnel_stmt *stmt);
RUNNEL_API int runnel_job_count(runnel *db);                       /* jobs of this handle, ended ones too */
RUNNEL_API runnel_job *runnel_job_at(runnel *db, int index);       /* caller frees */
RUNNEL_API const char *runnel_job_name(runnel_job *job);
RUNNEL_API runnel_job_state runnel_job_get_state(runnel_job *job);
RUNNEL_API const char *runnel_job_error(runnel_job *job);          /* rendered; "" when not FAILED */
/* The same, placed in a script: as runnel_error_render() does it. */
RUNNEL_API const char *runnel_job_error_render(runnel_job *job, const char *source_name, int base_line);
RUNNEL_API int runnel_job_error_code(runnel_job *job);             /* runnel_code class */
RUNNEL_API int runnel_job_wait(runnel_job *job, int timeout_ms);   /* DONE, IDLE (still running) or the job's error */
RUNNEL_API int runnel_job_commit(runnel_job *job, int timeout_ms); /* closes an epoch now, waits: its rows can be read. OK, IDLE or the error */
RUNNEL_API int runnel_job_stop(runnel_job *job, int timeout_ms);   /* closes an epoch, waits */
RUNNEL_API int runnel_job_abort(runnel_job *job);                  /* no epoch */
RUNNEL_API void runnel_job_free(runnel_job *job);

/* Snapshot of what is counted. Returned text and arrays belong to the struct's handle: free with
 * runnel_stats_free(). */
typedef struct runnel_node_stats {
  const char *name;      /* "scan orders", "window-aggregate" */
  uint64_t rows_in, rows_out, late, filtered, bad, bad_fields, skipped, written, coalesced;
  int64_t watermark_us;
  uint64_t state_bytes, state_rows;
  int64_t busy_us;
} runnel_node_stats;
typedef struct runnel_stats {
  size_t struct_size;
  uint64_t rows_in, rows_out, late, bad, epoch, state_bytes;
  int64_t lag;           /* records behind the end; -1 unknown */
  int64_t watermark_us;  /* INT64_MIN: none */
  int64_t running_us, last_commit_us, epoch_age_us, interval_us, barrier_us;
  size_t node_count;
  const runnel_node_stats *nodes;
  uint64_t ahead;        /* rows whose time is too far ahead of the clock to raise the watermark */
  const char *why;       /* while no row has come out: the reason, a sentence without a full stop; NULL: rows have */
} runnel_stats;
RUNNEL_API int runnel_job_stats(runnel_job *job, runnel_stats **out);
RUNNEL_API int runnel_stmt_stats(runnel_stmt *stmt, runnel_stats **out); /* of a running query */
RUNNEL_API void runnel_stats_free(runnel_stats *stats);

/* ---- runs: what `runnel run` is made of --------------------------------------------------------------------- */
/* A script runs as a stored run: FINISHED statements of an unfinished earlier run are skipped, the others
 * resume (docs/SQLITE.md). begin before the first statement, end after the last. `script` names it (path or
 * "-c"). Statements must be prepared with RUNNEL_PREPARE_RUN. */
RUNNEL_API int runnel_run_begin(runnel *db, const char *script, int fresh, int keep_rows);
RUNNEL_API int runnel_run_end(runnel *db, int finished);

/* ---- errors --------------------------------------------------------------------------------------------------- */
typedef struct runnel_error {
  size_t struct_size;
  int code;                 /* runnel_code */
  int exit_code;            /* of a program that ends with it (UX: 1..5, 64, 70) */
  char id[8];               /* "RN2004" */
  int is_warning;
  const char *message, *hint; /* hint may be "" */
  int line, column;         /* 1-based, code points; 0: no position */
  size_t begin, end;        /* byte span in the prepared text */
  const char *topic;        /* data errors; "" else */
  int partition;            /* -1 */
  int64_t record_offset;    /* -1 */
} runnel_error;
RUNNEL_API int runnel_errcode(runnel *db);          /* of the last failed call on the handle */
RUNNEL_API const char *runnel_errmsg(runnel *db);   /* message of the first error */
RUNNEL_API int runnel_error_count(runnel *db);      /* errors and warnings of the last call */
RUNNEL_API int runnel_error_at(runnel *db, int index, runnel_error *out);
/* All of them as people read them: error[RN2004]: .., source line, caret, hint. source_name NULL: shell style
 * (" line 1:8"); else "file.sql:3:8". base_line is added to line numbers (0 for none). */
RUNNEL_API const char *runnel_error_render(runnel *db, const char *source_name, int base_line);
/* The script laid out in the house style; comments stay, its meaning too (verified). Valid until the next call on the
 * handle. NULL: it does not parse; runnel_error_render() says where. */
RUNNEL_API const char *runnel_format(runnel *db, const char *sql, size_t *len);
RUNNEL_API const char *runnel_code_help(const char *id); /* text of `runnel help RN2004`; NULL: no such code */

/* ---- for shells and editors --------------------------------------------------------------------------------------- */
typedef enum runnel_completeness {
  RUNNEL_COMPLETE, RUNNEL_INCOMPLETE, RUNNEL_IN_STRING, RUNNEL_IN_NAME, RUNNEL_IN_COMMENT, RUNNEL_IN_PARENS, RUNNEL_BLANK
} runnel_completeness;
RUNNEL_API runnel_completeness runnel_is_complete(const char *sql);
/* Words that could stand at byte offset `cursor`: keywords, tables, columns, functions, option names. Calls
 * back once per candidate with the whole word and its kind ("keyword", "table", "column", "function",
 * "option", "setting", "job"); *word_begin: where the word that is being completed starts. */
typedef void (*runnel_complete_cb)(void *ctx, const char *word, const char *kind);
RUNNEL_API int runnel_complete(runnel *db, const char *sql, size_t cursor, size_t *word_begin, runnel_complete_cb callback, void *ctx);
/* Help on a function, clause, statement, connector or format; NULL: none. Valid until the thread's next call. */
RUNNEL_API const char *runnel_function_help(const char *name);
RUNNEL_API int runnel_display_width(const char *utf8, size_t bytes); /* terminal columns */

#ifdef __cplusplus
}
#endif
#endif
