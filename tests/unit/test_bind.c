/* The expression binder: types and printed forms of expressions (types as a real Flink answered), and every
 * error with its exact message, hint and span. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include "parser/parse.h"
#include "planner/bind.h"

typedef struct fixture {
  rn_arena arena;
  rn_zone *zone;
  rn_diagnostics diags;
  rn_binder binder;
  rn_scope scope, below;
  rn_scope_column columns[16];
  rn_bound_call *call; /* the last one */
  uint32_t calls;
} fixture;

static fixture f;
static const char *const names[16] = {"id", "client", "price", "ts", "note", "r", "id", "qty", "born", "done", "f", "d", "t", "user"};

static void add(uint32_t i, const char *table, const rn_type *type) {
  f.columns[i] = (rn_scope_column){.table = table, .name = names[i], .type = type, .index = i};
  f.scope.column_count = i + 1;
}

static int set_up(void **state) {
  (void)state;
  memset(&f, 0, sizeof f);
  rn_error err;
  rn_error_clear(&err);
  if (rn_zone_open("UTC", &f.zone, &err) != RN_OK) return 1;
  rn_arena *a = &f.arena;
  const rn_type *q = rn_type_basic(RN_T_DOUBLE, true);
  const rn_type *inner = rn_type_row(a, 1, (const char *[]){"q"}, &q, true);
  const rn_type *row = rn_type_row(a, 2, (const char *[]){"x", "z"}, (const rn_type *[]){rn_type_basic(RN_T_INT, false), inner}, true);
  add(0, "orders", rn_type_basic(RN_T_BIGINT, false));
  add(1, "orders", rn_type_basic(RN_T_VARCHAR, true));
  add(2, "orders", rn_type_decimal(a, 10, 2, true));
  add(3, "orders", rn_type_with_time(a, rn_type_sized(a, RN_T_TIMESTAMP_LTZ, 3, true), RN_TIME_ROWTIME));
  add(4, "orders", rn_type_sized(a, RN_T_CHAR, 5, true));
  add(5, "orders", row);
  add(6, "lines", rn_type_basic(RN_T_BIGINT, true));
  add(7, "lines", rn_type_basic(RN_T_INT, true));
  add(8, "lines", rn_type_basic(RN_T_DATE, true));
  add(9, "lines", rn_type_basic(RN_T_BOOLEAN, true));
  add(10, "lines", rn_type_basic(RN_T_FLOAT, true));
  add(11, "lines", rn_type_basic(RN_T_DOUBLE, true));
  add(12, "lines", rn_type_sized(a, RN_T_TIMESTAMP, 3, true));
  add(13, "lines", rn_type_basic(RN_T_VARCHAR, true));
  f.scope.columns = f.columns;
  f.scope.clause = "WHERE";
  f.binder = (rn_binder){.arena = a, .zone = f.zone, .diags = &f.diags};
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  rn_zone_close(f.zone);
  rn_arena_free(&f.arena);
  return 0;
}

enum { PREFIX = 7 /* "SELECT " */ };

static rn_expr *bind(const char *text) {
  memset(&f.diags, 0, sizeof f.diags);
  const char *sql = rn_arena_printf(&f.arena, "SELECT %s", text);
  rn_ast_script script;
  memset(&script, 0, sizeof script);
  if (rn_parse_script(rn_slice_of(sql), &f.arena, &script, &f.diags) != RN_OK || script.count != 1) {
    print_message("%s: %s\n", text, f.diags.items[0].message);
    fail();
  }
  const rn_ast_select *select = script.statements[0]->query->select;
  assert_int_equal(select->item_count, 1);
  return rn_bind_expr(&f.binder, &f.scope, select->items[0].expr);
}

static const char *print(const rn_expr *e) {
  rn_builder b = {0};
  rn_expr_print(e, names, &b);
  const char *text = rn_arena_strdup(&f.arena, b.data ? b.data : "");
  rn_builder_free(&b);
  return text;
}

static void types_are_flinks(void **state) {
  (void)state;
  static const char *const rows[][2] = {
    /* literals */
    {"5", "INT NOT NULL"}, {"2147483648", "BIGINT NOT NULL"}, {"-2147483648", "INT NOT NULL"}, {"5.", "INT NOT NULL"},
    {"1.5", "DECIMAL(2, 1) NOT NULL"}, {".5", "DECIMAL(1, 1) NOT NULL"}, {"0.011", "DECIMAL(4, 3) NOT NULL"},
    {"1e3", "DOUBLE NOT NULL"}, {"'abc'", "CHAR(3) NOT NULL"}, {"'äöü'", "CHAR(3) NOT NULL"}, {"X'45F0'", "BINARY(2) NOT NULL"},
    {"TRUE", "BOOLEAN NOT NULL"}, {"UNKNOWN", "BOOLEAN"}, {"DATE '2024-1-3'", "DATE NOT NULL"},
    {"TIME '12:34:56.789123'", "TIME(3) NOT NULL"}, {"TIMESTAMP '2024-01-31'", "TIMESTAMP(0) NOT NULL"},
    {"TIMESTAMP '2024-01-31 12:34:56.123456'", "TIMESTAMP(6) NOT NULL"}, {"INTERVAL '1-2' YEAR TO MONTH", "INTERVAL MONTH NOT NULL"},
    {"INTERVAL '1 10:20:30.123' DAY TO SECOND", "INTERVAL SECOND(3) NOT NULL"}, {"INTERVAL (1 + 2) DAY", "INTERVAL SECOND(3) NOT NULL"},
    /* columns and fields */
    {"orders.id", "BIGINT NOT NULL"}, {"ts", "TIMESTAMP_LTZ(3)"}, {"r.x", "INT"}, {"orders.r.z.q", "DOUBLE"}, {"(r).x", "INT"},
    {"default_catalog.default_database.orders.r.x", "INT"},
    /* arithmetic */
    {"qty + 1", "INT"}, {"orders.id + qty", "BIGINT"}, {"orders.id + 1", "BIGINT NOT NULL"}, {"price + 1", "DECIMAL(13, 2)"},
    {"price * 2", "DECIMAL(21, 2)"}, {"f + d", "FLOAT"}, {"d + f", "DOUBLE"}, {"orders.id % qty", "INT"}, {"MOD(5, 2)", "INT NOT NULL"},
    {"CAST(1 AS DECIMAL(10,2)) / CAST(3 AS DECIMAL(5,4))", "DECIMAL(20, 8) NOT NULL"}, {"-price", "DECIMAL(10, 2)"},
    {"ts + INTERVAL '5' SECOND", "TIMESTAMP_LTZ(3)"}, {"born - INTERVAL '1' MONTH", "DATE"}, {"INTERVAL '1' DAY * 3", "INTERVAL SECOND(3) NOT NULL"},
    {"client || 'x'", "STRING"}, {"note || 'x'", "CHAR(6)"},
    /* conditions */
    {"price > 5", "BOOLEAN"}, {"orders.id = 5", "BOOLEAN NOT NULL"}, {"client IS NULL", "BOOLEAN NOT NULL"},
    {"client IS DISTINCT FROM NULL", "BOOLEAN NOT NULL"}, {"NOT done", "BOOLEAN"}, {"done AND orders.id = 1", "BOOLEAN"},
    {"qty IN (1, 2)", "BOOLEAN"}, {"orders.id IN (1, 2)", "BOOLEAN NOT NULL"}, {"orders.id IN (1, NULL)", "BOOLEAN"},
    {"qty BETWEEN 1 AND 5", "BOOLEAN"}, {"born = '2024-01-01'", "BOOLEAN"}, {"t < ts", "BOOLEAN"}, {"client LIKE 'a%'", "BOOLEAN"},
    {"done IS NOT TRUE", "BOOLEAN NOT NULL"}, {"ROW(1, 'a') = ROW(1, 'a')", "BOOLEAN NOT NULL"},
    /* conditional */
    {"CASE WHEN done THEN 1 ELSE 2 END", "INT NOT NULL"}, {"CASE WHEN done THEN 1 END", "INT"},
    {"CASE qty WHEN 1, 2 THEN 'a' ELSE 'bcd' END", "VARCHAR(3) NOT NULL"}, {"CASE WHEN done THEN NULL ELSE 1 END", "INT"},
    {"COALESCE(qty, 5)", "INT NOT NULL"}, {"COALESCE(NULL, 5)", "INT NOT NULL"}, {"COALESCE(t, ts)", "TIMESTAMP_LTZ(3)"},
    {"NULLIF(orders.id, 1)", "BIGINT"}, {"IF(done, 1, 2.5)", "DECIMAL(11, 1)"}, {"IFNULL(qty, orders.id)", "BIGINT NOT NULL"},
    {"TYPEOF(price)", "STRING"},
    /* casts and functions */
    {"CAST(NULL AS INT)", "INT"}, {"CAST(orders.id AS STRING)", "STRING NOT NULL"}, {"TRY_CAST(orders.id AS STRING)", "STRING"},
    {"CAST(5 AS INTERVAL DAY)", "INTERVAL SECOND(3) NOT NULL"}, {"CAST(client AS TIMESTAMP_LTZ)", "TIMESTAMP_LTZ(6)"},
    {"EXTRACT(YEAR FROM ts)", "BIGINT"}, {"HOUR(ts)", "BIGINT"}, {"FLOOR(ts TO MINUTE)", "TIMESTAMP_LTZ(3)"},
    {"TIMESTAMPDIFF(DAY, t, t)", "INT"}, {"TIMESTAMPADD(DAY, 1, born)", "DATE"}, {"UPPER(note)", "CHAR(5)"}, {"CHAR_LENGTH(client)", "INT"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    rn_expr *e = bind(rows[i][0]);
    if (f.diags.error_count) print_message("%s: %s\n", rows[i][0], f.diags.items[0].message);
    assert_int_equal(f.diags.error_count, 0);
    const char *type = rn_type_text(&f.arena, e->type);
    if (strcmp(type, rows[i][1]) != 0) print_message("%s\n", rows[i][0]);
    assert_string_equal(type, rows[i][1]);
  }
}

static void every_conversion_is_written_out(void **state) {
  (void)state;
  static const char *const rows[][2] = {
    {"orders.id = qty", "id = CAST(qty AS BIGINT)"},
    {"orders.id > 5", "id > 5"},
    {"born = '2024-01-01'", "born = DATE '2024-01-01'"},
    {"born = client", "born = TRY_CAST(client AS DATE)"},
    {"born < client", "born < CAST(client AS DATE)"},
    {"t = ts", "CAST(t AS TIMESTAMP_LTZ(3)) = ts"},
    {"qty BETWEEN 1 AND 5", "(qty >= 1) AND (qty <= 5)"},
    {"qty NOT BETWEEN SYMMETRIC 5 AND 1", "NOT (((qty >= 5) AND (qty <= 1)) OR ((qty >= 1) AND (qty <= 5)))"},
    {"qty IN (1, 2, 3)", "qty IN (1, 2, 3)"},
    {"qty NOT IN (1, orders.id)", "NOT ((qty = 1) OR (CAST(qty AS BIGINT) = id))"},
    {"done AND qty = 1 AND note = 'a'", "done AND (qty = 1) AND (note = 'a')"},
    {"done OR (done OR done)", "done OR done OR done"},
    {"CASE qty WHEN 1 THEN 'a' ELSE client END", "CASE WHEN qty = 1 THEN 'a' ELSE client END"},
    {"COALESCE(qty, orders.id)", "COALESCE(CAST(qty AS BIGINT), id)"},
    {"NULLIF(qty, 1)", "CASE WHEN qty = 1 THEN NULL ELSE qty END"},
    {"EXTRACT(YEAR FROM ts)", "EXTRACT('YEAR', ts)"},
    {"client NOT LIKE 'a' || '%'", "client NOT LIKE 'a%'"},
    {"r.z.q", "r.z.q"},
    {"(qty, client) = (1, 'a')", "(qty = 1) AND (client = 'a')"},
    {"(qty, client) IN ((1, 'a'), (2, 'b'))", "((qty = 1) AND (client = 'a')) OR ((qty = 2) AND (client = 'b'))"},
    {"(t, t) OVERLAPS (t, INTERVAL '1' DAY)", "(CASE WHEN t <= t THEN t ELSE t END >= CASE WHEN t <= (t + INTERVAL '86400.000' SECOND) THEN t ELSE "
     "t + INTERVAL '86400.000' SECOND END) AND (CASE WHEN t <= (t + INTERVAL '86400.000' SECOND) THEN t + INTERVAL '86400.000' SECOND ELSE t END "
     ">= CASE WHEN t <= t THEN t ELSE t END)"},
    {"(t - t) DAY", "TIME DIFF(t, t)"},
    {"-qty + 2 * qty", "(-qty) + (2 * qty)"},
    {"INTERVAL '1' DAY", "INTERVAL '86400.000' SECOND"},
    {"CAST('12' AS INT)", "12"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    rn_expr *e = bind(rows[i][0]);
    if (f.diags.error_count) print_message("%s: %s\n", rows[i][0], f.diags.items[0].message);
    assert_int_equal(f.diags.error_count, 0);
    assert_string_equal(print(e), rows[i][1]);
  }
}

static const struct {
  const char *text;
  int code;
  const char *message, *hint, *at;
} errors[] = {
  {"prce + 1", RN_E_COLUMN_NOT_FOUND, "column \"prce\" not found",
   "did you mean \"price\"?  (columns: id, client, price, ts, note, r, id, qty, born, done, f, d, ..)", "prce"},
  {"usr", RN_E_COLUMN_NOT_FOUND, "column \"usr\" not found",
   "did you mean \"user\"?  It is a keyword: write `user`  (columns: id, client, price, ts, note, r, id, qty, born, done, f, d, ..)", "usr"},
  {"Price", RN_E_COLUMN_NOT_FOUND, "column \"Price\" not found",
   "did you mean \"price\"?  Names are case-sensitive  (columns: id, client, price, ts, note, r, id, qty, born, done, f, d, ..)", "Price"},
  {"lines.qtty", RN_E_COLUMN_NOT_FOUND, "column \"qtty\" not found in lines",
   "did you mean \"qty\"?  (columns of lines: id, qty, born, done, f, d, t, user)", "qtty"},
  {"orderz.id", RN_E_TABLE_NOT_FOUND, "no table and no column \"orderz\" in this query",
   "did you mean \"orders\"?", "orderz"},
  {"id", RN_E_COLUMN_AMBIGUOUS, "column \"id\" is ambiguous", "write orders.id or lines.id", "id"},
  {"r.y", RN_E_FIELD_NOT_FOUND, "field \"y\" not found in ROW<`x` INT, `z` ROW<`q` DOUBLE>>", "", "y"},
  {"qty.x", RN_E_FIELD_NOT_FOUND, "INT has no field \"x\": it is no ROW", "", "x"},
  {"price + ts", RN_E_TYPE, "cannot add DECIMAL(10, 2) and TIMESTAMP_LTZ(3)",
   "timestamp + INTERVAL is allowed: ts + INTERVAL '5' SECOND", "price + ts"},
  {"client + 'a'", RN_E_TYPE, "cannot add STRING and CHAR(1)", "texts are joined with ||", "client + 'a'"},
  {"'a' || 5", RN_E_TYPE, "cannot join CHAR(1) and INT", "only texts can be joined: CAST(.. AS STRING)", "'a' || 5"},
  {"t - t", RN_E_TYPE, "cannot subtract TIMESTAMP(3) from TIMESTAMP(3)",
   "write TIMESTAMPDIFF(SECOND, b, a), or (a - b) DAY for an interval", "t - t"},
  {"d % 2", RN_E_TYPE, "cannot take DOUBLE modulo INT", "", "d % 2"},
  {"INTERVAL '3' DAY / 2", RN_E_TYPE, "cannot divide INTERVAL SECOND(3) by INT", "intervals can be multiplied by an integer only", "INTERVAL '3' DAY / 2"},
  {"qty = '5'", RN_E_TYPE, "cannot compare INT with CHAR(1)", "convert the text: CAST(.. AS INT)", "qty = '5'"},
  {"qty IN ('5')", RN_E_TYPE, "cannot compare INT with CHAR(1)", "convert the text: CAST(.. AS INT)", "qty IN ('5'"},
  {"done = 'true'", RN_E_TYPE, "cannot compare BOOLEAN with CHAR(4)", "convert the text: CAST(.. AS BOOLEAN)", "done = 'true'"},
  {"born = t", RN_E_TYPE, "cannot compare DATE with TIMESTAMP(3)", "convert one side: CAST(ts AS DATE), or CAST(d AS TIMESTAMP(3))", "born = t"},
  {"(qty, 1) = (1, 2, 3)", RN_E_TYPE, "cannot compare a row of 2 with a row of 3 fields", "", "(qty, 1) = (1, 2, 3)"},
  {"r < r", RN_E_TYPE, "cannot compare ROW<`x` INT, `z` ROW<`q` DOUBLE>> with ROW<`x` INT, `z` ROW<`q` DOUBLE>>",
   "ROW, ARRAY and MAP compare with = and <> only", "r < r"},
  {"NOT qty", RN_E_TYPE, "NOT needs a condition, got INT", "", "qty"},
  {"done AND qty", RN_E_TYPE, "AND needs a condition, got INT", "", "qty"},
  {"CASE WHEN qty THEN 1 END", RN_E_TYPE, "WHEN needs a condition, got INT", "", "qty"},
  {"CASE WHEN done THEN NULL END", RN_E_TYPE, "CASE needs one value that is not NULL", "write CAST(NULL AS type)", "CASE WHEN done THEN NULL END"},
  {"CASE WHEN done THEN 1 ELSE 'a' END", RN_E_TYPE, "CASE has values of types INT and CHAR(1)", "convert one of them with CAST", "'a'"},
  {"COALESCE(born, t)", RN_E_TYPE, "COALESCE has values of types DATE and TIMESTAMP(3)", "convert one of them with CAST", "t"},
  {"NULLIF(1)", RN_E_ARGUMENTS, "NULLIF takes (value, value), got 1 argument", "", "NULLIF(1)"},
  {"-client", RN_E_TYPE, "a sign needs a number, got STRING", "", "-client"},
  {"qty LIKE 'a'", RN_E_TYPE, "LIKE needs text, got INT", "convert it: CAST(.. AS STRING)", "qty"},
  {"CAST(qty AS TIMESTAMP)", RN_E_CAST, "cannot cast INT to TIMESTAMP(6)",
   "use TO_TIMESTAMP_LTZ(n, 3) for milliseconds, TO_TIMESTAMP_LTZ(n, 0) for seconds", "qty"},
  {"CAST(ts AS BIGINT)", RN_E_CAST, "cannot cast TIMESTAMP_LTZ(3) to BIGINT",
   "use EXTRACT(EPOCH FROM ts), or UNIX_TIMESTAMP(CAST(ts AS STRING))", "ts"},
  {"CAST(born AS TIME)", RN_E_CAST, "cannot cast DATE to TIME(0)", "a DATE has no time of day", "born"},
  {"CAST(1 AS REAL)", RN_E_TYPE_UNSUPPORTED, "type REAL is not supported", "write FLOAT (32 bits) or DOUBLE", "REAL"},
  {"CAST(1 AS DECIMAL(39, 2))", RN_E_TYPE_UNSUPPORTED, "precision of DECIMAL must be between 1 and 38, got 39", "", "DECIMAL(39, 2)"},
  {"CAST(1 AS DECIMAL(5, 6))", RN_E_TYPE_UNSUPPORTED, "scale of DECIMAL must be between 0 and its precision 5, got 6", "", "DECIMAL(5, 6)"},
  {"CAST('x' AS ROW<a INT, a INT>)", RN_E_DUPLICATE_NAME, "ROW has two fields \"a\"", "", NULL},
  {"DATE '2024-02-30'", RN_E_LITERAL, "'2024-02-30' is not a date", "the form is DATE 'yyyy-MM-dd'", "DATE '2024-02-30'"},
  {"TIME '25:00:00'", RN_E_LITERAL, "'25:00:00' is not a time", "the form is TIME 'HH:mm:ss[.fff]'", "TIME '25:00:00'"},
  {"TIMESTAMP '2024-01-31T12:34:56'", RN_E_LITERAL, "'2024-01-31T12:34:56' is not a timestamp",
   "the form is TIMESTAMP 'yyyy-MM-dd HH:mm:ss[.f]', with a blank, without T and zone", "TIMESTAMP '2024-01-31T12:34:56'"},
  {"INTERVAL 'x' DAY", RN_E_LITERAL, "'x' is not an interval of DAY", "", "INTERVAL 'x' DAY"},
  {"INTERVAL '1 25:00:00' DAY TO SECOND", RN_E_LITERAL, "'1 25:00:00' is not an interval of DAY TO SECOND", "", "INTERVAL '1 25:00:00' DAY TO SECOND"},
  {"9223372036854775808", RN_E_LITERAL, "number 9223372036854775808 is out of range", "larger numbers: CAST('..' AS DECIMAL(38, 0))",
   "9223372036854775808"},
  {"zzz(qty)", RN_E_FUNCTION_NOT_FOUND, "function zzz not found", "", "zzz"},
  {"MATCH_PROCTIME(client)", RN_E_UNSUPPORTED, "function MATCH_PROCTIME is not supported yet", "", "MATCH_PROCTIME(client)"},
  {"TUMBLE_START(ts)", RN_E_FUNCTION_NOT_FOUND, "function TUMBLE_START not found", "it goes with GROUP BY TUMBLE(..)", "TUMBLE_START"},
  {"LENGTH(client)", RN_E_FUNCTION_NOT_FOUND, "function LENGTH not found", "use CHAR_LENGTH", "LENGTH"},
  {"UPER(client)", RN_E_FUNCTION_NOT_FOUND, "function UPER not found", "did you mean UPPER?", "UPER"},
  {"SUM(qty)", RN_E_AGGREGATE_PLACE, "aggregate SUM is not allowed in WHERE", "conditions on aggregates go to HAVING", "SUM(qty)"},
  {"ROW_NUMBER() OVER (ORDER BY ts)", RN_E_AGGREGATE_PLACE, "ROW_NUMBER OVER is not allowed in WHERE", "compute it in a sub-query",
   "ROW_NUMBER() OVER (ORDER BY ts)"},
  {"UPPER(DISTINCT client)", RN_E_AGGREGATE_PLACE, "DISTINCT is for aggregates, and UPPER is none", "", "UPPER(DISTINCT client)"},
  {"UPPER(x => client)", RN_E_ARGUMENTS, "named arguments (x => ..) are not supported for UPPER", "", "UPPER(x => client)"},
  {"1 IS JSON", RN_E_TYPE, "the operand of IS JSON must be text, got INT", "", "1"},
  {"qty IN (SELECT 1)", RN_E_UNSUPPORTED, "a sub-query cannot stand in WHERE", "", NULL},
};

static void errors_name_the_place_and_the_way_out(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
    rn_expr *e = bind(errors[i].text);
    if (f.diags.error_count != 1) print_message("%s: %zu errors\n", errors[i].text, f.diags.error_count);
    assert_int_equal(f.diags.error_count, 1);
    assert_true(rn_bind_failed(e));
    const rn_error *err = &f.diags.items[0];
    assert_string_equal(err->message, errors[i].message);
    assert_int_equal(err->code, errors[i].code);
    assert_string_equal(err->hint, errors[i].hint);
    if (!errors[i].at) continue;
    const char *at = strstr(errors[i].text, errors[i].at);
    uint32_t begin = (uint32_t)(at - errors[i].text) + PREFIX;
    if (err->span.begin != begin) print_message("%s\n", errors[i].text);
    assert_int_equal(err->span.begin, begin);
    assert_int_equal(err->span.end, begin + strlen(errors[i].at));
  }
}

static void one_error_silences_what_follows(void **state) {
  (void)state;
  bind("UPPER(prce) || 'a' = client AND NOT (prce2 > 5) AND CASE WHEN nope(1) THEN 1 ELSE 'a' END IS NULL");
  assert_int_equal(f.diags.error_count, 4);
  assert_string_equal(f.diags.items[0].message, "column \"prce\" not found");
  assert_string_equal(f.diags.items[1].message, "column \"prce2\" not found");
  assert_string_equal(f.diags.items[2].message, "function nope not found");
  assert_string_equal(f.diags.items[3].message, "CASE has values of types INT and CHAR(1)");
}

static void warnings_for_what_flink_refuses(void **state) {
  (void)state;
  bind("qty != 5");
  assert_int_equal(f.diags.error_count, 0);
  assert_int_equal(f.diags.count, 1);
  assert_int_equal(f.diags.items[0].code, RN_W_PORTABILITY);
  bind("INTERVAL '100' DAY");
  assert_int_equal(f.diags.items[0].code, RN_W_PORTABILITY);
  bind("INTERVAL '100' DAY(3)");
  assert_int_equal(f.diags.count, 0);
  bind("TIMESTAMP '2024-01-01 00:00:00.123456789'");
  assert_int_equal(f.diags.items[0].code, RN_W_PRECISION);
}

/* --- aggregates -------------------------------------------------------------------------------------------- */

static rn_expr *keep_call(rn_binder *binder, rn_scope *scope, rn_bound_call *call, void *ctx) {
  (void)scope;
  assert_ptr_equal(ctx, &f);
  f.call = call;
  return rn_expr_column(binder->arena, 100 + f.calls++, call->call.result, call->ast->span);
}

static void open_aggregates(void) {
  f.below = f.scope;
  f.below.clause = "an aggregate";
  f.scope.aggregate_scope = &f.below;
  f.scope.on_call = keep_call;
  f.scope.ctx = &f;
}

static void aggregates_reach_the_owner_of_the_scope(void **state) {
  (void)state;
  open_aggregates();
  rn_expr *e = bind("SUM(DISTINCT qty + 1) FILTER (WHERE done) * 2");
  assert_int_equal(f.diags.error_count, 0);
  assert_int_equal(f.calls, 1);
  assert_true(f.call->call.distinct);
  assert_string_equal(f.call->call.aggregate->name, "SUM");
  assert_string_equal(print(f.call->argument), "qty + 1");
  assert_string_equal(print(f.call->filter), "done");
  assert_null(f.call->over);
  assert_int_equal(e->kind, RN_EXPR_CALL);
  assert_int_equal(e->args[0]->index, 100);
  bind("COUNT(*)");
  assert_null(f.call->argument);
  bind("LAG(qty, 2, 0) OVER (ORDER BY ts)");
  assert_int_equal(f.diags.error_count, 0);
  assert_non_null(f.call->over);
  assert_int_equal(f.call->call.extra, 2);
  assert_string_equal(print(f.call->default_argument), "0");
  uint32_t before = f.calls;
  bind("SUM(SUM(qty)) OVER (ORDER BY ts)"); /* an aggregate inside OVER is fine */
  assert_int_equal(f.diags.error_count, 0);
  assert_int_equal(f.calls, before + 2);
  bind("SUM(qty + MAX(qty))");
  assert_int_equal(f.diags.error_count, 1);
  assert_string_equal(f.diags.items[0].message, "aggregate MAX cannot stand inside SUM");
  bind("SUM(SUM(qty) OVER (ORDER BY ts)) OVER (ORDER BY ts)");
  assert_string_equal(f.diags.items[0].message, "SUM OVER cannot stand inside another OVER call");
  bind("ROW_NUMBER()");
  assert_string_equal(f.diags.items[0].message, "ROW_NUMBER needs an OVER clause");
  bind("SUM(client)");
  assert_int_equal(f.diags.items[0].code, RN_E_ARGUMENTS);
  bind("LAG(qty, qty) OVER (ORDER BY ts)");
  assert_string_equal(f.diags.items[0].message, "the second argument of LAG must be a constant number from 0 on");
  assert_int_equal(f.binder.depth, 0);
  assert_null(f.binder.inside_aggregate);
  assert_false(f.binder.inside_over);
}

/* --- hooks --------------------------------------------------------------------------------------------------- */

static rn_expr *know_sum(rn_binder *binder, rn_scope *scope, const rn_ast_expr *node, void *ctx) {
  (void)scope, (void)ctx;
  bool plus = node->kind == RN_AST_BINARY_OP && node->name[0] == '+';
  return plus ? rn_expr_column(binder->arena, 50, rn_type_basic(RN_T_INT, true), node->span) : NULL;
}
static rn_expr *refuse_column(rn_binder *binder, rn_scope *scope, rn_expr *column, const rn_ast_expr *node, void *ctx) {
  (void)scope, (void)column, (void)ctx;
  rn_diag(binder->diags, RN_E_NOT_GROUPED, node->span, NULL, "refused");
  return rn_bind_error(binder, node->span);
}

static void nodes_and_columns_can_be_replaced(void **state) {
  (void)state;
  f.scope.on_node = know_sum;
  f.scope.on_column = refuse_column;
  rn_expr *e = bind("qty + 1 > 5 AND (qty + 1) * 2 = 4");
  assert_int_equal(f.diags.error_count, 0);
  assert_int_equal(e->args[0]->args[0]->index, 50);
  bind("1 - qty");
  assert_int_equal(f.diags.error_count, 1);
  assert_int_equal(f.diags.items[0].span.begin, PREFIX + 4);
}

/* --- folding ---------------------------------------------------------------------------------------------------- */

static void folding_keeps_errors_and_clocks(void **state) {
  (void)state;
  static const char *const rows[][2] = {
    {"1 + 2 * 3", "7"}, {"qty + (1 + 2)", "qty + 3"}, {"qty = 1 AND TRUE", "qty = 1"}, {"FALSE AND qty = 1", "FALSE"},
    {"TRUE OR qty = 1", "TRUE"}, {"CASE WHEN 1 = 1 THEN qty ELSE 0 END", "qty"}, {"COALESCE(CAST(NULL AS INT), 5, qty)", "5"},
    {"1 / 0", "1 / 0"}, {"CASE WHEN FALSE THEN 1 / 0 ELSE 2 END", "2"}, {"CAST('x' || 'y' AS INT)", "CAST('xy' AS INT)"},
    {"UPPER('a') || 'b'", "'Ab'"}, {"DATE '2024-01-31' + INTERVAL '1' MONTH", "DATE '2024-02-29'"},
    {"CURRENT_DATE = DATE '2024-01-01'", "CURRENT_DATE() = DATE '2024-01-01'"}, {"RAND() < 1", "RAND() < 1.0"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    rn_expr *e = bind(rows[i][0]);
    if (f.diags.error_count) print_message("%s: %s\n", rows[i][0], f.diags.items[0].message);
    assert_int_equal(f.diags.error_count, 0);
    const char *type = rn_type_text(&f.arena, e->type), *before = print(e);
    rn_expr *folded = rn_fold(&f.binder, e);
    assert_string_equal(print(folded), rows[i][1]);
    assert_string_equal(rn_type_text(&f.arena, folded->type), type);
    assert_string_equal(print(e), before); /* the tree that was given is not touched */
  }
  f.binder.batch_mode = true;
  f.binder.now_us = 1704067200LL * 1000000;
  assert_string_equal(print(rn_fold(&f.binder, bind("CURRENT_DATE = DATE '2024-01-01'"))), "TRUE");
}

static void constants_for_clauses(void **state) {
  (void)state;
  rn_value v;
  assert_true(rn_bind_constant(&f.binder, bind("2 * 5"), &v));
  assert_int_equal(v.u.i, 10);
  assert_false(rn_bind_constant(&f.binder, bind("qty"), &v));
  rn_expr *five = bind("5");
  assert_string_equal(print(rn_bind_cast(&f.binder, five, rn_type_basic(RN_T_BIGINT, true), false, false)), "5");
  rn_bind_cast(&f.binder, bind("client"), rn_type_basic(RN_T_INT, true), false, false);
  assert_string_equal(f.diags.items[0].message, "INT is needed here, got STRING");
  assert_string_equal(f.diags.items[0].hint, "write CAST(.. AS INT)");
}

static void nesting_is_limited(void **state) {
  (void)state;
  rn_builder b = {0};
  for (int i = 0; i < 150; i++) rn_builder_text(&b, "ABS(");
  rn_builder_text(&b, "qty");
  for (int i = 0; i < 150; i++) rn_builder_char(&b, ')');
  bind(b.data);
  assert_int_equal(f.diags.error_count, 0);
  rn_builder_clear(&b);
  rn_builder_text(&b, "qty");
  for (int i = 0; i < 900; i++) rn_builder_text(&b, " + 1"); /* a chain is not nesting */
  bind(b.data);
  assert_int_equal(f.diags.error_count, 0);
  rn_builder_free(&b);
  rn_builder c = {0};
  for (int i = 0; i < 60; i++) rn_builder_text(&c, "NULLIF(");
  rn_builder_text(&c, "qty");
  for (int i = 0; i < 60; i++) rn_builder_text(&c, ", 1)");
  bind(c.data);
  rn_builder_free(&c);
  assert_string_equal(f.diags.items[0].message, "expression has more than 200000 parts");
  assert_int_equal(f.diags.error_count, 1);
  f.binder.depth = RN_NESTING_MAX;
  bind("1");
  assert_string_equal(f.diags.items[0].message, "queries and expressions are nested deeper than 200");
  f.binder.depth = 0;
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
  const struct CMUnitTest tests[] = {
    TEST(types_are_flinks), TEST(every_conversion_is_written_out), TEST(errors_name_the_place_and_the_way_out),
    TEST(one_error_silences_what_follows), TEST(warnings_for_what_flink_refuses), TEST(aggregates_reach_the_owner_of_the_scope),
    TEST(nodes_and_columns_can_be_replaced), TEST(folding_keeps_errors_and_clocks), TEST(constants_for_clauses), TEST(nesting_is_limited),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
