/* SESSION windows, keyed: a session of a key ends when no row of the key came within the gap.
 *
 * A row opens [t, t + gap) and merges it with every session of its key that it overlaps or touches (Akidau 2015,
 * The Dataflow Model, 2.2). Sessions of a key never touch, so what a row touches is one stretch of them in order of
 * time. Each session has one timer in a heap; a session that grows leaves its timer where it is, and the timer moves
 * on when it comes up: rows cost no work in the heap. A timer whose session was merged away is known by the id.
 *
 * A session closes when the watermark reaches its end - 1 ms, sessions in order of their end; a row is late when it
 * touches no open session and its own [t, t + gap) has passed (DIALECT 5.5). One class for both nodes: WINDOW_AGG
 * folds rows into accumulators, a bare WINDOW keeps the rows until their session is known. */
#include "runtime/operators/op_session.h"

#include "base/alloc.h"
#include "base/calendar.h"
#include "runtime/operators/operators.h"

enum { MAP_SESSIONS = 1, MAP_LIVE = 2, MAP_DISTINCT = 8 };

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
  rn_session_values_open(self, MAP_SESSIONS, MAP_DISTINCT);
  static const rn_ref_spec many = {.offset = offsetof(rn_session_key, many)};
  rn_map_spec live = {.id = MAP_LIVE, .value_size = sizeof(rn_session_key), .value_align = 8, .ref_count = 1, .refs = &many,
                      .transient = true};
  self->live = rn_state_map(op->state, &live);
  return RN_OK;
}

/* --- timers ---------------------------------------------------------------------------------------------------- */

static bool sooner(const rn_session_timer *a, const rn_session_timer *b) {
  return a->end != b->end ? a->end < b->end : a->id < b->id;
}

static void sink_timer(rn_session_op *self) { /* the first one has changed */
  rn_session_timer *t = self->timers.data, moved = t[0];
  size_t at = 0, n = self->timers.len;
  for (size_t child = 1; child < n; child = 2 * at + 1) {
    if (child + 1 < n && sooner(&t[child + 1], &t[child])) child++;
    if (!sooner(&t[child], &moved)) break;
    t[at] = t[child];
    at = child;
  }
  t[at] = moved;
}

static void add_timer(rn_session_op *self, rn_session *session) {
  rn_session_timer timer = {session->end, session->id, session};
  RN_VEC_PUSH(&self->timers, timer);
  rn_session_timer *t = self->timers.data;
  size_t at = self->timers.len - 1;
  while (at && sooner(&timer, &t[(at - 1) / 2])) {
    t[at] = t[(at - 1) / 2];
    at = (at - 1) / 2;
  }
  t[at] = timer;
}

static void drop_timer(rn_session_op *self) {
  self->timers.data[0] = self->timers.data[--self->timers.len];
  if (self->timers.len) sink_timer(self);
}

/* The session that ends first; NULL: none is open. Slots of erased sessions stay readable, their id tells. */
static rn_session *first_to_end(rn_session_op *self) {
  while (self->timers.len) {
    rn_session_timer *first = &self->timers.data[0];
    if (first->session->id != first->id) {
      drop_timer(self);
    } else if (first->session->end != first->end) {
      first->end = first->session->end;
      sink_timer(self);
    } else {
      return first->session;
    }
  }
  return NULL;
}

static void set_timer(rn_session_op *self) {
  if (!self->time.spec->processing_time) return;
  rn_session *first = first_to_end(self);
  self->op.timer_us = first ? rn_window_fires(&self->time, first->end) : INT64_MAX;
}

/* --- sessions of a key -------------------------------------------------------------------------------------------- */

static rn_session **items_of(rn_session_op *self, rn_session_key *k) {
  return k->room ? (rn_session **)(void *)(uintptr_t)rn_state_load(self->op.state, k->many).ptr : &k->one;
}

static void insert_item(rn_session_op *self, rn_session_key *k, uint32_t at, rn_session *session) {
  rn_session **items = items_of(self, k);
  if (k->count == (k->room ? k->room : 1)) {
    uint32_t room = k->room ? 2 * k->room : 4;
    rn_builder *grown = &self->scratch;
    rn_builder_clear(grown);
    rn_builder_append(grown, items, k->count * sizeof *items);
    while (grown->len < room * sizeof *items) rn_put_i64(grown, 0);
    rn_ref many = rn_state_store(self->op.state, grown->data, grown->len);
    rn_state_release(self->op.state, k->many);
    k->many = many;
    k->room = room;
    items = items_of(self, k);
  }
  memmove(items + at + 1, items + at, (k->count - at) * sizeof *items);
  items[at] = session;
  k->count++;
}

static void remove_item(rn_session_op *self, rn_session_key *k, uint32_t at) {
  rn_session **items = items_of(self, k);
  memmove(items + at, items + at + 1, (k->count - at - 1) * sizeof *items);
  k->count--;
}

static void erase_session(rn_session_op *self, rn_session *session) {
  rn_session_values_release(self, session);
  session->id = 0;
  rn_table_erase(rn_map_find(self->sessions, 0), (uint8_t *)session);
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

static rn_session *new_session(rn_session_op *self, const rows_in *in, uint32_t i, int64_t start) {
  rn_builder *key = &self->scratch;
  rn_builder_clear(key);
  rn_builder_append(key, in->keys.keys[i], in->keys.lengths[i]);
  rn_put_i64(key, self->next_id);
  uint8_t *slot = rn_table_upsert_one(rn_map_table(self->sessions, 0), in->keys.hashes[i], key->data, (uint32_t)key->len, NULL);
  rn_agg_set_clear(&self->set, slot);
  rn_session *session = (rn_session *)(void *)slot;
  *session = (rn_session){start, start + self->time.spec->size_us, self->next_id++};
  add_timer(self, session);
  return session;
}

/* The open session that row i of the batch at time t belongs to; NULL: the row is late. */
static rn_session *session_of(rn_session_op *self, const rows_in *in, uint32_t i, int64_t t) {
  rn_session_key *k = (rn_session_key *)(void *)self->found[i];
  rn_session **items = items_of(self, k);
  int64_t end = t + self->time.spec->size_us;
  uint32_t first = k->count;
  while (first && items[first - 1]->end >= t) first--; /* from the newest: rows come nearly in order */
  uint32_t last = first;
  while (last < k->count && items[last]->start <= end) last++;
  if (first == last) {
    if (!self->time.spec->processing_time && rn_window_fires(&self->time, end) <= self->op.watermark_us) return NULL;
    rn_session *session = new_session(self, in, i, t);
    insert_item(self, k, first, session);
    return session;
  }
  rn_session *session = items[first];
  if (last - first > 1) fold_pending(self, in); /* rows wait for sessions that go now */
  while (last - first > 1) {
    rn_session *gone = items[--last];
    if (gone->end > session->end) session->end = gone->end;
    rn_session_values_merge(self, session, gone);
    erase_session(self, gone);
    remove_item(self, k, last);
  }
  if (t < session->start) session->start = t;
  if (end > session->end) session->end = end;
  rn_table_touch(rn_map_find(self->sessions, 0), (uint8_t *)session);
  return session;
}

/* Keys whose rows were all late have nothing to keep. */
static void forget_empty(rn_session_op *self, rn_table *live, uint32_t n) {
  uint32_t empty = 0;
  for (uint32_t i = 0; i < n; i++) {
    rn_session_key *k = (rn_session_key *)(void *)self->found[i];
    if (k->count) continue;
    k->count = UINT32_MAX; /* once, whatever rows it has in the batch */
    self->found[empty++] = self->found[i];
  }
  for (uint32_t i = 0; i < empty; i++) rn_table_erase(live, self->found[i]);
}

static rn_status session_process(rn_operator *op, unsigned input, rn_batch *batch, rn_error *err) {
  (void)input, (void)err;
  rn_session_op *self = (rn_session_op *)op;
  const rn_window_spec *spec = self->time.spec;
  uint32_t n = batch->live_count;
  if (!n) return RN_OK;
  rows_in in = {.batch = batch};
  rn_arena_reset(&op->arena);
  rn_keys_encode(&in.keys, batch, self->keys, self->key_count, op->context->hash_seed, &op->arena);
  if (!self->aggregates) rn_rows_encode(&in.bytes, batch, NULL, batch->column_count, &op->arena);
  rn_table *live = rn_map_table(self->live, 0);
  rn_table_upsert(live, &in.keys, NULL, n, self->found, NULL);
  const rn_column *time = spec->processing_time ? NULL : &batch->columns[spec->time_column];
  int64_t now_us = time ? 0 : rn_clock_now_us(op->context->clock);
  uint64_t late = 0;
  for (uint32_t i = 0; i < n; i++) { /* a key has one open session as a rule */
    const rn_session_key *k = (const rn_session_key *)(const void *)self->found[i];
    if (!k->room && k->count) __builtin_prefetch(k->one, 1);
  }
  for (uint32_t i = 0; i < n; i++) {
    uint32_t row = rn_live(batch, i);
    rn_session *session = NULL;
    if (!time || !rn_is_null(time, row)) {
      int64_t t = time ? ((const int64_t *)time->data)[row] : now_us;
      session = session_of(self, &in, i, self->time.zone ? rn_zone_to_local(self->time.zone, t) : t);
    }
    if (!session) {
      late++;
      continue;
    }
    self->slots[self->pending] = (uint8_t *)session;
    self->which[self->pending] = (uint16_t)i;
    self->rows[self->pending++] = (uint16_t)row;
  }
  fold_pending(self, &in);
  if (late) {
    RN_COUNT(op->counters.late, late);
    forget_empty(self, live, n);
  }
  set_timer(self);
  return RN_OK;
}

/* --- closing -------------------------------------------------------------------------------------------------------- */

static rn_status close_sessions(rn_session_op *self, uint32_t count, rn_error *err) {
  rn_session **closing = (rn_session **)(void *)self->slots;
  if (rn_session_values_emit(self, closing, count, err) != RN_OK) return RN_FAIL;
  rn_table *live = rn_map_find(self->live, 0), *sessions = rn_map_find(self->sessions, 0);
  for (uint32_t i = 0; i < count; i++) {
    rn_slice key = rn_session_partition(self, closing[i]);
    rn_session_key *k = (rn_session_key *)(void *)rn_table_find(live, rn_table_hash(sessions, (uint8_t *)closing[i]), key.ptr,
                                                                 (uint32_t)key.len);
    uint32_t at = 0;
    while (items_of(self, k)[at] != closing[i]) at++;
    remove_item(self, k, at);
    if (!k->count) rn_table_erase(live, (uint8_t *)k);
    erase_session(self, closing[i]);
  }
  return RN_OK;
}

static rn_status fire(rn_session_op *self, int64_t upto_us, rn_error *err) {
  rn_session **closing = (rn_session **)(void *)self->slots;
  uint32_t n = 0;
  for (rn_session *s; (s = first_to_end(self)) && rn_window_fires(&self->time, s->end) <= upto_us;) {
    drop_timer(self);
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
  if (self->time.spec->processing_time) return RN_WATERMARK_NONE;
  int64_t end = INT64_MIN;
  for (size_t i = 0; i < self->timers.len; i++) {
    const rn_session_timer *t = &self->timers.data[i];
    if (t->session->id == t->id && t->session->end > end) end = t->session->end;
  }
  return end == INT64_MIN ? RN_WATERMARK_NONE : rn_window_fires(&self->time, end);
}

/* --- epochs ------------------------------------------------------------------------------------------------------------ */

static rn_status session_restored(rn_operator *op, rn_error *err) {
  (void)err;
  rn_session_op *self = (rn_session_op *)op;
  rn_table *sessions = rn_map_table(self->sessions, 0), *live = rn_map_table(self->live, 0);
  for (uint32_t p = 0, end = rn_table_end(sessions); p < end; p++) {
    uint8_t *slot = rn_table_at(sessions, p);
    if (!slot) continue;
    rn_session *session = (rn_session *)(void *)slot;
    rn_slice key = rn_session_partition(self, session);
    rn_session_key *k = (rn_session_key *)(void *)rn_table_upsert_one(live, rn_table_hash(sessions, slot), key.ptr,
                                                                       (uint32_t)key.len, NULL);
    uint32_t at = k->count;
    while (at && items_of(self, k)[at - 1]->start > session->start) at--;
    insert_item(self, k, at, session);
    add_timer(self, session);
    if (session->id >= self->next_id) self->next_id = session->id + 1;
  }
  set_timer(self);
  return RN_OK;
}

static void session_close(rn_operator *op) {
  rn_session_op *self = (rn_session_op *)op;
  RN_VEC_FREE(&self->timers);
  rn_agg_set_close(&self->set);
  rn_builder_free(&self->scratch);
  rn_arena_free(&self->memory);
}

const rn_operator_class rn_op_session_class = {
    .name = "session", .size = sizeof(rn_session_op), .open = session_open, .process_batch = session_process,
    .on_watermark = session_watermark, .on_timer = session_timer, .horizon = session_horizon,
    .restored = session_restored, .close = session_close};
