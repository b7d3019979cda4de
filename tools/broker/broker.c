/* runnel-broker: an embedded broker (librdkafka's mock cluster, in a process of its own, so that a client
 * may be killed while the cluster lives on), and the few client commands that tests and the demo need.
 * The mock keeps at most 5 MiB and 100,000 batches a partition and drops the oldest beyond. */
#include "tools/broker/broker.h"
#include <errno.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
    "runnel-broker: an embedded Kafka broker for tests and the demo, and small client commands\n\n"
    "  runnel-broker [serve] [--brokers N] [--topic NAME:PARTITIONS]... [--daemon] [--pid-file FILE]\n"
    "      prints its address; reads commands from stdin and ends with it (not with --daemon or --pid-file):\n"
    "      topic NAME PARTITIONS | down N | up N | rtt N MS (N -1: all) | leader TOPIC PARTITION BROKER\n"
    "      topic-error TOPIC CODE | error API CODE [COUNT] | quit\n"
    "  produce   --bootstrap B --topic T [--key-field F | --key-tab] [--timestamp-field F]\n"
    "            [--partition P | --partition-field F] [--count N] [--rate N] [--header NAME=VALUE]... [--transaction commit|abort] < lines\n"
    "  consume   --bootstrap B --topic T [--count N] [--follow] [--with-key | --json] [--uncommitted] [--timeout MS]\n"
    "  create    --bootstrap B --topic T:PARTITIONS [--set KEY=VALUE]...   waits until leaders are there\n"
    "  delete, grow (T:PARTITIONS), ends (prints low and high of each partition)\n"
    "  cut       --topic T --partition P --offset N     deletes the records before the offset\n"
    "  committed --topic T --group G                    prints the group's offsets\n"
    "  ping      --bootstrap B [--timeout MS]           waits until a broker answers\n"
    "  --set KEY=VALUE sets a client setting in all commands but create\n";

void die(const char *format, ...) {
  va_list args;
  va_start(args, format);
  (void)fputs("runnel-broker: ", stderr);
  (void)vfprintf(stderr, format, args);
  (void)fputc('\n', stderr);
  va_end(args);
  exit(1);
}

const char *split_topic(const char *text, char *buf, size_t size, int otherwise, int *partitions) {
  const char *colon = strrchr(text, ':');
  size_t len = colon ? (size_t)(colon - text) : strlen(text);
  if (len == 0 || len >= size) die("bad topic '%s'", text);
  memcpy(buf, text, len);
  buf[len] = 0;
  *partitions = colon ? atoi(colon + 1) : otherwise;
  if (*partitions < 1) die("bad number of partitions in '%s'", text);
  return buf;
}

const char *only_topic(const options *o) {
  if (o->topic_count != 1) die("%s needs one --topic", o->command);
  return o->topics[0];
}

/* --- the embedded broker --------------------------------------------------------------------------- */
static volatile sig_atomic_t stopped;
static void on_signal(int number) {
  (void)number;
  stopped = 1;
}

static void report(rd_kafka_resp_err_t code, const char *line) {
  if (code) (void)fprintf(stderr, "runnel-broker: %s: %s\n", line, rd_kafka_err2str(code));
}

/* One command line; false: quit. */
static bool run_line(rd_kafka_mock_cluster_t *cluster, const char *line) {
  char name[256];
  int a = 0, b = 0, c = 1;
  if (strncmp(line, "quit", 4) == 0) return false;
  if (sscanf(line, "topic %255s %d", name, &a) == 2)
    report(rd_kafka_mock_topic_create(cluster, name, a, 1), line);
  else if (sscanf(line, "topic-error %255s %d", name, &a) == 2)
    rd_kafka_mock_topic_set_error(cluster, name, (rd_kafka_resp_err_t)a);
  else if (sscanf(line, "down %d", &a) == 1)
    report(rd_kafka_mock_broker_set_down(cluster, a), line);
  else if (sscanf(line, "up %d", &a) == 1)
    report(rd_kafka_mock_broker_set_up(cluster, a), line);
  else if (sscanf(line, "rtt %d %d", &a, &b) == 2)
    report(rd_kafka_mock_broker_set_rtt(cluster, a, b), line);
  else if (sscanf(line, "leader %255s %d %d", name, &a, &b) == 3)
    report(rd_kafka_mock_partition_set_leader(cluster, name, a, b), line);
  else if (sscanf(line, "error %d %d %d", &a, &b, &c) >= 2)
    for (int i = 0; i < c; i++) rd_kafka_mock_push_request_errors(cluster, (int16_t)a, 1, (rd_kafka_resp_err_t)b);
  else if (strspn(line, " \t\r\n") != strlen(line))
    (void)fprintf(stderr, "runnel-broker: unknown command: %s", line);
  return true;
}

static void quiet(const rd_kafka_t *rk, int level, const char *facility, const char *text) {
  (void)rk, (void)level, (void)facility, (void)text;
}

static void serve(const options *o, int address_fd) {
  char error[512], name[256];
  rd_kafka_conf_t *conf = rd_kafka_conf_new();
  rd_kafka_conf_set_log_cb(conf, quiet);
  rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error);
  if (!rk) die("%s", error);
  rd_kafka_mock_cluster_t *cluster = rd_kafka_mock_cluster_new(rk, (int)o->brokers);
  if (!cluster) die("cannot make the cluster");
  for (int i = 0; i < o->topic_count; i++) {
    int partitions = 0;
    (void)split_topic(o->topics[i], name, sizeof name, 4, &partitions);
    report(rd_kafka_mock_topic_create(cluster, name, partitions, 1), o->topics[i]);
  }
  if (o->pid_file) {
    FILE *file = fopen(o->pid_file, "we");
    if (!file || fprintf(file, "%ld\n", (long)getpid()) < 0 || fclose(file) != 0)
      die("%s: %s", o->pid_file, strerror(errno));
  }
  if (dprintf(address_fd, "%s\n", rd_kafka_mock_cluster_bootstraps(cluster)) < 0) die("cannot write the address");
  if (o->background || o->pid_file) {
    if (address_fd != STDOUT_FILENO) (void)close(address_fd);
    while (!stopped) (void)pause();
  } else {
    char line[1024];
    while (!stopped && fgets(line, sizeof line, stdin) && run_line(cluster, line)) {
    }
  }
  rd_kafka_mock_cluster_destroy(cluster);
  rd_kafka_destroy(rk);
  if (o->pid_file) (void)unlink(o->pid_file);
}

static int command_serve(const options *o) {
  struct sigaction action = {.sa_handler = on_signal};
  (void)sigaction(SIGTERM, &action, NULL);
  (void)sigaction(SIGINT, &action, NULL);
  if (!o->background) {
    serve(o, STDOUT_FILENO);
    return 0;
  }
  /* The child makes the cluster (threads do not survive a fork); the parent waits for the address. */
  int ends[2];
  char address[4096];
  if (pipe(ends) != 0) die("pipe: %s", strerror(errno));
  pid_t child = fork();
  if (child < 0) die("fork: %s", strerror(errno));
  if (child == 0) {
    (void)close(ends[0]);
    (void)setsid();
    if (!freopen("/dev/null", "r", stdin) || !freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr))
      _exit(1);
    serve(o, ends[1]);
    _exit(0);
  }
  (void)close(ends[1]);
  ssize_t n = read(ends[0], address, sizeof address - 1);
  if (n <= 0) die("the broker did not start");
  address[n] = 0;
  (void)fputs(address, stdout);
  return 0;
}

/* --- command line -------------------------------------------------------------------------------------- */
rd_kafka_t *make_client(const options *o, rd_kafka_type_t type, const char *const *more,
                        void (*delivered)(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)) {
  char error[512], name[128];
  rd_kafka_conf_t *conf = rd_kafka_conf_new();
  if (!o->bootstrap) die("%s needs --bootstrap", o->command);
  rd_kafka_conf_set_log_cb(conf, quiet);
  if (delivered) rd_kafka_conf_set_dr_msg_cb(conf, delivered);
  if (rd_kafka_conf_set(conf, "bootstrap.servers", o->bootstrap, error, sizeof error) != RD_KAFKA_CONF_OK)
    die("%s", error);
  for (int i = 0; more && more[i]; i += 2)
    if (rd_kafka_conf_set(conf, more[i], more[i + 1], error, sizeof error) != RD_KAFKA_CONF_OK) die("%s", error);
  for (int i = 0; i < o->setting_count && strcmp(o->command, "create") != 0; i++) {
    const char *equals = strchr(o->settings[i], '=');
    if (!equals || (size_t)(equals - o->settings[i]) >= sizeof name) die("--set %s is not KEY=VALUE", o->settings[i]);
    (void)snprintf(name, sizeof name, "%.*s", (int)(equals - o->settings[i]), o->settings[i]);
    if (rd_kafka_conf_set(conf, name, equals + 1, error, sizeof error) != RD_KAFKA_CONF_OK) die("%s", error);
  }
  rd_kafka_t *rk = rd_kafka_new(type, conf, error, sizeof error);
  if (!rk) die("%s", error);
  return rk;
}

static const struct {
  const char *name;
  int (*run)(const options *o);
} commands[] = {{"serve", command_serve},   {"produce", command_produce}, {"consume", command_consume},
                {"create", command_create}, {"delete", command_delete},   {"grow", command_grow},
                {"cut", command_cut},       {"ends", command_ends},       {"committed", command_committed},
                {"ping", command_ping}};

typedef enum argument_kind { TEXT, NUMBER, FLAG, LIST_TOPIC, LIST_SETTING, LIST_HEADER } argument_kind;
static const struct {
  const char *name;
  argument_kind kind;
  size_t at;
} arguments[] = {
    {"--bootstrap", TEXT, offsetof(options, bootstrap)},
    {"--key-field", TEXT, offsetof(options, key_field)},
    {"--partition-field", TEXT, offsetof(options, partition_field)},
    {"--timestamp-field", TEXT, offsetof(options, timestamp_field)},
    {"--transaction", TEXT, offsetof(options, transaction)},
    {"--group", TEXT, offsetof(options, group)},
    {"--pid-file", TEXT, offsetof(options, pid_file)},
    {"--brokers", NUMBER, offsetof(options, brokers)},
    {"--rate", NUMBER, offsetof(options, rate)},
    {"--count", NUMBER, offsetof(options, count)},
    {"--partition", NUMBER, offsetof(options, partition)},
    {"--offset", NUMBER, offsetof(options, offset)},
    {"--timeout", NUMBER, offsetof(options, timeout_ms)},
    {"--daemon", FLAG, offsetof(options, background)},
    {"--key-tab", FLAG, offsetof(options, key_tab)},
    {"--follow", FLAG, offsetof(options, follow)},
    {"--with-key", FLAG, offsetof(options, with_key)},
    {"--json", FLAG, offsetof(options, json)},
    {"--uncommitted", FLAG, offsetof(options, uncommitted)},
    {"--topic", LIST_TOPIC, 0},
    {"--set", LIST_SETTING, 0},
    {"--header", LIST_HEADER, 0},
};

static void take_argument(options *o, size_t which, const char *value) {
  char *field = (char *)o + arguments[which].at, *end;
  switch (arguments[which].kind) {
  case TEXT: memcpy(field, &value, sizeof value); break;
  case FLAG: *(bool *)field = true; break;
  case NUMBER: {
    int64_t number = strtoll(value, &end, 10);
    if (end == value || (*end && strcmp(end, "/s") != 0)) die("%s: '%s' is not a number", arguments[which].name, value);
    memcpy(field, &number, sizeof number);
    break;
  }
  case LIST_TOPIC:
    if (o->topic_count == MANY) die("too many topics");
    o->topics[o->topic_count++] = value;
    break;
  case LIST_SETTING:
    if (o->setting_count == MANY) die("too many settings");
    o->settings[o->setting_count++] = value;
    break;
  case LIST_HEADER:
    if (o->header_count == MANY || !strchr(value, '=')) die("--header wants NAME=VALUE");
    o->headers[o->header_count++] = value;
    break;
  }
}

int main(int argc, char **argv) {
  options o = {.command = "serve", .brokers = 1, .count = -1, .partition = -1, .offset = -1, .timeout_ms = 10000};
  int i = 1;
  if (argc > 1 && argv[1][0] != '-') o.command = argv[i++];
  for (; i < argc; i++) {
    size_t which = 0;
    if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
      (void)fputs(usage, stdout);
      return 0;
    }
    while (which < sizeof arguments / sizeof arguments[0] && strcmp(argv[i], arguments[which].name) != 0) which++;
    if (which == sizeof arguments / sizeof arguments[0]) die("unknown option %s (see --help)", argv[i]);
    bool flag = arguments[which].kind == FLAG;
    if (!flag && i + 1 == argc) die("%s needs a value", argv[i]);
    take_argument(&o, which, flag ? NULL : argv[++i]);
  }
  for (size_t c = 0; c < sizeof commands / sizeof commands[0]; c++)
    if (strcmp(o.command, commands[c].name) == 0) {
      int code = commands[c].run(&o);
      return fflush(stdout) == 0 ? code : 1;
    }
  die("unknown command %s (see --help)", o.command);
}
