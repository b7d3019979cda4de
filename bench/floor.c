/* The yardstick: the main job by hand, with the same libraries. Kafka topic of bids -> COUNT, SUM, MAX of price
 * per auction in 10 s tumbling windows -> nothing, or one SQLite transaction a second of prepared upserts.
 *
 *   floor BOOTSTRAP TOPIC [FILE.db]      prints rows, windows and a checksum of the results
 *
 * A scan for the three needed fields, one open-addressing table per open window, watermark = minimum of the
 * partitions' largest times. Nothing is verified and nothing can be recovered: that is what an engine adds. */
#include <inttypes.h>
#include <librdkafka/rdkafka.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PARTITIONS_MAX = 64, OPEN_WINDOWS = 1024, BATCH = 2048 };
static const int64_t WINDOW_MS = 10000;

typedef struct slot {
  int64_t auction, count, sum, max;
} slot;
typedef struct window {
  int64_t start;
  slot *slots;
  uint32_t mask, used;
} window;

static window windows[OPEN_WINDOWS];
static sqlite3 *db;
static sqlite3_stmt *upsert;
static uint64_t result_rows, checksum;

static uint32_t hash(int64_t key) { return (uint32_t)((uint64_t)key * 0x9E3779B97F4A7C15u >> 32); }

static void grow(window *w) {
  slot *old = w->slots;
  uint32_t old_size = w->slots ? w->mask + 1 : 0, size = old_size ? old_size * 2 : 1024;
  w->slots = calloc(size, sizeof(slot));
  w->mask = size - 1;
  for (uint32_t i = 0; i < old_size; i++) {
    if (!old[i].count) continue;
    uint32_t at = hash(old[i].auction) & w->mask;
    while (w->slots[at].count) at = (at + 1) & w->mask;
    w->slots[at] = old[i];
  }
  free(old);
}

static void add(int64_t start, int64_t auction, int64_t price) {
  window *w = &windows[start / WINDOW_MS % OPEN_WINDOWS]; /* partitions are read apart from each other: many may be open */
  if (!w->slots) {
    *w = (window){.start = start};
    grow(w);
  }
  if (w->start != start) abort();
  uint32_t at = hash(auction) & w->mask;
  while (w->slots[at].count && w->slots[at].auction != auction) at = (at + 1) & w->mask;
  slot *s = &w->slots[at];
  if (!s->count) {
    s->auction = auction;
    s->max = price;
    w->used++;
  }
  s->count++;
  s->sum += price;
  if (price > s->max) s->max = price;
  if (w->used * 2 > w->mask) grow(w);
}

static void run(const char *sql) {
  char *message = NULL;
  if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK) {
    (void)fprintf(stderr, "%s: %s\n", sql, message);
    exit(1);
  }
}

static void close_windows(int64_t watermark) {
  static int64_t closed = INT64_MIN;
  int64_t now = watermark == INT64_MAX ? INT64_MAX : watermark < 0 ? -1 : (watermark + 1) / WINDOW_MS;
  if (now <= closed) return;
  closed = now;
  for (int i = 0; i < OPEN_WINDOWS; i++) {
    window *w = &windows[i];
    if (!w->slots || w->start + WINDOW_MS - 1 > watermark) continue;
    for (uint32_t k = 0; k <= w->mask; k++) {
      slot *s = &w->slots[k];
      if (!s->count) continue;
      result_rows++;
      checksum += (uint64_t)(s->auction * 31 + s->count * 7 + s->sum + s->max * 3) ^ (uint64_t)w->start;
      if (!db) continue;
      (void)sqlite3_bind_int64(upsert, 1, w->start);
      (void)sqlite3_bind_int64(upsert, 2, s->auction);
      (void)sqlite3_bind_int64(upsert, 3, s->count);
      (void)sqlite3_bind_int64(upsert, 4, s->sum);
      (void)sqlite3_bind_int64(upsert, 5, s->max);
      (void)sqlite3_step(upsert);
      (void)sqlite3_reset(upsert);
    }
    free(w->slots);
    *w = (window){0};
  }
}

static int64_t number_after(const char **at, const char *end, const char *name, size_t len) {
  const char *p = memmem(*at, (size_t)(end - *at), name, len);
  if (!p) return 0;
  int64_t n = 0;
  for (p += len; p < end && *p >= '0' && *p <= '9'; p++) n = n * 10 + (*p - '0');
  *at = p;
  return n;
}
static int two(const char *p) { return (p[0] - '0') * 10 + p[1] - '0'; }

/* "2024-01-dd HH:MM:SS.mmm": ms since 2024-01-01 (the generator's month) */
static int64_t time_after(const char *at, const char *end) {
  const char *p = memmem(at, (size_t)(end - at), "\"dateTime\":\"", 12);
  if (!p) return 0;
  p += 12;
  return (((two(p + 8) - 1) * 24LL + two(p + 11)) * 60 + two(p + 14)) * 60000LL + two(p + 17) * 1000LL + (p[20] - '0') * 100 + two(p + 21);
}

static void set(rd_kafka_conf_t *conf, const char *key, const char *value) {
  char error[256];
  if (rd_kafka_conf_set(conf, key, value, error, sizeof error) != RD_KAFKA_CONF_OK) {
    (void)fprintf(stderr, "%s\n", error);
    exit(1);
  }
}

int main(int argc, char **argv) {
  if (argc < 3) return 64;
  if (argc > 3) {
    if (sqlite3_open(argv[3], &db) != SQLITE_OK) return 1;
    run("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
        "CREATE TABLE result(w INTEGER, auction INTEGER, c INTEGER, s INTEGER, m INTEGER, PRIMARY KEY (w, auction)) WITHOUT ROWID; BEGIN");
    if (sqlite3_prepare_v2(db, "INSERT INTO result VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT(w, auction) DO UPDATE SET c = ?3, s = ?4, m = ?5", -1, &upsert, NULL)) return 1;
  }
  rd_kafka_conf_t *conf = rd_kafka_conf_new();
  set(conf, "bootstrap.servers", argv[1]);
  set(conf, "enable.partition.eof", "true");
  set(conf, "queued.min.messages", "1000000");
  set(conf, "fetch.message.max.bytes", "4194304");
  char error[256];
  rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, error, sizeof error);
  if (!rk) return 1;
  rd_kafka_topic_t *topic = rd_kafka_topic_new(rk, argv[2], NULL);
  const struct rd_kafka_metadata *meta;
  if (rd_kafka_metadata(rk, 0, topic, &meta, 10000)) return 3;
  int partitions = meta->topics[0].partition_cnt, ended = 0;
  rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
  int64_t largest[PARTITIONS_MAX];
  for (int p = 0; p < partitions; p++) {
    largest[p] = INT64_MIN;
    (void)rd_kafka_consume_start_queue(topic, p, RD_KAFKA_OFFSET_BEGINNING, queue);
  }
  static rd_kafka_message_t *messages[BATCH];
  uint64_t rows = 0;
  time_t committed = time(NULL);
  while (ended < partitions) {
    ssize_t n = rd_kafka_consume_batch_queue(queue, 100, messages, BATCH);
    for (ssize_t i = 0; i < n; i++) {
      rd_kafka_message_t *m = messages[i];
      if (m->err) {
        if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) largest[m->partition] = INT64_MAX, ended++;
      } else {
        const char *at = m->payload, *end = at + m->len;
        int64_t auction = number_after(&at, end, "\"auction\":", 10), price = number_after(&at, end, "\"price\":", 8), t = time_after(at, end);
        rows++;
        if (t > largest[m->partition]) largest[m->partition] = t;
        add(t - t % WINDOW_MS, auction, price);
      }
      rd_kafka_message_destroy(m);
    }
    int64_t watermark = INT64_MAX;
    for (int p = 0; p < partitions; p++)
      if (largest[p] < watermark) watermark = largest[p];
    close_windows(watermark);
    if (db && time(NULL) != committed) {
      run("COMMIT; BEGIN");
      committed = time(NULL);
    }
  }
  if (db) run("COMMIT");
  (void)printf("%" PRIu64 " rows, %" PRIu64 " results, checksum %" PRIu64 "\n", rows, result_rows, checksum);
  if (db) (void)sqlite3_finalize(upsert), (void)sqlite3_close(db);
  return 0;
}
