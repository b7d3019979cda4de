/* Snapshots: see snapshot.h. The codec is the one byte format of everything in _rn_state; it is read back by
 * later versions, so it changes only together with the fingerprint's layout version. */
#include "runtime/snapshot.h"

#include "base/alloc.h"

void rn_snapshot_put(rn_snapshot *snapshot, const char *operator_id, uint16_t group, bool is_base, rn_builder *data) {
  size_t len = data->len;
  rn_blob blob = {.operator_id = operator_id, .group = group, .is_base = is_base, .len = len};
  blob.data = rn_builder_take(data);
  RN_VEC_PUSH(&snapshot->blobs, blob);
}

void rn_snapshot_free(rn_snapshot *snapshot) {
  for (size_t i = 0; i < snapshot->blobs.len; i++) rn_free(snapshot->blobs.data[i].data);
  RN_VEC_FREE(&snapshot->blobs);
}

void rn_put_u8(rn_builder *b, uint8_t v) { rn_builder_append(b, &v, 1); }

void rn_put_u32(rn_builder *b, uint32_t v) {
  unsigned char bytes[4];
  for (unsigned i = 0; i < 4; i++) bytes[i] = (unsigned char)(v >> (8 * i));
  rn_builder_append(b, bytes, sizeof bytes);
}

void rn_put_i64(rn_builder *b, int64_t v) {
  unsigned char bytes[8];
  for (unsigned i = 0; i < 8; i++) bytes[i] = (unsigned char)((uint64_t)v >> (8 * i));
  rn_builder_append(b, bytes, sizeof bytes);
}

void rn_put_varint(rn_builder *b, uint64_t v) {
  unsigned char bytes[10];
  size_t n = 0;
  while (v >= 0x80) {
    bytes[n++] = (unsigned char)(v | 0x80);
    v >>= 7;
  }
  bytes[n++] = (unsigned char)v;
  rn_builder_append(b, bytes, n);
}

void rn_put_bytes(rn_builder *b, const void *data, size_t len) {
  rn_put_varint(b, len);
  rn_builder_append(b, data, len);
}

/* The next `n` bytes; NULL and `bad` when they are not there. */
static const unsigned char *take(rn_reader *r, size_t n) {
  if (r->bad || (size_t)(r->end - r->ptr) < n) {
    r->bad = true;
    return NULL;
  }
  const unsigned char *at = (const unsigned char *)r->ptr;
  r->ptr += n;
  return at;
}

uint8_t rn_get_u8(rn_reader *r) {
  const unsigned char *p = take(r, 1);
  return p ? *p : 0;
}

uint32_t rn_get_u32(rn_reader *r) {
  const unsigned char *p = take(r, 4);
  uint32_t v = 0;
  if (p) {
    for (unsigned i = 0; i < 4; i++) v |= (uint32_t)p[i] << (8 * i);
  }
  return v;
}

int64_t rn_get_i64(rn_reader *r) {
  const unsigned char *p = take(r, 8);
  uint64_t v = 0;
  if (p) {
    for (unsigned i = 0; i < 8; i++) v |= (uint64_t)p[i] << (8 * i);
  }
  return (int64_t)v;
}

uint64_t rn_get_varint(rn_reader *r) {
  uint64_t v = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const unsigned char *p = take(r, 1);
    if (!p) return 0;
    v |= (uint64_t)(*p & 0x7f) << shift;
    if (!(*p & 0x80)) return v;
  }
  r->bad = true;
  return 0;
}

rn_slice rn_get_bytes(rn_reader *r) {
  uint64_t len = rn_get_varint(r);
  if (r->bad || len > (uint64_t)(r->end - r->ptr)) {
    r->bad = true;
    return (rn_slice){NULL, 0};
  }
  rn_slice s = {r->ptr, (size_t)len};
  r->ptr += len;
  return s;
}
