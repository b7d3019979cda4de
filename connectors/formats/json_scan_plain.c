/* The record scanner without SIMD: eight bytes at a time. Runs where nothing better does, and is the
 * twin that tests compare the others with. */
#define SCAN(name) plain_##name
#define SCAN_BLOCK 8
#include "connectors/formats/json_decode.h"

static inline uint64_t scan_block(const char *p, uint64_t *high) {
  const uint64_t ones = 0x0101010101010101ull, tops = 0x8080808080808080ull;
  uint64_t v = scan_load64(p);
  /* A set top bit marks the byte; exact per byte because no carry crosses (v & ~tops) + constant. */
  uint64_t low = v & ~tops;
  uint64_t quote = ~(((low ^ ones * '"') + ~tops) | (v ^ ones * '"')) & tops;
  uint64_t slash = ~(((low ^ ones * '\\') + ~tops) | (v ^ ones * '\\')) & tops;
  uint64_t control = ~((low + ones * 0x60) | v) & tops; /* low < 0x20 and top bit clear */
  /* top bits to a dense mask */
  *high = ((v & tops) >> 7) * 0x0102040810204080ull >> 56;
  return ((quote | slash | control) >> 7) * 0x0102040810204080ull >> 56;
}
static inline bool scan_literal(const char *p, const json_step *step) {
  return memcmp(p, step->block, step->len < JSON_LITERAL_BLOCK ? step->len : JSON_LITERAL_BLOCK) == 0;
}
#include "connectors/formats/json_scan.h"

static bool usable(void) { return true; }
const json_scanner json_scanner_plain = {"plain", usable, plain_object, plain_skip};
