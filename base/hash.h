/* Hashing: XXH3 (seeded per file, so that keys crafted for one file do not flood another) and
 * CRC32C (Castagnoli) for stored blobs. */
#ifndef RN_BASE_HASH_H
#define RN_BASE_HASH_H
#include <stddef.h>
#include <stdint.h>

uint64_t rn_hash(const void *data, size_t len, uint64_t seed);
/* CRC32C of data continuing from `crc` (0 to begin). Hardware instruction where there is one; its
 * plain twin rn_crc32c_plain() gives the same and is what tests compare with. */
uint32_t rn_crc32c(uint32_t crc, const void *data, size_t len);
uint32_t rn_crc32c_plain(uint32_t crc, const void *data, size_t len);

#endif
