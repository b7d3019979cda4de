/* The engine's clock. All "now" in runnel goes through it, so that a test turns time by hand. */
#ifndef RN_BASE_CLOCK_H
#define RN_BASE_CLOCK_H
#include <stdbool.h>
#include <stdint.h>

typedef struct rn_clock {
  bool is_virtual;
  int64_t virtual_us; /* since the epoch; read and set atomically (__atomic) */
} rn_clock;

int64_t rn_clock_now_us(const rn_clock *clock);       /* wall clock, UTC; NULL: the real one */
void rn_clock_set_us(rn_clock *clock, int64_t now_us); /* makes it virtual */
int64_t rn_monotonic_us(void);                         /* for waits and durations; never virtual */
int64_t rn_cpu_us(void);                               /* CPU time of the calling thread */

#endif
