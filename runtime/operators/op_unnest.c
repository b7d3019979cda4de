/* UNNEST: a row per element of a collection, the columns of the row beside it; stateless, row kinds pass as they are
 * (the correlate of SQL:1999's collection-derived tables). A row without elements gives none, or with `outer` one of
 * NULLs. A NULL row in an ARRAY of ROWs counts as no element, as Flink has it; a NULL among plain elements is one.
 *
 * With a condition (LEFT JOIN .. ON), elements that do not meet it count as none: the candidates of a batch are tested
 * together, those that pass are gathered, and a row of which none did gets its NULLs when its last element was seen.
 *
 * Rows are gathered by number: text and the elements of collections are shared with the input, which is borrowed for
 * the same call, so that nothing is copied deeply. Every row knows the record it came from. */
#include "runtime/operators/operators.h"

#define NO_ELEMENT UINT32_MAX

typedef struct unnest {
  rn_operator op;
  bool rows;                /* elements are ROWs: a column per field */
  bool counted;             /* MULTISET: an element as often as its count says */
  uint32_t made;            /* of the batch that is being filled: */
  uint32_t parents[RN_BATCH_ROWS_MAX], items[RN_BATCH_ROWS_MAX];
  int32_t ordinals[RN_BATCH_ROWS_MAX];
  /* with a condition */
  rn_program *condition;
  rn_arena memory, scratch;
  bool open, matched;       /* elements of the last row have left the candidates already; one of them passed */
} unnest;

static rn_status unnest_open(rn_operator *op, rn_error *err) {
  unnest *self = (unnest *)op;
  const rn_type *type = op->node->inputs[0]->schema.fields[op->node->u.unnest.column].type;
  self->rows = type->id != RN_T_MAP && type->children[0]->id == RN_T_ROW;
  self->counted = type->id == RN_T_MULTISET;
  rn_arena_init(&self->memory);
  rn_arena_init(&self->scratch);
  if (!op->node->u.unnest.condition) return RN_OK;
  return rn_program_compile(&op->node->u.unnest.condition, 1, &self->memory, &self->condition, err);
}

static void unnest_close(rn_operator *op) {
  unnest *self = (unnest *)op;
  if (self->condition) rn_program_free(self->condition);
  rn_arena_free(&self->memory);
  rn_arena_free(&self->scratch);
}

#define GATHER(T)                                                                   \
  do {                                                                              \
    const T *from_ = src->data;                                                     \
    T *to_ = dst->data;                                                             \
    for (uint32_t i = 0; i < count; i++)                                            \
      if (rows[i] != NO_ELEMENT) to_[i] = from_[rows[i]];                           \
  } while (0)

/* dst[i] = src[rows[i]]; NO_ELEMENT: NULL. */
static void gather(rn_column *dst, const rn_type *type, const rn_column *src, const uint32_t *rows, uint32_t count, rn_arena *arena) {
  rn_physical physical = rn_type_physical(type);
  bool missing = false;
  rn_column_init(dst, type, count, arena);
  for (uint32_t i = 0; i < count; i++) missing |= rows[i] == NO_ELEMENT;
  if (missing || src->valid) {
    rn_column_nullable(dst, count, arena);
    for (uint32_t i = 0; i < count; i++)
      if (rows[i] == NO_ELEMENT || rn_is_null(src, rows[i])) rn_set_null(dst, i);
  }
  if (missing && rn_physical_width(physical)) memset(dst->data, 0, rn_physical_width(physical) * count);
  switch (physical) {
    case RN_P_NONE: break;
    case RN_P_BOOL: case RN_P_I8: GATHER(uint8_t); break;
    case RN_P_I16: GATHER(uint16_t); break;
    case RN_P_I32: case RN_P_F32: GATHER(uint32_t); break;
    case RN_P_I64: case RN_P_F64: GATHER(uint64_t); break;
    case RN_P_I128: GATHER(rn_i128); break;
    case RN_P_STR: GATHER(rn_str); break;
    case RN_P_LIST:
      GATHER(rn_list);
      for (uint32_t c = 0; c < src->child_count; c++) {
        dst->children[c] = src->children[c];
        if (c < type->child_count) dst->children[c].type = type->children[c]; /* the counts of a MULTISET are INT */
      }
      break;
    case RN_P_ROW:
      for (uint32_t c = 0; c < src->child_count; c++)
        gather(&dst->children[c], type->children[c], &src->children[c], rows, count, arena);
      break;
  }
}

/* Where each row came from: rows of one record have its offset, so a run begins wherever that does not count on. */
static void put_runs(const rn_batch *in, rn_batch *out, const uint32_t *parents, rn_arena *arena) {
  if (!in->run_count || !out->rows) return;
  rn_run *runs = rn_arena_alloc(arena, sizeof *runs * out->rows);
  uint32_t count = 0, at = 0;
  for (uint32_t i = 0; i < out->rows; i++) {
    while (at + 1 < in->run_count && in->runs[at + 1].first_row <= parents[i]) at++;
    rn_run run = in->runs[at];
    if (parents[i] < run.first_row) continue; /* has no origin */
    if (run.offset >= 0) run.offset += parents[i] - run.first_row;
    run.first_row = i;
    const rn_run *last = count ? &runs[count - 1] : NULL;
    bool counts_on = last && last->source == run.source && last->split == run.split &&
                     (run.offset < 0 ? last->offset < 0 : run.offset == last->offset + (int64_t)(i - last->first_row));
    if (!counts_on) runs[count++] = run;
  }
  out->runs = runs;
  out->run_count = count;
}

/* The element columns; NULL rows were left out, so the fields of a row are what they say. */
static void put_elements(unnest *self, const rn_column *collection, rn_batch *out, uint32_t first, rn_arena *arena) {
  const rn_field *fields = self->op.node->schema.fields;
  const rn_column *from = self->rows ? collection->children[0].children : collection->children;
  uint32_t columns = self->rows ? collection->children[0].child_count : self->counted ? 1 : collection->child_count;
  for (uint32_t c = 0; c < columns; c++)
    gather(&out->columns[first + c], fields[first + c].type, &from[c], self->items, self->made, arena);
  if (!self->op.node->u.unnest.ordinality) return;
  rn_column *ordinal = &out->columns[first + columns];
  rn_column_init(ordinal, fields[first + columns].type, self->made, arena);
  memcpy(ordinal->data, self->ordinals, sizeof *self->ordinals * self->made);
  for (uint32_t i = 0; i < self->made; i++) {
    if (self->items[i] != NO_ELEMENT) continue;
    rn_column_nullable(ordinal, self->made, arena);
    rn_set_null(ordinal, i);
  }
}

/* The rows that are gathered, over memory of `arena`. */
static void fill(unnest *self, const rn_batch *in, rn_arena *arena, rn_batch *out) {
  const rn_schema *schema = &self->op.node->schema;
  *out = (rn_batch){.rows = self->made, .live_count = self->made, .column_count = schema->count, .arena = arena};
  out->columns = RN_NEW_N(arena, rn_column, schema->count);
  for (uint32_t c = 0; c < in->column_count; c++)
    gather(&out->columns[c], schema->fields[c].type, &in->columns[c], self->parents, self->made, arena);
  put_elements(self, &in->columns[self->op.node->u.unnest.column], out, in->column_count, arena);
  put_runs(in, out, self->parents, arena); /* errors name the record */
}

static void keep(unnest *self, uint32_t at, uint32_t parent, uint32_t item, int32_t ordinal) {
  self->parents[at] = parent;
  self->items[at] = item;
  self->ordinals[at] = ordinal;
}

/* Of the candidates those that pass stay, and a row of NULLs for each that has none; `whole`: the last one has all its
 * elements among them. There is at most one for each candidate. */
static rn_status choose(unnest *self, const rn_batch *in, bool whole, rn_error *err) {
  uint16_t live[RN_BATCH_ROWS_MAX], passes[RN_BATCH_ROWS_MAX];
  uint32_t count = 0, passed = 0, at = 0, kept = 0;
  rn_batch out;
  rn_eval eval;
  rn_arena_reset(&self->scratch);
  fill(self, in, &self->scratch, &out);
  for (uint32_t i = 0; i < self->made; i++)
    if (self->items[i] != NO_ELEMENT) live[count++] = (uint16_t)i;
  out.live = live;
  out.live_count = count;
  rn_operator_eval(&self->op, &out, &eval, err);
  eval.arena = &self->scratch;
  if (rn_program_filter(self->condition, &out, &eval, passes, &passed) != RN_OK) return RN_FAIL;
  bool matched = self->open && self->matched;
  for (uint32_t i = 0; i < self->made; i++) {
    uint32_t parent = self->parents[i];
    bool last = i + 1 == self->made || self->parents[i + 1] != parent;
    bool pass = self->items[i] == NO_ELEMENT || (at < passed && passes[at] == i);
    if (at < passed && passes[at] == i) at++;
    matched |= pass;
    if (pass) keep(self, kept++, parent, self->items[i], self->ordinals[i]);
    if (!last) continue;
    self->open = i + 1 == self->made && !whole;
    self->matched = matched;
    if (!self->open && !matched) keep(self, kept++, parent, NO_ELEMENT, 0);
    matched = false;
  }
  self->made = kept;
  return RN_OK;
}

static rn_status flush(unnest *self, const rn_batch *in, bool whole, rn_error *err) {
  rn_operator *op = &self->op;
  rn_batch out;
  if (self->condition && self->made && choose(self, in, whole, err) != RN_OK) return RN_FAIL;
  if (!self->made) return RN_OK;
  rn_arena_reset(&op->arena);
  fill(self, in, &op->arena, &out);
  if (in->kinds) {
    uint8_t *kinds = rn_arena_alloc(&op->arena, self->made);
    for (uint32_t i = 0; i < self->made; i++) kinds[i] = in->kinds[self->parents[i]];
    out.kinds = kinds;
  }
  self->made = 0;
  return rn_emit(op, &out, err);
}

static rn_status add(unnest *self, const rn_batch *in, uint32_t row, uint32_t item, int32_t ordinal, rn_error *err) {
  keep(self, self->made++, row, item, ordinal);
  return self->made < self->op.context->batch_rows ? RN_OK : flush(self, in, item == NO_ELEMENT, err);
}

static rn_status unnest_process(rn_operator *op, unsigned input, rn_batch *batch, rn_error *err) {
  (void)input;
  unnest *self = (unnest *)op;
  const rn_column *collection = &batch->columns[op->node->u.unnest.column];
  const rn_column *elements = collection->children;
  for (uint32_t k = 0; k < batch->live_count; k++) {
    uint32_t row = rn_live(batch, k);
    rn_list list = rn_is_valid(collection, row) ? ((const rn_list *)collection->data)[row] : (rn_list){0, 0};
    int32_t ordinal = 0;
    for (uint32_t item = list.offset; item < list.offset + list.length; item++) {
      if (self->rows && rn_is_null(elements, item)) continue;
      int32_t times = self->counted ? ((const int32_t *)elements[1].data)[item] : 1;
      for (int32_t t = 0; t < times; t++)
        if (add(self, batch, row, item, ++ordinal, err) != RN_OK) return RN_FAIL;
    }
    /* elements of it have left, none of them passed, and no other came */
    bool none = self->open && !self->made && !self->matched;
    if (!self->made) self->open = false;
    if ((none || (!ordinal && op->node->u.unnest.outer)) && add(self, batch, row, NO_ELEMENT, 0, err) != RN_OK) return RN_FAIL;
  }
  return flush(self, batch, true, err);
}

const rn_operator_class rn_op_unnest_class = {
    .name = "unnest", .size = sizeof(unnest), .open = unnest_open, .process_batch = unnest_process, .close = unnest_close};
