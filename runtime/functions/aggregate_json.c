/* JSON_ARRAYAGG and JSON_OBJECTAGG. The binder (planner/bind_json.c) makes JSON text of the argument: an element, or
 * `"name":value`; here the pieces are put one behind the other, a comma before each, in order of arrival. An object's
 * members are sorted by name when it is read; of equal names the last one counts. */
#include "base/json.h"
#include "runtime/functions/aggregate_rows.h"
#include "runtime/functions/json_path.h"

typedef struct json_acc {
  rn_ref text;      /* 0: nothing yet */
  uint64_t compact; /* OBJECTAGG: length when names were last made unique */
} json_acc;

/* A piece more; gives the length of all. */
static size_t add_piece(json_acc *acc, rn_slice piece, rn_state *state) {
  size_t len = rn_state_load(state, acc->text).len;
  if (!rn_state_may_extend(state, acc->text, piece.len + 1)) return len;
  char *all = rn_state_extend(state, &acc->text, piece.len + 1);
  all[len] = ',';
  memcpy(all + len + 1, piece.ptr, piece.len);
  return len + 1 + piece.len;
}

static void array_update(uint8_t *const *slots, uint32_t offset, const rn_column *arg, const rn_sel *sel,
                         rn_state *state) {
  const rn_str *x = arg->data;
  RN_EACH_VALUE({ (void)add_piece((json_acc *)(void *)(slots[i] + offset), rn_str_slice(&x[row]), state); });
}

/* {"name":value,..} of pieces, names unique and sorted. */
static void put_object(rn_builder *out, rn_slice pieces, json_scratch *s) {
  rn_builder object = {0};
  rn_builder_char(&object, '{');
  if (pieces.len) rn_builder_append(&object, pieces.ptr + 1, pieces.len - 1);
  rn_builder_char(&object, '}');
  uint32_t count = json_members(s, rn_slice_make(object.data, object.len), true);
  rn_builder_char(out, '{');
  for (uint32_t i = 0; i < count; i++) {
    if (i) rn_builder_char(out, ',');
    rn_json_put_string(out, s->members.data[i].name);
    rn_builder_char(out, ':');
    rn_builder_slice(out, s->members.data[i].value);
  }
  rn_builder_char(out, '}');
  s->members.len = 0;
  rn_arena_reset(&s->arena);
  rn_builder_free(&object);
}

/* Names that come again and again must not make the text grow for ever. */
static void make_unique(json_acc *acc, json_scratch *s, rn_state *state) {
  rn_builder object = {0};
  put_object(&object, rn_state_load(state, acc->text), s);
  object.data[0] = ','; /* was the brace; the other one is left out */
  acc->compact = object.len - 1;
  acc->text = rn_state_replace(state, acc->text, object.data, acc->compact);
  rn_builder_free(&object);
}

static void object_update(uint8_t *const *slots, uint32_t offset, const rn_column *arg, const rn_sel *sel,
                          rn_state *state) {
  enum { SLACK = 1024 };
  const rn_str *x = arg->data;
  json_scratch scratch = {0};
  RN_EACH_VALUE({
    json_acc *acc = (json_acc *)(void *)(slots[i] + offset);
    size_t len = add_piece(acc, rn_str_slice(&x[row]), state);
    if (len >= 2 * acc->compact + SLACK) make_unique(acc, &scratch, state);
  });
  json_scratch_free(&scratch);
}

static void merge(void *into, const void *from, rn_state *state) {
  json_acc *a = into;
  const json_acc *b = from;
  if (!b->text) return;
  size_t mine = rn_state_load(state, a->text).len, theirs = rn_state_load(state, b->text).len;
  if (!rn_state_may_extend(state, a->text, theirs)) return;
  char *all = rn_state_extend(state, &a->text, theirs);
  memcpy(all + mine, rn_state_load(state, b->text).ptr, theirs);
  if (b->compact > a->compact) a->compact = b->compact;
}

static void put_result(rn_column *out, uint32_t row, const rn_builder *text, rn_arena *arena) {
  char *copy = rn_arena_alloc_aligned(arena, text->len, 1);
  memcpy(copy, text->data, text->len);
  ((rn_str *)out->data)[row] = rn_str_make(copy, text->len);
}
static void array_result(const uint8_t *const *slots, uint32_t count, uint32_t offset, rn_column *out,
                         uint32_t out_first_row, rn_state *state, rn_arena *arena) {
  rn_builder text = {0};
  for (uint32_t i = 0; i < count; i++) {
    rn_slice pieces = rn_state_load(state, ((const json_acc *)(const void *)(slots[i] + offset))->text);
    rn_builder_clear(&text);
    rn_builder_char(&text, '[');
    if (pieces.len) rn_builder_append(&text, pieces.ptr + 1, pieces.len - 1);
    rn_builder_char(&text, ']');
    put_result(out, out_first_row + i, &text, arena);
  }
  rn_builder_free(&text);
}
static void object_result(const uint8_t *const *slots, uint32_t count, uint32_t offset, rn_column *out,
                          uint32_t out_first_row, rn_state *state, rn_arena *arena) {
  rn_builder text = {0};
  json_scratch scratch = {0};
  for (uint32_t i = 0; i < count; i++) {
    rn_builder_clear(&text);
    put_object(&text, rn_state_load(state, ((const json_acc *)(const void *)(slots[i] + offset))->text), &scratch);
    put_result(out, out_first_row + i, &text, arena);
  }
  json_scratch_free(&scratch);
  rn_builder_free(&text);
}

static const rn_agg_ops array_ops = {.size = sizeof(json_acc),
                                     .align = 8,
                                     .flags = RN_AGG_ORDERED,
                                     .update = array_update,
                                     .merge = merge,
                                     .result = array_result,
                                     .ref_count = 1};
static const rn_agg_ops object_ops = {.size = sizeof(json_acc),
                                      .align = 8,
                                      .flags = RN_AGG_ORDERED,
                                      .update = object_update,
                                      .merge = merge,
                                      .result = object_result,
                                      .ref_count = 1};

/* Never NULL: no rows give [] and {}. The length is what Flink's type says; the text may be longer. */
static rn_status resolve(const rn_type *type, rn_arena *arena, const rn_type **arg_type, const rn_type **result) {
  enum { LENGTH = 2000 };
  if (type->id != RN_T_VARCHAR) return RN_FAIL;
  *arg_type = type;
  *result = rn_type_sized(arena, RN_T_VARCHAR, LENGTH, false);
  return RN_OK;
}
static rn_status array_resolve(const rn_type *const *types, uint32_t count, rn_arena *arena, const rn_type **arg_type,
                               const rn_type **result, const rn_agg_ops **ops) {
  (void)count;
  *ops = &array_ops;
  return resolve(types[0], arena, arg_type, result);
}
static rn_status object_resolve(const rn_type *const *types, uint32_t count, rn_arena *arena, const rn_type **arg_type,
                                const rn_type **result, const rn_agg_ops **ops) {
  (void)count;
  *ops = &object_ops;
  return resolve(types[0], arena, arg_type, result);
}

const rn_aggregate rn_aggregate_json_rows[] = {
    {.name = "JSON_ARRAYAGG",
     .signature = "JSON_ARRAYAGG(x [{NULL | ABSENT} ON NULL])",
     .min_args = 1,
     .max_args = 1,
     .resolve = array_resolve,
     .nothing = "[]",
     .help = "an array of the values as JSON text; NULLs are left out unless NULL ON NULL is given",
     .example = "JSON_ARRAYAGG(price)"},
    {.name = "JSON_OBJECTAGG",
     .signature = "JSON_OBJECTAGG([KEY] name VALUE x [{NULL | ABSENT} ON NULL])",
     .min_args = 1,
     .max_args = 1,
     .resolve = object_resolve,
     .nothing = "{}",
     .help = "an object of the names and values as JSON text, sorted by name; of equal names the last counts",
     .example = "JSON_OBJECTAGG(KEY name VALUE price)"},
    {.name = NULL}};
