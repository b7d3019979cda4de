/* The allocator: malloc that never returns NULL. Memory that belongs to long-lived modules
 * (state, connectors) comes from here; per-record memory never does (arena, state pages).
 * rn_oom() prints nothing: it aborts, because an engine that cannot keep a row must not go on. */
#ifndef RN_BASE_ALLOC_H
#define RN_BASE_ALLOC_H
#include <stddef.h>

void *rn_malloc(size_t bytes);
void *rn_calloc(size_t count, size_t bytes);
void *rn_realloc(void *memory, size_t bytes);
char *rn_strdup(const char *text);
char *rn_strndup(const char *text, size_t len);
void rn_free(void *memory); /* NULL is fine */
_Noreturn void rn_oom(void);

#endif
