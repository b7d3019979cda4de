/* UNNEST driven directly, against a loop over values: ARRAY, ARRAY of ROW, MAP and MULTISET, inner and outer, with and
 * without ordinality, any size of batch, selections, row kinds; and every row names the record it came from. */
#include "operator_fixture.h"

enum { ROWS = 300, ITEMS = 5 };
typedef enum shape { TEXTS, ROWS_OF, MAPS, BAGS, SHAPES } shape;

static const char *const texts[] = {"a", "", "a text that is longer than twelve bytes", "ä€"};

static rn_value text_value(const rn_type *type, uint32_t n) {
  rn_value v = rn_value_null(type);
  v.is_null = n >= 4;
  if (!v.is_null) v.u.text = rn_slice_of(texts[n]);
  return v;
}
static rn_value int_value(int32_t n, bool is_null) {
  return (rn_value){.type = rn_type_basic(RN_T_INT, true), .is_null = is_null, .u.i = n};
}

static const rn_type *type_of(shape s) {
  const rn_type *text = rn_type_basic(RN_T_VARCHAR, true), *number = rn_type_basic(RN_T_INT, true);
  const rn_type *fields[] = {number, text};
  switch (s) {
    case TEXTS: return rn_type_array(&fixture_arena, text, true);
    case ROWS_OF: return rn_type_array(&fixture_arena, rn_type_row(&fixture_arena, 2, NULL, fields, true), true);
    case MAPS: return rn_type_map(&fixture_arena, text, number, true);
    default: return rn_type_multiset(&fixture_arena, text, true);
  }
}

/* A collection, and the lines (without kind and id) it gives. */
static rn_value random_collection(shape s, const rn_type *type, rn_arena *arena, lines *gives, bool ordinality) {
  rn_value v = rn_value_null(type);
  uint32_t count = pick(ITEMS), ordinal = 0;
  if (pick(6) == 0) return v;
  v.is_null = false;
  rn_value *items = RN_NEW_N(arena, rn_value, 2 * count + 1);
  for (uint32_t i = 0; i < count; i++) {
    uint32_t n = s == MAPS || s == BAGS ? i : pick(5); /* their elements differ */
    rn_builder b = {0};
    const char *text = n < 4 ? texts[n] : "NULL";
    uint32_t times = 1;
    if (s == TEXTS) {
      items[v.item_count++] = text_value(type->children[0], n);
      rn_builder_printf(&b, "|%s", text);
    } else if (s == ROWS_OF) {
      rn_value *fields = RN_NEW_N(arena, rn_value, 2);
      fields[0] = int_value((int32_t)i, false);
      fields[1] = text_value(type->children[0]->children[1], n);
      bool none = pick(4) == 0;
      items[v.item_count++] = (rn_value){.type = type->children[0], .is_null = none, .u.items = fields, .item_count = 2};
      if (none) times = 0;
      rn_builder_printf(&b, "|%u|%s", i, text);
    } else {
      times = s == BAGS ? 1 + pick(3) : 1;
      bool none = s == MAPS && pick(3) == 0;
      items[v.item_count++] = text_value(type->children[0], n);
      items[v.item_count++] = int_value((int32_t)times, none);
      rn_builder_printf(&b, "|%s", text);
      if (s == MAPS) rn_builder_text(&b, none ? "|NULL" : "|1");
    }
    for (uint32_t t = 0; t < times; t++) {
      rn_builder line = {0};
      rn_builder_text(&line, b.data);
      if (ordinality) rn_builder_printf(&line, "|%u", ++ordinal);
      RN_VEC_PUSH(gives, rn_builder_take(&line));
    }
    rn_builder_free(&b);
  }
  v.u.items = items;
  return v;
}

/* Lines end with the record: "@split:offset". */
static rn_status record_batch(rn_operator *op, unsigned input, rn_batch *batch, rn_error *err) {
  (void)op, (void)input, (void)err;
  rn_batch_verify(batch, &op->node->schema);
  for (uint32_t i = 0; i < batch->live_count; i++) {
    rn_builder b = {0};
    uint32_t at = rn_live(batch, i), run = 0;
    rn_builder_text(&b, rn_row_kind_text(rn_kind(batch, at)));
    for (uint32_t c = 0; c < batch->column_count; c++) {
      if (c == 1) continue; /* the collection itself: compared below */
      rn_builder_char(&b, '|');
      put_value_text(&b, &batch->columns[c], at);
    }
    while (run + 1 < batch->run_count && batch->runs[run + 1].first_row <= at) run++;
    assert_true(batch->run_count > 0 && batch->runs[run].first_row <= at);
    rn_builder_printf(&b, "@%u:%lld ", batch->runs[run].split, (long long)(batch->runs[run].offset + (at - batch->runs[run].first_row)));
    put_value_text(&b, &batch->columns[1], at);
    RN_VEC_PUSH(&output, rn_builder_take(&b));
  }
  return RN_OK;
}
static const rn_operator_class record_class = {.name = "record", .size = sizeof(capture), .process_batch = record_batch};

static void run_case(shape s, bool outer, bool ordinality, uint32_t batch_rows, bool kinds) {
  rn_error err = {0};
  const rn_type *type = type_of(s);
  rn_field fields[6] = {{"id", rn_type_basic(RN_T_INT, true)}, {"c", type}};
  uint32_t count = 2;
  fields[count++] = (rn_field){"x", s == ROWS_OF ? rn_type_basic(RN_T_INT, true) : rn_type_basic(RN_T_VARCHAR, true)};
  if (s == ROWS_OF) fields[count++] = (rn_field){"y", rn_type_basic(RN_T_VARCHAR, true)};
  if (s == MAPS) fields[count++] = (rn_field){"y", rn_type_basic(RN_T_INT, true)};
  if (ordinality) fields[count++] = (rn_field){"o", rn_type_basic(RN_T_INT, outer)};
  rn_plan_node input = {.kind = RN_NODE_VALUES, .schema = {2, fields}}, *inputs[] = {&input};
  rn_plan_node node = {.kind = RN_NODE_UNNEST, .path = "unnest", .schema = {count, fields}, .input_count = 1, .inputs = inputs};
  rn_plan_node sink_node = {.path = "sink", .schema = node.schema};
  node.u.unnest.column = 1;
  node.u.unnest.outer = outer;
  node.u.unnest.ordinality = ordinality;
  rn_context context = {.batch_rows = batch_rows, .parallelism = 1};
  rn_operator *op = rn_operator_new(rn_operator_of(&node), &node, &context, 1);
  rn_operator *sink = rn_operator_new(&record_class, &sink_node, &context, 1);
  rn_operator_add_edge(op, sink, 0);
  assert_int_equal(rn_operator_open(op, &err), RN_OK);
  lines expected = {0};
  for (uint32_t done = 0; done < ROWS;) {
    uint32_t n = 1 + pick(40);
    rn_arena arena;
    rn_arena_init(&arena);
    rn_batch batch;
    rn_batch_init(&batch, &input.schema, n, &arena);
    uint16_t *live = rn_arena_alloc(&arena, sizeof *live * n);
    uint8_t *row_kinds = rn_arena_zalloc(&arena, n);
    rn_run runs[2] = {{0, 0, 3, 1000 + done}, {n / 2, 0, 4, 5000 + done}};
    for (uint32_t i = 0; i < n; i++) {
      lines gives = {0};
      rn_value id = int_value((int32_t)(done + i), pick(10) == 0), v = random_collection(s, type, &arena, &gives, ordinality);
      rn_column c;
      rn_column_from_value(&c, &id, &arena);
      rn_column_copy_value(&batch.columns[0], i, &c, 0, n, &arena);
      rn_column_from_value(&c, &v, &arena);
      rn_column_copy_value(&batch.columns[1], i, &c, 0, n, &arena);
      row_kinds[i] = (uint8_t)(kinds ? pick(4) : RN_INSERT);
      bool selected = pick(4) != 0;
      if (selected) live[batch.live_count++] = (uint16_t)i;
      if (selected && !gives.len && outer) {
        rn_builder b = {0};
        for (uint32_t k = 2; k < count; k++) rn_builder_text(&b, "|NULL");
        RN_VEC_PUSH(&gives, rn_builder_take(&b));
      }
      uint32_t run = n / 2 && i >= n / 2;
      for (size_t k = 0; selected && k < gives.len; k++) {
        rn_builder b = {0};
        rn_builder_printf(&b, "%s|", rn_row_kind_text((rn_row_kind)row_kinds[i]));
        put_value_text(&b, &batch.columns[0], i);
        rn_builder_printf(&b, "%s@%u:%lld ", gives.data[k], runs[run].split, (long long)(runs[run].offset + (i - runs[run].first_row)));
        put_value_text(&b, &batch.columns[1], i);
        RN_VEC_PUSH(&expected, rn_builder_take(&b));
      }
      clear_lines(&gives);
    }
    batch.rows = n;
    batch.live = live;
    if (kinds) batch.kinds = row_kinds;
    batch.runs = runs;
    batch.run_count = n / 2 ? 2 : 1;
    if (batch.live_count) assert_int_equal(rn_deliver_batch(op, 0, &batch, &err), RN_OK);
    rn_arena_free(&arena);
    done += n;
  }
  assert_int_equal(output.len, expected.len);
  for (size_t i = 0; i < output.len; i++) assert_string_equal(output.data[i], expected.data[i]); /* and their order */
  assert_true(expected.len > ROWS / 2);
  clear_lines(&output);
  clear_lines(&expected);
  rn_operator_free(op);
  rn_operator_free(sink);
}

static void test_against_a_loop(void **state) {
  (void)state;
  static const uint32_t sizes[] = {1, 2, 7, RN_BATCH_ROWS_MAX};
  for (int s = 0; s < SHAPES; s++)
    for (unsigned how = 0; how < 8; how++)
      for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) run_case((shape)s, how & 1, how & 2, sizes[k], how & 4);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_against_a_loop)};
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
