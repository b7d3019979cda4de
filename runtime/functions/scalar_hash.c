/* MD5 (RFC 1321), SHA-1 and the SHA-2 family (FIPS 180-4) as lower-case hex text (DIALECT 8.3).
 *
 * For identifiers and comparisons with other systems, not for secrets; no library is needed for so little.
 * SHA-256 uses the upper halves of SHA-512's round constants: both are cube roots of the first primes. */
#include "runtime/functions/scalar.h"

typedef struct digest {
  uint8_t bytes[64];
  size_t len;
} digest;

static const uint64_t sha2_rounds[80] = {
  0x428a2f98d728ae22u, 0x7137449123ef65cdu, 0xb5c0fbcfec4d3b2fu, 0xe9b5dba58189dbbcu,
  0x3956c25bf348b538u, 0x59f111f1b605d019u, 0x923f82a4af194f9bu, 0xab1c5ed5da6d8118u,
  0xd807aa98a3030242u, 0x12835b0145706fbeu, 0x243185be4ee4b28cu, 0x550c7dc3d5ffb4e2u,
  0x72be5d74f27b896fu, 0x80deb1fe3b1696b1u, 0x9bdc06a725c71235u, 0xc19bf174cf692694u,
  0xe49b69c19ef14ad2u, 0xefbe4786384f25e3u, 0x0fc19dc68b8cd5b5u, 0x240ca1cc77ac9c65u,
  0x2de92c6f592b0275u, 0x4a7484aa6ea6e483u, 0x5cb0a9dcbd41fbd4u, 0x76f988da831153b5u,
  0x983e5152ee66dfabu, 0xa831c66d2db43210u, 0xb00327c898fb213fu, 0xbf597fc7beef0ee4u,
  0xc6e00bf33da88fc2u, 0xd5a79147930aa725u, 0x06ca6351e003826fu, 0x142929670a0e6e70u,
  0x27b70a8546d22ffcu, 0x2e1b21385c26c926u, 0x4d2c6dfc5ac42aedu, 0x53380d139d95b3dfu,
  0x650a73548baf63deu, 0x766a0abb3c77b2a8u, 0x81c2c92e47edaee6u, 0x92722c851482353bu,
  0xa2bfe8a14cf10364u, 0xa81a664bbc423001u, 0xc24b8b70d0f89791u, 0xc76c51a30654be30u,
  0xd192e819d6ef5218u, 0xd69906245565a910u, 0xf40e35855771202au, 0x106aa07032bbd1b8u,
  0x19a4c116b8d2d0c8u, 0x1e376c085141ab53u, 0x2748774cdf8eeb99u, 0x34b0bcb5e19b48a8u,
  0x391c0cb3c5c95a63u, 0x4ed8aa4ae3418acbu, 0x5b9cca4f7763e373u, 0x682e6ff3d6b2b8a3u,
  0x748f82ee5defb2fcu, 0x78a5636f43172f60u, 0x84c87814a1f0ab72u, 0x8cc702081a6439ecu,
  0x90befffa23631e28u, 0xa4506cebde82bde9u, 0xbef9a3f7b2c67915u, 0xc67178f2e372532bu,
  0xca273eceea26619cu, 0xd186b8c721c0c207u, 0xeada7dd6cde0eb1eu, 0xf57d4f7fee6ed178u,
  0x06f067aa72176fbau, 0x0a637dc5a2c898a6u, 0x113f9804bef90daeu, 0x1b710b35131c471bu,
  0x28db77f523047d84u, 0x32caab7b40c72493u, 0x3c9ebe0a15c9bebcu, 0x431d67c49c100d4cu,
  0x4cc5d4becb3e42b6u, 0x597f299cfc657e2au, 0x5fcb6fab3ad6faecu, 0x6c44198c4a475817u,
};
static const uint64_t sha512_start[8] = {
  0x6a09e667f3bcc908u, 0xbb67ae8584caa73bu, 0x3c6ef372fe94f82bu, 0xa54ff53a5f1d36f1u,
  0x510e527fade682d1u, 0x9b05688c2b3e6c1fu, 0x1f83d9abfb41bd6bu, 0x5be0cd19137e2179u,
};
static const uint64_t sha384_start[8] = {
  0xcbbb9d5dc1059ed8u, 0x629a292a367cd507u, 0x9159015a3070dd17u, 0x152fecd8f70e5939u,
  0x67332667ffc00b31u, 0x8eb44a8768581511u, 0xdb0c2e0d64f98fa7u, 0x47b5481dbefa4fa4u,
};
static const uint32_t md5_rounds[64] = {
  0xd76aa478u, 0xe8c7b756u, 0x242070dbu, 0xc1bdceeeu, 0xf57c0fafu, 0x4787c62au, 0xa8304613u, 0xfd469501u,
  0x698098d8u, 0x8b44f7afu, 0xffff5bb1u, 0x895cd7beu, 0x6b901122u, 0xfd987193u, 0xa679438eu, 0x49b40821u,
  0xf61e2562u, 0xc040b340u, 0x265e5a51u, 0xe9b6c7aau, 0xd62f105du, 0x02441453u, 0xd8a1e681u, 0xe7d3fbc8u,
  0x21e1cde6u, 0xc33707d6u, 0xf4d50d87u, 0x455a14edu, 0xa9e3e905u, 0xfcefa3f8u, 0x676f02d9u, 0x8d2a4c8au,
  0xfffa3942u, 0x8771f681u, 0x6d9d6122u, 0xfde5380cu, 0xa4beea44u, 0x4bdecfa9u, 0xf6bb4b60u, 0xbebfbc70u,
  0x289b7ec6u, 0xeaa127fau, 0xd4ef3085u, 0x04881d05u, 0xd9d4d039u, 0xe6db99e5u, 0x1fa27cf8u, 0xc4ac5665u,
  0xf4292244u, 0x432aff97u, 0xab9423a7u, 0xfc93a039u, 0x655b59c3u, 0x8f0ccc92u, 0xffeff47du, 0x85845dd1u,
  0x6fa87e4fu, 0xfe2ce6e0u, 0xa3014314u, 0x4e0811a1u, 0xf7537e82u, 0xbd3af235u, 0x2ad7d2bbu, 0xeb86d391u,
};

static inline uint32_t left32(uint32_t x, unsigned n) { return x << n | x >> (32 - n); }
static inline uint32_t right32(uint32_t x, unsigned n) { return x >> n | x << (32 - n); }
static inline uint64_t right64(uint64_t x, unsigned n) { return x >> n | x << (64 - n); }

static uint64_t load_big(const uint8_t *p, unsigned bytes) {
  uint64_t v = 0;
  for (unsigned i = 0; i < bytes; i++) v = v << 8 | p[i];
  return v;
}
static void store_big(uint8_t *p, uint64_t v, unsigned bytes) {
  for (unsigned i = 0; i < bytes; i++) p[i] = (uint8_t)(v >> (8 * (bytes - 1 - i)));
}

/* Calls `block` for the message with its padding: a 1 bit, zeros, the length in bits. */
static void for_blocks(rn_slice s, size_t block_size, bool big_endian, void *state, void (*block)(void *state, const uint8_t *p)) {
  const uint8_t *p = (const uint8_t *)s.ptr;
  size_t left = s.len, length_size = block_size / 8;
  for (; left >= block_size; left -= block_size, p += block_size) block(state, p);
  uint8_t last[256] = {0};
  if (left) memcpy(last, p, left);
  last[left] = 0x80;
  size_t total = left + 1 + length_size > block_size ? 2 * block_size : block_size;
  uint64_t bits = (uint64_t)s.len * 8;
  if (big_endian) {
    store_big(last + total - 8, bits, 8);
  } else {
    for (int i = 0; i < 8; i++) last[total - 8 + (size_t)i] = (uint8_t)(bits >> (8 * i));
  }
  for (size_t at = 0; at < total; at += block_size) block(state, last + at);
}

/* --- MD5 ------------------------------------------------------------------------------------------------------------- */

static void md5_block(void *state, const uint8_t *p) {
  static const uint8_t shifts[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
  uint32_t *h = state, m[16], a = h[0], b = h[1], c = h[2], d = h[3];
  for (int i = 0; i < 16; i++) m[i] = (uint32_t)p[4 * i] | (uint32_t)p[4 * i + 1] << 8 | (uint32_t)p[4 * i + 2] << 16 | (uint32_t)p[4 * i + 3] << 24;
  for (int i = 0; i < 64; i++) {
    uint32_t f;
    int g;
    switch (i / 16) {
      case 0: f = (b & c) | (~b & d); g = i; break;
      case 1: f = (d & b) | (~d & c); g = (5 * i + 1) % 16; break;
      case 2: f = b ^ c ^ d; g = (3 * i + 5) % 16; break;
      default: f = c ^ (b | ~d); g = 7 * i % 16; break;
    }
    uint32_t next = b + left32(a + f + md5_rounds[i] + m[g], shifts[i / 16][i % 4]);
    a = d;
    d = c;
    c = b;
    b = next;
  }
  h[0] += a;
  h[1] += b;
  h[2] += c;
  h[3] += d;
}

static digest md5(rn_slice s) {
  uint32_t h[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  for_blocks(s, 64, false, h, md5_block);
  digest d = {.len = 16};
  for (int i = 0; i < 16; i++) d.bytes[i] = (uint8_t)(h[i / 4] >> (8 * (i % 4)));
  return d;
}

/* --- SHA-1 ------------------------------------------------------------------------------------------------------------- */

static void sha1_block(void *state, const uint8_t *p) {
  uint32_t *h = state, w[80], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
  for (int i = 0; i < 16; i++) w[i] = (uint32_t)load_big(p + 4 * i, 4);
  for (int i = 16; i < 80; i++) w[i] = left32(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
  for (int i = 0; i < 80; i++) {
    uint32_t f, k;
    switch (i / 20) {
      case 0: f = (b & c) | (~b & d); k = 0x5a827999; break;
      case 1: f = b ^ c ^ d; k = 0x6ed9eba1; break;
      case 2: f = (b & c) | (b & d) | (c & d); k = 0x8f1bbcdc; break;
      default: f = b ^ c ^ d; k = 0xca62c1d6; break;
    }
    uint32_t next = left32(a, 5) + f + e + k + w[i];
    e = d;
    d = c;
    c = left32(b, 30);
    b = a;
    a = next;
  }
  h[0] += a;
  h[1] += b;
  h[2] += c;
  h[3] += d;
  h[4] += e;
}

static digest sha1(rn_slice s) {
  uint32_t h[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  for_blocks(s, 64, true, h, sha1_block);
  digest d = {.len = 20};
  for (int i = 0; i < 5; i++) store_big(d.bytes + 4 * i, h[i], 4);
  return d;
}

/* --- SHA-2: one body for both word sizes ----------------------------------------------------------------------------------- */

#define SHA2_BLOCK(name, T, bytes, rounds, right, round_constant, A1, A2, A3, E1, E2, E3, X1, X2, X3, Y1, Y2, Y3)   \
  static void name(void *state, const uint8_t *p) {                                                                 \
    T *h = state, w[rounds], v[8];                                                                                  \
    for (int i = 0; i < 16; i++) w[i] = (T)load_big(p + (bytes) * i, bytes);                                        \
    for (int i = 16; i < (rounds); i++) {                                                                           \
      T x = w[i - 15], y = w[i - 2];                                                                                \
      w[i] = w[i - 16] + (right(x, X1) ^ right(x, X2) ^ (x >> X3)) + w[i - 7] + (right(y, Y1) ^ right(y, Y2) ^ (y >> Y3)); \
    }                                                                                                               \
    memcpy(v, h, sizeof v);                                                                                         \
    for (int i = 0; i < (rounds); i++) {                                                                            \
      T a = v[0], e = v[4];                                                                                         \
      T t1 = v[7] + (right(e, E1) ^ right(e, E2) ^ right(e, E3)) + ((e & v[5]) ^ (~e & v[6])) + (T)(round_constant) + w[i]; \
      T t2 = (right(a, A1) ^ right(a, A2) ^ right(a, A3)) + ((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));              \
      memmove(v + 1, v, 7 * sizeof v[0]);                                                                           \
      v[4] += t1;                                                                                                   \
      v[0] = t1 + t2;                                                                                               \
    }                                                                                                               \
    for (int i = 0; i < 8; i++) h[i] += v[i];                                                                       \
  }
SHA2_BLOCK(sha256_block, uint32_t, 4, 64, right32, sha2_rounds[i] >> 32, 2, 13, 22, 6, 11, 25, 7, 18, 3, 17, 19, 10)
SHA2_BLOCK(sha512_block, uint64_t, 8, 80, right64, sha2_rounds[i], 28, 34, 39, 14, 18, 41, 1, 8, 7, 19, 61, 6)

static digest sha2(rn_slice s, int bits) {
  digest d = {.len = (size_t)bits / 8};
  if (bits <= 256) { /* SHA-256 starts from the upper, SHA-224 from the lower halves */
    uint32_t h[8];
    for (int i = 0; i < 8; i++) h[i] = bits == 256 ? (uint32_t)(sha512_start[i] >> 32) : (uint32_t)sha384_start[i];
    for_blocks(s, 64, true, h, sha256_block);
    for (int i = 0; i < 8; i++) store_big(d.bytes + 4 * i, h[i], 4);
  } else {
    uint64_t h[8];
    memcpy(h, bits == 512 ? sha512_start : sha384_start, sizeof h);
    for_blocks(s, 128, true, h, sha512_block);
    for (int i = 0; i < 8; i++) store_big(d.bytes + 8 * i, h[i], 8);
  }
  return d;
}
static digest sha224(rn_slice s) { return sha2(s, 224); }
static digest sha256(rn_slice s) { return sha2(s, 256); }
static digest sha384(rn_slice s) { return sha2(s, 384); }
static digest sha512(rn_slice s) { return sha2(s, 512); }

/* --- functions ---------------------------------------------------------------------------------------------------------------- */

static void put_hex(rn_eval *eval, rn_column *out, uint32_t row, const digest *d) {
  static const char digits[] = "0123456789abcdef";
  char *room = text_room(eval, d->len * 2);
  for (size_t i = 0; i < d->len; i++) {
    room[2 * i] = digits[d->bytes[i] >> 4];
    room[2 * i + 1] = digits[d->bytes[i] & 15];
  }
  put_str(out, row, room, d->len * 2);
}

static inline rn_status hash_all(rn_eval *eval, const rn_column *const *args, rn_column *out, const rn_sel *sel, digest (*hash)(rn_slice)) {
  FOR_ROWS(row) {
    digest d = hash(TEXT(0, row));
    put_hex(eval, out, row, &d);
  }
  return RN_OK;
}
#define HASH(name, bits)                                                                                                        \
  KERNEL(k_##name) { (void)arg_count; return hash_all(eval, args, out, sel, name); }                                            \
  static rn_status resolve_##name(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) { \
    (void)types, (void)count;                                                                                                   \
    out->result = rn_type_sized(arena, RN_T_CHAR, (bits) / 4, false);                                                           \
    out->kernel = fn->kernel;                                                                                                   \
    return RN_OK;                                                                                                               \
  }
HASH(md5, 128)
HASH(sha1, 160)
HASH(sha224, 224)
HASH(sha256, 256)
HASH(sha384, 384)
HASH(sha512, 512)

static bool is_sha2_size(int64_t bits) { return bits == 224 || bits == 256 || bits == 384 || bits == 512; }

KERNEL(k_sha2) {
  (void)arg_count;
  FOR_ROWS(row) {
    int32_t bits = I32(1, row);
    if (!is_sha2_size(bits)) return rn_eval_fail(eval, row, RN_E_VALUE, "SHA2 has 224, 256, 384 or 512 bits, not %d", bits);
    digest d = sha2(TEXT(0, row), bits);
    put_hex(eval, out, row, &d);
  }
  return RN_OK;
}
static rn_status resolve_sha2(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  (void)types, (void)count;
  const rn_value *bits = out->constants ? out->constants[1] : NULL;
  if (bits && !bits->is_null && !is_sha2_size(bits->u.i)) return RN_FAIL;
  out->result = rn_type_sized(arena, RN_T_VARCHAR, 128, false);
  out->kernel = fn->kernel;
  return RN_OK;
}

#define ROW(n, f, e)                                                                                                    \
  {.name = n, .signature = n "(s STRING or BYTES) -> CHAR", .min_args = 1, .max_args = 1, .flags = RN_FN_STRICT,         \
   .classes = {RN_ARG_STRING_OR_BINARY}, .resolve = resolve_##f, .kernel = k_##f, .help = n " in hexadecimal", .example = e}
static const rn_function rows[] = {
  ROW("MD5", md5, "MD5('abc') = '900150983cd24fb0d6963f7d28e17f72'"),
  ROW("SHA1", sha1, "SHA1('abc') = 'a9993e364706816aba3e25717850c26c9cd0d89d'"),
  ROW("SHA224", sha224, "LEFT(SHA224('abc'), 8) = '23097d22'"),
  ROW("SHA256", sha256, "LEFT(SHA256('abc'), 8) = 'ba7816bf'"),
  ROW("SHA384", sha384, "LEFT(SHA384('abc'), 8) = 'cb00753f'"),
  ROW("SHA512", sha512, "LEFT(SHA512('abc'), 8) = 'ddaf35a1'"),
  {.name = "SHA2", .signature = "SHA2(s STRING or BYTES, bits INT) -> STRING", .min_args = 2, .max_args = 2, .flags = RN_FN_STRICT | RN_FN_MAY_FAIL,
   .classes = {RN_ARG_STRING_OR_BINARY, RN_ARG_INT}, .resolve = resolve_sha2, .kernel = k_sha2, .help = "SHA-2 of 224, 256, 384 or 512 bits in hexadecimal",
   .example = "SHA2('abc', 256) = SHA256('abc')"},
};
RN_FUNCTION_SET(rn_set_hash, "Hash functions", rows);
