/* Rows of aggregates (aggregate_<family>.c) and the loops they share. */
#ifndef RN_RUNTIME_FUNCTIONS_AGGREGATE_ROWS_H
#define RN_RUNTIME_FUNCTIONS_AGGREGATE_ROWS_H
#include "runtime/aggregate.h"

extern const rn_aggregate rn_aggregate_count_rows[], rn_aggregate_sum_rows[], rn_aggregate_extreme_rows[],
    rn_aggregate_value_rows[], rn_aggregate_nulls_rows[], rn_aggregate_list_rows[], rn_aggregate_bits_rows[],
    rn_aggregate_percentile_rows[], rn_aggregate_approx_rows[], rn_aggregate_moment_rows[], rn_aggregate_over_rows[], rn_aggregate_json_rows[];
/* Each array ends with a row without a name. */

/* For i-th selected row: slot and row number; rows with a NULL argument are left out. The test for NULLs is
 * outside of the common loop. */
#define RN_EACH_VALUE(...)                                    \
  do {                                                        \
    if (!arg->valid && !sel->rows) {                          \
      for (uint32_t i = 0; i < sel->count; i++) {             \
        const uint32_t row = i;                               \
        __VA_ARGS__                                           \
      }                                                       \
    } else {                                                  \
      for (uint32_t i = 0; i < sel->count; i++) {             \
        const uint32_t row = rn_sel_row(sel, i);              \
        if (rn_is_null(arg, row)) continue;                   \
        __VA_ARGS__                                           \
      }                                                       \
    }                                                         \
  } while (0)

/* The argument's type without time attribute, nullable: the result of an aggregate that picks a value. */
static inline const rn_type *rn_plain_result(const rn_type *type, rn_arena *arena) {
  if (type->time_attribute != RN_TIME_NONE) type = rn_type_with_time(arena, type, RN_TIME_NONE);
  return type->nullable ? type : rn_type_with_null(arena, type, true);
}

#endif
