/* Writing of JSON: SQL values (json_write.h) and checked JSON text in canonical form (json_path.h). */
#include "runtime/functions/json_write.h"

#include "base/alloc.h"
#include "base/calendar.h"
#include "base/number.h"
#include "runtime/functions/json_path.h"
#include "runtime/value_text.h"

/* --- text ------------------------------------------------------------------------------------------------------ */

static void put_object(rn_builder *out, json_scratch *s, rn_slice object) {
  size_t base = s->members.len;
  uint32_t count = json_members(s, object, true);
  rn_builder_char(out, '{');
  for (uint32_t i = 0; i < count; i++) {
    if (i) rn_builder_char(out, ',');
    rn_json_put_string(out, s->members.data[base + i].name);
    rn_builder_char(out, ':');
    json_put_text(out, s, s->members.data[base + i].value);
  }
  rn_builder_char(out, '}');
  s->members.len = base;
}

void json_put_text(rn_builder *out, json_scratch *s, rn_slice value) {
  switch (value.ptr[0]) {
    case '{':
      put_object(out, s, value);
      break;
    case '[': {
      rn_json_walk walk;
      rn_json_walk_begin(&walk, value);
      rn_builder_char(out, '[');
      for (bool first = true; rn_json_walk_next(&walk); first = false) {
        if (!first) rn_builder_char(out, ',');
        json_put_text(out, s, walk.value);
      }
      rn_builder_char(out, ']');
      break;
    }
    case '"':
      rn_json_put_string(out, json_plain(s, rn_slice_make(value.ptr + 1, value.len - 2)));
      break;
    case 't':
    case 'f':
    case 'n':
      rn_builder_slice(out, value);
      break;
    default:
      rn_json_number_text(out, value);
      break;
  }
}

void json_put_list(rn_builder *out, json_scratch *s) {
  rn_builder_char(out, '[');
  for (size_t i = 0; i < s->list.len; i++) {
    if (i) rn_builder_char(out, ',');
    json_put_text(out, s, s->list.data[i]);
  }
  rn_builder_char(out, ']');
}

/* --- values ------------------------------------------------------------------------------------------------------- */

const rn_type *rn_json_refused_type(const rn_type *type) {
  switch ((rn_type_id)type->id) {
    case RN_T_DATE:
    case RN_T_TIME:
    case RN_T_INTERVAL_MONTH:
    case RN_T_INTERVAL_MS:
      return type;
    case RN_T_MULTISET:
      return rn_type_is_string(type->children[0]) ? NULL : type;
    case RN_T_MAP:
      return rn_type_is_string(type->children[0]) ? rn_json_refused_type(type->children[1]) : type;
    case RN_T_ARRAY:
      return rn_json_refused_type(type->children[0]);
    case RN_T_ROW:
      for (uint32_t i = 0; i < type->child_count; i++) {
        const rn_type *refused = rn_json_refused_type(type->children[i]);
        if (refused) return refused;
      }
      return NULL;
    default:
      return NULL;
  }
}

/* The number that was appended from `at` on, spelled anew. */
static void respell(rn_builder *out, size_t at) {
  char copy[64]; /* of a double or 38 digits */
  size_t len = out->len - at;
  memcpy(copy, out->data + at, len);
  out->len = at;
  rn_json_number_text(out, rn_slice_make(copy, len));
}
static void put_double(rn_builder *out, double value) {
  bool number = value - value == 0; /* NaN and the infinities are none in JSON */
  if (!number) rn_builder_char(out, '"');
  size_t at = out->len;
  rn_format_double(out, value);
  if (number) respell(out, at);
  else rn_builder_char(out, '"');
}
static void put_decimal(rn_builder *out, const rn_column *c, uint32_t row) {
  rn_i128 value =
      c->type->precision <= RN_DECIMAL_SMALL_DIGITS ? ((const int64_t *)c->data)[row] : ((const rn_i128 *)c->data)[row];
  size_t at = out->len;
  rn_decimal_format(out, value, c->type->scale);
  respell(out, at);
}

/* Names in Java's order: the order of the fields, or of the map's keys. */
typedef struct order {
  uint32_t on_stack[64];
  uint32_t *index;
} order;
static void order_free(order *o) {
  if (o->index != o->on_stack) rn_free(o->index);
}
static void order_insert(order *o, uint32_t count, uint32_t place, uint32_t item) {
  memmove(o->index + place + 1, o->index + place, (count - place) * sizeof *o->index);
  o->index[place] = item;
}

static bool put_row(rn_builder *out, const rn_column *c, uint32_t row) {
  const rn_type *type = c->type;
  order o;
  o.index = type->child_count > 64 ? rn_malloc(type->child_count * sizeof *o.index) : o.on_stack;
  for (uint32_t i = 0; i < type->child_count; i++) {
    uint32_t place = i;
    while (place && json_compare_names(rn_slice_of(type->names[o.index[place - 1]]), rn_slice_of(type->names[i])) > 0)
      place--;
    order_insert(&o, i, place, i);
  }
  bool written = true;
  rn_builder_char(out, '{');
  for (uint32_t i = 0; i < type->child_count && written; i++) {
    if (i) rn_builder_char(out, ',');
    rn_json_put_string(out, rn_slice_of(type->names[o.index[i]]));
    rn_builder_char(out, ':');
    written = rn_json_put_value(out, &c->children[o.index[i]], row);
  }
  rn_builder_char(out, '}');
  order_free(&o);
  return written;
}

/* Of keys that repeat the last counts; also of a MULTISET: elements and how often they come. */
static bool put_map(rn_builder *out, const rn_column *c, uint32_t row) {
  rn_list list = ((const rn_list *)c->data)[row];
  const rn_str *keys = c->children[0].data;
  order o;
  o.index = list.length > 64 ? rn_malloc(list.length * sizeof *o.index) : o.on_stack;
  uint32_t count = 0;
  bool written = true;
  for (uint32_t i = list.offset; i < list.offset + list.length && written; i++) {
    written = rn_is_valid(&c->children[0], i); /* JSON has no name for NULL */
    if (!written) break;
    uint32_t low = 0, high = count;
    rn_slice key = rn_str_slice(&keys[i]);
    while (low < high) {
      uint32_t middle = (low + high) / 2;
      if (json_compare_names(rn_str_slice(&keys[o.index[middle]]), key) < 0) low = middle + 1;
      else high = middle;
    }
    if (low < count && rn_slice_eq(rn_str_slice(&keys[o.index[low]]), key)) o.index[low] = i;
    else order_insert(&o, count++, low, i);
  }
  rn_builder_char(out, '{');
  for (uint32_t i = 0; i < count && written; i++) {
    if (i) rn_builder_char(out, ',');
    rn_json_put_string(out, rn_str_slice(&keys[o.index[i]]));
    rn_builder_char(out, ':');
    written = rn_json_put_value(out, &c->children[1], o.index[i]);
  }
  rn_builder_char(out, '}');
  order_free(&o);
  return written;
}

bool rn_json_put_value(rn_builder *out, const rn_column *c, uint32_t row) {
  if (c->constant) row = 0;
  if (c->type->id == RN_T_NULL || rn_is_null(c, row)) {
    rn_builder_append(out, "null", 4);
    return true;
  }
  const void *data = c->data;
  switch ((rn_type_id)c->type->id) {
    case RN_T_BOOLEAN:
      rn_builder_text(out, ((const uint8_t *)data)[row] ? "true" : "false");
      break;
    case RN_T_TINYINT:
      rn_builder_int(out, ((const int8_t *)data)[row]);
      break;
    case RN_T_SMALLINT:
      rn_builder_int(out, ((const int16_t *)data)[row]);
      break;
    case RN_T_INT:
      rn_builder_int(out, ((const int32_t *)data)[row]);
      break;
    case RN_T_BIGINT:
      rn_builder_int(out, ((const int64_t *)data)[row]);
      break;
    case RN_T_FLOAT:
      put_double(out, (double)((const float *)data)[row]);
      break;
    case RN_T_DOUBLE:
      put_double(out, ((const double *)data)[row]);
      break;
    case RN_T_DECIMAL:
      put_decimal(out, c, row);
      break;
    case RN_T_CHAR:
    case RN_T_VARCHAR:
      rn_json_put_string(out, rn_str_slice(&((const rn_str *)data)[row]));
      break;
    case RN_T_BINARY:
    case RN_T_VARBINARY:
      rn_builder_char(out, '"');
      rn_base64_encode(out, rn_str_slice(&((const rn_str *)data)[row]));
      rn_builder_char(out, '"');
      break;
    case RN_T_TIMESTAMP:
    case RN_T_TIMESTAMP_LTZ:
      rn_builder_char(out, '"');
      rn_format_timestamp(out, ((const int64_t *)data)[row], 6, true, 'T');
      rn_builder_text(out, c->type->id == RN_T_TIMESTAMP_LTZ ? "Z\"" : "\"");
      break;
    case RN_T_ARRAY: {
      rn_list list = ((const rn_list *)data)[row];
      rn_builder_char(out, '[');
      bool written = true;
      for (uint32_t i = 0; i < list.length && written; i++) {
        if (i) rn_builder_char(out, ',');
        written = rn_json_put_value(out, &c->children[0], list.offset + i);
      }
      rn_builder_char(out, ']');
      return written;
    }
    case RN_T_VARIANT:
      rn_builder_slice(out, rn_str_slice(&((const rn_str *)data)[row]));
      break;
    case RN_T_MAP:
    case RN_T_MULTISET:
      return put_map(out, c, row);
    case RN_T_ROW:
      return put_row(out, c, row);
    default:
      rn_builder_append(out, "null", 4);
  }
  return true;
}
