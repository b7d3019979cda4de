/* EXPAND: GROUPING SETS below an aggregate. Every batch goes on once per set: the input's columns, the copies of the
 * keys (the key itself where the set has it, NULLs where not) and the set's number. Nothing is copied: the columns are
 * the input's, those of NULLs and of numbers are made once. */
#include "runtime/operators/operators.h"

typedef struct expand {
  rn_operator op;
  rn_arena memory;
  rn_column *nulls;  /* per key */
  rn_column *ids;    /* per set */
  rn_column *columns; /* of the batch that is sent */
} expand;

/* Data that is never NULL's is read blindly by dense loops: zeros. */
static void zero(rn_column *c) {
  size_t width = rn_physical_width(rn_type_physical(c->type));
  if (width) memset(c->data, 0, width * RN_BATCH_ROWS_MAX);
  if (rn_type_physical(c->type) != RN_P_ROW) return;
  for (uint32_t i = 0; i < c->child_count; i++) zero(&c->children[i]);
}

static rn_status expand_open(rn_operator *op, rn_error *err) {
  (void)err;
  expand *self = (expand *)op;
  const rn_plan_node *node = op->node;
  const rn_expand_spec *e = &node->u.expand;
  uint32_t width = node->schema.count - e->key_count - 1;
  rn_arena_init(&self->memory);
  self->nulls = RN_NEW_N(&self->memory, rn_column, e->key_count + 1);
  self->ids = RN_NEW_N(&self->memory, rn_column, e->set_count);
  self->columns = RN_NEW_N(&self->memory, rn_column, node->schema.count);
  for (uint32_t k = 0; k < e->key_count; k++) {
    rn_column_init(&self->nulls[k], node->schema.fields[width + k].type, RN_BATCH_ROWS_MAX, &self->memory);
    rn_column_nullable(&self->nulls[k], RN_BATCH_ROWS_MAX, &self->memory);
    memset(self->nulls[k].valid, 0, RN_VALID_WORDS(RN_BATCH_ROWS_MAX) * sizeof(uint64_t));
    zero(&self->nulls[k]);
  }
  for (uint32_t s = 0; s < e->set_count; s++) {
    rn_column_init(&self->ids[s], node->schema.fields[width + e->key_count].type, RN_BATCH_ROWS_MAX, &self->memory);
    for (uint32_t i = 0; i < RN_BATCH_ROWS_MAX; i++) ((int64_t *)self->ids[s].data)[i] = e->sets[s];
  }
  return RN_OK;
}

static rn_status expand_process(rn_operator *op, unsigned input, rn_batch *batch, rn_error *err) {
  (void)input;
  expand *self = (expand *)op;
  const rn_expand_spec *e = &op->node->u.expand;
  uint32_t width = batch->column_count;
  memcpy(self->columns, batch->columns, width * sizeof *self->columns);
  for (uint32_t s = 0; s < e->set_count; s++) {
    for (uint32_t k = 0; k < e->key_count; k++) {
      rn_column *c = &self->columns[width + k];
      *c = e->sets[s] >> k & 1 ? self->nulls[k] : batch->columns[e->keys[k]];
      c->type = op->node->schema.fields[width + k].type;
    }
    self->columns[width + e->key_count] = self->ids[s];
    rn_batch out = *batch;
    out.columns = self->columns;
    out.column_count = op->node->schema.count;
    if (rn_emit(op, &out, err) != RN_OK) return RN_FAIL;
  }
  return RN_OK;
}

static void expand_close(rn_operator *op) { rn_arena_free(&((expand *)op)->memory); }

const rn_operator_class rn_op_expand_class = {
    .name = "expand", .size = sizeof(expand), .open = expand_open, .process_batch = expand_process, .close = expand_close};
