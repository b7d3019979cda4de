/* What the files of the kafka connector share: kafka.c (the row, options, checks), kafka_client.c (clients,
 * events, metadata), kafka_offsets.c (where to start and to end), kafka_source.c, kafka_discovery.c
 * (new partitions), kafka_sink.c. */
#ifndef RN_CONNECTORS_KAFKA_PRIVATE_H
#define RN_CONNECTORS_KAFKA_PRIVATE_H
#include <librdkafka/rdkafka.h>
#include <pthread.h>
#include "connectors/kafka.h"
#include "runtime/plan.h"

extern const rn_option rn_kafka_options[];
extern const size_t rn_kafka_option_count;
/* Typed access to the validated options of a kafka table. */
const char *rn_kafka_option(const rn_table_spec *table, const char *key);

/* --- kafka_client.c ------------------------------------------------------------------------------ */
enum {
  RN_KAFKA_OPEN_WAIT_MS = 10000, /* an unreachable broker is an error of open after this */
  RN_KAFKA_TOPIC_WAIT_MS = 3000, /* an unknown topic may be one that was made a moment ago */
};

typedef enum rn_kafka_role { RN_KAFKA_CONSUMER, RN_KAFKA_PRODUCER, RN_KAFKA_GROUP /* reads and commits group offsets */ } rn_kafka_role;

/* A librdkafka client with what its event callback said last. Callbacks run in rd_kafka_poll() only, on the
 * thread that calls it; `down` and `failed` are read across threads. */
typedef struct rn_kafka_client {
  rd_kafka_t *rk;
  char *servers;            /* for messages */
  bool (*interrupted)(void *ctx); /* set before the open, with the next: ends its waits */
  void *interrupted_ctx;
  int fetch_bytes;          /* set before the open: of one partition in an answer, where the table says nothing; 0: the default */
  bool scram;
  void (*notice)(void *ctx, const char *text);
  void *notice_ctx;
  char reason[256];         /* last connection trouble, in one human line */
  rd_kafka_resp_err_t cause;
  bool down;                /* all brokers are unreachable */
  bool down_told;
  bool quiet;               /* the group's client: the reading one tells of the same broker */
  int64_t down_us;          /* since when; messages fetched before are no sign of life */
  int64_t told_us;          /* when it was told last: not again within half a minute */
  bool opening;             /* refusals (authentication, TLS) are final at once; later they get some seconds */
  bool fatal;
  int64_t refused_us;       /* since when the brokers refuse us; 0: they do not */
  pthread_mutex_t lock;     /* guards the nine above: a producer is polled by two threads */
  /* producer and group clients */
  void (*delivered)(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque);
  int commits_pending;      /* group: asynchronous commits on the way */
  void *owner;
} rn_kafka_client;

/* Makes the configuration from the table's 'properties.*' under our policy. No file and no network is touched.
 * Values that hold a reference (${env:..}) are left out: a definition is checked before they are known. */
rn_status rn_kafka_conf(const rn_table_spec *table, rn_kafka_role role, rd_kafka_conf_t **out, rn_error *err);
/* A property that SQL may not set: why; NULL when it may. `name` is without "properties.". */
const char *rn_kafka_property_refused(const char *name);
rn_status rn_kafka_client_open(rn_kafka_client *client, const rn_table_spec *table, rn_kafka_role role,
                               void (*notice)(void *ctx, const char *text), void *notice_ctx, rn_error *err);
void rn_kafka_client_close(rn_kafka_client *client);
/* Serves callbacks; RN_FAIL with E_CONNECT when the client cannot go on. */
rn_status rn_kafka_client_serve(rn_kafka_client *client, int wait_ms, rn_error *err);
/* A sign of life from a broker: ends a "cannot be reached" phase. */
void rn_kafka_client_alive(rn_kafka_client *client);
/* E_CONNECT with the last reason. */
rn_status rn_kafka_connect_error(rn_kafka_client *client, rn_error *err);
/* Partitions of a topic; waits for broker and topic. E_TOPIC with near names when it does not exist. */
rn_status rn_kafka_partition_count(rn_kafka_client *client, const char *name, int32_t *count, rn_error *err);
/* One question for it. All topics are asked for: asking for one makes some brokers create it. */
rd_kafka_resp_err_t rn_kafka_ask_partitions(rd_kafka_t *rk, const char *name, int wait_ms, int32_t *count);
/* "Connect to ipv4#127.0.0.1:9 failed: Connection refused (after 0ms ..)" without the noise. */
void rn_kafka_clean_reason(const char *text, char *out, size_t size);

/* --- kafka_source.c ------------------------------------------------------------------------------- */
typedef struct rn_kafka_topic {
  char *name;
  rd_kafka_topic_t *handle;
  int32_t partition_count;
  int32_t *split_of;   /* partition -> split, -1: another instance's */
  int32_t split_cap;
} rn_kafka_topic;

typedef struct rn_kafka_split {
  char *name;          /* "orders/3" */
  uint32_t topic;
  int32_t partition;
  int64_t next;        /* position behind what was read from the client; -1 not known yet */
  int64_t taken;       /* position behind what downstream has taken */
  int64_t end;         /* where to stop, exclusive; -1: never */
  int64_t high;        /* last known end of the partition; -1: unknown */
  bool done, started, paused;
} rn_kafka_split;

typedef struct rn_kafka_discovery { /* new partitions, looked for on a thread of its own */
  pthread_t thread;
  bool running;
  int finished;        /* set by the thread (atomic) */
  int64_t gone;        /* a topic that the broker does not know any more, -1: none */
  int64_t next_us;     /* when to look again */
  RN_VEC(int32_t) known;                                               /* partitions per topic when it began */
  RN_VEC(struct rn_kafka_found { uint32_t topic; int32_t partition; int64_t low; }) found;
} rn_kafka_discovery;

enum { RN_KAFKA_RUN_MAX = RN_BATCH_ROWS_MAX };

struct rn_source {
  const rn_table_spec *table;
  rn_kafka_client client, group;
  bool has_group;
  unsigned subtask, parallelism;
  RN_VEC(rn_kafka_topic) topics;
  RN_VEC(rn_kafka_split) splits;
  uint32_t open_splits;      /* not done */
  bool resumed;              /* a split waits to be started again */
  bool bounded;
  bool want_timestamp;
  rd_kafka_queue_t *queue;
  void (*notice)(void *ctx, const char *text);
  void *notice_ctx;
  void (*wake)(void *ctx);
  void *wake_ctx;
  int64_t discovery_us;
  rn_kafka_discovery discovery;
  int64_t served_us;         /* last service of events */
  int64_t lag;               /* atomic */
  /* the run handed out: messages live until the next one is fetched */
  rd_kafka_message_t *messages[RN_KAFKA_RUN_MAX];
  uint32_t message_count;
  rn_record records[RN_KAFKA_RUN_MAX];
  uint32_t record_count;     /* of the run */
  uint32_t given, taken;     /* records before `given` were taken in earlier polls; `taken` in all */
};

/* --- kafka_offsets.c -------------------------------------------------------------------------------- */
/* Sets next, taken and end of every split by the options, the restored positions and until_end. */
rn_status rn_kafka_offsets_resolve(rn_source *source, const rn_source_spec *spec, rn_error *err);
/* "partition:0,offset:42;partition:1,offset:300". Calls fn per entry; false: malformed. */
bool rn_kafka_parse_offsets(const char *text, void (*fn)(void *ctx, int32_t partition, int64_t offset), void *ctx);
/* The error for a position that the broker no longer (or not yet) has. */
rn_status rn_kafka_offset_gone(rn_source *source, const rn_kafka_split *split, int64_t low, int64_t high, rn_error *err);
/* "orders/3" -> topic and partition; false: not of the form. `topic` is a slice of the text. */
bool rn_kafka_parse_split(const char *text, rn_slice *topic, int32_t *partition);

/* --- kafka_sink.c ------------------------------------------------------------------------------------- */
rn_status rn_kafka_sink_open(const rn_sink_spec *spec, rn_sink **out, rn_error *err);
rn_status rn_kafka_sink_stage(rn_sink *sink, const rn_batch *batch, rn_error *err);
rn_status rn_kafka_sink_freeze(rn_sink *sink, rn_staged **out, rn_error *err);
rn_status rn_kafka_sink_flush(rn_sink *sink, rn_staged *staged, uint64_t epoch, rn_error *err);
void rn_kafka_sink_committed(rn_sink *sink, rn_staged *staged, uint64_t epoch);
void rn_kafka_sink_counters(rn_sink *sink, uint64_t *written, uint64_t *coalesced);
void rn_kafka_sink_close(rn_sink *sink);

/* functions of the row that kafka_source.c implements */
rn_status rn_kafka_source_open(const rn_source_spec *spec, rn_source **out, rn_error *err);
uint32_t rn_kafka_source_splits(rn_source *source);
const char *rn_kafka_source_split_name(rn_source *source, uint32_t split);
rn_status rn_kafka_poll_records(rn_source *source, uint32_t max_records, int64_t wait_us, rn_record_run *out,
                                rn_poll *poll, rn_error *err);
void rn_kafka_metadata_value(rn_source *source, const rn_record *record, uint32_t metadata, rn_column *out,
                             uint32_t row, uint32_t capacity, rn_arena *arena);
void rn_kafka_consumed(rn_source *source, uint32_t records);
rn_status rn_kafka_positions(rn_source *source, rn_positions *out, rn_error *err);
rn_status rn_kafka_until_positions(rn_source *source, rn_positions *out, rn_error *err);
rn_status rn_kafka_source_committed(rn_source *source, uint64_t epoch, const rn_position *positions, size_t count,
                                    rn_error *err);
int64_t rn_kafka_lag(rn_source *source);
/* A split for the partition, if it is this instance's; reading begins with the next. */
void rn_kafka_add_split(rn_source *source, uint32_t topic_index, int32_t partition);
rn_status rn_kafka_start_split(rn_source *source, rn_kafka_split *split, rn_error *err);
/* kafka_discovery.c: takes new partitions in, and looks for more when it is time. */
rn_status rn_kafka_discovery_step(rn_source *source, int64_t now, rn_error *err);
void rn_kafka_pause_split(rn_source *source, uint32_t split, bool paused);
int64_t rn_kafka_split_lag(rn_source *source, uint32_t split);
bool rn_kafka_split_active(rn_source *source, uint32_t split);
void rn_kafka_source_close(rn_source *source);

enum { RN_KAFKA_META_TOPIC, RN_KAFKA_META_PARTITION, RN_KAFKA_META_OFFSET, RN_KAFKA_META_TIMESTAMP,
       RN_KAFKA_META_TIMESTAMP_TYPE, RN_KAFKA_META_KEY, RN_KAFKA_META_HEADERS, RN_KAFKA_META_HEADER_LIST, RN_KAFKA_META_COUNT };

#endif
