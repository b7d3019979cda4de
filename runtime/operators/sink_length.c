/* 'table.exec.sink.type-length-enforcer'. INSERT casts what has another type than its column; what has the same type may
 * still be longer (or a CHAR shorter), since sources do not cut: here the sink cuts and pads, or refuses. Lengths of text are
 * code points, of bytes bytes. */
#include "runtime/operators/operators.h"

typedef struct enforced { /* a column with a length */
  bool text, fixed;
  size_t length;
} enforced;

static bool has_length(const rn_type *type, enforced *out) {
  out->text = rn_type_is_string(type);
  out->fixed = type->id == RN_T_CHAR || type->id == RN_T_BINARY;
  out->length = (size_t)type->precision;
  return (out->text || rn_type_is_binary(type)) && type->precision < RN_LENGTH_MAX;
}
static size_t length_of(const enforced *e, const rn_str *s) {
  return e->text && s->len ? rn_utf8_length(rn_str_ptr(s), s->len) : s->len;
}
static bool fits(const enforced *e, const rn_str *s) {
  /* fewer bytes than the length allows cannot be too many characters */
  if (!e->fixed && s->len <= e->length) return true;
  size_t length = length_of(e, s);
  return e->fixed ? length == e->length : length <= e->length;
}

static rn_str trimmed(const enforced *e, const rn_str *s, rn_arena *arena) {
  const char *bytes = rn_str_ptr(s);
  size_t have = length_of(e, s), keep = s->len;
  if (have > e->length) { /* the bytes of the first characters */
    keep = 0;
    for (size_t n = 0; n < e->length; n++) {
      keep++;
      while (e->text && keep < s->len && ((unsigned char)bytes[keep] & 0xC0) == 0x80) keep++;
    }
  }
  size_t pad = e->fixed && have < e->length ? e->length - have : 0;
  char *out = rn_arena_alloc(arena, keep + pad + 1);
  memcpy(out, bytes, keep);
  memset(out + keep, e->text ? ' ' : 0, pad);
  return rn_str_make(out, keep + pad);
}

rn_status rn_sink_check_lengths(rn_operator *sink, rn_batch *batch, rn_error *err) {
  const rn_plan_node *n = sink->node;
  bool copied = false;
  for (uint32_t c = 0; c < batch->column_count; c++) {
    const rn_table_column *target = &n->u.sink.table->columns[n->u.sink.columns[c]];
    enforced e;
    if (!has_length(target->type, &e)) continue;
    rn_str *values = batch->columns[c].data;
    bool own = false;
    for (uint32_t i = 0; i < batch->live_count; i++) {
      uint32_t row = rn_live(batch, i);
      if (rn_is_null(&batch->columns[c], row) || fits(&e, &values[row])) continue;
      if (n->u.sink.lengths == RN_LENGTHS_ERROR) {
        rn_fail(err, RN_E_LENGTH, "column %s of table %s is %s, but the query gives a value of length %zu", target->name,
                n->u.sink.table->name, rn_type_name(&sink->arena, target->type), length_of(&e, &values[row]));
        err->span = n->span;
        err->has_span = true;
        (void)rn_hint(err, "'table.exec.sink.type-length-enforcer' = 'TRIM_PAD' cuts and pads such values");
        return rn_operator_row_error(sink, batch, row, err);
      }
      if (!copied) { /* the columns may be shared with other consumers */
        rn_column *columns = rn_arena_alloc(&sink->arena, sizeof *columns * (batch->column_count + 1));
        memcpy(columns, batch->columns, sizeof *columns * batch->column_count);
        batch->columns = columns;
        copied = true;
      }
      if (!own) {
        rn_str *copy = rn_arena_alloc(&sink->arena, sizeof *copy * (batch->rows + 1));
        memcpy(copy, values, sizeof *copy * batch->rows);
        batch->columns[c].data = values = copy;
        own = true;
      }
      values[row] = trimmed(&e, &values[row], &sink->arena);
    }
  }
  return RN_OK;
}
