/* String functions that look for something: positions, prefixes, parts, classes of characters (DIALECT 8.3). */
#include <utf8proc.h>

#include "base/number.h"
#include "runtime/functions/scalar.h"

/* --- positions, in characters from 1; 0: not there --------------------------------------------------------------------- */

/* First occurrence at or after character `start` (from 1). */
static int32_t find_from(rn_slice s, rn_slice wanted, int64_t start) {
  if (start < 1) start = 1;
  size_t skip = rn_text_skip(s, (size_t)(start - 1));
  if (wanted.len == 0) return start <= (int64_t)rn_text_chars(s) + 1 ? (int32_t)start : 0;
  const char *hit = memmem(s.ptr + skip, s.len - skip, wanted.ptr, wanted.len);
  return hit ? (int32_t)rn_text_chars(rn_slice_make(s.ptr, (size_t)(hit - s.ptr))) + 1 : 0;
}

KERNEL(position) { /* POSITION(x IN s [FROM start]), LOCATE(x, s [, start]) */
  UNUSED_EVAL;
  FOR_ROWS(row) { /* the empty text begins at 1, wherever the search starts */
    rn_slice wanted = TEXT(0, row);
    put_i32(out, row, wanted.len ? find_from(TEXT(1, row), wanted, arg_count > 2 ? I32(2, row) : 1) : 1);
  }
  return RN_OK;
}

/* The nth occurrence from `start`; a negative start searches backwards from the end. */
static int32_t instr(rn_slice s, rn_slice wanted, int64_t start, int64_t nth) {
  if (start == 0 || nth < 1) return 0;
  if (start > 0) {
    int32_t at = 0;
    for (int64_t i = 0; i < nth; i++) {
      at = find_from(s, wanted, at ? at + 1 : start);
      if (!at) return 0;
    }
    return at;
  }
  int64_t chars = (int64_t)rn_text_chars(s), wanted_chars = (int64_t)rn_text_chars(wanted);
  for (int64_t at = chars + start + 1; at >= 1; at--) { /* an occurrence may begin there */
    if (at + wanted_chars - 1 > chars) continue;
    size_t skip = rn_text_skip(s, (size_t)(at - 1));
    if (memcmp(s.ptr + skip, wanted.ptr, wanted.len) == 0 && --nth == 0) return (int32_t)at;
  }
  return 0;
}

KERNEL(k_instr) {
  FOR_ROWS(row) {
    if (arg_count > 3 && I32(3, row) < 1) return rn_eval_fail(eval, row, RN_E_VALUE, "INSTR counts occurrences from 1, got %d", (int)I32(3, row));
    put_i32(out, row, instr(TEXT(0, row), TEXT(1, row), arg_count > 2 ? I32(2, row) : 1, arg_count > 3 ? I32(3, row) : 1));
  }
  return RN_OK;
}

KERNEL(starts_with) {
  UNUSED_EVAL;
  FOR_ROWS(row) {
    rn_slice s = TEXT(0, row), part = TEXT(1, row);
    put_bool(out, row, s.len >= part.len && memcmp(s.ptr, part.ptr, part.len) == 0);
  }
  return RN_OK;
}
KERNEL(ends_with) {
  UNUSED_EVAL;
  FOR_ROWS(row) {
    rn_slice s = TEXT(0, row), part = TEXT(1, row);
    put_bool(out, row, s.len >= part.len && memcmp(s.ptr + s.len - part.len, part.ptr, part.len) == 0);
  }
  return RN_OK;
}
/* Text with text, bytes with bytes. */
static rn_status resolve_with(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  (void)count, (void)arena;
  if (rn_type_is_string(types[0]) != rn_type_is_string(types[1])) return RN_FAIL;
  out->result = rn_type_basic(RN_T_BOOLEAN, false);
  out->kernel = fn->kernel;
  return RN_OK;
}

/* --- SPLIT_INDEX ----------------------------------------------------------------------------------------------------------- */

/* Java's Character.isWhitespace. */
static bool is_blank(utf8proc_int32_t c) {
  if ((c >= 9 && c <= 13) || (c >= 0x1c && c <= 0x20)) return true;
  utf8proc_category_t category = c < 0x80 ? UTF8PROC_CATEGORY_CN : utf8proc_category(c);
  return category >= UTF8PROC_CATEGORY_ZS && category <= UTF8PROC_CATEGORY_ZP && c != 0xa0 && c != 0x2007 && c != 0x202f;
}

/* Without a separator every blank is one. */
static bool part_at_blanks(rn_slice s, int64_t index, rn_slice *out) {
  const char *p = s.ptr, *end = s.ptr + s.len, *begin = p;
  while (p < end) {
    utf8proc_int32_t c = 0;
    const char *at = p;
    utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)p, end - p, &c);
    p += n > 0 ? n : 1;
    if (n <= 0 || !is_blank(c)) continue;
    if (index-- == 0) {
      *out = rn_slice_make(begin, (size_t)(at - begin));
      return true;
    }
    begin = p;
  }
  *out = rn_slice_make(begin, (size_t)(end - begin));
  return index == 0;
}

/* Part `index` (from 0) between separators; false: there is none. */
static bool split_part(rn_slice s, rn_slice separator, int64_t index, rn_slice *out) {
  if (index < 0 || s.len == 0) return false;
  if (separator.len == 0) return part_at_blanks(s, index, out);
  const char *p = s.ptr, *end = s.ptr + s.len;
  for (;;) {
    const char *hit = memmem(p, (size_t)(end - p), separator.ptr, separator.len);
    const char *part_end = hit ? hit : end;
    if (index-- == 0) {
      *out = rn_slice_make(p, (size_t)(part_end - p));
      return true;
    }
    if (!hit) return false;
    p = hit + separator.len;
  }
}

KERNEL(split_index) {
  (void)arg_count;
  bool by_code = !rn_type_is_string(args[1]->type);
  FOR_ROWS(row) {
    rn_slice part, separator;
    char code = 0;
    bool ok = true;
    if (by_code) { /* a character code from 1 to 255 */
      int32_t n = I32(1, row);
      ok = n >= 1 && n <= 255;
      code = (char)n;
      separator = rn_slice_make(&code, 1);
    } else {
      separator = TEXT(1, row);
    }
    if (ok && split_part(TEXT(0, row), separator, I32(2, row), &part)) put_str(out, row, part.ptr, part.len);
    else put_null(eval, out, row);
  }
  return RN_OK;
}

/* --- classes of characters: never NULL, NULL and '' are FALSE ---------------------------------------------------------------- */

static bool all_letters(rn_slice s) {
  for (const char *p = s.ptr, *end = s.ptr + s.len; p < end;) {
    utf8proc_int32_t c;
    utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)p, end - p, &c);
    if (n <= 0) return false;
    utf8proc_category_t category = utf8proc_category(c);
    if (category < UTF8PROC_CATEGORY_LU || category > UTF8PROC_CATEGORY_LO) return false;
    p += n;
  }
  return s.len > 0;
}
static bool all_digits(rn_slice s) {
  for (const char *p = s.ptr, *end = s.ptr + s.len; p < end;) { /* of any script */
    utf8proc_int32_t c;
    utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)p, end - p, &c);
    if (n <= 0 || (c < 0x80 ? c < '0' || c > '9' : utf8proc_category(c) != UTF8PROC_CATEGORY_ND)) return false;
    p += n;
  }
  return s.len > 0;
}
static bool is_decimal(rn_slice s) {
  rn_i128 v;
  return rn_decimal_parse(rn_slice_trim(s), RN_DECIMAL_DIGITS_MAX, 0, &v) != RN_NUMBER_BAD;
}

static inline rn_status test(const rn_column *const *args, rn_column *out, const rn_sel *sel, bool (*fits)(rn_slice)) {
  bool typed = args[0]->type->id != RN_T_NULL;
  FOR_ROWS(row) put_bool(out, row, typed && rn_is_valid(args[0], AT(0, row)) && fits(TEXT(0, row)));
  return RN_OK;
}
KERNEL(is_alpha) { UNUSED_EVAL; return test(args, out, sel, all_letters); }
KERNEL(is_digit) { UNUSED_EVAL; return test(args, out, sel, all_digits); }
KERNEL(k_is_decimal) { UNUSED_EVAL; return test(args, out, sel, is_decimal); }

/* Of a number: its type answers. */
static inline rn_status test_number(const rn_column *const *args, rn_column *out, const rn_sel *sel, bool yes) {
  FOR_ROWS(row) put_bool(out, row, yes && rn_is_valid(args[0], AT(0, row)));
  return RN_OK;
}
KERNEL(number_is_alpha) { UNUSED_EVAL; return test_number(args, out, sel, false); }
KERNEL(number_is_digit) { UNUSED_EVAL; return test_number(args, out, sel, rn_type_is_integer(args[0]->type)); }
KERNEL(number_is_decimal) { UNUSED_EVAL; return test_number(args, out, sel, true); }

#define FN(n, sig, lo, hi, f, res, k, result_type, h, e, ...)                                                  \
  {.name = n, .signature = n sig, .min_args = lo, .max_args = hi, .flags = (f), .classes = {__VA_ARGS__},       \
   .resolve = res, .kernel = k, .result = result_type, .help = h, .example = e}
#define S RN_ARG_STRING
#define I RN_ARG_INT
#define TEXT_OR_BYTES RN_ARG_STRING_OR_BINARY, RN_ARG_STRING_OR_BINARY
static const rn_function rows[] = {
  FN("POSITION", "(x STRING IN s STRING [FROM start INT]) -> INT", 2, 3, RN_FN_STRICT, NULL, position, RN_T_INT, "where x begins in s, from 1, at start or later; 0: not there", "POSITION('b' IN 'abcb' FROM 3) = 4", S, S, I),
  FN("LOCATE", "(x STRING, s STRING [, start INT]) -> INT", 2, 3, RN_FN_STRICT, NULL, position, RN_T_INT, "where x begins in s, at start or later; 0: not there", "LOCATE('b', 'abcb', 3) = 4", S, S, I),
  FN("INSTR", "(s STRING, x STRING [, start INT [, nth INT]]) -> INT", 2, 4, RN_FN_STRICT | RN_FN_MAY_FAIL, NULL, k_instr, RN_T_INT, "where x begins in s the nth time; a negative start searches from the end", "INSTR('abcb', 'b', -1) = 4", S, S, I, I),
  FN("STARTSWITH", "(s, prefix) -> BOOLEAN", 2, 2, RN_FN_STRICT, resolve_with, starts_with, 0, "does s begin with prefix (STRING or BYTES)?", "STARTSWITH('abc', 'ab') = TRUE", TEXT_OR_BYTES),
  FN("ENDSWITH", "(s, suffix) -> BOOLEAN", 2, 2, RN_FN_STRICT, resolve_with, ends_with, 0, "does s end with suffix (STRING or BYTES)?", "ENDSWITH('abc', 'bc') = TRUE", TEXT_OR_BYTES),
  FN("SPLIT_INDEX", "(s STRING, separator STRING, index INT) -> STRING", 3, 3, RN_FN_STRICT | RN_FN_NULL_RESULT, NULL, split_index, RN_T_VARCHAR, "the part at index, from 0; NULL: there is none", "SPLIT_INDEX('a,b,c', ',', 1) = 'b'", S, S, I),
  FN("SPLIT_INDEX", "(s STRING, separator_code INT, index INT) -> STRING", 3, 3, RN_FN_STRICT | RN_FN_NULL_RESULT, NULL, split_index, RN_T_VARCHAR, "the same, separated by the character of a code from 1 to 255", "SPLIT_INDEX('a,b', 44, 1) = 'b'", S, I, I),
  FN("IS_ALPHA", "(s STRING) -> BOOLEAN", 1, 1, 0, NULL, is_alpha, RN_T_BOOLEAN, "only letters, and one at least", "IS_ALPHA('abc') = TRUE", S),
  FN("IS_ALPHA", "(x NUMERIC) -> BOOLEAN", 1, 1, 0, NULL, number_is_alpha, RN_T_BOOLEAN, "FALSE: a number has no letters", "IS_ALPHA(1) = FALSE", RN_ARG_NUMERIC),
  FN("IS_DIGIT", "(s STRING) -> BOOLEAN", 1, 1, 0, NULL, is_digit, RN_T_BOOLEAN, "only digits, and one at least", "IS_DIGIT('12') = TRUE", S),
  FN("IS_DIGIT", "(x NUMERIC) -> BOOLEAN", 1, 1, 0, NULL, number_is_digit, RN_T_BOOLEAN, "is it of an integer type?", "IS_DIGIT(12) = TRUE", RN_ARG_NUMERIC),
  FN("IS_DECIMAL", "(s STRING) -> BOOLEAN", 1, 1, 0, NULL, k_is_decimal, RN_T_BOOLEAN, "is it a number?", "IS_DECIMAL('1.5') = TRUE", S),
  FN("IS_DECIMAL", "(x NUMERIC) -> BOOLEAN", 1, 1, 0, NULL, number_is_decimal, RN_T_BOOLEAN, "TRUE; FALSE for NULL", "IS_DECIMAL(1) = TRUE", RN_ARG_NUMERIC),
};
RN_FUNCTION_SET(rn_set_text_search, "String search", rows);
