/* What the files of scalar functions and casts share: the sets of rows, loops over selections, and
 * small helpers for arguments and results. Private to runtime/. */
#ifndef RN_RUNTIME_FUNCTIONS_SCALAR_H
#define RN_RUNTIME_FUNCTIONS_SCALAR_H
#include "runtime/function.h"

/* Loops of kernels are plain; gcc vectorises them only with the cost model of -O3 (clang always). */
#if defined(__GNUC__) && !defined(__clang__)
#define RN_VECTORISE _Pragma("GCC optimize(\"O3\")")
#else
#define RN_VECTORISE
#endif

/* A file of functions exports one set; function.c lists the sets in the order of the documentation. */
typedef struct rn_function_set {
  const char *family; /* heading in docs: "String functions" */
  const rn_function *rows;
  size_t count;
} rn_function_set;
#define RN_FUNCTION_SET(name, heading, array) \
  const rn_function_set name = {heading, array, sizeof(array) / sizeof((array)[0])}
extern const rn_function_set rn_set_printf;
extern const rn_function_set rn_set_array;
extern const rn_function_set rn_set_map;
extern const rn_function_set rn_set_inet;
extern const rn_function_set rn_set_compare, rn_set_arithmetic, rn_set_interval, rn_set_cast, rn_set_like,
    rn_set_logic, rn_set_row, rn_set_math, rn_set_text, rn_set_text_search, rn_set_text_code, rn_set_url, rn_set_hash, rn_set_regex, rn_set_time,
    rn_set_time_unit, rn_set_time_text, rn_set_conditional, rn_set_collection,
    rn_set_json_read, rn_set_json_make, rn_set_variant;

#define KERNEL(name) \
  static rn_status name(rn_eval *eval, const rn_column *const *args, uint32_t arg_count, rn_column *out, const rn_sel *sel)
#define UNUSED_EVAL ((void)eval, (void)arg_count)

/* for (each selected row number `row`) */
#define FOR_ROWS(row)                                                                             \
  for (uint32_t i_ = 0, row; i_ < sel->count && ((row = sel->rows ? sel->rows[i_] : i_), true); i_++)
/* Row of an argument that may be constant. */
#define AT(k, row) (args[k]->constant ? 0 : (row))
#define TEXT(k, row) rn_str_slice((const rn_str *)args[k]->data + AT(k, row))
#define I32(k, row) (((const int32_t *)args[k]->data)[AT(k, row)])
#define I64(k, row) (((const int64_t *)args[k]->data)[AT(k, row)])

/* out[row] = expr of x = a[row]: a vectorisable loop when the selection is dense. */
#define UNARY_LOOP(TA, TO, expr)                             \
  do {                                                       \
    const TA *restrict a_ = args[0]->data;                   \
    TO *restrict o_ = out->data;                             \
    if (args[0]->constant) {                                 \
      TA x = a_[0];                                          \
      TO v_ = (TO)(expr);                                    \
      FOR_ROWS(r_) o_[r_] = v_;                              \
    } else if (!sel->rows) {                                 \
      for (uint32_t r_ = 0; r_ < sel->count; r_++) {         \
        TA x = a_[r_];                                       \
        o_[r_] = (TO)(expr);                                 \
      }                                                      \
    } else {                                                 \
      for (uint32_t k_ = 0; k_ < sel->count; k_++) {         \
        uint32_t r_ = sel->rows[k_];                         \
        TA x = a_[r_];                                       \
        o_[r_] = (TO)(expr);                                 \
      }                                                      \
    }                                                        \
  } while (0)

/* out[row] = expr of x = a[row], y = b[row]; a loop of its own for each side being constant. */
#define BINARY_LOOP(TA, TB, TO, expr)                        \
  do {                                                       \
    const TA *restrict a_ = args[0]->data;                   \
    const TB *restrict b_ = args[1]->data;                   \
    TO *restrict o_ = out->data;                             \
    if (!sel->rows && !args[0]->constant && args[1]->constant) { \
      TB y = b_[0];                                          \
      for (uint32_t r_ = 0; r_ < sel->count; r_++) {         \
        TA x = a_[r_];                                       \
        o_[r_] = (TO)(expr);                                 \
      }                                                      \
    } else if (!sel->rows && args[0]->constant && !args[1]->constant) { \
      TA x = a_[0];                                          \
      for (uint32_t r_ = 0; r_ < sel->count; r_++) {         \
        TB y = b_[r_];                                       \
        o_[r_] = (TO)(expr);                                 \
      }                                                      \
    } else if (!sel->rows && !args[0]->constant) {           \
      for (uint32_t r_ = 0; r_ < sel->count; r_++) {         \
        TA x = a_[r_];                                       \
        TB y = b_[r_];                                       \
        o_[r_] = (TO)(expr);                                 \
      }                                                      \
    } else {                                                 \
      FOR_ROWS(r_) {                                         \
        TA x = a_[AT(0, r_)];                                \
        TB y = b_[AT(1, r_)];                                \
        o_[r_] = (TO)(expr);                                 \
      }                                                      \
    }                                                        \
  } while (0)

/* The value of a DECIMAL column as 128 bits, whatever its width. */
static inline rn_i128 decimal_at(const rn_column *c, uint32_t row) {
  if (c->constant) row = 0;
  return c->type->precision <= RN_DECIMAL_SMALL_DIGITS ? (rn_i128)((const int64_t *)c->data)[row]
                                                       : ((const rn_i128 *)c->data)[row];
}
static inline void decimal_put(rn_column *c, uint32_t row, rn_i128 v) {
  if (c->type->precision <= RN_DECIMAL_SMALL_DIGITS) ((int64_t *)c->data)[row] = (int64_t)v;
  else ((rn_i128 *)c->data)[row] = v;
}
/* Any integer column as 64 bits. */
static inline int64_t integer_at(const rn_column *c, uint32_t row) {
  if (c->constant) row = 0;
  switch (c->type->id) {
    case RN_T_BOOLEAN: return ((const uint8_t *)c->data)[row];
    case RN_T_TINYINT: return ((const int8_t *)c->data)[row];
    case RN_T_SMALLINT: return ((const int16_t *)c->data)[row];
    case RN_T_INT: case RN_T_DATE: case RN_T_TIME: case RN_T_INTERVAL_MONTH: return ((const int32_t *)c->data)[row];
    default: return ((const int64_t *)c->data)[row];
  }
}

static inline void put_null(rn_eval *eval, rn_column *out, uint32_t row) {
  rn_column_nullable(out, eval->rows, eval->arena);
  rn_set_null(out, row);
}
static inline void put_bool(rn_column *out, uint32_t row, bool value) { ((uint8_t *)out->data)[row] = value; }
static inline void put_i32(rn_column *out, uint32_t row, int32_t value) { ((int32_t *)out->data)[row] = value; }
static inline void put_i64(rn_column *out, uint32_t row, int64_t value) { ((int64_t *)out->data)[row] = value; }
/* Into a column of any integer type; cut to its width. */
static inline void put_integer(rn_column *out, uint32_t row, int64_t value) {
  switch (out->type->id) {
    case RN_T_TINYINT: ((int8_t *)out->data)[row] = (int8_t)value; break;
    case RN_T_SMALLINT: ((int16_t *)out->data)[row] = (int16_t)value; break;
    case RN_T_INT: put_i32(out, row, (int32_t)value); break;
    default: put_i64(out, row, value); break;
  }
}
/* `text` must live as long as the batch (or be inline): arena memory, an argument's bytes that are not
 * inline, or static text. */
static inline void put_str(rn_column *out, uint32_t row, const char *ptr, size_t len) {
  ((rn_str *)out->data)[row] = rn_str_make(ptr, len);
}
/* A part of an argument's text: shares long text, copies inline text into the value. */
static inline char *text_room(rn_eval *eval, size_t len) { return rn_arena_alloc_aligned(eval->arena, len ? len : 1, 1); }
/* A text that does not live as long as the batch (a builder's, which may be NULL when empty). */
static inline void put_copy(rn_eval *eval, rn_column *out, uint32_t row, const char *ptr, size_t len) {
  if (len > RN_STR_INLINE) ptr = memcpy(text_room(eval, len), ptr, len);
  put_str(out, row, ptr ? ptr : "", len);
}

/* A text in a message: "'%.*s'%s". */
enum { EXCERPT_BYTES = 80 };
#define EXCERPT(text) \
  (int)((text).len > EXCERPT_BYTES ? EXCERPT_BYTES : (text).len), (text).ptr, (text).len > EXCERPT_BYTES ? ".." : ""

/* Reading UTF-8 that may be damaged: a bad byte counts as one character. */
static inline unsigned utf8_step(const char *p, const char *end) {
  unsigned char c = (unsigned char)*p;
  unsigned n = c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
  return n > (size_t)(end - p) ? (unsigned)(end - p) : n;
}
/* Characters of a text, and the byte after `count` characters. */
size_t rn_text_chars(rn_slice s);
size_t rn_text_skip(rn_slice s, size_t count);
bool rn_text_is_ascii(rn_slice s);
/* Capital letters into room for 3 * length + 4 bytes; gives how many it took. */
size_t rn_text_upper(rn_slice s, char *room);
/* Bytes as text: what is no UTF-8 becomes U+FFFD, a byte at a time. The result may share s. */
rn_slice rn_text_repair(rn_arena *arena, rn_slice s);

/* Runs a strict kernel: rows with a NULL argument become NULL in out, the kernel sees the others. */
rn_status rn_run_strict(rn_eval *eval, rn_kernel kernel, const rn_column *const *args, uint32_t arg_count,
                        uint16_t flags, rn_column *out, const rn_sel *sel);
/* Copies values at the selected rows (any type, NULLs included). */
void rn_column_move(rn_eval *eval, rn_column *out, const rn_column *from, const rn_sel *sel);
/* -1, 0, 1 for two values that are not NULL, of the same type (DECIMAL: any scales); ROW and ARRAY element-wise. */
int rn_column_compare(const rn_column *a, uint32_t row_a, const rn_column *b, uint32_t row_b);
/* Kernel of the cast, NULL when the dialect has none. */
rn_kernel rn_cast_kernel(const rn_type *from, const rn_type *to, bool safe);
/* The DECIMAL that an integer type is seen as: TINYINT (3,0) .. BIGINT (19,0). */
const rn_type *rn_type_as_decimal(rn_arena *arena, const rn_type *type);
/* DECIMAL result with Flink's adjustment when more than 38 digits are needed. */
const rn_type *rn_type_decimal_adjusted(rn_arena *arena, int precision, int scale);

/* Common resolvers. */
rn_status rn_resolve_first(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena,
                           rn_resolution *out); /* result: the type of the first argument; kernel: the row's */
rn_status rn_resolve_varchar(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena,
                             rn_resolution *out); /* result: VARCHAR of the first argument's length */

#endif
