/* runnel-broker: a helper program of the tests and the demo, no part of the engine. broker.c: commands and
 * the embedded broker; client.c: produce, consume; admin.c: topics, offsets. Uses librdkafka only. */
#ifndef RN_TOOLS_BROKER_H
#define RN_TOOLS_BROKER_H
#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MANY = 64 };
typedef struct options {
  const char *command;
  const char *bootstrap, *key_field, *partition_field, *timestamp_field, *transaction, *group, *pid_file;
  const char *topics[MANY]; /* "name" or "name:partitions" */
  int topic_count;
  const char *settings[MANY]; /* --set KEY=VALUE: topic settings for create, client settings otherwise */
  int setting_count;
  const char *headers[MANY]; /* --header NAME=VALUE of every message produced */
  int header_count;
  int64_t brokers, rate, count, partition, offset, timeout_ms;
  bool background, key_tab, follow, with_key, json, uncommitted;
} options;

_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* "name:4" -> name (in buf) and 4; without a number: `otherwise`. */
const char *split_topic(const char *text, char *buf, size_t size, int otherwise, int *partitions);
/* A client with the command line's settings; dies when it cannot be made. */
rd_kafka_t *make_client(const options *o, rd_kafka_type_t type, const char *const *more /* name, value, .., NULL */,
                        void (*delivered)(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque) /* NULL */);
const char *only_topic(const options *o);

int command_produce(const options *o);
int command_consume(const options *o);
int command_create(const options *o);
int command_delete(const options *o);
int command_grow(const options *o);
int command_cut(const options *o);
int command_ends(const options *o);
int command_committed(const options *o);
int command_ping(const options *o);

#endif
