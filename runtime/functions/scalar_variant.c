/* VARIANT (DIALECT 8.7): PARSE_JSON, TRY_PARSE_JSON, v['name'], v[i]. A part of a value is a stretch of its text
 * (runtime/variant.h), which is shared and not copied. */
#include "runtime/functions/json_path.h"
#include "runtime/functions/scalar.h"
#include "runtime/variant.h"

static rn_status parse(rn_eval *eval, const rn_column *const *args, uint32_t count, rn_column *out, const rn_sel *sel,
                       bool safe) {
  rn_variant_parser *parser = rn_variant_parser_open();
  rn_status status = RN_OK;
  FOR_ROWS(row) {
    rn_json_fault fault;
    rn_slice json = TEXT(0, row);
    bool duplicates = count > 1 && ((const uint8_t *)args[1]->data)[AT(1, row)];
    rn_slice value = rn_variant_parse(parser, json, duplicates, &fault);
    if (value.ptr) {
      put_copy(eval, out, row, value.ptr, value.len);
      if (out->valid) rn_set_valid(out, row);
    } else if (safe) {
      put_null(eval, out, row);
      put_str(out, row, "", 0);
    } else {
      status = rn_eval_fail(eval, row, RN_E_VALUE, "PARSE_JSON of '%.*s'%s: %s at byte %zu", EXCERPT(json), fault.why,
                            fault.at + 1);
      break;
    }
  }
  rn_variant_parser_close(parser);
  return status;
}
KERNEL(parse_json) { return parse(eval, args, arg_count, out, sel, false); }
KERNEL(try_parse_json) { return parse(eval, args, arg_count, out, sel, true); }

/* A part of a value. What is not there is NULL; JSON null is a value. */
static void put_part(rn_eval *eval, rn_column *out, uint32_t row, rn_slice part) {
  put_str(out, row, part.ptr ? part.ptr : "", part.len);
  if (!part.ptr) put_null(eval, out, row);
  else if (out->valid) rn_set_valid(out, row);
}
static rn_status refuse(rn_eval *eval, uint32_t row, rn_slice v, const char *wanted) {
  const char *kind = v.ptr[0] == '{' ? "an object" : v.ptr[0] == '[' ? "an array" : "a single value";
  return rn_eval_fail(eval, row, RN_E_VALUE, "%s, but the VARIANT is %s: %.*s%s", wanted, kind, EXCERPT(v));
}

KERNEL(item_by_name) {
  (void)arg_count;
  json_scratch s = {0};
  rn_status status = RN_OK;
  FOR_ROWS(row) {
    rn_slice v = TEXT(0, row);
    if (v.ptr[0] != '{') {
      status = refuse(eval, row, v, "v['name'] takes an object");
      break;
    }
    put_part(eval, out, row, json_member_of(&s, v, TEXT(1, row)));
    if (s.arena.used_bytes) rn_arena_reset(&s.arena);
  }
  json_scratch_free(&s);
  return status;
}
KERNEL(item_by_index) {
  (void)arg_count;
  FOR_ROWS(row) {
    rn_slice v = TEXT(0, row);
    int64_t index = integer_at(args[1], row);
    if (v.ptr[0] != '[') return refuse(eval, row, v, "v[i] takes an array");
    put_part(eval, out, row, index >= 1 ? json_element_of(v, index - 1) : rn_slice_make(NULL, 0));
  }
  return RN_OK;
}

#define FLAGS (RN_FN_STRICT | RN_FN_MAY_FAIL)
static const rn_function rows[] = {
    {.name = "PARSE_JSON",
     .signature = "PARSE_JSON(json STRING [, allow_duplicate_names BOOLEAN]) -> VARIANT",
     .min_args = 1,
     .max_args = 2,
     .flags = FLAGS,
     .classes = {RN_ARG_STRING, RN_ARG_BOOLEAN},
     .kernel = parse_json,
     .result = RN_T_VARIANT,
     .help = "the value that JSON text stands for; fails when it is no JSON or has two members of one name",
     .example = "PARSE_JSON('{\"b\": 1.50, \"a\": 2}') = PARSE_JSON('{\"a\":2,\"b\":1.5}')"},
    {.name = "TRY_PARSE_JSON",
     .signature = "TRY_PARSE_JSON(json STRING [, allow_duplicate_names BOOLEAN]) -> VARIANT",
     .min_args = 1,
     .max_args = 2,
     .flags = RN_FN_STRICT | RN_FN_NULL_RESULT,
     .classes = {RN_ARG_STRING, RN_ARG_BOOLEAN},
     .kernel = try_parse_json,
     .result = RN_T_VARIANT,
     .help = "as PARSE_JSON, and NULL where that fails",
     .example = "TRY_PARSE_JSON('[1') IS NULL"},
    {.name = "ITEM",
     .signature = "variant['name']",
     .min_args = 2,
     .max_args = 2,
     .flags = FLAGS | RN_FN_OPERATOR | RN_FN_NULL_RESULT,
     .classes = {RN_ARG_VARIANT, RN_ARG_STRING},
     .kernel = item_by_name,
     .result = RN_T_VARIANT,
     .help = "the member of that name; NULL when there is none, an error when the value is no object",
     .example = "PARSE_JSON('{\"a\": [7]}')['a'] = PARSE_JSON('[7]')"},
    {.name = "ITEM",
     .signature = "variant[i]",
     .min_args = 2,
     .max_args = 2,
     .flags = FLAGS | RN_FN_OPERATOR | RN_FN_NULL_RESULT,
     .classes = {RN_ARG_VARIANT, RN_ARG_INTEGER},
     .kernel = item_by_index,
     .result = RN_T_VARIANT,
     .help = "the i-th element, from 1 on; NULL where there is none, an error when the value is no array",
     .example = "PARSE_JSON('[7, 8]')[2] = PARSE_JSON('8')"},
};
RN_FUNCTION_SET(rn_set_variant, "VARIANT", rows);
