/* The json decoder off its hot path: conversions by the leniency rules of the dialect, NULLs, learning
 * the key order, and what a bad value is told as. */
#include <stdio.h>
#include "base/number.h"
#include "connectors/formats/json_decode.h"
#include "runtime/value_text.h"

const char *json_malformed(rn_decoder *d, const char *at, const char *why) {
  d->failure = JSON_MALFORMED;
  d->bad_field = NULL;
  d->bad_at = at > d->end ? d->end : at;
  (void)snprintf(d->reason, sizeof d->reason, "not JSON: %s", why);
  return NULL;
}

static void raw_null(rn_decoder *d, json_field *f, uint32_t row) {
  /* Elements of collections may be more than the rows of a batch. */
  uint32_t room = f->column->capacity > RN_BATCH_ROWS_MAX ? f->column->capacity : RN_BATCH_ROWS_MAX;
  rn_column_nullable(f->column, room, d->out);
  rn_set_null(f->column, row);
  if (f->kind == JSON_ROW) {
    for (uint32_t i = 0; i < f->object->field_count; i++) raw_null(d, &f->object->fields[i], row);
    return;
  }
  size_t width = rn_physical_width(rn_type_physical(f->type));
  memset((char *)f->data + width * row, 0, width);
}

static bool fail_field(rn_decoder *d, const json_field *f, const char *at) {
  d->failure = JSON_BAD_FIELD;
  d->bad_field = f;
  d->bad_at = at;
  return false;
}
bool json_set_null(rn_decoder *d, json_field *f, const char *at, uint32_t row, bool missing) {
  if (!f->not_null && !(missing && d->fail_on_missing)) {
    raw_null(d, f, row);
    return true;
  }
  if (missing)
    (void)snprintf(d->reason, sizeof d->reason, f->not_null ? "field %.60s is missing, but it is NOT NULL" : "field %.60s is missing", f->path);
  else
    (void)snprintf(d->reason, sizeof d->reason, "field %.60s is null, but it is NOT NULL", f->path);
  return fail_field(d, f, at);
}
bool json_bad_value(rn_decoder *d, json_field *f, const char *at, rn_slice value, uint32_t row) {
  if (d->ignore_errors && !f->not_null) {
    d->bad_fields++;
    raw_null(d, f, row);
    return true;
  }
  rn_arena arena;
  rn_arena_init(&arena);
  size_t len = format_snippet(d->reason, 0, sizeof d->reason, value, 60);
  bool nested = strpbrk(f->path, ".[") != NULL;
  (void)snprintf(d->reason + len, sizeof d->reason - len, nested ? " is not %.40s (field %.40s)" : " is not %.40s",
                 rn_type_name(&arena, f->type), f->path);
  rn_arena_free(&arena);
  return fail_field(d, f, at);
}

bool json_missing(rn_decoder *d, json_object *o, uint64_t serial, const char *at, uint32_t row) {
  for (uint32_t i = 0; i < o->field_count; i++)
    if (o->fields[i].serial != serial && !json_set_null(d, &o->fields[i], at, row, true)) return false;
  return true;
}

/* --- strings ------------------------------------------------------------------------------------------- */
/* The text without white space between tokens. */
static rn_slice compact(rn_arena *arena, rn_slice s) {
  char *out = rn_arena_alloc_aligned(arena, s.len, 1);
  size_t n = 0;
  bool quoted = false;
  for (size_t i = 0; i < s.len; i++) {
    char c = s.ptr[i];
    if (!quoted && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) continue;
    out[n++] = c;
    if (c == '"') quoted = !quoted;
    if (c == '\\' && quoted) out[n++] = s.ptr[++i];
  }
  return rn_slice_make(out, n);
}

/* --- conversion ------------------------------------------------------------------------------------------ */
static void store_integer(json_field *f, uint32_t row, int64_t v) {
  switch (rn_type_physical(f->type)) {
    case RN_P_I8: ((int8_t *)f->data)[row] = (int8_t)v; break;
    case RN_P_I16: ((int16_t *)f->data)[row] = (int16_t)v; break;
    case RN_P_I32: ((int32_t *)f->data)[row] = (int32_t)v; break;
    default: ((int64_t *)f->data)[row] = v;
  }
}

typedef enum outcome { TAKEN, REFUSED, NOTHING /* the dialect makes it NULL */ } outcome;

static outcome convert_text(rn_decoder *d, json_field *f, rn_slice text, bool quoted, uint32_t row) {
  switch (f->kind) {
    case JSON_BOOL:
      ((uint8_t *)f->data)[row] = rn_slice_eq_nocase(rn_slice_trim(text), rn_slice_of("true"));
      return TAKEN;
    case JSON_I8: case JSON_I16: case JSON_I32: case JSON_I64: {
      int64_t v;
      if (quoted ? !scan_text_integer(rn_slice_trim(text), f->min, f->max, &v)
                 : (text.ptr[0] > '9' || !scan_number_integer(text, f->min, f->max, &v)))
        return REFUSED;
      store_integer(f, row, v);
      return TAKEN;
    }
    case JSON_F32: case JSON_F64: {
      text = quoted ? rn_slice_trim(text) : text;
      bool ok;
      if (f->kind == JSON_F32) ok = rn_parse_float(text, quoted, &((float *)f->data)[row]);
      else ok = rn_parse_double(text, quoted, &((double *)f->data)[row]);
      return ok ? TAKEN : REFUSED;
    }
    case JSON_DEC64: case JSON_DEC128: {
      rn_i128 v;
      rn_number_result result = rn_decimal_parse(quoted ? rn_slice_trim(text) : text, f->precision, f->scale, &v);
      if (result != RN_NUMBER_OK) return result == RN_NUMBER_OVERFLOW ? NOTHING : REFUSED;
      if (f->kind == JSON_DEC64) ((int64_t *)f->data)[row] = (int64_t)v;
      else ((rn_i128 *)f->data)[row] = v;
      return TAKEN;
    }
    case JSON_BYTES: {
      rn_builder_clear(&d->scratch);
      rn_builder_reserve(&d->scratch, text.len);
      if (!quoted || !rn_base64_decode(&d->scratch, text)) return REFUSED;
      ((rn_str *)f->data)[row] = rn_str_copy(d->out, rn_str_make(d->scratch.data, d->scratch.len));
      return TAKEN;
    }
    case JSON_DATE: return quoted && scan_text_date(text, &((int32_t *)f->data)[row]) ? TAKEN : REFUSED;
    case JSON_TIME: return quoted && scan_text_time(text, &((int32_t *)f->data)[row]) ? TAKEN : REFUSED;
    case JSON_TIMESTAMP: case JSON_LTZ: {
      int64_t us;
      if (!quoted || !scan_text_timestamp(text, d->separator, f->kind == JSON_LTZ ? d->zone : SCAN_ZONE_NONE, &us))
        return REFUSED;
      ((int64_t *)f->data)[row] = scan_cut_us(us, f->precision);
      return TAKEN;
    }
    default: return REFUSED;
  }
}

bool json_convert(rn_decoder *d, json_field *f, rn_slice value, uint32_t row) {
  char c = value.ptr[0];
  if (c == 'n') return json_set_null(d, f, value.ptr, row, false);
  bool quoted = c == '"', nested = c == '{' || c == '[';
  rn_slice text = value;
  if (quoted) {
    text = rn_slice_make(value.ptr + 1, value.len - 2);
    if (memchr(text.ptr, '\\', text.len)) {
      char *plain = rn_arena_alloc_aligned(d->out, text.len, 1);
      text = rn_slice_make(plain, rn_json_unescape(text, plain));
    }
  }
  outcome result;
  if (f->kind == JSON_TEXT) {
    if (nested) text = compact(d->out, value);
    ((rn_str *)f->data)[row] = rn_str_make(text.ptr, text.len);
    result = TAKEN;
  } else if (f->kind == JSON_VARIANT) {
    rn_json_fault fault;
    rn_slice canonical = rn_variant_parse(d->variants, value, true, &fault);
    if (canonical.ptr) ((rn_str *)f->data)[row] = rn_str_copy(d->out, rn_str_make(canonical.ptr, canonical.len));
    result = canonical.ptr ? TAKEN : REFUSED;
  } else {
    bool fits = c == '{' ? f->kind == JSON_MAP || f->kind == JSON_ROW : c == '[' && f->kind == JSON_LIST;
    if (fits && !(f->kind == JSON_ROW ? d->scanner->object(d, f->object, value.ptr, 0, row) != NULL : json_convert_collection(d, f, value, row))) {
      return false;
    }
    result = fits ? TAKEN : nested ? REFUSED : convert_text(d, f, text, quoted, row);
  }
  if (result == NOTHING && !f->not_null) {
    raw_null(d, f, row);
    return true;
  }
  if (result != TAKEN) return json_bad_value(d, f, value.ptr, value, row);
  if (f->column->valid) rn_set_valid(f->column, row);
  return true;
}

/* --- learning ---------------------------------------------------------------------------------------------- */
static json_field *find_field(rn_decoder *d, json_object *o, rn_slice key, bool escaped) {
  if (escaped) {
    rn_builder_clear(&d->scratch);
    rn_builder_reserve(&d->scratch, key.len);
    key = rn_slice_make(d->scratch.data, rn_json_unescape(key, d->scratch.data));
  }
  for (uint32_t i = 0; i < o->field_count; i++) {
    json_field *f = &o->fields[i];
    if (f->name_len == key.len && memcmp(f->name, key.ptr, key.len) == 0) return f;
  }
  return NULL;
}
static bool same_literal(const json_step *step, const char *from, size_t len) {
  if (step->len != len) return false;
  size_t head = len < JSON_LITERAL_BLOCK ? len : JSON_LITERAL_BLOCK;
  return memcmp(step->block, from, head) == 0 &&
         (len == head || memcmp(step->rest, from + head, len - head) == 0);
}

uint32_t json_locate(rn_decoder *d, json_object *o, uint32_t from_step, const char *from, const char *value,
                     rn_slice key, bool key_escaped) {
  size_t len = (size_t)(value - from);
  if (from_step > o->step_count) from_step = o->step_count;
  for (uint32_t n = 0; n < o->step_count; n++) {
    uint32_t i = from_step + n < o->step_count ? from_step + n : from_step + n - o->step_count;
    if (same_literal(&o->steps[i], from, len)) return i;
  }
  json_field *f = find_field(d, o, key, key_escaped);
  json_step *step = &o->steps[JSON_STEPS_MAX]; /* not learned: unless there is room */
  uint32_t at = JSON_STEPS_MAX;
  bool is_long = len > JSON_LITERAL_BLOCK;
  if (len <= JSON_LITERAL_MAX && !(is_long && o->rest_count == JSON_STEPS_MAX) && from_step < JSON_STEPS_MAX) {
    if (o->step_count == JSON_STEPS_MAX) o->step_count = from_step; /* full: forget what was expected next */
    at = from_step;
    step = &o->steps[at];
    memmove(step + 1, step, (o->step_count - at) * sizeof *step);
    o->step_count++;
  }
  size_t head = is_long ? JSON_LITERAL_BLOCK : len;
  memset(step, 0, sizeof *step);
  memcpy(step->block, from, head);
  step->len = (uint32_t)len;
  step->mask = head == 32 ? UINT32_MAX : (1u << head) - 1;
  step->field = f;
  step->kind = f ? (uint8_t)f->kind : JSON_SKIP;
  step->opens = from[0] == '{';
  if (is_long && at < JSON_STEPS_MAX) {
    enum { REST = JSON_LITERAL_MAX - JSON_LITERAL_BLOCK };
    if (!o->rests) o->rests = rn_arena_alloc(&d->arena, (size_t)JSON_STEPS_MAX * REST);
    char *rest = o->rests + (size_t)o->rest_count++ * REST;
    memcpy(rest, from + head, len - head);
    step->rest = rest;
  }
  return at;
}
