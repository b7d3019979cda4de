/* Allocation that never returns NULL: see alloc.h. */
#include "base/alloc.h"
#include <stdlib.h>
#include <string.h>

_Noreturn void rn_oom(void) { abort(); }

void *rn_malloc(size_t bytes) {
  void *memory = malloc(bytes ? bytes : 1);
  if (!memory) rn_oom();
  return memory;
}
void *rn_calloc(size_t count, size_t bytes) {
  void *memory = calloc(count ? count : 1, bytes ? bytes : 1);
  if (!memory) rn_oom();
  return memory;
}
void *rn_realloc(void *memory, size_t bytes) {
  void *moved = realloc(memory, bytes ? bytes : 1);
  if (!moved) rn_oom();
  return moved;
}
char *rn_strndup(const char *text, size_t len) {
  char *copy = rn_malloc(len + 1);
  if (len) memcpy(copy, text, len);
  copy[len] = 0;
  return copy;
}
char *rn_strdup(const char *text) { return rn_strndup(text, strlen(text)); }
void rn_free(void *memory) { free(memory); }
