/* Time to live of keyed state: see state.h.
 *
 * Each entry of such a map has a stamp behind its value: when it was written, when it was born. Whoever looks an entry up
 * compares (state_map.c), so that nothing old is ever seen; the sweep here only gives memory back. What belongs to an
 * entry of another map (the values that a DISTINCT has seen) bears when its owner was born: when the owner goes and comes
 * again it is another one, and so the entry is nobody's, without a list of who owns what. */
#include "base/hash.h"
#include "runtime/state_private.h"

void rn_state_set_now(rn_state *state, int64_t now_us) { state->now_us = now_us; }

int64_t rn_state_ttl(const rn_state *state) {
  int64_t largest = 0;
  for (size_t i = 0; i < state->maps.len; i++)
    if (state->maps.data[i]->spec.ttl_us > largest) largest = state->maps.data[i]->spec.ttl_us;
  return largest;
}

bool rn_slot_write(rn_map *map, uint8_t *value) {
  stamp *s = stamp_of(map, value);
  if (map->spec.owner) return false;
  bool expired = is_idle(map, s->written); /* a new one was never written */
  if (expired) {
    rn_slot_clear(map, value);
    s->born = map->state->now_us;
  }
  s->written = map->state->now_us;
  return expired;
}

/* --- owners --------------------------------------------------------------------------------------------------- */

bool rn_table_owns(const rn_table *table, const uint8_t *slot, const rn_table *owners, const uint8_t *owner) {
  return stamp_of(table->map, slot)->born == stamp_of(owners->map, owner)->born;
}

bool rn_table_adopt(rn_table *table, uint8_t *slot, const rn_table *owners, const uint8_t *owner, bool is_new) {
  if (!is_new && rn_table_owns(table, slot, owners, owner)) return false;
  if (!is_new) rn_slot_clear(table->map, slot);
  stamp_of(table->map, slot)->born = stamp_of(owners->map, owner)->born;
  return true;
}

static bool is_orphan(const rn_table *table, const uint8_t *slot) {
  const rn_table *owners = rn_map_find(table->map->spec.owner, table->ns);
  rn_slice key = rn_table_key(table, slot);
  rn_reader r = {key.ptr, key.ptr + key.len, false};
  key = rn_get_bytes(&r);
  const uint8_t *owner =
      owners ? rn_table_find(owners, rn_hash(key.ptr, key.len, table->map->state->seed), key.ptr, (uint32_t)key.len) : NULL;
  return !owner || !rn_table_owns(table, slot, owners, owner);
}

/* --- elements of lists ------------------------------------------------------------------------------------------ */

uint32_t rn_element_size(const rn_map *map, uint32_t size) { return size + (map->stamp_offset ? (uint32_t)sizeof(int64_t) : 0); }

void rn_element_write(const rn_map *map, uint8_t *element, uint32_t size) {
  if (map->stamp_offset) memcpy(element + size, &map->state->now_us, sizeof(int64_t));
}

bool rn_element_expired(const rn_map *map, const uint8_t *element, uint32_t size) {
  int64_t written;
  if (!map->stamp_offset) return false;
  memcpy(&written, element + size, sizeof written);
  return is_idle(map, written);
}

/* Those that stay move to the end, in their order; what is before them leaves. */
static void expire_elements(rn_table *t, uint8_t *slot, const rn_ref_spec *spec) {
  rn_state *state = t->map->state;
  uint32_t size = spec->element_size, bare = size - (uint32_t)sizeof(int64_t);
  rn_ref list;
  memcpy(&list, slot + spec->offset, sizeof list);
  uint32_t first = rn_list_count(state, list); /* of those that stay */
  for (uint32_t i = first; i-- > 0;) {
    uint8_t *element = rn_list_at(state, list, i);
    if (!rn_element_expired(t->map, element, bare)) {
      if (--first != i) memcpy(rn_list_at(state, list, first), element, size);
      continue;
    }
    for (uint32_t k = 0; k < spec->nested_count; k++) {
      rn_ref nested;
      memcpy(&nested, element + spec->nested[k], sizeof nested);
      rn_state_release(state, nested);
    }
  }
  if (!first) return;
  while (first--) rn_list_pop(state, list);
  int64_t written = stamp_of(t->map, slot)->written;
  rn_table_touch(t, slot); /* to be stored again, not written */
  stamp_of(t->map, slot)->written = written;
}

/* --- the sweep --------------------------------------------------------------------------------------------------- */

static void expire_entry(rn_table *t, uint8_t *slot) {
  rn_map *map = t->map;
  if (map->spec.owner ? is_orphan(t, slot) : has_expired(map, slot)) {
    rn_table_erase(t, slot);
    return;
  }
  for (uint32_t r = 0; r < map->spec.ref_count; r++)
    if (map->spec.refs[r].stamped) expire_elements(t, slot, &map->spec.refs[r]);
}

bool rn_state_expire(rn_state *state, uint32_t visits) {
  for (; state->swept_map < state->maps.len; state->swept_map++, state->swept = 0) {
    rn_map *map = state->maps.data[state->swept_map];
    rn_table *t = map->stamp_offset ? rn_map_find(map, 0) : NULL;
    for (; t && state->swept < t->end; state->swept++) {
      if (!visits--) return false;
      uint8_t *slot = rn_table_at(t, state->swept);
      if (slot) expire_entry(t, slot);
    }
  }
  state->swept_map = 0;
  return true;
}
