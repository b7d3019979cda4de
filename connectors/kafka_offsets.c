/* Where each partition starts and ends: restored positions, startup mode, bounded mode, --until-end. All
 * become plain offsets before the first fetch, so that a position exists from the first epoch on.
 * ListOffsets takes -1 (end) and -2 (beginning) in place of a timestamp, so that one batched request per
 * broker answers for all partitions (a thousand watermark queries would take seconds). */
#include "connectors/kafka_private.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

bool rn_kafka_parse_split(const char *text, rn_slice *topic, int32_t *partition) {
  const char *slash = strrchr(text, '/');
  char *end;
  if (!slash || slash == text || slash[1] < '0' || slash[1] > '9') return false;
  errno = 0;
  long number = strtol(slash + 1, &end, 10);
  if (*end || errno || number > INT32_MAX) return false;
  *topic = rn_slice_make(text, (size_t)(slash - text));
  *partition = (int32_t)number;
  return true;
}

static bool parse_number(const char **at, int64_t *out) {
  char *end;
  if (**at < '0' || **at > '9') return false;
  errno = 0;
  *out = strtoll(*at, &end, 10);
  *at = end;
  return errno == 0;
}
bool rn_kafka_parse_offsets(const char *text, void (*fn)(void *ctx, int32_t partition, int64_t offset), void *ctx) {
  const char *at = text;
  while (*at) {
    int64_t partition, offset;
    at += strspn(at, " ");
    if (strncmp(at, "partition:", 10) != 0) return false;
    at += 10;
    if (!parse_number(&at, &partition) || partition > INT32_MAX || strncmp(at, ",offset:", 8) != 0) return false;
    at += 8;
    if (!parse_number(&at, &offset)) return false;
    fn(ctx, (int32_t)partition, offset);
    at += strspn(at, " ");
    if (*at == ';')
      at++;
    else if (*at)
      return false;
  }
  return at != text;
}

/* --- questions to the broker ---------------------------------------------------------------------- */
static int64_t wait_left_ms(int64_t begin_us) {
  int64_t left = RN_KAFKA_OPEN_WAIT_MS - (rn_monotonic_us() - begin_us) / 1000;
  return left > 0 ? left : 0;
}

static rd_kafka_topic_partition_list_t *list_of_splits(rn_source *source, int64_t offset) {
  rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)source->splits.len);
  for (size_t i = 0; i < source->splits.len; i++) {
    const rn_kafka_split *split = &source->splits.data[i];
    rd_kafka_topic_partition_list_add(list, source->topics.data[split->topic].name, split->partition)->offset = offset;
  }
  return list;
}

static rn_status question_failed(rn_source *source, const rn_kafka_split *split, rd_kafka_resp_err_t code,
                                 const char *what, rn_error *err) {
  rn_kafka_client *client = &source->client;
  if (code == RD_KAFKA_RESP_ERR__TIMED_OUT || code == RD_KAFKA_RESP_ERR__TRANSPORT ||
      code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
    return rn_kafka_connect_error(client, err);
  return rn_fail(err, RN_E_CONNECT, "kafka %s: %s of %s: %s", client->servers, what,
                 split ? split->name : source->table->name, rd_kafka_err2str(code));
}

/* out[i] for split i: the offset at `time` (ms, or RD_KAFKA_OFFSET_END / _BEGINNING); -1 when time lies
 * behind the last record. */
static rn_status ask_offsets(rn_source *source, int64_t time, const char *what, int64_t *out, rn_error *err) {
  int64_t begin = rn_monotonic_us();
  for (;;) {
    rd_kafka_topic_partition_list_t *list = list_of_splits(source, time);
    rd_kafka_resp_err_t code = rd_kafka_offsets_for_times(source->client.rk, list, 3000);
    size_t bad = 0;
    bool failed = code != RD_KAFKA_RESP_ERR_NO_ERROR;
    for (size_t i = 0; i < source->splits.len; i++) {
      out[i] = list->elems[i].offset;
      if (!failed && list->elems[i].err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        failed = true;
        bad = i;
        code = list->elems[i].err;
      }
    }
    rd_kafka_topic_partition_list_destroy(list);
    if (!failed) {
      rn_kafka_client_alive(&source->client);
      return RN_OK;
    }
    if (rn_kafka_client_serve(&source->client, 100, err) != RN_OK) return RN_FAIL;
    if (wait_left_ms(begin) == 0) return question_failed(source, &source->splits.data[bad], code, what, err);
  }
}

static rn_status ask_committed(rn_source *source, int64_t *out, rn_error *err) {
  int64_t begin = rn_monotonic_us();
  for (;;) {
    rd_kafka_topic_partition_list_t *list = list_of_splits(source, RD_KAFKA_OFFSET_INVALID);
    rd_kafka_resp_err_t code = rd_kafka_committed(source->group.rk, list, 3000);
    for (size_t i = 0; i < source->splits.len; i++) {
      out[i] = list->elems[i].offset >= 0 ? list->elems[i].offset : -1;
      if (code == RD_KAFKA_RESP_ERR_NO_ERROR) code = list->elems[i].err;
    }
    rd_kafka_topic_partition_list_destroy(list);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return RN_OK;
    if (code == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED)
      return rn_fail(err, RN_E_CONNECT, "kafka %s denies access to the group of 'properties.group.id'",
                     source->client.servers);
    if (rn_kafka_client_serve(&source->group, 100, err) != RN_OK) return RN_FAIL;
    if (wait_left_ms(begin) == 0) return question_failed(source, NULL, code, "group offsets", err);
  }
}

/* --- start ------------------------------------------------------------------------------------------- */
static void tell(rn_source *source, const char *text) {
  if (source->notice) source->notice(source->notice_ctx, text);
}

typedef struct specific {
  rn_source *source;
  int64_t *offsets;
} specific;
static void take_specific(void *ctx, int32_t partition, int64_t offset) {
  specific *s = ctx;
  for (size_t i = 0; i < s->source->splits.len; i++)
    if (s->source->splits.data[i].partition == partition) s->offsets[i] = offset;
}

static rn_status start_of_groups(rn_source *source, const int64_t *low, const int64_t *high, int64_t *start,
                                 rn_error *err) {
  const char *group = rn_kafka_option(source->table, "properties.group.id");
  const char *reset = rn_kafka_option(source->table, "properties.auto.offset.reset");
  size_t missing = 0, first = 0, n = source->splits.len;
  char line[384];
  if (!source->has_group) {
    for (size_t i = 0; i < n; i++) start[i] = reset && strcmp(reset, "latest") == 0 ? high[i] : low[i];
    if (!reset && n > 0) {
      (void)snprintf(line, sizeof line,
                     "table %s: no 'properties.group.id' and no 'scan.startup.mode': reading from the earliest offset",
                     source->table->name);
      tell(source, line);
    }
    return RN_OK;
  }
  if (ask_committed(source, start, err) != RN_OK) return RN_FAIL;
  for (size_t i = 0; i < n; i++)
    if (start[i] < 0) {
      if (missing++ == 0) first = i;
      start[i] = reset && strcmp(reset, "latest") == 0 ? high[i] : low[i];
    }
  if (missing == 0 || (reset && strcmp(reset, "none") != 0)) return RN_OK;
  if (reset)
    return rn_fail(err, RN_E_OFFSET,
                   "group \"%s\" has no committed offset for %s, and 'properties.auto.offset.reset' is 'none'", group,
                   source->splits.data[first].name);
  (void)snprintf(line, sizeof line, "group \"%s\" has no committed offset for %s%s: reading from the earliest", group,
                 source->splits.data[first].name, missing > 1 ? " and others" : "");
  tell(source, line);
  return RN_OK;
}

static rn_status start_by_mode(rn_source *source, const int64_t *low, const int64_t *high, int64_t *start,
                               rn_error *err) {
  const char *mode = rn_kafka_option(source->table, "scan.startup.mode");
  size_t n = source->splits.len;
  for (size_t i = 0; i < n; i++) start[i] = low[i];
  if (strcmp(mode, "latest-offset") == 0) {
    for (size_t i = 0; i < n; i++) start[i] = high[i];
  } else if (strcmp(mode, "group-offsets") == 0) {
    return start_of_groups(source, low, high, start, err);
  } else if (strcmp(mode, "timestamp") == 0) {
    int64_t time = rn_option_int(&source->table->options, rn_kafka_options, rn_kafka_option_count,
                                 "scan.startup.timestamp-millis");
    if (ask_offsets(source, time, "offset by timestamp", start, err) != RN_OK) return RN_FAIL;
    for (size_t i = 0; i < n; i++)
      if (start[i] < 0) start[i] = high[i];
  } else if (strcmp(mode, "specific-offsets") == 0) {
    specific s = {source, start};
    const char *text = rn_kafka_option(source->table, "scan.startup.specific-offsets");
    if (!text || !rn_kafka_parse_offsets(text, take_specific, &s))
      return rn_fail(err, RN_E_OPTION_VALUE, "option 'scan.startup.specific-offsets' cannot be '%s'", text ? text : "");
  }
  return RN_OK;
}

rn_status rn_kafka_offset_gone(rn_source *source, const rn_kafka_split *split, int64_t low, int64_t high,
                               rn_error *err) {
  const char *topic = source->topics.data[split->topic].name;
  if (split->next < low) {
    (void)rn_fail(err, RN_E_OFFSET,
                  "%s: offset %lld is gone, the broker has %lld to %lld: %lld records are lost to this job",
                  split->name, (long long)split->next, (long long)low, (long long)high, (long long)(low - split->next));
    (void)rn_hint(err, "the topic's retention removed them; to go on from what is left, start over with --fresh");
  } else {
    (void)rn_fail(err, RN_E_OFFSET, "%s: the job stands at offset %lld, but the partition ends at %lld", split->name,
                  (long long)split->next, (long long)high);
    (void)rn_hint(
        err,
        "the topic was made anew, or the broker lost records; nothing is read before this is decided: start over with --fresh");
  }
  (void)snprintf(err->topic, sizeof err->topic, "%s", topic);
  err->partition = split->partition;
  err->offset = split->next;
  return RN_FAIL;
}

static rn_status take_restored(rn_source *source, const rn_source_spec *spec, int64_t *start, rn_error *err) {
  for (size_t r = 0; r < spec->restored_count; r++) {
    rn_slice topic;
    int32_t partition;
    char *end;
    errno = 0;
    long long offset = strtoll(spec->restored[r].position, &end, 10);
    if (!rn_kafka_parse_split(spec->restored[r].split, &topic, &partition) || *end ||
        end == spec->restored[r].position || errno || offset < 0)
      return rn_fail(err, RN_E_STATE_CORRUPT, "stored position \"%s\" of \"%s\" is not one of a kafka table",
                     spec->restored[r].position, spec->restored[r].split);
    for (size_t t = 0; t < source->topics.len; t++) {
      const rn_kafka_topic *known = &source->topics.data[t];
      if (!rn_slice_is(topic, known->name)) continue;
      if (partition >= known->partition_count) {
        (void)rn_fail(err, RN_E_OFFSET,
                      "topic \"%s\" has %d partitions, but the job stands at offset %lld of partition %d", known->name,
                      known->partition_count, offset, partition);
        return rn_hint(err, "the topic was made anew; start over with --fresh");
      }
      if (known->split_of[partition] >= 0) start[known->split_of[partition]] = offset;
    }
  }
  return RN_OK;
}

/* --- end --------------------------------------------------------------------------------------------- */
static rn_status end_by_mode(rn_source *source, const int64_t *high, int64_t *ends, rn_error *err) {
  const char *mode = rn_kafka_option(source->table, "scan.bounded.mode");
  size_t n = source->splits.len;
  if (strcmp(mode, "latest-offset") == 0) {
    memcpy(ends, high, n * sizeof *ends);
  } else if (strcmp(mode, "group-offsets") == 0) {
    if (ask_committed(source, ends, err) != RN_OK) return RN_FAIL;
    for (size_t i = 0; i < n; i++)
      if (ends[i] < 0)
        return rn_fail(err, RN_E_OFFSET,
                       "'scan.bounded.mode' = 'group-offsets', but group \"%s\" has no committed offset for %s",
                       rn_kafka_option(source->table, "properties.group.id"), source->splits.data[i].name);
  } else if (strcmp(mode, "timestamp") == 0) {
    int64_t time = rn_option_int(&source->table->options, rn_kafka_options, rn_kafka_option_count,
                                 "scan.bounded.timestamp-millis");
    if (ask_offsets(source, time, "offset by timestamp", ends, err) != RN_OK) return RN_FAIL;
    for (size_t i = 0; i < n; i++)
      if (ends[i] < 0) ends[i] = high[i];
  } else {
    specific s = {source, ends};
    const char *text = rn_kafka_option(source->table, "scan.bounded.specific-offsets");
    for (size_t i = 0; i < n; i++) ends[i] = 0; /* partitions without an entry are not read */
    if (!text || !rn_kafka_parse_offsets(text, take_specific, &s))
      return rn_fail(err, RN_E_OPTION_VALUE, "option 'scan.bounded.specific-offsets' cannot be '%s'", text ? text : "");
  }
  return RN_OK;
}

/* The end positions of an interrupted run: a partition that is not among them came later and is not read. */
static rn_status take_until(rn_source *source, const rn_source_spec *spec, int64_t *ends, rn_error *err) {
  for (size_t i = 0; i < source->splits.len; i++) ends[i] = 0;
  for (size_t u = 0; u < spec->until_count; u++) {
    char *end;
    long long offset = strtoll(spec->until[u].position, &end, 10);
    if (*end || end == spec->until[u].position)
      return rn_fail(err, RN_E_STATE_CORRUPT, "stored end position \"%s\" of \"%s\" is not one of a kafka table",
                     spec->until[u].position, spec->until[u].split);
    for (size_t i = 0; i < source->splits.len; i++)
      if (strcmp(spec->until[u].split, source->splits.data[i].name) == 0) ends[i] = offset;
  }
  return RN_OK;
}

rn_status rn_kafka_offsets_resolve(rn_source *source, const rn_source_spec *spec, rn_error *err) {
  size_t n = source->splits.len;
  int64_t *numbers = rn_calloc(4 * n + 1, sizeof *numbers);
  int64_t *low = numbers, *high = low + n, *start = high + n, *ends = start + n;
  const char *mode = rn_kafka_option(source->table, "scan.bounded.mode");
  bool by_options = mode && strcmp(mode, "unbounded") != 0;
  source->bounded = by_options || spec->until_end || spec->until_count > 0;

  rn_status status = n == 0 ? RN_OK : ask_offsets(source, RD_KAFKA_OFFSET_BEGINNING, "first offset", low, err);
  if (status == RN_OK && n > 0) status = ask_offsets(source, RD_KAFKA_OFFSET_END, "end offset", high, err);
  if (status == RN_OK && n > 0) {
    if (spec->restored_count > 0) {
      memcpy(start, low, n * sizeof *start); /* a partition that came since then: all of it */
      status = take_restored(source, spec, start, err);
    } else {
      status = start_by_mode(source, low, high, start, err);
    }
  }
  if (status == RN_OK && n > 0 && source->bounded) {
    if (spec->until_count > 0)
      status = take_until(source, spec, ends, err);
    else if (by_options)
      status = end_by_mode(source, high, ends, err);
    else
      memcpy(ends, high, n * sizeof *ends);
  }
  source->open_splits = 0;
  for (size_t i = 0; i < n && status == RN_OK; i++) {
    rn_kafka_split *split = &source->splits.data[i];
    split->next = split->taken = start[i];
    split->high = high[i];
    split->end = source->bounded ? ends[i] : -1;
    split->done = source->bounded && split->next >= split->end;
    if (!split->done) source->open_splits++;
    /* A restart of the broker may let the end lag behind what we have read for a moment: ask again. */
    for (int again = 0; again < 20 && split->next > split->high && status == RN_OK && !split->done; again++) {
      int64_t lowest = 0, highest = 0;
      status = rn_kafka_client_serve(&source->client, 100, err);
      if (rd_kafka_query_watermark_offsets(source->client.rk, source->topics.data[split->topic].name, split->partition,
                                           &lowest, &highest, 3000) == RD_KAFKA_RESP_ERR_NO_ERROR)
        split->high = highest;
    }
    if (status == RN_OK && !split->done && (split->next < low[i] || split->next > split->high))
      status = rn_kafka_offset_gone(source, split, low[i], split->high, err);
  }
  rn_free(numbers);
  return status;
}
