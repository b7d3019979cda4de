/* Inputs of the benchmarks, the same bytes every time.
 *
 *   generate bids N [KEYS]    Nexmark-like bids of about 245 bytes, 10,000 a second of event time; with KEYS:
 *                             uniform auctions, 100,000 a second, so that a window touches every one of them
 *   generate lines N [KEYS]   100-byte rows, ordered, KEYS uniform BIGINT keys (10,000), 100,000 rows a second */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state = 88172645463325252u;
static uint64_t next(void) { /* xorshift64 (Marsaglia 2003) */
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

static const char *const channels[] = {"Google", "Facebook", "Baidu", "Apple", "channel-4711", "channel-815"};

/* ms since 2024-01-01 00:00:00 */
static int put_time(char *out, uint64_t ms, char between) {
  unsigned s = (unsigned)(ms / 1000), day = s / 86400;
  return sprintf(out, "2024-01-%02u%c%02u:%02u:%02u.%03u", day + 1, between, s / 3600 % 24, s / 60 % 60, s % 60, (unsigned)(ms % 1000));
}

static void bids(uint64_t n, uint64_t keys) {
  char time[48], extra[80];
  memset(extra, 'x', sizeof extra);
  for (uint64_t i = 0; i < n; i++) {
    uint64_t ms = i / (keys ? 100 : 10), auction = keys ? 1000 + next() % keys : 1000 + ms / 10 + next() % 12000;
    uint64_t bidder = 1000 + next() % 50000;
    (void)put_time(time, ms, ' ');
    (void)printf("{\"auction\":%" PRIu64 ",\"bidder\":%" PRIu64 ",\"price\":%" PRIu64 ",\"channel\":\"%s\",\"url\":\"https://www.nexmark.com/item.htm?query=1&id=%" PRIu64
                 "\",\"dateTime\":\"%s\",\"extra\":\"%.*s\"}\n",
                 auction, bidder, 100 + next() % 1000000, channels[next() % 6], next() % 1000000, time, (int)(62 + next() % 16), extra);
  }
}

static void lines(uint64_t n, uint64_t keys) {
  char time[48];
  for (uint64_t i = 0; i < n; i++) {
    (void)put_time(time, i / 100, ' ');
    (void)printf("{\"id\":%" PRIu64 ",\"k\":%" PRIu64 ",\"v\":%" PRIu64 ",\"ts\":\"%s\",\"tag\":\"customer-segment-%08" PRIx64 "\"}\n", i, next() % keys, next() % 100000, time, next() & 0xffffffff);
  }
}

int main(int argc, char **argv) {
  uint64_t n = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
  static char buffer[1 << 20];
  (void)setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
  if (n && strcmp(argv[1], "bids") == 0) bids(n, argc > 3 ? strtoull(argv[3], NULL, 10) : 0);
  else if (n && strcmp(argv[1], "lines") == 0) lines(n, argc > 3 ? strtoull(argv[3], NULL, 10) : 10000);
  else {
    (void)fprintf(stderr, "generate bids N [KEYS] | generate lines N [KEYS]\n");
    return 64;
  }
  return fflush(stdout) == 0 ? 0 : 1;
}
