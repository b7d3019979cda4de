/* The record scanner with AVX2. The whole file is compiled for AVX2 (attributes, no compiler flag), so
 * that everything inlines; it is entered only where usable() says so. */
#include "connectors/formats/json_decode.h"
#if defined(__x86_64__)
#include <immintrin.h>
#define SCAN(name) avx2_##name
#define SCAN_BLOCK 32
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,bmi,bmi2")
#endif

static inline uint64_t scan_block(const char *p, uint64_t *high) {
  __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)p);
  __m256i quote = _mm256_cmpeq_epi8(v, _mm256_set1_epi8('"')), slash = _mm256_cmpeq_epi8(v, _mm256_set1_epi8('\\'));
  __m256i control = _mm256_cmpeq_epi8(_mm256_min_epu8(v, _mm256_set1_epi8(0x1F)), v);
  *high = (uint32_t)_mm256_movemask_epi8(v);
  return (uint32_t)_mm256_movemask_epi8(_mm256_or_si256(_mm256_or_si256(quote, slash), control));
}
static inline bool scan_literal(const char *p, const json_step *step) {
  __m256i equal = _mm256_cmpeq_epi8(_mm256_loadu_si256((const __m256i *)(const void *)p),
                                    _mm256_load_si256((const __m256i *)(const void *)step->block));
  return (~(uint32_t)_mm256_movemask_epi8(equal) & step->mask) == 0;
}
#include "connectors/formats/json_scan.h"

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
static bool usable(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
}
const json_scanner json_scanner_avx2 = {"avx2", usable, avx2_object, avx2_skip};
#else
static bool usable(void) { return false; }
const json_scanner json_scanner_avx2 = {"avx2", usable, NULL, NULL};
#endif
