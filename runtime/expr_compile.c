/* Compilation of expression trees into a program (runtime/expr.h).
 *
 * Place: called once per operator when a job opens. Each distinct sub-expression becomes one register:
 * a tree that is equal to one already computed under an enclosing selection is not computed again.
 * Branches are compiled under selections of their own, which is what keeps an untaken branch from being
 * evaluated and its errors from being raised. */
#include "base/alloc.h"
#include "base/vec.h"
#include "runtime/expr_private.h"

typedef struct known { /* an expression that has a register */
  const rn_expr *expr;
  uint64_t hash;
  uint32_t reg, sel;
  uint32_t next; /* of the same slot, an older one; NO_SELECTION: none */
} known;

enum { HASH_DEPTH = 4 }; /* levels of a tree that its hash looks at */

typedef struct compiler {
  rn_arena *arena;
  rn_error *err;
  RN_VEC(program_register) registers;
  RN_VEC(uint32_t) parents; /* of selections */
  RN_VEC(step) steps;
  RN_VEC(known) known;
  uint32_t *slots; /* newest known expression by hash */
  size_t slot_count; /* a power of two, or 0 */
} compiler;

static rn_status compile(compiler *c, const rn_expr *e, uint32_t sel, uint32_t *reg);

static uint32_t new_register(compiler *c, program_register r) {
  RN_VEC_PUSH(&c->registers, r);
  return (uint32_t)c->registers.len - 1;
}
static uint32_t new_selection(compiler *c, uint32_t parent) {
  RN_VEC_PUSH(&c->parents, parent);
  return (uint32_t)c->parents.len - 1;
}
static uint32_t step_register(compiler *c, const rn_type *type, bool constant) {
  return new_register(c, (program_register){.kind = REGISTER_STEP, .type = type, .constant = constant});
}

static step *push_step(compiler *c, step_kind kind, const rn_expr *e, uint32_t sel, uint32_t out) {
  RN_VEC_PUSH(&c->steps, ((step){.kind = kind, .out = out, .sel = sel, .then_sel = NO_SELECTION, .else_sel = NO_SELECTION,
                                 .type = e->type, .span = e->span}));
  return &c->steps.data[c->steps.len - 1];
}
static void step_arg(compiler *c, step *s, uint32_t reg) {
  s->arg_count = 1;
  s->args = rn_arena_alloc(c->arena, sizeof *s->args);
  s->args[0] = reg;
}

/* Is `part` the selection `whole` or made from it? */
static bool is_part_of(const compiler *c, uint32_t part, uint32_t whole) {
  if (whole == 0) return true;
  while (part != whole) {
    if (part == 0) return false;
    part = c->parents.data[part];
  }
  return true;
}

static uint64_t mix(uint64_t hash, uint64_t more) { return (hash ^ more) * 0x9E3779B97F4A7C15ull + (hash >> 29); }

/* Equal trees have equal hashes. */
static uint64_t hash_of(const rn_expr *e, int depth) {
  uint64_t hash = mix((uint64_t)e->kind + 1, e->arg_count);
  if (e->kind == RN_EXPR_COLUMN || e->kind == RN_EXPR_FIELD) hash = mix(hash, e->index);
  if (e->kind == RN_EXPR_CALL) hash = mix(hash, (uint64_t)(uintptr_t)e->function);
  if (e->kind == RN_EXPR_CONST && !e->value.is_null) {
    switch (rn_type_physical(e->type)) {
      case RN_P_NONE: case RN_P_LIST: case RN_P_ROW: break;
      case RN_P_STR:
        for (size_t i = 0; i < e->value.u.text.len; i++) hash = mix(hash, (unsigned char)e->value.u.text.ptr[i]);
        break;
      case RN_P_I128: hash = mix(hash, (uint64_t)e->value.u.wide); break;
      default: hash = mix(hash, (uint64_t)e->value.u.i); break; /* a double's bits */
    }
  }
  for (uint32_t i = 0; depth > 0 && i < e->arg_count; i++) hash = mix(hash, hash_of(e->args[i], depth - 1));
  return hash ^ hash >> 32;
}

static bool find_known(const compiler *c, const rn_expr *e, uint64_t hash, uint32_t sel, uint32_t *reg) {
  if (!c->slot_count) return false;
  for (uint32_t i = c->slots[hash & (c->slot_count - 1)]; i != NO_SELECTION; i = c->known.data[i].next) {
    const known *k = &c->known.data[i];
    if (k->hash == hash && rn_expr_equal(k->expr, e) && is_part_of(c, sel, k->sel)) {
      *reg = k->reg;
      return true;
    }
  }
  return false;
}

static void link_known(compiler *c, uint32_t at) {
  uint32_t *slot = &c->slots[c->known.data[at].hash & (c->slot_count - 1)];
  c->known.data[at].next = *slot;
  *slot = at;
}

static void add_known(compiler *c, known k) {
  RN_VEC_PUSH(&c->known, k);
  if (c->known.len <= c->slot_count) {
    link_known(c, (uint32_t)c->known.len - 1);
    return;
  }
  rn_free(c->slots);
  c->slot_count = c->slot_count ? c->slot_count * 4 : 64;
  c->slots = rn_malloc(c->slot_count * sizeof *c->slots);
  memset(c->slots, 0xff, c->slot_count * sizeof *c->slots);
  for (uint32_t i = 0; i < c->known.len; i++) link_known(c, i);
}

static rn_status compile_call(compiler *c, const rn_expr *e, uint32_t sel, uint32_t *reg) {
  uint32_t *args = rn_arena_alloc(c->arena, (e->arg_count ? e->arg_count : 1) * sizeof *args);
  bool constant = !(e->function->flags & RN_FN_VOLATILE);
  for (uint32_t i = 0; i < e->arg_count; i++) {
    if (compile(c, e->args[i], sel, &args[i]) != RN_OK) return RN_FAIL;
    constant = constant && c->registers.data[args[i]].constant;
  }
  void *state = NULL;
  if (e->function->prepare) {
    const rn_value **values = rn_arena_zalloc(c->arena, (e->arg_count ? e->arg_count : 1) * sizeof *values);
    for (uint32_t i = 0; i < e->arg_count; i++) {
      if (e->args[i]->kind == RN_EXPR_CONST) values[i] = &e->args[i]->value;
    }
    if (e->function->prepare(values, e->arg_count, &state, c->err) != RN_OK) {
      if (c->err && !c->err->has_span) {
        c->err->span = e->span;
        c->err->has_span = true;
      }
      return RN_FAIL;
    }
  }
  *reg = step_register(c, e->type, constant);
  step *s = push_step(c, STEP_CALL, e, sel, *reg);
  s->args = args;
  s->arg_count = e->arg_count;
  s->kernel = e->kernel;
  s->function = e->function;
  s->constant = constant;
  s->call_state = state;
  return RN_OK;
}

/* Made of kernels that are cheap and never fail: to run it on all rows costs less than to select some. */
static bool is_total(const rn_expr *e) {
  if (e->kind == RN_EXPR_COLUMN || e->kind == RN_EXPR_CONST) return true;
  if (e->kind != RN_EXPR_CALL || !(e->function->flags & RN_FN_TOTAL)) return false;
  for (uint32_t i = 0; i < e->arg_count; i++) {
    if (!is_total(e->args[i])) return false;
  }
  return true;
}

/* AND stops at FALSE, OR at TRUE: what follows runs on the rows that are not decided, unless it is total. */
static rn_status compile_logic(compiler *c, const rn_expr *e, uint32_t sel, uint32_t *reg) {
  *reg = step_register(c, e->type, false);
  uint32_t all = sel;
  for (uint32_t i = 0; i < e->arg_count; i++) {
    uint32_t arg;
    if (compile(c, e->args[i], sel, &arg) != RN_OK) return RN_FAIL;
    bool last = i + 1 == e->arg_count;
    uint32_t open = last ? NO_SELECTION : is_total(e->args[i + 1]) ? sel : new_selection(c, sel);
    step *s = push_step(c, i ? STEP_LOGIC_NEXT : STEP_LOGIC_FIRST, e, sel, *reg);
    step_arg(c, s, arg);
    s->decides = e->kind == RN_EXPR_OR;
    s->whole = sel == all;
    s->then_sel = open == sel ? NO_SELECTION : open;
    sel = open;
  }
  return RN_OK;
}

static rn_status compile_case(compiler *c, const rn_expr *e, uint32_t sel, uint32_t *reg) {
  *reg = step_register(c, e->type, false);
  for (uint32_t i = 0; i < e->arg_count; i += 2) {
    uint32_t arg, then_sel = sel;
    bool is_else = i + 1 == e->arg_count;
    if (!is_else) {
      if (compile(c, e->args[i], sel, &arg) != RN_OK) return RN_FAIL;
      uint32_t then = new_selection(c, sel), rest = new_selection(c, sel);
      step *s = push_step(c, STEP_SPLIT, e->args[i], sel, NO_SELECTION);
      step_arg(c, s, arg);
      s->then_sel = then_sel = then;
      s->else_sel = sel = rest;
    }
    if (compile(c, e->args[is_else ? i : i + 1], then_sel, &arg) != RN_OK) return RN_FAIL;
    step_arg(c, push_step(c, STEP_MOVE, e, then_sel, *reg), arg);
  }
  return RN_OK;
}

static rn_status compile_coalesce(compiler *c, const rn_expr *e, uint32_t sel, uint32_t *reg) {
  *reg = step_register(c, e->type, false);
  for (uint32_t i = 0; i < e->arg_count; i++) {
    uint32_t arg;
    if (compile(c, e->args[i], sel, &arg) != RN_OK) return RN_FAIL;
    bool last = i + 1 == e->arg_count;
    uint32_t rest = last ? NO_SELECTION : new_selection(c, sel);
    step *s = push_step(c, last ? STEP_MOVE : STEP_COALESCE, e, sel, *reg);
    step_arg(c, s, arg);
    s->else_sel = rest;
    sel = rest;
  }
  return RN_OK;
}

static rn_status compile_field(compiler *c, const rn_expr *e, uint32_t sel, uint32_t *reg) {
  uint32_t arg;
  if (compile(c, e->args[0], sel, &arg) != RN_OK) return RN_FAIL;
  bool constant = c->registers.data[arg].constant;
  *reg = step_register(c, e->type, constant);
  step *s = push_step(c, STEP_FIELD, e, sel, *reg);
  step_arg(c, s, arg);
  s->index = e->index;
  s->constant = constant;
  return RN_OK;
}

static rn_status compile(compiler *c, const rn_expr *e, uint32_t sel, uint32_t *reg) {
  uint64_t hash = hash_of(e, HASH_DEPTH);
  if (find_known(c, e, hash, sel, reg)) return RN_OK;
  uint32_t known_sel = sel;
  rn_status status = RN_OK;
  switch (e->kind) {
    case RN_EXPR_COLUMN:
      *reg = new_register(c, (program_register){.kind = REGISTER_COLUMN, .column = e->index, .type = e->type});
      known_sel = 0;
      break;
    case RN_EXPR_CONST: {
      program_register r = {.kind = REGISTER_CONSTANT, .type = e->type, .constant = true};
      rn_column_from_value(&r.value, &e->value, c->arena);
      *reg = new_register(c, r);
      known_sel = 0;
      break;
    }
    case RN_EXPR_CALL:
      if (!(e->function->flags & RN_FN_LAZY)) status = compile_call(c, e, sel, reg);
      else status = e->arg_count == 3 ? compile_case(c, e, sel, reg) : compile_coalesce(c, e, sel, reg);
      break;
    case RN_EXPR_AND: case RN_EXPR_OR: status = compile_logic(c, e, sel, reg); break;
    case RN_EXPR_CASE: status = compile_case(c, e, sel, reg); break;
    case RN_EXPR_COALESCE: status = compile_coalesce(c, e, sel, reg); break;
    case RN_EXPR_FIELD: status = compile_field(c, e, sel, reg); break;
    case RN_EXPR_OUTER: return rn_fail_at(c->err, RN_E_INTERNAL, e->span, "a column of the outer query in a plan");
  }
  if (status == RN_OK) add_known(c, (known){.expr = e, .hash = hash, .reg = *reg, .sel = known_sel});
  return status;
}

static void *keep(rn_arena *arena, const void *data, size_t bytes) {
  void *copy = rn_arena_alloc(arena, bytes ? bytes : 1);
  if (bytes) memcpy(copy, data, bytes);
  return copy;
}

rn_status rn_program_compile(rn_expr *const *roots, uint32_t root_count, rn_arena *arena, rn_program **out, rn_error *err) {
  compiler c = {.arena = arena, .err = err};
  rn_program *program = RN_NEW(arena, rn_program);
  program->arena = arena;
  program->root_count = root_count;
  program->roots = RN_NEW_N(arena, uint32_t, root_count ? root_count : 1);
  program->root_types = rn_arena_zalloc(arena, (root_count ? root_count : 1) * sizeof *program->root_types);
  new_selection(&c, 0);
  rn_status status = RN_OK;
  for (uint32_t i = 0; i < root_count && status == RN_OK; i++) {
    program->root_types[i] = roots[i]->type;
    status = compile(&c, roots[i], 0, &program->roots[i]);
  }
  program->register_count = (uint32_t)c.registers.len;
  program->selection_count = (uint32_t)c.parents.len;
  program->step_count = (uint32_t)c.steps.len;
  program->registers = keep(arena, c.registers.data, c.registers.len * sizeof *c.registers.data);
  program->steps = keep(arena, c.steps.data, c.steps.len * sizeof *c.steps.data);
  RN_VEC_FREE(&c.registers);
  RN_VEC_FREE(&c.parents);
  RN_VEC_FREE(&c.steps);
  RN_VEC_FREE(&c.known);
  rn_free(c.slots);
  if (status != RN_OK) {
    rn_program_free(program);
    program = NULL;
  }
  *out = program;
  return status;
}

void rn_program_free(rn_program *program) {
  if (!program) return;
  for (uint32_t i = 0; i < program->step_count; i++) {
    step *s = &program->steps[i];
    if (s->call_state && s->function->free_state) s->function->free_state(s->call_state);
    s->call_state = NULL;
  }
}
