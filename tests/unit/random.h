/* A seeded generator for tests: xorshift64 (Marsaglia 2003). */
#ifndef RN_TESTS_RANDOM_H
#define RN_TESTS_RANDOM_H
#include <stdint.h>

static uint64_t seed = 88172645463325252u; /* never 0 */
static inline uint32_t roll(uint32_t below) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return (uint32_t)(seed >> 33) % below;
}

#endif
