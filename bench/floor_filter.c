/* The yardstick of the filter job: Kafka -> Kafka by hand. Consumes a topic of bids, scans each for its price and
 * sends those of at least LIMIT on as they are.
 *
 *   floor_filter BOOTSTRAP FROM TO LIMIT      prints rows read and sent
 *
 * The engine decodes all columns and writes the JSON anew; that is part of what its factor pays for. */
#include <inttypes.h>
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 2048 };
static uint64_t failed;

static void set(rd_kafka_conf_t *conf, const char *key, const char *value) {
  char error[256];
  if (rd_kafka_conf_set(conf, key, value, error, sizeof error) == RD_KAFKA_CONF_OK) return;
  (void)fprintf(stderr, "%s\n", error);
  exit(1);
}

static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *m, void *opaque) {
  (void)rk, (void)opaque;
  failed += m->err != RD_KAFKA_RESP_ERR_NO_ERROR;
}

static int64_t price_of(const char *at, size_t len) {
  const char *p = memmem(at, len, "\"price\":", 8), *end = at + len;
  int64_t n = 0;
  if (p)
    for (p += 8; p < end && *p >= '0' && *p <= '9'; p++) n = n * 10 + (*p - '0');
  return n;
}

int main(int argc, char **argv) {
  if (argc < 5) return 64;
  char error[256];
  rd_kafka_conf_t *in = rd_kafka_conf_new(), *out = rd_kafka_conf_new();
  set(in, "bootstrap.servers", argv[1]);
  set(in, "enable.partition.eof", "true");
  set(in, "queued.min.messages", "1000000");
  set(in, "fetch.message.max.bytes", "4194304");
  set(out, "bootstrap.servers", argv[1]);
  set(out, "linger.ms", "50");
  rd_kafka_conf_set_dr_msg_cb(out, on_delivery);
  rd_kafka_t *consumer = rd_kafka_new(RD_KAFKA_CONSUMER, in, error, sizeof error);
  rd_kafka_t *producer = rd_kafka_new(RD_KAFKA_PRODUCER, out, error, sizeof error);
  if (!consumer || !producer) return 1;
  rd_kafka_topic_t *from = rd_kafka_topic_new(consumer, argv[2], NULL), *to = rd_kafka_topic_new(producer, argv[3], NULL);
  const struct rd_kafka_metadata *meta;
  if (rd_kafka_metadata(consumer, 0, from, &meta, 10000)) return 3;
  int partitions = meta->topics[0].partition_cnt, ended = 0;
  rd_kafka_queue_t *queue = rd_kafka_queue_new(consumer);
  for (int p = 0; p < partitions; p++) (void)rd_kafka_consume_start_queue(from, p, RD_KAFKA_OFFSET_BEGINNING, queue);
  static rd_kafka_message_t *messages[BATCH];
  int64_t limit = strtoll(argv[4], NULL, 10);
  uint64_t rows = 0, sent = 0;
  while (ended < partitions) {
    ssize_t n = rd_kafka_consume_batch_queue(queue, 100, messages, BATCH);
    for (ssize_t i = 0; i < n; i++) {
      rd_kafka_message_t *m = messages[i];
      if (m->err) {
        ended += m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
      } else {
        rows++;
        if (price_of(m->payload, m->len) >= limit) {
          while (rd_kafka_produce(to, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, m->payload, m->len, NULL, 0, NULL) != 0)
            (void)rd_kafka_poll(producer, 10);
          sent++;
        }
      }
      rd_kafka_message_destroy(m);
    }
    (void)rd_kafka_poll(producer, 0);
  }
  if (rd_kafka_flush(producer, 60000) || failed) return 1;
  (void)printf("%" PRIu64 " rows, %" PRIu64 " sent\n", rows, sent);
  return 0;
}
