/* Codes: characters and numbers as text in other notations, base64, URL encoding (DIALECT 8.2, 8.3). */
#include "runtime/functions/scalar.h"
#include "runtime/value_text.h"

KERNEL(ascii) { /* the first byte, signed; '': 0 */
  UNUSED_EVAL;
  FOR_ROWS(row) {
    rn_slice s = TEXT(0, row);
    put_i32(out, row, s.len ? (signed char)s.ptr[0] : 0);
  }
  return RN_OK;
}

KERNEL(chr) { /* code point n & 255; negative: '' */
  UNUSED_EVAL;
  FOR_ROWS(row) {
    int64_t n = I64(0, row);
    unsigned c = (unsigned)(n & 0xff);
    char two[2] = {(char)c, 0};
    if (c >= 0x80) {
      two[0] = (char)(0xc0 | c >> 6);
      two[1] = (char)(0x80 | (c & 0x3f));
    }
    put_str(out, row, two, n < 0 ? 0 : c >= 0x80 ? 2 : 1);
  }
  return RN_OK;
}

static const char hex_digits[] = "0123456789ABCDEF";

KERNEL(hex_integer) {
  (void)arg_count;
  FOR_ROWS(row) {
    char text[16];
    int at = 16;
    uint64_t v = (uint64_t)I64(0, row);
    do {
      text[--at] = hex_digits[v & 15];
      v >>= 4;
    } while (v);
    put_copy(eval, out, row, text + at, (size_t)(16 - at));
  }
  return RN_OK;
}

KERNEL(hex_text) {
  (void)arg_count;
  FOR_ROWS(row) {
    rn_slice s = TEXT(0, row);
    char *room = text_room(eval, s.len * 2);
    for (size_t i = 0; i < s.len; i++) {
      unsigned char c = (unsigned char)s.ptr[i];
      room[2 * i] = hex_digits[c >> 4];
      room[2 * i + 1] = hex_digits[c & 15];
    }
    put_str(out, row, room, s.len * 2);
  }
  return RN_OK;
}

static int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

KERNEL(unhex) { /* an odd number of digits has a 0 in front */
  (void)arg_count;
  FOR_ROWS(row) {
    rn_slice s = TEXT(0, row);
    char *room = text_room(eval, s.len / 2 + 1);
    size_t n = 0;
    int pending = s.len % 2 ? 0 : -1;
    bool ok = true;
    for (size_t i = 0; i < s.len && ok; i++) {
      int v = hex_value(s.ptr[i]);
      ok = v >= 0;
      if (pending < 0) {
        pending = v;
      } else {
        room[n++] = (char)(pending << 4 | v);
        pending = -1;
      }
    }
    if (ok) put_str(out, row, room, n);
    else put_null(eval, out, row);
  }
  return RN_OK;
}

KERNEL(bin) {
  (void)arg_count;
  FOR_ROWS(row) {
    char text[64];
    int at = 64;
    uint64_t v = (uint64_t)I64(0, row);
    do {
      text[--at] = (char)('0' + (v & 1));
      v >>= 1;
    } while (v);
    put_copy(eval, out, row, text + at, (size_t)(64 - at));
  }
  return RN_OK;
}

KERNEL(to_base64) {
  (void)arg_count;
  rn_builder b = {0};
  FOR_ROWS(row) {
    rn_builder_clear(&b);
    rn_base64_encode(&b, TEXT(0, row));
    put_copy(eval, out, row, b.data, b.len);
  }
  rn_builder_free(&b);
  return RN_OK;
}

KERNEL(from_base64) {
  (void)arg_count;
  rn_builder b = {0};
  rn_status status = RN_OK;
  FOR_ROWS(row) {
    rn_slice s = TEXT(0, row);
    rn_builder_clear(&b);
    if (!rn_base64_decode(&b, s)) {
      status = rn_eval_fail(eval, row, RN_E_VALUE, "'%.*s' is not base64", s.len > 80 ? 80 : (int)s.len, s.ptr);
      break;
    }
    rn_slice text = rn_text_repair(eval->arena, rn_slice_make(b.data, b.len));
    put_copy(eval, out, row, text.ptr, text.len);
  }
  rn_builder_free(&b);
  return status;
}

/* As HTML forms do: blanks are +, all but letters, digits and .-*_ is %XX. */
KERNEL(url_encode) {
  (void)arg_count;
  FOR_ROWS(row) {
    rn_slice s = TEXT(0, row);
    char *room = text_room(eval, s.len * 3), *o = room;
    for (size_t i = 0; i < s.len; i++) {
      unsigned char c = (unsigned char)s.ptr[i];
      bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr(".-*_", c));
      if (plain) {
        *o++ = (char)c;
      } else if (c == ' ') {
        *o++ = '+';
      } else {
        *o++ = '%';
        *o++ = hex_digits[c >> 4];
        *o++ = hex_digits[c & 15];
      }
    }
    put_str(out, row, room, (size_t)(o - room));
  }
  return RN_OK;
}

KERNEL(url_decode) {
  (void)arg_count;
  FOR_ROWS(row) {
    rn_slice s = TEXT(0, row);
    char *room = text_room(eval, s.len), *o = room;
    bool ok = true;
    for (size_t i = 0; i < s.len && ok; i++) {
      if (s.ptr[i] == '%') {
        int high = i + 2 < s.len ? hex_value(s.ptr[i + 1]) : -1, low = high >= 0 ? hex_value(s.ptr[i + 2]) : -1;
        ok = low >= 0;
        if (ok) *o++ = (char)(high << 4 | low);
        i += 2;
      } else {
        *o++ = s.ptr[i] == '+' ? ' ' : s.ptr[i];
      }
    }
    rn_slice text = ok ? rn_text_repair(eval->arena, rn_slice_make(room, (size_t)(o - room))) : s;
    put_str(out, row, text.ptr, text.len);
    if (!ok) put_null(eval, out, row);
  }
  return RN_OK;
}

#define FN(n, sig, c, f, k, r, h, e)                                                                             \
  {.name = n, .signature = n sig, .min_args = 1, .max_args = 1, .flags = RN_FN_STRICT | (f), .classes = {c},       \
   .kernel = k, .result = r, .help = h, .example = e}
static const rn_function rows[] = {
  FN("ASCII", "(s STRING) -> INT", RN_ARG_STRING, 0, ascii, RN_T_INT, "code of the first byte", "ASCII('A') = 65"),
  FN("CHR", "(n BIGINT) -> STRING", RN_ARG_BIGINT, RN_FN_NULL_RESULT, chr, RN_T_VARCHAR, "the character of a code from 0 to 255", "CHR(65) = 'A'"),
  FN("HEX", "(n BIGINT) -> STRING", RN_ARG_BIGINT, 0, hex_integer, RN_T_VARCHAR, "hexadecimal; negative numbers have 16 digits", "HEX(255) = 'FF'"),
  FN("HEX", "(s STRING) -> STRING", RN_ARG_STRING, 0, hex_text, RN_T_VARCHAR, "the bytes in hexadecimal", "HEX('AB') = '4142'"),
  FN("UNHEX", "(s STRING) -> BYTES", RN_ARG_STRING, RN_FN_NULL_RESULT, unhex, RN_T_VARBINARY, "bytes from hexadecimal; NULL when it is none", "UNHEX('4142') = X'4142'"),
  FN("BIN", "(n BIGINT) -> STRING", RN_ARG_BIGINT, 0, bin, RN_T_VARCHAR, "binary; negative numbers have 64 digits", "BIN(12) = '1100'"),
  FN("TO_BASE64", "(s STRING or BYTES) -> STRING", RN_ARG_STRING_OR_BINARY, 0, to_base64, RN_T_VARCHAR, "in base64", "TO_BASE64('hello') = 'aGVsbG8='"),
  FN("FROM_BASE64", "(s STRING) -> STRING", RN_ARG_STRING, RN_FN_MAY_FAIL, from_base64, RN_T_VARCHAR, "the text in base64; fails when it is none", "FROM_BASE64('aGVsbG8=') = 'hello'"),
  FN("URL_ENCODE", "(s STRING) -> STRING", RN_ARG_STRING, RN_FN_NULL_RESULT, url_encode, RN_T_VARCHAR, "encoded as in an HTML form", "URL_ENCODE('a b&c') = 'a+b%26c'"),
  FN("URL_DECODE", "(s STRING) -> STRING", RN_ARG_STRING, RN_FN_NULL_RESULT, url_decode, RN_T_VARCHAR, "decoded from an HTML form; NULL when it is malformed", "URL_DECODE('a+b%26c') = 'a b&c'"),
};
RN_FUNCTION_SET(rn_set_text_code, "Codes", rows);
