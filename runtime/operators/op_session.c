/* SESSION windows, keyed: a session of a key ends when no row of the key came within the gap.
 *
 * A row opens [t, t + gap) and merges it with every session of its key that it overlaps or touches (Akidau 2015,
 * The Dataflow Model, 2.2). Sessions of a key never touch, so what a row touches is one stretch of them in order of
 * time, and a row that does not come before its key's newest session needs to look at that one only: one look-up a row,
 * as in TUMBLE. Older sessions are open while the watermark lags behind the gap: they lie in a map of their own.
 *
 * A session closes when the watermark reaches its end - 1 ms, sessions in order of their end; a row is late when it
 * touches no open session and its own [t, t + gap) has passed (DIALECT 5.5). One class for both nodes: WINDOW_AGG
 * folds rows into accumulators, a bare WINDOW keeps the rows until their session is known. With EMIT CHANGES sessions are
 * shown while they are open (op_session_changes.c); when one closes it only goes. */
#include "runtime/operators/op_session.h"

#include "base/alloc.h"
#include "runtime/operators/operators.h"

enum { MAP_NEWEST = 1, MAP_OLDER = 2, MAP_LISTS = 3, MAP_WIDE = 4, MAP_DISTINCT = 8 };

static rn_status session_open(rn_operator *op, rn_error *err) {
  (void)err;
  rn_session_op *self = (rn_session_op *)op;
  const rn_plan_node *node = op->node;
  rn_arena_init(&self->memory);
  self->aggregates = node->kind == RN_NODE_WINDOW_AGG;
  self->key_count = self->aggregates ? node->u.window_agg.key_count : node->u.window.key_count;
  self->keys = self->aggregates ? node->u.window_agg.keys : node->u.window.keys;
  self->next_id = 1;
  rn_window_time_init(&self->time, self->aggregates ? &node->u.window_agg.spec : &node->u.window.spec, op->context->zone);
  rn_operator_open_state(op);
  const rn_type **types = RN_NEW_N(&self->memory, const rn_type *, self->key_count + 1);
  for (uint32_t k = 0; k < self->key_count; k++) types[k] = node->schema.fields[self->aggregates ? k : self->keys[k]].type;
  rn_map_spec spec = {.id = MAP_NEWEST, .key_size = rn_key_fixed_size(types, self->key_count)};
  rn_session_values_open(self, &spec, MAP_DISTINCT);
  self->newest = rn_map_table(rn_state_map(op->state, &spec), 0);
  spec.id = MAP_OLDER;
  spec.key_size = 0;
  self->older = rn_map_table(rn_state_map(op->state, &spec), 0);
  static const rn_ref_spec sessions = {.offset = offsetof(rn_session_list, sessions)};
  rn_map_spec lists = {.id = MAP_LISTS, .value_size = sizeof(rn_session_list), .value_align = 8, .ref_count = 1, .refs = &sessions,
                       .transient = true};
  self->lists = rn_map_table(rn_state_map(op->state, &lists), 0);
  rn_map_spec wide = {.id = MAP_WIDE, .value_size = sizeof(rn_session_span), .value_align = 8};
  self->wide = rn_map_table(rn_state_map(op->state, &wide), 0);
  self->gap = self->time.spec->size_us / RN_US_PER_MS;
  rn_session_timers_open(&self->timers, self->gap);
  if (self->aggregates && node->u.window_agg.early) rn_session_changes_open(self);
  return RN_OK;
}

static void set_timer(rn_session_op *self) {
  if (self->time.spec->processing_time) self->op.timer_us = rn_session_timers_next(self);
}

/* --- spans that do not fit before a slot ------------------------------------------------------------------------------ */

static rn_slice wide_key(rn_session_op *self, const rn_session *session) {
  rn_slice key = rn_table_key(rn_session_table(self, session), (const uint8_t *)session);
  if (rn_session_is_older(session)) return key;
  rn_builder_clear(&self->scratch);
  rn_builder_append(&self->scratch, key.ptr, key.len);
  rn_put_i64(&self->scratch, 0);
  return rn_slice_make(self->scratch.data, self->scratch.len);
}

static uint64_t hash_of(const rn_session_op *self, const rn_session *session) {
  return rn_table_hash(rn_session_table(self, session), (const uint8_t *)session);
}

static uint8_t *wide_slot(const rn_session_op *self, const rn_session *session) {
  return rn_table_at(self->wide, (uint32_t)rn_session_start(session));
}

rn_session_span rn_session_wide(const rn_session_op *self, const rn_session *session) {
  return *(const rn_session_span *)(const void *)wide_slot(self, session);
}

static void put_wide_slot(rn_session_op *self, rn_session *session, const uint8_t *slot) {
  rn_session_put_start(session, rn_table_position(self->wide, slot));
  rn_session_put_word(session, RN_SESSION_LENGTH_MAX, rn_session_where(session));
}

void rn_session_put_wide(rn_session_op *self, rn_session *session, rn_session_span span) {
  uint8_t *slot;
  if (rn_session_is_wide(session)) {
    slot = wide_slot(self, session);
    rn_table_touch(self->wide, slot);
  } else {
    rn_slice key = wide_key(self, session);
    slot = rn_table_upsert_one(self->wide, hash_of(self, session), key.ptr, (uint32_t)key.len, NULL);
    put_wide_slot(self, session, slot);
  }
  *(rn_session_span *)(void *)slot = span;
}

void rn_session_drop_wide(rn_session_op *self, const rn_session *session) {
  if (rn_session_is_wide(session)) rn_table_erase(self->wide, wide_slot(self, session));
}

static void restore_wide(rn_session_op *self, rn_session *session) {
  if (!rn_session_is_wide(session)) return;
  rn_slice key = wide_key(self, session);
  put_wide_slot(self, session, rn_table_find(self->wide, hash_of(self, session), key.ptr, (uint32_t)key.len));
}

/* --- older sessions of a key --------------------------------------------------------------------------------------- */

static rn_session **items_of(rn_session_op *self, rn_session_list *l) {
  return (rn_session **)(void *)(uintptr_t)rn_state_load(self->op.state, l->sessions).ptr;
}

static rn_session_list *list_of(rn_session_op *self, uint64_t hash, rn_slice key, bool make) {
  uint8_t *slot = make ? rn_table_upsert_one(self->lists, hash, key.ptr, (uint32_t)key.len, NULL)
                       : rn_table_find(self->lists, hash, key.ptr, (uint32_t)key.len);
  return (rn_session_list *)(void *)slot;
}

static void insert_item(rn_session_op *self, rn_session_list *l, uint32_t at, rn_session *session) {
  if (l->count == l->room) {
    uint32_t room = l->room ? 2 * l->room : 4;
    rn_builder *grown = &self->scratch;
    rn_builder_clear(grown);
    if (l->count) rn_builder_append(grown, items_of(self, l), l->count * sizeof session);
    while (grown->len < room * sizeof session) rn_put_i64(grown, 0);
    rn_ref sessions = rn_state_store(self->op.state, grown->data, grown->len);
    rn_state_release(self->op.state, l->sessions);
    l->sessions = sessions;
    l->room = room;
  }
  rn_session **items = items_of(self, l);
  memmove(items + at + 1, items + at, (l->count - at) * sizeof *items);
  items[at] = session;
  l->count++;
}

/* The older session at `at` of the list goes, slot and all. */
static void drop_item(rn_session_op *self, rn_session_list *l, uint32_t at, rn_session *newest) {
  rn_session **items = items_of(self, l), *gone = items[at];
  memmove(items + at, items + at + 1, (l->count - at - 1) * sizeof *items);
  l->count--;
  rn_session_drop_wide(self, gone);
  rn_table_erase(self->older, (uint8_t *)gone);
  if (l->count) return;
  rn_table_erase(self->lists, (uint8_t *)l);
  rn_session_put_where(newest, RN_SESSION_ONLY);
}

/* A slot in the map of older sessions for one of `newest`'s key, at place `at` of its list (behind all: UINT32_MAX). Its
 * span and timer are the caller's matter. */
static rn_session *older_slot(rn_session_op *self, rn_session *newest, uint32_t at) {
  uint64_t hash = rn_table_hash(self->newest, (uint8_t *)newest);
  rn_slice key = rn_session_partition(self, newest);
  rn_builder *b = &self->scratch;
  rn_builder_clear(b);
  rn_builder_append(b, key.ptr, key.len);
  rn_put_i64(b, self->next_id++);
  rn_session *session = (rn_session *)(void *)rn_table_upsert_one(self->older, hash, b->data, (uint32_t)b->len, NULL);
  rn_session_put_where(session, RN_SESSION_OLDER);
  rn_session_list *l = list_of(self, hash, key, true);
  insert_item(self, l, at < l->count ? at : l->count, session);
  rn_session_put_where(newest, RN_SESSION_NEWEST);
  return session;
}

/* --- rows ---------------------------------------------------------------------------------------------------------- */

typedef struct rows_in { /* one batch */
  const rn_batch *batch;
  rn_keys keys, bytes; /* bytes: whole rows, for WINDOW */
} rows_in;

static void fold_pending(rn_session_op *self, const rows_in *in) {
  if (self->pending) rn_session_values_add(self, in->batch, &in->keys, &in->bytes);
  self->pending = 0;
}

static void add_timer(rn_session_op *self, const rn_session *session) {
  rn_session_timer_add(self, session, rn_table_position(rn_session_table(self, session), (const uint8_t *)session));
}

/* A slot that holds nothing becomes a session that has seen nothing; its place and timer are the caller's matter. */
static void begin_session(rn_session_op *self, rn_session *session, int64_t start) {
  rn_session_put(self, session, (rn_session_span){start, start + self->gap});
  if (self->set.has_distinct) *rn_session_id(session) = self->next_id++;
  rn_agg_set_clear(&self->set, (uint8_t *)session);
  if (self->changes) rn_session_changes_note(self, session, true);
}

/* What a session holds moves to another slot, which holds nothing; timer and place stay with their slots. */
static void move_values(rn_session_op *self, rn_session *to, rn_session *from) {
  rn_session_put(self, to, rn_session_get(self, from));
  memcpy(to, from, self->value_size);
  memset(from, 0, self->value_size);
  if (self->changes) rn_session_changes_moved(self, to);
}

static bool is_late(const rn_session_op *self, int64_t end) {
  return !self->time.spec->processing_time && rn_window_fires(&self->time, end * RN_US_PER_MS) <= self->op.watermark_us;
}

/* `into` grows to reach from `start` to `end`. */
static void extend(rn_session_op *self, rn_session *into, int64_t start, int64_t end) {
  if (self->changes) rn_session_changes_note(self, into, false);
  rn_session_span span = rn_session_get(self, into);
  rn_session_put(self, into, (rn_session_span){start < span.start ? start : span.start, end > span.end ? end : span.end});
}

static void merge(rn_session_op *self, rn_session *into, rn_session *gone) {
  rn_session_span span = rn_session_get(self, gone);
  extend(self, into, span.start, span.end);
  if (self->changes) {
    rn_session_changes_note(self, gone, false);
    rn_session_changes_gone(self, gone);
  }
  rn_session_values_merge(self, into, gone);
  rn_session_values_release(self, gone);
}

/* A row that comes before its key's newest session: the session it belongs to, NULL when it is late. */
static rn_session *earlier_session(rn_session_op *self, const rows_in *in, rn_session *newest, int64_t t) {
  uint64_t hash = rn_table_hash(self->newest, (uint8_t *)newest);
  rn_slice key = rn_session_partition(self, newest);
  rn_session_list *l = rn_session_where(newest) == RN_SESSION_NEWEST ? list_of(self, hash, key, false) : NULL;
  rn_session **items = l ? items_of(self, l) : NULL;
  int64_t end = t + self->gap;
  bool meets_newest = end >= rn_session_get(self, newest).start;
  uint32_t count = l ? l->count : 0, first = count;
  while (first && rn_session_get(self, items[first - 1]).end >= t) first--; /* from the newest: rows come nearly in order */
  uint32_t last = first;
  while (last < count && rn_session_get(self, items[last]).start <= end) last++;
  if (first == last) {
    if (meets_newest) {
      extend(self, newest, t, end);
      return newest;
    }
    if (is_late(self, end)) return NULL;
    rn_session *session = older_slot(self, newest, first);
    begin_session(self, session, t);
    add_timer(self, session);
    return session;
  }
  rn_session *session = items[first];
  if (last - first > 1 || meets_newest) fold_pending(self, in); /* rows wait for sessions that go now */
  while (last - first > 1) {
    merge(self, session, items[--last]);
    drop_item(self, l, last, newest);
  }
  extend(self, session, t, end);
  rn_table_touch(self->older, (uint8_t *)session);
  if (!meets_newest) return session;
  merge(self, session, newest);
  rn_session_values_free(self, newest);
  move_values(self, newest, session);
  drop_item(self, l, first, newest);
  return newest;
}

/* The open session that row i of the batch at time t belongs to; NULL: the row is late. */
static inline rn_session *session_of(rn_session_op *self, const rows_in *in, uint32_t i, int64_t t) {
  rn_session *newest = (rn_session *)(void *)self->found[i];
  int64_t end = t + self->gap;
  if (rn_session_where(newest) == RN_SESSION_NONE) {
    if (is_late(self, end)) return NULL;
    begin_session(self, newest, t);
    rn_session_put_where(newest, RN_SESSION_ONLY);
    add_timer(self, newest);
    return newest;
  }
  rn_session_span span = rn_session_get(self, newest);
  if (t < span.start) return earlier_session(self, in, newest, t);
  if (t <= span.end) {
    if (self->changes) rn_session_changes_note(self, newest, false);
    if (end > span.end) rn_session_put(self, newest, (rn_session_span){span.start, end});
    return newest;
  }
  fold_pending(self, in); /* rows wait for the session that makes place */
  rn_session *older = older_slot(self, newest, UINT32_MAX);
  move_values(self, older, newest);
  add_timer(self, older);
  begin_session(self, newest, t); /* its timer will find the new end */
  return newest;
}

/* Keys whose rows were all late have nothing to keep. */
static void forget_empty(rn_session_op *self, uint32_t n) {
  uint32_t empty = 0;
  for (uint32_t i = 0; i < n; i++) {
    rn_session *s = (rn_session *)(void *)self->found[i];
    if (rn_session_where(s) != RN_SESSION_NONE) continue;
    rn_session_put_where(s, RN_SESSION_ONLY); /* once, whatever rows it has in the batch */
    self->found[empty++] = self->found[i];
  }
  for (uint32_t i = 0; i < empty; i++) rn_table_erase(self->newest, self->found[i]);
}

static rn_status show_changes(rn_session_op *self, const rows_in *in, bool last, rn_error *err) {
  fold_pending(self, in);
  return rn_session_changes_show(self, last, err);
}

static rn_status session_process(rn_operator *op, unsigned input, rn_batch *batch, rn_error *err) {
  (void)input;
  rn_session_op *self = (rn_session_op *)op;
  const rn_window_spec *spec = self->time.spec;
  uint32_t n = batch->live_count;
  if (!n) return RN_OK;
  rows_in in = {.batch = batch};
  rn_arena_reset(&op->arena);
  rn_keys_encode(&in.keys, batch, self->keys, self->key_count, op->context->hash_seed, &op->arena);
  if (!self->aggregates) rn_rows_encode(&in.bytes, batch, NULL, batch->column_count, &op->arena);
  rn_table_upsert(self->newest, &in.keys, NULL, n, self->found, NULL);
  const rn_column *time = spec->processing_time ? NULL : &batch->columns[spec->time_column];
  int64_t now_us = time ? 0 : rn_clock_now_us(op->context->clock);
  uint64_t late = 0;
  bool dropped = false; /* keys may have nothing to keep */
  uint32_t run = self->changes ? rn_session_changes_run(self) : n;
  for (uint32_t i = 0; i < n; i++) {
    if (i && i % run == 0 && show_changes(self, &in, false, err) != RN_OK) return RN_FAIL;
    uint32_t row = rn_live(batch, i);
    rn_session *session = NULL;
    int64_t t = 0;
    if (!time || !rn_is_null(time, row)) {
      int64_t instant = time ? ((const int64_t *)time->data)[row] : now_us;
      t = rn_floor_div(self->time.zone ? rn_zone_to_local(self->time.zone, instant) : instant, RN_US_PER_MS);
      session = session_of(self, &in, i, t);
    }
    if (!session) {
      dropped = true;
      if (self->aggregates && !rn_late_here(&op->node->u.window_agg.late_set, batch, row)) continue;
      late++;
      rn_late_row(op, 0, batch, row, time && rn_is_null(time, row) ? RN_LATE_NO_TIME : RN_LATE_WINDOW,
                  (t + self->gap) * RN_US_PER_MS, self->time.zone);
      continue;
    }
    self->slots[self->pending] = (uint8_t *)session;
    self->which[self->pending] = (uint16_t)i;
    self->rows[self->pending++] = (uint16_t)row;
  }
  fold_pending(self, &in);
  if (self->changes && show_changes(self, &in, true, err) != RN_OK) return RN_FAIL;
  if (late) RN_COUNT(op->counters.late, late);
  if (dropped) forget_empty(self, n);
  set_timer(self);
  return RN_OK;
}

/* --- closing -------------------------------------------------------------------------------------------------------- */

static rn_status close_sessions(rn_session_op *self, uint32_t count, rn_error *err) {
  rn_session **closing = (rn_session **)(void *)self->slots;
  if (!self->changes && rn_session_values_emit(self, closing, count, err) != RN_OK) return RN_FAIL;
  for (uint32_t i = 0; i < count; i++) rn_table_prefetch_index(rn_session_table(self, closing[i]), (uint8_t *)closing[i]);
  for (uint32_t i = 0; i < count; i++) { /* older sessions of a key come before its newest: in order of their end */
    rn_session *s = closing[i];
    rn_session_values_release(self, s);
    if (!rn_session_is_older(s)) {
      rn_session_drop_wide(self, s);
      rn_table_erase(self->newest, (uint8_t *)s);
      continue;
    }
    rn_slice key = rn_session_partition(self, s);
    uint64_t hash = rn_table_hash(self->older, (uint8_t *)s);
    rn_session_list *l = list_of(self, hash, key, false);
    uint32_t at = 0;
    while (items_of(self, l)[at] != s) at++;
    drop_item(self, l, at, (rn_session *)(void *)rn_table_find(self->newest, hash, key.ptr, (uint32_t)key.len));
  }
  return RN_OK;
}

static rn_status fire(rn_session_op *self, int64_t upto_us, rn_error *err) {
  rn_session **closing = (rn_session **)(void *)self->slots;
  uint32_t n = 0;
  for (rn_session *s; (s = rn_session_timers_take(self, upto_us));) {
    closing[n++] = s;
    if (n < self->op.context->batch_rows) continue;
    if (close_sessions(self, n, err) != RN_OK) return RN_FAIL;
    n = 0;
  }
  return n ? close_sessions(self, n, err) : RN_OK;
}

static rn_status session_watermark(rn_operator *op, int64_t watermark_us, rn_error *err) {
  rn_session_op *self = (rn_session_op *)op;
  /* The end of the input closes processing-time sessions too. */
  if (!self->time.spec->processing_time || watermark_us == RN_WATERMARK_END) {
    if (fire(self, watermark_us, err) != RN_OK) return RN_FAIL;
  }
  return rn_emit_watermark(op, watermark_us, err);
}

static rn_status session_timer(rn_operator *op, int64_t now_us, rn_error *err) {
  rn_session_op *self = (rn_session_op *)op;
  if (fire(self, now_us, err) != RN_OK) return RN_FAIL;
  set_timer(self);
  return RN_OK;
}

static int64_t session_horizon(rn_operator *op) {
  rn_session_op *self = (rn_session_op *)op;
  if (self->time.spec->processing_time || self->changes) return RN_WATERMARK_NONE; /* shown ones have said it */
  int64_t last = INT64_MIN;
  for (uint32_t p = 0, count = rn_table_end(self->newest); p < count; p++) {
    const rn_session *s = (const rn_session *)(const void *)rn_table_at(self->newest, p);
    int64_t end = s ? rn_session_get(self, s).end : INT64_MIN;
    if (end > last) last = end;
  }
  return last == INT64_MIN ? RN_WATERMARK_NONE : rn_window_fires(&self->time, last * RN_US_PER_MS);
}

/* --- epochs ------------------------------------------------------------------------------------------------------------ */

static rn_status session_restored(rn_operator *op, rn_error *err) {
  (void)err;
  rn_session_op *self = (rn_session_op *)op;
  for (uint32_t p = 0, end = rn_table_end(self->newest); p < end; p++) {
    uint8_t *slot = rn_table_at(self->newest, p);
    if (!slot) continue;
    rn_session *s = (rn_session *)(void *)slot;
    rn_session_put_where(s, RN_SESSION_ONLY);
    restore_wide(self, s);
    rn_session_values_restored(self, s);
    rn_session_timer_add(self, s, p);
    if (self->set.has_distinct && *rn_session_id(s) >= self->next_id) self->next_id = *rn_session_id(s) + 1;
  }
  for (uint32_t p = 0, end = rn_table_end(self->older); p < end; p++) {
    uint8_t *slot = rn_table_at(self->older, p);
    if (!slot) continue;
    rn_session *s = (rn_session *)(void *)slot;
    restore_wide(self, s);
    rn_session_values_restored(self, s);
    rn_session_timer_add(self, s, p);
    rn_slice key = rn_session_partition(self, s);
    rn_reader number = {key.ptr + key.len, key.ptr + key.len + RN_SESSION_NUMBER_SIZE, false};
    int64_t id = rn_get_i64(&number);
    if (self->set.has_distinct && *rn_session_id(s) > id) id = *rn_session_id(s);
    if (id >= self->next_id) self->next_id = id + 1;
    uint64_t hash = rn_table_hash(self->older, slot);
    rn_session_list *l = list_of(self, hash, key, true);
    uint32_t at = l->count;
    while (at && rn_session_get(self, items_of(self, l)[at - 1]).start > rn_session_get(self, s).start) at--;
    insert_item(self, l, at, s);
    rn_session *newest = (rn_session *)(void *)rn_table_find(self->newest, hash, key.ptr, (uint32_t)key.len);
    rn_session_put_where(newest, RN_SESSION_NEWEST);
  }
  set_timer(self);
  return RN_OK;
}

static void session_close(rn_operator *op) {
  rn_session_op *self = (rn_session_op *)op;
  rn_session_timers_close(&self->timers);
  rn_session_changes_close(self);
  rn_agg_set_close(&self->set);
  rn_builder_free(&self->scratch);
  rn_arena_free(&self->memory);
}

const rn_operator_class rn_op_session_class = {
    .name = "session", .size = sizeof(rn_session_op), .open = session_open, .process_batch = session_process,
    .on_watermark = session_watermark, .on_timer = session_timer, .horizon = session_horizon,
    .restored = session_restored, .close = session_close};
