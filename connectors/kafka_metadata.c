/* Metadata columns of the kafka connector: where a record lies, when it came, its key. Text points at what
 * lives at least as long as the run: names of the source, bytes of the message. */
#include "connectors/kafka_private.h"
#include "runtime/collection.h"

/* Names and values point into the message. `every`: an ARRAY of all headers, else a MAP with the last one of a name. */
static void put_headers(const rd_kafka_message_t *message, bool every, rn_column *out, uint32_t row, rn_arena *arena) {
  rd_kafka_headers_t *headers = NULL;
  rn_items_open(out, row);
  if (rd_kafka_message_headers(message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
  size_t count = rd_kafka_header_cnt(headers);
  uint32_t first = rn_items_extend(out, row, (uint32_t)count, arena);
  rn_column *parts = every ? out->children[0].children : out->children;
  for (uint32_t i = 0; i < count; i++) {
    const char *name;
    const void *value;
    size_t size;
    (void)rd_kafka_header_get_all(headers, i, &name, &value, &size);
    ((rn_str *)parts[0].data)[first + i] = rn_str_make(name, strlen(name));
    ((rn_str *)parts[1].data)[first + i] = value ? rn_str_make(value, size) : rn_str_make("", 0);
    if (value) continue;
    rn_column_nullable(&parts[1], out->children[every ? 0 : 1].capacity, arena);
    rn_set_null(&parts[1], first + i);
  }
  if (!every) rn_items_unique(out, row, arena);
}

void rn_kafka_metadata_value(rn_source *s, const rn_record *record, uint32_t metadata, rn_column *out, uint32_t row,
                             uint32_t capacity, rn_arena *arena) {
  const rd_kafka_message_t *message = record->headers;
  const rn_kafka_split *split = &s->splits.data[record->split];
  rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  static const char *const type_names[] = {[RD_KAFKA_TIMESTAMP_NOT_AVAILABLE] = "NoTimestampType",
                                           [RD_KAFKA_TIMESTAMP_CREATE_TIME] = "CreateTime",
                                           [RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME] = "LogAppendTime"};
  bool null = false;
  switch (metadata) {
  case RN_KAFKA_META_TOPIC: {
    const char *name = s->topics.data[split->topic].name;
    ((rn_str *)out->data)[row] = rn_str_make(name, strlen(name));
    break;
  }
  case RN_KAFKA_META_PARTITION: ((int32_t *)out->data)[row] = split->partition; break;
  case RN_KAFKA_META_OFFSET: ((int64_t *)out->data)[row] = record->offset; break;
  case RN_KAFKA_META_TIMESTAMP: {
    int64_t ms = rd_kafka_message_timestamp(message, &type);
    null = type == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
    ((int64_t *)out->data)[row] = null ? 0 : ms * 1000;
    break;
  }
  case RN_KAFKA_META_TIMESTAMP_TYPE:
    (void)rd_kafka_message_timestamp(message, &type);
    ((rn_str *)out->data)[row] = rn_str_make(type_names[type], strlen(type_names[type]));
    break;
  case RN_KAFKA_META_KEY:
    null = record->key.ptr == NULL;
    ((rn_str *)out->data)[row] = null ? rn_str_make("", 0) : rn_str_make(record->key.ptr, record->key.len);
    break;
  case RN_KAFKA_META_HEADERS: case RN_KAFKA_META_HEADER_LIST:
    put_headers(message, metadata == RN_KAFKA_META_HEADER_LIST, out, row, arena);
    break;
  default: rn_unreachable("kafka metadata");
  }
  if (null) {
    rn_column_nullable(out, capacity, arena);
    rn_set_null(out, row);
  } else if (out->valid) {
    rn_set_valid(out, row);
  }
}
