/* See sort_key.h. */
#include "runtime/operators/sort_key.h"

#include <math.h>

static void put_big_endian(rn_builder *out, uint64_t bits, unsigned bytes) {
  char text[8];
  for (unsigned i = 0; i < bytes; i++) text[i] = (char)(bits >> (8 * (bytes - 1 - i)));
  rn_builder_append(out, text, bytes);
}

static void put_signed(rn_builder *out, int64_t value, unsigned bytes) {
  put_big_endian(out, (uint64_t)value ^ (1ull << (8 * bytes - 1)), bytes);
}

static void put_double(rn_builder *out, double value) {
  uint64_t bits;
  if (value != value) value = (double)NAN;
  if (value == 0) value = 0; /* -0.0 */
  memcpy(&bits, &value, sizeof bits);
  put_big_endian(out, bits >> 63 ? ~bits : bits | 1ull << 63, 8);
}

/* 0 bytes are followed by 0xFF, the end by 0 0: a prefix sorts before what it begins. */
static void put_text(rn_builder *out, rn_slice text) {
  for (size_t from = 0; from <= text.len;) {
    const char *zero = text.len > from ? memchr(text.ptr + from, 0, text.len - from) : NULL;
    size_t to = zero ? (size_t)(zero - text.ptr) : text.len;
    rn_builder_append(out, text.ptr + from, to - from);
    rn_builder_append(out, zero ? "\0\377" : "\0\0", 2);
    from = to + 1;
    if (!zero) break;
  }
}

static void put_value(rn_builder *out, const rn_column *c, uint32_t row) {
  switch (rn_type_physical(c->type)) {
    case RN_P_BOOL: rn_builder_char(out, (char)((const uint8_t *)c->data)[row]); break;
    case RN_P_I8: put_signed(out, ((const int8_t *)c->data)[row], 1); break;
    case RN_P_I16: put_signed(out, ((const int16_t *)c->data)[row], 2); break;
    case RN_P_I32: put_signed(out, ((const int32_t *)c->data)[row], 4); break;
    case RN_P_I64: put_signed(out, ((const int64_t *)c->data)[row], 8); break;
    case RN_P_I128: {
      rn_i128 wide = ((const rn_i128 *)c->data)[row];
      put_signed(out, (int64_t)(wide >> 64), 8);
      put_big_endian(out, (uint64_t)wide, 8);
      break;
    }
    case RN_P_F32: put_double(out, (double)((const float *)c->data)[row]); break;
    case RN_P_F64: put_double(out, ((const double *)c->data)[row]); break;
    case RN_P_STR: put_text(out, rn_str_slice((const rn_str *)c->data + row)); break;
    default: rn_unreachable("a sort key of a type without order");
  }
}

void rn_sort_key_append(rn_builder *out, const rn_column *columns, const rn_sort_item *items, uint32_t count, uint32_t row) {
  for (uint32_t i = 0; i < count; i++) {
    const rn_column *c = &columns[items[i].column];
    bool null = rn_is_null(c, row);
    /* The mark says first or last by itself: the direction is that of the values only. */
    if (c->type->nullable) rn_builder_char(out, null == items[i].nulls_first ? 0 : 1);
    if (null) continue;
    size_t from = out->len;
    put_value(out, c, row);
    for (size_t b = from; items[i].descending && b < out->len; b++) out->data[b] = (char)~(unsigned char)out->data[b];
  }
}
