/* XXH3 and CRC32C: see hash.h. */
#include "base/hash.h"
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t rn_hash(const void *data, size_t len, uint64_t seed) { return XXH3_64bits_withSeed(data, len, seed); }

uint32_t rn_crc32c_plain(uint32_t crc, const void *data, size_t len) {
  const unsigned char *p = data;
  crc = ~crc;
  while (len--) {
    crc ^= *p++;
    for (int k = 0; k < 8; k++) crc = crc >> 1 ^ (0x82F63B78u & (0u - (crc & 1)));
  }
  return ~crc;
}

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#include <nmmintrin.h>
__attribute__((target("sse4.2"))) static uint32_t crc32c_sse42(uint32_t crc, const void *data, size_t len) {
  const unsigned char *p = data;
  uint64_t c = ~crc;
  for (; len >= 8; p += 8, len -= 8) {
    uint64_t word;
    memcpy(&word, p, 8);
    c = _mm_crc32_u64(c, word);
  }
  uint32_t c32 = (uint32_t)c;
  for (; len; p++, len--) c32 = _mm_crc32_u8(c32, *p);
  return ~c32;
}
uint32_t rn_crc32c(uint32_t crc, const void *data, size_t len) {
  return __builtin_cpu_supports("sse4.2") ? crc32c_sse42(crc, data, len) : rn_crc32c_plain(crc, data, len);
}
#else
uint32_t rn_crc32c(uint32_t crc, const void *data, size_t len) { return rn_crc32c_plain(crc, data, len); }
#endif
