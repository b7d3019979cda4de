/* Clocks: see clock.h. */
#include "base/clock.h"
#include <time.h>

static int64_t read_clock(clockid_t id) {
  struct timespec t;
  (void)clock_gettime(id, &t);
  return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}
int64_t rn_clock_now_us(const rn_clock *clock) {
  if (clock && __atomic_load_n(&clock->is_virtual, __ATOMIC_ACQUIRE))
    return __atomic_load_n(&clock->virtual_us, __ATOMIC_ACQUIRE);
  return read_clock(CLOCK_REALTIME);
}
void rn_clock_set_us(rn_clock *clock, int64_t now_us) {
  __atomic_store_n(&clock->virtual_us, now_us, __ATOMIC_RELEASE);
  __atomic_store_n(&clock->is_virtual, true, __ATOMIC_RELEASE);
}
int64_t rn_monotonic_us(void) { return read_clock(CLOCK_MONOTONIC); }
int64_t rn_cpu_us(void) { return read_clock(CLOCK_THREAD_CPUTIME_ID); }
