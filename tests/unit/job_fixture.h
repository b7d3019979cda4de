/* Hand-made plans over a counting source, for tests of jobs, epochs and exchanges. The source has `splits`
 * splits; row n of split s is (id = n * splits + s, k = id % keys, v = id). Positions are row numbers. */
#ifndef RN_TESTS_JOB_FIXTURE_H
#define RN_TESTS_JOB_FIXTURE_H
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/alloc.h"
#include "runtime/aggregate.h"
#include "runtime/job.h"

/* --- source ------------------------------------------------------------------------------------------------- */

typedef struct counting { /* what the test sets; shared by the instances of the scan */
  int64_t rows_per_split; /* -1: unbounded */
  uint32_t splits, keys;
  int64_t fail_at;        /* id at which the source fails; -1: never */
  uint64_t fail_epoch;    /* rows up to there come in that many epochs: each waits for the commit before it */
  int64_t idle_at;        /* id from which on nothing comes, without an end; 0: never */
  int64_t slow_us;        /* pause per poll, so that epochs pass */
  int64_t end_now;        /* until_end: end position of every split */
  uint64_t committed;     /* atomic: last epoch the source was told of */
} counting;

struct rn_source {
  counting *what;
  unsigned subtask, parallelism;
  int64_t next[64], until[64];
  char names[64][16];
};

static const rn_connector counting_connector;
static counting *counting_of(const rn_table_spec *table) {
  return (counting *)(uintptr_t)strtoull(rn_option_text(&table->options, "address"), NULL, 16);
}

static bool counting_bounded(const rn_table_spec *table) { return counting_of(table)->rows_per_split >= 0; }

static rn_status counting_open(const rn_source_spec *spec, rn_source **out, rn_error *err) {
  (void)err;
  rn_source *s = rn_calloc(1, sizeof *s);
  s->what = counting_of(spec->table);
  s->subtask = spec->subtask;
  s->parallelism = spec->parallelism;
  for (uint32_t i = 0; i < s->what->splits; i++) {
    snprintf(s->names[i], sizeof s->names[i], "count/%u", i);
    s->until[i] = spec->until_end ? s->what->end_now : s->what->rows_per_split >= 0 ? s->what->rows_per_split : INT64_MAX;
    for (size_t k = 0; k < spec->restored_count; k++) {
      if (strcmp(spec->restored[k].split, s->names[i]) == 0) s->next[i] = strtoll(spec->restored[k].position, NULL, 10);
    }
    for (size_t k = 0; k < spec->until_count; k++) {
      if (strcmp(spec->until[k].split, s->names[i]) == 0) s->until[i] = strtoll(spec->until[k].position, NULL, 10);
    }
  }
  *out = s;
  return RN_OK;
}

static uint32_t counting_splits(rn_source *s) { return s->what->splits; }
static const char *counting_split_name(rn_source *s, uint32_t split) { return s->names[split]; }

static rn_status counting_poll(rn_source *s, uint32_t max_rows, int64_t wait_us, rn_column *columns, rn_arena *arena,
                               uint32_t *rows, rn_poll *poll, rn_error *err) {
  (void)arena;
  (void)wait_us;
  bool waits = false;
  *rows = 0;
  *poll = RN_POLL_END;
  if (s->what->slow_us) usleep((useconds_t)s->what->slow_us);
  for (uint32_t i = s->subtask; i < s->what->splits; i += s->parallelism) {
    for (; s->next[i] < s->until[i] && *rows < max_rows; s->next[i]++) {
      int64_t id = s->next[i] * s->what->splits + i;
      if (s->what->idle_at && id >= s->what->idle_at) {
        waits = true;
        break;
      }
      if (s->what->fail_epoch && s->what->fail_at >= 0) {
        uint64_t committed = __atomic_load_n(&s->what->committed, __ATOMIC_ACQUIRE);
        if (committed < s->what->fail_epoch && id >= (int64_t)(committed + 1) * s->what->fail_at / (int64_t)(s->what->fail_epoch + 1)) {
          waits = true;
          break;
        }
      }
      if (id == s->what->fail_at) return rn_fail(err, RN_E_CONNECT, "the source broke at %lld", (long long)id);
      ((int64_t *)columns[0].data)[*rows] = id;
      ((int64_t *)columns[1].data)[*rows] = id % s->what->keys;
      ((int64_t *)columns[2].data)[*rows] = id;
      ++*rows;
    }
    if (s->next[i] < s->until[i]) *poll = RN_POLL_ROWS;
  }
  if (*rows) *poll = RN_POLL_ROWS;
  else if (waits) *poll = RN_POLL_IDLE;
  return RN_OK;
}

static rn_status counting_positions(rn_source *s, rn_positions *out, rn_error *err) {
  (void)err;
  for (uint32_t i = s->subtask; i < s->what->splits; i += s->parallelism) {
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)s->next[i]);
    rn_positions_put(out, s->names[i], text);
  }
  return RN_OK;
}

static rn_status counting_until(rn_source *s, rn_positions *out, rn_error *err) {
  (void)err;
  for (uint32_t i = s->subtask; i < s->what->splits; i += s->parallelism) {
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)s->until[i]);
    rn_positions_put(out, s->names[i], text);
  }
  return RN_OK;
}

static rn_status counting_committed(rn_source *s, uint64_t epoch, const rn_position *positions, size_t count, rn_error *err) {
  (void)positions, (void)count, (void)err;
  __atomic_store_n(&s->what->committed, epoch, __ATOMIC_RELEASE);
  return RN_OK;
}

static void counting_close(rn_source *s) { rn_free(s); }

static const rn_connector counting_connector = {
    .name = "counting",
    .is_bounded = counting_bounded,
    .source_open = counting_open,
    .source_splits = counting_splits,
    .source_split_name = counting_split_name,
    .poll_rows = counting_poll,
    .positions = counting_positions,
    .until_positions = counting_until,
    .source_committed = counting_committed,
    .source_close = counting_close,
};

/* --- plans ----------------------------------------------------------------------------------------------------- */

extern const rn_connector rn_connector_sqlite;

typedef struct plan_maker {
  rn_plan *plan;
  rn_arena *arena;
  rn_plan_node *nodes[32];
} plan_maker;

static inline void plan_begin(plan_maker *m) {
  m->plan = rn_calloc(1, sizeof *m->plan);
  m->arena = &m->plan->arena;
  m->plan->nodes = m->nodes;
  m->plan->canonical = "INSERT INTO t SELECT ..";
  m->plan->settings = "";
}

static inline void plan_end(plan_maker *m) {
  rn_plan_free(m->plan);
  rn_free(m->plan);
}

static inline rn_plan_node *add_node(plan_maker *m, rn_node_kind kind, rn_plan_node *input, uint32_t parallelism) {
  rn_plan_node *n = RN_NEW(m->arena, rn_plan_node);
  n->kind = kind;
  n->id = m->plan->node_count;
  n->path = rn_arena_printf(m->arena, "op%u", n->id);
  n->parallelism = parallelism;
  n->emits = RN_CHANGE_INSERT;
  n->inputs = RN_NEW_N(m->arena, rn_plan_node *, 4);
  n->outputs = RN_NEW_N(m->arena, rn_plan_node *, 4);
  if (input) {
    n->inputs[n->input_count++] = input;
    input->outputs[input->output_count++] = n;
    n->schema = input->schema;
    n->emits = input->emits;
    n->bounded = input->bounded;
  }
  m->nodes[m->plan->node_count++] = n;
  return n;
}

static inline rn_table_column *big_columns(plan_maker *m, uint32_t count, const char *const *names) {
  rn_table_column *columns = RN_NEW_N(m->arena, rn_table_column, count);
  for (uint32_t i = 0; i < count; i++) columns[i] = (rn_table_column){.name = names[i], .type = rn_type_basic(RN_T_BIGINT, true)};
  return columns;
}

static inline uint32_t *numbers(plan_maker *m, uint32_t count) {
  uint32_t *list = RN_NEW_N(m->arena, uint32_t, count + 1);
  for (uint32_t i = 0; i < count; i++) list[i] = i;
  return list;
}

static inline rn_plan_node *add_scan(plan_maker *m, counting *what, uint32_t parallelism) {
  static const char *const names[] = {"id", "k", "v"};
  rn_plan_node *n = add_node(m, RN_NODE_SCAN, NULL, parallelism);
  rn_table_spec *t = RN_NEW(m->arena, rn_table_spec);
  rn_option_value *o = RN_NEW(m->arena, rn_option_value);
  *o = (rn_option_value){.key = "address", .value = rn_arena_printf(m->arena, "%llx", (unsigned long long)(uintptr_t)what)};
  *t = (rn_table_spec){.name = "numbers", .column_count = 3, .columns = big_columns(m, 3, names), .options = {1, o},
                       .connector = &counting_connector};
  rn_field *fields = RN_NEW_N(m->arena, rn_field, 3);
  for (uint32_t i = 0; i < 3; i++) fields[i] = (rn_field){names[i], t->columns[i].type};
  n->schema = (rn_schema){3, fields};
  n->bounded = what->rows_per_split >= 0;
  n->u.scan.table = t;
  n->u.scan.source = (uint16_t)m->plan->scan_count++;
  n->u.scan.columns = numbers(m, 3);
  return n;
}

static inline rn_plan_node *add_exchange(plan_maker *m, rn_plan_node *input, uint32_t key) {
  rn_plan_node *n = add_node(m, RN_NODE_EXCHANGE, input, input->parallelism);
  uint32_t *keys = RN_NEW_N(m->arena, uint32_t, 1);
  keys[0] = key;
  n->u.exchange.key_count = 1;
  n->u.exchange.keys = keys;
  return n;
}

/* GROUP BY k: k, COUNT(*), SUM(v). */
static inline rn_plan_node *add_count(plan_maker *m, rn_plan_node *input, uint32_t parallelism) {
  static const char *const names[] = {"k", "n", "total"};
  rn_plan_node *n = add_node(m, RN_NODE_GROUP_AGG, input, parallelism);
  rn_error err;
  rn_error_clear(&err);
  rn_agg_call *calls = RN_NEW_N(m->arena, rn_agg_call, 2);
  const rn_type *big = rn_type_basic(RN_T_BIGINT, true);
  assert_int_equal(rn_aggregate_resolve(rn_slice_of("COUNT"), NULL, 0, false, false, (rn_span){0, 0}, m->arena, &calls[0], &err), RN_OK);
  assert_int_equal(rn_aggregate_resolve(rn_slice_of("SUM"), &big, 1, false, false, (rn_span){0, 0}, m->arena, &calls[1], &err), RN_OK);
  calls[1].argument = 2;
  rn_field *fields = RN_NEW_N(m->arena, rn_field, 3);
  fields[0] = (rn_field){names[0], big};
  fields[1] = (rn_field){names[1], calls[0].result};
  fields[2] = (rn_field){names[2], calls[1].result};
  n->schema = (rn_schema){3, fields};
  uint32_t *keys = RN_NEW_N(m->arena, uint32_t, 1);
  keys[0] = 1;
  n->u.group_agg.key_count = 1;
  n->u.group_agg.keys = keys;
  n->u.group_agg.call_count = 2;
  n->u.group_agg.calls = calls;
  n->fingerprint = "group k BIGINT: COUNT, SUM(BIGINT)";
  n->emits = RN_CHANGE_INSERT | RN_CHANGE_UPDATE_AFTER;
  return n;
}

/* Into an SQLite table of the job's file; key_count 0: append, 1: upsert by the first column. */
static inline rn_plan_node *add_sink(plan_maker *m, rn_plan_node *input, const char *table, uint32_t key_count) {
  rn_plan_node *n = add_node(m, RN_NODE_SINK, input, input->kind == RN_NODE_EXCHANGE ? 1 : input->parallelism);
  rn_table_spec *t = RN_NEW(m->arena, rn_table_spec);
  rn_table_column *columns = RN_NEW_N(m->arena, rn_table_column, input->schema.count);
  for (uint32_t i = 0; i < input->schema.count; i++) {
    columns[i] = (rn_table_column){.name = input->schema.fields[i].name, .type = input->schema.fields[i].type};
  }
  *t = (rn_table_spec){.name = table, .column_count = input->schema.count, .columns = columns, .key_count = key_count,
                       .keys = numbers(m, 1), .connector = &rn_connector_sqlite};
  n->u.sink.table = t;
  n->u.sink.columns = numbers(m, input->schema.count);
  n->u.sink.key_count = key_count;
  n->u.sink.keys = numbers(m, 1);
  return n;
}

/* How long a test waits for what must come: only a hang is that long, however busy the machine is. */
enum { PATIENCE_MS = 120000 };

/* --- files ------------------------------------------------------------------------------------------------------- */

typedef struct fixture {
  char directory[64], path[96];
} fixture;

static inline void fixture_open(fixture *f) {
  snprintf(f->directory, sizeof f->directory, "/tmp/rn-unit-XXXXXX");
  assert_non_null(mkdtemp(f->directory));
  snprintf(f->path, sizeof f->path, "%s/t.db", f->directory);
}

static inline void fixture_close(fixture *f) {
  static const char *const suffixes[] = {"", "-wal", "-shm", ".lock", "-journal"};
  char path[128];
  for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
    snprintf(path, sizeof path, "%s%s", f->path, suffixes[i]);
    unlink(path);
  }
  rmdir(f->directory);
}

static inline rn_store *fixture_store(fixture *f) {
  rn_store *store = NULL;
  rn_error err;
  rn_error_clear(&err);
  rn_store_config config = {.path = f->path};
  if (rn_store_open(&config, &store, &err) != RN_OK) fail_msg("%s", err.message);
  return store;
}

/* One integer from the file. */
static inline int64_t ask(fixture *f, const char *sql) {
  sqlite3 *db = NULL;
  sqlite3_stmt *stmt = NULL;
  assert_int_equal(sqlite3_open_v2(f->path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL), SQLITE_OK);
  sqlite3_busy_timeout(db, PATIENCE_MS);
  if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK) fail_msg("%s: %s", sql, sqlite3_errmsg(db));
  int rc = sqlite3_step(stmt);
  int64_t value = rc == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : 0;
  if (rc != SQLITE_ROW && rc != SQLITE_DONE) fail_msg("%s: %s", sql, sqlite3_errmsg(db));
  sqlite3_finalize(stmt);
  sqlite3_close(db);
  return value;
}

static inline void tell(fixture *f, const char *sql) { (void)ask(f, sql); }

/* Waits until the file gives this integer. */
static inline void until(fixture *f, const char *sql, int64_t want) {
  int64_t got = ask(f, sql);
  for (int waited = 0; got != want; waited++) {
    if (waited > PATIENCE_MS) fail_msg("%s stays %lld, not %lld", sql, (long long)got, (long long)want);
    usleep(1000);
    got = ask(f, sql);
  }
}

#endif
