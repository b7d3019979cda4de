/* Heap of keyed state: blocks of size classes (powers of two and the halves between) cut from 64 KB pages;
 * freed blocks wait in a list per class. A ref is page number and offset, so pages may move and hold no
 * pointers. Blocks over a quarter of a page get a page of their own. Lists are rings inside one block. */
#include "base/alloc.h"
#include "runtime/state_private.h"

/* Block: 8 bytes of head, then the data. The ref of the next free block lies where the data was. */
typedef struct block_head {
  uint32_t length;
  uint8_t class_index; /* HEAP_CLASSES: own page */
  uint8_t unused[3];
} block_head;

enum { OWN_PAGE = HEAP_CLASSES, SMALLEST_BLOCK = 16 };

static uint32_t class_size(unsigned index) {
  uint32_t power = (uint32_t)SMALLEST_BLOCK << (index / 2);
  return index % 2 ? power + power / 2 : power;
}

static unsigned class_for(uint32_t bytes) { /* of block, head included */
  unsigned index = 0;
  if (bytes > SMALLEST_BLOCK) index = 2 * (31u - (unsigned)__builtin_clz((bytes - 1) / SMALLEST_BLOCK));
  while (class_size(index) < bytes) index++;
  return index;
}

static block_head *block_of(const rn_state *state, rn_ref ref) {
  return (block_head *)(void *)(state->heap.data[(ref >> 32) - 1].data + (uint32_t)ref);
}
static char *data_of(block_head *block) { return (char *)block + sizeof *block; }

static uint32_t new_page(rn_state *state, uint32_t bytes) {
  heap_page p = {rn_malloc(bytes), 0, bytes};
  state->bytes += bytes;
  if (state->heap_holes.len) {
    uint32_t number = state->heap_holes.data[--state->heap_holes.len];
    state->heap.data[number] = p;
    return number;
  }
  RN_VEC_PUSH(&state->heap, p);
  return (uint32_t)state->heap.len - 1;
}

static rn_ref allocate(rn_state *state, size_t len) {
  if (len > UINT32_MAX / 2) rn_oom();
  uint32_t bytes = (uint32_t)len + (uint32_t)sizeof(block_head);
  if (bytes > HEAP_PAGE / 4) {
    bytes = (bytes + 15) & ~15u;
    uint32_t number = new_page(state, bytes);
    state->heap.data[number].used = bytes;
    rn_ref ref = (uint64_t)(number + 1) << 32;
    *block_of(state, ref) = (block_head){.length = (uint32_t)len, .class_index = OWN_PAGE};
    return ref;
  }
  unsigned index = class_for(bytes);
  rn_ref ref = state->heap_free[index];
  if (ref) {
    memcpy(&state->heap_free[index], data_of(block_of(state, ref)), sizeof ref);
  } else {
    uint32_t size = class_size(index);
    if (!state->heap_current || state->heap.data[state->heap_current - 1].used + size > HEAP_PAGE) {
      state->heap_current = new_page(state, HEAP_PAGE) + 1;
    }
    heap_page *p = &state->heap.data[state->heap_current - 1];
    ref = (uint64_t)state->heap_current << 32 | p->used;
    p->used += size;
  }
  *block_of(state, ref) = (block_head){.length = (uint32_t)len, .class_index = (uint8_t)index};
  return ref;
}

static size_t room_of(const rn_state *state, rn_ref ref) {
  const block_head *block = block_of(state, ref);
  uint32_t size = block->class_index == OWN_PAGE ? state->heap.data[(ref >> 32) - 1].size : class_size(block->class_index);
  return size - sizeof *block;
}

rn_ref rn_state_store(rn_state *state, const void *data, size_t len) {
  rn_ref ref = allocate(state, len);
  if (len) memcpy(data_of(block_of(state, ref)), data, len);
  return ref;
}

rn_slice rn_state_load(const rn_state *state, rn_ref ref) {
  if (!ref) return (rn_slice){"", 0};
  block_head *block = block_of(state, ref);
  return (rn_slice){data_of(block), block->length};
}

void rn_state_release(rn_state *state, rn_ref ref) {
  if (!ref) return;
  block_head *block = block_of(state, ref);
  if (block->class_index == OWN_PAGE) {
    uint32_t number = (uint32_t)(ref >> 32) - 1;
    heap_page *p = &state->heap.data[number];
    state->bytes -= p->size;
    rn_free(p->data);
    *p = (heap_page){NULL, 0, 0};
    RN_VEC_PUSH(&state->heap_holes, number);
    return;
  }
  memcpy(data_of(block), &state->heap_free[block->class_index], sizeof(rn_ref));
  state->heap_free[block->class_index] = ref;
}

rn_ref rn_state_replace(rn_state *state, rn_ref old, const void *data, size_t len) {
  if (old && room_of(state, old) >= len) {
    block_head *block = block_of(state, old);
    block->length = (uint32_t)len;
    if (len) memcpy(data_of(block), data, len);
    return old;
  }
  rn_ref ref = rn_state_store(state, data, len);
  rn_state_release(state, old);
  return ref;
}

char *rn_state_extend(rn_state *state, rn_ref *ref, size_t more) {
  size_t old = *ref ? block_of(state, *ref)->length : 0, len = old + more;
  if (!*ref || room_of(state, *ref) < len) {
    rn_ref grown = allocate(state, *ref ? len + len / 2 : len);
    if (old) memcpy(data_of(block_of(state, grown)), data_of(block_of(state, *ref)), old);
    rn_state_release(state, *ref);
    *ref = grown;
  }
  block_head *block = block_of(state, *ref);
  block->length = (uint32_t)len;
  return data_of(block);
}

bool rn_state_may_extend(rn_state *state, rn_ref ref, size_t more) {
  size_t old = ref ? block_of(state, ref)->length : 0;
  if (more <= RN_GATHERED_BYTES_MAX && old + more <= RN_GATHERED_BYTES_MAX) return true;
  state->full = true;
  return false;
}

bool rn_state_is_full(const rn_state *state) { return state->full; }

void rn_state_cut(rn_state *state, rn_ref ref, size_t len) {
  block_head *block = block_of(state, ref);
  if (len < block->length) block->length = (uint32_t)len;
}

void rn_heap_close(rn_state *state) {
  for (size_t i = 0; i < state->heap.len; i++) rn_free(state->heap.data[i].data);
  RN_VEC_FREE(&state->heap);
  RN_VEC_FREE(&state->heap_holes);
}

/* --- lists ------------------------------------------------------------------------------------------------ */

typedef struct list_head {
  uint32_t first, count, capacity, element_size;
} list_head;

static list_head *list_of(const rn_state *state, rn_ref list) {
  return (list_head *)(void *)data_of(block_of(state, list));
}

uint32_t rn_list_count(const rn_state *state, rn_ref list) { return list ? list_of(state, list)->count : 0; }

static uint8_t *element(list_head *l, uint32_t index) {
  uint32_t at = l->first + index;
  if (at >= l->capacity) at -= l->capacity;
  return (uint8_t *)(l + 1) + (size_t)at * l->element_size;
}

uint8_t *rn_list_at(rn_state *state, rn_ref list, uint32_t index) { return element(list_of(state, list), index); }

uint32_t rn_list_find(const rn_state *state, rn_ref list, uint32_t from, uint32_t offset, uint32_t value) {
  if (!list) return 0;
  list_head *l = list_of(state, list);
  uint32_t size = l->element_size;
  while (from < l->count) { /* at most two stretches: up to the end of the ring, then from its begin */
    uint32_t at = (l->first + from) % l->capacity, stretch = l->capacity - at;
    if (stretch > l->count - from) stretch = l->count - from;
    const uint8_t *word = element(l, from) + offset;
    for (uint32_t i = 0; i < stretch; i++, word += size) {
      uint32_t found;
      memcpy(&found, word, sizeof found);
      if (found == value) return from + i;
    }
    from += stretch;
  }
  return l->count;
}

uint8_t *rn_list_push(rn_state *state, rn_ref *list, uint32_t element_size, uint32_t most) {
  list_head *l = *list ? list_of(state, *list) : NULL;
  if (!l || l->count == l->capacity) {
    uint32_t capacity = l ? l->capacity * 2 : 4;
    if (most && capacity > most && (!l || l->count < most)) capacity = most;
    rn_ref grown = allocate(state, sizeof *l + (size_t)capacity * element_size);
    list_head *to = list_of(state, grown);
    l = *list ? list_of(state, *list) : NULL; /* allocate may have moved the table of pages, not the pages */
    *to = (list_head){0, l ? l->count : 0, capacity, element_size};
    for (uint32_t i = 0; i < to->count; i++) memcpy(element(to, i), element(l, i), element_size);
    rn_state_release(state, *list);
    *list = grown;
    l = to;
  }
  uint8_t *e = element(l, l->count++);
  memset(e, 0, element_size);
  return e;
}

void rn_list_pop(rn_state *state, rn_ref list) {
  list_head *l = list_of(state, list);
  l->first = l->first + 1 == l->capacity ? 0 : l->first + 1;
  l->count--;
}

void rn_list_prefetch(rn_state *state, rn_ref list, unsigned stage) {
  if (!list) return;
  list_head *l = list_of(state, list);
  if (stage == 0) {
    __builtin_prefetch(l);
    return;
  }
  __builtin_prefetch(element(l, 0), 1);
  __builtin_prefetch(element(l, 0) + l->element_size - 1, 1);
  if (l->count == l->capacity) return;
  __builtin_prefetch(element(l, l->count), 1);
  __builtin_prefetch(element(l, l->count) + l->element_size - 1, 1);
}
