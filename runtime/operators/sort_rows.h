/* The order of many rows at once: radix sort of packed words instead of comparisons of rows. For op_sort. */
#ifndef RN_RUNTIME_OPERATORS_SORT_ROWS_H
#define RN_RUNTIME_OPERATORS_SORT_ROWS_H
#include "runtime/batch.h"
#include "runtime/plan.h"

/* Writes the row numbers 0..n-1 in the order of the items to `order`; equal rows keep the order of their numbers.
 * columns is indexed by items[].column; others may be anything. NaN is the largest number and equal to itself. */
void rn_sort_rows(const rn_column *columns, const rn_sort_item *items, uint32_t count, uint32_t n, uint32_t *order);

#endif
