/* GROUP_AGG: unbounded GROUP BY and SELECT DISTINCT (DIALECT 4.6).
 *
 * The first row of a key gives +I; later ones -U (where somebody needs it) and +U, nothing when the result is the
 * same (it is given where state has a time to live: who reads it counts from its last change). Every record makes its
 * change; with mini_batch the changes of a key within a batch are folded into one.
 * In a bounded plan (fold) the final rows come as +I when the input ends. Without calls it is DISTINCT: a key's
 * first row passes.
 *
 * Early (EMIT CHANGES over a window, table.exec.emit.*): window_end is a key and the namespace of its groups. They show
 * every change while the window is open and are forgotten when the watermark (or the clock) closes it, allowed lateness
 * behind its end; what comes then is late. HOLD may stand behind it. Folded, groups show once, when the window closes:
 * GROUP BY a window over what has its columns already (window joins, window Top-N). */
#include "base/alloc.h"
#include "runtime/operators/agg_set.h"
#include "runtime/operators/operators.h"
#include "runtime/operators/window_time.h"

enum { MAP_GROUPS = 1, MAP_DISTINCT = 8, ACCUMULATORS = 8 /* behind the row count */, PICK_BITS = 12 };

typedef struct group_agg {
  rn_operator op;
  rn_arena memory;  /* layouts */
  rn_arena scratch; /* keys of the input batch */
  rn_agg_set set;
  rn_map *map;
  uint32_t key_count, call_count;
  rn_window_time time; /* early */
  uint8_t *slots[RN_BATCH_ROWS_MAX];
  bool fresh[RN_BATCH_ROWS_MAX];
  /* the output batch being filled */
  rn_batch out;
  uint32_t out_rows;
  rn_slice out_keys[RN_BATCH_ROWS_MAX];
  uint8_t out_kinds[RN_BATCH_ROWS_MAX];
  uint16_t out_live[RN_BATCH_ROWS_MAX];
} group_agg;

static rn_status group_open(rn_operator *op, rn_error *err) {
  (void)err;
  group_agg *self = (group_agg *)op;
  const rn_plan_node *node = op->node;
  rn_arena_init(&self->memory);
  rn_arena_init(&self->scratch);
  self->key_count = node->u.group_agg.key_count;
  self->call_count = node->u.group_agg.call_count;
  rn_operator_open_state(op);
  rn_agg_set_init(&self->set, node->u.group_agg.calls, self->call_count, ACCUMULATORS, false, &self->memory);
  const rn_type **types = RN_NEW_N(&self->memory, const rn_type *, self->key_count + 1);
  for (uint32_t k = 0; k < self->key_count; k++) types[k] = node->schema.fields[k].type;
  rn_map_spec spec = {.id = MAP_GROUPS, .key_size = rn_key_fixed_size(types, self->key_count),
                      .value_size = self->set.size, .value_align = self->set.align,
                      .ref_count = self->set.ref_count, .refs = self->set.refs, .ttl_us = node->ttl_us[0]};
  self->map = rn_state_map(op->state, &spec);
  rn_agg_set_open(&self->set, op->state, op->context->hash_seed, MAP_DISTINCT, node->ttl_us[0] ? self->map : NULL);
  if (node->u.group_agg.early) rn_window_time_init(&self->time, &node->u.group_agg.window, op->context->zone);
  return RN_OK;
}

static void clear_fresh(group_agg *self, uint32_t n) {
  for (uint32_t i = 0; i < n && self->set.has_init; i++) {
    if (self->fresh[i]) rn_agg_set_clear(&self->set, self->slots[i]);
  }
}

static int64_t *rows_of(uint8_t *slot) { return (int64_t *)(void *)slot; }

/* --- output ------------------------------------------------------------------------------------------------------- */

static void begin_output(group_agg *self) {
  rn_arena_reset(&self->op.arena);
  rn_batch_init(&self->out, &self->op.node->schema, RN_BATCH_ROWS_MAX, &self->op.arena);
  self->out_rows = 0;
  self->out.live_count = 0;
}

/* Results of slots into output rows: the slots may change before they leave. */
static void put_results(group_agg *self, const uint8_t *const *slots, uint32_t n, uint32_t row) {
  rn_agg_set_results_own(&self->set, slots, n, self->out.columns + self->key_count, row, RN_BATCH_ROWS_MAX, &self->op.arena);
}
static void put_result(group_agg *self, const uint8_t *slot, rn_slice key, uint32_t row, rn_row_kind kind) {
  rn_column *columns = self->out.columns + self->key_count;
  for (uint32_t c = 0; c < self->call_count; c++) { /* the row may have held a change that was none */
    if (columns[c].valid) rn_set_valid(&columns[c], row);
  }
  put_results(self, &slot, 1, row);
  self->out_keys[row] = key;
  self->out_kinds[row] = (uint8_t)kind;
}

/* Where state has a time to live a row that changes nothing is told, too: those further on must not forget the key first. */
static bool same_results(const group_agg *self, uint32_t a, uint32_t b) {
  return !self->op.node->ttl_us[0] && rn_agg_set_same_results(&self->set, self->out.columns + self->key_count, a, b);
}

static rn_status flush(group_agg *self, rn_error *err) {
  if (!self->out.live_count) {
    self->out_rows = 0;
    return RN_OK;
  }
  rn_batch *out = &self->out;
  rn_keys_decode(self->out_keys, self->out_rows, out->columns, self->key_count, 0, RN_BATCH_ROWS_MAX, &self->op.arena);
  out->rows = self->out_rows;
  out->kinds = self->out_kinds;
  out->live = self->out_live;
  rn_status status = rn_emit(&self->op, out, err);
  begin_output(self);
  return status;
}

static void make_live(group_agg *self, uint32_t row) { self->out_live[self->out.live_count++] = (uint16_t)row; }

/* --- changes ---------------------------------------------------------------------------------------------------------- */

static rn_status change_by_record(group_agg *self, const rn_batch *batch, const rn_keys *keys, int64_t ns, rn_error *err) {
  bool update_before = self->op.node->u.group_agg.update_before;
  rn_table *table = rn_map_table(self->map, ns);
  begin_output(self);
  for (uint32_t i = 0; i < batch->live_count; i++) {
    uint8_t *slot = self->slots[i];
    uint16_t row = (uint16_t)rn_live(batch, i), which = (uint16_t)i;
    rn_slice key = rn_table_key(table, slot);
    uint32_t before = self->out_rows, after = before + 1;
    bool first = (*rows_of(slot))++ == 0;
    if (!first) put_result(self, slot, key, before, RN_UPDATE_BEFORE);
    rn_agg_set_update(&self->set, &slot, batch, &row, 1, keys, &which, ns);
    put_result(self, slot, key, after, first ? RN_INSERT : RN_UPDATE_AFTER);
    if (first) {
      self->out_keys[before] = key; /* never live, but decoded with the others */
      for (uint32_t c = 0; c < self->call_count; c++) { /* what lies there must stay harmless */
        rn_column *column = &self->out.columns[self->key_count + c];
        size_t width = rn_physical_width(rn_type_physical(column->type));
        if (width) memset((char *)column->data + width * before, 0, width);
      }
    } else {
      if (same_results(self, before, after)) continue;
      if (update_before) make_live(self, before);
    }
    make_live(self, after);
    self->out_rows = after + 1;
    if (self->out_rows + 2 > RN_BATCH_ROWS_MAX && flush(self, err) != RN_OK) return RN_FAIL;
  }
  return flush(self, err);
}

/* Slots of rows [from, to), each once, in order of their first row; fresh[] is compacted alike. */
static uint32_t pick_slots(group_agg *self, uint32_t from, uint32_t to, uint8_t **picked, bool *is_new) {
  uint16_t places[1 << PICK_BITS] = {0};
  uint32_t n = 0;
  for (uint32_t i = from; i < to; i++) {
    uint32_t at = (uint32_t)((uint64_t)(uintptr_t)self->slots[i] * 0x9E3779B97F4A7C15u >> (64 - PICK_BITS));
    while (places[at] && picked[places[at] - 1] != self->slots[i]) at = (at + 1) & ((1 << PICK_BITS) - 1);
    if (places[at]) continue;
    picked[n] = self->slots[i];
    is_new[n] = *rows_of(self->slots[i]) == 0;
    places[at] = (uint16_t)++n;
  }
  return n;
}

static rn_status change_by_batch(group_agg *self, const rn_batch *batch, const rn_keys *keys, int64_t ns, rn_error *err) {
  enum { HALF = RN_BATCH_ROWS_MAX / 2 };
  rn_table *table = rn_map_table(self->map, ns);
  uint8_t *picked[HALF];
  bool is_new[HALF];
  for (uint32_t from = 0; from < batch->live_count; from += HALF) {
    uint32_t to = from + HALF < batch->live_count ? from + HALF : batch->live_count;
    uint16_t rows[HALF], which[HALF];
    uint32_t n = pick_slots(self, from, to, picked, is_new);
    begin_output(self);
    put_results(self, (const uint8_t *const *)picked, n, 0);
    for (uint32_t i = 0; i < n; i++) {
      self->out_keys[i] = self->out_keys[n + i] = rn_table_key(table, picked[i]);
      self->out_kinds[i] = RN_UPDATE_BEFORE;
      self->out_kinds[n + i] = is_new[i] ? RN_INSERT : RN_UPDATE_AFTER;
    }
    for (uint32_t i = from; i < to; i++) {
      ++*rows_of(self->slots[i]);
      rows[i - from] = (uint16_t)rn_live(batch, i);
      which[i - from] = (uint16_t)i;
    }
    rn_agg_set_update(&self->set, self->slots + from, batch, rows, to - from, keys, which, ns);
    put_results(self, (const uint8_t *const *)picked, n, n);
    for (uint32_t i = 0; i < n; i++) {
      if (is_new[i]) continue;
      if (same_results(self, i, n + i)) picked[i] = NULL;
      else if (self->op.node->u.group_agg.update_before) make_live(self, i);
    }
    for (uint32_t i = 0; i < n; i++) {
      if (picked[i]) make_live(self, n + i);
    }
    self->out_rows = 2 * n;
    if (flush(self, err) != RN_OK) return RN_FAIL;
  }
  return RN_OK;
}

static rn_status pass_first_rows(group_agg *self, const rn_batch *batch, rn_error *err) {
  uint32_t n = 0;
  rn_arena_reset(&self->op.arena);
  rn_batch out = *batch;
  out.columns = RN_NEW_N(&self->op.arena, rn_column, self->key_count + 1);
  out.column_count = self->key_count;
  for (uint32_t k = 0; k < self->key_count; k++) out.columns[k] = batch->columns[self->op.node->u.group_agg.keys[k]];
  for (uint32_t i = 0; i < batch->live_count; i++) {
    if (self->fresh[i]) self->out_live[n++] = (uint16_t)rn_live(batch, i);
  }
  out.live = self->out_live;
  out.live_count = n;
  out.kinds = NULL;
  out.runs = NULL;
  out.run_count = 0;
  out.arena = &self->op.arena;
  return rn_emit(&self->op, &out, err);
}

/* Rows whose groups lie in namespace ns. */
static rn_status add_rows(group_agg *self, const rn_batch *batch, int64_t ns, rn_error *err) {
  const rn_plan_node *node = self->op.node;
  uint32_t n = batch->live_count;
  rn_keys keys;
  rn_arena_reset(&self->scratch);
  rn_keys_encode(&keys, batch, node->u.group_agg.keys, self->key_count, self->op.context->hash_seed, &self->scratch);
  rn_table_upsert(rn_map_table(self->map, ns), &keys, NULL, n, self->slots, self->fresh);
  clear_fresh(self, n);
  if (!self->call_count) return pass_first_rows(self, batch, err);
  if (node->u.group_agg.fold) {
    for (uint32_t i = 0; i < n; i++) ++*rows_of(self->slots[i]);
    rn_agg_set_update(&self->set, self->slots, batch, batch->live, n, &keys, NULL, ns);
    return RN_OK;
  }
  return node->u.group_agg.mini_batch ? change_by_batch(self, batch, &keys, ns, err) : change_by_record(self, batch, &keys, ns, err);
}

/* --- windows that are open --------------------------------------------------------------------------------------------- */

/* When the groups of a window go. */
static int64_t goes_at(group_agg *self, int64_t end) {
  int64_t fires = rn_window_fires(&self->time, end), lateness = self->op.node->u.group_agg.lateness_us;
  return fires > INT64_MAX - lateness ? INT64_MAX : fires + lateness;
}

/* The clock closes windows of processing time: the first of them next. */
static void set_timer(group_agg *self) {
  if (self->time.spec->processing_time && rn_map_table_count(self->map))
    self->op.timer_us = goes_at(self, rn_table_namespace(rn_map_table_at(self->map, 0)));
}

/* Rows of a window that has gone. One that comes once for each of its windows is late when the last of them has gone. */
static void count_late(group_agg *self, const rn_batch *batch, const uint16_t *rows, uint32_t n, int64_t end) {
  rn_operator *op = &self->op;
  uint32_t late_time = op->node->u.group_agg.late_time, late = 0;
  const int64_t *times = late_time ? batch->columns[late_time - 1].data : NULL;
  for (uint32_t i = 0; i < n; i++) {
    if (!rn_late_here(&op->node->u.group_agg.late_set, batch, rows[i])) continue;
    if (!rn_window_is_last(&self->time, end, times ? times[rows[i]] : RN_WINDOW_ANY_TIME)) continue;
    late++;
    rn_late_row(op, 0, batch, rows[i], RN_LATE_WINDOW, end, self->time.zone);
  }
  if (late) RN_COUNT(op->counters.late, late);
}

/* Stretches of rows of one window, in order of arrival. */
static rn_status add_to_windows(group_agg *self, const rn_batch *batch, rn_error *err) {
  const rn_plan_node *node = self->op.node;
  const int64_t *ends = batch->columns[node->u.group_agg.keys[node->u.group_agg.end_key]].data;
  uint16_t rows[RN_BATCH_ROWS_MAX];
  rn_batch part = *batch;
  part.live = rows;
  for (uint32_t i = 0; i < batch->live_count;) {
    int64_t end = ends[rn_live(batch, i)];
    uint32_t n = 0;
    for (; i < batch->live_count && ends[rn_live(batch, i)] == end; i++) rows[n++] = (uint16_t)rn_live(batch, i);
    if (!self->time.spec->processing_time && goes_at(self, end) <= self->op.watermark_us) {
      count_late(self, batch, rows, n, end);
      continue;
    }
    part.live_count = n;
    if (add_rows(self, &part, end, err) != RN_OK) return RN_FAIL;
  }
  set_timer(self);
  return RN_OK;
}

static rn_status fold_table(group_agg *self, rn_table *table, rn_error *err);

/* Forgets the groups of windows that have closed; folded ones leave before. */
static rn_status close_windows(group_agg *self, int64_t upto_us, rn_error *err) {
  while (rn_map_table_count(self->map)) {
    rn_table *table = rn_map_table_at(self->map, 0);
    int64_t end = rn_table_namespace(table);
    if (goes_at(self, end) > upto_us) break;
    if (self->op.node->u.group_agg.fold && fold_table(self, table, err) != RN_OK) return RN_FAIL;
    rn_map_drop(self->map, end);
    rn_agg_set_drop_namespace(&self->set, end);
  }
  return RN_OK;
}

static rn_status group_timer(rn_operator *op, int64_t now_us, rn_error *err) {
  group_agg *self = (group_agg *)op;
  if (!op->node->u.group_agg.early) return RN_OK;
  if (close_windows(self, now_us, err) != RN_OK) return RN_FAIL;
  set_timer(self);
  return RN_OK;
}

static rn_status group_restored(rn_operator *op, rn_error *err) {
  (void)err;
  group_agg *self = (group_agg *)op;
  if (op->node->u.group_agg.early) set_timer(self);
  return RN_OK;
}

static rn_status group_process(rn_operator *op, unsigned input, rn_batch *batch, rn_error *err) {
  (void)input;
  group_agg *self = (group_agg *)op;
  const rn_plan_node *node = op->node;
  uint32_t n = batch->live_count;
  if (!n) return RN_OK;
  for (uint32_t i = 0; batch->kinds && i < n; i++) {
    rn_row_kind kind = rn_kind(batch, rn_live(batch, i));
    if (kind != RN_INSERT) {
      return rn_fail_at(err, RN_E_INTERNAL, node->span, "GROUP BY was given a change of kind %s", rn_row_kind_text(kind));
    }
  }
  return node->u.group_agg.early ? add_to_windows(self, batch, err) : add_rows(self, batch, 0, err);
}

/* --- the end of bounded input ------------------------------------------------------------------------------------------ */

static rn_status emit_final(group_agg *self, uint32_t n, rn_error *err) {
  rn_batch out;
  rn_output_rows(&self->op, self->out_keys, n, self->key_count, &out);
  rn_agg_set_results(&self->set, (const uint8_t *const *)self->slots, n, out.columns + self->key_count, 0, n, &self->op.arena);
  return rn_emit(&self->op, &out, err);
}

static rn_status fold_table(group_agg *self, rn_table *table, rn_error *err) {
  uint32_t n = 0;
  if (!rn_table_live(table) && self->op.node->u.group_agg.global && self->op.context->subtask == 0) {
    rn_arena_reset(&self->scratch);
    uint8_t *nothing = rn_arena_zalloc(&self->scratch, self->set.size + 16);
    rn_agg_set_clear(&self->set, nothing);
    self->slots[0] = nothing;
    self->out_keys[0] = (rn_slice){"", 0};
    return emit_final(self, 1, err);
  }
  for (uint32_t p = 0, end = rn_table_end(table); p < end; p++) {
    uint8_t *slot = rn_table_at(table, p);
    if (!slot) continue;
    self->slots[n] = slot;
    self->out_keys[n++] = rn_table_key(table, slot);
    if (n < self->op.context->batch_rows) continue;
    if (emit_final(self, n, err) != RN_OK) return RN_FAIL;
    n = 0;
  }
  return n ? emit_final(self, n, err) : RN_OK;
}

/* Folded windows leave lateness behind their end: the watermark waits as long, so that they are not late further on. */
static int64_t held_back(const group_agg *self, int64_t watermark_us) {
  const rn_plan_node *node = self->op.node;
  bool holds = node->u.group_agg.early && node->u.group_agg.fold && watermark_us != RN_WATERMARK_END;
  return holds && watermark_us > INT64_MIN + node->u.group_agg.lateness_us ? watermark_us - node->u.group_agg.lateness_us : watermark_us;
}

/* Rows first, then the watermark: what comes behind it would be late. */
static rn_status group_watermark(rn_operator *op, int64_t watermark_us, rn_error *err) {
  group_agg *self = (group_agg *)op;
  if (op->node->u.group_agg.early) {
    bool closes = !self->time.spec->processing_time || watermark_us == RN_WATERMARK_END;
    if (closes && close_windows(self, watermark_us, err) != RN_OK) return RN_FAIL;
  } else if (watermark_us == RN_WATERMARK_END && op->node->u.group_agg.fold && self->call_count &&
             fold_table(self, rn_map_table(self->map, 0), err) != RN_OK) {
    return RN_FAIL;
  }
  if (op->node->u.group_agg.fold && !op->node->u.group_agg.early) return rn_emit_last_watermark(op, watermark_us, err);
  return rn_emit_watermark(op, held_back(self, watermark_us), err);
}

/* Only folded windows have something to say yet; open ones have said it. */
static int64_t group_horizon(rn_operator *op) {
  group_agg *self = (group_agg *)op;
  bool waits = op->node->u.group_agg.early && op->node->u.group_agg.fold && !self->time.spec->processing_time;
  uint32_t windows = waits ? rn_map_table_count(self->map) : 0;
  return windows ? goes_at(self, rn_table_namespace(rn_map_table_at(self->map, windows - 1))) : RN_WATERMARK_NONE;
}

static void group_close(rn_operator *op) {
  group_agg *self = (group_agg *)op;
  rn_agg_set_close(&self->set);
  rn_arena_free(&self->memory);
  rn_arena_free(&self->scratch);
}

const rn_operator_class rn_op_group_agg_class = {
    .name = "group-aggregate", .size = sizeof(group_agg), .open = group_open, .process_batch = group_process,
    .on_watermark = group_watermark, .on_timer = group_timer, .horizon = group_horizon, .restored = group_restored,
    .close = group_close};
