/* The kafka connector driven through its row, against librdkafka's mock cluster in this process. The mock
 * cannot look offsets up by time and knows no transactions: tests/kafka does that on a real broker. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "connectors/kafka_private.h"
#include "runtime/collection.h"
#include "runtime/plan.h"
#include "runtime/value_text.h"

static const rn_connector *const kafka = &rn_connector_kafka;

typedef struct fixture {
  rd_kafka_t *rk;
  rd_kafka_mock_cluster_t *cluster;
  const char *servers;
  int topics;
} fixture;

static void quiet(const rd_kafka_t *rk, int level, const char *facility, const char *text) {
  (void)rk, (void)level, (void)facility, (void)text;
}
static int setup(void **state) {
  fixture *f = rn_calloc(1, sizeof *f);
  rd_kafka_conf_t *conf = rd_kafka_conf_new();
  char error[256];
  rd_kafka_conf_set_log_cb(conf, quiet);
  f->rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error);
  f->cluster = rd_kafka_mock_cluster_new(f->rk, 1);
  f->servers = rd_kafka_mock_cluster_bootstraps(f->cluster);
  *state = f;
  return 0;
}
static int teardown(void **state) {
  fixture *f = *state;
  rd_kafka_mock_cluster_destroy(f->cluster);
  rd_kafka_destroy(f->rk);
  rn_free(f);
  return 0;
}

/* A new topic with `count` messages "m<i>", key "k<i>", spread over the partitions in turn. */
static const char *make_topic(fixture *f, char *name, int partitions) {
  (void)sprintf(name, "topic-%d", f->topics++);
  assert_int_equal(rd_kafka_mock_topic_create(f->cluster, name, partitions, 1), RD_KAFKA_RESP_ERR_NO_ERROR);
  return name;
}
static void produce(fixture *f, const char *topic, int partitions, int from, int count) {
  rd_kafka_conf_t *conf = rd_kafka_conf_new();
  char error[256], value[32], key[32];
  assert_int_equal(rd_kafka_conf_set(conf, "bootstrap.servers", f->servers, error, sizeof error), RD_KAFKA_CONF_OK);
  rd_kafka_conf_set_log_cb(conf, quiet);
  rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error);
  rd_kafka_topic_t *t = rd_kafka_topic_new(rk, topic, NULL);
  for (int i = from; i < from + count; i++) {
    int n = sprintf(value, "m%d", i), k = sprintf(key, "k%d", i);
    assert_int_equal(rd_kafka_produce(t, i % partitions, RD_KAFKA_MSG_F_COPY, value, (size_t)n, key, (size_t)k, NULL),
                     0);
  }
  assert_int_equal(rd_kafka_flush(rk, 10000), RD_KAFKA_RESP_ERR_NO_ERROR);
  rd_kafka_topic_destroy(t);
  rd_kafka_destroy(rk);
}

/* --- a table ------------------------------------------------------------------------------------------ */
enum { OPTIONS_MAX = 16 };
typedef struct table {
  rn_option_value items[OPTIONS_MAX];
  rn_table_spec spec;
  rn_table_column columns[16];
  uint32_t wanted[16];
} table;

static int by_key(const void *a, const void *b) {
  return strcmp(((const rn_option_value *)a)->key, ((const rn_option_value *)b)->key);
}
/* NULL-terminated pairs of options; one physical column "v" and the metadata columns. */
static void make_table(table *t, fixture *f, const char *topic, ...) {
  memset(t, 0, sizeof *t);
  size_t n = 0;
  t->items[n++] = (rn_option_value){.key = "topic", .value = topic};
  t->items[n++] = (rn_option_value){.key = "properties.bootstrap.servers", .value = f->servers};
  t->items[n++] = (rn_option_value){.key = "properties.fetch.wait.max.ms", .value = "10"};
  va_list args;
  va_start(args, topic);
  for (const char *key; (key = va_arg(args, const char *)) != NULL;)
    t->items[n++] = (rn_option_value){.key = key, .value = va_arg(args, const char *)};
  va_end(args);
  qsort(t->items, n, sizeof t->items[0], by_key);
  t->spec = (rn_table_spec){
      .name = "t", .options = {n, t->items}, .connector = kafka, .columns = t->columns, .column_count = 1};
  t->columns[0] = (rn_table_column){.name = "v", .type = NULL, .role = RN_COLUMN_PHYSICAL};
  for (uint32_t m = 0; m < kafka->metadata_count; m++)
    t->columns[t->spec.column_count++] = (rn_table_column){
        .name = kafka->metadata[m].key, .role = RN_COLUMN_METADATA, .metadata_key = kafka->metadata[m].key, .is_virtual = true};
  for (uint32_t i = 0; i < t->spec.column_count; i++) t->wanted[i] = i;
}

static char noticed[4096];
static void notice(void *ctx, const char *text) {
  (void)ctx;
  (void)strncat(noticed, text, sizeof noticed - strlen(noticed) - 2);
  (void)strcat(noticed, "\n");
}
static rn_source_spec source_spec(const table *t) {
  noticed[0] = 0;
  return (rn_source_spec){.table = &t->spec,
                          .columns = t->wanted,
                          .column_count = t->spec.column_count,
                          .parallelism = 1,
                          .notice = notice};
}
static rn_source *open_source(const rn_source_spec *spec) {
  rn_error err;
  rn_source *source = NULL;
  rn_error_clear(&err);
  rn_status status = kafka->source_open(spec, &source, &err);
  if (status != RN_OK) print_error("%s\n", err.message);
  assert_int_equal(status, RN_OK);
  return source;
}

/* How long a test waits for what must come: only a hang is that long, however busy the machine is. */
#define PATIENCE_US 120000000ll

/* Reads until the end or until `want` records came; counts how often each "m<i>" was seen. */
enum { SEEN_MAX = 20000 };
static uint8_t seen[SEEN_MAX];
static rn_poll read_records(rn_source *source, uint32_t want, uint32_t max, uint32_t *got, rn_error *err) {
  int64_t deadline = rn_monotonic_us() + PATIENCE_US;
  *got = 0;
  rn_error_clear(err);
  while (*got < want && rn_monotonic_us() < deadline) {
    rn_record_run run;
    rn_poll poll;
    if (kafka->poll_records(source, max, 50000, &run, &poll, err) != RN_OK) return RN_POLL_IDLE;
    if (poll == RN_POLL_END) return RN_POLL_END;
    if (poll != RN_POLL_ROWS) continue;
    uint32_t take = run.count > want - *got ? want - *got : run.count;
    for (uint32_t i = 0; i < take; i++) {
      char text[32];
      int number = 0;
      (void)snprintf(text, sizeof text, "%.*s", (int)run.records[i].value.len, run.records[i].value.ptr);
      assert_int_equal(sscanf(text, "m%d", &number), 1);
      assert_in_range(number, 0, SEEN_MAX - 1);
      seen[number]++;
    }
    kafka->consumed(source, take);
    *got += take;
  }
  return RN_POLL_ROWS;
}
static void assert_seen_once(int from, int count) {
  for (int i = 0; i < SEEN_MAX; i++) assert_int_equal(seen[i], i >= from && i < from + count ? 1 : 0);
}

/* --- source ---------------------------------------------------------------------------------------------- */
static void bounded_reads_everything_once(void **state) {
  fixture *f = *state;
  char topic[32];
  table t;
  rn_error err;
  uint32_t got;
  make_topic(f, topic, 3);
  produce(f, topic, 3, 0, 5000);
  make_table(&t, f, topic, "scan.startup.mode", "earliest-offset", "scan.bounded.mode", "latest-offset", NULL);
  assert_true(kafka->is_bounded(&t.spec));
  rn_source_spec spec = source_spec(&t);
  rn_source *source = open_source(&spec);
  produce(f, topic, 3, 5000, 100); /* behind the end that was taken */
  assert_int_equal(kafka->source_splits(source), 3);
  memset(seen, 0, sizeof seen);
  assert_int_equal(read_records(source, UINT32_MAX, 2048, &got, &err), RN_POLL_END);
  assert_false(rn_failed(&err));
  assert_int_equal(got, 5000);
  assert_seen_once(0, 5000);
  rn_positions p = {0}, u = {0};
  assert_int_equal(kafka->positions(source, &p, &err), RN_OK);
  assert_int_equal(kafka->until_positions(source, &u, &err), RN_OK);
  assert_int_equal(p.len, 3);
  assert_string_equal(p.data[1].split, kafka->source_split_name(source, 1));
  for (size_t i = 0; i < 3; i++) assert_string_equal(p.data[i].position, u.data[i].position);
  rn_positions_free(&p);
  rn_positions_free(&u);
  kafka->source_close(source);
}

/* Stops at odd places, resumes from positions() each time: nothing twice, nothing lost; a partly consumed
 * run is given again. Two instances share the partitions. */
static void positions_resume_exactly(void **state) {
  fixture *f = *state;
  char topic[32];
  table t;
  rn_error err;
  rn_positions p = {0};
  make_topic(f, topic, 3);
  produce(f, topic, 3, 0, 3000);
  make_table(&t, f, topic, "scan.startup.mode", "earliest-offset", NULL);
  memset(seen, 0, sizeof seen);
  uint32_t total = 0, parallelism = 1;
  for (int round = 0; total < 3000; round++, parallelism = parallelism == 1 ? 2 : 1) {
    rn_positions next = {0};
    for (unsigned subtask = 0; subtask < parallelism; subtask++) {
      rn_source_spec spec = source_spec(&t);
      spec.restored = p.data;
      spec.restored_count = p.len;
      spec.subtask = subtask;
      spec.parallelism = parallelism;
      spec.until_end = true;
      rn_source *source = open_source(&spec);
      uint32_t got;
      (void)read_records(source, 123u + 200u * (uint32_t)round, round % 2 ? 50 : 2048, &got, &err);
      assert_false(rn_failed(&err));
      total += got;
      assert_int_equal(kafka->positions(source, &next, &err), RN_OK);
      kafka->source_close(source);
    }
    assert_int_equal(next.len, 3);
    rn_positions_free(&p);
    p = next;
  }
  assert_int_equal(total, 3000);
  assert_seen_once(0, 3000);
  rn_positions_free(&p);
}

static void start_modes(void **state) {
  fixture *f = *state;
  char topic[32];
  table t;
  rn_error err;
  uint32_t got;
  make_topic(f, topic, 2);
  produce(f, topic, 2, 0, 100);
  /* latest: only what comes later */
  make_table(&t, f, topic, "scan.startup.mode", "latest-offset", NULL);
  rn_source_spec spec = source_spec(&t);
  rn_source *source = open_source(&spec);
  produce(f, topic, 2, 100, 20);
  memset(seen, 0, sizeof seen);
  (void)read_records(source, 20, 2048, &got, &err);
  assert_seen_once(100, 20);
  kafka->source_close(source);
  /* specific, with the old spelling of the mode; the other partition from its beginning */
  make_table(&t, f, topic, "scan.bounded.mode", "latest-offset", "scan.startup.specific-offsets",
             "partition:1,offset:55", "startup-mode", "specific-offsets", NULL);
  spec = source_spec(&t);
  source = open_source(&spec);
  memset(seen, 0, sizeof seen);
  assert_int_equal(read_records(source, UINT32_MAX, 2048, &got, &err), RN_POLL_END);
  assert_int_equal(got, 60 + 5);
  assert_int_equal(seen[111] + seen[109] * 10, 1); /* m111 is offset 55 of partition 1 */
  kafka->source_close(source);
  /* bounded by offsets: a partition without an entry is not read */
  make_table(&t, f, topic, "scan.bounded.mode", "specific-offsets", "scan.bounded.specific-offsets",
             "partition:0,offset:10", "scan.startup.mode", "earliest-offset", NULL);
  spec = source_spec(&t);
  source = open_source(&spec);
  memset(seen, 0, sizeof seen);
  assert_int_equal(read_records(source, UINT32_MAX, 2048, &got, &err), RN_POLL_END);
  assert_int_equal(got, 10);
  kafka->source_close(source);
  /* until_end with stored ends */
  make_table(&t, f, topic, "scan.startup.mode", "earliest-offset", NULL);
  spec = source_spec(&t);
  char split0[64], split1[64];
  (void)snprintf(split0, sizeof split0, "%s/0", topic);
  (void)snprintf(split1, sizeof split1, "%s/1", topic);
  const rn_position until[] = {{split0, "7"}, {split1, "3"}};
  spec.until = until;
  spec.until_count = 2;
  spec.until_end = true;
  source = open_source(&spec);
  assert_int_equal(read_records(source, UINT32_MAX, 2048, &got, &err), RN_POLL_END);
  assert_int_equal(got, 10);
  kafka->source_close(source);
  /* no group: earliest, and said so */
  make_table(&t, f, topic, "scan.bounded.mode", "latest-offset", NULL);
  spec = source_spec(&t);
  source = open_source(&spec);
  assert_non_null(strstr(noticed, "reading from the earliest offset"));
  assert_int_equal(read_records(source, UINT32_MAX, 2048, &got, &err), RN_POLL_END);
  assert_int_equal(got, 120);
  kafka->source_close(source);
}

static void group_offsets_are_told_and_read(void **state) {
  fixture *f = *state;
  char topic[32], split[64];
  table t;
  rn_error err;
  uint32_t got;
  make_topic(f, topic, 1);
  produce(f, topic, 1, 0, 50);
  make_table(&t, f, topic, "properties.group.id", "g1", "scan.bounded.mode", "latest-offset", NULL);
  rn_source_spec spec = source_spec(&t);
  rn_source *source = open_source(&spec);
  assert_non_null(strstr(noticed, "group \"g1\" has no committed offset"));
  assert_int_equal(read_records(source, UINT32_MAX, 2048, &got, &err), RN_POLL_END);
  assert_int_equal(got, 50);
  (void)snprintf(split, sizeof split, "%s/0", topic);
  const rn_position committed = {split, "30"};
  assert_int_equal(kafka->source_committed(source, 1, &committed, 1, &err), RN_OK);
  kafka->source_close(source); /* waits for the commit */
  spec = source_spec(&t);
  source = open_source(&spec);
  assert_string_equal(noticed, "");
  memset(seen, 0, sizeof seen);
  assert_int_equal(read_records(source, UINT32_MAX, 2048, &got, &err), RN_POLL_END);
  assert_seen_once(30, 20);
  kafka->source_close(source);
}

static void missing_topic_is_named(void **state) {
  fixture *f = *state;
  char topic[32], wrong[40];
  table t;
  rn_error err;
  rn_source *source = NULL;
  make_topic(f, topic, 1);
  (void)snprintf(wrong, sizeof wrong, "%sx", topic);
  make_table(&t, f, wrong, "scan.startup.mode", "earliest-offset", NULL);
  rn_source_spec spec = source_spec(&t);
  rn_error_clear(&err);
  assert_int_equal(kafka->source_open(&spec, &source, &err), RN_FAIL);
  assert_int_equal(err.code, RN_E_TOPIC);
  assert_non_null(strstr(err.message, wrong));
  assert_non_null(strstr(err.hint, "did you mean \"topic-"));
}

static void unreachable_broker_is_an_error(void **state) {
  (void)state;
  table t;
  rn_error err;
  rn_source *source = NULL;
  fixture nowhere = {.servers = "127.0.0.1:1"};
  make_table(&t, &nowhere, "orders", "scan.startup.mode", "earliest-offset", NULL);
  rn_source_spec spec = source_spec(&t);
  rn_error_clear(&err);
  assert_int_equal(kafka->source_open(&spec, &source, &err), RN_FAIL);
  assert_int_equal(err.code, RN_E_CONNECT);
  assert_non_null(strstr(err.message, "Connection refused"));
  assert_non_null(strstr(noticed, "cannot be reached"));
}

static void broker_down_and_up(void **state) {
  fixture *f = *state;
  char topic[32];
  table t;
  rn_error err;
  uint32_t got;
  make_topic(f, topic, 2);
  produce(f, topic, 2, 0, 1000);
  make_table(&t, f, topic, "scan.startup.mode", "earliest-offset", NULL);
  rn_source_spec spec = source_spec(&t);
  rn_source *source = open_source(&spec);
  memset(seen, 0, sizeof seen);
  (void)read_records(source, 400, 100, &got, &err);
  assert_int_equal(got, 400);
  (void)rd_kafka_mock_broker_set_down(f->cluster, -1);
  int64_t begin = rn_monotonic_us(), until = begin + 1500000; /* long enough to say it twice */
  uint32_t during = 0;
  while (rn_monotonic_us() < until || (!strstr(noticed, "cannot be reached") && rn_monotonic_us() < begin + PATIENCE_US)) {
    /* what was fetched still comes; no error */
    rn_record_run run;
    rn_poll poll;
    assert_int_equal(kafka->poll_records(source, 1, 50000, &run, &poll, &err), RN_OK);
    if (poll == RN_POLL_ROWS && during < 5) {
      seen[atoi(run.records[0].value.ptr + 1)]++;
      kafka->consumed(source, 1);
      during++;
    }
    (void)usleep(20000);
  }
  (void)rd_kafka_mock_broker_set_up(f->cluster, -1);
  produce(f, topic, 2, 1000, 500);
  (void)read_records(source, 1500 - 400 - during, 2048, &got, &err);
  assert_false(rn_failed(&err));
  assert_seen_once(0, 1500);
  char *first = strstr(noticed, "cannot be reached");
  assert_non_null(first);
  assert_null(strstr(first + 1, "cannot be reached")); /* once */
  assert_non_null(strstr(noticed, "can be reached again"));
  kafka->source_close(source);
}

static void lost_head_is_an_error(void **state) {
  fixture *f = *state;
  char topic[32], split[64];
  table t;
  rn_error err;
  rn_source *source = NULL;
  make_topic(f, topic, 1);
  produce(f, topic, 1, 0, 10);
  make_table(&t, f, topic, "scan.startup.mode", "earliest-offset", NULL);
  rn_source_spec spec = source_spec(&t);
  (void)snprintf(split, sizeof split, "%s/0", topic);
  const rn_position ahead = {split, "11"};
  spec.restored = &ahead;
  spec.restored_count = 1;
  rn_error_clear(&err);
  assert_int_equal(kafka->source_open(&spec, &source, &err), RN_FAIL);
  assert_int_equal(err.code, RN_E_OFFSET);
  assert_int_equal(err.offset, 11);
  assert_int_equal(err.partition, 0);
  assert_string_equal(err.topic, topic);
  /* at the end is fine; an unknown partition is not */
  const rn_position at_end = {split, "10"};
  spec.restored = &at_end;
  kafka->source_close(open_source(&spec));
  (void)snprintf(split, sizeof split, "%s/5", topic);
  rn_error_clear(&err);
  assert_int_equal(kafka->source_open(&spec, &source, &err), RN_FAIL);
  assert_int_equal(err.code, RN_E_OFFSET);
  const rn_position nonsense = {split, "ten"};
  spec.restored = &nonsense;
  rn_error_clear(&err);
  assert_int_equal(kafka->source_open(&spec, &source, &err), RN_FAIL);
  assert_int_equal(err.code, RN_E_STATE_CORRUPT);
}

static void metadata_columns(void **state) {
  fixture *f = *state;
  char topic[32];
  table t;
  rn_error err;
  rn_record_run run;
  rn_poll poll = RN_POLL_IDLE;
  make_topic(f, topic, 2);
  produce(f, topic, 2, 0, 4);
  make_table(&t, f, topic, "scan.startup.mode", "earliest-offset", NULL);
  rn_source_spec spec = source_spec(&t);
  rn_source *source = open_source(&spec);
  while (poll != RN_POLL_ROWS) assert_int_equal(kafka->poll_records(source, 10, 50000, &run, &poll, &err), RN_OK);
  const rn_record *record = &run.records[run.count - 1];
  rn_arena arena;
  rn_arena_init(&arena);
  rn_str text[1];
  int32_t number[1];
  int64_t wide[1];
  rn_column strings = {.data = text}, ints = {.data = number}, longs = {.data = wide};
  kafka->metadata_value(source, record, 0, &strings, 0, 1, &arena);
  assert_true(rn_slice_is(rn_str_slice(&text[0]), topic));
  kafka->metadata_value(source, record, 1, &ints, 0, 1, &arena);
  kafka->metadata_value(source, record, 2, &longs, 0, 1, &arena);
  assert_int_equal(wide[0], record->offset);
  char value[16], key[16];
  int i = (int)wide[0] * 2 + number[0];
  (void)snprintf(value, sizeof value, "m%d", i);
  (void)snprintf(key, sizeof key, "k%d", i);
  assert_true(rn_slice_is(record->value, value));
  kafka->metadata_value(source, record, 3, &longs, 0, 1, &arena);
  int64_t now = rn_clock_now_us(NULL);
  assert_true(wide[0] > now - 60000000 && wide[0] <= now + 1000000);
  assert_int_equal(record->timestamp_ms, wide[0] / 1000);
  kafka->metadata_value(source, record, 4, &strings, 0, 1, &arena);
  assert_true(rn_slice_is(rn_str_slice(&text[0]), "CreateTime"));
  kafka->metadata_value(source, record, 5, &strings, 0, 1, &arena);
  assert_true(rn_slice_is(rn_str_slice(&text[0]), key));
  rn_arena_free(&arena);
  kafka->source_close(source);
}

static void paused_splits_lose_nothing(void **state) {
  fixture *f = *state;
  char topic[32];
  table t;
  rn_error err;
  make_topic(f, topic, 2);
  produce(f, topic, 2, 0, 4000);
  make_table(&t, f, topic, "scan.startup.mode", "earliest-offset", "scan.bounded.mode", "latest-offset", NULL);
  rn_source_spec spec = source_spec(&t);
  rn_source *source = open_source(&spec);
  memset(seen, 0, sizeof seen);
  uint32_t total = 0, got;
  for (int i = 0; i < 10; i++) {
    (void)read_records(source, 100, 37, &got, &err);
    total += got;
    kafka->pause_split(source, 0, i % 2 == 0);
    kafka->pause_split(source, 1, i == 4);
    (void)usleep(20000);
    if (i == 4) { /* both are paused: what was handed out comes, then nothing */
      rn_record_run run;
      rn_poll poll = RN_POLL_ROWS;
      for (int n = 0; n < 200 && poll == RN_POLL_ROWS; n++) {
        assert_int_equal(kafka->poll_records(source, 2048, 10000, &run, &poll, &err), RN_OK);
        if (poll != RN_POLL_ROWS) break;
        for (uint32_t r = 0; r < run.count; r++) seen[atoi(run.records[r].value.ptr + 1)]++;
        kafka->consumed(source, run.count);
        total += run.count;
      }
      assert_int_equal(poll, RN_POLL_IDLE);
      kafka->pause_split(source, 0, false);
      kafka->pause_split(source, 1, false);
    }
  }
  assert_int_equal(read_records(source, UINT32_MAX, 2048, &got, &err), RN_POLL_END);
  assert_int_equal(total + got, 4000);
  assert_seen_once(0, 4000);
  kafka->source_close(source);
}

static int woken;
static void wake(void *ctx) {
  (void)ctx;
  (void)__atomic_add_fetch(&woken, 1, __ATOMIC_RELAXED);
}
static void wakes_and_measures_lag(void **state) {
  fixture *f = *state;
  char topic[32];
  table t;
  rn_error err;
  uint32_t got;
  make_topic(f, topic, 1);
  make_table(&t, f, topic, "scan.startup.mode", "earliest-offset", NULL);
  rn_source_spec spec = source_spec(&t);
  spec.wake = wake;
  rn_source *source = open_source(&spec);
  produce(f, topic, 1, 0, 300);
  int64_t begin = rn_monotonic_us();
  while (__atomic_load_n(&woken, __ATOMIC_RELAXED) == 0 && rn_monotonic_us() < begin + PATIENCE_US) (void)usleep(10000);
  assert_true(__atomic_load_n(&woken, __ATOMIC_RELAXED) > 0);
  (void)read_records(source, 100, 100, &got, &err);
  do { /* the end of a topic is known by its statistics, which come now and then */
    rn_record_run run;
    rn_poll poll;
    assert_int_equal(kafka->poll_records(source, 1, 0, &run, &poll, &err), RN_OK);
    (void)usleep(10000);
  } while (kafka->lag(source) != 200 && rn_monotonic_us() < begin + PATIENCE_US);
  assert_int_equal(kafka->lag(source), 200);
  kafka->source_close(source);
}

/* --- checks ------------------------------------------------------------------------------------------------ */
static const rn_format any_format = {.name = "raw"};
static void definitions(void **state) {
  fixture *f = *state;
  table t;
  rn_diagnostics d;
  static const struct {
    const char *key, *value, *message, *hint;
  } bad[] = {
      {"sink.delivery-guarantee", "exactly-once", "a kafka sink cannot be exactly-once yet", "use 'at-least-once'"},
      {"properties.plugin.library.paths", "x.so", "option 'properties.plugin.library.paths' cannot be set",
       "it could load code"},
      {"properties.transactional.id", "x", "option 'properties.transactional.id' cannot be set", "at least once"},
      {"properties.fetch.wait.maxms", "1", "the kafka client has no setting \"fetch.wait.maxms\"",
       "did you mean 'properties.fetch.wait.max.ms'?"},
      {"properties.sasl.jaas.config", "x", "the kafka client has no setting \"sasl.jaas.config\"", "sasl.username"},
      {"properties.security.protocol", "carrier-pigeon", "option 'properties.security.protocol'", ""},
      {"scan.startup.mode", "timestamp",
       "'scan.startup.mode' = 'timestamp' needs option 'scan.startup.timestamp-millis'", ""},
      {"scan.startup.mode", "earliest", "option 'scan.startup.mode' cannot be 'earliest'",
       "did you mean 'earliest-offset'?"},
      {"scan.bounded.mode", "group-offsets", "needs option 'properties.group.id'", ""},
      {"key.fields", "v", "'key.fields' needs 'key.format'", ""},
      {"value.fields-include", "EXCEPT_KEY", "'value.fields-include' = 'EXCEPT_KEY' needs 'key.fields'", ""},
      {"topicc", "x", "connector kafka has no option \"topicc\"", "did you mean 'topic'?"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    make_table(&t, f, "orders", bad[i].key, bad[i].value, NULL);
    t.spec.value_format = &any_format;
    memset(&d, 0, sizeof d);
    assert_int_equal(rn_table_options_check(&t.spec, 0, &d), RN_FAIL);
    if (!strstr(d.items[0].message, bad[i].message) || !strstr(d.items[0].hint, bad[i].hint))
      fail_msg("%s: %s / %s", bad[i].key, d.items[0].message, d.items[0].hint);
  }
  make_table(&t, f, "a b;c", NULL);
  memset(&d, 0, sizeof d);
  assert_int_equal(rn_table_options_check(&t.spec, RN_OPTION_SINK, &d), RN_FAIL);
  assert_int_equal(d.error_count, 2);
  make_table(&t, f, "orders", "properties.group.id", "g", "properties.auto.offset.reset", "earliest",
             "properties.key.deserializer", "x", "properties.sasl.password", "${env:NOT_SET}",
             "properties.compression.type", "lz4", "startup-mode", "earliest-offset", NULL);
  memset(&d, 0, sizeof d);
  assert_int_equal(rn_table_options_check(&t.spec, RN_OPTION_SOURCE, &d), RN_OK);
  assert_int_equal(d.count, 2); /* the old name, and the Java class that means nothing here */
  assert_int_equal(kafka->sink_accepts(&t.spec), RN_CHANGE_INSERT);
  assert_true(rn_table_option_row(kafka, NULL, NULL, rn_slice_of("properties.sasl.password"))->flags &
              RN_OPTION_SECRET);
}

/* --- sink ----------------------------------------------------------------------------------------------------- */
struct rn_encoder {
  uint32_t count;
};
static rn_status encoder_open(const rn_table_spec *spec, const uint32_t *columns, uint32_t count, bool is_key,
                              const rn_zone *zone, rn_encoder **out, rn_error *err) {
  (void)spec, (void)columns, (void)is_key, (void)zone, (void)err;
  *out = rn_calloc(1, sizeof **out);
  (*out)->count = count;
  return RN_OK;
}
/* Text of all columns, joined by ','. */
static rn_status encode(rn_encoder *e, const rn_batch *batch, uint32_t row, rn_builder *out, bool *is_null,
                        rn_error *err) {
  (void)err;
  *is_null = false;
  assert_int_equal(batch->column_count, e->count);
  for (uint32_t c = 0; c < e->count; c++) {
    if (c) rn_builder_char(out, ',');
    rn_builder_slice(out, rn_str_slice(&((const rn_str *)batch->columns[c].data)[row]));
  }
  return RN_OK;
}
static void encoder_close(rn_encoder *e) { rn_free(e); }
static const rn_format join_format = {
    .name = "join", .encoder_open = encoder_open, .encode = encode, .encoder_close = encoder_close};

static void stage_rows(rn_sink *sink, const rn_schema *schema, int from, int count) {
  (void)schema;
  rn_str a[256], b[256];
  rn_error err;
  uint16_t live[256];
  char text[256][2][24];
  assert_true(count <= 256);
  for (int i = 0; i < count; i++) {
    a[i] = rn_str_make(text[i][0], (size_t)sprintf(text[i][0], "m%d", from + i / 2));
    b[i] = rn_str_make(text[i][1], (size_t)sprintf(text[i][1], "key-%d", from + i / 2));
  }
  uint32_t n = 0;
  for (int i = 0; i < count; i += 2) live[n++] = (uint16_t)i;
  rn_column columns[2] = {{.data = b}, {.data = a}}; /* the batch has the key column first */
  rn_batch batch = {.rows = (uint32_t)count, .live_count = n, .live = live, .column_count = 2, .columns = columns};
  rn_error_clear(&err);
  assert_int_equal(kafka->stage(sink, &batch, &err), RN_OK);
}

/* Headers go out from header-list and come back both ways: all of them, and the last one of each name. */
static void headers_there_and_back(void **state) {
  fixture *f = *state;
  char topic[32];
  table t;
  rn_error err;
  rn_arena arena;
  rn_arena_init(&arena);
  rn_error_clear(&err);
  make_topic(f, topic, 1);
  make_table(&t, f, topic, "scan.startup.mode", "earliest-offset", NULL);
  t.spec.value_format = &join_format;
  const rn_type *list_type = kafka->metadata[RN_KAFKA_META_HEADER_LIST].nested, *map_type = kafka->metadata[RN_KAFKA_META_HEADERS].nested;
  const rn_field fields[] = {{"v", rn_type_basic(RN_T_VARCHAR, true)}, {"header-list", rn_type_with_null(&arena, list_type, true)}};
  rn_schema schema = {2, fields};
  const uint32_t columns[] = {0, 1 + RN_KAFKA_META_HEADER_LIST};
  rn_sink_spec spec = {.table = &t.spec, .schema = &schema, .columns = columns, .parallelism = 1, .notice = notice};
  rn_sink *sink = NULL;
  assert_int_equal(kafka->sink_open(&spec, &sink, &err), RN_OK);
  rn_batch batch;
  rn_batch_init(&batch, &schema, 3, &arena);
  batch.rows = batch.live_count = 3;
  static const char *const pairs[][2] = {{"trace", "a"}, {"n", "1"}, {"n", "2"}, {"empty", ""}, {"none", NULL}};
  for (uint32_t row = 0; row < 3; row++) ((rn_str *)batch.columns[0].data)[row] = rn_str_make("v", 1);
  rn_column *list = &batch.columns[1];
  for (uint32_t row = 0; row < 2; row++) rn_items_open(list, row);
  rn_column_nullable(list, 3, &arena);
  rn_set_null(list, 2); /* row 0: five headers, row 1: an empty list, row 2: NULL */
  for (uint32_t i = 0; i < 5; i++) {
    uint32_t at = rn_items_extend(list, 0, 1, &arena);
    rn_column *parts = list->children[0].children;
    rn_column_nullable(&parts[1], 16, &arena);
    ((rn_str *)parts[0].data)[at] = rn_str_make(pairs[i][0], strlen(pairs[i][0]));
    ((rn_str *)parts[1].data)[at] = rn_str_make(pairs[i][1] ? pairs[i][1] : "", pairs[i][1] ? strlen(pairs[i][1]) : 0);
    if (!pairs[i][1]) rn_set_null(&parts[1], at);
  }
  assert_int_equal(kafka->stage(sink, &batch, &err), RN_OK);
  rn_staged *staged;
  assert_int_equal(kafka->freeze(sink, &staged, &err), RN_OK);
  assert_int_equal(kafka->flush(sink, staged, 1, &err), RN_OK);
  kafka->sink_committed(sink, staged, 1);
  kafka->sink_close(sink);

  rn_source_spec source = source_spec(&t);
  rn_source *reader = open_source(&source);
  static const char *const lists[] = {"[(trace, a), (n, 1), (n, 2), (empty, ), (none, NULL)]", "[]", "[]"};
  static const char *const maps[] = {"{trace=a, n=2, empty=, none=NULL}", "{}", "{}"};
  rn_column read[2];
  rn_column_init(&read[0], list_type, 3, &arena);
  rn_column_init(&read[1], map_type, 3, &arena);
  for (uint32_t row = 0; row < 3;) {
    rn_record_run run;
    rn_poll poll = RN_POLL_IDLE;
    assert_int_equal(kafka->poll_records(reader, 3 - row, 50000, &run, &poll, &err), RN_OK);
    for (uint32_t i = 0; poll == RN_POLL_ROWS && i < run.count; i++, row++) {
      for (int k = 0; k < 2; k++) {
        kafka->metadata_value(reader, &run.records[i], k ? RN_KAFKA_META_HEADERS : RN_KAFKA_META_HEADER_LIST, &read[k], row, 3, &arena);
        rn_builder b = {0};
        rn_value_text(&b, &read[k], row, RN_TEXT_CAST, NULL);
        assert_string_equal(b.data, k ? maps[row] : lists[row]);
        rn_builder_free(&b);
      }
    }
    if (poll == RN_POLL_ROWS) kafka->consumed(reader, run.count);
  }
  kafka->source_close(reader);
  rn_arena_free(&arena);
}

static void sink_delivers_before_the_epoch(void **state) {
  fixture *f = *state;
  char topic[32];
  table t;
  rn_error err;
  make_topic(f, topic, 2);
  make_table(&t, f, topic, "key.fields", "k", "key.format", "join", "value.fields-include", "EXCEPT_KEY", NULL);
  t.columns[1] = (rn_table_column){.name = "k", .role = RN_COLUMN_PHYSICAL};
  t.spec.column_count = 2;
  t.spec.value_format = t.spec.key_format = &join_format;
  rn_type type = {.id = RN_T_VARCHAR, .nullable = true};
  const rn_field fields[] = {{"k", &type}, {"v", &type}};
  rn_schema schema = {2, fields};
  const uint32_t columns[] = {1, 0};
  rn_sink_spec spec = {.table = &t.spec, .schema = &schema, .columns = columns, .parallelism = 1, .notice = notice};
  rn_sink *sink = NULL;
  rn_error_clear(&err);
  rn_status opened = kafka->sink_open(&spec, &sink, &err);
  assert_string_equal(err.message, "");
  assert_int_equal(opened, RN_OK);
  stage_rows(sink, &schema, 0, 200); /* m0..m99 */
  rn_staged *first, *second;
  assert_int_equal(kafka->freeze(sink, &first, &err), RN_OK);
  stage_rows(sink, &schema, 100, 100); /* m100..m149 */
  assert_int_equal(kafka->flush(sink, first, 1, &err), RN_OK);
  kafka->sink_committed(sink, first, 1);
  (void)rd_kafka_mock_broker_set_down(f->cluster, -1); /* the second epoch has to wait for the broker */
  stage_rows(sink, &schema, 150, 20);
  assert_int_equal(kafka->freeze(sink, &second, &err), RN_OK);
  (void)rd_kafka_mock_broker_set_up(f->cluster, -1);
  assert_int_equal(kafka->flush(sink, second, 2, &err), RN_OK);
  kafka->sink_committed(sink, second, 2);
  uint64_t written, coalesced;
  kafka->sink_counters(sink, &written, &coalesced);
  assert_int_equal(written, 160);
  kafka->sink_close(sink);

  make_table(&t, f, topic, "scan.startup.mode", "earliest-offset", "scan.bounded.mode", "latest-offset", NULL);
  rn_source_spec source = source_spec(&t);
  rn_source *reader = open_source(&source);
  uint32_t got;
  memset(seen, 0, sizeof seen);
  rn_record_run run;
  rn_poll poll = RN_POLL_IDLE;
  while (poll != RN_POLL_ROWS) assert_int_equal(kafka->poll_records(reader, 1, 50000, &run, &poll, &err), RN_OK);
  char key[32];
  (void)snprintf(key, sizeof key, "key-%.*s", (int)run.records[0].value.len - 1, run.records[0].value.ptr + 1);
  assert_true(rn_slice_is(run.records[0].key, key));
  assert_int_equal(read_records(reader, UINT32_MAX, 2048, &got, &err),
                   RN_POLL_END); /* the record above was not consumed */
  assert_seen_once(0, 160);
  kafka->source_close(reader);
}

static void sink_failure_stops_the_epoch(void **state) {
  fixture *f = *state;
  char topic[32];
  table t;
  rn_error err;
  make_topic(f, topic, 1);
  make_table(&t, f, topic, "properties.message.timeout.ms", "1000", NULL);
  t.spec.column_count = 1;
  t.spec.value_format = &join_format;
  rn_type type = {.id = RN_T_VARCHAR, .nullable = true};
  const rn_field fields[] = {{"k", &type}, {"v", &type}};
  rn_schema schema = {2, fields};
  const uint32_t columns[] = {1, 0};
  t.columns[1] = (rn_table_column){.name = "k", .role = RN_COLUMN_PHYSICAL};
  t.spec.column_count = 2;
  rn_sink_spec spec = {.table = &t.spec, .schema = &schema, .columns = columns, .parallelism = 1, .notice = notice};
  rn_sink *sink = NULL;
  rn_error_clear(&err);
  assert_int_equal(kafka->sink_open(&spec, &sink, &err), RN_OK);
  (void)rd_kafka_mock_broker_set_down(f->cluster, -1);
  stage_rows(sink, &schema, 0, 10);
  rn_staged *staged;
  assert_int_equal(kafka->freeze(sink, &staged, &err), RN_OK);
  assert_int_equal(kafka->flush(sink, staged, 1, &err), RN_FAIL);
  assert_int_equal(err.code, RN_E_SINK);
  assert_non_null(strstr(err.message, "timed out"));
  (void)rd_kafka_mock_broker_set_up(f->cluster, -1);
  kafka->sink_close(sink);
  /* an unknown topic is an error, and is not made by asking for it */
  make_table(&t, f, "no-such-sink", NULL);
  t.columns[1] = (rn_table_column){.name = "k", .role = RN_COLUMN_PHYSICAL};
  t.spec.column_count = 2;
  t.spec.value_format = &join_format;
  for (int again = 0; again < 2; again++) {
    rn_error_clear(&err);
    assert_int_equal(kafka->sink_open(&spec, &sink, &err), RN_FAIL);
    assert_int_equal(err.code, RN_E_TOPIC);
  }
}

static void key_layouts(void **state) {
  fixture *f = *state;
  table t;
  rn_error err;
  rn_arena arena;
  rn_key_layout layout;
  rn_arena_init(&arena);
  rn_error_clear(&err);
  make_table(&t, f, "t", "key.fields", "k_id; k_shop", "key.fields-prefix", "k_", "key.format", "raw",
             "value.fields-include", "EXCEPT_KEY", NULL);
  t.columns[1] = (rn_table_column){.name = "k_shop", .role = RN_COLUMN_PHYSICAL};
  t.columns[2] = (rn_table_column){.name = "k_id", .role = RN_COLUMN_PHYSICAL};
  t.spec.column_count = 3;
  t.spec.key_format = &any_format;
  assert_int_equal(rn_key_layout_make(&t.spec, &arena, &layout, &err), RN_OK);
  assert_int_equal(layout.key_count, 2);
  assert_int_equal(layout.key_columns[0], 2);
  assert_string_equal(layout.key_table->columns[2].name, "id");
  assert_string_equal(t.spec.columns[2].name, "k_id");
  assert_int_equal(layout.value_count, 1);
  assert_false(layout.key_in_value);
  t.columns[2].name = "kk_id";
  assert_int_equal(rn_key_layout_make(&t.spec, &arena, &layout, &err), RN_FAIL);
  assert_string_equal(err.message, "'key.fields' names \"k_id\", which is no physical column of table t");
  assert_string_equal(err.hint, "did you mean \"kk_id\"?");
  rn_arena_free(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(bounded_reads_everything_once),
      cmocka_unit_test(positions_resume_exactly),
      cmocka_unit_test(start_modes),
      cmocka_unit_test(group_offsets_are_told_and_read),
      cmocka_unit_test(missing_topic_is_named),
      cmocka_unit_test(unreachable_broker_is_an_error),
      cmocka_unit_test(broker_down_and_up),
      cmocka_unit_test(lost_head_is_an_error),
      cmocka_unit_test(metadata_columns),
      cmocka_unit_test(headers_there_and_back),
      cmocka_unit_test(paused_splits_lose_nothing),
      cmocka_unit_test(wakes_and_measures_lag),
      cmocka_unit_test(definitions),
      cmocka_unit_test(sink_delivers_before_the_epoch),
      cmocka_unit_test(sink_failure_stops_the_epoch),
      cmocka_unit_test(key_layouts),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
