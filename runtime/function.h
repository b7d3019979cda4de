/* Functions: one table row each. Checks, argument errors, SHOW FUNCTIONS, \h, completion and
 * docs/FUNCTIONS.md come from the row. Operators (+, =, LIKE, CAST ..) are rows too, with names that
 * cannot be typed as calls. Files: functions/scalar_<family>.c, each exporting one array. */
#ifndef RN_RUNTIME_FUNCTION_H
#define RN_RUNTIME_FUNCTION_H
#include "runtime/expr.h"

typedef enum rn_arg_class {
  RN_ARG_ANY, RN_ARG_BOOLEAN, RN_ARG_INTEGER /* any integer type */, RN_ARG_INT /* widened to INT */,
  RN_ARG_BIGINT /* integers, widened */, RN_ARG_EXACT /* integer or DECIMAL */, RN_ARG_NUMERIC,
  RN_ARG_DOUBLE /* any numeric, widened to DOUBLE */, RN_ARG_STRING, RN_ARG_BINARY,
  RN_ARG_STRING_OR_BINARY, RN_ARG_DATE, RN_ARG_TIME, RN_ARG_TIMESTAMP /* TIMESTAMP or LTZ */,
  RN_ARG_TEMPORAL, RN_ARG_INTERVAL, RN_ARG_COMPARABLE, RN_ARG_SAME /* all SAME args: common type */,
  RN_ARG_UNIT /* a time unit keyword, given as a constant string */, RN_ARG_ROW, RN_ARG_ARRAY, RN_ARG_MAP,
  RN_ARG_VARIANT
} rn_arg_class;

enum {
  RN_FN_STRICT = 1,        /* NULL in any argument: NULL; the kernel sees only rows without NULLs */
  RN_FN_VOLATILE = 2,      /* differs per row or call: never folded or shared (RAND, UUID) */
  RN_FN_NOW = 4,           /* depends on eval->now_us: not folded in streaming */
  RN_FN_VARIADIC = 8,      /* the last class repeats up to max_args */
  RN_FN_OPERATOR = 16,     /* infix or special form: hidden from SHOW FUNCTIONS, called by the binder only */
  RN_FN_NO_PARENS = 32,    /* CURRENT_DATE: also called without parentheses */
  RN_FN_ZONE = 64,         /* depends on the session zone */
  RN_FN_MAY_FAIL = 128,    /* may raise a run-time error: folding must keep the error lazy */
  RN_FN_NULL_RESULT = 256, /* result nullable even when no argument is (SPLIT_INDEX, TO_DATE ..) */
  RN_FN_TOTAL = 512,       /* kernel is cheap and safe on any bytes of fixed width: may run on rows that are
                              not selected or NULL, so that its loop stays dense */
  RN_FN_SYNTAX = 2048,     /* clauses of its own (JSON_VALUE): its first argument is made of them by the binder; no
                              plain call */
  RN_FN_LAZY = 1024        /* no kernel: the program narrows the selection (IF: like CASE; IFNULL: like COALESCE) */
};

enum { RN_FN_ARGS_MAX = 8 };

typedef struct rn_resolution {
  const rn_type *arg_types[64]; /* what each argument must be cast to (same type: no cast); variadic: as many as given */
  const rn_type *result;
  rn_kernel kernel;
  /* In: the values of arguments that are constant (NULL entries: not constant), or NULL. Some result types
   * depend on them (ROUND, FLOOR TO, TIMESTAMPADD). Callers zero the struct first. */
  const rn_value *const *constants;
} rn_resolution;

struct rn_function {
  const char *name;      /* "SUBSTRING"; operators: "+" "=" "IS NULL" "CAST" */
  const char *signature; /* "SUBSTRING(s STRING, pos INT [, len INT]) -> STRING" */
  uint8_t min_args, max_args; /* max 255: no limit */
  uint16_t flags;
  uint8_t classes[RN_FN_ARGS_MAX]; /* rn_arg_class per argument */
  /* Result type and kernel from the argument types (after classes were checked and arg_types preset to
   * the widened types; may change arg_types). Returns RN_FAIL without a message for "does not take
   * these types"; the caller words the error from the row. */
  rn_status (*resolve)(const struct rn_function *fn, const rn_type *const *types, uint32_t count,
                       rn_arena *arena, rn_resolution *out);
  /* Optional: once per call site, with constant arguments (non-constant ones are NULL): compiles
   * regexes, formats, patterns. *state is freed with free_state. */
  rn_status (*prepare)(const rn_value *const *constant_args, uint32_t count, void **state, rn_error *err);
  void (*free_state)(void *state);
  const char *help;    /* one line */
  const char *example; /* "SUBSTRING('hello', 2, 3) = 'ell'": checked by a test */
  /* resolve == NULL: this kernel, and this type (rn_type_id) as the result. Either way the nullability of
   * a STRICT row's result is set by rn_function_resolve from the arguments. */
  rn_kernel kernel;
  uint8_t result;
};

/* First row of that name (case-insensitive); overloads with other classes follow in the table and are
 * tried in order by rn_function_resolve. NULL: none. */
const rn_function *rn_function_find(rn_slice name);
const rn_function *rn_function_rows(size_t index); /* NULL past the end; in table order */
const char *rn_function_family(const rn_function *fn); /* "String functions": heading in docs */
/* Tries every overload of the name. Fails with E_ARGUMENTS worded from the rows' signatures:
 * `SUBSTRING takes (s STRING, pos INT [, len INT]), got (BOOLEAN, INT)`. */
rn_status rn_function_resolve(rn_slice name, const rn_type *const *types, uint32_t count, rn_span span,
                              rn_arena *arena, const rn_function **fn, rn_resolution *out, rn_error *err);

/* Casts. `safe` is TRY_CAST. Returns E_CAST for a pair the dialect does not have. The row is the
 * operator row "CAST" / "TRY_CAST", result type `to` (nullability of the input; safe: nullable). */
rn_status rn_cast_resolve(const rn_type *from, const rn_type *to, bool safe, rn_span span,
                          rn_arena *arena, const rn_function **fn, rn_resolution *out, rn_error *err);
/* Implicit conversion allowed by DIALECT 2.5 (INSERT, arguments)? */
bool rn_cast_is_implicit(const rn_type *from, const rn_type *to);
/* Common type of CASE, COALESCE, UNION, VALUES, IN; NULL: there is none. */
const rn_type *rn_type_common(rn_arena *arena, const rn_type *a, const rn_type *b);

#endif
