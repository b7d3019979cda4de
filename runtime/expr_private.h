/* The compiled program: what expr_compile.c makes and expr.c runs. Private to runtime/.
 *
 *   registers   columns of a run: input columns, constants, results of steps
 *   selections  row lists of a run: 0 is the batch's live rows, others are made by steps (the rows of one
 *               branch); each has a parent of which it is a part
 *   steps       in order of execution, each under one selection; a step whose selection is empty is skipped
 *
 * A register that was computed under a selection may be read under every part of it. */
#ifndef RN_RUNTIME_EXPR_PRIVATE_H
#define RN_RUNTIME_EXPR_PRIVATE_H
#include "runtime/expr.h"
#include "runtime/functions/scalar.h"

typedef enum step_kind {
  STEP_CALL,        /* out = kernel(args) */
  STEP_FIELD,       /* out = field `index` of args[0] */
  STEP_LOGIC_FIRST, /* out = args[0]; then_sel = rows where it does not decide (AND: FALSE decides, OR: TRUE) */
  STEP_LOGIC_NEXT,  /* out = out AND/OR args[0] under sel; then_sel as above */
  STEP_SPLIT,       /* then_sel = rows where args[0] is TRUE, else_sel = the others */
  STEP_MOVE,        /* out = args[0] at the selected rows; other rows of out stay */
  STEP_COALESCE     /* out = args[0] where it is not NULL; else_sel = rows where it is NULL */
} step_kind;

#define NO_SELECTION UINT32_MAX

typedef struct step {
  step_kind kind;
  bool constant;  /* all arguments are: computed for one row, stands for all */
  bool decides;   /* LOGIC: the value that ends it */
  bool whole;     /* LOGIC: runs on all rows of the expression: none was decided before */
  uint32_t out, sel, then_sel, else_sel, index;
  uint32_t arg_count;
  uint32_t *args; /* registers */
  rn_kernel kernel;
  const rn_function *function;
  void *call_state;
  const rn_type *type;
  rn_span span;
} step;

typedef enum register_kind { REGISTER_STEP, REGISTER_COLUMN, REGISTER_CONSTANT } register_kind;
typedef struct program_register {
  register_kind kind;
  bool constant;     /* CONSTANT, or the result of a constant step */
  uint32_t column;   /* COLUMN: of the input */
  rn_column value;   /* CONSTANT */
  const rn_type *type;
} program_register;

struct rn_program {
  rn_arena *arena;
  uint32_t register_count, selection_count, step_count, root_count;
  program_register *registers;
  step *steps;
  uint32_t *roots; /* registers */
  const rn_type **root_types;
};

#endif
