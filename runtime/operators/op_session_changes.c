/* Sessions that are shown while they are open (EMIT CHANGES): what the rows of a batch have changed about them.
 *
 * Between batches every open session has been shown as it is, so that what was shown is what the slots hold: nothing more is
 * kept. The first row that touches a session notes its result as it was; when the rows are folded, the sessions noted, and
 * no others, are compared with what they are now. A session that has grown is another one to who reads it by its window: the
 * old one goes (-D), the new one comes (+I). Of sessions that have become one all old ones go first. With unchanged bounds
 * it is an update. Where every row makes its changes (SELECT) this is done row by row, else batch by batch. */
#include "runtime/operators/op_session.h"

enum { ROWS_PER_ROW = 4, /* it touches two sessions at most: each as it was and as it is */
       ROWS_AT_ONCE = RN_BATCH_ROWS_MAX / ROWS_PER_ROW };
#define NO_ROW UINT32_MAX

typedef struct change {
  rn_session *session; /* where it lies now; NULL: it has become part of another */
  rn_session_span span; /* as it was shown .. */
  uint32_t before;     /* .. in which row of the output; NO_ROW: it has begun */
  uint32_t after;      /* the row as it is now */
  rn_slice key;
} change;

struct rn_session_changes {
  rn_arena arena; /* of the output */
  bool update_before, each;
  uint32_t count; /* sessions touched since the last comparison */
  rn_batch out;
  uint32_t rows; /* of out */
  change items[RN_BATCH_ROWS_MAX];
  const uint8_t *slots[RN_BATCH_ROWS_MAX];
  rn_slice keys[RN_BATCH_ROWS_MAX];
  uint8_t kinds[RN_BATCH_ROWS_MAX];
  uint16_t live[RN_BATCH_ROWS_MAX];
};

void rn_session_changes_open(rn_session_op *self) {
  const rn_plan_node *node = self->op.node;
  rn_session_changes *c = self->changes = RN_NEW(&self->memory, rn_session_changes);
  rn_arena_init(&c->arena);
  c->update_before = node->u.window_agg.update_before;
  c->each = !node->u.window_agg.mini_batch;
  rn_batch_init(&c->out, &node->schema, RN_BATCH_ROWS_MAX, &c->arena);
}

void rn_session_changes_close(rn_session_op *self) {
  if (self->changes) rn_arena_free(&self->changes->arena);
}

uint32_t rn_session_changes_run(const rn_session_op *self) { return self->changes->each ? 1 : ROWS_AT_ONCE; }

static int64_t *number_of(const rn_session_op *self, rn_session *session) {
  return (int64_t *)(void *)((uint8_t *)session + self->change_at);
}

/* Its result in output rows from `row` on. */
static void put_row(rn_session_op *self, uint32_t row, const change *of) {
  rn_session_changes *c = self->changes;
  c->keys[row] = of->key;
  c->kinds[row] = RN_INSERT;
  rn_session_put_window(self, &c->out, self->key_count + self->set.count, row, rn_session_get(self, of->session));
}

void rn_session_changes_note(rn_session_op *self, rn_session *session, bool begins) {
  rn_session_changes *c = self->changes;
  int64_t *number = number_of(self, session);
  if (*number) return;
  change *it = &c->items[c->count++];
  *number = c->count;
  rn_slice key = rn_session_partition(self, session);
  char *copy = rn_arena_alloc(&c->arena, key.len + 1); /* the slot may go */
  memcpy(copy, key.ptr, key.len);
  *it = (change){.session = session, .span = rn_session_get(self, session), .before = NO_ROW, .key = rn_slice_make(copy, key.len)};
  if (begins) return;
  it->before = c->rows++;
  put_row(self, it->before, it);
  const uint8_t *slot = (const uint8_t *)session;
  rn_agg_set_results_own(&self->set, &slot, 1, c->out.columns + self->key_count, it->before, RN_BATCH_ROWS_MAX, &c->arena);
}

void rn_session_changes_gone(rn_session_op *self, rn_session *session) {
  int64_t *number = number_of(self, session);
  self->changes->items[*number - 1].session = NULL;
  *number = 0;
}

void rn_session_changes_moved(rn_session_op *self, rn_session *session) {
  int64_t number = *number_of(self, session);
  if (number) self->changes->items[number - 1].session = session;
}

static rn_status flush(rn_session_op *self, rn_error *err) {
  rn_session_changes *c = self->changes;
  rn_status status = RN_OK;
  if (c->out.live_count) {
    rn_keys_decode(c->keys, c->rows, c->out.columns, self->key_count, 0, RN_BATCH_ROWS_MAX, &c->arena);
    c->out.rows = c->rows;
    c->out.kinds = c->kinds;
    c->out.live = c->live;
    status = rn_emit(&self->op, &c->out, err);
  }
  rn_arena_reset(&c->arena);
  rn_batch_init(&c->out, &self->op.node->schema, RN_BATCH_ROWS_MAX, &c->arena);
  c->out.live_count = 0;
  c->rows = 0;
  return status;
}

static void leave(rn_session_changes *c, uint32_t row, rn_row_kind kind) {
  c->kinds[row] = (uint8_t)kind;
  c->live[c->out.live_count++] = (uint16_t)row;
}

static bool same_bounds(const rn_session_op *self, const change *it) {
  if (!it->session) return false;
  rn_session_span now = rn_session_get(self, it->session);
  return now.start == it->span.start && now.end == it->span.end;
}

/* Rows of the sessions as they are now, behind those of what they were. */
static void put_after(rn_session_op *self) {
  rn_session_changes *c = self->changes;
  uint32_t n = 0, first = c->rows;
  for (uint32_t i = 0; i < c->count; i++) {
    change *it = &c->items[i];
    it->after = NO_ROW;
    if (!it->session) continue;
    *number_of(self, it->session) = 0;
    it->after = first + n;
    c->slots[n++] = (const uint8_t *)it->session;
    put_row(self, it->after, it);
  }
  c->rows += n;
  if (n)
    rn_agg_set_results_own(&self->set, c->slots, n, c->out.columns + self->key_count, first, RN_BATCH_ROWS_MAX, &c->arena);
}

rn_status rn_session_changes_show(rn_session_op *self, bool last, rn_error *err) {
  rn_session_changes *c = self->changes;
  const rn_column *results = c->out.columns + self->key_count;
  put_after(self);
  for (uint32_t i = 0; i < c->count; i++) {
    change *it = &c->items[i];
    if (it->before == NO_ROW) continue;
    if (!same_bounds(self, it)) leave(c, it->before, RN_DELETE);
    else if (rn_agg_set_same_results(&self->set, results, it->before, it->after)) it->after = NO_ROW;
    else if (c->update_before) leave(c, it->before, RN_UPDATE_BEFORE);
  }
  for (uint32_t i = 0; i < c->count; i++) {
    const change *it = &c->items[i];
    if (it->after == NO_ROW) continue;
    leave(c, it->after, it->before != NO_ROW && same_bounds(self, it) ? RN_UPDATE_AFTER : RN_INSERT);
  }
  c->count = 0;
  uint32_t room = RN_BATCH_ROWS_MAX - c->rows;
  return last || room < ROWS_PER_ROW * rn_session_changes_run(self) ? flush(self, err) : RN_OK;
}
