/* String functions that cut, pad, join and change case (DIALECT 8.3). Lengths and positions count
 * characters (code points); pure ASCII text, the usual case, never decodes. */
#include <utf8proc.h>

#include "runtime/functions/scalar.h"

bool rn_text_is_ascii(rn_slice s) {
  const char *p = s.ptr, *end = s.ptr + s.len;
  uint64_t bits = 0;
  for (; end - p >= 8; p += 8) {
    uint64_t word;
    memcpy(&word, p, 8);
    bits |= word;
  }
  for (; p < end; p++) bits |= (uint64_t)(unsigned char)*p;
  return (bits & 0x8080808080808080u) == 0;
}

size_t rn_text_chars(rn_slice s) {
  /* Bytes that do not continue a character (10xxxxxx), eight at a time. */
  size_t i = 0, continued = 0;
  for (; i + 8 <= s.len; i += 8) {
    uint64_t word;
    memcpy(&word, s.ptr + i, 8);
    continued += (size_t)__builtin_popcountll((word >> 7) & ~(word >> 6) & 0x0101010101010101u);
  }
  for (; i < s.len; i++) continued += ((unsigned char)s.ptr[i] & 0xc0) == 0x80;
  return s.len - continued;
}

size_t rn_text_skip(rn_slice s, size_t count) {
  const char *p = s.ptr, *end = s.ptr + s.len;
  while (count && p < end) {
    if (count >= 8 && end - p >= 8) {
      uint64_t word;
      memcpy(&word, p, 8);
      if (!(word & 0x8080808080808080u)) {
        p += 8;
        count -= 8;
        continue;
      }
    }
    p += utf8_step(p, end);
    count--;
  }
  return (size_t)(p - s.ptr);
}

/* How many bytes begin a character that is not finished: they are one U+FFFD together (Unicode's "maximal subpart"). */
static size_t begun_character(const char *text, size_t len) {
  const unsigned char *p = (const unsigned char *)text;
  size_t wanted = p[0] >= 0xc2 && p[0] < 0xe0 ? 2 : p[0] >= 0xe0 && p[0] < 0xf0 ? 3 : p[0] >= 0xf0 && p[0] < 0xf5 ? 4 : 1, n = 1;
  unsigned low = p[0] == 0xe0 ? 0xa0 : p[0] == 0xf0 ? 0x90 : 0x80, high = p[0] == 0xf4 ? 0x8f : 0xbf; /* a lone surrogate is one, as in Java */
  while (n < wanted && n < len && p[n] >= low && p[n] <= high) {
    n++;
    low = 0x80;
    high = 0xbf;
  }
  return n;
}

rn_slice rn_text_repair(rn_arena *arena, rn_slice s) {
  if (rn_utf8_valid(s.ptr, s.len)) return s;
  char *room = rn_arena_alloc_aligned(arena, s.len * 3, 1), *o = room;
  for (size_t i = 0; i < s.len;) {
    unsigned n = rn_utf8_valid_at(s.ptr + i, s.len - i);
    memcpy(o, n ? s.ptr + i : "\xEF\xBF\xBD", n ? n : 3);
    o += n ? n : 3;
    i += n ? n : begun_character(s.ptr + i, s.len - i);
  }
  return rn_slice_make(room, (size_t)(o - room));
}

static void put_slice(rn_column *out, uint32_t row, rn_slice s) { put_str(out, row, s.ptr, s.len); }

KERNEL(char_length) {
  UNUSED_EVAL;
  FOR_ROWS(row) put_i32(out, row, (int32_t)rn_text_chars(TEXT(0, row)));
  return RN_OK;
}

/* --- case -------------------------------------------------------------------------------------------------------- */

typedef enum case_mode { CASE_UPPER, CASE_LOWER, CASE_INITIAL } case_mode;

/* Letters whose other case is several characters (Unicode's SpecialCasing, without the Greek letters with iota). */
static const struct { utf8proc_int32_t letter; const char *upper; } long_uppers[] = {
  {0xdf, "SS"}, {0x149, "\xCA\xBCN"}, {0x1f0, "J\xCC\x8C"}, {0x390, "\xCE\x99\xCC\x88\xCC\x81"}, {0x3b0, "\xCE\xA5\xCC\x88\xCC\x81"},
  {0x587, "\xD4\xB5\xD5\x92"}, {0x1e96, "H\xCC\xB1"}, {0x1e97, "T\xCC\x88"}, {0x1e98, "W\xCC\x8A"}, {0x1e99, "Y\xCC\x8A"}, {0x1e9a, "A\xCA\xBE"},
  {0xfb00, "FF"}, {0xfb01, "FI"}, {0xfb02, "FL"}, {0xfb03, "FFI"}, {0xfb04, "FFL"}, {0xfb05, "ST"}, {0xfb06, "ST"},
  {0xfb13, "\xD5\x84\xD5\x86"}, {0xfb14, "\xD5\x84\xD4\xB5"}, {0xfb15, "\xD5\x84\xD4\xBB"}, {0xfb16, "\xD5\x8E\xD5\x86"}, {0xfb17, "\xD5\x84\xD4\xBD"},
};
static const char *long_upper(utf8proc_int32_t c) {
  for (size_t i = 0; i < sizeof long_uppers / sizeof *long_uppers; i++) {
    if (long_uppers[i].letter == c) return long_uppers[i].upper;
  }
  return NULL;
}

static bool is_cased(utf8proc_int32_t c) { return utf8proc_tolower(c) != c || utf8proc_toupper(c) != c; }
static bool cased_follows(const char *p, const char *end) {
  utf8proc_int32_t c;
  return p < end && utf8proc_iterate((const utf8proc_uint8_t *)p, end - p, &c) > 0 && is_cased(c);
}

/* Room: 3 * length + 4 bytes. Gives what was written. */
static size_t change_case_utf8(rn_slice s, case_mode mode, char *room) {
  char *o = room;
  const char *p = s.ptr, *end = s.ptr + s.len;
  bool in_word = false, behind_cased = false;
  while (p < end) {
    utf8proc_int32_t c;
    utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)p, end - p, &c);
    if (n <= 0) { /* a byte that is no UTF-8 stays */
      *o++ = *p++;
      continue;
    }
    p += n;
    bool upper = mode == CASE_UPPER || (mode == CASE_INITIAL && !in_word);
    utf8proc_category_t category = utf8proc_category(c);
    in_word = (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) || category == UTF8PROC_CATEGORY_ND;
    const char *several = mode == CASE_UPPER && c >= 0xdf ? long_upper(c) : mode == CASE_LOWER && c == 0x130 ? "i\xCC\x87" : NULL;
    if (several) {
      o = stpcpy(o, several);
    } else {
      bool final_sigma = mode == CASE_LOWER && c == 0x3a3 && behind_cased && !cased_follows(p, end);
      utf8proc_int32_t first = c == 0xdf ? c : utf8proc_totitle(c);
      utf8proc_int32_t to = mode == CASE_UPPER ? utf8proc_toupper(c) : upper ? first : final_sigma ? 0x3c2 : utf8proc_tolower(c);
      o += utf8proc_encode_char(to, (utf8proc_uint8_t *)o);
    }
    if (mode == CASE_LOWER) behind_cased = is_cased(c);
  }
  return (size_t)(o - room);
}

size_t rn_text_upper(rn_slice s, char *room) { return change_case_utf8(s, CASE_UPPER, room); }

static inline rn_status change_case(rn_eval *eval, const rn_column *const *args, rn_column *out, const rn_sel *sel, case_mode mode) {
  FOR_ROWS(row) {
    rn_slice s = TEXT(0, row);
    if (!rn_text_is_ascii(s)) {
      char *wide = text_room(eval, s.len * 3 + 4);
      put_str(out, row, wide, change_case_utf8(s, mode, wide));
      continue;
    }
    char small[RN_STR_INLINE], *room = s.len <= RN_STR_INLINE ? small : text_room(eval, s.len);
    if (mode == CASE_INITIAL) {
      bool in_word = false;
      for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool lower = c >= 'a' && c <= 'z', upper = c >= 'A' && c <= 'Z';
        room[i] = (char)(in_word ? (upper ? c + 32 : c) : lower ? c - 32 : c);
        in_word = lower || upper || (c >= '0' && c <= '9');
      }
    } else {
      char first = mode == CASE_UPPER ? 'a' : 'A';
      for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        room[i] = (char)(c ^ (((unsigned char)(c - first) < 26) << 5));
      }
    }
    put_str(out, row, room, s.len);
  }
  return RN_OK;
}
KERNEL(upper) { (void)arg_count; return change_case(eval, args, out, sel, CASE_UPPER); }
KERNEL(lower) { (void)arg_count; return change_case(eval, args, out, sel, CASE_LOWER); }
KERNEL(initcap) { (void)arg_count; return change_case(eval, args, out, sel, CASE_INITIAL); }

/* --- parts ----------------------------------------------------------------------------------------------------------- */

static rn_slice part(rn_slice s, size_t begin_chars, size_t count_chars) {
  size_t begin = rn_text_skip(s, begin_chars);
  rn_slice rest = rn_slice_make(s.ptr + begin, s.len - begin);
  rest.len = rn_text_skip(rest, count_chars);
  return rest;
}

KERNEL(substring) {
  FOR_ROWS(row) {
    rn_slice s = TEXT(0, row);
    int64_t pos = I32(1, row), len = arg_count > 2 ? I32(2, row) : (int64_t)INT32_MAX;
    if (len < 0) {
      put_null(eval, out, row);
      continue;
    }
    if (pos < 0) { /* from the end; before the beginning: nothing */
      int64_t chars = (int64_t)rn_text_chars(s);
      if (-pos > chars) {
        put_str(out, row, "", 0);
        continue;
      }
      pos += chars + 1;
    }
    put_slice(out, row, part(s, (size_t)(pos > 0 ? pos - 1 : 0), (size_t)len));
  }
  return RN_OK;
}

KERNEL(left) {
  UNUSED_EVAL;
  FOR_ROWS(row) {
    int32_t n = I32(1, row);
    put_slice(out, row, part(TEXT(0, row), 0, n > 0 ? (size_t)n : 0));
  }
  return RN_OK;
}

KERNEL(right) {
  UNUSED_EVAL;
  FOR_ROWS(row) {
    rn_slice s = TEXT(0, row);
    int32_t n = I32(1, row);
    size_t chars = rn_text_chars(s), wanted = n > 0 ? (size_t)n : 0;
    put_slice(out, row, part(s, chars > wanted ? chars - wanted : 0, wanted));
  }
  return RN_OK;
}

/* --- trimming: any of a set of characters ---------------------------------------------------------------------------- */

static bool set_has(rn_slice set, const char *c, unsigned len) {
  for (const char *p = set.ptr, *end = set.ptr + set.len; p < end;) {
    unsigned n = utf8_step(p, end);
    if (n == len && memcmp(p, c, n) == 0) return true;
    p += n;
  }
  return false;
}

enum { TRIM_LEFT = 1, TRIM_RIGHT = 2 };
static rn_slice trim(rn_slice s, rn_slice set, int sides) {
  const char *p = s.ptr, *end = s.ptr + s.len;
  while ((sides & TRIM_LEFT) && p < end) {
    unsigned n = utf8_step(p, end);
    if (!set_has(set, p, n)) break;
    p += n;
  }
  while ((sides & TRIM_RIGHT) && end > p) {
    const char *last = end - 1;
    while (last > p && ((unsigned char)*last & 0xc0) == 0x80) last--;
    if (!set_has(set, last, (unsigned)(end - last))) break;
    end = last;
  }
  return rn_slice_make(p, (size_t)(end - p));
}

static inline rn_status trim_all(const rn_column *const *args, uint32_t arg_count, rn_column *out, const rn_sel *sel, int sides) {
  FOR_ROWS(row) {
    rn_slice set = arg_count > 1 ? TEXT(1, row) : rn_slice_make(" ", 1);
    put_slice(out, row, trim(TEXT(0, row), set, sides));
  }
  return RN_OK;
}
KERNEL(ltrim) { (void)eval; return trim_all(args, arg_count, out, sel, TRIM_LEFT); }
KERNEL(rtrim) { (void)eval; return trim_all(args, arg_count, out, sel, TRIM_RIGHT); }
KERNEL(btrim) { (void)eval; return trim_all(args, arg_count, out, sel, TRIM_LEFT | TRIM_RIGHT); }

/* TRIM('LEADING', characters, s) is what the parser makes of TRIM(LEADING characters FROM s). */
KERNEL(trim_sides) {
  UNUSED_EVAL;
  FOR_ROWS(row) {
    rn_slice side = TEXT(0, row);
    int sides = rn_slice_eq_nocase(side, rn_slice_of("LEADING")) ? TRIM_LEFT : rn_slice_eq_nocase(side, rn_slice_of("TRAILING")) ? TRIM_RIGHT : TRIM_LEFT | TRIM_RIGHT;
    put_slice(out, row, trim(TEXT(2, row), TEXT(1, row), sides));
  }
  return RN_OK;
}
static rn_status resolve_trim_sides(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  (void)count;
  out->result = rn_type_sized(arena, RN_T_VARCHAR, types[2]->precision, types[2]->nullable);
  out->kernel = fn->kernel;
  return RN_OK;
}

/* --- padding, repeating ------------------------------------------------------------------------------------------------ */

static rn_status too_long(rn_eval *eval, uint32_t row) {
  return rn_eval_fail(eval, row, RN_E_VALUE, "the text would be longer than %d bytes", RN_TEXT_BYTES_MAX);
}

static inline rn_status pad(rn_eval *eval, const rn_column *const *args, rn_column *out, const rn_sel *sel, bool at_left) {
  FOR_ROWS(row) {
    rn_slice s = TEXT(0, row), fill = TEXT(2, row);
    int32_t n = I32(1, row);
    if (n < 0 || fill.len == 0) {
      put_null(eval, out, row);
      continue;
    }
    size_t chars = rn_text_chars(s), wanted = (size_t)n, fill_chars = rn_text_chars(fill);
    if (chars >= wanted) {
      put_slice(out, row, part(s, 0, wanted));
      continue;
    }
    size_t missing = wanted - chars, whole = missing / fill_chars;
    size_t rest = part(fill, 0, missing % fill_chars).len, pad_bytes = whole * fill.len + rest;
    if (pad_bytes > RN_TEXT_BYTES_MAX) return too_long(eval, row);
    char *room = text_room(eval, pad_bytes + s.len), *o = room;
    if (!at_left) {
      memcpy(o, s.ptr, s.len);
      o += s.len;
    }
    for (size_t i = 0; i < whole; i++, o += fill.len) memcpy(o, fill.ptr, fill.len);
    memcpy(o, fill.ptr, rest);
    if (at_left) memcpy(o + rest, s.ptr, s.len);
    put_str(out, row, room, pad_bytes + s.len);
  }
  return RN_OK;
}
KERNEL(lpad) { (void)arg_count; return pad(eval, args, out, sel, true); }
KERNEL(rpad) { (void)arg_count; return pad(eval, args, out, sel, false); }

KERNEL(repeat) {
  (void)arg_count;
  FOR_ROWS(row) {
    rn_slice s = TEXT(0, row);
    int32_t n = I32(1, row);
    size_t times = n > 0 ? (size_t)n : 0;
    if (s.len && times > RN_TEXT_BYTES_MAX / s.len) return too_long(eval, row);
    char *room = text_room(eval, s.len * times);
    for (size_t i = 0; i < times; i++) memcpy(room + i * s.len, s.ptr, s.len);
    put_str(out, row, room, s.len * times);
  }
  return RN_OK;
}

KERNEL(reverse) {
  (void)arg_count;
  FOR_ROWS(row) {
    rn_slice s = TEXT(0, row);
    char *room = text_room(eval, s.len), *o = room + s.len;
    for (const char *p = s.ptr, *end = s.ptr + s.len; p < end;) {
      unsigned n = utf8_step(p, end);
      o -= n;
      memcpy(o, p, n);
      p += n;
    }
    put_str(out, row, room, s.len);
  }
  return RN_OK;
}

/* --- joining ------------------------------------------------------------------------------------------------------------- */

static rn_status join(rn_eval *eval, const rn_column *const *args, uint32_t first, uint32_t arg_count, bool separated,
                      rn_column *out, const rn_sel *sel) {
  rn_builder b = {0};
  FOR_ROWS(row) {
    rn_builder_clear(&b);
    bool any = false;
    for (uint32_t k = first; k < arg_count; k++) {
      if (args[k]->type->id == RN_T_NULL || rn_is_null(args[k], AT(k, row))) continue;
      if (separated && any) rn_builder_slice(&b, TEXT(0, row));
      rn_builder_slice(&b, TEXT(k, row));
      any = true;
    }
    put_copy(eval, out, row, b.data, b.len);
  }
  rn_builder_free(&b);
  return RN_OK;
}
KERNEL(concat) { return join(eval, args, 0, arg_count, false, out, sel); }

KERNEL(concat_two) {
  (void)arg_count;
  FOR_ROWS(row) {
    rn_slice a = TEXT(0, row), b = TEXT(1, row);
    char small[RN_STR_INLINE], *room = a.len + b.len <= RN_STR_INLINE ? small : text_room(eval, a.len + b.len);
    memcpy(room, a.ptr, a.len);
    memcpy(room + a.len, b.ptr, b.len);
    put_str(out, row, room, a.len + b.len);
  }
  return RN_OK;
}

/* Skips NULLs among the values; a NULL separator gives NULL, so it is not STRICT. */
KERNEL(concat_ws) {
  rn_status status = RN_OK;
  FOR_ROWS(row) {
    bool null = args[0]->type->id == RN_T_NULL || rn_is_null(args[0], AT(0, row));
    if (null) {
      put_str(out, row, "", 0);
      put_null(eval, out, row);
      continue;
    }
    uint16_t number = (uint16_t)row;
    rn_sel one = {&number, 1};
    if (join(eval, args, 1, arg_count, true, out, &one) != RN_OK) status = RN_FAIL;
  }
  return status;
}
static rn_status resolve_concat_ws(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  bool nullable = false;
  for (uint32_t i = 0; i < count; i++) nullable = nullable || types[i]->nullable;
  (void)arena;
  out->result = rn_type_basic(RN_T_VARCHAR, nullable);
  out->kernel = fn->kernel;
  return RN_OK;
}

/* CHAR(n) || CHAR(m) is CHAR(n + m), with a VARCHAR: VARCHAR of the sum, STRING at the limit. */
static rn_status resolve_concat(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  (void)count;
  if (rn_type_is_string(types[0]) != rn_type_is_string(types[1])) return RN_FAIL;
  bool text = rn_type_is_string(types[0]);
  rn_type_id fixed = text ? RN_T_CHAR : RN_T_BINARY;
  bool both_fixed = types[0]->id == fixed && types[1]->id == fixed;
  int64_t length = (int64_t)types[0]->precision + types[1]->precision;
  rn_type_id id = both_fixed ? fixed : text ? RN_T_VARCHAR : RN_T_VARBINARY;
  out->result = rn_type_sized(arena, id, length > RN_LENGTH_MAX ? RN_LENGTH_MAX : (int32_t)length, false);
  out->kernel = fn->kernel;
  return RN_OK;
}

/* --- replacing ------------------------------------------------------------------------------------------------------------ */

KERNEL(replace) {
  (void)arg_count;
  rn_builder b = {0};
  FOR_ROWS(row) {
    rn_slice s = TEXT(0, row), from = TEXT(1, row), to = TEXT(2, row);
    rn_builder_clear(&b);
    const char *p = s.ptr, *end = s.ptr + s.len;
    if (from.len == 0) { /* `to` around every character, as Java does */
      rn_builder_slice(&b, to);
      while (p < end) {
        unsigned n = utf8_step(p, end);
        rn_builder_append(&b, p, n);
        rn_builder_slice(&b, to);
        p += n;
      }
    } else {
      const char *hit;
      while (p < end && (hit = memmem(p, (size_t)(end - p), from.ptr, from.len))) {
        rn_builder_append(&b, p, (size_t)(hit - p));
        rn_builder_slice(&b, to);
        p = hit + from.len;
      }
      rn_builder_append(&b, p, (size_t)(end - p));
    }
    put_copy(eval, out, row, b.data, b.len);
  }
  rn_builder_free(&b);
  return RN_OK;
}

KERNEL(overlay) {
  FOR_ROWS(row) {
    rn_slice s = TEXT(0, row), r = TEXT(1, row);
    int64_t pos = I64(2, row), chars = (int64_t)rn_text_chars(s);
    int64_t len = arg_count > 3 ? I64(3, row) : (int64_t)rn_text_chars(r);
    if (pos <= 0 || pos > chars) {
      put_slice(out, row, s);
      continue;
    }
    rn_slice head = part(s, 0, (size_t)(pos - 1)), tail = {"", 0};
    if (len > 0 && len < chars - pos + 1) tail = part(s, (size_t)(pos - 1 + len), (size_t)chars);
    size_t total = head.len + r.len + tail.len;
    char *room = text_room(eval, total);
    memcpy(room, head.ptr, head.len);
    memcpy(room + head.len, r.ptr, r.len);
    memcpy(room + head.len + r.len, tail.ptr, tail.len);
    put_str(out, row, room, total);
  }
  return RN_OK;
}

static rn_status resolve_overlay(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  (void)count;
  int64_t length = (int64_t)types[0]->precision + types[1]->precision;
  out->result = rn_type_sized(arena, RN_T_VARCHAR, length > RN_LENGTH_MAX ? RN_LENGTH_MAX : (int32_t)length, false);
  out->kernel = fn->kernel;
  return RN_OK;
}

/* A NULL `from` changes nothing; a NULL `to` removes the characters of `from`. */
KERNEL(translate) {
  (void)arg_count;
  rn_builder b = {0};
  FOR_ROWS(row) {
    if (args[0]->type->id == RN_T_NULL || rn_is_null(args[0], AT(0, row))) {
      put_str(out, row, "", 0);
      put_null(eval, out, row);
      continue;
    }
    rn_slice s = TEXT(0, row), set[2];
    for (uint32_t k = 0; k < 2; k++) {
      bool none = args[k + 1]->type->id == RN_T_NULL || rn_is_null(args[k + 1], AT(k + 1, row));
      set[k] = none ? rn_slice_make("", 0) : TEXT(k + 1, row);
    }
    rn_slice from = set[0], to = set[1];
    rn_builder_clear(&b);
    for (const char *p = s.ptr, *end = s.ptr + s.len; p < end;) {
      unsigned n = utf8_step(p, end);
      size_t index = 0;
      const char *f = from.ptr, *from_end = from.ptr + from.len;
      for (; f < from_end; index++) {
        unsigned m = utf8_step(f, from_end);
        if (m == n && memcmp(f, p, n) == 0) break;
        f += m;
      }
      if (f >= from_end) rn_builder_append(&b, p, n);
      else rn_builder_slice(&b, part(to, index, 1));
      p += n;
    }
    put_copy(eval, out, row, b.data, b.len);
  }
  rn_builder_free(&b);
  return RN_OK;
}

static rn_status resolve_translate(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  (void)count, (void)arena;
  out->result = rn_type_basic(RN_T_VARCHAR, types[0]->nullable);
  out->kernel = fn->kernel;
  return RN_OK;
}

/* The common type of the values; a constant index below 0 is a mistake. */
static rn_status resolve_elt(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  const rn_value *index = out->constants ? out->constants[0] : NULL;
  if (index && !index->is_null && index->u.i < 0) return RN_FAIL;
  const rn_type *common = types[1];
  for (uint32_t i = 2; i < count && common; i++) common = rn_type_common(arena, common, types[i]);
  if (!common) return RN_FAIL;
  out->result = common;
  out->kernel = fn->kernel;
  return RN_OK;
}

/* ELT(i, a, b, ..): not STRICT, only the chosen value matters. */
KERNEL(elt) {
  FOR_ROWS(row) {
    bool null = args[0]->type->id == RN_T_NULL || rn_is_null(args[0], AT(0, row));
    int64_t i = null ? 0 : integer_at(args[0], row);
    bool chosen = i >= 1 && i < arg_count;
    uint32_t k = chosen ? (uint32_t)i : 0;
    if (!chosen || args[k]->type->id == RN_T_NULL || rn_is_null(args[k], AT(k, row))) {
      put_str(out, row, "", 0);
      put_null(eval, out, row);
    } else {
      put_slice(out, row, TEXT(k, row));
    }
  }
  return RN_OK;
}

#define FN(n, sig, lo, hi, f, res, k, result_type, h, e, ...)                                                  \
  {.name = n, .signature = n sig, .min_args = lo, .max_args = hi, .flags = (f), .classes = {__VA_ARGS__},       \
   .resolve = res, .kernel = k, .result = result_type, .help = h, .example = e}
#define S RN_ARG_STRING
#define I RN_ARG_INT
static const rn_function rows[] = {
  FN("||", "", 2, 2, RN_FN_STRICT | RN_FN_OPERATOR, resolve_concat, concat_two, 0, "texts one after the other; NULL when one is", "'a' || 'b' = 'ab'", RN_ARG_STRING_OR_BINARY, RN_ARG_STRING_OR_BINARY),
  FN("CHAR_LENGTH", "(s STRING) -> INT", 1, 1, RN_FN_STRICT, NULL, char_length, RN_T_INT, "number of characters", "CHAR_LENGTH('abc') = 3", S),
  FN("CHARACTER_LENGTH", "(s STRING) -> INT", 1, 1, RN_FN_STRICT, NULL, char_length, RN_T_INT, "number of characters", "CHARACTER_LENGTH('abc') = 3", S),
  FN("UPPER", "(s STRING) -> STRING", 1, 1, RN_FN_STRICT, rn_resolve_first, upper, 0, "in capital letters", "UPPER('abc') = 'ABC'", S),
  FN("LOWER", "(s STRING) -> STRING", 1, 1, RN_FN_STRICT, rn_resolve_first, lower, 0, "in small letters", "LOWER('ABC') = 'abc'", S),
  FN("INITCAP", "(s STRING) -> STRING", 1, 1, RN_FN_STRICT, rn_resolve_first, initcap, 0, "first letter of every word a capital, the others small", "INITCAP('hello world') = 'Hello World'", S),
  FN("SUBSTRING", "(s STRING, pos INT [, len INT]) -> STRING", 2, 3, RN_FN_STRICT | RN_FN_NULL_RESULT, rn_resolve_varchar, substring, 0, "len characters from pos (1-based; negative: from the end)", "SUBSTRING('hello', 2, 3) = 'ell'", S, I, I),
  FN("SUBSTR", "(s STRING, pos INT [, len INT]) -> STRING", 2, 3, RN_FN_STRICT | RN_FN_NULL_RESULT, rn_resolve_varchar, substring, 0, "len characters from pos (1-based; negative: from the end)", "SUBSTR('hello', -3) = 'llo'", S, I, I),
  FN("LEFT", "(s STRING, n INT) -> STRING", 2, 2, RN_FN_STRICT | RN_FN_NULL_RESULT, rn_resolve_varchar, left, 0, "the first n characters", "LEFT('hello', 2) = 'he'", S, I),
  FN("RIGHT", "(s STRING, n INT) -> STRING", 2, 2, RN_FN_STRICT | RN_FN_NULL_RESULT, rn_resolve_varchar, right, 0, "the last n characters", "RIGHT('hello', 2) = 'lo'", S, I),
  FN("TRIM", "([[BOTH | LEADING | TRAILING] chars FROM] s STRING) -> STRING", 1, 1, RN_FN_STRICT, rn_resolve_varchar, btrim, 0, "without blanks (or any of chars) at both ends or one", "TRIM('  a ') = 'a'", S),
  FN("TRIM", "(side, chars STRING, s STRING) -> STRING", 3, 3, RN_FN_STRICT, resolve_trim_sides, trim_sides, 0, "without any of chars at both ends or one", "TRIM(LEADING 'x' FROM 'xxax') = 'ax'", RN_ARG_UNIT, S, S),
  FN("LTRIM", "(s STRING [, chars STRING]) -> STRING", 1, 2, RN_FN_STRICT, rn_resolve_varchar, ltrim, 0, "without blanks (or any of chars) at the beginning", "LTRIM('  a') = 'a'", S, S),
  FN("RTRIM", "(s STRING [, chars STRING]) -> STRING", 1, 2, RN_FN_STRICT, rn_resolve_varchar, rtrim, 0, "without blanks (or any of chars) at the end", "RTRIM('a  ') = 'a'", S, S),
  FN("BTRIM", "(s STRING [, chars STRING]) -> STRING", 1, 2, RN_FN_STRICT, NULL, btrim, RN_T_VARCHAR, "without blanks (or any of chars) at both ends", "BTRIM('xxaxx', 'x') = 'a'", S, S),
  FN("LPAD", "(s STRING, n INT, pad STRING) -> STRING", 3, 3, RN_FN_STRICT | RN_FN_MAY_FAIL, NULL, lpad, RN_T_VARCHAR, "filled up at the left to n characters, or cut to them", "LPAD('7', 3, '0') = '007'", S, I, S),
  FN("RPAD", "(s STRING, n INT, pad STRING) -> STRING", 3, 3, RN_FN_STRICT | RN_FN_MAY_FAIL, NULL, rpad, RN_T_VARCHAR, "filled up at the right to n characters, or cut to them", "RPAD('a', 3, '-') = 'a--'", S, I, S),
  FN("REPEAT", "(s STRING, n INT) -> STRING", 2, 2, RN_FN_STRICT | RN_FN_MAY_FAIL, NULL, repeat, RN_T_VARCHAR, "n times the text", "REPEAT('ab', 2) = 'abab'", S, I),
  FN("REVERSE", "(s STRING) -> STRING", 1, 1, RN_FN_STRICT | RN_FN_NULL_RESULT, NULL, reverse, RN_T_VARCHAR, "the characters backwards", "REVERSE('abc') = 'cba'", S),
  FN("CONCAT", "(a STRING, ..) -> STRING", 1, 255, RN_FN_STRICT | RN_FN_VARIADIC, NULL, concat, RN_T_VARCHAR, "texts one after the other; NULL when one is", "CONCAT('a', 'b', 'c') = 'abc'", S, S),
  FN("CONCAT_WS", "(separator STRING, a STRING, ..) -> STRING", 1, 255, RN_FN_VARIADIC, resolve_concat_ws, concat_ws, 0, "texts with a separator between them; NULLs are left out", "CONCAT_WS('-', 'a', 'b') = 'a-b'", S, S),
  FN("REPLACE", "(s STRING, from STRING, to STRING) -> STRING", 3, 3, RN_FN_STRICT, NULL, replace, RN_T_VARCHAR, "every occurrence of from replaced", "REPLACE('banana', 'an', 'o') = 'booa'", S, S, S),
  FN("OVERLAY", "(s STRING PLACING r STRING FROM pos BIGINT [FOR len BIGINT]) -> STRING", 3, 4, RN_FN_STRICT, resolve_overlay, overlay, 0, "len characters from pos replaced by r", "OVERLAY('abcdef' PLACING 'XX' FROM 2) = 'aXXdef'", S, S, RN_ARG_BIGINT, RN_ARG_BIGINT),
  FN("TRANSLATE", "(s STRING, from STRING, to STRING) -> STRING", 3, 3, 0, resolve_translate, translate, 0, "characters of from replaced by those of to, removed where there is none", "TRANSLATE('abc', 'ac', 'x') = 'xb'", S, S, S),
  FN("ELT", "(i INT, a STRING, ..) -> STRING", 2, 255, RN_FN_VARIADIC | RN_FN_NULL_RESULT, resolve_elt, elt, 0, "the i-th value (1-based)", "ELT(2, 'a', 'b') = 'b'", RN_ARG_INTEGER, S),
};
RN_FUNCTION_SET(rn_set_text, "String functions", rows);
