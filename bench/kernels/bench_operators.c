/* Cost of the stateful operators alone, per input row, on columns that are already decoded:
 *   bench_operators [rows] [keys]
 * Rows: k BIGINT uniform over the keys, v BIGINT, ts ordered, 100,000 rows per second of event time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "runtime/operators/operators.h"

enum { K, V, TS, COLUMNS };

static rn_arena memory;
static uint64_t emitted;

static rn_status swallow(rn_operator *op, unsigned input, rn_batch *batch, rn_error *err) {
  (void)op, (void)input, (void)err;
  emitted += batch->live_count;
  return RN_OK;
}
static const rn_operator_class swallow_class = {.name = "swallow", .size = sizeof(rn_operator), .process_batch = swallow};

static rn_agg_call call_of(const char *name, const rn_type *type, int argument) {
  rn_agg_call call;
  rn_error err = {0};
  if (rn_aggregate_resolve(rn_slice_of(name), &type, argument >= 0, false, true, (rn_span){0, 0}, &memory, &call, &err)) abort();
  call.argument = argument;
  return call;
}

static void run(const char *name, rn_plan_node *node, uint64_t rows, uint64_t keys, double baseline) {
  rn_error err = {0};
  rn_schema schema = {COLUMNS, (rn_field[]){{"k", rn_type_basic(RN_T_BIGINT, true)}, {"v", rn_type_basic(RN_T_BIGINT, true)},
                                            {"ts", rn_type_sized(&memory, RN_T_TIMESTAMP, 3, true)}}};
  rn_context context = {.hash_seed = 1, .batch_rows = RN_BATCH_ROWS_MAX, .parallelism = 1};
  rn_plan_node sink_node = {.path = "sink", .schema = node->schema};
  rn_operator *op = rn_operator_new(rn_operator_find(node->kind), node, &context, 1);
  rn_operator *sink = rn_operator_new(&swallow_class, &sink_node, &context, 1);
  rn_operator_add_edge(op, sink, 0);
  if (rn_operator_open(op, &err) != RN_OK) abort();
  rn_arena arena;
  rn_arena_init(&arena);
  rn_batch batch;
  rn_batch_init(&batch, &schema, RN_BATCH_ROWS_MAX, &arena);
  batch.rows = batch.live_count = RN_BATCH_ROWS_MAX;
  uint64_t random = 88172645463325252u;
  int64_t spent = 0;
  emitted = 0;
  for (uint64_t done = 0; done < rows; done += RN_BATCH_ROWS_MAX) {
    int64_t ts = 0;
    for (uint32_t i = 0; i < RN_BATCH_ROWS_MAX; i++) {
      random ^= random << 13, random ^= random >> 7, random ^= random << 17;
      ts = (int64_t)((done + i) / 100) * 1000 + 1000000000;
      ((int64_t *)batch.columns[K].data)[i] = (int64_t)(random % keys);
      ((int64_t *)batch.columns[V].data)[i] = (int64_t)(random >> 40);
      ((int64_t *)batch.columns[TS].data)[i] = ts;
    }
    int64_t before = rn_cpu_us();
    if (rn_deliver_batch(op, 0, &batch, &err) != RN_OK || rn_deliver_watermark(op, 0, ts - 1000, &err) != RN_OK) abort();
    spent += rn_cpu_us() - before;
  }
  double per_row = 1e3 * (double)spent / (double)rows;
  printf("%-44s %7.1f ns/row  %5.1f rows in per row out", name, per_row, (double)rows / (double)(emitted ? emitted : 1));
  if (baseline > 0 && emitted) printf("  %6.1f ns per row out above the first line", (per_row - baseline) * (double)rows / (double)emitted);
  printf("  state %.1f MB\n", op->state ? (double)rn_state_bytes(op->state) / 1e6 : 0.0);
  rn_operator_free(op);
  rn_operator_free(sink);
  rn_arena_free(&arena);
}

/* An epoch in which every key was touched: what the task spends at the barrier. */
static void run_snapshots(rn_plan_node *node, uint64_t keys) {
  rn_error err = {0};
  rn_schema schema = {COLUMNS, (rn_field[]){{"k", rn_type_basic(RN_T_BIGINT, true)}, {"v", rn_type_basic(RN_T_BIGINT, true)},
                                            {"ts", rn_type_sized(&memory, RN_T_TIMESTAMP, 3, true)}}};
  rn_context context = {.hash_seed = 1, .batch_rows = RN_BATCH_ROWS_MAX, .parallelism = 1};
  rn_operator *op = rn_operator_new(rn_operator_find(node->kind), node, &context, 1);
  if (rn_operator_open(op, &err) != RN_OK) abort();
  rn_arena arena;
  rn_arena_init(&arena);
  rn_batch batch;
  rn_batch_init(&batch, &schema, RN_BATCH_ROWS_MAX, &arena);
  batch.rows = batch.live_count = RN_BATCH_ROWS_MAX;
  int64_t spent = 0, worst = 0;
  size_t bytes = 0;
  enum { EPOCHS = 20 };
  for (uint64_t e = 0; e < EPOCHS; e++) {
    for (uint64_t k = 0; k < keys; k += RN_BATCH_ROWS_MAX) {
      for (uint32_t i = 0; i < RN_BATCH_ROWS_MAX; i++) {
        ((int64_t *)batch.columns[K].data)[i] = (int64_t)((k + i) % keys);
        ((int64_t *)batch.columns[V].data)[i] = (int64_t)(k * e);
        ((int64_t *)batch.columns[TS].data)[i] = 1000;
      }
      if (rn_deliver_batch(op, 0, &batch, &err) != RN_OK) abort();
    }
    rn_snapshot snapshot = {0};
    int64_t before = rn_cpu_us();
    if (rn_operator_snapshot(op, &snapshot, &err) != RN_OK) abort();
    int64_t took = rn_cpu_us() - before;
    spent += took;
    if (took > worst) worst = took;
    for (size_t b = 0; b < snapshot.blobs.len; b++) bytes += snapshot.blobs.data[b].len;
    rn_snapshot_free(&snapshot);
  }
  printf("%-44s %7.2f ms at the barrier, %.2f at worst, %.1f MB an epoch\n", "snapshot of all keys touched",
         (double)spent / EPOCHS / 1e3, (double)worst / 1e3, (double)bytes / EPOCHS / 1e6);
  rn_operator_free(op);
  rn_arena_free(&arena);
}

int main(int argc, char **argv) {
  uint64_t rows = argc > 1 ? strtoull(argv[1], NULL, 10) : 4000000, keys = argc > 2 ? strtoull(argv[2], NULL, 10) : 10000;
  rn_arena_init(&memory);
  const rn_type *bigint = rn_type_basic(RN_T_BIGINT, true), *time = rn_type_sized(&memory, RN_T_TIMESTAMP, 3, false);
  static const uint32_t key[] = {K};
  rn_agg_call all[] = {call_of("COUNT", bigint, -1), call_of("SUM", bigint, V), call_of("MAX", bigint, V)};
  rn_agg_call exact[] = {call_of("COUNT", bigint, -1), call_of("SUM", bigint, V), call_of("AVG", bigint, V)};
  rn_field window_fields[] = {{"k", bigint}, {"c", all[0].result}, {"s", all[1].result}, {"m", all[2].result},
                              {"ws", time}, {"we", time}, {"wt", time}};
  rn_plan_node window = {.kind = RN_NODE_WINDOW_AGG, .path = "w", .fingerprint = "w", .schema = {7, window_fields}};
  window.u.window_agg.key_count = 1;
  window.u.window_agg.keys = key;
  window.u.window_agg.call_count = 3;
  window.u.window_agg.calls = all;
  window.u.window_agg.spec = (rn_window_spec){.kind = RN_WINDOW_TUMBLE, .time_column = TS, .size_us = 1000000, .slide_us = 1000000};
  run("TUMBLE 1 s: COUNT, SUM, MAX", &window, rows, keys, 0);
  run("TUMBLE 1 s: COUNT, SUM, MAX (again)", &window, rows, keys, 0);
  run_snapshots(&window, 100000);
  window.u.window_agg.calls = exact;
  run("TUMBLE 1 s: COUNT, SUM, AVG", &window, rows, keys, 0);
  window.u.window_agg.spec.size_us = 10000000;
  window.u.window_agg.calls = all;
  run("TUMBLE 10 s: COUNT, SUM, MAX", &window, rows, keys, 0);
  window.u.window_agg.spec = (rn_window_spec){.kind = RN_WINDOW_HOP, .time_column = TS, .size_us = 3600000000, .slide_us = 1000000};
  window.u.window_agg.calls = exact;
  run("HOP 1 h / 1 s: COUNT, SUM, AVG", &window, rows, keys, 0);
  window.u.window_agg.calls = all;
  run("HOP 1 h / 1 s: COUNT, SUM, MAX", &window, rows, keys, 0);
  window.u.window_agg.spec.size_us = 10000000;
  run("HOP 10 s / 1 s: COUNT, SUM, MAX", &window, rows, keys, 0);

  rn_agg_call over_calls[] = {call_of("SUM", bigint, V), call_of("MAX", bigint, V)};
  rn_field over_fields[] = {{"k", bigint}, {"v", bigint}, {"ts", rn_type_with_time(&memory, time, RN_TIME_ROWTIME)},
                            {"s", over_calls[0].result}, {"m", over_calls[1].result}};
  rn_plan_node over = {.kind = RN_NODE_OVER, .path = "o", .fingerprint = "o", .schema = {5, over_fields}};
  over.u.over.key_count = 1;
  over.u.over.keys = key;
  over.u.over.order_column = TS;
  over.u.over.rows = true;
  over.u.over.preceding = 9;
  over.u.over.call_count = 2;
  over.u.over.calls = over_calls;
  run("OVER ROWS 9 PRECEDING: SUM, MAX", &over, rows, keys, 0);
  over.u.over.unbounded = true;
  run("OVER ROWS UNBOUNDED: SUM, MAX", &over, rows, keys, 0);

  rn_field group_fields[] = {{"k", bigint}, {"c", all[0].result}, {"s", all[1].result}, {"m", all[2].result}};
  rn_plan_node group = {.kind = RN_NODE_GROUP_AGG, .path = "g", .fingerprint = "g", .schema = {4, group_fields}};
  group.u.group_agg.key_count = 1;
  group.u.group_agg.keys = key;
  group.u.group_agg.call_count = 3;
  group.u.group_agg.calls = all;
  group.u.group_agg.update_before = true;
  run("GROUP BY, a change per record", &group, rows, keys, 0);
  group.u.group_agg.mini_batch = true;
  run("GROUP BY, a change per key and batch", &group, rows, keys, 0);
  group.u.group_agg.fold = true;
  run("GROUP BY, folded", &group, rows, keys, 0);
  rn_arena_free(&memory);
  return 0;
}
