/* Casts from and to character and binary strings (DIALECT 2.6). */
#include "base/number.h"
#include "runtime/functions/cast.h"
#include "runtime/value_text.h"

/* --- from text ------------------------------------------------------------------------------------------------ */

/* The text of a failed number, as the dialect words it. */
static const char *number_reason(rn_slice s, rn_number_result result) {
  if (rn_slice_trim(s).len == 0) return "the text is empty";
  return result == RN_NUMBER_OVERFLOW ? "overflow" : "invalid character found";
}

CAST_BODY(text_to_integer) {
  (void)arg_count;
  static const int64_t most[] = {[RN_T_TINYINT] = INT8_MAX, [RN_T_SMALLINT] = INT16_MAX, [RN_T_INT] = INT32_MAX, [RN_T_BIGINT] = INT64_MAX};
  int64_t max = most[out->type->id], min = -max - 1;
  FOR_ROWS(row) {
    rn_slice s = TEXT(0, row);
    int64_t v = 0;
    rn_number_result r = rn_cast_int64(s, &v);
    if (r == RN_NUMBER_OK && (v > max || v < min)) r = RN_NUMBER_OVERFLOW;
    if (r != RN_NUMBER_OK) {
      CAST_FAIL(row, number_reason(s, r));
      continue;
    }
    put_integer(out, row, v);
  }
  return RN_OK;
}
CAST_PAIR(text_to_integer)

CAST_BODY(text_to_decimal) {
  (void)arg_count;
  FOR_ROWS(row) {
    rn_slice s = TEXT(0, row);
    rn_i128 v = 0;
    rn_number_result r = rn_decimal_parse(rn_slice_trim(s), out->type->precision, out->type->scale, &v);
    if (r == RN_NUMBER_OK) decimal_put(out, row, v);
    else CAST_FAIL(row, number_reason(s, r));
  }
  return RN_OK;
}
CAST_PAIR(text_to_decimal)

CAST_BODY(text_to_real) {
  (void)arg_count;
  FOR_ROWS(row) {
    rn_slice s = TEXT(0, row);
    bool ok = out->type->id == RN_T_FLOAT ? rn_parse_float(s, true, (float *)out->data + row)
                                          : rn_parse_double(s, true, (double *)out->data + row);
    if (!ok) CAST_FAIL(row, number_reason(s, RN_NUMBER_BAD));
  }
  return RN_OK;
}
CAST_PAIR(text_to_real)

CAST_BODY(text_to_bool) {
  (void)arg_count;
  static const struct { const char *text; bool value; } words[] = {
    {"t", true}, {"true", true}, {"y", true}, {"yes", true}, {"1", true},
    {"f", false}, {"false", false}, {"n", false}, {"no", false}, {"0", false},
  };
  FOR_ROWS(row) {
    rn_slice s = TEXT(0, row);
    size_t i = 0, n = sizeof words / sizeof words[0];
    while (i < n && !rn_slice_eq_nocase(s, rn_slice_of(words[i].text))) i++;
    if (i < n) put_bool(out, row, words[i].value);
    else CAST_FAIL(row, "expected true or false");
  }
  return RN_OK;
}
CAST_PAIR(text_to_bool)

CAST_BODY(text_to_date) {
  (void)arg_count;
  FOR_ROWS(row) {
    if (!rn_cast_date(TEXT(0, row), (int32_t *)out->data + row)) CAST_FAIL(row, "expected yyyy-MM-dd");
  }
  return RN_OK;
}
CAST_PAIR(text_to_date)

CAST_BODY(text_to_time) {
  (void)arg_count;
  FOR_ROWS(row) {
    int32_t ms;
    if (rn_cast_time(rn_slice_trim(TEXT(0, row)), &ms)) put_i32(out, row, cut_ms(ms, out->type->precision));
    else CAST_FAIL(row, "expected HH:mm:ss[.fff] where HH is 00-23, mm is 00-59, ss is 00-59");
  }
  return RN_OK;
}
CAST_PAIR(text_to_time)

CAST_BODY(text_to_timestamp) {
  (void)arg_count;
  bool instant = out->type->id == RN_T_TIMESTAMP_LTZ;
  FOR_ROWS(row) {
    int64_t us;
    if (!rn_cast_timestamp(TEXT(0, row), &us)) {
      CAST_FAIL(row, "expected yyyy-MM-dd HH:mm:ss[.f]");
      continue;
    }
    if (instant) us = rn_zone_to_utc(eval->zone, us);
    put_i64(out, row, cut_us(us, out->type->precision));
  }
  return RN_OK;
}
CAST_PAIR(text_to_timestamp)

/* --- lengths ---------------------------------------------------------------------------------------------------- */

/* The text cut to the type's length, CHAR padded with blanks, BINARY with zero bytes. `shared`: the bytes
 * live as long as the batch, so a cut may point into them. */
static void put_fitted(rn_eval *eval, rn_column *out, uint32_t row, rn_slice s, bool shared) {
  const rn_type *t = out->type;
  bool binary = rn_type_is_binary(t), fixed = t->id == RN_T_CHAR || t->id == RN_T_BINARY;
  size_t length = (size_t)t->precision, chars = 0;
  if (s.len > length || fixed) {
    chars = binary || rn_text_is_ascii(s) ? s.len : rn_text_chars(s);
    if (chars > length) {
      s.len = binary ? length : rn_text_skip(s, length);
      chars = length;
    }
  }
  if (fixed && chars < length) {
    size_t pad = length - chars;
    char *room = text_room(eval, s.len + pad);
    memcpy(room, s.ptr, s.len);
    memset(room + s.len, binary ? 0 : ' ', pad);
    put_str(out, row, room, s.len + pad);
    return;
  }
  if (shared) put_str(out, row, s.ptr, s.len);
  else put_copy(eval, out, row, s.ptr, s.len);
}

KERNEL(text_to_text) {
  (void)arg_count;
  FOR_ROWS(row) put_fitted(eval, out, row, TEXT(0, row), true);
  return RN_OK;
}

KERNEL(binary_to_text) {
  (void)arg_count;
  FOR_ROWS(row) put_fitted(eval, out, row, rn_text_repair(eval->arena, TEXT(0, row)), true);
  return RN_OK;
}

/* Nothing can be cut or padded: the views are shared. */
KERNEL(text_as_it_is) {
  UNUSED_EVAL;
  const rn_str *from = args[0]->data;
  rn_str *to = out->data;
  FOR_ROWS(row) to[row] = from[AT(0, row)];
  return RN_OK;
}

/* --- to text -------------------------------------------------------------------------------------------------------- */

KERNEL(value_to_text) {
  (void)arg_count;
  rn_builder b = {0};
  FOR_ROWS(row) {
    rn_builder_clear(&b);
    rn_value_text(&b, args[0], AT(0, row), RN_TEXT_CAST, eval->zone);
    put_fitted(eval, out, row, rn_slice_make(b.data ? b.data : "", b.len), false);
  }
  rn_builder_free(&b);
  return RN_OK;
}

rn_kernel rn_cast_from_text_kernel(const rn_type *from, const rn_type *to, bool safe) {
  if (!rn_type_is_string(from)) return NULL;
#define CHOOSE(name) return safe ? name##_safe : name##_strict
  switch (to->id) {
    case RN_T_BOOLEAN: CHOOSE(text_to_bool);
    case RN_T_TINYINT: case RN_T_SMALLINT: case RN_T_INT: case RN_T_BIGINT: CHOOSE(text_to_integer);
    case RN_T_FLOAT: case RN_T_DOUBLE: CHOOSE(text_to_real);
    case RN_T_DECIMAL: CHOOSE(text_to_decimal);
    case RN_T_DATE: CHOOSE(text_to_date);
    case RN_T_TIME: CHOOSE(text_to_time);
    case RN_T_TIMESTAMP: case RN_T_TIMESTAMP_LTZ: CHOOSE(text_to_timestamp);
    default: return NULL;
  }
#undef CHOOSE
}

rn_kernel rn_cast_to_text_kernel(const rn_type *from, const rn_type *to) {
  bool text = rn_type_is_string(from) || rn_type_is_binary(from);
  if (rn_type_is_binary(to) && !text) return NULL;
  if (!rn_type_is_string(to) && !rn_type_is_binary(to)) return NULL;
  if (from->id == RN_T_VARIANT) return NULL; /* would it be JSON or the plain text? Neither, as in Flink */
  if (!text) return value_to_text;
  if (rn_type_is_binary(from) && rn_type_is_string(to)) return binary_to_text;
  bool same_family = rn_type_is_string(from) == rn_type_is_string(to);
  bool whole = to->precision == RN_LENGTH_MAX || (same_family && to->precision >= from->precision);
  return whole && to->id != RN_T_CHAR && to->id != RN_T_BINARY ? text_as_it_is : text_to_text;
}
