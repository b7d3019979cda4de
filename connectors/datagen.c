/* The datagen connector: rows made from the row's number.
 *
 * Every value is a function of (seed, column, row number), so a resumed job makes the rows that the
 * stopped one would have made, and the position is a single counter. There is one split, so the counter
 * means the same at every parallelism. Rates follow the engine's clock. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "base/number.h"
#include "runtime/collection.h"
#include "runtime/connector.h"

static const rn_option options[] = {
    {"rows-per-second", RN_OPT_INT, RN_OPTION_SOURCE | RN_OPTION_REOPEN, "10000", NULL, 1, INT64_MAX, "rows made per second", NULL},
    {"number-of-rows", RN_OPT_INT, RN_OPTION_SOURCE, NULL, NULL, 0, INT64_MAX, "rows in all; without it (and without a sequence) the table never ends", NULL},
    {"fields.", RN_OPT_STRING, RN_OPTION_SOURCE | RN_OPTION_PREFIX, NULL, NULL, 0, 0,
     "fields.COLUMN.kind (random, sequence), .start, .end, .min, .max, .length, .var-len, .null-rate, .max-past; of what a ROW or a "
     "collection holds: fields.COLUMN.FIELD., .element., .key., .value.", NULL},
};
enum { OPTION_COUNT = sizeof options / sizeof *options };

typedef struct maker maker;
struct maker { /* how a column, or a field of a ROW, is made */
  const rn_type *type;
  const char *path; /* "price", "address.city" */
  uint64_t salt;
  bool sequence, variable_length;
  int64_t start, end;   /* sequence */
  int64_t min, max;     /* integers, decimals (unscaled), intervals */
  double low, high;     /* FLOAT, DOUBLE */
  int64_t length;
  double null_rate;
  int64_t max_past_us;
  maker *fields;        /* ROW; ARRAY, MULTISET: 1, the elements; MAP: keys, values */
};

struct rn_source {
  rn_arena arena;
  rn_source_spec spec;
  maker *makers;
  uint32_t count;
  bool idle;            /* another instance makes the rows */
  int64_t next, limit;  /* row number; limit -1: none */
  int64_t rate;
  int64_t begin_us, begin_row; /* pacing */
};

/* --- options of a field -------------------------------------------------------------------------------------- */
static const char *const attributes[] = {"kind", "start", "end", "min", "max", "length", "var-len", "null-rate", "max-past"};

static const char *field_option(const rn_options *given, const char *path, const char *attribute) {
  char key[512];
  int len = snprintf(key, sizeof key, "fields.%s.%s", path, attribute);
  return len < (int)sizeof key ? rn_option_text(given, key) : NULL;
}
static rn_status bad_option(const char *path, const char *attribute, const char *value, const char *wanted, rn_error *err) {
  return rn_fail(err, RN_E_OPTION_VALUE, "option 'fields.%s.%s' is \"%s\", which is not %s", path, attribute, value, wanted);
}
static rn_status int_option(const rn_options *given, const char *path, const char *attribute, int64_t low, int64_t high,
                            int64_t *out, rn_error *err) {
  const char *text = field_option(given, path, attribute);
  if (!text) return RN_OK;
  int64_t value;
  if (rn_parse_int64(rn_slice_trim(rn_slice_of(text)), &value) != RN_NUMBER_OK || value < low || value > high) {
    char wanted[96];
    (void)snprintf(wanted, sizeof wanted, "a whole number from %" PRId64 " to %" PRId64, low, high);
    return bad_option(path, attribute, text, wanted, err);
  }
  *out = value;
  return RN_OK;
}
static rn_status double_option(const rn_options *given, const char *path, const char *attribute, double *out, rn_error *err) {
  const char *text = field_option(given, path, attribute);
  if (text && !rn_parse_double(rn_slice_trim(rn_slice_of(text)), true, out)) return bad_option(path, attribute, text, "a number", err);
  return RN_OK;
}
static rn_status decimal_option(const rn_options *given, maker *m, const char *attribute, int64_t *out, rn_error *err) {
  const char *text = field_option(given, m->path, attribute);
  rn_i128 value;
  int precision = m->type->precision < RN_DECIMAL_SMALL_DIGITS ? m->type->precision : RN_DECIMAL_SMALL_DIGITS;
  if (!text) return RN_OK;
  if (rn_decimal_parse(rn_slice_trim(rn_slice_of(text)), precision, m->type->scale, &value) != RN_NUMBER_OK)
    return bad_option(m->path, attribute, text, "a number of the column's type", err);
  *out = (int64_t)value;
  return RN_OK;
}

static int64_t largest(const rn_type *type) {
  switch ((rn_type_id)type->id) {
    case RN_T_TINYINT: return INT8_MAX;
    case RN_T_SMALLINT: return INT16_MAX;
    case RN_T_INT: case RN_T_INTERVAL_MONTH: return INT32_MAX;
    case RN_T_DECIMAL:
      return rn_pow10_64((unsigned)(type->precision < RN_DECIMAL_SMALL_DIGITS ? type->precision : RN_DECIMAL_SMALL_DIGITS)) - 1;
    default: return INT64_MAX;
  }
}

enum { COLLECTION_LENGTH = 3, COUNT_MAX = 10 };

/* What the options call the parts of a type: the fields of a ROW, "element", "key", "value". */
static const char *part_name(const rn_type *type, uint32_t i) {
  if (type->id == RN_T_ROW) return type->names[i];
  return type->id != RN_T_MAP ? "element" : i ? "value" : "key";
}
#define TRY(call) \
  if ((call) != RN_OK) return RN_FAIL
static rn_status init_maker(rn_arena *arena, const rn_options *given, maker *m, const char *path, const rn_type *type,
                            uint64_t seed, rn_error *err) {
  m->type = type = rn_type_copy(arena, type);
  m->path = rn_arena_strdup(arena, path);
  m->salt = seed;
  for (const char *p = path; *p; p++) m->salt = (m->salt ^ (uint8_t)*p) * 0x100000001B3ull; /* FNV-1a */
  rn_type_id id = (rn_type_id)type->id;
  if (id == RN_T_VARIANT) return rn_fail(err, RN_E_TYPE_UNSUPPORTED, "connector datagen cannot make column %s of type VARIANT", path);
  const char *kind = field_option(given, path, "kind");
  m->sequence = kind && rn_text_eq_nocase(kind, "sequence");
  if (kind && !m->sequence && !rn_text_eq_nocase(kind, "random")) return bad_option(path, "kind", kind, "random or sequence", err);
  m->max = largest(type);
  m->min = id == RN_T_DECIMAL || id == RN_T_INTERVAL_MONTH || id == RN_T_INTERVAL_MS ? 0 : -m->max - 1;
  m->low = id == RN_T_FLOAT ? -3.4028234663852886e38 : -1.7976931348623157e308;
  m->high = -m->low;
  bool is_text = rn_type_is_string(type) || rn_type_is_binary(type);
  if (rn_type_is_integer(type) || rn_type_is_interval(type)) {
    int64_t low = -m->max - 1, high = m->max;
    TRY(int_option(given, path, "min", low, high, &m->min, err));
    TRY(int_option(given, path, "max", low, high, &m->max, err));
  } else if (id == RN_T_DECIMAL) {
    TRY(decimal_option(given, m, "min", &m->min, err));
    TRY(decimal_option(given, m, "max", &m->max, err));
  } else if (rn_type_is_approximate(type)) {
    TRY(double_option(given, path, "min", &m->low, err));
    TRY(double_option(given, path, "max", &m->high, err));
  }
  if (m->min > m->max || m->low > m->high)
    return rn_fail(err, RN_E_OPTION_VALUE, "option 'fields.%s.min' is larger than 'fields.%s.max'", path, path);
  bool collection = rn_type_physical(type) == RN_P_LIST;
  m->length = collection ? COLLECTION_LENGTH : is_text && type->precision != RN_LENGTH_MAX ? type->precision : 100;
  TRY(int_option(given, path, "length", collection ? 0 : 1, collection ? RN_DATAGEN_LENGTH_MAX : RN_DATAGEN_TEXT_MAX, &m->length, err));
  if (is_text && m->length > type->precision) m->length = type->precision;
  const char *variable = field_option(given, path, "var-len");
  m->variable_length = variable && rn_text_eq_nocase(variable, "true");
  TRY(double_option(given, path, "null-rate", &m->null_rate, err));
  if (!(m->null_rate >= 0 && m->null_rate <= 1))
    return bad_option(path, "null-rate", field_option(given, path, "null-rate"), "between 0 and 1", err);
  if (!type->nullable) m->null_rate = 0;
  const char *past = field_option(given, path, "max-past");
  if (past && (!rn_duration_parse(rn_slice_of(past), &m->max_past_us) || m->max_past_us < 0))
    return bad_option(path, "max-past", past, "a duration such as '10 s'", err);
  if (m->sequence) {
    if (!(rn_type_is_numeric(type) || is_text)) return bad_option(path, "kind", kind, "random: a sequence is a number or text", err);
    if (!field_option(given, path, "start") || !field_option(given, path, "end"))
      return rn_fail(err, RN_E_OPTION_MISSING, "a sequence needs 'fields.%s.start' and 'fields.%s.end'", path, path);
    TRY(int_option(given, path, "start", INT64_MIN / 2, INT64_MAX / 2, &m->start, err));
    TRY(int_option(given, path, "end", INT64_MIN / 2, INT64_MAX / 2, &m->end, err));
    if (m->start > m->end) return rn_fail(err, RN_E_OPTION_VALUE, "option 'fields.%s.start' is larger than 'fields.%s.end'", path, path);
    if (rn_type_is_integer(type) && (m->start < -largest(type) - 1 || m->end > largest(type)))
      return rn_fail(err, RN_E_OPTION_VALUE, "sequence of column %s does not fit %s", path, rn_type_name(arena, type));
  }
  if (type->child_count) m->fields = RN_NEW_N(arena, maker, type->child_count);
  for (uint32_t i = 0; i < type->child_count; i++) {
    const char *inner = rn_arena_printf(arena, "%s.%s", path, part_name(type, i));
    TRY(init_maker(arena, given, &m->fields[i], inner, type->children[i], seed, err));
    if (collection && m->fields[i].sequence) return bad_option(inner, "kind", "sequence", "random: a sequence counts rows", err);
  }
  return RN_OK;
}

/* Does an option name a column (or a part of it) and an attribute? */
static bool names_field(const rn_type *type, const char *rest) {
  for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
    if (strcmp(rest, attributes[i]) == 0) return true;
  for (uint32_t i = 0; i < type->child_count; i++) {
    const char *part = part_name(type, i);
    size_t len = strlen(part);
    if (strncmp(rest, part, len) == 0 && rest[len] == '.' && names_field(type->children[i], rest + len + 1)) return true;
  }
  return false;
}
static rn_status check(const rn_table_spec *table, uint16_t direction, rn_diagnostics *diags) {
  (void)direction;
  rn_status status = RN_OK;
  for (size_t i = 0; i < table->options.count; i++) {
    const rn_option_value *option = &table->options.items[i];
    if (strncmp(option->key, "fields.", 7) != 0) continue;
    bool found = false;
    for (uint32_t c = 0; c < table->column_count && !found; c++) {
      size_t len = strlen(table->columns[c].name);
      found = table->columns[c].role == RN_COLUMN_PHYSICAL && strncmp(option->key + 7, table->columns[c].name, len) == 0 &&
              option->key[7 + len] == '.' && names_field(table->columns[c].type, option->key + 8 + len);
    }
    if (!found)
      status = rn_diag(diags, RN_E_OPTION_UNKNOWN, option->key_span,
                       "it is fields.COLUMN. and one of kind, start, end, min, max, length, var-len, null-rate, max-past",
                       "option '%s' names no column and attribute", option->key);
  }
  if (status != RN_OK) return status;
  rn_arena arena;
  rn_arena_init(&arena);
  for (uint32_t c = 0; c < table->column_count && status == RN_OK; c++) {
    maker probe;
    memset(&probe, 0, sizeof probe);
    rn_error err;
    memset(&err, 0, sizeof err);
    if (table->columns[c].role != RN_COLUMN_PHYSICAL) continue;
    status = init_maker(&arena, &table->options, &probe, table->columns[c].name, table->columns[c].type, 0, &err);
    if (status != RN_OK) {
      err.span = table->span;
      err.has_span = true;
      rn_diagnostics_add(diags, &err);
    }
  }
  rn_arena_free(&arena);
  return status;
}

/* --- bounds ------------------------------------------------------------------------------------------------------ */
static int64_t shortest_sequence(const maker *m, int64_t limit) {
  if (m->sequence && (limit < 0 || m->end - m->start + 1 < limit)) limit = m->end - m->start + 1;
  for (uint32_t i = 0; m->fields && i < m->type->child_count; i++) limit = shortest_sequence(&m->fields[i], limit);
  return limit;
}
static bool is_bounded(const rn_table_spec *table) {
  if (rn_option_text(&table->options, "number-of-rows")) return true;
  for (size_t i = 0; i < table->options.count; i++) {
    const char *key = table->options.items[i].key;
    size_t len = strlen(key);
    if (strncmp(key, "fields.", 7) == 0 && len > 5 && strcmp(key + len - 5, ".kind") == 0 &&
        rn_text_eq_nocase(table->options.items[i].value, "sequence"))
      return true;
  }
  return false;
}

static int64_t row_count(const rn_table_spec *table, void *store) {
  (void)store;
  rn_arena arena = {0};
  rn_error err;
  rn_error_clear(&err);
  rn_status status = RN_OK;
  int64_t limit = rn_option_text(&table->options, "number-of-rows") ? rn_option_int(&table->options, options, OPTION_COUNT, "number-of-rows") : -1;
  for (uint32_t c = 0; status == RN_OK && c < table->column_count; c++) {
    if (table->columns[c].role != RN_COLUMN_PHYSICAL) continue;
    maker m = {0};
    status = init_maker(&arena, &table->options, &m, table->columns[c].name, table->columns[c].type, 0, &err);
    if (status == RN_OK) limit = shortest_sequence(&m, limit);
  }
  rn_arena_free(&arena);
  return status == RN_OK ? limit : -1;
}

static void source_close(rn_source *source) {
  if (!source) return;
  rn_arena_free(&source->arena);
  rn_free(source);
}
static rn_status source_open(const rn_source_spec *spec, rn_source **out, rn_error *err) {
  rn_source *source = rn_calloc(1, sizeof *source);
  rn_arena_init(&source->arena);
  source->spec = *spec;
  source->idle = spec->subtask != 0;
  const rn_table_spec *table = spec->table;
  source->count = spec->column_count;
  source->makers = RN_NEW_N(&source->arena, maker, spec->column_count ? spec->column_count : 1);
  rn_status status = RN_OK;
  source->limit = rn_option_text(&table->options, "number-of-rows") ? rn_option_int(&table->options, options, OPTION_COUNT, "number-of-rows") : -1;
  for (uint32_t i = 0; status == RN_OK && i < spec->column_count; i++) {
    const rn_table_column *column = &table->columns[spec->columns[i]];
    status = init_maker(&source->arena, &table->options, &source->makers[i], column->name, column->type, spec->seed, err);
  }
  /* Sequences end the table even when nobody reads them. */
  for (uint32_t c = 0; status == RN_OK && c < table->column_count; c++) {
    if (table->columns[c].role != RN_COLUMN_PHYSICAL) continue;
    maker *m = RN_NEW(&source->arena, maker);
    status = init_maker(&source->arena, &table->options, m, table->columns[c].name, table->columns[c].type, spec->seed, err);
    if (status == RN_OK) source->limit = shortest_sequence(m, source->limit);
  }
  source->rate = rn_option_int(&table->options, options, OPTION_COUNT, "rows-per-second");
  for (size_t i = 0; status == RN_OK && i < spec->restored_count; i++)
    if (sscanf(spec->restored[i].position, "%" SCNd64, &source->next) != 1 || source->next < 0)
      status = rn_fail(err, RN_E_STATE_CORRUPT, "stored row number of table %s cannot be read: %s", table->name, spec->restored[i].position);
  if (status != RN_OK) {
    source_close(source);
    return RN_FAIL;
  }
  source->begin_us = rn_clock_now_us(spec->clock);
  source->begin_row = source->next;
  if (spec->until_end && source->limit < 0) source->limit = source->next; /* its end is now */
  *out = source;
  return RN_OK;
}
static uint32_t source_splits(rn_source *source) { return source->idle ? 0 : 1; }
static const char *source_split_name(rn_source *source, uint32_t split) {
  (void)source;
  (void)split;
  return "rows";
}

/* --- values ---------------------------------------------------------------------------------------------------------- */
static uint64_t mix(uint64_t x) { /* splitmix64's finaliser (Steele 2014) */
  x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9ull;
  x = (x ^ x >> 27) * 0x94D049BB133111EBull;
  return x ^ x >> 31;
}
typedef struct stream { /* random numbers of one value */
  uint64_t state;
} stream;
static uint64_t draw(stream *s) { return mix(s->state += 0x9E3779B97F4A7C15ull); }
static double draw_unit(stream *s) { return (double)(draw(s) >> 11) * 0x1p-53; }
static int64_t draw_between(stream *s, int64_t low, int64_t high) {
  uint64_t range = (uint64_t)high - (uint64_t)low + 1;
  if (range == 0) return (int64_t)draw(s);
  return (int64_t)((uint64_t)low + (uint64_t)((rn_u128)draw(s) * range >> 64));
}

static rn_str make_text(const maker *m, stream *s, int64_t sequence, rn_arena *arena) {
  static const char hex[] = "0123456789abcdef";
  if (m->sequence) {
    char text[24];
    int len = snprintf(text, sizeof text, "%" PRId64, sequence);
    if ((int64_t)len > m->length && rn_type_is_string(m->type)) len = (int)m->length;
    return rn_str_copy(arena, rn_str_make(text, (size_t)len));
  }
  size_t len = (size_t)(m->variable_length && (m->type->id == RN_T_VARCHAR || m->type->id == RN_T_VARBINARY) ? draw_between(s, 1, m->length) : m->length);
  char *text = rn_arena_alloc_aligned(arena, len + 16, 1);
  bool is_hex = rn_type_is_string(m->type);
  for (size_t i = 0; i < len; i += is_hex ? 16 : 8) {
    uint64_t bits = draw(s);
    if (is_hex)
      for (unsigned k = 0; k < 16; k++) text[i + k] = hex[bits >> (4 * k) & 15];
    else
      memcpy(text + i, &bits, 8);
  }
  return rn_str_make(text, len);
}

static void set_null(const maker *m, rn_column *column, uint32_t row, rn_arena *arena) {
  rn_column_nullable(column, column->capacity > RN_BATCH_ROWS_MAX ? column->capacity : RN_BATCH_ROWS_MAX, arena);
  rn_set_null(column, row);
  if (m->type->id == RN_T_ROW) {
    for (uint32_t i = 0; i < m->type->child_count; i++) set_null(&m->fields[i], &column->children[i], row, arena);
  } else {
    size_t width = rn_physical_width(rn_type_physical(m->type));
    memset((char *)column->data + width * row, 0, width);
  }
}

static void make_value(const maker *m, rn_column *column, uint32_t row, int64_t number, int64_t now_us, rn_arena *arena);

static void make_collection(const maker *m, rn_column *column, uint32_t row, int64_t number, int64_t now_us, rn_arena *arena) {
  uint32_t length = (uint32_t)m->length;
  stream counts = {mix(m->salt ^ ~mix((uint64_t)number))};
  rn_items_open(column, row);
  uint32_t first = rn_items_extend(column, row, length, arena);
  for (uint32_t i = 0; i < length; i++) {
    int64_t own = (int64_t)(mix((uint64_t)number) + i); /* every element has random numbers of its own */
    for (uint32_t k = 0; k < m->type->child_count; k++) make_value(&m->fields[k], &column->children[k], first + i, own, now_us, arena);
    if (m->type->id == RN_T_MULTISET) ((int32_t *)column->children[1].data)[first + i] = (int32_t)draw_between(&counts, 1, COUNT_MAX);
  }
  if (m->type->id != RN_T_ARRAY) rn_items_unique(column, row, arena);
}

static void make_value(const maker *m, rn_column *column, uint32_t row, int64_t number, int64_t now_us, rn_arena *arena) {
  stream s = {mix(m->salt ^ mix((uint64_t)number))};
  if (m->null_rate > 0 && draw_unit(&s) < m->null_rate) {
    set_null(m, column, row, arena);
    return;
  }
  if (column->valid) rn_set_valid(column, row);
  int64_t sequence = m->start + number;
  void *data = column->data;
  switch ((rn_type_id)m->type->id) {
    case RN_T_BOOLEAN: ((uint8_t *)data)[row] = (uint8_t)(draw(&s) >> 63); break;
    case RN_T_TINYINT: ((int8_t *)data)[row] = (int8_t)(m->sequence ? sequence : draw_between(&s, m->min, m->max)); break;
    case RN_T_SMALLINT: ((int16_t *)data)[row] = (int16_t)(m->sequence ? sequence : draw_between(&s, m->min, m->max)); break;
    case RN_T_INT: case RN_T_INTERVAL_MONTH:
      ((int32_t *)data)[row] = (int32_t)(m->sequence ? sequence : draw_between(&s, m->min, m->max));
      break;
    case RN_T_BIGINT: case RN_T_INTERVAL_MS:
      ((int64_t *)data)[row] = m->sequence ? sequence : draw_between(&s, m->min, m->max);
      break;
    case RN_T_FLOAT: case RN_T_DOUBLE: {
      double unit = draw_unit(&s);
      double v = m->sequence ? (double)sequence : m->low * (1 - unit) + m->high * unit;
      if (m->type->id == RN_T_FLOAT) ((float *)data)[row] = (float)v;
      else ((double *)data)[row] = v;
      break;
    }
    case RN_T_DECIMAL: {
      rn_i128 v = m->sequence ? (rn_i128)sequence * rn_pow10_128((unsigned)m->type->scale) : draw_between(&s, m->min, m->max);
      if (m->sequence && !rn_decimal_fits(v, m->type->precision)) {
        set_null(m, column, row, arena);
      } else if (m->type->precision <= RN_DECIMAL_SMALL_DIGITS) {
        ((int64_t *)data)[row] = (int64_t)v;
      } else {
        ((rn_i128 *)data)[row] = v;
      }
      break;
    }
    case RN_T_CHAR: case RN_T_VARCHAR: case RN_T_BINARY: case RN_T_VARBINARY:
      ((rn_str *)data)[row] = make_text(m, &s, sequence, arena);
      break;
    case RN_T_DATE: case RN_T_TIME: case RN_T_TIMESTAMP: case RN_T_TIMESTAMP_LTZ: {
      int64_t us = now_us - (m->max_past_us ? draw_between(&s, 0, m->max_past_us) : 0);
      if (m->type->id == RN_T_DATE) ((int32_t *)data)[row] = (int32_t)rn_floor_div(us, RN_US_PER_DAY);
      else if (m->type->id == RN_T_TIME) ((int32_t *)data)[row] = (int32_t)(rn_floor_mod(us, RN_US_PER_DAY) / RN_US_PER_MS);
      else ((int64_t *)data)[row] = rn_floor_div(us, RN_US_PER_MS) * RN_US_PER_MS;
      break;
    }
    case RN_T_ROW:
      for (uint32_t i = 0; i < m->type->child_count; i++) make_value(&m->fields[i], &column->children[i], row, number, now_us, arena);
      break;
    case RN_T_ARRAY: case RN_T_MAP: case RN_T_MULTISET: make_collection(m, column, row, number, now_us, arena); break;
    default: set_null(m, column, row, arena);
  }
}

static rn_status poll_rows(rn_source *source, uint32_t max_rows, int64_t wait_us, rn_column *columns, rn_arena *arena,
                           uint32_t *rows, rn_poll *poll, rn_error *err) {
  (void)err;
  *rows = 0;
  *poll = RN_POLL_END;
  if (source->idle || (source->limit >= 0 && source->next >= source->limit)) return RN_OK;
  int64_t now = rn_clock_now_us(source->spec.clock);
  double due = (double)(now - source->begin_us) * 1e-6 * (double)source->rate + 1 - (double)(source->next - source->begin_row);
  if (due < 1) {
    *poll = RN_POLL_IDLE;
    double wait = (1 - due) * 1e6 / (double)source->rate;
    if (wait > (double)wait_us) wait = (double)wait_us;
    bool is_virtual = source->spec.clock && source->spec.clock->is_virtual;
    if (wait > 0 && !is_virtual) {
      struct timespec pause = {(time_t)(wait / 1e6), (long)((int64_t)wait % 1000000 * 1000)};
      (void)nanosleep(&pause, NULL);
    }
    return RN_OK;
  }
  if (max_rows > RN_BATCH_ROWS_MAX) max_rows = RN_BATCH_ROWS_MAX;
  int64_t n = due < (double)max_rows ? (int64_t)due : (int64_t)max_rows;
  if (source->limit >= 0 && n > source->limit - source->next) n = source->limit - source->next;
  int64_t local = source->spec.zone ? rn_zone_to_local(source->spec.zone, now) : now;
  for (uint32_t c = 0; c < source->count; c++) {
    const maker *m = &source->makers[c];
    int64_t base = m->type->id == RN_T_TIMESTAMP_LTZ ? now : local;
    for (int64_t i = 0; i < n; i++) make_value(m, &columns[c], (uint32_t)i, source->next + i, base, arena);
  }
  source->next += n;
  *rows = (uint32_t)n;
  *poll = RN_POLL_ROWS;
  return RN_OK;
}
static rn_status positions(rn_source *source, rn_positions *out, rn_error *err) {
  (void)err;
  if (source->idle) return RN_OK;
  char text[24];
  (void)snprintf(text, sizeof text, "%" PRId64, source->next);
  rn_positions_put(out, "rows", text);
  return RN_OK;
}
static int64_t lag(rn_source *source) {
  return source->limit >= 0 && !source->idle ? source->limit - source->next : source->idle ? 0 : -1;
}

extern const rn_connector rn_connector_datagen;
const rn_connector rn_connector_datagen = {
    .name = "datagen",
    .help = "makes random or sequential rows",
    .options = options,
    .option_count = OPTION_COUNT,
    .is_bounded = is_bounded,
    .row_count = row_count,
    .check = check,
    .source_open = source_open,
    .source_splits = source_splits,
    .source_split_name = source_split_name,
    .poll_rows = poll_rows,
    .positions = positions,
    .lag = lag,
    .source_close = source_close,
};
