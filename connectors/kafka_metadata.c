/* Metadata columns of the kafka connector: where a record lies, when it came, its key. Text points at what
 * lives at least as long as the run: names of the source, bytes of the message. */
#include "connectors/kafka_private.h"

/* {"name":"text",..}; the last one of a name wins, a header without a value is null. */
static rn_str headers_text(const rd_kafka_message_t *message, rn_arena *arena) {
  rd_kafka_headers_t *headers = NULL;
  rn_builder text = {0};
  rn_builder_char(&text, '{');
  if (rd_kafka_message_headers(message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR) {
    const char *name;
    const void *value, *last;
    size_t size, last_size;
    for (size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR; i++) {
      if (rd_kafka_header_get_last(headers, name, &last, &last_size) == RD_KAFKA_RESP_ERR_NO_ERROR && last != value)
        continue;
      if (text.len > 1) rn_builder_char(&text, ',');
      rn_builder_json_string(&text, rn_slice_of(name));
      rn_builder_char(&text, ':');
      if (value)
        rn_builder_json_string(&text, rn_slice_make(value, size));
      else
        rn_builder_text(&text, "null");
    }
  }
  rn_builder_char(&text, '}');
  rn_str result = rn_str_copy(arena, rn_str_make(text.data, text.len));
  rn_builder_free(&text);
  return result;
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
  case RN_KAFKA_META_HEADERS: ((rn_str *)out->data)[row] = headers_text(message, arena); break;
  default: rn_unreachable("kafka metadata");
  }
  if (null) {
    rn_column_nullable(out, capacity, arena);
    rn_set_null(out, row);
  } else if (out->valid) {
    rn_set_valid(out, row);
  }
}
