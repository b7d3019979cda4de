/* The engine handle: open, close, settings, clock, log and output. */
#include "api/api_private.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include "connectors/registry.h"

const char *runnel_libversion(void) { return RUNNEL_VERSION; }
int runnel_libversion_number(void) { return RUNNEL_VERSION_NUMBER; }

/* --- log and output ---------------------------------------------------------------------------------- */
void rn_engine_log(void *ctx, int level, const char *text) {
  runnel *db = ctx;
  if (!db->log) return;
  (void)pthread_mutex_lock(&db->lock);
  db->log(db->log_ctx, level, text);
  (void)pthread_mutex_unlock(&db->lock);
}
void rn_engine_notice(runnel *db, const char *format, ...) {
  rn_builder text = {0};
  va_list args;
  va_start(args, format);
  rn_builder_vprintf(&text, format, args);
  va_end(args);
  rn_engine_log(db, 2, text.data ? text.data : "");
  rn_builder_free(&text);
}
void rn_engine_output(void *ctx, const char *text, size_t len, bool is_error) {
  runnel *db = ctx;
  if (!db->output) return;
  (void)pthread_mutex_lock(&db->lock);
  db->output(db->output_ctx, text, len, is_error);
  (void)pthread_mutex_unlock(&db->lock);
}

/* --- settings ------------------------------------------------------------------------------------------- */
static const char *find_set(const rn_set_value *items, size_t count, const char *key) {
  for (size_t i = 0; i < count; i++)
    if (strcmp(items[i].key, key) == 0) return items[i].value;
  return NULL;
}
const char *rn_engine_setting(runnel *db, const char *key) {
  const char *value = find_set(db->settings.data, db->settings.len, key);
  if (!value) value = find_set(db->base_settings.data, db->base_settings.len, key);
  if (!value) {
    const rn_setting *row = rn_setting_find(rn_slice_of(key));
    value = row ? row->default_text : NULL;
  }
  return value ? value : "";
}
int64_t rn_engine_duration(runnel *db, const char *key) {
  int64_t us = 0;
  return rn_duration_parse(rn_slice_of(rn_engine_setting(db, key)), &us) ? us : 0;
}

static void put_set(runnel *db, bool base, const char *key, const char *value) {
  rn_set_value *items = base ? db->base_settings.data : db->settings.data;
  size_t count = base ? db->base_settings.len : db->settings.len;
  for (size_t i = 0; i < count; i++) {
    if (strcmp(items[i].key, key) != 0) continue;
    char *copy = rn_strdup(value);
    rn_free(items[i].value);
    items[i].value = copy;
    return;
  }
  rn_set_value item = {rn_strdup(key), rn_strdup(value)};
  if (base) RN_VEC_PUSH(&db->base_settings, item);
  else RN_VEC_PUSH(&db->settings, item);
}

/* The zone is part of the handle: jobs that run keep the one they started with, so a new one is opened
 * and the old one is kept until close. */
static rn_status use_zone(runnel *db, rn_error *err) {
  rn_zone *zone;
  const char *name = rn_engine_setting(db, "table.local-time-zone");
  if (db->zone && strcmp(rn_zone_name(db->zone), name) == 0) return RN_OK;
  if (rn_zone_open(*name ? name : "default", &zone, err) != RN_OK) return RN_FAIL;
  RN_VEC_PUSH(&db->zones, zone);
  db->zone = zone;
  if (db->catalog) rn_catalog_set_zone(db->catalog, zone);
  return RN_OK;
}

rn_status rn_engine_set(runnel *db, const char *key, const char *value, rn_error *err) {
  char *before = rn_strdup(rn_engine_setting(db, key));
  bool had = find_set(db->settings.data, db->settings.len, key) != NULL;
  if (value) {
    put_set(db, false, key, value);
  } else {
    for (size_t i = 0; i < db->settings.len; i++) {
      if (strcmp(db->settings.data[i].key, key) != 0) continue;
      rn_free(db->settings.data[i].key);
      rn_free(db->settings.data[i].value);
      db->settings.data[i] = db->settings.data[--db->settings.len];
      break;
    }
  }
  rn_status status = use_zone(db, err);
  if (status != RN_OK && value) {
    if (had) {
      put_set(db, false, key, before);
    } else {
      rn_error ignored;
      rn_error_clear(&ignored);
      (void)rn_engine_set(db, key, NULL, &ignored);
    }
  }
  rn_free(before);
  return status;
}

static bool is_text(runnel *db, const char *key, const char *wanted) {
  return rn_text_eq_nocase(rn_engine_setting(db, key), wanted);
}
static bool was_set(runnel *db, const char *key) {
  return find_set(db->settings.data, db->settings.len, key) ||
         find_set(db->base_settings.data, db->base_settings.len, key);
}

/* -1: not set */
static int64_t delay_setting(runnel *db, const char *key) { return was_set(db, key) ? rn_engine_duration(db, key) : -1; }

void rn_engine_planner_settings(runnel *db, rn_arena *arena, rn_planner_settings *out) {
  memset(out, 0, sizeof *out);
  out->batch_mode = is_text(db, "execution.runtime-mode", "batch");
  out->watermark_interval_us = rn_engine_duration(db, "pipeline.auto-watermark-interval");
  out->idle_timeout_us = rn_engine_duration(db, "table.exec.source.idle-timeout");
  out->rowtime_null_handling = is_text(db, "table.exec.source.rowtime-null-handling", "drop")             ? 1
                               : is_text(db, "table.exec.source.rowtime-null-handling", "skip_watermark") ? 2
                                                                                                          : 0;
  out->not_null_drop = is_text(db, "table.exec.sink.not-null-enforcer", "drop");
  out->lengths = is_text(db, "table.exec.sink.type-length-enforcer", "trim_pad") ? RN_LENGTHS_TRIM_PAD
                 : is_text(db, "table.exec.sink.type-length-enforcer", "error")  ? RN_LENGTHS_ERROR
                                                                                 : RN_LENGTHS_IGNORE;
  out->mini_batch = is_text(db, "table.exec.mini-batch.enabled", "true");
  out->mini_batch_off = was_set(db, "table.exec.mini-batch.enabled") && !out->mini_batch;
  out->latest_wins = is_text(db, "table.exec.sink.require-on-conflict", "false");
  out->early_fire = is_text(db, "table.exec.emit.early-fire.enabled", "true");
  out->late_fire = is_text(db, "table.exec.emit.late-fire.enabled", "true");
  out->early_fire_us = delay_setting(db, "table.exec.emit.early-fire.delay");
  out->late_fire_us = delay_setting(db, "table.exec.emit.late-fire.delay");
  out->lateness_us = rn_engine_duration(db, "table.exec.emit.allow-lateness");
  out->state_ttl_us = rn_engine_duration(db, "table.exec.state.ttl");
  long parallelism = strtol(rn_engine_setting(db, "parallelism.default"), NULL, 10);
  out->parallelism = parallelism < 1                    ? 1
                     : parallelism > RN_PARALLELISM_MAX ? RN_PARALLELISM_MAX
                                                        : (uint32_t)parallelism;
  out->zone = db->zone;
  rn_builder text = {0};
  for (size_t i = 0; i < rn_setting_count; i++) {
    if (!rn_settings[i].changes_results || !was_set(db, rn_settings[i].key)) continue;
    rn_builder_printf(&text, "%s=%s\n", rn_settings[i].key, rn_engine_setting(db, rn_settings[i].key));
  }
  out->canonical_settings = rn_arena_strndup(arena, text.data ? text.data : "", text.len);
  rn_builder_free(&text);
}

/* --- open and close ---------------------------------------------------------------------------------------- */
static rn_status open_store(runnel *db, rn_error *err) {
  rn_store_config config = {
      .path = db->path, .read_only = db->want_read_only, .clock = &db->clock, .log = rn_engine_log, .log_ctx = db};
  if (rn_store_open(&config, &db->store, err) != RN_OK) return RN_FAIL;
  db->read_only = !rn_store_is_writer(db->store);
  return rn_catalog_store_open(db, err);
}

rn_status rn_engine_store(runnel *db, rn_error *err) { return db->store ? RN_OK : open_store(db, err); }

rn_status rn_engine_writable(runnel *db, rn_error *err) {
  if (rn_engine_store(db, err) != RN_OK) return RN_FAIL;
  if (!db->read_only) return RN_OK;
  long pid = rn_store_owner_pid(db->store);
  if (pid) {
    (void)rn_fail(err, RN_E_LOCKED, "%s is written by another runnel (pid %ld): it can only be read here", db->path,
                  pid);
    return rn_hint(err, "stop that process first, or use another file");
  }
  return rn_fail(err, RN_E_LOCKED, "%s was opened read-only", db->path ? db->path : "the database");
}

static int configure(runnel *db, const runnel_config *config, rn_error *err) {
  if (!config) return RUNNEL_OK;
  db->output = config->output;
  db->output_ctx = config->output_ctx;
  db->log = config->log;
  db->log_ctx = config->log_ctx;
  db->want_read_only = config->read_only != 0;
  if (config->random_seed) db->random_seed = (uint64_t)config->random_seed;
  if (config->virtual_time_us) rn_clock_set_us(&db->clock, config->virtual_time_us);
  for (const char *const *s = config->settings; s && *s; s++) {
    const char *equals = strchr(*s, '=');
    if (!equals) {
      (void)rn_fail(err, RN_E_SETTING, "setting \"%s\" is not key=value", *s);
      return RUNNEL_ERROR;
    }
    rn_slice key = rn_slice_trim(rn_slice_make(*s, (size_t)(equals - *s)));
    const rn_setting *row;
    if (rn_setting_check(key, equals + 1, (rn_span){0, 0}, (rn_span){0, 0}, &row, err) != RN_OK) return RUNNEL_ERROR;
    char *name = rn_strndup(key.ptr, key.len);
    put_set(db, true, name, equals + 1);
    rn_free(name);
  }
  return RUNNEL_OK;
}

int runnel_open(const char *path, const runnel_config *config, runnel **out) {
  runnel *db = rn_calloc(1, sizeof *db);
  *out = db;
  (void)pthread_mutex_init(&db->lock, NULL);
  if (getrandom(&db->random_seed, sizeof db->random_seed, 0) < 0) db->random_seed = (uint64_t)rn_monotonic_us();
  if (path && *path) db->path = rn_strdup(path);
  rn_error err;
  rn_error_clear(&err);
  (void)configure(db, config, &err);
  if (!err.code) (void)use_zone(db, &err);
  if (!db->zone) {
    rn_error ignored;
    rn_error_clear(&ignored);
    rn_zone *utc = NULL;
    (void)rn_zone_open("UTC", &utc, &ignored);
    RN_VEC_PUSH(&db->zones, utc);
    db->zone = utc;
  }
  db->catalog = rn_catalog_new(&rn_builtin_registry, db->zone);
  /* A temporary database is made when something must be kept: `-c "SELECT 1"` never needs it. */
  if (!err.code && db->path) (void)open_store(db, &err);
  return err.code ? rn_api_fail(db, &err) : RUNNEL_OK;
}

int runnel_close(runnel *db, int timeout_ms) {
  if (!db) return RUNNEL_OK;
  int code = RUNNEL_OK;
  int64_t deadline = timeout_ms < 0 ? INT64_MAX : rn_monotonic_us() + (int64_t)timeout_ms * 1000;
  for (size_t i = 0; i < db->jobs.len; i++)
    if (!db->jobs.data[i]->ended && db->jobs.data[i]->job) rn_job_stop(db->jobs.data[i]->job);
  for (size_t i = 0; i < db->jobs.len; i++) {
    rn_engine_job *job = db->jobs.data[i];
    if (!job->ended && job->job) {
      int64_t left = deadline == INT64_MAX ? -1 : (deadline - rn_monotonic_us()) / 1000;
      if (!rn_job_wait(job->job, deadline == INT64_MAX ? -1 : left < 0 ? 0 : (int)left)) rn_job_abort(job->job);
      (void)rn_job_wait(job->job, -1);
      rn_engine_job_poll(job);
    }
    if (job->state == RN_JOB_FAILED) code = rn_api_code(job->error.code);
    rn_engine_job_end(job); /* handles of the program may live on: they know the state, and no job */
    rn_engine_job_release(job);
  }
  RN_VEC_FREE(&db->jobs);
  if (db->catalog_reader) (void)sqlite3_close(db->catalog_reader);
  rn_catalog_free(db->catalog);
  if (db->store) rn_store_close(db->store);
  for (size_t i = 0; i < db->zones.len; i++) rn_zone_close(db->zones.data[i]);
  RN_VEC_FREE(&db->zones);
  for (size_t i = 0; i < db->settings.len; i++) rn_free(db->settings.data[i].key), rn_free(db->settings.data[i].value);
  for (size_t i = 0; i < db->base_settings.len; i++)
    rn_free(db->base_settings.data[i].key), rn_free(db->base_settings.data[i].value);
  RN_VEC_FREE(&db->settings);
  RN_VEC_FREE(&db->base_settings);
  rn_run_free(db);
  rn_free(db->run_script);
  rn_free(db->error_text);
  rn_builder_free(&db->formatted);
  rn_builder_free(&db->rendered);
  rn_free(db->path);
  (void)pthread_mutex_destroy(&db->lock);
  rn_free(db);
  return code;
}

const char *runnel_path(runnel *db) { return db->path ? db->path : ""; }
int runnel_is_read_only(runnel *db) { return db->read_only; }
long runnel_writer_pid(runnel *db) { return db->store && db->read_only ? rn_store_owner_pid(db->store) : 0; }
void runnel_set_time(runnel *db, int64_t now_us) { rn_clock_set_us(&db->clock, now_us); }
int runnel_settle(runnel *db, int timeout_ms) {
  enum { LOOK_AGAIN_US = 50 };
  if (!db->clock.is_virtual) return RUNNEL_MISUSE;
  int64_t deadline = timeout_ms < 0 ? INT64_MAX : rn_monotonic_us() + (int64_t)timeout_ms * 1000;
  for (size_t i = 0; i < db->jobs.len;) {
    rn_engine_job *job = db->jobs.data[i];
    if (!job->job || job->ended || rn_job_settled(job->job)) {
      i++;
      continue;
    }
    if (rn_monotonic_us() >= deadline) return RUNNEL_IDLE;
    const struct timespec pause = {0, LOOK_AGAIN_US * 1000};
    (void)nanosleep(&pause, NULL);
  }
  return RUNNEL_OK;
}

int runnel_interrupt(runnel *db) {
  __atomic_store_n(&db->interrupted, true, __ATOMIC_RELEASE);
  return RUNNEL_OK;
}
/* Consumes the flag: one interrupt ends one running call. */
bool rn_api_interrupted(runnel *db, bool *stmt_flag) {
  if (__atomic_exchange_n(&db->interrupted, false, __ATOMIC_ACQ_REL)) return true;
  return stmt_flag && __atomic_exchange_n(stmt_flag, false, __ATOMIC_ACQ_REL);
}
bool rn_api_stmt_interrupted(void *ctx) {
  runnel_stmt *stmt = ctx;
  return rn_api_interrupted(stmt->db, &stmt->interrupted);
}
