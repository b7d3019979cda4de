/* What kernels over lists share: picking elements out of arguments, and sets of elements.
 *
 * Place: scalar_array.c, scalar_map.c, scalar_regex.c. Text that is picked is shared with the argument, which lives
 * as long as the result; memory is the batch's arena, so that nothing is freed. */
#ifndef RN_RUNTIME_FUNCTIONS_LIST_SET_H
#define RN_RUNTIME_FUNCTIONS_LIST_SET_H
#include "runtime/functions/scalar.h"
#include "runtime/collection.h"

/* Length of the longest list of the argument at the selected rows. */
uint32_t rn_list_longest(const rn_column *arg, const rn_sel *sel);
/* Appends the elements rows[0..count) of `from` to the child of a list; gives where the first one went. `rows` NULL:
 * the elements from `first` on. */
uint32_t rn_elements_pick(rn_eval *eval, rn_column *child, const rn_column *from, const uint32_t *rows, uint32_t first,
                          uint32_t count);
/* As `=` sees two elements (NaN is no NaN), but NULL is NULL. */
bool rn_elements_equal(const rn_column *a, uint32_t row_a, const rn_column *b, uint32_t row_b);

/* A hash set of elements (open addressing, Knuth 6.4), emptied for the next row by counting up a stamp. */
typedef struct rn_element_slot {
  uint32_t stamp, row, value;
  uint32_t hash;
  const rn_column *column;
} rn_element_slot;
typedef struct rn_element_set {
  rn_element_slot *slots;
  uint32_t mask, stamp;
} rn_element_set;

/* For at most `most` elements at a time; a zeroed set is one for none. What it held is gone. */
void rn_element_set_reserve(rn_eval *eval, rn_element_set *set, uint32_t most);
static inline void rn_element_set_clear(rn_element_set *set) { set->stamp++; }
/* The value kept with the element; adds it with `value` when it is not there (*added). A NaN is always new. */
uint32_t *rn_element_set_put(rn_element_set *set, const rn_column *column, uint32_t row, uint32_t value, bool *added);
/* NULL: it is not in the set. */
uint32_t *rn_element_set_find(rn_element_set *set, const rn_column *column, uint32_t row);

#endif
