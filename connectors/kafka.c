/* The kafka connector's row: its options under Flink's names, its metadata columns, and the checks of a
 * definition that go beyond one option. Options become a librdkafka configuration in kafka_client.c. */
#include "connectors/kafka_private.h"
#include <stdio.h>
#include <stdlib.h>

#define SOURCE RN_OPTION_SOURCE
#define SINK RN_OPTION_SINK

const rn_option rn_kafka_options[] = {
    {.name = "topic", .flags = RN_OPTION_REQUIRED, .help = "topic; a source may list several: 'a;b'"},
    {.name = "properties.bootstrap.servers",
     .flags = RN_OPTION_REQUIRED | RN_OPTION_REOPEN,
     .help = "brokers: 'host:9092,host2:9092'",
     .old_name = "bootstrap.servers"},
    {.name = "properties.group.id",
     .flags = RN_OPTION_REOPEN,
     .help = "group whose offsets are read by 'group-offsets' and told after each epoch; not needed otherwise"},
    {.name = "properties.auto.offset.reset",
     .type = RN_OPT_ENUM,
     .flags = SOURCE | RN_OPTION_REOPEN,
     .choices = "earliest|latest|none",
     .help = "where 'group-offsets' starts a partition without a committed offset (default: earliest, with a notice)"},
    {.name = "properties.isolation.level",
     .type = RN_OPT_ENUM,
     .flags = SOURCE,
     .default_text = "read_committed",
     .choices = "read_committed|read_uncommitted",
     .help = "whether rows of open and aborted transactions are read"},
    {.name = "properties.sasl.password", .flags = RN_OPTION_SECRET | RN_OPTION_REOPEN, .help = "password for SASL"},
    {.name = "properties.sasl.jaas.config",
     .flags = RN_OPTION_SECRET | RN_OPTION_REOPEN,
     .help = "Java's spelling; use sasl.username and sasl.password"},
    {.name = "properties.sasl.oauthbearer.config",
     .flags = RN_OPTION_SECRET | RN_OPTION_REOPEN,
     .help = "SASL/OAUTHBEARER settings"},
    {.name = "properties.sasl.oauthbearer.client.secret",
     .flags = RN_OPTION_SECRET | RN_OPTION_REOPEN,
     .help = "client secret of SASL/OAUTHBEARER"},
    {.name = "properties.ssl.key.password",
     .flags = RN_OPTION_SECRET | RN_OPTION_REOPEN,
     .help = "password of the private key"},
    {.name = "properties.ssl.key.pem", .flags = RN_OPTION_SECRET | RN_OPTION_REOPEN, .help = "private key as PEM text"},
    {.name = "properties.ssl.keystore.password",
     .flags = RN_OPTION_SECRET | RN_OPTION_REOPEN,
     .help = "password of the PKCS#12 key store"},
    {.name = "properties.key.serializer", .flags = RN_OPTION_IGNORED, .help = "Java class; formats do this here"},
    {.name = "properties.value.serializer", .flags = RN_OPTION_IGNORED, .help = "Java class; formats do this here"},
    {.name = "properties.key.deserializer", .flags = RN_OPTION_IGNORED, .help = "Java class; formats do this here"},
    {.name = "properties.value.deserializer", .flags = RN_OPTION_IGNORED, .help = "Java class; formats do this here"},
    {.name = "properties.max.poll.records", .flags = RN_OPTION_IGNORED, .help = "Java client only"},
    {.name = "properties.enable.auto.commit", .flags = RN_OPTION_IGNORED, .help = "offsets are kept with the epoch"},
    {.name = "properties.",
     .flags = RN_OPTION_PREFIX | RN_OPTION_REOPEN,
     .help = "any setting of librdkafka, without the prefix"},

    {.name = "value.format", .help = "how values are read and written; 'format' is the same"},
    {.name = "key.format", .help = "how keys are read and written; needs 'key.fields'"},
    {.name = "key.fields", .help = "columns that the key carries: 'a;b'"},
    {.name = "key.fields-prefix", .help = "prefix of the key's columns in the table, cut off in the key"},
    {.name = "value.fields-include",
     .type = RN_OPT_ENUM,
     .default_text = "ALL",
     .choices = "ALL|EXCEPT_KEY",
     .help = "whether the value carries the key's columns too"},

    {.name = "scan.startup.mode",
     .type = RN_OPT_ENUM,
     .flags = SOURCE,
     .default_text = "group-offsets",
     .choices = "earliest-offset|latest-offset|group-offsets|timestamp|specific-offsets",
     .old_name = "startup-mode",
     .help = "where a job that has no stored position begins"},
    {.name = "scan.startup.specific-offsets",
     .flags = SOURCE,
     .old_name = "specific-offsets",
     .help = "'partition:0,offset:42;partition:1,offset:300'; other partitions start at the earliest"},
    {.name = "scan.startup.timestamp-millis",
     .type = RN_OPT_INT,
     .flags = SOURCE,
     .min = 0,
     .max = INT64_MAX,
     .help = "milliseconds since 1970: start at the first record not older"},
    {.name = "scan.bounded.mode",
     .type = RN_OPT_ENUM,
     .flags = SOURCE,
     .default_text = "unbounded",
     .choices = "unbounded|latest-offset|group-offsets|timestamp|specific-offsets",
     .help = "where the table ends; the offsets are taken when the job starts"},
    {.name = "scan.bounded.specific-offsets",
     .flags = SOURCE,
     .help = "'partition:0,offset:42'; other partitions are not read"},
    {.name = "scan.bounded.timestamp-millis",
     .type = RN_OPT_INT,
     .flags = SOURCE,
     .min = 0,
     .max = INT64_MAX,
     .help = "milliseconds since 1970: end before the first record not older"},
    {.name = "scan.topic-partition-discovery.interval",
     .type = RN_OPT_DURATION,
     .flags = SOURCE,
     .default_text = "5 min",
     .min = 0,
     .max = INT64_MAX,
     .help = "how often new partitions are looked for; 0: never"},

    {.name = "sink.partitioner",
     .type = RN_OPT_ENUM,
     .flags = SINK,
     .default_text = "default",
     .choices = "default|fixed|round-robin",
     .help = "default: by hash of the key, as Java clients do"},
    {.name = "sink.delivery-guarantee",
     .type = RN_OPT_ENUM,
     .flags = SINK,
     .default_text = "at-least-once",
     .choices = "at-least-once|none|exactly-once",
     .old_name = "sink.semantic",
     .help = "what a crash may do to the rows written"},
    {.name = "sink.transactional-id-prefix", .flags = SINK | RN_OPTION_IGNORED, .help = "for exactly-once only"},
    {.name = "sink.transaction-naming-strategy", .flags = SINK | RN_OPTION_IGNORED, .help = "for exactly-once only"},
};
const size_t rn_kafka_option_count = sizeof rn_kafka_options / sizeof rn_kafka_options[0];

/* MAP<STRING, BYTES>, and ARRAY<ROW<key STRING, value BYTES>>: all headers, also of one name. */
static const rn_type header_name = {.id = RN_T_VARCHAR, .nullable = true, .precision = RN_LENGTH_MAX};
static const rn_type header_value = {.id = RN_T_VARBINARY, .nullable = true, .precision = RN_LENGTH_MAX};
static const rn_type *const header_parts[] = {&header_name, &header_value};
static const char *const header_part_names[] = {"key", "value"};
static const rn_type header_map = {.id = RN_T_MAP, .child_count = 2, .children = header_parts};
static const rn_type header_row = {.id = RN_T_ROW, .nullable = true, .child_count = 2, .children = header_parts, .names = header_part_names};
static const rn_type *const header_rows[] = {&header_row};
static const rn_type header_list = {.id = RN_T_ARRAY, .child_count = 1, .children = header_rows};

static const rn_metadata_key metadata[RN_KAFKA_META_COUNT] = {
    [RN_KAFKA_META_TOPIC] = {"topic", RN_T_VARCHAR, RN_LENGTH_MAX, false, "topic of the record", NULL},
    [RN_KAFKA_META_PARTITION] = {"partition", RN_T_INT, 0, false, "partition of the record", NULL},
    [RN_KAFKA_META_OFFSET] = {"offset", RN_T_BIGINT, 0, false, "offset in the partition", NULL},
    [RN_KAFKA_META_TIMESTAMP] = {"timestamp", RN_T_TIMESTAMP_LTZ, 3, true, "timestamp of the record", NULL},
    [RN_KAFKA_META_TIMESTAMP_TYPE] = {"timestamp-type", RN_T_VARCHAR, RN_LENGTH_MAX, false,
                                      "NoTimestampType, CreateTime or LogAppendTime", NULL},
    [RN_KAFKA_META_KEY] = {"key", RN_T_VARBINARY, RN_LENGTH_MAX, false, "the key's bytes (not in Flink)", NULL},
    [RN_KAFKA_META_HEADERS] = {"headers", RN_T_MAP, 0, true, "headers of the record; the last one of a name", &header_map},
    [RN_KAFKA_META_HEADER_LIST] = {"header-list", RN_T_ARRAY, 0, true, "headers of the record in their order, also several of one name",
                                   &header_list},
};

const char *rn_kafka_option(const rn_table_spec *table, const char *key) {
  return rn_option_string(&table->options, rn_kafka_options, rn_kafka_option_count, key);
}

static bool is_bounded(const rn_table_spec *table) {
  const char *mode = rn_kafka_option(table, "scan.bounded.mode");
  return mode && strcmp(mode, "unbounded") != 0;
}

static uint8_t sink_accepts(const rn_table_spec *table) {
  (void)table;
  return RN_CHANGE_INSERT;
}

/* --- checks ---------------------------------------------------------------------------------------- */
static rn_span key_span(const rn_table_spec *table, const char *key) {
  const rn_option_value *item = rn_option_find(&table->options, key);
  return item ? item->key_span : table->span;
}
static rn_span value_span(const rn_table_spec *table, const char *key) {
  const rn_option_value *item = rn_option_find(&table->options, key);
  return item ? item->value_span : table->span;
}

static bool is_reference(const char *text) { return strstr(text, "${") != NULL; }

static void check_topics(const rn_table_spec *table, uint16_t direction, rn_diagnostics *diags) {
  const char *text = rn_kafka_option(table, "topic");
  size_t count = 0;
  if (!text || is_reference(text)) return;
  for (const char *at = text; *at;) {
    size_t len = strcspn(at, ";");
    rn_slice name = rn_slice_trim(rn_slice_make(at, len));
    at += len + (at[len] == ';');
    bool good = name.len > 0 && name.len <= 249;
    for (size_t i = 0; i < name.len; i++) {
      char c = name.ptr[i];
      good = good && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                      c == '_' || c == '-');
    }
    if (!good)
      (void)rn_diag(diags, RN_E_OPTION_VALUE, value_span(table, "topic"),
                    "letters, digits, '.', '_' and '-', at most 249", "\"%.*s\" is no name of a topic", (int)name.len,
                    name.ptr);
    count++;
  }
  if (count == 0)
    (void)rn_diag(diags, RN_E_OPTION_VALUE, value_span(table, "topic"), NULL, "option 'topic' names no topic");
  if (count > 1 && direction == SINK)
    (void)rn_diag(diags, RN_E_OPTION_VALUE, value_span(table, "topic"), NULL,
                  "a sink writes one topic, 'topic' lists %zu", count);
}

static void no_entry(void *ctx, int32_t partition, int64_t offset) { (void)ctx, (void)partition, (void)offset; }

/* A mode and the option that it needs. */
static void check_mode(const rn_table_spec *table, const char *mode_key, const char *offsets_key, const char *time_key,
                       rn_diagnostics *diags) {
  const char *mode = rn_kafka_option(table, mode_key);
  const char *offsets = rn_kafka_option(table, offsets_key), *time = rn_kafka_option(table, time_key);
  if (!mode) return;
  if (strcmp(mode, "timestamp") == 0 && !time)
    (void)rn_diag(diags, RN_E_OPTION_MISSING, key_span(table, mode_key), NULL, "'%s' = 'timestamp' needs option '%s'",
                  mode_key, time_key);
  if (strcmp(mode, "specific-offsets") != 0) return;
  const char *topics = rn_kafka_option(table, "topic");
  if (!offsets)
    (void)rn_diag(diags, RN_E_OPTION_MISSING, key_span(table, mode_key), NULL,
                  "'%s' = 'specific-offsets' needs option '%s'", mode_key, offsets_key);
  else if (!is_reference(offsets) && !rn_kafka_parse_offsets(offsets, no_entry, NULL))
    (void)rn_diag(diags, RN_E_OPTION_VALUE, value_span(table, offsets_key),
                  "write 'partition:0,offset:42;partition:1,offset:300'", "option '%s' cannot be '%s'", offsets_key,
                  offsets);
  if (topics && strchr(topics, ';'))
    (void)rn_diag(diags, RN_E_OPTION_VALUE, value_span(table, "topic"), NULL,
                  "'%s' = 'specific-offsets' works with one topic only", mode_key);
}

static void check_properties(const rn_table_spec *table, rn_diagnostics *diags) {
  for (size_t i = 0; i < table->options.count; i++) {
    const rn_option_value *item = &table->options.items[i];
    if (strncmp(item->key, "properties.", 11) != 0) continue;
    const char *why = rn_kafka_property_refused(item->key + 11);
    if (why) (void)rn_diag(diags, RN_E_OPTION_VALUE, item->key_span, why, "option '%s' cannot be set", item->key);
  }
}

/* Settings that let others on the network read the password or stand in for the broker; `with`: only together with this one. */
static const struct {
  const char *key, *value, *with, *with_value, *text, *hint;
} unprotected[] = {
    {"properties.security.protocol", "SASL_PLAINTEXT", "properties.sasl.mechanism", "PLAIN",
     "the password goes over the network as it is", "write 'SASL_SSL'"},
    {"properties.security.protocol", "SASL_PLAINTEXT", "properties.sasl.mechanisms", "PLAIN",
     "the password goes over the network as it is", "write 'SASL_SSL'"},
    {"properties.enable.ssl.certificate.verification", "false", NULL, NULL, "any certificate is taken for the broker's",
     "name its authority in 'properties.ssl.ca.location'"},
    {"properties.ssl.endpoint.identification.algorithm", "none", NULL, NULL, "the certificate of any other host is taken for the broker's",
     "leave it out: 'https'"},
};
static bool is_set_to(const rn_table_spec *table, const char *key, const char *value) {
  const char *given = rn_kafka_option(table, key);
  return given && strcasecmp(given, value) == 0;
}
static void check_protection(const rn_table_spec *table, rn_diagnostics *diags) {
  for (size_t i = 0; i < sizeof unprotected / sizeof unprotected[0]; i++) {
    if (!is_set_to(table, unprotected[i].key, unprotected[i].value)) continue;
    if (unprotected[i].with && !is_set_to(table, unprotected[i].with, unprotected[i].with_value)) continue;
    (void)rn_diag(diags, RN_W_UNPROTECTED, value_span(table, unprotected[i].key), unprotected[i].hint, "%s", unprotected[i].text);
  }
}

static rn_status check(const rn_table_spec *table, uint16_t direction, rn_diagnostics *diags) {
  size_t errors = diags->error_count;
  rn_error err;
  rn_error_clear(&err);
  check_topics(table, direction, diags);
  check_mode(table, "scan.startup.mode", "scan.startup.specific-offsets", "scan.startup.timestamp-millis", diags);
  check_mode(table, "scan.bounded.mode", "scan.bounded.specific-offsets", "scan.bounded.timestamp-millis", diags);
  if (!direction) check_protection(table, diags);
  const char *bounded = rn_kafka_option(table, "scan.bounded.mode");
  if (bounded && strcmp(bounded, "group-offsets") == 0 && !rn_kafka_option(table, "properties.group.id"))
    (void)rn_diag(diags, RN_E_OPTION_MISSING, key_span(table, "scan.bounded.mode"), NULL,
                  "'scan.bounded.mode' = 'group-offsets' needs option 'properties.group.id'");
  if (rn_option_text(&table->options, "format") && rn_option_text(&table->options, "value.format"))
    (void)rn_diag(diags, RN_E_OPTION_VALUE, key_span(table, "value.format"), NULL,
                  "'format' and 'value.format' are the same option: give one");
  const char *guarantee = rn_kafka_option(table, "sink.delivery-guarantee");
  if (guarantee && strcmp(guarantee, "exactly-once") == 0)
    (void)rn_diag(
        diags, RN_E_OPTION_VALUE, value_span(table, "sink.delivery-guarantee"),
        "use 'at-least-once' (after a crash the rows of the last epoch may come twice); sinks in the database file are exactly once",
        "a kafka sink cannot be exactly-once yet");
  const char *partitioner = rn_kafka_option(table, "sink.partitioner");
  if (partitioner && strcmp(partitioner, "round-robin") == 0 && rn_option_text(&table->options, "key.fields"))
    (void)rn_diag(diags, RN_E_OPTION_VALUE, value_span(table, "sink.partitioner"), NULL,
                  "'sink.partitioner' = 'round-robin' works without 'key.fields' only");

  uint32_t headers = 0;
  for (uint32_t c = 0; c < table->column_count; c++)
    headers += table->columns[c].role == RN_COLUMN_METADATA && !table->columns[c].is_virtual && strncmp(table->columns[c].metadata_key, "header", 6) == 0;
  if (headers > 1 && direction == SINK)
    (void)rn_diag(diags, RN_E_OPTION_VALUE, table->span, "declare one of them VIRTUAL", "table %s writes headers twice: 'headers' and 'header-list'",
                  table->name);

  rn_arena arena;
  rn_key_layout layout;
  rn_arena_init(&arena);
  if (rn_key_layout_make(table, &arena, &layout, &err) != RN_OK) {
    err.span = key_span(table, rn_option_text(&table->options, "key.fields") ? "key.fields" : "key.format");
    err.has_span = err.span.end > err.span.begin;
    rn_diagnostics_add(diags, &err);
  }
  rn_arena_free(&arena);

  check_properties(table, diags);
  if (diags->error_count == errors) { /* names and values as librdkafka sees them */
    rd_kafka_conf_t *conf = NULL;
    rn_error_clear(&err);
    if (rn_kafka_conf(table, direction == SINK ? RN_KAFKA_PRODUCER : RN_KAFKA_CONSUMER, &conf, &err) == RN_OK)
      rd_kafka_conf_destroy(conf);
    else
      rn_diagnostics_add(diags, &err);
  }
  return diags->error_count > errors ? RN_FAIL : RN_OK;
}

const rn_connector rn_connector_kafka = {
    .name = "kafka",
    .help = "Apache Kafka topics: read with positions kept in the epoch, written at least once",
    .flags = RN_CONNECTOR_NEEDS_FORMAT | RN_CONNECTOR_TAKES_KEY_FORMAT | RN_CONNECTOR_LIVE | RN_CONNECTOR_STAMPS,
    .options = rn_kafka_options,
    .option_count = sizeof rn_kafka_options / sizeof rn_kafka_options[0],
    .metadata = metadata,
    .metadata_count = RN_KAFKA_META_COUNT,
    .is_bounded = is_bounded,
    .check = check,
    .sink_accepts = sink_accepts,
    .source_open = rn_kafka_source_open,
    .source_splits = rn_kafka_source_splits,
    .source_split_name = rn_kafka_source_split_name,
    .poll_records = rn_kafka_poll_records,
    .metadata_value = rn_kafka_metadata_value,
    .consumed = rn_kafka_consumed,
    .positions = rn_kafka_positions,
    .until_positions = rn_kafka_until_positions,
    .source_committed = rn_kafka_source_committed,
    .lag = rn_kafka_lag,
    .split_lag = rn_kafka_split_lag,
    .source_close = rn_kafka_source_close,
    .pause_split = rn_kafka_pause_split,
    .split_active = rn_kafka_split_active,
    .sink_open = rn_kafka_sink_open,
    .stage = rn_kafka_sink_stage,
    .freeze = rn_kafka_sink_freeze,
    .flush = rn_kafka_sink_flush,
    .sink_committed = rn_kafka_sink_committed,
    .sink_counters = rn_kafka_sink_counters,
    .sink_close = rn_kafka_sink_close,
};
