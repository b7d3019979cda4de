/* Cost of the stateful operators alone: batches that are decoded already are replayed, so nothing has to be taken off.
 *   operators CASE [ROWS]     prints: ns of user+sys CPU a row, rows out per row, bytes of state per entry, MB of state,
 *                             and where the case closes windows at the end: seconds of it, rows that left
 *   operators                 lists the cases
 * Rows: k BIGINT uniform over the keys, v BIGINT, d DOUBLE (quarters), ts ordered. Everything up to the last input
 * row counts: look-ups, folding, windows that fire on the way, page faults. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "runtime/operators/operators.h"

enum { K, V, D, TS, COLUMNS };
enum { CALLS_MAX = 3, EPOCHS = 20 };
#define MS 1000LL
#define SECOND 1000000LL
#define HOUR (3600 * SECOND)

static rn_arena memory;
static uint64_t emitted;

static rn_status swallow(rn_operator *op, unsigned input, rn_batch *batch, rn_error *err) {
  (void)op, (void)input, (void)err;
  emitted += batch->live_count;
  return RN_OK;
}
static const rn_operator_class swallow_class = {.name = "swallow", .size = sizeof(rn_operator), .process_batch = swallow};

/* --- cases ------------------------------------------------------------------------------------------------------ */

enum what { WINDOW, OVER, GROUP };
typedef struct bench_case {
  const char *name;
  enum what what;
  uint64_t rows, keys, rows_per_second; /* of event time */
  rn_window_kind kind;
  int64_t size_us, slide_us; /* SESSION: size is the gap; OVER RANGE: size is the frame */
  uint32_t preceding;        /* OVER ROWS */
  const char *calls;         /* c COUNT(*), s SUM(v), n MIN(v), m MAX(v), a AVG(v), d SUM(d) */
  bool close, barrier;       /* one watermark closes everything; epochs instead of rows */
  bool fold, mini_batch;     /* GROUP */
} bench_case;

static const bench_case cases[] = {
    {"tumble", WINDOW, 10000000, 10000, 100000, RN_WINDOW_TUMBLE, SECOND, SECOND, .calls = "csm"},
    {"cumulate", WINDOW, 10000000, 10000, 100000, RN_WINDOW_CUMULATE, 10 * SECOND, 2 * SECOND, .calls = "csm"},
    {"hop-10s-2s", WINDOW, 10000000, 10000, 100000, RN_WINDOW_HOP, 10 * SECOND, 2 * SECOND, .calls = "csm"},
    {"hop-1h-1s", WINDOW, 10000000, 10000, 100000, RN_WINDOW_HOP, HOUR, SECOND, .calls = "csm"},
    {"hop-1h-1s-exact", WINDOW, 10000000, 10000, 100000, RN_WINDOW_HOP, HOUR, SECOND, .calls = "csa"},
    {"session-1s", WINDOW, 10000000, 10000, 100000, RN_WINDOW_SESSION, SECOND, 0, .calls = "csm"},
    {"session-200ms", WINDOW, 10000000, 10000, 100000, RN_WINDOW_SESSION, 200 * MS, 0, .calls = "csm"},
    {"tumble-1m", WINDOW, 20000000, 1000000, 10000000, RN_WINDOW_TUMBLE, SECOND, SECOND, .calls = "csm"},
    {"cumulate-1m", WINDOW, 20000000, 1000000, 10000000, RN_WINDOW_CUMULATE, 10 * SECOND, SECOND, .calls = "csm"},
    {"hop-10s-1s-1m", WINDOW, 20000000, 1000000, 10000000, RN_WINDOW_HOP, 10 * SECOND, SECOND, .calls = "csm"},
    {"hop-1h-1s-1m", WINDOW, 20000000, 1000000, 10000000, RN_WINDOW_HOP, HOUR, SECOND, .calls = "csm"},
    {"session-1s-1m", WINDOW, 20000000, 1000000, 10000000, RN_WINDOW_SESSION, SECOND, 0, .calls = "csm"},
    {"close-tumble", WINDOW, 3000000, 1000000, 1000, RN_WINDOW_TUMBLE, HOUR, HOUR, .calls = "csm", .close = true},
    {"close-hop", WINDOW, 3000000, 1000000, 1000, RN_WINDOW_HOP, HOUR, HOUR / 2, .calls = "csm", .close = true},
    {"close-session", WINDOW, 3000000, 1000000, 1000, RN_WINDOW_SESSION, HOUR, 0, .calls = "csm", .close = true},
    {"barrier", WINDOW, 0, 100000, 1000, RN_WINDOW_TUMBLE, HOUR, HOUR, .calls = "csm", .barrier = true},
    {"over-rows-10", OVER, 4000000, 1000, 100000, .preceding = 9, .calls = "sm"},
    {"over-rows-1000", OVER, 4000000, 1000, 100000, .preceding = 999, .calls = "sm"},
    {"over-range-1min", OVER, 4000000, 100, 300, .size_us = 60 * SECOND, .calls = "sm"},
    {"over-range-1h", OVER, 4000000, 100, 300, .size_us = HOUR, .calls = "sm"},
    {"over-sum", OVER, 4000000, 1000, 100000, .preceding = 99, .calls = "s"},
    {"over-min-max", OVER, 4000000, 1000, 100000, .preceding = 99, .calls = "nm"},
    {"over-double", OVER, 4000000, 1000, 100000, .preceding = 99, .calls = "d"},
    {"group-record", GROUP, 4000000, 10000, 100000, .calls = "csm"},
    {"group-batch", GROUP, 4000000, 10000, 100000, .calls = "csm", .mini_batch = true},
    {"group-folded", GROUP, 4000000, 10000, 100000, .calls = "csm", .fold = true},
};

/* --- plans -------------------------------------------------------------------------------------------------------- */

static rn_agg_call call_of(char letter) {
  const char *name = strchr("ds", letter) ? "SUM" : letter == 'c' ? "COUNT" : letter == 'n' ? "MIN" : letter == 'm' ? "MAX" : "AVG";
  const rn_type *type = rn_type_basic(letter == 'd' ? RN_T_DOUBLE : RN_T_BIGINT, true);
  rn_agg_call call;
  rn_error err = {0};
  if (rn_aggregate_resolve(rn_slice_of(name), &type, letter != 'c', false, true, (rn_span){0, 0}, &memory, &call, &err)) abort();
  call.argument = letter == 'c' ? -1 : letter == 'd' ? D : V;
  return call;
}

static const rn_schema *input_schema(void) {
  rn_schema *schema = RN_NEW(&memory, rn_schema);
  const rn_type *time = rn_type_with_time(&memory, rn_type_sized(&memory, RN_T_TIMESTAMP, 3, true), RN_TIME_ROWTIME);
  rn_field fields[COLUMNS] = {{"k", rn_type_basic(RN_T_BIGINT, true)}, {"v", rn_type_basic(RN_T_BIGINT, true)},
                              {"d", rn_type_basic(RN_T_DOUBLE, true)}, {"ts", time}};
  rn_field *copy = RN_NEW_N(&memory, rn_field, COLUMNS);
  memcpy(copy, fields, sizeof fields);
  *schema = (rn_schema){COLUMNS, copy};
  return schema;
}

static rn_plan_node *plan_of(const bench_case *c) {
  static const uint32_t key[] = {K};
  const rn_type *time = rn_type_sized(&memory, RN_T_TIMESTAMP, 3, false);
  uint32_t count = (uint32_t)strlen(c->calls), n = 0;
  rn_agg_call *calls = RN_NEW_N(&memory, rn_agg_call, CALLS_MAX);
  rn_field *fields = RN_NEW_N(&memory, rn_field, COLUMNS + CALLS_MAX + 3);
  rn_plan_node *node = RN_NEW(&memory, rn_plan_node);
  *node = (rn_plan_node){.path = "op", .fingerprint = "op"};
  if (c->what == OVER) {
    for (; n < COLUMNS; n++) fields[n] = input_schema()->fields[n];
  } else {
    fields[n++] = (rn_field){"k", rn_type_basic(RN_T_BIGINT, true)};
  }
  for (uint32_t i = 0; i < count; i++) {
    calls[i] = call_of(c->calls[i]);
    fields[n++] = (rn_field){"r", calls[i].result};
  }
  for (uint32_t i = 0; i < 3 && c->what == WINDOW; i++) fields[n++] = (rn_field){"w", time};
  node->schema = (rn_schema){n, fields};
  switch (c->what) {
    case WINDOW:
      node->kind = RN_NODE_WINDOW_AGG;
      node->u.window_agg.spec = (rn_window_spec){.kind = c->kind, .time_column = TS, .size_us = c->size_us, .slide_us = c->slide_us};
      node->u.window_agg.key_count = 1;
      node->u.window_agg.keys = key;
      node->u.window_agg.call_count = count;
      node->u.window_agg.calls = calls;
      break;
    case OVER:
      node->kind = RN_NODE_OVER;
      node->u.over.key_count = 1;
      node->u.over.keys = key;
      node->u.over.order_column = TS;
      node->u.over.rows = c->preceding != 0;
      node->u.over.preceding = c->preceding ? c->preceding : c->size_us;
      node->u.over.call_count = count;
      node->u.over.calls = calls;
      break;
    case GROUP:
      node->kind = RN_NODE_GROUP_AGG;
      node->u.group_agg.key_count = 1;
      node->u.group_agg.keys = key;
      node->u.group_agg.call_count = count;
      node->u.group_agg.calls = calls;
      node->u.group_agg.update_before = true;
      node->u.group_agg.mini_batch = c->mini_batch;
      node->u.group_agg.fold = c->fold;
      break;
  }
  return node;
}

/* --- runs ---------------------------------------------------------------------------------------------------------- */

static void die(const rn_error *err) {
  fprintf(stderr, "operators: %s\n", err->message);
  exit(1);
}

static uint64_t random_state = 88172645463325252u;

/* Rows [done, done + a batch): hot in the cache, as a decoder leaves them. */
static int64_t fill(const bench_case *c, rn_batch *batch, uint64_t done) {
  int64_t *k = batch->columns[K].data, *v = batch->columns[V].data, *ts = batch->columns[TS].data;
  double *d = batch->columns[D].data;
  for (uint32_t i = 0; i < RN_BATCH_ROWS_MAX; i++) {
    random_state ^= random_state << 13, random_state ^= random_state >> 7, random_state ^= random_state << 17;
    k[i] = (int64_t)(random_state % c->keys);
    v[i] = (int64_t)(random_state >> 40);
    d[i] = (double)(random_state >> 50) / 4;
    ts[i] = (int64_t)((done + i) * 1000 / c->rows_per_second) * MS + 4 * HOUR;
  }
  return ts[RN_BATCH_ROWS_MAX - 1];
}

/* What the task spends at the barrier of an epoch in which every key was touched. */
static void run_barriers(const bench_case *c, rn_operator *op, rn_batch *batch) {
  rn_error err = {0};
  int64_t spent = 0, worst = 0;
  size_t bytes = 0;
  for (uint64_t e = 0; e < EPOCHS; e++) {
    for (uint64_t k = 0; k < c->keys; k += RN_BATCH_ROWS_MAX) {
      for (uint32_t i = 0; i < RN_BATCH_ROWS_MAX; i++) {
        ((int64_t *)batch->columns[K].data)[i] = (int64_t)((k + i) % c->keys);
        ((int64_t *)batch->columns[V].data)[i] = (int64_t)(k * e);
        ((int64_t *)batch->columns[TS].data)[i] = SECOND;
      }
      if (rn_deliver_batch(op, 0, batch, &err) != RN_OK) die(&err);
    }
    rn_snapshot snapshot = {0};
    int64_t before = rn_cpu_us();
    if (rn_operator_snapshot(op, &snapshot, &err) != RN_OK) die(&err);
    int64_t took = rn_cpu_us() - before;
    spent += took;
    if (took > worst) worst = took;
    for (size_t b = 0; b < snapshot.blobs.len; b++) bytes += snapshot.blobs.data[b].len;
    rn_snapshot_free(&snapshot);
  }
  printf("%.2f ms at the barrier, %.2f at worst, %.1f MB an epoch\n", (double)spent / EPOCHS / 1e3, (double)worst / 1e3,
         (double)bytes / EPOCHS / 1e6);
}

static void run_rows(const bench_case *c, rn_operator *op, rn_batch *batch, uint64_t rows) {
  rn_error err = {0};
  int64_t spent = 0, ts = 0;
  for (uint64_t done = 0; done < rows; done += RN_BATCH_ROWS_MAX) {
    ts = fill(c, batch, done);
    int64_t before = rn_cpu_us();
    if (rn_deliver_batch(op, 0, batch, &err) != RN_OK) die(&err);
    if (!c->close && rn_deliver_watermark(op, 0, ts - MS, &err) != RN_OK) die(&err);
    spent += rn_cpu_us() - before;
  }
  double entries = op->state && rn_state_rows(op->state) ? (double)rn_state_rows(op->state) : 1;
  double bytes = op->state ? (double)rn_state_bytes(op->state) : 0;
  printf("%.2f ns/row %.5f out/row %.1f bytes/entry %.1f MB", (double)spent * 1e3 / (double)rows, (double)emitted / (double)rows,
         bytes / entries, bytes / 1e6);
  if (c->close) {
    uint64_t already = emitted;
    int64_t before = rn_cpu_us();
    if (rn_deliver_watermark(op, 0, ts + 4 * HOUR, &err) != RN_OK) die(&err);
    printf(" %.3f s to close %llu", (double)(rn_cpu_us() - before) / 1e6, (unsigned long long)(emitted - already));
  }
  printf("\n");
}

int main(int argc, char **argv) {
  const bench_case *c = cases, *end = cases + sizeof cases / sizeof *cases;
  for (; argc < 2 && c < end; c++) printf("%s\n", c->name);
  if (argc < 2) return 0;
  while (c < end && strcmp(c->name, argv[1]) != 0) c++;
  if (c == end) {
    fprintf(stderr, "operators: no case %s\n", argv[1]);
    return 64;
  }
  rn_error err = {0};
  rn_arena_init(&memory);
  rn_plan_node *node = plan_of(c), sink_node = {.path = "sink", .schema = node->schema};
  rn_context context = {.hash_seed = 1, .batch_rows = RN_BATCH_ROWS_MAX, .parallelism = 1};
  rn_operator *op = rn_operator_new(rn_operator_of(node), node, &context, 1);
  rn_operator *sink = rn_operator_new(&swallow_class, &sink_node, &context, 1);
  rn_operator_add_edge(op, sink, 0);
  if (rn_operator_open(op, &err) != RN_OK) die(&err);
  rn_batch batch;
  rn_batch_init(&batch, input_schema(), RN_BATCH_ROWS_MAX, &memory);
  batch.rows = batch.live_count = RN_BATCH_ROWS_MAX;
  if (c->barrier) run_barriers(c, op, &batch);
  else run_rows(c, op, &batch, argc > 2 ? strtoull(argv[2], NULL, 10) : c->rows);
  rn_operator_free(op);
  rn_operator_free(sink);
  rn_arena_free(&memory);
  return 0;
}
