/* INSERT, statement sets and CREATE TABLE AS (its table: ctas.c): jobs.
 *
 * A bounded INSERT is awaited by its step; an unbounded one runs in the background. Both are durable
 * jobs: their key in the store decides what a later start resumes (DESIGN, "Databases, jobs and
 * re-running"). */
#include "api/api_private.h"
#include <stdlib.h>

static int fail(runnel_stmt *stmt, rn_error *err) {
  stmt->done = stmt->failed = true;
  rn_api_clear(stmt->db);
  rn_api_text(stmt->db, stmt->text);
  return rn_api_fail(stmt->db, err);
}

/* --- the job as the handle sees it ---------------------------------------------------------------------- */
void rn_engine_job_poll(rn_engine_job *job) {
  if (job->ended || !job->job) return;
  rn_error err;
  rn_error_clear(&err);
  rn_job_state state = rn_job_get_state(job->job, &err);
  job->state = state;
  if (state == RN_JOB_CREATED || state == RN_JOB_RUNNING) return;
  job->ended = true;
  if (state == RN_JOB_FAILED) job->error = err;
}

void rn_engine_job_end(rn_engine_job *job) {
  if (job->job) rn_job_close(job->job);
  if (job->plan) rn_plan_free(job->plan);
  job->job = NULL;
  job->plan = NULL;
}
void rn_engine_job_release(rn_engine_job *job) {
  if (--job->references > 0) return;
  rn_engine_job_end(job);
  rn_free(job->name);
  rn_free(job->key);
  rn_free(job->text);
  rn_free(job);
}

/* --- stored jobs ------------------------------------------------------------------------------------------- */
rn_status rn_stored_jobs(runnel *db, rn_status (*fn)(void *ctx, const rn_stored_job_row *row, rn_error *err), void *ctx,
                         rn_error *err) {
  sqlite3 *reader;
  if (!db->store) return RN_OK;
  if (rn_store_reader(db->store, &reader, err) != RN_OK) return RN_FAIL;
  sqlite3_stmt *q;
  rn_status status = RN_OK;
  if (sqlite3_prepare_v2(reader, "SELECT job, state, canonical, started_us FROM _rn_job ORDER BY job", -1, &q, NULL) ==
      SQLITE_OK) {
    while (status == RN_OK && sqlite3_step(q) == SQLITE_ROW) {
      rn_stored_job_row row = {.key = (const char *)sqlite3_column_text(q, 0),
                               .state = (const char *)sqlite3_column_text(q, 1),
                               .canonical = (const char *)sqlite3_column_text(q, 2),
                               .started_us = sqlite3_column_int64(q, 3)};
      status = fn(ctx, &row, err);
    }
    (void)sqlite3_finalize(q);
  }
  (void)sqlite3_close(reader);
  return status;
}

typedef struct using_ctx {
  runnel *db;
  const rn_catalog_object *object;
  const char *except; /* key of the job that asks; NULL */
  bool sinks_only, found;
  rn_name_list keys; /* of collect_using */
} using_ctx;

static bool writes_to(const rn_ast_statement *ast, const rn_catalog_object *table, rn_catalog *catalog) {
  if (ast->kind == RN_AST_STMT_CREATE_TABLE) return rn_catalog_find(catalog, &ast->path, NULL) == table;
  const rn_ast_insert *inserts = ast->kind == RN_AST_STMT_INSERT ? ast->insert : ast->inserts;
  uint32_t count = ast->kind == RN_AST_STMT_INSERT ? 1 : ast->insert_count;
  for (uint32_t i = 0; i < count; i++)
    if (rn_catalog_find(catalog, &inserts[i].table, NULL) == table) return true;
  return false;
}

/* A job's text begins with where its names are to be looked up, when that is not the default database. */
#define PLACE_BEGIN "/* in "
static void write_place(const rn_catalog *catalog, rn_builder *out) {
  const char *database, *current = rn_catalog_current(catalog, &database);
  if (strcmp(current, RN_DEFAULT_CATALOG) == 0 && strcmp(database, RN_DEFAULT_DATABASE) == 0) return;
  rn_builder_printf(out, PLACE_BEGIN "%s.%s */ ", current, database); /* neither has a dot */
}
static void enter_place(rn_catalog *catalog, const char *text, rn_arena *arena) {
  const char *current = RN_DEFAULT_CATALOG, *database = RN_DEFAULT_DATABASE;
  const char *end = strncmp(text, PLACE_BEGIN, strlen(PLACE_BEGIN)) == 0 ? strstr(text, " */ ") : NULL;
  if (end) {
    text += strlen(PLACE_BEGIN);
    const char *dot = memchr(text, '.', (size_t)(end - text));
    current = rn_arena_strndup(arena, text, (size_t)(dot - text));
    database = rn_arena_strndup(arena, dot + 1, (size_t)(end - dot - 1));
  }
  rn_catalog_enter(catalog, current, database);
}

static rn_status check_using(void *ctx, const rn_stored_job_row *row, rn_error *err) {
  using_ctx *u = ctx;
  if (strcmp(row->state, "RUNNING") != 0 && strcmp(row->state, "STOPPED") != 0) return RN_OK;
  if (u->except && strcmp(u->except, row->key) == 0) return RN_OK;
  rn_arena arena = {0};
  rn_diagnostics *diags = rn_calloc(1, sizeof *diags);
  rn_ast_statement *ast = NULL;
  size_t end;
  rn_status status = RN_OK;
  if (row->canonical && rn_parse_next(rn_slice_of(row->canonical), 0, &arena, &ast, &end, diags) == RN_OK && ast) {
    const char *database, *current = rn_catalog_current(u->db->catalog, &database);
    enter_place(u->db->catalog, row->canonical, &arena);
    u->found = u->sinks_only ? writes_to(ast, u->object, u->db->catalog) : rn_plan_uses(u->db->catalog, ast, u->object);
    rn_catalog_enter(u->db->catalog, current, database);
    if (u->found && err) {
      (void)rn_fail(err, RN_E_IN_USE, "\"%s\" is used by job \"%s\" (%s)", u->object->name, row->key, row->state);
      status = rn_hint(err, "to forget the job: runnel run --db FILE.db --fresh -c 'DROP ..', once it is stopped");
    }
  }
  rn_free(diags);
  rn_arena_free(&arena);
  return status;
}
static rn_status collect_using(void *ctx, const rn_stored_job_row *row, rn_error *err) {
  using_ctx *u = ctx;
  if (strcmp(row->state, "STOPPED") != 0) return RN_OK;
  u->found = false;
  rn_status status = check_using(u, row, NULL);
  (void)err;
  if (u->found) RN_VEC_PUSH(&u->keys, rn_strdup(row->key));
  return status;
}
rn_status rn_jobs_forget_using(runnel *db, const rn_catalog_object *object, rn_error *err) {
  using_ctx u = {.db = db, .object = object};
  rn_status status = rn_stored_jobs(db, collect_using, &u, err);
  for (size_t i = 0; i < u.keys.len; i++) {
    if (status == RN_OK) status = rn_store_forget_job(db->store, u.keys.data[i], err);
    if (status == RN_OK) rn_engine_notice(db, "job %s is forgotten: it used \"%s\"", u.keys.data[i], object->name);
    rn_free(u.keys.data[i]);
  }
  RN_VEC_FREE(&u.keys);
  return status;
}
rn_status rn_jobs_using(runnel *db, const rn_catalog_object *object, rn_error *err) {
  using_ctx u = {.db = db, .object = object};
  return rn_stored_jobs(db, check_using, &u, err);
}

const char *rn_jobs_writing(runnel *db, const rn_catalog_object *object) {
  for (size_t i = 0; i < db->jobs.len; i++) {
    rn_engine_job *job = db->jobs.data[i];
    rn_engine_job_poll(job);
    for (uint32_t n = 0; !job->ended && job->plan && n < job->plan->node_count; n++)
      if (job->plan->nodes[n]->kind == RN_NODE_SINK && strcmp(job->plan->nodes[n]->u.sink.table->name, object->name) == 0) return job->name;
  }
  return NULL;
}

/* --- preparing -------------------------------------------------------------------------------------------------- */
rn_status rn_insert_plan(runnel_stmt *stmt, const rn_ast_insert *inserts, uint32_t count) {
  runnel *db = stmt->db;
  rn_planner_settings settings;
  rn_engine_planner_settings(db, &stmt->arena, &settings);
  return rn_plan_inserts(db->catalog, &settings, inserts, count, &stmt->plan, &db->diags);
}

static const char *const rows_names[] = {"rows"};

/* `runnel run` without --db: rows of a table in the temporary file would be thrown away. */
static int refuse_unkept(runnel *db, const char *table, rn_span span) {
  rn_error err;
  rn_error_clear(&err);
  (void)rn_fail_at(&err, RN_E_CATALOG, span,
                   "nothing keeps the rows of \"%s\": it is a table of the database file, and none was given", table);
  (void)rn_hint(&err, "runnel run --db FILE.db ..., or give the table WITH ('connector' = ..)");
  return rn_api_fail(db, &err);
}
static bool in_file_options(const rn_ast_table_def *def) {
  for (uint32_t i = 0; def && i < def->options.count; i++)
    if (strcmp(def->options.items[i].key, "connector") == 0) return strcmp(def->options.items[i].value, "sqlite") == 0;
  return true;
}

int rn_insert_prepare(runnel_stmt *stmt) {
  runnel *db = stmt->db;
  const rn_ast_statement *ast = stmt->ast;
  rn_text_result(stmt, 0, rows_names);
  if (ast->kind == RN_AST_STMT_CREATE_TABLE) {
    rn_planner_settings settings;
    rn_engine_planner_settings(db, &stmt->arena, &settings);
    rn_schema schema;
    (void)rn_plan_schema(db->catalog, &settings, ast->query, &stmt->arena, &schema, &db->diags);
    if (!db->path && (stmt->flags & RUNNEL_PREPARE_RUN) && !db->diags.error_count && in_file_options(ast->table))
      return refuse_unkept(db, ast->path.parts[ast->path.count - 1].text, ast->path.span);
    return rn_api_result(db);
  }
  if (ast->kind == RN_AST_STMT_DELETE || ast->kind == RN_AST_STMT_UPDATE) {
    int code = rn_rows_prepare(stmt);
    if (code != RUNNEL_OK) return code;
    ast = stmt->ast;
  }
  const rn_ast_insert *inserts = ast->kind == RN_AST_STMT_INSERT ? ast->insert : ast->inserts;
  uint32_t count = ast->kind == RN_AST_STMT_INSERT ? 1 : ast->insert_count;
  for (uint32_t i = 0; ast->kind == RN_AST_STMT_STATEMENT_SET && i < count; i++)
    if (inserts[i].overwrite) (void)rn_diag(&db->diags, RN_E_UNSUPPORTED, inserts[i].span, "give it as a statement of its own", "INSERT OVERWRITE in a STATEMENT SET is not supported");
  if (db->diags.error_count) return rn_api_result(db);
  if (rn_insert_plan(stmt, inserts, count) != RN_OK) return rn_api_result(db);
  if (!db->path && (stmt->flags & RUNNEL_PREPARE_RUN)) {
    for (uint32_t i = 0; i < stmt->plan->node_count; i++) {
      const rn_plan_node *node = stmt->plan->nodes[i];
      if (node->kind != RN_NODE_SINK || !(node->u.sink.table->connector->flags & RN_CONNECTOR_IN_FILE)) continue;
      return refuse_unkept(db, node->u.sink.table->name, ast->span);
    }
  }
  return RUNNEL_OK;
}

/* --- starting ----------------------------------------------------------------------------------------------------- */
/* False: it was in the list. */
static bool add_name(rn_name_list *list, const char *name) {
  for (size_t i = 0; i < list->len; i++)
    if (strcmp(list->data[i], name) == 0) return false;
  RN_VEC_PUSH(list, rn_strdup(name));
  return true;
}

typedef struct empty_ctx {
  const char *table;
} empty_ctx;
static rn_status empty_table(sqlite3 *sql, void *ctx, rn_error *err) {
  rn_builder text = {0};
  rn_builder_text(&text, "DELETE FROM ");
  rn_sql_identifier(&text, ((empty_ctx *)ctx)->table);
  char *message = NULL;
  rn_status status = RN_OK;
  if (sqlite3_exec(sql, text.data, NULL, NULL, &message) != SQLITE_OK && message && !strstr(message, "no such table"))
    status = rn_fail(err, RN_E_SINK, "%s", message);
  sqlite3_free(message);
  rn_builder_free(&text);
  return status;
}

/* --fresh: state and offsets are forgotten, and tables in the file that only this job writes are emptied. */
static rn_status start_fresh(runnel_stmt *stmt, const char *key, rn_error *err) {
  runnel *db = stmt->db;
  if (rn_store_forget_job(db->store, key, err) != RN_OK) return RN_FAIL;
  for (uint32_t i = 0; !db->run_keep_rows && i < stmt->plan->node_count; i++) {
    const rn_plan_node *node = stmt->plan->nodes[i];
    if (node->kind != RN_NODE_SINK || !(node->u.sink.table->connector->flags & RN_CONNECTOR_IN_FILE)) continue;
    /* a statement before this one may have written it already */
    if (!add_name(&db->run_written, node->u.sink.table->name)) continue;
    rn_catalog_object *object = rn_catalog_find_name(db->catalog, node->u.sink.table->name);
    using_ctx u = {.db = db, .object = object, .except = key, .sinks_only = true};
    if (!object || rn_stored_jobs(db, check_using, &u, NULL) != RN_OK || u.found) continue;
    empty_ctx e = {object->name};
    if (rn_store_run(db->store, empty_table, &e, err) != RN_OK) return RN_FAIL;
  }
  return RN_OK;
}

static bool has_file_sink(const rn_plan *plan) {
  for (uint32_t i = 0; i < plan->node_count; i++)
    if (plan->nodes[i]->kind == RN_NODE_SINK && (plan->nodes[i]->u.sink.table->connector->flags & RN_CONNECTOR_IN_FILE))
      return true;
  return false;
}

/* Name and key: an unbounded job is known by pipeline.name and its sinks; a bounded one by its text. */
static void name_job(runnel_stmt *stmt, const char *canonical, rn_engine_job *job) {
  runnel *db = stmt->db;
  rn_builder sinks = {0}, key = {0};
  rn_plan_sink_names(db->catalog, stmt->ast, &sinks);
  const char *pipeline = rn_engine_setting(db, "pipeline.name");
  const char *name = *pipeline ? pipeline : sinks.data ? sinks.data : "insert";
  job->name = rn_strdup(name);
  if (job->bounded) {
    job->key = rn_run_key(db, canonical, (stmt->flags & RUNNEL_PREPARE_RUN) != 0);
  } else {
    rn_builder_text(&key, name);
    if (*pipeline && sinks.data) rn_builder_printf(&key, " (%s)", sinks.data);
    job->key = rn_builder_take(&key);
  }
  rn_builder_free(&sinks);
}

/* A bounded statement of this run that finished earlier: skipped. */
static rn_status finished_before(runnel *db, const char *key, rn_arena *arena, bool *exists, bool *finished, rn_error *err) {
  rn_stored_job stored;
  if (rn_store_load_job(db->store, key, arena, &stored, err) != RN_OK) return RN_FAIL;
  *exists = stored.exists;
  *finished = stored.exists && stored.state && strcmp(stored.state, "FINISHED") == 0;
  return RN_OK;
}

/* A finished run is run once more: tables without a key get its rows once more. */
static void note_again(runnel *db, const rn_plan *plan) {
  for (uint32_t i = 0; i < plan->node_count; i++) {
    const rn_plan_node *node = plan->nodes[i];
    if (node->kind != RN_NODE_SINK || !(node->u.sink.table->connector->flags & RN_CONNECTOR_IN_FILE) ||
        node->u.sink.table->key_count)
      continue;
    (void)add_name(&db->run_again, node->u.sink.table->name);
  }
}

static const rn_table_spec *sink_of_overwrite(const runnel_stmt *stmt, const rn_plan *plan) {
  if (stmt->ast->kind != RN_AST_STMT_INSERT || !stmt->ast->insert->overwrite) return NULL;
  for (uint32_t i = 0; i < plan->node_count; i++)
    if (plan->nodes[i]->kind == RN_NODE_SINK) return plan->nodes[i]->u.sink.table;
  return NULL;
}

static rn_status start(runnel_stmt *stmt, bool *skipped, rn_error *err) {
  runnel *db = stmt->db;
  *skipped = false;
  if (rn_engine_writable(db, err) != RN_OK) return RN_FAIL;
  int64_t interval = rn_engine_duration(db, "execution.checkpointing.interval");
  if (interval <= 0 && has_file_sink(stmt->plan)) {
    (void)rn_fail_at(
        err, RN_E_SETTING, stmt->ast->span,
        "'execution.checkpointing.interval' is 0, but rows reach a table of the file only when an epoch closes");
    return rn_hint(err, "SET 'execution.checkpointing.interval' = '1 s'");
  }
  rn_builder canonical = {0};
  write_place(db->catalog, &canonical);
  rn_ast_print(stmt->ast, &canonical);
  stmt->plan->canonical = rn_arena_strndup(&stmt->plan->arena, canonical.data, canonical.len);
  rn_builder_free(&canonical);

  rn_engine_job *job = rn_calloc(1, sizeof *job);
  job->db = db;
  job->references = 1;
  job->bounded = stmt->plan->bounded;
  job->text = rn_api_masked(stmt->text);
  name_job(stmt, stmt->plan->canonical, job);
  stmt->engine_job = job;
  for (size_t i = 0; i < db->jobs.len; i++) {
    rn_engine_job_poll(db->jobs.data[i]);
    if (db->jobs.data[i]->ended || strcmp(db->jobs.data[i]->key, job->key) != 0) continue;
    (void)rn_fail_at(err, RN_E_JOB_EXISTS, stmt->ast->span, "a job named \"%s\" is running already", job->name);
    return rn_hint(
        err, "SET 'pipeline.name' = '..' before it, or put both INSERTs into one EXECUTE STATEMENT SET BEGIN .. END");
  }
  bool in_run = (stmt->flags & RUNNEL_PREPARE_RUN) && db->run_script;
  if (in_run && db->run_fresh && start_fresh(stmt, job->key, err) != RN_OK) return RN_FAIL;
  bool finished = false, exists = false;
  if (finished_before(db, job->key, &stmt->arena, &exists, &finished, err) != RN_OK) return RN_FAIL;
  const rn_table_spec *overwritten = sink_of_overwrite(stmt, stmt->plan);
  if (finished && in_run && job->bounded) {
    *skipped = true;
    return overwritten ? rn_overwrite_end(stmt, overwritten, job->key, false, err) : RN_OK; /* it may have ended just before that */
  }
  if (overwritten && rn_overwrite_check(stmt, err) != RN_OK) return RN_FAIL;
  /* What it began before an error or a stop was made of rows that may have changed since: never gone on with. */
  if (overwritten && exists && rn_store_forget_job(db->store, job->key, err) != RN_OK) return RN_FAIL;
  if (overwritten && rn_overwrite_begin(db, overwritten, job->key, err) != RN_OK) return RN_FAIL;
  if (overwritten) finished = false;
  if (stmt->ast->kind == RN_AST_STMT_CREATE_TABLE && stmt->ast->or_replace) {
    /* In the shell the table is new; in a run it is when this begins, and stays when this goes on. */
    empty_ctx e = {stmt->plan->nodes[stmt->plan->node_count - 1]->u.sink.table->name};
    if (in_run && !exists && has_file_sink(stmt->plan) && rn_store_run(db->store, empty_table, &e, err) != RN_OK) return RN_FAIL;
    if (!in_run && exists && rn_store_forget_job(db->store, job->key, err) != RN_OK) return RN_FAIL;
    if (!in_run) finished = false;
  }
  if (finished && rn_store_forget_job(db->store, job->key, err) != RN_OK) return RN_FAIL;
  bool replaces = overwritten || (stmt->ast->kind == RN_AST_STMT_CREATE_TABLE && stmt->ast->or_replace);
  if (in_run && job->bounded && !replaces && rn_run_had(db, stmt->plan->canonical)) note_again(db, stmt->plan);
  job->plan = stmt->plan;
  stmt->plan = NULL;
  job->started_us = rn_clock_now_us(&db->clock);
  rn_job_config config = {.name = job->key,
                          .store = db->store,
                          .clock = &db->clock,
                          .zone = db->zone,
                          .random_seed = db->random_seed,
                          .epoch_interval_us = interval > 0 ? interval : 1000000,
                          .until_end = (stmt->flags & RUNNEL_PREPARE_UNTIL_END) != 0,
                          .log = rn_engine_log,
                          .log_ctx = db,
                          .write_output = rn_engine_output,
                          .output_ctx = db,
                          .interrupted = rn_api_stmt_interrupted,
                          .interrupted_ctx = stmt};
  if (rn_job_open(job->plan, &config, &job->job, err) != RN_OK) return RN_FAIL;
  const char *resumed = rn_job_resumed_text(job->job, &stmt->arena);
  if (*resumed) rn_engine_notice(db, "job %s resumes from %s", job->name, resumed);
  if (rn_job_start(job->job, err) != RN_OK) return RN_FAIL;
  job->references++;
  RN_VEC_PUSH(&db->jobs, job);
  return RN_OK;
}

static uint64_t rows_of(rn_engine_job *job) {
  rn_arena arena = {0};
  rn_job_stats stats;
  rn_job_stats_get(job->job, &arena, &stats);
  uint64_t rows = stats.rows_out;
  rn_arena_free(&arena);
  return rows;
}

/* Ends the wait for a bounded job: its rows in the store are not needed any more outside a run. */
static int bounded_done(runnel_stmt *stmt) {
  runnel *db = stmt->db;
  rn_engine_job *job = stmt->engine_job;
  rn_engine_job_poll(job);
  rn_error err;
  rn_error_clear(&err);
  if (job->state == RN_JOB_FAILED) return fail(stmt, &job->error);
  stmt->done = true;
  uint64_t rows = rows_of(job);
  const rn_table_spec *overwritten = job->plan ? sink_of_overwrite(stmt, job->plan) : NULL;
  if (overwritten && job->state == RN_JOB_FINISHED) {
    if (rn_overwrite_end(stmt, overwritten, job->key, true, &err) != RN_OK) {
      rn_error ignored;
      rn_error_clear(&ignored);
      (void)rn_store_forget_job(db->store, job->key, &ignored);
      return fail(stmt, &err);
    }
  }
  if (!stmt->summary.len) {
    rn_builder_printf(&stmt->summary, "%llu row%s inserted", (unsigned long long)rows, rows == 1 ? "" : "s");
  }
  bool in_run = (stmt->flags & RUNNEL_PREPARE_RUN) && db->run_script;
  if (!in_run && job->state == RN_JOB_FINISHED && rn_store_forget_job(db->store, job->key, &err) != RN_OK)
    return fail(stmt, &err);
  return RUNNEL_DONE;
}

int rn_insert_step(runnel_stmt *stmt, int timeout_ms) {
  enum { SLICE_MS = 50 };
  runnel *db = stmt->db;
  rn_error err;
  rn_error_clear(&err);
  if (!stmt->started) {
    stmt->started = true;
    bool skip = false;
    if (stmt->ast->kind == RN_AST_STMT_CREATE_TABLE) {
      if (rn_engine_writable(db, &err) != RN_OK) return fail(stmt, &err);
      int code = rn_ctas(stmt, &skip);
      if (code != RUNNEL_OK) {
        stmt->done = stmt->failed = true;
        return code;
      }
      if (skip) {
        stmt->done = true;
        rn_builder_printf(&stmt->summary, "table %s exists already", stmt->ast->path.parts[stmt->ast->path.count - 1].text);
        return RUNNEL_DONE;
      }
    }
    if (start(stmt, &skip, &err) != RN_OK) return fail(stmt, &err);
    if (skip) {
      stmt->done = true;
      rn_builder_text(&stmt->summary, "skipped: finished earlier in this run");
      return RUNNEL_DONE;
    }
    if (!stmt->engine_job->bounded) {
      stmt->done = true;
      rn_builder_printf(&stmt->summary, "job %s started", stmt->engine_job->name);
      return RUNNEL_DONE;
    }
  }
  int64_t deadline = timeout_ms < 0 ? INT64_MAX : rn_monotonic_us() + (int64_t)timeout_ms * 1000;
  for (;;) {
    if (rn_api_interrupted(db, &stmt->interrupted)) {
      rn_job_stop(stmt->engine_job->job);
      (void)rn_job_wait(stmt->engine_job->job, -1);
      (void)rn_fail(&err, RN_E_INTERRUPTED, "interrupted; the same statement continues where it stopped");
      return fail(stmt, &err);
    }
    int64_t left = deadline == INT64_MAX ? SLICE_MS : (deadline - rn_monotonic_us() + 999) / 1000;
    if (rn_job_wait(stmt->engine_job->job, left > SLICE_MS ? SLICE_MS : left < 0 ? 0 : (int)left))
      return bounded_done(stmt);
    if (deadline != INT64_MAX && rn_monotonic_us() >= deadline) return RUNNEL_IDLE;
  }
}

/* --- STOP JOB --------------------------------------------------------------------------------------------------------
 */
int rn_job_control_step(runnel_stmt *stmt) {
  runnel *db = stmt->db;
  rn_error err;
  rn_error_clear(&err);
  const char **names = RN_NEW_N(&stmt->arena, const char *, db->jobs.len + 1);
  for (size_t i = 0; i < db->jobs.len; i++) {
    rn_engine_job *job = db->jobs.data[i];
    names[i] = job->name;
    rn_engine_job_poll(job);
    if (job->ended || (strcmp(job->name, stmt->ast->job) != 0 && strcmp(job->key, stmt->ast->job) != 0)) continue;
    rn_job_stop(job->job);
    (void)rn_job_wait(job->job, -1);
    rn_engine_job_poll(job);
    if (job->state == RN_JOB_FAILED) return rn_api_fail(db, &job->error);
    rn_builder_printf(&stmt->summary, "job %s stopped", job->name);
    return RUNNEL_DONE;
  }
  (void)rn_fail_at(&err, RN_E_JOB_NOT_FOUND, stmt->ast->span, "no running job \"%s\"", stmt->ast->job);
  const char *near = rn_text_nearest(rn_slice_of(stmt->ast->job), names, db->jobs.len);
  (void)(near ? rn_hint(&err, "did you mean '%s'?", near) : rn_hint(&err, "SHOW JOBS lists them"));
  return rn_api_fail(db, &err);
}
