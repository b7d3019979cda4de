/* Values of ARRAY, MAP and MULTISET columns (runtime/collection.h). A MAP is looked up by going through its entries: maps
 * of events hold a handful, and the entries lie side by side. */
#include "runtime/collection.h"

#include "base/hash.h"
#include "runtime/functions/scalar.h"

void rn_items_open(rn_column *c, uint32_t row) {
  rn_list *list = (rn_list *)c->data + row;
  list->offset = c->child_count ? c->children[0].used : 0;
  list->length = 0;
  if (c->valid) rn_set_valid(c, row);
}

uint32_t rn_items_extend(rn_column *c, uint32_t row, uint32_t more, rn_arena *arena) {
  uint32_t first = 0;
  for (uint32_t i = 0; i < c->child_count; i++) {
    first = rn_column_append(&c->children[i], more, arena);
    if (!c->children[i].valid) continue;
    for (uint32_t k = 0; k < more; k++) rn_set_valid(&c->children[i], first + k);
  }
  ((rn_list *)c->data)[row].length += more;
  return first;
}

void rn_items_push(rn_column *c, uint32_t row, const rn_column *from, uint32_t from_row, rn_arena *arena) {
  uint32_t at = rn_items_extend(c, row, 1, arena);
  rn_column_copy_value(&c->children[0], at, from, from_row, c->children[0].capacity, arena);
}

void rn_items_push_null(rn_column *c, uint32_t row, rn_arena *arena) {
  rn_column none = {.type = rn_type_basic(RN_T_NULL, true), .valid = &(uint64_t){0}, .constant = true};
  uint32_t at = rn_items_extend(c, row, 1, arena);
  for (uint32_t i = 0; i < c->child_count; i++) rn_column_copy_value(&c->children[i], at, &none, 0, c->children[i].capacity, arena);
}

void rn_items_push_range(rn_column *c, uint32_t row, const rn_column *from, uint32_t first, uint32_t count, rn_arena *arena) {
  uint32_t at = rn_items_extend(c, row, count, arena);
  for (uint32_t i = 0; i < c->child_count; i++) {
    rn_column_copy_range(&c->children[i], at, &from->children[i], first, count, c->children[i].capacity, arena);
  }
}

int64_t rn_items_search(const rn_column *child, rn_list list, const rn_column *needle, uint32_t needle_row) {
  for (uint32_t i = 0; i < list.length; i++) {
    if (rn_value_same(child, list.offset + i, needle, needle_row)) return list.offset + i;
  }
  return -1;
}

int64_t rn_items_find(const rn_column *map, uint32_t row, const rn_column *key, uint32_t key_row) {
  return rn_items_search(&map->children[0], rn_items_at(map, row), key, key_row);
}

void rn_items_put(rn_column *c, uint32_t row, const rn_column *key, uint32_t key_row, const rn_column *value, uint32_t value_row,
                rn_arena *arena) {
  int64_t at = rn_items_find(c, row, key, key_row);
  if (at < 0) {
    at = rn_items_extend(c, row, 1, arena);
    rn_column_copy_value(&c->children[0], (uint32_t)at, key, key_row, c->children[0].capacity, arena);
  }
  rn_column_copy_value(&c->children[1], (uint32_t)at, value, value_row, c->children[1].capacity, arena);
}

void rn_items_add(rn_column *c, uint32_t row, const rn_column *element, uint32_t element_row, int32_t count, rn_arena *arena) {
  int64_t at = rn_items_find(c, row, element, element_row);
  if (at < 0) {
    at = rn_items_extend(c, row, 1, arena);
    rn_column_copy_value(&c->children[0], (uint32_t)at, element, element_row, c->children[0].capacity, arena);
    ((int32_t *)c->children[1].data)[at] = 0;
  }
  ((int32_t *)c->children[1].data)[at] += count;
}

/* --- keys that come twice ------------------------------------------------------------------------------------------ */

enum { FEW = 16 }; /* entries: compared one with another, more through a table of hashes */

/* Entry `from` of the list takes the place `to`. */
static void move_entry(rn_column *c, uint32_t from, uint32_t to, uint32_t first_child, rn_arena *arena) {
  for (uint32_t k = first_child; k < c->child_count; k++) {
    rn_column_copy_value(&c->children[k], to, &c->children[k], from, c->children[k].capacity, arena);
  }
}

/* The place among the entries kept so far where the key of entry i is; -1. table: NULL for few. */
static int64_t find_kept(const rn_column *keys, rn_list list, uint32_t kept, uint32_t i, uint32_t *table, uint32_t mask) {
  if (!table) return rn_items_search(keys, (rn_list){list.offset, kept}, keys, list.offset + i);
  uint32_t slot = (uint32_t)rn_value_hash(keys, list.offset + i) & mask;
  for (; table[slot]; slot = (slot + 1) & mask) {
    uint32_t at = list.offset + table[slot] - 1;
    if (rn_value_same(keys, at, keys, list.offset + i)) return at;
  }
  table[slot] = kept + 1;
  return -1;
}

void rn_items_unique(rn_column *c, uint32_t row, rn_arena *arena) {
  rn_list *list = (rn_list *)c->data + row;
  uint32_t kept = 0, mask = 2 * FEW - 1, *table = NULL;
  if (list->length > FEW) {
    while (mask < list->length * 2u) mask = mask * 2 + 1;
    table = rn_arena_zalloc(arena, ((size_t)mask + 1) * sizeof *table);
  }
  for (uint32_t i = 0; i < list->length; i++) {
    int64_t at = find_kept(&c->children[0], *list, kept, i, table, mask);
    if (at >= 0) {
      move_entry(c, list->offset + i, (uint32_t)at, 1, arena);
    } else {
      if (kept != i) move_entry(c, list->offset + i, list->offset + kept, 0, arena);
      kept++;
    }
  }
  for (uint32_t k = 0; k < c->child_count && kept < list->length; k++) c->children[k].used = list->offset + kept;
  list->length = kept;
}

/* --- sameness ---------------------------------------------------------------------------------------------------- */

static bool same_entries(const rn_column *a, rn_list la, const rn_column *b, rn_list lb) {
  for (uint32_t i = 0; i < la.length; i++) {
    int64_t at = rn_items_search(&b->children[0], lb, &a->children[0], la.offset + i);
    if (at < 0 || !rn_value_same(&a->children[1], la.offset + i, &b->children[1], (uint32_t)at)) return false;
  }
  return true;
}

bool rn_value_same(const rn_column *a, uint32_t ra, const rn_column *b, uint32_t rb) {
  if (a->constant) ra = 0;
  if (b->constant) rb = 0;
  bool na = a->type->id == RN_T_NULL || rn_is_null(a, ra), nb = b->type->id == RN_T_NULL || rn_is_null(b, rb);
  if (na || nb) return na && nb;
  switch (rn_type_physical(a->type)) {
    case RN_P_ROW:
      for (uint32_t i = 0; i < a->child_count; i++) {
        if (!rn_value_same(&a->children[i], ra, &b->children[i], rb)) return false;
      }
      return true;
    case RN_P_LIST: {
      rn_list la = rn_items_at(a, ra), lb = rn_items_at(b, rb);
      if (la.length != lb.length) return false;
      if (a->type->id != RN_T_ARRAY) return same_entries(a, la, b, lb);
      for (uint32_t i = 0; i < la.length; i++) {
        if (!rn_value_same(&a->children[0], la.offset + i, &b->children[0], lb.offset + i)) return false;
      }
      return true;
    }
    default: return rn_column_compare(a, ra, b, rb) == 0;
  }
}

/* The finaliser of MurmurHash3 (Appleby 2011). */
static uint64_t mix(uint64_t h) {
  h = (h ^ (h >> 33)) * UINT64_C(0xff51afd7ed558ccd);
  h = (h ^ (h >> 33)) * UINT64_C(0xc4ceb9fe1a85ec53);
  return h ^ (h >> 33);
}

/* -0.0 and 0.0 compare as equal, and every NaN is the same one. */
static uint64_t hash_real(double d) {
  uint64_t bits = 0;
  if (d != d) return mix(UINT64_C(0x7ff8000000000000));
  if (d != 0) memcpy(&bits, &d, sizeof bits);
  return mix(bits + 1);
}

uint64_t rn_value_hash(const rn_column *c, uint32_t row) {
  if (c->constant) row = 0;
  if (c->type->id == RN_T_NULL || rn_is_null(c, row)) return UINT64_C(0x9e3779b97f4a7c15);
  uint64_t h = c->type->id;
  switch (rn_type_physical(c->type)) {
    case RN_P_NONE: return 0;
    case RN_P_F32: return hash_real((double)((const float *)c->data)[row]);
    case RN_P_F64: return hash_real(((const double *)c->data)[row]);
    case RN_P_STR: {
      const rn_str *s = (const rn_str *)c->data + row;
      return rn_hash(rn_str_ptr(s), s->len, 0);
    }
    case RN_P_ROW:
      for (uint32_t i = 0; i < c->child_count; i++) h = mix(h ^ rn_value_hash(&c->children[i], row));
      return h;
    case RN_P_LIST: {
      rn_list list = rn_items_at(c, row);
      bool ordered = c->type->id == RN_T_ARRAY;
      for (uint32_t i = 0; i < list.length; i++) {
        uint64_t entry = 0;
        for (uint32_t k = 0; k < c->child_count; k++) entry = mix(entry ^ rn_value_hash(&c->children[k], list.offset + i));
        h = ordered ? mix(h ^ entry) : h + entry;
      }
      return mix(h + list.length);
    }
    default: {
      size_t width = rn_physical_width(rn_type_physical(c->type));
      return rn_hash((const char *)c->data + width * row, width, 0);
    }
  }
}
