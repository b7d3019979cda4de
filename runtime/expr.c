/* Running of programs over batches (runtime/expr.h).
 *
 * Place: filter, project, watermark and every operator with expressions. Vectorised interpretation after
 * Boncz 2005 (MonetDB/X100): one indirect call per step and batch, plain loops inside. NULLs are handled
 * here once for all strict functions: validity is the AND of the arguments' bitmaps, and the kernel sees
 * only the rows that are left. */
#include "runtime/expr_private.h"

#include <stdio.h>

RN_VECTORISE

rn_status rn_eval_fail(rn_eval *eval, uint32_t row, rn_code code, const char *format, ...) {
  if (!eval->err || eval->err->code) return RN_FAIL;
  va_list args;
  va_start(args, format);
  char text[sizeof eval->err->message];
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  eval->error_row = row;
  if (eval->span.begin == eval->span.end) return rn_fail(eval->err, code, "%s", text);
  return rn_fail_at(eval->err, code, eval->span, "%s", text);
}

/* --- NULLs ------------------------------------------------------------------------------------------------ */

static void all_null(rn_eval *eval, rn_column *out) {
  rn_column_nullable(out, eval->rows, eval->arena);
  memset(out->valid, 0, RN_VALID_WORDS(eval->rows) * sizeof *out->valid);
}

/* A cheap kernel over most of the batch is faster over all of it: its loop stays dense. */
static rn_sel densify(const rn_eval *eval, const rn_sel *sel, uint16_t flags) {
  if ((flags & RN_FN_TOTAL) && sel->rows && sel->count >= eval->rows / 4) return (rn_sel){NULL, eval->rows};
  return *sel;
}

rn_status rn_run_strict(rn_eval *eval, rn_kernel kernel, const rn_column *const *args, uint32_t arg_count,
                        uint16_t flags, rn_column *out, const rn_sel *sel) {
  uint32_t words = RN_VALID_WORDS(eval->rows);
  bool any = false;
  for (uint32_t i = 0; i < arg_count; i++) {
    const rn_column *a = args[i];
    if (a->constant ? rn_is_null(a, 0) : a->type->id == RN_T_NULL) {
      all_null(eval, out);
      return RN_OK;
    }
    if (a->constant || !a->valid) continue;
    if (!any) {
      out->valid = rn_arena_alloc_aligned(eval->arena, words * sizeof *out->valid, 64);
      memcpy(out->valid, a->valid, words * sizeof *out->valid);
      any = true;
    } else {
      for (uint32_t w = 0; w < words; w++) out->valid[w] &= a->valid[w];
    }
  }
  if (!any || (flags & RN_FN_TOTAL)) {
    rn_sel dense = densify(eval, sel, flags);
    return kernel(eval, args, arg_count, out, &dense);
  }
  uint16_t *rows = rn_arena_alloc_aligned(eval->arena, (sel->count + 1) * sizeof *rows, 64);
  uint32_t count = 0;
  for (uint32_t i = 0; i < sel->count; i++) {
    uint32_t row = rn_sel_row(sel, i);
    rows[count] = (uint16_t)row;
    count += (uint32_t)(out->valid[row >> 6] >> (row & 63)) & 1;
  }
  if (count == 0) return RN_OK;
  rn_sel narrowed = {count == sel->count ? sel->rows : rows, count};
  return kernel(eval, args, arg_count, out, &narrowed);
}

/* --- moving values -------------------------------------------------------------------------------------------- */

#define MOVE(T)                                              \
  do {                                                       \
    const T *from_ = from->data;                             \
    T *to_ = out->data;                                      \
    if (from->constant) {                                    \
      FOR_ROWS(r_) to_[r_] = from_[0];                       \
    } else {                                                 \
      FOR_ROWS(r_) to_[r_] = from_[r_];                      \
    }                                                        \
  } while (0)

void rn_column_move(rn_eval *eval, rn_column *out, const rn_column *from, const rn_sel *sel) {
  rn_physical physical = rn_type_physical(out->type);
  bool from_null = from->type->id == RN_T_NULL || (from->constant && rn_is_null(from, 0));
  if (from_null || (from->valid && !from->constant)) {
    rn_column_nullable(out, eval->rows, eval->arena);
    FOR_ROWS(row) {
      if (from_null || rn_is_null(from, row)) rn_set_null(out, row);
      else rn_set_valid(out, row);
    }
  } else if (out->valid) {
    FOR_ROWS(row) rn_set_valid(out, row);
  }
  if (from_null) {
    size_t width = rn_physical_width(physical);
    if (width) {
      FOR_ROWS(row) memset((char *)out->data + width * row, 0, width);
    }
    return;
  }
  switch (physical) {
    case RN_P_NONE: break;
    case RN_P_BOOL: case RN_P_I8: MOVE(uint8_t); break;
    case RN_P_I16: MOVE(uint16_t); break;
    case RN_P_I32: MOVE(uint32_t); break;
    case RN_P_F32: MOVE(float); break;
    case RN_P_I64: MOVE(uint64_t); break;
    case RN_P_F64: MOVE(double); break;
    case RN_P_I128: MOVE(rn_i128); break;
    case RN_P_STR: MOVE(rn_str); break;
    case RN_P_LIST:
      FOR_ROWS(row) rn_column_copy_value(out, row, from, from->constant ? 0 : row, eval->rows, eval->arena);
      break;
    case RN_P_ROW:
      for (uint32_t i = 0; i < out->child_count; i++) {
        rn_column child = from->children[i];
        child.constant = from->constant;
        rn_column_move(eval, &out->children[i], &child, sel);
      }
      break;
  }
}

/* --- steps ------------------------------------------------------------------------------------------------------- */

typedef struct run {
  const rn_program *program;
  rn_eval *eval;
  rn_column *columns;         /* of step registers */
  const rn_column **registers;
  rn_sel *sels;
} run;

/* The output column of a step; several steps may write into one (CASE). */
static rn_column *output(run *r, const step *s) {
  rn_column *out = &r->columns[s->out];
  if (!out->type) {
    uint32_t rows = s->constant ? 1 : r->eval->rows;
    rn_column_init(out, s->type, rows, r->eval->arena);
    out->constant = s->constant;
    r->registers[s->out] = out;
  }
  return out;
}

static uint16_t *new_rows(run *r, uint32_t count) {
  return rn_arena_alloc_aligned(r->eval->arena, (count + 1) * sizeof(uint16_t), 64);
}

static rn_status run_call(run *r, const step *s, const rn_sel *sel) {
  enum { STACK = 16 };
  const rn_column *on_stack[STACK], **args = on_stack;
  if (s->arg_count > STACK) args = rn_arena_alloc(r->eval->arena, s->arg_count * sizeof *args);
  for (uint32_t i = 0; i < s->arg_count; i++) args[i] = r->registers[s->args[i]];
  rn_eval *eval = r->eval;
  rn_column *out = output(r, s);
  uint32_t rows = eval->rows;
  rn_sel one = {NULL, 1};
  if (s->constant) {
    eval->rows = 1;
    sel = &one;
  }
  eval->call_state = s->call_state;
  eval->span = s->span;
  rn_status status;
  uint16_t flags = s->function->flags;
  if (flags & RN_FN_STRICT) {
    status = rn_run_strict(eval, s->kernel, args, s->arg_count, flags, out, sel);
  } else {
    rn_sel dense = densify(eval, sel, flags);
    status = s->kernel(eval, args, s->arg_count, out, &dense);
  }
  eval->rows = rows;
  return status;
}

static void run_field(run *r, const step *s) {
  const rn_column *row = r->registers[s->args[0]];
  rn_column *out = &r->columns[s->out];
  r->registers[s->out] = out;
  if (row->type->id == RN_T_NULL || !row->children) {
    rn_column_init(out, s->type, s->constant ? 1 : r->eval->rows, r->eval->arena);
    all_null(r->eval, out);
    out->constant = s->constant;
    return;
  }
  *out = row->children[s->index];
  out->constant = s->constant;
  if (!row->valid) return;
  /* NULL where the row is, or the field. */
  uint32_t words = s->constant ? 1 : RN_VALID_WORDS(r->eval->rows);
  uint64_t *valid = rn_arena_alloc_aligned(r->eval->arena, words * sizeof *valid, 64);
  for (uint32_t w = 0; w < words; w++) valid[w] = row->valid[w] & (out->valid ? out->valid[w] : ~0ull);
  out->valid = valid;
}

/* Over whole registers, when nobody has to be selected: bytes where nothing is NULL, else 64 rows a word of
 * the bitmaps. Rows that are not selected hold anything, and stay so; so this must not run where rows of the
 * expression were decided before, for which the argument was not computed. */
static void logic_dense(run *r, const step *s, const rn_column *a, rn_column *out) {
  const uint8_t *in = a->data;
  uint8_t *o = out->data;
  uint32_t rows = r->eval->rows, words = RN_VALID_WORDS(rows);
  if (s->kind == STEP_LOGIC_FIRST) {
    memcpy(o, in, rows);
    if (!a->valid) return;
    rn_column_nullable(out, rows, r->eval->arena);
    memcpy(out->valid, a->valid, words * sizeof *out->valid);
    return;
  }
  if (!a->valid && !out->valid) {
    if (s->decides) for (uint32_t i = 0; i < rows; i++) o[i] |= in[i];
    else for (uint32_t i = 0; i < rows; i++) o[i] &= in[i];
    return;
  }
  rn_column_nullable(out, rows, r->eval->arena);
  uint8_t decides = s->decides;
  for (uint32_t w = 0; w < words; w++) {
    uint64_t va = out->valid[w], vb = a->valid ? a->valid[w] : ~0ull, known = 0;
    uint32_t first = w * 64, count = rows - first < 64 ? rows - first : 64;
    for (uint32_t i = 0; i < count; i++) {
      uint8_t x = o[first + i], y = in[first + i], kx = (uint8_t)(va >> i & 1), ky = (uint8_t)(vb >> i & 1);
      uint8_t decided = (uint8_t)((kx & (x == decides)) | (ky & (y == decides)));
      o[first + i] = (uint8_t)(decided ? decides : !decides);
      known |= (uint64_t)(decided | (kx & ky)) << i;
    }
    out->valid[w] = known;
  }
}

static void run_logic(run *r, const step *s, const rn_sel *sel) {
  const rn_column *a = r->registers[s->args[0]];
  bool first = s->kind == STEP_LOGIC_FIRST;
  rn_column *out = output(r, s);
  const uint8_t *in = a->data;
  uint8_t *o = out->data;
  bool decides = s->decides, is_null_type = a->type->id == RN_T_NULL;
  uint16_t *open = s->then_sel != NO_SELECTION ? new_rows(r, sel->count) : NULL;
  if (!open && s->whole && !a->constant && !is_null_type && sel->count >= r->eval->rows / 4) {
    logic_dense(r, s, a, out);
    return;
  }
  uint32_t count = 0;
  if (is_null_type || a->valid) rn_column_nullable(out, r->eval->rows, r->eval->arena);
  FOR_ROWS(row) {
    uint32_t at = a->constant ? 0 : row;
    bool known = !is_null_type && rn_is_valid(a, at), value = known && in[at];
    bool decided = known && value == decides;
    if (!first && (o[row] != 0) == decides && rn_is_valid(out, row)) {
      decided = true; /* by an argument before; total arguments run on such rows too */
    } else if (decided || (first && known)) {
      o[row] = value;
      if (out->valid) rn_set_valid(out, row);
    } else if (!known) {
      o[row] = 0;
      rn_set_null(out, row);
    } /* else: neutral, what is there stays */
    if (open) {
      open[count] = (uint16_t)row;
      count += !decided;
    }
  }
  if (open) r->sels[s->then_sel] = (rn_sel){open, count};
}

static void run_split(run *r, const step *s, const rn_sel *sel) {
  const rn_column *a = r->registers[s->args[0]];
  const uint8_t *in = a->data;
  uint16_t *then_rows = new_rows(r, sel->count), *else_rows = new_rows(r, sel->count);
  uint32_t then_count = 0, else_count = 0;
  bool is_null_type = a->type->id == RN_T_NULL;
  FOR_ROWS(row) {
    uint32_t at = a->constant ? 0 : row;
    bool is_true = !is_null_type && rn_is_valid(a, at) && in[at];
    then_rows[then_count] = (uint16_t)row;
    else_rows[else_count] = (uint16_t)row;
    then_count += is_true;
    else_count += !is_true;
  }
  /* A selection that is the whole one keeps its dense form. */
  r->sels[s->then_sel] = then_count == sel->count ? *sel : (rn_sel){then_rows, then_count};
  r->sels[s->else_sel] = else_count == sel->count ? *sel : (rn_sel){else_rows, else_count};
}

static void run_coalesce(run *r, const step *s, const rn_sel *sel) {
  const rn_column *a = r->registers[s->args[0]];
  bool is_null_type = a->type->id == RN_T_NULL;
  uint16_t *have = new_rows(r, sel->count), *rest = new_rows(r, sel->count);
  uint32_t have_count = 0, rest_count = 0;
  FOR_ROWS(row) {
    bool is_null = is_null_type || rn_is_null(a, a->constant ? 0 : row);
    have[have_count] = (uint16_t)row;
    rest[rest_count] = (uint16_t)row;
    have_count += !is_null;
    rest_count += is_null;
  }
  rn_sel have_sel = have_count == sel->count ? *sel : (rn_sel){have, have_count};
  rn_column *out = output(r, s);
  if (have_count) rn_column_move(r->eval, out, a, &have_sel);
  r->sels[s->else_sel] = rest_count == sel->count ? *sel : (rn_sel){rest, rest_count};
}

static rn_status run_steps(run *r) {
  for (uint32_t i = 0; i < r->program->step_count; i++) {
    const step *s = &r->program->steps[i];
    const rn_sel *sel = &r->sels[s->sel];
    if (sel->count == 0) continue;
    switch (s->kind) {
      case STEP_CALL:
        if (run_call(r, s, sel) != RN_OK) {
          if (s->constant) r->eval->error_row = rn_sel_row(sel, 0);
          return RN_FAIL;
        }
        break;
      case STEP_FIELD: run_field(r, s); break;
      case STEP_LOGIC_FIRST: case STEP_LOGIC_NEXT: run_logic(r, s, sel); break;
      case STEP_SPLIT: run_split(r, s, sel); break;
      case STEP_MOVE: rn_column_move(r->eval, output(r, s), r->registers[s->args[0]], sel); break;
      case STEP_COALESCE: run_coalesce(r, s, sel); break;
    }
  }
  return RN_OK;
}

static rn_status start(run *r, const rn_program *program, const rn_batch *in, rn_eval *eval) {
  *r = (run){.program = program, .eval = eval};
  uint32_t count = program->register_count;
  r->columns = RN_NEW_N(eval->arena, rn_column, count ? count : 1);
  r->registers = rn_arena_zalloc(eval->arena, (count ? count : 1) * sizeof *r->registers);
  r->sels = RN_NEW_N(eval->arena, rn_sel, program->selection_count);
  r->sels[0] = (rn_sel){in->live, in->live_count};
  for (uint32_t i = 0; i < count; i++) {
    const program_register *reg = &program->registers[i];
    if (reg->kind == REGISTER_COLUMN) r->registers[i] = &in->columns[reg->column];
    if (reg->kind == REGISTER_CONSTANT) r->registers[i] = &reg->value;
  }
  eval->rows = in->rows;
  eval->error_row = -1;
  return run_steps(r);
}

rn_status rn_program_run(const rn_program *program, const rn_batch *in, rn_eval *eval, rn_column *results) {
  run r;
  if (start(&r, program, in, eval) != RN_OK) return RN_FAIL;
  for (uint32_t i = 0; i < program->root_count; i++) {
    const rn_column *reg = r.registers[program->roots[i]];
    if (reg && !reg->constant) {
      results[i] = *reg;
    } else {
      rn_column_init(&results[i], program->root_types[i], in->rows, eval->arena);
      if (reg && in->live_count) rn_column_move(eval, &results[i], reg, &r.sels[0]);
    }
    results[i].type = program->root_types[i];
  }
  return RN_OK;
}

rn_status rn_program_filter(const rn_program *program, const rn_batch *in, rn_eval *eval, uint16_t *out_rows,
                            uint32_t *out_count) {
  run r;
  *out_count = 0;
  if (in->live_count == 0) return RN_OK;
  if (start(&r, program, in, eval) != RN_OK) return RN_FAIL;
  const rn_column *c = r.registers[program->roots[0]];
  if (c->type->id == RN_T_NULL) return RN_OK;
  const uint8_t *data = c->data;
  uint32_t count = 0, n = in->live_count;
  const uint16_t *live = in->live;
  if (c->constant) {
    if (rn_is_null(c, 0) || !data[0]) return RN_OK;
    for (uint32_t i = 0; i < n; i++) out_rows[i] = (uint16_t)(live ? live[i] : i);
    *out_count = n;
    return RN_OK;
  }
  const uint64_t *valid = c->valid;
  if (!valid && !live) {
    for (uint32_t i = 0; i < n; i++) {
      out_rows[count] = (uint16_t)i;
      count += data[i];
    }
  } else {
    for (uint32_t i = 0; i < n; i++) {
      uint32_t row = live ? live[i] : i;
      out_rows[count] = (uint16_t)row;
      count += data[row] & (valid ? (uint32_t)(valid[row >> 6] >> (row & 63)) & 1u : 1u);
    }
  }
  *out_count = count;
  return RN_OK;
}

rn_status rn_expr_evaluate(const rn_expr *e, const rn_zone *zone, int64_t now_us, rn_arena *arena, rn_value *out,
                           rn_error *err) {
  if (e->kind == RN_EXPR_CONST) {
    *out = e->value;
    return RN_OK;
  }
  rn_zone *utc = NULL;
  if (!zone && rn_zone_open("UTC", &utc, err) != RN_OK) return RN_FAIL;
  uint64_t seed = (uint64_t)now_us;
  rn_eval eval = {.arena = arena, .zone = zone ? zone : utc, .now_us = now_us, .watermark_us = INT64_MIN,
                  .random_state = &seed, .err = err};
  rn_batch one = {.rows = 1, .live_count = 1, .arena = arena};
  rn_program *program;
  rn_column result;
  rn_expr *root = rn_expr_make(arena, e->kind, e->type, e->span, e->arg_count, e->args);
  *root = *e;
  rn_status status = rn_program_compile(&root, 1, arena, &program, err);
  if (status == RN_OK) status = rn_program_run(program, &one, &eval, &result);
  if (status == RN_OK) *out = rn_value_from_column(&result, 0, arena);
  rn_program_free(program);
  rn_zone_close(utc);
  return status;
}
