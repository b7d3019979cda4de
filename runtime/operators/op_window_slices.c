/* HOP and CUMULATE over shared slices. `running` holds per key what the last fired window holds; the next
 * window folds in the slices that came and takes out those that left:
 *   calls that can be subtracted (COUNT, exact SUM and AVG): subtract the slice that leaves (Li 2005);
 *   others (MIN, MAX, floating point): two stacks over the slices (Tangwongsan 2017): `front` has, per slice
 *   and key, the fold from that slice to flip_end, so leaving is a pop; `running` is the back. When the front
 *   is used up it is built anew for all keys in one pass from the newest slice to the oldest, where slots
 *   of one key are chained to the next later slice that has it.
 * Both are derived from the slices and never stored.
 *
 * A key is looked up once per slice: when the slice is folded, its slots get the position of the key's running slot as
 * their tag, as have the slots of the front. From then on slices are walked from end to end without any look-up, with
 * memory asked for ahead, and need no index. A running slot lives as long as a folded slice has its key. */
#include "base/alloc.h"
#include "runtime/operators/op_window_agg.h"

enum { MAP_RUNNING = 2, MAP_FRONT = 3, FOLD_ROWS = 128, AHEAD = 12 };

typedef struct front_link { /* behind the accumulators of a front slot */
  uint8_t *next;            /* slot of the same key in the next later slice */
  int64_t slice_end;
} front_link;

static int64_t *count_of(const rn_window_agg *self, const uint8_t *slot) {
  return (int64_t *)(void *)(uintptr_t)(slot + self->count_offset);
}
static uint8_t **front_of(const rn_window_agg *self, uint8_t *running) {
  return (uint8_t **)(void *)(running + self->value_size);
}
static front_link *link_of(const rn_window_agg *self, uint8_t *front) {
  return (front_link *)(void *)(front + self->value_size);
}

void rn_window_slices_layout(rn_window_agg *self) {
  self->own_count = true;
  for (uint32_t c = 0; c < self->set.count && self->own_count; c++) {
    const rn_agg_call *call = &self->set.calls[c];
    if (call->argument >= 0 || call->filter >= 0 || strcmp(call->aggregate->name, "COUNT") != 0) continue;
    self->own_count = false; /* COUNT(*) counts them anyway */
    self->count_offset = self->set.offsets[c];
  }
  self->value_size = (self->value_size + 7) & ~7u;
  if (self->own_count) {
    self->count_offset = self->value_size;
    self->value_size += 8;
  }
  self->stacks = self->time.spec->kind == RN_WINDOW_HOP && !self->set.invertible;
  self->flip_end = INT64_MIN;
}

void rn_window_slices_open(rn_window_agg *self) {
  const rn_agg_set *set = &self->set;
  rn_map_spec spec = {.id = MAP_RUNNING, .key_size = self->key_size, .value_size = self->value_size + 8,
                      .value_align = set->align, .ref_count = set->ref_count, .refs = set->refs, .transient = true,
                      .tags = 1};
  self->running = rn_state_map(self->op.state, &spec);
  if (!self->stacks) return;
  spec.id = MAP_FRONT;
  spec.key_size = 0;
  spec.plain = true;
  spec.value_size = self->value_size + (uint32_t)sizeof(front_link);
  self->front = rn_state_map(self->op.state, &spec);
  uint32_t stride = (self->value_size + 15) & ~15u;
  self->scratch = rn_calloc(RN_BATCH_ROWS_MAX, stride);
}

void rn_window_slices_close(rn_window_agg *self) {
  rn_free(self->scratch);
  self->scratch = NULL;
}

static void fold(const rn_window_agg *self, uint8_t *into, const uint8_t *from) {
  rn_agg_set_merge(&self->set, into, from);
  if (self->own_count) *count_of(self, into) += *count_of(self, from);
}

/* The accumulators of a slot that was just made become those of another. */
static void copy_accs(const rn_window_agg *self, uint8_t *into, const uint8_t *from) {
  if (!self->set.ref_count) {
    memcpy(into, from, self->value_size);
    return;
  }
  rn_agg_set_clear(&self->set, into);
  fold(self, into, from);
}

/* The running slot of a slot of a folded slice, or of the front. */
static uint8_t *running_of(const rn_table *running, const uint8_t *slot) { return rn_table_at(running, *rn_table_tag(slot)); }

/* Memory that the slot AHEAD of position p will need. */
static void prefetch_running(const rn_table *running, const rn_table *slots, uint32_t p, uint32_t end) {
  const uint8_t *slot = p + AHEAD < end ? rn_table_at(slots, p + AHEAD) : NULL;
  if (slot) rn_table_prefetch(running, *rn_table_tag(slot));
}

/* Slots of running for keys; new ones know their position. */
static void find_running(rn_window_agg *self, const rn_keys *keys, const uint16_t *which, uint32_t n, uint8_t **slots, bool *fresh) {
  rn_table *running = rn_map_table(self->running, 0);
  rn_table_upsert(running, keys, which, n, slots, fresh);
  for (uint32_t i = 0; i < n; i++) {
    if (!fresh[i]) continue;
    *rn_table_tag(slots[i]) = rn_table_position(running, slots[i]);
    rn_agg_set_clear(&self->set, slots[i]);
  }
}

/* --- advancing -------------------------------------------------------------------------------------------------- */

static void fold_slice(rn_window_agg *self, rn_table *slice) {
  uint64_t hashes[FOLD_ROWS];
  const char *bytes[FOLD_ROWS];
  uint32_t lengths[FOLD_ROWS];
  uint8_t *from[FOLD_ROWS], *into[FOLD_ROWS];
  bool fresh[FOLD_ROWS];
  for (uint32_t p = 0, end = rn_table_end(slice); p < end;) {
    rn_keys keys = {.hashes = hashes, .keys = bytes, .lengths = lengths};
    for (; p < end && keys.count < FOLD_ROWS; p++) {
      uint8_t *slot = rn_table_at(slice, p);
      if (!slot) continue;
      rn_slice key = rn_table_key(slice, slot);
      from[keys.count] = slot;
      hashes[keys.count] = rn_table_hash(slice, slot);
      bytes[keys.count] = key.ptr;
      lengths[keys.count++] = (uint32_t)key.len;
    }
    find_running(self, &keys, NULL, keys.count, into, fresh);
    for (uint32_t i = 0; i < keys.count; i++) {
      *rn_table_tag(from[i]) = *rn_table_tag(into[i]);
      fold(self, into[i], from[i]);
    }
  }
  rn_table_seal(slice);
}

static void subtract_slice(rn_window_agg *self, const rn_table *slice) {
  const rn_table *running = rn_map_table(self->running, 0);
  for (uint32_t p = 0, end = rn_table_end(slice); p < end; p++) {
    const uint8_t *slot = rn_table_at(slice, p);
    prefetch_running(running, slice, p, end);
    if (!slot) continue;
    uint8_t *run = running_of(running, slot);
    rn_agg_set_subtract(&self->set, run, slot);
    if (self->own_count) *count_of(self, run) -= *count_of(self, slot);
  }
}

static void forget_front(rn_window_agg *self) {
  while (rn_map_table_count(self->front)) rn_map_drop(self->front, rn_table_namespace(rn_map_table_at(self->front, 0)));
  self->flip_end = INT64_MIN;
}

static void forget_all(rn_window_agg *self) {
  rn_map_drop(self->running, 0);
  if (self->stacks) forget_front(self);
}

/* The front is used up: everything in (start, fired_end] becomes front, the back empty. */
static void flip(rn_window_agg *self, int64_t start) {
  rn_table *running = rn_map_table(self->running, 0);
  for (uint32_t p = 0, end = rn_table_end(running); p < end; p++) {
    uint8_t *run = rn_table_at(running, p);
    if (!run) continue;
    rn_agg_set_release(&self->set, run);
    memset(run, 0, self->value_size + 8);
    rn_agg_set_clear(&self->set, run);
  }
  forget_front(self);
  for (uint32_t i = rn_map_lower_bound(self->slices, self->fired_end + 1); i-- > 0;) {
    rn_table *slice = rn_map_table_at(self->slices, i);
    int64_t slice_end = rn_table_namespace(slice);
    if (slice_end <= start) break;
    rn_table *front = rn_map_table(self->front, slice_end);
    for (uint32_t p = 0, end = rn_table_end(slice); p < end; p++) {
      const uint8_t *slot = rn_table_at(slice, p);
      prefetch_running(running, slice, p, end);
      if (!slot) continue;
      uint8_t **later = front_of(self, running_of(running, slot)), *top = rn_table_append(front);
      *rn_table_tag(top) = *rn_table_tag(slot);
      copy_accs(self, top, slot);
      if (*later) fold(self, top, *later);
      *link_of(self, top) = (front_link){*later, slice_end};
      *later = top;
    }
  }
  self->flip_end = self->fired_end;
}

static void pop_front(rn_window_agg *self, int64_t slice_end) {
  rn_table *front = rn_map_find(self->front, slice_end);
  const rn_table *running = rn_map_table(self->running, 0);
  if (!front) return;
  for (uint32_t p = 0, end = rn_table_end(front); p < end; p++) {
    uint8_t *top = rn_table_at(front, p);
    prefetch_running(running, front, p, end);
    if (top) *front_of(self, running_of(running, top)) = link_of(self, top)->next;
  }
  rn_map_drop(self->front, slice_end);
}

static void advance(rn_window_agg *self, int64_t window_end) {
  int64_t start = rn_window_start(&self->time, window_end);
  bool first = self->fired_end == INT64_MIN;
  if (first || start >= self->fired_end) forget_all(self); /* nothing of the last window stays */
  int64_t folded = first || start >= self->fired_end ? start : self->fired_end;
  while (rn_map_table_count(self->slices)) {
    rn_table *slice = rn_map_table_at(self->slices, 0);
    int64_t slice_end = rn_table_namespace(slice);
    if (slice_end > start) break;
    if (start < self->fired_end) {
      if (!self->stacks) {
        subtract_slice(self, slice);
      } else {
        if (slice_end > self->flip_end) flip(self, start);
        else pop_front(self, slice_end);
      }
    }
    rn_map_drop(self->slices, slice_end);
  }
  for (uint32_t i = rn_map_lower_bound(self->slices, folded + 1); i < rn_map_table_count(self->slices); i++) {
    rn_table *slice = rn_map_table_at(self->slices, i);
    if (rn_table_namespace(slice) > window_end) break;
    fold_slice(self, slice);
  }
}

/* --- emitting ----------------------------------------------------------------------------------------------------- */

/* What the key has in the window; NULL: nothing. Folds of front and back go to the scratch slot. */
static const uint8_t *window_slot(rn_window_agg *self, uint8_t *run, uint8_t *scratch, bool *used) {
  *used = false;
  uint8_t *front = self->stacks ? *front_of(self, run) : NULL;
  bool has_back = *count_of(self, run) != 0;
  if (!front) return has_back ? run : NULL;
  if (!has_back) return front;
  if (self->set.ref_count) memset(scratch, 0, self->value_size);
  copy_accs(self, scratch, front);
  fold(self, scratch, run);
  *used = true;
  return scratch;
}

static rn_status emit_slots(rn_window_agg *self, int64_t window_end, uint32_t n, uint32_t scratch_used, uint32_t stride,
                            rn_error *err) {
  rn_status status = n ? rn_window_emit(self, window_end, (const uint8_t *const *)self->slots, self->keys, n, err) : RN_OK;
  for (uint32_t s = 0; s < scratch_used; s++) rn_agg_set_release(&self->set, self->scratch + (size_t)s * stride);
  return status;
}

static void prefetch_front(const rn_window_agg *self, const rn_table *running, uint32_t p, uint32_t end) {
  uint8_t *run = p + AHEAD < end ? rn_table_at(running, p + AHEAD) : NULL;
  if (run && *front_of(self, run)) __builtin_prefetch(*front_of(self, run));
}

static rn_status emit_window(rn_window_agg *self, int64_t window_end, rn_error *err) {
  rn_table *running = rn_map_find(self->running, 0);
  uint32_t target = self->op.context->batch_rows, n = 0, scratch_used = 0, stride = (self->value_size + 15) & ~15u;
  bool fronts = self->stacks && rn_map_table_count(self->front);
  for (uint32_t p = 0, end = running ? rn_table_end(running) : 0; p < end; p++) {
    uint8_t *run = rn_table_at(running, p);
    if (fronts) prefetch_front(self, running, p, end);
    if (!run) continue;
    bool used;
    const uint8_t *slot = window_slot(self, run, self->scratch ? self->scratch + (size_t)scratch_used * stride : NULL, &used);
    if (!slot) {
      rn_table_erase(running, run);
      continue;
    }
    scratch_used += used;
    self->slots[n] = (uint8_t *)(uintptr_t)slot;
    self->keys[n++] = rn_table_key(running, run);
    if (n < target) continue;
    if (emit_slots(self, window_end, n, scratch_used, stride, err) != RN_OK) return RN_FAIL;
    n = scratch_used = 0;
  }
  return emit_slots(self, window_end, n, scratch_used, stride, err);
}

/* No later window holds anything of what has been folded: a CUMULATE window has grown to its full size, or the
 * last window of the youngest slice has fired. */
static void begin_anew(rn_window_agg *self) {
  forget_all(self);
  while (rn_map_table_count(self->slices)) {
    int64_t slice_end = rn_table_namespace(rn_map_table_at(self->slices, 0));
    if (slice_end > self->fired_end) break;
    rn_map_drop(self->slices, slice_end);
  }
}

static bool nothing_stays(const rn_window_agg *self) {
  uint32_t count = rn_map_table_count(self->slices);
  if (self->fired_end == INT64_MIN) return false;
  if (!count || rn_window_last_end(&self->time, rn_table_namespace(rn_map_table_at(self->slices, count - 1))) <= self->fired_end) {
    return true;
  }
  return self->time.spec->kind == RN_WINDOW_CUMULATE &&
         self->fired_end == rn_window_start(&self->time, self->fired_end) + self->time.spec->size_us;
}

bool rn_window_slices_next(rn_window_agg *self, int64_t *end) {
  rn_table *running = rn_map_find(self->running, 0);
  if (running && rn_table_live(running)) {
    *end = self->fired_end + rn_window_step(&self->time);
    return true;
  }
  uint32_t i = self->fired_end == INT64_MIN ? 0 : rn_map_lower_bound(self->slices, self->fired_end + 1);
  if (i == rn_map_table_count(self->slices)) return false;
  *end = rn_window_first_end(&self->time, rn_table_namespace(rn_map_table_at(self->slices, i)));
  return true;
}

rn_status rn_window_slices_fire(rn_window_agg *self, int64_t upto_us, rn_error *err) {
  int64_t end;
  while (rn_window_slices_next(self, &end) && rn_window_fires(&self->time, end) <= upto_us) {
    advance(self, end);
    self->fired_end = end;
    if (emit_window(self, end, err) != RN_OK) return RN_FAIL;
    if (nothing_stays(self)) begin_anew(self);
  }
  /* Windows that held nothing have passed too: a late row must not bring them back. */
  int64_t passed = upto_us < INT64_MAX - self->time.spec->size_us ? rn_window_passed(&self->time, upto_us) : INT64_MIN;
  if (passed > self->fired_end) self->fired_end = passed;
  return RN_OK;
}

/* --- rows behind the last fired window ------------------------------------------------------------------------------ */

static void add_row_to_front(rn_window_agg *self, uint8_t *run, int64_t slice_end, const rn_batch *batch,
                             const rn_keys *keys, uint16_t which, uint16_t row) {
  uint8_t **place = front_of(self, run);
  bool found = false;
  while (*place && link_of(self, *place)->slice_end <= slice_end) {
    rn_agg_set_update(&self->set, place, batch, &row, 1, keys, &which, slice_end);
    if (self->own_count) ++*count_of(self, *place);
    found = link_of(self, *place)->slice_end == slice_end;
    place = &link_of(self, *place)->next;
  }
  if (found) return;
  uint8_t *top = rn_table_append(rn_map_table(self->front, slice_end));
  *rn_table_tag(top) = *rn_table_tag(run);
  rn_agg_set_clear(&self->set, top);
  rn_agg_set_update(&self->set, &top, batch, &row, 1, keys, &which, slice_end);
  if (self->own_count) ++*count_of(self, top);
  if (*place) fold(self, top, *place);
  *link_of(self, top) = (front_link){*place, slice_end};
  *place = top;
}

void rn_window_slices_added(rn_window_agg *self, int64_t slice_end, const rn_batch *batch, const rn_keys *keys,
                            const uint16_t *which, const uint16_t *rows, uint32_t n) {
  if (self->own_count) {
    for (uint32_t i = 0; i < n; i++) ++*count_of(self, self->slots[i]);
  }
  if (self->fired_end == INT64_MIN || slice_end > self->fired_end) return;
  uint8_t *of_slice[RN_BATCH_ROWS_MAX];
  memcpy(of_slice, self->slots, n * sizeof *of_slice);
  find_running(self, keys, which, n, self->slots, self->fresh);
  for (uint32_t i = 0; i < n; i++) *rn_table_tag(of_slice[i]) = *rn_table_tag(self->slots[i]);
  if (self->stacks && slice_end <= self->flip_end) {
    for (uint32_t i = 0; i < n; i++) {
      add_row_to_front(self, self->slots[i], slice_end, batch, keys, which ? which[i] : (uint16_t)i,
                       rows ? rows[i] : (uint16_t)i);
    }
    return;
  }
  rn_agg_set_update(&self->set, self->slots, batch, rows, n, keys, which, slice_end);
  if (self->own_count) {
    for (uint32_t i = 0; i < n; i++) ++*count_of(self, self->slots[i]);
  }
}

void rn_window_slices_restored(rn_window_agg *self) {
  if (self->fired_end == INT64_MIN) return;
  if (nothing_stays(self)) {
    begin_anew(self);
    return;
  }
  int64_t start = rn_window_start(&self->time, self->fired_end);
  for (uint32_t i = rn_map_lower_bound(self->slices, start + 1); i < rn_map_table_count(self->slices); i++) {
    rn_table *slice = rn_map_table_at(self->slices, i);
    if (rn_table_namespace(slice) > self->fired_end) break;
    fold_slice(self, slice);
  }
}
