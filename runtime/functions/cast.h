/* What the files of casts share. Private to runtime/functions/.
 *
 * A cast that may fail has two kernels made from one inline body with a constant `safe`: CAST raises the
 * error, TRY_CAST makes NULL. */
#ifndef RN_RUNTIME_FUNCTIONS_CAST_H
#define RN_RUNTIME_FUNCTIONS_CAST_H
#include "runtime/functions/scalar.h"

/* static inline rn_status body(KERNEL arguments.., bool safe) -> body_strict and body_safe */
#define CAST_BODY(name)                                                                                          \
  static inline rn_status name(rn_eval *eval, const rn_column *const *args, uint32_t arg_count, rn_column *out,  \
                               const rn_sel *sel, bool safe)
#define CAST_PAIR(name)                                                                                          \
  static rn_status name##_strict(rn_eval *eval, const rn_column *const *args, uint32_t n, rn_column *out,        \
                                 const rn_sel *sel) { return name(eval, args, n, out, sel, false); }             \
  static rn_status name##_safe(rn_eval *eval, const rn_column *const *args, uint32_t n, rn_column *out,          \
                               const rn_sel *sel) { return name(eval, args, n, out, sel, true); }

/* In a body: the value cannot be converted at `row`. */
#define CAST_FAIL(row, why)                                                                        \
  do {                                                                                             \
    if (!safe) return rn_cast_fail(eval, args[0], row, out->type, why);                            \
    put_null(eval, out, row);                                                                      \
  } while (0)
rn_status rn_cast_fail(rn_eval *eval, const rn_column *from, uint32_t row, const rn_type *to, const char *why);

/* Kernels by pair of types, NULL: not of this family. *total: RN_FN_TOTAL. */
rn_kernel rn_cast_number_kernel(const rn_type *from, const rn_type *to, bool safe, bool *total);
rn_kernel rn_cast_from_text_kernel(const rn_type *from, const rn_type *to, bool safe);
rn_kernel rn_cast_to_text_kernel(const rn_type *from, const rn_type *to);
rn_kernel rn_cast_time_kernel(const rn_type *from, const rn_type *to);
rn_kernel rn_cast_nested_kernel(const rn_type *from, const rn_type *to, bool safe);

/* us cut to `precision` digits (towards the past). */
static inline int64_t cut_us(int64_t us, int precision) {
  static const int64_t units[] = {1000000, 100000, 10000, 1000, 100, 10, 1};
  return precision >= 6 ? us : us - rn_floor_mod(us, units[precision]);
}
static inline int32_t cut_ms(int32_t ms, int precision) {
  static const int32_t units[] = {1000, 100, 10, 1};
  return precision >= 3 ? ms : ms - ms % units[precision];
}

#endif
