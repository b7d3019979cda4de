/* What unit test and fuzzer share: a table with one column of each kind, decoding of one record under
 * every scanner, readable dumps, and comparison with sqlite's JSON functions, an independent parser.
 *
 * Records lie right before a page that cannot be read, so that reading one byte too many is a crash.
 * Static functions in a header: both programs stay a single file each. */
#ifndef RN_TESTS_FUZZ_JSON_CHECK_H
#define RN_TESTS_FUZZ_JSON_CHECK_H
#include <inttypes.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "base/number.h"
#include "connectors/formats/json_decode.h"

/* --- the table ---------------------------------------------------------------------------------------- */
enum { CHECK_COLUMNS = 14 };
typedef struct check_table {
  rn_arena arena;
  rn_table_column columns[CHECK_COLUMNS];
  rn_option_value options[4];
  rn_table_spec spec;
} check_table;

static void check_table_open(check_table *t, const char *option, const char *option2) {
  memset(t, 0, sizeof *t);
  rn_arena *a = &t->arena;
  static const char *const inner_names[] = {"v"}, *const row_names[] = {"x", "q", "e"};
  const rn_type **inner = rn_arena_alloc(a, sizeof *inner), **fields = rn_arena_alloc(a, 3 * sizeof *fields);
  inner[0] = rn_type_basic(RN_T_BIGINT, true);
  fields[0] = rn_type_basic(RN_T_INT, true);
  fields[1] = rn_type_basic(RN_T_VARCHAR, true);
  fields[2] = rn_type_row(a, 1, inner_names, inner, true);
  static const char *const item_names[] = {"x", "e"};
  const rn_type *item[] = {fields[0], rn_type_array(a, fields[1], true)};
  const struct {
    const char *name;
    const rn_type *type;
  } rows[CHECK_COLUMNS] = {{"i", rn_type_basic(RN_T_BIGINT, true)},
                           {"n", rn_type_basic(RN_T_TINYINT, true)},
                           {"s", rn_type_basic(RN_T_VARCHAR, true)},
                           {"d", rn_type_basic(RN_T_DOUBLE, true)},
                           {"m", rn_type_decimal(a, 10, 2, true)},
                           {"w", rn_type_decimal(a, 30, 5, true)},
                           {"b", rn_type_basic(RN_T_BOOLEAN, true)},
                           {"t", rn_type_sized(a, RN_T_TIMESTAMP, 3, true)},
                           {"z", rn_type_sized(a, RN_T_TIMESTAMP_LTZ, 6, true)},
                           {"y", rn_type_basic(RN_T_VARBINARY, true)},
                           {"a", rn_type_basic(RN_T_DATE, true)},
                           {"r", rn_type_row(a, 3, row_names, fields, true)},
                           {"l", rn_type_array(a, rn_type_row(a, 2, item_names, item, true), true)},
                           {"o", rn_type_map(a, rn_type_basic(RN_T_VARCHAR, true), inner[0], true)}};
  for (size_t i = 0; i < CHECK_COLUMNS; i++) t->columns[i] = (rn_table_column){.name = rows[i].name, .type = rows[i].type};
  if (option) t->options[t->spec.options.count++] = (rn_option_value){.key = option, .value = "true"};
  if (option2) t->options[t->spec.options.count++] = (rn_option_value){.key = option2, .value = "true"};
  t->spec.name = "t";
  t->spec.column_count = CHECK_COLUMNS;
  t->spec.columns = t->columns;
  t->spec.options.items = t->options;
}

/* --- dumps --------------------------------------------------------------------------------------------- */
static void dump_value(rn_builder *b, const rn_column *c, uint32_t row) {
  if (rn_is_null(c, row)) {
    rn_builder_text(b, "null");
    return;
  }
  const void *data = c->data;
  switch (c->type->id) {
    case RN_T_ROW:
      for (uint32_t i = 0; i < c->child_count; i++) {
        rn_builder_text(b, i ? ", " : "(");
        dump_value(b, &c->children[i], row);
      }
      rn_builder_char(b, ')');
      break;
    case RN_T_ARRAY: case RN_T_MAP: {
      rn_list list = ((const rn_list *)data)[row];
      rn_builder_char(b, '[');
      for (uint32_t i = 0; i < list.length * c->child_count; i++) {
        dump_value(b, &c->children[i % c->child_count], list.offset + i / c->child_count);
        rn_builder_char(b, ',');
      }
      rn_builder_char(b, ']');
      break;
    }
    case RN_T_BOOLEAN: rn_builder_text(b, ((const uint8_t *)data)[row] ? "true" : "false"); break;
    case RN_T_TINYINT: rn_builder_int(b, ((const int8_t *)data)[row]); break;
    case RN_T_SMALLINT: rn_builder_int(b, ((const int16_t *)data)[row]); break;
    case RN_T_INT: rn_builder_int(b, ((const int32_t *)data)[row]); break;
    case RN_T_FLOAT: rn_builder_printf(b, "%.9g", (double)((const float *)data)[row]); break;
    case RN_T_DOUBLE: rn_builder_printf(b, "%.17g", ((const double *)data)[row]); break;
    case RN_T_DECIMAL:
      rn_decimal_format(b, c->type->precision > 18 ? ((const rn_i128 *)data)[row] : ((const int64_t *)data)[row], c->type->scale);
      break;
    case RN_T_DATE: rn_format_date(b, ((const int32_t *)data)[row]); break;
    case RN_T_TIME: rn_format_time(b, ((const int32_t *)data)[row], 3, true); break;
    case RN_T_TIMESTAMP: case RN_T_TIMESTAMP_LTZ: rn_format_timestamp(b, ((const int64_t *)data)[row], 6, true, ' '); break;
    case RN_T_CHAR: case RN_T_VARCHAR: rn_builder_slice(b, rn_str_slice(&((const rn_str *)data)[row])); break;
    case RN_T_VARBINARY: {
      rn_slice s = rn_str_slice(&((const rn_str *)data)[row]);
      for (size_t i = 0; i < s.len; i++) rn_builder_printf(b, "%02x", (unsigned char)s.ptr[i]);
      break;
    }
    default: rn_builder_int(b, ((const int64_t *)data)[row]);
  }
}
static void dump_result(rn_builder *b, const rn_decode_result *r, const rn_column *columns, uint32_t count) {
  for (uint32_t row = 0; row < r->rows; row++)
    for (uint32_t c = 0; c < count; c++) {
      rn_builder_text(b, c ? "|" : "row ");
      dump_value(b, &columns[c], row);
      if (c + 1 == count) rn_builder_char(b, '\n');
    }
  for (size_t i = 0; i < r->bad.len; i++)
    rn_builder_printf(b, "bad %d @%u %s\n", r->bad.data[i].column, r->bad.data[i].position, r->bad.data[i].reason);
  rn_builder_printf(b, "rows %u skipped %" PRIu64 " bad fields %" PRIu64 " consumed %u\n", r->rows, r->skipped, r->bad_fields,
                    r->records_consumed);
}

/* --- decoding one record ---------------------------------------------------------------------------------- */
typedef struct check_decoder {
  rn_decoder *decoder;
  const check_table *table;
  rn_decode_result result;
  uint16_t record_of_row[RN_BATCH_ROWS_MAX];
  rn_column columns[CHECK_COLUMNS];
  rn_arena arena;
} check_decoder;

static bool check_decoder_open(check_decoder *d, const check_table *t, const char *scanner) {
  static const uint32_t all[CHECK_COLUMNS] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13};
  memset(d, 0, sizeof *d);
  d->table = t;
  d->result.record_of_row = d->record_of_row;
  rn_error err = {0};
  if (rn_format_json.decoder_open(&t->spec, all, CHECK_COLUMNS, false, NULL, &d->decoder, &err) != RN_OK) {
    (void)fprintf(stderr, "decoder_open: %s\n", err.message);
    abort();
  }
  return json_decoder_force(d->decoder, scanner);
}
static void check_decoder_close(check_decoder *d) {
  rn_format_json.decoder_close(d->decoder);
  RN_VEC_FREE(&d->result.bad);
  rn_arena_free(&d->arena);
}
static void check_decode(check_decoder *d, const rn_record *records, uint32_t count, bool padded, rn_builder *dump) {
  rn_arena_reset(&d->arena);
  for (size_t i = 0; i < CHECK_COLUMNS; i++) {
    rn_column_init(&d->columns[i], d->table->columns[i].type, RN_BATCH_ROWS_MAX, &d->arena);
  }
  rn_error err = {0};
  if (rn_format_json.decode(d->decoder, records, count, padded, d->columns, &d->arena, &d->result, &err) != RN_OK) abort();
  rn_builder_clear(dump);
  dump_result(dump, &d->result, d->columns, CHECK_COLUMNS);
}

/* --- everything about one record ---------------------------------------------------------------------------- */
enum { CHECK_BYTES_MAX = 1 << 16, CHECK_SCANNERS = 3 };
typedef struct checker {
  check_table strict, lenient;
  check_decoder warm[CHECK_SCANNERS], warm_lenient[CHECK_SCANNERS];
  unsigned scanners;
  const char *names[CHECK_SCANNERS];
  char *pages; /* CHECK_BYTES_MAX readable bytes, then a page that is not */
  rn_builder dumps[2], text;
  sqlite3 *db;
  sqlite3_stmt *valid, *keys, *field;
  uint64_t records, valid_records, compared;
} checker;

static void checker_open(checker *c) {
  memset(c, 0, sizeof *c);
  check_table_open(&c->strict, NULL, NULL);
  check_table_open(&c->lenient, "json.ignore-parse-errors", NULL);
  static const char *const names[] = {"avx2", "sse2", "plain"};
  for (unsigned i = 0; i < CHECK_SCANNERS; i++) {
    if (!json_scanner_choose(names[i])) continue;
    (void)check_decoder_open(&c->warm[c->scanners], &c->strict, names[i]);
    (void)check_decoder_open(&c->warm_lenient[c->scanners], &c->lenient, names[i]);
    c->names[c->scanners++] = names[i];
  }
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  c->pages = mmap(NULL, CHECK_BYTES_MAX + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (c->pages == MAP_FAILED || mprotect(c->pages + CHECK_BYTES_MAX, page, PROT_NONE) != 0) abort();
  if (sqlite3_open(":memory:", &c->db) != SQLITE_OK ||
      sqlite3_prepare_v2(c->db, "SELECT json_valid(?1)", -1, &c->valid, NULL) != SQLITE_OK ||
      sqlite3_prepare_v2(c->db, "SELECT count(*), count(DISTINCT key), sum(instr(key, '\\')) FROM json_each(?1)", -1, &c->keys, NULL) != SQLITE_OK ||
      sqlite3_prepare_v2(c->db, "SELECT json_type(?1, ?2), json_extract(?1, ?2), ?1 -> ?2", -1, &c->field, NULL) != SQLITE_OK)
    abort();
}
static __attribute__((unused)) void checker_close(checker *c) {
  for (unsigned i = 0; i < c->scanners; i++) {
    check_decoder_close(&c->warm[i]);
    check_decoder_close(&c->warm_lenient[i]);
  }
  rn_arena_free(&c->strict.arena);
  rn_arena_free(&c->lenient.arena);
  (void)munmap(c->pages, CHECK_BYTES_MAX + (size_t)sysconf(_SC_PAGESIZE));
  rn_builder_free(&c->dumps[0]);
  rn_builder_free(&c->dumps[1]);
  rn_builder_free(&c->text);
  sqlite3_finalize(c->valid);
  sqlite3_finalize(c->keys);
  sqlite3_finalize(c->field);
  sqlite3_close(c->db);
}

_Noreturn static void check_failed(const checker *c, rn_slice record, const char *what, const char *a, const char *b) {
  (void)fprintf(stderr, "JSON check failed: %s\nrecord (%zu bytes): %.*s\n%s\n%s\n", what, record.len, (int)record.len, record.ptr, a, b);
  (void)c;
  abort();
}

static unsigned depth_of(rn_slice s) {
  unsigned depth = 0, most = 0;
  bool quoted = false;
  for (size_t i = 0; i < s.len; i++) {
    if (quoted && s.ptr[i] == '\\') i++;
    else if (s.ptr[i] == '"') quoted = !quoted;
    else if (!quoted && (s.ptr[i] == '{' || s.ptr[i] == '[')) most = ++depth > most ? depth : most;
    else if (!quoted && (s.ptr[i] == '}' || s.ptr[i] == ']')) depth--;
  }
  return most;
}

static bool is_plain_integer(const char *text) {
  while (*text == ' ') text++;
  if (*text == '-' || *text == '+') text++;
  size_t n = strspn(text, "0123456789");
  return n > 0 && n <= 18 && strspn(text + n, " ") == strlen(text + n);
}

/* One field against sqlite's view of it. Returns what the decoder must have made of it: 1 the value in
 * `expected`, 0 NULL, -1 a bad record, -2 not decided here. */
static int expect_field(checker *c, rn_slice record, unsigned column, rn_builder *expected) {
  char path[8];
  (void)snprintf(path, sizeof path, "$.%s", c->strict.columns[column].name);
  sqlite3_reset(c->field);
  sqlite3_bind_text(c->field, 1, record.ptr, (int)record.len, SQLITE_STATIC);
  sqlite3_bind_text(c->field, 2, path, -1, SQLITE_STATIC);
  if (sqlite3_step(c->field) != SQLITE_ROW) return -2;
  const char *type = (const char *)sqlite3_column_text(c->field, 0);
  rn_builder_clear(expected);
  if (!type || strcmp(type, "null") == 0) return 0;
  bool is_text = strcmp(type, "text") == 0, is_integer = strcmp(type, "integer") == 0, is_real = strcmp(type, "real") == 0;
  bool is_bool = strcmp(type, "true") == 0 || strcmp(type, "false") == 0;
  const char *json = (const char *)sqlite3_column_text(c->field, 2);
  if (!json) return -2;
  const char *text = (const char *)sqlite3_column_text(c->field, 1);
  if (!text) return -2;
  switch (c->strict.columns[column].type->id) {
    case RN_T_VARCHAR:
      if (is_text) rn_builder_append(expected, text, (size_t)sqlite3_column_bytes(c->field, 1));
      else rn_builder_text(expected, json);
      return 1;
    case RN_T_BIGINT: case RN_T_TINYINT: {
      int64_t most = c->strict.columns[column].type->id == RN_T_BIGINT ? INT64_MAX : INT8_MAX, value;
      if (is_integer) {
        if (strlen(json) > 18) return -2; /* sqlite turns what does not fit into a real */
        value = sqlite3_column_int64(c->field, 1);
      } else if (is_real) {
        if (strlen(json) > 15) return -2; /* a double rounds what the decoder cuts exactly: 9.99999999999999999 */
        double d = trunc(sqlite3_column_double(c->field, 1));
        if (!(fabs(d) < 4e15)) return -2;
        value = (int64_t)d;
      } else if (is_text && is_plain_integer(text)) {
        value = strtoll(text, NULL, 10);
      } else {
        return is_text && strpbrk(text, "\t\n\r\v\f") ? -2 : -1;
      }
      if (value > most || value < -most - 1) return -1;
      rn_builder_int(expected, value);
      return 1;
    }
    case RN_T_BOOLEAN:
      if (is_bool) rn_builder_text(expected, type);
      else if (is_integer || is_real) rn_builder_text(expected, "false");
      else if (is_text) return -2;
      else return -1;
      return 1;
    case RN_T_DOUBLE: {
      if (!is_integer && !is_real) return is_text ? -2 : -1;
      double d = strtod(json, NULL);
      if (!isfinite(d)) return -2;
      rn_builder_printf(expected, "%.17g", d);
      return 1;
    }
    default: return -2;
  }
}

static void check_values(checker *c, rn_slice record, const rn_decode_result *r, const rn_column *columns) {
  sqlite3_reset(c->keys);
  sqlite3_bind_text(c->keys, 1, record.ptr, (int)record.len, SQLITE_STATIC);
  if (sqlite3_step(c->keys) != SQLITE_ROW) return;
  /* sqlite takes the first of two equal keys, compares keys with their escapes, and writes halves of
   * surrogate pairs as they are. */
  if (sqlite3_column_int(c->keys, 0) != sqlite3_column_int(c->keys, 1) || sqlite3_column_int(c->keys, 2) != 0) return;
  if (memmem(record.ptr, record.len, "\\ud", 3) || memmem(record.ptr, record.len, "\\uD", 3) || memmem(record.ptr, record.len, "\\u0000", 6)) return;
  bool is_bad = r->bad.len == 1;
  c->compared++;
  for (unsigned i = 0; i < CHECK_COLUMNS; i++) {
    rn_builder *expected = &c->text;
    int want = expect_field(c, record, i, expected);
    if (want == -1 && !is_bad) check_failed(c, record, "value should have been refused", c->strict.columns[i].name, c->dumps[0].data);
    if (want == -2 || want == -1) continue;
    if (is_bad) {
      if (r->bad.data[0].column == (int)i) check_failed(c, record, "value should have been taken", expected->len ? expected->data : "null", r->bad.data[0].reason);
      continue;
    }
    rn_builder *got = &c->dumps[1];
    rn_builder_clear(got);
    dump_value(got, &columns[i], 0);
    if (want == 0 ? !rn_is_null(&columns[i], 0) : (got->len != expected->len || (got->len && memcmp(got->data, expected->data, got->len) != 0)))
      check_failed(c, record, c->strict.columns[i].name, got->data ? got->data : "", want ? (expected->data ? expected->data : "") : "NULL expected");
  }
}

/* Decodes the record in every way and compares. Aborts with the record on a difference. */
static void check_record(checker *c, const char *bytes, size_t len) {
  if (len > CHECK_BYTES_MAX - 64) return;
  c->records++;
  rn_record padded = {.offset = 0}, bare = {.offset = 0};
  char *at = c->pages + CHECK_BYTES_MAX - 64 - len;
  memcpy(at, bytes, len);
  memset(at + len, '0', 64); /* digits: what runs over the end of a number would read them */
  padded.value = rn_slice_make(at, len);
  /* the reference: the plain scanner, nothing learned */
  check_decoder cold;
  if (!check_decoder_open(&cold, &c->strict, "plain")) abort();
  check_decode(&cold, &padded, 1, true, &c->dumps[0]);
  for (unsigned i = 0; i < c->scanners; i++) {
    check_decode(&c->warm[i], &padded, 1, true, &c->dumps[1]);
    if (strcmp(c->dumps[0].data, c->dumps[1].data) != 0) check_failed(c, padded.value, c->names[i], c->dumps[0].data, c->dumps[1].data);
  }
  bool is_valid = cold.result.bad.len == 0 || cold.result.bad.data[0].column >= 0;
  bool is_row = cold.result.rows == 1 && at[0] == '{';
  /* sqlite takes the text up to a zero byte, does not look at UTF-8, and knows a deeper limit */
  if (len && at[0] == '{' && !memchr(at, 0, len)) {
    sqlite3_reset(c->valid);
    sqlite3_bind_text(c->valid, 1, at, (int)len, SQLITE_STATIC);
    bool sqlite_valid = sqlite3_step(c->valid) == SQLITE_ROW && sqlite3_column_int(c->valid, 0);
    bool expected = sqlite_valid && rn_utf8_valid(at, len) && depth_of(padded.value) <= RN_JSON_DEPTH_MAX;
    /* a bad field stops the record before the rest was looked at */
    if (cold.result.bad.len && is_valid) expected = true;
    if (is_valid != expected) check_failed(c, padded.value, expected ? "valid JSON was refused" : "invalid JSON was taken", c->dumps[0].data, "");
    c->valid_records += expected;
    if (sqlite_valid && is_valid && (is_row || cold.result.bad.len)) check_values(c, padded.value, &cold.result, cold.columns);
  }
  /* errors ignored: the same under all scanners; never a bad record; the same row where strict had one */
  check_decode(&c->warm_lenient[0], &padded, 1, true, &c->dumps[1]);
  if (c->warm_lenient[0].result.bad.len) check_failed(c, padded.value, "bad record although errors are ignored", c->dumps[1].data, "");
  check_decode(&cold, &padded, 1, true, &c->dumps[0]);
  if (cold.result.rows && strcmp(c->dumps[0].data, c->dumps[1].data) != 0) check_failed(c, padded.value, "row differs when errors are ignored", c->dumps[0].data, c->dumps[1].data);
  rn_builder_clear(&c->text);
  rn_builder_text(&c->text, c->dumps[1].data);
  for (unsigned i = 1; i < c->scanners; i++) {
    check_decode(&c->warm_lenient[i], &padded, 1, true, &c->dumps[1]);
    if (strcmp(c->text.data, c->dumps[1].data) != 0) check_failed(c, padded.value, "scanners differ when errors are ignored", c->text.data, c->dumps[1].data);
  }
  /* without readable bytes behind it */
  char *edge = c->pages + CHECK_BYTES_MAX - len;
  memmove(edge, at, len);
  bare.value = rn_slice_make(edge, len);
  check_decode(&c->warm[0], &bare, 1, false, &c->dumps[1]);
  if (strcmp(c->dumps[0].data, c->dumps[1].data) != 0) check_failed(c, bare.value, "record without padding differs", c->dumps[0].data, c->dumps[1].data);
  check_decoder_close(&cold);
}

/* --- making records ------------------------------------------------------------------------------------------- */
typedef struct maker_random {
  uint64_t state;
} maker_random;
static uint32_t pick(maker_random *r, uint32_t below) {
  r->state ^= r->state << 13;
  r->state ^= r->state >> 7;
  r->state ^= r->state << 17;
  return (uint32_t)((r->state >> 32) * below >> 32);
}
static const char *const check_values_of[] = {
    "0", "-0", "1", "-1", "12", "127", "128", "-129", "1234567", "12345678", "123456789", "1234567890123456", "12345678901234567",
    "123456789012345678", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "99999999999999999999999", "1.5", "-1.9", "0.1",
    "1e3", "1E+3", "25e-1", "1.7976931348623157e308", "1e400", "123456.789", "99999999.994", "99999999.995", "0.005", "-0.005", "1e-400", "00", "01", "1.",
    ".5", "-", "+1", "1e", "1e+", "0x1", "NaN", "true", "false", "null", "tru", "nul", "True", "\"\"", "\"a\"", "\"12\"", "\" 12 \"", "\"1.9\"", "\"+5\"",
    "\"TRUE\"", "\"x\\ny\"", "\"q\\\"q\"", "\"\\\\\"", "\"\\u00e9\\u20AC\"", "\"\\ud83d\\ude00\"", "\"\\ud800\"", "\"\\u00g0\"", "\"\\x\"", "\"\xc3\xa4\xe2\x82\xac\xf0\x9d\x84\x9e\"",
    "\"\xc3\"", "\"\xed\xa0\x80\"", "\"\xc0\xaf\"", "\"tab\there\"", "\"exactly12chr\"", "\"thirteen chars\"",
    "\"a text that is a good deal longer than one block of thirty-two bytes\"", "\"2024-02-29 13:14:15\"", "\"2024-02-29 13:14:15.678\"",
    "\"2023-02-29 13:14:15\"", "\"2024-02-29T13:14:15\"", "\"2024-02-29 13:14:15Z\"", "\"2024-02-29 13:14:15.123456789\"", "\"2024-02-29 24:00:00\"",
    "\"1969-12-31 23:59:59.9999Z\"", "\"2024-02-29\"", "\"2024-13-01\"", "\"AQL/\"", "\"AQ==\"", "\"A===\"", "{}", "[]", "[1, 2 ,{\"a\":[]}]",
    "{\"x\":1,\"q\":\"in\",\"e\":{\"v\":5}}", "{ \"x\" : 300 , \"e\" : null }", "{\"q\":{\"deep\":[ 1 , \"two words\" ]}}", "{\"x\":1,}", "[1,]", "[1 2]", "{\"x\"}", "{1:2}",
    "[{\"x\":1,\"e\":[\"a\",null,\"a text that is not inline\"]},null,{},{ \"e\" : [ ] , \"y\" : [{}] }]", "[{\"x\":\"y\"}]", "[[]]", "[ {\"e\":[1,[2],{\"a\":\"]\"}]} ]",
    "{\"k\":1,\"l\":null,\"k\":2,\"\\u0041\":\"3\"}", "{\"k\":{}}", "{ \"\" : -5 }"};
static const char *const check_keys[] = {"i", "n", "s", "d", "m", "w", "b", "t", "z", "y", "a", "r", "l", "o", "other", "zz", "key with spaces that is longer than thirty-two bytes"};
enum { CHECK_VALUES = sizeof check_values_of / sizeof *check_values_of, CHECK_KEYS = sizeof check_keys / sizeof *check_keys };

static __attribute__((unused)) void make_record(maker_random *r, rn_builder *b) {
  rn_builder_clear(b);
  static const char *const blanks[] = {"", "", "", " ", "\n", "\t ", "\r\n"};
  bool spaced = pick(r, 4) == 0, compact = !spaced;
  unsigned keys = pick(r, 9), from = pick(r, 3) ? 0 : pick(r, CHECK_KEYS);
  rn_builder_char(b, '{');
  for (unsigned i = 0; i < keys; i++) {
    if (i) rn_builder_char(b, ',');
    if (!compact) rn_builder_text(b, blanks[pick(r, 7)]);
    rn_builder_printf(b, "\"%s\"", check_keys[(from + (pick(r, 6) ? i : pick(r, CHECK_KEYS))) % CHECK_KEYS]);
    if (!compact) rn_builder_text(b, blanks[pick(r, 7)]);
    rn_builder_char(b, ':');
    if (!compact) rn_builder_text(b, blanks[pick(r, 7)]);
    rn_builder_text(b, check_values_of[pick(r, 3) ? 2 + pick(r, 10) : pick(r, CHECK_VALUES)]);
    if (!compact) rn_builder_text(b, blanks[pick(r, 7)]);
  }
  rn_builder_char(b, '}');
}
static __attribute__((unused)) void mutate_record(maker_random *r, rn_builder *b) {
  static const char structural[] = "{}[]\",:\\ 0123456789.eE+-truefalsn\n\x80\xff\x01";
  for (unsigned n = 1 + pick(r, 4); n && b->len; n--) {
    uint32_t at = pick(r, (uint32_t)b->len);
    switch (pick(r, 6)) {
      case 0: b->data[at] = structural[pick(r, sizeof structural - 1)]; break;
      case 1: b->data[at] = (char)(b->data[at] ^ (1 << pick(r, 8))); break;
      case 2: /* cut */
        b->len = at;
        b->data[at] = 0;
        break;
      case 3: /* take bytes out */
        if (at + 1 < b->len) {
          uint32_t gone = 1 + pick(r, 4) % (uint32_t)(b->len - at);
          memmove(b->data + at, b->data + at + gone, b->len - at - gone);
          b->len -= gone;
          b->data[b->len] = 0;
        }
        break;
      case 4: { /* put a byte in */
        rn_builder_char(b, 0);
        memmove(b->data + at + 1, b->data + at, b->len - 1 - at);
        b->data[at] = structural[pick(r, sizeof structural - 1)];
        break;
      }
      default: { /* double a stretch */
        uint32_t some = 1 + pick(r, 40);
        if (some > b->len - at) some = (uint32_t)b->len - at;
        char *copy = rn_strndup(b->data + at, some);
        rn_builder_append(b, copy, some);
        rn_free(copy);
      }
    }
  }
}

#endif
