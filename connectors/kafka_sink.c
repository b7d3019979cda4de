/* The kafka sink: at least once. Rows are encoded and handed to an idempotent producer as they come; the
 * epoch's transaction begins only after every message of the epoch was acknowledged by all replicas in sync.
 *
 * Generations: freeze() closes the current one at the barrier, the task goes on with the next at once. A
 * message carries its generation as opaque, so that the store thread can wait for exactly its own epoch:
 * acknowledgements of different partitions overtake one another.
 * A full producer queue is backpressure: the task serves events until there is room. */
#include "connectors/kafka_private.h"
#include <stdio.h>

struct rn_staged {
  int64_t pending; /* messages not acknowledged yet (atomic) */
  struct rn_staged *next;
};

typedef enum partitioner { BY_KEY, FIXED, ROUND_ROBIN } partitioner;

typedef struct row_encoder { /* an encoder and the view of the batch that holds just its columns */
  const rn_format *format;
  rn_encoder *encoder;
  uint32_t count;
  uint32_t *from; /* batch column of view column i */
  rn_column *columns;
  rn_batch view;
  rn_builder text;
} row_encoder;

struct rn_sink {
  rn_kafka_client client;
  const rn_table_spec *table;
  char *topic_name;
  rd_kafka_topic_t *topic;
  row_encoder key, value;
  bool has_key;
  int timestamp_column; /* batch column, -1: the client's clock */
  int headers_column;   /* batch column, MAP or ARRAY of ROW; -1: no headers */
  partitioner partitioner;
  int32_t partition_count, next_partition;
  rn_staged *current;
  rn_staged *frozen;    /* generations handed out and not committed yet */
  pthread_mutex_t lock; /* guards frozen and failure */
  char failure[256];
  int failed;       /* atomic */
  uint64_t written; /* atomic */
  rn_arena arena;   /* layout and column lists: as long as the sink */
};

/* --- acknowledgements --------------------------------------------------------------------------- */
static void on_delivered(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque) {
  rn_sink *s = opaque;
  rn_staged *generation = message->_private;
  (void)rk;
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    (void)pthread_mutex_lock(&s->lock);
    if (!s->failure[0]) (void)snprintf(s->failure, sizeof s->failure, "%s", rd_kafka_err2str(message->err));
    (void)pthread_mutex_unlock(&s->lock);
    __atomic_store_n(&s->failed, 1, __ATOMIC_RELEASE);
  }
  (void)__atomic_sub_fetch(&generation->pending, 1, __ATOMIC_ACQ_REL);
}

static rn_status sink_error(rn_sink *s, rn_error *err) {
  (void)pthread_mutex_lock(&s->lock);
  (void)rn_fail(err, RN_E_SINK, "topic \"%s\" on kafka %s did not take a row: %s", s->topic_name, s->client.servers,
                s->failure);
  (void)pthread_mutex_unlock(&s->lock);
  return rn_hint(err,
                 "nothing of this epoch was committed; the job continues from the last epoch when it is started again");
}
static rn_status serve(rn_sink *s, int wait_ms, rn_error *err) {
  if (rn_kafka_client_serve(&s->client, wait_ms, err) != RN_OK) return RN_FAIL;
  return __atomic_load_n(&s->failed, __ATOMIC_ACQUIRE) ? sink_error(s, err) : RN_OK;
}

/* --- open, close ----------------------------------------------------------------------------------- */
/* `columns`: table columns in the order the format wants; missing ones are not written. */
static rn_status open_encoder(rn_sink *s, row_encoder *e, const rn_sink_spec *spec, const rn_format *format,
                              const rn_table_spec *table, const uint32_t *columns, uint32_t count, bool is_key,
                              rn_error *err) {
  uint32_t *chosen = RN_NEW_N(&s->arena, uint32_t, count + 1);
  e->from = RN_NEW_N(&s->arena, uint32_t, count + 1);
  e->columns = RN_NEW_N(&s->arena, rn_column, count + 1);
  e->format = format;
  for (uint32_t i = 0; i < count; i++)
    for (uint32_t b = 0; b < spec->schema->count; b++)
      if (spec->columns[b] == columns[i]) {
        chosen[e->count] = columns[i];
        e->from[e->count++] = b;
        break;
      }
  return format->encoder_open(table, chosen, e->count, is_key, spec->zone, &e->encoder, err);
}

static int find_metadata(const rn_sink_spec *spec, const char *key) {
  for (uint32_t b = 0; b < spec->schema->count; b++) {
    const rn_table_column *column = &spec->table->columns[spec->columns[b]];
    if (column->role == RN_COLUMN_METADATA && strcmp(column->metadata_key, key) == 0) return (int)b;
  }
  return -1;
}
static int find_timestamp(const rn_sink_spec *spec) {
  int declared = find_metadata(spec, "timestamp");
  if (declared >= 0) return declared;
  for (uint32_t b = 0; b < spec->schema->count; b++) /* otherwise the rowtime of the row, as in Flink */
    if (spec->schema->fields[b].type->time_attribute == RN_TIME_ROWTIME) return (int)b;
  return -1;
}

rn_status rn_kafka_sink_open(const rn_sink_spec *spec, rn_sink **out, rn_error *err) {
  rn_sink *s = rn_calloc(1, sizeof *s);
  rn_key_layout layout;
  rn_arena_init(&s->arena);
  (void)pthread_mutex_init(&s->lock, NULL);
  s->table = spec->table;
  s->client.owner = s;
  s->client.delivered = on_delivered;
  s->timestamp_column = find_timestamp(spec);
  s->headers_column = find_metadata(spec, "headers");
  if (s->headers_column < 0) s->headers_column = find_metadata(spec, "header-list");
  s->current = rn_calloc(1, sizeof *s->current);
  rn_slice name = rn_slice_trim(rn_slice_of(rn_kafka_option(spec->table, "topic")));
  while (name.len > 0 && name.ptr[name.len - 1] == ';') name.len--;
  s->topic_name = rn_strndup(name.ptr, name.len);
  const char *how = rn_kafka_option(spec->table, "sink.partitioner");
  s->partitioner = strcmp(how, "fixed") == 0 ? FIXED : strcmp(how, "round-robin") == 0 ? ROUND_ROBIN : BY_KEY;

  rn_status status = rn_key_layout_make(spec->table, &s->arena, &layout, err);
  if (status == RN_OK && strchr(s->topic_name, ';'))
    status = rn_fail(err, RN_E_OPTION_VALUE, "a sink writes one topic, 'topic' lists several");
  if (status == RN_OK)
    status = open_encoder(s, &s->value, spec, spec->table->value_format, spec->table, layout.value_columns,
                          layout.value_count, false, err);
  if (status == RN_OK && layout.key_count > 0) {
    s->has_key = true;
    status = open_encoder(s, &s->key, spec, spec->table->key_format, layout.key_table, layout.key_columns,
                          layout.key_count, true, err);
  }
  s->client.interrupted = spec->interrupted;
  s->client.interrupted_ctx = spec->interrupted_ctx;
  if (status == RN_OK)
    status = rn_kafka_client_open(&s->client, spec->table, RN_KAFKA_PRODUCER, spec->notice, spec->notice_ctx, err);
  if (status == RN_OK) status = rn_kafka_partition_count(&s->client, s->topic_name, &s->partition_count, err);
  if (status == RN_OK) {
    s->topic = rd_kafka_topic_new(s->client.rk, s->topic_name, NULL);
    if (!s->topic)
      status = rn_fail(err, RN_E_TOPIC, "topic \"%s\": %s", s->topic_name, rd_kafka_err2str(rd_kafka_last_error()));
    s->next_partition = s->partitioner == FIXED ? (int32_t)(spec->subtask % (unsigned)s->partition_count) : 0;
  }
  s->client.opening = false;
  if (status != RN_OK) {
    rn_kafka_sink_close(s);
    return RN_FAIL;
  }
  *out = s;
  return RN_OK;
}

static void close_encoder(row_encoder *e) {
  if (e->encoder) e->format->encoder_close(e->encoder);
  rn_builder_free(&e->text);
}

void rn_kafka_sink_close(rn_sink *s) {
  if (!s) return;
  if (s->client.rk) { /* what was not acknowledged belongs to an epoch that never commits */
    (void)rd_kafka_purge(s->client.rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    (void)rd_kafka_flush(s->client.rk, 1000); /* serves the reports of what was purged */
  }
  if (s->topic) rd_kafka_topic_destroy(s->topic);
  rn_kafka_client_close(&s->client);
  close_encoder(&s->key);
  close_encoder(&s->value);
  while (s->frozen) {
    rn_staged *next = s->frozen->next;
    rn_free(s->frozen);
    s->frozen = next;
  }
  rn_free(s->current);
  rn_free(s->topic_name);
  (void)pthread_mutex_destroy(&s->lock);
  rn_arena_free(&s->arena);
  rn_free(s);
}

/* --- rows ------------------------------------------------------------------------------------------- */
static void aim(row_encoder *e, const rn_batch *batch) {
  e->view = *batch;
  for (uint32_t i = 0; i < e->count; i++) e->columns[i] = batch->columns[e->from[i]];
  e->view.columns = e->columns;
  e->view.column_count = e->count;
}

static rd_kafka_resp_err_t produce(rn_sink *s, int32_t partition, bool null_value, bool null_key,
                                   int64_t timestamp_ms, rd_kafka_headers_t *headers) {
  const rn_builder *value = &s->value.text, *key = &s->key.text;
  rd_kafka_vu_t parts[8] = {
      {.vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = s->topic},
      {.vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = partition},
      {.vtype = RD_KAFKA_VTYPE_VALUE,
       .u.mem = {null_value    ? NULL
                 : value->data ? value->data
                               : (void *)"",
                 null_value ? 0 : value->len}},
      {.vtype = RD_KAFKA_VTYPE_KEY,
       .u.mem = {null_key    ? NULL
                 : key->data ? key->data
                             : (void *)"",
                 null_key ? 0 : key->len}},
      {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
      {.vtype = RD_KAFKA_VTYPE_OPAQUE, .u.ptr = s->current},
  };
  size_t count = 6;
  if (timestamp_ms >= 0) parts[count++] = (rd_kafka_vu_t){.vtype = RD_KAFKA_VTYPE_TIMESTAMP, .u.i64 = timestamp_ms};
  if (headers) parts[count++] = (rd_kafka_vu_t){.vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers}; /* its own when it succeeds */
  rd_kafka_error_t *error = rd_kafka_produceva(s->client.rk, parts, count);
  if (!error) return RD_KAFKA_RESP_ERR_NO_ERROR;
  rd_kafka_resp_err_t code = rd_kafka_error_code(error);
  rd_kafka_error_destroy(error);
  return code;
}

/* NULL in *out: the row has none. */
static rn_status make_headers(rn_sink *s, const rn_batch *batch, uint32_t row, rd_kafka_headers_t **out, rn_error *err) {
  const rn_column *column = &batch->columns[s->headers_column];
  *out = NULL;
  if (rn_is_null(column, row)) return RN_OK;
  rn_list list = ((const rn_list *)column->data)[row];
  bool every = column->type->id == RN_T_ARRAY;
  const rn_column *parts = every ? column->children[0].children : column->children;
  rd_kafka_headers_t *headers = rd_kafka_headers_new(list.length);
  for (uint32_t i = list.offset; i < list.offset + list.length; i++) {
    if ((every && rn_is_null(&column->children[0], i)) || rn_is_null(&parts[0], i)) {
      rd_kafka_headers_destroy(headers);
      return rn_fail(err, RN_E_SINK, "topic \"%s\" did not take a row: a header has no name", s->topic_name);
    }
    const rn_str *name = (const rn_str *)parts[0].data + i, *value = (const rn_str *)parts[1].data + i;
    bool null = rn_is_null(&parts[1], i);
    (void)rd_kafka_header_add(headers, rn_str_ptr(name), (ssize_t)name->len, null ? NULL : rn_str_ptr(value), null ? 0 : (ssize_t)value->len);
  }
  *out = headers;
  return RN_OK;
}

rn_status rn_kafka_sink_stage(rn_sink *s, const rn_batch *batch, rn_error *err) {
  aim(&s->value, batch);
  if (s->has_key) aim(&s->key, batch);
  uint32_t served = 0;
  for (uint32_t i = 0; i < batch->live_count; i++) {
    uint32_t row = rn_live(batch, i);
    bool null_value = false, null_key = !s->has_key;
    rn_builder_clear(&s->value.text);
    if (s->value.format->encode(s->value.encoder, &s->value.view, row, &s->value.text, &null_value, err) != RN_OK)
      return RN_FAIL;
    if (s->has_key) {
      rn_builder_clear(&s->key.text);
      if (s->key.format->encode(s->key.encoder, &s->key.view, row, &s->key.text, &null_key, err) != RN_OK)
        return RN_FAIL;
    }
    int64_t timestamp_ms = -1;
    if (s->timestamp_column >= 0) {
      const rn_column *column = &batch->columns[s->timestamp_column];
      if (rn_is_valid(column, row)) timestamp_ms = ((const int64_t *)column->data)[row] / 1000;
    }
    rd_kafka_headers_t *headers = NULL;
    if (s->headers_column >= 0 && make_headers(s, batch, row, &headers, err) != RN_OK) return RN_FAIL;
    int32_t partition = s->partitioner == BY_KEY ? RD_KAFKA_PARTITION_UA : s->next_partition;
    if (s->partitioner == ROUND_ROBIN) s->next_partition = (s->next_partition + 1) % s->partition_count;
    (void)__atomic_add_fetch(&s->current->pending, 1, __ATOMIC_RELAXED);
    rd_kafka_resp_err_t code;
    while ((code = produce(s, partition, null_value, null_key, timestamp_ms, headers)) == RD_KAFKA_RESP_ERR__QUEUE_FULL)
      if (serve(s, 50, err) != RN_OK) break;
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
      if (headers) rd_kafka_headers_destroy(headers);
      (void)__atomic_sub_fetch(&s->current->pending, 1, __ATOMIC_RELAXED);
      if (rn_failed(err)) return RN_FAIL;
      (void)rn_fail(err, RN_E_SINK, "topic \"%s\" did not take a row of %zu bytes: %s", s->topic_name,
                    s->value.text.len, rd_kafka_err2str(code));
      return code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE
                 ? rn_hint(err, "see 'properties.message.max.bytes' and the topic's max.message.bytes")
                 : RN_FAIL;
    }
    if (++served % 256 == 0 && serve(s, 0, err) != RN_OK) return RN_FAIL;
  }
  __atomic_store_n(&s->written, s->written + batch->live_count, __ATOMIC_RELAXED);
  return serve(s, 0, err);
}

rn_status rn_kafka_sink_freeze(rn_sink *s, rn_staged **out, rn_error *err) {
  (void)err;
  (void)pthread_mutex_lock(&s->lock);
  *out = s->current;
  s->current->next = s->frozen;
  s->frozen = s->current;
  (void)pthread_mutex_unlock(&s->lock);
  s->current = rn_calloc(1, sizeof *s->current);
  return RN_OK;
}

rn_status rn_kafka_sink_flush(rn_sink *s, rn_staged *staged, uint64_t epoch, rn_error *err) {
  (void)epoch;
  while (__atomic_load_n(&staged->pending, __ATOMIC_ACQUIRE) > 0)
    if (serve(s, 20, err) != RN_OK) return RN_FAIL;
  return serve(s, 0, err);
}

void rn_kafka_sink_committed(rn_sink *s, rn_staged *staged, uint64_t epoch) {
  (void)epoch;
  (void)pthread_mutex_lock(&s->lock);
  for (rn_staged **at = &s->frozen; *at; at = &(*at)->next)
    if (*at == staged) {
      *at = staged->next;
      break;
    }
  (void)pthread_mutex_unlock(&s->lock);
  rn_free(staged);
}

void rn_kafka_sink_counters(rn_sink *s, uint64_t *written, uint64_t *coalesced) {
  *written = __atomic_load_n(&s->written, __ATOMIC_RELAXED);
  *coalesced = 0;
}
