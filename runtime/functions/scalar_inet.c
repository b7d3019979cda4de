/* Function rows for IPv4 addresses: INET_ATON, INET_NTOA (DIALECT 8.8), after MySQL's: short forms fill the middle with
 * zeros ('127.1' is 127.0.0.1), and what is no address is NULL. */
#include <stdio.h>

#include "runtime/functions/scalar.h"

enum { PARTS_MAX = 4, PART_MAX = 255 };

/* -1: no address. */
static int64_t address_of(rn_slice s) {
  int64_t parts[PARTS_MAX];
  uint32_t count = 0;
  for (size_t i = 0;; i++) {
    int64_t part = 0;
    size_t from = i;
    for (; i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9'; i++) {
      part = part * 10 + (s.ptr[i] - '0');
      if (part > PART_MAX) return -1;
    }
    if (i == from || count == PARTS_MAX) return -1;
    parts[count++] = part;
    if (i == s.len) break;
    if (s.ptr[i] != '.') return -1;
  }
  int64_t address = parts[count - 1]; /* the last part stands at the end, those before it at the front */
  for (uint32_t i = 0; i + 1 < count; i++) address |= parts[i] << (24 - 8 * i);
  return address;
}

KERNEL(inet_aton) {
  (void)arg_count;
  FOR_ROWS(row) {
    int64_t address = address_of(TEXT(0, row));
    if (address < 0) put_null(eval, out, row);
    else put_i64(out, row, address);
  }
  return RN_OK;
}

KERNEL(inet_ntoa) {
  (void)arg_count;
  enum { ROOM = sizeof "255.255.255.255" };
  FOR_ROWS(row) {
    int64_t a = I64(0, row);
    if (a < 0 || a > UINT32_MAX) {
      put_null(eval, out, row);
      continue;
    }
    char text[ROOM];
    int len = snprintf(text, sizeof text, "%d.%d.%d.%d", (int)(a >> 24 & 255), (int)(a >> 16 & 255), (int)(a >> 8 & 255), (int)(a & 255));
    put_copy(eval, out, row, text, (size_t)len);
  }
  return RN_OK;
}

static const rn_function rows[] = {
  {.name = "INET_ATON", .signature = "INET_ATON(address STRING) -> BIGINT", .min_args = 1, .max_args = 1, .flags = RN_FN_STRICT | RN_FN_NULL_RESULT,
   .classes = {RN_ARG_STRING}, .kernel = inet_aton, .result = RN_T_BIGINT, .help = "the number of an IPv4 address; NULL when it is none",
   .example = "INET_ATON('127.0.0.1') = 2130706433"},
  {.name = "INET_NTOA", .signature = "INET_NTOA(n BIGINT) -> STRING", .min_args = 1, .max_args = 1, .flags = RN_FN_STRICT | RN_FN_NULL_RESULT,
   .classes = {RN_ARG_BIGINT}, .kernel = inet_ntoa, .result = RN_T_VARCHAR, .help = "the IPv4 address of a number; NULL beyond 32 bits",
   .example = "INET_NTOA(2130706433) = '127.0.0.1'"},
};
RN_FUNCTION_SET(rn_set_inet, "Network addresses", rows);
