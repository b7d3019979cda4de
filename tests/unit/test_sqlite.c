/* The sqlite connector: how values lie, upserts and deletes, adoption of tables, other files, and reading. */
#include "tests/unit/job_fixture.h"
#include <math.h>
#include "runtime/operators/operators.h"

/* --- a sink by hand ------------------------------------------------------------------------------------------------ */

typedef struct hand {
  fixture f;
  rn_store *store;
  rn_arena arena;
  rn_table_spec table;
  rn_schema schema;
  rn_sink *sink;
  uint32_t columns[32];
  uint8_t changes;
} hand;

static void hand_open(hand *h, uint32_t count, const rn_field *fields, uint32_t key_count, const uint32_t *keys,
                      const rn_option_value *options, size_t option_count) {
  if (!h->store) {
    fixture_open(&h->f);
    h->store = fixture_store(&h->f);
  }
  rn_table_column *columns = RN_NEW_N(&h->arena, rn_table_column, count);
  for (uint32_t i = 0; i < count; i++) {
    columns[i] = (rn_table_column){.name = fields[i].name, .type = fields[i].type};
    h->columns[i] = i;
  }
  h->table = (rn_table_spec){.name = "t", .column_count = count, .columns = columns, .key_count = key_count, .keys = keys,
                             .options = {option_count, options}, .connector = &rn_connector_sqlite};
  h->schema = (rn_schema){count, fields};
}

static rn_status hand_sink(hand *h, rn_error *err) {
  rn_error_clear(err);
  rn_sink_spec spec = {.table = &h->table, .schema = &h->schema, .columns = h->columns, .keys = h->table.keys,
                       .key_count = h->table.key_count, .changes = h->changes, .parallelism = 1, .store = h->store, .fresh = true};
  return rn_connector_sqlite.sink_open(&spec, &h->sink, err);
}

static void done(rn_epoch *epoch, rn_status status, const rn_error *err, void *ctx) {
  (void)epoch;
  if (status != RN_OK) fprintf(stderr, "%s\n", err->message);
  __atomic_store_n((int *)ctx, status == RN_OK ? 1 : 2, __ATOMIC_RELEASE);
}

static int hand_commit(hand *h) {
  int outcome = 0;
  rn_error err;
  rn_error_clear(&err);
  rn_epoch epoch = {.epoch = 1, .job_state = "RUNNING", .done = done, .done_ctx = &outcome};
  rn_epoch_sink s = {.connector = &rn_connector_sqlite, .sink = h->sink, .operator_id = "sink"};
  assert_int_equal(rn_connector_sqlite.freeze(h->sink, &s.staged, &err), RN_OK);
  RN_VEC_PUSH(&epoch.sinks, s);
  rn_store_commit_epoch(h->store, &epoch);
  while (!__atomic_load_n(&outcome, __ATOMIC_ACQUIRE)) usleep(200);
  if (outcome == 2) rn_connector_sqlite.sink_discard(h->sink, epoch.sinks.data[0].staged);
  rn_epoch_free_contents(&epoch);
  return outcome;
}

static void hand_close(hand *h) {
  if (h->sink) rn_connector_sqlite.sink_close(h->sink);
  rn_store_close(h->store);
  fixture_close(&h->f);
  rn_arena_free(&h->arena);
}

static void new_batch(hand *h, rn_batch *b, uint32_t rows) {
  rn_batch_init(b, &h->schema, rows, &h->arena);
  b->rows = b->live_count = rows;
}

/* Is this row what the file has? sql gives one value, compared as text. */
static void expect(hand *h, const char *sql, const char *want) {
  sqlite3 *db = NULL;
  sqlite3_stmt *stmt = NULL;
  assert_int_equal(sqlite3_open(h->f.path, &db), SQLITE_OK);
  if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK) fail_msg("%s: %s", sql, sqlite3_errmsg(db));
  const char *got = sqlite3_step(stmt) == SQLITE_ROW ? (const char *)sqlite3_column_text(stmt, 0) : "(no row)";
  if (!got) got = "(null)";
  if (strcmp(got, want) != 0) fail_msg("%s\n gives %s\n  not %s", sql, got, want);
  sqlite3_finalize(stmt);
  sqlite3_close(db);
}

/* --- how values lie ------------------------------------------------------------------------------------------------- */

static void test_layout(void **state) {
  (void)state;
  hand h = {0};
  rn_arena *a = &h.arena;
  rn_error err;
  rn_field fields[] = {{"id", rn_type_basic(RN_T_BIGINT, false)},     {"flag", rn_type_basic(RN_T_BOOLEAN, true)},
                       {"tiny", rn_type_basic(RN_T_TINYINT, true)},   {"f", rn_type_basic(RN_T_FLOAT, true)},
                       {"d", rn_type_basic(RN_T_DOUBLE, true)},       {"money", rn_type_decimal(a, 10, 2, true)},
                       {"large", rn_type_decimal(a, 30, 4, true)},    {"s", rn_type_basic(RN_T_VARCHAR, true)},
                       {"b", rn_type_basic(RN_T_VARBINARY, true)},    {"day", rn_type_basic(RN_T_DATE, true)},
                       {"at", rn_type_sized(a, RN_T_TIMESTAMP, 3, true)}, {"ltz", rn_type_sized(a, RN_T_TIMESTAMP_LTZ, 0, true)},
                       {"mid", rn_type_decimal(a, 17, 2, true)}};
  uint32_t keys[] = {0};
  hand_open(&h, 13, fields, 1, keys, NULL, 0);
  if (hand_sink(&h, &err) != RN_OK) fail_msg("%s", err.message);
  expect(&h, "SELECT sql FROM sqlite_schema WHERE name = 't'",
         "CREATE TABLE \"t\"(\"id\" INTEGER PRIMARY KEY, \"flag\" INTEGER, \"tiny\" INTEGER, \"f\" REAL, \"d\" REAL, \"money\" ANY, "
         "\"large\" ANY, \"s\" TEXT, \"b\" BLOB, \"day\" TEXT, \"at\" TEXT, \"ltz\" TEXT, \"mid\" ANY) STRICT");
  rn_batch b;
  new_batch(&h, &b, 3);
  for (uint32_t r = 0; r < 3; r++) {
    ((int64_t *)b.columns[0].data)[r] = r + 1;
    ((uint8_t *)b.columns[1].data)[r] = r == 0;
    ((int8_t *)b.columns[2].data)[r] = (int8_t)(-128 + (int)r);
    ((float *)b.columns[3].data)[r] = 0.5f;
    ((double *)b.columns[4].data)[r] = r == 1 ? NAN : 1e300;
    ((int64_t *)b.columns[5].data)[r] = r == 0 ? 1999 : -500;
    ((rn_i128 *)b.columns[6].data)[r] = (rn_i128)123456789012345678 * 1000000;
    ((rn_str *)b.columns[7].data)[r] = r == 0 ? rn_str_make("short", 5) : rn_str_make("a string of some length", 23);
    ((rn_str *)b.columns[8].data)[r] = rn_str_make("\x00\xff", 2);
    ((int32_t *)b.columns[9].data)[r] = 19723;
    ((int64_t *)b.columns[10].data)[r] = 1704067200123000;
    ((int64_t *)b.columns[11].data)[r] = 1704067200000000;
    ((int64_t *)b.columns[12].data)[r] = 100;
  }
  for (uint32_t c = 1; c < 13; c++) {
    rn_column_nullable(&b.columns[c], 3, a);
    rn_set_null(&b.columns[c], 2);
  }
  assert_int_equal(rn_connector_sqlite.stage(h.sink, &b, &err), RN_OK);
  assert_int_equal(hand_commit(&h), 1);
  expect(&h, "SELECT typeof(flag) || flag || typeof(tiny) || tiny || typeof(f) || f FROM t WHERE id = 1", "integer1integer-128real0.5");
  expect(&h, "SELECT typeof(money) || money || typeof(large) || large || typeof(mid) || mid FROM t WHERE id = 1",
         "real19.99text12345678901234567800.0000text1.00");
  expect(&h, "SELECT typeof(money) || money FROM t WHERE id = 2", "real-5.0");
  expect(&h, "SELECT typeof(d) FROM t WHERE id = 2", "null");
  expect(&h, "SELECT s || hex(b) || typeof(b) FROM t WHERE id = 1", "short00FFblob");
  expect(&h, "SELECT day || ' ' || at || ' ' || ltz FROM t WHERE id = 2", "2024-01-01 2024-01-01 00:00:00.123 2024-01-01 00:00:00Z");
  expect(&h, "SELECT COALESCE(flag, tiny, f, d, money, large, s, b, day, at, ltz, mid, 'all null') FROM t WHERE id = 3", "all null");
  hand_close(&h);
}

/* --- upserts ------------------------------------------------------------------------------------------------------------ */

static void put(hand *h, rn_batch *b, uint32_t row, const char *k1, int64_t k2, int64_t v, uint8_t *kinds, rn_row_kind kind) {
  (void)h;
  ((rn_str *)b->columns[0].data)[row] = rn_str_make(k1, strlen(k1));
  ((int64_t *)b->columns[1].data)[row] = k2;
  ((int64_t *)b->columns[2].data)[row] = v;
  kinds[row] = (uint8_t)kind;
}

static void test_upsert(void **state) {
  (void)state;
  hand h = {0};
  rn_error err;
  rn_field fields[] = {{"k1", rn_type_basic(RN_T_VARCHAR, false)}, {"k\"2", rn_type_basic(RN_T_BIGINT, false)}, {"v", rn_type_basic(RN_T_BIGINT, true)}};
  uint32_t keys[] = {0, 1};
  rn_option_value index[] = {{.key = "index", .value = "v; k1, v"}};
  hand_open(&h, 3, fields, 2, keys, index, 1);
  if (hand_sink(&h, &err) != RN_OK) fail_msg("%s", err.message);
  expect(&h, "SELECT sql FROM sqlite_schema WHERE name = 't'",
         "CREATE TABLE \"t\"(\"k1\" TEXT NOT NULL, \"k\"\"2\" INTEGER NOT NULL, \"v\" INTEGER, PRIMARY KEY(\"k1\", \"k\"\"2\")) STRICT, WITHOUT ROWID");
  expect(&h, "SELECT group_concat(name) FROM (SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = 't' AND sql NOT NULL ORDER BY name)", "t_k1_v,t_v");
  rn_batch b;
  uint8_t kinds[8];
  new_batch(&h, &b, 6);
  b.kinds = kinds;
  put(&h, &b, 0, "b", 2, 10, kinds, RN_INSERT);
  put(&h, &b, 1, "a", 1, 20, kinds, RN_INSERT);
  put(&h, &b, 2, "b", 2, 10, kinds, RN_UPDATE_BEFORE);
  put(&h, &b, 3, "b", 2, 11, kinds, RN_UPDATE_AFTER);
  put(&h, &b, 4, "c", 3, 30, kinds, RN_INSERT);
  put(&h, &b, 5, "c", 3, 30, kinds, RN_DELETE);
  assert_int_equal(rn_connector_sqlite.stage(h.sink, &b, &err), RN_OK);
  uint64_t written, coalesced;
  rn_connector_sqlite.sink_counters(h.sink, &written, &coalesced);
  assert_int_equal(written, 3);
  assert_int_equal(coalesced, 3);
  assert_int_equal(hand_commit(&h), 1);
  expect(&h, "SELECT group_concat(k1 || \"k\"\"2\" || '=' || v) FROM t", "a1=20,b2=11");
  new_batch(&h, &b, 3);
  b.kinds = kinds;
  put(&h, &b, 0, "a", 1, 0, kinds, RN_DELETE);
  put(&h, &b, 1, "b", 2, 12, kinds, RN_UPDATE_AFTER);
  put(&h, &b, 2, "d", 4, 40, kinds, RN_INSERT);
  assert_int_equal(rn_connector_sqlite.stage(h.sink, &b, &err), RN_OK);
  assert_int_equal(hand_commit(&h), 1);
  expect(&h, "SELECT group_concat(k1 || \"k\"\"2\" || '=' || v) FROM t", "b2=12,d4=40");
  hand_close(&h);
}

/* Many keys in random order over several epochs, against a model. */
static void test_upsert_random(void **state) {
  (void)state;
  enum { KEYS = 3000, EPOCHS = 20, ROWS = 2000 };
  hand h = {0};
  rn_error err;
  rn_field fields[] = {{"k1", rn_type_basic(RN_T_VARCHAR, false)}, {"k2", rn_type_basic(RN_T_BIGINT, false)}, {"v", rn_type_basic(RN_T_BIGINT, true)}};
  uint32_t keys[] = {0, 1};
  hand_open(&h, 3, fields, 2, keys, NULL, 0);
  assert_int_equal(hand_sink(&h, &err), RN_OK);
  static int64_t model[KEYS];
  for (int i = 0; i < KEYS; i++) model[i] = -1;
  unsigned seed = 99;
  static uint8_t kinds[ROWS];
  for (int e = 0; e < EPOCHS; e++) {
    rn_batch b;
    new_batch(&h, &b, ROWS);
    b.kinds = kinds;
    for (uint32_t r = 0; r < ROWS; r++) {
      int k = rand_r(&seed) % KEYS;
      char text[40]; /* keys with a long common part */
      snprintf(text, sizeof text, "%s%d", k % 2 ? "a rather long common prefix " : "", k / 7);
      bool erase = rand_r(&seed) % 4 == 0;
      const char *kept = rn_arena_strdup(&h.arena, text);
      put(&h, &b, r, kept, k % 7 - 3, e * ROWS + (int64_t)r, kinds, erase ? RN_DELETE : RN_UPDATE_AFTER);
      model[k] = erase ? -1 : e * ROWS + (int64_t)r;
    }
    assert_int_equal(rn_connector_sqlite.stage(h.sink, &b, &err), RN_OK);
    assert_int_equal(hand_commit(&h), 1);
  }
  int64_t rows = 0, sum = 0, checked = 0;
  for (int k = 0; k < KEYS; k++) {
    if (model[k] < 0) continue;
    rows++;
    sum += model[k];
    checked += model[k] * (k % 7 - 3);
  }
  assert_int_equal(ask(&h.f, "SELECT count(*) FROM t"), rows);
  assert_int_equal(ask(&h.f, "SELECT sum(v) FROM t"), sum);
  assert_int_equal(ask(&h.f, "SELECT sum(v * k2) FROM t"), checked);
  hand_close(&h);
}

/* Without a key: equal rows come several times and go one by one, within an epoch and in later ones; against a model. */
static void test_take_back(void **state) {
  (void)state;
  enum { DIFFERENT = 60, EPOCHS = 40, ROWS = 300 };
  hand h = {.changes = RN_CHANGE_INSERT | RN_CHANGE_UPDATE_BEFORE | RN_CHANGE_UPDATE_AFTER | RN_CHANGE_DELETE};
  rn_error err;
  rn_field fields[] = {{"rowid", rn_type_basic(RN_T_VARCHAR, true)}, {"k", rn_type_basic(RN_T_BIGINT, true)}, {"x", rn_type_basic(RN_T_DOUBLE, true)}};
  hand_open(&h, 3, fields, 0, NULL, NULL, 0);
  assert_int_equal(rn_connector_sqlite.sink_accepts(&h.table) & RN_CHANGE_UPDATE_BEFORE, RN_CHANGE_UPDATE_BEFORE);
  assert_int_equal(hand_sink(&h, &err), RN_OK);
  static int model[DIFFERENT];
  static uint8_t kinds[ROWS];
  unsigned seed = 7;
  uint64_t changes = 0;
  for (int e = 0; e < EPOCHS; e++) {
    rn_batch b;
    new_batch(&h, &b, ROWS);
    b.kinds = kinds;
    rn_column_nullable(&b.columns[0], ROWS, &h.arena);
    rn_column_nullable(&b.columns[1], ROWS, &h.arena);
    for (uint32_t r = 0; r < ROWS; r++, changes++) {
      int k = rand_r(&seed) % DIFFERENT;
      bool back = model[k] > 0 && rand_r(&seed) % 100 < 55;
      char text[64]; /* texts that differ behind what the index holds */
      snprintf(text, sizeof text, "the same in its first thirty-two bytes %d", k % 10);
      const char *kept = rn_arena_strdup(&h.arena, text);
      ((rn_str *)b.columns[0].data)[r] = rn_str_make(kept, strlen(kept));
      ((int64_t *)b.columns[1].data)[r] = k / 10;
      ((double *)b.columns[2].data)[r] = k == 12 ? (double)NAN : 0.5 * k;
      if (k % 10 == 3) rn_set_null(&b.columns[0], r);
      if (k / 10 == 2) rn_set_null(&b.columns[1], r);
      kinds[r] = (uint8_t)(back ? k % 2 ? RN_DELETE : RN_UPDATE_BEFORE : k % 3 ? RN_INSERT : RN_UPDATE_AFTER);
      model[k] += back ? -1 : 1;
    }
    assert_int_equal(rn_connector_sqlite.stage(h.sink, &b, &err), RN_OK);
    assert_int_equal(hand_commit(&h), 1);
  }
  int64_t rows = 0, of[10] = {0};
  for (int k = 0; k < DIFFERENT; k++) {
    rows += model[k];
    of[k % 10] += model[k];
  }
  assert_int_equal(ask(&h.f, "SELECT count(*) FROM t"), rows);
  assert_int_equal(ask(&h.f, "SELECT count(*) FROM t WHERE \"rowid\" IS NULL"), of[3]);
  assert_int_equal(ask(&h.f, "SELECT count(*) FROM t WHERE \"rowid\" LIKE '% 7'"), of[7]);
  assert_int_equal(ask(&h.f, "SELECT count(*) FROM t WHERE x = 0.5 * 47"), model[47]);
  assert_int_equal(ask(&h.f, "SELECT count(*) FROM t WHERE x IS NULL AND k = 1"), model[12]);
  assert_int_equal(ask(&h.f, "SELECT count(*) FROM pragma_index_list('t') WHERE name = '_rn_rows_t'"), 1);
  uint64_t written = 0, coalesced = 0;
  rn_connector_sqlite.sink_counters(h.sink, &written, &coalesced);
  assert_int_equal(written + coalesced, changes);
  assert_true(coalesced > 0);
  hand_close(&h);
}

/* What cannot be found again is refused when the sink opens; in another file nothing is taken back. */
static void test_take_back_refused(void **state) {
  (void)state;
  hand h = {.changes = RN_CHANGE_INSERT | RN_CHANGE_DELETE};
  rn_error err;
  rn_field fields[] = {{"a", rn_type_basic(RN_T_BIGINT, true)}};
  hand_open(&h, 1, fields, 0, NULL, NULL, 0);
  sqlite3 *db;
  assert_int_equal(sqlite3_open(h.f.path, &db), SQLITE_OK);
  assert_int_equal(sqlite3_exec(db, "CREATE TABLE t (a INTEGER PRIMARY KEY) WITHOUT ROWID", NULL, NULL, NULL), SQLITE_OK);
  assert_int_equal(hand_sink(&h, &err), RN_FAIL);
  assert_string_equal(err.message, "table t is WITHOUT ROWID in SQLite: its rows have no numbers, by which rows are taken back");
  assert_int_equal(sqlite3_exec(db, "DROP TABLE t", NULL, NULL, NULL), SQLITE_OK);
  sqlite3_close(db);
  rn_field hiding[] = {{"rowid", fields[0].type}, {"OID", fields[0].type}, {"_rowid_", fields[0].type}};
  hand_open(&h, 3, hiding, 0, NULL, NULL, 0);
  assert_int_equal(hand_sink(&h, &err), RN_FAIL);
  assert_string_equal(err.message, "table t: columns named rowid, oid and _rowid_ hide the numbers of its rows, by which rows are taken back");
  rn_option_value other[] = {{.key = "path", .value = "other.db"}};
  h.table.options = (rn_options){1, other};
  assert_int_equal(rn_connector_sqlite.sink_accepts(&h.table), RN_CHANGE_INSERT);
  hand_close(&h);
}

static void test_nan_key(void **state) {
  (void)state;
  hand h = {0};
  rn_error err;
  rn_field fields[] = {{"a", rn_type_basic(RN_T_DOUBLE, false)}};
  hand_open(&h, 1, fields, 0, NULL, NULL, 0);
  assert_int_equal(hand_sink(&h, &err), RN_OK);
  rn_batch b;
  new_batch(&h, &b, 1);
  ((double *)b.columns[0].data)[0] = NAN;
  assert_int_equal(rn_connector_sqlite.stage(h.sink, &b, &err), RN_FAIL);
  assert_int_equal(err.code, RN_E_BAD_RECORD);
  hand_close(&h);
}

/* --- tables that exist --------------------------------------------------------------------------------------------------- */

static void test_adoption(void **state) {
  (void)state;
  static const struct { const char *sql, *complaint; } cases[] = {
      {"CREATE TABLE t(k INTEGER PRIMARY KEY, v TEXT, extra REAL)", NULL},
      {"CREATE TABLE t(v VARCHAR(20), k BIGINT, PRIMARY KEY(k))", NULL},
      {"CREATE TABLE t(k INTEGER PRIMARY KEY)", "has no column v"},
      {"CREATE TABLE t(k INTEGER PRIMARY KEY, v INTEGER)", "its column v is INTEGER, which does not hold STRING"},
      {"CREATE TABLE t(k INTEGER, v TEXT)", "column k is not part of its primary key"},
      {"CREATE TABLE t(k INTEGER, v TEXT, PRIMARY KEY(k, v))", "column v is part of its primary key"},
      {"CREATE TABLE t(k INTEGER PRIMARY KEY, v TEXT, must TEXT NOT NULL)", "a column must that must be given"},
  };
  rn_field fields[] = {{"k", rn_type_basic(RN_T_BIGINT, false)}, {"v", rn_type_basic(RN_T_VARCHAR, true)}};
  uint32_t keys[] = {0};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    hand h = {0};
    rn_error err;
    hand_open(&h, 2, fields, 1, keys, NULL, 0);
    tell(&h.f, cases[i].sql);
    rn_status status = hand_sink(&h, &err);
    if (cases[i].complaint) {
      assert_int_equal(status, RN_FAIL);
      assert_int_equal(err.code, RN_E_CATALOG);
      if (!strstr(err.message, cases[i].complaint)) fail_msg("%s\n does not say: %s", err.message, cases[i].complaint);
      h.sink = NULL;
    } else {
      if (status != RN_OK) fail_msg("%s: %s", cases[i].sql, err.message);
      rn_batch b;
      new_batch(&h, &b, 1);
      ((int64_t *)b.columns[0].data)[0] = 7;
      ((rn_str *)b.columns[1].data)[0] = rn_str_make("seven", 5);
      assert_int_equal(rn_connector_sqlite.stage(h.sink, &b, &err), RN_OK);
      assert_int_equal(hand_commit(&h), 1);
      expect(&h, "SELECT k || v FROM t", "7seven");
    }
    hand_close(&h);
  }
}

static void test_constraint_fails_the_epoch(void **state) {
  (void)state;
  hand h = {0};
  rn_error err;
  rn_field fields[] = {{"k", rn_type_basic(RN_T_BIGINT, false)}, {"v", rn_type_basic(RN_T_VARCHAR, true)}};
  hand_open(&h, 2, fields, 0, NULL, NULL, 0);
  tell(&h.f, "CREATE TABLE t(k INTEGER PRIMARY KEY, v TEXT)");
  assert_int_equal(hand_sink(&h, &err), RN_OK);
  rn_batch b;
  new_batch(&h, &b, 2);
  for (int r = 0; r < 2; r++) {
    ((int64_t *)b.columns[0].data)[r] = 7;
    ((rn_str *)b.columns[1].data)[r] = rn_str_make("x", 1);
  }
  assert_int_equal(rn_connector_sqlite.stage(h.sink, &b, &err), RN_OK);
  assert_int_equal(hand_commit(&h), 2);
  expect(&h, "SELECT count(*) FROM t", "0");
  hand_close(&h);
}

static void test_other_file(void **state) {
  (void)state;
  hand h = {0};
  rn_error err;
  char other[128];
  rn_field fields[] = {{"k", rn_type_basic(RN_T_BIGINT, false)}, {"v", rn_type_basic(RN_T_BIGINT, true)}};
  uint32_t keys[] = {0};
  rn_option_value options[] = {{.key = "path", .value = other}, {.key = "table", .value = "elsewhere"}};
  hand_open(&h, 2, fields, 1, keys, options, 2);
  snprintf(other, sizeof other, "%s/other.db", h.f.directory);
  if (hand_sink(&h, &err) != RN_OK) fail_msg("%s", err.message);
  for (int i = 0; i < 3; i++) {
    rn_batch b;
    new_batch(&h, &b, 1);
    ((int64_t *)b.columns[0].data)[0] = i / 2;
    ((int64_t *)b.columns[1].data)[0] = i;
    assert_int_equal(rn_connector_sqlite.stage(h.sink, &b, &err), RN_OK);
    assert_int_equal(hand_commit(&h), 1);
  }
  expect(&h, "SELECT count(*) FROM sqlite_schema WHERE name = 'elsewhere'", "0");
  fixture there = h.f;
  snprintf(there.path, sizeof there.path, "%.90s", other);
  assert_int_equal(ask(&there, "SELECT sum(v) FROM elsewhere"), 3);
  hand_close(&h);
  there.directory[0] = 0;
  fixture_close(&there);
  rmdir(h.f.directory);
}

/* --- reading --------------------------------------------------------------------------------------------------------------- */

static int64_t read_all(hand *h, uint32_t max_rows, uint32_t stop_after, const rn_position *from, rn_positions *at, rn_error *err) {
  rn_source_spec spec = {.table = &h->table, .columns = h->columns, .column_count = h->schema.count, .parallelism = 1,
                         .restored = from, .restored_count = from ? 1 : 0, .store = h->store};
  rn_source *source = NULL;
  rn_error_clear(err);
  if (rn_connector_sqlite.source_open(&spec, &source, err) != RN_OK) return -1;
  int64_t sum = 0;
  uint32_t total = 0;
  for (;;) {
    rn_batch b;
    rn_batch_init(&b, &h->schema, RN_BATCH_ROWS_MAX, &h->arena);
    uint32_t rows;
    rn_poll poll;
    if (rn_connector_sqlite.poll_rows(source, max_rows, 0, b.columns, &h->arena, &rows, &poll, err) != RN_OK) {
      sum = -1;
      break;
    }
    if (poll == RN_POLL_END) break;
    for (uint32_t r = 0; r < rows; r++) sum += ((int64_t *)b.columns[1].data)[r];
    total += rows;
    if (stop_after && total >= stop_after) break;
  }
  if (at) rn_connector_sqlite.positions(source, at, err);
  rn_connector_sqlite.source_close(source);
  return sum;
}

static void test_source_resumes(void **state) {
  (void)state;
  static const char *const tables[] = {
      "CREATE TABLE t(k TEXT, v INTEGER)",
      "CREATE TABLE t(k TEXT, v INTEGER, PRIMARY KEY(k, v)) WITHOUT ROWID",
      "CREATE TABLE t(k TEXT PRIMARY KEY, v INTEGER)",
  };
  rn_field fields[] = {{"k", rn_type_basic(RN_T_VARCHAR, true)}, {"v", rn_type_basic(RN_T_BIGINT, true)}};
  for (size_t i = 0; i < 3; i++) {
    hand h = {0};
    rn_error err;
    hand_open(&h, 2, fields, 0, NULL, NULL, 0);
    assert_int_equal(read_all(&h, 100, 0, NULL, NULL, &err), 0); /* not made yet: empty */
    tell(&h.f, tables[i]);
    tell(&h.f, "INSERT INTO t SELECT 'it''s ' || n, n FROM (WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 1000)"
               " SELECT n FROM c)");
    assert_int_equal(read_all(&h, 100, 0, NULL, NULL, &err), 500500);
    rn_positions at = {0};
    int64_t first = read_all(&h, 37, 300, NULL, &at, &err);
    assert_int_equal(at.len, 1);
    assert_string_equal(at.data[0].split, "t");
    rn_positions end = {0};
    assert_int_equal(first + read_all(&h, 64, 0, &at.data[0], &end, &err), 500500);
    assert_string_equal(end.data[0].position, "end");
    assert_int_equal(read_all(&h, 64, 0, &end.data[0], NULL, &err), 0);
    rn_position planted = {"t", "0) UNION SELECT 1, 2, 3 --"};
    assert_int_equal(read_all(&h, 64, 0, &planted, NULL, &err), -1);
    assert_int_equal(err.code, RN_E_STATE_CORRUPT);
    rn_positions_free(&at);
    rn_positions_free(&end);
    hand_close(&h);
  }
}

static void test_source_values(void **state) {
  (void)state;
  static const struct { const char *value; bool good; int64_t want; } cases[] = {
      {"7", true, 7}, {"NULL", true, 0}, {"'7'", false, 0}, {"1.5", false, 0}, {"9223372036854775807", true, INT64_MAX}, {"x'00'", false, 0}};
  rn_field fields[] = {{"k", rn_type_basic(RN_T_VARCHAR, true)}, {"v", rn_type_basic(RN_T_BIGINT, true)}};
  hand h = {0};
  rn_error err;
  hand_open(&h, 2, fields, 0, NULL, NULL, 0);
  tell(&h.f, "CREATE TABLE t(k, v)");
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char sql[128];
    tell(&h.f, "DELETE FROM t");
    snprintf(sql, sizeof sql, "INSERT INTO t VALUES('x', %s)", cases[i].value);
    tell(&h.f, sql);
    if (cases[i].good && strcmp(cases[i].value, "NULL") == 0) continue; /* data of a NULL is undefined */
    int64_t got = read_all(&h, 10, 0, NULL, NULL, &err);
    assert_int_equal(got, cases[i].good ? cases[i].want : -1);
    if (!cases[i].good) assert_int_equal(err.code, RN_E_BAD_RECORD);
  }
  hand_close(&h);
}

/* What the sink wrote, the source reads back. */
static void test_round_trip(void **state) {
  (void)state;
  hand h = {0};
  rn_arena *a = &h.arena;
  rn_error err;
  rn_field fields[] = {{"id", rn_type_basic(RN_T_BIGINT, false)},       {"money", rn_type_decimal(a, 15, 2, true)},
                       {"large", rn_type_decimal(a, 38, 10, true)},     {"day", rn_type_basic(RN_T_DATE, true)},
                       {"clock", rn_type_sized(a, RN_T_TIME, 3, true)}, {"at", rn_type_sized(a, RN_T_TIMESTAMP, 6, true)},
                       {"ltz", rn_type_sized(a, RN_T_TIMESTAMP_LTZ, 3, true)}};
  uint32_t keys[] = {0};
  hand_open(&h, 7, fields, 1, keys, NULL, 0);
  assert_int_equal(hand_sink(&h, &err), RN_OK);
  enum { ROWS = 1000 };
  rn_batch b, back;
  new_batch(&h, &b, ROWS);
  unsigned seed = 5;
  for (uint32_t r = 0; r < ROWS; r++) {
    int64_t x = ((int64_t)rand_r(&seed) << 20 ^ rand_r(&seed)) - (1ll << 49);
    ((int64_t *)b.columns[0].data)[r] = r;
    ((int64_t *)b.columns[1].data)[r] = x % 1000000000000000;
    ((rn_i128 *)b.columns[2].data)[r] = (rn_i128)x * 1000000007 * 1000000009;
    ((int32_t *)b.columns[3].data)[r] = (int32_t)(x % 100000);
    ((int32_t *)b.columns[4].data)[r] = (int32_t)((x < 0 ? -x : x) % 86400000);
    ((int64_t *)b.columns[5].data)[r] = x;
    ((int64_t *)b.columns[6].data)[r] = x / 1000 * 1000;
  }
  assert_int_equal(rn_connector_sqlite.stage(h.sink, &b, &err), RN_OK);
  assert_int_equal(hand_commit(&h), 1);
  rn_source_spec spec = {.table = &h.table, .columns = h.columns, .column_count = 7, .parallelism = 1, .store = h.store};
  rn_source *source = NULL;
  assert_int_equal(rn_connector_sqlite.source_open(&spec, &source, &err), RN_OK);
  rn_batch_init(&back, &h.schema, RN_BATCH_ROWS_MAX, a);
  uint32_t rows;
  rn_poll poll;
  if (rn_connector_sqlite.poll_rows(source, RN_BATCH_ROWS_MAX, 0, back.columns, a, &rows, &poll, &err) != RN_OK) fail_msg("%s", err.message);
  assert_int_equal(rows, ROWS);
  for (uint32_t c = 0; c < 7; c++) {
    assert_memory_equal(b.columns[c].data, back.columns[c].data, ROWS * rn_physical_width(rn_type_physical(fields[c].type)));
  }
  rn_connector_sqlite.source_close(source);
  hand_close(&h);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_layout),     cmocka_unit_test(test_upsert),        cmocka_unit_test(test_upsert_random),
      cmocka_unit_test(test_take_back),  cmocka_unit_test(test_take_back_refused),
      cmocka_unit_test(test_nan_key),    cmocka_unit_test(test_adoption),      cmocka_unit_test(test_constraint_fails_the_epoch),
      cmocka_unit_test(test_other_file), cmocka_unit_test(test_source_resumes), cmocka_unit_test(test_source_values),
      cmocka_unit_test(test_round_trip),
  };
  (void)counting_connector;
  return cmocka_run_group_tests(tests, NULL, NULL);
}
