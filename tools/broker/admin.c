/* runnel-broker create, delete, grow, cut, ends, committed, ping: what tests ask of a real broker. */
#include "tools/broker/broker.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void nap_ms(long ms) {
  struct timespec t = {ms / 1000, ms % 1000 * 1000000};
  (void)nanosleep(&t, NULL);
}

/* Waits for the one result of an admin request and says what went wrong. */
static void finish(rd_kafka_queue_t *queue, const char *what) {
  rd_kafka_event_t *event = rd_kafka_queue_poll(queue, 35000);
  if (!event) die("%s: no answer", what);
  if (rd_kafka_event_error(event)) die("%s: %s", what, rd_kafka_event_error_string(event));
  size_t count = 0;
  const rd_kafka_topic_result_t **results = NULL;
  const rd_kafka_CreateTopics_result_t *created = rd_kafka_event_CreateTopics_result(event);
  const rd_kafka_DeleteTopics_result_t *deleted = rd_kafka_event_DeleteTopics_result(event);
  const rd_kafka_CreatePartitions_result_t *grown = rd_kafka_event_CreatePartitions_result(event);
  if (created) results = rd_kafka_CreateTopics_result_topics(created, &count);
  if (deleted) results = rd_kafka_DeleteTopics_result_topics(deleted, &count);
  if (grown) results = rd_kafka_CreatePartitions_result_topics(grown, &count);
  for (size_t i = 0; i < count; i++)
    if (rd_kafka_topic_result_error(results[i])) die("%s: %s", what, rd_kafka_topic_result_error_string(results[i]));
  const rd_kafka_DeleteRecords_result_t *cut = rd_kafka_event_DeleteRecords_result(event);
  const rd_kafka_topic_partition_list_t *offsets = cut ? rd_kafka_DeleteRecords_result_offsets(cut) : NULL;
  for (int i = 0; offsets && i < offsets->cnt; i++)
    if (offsets->elems[i].err) die("%s: %s", what, rd_kafka_err2str(offsets->elems[i].err));
  rd_kafka_event_destroy(event);
}

/* Leaders of a topic; 0 when it is not there or one is missing. */
static int ready_partitions(rd_kafka_t *rk, const char *name) {
  const rd_kafka_metadata_t *data = NULL;
  int found = 0;
  if (rd_kafka_metadata(rk, 1, NULL, &data, 5000) != RD_KAFKA_RESP_ERR_NO_ERROR) return 0;
  for (int t = 0; t < data->topic_cnt; t++)
    if (strcmp(data->topics[t].topic, name) == 0) {
      found = data->topics[t].partition_cnt;
      for (int p = 0; p < data->topics[t].partition_cnt; p++)
        if (data->topics[t].partitions[p].leader < 0) found = 0;
    }
  rd_kafka_metadata_destroy(data);
  return found;
}
static void wait_for(rd_kafka_t *rk, const char *name, int partitions) {
  for (int i = 0; i < 500 && ready_partitions(rk, name) != partitions; i++) nap_ms(20);
  if (ready_partitions(rk, name) != partitions) die("topic %s: not ready", name);
}

int command_create(const options *o) {
  char name[256], key[128], error[512];
  int partitions;
  (void)split_topic(only_topic(o), name, sizeof name, 1, &partitions);
  rd_kafka_t *rk = make_client(o, RD_KAFKA_PRODUCER, NULL, NULL);
  rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
  rd_kafka_NewTopic_t *topic = rd_kafka_NewTopic_new(name, partitions, -1, error, sizeof error);
  if (!topic) die("%s", error);
  for (int i = 0; i < o->setting_count; i++) {
    const char *equals = strchr(o->settings[i], '=');
    if (!equals || (size_t)(equals - o->settings[i]) >= sizeof key) die("--set %s is not KEY=VALUE", o->settings[i]);
    (void)snprintf(key, sizeof key, "%.*s", (int)(equals - o->settings[i]), o->settings[i]);
    (void)rd_kafka_NewTopic_set_config(topic, key, equals + 1);
  }
  rd_kafka_CreateTopics(rk, &topic, 1, NULL, queue);
  finish(queue, name);
  wait_for(rk, name, partitions);
  rd_kafka_NewTopic_destroy(topic);
  rd_kafka_queue_destroy(queue);
  rd_kafka_destroy(rk);
  return 0;
}

int command_delete(const options *o) {
  rd_kafka_t *rk = make_client(o, RD_KAFKA_PRODUCER, NULL, NULL);
  rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
  rd_kafka_DeleteTopic_t *topic = rd_kafka_DeleteTopic_new(only_topic(o));
  rd_kafka_DeleteTopics(rk, &topic, 1, NULL, queue);
  finish(queue, only_topic(o));
  wait_for(rk, only_topic(o), 0);
  rd_kafka_DeleteTopic_destroy(topic);
  rd_kafka_queue_destroy(queue);
  rd_kafka_destroy(rk);
  return 0;
}

int command_grow(const options *o) {
  char name[256], error[512];
  int partitions;
  (void)split_topic(only_topic(o), name, sizeof name, 1, &partitions);
  rd_kafka_t *rk = make_client(o, RD_KAFKA_PRODUCER, NULL, NULL);
  rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
  rd_kafka_NewPartitions_t *grown = rd_kafka_NewPartitions_new(name, (size_t)partitions, error, sizeof error);
  if (!grown) die("%s", error);
  rd_kafka_CreatePartitions(rk, &grown, 1, NULL, queue);
  finish(queue, name);
  wait_for(rk, name, partitions);
  rd_kafka_NewPartitions_destroy(grown);
  rd_kafka_queue_destroy(queue);
  rd_kafka_destroy(rk);
  return 0;
}

int command_cut(const options *o) {
  if (o->partition < 0 || o->offset < 0) die("cut needs --partition and --offset");
  rd_kafka_t *rk = make_client(o, RD_KAFKA_PRODUCER, NULL, NULL);
  rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
  rd_kafka_topic_partition_list_t *before = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(before, only_topic(o), (int32_t)o->partition)->offset = o->offset;
  rd_kafka_DeleteRecords_t *request = rd_kafka_DeleteRecords_new(before);
  rd_kafka_DeleteRecords(rk, &request, 1, NULL, queue);
  finish(queue, only_topic(o));
  rd_kafka_DeleteRecords_destroy(request);
  rd_kafka_topic_partition_list_destroy(before);
  rd_kafka_queue_destroy(queue);
  rd_kafka_destroy(rk);
  return 0;
}

int command_ends(const options *o) {
  rd_kafka_t *rk = make_client(o, RD_KAFKA_CONSUMER, NULL, NULL);
  int partitions = ready_partitions(rk, only_topic(o));
  for (int p = 0; p < partitions; p++) {
    int64_t low, high;
    rd_kafka_resp_err_t code = rd_kafka_query_watermark_offsets(rk, only_topic(o), p, &low, &high, (int)o->timeout_ms);
    if (code) die("partition %d: %s", p, rd_kafka_err2str(code));
    (void)printf("%d %" PRId64 " %" PRId64 "\n", p, low, high);
  }
  rd_kafka_destroy(rk);
  return partitions > 0 ? 0 : 1;
}

int command_committed(const options *o) {
  if (!o->group) die("committed needs --group");
  const char *more[] = {"group.id", o->group, NULL};
  rd_kafka_t *rk = make_client(o, RD_KAFKA_CONSUMER, more, NULL);
  int partitions = ready_partitions(rk, only_topic(o));
  rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(partitions + 1);
  for (int p = 0; p < partitions; p++) (void)rd_kafka_topic_partition_list_add(list, only_topic(o), p);
  rd_kafka_resp_err_t code = rd_kafka_committed(rk, list, (int)o->timeout_ms);
  if (code) die("group %s: %s", o->group, rd_kafka_err2str(code));
  for (int i = 0; i < list->cnt; i++)
    (void)printf("%d %" PRId64 "\n", list->elems[i].partition, list->elems[i].offset >= 0 ? list->elems[i].offset : -1);
  rd_kafka_topic_partition_list_destroy(list);
  rd_kafka_destroy(rk);
  return 0;
}

int command_ping(const options *o) {
  const char *more[] = {"reconnect.backoff.ms", "20", "reconnect.backoff.max.ms", "100", NULL};
  rd_kafka_t *rk = make_client(o, RD_KAFKA_PRODUCER, more, NULL);
  const rd_kafka_metadata_t *data = NULL;
  bool up = false;
  for (int64_t waited = 0; !up && waited <= o->timeout_ms; waited += 200)
    if (rd_kafka_metadata(rk, 1, NULL, &data, 200) == RD_KAFKA_RESP_ERR_NO_ERROR) {
      up = data->broker_cnt > 0;
      rd_kafka_metadata_destroy(data);
      if (!up) nap_ms(200);
    }
  rd_kafka_destroy(rk);
  return up ? 0 : 1;
}
