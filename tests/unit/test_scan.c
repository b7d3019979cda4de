/* SCAN over raw records: decoding, keys, metadata, runs, what happens to bad records, and that every record is
 * accounted for. */
#include "tests/unit/job_fixture.h"

extern const rn_format rn_format_json, rn_format_raw;

/* --- a source of records ------------------------------------------------------------------------------------------ */

typedef struct given {
  const char *key, *value; /* value NULL: a null message */
  int64_t offset;
  uint16_t split;
} given;

typedef struct script {
  const given *records;
  uint32_t count;
} script;

typedef struct record_source {
  const script *what;
  uint32_t next;
  rn_record run[64];
  char text[65536];
} record_source;

static record_source *mine(rn_source *s) { return (record_source *)(void *)s; }

static bool records_bounded(const rn_table_spec *t) {
  (void)t;
  return true;
}

static rn_status records_open(const rn_source_spec *spec, rn_source **out, rn_error *err) {
  (void)err;
  record_source *s = rn_calloc(1, sizeof *s);
  s->what = (const script *)(uintptr_t)strtoull(rn_option_text(&spec->table->options, "script"), NULL, 16);
  if (spec->restored_count) s->next = (uint32_t)strtoul(spec->restored[0].position, NULL, 10);
  *out = (rn_source *)(void *)s;
  return RN_OK;
}

static uint32_t records_splits(rn_source *s) {
  (void)s;
  return 2;
}
static const char *records_split_name(rn_source *s, uint32_t split) {
  (void)s;
  return split ? "topic/1" : "topic/0";
}

static rn_slice keep(record_source *s, size_t *at, const char *text) {
  if (!text) return (rn_slice){NULL, 0};
  size_t len = strlen(text);
  assert_true(*at + len + 64 <= sizeof s->text);
  memcpy(s->text + *at, text, len);
  rn_slice slice = {s->text + *at, len};
  *at += len + 64;
  return slice;
}

static rn_status records_poll(rn_source *source, uint32_t max, int64_t wait_us, rn_record_run *out, rn_poll *poll, rn_error *err) {
  (void)wait_us, (void)err;
  record_source *s = mine(source);
  memset(s->text, 'x', sizeof s->text); /* records of the last poll are gone */
  size_t at = 0;
  uint32_t n = 0;
  for (; n < max && n < 64 && s->next + n < s->what->count; n++) {
    const given *g = &s->what->records[s->next + n];
    s->run[n] = (rn_record){.value = keep(s, &at, g->value), .key = keep(s, &at, g->key), .offset = g->offset,
                            .timestamp_ms = 1000 + g->offset, .split = g->split};
  }
  *out = (rn_record_run){s->run, n, true};
  *poll = n ? RN_POLL_ROWS : RN_POLL_END;
  return RN_OK;
}

static void records_metadata(rn_source *source, const rn_record *record, uint32_t metadata, rn_column *out, uint32_t row,
                             uint32_t capacity, rn_arena *arena) {
  (void)source, (void)capacity, (void)arena;
  ((int64_t *)out->data)[row] = metadata == 0 ? record->offset : record->split;
}

static void records_consumed(rn_source *source, uint32_t records) { mine(source)->next += records; }

static rn_status records_positions(rn_source *source, rn_positions *out, rn_error *err) {
  (void)err;
  char text[16];
  snprintf(text, sizeof text, "%u", mine(source)->next);
  rn_positions_put(out, "all", text);
  return RN_OK;
}

static void records_close(rn_source *source) { rn_free(source); }

static const rn_metadata_key metadata[] = {{"offset", RN_T_BIGINT, 0, false, "", NULL}, {"partition", RN_T_BIGINT, 0, false, "", NULL}};
static const rn_connector records_connector = {
    .name = "records", .metadata = metadata, .metadata_count = 2, .is_bounded = records_bounded, .source_open = records_open,
    .source_splits = records_splits, .source_split_name = records_split_name, .poll_records = records_poll,
    .metadata_value = records_metadata, .consumed = records_consumed, .positions = records_positions, .source_close = records_close};

/* --- plans ------------------------------------------------------------------------------------------------------------ */

/* Table (id BIGINT, name STRING, off BIGINT METADATA FROM 'offset'); read as id, off, name. */
static rn_plan_node *scan_of(plan_maker *m, const script *what, const char *on_error, bool keyed) {
  static const uint32_t order[] = {0, 2, 1};
  rn_plan_node *n = add_node(m, RN_NODE_SCAN, NULL, 1);
  rn_table_spec *t = RN_NEW(m->arena, rn_table_spec);
  rn_table_column *c = RN_NEW_N(m->arena, rn_table_column, 3);
  c[0] = (rn_table_column){.name = "id", .type = rn_type_basic(RN_T_BIGINT, true)};
  c[1] = (rn_table_column){.name = "name", .type = rn_type_basic(RN_T_VARCHAR, true)};
  c[2] = (rn_table_column){.name = "off", .type = rn_type_basic(RN_T_BIGINT, false), .role = RN_COLUMN_METADATA, .metadata_key = "offset"};
  rn_option_value *o = RN_NEW_N(m->arena, rn_option_value, 4);
  size_t options = 0;
  if (keyed) o[options++] = (rn_option_value){.key = "key.fields", .value = "name"};
  o[options++] = (rn_option_value){.key = "on-error", .value = on_error};
  o[options++] = (rn_option_value){.key = "script", .value = rn_arena_printf(m->arena, "%llx", (unsigned long long)(uintptr_t)what)};
  if (keyed) o[options++] = (rn_option_value){.key = "value.fields-include", .value = "EXCEPT_KEY"};
  *t = (rn_table_spec){.name = "records", .column_count = 3, .columns = c, .options = {options, o}, .connector = &records_connector,
                       .value_format = &rn_format_json, .key_format = keyed ? &rn_format_raw : NULL};
  rn_field *fields = RN_NEW_N(m->arena, rn_field, 3);
  for (uint32_t i = 0; i < 3; i++) fields[i] = (rn_field){c[order[i]].name, c[order[i]].type};
  n->schema = (rn_schema){3, fields};
  n->bounded = true;
  n->u.scan.table = t;
  n->u.scan.columns = order;
  n->u.scan.source = 5;
  m->plan->bounded = true;
  return n;
}

typedef struct result {
  rn_job_state state;
  rn_error err;
  rn_counters counters;
  rn_builder rows, runs; /* "id/off/name;" and "first:split@offset " per batch */
} result;

static void add_batch(result *r, const rn_batch *b) {
  for (uint32_t i = 0; i < b->live_count; i++) {
    uint32_t row = rn_live(b, i);
    const rn_column *c = b->columns;
    if (rn_is_null(&c[0], row)) rn_builder_text(&r->rows, "NULL");
    else rn_builder_int(&r->rows, ((int64_t *)c[0].data)[row]);
    rn_builder_printf(&r->rows, "/%lld/", (long long)((int64_t *)c[1].data)[row]);
    if (rn_is_null(&c[2], row)) rn_builder_text(&r->rows, "NULL");
    else rn_builder_slice(&r->rows, rn_str_slice(&((rn_str *)c[2].data)[row]));
    rn_builder_char(&r->rows, ';');
  }
  for (uint32_t i = 0; i < b->run_count; i++) {
    assert_int_equal(b->runs[i].source, 5);
    rn_builder_printf(&r->runs, "%u:%u@%lld ", b->runs[i].first_row, b->runs[i].split, (long long)b->runs[i].offset);
  }
  rn_builder_char(&r->runs, '|');
}

static result query(const script *what, const char *on_error, bool keyed, uint32_t batch_rows) {
  result r = {0};
  rn_error_clear(&r.err);
  plan_maker m;
  plan_begin(&m);
  add_node(&m, RN_NODE_COLLECT, scan_of(&m, what, on_error, keyed), 1);
  rn_cursor *cursor = rn_cursor_new(64);
  rn_job_config config = {.cursor = cursor, .batch_rows = batch_rows};
  rn_job *job = NULL;
  if (rn_job_open(m.plan, &config, &job, &r.err) != RN_OK) fail_msg("%s", r.err.message);
  assert_int_equal(rn_job_start(job, &r.err), RN_OK);
  assert_true(rn_job_wait(job, PATIENCE_MS));
  r.state = rn_job_get_state(job, &r.err);
  const rn_batch *b;
  rn_error ignored;
  rn_error_clear(&ignored);
  while (rn_cursor_next(cursor, 0, &b, &ignored) == RN_CURSOR_BATCH) add_batch(&r, b);
  rn_arena arena = {0};
  rn_job_stats stats;
  rn_job_stats_get(job, &arena, &stats);
  r.counters = stats.nodes[0].counters;
  rn_arena_free(&arena);
  rn_job_close(job);
  rn_cursor_free(cursor);
  plan_end(&m);
  return r;
}

static void free_result(result *r) {
  rn_builder_free(&r->rows);
  rn_builder_free(&r->runs);
}

/* --- tests -------------------------------------------------------------------------------------------------------------- */

static const given plain[] = {
    {NULL, "{\"id\": 1, \"name\": \"one\"}", 10, 0},
    {NULL, "{\"id\": 2, \"name\": \"a name of more than twelve bytes\"}", 11, 0},
    {NULL, "{\"id\": 3}", 12, 0},
    {NULL, "{\"id\": 4, \"name\": \"four\"}", 7, 1},
    {NULL, "{\"id\": 5, \"name\": \"five\"}", 14, 0},
};

static void test_rows_and_runs(void **state) {
  (void)state;
  script what = {plain, 5};
  static const struct { uint32_t batch_rows; const char *runs; } cases[] = {
      {0, "0:0@10 3:1@7 4:0@14 |"}, {2, "0:0@10 |0:0@12 1:1@7 |0:0@14 |"}, {1, "0:0@10 |0:0@11 |0:0@12 |0:1@7 |0:0@14 |"}};
  for (size_t i = 0; i < 3; i++) {
    result r = query(&what, "fail", false, cases[i].batch_rows);
    if (r.state != RN_JOB_FINISHED) fail_msg("%s", r.err.message);
    assert_string_equal(r.rows.data, "1/10/one;2/11/a name of more than twelve bytes;3/12/NULL;4/7/four;5/14/five;");
    assert_string_equal(r.runs.data, cases[i].runs);
    assert_int_equal(r.counters.read, 5);
    assert_int_equal(r.counters.rows_out, 5);
    free_result(&r);
  }
}

static const given broken[] = {
    {NULL, "{\"id\": 1, \"name\": \"one\"}", 10, 1},
    {NULL, "{\"id\": \"x1\", \"name\": \"bad number\"}", 11, 1},
    {NULL, NULL, 12, 1},
    {NULL, "{\"id\": 3, \"name\": ", 13, 1},
    {NULL, "{\"id\": 4, \"name\": \"four\"}", 14, 1},
};

static void test_bad_record_fails(void **state) {
  (void)state;
  script what = {broken, 5};
  result r = query(&what, "fail", false, 1);
  assert_int_equal(r.state, RN_JOB_FAILED);
  assert_int_equal(r.err.code, RN_E_BAD_RECORD);
  assert_string_equal(r.err.topic, "topic");
  assert_int_equal(r.err.partition, 1);
  assert_int_equal(r.err.offset, 11);
  assert_non_null(strstr(r.err.message, "records, topic/1, offset 11, column id: "));
  char *second = strchr(r.err.hint, '\n'); /* a caret below the record, under the value */
  assert_non_null(second);
  assert_memory_equal(r.err.hint, "{\"id\": \"x1\"", 10);
  const char *caret = strchr(second, '^');
  assert_non_null(caret);
  assert_in_range(caret - second - 1, 7, 8);
  assert_string_equal(r.rows.data, "1/10/one;"); /* rows before it were given */
  free_result(&r);
}

static void test_bad_records_skipped(void **state) {
  (void)state;
  script what = {broken, 5};
  for (uint32_t batch_rows = 0; batch_rows < 3; batch_rows++) {
    result r = query(&what, "skip", false, batch_rows);
    assert_int_equal(r.state, RN_JOB_FINISHED);
    assert_string_equal(r.rows.data, "1/10/one;4/14/four;");
    assert_int_equal(r.counters.read, 5);
    assert_int_equal(r.counters.bad, 2);
    assert_int_equal(r.counters.skipped, 1);
    assert_int_equal(r.counters.read + r.counters.expanded, r.counters.rows_out + r.counters.bad + r.counters.skipped);
    free_result(&r);
  }
}

static const given keyed[] = {
    {"k1", "{\"id\": 1}", 1, 0}, {NULL, "{\"id\": 2}", 2, 0}, {"k3", "{\"id\": \"x\"}", 3, 0}, {"k4", NULL, 4, 0}, {"k5", "{\"id\": 5}", 5, 0},
};

static void test_key_columns(void **state) {
  (void)state;
  script what = {keyed, 5};
  for (uint32_t batch_rows = 0; batch_rows < 4; batch_rows++) {
    result r = query(&what, "skip", true, batch_rows);
    if (r.state != RN_JOB_FINISHED) fail_msg("%s", r.err.message);
    assert_string_equal(r.rows.data, "1/1/k1;2/2/NULL;5/5/k5;");
    assert_int_equal(r.counters.bad, 1);
    assert_int_equal(r.counters.skipped, 1);
    free_result(&r);
  }
}

static void test_dead_letters_are_part_of_the_epoch(void **state) {
  (void)state;
  fixture f;
  fixture_open(&f);
  rn_store *store = fixture_store(&f);
  script what = {broken, 5};
  plan_maker m;
  plan_begin(&m);
  add_sink(&m, scan_of(&m, &what, "dead-letter", false), "good", 0);
  for (int round = 0; round < 4; round++) { /* stopped after each row, then to the end */
    rn_error err;
    rn_error_clear(&err);
    rn_job_config config = {.name = "j", .store = store, .stop_after_rows = round < 3, .batch_rows = 1};
    rn_job *job = NULL;
    if (rn_job_open(m.plan, &config, &job, &err) != RN_OK) fail_msg("%s", err.message);
    assert_int_equal(rn_job_start(job, &err), RN_OK);
    assert_true(rn_job_wait(job, PATIENCE_MS));
    assert_int_equal(rn_job_get_state(job, &err), round < 3 ? RN_JOB_STOPPED : RN_JOB_FINISHED);
    rn_job_close(job);
    int64_t position = ask(&f, "SELECT CAST(position AS INTEGER) FROM _rn_offset");
    assert_int_equal(position, round < 3 ? round + 1 : 5);
    assert_int_equal(ask(&f, "SELECT count(*) FROM _rn_dead_letter"), position < 2 ? 0 : position < 4 ? 1 : 2);
    assert_int_equal(ask(&f, "SELECT count(*) FROM good"), position < 5 ? 1 : 2);
  }
  assert_int_equal(ask(&f, "SELECT count(*) FROM _rn_dead_letter WHERE job = 'j' AND source = 'records' AND split = 'topic/1'"
                           " AND \"offset\" = 11 AND \"column\" = 'id' AND raw = CAST('{\"id\": \"x1\", \"name\": \"bad number\"}' AS BLOB)"), 1);
  rn_store_close(store);
  plan_end(&m);
  fixture_close(&f);
}

int main(void) {
  (void)counting_connector;
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows_and_runs), cmocka_unit_test(test_bad_record_fails),
                                     cmocka_unit_test(test_bad_records_skipped), cmocka_unit_test(test_key_columns),
                                     cmocka_unit_test(test_dead_letters_are_part_of_the_epoch)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
