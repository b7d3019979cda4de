/* Clients of the kafka connector: a librdkafka configuration under our policy, its events as human
 * lines, and the questions asked before anything is read or written (does the topic exist, how many
 * partitions). Policy and values: RELIABILITY.md B5, B6, C2 and PERFORMANCE.md 2c of the design notes,
 * summed up in the comments of the tables below. */
#include "connectors/kafka_private.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* --- settings --------------------------------------------------------------------------------------- */
enum { CONSUMER = 1, PRODUCER = 2, GROUP = 4, ALL = 7 };
typedef struct setting {
  int roles;
  const char *name, *value;
} setting;

/* May be changed by 'properties.*'. */
static const setting defaults[] = {
    {ALL, "client.id", "runnel"},
    {ALL, "socket.timeout.ms", "8000"}, /* above the fetch wait; a silent network cut heals in a second */
    {ALL, "socket.keepalive.enable", "true"},
    {ALL, "socket.nagle.disable", "true"},
    {ALL, "reconnect.backoff.ms", "100"},
    {ALL, "reconnect.backoff.max.ms", "1000"}, /* the default of 10 s is most of a recovery */
    {ALL, "log.connection.close", "false"},
    {CONSUMER, "fetch.wait.max.ms", "100"},
    {CONSUMER, "fetch.error.backoff.ms", "200"},
    {CONSUMER, "fetch.message.max.bytes", "4194304"}, /* a third of the broker's work of 1 MB fetches; fewer: see fair_fetches */
    {CONSUMER, "fetch.max.bytes", "67108864"},
    /* A full queue stops fetching for up to a second (2.0.2 wakes nobody): bounded by bytes, generously. */
    {CONSUMER, "queued.min.messages", "1000000"},
    {CONSUMER, "queued.max.messages.kbytes", "262144"},
    {CONSUMER, "check.crcs", "true"},
    {PRODUCER, "linger.ms", "20"},
    {PRODUCER, "queue.buffering.max.messages", "50000"},
    {PRODUCER, "message.timeout.ms", "120000"},  /* brokers away for longer fail the job, which can resume */
    {PRODUCER, "partitioner", "murmur2_random"}, /* where Java clients put a key */
};
/* Ours: correctness hangs on them. */
static const setting forced[] = {
    {CONSUMER | GROUP, "enable.auto.commit", "false"},
    {CONSUMER | GROUP, "enable.auto.offset.store", "false"},
    {CONSUMER | GROUP, "allow.auto.create.topics", "false"},
    {CONSUMER, "auto.offset.reset", "error"}, /* never jump silently */
    {CONSUMER, "enable.partition.eof", "true"},
    {PRODUCER, "enable.idempotence", "true"},
    {PRODUCER, "acks", "all"},
    {ALL, "statistics.interval.ms", "0"},
};

static const char by_runnel[] = "runnel sets it: positions are kept with the epoch";
static const char dangerous[] = "it could load code or run a command";
static const struct {
  const char *name, *why;
} refused[] = {
    {"enable.auto.offset.store", by_runnel},
    {"offset.store.method", by_runnel},
    {"offset.store.path", by_runnel},
    {"auto.commit.enable", by_runnel},
    {"auto.commit.interval.ms", by_runnel},
    {"enable.partition.eof", by_runnel},
    {"group.instance.id", by_runnel},
    {"group.protocol", by_runnel},
    {"group.remote.assignor", by_runnel},
    {"partition.assignment.strategy", by_runnel},
    {"allow.auto.create.topics", "runnel sets it: a misspelt topic must be an error"},
    {"enable.idempotence", "runnel sets it: rows are neither lost nor doubled by the client"},
    {"acks", "runnel sets it: rows must be on all replicas in sync"},
    {"request.required.acks", "runnel sets it: rows must be on all replicas in sync"},
    {"transactional.id", "a kafka sink is at least once here"},
    {"statistics.interval.ms", "runnel sets it"},
    {"log.queue", "runnel sets it"},
    {"enable.gapless.guarantee", "runnel sets it"},
    {"debug", "runnel sets it"},
    {"log_level", "runnel sets it"},
    {"test.mock.num.brokers", "it is for tests of librdkafka"},
    {"test.mock.broker.rtt", "it is for tests of librdkafka"},
    {"plugin.library.paths", dangerous},
    {"ssl.engine.location", dangerous},
    {"ssl.engine.id", dangerous},
    {"ssl.providers", dangerous},
    {"sasl.kerberos.kinit.cmd", dangerous},
    {"interceptors", dangerous},
    {"interceptor.classes", dangerous},
    {"opaque", dangerous},
    {"default_topic_conf", dangerous},
    {"ssl_engine_callback_data", dangerous},
};
/* Java's names for what librdkafka calls otherwise. */
static const struct {
  const char *name, *hint;
} java_names[] = {
    {"sasl.jaas.config", "write 'properties.sasl.username' and 'properties.sasl.password'"},
    {"ssl.truststore.location", "write 'properties.ssl.ca.location' with a PEM file"},
    {"ssl.truststore.password", "write 'properties.ssl.ca.location' with a PEM file"},
    {"ssl.truststore.type", "write 'properties.ssl.ca.location' with a PEM file"},
    {"fetch.max.wait.ms", "librdkafka calls it 'properties.fetch.wait.max.ms'"},
    {"default.api.timeout.ms", "librdkafka has 'properties.socket.timeout.ms'"},
    {"buffer.memory", "librdkafka has 'properties.queue.buffering.max.kbytes'"},
};

const char *rn_kafka_property_refused(const char *name) {
  size_t len = strlen(name);
  for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
    if (strcmp(name, refused[i].name) == 0) return refused[i].why;
  return len > 3 && strcmp(name + len - 3, "_cb") == 0 ? dangerous : NULL;
}

/* Properties with a row of their own are read by us or have no meaning; the rest goes to librdkafka. */
static bool passes_on(const char *key, rn_kafka_role role) {
  static const char *const ours[] = {"properties.auto.offset.reset", "properties.group.id"};
  for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
    if (strcmp(key, ours[i]) == 0) return false;
  const rn_option *row = rn_option_row(rn_kafka_options, rn_kafka_option_count, rn_slice_of(key));
  if (row && (row->flags & RN_OPTION_IGNORED)) return false;
  return !(strcmp(key, "properties.isolation.level") == 0 && role != RN_KAFKA_CONSUMER);
}

static rn_status property_error(rd_kafka_conf_t *conf, rd_kafka_conf_res_t result, const rn_option_value *item,
                                const char *text, rn_error *err) {
  const char *name = item->key + 11;
  for (size_t i = 0; i < sizeof java_names / sizeof java_names[0]; i++)
    if (strcmp(name, java_names[i].name) == 0) {
      (void)rn_fail_at(err, RN_E_OPTION_UNKNOWN, item->key_span, "the kafka client has no setting \"%s\"", name);
      return rn_hint(err, "%s", java_names[i].hint);
    }
  if (result != RD_KAFKA_CONF_UNKNOWN)
    return rn_fail_at(err, RN_E_OPTION_VALUE, item->value_span, "option '%s': %s", item->key, text);
  (void)rn_fail_at(err, RN_E_OPTION_UNKNOWN, item->key_span, "the kafka client has no setting \"%s\"", name);
  size_t count = 0;
  const char **pairs = rd_kafka_conf_dump(conf, &count);
  RN_VEC(const char *) names = {0};
  for (size_t i = 0; i < count; i += 2) RN_VEC_PUSH(&names, pairs[i]);
  const char *near = rn_text_nearest(rn_slice_of(name), names.data, names.len);
  if (near) (void)rn_hint(err, "did you mean 'properties.%s'?", near);
  RN_VEC_FREE(&names);
  rd_kafka_conf_dump_free(pairs, count);
  return RN_FAIL;
}

static rn_status set_all(rd_kafka_conf_t *conf, const setting *settings, size_t count, int role, rn_error *err) {
  char text[256];
  for (size_t i = 0; i < count; i++)
    if ((settings[i].roles & role) &&
        rd_kafka_conf_set(conf, settings[i].name, settings[i].value, text, sizeof text) != RD_KAFKA_CONF_OK)
      return rn_fail(err, RN_E_INTERNAL, "librdkafka %s: %s", rd_kafka_version_str(), text);
  return RN_OK;
}

rn_status rn_kafka_conf(const rn_table_spec *table, rn_kafka_role role, rd_kafka_conf_t **out, rn_error *err) {
  int bit = role == RN_KAFKA_CONSUMER ? CONSUMER : role == RN_KAFKA_PRODUCER ? PRODUCER : GROUP;
  rd_kafka_conf_t *conf = rd_kafka_conf_new();
  char text[512];
  rn_status status = set_all(conf, defaults, sizeof defaults / sizeof defaults[0], bit, err);
  const char *servers = rn_kafka_option(table, "properties.bootstrap.servers");
  const char *group = rn_kafka_option(table, "properties.group.id");
  if (status == RN_OK && servers && !strstr(servers, "${") &&
      rd_kafka_conf_set(conf, "bootstrap.servers", servers, text, sizeof text) != RD_KAFKA_CONF_OK)
    status = rn_fail(err, RN_E_OPTION_VALUE, "option 'properties.bootstrap.servers': %s", text);
  if (status == RN_OK && role == RN_KAFKA_GROUP && group &&
      rd_kafka_conf_set(conf, "group.id", group, text, sizeof text) != RD_KAFKA_CONF_OK)
    status = rn_fail(err, RN_E_OPTION_VALUE, "option 'properties.group.id': %s", text);
  for (size_t i = 0; i < table->options.count && status == RN_OK; i++) {
    const rn_option_value *item = &table->options.items[i];
    if (strncmp(item->key, "properties.", 11) != 0 || strstr(item->value, "${") || !passes_on(item->key, role))
      continue;
    const char *why = rn_kafka_property_refused(item->key + 11);
    if (why) {
      (void)rn_fail_at(err, RN_E_OPTION_VALUE, item->key_span, "option '%s' cannot be set", item->key);
      status = rn_hint(err, "%s", why);
      break;
    }
    rd_kafka_conf_res_t result = rd_kafka_conf_set(conf, item->key + 11, item->value, text, sizeof text);
    if (result != RD_KAFKA_CONF_OK) status = property_error(conf, result, item, text, err);
  }
  if (status == RN_OK) status = set_all(conf, forced, sizeof forced / sizeof forced[0], bit, err);
  if (status != RN_OK) {
    rd_kafka_conf_destroy(conf);
    return RN_FAIL;
  }
  *out = conf;
  return RN_OK;
}

enum { TELL_AGAIN_US = 30000000, STALE_US = 500000 };

/* --- events ------------------------------------------------------------------------------------------- */
void rn_kafka_clean_reason(const char *text, char *out, size_t size) {
  const char *colon = strstr(text, ": ");
  const char *slash = strchr(text, '/');
  if (colon && slash && slash < colon) text = colon + 2; /* "host:9092/bootstrap: " */
  (void)snprintf(out, size, "%s", text);
  char *noise = strstr(out, " (after ");
  if (noise) *noise = 0;
  size_t len = strlen(out);
  while (len > 0 && (out[len - 1] == '.' || out[len - 1] == ' ')) out[--len] = 0;
}

static rn_status set_fetch_bytes(const rn_kafka_client *client, const rn_table_spec *table, rd_kafka_conf_t *conf, rn_error *err) {
  static const char *const names[] = {"properties.fetch.message.max.bytes", "properties.max.partition.fetch.bytes"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    if (rn_kafka_option(table, names[i])) return RN_OK;
  if (!client->fetch_bytes) return RN_OK;
  char number[16];
  (void)snprintf(number, sizeof number, "%d", client->fetch_bytes);
  const setting one = {CONSUMER, names[0] + strlen("properties."), number};
  return set_all(conf, &one, 1, CONSUMER, err);
}

static void tell(rn_kafka_client *client, const char *text) {
  if (client->notice) client->notice(client->notice_ctx, text);
}

static void on_error(rd_kafka_t *rk, int code, const char *reason, void *opaque) {
  rn_kafka_client *client = opaque;
  rd_kafka_resp_err_t cause = (rd_kafka_resp_err_t)code;
  char line[512] = "";
  (void)pthread_mutex_lock(&client->lock);
  if (cause == RD_KAFKA_RESP_ERR__FATAL) {
    cause = rd_kafka_fatal_error(rk, client->reason, sizeof client->reason);
    client->cause = cause;
    client->fatal = true;
  } else if (cause == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
    int64_t now = rn_monotonic_us();
    if (!client->quiet && !client->down && client->refused_us == 0 &&
        (client->told_us == 0 || now - client->told_us > TELL_AGAIN_US)) {
      (void)snprintf(line, sizeof line, "kafka %s cannot be reached: %s; trying on", client->servers,
                     client->reason[0] ? client->reason : "the connection was lost");
      client->down_told = true;
      client->told_us = now;
    }
    if (!client->down) client->down_us = now;
    client->down = true;
  } else {
    rn_kafka_clean_reason(reason, client->reason, sizeof client->reason);
    client->cause = cause;
    bool refusal = cause == RD_KAFKA_RESP_ERR__AUTHENTICATION || cause == RD_KAFKA_RESP_ERR__SSL ||
                   cause == RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED ||
                   cause == RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM;
    if (refusal && client->refused_us == 0) client->refused_us = rn_monotonic_us();
  }
  (void)pthread_mutex_unlock(&client->lock);
  if (line[0]) tell(client, line);
}

static void on_log(const rd_kafka_t *rk, int level, const char *facility, const char *text) {
  (void)rk, (void)level, (void)facility, (void)text; /* what matters comes as an event too, and once */
}

static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque) {
  rn_kafka_client *client = opaque;
  client->delivered(rk, message, client->owner);
}

static void on_commit(rd_kafka_t *rk, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t *offsets,
                      void *opaque) {
  rn_kafka_client *client = opaque;
  (void)rk, (void)offsets;
  client->commits_pending--;
  if (code && client->cause != code) { /* informational: the job goes on; told once per cause */
    char line[256];
    client->cause = code;
    (void)snprintf(line, sizeof line, "group offsets could not be told to the broker: %s", rd_kafka_err2str(code));
    tell(client, line);
  }
}

rn_status rn_kafka_client_open(rn_kafka_client *client, const rn_table_spec *table, rn_kafka_role role,
                               void (*notice)(void *ctx, const char *text), void *notice_ctx, rn_error *err) {
  rd_kafka_conf_t *conf = NULL;
  if (rn_kafka_conf(table, role, &conf, err) != RN_OK) return RN_FAIL;
  if (set_fetch_bytes(client, table, conf, err) != RN_OK) {
    rd_kafka_conf_destroy(conf);
    return RN_FAIL;
  }
  const char *mechanism = rn_option_text(&table->options, "properties.sasl.mechanism");
  if (!mechanism) mechanism = rn_option_text(&table->options, "properties.sasl.mechanisms");
  const char *servers = rn_kafka_option(table, "properties.bootstrap.servers");
  client->scram = mechanism && strncasecmp(mechanism, "SCRAM", 5) == 0;
  client->servers = rn_strdup(servers ? servers : "");
  client->notice = notice;
  client->notice_ctx = notice_ctx;
  client->opening = true;
  client->quiet = role == RN_KAFKA_GROUP;
  (void)pthread_mutex_init(&client->lock, NULL);
  rd_kafka_conf_set_opaque(conf, client);
  rd_kafka_conf_set_error_cb(conf, on_error);
  rd_kafka_conf_set_log_cb(conf, on_log);
  if (role == RN_KAFKA_PRODUCER) rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
  if (role == RN_KAFKA_GROUP) rd_kafka_conf_set_offset_commit_cb(conf, on_commit);
  char text[512];
  client->rk = rd_kafka_new(role == RN_KAFKA_PRODUCER ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER, conf, text, sizeof text);
  if (!client->rk) {
    rd_kafka_conf_destroy(conf); /* still ours after a failure */
    char reason[256];
    rn_kafka_clean_reason(text, reason, sizeof reason);
    (void)rn_fail(err, RN_E_CONNECT, "kafka %s: %s", client->servers, reason);
    return strstr(reason, ".location") ? rn_hint(err, "can the file be read, and is it PEM?") : RN_FAIL;
  }
  return RN_OK;
}

void rn_kafka_client_close(rn_kafka_client *client) {
  if (client->rk) rd_kafka_destroy_flags(client->rk, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
  if (client->servers) (void)pthread_mutex_destroy(&client->lock);
  rn_free(client->servers);
  client->rk = NULL;
  client->servers = NULL;
}

rn_status rn_kafka_connect_error(rn_kafka_client *client, rn_error *err) {
  (void)pthread_mutex_lock(&client->lock);
  char reason[256];
  rd_kafka_resp_err_t cause = client->cause;
  memcpy(reason, client->reason, sizeof reason);
  (void)pthread_mutex_unlock(&client->lock);
  (void)rn_fail(err, RN_E_CONNECT, "kafka %s: %s", client->servers, reason[0] ? reason : "no broker answers");
  bool authentication =
      cause == RD_KAFKA_RESP_ERR__AUTHENTICATION || cause == RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED;
  if (authentication && client->scram && rd_kafka_version() < 0x020601ff)
    return rn_hint(
        err,
        "SCRAM against Kafka 4 fails with librdkafka before 2.6.1 even when the password is right (here: %s); "
        "use a newer librdkafka, or PLAIN over TLS",
        rd_kafka_version_str());
  if (authentication)
    return rn_hint(err, "check 'properties.sasl.username', 'properties.sasl.password' and 'properties.sasl.mechanism'");
  if (cause == RD_KAFKA_RESP_ERR__SSL)
    return rn_hint(
        err,
        "check 'properties.security.protocol' and 'properties.ssl.ca.location' (the authority that signed the broker's certificate)");
  if (strstr(reason, "refused") || strstr(reason, "resolve"))
    return rn_hint(err, "is the broker running, and is 'properties.bootstrap.servers' right?");
  return rn_hint(err, "is the broker well, and does the port speak TLS or SASL? See 'properties.security.protocol'");
}

rn_status rn_kafka_client_serve(rn_kafka_client *client, int wait_ms, rn_error *err) {
  (void)rd_kafka_poll(client->rk, wait_ms);
  if (client->opening && client->interrupted && client->interrupted(client->interrupted_ctx))
    return rn_fail(err, RN_E_INTERRUPTED, "interrupted while kafka %s was waited for", client->servers);
  (void)pthread_mutex_lock(&client->lock);
  bool refused_long = client->refused_us != 0 &&
                      (client->opening || rn_monotonic_us() - client->refused_us > RN_KAFKA_OPEN_WAIT_MS * 1000ll);
  bool stop = client->fatal || refused_long;
  (void)pthread_mutex_unlock(&client->lock);
  return stop ? rn_kafka_connect_error(client, err) : RN_OK;
}

void rn_kafka_client_alive(rn_kafka_client *client) {
  char line[256] = "";
  (void)pthread_mutex_lock(&client->lock);
  if (client->down && rn_monotonic_us() - client->down_us < STALE_US) {
    (void)pthread_mutex_unlock(&client->lock);
    return;
  }
  if (client->down_told) (void)snprintf(line, sizeof line, "kafka %s can be reached again", client->servers);
  client->down = client->down_told = false;
  client->refused_us = 0;
  client->reason[0] = 0;
  (void)pthread_mutex_unlock(&client->lock);
  if (line[0]) tell(client, line);
}

/* --- topics -------------------------------------------------------------------------------------------- */
static rn_status unknown_topic(rn_kafka_client *client, const char *name, rn_error *err) {
  const rd_kafka_metadata_t *all = NULL;
  (void)rn_fail(err, RN_E_TOPIC, "topic \"%s\" does not exist on kafka %s", name, client->servers);
  if (rd_kafka_metadata(client->rk, 1, NULL, &all, 2000) != RD_KAFKA_RESP_ERR_NO_ERROR) return RN_FAIL;
  RN_VEC(const char *) names = {0};
  for (int i = 0; i < all->topic_cnt; i++)
    if (strncmp(all->topics[i].topic, "__", 2) != 0 && strcmp(all->topics[i].topic, name) != 0)
      RN_VEC_PUSH(&names, all->topics[i].topic);
  const char *near = rn_text_nearest(rn_slice_of(name), names.data, names.len);
  if (near) {
    (void)rn_hint(err, "did you mean \"%s\"?", near);
  } else if (names.len > 0 && names.len <= 8) {
    rn_builder list = {0};
    for (size_t i = 0; i < names.len; i++) rn_builder_printf(&list, "%s%s", i ? ", " : "", names.data[i]);
    (void)rn_hint(err, "topics there: %s", list.data);
    rn_builder_free(&list);
  }
  RN_VEC_FREE(&names);
  rd_kafka_metadata_destroy(all);
  return RN_FAIL;
}

rd_kafka_resp_err_t rn_kafka_ask_partitions(rd_kafka_t *rk, const char *name, int wait_ms, int32_t *count) {
  const rd_kafka_metadata_t *data = NULL;
  rd_kafka_resp_err_t code = rd_kafka_metadata(rk, 1, NULL, &data, wait_ms);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return code;
  code = RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
  for (int i = 0; i < data->topic_cnt; i++)
    if (strcmp(data->topics[i].topic, name) == 0) {
      code = data->topics[i].err;
      *count = data->topics[i].partition_cnt;
      if (*count > 0 && code == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE)
        code = RD_KAFKA_RESP_ERR_NO_ERROR; /* it will have one */
    }
  rd_kafka_metadata_destroy(data);
  return code;
}

rn_status rn_kafka_partition_count(rn_kafka_client *client, const char *name, int32_t *count, rn_error *err) {
  int64_t begin = rn_monotonic_us();
  for (;;) {
    rd_kafka_resp_err_t code = rn_kafka_ask_partitions(client->rk, name, 1000, count);
    int64_t waited_ms = (rn_monotonic_us() - begin) / 1000;
    switch ((int)code) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      rn_kafka_client_alive(client);
      if (*count > 0) return RN_OK;
      break;
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
      return rn_fail(err, RN_E_CONNECT, "kafka %s denies access to topic \"%s\"", client->servers, name);
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
      rn_kafka_client_alive(client);
      if (waited_ms >= RN_KAFKA_TOPIC_WAIT_MS) return unknown_topic(client, name, err);
      break;
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
    case RD_KAFKA_RESP_ERR__RESOLVE:
      if (waited_ms >= RN_KAFKA_OPEN_WAIT_MS) return rn_kafka_connect_error(client, err);
      break;
    default:
      if (waited_ms >= RN_KAFKA_OPEN_WAIT_MS)
        return rn_fail(err, RN_E_TOPIC, "topic \"%s\" on kafka %s: %s", name, client->servers, rd_kafka_err2str(code));
    }
    if (rn_kafka_client_serve(client, 50, err) != RN_OK) return RN_FAIL;
  }
}
