/* Growable array by macro: struct { T *data; size_t len, cap; }. Heap memory, freed by RN_VEC_FREE. */
#ifndef RN_BASE_VEC_H
#define RN_BASE_VEC_H
#include "base/alloc.h"

#define RN_VEC(T)      \
  struct {             \
    T *data;           \
    size_t len, cap;   \
  }
#define RN_VEC_RESERVE(v, n)                                                        \
  do {                                                                              \
    size_t want_ = (n);                                                             \
    if (want_ > (v)->cap) {                                                         \
      size_t cap_ = (v)->cap ? (v)->cap * 2 : 8;                                    \
      if (cap_ < want_) cap_ = want_;                                               \
      (v)->data = rn_realloc((v)->data, cap_ * sizeof *(v)->data);                  \
      (v)->cap = cap_;                                                              \
    }                                                                               \
  } while (0)
#define RN_VEC_PUSH(v, item)              \
  do {                                    \
    RN_VEC_RESERVE((v), (v)->len + 1);    \
    (v)->data[(v)->len++] = (item);       \
  } while (0)
#define RN_VEC_FREE(v)                                  \
  do {                                                  \
    rn_free((v)->data);                                 \
    (v)->data = NULL;                                   \
    (v)->len = (v)->cap = 0;                            \
  } while (0)

#endif
