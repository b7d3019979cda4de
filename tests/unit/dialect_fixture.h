/* The dialect's expressions as test material: the one-row table they are written over, values as text, and the
 * lines of tests/dialect/expressions.jsonl. For test_dialect.c and test_expr_random.c. */
#ifndef RN_TESTS_DIALECT_FIXTURE_H
#define RN_TESTS_DIALECT_FIXTURE_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/alloc.h"
#include "base/number.h"
#include "parser/parse.h"
#include "planner/bind.h"

#define DIGITS "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"

/* The table t of the cases: one row, every column nullable but the computed ones (NULL type) and those that say NOT NULL. */
static const struct {
  const char *name, *type, *value;
} table[] = {
  {"b_t", "BOOLEAN", "TRUE"}, {"b_f", "BOOLEAN", "FALSE"}, {"b_n", "BOOLEAN", NULL},
  {"i8", "TINYINT", "5"}, {"i8_min", "TINYINT", "-128"}, {"i8_max", "TINYINT", "127"}, {"i8_n", "TINYINT", NULL},
  {"i16", "SMALLINT", "300"}, {"i16_max", "SMALLINT", "32767"}, {"i16_n", "SMALLINT", NULL},
  {"i32", "INT", "7"}, {"i32_neg", "INT", "-7"}, {"i32_0", "INT", "0"}, {"i32_max", "INT", "2147483647"},
  {"i32_min", "INT", "-2147483648"}, {"i32_n", "INT", NULL},
  {"i64", "BIGINT", "10000000000"}, {"i64_max", "BIGINT", "9223372036854775807"}, {"i64_min", "BIGINT", "-9223372036854775808"},
  {"i64_0", "BIGINT", "0"}, {"i64_n", "BIGINT", NULL},
  {"f32", "FLOAT", "'1.1'"}, {"f32_big", "FLOAT", "'3e38'"}, {"f32_0", "FLOAT", "0"}, {"f32_n", "FLOAT", NULL},
  {"f64", "DOUBLE", "2.5e0"}, {"f64_neg", "DOUBLE", "-0.1e0"}, {"f64_big", "DOUBLE", "1e300"}, {"f64_0", "DOUBLE", "0e0"},
  {"f64_nan", "DOUBLE", "'NaN'"}, {"f64_inf", "DOUBLE", "'Infinity'"}, {"f64_n", "DOUBLE", NULL},
  {"d5_2", "DECIMAL(5,2)", "123.45"}, {"d10_2", "DECIMAL(10,2)", "12.34"}, {"d10_2_neg", "DECIMAL(10,2)", "-5.55"},
  {"d10_2_0", "DECIMAL(10,2)", "0"}, {"d38_18", "DECIMAL(38,18)", "'1234567890.123456789012345678'"},
  {"d38_0", "DECIMAL(38,0)", "'99999999999999999999999999999999999999'"}, {"d4_4", "DECIMAL(4,4)", "0.1235"},
  {"d_n", "DECIMAL(10,2)", NULL},
  {"c5", "CHAR(5)", "'hello'"}, {"c_n", "CHAR(5)", NULL}, {"v10", "VARCHAR(10)", "'abc'"}, {"s", "STRING", "'Hello World'"},
  {"s_e", "STRING", "''"}, {"s_n", "STRING", NULL}, {"s_pad", "STRING", "'  pad  '"}, {"s_u", "STRING", "'äöü€𝄞'"},
  {"s_nl", "STRING", "'a\nb'"}, {"s_int", "STRING", "' 12 '"}, {"s_dec", "STRING", "'1.9'"}, {"s_dbl", "STRING", "'1e3'"},
  {"s_bad", "STRING", "'x'"}, {"s_bool", "STRING", "'True'"}, {"s_date", "STRING", "'2024-02-29'"},
  {"s_time", "STRING", "'13:14:15'"}, {"s_ts", "STRING", "'2024-02-29 13:14:15.678'"},
  {"s_iso", "STRING", "'2024-02-29T13:14:15Z'"}, {"s_csv", "STRING", "'a,b,,d'"}, {"s_kv", "STRING", "'k1=v1,k2=v2'"},
  {"s_json", "STRING", "'{\"a\":1,\"b\":{\"c\":[1,2,{\"d\":\"x\"}]},\"n\":null,\"s\":\"t\",\"f\":1.50,\"t\":true}'"},
  {"s_url", "STRING", "'http://user:pw@host.com:80/path/p.php?query=1&k=v#Ref'"},
  {"byts", "BYTES", "X'0102FF'"}, {"byts_n", "BYTES", NULL}, {"bin4", "BINARY(4)", "X'61626364'"},
  {"dt", "DATE", "DATE '2024-02-29'"}, {"dt_old", "DATE", "DATE '1969-12-31'"}, {"dt_n", "DATE", NULL},
  {"tm", "TIME", "TIME '13:14:15'"}, {"tm3", "TIME(3)", "TIME '13:14:15.678'"}, {"tm_n", "TIME", NULL},
  {"ts0", "TIMESTAMP(0)", "TIMESTAMP '2024-02-29 13:14:15'"}, {"ts3", "TIMESTAMP(3)", "TIMESTAMP '2024-02-29 13:14:15.678'"},
  {"ts6", "TIMESTAMP(6)", "TIMESTAMP '2024-02-29 13:14:15.678901'"},
  {"ts9", "TIMESTAMP(9)", "TIMESTAMP '2024-02-29 13:14:15.678901234'"},
  {"ts_old", "TIMESTAMP(3)", "TIMESTAMP '1969-12-31 23:59:59.999'"}, {"ts_n", "TIMESTAMP(3)", NULL},
  {"ltz", "TIMESTAMP_LTZ(3)", "TIMESTAMP '2024-02-29 13:14:15.678'"}, {"ltz_n", "TIMESTAMP_LTZ(3)", NULL},
  {"ai", "ARRAY<INT>", "ARRAY[3, 1, NULL, 2, 3]"}, {"ai_e", "ARRAY<INT>", "[]"}, {"ai_n", "ARRAY<INT>", NULL},
  {"sa", "ARRAY<STRING>", "ARRAY['b', 'a', NULL, 'b']"}, {"sa_n", "ARRAY<STRING>", NULL}, {"ad", "ARRAY<DOUBLE>", "ARRAY[1.5e0, 0.5e0]"},
  {"m", "MAP<STRING, INT>", "MAP['a', 1, 'b', NULL]"}, {"m_e", "MAP<STRING, INT>", "[]"}, {"m_n", "MAP<STRING, INT>", NULL},
  {"r", "ROW<x INT, y STRING, z ROW<q DOUBLE>>", "ROW(1, 'why', ROW(0.5e0))"}, {"r_n", "ROW<x INT, y STRING, z ROW<q DOUBLE>>", NULL},
  {"iym", NULL, "INTERVAL '14' MONTH"}, {"ids", NULL, "INTERVAL '1 02:00:00' DAY TO SECOND"},
  /* Extremes, for scalars.jsonl: ends of ranges, odd letters, columns that are NOT NULL. */
  {"i16_min", "SMALLINT", "-32768"}, {"i64_1", "BIGINT", "1"}, {"i64_ms", "BIGINT", "1709212455678"},
  {"f32_nan", "FLOAT", "'NaN'"}, {"f32_inf", "FLOAT", "'Infinity'"}, {"f32_nz", "FLOAT", "'-0.0'"},
  {"f32_tiny", "FLOAT", "'1.4e-45'"}, {"f32_max", "FLOAT", "'3.4028235e+38'"}, {"f64_nz", "DOUBLE", "'-0.0'"},
  {"f64_ninf", "DOUBLE", "'-Infinity'"}, {"f64_max", "DOUBLE", "'1.7976931348623157e+308'"},
  {"f64_tiny", "DOUBLE", "'5e-324'"}, {"f64_half", "DOUBLE", "'-2.5'"}, {"f64_e19", "DOUBLE", "'1e+19'"},
  {"d38_18m", "DECIMAL(38,18)", "'-99999999999999999999.999999999999999999'"},
  {"d38_0m", "DECIMAL(38,0)", "'-99999999999999999999999999999999999999'"},
  {"d38_38", "DECIMAL(38,38)", "'0.99999999999999999999999999999999999999'"},
  {"d18_0", "DECIMAL(18,0)", "'999999999999999999'"}, {"d19_9", "DECIMAL(19,9)", "'-1234567890.987654321'"},
  {"d1_1", "DECIMAL(1,1)", "'0.5'"}, {"d3_0", "DECIMAL(3,0)", "'-128'"},
  {"d20_0", "DECIMAL(20,0)", "'18446744073709551615'"}, {"d38_n", "DECIMAL(38,18)", NULL}, {"c1", "CHAR(1)", "'x'"},
  {"c5_sp", "CHAR(5)", "'ab   '"}, {"v1", "VARCHAR(1)", "'y'"}, {"v_n", "VARCHAR(10)", NULL},
  {"v10_u", "VARCHAR(10)", "'\360\235\204\236e\314\201\303\237'"},
  {"s_comb", "STRING", "'e\314\201\360\237\221\250\342\200\215\360\237\221\251\342\200\215\360\237\221\247n\314\203'"},
  {"s_nul", "STRING", "DECODE(X'610062', 'UTF-8')"}, {"s_4", "STRING", "'\360\235\204\236\360\235\204\236x\360\235\204\236'"},
  {"s_case", "STRING", "'\303\237 \304\260\304\261 \307\206 \357\254\201 \316\243\317\202 \303\200\303\211'"},
  {"s_words", "STRING", "'the qUICK-brown_fox 9lives o''neil \303\251a'"}, {"s_pct", "STRING", "'a%b_c\\d'"},
  {"s_re", "STRING", "'(a[b'"}, {"s_ws", "STRING", "' \t\n\r x \302\240'"}, {"s_neg", "STRING", "'-5'"},
  {"s_big", "STRING", "'99999999999999999999'"}, {"s_nan", "STRING", "'NaN'"},
  {"s_long", "STRING", "'" DIGITS DIGITS DIGITS "'"},
  {"s_b64", "STRING", "'8J2EnsOk'"}, {"s_hex", "STRING", "'f09D849e'"},
  {"s_fmt", "STRING", "'yyyy/MM/dd HH:mm:ss.SSS'"}, {"s_tz", "STRING", "'America/New_York'"},
  {"s_ts_old", "STRING", "'1582-10-04 23:59:59.999'"}, {"s_ts_max", "STRING", "'9999-12-31 23:59:59.999'"},
  {"s_url2", "STRING", "'HTTPS://[::1]:8080/a%20b/;p?x=1&x=2&y#frag?z'"}, {"s_dig", "STRING", "'0123\331\243'"},
  {"s_num", "STRING", "'-12.50'"}, {"byts_e", "BYTES", "X''"}, {"byts_0", "BYTES", "X'00FF'"},
  {"byts_bad", "BYTES", "X'61C328F09D'"}, {"byts_u", "BYTES", "X'C3A4F09D849E'"}, {"vb3", "VARBINARY(3)", "X'78797A'"},
  {"bin_n", "BINARY(4)", NULL}, {"dt_min", "DATE", "DATE '0001-01-01'"}, {"dt_max", "DATE", "DATE '9999-12-31'"},
  {"dt_jul", "DATE", "DATE '1582-10-10'"}, {"dt_eoy", "DATE", "DATE '2021-01-03'"},
  {"dt_eom", "DATE", "DATE '2023-01-31'"}, {"tm_0", "TIME", "TIME '00:00:00'"},
  {"tm3_max", "TIME(3)", "TIME '23:59:59.999'"}, {"tm3_ms", "TIME(3)", "TIME '00:00:00.001'"},
  {"ts_min", "TIMESTAMP(3)", "TIMESTAMP '0001-01-01 00:00:00.000'"},
  {"ts_max", "TIMESTAMP(3)", "TIMESTAMP '9999-12-31 23:59:59.999'"},
  {"ts6_old", "TIMESTAMP(6)", "TIMESTAMP '1969-12-31 23:59:59.999999'"},
  {"ts_eom", "TIMESTAMP(3)", "TIMESTAMP '2023-01-31 23:30:00.500'"},
  {"ts_1900", "TIMESTAMP(3)", "TIMESTAMP '1900-02-28 12:00:00.001'"},
  {"ts_jul", "TIMESTAMP(3)", "TIMESTAMP '1582-10-10 01:02:03.004'"}, {"ts0_n", "TIMESTAMP(0)", NULL},
  {"ltz_old", "TIMESTAMP_LTZ(3)", "TIMESTAMP '1969-12-31 23:59:59.999'"},
  {"ltz_min", "TIMESTAMP_LTZ(3)", "TIMESTAMP '0001-01-01 00:00:00.000'"},
  {"ltz_max", "TIMESTAMP_LTZ(3)", "TIMESTAMP '9999-12-31 23:59:59.999'"},
  {"ltz6", "TIMESTAMP_LTZ(6)", "TIMESTAMP '2023-03-26 01:30:00.123456'"},
  {"ltz0", "TIMESTAMP_LTZ(0)", "TIMESTAMP '2023-10-29 00:30:00'"}, {"b_nn", "BOOLEAN NOT NULL", "TRUE"},
  {"i32_nn", "INT NOT NULL", "42"}, {"i64_nn", "BIGINT NOT NULL", "-42"}, {"f64_nn", "DOUBLE NOT NULL", "'0.25'"},
  {"d_nn", "DECIMAL(10,2) NOT NULL", "'7.50'"}, {"c_nn", "CHAR(3) NOT NULL", "'CnN'"},
  {"v_nn", "VARCHAR(8) NOT NULL", "'VarNn'"}, {"s_nn", "STRING NOT NULL", "'not null'"},
  {"by_nn", "BYTES NOT NULL", "X'6E6E'"}, {"dt_nn", "DATE NOT NULL", "DATE '2000-02-29'"},
  {"tm_nn", "TIME NOT NULL", "TIME '08:09:10'"},
  {"ts_nn", "TIMESTAMP(3) NOT NULL", "TIMESTAMP '2000-02-29 08:09:10.011'"},
  {"ltz_nn", "TIMESTAMP_LTZ(3) NOT NULL", "TIMESTAMP '2000-02-29 08:09:10.011'"},
  {"iym_m", NULL, "INTERVAL '-1-5' YEAR TO MONTH"}, {"ids_m", NULL, "INTERVAL '-1 02:03:04.567' DAY TO SECOND"},
};
enum { COLUMNS = sizeof table / sizeof *table };

typedef struct suite {
  rn_arena arena; /* the table */
  rn_arena work;  /* one case */
  rn_zone *zone;
  rn_diagnostics diags;
  rn_batch row, no_columns;
  rn_scope_column columns[COLUMNS];
  rn_scope scope, empty;
  sqlite3 *db;
  sqlite3_stmt *fields;
} suite;

static rn_binder make_binder(suite *s, rn_arena *arena) {
  rn_binder b;
  memset(&b, 0, sizeof b);
  b.arena = arena;
  b.zone = s->zone;
  b.diags = &s->diags;
  memset(&s->diags, 0, sizeof s->diags);
  return b;
}

/* NULL: it does not parse or bind; s->diags tells why. */
static rn_expr *bind_text(suite *s, rn_binder *b, rn_scope *scope, const char *text) {
  const char *sql = rn_arena_printf(b->arena, "SELECT %s", text);
  rn_ast_script script;
  memset(&script, 0, sizeof script);
  if (rn_parse_script(rn_slice_of(sql), b->arena, &script, &s->diags) != RN_OK || script.count != 1 || s->diags.error_count) return NULL;
  const rn_ast_query *query = script.statements[0]->query;
  if (!query || query->kind != RN_AST_SELECT || query->select->item_count != 1 || query->select->items[0].alias.text) return NULL;
  rn_expr *e = rn_bind_expr(b, scope, query->select->items[0].expr);
  return rn_bind_failed(e) || s->diags.error_count ? NULL : e;
}

/* --- values as the cases write them ---------------------------------------------------------------------- */

static void put_json(const rn_value *v, bool top, rn_builder *out);

static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* The entries of a MAP have no order: sorted by their text, as the cases have them. */
static void put_pairs(const rn_value *v, rn_builder *out) {
  uint32_t count = v->item_count / 2;
  char **texts = rn_calloc(count + 1, sizeof *texts);
  for (uint32_t i = 0; i < count; i++) {
    rn_builder pair = {0};
    rn_builder_char(&pair, '[');
    put_json(&v->u.items[2 * i], false, &pair);
    rn_builder_char(&pair, ',');
    put_json(&v->u.items[2 * i + 1], false, &pair);
    rn_builder_char(&pair, ']');
    texts[i] = rn_builder_take(&pair);
  }
  qsort(texts, count, sizeof *texts, by_text);
  rn_builder_char(out, '[');
  for (uint32_t i = 0; i < count; i++) {
    if (i) rn_builder_char(out, ',');
    rn_builder_text(out, texts[i]);
    rn_free(texts[i]);
  }
  rn_builder_char(out, ']');
  rn_free(texts);
}

static void put_json(const rn_value *v, bool top, rn_builder *out) {
  if (v->is_null) {
    rn_builder_text(out, "null");
    return;
  }
  if (v->type->id == RN_T_MAP) {
    put_pairs(v, out);
    return;
  }
  if (v->type->class_name) { /* the cases have objects as Java prints them */
    rn_builder_text(out, "+I[");
    for (uint32_t i = 0; i < v->item_count; i++) {
      if (i) rn_builder_text(out, ", ");
      put_json(&v->u.items[i], true, out);
    }
    rn_builder_char(out, ']');
    return;
  }
  if (v->type->id == RN_T_ROW || v->type->id == RN_T_ARRAY) {
    rn_builder_char(out, '[');
    for (uint32_t i = 0; i < v->item_count; i++) {
      if (i) rn_builder_char(out, ',');
      put_json(&v->u.items[i], false, out);
    }
    rn_builder_char(out, ']');
    return;
  }
  rn_builder text = {0};
  rn_builder_text(&text, "");
  switch (v->type->id) {
    case RN_T_BOOLEAN: rn_builder_text(&text, v->u.i ? "TRUE" : "FALSE"); break;
    case RN_T_FLOAT: rn_format_float(&text, (float)v->u.d); break;
    case RN_T_DOUBLE: rn_format_double(&text, v->u.d); break;
    case RN_T_DECIMAL:
      rn_decimal_format(&text, rn_type_physical(v->type) == RN_P_I128 ? v->u.wide : (rn_i128)v->u.i, v->type->scale);
      break;
    case RN_T_CHAR: case RN_T_VARCHAR: case RN_T_VARIANT: rn_builder_slice(&text, v->u.text); break;
    case RN_T_BINARY: case RN_T_VARBINARY:
      rn_builder_text(&text, "0x");
      for (size_t i = 0; i < v->u.text.len; i++) rn_builder_printf(&text, "%02x", (unsigned)(unsigned char)v->u.text.ptr[i]);
      break;
    case RN_T_DATE: rn_format_date(&text, (int32_t)v->u.i); break;
    case RN_T_TIME: rn_format_time(&text, (int32_t)v->u.i, v->type->precision, false); break;
    case RN_T_TIMESTAMP: case RN_T_TIMESTAMP_LTZ:
      rn_format_timestamp(&text, v->u.i, v->type->precision, false, ' ');
      if (v->type->id == RN_T_TIMESTAMP_LTZ) rn_builder_char(&text, 'Z');
      break;
    default: rn_builder_int(&text, v->u.i); break;
  }
  rn_slice slice = {text.data ? text.data : "", text.len};
  if (top) {
    rn_builder_slice(out, slice);
  } else {
    rn_builder_json_string(out, slice);
  }
  rn_builder_free(&text);
}

static const char *value_text(rn_arena *arena, const rn_value *v) {
  if (v->is_null) return NULL;
  rn_builder b = {0};
  rn_builder_text(&b, "");
  put_json(v, true, &b);
  const char *text = rn_arena_strndup(arena, b.data ? b.data : "", b.len);
  rn_builder_free(&b);
  return text;
}

/* --- the lines of the file ------------------------------------------------------------------------------ */

typedef struct expected {
  const char *expr, *from, *type, *value, *error, *phase, *zone; /* zone NULL: UTC */
} expected;

static const char *text_column(suite *s, int column) {
  const char *text = (const char *)sqlite3_column_text(s->fields, column);
  return text ? rn_arena_strndup(&s->work, text, (size_t)sqlite3_column_bytes(s->fields, column)) : NULL;
}

static bool read_case(suite *s, const char *line, expected *out) {
  sqlite3_reset(s->fields);
  sqlite3_bind_text(s->fields, 1, line, -1, SQLITE_STATIC);
  if (sqlite3_step(s->fields) != SQLITE_ROW) return false;
  *out = (expected){text_column(s, 0), text_column(s, 1), text_column(s, 2), text_column(s, 3), text_column(s, 4), text_column(s, 5), text_column(s, 6)};
  return out->expr != NULL;
}

static void set_up(suite *s) {
  memset(s, 0, sizeof *s);
  rn_error err;
  rn_error_clear(&err);
  assert_int_equal(rn_zone_open("UTC", &s->zone, &err), RN_OK);
  rn_column *columns = RN_NEW_N(&s->arena, rn_column, COLUMNS);
  s->empty.clause = "SELECT";
  s->no_columns = (rn_batch){.rows = 1, .live_count = 1, .arena = &s->arena};
  uint32_t count = 0;
  for (uint32_t i = 0; i < COLUMNS; i++) {
    rn_binder b = make_binder(s, &s->arena);
    bool empty = table[i].value && strcmp(table[i].value, "[]") == 0; /* no text makes an empty collection */
    const char *not_null = table[i].type ? strstr(table[i].type, " NOT NULL") : NULL;
    int length = not_null ? (int)(not_null - table[i].type) : -1;
    const char *text = table[i].value;
    if (table[i].type) text = rn_arena_printf(&s->arena, "CAST(%s AS %.*s)", text && !empty ? text : "NULL", length, table[i].type);
    rn_expr *e = bind_text(s, &b, &s->empty, text);
    if (!e) {
      print_message("column %s: %s\n", table[i].name, s->diags.count ? s->diags.items[0].message : "does not parse");
      continue;
    }
    rn_value v;
    if (rn_expr_evaluate(e, s->zone, 0, &s->arena, &v, &err) != RN_OK) {
      print_message("column %s: %s\n", table[i].name, err.message);
      rn_error_clear(&err);
      continue;
    }
    const rn_type *type = table[i].type ? rn_type_with_null(&s->arena, e->type, !not_null) : e->type;
    v.type = type;
    if (empty) v.is_null = false;
    rn_column_from_value(&columns[count], &v, &s->arena);
    columns[count].constant = false;
    s->columns[count] = (rn_scope_column){.table = "t", .name = table[i].name, .type = type, .index = count};
    count++;
  }
  s->row = (rn_batch){.rows = 1, .live_count = 1, .column_count = count, .columns = columns, .arena = &s->arena};
  s->scope = (rn_scope){.column_count = count, .columns = s->columns, .clause = "SELECT"};
  assert_int_equal(sqlite3_open(":memory:", &s->db), SQLITE_OK);
  const char *sql = "SELECT json_extract(?1, '$.expr'), json_extract(?1, '$.from'), json_extract(?1, '$.type'),"
                    " json_extract(?1, '$.value'), json_extract(?1, '$.error'), json_extract(?1, '$.phase'), json_extract(?1, '$.zone')";
  assert_int_equal(sqlite3_prepare_v2(s->db, sql, -1, &s->fields, NULL), SQLITE_OK);
}

static void tear_down(suite *s) {
  sqlite3_finalize(s->fields);
  sqlite3_close(s->db);
  rn_zone_close(s->zone);
  rn_arena_free(&s->work);
  rn_arena_free(&s->arena);
}

static FILE *open_data(const char *name) {
  char path[1024];
  (void)snprintf(path, sizeof path, "tests/dialect/%s", name);
  FILE *f = fopen(path, "r");
  if (f) return f;
  const char *here = strstr(__FILE__, "unit/"); /* built elsewhere */
  (void)snprintf(path, sizeof path, "%.*sdialect/%s", (int)(here ? here - __FILE__ : 0), __FILE__, name);
  return fopen(path, "r");
}

#endif
