/* Arrays, maps and multisets through the formats: text -> column -> text, with every option that touches them, and what
 * is refused. Each JSON case is read by every scanner of the machine, alone and behind other records. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "connectors/formats/json_decode.h"
#include "connectors/registry.h"
#include "parser/parse.h"
#include "planner/bind.h"
#include "runtime/value_text.h"

typedef struct test_case {
  const char *format, *options; /* "key=value;key=value" */
  const char *type;
  const char *in;      /* NULL: `out` is what opening the decoder says */
  const char *value;   /* as CAST AS STRING prints it; "bad .." the reason; "skipped" */
  const char *out;     /* written again; NULL: as it was read; "error .." */
} test_case;

static const test_case cases[] = {
  {"json", "", "ARRAY<INT>", "{\"v\":[1,2,null]}", "[1, 2, NULL]", NULL},
  {"json", "", "ARRAY<INT>", "{\"v\":[]}", "[]", NULL},
  {"json", "", "ARRAY<INT>", "{\"v\":null}", "NULL", NULL},
  {"json", "", "ARRAY<INT>", "{ \"v\" : [ 1 , \" 2 \" , 3.0 ] }", "[1, 2, 3]", "{\"v\":[1,2,3]}"},
  {"json", "", "ARRAY<STRING>", "{\"v\":[\"a\",\"a long text, not inline\",\"\\u00e4\\n\",1,[1, 2],{\"x\": \"]\"}]}",
   "[a, a long text, not inline, \xc3\xa4\n, 1, [1,2], {\"x\":\"]\"}]",
   "{\"v\":[\"a\",\"a long text, not inline\",\"\xc3\xa4\\n\",\"1\",\"[1,2]\",\"{\\\"x\\\":\\\"]\\\"}\"]}"},
  {"json", "", "ARRAY<INT>", "{\"v\":[1,\"x\"]}", "bad \"x\" is not INT (field v[])", NULL},
  {"json", "", "ARRAY<INT NOT NULL>", "{\"v\":[1,null]}", "bad field v[] is null, but it is NOT NULL", NULL},
  {"json", "", "ARRAY<INT>", "{\"v\":{\"a\":1}}", "bad {\"a\":1} is not ARRAY<INT>", NULL},
  {"json", "", "ARRAY<INT>", "{\"v\":\"[1]\"}", "bad \"[1]\" is not ARRAY<INT>", NULL},
  {"json", "", "ARRAY<INT>", "{\"v\":[1,]}", "bad not JSON: expected a value", NULL},
  {"json", "json.ignore-parse-errors=true", "ARRAY<INT>", "{\"v\":[1,\"x\",2]}", "[1, NULL, 2]", "{\"v\":[1,null,2]}"},
  {"json", "json.ignore-parse-errors=true", "ARRAY<INT NOT NULL>", "{\"v\":[1,\"x\",2]}", "skipped", NULL},
  {"json", "json.ignore-parse-errors=true", "ARRAY<INT>", "{\"v\":7}", "NULL", "{\"v\":null}"},
  {"json", "", "ARRAY<ARRAY<BIGINT>>", "{\"v\":[[1,2],null,[],[3]]}", "[[1, 2], NULL, [], [3]]", NULL},
  {"json", "", "ARRAY<ROW<x INT, y ARRAY<STRING>>>", "{\"v\":[{\"x\":1,\"y\":[\"a\",\"b\"]},null,{\"x\":null,\"y\":[]}]}",
   "[(1, [a, b]), NULL, (NULL, [])]", NULL},
  {"json", "", "ARRAY<ROW<x INT, y ARRAY<STRING>>>", "{\"v\":[{\"zz\":[{}],\"y\":[\"a\"]},{}]}", "[(NULL, [a]), (NULL, NULL)]",
   "{\"v\":[{\"x\":null,\"y\":[\"a\"]},{\"x\":null,\"y\":null}]}"},
  {"json", "json.encode.ignore-null-fields=true", "ARRAY<ROW<x INT, y INT>>", "{\"v\":[{\"y\":1},null]}", "[(NULL, 1), NULL]", NULL},
  {"json", "json.fail-on-missing-field=true", "ARRAY<ROW<x INT, y INT>>", "{\"v\":[{\"y\":1}]}", "bad field v[].x is missing", NULL},
  {"json", "", "MAP<STRING, INT>", "{\"v\":{\"a\":1,\"b\":null}}", "{a=1, b=NULL}", NULL},
  {"json", "", "MAP<STRING, INT>", "{\"v\":{}}", "{}", NULL},
  {"json", "", "MAP<STRING, INT>", "{\"v\":{\"a\":1,\"b\":2,\"a\":3}}", "{a=3, b=2}", "{\"v\":{\"a\":3,\"b\":2}}"},
  {"json", "", "MAP<STRING, INT>", "{\"v\":{\"q\\\"\\u0041\" : 1}}", "{q\"A=1}", "{\"v\":{\"q\\\"A\":1}}"},
  {"json", "", "MAP<STRING, INT>", "{\"v\":[1]}", "bad [1] is not MAP<STRING, INT>", NULL},
  {"json", "", "MAP<STRING, INT>", "{\"v\":{\"a\":\"x\"}}", "bad \"x\" is not INT (field v[])", NULL},
  {"json", "", "MAP<STRING, MAP<STRING, ARRAY<INT>>>", "{\"v\":{\"k\":{\"j\":[1,2],\"l\":[]},\"z\":null}}", "{k={j=[1, 2], l=[]}, z=NULL}", NULL},
  {"json", "", "MAP<STRING, ROW<x DOUBLE, t TIMESTAMP(3)>>", "{\"v\":{\"k\":{\"x\":1.5,\"t\":\"2024-01-01 00:00:00.12\"}}}",
   "{k=(1.5, 2024-01-01 00:00:00.120)}", NULL},
  {"json", "", "MULTISET<STRING>", "{\"v\":{\"a\":2,\"b\":1}}", "{a=2, b=1}", NULL},
  {"json", "", "MULTISET<STRING>", "{\"v\":{\"a\":null}}", "bad field v[] is null, but it is NOT NULL", NULL},
  {"json", "", "MAP<INT, INT>", NULL, "format json cannot read column v of type MAP<INT, INT>: keys of JSON objects are text", NULL},
  {"json", "", "ARRAY<MULTISET<INT>>", NULL, "format json cannot read column v[] of type MULTISET<INT>: keys of JSON objects are text", NULL},
  {"csv", "", "ARRAY<INT>", "1;2;3", "[1, 2, 3]", NULL},
  {"csv", "", "ARRAY<INT>", " 1 ; 2 ", "[1, 2]", "1;2"},
  {"csv", "", "ARRAY<INT>", "\"1;2\"", "[1, 2]", "1;2"},
  {"csv", "", "ARRAY<INT>", "\"\"", "[]", ""},
  {"csv", "", "ARRAY<INT>", "1;;2", "bad \"1;;2\" is not ARRAY<INT>", NULL},
  {"csv", "csv.ignore-parse-errors=true", "ARRAY<INT>", "1;x;", "[1, NULL, NULL]", "1;;"},
  {"csv", "", "ARRAY<STRING>", "a; b ;;c", "[a,  b , , c]", "\"a; b ;;c\""},
  {"csv", "", "ARRAY<STRING>", "\"x;\"\"q\"\";y\"", "[x, \"q\", y]", NULL},
  {"csv", "csv.null-literal=N", "ARRAY<INT>", "1;N", "[1, NULL]", NULL},
  {"csv", "csv.null-literal=N", "ARRAY<INT>", "N", "[NULL]", NULL},
  {"csv", "csv.array-element-delimiter=|", "ARRAY<BOOLEAN>", "true|false", "[TRUE, FALSE]", NULL},
  {"csv", "", "ARRAY<DECIMAL(10, 2)>", "1.50;0.00;2.25", "[1.50, 0.00, 2.25]", "1.5;0;2.25"},
  {"csv", "", "ARRAY<BYTES>", "AQ==;Ag==", "[\x01, \x02]", NULL},
  {"csv", "", "ARRAY<ROW<x INT>>", NULL, "format csv cannot read column v of type ARRAY<ROW<`x` INT>>", NULL},
  {"csv", "", "MAP<STRING, INT>", NULL, "format csv cannot read column v of type MAP<STRING, INT>", NULL},
  {"raw", "", "ARRAY<INT>", NULL, "format raw cannot hold column v of type ARRAY<INT>", NULL},
};

static rn_arena arena;

static const rn_type *type_of(const char *text) {
  rn_diagnostics diags;
  memset(&diags, 0, sizeof diags);
  rn_ast_script script;
  const char *sql = rn_arena_printf(&arena, "SELECT CAST(NULL AS %s)", text);
  assert_int_equal(rn_parse_script(rn_slice_of(sql), &arena, &script, &diags), RN_OK);
  rn_binder binder;
  memset(&binder, 0, sizeof binder);
  binder.arena = &arena;
  binder.diags = &diags;
  const rn_type *type = rn_bind_type(&binder, script.statements[0]->query->select->items[0].expr->cast_type);
  assert_non_null(type);
  return type;
}

static rn_options options_of(const char *text) {
  rn_option_value *items = RN_NEW_N(&arena, rn_option_value, 4);
  rn_options out = {0, items};
  for (char *at = rn_arena_strdup(&arena, text); *at;) {
    char *equals = strchr(at, '='), *end = strchr(at, ';');
    *equals = 0;
    if (end) *end = 0;
    items[out.count++] = (rn_option_value){.key = at, .value = equals + 1};
    at = end ? end + 1 : equals + 1 + strlen(equals + 1);
  }
  return out;
}

static const char *text_of(const rn_column *column, uint32_t row) {
  rn_builder b = {0};
  rn_value_text(&b, column, row, RN_TEXT_CAST, NULL);
  const char *text = rn_arena_strndup(&arena, b.data, b.len);
  rn_builder_free(&b);
  return text;
}

enum { COPIES = 40 }; /* the record once, and behind others, so that the children have grown */

static void check_read(const test_case *t, const rn_format *format, rn_decoder *decoder, const rn_type *type, rn_column *column) {
  rn_record records[COPIES];
  memset(records, 0, sizeof records);
  for (uint32_t i = 0; i < COPIES; i++) records[i].value = rn_slice_of(t->in);
  rn_error err = {0};
  for (uint32_t count = 1; count <= COPIES; count += COPIES - 1) {
    uint16_t record_of_row[RN_BATCH_ROWS_MAX];
    rn_decode_result result = {.record_of_row = record_of_row};
    rn_column_init(column, type, RN_BATCH_ROWS_MAX, &arena);
    assert_int_equal(format->decode(decoder, records, count, false, column, &arena, &result, &err), RN_OK);
    if (strncmp(t->value, "bad ", 4) == 0) {
      assert_int_equal(result.bad.len, count);
      assert_string_equal(result.bad.data[count - 1].reason, t->value + 4);
    } else if (strcmp(t->value, "skipped") == 0) {
      assert_int_equal(result.skipped, count);
    } else {
      assert_int_equal(result.rows, count);
      for (uint32_t i = 0; i < count; i++) assert_string_equal(text_of(column, i), t->value);
      rn_schema schema = {1, &(rn_field){"v", type}};
      rn_batch batch = {.rows = count, .live_count = count, .column_count = 1, .columns = column, .arena = &arena};
      rn_batch_verify(&batch, &schema);
    }
    RN_VEC_FREE(&result.bad);
  }
}

static void check_written(const test_case *t, const rn_format *format, const rn_table_spec *table, rn_column *column) {
  rn_batch batch = {.rows = COPIES, .live_count = COPIES, .column_count = 1, .columns = column, .arena = &arena};
  uint32_t all = 0;
  rn_encoder *encoder;
  rn_error err = {0};
  assert_int_equal(format->encoder_open(table, &all, 1, false, NULL, &encoder, &err), RN_OK);
  rn_builder out = {0};
  rn_builder_text(&out, "");
  bool is_null;
  assert_int_equal(format->encode(encoder, &batch, COPIES - 1, &out, &is_null, &err), RN_OK);
  assert_string_equal(out.data ? out.data : "", t->out ? t->out : t->in);
  rn_builder_free(&out);
  format->encoder_close(encoder);
}

static void collections_are_read_and_written(void **state) {
  (void)state;
  static const char *const scanners[] = {"plain", "sse2", "avx2"};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const test_case *t = &cases[i];
    const rn_format *format = rn_format_find(&rn_builtin_registry, rn_slice_of(t->format));
    const rn_type *type = type_of(t->type);
    rn_table_column column = {.name = "v", .type = type};
    rn_table_spec table = {.name = "t", .column_count = 1, .columns = &column, .options = options_of(t->options)};
    uint32_t wanted = 0;
    rn_decoder *decoder = NULL;
    rn_error err = {0};
    rn_status opened = format->decoder_open(&table, &wanted, 1, false, NULL, &decoder, &err);
    if (!t->in) {
      assert_int_equal(opened, RN_FAIL);
      assert_string_equal(err.message, t->value);
      continue;
    }
    assert_int_equal(opened, RN_OK);
    rn_column read;
    bool json = strcmp(t->format, "json") == 0;
    for (size_t k = 0; k < (json ? 3 : 1); k++) {
      if (json && !json_decoder_force(decoder, scanners[k])) continue;
      check_read(t, format, decoder, type, &read);
    }
    format->decoder_close(decoder);
    if (strncmp(t->value, "bad ", 4) != 0 && strcmp(t->value, "skipped") != 0) check_written(t, format, &table, &read);
  }
  rn_arena_free(&arena);
}

static void null_keys_go_as_the_options_say(void **state) {
  (void)state;
  static const struct {
    const char *options, *text; /* NULL: an error */
  } modes[] = {{"", NULL}, {"json.map-null-key.mode=FAIL", NULL}, {"json.map-null-key.mode=DROP", "{\"v\":{\"b\":2}}"},
               {"json.map-null-key.mode=LITERAL", "{\"v\":{\"null\":1,\"b\":2}}"},
               {"json.map-null-key.literal=no\"ne;json.map-null-key.mode=LITERAL", "{\"v\":{\"no\\\"ne\":1,\"b\":2}}"}};
  const rn_type *type = type_of("MAP<STRING, INT>");
  rn_value items[4] = {{.type = type->children[0], .is_null = true}, {.type = type->children[1], .u.i = 1},
                       {.type = type->children[0], .u.text = rn_slice_of("b")}, {.type = type->children[1], .u.i = 2}};
  rn_value value = {.type = type, .u.items = items, .item_count = 4};
  rn_column column;
  rn_column_from_value(&column, &value, &arena);
  column.constant = false;
  rn_batch batch = {.rows = 1, .live_count = 1, .column_count = 1, .columns = &column, .arena = &arena};
  rn_table_column declared = {.name = "v", .type = type};
  for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
    rn_table_spec table = {.name = "t", .column_count = 1, .columns = &declared, .options = options_of(modes[i].options)};
    uint32_t all = 0;
    rn_encoder *encoder;
    rn_error err = {0};
    const rn_format *format = rn_format_find(&rn_builtin_registry, rn_slice_of("json"));
    assert_int_equal(format->encoder_open(&table, &all, 1, false, NULL, &encoder, &err), RN_OK);
    rn_builder out = {0};
    bool is_null;
    rn_status status = format->encode(encoder, &batch, 0, &out, &is_null, &err);
    if (status != RN_OK && modes[i].text) fail_msg("%s: %s", modes[i].options, err.message);
    assert_int_equal(status, modes[i].text ? RN_OK : RN_FAIL);
    if (modes[i].text) assert_string_equal(out.data, modes[i].text);
    else assert_string_equal(err.message, "a MAP has a NULL key, which JSON cannot write");
    rn_builder_free(&out);
    format->encoder_close(encoder);
  }
  rn_arena_free(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(collections_are_read_and_written), cmocka_unit_test(null_keys_go_as_the_options_say)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
