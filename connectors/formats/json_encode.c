/* The json format, writing: one compact object per row, fields in schema order. What does not change
 * from row to row (`,"price":`) is made once, when the encoder opens. Integers, timestamps and plain
 * text, which is nearly everything, are written straight into reserved room: two digits at a time, the
 * last date kept, text checked eight bytes at a time; the rest goes through base/. */
#include "connectors/formats/json_encode.h"
#include "base/number.h"
#include "connectors/formats/text_scan.h"
#include "runtime/value_text.h"

typedef struct member member;
struct member { /* a column, a field of a ROW, or what a collection holds */
  const char *key;  /* `,"price":` */
  size_t key_len;
  const rn_type *type;
  uint32_t member_count; /* ROW: its fields; ARRAY: 1, the elements; MAP: 1, the values (MULTISET: the counts) */
  member *members;
};

typedef enum null_keys { NULL_KEYS_FAIL, NULL_KEYS_DROP, NULL_KEYS_LITERAL } null_keys;

struct rn_encoder {
  rn_arena arena;
  uint32_t count;
  member *members;
  bool plain_decimals, skip_nulls;
  null_keys null_keys; /* of MAP */
  const char *null_key;
  bool failed;         /* a NULL key under FAIL */
  char separator;
  int64_t day;    /* of the last timestamp written, and its text */
  char date[10];
};

/* --- straight into the builder's room ------------------------------------------------------------------- */
static const char two_digits[] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354555657"
    "585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

static inline char *put_two(char *p, unsigned v) {
  memcpy(p, two_digits + 2 * v, 2);
  return p + 2;
}
static void put_int(rn_builder *b, int64_t value) {
  char digits[24], *end = digits + sizeof digits, *p = end;
  uint64_t u = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
  for (; u >= 100; u /= 100) (void)put_two(p -= 2, (unsigned)(u % 100));
  if (u >= 10) (void)put_two(p -= 2, (unsigned)u);
  else *--p = (char)('0' + u);
  if (value < 0) *--p = '-';
  rn_builder_append(b, p, (size_t)(end - p));
}
/* Text without quotes, backslashes, controls and bytes beyond ASCII is written as it is. */
static void put_text(rn_builder *b, rn_slice s) {
  const uint64_t ones = 0x0101010101010101ull, tops = 0x8080808080808080ull;
  uint64_t odd = 0;
  size_t i = 0;
  for (; i + 8 <= s.len; i += 8) {
    uint64_t v = scan_load64(s.ptr + i), quote = v ^ ones * '"', slash = v ^ ones * '\\';
    odd |= v | (v - ones * 0x20) | (quote - ones) | (slash - ones);
  }
  odd &= tops; /* a borrow may tell of a byte that is none: then the careful way is taken for nothing */
  for (; i < s.len; i++) {
    unsigned char c = (unsigned char)s.ptr[i];
    odd |= c < 0x20 || c >= 0x80 || c == '"' || c == '\\';
  }
  if (odd) {
    rn_builder_json_string(b, s);
    return;
  }
  rn_builder_reserve(b, s.len + 2);
  char *p = b->data + b->len;
  p[0] = '"';
  memcpy(p + 1, s.ptr, s.len);
  p[s.len + 1] = '"';
  b->len += s.len + 2;
  b->data[b->len] = 0;
}
static void put_timestamp(rn_encoder *e, rn_builder *b, int64_t us, bool zone) {
  int64_t day = rn_floor_div(us, RN_US_PER_DAY), left = us - day * RN_US_PER_DAY;
  if (day != e->day) {
    int64_t year;
    unsigned month, of_month;
    rn_civil_from_days(day, &year, &month, &of_month);
    if (year < 0 || year > 9999) {
      rn_builder_char(b, '"');
      rn_format_timestamp(b, us, 6, true, e->separator);
      rn_builder_text(b, zone ? "Z\"" : "\"");
      return;
    }
    char *p = put_two(put_two(e->date, (unsigned)year / 100), (unsigned)year % 100);
    *p++ = '-';
    p = put_two(p, month);
    *p++ = '-';
    (void)put_two(p, of_month);
    e->day = day;
  }
  rn_builder_reserve(b, 32);
  char *start = b->data + b->len, *p = start;
  *p++ = '"';
  memcpy(p, e->date, 10);
  p += 10;
  *p++ = e->separator;
  unsigned seconds = (unsigned)(left / RN_US_PER_SECOND), fraction = (unsigned)(left % RN_US_PER_SECOND);
  p = put_two(p, seconds / 3600);
  *p++ = ':';
  p = put_two(p, seconds / 60 % 60);
  *p++ = ':';
  p = put_two(p, seconds % 60);
  if (fraction) {
    *p++ = '.';
    p = put_two(put_two(put_two(p, fraction / 10000), fraction / 100 % 100), fraction % 100);
    while (p[-1] == '0') p--;
  }
  if (zone) *p++ = 'Z';
  *p++ = '"';
  b->len += (size_t)(p - start);
  *p = 0;
}

static rn_status init_member(rn_encoder *e, member *m, const char *name, const char *path, const rn_type *type,
                             rn_error *err) {
  rn_builder key = {0};
  rn_builder_char(&key, ',');
  rn_builder_json_string(&key, rn_slice_of(name));
  rn_builder_char(&key, ':');
  m->key = rn_arena_strndup(&e->arena, key.data, key.len);
  m->key_len = key.len;
  rn_builder_free(&key);
  m->type = rn_type_copy(&e->arena, type);
  switch ((rn_type_id)type->id) {
    case RN_T_ARRAY: case RN_T_MAP: case RN_T_MULTISET: {
      if (type->id != RN_T_ARRAY && json_check_key(path, type, "write", err) != RN_OK) return RN_FAIL;
      const rn_type *element = type->id == RN_T_MULTISET ? rn_type_basic(RN_T_INT, false) : type->children[type->id == RN_T_MAP];
      m->member_count = 1;
      m->members = RN_NEW(&e->arena, member);
      return init_member(e, m->members, "", rn_arena_printf(&e->arena, "%s[]", path), element, err);
    }
    case RN_T_ROW:
      m->member_count = type->child_count;
      m->members = RN_NEW_N(&e->arena, member, type->child_count ? type->child_count : 1);
      for (uint32_t i = 0; i < type->child_count; i++) {
        const char *inner = rn_arena_printf(&e->arena, "%s.%s", path, type->names[i]);
        if (init_member(e, &m->members[i], type->names[i], inner, type->children[i], err) != RN_OK) return RN_FAIL;
      }
      return RN_OK;
    default: return RN_OK;
  }
}

void json_encoder_close(rn_encoder *e) {
  if (!e) return;
  rn_arena_free(&e->arena);
  rn_free(e);
}

rn_status json_encoder_open(const rn_table_spec *table, const uint32_t *columns, uint32_t count, bool is_key,
                            const rn_zone *zone, rn_encoder **out, rn_error *err) {
  (void)zone;
  rn_encoder *e = rn_calloc(1, sizeof *e);
  rn_arena_init(&e->arena);
  e->count = count;
  e->day = INT64_MIN;
  e->members = RN_NEW_N(&e->arena, member, count ? count : 1);
  e->plain_decimals = format_option_bool(table, &rn_format_json, is_key, "encode.decimal-as-plain-number");
  e->skip_nulls = format_option_bool(table, &rn_format_json, is_key, "encode.ignore-null-fields");
  const char *mode = format_option(table, &rn_format_json, is_key, "map-null-key.mode");
  e->null_keys = rn_text_eq_nocase(mode, "DROP") ? NULL_KEYS_DROP : rn_text_eq_nocase(mode, "LITERAL") ? NULL_KEYS_LITERAL : NULL_KEYS_FAIL;
  e->null_key = rn_arena_strdup(&e->arena, format_option(table, &rn_format_json, is_key, "map-null-key.literal"));
  const char *standard = format_option(table, &rn_format_json, is_key, "timestamp-format.standard");
  e->separator = strncmp(standard, "ISO-8601", 8) == 0 ? 'T' : ' ';
  for (uint32_t i = 0; i < count; i++) {
    const rn_table_column *column = &table->columns[columns[i]];
    if (init_member(e, &e->members[i], format_field_name(table, columns[i], is_key), column->name, column->type, err) !=
        RN_OK) {
      json_encoder_close(e);
      return RN_FAIL;
    }
  }
  *out = e;
  return RN_OK;
}

static void put_floating(rn_builder *b, double value, bool is_float) {
  bool finite = value - value == 0; /* NaN and infinities are written as strings */
  if (!finite) rn_builder_char(b, '"');
  if (is_float) rn_format_float(b, (float)value);
  else rn_format_double(b, value);
  if (!finite) rn_builder_char(b, '"');
}

static void put_members(rn_encoder *e, const member *members, uint32_t count, const rn_column *columns,
                        uint32_t row, rn_builder *b);

static void put_value(rn_encoder *e, const member *m, const rn_column *c, uint32_t row, rn_builder *b);

static void put_or_null(rn_encoder *e, const member *m, const rn_column *c, uint32_t row, rn_builder *b) {
  if (rn_is_null(c, row)) rn_builder_append(b, "null", 4);
  else put_value(e, m, c, row, b);
}

static void put_array(rn_encoder *e, const member *m, const rn_column *c, rn_list list, rn_builder *b) {
  rn_builder_char(b, '[');
  for (uint32_t i = 0; i < list.length; i++) {
    if (i) rn_builder_char(b, ',');
    put_or_null(e, m->members, &c->children[0], list.offset + i, b);
  }
  rn_builder_char(b, ']');
}

static void put_object(rn_encoder *e, const member *m, const rn_column *c, rn_list list, rn_builder *b) {
  rn_builder_char(b, '{');
  bool first = true;
  for (uint32_t i = list.offset; i < list.offset + list.length; i++) {
    bool null_key = rn_is_null(&c->children[0], i);
    e->failed = e->failed || (null_key && e->null_keys == NULL_KEYS_FAIL);
    if (null_key && e->null_keys != NULL_KEYS_LITERAL) continue;
    if (!first) rn_builder_char(b, ',');
    put_text(b, null_key ? rn_slice_of(e->null_key) : rn_str_slice(&((const rn_str *)c->children[0].data)[i]));
    rn_builder_char(b, ':');
    put_or_null(e, m->members, &c->children[1], i, b);
    first = false;
  }
  rn_builder_char(b, '}');
}

static void put_value(rn_encoder *e, const member *m, const rn_column *c, uint32_t row, rn_builder *b) {
  const void *data = c->data;
  switch ((rn_type_id)m->type->id) {
    case RN_T_BOOLEAN: rn_builder_text(b, ((const uint8_t *)data)[row] ? "true" : "false"); break;
    case RN_T_TINYINT: put_int(b, ((const int8_t *)data)[row]); break;
    case RN_T_SMALLINT: put_int(b, ((const int16_t *)data)[row]); break;
    case RN_T_INT: case RN_T_INTERVAL_MONTH: put_int(b, ((const int32_t *)data)[row]); break;
    case RN_T_BIGINT: case RN_T_INTERVAL_MS: put_int(b, ((const int64_t *)data)[row]); break;
    case RN_T_FLOAT: put_floating(b, (double)((const float *)data)[row], true); break;
    case RN_T_DOUBLE: put_floating(b, ((const double *)data)[row], false); break;
    case RN_T_DECIMAL: {
      rn_i128 value = m->type->precision <= RN_DECIMAL_SMALL_DIGITS ? ((const int64_t *)data)[row]
                                                                    : ((const rn_i128 *)data)[row];
      if (e->plain_decimals) rn_decimal_format(b, value, m->type->scale);
      else format_decimal_java(b, value, m->type->scale, true);
      break;
    }
    case RN_T_CHAR: case RN_T_VARCHAR:
      put_text(b, rn_str_slice(&((const rn_str *)data)[row]));
      break;
    case RN_T_BINARY: case RN_T_VARBINARY:
      rn_builder_char(b, '"');
      rn_base64_encode(b, rn_str_slice(&((const rn_str *)data)[row]));
      rn_builder_char(b, '"');
      break;
    case RN_T_DATE:
      rn_builder_char(b, '"');
      rn_format_date(b, ((const int32_t *)data)[row]);
      rn_builder_char(b, '"');
      break;
    case RN_T_TIME:
      rn_builder_char(b, '"');
      rn_format_time(b, ((const int32_t *)data)[row], 3, true);
      rn_builder_char(b, '"');
      break;
    case RN_T_TIMESTAMP: case RN_T_TIMESTAMP_LTZ:
      put_timestamp(e, b, ((const int64_t *)data)[row], m->type->id == RN_T_TIMESTAMP_LTZ);
      break;
    case RN_T_VARIANT: rn_builder_slice(b, rn_str_slice(&((const rn_str *)data)[row])); break;
    case RN_T_ARRAY: put_array(e, m, c, ((const rn_list *)data)[row], b); break;
    case RN_T_MAP: case RN_T_MULTISET: put_object(e, m, c, ((const rn_list *)data)[row], b); break;
    case RN_T_ROW: put_members(e, m->members, m->member_count, c->children, row, b); break;
    default: rn_builder_text(b, "null");
  }
}
static void put_members(rn_encoder *e, const member *members, uint32_t count, const rn_column *columns,
                        uint32_t row, rn_builder *b) {
  size_t start = b->len;
  for (uint32_t i = 0; i < count; i++) {
    if (e->skip_nulls && rn_is_null(&columns[i], row)) continue;
    rn_builder_append(b, members[i].key, members[i].key_len);
    put_or_null(e, &members[i], &columns[i], row, b);
  }
  if (b->len == start) rn_builder_char(b, '{');
  b->data[start] = '{'; /* was the first comma */
  rn_builder_char(b, '}');
}

rn_status json_encode(rn_encoder *e, const rn_batch *batch, uint32_t row, rn_builder *out, bool *is_null,
                      rn_error *err) {
  *is_null = false;
  e->failed = false;
  put_members(e, e->members, e->count, batch->columns, row, out);
  if (!e->failed) return RN_OK;
  (void)rn_fail(err, RN_E_VALUE, "a MAP has a NULL key, which JSON cannot write");
  return rn_hint(err, "'json.map-null-key.mode' = 'DROP' leaves such entries out, 'LITERAL' writes 'json.map-null-key.literal' for the key");
}
