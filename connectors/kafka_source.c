/* The kafka source: raw messages in runs, a position per partition.
 *
 * Every partition is started at our own offset with rd_kafka_consume_start_queue() on one queue: no group,
 * no coordinator, no rebalance. Messages are taken in batches and live until the next run is fetched, so
 * that decoded text may point into them. The position of the batch interface of librdkafka is never used:
 * ours is the offset behind the last record that downstream took (2.0.2 skips offsets around pause). */
#include "connectors/kafka_private.h"
#include <stdio.h>
#include <stdlib.h>

enum {
  ANSWER_BYTES = 16 << 20,   /* see fair_fetches */
  FETCH_BYTES_MAX = 4 << 20, /* the default of kafka_client.c */
  FETCH_BYTES_MIN = 1 << 20, /* below, an answer may hold but one of the larger batches that producers write */
  SERVE_EVERY_US = 100000, /* events and lag */
};

/* --- splits -------------------------------------------------------------------------------------- */
/* Which instance reads a partition: does not change when partitions are added. */
static bool is_mine(const rn_source *s, uint32_t topic, int32_t partition) {
  return ((uint32_t)partition + topic) % s->parallelism == s->subtask;
}

void rn_kafka_add_split(rn_source *s, uint32_t topic_index, int32_t partition) {
  rn_kafka_topic *topic = &s->topics.data[topic_index];
  while (partition >= topic->split_cap) {
    int32_t cap = topic->split_cap ? topic->split_cap * 2 : 16;
    topic->split_of = rn_realloc(topic->split_of, (size_t)cap * sizeof *topic->split_of);
    for (int32_t i = topic->split_cap; i < cap; i++) topic->split_of[i] = -1;
    topic->split_cap = cap;
  }
  if (!is_mine(s, topic_index, partition)) return;
  rn_builder name = {0};
  rn_builder_printf(&name, "%s/%d", topic->name, partition);
  rn_kafka_split split = {.name = rn_builder_take(&name),
                          .topic = topic_index,
                          .partition = partition,
                          .next = -1,
                          .taken = -1,
                          .end = -1,
                          .high = -1};
  topic->split_of[partition] = (int32_t)s->splits.len;
  RN_VEC_PUSH(&s->splits, split);
}

rn_status rn_kafka_start_split(rn_source *s, rn_kafka_split *split, rn_error *err) {
  rn_kafka_topic *topic = &s->topics.data[split->topic];
  if (rd_kafka_consume_start_queue(topic->handle, split->partition, split->next, s->queue) != 0)
    return rn_fail(err, RN_E_CONNECT, "%s cannot be read: %s", split->name, rd_kafka_err2str(rd_kafka_last_error()));
  split->started = true;
  return RN_OK;
}
static void stop_split(rn_source *s, rn_kafka_split *split) {
  if (split->started) (void)rd_kafka_consume_stop(s->topics.data[split->topic].handle, split->partition);
  split->started = false;
}
static void finish_split(rn_source *s, rn_kafka_split *split) {
  if (split->done) return;
  split->done = true;
  s->open_splits--;
  stop_split(s, split); /* or it would go on fetching what nobody reads */
}

/* --- open, close ------------------------------------------------------------------------------------ */
static rn_status make_handle(rn_source *s, rn_kafka_topic *topic, rn_error *err) {
  topic->handle = rd_kafka_topic_new(s->client.rk, topic->name, NULL);
  if (topic->handle) return RN_OK;
  return rn_fail(err, RN_E_TOPIC, "topic \"%s\": %s", topic->name, rd_kafka_err2str(rd_kafka_last_error()));
}

static rn_status open_topics(rn_source *s, rn_error *err) {
  const char *text = rn_kafka_option(s->table, "topic");
  for (const char *at = text; *at;) {
    size_t len = strcspn(at, ";");
    rn_slice name = rn_slice_trim(rn_slice_make(at, len));
    at += len + (at[len] == ';');
    if (name.len == 0) continue;
    for (size_t i = 0; i < s->topics.len; i++)
      if (rn_slice_is(name, s->topics.data[i].name))
        return rn_fail(err, RN_E_OPTION_VALUE, "option 'topic' lists \"%.*s\" twice", (int)name.len, name.ptr);
    rn_kafka_topic topic = {.name = rn_strndup(name.ptr, name.len)};
    RN_VEC_PUSH(&s->topics, topic);
    uint32_t index = (uint32_t)s->topics.len - 1;
    rn_kafka_topic *added = &s->topics.data[index];
    if (rn_kafka_partition_count(&s->client, added->name, &added->partition_count, err) != RN_OK) return RN_FAIL;
    if (make_handle(s, added, err) != RN_OK) return RN_FAIL;
    for (int32_t p = 0; p < added->partition_count; p++) rn_kafka_add_split(s, index, p);
  }
  if (s->splits.len > RN_SPLITS_MAX)
    return rn_fail(err, RN_E_LIMIT, "table %s has more than %d partitions", s->table->name, RN_SPLITS_MAX);
  return RN_OK;
}

static void on_data(rd_kafka_t *rk, void *opaque) {
  rn_source *s = opaque;
  (void)rk;
  s->wake(s->wake_ctx);
}

/* A broker answers with all it may give of one partition, then of the next: so much is one partition read ahead of the others, and
 * what is ahead in event time waits in windows and buffers. So many partitions share an answer. The client takes the size when it is
 * made, before it has asked how many partitions there are: then it is made again. */
static rn_status fair_fetches(rn_source *s, const rn_source_spec *spec, rn_error *err) {
  size_t bytes = ANSWER_BYTES / (s->splits.len ? s->splits.len : 1);
  if (s->splits.len <= ANSWER_BYTES / FETCH_BYTES_MAX) return RN_OK;
  for (size_t i = 0; i < s->topics.len; i++) rd_kafka_topic_destroy(s->topics.data[i].handle);
  for (size_t i = 0; i < s->topics.len; i++) s->topics.data[i].handle = NULL;
  rd_kafka_queue_destroy(s->queue);
  s->queue = NULL;
  rn_kafka_client_close(&s->client);
  s->client = (rn_kafka_client){.interrupted = spec->interrupted,
                                .interrupted_ctx = spec->interrupted_ctx,
                                .fetch_bytes = bytes < FETCH_BYTES_MIN ? FETCH_BYTES_MIN : (int)bytes};
  if (rn_kafka_client_open(&s->client, spec->table, RN_KAFKA_CONSUMER, spec->notice, spec->notice_ctx, err) != RN_OK) return RN_FAIL;
  s->queue = rd_kafka_queue_new(s->client.rk);
  for (size_t i = 0; i < s->topics.len; i++)
    if (make_handle(s, &s->topics.data[i], err) != RN_OK) return RN_FAIL;
  return RN_OK;
}

rn_status rn_kafka_source_open(const rn_source_spec *spec, rn_source **out, rn_error *err) {
  rn_source *s = rn_calloc(1, sizeof *s);
  s->table = spec->table;
  s->subtask = spec->subtask;
  s->parallelism = spec->parallelism ? spec->parallelism : 1;
  s->notice = spec->notice;
  s->notice_ctx = spec->notice_ctx;
  s->wake = spec->wake;
  s->wake_ctx = spec->wake_ctx;
  s->has_group = rn_kafka_option(spec->table, "properties.group.id") != NULL;
  s->discovery_us = rn_option_int(&spec->table->options, rn_kafka_options, rn_kafka_option_count,
                                  "scan.topic-partition-discovery.interval");
  s->discovery.gone = -1;
  s->discovery.next_us = rn_monotonic_us() + s->discovery_us;
  __atomic_store_n(&s->lag, -1, __ATOMIC_RELAXED);
  for (uint32_t i = 0; i < spec->column_count; i++) {
    const rn_table_column *column = &spec->table->columns[spec->columns[i]];
    if (column->role == RN_COLUMN_METADATA && strncmp(column->metadata_key, "timestamp", 9) == 0)
      s->want_timestamp = true;
  }
  s->client.interrupted = s->group.interrupted = spec->interrupted;
  s->client.interrupted_ctx = s->group.interrupted_ctx = spec->interrupted_ctx;
  rn_status status =
      rn_kafka_client_open(&s->client, spec->table, RN_KAFKA_CONSUMER, spec->notice, spec->notice_ctx, err);
  if (status == RN_OK) {
    s->queue = rd_kafka_queue_new(s->client.rk);
    status = open_topics(s, err);
  }
  if (status == RN_OK) status = fair_fetches(s, spec, err);
  /* A client of its own: the reading one has no group, so that it needs no coordinator and no rights on one. */
  if (status == RN_OK && s->has_group)
    status = rn_kafka_client_open(&s->group, spec->table, RN_KAFKA_GROUP, spec->notice, spec->notice_ctx, err);
  if (status == RN_OK) status = rn_kafka_offsets_resolve(s, spec, err);
  if (status == RN_OK && s->wake) rd_kafka_queue_cb_event_enable(s->queue, on_data, s);
  for (size_t i = 0; i < s->splits.len && status == RN_OK; i++)
    if (!s->splits.data[i].done) status = rn_kafka_start_split(s, &s->splits.data[i], err);
  s->client.opening = s->group.opening = false;
  if (status != RN_OK) {
    rn_kafka_source_close(s);
    return RN_FAIL;
  }
  *out = s;
  return RN_OK;
}

static void release_run(rn_source *s) {
  for (uint32_t i = 0; i < s->message_count; i++) rd_kafka_message_destroy(s->messages[i]);
  s->message_count = s->record_count = s->given = s->taken = 0;
}

void rn_kafka_source_close(rn_source *s) {
  if (!s) return;
  if (s->discovery.running) (void)pthread_join(s->discovery.thread, NULL);
  if (s->queue && s->wake) rd_kafka_queue_cb_event_enable(s->queue, NULL, NULL);
  for (size_t i = 0; i < s->splits.len; i++) {
    stop_split(s, &s->splits.data[i]);
    rn_free(s->splits.data[i].name);
  }
  release_run(s);
  if (s->queue) rd_kafka_queue_destroy(s->queue);
  for (size_t i = 0; i < s->topics.len; i++) {
    if (s->topics.data[i].handle) rd_kafka_topic_destroy(s->topics.data[i].handle);
    rn_free(s->topics.data[i].name);
    rn_free(s->topics.data[i].split_of);
  }
  /* The last epoch's group offsets are on the way: informational, so a short wait only. */
  for (int i = 0; s->group.rk && s->group.commits_pending > 0 && i < 20; i++) (void)rd_kafka_poll(s->group.rk, 100);
  rn_kafka_client_close(&s->group);
  rn_kafka_client_close(&s->client);
  RN_VEC_FREE(&s->splits);
  RN_VEC_FREE(&s->topics);
  RN_VEC_FREE(&s->discovery.known);
  RN_VEC_FREE(&s->discovery.found);
  rn_free(s);
}

/* --- events ---------------------------------------------------------------------------------------------- */
int64_t rn_kafka_split_lag(rn_source *s, uint32_t index) {
  const rn_kafka_split *split = &s->splits.data[index];
  int64_t end = split->end >= 0 && split->end < split->high ? split->end : split->high;
  return !split->done && end > split->taken ? end - split->taken : 0;
}
static void measure_lag(rn_source *s) {
  int64_t lag = 0;
  for (size_t i = 0; i < s->splits.len; i++) {
    rn_kafka_split *split = &s->splits.data[i];
    int64_t low = 0, high = 0;
    if (rd_kafka_get_watermark_offsets(s->client.rk, s->topics.data[split->topic].name, split->partition, &low,
                                       &high) == RD_KAFKA_RESP_ERR_NO_ERROR &&
        high > split->high)
      split->high = high;
    lag += rn_kafka_split_lag(s, (uint32_t)i);
  }
  __atomic_store_n(&s->lag, lag, __ATOMIC_RELAXED);
}

/* Not rd_kafka_pause_partitions(): 2.0.2 skips offsets when it meets batches. A paused split is stopped (what
 * was fetched for it is dropped) and later started at our own position: pause for seconds, not per batch. */
void rn_kafka_pause_split(rn_source *s, uint32_t index, bool paused) {
  rn_kafka_split *split = &s->splits.data[index];
  if (split->paused == paused) return;
  split->paused = paused;
  if (paused)
    stop_split(s, split);
  else
    s->resumed = true; /* the next poll starts it: it can report a failure */
}
static rn_status start_resumed(rn_source *s, rn_error *err) {
  s->resumed = false;
  for (size_t i = 0; i < s->splits.len; i++) {
    rn_kafka_split *split = &s->splits.data[i];
    if (!split->started && !split->done && !split->paused && rn_kafka_start_split(s, split, err) != RN_OK) return RN_FAIL;
  }
  return RN_OK;
}

static rn_status serve(rn_source *s, rn_error *err) {
  int64_t now = rn_monotonic_us();
  if (s->resumed && start_resumed(s, err) != RN_OK) return RN_FAIL;
  if (now - s->served_us < SERVE_EVERY_US) return RN_OK;
  s->served_us = now;
  if (rn_kafka_client_serve(&s->client, 0, err) != RN_OK) return RN_FAIL;
  measure_lag(s);
  return rn_kafka_discovery_step(s, now, err);
}

/* The broker says that our offset is out of range. True after a restart of a broker whose end lags for a
 * moment: then go on; otherwise records are gone. */
static rn_status out_of_range(rn_source *s, rn_kafka_split *split, rn_error *err) {
  int64_t low = 0, high = 0;
  stop_split(s, split);
  for (int i = 0;; i++) {
    rd_kafka_resp_err_t code = rd_kafka_query_watermark_offsets(s->client.rk, s->topics.data[split->topic].name,
                                                                split->partition, &low, &high, 3000);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR && split->next >= low && split->next <= high)
      return rn_kafka_start_split(s, split, err);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR && (split->next < low || i >= 20))
      return rn_kafka_offset_gone(s, split, low, high, err);
    if (rn_kafka_client_serve(&s->client, 100, err) != RN_OK) return RN_FAIL;
  }
}

static rn_status topic_gone(rn_source *s, rn_kafka_split *split, rn_error *err) {
  rn_kafka_topic *topic = &s->topics.data[split->topic];
  int32_t count = 0;
  if (rn_kafka_partition_count(&s->client, topic->name, &count, err) != RN_OK) return RN_FAIL;
  if (split->partition >= count)
    return rn_fail(err, RN_E_TOPIC, "%s does not exist any more: topic \"%s\" has %d partitions", split->name,
                   topic->name, count);
  stop_split(s, split); /* there after all: metadata was late */
  return rn_kafka_start_split(s, split, err);
}

static rn_status on_message_error(rn_source *s, rn_kafka_split *split, const rd_kafka_message_t *message,
                                  rn_error *err) {
  int code = message->err;
  if (code == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    rn_kafka_client_alive(&s->client);
    if (split->done) return RN_OK; /* what came behind the end was dropped: the position must not pass it */
    if (message->offset > split->high) split->high = message->offset;
    if (message->offset > split->next) split->next = message->offset; /* over control records at the end */
    if (split->end >= 0 && split->next >= split->end) {
      split->next = split->end;
      finish_split(s, split);
    }
    return RN_OK;
  }
  if (split->done || split->paused) return RN_OK;
  switch (code) {
  case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
  case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
  case -139: /* _LOG_TRUNCATION, from 2.1 on */ return out_of_range(s, split, err);
  case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
  case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
  case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC: return topic_gone(s, split, err);
  case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    return rn_fail(err, RN_E_CONNECT, "kafka %s denies access to topic \"%s\"", s->client.servers,
                   s->topics.data[split->topic].name);
  case RD_KAFKA_RESP_ERR__BAD_MSG:
  case RD_KAFKA_RESP_ERR_INVALID_MSG:
  case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
  case RD_KAFKA_RESP_ERR__NOT_IMPLEMENTED:
    (void)rn_fail(err, RN_E_BAD_RECORD, "%s at offset %lld cannot be read: %.*s", split->name, (long long)split->next,
                  message->len > 400 ? 400 : (int)message->len,
                  message->payload ? (const char *)message->payload : rd_kafka_err2str(message->err));
    (void)snprintf(err->topic, sizeof err->topic, "%s", s->topics.data[split->topic].name);
    err->partition = split->partition;
    err->offset = split->next;
    return RN_FAIL;
  default: return RN_OK; /* retried inside librdkafka */
  }
}

/* --- poll ------------------------------------------------------------------------------------------------- */
static int32_t split_of_message(rn_source *s, const rd_kafka_message_t *message) {
  for (size_t t = 0; t < s->topics.len; t++) {
    const rn_kafka_topic *topic = &s->topics.data[t];
    if (topic->handle == message->rkt || strcmp(topic->name, rd_kafka_topic_name(message->rkt)) == 0)
      return message->partition >= 0 && message->partition < topic->split_cap ? topic->split_of[message->partition]
                                                                              : -1;
  }
  return -1;
}

static void all_taken(rn_source *s) {
  for (size_t i = 0; i < s->splits.len; i++) s->splits.data[i].taken = s->splits.data[i].next;
}

static uint32_t fetch(rn_source *s, uint32_t max, int64_t wait_us) {
  /* The batch call waits until it is full or the time is over, so waiting is done for one message. */
  ssize_t n = rd_kafka_consume_batch_queue(s->queue, 0, s->messages, max);
  if (n > 0) return (uint32_t)n;
  if (wait_us <= 0) return 0;
  rd_kafka_message_t *first = rd_kafka_consume_queue(s->queue, (int)((wait_us + 999) / 1000));
  if (!first) return 0;
  s->messages[0] = first;
  n = max > 1 ? rd_kafka_consume_batch_queue(s->queue, 0, s->messages + 1, max - 1) : 0;
  return n > 0 ? (uint32_t)n + 1 : 1;
}

static rn_status sort_out(rn_source *s, rn_error *err) {
  const rd_kafka_topic_t *last_topic = NULL;
  int32_t last_partition = -1, index = -1;
  uint32_t count = 0;
  for (uint32_t i = 0; i < s->message_count; i++) {
    const rd_kafka_message_t *message = s->messages[i];
    if (message->rkt != last_topic || message->partition != last_partition) {
      index = message->rkt ? split_of_message(s, message) : -1;
      last_topic = message->rkt;
      last_partition = message->partition;
    }
    if (index < 0) continue; /* a general error: it came as an event too */
    rn_kafka_split *split = &s->splits.data[index];
    if (message->err) {
      if (on_message_error(s, split, message, err) != RN_OK) return RN_FAIL;
      continue;
    }
    if (message->offset < split->next || split->done) continue; /* a fetch that was repeated, or behind the end */
    if (split->end >= 0 && message->offset >= split->end) {
      split->next = split->end; /* the end lay in a gap */
      finish_split(s, split);
      continue;
    }
    rd_kafka_timestamp_type_t type;
    s->records[count++] = (rn_record){
        .value = {message->payload, message->len},
        .key = {message->key, message->key_len},
        .offset = message->offset,
        .timestamp_ms = s->want_timestamp ? rd_kafka_message_timestamp(message, &type) : -1,
        .headers = message,
        .split = (uint16_t)index,
    };
    split->next = message->offset + 1;
    if (split->end >= 0 && split->next >= split->end) finish_split(s, split);
  }
  s->record_count = count;
  if (count > 0 && s->client.down) rn_kafka_client_alive(&s->client);
  return RN_OK;
}

rn_status rn_kafka_poll_records(rn_source *s, uint32_t max_records, int64_t wait_us, rn_record_run *out, rn_poll *poll,
                                rn_error *err) {
  memset(out, 0, sizeof *out);
  *poll = RN_POLL_IDLE;
  if (max_records > RN_KAFKA_RUN_MAX) max_records = RN_KAFKA_RUN_MAX;
  if (serve(s, err) != RN_OK) return RN_FAIL;
  if (s->taken == s->record_count) {
    release_run(s);
    if (s->bounded && s->open_splits == 0) {
      measure_lag(s);
      *poll = RN_POLL_END;
      return RN_OK;
    }
    s->message_count = fetch(s, max_records, wait_us);
    if (sort_out(s, err) != RN_OK) return RN_FAIL;
    if (s->record_count == 0) {
      all_taken(s); /* ends of partitions move positions too */
      if (s->bounded && s->open_splits == 0) *poll = RN_POLL_END;
      return RN_OK;
    }
  }
  s->given = s->taken;
  uint32_t rest = s->record_count - s->given;
  *out = (rn_record_run){.records = s->records + s->given, .count = rest < max_records ? rest : max_records};
  *poll = RN_POLL_ROWS;
  return RN_OK;
}

void rn_kafka_consumed(rn_source *s, uint32_t records) {
  uint32_t end = s->given + records;
  if (end > s->record_count) end = s->record_count;
  if (end == s->record_count) {
    all_taken(s);
  } else {
    for (uint32_t i = s->taken; i < end; i++) s->splits.data[s->records[i].split].taken = s->records[i].offset + 1;
  }
  s->taken = end;
}

/* --- positions ------------------------------------------------------------------------------------------------ */
uint32_t rn_kafka_source_splits(rn_source *s) { return (uint32_t)s->splits.len; }
const char *rn_kafka_source_split_name(rn_source *s, uint32_t split) { return s->splits.data[split].name; }
int64_t rn_kafka_lag(rn_source *s) { return __atomic_load_n(&s->lag, __ATOMIC_RELAXED); }

/* A split that ended stops holding the watermark back, but only once downstream has all its rows. */
bool rn_kafka_split_active(rn_source *s, uint32_t split) {
  const rn_kafka_split *p = &s->splits.data[split];
  return !p->done || p->taken < p->next;
}

rn_status rn_kafka_positions(rn_source *s, rn_positions *out, rn_error *err) {
  char text[32];
  (void)err;
  for (size_t i = 0; i < s->splits.len; i++) {
    (void)snprintf(text, sizeof text, "%lld", (long long)s->splits.data[i].taken);
    rn_positions_put(out, s->splits.data[i].name, text);
  }
  return RN_OK;
}

rn_status rn_kafka_until_positions(rn_source *s, rn_positions *out, rn_error *err) {
  char text[32];
  (void)err;
  for (size_t i = 0; i < s->splits.len && s->bounded; i++) {
    (void)snprintf(text, sizeof text, "%lld", (long long)s->splits.data[i].end);
    rn_positions_put(out, s->splits.data[i].name, text);
  }
  return RN_OK;
}

/* Store thread. Touches the group client and the topics' names only, which do not change. */
rn_status rn_kafka_source_committed(rn_source *s, uint64_t epoch, const rn_position *positions, size_t count,
                                    rn_error *err) {
  (void)epoch, (void)err;
  if (!s->has_group) return RN_OK;
  rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)count + 1);
  for (size_t i = 0; i < count; i++) {
    rn_slice name;
    int32_t partition;
    if (!rn_kafka_parse_split(positions[i].split, &name, &partition)) continue;
    for (size_t t = 0; t < s->topics.len; t++)
      if (rn_slice_is(name, s->topics.data[t].name))
        rd_kafka_topic_partition_list_add(list, s->topics.data[t].name, partition)->offset =
            strtoll(positions[i].position, NULL, 10);
  }
  (void)rd_kafka_poll(s->group.rk, 0);
  if (list->cnt > 0 && rd_kafka_commit(s->group.rk, list, 1) == RD_KAFKA_RESP_ERR_NO_ERROR) s->group.commits_pending++;
  rd_kafka_topic_partition_list_destroy(list);
  return RN_OK;
}
