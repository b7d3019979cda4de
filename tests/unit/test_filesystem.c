/* The filesystem connector: splits, blocks, positions and their refusal, metadata, headers; the sink's
 * lengths at commit, crash and restore. With it print, blackhole and datagen, which need no file. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "connectors/formats/format_common.h"
#include "runtime/connector.h"
#include "runtime/plan.h"
#include "runtime/store.h"

extern const rn_connector rn_connector_filesystem, rn_connector_datagen, rn_connector_print, rn_connector_blackhole;
static const rn_connector *const fs = &rn_connector_filesystem;

/* --- a directory and a table of its own per test ---------------------------------------------------------- */
typedef struct fixture {
  char directory[80];
  rn_arena arena;
  rn_table_column columns[4];
  rn_option_value options[12];
  rn_table_spec table;
  uint32_t all[4];
  rn_field fields[4];
  rn_schema schema;
} fixture;

static int setup(void **state) {
  fixture *f = rn_calloc(1, sizeof *f);
  const char *base = getenv("TMPDIR");
  (void)snprintf(f->directory, sizeof f->directory, "%.40s/rn-filesystem-XXXXXX", base ? base : "/tmp");
  if (!mkdtemp(f->directory)) return -1;
  f->columns[0] = (rn_table_column){.name = "i", .type = rn_type_basic(RN_T_BIGINT, true)};
  f->columns[1] = (rn_table_column){.name = "s", .type = rn_type_basic(RN_T_VARCHAR, true)};
  f->table = (rn_table_spec){.name = "t", .column_count = 2, .columns = f->columns, .connector = fs, .value_format = &rn_format_json};
  f->table.options.items = f->options;
  for (uint32_t i = 0; i < 4; i++) f->all[i] = i;
  for (uint32_t i = 0; i < 2; i++) f->fields[i] = (rn_field){f->columns[i].name, f->columns[i].type};
  f->schema = (rn_schema){2, f->fields};
  *state = f;
  return 0;
}
static int teardown(void **state) {
  fixture *f = *state;
  char command[128];
  (void)snprintf(command, sizeof command, "rm -rf %s", f->directory);
  int status = system(command);
  rn_arena_free(&f->arena);
  rn_free(f);
  return status;
}
static const char *in(fixture *f, const char *name) { return rn_arena_printf(&f->arena, "%s/%s", f->directory, name); }
static void put(const char *path, const char *text, const char *mode) {
  FILE *file = fopen(path, mode);
  assert_non_null(file);
  assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
  assert_int_equal(fclose(file), 0);
}
static char *get(fixture *f, const char *path) {
  FILE *file = fopen(path, "r");
  if (!file) return NULL;
  char *text = rn_arena_zalloc(&f->arena, 1 << 16);
  (void)!fread(text, 1, (1 << 16) - 1, file);
  (void)fclose(file);
  return text;
}
static int by_key(const void *a, const void *b) { return strcmp(((const rn_option_value *)a)->key, ((const rn_option_value *)b)->key); }
static void option(fixture *f, const char *key, const char *value) {
  f->options[f->table.options.count++] = (rn_option_value){.key = key, .value = value};
  qsort(f->options, f->table.options.count, sizeof *f->options, by_key);
}

static rn_source *open_source(fixture *f, unsigned subtask, unsigned parallelism, const rn_positions *restored, rn_error *err) {
  rn_source_spec spec = {.table = &f->table, .columns = f->all, .column_count = 2, .subtask = subtask, .parallelism = parallelism};
  if (restored) spec.restored = restored->data, spec.restored_count = restored->len;
  rn_source *source = NULL;
  rn_error_clear(err);
  return fs->source_open(&spec, &source, err) == RN_OK ? source : NULL;
}
/* Reads at most `rows` records (all: SIZE_MAX), `step` per poll, taking only some of each run. */
static char *read_some(fixture *f, rn_source *source, size_t rows, uint32_t step, bool hesitant) {
  rn_builder b = {0};
  rn_error err = {0};
  size_t seen = 0;
  for (;;) {
    rn_record_run run;
    rn_poll poll;
    uint32_t want = rows - seen < step ? (uint32_t)(rows - seen) : step;
    if (want == 0) break;
    if (fs->poll_records(source, want, 0, &run, &poll, &err) != RN_OK) {
      rn_builder_printf(&b, "ERROR %s", err.message);
      break;
    }
    if (poll == RN_POLL_END) break;
    assert_int_equal(poll, RN_POLL_ROWS);
    assert_true(run.padded);
    uint32_t take = hesitant && run.count > 1 ? (run.count + 1) / 2 : run.count;
    for (uint32_t i = 0; i < take; i++) {
      rn_slice v = run.records[i].value;
      rn_builder_printf(&b, "%.*s@%d:%d;", (int)v.len, v.ptr, (int)run.records[i].split, (int)run.records[i].offset);
    }
    seen += take;
    fs->consumed(source, take);
  }
  char *text = rn_arena_strdup(&f->arena, b.data ? b.data : "");
  rn_builder_free(&b);
  return text;
}

static void test_lines(void **state) {
  fixture *f = *state;
  const char *path = in(f, "a.jsonl");
  put(path, "\xEF\xBB\xBF{\"i\":1}\r\n{\"i\":2}\n\nlast", "w");
  option(f, "path", path);
  rn_error err = {0};
  for (uint32_t step = 1; step < 5; step++)
    for (int hesitant = 0; hesitant < 2; hesitant++) {
      rn_source *source = open_source(f, 0, 1, NULL, &err);
      assert_non_null(source);
      assert_int_equal(fs->source_splits(source), 1);
      assert_string_equal(fs->source_split_name(source, 0), path);
      assert_string_equal(read_some(f, source, SIZE_MAX, step, hesitant), "{\"i\":1}@0:1;{\"i\":2}@0:2;@0:3;last@0:4;");
      fs->source_close(source);
    }
}

/* Many lines over many blocks, with stops in between: what is read after a restore goes on exactly. */
static void test_resume(void **state) {
  fixture *f = *state;
  const char *path = in(f, "big.jsonl");
  rn_builder b = {0};
  enum { LINES = 40000 };
  for (unsigned i = 0; i < LINES; i++) rn_builder_printf(&b, "{\"i\":%u,\"s\":\"%.*s\"}\n", i, (int)(i % 37), "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
  put(path, b.data, "w");
  rn_builder_free(&b);
  option(f, "path", path);
  rn_error err = {0};
  rn_positions positions = {0};
  unsigned next = 0;
  for (int round = 0; next < LINES && round < 100; round++) {
    rn_source *source = open_source(f, 0, 1, round ? &positions : NULL, &err);
    assert_non_null(source);
    rn_positions_free(&positions);
    for (size_t part = 0; part < 4; part++) {
      rn_record_run run;
      rn_poll poll;
      assert_int_equal(fs->poll_records(source, 997, 0, &run, &poll, &err), RN_OK);
      if (poll == RN_POLL_END) break;
      uint32_t take = run.count > 5 && part % 2 ? run.count - 5 : run.count;
      for (uint32_t i = 0; i < take; i++) {
        char expected[32];
        int len = snprintf(expected, sizeof expected, "{\"i\":%u,", next);
        assert_memory_equal(run.records[i].value.ptr, expected, (size_t)len);
        assert_int_equal(run.records[i].offset, next + 1);
        next++;
      }
      fs->consumed(source, take);
    }
    assert_int_equal(fs->positions(source, &positions, &err), RN_OK);
    fs->source_close(source);
  }
  assert_int_equal(next, LINES);
  rn_positions_free(&positions);
}

static void test_many_files(void **state) {
  fixture *f = *state;
  static const char *const names[] = {"c.jsonl", "a.jsonl", "b.jsonl", ".hidden", "_temporary"};
  for (size_t i = 0; i < 5; i++) {
    char text[32];
    (void)snprintf(text, sizeof text, "%s\n", names[i]);
    put(in(f, names[i]), text, "w");
  }
  assert_int_equal(mkdir(in(f, "sub"), 0700), 0);
  put(in(f, "sub/d.jsonl"), "d\n", "w");
  put(in(f, "empty.jsonl"), "", "w");
  rn_error err = {0};
  option(f, "path", rn_arena_printf(&f->arena, "file://%s", f->directory));
  rn_source *source = open_source(f, 0, 1, NULL, &err);
  assert_string_equal(read_some(f, source, SIZE_MAX, 100, false), "a.jsonl@0:1;b.jsonl@1:1;c.jsonl@2:1;d@4:1;");
  fs->source_close(source);
  /* two instances share the files */
  rn_source *first = open_source(f, 0, 2, NULL, &err), *second = open_source(f, 1, 2, NULL, &err);
  assert_string_equal(read_some(f, first, SIZE_MAX, 100, false), "a.jsonl@0:1;c.jsonl@1:1;d@2:1;");
  assert_true(fs->split_active(second, 0));
  assert_string_equal(read_some(f, second, SIZE_MAX, 100, false), "b.jsonl@0:1;");
  assert_false(fs->split_active(second, 0));
  /* both stop; one instance goes on with the rest, and does not see files that came later */
  rn_positions positions = {0};
  assert_int_equal(fs->positions(first, &positions, &err), RN_OK);
  assert_int_equal(fs->positions(second, &positions, &err), RN_OK);
  assert_int_equal(positions.len, 5);
  fs->source_close(first);
  fs->source_close(second);
  put(in(f, "aa.jsonl"), "late\n", "w");
  source = open_source(f, 0, 1, &positions, &err);
  assert_string_equal(read_some(f, source, SIZE_MAX, 100, false), "");
  fs->source_close(source);
  rn_positions_free(&positions);
  f->options[0].value = in(f, "[ab]*.jsonl");
  source = open_source(f, 0, 1, NULL, &err);
  assert_string_equal(read_some(f, source, SIZE_MAX, 100, false), "a.jsonl@0:1;late@1:1;b.jsonl@2:1;");
  fs->source_close(source);
  f->options[0].value = in(f, "z*");
  assert_null(open_source(f, 0, 1, NULL, &err));
  assert_int_equal(err.code, RN_E_FILE);
  f->options[0].value = in(f, "nothing.jsonl");
  assert_null(open_source(f, 0, 1, NULL, &err));
  assert_non_null(strstr(err.message, "nothing.jsonl\": No such file"));
}

static void test_changed_files(void **state) {
  fixture *f = *state;
  const char *path = in(f, "a.jsonl");
  option(f, "path", path);
  static const struct {
    const char *now; /* NULL: removed */
    bool replaced, taken_all;
    const char *read, *message;
  } cases[] = {
      {"one\ntwo\nthree\nfour\n", false, false, "two@0:2;three@0:3;", NULL}, /* grew: the scan ends where it would have */
      {"one\n", false, false, NULL, "has shrunk since the job read it up to byte 4"},
      {"one\ntwo\nthree\n", true, false, NULL, "was replaced since the job read it up to byte 4"},
      {NULL, false, false, NULL, "is gone since the job read it up to byte 4"},
      {NULL, false, true, "", NULL}, /* nothing of it is needed any more */
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    rn_error err = {0};
    put(path, "one\ntwo\nthree\n", "w");
    rn_source *source = open_source(f, 0, 1, NULL, &err);
    (void)read_some(f, source, cases[i].taken_all ? SIZE_MAX : 1, 100, false);
    rn_positions positions = {0};
    assert_int_equal(fs->positions(source, &positions, &err), RN_OK);
    fs->source_close(source);
    if (cases[i].replaced) {
      put(in(f, "new"), cases[i].now, "w");
      assert_int_equal(rename(in(f, "new"), path), 0);
    } else if (cases[i].now) {
      put(path, cases[i].now, "w");
    } else {
      assert_int_equal(unlink(path), 0);
    }
    source = open_source(f, 0, 1, &positions, &err);
    if (cases[i].message) {
      assert_null(source);
      assert_int_equal(err.code, RN_E_OFFSET);
      assert_non_null(strstr(err.message, cases[i].message));
    } else {
      assert_non_null(source);
      assert_string_equal(read_some(f, source, SIZE_MAX, 100, false), cases[i].read);
      fs->source_close(source);
    }
    rn_positions_free(&positions);
  }
}

static void test_long_line(void **state) {
  fixture *f = *state;
  const char *path = in(f, "a.jsonl");
  option(f, "path", path);
  rn_error err = {0};
  for (int over = 0; over < 2; over++) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    (void)fputs("first\n", file);
    for (int i = 0; i < (over ? RN_RECORD_BYTES_MAX + 600000 : RN_RECORD_BYTES_MAX - 600000); i++) (void)fputc('x', file);
    (void)fputs("\nlast\n", file);
    (void)fclose(file);
    rn_source *source = open_source(f, 0, 1, NULL, &err);
    char *text = read_some(f, source, SIZE_MAX, 100, false);
    if (over) assert_non_null(strstr(text, "ERROR line 2 of file"));
    else assert_non_null(strstr(text, "xxx@0:2;last@0:3;"));
    fs->source_close(source);
  }
}

static void test_metadata(void **state) {
  fixture *f = *state;
  const char *path = in(f, "name.jsonl");
  put(path, "{\"i\":1}\n", "w");
  option(f, "path", path);
  rn_error err = {0};
  rn_source *source = open_source(f, 0, 1, NULL, &err);
  rn_record_run run;
  rn_poll poll;
  assert_int_equal(fs->poll_records(source, 10, 0, &run, &poll, &err), RN_OK);
  for (uint32_t k = 0; k < fs->metadata_count; k++) {
    rn_column out;
    rn_column_init(&out, rn_type_basic(fs->metadata[k].type, false), 4, &f->arena);
    fs->metadata_value(source, &run.records[0], k, &out, 2, 4, &f->arena);
    if (strcmp(fs->metadata[k].key, "file.size") == 0) assert_int_equal(((int64_t *)out.data)[2], 8);
    if (strcmp(fs->metadata[k].key, "file.name") == 0) assert_true(rn_slice_is(rn_str_slice(&((rn_str *)out.data)[2]), "name.jsonl"));
    if (strcmp(fs->metadata[k].key, "file.path") == 0) assert_true(rn_slice_is(rn_str_slice(&((rn_str *)out.data)[2]), path));
    if (strcmp(fs->metadata[k].key, "file.modification-time") == 0) assert_true(((int64_t *)out.data)[2] > 1600000000000000);
  }
  fs->source_close(source);
}

/* --- the sink -------------------------------------------------------------------------------------------------- */
static rn_sink *open_sink(fixture *f, unsigned subtask, unsigned parallelism, const rn_positions *restored, rn_error *err) {
  rn_sink_spec spec = {.table = &f->table, .schema = &f->schema, .columns = f->all, .subtask = subtask, .parallelism = parallelism, .fresh = restored == NULL};
  if (restored) spec.restored = restored->data, spec.restored_count = restored->len;
  rn_sink *sink = NULL;
  rn_error_clear(err);
  return fs->sink_open(&spec, &sink, err) == RN_OK ? sink : NULL;
}
static void stage_row(fixture *f, const rn_connector *connector, rn_sink *sink, int64_t i, const char *s) {
  rn_batch batch;
  rn_error err = {0};
  rn_batch_init(&batch, &f->schema, 4, &f->arena);
  batch.rows = 3;
  uint16_t live[] = {1};
  batch.live = live;
  batch.live_count = 1;
  ((int64_t *)batch.columns[0].data)[1] = i;
  rn_column_nullable(&batch.columns[1], 4, &f->arena);
  if (s) ((rn_str *)batch.columns[1].data)[1] = rn_str_make(s, strlen(s));
  else rn_set_null(&batch.columns[1], 1);
  assert_int_equal(connector->stage(sink, &batch, &err), RN_OK);
}
/* An epoch up to its commit; `upto` 1: frozen only, 2: flushed, 3: committed. */
static void epoch(rn_sink *sink, int upto, rn_positions *positions) {
  rn_error err = {0};
  rn_staged *staged;
  assert_int_equal(fs->freeze(sink, &staged, &err), RN_OK);
  if (upto >= 2) assert_int_equal(fs->flush(sink, staged, 1, &err), RN_OK);
  if (upto >= 2) assert_int_equal(fs->flush(sink, staged, 1, &err), RN_OK); /* again, as after a BUSY database */
  if (upto >= 3) {
    rn_positions_free(positions);
    assert_int_equal(fs->sink_positions(sink, staged, positions, &err), RN_OK);
  }
  fs->sink_committed(sink, staged, 1); /* frees it; the crash is what comes after */
}
static void test_sink(void **state) {
  fixture *f = *state;
  const char *path = in(f, "out/part/rows.jsonl");
  option(f, "path", path);
  rn_error err = {0};
  rn_positions positions = {0}, unused = {0};
  rn_sink *sink = open_sink(f, 0, 1, NULL, &err);
  assert_non_null(sink);
  stage_row(f, fs, sink, 1, "a");
  stage_row(f, fs, sink, 2, NULL);
  assert_true(fs->staged_bytes(sink) > 10);
  assert_string_equal(get(f, path), "");
  epoch(sink, 3, &positions);
  assert_string_equal(get(f, path), "{\"i\":1,\"s\":\"a\"}\n{\"i\":2,\"s\":null}\n");
  uint64_t written, coalesced;
  fs->sink_counters(sink, &written, &coalesced);
  assert_int_equal(written, 2);
  stage_row(f, fs, sink, 3, "lost");
  epoch(sink, 2, &unused); /* flushed, but the crash comes before the commit */
  assert_non_null(strstr(get(f, path), "lost"));
  fs->sink_close(sink);
  sink = open_sink(f, 0, 1, &positions, &err);
  assert_string_equal(get(f, path), "{\"i\":1,\"s\":\"a\"}\n{\"i\":2,\"s\":null}\n");
  stage_row(f, fs, sink, 3, "again");
  epoch(sink, 3, &positions);
  fs->sink_close(sink);
  assert_string_equal(get(f, path), "{\"i\":1,\"s\":\"a\"}\n{\"i\":2,\"s\":null}\n{\"i\":3,\"s\":\"again\"}\n");
  /* a new job appends */
  sink = open_sink(f, 0, 1, NULL, &err);
  stage_row(f, fs, sink, 4, "");
  epoch(sink, 3, &unused);
  fs->sink_close(sink);
  assert_non_null(strstr(get(f, path), "again\"}\n{\"i\":4,\"s\":\"\"}\n"));
  /* somebody cut or took away the file */
  assert_int_equal(truncate(path, 5), 0);
  assert_null(open_sink(f, 0, 1, &positions, &err));
  assert_int_equal(err.code, RN_E_SINK);
  assert_non_null(strstr(err.message, "has shrunk"));
  assert_int_equal(unlink(path), 0);
  assert_null(open_sink(f, 0, 1, &positions, &err));
  assert_non_null(strstr(err.message, "is gone"));
  rn_positions_free(&positions);
  rn_positions_free(&unused);
}

/* A crash before the first commit: what was flushed goes away, what was there before stays. */
static void test_sink_first_epoch(void **state) {
  fixture *f = *state;
  const char *path = in(f, "rows.jsonl"), *marker = in(f, ".rows.jsonl.runnel");
  put(path, "before\n", "w");
  option(f, "path", path);
  rn_error err = {0};
  rn_staged *staged;
  rn_sink *sink = open_sink(f, 0, 1, NULL, &err);
  assert_non_null(get(f, marker));
  stage_row(f, fs, sink, 1, "a");
  assert_int_equal(fs->freeze(sink, &staged, &err), RN_OK);
  assert_int_equal(fs->flush(sink, staged, 1, &err), RN_OK);
  assert_non_null(strstr(get(f, path), "before\n{"));
  char *kept = get(f, marker);
  fs->sink_committed(sink, staged, 1);
  assert_null(get(f, marker));
  fs->sink_close(sink);
  put(marker, kept, "w"); /* as if that commit had not been */
  sink = open_sink(f, 0, 1, NULL, &err);
  assert_string_equal(get(f, path), "before\n");
  fs->sink_close(sink);
  /* the same, but somebody has appended since: nothing of theirs is cut */
  put(path, "before\nand a line of somebody else that makes the file longer\n", "w");
  put(marker, kept, "w");
  sink = open_sink(f, 0, 1, NULL, &err);
  assert_string_equal(get(f, path), "before\nand a line of somebody else that makes the file longer\n");
  fs->sink_close(sink);
}

/* A marker that a kill left: the database that it names says whether the rows behind START count. */
static void test_marker_of_a_killed_job(void **state) {
  fixture *f = *state;
  const char *path = in(f, "rows.jsonl"), *marker = in(f, ".rows.jsonl.runnel"), *database = in(f, "a.db");
  option(f, "path", path);
  rn_error err = {0};
  sqlite3 *db = NULL;
  assert_int_equal(sqlite3_open(database, &db), SQLITE_OK);
  const char *text = rn_arena_printf(&f->arena, "2 9 00000000000000aa %s\n", database);
  for (int known = 0; known < 3; known++) { /* no table yet; without the token; with it */
    if (known == 1) assert_int_equal(sqlite3_exec(db, "CREATE TABLE _rn_file(path, token); INSERT INTO _rn_file VALUES('x', '00000000000000ab')", NULL, NULL, NULL), SQLITE_OK);
    if (known == 2) assert_int_equal(sqlite3_exec(db, "INSERT INTO _rn_file VALUES('y', '00000000000000aa')", NULL, NULL, NULL), SQLITE_OK);
    put(path, "1\n2\n", "w");
    put(marker, text, "w");
    rn_sink *sink = open_sink(f, 0, 1, NULL, &err);
    assert_non_null(sink);
    assert_string_equal(get(f, path), known == 2 ? "1\n2\n" : "1\n");
    assert_non_null(strstr(get(f, marker), known == 2 ? "4 4 " : "2 2 "));
    fs->sink_close(sink);
  }
  assert_int_equal(sqlite3_close(db), SQLITE_OK);
  put(path, "1\n2\n", "w");
  put(marker, text, "w");
  assert_int_equal(unlink(database), 0);
  assert_null(open_sink(f, 0, 1, NULL, &err)); /* nobody knows: nothing is cut, nothing is written behind it */
  assert_int_equal(err.code, RN_E_SINK);
  assert_non_null(strstr(err.message, "its last 2 bytes"));
  assert_non_null(strstr(err.message, database));
  assert_non_null(strstr(err.hint, "cut the file to 2 bytes"));
  assert_string_equal(get(f, path), "1\n2\n");
  assert_string_equal(get(f, marker), text);
}

static void test_sink_directory(void **state) {
  fixture *f = *state;
  option(f, "path", rn_arena_printf(&f->arena, "%s/", f->directory));
  rn_error err = {0};
  rn_positions unused = {0};
  for (unsigned k = 0; k < 2; k++) {
    rn_sink *sink = open_sink(f, k, 2, NULL, &err);
    stage_row(f, fs, sink, k, "x");
    epoch(sink, 3, &unused);
    fs->sink_close(sink);
  }
  assert_string_equal(get(f, in(f, "part-0.json")), "{\"i\":0,\"s\":\"x\"}\n");
  assert_string_equal(get(f, in(f, "part-1.json")), "{\"i\":1,\"s\":\"x\"}\n");
  rn_positions_free(&unused);
}

/* csv.header both ways. */
static void test_header(void **state) {
  fixture *f = *state;
  const char *path = in(f, "rows.csv");
  option(f, "path", path);
  option(f, "csv.header", "true");
  f->table.value_format = &rn_format_csv;
  rn_error err = {0};
  rn_positions unused = {0};
  for (int run = 0; run < 2; run++) {
    rn_sink *sink = open_sink(f, 0, 1, NULL, &err);
    stage_row(f, fs, sink, run, "two\nlines");
    epoch(sink, 3, &unused);
    fs->sink_close(sink);
  }
  assert_string_equal(get(f, path), "i,s\n0,\"two\nlines\"\n1,\"two\nlines\"\n");
  rn_source *source = open_source(f, 0, 1, NULL, &err);
  assert_string_equal(read_some(f, source, SIZE_MAX, 1, false), "0,\"two\nlines\"@0:1;1,\"two\nlines\"@0:2;");
  fs->source_close(source);
  rn_positions_free(&unused);
}

static void test_checks(void **state) {
  fixture *f = *state;
  option(f, "path", "/x/*.json");
  option(f, "source.monitor-interval", "1 s");
  rn_diagnostics diags = {0};
  assert_int_equal(fs->check(&f->table, RN_OPTION_SINK, &diags), RN_FAIL);
  assert_int_equal(diags.count, 2);
  assert_string_equal(diags.items[0].message, "cannot write to a pattern: \"/x/*.json\"");
  assert_string_equal(diags.items[1].message, "watching for new files is not supported yet");
  assert_true(fs->is_bounded(&f->table));
  assert_int_equal(fs->sink_accepts(&f->table), RN_CHANGE_INSERT);
}

/* --- print, blackhole ---------------------------------------------------------------------------------------------- */
static void collect(void *ctx, const char *text, size_t len, bool is_error) {
  rn_builder *b = ctx;
  rn_builder_text(b, is_error ? "E:" : "O:");
  rn_builder_append(b, text, len);
}
static void test_print(void **state) {
  fixture *f = *state;
  static const struct {
    const char *identifier, *error;
    unsigned parallelism;
    const char *line;
  } cases[] = {{NULL, NULL, 1, "O:+I[7, null]\n"}, {"me", NULL, 1, "O:me> +I[7, null]\n"}, {NULL, "true", 3, "E:2> +I[7, null]\n"}, {"me", NULL, 3, "O:me:2> +I[7, null]\n"}};
  for (size_t i = 0; i < 4; i++) {
    f->table.options.count = 0;
    if (cases[i].identifier) option(f, "print-identifier", cases[i].identifier);
    if (cases[i].error) option(f, "standard-error", cases[i].error);
    rn_builder b = {0};
    rn_sink_spec spec = {.table = &f->table, .schema = &f->schema, .columns = f->all, .subtask = cases[i].parallelism > 1, .parallelism = cases[i].parallelism, .write_output = collect, .output_ctx = &b};
    rn_sink *sink;
    rn_error err = {0};
    assert_int_equal(rn_connector_print.sink_open(&spec, &sink, &err), RN_OK);
    stage_row(f, &rn_connector_print, sink, 7, NULL);
    assert_string_equal(b.data, cases[i].line);
    rn_connector_print.sink_close(sink);
    rn_builder_free(&b);
  }
  rn_sink_spec spec = {.table = &f->table, .schema = &f->schema};
  rn_sink *sink;
  rn_error err = {0};
  assert_int_equal(rn_connector_blackhole.sink_open(&spec, &sink, &err), RN_OK);
  stage_row(f, &rn_connector_blackhole, sink, 7, NULL);
  uint64_t written, coalesced;
  rn_connector_blackhole.sink_counters(sink, &written, &coalesced);
  assert_int_equal(written, 1);
  assert_int_equal(rn_connector_blackhole.sink_accepts(&f->table), 15);
  rn_connector_blackhole.sink_close(sink);
}

/* --- datagen --------------------------------------------------------------------------------------------------------- */
typedef struct made {
  int64_t i[200];
  char s[200][24];
  uint32_t count;
  bool ended;
} made;
static void generate(fixture *f, made *out, rn_clock *clock, uint64_t seed, rn_positions *from, uint32_t stop_after, unsigned subtask) {
  rn_source_spec spec = {.table = &f->table, .columns = f->all, .column_count = 2, .subtask = subtask, .parallelism = 2, .clock = clock, .seed = seed};
  if (from && from->len) spec.restored = from->data, spec.restored_count = from->len;
  rn_source *source;
  rn_error err = {0};
  if (rn_connector_datagen.source_open(&spec, &source, &err) != RN_OK) fail_msg("%s", err.message);
  memset(out, 0, sizeof *out);
  while (out->count < stop_after) {
    rn_column columns[2];
    rn_arena arena = {0};
    rn_column_init(&columns[0], f->columns[0].type, RN_BATCH_ROWS_MAX, &arena);
    rn_column_init(&columns[1], f->columns[1].type, RN_BATCH_ROWS_MAX, &arena);
    uint32_t rows;
    rn_poll poll;
    assert_int_equal(rn_connector_datagen.poll_rows(source, stop_after - out->count, 0, columns, &arena, &rows, &poll, &err), RN_OK);
    for (uint32_t i = 0; i < rows; i++) {
      rn_slice s = rn_str_slice(&((rn_str *)columns[1].data)[i]);
      out->i[out->count] = ((int64_t *)columns[0].data)[i];
      if (rn_is_null(&columns[1], i)) (void)snprintf(out->s[out->count++], 24, "null");
      else (void)snprintf(out->s[out->count++], 24, "%.*s", (int)s.len, s.ptr);
    }
    rn_arena_free(&arena);
    out->ended = poll == RN_POLL_END;
    if (poll != RN_POLL_ROWS) break;
  }
  if (from) {
    rn_positions_free(from);
    assert_int_equal(rn_connector_datagen.positions(source, from, &err), RN_OK);
  }
  rn_connector_datagen.source_close(source);
}
static void test_datagen(void **state) {
  fixture *f = *state;
  f->table.connector = &rn_connector_datagen;
  assert_false(rn_connector_datagen.is_bounded(&f->table));
  option(f, "number-of-rows", "150");
  option(f, "fields.i.min", "10");
  option(f, "fields.i.max", "19");
  option(f, "fields.s.length", "5");
  option(f, "fields.s.null-rate", "0.2");
  assert_true(rn_connector_datagen.is_bounded(&f->table));
  rn_clock clock;
  rn_clock_set_us(&clock, 1000000);
  made *all = rn_malloc(sizeof *all), *some = rn_malloc(sizeof *some);
  option(f, "rows-per-second", "100000");
  /* the clock stands: the first row is due, the second is not */
  generate(f, all, &clock, 1, NULL, 200, 0);
  assert_int_equal(all->count, 1);
  assert_false(all->ended);
  generate(f, all, NULL, 1, NULL, 0, 0);
  rn_positions at = {0};
  made *whole = rn_malloc(sizeof *whole);
  memset(whole, 0, sizeof *whole);
  /* the same rows, whether made at once or in parts with restores between */
  uint32_t made_rows = 0;
  for (int part = 0; part < 400 && made_rows < 150; part++) {
    usleep(200);
    generate(f, some, NULL, 1, &at, 7, 0);
    for (uint32_t i = 0; i < some->count; i++) whole->i[made_rows] = some->i[i], memcpy(whole->s[made_rows++], some->s[i], 24);
  }
  assert_int_equal(made_rows, 150);
  rn_source_spec spec = {.table = &f->table, .columns = f->all, .column_count = 2, .parallelism = 1, .seed = 1};
  rn_source *source;
  rn_error err = {0};
  assert_int_equal(rn_connector_datagen.source_open(&spec, &source, &err), RN_OK);
  uint32_t at_row = 0, nulls = 0, longer = 0;
  for (rn_poll poll = RN_POLL_IDLE; poll != RN_POLL_END;) {
    rn_column columns[2];
    rn_arena arena = {0};
    rn_column_init(&columns[0], f->columns[0].type, RN_BATCH_ROWS_MAX, &arena);
    rn_column_init(&columns[1], f->columns[1].type, RN_BATCH_ROWS_MAX, &arena);
    uint32_t rows;
    assert_int_equal(rn_connector_datagen.poll_rows(source, 64, 1000, columns, &arena, &rows, &poll, &err), RN_OK);
    for (uint32_t i = 0; i < rows; i++, at_row++) {
      assert_true(at_row < 150);
      int64_t v = ((int64_t *)columns[0].data)[i];
      assert_in_range(v, 10, 19);
      assert_int_equal(v, whole->i[at_row]);
      bool is_null = rn_is_null(&columns[1], i);
      nulls += is_null;
      if (is_null) assert_string_equal(whole->s[at_row], "null");
      else assert_true(rn_slice_is(rn_str_slice(&((rn_str *)columns[1].data)[i]), whole->s[at_row]));
      longer += !is_null && strlen(whole->s[at_row]) == 5 && strspn(whole->s[at_row], "0123456789abcdef") == 5;
    }
    rn_arena_free(&arena);
  }
  assert_int_equal(at_row, 150);
  assert_in_range(nulls, 10, 60);
  assert_int_equal(longer + nulls, 150);
  rn_connector_datagen.source_close(source);
  /* another instance makes nothing */
  generate(f, some, NULL, 1, NULL, 10, 1);
  assert_int_equal(some->count, 0);
  assert_true(some->ended);
  /* a sequence ends the table */
  f->table.options.count = 0;
  option(f, "fields.i.kind", "sequence");
  option(f, "fields.i.start", "5");
  option(f, "fields.i.end", "7");
  assert_true(rn_connector_datagen.is_bounded(&f->table));
  rn_positions_free(&at);
  rn_clock_set_us(&clock, 0);
  generate(f, some, &clock, 1, &at, 10, 0);
  assert_int_equal(some->count, 1);
  assert_int_equal(some->i[0], 5);
  usleep(2000);
  uint32_t count = 1;
  for (int part = 0; part < 50 && !some->ended; part++) {
    usleep(500);
    generate(f, some, NULL, 1, &at, 10, 0);
    for (uint32_t i = 0; i < some->count; i++) assert_int_equal(some->i[i], 5 + count++);
  }
  assert_int_equal(count, 3);
  rn_positions_free(&at);
  rn_free(all);
  rn_free(some);
  rn_free(whole);
}
static void test_datagen_options(void **state) {
  fixture *f = *state;
  static const struct {
    const char *key, *value, *message;
  } cases[] = {
      {"fields.x.kind", "random", "option 'fields.x.kind' names no column and attribute"},
      {"fields.i.knd", "random", "option 'fields.i.knd' names no column and attribute"},
      {"fields.i.kind", "sequences", "option 'fields.i.kind' is \"sequences\", which is not random or sequence"},
      {"fields.i.kind", "sequence", "a sequence needs 'fields.i.start' and 'fields.i.end'"},
      {"fields.i.min", "ten", "option 'fields.i.min' is \"ten\", which is not a whole number from -9223372036854775808 to 9223372036854775807"},
      {"fields.s.null-rate", "2", "option 'fields.s.null-rate' is \"2\", which is not between 0 and 1"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    f->table.options.count = 0;
    option(f, cases[i].key, cases[i].value);
    rn_diagnostics diags = {0};
    assert_int_equal(rn_connector_datagen.check(&f->table, RN_OPTION_SOURCE, &diags), RN_FAIL);
    assert_string_equal(diags.items[0].message, cases[i].message);
  }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(test_lines),        TEST(test_resume), TEST(test_many_files),       TEST(test_changed_files),  TEST(test_long_line), TEST(test_metadata),
      TEST(test_sink),         TEST(test_sink_first_epoch), TEST(test_marker_of_a_killed_job), TEST(test_sink_directory), TEST(test_header), TEST(test_checks),    TEST(test_print),
      TEST(test_datagen),      TEST(test_datagen_options),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
