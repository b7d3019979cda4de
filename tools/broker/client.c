/* runnel-broker produce and consume: lines to messages and back. */
#include "tools/broker/broker.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t now_us(void) {
  struct timespec t;
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* --- a field of a JSON object, by text: enough for generated lines ------------------------------------ */
static const char *skip_string(const char *at) { /* behind the closing quote */
  for (at++; *at && *at != '"'; at++)
    if (*at == '\\' && at[1]) at++;
  return *at ? at + 1 : at;
}
static const char *skip_value(const char *at) {
  int depth = 0;
  for (; *at; at++) {
    if (*at == '"') {
      at = skip_string(at) - 1;
    } else if (*at == '{' || *at == '[') {
      depth++;
    } else if (*at == '}' || *at == ']') {
      if (depth-- == 0) return at;
    } else if (*at == ',' && depth == 0) {
      return at;
    }
  }
  return at;
}
/* The field's text (a string without its quotes); false: not there, or null. */
static bool json_field(const char *line, const char *field, const char **value, size_t *len) {
  size_t name_len = strlen(field);
  const char *at = strchr(line, '{');
  if (!at) return false;
  for (at++; *at && *at != '}';) {
    at += strspn(at, " \t,");
    if (*at != '"') return false;
    const char *name = at + 1;
    at = skip_string(at);
    bool same = (size_t)(at - 1 - name) == name_len && memcmp(name, field, name_len) == 0;
    at += strspn(at, " \t:");
    const char *begin = at;
    at = skip_value(at);
    if (!same) continue;
    while (at > begin && (at[-1] == ' ' || at[-1] == '\t')) at--;
    if (at - begin == 4 && memcmp(begin, "null", 4) == 0) return false;
    bool quoted = *begin == '"' && at - begin >= 2;
    *value = begin + quoted;
    *len = (size_t)(at - begin) - (quoted ? 2 : 0);
    return true;
  }
  return false;
}

/* --- produce --------------------------------------------------------------------------------------------- */
static int64_t failures;
static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque) {
  (void)rk, (void)opaque;
  if (!message->err) return;
  if (failures++ == 0) (void)fprintf(stderr, "runnel-broker: not delivered: %s\n", rd_kafka_err2str(message->err));
}

static void send_line(rd_kafka_t *rk, rd_kafka_topic_t *topic, const options *o, char *line, size_t len) {
  const char *key = NULL, *stamp = NULL;
  size_t key_len = 0, stamp_len = 0;
  char *value = line;
  if (o->key_tab) {
    char *tab = memchr(line, '\t', len);
    if (!tab) die("a line has no tab between key and value");
    key = line;
    key_len = (size_t)(tab - line);
    value = tab + 1;
    len -= key_len + 1;
  } else if (o->key_field && !json_field(line, o->key_field, &key, &key_len)) {
    key = NULL;
  }
  const char *part = NULL;
  size_t part_len = 0;
  int32_t partition = o->partition >= 0 ? (int32_t)o->partition : RD_KAFKA_PARTITION_UA;
  if (o->partition_field && json_field(line, o->partition_field, &part, &part_len))
    partition = (int32_t)strtol(part, NULL, 10);
  int64_t timestamp =
      o->timestamp_field && json_field(line, o->timestamp_field, &stamp, &stamp_len) ? strtoll(stamp, NULL, 10) : 0;
  rd_kafka_vu_t parts[6 + MANY] = {
      {.vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = topic},
      {.vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = partition},
      {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {value, len}},
      {.vtype = RD_KAFKA_VTYPE_KEY, .u.mem = {(void *)(uintptr_t)key, key_len}},
      {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
      {.vtype = RD_KAFKA_VTYPE_TIMESTAMP, .u.i64 = timestamp},
  };
  char names[MANY][64];
  for (int i = 0; i < o->header_count; i++) {
    const char *equals = strchr(o->headers[i], '=');
    (void)snprintf(names[i], sizeof names[i], "%.*s", (int)(equals - o->headers[i]), o->headers[i]);
    parts[6 + i].vtype = RD_KAFKA_VTYPE_HEADER;
    parts[6 + i].u.header.name = names[i];
    parts[6 + i].u.header.val = equals + 1;
    parts[6 + i].u.header.size = (ssize_t)strlen(equals + 1);
  }
  rd_kafka_error_t *error;
  while ((error = rd_kafka_produceva(rk, parts, 6 + (size_t)o->header_count)) != NULL) {
    if (rd_kafka_error_code(error) != RD_KAFKA_RESP_ERR__QUEUE_FULL) die("%s", rd_kafka_error_string(error));
    rd_kafka_error_destroy(error);
    (void)rd_kafka_poll(rk, 50);
  }
}

static void check(rd_kafka_error_t *error) {
  if (error) die("%s", rd_kafka_error_string(error));
}

int command_produce(const options *o) {
  char id[64];
  const char *topic_name = only_topic(o);
  (void)snprintf(id, sizeof id, "runnel-broker-%" PRId64, now_us());
  const char *more[] = {"linger.ms",
                        o->rate > 0 ? "2" : "20",
                        "partitioner",
                        "murmur2_random",
                        "reconnect.backoff.max.ms",
                        "500",
                        "enable.idempotence",
                        "true",
                        o->transaction ? "transactional.id" : NULL,
                        id,
                        NULL};
  rd_kafka_t *rk = make_client(o, RD_KAFKA_PRODUCER, more, on_delivery);
  rd_kafka_topic_t *topic = rd_kafka_topic_new(rk, topic_name, NULL);
  if (!topic) die("topic %s: %s", topic_name, rd_kafka_err2str(rd_kafka_last_error()));
  if (o->transaction) {
    check(rd_kafka_init_transactions(rk, 30000));
    check(rd_kafka_begin_transaction(rk));
  }
  char *line = NULL;
  size_t cap = 0;
  ssize_t len;
  int64_t sent = 0, begin = now_us();
  while ((o->count < 0 || sent < o->count) && (len = getline(&line, &cap, stdin)) >= 0) {
    if (len > 0 && line[len - 1] == '\n') line[--len] = 0;
    send_line(rk, topic, o, line, (size_t)len);
    if (++sent % 500 == 0 || o->rate > 0) (void)rd_kafka_poll(rk, 0);
    if (o->rate > 0) { /* keep the pace of the whole, in steps of 5 ms */
      int64_t ahead = begin + sent * 1000000 / o->rate - now_us();
      if (ahead > 5000) (void)rd_kafka_poll(rk, (int)(ahead / 1000));
    }
  }
  free(line);
  if (rd_kafka_flush(rk, 120000) != RD_KAFKA_RESP_ERR_NO_ERROR) die("messages were not taken in two minutes");
  if (o->transaction)
    check(strcmp(o->transaction, "commit") == 0 ? rd_kafka_commit_transaction(rk, 30000)
                                                : rd_kafka_abort_transaction(rk, 30000));
  rd_kafka_topic_destroy(topic);
  rd_kafka_destroy(rk);
  return failures > 0 ? 1 : 0;
}

/* --- consume ----------------------------------------------------------------------------------------------- */
static void print_json_text(const char *text, size_t len) {
  (void)putchar('"');
  for (size_t i = 0; i < len; i++) {
    unsigned char c = (unsigned char)text[i];
    if (c == '"' || c == '\\')
      (void)printf("\\%c", c);
    else if (c < 0x20)
      (void)printf("\\u%04x", c);
    else
      (void)putchar(c);
  }
  (void)putchar('"');
}

static void print_message(const options *o, const rd_kafka_message_t *m) {
  rd_kafka_timestamp_type_t type;
  if (o->json) {
    (void)printf("{\"partition\":%d,\"offset\":%" PRId64 ",\"timestamp\":%" PRId64 ",\"key\":", m->partition, m->offset,
                 rd_kafka_message_timestamp(m, &type));
    if (m->key)
      print_json_text(m->key, m->key_len);
    else
      (void)fputs("null", stdout);
    (void)fputs(",\"value\":", stdout);
    if (m->payload)
      print_json_text(m->payload, m->len);
    else
      (void)fputs("null", stdout);
    (void)puts("}");
    return;
  }
  if (o->with_key) (void)printf("%.*s\t", (int)m->key_len, m->key ? (const char *)m->key : "");
  (void)printf("%.*s\n", (int)m->len, m->payload ? (const char *)m->payload : "");
}

int command_consume(const options *o) {
  const char *topic_name = only_topic(o);
  const char *more[] = {"enable.partition.eof",
                        "true",
                        "isolation.level",
                        o->uncommitted ? "read_uncommitted" : "read_committed",
                        "fetch.wait.max.ms",
                        "20",
                        "reconnect.backoff.max.ms",
                        "500",
                        NULL};
  rd_kafka_t *rk = make_client(o, RD_KAFKA_CONSUMER, more, NULL);
  rd_kafka_topic_t *topic = rd_kafka_topic_new(rk, topic_name, NULL);
  rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
  const rd_kafka_metadata_t *data = NULL;
  rd_kafka_resp_err_t code = topic ? rd_kafka_metadata(rk, 0, topic, &data, (int)o->timeout_ms) : rd_kafka_last_error();
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) code = data->topics[0].err;
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) die("topic %s: %s", topic_name, rd_kafka_err2str(code));
  int partitions = data->topics[0].partition_cnt, open = 0;
  rd_kafka_metadata_destroy(data);
  bool *ended = calloc((size_t)partitions + 1, sizeof *ended);
  if (!ended) die("out of memory");
  for (int p = 0; p < partitions; p++)
    if (o->partition < 0 || o->partition == p) {
      int64_t from = o->offset >= 0 ? o->offset : RD_KAFKA_OFFSET_BEGINNING;
      if (rd_kafka_consume_start_queue(topic, p, from, queue) != 0)
        die("partition %d: %s", p, rd_kafka_err2str(rd_kafka_last_error()));
      open++;
    }
  int64_t count = 0, deadline = now_us() + o->timeout_ms * 1000;
  while ((o->count < 0 || count < o->count) && (o->follow || o->count >= 0 || open > 0) && now_us() < deadline) {
    rd_kafka_message_t *m = rd_kafka_consume_queue(queue, 100);
    (void)rd_kafka_poll(rk, 0);
    if (!m) continue;
    if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      if (!ended[m->partition]) open--;
      ended[m->partition] = true;
    } else if (!m->err) {
      print_message(o, m);
      count++;
    }
    rd_kafka_message_destroy(m);
    if (o->follow) (void)fflush(stdout);
  }
  bool short_of = o->count >= 0 ? count < o->count : open > 0 && !o->follow;
  for (int p = 0; p < partitions; p++)
    if (o->partition < 0 || o->partition == p) (void)rd_kafka_consume_stop(topic, p);
  free(ended);
  rd_kafka_queue_destroy(queue);
  rd_kafka_topic_destroy(topic);
  rd_kafka_destroy(rk);
  return short_of ? 1 : 0;
}
