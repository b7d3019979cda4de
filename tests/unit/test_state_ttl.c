/* Time to live of keyed state: random operations against a model that looks at every entry, snapshots and restores on the way;
 * what belongs to an entry of another map; and blobs read by a map with another ttl, or none. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/hash.h"
#include "runtime/state.h"
#include "random.h"

enum { KEYS = 60, ELEMENTS = 8, STEPS = 40000, TTL = 1000 };
static const uint64_t SEED = 5;

typedef struct element { /* of a list */
  rn_ref text;
  int64_t id;
} element;

typedef struct slot {
  int64_t counter;
  rn_ref text, list;
} slot;

static rn_map *open_map(rn_state *state, int64_t ttl_us) {
  static const uint32_t nested[] = {offsetof(element, text)};
  static const rn_ref_spec refs[] = {
      {.offset = offsetof(slot, text)},
      {.offset = offsetof(slot, list), .element_size = sizeof(element), .nested_count = 1, .nested = nested, .stamped = true}};
  rn_map_spec spec = {.id = 1, .value_size = sizeof(slot), .value_align = 8, .ref_count = 2, .refs = refs, .ttl_us = ttl_us};
  return rn_state_map(state, &spec);
}

/* --- blobs ---------------------------------------------------------------------------------------------------- */

typedef struct blobs {
  RN_VEC(rn_blob) items;
} blobs;

static void forget_blobs(blobs *b) {
  for (size_t i = 0; i < b->items.len; i++) rn_free(b->items.data[i].data);
  RN_VEC_FREE(&b->items);
}

/* Takes a snapshot over: a base replaces what its group had. */
static void keep(blobs *b, rn_state *state) {
  rn_snapshot snapshot = {0};
  rn_error err = {0};
  assert_int_equal(rn_state_snapshot(state, &snapshot, &err), RN_OK);
  for (size_t i = 0; i < snapshot.blobs.len; i++) {
    rn_blob blob = snapshot.blobs.data[i];
    size_t n = 0;
    for (size_t k = 0; k < b->items.len; k++) {
      if (blob.is_base && b->items.data[k].group == blob.group) rn_free(b->items.data[k].data);
      else b->items.data[n++] = b->items.data[k];
    }
    b->items.len = n;
    RN_VEC_PUSH(&b->items, blob);
  }
  RN_VEC_FREE(&snapshot.blobs);
}

static void restore(const blobs *b, rn_state *state) {
  rn_error err = {0};
  for (size_t i = 0; i < b->items.len; i++) assert_int_equal(rn_state_restore(state, &b->items.data[i], &err), RN_OK);
}

/* --- the model ------------------------------------------------------------------------------------------------- */

typedef struct model_element {
  int64_t id, written;
} model_element;
typedef struct model_entry {
  bool present;
  int64_t written, counter;
  uint32_t count;
  model_element list[ELEMENTS];
} model_entry;
static model_entry model[KEYS];
static int64_t now;

static bool lives(const model_entry *e) { return e->present && now - e->written < TTL; }

static uint32_t key_of(uint32_t k, char *out) {
  int n = k % 3 ? snprintf(out, 64, "key %u", k) : snprintf(out, 64, "a key that is longer than what a slot takes %u", k);
  return (uint32_t)n;
}

static void check_list(rn_state *state, const rn_map *map, const slot *s, const model_entry *e) {
  uint32_t seen = 0, count = rn_list_count(state, s->list), living = 0;
  char text[32];
  for (uint32_t m = 0; m < e->count; m++) living += now - e->list[m].written < TTL;
  for (uint32_t i = 0, m = 0; i < count; i++) {
    const uint8_t *bytes = rn_list_at(state, s->list, i);
    const element *x = (const element *)(const void *)bytes;
    if (rn_element_expired(map, bytes, sizeof(element))) continue;
    while (m < e->count && now - e->list[m].written >= TTL) m++;
    assert_true(m < e->count);
    assert_int_equal(x->id, e->list[m++].id);
    snprintf(text, sizeof text, "element %lld", (long long)x->id);
    assert_true(rn_slice_eq(rn_state_load(state, x->text), rn_slice_of(text)));
    seen++;
  }
  assert_int_equal(seen, living);
}

static void check_key(rn_state *state, rn_map *map, uint32_t k) {
  char key[64], text[32];
  uint32_t len = key_of(k, key);
  const model_entry *e = &model[k];
  const slot *s = (const slot *)(const void *)rn_table_find(rn_map_table(map, 0), rn_hash(key, len, SEED), key, len);
  assert_int_equal(s != NULL, lives(e));
  if (!s) return;
  assert_int_equal(s->counter, e->counter);
  snprintf(text, sizeof text, "value %lld", (long long)e->counter);
  assert_true(rn_slice_eq(rn_state_load(state, s->text), rn_slice_of(text)));
  check_list(state, map, s, e);
}

static void write_key(rn_state *state, rn_map *map, uint32_t k) {
  char key[64], text[32];
  uint32_t len = key_of(k, key);
  model_entry *e = &model[k];
  bool is_new, was = lives(e);
  slot *s = (slot *)(void *)rn_table_upsert_one(rn_map_table(map, 0), rn_hash(key, len, SEED), key, len, &is_new);
  assert_int_equal(is_new, !was);
  if (!was) *e = (model_entry){.present = true};
  assert_int_equal(s->counter, e->counter);
  e->written = now;
  e->counter = ++s->counter;
  snprintf(text, sizeof text, "value %lld", (long long)s->counter);
  s->text = rn_state_replace(state, s->text, text, strlen(text));
  if (roll(2) || e->count == ELEMENTS) return;
  uint8_t *bytes = rn_list_push(state, &s->list, rn_element_size(map, sizeof(element)), 0);
  int64_t id = (int64_t)roll(100000);
  snprintf(text, sizeof text, "element %lld", (long long)id);
  *(element *)(void *)bytes = (element){rn_state_store(state, text, strlen(text)), id};
  rn_element_write(map, bytes, sizeof(element));
  e->list[e->count++] = (model_element){id, now};
}

static void touch_key(rn_map *map, uint32_t k) {
  char key[64];
  uint32_t len = key_of(k, key);
  rn_table *t = rn_map_table(map, 0);
  uint8_t *s = rn_table_find(t, rn_hash(key, len, SEED), key, len);
  assert_int_equal(s != NULL, lives(&model[k]));
  if (!s) return;
  rn_table_touch(t, s);
  model[k].written = now;
}

/* A whole round: nothing that has expired is held any more. */
static void sweep(rn_state *state) {
  while (!rn_state_expire(state, 7)) continue;
  while (!rn_state_expire(state, 7)) continue; /* the first may have begun in the middle */
  uint32_t living = 0;
  for (uint32_t k = 0; k < KEYS; k++) {
    model_entry *e = &model[k];
    living += lives(e);
    uint32_t n = 0;
    for (uint32_t m = 0; m < e->count; m++)
      if (now - e->list[m].written < TTL) e->list[n++] = e->list[m];
    e->count = n;
  }
  assert_int_equal(rn_state_rows(state), living);
}

static void test_random(void **unused) {
  (void)unused;
  rn_state *state = rn_state_open("test", SEED, 0, RN_KEY_GROUPS);
  rn_map *map = open_map(state, TTL);
  blobs stored = {0};
  assert_int_equal(rn_state_ttl(state), TTL);
  now = 1700000000000000;
  rn_state_set_now(state, now);
  for (uint32_t step = 0; step < STEPS; step++) {
    uint32_t k = roll(KEYS);
    switch (roll(12)) {
      case 0: case 1: case 2:
        now += roll(40);
        rn_state_set_now(state, now);
        break;
      case 3: touch_key(map, k); break;
      case 4: (void)rn_state_expire(state, roll(20)); break;
      case 5:
        if (roll(20) == 0) sweep(state);
        else if (roll(3) == 0) keep(&stored, state);
        break;
      case 6:
        if (roll(40)) break;
        keep(&stored, state);
        rn_state_close(state);
        state = rn_state_open("test", SEED, 0, RN_KEY_GROUPS);
        map = open_map(state, TTL);
        rn_state_set_now(state, now += roll(200)); /* it was away */
        restore(&stored, state);
        break;
      case 7: case 8: check_key(state, map, k); break;
      default: write_key(state, map, k); break;
    }
  }
  for (uint32_t k = 0; k < KEYS; k++) check_key(state, map, k);
  rn_state_set_now(state, now += TTL);
  sweep(state);
  assert_int_equal(rn_state_rows(state), 0);
  rn_state_close(state);
  forget_blobs(&stored);
}

static void test_all_goes(void **unused) { /* memory comes back */
  (void)unused;
  rn_state *state = rn_state_open("test", SEED, 0, RN_KEY_GROUPS);
  rn_map *map = open_map(state, TTL);
  size_t most = 0;
  memset(model, 0, sizeof model);
  now = 0;
  for (uint32_t round = 0; round < 300; round++) {
    rn_state_set_now(state, now += TTL);
    while (!rn_state_expire(state, 1000)) continue;
    for (uint32_t k = 0; k < KEYS; k++) write_key(state, map, k);
    if (round == 10) most = rn_state_bytes(state);
  }
  assert_true(rn_state_bytes(state) <= most + most / 4);
  rn_state_close(state);
}

/* --- another ttl ----------------------------------------------------------------------------------------------- */

static void test_other_ttl(void **unused) {
  (void)unused;
  const int64_t ttls[] = {0, TTL, 10 * TTL};
  for (unsigned from = 0; from < 3; from++) {
    for (unsigned to = 0; to < 3; to++) {
      rn_state *state = rn_state_open("test", SEED, 0, RN_KEY_GROUPS);
      rn_map *map = open_map(state, ttls[from]);
      blobs stored = {0};
      memset(model, 0, sizeof model);
      now = 1000000;
      rn_state_set_now(state, now);
      for (uint32_t i = 0; i < 3 * KEYS; i++) write_key(state, map, i % KEYS);
      keep(&stored, state);
      rn_state_close(state);
      state = rn_state_open("test", SEED, 0, RN_KEY_GROUPS);
      map = open_map(state, ttls[to]);
      rn_state_set_now(state, now + TTL / 2);
      restore(&stored, state);
      for (uint32_t k = 0; k < KEYS; k++) check_key(state, map, k);
      /* without a stamp, time begins when it is read */
      rn_state_set_now(state, now + TTL + TTL / 4);
      bool gone = to == 1 && from != 0;
      assert_int_equal(rn_table_find(rn_map_table(map, 0), rn_hash("key 1", 5, SEED), "key 1", 5) == NULL, gone);
      rn_state_close(state);
      forget_blobs(&stored);
    }
  }
}

/* --- owners ---------------------------------------------------------------------------------------------------- */

typedef struct owned {
  rn_state *state;
  rn_map *owners, *values;
} owned;

static owned open_owned(void) {
  owned o = {.state = rn_state_open("test", SEED, 0, RN_KEY_GROUPS)};
  rn_map_spec owners = {.id = 1, .value_size = 8, .value_align = 8, .ttl_us = TTL};
  o.owners = rn_state_map(o.state, &owners);
  rn_map_spec values = {.id = 2, .value_size = 8, .value_align = 8, .ttl_us = 1, .owner = o.owners};
  o.values = rn_state_map(o.state, &values);
  return o;
}

/* The owner's key is written; counts how often it has had the value. */
static int64_t add(const owned *o, const char *key, const char *value) {
  rn_table *owners = rn_map_table(o->owners, 0), *values = rn_map_table(o->values, 0);
  uint64_t hash = rn_hash(key, strlen(key), SEED);
  uint8_t *owner = rn_table_upsert_one(owners, hash, key, (uint32_t)strlen(key), NULL);
  rn_builder b = {0};
  rn_put_bytes(&b, key, strlen(key));
  rn_builder_text(&b, value);
  uint64_t mine = (hash & ~(UINT64_MAX >> 7)) | rn_hash(b.data, b.len, SEED) >> 7;
  bool is_new;
  uint8_t *entry = rn_table_upsert_one(values, mine, b.data, (uint32_t)b.len, &is_new);
  is_new = rn_table_adopt(values, entry, owners, owner, is_new);
  assert_true(rn_table_owns(values, entry, owners, owner));
  int64_t count;
  memcpy(&count, entry, sizeof count);
  assert_int_equal(is_new, count == 0);
  count++;
  memcpy(entry, &count, sizeof count);
  rn_builder_free(&b);
  return count;
}

static void test_owners(void **unused) {
  (void)unused;
  owned o = open_owned();
  blobs stored = {0};
  rn_state_set_now(o.state, 100);
  assert_int_equal(add(&o, "a", "x"), 1);
  assert_int_equal(add(&o, "b", "x"), 1);
  for (int64_t at = 600; at < 5000; at += 500) { /* the owner lives, and so does a value that is not seen again */
    rn_state_set_now(o.state, at);
    assert_int_equal(add(&o, "a", "y"), at / 500);
    while (!rn_state_expire(o.state, 3)) continue;
  }
  assert_int_equal(add(&o, "a", "x"), 2);
  assert_int_equal(rn_state_rows(o.state), 3); /* b has gone, and its value with it */
  keep(&stored, o.state);
  rn_state_close(o.state);
  o = open_owned();
  rn_state_set_now(o.state, 4700);
  restore(&stored, o.state);
  assert_int_equal(add(&o, "a", "x"), 3);
  rn_state_set_now(o.state, 4700 + TTL);
  assert_int_equal(add(&o, "a", "x"), 1); /* another a */
  assert_int_equal(rn_state_rows(o.state), 3);
  while (!rn_state_expire(o.state, 3)) continue;
  while (!rn_state_expire(o.state, 3)) continue;
  assert_int_equal(rn_state_rows(o.state), 2); /* the y of the first one was nobody's */
  rn_state_close(o.state);
  forget_blobs(&stored);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_random), cmocka_unit_test(test_all_goes), cmocka_unit_test(test_other_ttl),
                                     cmocka_unit_test(test_owners)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
