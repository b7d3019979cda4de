/* The record scanner with SSE2, which every x86-64 has. */
#include "connectors/formats/json_decode.h"
#if defined(__x86_64__)
#include <emmintrin.h>
#define SCAN(name) sse2_##name
#define SCAN_BLOCK 16

static inline uint64_t scan_block(const char *p, uint64_t *high) {
  __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
  __m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"')), slash = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));
  __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1F)), v);
  *high = (uint64_t)(uint32_t)_mm_movemask_epi8(v);
  return (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, slash), control));
}
static inline bool scan_literal(const char *p, const json_step *step) {
  __m128i low = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)p),
                               _mm_load_si128((const __m128i *)(const void *)step->block));
  __m128i top = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)(p + 16)),
                               _mm_load_si128((const __m128i *)(const void *)(step->block + 16)));
  uint32_t equal = (uint32_t)_mm_movemask_epi8(low) | (uint32_t)_mm_movemask_epi8(top) << 16;
  return (~equal & step->mask) == 0;
}
#include "connectors/formats/json_scan.h"

static bool usable(void) { return true; }
const json_scanner json_scanner_sse2 = {"sse2", usable, sse2_object, sse2_skip};
#else
static bool usable(void) { return false; }
const json_scanner json_scanner_sse2 = {"sse2", usable, NULL, NULL};
#endif
