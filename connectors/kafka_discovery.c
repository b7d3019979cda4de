/* New partitions of the topics of a table ('scan.topic-partition-discovery.interval'): a thread asks the broker, which may take
 * long, and the task takes what it has found. See kafka_private.h. */
#include "connectors/kafka_private.h"

enum { METADATA_WAIT_MS = 2000 }; /* of the thread */

static void *discover(void *opaque) {
  rn_source *s = opaque; /* reads what does not change while it runs: client, topic names and handles, known */
  rn_kafka_discovery *d = &s->discovery;
  for (size_t t = 0; t < d->known.len; t++) {
    const rn_kafka_topic *topic = &s->topics.data[t];
    int32_t count = 0;
    rd_kafka_resp_err_t code = rn_kafka_ask_partitions(s->client.rk, topic->name, METADATA_WAIT_MS, &count);
    if (code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) d->gone = (int64_t)t; /* librdkafka 2.0.2 tells nobody */
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    for (int32_t p = d->known.data[t]; p < count; p++) {
      int64_t low = 0, high = 0;
      if (rd_kafka_query_watermark_offsets(s->client.rk, topic->name, p, &low, &high, METADATA_WAIT_MS) !=
          RD_KAFKA_RESP_ERR_NO_ERROR)
        break;
      struct rn_kafka_found found = {(uint32_t)t, p, low}; /* from its beginning: "latest" would lose rows */
      RN_VEC_PUSH(&d->found, found);
    }
  }
  __atomic_store_n(&d->finished, 1, __ATOMIC_RELEASE);
  return NULL;
}

rn_status rn_kafka_discovery_step(rn_source *s, int64_t now, rn_error *err) {
  rn_kafka_discovery *d = &s->discovery;
  rn_status status = RN_OK;
  if (d->running && __atomic_load_n(&d->finished, __ATOMIC_ACQUIRE)) {
    (void)pthread_join(d->thread, NULL);
    d->running = false;
    if (d->gone >= 0) { /* asked again, with patience */
      int32_t count = 0;
      status = rn_kafka_partition_count(&s->client, s->topics.data[d->gone].name, &count, err);
      d->gone = -1;
    }
    for (size_t i = 0; i < d->found.len && status == RN_OK; i++) {
      const struct rn_kafka_found *found = &d->found.data[i];
      rn_kafka_topic *topic = &s->topics.data[found->topic];
      size_t before = s->splits.len;
      if (s->splits.len >= RN_SPLITS_MAX) {
        status = rn_fail(err, RN_E_LIMIT, "table %s has more than %d partitions", s->table->name, RN_SPLITS_MAX);
        break;
      }
      rn_kafka_add_split(s, found->topic, found->partition);
      topic->partition_count = found->partition + 1;
      if (s->splits.len == before) continue;
      rn_kafka_split *split = &s->splits.data[before];
      split->next = split->taken = split->high = found->low;
      s->open_splits++;
      status = rn_kafka_start_split(s, split, err);
      rn_builder line = {0};
      rn_builder_printf(&line, "%s is a new partition, reading it from offset %lld", split->name,
                        (long long)found->low);
      if (s->notice) s->notice(s->notice_ctx, line.data);
      rn_builder_free(&line);
    }
    d->found.len = 0;
  } else if (!d->running && !s->bounded && s->discovery_us > 0 && now >= d->next_us) {
    d->next_us = now + s->discovery_us;
    d->known.len = 0;
    for (size_t t = 0; t < s->topics.len; t++) RN_VEC_PUSH(&d->known, s->topics.data[t].partition_count);
    __atomic_store_n(&d->finished, 0, __ATOMIC_RELAXED);
    d->running = pthread_create(&d->thread, NULL, discover, s) == 0;
  }
  return status;
}
