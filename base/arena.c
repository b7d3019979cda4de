/* Arena: see arena.h. Blocks double up to 1 MiB so that few are made; reset keeps the largest. */
#include "base/arena.h"
#include <stdint.h>
#include <stdio.h>
#include "base/alloc.h"

struct rn_arena_block {
  rn_arena_block *older;
  size_t bytes; /* of data */
  _Alignas(64) char data[];
};

enum { FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 20 };

void rn_arena_init(rn_arena *arena) { memset(arena, 0, sizeof *arena); }

void *rn_arena_grow(rn_arena *arena, size_t bytes, size_t align) {
  size_t want = arena->blocks ? arena->blocks->bytes * 2 : FIRST_BLOCK;
  if (want > LARGEST_BLOCK) want = LARGEST_BLOCK;
  if (want < bytes + align + sizeof(void *)) want = bytes + align + sizeof(void *);
  void *raw = NULL;
  /* rn_malloc gives 16-byte alignment; the block's data wants 64 */
  raw = rn_malloc(sizeof(rn_arena_block) + want + 64);
  uintptr_t at = ((uintptr_t)raw + 63) & ~(uintptr_t)63;
  rn_arena_block *block = (rn_arena_block *)at;
  /* the raw pointer is kept just before use by storing it in the block's last bytes */
  block->bytes = want - sizeof(void *);
  memcpy(block->data + block->bytes, &raw, sizeof raw);
  block->older = arena->blocks;
  arena->blocks = block;
  size_t pad = (size_t)(-(ptrdiff_t)(size_t)block->data) & (align - 1);
  arena->next = block->data + pad + bytes;
  arena->end = block->data + block->bytes;
  arena->used_bytes += bytes + pad;
  return block->data + pad;
}

static void free_block(rn_arena_block *block) {
  void *raw;
  memcpy(&raw, block->data + block->bytes, sizeof raw);
  rn_free(raw);
}

void rn_arena_reset(rn_arena *arena) {
  rn_arena_block *keep = NULL;
  for (rn_arena_block *b = arena->blocks; b;) {
    rn_arena_block *older = b->older;
    if (!keep || b->bytes > keep->bytes) {
      if (keep) free_block(keep);
      keep = b;
    } else {
      free_block(b);
    }
    b = older;
  }
  arena->blocks = keep;
  if (keep) {
    keep->older = NULL;
    arena->next = keep->data;
    arena->end = keep->data + keep->bytes;
  } else {
    arena->next = arena->end = NULL;
  }
  arena->used_bytes = 0;
}

void rn_arena_free(rn_arena *arena) {
  for (rn_arena_block *b = arena->blocks; b;) {
    rn_arena_block *older = b->older;
    free_block(b);
    b = older;
  }
  rn_arena_init(arena);
}

char *rn_arena_strndup(rn_arena *arena, const char *text, size_t len) {
  char *copy = rn_arena_alloc_aligned(arena, len + 1, 1);
  if (len) memcpy(copy, text, len);
  copy[len] = 0;
  return copy;
}
char *rn_arena_strdup(rn_arena *arena, const char *text) { return rn_arena_strndup(arena, text, strlen(text)); }

char *rn_arena_vprintf(rn_arena *arena, const char *format, va_list args) {
  va_list again;
  va_copy(again, args);
  int len = vsnprintf(NULL, 0, format, args);
  if (len < 0) len = 0;
  char *text = rn_arena_alloc_aligned(arena, (size_t)len + 1, 1);
  (void)vsnprintf(text, (size_t)len + 1, format, again);
  va_end(again);
  return text;
}
char *rn_arena_printf(rn_arena *arena, const char *format, ...) {
  va_list args;
  va_start(args, format);
  char *text = rn_arena_vprintf(arena, format, args);
  va_end(args);
  return text;
}

void *rn_array_push(rn_arena *arena, void *items, uint32_t count, size_t item_bytes) {
  if (count && (count & (count - 1)) != 0) return items; /* room up to the next power of two */
  void *more = rn_arena_alloc(arena, (count ? (size_t)count * 2 : 1) * item_bytes);
  if (count) memcpy(more, items, count * item_bytes);
  return more;
}
