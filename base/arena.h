/* Arena: bump allocation with one lifetime.
 *
 * Two lifetimes exist in runnel: a statement (AST, plan, names: freed with the statement) and a
 * batch (text and registers made by kernels: reset when the batch is reused). Nothing in an arena is
 * freed singly. Not thread-safe: an arena belongs to one thread at a time.
 * Out of memory aborts the process through rn_oom() (base/alloc.h). */
#ifndef RN_BASE_ARENA_H
#define RN_BASE_ARENA_H
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct rn_arena_block rn_arena_block;

typedef struct rn_arena {
  char *next, *end;       /* free room of the current block */
  rn_arena_block *blocks; /* newest first; the first made is kept by reset */
  size_t used_bytes;      /* handed out since the last reset, rounded up */
} rn_arena;

/* A zeroed rn_arena is a valid empty arena. */
void rn_arena_init(rn_arena *arena);
/* Forgets everything handed out; keeps the largest block, so a steady batch never calls malloc. */
void rn_arena_reset(rn_arena *arena);
void rn_arena_free(rn_arena *arena);

void *rn_arena_grow(rn_arena *arena, size_t bytes, size_t align);

/* Uninitialised memory aligned to `align` (a power of two, at most 64). */
static inline void *rn_arena_alloc_aligned(rn_arena *arena, size_t bytes, size_t align) {
  size_t pad = (size_t)(-(ptrdiff_t)(size_t)arena->next) & (align - 1);
  if (bytes + pad <= (size_t)(arena->end - arena->next)) {
    char *p = arena->next + pad;
    arena->next = p + bytes;
    arena->used_bytes += bytes + pad;
    return p;
  }
  return rn_arena_grow(arena, bytes, align);
}

/* 16-byte aligned and uninitialised / zeroed. */
static inline void *rn_arena_alloc(rn_arena *arena, size_t bytes) {
  return rn_arena_alloc_aligned(arena, bytes, 16);
}
static inline void *rn_arena_zalloc(rn_arena *arena, size_t bytes) {
  return memset(rn_arena_alloc(arena, bytes), 0, bytes);
}
#define RN_NEW(arena, type) ((type *)rn_arena_zalloc((arena), sizeof(type)))
#define RN_NEW_N(arena, type, n) ((type *)rn_arena_zalloc((arena), sizeof(type) * (size_t)(n)))

/* NUL-terminated copies. */
char *rn_arena_strdup(rn_arena *arena, const char *text);
char *rn_arena_strndup(rn_arena *arena, const char *text, size_t len);
char *rn_arena_printf(rn_arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *rn_arena_vprintf(rn_arena *arena, const char *format, va_list args);

/* Appends to an array in the arena; the capacity is the next power of two, so it needs no field. */
void *rn_array_push(rn_arena *arena, void *items, uint32_t count, size_t item_bytes);
#define RN_ARRAY_PUSH(arena, array, count, item)                                     \
  do {                                                                               \
    (array) = rn_array_push((arena), (array), (count), sizeof *(array));             \
    (array)[(count)++] = (item);                                                     \
  } while (0)

#endif
