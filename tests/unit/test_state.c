/* Keyed state against a naive model: random operations, snapshots in between, restores into another number of
 * instances; and the encoding of keys against comparison of the values. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/hash.h"
#include "runtime/state.h"

enum { KEYS = 150, SPACES = 4, LIST_MAX = 12, PARTS_MAX = 3, VALUE = 32, STEPS = 60000 };
static const uint64_t SEED = 77;

static uint64_t random_state;
static uint32_t pick(uint32_t n) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return (uint32_t)(random_state % n);
}

/* --- the model --------------------------------------------------------------------------------------------- */

typedef struct model_entry {
  bool present;
  int64_t counter;
  char text[64];
  uint32_t list_count;
  int64_t list[LIST_MAX];
  char list_text[LIST_MAX][8];
} model_entry;
static model_entry model[SPACES][KEYS];

typedef struct model_row {
  int64_t order, id;
  uint16_t group;
} model_row;
static model_row rows[20000];
static size_t row_count;
static int64_t next_id;

/* --- what was stored ----------------------------------------------------------------------------------------- */

static RN_VEC(rn_blob) stored[RN_KEY_GROUPS];
static size_t bases_seen, deltas_seen;

static void store(rn_snapshot *snapshot) {
  for (size_t i = 0; i < snapshot->blobs.len; i++) {
    rn_blob *b = &snapshot->blobs.data[i];
    assert_true(b->group < RN_KEY_GROUPS);
    if (b->is_base) {
      for (size_t k = 0; k < stored[b->group].len; k++) rn_free(stored[b->group].data[k].data);
      stored[b->group].len = 0;
      bases_seen++;
    } else {
      assert_true(stored[b->group].len > 0); /* a delta needs a base under it */
      deltas_seen++;
    }
    RN_VEC_PUSH(&stored[b->group], *b);
    b->data = NULL;
  }
  rn_snapshot_free(snapshot);
}
static void forget_stored(void) {
  for (unsigned g = 0; g < RN_KEY_GROUPS; g++) {
    for (size_t k = 0; k < stored[g].len; k++) rn_free(stored[g].data[k].data);
    RN_VEC_FREE(&stored[g]);
  }
}

/* --- the state ------------------------------------------------------------------------------------------------- */

typedef struct part {
  rn_state *state;
  rn_map *map;
  rn_buffer *buffer;
} part;
static part parts[PARTS_MAX];
static unsigned part_count;
static bool long_keys;

/* value: counter, ref to text, ref to list of {int64, ref} */
static const uint32_t nested[] = {8};
static const rn_ref_spec refs[] = {{.offset = 8}, {.offset = 16, .element_size = 16, .nested_count = 1, .nested = nested}};

static void open_parts(unsigned count) {
  part_count = count;
  for (unsigned p = 0; p < count; p++) {
    uint16_t first, last;
    rn_key_group_range(p, count, &first, &last);
    parts[p].state = rn_state_open("op", SEED, first, last);
    rn_map_spec spec = {.id = 1, .key_size = long_keys ? 0 : 8, .value_size = VALUE, .value_align = 8, .ref_count = 2, .refs = refs,
                         .tags = 1};
    parts[p].map = rn_state_map(parts[p].state, &spec);
    parts[p].buffer = rn_state_buffer(parts[p].state, 2);
  }
}
static void close_parts(void) {
  for (unsigned p = 0; p < part_count; p++) rn_state_close(parts[p].state);
}

static uint32_t make_key(uint32_t k, char *out, uint64_t *hash) {
  uint32_t len = 8;
  if (long_keys) {
    len = 3 + k % 70;
    for (uint32_t i = 0; i < len; i++) out[i] = (char)('a' + (k * 7 + i) % 26);
    memcpy(out, &k, 2);
    out[2] = 'x';
  } else {
    uint64_t v = k * 1000003ull;
    memcpy(out, &v, 8);
  }
  *hash = rn_hash(out, len, SEED);
  return len;
}
static part *owner(uint64_t hash) { return &parts[rn_key_group_owner(rn_key_group(hash), part_count)]; }

static void snapshot_all(void) {
  for (unsigned p = 0; p < part_count; p++) {
    rn_snapshot s = {0};
    rn_error err = {0};
    assert_int_equal(rn_state_snapshot(parts[p].state, &s, &err), RN_OK);
    store(&s);
  }
}
static void restore_into(unsigned count) {
  close_parts();
  open_parts(count);
  for (unsigned p = 0; p < count; p++) {
    for (unsigned g = 0; g < RN_KEY_GROUPS; g++) {
      for (size_t k = 0; k < stored[g].len; k++) {
        rn_error err = {0};
        assert_int_equal(rn_state_restore(parts[p].state, &stored[g].data[k], &err), RN_OK);
      }
    }
  }
}

static void check_entry(part *owner_part, const model_entry *e, uint8_t *slot) {
  rn_state *state = owner_part->state;
  int64_t counter;
  rn_ref text, list;
  memcpy(&counter, slot, 8);
  memcpy(&text, slot + 8, 8);
  memcpy(&list, slot + 16, 8);
  assert_int_equal(counter, e->counter);
  rn_slice s = rn_state_load(state, text);
  assert_int_equal(s.len, strlen(e->text));
  assert_memory_equal(s.ptr, e->text, s.len);
  assert_int_equal(rn_list_count(state, list), e->list_count);
  for (uint32_t i = 0; i < e->list_count; i++) {
    int64_t v;
    rn_ref inner;
    memcpy(&v, rn_list_at(state, list, i), 8);
    memcpy(&inner, rn_list_at(state, list, i) + 8, 8);
    assert_int_equal(v, e->list[i]);
    assert_true(rn_slice_is(rn_state_load(state, inner), e->list_text[i]));
  }
}

static int by_order_then_id(const void *x, const void *y) {
  const model_row *a = x, *b = y;
  if (a->order != b->order) return a->order < b->order ? -1 : 1;
  return a->id < b->id ? -1 : a->id > b->id;
}

static void check_all(void) {
  size_t live = 0;
  for (int64_t ns = 0; ns < SPACES; ns++) {
    for (uint32_t k = 0; k < KEYS; k++) {
      char key[96];
      uint64_t hash;
      uint32_t len = make_key(k, key, &hash);
      part *p = owner(hash);
      rn_table *t = rn_map_find(p->map, ns);
      uint8_t *slot = t ? rn_table_find(t, hash, key, len) : NULL;
      assert_int_equal(slot != NULL, model[ns][k].present);
      if (!slot) continue;
      live++;
      check_entry(p, &model[ns][k], slot);
      uint32_t tag = *rn_table_tag(slot);
      assert_true(tag == 0 || tag == k + 1);
      assert_ptr_equal(rn_table_at(t, rn_table_position(t, slot)), slot);
      rn_slice have = rn_table_key(t, slot);
      assert_true(rn_slice_eq(have, rn_slice_make(key, len)));
    }
  }
  size_t have = 0, buffered = 0;
  for (unsigned p = 0; p < part_count; p++) {
    buffered += rn_buffer_count(parts[p].buffer);
    for (uint32_t i = 0; i < rn_map_table_count(parts[p].map); i++) {
      rn_table *t = rn_map_table_at(parts[p].map, i);
      uint32_t seen = 0;
      for (uint32_t at = 0; at < rn_table_end(t); at++) seen += rn_table_at(t, at) != NULL;
      assert_int_equal(seen, rn_table_live(t));
      have += seen;
    }
  }
  assert_int_equal(have, live);
  assert_int_equal(buffered, row_count);
}

/* --- steps ---------------------------------------------------------------------------------------------------------- */

static void step_upsert(void) {
  uint32_t k = pick(KEYS), ns = pick(SPACES);
  char key[96];
  uint64_t hash;
  uint32_t len = make_key(k, key, &hash);
  part *p = owner(hash);
  model_entry *e = &model[ns][k];
  bool is_new;
  uint8_t *slot = rn_table_upsert_one(rn_map_table(p->map, ns), hash, key, len, &is_new);
  assert_int_equal(is_new, !e->present);
  if (is_new) *e = (model_entry){.present = true};
  if (is_new) assert_int_equal(*rn_table_tag(slot), 0);
  *rn_table_tag(slot) = k + 1;
  e->counter += k;
  memcpy(slot, &e->counter, 8);
  rn_ref ref;
  if (pick(3) == 0) {
    uint32_t n = pick(60);
    memset(e->text, 0, sizeof e->text);
    for (uint32_t i = 0; i < n; i++) e->text[i] = (char)('a' + pick(26));
    memcpy(&ref, slot + 8, 8);
    ref = rn_state_replace(p->state, ref, e->text, n);
    memcpy(slot + 8, &ref, 8);
  }
  memcpy(&ref, slot + 16, 8);
  if (e->list_count < LIST_MAX && pick(2) == 0) {
    uint8_t *element = rn_list_push(p->state, &ref, 16, pick(2) ? LIST_MAX : 0);
    int64_t v = pick(1000);
    (void)snprintf(e->list_text[e->list_count], sizeof e->list_text[0], "%u", pick(100000));
    rn_ref inner = rn_state_store(p->state, e->list_text[e->list_count], strlen(e->list_text[e->list_count]));
    memcpy(element, &v, 8);
    memcpy(element + 8, &inner, 8);
    e->list[e->list_count++] = v;
  } else if (e->list_count && pick(2) == 0) {
    rn_ref inner;
    memcpy(&inner, rn_list_at(p->state, ref, 0) + 8, 8);
    rn_state_release(p->state, inner);
    rn_list_pop(p->state, ref);
    e->list_count--;
    memmove(e->list, e->list + 1, e->list_count * sizeof e->list[0]);
    memmove(e->list_text, e->list_text + 1, e->list_count * sizeof e->list_text[0]);
  }
  memcpy(slot + 16, &ref, 8);
}

static void step_erase(void) {
  uint32_t k = pick(KEYS), ns = pick(SPACES);
  char key[96];
  uint64_t hash;
  uint32_t len = make_key(k, key, &hash);
  rn_table *t = rn_map_find(owner(hash)->map, ns);
  uint8_t *slot = t ? rn_table_find(t, hash, key, len) : NULL;
  if (slot) rn_table_erase(t, slot);
  model[ns][k].present = false;
}

static void step_seal(void) { /* whatever comes next must not notice */
  uint32_t ns = pick(SPACES);
  for (unsigned p = 0; p < part_count; p++) {
    rn_table *t = rn_map_find(parts[p].map, ns);
    if (t) rn_table_seal(t);
  }
}

static void step_drop(void) {
  uint32_t ns = pick(SPACES);
  for (unsigned p = 0; p < part_count; p++) rn_map_drop(parts[p].map, ns);
  for (uint32_t k = 0; k < KEYS; k++) model[ns][k].present = false;
}

static void step_add_row(int64_t now) {
  if (row_count == sizeof rows / sizeof rows[0]) return;
  uint16_t group = (uint16_t)pick(RN_KEY_GROUPS);
  model_row r = {now + (int64_t)pick(40) - 20, next_id++, group};
  rows[row_count++] = r;
  rn_buffer_add(parts[rn_key_group_owner(group, part_count)].buffer, r.order, group, (const char *)&r.id, 8);
}

static void step_take_rows(int64_t upto) {
  for (unsigned p = 0; p < part_count; p++) {
    model_row expected[sizeof rows / sizeof rows[0]];
    size_t n = 0, kept = 0;
    for (size_t i = 0; i < row_count; i++) {
      bool here = rn_key_group_owner(rows[i].group, part_count) == p && rows[i].order <= upto;
      if (here) expected[n++] = rows[i];
      else rows[kept++] = rows[i];
    }
    row_count = kept;
    qsort(expected, n, sizeof expected[0], by_order_then_id);
    const rn_buffered *got;
    assert_int_equal(rn_buffer_peek(parts[p].buffer, upto, &got), n);
    for (size_t i = 0; i < n; i++) {
      assert_int_equal(got[i].order, expected[i].order);
      assert_int_equal(got[i].length, 8);
    }
    /* within a group rows of equal order keep their order of arrival, over restores too */
    int64_t last_order[RN_KEY_GROUPS], last_id[RN_KEY_GROUPS];
    for (unsigned g = 0; g < RN_KEY_GROUPS; g++) last_order[g] = last_id[g] = INT64_MIN;
    int64_t sum_got = 0, sum_expected = 0;
    for (size_t i = 0; i < n; i++) {
      int64_t id;
      memcpy(&id, got[i].row, 8);
      sum_got += id * (got[i].order + 100);
      sum_expected += expected[i].id * (expected[i].order + 100);
      unsigned g = got[i].group;
      if (last_order[g] == got[i].order) assert_true(id > last_id[g]);
      last_order[g] = got[i].order;
      last_id[g] = id;
    }
    assert_int_equal(sum_got, sum_expected);
    rn_buffer_remove(parts[p].buffer, upto);
  }
}

static void run_model(uint64_t seed, bool variable) {
  static const unsigned sizes[] = {2, 1, 3, 2};
  unsigned at = 0;
  int64_t now = 0;
  random_state = seed;
  long_keys = variable;
  memset(model, 0, sizeof model);
  row_count = 0;
  bases_seen = deltas_seen = 0;
  open_parts(sizes[0]);
  for (uint32_t step = 1; step <= STEPS; step++) {
    uint32_t what = pick(1000);
    if (what < 700) step_upsert();
    else if (what < 780) step_erase();
    else if (what < 783) step_drop();
    else if (what < 790) step_seal();
    else if (what < 960) step_add_row(now);
    else if (what < 970) step_take_rows(now += pick(10));
    else if (what < 990) snapshot_all();
    if (step % 6000 == 0) {
      check_all();
      snapshot_all();
      restore_into(sizes[++at % 4]);
      check_all();
      if (step % 12000 == 0) { /* a second restore from the same blobs is the same */
        restore_into(sizes[at % 4]);
        check_all();
      }
    }
  }
  assert_true(bases_seen > 0 && deltas_seen > 0);
  close_parts();
  forget_stored();
}

static void test_fixed_keys(void **state) {
  (void)state;
  run_model(42, false);
}
static void test_variable_keys(void **state) {
  (void)state;
  run_model(4711, true);
}

/* Everything else empty again: memory of erased entries is used again, not added to. */
static void test_memory_is_reused(void **unused) {
  (void)unused;
  rn_state *state = rn_state_open("op", SEED, 0, RN_KEY_GROUPS);
  rn_map_spec spec = {.id = 1, .key_size = 8, .value_size = 16, .value_align = 8};
  rn_map *map = rn_state_map(state, &spec);
  size_t after_first = 0;
  for (int64_t window = 0; window < 200; window++) {
    rn_table *t = rn_map_table(map, window);
    for (uint64_t k = 0; k < 5000; k++) rn_table_upsert_one(t, rn_hash(&k, 8, SEED), (const char *)&k, 8, NULL);
    assert_int_equal(rn_table_live(t), 5000);
    if (window == 1) after_first = rn_state_bytes(state);
    rn_map_drop(map, window);
  }
  assert_true(rn_state_bytes(state) <= after_first);
  assert_int_equal(rn_state_rows(state), 0);
  /* nothing was ever stored of these windows: they leave no trace */
  rn_snapshot s = {0};
  rn_error err = {0};
  assert_int_equal(rn_state_snapshot(state, &s, &err), RN_OK);
  assert_int_equal(s.blobs.len, 0);
  rn_snapshot_free(&s);
  rn_state_close(state);
}

/* Entries come and go in batches, in a table large enough for its look-ups to ask for memory ahead: against an array. */
static void test_churn(void **unused) {
  (void)unused;
  enum { MANY = 40000, BATCH = 1000, ROUNDS = 600 };
  static uint64_t value_of[MANY]; /* 0: not there */
  rn_state *state = rn_state_open("op", SEED, 0, RN_KEY_GROUPS);
  rn_map_spec spec = {.id = 1, .key_size = 8, .value_size = 16, .value_align = 8};
  rn_table *t = rn_map_table(rn_state_map(state, &spec), 0);
  uint64_t random = 88172645463325252u, next_value = 1;
  size_t live = 0, most = 0;
  for (uint32_t round = 0; round < ROUNDS; round++) {
    uint64_t numbers[BATCH], hashes[BATCH];
    const char *bytes[BATCH];
    uint32_t lengths[BATCH];
    uint8_t *slots[BATCH];
    bool fresh[BATCH];
    uint64_t range = round % 100 < 50 ? MANY : MANY / 8; /* the table shrinks and grows */
    for (uint32_t i = 0; i < BATCH; i++) {
      random ^= random << 13, random ^= random >> 7, random ^= random << 17;
      numbers[i] = random % range;
      hashes[i] = rn_hash(&numbers[i], 8, SEED);
      bytes[i] = (const char *)&numbers[i];
      lengths[i] = 8;
    }
    rn_keys keys = {.count = BATCH, .hashes = hashes, .keys = bytes, .lengths = lengths};
    rn_table_upsert(t, &keys, NULL, BATCH, slots, fresh);
    for (uint32_t i = 0; i < BATCH; i++) {
      uint64_t *value = (uint64_t *)(void *)slots[i];
      assert_int_equal(fresh[i], value_of[numbers[i]] == 0);
      assert_int_equal(*value, value_of[numbers[i]]);
      if (fresh[i]) live++;
      *value = value_of[numbers[i]] = next_value++;
    }
    for (uint32_t i = 0, end = round % 100 < 50 ? BATCH / 3 : 2 * BATCH; i < end; i++) {
      random ^= random << 13, random ^= random >> 7, random ^= random << 17;
      uint64_t k = random % MANY;
      uint8_t *slot = rn_table_find(t, rn_hash(&k, 8, SEED), (const char *)&k, 8);
      assert_int_equal(slot != NULL, value_of[k] != 0);
      if (!slot) continue;
      assert_int_equal(*(uint64_t *)(void *)slot, value_of[k]);
      rn_table_erase(t, slot);
      value_of[k] = 0;
      live--;
    }
    if (live > most) most = live;
    assert_int_equal(rn_table_live(t), live);
    if (round % 150 == 149) rn_table_seal(t);
  }
  assert_true(most > 10000);
  assert_true(rn_state_bytes(state) < most * (13 + 3 + 16) + most * 12 + (200 << 10)); /* slots, index at its worst, a page */
  rn_state_close(state);
}

static void test_plain_map(void **unused) {
  (void)unused;
  rn_state *state = rn_state_open("op", SEED, 0, RN_KEY_GROUPS);
  rn_map_spec spec = {.id = 1, .value_size = 16, .value_align = 16, .transient = true, .tags = 1, .plain = true};
  rn_map *map = rn_state_map(state, &spec);
  for (int64_t round = 0; round < 3; round++) { /* pages are used again: slots must be zero all the same */
    rn_table *t = rn_map_table(map, round);
    for (uint32_t i = 0; i < 20000; i++) {
      uint8_t *slot = rn_table_append(t);
      int64_t v[2];
      memcpy(v, slot, sizeof v);
      assert_true(v[0] == 0 && v[1] == 0 && *rn_table_tag(slot) == 0);
      v[0] = v[1] = i;
      memcpy(slot, v, sizeof v);
      *rn_table_tag(slot) = i + 1;
    }
    assert_int_equal(rn_table_end(t), 20000);
    for (uint32_t i = 0; i < 20000; i++) assert_int_equal(*rn_table_tag(rn_table_at(t, i)), i + 1);
    rn_map_drop(map, round);
  }
  rn_snapshot s = {0};
  rn_error err = {0};
  assert_int_equal(rn_state_snapshot(state, &s, &err), RN_OK);
  assert_int_equal(s.blobs.len, 0);
  rn_snapshot_free(&s);
  rn_state_close(state);
}

static void test_damaged_blob(void **unused) {
  (void)unused;
  rn_state *state = rn_state_open("op", SEED, 0, RN_KEY_GROUPS);
  rn_map_spec spec = {.id = 1, .key_size = 8, .value_size = VALUE, .value_align = 8, .ref_count = 2, .refs = refs};
  rn_map *map = rn_state_map(state, &spec);
  uint64_t k = 5;
  uint8_t *slot = rn_table_upsert_one(rn_map_table(map, 3), rn_hash(&k, 8, SEED), (const char *)&k, 8, NULL);
  rn_ref text = rn_state_store(state, "hello", 5);
  memcpy(slot + 8, &text, 8);
  rn_snapshot s = {0};
  rn_error err = {0};
  assert_int_equal(rn_state_snapshot(state, &s, &err), RN_OK);
  assert_int_equal(s.blobs.len, 1);
  for (size_t cut = 1; cut < s.blobs.data[0].len; cut++) { /* never reads past the end, always tells */
    rn_state *other = rn_state_open("op", SEED, 0, RN_KEY_GROUPS);
    rn_state_map(other, &spec);
    rn_blob part_of = s.blobs.data[0];
    part_of.data = rn_malloc(cut);
    memcpy(part_of.data, s.blobs.data[0].data, cut);
    part_of.len = cut;
    rn_error_clear(&err);
    assert_int_equal(rn_state_restore(other, &part_of, &err), RN_FAIL);
    assert_int_equal(err.code, RN_E_STATE_CORRUPT);
    rn_free(part_of.data);
    rn_state_close(other);
  }
  rn_snapshot_free(&s);
  rn_state_close(state);
}

/* --- keys --------------------------------------------------------------------------------------------------------- */

static void fill(rn_batch *b, uint32_t n, rn_arena *arena) {
  static const char *const words[] = {"", "a", "ab", "twelve bytes", "more than twelve bytes", "more than twelve bytez"};
  static const double doubles[] = {0.0, -0.0, 1.5, -2.25, 1e300};
  for (uint32_t c = 0; c < b->column_count; c++) {
    rn_column *col = &b->columns[c];
    rn_column_nullable(col, n, arena);
    for (uint32_t i = 0; i < n; i++) {
      if (pick(6) == 0) {
        rn_set_null(col, i);
        continue;
      }
      switch (rn_type_physical(col->type)) {
        case RN_P_BOOL: ((uint8_t *)col->data)[i] = (uint8_t)pick(2); break;
        case RN_P_I8: ((int8_t *)col->data)[i] = (int8_t)((int)pick(3) - 1); break;
        case RN_P_I32: ((int32_t *)col->data)[i] = (int32_t)pick(3) - 1; break;
        case RN_P_I64: ((int64_t *)col->data)[i] = (int64_t)pick(3) * 1000000007; break;
        case RN_P_I128: ((rn_i128 *)col->data)[i] = (rn_i128)pick(3) << 80; break;
        case RN_P_F64: ((double *)col->data)[i] = doubles[pick(5)]; break;
        case RN_P_STR: ((rn_str *)col->data)[i] = rn_str_make(words[pick(6)], strlen(words[0])); break;
        default: break;
      }
      if (rn_type_physical(col->type) == RN_P_STR) {
        const char *w = words[pick(6)];
        ((rn_str *)col->data)[i] = rn_str_make(w, strlen(w));
      }
    }
  }
}

static bool equal_at(const rn_column *c, uint32_t a, const rn_column *d, uint32_t b) {
  if (rn_is_null(c, a) || rn_is_null(d, b)) return rn_is_null(c, a) && rn_is_null(d, b);
  rn_physical p = rn_type_physical(c->type);
  if (p == RN_P_STR) return rn_str_eq((const rn_str *)c->data + a, (const rn_str *)d->data + b);
  if (p == RN_P_F64) return ((const double *)c->data)[a] == ((const double *)d->data)[b];
  size_t w = rn_physical_width(p);
  return memcmp((const char *)c->data + w * a, (const char *)d->data + w * b, w) == 0;
}

static void check_keys(const rn_schema *schema) {
  enum { N = 300 };
  rn_arena arena;
  rn_arena_init(&arena);
  rn_batch b, back;
  rn_batch_init(&b, schema, N, &arena);
  b.rows = b.live_count = N;
  fill(&b, N, &arena);
  uint16_t live[N];
  uint32_t n = 0;
  for (uint32_t i = 0; i < N; i++) {
    if (pick(3)) live[n++] = (uint16_t)i;
  }
  b.live = live;
  b.live_count = n;
  uint32_t columns[16];
  const rn_type *types[16];
  for (uint32_t c = 0; c < schema->count; c++) {
    columns[c] = c;
    types[c] = schema->fields[c].type;
  }
  rn_keys keys;
  rn_keys_encode(&keys, &b, columns, schema->count, SEED, &arena);
  assert_int_equal(keys.count, n);
  uint32_t fixed = rn_key_fixed_size(types, schema->count);
  rn_batch_init(&back, schema, n, &arena);
  for (uint32_t i = 0; i < n; i++) {
    if (fixed) assert_int_equal(keys.lengths[i], fixed);
    rn_key_decode(keys.keys[i], keys.lengths[i], back.columns, schema->count, i, n, &arena);
  }
  for (uint32_t i = 0; i < n; i++) {
    assert_true(keys.hashes[i] == rn_hash(keys.keys[i], keys.lengths[i], SEED));
    for (uint32_t c = 0; c < schema->count; c++) assert_true(equal_at(&b.columns[c], live[i], &back.columns[c], i));
    for (uint32_t k = 0; k < n; k++) {
      bool same = true;
      for (uint32_t c = 0; c < schema->count; c++) same = same && equal_at(&b.columns[c], live[i], &b.columns[c], live[k]);
      bool same_key = keys.lengths[i] == keys.lengths[k] && memcmp(keys.keys[i], keys.keys[k], keys.lengths[i]) == 0;
      assert_int_equal(same, same_key);
    }
  }
  rn_arena_free(&arena);
}

static void test_key_encoding(void **unused) {
  (void)unused;
  random_state = 99;
  rn_arena arena;
  rn_arena_init(&arena);
  const rn_type *bigint = rn_type_basic(RN_T_BIGINT, true), *text = rn_type_basic(RN_T_VARCHAR, true);
  const rn_type *wide = rn_type_decimal(&arena, 30, 2, true);
  rn_field one[] = {{"a", bigint}};
  rn_field fixed[] = {{"a", rn_type_basic(RN_T_INT, true)}, {"b", rn_type_basic(RN_T_BOOLEAN, true)}, {"c", wide},
                      {"d", rn_type_basic(RN_T_DOUBLE, true)}, {"e", rn_type_basic(RN_T_TINYINT, true)}};
  rn_field mixed[] = {{"s", text}, {"a", bigint}, {"t", text}, {"d", rn_type_basic(RN_T_DOUBLE, true)}};
  rn_field strings[] = {{"s", text}, {"t", text}};
  check_keys(&(rn_schema){1, one});
  check_keys(&(rn_schema){5, fixed});
  check_keys(&(rn_schema){4, mixed});
  check_keys(&(rn_schema){2, strings});
  rn_arena_free(&arena);
}

/* Finding an element by a word of it, in a ring that goes around its end. */
static void test_list_find(void **state) {
  (void)state;
  rn_state *s = rn_state_open("x", 1, 0, RN_KEY_GROUPS);
  rn_ref list = 0;
  assert_int_equal(rn_list_find(s, list, 0, 4, 7), 0);
  for (uint32_t i = 0; i < 40; i++) {
    uint32_t element[2] = {i, i % 8};
    memcpy(rn_list_push(s, &list, sizeof element, 0), element, sizeof element);
    if (i % 4 != 3) continue;
    for (uint32_t k = 0; k < 3; k++) rn_list_pop(s, list);
    uint32_t count = rn_list_count(s, list);
    for (uint32_t value = 0; value < 9; value++)
      for (uint32_t from = 0; from <= count; from++) {
        uint32_t want = from;
        for (; want < count; want++) {
          uint32_t word;
          memcpy(&word, rn_list_at(s, list, want) + 4, sizeof word);
          if (word == value) break;
        }
        assert_int_equal(rn_list_find(s, list, from, 4, value), want);
      }
  }
  rn_state_close(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_list_find), cmocka_unit_test(test_fixed_keys), cmocka_unit_test(test_variable_keys),
                                     cmocka_unit_test(test_churn), cmocka_unit_test(test_memory_is_reused), cmocka_unit_test(test_plain_map),
                                     cmocka_unit_test(test_damaged_blob),
                                     cmocka_unit_test(test_key_encoding)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
