/* The csv format: columns by position, quotes as RFC 4180 with the dialect's options. Reading keeps
 * fields as views into the record; only doubled quotes and escapes make a copy.
 * Writing is in csv_write.c. An option of our own: csv.header, whether the first record of a file names the columns. */
#include <stdio.h>
#include "base/number.h"
#include "connectors/formats/csv.h"
#include "connectors/formats/text_scan.h"
#include "runtime/value_text.h"

static const rn_option options[] = {
    {"field-delimiter", RN_OPT_STRING, 0, ",", NULL, 0, 0, "one character between fields; \\t is a tab", NULL},
    {"disable-quote-character", RN_OPT_BOOL, 0, "false", NULL, 0, 0, "quotes are ordinary characters", NULL},
    {"quote-character", RN_OPT_STRING, 0, "\"", NULL, 0, 0, "one character around fields", NULL},
    {"escape-character", RN_OPT_STRING, 0, NULL, NULL, 0, 0, "one character that makes the next one ordinary", NULL},
    {"allow-comments", RN_OPT_BOOL, RN_OPTION_SOURCE, "false", NULL, 0, 0, "lines that begin with # are skipped", NULL},
    {"ignore-parse-errors", RN_OPT_BOOL, RN_OPTION_SOURCE, "false", NULL, 0, 0,
     "a field that does not fit its column becomes NULL, a broken row is skipped; both are counted", NULL},
    {"array-element-delimiter", RN_OPT_STRING, 0, ";", NULL, 0, 0, "one character between the elements of an ARRAY and the fields of a ROW", NULL},
    {"null-literal", RN_OPT_STRING, 0, NULL, NULL, 0, 0, "text that stands for NULL", NULL},
    {"write-bigdecimal-in-scientific-notation", RN_OPT_BOOL, RN_OPTION_IGNORED, "true", NULL, 0, 0, "has no effect in Flink either", NULL},
    {"header", RN_OPT_BOOL, 0, "false", NULL, 0, 0,
     "the first record of each file names the columns: skipped when reading, written to an empty file (not in Flink)", NULL},
};

/* Is the physical column `column` part of this half (key or value) of the record, and at which place? */
static bool in_list(const char *list, const char *name, int *place) {
  size_t len = strlen(name);
  *place = 0;
  for (const char *p = list; p; p = strchr(p, ';') ? strchr(p, ';') + 1 : NULL, ++*place)
    if (strncmp(p, name, len) == 0 && (p[len] == 0 || p[len] == ';')) return true;
  return false;
}
static int place_of(const rn_table_spec *table, uint32_t column, bool is_key, int *total) {
  const char *keys = rn_option_text(&table->options, "key.fields");
  const char *include = rn_option_text(&table->options, "value.fields-include");
  bool except_key = keys && include && strcmp(include, "EXCEPT_KEY") == 0;
  int found = -1, place;
  *total = 0;
  for (uint32_t i = 0; i < table->column_count; i++) {
    if (table->columns[i].role != RN_COLUMN_PHYSICAL) continue;
    bool listed = keys && in_list(keys, table->columns[i].name, &place);
    if (is_key && keys) {
      if (!listed) continue;
      if (i == column) found = place;
    } else {
      if (except_key && listed) continue;
      if (i == column) found = *total;
    }
    ++*total;
  }
  return found;
}

/* --- reading ---------------------------------------------------------------------------------------------------- */
struct rn_decoder {
  rn_arena arena;
  csv_dialect dialect;
  bool is_key, keeps_blank;
  uint32_t expected; /* fields of a record */
  int *wanted_of;    /* by place: index of the wanted column, -1 */
  const rn_type **types;
  int *table_columns;
  const char **names;
  uint32_t wanted_count;
  rn_column *columns;
  rn_arena *out;
  uint64_t bad_fields;
  uint32_t position; /* of what failed */
  int bad_column;
  char reason[160];
};

static void decoder_close(rn_decoder *d) {
  if (!d) return;
  rn_arena_free(&d->arena);
  rn_free(d);
}
static rn_status decoder_open(const rn_table_spec *table, const uint32_t *wanted, uint32_t wanted_count, bool is_key,
                              const rn_zone *zone, rn_decoder **out, rn_error *err) {
  (void)zone;
  if (csv_check_dialect(table, is_key, err) != RN_OK || csv_check_types(table, wanted, wanted_count, "read", err) != RN_OK) return RN_FAIL;
  rn_decoder *d = rn_calloc(1, sizeof *d);
  d->is_key = is_key;
  d->dialect = csv_read_dialect(table, is_key);
  if (d->dialect.null_literal) d->dialect.null_literal = rn_arena_strdup(&d->arena, d->dialect.null_literal);
  int total = 0;
  (void)place_of(table, 0, is_key, &total);
  d->expected = (uint32_t)total;
  d->wanted_count = wanted_count;
  d->wanted_of = rn_arena_alloc(&d->arena, sizeof(int) * ((size_t)total + 1));
  d->types = RN_NEW_N(&d->arena, const rn_type *, wanted_count + 1);
  d->table_columns = RN_NEW_N(&d->arena, int, wanted_count + 1);
  d->names = RN_NEW_N(&d->arena, const char *, wanted_count + 1);
  for (int i = 0; i < total; i++) d->wanted_of[i] = -1;
  for (uint32_t i = 0; i < wanted_count; i++) {
    int place = place_of(table, wanted[i], is_key, &total);
    if (place >= 0 && place < total) d->wanted_of[place] = (int)i;
    d->types[i] = rn_type_copy(&d->arena, table->columns[wanted[i]].type);
    d->table_columns[i] = (int)wanted[i];
    d->names[i] = rn_arena_strdup(&d->arena, table->columns[wanted[i]].name);
  }
  d->keeps_blank = total == 1 && wanted_count == 1 && rn_type_is_string(d->types[0]);
  *out = d;
  return RN_OK;
}

static void set_null(rn_decoder *d, rn_column *c, const rn_type *type, uint32_t row) {
  rn_column_nullable(c, c->capacity > RN_BATCH_ROWS_MAX ? c->capacity : RN_BATCH_ROWS_MAX, d->out); /* elements may be many */
  rn_set_null(c, row);
  if (type->id == RN_T_ROW) {
    for (uint32_t i = 0; i < type->child_count; i++) set_null(d, &c->children[i], type->children[i], row);
  } else {
    size_t width = rn_physical_width(rn_type_physical(type));
    memset((char *)c->data + width * row, 0, width);
  }
}

/* yyyy-M-d with one or two digits of month and day, as java.sql.Date takes it; *len: bytes used. */
static bool parse_date(rn_slice s, int32_t *days, size_t *len) {
  char full[16] = "0000-00-00";
  size_t i = 0;
  static const struct { unsigned char at, most; } parts[3] = {{0, 4}, {5, 2}, {8, 2}};
  for (unsigned part = 0; part < 3; part++) {
    size_t start = i;
    while (i < s.len && (unsigned char)(s.ptr[i] - '0') <= 9) i++;
    size_t n = i - start, most = parts[part].most;
    if (n == 0 || n > most || (part == 0 && n != 4)) return false;
    memcpy(full + parts[part].at + (most - n), s.ptr + start, n);
    if (part < 2 && (i >= s.len || s.ptr[i++] != '-')) return false;
  }
  *len = i;
  return scan_text_date(rn_slice_make(full, 10), days);
}
static bool parse_timestamp(rn_slice s, bool zone_z, int64_t *us) {
  int32_t days;
  size_t used;
  int64_t time;
  if (zone_z) {
    if (!s.len || s.ptr[s.len - 1] != 'Z') return false;
    s.len--;
  }
  if (!parse_date(s, &days, &used) || used >= s.len) return false;
  if (s.ptr[used] != ' ' && !(zone_z && s.ptr[used] == 'T')) return false;
  char clock[128] = {0};
  size_t left = s.len - used - 1;
  if (left > 30) return false;
  memcpy(clock, s.ptr + used + 1, left);
  if (scan_time_padded(clock, &time) != clock + left) return false;
  *us = days * RN_US_PER_DAY + time;
  return true;
}

typedef enum outcome { TAKEN, REFUSED, NOTHING } outcome;
static outcome convert(rn_decoder *d, rn_column *c, const rn_type *type, rn_slice raw, uint32_t row);

static outcome convert_integer(rn_column *c, rn_slice s, int64_t min, int64_t max, uint32_t row) {
  int64_t v;
  if (!scan_text_integer(s, min, max, &v)) return REFUSED;
  switch (rn_type_physical(c->type)) {
    case RN_P_I8: ((int8_t *)c->data)[row] = (int8_t)v; break;
    case RN_P_I16: ((int16_t *)c->data)[row] = (int16_t)v; break;
    case RN_P_I32: ((int32_t *)c->data)[row] = (int32_t)v; break;
    default: ((int64_t *)c->data)[row] = v;
  }
  return TAKEN;
}
static outcome convert_row(rn_decoder *d, rn_column *c, const rn_type *type, rn_slice raw, uint32_t row) {
  const char *p = raw.ptr, *end = raw.ptr + raw.len;
  for (uint32_t i = 0; i < type->child_count; i++) {
    if (!p) return REFUSED; /* too few */
    const char *stop = p < end ? memchr(p, d->dialect.inner, (size_t)(end - p)) : NULL;
    rn_slice part = rn_slice_make(p, (size_t)((stop ? stop : end) - p));
    outcome result = convert(d, &c->children[i], type->children[i], part, row);
    if (result == NOTHING && type->children[i]->nullable) set_null(d, &c->children[i], type->children[i], row);
    else if (result != TAKEN) return REFUSED;
    p = stop ? stop + 1 : NULL;
  }
  return p ? REFUSED : TAKEN;
}
/* Blank text is the empty array; the null literal and what does not fit are so for an element, not for the array. */
static outcome convert_array(rn_decoder *d, rn_column *c, const rn_type *type, rn_slice raw, uint32_t row) {
  rn_column *child = &c->children[0];
  const rn_type *element = type->children[0];
  rn_list list = {child->used, 0};
  const char *end = raw.ptr + raw.len, *p = rn_slice_trim(raw).len ? raw.ptr : NULL;
  while (p) {
    const char *stop = p < end ? memchr(p, d->dialect.inner, (size_t)(end - p)) : NULL;
    uint32_t at = rn_column_append(child, 1, d->out);
    outcome result = convert(d, child, element, rn_slice_make(p, (size_t)((stop ? stop : end) - p)), at);
    if (result != TAKEN && element->nullable && (result == NOTHING || d->dialect.ignore_errors)) {
      d->bad_fields += result == REFUSED;
      set_null(d, child, element, at);
    } else if (result != TAKEN) {
      child->used = list.offset;
      return REFUSED;
    }
    list.length++;
    p = stop ? stop + 1 : NULL;
  }
  ((rn_list *)c->data)[row] = list;
  return TAKEN;
}
/* Text of a field (unquoted) into a value. */
static outcome convert(rn_decoder *d, rn_column *c, const rn_type *type, rn_slice raw, uint32_t row) {
  if (type->id != RN_T_ARRAY && d->dialect.null_literal && rn_slice_is(raw, d->dialect.null_literal)) return NOTHING;
  rn_slice s = rn_slice_trim(raw);
  outcome result = TAKEN;
  bool ok = true;
  switch ((rn_type_id)type->id) {
    case RN_T_CHAR: case RN_T_VARCHAR:
      ok = rn_utf8_valid(raw.ptr, raw.len);
      if (ok) ((rn_str *)c->data)[row] = rn_str_make(raw.ptr, raw.len);
      break;
    case RN_T_BOOLEAN: ((uint8_t *)c->data)[row] = rn_slice_eq_nocase(s, rn_slice_of("true")); break;
    case RN_T_TINYINT: result = convert_integer(c, s, INT8_MIN, INT8_MAX, row); break;
    case RN_T_SMALLINT: result = convert_integer(c, s, INT16_MIN, INT16_MAX, row); break;
    case RN_T_INT: case RN_T_INTERVAL_MONTH: result = convert_integer(c, s, INT32_MIN, INT32_MAX, row); break;
    case RN_T_BIGINT: case RN_T_INTERVAL_MS: result = convert_integer(c, s, INT64_MIN, INT64_MAX, row); break;
    case RN_T_FLOAT: ok = rn_parse_float(s, true, &((float *)c->data)[row]); break;
    case RN_T_DOUBLE: ok = rn_parse_double(s, true, &((double *)c->data)[row]); break;
    case RN_T_DECIMAL: {
      rn_i128 v;
      rn_number_result parsed = rn_decimal_parse(s, type->precision, type->scale, &v);
      if (parsed != RN_NUMBER_OK) return parsed == RN_NUMBER_OVERFLOW ? NOTHING : REFUSED;
      if (type->precision <= RN_DECIMAL_SMALL_DIGITS) ((int64_t *)c->data)[row] = (int64_t)v;
      else ((rn_i128 *)c->data)[row] = v;
      break;
    }
    case RN_T_BINARY: case RN_T_VARBINARY: {
      rn_builder bytes = {0};
      rn_builder_reserve(&bytes, s.len);
      ok = rn_base64_decode(&bytes, s);
      if (ok) ((rn_str *)c->data)[row] = rn_str_copy(d->out, rn_str_make(bytes.data, bytes.len));
      rn_builder_free(&bytes);
      break;
    }
    case RN_T_DATE: {
      size_t used;
      ok = parse_date(s, &((int32_t *)c->data)[row], &used) && used == s.len;
      break;
    }
    case RN_T_TIME: ok = scan_text_time(s, &((int32_t *)c->data)[row]); break;
    case RN_T_TIMESTAMP: case RN_T_TIMESTAMP_LTZ: {
      int64_t us;
      ok = parse_timestamp(s, type->id == RN_T_TIMESTAMP_LTZ, &us);
      if (ok) ((int64_t *)c->data)[row] = scan_cut_us(us, type->precision);
      break;
    }
    case RN_T_ROW: result = convert_row(d, c, type, raw, row); break;
    case RN_T_ARRAY: result = convert_array(d, c, type, raw, row); break;
    default: return REFUSED;
  }
  if (!ok || result != TAKEN) return ok ? result : REFUSED;
  if (c->valid) rn_set_valid(c, row);
  return TAKEN;
}

static bool fail_record(rn_decoder *d, uint32_t position, int column, const char *why) {
  d->position = position;
  d->bad_column = column;
  (void)snprintf(d->reason, sizeof d->reason, "%s", why);
  return false;
}

/* The field at p: its text, and the delimiter or end behind it. NULL: broken (reason set). */
static const char *read_field(rn_decoder *d, const char *begin, const char *p, const char *end, rn_slice *text) {
  const csv_dialect *x = &d->dialect;
  const char *start = p;
  bool quoted = p < end && (unsigned char)*p == x->quote && x->quote >= 0;
  if (!quoted && x->escape < 0) { /* nearly always */
    const char *stop = p < end ? memchr(p, x->delimiter, (size_t)(end - p)) : NULL;
    if (!stop) stop = end;
    *text = rn_slice_make(p, (size_t)(stop - p));
    return stop;
  }
  char *copy = NULL; /* made at the first byte that is not as it stands */
  size_t len = 0;
  if (quoted) p++;
  const char *from = p;
  bool closed = false;
  for (;;) {
    if (p >= end) break;
    unsigned char c = (unsigned char)*p;
    bool is_escape = c == x->escape && x->escape >= 0 && p + 1 < end;
    bool is_quote = quoted && c == x->quote;
    if (is_quote && !is_escape && !(p + 1 < end && (unsigned char)p[1] == x->quote)) {
      closed = true;
      break;
    }
    if (!quoted && *p == x->delimiter) break;
    if (is_escape || is_quote) {
      if (!copy) {
        copy = rn_arena_alloc_aligned(d->out, (size_t)(end - from) + 16, 1);
        len = (size_t)(p - from);
        memcpy(copy, from, len);
      }
      char next = p[1];
      if (is_escape && !is_quote) next = next == 'n' ? '\n' : next == 'r' ? '\r' : next == 't' ? '\t' : next;
      copy[len++] = next;
      p += 2;
      continue;
    }
    if (copy) copy[len++] = *p;
    p++;
  }
  *text = copy ? rn_slice_make(copy, len) : rn_slice_make(from, (size_t)(p - from));
  if (!quoted) return p;
  if (!closed) return fail_record(d, (uint32_t)(start - begin), -1, "quoted field does not end"), NULL;
  p++;
  while (p < end && *p == ' ' && x->delimiter != ' ') p++;
  if (p < end && *p != x->delimiter) return fail_record(d, (uint32_t)(p - begin), -1, "expected a delimiter behind the quoted field"), NULL;
  return p;
}

static bool store_field(rn_decoder *d, uint32_t place, rn_slice text, uint32_t position, uint32_t row) {
  int wanted = d->wanted_of[place];
  if (wanted < 0) return true;
  rn_column *c = &d->columns[wanted];
  const rn_type *type = d->types[wanted];
  outcome result = convert(d, c, type, text, row);
  if (result == TAKEN) return true;
  if (type->nullable && (result == NOTHING || d->dialect.ignore_errors)) {
    d->bad_fields += result == REFUSED;
    set_null(d, c, type, row);
    return true;
  }
  size_t len = 0;
  if (result == NOTHING) {
    len = (size_t)snprintf(d->reason, sizeof d->reason, "field %.60s is null, but it is NOT NULL", d->names[wanted]);
  } else {
    rn_arena arena;
    rn_arena_init(&arena);
    d->reason[0] = '"';
    len = format_snippet(d->reason, 1, sizeof d->reason, text, 60);
    (void)snprintf(d->reason + len, sizeof d->reason - len, "\" is not %.60s", rn_type_name(&arena, type));
    rn_arena_free(&arena);
  }
  d->position = position;
  d->bad_column = d->table_columns[wanted];
  return false;
}

static bool decode_record(rn_decoder *d, rn_slice record, uint32_t row) {
  const char *begin = record.ptr, *p = begin, *end = begin + record.len;
  uint32_t place = 0;
  bool taken = true; /* a wrong number of fields is told before a field that does not fit */
  for (;; place++) {
    rn_slice text;
    uint32_t position = (uint32_t)(p - begin);
    p = read_field(d, begin, p, end, &text);
    if (!p) return false;
    if (place >= d->expected) {
      char why[160];
      size_t len = (size_t)snprintf(why, sizeof why, "too many fields: expected at most %u, the next is \"", d->expected);
      len = format_snippet(why, len, sizeof why, text, 60);
      (void)snprintf(why + len, sizeof why - len, "\"");
      return fail_record(d, position, -1, why);
    }
    taken = taken && store_field(d, place, text, position, row);
    if (p >= end) break;
    p++; /* the delimiter */
  }
  place++;
  if (place == d->expected) return taken;
  if (!d->dialect.ignore_errors) {
    char why[80];
    (void)snprintf(why, sizeof why, "too few fields: expected %u, found %u", d->expected, place);
    return fail_record(d, (uint32_t)record.len, -1, why);
  }
  for (; place < d->expected; place++) {
    int wanted = d->wanted_of[place];
    if (wanted < 0) continue;
    if (!d->types[wanted]->nullable) return fail_record(d, (uint32_t)record.len, d->table_columns[wanted], "field is missing, but it is NOT NULL");
    set_null(d, &d->columns[wanted], d->types[wanted], row);
  }
  return taken;
}

static rn_status decode(rn_decoder *d, const rn_record *records, uint32_t count, bool padded, rn_column *columns,
                        rn_arena *arena, rn_decode_result *result, rn_error *err) {
  (void)padded;
  (void)err;
  d->columns = columns;
  d->out = arena;
  d->bad_fields = 0;
  result->one_to_one = true;
  result->skipped = 0;
  result->bad.len = 0;
  uint32_t row = 0, i = 0;
  for (; i < count && row < RN_BATCH_ROWS_MAX; i++) {
    rn_slice s = d->is_key ? records[i].key : records[i].value;
    while (s.len && (s.ptr[s.len - 1] == '\n' || s.ptr[s.len - 1] == '\r')) s.len--;
    bool nothing = !s.ptr || (s.len == 0 && !d->keeps_blank) || (d->dialect.comments && s.len && s.ptr[0] == '#');
    uint64_t bad_fields_before = d->bad_fields;
    if (!nothing && decode_record(d, s, row)) {
      if (!result->one_to_one) result->record_of_row[row] = (uint16_t)i;
      row++;
      continue;
    }
    if (result->one_to_one)
      for (uint32_t k = 0; k < row; k++) result->record_of_row[k] = (uint16_t)k;
    result->one_to_one = false;
    d->bad_fields = bad_fields_before;
    if (nothing || d->dialect.ignore_errors) {
      result->skipped++;
      continue;
    }
    rn_bad_record bad = {.record = i, .column = d->bad_column, .position = d->position};
    memcpy(bad.reason, d->reason, sizeof bad.reason);
    RN_VEC_PUSH(&result->bad, bad);
  }
  result->rows = row;
  result->records_consumed = i;
  result->bad_fields = d->bad_fields;
  return RN_OK;
}

/* End of the record at p (its LF, or end), NULL when it is not all there. */
static const char *record_end(const csv_dialect *x, const char *p, const char *end) {
  const char *line = memchr(p, '\n', (size_t)(end - p));
  const char *stop = line ? line : end;
  if (x->quote < 0 || (x->comments && *p == '#') || !memchr(p, x->quote, (size_t)(stop - p))) return line;
  bool at_start = true, inside = false; /* of a field; of quotes */
  for (; p < end; p++) {
    unsigned char c = (unsigned char)*p;
    if (c == x->escape && x->escape >= 0 && c != x->quote) {
      p++;
      at_start = false;
    } else if (inside) {
      if (c != x->quote) continue;
      if (p + 1 < end && (unsigned char)p[1] == x->quote) p++;
      else inside = false;
    } else if (c == '\n') {
      return p;
    } else if (*p == x->delimiter) {
      at_start = true;
    } else {
      inside = at_start && c == x->quote;
      at_start = false;
    }
  }
  return NULL;
}
static size_t split(const rn_table_spec *table, const char *block, size_t len, bool at_end, rn_record *records,
                    uint32_t capacity, uint32_t *count) {
  csv_dialect x = csv_read_dialect(table, false);
  const char *p = block, *end = block + len;
  uint32_t n = 0;
  while (n < capacity && p < end) {
    const char *stop = record_end(&x, p, end);
    if (!stop && !at_end) break;
    const char *next = stop ? stop + 1 : end;
    if (!stop) stop = end;
    size_t size = (size_t)(stop - p);
    if (size && p[size - 1] == '\r') size--;
    records[n++].value = rn_slice_make(p, size);
    p = next;
  }
  *count = n;
  return (size_t)(p - block);
}
static bool has_header(const rn_table_spec *table) { return format_option_bool(table, &rn_format_csv, false, "header"); }

const rn_format rn_format_csv = {
    .name = "csv",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .help = "fields between commas, columns by position",
    .decoder_open = decoder_open,
    .decode = decode,
    .decoder_close = decoder_close,
    .encoder_open = csv_encoder_open,
    .encode = csv_encode,
    .encoder_close = csv_encoder_close,
    .split = split,
    .has_header = has_header,
    .write_header = csv_write_header,
};
