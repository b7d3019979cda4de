/* What the files of api/ share. One engine handle owns settings, clock, catalog, store and jobs.
 *
 *   engine.c     open, close, settings, log        errors.c     codes, rendering
 *   prepare.c    text -> statement                 step.c       running statements, cells
 *   ddl.c        CREATE, DROP, ALTER, USE, SET     show.c       SHOW, EXPLAIN; describe.c DESCRIBE
 *   stored_table.c  tables of the file as they change
 *   jobs.c       INSERT and jobs; ctas.c           run.c        stored runs of `runnel run`
 *   job_handle.c handles, statistics
 *   catalog_store.c  _rn_catalog, external tables  complete.c   completion, help, widths
 *                                                                topics.c     help on clauses */
#ifndef RN_API_PRIVATE_H
#define RN_API_PRIVATE_H
#include <pthread.h>
#include "api/runnel.h"
#include "base/clock.h"
#include "base/vec.h"
#include "parser/parse.h"
#include "planner/catalog.h"
#include "planner/planner.h"
#include "runtime/job.h"
#include "runtime/store.h"

/* A job of this handle: shared by the engine's list and by runnel_job handles. */
typedef struct rn_engine_job {
  runnel *db;
  int references;
  char *name;  /* shown */
  char *key;   /* in the store: unique per job */
  bool bounded;
  rn_plan *plan; /* owned */
  rn_job *job;
  bool ended;          /* seen to have ended: final state below */
  rn_job_state state;
  rn_error error;      /* of FAILED */
  int64_t started_us;
  char *text;          /* statement text: spans of run-time errors point into it */
} rn_engine_job;

/* Help on a clause or a statement. Rows: topics.c. */
typedef struct rn_topic {
  const char *name, *syntax, *help, *example;
} rn_topic;
extern const rn_topic rn_topics[];
extern const size_t rn_topic_count;

typedef struct rn_set_value {
  char *key, *value;
} rn_set_value;

typedef RN_VEC(char *) rn_name_list;

struct runnel {
  rn_clock clock;
  rn_zone *zone;
  rn_catalog *catalog;
  rn_store *store;       /* opened when first needed for a temporary database */
  char *path;            /* NULL: temporary */
  bool read_only, want_read_only, catalog_loaded;
  int64_t catalog_version; /* PRAGMA data_version of catalog_reader, read-only company only */
  sqlite3 *catalog_reader;
  uint64_t random_seed;
  RN_VEC(rn_set_value) settings;      /* SET */
  RN_VEC(rn_set_value) base_settings; /* from the configuration: what RESET goes back to */
  RN_VEC(rn_zone *) zones; /* every zone that was in use: running jobs keep theirs */
  RN_VEC(rn_engine_job *) jobs;
  bool interrupted; /* atomic */
  /* callbacks */
  void (*output)(void *ctx, const char *text, size_t len, int is_error);
  void *output_ctx;
  void (*log)(void *ctx, int level, const char *text);
  void *log_ctx;
  pthread_mutex_t lock; /* output and log: one caller at a time */
  /* last errors */
  rn_diagnostics diags;
  char *error_text;      /* text that spans point into */
  rn_builder formatted, rendered;
  char complete_word[8];
  /* the run (run.c) */
  char *run_script;
  int64_t run_number;
  bool run_fresh, run_keep_rows;
  rn_name_list run_written; /* tables of the file that this run began to write (--fresh) */
  rn_name_list run_before; /* texts (hashes) that the last finished run of this script had */
  rn_name_list run_again;   /* append tables that get rows again */
  rn_name_list run_texts; /* canonical texts of bounded statements of this run, for n-th occurrence */
};

typedef struct rn_text_row {
  char **cells; /* heap; NULL cell: SQL NULL */
} rn_text_row;

struct runnel_stmt {
  runnel *db;
  rn_arena arena;
  char *text; /* copy of the prepared text up to the statement's end */
  rn_ast_statement *ast;
  unsigned flags;
  runnel_stmt_kind kind;
  bool started, done, failed;
  bool interrupted; /* atomic */
  rn_builder summary;
  /* query */
  rn_plan *plan;
  rn_query_info info;
  rn_job *job;
  rn_cursor *cursor;
  const rn_batch *batch;
  uint32_t batch_at;
  uint32_t row; /* row number in batch */
  int *key_columns;
  /* rows of text */
  uint32_t text_columns;
  const char *const *text_names;
  RN_VEC(rn_text_row) text_rows;
  size_t text_at;
  /* insert */
  rn_engine_job *engine_job;
  rn_ast_statement_kind written; /* DELETE, UPDATE: what the INSERT OVERWRITE in ast stands for; else 0 */
  const char *rows_verb;         /* DELETE, UPDATE, INSERT OVERWRITE */
  int64_t rows_gone, rows_now;   /* of the table, by the swap */
  /* cells */
  rn_builder *cells;
  rn_builder json;
};

struct runnel_job {
  rn_engine_job *job;
  rn_builder error;
};

/* errors.c */
int rn_api_code(int error_code);                     /* rn_code -> runnel_code */
void rn_api_clear(runnel *db);                       /* forget the last errors */
void rn_api_text(runnel *db, const char *text);      /* spans point into text from now on; secrets in it are masked */
char *rn_api_masked(const char *text);               /* a copy with the literals of secret options as stars; heap */
int rn_api_fail(runnel *db, const rn_error *err);    /* records it; gives its runnel_code */
int rn_api_result(runnel *db);                       /* code of the first error in db->diags; RUNNEL_OK: none */
/* Appends the error as people read it; base_line empty lines stand before the text. */
void rn_api_render_one(const rn_error *err, const char *text, const char *source_name, int base_line, rn_builder *out);
void rn_api_warn_all(runnel *db);                    /* hands warnings in db->diags to the log */

/* engine.c */
rn_status rn_engine_store(runnel *db, rn_error *err);             /* opens the temporary database when there is none */
rn_status rn_engine_writable(runnel *db, rn_error *err);          /* E_LOCKED names the writer */
void rn_engine_log(void *db, int level, const char *text);        /* the signature of the runtime's log callbacks */
void rn_engine_notice(runnel *db, const char *format, ...) __attribute__((format(printf, 2, 3)));
void rn_engine_output(void *db, const char *text, size_t len, bool is_error);
const char *rn_engine_setting(runnel *db, const char *key);       /* never NULL: default or "" */
int64_t rn_engine_duration(runnel *db, const char *key);
rn_status rn_engine_set(runnel *db, const char *key, const char *value, rn_error *err); /* value NULL: reset */
void rn_engine_planner_settings(runnel *db, rn_arena *arena, rn_planner_settings *out);
bool rn_api_interrupted(runnel *db, bool *stmt_flag);
bool rn_api_stmt_interrupted(void *ctx); /* for rn_job_config: ctx is the runnel_stmt */

/* catalog_store.c */
rn_status rn_catalog_store_open(runnel *db, rn_error *err);     /* hooks, and loads what is stored */
rn_status rn_catalog_store_refresh(runnel *db, rn_error *err);  /* read-only company: loads again when the file changed */

bool rn_catalog_lies_in_file(const rn_catalog_object *object);  /* its rows are a SQLite table of its name */

/* stored_table.c: inside a transaction of the store */
bool rn_stored_table_exists(sqlite3 *db, const char *name);
rn_status rn_stored_table_drop(sqlite3 *db, const char *name, rn_error *err);
rn_status rn_stored_table_rename(sqlite3 *db, const char *from, const char *to, rn_error *err);
int64_t rn_stored_table_rows(sqlite3 *db, const char *name);
/* `now` stands for the table that has its name already and the shape of `old`. */
rn_status rn_stored_table_reshape(sqlite3 *db, const rn_table_spec *old, const rn_table_spec *now, const rn_catalog_change *change, rn_error *err);

/* ddl.c, show.c, describe.c */
int rn_ddl_step(runnel_stmt *stmt);
rn_status rn_describe(runnel_stmt *stmt, rn_error *err);
int rn_show_prepare(runnel_stmt *stmt);
int rn_show_step(runnel_stmt *stmt);
void rn_text_result(runnel_stmt *stmt, uint32_t columns, const char *const *names);
void rn_text_row_add(runnel_stmt *stmt, const char *const *cells);
bool rn_show_wanted(const runnel_stmt *stmt, const char *name); /* by LIKE */
/* rows.c: TRUNCATE; DELETE and UPDATE become an INSERT OVERWRITE, which swaps when its job has finished */
int rn_truncate(runnel_stmt *stmt);
int rn_rows_prepare(runnel_stmt *stmt);
rn_ast_insert *rn_rows_insert(runnel_stmt *stmt, const rn_ast_statement *ast); /* what a DELETE or UPDATE is; NULL: an error was told */
rn_status rn_overwrite_check(runnel_stmt *stmt, rn_error *err);              /* before its job: may it? */
rn_status rn_overwrite_begin(runnel *db, const rn_table_spec *table, const char *job, rn_error *err); /* a new job: nothing of an older one */
rn_status rn_overwrite_end(runnel_stmt *stmt, const rn_table_spec *table, const char *job, bool needed, rn_error *err);
bool rn_like(const char *text, const char *pattern, bool nocase);

/* jobs.c; ctas.c; job_handle.c */
/* The table that CREATE TABLE AS would make, which the caller frees, and the INSERT that would fill it. */
rn_status rn_ctas_define(runnel_stmt *stmt, const rn_ast_statement *ast, rn_catalog_object **table, rn_ast_insert **insert);
int rn_ctas(runnel_stmt *stmt, bool *skip); /* makes or finds the table, plans; skip: IF NOT EXISTS found one */
bool rn_check_step(runnel_stmt *stmt, int *code); /* the statement only had to be checked: done, or failed */
int rn_insert_prepare(runnel_stmt *stmt);
int rn_insert_step(runnel_stmt *stmt, int timeout_ms);
int rn_job_control_step(runnel_stmt *stmt);
rn_status rn_insert_plan(runnel_stmt *stmt, const rn_ast_insert *inserts, uint32_t count);
void rn_engine_job_release(rn_engine_job *job);
void rn_engine_job_end(rn_engine_job *job); /* closes it; state and error stay known */
void rn_engine_job_poll(rn_engine_job *job); /* notices that it ended */
rn_status rn_jobs_forget_using(runnel *db, const rn_catalog_object *object, rn_error *err); /* --fresh: STOPPED ones */
rn_status rn_jobs_using(runnel *db, const rn_catalog_object *object, rn_error *err); /* E_IN_USE names a job */
const char *rn_jobs_writing(runnel *db, const rn_catalog_object *object); /* a running job of this handle; NULL */
/* Stored jobs: calls back for each row of _rn_job. */
typedef struct rn_stored_job_row {
  const char *key, *state, *canonical;
  int64_t started_us;
} rn_stored_job_row;
rn_status rn_stored_jobs(runnel *db, rn_status (*fn)(void *ctx, const rn_stored_job_row *row, rn_error *err), void *ctx, rn_error *err);
/* why.c: why no row has come out so far; NULL: rows have, or it is not known. In arena. */
const char *rn_why(const rn_plan *plan, const rn_job_stats *stats, const char *text, const rn_zone *zone, int64_t now_us, rn_arena *arena);

/* run.c */
/* Key of a bounded statement: within a run by script, run, text and occurrence; in the shell by text. Heap. */
char *rn_run_key(runnel *db, const char *canonical, bool in_run);
/* Did the last finished run of this script have this text? */
void rn_run_free(runnel *db);
bool rn_run_had(runnel *db, const char *canonical);

#endif
