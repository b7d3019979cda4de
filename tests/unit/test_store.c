/* The store: what file it takes, the lock between processes, epochs that survive kill -9 at any time, damage. */
#include "tests/unit/job_fixture.h"
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include "base/clock.h"

static rn_status open_path(const char *path, bool read_only, rn_store **store, rn_error *err) {
  rn_error_clear(err);
  rn_store_config config = {.path = path, .read_only = read_only};
  return rn_store_open(&config, store, err);
}

/* --- the file ---------------------------------------------------------------------------------------------------- */

static void test_new_file(void **state) {
  (void)state;
  fixture f;
  fixture_open(&f);
  mode_t before = umask(0);
  rn_store *store = fixture_store(&f);
  umask(before);
  assert_true(rn_store_is_writer(store));
  uint64_t seed = rn_store_hash_seed(store);
  assert_true(seed != 0);
  struct stat st;
  assert_int_equal(stat(f.path, &st), 0);
  assert_int_equal(st.st_mode & 0777, 0600);
  rn_store_close(store);
  assert_int_equal(ask(&f, "PRAGMA application_id"), 0x524E4E4C);
  assert_int_equal(ask(&f, "PRAGMA user_version"), 1);
  char lock[128];
  snprintf(lock, sizeof lock, "%s.lock", f.path);
  assert_int_not_equal(access(lock, F_OK), 0);
  store = fixture_store(&f);
  assert_true(rn_store_hash_seed(store) == seed);
  rn_store_close(store);
  fixture_close(&f);
}

static void write_file(const char *path, const char *data, size_t len) {
  int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
  assert_int_equal(write(fd, data, len), (ssize_t)len);
  close(fd);
}

static void test_foreign_files(void **state) {
  (void)state;
  fixture f;
  fixture_open(&f);
  rn_store *store = NULL;
  rn_error err;
  static const char text[] = "CREATE TABLE t (a INT) WITH ('connector' = 'kafka');\n";
  write_file(f.path, text, sizeof text - 1);
  assert_int_equal(open_path(f.path, false, &store, &err), RN_FAIL);
  assert_int_equal(err.code, RN_E_DATABASE);
  char back[sizeof text] = "";
  int fd = open(f.path, O_RDONLY);
  assert_int_equal(read(fd, back, sizeof back), (ssize_t)sizeof text - 1);
  close(fd);
  assert_string_equal(back, text);
  unlink(f.path);

  assert_int_equal(open_path(f.directory, false, &store, &err), RN_FAIL);
  assert_int_equal(err.code, RN_E_DATABASE);
  assert_int_equal(open_path("/no/such/directory/t.db", false, &store, &err), RN_FAIL);
  assert_int_equal(open_path(f.path, true, &store, &err), RN_FAIL); /* reading what is not there */

  tell(&f, "CREATE TABLE mine(a)"); /* another program's plain database is taken */
  assert_int_equal(open_path(f.path, false, &store, &err), RN_OK);
  rn_store_close(store);
  assert_int_equal(ask(&f, "SELECT count(*) FROM mine"), 0);
  tell(&f, "PRAGMA user_version = 2");
  assert_int_equal(open_path(f.path, false, &store, &err), RN_FAIL);
  assert_int_equal(err.code, RN_E_STATE_FORMAT);
  assert_int_equal(ask(&f, "PRAGMA user_version"), 2);
  fixture_close(&f);

  fixture_open(&f);
  tell(&f, "PRAGMA application_id = 1196444487"); /* GeoPackage */
  tell(&f, "CREATE TABLE t(a)");
  assert_int_equal(open_path(f.path, false, &store, &err), RN_FAIL);
  assert_int_equal(err.code, RN_E_DATABASE);
  fixture_close(&f);
}

static void test_temporary(void **state) {
  (void)state;
  rn_store *store = NULL;
  rn_error err;
  assert_int_equal(open_path(NULL, false, &store, &err), RN_OK);
  assert_true(rn_store_is_temporary(store));
  char path[256];
  snprintf(path, sizeof path, "%s", rn_store_path(store));
  assert_int_equal(access(path, F_OK), 0);
  rn_store_close(store);
  assert_int_not_equal(access(path, F_OK), 0);
  *strrchr(path, '/') = 0;
  assert_int_not_equal(access(path, F_OK), 0);
}

/* --- one writer -------------------------------------------------------------------------------------------------- */

static rn_status nothing(sqlite3 *db, void *ctx, rn_error *err) {
  (void)db, (void)ctx, (void)err;
  return RN_OK;
}

static void test_second_process_reads(void **state) {
  (void)state;
  fixture f;
  fixture_open(&f);
  int up[2], down[2];
  assert_int_equal(pipe(up) | pipe(down), 0);
  pid_t child = fork();
  if (child == 0) {
    rn_store *store = NULL;
    rn_error err;
    char c;
    if (open_path(f.path, false, &store, &err) != RN_OK || write(up[1], "x", 1) != 1) _exit(1);
    if (read(down[0], &c, 1) != 1) _exit(1);
    _exit(2); /* without closing: the lock goes with the process */
  }
  char c;
  assert_int_equal(read(up[0], &c, 1), 1);
  rn_store *store = NULL;
  rn_error err;
  assert_int_equal(open_path(f.path, false, &store, &err), RN_OK);
  assert_false(rn_store_is_writer(store));
  assert_int_equal(rn_store_owner_pid(store), child);
  assert_true(rn_store_hash_seed(store) != 0);
  assert_int_equal(rn_store_run(store, nothing, NULL, &err), RN_FAIL);
  assert_int_equal(err.code, RN_E_LOCKED);
  sqlite3 *db = NULL;
  rn_error_clear(&err);
  assert_int_equal(rn_store_reader(store, &db, &err), RN_OK);
  assert_int_equal(sqlite3_exec(db, "SELECT * FROM _rn_meta", NULL, NULL, NULL), SQLITE_OK);
  assert_int_not_equal(sqlite3_exec(db, "DELETE FROM _rn_meta", NULL, NULL, NULL), SQLITE_OK);
  sqlite3_close(db);
  rn_store_close(store);
  assert_int_equal(write(down[1], "x", 1), 1);
  int status;
  waitpid(child, &status, 0);
  assert_int_equal(WEXITSTATUS(status), 2);
  store = fixture_store(&f); /* a lock file that a dead process left does not matter */
  assert_true(rn_store_is_writer(store));
  rn_store_close(store);
  close(up[0]), close(up[1]), close(down[0]), close(down[1]);
  fixture_close(&f);
}

static rn_status busy_insert(sqlite3 *db, void *ctx, rn_error *err) {
  (void)ctx;
  return sqlite3_exec(db, "INSERT INTO seen VALUES(1)", NULL, NULL, NULL) == SQLITE_OK ? RN_OK : rn_fail(err, RN_E_SINK, "insert");
}

static void *hold_lock(void *arg) {
  sqlite3 *db = arg;
  usleep(300000);
  sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
  return NULL;
}

static void test_busy_is_waited_for(void **state) {
  (void)state;
  fixture f;
  fixture_open(&f);
  rn_store *store = fixture_store(&f);
  tell(&f, "CREATE TABLE seen(a)");
  sqlite3 *other = NULL;
  assert_int_equal(sqlite3_open(f.path, &other), SQLITE_OK);
  assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
  pthread_t thread;
  pthread_create(&thread, NULL, hold_lock, other);
  rn_error err;
  rn_error_clear(&err);
  assert_int_equal(rn_store_run(store, busy_insert, NULL, &err), RN_OK);
  pthread_join(thread, NULL);
  sqlite3_close(other);
  assert_int_equal(ask(&f, "SELECT count(*) FROM seen"), 1);
  rn_store_close(store);
  fixture_close(&f);
}

/* A failed body leaves nothing behind. */
static rn_status half_done(sqlite3 *db, void *ctx, rn_error *err) {
  (void)ctx;
  sqlite3_exec(db, "INSERT INTO seen VALUES(1)", NULL, NULL, NULL);
  return rn_fail(err, RN_E_SINK, "no more");
}

static void test_failed_body_is_rolled_back(void **state) {
  (void)state;
  fixture f;
  fixture_open(&f);
  rn_store *store = fixture_store(&f);
  tell(&f, "CREATE TABLE seen(a)");
  rn_error err;
  rn_error_clear(&err);
  assert_int_equal(rn_store_run(store, half_done, NULL, &err), RN_FAIL);
  assert_string_equal(err.message, "no more");
  assert_int_equal(ask(&f, "SELECT count(*) FROM seen"), 0);
  rn_store_close(store);
  fixture_close(&f);
}

/* --- kill -9 ---------------------------------------------------------------------------------------------------------- */

/* Appends every row and counts per key, with epochs as fast as they go, until it is killed. */
static void worker(fixture *f, uint32_t parallelism, int64_t rows_per_split) {
  rn_store *store = NULL;
  rn_error err;
  if (open_path(f->path, false, &store, &err) != RN_OK || !rn_store_is_writer(store)) _exit(3);
  counting source = {.rows_per_split = rows_per_split, .splits = 3, .keys = 97, .fail_at = -1, .slow_us = 200};
  plan_maker m;
  plan_begin(&m);
  rn_plan_node *scan = add_scan(&m, &source, parallelism);
  add_sink(&m, add_count(&m, add_exchange(&m, scan, 1), parallelism), "counts", 1);
  add_sink(&m, scan, "rows", 0);
  rn_job_config config = {.name = "j", .store = store, .epoch_interval_us = 300, .batch_rows = 25};
  rn_job *job = NULL;
  if (rn_job_open(m.plan, &config, &job, &err) != RN_OK || rn_job_start(job, &err) != RN_OK) _exit(4);
  rn_job_wait(job, -1);
  int code = rn_job_get_state(job, &err) == RN_JOB_FINISHED ? 0 : 5;
  rn_job_close(job);
  rn_store_close(store);
  _exit(code);
}

static bool consistent(fixture *f) {
  int64_t offsets = ask(f, "SELECT COALESCE(sum(CAST(position AS INTEGER)), 0) FROM _rn_offset");
  int64_t rows = ask(f, "SELECT count(*) FROM rows"), distinct = ask(f, "SELECT count(DISTINCT id) FROM rows");
  int64_t counted = ask(f, "SELECT COALESCE(sum(n), 0) FROM counts"), total = ask(f, "SELECT COALESCE(sum(total), 0) FROM counts");
  int64_t check = ask(f, "SELECT COALESCE(sum(id), 0) FROM rows");
  return offsets == rows && rows == distinct && counted == rows && total == check;
}

/* Kills at random moments, also before the first epoch, until enough kills came when another epoch was in the file, or it has come
 * to its end. */
static void kill_loop(bool negative) {
  enum { CYCLES = 50, HITS = 12, ROWS = 20000, LONGEST_US = 2000000 };
  fixture f;
  fixture_open(&f);
  rn_store_close(fixture_store(&f));
  tell(&f, "CREATE TABLE rows(id INTEGER, k INTEGER, v INTEGER) STRICT");
  tell(&f, "CREATE TABLE counts(k INTEGER PRIMARY KEY, n INTEGER, total INTEGER) STRICT");
  unsigned seed = 4711;
  bool finished = false;
  int bad = 0, hits = 0, range_us = 40000;
  int64_t epoch = 0;
  for (int i = 0; (i < CYCLES || hits < HITS) && !(negative && bad); i++) {
    pid_t child = fork();
    if (child == 0) worker(&f, 1 + (unsigned)i % 2, ROWS);
    usleep((useconds_t)(5000 + rand_r(&seed) % range_us));
    kill(child, SIGKILL);
    int status;
    waitpid(child, &status, 0);
    if (WIFEXITED(status)) assert_int_equal(WEXITSTATUS(status), 0);
    /* the checker must have teeth: an offset that is not part of the same transaction is caught */
    if (negative) tell(&f, "UPDATE _rn_offset SET position = CAST(position AS INTEGER) - 1 WHERE split = 'count/0'");
    bad += !consistent(&f);
    /* at its end, perhaps killed between its last commit and its exit: run again it would begin anew */
    finished = ask(&f, "SELECT count(*) FROM _rn_job WHERE state = 'FINISHED'") > 0;
    if (finished) break;
    int64_t reached = ask(&f, "SELECT COALESCE(max(epoch), 0) FROM _rn_job");
    hits += reached > epoch;
    if (reached == epoch && range_us < LONGEST_US) range_us *= 2; /* a busy machine: it did not come so far */
    epoch = reached;
  }
  if (negative) {
    assert_true(bad > 0);
  } else {
    assert_int_equal(bad, 0);
    pid_t child = finished ? 0 : fork();
    if (!finished && child == 0) worker(&f, 2, ROWS);
    int status = 0;
    if (!finished) waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    assert_true(consistent(&f));
    assert_int_equal(ask(&f, "SELECT count(*) FROM rows"), 3 * ROWS);
    assert_int_equal(ask(&f, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
  }
  fixture_close(&f);
}

static void test_kill_loop(void **state) {
  (void)state;
  kill_loop(false);
}
static void test_kill_loop_checker(void **state) {
  (void)state;
  kill_loop(true);
}

/* --- damage -------------------------------------------------------------------------------------------------------------- */

static rn_status take_blob(void *ctx, const rn_blob *blob, rn_error *err) {
  (void)blob, (void)err;
  ++*(int *)ctx;
  return RN_OK;
}

static void committed(rn_epoch *epoch, rn_status status, const rn_error *err, void *ctx) {
  (void)epoch;
  if (status != RN_OK) fprintf(stderr, "%s\n", err->message);
  __atomic_store_n((int *)ctx, status == RN_OK ? 1 : 2, __ATOMIC_RELEASE);
}

/* One epoch with a blob per group; waits for it. */
static void commit_blob(rn_store *store, uint64_t number, uint16_t group, bool base, const char *text, int expect) {
  int done = 0;
  rn_epoch epoch = {.job = "j", .epoch = number, .job_state = "RUNNING", .done = committed, .done_ctx = &done};
  rn_builder b = {0};
  rn_builder_text(&b, text);
  rn_snapshot_put(&epoch.snapshot, "op1", group, base, &b);
  rn_epoch_position p = {.owner = "op0", .split = rn_strdup("s"), .position = rn_strdup(text)};
  RN_VEC_PUSH(&epoch.positions, p);
  rn_store_commit_epoch(store, &epoch);
  while (!__atomic_load_n(&done, __ATOMIC_ACQUIRE)) usleep(500);
  assert_int_equal(done, expect);
  rn_epoch_free_contents(&epoch);
}

static void test_deltas_and_damage(void **state) {
  (void)state;
  fixture f;
  fixture_open(&f);
  rn_store *store = fixture_store(&f);
  rn_error err;
  rn_error_clear(&err);
  assert_int_equal(rn_store_save_job(store, "j", "Q", "", NULL, 0, &err), RN_OK);
  commit_blob(store, 1, 3, true, "base", 1);
  commit_blob(store, 2, 3, false, "delta two", 1);
  commit_blob(store, 3, 3, false, "delta three", 1);
  commit_blob(store, 9, 3, false, "out of order", 2); /* an epoch is never left out */
  int blobs = 0;
  assert_int_equal(rn_store_load_state(store, "j", take_blob, &blobs, &err), RN_OK);
  assert_int_equal(blobs, 3);
  commit_blob(store, 4, 3, true, "base again", 1);
  blobs = 0;
  assert_int_equal(rn_store_load_state(store, "j", take_blob, &blobs, &err), RN_OK);
  assert_int_equal(blobs, 1);
  rn_arena arena = {0};
  rn_stored_job stored;
  assert_int_equal(rn_store_load_job(store, "j", &arena, &stored, &err), RN_OK);
  assert_int_equal(stored.epoch, 4);
  assert_int_equal(stored.position_count, 1);
  assert_string_equal(stored.positions[0].position, "base again");

  tell(&f, "UPDATE _rn_state SET blob = x'6261736520616761696f'");
  assert_int_equal(rn_store_load_state(store, "j", take_blob, &blobs, &err), RN_FAIL);
  assert_int_equal(err.code, RN_E_STATE_CORRUPT);
  assert_non_null(strstr(err.message, "op1, group 3, epoch 4"));
  rn_error_clear(&err);
  tell(&f, "UPDATE _rn_offset SET position = 'base agaim'");
  assert_int_equal(rn_store_load_job(store, "j", &arena, &stored, &err), RN_FAIL);
  assert_int_equal(err.code, RN_E_STATE_CORRUPT);
  rn_error_clear(&err);
  assert_int_equal(rn_store_forget_job(store, "j", &err), RN_OK);
  assert_int_equal(rn_store_load_job(store, "j", &arena, &stored, &err), RN_OK);
  assert_false(stored.exists);
  rn_arena_free(&arena);
  rn_store_close(store);
  fixture_close(&f);
}

/* --- I/O errors ------------------------------------------------------------------------------------------------------------- */

static const rlim_t small_file = 200 << 10;

/* The file may not grow any more: writes fail with an I/O error, after which nobody knows what a COMMIT did. The
 * first warning lifts the limit; the same epoch must then be committed once, over a new connection. */
static void lift_limit(void *ctx, int level, const char *text) {
  if (level != 1 || !strstr(text, "reopening")) return;
  struct rlimit limit;
  getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_FSIZE, &limit);
  ++*(int *)ctx;
}

static void test_io_error_reopens(void **state) {
  (void)state;
  fixture f;
  fixture_open(&f);
  signal(SIGXFSZ, SIG_IGN);
  rn_store *store = NULL;
  rn_error err;
  rn_error_clear(&err);
  int reopened = 0;
  rn_store_config config = {.path = f.path, .log = lift_limit, .log_ctx = &reopened};
  assert_int_equal(rn_store_open(&config, &store, &err), RN_OK);
  counting source = {.rows_per_split = 20000, .splits = 1, .keys = 97, .fail_at = -1};
  plan_maker m;
  plan_begin(&m);
  rn_plan_node *scan = add_scan(&m, &source, 1);
  add_sink(&m, add_count(&m, scan, 1), "counts", 1);
  add_sink(&m, scan, "rows", 0);
  rn_job_config job_config = {.name = "j", .store = store, .epoch_interval_us = 500, .batch_rows = 50};
  rn_job *job = NULL;
  assert_int_equal(rn_job_open(m.plan, &job_config, &job, &err), RN_OK);
  struct rlimit limit;
  getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = small_file;
  setrlimit(RLIMIT_FSIZE, &limit);
  assert_int_equal(rn_job_start(job, &err), RN_OK);
  assert_true(rn_job_wait(job, PATIENCE_MS));
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_FSIZE, &limit);
  if (rn_job_get_state(job, &err) != RN_JOB_FINISHED) fail_msg("%s", err.message);
  rn_job_close(job);
  rn_store_close(store);
  plan_end(&m);
  assert_true(reopened > 0);
  assert_int_equal(ask(&f, "SELECT count(*) FROM rows"), 20000);
  assert_int_equal(ask(&f, "SELECT count(DISTINCT id) FROM rows"), 20000);
  assert_int_equal(ask(&f, "SELECT sum(n) FROM counts"), 20000);
  fixture_close(&f);
}

static void test_quoting(void **state) {
  (void)state;
  rn_builder b = {0};
  rn_sql_identifier(&b, "a\"; DROP TABLE x;--");
  assert_string_equal(b.data, "\"a\"\"; DROP TABLE x;--\"");
  rn_builder_clear(&b);
  rn_sql_string(&b, "it's");
  assert_string_equal(b.data, "'it''s'");
  rn_builder_free(&b);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_new_file),           cmocka_unit_test(test_foreign_files),
      cmocka_unit_test(test_temporary),          cmocka_unit_test(test_second_process_reads),
      cmocka_unit_test(test_busy_is_waited_for), cmocka_unit_test(test_failed_body_is_rolled_back),
      cmocka_unit_test(test_kill_loop),          cmocka_unit_test(test_kill_loop_checker),
      cmocka_unit_test(test_deltas_and_damage),  cmocka_unit_test(test_quoting),
      cmocka_unit_test(test_io_error_reopens),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
